"""Put a network into a database that has none: in batches, each exactly once.

Every batch is one transaction, and the same transaction counts it on `(:OrgnetMeta)`.
So whenever client or server dies, what is there is a whole number of batches and the
node says how many; which rows are in which batch follows from the network alone. The
transaction locks that node before it reads the count: what an earlier client may have
left half committed is over by then, and of two who push at once one waits and then
finds the batch done.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl
from neo4j import ManagedTransaction

import orgnet
from orgnet.database import setup
from orgnet.database.errors import DatabaseError
from orgnet.database.foreign import explained, refuse_clash
from orgnet.database.mapping import (
    META,
    OWN,
    NodeGroup,
    TieGroup,
    node_groups,
    quoted,
    tie_groups,
)
from orgnet.database.meta import (
    READ,
    THE_ONE,
    Meta,
    content,
    meta_in,
    meta_of,
    now,
    read_meta,
    write_meta,
)
from orgnet.errors import OrgnetError, some

if TYPE_CHECKING:
    from orgnet.database.database import Database
    from orgnet.network import Network
    from orgnet.schema import Schema

BATCH: Final = 10_000  # rows a transaction; more is not faster
LARGE: Final = 20_000  # rows for which plans that an empty database made will not do
LOCK = f"MATCH (m:{META} {{id: $id}}) SET m.id = $id"  # a write that changes nothing
Group = NodeGroup | TieGroup
Key = tuple[str, str]  # a kind and "", or the kind of a tail and a type
KEPT: Final = (  # counts that the server keeps
    "MATCH (n:{kind}) RETURN count(n) AS count",
    "MATCH (:{kind})-[r:{type}]->() RETURN count(r) AS count",
)
OURS: Final = (  # counts of what is ours alone
    KEPT[0],
    (
        f"MATCH (:{{kind}})-[r:{{type}}]->(:{OWN}) WHERE r.id IS NOT NULL "
        "RETURN count(r) AS count"
    ),
)
NEXT = f"""  // see that this batch is the next, with the node locked, and count it
{LOCK}
WITH m, m.content AS content, m.batch AS last
SET m.batch = CASE WHEN content = $content AND last = $batch - 1
  THEN $batch ELSE last END
