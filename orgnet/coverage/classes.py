"""The seven classes of coverage gap: who may be one, and what makes it so."""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl

from orgnet.coverage.evidence import id_lists
from orgnet.coverage.scope import scope_of
from orgnet.cycles import shortest_cycles
from orgnet.index import DEEPEST, NONE, Index, Mask, Numbers, csr
from orgnet.kleene import Condition, Truth, first_unknown
from orgnet.rules import Rules
from orgnet.schema.vocabulary import AreaLevel
from orgnet.structure import (
    FAULTS,
    SUPERIORS_HELD,
    subordination,
)
from orgnet.units import TIES_TO_AREA, Homes, Units, counting_covers
from orgnet.words import GapClass, Reason, Remedy, unknown

COVERED_LEVELS = (
    AreaLevel.STREET,
    AreaLevel.COMMUNITY,
    AreaLevel.COMPOUND,
    AreaLevel.GRID,
)
SITED_LEVELS = (AreaLevel.COMMUNITY, AreaLevel.COMPOUND)


class Case:
    """What the gaps of a network are asked of: a day, a scope, the rules.

    Parameters
    ----------
    index
        The network on a day.
    within
        Id or code of an area; everything if none.
    rules
        What counts.
    """

    def __init__(self, index: Index, within: str | None, rules: Rules) -> None:
        self.index, self.rules, self.net = index, rules, index.net
        self.scope = scope_of(index, within)

    @cached_property
    def units(self) -> Units:
        """What is known of the units."""
        return Units(self.index, self.rules)

    def holds(self, what: str) -> bool:
        """Tell whether the network holds every relationship of a `TYPE:subject`."""
        return self.net.holds(what)

    def numbers(self, label: str) -> Numbers:
        """Return the numbers of all nodes of a kind."""
        start = self.net.offsets[label]
        return np.arange(start, start + self.net.counts[label], dtype=np.int32)


class Found(NamedTuple):
    """The subjects of one class that are a gap, or may be one.

    Parameters
    ----------
    class_
        The class of gap.
    numbers
        Their node numbers.
    undetermined
        Which of them only may be one.
    reasons
        Why, by code.
    evidence
        Lists of ids; null where there are none.
    """

    class_: GapClass
    numbers: Numbers
    undetermined: Mask
    reasons: pl.Series
    evidence: pl.Series | None = None


def _judged(
    class_: GapClass, subjects: Numbers, conditions: Sequence[Condition], reason: Reason
) -> Found:
    """List the subjects that fail none of these conditions for certain."""
    truths = [truth for truth, _ in conditions]
    listed = ~np.logical_or.reduce([t.no for t in truths])
    first = first_unknown(truths)[listed]
    codes = pl.Series([*(str(why) for _, why in conditions), str(reason)])
    reasons = codes.gather(np.where(first == NONE, len(conditions), first))
    return Found(class_, subjects[listed], first != NONE, reasons)


def _mandatory(case: Case) -> list[Found]:
    """Units that must have an organization of their own, and have none."""
    units = case.units
    modes = ["single", "joint"] if case.rules.joint_satisfies else ["single"]
    conditions = [
        (units.in_operation, unknown("operating")),
        (units.must_found, unknown("full_members")),
        *units.without_organization(modes),
    ]
    return _unit_gaps(case, GapClass.G1, conditions, Reason.MANDATORY)


def _unattached(case: Case) -> list[Found]:
    """Units with too few members for an organization that none has taken in."""
    units = case.units
    conditions = [
        (units.in_operation, unknown("operating")),
        (units.may_join, unknown("full_members")),
        *units.without_organization(),
    ]
    return _unit_gaps(case, GapClass.G2, conditions, Reason.UNATTACHED)


def _without_work(case: Case) -> list[Found]:
    """Units that neither an organization nor any work reaches."""
    units = case.units
    groups = ("has_union", "has_youth_league")
    conditions = [
        (units.in_operation, unknown("operating")),
        *units.without_organization(),
        *units.without_work(),
        *((~Truth.of(units.table[name]), unknown(name)) for name in groups),
    ]
    return _unit_gaps(case, GapClass.G3, conditions, Reason.NO_WORK_COVERAGE)


def _unit_gaps(
    case: Case, class_: GapClass, conditions: list[Condition], reason: Reason
) -> list[Found]:
    numbers = case.units.numbers
    asked = np.flatnonzero(case.scope[numbers])
    taken = [(truth.of_rows(asked), why) for truth, why in conditions]
    return [_judged(class_, numbers[asked], taken, reason)]


def _uncovered_areas(case: Case) -> list[Found]:
    """Areas of the four governed levels that no organization covers."""
    index, rules = case.index, case.rules
    ties = counting_covers(index, "Area", functional=rules.functional_for_areas)
    covered = np.zeros(index.size, dtype=bool)
    rows = ties.filter(basis="organization")["row"].to_numpy()
    covered[rows + case.net.offsets["Area"]] = True
    excused = np.zeros(index.size, dtype=bool)
    if not rules.exclusive_grids:
        exclusive = index.column("Area", "exclusive").fill_null(value=False).to_numpy()
        excused = exclusive & index.level(AreaLevel.GRID)
    found = []
    for level in COVERED_LEVELS:
        numbers = _asked(case, index.level(level) & ~excused)
        held = case.holds(f"COVERS{{organization}}:{level}")
        absent = ~Truth.found(covered[numbers], complete=held)
        conditions = [(absent, unknown(f"COVERS:{level}"))]
        found.append(_judged(GapClass.G4, numbers, conditions, Reason.NO_ORGANIZATION))
    return found


