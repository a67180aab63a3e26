"""What a push puts there, what it refuses, and what it leaves alone."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from threading import Thread
from typing import Annotated, Any

import polars as pl
import pytest
from neo4j import Driver

import orgnet
from orgnet.city import chengdu
from orgnet.database.database import Database
from orgnet.database.errors import DatabaseError
from orgnet.database.mapping import META, tie_groups
from orgnet.database.meta import (
    FORMAT,
    THE_ONE,
    content,
    meta_of,
    read_meta,
    write_meta,
)
from orgnet.database.push import LOCK, Pushed, _write, batched, groups, text
from orgnet.errors import OrgnetError
from orgnet.files import fingerprint, load
from orgnet.network import Network
from orgnet.schema import Ends, Heading, Node, Schema, Tie
from tests.database.standing import assert_holds, standing
from tests.handmade import network, node, tie
from tests.servers import Given, clean
from tests.worlds import network as world_network
from tests.worlds import world

BATCH = 500
EVERYTHING = (
    "MATCH (n) OPTIONAL MATCH (n)-[r]-() RETURN count(DISTINCT n), count(DISTINCT r)"
)


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


WELLS = Schema.of(Well, Feeds)


def wells(**changed: Any) -> Network:
    """Make a network with every type of value; of the first well, this is changed."""
    first = {
        "id": "well:a",
        "name": "甲井",
        "depth": 2.5,
        "dug_on": date(1911, 10, 10),
        "uses": ["饮用", "灌溉"],
        "open": True,
        "users": 12,
    }
    bare = {"id": "well:b", "name": "乙井"}
    net, faults = Network.from_frames(
        {"Well": pl.DataFrame([first | changed, bare])},
        {"FEEDS": pl.DataFrame({"from": ["well:a"], "to": ["well:b"]})},
        schema=WELLS,
        title="井",
    )
    assert not faults
    return net


@pytest.fixture(scope="module")
def net() -> Network:
    return chengdu(scale=0.01)


@pytest.fixture(scope="module")
def emptied(driver: Driver, neo4j_server: Given) -> Iterator[Database]:
    """Give a database that is empty before and after this file."""
    with clean(driver, neo4j_server.database):
        yield Database(driver, neo4j_server.database)


@pytest.fixture
def db(emptied: Database) -> Database:
    """Give it without any node; what was set up in it stays, which saves time."""
    emptied.write("MATCH ()-[r]->() DELETE r")
    emptied.write("MATCH (n) DELETE n")
    return emptied


@pytest.fixture
def city(emptied: Database, net: Network) -> Database:
    """Give it with a part of the city in it, pushed if it is not there."""
    meta = read_meta(emptied)
    if meta is None or meta.content != content(net):
        emptied.write("MATCH (n) DETACH DELETE n")
        emptied.push(net, batch=BATCH)
    return emptied


@pytest.fixture(scope="module")
def few() -> Network:
    """Give a network that is in the database in a second."""
    units = [node(f"unit:{i:03}", resident=i % 2 == 0) for i in range(60)]
    areas = [node(f"area:{i:03}") for i in range(40)]
    located = [
        tie("LOCATED_IN", f"unit:{i:03}", f"area:{i % 40:03}", primary=i < 9 or None)
        for i in range(60)
    ]
    return network(*units, *areas, *located)


def test_all_of_it_is_there_as_it_was_meant(db: Database, net: Network) -> None:
    report = db.push(net, batch=BATCH)
    assert_holds(db, net)
    parts = groups(net)
    assert len(parts) > 40
    batches = sum(-(-g.rows.height // BATCH) for g in parts)
    assert batches > len(parts)  # some groups take several
    assert report[:4] == (len(net), net.ties().height, batches, 0)
    assert f"{batches} batches written" in str(report)


def test_the_database_says_what_it_holds(city: Database, net: Network) -> None:
    meta = read_meta(city)
    assert meta is not None
    batches = sum(-(-g.rows.height // BATCH) for g in groups(net))
    wanted = meta_of(net, content=content(net), batches=batches, size=BATCH)
    assert meta == wanted.model_copy(update={"batch": batches, "when": meta.when})
    assert meta.whole
    assert meta.complete == tuple(sorted(net.complete))
    assert meta.fingerprint == fingerprint(net.schema)
    assert isinstance(meta.when, datetime)
    assert meta.when.tzinfo is None
    assert city.complete == net.complete


def test_the_second_push_writes_nothing(city: Database, net: Network) -> None:
    said = f"MATCH (m:{META}) RETURN properties(m)"
    before = city.read(said, {})
    reading = Database(city.driver, city.name)
    reading.write = reading.transact = None  # type: ignore[assignment, method-assign]
    again = reading.push(net, batch=7)
    batches = before[0][0]["batches"]
    assert again[:4] == (len(net), net.ties().height, 0, batches)
    assert city.read(said, {}) == before


def test_no_load_scans_or_waits_for_all_rows(city: Database, net: Network) -> None:
    seeks = 0
    with city.session() as session:
        for group in groups(net):
            plan = session.run(f"EXPLAIN {text(group)}", rows=[]).consume().plan
            used = operators(plan)
            assert not {"Eager", "AllNodesScan", "NodeByLabelScan"} & set(used)
            seeks += used.count("NodeUniqueIndexSeek(Locking)")
    assert seeks == 2 * len(list(tie_groups(net)))


def operators(plan: Any) -> list[str]:
    name = plan["operatorType"].partition("@")[0]
    return [name, *(o for child in plan.get("children", []) for o in operators(child))]


def test_values_never_stand_in_the_text_and_names_are_quoted() -> None:
    of_wells, of_feeds = groups(wells(name="`}) DETACH DELETE (n) //"))
    assert text(of_wells) == (
        "UNWIND $rows AS r\n"
        "CREATE (:`Well`:`Orgnet` {`id`: r[0], `name`: r[1], `depth`: r[2], "
        "`dug_on`: r[3], `uses`: r[4], `open`: r[5], `users`: r[6]})"
    )
    assert text(of_feeds) == (
        "UNWIND $rows AS r\n"
        "MATCH (tail:`Well` {id: r[0]})\n"
        "MATCH (head:`Well` {id: r[1]})\n"
        "CREATE (tail)-[:`FEEDS` {`id`: r[2]}]->(head)"
    )


def test_batches_are_the_same_every_time(net: Network) -> None:
    def cut(of: Network, size: int) -> list[tuple[str, int, list[int]]]:
        found = batched(groups(of), size)
        return [(b.text, b.rows.height, b.rows.hash_rows().to_list()) for b in found]

    again = replace(net)
    assert cut(net, 100) == cut(again, 100)
    assert sum(rows for _, rows, _ in cut(net, 100)) == len(net) + net.ties().height
    assert max(rows for _, rows, _ in cut(net, 100)) == 100
    with pytest.raises(OrgnetError, match="no batch of 0 rows"):
        Database(None, "").push(net, batch=0)  # type: ignore[arg-type]


def test_every_type_of_value_and_a_schema_of_ones_own(db: Database) -> None:
    net = wells()
    db.push(net)
    row = db.read(
        "MATCH (w:Well {id: 'well:a'}) RETURN w.name, w.depth, w.dug_on.year, w.uses, "
        "w.open, w.users, w:Orgnet",
        {},
    )
    assert row == [["甲井", 2.5, 1911, ["饮用", "灌溉"], True, 12, True]]
    bare = db.read("MATCH (w:Well {id: 'well:b'}) RETURN keys(w)", {})
    assert sorted(bare[0][0]) == ["id", "name"]
    tied = db.read("MATCH (a)-[r:FEEDS]->(b) RETURN a.id, b.id, properties(r)", {})
    assert tied == [["well:a", "well:b", {"id": "FEEDS|well:a|well:b|"}]]


@pytest.mark.parametrize("seed", range(2))
def test_random_networks_with_unknowns_and_faults(db: Database, seed: int) -> None:
    net = world_network(world(seed))
    db.push(net, batch=7)
    assert_holds(db, net)


def test_a_network_of_nothing_is_one_too(db: Database) -> None:
    net, _ = Network.from_frames({}, {}, title="nothing yet")
    assert db.push(net)[:4] == (0, 0, 0, 0)
    meta = read_meta(db)
    assert meta is not None
    assert (meta.whole, meta.title, meta.complete) == (True, "nothing yet", None)
    assert db.complete == frozenset()


def test_what_is_others_stays_as_it_is(db: Database, few: Network) -> None:
    foreign = "MATCH (n:Person|Place) OPTIONAL MATCH (n)-[r]-() RETURN n.n, r.id"
    db.write("CREATE (:Person {n: 1})-[:KNOWS {id: 'k'}]->(:Person {n: 2})")
    db.write("CREATE (:Person {n: 3})-[:LOCATED_IN {id: 'k'}]->(:Place {n: 4})")
    before = db.read(foreign, {})
    db.push(few)
    assert_holds(db, few)
    assert db.read(foreign, {}) == before
    db.write("MATCH (p:Person {n: 1}), (a:Area) CREATE (p)-[:LOCATED_IN]->(a)")
    db.write("MATCH (p:Place {n: 4}), (u:Unit) CREATE (u)-[:LOCATED_IN]->(p)")
    assert db.push(few).written == 0  # and is not taken in by theirs
    assert db.read("MATCH (:Person)-[r]->(:Area) RETURN count(r)", {}) == [[40]]
    assert db.read("MATCH (:Unit)-[r]->(:Place) RETURN count(r)", {}) == [[60]]


def test_labels_of_ours_on_nodes_of_others_are_refused(
    db: Database, few: Network
) -> None:
    db.write("UNWIND range(1, 3) AS n CREATE (:Unit {n: n}), (:GridBranch {n: n})")
    before = db.read(EVERYTHING, {})
    with pytest.raises(DatabaseError, match="3 Unit, 3 GridBranch") as refused:
        db.push(few)
    assert "another database" in str(refused.value)
    assert refused.value.items == ("Unit", "GridBranch")
    assert db.read(EVERYTHING, {}) == before


DOUBLED = "UNWIND [1, 1] AS id CREATE (:Person)-[:LOCATED_IN {id: id}]->(:Place)"
TAKEN = "CREATE (:Person)-[:LOCATED_IN {id: 'LOCATED_IN|unit:003|area:003|'}]->(:Place)"
CONSTRAINT = "orgnet_tie_located_in_id"


def as_told(db: Database, error: BaseException) -> None:
    """Type what the error says."""
    (advice,) = re.findall(r"MATCH .* REMOVE r\.id", str(error))
    db.write(advice)


def test_ids_of_others_that_are_in_the_way_are_refused_before_the_first_batch(
    db: Database, few: Network
) -> None:
    db.write(f"DROP CONSTRAINT {CONSTRAINT} IF EXISTS")
    db.write(DOUBLED)
    db.write(TAKEN)
    before = db.read(EVERYTHING, {})
    with pytest.raises(DatabaseError, match="nothing was written: 2 ids") as refused:
        db.push(few)
    assert refused.value.items == (
        "LOCATED_IN 1",
        "LOCATED_IN LOCATED_IN|unit:003|area:003|",
    )
    assert db.read(EVERYTHING, {}) == before
    as_told(db, refused.value)
    db.push(few)
    assert_holds(db, few)
    assert db.read("MATCH (:Person)-[r]->() RETURN count(r)", {}) == [[3]]


class Late(Database):
    """Others write just before a batch is written."""

    number, text = 0, ""

    def transact(self, work: Any, *args: Any, **options: Any) -> Any:
        if work is _write and args[1] == self.number:
            self.write(self.text)
        return super().transact(work, *args, **options)


@pytest.mark.parametrize(
    ("text", "said"), [(DOUBLED, CONSTRAINT), (TAKEN, "1 ids stand on relationships")]
)
def test_ids_of_others_that_come_meanwhile_are_named_and_the_push_goes_on(
    db: Database, few: Network, text: str, said: str
) -> None:
    if text == DOUBLED:
        db.write(f"DROP CONSTRAINT {CONSTRAINT} IF EXISTS")
    late = Late(db.driver, db.name)
    late.number, late.text = 3, text
    with pytest.raises(DatabaseError, match=said) as refused:
        late.push(few, batch=50)
    as_told(db, refused.value)
    assert db.push(few).found >= 2
    assert_holds(db, few)


def test_part_of_a_network_of_which_nothing_is_said_is_refused(
    db: Database, few: Network
) -> None:
    db.push(few)
    db.write(f"MATCH (m:{META}) DELETE m")
    with pytest.raises(DatabaseError, match=r"100 Orgnet.*db\.clear\(\)"):
        db.push(few)


def test_another_network_is_refused_and_named(db: Database, few: Network) -> None:
    db.push(replace(few, title="武侯区"))
    before = standing(db.driver, db.name)
    with pytest.raises(DatabaseError, match=r"'武侯区': 100 nodes.*db\.sync\(net\)"):
        db.push(few.minus(["unit:001"]))
    with pytest.raises(DatabaseError, match=r"another network.*db\.sync"):
        db.push(replace(few, title="锦江区"))  # the title is part of it
    assert standing(db.driver, db.name) == before


@pytest.mark.parametrize(
    ("stands", "says"),
    [
        ({"state": "syncing"}, r"a sync .* was cut off.*db\.sync\(net\)"),
        ({"state": "clearing"}, r"a clearing .* was cut off.*db\.clear\(\)"),
        ({"state": "pushing", "content": "x"}, "another network .* after 1 of 4"),
        ({"state": "pushing", "orgnet": "0.0.7"}, "begun by orgnet 0.0.7"),
        ({"format": FORMAT + 1}, "pip install --upgrade"),
        ({"state": "tired"}, "not as orgnet wrote it; wrong: 'state'"),
        ({"declared": "{"}, "not as orgnet wrote it; wrong: 'declared'"),
        ({"nodes": None}, "wrong: 'nodes'"),
    ],
)
def test_what_is_said_of_the_network_decides(
    db: Database, few: Network, stands: dict[str, Any], says: str
) -> None:
    meta = meta_of(few, "pushing", content=content(few), batches=4, size=50)
    db.transact(write_meta, meta.model_copy(update={"batch": 1}))
    db.write(f"MATCH (m:{META}) SET m += $stands", {"stands": stands})
    before = db.read("MATCH (n) RETURN properties(n)", {})
    with pytest.raises(DatabaseError, match=says):
        db.push(few)
    assert db.read("MATCH (n) RETURN properties(n)", {}) == before


def test_two_who_say_what_it_holds_are_refused(db: Database, few: Network) -> None:
    meta = meta_of(few, content=content(few))
    text = f"UNWIND [1, 2] AS n CREATE (m:{META}) SET m = $row, m.id = toString(n)"
    db.write(text, {"row": meta.row()})
    with pytest.raises(DatabaseError, match="2 of them"):
        db.push(few)


def test_a_push_that_was_cut_off_goes_on_with_the_batches_it_began_with(
    db: Database, few: Network
) -> None:
    batches = batched(groups(few), 20)
    db.push(few, batch=20)
    with db.session() as session:  # as if it had been cut off after the fourth
        for batch in batches[4:]:
            what = "()-[n {id: id}]->()" if "MATCH" in batch.text else "(n {id: id})"
            session.run(
                f"UNWIND $ids AS id MATCH {what} DETACH DELETE n",
                ids=list(batch.rows["id"]),
            ).consume()
    db.write(f"MATCH (m:{META}) SET m.batch = 4, m.state = 'pushing'")
    report = db.push(few, batch=1_000)
    assert (report.written, report.found) == (len(batches) - 4, 4)
    assert_holds(db, few)


def test_what_came_there_by_another_way_than_push_is_found_too(
    db: Database, few: Network
) -> None:
    db.push(few)
    db.write(f"MATCH (m:{META}) SET m.batch = 0, m.batches = 0, m.size = 0")
    assert db.push(few)[:4] == (100, 60, 0, 0)


def test_two_who_push_at_once_do_not_write_it_twice(db: Database, few: Network) -> None:
    reports: list[Pushed] = []
    threads = [
        Thread(target=lambda: reports.append(db.push(few, batch=5))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    batches = reports[0].written + reports[0].found
    assert sum(r.written for r in reports) == batches >= 32
    assert_holds(db, few)


def test_a_batch_waits_for_whoever_holds_the_node(db: Database, few: Network) -> None:
    meta = meta_of(few, "pushing", content=content(few), batches=4, size=50)
    db.setup()
    db.transact(write_meta, meta)
    batch = batched(groups(few), 50)[0]
    with db.session() as session, session.begin_transaction() as holding:
        holding.run(LOCK, id=THE_ONE).consume()
        impatient = Database(db.driver, db.name, timeout=1)
        with pytest.raises(DatabaseError, match="somebody else was writing"):
            impatient.transact(_write, meta.content, 1, batch)
        holding.rollback()
    assert db.transact(_write, meta.content, 1, batch)
    assert not db.transact(_write, meta.content, 1, batch)  # once is enough
    with pytest.raises(DatabaseError, match="pushed to it meanwhile"):
        db.transact(_write, meta.content, 3, batch)  # the second is missing


def test_a_batch_whose_ends_are_gone_is_taken_back(db: Database, few: Network) -> None:
    batches = batched(groups(few), 100)
    db.push(few, batch=100)
    db.write("MATCH ()-[r:LOCATED_IN]->() DELETE r")
    db.write("MATCH (a:Area {id: 'area:003'}) DETACH DELETE a")
    number = len(batches)
    db.write(f"MATCH (m:{META}) SET m.state = 'pushing', m.batch = {number - 1}")
    with pytest.raises(DatabaseError, match=r"has 60 rows and made 58.*taken back"):
        db.push(few)
    assert db.read("MATCH ()-[r:LOCATED_IN]->() RETURN count(r)", {}) == [[0]]


def test_what_others_changed_in_it_shows_in_the_counts(
    db: Database, few: Network
) -> None:
    db.push(few)
    db.write("MATCH (u:Unit) WITH u ORDER BY u.id LIMIT 2 DETACH DELETE u")
    with pytest.raises(DatabaseError, match=r"2 of \d+ counts differ") as found:
        db.push(few)
    assert found.value.items == ("Unit: 58, not 60", "Unit LOCATED_IN: 58, not 60")
    assert "db.diff(net)" in str(found.value)


def test_it_shows_how_far_it_is_to_a_terminal_only(
    db: Database, few: Network, capfd: pytest.CaptureFixture[str]
) -> None:
    db.push(few, batch=50)
    assert capfd.readouterr() == ("", "")
    db.write("MATCH (n) DETACH DELETE n")
    db.push(few, batch=50, progress=True)
    out, err = capfd.readouterr()
    assert out == ""
    assert "push 入库" in err
    assert "160/160" in err


def test_content_is_the_hash_of_all_that_a_network_holds(tmp_path: Any) -> None:
    assert content(wells()) == GOLDEN
    changes: list[dict[str, Any]] = [
        {"name": "甲"},
        {"depth": 2.25},
        {"depth": 0.0},
        {"depth": None},
        {"dug_on": date(1911, 10, 11)},
        {"uses": ["饮用灌溉"]},
        {"uses": ["饮用", "灌溉", "灌溉"]},
        {"uses": None},
        {"open": False},
        {"open": None},
        {"users": 13},
        {"users": 0},
        {"users": None},
        {"source": "甲"},
    ]
    nets = [wells(**change) for change in changes]
    nets += [replace(wells(), title=""), replace(wells(), synthetic=True)]
    nets += [replace(wells(), complete=frozenset({"FEEDS:Well"}))]
    nets += [wells().minus(["FEEDS|well:a|well:b|"]), wells().minus(["well:b"])]
    hashes = {content(n) for n in nets}
    assert len(hashes) == len(nets)
    assert GOLDEN not in hashes
    assert content(wells(depth=-0.0)) == content(wells(depth=0.0))
    assert wells(depth=-0.0).equals(wells(depth=0.0))
    wells().save(tmp_path / "wells")
    assert content(load(tmp_path / "wells", schema=WELLS)) == GOLDEN


@pytest.mark.parametrize("seed", range(5))
def test_networks_have_one_hash_if_and_only_if_they_are_equal(seed: int) -> None:
    net = world_network(world(seed))
    kinds, types = net.schema.kinds, net.schema.ties
    shuffled, _ = Network.from_frames(
        {k: net.nodes(k).sample(fraction=1, shuffle=True, seed=seed) for k in kinds},
        {t: net.ties(t).sample(fraction=1, shuffle=True, seed=seed) for t in types},
        complete=net.complete,
        synthetic=net.synthetic,
        title=net.title,
    )
    assert shuffled.equals(net)
    assert content(shuffled) == content(net)
    for gone in (*net.ids[:5], *net.ties()["id"][:5]):
        assert content(net.minus([gone])) != content(net)


def test_the_version_is_that_of_the_package(few: Network) -> None:
    assert meta_of(few, content="").orgnet == orgnet.__version__


GOLDEN = "d6ac82c423693c58821934f6ba15a0b279aeb21a54b6818257d309ed73697b98"
