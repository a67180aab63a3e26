"""A network out of Neo4j, the whole of it or a part, equal to what was put in."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from orgnet.database.damage import (
    DamagedNetworkError,
    Tables,
    damage,
    frames,
    left_out,
    named,
    wrongly_labelled,
)
from orgnet.database.errors import DatabaseError
from orgnet.database.held import Scope, held_nodes, held_ties, tokens, valid
from orgnet.database.mapping import META
from orgnet.database.meta import Meta, read_meta
from orgnet.database.rows import packed
from orgnet.errors import UnknownNameError, some
from orgnet.faults import Faults
from orgnet.files import declared, fingerprint
from orgnet.index import DEEPEST, as_day
from orgnet.network import Network
from orgnet.schema import SCHEMA, Schema

if TYPE_CHECKING:
    from orgnet.database.database import Database

# What stands in an area, as Network.within says it. `valid(x, y)` is written out as
# what is valid on the day, `first(p:T, x, y)` as p counting of several of its
# type from x, the one to y: the primary first, then that to the smallest id.
WITHIN: Final = f"""
MATCH (top:Area&Orgnet {{id: $p.area}})
MATCH (top) (
    (upper:Orgnet)<-[p:PART_OF]-(lower:Area&Orgnet)
    WHERE valid(p, lower) AND first(p:PART_OF, lower, upper)
){{0,{DEEPEST - 1}}} (area:Area)
WITH collect(DISTINCT area) AS areas
CALL (areas) {{
    UNWIND areas AS area
    MATCH (area)<-[p:LOCATED_IN]-(node:Orgnet&!Area)
    WHERE valid(p, node) AND first(p:LOCATED_IN, node, area)
    RETURN collect(DISTINCT node) AS located
}}
CALL (areas, located) {{
    UNWIND areas + located AS host
    MATCH (host)<-[p:HOSTED_BY]-(node:Orgnet)
    WHERE valid(p, node) AND first(p:HOSTED_BY, node, host)
    RETURN collect(DISTINCT node) AS hosted
}}
CALL (located) {{
    UNWIND located AS node
    WITH node
    WHERE NOT EXISTS {{
        MATCH (node)-[p:HOSTED_BY]->(host:Orgnet) WHERE valid(p, host)
    }}
    RETURN collect(node) AS settled
}}
UNWIND areas + hosted + settled AS node
RETURN [label IN labels(node) WHERE label IN $p.kinds] AS kinds,
       node.id AS id, elementId(node) AS element
"""
FIRST: Final = """NOT EXISTS {
        MATCH (tail)-[q:TYPE]->(other:Orgnet)
        WHERE valid(q, other) AND (
            coalesce(q.primary, false) AND NOT coalesce(p.primary, false)
            OR coalesce(q.primary, false) = coalesce(p.primary, false)
            AND other.id < head.id
        )
    }"""


@dataclass(frozen=True)
class Part:
    """What part of a network is wanted.

    Parameters
    ----------
    schema
        What may exist.
    kinds, ties
        The kinds and the relationship types.
    elements
        The element ids of nodes by kind; null for all.
    day
        On which they must be valid; null for any.
    """

    schema: Schema
    kinds: tuple[str, ...]
    ties: tuple[str, ...]
    elements: Mapping[str, Sequence[str]] | None = None
    day: date | None = None

    @property
    def scope(self) -> Scope:
        """Which nodes are looked at."""
        every = len(self.kinds) == len(self.schema.kinds)
        return Scope(None if every else self.kinds, self.elements, self.day)

    def shows(self, claim: str) -> bool:
        """Tell whether every relationship that a claim speaks of is in it."""
        type_ = re.split("[{:]", claim)[0]
        ends = self.schema.ties[type_].ends
        return type_ in self.ties and {*ends.tail, *ends.head} <= {*self.kinds}


def pull(
    database: "Database",
    *,
    within: str | None = None,
    kinds: Iterable[str] | None = None,
    ties: Iterable[str] | None = None,
    day: date | str | None = None,
    schema: Schema = SCHEMA,
) -> Network:
    """Return the network that a database holds, or a part of it.

    Nodes, relationships, labels and properties that are not orgnet's are left out.

    Parameters
    ----------
    database
        The database.
    within
        Id, bare code or name of an area: only what stands in it, as Network.within.
    kinds, ties
        The kinds and relationship types that are wanted; all if not given. Of what the
        network holds completely, the part still does what all of is in it.
    day
        Only what was valid that day, as Network.at.
    schema
        What may exist; the one that the network was pushed with.

    Raises
    ------
    DamagedNetworkError
        If something in the database no longer fits the schema. The error holds what
        could be kept and what could not.
    DatabaseError
        If the database holds no network, or one of another schema, or one that is not
        whole, or if it was written to meanwhile.
    UnknownAreaError
        If no area, or more than one, has this id, code or name on the day.
    UnknownNameError
        If a kind or type is not in the schema.
    """
    chosen = _chosen(kinds, schema.kinds, "kind")
    types = _chosen(ties, schema.ties, "relationship type")
    meta = meta_for(database, schema)
    if not meta.whole:
        raise _unfinished(meta)
    on = as_day(day)
    inside = None
    if within is not None:
        found = _elements_within(database, database.area_id(within, on), on, schema)
        inside = {kind: found[kind] for kind in chosen}
    net, faults = _network(database, Part(schema, chosen, types, inside, on), meta)[:2]
    if read_meta(database) != meta:
        msg = (
            "another network was written to the database while this one was read, so "
            "that the two are mixed. Pull again"
        )
        raise DatabaseError(msg)
    if damage(faults):
        raise DamagedNetworkError(net, faults)
    return net


def salvage(database: "Database", *, schema: Schema = SCHEMA) -> tuple[Network, Faults]:
    """Return what fits the schema of the network in a database, and what does not.

    The faults name by id what was edited by hand so that it no longer fits. As with
    Network.from_frames there are notes too: what is only worth a warning, and how much
    stands in the database that is not orgnet's.

    Parameters
    ----------
    database
        The database. A push or sync of it may be unfinished.
    schema
        What may exist; the one that the network was pushed with.

    Raises
    ------
    DatabaseError
        If the database holds no network, or one of another schema.
    """
    meta = meta_for(database, schema)
    part = Part(schema, tuple(schema.kinds), tuple(schema.ties))
    net, faults, held = _network(database, part, meta)
    notes = left_out(database, held, schema)
    return net, Faults.joined([faults, Faults(notes)])


def meta_for(database: "Database", schema: Schema) -> Meta:
    """Return what a database says of its network.

    Parameters
    ----------
    database
        The database.
    schema
        What may exist.

    Raises
    ------
    DatabaseError
        If it holds no network, or one of another schema.
    """
    meta = read_meta(database)
    if meta is None:
        msg = (
            f"the database holds no network: it has no node {META}. Put one there, "
            "db.push(net)"
        )
        raise DatabaseError(msg)
    if meta.fingerprint != fingerprint(schema):
        here, there = declared(schema), meta.declared
        differing = sorted(n for n in {*here, *there} if here.get(n) != there.get(n))
        msg = (
            "the network in the database has another schema, which differs in "
            f"{len(differing)} declarations: {some(differing)}. Give that one, "
            "db.pull(schema=...), or begin anew: db.clear(), then db.push(net)"
        )
        raise DatabaseError(msg, differing)
    return meta


UNFINISHED: Final = {  # what it is called, and what to type
    "pushing": ("push", "Run it again, db.push(net): it finds what is missing"),
    "syncing": ("sync", "Run it again, db.sync(net): it finds what is missing"),
    "clearing": (
        "clearing",
        "Finish it, db.clear(), or put the network back, db.sync(net)",
    ),
}


def _unfinished(meta: Meta) -> DatabaseError:
    what, way_out = UNFINISHED[meta.state]
    msg = (
        f"a {what} of {meta.title!r} was begun at {meta.when} UTC and is not finished. "
        f"{way_out}. What is there of it: net, faults = db.salvage()"
    )
    return DatabaseError(msg, [meta.state])


def _chosen(
    names: Iterable[str] | None, known: Mapping[str, object], what: str
) -> tuple[str, ...]:
    """Return the names that are wanted, in the schema's order."""
    given = known if names is None else {names} if isinstance(names, str) else {*names}
    unknown = sorted({*given} - known.keys())
    if unknown:
        msg = (
            f"{len(unknown)} names are of no {what}: {some(unknown)}; "
            f"there are: {', '.join(known)}"
        )
        raise UnknownNameError(msg, unknown)
    return tuple(n for n in known if n in given)


