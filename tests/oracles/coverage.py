"""Coverage gaps and rates by the contract's section 6, one subject at a time."""

from datetime import date
from typing import Any

from orgnet.rules import Rules
from orgnet.schema.vocabulary import ServiceLine, UnitKind
from tests.oracles.common import Truth, View, either, every, last, no
from tests.oracles.structure import chain_fault, cycle_members
from tests.worlds import World

Condition = tuple[Truth, str]  # its value, and the reason if that is unknown
Found = tuple[list[Condition], str, list[str], str]  # and reason, evidence, remedy
CLASSES = ("G1", "G2", "G3", "G4", "G5", "G6", "G7")
SAID = {"HOLDS_SEAT_ON": "reported_seat", "PARTNERS_WITH": "reported_agreement"}
MEASURES = ("any", "organization", "single", "work")
LABELS = {"G4": "Area", "G6": "PartyOrganization", "G7": "Area"}


def gaps(
    world: World,
    *,
    within: str | None,
    day: date | None,
    classes: list[str] | None,
    rules: Rules,
) -> list[tuple[Any, ...]]:
    """Answer coverage.gaps: only what is a gap or undetermined."""
    found = states(world, within=within, day=day, classes=classes, rules=rules)
    return [row for row in found if row[5] != "none"]


def states(
    world: World,
    *,
    within: str | None,
    day: date | None,
    classes: list[str] | None,
    rules: Rules,
) -> list[tuple[Any, ...]]:
    """Return a row for every subject and class, those without a gap included."""
    view = View(world, day)
    scope = view.scope(within)
    rows = []
    for name in CLASSES if classes is None else classes:
        for node in view.of(LABELS.get(name, "Unit")):
            place = view.place_or_superiors(node)
            if scope is not None and not view.lies_in(place, scope):
                continue
            found = _FIND[name](view, node, rules)
            if found is not None:
                rows.append(_row(view, name, node, place, found))
    return sorted(rows, key=lambda r: (r[0], last(r[4]), r[2]))


def _row(
    view: View, name: str, node: str, place: str | None, found: Found
) -> tuple[Any, ...]:
    conditions, reason, evidence, remedy = found
    value = every(v for v, _ in conditions)
    if value is None:
        reason = next(unknown for v, unknown in conditions if v is None)
        remedy = "ask"
    state = {True: "gap", False: "none", None: "undetermined"}[value]
    area = view.at_level(place, "community") or place
    shown = sorted(evidence) or None  # Reading: evidence is shown in both states
    label, title = view.label(node), view.get(node, "name")
    return (name, label, node, title, area, state, reason, shown, remedy)


def in_operation(view: View, unit: str, rules: Rules) -> Truth:
    if view.get(unit, "status") == "closed":
        return False
    known = view.get(unit, "operating")
    return True if known is None and rules.presumed_operating else known


def full_members(view: View, unit: str, rules: Rules) -> int | None:
    known: int | None = view.get(unit, "full_members")
    if known is None and rules.members_as_full:
        return view.get(unit, "members")
    return known


def enough(view: View, unit: str, rules: Rules) -> Truth:
    members = full_members(view, unit, rules)
    return None if members is None else members >= rules.min_full_members


def covers_of(view: View, node: str, basis: str, rules: Rules) -> list[str]:
    """Return the modes of the coverage that counts for a unit or an area.

    Reading: a functional organization that does not count, counts for no basis.
    """
    counts = (
        rules.functional_for_areas
        if view.label(node) == "Area"
        else rules.functional_for_units
    )
    return [
        row["mode"]
        for row in view.into("COVERS", node, basis=basis)
        if counts or view.get(row["from"], "membership_basis") != "functional"
    ]


def organized(
    view: View, unit: str, modes: tuple[str, ...] | None, rules: Rules
) -> Condition:
    """Tell whether a unit has organization coverage of these modes, or of any.

    Reading: what the roster reports is explained by coverage of any mode that counts,
    so that a unit in a joint branch has no single one, reported or not.
    """
    found = covers_of(view, unit, "organization", rules)
    if any(modes is None or mode in modes for mode in found):
        return True, ""
    if view.get(unit, "reported_party_org") is True and not found:
        return None, "reported_only"
    return _absent(view, "COVERS{organization}:Unit")


def worked(view: View, unit: str, rules: Rules) -> Condition:
    if covers_of(view, unit, "work", rules):
        return True, ""
    said = view.get(unit, "reported_instructor")
    return _said(said) or _absent(view, "COVERS{work}:Unit")


def _said(answer: Truth) -> Condition | None:
    """Return what a roster's answer means where no relationship was found."""
    return {True: (None, "reported_only"), False: (False, ""), None: None}[answer]


