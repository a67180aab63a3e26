"""The rows of coverage.gaps and coverage.rates from Neo4j and from memory."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from neo4j import Driver

from orgnet.coverage import gaps, rates
from orgnet.coverage.rates import DENOMINATORS
from orgnet.errors import OrgnetError, UnknownAreaError, UnknownNameError
from orgnet.network import Network
from orgnet.rules import ANY, Rules
from orgnet.schema import SCHEMA
from orgnet.units import GROUPINGS
from tests.database.agreement import (
    as_in_browser,
    defaults,
    difference,
    text_of,
    typed,
    union,
)
from tests.engines import InTransaction, rolled_back
from tests.small import EVERYTHING, areas, network, parts
from tests.test_agreement import REASONS, options
from tests.worlds import DAY, swift, world

WORLDS = 200
UNITED = range(1000, 1030)
CLAIMS = ("COVERS:Unit", "COVERS{organization}:Unit", "COVERS{work}:Unit")
OTHERWISE = Rules(
    min_full_members=2,
    joint_satisfies=True,
    members_as_full=True,
    presumed_operating=True,
    functional_for_areas=False,
    functional_for_units=True,
    exclusive_grids=True,
    superiors={"grid": ("street",), "community": ()},
    rate_modes=("regional",),
)
PLACES = {"t": "", "d": "t", "s": "d", "c": "s", "g": "c", "c2": "s"}
FIRM: dict[str, Any] = {
    "kind": "private_enterprise",
    "operating": True,
    "resident": True,
    "full_members": 3,
    "has_union": False,
    "has_youth_league": False,
}
COVER = {"basis": "organization", "mode": "single"}


def reasons_in(net: Network, **asked: Any) -> set[str]:
    """Return each class with each reason that memory gives for it."""
    rows = gaps(net, **asked).frame.select("class", "reason").rows()
    return {f"{class_} {reason}" for class_, reason in rows}


def test_the_random_networks_give_every_reason() -> None:
    found: set[str] = set()
    for made in map(world, range(WORLDS)):
        found |= reasons_in(swift(made), **options("coverage.gaps", made))
    assert found == {
        f"{c} {r}" for c, reasons in REASONS.items() for r in reasons.split()
    }


@pytest.mark.parametrize(
    ("day", "rules"),
    [
        (None, Rules()),
        pytest.param(DAY, OTHERWISE, marks=pytest.mark.slow),
        pytest.param(DAY, Rules(), marks=pytest.mark.slow),
        pytest.param(None, OTHERWISE, marks=pytest.mark.slow),
    ],
)
def test_twins_and_memory_agree_on_many_networks_at_once(
    driver: Driver, day: Any, rules: Rules
) -> None:
    net = swift(union(UNITED))
    with rolled_back(driver, "neo4j", net) as db:
        assert difference(db, gaps, {"day": day, "rules": rules}) is None
        for by in GROUPINGS:
            for denominator in DENOMINATORS:
                asked = {"by": by, "denominator": denominator, "rules": rules}
                assert difference(db, rates, {**asked, "day": day}) is None
    assert len(gaps(net, day=day, rules=rules)) > 10 * len(UNITED)


def town(**unit: Any) -> tuple[dict[str, dict[str, Any]], list[tuple[Any, ...]]]:
    """Return a unit at home in the grid of a community whose committees exist."""
    nodes: dict[str, dict[str, Any]] = {
        **areas(**PLACES),
        **{
            f"party:{p}": {"setting": s}
            for p, s in (("s", "street"), ("c", "community"))
        },
        "party:own": {"setting": "enterprise"},
        "unit:u": FIRM | unit,
    }
    ties: list[tuple[Any, ...]] = [
        *parts(**PLACES),
        ("LOCATED_IN", "unit:u", "area:g"),
        ("HOSTED_BY", "party:own", "unit:u"),
        ("SUBORDINATE_TO", "party:own", "party:c"),
        ("SUBORDINATE_TO", "party:c", "party:s"),
        ("COVERS", "party:s", "area:s", COVER),
        ("COVERS", "party:c", "area:c", COVER),
    ]
    return nodes, ties


@pytest.mark.parametrize("claim", [None, *CLAIMS])
@pytest.mark.parametrize("answer", [True, False, None])
def test_what_a_unit_says_comes_before_what_is_claimed(
    driver: Driver, claim: str | None, answer: Any
) -> None:
    attributes = ("party_org", "instructor", "seat", "agreement")
    nodes, ties = town(**{f"reported_{name}": answer for name in attributes})
    held = EVERYTHING - {"COVERS:Unit", "HOLDS_SEAT_ON:Unit", "PARTNERS_WITH:Unit"}
    net = network(nodes, ties, held | ({claim} if claim else set()))
    with rolled_back(driver, "neo4j", net) as db:
        assert difference(db, gaps, {}) is None
        assert difference(db, rates, {"by": "community"}) is None
    assert {"G1", "G3", "G5"} <= set(gaps(net).frame["class"])  # of whatever state


def test_an_organization_without_a_place_is_where_its_superiors_are(
    driver: Driver,
) -> None:
    nodes, ties = town()
    nodes |= {
        f"party:{n}": {"setting": "enterprise"} for n in ("j1", "j2", "round", "about")
    }
    nodes["unit:nowhere"] = FIRM
    ties += [
        ("HOSTED_BY", "party:j1", "unit:nowhere"),  # a host without a place gives none
        ("SUBORDINATE_TO", "party:j1", "party:j2"),
        ("SUBORDINATE_TO", "party:j1", "party:s", {"valid_from": DAY}),
        ("SUBORDINATE_TO", "party:j2", "party:own"),
        ("SUBORDINATE_TO", "party:round", "party:about"),
        ("SUBORDINATE_TO", "party:about", "party:round"),
        ("HOSTED_BY", "party:s", "area:s"),
        ("HOSTED_BY", "party:c", "area:c"),
    ]
    net = network(nodes, ties)
    with rolled_back(driver, "neo4j", net) as db:
        for within in (None, "area:t", "area:s", "area:c", "area:g", "area:c2"):
            assert difference(db, gaps, {"within": within, "classes": ["G6"]}) is None
    inside = gaps(net, within="area:s", classes=["G6"]).frame
    assert inside["id"].to_list() == ["party:j1", "party:s"]
    everywhere = gaps(net, classes=["G6"]).frame
    assert everywhere.filter(id="party:round")["area"].to_list() == [None]


def test_foreign_nodes_change_nothing(driver: Driver) -> None:
    nodes, ties = town()
    net = network(nodes, ties)
    with rolled_back(driver, "neo4j", net) as db:
        assert isinstance(db, InTransaction)
        for type_ in SCHEMA.ties:
            db.tx.run(
                "MATCH (n:Orgnet) CREATE (v:Visitor {id: 'area:0', setting: 'city', "
                "level: 'community', demonstration: true}) "
                f"CREATE (v)-[:{type_} $cover]->(n) CREATE (n)-[:{type_} $cover]->(v)",
                cover=COVER,
            ).consume()
        assert difference(db, gaps, {}) is None
        assert difference(db, gaps, {"within": "area:s"}) is None
        for by in GROUPINGS:
            assert difference(db, rates, {"by": by}) is None
            assert difference(db, rates, {"by": by, "within": "area:s"}) is None


@pytest.mark.parametrize("ask", [gaps, rates])
def test_a_parameter_line_asks_what_the_function_does(driver: Driver, ask: Any) -> None:
    with rolled_back(driver, "neo4j", network({})) as db:
        written = as_in_browser(db, ask.question)
    rules = Rules().model_dump(mode="json")
    unsaid = {setting: [*ANY] for setting in ANY}  # who is not named may be under any
    meant = {**rules, **defaults(ask.question), "classes": [*REASONS]}
    for name in written.keys() - {"complete"}:
        value = {**unsaid, **written[name]} if name == "superiors" else written[name]
        assert value == meant[name], name
    net = swift(replace(union(UNITED), complete=frozenset(written["complete"])))
    with rolled_back(driver, "neo4j", net) as db:
        rows = db.read(text_of(ask.question), {"p": written})
    expected = ask(net).frame.rows()
    assert expected
    assert [typed(tuple(r)) for r in rows] == [typed(r) for r in expected]


REFUSED: list[tuple[Any, dict[str, Any], type[OrgnetError], str]] = [
    (gaps, {"classes": ["G8", "G1"]}, UnknownNameError, "no gap class 'G8'"),
    (gaps, {"within": "area:nowhere"}, UnknownAreaError, "no area 'area:nowhere'"),
    (gaps, {"day": "August"}, OrgnetError, "no day 'August'"),
    (rates, {"by": "block"}, UnknownNameError, "no grouping 'block'; there are: city"),
    (rates, {"denominator": "some"}, UnknownNameError, "no denominator 'some'"),
    (rates, {"within": "area:g", "day": DAY}, UnknownAreaError, "no area 'area:g'"),
]


@pytest.mark.parametrize(("ask", "asked", "error", "said"), REFUSED)
def test_both_refuse_alike(
    driver: Driver, ask: Any, asked: dict[str, Any], error: type[OrgnetError], said: str
) -> None:
    nodes, ties = town()
    nodes["area:g"] |= {"valid_to": DAY}
    net = network(nodes, ties)
    with rolled_back(driver, "neo4j", net) as db:
        messages = []
        for source in (net, db):
            with pytest.raises(error, match=said) as caught:
                ask(source, **asked)
            messages.append(str(caught.value))
    assert messages[0] == messages[1]


@pytest.mark.parametrize("ask", [gaps, rates])
def test_plans_start_from_labels_and_wait_for_nothing(driver: Driver, ask: Any) -> None:
    nodes, ties = town()
    with rolled_back(driver, "neo4j", network(nodes, ties)) as db:
        assert isinstance(db, InTransaction)
        written = as_in_browser(db, ask.question)
        text = f"EXPLAIN {text_of(ask.question)}"
        plan = db.tx.run(text, p=written).consume().plan
    assert plan is not None
    operators = set(operators_of(plan))
    assert "NodeByLabelScan" in operators
    assert not operators & {"AllNodesScan", "Eager", "CartesianProduct"}


def operators_of(plan: dict[str, Any]) -> Iterator[str]:
    """Go through the operators of a plan."""
    yield plan["operatorType"].partition("@")[0]
    for child in plan.get("children", ()):
        yield from operators_of(child)
