"""A network as a plain networkx graph, and back without loss."""

import gc
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import chain
from typing import Any, TypeAlias

import networkx as nx
import numpy as np
import numpy.typing as npt
import polars as pl

from orgnet.errors import OrgnetError, UnknownNameError, some
from orgnet.faults import UNDECLARED_COLUMN, Effect, FaultCode, Faults, fault
from orgnet.files import fingerprint
from orgnet.network import Network
from orgnet.schema import SCHEMA, Schema
from orgnet.schema.declare import Attribute, Record

Attributes = dict[str, Any]
Graph: TypeAlias = "nx.MultiDiGraph[str]"

NO_LABEL = FaultCode(
    "no_label",
    Effect.ROW_REJECTED,
    "node {value} has no kind: label {detail} is not in the schema",
    "节点 {value} 没有类别：schema中没有 label {detail}",
    "set graph.nodes[node]['label'] to one of SCHEMA.kinds",
    "请将 graph.nodes[node]['label'] 设为 SCHEMA.kinds 之一",
)
NO_TYPE = FaultCode(
    "no_type",
    Effect.ROW_REJECTED,
    "edge {value} has no relationship type: type {detail} is not in the schema",
    "边 {value} 没有关系类型：schema中没有 type {detail}",
    "set the edge's attribute 'type' to one of SCHEMA.ties",
    "请将该边的 type 属性设为 SCHEMA.ties 之一",
)
READABLE: dict[type[pl.DataType], tuple[type, ...]] = {
    pl.Boolean: (bool, np.bool_),
    pl.Int64: (int, np.integer),
    pl.Float64: (float, int, np.floating, np.integer),
    pl.Date: (date,),
    pl.List: (list, tuple),
}


def to_networkx(
    net: Network,
    *,
    ties: Sequence[str] | None = None,
    nodes: Sequence[str] | None = None,
    attributes: bool | Sequence[str] = True,
) -> Graph:
    """Return a plain networkx graph of a network, the caller's own.

    A node's key is its id, an edge's key its type and a number, "COVERS:0" for the
    first from one node to another. What is unknown is left out. Provenance is in the
    attribute `source`, so give ``nx.node_link_data`` other names for the ends.

    Parameters
    ----------
    net
        The network.
    ties
        The relationship types to take; all if not given.
    nodes
        The labels to take; all if not given. Ties to other kinds are left out.
    attributes
        The attributes to take: all, none or those named. `label` of nodes and `type`
        of edges are always there.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes by id, edges by type and end points. Dates are ``datetime.date``, codes
        text, lists Python lists. `graph.graph` holds title, synthetic, complete
        (sorted) and the fingerprint of the schema.

    Raises
    ------
    UnknownNameError
        If a type, label or attribute is not in the schema.

    Examples
    --------
    >>> unit = pl.DataFrame({"id": ["unit:a"], "name": ["甲"], "kind": ["other"]})
    >>> net, _ = Network.from_frames({"Unit": unit}, {})
    >>> net.to_networkx().nodes["unit:a"]
    {'label': 'Unit', 'name': '甲', 'kind': 'other'}
    """
    labels = _chosen(nodes, net.schema.kinds, "kind")
    types = _chosen(ties, net.schema.ties, "relationship type")
    wanted = _wanted(net.schema, attributes)
    graph: Graph = nx.MultiDiGraph()
    graph.graph |= {
        "title": net.title,
        "synthetic": net.synthetic,
        "complete": sorted(net.complete),
        "schema": fingerprint(net.schema),
    }
    with _collector_off():
        kept = _fill_nodes(graph, net, labels, wanted)
        inside = net.kept(kept) if len(labels) < len(net.schema.kinds) else net
        for name in types:
            _fill_edges(graph, inside, name, wanted)
    return graph


def _chosen(
    names: Sequence[str] | None, declared: Collection[str], what: str
) -> list[str]:
    if isinstance(names, str):
        names = [names]
    unknown = sorted(set(names or ()) - set(declared))
    if unknown:
        msg = f"no {what} {some(unknown)}; there are: {', '.join(declared)}"
        raise UnknownNameError(msg, unknown)
    return [n for n in declared if names is None or n in names]


def _wanted(schema: Schema, attributes: bool | Sequence[str]) -> frozenset[str]:  # noqa: FBT001
    """Return the names of the attributes to take."""
    records = chain(schema.kinds.values(), schema.ties.values())
    declared = dict.fromkeys(chain.from_iterable(r.attributes() for r in records))
    if isinstance(attributes, bool):
        return frozenset(declared if attributes else ())
    return frozenset(_chosen(attributes, declared, "attribute"))


