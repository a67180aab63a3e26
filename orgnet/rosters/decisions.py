"""Near names: proposed in a workbook, decided by a person, and read back."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from orgnet.errors import OrgnetError
from orgnet.rosters import cells
from orgnet.rosters.masks import mask
from orgnet.rosters.work import Work
from orgnet.rosters.writing import new_workbook

if TYPE_CHECKING:
    from orgnet.rosters.faults import RosterFaults

LOOKED_AT: Final = 50  # names that are compared letter by letter with each one asked
COMMON: Final = 500  # a pair of characters in more names than so tells nothing
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
KNOWN: Final = dict.fromkeys(("kind", "id", "name", "key", "place"), pl.String)
MISSED: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "at": pl.Int64,
    "text": pl.String,
    "area": pl.String,
    "kinds": pl.List(pl.String),
}


@dataclass(frozen=True)
class Proposer:
    """What is needed to propose near names, so that it is done only when asked for.

    Parameters
    ----------
    asked
        `kind`, `text`, `area`, `times`: names that were not found.
    known
        `kind`, `id`, `name`, `key`, `place`: what they may mean.
    """

    asked: pl.DataFrame
    known: pl.DataFrame

    @cached_property
    def frame(self) -> pl.DataFrame:
        """Propose those names that are most like the ones that were not found.

        Returns
        -------
        polars.DataFrame
            The columns of `PROPOSALS`; the likeliest first within a name.
        """
        near = self._near()
        alike = [_likeness(a, b) for a, b in near.select("key", "key_of").iter_rows()]
        scored = near.with_columns(pl.Series("likeness", alike, pl.Float64).round(2))
        order = ["kind", "written", "area", "likeness", "candidate_id"]
        down = [False, False, False, True, False]
        frame = scored.filter(pl.col("likeness") >= ALIKE).rename(
            {
                "text": "written",
                "name": "candidate",
                "id": "candidate_id",
                "place": "candidate_area",
            }
        )
        frame = frame.sort(order, descending=down, nulls_last=True)
        group = ["kind", "written", "area"]
        best = frame.group_by(group, maintain_order=True).head(NEAREST)
        return best.with_columns(mask(best["written"])).select(PROPOSALS.keys())

    def _near(self) -> pl.DataFrame:
        """Return the names that share most pairs of characters with each one asked."""
        asked = self.asked.head(ASKED).with_row_index("i")
        asked = asked.with_columns(cells.match_key(asked["text"]).alias("key"))
        pairs = _in_pairs(self.known.with_row_index("j"), "j")
        rare = pairs.filter(pl.len().over("kind", "pair") <= COMMON)
        shared = (
            _in_pairs(asked, "i")
            .join(rare, on=["kind", "pair"])
            .group_by("i", "j")
            .agg(pl.len().alias("shared"))
            .sort("i", "shared", "j", descending=[False, True, False])
            .group_by("i", maintain_order=True)
            .head(LOOKED_AT)
        )
        known = self.known.with_row_index("j").rename({"key": "key_of"}).drop("kind")
        return shared.join(asked, on="i").join(known, on="j")


def _in_pairs(frame: pl.DataFrame, number: str) -> pl.DataFrame:
    """Cut keys into pairs of characters that stand side by side."""
    characters = frame.select(number, "kind", pl.col("key").str.split("")).explode(
        "key"
    )
    following = pl.col("key").shift(-1).over(number)
    cut = characters.with_columns(pl.concat_str("key", following).alias("pair"))
    return cut.drop("key").drop_nulls("pair").unique(maintain_order=True)


def proposed(work: Work) -> Proposer:
    """Return what is needed to propose near names for those that were not found."""
    missed = pl.concat(
        [pl.DataFrame(schema=MISSED), *work.missed], how="diagonal_relaxed"
    )
    asked = (
        missed.explode("kinds")
        .filter(pl.col("text").is_not_null())
        .group_by(pl.col("kinds").alias("kind"), "text", "area", maintain_order=True)
        .agg(pl.len().cast(pl.Int64).alias("times"))
    )
    kinds = asked["kind"].unique(maintain_order=True)
    known = [_candidates(work, kind) for kind in kinds if kind in work.nodes]
    return Proposer(asked, pl.concat([pl.DataFrame(schema=KNOWN), *known]))


def _candidates(work: Work, kind: str) -> pl.DataFrame:
    """List the nodes of a kind that a name may mean."""
    caption = work.schema.kinds[kind].caption
    nodes = work.nodes[kind].select(
        pl.lit(kind).alias("kind"), "id", pl.col(caption).alias("name")
    )
    keyed = nodes.with_columns(cells.match_key(nodes["name"]).alias("key")).drop_nulls()
    return keyed.with_columns(work.place_of(keyed["id"]).alias("place"))


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
    proposals = faults.proposals
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
