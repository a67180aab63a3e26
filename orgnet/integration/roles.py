"""The five roles of who stands between others, by the groups of all three."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from orgnet.index import NONE, Numbers
from orgnet.integration.graph import Big
from orgnet.schema.vocabulary import Vocabulary

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats = npt.NDArray[np.float64]
ENOUGH = 2  # draws from which a deviation can be told


class Role(Vocabulary):
    """Between whom a broker stands: who asks, itself, and who is asked."""

    COORDINATOR = "coordinator", "内部协调"  # all of one group
    GATEKEEPER = "gatekeeper", "对内把关"  # from another group into its own
    ITINERANT = "itinerant", "居间顾问"  # between two of one group, from another
    LIAISON = "liaison", "跨组联络"  # three groups
    REPRESENTATIVE = "representative", "对外代表"  # from its own group into another


ROLES = (  # in the order of the literature
    *(Role.COORDINATOR, Role.ITINERANT, Role.GATEKEEPER),
    *(Role.REPRESENTATIVE, Role.LIAISON),
)
COORDINATOR, ITINERANT, GATEKEEPER, REPRESENTATIVE, LIAISON = range(len(ROLES))


class Between(NamedTuple):
    """Who asks a broker, whom it asks, and which pairs of these need no broker."""

    broker: int
    asking: Numbers
    asked: Numbers
    tied: tuple[Numbers, Numbers]  # the same one, or who can ask directly


def roles(
    arcs: "csr_array",
    groups: Numbers,
    listed: Big,
    draws: int,
    random: np.random.Generator,
) -> tuple[Big, Floats]:
    """Count the roles of some nodes, and compare with groups dealt by chance.

    Parameters
    ----------
    arcs
        Who may ask whom.
    groups
        The group of each node; -1 for none.
    listed
        The nodes whose roles are counted.
    draws
        How often groups are dealt anew.
    random
        Where chance comes from.

    Returns
    -------
    tuple
        Counts and z, one row a node, one column a role; z is NaN where it cannot be
        told.
    """
    backward = arcs.T.tocsr()
    between = [_between(arcs, backward, node, groups) for node in listed.tolist()]
    counts = np.array([_counted(b, groups) for b in between]).reshape(-1, len(ROLES))
    if draws < ENOUGH:
        return counts, np.full(counts.shape, np.nan)
    grouped = np.flatnonzero(groups != NONE)
    dealt, drawn = groups.copy(), []
    for _ in range(draws):
        dealt[grouped] = random.permutation(groups[grouped])
        drawn.append([_counted(b, dealt) for b in between])
    chance = np.array(drawn, dtype=float).reshape(draws, *counts.shape)
    spread = chance.std(axis=0, ddof=1)
    above = counts - chance.mean(axis=0)
    z = np.divide(above, spread, out=np.full(above.shape, np.nan), where=spread > 0)
    return counts, z


def _between(
    arcs: "csr_array", backward: "csr_array", node: int, groups: Numbers
) -> Between:
    """Return between whom a node stands, of those who have a group."""
    asking, asked = (
        m.indices[m.indptr[node] : m.indptr[node + 1]] for m in (backward, arcs)
    )
    asking, asked = (
        np.sort(e[(groups[e] != NONE) & (e != node)]) for e in (asking, asked)
    )
    if groups[node] == NONE:
        asking = asked = asking[:0]
    direct = arcs[asking][:, asked].tocoo()
    same = np.intersect1d(asking, asked)
    one = np.concatenate([asking[direct.coords[0]], same])
    other = np.concatenate([asked[direct.coords[1]], same])
    return Between(node, asking, asked, (one, other))


def _counted(between: Between, groups: Numbers) -> list[int]:
    """Count the pairs of each role: all, less those that need no broker."""
    own = groups[between.broker]
    asking, asked = groups[between.asking], groups[between.asked]
    counts = np.zeros(len(ROLES), dtype=np.int64)
    inward, outward = int((asking == own).sum()), int((asked == own).sum())
    others = len(asking) - inward, len(asked) - outward
    counts[COORDINATOR] = inward * outward
    counts[GATEKEEPER] = others[0] * outward
    counts[REPRESENTATIVE] = inward * others[1]
    alike = _alike(asking[asking != own], asked[asked != own])
    counts[ITINERANT] = alike
    counts[LIAISON] = others[0] * others[1] - alike
    one, other = (groups[e] for e in between.tied)
    from_own, to_own = one == own, other == own
    counts[COORDINATOR] -= (from_own & to_own).sum()
    counts[GATEKEEPER] -= (~from_own & to_own).sum()
    counts[REPRESENTATIVE] -= (from_own & ~to_own).sum()
    apart = ~from_own & ~to_own
    counts[ITINERANT] -= (apart & (one == other)).sum()
    counts[LIAISON] -= (apart & (one != other)).sum()
    return counts.tolist()


def _alike(one: Numbers, other: Numbers) -> int:
    """Count the pairs of which both have the same group."""
    groups, counts = np.unique(one, return_counts=True)
    if not len(groups):
        return 0
    place = np.minimum(np.searchsorted(groups, other), len(groups) - 1)
    return int(counts[place[groups[place] == other]].sum())
