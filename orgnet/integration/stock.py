"""What is offered and left, and who raises a need."""

from typing import NamedTuple

import numpy as np
import polars as pl

from orgnet.index import Csr, Index, Numbers, csr
from orgnet.integration.graph import asks

MOST = 255  # resources of one owner that are counted
USED = ("agreed", "running", "done")


class Offers(NamedTuple):
    """The resources of one kind that are to be had, by owner and then by id."""

    owners: Numbers
    resources: Numbers
    left: pl.Series  # null is unknown, and allowed
    counts: bytes  # how many each node owns, by number, never more than MOST

    def of(self, owner: int) -> range:
        """Return the rows of an owner's resources."""
        return range(*np.searchsorted(self.owners, [owner, owner + 1]).tolist())


def _stock(index: Index) -> pl.DataFrame:
    """Return what is offered, used up or not: `owner`, `resource`, `kind`, `left`."""
    status = pl.col("status").cast(pl.String)
    counted = status.is_in(USED) | status.is_null()
    unknown = pl.any_horizontal(pl.col("status", "quantity").is_null()).any()
    taken = (
        index.ties("MATCHED_TO")
        .filter(counted)
        .group_by("tail")
        .agg(
            pl.when(~unknown).then(pl.col("quantity").sum()).alias("taken"), known=True
        )
    )
    left = pl.col("capacity") - pl.when("known").then("taken").otherwise(0)
    return (
        index.ties("OFFERS")
        .select(pl.col("tail").alias("owner"), pl.col("head").alias("resource"))
        .unique()
        .join(index.nodes("Resource"), left_on="resource", right_on="node")
        .join(taken, left_on="resource", right_on="tail", how="left")
        .select("owner", "resource", pl.col("kind").cast(pl.String), left.alias("left"))
        .sort("owner", "resource")
    )


def offers_of(index: Index, kind: str, *, used_up: bool = False) -> Offers:
    """Return what of a kind is to be had, or instead what is used up."""
    stock = index.once("integration.stock", lambda: _stock(index))
    nothing = (pl.col("left") <= 0).fill_null(value=False)
    stock = stock.filter(pl.col("kind") == kind, nothing == used_up)
    owners = stock["owner"].to_numpy()
    counts = np.minimum(np.bincount(owners, minlength=index.size), MOST)
    resources = stock["resource"].to_numpy()
    return Offers(owners, resources, stock["left"], counts.astype(np.uint8).tobytes())


def _bodies(index: Index) -> Csr:
    """Return the organizations of each area: they cover it, or are hosted by it."""
    covers, hosted = index.organization_covers(), index.ties("HOSTED_BY")
    ends = [t.select("tail", "head") for t in (covers, hosted)]
    pairs = pl.concat(ends).unique()
    return csr(pairs["head"].to_numpy(), pairs["tail"].to_numpy(), index.size)


def starts_of(index: Index, need: int) -> list[int]:
    """Return the organizations that raise a need, in place of areas their own."""
    raisers = _row(index.csr("RAISES", backward=True), need)
    bodies = index.once("integration.bodies", lambda: _bodies(index))
    asking = asks(index, raisers)
    found = set(raisers[asking].tolist())
    for area in raisers[~asking].tolist():
        found.update(_row(bodies, area).tolist())
    return sorted(found)


def _row(neighbours: Csr, node: int) -> Numbers:
    return neighbours.heads[neighbours.starts[node] : neighbours.starts[node + 1]]
