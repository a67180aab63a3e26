"""More questions as one would write them over a networkx graph, plainly.

As in peers.py: relationships without a day, the default rules, a network that holds all
of what it holds.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from math import sqrt
from statistics import fmean, median
from typing import Any, NamedTuple

import networkx as nx

from orgnet.schema.vocabulary import ServiceLine
from tests.bench import peers
from tests.bench.peers import RULES, SETTINGS, Data, Graph, of_kind, typed

Row = tuple[Any, ...]
Rows = dict[Any, Row]  # by the key of a row
Members = list[tuple[str, str, str]]  # pairs: committee, down and up state
Groups = dict[tuple[str, str | None], Members]  # by round and area
DYADIC = (
    "CONTACTS",
    "COORDINATES",
    "ESCALATES_TO",
    "EVALUATES",
    "FUNDS",
    "HOLDS_SEAT_ON",
    "PARTNERS_WITH",
    "SUBORDINATE_TO",
    "SUPERVISED_BY",
)
TIERED = ("street", "community", "compound")
REPORTED = (  # the attribute, what it speaks of, and of COVERS the basis
    ("reported_agreement", "PARTNERS_WITH", None),
    ("reported_instructor", "COVERS", "work"),
    ("reported_party_org", "COVERS", "organization"),
    ("reported_seat", "HOLDS_SEAT_ON", None),
)
HIGHER = ("community", "street", "district")
NORMAL = 0.6745  # a normal distribution's MAD, in standard deviations
CUTOFF = 3.5
USED = {"agreed", "running", "done"}


def upward(graph: Graph, area: str | None) -> Iterator[str]:
    """Go up the areas from one, itself first."""
    while area is not None:
        yield area
        area = min((to for to, _ in typed(graph, area, "PART_OF")), default=None)


def place(graph: Graph, node: str) -> str | None:
    """The area a node stands in; of an organization that of its host."""
    label = graph.nodes[node]["label"]
    if label == "Area":
        return node
    if label != "PartyOrganization":
        return peers.home(graph, node)
    host = min((to for to, _ in typed(graph, node, "HOSTED_BY")), default=None)
    return None if host is None else place(graph, host)


def area_of_row(graph: Graph, node: str) -> str | None:
    """The community a node stands in, else its area; else where its superior does."""
    current: str | None = node
    while current is not None:
        stands = place(graph, current)
        if stands is not None:
            return peers.at_level(graph, stands, "community") or stands
        above = (to for to, _ in typed(graph, current, "SUBORDINATE_TO"))
        current = min(above, default=None)
    return None


def functional(graph: Graph, node: str) -> bool:
    return graph.nodes[node].get("membership_basis") == "functional"


def ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def correlation(arc: float | None, density: float | None) -> float | None:
    if arc is None or density is None or density == 1:
        return None
    return (arc - density) / (1 - density)


def answers(graph: Graph) -> Iterator[tuple[str, str, str, str, str]]:
    """Go through the pairs of all rounds: round, committee, unit, down and up state."""
    rounds: set[str] = set()
    filed: dict[tuple[str, str, str | None, bool], list[Data]] = defaultdict(list)
    for tail, head, data in graph.edges(data=True):
        if data["type"] == "EVALUATES" and data["kind"] == "two_way":
            rounds.add(data["round"])
            is_down = graph.nodes[tail].get("setting") in SETTINGS
            area, other = (tail, head) if is_down else (head, tail)
            key = data["round"], area, peers.unit_of(graph, other), is_down
            filed[key].append(data)
    pairs = sorted(peers.due(graph))
    for round_ in sorted(rounds):
        for area, unit in pairs:
            down, up = (
                peers.best(filed[round_, area, unit, way]) for way in (True, False)
            )
            yield round_, area, unit, down, up


def in_groups(graph: Graph, level: str) -> Groups:
    """The pairs of each round and area of a level: committee, down and up state."""
    groups: Groups = defaultdict(list)
    areas: dict[str, str | None] = {}
    for round_, committee, unit, down, up in answers(graph):
        if unit not in areas:
            areas[unit] = peers.at_level(graph, peers.home(graph, unit), level)
        groups[round_, areas[unit]].append((committee, down, up))
    return groups


def reciprocity(graph: Graph) -> Rows:
    groups = in_groups(graph, "street")
    return {group: answered(members) for group, members in groups.items()}


def tally(members: Members) -> tuple[Counter[str], dict[str, list[int]]]:
    """Count pairs by state, and how many each committee has, gave and got."""
    states: Counter[str] = Counter()
    gave: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for committee, down, up in members:
        state = peers.pair_state(down, up)
        states[state] += 1
        if state not in {"pending", "exempt"}:
            gave[committee][0] += 1
            gave[committee][1] += down == "returned"
            gave[committee][2] += up == "returned"
    return states, gave


def answered(members: Members) -> Row:
    """Count the columns of one group of pairs, from `pairs` on."""
    states, gave = tally(members)
    both, one_way = states["both"], states["down_only"] + states["up_only"]
    pairs, arcs = both + one_way + states["neither"], 2 * both + one_way
    arc, density = ratio(2 * both, arcs), ratio(arcs, 2 * pairs)
    expected = variance = 0.0
    for n, d, u in gave.values():
        expected += d * u / n
        if n > 1:
            variance += d * u * (n - d) * (n - u) / (n * n * (n - 1))
    spread = sqrt(variance)
    counts = (pairs, both, one_way, states["neither"])
    excused = (states["pending"], states["exempt"])
    shares = (arc, ratio(both, both + one_way), ratio(both, pairs), density)
    by_chance = (expected, spread, ratio(both - expected, spread))
    return (*counts, *excused, arcs, *shares, correlation(arc, density), *by_chance)


def silence(graph: Graph) -> set[Row]:
    due: dict[tuple[str, str, str], list[tuple[str, str]]] = defaultdict(list)
    for round_, area, unit, *states in answers(graph):
        for way, state in zip(("down", "up"), states, strict=True):
            if state not in {"exempt", "pending"}:
                due[area, unit, way].append((round_, state))
    rows = set()
    for ends, told in due.items():
        run = 0
        while run < len(told) and told[-1 - run][1] != "returned":
            run += 1
        if run:
            last = told[-1 - run][0] if run < len(told) else None
            rows.add((*ends, run, told[-run][0], last, len(told)))
    return rows


def stands_for(graph: Graph, node: str) -> str:
    """A unit's own organization stands for the unit."""
    data = graph.nodes[node]
    if data["label"] != "PartyOrganization" or data["setting"] in SETTINGS:
        return node
    hosts = (to for to, _ in typed(graph, node, "HOSTED_BY"))
    units = (host for host in hosts if graph.nodes[host]["label"] == "Unit")
    return min(units, default=node)


