"""What the nodes of an answer are called, read from Neo4j by their ids."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import polars as pl

from orgnet.database.mapping import quoted

if TYPE_CHECKING:
    from orgnet.database.database import Database
    from orgnet.schema import Schema

PORTION: Final = 20_000  # ids a query
NAMES: Final = {"id": pl.String(), "name": pl.String()}


def names(database: "Database", ids: Iterable[str]) -> dict[str, str]:
    """Return what nodes are called, by id.

    Ids that no node has, or whose node has no name, are left out.

    Parameters
    ----------
    database
        The database.
    ids
        Ids of nodes of any kind.
    """
    given = sorted({ids} if isinstance(ids, str) else set(ids))
    text, found = names_text(database.schema), dict[str, str]()
    for first in range(0, len(given), PORTION):
        portion = by_label(given[first : first + PORTION], database.schema)
        found.update(database.frame(text, NAMES, {"ids": portion}).iter_rows())
    return found


def names_text(schema: "Schema") -> str:
    """Return the query that finds names kind by kind, each by its unique index.

    Parameters
    ----------
    schema
        What may exist.
    """
    return "\nUNION ALL\n".join(
        f"UNWIND $ids.{quoted(label)} AS id\n"
        f"MATCH (n:{quoted(label)} {{id: id}})\n"
        f"WHERE n.{quoted(kind.caption)} IS NOT NULL\n"
        f"RETURN n.id AS id, n.{quoted(kind.caption)} AS name"
        for label, kind in schema.kinds.items()
    )


def by_label(ids: Iterable[str], schema: "Schema") -> dict[str, list[str]]:
    """Sort ids by the kind that they begin with; others are left out.

    Examples
    --------
    >>> from orgnet.schema import SCHEMA
    >>> by_label(["area:51", "unit:a", "unit:b", "?"], SCHEMA)
    {'Area': ['area:51'], 'Unit': ['unit:a', 'unit:b']}
    """
    sorted_: defaultdict[str, list[str]] = defaultdict(list)
    for id_ in ids:
        label = schema.label_of_prefix.get(id_.partition(":")[0])
        if label is not None:
            sorted_[label].append(id_)
    return dict(sorted_)
