"""What one organization can reach, and which needs can reach it."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from orgnet.grammar import automaton
from orgnet.index import as_day
from orgnet.integration.asked import kinds_asked, require_organizations
from orgnet.integration.demand import COUNT, TEXT, Demand
from orgnet.integration.walks import FAR, reached
from orgnet.query import Column, Row, Source, Words, question
from orgnet.rules import RULES, Rules
from orgnet.schema.vocabulary import ResourceKind, Vocabulary
from orgnet.words import named

if TYPE_CHECKING:
    from orgnet.network import Network


class Side(Vocabulary):
    """Whether something can be asked for, or can ask."""

    NEED = "need", "本组织能回应的需求"
    RESOURCE = "resource", "本组织能协调到的资源"


COLUMNS = (
    Column("side", TEXT, "方向", "resource or need", vocabulary=Side),
    Column("id", TEXT, "资源或需求", "what is reached, or asks", holds_ids=True),
    Column("name", TEXT, "名称", "its name"),
    Column("kind", TEXT, "类别", "kind of resource", vocabulary=ResourceKind),
    Column("organization", TEXT, "提供或提出方", "owner or raiser", holds_ids=True),
    Column("cost", COUNT, "成本", "of the cheapest way"),
    Column("quantity", COUNT, "数量", "left of a resource, needed; may be null"),
    Column("quantity_unit", TEXT, "计量单位", "of the quantity; may be null"),
)


def _explained(net: "Network", row: Row) -> Words:
    """Say what is in reach, and at what cost."""
    what, who = named(net, row["id"]), named(net, row["organization"])
    cost = row["cost"]
    if row["side"] == Side.RESOURCE:
        return (
            f"{what} of {who} is in reach, at a cost of {cost}.",
            f"能协调到{who}的{what}，成本{cost}。",
        )
    return (
        f"{what}, raised by {who}, can ask here, at a cost of {cost}.",
        f"能回应{who}提出的{what}，成本{cost}。",
    )


def _prepared(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse what is no organization or kind; say the day as a date."""
    (unit,) = require_organizations(source, [given["unit"]])
    automaton(given["rules"])  # refuses costs of what is no step
    told = {"kinds": kinds_asked(given["kinds"]), "day": as_day(given["day"])}
    return {**given, **told, "unit": unit}


@question(
    title=(
        "What can one organization reach, and which needs can reach it?",
        "一个组织能协调到哪些资源，能回应哪些需求？",
    ),
    columns=COLUMNS,
    order=("side", "cost", "id"),
    explain=_explained,
    prepare=_prepared,
)
def reach(
    net: "Network",
    *,
    unit: str,
    kinds: Sequence[str] | None = None,
    day: date | str | None = None,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """List what an organization can ask for, and the needs that can ask it.

    Parameters
    ----------
    unit
        Id of a unit or party organization.
    kinds
        Of which kinds, such as ``["venue"]``; all if none.
    day
        The day asked about; whatever the network holds, if none.
    rules
        `costs`, `grammar` and `max_hops` count here.

    Returns
    -------
    Result
        By side, cost and id. Resources that are not used up, its own at cost 0; and
        open needs of the kinds that it offers itself, from which a path leads to it.

    Raises
    ------
    UnknownNameError
        If `unit` is no unit or party organization, or there is no such kind.

    See Also
    --------
    paths : who must ask whom for one need.
    queries/integration/reach.cypher : the same rows from Neo4j.

    References
    ----------
    docs/decisions.md, D49.

    Examples
    --------
    >>> import orgnet
    >>> city = orgnet.chengdu(scale=0.02)
    >>> owner = city.ties("OFFERS")["from"][0]
    >>> reach(city, unit=owner).frame["cost"].min()
    0
    """
    demand, number = Demand(net.index(day), rules), net.position(unit)
    asked = [k.value for k in ResourceKind] if kinds is None else list(kinds)
    sides = _resources(demand, number, asked), _needs(demand, number, asked)
    return pl.concat(sides)


def _resources(demand: Demand, unit: int, kinds: Sequence[str]) -> pl.DataFrame:
    """Return what of these kinds is in reach of a unit."""
    hops = demand.rules.max_hops
    nodes, cost = reached(demand.graph, demand.grammar, np.array([unit]), hops)
    near = pl.DataFrame({"by": nodes.astype(np.int32), "cost": cost})
    parts = [
        pl.DataFrame(
            {"by": o.owners, "node": o.resources, "quantity": o.left.cast(COUNT)}
        )
        for o in map(demand.offers, kinds)
    ]
    offered = pl.concat([pl.DataFrame(schema=SHAPE), *parts])
    found = offered.join(near, on="by").sort("node", "cost", "by")
    return _told(
        demand,
        Side.RESOURCE,
        "capacity_unit",
        found.unique("node", keep="first", maintain_order=True),
    )


def _needs(demand: Demand, unit: int, kinds: Sequence[str]) -> pl.DataFrame:
    """Return the needs that can ask a unit for what it offers itself."""
    own = [k for k in kinds if unit in demand.offers(k).owners]
    labels = np.full(demand.index.size, FAR)
    labels[unit] = 0
    away = demand.least(labels)
    rows = []
    for need, quantity in demand.open(None, own).select("need", "quantity").iter_rows():
        starts = [(int(away[s]), s) for s in demand.starts(need) if away[s] < FAR]
        if starts:
            cost, by = min(starts)
            rows.append((by, need, quantity, cost))
    shape = {**SHAPE, "cost": COUNT}
    found = pl.DataFrame(rows, schema=shape, orient="row")
    return _told(demand, Side.NEED, "quantity_unit", found)


SHAPE = {"by": pl.Int32(), "node": pl.Int32(), "quantity": COUNT}


def _told(demand: Demand, side: Side, unit: str, found: pl.DataFrame) -> pl.DataFrame:
    """Return one side of the answer."""
    index, numbers = demand.index, found["node"]
    label = "Need" if side == Side.NEED else "Resource"
    return pl.DataFrame(
        {
            "side": pl.repeat(side.value, len(numbers), dtype=TEXT, eager=True),
            "id": index.net.ids.gather(numbers),
            "name": index.column(label, "name").gather(numbers),
            "kind": index.column(label, "kind").gather(numbers).cast(TEXT),
            "organization": index.net.ids.gather(found["by"]),
            "cost": found["cost"],
            "quantity": found["quantity"],
            "quantity_unit": index.column(label, unit).gather(numbers),
        }
    )
