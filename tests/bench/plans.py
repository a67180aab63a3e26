"""Plans as one would make them over a networkx graph: sets, and a greedy that is plain.

As in peers.py: relationships without a day, the default rules, a network that holds all
of what it holds.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from tests.bench import peers, steps
from tests.bench.counting import HIGHER, Row, Rows, place, upward
from tests.bench.peers import RULES, Data, Graph, of_kind, typed

GOVERNED = ("street", "community", "compound", "grid")
COSTS = {
    "agree_partnership": 1,
    "form_joint_branch": 2,
    "found_organization": 3,
    "send_instructor": 1,
}
ACTIONS = {
    "G1": "found_organization",
    "G3": "send_instructor",
    "G4": "found_organization",
    "G5": "agree_partnership",
}
SEAT = "HOLDS_SEAT_ON"
WAYS = (  # what may tie a unit to its area, and from which end
    (SEAT, False),
    ("PARTNERS_WITH", False),
    ("EVALUATES", False),
    ("EVALUATES", True),
)
WEIGHED_BY = {"G1": "full_members", "G2": "full_members", "G4": "households"}
Gap = tuple[str, str]  # class and subject


class Wish(NamedTuple):
    """What would close gaps, who acts, and why it cannot be done."""

    action: str
    id: str
    units: tuple[str, ...] | None
    by: str | None
    gaps: set[Gap]
    reason: str | None

    @property
    def cost(self) -> int:
        return COSTS[self.action]


class Homes:
    """Who is tied to the organizations of community and street, and gives there."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.organizations = cache(self._organizations)

    def _organizations(self, area: str) -> set[str]:
        level = self.graph.nodes[area]["level"]
        covers = typed(self.graph, area, "COVERS", into=True)
        bodies = (tail for tail, data in covers if data["basis"] == "organization")
        return {
            party for party in bodies if self.graph.nodes[party]["setting"] == level
        }

    def area(self, node: str, level: str) -> str | None:
        return peers.at_level(self.graph, place(self.graph, node), level)

    def near(self, unit: str) -> set[str]:
        """The organizations of its community and its street."""
        areas = {self.area(unit, level) for level in ("community", "street")} - {None}
        return {party for area in areas for party in self.organizations(area)}

    def ends(self, unit: str, type_: str, *, into: bool = False) -> set[str]:
        """To whom a type ties it, or what it hosts; of evaluations what came back."""
        hosted = (party for party, _ in typed(self.graph, unit, "HOSTED_BY", into=True))
        return {
            end
            for side in (unit, *hosted)
            for end, data in typed(self.graph, side, type_, into=into)
            if type_ != "EVALUATES"
            or (data["kind"] == "two_way" and peers.filing_state(data) == "returned")
        }

    def tied(self, unit: str) -> bool:
        """Whether anything ties it to its community or its street."""
        near = self.near(unit)
        return any(
            not near.isdisjoint(self.ends(unit, type_, into=into))
            for type_, into in WAYS
        )

    def gives(self, unit: str) -> bool:
        """Whether something that it offers reaches its street."""
        street = self.area(unit, "street")
        for resource, _ in typed(self.graph, unit, "OFFERS"):
            needs = [need for need, _ in typed(self.graph, resource, "MATCHED_TO")]
            raisers = (
                raiser
                for need in needs
                for raiser, _ in typed(self.graph, need, "RAISES", into=True)
                if self.graph.nodes[raiser]["label"] == "Area"
            )
            spots = (*(place(self.graph, n) for n in (resource, *needs)), *raisers)
            if street and any(street in upward(self.graph, spot) for spot in spots):
                return True
        return False


def by_location_only(graph: Graph, units: Iterable[str]) -> dict[str, str]:
    """The residents that only their place ties there (G5): gap or undetermined."""
    homes, found = Homes(graph), {}
    for unit in units:
        data = graph.nodes[unit]
        if data.get("resident") and not homes.tied(unit) and not homes.gives(unit):
            known = any(homes.area(unit, level) for level in ("community", "street"))
            said = data.get("reported_seat") or data.get("reported_agreement")
            found[unit] = "gap" if known and not said else "undetermined"
    return found


