"""The questions on the whole city, against plain walks over a networkx graph.

Each peer is written as one would with networkx, over the same city, and knows only
what it must: relationships without a day, the default rules.
"""

from collections import Counter, defaultdict
from heapq import heappop, heappush

import polars as pl
import pytest

from orgnet import coverage, evaluation, integration, structure
from orgnet.grammar import automaton
from orgnet.rules import Rules

RULES = Rules()
NEEDS = 100


def typed(graph, node, type_, *, into=False):
    """Go through the edges of a type at a node: the other end and the attributes."""
    edges = graph.in_edges if into else graph.out_edges
    for tail, head, data in edges(node, data=True):
        if data["type"] == type_:
            yield (tail if into else head), data


def of_kind(graph, label):
    return [(n, d) for n, d in graph.nodes(data=True) if d["label"] == label]


def operating(unit):
    if unit.get("status") == "closed" or unit.get("operating") is False:
        return False
    return True if unit.get("operating") else None


def covering(graph, node):
    """The organizations that cover a node, by basis and mode, functional ones apart."""
    return [
        (data["basis"], data["mode"], graph.nodes[tail].get("membership_basis"))
        for tail, data in typed(graph, node, "COVERS", into=True)
    ]


def test_mandatory_gaps(city, graph, race):
    def peer():
        found = set()
        for node, unit in of_kind(graph, "Unit"):
            members = unit.get("full_members")
            if not operating(unit) or members is None or members < 3:
                continue
            modes = {
                mode
                for basis, mode, formal in covering(graph, node)
                if basis == "organization" and formal != "functional"
            }
            # a yes in the roster leaves it open only where no organization is known
            if "single" not in modes and (modes or not unit.get("reported_party_org")):
                found.add(node)
        return found

    def ours():
        return coverage.gaps(city, classes=["G1"])

    def ready(answer):
        return set(answer.frame.filter(pl.col("state") == "gap")["id"])

    race("coverage.gaps, units that must found (G1)", ours, peer, ready=ready)


def test_areas_without_organization(city, graph, race):
    levels = {"street", "community", "compound", "grid"}

    def peer():
        return {
            node
            for node, area in of_kind(graph, "Area")
            if area["level"] in levels
            and not (area["level"] == "grid" and area.get("exclusive"))
            and not any(b == "organization" for b, _, _ in covering(graph, node))
        }

    def ours():
        return coverage.gaps(city, classes=["G4"])

    def ready(answer):
        return set(answer.frame.filter(pl.col("state") == "gap")["id"])

    race("coverage.gaps, areas without one (G4)", ours, peer, ready=ready)


def home(graph, node):
    """The primary location of a unit, else the smallest."""
    places = [(not d.get("primary"), to) for to, d in typed(graph, node, "LOCATED_IN")]
    return min(places)[1] if places else None


def at_level(graph, area, level):
    while area is not None and graph.nodes[area]["level"] != level:
        area = min((to for to, _ in typed(graph, area, "PART_OF")), default=None)
    return area


def test_rates_by_street(city, graph, race):
    def peer():
        rates = {n: [0, 0] for n, a in of_kind(graph, "Area") if a["level"] == "street"}
        for node, unit in of_kind(graph, "Unit"):
            street = at_level(graph, home(graph, node), "street")
            if not operating(unit) or street is None:
                continue
            rates[street][1] += 1
            rates[street][0] += any(
                basis == "organization"
                and mode in {"single", "joint"}
                and formal != "functional"
                for basis, mode, formal in covering(graph, node)
            )
        return {street: tuple(rate) for street, rate in rates.items()}

    def ours():
        return coverage.rates(city, by="street")

    def ready(answer):
        rows = answer.frame.filter(measure="organization").drop_nulls("group")
        columns = rows.select("group", "numerator", "denominator")
        return {group: (num, den) for group, num, den in columns.iter_rows()}

    race("coverage.rates by street", ours, peer, ready=ready)


def hosts(graph, party):
    """The unit an organization sits in; None for what sits in an area or nowhere."""
    host = min((to for to, _ in typed(graph, party, "HOSTED_BY")), default=None)
    return host if host and graph.nodes[host]["label"] == "Unit" else None


def test_pairs(city, graph, race):
    settings = {"street", "community"}

    def unit_of(node):
        return node if graph.nodes[node]["label"] == "Unit" else hosts(graph, node)

    def due():
        found = set()
        for type_ in ("PARTNERS_WITH", "HOLDS_SEAT_ON"):
            for tail, head, data in graph.edges(data=True):
                if (
                    data["type"] != type_
                    or graph.nodes[head]["setting"] not in settings
                ):
                    continue
                unit = unit_of(tail)
                if unit is not None:
                    found.add((head, unit))
        return found

    def peer():
        rounds, filed = set(), defaultdict(list)
        for tail, head, data in graph.edges(data=True):
            if data["type"] == "EVALUATES" and data["kind"] == "two_way":
                rounds.add(data["round"])
                down = graph.nodes[tail].get("setting") in settings
                area, other = (tail, head) if down else (head, tail)
                if graph.nodes[area].get("setting") in settings:
                    filed[data["round"], area, unit_of(other), down].append(data)
        states = Counter()
        for round_ in rounds:
            for area, unit in due():
                sides = [
                    best(filed[round_, area, unit, down]) for down in (True, False)
                ]
                states[round_, pair_state(*sides)] += 1
        return dict(states)

    def best(filings):
        order = ("returned", "void", "exempt", "pending", "missing")
        return min(
            (filing_state(d) for d in filings), key=order.index, default="missing"
        )

    def filing_state(data):
        returned = "score" in data or "grade" in data
        return data.get("status", "returned" if returned else "missing")

    def pair_state(down, up):
        if "exempt" in (down, up) or "pending" in (down, up):
            return "exempt" if "exempt" in (down, up) else "pending"
        came = (down == "returned", up == "returned")
        names = {
            (True, True): "both",
            (True, False): "down_only",
            (False, True): "up_only",
        }
        return names.get(came, "neither")

    def ready(answer):
        counts = answer.frame.group_by("round", "state").len()
        return {(r, s): n for r, s, n in counts.iter_rows()}

    race(
        "evaluation.pairs, two rounds",
        lambda: evaluation.pairs(city),
        peer,
        rounds=3,
        ready=ready,
    )


