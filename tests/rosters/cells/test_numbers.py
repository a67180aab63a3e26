from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgnet.rosters.cells import (
    Read,
    area_factor,
    area_m2,
    decimal,
    money,
    money_factor,
    score,
    share,
    whole_number,
)

WORDS = ("约50人", "30余", "5-10", "近百", "若干", "50以上", "不足30", "3或4", "一百")


def found(read: Read) -> list[tuple[object, str | None]]:
    return list(zip(read.values, read.codes, strict=True))


def of(*cells: str | None) -> pl.Series:
    return pl.Series("数", cells, dtype=pl.String)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        *(("20", 20), ("0", 0), ("２０", 20), ("1,200", 1200), ("１，２００", 1200)),
        *(
            ("12,345,678", 12_345_678),
            ("20.0", 20),
            ("20.", 20),
            ("+5", 5),
            ("'12", 12),
        ),
        *(("20人", 20), ("20 人", 20), ("20名", 20), ("１２个", 12), (" 7 ", 7)),
        *(("999999999999999", 999_999_999_999_999), ("007", 7), ("-0", 0)),
        *((None, None), ("", None), ("—", None), ("/", None), ("不详", None)),
    ],
)
def test_counts_that_are_read(cell, number):
    assert found(whole_number(of(cell), "people")) == [(number, None)]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        *((words, "number_with_words") for words in WORDS),
        *(("12,00", "number_with_words"), ("1.2.3", "number_with_words")),
        *(("无", "number_with_words"), ("10²", "number_with_words")),
        *(("1½", "number_with_words"), ("③", "number_with_words")),
        *(("1E+05", "number_with_words"), ("5.10104E+17", "number_with_words")),
        *(("20.5", "not_whole"), ("-3", "negative_number")),
        *(("1000000000000000", "number_too_large"), ("#N/A", "formula_error")),
        *(("20户", "wrong_unit"), ("1.2万", "wrong_unit"), ("30㎡", "wrong_unit")),
        *(("10%", "number_with_words"), ("3个班", "number_with_words")),
    ],
)
def test_counts_that_are_not(cell, code):
    assert found(whole_number(of(cell), "people")) == [(None, code)]


def test_the_unit_is_the_declared_one():
    assert whole_number(of("20户"), "households").values.to_list() == [20]
    assert whole_number(of("20套"), "套").values.to_list() == [20]
    assert whole_number(of("20个")).codes.to_list() == ["wrong_unit"]
    assert whole_number(of("3.5天"), "days").codes.to_list() == ["not_whole"]


def test_columns_keep_their_name_length_and_types():
    read = whole_number(of("1", None, "约2"))
    assert [s.name for s in (read.values, read.codes, read.details)] == ["数"] * 3
    assert [len(s) for s in (read.values, read.codes, read.details)] == [3] * 3
    assert read.values.dtype == pl.Int64
    assert read.codes.dtype == pl.String
    empty = whole_number(pl.Series("数", [None, None]))
    assert found(empty) == [(None, None)] * 2


def test_numbers_that_need_not_be_whole():
    read = decimal(of("1,200.5", "-3天", ".5", "1E-07", "近百", "2户"), "days")
    assert found(read) == [
        *((1200.5, None), (-3.0, None), (0.5, None), (1e-7, None)),
        *((None, "number_with_words"), (None, "wrong_unit")),
    ]


@pytest.mark.parametrize(
    ("heading", "factor"),
    [
        *(
            ("资金", None),
            ("资金（万元）", 10_000),
            ("金额/元", 1),
            ("注册资本 亿元", 10**8),
        ),
        *(("资金(万)", 10_000), ("资金：千元", 1_000), ("预算（百万元）", 10**6)),
        *(("budget (CNY)", 1), ("注册资金（单位：万元）", 10_000), ("万人", None)),
    ],
)
def test_the_unit_of_money_in_a_heading(heading, factor):
    assert money_factor(heading) == factor


@pytest.mark.parametrize(
    ("cell", "yuan"),
    [
        *(("15.9", 159_000), ("1,000", 10_000_000), ("0", 0), ("50万", 500_000)),
        *(("3亿", 300_000_000), ("50万元整", 500_000), ("500元", 500), ("5千", 5_000)),
        *(("人民币100万元", 1_000_000), ("100万人民币", 1_000_000), ("￥500", 500)),
        *(("1.005", 10_050), ("0.0001", 1)),
    ],
)
def test_money_in_the_unit_of_the_cell_before_that_of_the_heading(cell, yuan):
    assert found(money(of(cell), "资金（万元）")) == [(yuan, None)]


def test_money_is_yuan_where_no_unit_is_named():
    assert found(money(of("12000", "1.5万"))) == [(12000, None), (15000, None)]


@pytest.mark.parametrize(
    ("cell", "yuan"),
    [("12344.5元", 12344), ("12345.5元", 12346), ("0.4元", 0), ("1.00015", 10002)],
)
def test_fractions_of_a_yuan_are_rounded_to_the_even_one_and_noted(cell, yuan):
    assert found(money(of(cell), "资金（万元）")) == [(yuan, "rounded_money")]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        *(
            ("100美元", "wrong_unit"),
            ("100万港币", "wrong_unit"),
            ("50户", "wrong_unit"),
        ),
        *(("-3", "negative_number"), ("约50万", "number_with_words")),
        *(("100000000000000亿", "number_too_large"), ("5万6千", "number_with_words")),
    ],
)
def test_money_that_is_not_read(cell, code):
    assert found(money(of(cell), "资金（万元）")) == [(None, code)]


