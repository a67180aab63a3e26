"""Neo4j for the tests: real servers, started when a test first asks for one.

``driver`` and ``neo4j_server`` give an empty database. Who only reads, or rolls back
what it wrote (tests/engines.py), needs no more; who commits asks for
``clean_database`` as well, or uses ``tests.servers.clean`` in a fixture that lives no
longer than a module. ``engine`` puts a network into memory or into Neo4j, so that one
test asks both. ``new_server`` gives servers that a test may kill.

Each worker of pytest-xdist starts a server of its own: Community has one database, and
tests that commit would disturb each other in it. A server takes seconds to plan each of
the long queries, so whoever asks them does so on one worker; of the other tests, those
of one file go to one. Plans are forgotten when a constraint or index is made, so ours
are made at the start and stay. A server that NEO4J_URI names is one for all, so with it
there is one worker.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from neo4j import Driver

    from orgnet.database.installation import Installation
    from orgnet.database.server import Server
    from orgnet.network import Network
    from orgnet.query import Source
    from tests.servers import Given

ASKING = {  # the files of tests that ask the long queries
    *(
        f"tests/test_{n}.py"
        for n in (
            *("coverage", "evaluation", "integration"),
            *("money", "mutual", "reach", "standing"),
        )
    ),
    *(f"tests/database/test_{n}.py" for n in ("answers", "city", "door", "guide")),
    "tests/test_rosters_against_network.py",
    "tests/test_structure.py",
    "tests/database/test_random_networks.py",
}
SLOW = {"calendar_server", "roomy_server"}  # and with these not for the first tier
MISSING = "no Neo4j server"  # how the reason of a skip begins
REQUIRE = "ORGNET_REQUIRE_NEO4J"  # where it is 1, a missing server is a failure

NewServer = Callable[..., "Server"]


@pytest.hookimpl(tryfirst=True)  # before -m leaves out what is slow
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the servers they use."""
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        if used & SLOW:
            item.add_marker(pytest.mark.slow)


@pytest.hookimpl(optionalhook=True)  # of xdist, where it is installed
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give the tests that ask the long queries to one worker, the others by file."""
    from xdist.scheduler import LoadScopeScheduling

    class ByQueries(LoadScopeScheduling):  # type: ignore[misc] # of no type here
        def _split_scope(self, nodeid: str) -> str:
            file, _, _ = nodeid.partition("::")
            asks = file in ASKING or file.endswith("_twins.py")
            return "queries" if asks else file

    return ByQueries(config, log)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many tests were skipped for want of a server, and why."""
    skipped = terminalreporter.stats.get("skipped", [])
    missing = [str(r.longrepr[2]) for r in skipped if MISSING in str(r.longrepr)]
    if missing:
        terminalreporter.section("Neo4j")
        for reason in sorted(set(missing)):
            terminalreporter.line(f"{missing.count(reason)} tests skipped: {reason}")


@pytest.fixture(scope="session")
def neo4j_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> "Iterator[Given]":
    """Give a server that answers: where from, tests/servers.py says."""
    from orgnet.database.tools import UnavailableError
    from tests.servers import first_server

    if os.environ.get("NEO4J_URI") and _shared(request.config):
        pytest.fail(
            "NEO4J_URI names one server, and there are several workers: -n 0",
            pytrace=False,
        )
    with ExitStack() as stack:
        try:
            given = first_server(stack, tmp_path_factory.mktemp("neo4j"))
        except UnavailableError as error:
            _missing(error)
        yield given


@pytest.fixture(scope="session")
def driver(neo4j_server: "Given") -> "Iterator[Driver]":
    """Give a driver of the session's server; its database has our rules, no rows."""
    from orgnet.database.database import Database
    from tests.engines import teach_names
    from tests.servers import wipe

    with neo4j_server.driver() as driver:
        teach_names(driver, neo4j_server.database)
        Database(driver, neo4j_server.database).setup()
        yield driver
        wipe(driver, neo4j_server.database)


@pytest.fixture
def clean_database(driver: "Driver", neo4j_server: "Given") -> "Iterator[Given]":
    """Have the database empty before and after a test that commits."""
    from tests.servers import clean

    with clean(driver, neo4j_server.database):
        yield neo4j_server


@pytest.fixture(params=["memory", "neo4j"])
def engine(
    request: pytest.FixtureRequest,
) -> "Iterator[Callable[[Network], Source]]":
    """Give what makes a network something to ask, once in memory and once in Neo4j.

    In Neo4j a network is there until the next one is put, and nothing is kept.
    """
    if request.param == "memory":
        yield lambda net: net
        return
    from tests.engines import rolled_back
    from tests.servers import OURS, contents

    driver: Driver = request.getfixturevalue("driver")
    database = request.getfixturevalue("neo4j_server").database
    left = contents(driver, database, but=OURS)
    assert not left, f"a test before this one left {left}"
    with ExitStack() as stack:

        def put(net: "Network") -> "Source":
            stack.close()
            return stack.enter_context(rolled_back(driver, database, net))

        yield put


@pytest.fixture
def new_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewServer]:
    """Give what makes servers of the test's own, not yet started, killed in the end.

    ``new_server()`` is the long-term release, ``new_server(tests.servers.CALENDAR)``
    the other; ``home=`` and the parameters of ``Server`` can be given.
    """
    from orgnet.database.server import Server

    with ExitStack() as stack:

        def make(
            version: str | None = None, *, home: Path | None = None, **options: Any
        ) -> Server:
            installation = _own(version)
            folder = home or tmp_path_factory.mktemp("server")
            server = Server(folder, installation, **({"quick": True} | options))
            stack.callback(server.kill)
            return server

        yield make


@pytest.fixture(scope="session")
def calendar_server(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Given]":
    """Give a server of the calendar release; whoever uses it is a slow test."""
    from tests.servers import CALENDAR, started

    with ExitStack() as stack:
        yield started(stack, tmp_path_factory.mktemp("calendar"), _own(CALENDAR))


@pytest.fixture(scope="session")
def roomy_server(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Given]":
    """Give a server with room for a whole city; whoever uses it is a slow test."""
    from tests.servers import ROOM, started

    with ExitStack() as stack:
        yield started(stack, tmp_path_factory.mktemp("roomy"), _own(None), **ROOM)


@pytest.fixture(scope="session")
def calendar_driver(calendar_server: "Given") -> "Iterator[Driver]":
    """Give a driver of the calendar release."""
    from tests.engines import teach_names

    with calendar_server.driver() as driver:
        teach_names(driver, calendar_server.database)
        yield driver


def _own(version: str | None) -> "Installation":
    from orgnet.database.tools import UnavailableError
    from tests.servers import own

    try:
        return own(version)
    except UnavailableError as error:
        _missing(error)


def _missing(error: Exception) -> NoReturn:
    if os.environ.get(REQUIRE) == "1":
        pytest.fail(f"{MISSING}, and {REQUIRE}=1: {error}", pytrace=False)
    pytest.skip(f"{MISSING}: {error}")


def _shared(config: pytest.Config) -> bool:
    """Tell whether several workers run tests."""
    workers: int = getattr(config, "workerinput", {}).get("workercount", 1)
    return workers > 1
