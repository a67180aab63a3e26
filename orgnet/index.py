"""The integer view of a network on a day: masks, arcs, parents and places.

Everything is computed when first asked for and kept: a network never changes.
"""

from collections.abc import Callable, Hashable, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from orgnet.errors import OrgnetError, UnknownAreaError, some
from orgnet.schema.vocabulary import AreaLevel

if TYPE_CHECKING:
    from orgnet.network import Network

Made = TypeVar("Made")
Array = TypeVar("Array", bound=npt.NDArray[Any])
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int32]
NONE = -1  # the number of no node
DEEPEST = 16  # steps up the area tree before a walk is taken for a cycle
NEAR = 3  # how many like-named areas a message names


class Csr(NamedTuple):
    """Neighbours in compressed rows, node n has `heads[starts[n]:starts[n+1]]`.

    `rows` says which row of the type's valid ties each neighbour came from.
    """

    starts: npt.NDArray[np.int64]
    heads: Numbers
    rows: Numbers

    def follow(
        self, numbers: npt.NDArray[Any]
    ) -> tuple[npt.NDArray[np.int64], Numbers]:
        """Return all neighbours of these nodes, and which of them each belongs to.

        The first array counts from 0 in `numbers`; a node may stand there repeatedly,
        and the missing node -1 has no neighbour.
        """
        there = np.maximum(numbers, 0)
        counts = np.where(numbers >= 0, self.starts[there + 1] - self.starts[there], 0)
        which = np.repeat(np.arange(len(numbers)), counts)
        first = np.repeat(self.starts[there] - np.cumsum(counts) + counts, counts)
        return which, self.heads[first + np.arange(len(which))]


def as_day(day: date | str | None) -> date | None:
    """Read a day given as a date or in the form 2019-08-07.

    Raises
    ------
    OrgnetError
        If the text is no such day.
    """
    if isinstance(day, datetime):
        return day.date()
    if day is None or isinstance(day, date):
        return day
    try:
        return date.fromisoformat(day)
    except (TypeError, ValueError):
        msg = f"no day {day!r}: write it as 2019-08-07"
        raise OrgnetError(msg, [day]) from None


def valid_on(day: date | None) -> pl.Expr:
    """Return the expression of validity on a day: from included, to excluded."""
    if day is None:
        return pl.lit(value=True)
    begun = pl.col("valid_from").is_null() | (pl.col("valid_from") <= day)
    return begun & (pl.col("valid_to").is_null() | (pl.col("valid_to") > day))


