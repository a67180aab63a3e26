"""What a sync changes, what it leaves alone, and what it refuses."""

import re
from collections.abc import Iterator
from math import inf
from typing import Annotated, Any

import polars as pl
import pytest
from neo4j import Driver

from orgnet.city import chengdu
from orgnet.database import changes as seen
from orgnet.database.changes import Changes, changes
from orgnet.database.clear import clear
from orgnet.database.connect import connect
from orgnet.database.database import Database
from orgnet.database.errors import DatabaseError
from orgnet.database.mapping import META
from orgnet.database.meta import content, meta_of, read_meta
from orgnet.database.sync import Step, _batched, _write, steps
from orgnet.errors import OrgnetError
from orgnet.network import Network
from orgnet.schema import SCHEMA, Ends, Heading, Tie
from orgnet.schema.nodes import Unit
from tests.database.standing import assert_holds
from tests.handmade import network, node, tie
from tests.servers import Given, clean
from tests.worlds import network as network_of
from tests.worlds import world

NOTHING = "the database holds the network"
PAIRS = [(3, 4), (11, 30), (57, 58), (101, 7), (160, 199)]
FOREIGN = """
MATCH (u:Unit) WITH u ORDER BY u.id SKIP 2 LIMIT 1
MATCH (a:Area) WITH u, a ORDER BY a.id LIMIT 1
CREATE (u)-[:VISITED {times: 2}]->(g:Visitor {name: '客', when: date('2019-08-07')}),
       (g)-[:LOCATED_IN {id: 'LOCATED_IN|x|y|'}]->(a), (g)-[:KNOWS]->(:Visitor),
       (u)-[:LIKES {id: 'mine'}]->(a)
SET u:Starred, u.colour = 'red'
"""
OTHERS = """
MATCH (x) WHERE NOT x:Orgnet AND NOT x:OrgnetMeta
OPTIONAL MATCH (x)-[r]-(y)
RETURN labels(x), properties(x), type(r), properties(r), y.id, y.name
"""
MARKED = """
MATCH (u:Starred) OPTIONAL MATCH (u)-[r:LIKES]->(a)
RETURN labels(u), u.id, u.colour, r.id, a.id
"""


@pytest.fixture(scope="module")
def net() -> Network:
    return chengdu(scale=0.01)


@pytest.fixture(scope="module")
def emptied(driver: Driver, neo4j_server: Given) -> Iterator[Database]:
    """Give a database that is empty before and after this file."""
    with clean(driver, neo4j_server.database):
        yield Database(driver, neo4j_server.database)


@pytest.fixture
def db(emptied: Database, net: Network) -> Iterator[Database]:
    """Give it with the city in it; after the test it must have been put right."""
    if read_meta(emptied) is None:  # the first time, or a test wiped it
        emptied.push(net)
    yield emptied
    assert NOTHING in repr(emptied.sync(net, deletes=inf))  # or put right for the next


def edited(db: Database, *texts: str, **given: Any) -> None:
    """Edit the database by hand; every edit must have changed something."""
    with db.session() as session:
        for text in texts:
            assert session.run(text, given).consume().counters.contains_updates, text


def test_a_second_sync_writes_nothing(db: Database, net: Network) -> None:
    before = db.read(f"MATCH (m:{META}) RETURN properties(m)", {})
    reading = Database(db.driver, db.name)
    reading.write = reading.transact = None  # type: ignore[assignment, method-assign]
    report = reading.sync(net)
    assert len(report) == 0
    assert sum(report.written.values()) == 0  # type: ignore[union-attr]
    assert NOTHING in repr(report)
    assert "written 写入: 0" in repr(report)
    assert db.read(f"MATCH (m:{META}) RETURN properties(m)", {}) == before


