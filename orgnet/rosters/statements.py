"""Rows that are relationships themselves: evaluations, and the relationship sheet."""

from typing import Final

import polars as pl

from orgnet.faults import MISSING_REQUIRED
from orgnet.rosters.declare import Column, Layout, Thing
from orgnet.rosters.faults import (
    DUPLICATE_ROW,
    NOT_OF_TYPE,
    RARE_ROUND,
    UNKNOWN_TYPE,
    WRONG_END,
)
from orgnet.rosters.keys import name_key
from orgnet.rosters.layouts import reader, types_by_word
from orgnet.rosters.links import BY_DIRECTION, RELATION, STATEMENTS
from orgnet.rosters.mentions import looked_up, mentions, settle
from orgnet.rosters.parse import by_heading, read_cells
from orgnet.rosters.work import Work, column
from orgnet.schema.declare import Tie

FEW: Final = 3  # rows of a round in one sheet, at most, for it to be rare there
MANY: Final = 20  # and another round has at least so many times as many


def relations(work: Work) -> None:
    """Read the relationship sheet; what it states need not be found out."""
    if RELATION in work.tables:
        _relations(work, work.layouts[RELATION])


def evaluations(work: Work) -> None:
    """Read the evaluations."""
    for name in STATEMENTS:
        if name in work.tables and name != RELATION:
            _evaluations(work, work.layouts[name])
    _note_rare_rounds(work)


def _note_rare_rounds(work: Work) -> None:
    """Note the rounds that are rare wherever they stand: a mistyped year makes one.

    Rounds are those of one kind of evaluation, and are compared within a sheet.
    """
    for at, round_, rows, main, most in _rare_rounds(work).iter_rows():
        words = (
            f"rows of it in this sheet: {rows}; of {main}: {most:,}",
            f"本表仅{rows}行，而“{main}”有{most:,}行",
        )
        work.ledger.add(RARE_ROUND, at, _round_column(work, at), round_, words)


def _round_column(work: Work, at: int) -> str:
    """Return the target that the round of a row was read from."""
    header = work.ledger.page(at).header
    if header is None or header.layout.name != RELATION:
        return "EVALUATES.round"
    attribute = work.schema.ties["EVALUATES"].attributes()["round"]
    return f"tie.{attribute.heading.zh}"


def _rare_rounds(work: Work) -> pl.DataFrame:
    """Return the rows of such rounds, with the round that most of the sheet is of."""
    said = pl.concat(
        [
            pl.DataFrame(
                schema={"at": pl.Int64, "kind": pl.String, "round": pl.String}
            ),
            *(
                f.select("at", pl.col("kind", "round").cast(pl.String))
                for f in work.ties.get("EVALUATES", [])
            ),
        ]
    )
    pages = pl.Series(work.ledger.starts).search_sorted(said["at"], side="right")
    rows = work.ledger.live(said).with_columns(pages.alias("page"))
    counts = rows.group_by("page", "kind", "round").len("rows")
    first = counts.sort("rows", "round", descending=[True, False])
    main = first.group_by("page", "kind", maintain_order=True).agg(
        pl.col("round").first().alias("main"), pl.col("rows").first().alias("most")
    )
    few = (pl.col("rows") <= FEW) & (pl.col("rows") * MANY <= pl.col("most"))
    judged = counts.join(main, on=["page", "kind"]).with_columns(few.alias("few"))
    everywhere = pl.col("few").all().over("kind", "round")
    rare = rows.join(judged.filter(everywhere), on=["page", "kind", "round"])
    return rare.select("at", "round", "rows", "main", "most").sort("at")


def _evaluations(work: Work, layout: Layout) -> None:
    """Find both parties of each evaluation; each helps to find the other."""
    table = work.tables[layout.name]
    found = {t.slot: _asked(work, t, table) for t in layout.things}
    for thing, peer in (layout.things, layout.things[::-1]):
        found[thing.slot] = _again(work, thing, found[thing.slot], found[peer.slot])
    for thing in layout.things:
        settle(work, layout, thing, found[thing.slot])
    work.kill()
    live = work.tables[layout.name].filter(~pl.col("dead"))
    declared = work.schema.ties["EVALUATES"].attributes()
    said = [
        column(live, f"EVALUATES.{n}", a.dtype).cast(a.dtype).alias(n)
        for n, a in declared.items()
    ]
    tails, heads = (work.slot(layout.name, t.slot) for t in layout.things)
    frame = live.select(
        "at", *said, column(live, "pair.direction").cast(pl.String).alias("way")
    )
    joined = (
        tails.rename({"id": "a"})
        .join(heads.rename({"id": "b"}), on="at")
        .join(frame, on="at")
    )
    up = (pl.col("way") == "up").fill_null(value=False) & (layout.name == BY_DIRECTION)
    ties = joined.with_columns(
        pl.when(up).then("b").otherwise("a").alias("from"),
        pl.when(up).then("a").otherwise("b").alias("to"),
    ).drop("a", "b", "way")
    told = _as_returned(work, ties)
    work.tie("EVALUATES", _without_repeated(work, layout, "EVALUATES", told))