def _absent(view: View, name: str) -> Condition:
    """Return what it means that no such relationship was found."""
    kind, subject = name.split(":")
    wider = f"{kind.split('{')[0]}:{subject}"
    held = name in view.complete or wider in view.complete
    return (False, "") if held else (None, f"unknown:{wider}")


def _not(condition: Condition) -> Condition:
    return no(condition[0]), condition[1]


def _operating(view: View, unit: str, rules: Rules) -> Condition:
    return in_operation(view, unit, rules), "unknown:operating"


def _g1(view: View, unit: str, rules: Rules) -> Found:
    modes = ("single", "joint") if rules.joint_satisfies else ("single",)
    conditions = [
        _operating(view, unit, rules),
        (enough(view, unit, rules), "unknown:full_members"),
        _not(organized(view, unit, modes, rules)),
    ]
    return conditions, "mandatory", [], "found_organization"


def _g2(view: View, unit: str, rules: Rules) -> Found:
    """Reading: "1 or 2" is from 1 to one below Rules.min_full_members."""
    members = full_members(view, unit, rules)
    few = None if members is None else 1 <= members < rules.min_full_members
    conditions = [
        _operating(view, unit, rules),
        (few, "unknown:full_members"),
        _not(organized(view, unit, None, rules)),
    ]
    return conditions, "unattached", [], "join_joint_branch"


def _g3(view: View, unit: str, rules: Rules) -> Found:
    conditions = [
        _operating(view, unit, rules),
        _not(organized(view, unit, None, rules)),
        _not(worked(view, unit, rules)),
        (no(view.get(unit, "has_union")), "unknown:has_union"),
        (no(view.get(unit, "has_youth_league")), "unknown:has_youth_league"),
    ]
    return conditions, "no_work_coverage", [], "send_instructor"


def _g4(view: View, area: str, rules: Rules) -> Found | None:
    level = view.get(area, "level")
    if level not in {"street", "community", "compound", "grid"}:
        return None
    if level == "grid" and view.get(area, "exclusive") and not rules.exclusive_grids:
        return None
    found = covers_of(view, area, "organization", rules)
    covered = (True, "") if found else _absent(view, f"COVERS{{organization}}:{level}")
    return [_not(covered)], "no_organization", [], "found_organization"


def _g5(view: View, unit: str, rules: Rules) -> Found | None:
    """Reading: what must be complete is what would leave the unit itself.

    Reading: a tie to any of several organizations of the community or street counts.
    """
    if view.get(unit, "resident") is not True:
        return None
    place = view.place(unit)
    community, street = (
        view.at_level(place, "community"),
        view.at_level(place, "street"),
    )
    committees = view.organizations(community) + view.organizations(street)
    side = [unit, *view.hosted(unit)]
    located = True if community or street else None
    conditions: list[Condition] = [(located, "unknown:LOCATED_IN:Unit")]
    for name in ("HOLDS_SEAT_ON", "PARTNERS_WITH"):
        tied = any(r["to"] in committees for s in side for r in view.out(name, s))
        said = _said(view.get(unit, SAID[name]))
        conditions.append(
            _not(said) if said and not tied else _tie(view, name, found=tied)
        )
    rated = any(evaluated(view, s, c) for s in side for c in committees)
    conditions.append(_tie(view, "EVALUATES", found=rated))
    for name in ("OFFERS:Unit", *offer_gaps(view, unit)):
        given = any(serves(view, r, street) for r in view.heads("OFFERS", unit))
        conditions.append(_not((True, "") if given else _absent(view, name)))
    return conditions, "location_only", committees, "agree_partnership"


def _tie(view: View, name: str, *, found: bool) -> Condition:
    return _not((True, "") if found else _absent(view, f"{name}:Unit"))


def evaluated(view: View, one: str, other: str) -> bool:
    """Tell whether either returned a two-way evaluation of the other."""
    ties = view.out("EVALUATES", one, to=other) + view.out("EVALUATES", other, to=one)
    return any(r["kind"] == "two_way" and returned(r) for r in ties)


def returned(row: dict[str, Any]) -> bool:
    if row.get("status") is None:
        return row.get("score") is not None or row.get("grade") is not None
    return bool(row["status"] == "returned")


def serves(view: View, resource: str, street: str | None) -> bool:
    """Tell whether a resource is used in a street's subtree.

    Reading: the resource's and the need's primary location count; a need is raised by
    the subtree if one of its areas raises it; a match counts in whatever status. A unit
    of no street has no subtree.
    """
    if street is None:
        return False
    needs = view.heads("MATCHED_TO", resource)
    raisers = [
        r for n in needs for r in view.tails("RAISES", n) if view.label(r) == "Area"
    ]
    places = [*raisers, view.place(resource), *(view.place(n) for n in needs)]
    return any(view.lies_in(p, street) for p in places)


