"""What a database is given before a network: constraints and indexes.

They follow from the declared classes alone. Their names begin with `orgnet_`, so that
ours can be told from others, and are the same every time.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from orgnet.database.errors import DatabaseError
from orgnet.database.foreign import way_out
from orgnet.database.mapping import META, OWN, quoted
from orgnet.errors import some
from orgnet.schema import Schema

if TYPE_CHECKING:
    from neo4j import ManagedTransaction

    from orgnet.database.database import Database

CAPTIONS: Final = "orgnet_captions"  # the full-text index
LOOKUPS: Final = {  # what queries look up besides ids, where a kind has it
    "Area": ("code", "level"),
    "Need": ("kind",),
    "PartyOrganization": ("code", "setting"),
    "Resource": ("kind",),
    "Unit": ("uscc",),
}
TYPES: Final = {
    "Boolean": "BOOLEAN",
    "Date": "DATE",
    "Float64": "FLOAT",
    "Int64": "INTEGER",
    "List(String)": "LIST<STRING NOT NULL>",
    "String": "STRING",
}
UNIQUE: Final = ("UNIQUENESS", "IS UNIQUE")
PRESENT: Final = ("EXISTENCE", "IS NOT NULL")
STANDING: Final = tuple(
    f"SHOW {what} YIELD type, labelsOrTypes, properties"
    for what in ("CONSTRAINTS", "INDEXES")
)
UNOWNED: Final = """
SHOW INDEXES YIELD name, type, labelsOrTypes, properties, owningConstraint
WHERE type = 'RANGE' AND owningConstraint IS NULL
RETURN name, labelsOrTypes, properties
"""
MOST: Final = 600  # seconds that an index may take to be ready
ROWS: Final = """
CALL () { MATCH (n) RETURN count(n) AS nodes }
CALL () { MATCH ()-[r]->() RETURN count(r) AS ties }
RETURN nodes + ties
"""
FAILED: Final = "ConstraintCreationFailed"  # the rows that are there break it
LOOK: Final = (
    "SHOW CONSTRAINTS and SHOW INDEXES list what is there: drop what stands in the "
    "way, then db.setup() again"
)
MANY: Final = 200_000  # from here on, one transaction for all might take too long


class Rule(NamedTuple):
    """One constraint or index.

    Parameters
    ----------
    name
        Its name in the database.
    sort
        Part of how the database calls its sort, in every version.
    of
        The label or relationship type it is for.
    properties
        What it is on.
    text
        The statement that makes it, unless it is there.
    """

    name: str
    sort: str
    of: str
    properties: tuple[str, ...]
    text: str


def identities(schema: Schema) -> list[Rule]:
    """Return what keeps every node, and the one that speaks of the network, unique.

    A push needs these before it begins: relationships find their ends by them.

    Parameters
    ----------
    schema
        What may exist.

    Examples
    --------
    >>> from orgnet.schema import SCHEMA
    >>> print(identities(SCHEMA)[-1].text)
    CREATE CONSTRAINT `orgnet_unit_id` IF NOT EXISTS FOR (n:`Unit`) REQUIRE n.`id` ...
    """
    labels = (META, *schema.kinds)
    return [_constraint(_named(n, "id"), UNIQUE, n, "id") for n in labels]


def rest(schema: Schema) -> list[Rule]:
    """Return what keeps relationships unique, and the indexes for who looks up.

    Made after the rows are there, which is much quicker than to keep them up to date
    meanwhile.

    Parameters
    ----------
    schema
        What may exist.
    """
    ties = [_unique_tie(type_) for type_ in schema.ties]
    return [*ties, *_lookups(schema), _full_text(schema)]


def enterprise(schema: Schema) -> list[Rule]:
    """Return what only the Enterprise edition and Aura can watch: presence and types.

    On nodes only: others may use relationships of our types between nodes of theirs.

    Parameters
    ----------
    schema
        What may exist.
    """
    return [
        rule for label in schema.kinds for rule in _presence_and_types(schema, label)
    ]


def statements(schema: Schema) -> list[str]:
    """Return the statements that set up any edition, for who runs them by hand.

    Parameters
    ----------
    schema
        What may exist.
    """
    return [rule.text for rule in (*identities(schema), *rest(schema))]


def _named(*parts: str) -> str:
    return "_".join(("orgnet", *(p.lower() for p in parts)))


def _node(label: str) -> str:
    return f"(n:{quoted(label)})"


def _constraint(
    name: str, demand: tuple[str, str], of: str, key: str, pattern: str = ""
) -> Rule:
    sort, words = demand
    text = (
        f"CREATE CONSTRAINT {quoted(name)} IF NOT EXISTS FOR {pattern or _node(of)} "
        f"REQUIRE n.{quoted(key)} {words}"
    )
    return Rule(name, sort, of, (key,), text)


def _unique_tie(type_: str) -> Rule:
    pattern = f"()-[n:{quoted(type_)}]-()"
    return _constraint(_named("tie", type_, "id"), UNIQUE, type_, "id", pattern)


def _lookups(schema: Schema) -> Iterator[Rule]:
    """Return the indexes on captions, and on what queries look up."""
    for label, kind in schema.kinds.items():
        wanted = {*LOOKUPS.get(label, ()), kind.caption}
        for key in sorted(wanted & set(kind.attributes())):
            name = _named(label, key)
            text = (
                f"CREATE INDEX {quoted(name)} IF NOT EXISTS FOR {_node(label)} "
                f"ON (n.{quoted(key)})"
            )
            yield Rule(name, "RANGE", label, (key,), text)


def _full_text(schema: Schema) -> Rule:
    """Return the index of all captions, by pairs of Chinese characters."""
    captions = tuple(sorted({kind.caption for kind in schema.kinds.values()}))
    each = ", ".join(f"n.{quoted(c)}" for c in captions)
    text = (
        f"CREATE FULLTEXT INDEX {quoted(CAPTIONS)} IF NOT EXISTS FOR {_node(OWN)} "
        f"ON EACH [{each}] OPTIONS {{indexConfig: {{`fulltext.analyzer`: 'cjk'}}}}"
    )
    return Rule(CAPTIONS, "FULLTEXT", OWN, captions, text)


def _presence_and_types(schema: Schema, label: str) -> Iterator[Rule]:
    yield _constraint(_named(label, "id", "exists"), PRESENT, label, "id")
    for key, attribute in schema.kinds[label].attributes().items():
        if attribute.required:
            yield _constraint(_named(label, key, "exists"), PRESENT, label, key)
        word = TYPES[str(pl.String() if attribute.vocabulary else attribute.dtype)]
        demand = ("PROPERTY_TYPE", f"IS :: {word}")
        yield _constraint(_named(label, key, "type"), demand, label, key)


def setup(database: "Database", schema: Schema) -> None:
    """Give a database the constraints and indexes of a schema; those it has stay.

    Parameters
    ----------
    database
        The database.
    schema
        What may exist; one that was extended adds its own.

    Raises
    ------
    DatabaseError
        If something of another's stands in the way; it is named.
    """
    rules = [*identities(schema), *rest(schema)]
    if edition(database) != "community":
        rules += enterprise(schema)
    put(database, rules)


def edition(database: "Database") -> str:
    """Return the edition of the server, such as "community"."""
    rows = database.read("CALL dbms.components() YIELD edition RETURN edition", {})
    return str(rows[0][0])


def put(database: "Database", rules: Sequence[Rule]) -> None:
    """Make what is not there of these, and return when all of it is ready.

    Raises
    ------
    DatabaseError
        If something of another's stands in the way; it is named.
    """
    absent = _absent(database, rules)
    if not absent:
        return
    half_made = _half_made(database, absent)
    together = len(absent) if database.read(ROWS, {})[0][0] < MANY else 1
    for first in range(0, len(absent), together):
        database.transact(_make, absent[first : first + together], half_made)
    database.write("CALL db.awaitIndexes($seconds)", {"seconds": MOST})
    absent = _absent(database, rules)
    if absent:
        raise _in_the_way(absent, "another of the same name is there")


def _absent(database: "Database", rules: Sequence[Rule]) -> list[Rule]:
    """Return those that are not there, under whatever name."""
    there = database.read(STANDING[0], {}) + database.read(STANDING[1], {})
    return [
        rule
        for rule in rules
        if not any(
            rule.sort in sort
            and [rule.of] == of
            and list(rule.properties) == properties
            for sort, of, properties in there
        )
    ]


def _half_made(database: "Database", rules: Sequence[Rule]) -> set[str]:
    """Return the constraints of which only the index is there.

    A server that is killed while it makes one leaves that, and refuses to make it then.
    """
    there = {(n, *of, *on) for n, of, on in database.read(UNOWNED, {})}
    demanded = (rule for rule in rules if rule.sort == UNIQUE[0])
    return {r.name for r in demanded if (r.name, r.of, *r.properties) in there}


def _make(
    tx: "ManagedTransaction", rules: Sequence[Rule], half_made: Collection[str]
) -> None:
    """Make these, all or none."""
    # Imported here: what only lists the statements needs no driver.
    from neo4j.exceptions import ClientError
    from neo4j.exceptions import DatabaseError as ServerError

    for rule in rules:
        try:
            # The captions of another schema may be there.
            if rule.name == CAPTIONS or rule.name in half_made:
                tx.run(f"DROP INDEX {quoted(rule.name)} IF EXISTS").consume()
            tx.run(rule.text).consume()
        except (ClientError, ServerError) as error:
            code, why = str(error.code), " ".join(str(error.message).split())
            if ".Schema." not in code:
                raise
            doubled = code.endswith(FAILED) and rule.text == _unique_tie(rule.of).text
            way = way_out(rule.of) if doubled else LOOK
            raise _in_the_way([rule], why, way) from None


def _in_the_way(rules: Sequence[Rule], why: str, way: str = LOOK) -> DatabaseError:
    names = [rule.name for rule in rules]
    msg = (
        f"{len(names)} constraints or indexes were not made: {some(names)}; "
        f"{why.rstrip('.')}. {way}"
    )
    return DatabaseError(msg, names)
