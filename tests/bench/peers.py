"""The questions as one would write them over a networkx graph, plainly.

Each knows only what it must: relationships without a day, the default rules.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from typing import Any

from orgnet.grammar import automaton
from orgnet.rules import Rules

RULES = Rules()
SETTINGS = {"street", "community"}
GOVERNED = {"street", "community", "compound", "grid"}
Data = dict[str, Any]
Graph = Any


def typed(
    graph: Graph, node: str, type_: str, *, into: bool = False
) -> Iterator[tuple[str, Data]]:
    """Go through the edges of a type at a node: the other end and the attributes."""
    edges = graph.in_edges if into else graph.out_edges
    for tail, head, data in edges(node, data=True):
        if data["type"] == type_:
            yield (tail if into else head), data


def of_kind(graph: Graph, label: str) -> list[tuple[str, Data]]:
    return [(n, d) for n, d in graph.nodes(data=True) if d["label"] == label]


def operating(unit: Data) -> bool:
    return unit.get("status") != "closed" and unit.get("operating") is True


def modes(graph: Graph, node: str) -> set[str]:
    """The modes in which a unit is organized, functional organizations left out."""
    return {
        data["mode"]
        for tail, data in typed(graph, node, "COVERS", into=True)
        if data["basis"] == "organization"
        and graph.nodes[tail].get("membership_basis") != "functional"
    }


def mandatory(graph: Graph) -> set[str]:
    found = set()
    for node, unit in of_kind(graph, "Unit"):
        if operating(unit) and unit.get("full_members", 0) >= RULES.min_full_members:
            held = modes(graph, node)
            # a yes in the roster leaves it open only where no organization is known
            if "single" not in held and (held or not unit.get("reported_party_org")):
                found.add(node)
    return found


def areas_without(graph: Graph) -> set[str]:
    return {
        node
        for node, area in of_kind(graph, "Area")
        if area["level"] in GOVERNED
        and not (area["level"] == "grid" and area.get("exclusive"))
        and not any(
            data["basis"] == "organization"
            for _, data in typed(graph, node, "COVERS", into=True)
        )
    }


def home(graph: Graph, node: str) -> str | None:
    """The primary location of a unit, else the smallest."""
    places = [(not d.get("primary"), to) for to, d in typed(graph, node, "LOCATED_IN")]
    return min(places)[1] if places else None


def at_level(graph: Graph, area: str | None, level: str) -> str | None:
    while area is not None and graph.nodes[area]["level"] != level:
        area = min((to for to, _ in typed(graph, area, "PART_OF")), default=None)
    return area


def rates_by_street(graph: Graph) -> dict[str, tuple[int, int]]:
    levels = of_kind(graph, "Area")
    rates = {node: [0, 0] for node, area in levels if area["level"] == "street"}
    for node, unit in of_kind(graph, "Unit"):
        street = at_level(graph, home(graph, node), "street")
        if operating(unit) and street is not None:
            rates[street][1] += 1
            rates[street][0] += not modes(graph, node).isdisjoint({"single", "joint"})
    return {street: (covered, all_) for street, (covered, all_) in rates.items()}


def unit_of(graph: Graph, node: str) -> str | None:
    """A unit itself, or the unit that an organization sits in."""
    if graph.nodes[node]["label"] == "Unit":
        return node
    host = min((to for to, _ in typed(graph, node, "HOSTED_BY")), default=None)
    return host if host and graph.nodes[host]["label"] == "Unit" else None


def due(graph: Graph) -> set[tuple[str, str]]:
    found = set()
    for tail, head, data in graph.edges(data=True):
        if data["type"] in {"PARTNERS_WITH", "HOLDS_SEAT_ON"}:
            unit = unit_of(graph, tail)
            if unit is not None and graph.nodes[head]["setting"] in SETTINGS:
                found.add((head, unit))
    return found


def filing_state(data: Data) -> str:
    returned = "score" in data or "grade" in data
    return str(data.get("status", "returned" if returned else "missing"))


def best(filings: list[Data]) -> str:
    order = ("returned", "void", "exempt", "pending", "missing")
    return min((filing_state(d) for d in filings), key=order.index, default="missing")


def pair_state(down: str, up: str) -> str:
    for excuse in ("exempt", "pending"):
        if excuse in {down, up}:
            return excuse
    came = (down == "returned", up == "returned")
    names = {(True, True): "both", (True, False): "down_only", (False, True): "up_only"}
    return names.get(came, "neither")


def pair_states(graph: Graph) -> dict[tuple[str, str], int]:
    rounds: set[str] = set()
    filed: dict[tuple[str, str, str | None, bool], list[Data]] = defaultdict(list)
    for tail, head, data in graph.edges(data=True):
        if data["type"] == "EVALUATES" and data["kind"] == "two_way":
            rounds.add(data["round"])
            down = graph.nodes[tail].get("setting") in SETTINGS
            area, other = (tail, head) if down else (head, tail)
            filed[data["round"], area, unit_of(graph, other), down].append(data)
    states: Counter[tuple[str, str]] = Counter()
    for round_ in rounds:
        for area, unit in due(graph):
            sides = [best(filed[round_, area, unit, down]) for down in (True, False)]
            states[round_, pair_state(*sides)] += 1
    return dict(states)


def organization(graph: Graph, area: str | None, level: str) -> str | None:
    if area is None:
        return None
    parties = [
        tail
        for tail, data in typed(graph, area, "COVERS", into=True)
        if data["basis"] == "organization" and graph.nodes[tail]["setting"] == level
    ]
    return min(parties, default=None)


def whole(graph: Graph, area: str) -> bool:
    below = None
    for level in (graph.nodes[area]["level"], "community", "street", "district"):
        party = organization(graph, at_level(graph, area, level), level)
        if party is None:
            return False
        if below is not None:
            superiors = [to for to, _ in typed(graph, below, "SUBORDINATE_TO")]
            if superiors != [party]:
                return False
        below = party
    return True


def whole_chains(graph: Graph) -> set[str]:
    levels = {"compound", "grid"}
    areas = [node for node, area in of_kind(graph, "Area") if area["level"] in levels]
    return {area for area in areas if whole(graph, area)}


class Paths:
    """Cheapest paths by a heap over the graph's own dicts."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.grammar = automaton(RULES)
        self.number = {step: i for i, step in enumerate(self.grammar.steps)}

    def step(self, type_: str, data: Data, *, into: bool) -> str | None:
        plain = type_ in {"HOLDS_SEAT_ON", "PARTNERS_WITH"}
        name = type_ if plain else f"{type_}{'<' if into else '>'}"
        power = type_ == "HOLDS_POWER_OVER" and data["power"] != "dispatch"
        return name if name in self.number and not power else None

    def onward(self, node: str) -> dict[str, set[str]]:
        """The steps out of a node by other end; of house steps one, hosting first."""
        found: dict[str, set[str]] = defaultdict(set)
        for into in (False, True):
            edges = self.graph.in_edges if into else self.graph.out_edges
            for tail, head, data in edges(node, data=True):
                other = tail if into else head
                step = self.step(data["type"], data, into=into)
                kind = self.graph.nodes[other]["label"]
                if step and kind in {"PartyOrganization", "Unit"}:
                    found[other].add(step)
        for steps in found.values():
            if steps & {"HOSTED_BY>", "HOSTED_BY<"}:
                steps -= {"COVERS>", "COVERS<"}
        return found

    def left(self, resource: str) -> int | None:
        left = self.graph.nodes[resource].get("capacity")
        for _, data in typed(self.graph, resource, "MATCHED_TO"):
            if data.get("status") in {"agreed", "running", "done"} and left is not None:
                quantity = data.get("quantity")
                left = None if quantity is None else left - quantity
        return left

    def offers(self, node: str, kind: str) -> list[str]:
        held = [to for to, _ in typed(self.graph, node, "OFFERS")]
        fit = [r for r in held if self.graph.nodes[r]["kind"] == kind]
        return sorted(r for r in fit if (left := self.left(r)) is None or left > 0)

    def starts(self, need: str) -> set[str]:
        found = set()
        for raiser, _ in typed(self.graph, need, "RAISES", into=True):
            if self.graph.nodes[raiser]["label"] != "Area":
                found.add(raiser)
                continue
            covers = typed(self.graph, raiser, "COVERS", into=True)
            found |= {p for p, data in covers if data["basis"] == "organization"}
            found |= {p for p, _ in typed(self.graph, raiser, "HOSTED_BY", into=True)}
        return found

    def cheapest(self, need: str, k: int) -> list[tuple[int, tuple[str, ...], str]]:
        kind = self.graph.nodes[need]["kind"]
        found: list[tuple[int, tuple[str, ...], str]] = []
        heap: list[Any] = [(0, 0, (s,), (), 0) for s in self.starts(need)]
        heapify(heap)
        while heap and len(found) < k:
            cost, hops, path, steps, state = heappop(heap)
            found += [(cost, path, r) for r in self.offers(path[-1], kind)]
            if hops < RULES.max_hops:
                for item in self.longer(cost, hops, path, steps, state):
                    heappush(heap, item)
        return found[:k]

    def longer(
        self,
        cost: int,
        hops: int,
        path: tuple[str, ...],
        steps: tuple[str, ...],
        state: int,
    ) -> Iterator[Any]:
        for other, ways in self.onward(path[-1]).items():
            for step in ways if other not in path else ():
                after = self.grammar.table[state][self.number[step]]
                if after >= 0:
                    price = cost + RULES.costs[step]
                    yield price, hops + 1, (*path, other), (*steps, step), after
