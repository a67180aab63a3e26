"""What to take for a budget so that most is covered: budgeted maximum coverage."""

from collections import Counter
from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from typing import Any, NamedTuple

import numpy as np

from orgnet.errors import OrgnetError


class Choice(NamedTuple):
    """What to take.

    Parameters
    ----------
    taken
        The places of what is taken, in the order of taking.
    gains
        What each added to what was covered.
    bound
        What nothing for the budget could exceed.
    """

    taken: list[int]
    gains: list[int]
    bound: float


class Cover(NamedTuple):
    """What can be taken: which elements each covers, its cost, and their weights."""

    covers: Sequence[Sequence[int]]
    costs: Sequence[int]
    weights: Sequence[int]

    def gain(self, place: int, covered: set[int]) -> int:
        """Return what taking one more would add; -1 stands for nothing."""
        if place < 0:
            return 0
        return sum(self.weights[e] for e in self.covers[place] if e not in covered)


def greedy(cover: Cover, budget: int) -> Choice:
    """Take what adds most for its cost, as long as the budget lasts.

    What later takings made needless is given back, and the money spent anew. The best
    single one is taken instead where that covers more.

    Examples
    --------
    >>> cover = Cover([[0, 1], [1, 2], [3]], [2, 2, 1], [5, 4, 3, 2])
    >>> greedy(cover, 3).taken
    [0, 2]
    """
    taken: set[int] = set()
    while True:
        _fill(cover, budget, taken)
        spare = _needless(cover, taken)
        if not spare:
            break
        taken -= spare
    covered = {e for place in taken for e in cover.covers[place]}
    closed = sum(cover.weights[e] for e in covered)
    bounds = _bound(cover, set(), budget), closed + _bound(cover, covered, budget)
    single = _single(cover, budget)
    best = [single] if cover.gain(single, set()) > closed else sorted(taken)
    return _in_order(cover, best, min(bounds))


def _fill(cover: Cover, budget: int, taken: set[int]) -> None:
    """Take more, the most for its cost first.

    Lazy: what a candidate adds can only fall, so an old figure is a bound, and only the
    candidate at the top is looked at again.
    """
    covered = {e for place in taken for e in cover.covers[place]}
    left = budget - sum(cover.costs[p] for p in taken)
    heap = [
        (-cover.gain(p, covered) / cost, p)
        for p, cost in enumerate(cover.costs)
        if cost <= left
    ]
    heapify(heap)
    while heap:
        _, place = heappop(heap)
        gain, cost = cover.gain(place, covered), cover.costs[place]
        if not gain or cost > left:
            continue
        ratio = -gain / cost
        if heap and (ratio, place) > heap[0]:
            heappush(heap, (ratio, place))
            continue
        covered.update(cover.covers[place])
        taken.add(place)
        left -= cost


def _needless(cover: Cover, taken: set[int]) -> set[int]:
    """Return what the others cover as well, the dearest first."""
    times = Counter(e for place in taken for e in cover.covers[place])
    spare = set()
    for place in sorted(taken, key=lambda p: (-cover.costs[p], p)):
        if all(times[e] > 1 for e in cover.covers[place]):
            spare.add(place)
            times.subtract(cover.covers[place])
    return spare


def _single(cover: Cover, budget: int) -> int:
    """Return the best that is taken alone; what is too dear adds nothing."""
    able = [p for p, cost in enumerate(cover.costs) if cost <= budget]
    return max(able, key=lambda p: (cover.gain(p, set()), -p), default=-1)


def _bound(cover: Cover, covered: set[int], budget: int) -> float:
    """Return what the budget could add at most, were gains to add up and split."""
    gains = [cover.gain(p, covered) for p in range(len(cover.costs))]
    order = sorted(
        range(len(gains)), key=lambda p: gains[p] / cover.costs[p], reverse=True
    )
    total, left = 0.0, budget
    for place in order:
        if cover.costs[place] > budget:
            continue
        share = min(1.0, left / cover.costs[place])
        total += share * gains[place]
        left -= cover.costs[place]
        if left <= 0:
            break
    return total


def exactly(cover: Cover, budget: int) -> Choice:
    """Take what covers most for the budget, by HiGHS.

    References
    ----------
    Budgeted maximum coverage as a mixed-integer program; HiGHS through scipy.

    Examples
    --------
    >>> cover = Cover([[0, 1], [1, 2], [3]], [2, 2, 1], [5, 4, 3, 2])
    >>> exactly(cover, 4).taken
    [0, 1]
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, eye_array, hstack, vstack

    count, elements = len(cover.costs), len(cover.weights)
    if not count:
        return Choice([], [], 0.0)
    rows = [e for covers in cover.covers for e in covers]
    columns = [p for p, covers in enumerate(cover.covers) for _ in covers]
    by = csr_array((np.ones(len(rows)), (rows, columns)), (elements, count))
    own = -eye_array(elements)  # an element counts if one that covers it is taken
    price = csr_array(np.array([[*cover.costs, *[0] * elements]], dtype=float))
    solved: Any = milp(
        np.concatenate([np.zeros(count), -np.array(cover.weights, dtype=float)]),
        integrality=np.concatenate([np.ones(count), np.zeros(elements)]),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(
            vstack([hstack([by, own]), price]),
            np.concatenate([np.zeros(elements), [-np.inf]]),
            np.concatenate([np.full(elements, np.inf), [budget]]),
        ),
    )
    if solved.status != 0:
        msg = f"HiGHS found no plan 求解失败: {solved.message}"
        raise OrgnetError(msg)
    taken = [p for p in range(count) if solved.x[p] > 0.5]  # noqa: PLR2004
    return _in_order(cover, taken, -float(solved.fun))


def _in_order(cover: Cover, taken: list[int], bound: float) -> Choice:
    """Return what is taken with what each adds, the most for its cost first."""
    covered: set[int] = set()
    choice = Choice([], [], bound)
    heap = [(-cover.gain(p, covered) / cover.costs[p], p) for p in taken]
    heapify(heap)
    while heap:
        _, place = heappop(heap)
        gain = cover.gain(place, covered)
        ratio = -gain / cover.costs[place]
        if not gain:
            continue
        if heap and (ratio, place) > heap[0]:
            heappush(heap, (ratio, place))
            continue
        covered.update(cover.covers[place])
        choice.taken.append(place)
        choice.gains.append(gain)
    return choice
