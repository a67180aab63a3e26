"""Resource integration 资源统筹: who can help with a need, and whom to ask for it.

A path goes through organizations only, by relationships that let one ask another;
standing in the same place is never a path.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from heapq import heapify, heappop, heappush, heapreplace
from itertools import pairwise
from numbers import Integral
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from orgnet.errors import OrgnetError
from orgnet.grammar import START, Automaton, automaton
from orgnet.index import NONE, Csr, Index, Numbers, as_day, csr
from orgnet.query import Column, Row, Source, Words, question
from orgnet.rules import Rules
from orgnet.schema.vocabulary import Vocabulary

if TYPE_CHECKING:
    from orgnet.network import Network

Big = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint8]
Step = tuple[int, int, int, int]  # to which node, by which step, new state, cost to go
Found = tuple[int, tuple[int, ...], tuple[int, ...], int]  # weight, nodes, steps, offer
Children = Callable[[tuple[int, ...], tuple[int, ...], int], Iterable[Step]]

HOPS = 8  # a weight is cost times this and hops, so that one number orders by both
FAR = 1 << 40  # the weight from where no offer can be reached
PATIENCE = 2_000  # steps looked at before the least costs to go are worked out
MOST = 255  # resources of one owner that are counted
STEP_BITS, CLASS_BITS = 5, 2
USED = ("agreed", "running", "done")
TEXT, NUMBER = pl.String(), pl.Int64()


class HopClass(Vocabulary):
    """Whether a hop stays in a line 条 or a block 块, or crosses between them."""

    HOUSE = "house", "单位与其党组织"
    LINE = "line", "条"
    BLOCK = "block", "块"
    BRIDGE = "bridge", "条块之间"


HOUSE, LINE, BLOCK, BRIDGE = range(len(HopClass))  # of two classes the lower counts
TERRITORIAL = ("city", "district", "street", "community", "compound", "grid", "park")
CLASS_OF_TYPE = {
    "HOSTED_BY": HOUSE,
    "COORDINATES": LINE,
    "SUPERVISED_BY": LINE,
    "CONTACTS": BLOCK,
    "HOLDS_SEAT_ON": BRIDGE,
    "PARTNERS_WITH": BRIDGE,
    "ESCALATES_TO": BRIDGE,
    "HOLDS_POWER_OVER": BRIDGE,
}
COLUMNS = (
    Column("rank", NUMBER, "序号", "1 is the cheapest"),
    Column("resource", TEXT, "资源", "what is offered", holds_ids=True),
    Column("owner", TEXT, "提供单位", "who offers it", holds_ids=True),
    Column("cost", NUMBER, "成本", "sum of the costs of the steps"),
    Column("hops", NUMBER, "步数", "how many steps"),
    Column("nodes", pl.List(TEXT), "途经组织", "who asks whom", holds_ids=True),
    Column("steps", pl.List(TEXT), "途经关系", "by which step; null if none"),
    Column("line_hops", NUMBER, "条内步数", "steps within a line"),
    Column("block_hops", NUMBER, "块内步数", "steps within a block"),
    Column("bridge_hops", NUMBER, "条块跨越数", "steps between line and block"),
    Column("community_changes", NUMBER, "跨社区步数", "steps into another community"),
    Column("capacity_left", NUMBER, "剩余容量", "in the resource's unit; may be null"),
)
SHAPE = {c.name: c.dtype for c in COLUMNS}


class Graph(NamedTuple):
    """The steps of a day in compressed rows, by head and step within a row."""

    starts: Big
    heads: Numbers
    steps: Codes
    classes: Codes

    def row(self, node: int) -> slice:
        """Return where the steps from a node stand."""
        return slice(int(self.starts[node]), int(self.starts[node + 1]))

    def degree(self, node: int) -> int:
        """Return how many steps there are from a node."""
        return int(self.starts[node + 1] - self.starts[node])

    def hop_class(self, tail: int, step: int, head: int) -> int:
        """Return the class of one step."""
        row = self.row(tail)
        same = (self.heads[row] == head) & (self.steps[row] == step)
        return int(self.classes[row][same][0])


class Offers(NamedTuple):
    """The resources of one kind that are to be had, by owner and then by id."""

    owners: Numbers
    resources: Numbers
    left: pl.Series  # null is unknown, and allowed
    counts: bytes  # how many each node owns, by number, never more than MOST

    def of(self, owner: int) -> range:
        """Return the rows of an owner's resources."""
        return range(*np.searchsorted(self.owners, [owner, owner + 1]).tolist())


