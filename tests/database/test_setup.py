"""Constraints and indexes: they follow from the declared classes, and are all there."""

from collections.abc import Iterator
from typing import Annotated

import pytest
from neo4j import Driver
from neo4j.exceptions import ConstraintError
from neo4j.exceptions import DatabaseError as ServerError

from orgnet.database.database import Database
from orgnet.database.errors import DatabaseError
from orgnet.database.mapping import META
from orgnet.database.setup import (
    CAPTIONS,
    LOOKUPS,
    Rule,
    edition,
    enterprise,
    identities,
    put,
    rest,
    statements,
)
from orgnet.schema import SCHEMA, Ends, Heading, Node, Tie
from orgnet.schema.nodes import Unit
from tests.servers import Given, clean, wipe

LISTED = """
SHOW INDEXES YIELD name, state, type, labelsOrTypes, properties, createStatement
WHERE type <> 'LOOKUP'
RETURN name, state, type, labelsOrTypes, properties, createStatement ORDER BY name
"""


class Mentors(Tie):
    """One unit mentors another 帮带."""

    zh = "帮带"
    ends = Ends(Unit, Unit)


class School(Node):
    """A school with a caption of its own 学校."""

    zh = "学校"
    prefix = "school"
    caption = "motto"

    motto: Annotated[str, Heading("校训")]
    pupils: Annotated[int | None, Heading("学生数")] = None


@pytest.fixture(scope="module")
def db(driver: Driver, neo4j_server: Given) -> Iterator[Database]:
    with clean(driver, neo4j_server.database):
        wipe(driver, neo4j_server.database)  # of what stays for all tests too
        db = Database(driver, neo4j_server.database)
        db.setup()
        yield db


def test_each_kind_and_type_has_its_constraint_and_each_name_is_its_own() -> None:
    unique = [r for r in (*identities(SCHEMA), *rest(SCHEMA)) if r.sort == "UNIQUENESS"]
    assert {r.of for r in unique} == {META, *SCHEMA.kinds, *SCHEMA.ties}
    assert {r.properties for r in unique} == {("id",)}
    every = [*identities(SCHEMA), *rest(SCHEMA), *enterprise(SCHEMA)]
    names = [r.name for r in every]
    assert len(names) == len(set(names))
    assert all(name.startswith("orgnet_") for name in names)
    assert {"orgnet_unit_id", "orgnet_tie_covers_id", CAPTIONS} <= set(names)
    for label, looked_up in LOOKUPS.items():
        assert set(looked_up) <= set(SCHEMA.kinds[label].attributes())


def test_names_are_the_same_every_time_and_quoted() -> None:
    assert statements(SCHEMA) == statements(SCHEMA.extended())
    assert (
        "CREATE CONSTRAINT `orgnet_tie_part_of_id` IF NOT EXISTS "
        "FOR ()-[n:`PART_OF`]-() REQUIRE n.`id` IS UNIQUE" in statements(SCHEMA)
    )


def test_all_of_it_is_there_and_ready(db: Database) -> None:
    found = {row[0]: row[1:] for row in db.read(LISTED, {})}
    rules = [*identities(SCHEMA), *rest(SCHEMA)]
    assert set(found) == {r.name for r in rules}
    for rule in rules:
        state, sort, of, properties, _ = found[rule.name]
        assert (state, of, properties) == ("ONLINE", [rule.of], list(rule.properties))
        assert sort == ("FULLTEXT" if rule.name == CAPTIONS else "RANGE")


def test_the_second_time_nothing_is_made(db: Database) -> None:
    before = db.read(LISTED, {})
    refused = Database(db.driver, db.name)
    refused.write = refused.transact = None  # type: ignore[assignment, method-assign]
    refused.setup()
    assert db.read(LISTED, {}) == before


def test_no_node_and_no_relationship_is_there_twice(db: Database) -> None:
    with pytest.raises(ConstraintError):
        db.write("UNWIND [1, 1] AS n CREATE (:Unit {id: 'unit:a'})")
    with pytest.raises(ConstraintError):
        db.write("UNWIND [1, 1] AS n CREATE (:Zzz)-[:COVERS {id: 'a'}]->(:Zzz)")
    with pytest.raises(ConstraintError):
        db.write(f"UNWIND [1, 1] AS n CREATE (:{META} {{id: 'network'}})")
    assert db.read("MATCH (n) RETURN count(n)", {}) == [[0]]


