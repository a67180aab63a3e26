"""Columns of numbers: counts, money, areas of land, shares and scores.

Numbers are computed as decimals, so that what is rounded is rounded as on paper.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

import polars as pl

from orgnet.faults import FaultCode
from orgnet.rosters.cells.read import (
    AMBIGUOUS_SHARE,
    BAD_SHARE,
    GAPS,
    NEGATIVE_NUMBER,
    NOT_WHOLE,
    NUMBER_TOO_LARGE,
    NUMBER_WITH_WORDS,
    ROUNDED_AREA,
    ROUNDED_MONEY,
    ROUNDED_SCORE,
    WRONG_UNIT,
    Case,
    Read,
    closed,
    opened,
)

EXACT: Final = pl.Decimal(38, 10)
DIGITS: Final = 15  # a longer run of digits is a code, or lost some
LARGEST: Final = 10**17  # well below the largest Int64

NUMBER_SHAPE: Final = (
    r"^([+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|[+-]?\.[0-9]+)"
    r"(E[+-]?[0-9]{1,2})?(.*)$"
)
UNIT_WORDS: Final = {  # by the units that the schema declares
    "people": ("人", "名", "位", "个", "个人", "口"),
    "households": ("户", "家"),
    "uses": ("人次", "次"),
    "items": ("项", "个", "件"),
    "cases": ("件", "起", "宗", "个"),
    "disputes": ("件", "起", "宗", "个"),
    "days": ("天", "日", "个工作日"),
    "years": ("年",),
    "steps": ("步",),
    "points": ("分",),
}
YUAN: Final[dict[str, int | Fraction]] = {
    "": 1,
    "元": 1,
    "圆": 1,
    "块": 1,
    "千": 1_000,
    "千元": 1_000,
    "万": 10_000,
    "万元": 10_000,
    "百万": 1_000_000,
    "百万元": 1_000_000,
    "千万": 10_000_000,
    "千万元": 10_000_000,
    "亿": 100_000_000,
    "亿元": 100_000_000,
}
CURRENCY: Final = r"人民币|RMB|CNY|[¥￥]"
FOREIGN: Final = r"美元|美金|港元|港币|欧元|日元|英镑|USD|HKD|EUR|\$"
MONEY_HEADING: Final = r"(亿|千万|百万|万|千)?(?:元|圆)|[(/:](亿|千万|百万|万|千)[)]?$"

MU: Final = Fraction(2_000, 3)  # square metres, exactly
SQUARE_METRES: Final[dict[str, int | Fraction]] = {
    "": 1,
    "M2": 1,
    "平方米": 1,
    "平方": 1,
    "平米": 1,
    "平": 1,
    "万M2": 10_000,
    "万平方米": 10_000,
    "万平": 10_000,
    "万平米": 10_000,
    "公顷": 10_000,
    "HA": 10_000,
    "HM2": 10_000,
    "KM2": 1_000_000,
    "平方公里": 1_000_000,
    "平方千米": 1_000_000,
    "亩": MU,
    "万亩": MU * 10_000,
}
AREA_HEADING: Final = (
    r"(平方公里|平方千米|公顷|万?平方米|万?平米|万?亩|KM2|HM2|万?M2|\bHA\b)"
)
SUPERSCRIPT_UNITS: Final = {"㎡": "m2", "m²": "m2", "M²": "m2", "㎢": "km2"}


def _numbers(series: pl.Series) -> pl.DataFrame:
    """Cut each cell into its number and what stands after it.

    Adds to `opened`: `number` (exact decimal, null if there is none), `rest` (capitals
    without gaps), `digits` (before the point) and `scientific`.
    """
    named = series.cast(pl.String).str.replace_many(SUPERSCRIPT_UNITS)
    odd = named.str.contains(r"\p{No}")  # NFKC would make 102 of 10² and 11⁄2 of 1½
    bare = pl.col("x").str.to_uppercase().str.replace_all(f"{GAPS}|^'", "")
    parts = bare.str.replace_all(f"^(?:{CURRENCY})", "").str.extract_groups(
        NUMBER_SHAPE
    )
    plain = parts.struct[0].str.replace_all(",", "")
    text = pl.concat_str(plain, parts.struct[1].fill_null(""))
    digits = plain.str.extract(r"^[+-]?0*([0-9]*)").str.len_chars()
    small = (digits <= DIGITS) & ~odd.fill_null(value=False)
    return opened(named).with_columns(
        number=pl.when(small).then(text.cast(EXACT, strict=False)),
        rest=parts.struct[2].fill_null(""),
        digits=digits,
        scientific=parts.struct[1].is_not_null(),
    )


def _unit_words(unit: str) -> tuple[str, ...]:
    if not unit:
        return ()
    return UNIT_WORDS.get(unit, (unit.upper(),))


def _usual(unit: str, *, exponent: bool = False) -> list[Case]:
    """List what can be wrong with any number; the first that applies counts."""
    known = {w for words in UNIT_WORDS.values() for w in words}
    others = sorted((known | {*YUAN, *SQUARE_METRES}) - {*_unit_words(unit), ""})
    fits = pl.col("rest").is_in(["", *_unit_words(unit)])
    large = pl.col("digits") > DIGITS
    return [
        (large & fits & ~pl.col("scientific"), NUMBER_TOO_LARGE),
        (pl.col("number").is_null(), NUMBER_WITH_WORDS),
        (pl.col("scientific") & (not exponent), NUMBER_WITH_WORDS),
        (pl.col("rest").is_in(others), WRONG_UNIT),
        (~fits, NUMBER_WITH_WORDS),
    ]


def whole_number(series: pl.Series, unit: str = "") -> Read:
    """Read a column of counts.

    "约50人", "30余", "5-10" and "若干" are unknown: neither bound is taken.

    Parameters
    ----------
    series
        Cells as written.
    unit
        What is counted, as the schema's headings say it ("people", "households") or
        as one Chinese word; that unit may follow the number.

    Returns
    -------
    Read
        Int64, not below 0.

    Examples
    --------
    >>> read = whole_number(pl.Series(["1,200人", "约50人", "３", ""]), "people")
    >>> read.values.to_list(), read.codes.to_list()
    ([1200, None, 3, None], [None, 'number_with_words', None, None])
    """
    number = pl.col("number")
    return closed(
        _numbers(series),
        series.name,
        number.cast(pl.Int64, strict=False),
        *_usual(unit),
        (number < 0, NEGATIVE_NUMBER),
        (number != number.round(0), NOT_WHOLE),
    )


def decimal(series: pl.Series, unit: str = "") -> Read:
    """Read a column of numbers that need not be whole, as Float64.

    Examples
    --------
    >>> decimal(pl.Series(["1,200.5", "-3天", "近百"]), "days").values.to_list()
    [1200.5, -3.0, None]
    """
    frame = _numbers(series)
    value = pl.col("number").cast(pl.Float64)
    return closed(frame, series.name, value, *_usual(unit, exponent=True))


def score(series: pl.Series) -> Read:
    """Read a column of scores, as Float64 with at most two decimals.

    Further decimals are rounded, halves to the even digit, and noted.

    Examples
    --------
    >>> read = score(pl.Series(["95分", "88.125", "优秀"]))
    >>> read.values.to_list(), read.codes.to_list()
    ([95.0, 88.12, None], [None, 'rounded_score', 'number_with_words'])
    """
    rounded = pl.col("number").round(2)
    return closed(
        _numbers(series),
        series.name,
        rounded.cast(pl.Float64),
        *_usual("points"),
        (rounded != pl.col("number"), ROUNDED_SCORE),
    )


def money_factor(heading: str) -> int | None:
    """Return how many yuan the unit in a heading stands for.

    Returns
    -------
    int or None
        1 for 元, 10,000 for 万元 and so on; None if the heading names no unit.

    Examples
    --------
    >>> money_factor("注册资金（万元）"), money_factor("资金")
    (10000, None)
    """
    bare = _bare(heading)
    found = bare.to_frame("x").select(pl.col("x").str.extract_groups(MONEY_HEADING))
    scales = [v for v in found.to_series().struct.unnest().row(0) if v]
    if scales:
        return int(YUAN[scales[0]])
    return 1 if bare.str.contains(f"元|圆|{CURRENCY}").item() else None


def area_factor(heading: str) -> int | Fraction | None:
    """Return how many square metres the unit in a heading stands for.

    Returns
    -------
    int, Fraction or None
        A fraction for 亩; None if the heading names no unit.

    Examples
    --------
    >>> area_factor("面积(km2)"), area_factor("建筑面积（㎡）"), area_factor("面积")
    (1000000, 1, None)
    """
    unit = _bare(heading).str.extract(AREA_HEADING).item()
    return None if unit is None else SQUARE_METRES[unit]


def _bare(heading: str) -> pl.Series:
    text = pl.Series([heading]).str.replace_many(SUPERSCRIPT_UNITS)
    return text.str.normalize("NFKC").str.replace_all(GAPS, "").str.to_uppercase()


def money(series: pl.Series, heading: str = "") -> Read:
    """Read a column of sums of money, in whole yuan.

    A unit in the cell goes before the unit in the heading; with neither, yuan are
    meant. A fraction of a yuan is rounded, halves to the even yuan, and noted.

    Parameters
    ----------
    series
        Cells as written.
    heading
        The heading as written, for its unit.

    Returns
    -------
    Read
        Int64, yuan, not below 0.

    Examples
    --------
    >>> read = money(pl.Series(["15.9", "3亿元", "5000元", "50万美元"]), "资金(万元)")
    >>> read.values.to_list(), read.codes.to_list()
    ([159000, 300000000, 5000, None], [None, None, None, 'wrong_unit'])
    """
    signed = pl.col("x").str.contains(f"^(?:{CURRENCY})")  # ¥500 is yuan under 万元
    rest = pl.col("rest").str.replace_all(f"整$|{CURRENCY}", "")
    given = _numbers(series).with_columns(
        rest=pl.when(signed & (rest == "")).then(pl.lit("元")).otherwise(rest)
    )
    foreign = pl.col("rest").str.contains(FOREIGN)
    if _bare(heading).str.contains(FOREIGN).item():
        foreign = foreign | (pl.col("rest") == "")
    frame = _scaled(given, YUAN, money_factor(heading) or 1)
    return _measure(frame, series.name, foreign, ROUNDED_MONEY)


def area_m2(series: pl.Series, heading: str = "") -> Read:
    """Read a column of areas of land or of floors, in whole square metres.

    A unit in the cell goes before the unit in the heading; with neither, square metres
    are meant. What is not whole is rounded, halves to the even metre, and noted.

    Parameters
    ----------
    series
        Cells as written.
    heading
        The heading as written, for its unit.

    Returns
    -------
    Read
        Int64, square metres, not below 0.

    Examples
    --------
    >>> read = area_m2(pl.Series(["1.5", "3亩", "1亩", "120㎡"]), "面积（平方公里）")
    >>> read.values.to_list(), read.codes.to_list()
    ([1500000, 2000, 667, 120], [None, None, 'rounded_area', None])
    """
    frame = _scaled(_numbers(series), SQUARE_METRES, area_factor(heading) or 1)
    return _measure(frame, series.name, pl.lit(value=False), ROUNDED_AREA)


def _scaled(
    frame: pl.DataFrame, factors: Mapping[str, int | Fraction], usual: int | Fraction
) -> pl.DataFrame:
    """Add the number times the factor of its unit, as `numerator` and `denominator`."""
    by_unit = {**factors, "": usual}
    above = {unit: factor.numerator for unit, factor in by_unit.items()}
    below = {unit: factor.denominator for unit, factor in by_unit.items()}
    times, parts = (
        pl.col("rest")
        .replace_strict(table, default=None, return_dtype=pl.Int64)
        .cast(pl.Decimal(38, 0))
        for table in (above, below)
    )
    return frame.with_columns(numerator=pl.col("number") * times, denominator=parts)


def _measure(
    frame: pl.DataFrame, name: str, foreign: pl.Expr, rounded: FaultCode
) -> Read:
    """Finish a column of measures that are kept whole."""
    numerator, denominator = pl.col("numerator"), pl.col("denominator")
    value = (numerator / denominator).round(0)
    units = sorted(
        {*YUAN, *SQUARE_METRES, *(w for u in UNIT_WORDS.values() for w in u)}
    )
    return closed(
        frame,
        name,
        value.cast(pl.Int64, strict=False),
        (pl.col("digits") > DIGITS, NUMBER_TOO_LARGE),
        (pl.col("number").is_null() | pl.col("scientific"), NUMBER_WITH_WORDS),
        (foreign | (numerator.is_null() & pl.col("rest").is_in(units)), WRONG_UNIT),
        (numerator.is_null(), NUMBER_WITH_WORDS),
        (numerator < 0, NEGATIVE_NUMBER),
        (value > LARGEST, NUMBER_TOO_LARGE),
        (value * denominator != numerator, rounded),
    )


def share(series: pl.Series, heading: str = "") -> Read:
    """Read a column of shares, such as the progress of projects 进度.

    A percent sign in the cell decides. Without one the column decides: numbers above 1
    show that percentages are meant, fractions that shares are; a 1 among percentages,
    and a fraction among them, may mean either and is not read.

    Parameters
    ----------
    series
        Cells as written.
    heading
        The heading as written; it may say %.

    Returns
    -------
    Read
        Float64, 0 to 1.

    Examples
    --------
    >>> share(pl.Series(["50%", "0.25", "1", "已完成"])).values.to_list()
    [0.5, 0.25, 1.0, None]
    >>> share(pl.Series(["50", "100", "1"]), "进度(%)").codes.to_list()
    [None, None, 'ambiguous_share']
    """
    frame = _numbers(series)
    number, sign = pl.col("number"), pl.col("rest") == "%"
    bare = frame.filter((pl.col("rest") == "") & (number > 0))["number"]
    fractions, large = (bare < 1).any(), (bare > 1).any()
    says_percent = _bare(heading).str.contains("%|百分").item()
    percent = large and (says_percent or not fractions)
    unsure = percent or (says_percent and not fractions)  # of what is not above 1
    hundred = pl.when(sign | percent).then(100).otherwise(1).cast(pl.Decimal(38, 0))
    value = number / hundred
    return closed(
        frame,
        series.name,
        value.cast(pl.Float64),
        (number.is_null() | pl.col("scientific"), NUMBER_WITH_WORDS),
        (~(sign | (pl.col("rest") == "")), NUMBER_WITH_WORDS),
        (~sign & (number > 0) & (number <= 1) & unsure, AMBIGUOUS_SHARE),
        ((value < 0) | (value > 1), BAD_SHARE),
    )
