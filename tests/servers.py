"""Where the tests get a Neo4j server from.

In this order: the one that NEO4J_URI names; a container, if a Docker engine answers; a
Neo4j Community installed on this machine, with a folder of its own for data; and Neo4j
Community assembled by Maven. The first that can be had is taken.
"""

import logging
import os
import shutil
import subprocess
import warnings
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from neo4j import Driver, GraphDatabase
from neo4j.warnings import Neo4jWarning

from orgnet.database.installation import Installation, assembled
from orgnet.database.jars import javas, numbers, releases
from orgnet.database.mapping import quoted
from orgnet.database.server import DATABASE, USER, Server
from orgnet.database.setup import identities, rest
from orgnet.database.tools import UnavailableError, java
from orgnet.schema import SCHEMA

OLDEST = (5, 26)  # the queries are valid from here on
LONG_TERM, CALENDAR = releases()[0], releases()[-1]
IMAGE = "neo4j:5.26-community"
ANSWERS = 3  # seconds that a Docker engine has to answer
SHOWN = {  # what a database holds besides nodes and relationships
    "CONSTRAINT": "SHOW CONSTRAINTS YIELD name",
    "INDEX": "SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name",
}
ROOM: dict[str, Any] = {"heap": "3g", "pages": "1g", "quick": False}  # for a city
WIPE = (
    "MATCH ()-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 20000 ROWS",
    "MATCH (n) CALL (n) { DELETE n } IN TRANSACTIONS OF 20000 ROWS",
)
OURS = frozenset(rule.name for rule in (*identities(SCHEMA), *rest(SCHEMA)))
own = cache(assembled)  # its jars are checked once a run


class NotOursError(AssertionError):
    """The database that NEO4J_URI names holds something."""


@dataclass(frozen=True)
class Given:
    """A server that answers, and which of its databases the tests may use."""

    uri: str
    auth: tuple[str, str] | None = None
    database: str = DATABASE

    def driver(self) -> Driver:
        """Open it; what the server warns of is a Python warning, so an error in tests.

        It does not warn of labels that an empty database does not know.
        """
        log = logging.getLogger("neo4j.notifications")
        if not any(isinstance(h, Warned) for h in log.handlers):
            log.addHandler(Warned(logging.WARNING))
        return GraphDatabase.driver(
            self.uri,
            auth=self.auth,
            notifications_min_severity="WARNING",
            notifications_disabled_classifications=["UNRECOGNIZED"],
        )


class Warned(logging.Handler):
    """Makes Python warnings of what the driver logs that a server warned of.

    The driver could warn itself, but then takes down the whole stack at every query,
    with the lines of its source: that was two fifths of the time of all tests.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Warn."""
        warnings.warn(record.getMessage(), Neo4jWarning, stacklevel=2)


def first_server(stack: ExitStack, home: Path) -> Given:
    """Return the first server that can be had, or say of each why it cannot."""
    named = from_environment(os.environ)
    if named is not None:
        refuse_what_is_not_ours(named)
        with named.driver() as driver:
            wipe(driver, named.database)
        return named
    reasons = ["NEO4J_URI is not set"]
    for way in (from_docker, from_machine, from_maven):
        try:
            return way(stack, home)
        except UnavailableError as error:
            reasons.append(str(error))
    raise UnavailableError("; ".join(reasons), reasons)


def from_environment(environ: Mapping[str, str]) -> Given | None:
    """Return the server that the environment names."""
    uri = environ.get("NEO4J_URI")
    if not uri:
        return None
    user, password = environ.get("NEO4J_USERNAME"), environ.get("NEO4J_PASSWORD")
    auth = (user or USER, password) if password else None
    return Given(uri, auth, environ.get("NEO4J_DATABASE") or DATABASE)


def from_docker(stack: ExitStack, _home: Path) -> Given:
    """Start a container, if a Docker engine answers."""
    # The program is asked: the library leaves a socket open where no engine answers.
    asked = ["docker", "info"]
    try:
        subprocess.run(asked, check=True, capture_output=True, timeout=ANSWERS)
    except (OSError, subprocess.SubprocessError) as error:
        msg = f"no Docker engine answers ({type(error).__name__})"
        raise UnavailableError(msg) from None
    from docker.errors import DockerException
    from testcontainers.community.neo4j import Neo4jContainer
    from testcontainers.core.exceptions import ContainerStartException

    try:
        container = stack.enter_context(Neo4jContainer(IMAGE))
    except (DockerException, ContainerStartException, TimeoutError) as error:
        msg = f"the Docker engine gives no {IMAGE}: {error}"
        raise UnavailableError(msg) from None
    auth = container.username, container.password
    return Given(container.get_connection_url(), auth)


