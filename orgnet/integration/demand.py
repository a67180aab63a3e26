"""What is still wanted, by whom, and which ways lead from it to what is offered."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl

from orgnet.grammar import Automaton, automaton
from orgnet.index import NONE, Index
from orgnet.integration.graph import Big, Graph, graph_of
from orgnet.integration.reach import reached
from orgnet.integration.stock import USED, Offers, offers_of, starts_of
from orgnet.rules import Rules

TEXT, COUNT = pl.String(), pl.Int64()
SETTLED = ("met", "withdrawn")


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
        `costs`, `grammar` and `max_hops` count here.
    """

    index: Index
    rules: Rules

    def wanted(self, within: str | None, kinds: Sequence[str] | None) -> pl.DataFrame:
        """Return needs that are not met: `need`, `kind`, `unit`, `wanted`, `weight`.

        Parameters
        ----------
        within
            Id or code of the area in which a need, or who raises it, stands.
        kinds
            Of which kinds; all if none.
        """
        matched = (
            self.index.ties("MATCHED_TO")
            .filter(pl.col("status").cast(TEXT).is_in(USED))
            .group_by("head")
            .agg(pl.col("quantity").sum().alias("matched"))
        )
        needs = self.index.nodes("Need").with_columns(pl.col("kind").cast(TEXT))
        open_ = ~pl.col("status").cast(TEXT).is_in(SETTLED).fill_null(value=False)
        if kinds is not None:
            open_ &= pl.col("kind").is_in(list(kinds))
        rest = pl.col("quantity").fill_null(1) - pl.col("matched").fill_null(0)
        found = (
            needs.filter(open_)
            .join(matched, left_on="node", right_on="head", how="left")
            .select(
                pl.col("node").alias("need"),
                "kind",
                pl.col("quantity_unit").alias("unit"),
                rest.alias("wanted"),
                pl.col("urgency").fill_null(1).alias("weight"),
            )
            .filter(pl.col("wanted") > 0)
            .sort("need")
        )
        if within is None:
            return found
        there = self._inside(found["need"].to_list(), within)
        return found.filter(pl.Series(there, dtype=pl.Boolean))

    def _inside(self, needs: list[int], within: str) -> list[bool]:
        """Tell which needs stand in an area, or are raised from it."""
        index = self.index
        inside = index.in_area(index.area(within))
        row, raiser = index.csr("RAISES", backward=True).follow(np.array(needs))
        there = inside[needs]
        there[row[inside[raiser]]] = True
        return there.tolist()

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

    def offers(self, kind: str) -> Offers:
        """Return what is offered of a kind."""
        return self.index.once(
            ("integration.offers", kind), lambda: offers_of(self.index, kind)
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

    def is_near(self, need: int, kind: str) -> bool:
        """Tell whether something of a kind stands in the community of a need."""
        if kind not in self._homes:
            home, offers = self.index.home, self.offers(kind)
            own = home[offers.resources]
            places = np.where(own == NONE, home[offers.owners], own)
            self._homes[kind] = set(places.tolist()) - {NONE}
        ends = (need, *self.starts(need))
        return any(int(self.index.home[n]) in self._homes[kind] for n in ends)

    @cached_property
    def _homes(self) -> dict[str, set[int]]:
        return {}
