"""The rows of evaluation.pairs and evaluation.rounds from Neo4j and from memory."""

from datetime import date
from typing import Any

import pytest
from neo4j import Driver

from orgnet.errors import OrgnetError, UnknownAreaError, UnknownNameError
from orgnet.evaluation import pairs, rounds
from orgnet.network import Network
from orgnet.query import catalogue
from orgnet.rules import Round, Rules
from tests.database.agreement import (
    as_in_browser,
    defaults,
    difference,
    native,
    text_of,
    typed,
    union,
)
from tests.engines import rolled_back
from tests.handmade import network, node, tie
from tests.worlds import DAY, World, swift

UNITED = range(1000, 1030)
CALENDAR = (
    Round(id="2018", opens_on=date(2018, 1, 1), closes_on=date(2018, 12, 31)),
    Round(id="2019", opens_on=date(2019, 7, 1), closes_on=date(2019, 8, 31)),
)
C, U, O, S = "party:c", "unit:u", "party:o", "party:s"  # noqa: E741


def asked_of_pairs(made: World) -> dict[str, Any]:
    asked = {"round": made.round, "within": made.within, "day": made.day}
    return {**asked, "kind": made.kind, "rules": Rules(**made.rules)}


def asked_of_rounds(made: World) -> dict[str, Any]:
    return {"kind": made.kind, "rules": Rules(**made.rules)}


@pytest.mark.parametrize("expected", ["ties", "located"])
def test_twins_and_memory_agree_on_many_networks_at_once(
    driver: Driver, expected: str
) -> None:
    net = swift(union(UNITED))
    with rolled_back(driver, "neo4j", net) as db:
        for calendar in ((), CALENDAR):
            rules = Rules(expected=expected, rounds=calendar)
            assert difference(db, pairs, {"day": DAY, "rules": rules}) is None
            assert difference(db, rounds, {"rules": rules}) is None
    assert len(pairs(net, rules=rules)) > len(UNITED)


def small() -> Network:
    return network(
        *(node(i, setting="community") for i in (C, S)),
        *(node(i) for i in (U, "unit:v", O)),
        node("area:1", code="510104001"),
        tie("LOCATED_IN", U, "area:1"),
        tie("HOSTED_BY", O, U),
        tie("PARTNERS_WITH", U, C),
        tie("PARTNERS_WITH", "unit:v", C),
        tie("EVALUATES", C, U, score=88.25, scale_max=100.0),
        tie("EVALUATES", O, C, grade="优秀"),
        tie("EVALUATES", O, O, score=1.0),
        tie("EVALUATES", O, O, round="2018", status="void"),
    )


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"within": "510104001"},
        {"round": "2018"},
        {"kind": "hierarchical"},
        {"rules": Rules(area_settings=())},
        # a list may name an organization beside its own host, and one twice
        {"rules": Rules(expected="listed", listed=((O, U), (C, U), (O, U)))},
        {"rules": Rules(expected="listed", listed=((S, "unit:v"),))},
        {"rules": Rules(expected="listed")},
        # the last entry of a round that is listed twice counts
        {"day": DAY, "rules": Rules(rounds=(*CALENDAR, CALENDAR[1]))},
        {
            "day": DAY,
            "rules": Rules(
                rounds=(CALENDAR[1], CALENDAR[0].model_copy(update={"id": "2019"}))
            ),
        },
        # a round that closes before it opens holds no day
        {
            "rules": Rules(
                rounds=(Round(id="2019", opens_on=DAY, closes_on="2019-01-01"),)
            )
        },
    ],
)
def test_what_random_networks_hardly_ask(driver: Driver, asked: dict[str, Any]) -> None:
    with rolled_back(driver, "neo4j", small()) as db:
        assert difference(db, pairs, asked) is None
        kept = {n: v for n, v in asked.items() if n in ("kind", "rules")}
        assert difference(db, rounds, kept) is None


@pytest.mark.parametrize("ask", [pairs, rounds])
def test_a_parameter_line_asks_what_the_function_does(driver: Driver, ask: Any) -> None:
    asked, net = ask.question, small()
    with rolled_back(driver, "neo4j", net) as db:
        written = as_in_browser(db, asked)
        rules = {n: [] if v == () else v for n, v in Rules().model_dump().items()}
        meant = {**rules, **defaults(asked)}
        meant["area_settings"] = ["street", "community"]
        assert written == {name: meant[name] for name in written}
        rows = [tuple(map(native, r)) for r in db.read(text_of(asked), {"p": written})]
    expected = ask(net).frame.rows()
    assert expected
    assert [typed(r) for r in rows] == [typed(r) for r in expected]


REFUSED: list[tuple[Any, dict[str, Any], type[OrgnetError], str]] = [
    (pairs, {"round": "2109"}, UnknownNameError, "no round '2109'"),
    (pairs, {"kind": "mutual"}, UnknownNameError, "no kind of evaluation 'mutual'"),
    (rounds, {"kind": "mutual"}, UnknownNameError, "no kind of evaluation 'mutual'"),
    (pairs, {"within": "510105"}, UnknownAreaError, "no area '510105'"),
    (
        pairs,
        {"rules": Rules(expected="listed", listed=((C, "unit:w"), (C, U)))},
        UnknownNameError,
        "1 ids are of no Unit among 2: 'unit:w'",
    ),
    (
        pairs,
        {"rules": Rules(expected="listed", listed=((U, C),))},
        UnknownNameError,
        "1 ids are of no PartyOrganization among 3: 'unit:u'",
    ),
]


@pytest.mark.parametrize(("ask", "asked", "error", "said"), REFUSED)
def test_both_refuse_alike(
    driver: Driver, ask: Any, asked: dict[str, Any], error: type[OrgnetError], said: str
) -> None:
    net = small()
    with rolled_back(driver, "neo4j", net) as db:
        messages = []
        for source in (net, db):
            with pytest.raises(error, match=said) as caught:
                ask(source, **asked)
            messages.append(str(caught.value))
    assert messages[0] == messages[1]


def test_a_round_that_is_not_there_has_no_rows_in_browser(driver: Driver) -> None:
    with rolled_back(driver, "neo4j", small()) as db:
        written = as_in_browser(db, pairs.question)
        asked = {**written, "round": "2109"}
        assert db.read(text_of(pairs.question), {"p": asked}) == []


@pytest.mark.parametrize(
    "name", ["return_rates", "ceiling", "asymmetry", "silence", "reciprocity"]
)
def test_what_counts_pairs_holds_their_text(name: str) -> None:
    *lines, order = body_of("pairs")
    assert order.startswith("ORDER BY")
    assert body_of(name)[: len(lines)] == lines


def body_of(name: str) -> list[str]:
    """Return the lines of a twin from its second step on."""
    text = text_of(catalogue()[f"evaluation.{name}"].question)
    return [line.strip() for line in text[text.index("// 2. ") :].strip().splitlines()]
