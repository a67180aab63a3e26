"""Columns of days and of periods, in every way that offices write them."""

from datetime import date
from typing import Final

import polars as pl

from orgnet.rosters.cells.read import (
    AMBIGUOUS_DATE,
    BAD_DATE,
    DROPPED,
    GAPS,
    MONTH_PRECISION,
    NOT_A_DATE,
    NOT_A_PERIOD,
    NUMBER_WITH_WORDS,
    YEAR_PRECISION,
    Read,
    closed,
    opened,
)

YEARS: Final = (1800, 2100)
SERIALS: Final = (32_874, 54_788)  # 1990 to 2049, as spreadsheets count days
SERIAL_ZERO: Final = date(1899, 12, 30)  # after 1900-02-28, as they count it
OPEN_ENDS: Final = (
    *("今", "至今", "长期", "长期有效", "永久", "永久有效", "无期限", "无固定期限"),
    *("不限", "9999-12-31", "9999年12月31日", "9999/12/31", "9999.12.31", "99991231"),
)

CLOCK: Final = (
    r"[T\s]*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?$"
)
NUMERALS: Final = dict(zip("〇○零一二三四五六七八九", "000123456789", strict=True))
TENS: Final = (  # after the digits: 二十一 is 2十1 by then
    ("([1-9])十([1-9])", "${1}${2}"),
    ("([1-9])十", "${1}0"),
    ("十([1-9])", "1${1}"),
    ("十", "10"),
)
YEAR: Final = r"^([0-9]{4})(?:\.0*)?(?:年度?)?$"
YEAR_FIRST: Final = (
    r"^([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?|([0-9]{2})([0-9]{2})?)?$"
)
YEAR_LAST: Final = r"^([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})$"
SHORT_YEAR: Final = r"^[0-9]{1,2}-[0-9]{1,2}-[0-9]{2}$|^[0-9]{2}(?:-[0-9]{1,2}){2}$"
CUT_MONTH: Final = r"^([0-9]{4})\.1$"  # October, if a number cell dropped its last zero
SERIAL: Final = r"^([0-9]{5})(?:\.[0-9]+)?$"

ONE: Final = (
    r"(?:[0-9]{8}|[0-9]{4}(?:[-./年][0-9]{1,2}(?:[-./月][0-9]{1,2})?)?[年月日号]?)"
)
MONTH_OR_DAY: Final = r"[0-9]{4}[-./年][0-9]{1,2}(?:[-./月][0-9]{1,2})?[月日号]?"
LATER_MONTH: Final = r"^[0-9]{1,2}月(?:[0-9]{1,2}[日号])?$"  # 2019年3月至5月
LATER_DAY: Final = r"^[0-9]{1,2}[日号]$"  # 2019年3月1日至5日
BETWEEN: Final = (
    r"^(.*?)(?:至|到|~|--+)(.*)$",
    rf"^({ONE})-({ONE}|[^0-9]+)$",
    rf"^({MONTH_OR_DAY})-([0-9]{{1,2}}月(?:[0-9]{{1,2}}[日号])?|[0-9]{{1,2}}[日号])$",
)


def day(series: pl.Series, *, until: bool = False) -> Read:
    """Read a column of days.

    ISO, 2019.8.7, 2019/8/7, 2019年8月7日, 20190807, Chinese numerals, Excel's day
    numbers, any of them with a time. A month or a year is its first day, and noted.
    Days with a year of two digits, and 7/8/2019, can be read in two ways and are not
    read; nor is 2019.1, which may be October.

    Parameters
    ----------
    series
        Cells as written.
    until
        Whether the column holds the last day of something. Then the day after it is
        returned: that after the last day of a month or a year; and words such as 长期
        and 至今 are null and no fault.

    Returns
    -------
    Read
        Date.

    Examples
    --------
    >>> cells = ["2019.8.7", "二〇一九年八月", "43684", "2019-02-30", "8/7/19"]
    >>> read = day(pl.Series(cells))
    >>> [str(d) for d in read.values]
    ['2019-08-07', '2019-08-01', '2019-08-07', 'None', 'None']
    >>> read.codes.to_list()
    [None, 'month_precision', None, 'bad_date', 'ambiguous_date']
    >>> [str(d) for d in day(pl.Series(cells[:2]), until=True).values]
    ['2019-08-08', '2019-09-01']
    """
    frame = opened(series)
    if until:
        ends = pl.col("x").str.replace_all(GAPS, "").is_in(OPEN_ENDS)
        frame = frame.with_columns(pl.when(~ends).then(pl.col("x")).alias("x"))
    frame = _first_days(frame)
    first, precision = pl.col("first"), pl.col("precision")
    after = (
        pl.when(precision == "year")
        .then(first.dt.offset_by("1y"))
        .when(precision == "month")
        .then(first.dt.offset_by("1mo"))
        .otherwise(first.dt.offset_by("1d"))
    )
    return closed(
        frame,
        series.name,
        after if until else first,
        (pl.col("ambiguous"), AMBIGUOUS_DATE),
        (precision.is_null(), NOT_A_DATE),
        (first.is_null(), BAD_DATE),
        (precision == "month", MONTH_PRECISION),
        (precision == "year", YEAR_PRECISION),
    )


