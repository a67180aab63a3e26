"""Brokers, cut points and fragmentation by decision D50, on graphs written out.

Reading: a cost is enough for a step to tie two organizations, whether or not the
grammar has its phase; nobody is tied to itself, and a pair that is tied by several
steps is one tie.
Reading: the place by which an organization is in the area is the one of its block and
of gaps: one without a place stands where its superior does.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

from orgnet.rules import Rules
from tests.oracles.common import Row, View, last
from tests.oracles.coverage import gaps, groups
from tests.oracles.integration import hops
from tests.worlds import World

Graph = dict[str, set[str]]
Cut = tuple[str, str, str | None, list[set[str]]]  # class, id, other, pieces
Means = tuple[Fraction, ...]  # one for each of ROLES
ROLES = ("coordinator", "itinerant", "gatekeeper", "representative", "liaison")
SUPERVISION = ("parent", "business")  # then any other


def organizations(view: View) -> list[str]:
    """Return who can stand on a path."""
    return sorted(view.of("PartyOrganization") + view.of("Unit"))


def inside(view: View, within: str | None) -> list[str]:
    """Return the organizations whose place is in the area, without one all."""
    scope = view.scope(within)
    return [
        o
        for o in organizations(view)
        if scope is None or view.lies_in(view.place_or_superiors(o), scope)
    ]


def arcs(view: View, rules: Rules) -> Graph:
    """Return whom each organization can ask."""
    asks: Graph = {o: set() for o in organizations(view)}
    for tail, steps in hops(view, rules).items():
        asks[tail] = {head for head, _, _ in steps} - {tail}
    return asks


def ties(asks: Graph) -> Graph:
    """Return to whom each organization is tied, whoever of the two can ask."""
    return {o: asks[o] | {p for p in asks if o in asks[p]} for o in asks}


def among(graph: Graph, members: list[str]) -> Graph:
    return {o: graph[o] & set(members) for o in members}


def group_of(view: View, node: str, by: str) -> str | None:
    """Return the line of an organization, or its block at a level."""
    if by == "line":
        return line(view, node)
    return view.at_level(view.place_or_superiors(node), by)


def line(view: View, node: str) -> str | None:
    """Return the end of the chain of supervision, on a cycle its smallest id.

    Reading: a chain that leads into a cycle ends in it; a unit that supervises itself
    is one. Of several hosts the smallest unit counts, areas being no hosts that have a
    line. Whether SUPERVISED_BY has a cost makes no difference.
    """
    if view.label(node) == "PartyOrganization":
        hosts = [h for h in view.heads("HOSTED_BY", node) if view.label(h) == "Unit"]
        return line(view, hosts[0]) if hosts else None
    if not view.out("SUPERVISED_BY", node) and not view.into("SUPERVISED_BY", node):
        return None
    chain = [node]
    while (above := supervisor(view, chain[-1])) is not None:
        if above in chain:
            return min(chain[chain.index(above) :])
        chain.append(above)
    return chain[-1]


def supervisor(view: View, unit: str) -> str | None:
    """Return the supervisor that counts: by role, latest valid_from, then id."""
    found = view.out("SUPERVISED_BY", unit)
    return min(found, key=by_role)["to"] if found else None


def by_role(row: Row) -> tuple[Any, ...]:
    role, begins = row.get("role"), row.get("valid_from")
    rank = SUPERVISION.index(role) if role in SUPERVISION else len(SUPERVISION)
    return (rank, last(None if begins is None else -begins.toordinal()), row["to"])


def brokers(
    world: World, *, by: str, within: str | None, day: date | None, rules: Rules
) -> list[tuple[Any, ...]]:
    """Answer integration.brokers for all in scope, from all sources, without z.

    Reading: who is tied to nobody is listed too. Equal betweenness is so exactly, as
    fractions, before the id decides.
    """
    view = View(world, day)
    asks = arcs(view, rules)
    graph = ties(asks)
    group = {o: group_of(view, o, by) for o in asks}
    shares = betweenness(graph)
    rows = []
    for node in sorted(inside(view, within), key=lambda o: (-round(shares[o], 9), o)):
        told = (node, view.get(node, "name"), group[node], len(graph[node]))
        scores = (float(round(shares[node], 9)), constraint(graph, node))
        rows.append((*told, *scores, *roles(asks, group, node)))
    return rows


def betweenness(graph: Graph) -> dict[str, Fraction]:
    """Return for each node its share of the shortest paths of each pair of others."""
    far, ways = {}, {}
    for source in graph:
        far[source], ways[source] = shortest(graph, source)
    shares = dict.fromkeys(graph, Fraction(0))
    for one, other in combinations(graph, 2):
        for node in set(far[one]) & set(far[other]) - {one, other}:
            if far[one][node] + far[other][node] == far[one].get(other):
                by_node = ways[one][node] * ways[other][node]
                shares[node] += Fraction(by_node, ways[one][other])
    return shares


def shortest(graph: Graph, source: str) -> tuple[dict[str, int], dict[str, int]]:
    """Return how far each node is from a source, and by how many shortest paths."""
    far, ways, edge = {source: 0}, {source: 1}, [source]
    while edge:
        new = {n for o in edge for n in graph[o]} - set(far)
        for node in new:
            ways[node] = sum(ways[o] for o in edge if node in graph[o])
            far[node] = far[edge[0]] + 1
        edge = list(new)
    return far, ways


def constraint(graph: Graph, node: str) -> float | None:
    """Return Burt's constraint: what its contacts are to it, straight and round about.

    Reading: the sum is over those it is tied to, by way of any third; shares of a
    third are of all its ties.
    """
    if not graph[node]:
        return None
    total = Fraction(0)
    for other in graph[node]:
        round_about = sum(
            share(graph, node, third) * share(graph, third, other)
            for third in graph
            if third not in {node, other}
        )
        total += (share(graph, node, other) + round_about) ** 2
    return float(total)


def share(graph: Graph, one: str, other: str) -> Fraction:
    """Return the part of its ties that one has with another."""
    return Fraction(1, len(graph[one])) if other in graph[one] else Fraction(0)


def roles(asks: Graph, group: dict[str, str | None], node: str) -> tuple[int, ...]:
    """Return in how many pairs a node has each of the five roles."""
    found = Counter(
        role(group[one], group[node], group[other])
        for one, other in brokered(asks, group, node)
    )
    return tuple(found[name] for name in ROLES)


def brokered(
    asks: Graph, group: dict[str, str | None], node: str
) -> Iterator[tuple[str, str]]:
    """Go through who can ask whom by a node and not straight, all with a group."""
    for one in asks:
        for other in asks:
            through = node in asks[one] and other in asks[node]
            grouped = None not in {group[one], group[node], group[other]}
            if one != other and through and grouped and other not in asks[one]:
                yield one, other


def role(one: str | None, node: str | None, other: str | None) -> str:
    """Return the role of a node between two others by the groups of the three."""
    if one == other:
        return "coordinator" if one == node else "itinerant"
    if node == other:
        return "gatekeeper"
    return "representative" if node == one else "liaison"


def expected_roles(
    world: World, *, by: str, day: date | None, rules: Rules
) -> dict[str, Means]:
    """Return for each organization the mean of its roles over all deals of the groups.

    Three nodes get any three of the groups alike, so the pairs are counted once and
    multiplied by how likely each role is.

    Reading: dealt are the groups of the whole network, whatever the area asked about,
    to those that have one, tied or not.
    """
    view = View(world, day)
    asks = arcs(view, rules)
    group = {o: group_of(view, o, by) for o in asks}
    chances = likely(Counter(g for g in group.values() if g is not None))
    pairs_of = {o: len(list(brokered(asks, group, o))) for o in asks}
    return {o: tuple(chance * n for chance in chances) for o, n in pairs_of.items()}


def likely(sizes: Counter[str]) -> Means:
    """Return how likely each of ROLES is for three nodes of groups of these sizes."""
    every = sizes.total()
    draws = every * (every - 1) * (every - 2)
    if every < 3:
        return (Fraction(0),) * len(ROLES)
    same = Fraction(sum(n * (n - 1) * (n - 2) for n in sizes.values()), draws)
    two = Fraction(sum(n * (n - 1) * (every - n) for n in sizes.values()), draws)
    return (same, two, two, two, 1 - same - 3 * two)


def cut_points(
    world: World, *, within: str | None, day: date | None, least: int, rules: Rules
) -> list[tuple[Any, ...]]:
    """Answer integration.cut_points: each organization and tie taken out in turn.

    Reading: name and area of a tie are those of its smaller id. What does not split is
    not listed, however small `least` is.
    """
    view = View(world, day)
    graph = among(ties(arcs(view, rules)), inside(view, within))
    rows: list[Cut] = []
    for node in graph:
        others = component(graph, node) - {node}
        rows.append(("organization", node, None, pieces(among(graph, list(others)))))
    for one, other in pairs(graph):
        whole = among(graph, list(component(graph, one)))
        whole[one], whole[other] = whole[one] - {other}, whole[other] - {one}
        rows.append(("tie", one, other, pieces(whole)))
    told = [_cut(view, row) for row in rows if len(row[3]) > 1]
    told = [row for row in told if row[6] >= least]
    return sorted(told, key=lambda r: (-r[6], r[1], last(r[2])))


def _cut(view: View, found: Cut) -> tuple[Any, ...]:
    name, node, other, parts = found
    place = view.place_or_superiors(node)
    area = view.at_level(place, "community") or place
    sizes = [len(part) for part in parts]
    lost = sum(sizes) - max(sizes)
    return (name, node, other, view.get(node, "name"), area, len(parts), lost)


def pairs(graph: Graph) -> list[tuple[str, str]]:
    """Return each tie once, the smaller id first."""
    return [(a, b) for a, b in combinations(sorted(graph), 2) if b in graph[a]]


def component(graph: Graph, node: str) -> set[str]:
    return set(shortest(graph, node)[0])


def pieces(graph: Graph) -> list[set[str]]:
    found: list[set[str]] = []
    for node in graph:
        if not any(node in piece for piece in found):
            found.append(component(graph, node))
    return found


def fragmentation(
    world: World, *, by: str, within: str | None, day: date | None, rules: Rules
) -> list[tuple[Any, ...]]:
    """Answer integration.fragmentation.

    Reading: areas in which nothing stands are listed too. `within` chooses the groups
    and takes nothing out of one that holds it, as the subject is the area. A pair with
    one end there is external even if the other end has no block.
    """
    view = View(world, day)
    found = gaps(world, within=None, day=day, classes=["G5"], rules=rules)
    states = {row[2]: row[5] for row in found}
    graph, kinds = ties(arcs(view, rules)), classes(view, rules)
    rows = []
    for group in groups(view, by, view.scope(within)):
        there = [o for o in graph if group_of(view, o, by) == group]
        units = [u for u in there if view.get(u, "resident") is True]
        seen = Counter(states.get(u) for u in units)
        lined = lined_units(view, there)
        told = (group, view.get(group, "name"), len(there), *mixed(kinds, set(there)))
        closed = (len(units), seen["gap"], seen["undetermined"], len(lined))
        led = among(graph, [*there, *filter(None, [view.organization(group)])])
        rows.append((*told, *closed, min_cut(view, group, led, lined)))
    return rows


def lined_units(view: View, there: list[str]) -> list[str]:
    return [u for u in there if view.label(u) == "Unit" and line(view, u) is not None]


def classes(view: View, rules: Rules) -> dict[tuple[str, str], str]:
    """Return of each pair of tied organizations what its steps make it, both ways.

    Reading: HOSTED_BY displaces COVERS in each direction by itself, as on paths.
    """
    steps: dict[tuple[str, str], set[str]] = {}
    for tail, found in hops(view, rules).items():
        for head, _, kind in found:
            if tail != head:
                pair = (min(tail, head), max(tail, head))
                steps.setdefault(pair, set()).add(kind)
    return {pair: kind_of(kinds - {"house"}) for pair, kinds in steps.items()}


def kind_of(kinds: set[str]) -> str:
    """Return what the classes of a pair's steps make of it, house left out."""
    if not kinds:
        return "house"
    return "cross" if "bridge" in kinds or len(kinds) > 1 else next(iter(kinds))


