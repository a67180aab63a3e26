"""The relationships that rows make, once everything they name has been found."""

from typing import TYPE_CHECKING, Final

import polars as pl

from orgnet.rosters.claims import spot
from orgnet.rosters.declare import Layout, Link, Thing
from orgnet.rosters.faults import (
    CONFLICTING_VALUES,
    NO_AREA_ORGANIZATION,
)
from orgnet.rosters.match import conflicts, first_values
from orgnet.rosters.mentions import looked_up, mentions, settle
from orgnet.rosters.namesakes import narrowed
from orgnet.rosters.wording import in_words, kept_instead
from orgnet.rosters.work import SLOT, DataType, Work, column

if TYPE_CHECKING:
    from orgnet.network import Network

PLACES: Final = ("place", "grid", "committee")
BY_DIRECTION: Final = "evaluation_by_direction"  # the first party is the area's
RELATION: Final = "relation"
STATEMENTS: Final = ("evaluation", BY_DIRECTION, RELATION)


def find_slots(work: Work) -> None:
    """Find everything that rows name and that is not what they are about."""
    for name, table in work.tables.items():
        layout = work.layouts[name]
        subject = layout.subject
        if subject is not None:
            work.slots[name, subject.slot] = _subjects(work, subject, table)
        if name in STATEMENTS or name == "party_organization":
            continue  # their slots are found together, or were found before
        others = [
            thing
            for thing in layout.things
            if thing is not subject
            and thing.kinds
            and (name, thing.slot) not in work.slots
        ]
        found = {thing.slot: _asked(work, thing, table) for thing in others}
        for thing in others:
            settle(work, layout, thing, narrowed(work, layout, thing, found))
    work.kill()


def _asked(work: Work, thing: Thing, table: pl.DataFrame) -> pl.DataFrame:
    said = mentions(work, thing, table)
    found = looked_up(work, thing.kinds, said)
    return said.join(found, on="m", how="left", maintain_order="left")


def _subjects(work: Work, thing: Thing, table: pl.DataFrame) -> pl.DataFrame:
    kind = thing.kinds[0]
    if kind == "Area":
        rows = table.filter(~pl.col("dead")).select("at", pl.col("root").alias("id"))
        return rows.drop_nulls()
    if kind not in work.claims:
        return pl.DataFrame(schema=SLOT)
    claims = work.claims[kind].filter(~pl.col("aside").fill_null(value=False))
    ids = claims.join(work.ids[kind].rename({"id": "node"}), on="root").select(
        "at", pl.col("node").alias("id")
    )
    live = table.filter(~pl.col("dead")).select("at")
    alive = ids.filter(pl.col("id").is_in(work.nodes[kind]["id"].implode()))
    return live.join(alive, on="at", how="inner", maintain_order="left").unique(
        maintain_order=True
    )


def place_slots(work: Work) -> None:
    """Make slots of the places that rows name."""
    for name, table in work.tables.items():
        live = table.filter(~pl.col("dead"))
        subject = work.layouts[name].subject
        kind = subject.kinds[0] if subject else ""
        places = {"place": spot(kind, table), "grid": column(table, "grid")}
        for slot, place in places.items():
            rows = live.select("at", place.alias("id")).drop_nulls()
            work.slots[name, slot] = rows.with_columns(pl.col("id").cast(pl.String))
        if kind == "Need":
            _raised_by_place(work, name)


def _raised_by_place(work: Work, name: str) -> None:
    """Let the area of a row raise a need for which nobody is named."""
    table = work.tables[name]
    blank = table.filter(column(table, "raiser.name").is_null()).select("at")
    more = work.slot(name, "place").join(blank, on="at", how="semi")
    work.slots[name, "raiser"] = pl.concat([work.slot(name, "raiser"), more])


def find_committees(work: Work, organizations: pl.DataFrame) -> None:
    """Find the organization of each row's community, or street if it names no more.

    Takes `to` (an area) and `from` (its organization), one row an area.
    """
    own = dict(organizations.select("to", "from").iter_rows())
    for name, table in work.tables.items():
        yes = [
            ln
            for ln in work.layouts[name].links
            if ln.when and ln.when in table.columns
        ]
        if not yes:
            continue
        live = table.filter(~pl.col("dead"))
        place = live.select("at", spot("Unit", live).alias("place"))
        community = work.atlas.within(place["place"], "community")
        street = work.atlas.within(place["place"], "street")
        frame = place.with_columns(community.alias("c"), street.alias("s"))
        area = pl.coalesce("c", "s")
        found = frame.with_columns(
            area.replace_strict(own, default=None, return_dtype=pl.String).alias("id")
        )
        work.slots[name, "committee"] = found.select("at", "id").drop_nulls()
        _note_alone(work, live, found.filter(pl.col("id").is_null()), yes)


def _note_alone(
    work: Work, rows: pl.DataFrame, alone: pl.DataFrame, yes: list[Link]
) -> None:
    """Note yes where there is nobody to be tied to."""
    for link in yes:
        said = rows.filter(pl.col(link.when)).join(
            alone.select("at"), on="at", how="semi"
        )
        for at in said["at"]:
            work.ledger.add(NO_AREA_ORGANIZATION, at, link.when, "是")


def make_links(work: Work, *, later: bool) -> None:
    """Make the relationships that each layout declares; later those with committees."""
    for name, table in work.tables.items():
        layout = work.layouts[name]
        live = table.filter(~pl.col("dead"))
        for link in layout.links:
            if bool(link.when) is later and link.type in work.schema.ties:
                _make(work, layout, link, live)


