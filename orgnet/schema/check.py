"""Check whole tables against a declaration: vectorised, every fault at once.

Only rows that fail are shown to pydantic, for its words.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import polars as pl
from pydantic import ValidationError

from orgnet.schema.declare import Attribute, Node, Record

EXPLAINED = 200  # failing rows a table that pydantic is asked to put into words
ROW = "__row__"  # no attribute may be called so


@dataclass(frozen=True)
class Finding:
    """One thing found wrong with one cell or row of a table.

    Parameters
    ----------
    row
        Row of the table as it was given, from 0.
    column
        The attribute; null if the whole row is meant.
    value
        What stood there.
    reason
        missing, type, value or validity.
    detail, detail_zh
        What would be accepted, in both languages.
    fatal
        Whether the row is rejected; if not, the cell is emptied.
    """

    row: int
    column: str | None
    value: object
    reason: str
    detail: str
    detail_zh: str
    fatal: bool


def typed(declared: type[Record], frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with the declared columns and types, unreadable cells emptied.

    Columns that are not given get their default, as do the blanks of one that every
    row needs; columns that are not declared go.
    """
    columns = []
    for name, attribute in declared.attributes().items():
        default = pl.lit(attribute.default, attribute.dtype)
        if name not in frame.columns:
            columns.append(default.alias(name))
            continue
        read = _cast(frame.schema[name], attribute)
        if attribute.required and attribute.default is not None:
            read = pl.when(pl.col(name).is_null()).then(default).otherwise(read)
        columns.append(read.alias(name))
    return frame.select(*_ends(declared, frame), *columns)


def _ends(declared: type[Record], frame: pl.DataFrame) -> list[pl.Expr]:
    names = ["id"] if issubclass(declared, Node) else ["from", "to"]
    return [
        pl.col(n).cast(pl.String)
        if _readable(frame.schema[n], pl.String())
        else _null(pl.String()).alias(n)
        for n in names
    ]


def _cast(given: pl.DataType, attribute: Attribute) -> pl.Expr:
    """Return the column in its declared type, null where it cannot be read."""
    column, wanted = pl.col(attribute.name), attribute.dtype
    if given == wanted:
        return column
    if not _readable(given, wanted):
        return _null(wanted).alias(attribute.name)
    if isinstance(given, pl.Categorical | pl.Enum):
        column, given = column.cast(pl.String), pl.String()
    if isinstance(wanted, pl.Enum):
        text = column.cast(pl.String, strict=False)
        read = pl.when(text.is_in(wanted.categories.implode())).then(text).cast(wanted)
    elif isinstance(wanted, pl.Date) and not given.is_temporal():
        # a bare number is not a date: it would be read as days since 1970
        is_text = given == pl.String
        read = (
            column.str.to_date("%Y-%m-%d", strict=False) if is_text else _null(wanted)
        )
    elif isinstance(wanted, pl.Boolean) and given == pl.String:
        codes = {"true": True, "false": False}
        read = column.replace_strict(codes, default=None, return_dtype=pl.Boolean)
    elif isinstance(wanted, pl.Boolean) and given.is_numeric():
        read = pl.when((column == 0) | (column == 1)).then(column == 1)
    elif isinstance(wanted, pl.Int64) and (given.is_float() or given.is_decimal()):
        read = pl.when(column == column.floor()).then(column).cast(wanted, strict=False)
    else:
        read = column.cast(wanted, strict=False)
    return read.alias(attribute.name)


def _readable(given: pl.DataType, wanted: pl.DataType) -> bool:
    """Tell whether any value of a type can be read as one of another."""
    if isinstance(given, pl.Null):
        return True
    if isinstance(wanted, pl.List):
        return isinstance(given, pl.List) and not given.inner.is_nested()
    if given.is_nested() or isinstance(given, pl.Object | pl.Binary | pl.Duration):
        return False
    if isinstance(wanted, pl.Date):
        return not isinstance(given, pl.Time)
    return isinstance(wanted, pl.String | pl.Enum) or not given.is_temporal()


def _null(dtype: pl.DataType) -> pl.Expr:
    return pl.lit(None, dtype)


def conform(
    declared: type[Record], frame: pl.DataFrame
) -> tuple[pl.DataFrame, list[Finding]]:
    """Split a table into what is accepted and what was found.

    Parameters
    ----------
    declared
        The class that the rows should be.
    frame
        One column an attribute; any column order, any types that can be read.

    Returns
    -------
    tuple
        The accepted rows, with the declared columns and types and their row numbers in
        the column `__row__`, bad optional cells emptied; and the findings, by row.
    """
    if frame.is_empty():
        return empty(declared).with_columns(pl.lit(0, pl.Int64).alias(ROW)), []
    table = typed(declared, frame).with_columns(pl.int_range(pl.len()).alias(ROW))
    findings = [
        finding
        for attribute in _suspect(declared, frame, table)
        for finding in _cell_findings(attribute, frame, table[attribute.name])
    ]
    findings += _validity_findings(table)
    if not findings:
        return table, []
    kept = _without(table, findings)
    words = _explained(declared, frame, findings)
    explained = [
        replace(f, detail=words.get((f.row, f.column), f.detail)) for f in findings
    ]
    return kept, sorted(explained, key=lambda f: (f.row, f.column or ""))


