"""What clearing takes away, what it leaves, and when it refuses."""

from typing import Annotated, Any

import polars as pl
import pytest
from neo4j import Driver

from orgnet.database.clear import Cleared, clear
from orgnet.database.database import Database
from orgnet.database.errors import DatabaseError
from orgnet.database.mapping import META
from orgnet.network import Network
from orgnet.schema import Ends, Heading, Node, Schema, Tie
from tests.handmade import network, node, tie
from tests.servers import Given, contents
from tests.worlds import network as world_network
from tests.worlds import world

RULES = (
    "SHOW CONSTRAINTS YIELD name RETURN count(*)",
    "SHOW INDEXES YIELD type WHERE type <> 'LOOKUP' RETURN count(*)",
)


@pytest.fixture
def db(driver: Driver, clean_database: Given) -> Database:
    return Database(driver, clean_database.database)


@pytest.fixture(scope="module")
def small() -> Network:
    return network(
        node("area:c"),
        node("party:p"),
        node("unit:a"),
        tie("LOCATED_IN", "unit:a", "area:c"),
        tie("COVERS", "party:p", "unit:a"),
    )


def edited(db: Database, *texts: str) -> None:
    """Edit the database by hand; every edit must have changed something."""
    with db.session() as session:
        for text in texts:
            assert session.run(text).consume().counters.contains_updates, text


def test_nothing_of_a_network_is_left(db: Database, driver: Driver) -> None:
    net = world_network(world(7))
    db.push(net)
    rules = db.read(RULES[0], {})[0][0]
    indexes = db.read(RULES[1], {})[0][0]
    cleared = db.clear(batch=20)
    assert cleared == (len(net), net.ties().height, indexes)
    assert indexes > rules > 30  # each constraint has an index that goes with it
    assert contents(driver, db.name) == ""
    assert db.clear() == Cleared(0, 0, 0)
    assert "0 nodes, 0 relationships and 0" in str(db.clear())
    db.push(net)
    assert db.pull().equals(net)


def test_what_is_not_ours_stays(db: Database, small: Network) -> None:
    edited(
        db,
        "CREATE (:Visitor {name: '客'})-[:COVERS]->(:Visitor {id: 'unit:a'})",
        "CREATE CONSTRAINT orgnet_visitor FOR (v:Visitor) REQUIRE v.id IS UNIQUE",
        "CREATE INDEX visitors FOR (v:Visitor) ON (v.name)",
        "CREATE INDEX names FOR (u:Unit) ON (u.address)",
    )
    db.push(small)
    db.clear()
    left = "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN labels(n), n.id, type(r)"
    assert db.read(f"{left} ORDER BY n.id", {}) == [
        [["Visitor"], "unit:a", None],
        [["Visitor"], None, "COVERS"],
    ]
    names = "SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name"
    assert sorted(row[0] for row in db.read(names, {})) == [
        "names",
        "orgnet_visitor",
        "visitors",
    ]


HUNG = {  # each with how it is named, from its start to its end
    "from a node of others": (
        "CREATE (:Visitor {id: 'guest'})-[:COVERS]->(n)",
        "guest COVERS unit:a",
    ),
    "to a node of others": (
        "CREATE (n)-[:SEEN_BY {id: 'SEEN_BY|x'}]->(:Visitor {id: 5})",
        "unit:a SEEN_BY 5",
    ),
    "of another type": (
        "WITH n MATCH (a:Area) CREATE (n)-[:LIKES]->(a)",
        "unit:a LIKES area:c",
    ),
    "of another type, backwards": (
        "WITH n MATCH (a:Area) CREATE (n)<-[:LIKES]-(a)",
        "area:c LIKES unit:a",
    ),
    "from itself": ("CREATE (n)-[:LIKES {id: 5}]->(n)", "unit:a LIKES unit:a"),
}
FIRST_TIER = ("of another type, backwards",)