def dyads(graph: Graph, types: Iterable[str]) -> Rows:
    arcs: dict[str, set[tuple[str, str]]] = {type_: set() for type_ in types}
    for tail, head, data in graph.edges(data=True):
        type_ = data["type"]
        if type_ not in arcs:
            continue
        if type_ == "EVALUATES" and peers.filing_state(data) != "returned":
            continue
        ends = stands_for(graph, tail), stands_for(graph, head)
        labels = {graph.nodes[end]["label"] for end in ends}
        if labels <= {"Unit", "PartyOrganization"} and ends[0] != ends[1]:
            arcs[type_].add(ends)
    return {type_: census(found) for type_, found in arcs.items()}


def census(arcs: set[tuple[str, str]]) -> Row:
    """Count the columns of one type, from `nodes` on."""
    nodes = len({end for arc in arcs for end in arc})
    mutual = sum((head, tail) in arcs for tail, head in arcs) // 2
    asymmetric, possible = len(arcs) - 2 * mutual, nodes * (nodes - 1) // 2
    counts = (nodes, len(arcs), mutual, asymmetric, possible - mutual - asymmetric)
    arc, density = ratio(2 * mutual, len(arcs)), ratio(len(arcs), 2 * possible)
    shares = (arc, ratio(mutual, mutual + asymmetric), ratio(mutual, possible), density)
    return (*counts, *shares, correlation(arc, density))


