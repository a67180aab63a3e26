"""The search for the k cheapest simple paths, best first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush, heapreplace

import numpy as np

from orgnet.grammar import START, Automaton
from orgnet.integration.graph import Big, Graph
from orgnet.integration.stock import Offers

Step = tuple[int, int, int, int]  # to which node, by which step, new state, cost to go
Found = tuple[int, tuple[int, ...], tuple[int, ...], int]  # weight, nodes, steps, offer
Children = Callable[[tuple[int, ...], tuple[int, ...], int], Iterable[Step]]
HOPS = 8  # a weight is cost times this and hops, so that one number orders by both
FAR = 1 << 40  # the weight from where no offer can be reached
PATIENCE = 2_000  # steps looked at before the least costs to go are worked out


@dataclass(frozen=True)
class Search:
    """The k cheapest simple paths from some nodes to what is offered.

    Best first: what is taken from the heap next is the least by weight, node ids and
    steps, so answers come in their final order.

    Parameters
    ----------
    graph
        The steps between organizations.
    grammar
        Which steps may follow which, at what cost.
    offers
        Where a path may end.
    k
        How many paths with a resource are wanted.
    max_hops
        The longest path.
    """

    graph: Graph
    grammar: Automaton
    offers: Offers
    k: int
    max_hops: int

    @property
    def weights(self) -> list[int]:
        """What each step adds to the weight of a path."""
        return [cost * HOPS + 1 for cost in self.grammar.costs]

    def run(self, starts: list[int], patience: int = PATIENCE) -> list[Found]:
        """Return the cheapest paths in order: weight, nodes, steps and offer.

        Most needs are met nearby, and the plain search stops early. Where it does not,
        the least weight from every node in reach to an offer is worked out first.
        """
        found = self._best_first(starts, self._near(), patience)
        if found is None:
            found = self._best_first(starts, Ahead(self, starts).children, None)
        return found or []

    def _best_first(
        self, starts: list[int], children: Children, patience: int | None
    ) -> list[Found] | None:
        """Search by weight so far and to go; null once too much was looked at."""
        weights, counts = self.weights, self.offers.counts
        limit = Limit(self.k)
        for node in starts:
            limit.note(0, counts[node])
        heap = [(0, (node,), (), 0, START) for node in starts]
        heapify(heap)
        found: list[Found] = []
        looked = 0
        while heap:
            _, nodes, steps, weight, state = heappop(heap)
            if counts[nodes[-1]]:
                found += [(weight, nodes, steps, i) for i in self.offers.of(nodes[-1])]
                if len(found) >= self.k:
                    break
            if len(steps) == self.max_hops:
                continue
            looked += self.graph.degree(nodes[-1])
            if patience is not None and looked > patience:
                return None
            for node, step, onward, to_go in children(nodes, steps, state):
                so_far = weight + weights[step]
                if so_far + to_go > limit.weight or node in nodes:
                    continue
                entry = (so_far + to_go, (*nodes, node), (*steps, step), so_far, onward)
                heappush(heap, entry)  # type: ignore[misc]
                if counts[node]:
                    limit.note(so_far, counts[node])
        return found[: self.k]

    def _near(self) -> Children:
        """Return what lists the steps from the end of a path, with the least to go."""
        graph, table, counts = self.graph, self.grammar.table, self.offers.counts
        heads, codes, least = graph.heads, graph.steps, min(self.weights, default=0)

        def children(
            nodes: tuple[int, ...], steps: tuple[int, ...], state: int
        ) -> Iterable[Step]:
            row, onward = graph.row(nodes[-1]), table[state]
            last = len(steps) + 1 == self.max_hops
            arcs = zip(heads[row].tolist(), codes[row].tolist(), strict=True)
            return [
                (node, step, onward[step], 0 if counts[node] else least)
                for node, step in arcs
                if onward[step] >= 0 and (counts[node] or not last)
            ]

        return children


class Limit:
    """The weight beyond which no path can be among the k cheapest.

    Parameters
    ----------
    k
        How many paths are wanted.
    """

    def __init__(self, k: int) -> None:
        self.k = k
        self.weight = FAR
        self._known: list[int] = []  # the k least weights so far, the greatest first

    def note(self, weight: int, offers: int) -> None:
        """Take note of paths of this weight, one for each offer at their end."""
        for _ in range(min(offers, self.k)):
            if len(self._known) < self.k:
                heappush(self._known, -weight)
            elif -self._known[0] > weight:
                heapreplace(self._known, -weight)
            else:
                break
        if len(self._known) == self.k:
            self.weight = -self._known[0]


class Ahead:
    """The least weight from each node in reach to an offer, hop by hop.

    Paths are taken for walks here, so it is never too much; it may be too little.

    Parameters
    ----------
    search
        What is searched for.
    starts
        Where the paths begin.
    """

    def __init__(self, search: Search, starts: list[int]) -> None:
        self.graph = search.graph
        self.table = np.array(search.grammar.table, dtype=np.int64)
        self.weights = np.array(search.weights, dtype=np.int64)
        self.owned = np.frombuffer(search.offers.counts, dtype=np.uint8) > 0
        self.codes: list[Big] = [np.array(starts, dtype=np.int64)]  # state, then node
        arcs = [
            self._onward(search.max_hops - hop == 1) for hop in range(search.max_hops)
        ]
        self.lows = [np.zeros(len(self.codes[-1]), dtype=np.int64)]
        for hop in reversed(range(search.max_hops)):
            self.lows.insert(0, self._low(self.codes[hop], *arcs[hop]))

    def _onward(self, last: bool) -> tuple[Big, Big, Big]:  # noqa: FBT001
        """Go one hop on from the last codes; return from, to and weight of each arc."""
        state, node = np.divmod(self.codes[-1], self.size)
        starts = self.graph.starts[node]
        counts = self.graph.starts[node + 1] - starts
        source = np.repeat(np.arange(len(node)), counts)
        first = np.repeat(starts - np.cumsum(counts) + counts, counts)
        arc = first + np.arange(len(source))
        onward = self.table[state[source], self.graph.steps[arc]]
        kept = onward >= 0
        if last:
            kept &= self.owned[self.graph.heads[arc]]
        target = onward[kept] * self.size + self.graph.heads[arc[kept]]
        codes, place = np.unique(target, return_inverse=True)
        self.codes.append(codes)
        return source[kept], place, self.weights[self.graph.steps[arc[kept]]]

    @property
    def size(self) -> int:
        """How many nodes the network has."""
        return len(self.owned)

    def _low(self, codes: Big, source: Big, target: Big, weight: Big) -> Big:
        low = np.full(len(codes), FAR, dtype=np.int64)
        np.minimum.at(low, source, weight + self.lows[0][target])
        low[self.owned[codes % self.size]] = 0
        return low

    def children(
        self, nodes: tuple[int, ...], steps: tuple[int, ...], state: int
    ) -> Iterable[Step]:
        """List the steps from the end of a path that can still lead to an offer."""
        row = self.graph.row(nodes[-1])
        heads, codes = self.graph.heads[row], self.graph.steps[row]
        onward = self.table[state, codes]
        known, lows = self.codes[len(steps) + 1], self.lows[len(steps) + 1]
        if not len(known):
            return ()
        wanted = onward * self.size + heads  # below zero where a step is refused
        place = np.searchsorted(
            known[:-1], wanted
        )  # so that the last is the last resort
        hit = np.flatnonzero((known[place] == wanted) & (lows[place] < FAR))
        columns = (heads[hit], codes[hit], onward[hit], lows[place[hit]])
        return zip(*(c.tolist() for c in columns), strict=True)