def test_names_are_found_by_two_characters_in_their_middle(db: Database) -> None:
    names = ["锦江区春熙路街道党工委", "成都市武侯区政府", "春江水暖研究会"]
    db.write("UNWIND $names AS n CREATE (:Unit:Orgnet {name: n})", {"names": names})
    asked = (
        f"CALL db.index.fulltext.queryNodes('{CAPTIONS}', $text) YIELD node "
        "RETURN node.name ORDER BY node.name"
    )
    found = {text: db.read(asked, {"text": text}) for text in ("春熙", "武侯", "熙春")}
    db.write("MATCH (n:Orgnet) DETACH DELETE n")
    assert found == {"春熙": [[names[0]]], "武侯": [[names[1]]], "熙春": []}


def test_a_lookup_uses_its_index(db: Database) -> None:
    with db.session() as session:
        text = "EXPLAIN MATCH (a:Area {code: $code}) RETURN a.id"
        plan = session.run(text, code="510104").consume().plan
    assert plan is not None
    assert "NodeIndexSeek" in str(plan)


def test_the_edition_is_asked_and_community_is_spared_what_it_cannot_do(
    db: Database,
) -> None:
    if edition(db) != "community":
        pytest.fail("the tests are meant for the Community edition")
    rules = enterprise(SCHEMA)
    assert {r.of for r in rules} == set(SCHEMA.kinds)
    assert "orgnet_area_level_exists" in {r.name for r in rules}
    for rule in _each_form(rules):  # right but for the edition
        with pytest.raises(ServerError, match="requires Neo4j Enterprise Edition"):
            db.write(rule.text)


def _each_form(rules: list[Rule]) -> list[Rule]:
    return list(
        {r.text.rpartition("REQUIRE")[2].split(" ", 2)[2]: r for r in rules}.values()
    )


def test_a_schema_that_was_extended_adds_its_own(db: Database) -> None:
    before = {row[0] for row in db.read(LISTED, {})}
    db.setup(SCHEMA.extended(Mentors, School))
    added = {row[0]: row for row in db.read(LISTED, {}) if row[0] not in before}
    assert set(added) == {
        "orgnet_school_id",
        "orgnet_school_motto",
        "orgnet_tie_mentors_id",
    }
    captions = next(row for row in db.read(LISTED, {}) if row[0] == CAPTIONS)
    assert captions[4] == ["motto", "name", "title"]
    db.setup()  # back again: the full-text index is the schema's, no other is dropped
    captions = next(row for row in db.read(LISTED, {}) if row[0] == CAPTIONS)
    assert captions[4] == ["name", "title"]
    assert set(added) < {row[0] for row in db.read(LISTED, {})}
    for name in added:
        for what in ("CONSTRAINT", "INDEX"):
            if what == "CONSTRAINT" or "_id" not in name:
                db.write(f"DROP {what} {name} IF EXISTS")


def test_what_stands_in_the_way_is_named(db: Database) -> None:
    rule = identities(SCHEMA.extended(School))[-4]
    (rule,) = [r for r in identities(SCHEMA.extended(School)) if r.of == "School"]
    db.write("CREATE INDEX somebodys FOR (n:School) ON (n.id)")
    db.write("CALL db.awaitIndexes(60)")
    with pytest.raises(DatabaseError, match=r"'orgnet_school_id'.*School.*db.setup"):
        put(db, [rule])
    db.write("DROP INDEX somebodys")
    db.write("CREATE INDEX orgnet_school_id FOR (n:Zzz) ON (n.id)")
    with pytest.raises(DatabaseError, match="orgnet_school_id"):
        put(db, [rule])
    db.write("DROP INDEX orgnet_school_id")
    put(db, [rule])
    db.write("DROP CONSTRAINT orgnet_school_id")


def test_rows_that_break_a_constraint_are_named_and_nothing_is_made(
    db: Database,
) -> None:
    schema = SCHEMA.extended(Mentors, School)
    before = db.read(LISTED, {})
    db.write("UNWIND [1, 1] AS id CREATE (:Zzz)-[:MENTORS {id: id}]->(:Zzz)")
    with pytest.raises(
        DatabaseError, match=r"'orgnet_tie_mentors_id'.*Call that of others otherwise"
    ):
        put(db, [*identities(schema), *rest(schema)])
    db.write("MATCH (n:Zzz) DETACH DELETE n")
    assert db.read(LISTED, {}) == before


def test_a_constraint_that_stands_under_another_name_is_enough(db: Database) -> None:
    (rule,) = [r for r in identities(SCHEMA.extended(School)) if r.of == "School"]
    db.write("CREATE CONSTRAINT mine FOR (n:School) REQUIRE n.id IS UNIQUE")
    put(db, [rule])
    assert "orgnet_school_id" not in {row[0] for row in db.read(LISTED, {})}
    db.write("DROP CONSTRAINT mine")
