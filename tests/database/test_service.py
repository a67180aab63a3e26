"""The server that `orgnet neo4j` starts and stops, as a person types it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orgnet.database import service
from orgnet.database.server import DATABASE, HOST, ServerError, free_port
from tests.processes import ROOT, python
from tests.servers import CALENDAR, LONG_TERM, from_environment


def orgnet(*words: str, home: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "orgnet.cli", "neo4j", *words, "--home", str(home)]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture
def home(lib: Path, tmp_path: Path) -> Iterator[Path]:
    """Give a folder for a server, which does not outlive the test."""
    yield tmp_path / "home"
    state = service.running(tmp_path / "home")
    if state and state.pid:
        os.kill(state.pid, signal.SIGKILL)


def exported(words: str) -> dict[str, str]:
    """Return what a shell knows after what the command says to type."""
    lines = [line for line in words.splitlines() if line.startswith("export")]
    typed = "; ".join([*lines, "env"])
    said = subprocess.run(
        ["sh", "-c", typed],  # noqa: S607 - any shell
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.split("=", 1) for line in said.stdout.splitlines() if "=" in line)


def test_the_command_starts_and_stops_a_server(home: Path) -> None:
    assert orgnet("status", home=home).returncode == 1
    port = free_port()
    started = orgnet("start", "--port", str(port), home=home)
    assert started.returncode == 0, started.stderr
    given = from_environment(exported(started.stdout))
    assert given is not None
    assert given.uri == f"bolt://{HOST}:{port}"
    assert given.auth is not None
    assert given.auth[1] not in started.stdout
    with given.driver() as driver:
        driver.execute_query("CREATE ({name: '成都'})", database_=DATABASE)
        count = driver.execute_query("MATCH (n) RETURN count(n)", database_=DATABASE)
        assert count.records[0][0] == 1
    assert (home / "password").stat().st_mode & 0o077 == 0
    assert home.stat().st_mode & 0o077 == 0
    status = orgnet("status", home=home)
    assert status.returncode == 0
    assert given.uri in status.stdout
    again = orgnet("start", home=home)
    assert again.stdout == started.stdout
    elsewhere = orgnet("start", "--port", str(free_port()), home=home)
    assert elsewhere.returncode == 2
    assert "orgnet neo4j stop" in " ".join(elsewhere.stderr.split())
    assert orgnet("stop", home=home).returncode == 0
    assert service.running(home) is None
    assert free_port(port) == port
    assert orgnet("stop", home=home).returncode == 0  # there is nothing to do


@pytest.mark.slow
def test_commands_at_once_start_one_server(home: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from orgnet.database.service import "
        "start; print(start(Path(sys.argv[1]), port=int(sys.argv[2])).pid)"
    )
    port = free_port()
    at_once = [python(program, home, port) for _ in range(3)]
    pids = {run.communicate()[0] for run in at_once}
    state = service.running(home)
    assert state is not None
    assert pids == {f"{state.pid}\n"}
    assert service.stop(home)
    with pytest.raises(ServerError, match=f"data of Neo4j {LONG_TERM}.*--home"):
        service.start(home, version=CALENDAR)
