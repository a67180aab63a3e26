"""How often each node stands between others: on their shortest paths."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats = npt.NDArray[np.float64]
AT_ONCE = 16  # sources that are gone out from together


def betweenness(ties: "csr_array", sources: npt.NDArray[np.int64]) -> Floats:
    """Return how many shortest paths run by each node, each pair counting once.

    Parameters
    ----------
    ties
        A symmetric matrix of zeros and ones.
    sources
        Nodes from which paths are followed. If these are not all, the result is an
        estimate, scaled up as if the others were like them.

    References
    ----------
    U. Brandes, J. Math. Sociology 25(2), 2001; from some sources only, U. Brandes and
    C. Pich, Int. J. Bifurcation and Chaos 17(7), 2007.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> chain = csr_array(np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], dtype=float))
    >>> betweenness(chain, np.arange(3)).tolist()
    [0.0, 1.0, 0.0]
    """
    total = np.zeros(ties.shape[0])
    for first in range(0, len(sources), AT_ONCE):
        total += _from(ties, sources[first : first + AT_ONCE])
    both_ways = 2
    return total * (len(total) / max(1, len(sources)) / both_ways)


def _from(ties: "csr_array", sources: npt.NDArray[np.int64]) -> Floats:
    """Sum what paths from these sources depend on each node."""
    shape, each = (ties.shape[0], len(sources)), np.arange(len(sources))
    paths, level = np.zeros(shape), np.full(shape, -1)
    paths[sources, each], level[sources, each] = 1, 0
    front, depth = paths.copy(), 0
    while front.any():  # hop by hop outward: how many shortest paths lead there
        front = np.where(level < 0, ties @ front, 0)
        depth += 1
        level[front > 0] = depth
        paths += front
    depends = np.zeros(shape)
    for far in range(depth, 0, -1):  # and back: what lies behind each node
        share = np.divide(1 + depends, paths, out=np.zeros(shape), where=level == far)
        depends += np.where(level == far - 1, (ties @ share) * paths, 0)
    depends[sources, each] = 0
    return depends.sum(axis=1)
