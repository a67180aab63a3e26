"""Numbers by which people are known: which texts hold one, and texts without them.

Nothing here keeps or repeats what it finds.
"""

import re
from itertools import accumulate
from typing import Final

import polars as pl

from orgnet.faults import Effect, FaultCode
from orgnet.rosters.cells.read import DASHES, GAPS
from orgnet.schema.identifiers import (
    RESIDENT_PROVINCE,
    is_resident_number,
    resident_number_ok,
)

RESIDENT_NUMBER: Final = FaultCode(
    "resident_number",
    Effect.FILE_REFUSED,
    "a cell holds a resident identity number; the whole file was refused",
    "单元格中有居民身份证号，整个文件已被拒绝",
    "delete the column of identity numbers from the file and read it again",
    "请从文件中删除身份证号后重新读入",
)
NUMBER_IN_NAME: Final = FaultCode(
    RESIDENT_NUMBER.code,
    Effect.FILE_REFUSED,
    "the name of {detail} holds a resident identity number; the whole file was refused",
    "{detail}中有居民身份证号，整个文件已被拒绝",
    "take the number out of the name and read the file again",
    "请从名称中删除身份证号后重新读入",
)
MASKED_CONTACT: Final = FaultCode(
    "masked_contact",
    Effect.NOTED,
    "{column} holds a telephone number, an e-mail address or what looks like an"
    " identity number; it is kept as {value}",
    "“{column}”中有电话号码、电子邮箱或疑似身份证号，已遮盖后存为“{value}”",
    "take it out of the cell; nothing else of the cell is lost",
    "请从单元格中删除该号码；其余内容均已保留",
)

MASK: Final = "***"
TELLING: Final = r"(?:\d[\W_]{0,3}){6}\d|[@＠]"  # what telephones and addresses have
_AMOUNT: Final = (  # signs and words of which numbers consist, as people write them
    r"[0-9.,、\-~+%\s()<>=约余近多左右以上下不足超过至到人名个位户家十百千万亿元几若"
    r"干两一二三四五六七八九零〇是否有无暂]"
)
_COUNTED: Final = (  # units that stand right after a digit, and so in no name
    r"[0-9](?:年(?:度|底|末|初|内|[上下]半年)?|月(?:份|底|末|初)?|日|号|天|周|岁|口|次"
    r"|人次|件|项|起|宗|步|分|级|期|批|间|处|套|台|亩|公顷|(?:万)?平方?米|平方公里|k?m2"
    r"|小时|个?工作日)"
)
_DATED: Final = (
    "[零〇一二三四五六七八九]{4}年(?:度|[一二三四五六七八九十]{1,2}月)?"
    "|近[一二两三四五六七八九十]年"
)
_SAID: Final = (  # words in which no name can hide
    "(?:已|未|尚未|全部|基本)(?:完成|完工|竣工|开工|启动|开始|满)|截[至止]"
    "|(?:正式|预备)?党员|职工|员工|从业人员|工作人员|合计|共计"
)
NUMERIC: Final = (
    "^(?:完成|进行中|推进中|实施中|建设中|满员|额满|正常|全部)?"
    f"(?:{_AMOUNT}|{_COUNTED}|{_DATED}|{_SAID})*$"
)

MANY_DIGITS: Final = r"(?:\d\D{0,3}){14}"  # only such texts are looked at closely
ENCLOSED: Final = r"\p{No}"  # ① before a number is no digit of it
UNSEEN: Final = r"[\u00ad\u200b-\u200f\u2060\ufeff]"
CROSSES: Final = r"[\u00d7\u2715\u2716\u2573\u0425\u0445\u03a7\u03c7]"  # meant as X
RUN: Final = r"[0-9]{17,}X?"
CUT_NUMBER: Final = r"^([1-8])\.([0-9]{11,14})E\+?17$"  # 18 digits kept as a number
CUT_YEARS: Final = (1900, 2030)
BORN_BEFORE: Final = 2008_01_01  # who works was born before, and agreements came after

_SIGN: Final = r"[\W_]"
_LIKELY: Final = "[^0-9]{0,3}".join(  # area and birth date, whatever stands between
    ("[1-8]", *["[0-9]"] * 5, "[12]", "[089]", *["[0-9]"] * 2, "[01]", "[0-9]", "[0-3]")
)
_PIECES: Final = re.compile(
    rf"(?<![0-9])(?=([1-8](?:{_SIGN}{{0,3}}[0-9]){{16}}{_SIGN}{{0,3}}[0-9X])(?![0-9]))"
)
_PARTS: Final = frozenset((2, 4, 6, 10, 12, 14, 17))  # area, birth, serial and check
_EVEN: Final = [frozenset(range(n, 18, n)) for n in range(1, 7)]
_CODE_ENDS: Final = frozenset((9, 12, 15))  # of codes of areas and grids