RETURN content, last
"""
FINISHED = f"""
MATCH (m:{META} {{id: $id}}) WHERE m.content = $content AND m.state = 'pushing'
SET m.state = 'whole', m.`when` = $when
"""


class Pushed(NamedTuple):
    """What a push did.

    Parameters
    ----------
    nodes, relationships
        How many the database holds of the network now.
    written
        Batches that this push wrote.
    found
        Batches that were there already.
    seconds
        How long it took.
    """

    nodes: int
    relationships: int
    written: int
    found: int
    seconds: float

    def __str__(self) -> str:
        """Say it in one line, in both languages."""
        return (
            f"{self.nodes:,} nodes and {self.relationships:,} relationships are in the "
            f"database 已入库: {self.written} batches written 写入, {self.found} found "
            f"there 已有, {self.seconds:.1f} s"
        )


class Batch(NamedTuple):
    """Rows that one transaction writes.

    Parameters
    ----------
    text
        The statement, which takes the rows as `$rows`.
    rows
        The rows, each as a list of values in the order that the statement expects.
    """

    text: str
    rows: pl.DataFrame


def push(
    database: "Database",
    net: "Network",
    *,
    batch: int = BATCH,
    progress: bool | None = None,
) -> Pushed:
    """Put a network into a database that holds none, or go on where that was cut off.

    Constraints on nodes come first, indexes and constraints on relationships last. In
    the end the database is counted. A network that is there already is not written
    again. Nodes with other labels, and relationships from and to those, stay as they
    are.

    Parameters
    ----------
    database
        The database.
    net
        The network.
    batch
        Rows a transaction. A push that goes on keeps to what it began with.
    progress
        Whether to show on standard error how far it is; if not given, on a terminal.

    Returns
    -------
    Pushed
        What was written, and what was there.

    Raises
    ------
    DatabaseError
        If the database holds another network, nodes of others with labels of ours,
        relationships of others whose ids are in the way, or in the end not what was
        pushed; it says what to type.
    """
    began = perf_counter()
    if batch < 1:
        msg = f"no batch of {batch} rows: give a number from 1, such as {BATCH:_}"
        raise OrgnetError(msg, [batch])
    parts = groups(net)
    there = _begin(database, net, batched(parts, batch), batch)
    written = 0
    if not there.whole:
        batches = batched(parts, there.size)
        with explained(database, net):
            written = _write_all(database, there, batches, progress=progress)
        setup.setup(database, net.schema)
        if there.nodes + there.relationships >= LARGE:
            database.write("CALL db.prepareForReplanning()")
    verify(database, parts, net.schema)
    if not there.whole:
        ours = {"id": THE_ONE, "content": there.content, "when": now()}
        database.write(FINISHED, ours)
    found = there.batches - written
    seconds = perf_counter() - began
    return Pushed(there.nodes, there.relationships, written, found, seconds)


def groups(net: "Network") -> list[Group]:
    """Return the groups of a network: of nodes, then of relationships."""
    return [*node_groups(net), *tie_groups(net)]


def batched(parts: Iterable[Group], size: int) -> list[Batch]:
    """Cut groups into batches, the same every time.

    Parameters
    ----------
    parts
        Of nodes, then of relationships.
    size
        How many rows a batch has at most.
    """
    return [
        Batch(text(group), group.rows[start : start + size])
        for group in parts
        for start in range(0, group.rows.height, size)
    ]


def text(group: Group) -> str:
    """Return the statement that creates the rows of a group, given as `$rows`.

    Names stand in it as they are declared; values never do.
    """
    places = {name: f"r[{i}]" for i, name in enumerate(group.rows.columns)}
    if isinstance(group, NodeGroup):
        labels = ":".join(map(quoted, group.labels))
        return f"UNWIND $rows AS r\nCREATE (:{labels} {_properties(places)})"
    tail, head = places.pop("from"), places.pop("to")
    return (
        "UNWIND $rows AS r\n"
        f"MATCH (tail:{quoted(group.tail)} {{id: {tail}}})\n"
        f"MATCH (head:{quoted(group.head)} {{id: {head}}})\n"
        f"CREATE (tail)-[:{quoted(group.type)} {_properties(places)}]->(head)"
    )


def _properties(places: dict[str, str]) -> str:
    """Return a map of properties; one whose value is null is not made."""
    return "{" + ", ".join(f"{quoted(n)}: {p}" for n, p in places.items()) + "}"


def _begin(
    database: "Database", net: "Network", batches: list[Batch], size: int
) -> Meta:
    """Return what the database says after it was told of the push, or refuse."""
    held = content(net)
    wanted = meta_of(net, "pushing", content=held, batches=len(batches), size=size)
    there = read_meta(database)
    if there is None:
        _refuse_foreign(database, net.schema)
        refuse_clash(database, net)
        setup.put(database, setup.identities(net.schema))
        there = database.transact(_told, wanted)
    _refuse_other(there, wanted)
    return there


def _told(tx: ManagedTransaction, wanted: Meta) -> Meta:
    """Say that the network is being pushed, unless something is said already.

    The node is locked before it is read: else two who begin at once may both find
    nothing, and the later one would take back what the other has counted since.
    """
    made = tx.run(f"MERGE {LOCK.removeprefix('MATCH ')}", id=THE_ONE).consume()
    there = None if made.counters.nodes_created else meta_in(tx.run(READ).value())
    if there is None:
        write_meta(tx, wanted)
    return there or wanted


def _refuse_foreign(database: "Database", schema: "Schema") -> None:
    """Refuse a database without a network that has nodes with labels of ours."""
    roles = [role.label for kind in schema.kinds.values() for role in kind.roles]
    labels = (OWN, *schema.kinds, *roles)
    parts = [
        f"MATCH (n:{quoted(label)}) RETURN '{i}' AS place, count(n) AS count"
        for i, label in enumerate(labels)
    ]
    counts = {
        labels[int(place)]: count
        for place, count in database.read("\nUNION ALL\n".join(parts), {})
        if count
    }
    if not counts:
        return
    found = ", ".join(f"{count:,} {label}" for label, count in counts.items())
    if OWN in counts:
        msg = (
            f"nothing was written: the database holds part of a network ({found}) and "
            f"no node {META} that says of which. Empty it of that with db.clear(), "
            "then db.push(net)"
        )
        raise DatabaseError(msg, list(counts))
    msg = (
        f"nothing was written: the database holds nodes that are not orgnet's under "
        f"labels that orgnet uses: {found}. Push to another database, "
        f"connect(..., database=...), or give those nodes another label: "
        f"MATCH (n:{quoted(next(iter(counts)))}) SET n:Other REMOVE n:..."
    )
    raise DatabaseError(msg, list(counts))


def _refuse_other(there: Meta, wanted: Meta) -> None:
    """Refuse a database that holds another network, or a push begun otherwise."""
    title = f"{there.title!r}: " if there.title else ""
    held = f"{title}{there.nodes:,} nodes, {there.relationships:,} relationships"
    same = there.content == wanted.content
    if there.state == "syncing":
        msg = (
            f"nothing was written: a sync of this database was cut off ({held}). "
            "Finish it with db.sync(net)"
        )
    elif there.state == "clearing":
        msg = (
            f"nothing was written: a clearing of this database was cut off ({held}). "
            "Finish it with db.clear(), then db.push(net); or put the network back "
            "with db.sync(net)"
        )
    elif not same and there.whole:
        msg = (
            f"nothing was written: the database holds another network ({held}). Make "
            "it this one with db.sync(net), or empty it with db.clear() before"
        )
    elif not same:
        msg = (
            f"nothing was written: the push of another network ({held}) was cut off "
            f"after {there.batch} of {there.batches} batches. Push that network again "
            "to finish it, or empty the database with db.clear() before"
        )
    elif not there.whole and there.orgnet != orgnet.__version__:
        msg = (
            f"nothing was written: the push was begun by orgnet {there.orgnet}, whose "
            f"batches may be others than those of {orgnet.__version__}. Finish it with "
            "that, or empty the database with db.clear() before"
        )
    else:
        return
    raise DatabaseError(msg, [there.content])


def _write_all(
    database: "Database", there: Meta, batches: list[Batch], *, progress: bool | None
) -> int:
    """Write the batches that are not there; return how many that were."""
    written = 0
    with _shown(sum(b.rows.height for b in batches), progress=progress) as advance:
        for number, batch in enumerate(batches, 1):
            if number > there.batch:
                written += database.transact(_write, there.content, number, batch)
            advance(batch.rows.height)
    return written


def _write(tx: ManagedTransaction, held: str, number: int, batch: Batch) -> bool:
    """Count one batch and write it, unless it is there; tell whether it was written."""
    given = {"id": THE_ONE, "content": held, "batch": number}
    content_there, last = (tx.run(NEXT, given).values() or [[None, 0]])[0]
    if content_there != held or last < number - 1:
        msg = (
            "somebody else emptied the database or pushed to it meanwhile. See that "
            "nobody else writes, then db.push(net) again"
        )
        raise DatabaseError(msg)
    if last >= number:
        return False
    counters = tx.run(batch.text, {"rows": batch.rows.rows()}).consume().counters
    made = counters.nodes_created + counters.relationships_created
    if made != batch.rows.height:
        msg = (
            f"batch {number} has {batch.rows.height:,} rows and made {made:,}, for "
            "somebody else deleted nodes meanwhile; it was taken back. Empty the "
            "database with db.clear(), then db.push(net)"
        )
        raise DatabaseError(msg, [number])
    return True


@contextmanager
def _shown(total: int, *, progress: bool | None) -> Iterator[Any]:
    """Show how many of all rows are written; yield what is told of each batch."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    shown = console.is_terminal if progress is None else progress
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not shown) as bar:
        task = bar.add_task("push 入库", total=total)
        yield lambda rows: bar.advance(task, rows)


