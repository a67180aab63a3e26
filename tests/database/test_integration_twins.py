"""The rows of integration.paths from Neo4j and from memory."""

import re
from itertools import pairwise
from typing import Any

import pytest
from neo4j import Driver

from orgnet.errors import OrgnetError, UnknownNameError
from orgnet.grammar import PHASE, automaton
from orgnet.integration import paths
from orgnet.integration.graph import CLASS_OF_TYPE, HopClass
from orgnet.rules import COSTS, Rules
from tests.database.agreement import (
    as_in_browser,
    defaults,
    difference,
    text_of,
    typed,
    union,
)
from tests.engines import InTransaction, rolled_back
from tests.handmade import Row, network, node, tie
from tests.worlds import DAY, World, swift

UNITED = range(1000, 1020)
NEED, A, B, P, Q = "need:n", "unit:a", "unit:b", "party:p", "party:q"
Rows = list[tuple[str, Row]]


def asked_of(made: World, need: str) -> dict[str, Any]:
    return {"need": need, "k": made.k, "day": made.day, "rules": Rules(**made.rules)}


@pytest.mark.slow  # its sibling is test_random_networks
@pytest.mark.parametrize("day", [None, DAY])
def test_twin_and_memory_agree_on_many_networks_at_once(
    driver: Driver, day: Any
) -> None:
    together = union(UNITED)
    net, rules, rows = swift(together), Rules(max_hops=6), 0
    with rolled_back(driver, "neo4j", net) as db:
        for need in together.needs:
            asked = {"need": need, "k": 30, "day": day, "rules": rules}
            assert difference(db, paths, asked) is None
            rows += len(paths(net, **asked))
    assert rows > 3 * len(UNITED)


def between(asker: str, owner: str, **of: Any) -> Rows:
    """A need that one raises, and a resource that another offers."""
    told = {"setting": of.pop("setting")} if "setting" in of else {}
    return [
        node(asker, **told),
        *map(node, {owner, NEED} - {asker}),
        node("resource:r", **of),
        tie("RAISES", asker, NEED),
        tie("OFFERS", owner, "resource:r"),
    ]


def in_a_row(type_: str, nodes: list[str]) -> Rows:
    return [tie(type_, a, b) for a, b in pairwise(nodes)]


def nested(depth: int) -> Rows:
    """Two units, each in an area that lies so many areas deep in a community."""
    rows = between(A, B)
    for unit in (A, B):
        inside = [f"area:{unit[-1]}{n:02}" for n in range(depth)]
        community = f"area:{unit[-1]}"
        rows += [node(i, level="grid") for i in inside]
        rows += [node(community), tie("LOCATED_IN", unit, (*inside, community)[0])]
        rows += in_a_row("PART_OF", [*inside, community])
    return [*rows, tie("COORDINATES", A, B)]


SIX = [A, *(f"unit:{n}" for n in range(5)), B]
CASES: dict[str, Rows] = {
    "six hops": [
        *between(A, B),
        *map(node, SIX[1:-1]),
        *in_a_row("SUPERVISED_BY", SIX),
        *in_a_row("COORDINATES", SIX[::2]),
    ],
    "steps that only rules with their own costs take": [
        *between(A, B),
        node(P),
        tie("ESCALATES_TO", P, A),
        tie("ESCALATES_TO", B, P),
        tie("HOLDS_POWER_OVER", P, A),
        tie("HOLDS_POWER_OVER", P, B),
        tie("HOLDS_POWER_OVER", P, B, power="assess"),
    ],
    "more hops for less": [
        *between(A, B),
        *(node(i) for i in ("unit:c", "unit:d", "unit:e", "resource:e")),
        *in_a_row("COORDINATES", [A, "unit:c", "unit:d", B]),  # 3
        tie("SUPERVISED_BY", A, "unit:e"),  # by some rules 4
        tie("OFFERS", "unit:e", "resource:e"),
    ],
    "hosted by and covering": [
        *between(P, A),
        tie("HOSTED_BY", P, A, valid_to=DAY),
        tie("COVERS", P, A, mode="joint"),
        tie("COVERS", P, A, mode="single", valid_to=DAY),
        tie("OFFERS", A, "resource:r", valid_from=DAY),  # twice the owner, and one row
    ],
    "an area in two areas and in a circle": [
        *between(A, B),
        *(node(f"area:{i}") for i in "1234"),
        *(node(f"area:{i}", level="grid") for i in "567"),
        tie("LOCATED_IN", A, "area:5", primary=False),
        tie("LOCATED_IN", A, "area:1"),
        tie("LOCATED_IN", B, "area:1"),
        tie("LOCATED_IN", B, "area:7", primary=True),
        tie("PART_OF", "area:7", "area:3"),
        tie("PART_OF", "area:7", "area:6", primary=True),
        tie("PART_OF", "area:6", "area:7"),
        tie("PARTNERS_WITH", A, P),
        tie("HOSTED_BY", P, "area:2"),
        tie("HOSTED_BY", P, "area:4"),
        tie("COVERS", P, B, mode="joint"),
        node(P),
    ],
    "deep in a community": nested(15),
    "too deep": nested(16),
    "only what has no kind in common": between(A, A, kind="fund"),
    "nothing left": between(A, A, capacity=0),
    "subordination of many sorts": [
        *(
            row
            for row in between("party:0", "party:9")
            if row[1].get("id") != "party:0"
        ),
        node("party:0", setting="community"),
        *(
            row
            for n, setting in enumerate(["park", "agency", "grid", "city"], start=1)
            for row in (
                node(f"party:{n}", setting=setting),
                tie("SUBORDINATE_TO", "party:0", f"party:{n}"),
                tie("SUBORDINATE_TO", "party:9", f"party:{n}"),
            )
        ),
        node("party:5", setting="street"),
        tie("SUBORDINATE_TO", "party:1", "party:5"),
        tie("SUBORDINATE_TO", "party:9", "party:5"),
    ],
}
ALL_STEPS = Rules(
    costs=dict.fromkeys(PHASE, 1),
    grammar=(("up", 6), ("tie", 6), ("house", 1), ("down", 6)),
    max_hops=6,
)
FREE = Rules(grammar=(("tie", 2), ("house", 1)))
DEAR = Rules(costs={**COSTS, "SUPERVISED_BY>": 4})
RULES = [
    Rules(),
    Rules(max_hops=6),
    ALL_STEPS,
    DEAR,
    Rules(costs={}),
    Rules(max_hops=1),
]


