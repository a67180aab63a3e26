"""Turn tables with text ids into the tables of a network, and name every fault."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from orgnet import faults as f
from orgnet.cycles import on_cycle
from orgnet.errors import NAMED, OrgnetError, UnknownNameError, some
from orgnet.faults import FaultCode, Faults, fault
from orgnet.schema import Schema
from orgnet.schema.check import ROW, Finding, conform, empty
from orgnet.schema.declare import LAST_BASIC_CHARACTER, Node, Record, Tie
from orgnet.schema.vocabulary import AXIS

if TYPE_CHECKING:
    from orgnet.network import Network

Tables = dict[str, pl.DataFrame]
Rows = list[dict[str, Any]]
RARE = f"[\\x{{{LAST_BASIC_CHARACTER + 1:x}}}-\\x{{10ffff}}]"
PROVENANCE = ("source", "source_row")


def build(
    nodes: Mapping[str, pl.DataFrame], ties: Mapping[str, pl.DataFrame], schema: Schema
) -> tuple[tuple[Tables, Tables], Faults]:
    """Check and number the tables of a network.

    Parameters
    ----------
    nodes, ties
        Frames by label and by type, as in ``Network.from_frames``.
    schema
        What may exist.

    Returns
    -------
    tuple
        Node tables and tie tables of every kind and type of the schema; and the faults:
        rejected rows, emptied cells, and what is only worth a warning.
    """
    _known_names(nodes, ties, schema)
    _polars_frames({"nodes": nodes, "ties": ties})
    rows: Rows = []
    kinds = {n: _node_table(nodes.get(n), k, rows) for n, k in schema.kinds.items()}
    places = _places(kinds)
    labels = list(kinds)
    types = {
        n: _tie_table(ties.get(n), t, places, labels, rows)
        for n, t in schema.ties.items()
    }
    rows += _warnings(kinds, types, schema)
    return (kinds, types), Faults(rows)


def _known_names(
    nodes: Mapping[str, object], ties: Mapping[str, object], schema: Schema
) -> None:
    unknown = sorted({*nodes, *ties} - {*schema.kinds, *schema.ties})
    if unknown:
        msg = (
            f"{len(unknown)} names are not in the schema: {some(unknown)}; it has "
            f"{', '.join(schema.kinds)} and the types {', '.join(schema.ties)}"
        )
        raise UnknownNameError(msg, unknown)
    swapped = sorted({*nodes} - {*schema.kinds} | {*ties} - {*schema.ties})
    if swapped:
        msg = (
            f"{len(swapped)} tables stand on the wrong side: {some(swapped)}; "
            "give kinds in nodes= and relationship types in ties="
        )
        raise UnknownNameError(msg, swapped)


def _polars_frames(given: Mapping[str, Mapping[str, object]]) -> None:
    """Refuse tables of other libraries, and say how to turn each into a frame."""
    strange = {
        f"{side}[{name!r}]": frame
        for side, frames in given.items()
        for name, frame in frames.items()
        if not isinstance(frame, pl.DataFrame | None)
    }
    if not strange:
        return
    todo = [
        f"{where} is a {type(frame).__name__}: write {_as_frame(frame)}"
        for where, frame in strange.items()
    ]
    named = "; ".join(todo[:NAMED])
    msg = f"{len(todo)} tables are not polars frames: {named}"
    raise OrgnetError(msg, strange)


def _as_frame(table: object) -> str:
    if isinstance(table, pl.LazyFrame):
        return "table.collect()"
    from_pandas = type(table).__module__.partition(".")[0] == "pandas"
    return "pl.from_pandas(table)" if from_pandas else "pl.DataFrame(table)"


def _node_table(
    frame: pl.DataFrame | None, kind: type[Node], rows: Rows
) -> pl.DataFrame:
    given = pl.DataFrame({"id": []}, {"id": pl.String}) if frame is None else frame
    screen = Screen(kind.label(), rows)
    table = _conformed(screen.name, kind, given, rows)
    table = screen.passed(table, pl.col("id").is_not_null(), f.MISSING_REQUIRED, "id")
    prefix = f"{kind.prefix}:"
    named = pl.col("id").str.starts_with(prefix) & ~pl.col("id").str.contains(r"\|")
    good = named & ~pl.col("id").str.contains(RARE) & (pl.col("id") != prefix)
    table = screen.passed(table, good, f.BAD_ID, "id", prefix)
    first = pl.col("id").is_first_distinct()
    table = screen.passed(table, first, f.DUPLICATE, "id")
    return table.drop(ROW).sort("id")


def _conformed(
    name: str, declared: type[Record], given: pl.DataFrame, rows: Rows
) -> pl.DataFrame:
    """Return the accepted rows, and note undeclared columns and bad cells."""
    ends = ["id"] if issubclass(declared, Node) else ["from", "to"]
    absent = [n for n in ends if n not in given.columns]
    if absent:
        msg = (
            f"the frame of {name} has no column {some(absent)}; it has {given.columns}"
        )
        raise UnknownNameError(msg, absent)
    for column in given.columns:
        if column not in {*declared.attributes(), *ends}:
            held = given[column].len() - given[column].null_count()
            words: dict[str, Any] = {"column": column, "value": held, "detail": name}
            rows.append(fault(f.UNDECLARED_COLUMN, sheet=name, **words))
    whole = _in_whole_yuan(name, declared, given, rows)
    table, findings = conform(declared, whole)
    rows += [_of_finding(name, given, finding) for finding in findings]
    return table


def _in_whole_yuan(
    name: str, declared: type[Record], given: pl.DataFrame, rows: Rows
) -> pl.DataFrame:
    """Round fractions of a yuan, halves to the even yuan, and note each."""
    money = [
        n
        for n, a in declared.attributes().items()
        if a.heading.unit == "CNY"
        and n in given.columns
        and (given.schema[n].is_float() or given.schema[n].is_decimal())
    ]
    for column in money:
        broken = given[column] != given[column].round(0)
        for row in broken.fill_null(value=False).arg_true():
            words = {"column": column, "value": given[row, column]}
            rows.append(fault(f.ROUNDED, **_where(name, given, row), **words))
    return given.with_columns(pl.col(money).round(0))


def _of_finding(name: str, given: pl.DataFrame, finding: Finding) -> dict[str, Any]:
    kinds: dict[str, tuple[FaultCode, FaultCode]] = {
        "missing": (f.MISSING_REQUIRED, f.MISSING_REQUIRED),
        "type": (f.BAD_TYPE, f.BAD_REQUIRED),
        "value": (f.BAD_VALUE, f.BAD_REQUIRED),
        "validity": (f.BAD_VALIDITY, f.BAD_VALIDITY),
    }
    return fault(
        kinds[finding.reason][finding.fatal],
        **_where(name, given, finding.row),
        column=finding.column,
        value=finding.value,
        detail=finding.detail,
        detail_zh=finding.detail_zh,
    )


def _where(name: str, table: pl.DataFrame, row: int) -> dict[str, Any]:
    """Say where a row came from: the roster it was read from, else the frame given."""
    known = [n in table.columns for n in PROVENANCE]
    source = table[row, "source"] if known[0] else None
    source_row = table[row, "source_row"] if known[1] else None
    if source is not None and source_row is not None:
        file, _, sheet = str(source).partition("#")
        return {"file": file, "sheet": sheet or None, "row": source_row}
    number = table[row, ROW] if ROW in table.columns else row
    return {"sheet": name, "row": number + 1}


@dataclass(frozen=True)
class Screen:
    """Lets the good rows of one table pass, and notes a fault for each of the others.

    Parameters
    ----------
    name
        The label or type of the table.
    rows
        Where the faults are noted.
    """

    name: str
    rows: Rows

    def passed(
        self,
        table: pl.DataFrame,
        good: pl.Expr | pl.Series,
        kind: FaultCode,
        column: str,
        detail: str = "",
    ) -> pl.DataFrame:
        """Return the good rows; `column` may name two, joined by a plus sign."""
        mask = table.select(good).to_series() if isinstance(good, pl.Expr) else good
        if mask.all():
            return table
        bad = table.filter(~mask)
        words: dict[str, Any] = {"column": column, "detail": detail or self.name}
        for i in range(bad.height):
            cells = [bad[i, n] for n in column.split("+")]
            value = None if None in cells else " -> ".join(cells)
            where = _where(self.name, bad, i)
            self.rows.append(fault(kind, **where, **words, value=value))
        return table.filter(mask)


def _places(kinds: Tables) -> pl.DataFrame:
    """Return the number and kind of every id."""
    parts = [
        t.select("id", pl.lit(i, pl.Int16).alias("kind"))
        for i, t in enumerate(kinds.values())
    ]
    return pl.concat(parts).with_columns(
        pl.int_range(pl.len(), dtype=pl.Int32).alias("place")
    )


def _tie_table(
    frame: pl.DataFrame | None,
    tie: type[Tie],
    places: pl.DataFrame,
    labels: list[str],
    rows: Rows,
) -> pl.DataFrame:
    empty = {"from": pl.String, "to": pl.String}
    given = pl.DataFrame(schema=empty) if frame is None else frame
    screen = Screen(tie.type(), rows)
    table = _conformed(screen.name, tie, given, rows)
    if table.is_empty():
        return _unnumbered(tie)
    for column, number in (("from", "tail"), ("to", "head")):
        renamed = places.rename(
            {"id": column, "place": number, "kind": f"{number}_kind"}
        )
        given_end = pl.col(column).is_not_null()
        table = screen.passed(table, given_end, f.MISSING_REQUIRED, column)
        table = table.join(renamed, on=column, how="left", maintain_order="left")
        there = pl.col(number).is_not_null()
        table = screen.passed(table, there, f.DANGLING, column)
    allowed = _allowed(tie, table, labels)
    table = screen.passed(table, allowed, f.WRONG_ENDS, "from+to")
    first = pl.struct("tail", "head", *tie.key, "valid_from").is_first_distinct()
    table = screen.passed(table, first, f.DUPLICATE, "from+to")
    order = ["tail", "head", *tie.key, "valid_from"]
    return table.select("tail", "head", *tie.attributes()).sort(order, nulls_last=True)


@cache
def _unnumbered(tie: type[Tie]) -> pl.DataFrame:
    """Return the numbered table of a type without rows."""
    ends = {"tail": pl.Int32, "head": pl.Int32}
    return pl.DataFrame(schema=ends).hstack(empty(tie).drop("from", "to"))


def _allowed(tie: type[Tie], table: pl.DataFrame, labels: list[str]) -> pl.Series:
    """Mark the rows whose end kinds the type may join."""
    pairs = table.select("tail_kind", "head_kind").unique()
    good = [
        (t, h) for t, h in pairs.iter_rows() if tie.ends.allows(labels[t], labels[h])
    ]
    kinds = {"tail_kind": pl.Int16, "head_kind": pl.Int16}
    known = pl.DataFrame(good, schema=kinds, orient="row").with_columns(good=True)
    joined = table.select(*kinds).join(
        known, on=list(kinds), how="left", maintain_order="left"
    )
    return joined["good"].fill_null(value=False)


def _warnings(kinds: Tables, types: Tables, schema: Schema) -> Rows:
    """Name what stays in the network and should be looked at."""
    ids = pl.concat([t["id"] for t in kinds.values()])
    rows: Rows = []
    for name, table in types.items():
        tie = schema.ties[name]
        if table.is_empty():
            continue
        if tie.cardinality != "n:m":
            rows += _several(
                name, table, ids, "tail" if tie.cardinality == "n:1" else "head"
            )
        if tie.acyclic:
            number = on_cycle(
                table["tail"].to_numpy(), table["head"].to_numpy(), ids.len()
            )
            rows += _noted(f.CYCLE, name, ids.gather(np.flatnonzero(number)))
    if "PART_OF" in types and "Area" in kinds:
        rows += _level_faults(kinds["Area"], types["PART_OF"], schema)
    if "SUBORDINATE_TO" in types and "PartyOrganization" in kinds:
        parties = kinds["PartyOrganization"]
        before = list(kinds)[: list(kinds).index("PartyOrganization")]
        first = sum(kinds[label].height for label in before)
        rows += _level_skips(parties, types["SUBORDINATE_TO"], first)
    return rows


def _noted(kind: FaultCode, name: str, ids: pl.Series) -> Rows:
    return [fault(kind, sheet=name, value=i, detail=name) for i in ids]


def _several(name: str, table: pl.DataFrame, ids: pl.Series, end: str) -> Rows:
    """Name the nodes that have several of what there should be one of, at one time."""
    repeated = table.filter(pl.col(end).is_duplicated())
    if "primary" in table.columns and end == "tail":
        repeated = repeated.filter(
            ~pl.col("primary").is_in([False]).fill_null(value=False)
        )
    until = pl.col("valid_to").fill_null(pl.date(9999, 12, 31)).alias("valid_to")
    spans = repeated.select("tail", "head", "valid_from", until)
    whole = _after(spans, "tail", "head").group_by("tail", "head", "stretch")
    stretches = whole.agg(pl.col("valid_from").first(), pl.col("valid_to").max())
    overlapping = _after(stretches, end).filter(pl.col("follows") & ~pl.col("apart"))
    return _noted(f.SEVERAL, name, ids.gather(overlapping[end].unique().sort()))


def _after(spans: pl.DataFrame, *group: str) -> pl.DataFrame:
    """Mark the spans that follow another of their group, and that stand apart from it.

    Spans of one `stretch` run into each other.
    """
    ended = pl.col("valid_to").cum_max().shift().over(group)
    ordered = spans.sort(*group, "valid_from", nulls_last=False).with_columns(
        follows=ended.is_not_null(),
        apart=(pl.col("valid_from") >= ended).fill_null(value=False),
    )
    return ordered.with_columns(stretch=pl.col("apart").cum_sum().over(group))


def _level_skips(parties: pl.DataFrame, ties: pl.DataFrame, first: int) -> Rows:
    """Name the organizations whose superior is on the axis but not one step up."""
    settings = parties["setting"].cast(pl.String)
    below = settings.gather(ties["tail"] - first)
    above = settings.gather(ties["head"] - first)
    expected = below.replace_strict(AXIS, default=None, return_dtype=pl.String)
    skips = (above != expected) & above.is_in([*AXIS, *AXIS.values()])
    tails = ties["tail"].filter(skips.fill_null(value=False)).unique().sort()
    return _noted(f.LEVEL_SKIP, "SUBORDINATE_TO", parties["id"].gather(tails - first))


def _level_faults(areas: pl.DataFrame, part_of: pl.DataFrame, schema: Schema) -> Rows:
    """Name the areas that belong to one whose level is not higher."""
    levels = schema.kinds["Area"].attributes()["level"].vocabulary
    rank = {word.value: i for i, word in enumerate(levels or ())}
    if {"grid", "compound"} <= rank.keys():
        rank["grid"] = rank["compound"]  # beside each other: they cut across
    ranks = (
        areas["level"]
        .cast(pl.String)
        .replace_strict(rank, return_dtype=pl.Int64)
        .to_numpy()
    )
    tail, head = part_of["tail"].to_numpy(), part_of["head"].to_numpy()
    flat = ranks[head] >= ranks[tail]
    return _noted(f.LEVEL_ORDER, "PART_OF", areas["id"].gather(np.unique(tail[flat])))


def difference(old: "Network", new: "Network") -> pl.DataFrame:
    """Say what is added, removed or changed between two networks."""
    names = {**old.schema.kinds, **old.schema.ties}
    names |= {n: c for s in (new.schema.kinds, new.schema.ties) for n, c in s.items()}
    parts = [
        _table_difference(name, _identified(old, declared), _identified(new, declared))
        for name, declared in names.items()
    ]
    return pl.concat(parts).sort("of", "id")


def _identified(net: "Network", declared: type[Record]) -> pl.DataFrame:
    """Return the table of a class with ids; without rows if the network has none."""
    if issubclass(declared, Tie):
        name = declared.type()
        if name in net.schema.ties:
            return net.ties(name).with_columns(id=net.identity(name))
        return empty(declared).with_columns(id=pl.lit("", pl.String))
    if issubclass(declared, Node) and declared.label() in net.schema.kinds:
        return net.nodes(declared.label())
    return empty(declared)


def _table_difference(name: str, old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    ends = {"id", "from", "to"}
    columns = list(dict.fromkeys(c for c in (*old.columns, *new.columns)))
    columns = [c for c in columns if c not in ends]
    lacking = [[c for c in columns if c not in t.columns] for t in (old, new)]
    old, new = (
        t.with_columns(pl.lit(None).alias(c) for c in absent)
        for t, absent in zip((old, new), lacking, strict=True)
    )
    both = old.join(
        new, on="id", how="full", suffix="_new", coalesce=False, nulls_equal=True
    )
    change = (
        pl.when(pl.col("id").is_null())
        .then(pl.lit("added"))
        .when(pl.col("id_new").is_null())
        .then(pl.lit("removed"))
        .otherwise(pl.lit("changed"))
    )
    differing = pl.concat_list(
        pl.when(pl.col(c).ne_missing(pl.col(f"{c}_new"))).then(pl.lit(c))
        for c in columns
    ).list.drop_nulls()
    return (
        both.select(
            change=change,
            of=pl.lit(name),
            id=pl.coalesce("id", "id_new"),
            attributes=differing,
        )
        .filter((pl.col("change") != "changed") | (pl.col("attributes").list.len() > 0))
        .with_columns(
            pl.when(pl.col("change") == "changed")
            .then("attributes")
            .alias("attributes")
        )
    )
