"""The steps of a day: who may ask whom, and which cross between line and block 条块."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from orgnet.index import Index, Numbers
from orgnet.schema.vocabulary import Vocabulary

Big = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint8]
STEP_BITS, CLASS_BITS = 5, 2


class HopClass(Vocabulary):
    """Whether a hop stays in a line 条 or a block 块, or crosses between them."""

    HOUSE = "house", "单位与其党组织"
    LINE = "line", "条"
    BLOCK = "block", "块"
    BRIDGE = "bridge", "条块之间"


HOUSE, LINE, BLOCK, BRIDGE = range(len(HopClass))  # of two classes the lower counts
TERRITORIAL = ("city", "district", "street", "community", "compound", "grid", "park")
CLASS_OF_TYPE = {
    "HOSTED_BY": HOUSE,
    "COORDINATES": LINE,
    "SUPERVISED_BY": LINE,
    "CONTACTS": BLOCK,
    "HOLDS_SEAT_ON": BRIDGE,
    "PARTNERS_WITH": BRIDGE,
    "ESCALATES_TO": BRIDGE,
    "HOLDS_POWER_OVER": BRIDGE,
}


class Graph(NamedTuple):
    """The steps of a day in compressed rows, by head and step within a row."""

    starts: Big
    heads: Numbers
    steps: Codes
    classes: Codes

    def row(self, node: int) -> slice:
        """Return where the steps from a node stand."""
        return slice(int(self.starts[node]), int(self.starts[node + 1]))

    def without(self, nodes: Numbers) -> "Graph":
        """Return the steps that neither start nor end at any of these nodes."""
        tails = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        kept = ~(np.isin(tails, nodes) | np.isin(self.heads, nodes))
        counts = np.bincount(tails[kept], minlength=len(self.starts) - 1)
        starts = np.concatenate([[0], np.cumsum(counts)])
        heads, steps, classes = self.heads[kept], self.steps[kept], self.classes[kept]
        return Graph(starts, heads, steps, classes)

    def degree(self, node: int) -> int:
        """Return how many steps there are from a node."""
        return int(self.starts[node + 1] - self.starts[node])

    def hop_class(self, tail: int, step: int, head: int) -> int:
        """Return the class of one step."""
        row = self.row(tail)
        same = (self.heads[row] == head) & (self.steps[row] == step)
        return int(self.classes[row][same][0])


def graph_of(index: Index, steps: tuple[str, ...]) -> Graph:
    """Return every allowed step between organizations, parallel ones once."""
    wide = max(1, index.size - 1).bit_length()
    packed = [_packed(index, name, code, wide) for code, name in enumerate(steps)]
    for way in "><":  # of the two house steps between one pair, being hosted counts
        host, cover = f"HOSTED_BY{way}", f"COVERS{way}"
        if host in steps and cover in steps:
            pairs = packed[steps.index(host)] >> (STEP_BITS + CLASS_BITS)
            covers = packed[steps.index(cover)]
            apart = ~np.isin(covers >> (STEP_BITS + CLASS_BITS), pairs)
            packed[steps.index(cover)] = covers[apart]
    arcs = np.concatenate([np.zeros(0, np.int64), *packed])
    arcs.sort()
    first = np.ones(len(arcs), dtype=bool)
    first[1:] = (arcs[1:] >> CLASS_BITS) != (arcs[:-1] >> CLASS_BITS)
    return _unpacked(arcs[first], wide, index.size)


def _packed(index: Index, step: str, code: int, wide: int) -> Big:
    """Return the arcs of a step as numbers: tail, head, step, class, from the left."""
    type_, way = step.rstrip("<>"), step[-1]
    if type_ not in index.net.schema.ties:
        return np.zeros(0, np.int64)
    tail, head, classes = _ends(index, type_)
    if way == "<":
        tail, head = head, tail
    elif way != ">":  # both ways
        tail, head = np.concatenate([tail, head]), np.concatenate([head, tail])
        classes = np.concatenate([classes, classes])
    pair = (tail.astype(np.int64) << wide) | head
    return (((pair << STEP_BITS) | code) << CLASS_BITS) | classes


def _unpacked(arcs: Big, wide: int, size: int) -> Graph:
    classes = (arcs & ((1 << CLASS_BITS) - 1)).astype(np.uint8)
    arcs = arcs >> CLASS_BITS
    steps = (arcs & ((1 << STEP_BITS) - 1)).astype(np.uint8)
    arcs = arcs >> STEP_BITS
    heads = (arcs & ((1 << wide) - 1)).astype(np.int32)
    starts = np.searchsorted(arcs >> wide, np.arange(size + 1))
    return Graph(starts, heads, steps, classes)


def _ends(index: Index, type_: str) -> tuple[Numbers, Numbers, Codes]:
    """Return the relationships of a type between organizations, each with its class."""
    ties = index.ties(type_)
    if type_ == "HOLDS_POWER_OVER":
        ties = ties.filter(pl.col("power") == "dispatch")
    tail, head = ties["tail"].to_numpy(), ties["head"].to_numpy()
    if type_ == "COVERS":
        single = (ties["mode"] == "single").to_numpy()
        classes = np.where(single, HOUSE, BRIDGE)
    elif type_ == "SUBORDINATE_TO":
        settings = index.column("PartyOrganization", "setting").cast(pl.String)
        territorial = settings.is_in(TERRITORIAL).fill_null(value=False).to_numpy()
        classes = np.where(territorial[tail] & territorial[head], BLOCK, LINE)
    else:
        classes = np.full(len(tail), CLASS_OF_TYPE[type_])
    kept = asks(index, tail) & asks(index, head)
    return tail[kept], head[kept], classes[kept].astype(np.uint8)


def asks(index: Index, numbers: Numbers) -> npt.NDArray[np.bool_]:
    """Tell which of these nodes can stand on a path: party organizations and units."""
    found = np.zeros(len(numbers), dtype=bool)
    for label in ("PartyOrganization", "Unit"):
        first = index.net.offsets[label]
        past = first + index.net.node_tables[label].height
        found |= (numbers >= first) & (numbers < past)
    return found
