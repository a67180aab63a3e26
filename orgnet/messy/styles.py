"""How offices write values: dates, yes and no, money, widths, spellings of names."""

from collections.abc import Callable
from functools import partial

import polars as pl

from orgnet.schema.vocabulary import Vocabulary

HALF = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ()-"
WIDE = "".join(chr(ord(c) + 0xFEE0) for c in HALF)  # the full-width forms of the same
PLAIN, OLD = "党区会总联业务", "黨區會總聯業務"
YES_NO = {
    "是否": ("是", "否"),
    "有无": ("有", "无"),
    "勾叉": ("√", "×"),
    "YN": ("Y", "N"),
    "10": ("1", "0"),
}
CHINESE_DIGITS = "〇一二三四五六七八九"
FORMAL = {  # how a name ends in daily use, and on the seal
    "党工委": "工作委员会",
    "联合党支部": "联合党支部",
    "临时党支部": "临时党支部",
    "党总支": "总支部委员会",
    "党支部": "支部委员会",
    "党委": "委员会",
}
EVERY = 7  # one cell in seven is written otherwise, where an office is not consistent


def styled(values: pl.Series, style: str, words: type[Vocabulary] | None) -> pl.Series:
    """Write the values of one column as an office writes them.

    Parameters
    ----------
    values
        The values: text, codes, whole numbers, shares, booleans or dates.
    style
        A name from `STYLES`, a way to write yes and no, or, for codes, which of the
        vocabulary's words is used.
    words
        The vocabulary of the codes, if the column has one.

    Returns
    -------
    polars.Series
        Text, numbers or dates, as cells hold them.
    """
    if words is not None:
        return _worded(values, int(style or 0), words)
    if values.dtype == pl.Boolean:
        yes, no = YES_NO[style or "是否"]
        spelled = pl.when(values).then(pl.lit(yes)).when(~values).then(pl.lit(no))
        return pl.select(spelled).to_series()
    if not style:
        return values
    return values.to_frame("v").select(STYLES[style](pl.col("v"))).to_series()


def _worded(values: pl.Series, which: int, words: type[Vocabulary]) -> pl.Series:
    spelled = {m.value: m.words[min(which, len(m.words) - 1)] for m in words}
    return values.cast(pl.String).replace_strict(
        spelled, default=None, return_dtype=pl.String
    )


def _mapped(text: pl.Expr, given: str, written: str) -> pl.Expr:
    return text.str.replace_many(list(given), list(written))


def _wide(value: pl.Expr) -> pl.Expr:
    return _mapped(value.cast(pl.String), HALF, WIDE)


def _now_and_then(value: pl.Expr, otherwise: pl.Expr) -> pl.Expr:
    return pl.when(pl.int_range(pl.len()) % EVERY == 0).then(otherwise).otherwise(value)


def _formal(name: pl.Expr) -> pl.Expr:
    """Write the full name, as on the seal."""
    formal, found = name, pl.lit(value=False)
    for short, long in FORMAL.items():
        ends = name.str.ends_with(short) & ~found
        whole = pl.lit("中共") + name.str.strip_suffix(short) + long
        formal, found = pl.when(ends).then(whole).otherwise(formal), found | ends
    return formal


def _short_area(name: pl.Expr) -> pl.Expr:
    """Write what people call a community, if its name is regular: without 居委会."""
    community = name.str.extract("^(.+社区)(?:居民委员会|居委会|村民委员会|村委会)$")
    village = name.str.extract("^(.+?村)村?(?:民委员会|委会)$")
    return pl.coalesce(community, village, name)


def _direction(direction: pl.Expr, way: str) -> pl.Expr:
    down, up = DIRECTIONS[way]
    return pl.when(direction == "down").then(pl.lit(down)).otherwise(pl.lit(up))


def _hanzi(day: pl.Expr) -> pl.Expr:
    """Write a day in Chinese numerals, 二〇一九年八月七日."""
    year = _mapped(day.dt.year().cast(pl.String), HALF[:10], CHINESE_DIGITS)
    month, of_month = (
        part.replace_strict(list(range(1, 32)), NUMERALS, return_dtype=pl.String)
        for part in (day.dt.month(), day.dt.day())
    )
    return pl.concat_str(
        year, pl.lit("年"), month, pl.lit("月"), of_month, pl.lit("日")
    )


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("", "十", "二十", "三十")[tens] + CHINESE_DIGITS[ones] * bool(ones)


def _thousands(number: pl.Expr) -> pl.Expr:
    """Write a whole number with commas, 12,345."""
    backwards = number.cast(pl.String).str.reverse().str.replace_all(r"(\d{3})", "$1,")
    return backwards.str.strip_suffix(",").str.reverse()


NUMERALS = [_numeral(n) for n in range(1, 32)]
DIRECTIONS = {
    "一": ("自上而下", "自下而上"),
    "二": ("街道社区评单位", "单位评街道社区"),
    "三": ("下评", "上评"),
}
EXCEL_EPOCH = pl.date(1899, 12, 30)
M2_A_MU = 2000 / 3

STYLES: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "text": lambda v: v.cast(pl.String),
    "wide": _wide,
    "wide_now_and_then": lambda v: _now_and_then(v, _wide(v)),
    "half_brackets": lambda v: v.str.replace_many(["（", "）"], ["(", ")"]),
    "trailing": lambda v: _now_and_then(v, v + "  "),
    "leading": lambda v: _now_and_then(v, pl.lit("\u3000") + v),
    "old": lambda v: _now_and_then(v, _mapped(v, PLAIN, OLD)),
    "formal": _formal,
    "short_area": _short_area,
    "dotted": lambda v: v.dt.strftime("%Y.%-m.%-d"),
    "slashed": lambda v: v.dt.strftime("%Y/%-m/%-d"),
    "iso": lambda v: v.dt.strftime("%Y-%m-%d"),
    "年月日": lambda v: v.dt.strftime("%Y年%-m月%-d日"),
    "hanzi": _hanzi,
    "serial": lambda v: (v - EXCEL_EPOCH).dt.total_days(),
    "thousands": _thousands,
    "万元": lambda v: (v / 10_000).round(4),
    "km2": lambda v: (v / 1_000_000).round(6),
    "亩": lambda v: (v / M2_A_MU).round(4),  # exact: a square metre is 0.0015
    "percent": lambda v: (v * 100).round(0).cast(pl.Int64).cast(pl.String) + "%",
    "padded": lambda v: v.str.pad_end(12, "0"),
    "dot_zero": lambda v: _now_and_then(v, v + ".0"),
    "semicolons": lambda v: v.str.replace_all("、", "；"),
    "code": lambda v: v.cast(pl.String),
    "excel": lambda v: v,
    "whole": lambda v: v.cast(pl.Int64, strict=False),
    "年度": lambda v: v + "年度",
    **{f"方向{way}": partial(_direction, way=way) for way in DIRECTIONS},
}
