"""What is still wanted, by whom, and which ways lead from it to what is offered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl

from orgnet.grammar import Automaton, automaton
from orgnet.index import NONE, Index, Mask, Numbers
from orgnet.integration.graph import Big, Graph, graph_of
from orgnet.integration.stock import USED, Offers, offers_of, starts_of
from orgnet.integration.walks import FAR, arcs_by_state, least, reached
from orgnet.query import Column
from orgnet.rules import Rules
from orgnet.schema.vocabulary import ResourceKind, Vocabulary

TEXT, COUNT = pl.String(), pl.Int64()
SETTLED = ("met", "withdrawn")
ABOUT = (  # what is said of a need: see `about`
    Column("need", TEXT, "需求", "id of the need", holds_ids=True),
    Column("name", TEXT, "需求内容", "what is needed"),
    Column("kind", TEXT, "类别", "kind of resource", vocabulary=ResourceKind),
    Column("area", TEXT, "所在区域", "its community, or higher area", holds_ids=True),
)


class Lack(Vocabulary):
    """Why a need goes without."""

    NO_OFFER = "no_offer", "无同类可用资源"
    NO_RAISER = "no_raiser", "无可出面协调的提出方"
    NEAR_BUT_UNTIED = "near_but_untied", "同社区有资源但无协调路径"
    NO_TIE = "no_tie", "无协调路径"
    CAPACITY_USED = "capacity_used", "可及资源余量已用尽"

    @property
    def en(self) -> str:
        """The English words shown to readers."""
        return {
            "no_offer": "nothing of its kind is to be had",
            "no_raiser": "nobody raises it who could ask",
            "near_but_untied": "something stands near by, but no way leads to it",
            "no_tie": "no way leads to anything of its kind",
            "capacity_used": "what is in reach is used up",
        }[self.value]


class Ways(NamedTuple):
    """The offers of a kind in reach, by their rows, and the least cost to each."""

    offers: Big
    cost: Big


NOWHERE = Ways(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


@dataclass(frozen=True)
class Demand:
    """The needs of a day that are not met, and the ways from them.

    Parameters
    ----------
    index
        The network on the day.
    rules
        `costs`, `grammar`, `max_hops` and `due_soon_days` count here.
    """

    index: Index
    rules: Rules

    def open(self, within: str | None, kinds: Sequence[str] | None) -> pl.DataFrame:
        """Return needs that are not met: `need`, `kind`, `unit`, `quantity`, `weight`.

        Parameters
        ----------
        within
            Id or code of the area in which a need, or who raises it, stands.
        kinds
            Of which kinds; all if none.
        """
        needs = self.index.nodes("Need").with_columns(pl.col("kind").cast(TEXT))
        open_ = ~pl.col("status").cast(TEXT).is_in(SETTLED).fill_null(value=False)
        if kinds is not None:
            open_ &= pl.col("kind").is_in(list(kinds))
        found = needs.filter(open_).select(
            pl.col("node").alias("need"),
            "kind",
            pl.col("quantity_unit").alias("unit"),
            "quantity",
            (pl.col("urgency").fill_null(1) + self._due()).alias("weight"),
        )
        if within is None:
            return found.sort("need")
        there = self._inside(found["need"].to_numpy(), within)
        return found.filter(pl.Series(there)).sort("need")

    def _due(self) -> pl.Expr:
        """Return 1 for a need whose deadline is near or past, 0 for others."""
        day = self.index.day
        if day is None:
            return pl.lit(0)
        last = day + timedelta(days=self.rules.due_soon_days)
        return (pl.col("due_on") <= last).fill_null(value=False).cast(COUNT)

    def wanted(self, within: str | None, kinds: Sequence[str] | None) -> pl.DataFrame:
        """Return open needs of which something was not matched yet: `wanted` of it."""
        matched = (
            self.index.ties("MATCHED_TO")
            .filter(pl.col("status").cast(TEXT).is_in(USED))
            .group_by("head")
            .agg(pl.col("quantity").sum().alias("matched"))
        )
        rest = pl.col("quantity").fill_null(1) - pl.col("matched").fill_null(0)
        return (
            self.open(within, kinds)
            .join(matched, left_on="need", right_on="head", how="left")
            .select("need", "kind", "unit", rest.alias("wanted"), "weight")
            .filter(pl.col("wanted") > 0)
            .sort("need")
        )

    def _inside(self, needs: Numbers, within: str) -> Mask:
        """Tell which needs stand in an area, or are raised from it."""
        index = self.index
        inside = index.in_area(index.area(within))
        row, raiser = index.csr("RAISES", backward=True).follow(needs)
        there = inside[needs]
        there[row[inside[raiser]]] = True
        return there

    @cached_property
    def _known(self) -> dict[tuple[tuple[int, ...], str], Ways]:
        return {}

    @cached_property
    def grammar(self) -> Automaton:
        """The compiled grammar of paths."""
        return automaton(self.rules)

    @cached_property
    def graph(self) -> Graph:
        """The steps between organizations."""
        steps = self.grammar.steps
        return self.index.once(
            ("integration.graph", steps), lambda: graph_of(self.index, steps)
        )

    def least(self, own: Big, scale: int = 1) -> Big:
        """Return for each node the least label that a path from it leads to.

        Parameters
        ----------
        own, scale
            As in :func:`orgnet.integration.walks.least`.
        """
        arcs = self.index.once(
            ("integration.arcs", self.grammar),
            lambda: arcs_by_state(self.graph, self.grammar),
        )
        return least(arcs, self.grammar, own, self.rules.max_hops, scale)

    def offers(self, kind: str, *, used_up: bool = False) -> Offers:
        """Return what is offered of a kind and left, or instead what is used up."""
        return self.index.once(
            ("integration.offers", kind, used_up),
            lambda: offers_of(self.index, kind, used_up=used_up),
        )

    def starts(self, need: int) -> tuple[int, ...]:
        """Return the organizations that raise a need."""
        return tuple(starts_of(self.index, need))

    def ways(self, need: int, kind: str) -> Ways:
        """Return which offers of a kind a need can reach, the cheapest first.

        Needs that the same organizations raise share the search.
        """
        starts, offers = self.starts(need), self.offers(kind)
        if not starts or not len(offers.owners):
            return NOWHERE
        if (starts, kind) not in self._known:
            hops = self.rules.max_hops
            nodes, cost = reached(self.graph, self.grammar, np.array(starts), hops)
            first, past = (
                np.searchsorted(offers.owners, nodes, side=side)
                for side in ("left", "right")
            )
            counts = past - first
            rows = np.repeat(first - np.cumsum(counts) + counts, counts)
            rows = rows + np.arange(len(rows))
            cost = np.repeat(cost, counts)
            order = np.lexsort((rows, cost))
            self._known[starts, kind] = Ways(rows[order], cost[order])
        return self._known[starts, kind]

    def fitting(self, kind: str, unit: str | None) -> Mask:
        """Tell which offers of a kind are counted in a unit of measure, or in none.

        All are, where the unit is null.
        """
        if (kind, unit) not in self._fits:
            column = self.index.column("Resource", "capacity_unit")
            units = column.gather(self.offers(kind).resources)
            same = units.is_in([unit]) | units.is_null() | (unit is None)
            self._fits[kind, unit] = same.to_numpy()
        return self._fits[kind, unit]

    @cached_property
    def _fits(self) -> dict[tuple[str, str | None], Mask]:
        return {}

    def near(
        self, need: int, kind: str, unit: str | None = None
    ) -> tuple[int, int] | None:
        """Return a resource of a kind in the community of a need, and its owner.

        It may stand in the community of whoever raises the need as well; of several the
        smallest number is taken; null if there is none.

        Parameters
        ----------
        need, kind
            The need, and of which kind it is.
        unit
            The unit of measure that a resource must be counted in, if in any; null for
            whatever unit.
        """
        if (kind, unit) not in self._homes:
            kept = self.fitting(kind, unit)
            self._homes[kind, unit] = self._standing(self.offers(kind), kept)
        homes = self.index.home[[need, *self.starts(need)]].tolist()
        known = [self._homes[kind, unit].get(home) for home in homes if home != NONE]
        return min((k for k in known if k is not None), default=None)

    def _standing(self, offers: Offers, kept: Mask) -> dict[int, tuple[int, int]]:
        """Return the smallest resource in each community, with its smallest owner.

        One without a place stands where its owner does.
        """
        index = self.index
        resources, first = np.unique(offers.resources[kept], return_index=True)
        owners = offers.owners[kept][first]  # offers are in the order of owners
        lost = index.place[resources] == NONE
        homes = index.home[np.where(lost, owners, resources)]
        communities, at = np.unique(homes, return_index=True)
        found = zip(resources[at].tolist(), owners[at].tolist(), strict=True)
        return dict(zip(communities.tolist(), found, strict=True))

    @cached_property
    def _homes(self) -> dict[tuple[str, str | None], dict[int, tuple[int, int]]]:
        return {}

    def nearest(self, needs: pl.DataFrame, *, used_up: bool = False) -> pl.DataFrame:
        """Return the resource that is nearest to each need, where a path leads to one.

        Parameters
        ----------
        needs
            As :meth:`open` returns them.
        used_up
            Whether resources are looked for that have nothing left.

        Returns
        -------
        DataFrame
            `need`, `resource` and `owner` by number, `cost` and capacity `left`.
        """
        shape = {"need": pl.Int32, "resource": pl.Int32, "owner": pl.Int32}
        parts = [pl.DataFrame(schema={**shape, "cost": COUNT, "left": COUNT})]
        for (kind,), part in needs.group_by("kind", maintain_order=True):
            offers = self.offers(str(kind), used_up=used_up)
            if len(offers.owners):
                parts.append(self._nearest(part["need"].to_list(), offers))
        return pl.concat(parts)

    def _nearest(self, needs: list[int], offers: Offers) -> pl.DataFrame:
        """Return what of one kind is nearest; of one cost, the smallest ids."""
        order = np.lexsort((offers.owners, offers.resources))
        scale, places = len(order), np.arange(len(order))
        own = np.full(self.index.size, FAR)
        np.minimum.at(own, offers.owners[order], places)
        labels = self.least(own, scale)
        starts = [self.starts(need) for need in needs]
        best = np.array(
            [min((labels[s] for s in found), default=FAR) for found in starts],
            dtype=np.int64,
        )
        at = np.flatnonzero(best < FAR)
        cost, place = np.divmod(best[at], scale)
        row = order[place]
        return pl.DataFrame(
            {
                "need": pl.Series([needs[a] for a in at.tolist()], dtype=pl.Int32),
                "resource": offers.resources[row],
                "owner": offers.owners[row],
                "cost": cost,
                "left": offers.left.gather(row).cast(COUNT),
            }
        )


def about(index: Index, needs: pl.DataFrame) -> pl.DataFrame:
    """Return what is said of needs: `node`, `need`, `name`, `kind` and `area`.

    Parameters
    ----------
    index
        The network on the day.
    needs
        As :meth:`Demand.open` returns them.
    """
    numbers = needs["need"]
    return pl.DataFrame(
        {
            "node": numbers,
            "need": index.net.ids.gather(numbers),
            "name": index.column("Need", "name").gather(numbers),
            "kind": needs["kind"],
            "area": index.id_of(index.community[numbers.to_numpy()]),
        }
    )
