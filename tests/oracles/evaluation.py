"""The pairs of a two-way evaluation by the contract's section 7, pair by pair."""

from copy import copy
from datetime import date
from typing import Any

from orgnet.rules import Round, Rules
from tests.oracles.common import Row, View, overlap
from tests.oracles.coverage import returned
from tests.worlds import World

RANK = ("returned", "void", "exempt", "pending", "missing")
TIED = ("PARTNERS_WITH", "HOLDS_SEAT_ON")


def pairs(
    world: World,
    *,
    round: str | None,  # noqa: A002  the contract's word
    within: str | None,
    day: date | None,
    kind: str,
    rules: Rules,
) -> list[tuple[Any, ...]]:
    """Answer evaluation.pairs.

    Reading: the day decides what is pending and nothing else. Who is expected, and who
    stands for whom, goes by what was valid on some day of the round; evaluations and
    the scope count whenever they were valid.
    """
    view = View(world, None)
    scope = view.scope(within)
    rows = []
    for name, listed in calendar(view, kind, rules):
        if round is not None and name != round:
            continue
        filed = [r for r in told(view, kind) if r["round"] == name]
        silent = "pending" if is_open(listed, day) else "missing"
        then = view if listed is None else during(view, listed)
        for committee, unit in expected(then, rules, listed):
            if scope is None or view.lies_in(view.place(unit), scope):
                side = sides(then, unit, rules)
                answer = directions(filed, committee, side, silent)
                rows.append((name, committee, unit, rules.expected, *answer))
    return sorted(rows, key=lambda r: r[:3])


def rounds(world: World, *, kind: str, rules: Rules) -> list[tuple[Any, ...]]:
    """Answer evaluation.rounds."""
    view = View(world, None)
    rows = []
    for name, listed in calendar(view, kind, rules):
        filed = [status(r) for r in told(view, kind) if r["round"] == name]
        days = (None, None) if listed is None else (listed.opens_on, listed.closes_on)
        counts = (filed.count("returned"), len(filed))
        rows.append((name, listed is not None, *days, *counts))
    return rows


def calendar(view: View, kind: str, rules: Rules) -> list[tuple[str, Round | None]]:
    """Return the rounds listed for a kind of evaluation and those found in the data.

    Reading: an evaluation that is treated as absent does not make a round.
    """
    listed = {r.id: r for r in rules.rounds if r.kind == kind}
    found = {r["round"] for r in told(view, kind)}
    return [(name, listed.get(name)) for name in sorted({*listed, *found})]


def during(view: View, listed: Round) -> View:
    """Return only what was valid, with both its ends, on some day of a round."""
    span = span_of(listed)
    then = copy(view)
    then.nodes = {n: row for n, row in view.nodes.items() if overlap(row, span)}
    then.ties = {
        name: [
            row
            for row in rows
            if overlap(row, view.nodes[row["from"]], view.nodes[row["to"]], span)
        ]
        for name, rows in view.ties.items()
    }
    return then


def span_of(listed: Round) -> Row:
    """Return the days of a round as a validity."""
    after = date.fromordinal(listed.closes_on.toordinal() + 1)
    return {"valid_from": listed.opens_on, "valid_to": after}


def sides(view: View, unit: str, rules: Rules) -> list[str]:
    """Return a unit and the organizations that stand for it.

    Reading: an area's organization never stands for its host.
    """
    hosted = [] if unit not in view.nodes else view.hosted(unit)
    return [unit, *(o for o in hosted if not of_area(view, o, rules))]


def of_area(view: View, node: str, rules: Rules) -> bool:
    organization = view.label(node) == "PartyOrganization"
    return organization and view.get(node, "setting") in rules.area_settings


def expected(view: View, rules: Rules, listed: Round | None) -> list[tuple[str, str]]:
    """Return the pairs that should evaluate each other.

    Reading: for located too, the community's organization is one of area_settings.
    """
    units = view.of("Unit")
    if rules.expected == "listed":
        return sorted(set(rules.listed))
    if rules.expected == "located":
        resident = [u for u in units if view.get(u, "resident") is True]
        homes = [(view.organization(view.community(u)), u) for u in resident]
        return [(o, u) for o, u in homes if o is not None and of_area(view, o, rules)]
    committees = [o for o in view.of("PartyOrganization") if of_area(view, o, rules)]
    return [
        (o, u) for o in committees for u in units if tied(view, o, u, rules, listed)
    ]


def tied(
    view: View, committee: str, unit: str, rules: Rules, listed: Round | None
) -> bool:
    """Tell whether a unit is a partner of a committee or holds a seat on it.

    Reading: what an organization is tied to is its host's on a day on which it is both
    tied and hosted; a round without dates takes any day for any other.
    """
    for side in sides(view, unit, rules):
        stays = [{}] if side == unit else view.out("HOSTED_BY", side, to=unit)
        for row in (r for n in TIED for r in view.out(n, side, to=committee)):
            if listed is None:
                return True
            ends = [view.nodes[n] for n in (committee, side, unit)]
            if any(overlap(row, stay, *ends, span_of(listed)) for stay in stays):
                return True
    return False


def status(row: Row) -> str | None:
    if row.get("status") is None:
        return "returned" if returned(row) else None
    return str(row["status"])


def identity(row: Row) -> str:
    """Return the id of an evaluation: its identity joined, null as empty."""
    begins = row.get("valid_from") or ""
    parts = (
        "EVALUATES",
        row["from"],
        row["to"],
        row["kind"],
        row["round"],
        str(begins),
    )
    return "|".join(parts)


def told(view: View, kind: str) -> list[Row]:
    """Return the evaluations of a kind that are not treated as absent."""
    rows = view.ties.get("EVALUATES", [])
    return [r for r in rows if r["kind"] == kind and status(r) is not None]


def directions(
    filed: list[Row], committee: str, side: list[str], silent: str
) -> tuple[Any, ...]:
    """Return the columns of one pair from its down state on; the unit is side[0]."""
    down = best(r for r in filed if r["from"] == committee and r["to"] in side)
    up = best(r for r in filed if r["to"] == committee and r["from"] in side)
    states = (status(down) or silent, status(up) or silent)
    values = [row.get(a) for row in (down, up) for a in ("score", "scale_max", "grade")]
    ends = (down.get("to"), up.get("from"))
    via = [None if end == side[0] else end for end in ends]
    return (*states, state(*states), *values, *via)


def is_open(listed: Round | None, day: date | None) -> bool:
    if listed is None or day is None:
        return False
    return listed.opens_on <= day <= listed.closes_on


def best(rows: Any) -> Row:
    """Return the relationship that decides a direction, or an empty row."""
    ordered = sorted(rows, key=lambda r: (RANK.index(status(r) or ""), identity(r)))
    return ordered[0] if ordered else {}


def state(down: str, up: str) -> str:
    if "exempt" in {down, up}:
        return "exempt"
    if "pending" in {down, up}:
        return "pending"
    answered = (down == "returned", up == "returned")
    return {
        (True, True): "both",
        (True, False): "down_only",
        (False, True): "up_only",
        (False, False): "neither",
    }[answered]
