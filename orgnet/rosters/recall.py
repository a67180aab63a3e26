"""What sheets that were handed down name, as the network they were made from knows it.

Such a sheet names areas, organizations and units that no roster beside it need list.
They are looked up in the network that is given as `known`, and what is found is taken
over from there as it is.
"""

from typing import TYPE_CHECKING

import polars as pl

from orgnet.rosters.places import ABOVE, skeleton
from orgnet.rosters.work import Work

if TYPE_CHECKING:
    from orgnet.network import Network

Frames = dict[str, pl.DataFrame]
ENDS = {"from": pl.String, "to": pl.String}


def recall_areas(work: Work, edition: str | None) -> None:
    """Let names be looked up among the areas of the earlier network."""
    if work.known is not None:
        areas, work.atlas.edition = skeleton(work.known, edition)
        work.atlas.recall(areas)


def with_recalled_organizations(work: Work, own: pl.DataFrame) -> pl.DataFrame:
    """Add the organizations of areas that no roster gives one: `to` and `from`."""
    if work.known is None or not work.recalls:
        return own
    index = work.known.index()
    ends = (index.id_of(numbers) for numbers in index.area_organizations)
    before = pl.DataFrame(dict(zip(("from", "to"), ends, strict=True)), schema=ENDS)
    first = before.sort("to", "from").unique("to", keep="first", maintain_order=True)
    more = first.join(own, on="to", how="anti").select(own.columns)
    return pl.concat([own, more])


def as_located_before(work: Work, said: pl.DataFrame) -> pl.DataFrame:
    """Put the place that was known, where a row only says in which area that lies.

    Parameters
    ----------
    work
        What was read.
    said
        LOCATED_IN as rows say it: `at`, `from`, `to` and attributes.
    """
    if work.known is None or not work.recalls or not said.height:
        return said
    inside = pl.any_horizontal(pl.col("to") == pl.col(up) for up in ABOVE)
    before = work.known.ties("LOCATED_IN").drop("source", "source_row")
    rows = said.select("at", "from", "to").filter(_handed_down(work, said["at"]))
    closer = (
        rows.join(before.rename({"to": "closer"}), on="from")
        .join(work.atlas.chain.rename({"id": "closer"}), on="closer")
        .filter(inside & (pl.col("to") != pl.col("closer")))
    )
    kept = said.join(closer, on=["at", "from", "to"], how="anti")
    put = (
        closer.drop("to").rename({"closer": "to"}).unique(["from", "to"], keep="first")
    )
    put = put.join(kept, on=["from", "to"], how="anti").sort("at", "to")
    shared = [c for c in said.columns if c in put.columns]
    return pl.concat([kept, put.select(shared)], how="diagonal_relaxed")


def _handed_down(work: Work, rows: pl.Series) -> pl.Series:
    return rows.is_not_null() & work.handed_down(rows.fill_null(0))


def with_recalled(work: Work, nodes: Frames, ties: Frames) -> tuple[Frames, Frames]:
    """Take over what relationships name and no row is about.

    Parameters
    ----------
    work
        What was read.
    nodes, ties
        The network so far, by label and by type.

    Returns
    -------
    tuple
        The nodes and relationships. Areas that were only looked through are left out;
        of those that are named the larger areas stay too.
    """
    if work.known is None or not work.recalls:
        return nodes, ties
    unlisted = work.atlas.recalled.implode()
    nodes = {**nodes, "Area": nodes["Area"].filter(~pl.col("id").is_in(unlisted))}
    part_of = ties["PART_OF"].filter(~pl.col("from").is_in(unlisted))
    ties = {**ties, "PART_OF": part_of}
    there = pl.concat([n["id"] for n in nodes.values()])
    named = pl.concat([t[end] for t in ties.values() for end in ENDS]).unique()
    wanted = _with_larger(work.known, named.filter(~named.is_in(there.implode())))
    new = {kind: _of_kind(work, kind, wanted) for kind in nodes}
    grown = {
        k: pl.concat([n, new[k]], how="diagonal_relaxed") for k, n in nodes.items()
    }
    above = work.known.ties("PART_OF").filter(pl.col("from").is_in(wanted.implode()))
    above = above.select(c for c in part_of.columns if c in above.columns)
    part_of = pl.concat([part_of, above], how="diagonal_relaxed")
    return grown, {**ties, "PART_OF": part_of}


def _with_larger(known: "Network", ids: pl.Series) -> pl.Series:
    """Return ids with those of all areas that the areas among them lie in."""
    above = known.ties("PART_OF").select("from", "to")
    found, new = ids.unique(), ids
    while new.len():
        up = above.filter(pl.col("from").is_in(new.implode()))["to"].unique()
        new = up.filter(~up.is_in(found.implode()))
        found = pl.concat([found, new])
    return found


def _of_kind(work: Work, kind: str, ids: pl.Series) -> pl.DataFrame:
    """Return the nodes of a kind that an earlier network has by these ids."""
    if work.known is None or kind not in work.known.schema.kinds:
        return pl.DataFrame(schema={"id": pl.String})
    table = work.known.nodes(kind).filter(pl.col("id").is_in(ids.implode()))
    declared = work.schema.kinds[kind].attributes()
    return table.select("id", *(n for n in declared if n in table.columns))
