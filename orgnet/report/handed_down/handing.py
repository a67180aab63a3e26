"""What is handed down, and in whose workbook it stands: answers, places and names."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import polars as pl

from orgnet import coverage, evaluation, integration
from orgnet.index import NONE, Index, Numbers
from orgnet.network import Network
from orgnet.query import Result
from orgnet.report.handed_down.forms import LEVELS
from orgnet.rosters.keys import name_key
from orgnet.rules import Rules
from orgnet.words import GapClass

CLASSES: Final = (GapClass.G1, GapClass.G2, GapClass.G3, GapClass.G5)  # of units
WAYS: Final = {"down": "上评下", "up": "下评上"}
NOWHERE: Final = "—"  # read as empty; a blank cell would be filled from above
UPS: Final = ((), ("district",), ("street",))  # areas in which names are looked up
AREA: Final = "_area"  # number of the area whose workbook a row stands in


@dataclass(frozen=True)
class Handing:
    """What is asked, of which network, and by which level it is handed out.

    Parameters
    ----------
    net
        The network.
    split
        The level of area that has a workbook each.
    within
        Id or code of the area asked about; everything if none.
    day
        The day asked about; whatever the network holds, if none.
    rules
        What counts.
    """

    net: Network
    split: str
    within: str | None
    day: date | None
    rules: Rules

    @cached_property
    def index(self) -> Index:
        """The network on the day."""
        return self.net.index(self.day)

    @cached_property
    def asked(self) -> Result:
        """The answer about gaps of units, with what must be known to read it."""
        classes = [c.value for c in CLASSES]
        return coverage.gaps(
            self.net,
            within=self.within,
            day=self.day,
            classes=classes,
            rules=self.rules,
        )

    @property
    def gaps(self) -> pl.DataFrame:
        """The gaps of units."""
        return self.asked.frame

    @cached_property
    def rounds(self) -> list[str]:
        """The rounds that are closed; without a calendar the last one only."""
        known = evaluation.rounds(self.net, rules=self.rules).frame
        has_calendar = known["listed"].any()
        if self.day is not None:
            closed = pl.col("closes_on") < self.day
            known = known.filter(closed | ~pl.col("listed"))
        names = known["round"].to_list()
        return names if has_calendar else names[-1:]

    @cached_property
    def pairs(self) -> pl.DataFrame:
        """The expected pairs of these rounds in which a direction is missing."""
        asked = evaluation.pairs(
            self.net, within=self.within, day=self.day, rules=self.rules
        ).frame
        open_ = pl.any_horizontal(pl.col(f"{w}_state") == "missing" for w in WAYS)
        return asked.filter(pl.col("round").is_in(self.rounds), open_)

    @cached_property
    def needs(self) -> pl.DataFrame:
        """The open needs that no path leads from."""
        return integration.unreachable(
            self.net, within=self.within, day=self.day, rules=self.rules
        ).frame

    @cached_property
    def areas(self) -> pl.Series:
        """The numbers of the areas that have a workbook each."""
        level = pl.Series(self.index.level(self.split))
        if self.within is not None:
            area = self.index.area(self.within)
            level &= pl.Series(self.index.subtree(area))
        return level.arg_true().cast(pl.Int32)

    def numbers(self, ids: pl.Series) -> pl.Series:
        """Return the numbers of nodes; null for none."""
        found = self.net.ids.search_sorted(ids.fill_null("")).cast(pl.Int32)
        return where(ids.is_not_null(), found)

    def places(self, ids: pl.Series) -> pl.Series:
        """Return the numbers of the places of nodes; null for none."""
        return taken(self.index.place, self.numbers(ids))

    def larger(self, level: str, places: pl.Series) -> pl.Series:
        """Return the area of a level that each place is or lies in; null for none."""
        return taken(self.index.ancestor(level), places)

    def names(self, ids: pl.Series) -> pl.Series:
        """Return what nodes are called; null for none, and for who has no name."""
        called = self.net.names(ids.drop_nulls())
        return ids.replace_strict(called, default=None, return_dtype=pl.String)

    def located(self, places: pl.Series) -> list[pl.Series]:
        """Return the columns that say where a row stands, and in whose workbook."""
        columns = [
            self.words.gather(self.larger(level, places)).fill_null(NOWHERE).alias(zh)
            for level, zh in LEVELS.items()
        ]
        own = self.larger(self.split, places)  # outside what is handed out, nowhere
        listed = own.is_in(self.areas.implode()).fill_null(value=False)
        whose = pl.select(pl.when(listed).then(own)).to_series()
        return [*columns, whose.alias(AREA)]

    @cached_property
    def words(self) -> pl.Series:
        """What each area is called in its column: its name, if that tells which it is.

        A name is looked up within the larger area that the row names before it.
        """
        areas = self._areas
        community = pl.col("level") == "community"
        street = pl.when(community).then("street")
        district = pl.when(pl.col("level") != "district").then("district")
        once = [~pl.struct("level", "key", *up).is_duplicated() for up in UPS]
        alone = (
            pl.when(street.is_not_null())
            .then(once[2])
            .when(district.is_not_null())
            .then(once[1])
            .otherwise(once[0])
        )
        said = pl.when(alone).then("name").otherwise("id").alias("said")
        return self._by_number(areas.select("node", said))

    @cached_property
    def paths(self) -> pl.Series:
        """What each area is called after the larger ones, if no other is called so."""
        areas = self._areas
        names = self._by_number(areas.select("node", said="name"))
        above = [where(areas[level] != areas["node"], areas[level]) for level in LEVELS]
        parts = [
            names.gather(up).fill_null("").alias(f"_{n}") for n, up in enumerate(above)
        ]
        path = pl.DataFrame([*parts, areas["name"]]).select(
            path=pl.concat_str(pl.all())
        )
        named = areas.with_columns(path["path"], name_key(path["path"]).alias("key"))
        alone = ~pl.col("key").is_duplicated()
        said = pl.when(alone).then("path").otherwise("id").alias("said")
        return self._by_number(named.select("node", said))

    @property
    def _areas(self) -> pl.DataFrame:
        """The areas, with the larger ones they lie in, themselves included."""
        areas = self.index.nodes("Area").select("node", "id", "name", "level")
        larger = [self.larger(level, areas["node"]).alias(level) for level in LEVELS]
        return areas.with_columns(
            *larger,
            pl.col("level").cast(pl.String),
            name_key(areas["name"]).alias("key"),
        )

    def _by_number(self, said: pl.DataFrame) -> pl.Series:
        """Return words by node number, null where there are none."""
        every = pl.DataFrame({"node": pl.int_range(self.index.size, eager=True)})
        joined = every.cast({"node": pl.Int32}).join(
            said, on="node", how="left", maintain_order="left"
        )
        return joined["said"]


def taken(values: Numbers, numbers: pl.Series) -> pl.Series:
    """Return what stands at these numbers; null for none."""
    found = pl.Series(values).gather(numbers)
    return where(found != NONE, found)


def where(condition: pl.Series, values: pl.Series) -> pl.Series:
    """Return values where a condition holds; null elsewhere."""
    return pl.select(pl.when(condition).then(values)).to_series()