def _asked(case: Case, subjects: Mask) -> Numbers:
    return np.flatnonzero(case.scope & subjects).astype(np.int32)


def _untied(case: Case) -> list[Found]:
    """Resident units that nothing but their location ties to where they are."""
    homes, units = Homes(case.index), case.units
    resident = units.table["resident"].fill_null(value=False).to_numpy()
    rows = np.flatnonzero(resident & case.scope[units.numbers])
    asked = units.numbers[rows]
    conditions = [
        (Truth.unless_unknown(~homes.known[units.numbers]), unknown("LOCATED_IN:Unit"))
    ]
    for type_ in TIES_TO_AREA:
        conditions += units.untied(type_, homes.tied(type_)[units.numbers])
    conditions += [(t.of_rows(units.numbers), why) for t, why in homes.gives_nothing()]
    taken = [(truth.of_rows(rows), why) for truth, why in conditions]
    found = _judged(GapClass.G5, asked, taken, Reason.LOCATION_ONLY)
    return [found._replace(evidence=_organizations_of(homes, found.numbers))]


def _organizations_of(homes: Homes, nodes: Numbers) -> pl.Series:
    """Return the organizations of the communities and streets of these nodes."""
    index = homes.index
    places = np.stack([homes.community[nodes], homes.street[nodes]], axis=1)
    key = places[:, 0].astype(np.int64) * index.size + places[:, 1]
    _, first, back = np.unique(key, return_index=True, return_inverse=True)
    organizations, areas = index.area_organizations
    row, organization = csr(areas, organizations, index.size).follow(
        places[first].ravel()
    )
    return id_lists(index, row // 2, organization, len(first)).gather(back)


def _unchained(case: Case) -> list[Found]:
    """Organizations below the city that are not under one fitting superior."""
    index = case.index
    state = subordination(index, case.rules)
    settings = case.net.node_tables["PartyOrganization"]["setting"]
    below = case.numbers("PartyOrganization")[(settings != "city").to_numpy()]
    asked = below[case.scope[below]]
    listed = asked[(state.fault[asked] != NONE) | state.unknown[asked]]
    codes = pl.Series([*FAULTS, unknown(SUPERIORS_HELD)], dtype=pl.String)
    open_ = state.unknown[listed]
    reasons = codes.gather(np.where(open_, len(FAULTS), state.fault[listed]))
    evidence = _superiors_of(index, listed, state.fault[listed])
    return [Found(GapClass.G6, listed, open_, reasons, evidence)]


def _superiors_of(index: Index, nodes: Numbers, fault: np.ndarray) -> pl.Series:
    """Return the superiors of these nodes; of one on a cycle, the cycle's members."""
    in_circle = fault == FAULTS.index(Reason.CYCLE)
    at = np.flatnonzero(in_circle)
    arcs = index.arcs("SUBORDINATE_TO")
    row, node = index.csr("SUBORDINATE_TO").follow(np.where(in_circle, NONE, nodes))
    if len(at):
        place, member = shortest_cycles(*arcs, nodes[at], index.size)
        row, node = np.concatenate([row, at[place]]), np.concatenate([node, member])
    return id_lists(index, row, node, len(nodes))


def _without_site(case: Case) -> list[Found]:
    """Communities and compounds in which no site stands."""
    index = case.index
    at = index.location[case.numbers("Site")]
    sited = np.zeros(index.size, dtype=bool)
    for _ in range(DEEPEST):
        at = np.unique(at[at != NONE])
        sited[at] = True
        at = index.larger[at]
    numbers = _asked(case, np.logical_or.reduce([*map(index.level, SITED_LEVELS)]))
    absent = ~Truth.found(sited[numbers], complete=case.holds("LOCATED_IN:Site"))
    conditions = [(absent, unknown("LOCATED_IN:Site"))]
    return [_judged(GapClass.G7, numbers, conditions, Reason.NO_SITE)]


CLASSES = {
    GapClass.G1: ("Unit", Remedy.FOUND_ORGANIZATION, _mandatory),
    GapClass.G2: ("Unit", Remedy.JOIN_JOINT_BRANCH, _unattached),
    GapClass.G3: ("Unit", Remedy.SEND_INSTRUCTOR, _without_work),
    GapClass.G4: ("Area", Remedy.FOUND_ORGANIZATION, _uncovered_areas),
    GapClass.G5: ("Unit", Remedy.AGREE_PARTNERSHIP, _untied),
    GapClass.G6: ("PartyOrganization", Remedy.ASSIGN_SUPERIOR, _unchained),
    GapClass.G7: ("Area", Remedy.OPEN_SITE, _without_site),
}
