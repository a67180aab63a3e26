"""The checks of whole tables say the same as pydantic says of each row."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from orgnet.schema import SCHEMA
from orgnet.schema.check import ROW, conform
from orgnet.schema.declare import Attribute, Node, Record
from orgnet.schema.identifiers import make_credit_codes

CLASSES = {**SCHEMA.kinds, **SCHEMA.ties}
CREDIT = str(make_credit_codes("91", "510104", 7).item())
TEXTS = (
    *("甲公司", " ", "", "\t\n", "\x1c", "a|b", "2019", "\u3000", "\u200b", "é" * 40),
    *(
        CREDIT,
        CREDIT[:-1] + "*",
        CREDIT[:17],
        CREDIT[8:17],
        "12345678X",
        "C26",
        "C1234",
    ),
    *(
        "c26",
        "Z1",
        "C26x",
        "510104",
        "510104020001",
        "510104020001003",
        "5101",
        "91010",
        "C26\n",
    ),
)
NUMBERS = (-1, 0, 1, 2, 3, 4, 5, 6, 7, 10**12, 10**18, -(10**18))
FLOATS = (
    *(-1.0, 0.0, 0.5, 1.0, 1.5, 95.0, 95.5, 88.12, 88.125, 0.005, 99.999, 0.1 + 0.2),
    *(1e15, 1e300, -0.01, float("inf"), float("-inf"), float("nan")),
)
DAYS = st.dates(date(1999, 1, 1), date(2030, 1, 1)) | st.just(date.max - timedelta(1))
PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "Int64": st.sampled_from(NUMBERS),
    "Float64": st.sampled_from(FLOATS) | st.floats(allow_nan=False, width=32),
    "String": st.sampled_from(TEXTS),
    "Boolean": st.booleans(),
    "Date": DAYS,
    "List(String)": st.lists(st.sampled_from(["甲", "乙", "", None]), max_size=3),
}
EACH = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
)


def cells(attribute: Attribute) -> st.SearchStrategy[Any]:
    if attribute.vocabulary:
        codes = [m.value for m in attribute.vocabulary]
        return st.sampled_from([*codes, codes[0].upper() + "_", "", "甲"]) | st.none()
    return PLAIN[str(attribute.dtype)] | st.none()


def written(attribute: Attribute) -> pl.DataType:
    """Return the type in which rows come in: codes as text."""
    return pl.String() if attribute.vocabulary else attribute.dtype


def frames(declared: type[Record]) -> st.SearchStrategy[list[dict[str, Any]]]:
    names = declared.attributes()
    row = st.fixed_dictionaries({n: cells(a) for n, a in names.items()})
    return st.lists(row, min_size=1, max_size=12)


def ends(declared: type[Record]) -> dict[str, str]:
    if issubclass(declared, Node):
        return {"id": f"{declared.prefix}:x"}
    return {"from": "unit:x", "to": "unit:y"}


def pydantic_says(declared: type[Record], row: dict[str, Any]) -> set[str] | None:
    """Return the fields that pydantic refuses; an empty set if only the whole row."""
    blank = {
        n
        for n, a in declared.attributes().items()
        if row[n] is None and a.default is not None
    }
    said = {n: v for n, v in row.items() if n not in blank}
    try:
        declared.model_validate({**ends(declared), **said})
    except ValidationError as error:
        return {str(e["loc"][0]) for e in error.errors() if e["loc"]}
    return None


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_tables_and_pydantic_agree_on_every_row_and_field(name):
    declared = CLASSES[name]
    attributes = declared.attributes()
    dtypes = {n: written(a) for n, a in attributes.items()}

    @EACH
    @given(frames(declared))
    def agree(rows):
        frame = pl.DataFrame(rows, schema=dtypes, orient="row", strict=False)
        frame = frame.with_columns(
            pl.lit(v).alias(n) for n, v in ends(declared).items()
        )
        kept, findings = conform(declared, frame)
        for number, row in enumerate(frame.iter_rows(named=True)):
            told = {f.column for f in findings if f.row == number}
            refused = pydantic_says(declared, {n: row[n] for n in attributes})
            assert bool(told) == (refused is not None), (row, told, refused)
            assert (refused or set()) <= told, (row, told, refused)
        check_kept(declared, frame, kept, findings)

    agree()


def check_kept(declared, frame, kept, findings):
    """What is kept passes pydantic, and is what was given but for emptied cells."""
    fatal = {f.row for f in findings if f.fatal}
    emptied = {(f.row, f.column) for f in findings if not f.fatal}
    assert set(kept[ROW]) == set(range(frame.height)) - fatal
    for row in kept.iter_rows(named=True):
        number = row.pop(ROW)
        values = {n: row[n] for n in declared.attributes()}
        assert pydantic_says(declared, values) is None
        for name, value in values.items():
            given_ = frame[number, name]
            if isinstance(given_, pl.Series):
                given_ = given_.to_list()
            if (number, name) in emptied:
                assert value is None
            elif given_ is not None:
                assert value == given_


def test_an_accepted_table_is_typed_as_declared():
    frame = pl.DataFrame({"id": ["unit:a"], "name": ["甲"], "kind": ["other"]})
    kept, findings = conform(SCHEMA.kinds["Unit"], frame)
    assert not findings
    for name, attribute in SCHEMA.kinds["Unit"].attributes().items():
        assert kept.schema[name] == attribute.dtype


def test_words_of_a_finding_are_pydantics_and_ours():
    rows = {"id": ["unit:a"], "name": ["甲"], "kind": ["other"], "employees": [-1]}
    _, (finding,) = conform(SCHEMA.kinds["Unit"], pl.DataFrame(rows))
    assert (finding.column, finding.reason, finding.fatal) == (
        "employees",
        "value",
        False,
    )
    assert finding.detail == "Input should be greater than or equal to 0"
    assert finding.detail_zh == "不小于0"