def test_an_edited_network_is_what_the_database_then_holds(
    db: Database, net: Network
) -> None:
    units = net.nodes("Unit").rows(named=True)
    shop = Unit(**(units[0] | {"employees": None, "name": "改名", "resident": None}))
    new = Unit(id="unit:new", name="新单位", kind="other", resident=True)
    cover = SCHEMA["COVERS"].model_validate(
        net.ties("COVERS").row(5, named=True) | {"reported": True, "doc_no": "1号"}
    )
    tied = SCHEMA["COVERS"].model_validate(
        {
            "from": cover.from_,  # type: ignore[attr-defined]
            "to": "unit:new",
            "basis": "work",
            "mode": "single",
        }
    )
    gone = [
        units[7]["id"],
        net.ties("EVALUATES").select(net.identity("EVALUATES"))[3, 0],
    ]
    other = net.minus(gone).plus([shop, new, cover, tied])
    expected = net.diff(other)
    assert set(expected["change"]) == {"added", "removed", "changed"}
    labels = pl.element().filter(~pl.element().str.starts_with(":"))
    found = db.diff(other).with_columns(pl.col("attributes").list.eval(labels))
    assert found.equals(expected)
    dry = db.sync(other, dry_run=True)
    assert dry.written is None
    assert len(dry) == expected.height
    assert_holds(db, net)
    report = db.sync(other)
    assert report.frame.equals(dry.frame)
    assert report.written is not None
    counted = {
        n: c for n, c in report.written.items() if n.endswith(("created", "deleted"))
    }
    added, removed = (expected.filter(change=c)["of"] for c in ("added", "removed"))
    kinds = pl.Series(list(SCHEMA.kinds)).implode()
    assert counted == {
        "nodes_created": added.is_in(kinds).sum(),
        "nodes_deleted": removed.is_in(kinds).sum(),
        "relationships_created": (~added.is_in(kinds)).sum(),
        "relationships_deleted": (~removed.is_in(kinds)).sum(),
    }
    assert_holds(db, other)
    assert db.pull().equals(other)
    assert db.sync(other).written == {}
    assert db.sync(net).written
    assert_holds(db, net)


def test_a_report_names_up_to_five_of_each(db: Database, net: Network) -> None:
    needs = net.nodes("Need")["id"].to_list()
    report = repr(db.sync(net.minus(needs[:7]), dry_run=True))
    assert f"Need removed 删 7: {', '.join(needs[:5])} and 2 more" in report
    assert "to do 待办" in report
    assert needs[6] not in report.split("Need removed")[1].splitlines()[0]
    units = net.nodes("Unit").rows(named=True)
    renamed = net.plus([Unit(**(row | {"name": "甲"})) for row in units[:2]])
    report = repr(db.sync(renamed, dry_run=True))
    ids = [row["id"] for row in units[:2]]
    assert f"Unit changed 改 2: {ids[0]} (name), {ids[1]} (name)" in report
    assert db.sync(renamed, dry_run=True).counts.rows() == [("Unit", "changed", 2)]


EDITS = {
    "a value": "SET n.name = '改名', n.employees = 7",
    "a value of another type": "SET n.employees = 'many', n.resident = 'true'",
    "a fraction for a whole number": "SET n.employees = 12.0",
    "a property that is gone": "REMOVE n.kind, n.name",
    "a role that it has not": "SET n:SocialOrganization:GridBranch:Starred",
    "a label of another kind": "SET n:Area:Site",
    "the label of its kind gone": "REMOVE n:Unit",
    "another kind instead": "SET n:Need REMOVE n:Unit",
    "no id": "REMOVE n.id",
    "an id of another type": "SET n.id = 5",
    "another id": "SET n.id = 'unit:other'",
    "gone": "DETACH DELETE n",
    "one more": "CREATE (m:Unit:Orgnet) SET m = n {.*, id: 'unit:more'}",
    "one more without a kind": "CREATE (m:Orgnet) SET m = properties(n)",
    "one more without anything": "CREATE (:Orgnet)",
    "its relationships gone": "WITH n MATCH (n)-[r]-() DELETE r",
    "their ids gone": "WITH n MATCH (n)-[r]-() REMOVE r.id",
    "their ids changed": "WITH n MATCH (n)-[r]-() SET r.id = elementId(r)",
    "their ids of another type": "WITH n MATCH (n)-[r]-() SET r.id = true",
    "their attributes": "WITH n MATCH (n)-[r]-() SET r.doc_no = 5, r.source = 'me'",
    "their keys": "WITH n MATCH (n)<-[r:COVERS]-() SET r.basis = 'activity'",
    "relationships more": "WITH n MATCH (n)<-[r:COVERS]-(p) "
    "CREATE (p)-[:COVERS {basis: r.basis}]->(n), (p)-[s:COVERS]->(n) "
    "SET s = r {.*, id: r.id + 'x'}",
}


