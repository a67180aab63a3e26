"""Nodes and ties whose loss splits what hangs together, and into what pieces."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Big = npt.NDArray[np.int64]


class Cuts(NamedTuple):
    """What splits a graph.

    Parameters
    ----------
    nodes
        For each node whose loss splits its component, the sizes of the pieces.
    ties
        For each tie whose loss does, lesser end first, the sizes of the two pieces.
    """

    nodes: dict[int, list[int]]
    ties: dict[tuple[int, int], tuple[int, int]]


def cuts(starts: Sequence[int], heads: Sequence[int]) -> Cuts:
    """Find articulation points and bridges, by one depth-first search.

    Parameters
    ----------
    starts, heads
        Neighbours in compressed rows, each tie in both rows, none twice, no loops.

    References
    ----------
    J. Hopcroft and R. Tarjan, Algorithm 447, Comm. ACM 16(6), 1973.

    Examples
    --------
    >>> cuts([0, 1, 3, 4], [1, 0, 2, 1])  # a chain of three
    Cuts(nodes={1: [1, 1]}, ties={(0, 1): (1, 2), (1, 2): (2, 1)})
    """
    search = _Search(starts, heads)
    for root in range(len(starts) - 1):
        if not search.found[root]:
            search.run(root)
    return Cuts(dict(sorted(search.nodes.items())), dict(sorted(search.ties.items())))


def min_cut(ties: "csr_array", source: int, targets: Big) -> int:
    """Return the fewest ties whose loss leaves a node no way to any of the others.

    Parameters
    ----------
    ties
        A symmetric matrix of zeros and ones.
    source
        From where.
    targets
        To any of which; the source is none of them.

    References
    ----------
    L. R. Ford and D. R. Fulkerson, Canadian J. Math. 8, 1956; maximum flow by scipy.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> square = np.array([[0, 1, 1, 0], [1, 0, 0, 1], [1, 0, 0, 1], [0, 1, 1, 0]])
    >>> min_cut(csr_array(square), 0, np.array([3]))
    2
    """
    from scipy.sparse import block_array, csr_array
    from scipy.sparse.csgraph import maximum_flow

    size = ties.shape[0]
    into = np.zeros((size, 1), dtype=np.int32)
    into[targets] = ties.nnz + 1  # more than could come
    rows: Any = [[ties, csr_array(into)], [None, csr_array((1, 1))]]
    whole = csr_array(block_array(rows), dtype=np.int32)
    flow = maximum_flow(whole, source, size)
    return int(flow.flow_value)


class _Search:
    """A depth-first search that notes when each node was found, and how far up it ties.

    Parameters
    ----------
    starts, heads
        As in :func:`cuts`.
    """

    def __init__(self, starts: Sequence[int], heads: Sequence[int]) -> None:
        size = len(starts) - 1
        self.starts, self.heads = starts, heads
        self.found = [0] * size  # when, from 1
        self.low = [0] * size  # the earliest that it or what hangs on it is tied to
        self.under = [1] * size  # how many hang on it, itself counted
        self.clock = 0
        self.nodes: dict[int, list[int]] = {}
        self.ties: dict[tuple[int, int], tuple[int, int]] = {}

    def run(self, root: int) -> None:
        """Go through the component of a node."""
        split: dict[int, list[int]] = {}  # pieces that would hang on nothing
        links: list[tuple[int, int]] = []
        self._find(root)
        stack = [(root, -1, iter(self._row(root)))]
        while stack:
            node, parent, row = stack[-1]
            for other in row:
                if not self.found[other]:
                    self._find(other)
                    stack.append((other, node, iter(self._row(other))))
                    break
                if other != parent:
                    self.low[node] = min(self.low[node], self.found[other])
            else:
                stack.pop()
                if parent >= 0:
                    self._leave(node, parent, split, links)
        self._note(root, split, links)

    def _find(self, node: int) -> None:
        self.clock += 1
        self.found[node] = self.low[node] = self.clock

    def _row(self, node: int) -> Sequence[int]:
        return self.heads[self.starts[node] : self.starts[node + 1]]

    def _leave(
        self,
        node: int,
        parent: int,
        split: dict[int, list[int]],
        links: list[tuple[int, int]],
    ) -> None:
        """Hand on to the parent what was found below a node."""
        self.low[parent] = min(self.low[parent], self.low[node])
        self.under[parent] += self.under[node]
        if self.low[node] >= self.found[parent]:
            split.setdefault(parent, []).append(self.under[node])
        if self.low[node] > self.found[parent]:
            links.append((parent, node))

    def _note(
        self, root: int, split: dict[int, list[int]], links: list[tuple[int, int]]
    ) -> None:
        """Work out the pieces, now that the size of the component is known."""
        whole = self.under[root]
        for node, pieces in split.items():
            rest = whole - 1 - sum(pieces)
            every = [*pieces, rest] if rest else pieces
            if len(every) > 1:
                self.nodes[node] = every
        for parent, node in links:
            below = self.under[node]
            ends = {parent: whole - below, node: below}
            one, other = sorted(ends)
            self.ties[one, other] = ends[one], ends[other]