def unit_classes(graph: Graph, unit: str, data: Data) -> Iterator[str]:
    """The gaps that a unit has for certain, of G1 to G3."""
    if not peers.operating(data):
        return
    held = peers.modes(graph, unit)
    if not held and data.get("reported_party_org"):
        return
    members = data.get("full_members", 0)
    if members >= RULES.min_full_members and "single" not in held:
        yield "G1"
    if not held and 1 <= members < RULES.min_full_members:
        yield "G2"
    if not held and not worked(graph, unit, data):
        yield "G3"


def worked(graph: Graph, unit: str, data: Data) -> bool:
    """Whether work reaches a unit, or may do so."""
    sent = any(
        cover["basis"] == "work"
        and graph.nodes[party].get("membership_basis") != "functional"
        for party, cover in typed(graph, unit, "COVERS", into=True)
    )
    groups = (data.get(name) is False for name in ("has_union", "has_youth_league"))
    return sent or bool(data.get("reported_instructor")) or not all(groups)


def gaps(graph: Graph) -> dict[Gap, int]:
    """What there is to close and what it weighs, by class; areas by level, then id."""
    found: list[Gap] = []
    units = dict(of_kind(graph, "Unit"))
    for unit, data in units.items():
        found += [(class_, unit) for class_ in unit_classes(graph, unit, data)]
    found += [("G4", area) for area in peers.areas_without(graph)]
    alone = by_location_only(graph, units)
    found += [("G5", unit) for unit, state in alone.items() if state == "gap"]
    level = {
        area: GOVERNED.index(graph.nodes[area]["level"])
        for c, area in found
        if c == "G4"
    }
    found.sort(key=lambda gap: (gap[0], level.get(gap[1], 0), gap[1]))
    return {
        (class_, id_): max(
            1, graph.nodes[id_].get(WEIGHED_BY.get(class_, "employees"), 1)
        )
        for class_, id_ in found
    }


def acting(graph: Graph, node: str, levels: Iterable[str]) -> str | None:
    """The organization of the first of these levels that has one."""
    own = graph.nodes[node].get("level")
    above = HIGHER[HIGHER.index(own) + 1 :] if own in HIGHER else HIGHER
    parties = (
        peers.organization(
            graph, peers.at_level(graph, place(graph, node), level), level
        )
        for level in levels
        if level in above
    )
    return next((party for party in parties if party), None)


def wishes(graph: Graph, found: dict[Gap, int]) -> Iterator[Wish]:
    for class_, id_ in found:
        if class_ == "G2":
            continue
        by = acting(graph, id_, HIGHER[:2] if class_ == "G5" else HIGHER)
        closed = {(class_, id_)}
        if class_ == "G1":
            closed |= {("G3", id_)} & found.keys()
        why = None if by else "no_organization_near"
        yield Wish(ACTIONS[class_], id_, None, by, closed, why)
    yield from joint(graph, found)


def joint(graph: Graph, found: dict[Gap, int]) -> Iterator[Wish]:
    """Joint branches: those of one community, like beside like, most members first."""
    homes = {id_: steps.home(graph, id_) for class_, id_ in found if class_ == "G2"}

    def rank(unit: str) -> tuple[Any, ...]:
        data = graph.nodes[unit]
        trade = (data.get("industry") or "~")[:1]  # unknown comes last
        return homes[unit] or "", data["kind"], trade, -found["G2", unit], unit

    order = sorted(homes, key=rank)
    most = RULES.joint_branch_max_units
    for home, members in groupby(order, key=lambda u: homes[u]):
        near = list(members)
        for units in (near[at : at + most] for at in range(0, len(near), most)):
            by = acting(graph, units[0], HIGHER)
            closed = {(c, u) for c in ("G2", "G3") for u in units} & found.keys()
            why = None if by else "no_organization_near"
            if len(units) == 1 or home is None:
                why = "no_partner_near"
            inside = tuple(sorted(units))
            id_ = home or inside[0]
            yield Wish("form_joint_branch", id_, inside, by, closed, why)


