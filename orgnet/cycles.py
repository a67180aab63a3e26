"""Cycles among directed arcs: who lies on one, and on which shortest ones."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from orgnet.index import Mask, Numbers

if TYPE_CHECKING:
    from scipy.sparse import csr_array

TOGETHER = 256  # starts whose distances are held at one time
PEELED = 64  # rounds of peeling before what is left of a graph is searched for cycles


def on_cycle(tail: Numbers, head: Numbers, size: int) -> Mask:
    """Mark the nodes that can reach themselves along these arcs.

    Parameters
    ----------
    tail, head
        Node numbers, one pair an arc; parallel arcs and loops are allowed.
    size
        How many nodes there are.

    Examples
    --------
    >>> on_cycle(np.array([0, 1, 2, 3]), np.array([1, 0, 0, 3]), 4).tolist()
    [True, True, False, True]
    """
    marked = np.zeros(size, dtype=bool)
    tail, head = _peeled(tail, head, size)
    if len(tail):
        from scipy.sparse.csgraph import connected_components

        nodes, graph = _matrix(tail, head)
        _, part = connected_components(graph, directed=True, connection="strong")
        marked[nodes[np.bincount(part)[part] > 1]] = True
        marked[tail[tail == head]] = True
    return marked


def shortest_cycles(
    tail: Numbers, head: Numbers, starts: Numbers, size: int
) -> tuple[npt.NDArray[np.int64], Numbers]:
    """Return who lies on the shortest cycles through each of these nodes.

    Parameters
    ----------
    tail, head, size
        As for :func:`on_cycle`.
    starts
        Nodes that lie on a cycle.

    Returns
    -------
    tuple
        Places in `starts`, and beside each a node of the shortest cycles through it,
        itself included. Of several shortest cycles, those of all are meant.

    Examples
    --------
    >>> arcs = np.array([0, 1, 2, 0]), np.array([1, 2, 0, 0])
    >>> place, member = shortest_cycles(*arcs, np.array([0, 1]), 3)
    >>> list(zip(place.tolist(), member.tolist()))
    [(0, 0), (1, 0), (1, 1), (1, 2)]
    """
    tail, head = _peeled(tail, head, size)
    nodes, graph = _matrix(tail, head)
    loops = np.isin(starts, tail[tail == head])
    at = np.searchsorted(nodes, starts).astype(np.int32)
    places, members = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int32)]
    for i in range(0, len(starts), TOGETHER):
        some = slice(i, i + TOGETHER)
        place, member = np.nonzero(_on_shortest(graph, at[some], loops[some]))
        places.append(place + i)
        members.append(nodes[member])
    return np.concatenate(places), np.concatenate(members)


def _on_shortest(graph: "csr_array[Any]", at: Numbers, loops: Mask) -> Mask:
    """Mark, one row a start, the nodes of its shortest cycles."""
    from scipy.sparse.csgraph import shortest_path

    there = shortest_path(graph, unweighted=True, indices=at)
    back = shortest_path(graph.T, unweighted=True, indices=at)
    around = there + back
    rows = np.arange(len(at))
    around[rows, at] = np.inf
    around[loops] = np.inf  # a loop is shorter than any other cycle
    marked = np.isfinite(around) & (around == around.min(axis=1, keepdims=True))
    marked[rows, at] = True
    return marked


def _matrix(tail: Numbers, head: Numbers) -> "tuple[Numbers, csr_array[Any]]":
    """Return the nodes of these arcs, sorted, and the arcs as a matrix over them."""
    from scipy.sparse import coo_array

    nodes, ends = np.unique(np.concatenate([tail, head]), return_inverse=True)
    arcs = (ends[: len(tail)], ends[len(tail) :])
    shape = (len(nodes), len(nodes))
    return nodes, coo_array((np.ones(len(tail)), arcs), shape=shape).tocsr()


def _peeled(tail: Numbers, head: Numbers, size: int) -> tuple[Numbers, Numbers]:
    """Drop arcs out of nodes that nothing enters and into nodes that nothing leaves."""
    for _ in range(PEELED):
        entered, left = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
        entered[head], left[tail] = True, True
        inner = entered[tail] & left[head]
        if inner.all():
            break
        tail, head = tail[inner], head[inner]
    return tail, head