def offer_gaps(view: View, unit: str) -> list[str]:
    """Return what must be complete before a unit's resources are of no use here.

    Reading: the location of a resource and of a matched need, and who raised it, where
    none was found; and the matches of whatever the unit offers.
    """
    resources = view.heads("OFFERS", unit)
    needs = [n for r in resources for n in view.heads("MATCHED_TO", r)]
    asked = {
        "LOCATED_IN:Resource": any(view.place(r) is None for r in resources),
        "MATCHED_TO:Resource": bool(resources),
        "RAISES:Need": any(not view.tails("RAISES", n) for n in needs),
        "LOCATED_IN:Need": any(view.place(n) is None for n in needs),
    }
    return [name for name, needed in asked.items() if needed]


def _g6(view: View, organization: str, rules: Rules) -> Found | None:
    """Reading: what is found is taken as all there is; only none at all is unknown."""
    if view.get(organization, "setting") == "city":
        return None
    superiors = view.heads("SUBORDINATE_TO", organization)
    fault = chain_fault(view, organization, rules)
    if fault == "unknown":
        absent = (None, "unknown:SUBORDINATE_TO:PartyOrganization")
        return [absent], "", [], "assign_superior"
    members = cycle_members(view, organization)
    evidence = members if fault == "cycle" else superiors
    return [(fault is not None, "")], fault or "", evidence, "assign_superior"


def _g7(view: View, area: str, rules: Rules) -> Found | None:
    if view.get(area, "level") not in {"community", "compound"}:
        return None
    there = any(view.lies_in(view.place(s), area) for s in view.of("Site"))
    served = (True, "") if there else _absent(view, "LOCATED_IN:Site")
    return [_not(served)], "no_site", [], "open_site"


_FIND: dict[str, Any] = {
    "G1": _g1,
    "G2": _g2,
    "G3": _g3,
    "G4": _g4,
    "G5": _g5,
    "G6": _g6,
    "G7": _g7,
}


def rates(
    world: World,
    *,
    by: str,
    denominator: str,
    within: str | None,
    day: date | None,
    rules: Rules,
) -> list[tuple[Any, ...]]:
    """Answer coverage.rates: each unit put into its group, then counted."""
    view = View(world, day)
    scope = view.scope(within)
    units = [
        u
        for u in view.of("Unit")
        if scope is None or view.lies_in(view.place(u), scope)
    ]
    members: dict[str | None, list[str]] = {g: [] for g in groups(view, by, scope)}
    for unit in units:
        members.setdefault(group_of(view, unit, by), []).append(unit)
    rows = []
    for group in sorted(members, key=last):
        title = view.get(group, "name") if group in view.nodes else None
        for measure in MEASURES:
            counted = [
                (
                    counts_in(view, u, denominator, rules),
                    measured(view, u, measure, rules),
                )
                for u in members[group]
            ]
            above = sum(inside is True and value is True for inside, value in counted)
            below = sum(inside is True for inside, _ in counted)
            unknown = sum(
                inside is None or (inside is True and value is None)
                for inside, value in counted
            )
            rows.append((group, title, measure, above, below, denominator, unknown))
    return rows


def groups(view: View, by: str, scope: str | None) -> list[str]:
    """Return the groups that are listed even if no unit is in them."""
    if by == "kind":
        return [k.value for k in UnitKind]
    if by == "line":
        return [s.value for s in ServiceLine]
    if by == "demonstration":
        return ["false", "true"]
    areas = [a for a in view.of("Area") if view.get(a, "level") == by]
    return [
        a
        for a in areas
        if scope is None or view.lies_in(a, scope) or view.lies_in(scope, a)
    ]


def group_of(view: View, unit: str, by: str) -> str | None:
    """Return the group of a unit.

    Reading: by demonstration, whether any area that the unit lies in has the status;
    a unit without a place has none.
    """
    place = view.place(unit)
    if by in {"kind", "line"}:
        return view.get(unit, by)
    if by == "demonstration":
        walk = view.upward(place)
        shown = any(view.get(a, "demonstration") is True for a in walk)
        return str(shown).lower() if walk else None
    return view.at_level(place, by)


def counts_in(view: View, unit: str, denominator: str, rules: Rules) -> Truth:
    if denominator == "all":
        return True
    operating = in_operation(view, unit, rules)
    if denominator == "in_operation":
        return operating
    return every([operating, enough(view, unit, rules)])


def measured(view: View, unit: str, measure: str, rules: Rules) -> Truth:
    if measure == "single":
        return organized(view, unit, ("single",), rules)[0]
    modes = tuple(str(m) for m in rules.rate_modes)
    organization = organized(view, unit, modes, rules)[0]
    groups = [view.get(unit, "has_union"), view.get(unit, "has_youth_league")]
    work = either([worked(view, unit, rules)[0], *groups])
    return {
        "organization": organization,
        "work": work,
        "any": either([organization, work]),
    }[measure]