class Greedy:
    """Most weight for its cost, again and again; all are looked at every time."""

    def __init__(
        self, sets: Sequence[set[Gap]], costs: Sequence[int], weights: dict[Gap, int]
    ) -> None:
        self.sets, self.costs, self.weights = sets, costs, weights

    def gain(self, at: int, covered: set[Gap]) -> int:
        return sum(self.weights[gap] for gap in self.sets[at] - covered)

    def covered(self, places: Iterable[int]) -> set[Gap]:
        return {gap for p in places for gap in self.sets[p]}

    def best(self, places: Iterable[int], covered: set[Gap]) -> int | None:
        """The first of those that add most for their cost, if any adds anything."""
        ratios = {p: self.gain(p, covered) / self.costs[p] for p in places}
        best = max(ratios, key=lambda p: (ratios[p], -p), default=None)
        return best if best is not None and ratios[best] else None

    def filled(self, taken: set[int], budget: int) -> set[int]:
        """Take more while the money lasts."""
        while True:
            left = budget - sum(self.costs[p] for p in taken)
            able = (p for p, cost in enumerate(self.costs) if cost <= left)
            best = self.best((p for p in able if p not in taken), self.covered(taken))
            if best is None:
                return taken
            taken = taken | {best}

    def thinned(self, taken: set[int]) -> set[int]:
        """Give back what the others cover as well, the dearest first."""
        for p in sorted(taken, key=lambda p: (-self.costs[p], p)):
            others = taken - {p}
            if self.sets[p] <= self.covered(others):
                taken = others
        return taken

    def choose(self, budget: int) -> tuple[list[int], float]:
        """Return what to take, in order, and what nothing for the budget can exceed."""
        taken = self.filled(set(), budget)
        while (fewer := self.thinned(taken)) != taken:
            taken = self.filled(fewer, budget)
        closed = self.covered(taken)
        weight = sum(self.weights[gap] for gap in closed)
        bounds = self.bound(set(), budget), weight + self.bound(closed, budget)
        able = (p for p, cost in enumerate(self.costs) if cost <= budget)
        single = max(able, key=lambda p: (self.gain(p, set()), -p), default=None)
        if single is not None and self.gain(single, set()) > weight:
            taken = {single}
        return self.in_order(taken), min(bounds)

    def in_order(self, taken: set[int]) -> list[int]:
        order: list[int] = []
        while (best := self.best(taken - {*order}, self.covered(order))) is not None:
            order.append(best)
        return order

    def bound(self, covered: set[Gap], budget: int) -> float:
        """What the budget could add, were steps to be had in part."""
        gains = {
            p: self.gain(p, covered) for p, c in enumerate(self.costs) if c <= budget
        }
        total, left = 0.0, budget
        for p in sorted(gains, key=lambda p: -gains[p] / self.costs[p]):
            total += gains[p] * min(1.0, left / self.costs[p])
            left -= self.costs[p]
            if left <= 0:
                break
        return total


def close_gaps(graph: Graph, budget: int) -> Rows:
    """Rows by action, subject and units: step, who acts, what it closes, and so on."""
    found = gaps(graph)
    wished = list(wishes(graph, found))
    able = [wish for wish in wished if wish.reason is None]
    greedy = Greedy([w.gaps for w in able], [w.cost for w in able], found)
    order, bound = greedy.choose(budget)
    rows: Rows = {}
    closed: set[Gap] = set()
    spent = 0
    for step, wish in enumerate((able[at] for at in order), 1):
        spent += wish.cost
        whole = wish.cost, spent, bound, None
        rows[wish[:3]] = (step, *worth(wish, found, closed), *whole)
        closed |= wish.gaps
    taken = set(order)
    rest = [w for at, w in enumerate(able) if at not in taken and w.gaps - closed]
    for wish in (*rest, *(w for w in wished if w.reason)):
        tail = wish.cost, None, bound, wish.reason or "over_budget"
        rows[wish[:3]] = (None, *worth(wish, found, closed), *tail)
    return rows