@pytest.fixture(scope="session")
def askable(city):
    raised = city.ties("RAISES")["to"].unique().sort()
    return raised.sample(NEEDS, seed=1).to_list()


def test_five_paths_for_a_hundred_needs(city, graph, race, askable):
    grammar = automaton(RULES)
    number = {step: i for i, step in enumerate(grammar.steps)}
    plain = {"HOLDS_SEAT_ON", "PARTNERS_WITH"}

    def steps_from(node):
        """The steps out of a node, by other end: one house step a pair of nodes."""
        found = defaultdict(dict)
        for into in (False, True):
            edges = graph.in_edges if into else graph.out_edges
            for tail, head, data in edges(node, data=True):
                other, type_ = (tail if into else head), data["type"]
                step = type_ if type_ in plain else f"{type_}{'<' if into else '>'}"
                label = graph.nodes[other]["label"]
                power = type_ == "HOLDS_POWER_OVER" and data["power"] != "dispatch"
                if (
                    step in number
                    and label in {"PartyOrganization", "Unit"}
                    and not power
                ):
                    found[other][step] = RULES.costs[step]
        for steps in found.values():
            if any(s.startswith("HOSTED_BY") for s in steps):
                for step in [s for s in steps if s.startswith("COVERS")]:
                    del steps[step]
        return found

    def left(resource):
        used = capacity = graph.nodes[resource].get("capacity")
        for _, data in typed(graph, resource, "MATCHED_TO"):
            if data.get("status") in {"agreed", "running", "done"} and used is not None:
                used = None if data.get("quantity") is None else used - data["quantity"]
        return None if capacity is None else used

    def offers(node, kind):
        return sorted(
            to
            for to, _ in typed(graph, node, "OFFERS")
            if graph.nodes[to]["kind"] == kind and (left(to) is None or left(to) > 0)
        )

    def starts(need):
        for raiser, _ in typed(graph, need, "RAISES", into=True):
            if graph.nodes[raiser]["label"] != "Area":
                yield raiser
                continue
            for party, data in typed(graph, raiser, "COVERS", into=True):
                if data["basis"] == "organization":
                    yield party
            yield from (p for p, _ in typed(graph, raiser, "HOSTED_BY", into=True))

    def five(need):
        kind, found = graph.nodes[need]["kind"], []
        heap = [(0, 0, (s,), (), 0) for s in sorted(set(starts(need)))]
        heap.sort()
        while heap and len(found) < 5:
            cost, hops, path, steps, state = heappop(heap)
            found += [(cost, path, r) for r in offers(path[-1], kind)]
            if hops == RULES.max_hops:
                continue
            for other, ways in steps_from(path[-1]).items():
                for step, price in ways.items() if other not in path else ():
                    onward = grammar.table[state][number[step]]
                    if onward >= 0:
                        item = (cost + price, hops + 1, (*path, other), (*steps, step))
                        heappush(heap, (*item, onward))
        return found[:5]

    def ours():
        return [integration.paths(city, need=need, k=5) for need in askable]

    def ready(answers):
        return [
            [(r["cost"], tuple(r["nodes"]), r["resource"]) for r in answer]
            for answer in answers
        ]

    race(
        f"integration.paths, five cheapest, {NEEDS} needs",
        ours,
        lambda: [five(need) for need in askable],
        rounds=1,
        ready=ready,
    )


def test_whole_chains(city, graph, race):
    def organization(area, level):
        parties = [
            tail
            for tail, data in typed(graph, area, "COVERS", into=True)
            if data["basis"] == "organization" and graph.nodes[tail]["setting"] == level
        ]
        return min(parties, default=None)

    def superiors(party):
        return [to for to, _ in typed(graph, party, "SUBORDINATE_TO")]

    def whole(area):
        below = None
        for level in (graph.nodes[area]["level"], "community", "street", "district"):
            place = at_level(graph, area, level)
            party = organization(place, level) if place else None
            if party is None or (below is not None and superiors(below) != [party]):
                return False
            below = party
        return True

    def peer():
        levels = {"compound", "grid"}
        areas = [n for n, a in of_kind(graph, "Area") if a["level"] in levels]
        return {area for area in areas if whole(area)}

    def ready(answer):
        return set(answer.frame.filter(pl.col("broken_at").is_null())["area"])

    race("structure.chain", lambda: structure.chain(city), peer, rounds=3, ready=ready)
