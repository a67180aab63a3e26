"""Who can help with a need, and through whom.

A path goes through organizations only, by relationships that let one ask another;
standing in the same place is never a path.
"""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from orgnet.errors import OrgnetError
from orgnet.grammar import automaton
from orgnet.index import NONE, Index, as_day
from orgnet.integration.asked import require_organizations
from orgnet.integration.demand import Demand
from orgnet.integration.graph import BLOCK, BRIDGE, LINE
from orgnet.integration.search import HOPS, Found, Search
from orgnet.query import Column, Row, Source, Words, question
from orgnet.rules import RULES, Rules

if TYPE_CHECKING:
    from orgnet.network import Network

TEXT, NUMBER = pl.String(), pl.Int64()
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


def _prepared(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse what no path could be searched for; say the day as a date."""
    k = given["k"]
    if not isinstance(k, Integral) or k < 1:
        msg = f"k is {k!r}: ask for a whole number of paths, at least 1"
        raise OrgnetError(msg, [k])
    source.require("Need", [given["need"]])
    without = require_organizations(source, given["without"])
    automaton(given["rules"])  # refuses costs of what is no step
    return {**given, "k": int(k), "day": as_day(given["day"]), "without": without}


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
    demand: Demand, need: int, kind: str, k: int, refusing: list[int]
) -> list[tuple[Any, ...]]:
    """Return the rows of the answer; what every need asks for is made only once."""
    offers, graph = demand.offers(kind), demand.graph
    starts = [s for s in demand.starts(need) if s not in refusing]
    if not starts or not len(offers.owners):
        return []
    if refusing:
        graph = graph.without(np.array(refusing))
    search = Search(graph, demand.grammar, offers, k, demand.rules.max_hops)
    found = enumerate(search.run(starts), start=1)
    return [(rank, *_row_of(demand.index, search, path)) for rank, path in found]


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
    without: Sequence[str] = (),
    day: date | str | None = None,
    rules: Rules = RULES,
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
    without
        Ids of organizations that refuse: no path runs by one. So the alternative to a
        hop is the answer without whom it asks.
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
        If there is no such need or organization, or a cost names no step.
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
    refusing = [net.position(i) for i in without]
    rows = _cheapest(Demand(index, rules), number, kind, k, refusing)
    return pl.DataFrame(rows, schema=SHAPE, orient="row")
