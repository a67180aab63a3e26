"""How a database is opened, and what is said, and not said, when it does not open."""

import subprocess
import sys
import warnings
from collections.abc import Iterator
from threading import Barrier, Thread
from typing import Any

import pytest
from neo4j import Driver, GraphDatabase, ManagedTransaction
from neo4j.exceptions import ConstraintError

import orgnet
from orgnet.database.connect import (
    PlainConnectionWarning,
    _check_address,
    _check_version,
    connect,
)
from orgnet.database.database import Database
from orgnet.database.errors import DatabaseError
from orgnet.database.server import free_port
from tests.servers import Given

NOBODY = "bolt://127.0.0.1:{}"  # with a port where nobody listens


@pytest.fixture
def db(neo4j_server: Given, driver: Driver) -> Iterator[Database]:
    opened = connect(
        neo4j_server.uri, neo4j_server.auth, database=neo4j_server.database
    )
    with opened as database:
        yield database


def test_it_opens_by_both_schemes_and_says_who_asks(neo4j_server: Given) -> None:
    for scheme in ("bolt", "neo4j"):
        uri = neo4j_server.uri.replace("bolt", scheme)
        with connect(uri, neo4j_server.auth, database=neo4j_server.database) as db:
            assert db.read("RETURN 1", {}) == [[1]]
            listed = "CALL dbms.listConnections() YIELD userAgent RETURN userAgent"
            assert [f"orgnet/{orgnet.__version__}"] in db.read(listed, {})


def test_where_no_server_answers_it_says_how_to_start_one() -> None:
    for scheme in ("bolt", "neo4j"):
        uri = NOBODY.format(free_port()).replace("bolt", scheme)
        with pytest.raises(DatabaseError, match="orgnet neo4j start"):
            connect(uri)


def test_a_server_that_does_not_encrypt_is_no_server_for_who_wants_that(
    neo4j_server: Given,
) -> None:
    if "+" in neo4j_server.uri:
        pytest.fail("this test needs a server that does not encrypt")
    uri = neo4j_server.uri.replace("bolt:", "bolt+ssc:").replace("neo4j:", "neo4j+s:")
    with pytest.raises(DatabaseError, match="no Neo4j answers"):
        connect(uri, neo4j_server.auth)


def test_a_database_is_shown_without_its_address(
    db: Database, neo4j_server: Given
) -> None:
    assert repr(db) == f"<Database {neo4j_server.database!r}: no network>"
    assert (db.about, db.synthetic) == ("no network", False)
    away = Database(GraphDatabase.driver(NOBODY.format(free_port())), "neo4j")
    with away:
        assert repr(away) == "<Database 'neo4j': does not answer>"
    assert repr(away) == "<Database 'neo4j': closed>"


def test_a_database_that_is_not_there_is_named(neo4j_server: Given) -> None:
    for scheme in ("bolt", "neo4j"):
        uri = neo4j_server.uri.replace("bolt", scheme)
        with pytest.raises(DatabaseError, match=r"no database 'elsewhere'.*SHOW DATAB"):
            connect(uri, neo4j_server.auth, database="elsewhere")


