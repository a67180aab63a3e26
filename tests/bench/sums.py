"""Money, coverage by day and evaluations, as one would count them, plainly.

As in peers.py: relationships without a day but where days are compared, the default
rules, a network that holds all of what it holds.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, reduce
from itertools import product
from math import comb
from statistics import fmean
from typing import Any, NamedTuple
from unicodedata import normalize

import networkx as nx
import numpy as np

from tests.bench import counting, peers
from tests.bench.counting import Row, Rows, place, upward
from tests.bench.peers import RULES, SETTINGS, Data, Graph, of_kind, typed

CHANNELS = ("community", "department", "street")
MEASURES = ("any", "organization", "single", "work")
COUNTED = ("numerator", "denominator", "undetermined")
OF_UNITS = ("LOCATED_IN", "PART_OF", "COVERS")
BESIDE_PARKS = {"street", "community", "compound", "grid", "building"}
WIDE = {ord("0") + n: ord("０") + n for n in range(10)}  # full-width digits
TAKEN_IN = {"type": "COVERS", "basis": "organization", "mode": "single"}
WAYS = ("down", "up")  # the committee rates the unit, and is rated by it
WIDE_BY = 1.959964  # standard errors on either side of a 95 per cent interval
Answer = tuple[str, str, float]  # rater, rated, share
Estimates = dict[str, tuple[float, float]]  # by node, with the standard error
Truth = bool | None  # None is not known


def community(graph: Graph, area: str | None) -> str | None:
    """The community of a place, else the place."""
    return peers.at_level(graph, area, "community") or area


def dispatch(graph: Graph) -> Rows:
    """Rows by community and channel, of ties, areas, staff and money."""
    found: dict[tuple[str, str], list[tuple[str, Data]]] = defaultdict(list)
    for tail, head, data in graph.edges(data=True):
        if data["type"] in {"DISPATCHES", "DEPLOYS_TO"}:
            for area in upward(graph, head):
                if graph.nodes[area]["level"] == "community":
                    channel = channel_of(graph, tail, area, data)
                    found[area, channel].append((head, data))
    areas = (a for a, data in of_kind(graph, "Area") if data["level"] == "community")
    return {
        (area, channel): sent(found[area, channel])
        for area in areas
        for channel in CHANNELS
    }


def channel_of(graph: Graph, tail: str, area: str, data: Data) -> str:
    if data["type"] == "DEPLOYS_TO":
        return "department"
    own = counting.community_organizations(graph, area)
    return "community" if tail in own else "street"


def sent(ties: list[tuple[str, Data]]) -> Row:
    row: list[int] = [len(ties), len({head for head, _ in ties})]
    for name in ("staff", "funds_cny"):
        known = [data[name] for _, data in ties if data.get(name) is not None]
        row += [sum(known), len(ties) - len(known)]
    return tuple(row)


def funds(graph: Graph) -> Rows:
    """Rows by class, id and year: area, received, given, unknown, state, reason."""
    books: dict[tuple[str, int], dict[bool, list[int | None]]] = defaultdict(
        lambda: {True: [], False: []}
    )
    paid, backed = set(), set()
    for tail, head, data in graph.edges(data=True):
        if data["type"] == "FUNDS":
            amount = data.get("amount_cny")
            books[head, data["year"]][True].append(amount)
            books[tail, data["year"]][False].append(amount)
            backed.add(head)
            if graph.nodes[head]["label"] == "Project":
                paid.add((tail, data["year"]))
    idle = without_project(graph)
    rows: Rows = {}
    for (node, year), book in books.items():
        if graph.nodes[node]["label"] == "PartyOrganization":
            told = (community(graph, place(graph, node)), *sums(book))
            state = overspent(book)
            if state is not None:
                rows["overspent", node, year] = (*told, *state)
            if book[True] and node in idle and (node, year) not in paid:
                why = "money_without_project"
                rows[why, node, year] = (*told, "finding", why)
    for project, _ in of_kind(graph, "Project"):
        if project not in backed:
            area = community(graph, min(served(graph, project), default=None))
            why = "project_without_money"
            rows[why, project, None] = (area, 0, 0, 0, "finding", why)
    return rows


def sums(book: dict[bool, list[int | None]]) -> Row:
    """Received, given, and how many amounts are not known."""
    known = {
        way: [a for a in amounts if a is not None] for way, amounts in book.items()
    }
    unknown = sum(len(book[way]) - len(known[way]) for way in book)
    return sum(known[True]), sum(known[False]), unknown


def overspent(book: dict[bool, list[int | None]]) -> Row | None:
    received, given, _ = sums(book)
    more = given > received
    if not book[False] or not (more or None in book[False]):
        return None
    if None in book[more]:
        return "undetermined", "unknown:amount_cny"
    return "finding", "overspent"


def served(graph: Graph, project: str) -> Iterator[str]:
    for to, _ in typed(graph, project, "SERVES"):
        if graph.nodes[to]["label"] == "Area":
            yield to


def without_project(graph: Graph) -> set[str]:
    """The organizations of areas of none of which a project serves any part."""
    projects = [project for project, _ in of_kind(graph, "Project")]
    ends = {area for project in projects for area in served(graph, project)}
    reached = {above for area in ends for above in upward(graph, area)}
    own: dict[str, set[str]] = defaultdict(set)
    for tail, head, data in graph.edges(data=True):
        same = graph.nodes[head].get("level") == graph.nodes[tail].get("setting")
        if data["type"] == "COVERS" and data["basis"] == "organization" and same:
            own[tail].add(head)
    return {party for party, areas in own.items() if areas.isdisjoint(reached)}


def valid(data: Data, day: date) -> bool:
    return data.get("valid_from", day) <= day < data.get("valid_to", date.max)


def on(graph: Graph, day: date) -> Graph:
    """The nodes of a day, and what says where units are and who covers them."""
    today: Any = nx.MultiDiGraph()
    today.add_nodes_from((n, d) for n, d in graph.nodes(data=True) if valid(d, day))
    today.add_edges_from(
        (tail, head, data)
        for tail, head, data in graph.edges(data=True)
        if data["type"] in OF_UNITS
        and valid(data, day)
        and tail in today
        and head in today
    )
    return today


def trend(graphs: Mapping[date, Graph]) -> Rows:
    """Rows by day, street and measure: of those in operation, how many are covered.

    Each day's graph holds what was valid on it.
    """
    rows: Rows = {}
    for day, graph in graphs.items():
        for group, row in rates(graph).items():
            rows[day, *group] = row
    return rows


def rates(graph: Graph) -> Rows:
    """Rows by street and measure: of those in operation, how many are covered."""
    areas = [a for a, data in of_kind(graph, "Area") if data["level"] == "street"]
    counts: dict[tuple[str | None, str], Counter[str]] = {
        (area, measure): Counter() for area in areas for measure in MEASURES
    }
    for unit, data in of_kind(graph, "Unit"):
        street = peers.at_level(graph, peers.home(graph, unit), "street")
        belongs = data.get("status") != "closed" and data.get("operating")
        for measure, covered in measures(graph, unit, data).items():
            state = counted(belongs, covered)
            counts.setdefault((street, measure), Counter()).update(state)
    return {
        group: tuple(count[name] for name in COUNTED) for group, count in counts.items()
    }


def compare(before: Graph, after: Graph) -> Rows:
    """Rows by street and measure, of the same streets: before, after, the change."""
    was = rates(before)
    return {
        group: (*was[group], *now, now[0] - was[group][0])
        for group, now in rates(after).items()
    }


def counted(belongs: Truth, covered: Truth) -> Iterator[str]:
    """Say in which of the three numbers a unit counts."""
    if belongs and covered:
        yield "numerator"
    if belongs:
        yield "denominator"
    if belongs is None or (belongs and covered is None):
        yield "undetermined"


def measures(graph: Graph, unit: str, data: Data) -> dict[str, Truth]:
    covers = [
        cover
        for party, cover in typed(graph, unit, "COVERS", into=True)
        if not counting.functional(graph, party)
    ]
    modes = {cover["mode"] for cover in covers if cover["basis"] == "organization"}
    said = data.get("reported_party_org") and not modes
    other = None if said else False
    organization = not modes.isdisjoint({"single", "joint"}) or other
    sent = any(cover["basis"] == "work" for cover in covers)
    sent_or_said = sent or (None if data.get("reported_instructor") else False)
    work = either(sent_or_said, data.get("has_union"), data.get("has_youth_league"))
    return {
        "any": either(organization, work),
        "organization": organization,
        "single": "single" in modes or other,
        "work": work,
    }


def either(*known: Truth) -> Truth:
    """True if one is, else unknown if one is, else false."""
    return True if True in known else None if None in known else False


def duplicates(graph: Graph) -> Rows:
    """Rows by class and smallest id: area and all ids."""
    rows: Rows = {}
    codes: dict[Any, list[str]] = defaultdict(list)
    names: dict[Any, list[str]] = defaultdict(list)
    for unit, data in of_kind(graph, "Unit"):
        parties = counting.covered_by(graph, unit, "organization")
        settings = {graph.nodes[party]["setting"] for party in parties}
        if "park" in settings and settings & BESIDE_PARKS:
            both = {"park", *BESIDE_PARKS}
            found = sorted(p for p in parties if graph.nodes[p]["setting"] in both)
            rows["park_and_street", unit] = (counting.area_of_row(graph, unit), found)
        if data.get("status") != "closed":
            codes[data.get("uscc")].append(unit)
            home = peers.at_level(graph, peers.home(graph, unit), "community")
            names[home, normalize("NFKC", data["name"]).replace(" ", "")].append(unit)
    by_code = {
        tuple(sorted(units)) for code, units in codes.items() if code is not None
    }
    by_name = {tuple(sorted(units)) for (home, _), units in names.items() if home}
    same = {"same_code": by_code, "same_name": by_name - by_code}
    for class_, groups in same.items():
        for units in groups:
            if len(units) > 1:
                area = counting.area_of_row(graph, units[0])
                rows[class_, units[0]] = (area, list(units))
    return rows


def with_twins(graph: Graph) -> Graph:
    """Every twentieth unit once more, the name written otherwise, half without a code.

    Those are covered by a park and by their community.
    """
    twice = graph.copy()
    park = min(p for p, setting in graph.nodes(data="setting") if setting == "park")
    for at, (unit, data) in enumerate(of_kind(graph, "Unit")[::20]):
        twin, name = f"{unit}-twin", data["name"].translate(WIDE)
        twice.add_node(twin, **{**data, "name": f"{name[:2]} {name[2:]}"})
        if at % 2:
            del twice.nodes[twin]["uscc"]
        for to, tie in typed(graph, unit, "LOCATED_IN"):
            twice.add_edge(twin, to, **tie)
        home = peers.at_level(graph, peers.home(graph, unit), "community")
        for party in {park, peers.organization(graph, home, "community")} - {None}:
            twice.add_edge(party, twin, **TAKEN_IN)
    return twice


def return_rates(graph: Graph) -> Rows:
    """Rows by round, street and direction: returned, due, pending, void and exempt."""
    states: dict[tuple[str, str | None, str], Counter[str]] = defaultdict(Counter)
    for round_, _, unit, *both in counting.answers(graph):
        street = peers.at_level(graph, peers.home(graph, unit), "street")
        for way, state in zip(("down", "up"), both, strict=True):
            states[round_, street, way][state] += 1
    return {
        group: (
            count["returned"],
            count["returned"] + count["void"] + count["missing"],
            *(count[name] for name in ("pending", "void", "exempt")),
        )
        for group, count in states.items()
    }


def inspections(graph: Graph) -> Rows:
    """Rows by organization: area, rounds without a visit, the last, and how many."""
    came: dict[str, set[str]] = defaultdict(set)
    for _, head, data in graph.edges(data=True):
        inspected = data["type"] == "EVALUATES" and data["kind"] == "inspection"
        if inspected and peers.filing_state(data) == "returned":
            came[head].add(data["round"])
    rounds = sorted(set().union(*came.values()))
    rows: Rows = {}
    for party, data in of_kind(graph, "PartyOrganization"):
        if data["setting"] in SETTINGS and rounds:
            last = max(came[party], default=None)
            run = len(rounds) if last is None else len(rounds) - 1 - rounds.index(last)
            if run:
                area = community(graph, place(graph, party))
                rows[party] = (area, run, last, len(rounds))
    return rows


def scored(graph: Graph) -> dict[str, list[Answer]]:
    """The shares that committees gave to units of expected pairs, by round."""
    expected = peers.due(graph)
    found: dict[str, list[Answer]] = defaultdict(list)
    for tail, head, data in graph.edges(data=True):
        if data["type"] == "EVALUATES" and data["kind"] == "two_way":
            unit = peers.unit_of(graph, head)
            told = peers.filing_state(data) == "returned" and "score" in data
            if (
                told
                and unit
                and (tail, unit) in expected
                and data.get("scale_max", 0) > 0
            ):
                share = data["score"] / data["scale_max"]
                found[data["round"]].append((tail, unit, share))
    return found


def leniency(graph: Graph) -> Rows:
    """Rows by round and rater: answers, mean, component, effect, error, shrunk."""
    return by_round(graph, round_leniency)


def by_round(graph: Graph, fit: Callable[[list[Answer]], Rows]) -> Rows:
    return {
        (round_, node): row
        for round_, answers in scored(graph).items()
        for node, row in fit(answers).items()
    }


def round_leniency(answers: list[Answer]) -> Rows:
    given: dict[str, list[float]] = defaultdict(list)
    for rater, _, share in answers:
        given[rater].append(share)
    component = components(answers)
    known = estimates(answers, component, 0)
    spread = spread_of(list(known.values()))
    rows: Rows = {}
    for rater, shares in given.items():
        told: Row = (None, None, None)
        if rater in known:
            effect, error = known[rater]
            shrunk = effect * spread / (spread + error**2) if spread else 0.0
            told = (effect, error, shrunk)
        rows[rater] = (len(shares), fmean(shares), component[rater], *told)
    return rows


def ranking(graph: Graph) -> Rows:
    """Rows by round and rated: answers, mean, component, then as in :func:`places`."""
    return by_round(graph, round_ranking)


def round_ranking(answers: list[Answer]) -> Rows:
    given: dict[str, list[float]] = defaultdict(list)
    for _, rated, share in answers:
        given[rated].append(share)
    component = components(answers)
    parts: dict[str, Estimates] = defaultdict(dict)
    for rated, known in estimates(answers, component, 1).items():
        parts[component[rated]][rated] = known
    found = {rated: row for part in parts.values() for rated, row in places(part)}
    return {
        rated: (
            len(shares),
            fmean(shares),
            component[rated],
            *found.get(rated, (None,) * 7),
        )
        for rated, shares in given.items()
    }


def places(part: Estimates) -> Iterator[tuple[str, Row]]:
    """Give worth, error, interval, rank, and the best and worst that it may be."""
    all_ = [(w, w - WIDE_BY * e, w + WIDE_BY * e) for w, e in part.values()]
    for (rated, known), (worth, low, high) in zip(part.items(), all_, strict=True):
        rank = 1 + sum(other > worth for other, _, _ in all_)
        best = 1 + sum(other > high for _, other, _ in all_)
        worst = len(all_) - sum(other < low for _, _, other in all_)
        yield rated, (*known, low, high, rank, best, worst)


def components(answers: list[Answer]) -> dict[str, str]:
    """The smallest rater that is connected with each rater and rated."""
    ties = nx.Graph((rater, rated) for rater, rated, _ in answers)
    raters = {rater for rater, *_ in answers}
    found: dict[str, str] = {}
    for part in nx.connected_components(ties):
        found |= dict.fromkeys(part, min(part & raters))
    return found


def estimates(
    answers: list[Answer], component: Mapping[str, str], end: int
) -> Estimates:
    """Fit by dense least squares, one component after another: raters 0 or rated 1."""
    parts: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        parts[component[answer[0]]].append(answer)
    tried = (fitted(part, end) for part in parts.values())
    fits = [fit for fit in tried if fit is not None]
    noise = sum(fit.squares for fit in fits) / max(1, sum(fit.free for fit in fits))
    return {
        node: (round(estimate, 9), (variance * noise) ** 0.5)
        for fit in fits
        for node, (estimate, variance) in fit.effects.items()
    }


def spread_of(known: Sequence[tuple[float, float]]) -> float:
    """How much the raters vary, over what chance alone would give."""
    if not known:
        return 0.0
    total = sum(effect**2 - error**2 for effect, error in known)
    return max(0.0, total / len(known))


class Fit(NamedTuple):
    """Effects and variances by node, squared residuals, and degrees of freedom."""

    effects: dict[str, tuple[float, float]]
    squares: float
    free: int


def fitted(answers: list[Answer], end: int) -> Fit | None:
    """Fit one component, unless nothing can be told apart there.

    The effects are those of the raters, of mean zero, or the worth of the rated.
    """
    raters = sorted({rater for rater, *_ in answers})
    rated = sorted({unit for _, unit, _ in answers})
    free = len(answers) - len(raters) - len(rated) + 1
    if free < 1 or len(raters) < 2:
        return None
    column = {node: at for at, node in enumerate((*raters, *rated))}
    design = np.zeros((len(answers), len(column)))
    for row, (rater, unit, _) in enumerate(answers):
        design[row, [column[rater], column[unit]]] = 1
    shares = np.array([share for *_, share in answers])
    solution = np.linalg.lstsq(design, shares, rcond=None)[0]
    squares = float(((shares - design @ solution) ** 2).sum())
    own = np.eye(len(column))
    contrast = own[len(raters) :] if end else own[: len(raters)]
    contrast[:, : len(raters)] += (1 if end else -1) / len(raters)
    variance = np.diag(contrast @ np.linalg.pinv(design.T @ design) @ contrast.T)
    effects = zip((contrast @ solution).tolist(), variance.tolist(), strict=True)
    return Fit(dict(zip((raters, rated)[end], effects, strict=True)), squares, free)


def two_way(graph: Graph) -> Iterator[tuple[str, str, Data]]:
    for tail, head, data in graph.edges(data=True):
        if data["type"] == "EVALUATES" and data["kind"] == "two_way":
            yield tail, head, data


def rounds(graph: Graph) -> Rows:
    """Rows by round: not listed, no days, how many came back, how many say anything."""
    said: dict[str, Counter[str]] = defaultdict(Counter)
    for _, _, data in two_way(graph):
        if not data.keys().isdisjoint({"status", "score", "grade"}):
            said[data["round"]][peers.filing_state(data)] += 1
    return {
        round_: (False, None, None, states["returned"], states.total())
        for round_, states in said.items()
    }


def returned(graph: Graph) -> dict[tuple[str, str, str, str], Data]:
    """What came back of the expected, by round, committee, unit and direction.

    The first counts where several came back; they say the same in this city.
    """
    expected = peers.due(graph)
    came: dict[tuple[str, str, str, str], Data] = {}
    for tail, head, data in two_way(graph):
        is_down = graph.nodes[tail].get("setting") in SETTINGS
        area, other = (tail, head) if is_down else (head, tail)
        unit = peers.unit_of(graph, other)
        back = peers.filing_state(data) == "returned"
        if back and unit and (area, unit) in expected:
            came.setdefault((data["round"], area, unit, WAYS[not is_down]), data)
    return came


def asymmetry(graph: Graph) -> Rows:
    """Rows by round, committee and unit: both shares, the difference and its size."""
    rows: Rows = {}
    came = returned(graph)
    for (round_, area, unit, way), down in came.items():
        up = came.get((round_, area, unit, "up"))
        if way == "down" and up is not None:
            rows[round_, area, unit] = apart(share_of(down), share_of(up))
    return rows


def share_of(data: Data) -> float | None:
    score, scale = data.get("score"), data.get("scale_max", 0)
    return score / scale if score is not None and scale > 0 else None


def apart(down: float | None, up: float | None) -> Row:
    if down is None or up is None:
        return down, up, None, None
    return down, up, down - up, abs(down - up)


def ceiling(graph: Graph) -> Rows:
    """Rows by round, street and direction: at the ceiling, scored, and not scored."""
    came = returned(graph)
    street = cache(lambda u: peers.at_level(graph, peers.home(graph, u), "street"))
    counts: dict[tuple[str, str | None, str], Counter[str]] = defaultdict(Counter)
    for round_, pair, way in product(rounds(graph), peers.due(graph), WAYS):
        data = came.get((round_, *pair, way))
        told = () if data is None else at_ceiling(data)
        counts[round_, street(pair[1]), way].update(told)
    return {
        group: tuple(count[name] for name in COUNTED) for group, count in counts.items()
    }


def at_ceiling(data: Data) -> Iterable[str]:
    """Say in which of the three numbers an answer counts, compared in hundredths."""
    if share_of(data) is None:
        return ("undetermined",)
    score, scale = (round(100 * data[name]) for name in ("score", "scale_max"))
    high = 100 * score >= RULES.ceiling_percent * scale
    return COUNTED[:2] if high else COUNTED[1:2]


def unexpected(graph: Graph) -> Rows:
    """Rows by unit and evaluation: round, committee, direction, marks and via."""
    expected = peers.due(graph)
    rows: Rows = {}
    for tail, head, data in two_way(graph):
        if peers.filing_state(data) == "returned":
            for area, way, unit, via in sides(graph, tail, head):
                if (area, unit) not in expected:
                    marks = (data.get(n) for n in ("score", "scale_max", "grade"))
                    told = (data["round"], area, way, *marks, via)
                    rows[unit, identity(tail, head, data)] = told
    return rows


def sides(
    graph: Graph, tail: str, head: str
) -> Iterator[tuple[str, str, str, str | None]]:
    """The committee, the direction, and the units at or behind the other end, via."""
    for area, way, other in ((tail, "down", head), (head, "up", tail)):
        if graph.nodes[area].get("setting") in SETTINGS:
            for unit, via in units_behind(graph, other):
                yield area, way, unit, via


def units_behind(graph: Graph, node: str) -> Iterator[tuple[str, str | None]]:
    """The unit that a node is, or those that it stands for, and via whom."""
    data = graph.nodes[node]
    if data["label"] == "Unit":
        yield node, None
    elif data["setting"] not in SETTINGS:
        for to, _ in typed(graph, node, "HOSTED_BY"):
            if graph.nodes[to]["label"] == "Unit":
                yield to, node


def identity(tail: str, head: str, data: Data) -> str:
    begins = str(data.get("valid_from", ""))
    return "|".join(("EVALUATES", tail, head, data["kind"], data["round"], begins))


def reciprocity_test(graph: Graph) -> Rows:
    """Rows by round and district: the pairs, how many are mutual, and by chance."""
    groups = counting.in_groups(graph, "district")
    tallies = {group: counting.tally(members) for group, members in groups.items()}
    return {
        group: (sum(n for n, _, _ in gave.values()), *tested(states["both"], gave))
        for group, (states, gave) in tallies.items()
        if gave
    }


def tested(both: int, gave: Mapping[str, Sequence[int]]) -> Row:
    """Compare with what chance brings if each committee keeps its numbers."""
    chance = reduce(np.convolve, (hypergeometric(*known) for known in gave.values()))
    counts = np.arange(len(chance))
    mean = float(counts @ chance)
    spread = float((counts - mean) ** 2 @ chance) ** 0.5
    likely = float(chance[both:].sum()), float(chance[: both + 1].sum())
    z = counting.ratio(both - mean, spread)
    return (both, mean, spread, z, *(min(1.0, p) for p in likely), 0)


def hypergeometric(pairs: int, gave: int, got: int) -> Any:
    """How likely each number of mutual pairs is, of these."""
    ways, most = comb(pairs, got), min(gave, got)
    mutual = (comb(gave, k) * comb(pairs - gave, got - k) for k in range(most + 1))
    return np.array([some / ways for some in mutual])
