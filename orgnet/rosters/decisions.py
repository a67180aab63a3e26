"""Near names: proposed in a workbook, decided by a person, and read back."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from orgnet.errors import OrgnetError
from orgnet.rosters import cells
from orgnet.rosters.work import Work
from orgnet.rosters.writing import new_workbook

if TYPE_CHECKING:
    from orgnet.rosters.faults import RosterFaults

NEAREST: Final = 3  # candidates proposed for a name
ALIKE: Final = 0.75  # how alike two names must be, of 1
ASKED: Final = 2_000  # names that candidates are looked for at most
COLUMNS: Final = {
    "类别": "kind",
    "写法": "written",
    "出现次数": "times",
    "所在区域": "area",
    "候选名称": "candidate",
    "候选标识": "candidate_id",
    "候选所在区域": "candidate_area",
    "相似度": "likeness",
    "是否同一（是/否）": "same",
}
PROPOSALS: Final = {
    "kind": pl.String,
    "written": pl.String,
    "times": pl.Int64,
    "area": pl.String,
    "candidate": pl.String,
    "candidate_id": pl.String,
    "candidate_area": pl.String,
    "likeness": pl.Float64,
}
DECISIONS: Final = pl.DataFrame(
    schema={"kind": pl.String, "key": pl.String, "area": pl.String, "name": pl.String}
)


def proposed(work: Work) -> pl.DataFrame:
    """Propose, for names that were not found, those that are most like them.

    Returns
    -------
    polars.DataFrame
        The columns of `PROPOSALS`; the likeliest first within a name.
    """
    missed = pl.concat(
        [pl.DataFrame(schema=MISSED), *work.missed], how="diagonal_relaxed"
    )
    asked = (
        missed.explode("kinds")
        .filter(pl.col("text").is_not_null())
        .group_by(pl.col("kinds").alias("kind"), "text", "area", maintain_order=True)
        .agg(pl.len().cast(pl.Int64).alias("times"))
    )
    known = {kind: _candidates(work, kind) for kind in asked["kind"].unique()}
    rows = [
        {"kind": kind, "written": text, "times": times, "area": area, **near}
        for kind, text, area, times in asked.head(ASKED).iter_rows()
        for near in _near(text, area, known[kind])
    ]
    frame = pl.DataFrame(rows, schema=PROPOSALS, orient="row")
    order = ["kind", "written", "area", "likeness", "candidate_id"]
    down = [False, False, False, True, False]
    return frame.sort(order, descending=down, nulls_last=True)


MISSED: Final = {
    "at": pl.Int64,
    "text": pl.String,
    "area": pl.String,
    "kinds": pl.List(pl.String),
}


def _candidates(
    work: Work, kind: str
) -> dict[str, list[tuple[str, str, str, str | None]]]:
    """List the nodes of a kind by the pairs of characters in their names."""
    if kind not in work.nodes:
        return {}
    caption = work.schema.kinds[kind].caption
    nodes = work.nodes[kind].select("id", pl.col(caption).alias("name")).drop_nulls()
    nodes = nodes.with_columns(cells.match_key(nodes["name"]).alias("key")).drop_nulls()
    key, place = nodes["key"], work.place_of(nodes["id"])
    found: dict[str, list[tuple[str, str, str, str | None]]] = {}
    for row in zip(nodes["id"], nodes["name"], key, place, strict=True):
        for pair in {row[2][i : i + 2] for i in range(len(row[2]) - 1)}:
            found.setdefault(pair, []).append(row)
    return found


def _near(
    text: str,
    area: str | None,
    known: dict[str, list[tuple[str, str, str, str | None]]],
) -> Iterable[dict[str, Any]]:
    """Return the candidates most like a name; those of its own place win ties."""
    key = cells.match_key(pl.Series([text]))[0] or ""
    shared: dict[tuple[str, str, str, str | None], int] = {}
    for pair in {key[i : i + 2] for i in range(len(key) - 1)}:
        for row in known.get(pair, ()):
            shared[row] = shared.get(row, 0) + 1
    likely = sorted(shared, key=lambda r: (-shared[r], r[3] != area, r[0]))[:50]
    scored = [(_likeness(key, r[2]), r) for r in likely]
    best = sorted(scored, key=lambda s: (-s[0], s[1][3] != area, s[1][0]))[:NEAREST]
    for score, (id_, name, _, place) in best:
        if score >= ALIKE:
            yield {
                "candidate": name,
                "candidate_id": id_,
                "candidate_area": place,
                "likeness": round(score, 2),
            }


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def write_decisions(faults: "RosterFaults", path: str | Path) -> int:
    """Write the near names of a reading as a workbook to decide in.

    Each row asks whether a name in a roster means the candidate: answer 是 or 否 in the
    last column, and give the workbook to ``read_rosters(decisions=...)``.

    Parameters
    ----------
    faults
        The faults of the reading.
    path
        The workbook to write.

    Returns
    -------
    int
        How many proposals there are.
    """
    proposals = faults.reading.proposals
    with new_workbook(path) as book:
        sheet = book.add_worksheet("裁决表")
        sheet.write_row(0, 0, list(COLUMNS))
        for i, row in enumerate(proposals.iter_rows(), start=1):
            sheet.write_row(i, 0, row)
        last = len(COLUMNS) - 1
        choice = {"validate": "list", "source": ["是", "否"]}
        sheet.data_validation(1, last, max(1, proposals.height), last, choice)
    return proposals.height


def read_decisions(given: str | Path | pl.DataFrame) -> pl.DataFrame:
    """Read which names were decided to mean which candidates.

    Parameters
    ----------
    given
        The decisions workbook, or a frame with its columns.

    Returns
    -------
    polars.DataFrame
        `kind`, `key`, `area`, `name`: only those decided with yes.

    Raises
    ------
    OrgnetError
        If it is no decisions workbook.
    """
    table = given if isinstance(given, pl.DataFrame) else _read(Path(given))
    table = table.rename({zh: n for zh, n in COLUMNS.items() if zh in table.columns})
    needed = ["kind", "written", "area", "candidate", "candidate_id", "same"]
    absent = [n for n in needed if n not in table.columns]
    if absent:
        msg = (
            f"no decisions workbook: it lacks {absent}; write one with write_decisions"
        )
        raise OrgnetError(msg, absent)
    yes = cells.yes_no(table["same"].cast(pl.String)).values.fill_null(value=False)
    chosen = table.filter(yes)
    return chosen.select(
        "kind",
        cells.match_key(chosen["written"]).alias("key"),
        pl.col("area").cast(pl.String),
        pl.col("candidate_id").alias("name"),
    )


def _read(path: Path) -> pl.DataFrame:
    from orgnet.rosters.sheets import read_sheets

    sheets, _ = read_sheets(path)
    if not sheets:
        return pl.DataFrame()
    grid = sheets[0].grid.drop("row")
    names = [n or c for n, c in zip(grid.row(0), grid.columns, strict=True)]
    return grid.slice(1).rename(dict(zip(grid.columns, names, strict=True)))
