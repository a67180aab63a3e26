"""The transport problem: what goes where at the least cost, and what that is worth."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from orgnet.errors import OrgnetError

Places = npt.NDArray[np.signedinteger[Any]]
Amounts = npt.NDArray[np.float64]


class Transport(NamedTuple):
    """What is best of a transport problem.

    Parameters
    ----------
    quantity
        What goes along each arc.
    unmet
        What each demand goes without.
    demand_price
        What one unit more of each demand would cost.
    supply_price
        What one unit more of each supply would save.
    """

    quantity: Amounts
    unmet: Amounts
    demand_price: Amounts
    supply_price: Amounts


class Arcs(NamedTuple):
    """Who can be served by whom: places of demands and supplies, and unit costs."""

    demand: Places
    supply: Places
    cost: Amounts


def transport(
    arcs: Arcs, wanted: Amounts, available: Amounts, penalty: Amounts
) -> Transport:
    """Meet demands from supplies at the least cost; what is unmet costs its penalty.

    Whole demands and supplies give whole quantities.

    Parameters
    ----------
    arcs
        Along which something can go.
    wanted
        Of each demand.
    available
        Of each supply; infinite for no limit.
    penalty
        Of each demand, for a unit that it goes without.

    References
    ----------
    HiGHS, dual simplex (Huangfu and Hall 2018), through scipy.

    Examples
    --------
    >>> import numpy as np
    >>> arcs = Arcs(np.array([0, 1]), np.array([0, 0]), np.array([1.0, 2.0]))
    >>> best = transport(arcs, np.array([2.0, 2.0]), np.array([3.0]), np.full(2, 9.0))
    >>> best.quantity.tolist(), best.unmet.tolist(), best.supply_price.tolist()
    ([2.0, 1.0], [0.0, 1.0], [7.0])
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, hstack

    count, demands = len(arcs.cost), len(wanted)
    if not count:
        return Transport(arcs.cost, wanted, penalty, np.zeros(len(available)))
    limited = np.flatnonzero(np.isfinite(available))
    place = np.full(len(available), -1)
    place[limited] = np.arange(len(limited))
    kept = np.flatnonzero(place[arcs.supply] >= 0)
    ones = np.ones(count)
    served = csr_array((ones, (arcs.demand, np.arange(count))), (demands, count))
    none = csr_array((len(limited), demands))
    used = csr_array(
        (np.ones(len(kept)), (place[arcs.supply[kept]], kept)), (len(limited), count)
    )
    rest = csr_array((np.ones(demands), (np.arange(demands),) * 2), (demands,) * 2)
    within: dict[str, Any] = (
        {"A_ub": hstack([used, none]), "b_ub": available[limited]}
        if len(limited)
        else {}
    )
    within |= {"A_eq": hstack([served, rest]), "b_eq": wanted, "method": "highs-ds"}
    solved: Any = linprog(np.concatenate([arcs.cost, penalty]), **within)
    if solved.status != 0:
        msg = f"HiGHS found no allocation 求解失败: {solved.message}"
        raise OrgnetError(msg)
    supply_price = np.zeros(len(available))
    if len(limited):
        supply_price[limited] = -solved.ineqlin.marginals
    amounts = solved.x.round(6)
    return Transport(
        amounts[:count], amounts[count:], solved.eqlin.marginals, supply_price
    )