def test_foreign_money_is_not_taken_for_yuan():
    read = money(of("15.9", "100万元"), "注册资本（万美元）")
    assert found(read) == [(None, "wrong_unit"), (1_000_000, None)]


@pytest.mark.parametrize(
    ("heading", "factor"),
    [
        *(
            ("面积", None),
            ("面积(km2)", 10**6),
            ("面积（k㎡）", 10**6),
            ("面积（㎢）", 10**6),
        ),
        *(("建筑面积（㎡）", 1), ("面积/m²", 1), ("面积（亩）", Fraction(2000, 3))),
        *(
            ("面积（平方公里）", 10**6),
            ("面积：公顷", 10**4),
            ("面积（万平方米）", 10**4),
        ),
        *(("area (ha)", 10**4), ("share", None)),
    ],
)
def test_the_unit_of_an_area_in_a_heading(heading, factor):
    assert area_factor(heading) == factor


@pytest.mark.parametrize(
    ("cell", "metres", "code"),
    [
        *(("3", 2000, None), ("1", 667, "rounded_area"), ("120㎡", 120, None)),
        *(("120 m²", 120, None), ("12.5平方米", 12, "rounded_area")),
        *(
            ("2公顷", 20_000, None),
            ("1.5km2", 1_500_000, None),
            ("1.5k㎡", 1_500_000, None),
        ),
        *(("0.5平方公里", 500_000, None), ("1.2万㎡", 12_000, None)),
        *(("3万亩", 20_000_000, None), ("12人", None, "wrong_unit")),
        *(("-1", None, "negative_number"), ("约2", None, "number_with_words")),
    ],
)
def test_areas(cell, metres, code):
    assert found(area_m2(of(cell), "面积（亩）")) == [(metres, code)]


def test_areas_are_square_metres_where_no_unit_is_named():
    assert found(area_m2(of("100"))) == [(100, None)]


def shares(*cells: str, heading: str = "进度") -> list[tuple[object, str | None]]:
    return found(share(of(*cells), heading))


def test_a_percent_sign_decides():
    assert shares("50%", "0.5%", "１００％") == [
        (0.5, None),
        (0.005, None),
        (1.0, None),
    ]
    assert shares("120%", "-5%") == [(None, "bad_share")] * 2


def test_without_a_sign_the_column_decides():
    assert shares("0", "0.25", "1") == [(0.0, None), (0.25, None), (1.0, None)]
    assert shares("0", "50", "100") == [(0.0, None), (0.5, None), (1.0, None)]
    assert shares("0.5", "50") == [(0.5, None), (None, "bad_share")]
    assert shares("50", "1") == [(0.5, None), (None, "ambiguous_share")]
    assert shares("50", "130") == [(0.5, None), (None, "bad_share")]


def test_a_heading_may_say_percent():
    heading = "进度（%）"
    assert shares("50", "100", heading=heading) == [(0.5, None), (1.0, None)]
    assert shares("0.5", "1", heading=heading) == [(0.5, None), (1.0, None)]
    assert shares("0", "1", heading=heading) == [(0.0, None), (None, "ambiguous_share")]
    assert shares("0.5", "50", heading=heading)[0] == (None, "ambiguous_share")
    assert shares("已完成", "过半") == [(None, "number_with_words")] * 2


@pytest.mark.parametrize(
    ("cell", "points", "code"),
    [
        *(("95", 95.0, None), ("95.5分", 95.5, None), ("105", 105.0, None)),
        *(("-5", -5.0, None), ("88.125", 88.12, "rounded_score")),
        *(("88.135", 88.14, "rounded_score"), ("1.005", 1.0, "rounded_score")),
        *(("100.0000", 100.0, None), ("优秀", None, "number_with_words")),
        *(("95%", None, "number_with_words"), ("95/100", None, "number_with_words")),
    ],
)
def test_scores_have_two_decimals(cell, points, code):
    assert found(score(of(cell))) == [(points, code)]


plain = st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=6)


@given(st.lists(plain, max_size=20))
def test_scores_are_rounded_as_on_paper(numbers):
    read = score(pl.Series([f"{n:f}" for n in numbers], dtype=pl.String))
    cent = Decimal("0.01")
    expected = [n.quantize(cent, ROUND_HALF_EVEN) for n in numbers]
    assert read.values.to_list() == [float(e) for e in expected]
    noted = [
        None if e == n else "rounded_score"
        for e, n in zip(expected, numbers, strict=True)
    ]
    assert read.codes.to_list() == noted


@given(
    st.lists(plain.filter(lambda n: n >= 0), max_size=20), st.sampled_from("元万亿亩")
)
def test_measures_are_computed_exactly(numbers, unit):
    cells = pl.Series([f"{n:f}{unit}" for n in numbers], dtype=pl.String)
    factors = {"元": Fraction(1), "万": Fraction(10**4), "亿": Fraction(10**8)}
    factor = factors.get(unit, Fraction(2000, 3))
    read = area_m2(cells) if unit == "亩" else money(cells)
    exact = [Fraction(n) * factor for n in numbers]
    assert read.values.to_list() == [round(e) for e in exact]
    assert read.codes.is_null().to_list() == [e == round(e) for e in exact]


@given(st.lists(st.integers(0, 10**14), max_size=20))
def test_counts_survive_being_written_in_every_width(numbers):
    grouped = pl.Series([f"{n:,}" for n in numbers], dtype=pl.String)
    wide = grouped.str.replace_many({c: chr(ord(c) + 0xFEE0) for c in "0123456789,"})
    for cells in (grouped, wide):
        assert whole_number(cells).values.to_list() == numbers