def outliers(graph: Graph) -> Rows:
    given: dict[tuple[str, str], tuple[list[float], list[float]]] = defaultdict(
        lambda: ([], [])
    )
    for _, head, data in graph.edges(data=True):
        if data["type"] != "EVALUATES":
            continue
        score, scale = data.get("score"), data.get("scale_max") or 0
        told = peers.filing_state(data) == "returned" and score is not None
        if told and scale > 0 and data["kind"] in {"hierarchical", "two_way"}:
            party = stands_for(graph, head)
            given[data["round"], party][data["kind"] == "two_way"].append(score / scale)
    seen: dict[str, Rows] = defaultdict(dict)
    for (round_, party), (above, beside) in given.items():
        if above and beside:
            means = fmean(above), fmean(beside)
            counts = len(above), len(beside)
            seen[round_][party] = (*counts, *means, round(means[0] - means[1], 9))
    return {
        (round_, party): (*rows[party], *judged)
        for round_, rows in seen.items()
        for party, judged in strange(rows).items()
    }


def strange(rows: Rows) -> Rows:
    """Judge the parties of a round: score, outlier and size."""
    middle = median(row[-1] for row in rows.values())
    spread = median(abs(row[-1] - middle) for row in rows.values())
    found: Rows = {}
    for party, (*_, difference) in rows.items():
        score = ratio(NORMAL * (difference - middle), spread)
        outlier = None if score is None else abs(score) > CUTOFF
        found[party] = (score, outlier, abs(difference))
    return found


def sites(graph: Graph) -> Rows:
    tiers: dict[str, Counter[str]] = defaultdict(Counter)
    first: dict[str, str] = {}
    for site, data in of_kind(graph, "Site"):
        for area in upward(graph, peers.home(graph, site)):
            tiers[area][data.get("tier", "")] += 1
            first[area] = min(first.get(area, site), site)
    rows: Rows = {}
    for area, data in of_kind(graph, "Area"):
        level = data["level"]
        if level in TIERED:
            own = tiers[area][level] if area in tiers else 0
            other = tiers[area]["x"] if area in tiers else 0
            rest: Row = ("present", None, None, None)
            if not own:
                walk = enumerate(upward(graph, area))
                found = ((first[a], steps) for steps, a in walk if a in first)
                rest = ("absent", "no_site", *next(found, (None, None)))
            rows[area] = (level, own, other, *rest)
    return rows


def units_of(graph: Graph, party: str, mode: str | None = None) -> set[str]:
    return {
        to
        for to, data in typed(graph, party, "COVERS")
        if data["basis"] == "organization"
        and mode in {None, data["mode"]}
        and graph.nodes[to]["label"] == "Unit"
    }


def covered_by(graph: Graph, unit: str, basis: str) -> set[str]:
    return {
        tail
        for tail, data in typed(graph, unit, "COVERS", into=True)
        if data["basis"] == basis and not functional(graph, tail)
    }


def superiors(graph: Graph, party: str) -> set[str]:
    """All organizations above one."""
    above: set[str] = set()
    current: str | None = party
    while current is not None:
        steps = (to for to, _ in typed(graph, current, "SUBORDINATE_TO"))
        current = min(steps, default=None)
        if current in above:
            break
        if current is not None:
            above.add(current)
    return above


def quality(graph: Graph) -> Rows:
    """Classes Q1, Q4 and Q5, by class and id."""
    rows: Rows = {}
    most, limit = RULES.joint_branch_max_units, RULES.grid_households
    for node, data in graph.nodes(data=True):
        verdict: Row | None = None
        if data.get("form") == "joint_branch":
            units = units_of(graph, node, "joint")
            if len(units) > most:
                told = "too_many_units", len(units), most, sorted(units)
                verdict = "Q1", "finding", *told
        elif data["label"] == "Unit":
            found = covered_by(graph, node, "organization")
            if len(found) > 1 and apart(graph, found):
                told = "covered_twice", len(found), 1, sorted(found)
                verdict = "Q4", "finding", *told
        elif data.get("level") == "grid" and not data.get("exclusive"):
            many = data.get("households")
            if many is None:
                verdict = "Q5", "undetermined", "unknown:households", None, limit, None
            elif many > limit:
                verdict = "Q5", "finding", "too_many_households", many, limit, None
        if verdict is not None:
            rows[verdict[0], node] = (area_of_row(graph, node), *verdict[1:])
    return rows