def _make(work: Work, layout: Layout, link: Link, live: pl.DataFrame) -> None:
    tails = work.slot(layout.name, link.tail).rename({"id": "from"})
    heads = work.slot(layout.name, link.head).rename({"id": "to"})
    rows = live
    if link.when:
        if link.when not in live.columns:
            return
        rows = live.filter(pl.col(link.when).fill_null(value=False))
    declared = work.schema.ties[link.type].attributes()
    said = {
        n: column(rows, f"{link.type}.{n}", a.dtype).cast(a.dtype)
        for n, a in declared.items()
        if n not in link.fixed
    }
    fixed = {n: pl.lit(v).cast(declared[n].dtype) for n, v in link.fixed.items()}
    frame = rows.select("at", *(v.alias(n) for n, v in {**said, **fixed}.items()))
    joined = tails.join(heads, on="at").join(frame, on="at")
    needed = [n for n, a in declared.items() if a.required and a.default is None]
    work.tie(
        link.type, joined.drop_nulls(needed).filter(pl.col("from") != pl.col("to"))
    )


def drafted(work: Work, type_: str) -> pl.DataFrame:
    """Return the relationships of a type as stated so far, those preferred first."""
    attributes = work.schema.ties[type_].attributes()
    schema: dict[str, DataType] = {"at": pl.Int64, "from": pl.String, "to": pl.String}
    schema |= {n: a.dtype for n, a in attributes.items()}
    frames = [
        f.select(column(f, n, t).cast(t).alias(n) for n, t in schema.items())
        for f in work.ties.get(type_, [])
    ]
    frame = work.ledger.live(pl.concat([pl.DataFrame(schema=schema), *frames]))
    filled = frame.with_columns(
        pl.col(n).fill_null(pl.lit(a.default, a.dtype))
        for n, a in attributes.items()
        if a.default is not None
    )
    ranked = filled.join(work.ranks, on="at", how="left", maintain_order="left")
    return ranked.sort("rank", "at", nulls_last=True, maintain_order=True).drop("rank")


def gathered(work: Work, type_: str) -> pl.DataFrame:
    """Return the relationships of a type, each once, and note what disagrees."""
    tie = work.schema.ties[type_]
    frame = drafted(work, type_)
    by = ["from", "to", *tie.key, "valid_from"]
    if not frame.select(pl.struct(by).is_duplicated().any()).item():
        return frame
    frame = frame.with_columns(pl.struct(by).rank("dense").alias("same"))
    rest = [n for n in tie.attributes() if n not in by]
    for name in rest:
        said = frame.select("at", "same", name)
        for at, value, won, won_at in conflicts(said, "same", name).iter_rows():
            lost = in_words(tie.attributes()[name], value)
            won_words = in_words(tie.attributes()[name], won)
            kept = kept_instead(won_words, work.ledger.origin(won_at))
            work.ledger.add(CONFLICTING_VALUES, at, f"{type_}.{name}", lost, kept)
    return first_values(frame, "same", ["at", *by, *rest]).drop("same")


def one_each(work: Work, type_: str, target: str) -> pl.DataFrame:
    """Keep what the preferred sheet says of something that there is one of.

    Two in one sheet stay both, and so do those with dates.
    """
    frame = drafted(work, type_)
    pages = pl.Series(work.ledger.starts).search_sorted(frame["at"], side="right")
    frame = frame.with_columns(pages.alias("page"))
    leading = pl.col("page").first().over("from")
    dated = pl.col("valid_from").is_not_null() | pl.col("valid_to").is_not_null()
    agreed = pl.struct("from", "to").is_in(
        frame.filter(pl.col("page") == leading)
        .select(pl.struct("from", "to"))
        .to_series()
        .implode()
    )
    keep = (pl.col("page") == leading) | dated | agreed
    first = frame.unique("from", keep="first", maintain_order=True)
    won = dict(first.select("from", pl.struct("to", "at")).iter_rows())
    for at, tail, head in frame.filter(~keep).select("at", "from", "to").iter_rows():
        named = work.called(won[tail]["to"])
        kept = kept_instead((named, named), work.ledger.origin(won[tail]["at"]))
        work.ledger.add(CONFLICTING_VALUES, at, target, work.called(head), kept)
    kept_frame = frame.filter(keep).drop("page")
    if frame.height:
        work.ties[type_] = [kept_frame]
    return kept_frame


def tie_areas(work: Work, areas: "Network | pl.DataFrame | None") -> None:
    """Say which area belongs to which, and keep what was given with the skeleton."""
    at = work.nodes["Area"].select(pl.col("id"), "at")
    stated = drafted(work, "PART_OF").select(pl.col("from").alias("id")).unique()
    part_of = (
        work.atlas.areas.filter(pl.col("parent").is_not_null())
        .join(stated, on="id", how="anti", maintain_order="left")
        .join(at, on="id", how="left", maintain_order="left")
    )
    work.tie(
        "PART_OF",
        part_of.select("at", pl.col("id").alias("from"), pl.col("parent").alias("to")),
    )
    if areas is None or isinstance(areas, pl.DataFrame):
        return
    ids = work.nodes["Area"].select("id")
    for type_, tie in areas.schema.ties.items():
        if "Area" in tie.ends.tail and "Area" in tie.ends.head:
            given = areas.ties(type_)
            inside = given.join(ids, left_on="from", right_on="id", how="semi").join(
                ids, left_on="to", right_on="id", how="semi"
            )
            work.tie(type_, inside.with_columns(pl.lit(None, pl.Int64).alias("at")))


def with_primary(frame: pl.DataFrame) -> pl.DataFrame:
    """Mark the first place of what stands in several as its primary one."""
    several = pl.len().over("from") > 1
    first = pl.struct("from").is_first_distinct()
    unsaid = pl.col("primary").is_null().all().over("from")
    return frame.with_columns(
        pl.when(several & unsaid).then(first).otherwise("primary").alias("primary")
    )
