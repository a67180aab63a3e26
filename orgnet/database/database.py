"""A Neo4j database that holds a network, and what it is asked."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Self

import polars as pl
from neo4j import READ_ACCESS, Driver, ManagedTransaction

from orgnet.database.rows import frame, packed
from orgnet.database.twins import parameters as twin_parameters
from orgnet.database.twins import twin
from orgnet.errors import unknown_ids
from orgnet.index import area_named

if TYPE_CHECKING:
    from orgnet.network import Network
    from orgnet.query import Question

Row = list[Any]
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
    """

    def __init__(self, driver: Driver, name: str) -> None:
        self.driver, self.name = driver, name

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self.driver.close()

    def read(self, text: str, parameters: Mapping[str, Any]) -> list[Row]:
        """Return the rows of a reading query, as values in the order of its columns.

        It is run in one transaction that the server lets only read, and run again where
        the driver says that may help.
        """

        def work(tx: ManagedTransaction) -> list[Row]:
            return tx.run(text, dict(parameters)).values()

        with self.driver.session(
            database=self.name, default_access_mode=READ_ACCESS
        ) as session:
            return session.execute_read(work)

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
        rows = self.read("MATCH (m:OrgnetMeta) RETURN m.complete", {})
        return frozenset(rows[0][0] or ()) if rows else frozenset()

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
        """Return all of it as a network."""
        raise NotImplementedError
