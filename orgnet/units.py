"""What is known of each unit: its operation and members, who covers it, its ties."""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl

from orgnet.index import NONE, Csr, Index, Mask, Numbers, csr
from orgnet.kleene import Condition, Truth
from orgnet.rules import Rules
from orgnet.schema.vocabulary import AreaLevel
from orgnet.words import GROUPS, Reason, unknown

ORGANIZATION_HELD, WORK_HELD = "COVERS{organization}:Unit", "COVERS{work}:Unit"
UNKNOWN_COVER = unknown("COVERS:Unit")
DEMONSTRATION = ("false", "true")
GROUPINGS = (*(str(level) for level in AreaLevel), *GROUPS, "demonstration")
TIES_TO_AREA = {  # each with what a roster says of it, unit by unit
    "HOLDS_SEAT_ON": "reported_seat",
    "PARTNERS_WITH": "reported_agreement",
    "EVALUATES": None,
}


class Units:
    """What is known of each unit on a day; every column is in the order of ids.

    Parameters
    ----------
    index
        The network on a day.
    rules
        What counts.
    """

    def __init__(self, index: Index, rules: Rules) -> None:
        self.net, self.index, self.rules = index.net, index, rules
        self.table = self.net.node_tables["Unit"]
        start = self.net.offsets["Unit"]
        self.numbers = np.arange(start, start + self.table.height, dtype=np.int32)

    @cached_property
    def in_operation(self) -> Truth:
        """Whether it is in operation; a unit that is closed is not."""
        closed = (self.table["status"] == "closed").fill_null(value=False).to_numpy()
        operating = self.table["operating"]
        if self.rules.presumed_operating:
            operating = operating.fill_null(value=True)
        return Truth.of(operating) & ~Truth.known(closed)

    @cached_property
    def full_members(self) -> pl.Series:
        """How many full members it has; members where the rules take them instead."""
        full = self.table["full_members"]
        if not self.rules.members_as_full:
            return full
        return full.fill_null(self.table["members"])

    @cached_property
    def must_found(self) -> Truth:
        """Whether it has the members from which it must have an organization."""
        return Truth.of(self.full_members >= self.rules.min_full_members)

    @cached_property
    def may_join(self) -> Truth:
        """Whether it has members, but fewer than that."""
        return Truth.of(self.full_members >= 1) & ~self.must_found

    @cached_property
    def covers(self) -> pl.DataFrame:
        """The relationships that count as coverage of units."""
        functional = self.rules.functional_for_units
        return counting_covers(self.index, "Unit", functional=functional)

    def covered(self, basis: str, modes: Sequence[str] | None = None) -> Mask:
        """Mark the units that are covered on a basis, in one of these modes if any."""
        kept = pl.col("basis") == basis
        if modes is not None:
            kept &= pl.col("mode").is_in([str(m) for m in modes])
        mask = np.zeros(self.table.height, dtype=bool)
        mask[self.covers.filter(kept)["row"].to_numpy()] = True
        return mask

    @cached_property
    def reported_only(self) -> Mask:
        """Whether a roster says it has an organization, and there is none."""
        said = self.table["reported_party_org"].fill_null(value=False).to_numpy()
        return said & ~self.covered("organization")

    def has_organization(self, modes: Sequence[str] | None = None) -> Truth:
        """Whether an organization covers it, in one of these modes if given."""
        complete = self.net.holds(ORGANIZATION_HELD)
        found = Truth.found(self.covered("organization", modes), complete=complete)
        return Truth(found.yes, found.no & ~self.reported_only)

    @cached_property
    def has_work(self) -> Truth:
        """Whether work coverage is sent to it, such as an instructor."""
        found, said = self.covered("work"), Truth.of(self.table["reported_instructor"])
        return _found_or_said(found, said, held=self.net.holds(WORK_HELD))

    def without_work(self) -> list[Condition]:
        """Return the conditions of no work coverage's being sent to it."""
        said = Truth.of(self.table["reported_instructor"])
        return [_unless_said(self.has_work, said), (~self.has_work, UNKNOWN_COVER)]

    def untied(self, type_: str, found: Mask) -> list[Condition]:
        """Return the conditions of no relationship of a type tying it to its area.

        Parameters
        ----------
        type_
            One of `TIES_TO_AREA`.
        found
            Which units one was found to tie.
        """
        what, held = f"{type_}:Unit", self.net.holds(f"{type_}:Unit")
        attribute = TIES_TO_AREA[type_]
        if attribute is None:
            return [(~Truth.found(found, complete=held), unknown(what))]
        said = Truth.of(self.table[attribute])
        tied = _found_or_said(found, said, held=held)
        return [_unless_said(tied, said), (~tied, unknown(what))]

    def without_organization(
        self, modes: Sequence[str] | None = None
    ) -> list[Condition]:
        """Return the conditions of no organization's covering it in these modes."""
        return [
            (Truth.unless_unknown(self.reported_only), Reason.REPORTED_ONLY),
            (~self.has_organization(modes), UNKNOWN_COVER),
        ]


