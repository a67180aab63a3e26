"""Make a database hold a network: look, say what would change, change it, look again.

What changes is found by comparing the two as they are (see `changes`), so it does not
matter what was pushed before, edited by hand since, or written by a sync that was cut
off: to sync again finishes it, and what is right already is not written.

Ours is what :mod:`orgnet.database.held` says. Other properties and labels on our nodes,
other nodes, and relationships with them or of other types stay as they are. A node that
such a relationship hangs on is not deleted.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl
from neo4j import ManagedTransaction

from orgnet.database import setup
from orgnet.database.changes import Changes, TableChanges, changes
from orgnet.database.errors import DatabaseError
from orgnet.database.foreign import explained
from orgnet.database.held import MARK
from orgnet.database.mapping import OWN, quoted
from orgnet.database.meta import (
    READ,
    THE_ONE,
    Meta,
    content,
    meta_in,
    meta_of,
    read_meta,
    write_meta,
)
from orgnet.database.pull import meta_for
from orgnet.database.push import BATCH, LOCK
from orgnet.errors import OrgnetError, some

if TYPE_CHECKING:
    from orgnet.database.database import Database
    from orgnet.network import Network
    from orgnet.schema import Schema

Tables = Mapping[str, TableChanges]
COUNTED: Final = (
    "nodes_created",
    "nodes_deleted",
    "relationships_created",
    "relationships_deleted",
    "properties_set",
    "labels_added",
    "labels_removed",
)
STOPPED: Final = "they came meanwhile, and db.sync(net) again goes on then"
SHARE: Final = 0.1  # of what is there, that a sync may delete unless it is told
FOREIGN: Final = f"""
MATCH (n)-[r]-(other)
WHERE NOT other:{OWN} OR NOT type(r) IN $p.types
WITH DISTINCT r, startNode(r) AS tail, endNode(r) AS head
RETURN elementId(r) AS element,
       coalesce(toStringOrNull(tail.id), elementId(tail)) + ' ' + type(r) + ' ' +
       coalesce(toStringOrNull(head.id), elementId(head)) AS named
