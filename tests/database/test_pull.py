"""What comes out of a database: all that went in, a part, or what is wrong with it."""

from datetime import date
from typing import Annotated, Any

import polars as pl
import pytest
from neo4j import Driver

from orgnet.database.damage import DamagedNetworkError, damage
from orgnet.database.database import Database
from orgnet.database.errors import DatabaseError
from orgnet.database.mapping import META
from orgnet.database.meta import meta_of, write_meta
from orgnet.database.pull import pull, salvage
from orgnet.network import Network
from orgnet.schema import Ends, Heading, Node, Schema, Tie
from tests.engines import InTransaction, rolled_back
from tests.handmade import network, node, tie
from tests.servers import Given
from tests.worlds import network as network_of
from tests.worlds import world

WORLDS = 200
CHUNK = 10
FIRST_TIER = (0,)
DAY = date(2019, 8, 7)
FOREIGN = """
MATCH (u:Unit {id: 'unit:a'}), (c:Area {id: 'area:c'})
CREATE (u)-[:VISITED {times: 2}]->(:Visitor:Guest {name: '甲', id: 'unit:guest'}),
       (u)-[:KNOWS]->(c), (:Visitor)-[:LOCATED_IN]->(c)
SET u:Starred, u.colour = 'red', c.colour = 'blue'
"""


def told(db: Database, net: Network, **changed: Any) -> InTransaction:
    """Have the database say of the network in it all that a push says."""
    assert isinstance(db, InTransaction)
    db.tx.run(f"MATCH (m:{META}) DELETE m").consume()
    meta = meta_of(net, content=net.title).model_copy(update=changed)
    write_meta(db.tx, meta)  # type: ignore[arg-type]
    return db


def edited(db: InTransaction, *texts: str) -> None:
    """Edit the database by hand; every edit must have changed something."""
    for text in texts:
        assert db.tx.run(text).consume().counters.contains_updates, text


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(n, marks=[] if n in FIRST_TIER else pytest.mark.slow)
        for n in range(0, WORLDS, CHUNK)
    ],
)
def test_random_networks_come_out_as_they_went_in(driver: Driver, first: int) -> None:
    inside = outdated = 0
    for made in map(world, range(first, first + CHUNK)):
        net = network_of(made)
        with rolled_back(driver, "neo4j", net) as db:
            told(db, net)
            assert pull(db).equals(net), made.seed
            if made.seed % 2:
                areas = net.index(made.day).nodes("Area")["id"]
                area = areas[made.seed % areas.len()]
                part = net.within(area, day=made.day)
                assert pull(db, within=area, day=made.day).equals(part), made.seed
                inside += len(part)
            elif made.seed % 5 == 0:
                valid = net.at(DAY)
                assert pull(db, day=DAY).equals(valid), made.seed
                outdated += net.ties().height - valid.ties().height
    assert inside > CHUNK  # the parts are more than their areas
    assert outdated


class Well(Node):
    """A well 井."""

    zh = "井"
    prefix = "well"

    name: Annotated[str, Heading("名称")]
    depth: Annotated[float | None, Heading("深度")] = None
    dug_on: Annotated[date | None, Heading("开凿")] = None
    uses: Annotated[tuple[str, ...] | None, Heading("用途")] = None
    open: Annotated[bool | None, Heading("开放")] = None
    users: Annotated[int | None, Heading("人数")] = None


class Feeds(Tie):
    """A well feeds another 补给."""

    zh = "补给"
    ends = Ends(Well, Well)
    key = ("share", "since")

    share: Annotated[float | None, Heading("份额")] = None
    since: Annotated[date | None, Heading("自")] = None


def test_every_type_of_value_in_a_schema_of_ones_own(driver: Driver) -> None:
    full = {
        "id": "well:a`b",
        "name": " 甲\n井'\"\\ ",
        "depth": -2.5e-9,
        "dug_on": date(1, 1, 1),
        "uses": ["饮用", " ", "灌溉", "饮用"],
        "open": False,
        "users": -(2**63),
    }
    last = {"id": "well:b", "name": "乙", "depth": 0.0, "dug_on": date(9999, 12, 31)}
    feeds: dict[str, list[Any]] = {
        "from": ["well:a`b"] * 4,
        "to": ["well:b", "well:b", "well:b", "well:a`b"],
    }
    feeds |= {
        "share": [0.1, None, 0.1, 1e300],
        "since": [None, None, date(2019, 8, 7), None],
    }
    schema = Schema.of(Well, Feeds)
    net, faults = Network.from_frames(
        {"Well": pl.DataFrame([full, last | {"users": 2**63 - 1, "open": True}])},
        {"FEEDS": pl.DataFrame(feeds)},
        schema=schema,
        complete=["FEEDS:Well"],
    )
    assert damage(faults).frame.is_empty()
    assert net.counts == {"Well": 2, "FEEDS": 4}
    with rolled_back(driver, "neo4j", net) as db:
        told(db, net)
        assert pull(db, schema=schema).equals(net)
        assert salvage(db, schema=schema)[0].equals(net)


