"""Party organizations of one name: which of them a row means."""

import polars as pl

from orgnet.rosters.declare import Layout, Thing
from orgnet.rosters.mentions import rivals
from orgnet.rosters.parties import seats_as_listed
from orgnet.rosters.settings import KIND, ROSTER
from orgnet.rosters.work import SLOT, Work


def narrowed(
    work: Work, layout: Layout, thing: Thing, found: dict[str, pl.DataFrame]
) -> pl.DataFrame:
    """Choose among organizations of one name by what else a row says.

    The one that the row itself made; else those below the superior it names; of these
    the one that sits in its unit. Where several are left, none is chosen.

    Parameters
    ----------
    work
        What was read.
    layout, thing
        The roster, and the part of its rows that was looked up.
    found
        What was found for each part that is not the subject.

    Returns
    -------
    polars.DataFrame
        What was found for this part, with the `id` of those that were chosen.
    """
    rows = found[thing.slot]
    unclear = rows.filter(pl.col("id").is_null() & (pl.col("fits") > 1))
    if thing.kinds != (KIND,) or thing.slot != "party" or not unclear.height:
        return rows
    left = rivals(work, KIND, unclear)
    for fit in (
        _made_by_rows(work),
        _below(work, found.get("superior")),
        _sitting(work, layout),
    ):
        fitting = left.join(fit, on=["at", "id"], how="semi")
        others = left.join(fitting.select("m"), on="m", how="anti")
        left = pl.concat([fitting, others])
    one = left.filter(pl.len().over("m") == 1)
    chosen = one.select("m", pl.col("id").alias("chosen"))
    joined = rows.join(chosen, on="m", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("id", "chosen").alias("id")).drop("chosen")


def _made_by_rows(work: Work) -> pl.DataFrame:
    """Return the organizations that rows made because no roster lists them."""
    claims = work.claims[KIND].filter("aside").select("at", "root")
    return claims.join(work.ids[KIND], on="root").select(SLOT.keys())


def _below(work: Work, superiors: pl.DataFrame | None) -> pl.DataFrame:
    """Return the organizations right below the superior that each row names."""
    if superiors is None:
        return pl.DataFrame(schema=SLOT)
    ids = work.claims[KIND].select("at", "root").join(work.ids[KIND], on="root")
    above = work.slot(ROSTER, "superior").select("at", pl.col("id").alias("up"))
    pairs = ids.join(above, on="at").select("id", "up").unique()
    named = superiors.select("at", pl.col("id").alias("up")).drop_nulls()
    return named.join(pairs, on="up").select(SLOT.keys())


def _sitting(work: Work, layout: Layout) -> pl.DataFrame:
    """Return the organizations that sit in the unit that each row is about."""
    subject = layout.subject
    if subject is None or subject.kinds != ("Unit",):
        return pl.DataFrame(schema=SLOT)
    units = work.slot(layout.name, subject.slot).rename({"id": "unit"})
    return units.join(seats_as_listed(work), on="unit").select(SLOT.keys())