"""


class Step(NamedTuple):
    """A statement and the rows that it is run for, which it takes as `$rows`."""

    text: str
    rows: Sequence[Any]


def sync(
    database: "Database",
    net: "Network",
    *,
    dry_run: bool = False,
    deletes: float = SHARE,
    batch: int = BATCH,
) -> Changes:
    """Make a database hold a network, writing only what differs.

    Up to `batch` changes are one transaction, so that they are seen at once or not at
    all. More are several, and until the last of them the database says that it is being
    synced. If that is cut off, sync again. In the end what was written is read again.

    Parameters
    ----------
    database
        The database.
    net
        The network.
    dry_run
        Whether only to say what would change.
    deletes
        How much may be deleted of the nodes, and of the relationships: below 1 a share
        of what is there, such as 0.5; else a number, such as 2_000.
    batch
        Changes a transaction.

    Returns
    -------
    Changes
        What was changed, or would be; `.written` is what the server counted.

    Raises
    ------
    DatabaseError
        If more would be deleted than may be; if what is of others hangs on that, has
        labels of ours, or ids that are in the way; if the network has another schema;
        or if somebody else wrote meanwhile.
    """
    if batch < 1:
        msg = f"no batch of {batch} changes: give a number from 1, such as {BATCH:_}"
        raise OrgnetError(msg, [batch])
    there = _there(database, net)
    found = changes(database, net)
    wanted = meta_of(net, content=content(net), size=BATCH)
    refusal = _too_many(found, net.schema, deletes) or _orphans(database, net, found)
    plan = Changes(found, refusal=str(refusal or ""))
    plan = replace(plan, network=_of_network(there, wanted, same=not len(plan)))
    if dry_run:
        return plan
    if refusal:
        raise refusal
    if not len(plan) and not plan.network:
        return replace(plan, written={})
    setup.setup(database, net.schema)
    with explained(database, net, partial(_orphans, found=found, done=STOPPED)):
        written = _apply(database, steps(found, net.schema), there, wanted, batch)
    _verify(database, net, [n for n, table in found.items() if len(table.frame)])
    return replace(plan, written=written)


def diff(database: "Database", net: "Network") -> pl.DataFrame:
    """Say what a network has more than a database, has not, or has otherwise.

    Parameters
    ----------
    database
        The database.
    net
        The network.

    Returns
    -------
    polars.DataFrame
        As Network.diff: `change` (added, removed, changed), `of`, `id`, `attributes`;
        by `of`, `id`. Labels are among the attributes, with a colon before them.
    """
    _there(database, net)
    return Changes(changes(database, net)).frame


def _there(database: "Database", net: "Network") -> Meta | None:
    """Return what the database says of its network; null if it holds none."""
    if read_meta(database) is None:
        return None
    return meta_for(database, net.schema)


def _of_network(there: Meta | None, wanted: Meta, *, same: bool) -> tuple[str, ...]:
    """Return what differs of the network itself; `same` if none of its parts does."""
    names = ("title", "synthetic", "complete")
    if there is None:
        return names
    differing = [n for n in names if getattr(there, n) != getattr(wanted, n)]
    if not there.whole:
        differing.append("state")
    if same and not differing and there.content != wanted.content:
        return ("content",)  # its hash was of another network
    return tuple(differing)


def _too_many(found: Tables, schema: "Schema", deletes: float) -> DatabaseError | None:
    """Return the error to raise if more would be deleted than may be."""
    for what, names in (
        ("nodes", [*schema.kinds, OWN]),
        ("relationships", list(schema.ties)),
    ):
        gone = {n: found[n].removed for n in names if found[n].removed}
        held = sum(found[n].held for n in names)
        count = sum(gone.values())
        most = deletes * held if deletes < 1 else deletes
        if count > most:
            counted = ", ".join(f"{c:,} {n}" for n, c in gone.items())
            may = f"{deletes:.0%}" if deletes < 1 else f"{deletes:,}"
            msg = (
                f"{count:,} of {held:,} {what} would be deleted ({counted}), and {may} "
                "may be; nothing was written. db.diff(net) lists them. If that is "
                f"meant: db.sync(net, deletes={count})"
            )
            return DatabaseError(msg, list(gone))
    return None


def _orphans(
    database: "Database",
    net: "Network",
    found: Tables,
    *,
    done: str = "nothing was written",
) -> DatabaseError | None:
    """Return the error to raise if foreign relationships hang on what would go."""
    types = {"types": list(net.schema.ties)}
    seeking = [
        step
        for name in (*net.schema.kinds, OWN)
        for step in _nodes_removed(found[name], then=FOREIGN)
    ]
    found_hanging = {  # by what Neo4j calls them: both ends may have to go
        element: named
        for step in seeking
        for element, named in database.read(step.text, {"rows": step.rows, "p": types})
    }
    if not found_hanging:
        return None
    hanging = sorted(found_hanging.values())
    msg = (
        f"{len(hanging)} relationships that are not orgnet's hang on nodes that would "
        f"be deleted: {some(hanging)}; {done}. Delete those relationships first, or "
        "keep the nodes in the network"
    )
    return DatabaseError(msg, hanging)


def steps(found: Tables, schema: "Schema") -> Iterator[Step]:
    """Return what must be done, in an order in which it can be.

    Parameters
    ----------
    found
        What must change.
    schema
        What may exist.
    """
    ties = [found[n] for n in schema.ties]
    nodes = [found[n] for n in schema.kinds]
    for table in ties:
        yield from _ties_removed(table)
    for table in (*nodes, found[OWN]):
        yield from _nodes_removed(table, then="DELETE n")
    for table in nodes:
        yield from _relabelled(table, schema)
        yield from _nodes_added(table)
        yield from _nodes_changed(table)
    for table in ties:
        yield from _ties_added(table, schema)
        yield from _ties_changed(table)


def _moved() -> pl.Expr:
    """Mark relationships with a wanted id between other nodes than wanted."""
    differing = pl.col("attributes").list
    ends = differing.contains("from") | differing.contains("to")
    return (pl.col("change") == "changed") & ends


def _ties_removed(table: TableChanges) -> Iterator[Step]:
    gone = table.rows.filter((pl.col("change") == "removed") | _moved())
    type_ = quoted(table.name)
    yield Step(
        f"UNWIND $rows AS id MATCH (:{OWN})-[r:{type_} {{id: id}}]->(:{OWN}) DELETE r",
        gone["id"].to_list(),
    )
    yield Step(
        f"UNWIND $rows AS row MATCH (:{OWN})-[r:{type_}]->(:{OWN}) "
        "WHERE elementId(r) = row[0] AND (r.id = row[1] OR r.id IS NULL) DELETE r",
        [(s.element, s.id) for s in table.strays],
    )


def _nodes_removed(table: TableChanges, *, then: str) -> Iterator[Step]:
    ids = table.of("removed")["id"].to_list()
    found = f"UNWIND $rows AS id MATCH (n:{quoted(table.name)}&{OWN} {{id: id}})"
    if ids:
        yield Step(f"{found} {then}", ids)
    strays = [(s.element, s.id) for s in table.strays]
    if strays:
        yield Step(f"{_BY_ELEMENT} {then}", strays)


_BY_ELEMENT: Final = (
    f"UNWIND $rows AS row MATCH (n:{OWN}) "
    "WHERE elementId(n) = row[0] AND (n.id = row[1] OR n.id IS NULL) WITH n"
)


def _relabelled(table: TableChanges, schema: "Schema") -> Iterator[Step]:
    others = "".join(f":{quoted(k)}" for k in schema.kinds if k != table.name)
    yield Step(
        f"{_BY_ELEMENT} SET n:{quoted(table.name)} REMOVE n{others}",
        [(s.element, s.id) for s in table.relabelled],
    )


def _nodes_added(table: TableChanges) -> Iterator[Step]:
    added = table.of("added").drop("change", "attributes")
    labels = [n for n in added.columns if n.startswith(MARK)]
    for key, group in added.group_by(labels, maintain_order=True):
        named = [n for n, has in zip(labels, key, strict=True) if has]
        rows = _filled(group.drop(labels))
        more = [n.removeprefix(MARK) for n in named if n != MARK + table.name]
        yield Step(
            f"UNWIND $rows AS row MERGE (n:{quoted(table.name)} {{id: row[0]}}) "
            f"SET n:{':'.join(map(quoted, (*more, OWN)))}{_set(rows)}",
            rows.rows(),
        )


def _nodes_changed(table: TableChanges) -> Iterator[Step]:
    found = f"MATCH (n:{quoted(table.name)}&{OWN} {{id: row[0]}})"
    changed = table.of("changed")
    yield Step(f"UNWIND $rows AS row {found} SET n += row[1]", _properties(changed))
    for label in (n for n in changed.columns if n.startswith(MARK)):
        name = label.removeprefix(MARK)
        differs = pl.col("attributes").list.contains(f":{name}")
        for wanted, word in ((True, "SET"), (False, "REMOVE")):
            ids = changed.filter(differs & (pl.col(label) == wanted))["id"]
            yield Step(
                f"UNWIND $rows AS row {found} {word} n:{quoted(name)}",
                [(id_,) for id_ in ids],
            )


def _ties_added(table: TableChanges, schema: "Schema") -> Iterator[Step]:
    added = table.rows.filter((pl.col("change") == "added") | _moved())
    kinds = [_kind(end, schema).alias(MARK + end) for end in ("from", "to")]
    ends = [MARK + "from", MARK + "to"]
    for key, group in added.with_columns(kinds).group_by(ends, maintain_order=True):
        tail, head = (f"{quoted(str(k))}&{OWN}" for k in key)
        rows = _filled(group.drop("change", "attributes", *ends)).sort("from", "to")
        rows = rows.select("id", "from", "to", pl.exclude("id", "from", "to"))
        yield Step(
            f"UNWIND $rows AS row MATCH (a:{tail} {{id: row[1]}}) "
            f"MATCH (b:{head} {{id: row[2]}}) "
            f"MERGE (a)-[n:{quoted(table.name)} {{id: row[0]}}]->(b)"
            f"{_set(rows)}",
            rows.rows(),
        )


def _kind(end: str, schema: "Schema") -> pl.Expr:
    """Return the kind that the prefix of an id tells."""
    prefix = pl.col(end).str.split_exact(":", 1).struct.field("field_0")
    return prefix.replace_strict(schema.label_of_prefix, return_dtype=pl.String)


def _ties_changed(table: TableChanges) -> Iterator[Step]:
    changed = table.of("changed").filter(~_moved())
    yield Step(
        f"UNWIND $rows AS row MATCH (:{OWN})-[n:{quoted(table.name)} {{id: row[0]}}]->"
        f"(:{OWN}) SET n += row[1]",
        _properties(changed),
    )


def _filled(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the columns in which something stands, the id first."""
    kept = [s.name for s in rows if s.null_count() < rows.height]
    return rows.select("id", *(n for n in kept if n != "id"))


