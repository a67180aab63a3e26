"""What people read of an answer is the same from Neo4j as from memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from neo4j import Driver

from orgnet import coverage, integration, structure
from orgnet.city import chengdu
from orgnet.cli import _with_words
from orgnet.database import names as reading
from orgnet.database.database import Database
from orgnet.database.errors import DatabaseError
from orgnet.database.names import by_label, names_text
from orgnet.network import Network
from orgnet.planning import Plan
from orgnet.query import Result, catalogue
from orgnet.report import write_report
from tests.database.agreement import TWINS, as_people_read_it
from tests.servers import Given, clean

SYNTHETIC = ("organizations are synthetic", "组织数据为合成数据")
SEEKS = "NodeUniqueIndexSeek"


@pytest.fixture(scope="module")
def net() -> Network:
    return chengdu(scale=0.01)


@pytest.fixture(scope="module")
def pushed(driver: Driver, neo4j_server: Given, net: Network) -> Iterator[Database]:
    with clean(driver, neo4j_server.database):
        db = Database(driver, neo4j_server.database)
        db.push(net)
        yield db


def answers(source: Any, need: str) -> dict[str, Result]:
    return {
        "gaps": coverage.gaps(source),
        "paths": integration.paths(source, need=need),
        "chain": structure.chain(source),
    }


@pytest.fixture(scope="module")
def both(pushed: Database, net: Network) -> list[dict[str, Result]]:
    """Give the answers of Neo4j and of memory."""
    needs = net.nodes("Need")["id"]
    need = next(n for n in needs if len(integration.paths(net, need=n)))
    return [answers(pushed, need), answers(net, need)]


def test_notes_names_and_words_are_those_of_memory(
    both: list[dict[str, Result]],
) -> None:
    twins, meant = both
    for name, answer in twins.items():
        assert len(answer), name
        assert answer.notes == meant[name].notes == [SYNTHETIC]
        assert as_people_read_it(answer) == as_people_read_it(meant[name]), name
        csv = _with_words(answer).write_csv()
        assert csv == _with_words(meant[name]).write_csv(), name
        assert "_name" in csv.partition("\n")[0] or "_zh" in csv.partition("\n")[0]


def test_workbooks_and_what_a_notebook_shows_are_those_of_memory(
    both: list[dict[str, Result]], tmp_path: Path
) -> None:
    for number, found in enumerate(both):
        found["gaps"].to_excel(tmp_path / f"{number}.xlsx")
    assert (tmp_path / "0.xlsx").read_bytes() == (tmp_path / "1.xlsx").read_bytes()
    for name, answer in both[0].items():
        assert answer._repr_html_() == both[1][name]._repr_html_()
        assert repr(answer) == repr(both[1][name])


def test_a_report_on_a_database_is_that_on_its_network(
    both: list[dict[str, Result]], pushed: Database, net: Network, tmp_path: Path
) -> None:
    twin = write_report(pushed, both[0], tmp_path / "twin").read_bytes()
    assert twin == write_report(net, both[1], tmp_path / "memory").read_bytes()


IN_PYTHON_ONLY: dict[str, dict[str, Any]] = {
    "coverage.compare": {"by": "district"},
    "evaluation.leniency": {},
    "evaluation.ranking": {"direction": "up"},
    "evaluation.reciprocity_test": {"by": "city"},
    "integration.brokers": {"pivots": 8, "draws": 10},
    "integration.cut_points": {},
    "integration.fragmentation": {"by": "district"},
    "integration.match": {"kinds": ["venue"]},
    "planning.close_gaps": {"budget": 20},
    "planning.seats": {"n": 3},
}


@pytest.mark.parametrize("name", sorted(IN_PYTHON_ONLY))
def test_what_has_no_twin_is_answered_from_what_is_pulled(
    pushed: Database, net: Network, name: str
) -> None:
    ask, given = catalogue()[name], dict(IN_PYTHON_ONLY[name])
    if "before" in ask.question.parameters:
        given["before"] = pushed.pull(within=net.areas("district")[0, "id"])
    found, meant = ask(pushed, **given), ask(net, **given)
    assert len(found)
    assert found.frame.equals(meant.frame)
    assert as_people_read_it(found) == as_people_read_it(meant)
    if isinstance(found, Plan):
        assert isinstance(meant, Plan)
        assert found.edits == meant.edits


def test_every_question_is_asked_of_neo4j_or_of_what_is_pulled() -> None:
    assert {*TWINS, *IN_PYTHON_ONLY} == set(catalogue())


def test_what_is_handed_down_is_that_of_memory(
    pushed: Database, net: Network, tmp_path: Path
) -> None:
    given = {"split": "district", "within": net.areas("district")[0, "id"]}
    twin = pushed.to_excel(tmp_path / "twin", **given)
    meant = net.to_excel(tmp_path / "memory", **given)
    assert [p.name for p in twin] == [p.name for p in meant]
    for one, other in zip(twin, meant, strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_names_come_in_portions_and_only_of_what_is_there(
    pushed: Database, net: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PORTION", 100)
    asked = [*net.ids, "unit:nobody", "area", "", "person:1"]
    assert pushed.names(asked) == net.names(asked)
    assert len(net.names(asked)) > 10 * reading.PORTION
    assert pushed.names([]) == net.names([]) == {}
    assert pushed.names(net.ids[0]) == net.names(net.ids[0]) != {}


def test_names_are_found_by_the_unique_index_of_each_kind(
    pushed: Database, net: Network
) -> None:
    with pushed.session() as session:
        given = by_label(net.ids, net.schema)
        result = session.run(f"EXPLAIN {names_text(net.schema)}", ids=given)
        plan = result.consume().plan
    assert plan is not None
    operators = list(_operators(plan))
    assert operators.count(SEEKS) == len(net.schema.kinds)
    assert not {o for o in operators if "Scan" in o}


def _operators(plan: dict[str, Any]) -> Iterator[str]:
    yield plan["operatorType"].partition("@")[0]
    for child in plan.get("children", ()):
        yield from _operators(child)


def test_a_database_says_what_it_holds(pushed: Database, net: Network) -> None:
    assert repr(pushed) == f"<Database 'neo4j': {net.about}>"
    assert pushed.about == net.about
    assert pushed.schema is net.schema


def test_an_answer_can_be_looked_at_after_its_database_is_closed(
    pushed: Database, neo4j_server: Given, tmp_path: Path
) -> None:
    with Database(neo4j_server.driver(), neo4j_server.database) as db:
        answer = structure.chain(db)
        shown = answer._repr_html_()
    assert answer.notes == [SYNTHETIC]
    assert "合成" in repr(answer)
    assert "area:" in answer._repr_html_() != shown  # the ids alone
    assert repr(db) == "<Database 'neo4j': closed>"
    with pytest.raises(DatabaseError, match=r"inside the `with` block, or connect"):
        answer.to_excel(tmp_path / "chain.xlsx")