_BEFORE: Final = "(^|[^0-9])"
_AFTER: Final = "([^0-9]|$)"
_GAP: Final = r"[\s\x1c-\x1f\u00ad\u200b-\u200f\u2060\ufeff._·\-]{0,3}"
_AREA: Final = f"{RESIDENT_PROVINCE}[0-9]{{4}}"
_MONTH: Final = "(?:0[1-9]|1[0-2])"
_DAY: Final = "(?:0[1-9]|[12][0-9]|3[01])"
_SERIAL: Final = f"[0-9]{{3}}(?:[0-9Xx]|{CROSSES})"


def _shape(year: str, sign: str) -> str:
    """Return the shape of a number with signs between its parts, or none."""
    gap, cut = f"{sign}{{0,3}}", f"{sign}{{1,3}}"
    day = f"(?:{_MONTH}{_DAY}|{cut}{_MONTH}{gap}{_DAY})"  # a code of an area ends there
    return f"{_AREA}{gap}{year}{day}{gap}{_SERIAL}"


_WHOLE: Final = f"{_AREA}(?:18|19|20)[0-9]{{2}}{_MONTH}{_DAY}{_SERIAL}"
_SPACED: Final = _shape("(?:18|19|20)[0-9]{2}", GAPS)
_SIGNED: Final = _shape("(?:1[89][0-9]{2}|200[0-7])", _SIGN)  # see BORN_BEFORE
_CUT: Final = rf"[1-8]\.[0-9]{{5}}(?:18|19|20)[0-9]{{2}}{_MONTH}[0-9]{{1,5}}[Ee]\+?17"
_OLD: Final = f"{_AREA}[2-9][0-9]{_MONTH}{_DAY}[0-9]{{3}}"
_MOBILE: Final = (
    rf"(?:(?:\+|00)?86{_GAP}|0)?1[3-9][0-9]{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}"
)
_LOCAL: Final = (  # seven digits, or eight that are no date
    "(?:[0-9]{7}|(?:1[0-8]|2[1-9]|[03-9][0-9])[0-9]{6}"
    "|(?:19|20)[0-9]{2}(?:00|1[3-9]|[2-9][0-9])[0-9]{2})"
)
_CITY: Final = "0(?:10|2[0-9]|[3-9][0-9]{2})"
_LANDLINE: Final = rf"(?:\({_CITY}\)|{_CITY}){_GAP}{_LOCAL}(?:[-转][0-9]{{1,6}})?"
_MASKED: Final = (
    (f"{_BEFORE}(?:{_WHOLE}|1[3-9][0-9]{{9}}){{2,}}", f"${{1}}{MASK}"),
    (f"{_BEFORE}(?:{_SPACED}|{_SIGNED})", f"${{1}}{MASK}"),
    (_CUT, MASK),
    # a grid code reads alike, but for those of streets and towns, which are below 200
    (f"{_BEFORE}{_OLD}{_AFTER}", f"${{1}}{MASK}${{2}}"),
    (f"{_BEFORE}{_MOBILE}{_AFTER}", f"${{1}}{MASK}${{2}}"),
    (f"{_BEFORE}{_LANDLINE}{_AFTER}", f"${{1}}{MASK}${{2}}"),
    (r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+", MASK),
)


def holds_resident_number(texts: pl.Series) -> pl.Series:
    """Tell which texts hold a resident identity number.

    Numbers of 18 characters with a right area, birth date and check digit, anywhere in
    a text: whole, or in the pieces that people write them in, with gaps or signs
    between; with a cross for the X; and cut to 15 digits by a spreadsheet.

    Parameters
    ----------
    texts
        As written, none null.

    Returns
    -------
    polars.Series
        Boolean.

    Examples
    --------
    >>> holds_resident_number(pl.Series(["510104020001 201908", "卡号6217 0000"]))[0]
    False
    """
    plain = (
        texts.str.replace_all(ENCLOSED, " ")
        .str.normalize("NFKC")
        .str.to_uppercase()
        .str.replace_all(UNSEEN, "")
        .str.replace_all(CROSSES, "X")
    )
    bare = plain.str.replace_all(GAPS, "")
    return _holds_whole(plain) | _holds_pieces(plain) | _is_cut_number(bare)


def names_resident(text: str) -> bool:
    """Say whether one text, such as the name of a file, holds a resident number."""
    if re.search(MANY_DIGITS, text) is None:
        return False
    return bool(holds_resident_number(pl.Series([text]))[0])


def _holds_whole(texts: pl.Series) -> pl.Series:
    """Tell which texts hold a number in one piece that stands apart.

    A number written together with another, or with a mobile number, stands apart too.
    """
    length = pl.col("run").str.len_chars()
    pieces = (
        texts.str.extract_all(RUN)
        .alias("run")
        .to_frame()
        .with_row_index("at")
        .explode("run")
        .filter(length.is_in([18, 19, 29, 36]))
        .with_columns(last=pl.col("run").str.tail(18))
    )
    first = resident_number_ok(pl.col("run").str.head(18))
    last = resident_number_ok(pl.col("last"))
    whole = (length != 19) | pl.col("run").str.ends_with("X")  # noqa: PLR2004
    at = pieces.filter((first & whole) | (last & (length > 19)))["at"]  # noqa: PLR2004
    return _among(at, texts.len())


def _holds_pieces(texts: pl.Series) -> pl.Series:
    """Tell which texts hold a number in pieces."""
    likely = texts.str.contains(_LIKELY).arg_true()
    found = [_in_pieces(text) for text in texts.gather(likely)]
    return _among(likely.filter(pl.Series(found, dtype=pl.Boolean)), texts.len())


def _among(places: pl.Series, length: int) -> pl.Series:
    return pl.int_range(length, eager=True).is_in(places.cast(pl.Int64).implode())


def _in_pieces(text: str) -> bool:
    """Tell whether a text holds a number cut as people cut them.

    Lists of other numbers, and codes of areas with something after them, make a number
    up by chance. So its pieces are its parts or all of one length; other pieces may
    only have gaps between them, and no other digits beside. Numbers of agreements have
    the same parts and signs, but the date in them is a recent one.
    """
    for found in _PIECES.finditer(text):
        pieces = re.split(f"{_SIGN}+", found[1])
        number = "".join(pieces)
        if not is_resident_number(number):
            continue
        cuts = frozenset(accumulate(map(len, pieces[:-1])))
        if not re.sub(r"[0-9X\s]", "", found[1]):
            if _is_usual(cuts) or (not cuts & _CODE_ENDS and _is_alone(found)):
                return True
        elif _is_usual(cuts) and int(number[6:14]) < BORN_BEFORE:
            return True
    return False


def _is_usual(cuts: frozenset[int]) -> bool:
    """Tell whether a number is cut into its parts, or evenly."""
    month_too = 10 in cuts or 12 not in cuts  # noqa: PLR2004  a code of an area ends at 12
    return (cuts <= _PARTS and month_too) or cuts in _EVEN


def _is_alone(found: re.Match[str]) -> bool:
    before, after = found.string[: found.start()], found.string[found.end(1) :]
    return (
        re.search(r"[0-9]\s+$", before) is None and re.match(r"\s+[0-9]", after) is None
    )


def _is_cut_number(bare: pl.Series) -> pl.Series:
    """Tell which texts are a number of 18 digits, cut to 15, with area and birth."""
    parts = bare.str.extract_groups(CUT_NUMBER).struct.unnest()
    digits = (parts.to_series(0) + parts.to_series(1)).str.pad_end(15, "0")
    born = digits.str.slice(6, 8).str.to_date("%Y%m%d", strict=False).dt.year()
    area = digits.str.contains(f"^{RESIDENT_PROVINCE}")
    return (area & born.is_between(*CUT_YEARS)).fill_null(value=False)


def mask(series: pl.Series, *, names: bool = False) -> pl.Series:
    """Replace what tells of a person in values that are to be shown or stored.

    Mobile and landline numbers, resident numbers old and new, whole, in pieces or cut,
    and e-mail addresses become ``***``; resident numbers whose check digit is wrong
    too.

    Parameters
    ----------
    series
        Values as written.
    names
        Whether words other than those of numbers are replaced too: for columns that
        should hold a number, where people are sometimes named beside it.

    Examples
    --------
    >>> mask(pl.Series(["联系 028-86001234", "510104020001003"])).to_list()
    ['联系 ***', '510104020001003']
    >>> mask(pl.Series(["约50人", "3（某甲、某乙、某丙）"]), names=True).to_list()
    ['约50人', '***']
    """
    loose = pl.col("x").str.replace_all(ENCLOSED, "、")
    folded = loose.str.normalize("NFKC").str.replace_all(DASHES, "-")
    masked = folded
    for pattern, shown in _MASKED * 2:  # what one match used up may begin the next
        masked = masked.str.replace_all(pattern, shown)
    told = pl.when(masked != folded).then(masked).otherwise("x")
    numeric = folded.str.contains(NUMERIC) | pl.lit(not names)
    seen = pl.when(numeric).then(told).otherwise(pl.lit(MASK))
    seen = pl.when(pl.col("x").is_not_null()).then(seen).alias(series.name)
    done = series.cast(pl.String).alias("x").to_frame().select(seen).to_series()
    left = done.str.contains(MANY_DIGITS).fill_null(value=False).arg_true()
    left = left.filter(holds_resident_number(done.gather(left)))  # in odd pieces
    return done.scatter(left, MASK) if left.len() else done


def masked(text: str, *, names: bool = False) -> str:
    """Return one text with what tells of a person replaced; see `mask`.

    Examples
    --------
    >>> masked("台账（电话028-86001234）.xlsx"), masked("台账2019.xlsx")
    ('台账(电话***).xlsx', '台账2019.xlsx')
    """
    if not names and re.search(TELLING, text) is None:
        return text
    return str(mask(pl.Series([text]), names=names)[0])