def expected(parts: Iterable[Group], schema: "Schema") -> dict[Key, int]:
    """Return how many nodes of each kind and relationships of each type there are.

    Parameters
    ----------
    parts
        All of a network.
    schema
        What may exist.

    Returns
    -------
    dict
        From (kind, "") and from (kind of the tail, type) to the number; none is left
        out, even if it is 0.
    """
    counts = dict.fromkeys(((kind, "") for kind in schema.kinds), 0)
    for name, tie in schema.ties.items():
        counts |= dict.fromkeys(((kind, name) for kind in tie.ends.tail), 0)
    for group in parts:
        if isinstance(group, NodeGroup):
            counts[group.labels[0], ""] += group.rows.height
        else:
            counts[group.tail, group.type] += group.rows.height
    return counts


def verify(database: "Database", parts: Iterable[Group], schema: "Schema") -> None:
    """Hold what the database counts against a network, kind by kind and type by type.

    The server keeps these counts. They take in what others tied to our nodes, so where
    they differ, ours alone are counted one by one.

    Parameters
    ----------
    database
        The database.
    parts
        All of the network.
    schema
        What may exist.

    Raises
    ------
    DatabaseError
        If it counts otherwise; every difference is in `items`.
    """
    wanted = expected(parts, schema)
    found = _counted(database, wanted, KEPT)
    differing = [key for key, count in wanted.items() if found[key] != count]
    found |= _counted(database, differing, OURS)
    wrong = [
        f"{' '.join(key).strip()}: {found[key]:,}, not {wanted[key]:,}"
        for key in differing
        if found[key] != wanted[key]
    ]
    if wrong:
        msg = (
            f"{len(wrong)} of {len(wanted)} counts differ from what was pushed: "
            f"{some(wrong)}. Somebody else wrote to the database: db.diff(net) shows "
            "what, db.sync(net) puts it right"
        )
        raise DatabaseError(msg, wrong)


def _counted(
    database: "Database", keys: Iterable[Key], texts: tuple[str, str]
) -> dict[Key, int]:
    """Count nodes of these kinds, and relationships of these types from these kinds."""
    parts = [
        texts[bool(type_)].format(kind=quoted(kind), type=quoted(type_))
        for kind, type_ in keys
    ]
    if not parts:
        return {}
    rows = database.read("\nUNION ALL\n".join(parts), {})
    return dict(zip(keys, (row[0] for row in rows), strict=True))
