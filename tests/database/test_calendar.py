"""The calendar release of Neo4j: both languages, and a network in and out again."""

from collections.abc import Mapping
from typing import Any

import pytest
from neo4j import Driver

from orgnet.city import chengdu
from orgnet.database.database import Database, Row
from orgnet.database.errors import DatabaseError
from orgnet.network import Network
from orgnet.query import catalogue
from orgnet.schema.nodes import Unit
from tests.database.agreement import TWINS, required, rows_that_agree
from tests.database.standing import assert_holds, standing
from tests.database.test_door import HIDDEN_CALLS, HIDDEN_LOADS, WRITES
from tests.engines import InTransaction
from tests.servers import Given, clean, contents
from tests.test_agreement import BY_CONTRACT

WORLDS = 25


class InLanguage(InTransaction):
    """Everything is asked in one of the two languages."""

    language = ""

    def read(self, text: str, parameters: Mapping[str, Any]) -> list[Row]:
        return super().read(f"{self.language} {text}", parameters)


@pytest.mark.parametrize("language", ["CYPHER 5", "CYPHER 25"])
def test_twins_and_memory_agree_in_both_languages(
    calendar_driver: Driver, language: str
) -> None:
    def spoken(held: InTransaction) -> InLanguage:
        db = InLanguage(held.driver, held.name, held.tx, held.held)
        db.language = language
        return db

    rows = rows_that_agree(calendar_driver, range(WORLDS), spoken, as_filed=True)
    assert min(rows.values()) > 0  # they do not agree on nothing
    assert min(rows[name] for name in BY_CONTRACT) > WORLDS


@pytest.fixture(scope="module")
def net() -> Network:
    return chengdu(scale=0.01)


def test_a_city_goes_in_is_edited_and_comes_out(
    calendar_driver: Driver, calendar_server: Given, net: Network
) -> None:
    with clean(calendar_driver, calendar_server.database):
        db = Database(calendar_driver, calendar_server.database)
        assert db.push(net, batch=500).found == 0
        assert_holds(db, net)
        assert db.push(net).written == 0
        assert not any((db.sync(net).written or {}).values())
        first = net.nodes("Unit").row(0, named=True)
        new = Unit(id="unit:new", name="新单位", kind="other", resident=True)
        gone = net.nodes("Need")["id"].to_list()[:7]
        other = net.minus(gone).plus([Unit(**(first | {"name": "改名"})), new])
        assert len(db.sync(other)) == len(net.diff(other))
        assert_holds(db, other)
        assert db.pull().equals(other)
        street = net.areas(level="street")["id"][0]
        assert db.pull(within=street).equals(other.within(street))
        db.clear()
        assert contents(calendar_driver, db.name) == ""


def test_the_door_lets_twins_through_and_nothing_that_does_more_than_read(
    calendar_driver: Driver, calendar_server: Given, net: Network
) -> None:
    with clean(calendar_driver, calendar_server.database):
        db = Database(calendar_driver, calendar_server.database)
        db.push(net)
        before = standing(calendar_driver, db.name), contents(calendar_driver, db.name)
        for text in (*WRITES, *HIDDEN_LOADS, *HIDDEN_CALLS):
            with pytest.raises(DatabaseError):
                db.run(text)
        for name in TWINS:
            given = required(name, net)
            found = db.run(f"queries/{name.replace('.', '/')}.cypher", given)
            assert found.equals(catalogue()[name](net, **given).frame), name
        after = standing(calendar_driver, db.name), contents(calendar_driver, db.name)
        assert after == before
