"""Columns of words: text for display, yes or no, and the codes of a vocabulary."""

from itertools import product
from typing import Final

import polars as pl

from orgnet.rosters.cells.names import match_key
from orgnet.rosters.cells.read import (
    GAPS,
    NOT_YES_OR_NO,
    UNKNOWN_WORD,
    Read,
    closed,
    opened,
)
from orgnet.schema.vocabulary import Vocabulary

_DONE: Final = (
    *("", "建", "建立", "成立", "组建", "设", "设立", "签", "签订", "签约", "签署"),
    *("配备", "选派", "派", "派驻", "加入", "参加", "报到", "开展", "完成", "覆盖"),
)
YES: Final = frozenset(
    ("是", "有", "对", "√", "✓", "✔", "☑", "Y", "YES", "T", "TRUE", "1", "1.0")
) | {f"已{done}" for done in _DONE}
NO: Final = frozenset(
    ("否", "无", "错", "×", "✗", "✘", "X", "N", "NO", "F", "FALSE", "0", "0.0")
) | {not_yet + done for not_yet, done in product(("未", "没有", "没"), _DONE)}


def text(series: pl.Series) -> Read:
    """Read a column of text to be shown: as written, its white space put in order.

    Runs of white space, line breaks too, become one space; characters that show
    nothing go. Full-width forms and variants stay as they are.

    Examples
    --------
    >>> text(pl.Series(["  成都市　锦江区 ", "（筹）", "—", "#N/A"])).values.to_list()
    ['成都市 锦江区', '（筹）', None, None]
    """
    shown = pl.col("written").str.replace_all(r"[\u00ad\u200b-\u200f\u2060\ufeff]", "")
    spaced = shown.str.replace_all(rf"(?:{GAPS}|_x000D_)+", " ").str.strip_chars(" ")
    frame = opened(series).with_columns(series.cast(pl.String).alias("written"))
    return closed(frame, series.name, spaced)


def yes_no(series: pl.Series) -> Read:
    """Read a column of yes and no, as Boolean. Empty is unknown, not no.

    Examples
    --------
    >>> yes_no(pl.Series(["是", "×", "已建立", "", "2名"])).values.to_list()
    [True, False, True, None, None]
    """
    word = pl.col("x").str.to_uppercase().str.replace_all(f"{GAPS}|的$", "")
    yes, no = word.is_in(list(YES)), word.is_in(list(NO))
    value = pl.when(yes).then(pl.lit(value=True)).when(no).then(pl.lit(value=False))
    return closed(opened(series), series.name, value, (~(yes | no), NOT_YES_OR_NO))


def vocabulary(series: pl.Series, words: type[Vocabulary]) -> Read:
    """Read a column of words as the codes of a vocabulary.

    Codes, English words and every Chinese word of a member are taken, whatever their
    width, case and brackets.

    Parameters
    ----------
    series
        Cells as written.
    words
        The vocabulary.

    Returns
    -------
    Read
        Enum of the sorted codes, as the schema's tables have it.

    Examples
    --------
    >>> from orgnet.schema.vocabulary import Form
    >>> vocabulary(pl.Series(["党总支", "branch", "小组"]), Form).values.to_list()
    ['general_branch', 'branch', None]
    """
    spelled = [(s, m.value) for m in words for s in (m.value, m.en, *m.words)]
    keys = match_key(pl.Series([s for s, _ in spelled]))
    codes = dict(zip(keys, (code for _, code in spelled), strict=True))
    dtype = pl.Enum(sorted(m.value for m in words))
    read = opened(series).with_columns(match_key(series).alias("key"))
    frame = read.with_columns(
        code=pl.col("key").replace_strict(codes, default=None, return_dtype=dtype)
    )
    allowed = pl.lit("、".join(m.zh for m in words))
    unknown = (pl.col("code").is_null(), UNKNOWN_WORD)
    return closed(frame, series.name, pl.col("code"), unknown, detail=allowed)
