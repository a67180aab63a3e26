"""Conflicts and lines by decision D41, one unit and one community at a time."""

from datetime import date
from typing import Any

from orgnet.rules import Rules
from orgnet.schema.vocabulary import ServiceLine
from tests.oracles.common import Truth, View, last
from tests.worlds import World

# The attribute, the relationship it speaks of, and of COVERS the basis.
SAID = (
    ("reported_agreement", "PARTNERS_WITH", None),
    ("reported_instructor", "COVERS", "work"),
    ("reported_party_org", "COVERS", "organization"),
    ("reported_seat", "HOLDS_SEAT_ON", None),
)


def conflicts(
    world: World, *, within: str | None, day: date | None, rules: Rules
) -> list[tuple[Any, ...]]:
    """Answer coverage.conflicts.

    Reading: a closed unit's roster is looked at too.
    """
    view = View(world, day)
    scope = view.scope(within)
    rows = []
    for unit in view.of("Unit"):
        place = view.place(unit)
        if scope is not None and not view.lies_in(place, scope):
            continue
        area = view.at_level(place, "community") or place
        for attribute, name, basis in SAID:
            said = view.get(unit, attribute)
            if basis is None:
                found = partners(view, unit, name)
            else:
                found = coverers(view, unit, basis, rules)
            verdict = disagreement(view, found, name, basis, said=said)
            if verdict is not None:
                title = view.get(unit, "name")
                evidence = found or None
                rows.append((attribute, unit, title, area, said, *verdict, evidence))
    return sorted(rows, key=lambda r: (r[0], last(r[3]), r[1]))


def coverers(view: View, unit: str, basis: str, rules: Rules) -> list[str]:
    """Return who covers a unit, by more than the roster's word."""
    found = set()
    for row in view.into("COVERS", unit):
        functional = view.get(row["from"], "membership_basis") == "functional"
        if row["basis"] != basis or row.get("reported") is True:
            continue
        if functional and not rules.functional_for_units:
            continue
        found.add(row["from"])
    return sorted(found)


def partners(view: View, unit: str, name: str) -> list[str]:
    """Return whom a unit or what it hosts is tied to, by more than its word."""
    found = set()
    for side in [unit, *view.hosted(unit)]:
        for row in view.out(name, side):
            if row.get("basis") != "reported":
                found.add(row["to"])
    return sorted(found)


def disagreement(
    view: View, found: list[str], name: str, basis: str | None, *, said: Truth
) -> tuple[str, str] | None:
    """Return the state and the reason, or none where nothing disagrees."""
    if said is False and found:
        return "conflict", "reported_no"
    if said is True and not found:
        wide = f"{name}:Unit"
        narrow = f"{name}{{{basis}}}:Unit" if basis else wide
        if wide in view.complete or narrow in view.complete:
            return "conflict", "reported_only"
        return "undetermined", f"unknown:{wide}"
    return None


def lines(
    world: World, *, within: str | None, day: date | None, rules: Rules
) -> list[tuple[Any, ...]]:
    """Answer coverage.lines."""
    view = View(world, day)
    scope = view.scope(within)
    rows = []
    for area in view.of("Area"):
        if view.get(area, "level") != "community":
            continue
        if scope is not None and not view.lies_in(area, scope):
            continue
        rows += [_line(view, area, line.value, rules) for line in ServiceLine]
    return sorted(rows, key=lambda r: (r[0], r[2]))


def _line(view: View, area: str, line: str, rules: Rules) -> tuple[Any, ...]:
    """Count who is on a line of a community.

    Reading: party organizations are counted but never linked, since nothing covers
    them; and one in a closed unit is counted, since only units are said to be closed.
    """
    units = at_home(view, "Unit", area)
    units = [u for u in units if view.get(u, "status") != "closed"]
    on_it = [u for u in units if view.get(u, "line") == line]
    hosted = at_home(view, "PartyOrganization", area) if line == "party" else []
    organizations = len(on_it) + len(hosted)
    linked = sum(covered(view, u, view.organizations(area)) for u in on_it)
    state, reason = "present", None
    if organizations == 0:
        state, reason = "undetermined", unknown(view, units, line, rules)
        state = "absent" if reason is None else state
    title = view.get(area, "name")
    return (area, title, line, organizations, linked, state, reason)


def at_home(view: View, label: str, area: str) -> list[str]:
    return [n for n in view.of(label) if view.community(n) == area]


def covered(view: View, unit: str, committees: list[str]) -> bool:
    """Tell whether one of these organizations covers a unit.

    Reading: on any basis, so that a functional organization counts, and what the
    roster itself reports does too.
    """
    return any(row["from"] in committees for row in view.into("COVERS", unit))


def unknown(view: View, units: list[str], line: str, rules: Rules) -> str | None:
    """Return why nothing found on a line does not mean that there is nothing."""
    if "LOCATED_IN:Unit" not in view.complete:
        return "unknown:LOCATED_IN:Unit"
    hosts = "HOSTED_BY:PartyOrganization"
    if line == "party" and hosts not in view.complete:
        return f"unknown:{hosts}"
    kinds = [k.value for k in rules.line_kinds]
    for unit in units:
        if view.get(unit, "kind") in kinds and view.get(unit, "line") is None:
            return "unknown:line"
    return None
