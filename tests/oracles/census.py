"""Reciprocity, dyads, inspections and outliers by decision D42, counted one by one."""

from datetime import date
from fractions import Fraction
from math import sqrt
from statistics import median
from typing import Any

from orgnet.rules import Rules
from tests.oracles.common import Row, View
from tests.oracles.common import last as nulls_last
from tests.oracles.counts import Group, Side, group_of, title
from tests.oracles.coverage import returned
from tests.oracles.evaluation import of_area, pairs
from tests.worlds import World

TYPES = (
    "CONTACTS",
    "COORDINATES",
    "ESCALATES_TO",
    "EVALUATES",
    "FUNDS",
    "HOLDS_SEAT_ON",
    "PARTNERS_WITH",
    "SUBORDINATE_TO",
    "SUPERVISED_BY",
)
NORMAL = Fraction("0.6745")  # a normal distribution's MAD, in standard deviations
DECIMALS = 9


def reciprocity(
    world: World,
    *,
    by: str,
    round: str | None,  # noqa: A002  the contract's word
    within: str | None,
    day: date | None,
    kind: str,
    rules: Rules,
) -> list[tuple[Any, ...]]:
    """Answer evaluation.reciprocity."""
    view = View(world, None)
    groups: dict[Group, list[tuple[Any, ...]]] = {}
    for row in pairs(
        world, round=round, within=within, day=day, kind=kind, rules=rules
    ):
        side = Side(row[0], row[1], row[2], "down", row[4], None, None)
        groups.setdefault((side.round, group_of(view, side, by)), []).append(row)
    rows = [
        (name, group, title(view, group), *answered(members))
        for (name, group), members in groups.items()
    ]
    return sorted(rows, key=lambda r: (r[0], nulls_last(r[1])))


