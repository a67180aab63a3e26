"""Which resource should serve which need, all of them at once."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from orgnet.integration.asked import of_kinds
from orgnet.integration.demand import COUNT, TEXT, Demand, Lack, Ways
from orgnet.integration.graph import Big
from orgnet.query import Column, Row, Words, question
from orgnet.rules import RULES, Rules
from orgnet.solve.transport import Amounts, Arcs, Transport, transport
from orgnet.words import named

if TYPE_CHECKING:
    from orgnet.network import Network

EACH = 10  # ways of a need that are looked at more at a time
HALF = 0.5  # between two whole numbers


COLUMNS = (
    Column("need", TEXT, "需求", "id of the need", holds_ids=True),
    Column("name", TEXT, "需求内容", "what is needed"),
    Column("resource", TEXT, "资源", "what serves it; null for a rest", holds_ids=True),
    Column("owner", TEXT, "提供单位", "who offers it", holds_ids=True),
    Column("quantity", COUNT, "分配数量", "in the unit of the need"),
    Column("cost", COUNT, "成本", "of the cheapest way to ask for it"),
    Column("wanted", COUNT, "需求数量", "what was not matched yet"),
    Column("unmet", COUNT, "未满足数量", "the rest; null beside an allocation"),
    Column("reason", TEXT, "未满足原因", "why there is a rest", vocabulary=Lack),
    Column("binds", pl.Boolean(), "资源用尽", "whether the resource is used up"),
    Column("price", pl.Float64(), "影子价格", "what a unit more would be worth"),
)


def _explained(net: "Network", row: Row) -> Words:
    """Say what serves a need, or why nothing does."""
    who, wanted = named(net, row["need"]), row["wanted"]
    if row["resource"] is None:
        why = Lack(row["reason"])
        return (
            f"{who}: {row['unmet']} of {wanted} are not to be had: {why.en}.",
            f"{who}：需要{wanted}，尚缺{row['unmet']}：{why.zh}。",
        )
    owner, resource = named(net, row["owner"]), named(net, row["resource"])
    used = (", which is then used up", "，该资源随之用尽") if row["binds"] else ("", "")
    given, cost = row["quantity"], row["cost"]
    en = f"{who}: {given} of {wanted} from {resource} of {owner}"
    zh = f"{who}：需要{wanted}，由{owner}的{resource}提供{given}"
    return (
        f"{en}, at a cost of {cost} a unit{used[0]}.",
        f"{zh}，单位成本{cost}{used[1]}。",
    )


@question(
    title=("Which resource should serve which need?", "哪些资源应对接哪些需求？"),
    columns=COLUMNS,
    order=("need", "resource"),
    explain=_explained,
    prepare=of_kinds,
)
def match(
    net: "Network",
    *,
    within: str | None = None,
    day: date | str | None = None,
    kinds: Sequence[str] | None = None,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """Allocate what is offered to what is needed, within capacity, at the least cost.

    As much is met as can be, what is pressing first; of the allocations that do so the
    one whose ways cost least is taken. A need may be met in part, and by several.

    Parameters
    ----------
    within
        Id or code of the area whose needs are looked at; everything if none. What
        serves them may lie outside.
    day
        The day asked about; whatever the network holds, if none.
    kinds
        Of which kinds, such as ``["venue"]``; all if none.
    rules
        `costs`, `grammar` and `max_hops` count here; and `due_soon_days`, with a day:
        what is due within so many days of it, or was due before, weighs one more.

    Returns
    -------
    Result
        One row an allocation, and one a need with a rest, which says why.

    Raises
    ------
    UnknownNameError
        If there is no such kind.
    UnknownAreaError
        If `within` names no area of that day, or several.

    See Also
    --------
    paths : who must ask whom for one need.

    References
    ----------
    Transport problem solved by HiGHS; docs/decisions.md, D45.

    Examples
    --------
    >>> import orgnet
    >>> rows = match(orgnet.chengdu(scale=0.02), kinds=["venue"]).frame
    >>> (rows["quantity"].drop_nulls() > 0).all()
    True
    """
    demand = Demand(net.index(day), rules)
    needs = demand.wanted(within, kinds)
    parts = [
        Allocation(demand, part).rows()
        for _, part in needs.group_by("kind", maintain_order=True)
    ]
    rows = pl.concat([pl.DataFrame(schema=SHAPE), *parts])
    nodes = {n: net.ids.gather(rows[n]) for n in ("need", "resource", "owner")}
    names = net.nodes()["name"].gather(rows["need"]).alias("name")
    return rows.with_columns(names, **nodes)


SHAPE = {
    **{n: pl.Int32() for n in ("need", "resource", "owner")},
    **{c.name: c.dtype for c in COLUMNS[4:]},
}


class Taken(NamedTuple):
    """Ways from needs, by their rows, to offers, by theirs, each with its cost."""

    needs: Big
    offers: Big
    cost: Big


class Allocation:
    """What is offered of one kind, given out to the needs of that kind.

    Parameters
    ----------
    demand
        The needs of a day.
    needs
        Those of the kind, as :meth:`Demand.wanted` returns them.
    """

    def __init__(self, demand: Demand, needs: pl.DataFrame) -> None:
        self.demand, self.needs = demand, needs
        self.kind = needs[0, "kind"]
        self.offers = demand.offers(self.kind)
        self.ways = [
            self._fitting(*n) for n in needs.select("need", "unit").iter_rows()
        ]
        self.wanted = needs["wanted"].cast(pl.Float64).to_numpy()
        left = self.offers.left.cast(pl.Float64).fill_null(float("inf"))
        self.left = left.gather(self._once[0]).to_numpy()
        self.taken, self.best = self._solved()

    @cached_property
    def _once(self) -> tuple[Big, Big]:
        """Return one offer of each resource, and the resource of each offer.

        Several may offer one resource, and it is given out once.
        """
        _, first, of = np.unique(
            self.offers.resources, return_index=True, return_inverse=True
        )
        return first, of

    def _fitting(self, need: int, unit: str | None) -> Ways:
        """Return the ways to what is counted in the unit of a need, or in none."""
        ways = self.demand.ways(need, self.kind)
        fits = self.demand.fitting(self.kind, unit)
        kept = np.flatnonzero(fits[ways.offers])
        _, first = np.unique(self._once[1][ways.offers[kept]], return_index=True)
        kept = kept[np.sort(first)]  # to each resource the cheapest
        return Ways(ways.offers[kept], ways.cost[kept])

    @property
    def penalty(self) -> Amounts:
        """What a unit unmet costs: more than any rearrangement of others could."""
        rules, count = self.demand.rules, len(self.needs)
        dearest = max(rules.costs.values(), default=0) * rules.max_hops + 1
        return self.needs["weight"].cast(pl.Float64).to_numpy() * dearest * (count + 1)

    def _solved(self) -> tuple[Taken, Transport]:
        """Look at more ways as long as one that was not looked at would be of use."""
        chosen = [np.arange(min(EACH, len(ways.cost))) for ways in self.ways]
        while True:
            taken = self._taken(chosen)
            supply = self._once[1][taken.offers]
            arcs = Arcs(taken.needs, supply, taken.cost.astype(np.float64))
            best = transport(arcs, self.wanted, self.left, self.penalty)
            more = [self._useful(best, at, seen) for at, seen in enumerate(chosen)]
            if not any(map(len, more)):
                return taken, best
            chosen = [np.concatenate(both) for both in zip(chosen, more, strict=True)]

    def _useful(self, best: Transport, at: int, seen: Big) -> Big:
        """Return ways of a need that would improve the answer, the best first.

        A way would where its cost and the price of its resource are together less than
        the price of the need. All of these are whole numbers, up to the solver's error.
        """
        ways = self.ways[at]
        price = best.supply_price[self._once[1][ways.offers]]
        gain = best.demand_price[at] - ways.cost - price
        gain[seen] = 0
        useful = np.flatnonzero(gain > HALF)
        return useful[np.argsort(-gain[useful], kind="stable")][:EACH]

    def _taken(self, chosen: list[Big]) -> Taken:
        """Return the ways that were chosen of each need."""
        counts = [len(c) for c in chosen]
        pairs = list(zip(self.ways, chosen, strict=True))
        return Taken(
            np.repeat(np.arange(len(chosen)), counts),
            np.concatenate([w.offers[c] for w, c in pairs]),
            np.concatenate([w.cost[c] for w, c in pairs]),
        )

    def rows(self) -> pl.DataFrame:
        """Return the allocations and the rests, by node number."""
        return pl.concat([self._served(), self._rests()], how="diagonal")

    def _served(self) -> pl.DataFrame:
        """Return what goes where."""
        taken, best = self.taken, self.best
        kept = np.flatnonzero(best.quantity > HALF)
        demand, offers = taken.needs[kept], taken.offers[kept]
        every = self._once[1][taken.offers]
        given = np.bincount(every, best.quantity, minlength=len(self.left))
        supply = every[kept]
        return pl.DataFrame(
            {
                "need": self.needs["need"].gather(demand),
                "resource": pl.Series(self.offers.resources[offers], dtype=pl.Int32),
                "owner": pl.Series(self.offers.owners[offers], dtype=pl.Int32),
                "quantity": _whole(best.quantity[kept]),
                "cost": _whole(taken.cost[kept]),
                "wanted": self.needs["wanted"].gather(demand).cast(COUNT),
                "unmet": pl.Series([None], dtype=COUNT).new_from_index(0, len(kept)),
                "reason": pl.Series([None], dtype=TEXT).new_from_index(0, len(kept)),
                "binds": (given >= self.left - HALF)[supply],
                "price": best.supply_price[supply],
            }
        )

    def _rests(self) -> pl.DataFrame:
        """Return what goes without, and why."""
        rests = self.best.unmet > HALF
        at = np.flatnonzero(rests)
        needs = self.needs.filter(pl.Series(rests, dtype=pl.Boolean))
        return pl.DataFrame(
            {
                "need": needs["need"],
                "wanted": needs["wanted"].cast(COUNT),
                "unmet": _whole(self.best.unmet[at]),
                "reason": pl.Series([self._reason(a) for a in at.tolist()], dtype=TEXT),
                "price": self.best.demand_price[at],
            }
        )

    def _reason(self, at: int) -> str:
        """Say why a need goes without."""
        need, unit = self.needs.select("need", "unit").row(at)
        if not self.demand.fitting(self.kind, unit).any():
            return Lack.NO_OFFER
        if not self.demand.starts(need):
            return Lack.NO_RAISER
        if len(self.ways[at].cost):
            return Lack.CAPACITY_USED
        near = self.demand.near(need, self.kind, unit)
        return Lack.NO_TIE if near is None else Lack.NEAR_BUT_UNTIED


def _whole(amounts: Amounts | Big) -> pl.Series:
    return pl.Series(amounts.round(0), dtype=pl.Float64).cast(COUNT)