def test_everything_edited_by_hand_is_put_right_at_once(
    db: Database, net: Network
) -> None:
    covered = net.ties("COVERS").filter(pl.col("to").str.starts_with("unit:"))
    units = covered["to"].unique(maintain_order=True)[: len(EDITS)]
    for unit, edit in zip(units, EDITS.values(), strict=True):
        edited(db, f"MATCH (n:Unit {{id: $id}}) {edit}", id=unit)
    report = db.sync(net)
    assert len(report) > 2 * len(EDITS)
    edited(db, "MATCH (n:Starred) REMOVE n:Starred")
    assert_holds(db, net)


@pytest.mark.slow
@pytest.mark.parametrize("edit", EDITS)
def test_what_was_edited_by_hand_is_seen_and_put_right(
    db: Database, net: Network, edit: str
) -> None:
    covered = net.ties("COVERS").filter(pl.col("to").str.starts_with("unit:"))
    unit = covered[len(edit) % covered.height, "to"]
    edited(db, f"MATCH (n:Unit {{id: $id}}) {EDITS[edit]}", id=unit)
    report = db.sync(net)
    assert 0 < len(report) < 60, report
    known = set(report.frame["change"])
    assert known <= {"added", "removed", "changed"}
    if "Starred" in EDITS[edit]:  # a label that nobody declared is the user's
        assert db.read("MATCH (n:Starred) RETURN n.id", {}) == [[unit]]
        edited(db, "MATCH (n:Starred) REMOVE n:Starred")
    assert_holds(db, net)
    assert len(db.sync(net)) == 0


def test_relationships_between_unwanted_nodes_of_ours(
    db: Database, net: Network
) -> None:
    edited(db, "CREATE (:Orgnet {id: 'unit:y'})-[:COVERS]->(:Orgnet {id: 'unit:z'})")
    report = db.sync(net)
    assert report.frame.select("change", "of", "id").rows() == [
        ("removed", "COVERS", "unit:y -> unit:z"),
        ("removed", "Orgnet", "unit:y"),
        ("removed", "Orgnet", "unit:z"),
    ]
    assert_holds(db, net)


