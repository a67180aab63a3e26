"""Part-time seats that bring needs into reach by decision D51, every choice tried."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations
from math import comb

from orgnet.rules import Rules
from tests.oracles.common import View
from tests.oracles.integration import (
    PHASES,
    Arc,
    capacity_left,
    hops,
    starts,
    walks,
    words,
)
from tests.oracles.reach import unreachable
from tests.worlds import World

Seat = tuple[str, str, frozenset[str]]  # unit, organization, needs in reach with it
STEP = "HOLDS_SEAT_ON"
WISHED = {"near_but_untied", "no_tie"}
MOST = 20_000  # choices that are tried


def seats(
    world: World,
    *,
    n: int,
    within: str | None,
    day: date | None,
    kinds: list[str] | None,
    rules: Rules,
) -> tuple[list[Seat], int | None]:
    """Return what planning.seats can choose from, and the most that n of them give.

    The most is null where there are too many choices to try. `within` and `kinds`
    choose the needs; units and organizations may be anywhere.

    Reading: a seat that brings no need into reach is no candidate.
    """
    view = View(world, day)
    wished = wishes(world, within=within, day=day, kinds=kinds, rules=rules)
    arcs = hops(view, rules)
    asked = {need: committees(view, need, arcs, rules) for need in wished}
    found = []
    for unit, organization in sorted(free(view)):
        offered = on_offer(view, unit)
        needs = [
            w
            for w in wished
            if organization in asked[w] and view.get(w, "kind") in offered
        ]
        if needs:
            found.append((unit, organization, frozenset(needs)))
    return found, best(found, wished, n)


def wishes(
    world: World,
    *,
    within: str | None,
    day: date | None,
    kinds: list[str] | None,
    rules: Rules,
) -> dict[str, int]:
    """Return the needs that a seat could bring into reach, with their weight."""
    view = View(world, day)
    found = unreachable(world, within=within, kinds=kinds, day=day, rules=rules)
    return {
        row[0]: view.get(row[0], "urgency") or 1 for row in found if row[4] in WISHED
    }


def free(view: View) -> Iterator[tuple[str, str]]:
    """Go through the seats that a unit could take and has not.

    Reading: a seat is there if the unit itself holds it, on the day; one held by an
    organization that it hosts is another.
    """
    for unit in view.of("Unit"):
        place = view.place(unit)
        for level in ("community", "street"):
            organization = view.organization(view.at_level(place, level))
            taken = view.heads(STEP, unit)
            if organization is not None and organization not in taken:
                yield unit, organization


def on_offer(view: View, unit: str) -> set[str]:
    """Return the kinds of what a unit owns that is not used up."""
    lefts = {r: capacity_left(view, r) for r in view.heads("OFFERS", unit)}
    return {
        view.get(r, "kind") for r, left in lefts.items() if left is None or left > 0
    }


def committees(
    view: View, need: str, arcs: dict[str, list[Arc]], rules: Rules
) -> set[str]:
    """Return where a path from a need leads that may go on by a seat.

    That it may not come by the unit needs no look: it would end there, and the need be
    in reach already.
    """
    allowed = words(rules)
    return {
        nodes[-1]
        for start in starts(view, need)
        for nodes, steps, _ in walks([start], [], [], arcs, allowed)
        if STEP in rules.costs
        if tuple(PHASES[s] for s in (*steps, STEP)) in allowed
    }


def best(found: list[Seat], weights: dict[str, int], n: int) -> int | None:
    """Return the most weight that any n seats bring into reach together."""
    different = {needs for _, _, needs in found}
    size = min(n, len(different))
    if comb(len(different), size) > MOST:
        return None
    return max(
        sum(weights[need] for need in frozenset().union(*chosen))
        for chosen in combinations(different, size)
    )
