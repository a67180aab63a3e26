"""The door lets queries read the graph, and do nothing else."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from neo4j import Driver

from orgnet import coverage, integration, structure
from orgnet.city import chengdu
from orgnet.database import door, twins
from orgnet.database.connect import connect
from orgnet.database.database import Database
from orgnet.database.door import RefusedQueryError
from orgnet.database.errors import DatabaseError
from orgnet.errors import UnknownAreaError, UnknownNameError
from orgnet.network import Network
from orgnet.query import catalogue
from orgnet.rules import Rules
from tests.database.agreement import required
from tests.database.standing import standing
from tests.servers import Given, clean, contents

FILE = "'file:///etc/passwd'"
LOAD = f"LOAD CSV FROM {FILE} AS line RETURN line"
QUERIES = Path(__file__).parents[2] / "queries"


@pytest.fixture(scope="module")
def net() -> Network:
    return chengdu(scale=0.01)


@pytest.fixture(scope="module")
def pushed(driver: Driver, neo4j_server: Given, net: Network) -> Iterator[Database]:
    with clean(driver, neo4j_server.database):
        db = Database(driver, neo4j_server.database)
        db.push(net)
        yield db


@pytest.fixture(scope="module")
def whole(pushed: Database) -> Iterator[str]:
    """Say what the database holds; in the end it must hold the same."""
    before = standing(pushed.driver, pushed.name)
    said = contents(pushed.driver, pushed.name)
    yield said
    assert standing(pushed.driver, pushed.name) == before


WRITES = {
    "CREATE (n:Shop {id: 1})": "it would write",
    "CREATE (n:Shop) RETURN n.id": "it would write",
    "MATCH (a:Unit), (b:Area) WITH a, b LIMIT 1 CREATE (a)-[:LIKES]->(b)": "write",
    "MERGE (n:Unit {id: 'unit:x'}) RETURN n": "it would write",
    "MATCH (n:Unit) SET n.name = 'x'": "it would write",
    "MATCH (n:Unit) SET n += {name: 'x'} RETURN count(*)": "it would write",
    "MATCH (n:Unit) SET n:Shop": "it would write",
    "MATCH (n) DETACH DELETE n": "db.sync(net)",
    "MATCH ()-[r]->() DELETE r": "it would write",
    "MATCH (n:Unit) REMOVE n.name": "it would write",
    "MATCH (n:Unit) REMOVE n:Orgnet": "it would write",
    "MATCH (n:Unit) FOREACH (x IN [1] | SET n.name = x)": "it would write",
    "MATCH (n:Unit) CALL (n) { SET n.name = 'x' }": "it would write",
    "MATCH (n:Unit) CALL (n) { DELETE n } IN TRANSACTIONS OF 10 ROWS": "would write",
    "MATCH (n:Unit) CALL (n) { RETURN 1 AS x } IN TRANSACTIONS RETURN x": "leave IN",
    "UNWIND [1] AS x CALL (x) { CREATE (n) RETURN n } RETURN x": "it would write",
    "EXPLAIN CREATE (n)": "it would write",
    "/* RETURN 1 */ CREATE (n) // RETURN 1": "it would write",
    "CR\\u0045ATE (n)": "it would write",
    "CREATE INDEX mine FOR (n:Unit) ON (n.address)": "a command to the server",
    "DROP INDEX orgnet_captions": "a command to the server",
    "CREATE CONSTRAINT c FOR (n:Unit) REQUIRE n.name IS UNIQUE": "a command",
    "DROP CONSTRAINT orgnet_unit_id": "a command to the server",
    "CREATE FULLTEXT INDEX f FOR (n:Unit) ON EACH [n.name]": "a command",
    "CREATE USER mallory SET PASSWORD 'password1'": "a command to the server",
    "ALTER CURRENT USER SET PASSWORD FROM 'a' TO 'password1'": "a command",
    "SHOW USERS": "a command to the server",
    "SHOW DATABASES": "a command to the server",
    "SHOW SETTINGS": "it looks at the server",
    "SHOW TRANSACTIONS": "it looks at the server",
    "TERMINATE TRANSACTIONS 'neo4j-transaction-1'": "ends transactions of others",
    "SHOW TRANSACTIONS YIELD transactionId AS t TERMINATE TRANSACTIONS t "
    "YIELD message RETURN message": "ends transactions of others",
    "CALL db.createLabel('Shop')": "it would write",
    "CALL db.createProperty('shop')": "it would write",
    "CALL db.createRelationshipType('SHOPS')": "it would write",
    "CALL db.prepareForReplanning()": "it calls db.prepareForReplanning",
    "CALL db.resampleOutdatedIndexes()": "it calls db.resampleOutdatedIndexes",
    "CALL db.awaitIndexes(1)": "it calls db.awaitIndexes",
    "CALL db.stats.collect('QUERIES')": "it calls db.stats.collect",
    "CALL db.clearQueryCaches()": "it calls db.clearQueryCaches",
    "CALL dbms.listConfig() YIELD name RETURN name": "it calls dbms.listConfig",
    "CALL dbms.killConnection('bolt-1')": "it calls dbms.killConnection",
    "CALL dbms.listConnections() YIELD username RETURN username": "it calls dbms.list",
    "CALL dbms.queryJmx('*:*') YIELD name RETURN name": "it calls dbms.queryJmx",
    "CALL tx.setMetaData({a: 1})": "it calls tx.setMetaData",
    "CALL `db`.`prepareForReplanning`()": "it calls db.prepareForReplanning",
    "CALL apoc.load.json('http://localhost/')": "does not take the query",
    "CALL apoc.cypher.doIt('CREATE (n)', {})": "does not take the query",
    "RETURN apoc.text.join(['a'], ',')": "does not take the query",
    "CREATE DATABASE mine": "does not take the query",
    "PROFILE MATCH (n) RETURN count(n)": "does not take the query",
    "RETURN 1; CREATE (n)": "does not take the query",
    "RETURN 1 AS": "does not take the query",
    "": "does not take the query",
}
IN_LIST = f"[x IN [1] | COLLECT {{ {LOAD} }}]"
HIDDEN_LOADS = [
    LOAD,
    f"LOAD/**/CSV FROM {FILE} AS line RETURN line",
    f"lOaD // RETURN 1\n cSv wItH hEaDeRs FROM {FILE} AS line RETURN line",
    f"L\\u004fAD CSV FROM {FILE} AS line RETURN line",
    f"RETURN '//' AS x, {IN_LIST} AS z // '",
    f"MATCH (n:Unit) CALL (n) {{ {LOAD} }} RETURN line",
    f"RETURN EXISTS {{ {LOAD} }} AS x",
    f"RETURN {IN_LIST} AS x",
    f"RETURN CASE WHEN true THEN COLLECT {{ {LOAD} }} END AS x",
    f"RETURN reduce(s = 0, x IN [1] | s + COUNT {{ {LOAD} }}) AS x",
    f"MATCH (n:Unit) WHERE all(x IN [1] WHERE EXISTS {{ {LOAD} }}) RETURN n",
    f"MATCH (n:Unit) RETURN n.id AS id ORDER BY {IN_LIST}",
    f"MATCH (n:Unit) WHERE n.id IN {IN_LIST} RETURN n",
    f"MATCH p = SHORTEST 1 (:Unit)-[r WHERE {IN_LIST} = []]->+(:Area) RETURN p",
    f"SHOW INDEXES YIELD name WHERE name IN {IN_LIST}",
    f"MATCH (n:Unit) RETURN count({IN_LIST}) AS x",
]
HIDDEN_CALLS = [
    "RETURN [x IN [1] | COUNT { CALL db.prepareForReplanning() RETURN 1 AS y }] AS z",
    (
        "MATCH (n:Unit) WHERE any(x IN [1] WHERE EXISTS { "
        "CALL db.stats.clear('QUERIES') YIELD section RETURN section }) RETURN n"
    ),
]


@pytest.mark.parametrize("text", WRITES)
def test_what_does_more_than_read_is_refused_with_a_way_out(
    pushed: Database, whole: str, text: str
) -> None:
    with pytest.raises(DatabaseError) as error:
        pushed.run(text)
    assert WRITES[text] in str(error.value)
    assert ": " in str(error.value)
    assert contents(pushed.driver, pushed.name) == whole


@pytest.mark.parametrize("text", [*HIDDEN_LOADS, *HIDDEN_CALLS])
def test_what_is_hidden_in_a_query_is_refused_too(
    pushed: Database, whole: str, text: str
) -> None:
    with pytest.raises(RefusedQueryError) as error:
        pushed.run(text)
    loads = text in HIDDEN_LOADS
    words = "LOAD CSV: read that with polars" if loads else "it calls db."
    assert words in str(error.value)
    assert contents(pushed.driver, pushed.name) == whole


READS: dict[str, Any] = {
    "RETURN 1 AS a, 2.5 AS b, 'x' AS c, true AS d, null AS e": [
        (1, 2.5, "x", True, None)
    ],
    "RETURN 'CREATE (n) LOAD CSV CALL db.awaitIndexes()' AS x // MERGE (n)": [
        ("CREATE (n) LOAD CSV CALL db.awaitIndexes()",)
    ],
    "WITH 1 AS `LOAD`, 2 AS `SET` RETURN `LOAD` + `SET` AS `DELETE`;": [(3,)],
    "RETURN date('2019-08-07') AS d, [date('2019-08-07')] AS l": [
        (date(2019, 8, 7), [date(2019, 8, 7)])
    ],
    "RETURN datetime('2019-08-07T01:00Z') AS t, duration('P1D') AS d": [
        ("2019-08-07T01:00:00.000000000+00:00", "P1D")
    ],
    "UNWIND [1, 2.5, null] AS x RETURN x": [(1.0,), (2.5,), (None,)],
    "UNWIND [1, 'a', null, [1]] AS x RETURN x": [("1",), ("a",), (None,), ("[1]",)],
    "RETURN [1, 'a'] AS x": [("[1, 'a']",)],
    "RETURN {a: 1, b: {c: 'x'}} AS x": [({"a": 1, "b": {"c": "x"}},)],
    "RETURN date.truncate('month', date('2019-08-07')) AS d": [(date(2019, 8, 1),)],
    "RETURN point.distance(point({x: 0, y: 0}), point({x: 3, y: 4})) AS d": [(5.0,)],
    "CYPHER 5 RETURN 1 AS a": [(1,)],
    "CALL db.labels() YIELD label WHERE label = 'Unit' RETURN label": [("Unit",)],
    "CALL dbms.components() YIELD name RETURN name": [("Neo4j Kernel",)],
    "SHOW INDEXES YIELD name WHERE name = 'orgnet_captions' RETURN name": [
        ("orgnet_captions",)
    ],
    "RETURN [x IN [1] | EXISTS { CALL db.labels() YIELD label WHERE label = 'Unit' "
    "RETURN label }] AS x": [([True],)],
    "MATCH (n:Unit) WHERE false RETURN n.id AS id, n.name AS name": [],
}


@pytest.mark.parametrize("text", READS)
def test_what_reads_comes_back_as_a_frame(pushed: Database, text: str) -> None:
    found = pushed.run(text)
    assert found.rows() == READS[text]


def test_nodes_relationships_and_paths_are_given_by_their_ids(
    pushed: Database, net: Network
) -> None:
    text = "MATCH p = (n:Unit)-[r:LOCATED_IN]->(a) RETURN p, n, r, a ORDER BY r.id"
    ties = net.ties("LOCATED_IN").with_columns(id=net.identity("LOCATED_IN"))
    wanted = ties.filter(pl.col("from").str.starts_with("unit:")).sort("id")
    assert pushed.run(text).rows() == [
        ([row["from"], row["to"]], row["from"], row["id"], row["to"])
        for row in wanted.iter_rows(named=True)
    ]
    assert pushed.run("MATCH (m:OrgnetMeta) RETURN m")["m"].to_list() == ["network"]
    assert pushed.run("RETURN 1 AS a, 2 AS b").columns == ["a", "b"]
    assert pushed.run("MATCH (n:Nobody) RETURN n.id AS a, n AS b").columns == ["a", "b"]


def test_captions_can_be_searched(pushed: Database, net: Network) -> None:
    unit = net.nodes("Unit").row(0, named=True)
    found = pushed.run(
        "CALL db.index.fulltext.queryNodes('orgnet_captions', $words) YIELD node "
        "RETURN node.id AS id LIMIT 20",
        {"words": f'"{unit["name"][:4]}"'},
    )
    assert found.height > 0
    assert set(found["id"]) <= set(net.ids)


def test_parameters_and_what_lacks(neo4j_server: Given) -> None:
    with connect(
        neo4j_server.uri, neo4j_server.auth, database=neo4j_server.database
    ) as db:
        assert db.run("RETURN $x + 1 AS y", {"x": 1}).rows() == [(2,)]
        with pytest.raises(DatabaseError, match=r"does not take the query: .*: x"):
            db.run("RETURN $x + 1 AS y")


def test_a_query_may_not_take_longer_than_it_is_given(pushed: Database) -> None:
    text = "UNWIND range(1, 100000000) AS x WITH x WHERE x % 7 = 8 RETURN count(x) AS c"
    with pytest.raises(DatabaseError, match="longer than it may"):
        pushed.run(text, timeout=0.2)


def test_a_twin_is_run_by_its_path_wherever_one_stands(
    pushed: Database, net: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = coverage.gaps(net).frame
    path = "queries/coverage/gaps.cypher"
    monkeypatch.chdir(tmp_path)
    assert pushed.run(path).equals(wanted)
    assert pushed.run(Path("coverage/gaps.cypher")).equals(wanted)
    assert pushed.run(QUERIES / "coverage" / "gaps.cypher").equals(wanted)
    installed = tmp_path / "site" / "queries"
    copied = installed / "coverage" / "gaps.cypher"
    copied.parent.mkdir(parents=True)
    copied.write_text(
        (QUERIES / "coverage" / "gaps.cypher").read_text("utf-8"), "utf-8"
    )
    monkeypatch.setattr(door, "FOLDERS", (installed,))  # as a wheel has it
    assert pushed.run(path).equals(wanted)
    assert wanted.height > 100


def test_a_twin_takes_the_parameters_of_its_question(
    pushed: Database, net: Network
) -> None:
    path = "queries/coverage/gaps.cypher"
    street = net.areas(level="street")["id"][0]
    given = {"within": street, "classes": ["G4"], "day": "2019-08-07"}
    wanted = coverage.gaps(net, **given).frame
    assert pushed.run(path, given).equals(wanted)
    rules = Rules(min_full_members=50)
    assert pushed.run(path, {"rules": rules}).equals(
        coverage.gaps(net, rules=rules).frame
    )
    assert pushed.run(path, {"min_full_members": 50}).equals(
        coverage.gaps(net, rules=rules).frame
    )
    chain = "queries/structure/chain.cypher"
    name = net.areas(level="street")["name"][0]
    wanted = structure.chain(net, within=name).frame
    assert pushed.run(chain, {"within": name}).equals(wanted)
    assert wanted.height
    whole = {"within": None, "day": None}
    text = twins.twin("structure.chain")
    assert text is not None
    given = twins.parameters(text, whole, pushed.complete)
    assert pushed.run(chain, {"p": given}).equals(structure.chain(net).frame)
    paths = "queries/integration/paths.cypher"
    need = net.nodes("Need")["id"][0]
    assert pushed.run(paths, {"need": need}).equals(
        integration.paths(net, need=need).frame
    )
    with pytest.raises(UnknownNameError, match=r"integration.paths needs 'need'"):
        pushed.run(paths)
    with pytest.raises(
        UnknownNameError, match=r"no parameter 'wihin'; it takes within"
    ):
        pushed.run(path, {"wihin": street})
    with pytest.raises(UnknownAreaError, match="'nowhere'"):
        pushed.run(path, {"within": "nowhere"})


FILES = sorted(QUERIES.glob("*/*.cypher"))


@pytest.mark.parametrize(
    "file",  # a server takes seconds to take in each: some at first, all in the end
    [
        pytest.param(f, marks=pytest.mark.slow if n % 4 else ())
        for n, f in enumerate(FILES)
    ],
    ids=lambda file: file.stem,
)
def test_every_twin_passes_the_door(pushed: Database, net: Network, file: Path) -> None:
    name = f"{file.parent.name}.{file.stem}"
    frame = pushed.run(file, required(name, net))
    columns = catalogue()[name].question.columns
    assert frame.schema == {c.name: c.dtype for c in columns}, name


def test_a_file_of_ones_own(pushed: Database, tmp_path: Path) -> None:
    file = tmp_path / "units.cypher"
    file.write_text("// units 单位\nMATCH (n:Unit) RETURN count(n) AS 数\n", "utf-8")
    counted = pushed.pull(kinds="Unit").counts["Unit"]
    assert pushed.run(file).rows() == [(counted,)]
    assert pushed.run(str(file)).columns == ["数"]
    file.write_text("MATCH (n) DETACH DELETE n", "utf-8")
    with pytest.raises(RefusedQueryError):
        pushed.run(file)
    with pytest.raises(
        UnknownNameError, match=r"no file 'gaps.cypher'; orgnet has \d+: "
    ):
        pushed.run("gaps.cypher")


def test_every_reason_is_named_at_once() -> None:
    plan = [
        door.Operator("LoadCSV", "neo4j", "line"),
        door.Operator("ProcedureCall", "neo4j", "dbms.killConnection($x) :: ()"),
        door.Operator("Projection", "system", "apoc.text.join(x) AS y"),
    ]
    with pytest.raises(RefusedQueryError) as error:
        door.check("rw", iter(plan))
    assert len(error.value.items) == 5
    door.check("r", iter([door.Operator("Projection", "neo4j", "n.id IN (a.b) AS c")]))
    door.check(
        "r", iter([door.Operator("Projection", "neo4j", "DateTime.truncate(x)")])
    )
