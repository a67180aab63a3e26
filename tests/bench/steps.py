"""Who may ask whom, and for what, as one would write it over a networkx graph, plainly.

As in peers.py: relationships without a day, the default rules. The steps are kept from
one question to the next, as a network keeps them too.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import inf
from typing import Any

from tests.bench import counting, peers
from tests.bench.counting import Row, Rows, place
from tests.bench.peers import RULES, Data, Graph, of_kind, typed

Label = tuple[Any, ...]  # the cost, then what decides between equal costs
FAR: Label = (inf,)
BODIES = {"PartyOrganization", "Unit"}


class Steps:
    """Who may ask whom by which steps, from both ends."""

    def __init__(self, graph: Graph) -> None:
        self.graph, self.paths = graph, peers.Paths(graph)
        labels = graph.nodes(data="label")
        self.bodies = sorted(node for node, label in labels if label in BODIES)
        self.onward = {node: self.paths.onward(node) for node in self.bodies}
        self.inward: dict[str, dict[str, set[str]]] = {n: {} for n in self.bodies}
        for tail, others in self.onward.items():
            for head, ways in others.items():
                self.inward[head][tail] = ways

    def reached(self, starts: Iterable[str]) -> dict[str, int]:
        """The least cost to all that is in reach."""
        return counting.reached(self.paths, starts, self.onward.__getitem__)

    def after(self, state: int, step: str) -> int:
        return self.paths.grammar.table[state][self.paths.number[step]]

    def before(self) -> list[dict[str, list[int]]]:
        """By state and step, the states from which the step leads there."""
        table = self.paths.grammar.table
        found: list[dict[str, list[int]]] = [defaultdict(list) for _ in table]
        for state in range(len(table)):
            for step in self.paths.number:
                if self.after(state, step) >= 0:
                    found[self.after(state, step)][step].append(state)
        return found

    def toward(self, ends: dict[str, Label]) -> dict[str, Label]:
        """The least label from each node to any end, hop by hop from the ends back."""
        before = self.before()
        known = {
            (s, node): label for node, label in ends.items() for s in range(len(before))
        }
        edge = known
        for _ in range(RULES.max_hops):
            further: dict[tuple[int, str], Label] = {}
            for (state, node), (cost, *rest) in edge.items():
                for other, ways in self.inward[node].items():
                    for step in ways:
                        label = (cost + RULES.costs[step], *rest)
                        for there in ((s, other) for s in before[state][step]):
                            if label < min(
                                known.get(there, FAR), further.get(there, FAR)
                            ):
                                further[there] = label
            known = {**known, **further}
            edge = further
        return {node: label for (state, node), label in known.items() if state == 0}


def stock(graph: Graph, kind: str, *, used_up: bool) -> Iterator[tuple[str, str]]:
    """Go through what is left of a kind, or else used up: the resource and an owner."""
    paths = peers.Paths(graph)
    for resource, data in of_kind(graph, "Resource"):
        if data["kind"] == kind:
            left = paths.left(resource)
            if (left is not None and left <= 0) == used_up:
                for owner, _ in typed(graph, resource, "OFFERS", into=True):
                    yield resource, owner


def to_stock(steps: Steps, kind: str, *, used_up: bool) -> dict[str, Label]:
    """For each node cost, resource and owner of what is nearest of a kind."""
    ends: dict[str, Label] = {}
    for resource, owner in stock(steps.graph, kind, used_up=used_up):
        if owner in steps.onward:
            ends[owner] = min(ends.get(owner, FAR), (0, resource, owner))
    return steps.toward(ends)


def open_needs(graph: Graph, kinds: Iterable[str]) -> Iterator[tuple[str, Data]]:
    wanted = set(kinds)
    for need, data in of_kind(graph, "Need"):
        if data["kind"] in wanted and data.get("status") not in {"met", "withdrawn"}:
            yield need, data


def told(graph: Graph, need: str) -> Row:
    """Name, kind and area of a need."""
    data, stands = graph.nodes[need], place(graph, need)
    area = peers.at_level(graph, stands, "community") or stands
    return data.get("name"), data["kind"], area


def searched(steps: Steps, kinds: Iterable[str]) -> Iterator[tuple[str, set[str], Row]]:
    """Go through the open needs: id, who raises it, and what is nearest."""
    known = {kind: to_stock(steps, kind, used_up=False) for kind in kinds}
    for need, data in open_needs(steps.graph, known):
        starts = steps.paths.starts(need)
        labels = known[data["kind"]]
        yield need, starts, min((labels.get(s, FAR) for s in starts), default=FAR)


def nearest(steps: Steps, kinds: Iterable[str]) -> Rows:
    rows: Rows = {}
    for need, _, label in searched(steps, kinds):
        if label < FAR:
            cost, resource, owner = label
            left = steps.paths.left(resource)
            rows[need] = (*told(steps.graph, need), resource, owner, cost, left)
    return rows


def unreachable(steps: Steps, kinds: Iterable[str]) -> Rows:
    graph, asked = steps.graph, list(kinds)
    left_at = {kind: standing_stock(graph, kind) for kind in asked}
    gone = {kind: to_stock(steps, kind, used_up=True) for kind in asked}
    offered = {kind: bool(left_at[kind] or gone[kind]) for kind in asked}
    rows: Rows = {}
    for need, starts, label in searched(steps, asked):
        if label < FAR:
            continue
        kind = graph.nodes[need]["kind"]
        why: Row = ("no_tie", None, None, None)
        homes = {home(graph, node) for node in (need, *starts)} - {None}
        near = [left_at[kind][h] for h in homes if h in left_at[kind]]
        used = min((gone[kind].get(s, FAR) for s in starts), default=FAR)
        if not offered[kind]:
            why = ("no_offer", None, None, None)
        elif not starts:
            why = ("no_raiser", None, None, None)
        elif used < FAR:
            why = ("capacity_used", *used[1:], used[0])
        elif near:
            why = ("near_but_untied", *min(near), None)
        rows[need] = (*told(graph, need), *why)
    return rows


def home(graph: Graph, node: str) -> str | None:
    return peers.at_level(graph, place(graph, node), "community")


def standing_stock(graph: Graph, kind: str) -> dict[str | None, tuple[str, str]]:
    """By community the smallest resource with something left, and its owner.

    What stands in no community has the key None.
    """
    found: dict[str | None, tuple[str, str]] = {}
    for resource, owner in sorted(stock(graph, kind, used_up=False)):
        lost = place(graph, resource) is None
        found.setdefault(home(graph, owner if lost else resource), (resource, owner))
    return found


def reach(steps: Steps, unit: str) -> Rows:
    graph = steps.graph
    rows: Rows = {}
    best: dict[str, Label] = {}
    own = set()
    for by, cost in steps.reached([unit]).items():
        for resource, _ in typed(graph, by, "OFFERS"):
            left = steps.paths.left(resource)
            if left is None or left > 0:
                best[resource] = min(best.get(resource, FAR), (cost, by))
                own |= {graph.nodes[resource]["kind"]} if by == unit else set()
    for resource, (cost, by) in best.items():
        data = graph.nodes[resource]
        much = steps.paths.left(resource), data.get("capacity_unit")
        rows["resource", resource] = (data.get("name"), data["kind"], by, cost, *much)
    labels = steps.toward({unit: (0,)})
    for need, data in open_needs(graph, own):
        starts = (s for s in steps.paths.starts(need) if s in labels)
        label = min(((*labels[s], s) for s in starts), default=FAR)
        if label < FAR:
            cost, by = label
            much = data.get("quantity"), data.get("quantity_unit")
            rows["need", need] = (data.get("name"), data["kind"], by, cost, *much)
    return rows
