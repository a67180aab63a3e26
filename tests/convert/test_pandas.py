"""Tables in pandas: the same values, and the unknown neither 0 nor false."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from orgnet import coverage
from orgnet.convert.pandas import to_pandas
from orgnet.errors import MissingExtraError
from tests.worlds import network, world

ROOT = Path(__file__).resolve().parents[2]
FRAME = pl.DataFrame(
    {
        "count": [3, None],
        "score": [0.5, None],
        "resident": [False, None],
        "name": ["甲", None],
        "day": [date(2019, 8, 7), None],
        "code": pl.Series(["b", None], dtype=pl.Enum(["a", "b"])),
        "ids": [["x", "y"], None],
        "place": pl.Series([1, None], dtype=pl.Int32),
    }
)


def test_known_values_are_the_same() -> None:
    row = to_pandas(FRAME).iloc[0].to_dict()
    assert row == {**FRAME.row(0, named=True), "day": pd.Timestamp("2019-08-07")}


def test_unknown_values_are_missing() -> None:
    row = to_pandas(FRAME).iloc[1]
    assert row.isna().all()
    assert row["resident"] is pd.NA
    assert row["count"] is pd.NA


def test_types_are_those_that_can_be_missing() -> None:
    types = {name: str(dtype) for name, dtype in to_pandas(FRAME).dtypes.items()}
    assert types == {
        "count": "Int64",
        "score": "Float64",
        "resident": "boolean",
        "name": "string",
        "day": "datetime64[s]",
        "code": "category",
        "ids": "object",
        "place": "Int32",
    }
    assert list(to_pandas(FRAME)["code"].cat.categories) == ["a", "b"]


def test_lists_of_one_length_stay_lists() -> None:
    frame = pl.DataFrame({"ids": [["a", "b"], ["c", "d"]]})
    assert to_pandas(frame)["ids"].to_list() == [["a", "b"], ["c", "d"]]


def test_a_table_without_rows_keeps_its_columns() -> None:
    empty = to_pandas(FRAME.clear())
    assert list(empty.columns) == FRAME.columns
    assert len(empty) == 0


def test_every_table_of_a_network_can_be_had() -> None:
    net = network(world(4))
    for label in net.schema.kinds:
        assert len(to_pandas(net.nodes(label))) == net.counts[label]


def test_an_answer_can_be_had() -> None:
    answer = coverage.gaps(network(world(4)))
    frame = answer.to_pandas()
    assert frame["class"].to_list() == answer.frame["class"].to_list()
    assert len(frame) > 0


def test_pandas_that_is_not_there_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtraError, match="pip install pandas"):
        to_pandas(FRAME)


def test_pyarrow_is_not_needed() -> None:
    program = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from tests.convert.test_pandas import FRAME, to_pandas\n"
        "print(to_pandas(FRAME).shape)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == ["(2,", "8)"]
