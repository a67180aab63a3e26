"""Which open needs no path leads from, and why."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from orgnet.integration.asked import of_kinds
from orgnet.integration.demand import ABOUT, COUNT, TEXT, Demand, Lack, about
from orgnet.query import Column, Row, Words, question
from orgnet.rules import RULES, Rules
from orgnet.words import named

if TYPE_CHECKING:
    from orgnet.network import Network

COLUMNS = (
    *ABOUT,
    Column("reason", TEXT, "原因", "why nothing is in reach", vocabulary=Lack),
    Column("resource", TEXT, "相关资源", "used up, or near", holds_ids=True),
    Column("owner", TEXT, "提供单位", "who offers it", holds_ids=True),
    Column("cost", COUNT, "成本", "of a way to what is used up"),
)


def _explained(net: "Network", row: Row) -> Words:
    """Say why nothing is in reach of a need."""
    who, why = named(net, row["need"]), Lack(row["reason"])
    if row["resource"] is None:
        return f"{who}: {why.en}.", f"{who}：{why.zh}。"
    what, owner = named(net, row["resource"]), named(net, row["owner"])
    return (
        f"{who}: {why.en} ({what} of {owner}).",
        f"{who}：{why.zh}（{owner}的{what}）。",
    )


@question(
    title=(
        "Which open needs can reach nothing, and why?",
        "哪些需求无资源可及，原因何在？",
    ),
    columns=COLUMNS,
    order=("need",),
    explain=_explained,
    prepare=of_kinds,
)
def unreachable(
    net: "Network",
    *,
    within: str | None = None,
    day: date | str | None = None,
    kinds: Sequence[str] | None = None,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """List the open needs that no path leads from, each with the reason.

    What stands in the same community and is not tied is near, yet no path leads to it:
    there the remedy is a tie. Where a path leads to what is used up, the remedy is more
    of it.

    Parameters
    ----------
    within
        Id or code of the area in which the need, or who raises it, stands; everything
        if none.
    day
        The day asked about; whatever the network holds, if none.
    kinds
        Of which kinds, such as ``["venue"]``; all if none.
    rules
        `costs`, `grammar` and `max_hops` count here.

    Returns
    -------
    Result
        One row a need, by need. `resource` is the nearest that is used up, or one that
        stands in the same community, by the reason.

    Raises
    ------
    UnknownNameError
        If there is no such kind, or a cost names no step.
    UnknownAreaError
        If `within` names no area of that day, or several.

    See Also
    --------
    nearest : the needs that something is in reach of.
    orgnet.planning.seats : which seats would bring most of these into reach.
    queries/integration/unreachable.cypher : the same rows from Neo4j.

    References
    ----------
    Location alone moves nothing; docs/decisions.md, D49.

    Examples
    --------
    >>> import orgnet
    >>> city = orgnet.chengdu(scale=0.02)
    >>> needs = unreachable(city), orgnet.integration.nearest(city)
    >>> set(needs[0].frame["need"]).isdisjoint(needs[1].frame["need"])
    True
    """
    return rows_of(Demand(net.index(day), rules), within, kinds)


def rows_of(
    demand: Demand, within: str | None, kinds: Sequence[str] | None
) -> pl.DataFrame:
    """Return the answer, and the number of each need in the column `node`."""
    index = demand.index
    open_ = demand.open(within, kinds)
    needs = open_.join(demand.nearest(open_), on="need", how="anti")
    used_up = {
        need: tuple(found)
        for need, *found, _ in demand.nearest(needs, used_up=True).iter_rows()
    }
    rows = [
        _why(demand, need, kind, used_up.get(need))
        for need, kind in needs.select("need", "kind").iter_rows()
    ]
    number = pl.Int32()
    shape = {"reason": TEXT, "resource": number, "owner": number, "cost": COUNT}
    why = pl.DataFrame(rows, schema=shape, orient="row")
    ids = {n: index.net.ids.gather(why[n]) for n in ("resource", "owner")}
    return pl.concat([about(index, needs), why.with_columns(**ids)], how="horizontal")


Why = tuple[str, int | None, int | None, int | None]  # reason, resource, owner, cost


def _why(demand: Demand, need: int, kind: str, used_up: tuple[int, ...] | None) -> Why:
    """Say why no path leads from a need, given the nearest that is used up."""
    offers = demand.offers(kind), demand.offers(kind, used_up=True)
    if not any(len(o.owners) for o in offers):
        return Lack.NO_OFFER.value, None, None, None
    if not demand.starts(need):
        return Lack.NO_RAISER.value, None, None, None
    if used_up is not None:
        resource, owner, cost = used_up
        return Lack.CAPACITY_USED.value, resource, owner, cost
    near = demand.near(need, kind)
    if near is not None:
        return Lack.NEAR_BUT_UNTIED.value, *near, None
    return Lack.NO_TIE.value, None, None, None