@cache
def empty(declared: type[Record]) -> pl.DataFrame:
    """Return the table of a declaration without rows."""
    ends = ["id"] if issubclass(declared, Node) else ["from", "to"]
    attributes = {n: a.dtype for n, a in declared.attributes().items()}
    return pl.DataFrame(schema={**dict.fromkeys(ends, pl.String), **attributes})


def _suspect(
    declared: type[Record], frame: pl.DataFrame, table: pl.DataFrame
) -> list[Attribute]:
    """Return the attributes in whose column anything is wrong, by one pass over all."""
    attributes = declared.attributes()
    refused = {
        n: pl.any_horizontal(*((~c.expression(pl.col(n))).any() for c in a.checks))
        for n, a in attributes.items()
        if a.checks
    }
    failed = table.select(**refused).row(0, named=True) if refused else {}
    nulls = table.null_count().row(0, named=True)
    given = frame.null_count().row(0, named=True)
    return [
        a
        for n, a in attributes.items()
        if failed.get(n)
        or (a.required and nulls[n])
        or (n in given and given[n] != nulls[n])
    ]


def _cell_findings(
    attribute: Attribute, frame: pl.DataFrame, column: pl.Series
) -> Iterator[Finding]:
    """Find the cells of one column that are missing, unreadable or not accepted."""
    name, fatal = attribute.name, attribute.required
    if name in frame.columns:
        given = frame[name]
        for row in (column.is_null() & given.is_not_null()).arg_true():
            yield Finding(row, name, given[row], "type", *_kind(attribute), fatal)
        missing = given.is_null() & column.is_null()
    else:
        missing = column.is_null()
    if fatal:
        for row in missing.arg_true():
            yield Finding(row, name, None, "missing", "", "", fatal=True)
    passed = pl.Series([True]).new_from_index(0, column.len())
    for check in attribute.checks:
        good = column.to_frame().select(check.expression(pl.col(name))).to_series()
        for row in (passed & ~good.fill_null(value=True)).arg_true():
            yield Finding(
                row, name, column[row], "value", check.message, check.zh, fatal
            )
        passed &= good.fill_null(value=True)


def _kind(attribute: Attribute) -> tuple[str, str]:
    """Say what is expected, in English and Chinese."""
    if attribute.vocabulary:
        codes = [m.value for m in attribute.vocabulary]
        return f"expected one of {', '.join(codes)}", f"规定的代码：{'、'.join(codes)}"
    words = {
        pl.Int64: ("expected a whole number", "整数"),
        pl.Float64: ("expected a number", "数值"),
        pl.Boolean: ("expected true or false", "是否值"),
        pl.Date: ("expected a date such as 2019-08-07", "日期"),
    }
    return words.get(type(attribute.dtype), ("expected text", "文本"))


def _validity_findings(table: pl.DataFrame) -> list[Finding]:
    wrong = table.filter(pl.col("valid_from") >= pl.col("valid_to"))
    rows = wrong.select(ROW, "valid_from", "valid_to").iter_rows()
    return [
        Finding(r, None, f"{a} / {b}", "validity", "", "", fatal=True)
        for r, a, b in rows
    ]


def _without(table: pl.DataFrame, findings: list[Finding]) -> pl.DataFrame:
    """Empty the bad optional cells, then leave out the rejected rows."""
    emptied: dict[str, list[int]] = {}
    for f in findings:
        if not f.fatal and f.column:
            emptied.setdefault(f.column, []).append(f.row)
    kept = table.with_columns(
        pl.when(~pl.col(ROW).is_in(rows)).then(pl.col(name)).alias(name)
        for name, rows in emptied.items()
    )
    rejected = {f.row for f in findings if f.fatal}
    return kept.filter(~pl.col(ROW).is_in(list(rejected))) if rejected else kept


def _explained(
    declared: type[Record], frame: pl.DataFrame, findings: list[Finding]
) -> dict[tuple[int, str | None], str]:
    """Return pydantic's words for the failing cells of the first failing rows."""
    words: dict[tuple[int, str | None], str] = {}
    fields = {*declared.attributes(), "id", "from", "to"} & set(frame.columns)
    for row in sorted({f.row for f in findings})[:EXPLAINED]:
        given = frame.select(fields).row(row, named=True)
        try:
            declared.model_validate(given)
        except ValidationError as error:
            for e in error.errors():
                words[row, str(e["loc"][0]) if e["loc"] else None] = e["msg"]
    return words
