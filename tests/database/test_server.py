"""A Neo4j server of one's own: ports, data, faults."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from neo4j import Driver, GraphDatabase

from orgnet.database.jars import releases
from orgnet.database.keeper import Kept
from orgnet.database.server import (
    DATABASE,
    HOST,
    PortTakenError,
    Server,
    ServerError,
    free_port,
)
from tests.processes import gone


def names(driver: Driver) -> list[str]:
    text = "MATCH (n) RETURN n.name AS name ORDER BY name"
    return [r["name"] for r in driver.execute_query(text, database_=DATABASE).records]


@pytest.fixture
def listener() -> Iterator[int]:
    """Give a port that another program listens on."""
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_that_is_taken_is_said_so(
    new_server: Callable[[], Server], listener: int
) -> None:
    server = new_server()
    with pytest.raises(PortTakenError, match=f"port {listener} is taken"):
        server.start(listener)
    assert server.pid is None
    assert free_port(listener) != listener


def test_two_ports_that_are_taken_are_enough(
    new_server: Callable[[], Server], listener: int
) -> None:
    tried = iter([listener, listener, free_port()])
    with pytest.raises(PortTakenError):
        new_server().start(free=lambda: next(tried))
    assert len(list(tried)) == 1


def test_a_server_that_does_not_start_says_why(
    new_server: Callable[..., Server],
) -> None:
    server = new_server(pages="no size")
    with pytest.raises(ServerError, match=r"ended before it answered.*pagecache.size"):
        server.start()
    assert server.pid is not None
    assert gone(server.pid)


@pytest.mark.slow
@pytest.mark.parametrize("version", releases())
def test_data_outlive_a_kill_and_a_stop(
    new_server: Callable[..., Server], tmp_path: Path, version: str
) -> None:
    server = new_server(version, home=tmp_path / "家 里")
    with server:
        with GraphDatabase.driver(server.uri) as driver:
            driver.execute_query("CREATE ({name: '成都'})", database_=DATABASE)
        server.kill()
        assert server.pid is not None
        assert gone(server.pid)
        before = server.uri
        server.start()
        assert server.uri == before
        with GraphDatabase.driver(server.uri) as driver:
            assert names(driver) == ["成都"]
        server.stop()
        assert "100%" in server.admin("database", "check", "neo4j")
        with pytest.raises(ServerError, match="neo4j-admin database nothing"):
            server.admin("database", "nothing")


@pytest.mark.slow
def test_a_port_that_is_taken_during_the_start_is_given_up_for_another(
    new_server: Callable[..., Server],
) -> None:
    others: list[socket.socket] = []

    def launch(command: list[str], log: Path, environ: Any) -> Kept:
        if not others:  # the other program is the faster one
            others.append(socket.create_server((HOST, server.port)))
        return Kept(command, log, environ)

    server = new_server(launch=launch)
    with server, others[0], GraphDatabase.driver(server.uri) as driver:
        assert server.port != others[0].getsockname()[1]
        assert names(driver) == []


@pytest.mark.slow
def test_the_calendar_release_knows_both_languages(calendar_driver: Driver) -> None:
    for language in ("CYPHER 5", "CYPHER 25", ""):
        answer = calendar_driver.execute_query(
            f"{language} RETURN 1 AS one", database_=DATABASE
        )
        assert answer.records[0]["one"] == 1