def _set(rows: pl.DataFrame) -> str:
    """Return what sets the properties one by one, so that the id is known to stay."""
    given = [
        f"n.{quoted(name)} = row[{place}]"
        for place, name in enumerate(rows.columns)
        if name not in {"id", "from", "to"}
    ]
    return f" SET {', '.join(given)}" if given else ""


def _properties(changed: pl.DataFrame) -> list[tuple[str, dict[str, Any]]]:
    """Return ids, and of each the properties that differ as they are wanted."""
    return [
        (row["id"], given)
        for row in changed.iter_rows(named=True)
        for given in [{n: row[n] for n in row["attributes"] if not n.startswith(":")}]
        if given
    ]


def _apply(
    database: "Database",
    todo: Iterable[Step],
    there: Meta | None,
    wanted: Meta,
    size: int,
) -> Counter[str]:
    """Do all steps, so many rows a transaction; return what the server counted."""
    batches = list(_batched(todo, size)) or [[]]
    written: Counter[str] = Counter()
    for number, batch in enumerate(batches, 1):
        state = "whole" if number == len(batches) else "syncing"
        meta = wanted.model_copy(update={"state": state})
        written += database.transact(_write, batch, there, meta)
        there = meta
    return written


def _batched(todo: Iterable[Step], size: int) -> Iterator[list[Step]]:
    """Cut steps into batches of so many rows, in their order."""
    batch: list[Step] = []
    free = size
    for step in todo:
        rows = step.rows
        while rows:
            batch.append(Step(step.text, rows[:free]))
            rows, free = rows[free:], free - len(batch[-1].rows)
            if not free:
                yield batch
                batch, free = [], size
    if batch:
        yield batch


def _write(
    tx: ManagedTransaction, batch: Iterable[Step], there: Meta | None, meta: Meta
) -> Counter[str]:
    """Do the steps of one batch, and say so, unless somebody else wrote meanwhile."""
    tx.run(LOCK, {"id": THE_ONE}).consume()
    found = meta_in(tx.run(READ).value())
    if found not in (there, meta):
        msg = (
            "somebody else wrote a network to the database meanwhile. See that nobody "
            "does, then db.sync(net) again"
        )
        raise DatabaseError(msg)
    written: Counter[str] = Counter()
    for step in batch:
        counters = tx.run(step.text, {"rows": step.rows}).consume().counters
        written.update({n: getattr(counters, n) for n in COUNTED})
    write_meta(tx, meta)
    return written


def _verify(database: "Database", net: "Network", names: list[str]) -> None:
    """Hold what was written against the network once more."""
    left = Changes(changes(database, net, names))
    if len(left):
        msg = (
            f"{len(left)} things differ again, for somebody else writes to the "
            f"database: {some(left.frame['id'].to_list())}. db.sync(net) again"
        )
        raise DatabaseError(msg, left.frame["id"].to_list())