def year(series: pl.Series) -> Read:
    """Read a column of years: 2019, 2019年, 2019年度, 二〇一九年, in any width.

    Returns
    -------
    Read
        Int64, 1800 to 2100.

    Examples
    --------
    >>> read = year(pl.Series(["２０１９年度", "二〇一九年", "19年", "近三年"]))
    >>> read.values.to_list(), read.codes.to_list()[2:]
    ([2019, 2019, None, None], ['number_with_words', 'number_with_words'])
    """
    frame = opened(series)
    bare = pl.col("x").str.replace_all(f"{GAPS}|^'", "")
    digits = bare.str.replace_many(NUMERALS).str.extract(YEAR)
    frame = frame.with_columns(year=digits.cast(pl.Int64))
    return closed(
        frame,
        series.name,
        pl.col("year"),
        (pl.col("year").is_null(), NUMBER_WITH_WORDS),
        (~pl.col("year").is_between(*YEARS), BAD_DATE),
    )


def _first_days(frame: pl.DataFrame) -> pl.DataFrame:
    """Add `first`, the first day meant, `precision` and `ambiguous`.

    `precision` is day, month or year, null where a cell has the shape of no date;
    `first` is null also where it has the shape and is no day.
    """
    given = pl.col("x").str.replace(CLOCK, "").str.replace_all(f"{GAPS}|[起止]$", "")
    digits = given.str.replace_many(NUMERALS)
    for tens, written in TENS:
        digits = digits.str.replace_all(tens, written)
    dashed = digits.str.replace_all("[./年月、]", "-").str.replace("[-日号份度]+$", "")
    cut = frame.with_columns(
        digits=digits,
        front=dashed.str.extract_groups(YEAR_FIRST),
        back=dashed.str.extract_groups(YEAR_LAST),
        short=dashed.str.contains(SHORT_YEAR),
    )
    return cut.with_columns(*_parts()).with_columns(
        first=pl.coalesce(_date(), _serial_date()),
        precision=pl.when(pl.col("day").is_not_null() | _serial_date().is_not_null())
        .then(pl.lit("day"))
        .when(pl.col("month").is_not_null())
        .then(pl.lit("month"))
        .when(pl.col("year").is_not_null())
        .then(pl.lit("year")),
    )


def _parts() -> list[pl.Expr]:
    """Return `year`, `month`, `day` as text, and whether they are `ambiguous`."""
    front, back = pl.col("front").struct, pl.col("back").struct
    one, two = (back[i].cast(pl.Int64) for i in (0, 1))
    swapped = (one > 12) & (two <= 12)  # noqa: PLR2004 day before month
    either = (one <= 12) & (two <= 12) & (one != two)  # noqa: PLR2004
    cut = pl.col("digits").str.contains(CUT_MONTH)
    return [
        pl.coalesce(front[0], back[2]).alias("year"),
        pl.coalesce(
            front[1], front[3], pl.when(swapped).then(back[1]).otherwise(back[0])
        ).alias("month"),
        pl.coalesce(
            front[2], front[4], pl.when(swapped).then(back[0]).otherwise(back[1])
        ).alias("day"),
        (pl.col("short") | either.fill_null(value=False) | cut).alias("ambiguous"),
    ]


