"""Rows out of Neo4j: packed on the wire, in their declared types at the end."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl
from neo4j.time import Date

PACKED = 1000  # rows a record: a record costs about as much as 25 rows


def packed(text: str, columns: Sequence[str]) -> str:
    """Wrap a reading query so that its rows come in lists of about a thousand.

    Parameters
    ----------
    text
        The query, as it stands in a file.
    columns
        What it returns, in order.

    Notes
    -----
    A query that begins with `CYPHER 5` or `CYPHER 25` keeps that in front. The order of
    rows is kept: `collect` takes them as they come.
    """
    body = text.strip().rstrip(";")
    names = ", ".join(f"`{name}`" for name in columns)
    return (
        f"CALL () {{\n{body}\n}}\n"
        f"WITH collect([{names}]) AS found\n"
        f"UNWIND range(0, size(found) - 1, {PACKED}) AS first\n"
        f"RETURN found[first..first + {PACKED}] AS part"
    )


def frame(
    rows: Iterable[Sequence[Any]], schema: Mapping[str, pl.DataType]
) -> pl.DataFrame:
    """Return rows of values as a frame in these types."""
    columns: list[list[Any]] = [list(c) for c in zip(*rows, strict=True)]
    if not columns:
        return pl.DataFrame(schema=schema)
    return pl.DataFrame(
        [
            pl.Series(name, _native(values, dtype), dtype)
            for (name, dtype), values in zip(schema.items(), columns, strict=True)
        ]
    )


def _native(values: list[Any], dtype: pl.DataType) -> list[Any]:
    """Turn the driver's dates into Python's."""
    if dtype != pl.Date:
        return values
    return [v.to_native() if isinstance(v, Date) else v for v in values]
