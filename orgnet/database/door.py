"""The door for queries of one's own: they read, and can do nothing else.

Three locks. The session is opened for reading, in which the server refuses to write.
The server is asked first to plan the query and to say of what kind it is. And the plan
is looked through for what reads and yet does harm: files, other people's transactions,
procedures and functions that are not Neo4j's own. The plan is what the server will do,
whatever the text looks like; a query within an expression stands in it as text.
"""

import re
from collections.abc import Iterator, Mapping
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl
from neo4j import READ_ACCESS, ManagedTransaction, unit_of_work
from neo4j import graph as neo4j_graph
from neo4j.exceptions import ClientError
from neo4j.time import Date

from orgnet.database.errors import DatabaseError, in_our_words
from orgnet.database.rows import frame, packed
from orgnet.database.twins import FOLDERS, keys, plain
from orgnet.database.twins import parameters as twin_parameters
from orgnet.errors import UnknownNameError, some
from orgnet.query import Question, catalogue

if TYPE_CHECKING:
    from orgnet.database.database import Database

PROCEDURES: Final = frozenset(
    {
        "db.index.fulltext.listAvailableAnalyzers",
        "db.index.fulltext.queryNodes",
        "db.index.fulltext.queryRelationships",
        "db.info",
        "db.labels",
        "db.ping",
        "db.propertyKeys",
        "db.relationshipTypes",
        "db.schema.nodeTypeProperties",
        "db.schema.relTypeProperties",
        "db.schema.visualization",
        "dbms.components",
        "dbms.info",
    }
)
OWN_SPACES: Final = frozenset(  # in which Neo4j's own functions with a dot stand
    {
        "date",
        "datetime",
        "duration",
        "graph",
        "localdatetime",
        "localtime",
        "point",
        "time",
        "vector",
    }
)
OWN_FUNCTIONS: Final = frozenset({"db.nameFromElementId"})
OF_SERVER: Final = frozenset(  # what a query that the server counts as its own may do
    {"Filter", "Limit", "ProcedureCall", "ProduceResults", "Projection", "Sort", "Top"}
)
SHOWS: Final = frozenset(
    {"ShowConstraints", "ShowFunctions", "ShowIndexes", "ShowProcedures"}
)
LOADS: Final = re.compile(r"\bLOAD\s+CSV\b", re.IGNORECASE)
CALLS: Final = re.compile(r"(`?\w+`?(?:\.`?\w+`?)+)\(")


class RefusedQueryError(DatabaseError):
    """A query was not run, since it does more than read the graph."""


class Operator(NamedTuple):
    """One thing that the server would do for a query.

    Parameters
    ----------
    name
        What it does, such as "NodeByLabelScan".
    database
        Where.
    details
        With what.
    """

    name: str
    database: str
    details: str


class Source(NamedTuple):
    """A query: its text, and the question if it is a twin."""

    text: str
    question: Question | None = None


def run(
    database: "Database",
    query: Path | str,
    parameters: Mapping[str, Any] | None = None,
    *,
    timeout: float | None = None,
) -> pl.DataFrame:
    """Run a query that reads, and return its rows.

    Parameters
    ----------
    database
        The database.
    query
        The text, or the path of a file that ends in `.cypher`. What stands in `queries`
        is found wherever orgnet is installed: "queries/coverage/gaps.cypher".
    parameters
        Its parameters. The query of a question of the catalogue takes those of the
        question, what is not given as the question has it; any key that its header
        lists; or all of its map as `p`.
    timeout
        Seconds it may take; if not given, those of the connection.

    Returns
    -------
    polars.DataFrame
        The columns as they are returned. A node or relationship is given by its `id`, a
        path by those of its nodes; values that are of several types are given as text.

    Raises
    ------
    RefusedQueryError
        If it does more than read the graph. It says what, and what to do instead.
    DatabaseError
        If the server does not take it; the words are the server's.
    UnknownNameError
        If there is no such file or parameter, or a parameter is missing.
    """
    source = _source(query)
    given = dict(parameters or {})
    if source.question is not None and "p" not in given:
        given = {"p": _of_twin(database, source.question, source.text, given)}
    work = unit_of_work(timeout=database.timeout if timeout is None else timeout)(_read)
    try:
        with in_our_words(database.name), database.session(READ_ACCESS) as session:
            return session.execute_read(work, source, given)
    except ClientError as error:
        msg = f"the server does not take the query: {error.message}"
        raise DatabaseError(msg, [error.code]) from None


def _read(
    tx: ManagedTransaction, source: Source, given: dict[str, Any]
) -> pl.DataFrame:
    """Look at the plan of a query, then run it."""
    explained = tx.run(f"EXPLAIN {source.text}", given)
    names = list(explained.keys())
    summary = explained.consume()
    check(summary.query_type, _operators(summary.plan or {}))
    columns = source.question.columns if source.question is not None else ()
    if names and names == [c.name for c in columns]:
        parts = tx.run(packed(source.text, names), given).values()
        rows = [row for (part,) in parts for row in part]
        return frame(rows, {c.name: c.dtype for c in columns})
    return _frame(names, tx.run(source.text, given).values())


