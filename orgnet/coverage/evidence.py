"""The organizations on which a finding rests, by their ids."""

import numpy as np
import polars as pl

from orgnet.index import Index, Numbers


def id_lists(index: Index, rows: np.ndarray, nodes: Numbers, count: int) -> pl.Series:
    """Return the ids of the nodes of each row as a sorted list; null where none is."""
    pairs = pl.DataFrame({"row": rows, "node": nodes}).unique().sort("row", "node")
    lists = (
        pairs.with_columns(id=index.id_of(pairs["node"].to_numpy()))
        .group_by("row", maintain_order=True)
        .agg("id")
    )
    every = pl.DataFrame({"row": np.arange(count)})
    return every.join(lists, on="row", how="left", maintain_order="left")["id"]
