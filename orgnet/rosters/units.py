"""Units, and the lists of resources, needs, projects, sites and documents."""

from typing import Final

import polars as pl

from orgnet.rosters import cells
from orgnet.rosters.claims import (
    complete_nodes,
    directory,
    identified,
    merged,
    minted,
    subject_claims,
)
from orgnet.rosters.declare import CODED, UNLISTED
from orgnet.rosters.keys import name_key
from orgnet.rosters.mentions import mentions
from orgnet.rosters.work import Work, column

OLD_LENGTH: Final = 9  # of an organization code
PUBLIC: Final = ("government", "party_department", "mass_organization", "institution")


def find_nodes(work: Work, kind: str) -> None:
    """Make the nodes of a kind from what the rosters say of them."""
    claims = subject_claims(work, kind)
    if kind == "Unit":
        claims = pl.concat([claims, *_aside(work, claims)], how="diagonal")
    if not claims.height and work.known is None:
        work.ids[kind] = pl.DataFrame(schema={"root": pl.String, "id": pl.String})
        return
    known = identified(work, kind, claims)
    work.kill()
    nodes = merged(work, kind, known)
    nodes = complete_nodes(work, kind, nodes, known)
    work.kill()
    work.ids[kind] = minted(work.schema.kinds[kind].prefix, known)
    work.directories[kind] = directory(work, kind, known, work.ids[kind])
    work.claims[kind] = known
    work.nodes[kind] = nodes.join(
        work.ids[kind], on="root", how="inner", maintain_order="left"
    )


def _aside(work: Work, listed: pl.DataFrame) -> list[pl.DataFrame]:
    """Collect the units that rows about something else describe well enough.

    The unit of a party organization, if its kind is given and its code, or no roster
    lists units; a supervisor, if no roster lists public bodies.
    """
    parts = []
    public = listed.height > 0 and listed["kind"].cast(pl.String).is_in(PUBLIC).any()
    for layout, thing, table in work.things():
        if "Unit" not in thing.kinds or thing.makes not in {CODED, UNLISTED}:
            continue
        if thing.makes == UNLISTED and public:
            continue
        said = mentions(work, thing, table)
        kinds = table.select(
            "at", column(table, f"{thing.slot}.kind").cast(pl.String).alias("kind")
        )
        frame = said.join(kinds, on="at", how="left", maintain_order="left")
        frame = frame.with_columns(
            pl.coalesce("kind", pl.lit(thing.fixed.get("kind"), pl.String)).alias(
                "kind"
            )
        )
        frame = frame.filter(
            pl.col("kind").is_not_null() & pl.col("text").is_not_null()
        )
        if thing.makes == CODED and listed.height:
            frame = frame.filter(pl.col("code").is_not_null())
        if frame.height:
            claimed = _claimed(layout.name, frame, with_place=thing.makes == CODED)
            parts.append(claimed.cast({n: listed.schema[n] for n in claimed.columns}))
    return parts


def _claimed(layout: str, frame: pl.DataFrame, *, with_place: bool) -> pl.DataFrame:
    names, status = cells.name_status(frame["text"])
    old = pl.col("code").str.len_chars() == OLD_LENGTH
    area = pl.col("area") if with_place else pl.lit(None, pl.String)
    return frame.with_columns(
        names.alias("name"), status.cast(pl.String).alias("status")
    ).select(
        "at",
        pl.lit(value=False).alias("dead"),
        pl.lit(value=True).alias("aside"),
        pl.lit(layout).alias("layout"),
        pl.when(~old).then("code").alias("code"),
        pl.when(old)
        .then("code")
        .otherwise(pl.col("code").str.slice(8, 9))
        .alias("old"),
        name_key(names).alias("key"),
        area.alias("area"),
        "name",
        "kind",
        "status",
        pl.when(~old).then("code").alias("uscc"),
        pl.when(old).then("code").alias("org_code"),
    )