def _elements_within(
    database: "Database", area: str, day: date | None, schema: Schema
) -> dict[str, list[str]]:
    """Return the element ids of what stands in an area, by kind."""
    given = {"area": area, "day": day, "kinds": list(schema.kinds)}
    text = packed(_written_out(WITHIN), ["kinds", "id", "element"])
    elements: dict[str, list[str]] = {kind: [] for kind in schema.kinds}
    lost = []
    for (part,) in database.read(text, {"p": given}):
        for kinds, id_, element in part:
            if len(kinds) == 1 and isinstance(id_, str):
                elements[kinds[0]].append(element)
            else:
                lost.append(id_ if isinstance(id_, str) else element)
    if lost:
        msg = (
            f"{len(lost)} nodes in the area have no id, or the label of no kind or of "
            f"several: {some(lost)}. Put them right with the network that was pushed, "
            "db.sync(net); net, faults = db.salvage() says more"
        )
        raise DatabaseError(msg, lost)
    return elements


def _written_out(text: str) -> str:
    """Replace what :data:`WITHIN` abbreviates."""

    def first(found: re.Match[str]) -> str:
        written = FIRST
        for name, meant in zip(("TYPE", "tail", "head"), found.groups(), strict=True):
            written = re.sub(rf"\b{name}\b", meant, written)
        return written

    text = re.sub(r"\bfirst\(p:(\w+), (\w+), (\w+)\)", first, text)
    return re.sub(r"\bvalid\((.+?)\)", lambda m: valid(*m[1].split(", ")), text)


def _network(
    database: "Database", part: Part, meta: Meta
) -> tuple[Network, Faults, Tables]:
    """Return the network of what fits, the faults of what does not, and all of it."""
    known = tokens(database, part.schema)
    kinds, types = part.schema.kinds, part.schema.ties
    held = {n: held_nodes(database, kinds[n], known, part.scope) for n in part.kinds}
    held |= {n: held_ties(database, types[n], known, part.scope) for n in part.ties}
    net, faults = _built(held, part, meta)
    if damage(faults) or any(table.off for table in held.values()):
        _, numbered = _built(held, part, meta, numbered=True)
        faults = Faults(named(numbered, held, part.schema))
    if part.scope == Scope():
        lost = Faults(wrongly_labelled(database, part.schema, known))
        faults = Faults.joined([faults, lost])
    return net, faults, held


def _built(
    held: Tables, part: Part, meta: Meta, *, numbered: bool = False
) -> tuple[Network, Faults]:
    given = frames(held, numbered=numbered)
    return Network.from_frames(
        {n: given[n] for n in part.kinds},
        {n: given[n] for n in part.ties},
        schema=part.schema,
        complete=[c for c in meta.complete or () if part.shows(c)],
        synthetic=meta.synthetic,
        title=meta.title,
    )
