"""A Neo4j database that holds a network, and what it is asked."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, TypeVar

import polars as pl
from neo4j import (
    READ_ACCESS,
    WRITE_ACCESS,
    Driver,
    ManagedTransaction,
    Query,
    Session,
    unit_of_work,
)
from neo4j.exceptions import DriverError, Neo4jError

from orgnet.database.changes import Changes
from orgnet.database.clear import Cleared, clear
from orgnet.database.door import run
from orgnet.database.errors import DatabaseError, in_our_words
from orgnet.database.mapping import META
from orgnet.database.meta import Meta, read_meta
from orgnet.database.names import names
from orgnet.database.pull import pull, salvage
from orgnet.database.push import BATCH, Pushed, push
from orgnet.database.rows import frame, packed
from orgnet.database.setup import setup
from orgnet.database.sync import SHARE, diff, sync
from orgnet.database.twins import parameters as twin_parameters
from orgnet.database.twins import twin
from orgnet.errors import unknown_ids
from orgnet.index import area_named
from orgnet.network import in_a_line
from orgnet.schema import SCHEMA, Schema

if TYPE_CHECKING:
    from orgnet.faults import Faults
    from orgnet.network import Network
    from orgnet.query import Question

P = ParamSpec("P")
Made = TypeVar("Made")
Row = list[Any]
GLANCE = 2.0  # seconds that a look at what is held may take
HELD = (
    f"MATCH (m:{META}) "
    "RETURN m.title, m.nodes, m.relationships, m.synthetic, m.state LIMIT 1"
)
AREA = {n: pl.String() for n in ("id", "code", "name", "level")}
AREAS_OF_DAY = """
MATCH (a:Area)
WHERE ($day IS NULL
       OR coalesce(a.valid_from <= $day, true) AND coalesce($day < a.valid_to, true))
  AND ($place IS NULL OR a.id = $place OR a.code = $place OR a.name = $place)