def _graph(index: Index, steps: tuple[str, ...]) -> Graph:
    """Return every allowed step between organizations, parallel ones once."""
    wide = max(1, index.size - 1).bit_length()
    packed = [_packed(index, name, code, wide) for code, name in enumerate(steps)]
    for way in "><":  # of the two house steps between one pair, being hosted counts
        host, cover = f"HOSTED_BY{way}", f"COVERS{way}"
        if host in steps and cover in steps:
            pairs = packed[steps.index(host)] >> (STEP_BITS + CLASS_BITS)
            covers = packed[steps.index(cover)]
            apart = ~np.isin(covers >> (STEP_BITS + CLASS_BITS), pairs)
            packed[steps.index(cover)] = covers[apart]
    arcs = np.concatenate([np.zeros(0, np.int64), *packed])
    arcs.sort()
    first = np.ones(len(arcs), dtype=bool)
    first[1:] = (arcs[1:] >> CLASS_BITS) != (arcs[:-1] >> CLASS_BITS)
    return _unpacked(arcs[first], wide, index.size)


def _packed(index: Index, step: str, code: int, wide: int) -> Big:
    """Return the arcs of a step as numbers: tail, head, step, class, from the left."""
    type_, way = step.rstrip("<>"), step[-1]
    if type_ not in index.net.schema.ties:
        return np.zeros(0, np.int64)
    tail, head, classes = _ends(index, type_)
    if way == "<":
        tail, head = head, tail
    elif way != ">":  # both ways
        tail, head = np.concatenate([tail, head]), np.concatenate([head, tail])
        classes = np.concatenate([classes, classes])
    pair = (tail.astype(np.int64) << wide) | head
    return (((pair << STEP_BITS) | code) << CLASS_BITS) | classes


def _unpacked(arcs: Big, wide: int, size: int) -> Graph:
    classes = (arcs & ((1 << CLASS_BITS) - 1)).astype(np.uint8)
    arcs = arcs >> CLASS_BITS
    steps = (arcs & ((1 << STEP_BITS) - 1)).astype(np.uint8)
    arcs = arcs >> STEP_BITS
    heads = (arcs & ((1 << wide) - 1)).astype(np.int32)
    starts = np.searchsorted(arcs >> wide, np.arange(size + 1))
    return Graph(starts, heads, steps, classes)


def _ends(index: Index, type_: str) -> tuple[Numbers, Numbers, Codes]:
    """Return the relationships of a type between organizations, each with its class."""
    ties = index.ties(type_)
    if type_ == "HOLDS_POWER_OVER":
        ties = ties.filter(pl.col("power") == "dispatch")
    tail, head = ties["tail"].to_numpy(), ties["head"].to_numpy()
    if type_ == "COVERS":
        single = (ties["mode"] == "single").to_numpy()
        classes = np.where(single, HOUSE, BRIDGE)
    elif type_ == "SUBORDINATE_TO":
        settings = index.column("PartyOrganization", "setting").cast(pl.String)
        territorial = settings.is_in(TERRITORIAL).fill_null(value=False).to_numpy()
        classes = np.where(territorial[tail] & territorial[head], BLOCK, LINE)
    else:
        classes = np.full(len(tail), CLASS_OF_TYPE[type_])
    kept = _asks(index, tail) & _asks(index, head)
    return tail[kept], head[kept], classes[kept].astype(np.uint8)


def _asks(index: Index, numbers: Numbers) -> npt.NDArray[np.bool_]:
    """Tell which of these nodes can stand on a path: party organizations and units."""
    found = np.zeros(len(numbers), dtype=bool)
    for label in ("PartyOrganization", "Unit"):
        first = index.net.offsets[label]
        past = first + index.net.node_tables[label].height
        found |= (numbers >= first) & (numbers < past)
    return found


