"""Random small networks, full of what hurts, the same for the same seed.

A world is plain lists, so that an oracle can read it without the library; the rows in
`spoilt` are the ones that a network must reject.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, partial
from typing import Any, TypeVar

import polars as pl

from orgnet.network import Network
from orgnet.schema import SCHEMA
from orgnet.schema.vocabulary import (
    CoverMode,
    EvaluationStatus,
    Form,
    Mechanism,
    Power,
    ResourceKind,
    ServiceLine,
    Setting,
    UnitKind,
)

T = TypeVar("T")
Row = dict[str, Any]
DAY = date(2019, 8, 7)
BEFORE = date(2019, 8, 6)
AXIS = ("city", "district", "street", "community", "compound", "grid")
GROUPINGS = (*AXIS, "kind", "line", "demonstration", "street", "community")
MOST_TIES = 150
MOST_NODES = 65
HEADS = ("", "", "A", "a", "Z", "中", "é", "_", "0", "Ａ")  # orders differ by alphabet
NAMES = ("甲", "乙", "甲", "社区党委", "Alpha", "alpha", "第十小学", "第2小学", " x")
GRADES = ("优秀", "合格", "A", None, None)
SCORES = (0.0, 0.01, 59.5, 60.0, 88.25, 100.0, 103.75, None)  # above the scale too
DUE = (-5, 30, 31, 32)  # days from the day to a deadline
STATED = (*[None, "open", "matched"] * 3, "met", "withdrawn")
CREDIT_CODES = ("91510100000158385A", "91510100000475145C", "51510100199355190R")
MONEY_HELD = ("SERVES:Project", "FUNDS:Unit", "FUNDS:PartyOrganization")
ELECTED = (  # the day less three and five years, the day before, a leap day
    *(None, None, date(2016, 8, 7), date(2016, 8, 6), date(2014, 8, 7)),
    *(date(2014, 8, 6), date(2016, 2, 29), date(2017, 8, 7)),
)
ASKED = (
    *(f"COVERS:{s}" for s in ("Unit", *AXIS)),
    *(f"{t}:Unit" for t in ("HOLDS_SEAT_ON", "PARTNERS_WITH", "EVALUATES", "OFFERS")),
    "LOCATED_IN:Site",
    "SUBORDINATE_TO:PartyOrganization",
    "LOCATED_IN:Resource",
    "MATCHED_TO:Resource",
    "RAISES:Need",
    "LOCATED_IN:Need",
)
COMPLETE = (
    *ASKED,
    *(f"{t}:PartyOrganization" for t in ("HOSTED_BY", "EVALUATES", "HOLDS_SEAT_ON")),
    *(f"{t}:PartyOrganization" for t in ("PARTNERS_WITH", "OFFERS")),
    "LOCATED_IN:Unit",
    "RAISES:Area",
    "COVERS{organization}:Unit",
    "COVERS{work}:Unit",
    *(f"PART_OF:{s}" for s in AXIS),
)


@dataclass(frozen=True)
class World:
    """A random network as plain rows, and what it is asked.

    `nodes` holds (label, attributes) and `ties` (type, attributes with from and to), in
    no order. `rules` are keywords of Rules. `needs` are the needs paths are asked for.
    """

    seed: int
    nodes: list[tuple[str, Row]]
    ties: list[tuple[str, Row]]
    spoilt: list[tuple[str, Row]]
    complete: frozenset[str]
    day: date | None
    rules: Row
    within: str | None
    classes: list[str] | None
    by: str
    denominator: str
    kind: str
    round: str | None
    k: int

    @property
    def needs(self) -> list[str]:
        """The ids of its needs."""
        return sorted(row["id"] for label, row in self.nodes if label == "Need")

    @property
    def organizations(self) -> list[str]:
        """The ids of its units and party organizations."""
        labels = {"Unit", "PartyOrganization"}
        return sorted(row["id"] for label, row in self.nodes if label in labels)


def world(seed: int) -> World:
    """Make the random network of a seed."""
    draft = _Draft(seed)
    draft.areas()
    draft.units()
    draft.area_organizations()
    draft.unit_organizations()
    draft.subordination()
    draft.partners()
    draft.evaluations()
    draft.lists()
    draft.lines()
    draft.bystanders()
    return draft.detailed(draft.world())


def network(made: World) -> Network:
    """Return the network of a world."""
    return built(made)[0]


def built(made: World) -> tuple[Network, Any]:
    """Return the network of a world, and its faults."""
    tables = _tables([*made.nodes, *made.ties, *made.spoilt])
    frames = {name: _frame(name, rows) for name, rows in tables.items()}
    nodes = {name: frame for name, frame in frames.items() if name in SCHEMA.kinds}
    ties = {name: frame for name, frame in frames.items() if name in SCHEMA.ties}
    return Network.from_frames(nodes, ties, complete=made.complete)


def _tables(rows: list[tuple[str, Row]]) -> dict[str, list[Row]]:
    tables: dict[str, list[Row]] = {}
    for name, row in rows:
        tables.setdefault(name, []).append(row)
    return tables


def _frame(name: str, rows: list[Row]) -> pl.DataFrame:
    """Return rows as a frame in the declared types, unused columns left out."""
    used = {column for row in rows for column in row}
    ends = ["id"] if name in SCHEMA.kinds else ["from", "to"]
    types: dict[str, Any] = dict.fromkeys(ends, pl.String())
    declared = SCHEMA[name].attributes().values()
    types |= {a.name: a.dtype for a in declared if a.name in used}
    return pl.DataFrame({c: [row.get(c) for row in rows] for c in types}, types)


def swift(made: World) -> Network:
    """Return the network of a world without the checks, many times sooner.

    A test holds it equal to the one that `network` returns.
    """
    tables = _tables([*made.nodes, *made.ties])
    nodes = {n: sorted(tables.get(n, []), key=lambda r: r["id"]) for n in SCHEMA.kinds}
    number = {
        id_: n for n, id_ in enumerate(r["id"] for t in nodes.values() for r in t)
    }
    kinds = {
        name: _whole(name, rows, {"id": pl.String()}) for name, rows in nodes.items()
    }
    types = {}
    for name, tie in SCHEMA.ties.items():
        rows = [
            {**r, "tail": number[r["from"]], "head": number[r["to"]]}
            for r in tables.get(name, [])
        ]
        order = ("tail", "head", *tie.key, "valid_from")
        rows.sort(key=partial(_nulls_last, order))
        types[name] = _whole(name, rows, {"tail": pl.Int32(), "head": pl.Int32()})
    return Network(kinds, types, complete=made.complete)


def _nulls_last(order: Sequence[str], row: Row) -> list[tuple[bool, Any]]:
    return [(row.get(column) is None, row.get(column)) for column in order]


def _whole(name: str, rows: list[Row], ends: dict[str, Any]) -> pl.DataFrame:
    """Return rows as a table with every declared attribute."""
    if not rows:
        return _empty(name, tuple(ends.items()))
    declared = SCHEMA[name].attributes().values()
    types = {**ends, **{a.name: a.dtype for a in declared}}
    usual = {a.name: a.default for a in declared}
    return pl.DataFrame(
        {c: [row.get(c, usual.get(c)) for row in rows] for c in types}, types
    )


@cache
def _empty(name: str, ends: tuple[tuple[str, Any], ...]) -> pl.DataFrame:
    declared = SCHEMA[name].attributes().values()
    return pl.DataFrame(schema={**dict(ends), **{a.name: a.dtype for a in declared}})


class _Draft:
    """A world in the making."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.rng = random.Random(seed)
        self.rows: list[tuple[str, Row]] = []
        self.ties: list[tuple[str, Row]] = []
        self.identities: set[tuple[object, ...]] = set()
        self.of: dict[str, list[str]] = {label: [] for label in SCHEMA.kinds}
        self.level: dict[str, list[str]] = {name: [] for name in AXIS}
        self.parent: dict[str, str] = {}  # area to area, as first meant
        self.leads: dict[str, list[str]] = {}  # area to the organizations meant for it
        self.setting: dict[str, str] = {}
        self.hosted: dict[str, list[str]] = {}
        self.place: dict[str, str] = {}
        self.sound = self.maybe(0.5)  # else with disorder
        self.apart = self.maybe(0.4)  # units offer much and are tied to little
        self.dated = self.pick((0.0, 0.1) if self.sound else (0.0, 0.1, 0.3))
        self.longer: str | None = None  # an id that the next one begins with
        self.kinds = self.rng.sample([k.value for k in ResourceKind], 2)

    def maybe(self, chance: float) -> bool:
        return self.rng.random() < chance

    def pick(self, given: Sequence[T]) -> T:
        return self.rng.choice(given)

    def some(self, given: Sequence[T], most: int) -> list[T]:
        return self.rng.sample(given, min(len(given), self.rng.randint(0, most)))

    def truth(self, yes: float, no: float) -> bool | None:
        """Draw yes, no or, with what chance is left, unknown."""
        drawn = self.rng.random()
        return True if drawn < yes else False if drawn < yes + no else None

    def spell(self, share: float) -> Row:
        """Draw a validity near the day; with `share` any at all."""
        if not self.maybe(share):
            return {}
        around = [DAY + timedelta(days=n) for n in (-500, -200, -1, 0, 1, 100)]
        first, last = sorted(self.rng.sample(around, 2))
        drawn = self.pick(("from", "from", "to", "both", "both"))
        return {
            "valid_from": None if drawn == "to" else first,
            "valid_to": None if drawn == "from" else last,
        }

    def node(self, label: str, key: str | None = None, **attributes: Any) -> str:
        node = f"{SCHEMA.kinds[label].prefix}:{key or self.key(label)}"
        named = {} if label in {"Document", "Site"} else {"name": self.pick(NAMES)}
        row = {"id": node, **named, **attributes, **self.spell(self.dated / 5)}
        self.rows.append((label, row))
        self.of[label].append(node)
        return node

    def key(self, label: str) -> str:
        """Draw a new key, now and then an older one and a digit more."""
        serial = len(self.of[label])
        if self.longer or (serial and self.maybe(0.1)):
            longer = self.longer or self.pick(self.of[label])
            longer, self.longer = longer.partition(":")[2] + "0", None
            if not any(node.endswith(f":{longer}") for node in self.of[label]):
                return longer
        return f"{self.pick(HEADS)}{serial + self.pick((7, 8, 93, 94))}.{serial}"

    def tie(self, name: str, tail: str, head: str, **attributes: Any) -> None:
        """Add a relationship, unless one has its identity."""
        row = {"from": tail, "to": head, **self.spell(self.dated), **attributes}
        key = [row.get(k) for k in SCHEMA.ties[name].key]
        identity = (name, tail, head, *key, row.get("valid_from"))
        if identity not in self.identities and len(self.ties) < MOST_TIES:
            self.identities.add(identity)
            self.ties.append((name, row))

    def areas(self) -> None:
        """Lay out areas with skipped levels, second parents and a rare cycle."""
        most = {"city": 1, "district": 2, "street": 3, "community": 4, "compound": 3}
        for level in AXIS:
            for _ in range(self.rng.randint(1, most.get(level, 4))):
                self.area(level)
        if self.maybe(0.2):
            self.belongs(self.area("micro_grid"), self.pick(self.level["grid"]))
        if self.maybe(0.2):
            self.node("Area", level="functional_area")
        if self.maybe(0.05):
            self.tie(
                "PART_OF", self.pick(self.level["street"]), self.pick(self.places())
            )
        if self.maybe(0.1):  # the same code a year later is another place
            self.node("Area", "510107@2020", level="district", code="510107")

    def area(self, level: str) -> str:
        code = {"district": "510107", "street": "510107001", "grid": "510107001001001"}
        drawn: Row = {"level": level, "demonstration": self.truth(0.3, 0.4)}
        if level in code and not self.level[level] and self.maybe(0.6):
            drawn |= {"code": code[level], "key": f"{code[level]}@2019"}
        if level == "grid" or self.maybe(0.1):
            drawn["exclusive"] = self.truth(0.25, 0.4)
        if drawn["demonstration"] and self.maybe(0.6):
            drawn["demonstration_level"] = self.pick(("city", "district", "province"))
        area = self.node("Area", **drawn)
        if level in AXIS:
            self.level[level].append(area)
            self.nest(area, level)
        return area

    def nest(self, area: str, level: str) -> None:
        """Put an area into one of the next level, or a level up, or two."""
        rank = min(AXIS.index(level), AXIS.index("compound"))
        if rank == 0 or self.maybe(0.04):
            return
        skip = 2 if rank > 1 and self.maybe(0.1) else 1
        parent = self.pick(self.level[AXIS[rank - skip]])
        self.parent[area] = parent
        twice = self.maybe(0.15)
        primary = (
            self.pick((True, None)) if twice else self.pick((None, None, True, False))
        )
        self.belongs(area, parent, primary=primary)
        if twice:
            other = self.pick(self.level[AXIS[rank - 1]])
            self.belongs(area, other, primary=self.pick((True, False, None)))

    def belongs(self, area: str, parent: str, **attributes: Any) -> None:
        """Write PART_OF, seldom dated, since a lost area takes much along."""
        self.tie("PART_OF", area, parent, **attributes, **self.undated(0.75))

    def undated(self, share: float) -> Row:
        return {"valid_from": None, "valid_to": None} if self.maybe(share) else {}

    def places(self) -> list[str]:
        return [a for level in AXIS for a in self.level[level]]

    def units(self) -> None:
        for _ in range(self.rng.randint(4, 10)):
            resident = self.truth(0.95 if self.apart else 0.6, 0.03)
            operating = self.truth(0.75, 0.1)
            unit = self.node(
                "Unit",
                kind=self.pick(list(UnitKind)).value,
                resident=resident,
                operating=operating,
                status=self.pick((None, None, None, "active", "suspended", "closed")),
                full_members=self.pick((None, 0, 1, 1, 2, 2, 3, 3, 4, 8)),
                members=self.pick((None, None, 0, 2, 3, 9)),
                reported_party_org=self.truth(0.25, 0.25),
                reported_instructor=self.truth(0.1, 0.15),
                reported_seat=self.truth(*((0.05, 0.05) if self.apart else (0.1, 0.2))),
                reported_agreement=self.truth(0.05, 0.15),
                has_union=self.truth(0.15, 0.6),
                has_youth_league=self.truth(0.15, 0.6),
                line=self.pick((None, None, *(s.value for s in ServiceLine))),
            )
            self.locate(unit, 0.93)

    def locate(self, thing: str, chance: float) -> None:
        """Place a thing in one area, sometimes in two, sometimes nowhere."""
        if not self.maybe(chance):
            return
        near = self.level["community"] + self.level["compound"] + self.level["grid"]
        area = self.pick(near if self.maybe(0.9) else self.places())
        self.place[thing] = area
        primary = self.pick((None, True, False))
        self.tie("LOCATED_IN", thing, area, primary=primary, **self.undated(0.5))
        if self.maybe(0.15):
            other = self.pick(self.places())
            self.tie("LOCATED_IN", thing, other, primary=self.truth(0.3, 0.3))

    def organization(
        self, setting: str, host: str | None, form: str | None = None
    ) -> str:
        organization = self.node(
            "PartyOrganization",
            form=form or self.pick([f.value for f in Form]),
            setting=setting,
            membership_basis=self.pick((None, None, None, "formal", "functional")),
            full_members=self.pick((None, 3, 60)),
        )
        self.setting[organization] = setting
        if host:
            self.tie("HOSTED_BY", organization, host, **self.undated(0.5))
            self.hosted.setdefault(host, []).append(organization)
            if self.maybe(0.04):  # moved, or told twice
                self.tie("HOSTED_BY", organization, self.pick(self.of["Unit"]))
        return organization

    def area_organizations(self) -> None:
        """Give most areas one organization of their level, some none or two."""
        poor = 0.04 if self.sound else self.pick((0.05, 0.2, 0.5))
        for level in AXIS:
            for area in self.level[level]:
                lacking = max(poor, 0.25) if level == "district" else poor
                for _ in range(0 if self.maybe(lacking) else 1 + self.maybe(0.12)):
                    self.lead(area, level)

    def lead(self, area: str, level: str) -> None:
        fit = self.maybe(0.99 if self.sound else 0.93)
        setting = level if fit else self.pick(list(Setting)).value
        drawn = self.rng.random()
        host = (
            area if drawn < 0.5 else self.pick(self.of["Unit"]) if drawn < 0.7 else None
        )
        organization = self.organization(setting, host)
        self.leads.setdefault(area, []).append(organization)
        basis = "organization" if self.maybe(0.95) else "activity"
        mode = self.pick(list(CoverMode)).value
        undated = self.undated(0.7)
        self.tie("COVERS", organization, area, basis=basis, mode=mode, **undated)
        if self.maybe(0.1):  # a branch over more than one area
            also = self.pick(self.places())
            self.tie(
                "COVERS", organization, also, basis="organization", mode="regional"
            )

    def unit_organizations(self) -> None:
        settings = [s.value for s in Setting if s.value not in AXIS]
        for unit in self.of["Unit"]:
            if self.maybe(0.4):
                own = self.organization(self.pick(settings), unit)
                if self.maybe(0.85):
                    self.covers(own, unit, "organization", "single")
                if self.maybe(0.2):
                    self.longer = own if self.maybe(0.6) else None
                    below = self.organization(self.pick(settings), unit, "branch")
                    self.tie("SUBORDINATE_TO", below, own)
        for _ in range(self.rng.randint(0, 2)):
            joint = self.organization(self.pick(settings), None, "joint_branch")
            for unit in self.some(self.of["Unit"], 4):
                self.covers(joint, unit, "organization", "joint")
        if not self.of["PartyOrganization"]:
            self.organization("city", None)
        for _ in range(self.rng.randint(0, 4)):
            basis = self.pick(("organization", "work", "activity"))
            modes = ("regional", "industry", "functional", "instructor", "single")
            unit = self.pick(self.of["Unit"])
            self.covers(self.another(), unit, basis, self.pick(modes))

    def covers(self, organization: str, unit: str, basis: str, mode: str) -> None:
        self.tie("COVERS", organization, unit, basis=basis, mode=mode)
        if self.maybe(0.15):
            self.tie("COVERS", organization, unit, basis=basis, mode="regional")

    def subordination(self) -> None:
        """Give most organizations a fitting superior; some none, two, a cycle."""
        led = {o: area for area, found in self.leads.items() for o in found}
        for organization in self.of["PartyOrganization"]:
            area = led.get(organization) or self.place_of_host(organization)
            above = self.leads.get(self.parent.get(area or "") or "", [])
            above = above or self.of_next_level(organization)
            top = self.setting[organization] == "city" and self.maybe(0.8)
            if not top and self.maybe(0.93 if self.sound else 0.85):
                if self.maybe(0.06):
                    self.succession(organization)
                    continue
                superior = min(above) if self.maybe(0.9) else self.pick(above)
                undated = self.undated(0.6)
                self.tie("SUBORDINATE_TO", organization, superior, **undated)
            if self.maybe(0.03 if self.sound else 0.12):
                self.tie("SUBORDINATE_TO", organization, self.another())
            if self.maybe(0.06):
                self.succession(organization)
        if not self.sound and self.maybe(0.5):
            ring = self.some(self.of["PartyOrganization"], 3)
            for tail, head in zip(ring, [*ring[1:], *ring[:1]], strict=True):
                self.tie("SUBORDINATE_TO", tail, head)

    def succession(self, organization: str) -> None:
        """Give an organization two superiors, one after the other."""
        days = [DAY + timedelta(days=n) for n in (-700, -300, 0, 50)]
        begins, turns, ends = sorted(self.rng.sample(days, 3))
        first = {"valid_from": self.pick((begins, None)), "valid_to": turns}
        later = {"valid_from": turns, "valid_to": self.pick((ends, None))}
        others = self.of_next_level(organization)
        for span in (first, later):
            superior = self.pick(others) if self.maybe(0.7) else self.another()
            self.tie("SUBORDINATE_TO", organization, superior, **span)

    def place_of_host(self, organization: str) -> str | None:
        hosts = (h for h, found in self.hosted.items() if organization in found)
        return next((self.place.get(h) for h in hosts), None)

    def of_next_level(self, organization: str) -> list[str]:
        """Name the organizations one level above another's setting, or else any."""
        setting = self.setting[organization]
        level = (
            min(AXIS.index(setting), AXIS.index("compound")) if setting in AXIS else 0
        )
        above = [o for o, s in self.setting.items() if level and s == AXIS[level - 1]]
        return above or self.of["PartyOrganization"]

    def another(self) -> str:
        return self.pick(self.of["PartyOrganization"])

    def side(self, unit: str) -> str:
        """Name a unit or an organization that it hosts."""
        return self.pick([unit, *self.hosted.get(unit, [])])

    def committee(self, unit: str) -> str:
        """Name an organization of the unit's own area and those above, or another."""
        area = self.place.get(unit)
        own = []
        while area:
            own += self.leads.get(area, [])
            area = self.parent.get(area)
        chosen = [o for o in own if self.setting[o] in {"street", "community"}]
        if chosen and self.maybe(0.7):
            return self.pick(chosen)
        levels = {"street", "community"} if self.maybe(0.9) else set(AXIS)
        others = [o for o, s in self.setting.items() if s in levels]
        return self.pick(others or self.of["PartyOrganization"])

    def partners(self) -> None:
        eager = 0.05 if self.apart else self.pick((0.15, 0.5, 0.9))
        for unit in self.of["Unit"]:
            for _ in range(3):
                if self.maybe(eager / 2):
                    ends = self.side(unit), self.committee(unit)
                    if self.maybe(0.5):
                        self.tie("HOLDS_SEAT_ON", *ends, seats=self.rng.randint(1, 3))
                    else:
                        how = self.pick(list(Mechanism)).value
                        self.tie("PARTNERS_WITH", *ends, mechanism=how)
        if self.maybe(0.2) and not self.apart:  # a hub
            hub = self.another()
            for unit in self.of["Unit"]:
                self.tie("PARTNERS_WITH", unit, hub, mechanism="alliance")

    def evaluations(self) -> None:
        tied = [r for n, r in self.ties if n in {"HOLDS_SEAT_ON", "PARTNERS_WITH"}]
        of_host = {o: u for u, found in self.hosted.items() for o in found}
        for _ in range(self.rng.randint(*((0, 2) if self.apart else (4, 16)))):
            unit = self.pick(self.of["Unit"])
            committee = self.committee(unit)
            if tied and self.maybe(0.8):
                row = self.pick(tied)
                tail, committee = str(row["from"]), str(row["to"])
                host = of_host.get(tail, tail)
                unit = host if host in self.of["Unit"] else unit
            chosen = self.pick(("2018", "2019", "2019", "2020"))
            for _ in range(self.pick((1, 1, 2, 3))):
                if self.maybe(0.75):
                    self.evaluates(committee, self.side(unit), chosen)
                if self.maybe(0.75):
                    self.evaluates(self.side(unit), committee, chosen)

    def evaluates(self, tail: str, head: str, chosen: str) -> None:
        statuses = [s.value for s in EvaluationStatus]
        kind = "two_way" if self.maybe(0.85) else self.pick(("hierarchical", "power"))
        self.tie(
            "EVALUATES",
            tail,
            head,
            kind=kind,
            round=chosen,
            status=self.pick([*statuses, "returned", "returned", None, None]),
            score=self.pick(SCORES),
            scale_max=self.pick((100.0, 100.0, 10.0, None)),
            grade=self.pick(GRADES),
        )

    def lists(self) -> None:
        """Write what is offered and needed, and what was matched."""
        owners = self.of["Unit"] + self.of["PartyOrganization"]
        owners = self.of["Unit"] if self.apart and self.maybe(0.8) else owners
        for _ in range(self.rng.randint(*((6, 9) if self.apart else (2, 6)))):
            capacity = self.pick((None, 0, 4, 10, 10))
            kind = self.pick(self.kinds)
            resource = self.node("Resource", kind=kind, capacity=capacity)
            self.locate(resource, 0.4 if self.apart else 0.6)
            for _ in range(self.pick((0, 1, 1, 1, 1, 1, 1, 2))):
                self.tie("OFFERS", self.pick(owners), resource)
        raisers = (
            self.of["Area"],
            self.of["Area"],
            self.of["Unit"],
            self.of["PartyOrganization"],
        )
        for _ in range(self.rng.randint(1, 3)):
            need = self.node("Need", kind=self.pick(self.kinds))
            self.locate(need, 0.3 if self.apart else 0.6)
            raised = (0, 0, 0, 1, 1) if self.apart else (0, 1, 1, 1, 1, 1, 2)
            for _ in range(self.pick(raised)):
                self.tie("RAISES", self.pick(self.pick(raisers)), need)
        statuses = (None, "proposed", "agreed", "running", "done", "cancelled")
        for _ in range(self.rng.randint(*((3, 9) if self.apart else (0, 5)))):
            ends = self.pick(self.of["Resource"]), self.pick(self.of["Need"])
            quantity = self.pick((None, 0, 3, 4, 10))
            self.tie("MATCHED_TO", *ends, quantity=quantity, status=self.pick(statuses))

    def lines(self) -> None:
        """Tie units and organizations in every other way that a path may go."""
        unit, organization = self.of["Unit"], self.of["PartyOrganization"]
        both = unit + organization
        most = self.pick((2, 5, 8))
        for _ in range(self.rng.randint(0, most)):
            role = self.pick(("registration", "business", "parent"))
            self.tie("SUPERVISED_BY", self.pick(unit), self.pick(unit), role=role)
        for _ in range(self.rng.randint(0, most)):
            self.tie("COORDINATES", self.pick(unit), self.pick(unit))
        for _ in range(self.rng.randint(0, most)):
            period = self.pick(("2019Q1", "2019Q2"))
            self.tie("ESCALATES_TO", self.pick(both), self.pick(both), period=period)
        for _ in range(self.rng.randint(0, most)):
            power = "dispatch" if self.maybe(0.7) else self.pick(list(Power)).value
            ends = self.pick(organization), self.pick(unit)
            self.tie("HOLDS_POWER_OVER", *ends, power=power)
        for _ in range(self.rng.randint(0, most)):
            self.tie("CONTACTS", self.pick(organization), self.pick(organization))

    def bystanders(self) -> None:
        """Add what no path may use, sites, and kinds that few questions ask about."""
        for _ in range(self.rng.randint(0, 3)):
            site = self.node("Site", tier=self.pick(("community", "compound", "x")))
            self.locate(site, 0.85)
            self.tie("OPERATES", self.another(), site)
        if self.maybe(0.3):
            project = self.node("Project")
            self.tie("SERVES", project, self.pick(self.of["Area"]))
            donor = self.pick(self.of["Unit"])
            self.tie("FUNDS", donor, project, year=2019, purpose="修缮")
        if self.maybe(0.2):
            first, second = (self.node("Document", title=t) for t in ("意见", "办法"))
            self.tie("IMPLEMENTS", second, first)
        organization, unit = self.another(), self.pick(self.of["Unit"])
        area = self.pick(self.of["Area"])
        self.tie("DISPATCHES", organization, area)
        self.tie("DEPLOYS_TO", unit, area)
        self.tie("FUNDS", unit, organization, year=2019)
        self.tie("OVERLAPS", area, self.pick(self.of["Area"]))
        self.tie("SUCCEEDED_BY", unit, self.pick(self.of["Unit"]))

    def detailed(self, made: World) -> World:
        """Add what few questions look at, drawn in the end, so that the rest stays."""
        self.rng = random.Random(f"details of {self.seed}")
        for label, row in self.rows:
            row.update(self.detail(label, row))
        for _ in range(self.pick((0, 4, 12))):
            self.assesses()
        for branch in [
            r["id"] for _, r in self.rows if r.get("form") == "joint_branch"
        ]:
            if self.maybe(0.3):
                also = self.pick(self.of["Unit"])
                self.tie("COVERS", branch, also, basis="organization", mode="joint")
        if self.maybe(0.3):  # a project without money, of an area or of a need
            served = self.pick((self.pick(self.of["Area"]), *self.of["Need"][:1]))
            self.tie("SERVES", self.node("Project"), served)
        for _ in range(self.pick((0, 2, 6))):
            self.pays()
        for _ in range(self.pick((0, 2, 4))):
            self.sends()
        for label, row in self.rows:
            row.update(self.amounts(label))
        more = {what for what in MONEY_HELD if self.maybe(0.7)}
        fewer = {"joint_branch_max_units": self.rng.randint(1, 3)}
        rules = made.rules | (fewer if self.maybe(0.3) else {})
        self.rng.shuffle(made.nodes)
        self.rng.shuffle(made.ties)
        return replace(made, rules=rules, complete=made.complete | more)

    def detail(self, label: str, row: Row) -> Row:
        """Draw attributes of a node: at, below and above each line that is drawn."""
        if label == "PartyOrganization":
            park = row["setting"] == "enterprise" and self.maybe(0.2)
            return {
                "members": self.pick((None, 0, 49, 50, 51, 99, 100, 101)),
                "last_election": self.pick(ELECTED),
                "founded_on": self.pick((None, date(2010, 1, 1), DAY)),
                "term_years": self.pick((None, None, None, 0, 2, 3)),
                **({"setting": "park"} if park else {}),
            }
        if label == "Area" and row["level"] == "grid":
            return {"households": self.pick((None, 0, 500, 501))}
        if label == "Unit" and self.maybe(0.3):
            return {"uscc": self.pick(CREDIT_CODES)}
        if label == "Site" and self.maybe(0.3):
            return {"tier": "street"}
        return {}

    def amounts(self, label: str) -> Row:
        """Draw what is said of a need and of a resource, how much, and in what unit."""
        measure = self.pick((None, "人", "场次"))
        if label == "Resource":
            return {"capacity_unit": measure}
        if label != "Need":
            return {}
        return {
            "status": self.pick(STATED),
            "quantity": self.pick((None, 1, 5)),
            "quantity_unit": measure,
            "urgency": self.pick((None, 1, 3)),
            "due_on": self.pick((None, *(DAY + timedelta(days=n) for n in DUE))),
        }

    def pays(self) -> None:
        """Have somebody give money, of an amount that may not be known."""
        areas = [o for found in self.leads.values() for o in found]
        givers = (self.pick(self.of["Unit"]), self.pick(areas or [self.another()]))
        projects = self.of["Project"] or [self.another()]
        getters = (self.pick(areas or [self.another()]), self.pick(projects))
        marks: Row = {"year": self.pick((2018, 2019))}
        marks["purpose"] = self.pick((None, "修缮"))
        amount = self.pick((None, 0, 5, 10, 100))
        ends = self.pick(givers), self.pick(getters)
        self.tie("FUNDS", *ends, amount_cny=amount, **marks)

    def sends(self) -> None:
        """Have an organization dispatch, or a department deploy, staff and money."""
        areas = [a for level in ("community", "grid") for a in self.level[level]]
        area = self.pick(areas or self.of["Area"])
        marks = {"staff": self.pick((None, 2)), "funds_cny": self.pick((None, 0, 50))}
        leads = self.leads.get(area) or self.leads.get(self.parent.get(area, ""), [])
        if leads and self.maybe(0.5):
            self.tie("DISPATCHES", self.pick(leads), area, **marks)
        elif self.maybe(0.5):
            self.tie("DISPATCHES", self.another(), area, **marks)
        else:
            self.tie("DEPLOYS_TO", self.pick(self.of["Unit"]), area, **marks)

    def assesses(self) -> None:
        """Have a superior assess and a peer rate the same party, or inspect it."""
        rated = self.pick((self.another(), self.pick(self.of["Unit"])))
        if self.maybe(0.3):
            status = self.pick(("returned", "returned", "void", "missing"))
            name = self.pick(("2019Q1", "2019Q2", "2019Q3"))
            seen = {"kind": "inspection", "round": name, "status": status}
            self.tie("EVALUATES", self.another(), rated, **seen)
            return
        name = self.pick(("2018", "2019", "2019", "2019"))
        for kind in ("hierarchical", "two_way"):
            scored = {"score": self.pick((0.0, 88.25, 88.25, 90.0)), "scale_max": 100.0}
            marks = {"kind": kind, "round": name, "status": None, **scored}
            self.tie("EVALUATES", self.another(), rated, **marks)

    def world(self) -> World:
        """Draw what is asked, and close the draft."""
        day = self.pick((None, None, DAY, DAY, DAY, DAY + timedelta(days=1)))
        kind, rules = self.pick((*["two_way"] * 4, "hierarchical")), self.rules()
        self.rng.shuffle(self.rows)
        self.rng.shuffle(self.ties)
        return World(
            seed=self.seed,
            nodes=self.rows,
            ties=self.ties,
            spoilt=self.spoilt() if self.maybe(0.15) else [],
            complete=self.narrowed(self.complete()),
            day=day,
            rules=rules,
            within=self.within(day),
            classes=self.classes(),
            by=self.pick(GROUPINGS),
            denominator=self.pick(("in_operation", "eligible", "all")),
            kind=kind,
            round=self.round(kind, rules),
            k=self.rng.randint(1, 8),
        )

    def round(self, kind: str, rules: Row) -> str | None:
        """Name a round of a kind, mostly none in particular."""
        listed = {r["id"] for r in rules["rounds"] if r["kind"] == kind}
        found = {
            r["round"]
            for name, r in self.ties
            if name == "EVALUATES" and r["kind"] == kind and r["status"]
        }
        known = sorted(listed | found)
        return self.pick(known) if known and self.maybe(0.3) else None

    def spoilt(self) -> list[tuple[str, Row]]:
        """Write rows that a network rejects, each for another reason."""
        unit, area = self.pick(self.of["Unit"]), self.pick(self.of["Area"])
        backwards = {"valid_from": DAY, "valid_to": DAY}
        return [
            ("LOCATED_IN", {"from": "unit:nobody", "to": area}),
            ("SUBORDINATE_TO", {"from": unit, "to": area}),
            ("CONTACTS", {"from": self.another(), "to": self.another(), **backwards}),
            ("Unit", {"id": unit, "name": "twice", "kind": "other"}),
            (
                "COVERS",
                {"from": self.another(), "to": unit, "basis": None, "mode": "joint"},
            ),
        ]

    def complete(self) -> frozenset[str]:
        """Draw what is held completely: all, all but one, some or nothing."""
        if self.apart or self.maybe(0.25):
            rare = ("OFFERS:Unit", *2 * ASKED[-4:], *2 * ("RAISES:Need",))
            lacking = rare if self.apart and self.maybe(0.9) else ASKED
            levels = [f"COVERS:{level}" for level in AXIS if self.maybe(0.2)]
            return frozenset(COMPLETE) - {self.pick(lacking), *levels}
        share = self.pick((1.0, 1.0, 0.9, 0.7, 0.7, 0.5, 0.0))
        return frozenset(name for name in COMPLETE if self.maybe(share))

    def narrowed(self, complete: frozenset[str]) -> frozenset[str]:
        """Claim, in every third world, of the coverage of areas only what is asked."""
        if self.seed % 3:
            return complete
        wide = {f"COVERS:{level}" for level in AXIS}
        narrow = {c.replace(":", "{organization}:") for c in complete & wide}
        return (complete - wide) | narrow

    def within(self, day: date | None) -> str | None:
        """Name an area that is there on the day, by id or by its own code."""
        areas = [r for label, r in self.rows if label == "Area" and _holds(r, day)]
        if not areas or self.maybe(0.7):
            return None
        area = self.pick(areas)
        code = area.get("code")
        alone = code and [a.get("code") for a in areas].count(code) == 1
        return str(code if alone and self.maybe(0.5) else area["id"])

    def classes(self) -> list[str] | None:
        if self.maybe(0.9):
            return None
        return self.rng.sample([f"G{n}" for n in range(1, 8)], self.rng.randint(1, 4))

    def rules(self) -> Row:
        """Change some rules, each in a third of the worlds."""
        steps = {"costs": self.costs(), "max_hops": self.rng.randint(1, 5)}
        drawn = {
            "min_full_members": self.pick((1, 2, 4)),
            "joint_satisfies": True,
            "members_as_full": True,
            "functional_for_areas": False,
            "functional_for_units": True,
            "exclusive_grids": True,
            "rate_modes": ("single", "joint", "regional"),
            "area_settings": self.pick((("street",), ("community", "compound"))),
            "grammar": self.pick(
                (
                    (("up", 1), ("tie", 2), ("down", 2)),
                    (("house", 2), ("tie", 1), ("up", 1)),
                )
            ),
            **steps,
            "presumed_operating": True,
        }
        rare = {"grammar": 0.05, "costs": 0.1, "area_settings": 0.1, "max_hops": 0.5}
        rules = {n: v for n, v in drawn.items() if self.maybe(rare.get(n, 0.2))}
        rules |= {"expected": self.pick(("ties", "ties", "located", "listed"))}
        rules["listed"] = self.listed()
        return rules | {"rounds": self.rounds()}

    def costs(self) -> dict[str, int]:
        """Draw other costs, and leave a step or two out."""
        from orgnet.rules import COSTS

        left = [s for s in COSTS if self.maybe(0.9)]
        return {s: self.rng.randint(1, 4) for s in left}

    def listed(self) -> tuple[tuple[str, str], ...]:
        sides = [o for o, s in self.setting.items() if s in {"street", "community"}]
        pairs = [(o, u) for o in sides for u in self.of["Unit"]]
        return tuple(self.some(pairs, 6))

    def rounds(self) -> tuple[Row, ...]:
        """List some of the rounds: over, ending or beginning on the day, to come."""
        spans = ((-250, -20), (-100, 0), (0, 50), (-10, 10), (1, 30))
        listed = []
        for name in ("2018", "2019", "2020", "2021"):
            opens, closes = (DAY + timedelta(days=n) for n in self.pick(spans))
            kind = "two_way" if self.maybe(0.9) else "hierarchical"
            row = {"id": name, "kind": kind, "opens_on": opens, "closes_on": closes}
            if self.maybe(0.5 if name != "2021" else 0.15):
                listed.append(row)
        return tuple(listed)


def _holds(row: Row, day: date | None) -> bool:
    """Tell whether a row is valid on a day."""
    begins, ends = row.get("valid_from"), row.get("valid_to")
    return day is None or ((begins or day) <= day < (ends or date.max))