@contextmanager
def _collector_off() -> Iterator[None]:
    """Keep Python from looking for garbage among a million new dicts."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _fill_nodes(
    graph: Any, net: Network, labels: list[str], wanted: frozenset[str]
) -> npt.NDArray[np.bool_]:
    """Put the nodes of these kinds in, and mark them by number."""
    kept = np.zeros(len(net), dtype=bool)
    for label in labels:
        table = net.node_tables[label]
        kept[net.offsets[label] : net.offsets[label] + table.height] = True
        keys = table["id"].to_list()
        rows = _rows(table, "label", label, wanted)
        graph._node.update(zip(keys, rows, strict=True))  # noqa: SLF001  see _fill_edges
        for neighbours in (graph._adj, graph._pred):  # noqa: SLF001
            neighbours.update((key, {}) for key in keys)
    return kept


def _fill_edges(graph: Any, net: Network, name: str, wanted: frozenset[str]) -> None:
    """Put the edges of one type in, into networkx's own dicts.

    Its public methods take three times as long, for they look everything up anew.
    """
    table = net.tie_tables[name]
    if not table.height:
        return
    ids = list(graph._node)  # noqa: SLF001
    after, before = (list(d.values()) for d in (graph._adj, graph._pred))  # noqa: SLF001
    tails, heads = table["tail"].to_list(), table["head"].to_list()
    numbers = _numbers(table)
    keys = [f"{name}:{n}" for n in range(max(numbers, default=-1) + 1)]
    rows = _rows(table, "type", name, wanted)
    for tail, head, number, row in zip(tails, heads, numbers, rows, strict=True):
        neighbours, node = after[tail], ids[head]
        if node in neighbours:
            neighbours[node][keys[number]] = row
        else:
            edges = {keys[number]: row}
            neighbours[node] = before[head][ids[tail]] = edges


def _numbers(table: pl.DataFrame) -> list[int]:
    """Return the number of each relationship among those with its ends, from 0."""
    tail, head = table["tail"].to_numpy(), table["head"].to_numpy()
    again = np.zeros(table.height, dtype=bool)  # the table is sorted by its ends
    again[1:] = (tail[1:] == tail[:-1]) & (head[1:] == head[:-1])
    row = np.arange(table.height)
    first = np.maximum.accumulate(np.where(again, 0, row))
    return (row - first).tolist()


def _rows(
    table: pl.DataFrame, key: str, name: str, wanted: frozenset[str]
) -> list[Attributes]:
    """Return one dict a row: its label or type, and the attributes that are known."""
    rows: list[Attributes] = [{key: name} for _ in range(table.height)]
    for column in table:
        if column.name not in wanted or column.null_count() == table.height:
            continue
        known = column.is_not_null()
        places = known.arg_true().to_list() if column.null_count() else None
        values = _values(column.filter(known) if places else column)
        attribute = column.name
        if places is None:
            for row, value in zip(rows, values, strict=True):
                row[attribute] = value
        else:
            for place, value in zip(places, values, strict=True):
                rows[place][attribute] = value
    return rows


def _values(column: pl.Series) -> list[Any]:
    """Return plain values, each text and date one object to save memory."""
    values = column.to_list()
    if column.dtype.is_nested() or column.dtype.is_numeric():
        return values
    first: dict[Any, Any] = {}
    return [first.setdefault(v, v) for v in values]


def from_networkx(graph: Any, *, schema: Schema = SCHEMA) -> tuple[Network, Faults]:
    """Make a network of a networkx graph, and say what was wrong.

    The inverse of :func:`to_networkx`, for graphs that were edited too. A node without
    `label` is of the kind that its id begins with, an edge without `type` of the type
    that its key begins with. NaN is unknown.

    Parameters
    ----------
    graph
        A directed graph; `label` on its nodes and `type` on its edges.
    schema
        What may exist.

    Returns
    -------
    tuple
        The network, and the faults. In a fault `sheet` is the label or type, and `row`
        the place among the nodes or edges of it, from 1; or file, sheet and row of the
        roster, where the attributes `source` and `source_row` name them.

    Raises
    ------
    OrgnetError
        If the graph is undirected.

    Examples
    --------
    >>> graph = nx.MultiDiGraph()
    >>> graph.add_node("unit:a", label="Unit", name="甲", kind="other")
    >>> net, faults = from_networkx(graph)
    >>> net.nodes("Unit")["name"].to_list(), len(faults)
    (['甲'], 0)
    """
    if not graph.is_directed():
        msg = (
            f"{type(graph).__name__} is undirected, so that from and to are lost: "
            f"make it with net.to_networkx() or as networkx.MultiDiGraph"
        )
        raise OrgnetError(msg)
    rows: list[dict[str, Any]] = []
    with _collector_off():
        nodes = {
            label: _frame(schema.kinds[label], ("id",), found, rows)
            for label, found in _by_label(graph, schema, rows).items()
        }
        ties = {
            name: _frame(schema.ties[name], ("from", "to"), found, rows)
            for name, found in _by_type(graph, schema, rows).items()
        }
    told = graph.graph
    net, faults = Network.from_frames(
        nodes,
        ties,
        schema=schema,
        complete=told.get("complete", ()),
        synthetic=bool(told.get("synthetic", False)),
        title=str(told.get("title", "")),
    )
    return net, Faults.joined([Faults(rows), faults])


class _Found:
    """The nodes of one label, or the edges of one type: keys and attributes."""

    def __init__(self) -> None:
        self.keys: list[tuple[Any, ...]] = []
        self.rows: list[Attributes] = []

    def add(self, key: tuple[Any, ...], row: Attributes) -> None:
        self.keys.append(key)
        self.rows.append(row)


def _by_label(
    graph: Any, schema: Schema, rows: list[dict[str, Any]]
) -> dict[str, _Found]:
    found = {label: _Found() for label in schema.kinds}
    for node, data in graph.nodes(data=True):
        label = data.get("label")
        if label is None:
            label = schema.label_of_prefix.get(str(node).partition(":")[0])
        if isinstance(label, str) and label in found:
            found[label].add((node,), data)
        else:
            rows.append(fault(NO_LABEL, column="label", value=node, detail=repr(label)))
    return {label: f for label, f in found.items() if f.keys}


def _by_type(
    graph: Any, schema: Schema, rows: list[dict[str, Any]]
) -> dict[str, _Found]:
    found = {name: _Found() for name in schema.ties}
    edges = (
        graph.edges(keys=True, data=True)
        if graph.is_multigraph()
        else ((*ends, "", data) for *ends, data in graph.edges(data=True))
    )
    for tail, head, key, data in edges:
        name = data.get("type")
        if name is None:
            name = str(key).partition(":")[0] or None
        if isinstance(name, str) and name in found:
            found[name].add((tail, head), data)
        else:
            value = f"{tail} -> {head}"
            rows.append(fault(NO_TYPE, column="type", value=value, detail=repr(name)))
    return {name: f for name, f in found.items() if f.keys}


def _frame(
    record: type[Record],
    ends: tuple[str, ...],
    found: _Found,
    rows: list[dict[str, Any]],
) -> pl.DataFrame:
    """Return the table of one kind or type, and note attributes it does not declare."""
    columns = [
        pl.Series(end, list(map(str, keys)), pl.String)
        for end, keys in zip(ends, zip(*found.keys, strict=True), strict=True)
    ]
    attributes = record.attributes()
    columns += [_column(a, found.rows) for a in attributes.values()]
    name, key = record.__name__, "label"
    if len(ends) == len(("from", "to")):
        name, key = record.type(), "type"  # type: ignore[attr-defined]
    for extra in dict.fromkeys(chain.from_iterable(found.rows)):
        if extra != key and extra not in attributes:
            held = sum(row.get(extra) is not None for row in found.rows)
            words: dict[str, Any] = {
                "column": str(extra),
                "value": held,
                "detail": name,
            }
            rows.append(fault(UNDECLARED_COLUMN, sheet=name, **words))
    return pl.DataFrame(columns)


def _column(attribute: Attribute, rows: list[Attributes]) -> pl.Series:
    """Return one attribute as a column; as text where a value is of no fitting type."""
    name = attribute.name
    default = attribute.default if attribute.required else None
    values = [row.get(name, default) for row in rows]
    types = set(map(type, values)) - {type(None)}
    readable = READABLE.get(type(attribute.dtype), (str,))
    if all(issubclass(t, readable) and not issubclass(t, datetime) for t in types):
        try:
            column = pl.Series(name, values, attribute.dtype, strict=True)
        except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
            pass
        else:
            return column.fill_nan(None) if column.dtype.is_float() else column
    return pl.Series(name, list(map(_text, values)), pl.String)


def _text(value: Any) -> str | None:
    """Write a value as the tables' checks read it."""
    if value is None or value != value:  # noqa: PLR0124  NaN and NaT differ from themselves
        return None
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[s]").item()
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        value = value.date()
    if isinstance(value, float | np.floating) and value.is_integer():
        value = int(value)
    return str(value)