def from_machine(stack: ExitStack, home: Path) -> Given:
    """Start the Neo4j that is installed here, on data of the tests' own."""
    return started(stack, home, installed(os.environ))


def from_maven(stack: ExitStack, home: Path) -> Given:
    """Start a Neo4j whose jars Maven fetches."""
    return started(stack, home, own())


def started(
    stack: ExitStack, home: Path, installation: Installation, **options: Any
) -> Given:
    """Start a throw-away server; it takes the parameters of ``Server``."""
    options = {"quick": True} | options
    server = stack.enter_context(Server(home, installation, **options))
    return Given(server.uri, server.auth)


def installed(environ: Mapping[str, str]) -> Installation:
    """Return the Neo4j Community that NEO4J_HOME names, or whose neo4j is on PATH."""
    on_path = shutil.which("neo4j", path=environ.get("PATH", ""))
    homes = [Path(environ["NEO4J_HOME"])] if environ.get("NEO4J_HOME") else []
    homes += [Path(on_path).resolve().parents[1]] if on_path else []
    for lib in (h / "lib" for h in homes):
        names = [p.stem.removeprefix("neo4j-") for p in lib.glob("neo4j-[0-9]*.jar")]
        community = names and not any(lib.glob("neo4j-enterprise-*.jar"))
        if community and numbers(names[0]) >= OLDEST:
            fitting = java(javas(names[0]), f"Neo4j {names[0]}")
            return Installation(names[0], lib, fitting)
    msg = "no Neo4j Community 5.26 or newer in NEO4J_HOME or on PATH"
    raise UnavailableError(msg)


def refuse_what_is_not_ours(given: Given) -> None:
    """Refuse a database that holds something, unless it may be thrown away."""
    if os.environ.get("ORGNET_NEO4J_DISPOSABLE") == "1":
        return
    with given.driver() as driver:
        held = contents(driver, given.database)
    if held:
        msg = (
            f"the database {given.database!r} that NEO4J_URI names holds {held}: the "
            "tests would wipe it. Name an empty one, or say that this one may be "
            "thrown away: ORGNET_NEO4J_DISPOSABLE=1"
        )
        raise NotOursError(msg)


def contents(
    driver: Driver, database: str, *, but: Collection[str] = frozenset()
) -> str:
    """Say what a database holds besides these rules; nothing if it is empty."""
    nodes = "MATCH (n) RETURN count(n) AS found"
    counts = {"nodes": driver.execute_query(nodes, database_=database).records[0][0]}
    for what, names in zip(
        ("constraints", "indexes"), rules(driver, database, but), strict=True
    ):
        counts[what] = len(names)
    return ", ".join(f"{n:,} {what}" for what, n in counts.items() if n)


def rules(driver: Driver, database: str, but: Collection[str]) -> list[list[str]]:
    """Return the names of the constraints, and of the indexes, that a database has."""
    return [
        [
            name
            for name, *_ in driver.execute_query(listed, database_=database).records
            if name not in but
        ]
        for listed in SHOWN.values()
    ]


def wipe(driver: Driver, database: str, *, but: Collection[str] = frozenset()) -> None:
    """Remove everything from a database, but for the rules of these names."""
    for what, names in zip(SHOWN, rules(driver, database, but), strict=True):
        for name in names:
            dropped = f"DROP {what} {quoted(name)} IF EXISTS"
            driver.execute_query(dropped, database_=database)
    with driver.session(database=database) as session:
        for text in WIPE:
            session.run(text).consume()


@contextmanager
def clean(
    driver: Driver, database: str, *, but: Collection[str] = OURS
) -> Iterator[None]:
    """Have a database empty before and after, but for constraints and indexes of ours.

    Whoever makes one has the server forget the plan of every query.
    """
    wipe(driver, database, but=but)
    try:
        yield
    finally:
        wipe(driver, database, but=but)
