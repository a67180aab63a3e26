"""What is in reach by decision D49: every path written down, the cheapest kept.

Reading: a need of unknown status is open, as it is neither met nor withdrawn.
"""

from datetime import date
from functools import cache
from typing import Any

from orgnet.rules import Rules
from tests.oracles.common import View
from tests.oracles.integration import capacity_left, hops, starts, walks, words
from tests.worlds import World

Ends = list[tuple[int, str, str]]  # cost, resource, owner
Asked = list[str] | None
Why = tuple[str, str | None, str | None, int | None]  # reason, resource, owner, cost
ASKERS = {"Unit", "PartyOrganization"}
DONE = {"met", "withdrawn"}


class Ways:
    """What a path costs at least in a world on a day, and where it may end."""

    def __init__(self, world: World, day: date | None, rules: Rules) -> None:
        self.view = View(world, day)
        self.arcs = hops(self.view, rules)
        self.allowed = words(rules)
        self.prices = rules.costs
        self.costs = cache(self.least)

    def least(self, start: str) -> dict[str, int]:
        """Return the least cost of a path from here to each node that one leads to."""
        found: dict[str, int] = {}
        for nodes, steps, _ in walks([start], [], [], self.arcs, self.allowed):
            cost = sum(self.prices[s] for s in steps)
            found[nodes[-1]] = min(cost, found.get(nodes[-1], cost))
        return found

    def asking(self, need: str, end: str) -> list[tuple[int, str]]:
        """Return the cost from each start of a need to an end, and the start."""
        whole = [(self.costs(start), start) for start in starts(self.view, need)]
        return [(found[end], start) for found, start in whole if end in found]

    def ends(self, need: str, *, used: bool) -> Ends:
        """Return what paths from a need lead to, of what is used up or of the rest."""
        return [
            (cost, resource, owner)
            for resource in offered(self.view, self.view.get(need, "kind"))
            if used_up(self.view, resource) == used
            for owner in self.view.tails("OFFERS", resource)
            for cost, _ in self.asking(need, owner)
        ]


def nearest(
    world: World,
    *,
    within: str | None,
    kinds: Asked,
    day: date | None,
    rules: Rules,
) -> list[tuple[Any, ...]]:
    """Answer integration.nearest.

    Reading: a path leads to a resource of the need's kind that is not used up, as in
    contract section 8; what is used up is for unreachable.
    """
    ways = Ways(world, day, rules)
    rows = []
    for need in needs(ways.view, within, kinds):
        found = ways.ends(need, used=False)
        if found:
            cost, resource, owner = min(found)
            left = capacity_left(ways.view, resource)
            rows.append((*told(ways.view, need), resource, owner, cost, left))
    return sorted(rows, key=lambda r: r[0])


def unreachable(
    world: World,
    *,
    within: str | None,
    kinds: Asked,
    day: date | None,
    rules: Rules,
) -> list[tuple[Any, ...]]:
    """Answer integration.unreachable."""
    ways = Ways(world, day, rules)
    rows = [
        (*told(ways.view, need), *why(ways, need))
        for need in needs(ways.view, within, kinds)
        if not ways.ends(need, used=False)
    ]
    return sorted(rows, key=lambda r: r[0])


def reach(
    world: World, *, unit: str, kinds: Asked, day: date | None, rules: Rules
) -> list[tuple[Any, ...]]:
    """Answer integration.reach.

    Reading: who is not there on the day reaches nothing and is reached by nobody.
    """
    labels = {row["id"]: label for label, row in world.nodes}
    if labels.get(unit) not in ASKERS:
        msg = f"{unit} is no unit or party organization"
        raise ValueError(msg)
    ways = Ways(world, day, rules)
    if unit not in ways.view.nodes:
        return []
    rows = [*resources(ways, unit, kinds), *raised(ways, unit, kinds)]
    return sorted(rows, key=lambda r: (r[0], r[5], r[1]))


def needs(view: View, within: str | None, kinds: Asked) -> list[str]:
    """Return the open needs of the kinds that stand in the area, or a raiser does."""
    scope = view.scope(within)
    asked = [
        n for n in view.of("Need") if is_open(view, n) and of_kinds(view, n, kinds)
    ]
    return [n for n in asked if scope is None or in_scope(view, n, scope)]


def in_scope(view: View, need: str, scope: str) -> bool:
    """Tell whether a need stands in an area, or one that raises it does."""
    nodes = (need, *view.tails("RAISES", need))
    return any(view.lies_in(view.place(n), scope) for n in nodes)