def _found_or_said(found: Mask, said: Truth, *, held: bool) -> Truth:
    """Tell what was found, from what rosters say where nothing was.

    A relationship found is true. Where there is none, the unit's own no is false and
    its yes leaves it unknown; where it says nothing, what the network holds decides.
    """
    return Truth(found, ~found & (said.no | (said.unknown & held)))


def _unless_said(known: Truth, said: Truth) -> Condition:
    """Return the condition that is unknown where a roster alone says yes."""
    return Truth.unless_unknown(said.yes & ~known.yes), Reason.REPORTED_ONLY


def counting_covers(index: Index, label: str, *, functional: bool) -> pl.DataFrame:
    """Return the COVERS onto a kind that count: `row` in its table, `basis`, `mode`.

    Parameters
    ----------
    index
        The network on a day.
    label
        Unit or Area.
    functional
        Whether functional organizations 功能型 count; null membership is formal.
    """
    ties = index.ties("COVERS")
    row = ties["head"] - index.net.offsets[label]
    kept = row.is_between(0, index.net.counts[label] - 1)
    if not functional:
        membership = index.column("PartyOrganization", "membership_basis")
        kept &= membership.gather(ties["tail"]).ne_missing("functional")
    return ties.select("basis", "mode", row.alias("row")).filter(kept)


class Homes:
    """The community and the street that each node stands in, and who is tied to them.

    Arrays have one entry a node, by number.

    Parameters
    ----------
    index
        The network on a day.
    """

    def __init__(self, index: Index) -> None:
        self.index = index
        self.community = index.at_or_above(AreaLevel.COMMUNITY, index.place)
        self.street = index.at_or_above(AreaLevel.STREET, index.place)

    @property
    def known(self) -> Mask:
        """Whether it stands in a community or in a street."""
        return (self.community != NONE) | (self.street != NONE)

    def tied(self, type_: str) -> Mask:
        """Mark what a relationship ties to an organization of its community or street.

        A relationship of an organization that a unit hosts is the unit's too.
        """
        ties = self.index.ties(type_)
        if type_ == "EVALUATES":
            ties = ties.filter(_returned())
        tail, head = ties["tail"].to_numpy(), ties["head"].to_numpy()
        mask = np.zeros(self.index.size, dtype=bool)
        mask[self._at_home(tail, head)] = True
        if type_ == "EVALUATES":
            mask[self._at_home(head, tail)] = True
        return mask

    @cached_property
    def _areas_of(self) -> Csr:
        return csr(*self.index.area_organizations, self.index.size)

    def _at_home(self, side: Numbers, organization: Numbers) -> Numbers:
        """Return the nodes at whose home these organizations are."""
        row, area = self._areas_of.follow(organization)
        hosted, host = self.index.csr("HOSTED_BY").follow(side[row])
        node = np.concatenate([side[row], host])
        area = np.concatenate([area, area[hosted]])
        return node[(area == self.community[node]) | (area == self.street[node])]

    def gives_nothing(self) -> list[Condition]:
        """Return the conditions of offering nothing that reaches one's own street.

        What is offered reaches it by standing there, or by being matched to a need that
        stands there or that an area there raised.
        """
        index, place = self.index, self.index.place
        owner, resource = index.arcs("OFFERS")
        matched, need = index.csr("MATCHED_TO").follow(resource)
        giver = owner[matched]
        raised, raiser = index.csr("RAISES", backward=True).follow(need)
        nobodys = np.ones(len(need), dtype=bool)
        nobodys[raised] = False
        near = [
            owner[index.inside(place[resource], self.street[owner])],
            giver[index.inside(place[need], self.street[giver])],
            giver[raised][index.inside(raiser, self.street[giver[raised]])],
        ]
        reaches = self._marked(np.concatenate(near))
        left_open = {
            "LOCATED_IN:Resource": owner[place[resource] == NONE],
            "MATCHED_TO:Resource": owner,
            "RAISES:Need": giver[nobodys],
            "LOCATED_IN:Need": giver[place[need] == NONE],
        }
        held = index.net.complete
        all_offers = Truth.found(reaches, complete="OFFERS:Unit" in held)
        return [(~all_offers, unknown("OFFERS:Unit"))] + [
            (Truth.unless_unknown(self._marked(nodes)), unknown(what))
            for what, nodes in left_open.items()
            if what not in held
        ]

    def _marked(self, nodes: Numbers) -> Mask:
        mask = np.zeros(self.index.size, dtype=bool)
        mask[nodes] = True
        return mask


