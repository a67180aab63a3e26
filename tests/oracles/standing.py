"""Sites, quality, duplicates, nearest, trend by decision D43, one subject at a time."""

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from orgnet.rules import Rules
from tests.oracles.common import View, last
from tests.oracles.coverage import gaps, rates
from tests.worlds import World

Verdict = tuple[str, str, int | None, int | None, list[str] | None]
TIERED = ("street", "community", "compound")
SUBJECTS = {
    "Q1": "PartyOrganization",
    "Q2": "PartyOrganization",
    "Q3": "PartyOrganization",
    "Q4": "Unit",
    "Q5": "Area",
}
BESIDE_PARK = {"street", "community", "compound", "grid", "building"}
HIGHER = ("community", "street", "district")  # than a compound or grid


def subjects(
    view: View, label: str, within: str | None
) -> Iterator[tuple[str, str | None]]:
    """Yield each node of a label in scope and the area of its row."""
    scope = view.scope(within)
    for node in view.of(label):
        place = view.place_or_superiors(node)
        if scope is None or view.lies_in(place, scope):
            yield node, view.at_level(place, "community") or place


def units_of(view: View, organization: str, **attributes: Any) -> list[str]:
    """Return the units, not the areas, that have its organization coverage, each once.

    Reading: a functional organization's units count, since only Q4 and park_and_street
    ask for the rule; and so do closed units.
    """
    ties = view.out("COVERS", organization, basis="organization", **attributes)
    return sorted({r["to"] for r in ties if view.label(r["to"]) == "Unit"})


def coverers(view: View, unit: str, rules: Rules) -> list[str]:
    """Return who has organization coverage of a unit, functional ones by the rule."""
    found = {r["from"] for r in view.into("COVERS", unit, basis="organization")}
    return sorted(
        o
        for o in found
        if rules.functional_for_units or view.get(o, "membership_basis") != "functional"
    )


def sites(
    world: World, *, within: str | None, day: date | None, rules: Rules
) -> list[tuple[Any, ...]]:
    """Answer coverage.sites."""
    view = View(world, day)
    rows = []
    for area, _ in subjects(view, "Area", within):
        level = view.get(area, "level")
        if level not in TIERED:
            continue
        tiers = [view.get(s, "tier") for s in sites_in(view, area)]
        own, other = tiers.count(level), tiers.count("x")
        state, reason = "present", None
        nearest, steps = None, None
        if own == 0:
            held = "LOCATED_IN:Site" in view.complete
            state = "absent" if held else "undetermined"
            reason = "no_site" if held else "unknown:LOCATED_IN:Site"
            nearest, steps = nearest_site(view, area)
        title = view.get(area, "name")
        rows.append((area, title, level, own, other, state, reason, nearest, steps))
    return sorted(rows, key=lambda r: (r[5], r[0]))


def sites_in(view: View, area: str) -> list[str]:
    return [s for s in view.of("Site") if view.lies_in(view.place(s), area)]


def nearest_site(view: View, area: str) -> tuple[str | None, int | None]:
    """Return the first site along the area tree.

    Reading: a level up is a step of the walk up, even where it skips a level.
    """
    for steps, above in enumerate(view.upward(area)):
        found = sites_in(view, above)
        if found:
            return min(found), steps
    return None, None


def quality(
    world: World,
    *,
    classes: Sequence[str] | None,
    within: str | None,
    day: date | None,
    rules: Rules,
) -> list[tuple[Any, ...]]:
    """Answer coverage.quality."""
    view = View(world, day)
    rows = []
    for name, label in SUBJECTS.items():
        if classes is not None and name not in classes:
            continue
        for node, area in subjects(view, label, within):
            verdict = _judge(view, name, node, day, rules)
            if verdict is not None:
                title = view.get(node, "name")
                rows.append((name, label, node, title, area, *verdict))
    return sorted(rows, key=lambda r: (r[0], last(r[4]), r[2]))


def _judge(
    view: View, name: str, node: str, day: date | None, rules: Rules
) -> Verdict | None:
    if name == "Q3":
        return _q3(view, node, day, rules)
    return {"Q1": _q1, "Q2": _q2, "Q4": _q4, "Q5": _q5}[name](view, node, rules)