@pytest.mark.parametrize("name", CASES)
def test_what_random_networks_hardly_hold(driver: Driver, name: str) -> None:
    net = network(*CASES[name])
    with rolled_back(driver, "neo4j", net) as db:
        for rules in RULES:
            for day in (None, DAY):
                for k in (1, 1000):
                    asked = {"need": NEED, "k": k, "day": day, "rules": rules}
                    assert difference(db, paths, asked) is None


# An area asks: the organization that covers it, then its partner, then whom that tells.
WHOLE: Rows = [
    *(node(f"area:{i}") for i in "123"),
    node("area:4", level="grid"),
    *(node(i) for i in (A, B, P, Q, NEED, "need:m")),
    node("resource:r", capacity=9),
    tie("RAISES", "area:1", NEED),
    tie("RAISES", A, NEED),
    tie("COVERS", P, "area:1"),
    tie("HOSTED_BY", Q, "area:1"),
    tie("PARTNERS_WITH", A, P),
    tie("PARTNERS_WITH", P, Q),
    tie("COVERS", Q, B),
    tie("LOCATED_IN", A, "area:1"),
    tie("LOCATED_IN", B, "area:4"),
    tie("PART_OF", "area:4", "area:3"),
    tie("HOSTED_BY", P, "area:2"),
    tie("OFFERS", B, "resource:r"),
    tie("MATCHED_TO", "resource:r", "need:m", status="done", quantity=2),
]


def test_each_node_and_relationship_counts_on_its_days(driver: Driver) -> None:
    told: dict[int, list[Any]] = {}
    for until, (name, row) in enumerate(WHOLE):
        dated = (name, {**row, "valid_to": DAY})
        net = network(*WHOLE[:until], dated, *WHOLE[until + 1 :])
        with rolled_back(driver, "neo4j", net) as db:
            for day in (None, DAY):
                asked: dict[str, Any] = {"need": NEED, "k": 20, "day": day}
                asked["rules"] = FREE
                assert difference(db, paths, asked) is None, dated
                told[until] = paths(net, **asked).frame.rows()
    everything = paths(network(*WHOLE), need=NEED, k=20, rules=FREE).frame.rows()
    same = [WHOLE[i] for i, rows in told.items() if rows == everything]
    assert same == []  # nothing in it is idle


def test_the_cases_are_what_they_say() -> None:
    def rows(name: str, **asked: Any) -> list[Row]:
        given = {"need": NEED, **asked}
        return list(paths(network(*CASES[name]), **given).frame.iter_rows(named=True))

    assert {row["hops"] for row in rows("six hops", rules=ALL_STEPS)} >= {6}
    (row,) = rows("more hops for less", k=1, rules=DEAR)
    assert (row["cost"], row["hops"]) == (3, 3)
    (row,) = rows("hosted by and covering", day=DAY)
    assert (row["steps"], row["bridge_hops"]) == (["COVERS>"], 1)
    assert [r["community_changes"] for r in rows("deep in a community")] == [1]
    assert [r["community_changes"] for r in rows("too deep")] == [0]
    (row,) = rows("an area in two areas and in a circle")
    assert (len(row["nodes"]), row["community_changes"]) == (3, 1)
    name = "steps that only rules with their own costs take"
    assert {s for r in rows(name, rules=ALL_STEPS) for s in r["steps"]} > {
        "ESCALATES_TO<",
        "HOLDS_POWER_OVER<",
    }
    assert not rows("nothing left")
    assert not rows("only what has no kind in common")
    sorts = rows("subordination of many sorts", k=10)
    assert {(r["line_hops"], r["block_hops"]) for r in sorts} == {
        (2, 0),
        (1, 1),
        (1, 2),
    }