def _as_returned(work: Work, ties: pl.DataFrame) -> pl.DataFrame:
    """Say that an answer in a sheet that was handed down is one.

    Such a sheet asks for what another roster may well say is missing.
    """
    given = pl.any_horizontal(pl.col("score", "grade").is_not_null())
    asked = pl.lit(work.handed_down(ties["at"]))
    said = pl.when(given & asked).then(pl.lit("returned").cast(ties.schema["status"]))
    return ties.with_columns(pl.coalesce("status", said).alias("status"))


def _asked(work: Work, thing: Thing, table: pl.DataFrame) -> pl.DataFrame:
    said = mentions(work, thing, table)
    found = said.join(
        looked_up(work, thing.kinds, said), on="m", how="left", maintain_order="left"
    )
    return _as_organizations(work, found)


def _as_organizations(work: Work, found: pl.DataFrame) -> pl.DataFrame:
    """Let an area that is named stand for its organization."""
    lost = found.filter(pl.col("id").is_null() & pl.col("fits").is_null())
    if not lost.height or work.area_organizations is None:
        return found
    areas = looked_up(
        work, ("Area",), lost.select("m", "at", "text", "code", "area", "file")
    )
    own = dict(work.area_organizations.select("to", "from").iter_rows())
    led = areas.select(
        "m",
        pl.col("id")
        .replace_strict(own, default=None, return_dtype=pl.String)
        .alias("led"),
    )
    joined = found.join(led, on="m", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("id", "led").alias("id")).drop("led")


def _again(
    work: Work, thing: Thing, found: pl.DataFrame, peer: pl.DataFrame
) -> pl.DataFrame:
    """Look again for names that fit several, near the other party."""
    unclear = found.filter(pl.col("id").is_null() & (pl.col("fits") > 1))
    if not unclear.height:
        return found
    where = work.place_of(peer["id"])
    near = peer.select("at").with_columns(where.alias("near")).drop_nulls()
    said = unclear.drop("area").join(
        near.rename({"near": "area"}), on="at", how="inner", maintain_order="left"
    )
    if not said.height:
        return found
    again = looked_up(
        work, thing.kinds, said.select("m", "at", "text", "code", "area", "file")
    )
    better = again.filter(pl.col("id").is_not_null()).select(
        "m", pl.col("id").alias("better")
    )
    joined = found.join(better, on="m", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("id", "better").alias("id")).drop("better")


def _without_repeated(
    work: Work, layout: Layout, type_: str, ties: pl.DataFrame
) -> pl.DataFrame:
    """Reject rows that state what an earlier row of the sheet states."""
    tie = work.schema.ties[type_]
    pages = pl.Series(work.ledger.starts).search_sorted(ties["at"], side="right")
    frame = ties.with_columns(pages.alias("page")).sort("at")
    by = ["page", "from", "to", *tie.key, "valid_from"]
    first = frame.select(*by, pl.col("at").alias("first")).unique(
        by, keep="first", maintain_order=True
    )
    again = frame.filter(~pl.struct(by).is_first_distinct()).join(
        first, on=by, nulls_equal=True
    )
    targets = [f"{thing.slot}.name" for thing in layout.things]
    for at, earlier in again.select("at", "first").iter_rows():
        where = work.ledger.where(earlier)["row"]
        words = (f"row {where}", f"第{where}行")
        ends = " / ".join(work.ledger.cell(at, t) or "" for t in targets)
        work.ledger.add(DUPLICATE_ROW, at, targets[-1], ends, words)
    work.ledger.accept(frame["at"])
    return frame.filter(pl.struct(by).is_first_distinct()).drop("page")


def _relations(work: Work, layout: Layout) -> None:
    """Read the relationship sheet, one type after the other."""
    table = work.tables[layout.name]
    key = name_key(table["relation.type"])
    words = types_by_word(work.schema)
    types = key.replace_strict(words, default=None, return_dtype=pl.String)
    table = table.with_columns(types.alias("type"))
    for at, value in (
        table.filter(pl.col("type").is_null() & ~pl.col("dead"))
        .select("at", "relation.type")
        .iter_rows()
    ):
        work.ledger.add(UNKNOWN_TYPE, at, "relation.type", value)
    for type_ in work.schema.ties:
        rows = table.filter((pl.col("type") == type_) & ~pl.col("dead"))
        if rows.height:
            _of_type(work, layout, work.schema.ties[type_], rows)
    work.kill()