def _q1(view: View, organization: str, rules: Rules) -> Verdict | None:
    """Reading: the units known and the rule are shown in both states."""
    if view.get(organization, "form") != "joint_branch":
        return None
    units = units_of(view, organization, mode="joint")
    limit = rules.joint_branch_max_units
    if len(units) > limit:
        return "finding", "too_many_units", len(units), limit, units
    if {"COVERS:Unit", "COVERS{organization}:Unit"} & view.complete:
        return None
    return "undetermined", "unknown:COVERS:Unit", len(units), limit, units or None


def _q2(view: View, organization: str, rules: Rules) -> Verdict | None:
    form = view.get(organization, "form")
    if form not in {"branch", "general_branch", "committee"}:
        return None
    members = view.get(organization, "members")
    if members is None:
        return "undetermined", "unknown:members", None, None, None
    lower, upper = rules.form_members[form]
    if lower is not None and members < lower:
        return "finding", "too_small", members, lower, None
    if upper is not None and members > upper:
        return "finding", "too_large", members, upper, None
    return None


def _q3(
    view: View, organization: str, day: date | None, rules: Rules
) -> Verdict | None:
    form = view.get(organization, "form")
    if day is None or form in {"working_committee", "temporary"}:
        return None
    years = term(view, organization, rules)
    began = view.get(organization, "last_election")
    if began is None:
        began = view.get(organization, "founded_on")
    if began is None:
        return "undetermined", "unknown:last_election", None, years, None
    ended = later(began, years)
    if day <= ended:
        return None
    return "finding", "overdue", (day - ended).days, years, None


def term(view: View, organization: str, rules: Rules) -> int:
    """Return the term in years: its own, 0 too, else that of its form or setting."""
    own: int | None = view.get(organization, "term_years")
    if own is not None:
        return own
    if view.get(organization, "form") == "committee":
        return rules.term_years["committee"]
    if view.get(organization, "setting") == "community":
        return rules.term_years["community"]
    return rules.term_years["other"]


def later(day: date, years: int) -> date:
    """Return the day some years later, for 29 February the 28th where need be."""
    year = day.year + years
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if (day.month, day.day) == (2, 29) and not leap:
        return date(year, 2, 28)
    return date(year, day.month, day.day)


def _q4(view: View, unit: str, rules: Rules) -> Verdict | None:
    """Reading: a closed unit may be covered twice too, and by the roster's word."""
    found = coverers(view, unit, rules)
    chains = {o: superiors(view, o) for o in found}
    apart = any(
        a != b and a not in chains[b] and b not in chains[a]
        for a in found
        for b in found
    )
    return ("finding", "covered_twice", len(found), 1, found) if apart else None


def superiors(view: View, organization: str) -> list[str]:
    """Return who is above an organization on the chain, on a cycle itself too."""
    above: list[str] = []
    current = view.superior(organization)
    while current is not None and current not in above:
        above.append(current)
        current = view.superior(current)
    return above


def _q5(view: View, area: str, rules: Rules) -> Verdict | None:
    if view.get(area, "level") != "grid":
        return None
    if view.get(area, "exclusive") is True and not rules.exclusive_grids:
        return None
    households, limit = view.get(area, "households"), rules.grid_households
    if households is None:
        return "undetermined", "unknown:households", None, limit, None
    if households <= limit:
        return None
    return "finding", "too_many_households", households, limit, None


def duplicates(
    world: World, *, within: str | None, day: date | None, rules: Rules
) -> list[tuple[Any, ...]]:
    """Answer coverage.duplicates.

    Reading: a closed unit may stand in park and street; a group is made of the units
    in scope only; units of no community share none.
    """
    view = View(world, day)
    areas = dict(subjects(view, "Unit", within))
    rows = [
        ("park_and_street", unit, view.get(unit, "name"), area, found)
        for unit, area in areas.items()
        if (found := park_and_street(view, unit, rules))
    ]
    units = [u for u in areas if view.get(u, "status") != "closed"]
    codes = alike({u: view.get(u, "uscc") for u in units})
    homes = {u: (plain(view.get(u, "name")), view.community(u)) for u in units}
    names = alike({u: h if h[1] is not None else None for u, h in homes.items()})
    names = [group for group in names if group not in codes]
    for name, groups in (("same_code", codes), ("same_name", names)):
        for group in groups:
            first = group[0]
            rows.append((name, first, view.get(first, "name"), areas[first], group))
    return sorted(rows, key=lambda r: (r[0], last(r[3]), r[1]))


