from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgnet.rosters.cells import day, period, year

DIGITS = "〇一二三四五六七八九"


def of(*cells: str | None) -> pl.Series:
    return pl.Series("日", cells, dtype=pl.String)


def in_chinese(number: int) -> str:
    """Write a day or a month; apart from the code under test."""
    tens, ones = divmod(number, 10)
    ten = ("", "十", "二十", "三十")[tens]
    return ten + (DIGITS[ones] if ones else "")


def spellings(when: date) -> list[str]:
    y, m, d = when.year, when.month, when.day
    chinese = "".join(DIGITS[int(c)] for c in str(y))
    serial = (when - date(1899, 12, 30)).days
    return [
        *(f"{y}-{m:02}-{d:02}", f"{y}-{m}-{d}", f"{y}.{m}.{d}", f"{y}.{m:02}.{d:02}"),
        *(
            f"{y}/{m}/{d}",
            f"{y}/{m:02}/{d:02}",
            f"{y}年{m}月{d}日",
            f"{y}年{m:02}月{d:02}日",
        ),
        *(
            f"{y}年{m}月{d}号",
            f"{y} 年 {m} 月 {d} 日",
            f"{y}{m:02}{d:02}",
            f"{y}—{m}—{d}",
        ),
        *(f"{chinese}年{in_chinese(m)}月{in_chinese(d)}日", f"{y}.{m}.{d}."),
        *(f"{chinese.replace('〇', '零')}年{in_chinese(m)}月{in_chinese(d)}日",),
        *(f"{y}-{m:02}-{d:02} 09:30:00", f"{y}-{m:02}-{d:02}T09:30:00.000Z"),
        *(f"{y}/{m}/{d} 0:00", f"{serial}", f"{serial}.75", f"{y}年{m}月{d}日起"),
        "".join(chr(ord(c) + 0xFEE0) for c in f"{y}-{m}-{d}"),
    ]


@given(st.dates(date(1990, 1, 1), date(2049, 12, 31)))
def test_every_spelling_of_a_day_is_that_day(when):
    cells = of(*spellings(when))
    read = day(cells)
    assert read.values.to_list() == [when] * len(cells)
    assert read.codes.null_count() == len(cells)
    ends = day(cells.filter(~cells.str.ends_with("起")), until=True)
    assert set(ends.values) == {when + timedelta(days=1)}


@pytest.mark.parametrize(
    ("cell", "first", "after", "code"),
    [
        *(
            (cell, date(2019, 12, 1), date(2020, 1, 1), "month_precision")
            for cell in ("2019-12", "2019.12", "2019/12", "2019年12月", "201912")
        ),
        ("2019年8月份", date(2019, 8, 1), date(2019, 9, 1), "month_precision"),
        ("二〇一九年十月", date(2019, 10, 1), date(2019, 11, 1), "month_precision"),
        ("2020年2月", date(2020, 2, 1), date(2020, 3, 1), "month_precision"),
        ("2019-1", date(2019, 1, 1), date(2019, 2, 1), "month_precision"),
        *(
            (cell, date(2019, 1, 1), date(2020, 1, 1), "year_precision")
            for cell in (
                "2019",
                "2019年",
                "二〇一九年",
                "二零一九年",
                "2019年度",
                "２０１９",
            )
        ),
        ("1949", date(1949, 1, 1), date(1950, 1, 1), "year_precision"),
    ],
)
def test_months_and_years_are_their_first_day_or_end_after_their_last(
    cell, first, after, code
):
    for until, expected in ((False, first), (True, after)):
        read = day(of(cell), until=until)
        assert (read.values[0], read.codes[0]) == (expected, code)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        *(
            (c, "bad_date")
            for c in ("2019-02-30", "2019.13", "20190230", "2019年2月29日")
        ),
        *(
            (c, "bad_date")
            for c in ("0019-08-07", "2201-01-01", "2019-00-10", "1799年")
        ),
        *(
            (c, "ambiguous_date")
            for c in ("8/7/19", "19.8.7", "19年8月7日", "07-08-19")
        ),
        *((c, "ambiguous_date") for c in ("7/8/2019", "2019.1")),
        *((c, "not_a_date") for c in ("8月7日", "2019年底", "去年", "12345", "60000")),
        *(
            (c, "not_a_date")
            for c in ("2019年8月上旬", "2019-2020", "长期", "至今", "约2019年")
        ),
        ("#VALUE!", "formula_error"),
    ],
)
def test_what_is_no_certain_day_is_not_read(cell, code):
    read = day(of(cell))
    assert (read.values[0], read.codes[0]) == (None, code)