def test_one_that_is_cut_off_is_finished_by_the_next(
    db: Database, net: Network
) -> None:
    less = net.minus(net.nodes("Need")["id"].to_list()[:40])
    todo = list(_batched(steps(changes(db, less), net.schema), 7))
    assert len(todo) > 10
    there = read_meta(db)
    wanted = meta_of(less, "syncing", content=content(less), size=100)
    for batch in todo[: len(todo) // 2]:  # then its process dies
        db.transact(_write, batch, there, wanted)
        there = wanted
    with pytest.raises(DatabaseError, match=r"a sync of .* not finished"):
        db.pull()
    with pytest.raises(DatabaseError, match=r"Finish it with db\.sync"):
        db.push(net)
    report = db.sync(less, batch=9)
    assert 0 < len(report) < len(net.diff(less))
    assert report.network == ("state",)
    assert_holds(db, less)
    assert db.pull().equals(less)
    db.sync(net, batch=10)
    assert_holds(db, net)


def test_a_sync_finishes_a_push_and_a_lost_meta_node(
    db: Database, net: Network
) -> None:
    edited(db, f"MATCH (m:{META}) SET m.state = 'pushing', m.batch = 1")
    assert db.sync(net).network == ("state",)
    edited(db, f"MATCH (m:{META}) DELETE m")
    assert db.sync(net).network == ("title", "synthetic", "complete")
    assert db.pull().equals(net)
    assert db.push(net).written == 0


def test_what_is_said_of_the_network_changes_alone(db: Database, net: Network) -> None:
    other, _ = Network.from_frames(
        {n: net.nodes(n) for n in SCHEMA.kinds},
        {n: net.ties(n) for n in SCHEMA.ties},
        complete=["COVERS:Unit"],
        title="另一个",
    )
    report = db.sync(other)
    assert report.network == ("title", "synthetic", "complete")
    assert "network 网络: title, synthetic, complete" in repr(report)
    assert db.pull().equals(other)
    db.sync(net)


def test_batches_hold_all_steps_in_their_order() -> None:
    todo = [
        Step("a", [1, 2, 3]),
        Step("b", []),
        Step("c", [4]),
        Step("d", [5, 6, 7, 8]),
    ]
    for size in range(1, 10):
        cut = list(_batched(todo, size))
        assert [sum(len(s.rows) for s in b) for b in cut[:-1]] == [size] * (
            len(cut) - 1
        )
        flat = [(s.text, row) for batch in cut for s in batch for row in s.rows]
        assert flat == [(s.text, row) for s in todo for row in s.rows]


def test_no_more_is_deleted_than_may_be(db: Database, net: Network) -> None:
    nobody, _ = Network.from_frames({}, {}, title="wrong one")
    with pytest.raises(DatabaseError, match="nothing was written") as error:
        db.sync(nobody)
    said = str(error.value)
    assert f"{len(net):,} of {len(net):,} nodes would be deleted" in said
    assert f"{net.counts['Unit']:,} Unit" in said
    assert f"db.sync(net, deletes={len(net)})" in said
    assert "would be refused 将被拒绝" in repr(db.sync(nobody, dry_run=True))
    needs = net.nodes("Need")["id"].to_list()
    less = net.minus(needs[:9])
    for bound in (8, 0.0, 9 / len(net) - 0.0001):
        with pytest.raises(DatabaseError, match=r"9 of .* nodes would be deleted"):
            db.sync(less, deletes=bound)
    ties = net.ties("EVALUATES").select(net.identity("EVALUATES")).to_series()
    with pytest.raises(DatabaseError, match=r"9 of .* relationships .*\(9 EVALUATES\)"):
        db.sync(net.minus(ties[:9].to_list()), deletes=8)
    assert_holds(db, net)


def test_a_node_on_which_something_of_others_hangs_is_not_deleted(
    db: Database, net: Network
) -> None:
    need, second = net.nodes("Need")["id"][:2]
    hung = (
        "MATCH (n:Need {id: $id}), (m:Need {id: $more}) "
        "CREATE (n)-[:SEEN_BY]->(:Visitor {id: 'guest'}), (m)-[:LIKES]->(n)"
    )
    edited(db, hung, id=need, more=second)
    with pytest.raises(DatabaseError, match="2 relationships that are not") as error:
        db.sync(net.minus([need]))
    assert error.value.items == (f"{need} SEEN_BY guest", f"{second} LIKES {need}")
    assert "hang on nodes" in db.sync(net.minus([need]), dry_run=True).refusal
    assert db.pull().equals(net)
    edited(db, "MATCH (v:Visitor) DETACH DELETE v", "MATCH ()-[r:LIKES]->() DELETE r")


class Late(Database):
    """Others write just before the first batch of a sync is written."""

    text = ""

    def transact(self, work: Any, *args: Any, **options: Any) -> Any:
        if work is _write and self.text:
            text, self.text = self.text, ""
            edited(self, text)
        return super().transact(work, *args, **options)


def test_what_others_hang_on_a_node_meanwhile_keeps_it(
    db: Database, net: Network
) -> None:
    need = net.nodes("Need")["id"][0]
    late = Late(db.driver, db.name)
    late.text = (
        f"MATCH (n:Need {{id: '{need}'}}) CREATE (n)-[:SEEN_BY]->(:Visitor {{id: 5}})"
    )
    with pytest.raises(DatabaseError, match="they came meanwhile") as error:
        late.sync(net.minus([need]))
    assert error.value.items == (f"{need} SEEN_BY 5",)
    assert_holds(db, net)
    edited(db, "MATCH (v:Visitor) DETACH DELETE v")


def test_an_id_of_ours_on_a_relationship_of_others_is_named(
    db: Database, net: Network
) -> None:
    table = net.ties("COORDINATES")
    id_ = table.select(net.identity("COORDINATES")).item(0, 0)
    less = net.minus([id_])
    db.sync(less)
    theirs = f"CREATE (:Visitor)-[:COORDINATES {{id: '{id_}'}}]->(:Visitor)"
    edited(db, theirs)
    with pytest.raises(DatabaseError, match="1 ids stand on relationships") as error:
        db.sync(net)
    assert error.value.items == (f"COORDINATES {id_}",)
    assert_holds(db, less)
    (advice,) = re.findall(r"MATCH .* REMOVE r\.id", str(error.value))
    edited(db, advice)
    db.sync(net)
    assert_holds(db, net)
    edited(db, "MATCH (v:Visitor) DETACH DELETE v")


def test_nodes_with_our_labels_that_are_not_ours(db: Database, net: Network) -> None:
    edited(db, "CREATE (:Unit:Shop {name: '店'})", "CREATE (:Site {id: 'site:mine'})")
    for ask in (db.sync, db.diff):
        with pytest.raises(DatabaseError, match=r"2 nodes .* not the label Orgnet"):
            ask(net)
    edited(db, "MATCH (n:Unit:Shop) DELETE n", "MATCH (n {id: 'site:mine'}) DELETE n")


class Mentors(Tie):
    """One unit mentors another 帮带."""

    zh = "帮带"
    ends = Ends(Unit, Unit)

    subject: Annotated[str | None, Heading("科目")] = None


def test_another_schema_is_refused(db: Database) -> None:
    other, _ = Network.from_frames({}, {}, schema=SCHEMA.extended(Mentors))
    for ask in (db.sync, db.diff):
        with pytest.raises(DatabaseError, match=r"another schema.*'MENTORS'"):
            ask(other)


def test_one_who_writes_meanwhile_is_noticed(db: Database, net: Network) -> None:
    class Disturbed(Database):
        def transact(self, work: Any, *args: Any, **options: Any) -> Any:
            if work is _write:
                edited(db, f"MATCH (m:{META}) SET m.content = 'another'")
            return super().transact(work, *args, **options)

    less = net.minus(net.nodes("Need")["id"].to_list()[:2])
    with pytest.raises(DatabaseError, match="somebody else wrote a network"):
        Disturbed(db.driver, db.name).sync(less)
    assert_holds(db, net)
    assert db.sync(net).network == ("content",)

    class Spoilt(Database):
        def transact(self, work: Any, *args: Any, **options: Any) -> Any:
            made = super().transact(work, *args, **options)
            edited(db, "MATCH (n:Need) SET n.name = 'x'")
            return made

    with pytest.raises(DatabaseError, match=r"things differ again.*db\.sync"):
        Spoilt(db.driver, db.name).sync(less)
    db.sync(net)


def test_a_batch_of_nothing_is_refused(db: Database, net: Network) -> None:
    with pytest.raises(OrgnetError, match="no batch of 0 changes"):
        db.sync(net, batch=0)


def operators(plan: Any) -> list[str]:
    name = plan["operatorType"].partition("@")[0]
    return [name, *(o for child in plan.get("children", []) for o in operators(child))]


def test_no_step_scans_the_graph(db: Database, net: Network) -> None:
    covers = net.ties("COVERS")
    less = net.minus(net.nodes("Need")["id"].to_list()[:3])
    edited(
        db,
        "MATCH (n:Site) WITH n LIMIT 1 SET n:Unit, n.name = 'x'",
        "MATCH (n:Unit:Orgnet) WHERE NOT n:Site WITH n LIMIT 1 SET n.name = 'x'",
        "MATCH ()-[r:COVERS]->() WITH r LIMIT 1 REMOVE r.id",
        "MATCH ()-[r:COVERS]->() WHERE r.id > '' WITH r LIMIT 1 SET r.source = 1",
        "MATCH (n:Resource) WITH n LIMIT 2 DETACH DELETE n",
        "CREATE (:Orgnet)",
    )
    found = changes(db, less)
    assert covers.height
    scans = {"AllNodesScan", "NodeByLabelScan", "DirectedRelationshipTypeScan"}
    with db.session() as session:
        for step in steps(found, net.schema):
            if step.rows:
                plan = session.run(f"EXPLAIN {step.text}", rows=[]).consume().plan
                assert not scans & set(operators(plan)), step.text
    db.sync(net)


def test_the_words_of_changes_that_are_none() -> None:
    assert repr(Changes({})) == "<sync: the database holds the network 已一致>"
    assert seen.ZH.keys() == {"added", "changed", "removed"}


def of_others(db: Database) -> list[Any]:
    return sorted(db.read(OTHERS, {}), key=repr)


def test_what_is_not_ours_survives_push_sync_and_clear(
    driver: Driver, clean_database: Given, net: Network
) -> None:
    db = Database(driver, clean_database.database)
    edited(db, "CREATE (:Visitor {name: '先'})-[:KNOWS]->(:Visitor:Guest {name: '到'})")
    db.push(net)
    edited(db, FOREIGN)
    others, marked = of_others(db), db.read(MARKED, {})
    assert len(others) > 4
    less = net.minus(net.nodes("Need")["id"].to_list()[::9])
    for wanted in (less, net):
        db.sync(wanted, deletes=0.2)
        assert db.pull().equals(wanted)
        assert of_others(db) == others
        assert db.read(MARKED, {}) == marked
    with pytest.raises(DatabaseError, match="are not orgnet's hang on its nodes"):
        clear(db)
    assert db.pull().equals(net)
    edited(
        db, "MATCH (:Orgnet)-[r]-(:Visitor) DELETE r", "MATCH ()-[r:LIKES]->() DELETE r"
    )
    others = of_others(db)
    clear(db)
    assert of_others(db) == others
    labels = "MATCH (n) UNWIND labels(n) AS label RETURN DISTINCT label ORDER BY label"
    assert db.read(labels, {}) == [["Guest"], ["Visitor"]]


@pytest.mark.slow
@pytest.mark.parametrize(("first", "then"), PAIRS)
def test_from_one_random_network_to_another_and_back(
    driver: Driver, clean_database: Given, first: int, then: int
) -> None:
    db = Database(driver, clean_database.database)
    one, two = network_of(world(first)), network_of(world(then))
    assert len(db.sync(one)) == len(one) + one.ties().height  # into an empty database
    assert_holds(db, one)
    for before, wanted in ((one, two), (two, one)):
        found = db.sync(wanted, deletes=inf)
        labels = pl.element().filter(~pl.element().str.starts_with(":"))
        plain = found.frame.with_columns(pl.col("attributes").list.eval(labels))
        assert plain.equals(before.diff(wanted))
        assert_holds(db, wanted)
        assert db.pull().equals(wanted)
        assert sum(db.sync(wanted).written.values()) == 0  # type: ignore[union-attr]
    assert db.push(one).written == 0


def test_equal_ids_of_others_are_refused_before_anything_is_written(
    driver: Driver, clean_database: Given
) -> None:
    db = Database(driver, clean_database.database)
    net = network_of(world(7))
    db.write("DROP CONSTRAINT orgnet_tie_covers_id IF EXISTS")
    edited(db, "UNWIND [1, 1] AS id CREATE (:Person)-[:COVERS {id: id}]->(:Place)")
    with pytest.raises(DatabaseError, match=r"orgnet_tie_covers_id.*`COVERS`") as error:
        db.sync(net)
    assert db.read("MATCH (n) RETURN count(n)", {}) == [[4]]
    (advice,) = re.findall(r"MATCH .* REMOVE r\.id", str(error.value))
    edited(db, advice)
    db.sync(net)
    assert_holds(db, net)


def test_a_schema_of_ones_own(driver: Driver, clean_database: Given) -> None:
    db = Database(driver, clean_database.database)
    schema = SCHEMA.extended(Mentors)
    ties = pl.DataFrame({"from": ["unit:a"], "to": ["unit:b"], "subject": ["数学"]})
    units = {"id": ["unit:a", "unit:b"], "name": ["甲", "乙"], "kind": ["other"] * 2}
    nets = [
        Network.from_frames(
            {"Unit": pl.DataFrame(units)}, {"MENTORS": ties[:n]}, schema=schema
        )[0]
        for n in (1, 0)
    ]
    for net in (*nets, nets[0]):
        db.sync(net, deletes=inf)
        assert db.pull(schema=schema).equals(net)
    given = clean_database
    with connect(
        given.uri, given.auth, database=given.database, schema=schema
    ) as opened:
        assert opened.pull().equals(nets[0])
    assert db.clear()[:2] == (2, 1)


def test_two_with_one_id_are_for_a_person_to_settle(
    driver: Driver, clean_database: Given
) -> None:
    db = Database(driver, clean_database.database)
    net = network(
        node("unit:a"), node("unit:b"), tie("COORDINATES", "unit:a", "unit:b")
    )
    db.sync(net)
    edited(db, "DROP CONSTRAINT orgnet_unit_id", "CREATE (:Unit:Orgnet {id: 'unit:a'})")
    with pytest.raises(DatabaseError, match="1 ids of Unit stand several times"):
        db.sync(net)