def park_and_street(view: View, unit: str, rules: Rules) -> list[str]:
    """Return who covers a unit for a park and for a street, if both do."""
    settings = {o: view.get(o, "setting") for o in coverers(view, unit, rules)}
    both = "park" in settings.values() and BESIDE_PARK & set(settings.values())
    return [o for o, s in settings.items() if both and s in {"park", *BESIDE_PARK}]


def alike(keys: dict[str, Any]) -> list[list[str]]:
    """Return the groups of two or more that have the same key, null being none."""
    groups = [
        sorted(u for u, key in keys.items() if key == one)
        for one in set(keys.values())
        if one is not None
    ]
    return [group for group in groups if len(group) > 1]


def plain(name: str) -> str:
    """Reading: a space is whatever Python splits at."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def nearest(
    world: World,
    *,
    classes: Sequence[str],
    k: int,
    within: str | None,
    day: date | None,
    rules: Rules,
) -> list[tuple[Any, ...]]:
    """Answer coverage.nearest."""
    view = View(world, day)
    asked = sorted(set(classes))
    found = gaps(world, within=within, day=day, classes=asked, rules=rules)
    rows: list[tuple[Any, ...]] = []
    for name, _, node, title, _, state, *_ in found:
        if state != "gap":
            continue
        able = candidates(view, name, node, rules)
        for rank, (organization, reason) in enumerate(able[:k], 1):
            units = len(units_of(view, organization))
            rows.append((name, node, title, rank, organization, reason, units))
        if not able:
            rows.append((name, node, title, None, None, None, None))
    return sorted(rows, key=lambda r: (r[0], r[1], last(r[3])))


def candidates(view: View, name: str, node: str, rules: Rules) -> list[tuple[str, str]]:
    """Return who can take a gap and why, in order, each by its first reason."""
    place = view.place(node)
    found: dict[str, str] = {}
    for level in ("community", "street") if name == "G2" else ():
        for organization in joint_branches(view, view.at_level(place, level), rules):
            found.setdefault(organization, f"joint_branch_in_{level}")
    for level in higher(view, node):
        leader = view.organization(view.at_level(place, level))
        if leader is not None:
            found.setdefault(leader, f"{level}_organization")
    return list(found.items())


def joint_branches(view: View, area: str | None, rules: Rules) -> list[str]:
    """Return the joint branches at work in an area that have room, the smallest first.

    Reading: what must be few, what must lie there and what they are ordered by are the
    units they cover jointly; that they lie there goes by the area's own level. A
    functional one may take a unit, and the unit itself may be the one that lies there.
    """
    found = []
    for organization in view.of("PartyOrganization"):
        units = units_of(view, organization, mode="joint")
        here = [u for u in units if area is not None and home(view, u, area) == area]
        joint = view.get(organization, "form") == "joint_branch"
        if joint and here and len(units) < rules.joint_branch_max_units:
            found.append((len(units), organization))
    return [organization for _, organization in sorted(found)]


def home(view: View, unit: str, area: str) -> str | None:
    """Return the area of this one's level that a unit lies in first."""
    return view.at_level(view.place(unit), view.get(area, "level"))


def higher(view: View, node: str) -> tuple[str, ...]:
    """Return the levels whose organizations are asked, for an area those above it."""
    own = view.get(node, "level") if view.label(node) == "Area" else None
    return HIGHER[HIGHER.index(own) + 1 :] if own in HIGHER else HIGHER


def trend(
    world: World,
    *,
    days: Sequence[date],
    by: str,
    denominator: str,
    within: str | None,
    rules: Rules,
) -> list[tuple[Any, ...]]:
    """Answer coverage.trend.

    Reading: a place that is not there on one of the days is an error, as in rates.
    """
    rows: list[tuple[Any, ...]] = []
    for day in sorted(set(days)):
        found = rates(
            world, by=by, denominator=denominator, within=within, day=day, rules=rules
        )
        rows += [(day, *row) for row in found]
    return rows