@pytest.fixture(scope="module")
def small() -> Network:
    return network(
        node("area:c"),
        node("party:p", founded_on=date(2001, 7, 1)),
        node("unit:a", employees=12, resident=True),
        node("unit:b", full_members=3),
        tie("LOCATED_IN", "unit:a", "area:c", primary=True),
        tie("COVERS", "party:p", "unit:a"),
        tie("EVALUATES", "party:p", "unit:b", score=60.0),
    )


def test_what_is_not_ours_is_left_out_and_counted(
    driver: Driver, small: Network
) -> None:
    with rolled_back(driver, "neo4j", small) as db:
        edited(told(db, small), FOREIGN)
        assert pull(db).equals(small)
        assert pull(db, within="area:c").equals(small.within("area:c"))
        net, faults = salvage(db)
        assert net.equals(small)
        assert damage(faults).frame.is_empty()
        noted = faults.of("not_ours", "undeclared_column").frame
        assert noted.select("sheet", "column", "value").rows() == [
            ("Area", "colour", "1"),
            ("Unit", "colour", "1"),
            (None, "nodes", "2"),
            (None, "relationships", "3"),
        ]


DAMAGE = {
    "MATCH (u:Unit {id: 'unit:a'}) SET u.employees = 'many'": (
        "bad_type",
        "employees",
        "unit:a: 'many'",
    ),
    "MATCH (u:Unit {id: 'unit:a'}) SET u.employees = 12.5": (
        "bad_type",
        "employees",
        "unit:a: 12.5",
    ),
    "MATCH (u:Unit {id: 'unit:a'}) SET u.employees = '12'": (
        "bad_type",
        "employees",
        "unit:a: '12'",
    ),
    "MATCH (u:Unit {id: 'unit:a'}) SET u.employees = -1": (
        "bad_value",
        "employees",
        "unit:a: -1",
    ),
    "MATCH (u:Unit {id: 'unit:a'}) SET u.resident = 'true'": (
        "bad_type",
        "resident",
        "unit:a: 'true'",
    ),
    "MATCH (u:Unit {id: 'unit:a'}) SET u.name = 5": (
        "bad_required",
        "name",
        "unit:a: 5",
    ),
    "MATCH (u:Unit {id: 'unit:a'}) REMOVE u.kind": (
        "missing_required",
        "kind",
        "unit:a",
    ),
    "MATCH (u:Unit {id: 'unit:a'}) SET u.kind = 'shop'": (
        "bad_required",
        "kind",
        "unit:a: shop",
    ),
    "MATCH (u:Unit {id: 'unit:a'}) SET u.id = 'a'": ("bad_id", "id", "a"),
    "MATCH (u:Unit {id: 'unit:a'}) SET u.id = 5": ("bad_id", "id", "5"),
    "MATCH (u:Unit {id: 'unit:a'}) REMOVE u.id": (
        "missing_required",
        "id",
        "a node without id",
    ),
    "MATCH (u:Unit {id: 'unit:a'}) REMOVE u:Unit": ("no_kind", None, "unit:a"),
    "MATCH (u:Unit {id: 'unit:a'}) SET u:Area": ("missing_required", "level", "unit:a"),
    "MATCH (u:Unit {id: 'unit:a'}) REMOVE u:Orgnet": ("unmarked", None, "unit:a"),
    "CREATE (:Area:Lake {name: '湖'})": ("unmarked", None, None),
    "MATCH (p:PartyOrganization) SET p.founded_on = '2001-07-01'": (
        "bad_type",
        "founded_on",
        "party:p: '2001-07-01'",
    ),
    "MATCH (p:PartyOrganization) SET p.founded_on = datetime('2001-07-01T00:00:00Z')": (
        "bad_type",
        "founded_on",
        None,
    ),
    "MATCH (p:PartyOrganization) SET p.valid_from = date(), p.valid_to = date()": (
        "bad_validity",
        None,
        "party:p",
    ),
    "MATCH ()-[c:COVERS]->() REMOVE c.basis": (
        "missing_required",
        "basis",
        "COVERS|party:p|unit:a|organization|single|",
    ),
    "MATCH (p:PartyOrganization)-[c:COVERS]->(u) CREATE (p)-[d:COVERS]->(u) "
    "SET d = c {.*, id: null}": ("duplicate_identity", "from+to", None),
    "MATCH (u:Unit {id: 'unit:a'}), (c:Area) CREATE (c)-[:LOCATED_IN]->(u)": (
        "wrong_end_kind",
        "from+to",
        "area:c -> unit:a",
    ),
}


