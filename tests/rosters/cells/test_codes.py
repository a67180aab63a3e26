import numpy as np
import polars as pl
import pytest

from orgnet.rosters.cells import area_code, credit_code, grid_code, organization_code
from orgnet.schema.identifiers import make_credit_codes

GOOD = str(make_credit_codes("91", "510104", 12_345_678).item())
ORGANIZATION = GOOD[8:17]


def of(*cells: str | None) -> pl.Series:
    return pl.Series("码", cells, dtype=pl.String)


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) for c in text)


def spaced(text: str, gap: str) -> str:
    return gap.join(text[i : i + 4] for i in range(0, len(text), 4))


@pytest.mark.parametrize(
    "cell",
    [
        *(GOOD, GOOD.lower(), wide(GOOD), f" {GOOD}\n", f"'{GOOD}", f"’{GOOD}"),
        *(
            spaced(GOOD, " "),
            spaced(GOOD, "-"),
            spaced(GOOD, "—"),
            spaced(GOOD, "\u200b"),
        ),
    ],
)
def test_a_credit_code_however_it_is_written(cell):
    read = credit_code(of(cell))
    assert (read.values[0], read.codes[0], read.details[0]) == (GOOD, None, None)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        *((c, "ruined_code") for c in ("5.10104E+17", "9.15e+17", "５.1Ｅ+17", "9E17")),
        *((c, "ruined_code") for c in ("915101041234567890.0", "'9.15E+17")),
        *((c, "bad_credit_code") for c in ("123", GOOD[:-1], GOOD + "0", "待办证")),
        ("510104123456789", "registration_number"),
        (f"{ORGANIZATION[:8]}-{ORGANIZATION[8]}", "old_organization_code"),
        ("#N/A", "formula_error"),
    ],
)
def test_what_is_no_credit_code(cell, code):
    read = credit_code(of(cell))
    assert (read.values[0], read.codes[0]) == (None, code)


def test_empty_and_none_are_no_fault():
    read = credit_code(of("", None, "无", "未办理", "/", "暂无"))
    assert read.values.null_count() == read.codes.null_count() == 6


def test_a_repair_is_proposed_and_never_made():
    wrong = GOOD.replace("0", "O", 1)
    other = GOOD[:-1] + ("A" if GOOD[-1] != "A" else "B")
    read = credit_code(of(wrong, other))
    assert read.values.to_list() == [None, None]
    assert read.codes.to_list() == ["bad_credit_code"] * 2
    assert read.details.to_list() == [f" → {GOOD} ?", ""]


def test_a_damaged_cell_is_ruined_though_its_text_is_well_formed():
    read = credit_code(of(GOOD, GOOD), pl.Series([True, False]))
    assert read.values.to_list() == [None, GOOD]
    assert read.codes.to_list() == ["ruined_code", None]


def test_both_codes_of_a_mixed_column_are_read_with_both_functions():
    cells = of(GOOD, ORGANIZATION, None)
    credit, old = credit_code(cells), organization_code(cells)
    assert credit.values.to_list() == [GOOD, None, None]
    assert old.values.to_list() == [None, ORGANIZATION, None]
    assert credit.codes.to_list() == [None, "old_organization_code", None]
    assert old.codes.to_list() == ["credit_code_instead", None, None]


def test_organization_codes():
    bad = ORGANIZATION[:-1] + ("0" if ORGANIZATION[-1] != "0" else "1")
    dashed = f"{ORGANIZATION[:8]}-{ORGANIZATION[8]}"
    read = organization_code(of(dashed, wide(dashed), bad, "6.0003E+08", "无"))
    assert read.values.to_list() == [ORGANIZATION, ORGANIZATION, None, None, None]
    assert read.codes.to_list() == [
        *(None, None, "bad_organization_code", "ruined_code", None)
    ]


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        *(("510104", "510104", None), ("510104000000", "510104", None)),
        *(("510104000", "510104", None), ("510104020000", "510104020", None)),
        *(("510104020", "510104020", None), ("510104020001", "510104020001", None)),
        *(("510100000000", "510100", None), ("５１０１０４", "510104", None)),
        *(("510104 020 001", "510104020001", None), ("'510104", "510104", None)),
        ("510104020001.0", "510104020001", "code_with_decimal_point"),
        ("510104000000.00", "510104", "code_with_decimal_point"),
        ("5.10104E+11", None, "ruined_code"),
        *((c, None, "bad_area_code") for c in ("5101", "910104", "510104020001003")),
        *((c, None, "bad_area_code") for c in ("510104.5", "锦江区")),
        *((c, None, None) for c in ("", "无", None)),
    ],
)
def test_area_codes(cell, value, code):
    read = area_code(of(cell))
    assert (read.values[0], read.codes[0]) == (value, code)


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("510104020001003", "510104020001003", None),
        ("510104020001003.0", "510104020001003", "code_with_decimal_point"),
        ("5.10104E+14", None, "ruined_code"),
        *(
            (c, None, "bad_grid_code")
            for c in ("510104020001", "A-17", "990104020001003")
        ),
    ],
)
def test_grid_codes(cell, value, code):
    read = grid_code(of(cell))
    assert (read.values[0], read.codes[0]) == (value, code)


def test_a_column_of_wrong_codes_is_read_in_time():
    codes = make_credit_codes("91", "510104", np.arange(3_000))
    wrong = of(*(c[:-1] + "O" for c in codes.tolist()))
    read = credit_code(wrong)
    assert read.codes.unique().to_list() == ["bad_credit_code"]
    assert read.details.n_unique() > 1