def is_open(view: View, need: str) -> bool:
    return view.get(need, "status") not in DONE


def of_kinds(view: View, node: str, kinds: Asked) -> bool:
    return kinds is None or view.get(node, "kind") in kinds


def told(view: View, need: str) -> tuple[Any, ...]:
    """Return the columns of a need, from `need` to `area`."""
    place = view.place(need)
    area = view.at_level(place, "community") or place
    return (need, view.get(need, "name"), view.get(need, "kind"), area)


def offered(view: View, kind: str) -> list[str]:
    """Return the resources of a kind that somebody offers, used up or not."""
    return [
        r
        for r in view.of("Resource")
        if view.get(r, "kind") == kind and view.tails("OFFERS", r)
    ]


def used_up(view: View, resource: str) -> bool:
    """Reading: nothing is left, too, where more was matched than there was."""
    left = capacity_left(view, resource)
    return left is not None and left <= 0


def why(ways: Ways, need: str) -> Why:
    """Return the first reason that applies to a need that no path leads from."""
    view = ways.view
    if not offered(view, view.get(need, "kind")):
        return ("no_offer", None, None, None)
    if not starts(view, need):
        return ("no_raiser", None, None, None)
    used = ways.ends(need, used=True)
    if used:
        cost, resource, owner = min(used)
        return ("capacity_used", resource, owner, cost)
    close = near(view, need)
    if close:
        return ("near_but_untied", close[0], view.tails("OFFERS", close[0])[0], None)
    return ("no_tie", None, None, None)


def near(view: View, need: str) -> list[str]:
    """Return what stands, not used up, in the community of a need or a start.

    Reading: only what somebody offers, since the row names an owner. Near is to have
    the same community, the first on the walk up. An organization without a host stands
    nowhere, as in paths.
    """
    close = {view.community(n) for n in (need, *starts(view, need))} - {None}
    return [
        resource
        for resource in offered(view, view.get(need, "kind"))
        if not used_up(view, resource) and community(view, resource) in close
    ]


def community(view: View, resource: str) -> str | None:
    """Return the community of a resource, or if it has no place of its owner.

    Reading: of several owners the smallest id gives the place, a known one or none.
    """
    standing = resource
    if view.place(resource) is None:
        standing = view.tails("OFFERS", resource)[0]
    return view.community(standing)


def resources(ways: Ways, unit: str, kinds: Asked) -> list[tuple[Any, ...]]:
    """Return the rows of what a unit or organization can reach."""
    view, costs = ways.view, ways.costs(unit)
    rows = []
    for resource in view.of("Resource"):
        owners = view.tails("OFFERS", resource)
        found = [(costs[owner], owner) for owner in owners if owner in costs]
        if found and of_kinds(view, resource, kinds) and not used_up(view, resource):
            left = capacity_left(view, resource)
            unit_of = view.get(resource, "capacity_unit")
            subject = named(view, "resource", resource)
            rows.append((*subject, *turned(min(found)), left, unit_of))
    return rows


def raised(ways: Ways, unit: str, kinds: Asked) -> list[tuple[Any, ...]]:
    """Return the rows of the needs that can reach a unit or organization.

    Reading: a need that it raises itself is one, of cost 0, as a path of no hop is
    allowed; its quantity is as written, whatever was matched to it.
    """
    view = ways.view
    rows = []
    for need in needs(view, None, kinds):
        found = ways.asking(need, unit)
        if found and offers_itself(view, unit, view.get(need, "kind")):
            quantity = view.get(need, "quantity")
            unit_of = view.get(need, "quantity_unit")
            subject = named(view, "need", need)
            rows.append((*subject, *turned(min(found)), quantity, unit_of))
    return rows


def offers_itself(view: View, unit: str, kind: str) -> bool:
    """Tell whether a unit offers a resource of a kind that is not used up."""
    return any(
        view.get(resource, "kind") == kind and not used_up(view, resource)
        for resource in view.heads("OFFERS", unit)
    )


def named(view: View, side: str, node: str) -> tuple[Any, ...]:
    """Return the columns from `side` to `kind`."""
    return (side, node, view.get(node, "name"), view.get(node, "kind"))


def turned(found: tuple[int, str]) -> tuple[str, int]:
    """Return the columns `organization` and `cost` of the least that was found."""
    cost, organization = found
    return organization, cost
