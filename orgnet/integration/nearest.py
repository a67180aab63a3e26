"""Which resource is nearest to each need, for all needs at once."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from orgnet.integration.asked import of_kinds
from orgnet.integration.demand import ABOUT, COUNT, TEXT, Demand, about
from orgnet.query import Column, Row, Words, question
from orgnet.rules import RULES, Rules
from orgnet.words import named

if TYPE_CHECKING:
    from orgnet.network import Network

COLUMNS = (
    *ABOUT,
    Column("resource", TEXT, "资源", "the nearest", holds_ids=True),
    Column("owner", TEXT, "提供单位", "who offers it", holds_ids=True),
    Column("cost", COUNT, "成本", "of the cheapest way to ask for it"),
    Column("capacity_left", COUNT, "剩余容量", "of the resource; may be null"),
)


def _explained(net: "Network", row: Row) -> Words:
    """Say what is nearest to a need, and what asking for it costs."""
    who, owner = named(net, row["need"]), named(net, row["owner"])
    what, left = named(net, row["resource"]), row["capacity_left"]
    known = (left, left) if left is not None else ("unknown", "未知")
    en = f"{who}: {what} of {owner} is nearest, at a cost of {row['cost']}"
    return (
        f"{en}; capacity left {known[0]}.",
        f"{who}：最近的是{owner}的{what}，成本{row['cost']}，余量{known[1]}。",
    )


@question(
    title=(
        "Which resource is nearest to each open need?",
        "每项未解决需求最近的资源是哪个？",
    ),
    columns=COLUMNS,
    order=("need",),
    explain=_explained,
    prepare=of_kinds,
)
def nearest(
    net: "Network",
    *,
    within: str | None = None,
    day: date | str | None = None,
    kinds: Sequence[str] | None = None,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """Return for each open need the resource that is cheapest to ask for.

    Every need is looked at by itself: one resource may be nearest to several, and
    :func:`match` says who should get it. A need is open unless it is met or withdrawn.

    Parameters
    ----------
    within
        Id or code of the area in which the need, or who raises it, stands; everything
        if none. The resource may lie outside.
    day
        The day asked about; whatever the network holds, if none.
    kinds
        Of which kinds, such as ``["venue"]``; all if none.
    rules
        `costs`, `grammar` and `max_hops` count here.

    Returns
    -------
    Result
        One row a need that a path leads from, by need; the others are those of
        :func:`unreachable`. Of one cost, the resource with the smallest id is taken.

    Raises
    ------
    UnknownNameError
        If there is no such kind, or a cost names no step.
    UnknownAreaError
        If `within` names no area of that day, or several.

    See Also
    --------
    paths : who must ask whom for one need.
    queries/integration/nearest.cypher : the same rows from Neo4j.

    References
    ----------
    Least labels from all owners at once, hop by hop (R. Bellman, Quart. Appl. Math. 16,
    1958) over the states of the grammar; docs/decisions.md, D49.

    Examples
    --------
    >>> import orgnet
    >>> city = orgnet.chengdu(scale=0.02)
    >>> near = nearest(city, kinds=["venue"]).row(0)
    >>> paths = orgnet.integration.paths(city, need=near["need"], k=1)
    >>> near["cost"] == paths.frame[0, "cost"]
    True
    """
    demand = Demand(net.index(day), rules)
    needs = demand.open(within, kinds)
    found = demand.nearest(needs)
    ids = {n: net.ids.gather(found[n]) for n in ("resource", "owner")}
    near = found.rename({"need": "node", "left": "capacity_left"}).with_columns(**ids)
    return about(demand.index, needs).join(near, on="node")
