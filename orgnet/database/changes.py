"""What must change in a database so that it holds a network, and nothing else of ours.

Both sides are compared value by value, the database's as it really stands: an edit by
hand is seen, whatever it was.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from orgnet.database.errors import DatabaseError
from orgnet.database.held import (
    MARK,
    Held,
    Off,
    Tokens,
    held_nodes,
    held_ties,
    tokens,
    typed,
    unmarked,
)
from orgnet.database.mapping import OWN, quoted
from orgnet.errors import NAMED, some
from orgnet.schema.declare import Node, Tie

if TYPE_CHECKING:
    from orgnet.database.database import Database
    from orgnet.network import Network
    from orgnet.schema import Schema

HELD: Final = f"{MARK}held"  # ends the names of columns that the database gave
OFF: Final = f"{MARK}off"
LIST: Final = pl.List(pl.String())
YES: Final = pl.lit(value=True)
SHOWN: Final = {
    "change": pl.String(),
    "of": pl.String(),
    "id": pl.String(),
    "attributes": LIST,
}
NO_ID: Final = "{0}.id IS NULL OR NOT {0}.id IS :: STRING"
ZH: Final = {"added": "增", "changed": "改", "removed": "删"}


class Stray(NamedTuple):
    """A node or relationship of ours that kind and id do not tell.

    Parameters
    ----------
    element
        What Neo4j calls it.
    id
        Its id, whatever that is.
    shown
        What a reader knows it by.
    """

    element: str
    id: Any
    shown: str


@dataclass(frozen=True)
class TableChanges:
    """What must change of one kind or type, or of nodes of no kind.

    Parameters
    ----------
    name
        The label or type.
    rows
        One row a change: `change`, `id`, `attributes` (those that differ), and what is
        wanted. Labels stand in `attributes` too, with a colon before them.
    held
        How many there are now.
    strays
        What must go and is told by its element only.
    relabelled
        Nodes that are wanted and have not the label of just their kind, by id.
    """

    name: str
    rows: pl.DataFrame
    held: int
    strays: tuple[Stray, ...] = ()
    relabelled: tuple[Stray, ...] = ()

    def of(self, *changes: str) -> pl.DataFrame:
        """Return the rows with one of these changes."""
        return self.rows.filter(pl.col("change").is_in(changes))

    @property
    def removed(self) -> int:
        """How many must go."""
        return self.of("removed").height + len(self.strays)

    @property
    def frame(self) -> pl.DataFrame:
        """The changes as they are shown."""
        named = self.rows.select(
            "change",
            pl.lit(self.name).alias("of"),
            "id",
            pl.when(pl.col("change") == "changed").then("attributes"),
        )
        rows = [("removed", self.name, s.shown, None) for s in self.strays]
        return pl.concat([named, pl.DataFrame(rows, SHOWN, orient="row")])


@dataclass(frozen=True, repr=False)
class Changes:
    """What a sync does or would do: what is added, changed and removed.

    Parameters
    ----------
    tables
        By kind and by type.
    network
        What differs of the network itself: `title`, `synthetic`, `complete`; `state` if
        it is not whole; `content` if it is not the network that was pushed.
    refusal
        Why it would be refused; empty if it would not.
    written
        What the server counted as written; null if nothing was applied.
    """

    tables: Mapping[str, TableChanges]
    network: tuple[str, ...] = ()
    refusal: str = ""
    written: Mapping[str, int] | None = None
    frame: pl.DataFrame = field(init=False)

    def __post_init__(self) -> None:
        """List the changes as Network.diff does."""
        parts = [t.frame for t in self.tables.values()]
        frame = pl.concat([pl.DataFrame(schema=SHOWN), *parts]).sort("of", "id")
        object.__setattr__(self, "frame", frame)

    def __len__(self) -> int:
        """Return how many nodes and relationships change."""
        return self.frame.height

    @property
    def counts(self) -> pl.DataFrame:
        """How many change: `of`, `change`, `count`; by both."""
        counted = self.frame.group_by("of", "change").len("count")
        return counted.sort("of", "change")

    def __repr__(self) -> str:
        """Say how many of each kind and type change, and name up to five of each."""
        done = "to do 待办" if self.written is None else "done 已完成"
        head = f"<sync: {len(self):,} changes, {done}>"
        if not len(self) and not self.network:
            head = "<sync: the database holds the network 已一致>"
        lines = [head, *self._lines()]
        if self.network:
            lines.append(f"  network 网络: {', '.join(self.network)}")
        if self.refusal:
            lines.append(f"  would be refused 将被拒绝: {self.refusal}")
        if self.written is not None:
            counted = ", ".join(f"{n} {c:,}" for n, c in self.written.items() if c)
            lines.append(f"  written 写入: {counted or 0}")
        return "\n".join(lines)

    def _lines(self) -> Iterator[str]:
        for of, change, count in self.counts.iter_rows():
            same = self.frame.filter(
                (pl.col("of") == of) & (pl.col("change") == change)
            )
            named = [
                f"{id_} ({', '.join(attributes[:NAMED])})" if attributes else id_
                for id_, attributes in same.head(NAMED + 1)
                .select("id", "attributes")
                .iter_rows()
            ]
            more = f" and {count - NAMED:,} more" if count > NAMED else ""
            shown = ", ".join(named[:NAMED])
            yield f"  {of} {change} {ZH[change]} {count:,}: {shown}{more}"


def changes(
    database: "Database", net: "Network", names: Collection[str] | None = None
) -> dict[str, TableChanges]:
    """Return what must change, by kind and type; `Orgnet` stands for nodes of no kind.

    Parameters
    ----------
    database
        The database.
    net
        The network that it should hold.
    names
        The kinds and types to look at; all if not given.

    Raises
    ------
    DatabaseError
        If nodes with a label of ours are not marked as ours, or several have one id.
    """
    known = tokens(database, net.schema)
    _refuse_unmarked(database, net.schema, known)
    lost = _lost_nodes(database, net.schema, known)
    roles = _roles(net.schema)
    found = {
        n: _nodes(net, kind, held_nodes(database, kind, known, labels=roles), lost)
        for n, kind in net.schema.kinds.items()
        if names is None or n in names
    }
    back = {node.element for table in found.values() for node in table.relabelled}
    strays = [n.stray for n in lost if n.stray.element not in back]
    found |= {
        n: _ties(database, net, tie, held_ties(database, tie, known))
        for n, tie in net.schema.ties.items()
        if names is None or n in names
    }
    nothing = pl.DataFrame(schema=SHOWN)
    return found | {OWN: TableChanges(OWN, nothing, 0, tuple(strays))}


def _refuse_unmarked(database: "Database", schema: "Schema", known: Tokens) -> None:
    """Refuse a database in which nodes with a label of ours are not marked as ours."""
    found = [" ".join(node) for node in unmarked(database, schema, known)]
    if found:
        msg = (
            f"{len(found)} nodes have a label that orgnet uses and not the label {OWN}:"
            f" {some(found)}. So they are not orgnet's: give them another label; or, if"
            f" they are the network's and lost it by hand, SET n:{OWN}"
        )
        raise DatabaseError(msg, found)


class Lost(NamedTuple):
    """One of our nodes that has no id, or not the label of just the kind of its id."""

    stray: Stray
    labels: list[str]
    properties: dict[str, Any]


def _lost_nodes(database: "Database", schema: "Schema", known: Tokens) -> list[Lost]:
    if OWN not in known.labels:
        return []
    text = (
        f"MATCH (n:{OWN}) "
        "WHERE size([label IN labels(n) WHERE label IN $p.kinds]) <> 1 "
        f"OR {NO_ID.format('n')} "
        "OR NOT coalesce($p.of_prefix[split(toStringOrNull(n.id), ':')[0]], '') "
        "IN labels(n) "
        "RETURN elementId(n) AS element, n.id, labels(n), properties(n) "
        "ORDER BY element"
    )
    given = {"kinds": list(schema.kinds), "of_prefix": schema.label_of_prefix}
    rows = database.read(text, {"p": given})
    return [
        Lost(_stray(element, id_, str(element)), labels, properties)
        for element, id_, labels, properties in rows
    ]


def _stray(element: str, id_: Any, otherwise: str) -> Stray:
    return Stray(element, id_, id_ if isinstance(id_, str) else otherwise)


def _nodes(
    net: "Network", kind: type[Node], held: Held, lost: list[Lost]
) -> TableChanges:
    """Compare the nodes of a kind; those that lost its label are found by their ids."""
    label = kind.label()
    roles = {MARK + n: pl.lit(value=False) for n in _roles(net.schema)}
    roles |= {MARK + r.label: r.condition for r in kind.roles}
    wanted = net.nodes(label).with_columns(YES.alias(MARK + label), **roles)
    double = [n.stray.id for n in lost if label in n.labels]  # or of another kind
    proper = _proper(held).filter(~_among("id", double))
    missing = {*wanted["id"]} - {*proper["id"]}
    back = [n for n in _first_of_each(lost) if n.stray.id in missing]
    found = [proper.with_columns(YES.alias(MARK + label))]
    if back:
        found.append(_restored(kind, back, _roles(net.schema)))
    columns = found[0].columns
    rows = _compared(label, wanted, pl.concat(f.select(columns) for f in found))
    relabelled = tuple(n.stray for n in back)
    return TableChanges(label, rows, held.rows.height, (), relabelled)


def _ties(
    database: "Database", net: "Network", tie: type[Tie], held: Held
) -> TableChanges:
    """Compare the relationships of a type."""
    name = tie.type()
    wanted = net.ties(name).with_columns(net.identity(name).alias("id"))
    proper = _proper(held)
    rows = _compared(name, wanted, proper)
    strays: list[Stray] = []
    if proper.height < held.rows.height:
        text = (
            f"MATCH (a:{OWN})-[r:{quoted(name)}]->(b:{OWN}) WHERE {NO_ID.format('r')} "
            "RETURN elementId(r) AS element, r.id, a.id, b.id ORDER BY element"
        )
        strays = [
            _stray(element, id_, f"{tail} -> {head}")
            for element, id_, tail, head in database.read(text, {})
        ]
    return TableChanges(name, rows, held.rows.height, tuple(strays))


def _first_of_each(lost: Iterable[Lost]) -> Iterator[Lost]:
    """Return of all that have one id the first, of those whose id is a text."""
    seen = set()
    for node in lost:
        if isinstance(node.stray.id, str) and node.stray.id not in seen:
            seen.add(node.stray.id)
            yield node


def _among(name: str, ids: Collection[Any]) -> pl.Expr:
    texts = [i for i in ids if isinstance(i, str)]
    return pl.col(name).is_in(pl.Series(texts, dtype=pl.String).implode())


def _roles(schema: "Schema") -> list[str]:
    """Return the labels of all roles."""
    return [role.label for kind in schema.kinds.values() for role in kind.roles]


def _restored(kind: type[Node], lost: list[Lost], roles: list[str]) -> pl.DataFrame:
    """Return nodes that lost the label of their kind as rows of it."""
    names = ["id", *kind.attributes()]
    columns = {n: [node.properties.get(n) for node in lost] for n in names}
    columns |= {MARK + role: [role in node.labels for node in lost] for role in roles}
    off: list[Off] = []
    rows = _proper(Held(typed(kind, columns, off), tuple(off)))
    return rows.with_columns(pl.lit(value=False).alias(MARK + kind.label()))


def _proper(held: Held) -> pl.DataFrame:
    """Return what has an id, and in `·off` which cells are of a wrong type."""
    off: dict[int, list[str]] = {}
    for cell in held.off:
        off.setdefault(cell.row, []).append(cell.column)
    names = pl.lit(None, LIST).alias(OFF)
    if off:
        listed = [off.get(i) for i in range(held.rows.height)]
        names = pl.lit(pl.Series(OFF, listed, LIST))
    rows = held.rows.with_columns(names)
    return rows.filter(pl.col("id").is_not_null())


def _compared(name: str, wanted: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Return the changes of one table: `change`, `id`, `attributes`, what is wanted."""
    twice = found["id"].filter(found["id"].is_duplicated()).unique().sort().to_list()
    if twice:
        msg = (
            f"{len(twice)} ids of {name} stand several times in the database: "
            f"{some(twice)}. Delete all but one of each by hand; db.setup() then keeps "
            "them apart"
        )
        raise DatabaseError(msg, twice)
    codes = [n for n, t in wanted.schema.items() if isinstance(t, pl.Enum)]
    wanted = wanted.with_columns(pl.col(codes).cast(pl.String))
    columns = [n for n in wanted.columns if n != "id"]
    both = wanted.join(found, on="id", how="full", suffix=HELD, coalesce=False)
    differing = pl.concat_list(
        pl.when(pl.col(n).ne_missing(pl.col(n + HELD))).then(pl.lit(_shown(n)))
        for n in columns
    )
    change = (
        pl.when(pl.col("id" + HELD).is_null())
        .then(pl.lit("added"))
        .when(pl.col("id").is_null())
        .then(pl.lit("removed"))
        .otherwise(pl.lit("changed"))
    )
    every = differing.list.concat(pl.col(OFF).fill_null([])).list.drop_nulls()
    return both.select(
        change.alias("change"),
        pl.coalesce("id", "id" + HELD),
        every.list.unique(maintain_order=True).alias("attributes"),
        *columns,
    ).filter((pl.col("change") != "changed") | (pl.col("attributes").list.len() > 0))


def _shown(column: str) -> str:
    """Return the name of a column as a reader sees it: labels with a colon."""
    return f":{column.removeprefix(MARK)}" if column.startswith(MARK) else column