RETURN a.id AS id, a.code AS code, a.name AS name, a.level AS level
"""


class Database:
    """One Neo4j database: a source of answers like a Network.

    Made by :func:`orgnet.connect`. It can be used in a ``with`` block, which closes it.

    Parameters
    ----------
    driver
        The driver, which it closes.
    name
        The database on the server.
    timeout
        Seconds that one transaction may take; null leaves that to the server.
    schema
        What may exist; that of a network which is put here takes its place.
    """

    def __init__(
        self,
        driver: Driver,
        name: str,
        *,
        timeout: float | None = None,
        schema: Schema = SCHEMA,
    ) -> None:
        self.driver, self.name, self.timeout = driver, name, timeout
        self.schema, self.closed = schema, False
        self._kept: tuple[Meta | None, Network] | None = None

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self.closed = True
        self.driver.close()

    def __repr__(self) -> str:
        """Say what it holds, or that it does not answer; never where it is."""
        return f"<Database {self.name!r}: {self._glance()}>"

    def _glance(self) -> str:
        """Return what is held in a line, without waiting long for a server."""
        if self.closed:
            return "closed"
        try:
            with self.session(
                READ_ACCESS, connection_acquisition_timeout=GLANCE
            ) as session:
                rows = session.run(Query(HELD, timeout=GLANCE)).values()
        except (DriverError, Neo4jError):
            return "does not answer"
        state = rows[0][-1] if rows else "whole"
        return _in_a_line(rows) + ("" if state == "whole" else f", {state}")

    def read(self, text: str, parameters: Mapping[str, Any]) -> list[Row]:
        """Return the rows of a reading query, as values in the order of its columns.

        It is run in one transaction that the server lets only read, and run again where
        the driver says that may help.
        """

        def work(tx: ManagedTransaction) -> list[Row]:
            return tx.run(text, dict(parameters)).values()

        with in_our_words(self.name), self.session(READ_ACCESS) as session:
            return session.execute_read(unit_of_work(timeout=self.timeout)(work))

    def write(self, text: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Run one writing query, which must come to the same if it is run again."""
        self.transact(lambda tx: tx.run(text, dict(parameters or {})).consume())

    def transact(
        self,
        work: Callable[Concatenate[ManagedTransaction, P], Made],
        *args: P.args,
        **options: P.kwargs,
    ) -> Made:
        """Do some work in one writing transaction, and return what it returns.

        It is done again where the driver says that this may help, and must then come to
        the same.
        """
        limited = unit_of_work(timeout=self.timeout)(work)
        with in_our_words(self.name), self.session() as session:
            return session.execute_write(limited, *args, **options)

    def session(self, access: str = WRITE_ACCESS, **settings: Any) -> Session:
        """Open a session, which sees what was written through this object before.

        Raises
        ------
        DatabaseError
            If the connection was closed.
        """
        if self.closed:
            msg = (
                f"the connection to {self.name!r} is closed, and names are still read "
                "when an answer is written: do that inside the `with` block, or "
                "connect again, orgnet.connect(...)"
            )
            raise DatabaseError(msg, [self.name])
        return self.driver.session(
            database=self.name,
            default_access_mode=access,
            bookmark_manager=self.driver.execute_query_bookmark_manager,
            **settings,
        )

    def setup(self, schema: Schema | None = None) -> None:
        """Make the constraints and indexes of a schema; see ``database.setup``."""
        setup(self, schema or self.schema)

    def push(
        self, net: "Network", *, batch: int = BATCH, progress: bool | None = None
    ) -> Pushed:
        """Put a network here, or go on where that was cut off; see ``database.push``.

        Parameters
        ----------
        net
            The network.
        batch
            Rows a transaction.
        progress
            Whether to show how far it is; if not given, on a terminal.
        """
        pushed = push(self, net, batch=batch, progress=progress)
        self.schema = net.schema
        return pushed

    def frame(
        self,
        text: str,
        schema: Mapping[str, pl.DataType],
        parameters: Mapping[str, Any] | None = None,
    ) -> pl.DataFrame:
        """Return the rows of a reading query as a frame.

        Parameters
        ----------
        text
            The query.
        schema
            The columns it returns, in order, and their types.
        parameters
            Its parameters.
        """
        parts = self.read(packed(text, list(schema)), parameters or {})
        return frame([row for (part,) in parts for row in part], schema)

    @property
    def complete(self) -> frozenset[str]:
        """What the database holds completely, as in a Network."""
        rows = self.read(f"MATCH (m:{META}) RETURN m.complete", {})
        return frozenset(rows[0][0] or ()) if rows else frozenset()

    @property
    def synthetic(self) -> bool:
        """Whether any of what it holds was made up, as in a Network."""
        rows = self.read(f"MATCH (m:{META}) RETURN m.synthetic", {})
        return bool(rows and rows[0][0])

    @property
    def about(self) -> str:
        """What it holds and how much, in a line, as in a Network."""
        return _in_a_line(self.read(HELD, {}))

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Return what nodes are called, by id; see ``database.names``."""
        return names(self, ids)

    def ask(self, question: "Question", parameters: Mapping[str, Any]) -> pl.DataFrame:
        """Answer a question by its twin, or in memory if it has none."""
        text = twin(question.name)
        if text is None:
            return question.body(self.network(), **parameters)
        schema = {c.name: c.dtype for c in question.columns}
        given = twin_parameters(text, parameters, self.complete)
        return self.frame(text, schema, {"p": given})

    def area_id(self, place: str, day: date | None = None) -> str:
        """Return the id of the one area that has this id, bare code or name on a day.

        Raises
        ------
        UnknownAreaError
            If no area, or more than one, has it.
        """
        found = self.frame(AREAS_OF_DAY, AREA, {"day": day, "place": str(place)})
        if not found.height:  # the error names what is near, so look at all of them
            found = self.frame(AREAS_OF_DAY, AREA, {"day": day, "place": None})
        return area_named(place, found)

    def require(self, label: str, ids: Iterable[str]) -> None:
        """Refuse ids that no node of a kind has.

        Raises
        ------
        UnknownNameError
            If there is one; it names up to five, and what stands next to the first.
        """
        given = sorted({ids} if isinstance(ids, str) else set(ids))
        unknown = self.frame(
            f"UNWIND $ids AS id WITH id WHERE NOT EXISTS {{ (:`{label}` {{id: id}}) }} "
            "RETURN id",
            {"id": pl.String()},
            {"ids": given},
        )["id"].to_list()
        if not unknown:
            return
        count = self.read(f"MATCH (n:`{label}`) RETURN count(n)", {})[0][0]
        near = self.read(
            f"CALL () {{ MATCH (n:`{label}`) WHERE n.id < $id "
            "RETURN n.id AS id ORDER BY id DESC LIMIT 2 "
            f"UNION MATCH (n:`{label}`) WHERE n.id > $id "
            "RETURN n.id AS id ORDER BY id LIMIT 2 } RETURN id ORDER BY id",
            {"id": unknown[0]},
        )
        raise unknown_ids(label, unknown, count, [row[0] for row in near])

    def network(self) -> "Network":
        """Return all of it as a network, kept until another is written here.

        What is edited by hand meanwhile is seen by :meth:`pull`, not by this.
        """
        meta = read_meta(self)
        if self._kept is None or self._kept[0] != meta:
            self._kept = meta, self.pull()
        return self._kept[1]

    def to_excel(self, folder: "Path | str", **options: Any) -> "list[Path]":
        """Write what is open in each area as workbooks to fill in; it is pulled first.

        Options: `split`, `within`, `day`, `rules`, as of ``Network.to_excel``.
        """
        return self.network().to_excel(folder, **options)

    def pull(
        self,
        *,
        within: str | None = None,
        kinds: Iterable[str] | None = None,
        ties: Iterable[str] | None = None,
        day: date | str | None = None,
        schema: Schema | None = None,
    ) -> "Network":
        """Return the network, or a part of it; see ``database.pull``.

        Parameters
        ----------
        within
            Id, bare code or name of an area: only what stands in it.
        kinds, ties
            The kinds and relationship types that are wanted; all if not given.
        day
            Only what was valid that day.
        schema
            What may exist; the one of this connection if not given.
        """
        given = schema or self.schema
        return pull(self, within=within, kinds=kinds, ties=ties, day=day, schema=given)

    def salvage(self, *, schema: Schema | None = None) -> "tuple[Network, Faults]":
        """Return what fits the schema, and the faults; see ``database.pull``."""
        return salvage(self, schema=schema or self.schema)

    def sync(
        self,
        net: "Network",
        *,
        dry_run: bool = False,
        deletes: float = SHARE,
        batch: int = BATCH,
    ) -> Changes:
        """Make this hold a network, writing only what differs; see ``database.sync``.

        Parameters
        ----------
        net
            The network.
        dry_run
            Whether only to say what would change.
        deletes
            How much may be deleted: below 1 a share of what is there, else a number.
        batch
            Changes a transaction.
        """
        changes = sync(self, net, dry_run=dry_run, deletes=deletes, batch=batch)
        self.schema = net.schema
        return changes

    def diff(self, net: "Network") -> pl.DataFrame:
        """Say what a network has more than this, has not, or has otherwise."""
        return diff(self, net)

    def clear(self, *, foreign: bool = False, batch: int = BATCH) -> Cleared:
        """Take everything of orgnet's out of this; see ``database.clear``.

        Parameters
        ----------
        foreign
            Whether relationships of others that hang on our nodes may go too.
        batch
            How many nodes or relationships a transaction removes.
        """
        return clear(self, foreign=foreign, batch=batch)

    def run(
        self,
        query: Path | str,
        parameters: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,
    ) -> pl.DataFrame:
        """Run a query that only reads, and return its rows; see ``database.door``.

        Parameters
        ----------
        query
            The text, or the path of a `.cypher` file.
        parameters
            Its parameters.
        timeout
            Seconds it may take; if not given, those of the connection.
        """
        return run(self, query, parameters, timeout=timeout)


def _in_a_line(held: list[Row]) -> str:
    """Return in a line what a database says of its network."""
    if not held:
        return "no network"
    title, nodes, ties, synthetic, _ = held[0]
    return in_a_line(title or "", nodes or 0, ties or 0, synthetic=bool(synthetic))
