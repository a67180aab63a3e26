"""What evaluation asks beyond pairs, by decision D40, counted from its rows."""

from datetime import date
from typing import Any, NamedTuple

from orgnet.rules import Round, Rules
from tests.oracles.common import Row, View, last
from tests.oracles.evaluation import (
    calendar,
    during,
    expected,
    identity,
    of_area,
    pairs,
    sides,
    status,
    told,
)
from tests.worlds import World

Group = tuple[str, str | None]  # the round, and the group within it


class Side(NamedTuple):
    """One direction of one expected pair."""

    round: str
    committee: str
    unit: str
    direction: str
    state: str
    score: float | None
    scale: float | None


def return_rates(
    world: World,
    *,
    by: str,
    round: str | None,  # noqa: A002  the contract's word
    within: str | None,
    day: date | None,
    kind: str,
    rules: Rules,
) -> list[tuple[Any, ...]]:
    """Answer evaluation.return_rates."""
    found = directed(
        pairs(world, round=round, within=within, day=day, kind=kind, rules=rules)
    )
    view = View(world, None)
    rows = []
    for (name, group), members in grouped(view, found, by).items():
        for direction in ("down", "up"):
            states = [s.state for s in members if s.direction == direction]
            due = [s for s in states if s in {"returned", "void", "missing"}]
            counts = (states.count("returned"), len(due), "due")
            others = [states.count(s) for s in ("pending", "void", "exempt")]
            rows.append((name, group, title(view, group), direction, *counts, *others))
    return sorted(rows, key=by_group)


def ceiling(
    world: World,
    *,
    by: str,
    round: str | None,  # noqa: A002  the contract's word
    within: str | None,
    day: date | None,
    kind: str,
    rules: Rules,
) -> list[tuple[Any, ...]]:
    """Answer evaluation.ceiling.

    Reading: void and exempt, of which nothing is said, are no columns here.
    """
    found = directed(
        pairs(world, round=round, within=within, day=day, kind=kind, rules=rules)
    )
    view = View(world, None)
    rows = []
    for (name, group), members in grouped(view, found, by).items():
        for direction in ("down", "up"):
            here = [s for s in members if s.direction == direction]
            back = [s for s in here if s.state == "returned"]
            scored = [s for s in back if share(s.score, s.scale) is not None]
            high = [s for s in scored if at_ceiling(s, rules)]
            counts = (len(high), len(scored), "scored", len(back) - len(scored))
            rows.append((name, group, title(view, group), direction, *counts))
    return sorted(rows, key=by_group)


def silence(
    world: World, *, within: str | None, day: date | None, kind: str, rules: Rules
) -> list[tuple[Any, ...]]:
    """Answer evaluation.silence: each pair and direction, back from its last round."""
    found = directed(
        pairs(world, round=None, within=within, day=day, kind=kind, rules=rules)
    )
    dated = sorted(calendar(View(world, None), kind, rules), key=by_closing)
    listed = [entry for entry in dated if entry[1] is not None]
    order = [name for name, _ in listed or dated]
    rows = []
    for ends in {(s.committee, s.unit, s.direction) for s in found}:
        here = [s for s in found if (s.committee, s.unit, s.direction) == ends]
        due = [s for s in here if s.state not in {"exempt", "pending"}]
        due = [s for s in due if s.round in order]
        due.sort(key=lambda s: order.index(s.round))
        back = [n for n, s in enumerate(due) if s.state == "returned"]
        silent = due[back[-1] + 1 :] if back else due
        if silent:
            returned = due[back[-1]].round if back else None
            rows.append((*ends, len(silent), silent[0].round, returned, len(due)))
    return sorted(rows, key=lambda r: (-r[3], *r[:3]))