def mixed(
    kinds: dict[tuple[str, str], str], there: set[str]
) -> tuple[int | float | None, ...]:
    """Return the columns from `line_ties` to `ei_index`."""
    here = [p for p, kind in kinds.items() if kind != "house" and there & set(p)]
    seen = Counter(kinds[pair] for pair in here)
    external = sum(len(there & set(pair)) == 1 for pair in here)
    internal = len(here) - external
    index = (external - internal) / len(here) if here else None
    return (seen["line"], seen["block"], seen["cross"], internal, external, index)


def min_cut(view: View, area: str, graph: Graph, lined: list[str]) -> int | None:
    """Return the fewest ties between the organization of an area, the smallest id, and
    units there with a line.
    """
    source = view.organization(area)
    if source not in graph or not lined:
        return None
    return fewest(graph, source, set(lined))


def fewest(graph: Graph, source: str, ends: set[str]) -> int:
    """Return how many ties must go to leave no way: as many as ways that share none.

    Each way takes ties that are free, or gives back what one before took the other way
    (Ford and Fulkerson).
    """
    free = Counter((a, b) for a in graph for b in graph[a])
    found = 0
    while way := augmenting(free, source, ends):
        for tail, head in pairwise(way):
            free[tail, head] -= 1
            free[head, tail] += 1
        found += 1
    return found


def augmenting(
    free: Counter[tuple[str, str]], source: str, ends: set[str]
) -> list[str] | None:
    """Return a shortest way over ties that are free."""
    ways = {source: [source]}
    for node in (queue := [source]):  # grows while it is gone through
        for (tail, head), left in free.items():
            if tail == node and left > 0 and head not in ways:
                ways[head] = [*ways[node], head]
                queue.append(head)
                if head in ends:
                    return ways[head]
    return None