def _of_type(work: Work, layout: Layout, tie: type[Tie], rows: pl.DataFrame) -> None:
    """Read the rows of one type: both ends, and the attributes it has."""
    ends = {"from": tie.ends.tail, "to": tie.ends.head}
    for slot, kinds in ends.items():
        thing = Thing(slot, tuple(kinds), key=True)
        said = mentions(work, thing, rows)
        found = said.join(
            looked_up(work, kinds, said), on="m", how="left", maintain_order="left"
        )
        settle(work, layout, thing, _told_wrong_ends(work, slot, tie, kinds, found))
    attributes = _attributes(work, tie, rows)
    both = (
        work.slot(layout.name, "from")
        .rename({"id": "from"})
        .join(work.slot(layout.name, "to").rename({"id": "to"}), on="at")
    )
    frame = both.join(attributes, on="at")
    frame = work.ledger.live(frame)
    work.tie(tie.type(), _without_repeated(work, layout, tie.type(), frame))


def _told_wrong_ends(
    work: Work, slot: str, tie: type[Tie], kinds: tuple[str, ...], found: pl.DataFrame
) -> pl.DataFrame:
    """Say of ends that are there, but of another kind, that they may not stand here."""
    lost = found.filter(
        pl.col("id").is_null() & pl.col("fits").is_null() & pl.col("dead").is_null()
    )
    others = [k for k in work.schema.kinds if k not in kinds]
    if not lost.height or not others:
        return found
    elsewhere = looked_up(
        work, others, lost.select("m", "at", "text", "code", "area", "file")
    )
    wrong = lost.join(
        elsewhere.filter(pl.col("id").is_not_null()).select(
            "m", pl.col("kind").alias("other")
        ),
        on="m",
    )
    for at, text, other in wrong.select("at", "text", "other").iter_rows():
        allowed = "、".join(work.schema.kinds[k].zh for k in kinds)
        words = (
            f"{other}; {tie.type()}: {', '.join(kinds)}",
            f"{work.schema.kinds[other].zh}；{tie.zh}：{allowed}",
        )
        work.ledger.add(WRONG_END, at, f"{slot}.name", text, words)
    return found.filter(~pl.col("m").is_in(wrong["m"].implode()))


def _attributes(work: Work, tie: type[Tie], rows: pl.DataFrame) -> pl.DataFrame:
    """Read the attribute columns of the relationship sheet for one type."""
    columns = {}
    for target in [c for c in rows.columns if c.startswith("tie.")]:
        name = _meant(work, tie, target, rows.columns)
        if name is not None:
            columns[name] = _read(work, tie, name, rows, target)
            continue
        said = rows.filter(pl.col(target).is_not_null()).select("at", target)
        for at, value in said.iter_rows():
            words = (tie.type(), tie.zh)
            work.ledger.add(NOT_OF_TYPE, at, target, value, words)
    frame = rows.select("at").with_columns(
        columns[n].alias(n) if n in columns else pl.lit(a.default, a.dtype).alias(n)
        for n, a in tie.attributes().items()
    )
    return _required(work, tie, frame)


def _meant(work: Work, tie: type[Tie], target: str, columns: list[str]) -> str | None:
    """Return the attribute of a type that a column gives, by heading or alias."""
    own = {f"tie.{a.heading.zh}": n for n, a in tie.attributes().items()}
    if target in own:
        return own[target]
    words = set(work.layouts[RELATION].column(target).words)
    for name, attribute in tie.attributes().items():
        other = {attribute.heading.zh, *attribute.heading.aliases, name}
        if words & other and f"tie.{attribute.heading.zh}" not in columns:
            return name
    return None


def _read(
    work: Work, tie: type[Tie], name: str, rows: pl.DataFrame, target: str
) -> pl.Series:
    """Read the cells of one attribute, under the headings of their sheets."""
    attribute = tie.attributes()[name]
    column_ = Column(
        target,
        (attribute.heading.zh,),
        attribute=attribute,
        reads=reader(attribute),
        vocabulary=attribute.vocabulary,
        key=attribute.required and attribute.default is None,
    )
    cells = rows.select(
        "at",
        pl.col(target).alias("cell"),
        pl.lit(value=False).alias("lost"),
        _written(work, rows["at"], target).alias("heading"),
    )
    read = pl.concat(
        part.select("at", read_cells(column_, part, work.ledger)[target].alias("read"))
        for part in by_heading(column_, cells)
    )
    joined = rows.select("at").join(read, on="at", how="left", maintain_order="left")
    return joined["read"]


def _written(work: Work, at: pl.Series, target: str) -> pl.Series:
    """Return the heading of a target as it is written in the sheet of each row."""
    pages = pl.Series(work.ledger.starts).search_sorted(at, side="right")
    headers = (page.header for page in work.ledger.pages)
    written = [(h.heading(target) if h else None) or "" for h in headers]
    return pl.Series(written, dtype=pl.String).gather((pages - 1).cast(pl.Int64))


def _required(work: Work, tie: type[Tie], frame: pl.DataFrame) -> pl.DataFrame:
    """Reject the rows of a type that lack what every one of them needs."""
    for name, attribute in tie.attributes().items():
        if attribute.required and attribute.default is None:
            for at in work.ledger.live(frame.filter(pl.col(name).is_null()))["at"]:
                work.ledger.add(MISSING_REQUIRED, at, f"tie.{attribute.heading.zh}")
    return work.ledger.live(frame)
