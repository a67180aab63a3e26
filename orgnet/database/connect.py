"""Open a Neo4j database, or say why it does not open."""

import logging
import os
import re
import warnings
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from orgnet import __version__
from orgnet.errors import missing_extra

try:
    from neo4j import READ_ACCESS, Driver, GraphDatabase, ManagedTransaction
except ModuleNotFoundError:
    raise missing_extra("neo4j", "a Neo4j database") from None

from orgnet.database.database import Database
from orgnet.database.errors import DatabaseError, in_our_words
from orgnet.schema import SCHEMA, Schema

PLAIN: Final = ("bolt", "neo4j")
SCHEMES: Final = tuple(s + tls for s in PLAIN for tls in ("", "+s", "+ssc"))
OLDEST: Final = (5, 26)  # the first that takes every text of queries/
VERSION = (
    "CALL dbms.components() YIELD name, versions WITH * LIMIT 1 RETURN versions[0]"
)
PATIENCE: Final = 600.0  # seconds a transaction may take; the longest twin takes 60


class PlainConnectionWarning(UserWarning):
    """A connection to another computer that others can read on the way."""


def connect(
    uri: str,
    auth: tuple[str, str] | None = None,
    *,
    database: str = "neo4j",
    timeout: float | None = PATIENCE,
    schema: Schema = SCHEMA,
    **settings: Any,
) -> Database:
    """Open a Neo4j database, and see that it answers.

    Reads see what was written through the same Database before, on a cluster too. What
    fails is tried again only where the driver says that it may help. Neither address
    nor password stands in any message.

    Parameters
    ----------
    uri
        Where the server is: `bolt://host:7687` for one server, `neo4j://` for one or a
        cluster; with `+s` encrypted and the certificate checked, as Aura wants it, with
        `+ssc` encrypted and not checked.
    auth
        Name and password. If they are not given, the environment's `NEO4J_USERNAME`
        (neo4j if not set) and `NEO4J_PASSWORD` are taken; if those are not set either,
        none, for a server that asks for none.
    database
        The database on the server; the Community edition has this one.
    timeout
        Seconds that one transaction may take on the server, 0 for any time; null leaves
        that to the server. It can be changed later: `db.timeout = 60`.
    schema
        What may exist in the network that is there: SCHEMA, or the extended one that
        it was pushed with.
    settings
        Further settings of the driver, such as `trusted_certificates`,
        `connection_timeout` or `max_transaction_retry_time`. Notes of the server on
        queries are off unless `notifications_min_severity` is given.

    Raises
    ------
    DatabaseError
        If the address is none, no server answers there, name and password are wrong,
        the server has no such database, or it is older than 5.26.

    Warns
    -----
    PlainConnectionWarning
        If the connection to another computer is not encrypted.

    Examples
    --------
    >>> connect("bolt//localhost")
    Traceback (most recent call last):
    orgnet.database.errors.DatabaseError: this is no address of a Neo4j server: ...
    """
    _check_address(uri)
    _silence_driver()
    driver = _driver(uri, auth or _auth_of_environment(), settings)
    try:
        with in_our_words(database):
            driver.verify_connectivity()
            _check_version(_version(driver, database))
    except BaseException:
        driver.close()
        raise
    return Database(driver, database, timeout=timeout, schema=schema)


def _driver(uri: str, auth: tuple[str, str] | None, settings: dict[str, Any]) -> Driver:
    known: dict[str, Any] = {
        "user_agent": f"orgnet/{__version__}",
        "notifications_min_severity": "OFF",
        "telemetry_disabled": True,
    }
    with in_our_words():
        return GraphDatabase.driver(uri, auth=auth, **(known | settings))


def _check_address(uri: str) -> None:
    """Refuse what is no address, without repeating it: there may be a password in it.

    What goes to another computer unencrypted is only warned of.
    """
    parts = urlsplit(uri)
    if parts.scheme not in SCHEMES or not parts.hostname:
        msg = (
            "this is no address of a Neo4j server: write one like "
            "bolt://localhost:7687 or neo4j+s://host. It begins with one of "
            f"{', '.join(SCHEMES)}, then ://"
        )
        raise DatabaseError(msg)
    if parts.username is not None or parts.path.strip("/") or parts.fragment:
        msg = (
            "an address has only host and port. Give name and password as "
            "connect(uri, auth=(name, password)), a database as database=..."
        )
        raise DatabaseError(msg)
    if parts.scheme in PLAIN and not _here(parts.hostname):
        msg = (
            "the connection to another computer is not encrypted: on the way others "
            f"can read the data and the password. Write {parts.scheme}+s:// if the "
            "server can do it, or +ssc if its certificate is its own"
        )
        warnings.warn(msg, PlainConnectionWarning, stacklevel=3)


def _here(host: str) -> bool:
    """Tell whether a host is this computer."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _auth_of_environment() -> tuple[str, str] | None:
    """Return name and password that the environment holds."""
    name, password = (os.environ.get(f"NEO4J_{n}") for n in ("USERNAME", "PASSWORD"))
    if password:
        return name or "neo4j", password
    if name:
        msg = (
            "NEO4J_USERNAME is set and NEO4J_PASSWORD is not: set both, or give "
            "connect(uri, auth=(name, password))"
        )
        raise DatabaseError(msg)
    return None


def _silence_driver() -> None:
    """Keep the driver from writing addresses to the screen.

    Its log goes there only while nobody has set up logging; who does still gets it.
    """
    log = logging.getLogger("neo4j")
    if not log.handlers:
        log.addHandler(logging.NullHandler())


def _version(driver: Driver, database: str) -> str:
    """Return the version of the server, asked of the database so that it must exist."""

    def work(tx: ManagedTransaction) -> str:
        return str(tx.run(VERSION).single(strict=True)[0])

    with driver.session(database=database, default_access_mode=READ_ACCESS) as session:
        return session.execute_read(work)


def _check_version(version: str) -> None:
    """Refuse a server that is too old for the queries."""
    numbers = tuple(int(n) for n in re.findall("[0-9]+", version)[:2])
    if numbers < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        msg = (
            f"the server is Neo4j {version}, and orgnet needs {oldest} or later: "
            "`orgnet neo4j start` starts one"
        )
        raise DatabaseError(msg, [version])