class Index:
    """What a network holds on a day, by node number.

    Numbers follow the order of ids, so the smallest number is the smallest id. A
    missing node is -1.

    Parameters
    ----------
    net
        The network.
    day
        The day; None counts whatever the network holds.
    """

    def __init__(self, net: "Network", day: date | None) -> None:
        self.net = net
        self.day = day
        self.size = len(net)
        self._ties: dict[str, pl.DataFrame] = {}
        self._csr: dict[tuple[str, bool], Csr] = {}
        self._levels: dict[str, Mask] = {}
        self._ancestors: dict[str, Numbers] = {}
        self._made: dict[Hashable, Any] = {}

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what `make` gives, made for this key only once."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    @cached_property
    def valid(self) -> Mask:
        """Which nodes are valid on the day."""
        if self.day is None:
            return np.ones(self.size, dtype=bool)
        tables = self.net.node_tables
        masks = [
            tables[k].select(_mask(self.day)).to_series() for k in self.net.schema.kinds
        ]
        return pl.concat(masks).to_numpy() if masks else np.zeros(0, dtype=bool)

    def nodes(self, label: str) -> pl.DataFrame:
        """Return the valid nodes of a kind, their numbers in the column `node`."""
        table = self.net.node_tables[label]
        start = self.net.offsets[label]
        numbers = pl.Series(
            "node", np.arange(start, start + table.height, dtype=np.int32)
        )
        numbered = table.with_columns(numbers)
        if self.day is None:
            return numbered
        return numbered.filter(pl.Series(self.valid[start : start + table.height]))

    def column(self, label: str, name: str) -> pl.Series:
        """Return an attribute by node number; null outside the kind."""
        table = self.net.node_tables[label]
        start = self.net.offsets[label]
        values = table[name]
        before = pl.Series(name, [None], values.dtype).new_from_index(0, start)
        after = before.clear().extend_constant(None, self.size - start - table.height)
        return pl.concat([before, values, after])

    def tie_mask(self, type_: str) -> Mask:
        """Mark the relationships of a type that are valid on the day, ends too."""
        table = self.net.tie_tables[type_]
        if self.day is None:
            return np.ones(table.height, dtype=bool)
        mask = table.select(_mask(self.day)).to_series().to_numpy()
        tail, head = table["tail"].to_numpy(), table["head"].to_numpy()
        return mask & self.valid[tail] & self.valid[head]

    def ties(self, type_: str) -> pl.DataFrame:
        """Return the valid relationships of a type: `tail`, `head` and attributes."""
        if type_ not in self._ties:
            table = self.net.tie_tables[type_]
            kept = (
                table
                if self.day is None
                else table.filter(pl.Series(self.tie_mask(type_)))
            )
            self._ties[type_] = kept
        return self._ties[type_]

    def arcs(self, type_: str) -> tuple[Numbers, Numbers]:
        """Return tails and heads of the valid relationships of a type."""
        table = self.ties(type_)
        return table["tail"].to_numpy(), table["head"].to_numpy()

    def csr(self, type_: str, *, backward: bool = False) -> Csr:
        """Return the neighbours along a type, or against it, in order of number."""
        key = (type_, backward)
        if key not in self._csr:
            tail, head = self.arcs(type_)
            self._csr[key] = csr(
                *((head, tail) if backward else (tail, head)), self.size
            )
        return self._csr[key]

    def level(self, name: str) -> Mask:
        """Mark the valid areas of a level."""
        if name not in self._levels:
            same = self.column("Area", "level") == str(name)
            mask = same.fill_null(value=False).to_numpy() & self.valid
            self._levels[name] = _closed(mask)
        return self._levels[name]

    @cached_property
    def larger(self) -> Numbers:
        """The area each area belongs to: primary first, then the smallest id."""
        return self._one("PART_OF", prefer="primary")

    @cached_property
    def location(self) -> Numbers:
        """The area each thing stands in: primary first, then the smallest id."""
        return self._one("LOCATED_IN", prefer="primary")

    @cached_property
    def host(self) -> Numbers:
        """The unit or area each party organization sits in."""
        return self._one("HOSTED_BY")

    @cached_property
    def superior(self) -> Numbers:
        """The superior for chains: latest begun, nulls last, then smallest id."""
        table = self.ties("SUBORDINATE_TO")
        order = table.sort(
            ["tail", "valid_from", "head"],
            descending=[False, True, False],
            nulls_last=True,
        )
        return self._scatter(order.unique("tail", keep="first", maintain_order=True))

    def _one(self, type_: str, prefer: str | None = None) -> Numbers:
        table = self.ties(type_)
        if prefer:
            chosen = pl.col(prefer).fill_null(value=False)
            table = table.sort(
                ["tail", chosen, "head"], descending=[False, True, False]
            )
        else:
            table = table.sort("tail", "head")
        return self._scatter(table.unique("tail", keep="first", maintain_order=True))

    def _scatter(self, table: pl.DataFrame) -> Numbers:
        numbers = np.full(self.size, NONE, dtype=np.int32)
        numbers[table["tail"].to_numpy()] = table["head"].to_numpy()
        return _closed(numbers)

    @cached_property
    def place(self) -> Numbers:
        """Where each node is: itself, its location, its host's place; or -1."""
        place = self.location.copy()
        areas = self._of_kind("Area")
        place[areas] = np.flatnonzero(areas)
        hosted = self.host != NONE
        place[hosted] = place[self.host[hosted]]
        return _closed(place)

    @cached_property
    def standing(self) -> Numbers:
        """As `place`; an organization without one stands where its superior does."""
        place, above = self.place.copy(), self.superior.copy()
        for _ in range(self.size.bit_length()):  # each turn looks twice as far up
            lost = np.flatnonzero((place == NONE) & (above != NONE))
            if not len(lost):
                break
            place[lost] = place[above[lost]]
            above[lost] = above[above[lost]]
        return _closed(place)

    def _of_kind(self, label: str) -> Mask:
        mask = np.zeros(self.size, dtype=bool)
        start = self.net.offsets[label]
        mask[start : start + self.net.node_tables[label].height] = True
        return mask

    def ancestor(self, level: str) -> Numbers:
        """Return the first area of a level at or above each area; or -1."""
        if level not in self._ancestors:
            self._ancestors[level] = _closed(self.walk(self.level(level)))
        return self._ancestors[level]

    def at_or_above(self, level: str, places: Numbers) -> Numbers:
        """Return the first area of a level at or above each of these places; or -1."""
        return np.where(places == NONE, NONE, self.ancestor(level)[places])

    def walk(self, wanted: Mask) -> Numbers:
        """Return the first wanted area at or above each area; or -1."""
        found = np.full(self.size, NONE, dtype=np.int32)
        start = np.flatnonzero(self._of_kind("Area") & self.valid).astype(np.int32)
        at = start
        for _ in range(DEEPEST):
            hit = wanted[at]
            found[start[hit]] = at[hit]
            start, at = start[~hit], self.larger[at[~hit]]
            start, at = start[at != NONE], at[at != NONE]
            if not len(at):
                break
        return found

    def inside(self, places: Numbers, areas: Numbers) -> Mask:
        """Tell of each place whether it is the area given beside it, or lies in it."""
        found = np.zeros(len(places), dtype=bool)
        at = places
        for _ in range(DEEPEST):
            found |= (at == areas) & (at != NONE)
            at = np.where(at == NONE, NONE, self.larger[at])
            if not (at != NONE).any():
                break
        return found

    @cached_property
    def home(self) -> Numbers:
        """The first community on the walk up from each node's place; or -1."""
        communities = self.ancestor("community")
        return _closed(np.where(self.place != NONE, communities[self.place], NONE))

    @cached_property
    def community(self) -> Numbers:
        """The first community on the walk up from each node's place, else the place."""
        return _closed(np.where(self.home != NONE, self.home, self.place))

    @cached_property
    def neighbourhood(self) -> Numbers:
        """As `community`, of where each node is `standing`."""
        community = self.at_or_above("community", self.standing)
        return _closed(np.where(community == NONE, self.standing, community))

    def subtree(self, area: int) -> Mask:
        """Mark an area and all areas that belong to it, at any depth."""
        wanted = np.zeros(self.size, dtype=bool)
        wanted[area] = True
        return self.walk(wanted) != NONE

    def in_area(self, area: int) -> Mask:
        """Mark the valid nodes whose place lies in an area, and the area itself."""
        inside = self.subtree(area)
        placed = self.place != NONE
        mask = np.zeros(self.size, dtype=bool)
        mask[placed] = inside[self.place[placed]]
        return mask & self.valid

    def area(self, place: str) -> int:
        """Return the number of an area given by its id, a bare code or its name.

        Raises
        ------
        UnknownAreaError
            If no area, or more than one, has it on the day.
        """
        areas = self.nodes("Area")
        found = area_named(place, areas)
        return int(areas.row(by_predicate=pl.col("id") == found, named=True)["node"])

    @cached_property
    def area_organizations(self) -> tuple[Numbers, Numbers]:
        """Organizations of areas, and which: each covers it and is set at its level."""
        ties = self.organization_covers()
        tail, head = ties["tail"], ties["head"]
        settings = self.column("PartyOrganization", "setting")
        levels = self.column("Area", "level").gather(head).cast(pl.String)
        same = (settings.gather(tail).cast(pl.String) == levels).fill_null(value=False)
        kept = ties.select("tail", "head").filter(same).unique().sort("tail", "head")
        return kept["tail"].to_numpy(), kept["head"].to_numpy()

    @cached_property
    def area_organization(self) -> Numbers:
        """The organization of each area; of several, the one with the smallest id."""
        organizations, areas = self.area_organizations
        organization = np.full(self.size, NONE, dtype=np.int32)
        organization[areas[::-1]] = organizations[::-1]  # the smallest is written last
        return _closed(organization)

    def organization_covers(self) -> pl.DataFrame:
        """Return the valid COVERS whose basis is organization."""
        return self.ties("COVERS").filter(pl.col("basis") == "organization")

    def id_of(self, numbers: Sequence[int] | Numbers) -> pl.Series:
        """Return the ids of these numbers; null for -1."""
        series = pl.Series(np.asarray(numbers, dtype=np.int64))
        return self.net.ids.gather(series.replace(NONE, None))


