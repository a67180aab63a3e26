"""What is dispatched and what is paid by decision D47, one subject at a time."""

from datetime import date
from typing import Any

from orgnet.rules import Rules
from tests.oracles.common import Row, View, last
from tests.worlds import World

Sums = tuple[int, int, int]  # received, given, unknown
Found = tuple[str, str, str | None, int | None, Sums, str]  # class, node, place, ...
FUNDERS = ("FUNDS:Unit", "FUNDS:PartyOrganization")


def dispatch(
    world: World, *, within: str | None, day: date | None, rules: Rules
) -> list[tuple[Any, ...]]:
    """Answer integration.dispatch.

    Reading: an area lies in every community on its walk up, should there be several.
    """
    view = View(world, day)
    scope = view.scope(within)
    rows = []
    for area in view.of("Area"):
        if view.get(area, "level") == "community" and in_scope(view, area, scope):
            title = view.get(area, "name")
            for channel, ties in channels(view, area).items():
                rows.append((area, title, channel, *counted(ties)))
    return sorted(rows, key=lambda r: (r[0], r[2]))


def channels(view: View, community: str) -> dict[str, list[Row]]:
    """Return what is sent to a community or an area in it, by who can send it."""
    own = view.organizations(community)
    dispatched = reaching(view, "DISPATCHES", community)
    return {
        "community": [r for r in dispatched if r["from"] in own],
        "street": [r for r in dispatched if r["from"] not in own],
        "department": reaching(view, "DEPLOYS_TO", community),
    }


def reaching(view: View, name: str, area: str) -> list[Row]:
    return [r for r in view.ties.get(name, []) if view.lies_in(r["to"], area)]


def counted(ties: list[Row]) -> tuple[int, ...]:
    """Return the columns of one channel, from `ties` on."""
    staff = [r.get("staff") for r in ties]
    funds = [r.get("funds_cny") for r in ties]
    reached = {r["to"] for r in ties}
    told = (known(staff), staff.count(None), known(funds), funds.count(None))
    return (len(ties), len(reached), *told)


def known(amounts: list[int | None]) -> int:
    return sum(a for a in amounts if a is not None)


def in_scope(view: View, place: str | None, scope: str | None) -> bool:
    return scope is None or view.lies_in(place, scope)


def funds(
    world: World,
    *,
    year: int | None,
    within: str | None,
    day: date | None,
    rules: Rules,
) -> list[tuple[Any, ...]]:
    """Answer integration.funds.

    Reading: with a year, all projects without money are listed all the same.
    """
    view = View(world, day)
    scope = view.scope(within)
    rows: list[Found] = []
    for node in view.of("PartyOrganization"):
        for name, find in (("overspent", _overspent), ("money_without_project", _idle)):
            for when in years(view, node):
                reason = find(view, node, when)
                if reason is not None and year in {None, when}:
                    sums = summed(view, node, when)
                    rows.append((name, node, view.place(node), when, sums, reason))
    for node in view.of("Project"):
        reason = _unpaid(view, node)
        if reason is not None:
            name, place = "project_without_money", served_first(view, node)
            rows.append((name, node, place, None, (0, 0, 0), reason))
    told = [_row(view, row) for row in rows if in_scope(view, row[2], scope)]
    return sorted(told, key=lambda r: (r[0], last(r[4]), r[2], last(r[5])))


def _row(view: View, found: Found) -> tuple[Any, ...]:
    name, node, place, year, sums, reason = found
    area = view.at_level(place, "community") or place
    state = "finding" if reason == name else "undetermined"
    subject = (view.label(node), node, view.get(node, "name"), area)
    return (name, *subject, year, *sums, state, reason)


def years(view: View, organization: str) -> list[int]:
    """Return the years in which an organization gives or receives."""
    ties = view.out("FUNDS", organization) + view.into("FUNDS", organization)
    return sorted({r["year"] for r in ties})


def received(view: View, organization: str, year: int) -> list[int | None]:
    ties = view.into("FUNDS", organization, year=year)
    return [r.get("amount_cny") for r in ties]


def given(view: View, organization: str, year: int) -> list[int | None]:
    ties = view.out("FUNDS", organization, year=year)
    return [r.get("amount_cny") for r in ties]


def summed(view: View, organization: str, year: int) -> Sums:
    """Reading: what it gives itself is received and given, if unknown twice."""
    got, gave = received(view, organization, year), given(view, organization, year)
    return known(got), known(gave), got.count(None) + gave.count(None)


def _overspent(view: View, organization: str, year: int) -> str | None:
    got, gave = received(view, organization, year), given(view, organization, year)
    if not gave:
        return None
    more = known(gave) > known(got)
    if more and None not in got:
        return "overspent"
    return "unknown:amount_cny" if more or None in gave else None


def _idle(view: View, organization: str, year: int) -> str | None:
    """Reading: it received in a year if FUNDS leads to it, of whatever amount.

    Reading: the areas are of any level that is a setting, as in View.organizations.
    """
    areas = [a for a in view.of("Area") if organization in view.organizations(a)]
    heads = [r["to"] for r in view.out("FUNDS", organization, year=year)]
    paid = any(view.label(head) == "Project" for head in heads)
    served = any(reaching(view, "SERVES", a) for a in areas)
    if not areas or not received(view, organization, year) or paid or served:
        return None
    held = "SERVES:Project" in view.complete
    return "money_without_project" if held else "unknown:SERVES:Project"


def _unpaid(view: View, project: str) -> str | None:
    if view.into("FUNDS", project):
        return None
    lacking = [name for name in FUNDERS if name not in view.complete]
    return f"unknown:{lacking[0]}" if lacking else "project_without_money"


def served_first(view: View, project: str) -> str | None:
    """Return the smallest area that a project serves; a need is none."""
    heads = view.heads("SERVES", project)
    return min((h for h in heads if view.label(h) == "Area"), default=None)
