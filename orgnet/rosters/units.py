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
from orgnet.rosters.declare import CODED, UNLISTED, HostCase, Thing
from orgnet.rosters.keys import name_key
from orgnet.rosters.mentions import looked_up, mentions
from orgnet.rosters.work import Work, column
from orgnet.schema.identifiers import credit_code_kind
from orgnet.schema.vocabulary import Form

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
    work.ids[kind] = minted(work.schema.kinds[kind].prefix, known)
    more = _of_hosts(work, known) if kind == "Unit" else []
    nodes = merged(work, kind, pl.concat([known, *more], how="diagonal"))
    nodes = complete_nodes(work, kind, nodes, known)
    work.kill()
    work.directories[kind] = directory(work, kind, known, work.ids[kind])
    work.claims[kind] = known
    work.nodes[kind] = nodes.join(
        work.ids[kind], on="root", how="inner", maintain_order="left"
    )


def _aside(work: Work, listed: pl.DataFrame) -> list[pl.DataFrame]:
    """Collect the units that rows about something else describe well enough.

    The unit of a party organization, if its kind is given or its code proves it, and
    its code is given, or no roster lists units; a supervisor, if no roster lists public
    bodies.
    """
    parts = []
    public = listed.height > 0 and listed["kind"].cast(pl.String).is_in(PUBLIC).any()
    for layout, thing, table in work.things():
        if "Unit" not in thing.kinds or thing.makes not in {CODED, UNLISTED}:
            continue
        if thing.makes == UNLISTED and public:
            continue
        frame = _described(work, thing, table)
        told = pl.col("kind").is_not_null() | pl.col("proved")
        frame = frame.filter(told & pl.col("text").is_not_null())
        if thing.makes == CODED and listed.height:
            frame = frame.filter(
                pl.col("code").is_not_null() & ~_one_of_several(listed)
            )
        if frame.height:
            claimed = _claimed(layout.name, frame, with_place=thing.makes == CODED)
            parts.append(claimed.cast({n: listed.schema[n] for n in claimed.columns}))
    return parts


def _one_of_several(listed: pl.DataFrame) -> pl.Expr:
    """Mark listed units of rows with several: the kind of such a row is not theirs."""
    codes = pl.concat([listed["code"], listed["old"]]).drop_nulls().implode()
    return (pl.len().over("at") > 1) & pl.col("code").is_in(codes)


def _described(work: Work, thing: Thing, table: pl.DataFrame) -> pl.DataFrame:
    """List the units that rows name, their kind if it is given, and if it is proved."""
    said = mentions(work, thing, table)
    kinds = table.select(
        "at", column(table, f"{thing.slot}.kind").cast(pl.String).alias("kind")
    )
    frame = said.join(kinds, on="at", how="left", maintain_order="left")
    fixed = pl.lit(thing.fixed.get("kind"), pl.String)
    codes = frame["code"].drop_nulls().unique()
    proving = pl.Series([c for c in codes if credit_code_kind(c)], dtype=pl.String)
    proved = pl.col("code").is_in(proving.implode()).fill_null(value=False)
    return frame.with_columns(
        pl.coalesce("kind", fixed).alias("kind"), proved.alias("proved")
    )


def _of_hosts(work: Work, known: pl.DataFrame) -> list[pl.DataFrame]:
    """Collect what rows of party organizations say of their one unit: kind and name.

    It counts after what the rows of units say. The name is claimed where the row gives
    the code: without one it is the name by which the unit was found.
    """
    told = known.filter("aside").select("at")
    parts = []
    for layout, thing, table in work.things():
        if "Unit" not in thing.kinds or thing.makes != CODED:
            continue
        said = _described(work, thing, table).join(told, on="at", how="anti")
        said = said.filter(pl.len().over("at") == 1).join(
            _joint(table), on="at", how="anti"
        )
        said = said.filter(pl.col("kind").is_not_null() | pl.col("code").is_not_null())
        if said.height:
            parts.append(_found(work, known, layout.name, said))
    return parts


def _joint(table: pl.DataFrame) -> pl.DataFrame:
    """Return the rows about joint branches, which have no one unit."""
    case = column(table, "host.case").cast(pl.String) == HostCase.JOINT.value
    form = column(table, "party.form").cast(pl.String) == Form.JOINT_BRANCH.value
    return table.filter(
        case.fill_null(value=False) | form.fill_null(value=False)
    ).select("at")


def _found(
    work: Work, known: pl.DataFrame, layout: str, said: pl.DataFrame
) -> pl.DataFrame:
    """Make claims about the units that are known, by their roots."""
    work.directories["Unit"] = directory(work, "Unit", known, work.ids["Unit"])
    found = looked_up(work, ("Unit",), said).select("m", "id")
    rows = said.join(found, on="m").join(work.ids["Unit"], on="id")
    claimed = _claimed(layout, rows, with_place=False)
    coded = rows["code"].is_not_null()
    said_of = claimed.select("at", "dead", "aside", "layout", "kind").with_columns(
        rows["root"],
        pl.select(pl.when(coded).then(claimed["name"])).to_series().alias("name"),
    )
    return said_of.cast({n: known.schema[n] for n in said_of.columns})


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
