"""What others keep in the same database, where it stands in the way of a network.

A constraint keeps the ids of relationships apart type by type, and knows nothing of
whose they are. So where others use a type of ours, an `id` on theirs must be unique
too.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from orgnet.database.errors import DatabaseError
from orgnet.database.mapping import OWN, quoted
from orgnet.errors import some

if TYPE_CHECKING:
    from orgnet.database.database import Database
    from orgnet.network import Network

Look = Callable[["Database", "Network"], DatabaseError | None]
THEIRS: Final = f"WHERE NOT (a:{OWN} AND b:{OWN})"
# Ours begin with their type: no other id of others can be one of ours.
IDS: Final = f"""
MATCH (a)-[r:{{types}}]->(b) {THEIRS} AND r.id IS NOT NULL
WITH type(r) AS type, r.id AS id, count(*) AS count
WHERE count > 1 OR coalesce(id STARTS WITH type + '|', false)
RETURN type, id, count
"""


def way_out(type_: str) -> str:
    """Return what to type so that others' relationships of a type have no `id`."""
    return (
        "`id` must be unique among all relationships of a type that orgnet uses. Call "
        f"that of others otherwise: MATCH (a)-[r:{quoted(type_)}]->(b) {THEIRS} "
        "SET r.old_id = r.id REMOVE r.id; then do the same again"
    )


def clash(database: "Database", net: "Network") -> DatabaseError | None:
    """Return the error to raise if ids of others' relationships are in the way.

    Parameters
    ----------
    database
        The database.
    net
        The network that is to be put there.
    """
    if not net.schema.ties:
        return None
    types = "|".join(map(quoted, net.schema.ties))
    rows = database.read(IDS.format(types=types), {})
    wanted = {
        type_: set(net.ties(type_).select(net.identity(type_)).to_series())
        for type_, _, _ in rows
    }
    taken = sorted(
        (type_, str(id_))
        for type_, id_, count in rows
        if count > 1 or id_ in wanted[type_]
    )
    if not taken:
        return None
    names = [" ".join(pair) for pair in taken]
    msg = (
        f"{len(names)} ids stand on relationships that are not orgnet's, and several "
        f"times or on the network's too: {some(names)}. {way_out(taken[0][0])}"
    )
    return DatabaseError(msg, names)


def refuse_clash(database: "Database", net: "Network") -> None:
    """Refuse to write while ids of others' relationships are in the way."""
    error = clash(database, net)
    if error is not None:
        msg = f"nothing was written: {error}"
        raise DatabaseError(msg, error.items)


@contextmanager
def explained(database: "Database", net: "Network", *others: Look) -> Iterator[None]:
    """Say in our words what of others' a constraint stopped at.

    Parameters
    ----------
    database
        The database.
    net
        The network that is being written.
    others
        More that looks for what may be in the way, and returns the error to raise.
    """
    from neo4j.exceptions import ConstraintError  # setup, which needs none, is above

    try:
        yield
    except ConstraintError:
        for look in (*others, clash):
            error = look(database, net)
            if error is not None:
                raise error from None
        raise
