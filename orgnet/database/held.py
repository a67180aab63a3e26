"""What a database really holds of a network: tables as they stand, edits by hand too.

What counts as ours is decided here, once: nodes with the label `Orgnet`, relationships
of a declared type between two of these, and on both the declared properties. A value
of another type than declared, which only an edit by hand can have put there, is taken
out of the table and named beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl
from neo4j.time import Date

from orgnet.database.mapping import OWN, quoted
from orgnet.database.rows import packed
from orgnet.schema import Schema
from orgnet.schema.declare import Node, Record, Tie

if TYPE_CHECKING:
    from orgnet.database.database import Database

MARK = "·"  # begins the names of columns that are no attributes
TOKENS = """
CALL () { CALL db.labels() YIELD label RETURN collect(label) AS labels }
CALL () { CALL db.propertyKeys() YIELD propertyKey RETURN collect(propertyKey) AS keys }
RETURN labels, keys
"""
COUNTS = (
    "MATCH (n:{}) RETURN count(n) AS count",
    "MATCH ()-[r:{}]->() RETURN count(r) AS count",
)


class Off(NamedTuple):
    """One cell that holds a value of another type than declared.

    Parameters
    ----------
    row
        Its row in the table.
    column
        The attribute, or `id`.
    value
        What stands there.
    """

    row: int
    column: str
    value: Any


@dataclass(frozen=True)
class Held:
    """What a database holds of one kind or type.

    Parameters
    ----------
    rows
        `id`, or `from`, `to` and `id`; the attributes, codes as text; a column `·Label`
        for each label that was asked for. In no order.
    off
        The cells that are of another type than declared; null in `rows`.
    """

    rows: pl.DataFrame
    off: tuple[Off, ...] = ()


@dataclass(frozen=True)
class Scope:
    """Which part of a database is looked at.

    Parameters
    ----------
    kinds
        The kinds of node; null for every kind.
    elements
        The element ids of the nodes, by kind; null for all nodes.
    day
        The day on which nodes and relationships must be valid; null for any.
    """

    kinds: tuple[str, ...] | None = None
    elements: Mapping[str, Sequence[str]] | None = None
    day: date | None = None

    @property
    def label(self) -> str:
        """The label expression of our nodes in it."""
        if self.kinds is None:
            return OWN
        return f"{OWN}&({'|'.join(quoted(k) for k in self.kinds)})"


EVERYTHING = Scope()


class Tokens(NamedTuple):
    """The names that a database knows, and those of a schema of which it holds none."""

    labels: frozenset[str]
    keys: frozenset[str]
    empty: frozenset[str]


def tokens(database: "Database", schema: Schema) -> Tokens:
    """Return the names that a database knows.

    To ask for a name that it does not know is no error, but the server warns of it, and
    each column and table that is not asked for is quicker. It knows whatever has a
    constraint, so the counts that it keeps tell what it holds none of.
    """
    labels, keys = database.read(TOKENS, {})[0]
    parts = [  # of all, so that the text, and with it the plan, is always the same
        text.format(quoted(name))
        for text, names in zip(COUNTS, (schema.kinds, schema.ties), strict=True)
        for name in names
    ]
    counts = database.read("\nUNION ALL\n".join(parts), {}) if parts else []
    names = (*schema.kinds, *schema.ties)
    empty = {n for n, (count,) in zip(names, counts, strict=True) if not count}
    return Tokens(*map(frozenset, (labels, keys, empty)))


def held_nodes(
    database: "Database",
    kind: type[Node],
    known: Tokens,
    scope: Scope = EVERYTHING,
    *,
    labels: Sequence[str] = (),
) -> Held:
    """Return the nodes of a kind that a database holds, and which of labels they have.

    Parameters
    ----------
    database
        The database.
    kind
        The kind.
    known
        The names that the database knows.
    scope
        Which of the nodes.
    labels
        The labels, each a column of yes and no in `rows`, its name marked with `·`.
    """
    marks = {MARK + n: f"n:{quoted(n)}" for n in labels}
    wanted = None if scope.elements is None else scope.elements.get(kind.label(), ())
    nothing = kind.label() in known.empty or (wanted is not None and not wanted)
    if OWN not in known.labels or nothing:
        return _empty(kind, marks)
    where = [valid("n")]
    if wanted is not None:
        where.append("elementId(n) IN $p.elements")
    columns = {
        "id": "n.id",
        **{n: _value("n", n, known) for n in kind.attributes()},
        **marks,
    }
    match = _matching(f"(n:{quoted(kind.label())}&{OWN})", where)
    return _held(database, kind, match, columns, {"day": scope.day, "elements": wanted})


def held_ties(
    database: "Database", tie: type[Tie], known: Tokens, scope: Scope = EVERYTHING
) -> Held:
    """Return the relationships of a type that a database holds between our nodes."""
    if OWN not in known.labels or tie.type() in known.empty:
        return _empty(tie)
    pattern = f"(a:{scope.label})-[r:{quoted(tie.type())}]->(b:{scope.label})"
    columns = {
        "from": "a.id",
        "to": "b.id",
        "id": "r.id",
        **{n: _value("r", n, known) for n in tie.attributes()},
    }
    given: dict[str, Any] = {"day": scope.day}
    where = [valid("a", "r", "b")]
    if scope.elements is not None:
        given["elements"] = list(chain(*scope.elements.values()))
        where += [f"elementId({end}) IN $p.elements" for end in "ab"]
    return _held(database, tie, _matching(pattern, where), columns, given)


def _matching(pattern: str, where: Sequence[str]) -> str:
    return f"MATCH {pattern}\nWHERE {' AND '.join(where)}"


def unmarked(database: "Database", schema: Schema, known: Tokens) -> list[list[str]]:
    """Return id and labels of nodes with the label of a kind and not that of ours."""
    kinds = [quoted(k) for k in schema.kinds if k in known.labels]
    if not kinds:
        return []
    text = (
        f"MATCH (n:{'|'.join(kinds)}) WHERE NOT n:{OWN} "
        "RETURN coalesce(toStringOrNull(n.id), elementId(n)) AS id, "
        "labels(n) AS labels ORDER BY id"
    )
    return [[i, ":".join(labels)] for i, labels in database.read(text, {})]


def typed(
    declared: type[Record], columns: Mapping[str, list[Any]], off: list[Off]
) -> pl.DataFrame:
    """Return columns of values as a frame, and put cells of another type into `off`."""
    height = len(next(iter(columns.values())))
    return pl.DataFrame(
        [
            _series(name, columns[name], dtype, off)
            if name in columns
            else pl.Series(name, [None], dtype).new_from_index(0, height)
            for name, dtype in _types(declared, columns).items()
        ]
    )


def _types(declared: type[Record], marks: Iterable[str] = ()) -> dict[str, pl.DataType]:
    """Return the columns of a table of what is held; codes are text, right or wrong."""
    ends = ["id"] if issubclass(declared, Node) else ["from", "to", "id"]
    types: dict[str, pl.DataType] = dict.fromkeys(ends, pl.String())
    for name, attribute in declared.attributes().items():
        types[name] = pl.String() if attribute.vocabulary else attribute.dtype
    return types | {n: pl.Boolean() for n in marks if n.startswith(MARK)}


def _empty(declared: type[Record], marks: Iterable[str] = ()) -> Held:
    return Held(pl.DataFrame(schema=_types(declared, marks)))


def _value(of: str, name: str, known: Tokens) -> str:
    return f"{of}.{quoted(name)}" if name in known.keys else ""


def valid(*names: str) -> str:
    """Return the condition that all of these are valid on `$p.day`, if one is given."""
    each = [
        f"coalesce({n}.valid_from <= $p.day, true) "
        f"AND coalesce($p.day < {n}.valid_to, true)"
        for n in names
    ]
    return f"($p.day IS NULL OR {' AND '.join(each)})"


def _held(
    database: "Database",
    declared: type[Record],
    match: str,
    columns: Mapping[str, str],
    given: Mapping[str, Any],
) -> Held:
    """Ask for the columns that are known, and return them typed."""
    asked = {name: text for name, text in columns.items() if text}
    returned = ", ".join(f"{text} AS {quoted(n)}" for n, text in asked.items())
    text = packed(f"{match}\nRETURN {returned}", list(asked))
    rows = [row for (part,) in database.read(text, {"p": given}) for row in part]
    if not rows:
        return _empty(declared, asked)
    values = dict(zip(asked, map(list, zip(*rows, strict=True)), strict=True))
    off: list[Off] = []
    return Held(typed(declared, values, off), tuple(off))


def _series(
    name: str, values: list[Any], dtype: pl.DataType, off: list[Off]
) -> pl.Series:
    """Return a column in its type; what is of another type is null in it."""
    plain = PLAIN[type(dtype)]
    if not set(map(type, values)) <= {plain, type(None)} or plain is list:
        for row, value in enumerate(values):
            if value is not None and not _is(value, plain):
                off.append(Off(row, name, value))
                values[row] = None
    if plain is Date:
        values = [None if v is None else v.to_native() for v in values]
    return pl.Series(name, values, dtype)


def _is(value: Any, plain: type) -> bool:
    """Tell whether a value is of a type; a list must be one of texts."""
    if plain is list:
        return type(value) is list and all(type(item) is str for item in value)
    return type(value) is plain  # not isinstance: true is no number


PLAIN: dict[type[pl.DataType], type] = {
    pl.Boolean: bool,
    pl.Date: Date,
    pl.Float64: float,
    pl.Int64: int,
    pl.List: list,
    pl.String: str,
}