def _stock(index: Index) -> pl.DataFrame:
    """Return what is offered and not used up: `owner`, `resource`, `kind`, `left`."""
    status = pl.col("status").cast(pl.String)
    counted = status.is_in(USED) | status.is_null()
    unknown = pl.any_horizontal(pl.col("status", "quantity").is_null()).any()
    taken = (
        index.ties("MATCHED_TO")
        .filter(counted)
        .group_by("tail")
        .agg(
            pl.when(~unknown).then(pl.col("quantity").sum()).alias("taken"), known=True
        )
    )
    left = pl.col("capacity") - pl.when("known").then("taken").otherwise(0)
    return (
        index.ties("OFFERS")
        .select(pl.col("tail").alias("owner"), pl.col("head").alias("resource"))
        .unique()
        .join(index.nodes("Resource"), left_on="resource", right_on="node")
        .join(taken, left_on="resource", right_on="tail", how="left")
        .select("owner", "resource", pl.col("kind").cast(pl.String), left.alias("left"))
        .filter(pl.col("left").is_null() | (pl.col("left") > 0))
        .sort("owner", "resource")
    )


def _offers(index: Index, kind: str) -> Offers:
    stock = index.once("integration.stock", lambda: _stock(index))
    stock = stock.filter(pl.col("kind") == kind)
    owners = stock["owner"].to_numpy()
    counts = np.minimum(np.bincount(owners, minlength=index.size), MOST)
    resources = stock["resource"].to_numpy()
    return Offers(owners, resources, stock["left"], counts.astype(np.uint8).tobytes())


def _bodies(index: Index) -> Csr:
    """Return the organizations of each area: they cover it, or are hosted by it."""
    covers, hosted = index.organization_covers(), index.ties("HOSTED_BY")
    ends = [t.select("tail", "head") for t in (covers, hosted)]
    pairs = pl.concat(ends).unique()
    return csr(pairs["head"].to_numpy(), pairs["tail"].to_numpy(), index.size)


def _starts(index: Index, need: int) -> list[int]:
    """Return the organizations that raise a need, in place of areas their own."""
    raisers = _row(index.csr("RAISES", backward=True), need)
    bodies = index.once("integration.bodies", lambda: _bodies(index))
    asking = _asks(index, raisers)
    found = set(raisers[asking].tolist())
    for area in raisers[~asking].tolist():
        found.update(_row(bodies, area).tolist())
    return sorted(found)


def _row(neighbours: Csr, node: int) -> Numbers:
    return neighbours.heads[neighbours.starts[node] : neighbours.starts[node + 1]]


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