@pytest.mark.parametrize("text", DAMAGE)
def test_damage_by_hand_is_named_and_never_lost_in_silence(
    driver: Driver, small: Network, text: str
) -> None:
    with rolled_back(driver, "neo4j", small) as db:
        edited(told(db, small), text)
        with pytest.raises(DamagedNetworkError, match="no longer fit") as error:
            pull(db)
        code, column, value = DAMAGE[text]
        bad = damage(error.value.faults).frame
        named = bad.filter(code=code).select("column", "value").rows()
        assert [n for n in named if n[0] == column and value in (None, n[1])], bad
        assert bad.select("row", "file").null_count().row(0) == (bad.height,) * 2
        net, faults = salvage(db)
        assert net.equals(error.value.network)
        assert damage(faults).frame.equals(bad)
        assert len(small) - 1 <= len(net) <= len(small)


def test_one_id_on_two_nodes_is_named(
    driver: Driver, clean_database: Given, small: Network
) -> None:
    db = Database(driver, clean_database.database)
    db.push(small)
    db.write("DROP CONSTRAINT orgnet_unit_id")
    db.write("MATCH (u:Unit {id: 'unit:a'}) SET u.id = 'unit:b'")
    with pytest.raises(DamagedNetworkError, match="no longer fit") as error:
        db.pull()
    bad = damage(error.value.faults).frame.filter(code="duplicate_identity")
    assert bad.select("column", "value").row(0) == ("id", "unit:b")


def test_a_whole_number_may_be_written_as_a_fraction_and_the_reverse(
    driver: Driver, small: Network
) -> None:
    with rolled_back(driver, "neo4j", small) as db:
        edited(
            told(db, small),
            "MATCH (u:Unit {id: 'unit:a'}) SET u.employees = 12.0",
            "MATCH ()-[e:EVALUATES]->() SET e.score = 60",
        )
        assert pull(db).equals(small)


def test_damage_within_an_area_is_not_lost_either(
    driver: Driver, small: Network
) -> None:
    for text in ("SET u.employees = 'x'", "REMOVE u.id", "REMOVE u:Unit", "SET u:Site"):
        with rolled_back(driver, "neo4j", small) as db:
            edited(told(db, small), f"MATCH (u:Unit {{id: 'unit:a'}}) {text}")
            with pytest.raises(DatabaseError, match=r"db\.salvage"):
                pull(db, within="area:c")


def test_a_database_without_a_whole_network_is_refused(
    driver: Driver, small: Network
) -> None:
    with rolled_back(driver, "neo4j", small) as db:
        assert isinstance(db, InTransaction)
        db.tx.run(f"MATCH (m:{META}) DELETE m").consume()
        with pytest.raises(DatabaseError, match=r"holds no network.*db\.push"):
            pull(db)
        for state, what in (("pushing", "push"), ("syncing", "sync")):
            told(db, small, state=state)
            words = rf"a {what} of .* is not finished\. Run it again, db\.{what}"
            with pytest.raises(DatabaseError, match=words):
                pull(db)
            assert salvage(db)[0].equals(small)


def test_one_who_writes_meanwhile_is_noticed(driver: Driver, small: Network) -> None:
    with rolled_back(driver, "neo4j", small) as db:
        told(db, small)

        class Disturbed(InTransaction):
            def read(self, text: str, parameters: Any) -> list[list[Any]]:
                if "SUPERVISED_BY" in text or "EVALUATES" in text:
                    told(self, small, content="another")
                return super().read(text, parameters)

        disturbed = Disturbed(driver, "neo4j", db.tx, small)
        with pytest.raises(DatabaseError, match="Pull again"):
            pull(disturbed)