def _returned() -> pl.Expr:
    """Return the expression of a two-way evaluation that came back."""
    answered = pl.col("score").is_not_null() | pl.col("grade").is_not_null()
    came_back = (pl.col("status") == "returned").fill_null(answered)
    return (pl.col("kind") == "two_way") & came_back


class Groups(NamedTuple):
    """The groups that units are counted in.

    Parameters
    ----------
    codes
        Area id or vocabulary code of each group.
    names
        Name of each; null for codes.
    of_unit
        The group of each unit, by its place in `codes`; their number if it has none.
    """

    codes: pl.Series
    names: pl.Series
    of_unit: np.ndarray

    def listed(self, of_unit: np.ndarray) -> pl.DataFrame:
        """Return the groups as rows; the group of those without one, if there are any.

        Parameters
        ----------
        of_unit
            The groups of the units that are counted.
        """
        rows = pl.DataFrame({"group": self.codes, "name": self.names})
        without = bool((of_unit == rows.height).any())
        return pl.concat([rows, rows.clear(int(without))])


def groups_of(index: Index, units: Units, by: str, within: str | None) -> Groups:
    """Return the groups of one of `GROUPINGS`, and which group each unit is in."""
    place = index.place[units.numbers]
    if by in GROUPS:
        codes = sorted(GROUPS[by])
        of_unit = units.table[by].to_physical().cast(pl.Int64).fill_null(len(codes))
        return _coded(codes, of_unit.to_numpy())
    if by == "demonstration":
        marked = index.column("Area", "demonstration").fill_null(value=False)
        inside = index.walk(marked.to_numpy())[place] != NONE
        return _coded(DEMONSTRATION, np.where(place == NONE, 2, inside))
    return _by_level(index, place, by, within)


def _coded(codes: Sequence[str], of_unit: np.ndarray) -> Groups:
    listed = pl.Series([str(c) for c in codes], dtype=pl.String)
    return Groups(listed, listed.clear(len(codes)), of_unit)


def areas_that_bear(index: Index, level: str, within: str | None) -> Numbers:
    """Return the areas of a level; those that lie in an area or hold it, if given."""
    areas = np.flatnonzero(index.level(level)).astype(np.int32)
    if within is None:
        return areas
    scope = index.area(within)
    around = index.inside(np.full(len(areas), scope, dtype=np.int32), areas)
    return areas[index.subtree(scope)[areas] | around]


def _by_level(index: Index, place: Numbers, level: str, within: str | None) -> Groups:
    """Return the areas of a level as groups; those that bear on `within`, if given."""
    areas = areas_that_bear(index, level, within)
    number = np.full(index.size, len(areas))
    number[areas] = np.arange(len(areas))
    home = index.at_or_above(level, place)
    names = index.column("Area", "name").gather(areas)
    return Groups(
        index.id_of(areas), names, np.where(home == NONE, len(areas), number[home])
    )