def asymmetry(
    world: World,
    *,
    round: str | None,  # noqa: A002  the contract's word
    within: str | None,
    day: date | None,
    kind: str,
    rules: Rules,
) -> list[tuple[Any, ...]]:
    """Answer evaluation.asymmetry."""
    rows: list[tuple[Any, ...]] = []
    for row in pairs(
        world, round=round, within=within, day=day, kind=kind, rules=rules
    ):
        if row[6] != "both":
            continue
        down, up = share(*row[7:9]), share(*row[10:12])
        gap = None if down is None or up is None else down - up
        size = None if gap is None else abs(gap)
        rows.append((*row[:3], down, up, gap, size))
    return sorted(
        rows, key=lambda r: (r[0], last(None if r[6] is None else -r[6]), *r[1:3])
    )


def unexpected(
    world: World,
    *,
    round: str | None,  # noqa: A002  the contract's word
    within: str | None,
    kind: str,
    rules: Rules,
) -> list[tuple[Any, ...]]:
    """Answer evaluation.unexpected: every return, tried on every unit.

    Reading: an evaluation of an organization with several hosts is unexpected for each
    host with which no pair was expected, even if it counts in the pair of another.
    """
    view = View(world, None)
    scope = view.scope(within)
    rows: list[tuple[Any, ...]] = []
    for name, listed in calendar(view, kind, rules):
        if round is not None and name != round:
            continue
        then = view if listed is None else during(view, listed)
        due = expected(then, rules, listed)
        for filed in told(view, kind):
            if filed["round"] != name or status(filed) != "returned":
                continue
            for unit in view.of("Unit"):
                inside = scope is None or view.lies_in(view.place(unit), scope)
                found = between(view, filed, sides(then, unit, rules), rules)
                if inside and found and (found[0], unit) not in due:
                    rows.append(stray(name, unit, filed, found))
    return sorted(rows, key=lambda r: (*r[:4], last(r[7]), r[8]))


def between(
    view: View, filed: Row, side: list[str], rules: Rules
) -> tuple[str, str, str] | None:
    """Return the area's organization, the direction and the end on the unit's side."""
    tail, head = filed["from"], filed["to"]
    if of_area(view, tail, rules) and head in side:
        return tail, "down", head
    if of_area(view, head, rules) and tail in side:
        return head, "up", tail
    return None


def stray(
    name: str, unit: str, filed: Row, found: tuple[str, str, str]
) -> tuple[Any, ...]:
    committee, direction, end = found
    values = [filed.get(a) for a in ("score", "scale_max", "grade")]
    via = None if end == unit else end
    return (name, committee, unit, direction, *values, via, identity(filed))


def directed(rows: list[tuple[Any, ...]]) -> list[Side]:
    """Return both directions of each row of pairs."""
    downs = [Side(r[0], r[1], r[2], "down", r[4], r[7], r[8]) for r in rows]
    return downs + [Side(r[0], r[1], r[2], "up", r[5], r[10], r[11]) for r in rows]


def grouped(view: View, found: list[Side], by: str) -> dict[Group, list[Side]]:
    groups: dict[Group, list[Side]] = {}
    for side in found:
        groups.setdefault((side.round, group_of(view, side, by)), []).append(side)
    return groups


def group_of(view: View, side: Side, by: str) -> str | None:
    """Return the group of a pair.

    Reading: a unit that is listed and not in the network has no kind and no place.
    """
    if by == "organization":
        return side.committee
    if side.unit not in view.nodes:
        return None
    if by == "kind":
        return str(view.get(side.unit, "kind"))
    return view.at_level(view.place(side.unit), by)


def title(view: View, group: str | None) -> str | None:
    """Return the name of an area or organization; a kind is no node."""
    return view.get(group, "name") if group in view.nodes else None


def by_group(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (row[0], last(row[1]), row[3])


def by_closing(row: tuple[str, Round | None]) -> tuple[Any, ...]:
    """Return where a round stands: without dates first, then by its closing day."""
    name, listed = row
    return (listed is not None, listed.closes_on if listed else date.min, name)


def share(score: float | None, scale: float | None) -> float | None:
    if score is None or scale is None or scale <= 0:
        return None
    return score / scale


def at_ceiling(side: Side, rules: Rules) -> bool:
    """Tell whether a score reaches its ceiling, in whole hundredths."""
    score, scale = (round(100 * (v or 0)) for v in (side.score, side.scale))
    return 100 * score >= rules.ceiling_percent * scale
