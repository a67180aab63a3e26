"""What in a database no longer fits the schema, row by row, with ids."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from orgnet.database.errors import DatabaseError
from orgnet.database.held import MARK, Held, Off, Tokens, unmarked
from orgnet.database.mapping import META, OWN, quoted
from orgnet.errors import some
from orgnet.faults import (
    BAD_REQUIRED,
    BAD_TYPE,
    MISSING_REQUIRED,
    UNDECLARED_COLUMN,
    Effect,
    FaultCode,
    Faults,
    fault,
)
from orgnet.schema import Schema
from orgnet.schema.check import _kind as words_of_type

if TYPE_CHECKING:
    from orgnet.database.database import Database
    from orgnet.network import Network

Row = dict[str, Any]
Tables = Mapping[str, Held]
ENDS: Final = ("id", "from", "to")
NO_KIND: Final = FaultCode(
    "no_kind",
    Effect.ROW_REJECTED,
    "{value} has the label Orgnet and that of no kind",
    "{value} 有 Orgnet 标签，但没有任何节点类型的标签",
    "db.sync(net) puts the label back; or SET n:Unit, or whatever it is, by hand",
    "请运行 db.sync(net) 恢复标签，或手工补上类型标签",
)
UNMARKED: Final = FaultCode(
    "unmarked",
    Effect.ROW_REJECTED,
    "{value} has the label of a kind and not the label Orgnet",
    "{value} 有节点类型的标签，但没有 Orgnet 标签",
    "SET n:Orgnet if it is the network's; else give it another label",
    "如属本网络请补上 Orgnet 标签，否则请改用其他标签",
)
NOT_OURS: Final = FaultCode(
    "not_ours",
    Effect.NOTED,
    "{value} {column} in the database are not orgnet's and were left out",
    "数据库中有{value}个{detail}不属于本网络，未读入",
    "nothing: they stay as they are",
    "无需处理：原样保留",
)


class DamagedNetworkError(DatabaseError):
    """A network in a database no longer fits the schema: somebody edited it by hand.

    Parameters
    ----------
    network
        What could be kept.
    faults
        What could not, and why; it may hold warnings too.
    """

    def __init__(self, network: "Network", faults: Faults) -> None:
        self.network, self.faults = network, faults
        bad = damage(faults).frame
        named = [f"{v} ({m})" for v, m in bad.select("value", "message").iter_rows()]
        msg = (
            f"{len(named)} things in the database no longer fit the schema: "
            f"{some(named)}. Put them right with the network that was pushed, "
            "db.sync(net); or take what fits, net, faults = db.salvage()"
        )
        super().__init__(msg, bad["value"].to_list())


def damage(faults: Faults) -> Faults:
    """Return the faults that are no mere warnings."""
    return Faults(faults.frame.filter(pl.col("effect") != Effect.NOTED.value))


def frames(tables: Tables, *, numbered: bool = False) -> dict[str, pl.DataFrame]:
    """Return what is held as Network.from_frames takes it.

    A whole number where a fraction may stand, and the reverse, is taken as what it is:
    to a query they are the same. Other values of a wrong type are null.

    Parameters
    ----------
    tables
        What is held, by kind and type.
    numbered
        Whether faults should give rows of these frames, not rows of the first source.
    """
    found = {}
    for name, held in tables.items():
        rows = held.rows.select(c for c in held.rows.columns if not c.startswith(MARK))
        for off in held.off:
            rows[off.row, off.column] = _as_declared(off, rows.schema[off.column])
        if "from" in rows.columns:
            rows = rows.drop("id")  # it follows from the others
        if numbered:
            rows = rows.with_columns(pl.lit(None, pl.Int64).alias("source_row"))
        found[name] = rows
    return found


def _as_declared(off: Off, dtype: pl.DataType) -> Any:
    """Return a value of a wrong type in the right one; null if it cannot be."""
    value = off.value
    if off.column in ENDS:
        return str(value)  # no id, and what it is then shows in the fault
    if type(value) in {int, float} and dtype.is_numeric():
        return value if dtype.is_float() or value == int(value) else None
    return None


def named(faults: Faults, tables: Tables, schema: Schema) -> Iterator[Row]:
    """Return faults of numbered :func:`frames`, with ids in place of rows.

    Parameters
    ----------
    faults
        The faults.
    tables
        What is held.
    schema
        What may exist.
    """
    off = {
        (name, o.row, o.column): o.value
        for name, held in tables.items()
        for o in held.off
        if _as_declared(o, held.rows.schema[o.column]) is None
    }
    for row in faults:
        place = (row["sheet"], (row["row"] or 0) - 1, row["column"])
        if row["row"] is None or row["sheet"] not in tables:
            yield row
        elif row["code"] != MISSING_REQUIRED.code or place not in off:
            yield row | {"row": None, "value": _shown(tables, place, row["value"])}
    for place, value in off.items():
        name, _, column = place
        attribute = schema[name].attributes()[column]
        en, zh = words_of_type(attribute)
        yield fault(
            BAD_REQUIRED if attribute.required else BAD_TYPE,
            sheet=name,
            column=column,
            value=_shown(tables, place, repr(value)),
            detail=en,
            detail_zh=zh,
        )


def _shown(tables: Tables, place: tuple[str, int, str], value: str | None) -> str:
    """Return the id of a row, and what stands in a cell of it."""
    name, number, column = place
    row = tables[name].rows.row(number, named=True)
    given = {o.column: o.value for o in tables[name].off if o.row == number}
    row |= {n: str(v) for n, v in given.items() if n in ENDS}
    ends = f"{row.get('from')} -> {row.get('to')}"
    who = row["id"] or (ends if "from" in row else "a node without id")
    whole = column in {None, "from+to", *ENDS} or value is None
    return str(who) if whole else f"{who}: {value}"


def wrongly_labelled(
    database: "Database", schema: Schema, known: Tokens
) -> Iterator[Row]:
    """Return a fault for each node with the label of no kind, or only with that.

    Parameters
    ----------
    database
        The database.
    schema
        What may exist.
    known
        The labels in use.
    """
    for id_, labels in unmarked(database, schema, known):
        yield fault(UNMARKED, sheet=labels, value=id_)
    if OWN not in known.labels:
        return
    kinds = "|".join(map(quoted, schema.kinds))
    text = (
        f"MATCH (n:{OWN}) WHERE NOT n:{kinds} "
        "RETURN coalesce(toStringOrNull(n.id), elementId(n)) AS id ORDER BY id"
    )
    for (id_,) in database.read(text, {}):
        yield fault(NO_KIND, sheet=OWN, value=id_)


def left_out(database: "Database", tables: Tables, schema: Schema) -> Iterator[Row]:
    """Return notes of what is in a database and not ours."""
    text = (
        "CALL () { MATCH (n) RETURN count(n) AS nodes } "
        "CALL () { MATCH ()-[r]->() RETURN count(r) AS ties } "
        f"CALL () {{ MATCH (n:{OWN}|{META}) RETURN count(n) AS ours }} "
        "RETURN nodes - ours, ties"
    )
    nodes, ties = database.read(text, {})[0]
    ties -= sum(tables[n].rows.height for n in schema.ties)
    for count, en, zh in ((nodes, "nodes", "节点"), (ties, "relationships", "关系")):
        if count:
            yield fault(NOT_OURS, column=en, value=count, detail=zh)
    for name, held in tables.items():
        if held.rows.height:
            for key, count in _foreign_properties(database, name, schema):
                words = {"column": key, "value": count, "detail": name}
                yield fault(UNDECLARED_COLUMN, sheet=name, **words)


def _foreign_properties(
    database: "Database", name: str, schema: Schema
) -> list[list[Any]]:
    """Count the properties on nodes or relationships of ours that nobody declared."""
    label = quoted(name)
    pattern = f"(x:{label}&{OWN})" if name in schema.kinds else _between(label)
    text = (
        f"MATCH {pattern} UNWIND keys(x) AS key WITH key WHERE NOT key IN $declared "
        "RETURN key, count(*) AS held ORDER BY key"
    )
    return database.read(text, {"declared": ["id", *schema[name].attributes()]})


def _between(type_: str) -> str:
    return f"(:{OWN})-[x:{type_}]->(:{OWN})"