def worth(wish: Wish, found: dict[Gap, int], closed: set[Gap]) -> Row:
    """Who acts, the classes that are closed anew, and their weight."""
    fresh = wish.gaps - closed
    classes = tuple(sorted({class_ for class_, _ in fresh}))
    return wish.by, classes, sum(found[gap] for gap in fresh)


def asked_by(search: steps.Steps, starts: Iterable[str]) -> set[str]:
    """Who is reached, a hop early, and may go on by a seat."""
    known = edge = {(0, node) for node in starts}
    for _ in range(RULES.max_hops - 1):
        edge = {
            (search.after(state, step), other)
            for state, node in edge
            for other, ways in search.onward[node].items()
            for step in ways
            if search.after(state, step) >= 0
        } - known
        known = known | edge
    return {node for state, node in known if search.after(state, SEAT) >= 0}


def free_seats(search: steps.Steps, kind: str) -> Iterator[tuple[str, str]]:
    """Go through the seats that owners of something of a kind could take."""
    graph = search.graph
    owners = {owner for _, owner in steps.stock(graph, kind, used_up=False)}
    for unit in owners:
        held = {party for party, _ in typed(graph, unit, SEAT)}
        for level in HIGHER[:2] if graph.nodes[unit]["label"] == "Unit" else ():
            area = peers.at_level(graph, place(graph, unit), level)
            party = peers.organization(graph, area, level)
            if party is not None and party not in held:
                yield unit, party


def seats(search: steps.Steps, kinds: Iterable[str], n: int) -> Rows:
    """Rows by step and needs: unit, organization, weight, sum so far, bound, reason."""
    graph, kinds = search.graph, list(kinds)
    missing = steps.unreachable(search, kinds)
    lost = {
        need for need, row in missing.items() if row[3] in {"near_but_untied", "no_tie"}
    }
    weights = {("", need): graph.nodes[need].get("urgency", 1) for need in lost}
    asked: dict[tuple[str, str], set[Gap]] = defaultdict(set)
    for need in lost:
        for party in asked_by(search, search.paths.starts(need)):
            asked[party, graph.nodes[need]["kind"]].add(("", need))
    found: dict[tuple[str, str], set[Gap]] = defaultdict(set)
    for kind in kinds:
        for unit, party in free_seats(search, kind):
            found[unit, party] |= asked.get((party, kind), set())
    ends = sorted(end for end, needs in found.items() if needs)
    greedy = Greedy([found[e] for e in ends], [1] * len(ends), weights)
    order, bound = greedy.choose(n)
    return seat_rows(greedy, order, bound, ends)


def seat_rows(
    greedy: Greedy, order: list[int], bound: float, ends: list[tuple[str, str]]
) -> Rows:
    rows: Rows = {}
    reached: set[Gap] = set()
    total = 0
    for step, at in enumerate(order, 1):
        fresh, gain = greedy.sets[at] - reached, greedy.gain(at, reached)
        reached |= fresh
        total += gain
        needs = tuple(sorted(need for _, need in fresh))
        rows[step, needs] = (*ends[at], gain, total, bound, None)
    able = greedy.covered(range(len(ends)))
    for gap in greedy.weights.keys() - reached:
        why = "over_budget" if gap in able else "no_candidate"
        weight = greedy.weights[gap]
        rows[None, (gap[1],)] = (None, None, weight, None, bound, why)
    return rows