def _date() -> pl.Expr:
    parts = [
        pl.col("year"),
        pl.col("month").fill_null("1"),
        pl.col("day").fill_null("1"),
    ]
    padded = [
        part.str.zfill(width) for part, width in zip(parts, (4, 2, 2), strict=True)
    ]
    read = pl.concat_str(padded, separator="-").str.to_date("%Y-%m-%d", strict=False)
    return pl.when(read.dt.year().is_between(*YEARS)).then(read)


def _serial_date() -> pl.Expr:
    number = pl.col("digits").str.extract(SERIAL).cast(pl.Int64)
    days = pl.when(number.is_between(*SERIALS)).then(number)
    return pl.lit(SERIAL_ZERO) + pl.duration(days=days)


def period(series: pl.Series) -> tuple[Read, Read]:
    """Read a column of periods: a first and a last day in one cell 起止时间.

    2019-01-01至2019-12-31, 2019.3-2020.5, 2019年3月-5月; a month or a year alone is all
    of it, 2019-01-01起 has no end, 至2020年底 is not read.

    Returns
    -------
    tuple
        The first day, and the day after the last. What is found is told once, with the
        first days; the codes of the second are null.

    Examples
    --------
    >>> cells = ["2019-01-01至2019-12-31", "2019.3-5", "2020年"]
    >>> first, end = period(pl.Series(cells))
    >>> [str(d) for d in first.values], [str(d) for d in end.values]
    (['2019-01-01', 'None', '2020-01-01'], ['2020-01-01', 'None', '2021-01-01'])
    """
    frame = _cut(opened(series).with_columns(pl.col("x").str.replace_all(GAPS, "")))
    first, end = day(frame["left"]), day(frame["right"], until=True)
    read = frame.select(
        "single", f=first.values, e=end.values, fc=first.codes, ec=end.codes
    )
    wrong = (
        (pl.col("single") & pl.col("f").is_not_null() & pl.col("fc").is_null())
        | (pl.col("f") >= pl.col("e"))
        | pl.any_horizontal(pl.col("fc", "ec") == NOT_A_DATE.code)
    ).fill_null(value=False)
    dropped = [pl.when(pl.col(c).is_in(DROPPED)).then(c) for c in ("fc", "ec")]
    code = pl.when(wrong).then(pl.lit(NOT_A_PERIOD.code))
    done = read.select(
        pl.when(~wrong).then("f").alias("f"),
        pl.when(~wrong).then("e").alias("e"),
        pl.coalesce(code, *dropped, "fc", "ec").alias("code"),
        pl.lit(None, pl.String).alias("none"),
    )
    starts, ends, codes, none = (column.alias(series.name) for column in done)
    return Read(starts, codes, none), Read(ends, none, none)


def _cut(frame: pl.DataFrame) -> pl.DataFrame:
    """Add `left` and `right`, the two ends as written, and whether it is `single`."""
    parts = [pl.col("x").str.extract_groups(shape).struct for shape in BETWEEN]
    begun = pl.col("x").str.extract("^(.*[^起])起$")
    left = pl.coalesce(*(p[0] for p in parts), begun, "x")
    right = pl.coalesce(*(p[1] for p in parts))
    year = pl.col("left").str.extract("^([0-9]{4})")
    month = pl.col("left").str.extract("^([0-9]{4}[-./年][0-9]{1,2}[-./月])")
    filled = (
        pl.when(pl.col("right").str.contains(LATER_MONTH))
        .then(pl.concat_str(year, pl.lit("年"), "right"))
        .when(pl.col("right").str.contains(LATER_DAY))
        .then(pl.concat_str(month, "right"))
        .when(pl.col("single"))
        .then("x")
        .otherwise("right")
    )
    endless = pl.col("x").is_in(OPEN_ENDS)
    return (
        frame.with_columns(pl.when(~endless).then("x"))
        .with_columns(
            left=left.str.replace("^(?:自|从|有效期限?|截止|截至)+", ""),
            right=right,
            single=right.is_null() & begun.is_null(),
        )
        .with_columns(right=filled)
        .with_columns(  # with two ends the cell is text, whose zeros are kept
            pl.when("single")
            .then(pl.col("left", "right"))
            .otherwise(pl.col("left", "right").str.replace(CUT_MONTH, "${1}-1"))
        )
    )
