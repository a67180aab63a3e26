"""Take a network out of a database, and leave everything else there as it is."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from neo4j import ManagedTransaction
from neo4j.exceptions import ConstraintError

from orgnet.database.errors import DatabaseError
from orgnet.database.mapping import META, OWN, quoted
from orgnet.database.meta import now
from orgnet.database.push import BATCH
from orgnet.errors import NAMED
from orgnet.schema import SCHEMA

if TYPE_CHECKING:
    from orgnet.database.database import Database

PREFIX: Final = "orgnet_"  # begins the names of our constraints and indexes
# A relationship between two of our nodes is ours if its type is declared, now or when
# the network was pushed, or if its id is one that only we give.
OURS: Final = (
    f"n:{OWN} AND other:{OWN} AND "
    "(type(r) IN $types OR coalesce(r.id STARTS WITH type(r) + '|', false))"
)
HANGING: Final = f"""
MATCH (n:{OWN})-[r]-(other) WHERE NOT ({OURS})
WITH DISTINCT r, startNode(r) AS tail, endNode(r) AS head
WITH coalesce(toStringOrNull(tail.id), elementId(tail)) AS near, type(r) AS type,
     coalesce(toStringOrNull(head.id), elementId(head)) AS far
ORDER BY near, type, far
RETURN count(*) AS count, collect(near + ' ' + type + ' ' + far)[..$named] AS named
"""
RULES: Final = {
    "CONSTRAINT": "SHOW CONSTRAINTS YIELD name, labelsOrTypes "
    "RETURN name, labelsOrTypes",
    "INDEX": "SHOW INDEXES YIELD name, labelsOrTypes, owningConstraint "
    "WHERE owningConstraint IS NULL RETURN name, labelsOrTypes",
}
BEGUN: Final = f"MATCH (m:{META}) SET m.state = 'clearing', m.`when` = $when"


class Cleared(NamedTuple):
    """What a clearing took away.

    Parameters
    ----------
    nodes, relationships
        How many of the network's.
    rules
        How many constraints and indexes.
    """

    nodes: int
    relationships: int
    rules: int

    def __str__(self) -> str:
        """Say it in one line, in both languages."""
        return (
            f"{self.nodes:,} nodes, {self.relationships:,} relationships and "
            f"{self.rules} constraints and indexes were removed 已移除"
        )


def clear(
    database: "Database", *, foreign: bool = False, batch: int = BATCH
) -> Cleared:
    """Take everything of orgnet's out of a database: nodes, relationships, indexes.

    It goes in batches; if it is cut off, clear again.

    Parameters
    ----------
    database
        The database.
    foreign
        Whether relationships that are not orgnet's and hang on its nodes may go too.
    batch
        How many a transaction removes.

    Raises
    ------
    DatabaseError
        If there are such relationships and they may not; nothing is removed then.
    """
    types = _types(database)
    if not foreign:
        _refuse_hanging(database, types)
    database.write(BEGUN, {"when": now()})
    ties = nodes = 0
    for type_ in _types_in_use(database):
        text = (
            f"MATCH (n:{OWN})-[r:{quoted(type_)}]->(other:{OWN}) WHERE {OURS} "
            "WITH r LIMIT $batch DELETE r"
        )
        ties += _removed(database, text, {"types": types, "batch": batch})
    detach = "DETACH " if foreign else ""  # else the server refuses what hangs there
    try:
        text = f"MATCH (n:{OWN}) WITH n LIMIT $batch {detach}DELETE n"
        nodes = _removed(database, text, {"batch": batch})
    except ConstraintError:
        _refuse_hanging(database, types)
        raise
    database.write(f"MATCH (m:{META}) DELETE m")
    return Cleared(nodes, ties, _drop_rules(database, types))


def _types(database: "Database") -> list[str]:
    """Return the types that are declared, here or by who pushed."""
    rows = database.read(f"MATCH (m:{META}) RETURN m.declared", {})
    names = {*SCHEMA.ties}
    for (words,) in rows:
        with suppress(TypeError, ValueError):  # somebody spoilt it by hand
            names |= {name for name in json.loads(words) if "." not in name}
    return sorted(names)


def _types_in_use(database: "Database") -> list[str]:
    text = "CALL db.relationshipTypes() YIELD relationshipType AS type RETURN type"
    return sorted(row[0] for row in database.read(text, {}))


def _refuse_hanging(database: "Database", types: list[str]) -> None:
    """Refuse to clear while relationships of others hang on our nodes."""
    given = {"types": types, "named": NAMED}
    count, named = database.read(HANGING, given)[0]
    if count:
        more = f" and {count - NAMED:,} more" if count > NAMED else ""
        msg = (
            f"{count:,} relationships that are not orgnet's hang on its nodes: "
            f"{', '.join(named)}{more}. Delete them first; or, if they may go with the "
            "nodes: db.clear(foreign=True)"
        )
        raise DatabaseError(msg, named)


def _removed(database: "Database", text: str, given: dict[str, Any]) -> int:
    """Remove batch by batch until nothing is left; return how many that were."""

    def work(tx: ManagedTransaction) -> tuple[int, int]:
        counters = tx.run(text, given).consume().counters
        return counters.nodes_deleted, counters.relationships_deleted

    removed = 0
    while True:
        counts = database.transact(work)
        removed += counts[0] or counts[1]
        if not any(counts):
            return removed


def _drop_rules(database: "Database", types: list[str]) -> int:
    """Drop our constraints and indexes; return how many there were."""
    dropped = list(_rules(database, {OWN, META, *SCHEMA.kinds, *types}))

    def work(tx: ManagedTransaction) -> None:
        for word, name in dropped:
            tx.run(f"DROP {word} {quoted(name)} IF EXISTS").consume()

    database.transact(work)  # one at a time takes three times as long
    return len(dropped)


def _rules(database: "Database", ours: set[str]) -> Iterator[tuple[str, str]]:
    """Go through our constraints, and our indexes but for those of constraints."""
    for word, text in RULES.items():
        for name, labels in database.read(text, {}):
            if name.startswith(PREFIX) and labels and ours >= {*labels}:
                yield word, name