def apart(graph: Graph, parties: set[str]) -> bool:
    """Tell whether of two of these neither is above the other."""
    above = {party: superiors(graph, party) for party in parties}
    return any(
        a < b and a not in above[b] and b not in above[a]
        for a in parties
        for b in parties
    )


def lines(graph: Graph) -> Rows:
    on_it: dict[tuple[str | None, str], list[str]] = defaultdict(list)
    hosted: Counter[str | None] = Counter()
    open_: set[str | None] = set()
    for unit, data in of_kind(graph, "Unit"):
        if data.get("status") != "closed":
            area = peers.at_level(graph, peers.home(graph, unit), "community")
            if "line" in data:
                on_it[area, data["line"]].append(unit)
            elif data["kind"] in RULES.line_kinds:
                open_.add(area)
    for party, _ in of_kind(graph, "PartyOrganization"):
        hosted[peers.at_level(graph, place(graph, party), "community")] += 1
    rows: Rows = {}
    for area, data in of_kind(graph, "Area"):
        if data["level"] == "community":
            covering = community_organizations(graph, area)
            for line in ServiceLine:
                units = on_it[area, line]
                linked = sum(
                    any(p in covering for p, _ in typed(graph, u, "COVERS", into=True))
                    for u in units
                )
                count = len(units) + hosted[area] * (line == "party")
                why = "unknown:line" if area in open_ and not count else None
                state = "present" if count else "undetermined" if why else "absent"
                rows[area, line.value] = (count, linked, state, why)
    return rows


def community_organizations(graph: Graph, area: str) -> set[str]:
    return {
        tail
        for tail, data in typed(graph, area, "COVERS", into=True)
        if data["basis"] == "organization"
        and graph.nodes[tail]["setting"] == "community"
    }


def conflicts(graph: Graph) -> Rows:
    rows: Rows = {}
    for unit, data in of_kind(graph, "Unit"):
        for attribute, type_, basis in REPORTED:
            said = data.get(attribute)
            if said is None:
                continue
            found = proof(graph, unit, type_, basis)
            if said != bool(found):
                reason = "reported_only" if said else "reported_no"
                area, evidence = area_of_row(graph, unit), sorted(found) or None
                told = said, "conflict", reason, evidence
                rows[attribute, unit] = (area, *told)
    return rows


def proof(graph: Graph, unit: str, type_: str, basis: str | None) -> set[str]:
    """Whom a unit is tied to, by more than its roster's word."""
    if basis is not None:
        return {
            tail
            for tail, data in typed(graph, unit, "COVERS", into=True)
            if data["basis"] == basis
            and not data.get("reported")
            and not functional(graph, tail)
        }
    sides = [unit, *(p for p, _ in typed(graph, unit, "HOSTED_BY", into=True))]
    ties = (tie for side in sides for tie in typed(graph, side, type_))
    return {to for to, data in ties if data.get("basis") != "reported"}


def nearest(graph: Graph) -> Rows:
    """Who can take an area without an organization (G4), by area and rank."""
    rows: Rows = {}
    head = cache(lambda area, step: peers.organization(graph, area, step))
    count = cache(lambda party: len(units_of(graph, party)))
    for area in peers.areas_without(graph):
        level = graph.nodes[area]["level"]
        above = HIGHER[HIGHER.index(level) + 1 :] if level in HIGHER else HIGHER
        found: dict[str, str] = {}
        for step in above:
            party = head(peers.at_level(graph, area, step), step)
            if party is not None:
                found.setdefault(party, f"{step}_organization")
        for rank, (party, reason) in enumerate(found.items(), 1):
            rows[area, rank] = (party, reason, count(party))
        if not found:
            rows[area, None] = (None, None, None)
    return rows


