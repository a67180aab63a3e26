"""Frames of nodes and relationships with the columns that the schema declares."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from orgnet.schema import SCHEMA

Frame: TypeAlias = pl.DataFrame
Groups: TypeAlias = dict[str, pl.DataFrame]
Part: TypeAlias = tuple[str, pl.DataFrame]
Column: TypeAlias = pl.Series | npt.NDArray[np.generic]


def node(label: str, frame: Frame) -> Part:
    """Return the declared columns of a frame of nodes; the others only helped."""
    declared = SCHEMA.kinds[label].attributes()
    known = [pl.col(n).cast(a.dtype) for n, a in declared.items() if n in frame.columns]
    return label, frame.select("id", *known)


def tie(name: str, tail: pl.Series, head: pl.Series, /, **attributes: Any) -> Part:
    """Return relationships from these nodes to those, all of a type.

    An attribute is one value for all of them, or a column.
    """
    declared = SCHEMA.ties[name].attributes()
    given = {"source": "synthetic", **attributes}
    columns = [
        pl.Series(n, v, strict=False).cast(declared[n].dtype)
        if isinstance(v, pl.Series | np.ndarray)
        else pl.lit(v, declared[n].dtype).alias(n)
        for n, v in given.items()
    ]
    ends = pl.DataFrame({"from": tail, "to": head})
    return name, ends.with_columns(columns)


def joined(parts: list[Part]) -> dict[str, Frame]:
    """Put parts of one kind or type together, in the order they come."""
    frames: dict[str, list[Frame]] = {}
    for name, frame in parts:
        frames.setdefault(name, []).append(frame)
    return {n: pl.concat(fs, how="diagonal") for n, fs in frames.items()}


def later(day: pl.Series, days: npt.NDArray[np.int64]) -> pl.Series:
    """Return the days so many days after these."""
    return (day.cast(pl.Int32) + pl.Series(days.astype(np.int32))).cast(pl.Date)


def ids(*frames: Frame) -> pl.Series:
    """Return the ids of some groups, one group after another."""
    return pl.concat([f["id"] for f in frames])


def numbers(frame: Frame, column: str) -> npt.NDArray[np.int64]:
    """Return a helping column of whole numbers."""
    return frame[column].to_numpy().astype(np.int64)


def flags(frame: Frame, column: str) -> npt.NDArray[np.bool_]:
    """Return a helping column of marks."""
    return frame[column].to_numpy().astype(np.bool_)
