"""Who stands between others and what splits, as one would write it with networkx.

As in peers.py: relationships without a day, the default rules.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from statistics import fmean, stdev
from typing import Any

import networkx as nx
import numpy as np

from tests.bench import peers, plans
from tests.bench.counting import Row, Rows, place, ratio, upward
from tests.bench.peers import Data, Graph, of_kind, typed
from tests.bench.steps import BODIES, Steps

Ties = Any  # an nx.Graph of organizations, each tied pair once
Arcs = Any  # an nx.DiGraph, from who asks to whom is asked
Splits = Iterable[tuple[tuple[str, ...], list[int]]]  # what is lost, sizes of pieces
Pair = tuple[str, str]
HOUSE, LINE, BLOCK, CROSS = range(4)  # of two classes of one type the lower counts
CLASSES = {
    "HOSTED_BY": HOUSE,
    "COORDINATES": LINE,
    "SUPERVISED_BY": LINE,
    "CONTACTS": BLOCK,
    "HOLDS_SEAT_ON": CROSS,
    "PARTNERS_WITH": CROSS,
    "ESCALATES_TO": CROSS,
    "HOLDS_POWER_OVER": CROSS,
}
TERRITORIAL = {"city", "district", "street", "community", "compound", "grid", "park"}
LED = ("parent", "business")


def asking(steps: Steps) -> Arcs:
    """Who may ask whom; nobody itself."""
    arcs: Arcs = nx.DiGraph()
    arcs.add_nodes_from(steps.bodies)
    for tail, others in steps.onward.items():
        arcs.add_edges_from((tail, h) for h, ways in others.items() if ways)
    arcs.remove_edges_from(list(nx.selfloop_edges(arcs)))
    return arcs


def newest(data: Data) -> tuple[bool, int]:
    """Sort what began last first, and what began nobody knows when last."""
    begun = data.get("valid_from")
    return (True, 0) if begun is None else (False, -begun.toordinal())


def superior(graph: Graph, node: str) -> str | None:
    above = [(*newest(d), to) for to, d in typed(graph, node, "SUBORDINATE_TO")]
    return min(above)[-1] if above else None


def standing(graph: Graph, node: str) -> str | None:
    """The place of a node; without one, of the next above it that has one."""
    seen: set[str] = set()
    current: str | None = node
    while current is not None and current not in seen:
        stands = place(graph, current)
        if stands is not None:
            return stands
        seen.add(current)
        current = superior(graph, current)
    return None


def block(graph: Graph, node: str, level: str) -> str | None:
    return peers.at_level(graph, standing(graph, node), level)


def pivots(steps: Steps, count: int, random: np.random.Generator) -> list[str]:
    """Draw those from whom shortest paths are followed, as the question draws them."""
    drawn = random.choice(len(steps.bodies), count, replace=False)
    return [steps.bodies[at] for at in sorted(drawn)]


def between(ties: Ties, sources: list[str]) -> dict[str, float]:
    """Betweenness from some sources, scaled as if from all."""
    part = nx.betweenness_centrality_subset(ties, sources, list(ties))
    return {node: b * len(ties) / len(sources) for node, b in part.items()}


def most_between(ties: Ties, sources: list[str], n: int) -> dict[str, float]:
    found = between(ties, sources)
    order = sorted(found, key=lambda node: (-round(found[node], 9), node))
    return {node: found[node] for node in order[:n]}


def betweenness(steps: Steps, n: int, sources: int, seed: int) -> dict[str, float]:
    random = np.random.default_rng(seed)
    return most_between(
        asking(steps).to_undirected(), pivots(steps, sources, random), n
    )


def brokers(
    steps: Steps, level: str, *, n: int, sources: int, draws: int, seed: int
) -> Rows:
    random = np.random.default_rng(seed)
    arcs = asking(steps)
    ties = arcs.to_undirected()
    listed = most_between(ties, pivots(steps, sources, random), n)
    closed_in = nx.constraint(ties)
    blocks = {node: block(steps.graph, node, level) for node in steps.bodies}
    pairs = {node: brokered(arcs, blocks, node) for node in listed}
    dealt = [dict(deal(steps, blocks, random)) for _ in range(draws)]
    rows: Rows = {}
    for node, betweenness in listed.items():
        counts = roles(pairs[node], blocks, node)
        chance = [roles(pairs[node], groups, node) for groups in dealt]
        scores = map(score, counts, zip(*chance, strict=True))
        constraint = closed_in[node] if ties[node] else None
        plain = blocks[node], ties.degree(node), betweenness, constraint
        rows[node] = (*plain, *counts, *scores)
    return rows


def brokered(
    arcs: Arcs, blocks: dict[str, str | None], node: str
) -> list[tuple[str, str]]:
    """Return the pairs of whom one asks the other by this node, and not directly."""
    if blocks[node] is None:
        return []
    return [
        (a, b)
        for a in arcs.predecessors(node)
        for b in arcs.successors(node)
        if a != b and not arcs.has_edge(a, b) and None not in {blocks[a], blocks[b]}
    ]


def roles(
    pairs: list[tuple[str, str]], blocks: dict[str, str | None], node: str
) -> list[int]:
    """Count coordinator, itinerant, gatekeeper, representative and liaison."""
    counts, own = [0] * 5, blocks[node]
    for a, b in pairs:
        one, other = blocks[a], blocks[b]
        if one == other:
            counts[0 if one == own else 1] += 1
        else:
            counts[2 if other == own else 3 if one == own else 4] += 1
    return counts


def deal(
    steps: Steps, blocks: dict[str, str | None], random: np.random.Generator
) -> Iterator[tuple[str, str | None]]:
    """Deal the blocks anew among those who have one."""
    yield from blocks.items()
    grouped = [node for node in steps.bodies if blocks[node] is not None]
    for node, at in zip(grouped, random.permutation(len(grouped)), strict=True):
        yield node, blocks[grouped[at]]


def score(count: int, chance: tuple[int, ...]) -> float | None:
    spread = stdev(chance)
    return (count - fmean(chance)) / spread if spread else None


class Pieces:
    """What a connected graph falls into, from the tree of its blocks and cut points."""

    def __init__(self, component: Ties) -> None:
        blocks: Any = nx.biconnected_components(component)
        self.blocks: list[set[str]] = list(blocks)
        self.cut: set[str] = set(nx.articulation_points(component))
        self.whole = len(component)
        self.tree: Any = nx.Graph()
        for at, members in enumerate(self.blocks):
            self.tree.add_node(at)
            self.tree.add_edges_from((at, node) for node in members & self.cut)
        self.above = dict(nx.dfs_predecessors(self.tree, 0)) if self.blocks else {}
        self.below: dict[Any, int] = {}
        for at in nx.dfs_postorder_nodes(self.tree, 0) if self.blocks else ():
            own = 1 if at in self.cut else len(self.blocks[at] - self.cut)
            under = (n for n in self.tree[at] if n != self.above.get(at))
            self.below[at] = own + sum(self.below[n] for n in under)

    def without_node(self, node: str) -> list[int]:
        up = self.above[node]
        sides = [self.below[at] for at in self.tree[node] if at != up]
        return [*sides, self.whole - self.below[node]]

    def without_tie(self, at: int) -> list[int]:
        """Return the sizes of the sides of a block of two."""
        under = [n for n in self.tree[at] if n != self.above.get(at)]
        side = self.below[under[0]] if under else 1
        return [side, self.whole - side]

    def all(self) -> Iterator[tuple[tuple[str, ...], list[int]]]:
        """Go through what splits the graph, and into pieces of what sizes."""
        for node in self.cut:
            yield (node,), self.without_node(node)
        for at, members in enumerate(self.blocks):
            if len(members) == 2:
                yield tuple(sorted(members)), self.without_tie(at)


def cut_points(steps: Steps, least: int) -> Rows:
    ties = asking(steps).to_undirected()
    parts = map(ties.subgraph, nx.connected_components(ties))
    found = (split for part in parts for split in Pieces(part).all())
    return split_rows(steps.graph, found, least)


def split_rows(
    graph: Graph, found: Iterable[tuple[tuple[str, ...], list[int]]], least: int
) -> Rows:
    """Rows by class, id and other end: area, number of parts, and what is cut off."""
    rows: Rows = {}
    for ends, pieces in found:
        lost = sum(pieces) - max(pieces)
        if lost >= least:
            key = ("tie", *ends) if len(ends) > 1 else ("organization", *ends, None)
            area = standing(graph, ends[0])
            community = peers.at_level(graph, area, "community")
            rows[key] = (community or area, len(pieces), lost)
    return rows


def cut_points_one_by_one(steps: Steps, within: str, least: int) -> Rows:
    """Take each away in turn and look what is left."""
    graph = steps.graph
    here = (n for n in steps.bodies if within in upward(graph, standing(graph, n)))
    ties: Ties = nx.Graph(asking(steps).to_undirected().subgraph(here))
    cut = list(nx.articulation_points(ties))
    found = [((node,), after_loss_of(ties, node)) for node in cut]
    for tie in list(nx.bridges(ties)):
        ties.remove_edge(*tie)
        sides = [len(nx.node_connected_component(ties, end)) for end in tie]
        ties.add_edge(*tie)
        found.append((tuple(sorted(tie)), sides))
    return split_rows(steps.graph, found, least)


def after_loss_of(ties: Ties, node: str) -> list[int]:
    near = list(ties[node])
    ties.remove_node(node)
    pieces = {frozenset(nx.node_connected_component(ties, other)) for other in near}
    ties.add_edges_from((node, other) for other in near)
    return [len(piece) for piece in pieces]


def class_of(graph: Graph, tail: str, head: str, data: Data) -> int | None:
    """House, line, block or between them; None for what is no tie."""
    type_ = data["type"]
    if not BODIES.issuperset(graph.nodes[end]["label"] for end in (tail, head)):
        return None
    if type_ == "COVERS":
        return HOUSE if data["mode"] == "single" else CROSS
    if type_ == "SUBORDINATE_TO":
        settings = {graph.nodes[end]["setting"] for end in (tail, head)}
        return BLOCK if settings <= TERRITORIAL else LINE
    if type_ == "HOLDS_POWER_OVER" and data["power"] != "dispatch":
        return None
    return CLASSES.get(type_)


def classes(graph: Graph) -> dict[Pair, int]:
    """Each tied pair once, lesser id first, with its class."""
    seen: dict[Pair, dict[str, int]] = defaultdict(dict)
    for tail, head, data in graph.edges(data=True):
        class_ = class_of(graph, tail, head, data)
        if class_ is not None and tail != head:
            ways = seen[min(tail, head), max(tail, head)]
            ways[data["type"]] = min(class_, ways.get(data["type"], CROSS))
    found = {}
    for pair, ways in seen.items():
        if "HOSTED_BY" in ways:
            ways.pop("COVERS", None)
        others = set(ways.values()) - {HOUSE}
        found[pair] = min(others, default=HOUSE) if len(others) < 2 else CROSS
    return found


def leader(graph: Graph, unit: str) -> str | None:
    """The supervisor that makes the line of a unit."""
    above = []
    for to, data in typed(graph, unit, "SUPERVISED_BY"):
        rank = LED.index(data["role"]) if data["role"] in LED else len(LED)
        above.append((rank, *newest(data), to))
    return min(above)[-1] if above else None


def line(graph: Graph, unit: str) -> str | None:
    """The end of the chain of supervisors of a unit, if it is in one at all."""
    chain = [unit]
    while (above := leader(graph, chain[-1])) is not None:
        if above in chain:
            return min(chain[chain.index(above) :])
        chain.append(above)
    led = any(True for _ in typed(graph, unit, "SUPERVISED_BY", into=True))
    return chain[-1] if len(chain) > 1 or led else None


def fewest(ties: Ties, members: set[str], own: str | None, lined: set[str]) -> Any:
    """The minimum cut between an organization and all that have a line."""
    ends = members & lined
    if own is None or not ends:
        return None
    part: Ties = nx.Graph()
    part.add_node(own)
    part.add_edges_from(ties.subgraph(members | {own}).edges, capacity=1)
    part.add_edges_from((node, "lines") for node in ends)  # without limit
    flow = nx.algorithms.flow.edmonds_karp
    return nx.maximum_flow_value(part, own, "lines", flow_func=flow)


def fragmentation(steps: Steps, level: str, within: str) -> Rows:
    graph, ties = steps.graph, asking(steps).to_undirected()
    block_of = {node: block(graph, node, level) for node in steps.bodies}
    members: dict[str | None, set[str]] = {
        area: set()
        for area, data in of_kind(graph, "Area")
        if data["level"] == level and within in upward(graph, area)
    }
    for node, group in block_of.items():
        if group in members:
            members[group].add(node)
    counts = tie_counts(classes(graph), block_of)
    rows: Rows = {}
    for group, there in members.items():
        own = peers.organization(graph, group, level)
        lined = {node for node in there if has_line(graph, node)}
        cut = len(lined), fewest(ties, there, own, lined)
        told = tie_row(counts[group]), unit_row(graph, there)
        rows[group] = (len(there), *told[0], *told[1], *cut)
    return rows


def has_line(graph: Graph, node: str) -> bool:
    return graph.nodes[node]["label"] == "Unit" and line(graph, node) is not None


def unit_row(graph: Graph, there: set[str]) -> Row:
    """Residents, and how many of them only their place ties there, or perhaps so."""
    residents = {node for node in there if graph.nodes[node].get("resident")}
    states = Counter(plans.by_location_only(graph, residents).values())
    return len(residents), states["gap"], states["undetermined"]


def tie_row(count: Counter[Any]) -> Row:
    inner, outer = count["internal"], count["external"]
    index = ratio(outer - inner, outer + inner)
    return count[LINE], count[BLOCK], count[CROSS], inner, outer, index


def tie_counts(
    pairs: dict[Pair, int], block_of: dict[str, str | None]
) -> dict[str | None, Counter[Any]]:
    """Count the pairs of each block by class, and by whether both ends are there."""
    counts: dict[str | None, Counter[Any]] = defaultdict(Counter)
    for pair, class_ in pairs.items():
        ends = {block_of[end] for end in pair}
        for group in ends if class_ != HOUSE else ():
            counts[group][class_] += 1
            counts[group]["internal" if len(ends) == 1 else "external"] += 1
    return counts