def test_parameter_line_asks_what_the_function_does(driver: Driver) -> None:
    need = "need:510100n00001"  # one of the reference city
    rows = [r for r in CASES["six hops"] if NEED not in r[1].values()]
    net = network(*rows, node(need), tie("RAISES", "unit:3", need))
    with rolled_back(driver, "neo4j", net) as db:
        written = as_in_browser(db, paths.question)
        meant = {**defaults(paths.question), **automaton(Rules()).parameters()}
        meant |= {"need": need, "max_hops": Rules().max_hops, "without": []}
        assert written == {name: meant[name] for name in written}
        found = [tuple(r) for r in db.read(text_of(paths.question), {"p": written})]
    expected = paths(net, need=need).frame.rows()
    assert expected
    assert [typed(tuple(r)) for r in found] == [*map(typed, expected)]


REFUSED: list[tuple[dict[str, Any], type[OrgnetError], str]] = [
    ({"k": 0}, OrgnetError, "k is 0: ask for a whole number"),
    ({"k": 1.5}, OrgnetError, "k is 1.5"),
    ({"need": "need:m"}, UnknownNameError, "are of no Need among 1: 'need:m'"),
    ({"need": A}, UnknownNameError, "are of no Need among 1: 'unit:a'"),
    ({"rules": Rules(costs={"FUNDS>": 1})}, UnknownNameError, "FUNDS>"),
    ({"day": "7 August"}, OrgnetError, "no day '7 August'"),
]


@pytest.mark.parametrize(("asked", "error", "said"), REFUSED)
def test_both_refuse_alike(
    driver: Driver, asked: dict[str, Any], error: type[OrgnetError], said: str
) -> None:
    net = network(*between(A, B))
    with rolled_back(driver, "neo4j", net) as db:
        messages = []
        for source in (net, db):
            with pytest.raises(error, match=said) as caught:
                paths(source, **{"need": NEED, **asked})
            messages.append(str(caught.value))
    assert messages[0] == messages[1]


def test_a_need_that_is_not_there_has_no_rows_in_browser(driver: Driver) -> None:
    with rolled_back(driver, "neo4j", network(*between(A, A))) as db:
        written = as_in_browser(db, paths.question)
        text = text_of(paths.question)
        assert len(db.read(text, {"p": {**written, "need": NEED}})) == 1
        assert db.read(text, {"p": {**written, "need": "need:m"}}) == []


def operators(plan: dict[str, Any]) -> set[str]:
    found = {plan["operatorType"].partition("@")[0]}
    return found.union(*map(operators, plan.get("children", [])))


def test_plan_goes_from_the_need_and_never_through_everything(driver: Driver) -> None:
    with rolled_back(driver, "neo4j", network(*between(A, B))) as db:
        assert isinstance(db, InTransaction)
        given = {"p": as_in_browser(db, paths.question)}
        plan = db.tx.run(f"EXPLAIN {text_of(paths.question)}", given).consume().plan
    assert plan is not None
    found = operators(plan)
    assert "Expand(All)" in found
    assert not {"AllNodesScan", "CartesianProduct", "Eager"} & found


def blocks() -> list[str]:
    """Return the blocks of the hops in the file, without what explains them."""
    text = re.sub(
        r"^ *//(?! Hop ).*\n", "", text_of(paths.question), flags=re.MULTILINE
    )
    parts = re.split(r"^// Hop (\d)\n", text, flags=re.MULTILINE)
    assert parts[1::2] == list("123456")
    last, _, _ = parts[-1].partition("\n\n")  # what comes after the last hop
    return [part.strip() for part in (*parts[2:-1:2], last)]


def test_every_hop_has_the_same_block() -> None:
    first, *others = blocks()
    assert others == [first] * 5
    assert first.startswith("WITH kind, hop + 1 AS hop")
    assert first.endswith("reached AS places")


def test_file_knows_the_steps_that_memory_knows() -> None:
    text = text_of(paths.question)
    types = {step.rstrip("<>") for step in PHASE}
    found = re.findall(r"\(here\)-\[r:([A-Z_|\s]+)\]-\(there", text)
    assert len(found) == 6
    assert {frozenset(re.split(r"[|\s]+", f.strip())) for f in found} == {
        frozenset(types)
    }
    either_way = {step for step in PHASE if step[-1] not in "<>"}
    (undirected,) = set(re.findall(r"WHEN name IN \[([^\]]+)\] THEN ''", text))
    assert set(re.findall(r"\w+", undirected)) == either_way
    assert set(COSTS) <= set(PHASE)
    assert set(CLASS_OF_TYPE) | {"COVERS", "SUBORDINATE_TO"} == types
    assert {c.value for c in HopClass} == set(re.findall(r"'(\w+)'", counted(text)))


def counted(text: str) -> str:
    """Return where the file gives a hop its class."""
    cases = text[text.index("AS step\n    WITH CASE") :].partition("AS class")[0]
    return "\n".join(re.findall(r"(?:THEN|ELSE) ('\w+')", cases))