class Problem(NamedTuple):
    """A transport problem: what needs want and weigh, what is left, what ways cost."""

    wanted: dict[str, int]
    weight: dict[str, int]
    left: dict[str, int | None]
    arcs: dict[tuple[str, str], int]

    def penalty(self, need: str) -> int:
        """Return what a unit unmet costs: more than any rearrangement could."""
        dearest = max(RULES.costs.values()) * RULES.max_hops + 1
        return self.weight[need] * dearest * (len(self.wanted) + 1)


def rests(graph: Graph, kind: str, within: str) -> Iterator[tuple[str, Data, int]]:
    """Go through the needs of a kind within an area: id, attributes, what is wanted."""
    for need, data in of_kind(graph, "Need"):
        if data["kind"] != kind or data.get("status") in {"met", "withdrawn"}:
            continue
        raisers = [tail for tail, _ in typed(graph, need, "RAISES", into=True)]
        places = [place(graph, node) for node in (need, *raisers)]
        if not any(within in upward(graph, here) for here in places):
            continue
        given = (d for _, d in typed(graph, need, "MATCHED_TO", into=True))
        matched = sum(d.get("quantity", 0) for d in given if d.get("status") in USED)
        rest = data.get("quantity", 1) - matched
        if rest > 0:
            yield need, data, rest


def reached(
    paths: peers.Paths,
    starts: Iterable[str],
    neighbours: Callable[[str], dict[str, set[str]]],
) -> dict[str, int]:
    """The least cost to all that is in reach, hop by hop over state and node."""
    known = {(0, node): 0 for node in starts}
    edge = known
    for _ in range(RULES.max_hops):
        onward: dict[tuple[int, str], int] = {}
        for (state, node), cost in edge.items():
            for other, ways in neighbours(node).items():
                for step in ways:
                    after = paths.grammar.table[state][paths.number[step]]
                    price, there = cost + RULES.costs[step], (after, other)
                    if after >= 0 and price < min(
                        known.get(there, price + 1), onward.get(there, price + 1)
                    ):
                        onward[there] = price
        known = {**known, **onward}
        edge = onward
    least: dict[str, int] = {}
    for (_, node), cost in known.items():
        least[node] = min(cost, least.get(node, cost))
    return least


def problem(graph: Graph, kind: str, within: str) -> Problem:
    """Find all ways from what is wanted of a kind within an area to what is left."""
    paths = peers.Paths(graph)
    neighbours, offers = cache(paths.onward), cache(paths.offers)
    searched: dict[frozenset[str], dict[str, int]] = {}
    found = Problem({}, {}, {}, {})
    for need, data, rest in rests(graph, kind, within):
        found.wanted[need], found.weight[need] = rest, data.get("urgency", 1)
        starts, unit = frozenset(paths.starts(need)), data.get("quantity_unit")
        if starts not in searched:
            searched[starts] = reached(paths, starts, neighbours)
        for owner, cost in searched[starts].items():
            for resource in offers(owner, kind):
                own = graph.nodes[resource].get("capacity_unit")
                if None in {unit, own} or unit == own:
                    found.left[resource] = paths.left(resource)
                    best = found.arcs.get((need, resource), cost)
                    found.arcs[need, resource] = min(best, cost)
    return found


def least_cost(asked: Problem) -> int:
    """Return the least cost of a transport problem, by networkx."""
    graph: Any = nx.DiGraph()
    graph.add_node("stock", demand=-sum(asked.wanted.values()))
    for resource, left in asked.left.items():
        limit = {} if left is None else {"capacity": left}
        graph.add_edge("stock", resource, weight=0, **limit)
    for need, rest in asked.wanted.items():
        graph.add_node(need, demand=rest)
        graph.add_edge("stock", need, weight=asked.penalty(need))
    for (need, resource), cost in asked.arcs.items():
        graph.add_edge(resource, need, weight=cost)
    return int(nx.network_simplex(graph)[0])


def match(graph: Graph, kind: str, within: str) -> tuple[set[str], int]:
    """Return who needs, and the least cost of what they get and go without."""
    asked = problem(graph, kind, within)
    return set(asked.wanted), least_cost(asked)