@pytest.mark.parametrize(
    "hung",
    [pytest.param(h, marks=[] if h in FIRST_TIER else pytest.mark.slow) for h in HUNG],
)
def test_relationships_of_others_are_not_orphaned(
    db: Database, small: Network, hung: str
) -> None:
    db.push(small)
    made, named = HUNG[hung]
    edited(db, f"MATCH (n:Unit) {made}")
    with pytest.raises(DatabaseError, match=r"^1 .* hang on its nodes: ") as told:
        db.clear()
    assert told.value.items == (named,)
    assert db.pull().equals(small)
    cleared = db.clear(foreign=True)
    assert cleared[:2] == (3, 2)
    assert db.read("MATCH (n) RETURN DISTINCT labels(n)", {}) in ([], [[["Visitor"]]])
    assert db.read("MATCH ()-[r]->() RETURN count(r)", {}) == [[0]]


@pytest.mark.slow
def test_relationships_by_hand_between_our_nodes_are_ours(
    db: Database, small: Network
) -> None:
    db.push(small)
    edited(
        db,
        "MATCH (n:Unit), (a:Area) CREATE (a)-[:COVERS]->(n)",
        "CREATE (:Orgnet)",
        "MATCH (n:Unit) REMOVE n:Unit, n.id",
    )
    assert db.clear()[:2] == (4, 3)


class Well(Node):
    """A well 井."""

    zh = "井"
    prefix = "well"

    name: Annotated[str, Heading("名称")]


class Feeds(Tie):
    """A well feeds another 补给."""

    zh = "补给"
    ends = Ends(Well, Well)


def test_a_schema_of_ones_own(db: Database, driver: Driver) -> None:
    net, _ = Network.from_frames(
        {"Well": pl.DataFrame({"id": ["well:a", "well:b"], "name": ["甲", "乙"]})},
        {"FEEDS": pl.DataFrame({"from": ["well:a"], "to": ["well:b"]})},
        schema=Schema.of(Well, Feeds),
    )
    db.push(net)
    edited(db, "MATCH ()-[r:FEEDS]->() REMOVE r.id")
    assert db.clear()[:2] == (2, 1)
    assert contents(driver, db.name) == ""
    db.push(net)
    edited(db, f"MATCH (m:{META}) SET m.declared = '?'")  # only ids tell whose it is
    assert db.clear()[:2] == (2, 1)


@pytest.mark.slow
def test_one_that_is_cut_off_is_not_whole_and_is_finished_by_the_next(
    db: Database, driver: Driver, small: Network
) -> None:
    db.push(small)

    class Dying(Database):
        left = 2

        def transact(self, work: Any, *args: Any, **options: Any) -> Any:
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
            return super().transact(work, *args, **options)

    with pytest.raises(KeyboardInterrupt):
        clear(Dying(driver, db.name), batch=1)
    unfinished = r"a clearing of .* not finished\. Finish it, db\.clear\(\), or put"
    with pytest.raises(DatabaseError, match=unfinished):
        db.pull()
    with pytest.raises(DatabaseError, match=r"a clearing .* cut off.*db\.clear\(\)"):
        db.push(small)
    db.sync(small)  # or back to what it was
    assert db.pull().equals(small)
    with pytest.raises(KeyboardInterrupt):
        clear(Dying(driver, db.name), batch=1)
    db.clear()
    assert contents(driver, db.name) == ""


@pytest.mark.slow
def test_what_is_hung_on_meanwhile_is_not_orphaned_either(
    db: Database, driver: Driver, small: Network
) -> None:
    db.push(small)

    class Disturbed(Database):
        def transact(self, work: Any, *args: Any, **options: Any) -> Any:
            if not self.read("MATCH (v:Visitor) RETURN v", {}):
                edited(db, "MATCH (n:Unit) CREATE (n)-[:SEEN_BY]->(:Visitor)")
            return super().transact(work, *args, **options)

    with pytest.raises(DatabaseError, match="SEEN_BY"):
        clear(Disturbed(driver, db.name))
    assert db.read("MATCH (n:Unit)-[:SEEN_BY]->(v) RETURN count(*)", {}) == [[1]]