def check(kind: str | None, operators: Iterator[Operator]) -> None:
    """Refuse a query that does more than read the graph.

    Parameters
    ----------
    kind
        What the server says it is: r, rw, w or s.
    operators
        What the server would do.

    Raises
    ------
    RefusedQueryError
        If it does; all reasons are in `items`.
    """
    plan = list(operators)
    reasons = sorted({reason for o in plan for reason in _reasons(o)})
    if kind in {"w", "rw"}:
        reasons.insert(0, "it would write: change the network and db.sync(net) instead")
    elif kind != "r" and not {o.name for o in plan} <= OF_SERVER:
        reasons.insert(
            0,
            "it is a command to the server or about its indexes: give it by hand in "
            "Neo4j Browser, or use db.setup() and db.clear()",
        )
    if reasons:
        msg = (
            "the query was not run, for run() only reads the graph 只读: "
            f"{'; '.join(reasons)}"
        )
        raise RefusedQueryError(msg, reasons)


def _reasons(operator: Operator) -> Iterator[str]:
    """Say why an operator is refused; nothing if it is not."""
    name, details = operator.name, operator.details
    if name == "LoadCSV" or LOADS.search(details):
        yield "it reads a file or an address by LOAD CSV: read that with polars instead"
    if name.startswith("Terminate"):
        yield "it ends transactions of others"
    if name.startswith("Show") and name not in SHOWS:
        yield f"it looks at the server ({name}): ask that in Neo4j Browser"
    if name.startswith("Transaction"):
        yield "it opens transactions of its own: leave IN TRANSACTIONS out"
    if operator.database == "system":
        yield "it asks the database system: ask that in Neo4j Browser"
    called = set(CALLS.findall(details))
    if name == "ProcedureCall":
        called.add(details.partition("(")[0])
    for unknown in sorted(c for c in called if not _is_known(c.replace("`", ""))):
        yield (
            f"it calls {unknown}, which is not among what may be called: "
            f"{', '.join(sorted(PROCEDURES))} and Neo4j's own functions"
        )


def _is_known(name: str) -> bool:
    space = name.partition(".")[0].lower()
    return name in PROCEDURES | OWN_FUNCTIONS or space in OWN_SPACES


def _operators(plan: Mapping[str, Any]) -> Iterator[Operator]:
    """Go through all that stands in a plan."""
    if not plan:
        return
    name, _, database = plan["operatorType"].partition("@")
    yield Operator(name, database, str(plan.get("args", {}).get("Details") or ""))
    for child in plan.get("children", ()):
        yield from _operators(child)


def _source(query: Path | str) -> Source:
    """Return the text of a query that is given as text or by its path."""
    written = str(query).strip()
    if not isinstance(query, Path) and not re.fullmatch(r"[^\n]+\.cypher", written):
        return Source(written)
    path = Path(written)
    inside = path.parts[1:] if path.parts[:1] == ("queries",) else path.parts
    for file in (path, *(folder.joinpath(*inside) for folder in FOLDERS)):
        if file.is_file():
            name = f"{path.parent.name}.{path.stem}"
            text = file.read_text(encoding="utf-8")
            asked = catalogue().get(name) if keys(text) else None
            return Source(text, asked.question if asked is not None else None)
    there = sorted(
        f"queries/{module.name}/{file.name}"
        for folder in FOLDERS
        if folder.is_dir()
        for module in folder.iterdir()
        if module.is_dir()
        for file in module.iterdir()
        if file.name.endswith(".cypher")
    )
    msg = f"no file {written!r}; orgnet has {len(there)}: {some(there)}"
    raise UnknownNameError(msg, [written])


def _of_twin(
    database: "Database", question: Question, text: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the map of a twin, what is not given as the question has it."""
    known = keys(text)
    unknown = sorted({*given} - {*question.parameters, *known})
    takes = ", ".join(dict.fromkeys((*question.parameters, *known)))
    if unknown:
        msg = f"{question.name} has no parameter {some(unknown)}; it takes {takes}"
        raise UnknownNameError(msg, unknown)
    declared = list(signature(question.body).parameters.values())[1:]
    filled = {p.name: p.default for p in declared if p.default is not p.empty}
    filled |= {n: v for n, v in given.items() if n in question.parameters}
    missing = [n for n in question.parameters if n not in filled]
    if missing:
        msg = f"{question.name} needs {some(missing)}; it takes {takes}"
        raise UnknownNameError(msg, missing)
    prepared = question.prepare(database, filled) if question.prepare else filled
    own = {n: plain(v) for n, v in given.items() if n not in question.parameters}
    return twin_parameters(text, prepared, database.complete) | own


def _frame(names: list[str], rows: list[list[Any]]) -> pl.DataFrame:
    """Return rows as a frame in the types that their values have."""
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return pl.DataFrame(
        [
            _series(name, [_value(v) for v in values])
            for name, values in zip(names, columns, strict=True)
        ]
    )


def _series(name: str, values: list[Any]) -> pl.Series:
    kinds = set(map(type, values)) - {type(None)}
    if kinds == {int, float}:
        return pl.Series(name, values, pl.Float64)
    if len(kinds) <= 1:
        try:
            return pl.Series(name, values)
        except (TypeError, pl.exceptions.PolarsError):
            pass  # lists or maps of several types
    return pl.Series(name, [None if v is None else str(v) for v in values])


def _value(value: Any) -> Any:
    """Return a value of the driver as one of Python's."""
    if isinstance(value, Date):
        return value.to_native()
    if isinstance(value, (neo4j_graph.Node, neo4j_graph.Relationship)):
        return str(value.get("id", value.element_id))
    if isinstance(value, neo4j_graph.Path):
        return [_value(node) for node in value.nodes]
    if isinstance(value, list):
        return [_value(item) for item in value]
    if isinstance(value, dict):
        return {key: _value(item) for key, item in value.items()}
    plain_types = (bool, int, float, str, bytes, bytearray, type(None))
    return value if isinstance(value, plain_types) else str(value)
