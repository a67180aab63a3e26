"""Which organizations are tied, and the block 块 and line 条 that each belongs to."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from orgnet.index import NONE, Index, Mask, Numbers, is_a
from orgnet.integration.demand import Demand
from orgnet.integration.graph import BLOCK, BRIDGE, HOUSE, LINE, Big, asks
from orgnet.rules import Rules
from orgnet.schema.vocabulary import AreaLevel, Vocabulary

if TYPE_CHECKING:
    from scipy.sparse import csr_array

LED = {"parent": 0, "business": 1}  # which supervisor makes the line; others last
PLAINLY = {1 << HOUSE: HOUSE, 1 << LINE: LINE, 1 << BLOCK: BLOCK}


class Grouping(Vocabulary):
    """By what organizations are grouped, besides the levels of areas."""

    LINE = "line", "条"


GROUPINGS = (*(str(level) for level in AreaLevel), Grouping.LINE.value)


class Tied:
    """The ties among the organizations of a day.

    Organizations are counted from 0 here, in the order of ids.

    Parameters
    ----------
    index
        The network on the day.
    rules
        `costs` say what is a step.
    """

    def __init__(self, index: Index, rules: Rules) -> None:
        self.index = index
        self.graph = Demand(index, rules).graph
        every = np.arange(index.size, dtype=np.int32)
        self.numbers: Numbers = every[asks(index, every) & index.valid]

    @cached_property
    def arcs(self) -> "csr_array":
        """Who may ask whom."""
        from scipy.sparse import csr_array

        size = len(self.graph.starts) - 1
        ones = np.ones(len(self.graph.heads))
        whole = csr_array(
            (ones, self.graph.heads, self.graph.starts), shape=(size, size)
        )
        some = whole[self.numbers][:, self.numbers].tocsr()
        return _plain(some)

    @cached_property
    def ties(self) -> "csr_array":
        """Who is tied to whom, both ways."""
        return _plain((self.arcs + self.arcs.T).tocsr())

    @cached_property
    def pairs(self) -> pl.DataFrame:
        """Each tied pair once: `one`, `other` by number, and its `class`."""
        size = np.int64(len(self.graph.starts) - 1)
        tails = np.repeat(np.arange(size), np.diff(self.graph.starts))
        heads = self.graph.heads.astype(np.int64)
        pair = np.minimum(tails, heads) * size + np.maximum(tails, heads)
        order = np.argsort(pair, kind="stable")
        pair, bits = pair[order], (1 << self.graph.classes.astype(np.int64))[order]
        keys, first = np.unique(pair, return_index=True)
        seen = np.bitwise_or.reduceat(bits, first) if len(first) else bits
        one, other = np.divmod(keys, size)
        kept = one != other
        return pl.DataFrame(
            {"one": one[kept], "other": other[kept], "class": _classes(seen[kept])}
        )

    def groups(self, by: str) -> Numbers:
        """Return the block of each node at a level, or its line; or -1."""
        if by == Grouping.LINE:
            return self.line
        return self.index.at_or_above(by, self.index.standing).astype(np.int32)

    @cached_property
    def line(self) -> Numbers:
        """The line of each node of the network: the unit at the end of it; or -1."""
        index, above = self.index, self._supervisor
        lines = np.full(index.size, NONE, dtype=np.int32)
        led = np.concatenate(index.arcs("SUPERVISED_BY"))
        lines[led] = _ends(above)[led]
        hosted = index.ties("HOSTED_BY").filter(is_a(index.net, "Unit", "head"))
        first = hosted.group_by("tail").agg(pl.col("head").min())
        lines[first["tail"].to_numpy()] = lines[first["head"].to_numpy()]
        return lines

    @cached_property
    def _supervisor(self) -> Numbers:
        """The supervisor that makes the line of each unit; or -1."""
        rank = pl.col("role").cast(pl.String).replace_strict(LED, default=len(LED))
        order = self.index.ties("SUPERVISED_BY").sort(
            ["tail", rank, "valid_from", "head"],
            descending=[False, False, True, False],
            nulls_last=True,
        )
        first = order.unique("tail", keep="first", maintain_order=True)
        above = np.full(self.index.size, NONE, dtype=np.int32)
        above[first["tail"].to_numpy()] = first["head"].to_numpy()
        return above


def _plain(matrix: "csr_array") -> "csr_array":
    """Return ones where there is anything, and nothing from a node to itself."""
    matrix.sum_duplicates()
    matrix.setdiag(0)
    matrix.eliminate_zeros()
    matrix.data[:] = 1
    matrix.sort_indices()
    return matrix


def _ends(above: Numbers) -> Numbers:
    """Return where each chain ends; one that runs in a circle, at its least number."""
    every = np.arange(len(above), dtype=np.int32)
    at = np.where(above == NONE, every, above)
    least = np.minimum(every, at)
    for _ in range(len(above).bit_length()):  # each turn looks twice as far
        least = np.minimum(least, least[at])
        at = at[at]
    return np.where(above[at] == NONE, at, least[at])


def _classes(bits: Big) -> Any:
    """Return the class of a pair from those of its steps."""
    bits = np.where(bits == 1 << HOUSE, bits, bits & ~(1 << HOUSE))
    classes = np.full(len(bits), BRIDGE)
    for plain, class_ in PLAINLY.items():
        classes[bits == plain] = class_
    return classes


def marked(mask: Mask, numbers: Numbers) -> Big:
    """Return the places of the organizations that a mask of the network marks."""
    return np.flatnonzero(mask[numbers])
