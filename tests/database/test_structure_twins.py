"""The rows of structure.chain from Neo4j and from memory."""

from typing import Any

import pytest
from neo4j import Driver

from orgnet.errors import UnknownAreaError
from orgnet.rules import ANY, Rules
from orgnet.structure import chain
from tests.database.agreement import as_in_browser, difference, text_of, typed, union
from tests.engines import rolled_back
from tests.small import joined, network
from tests.test_structure import CASES
from tests.test_structure import world as letters
from tests.worlds import DAY, World, swift

UNITED = range(1000, 1030)


def asked_of_chain(made: World) -> dict[str, Any]:
    return {"within": made.within, "day": made.day, "rules": Rules(**made.rules)}


@pytest.mark.parametrize("day", [None, DAY])
def test_twin_and_memory_agree_on_many_networks_at_once(
    driver: Driver, day: Any
) -> None:
    net = swift(union(UNITED))
    with rolled_back(driver, "neo4j", net) as db:
        assert difference(db, chain, {"day": day}) is None
    assert len(set(chain(net, day=day).frame["reason"])) >= 7


def test_every_break_by_hand(driver: Driver) -> None:
    net = joined(case for case, _ in CASES)
    with rolled_back(driver, "neo4j", net) as db:
        found = chain(db).frame.select("broken_at", "reason").rows()
        assert found == [expected for _, expected in CASES]
        assert difference(db, chain, {}) is None


def test_rules_that_leave_settings_out(driver: Driver) -> None:
    net = joined(case for case, _ in CASES)
    with rolled_back(driver, "neo4j", net) as db:
        for superiors in ({}, {"grid": ("street",)}, {"grid": ()}):
            rules = Rules(superiors=superiors)
            assert difference(db, chain, {"rules": rules}) is None


def test_a_parameter_line_asks_what_the_function_does(driver: Driver) -> None:
    with rolled_back(driver, "neo4j", joined(case for case, _ in CASES)) as db:
        written = as_in_browser(db, chain.question)
        superiors = {
            k.value: [s.value for s in v] for k, v in Rules().superiors.items()
        }
        # who is not named there may be under any
        meant = {setting: list(ANY) for setting in ANY} | written["superiors"]
        assert meant == superiors
        assert (written["within"], written["day"]) == (None, None)
        rows = db.read(text_of(chain.question), {"p": written})
        expected = chain(db.network()).frame.rows()
    assert expected
    assert [typed(tuple(r)) for r in rows] == [typed(r) for r in expected]


def test_both_refuse_an_area_that_is_not_there_on_the_day(driver: Driver) -> None:
    nodes, ties = letters()
    nodes["area:c"] |= {"valid_to": DAY}
    net = network(nodes, ties)
    with rolled_back(driver, "neo4j", net) as db:
        assert difference(db, chain, {"within": "area:c"}) is None
        messages = []
        for source in (net, db):
            with pytest.raises(UnknownAreaError) as caught:
                chain(source, within="area:c", day=DAY)
            messages.append(str(caught.value))
    assert messages[0] == messages[1]