def answered(members: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    """Return the columns of one group, from `pairs` on, by its rows of pairs."""
    states = [row[6] for row in members]
    pending, exempt = states.count("pending"), states.count("exempt")
    due = [row for row in members if row[6] not in {"pending", "exempt"}]
    both, neither = states.count("both"), states.count("neither")
    one_way = states.count("down_only") + states.count("up_only")
    arcs = 2 * both + one_way
    counts = (len(due), both, one_way, neither, pending, exempt, arcs)
    arc, density = ratio(2 * both, arcs), ratio(arcs, 2 * len(due))
    dyad, pair = ratio(both, both + one_way), ratio(both, len(due))
    shares = [real(s) for s in (arc, dyad, pair, density, correlation(arc, density))]
    return (*counts, *shares, *by_chance(due, both))


def by_chance(
    due: list[tuple[Any, ...]], both: int
) -> tuple[float, float, float | None]:
    """Return how many mutual pairs chance gives, their deviation, and z."""
    expected, variance = Fraction(), Fraction()
    for committee in {row[1] for row in due}:
        here = [row for row in due if row[1] == committee]
        n = len(here)
        d = sum(row[4] == "returned" for row in here)
        u = sum(row[5] == "returned" for row in here)
        expected += Fraction(d * u, n)
        if n > 1:
            variance += Fraction(d * u * (n - d) * (n - u), n**2 * (n - 1))
    deviation = sqrt(variance)
    z = float(both - expected) / deviation if variance else None
    return float(expected), deviation, z


def ratio(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def real(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def correlation(arc: Fraction | None, density: Fraction | None) -> Fraction | None:
    if arc is None or density is None or density == 1:
        return None
    return (arc - density) / (1 - density)


def dyads(
    world: World, *, within: str | None, day: date | None, rules: Rules
) -> list[tuple[Any, ...]]:
    """Answer evaluation.dyads.

    Reading: with `within` it is who an end was replaced by that must stand there.
    """
    view = View(world, day)
    scope = view.scope(within)
    rows = []
    for name in TYPES:
        arcs = set()
        for row in view.ties.get(name, []):
            if name == "EVALUATES" and not returned(row):
                continue
            tail, head = (stands(view, row[end], rules) for end in ("from", "to"))
            labels = {view.label(tail), view.label(head)}
            inside = in_scope(view, tail, scope) and in_scope(view, head, scope)
            if labels <= {"Unit", "PartyOrganization"} and inside and tail != head:
                arcs.add((tail, head))
        rows.append((name, *counted(arcs)))
    return rows


def counted(arcs: set[tuple[str, str]]) -> tuple[Any, ...]:
    """Return the columns of one type, from `nodes` on."""
    nodes = len({end for arc in arcs for end in arc})
    mutual = sum((head, tail) in arcs for tail, head in arcs) // 2
    asymmetric = len(arcs) - 2 * mutual
    possible = nodes * (nodes - 1) // 2
    counts = (nodes, len(arcs), mutual, asymmetric, possible - mutual - asymmetric)
    arc, density = ratio(2 * mutual, len(arcs)), ratio(len(arcs), 2 * possible)
    dyad, pair = ratio(mutual, mutual + asymmetric), ratio(mutual, possible)
    shares = (arc, dyad, pair, density, correlation(arc, density))
    return (*counts, *(real(s) for s in shares))


def stands(view: View, node: str, rules: Rules) -> str:
    """Return whom a node stands for: a unit's party organization for its host.

    Reading: of several hosts, areas are passed over even if their id is smaller.
    """
    if view.label(node) != "PartyOrganization" or of_area(view, node, rules):
        return node
    hosts = [h for h in view.heads("HOSTED_BY", node) if view.label(h) == "Unit"]
    return min(hosts, default=node)


def in_scope(view: View, node: str, scope: str | None) -> bool:
    return scope is None or view.lies_in(view.place(node), scope)


def inspections(
    world: World,
    *,
    within: str | None,
    day: date | None,
    kind: str,
    last: int,
    rules: Rules,
) -> list[tuple[Any, ...]]:
    """Answer evaluation.inspections.

    Reading: as in pairs, evaluations count whenever they were valid; who is looked at,
    and where it stands, goes by the day.
    """
    view, always = View(world, day), View(world, None)
    scope = view.scope(within)
    filed = [r for r in always.ties.get("EVALUATES", []) if r["kind"] == kind]
    filed = [r for r in filed if returned(r)]
    order = looked_at(filed, day, kind, rules)
    rows: list[tuple[Any, ...]] = []
    for node in view.of("PartyOrganization"):
        if not of_area(view, node, rules) or not in_scope(view, node, scope):
            continue
        visited = {r["round"] for r in filed if r["to"] == node}
        seen = [n for n, name in enumerate(order) if name in visited]
        run = len(order) - 1 - seen[-1] if seen else len(order)
        if order and run >= min(last, len(order)):
            place = view.place(node)
            area = view.at_level(place, "community") or place
            inspected = order[seen[-1]] if seen else None
            named = (node, view.get(node, "name"), area)
            rows.append((*named, run, inspected, len(order)))
    return sorted(rows, key=lambda r: (-r[3], nulls_last(r[2]), r[0]))


def looked_at(filed: list[Row], day: date | None, kind: str, rules: Rules) -> list[str]:
    """Return the rounds that are over, in order; without a calendar those found.

    Reading: a calendar of which no round is over yet is a calendar all the same.
    """
    listed = [r for r in rules.rounds if r.kind == kind]
    if not listed:
        return sorted({row["round"] for row in filed})
    over = [r for r in listed if day is None or r.closes_on < day]
    return [r.id for r in sorted(over, key=lambda r: (r.closes_on, r.id))]


def outliers(
    world: World,
    *,
    round: str | None,  # noqa: A002  the contract's word
    within: str | None,
    rules: Rules,
    cutoff: float,
) -> list[tuple[Any, ...]]:
    """Answer evaluation.outliers."""
    view = View(world, None)
    scope = view.scope(within)
    names = {row["round"] for row in view.ties.get("EVALUATES", [])}
    rows: list[tuple[Any, ...]] = []
    for name in names if round is None else names & {round}:
        found = seen_by_both(view, name, rules)
        differences = [
            rounded(mean(above) - mean(beside)) for above, beside in found.values()
        ]
        for party, difference in zip(found, differences, strict=True):
            if not in_scope(view, party, scope):
                continue
            above, beside = found[party]
            score = modified_z(difference, differences)
            outlier = None if score is None else abs(score) > cutoff
            means = (float(mean(above)), float(mean(beside)), float(difference))
            size = float(abs(difference))
            counts = (len(above), len(beside))
            rows.append((name, party, *counts, *means, real(score), outlier, size))
    rows = [(*r[:2], view.get(r[1], "name"), *r[2:]) for r in rows]
    return sorted(rows, key=lambda r: (r[0], -r[10], r[1]))


def seen_by_both(
    view: View, name: str, rules: Rules
) -> dict[str, tuple[list[Fraction], list[Fraction]]]:
    """Return the shares that superiors and peers gave in a round, by party."""
    found: dict[str, tuple[list[Fraction], list[Fraction]]] = {}
    for row in view.ties.get("EVALUATES", []):
        share = exact_share(row)
        if row["round"] == name and returned(row) and share is not None:
            shares = found.setdefault(stands(view, row["to"], rules), ([], []))
            if row["kind"] in {"hierarchical", "two_way"}:
                shares[row["kind"] == "two_way"].append(share)
    return {party: shares for party, shares in found.items() if all(shares)}


def exact_share(row: Row) -> Fraction | None:
    """Return score by scale, of which both are whole hundredths."""
    score, scale = (row.get(a) for a in ("score", "scale_max"))
    if score is None or scale is None or scale <= 0:
        return None
    return Fraction(str(score)) / Fraction(str(scale))


def mean(shares: list[Fraction]) -> Fraction:
    return sum(shares, Fraction()) / len(shares)


def modified_z(value: Fraction, values: list[Fraction]) -> Fraction | None:
    """Return the modified z-score, exactly; null where MAD is 0."""
    middle = median(values)
    spread = median(abs(v - middle) for v in values)
    return NORMAL * (value - middle) / spread if spread else None


def rounded(value: Fraction) -> Fraction:
    return Fraction(round(value * 10**DECIMALS), 10**DECIMALS)