def test_an_order_that_only_one_reading_allows_is_read():
    cells = of("31/12/2019", "12/31/2019", "7/7/2019")
    assert day(cells).values.to_list() == [
        *(date(2019, 12, 31), date(2019, 12, 31), date(2019, 7, 7))
    ]


def test_the_bounds_of_day_numbers():
    cells = of("32873", "32874", "54788", "54789")
    assert day(cells).values.to_list() == [
        *(None, date(1990, 1, 1), date(2049, 12, 31), None)
    ]


def test_an_end_may_be_open():
    read = day(of("长期", "至今", "永久", "9999-12-31", "", None), until=True)
    assert read.values.null_count() == read.codes.null_count() == 6


@pytest.mark.parametrize(
    ("cell", "first", "end", "code"),
    [
        *(
            (cell, "2019-01-01", "2020-01-01", None)
            for cell in (
                *("2019-01-01至2019-12-31", "2019.1.1-2019.12.31", "20190101-20191231"),
                *("2019/1/1 ~ 2019/12/31", "2019年1月1日——2019年12月31日"),
                *("自2019年1月1日至12月31日", "2019-01-01到2019-12-31"),
                *("2019-01-01-2019-12-31", "2019-01-01—2019-12-31"),
            )
        ),
        *(
            (cell, "2019-01-01", "2020-01-01", "month_precision")
            for cell in ("2019年1月-12月", "2019.1-2019.12", "2019.01—2019.12")
        ),
        ("2019年3月1日至5日", "2019-03-01", "2019-03-06", None),
        ("2019-2020", "2019-01-01", "2021-01-01", "year_precision"),
        ("2019年", "2019-01-01", "2020-01-01", "year_precision"),
        ("2019-08", "2019-08-01", "2019-09-01", "month_precision"),
        ("2019-01-01起", "2019-01-01", None, None),
        ("2019-01-01至今", "2019-01-01", None, None),
        ("2019-01-01-长期", "2019-01-01", None, None),
        ("有效期至2020年12月31日", None, "2021-01-01", None),
        ("至2020年", None, "2021-01-01", "year_precision"),
        ("长期", None, None, None),
        ("", None, None, None),
        ("2019-08-07", None, None, "not_a_period"),
        ("2019.1", None, None, "ambiguous_date"),
        ("2020-01-01至2019-01-01", None, None, "not_a_period"),
        ("三月到五月", None, None, "not_a_period"),
        ("2019.3-5", None, None, "not_a_period"),
        ("#N/A", None, None, "formula_error"),
        ("2019-01-01至2019-02-30", "2019-01-01", None, "bad_date"),
        ("2019-01至2019-02-30", "2019-01-01", None, "bad_date"),
    ],
)
def test_periods_in_one_cell(cell, first, end, code):
    left, right = period(of(cell))
    shown = [None if v is None else str(v) for v in (left.values[0], right.values[0])]
    assert shown == [first, end]
    assert left.codes[0] == code
    assert right.codes[0] is None  # told once


@pytest.mark.parametrize(
    ("cell", "expected", "code"),
    [
        ("2019", 2019, None),
        ("2019年", 2019, None),
        ("2019年度", 2019, None),
        ("２０１９年度", 2019, None),
        ("二〇一九年", 2019, None),
        ("二○一九", 2019, None),
        ("'2019.0", 2019, None),
        (" 2019 年 ", 2019, None),
        ("不详", None, None),
        (None, None, None),
        ("19年", None, "number_with_words"),
        ("2019-2020", None, "number_with_words"),
        ("2019年3月", None, "number_with_words"),
        ("近三年", None, "number_with_words"),
        ("0219", None, "bad_date"),
        ("2109年", None, "bad_date"),
        ("#REF!", None, "formula_error"),
    ],
)
def test_years(cell, expected, code):
    read = year(pl.Series([cell], dtype=pl.String))
    assert read.values.dtype == pl.Int64
    assert (read.values[0], read.codes[0]) == (expected, code)
