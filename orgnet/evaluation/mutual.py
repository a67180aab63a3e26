"""What is measured of dyads: pairs that are mutual, one-way or null.

One place for the quotients, so that pairs that rate each other and relationships of any
type are measured alike.
"""

import polars as pl

from orgnet.query import Column

NUMBER = pl.Float64()
QUOTIENTS = (
    Column("arc_reciprocity", NUMBER, "按条互惠率", "mutual arcs of all arcs"),
    Column("dyad_reciprocity", NUMBER, "有联系对互惠率", "of the non-null dyads"),
    Column("pair_reciprocity", NUMBER, "全部对互惠率", "mutual of all dyads"),
    Column("density", NUMBER, "密度", "arcs of those that could be"),
    Column("correlation", NUMBER, "相关系数", "above what the density brings"),
)


def quotient(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """Return a quotient, null where there is nothing to divide by."""
    return pl.when(denominator != 0).then(numerator / denominator)


def measured(mutual: str, one_way: str, dyads: pl.Expr) -> tuple[pl.Expr, ...]:
    """Return the columns of `QUOTIENTS`, from counts of dyads.

    Parameters
    ----------
    mutual, one_way
        The columns that count dyads with both arcs, and with one.
    dyads
        How many there could be.

    References
    ----------
    Garlaschelli and Loffredo (2004), Patterns of link reciprocity in directed
    networks: the correlation is (arc reciprocity - density)/(1 - density).
    """
    both, one = pl.col(mutual), pl.col(one_way)
    arcs = 2 * both + one
    arc, density = quotient(2 * both, arcs), quotient(arcs, 2 * dyads)
    return (
        arc.alias("arc_reciprocity"),
        quotient(both, both + one).alias("dyad_reciprocity"),
        quotient(both, dyads).alias("pair_reciprocity"),
        density.alias("density"),
        quotient(arc - density, 1 - density).alias("correlation"),
    )