def test_name_and_password_are_given_or_stand_in_the_environment(
    new_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NEO4J_USERNAME", "NEO4J_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    server = new_server(password="correct-horse")  # noqa: S106 - a throw-away server
    server.admin("dbms", "set-initial-password", server.password)
    server.start()
    with connect(server.uri, server.auth) as db:
        assert db.read("RETURN 1", {}) == [[1]]
    for wrong in (("neo4j", "wrong-horse"), ("nobody", "correct-horse"), None):
        with pytest.raises(DatabaseError, match="NEO4J_PASSWORD") as refused:
            connect(server.uri, wrong)
        assert "horse" not in str(refused.value)
    monkeypatch.setenv("NEO4J_PASSWORD", "correct-horse")
    with connect(server.uri) as db:  # the name is neo4j if it is not set
        assert db.read("RETURN 1", {}) == [[1]]
    monkeypatch.setenv("NEO4J_USERNAME", "nobody")
    with pytest.raises(DatabaseError, match="does not know this name"):
        connect(server.uri)


def test_a_name_without_a_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_USERNAME", "neo4j")
    monkeypatch.delenv("NEO4J_PASSWORD", raising=False)
    with pytest.raises(DatabaseError, match="NEO4J_PASSWORD is not"):
        connect(NOBODY.format(free_port()))


@pytest.mark.parametrize(
    "uri",
    [
        "db.example.org:7687",
        "http://localhost:7474",
        "bolt+routing://localhost",
        "bolt://:7688",
        "bolt://neo4j:secret-word@localhost",
        "neo4j://localhost/orgnet-data",
        "neo4j://localhost#top",
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(uri: str) -> None:
    with pytest.raises(DatabaseError) as refused:
        connect(uri)
    assert uri not in str(refused.value)
    assert "secret-word" not in str(refused.value)


@pytest.mark.parametrize(
    ("uri", "warned"),
    [
        ("bolt://localhost:7687", False),
        ("neo4j://127.0.0.1", False),
        ("bolt://127.9.9.9:1", False),
        ("bolt://[::1]:7687", False),
        ("neo4j://a.localhost", False),
        ("bolt+s://db.example.org", False),
        ("neo4j+ssc://10.0.0.8:7687", False),
        ("bolt://10.0.0.8:7687", True),
        ("neo4j://db.example.org", True),
        ("bolt://localhost.example.org", True),
    ],
)
def test_a_plain_connection_to_another_computer_is_warned_of(
    uri: str,
    warned: bool,  # noqa: FBT001 - a row of the table above
) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _check_address(uri)
    assert [w.category for w in caught] == [PlainConnectionWarning] * warned
    assert all("example" not in str(w.message) for w in caught)


def test_neither_address_nor_password_is_written_anywhere() -> None:
    port = free_port()
    code = (
        "from orgnet.database.connect import connect\n"
        f"connect('neo4j://127.0.0.1:{port}', ('neo4j', 'secret-word'))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert "orgnet.database.errors.DatabaseError: no Neo4j answers" in run.stderr
    said = run.stdout + run.stderr
    assert not any(word in said for word in (str(port), "127.0.0.1", "secret-word"))


def test_without_the_driver_it_says_what_to_install() -> None:
    code = (
        "import sys\n"
        "sys.modules['neo4j'] = None\n"
        "import orgnet.database.meta, orgnet.database.setup\n"  # need no driver
        "import orgnet.database.connect\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert "MissingExtraError: a Neo4j database needs" in run.stderr
    assert "pip install 'orgnet-graph[neo4j]'" in run.stderr


def test_a_setting_that_the_driver_does_not_have_is_named() -> None:
    with pytest.raises(DatabaseError, match="patience"):
        connect(NOBODY.format(free_port()), patience=3)


@pytest.mark.parametrize("version", ["5.26.0", "5.27-aura", "2026.09.0", "6.0"])
def test_a_server_that_is_new_enough_is_taken(version: str) -> None:
    _check_version(version)


@pytest.mark.parametrize("version", ["5.25.1", "4.4.40", "5.9.0"])
def test_a_server_that_is_too_old_is_refused(version: str) -> None:
    with pytest.raises(DatabaseError, match=f"Neo4j {version}, and orgnet needs 5.26"):
        _check_version(version)


def test_a_query_that_takes_too_long_is_ended_by_the_server(db: Database) -> None:
    assert db.timeout == 600
    db.timeout = 1
    with pytest.raises(DatabaseError, match=r"longer than it may.*timeout"):
        db.read("UNWIND range(1, 10000000000) AS i RETURN count(i)", {})
    assert db.read("RETURN 1", {}) == [[1]]


def test_a_mistake_in_a_query_keeps_the_words_of_the_server(db: Database) -> None:
    with pytest.raises(Exception, match="Invalid input 'MATHC'"):
        db.read("MATHC (n) RETURN n", {})


def test_reading_is_all_that_a_reading_transaction_may_do(db: Database) -> None:
    with pytest.raises(Exception, match=r"(?i)writ"):
        db.read("CREATE (n:Zzz) RETURN n", {})


def test_a_read_waits_for_what_was_written_before(
    db: Database, clean_database: Given
) -> None:
    before = set(db.driver.execute_query_bookmark_manager.get_bookmarks())
    db.write("CREATE (:Zzz {n: 1})")
    written = set(db.driver.execute_query_bookmark_manager.get_bookmarks())
    assert written
    assert written != before
    with db.session() as session:
        session.run("RETURN 1").consume()
        assert set(session.last_bookmarks().raw_values) >= written
    assert db.read("MATCH (n:Zzz) RETURN n.n", {}) == [[1]]


def test_only_what_may_help_is_done_again(db: Database, clean_database: Given) -> None:
    db.write("CREATE CONSTRAINT zzz FOR (n:Zzz) REQUIRE n.n IS UNIQUE")
    db.write("UNWIND [1, 2] AS n CREATE (:Zzz {n: n, by: 0})")
    tries: list[str] = []

    def twice(tx: ManagedTransaction) -> None:
        tries.append("twice")
        tx.run("CREATE (:Zzz {n: 1})").consume()

    with pytest.raises(ConstraintError):
        db.transact(twice)
    assert tries == ["twice"]

    both = Barrier(2)

    def crossing(tx: ManagedTransaction, first: int, second: int) -> None:
        tries.append("crossing")
        lock = "MATCH (z:Zzz {n: $n}) SET z.by = z.by + 1"
        tx.run(lock, n=first).consume()
        if tries.count("crossing") <= 2:  # each its first time: a deadlock
            both.wait(60)
        tx.run(lock, n=second).consume()

    threads = [
        Thread(target=db.transact, args=(crossing, *o)) for o in ((1, 2), (2, 1))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tries.count("crossing") == 3
    assert db.read("MATCH (z:Zzz) RETURN z.by", {}) == [[2], [2]]