def _closed(array: Array) -> Array:
    """Close an array to writing: it is the same for everyone who asks."""
    array.setflags(write=False)
    return array


def _mask(day: date) -> pl.Expr:
    return valid_on(day).alias("valid")


def csr(tail: Numbers, head: Numbers, size: int) -> Csr:
    """Return neighbours in compressed rows, in order of number within a row."""
    order = np.lexsort((head, tail)).astype(np.int32)
    starts = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount(tail, minlength=size), out=starts[1:])
    return Csr(starts, head[order], order)


def is_a(net: "Network", label: str, column: str) -> pl.Expr:
    """Return the expression that a column holds numbers of nodes of a kind."""
    first = net.offsets[label]
    return pl.col(column).is_between(first, first + net.counts[label] - 1)


def area_named(place: str, areas: pl.DataFrame) -> str:
    """Return the id of the one area that has this id, bare code or name.

    Parameters
    ----------
    place
        An id; or a code; or, since rosters often lack codes, a name that no area has as
        its code.
    areas
        The areas of the day: `id`, `code`, `name`, `level`.

    Raises
    ------
    UnknownAreaError
        If no area, or more than one, has it.
    """
    place = str(place)  # a code written as a number
    if place.startswith("area:"):
        found = areas.filter(pl.col("id") == place)
    else:
        coded = areas.filter(pl.col("code") == place)
        found = coded if coded.height else areas.filter(pl.col("name") == place)
    if found.height == 1:
        return str(found[0, "id"])
    if found.height > 1:
        ids = found["id"].to_list()
        msg = f"{place!r} names {len(ids)} areas: {some(ids)}; give one of these ids"
        raise UnknownAreaError(msg, ids)
    raise _unknown_area(place, areas)


def _unknown_area(place: str, areas: pl.DataFrame) -> UnknownAreaError:
    key = place.removeprefix("area:").partition("@")[0]
    prefix = pl.col("id").str.slice(len("area:"))
    ranks = {level.value: i for i, level in enumerate(AreaLevel)}
    rank = pl.col("level").cast(pl.String).replace_strict(ranks)
    for length in range(len(key), -1, -1):
        alike = prefix.str.starts_with(key[:length]) | pl.col("name").str.starts_with(
            key[:length]
        )
        near = areas.filter(alike).sort(rank, "id").head(NEAR)
        if near.height:
            break
    named = [f"{i!r} {n}" for i, n in near.select("id", "name").iter_rows()]
    msg = (
        f"no area {place!r} in a network of {areas.height:,} areas. "
        f"Nearest: {', '.join(named) or 'none'}. "
        "List them with net.areas() or `orgnet areas`."
    )
    return UnknownAreaError(msg, [place])