def _prepared(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse what no path could be searched for; say the day as a date."""
    k = given["k"]
    if not isinstance(k, Integral) or k < 1:
        msg = f"k is {k!r}: ask for a whole number of paths, at least 1"
        raise OrgnetError(msg, [k])
    source.require("Need", [given["need"]])
    automaton(given["rules"])  # refuses costs of what is no step
    return {**given, "k": int(k), "day": as_day(given["day"])}


def _row_of(index: Index, search: Search, found: Found) -> tuple[Any, ...]:
    """Return the columns of one path, its rank left out."""
    weight, nodes, steps, offer = found
    ids, offers, words = index.net.ids, search.offers, search.grammar.steps
    arcs = zip(nodes, steps, nodes[1:], strict=False)
    classes = [search.graph.hop_class(*arc) for arc in arcs]
    homes = [int(index.home[n]) for n in nodes]
    return (
        ids[int(offers.resources[offer])],
        ids[nodes[-1]],
        *divmod(weight, HOPS),
        [ids[n] for n in nodes],
        [words[s] for s in steps] or None,
        *(classes.count(c) for c in (LINE, BLOCK, BRIDGE)),
        sum(a != b and NONE not in (a, b) for a, b in pairwise(homes)),
        offers.left[offer],
    )


def _tied_by(net: "Network", tail: str, step: str, head: str) -> tuple[bool, list[str]]:
    """Return whether a step runs along its relationship, and on what it rests."""
    type_ = step.rstrip("<>")
    table = net.tie_tables[type_]
    ends = [net.position(i) for i in (tail, head)]
    ways = {">": [ends], "<": [ends[::-1]]}.get(step[-1], [ends, ends[::-1]])
    for way in ways:
        ties = table.filter(pl.col("tail") == way[0], pl.col("head") == way[1])
        if type_ == "HOLDS_POWER_OVER":
            ties = ties.filter(pl.col("power") == "dispatch")
        if ties.height:
            return way == ends, ties["doc_no"].drop_nulls().unique().sort().to_list()
    return True, []


def _hop_words(net: "Network", tail: str, step: str, head: str) -> Words:
    """Say who asks whom, and by which relationship."""
    type_ = step.rstrip("<>")
    along, documents = _tied_by(net, tail, step, head)
    names = [net.node(i)["name"] for i in (tail, head)]
    first, second = names if along else names[::-1]
    en = f"{names[0]} asks {names[1]} ({first} {type_} {second}"
    zh = f"{names[0]}请{names[1]}协助（{first}—{net.schema.ties[type_].zh}→{second}"
    if documents:
        en, zh = f"{en}, by {', '.join(documents)}", f"{zh}，依据{'、'.join(documents)}"
    return f"{en})", f"{zh}）"


def _explained(net: "Network", row: Row) -> Words:
    """Say who must ask whom, why each may, what there is and what it costs."""
    nodes, steps = row["nodes"], row["steps"] or []
    arcs = zip(nodes, steps, nodes[1:], strict=False)
    hops = [_hop_words(net, *arc) for arc in arcs]
    owner, resource = (net.node(row[n])["name"] for n in ("owner", "resource"))
    left = row["capacity_left"]
    known = (left, left) if left is not None else ("unknown", "未知")
    en = [en for en, _ in hops] or [f"{owner} raises the need itself"]
    zh = [zh for _, zh in hops] or [f"{owner}自身提出需求"]
    en.append(
        f"{owner} offers {resource}, capacity left {known[0]}. Cost {row['cost']}, "
        f"{row['hops']} hops, {row['bridge_hops']} between line and block"
    )
    zh.append(
        f"{owner}提供{resource}，余量{known[1]}。"
        f"成本{row['cost']}，{row['hops']}步，条块跨越{row['bridge_hops']}次"
    )
    return f"{'; '.join(en)}.", f"{'；'.join(zh)}。"


def _cheapest(
    index: Index, need: int, kind: str, k: int, rules: Rules
) -> list[tuple[Any, ...]]:
    """Return the rows of the answer; what every need asks for is made only once."""
    grammar = automaton(rules)
    offers = index.once(("integration.offers", kind), lambda: _offers(index, kind))
    starts = _starts(index, need) if len(offers.owners) else []
    if not starts:
        return []
    graph = index.once(
        ("integration.graph", grammar.steps), lambda: _graph(index, grammar.steps)
    )
    search = Search(graph, grammar, offers, k, rules.max_hops)
    found = enumerate(search.run(starts), start=1)
    return [(rank, *_row_of(index, search, path)) for rank, path in found]


@question(
    title=("who can help with a need, and through whom", "谁能满足需求，经由谁去协调"),
    columns=COLUMNS,
    order=("cost", "hops", "nodes", "steps", "resource"),
    explain=_explained,
    prepare=_prepared,
)
def paths(
    net: "Network",
    *,
    need: str,
    k: int = 5,
    day: date | str | None = None,
    rules: Rules = Rules(),
) -> pl.DataFrame:
    """List the cheapest ways from a need to resources of its kind, and whom to ask.

    A path begins at whoever raises the need (for an area, the organizations that cover
    it or sit in it), runs through party organizations and units, visits none twice,
    and ends at the owner of a resource of that kind with capacity left. Standing in
    one area is no step. Capacity that is unknown is allowed.

    Parameters
    ----------
    need
        Id of the need.
    k
        How many rows are wanted, that is, paths with a resource.
    day
        The day on which everything must be valid; no matter when if not given.
    rules
        `costs`, `grammar` and `max_hops` count here.

    Returns
    -------
    Result
        One row a path and resource, by cost, hops, node ids, steps and resource.
        Costs are as in the rules; `capacity_left` is in the resource's own unit.

    Raises
    ------
    UnknownNameError
        If there is no such need, or a cost names no step.
    OrgnetError
        If `k` is less than 1, or no whole number.

    See Also
    --------
    queries/integration/paths.cypher : the same rows from Neo4j.

    References
    ----------
    A part-time seat never changes subordination, and location alone moves nothing: only
    the relationships in ``Rules.costs`` are steps. The search is that of P. E. Hart,
    N. J. Nilsson and B. Raphael, IEEE Trans. Systems Sci. and Cybernetics 4(2), 1968.

    Examples
    --------
    >>> import orgnet
    >>> city = orgnet.chengdu(scale=0.02)
    >>> result = paths(city, need=city.nodes("Need")["id"][0], k=3)
    >>> result.frame["rank"].is_sorted()
    True
    """
    number, index = net.position(need), net.index(as_day(day))
    kind = net.node_tables["Need"][number - net.offsets["Need"], "kind"]
    rows = _cheapest(index, number, kind, k, rules)
    return pl.DataFrame(rows, schema=SHAPE, orient="row")
