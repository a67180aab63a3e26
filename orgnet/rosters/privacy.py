"""Keep people out: which columns are a person's, and which file is refused whole.

Nothing here returns, stores or repeats what it finds.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from orgnet.faults import Effect, FaultCode, fault
from orgnet.rosters.cells.read import DASHES, GAPS
from orgnet.rosters.sheets import Sheet, column_letter
from orgnet.schema.identifiers import (
    OLD_RESIDENT_SHAPE,
    RESIDENT_PROVINCE,
    credit_code_ok,
    normalised_code,
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

PERSON_HEADINGS: Final = frozenset(
    (
        *("党组织书记", "书记", "副书记", "党组织联系人", "联系人", "负责人"),
        *("主要负责人", "单位负责人", "法定代表人", "法人代表", "法人", "企业法人"),
        *(
            "单位法人",
            "网格长",
            "网格员",
            "网格员姓名",
            "网格长/网格员姓名",
            "微网格长",
        ),
        *("微网格员", "姓名", "楼栋长", "小区长", "院落长", "业委会主任", "经办人"),
        *("填报人", "填表人", "审核人", "联系电话", "联系方式", "电话", "办公电话"),
        *("手机", "手机号", "手机号码", "身份证号", "身份证号码", "证件号码", "微信"),
        *("微信号", "邮箱", "电子邮箱", "qq", "性别", "出生年月", "家庭住址"),
        *("contact", "contact person", "person in charge", "legal representative"),
        *("secretary", "party secretary", "grid leader", "grid worker", "phone"),
        *("telephone", "mobile", "email", "wechat", "id card", "identity number"),
    )
)
_ROLES: Final = (
    "书记|联系人|负责人|法定代表人|法人代表|责任人|经办人|填报人|填表人|制表人|审核人"
    "|审批人|登记人|监护人|户主|房东|网格长|网格员|楼长|楼栋长|栋长|单元长"
    "|小区长|院落长|组长|站长|主任|会长|理事长|秘书长|董事长|总经理|经理|校长|园长|所长|局长|领导"
    "|班子成员|(?:人员|党员|成员|委员|居民|志愿者)名单"
)
_REACHED: Final = (
    "电话|电话号码|手机|手机号|手机号码|联系方式|微信|微信号|邮箱|电子邮件|qq|qq号"
)
_PAPERS: Final = "身份证.*|公民身份.*|证件号|证件号码|护照号|护照号码"
_PERSONAL: Final = "性别|出生年月|出生日期|籍贯|政治面貌|家庭住址|家庭地址|户籍地址"
_ENGLISH: Final = (
    "contact(?: person| name| number| details)?|tel"
    "|(?:tele|cell ?)?phone(?: no| number)?|mobile(?: phone)?(?: number)?"
    "|e ?mail(?: address)?|wechat|qq|secretary"
    "|legal (?:representative|person)|(?:responsible )?person(?: in charge)?"
    "|person(?:al)? name|grid (?:leader|worker|member)"
    "|(?:id|identity) card(?: number| no)?|(?:resident|national) id"
    "|passport(?: number)?|(?:resident )?identity number"
)
_PERSON: Final = re.compile(
    rf"^.*(?:{_ROLES})(?:姓名|名字|名单|签名|签字|信息|{_REACHED})?$"
    rf"|^.*(?:姓名|{_REACHED}|{_PERSONAL})$|^.*(?:{_PAPERS})$"
    r"|^(?:单位|企业|机构)?法人(?:姓名|代表|电话|手机|联系方式|签字)?$"
    rf"|^(?:.* )?(?:{_ENGLISH})$"
)
_COUNTED: Final = re.compile(  # numbers and statements about people, not who they are
    r"^(?:是否|有无|有没有)|(?:数|数量|人次|名额|占比|比例|率|时间|任期|情况|类型|类别"
    r"|性质|是否.*|有无.*)$|^(?:number|no) of | count$"
)
_HEADS: Final = frozenset(("人", "名", "个", "位", "人数", "是/否", "有/无"))
_NAMED_STAFF: Final = re.compile(r"^(?:专职|兼职|专兼职)?(?:微)?网格员$")
_MAYBE: Final = re.compile(
    "书记|联系人|负责人|网格长|网格员|指导员|联络员|委员$|社工|志愿者|人员|成员|领导"
    "|代表"
)

HEADING_ROWS: Final = 20  # headings stand no lower
MANY_DIGITS: Final = r"(?:\d\D{0,3}){14}"  # only such cells are looked at closely
RUN: Final = r"[0-9]{17,}X?"
CUT_NUMBER: Final = r"^([1-8])\.([0-9]{11,14})E\+?17$"  # 18 digits kept as a number
CUT_YEARS: Final = (1900, 2030)

MASK: Final = "***"
NUMERIC: Final = (  # numbers with words, as people write them
    r"^[0-9.,、\-~+%\s()<>=约余近多左右以上下不足超过至到人名个位户家十百千万亿元几若"
    r"干两一二三四五六七八九零〇是否有无暂]*$"
)
_GAP: Final = r"[\s\-]?"
_MONTH: Final = r"(?:0[1-9]|1[0-2])"
_MONTH_DAY: Final = rf"{_MONTH}{_GAP}(?:0[1-9]|[12][0-9]|3[01])"
_CENTURY: Final = r"(?:18|19|20)"
_BEFORE: Final = r"(^|[^0-9])"
_AFTER: Final = r"([^0-9]|$)"
_RESIDENT: Final = (
    rf"{_BEFORE}{RESIDENT_PROVINCE}[0-9]{{4}}{_GAP}{_CENTURY}[0-9]{{2}}{_GAP}"
    rf"{_MONTH_DAY}{_GAP}[0-9]{{3}}[0-9Xx]"
)
_OLD: Final = rf"{RESIDENT_PROVINCE}[0-9]{{4}}[2-9][0-9]{_MONTH_DAY}[0-9]{{3}}"
_MOBILE: Final = rf"(?:\+?86{_GAP})?1[3-9][0-9]{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}"
_LANDLINE: Final = rf"\(?0[0-9]{{2,3}}\)?{_GAP}[0-9]{{7,8}}(?:[-转][0-9]{{1,6}})?"
_MASKED: Final = (
    (r"[0-9]{21,}[Xx]?", MASK),  # two numbers written as one
    (_RESIDENT, f"${{1}}{MASK}"),
    (rf"[1-8]\.[0-9]{{5}}{_CENTURY}[0-9]{{2}}{_MONTH}[0-9]{{1,5}}[Ee]\+?17", MASK),
    # a grid code reads alike, but for those of streets and towns, which are below 200
    (f"{_BEFORE}{_OLD}{_AFTER}", f"${{1}}{MASK}${{2}}"),
    (f"{_BEFORE}{_MOBILE}{_AFTER}", f"${{1}}{MASK}${{2}}"),
    (f"{_BEFORE}{_LANDLINE}{_AFTER}", f"${{1}}{MASK}${{2}}"),
    (r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+", MASK),
)


@dataclass(frozen=True)
class RefusedFile:
    """Where a file holds a resident number. The number itself is nowhere kept."""

    file: str
    sheet: str
    row: int
    column: str  # the letter

    def fault(self) -> dict[str, Any]:
        """Return the row that it has among the faults."""
        return fault(
            RESIDENT_NUMBER,
            file=self.file,
            sheet=self.sheet,
            row=self.row,
            column=self.column,
        )


DASHED: Final = (
    r"(?:^|[^0-9])(?P<area>[1-8][0-9]{5})-(?P<born>[0-9]{8})-(?P<serial>[0-9]{3}[0-9X])"
    r"(?:$|[^0-9])"
)
BORN_BEFORE: Final = 2008_01_01  # who works was born before, and agreements came after


def is_person_heading(text: str) -> bool:
    """Say whether a heading declares a column to be about a person.

    Posts, ways to reach somebody, papers and personal particulars, in Chinese and
    English, whatever stands before them (社区党组织书记, 单位联系电话), alone or with
    others (联系人及电话). Counts of people (网格员人数) and statements
    (是否配备专职书记) are no person's.

    Examples
    --------
    >>> [is_person_heading(h) for h in ("党组织书记 姓名", "联系人及电话", "Phone")]
    [True, True, True]
    >>> [is_person_heading(h) for h in ("专职网格员数", "法人单位", "党员数（人）")]
    [False, False, False]
    """
    words, notes = _heading(text)
    if _COUNTED.search(words) or _HEADS & set(notes):
        return False
    return any(map(_is_person, [words, *re.split(r"[/、,;&|]|及|和|与", words)]))


def _heading(text: str) -> tuple[str, list[str]]:
    """Return a heading without its brackets, and what stands in them."""
    folded = unicodedata.normalize("NFKC", text).lower()
    latin = re.sub(r"(?<=[a-z])[\s_\-]+(?=[a-z])", "\x00", folded)
    words = re.sub(r"\s+|[*:.]", "", latin).replace("\x00", " ")
    brackets = r"[(\[【〔]([^)\]】〕]*)[)\]】〕]"
    return re.sub(brackets, "", words), re.findall(brackets, words)


def _is_person(words: str) -> bool:
    if _NAMED_STAFF.search(words):
        return words.removeprefix("微") == "网格员"  # 专职网格员 is mostly a number
    return words in PERSON_HEADINGS or _PERSON.search(words) is not None


def may_hold_names(text: str) -> bool:
    """Say whether cells under a heading often hold people's names.

    Columns such as 党建指导员 and 兼职委员 are meant for yes and no, and often filled
    with names: they are read, and their cells are never shown.

    Examples
    --------
    >>> may_hold_names("党建指导员（是/否）"), may_hold_names("党员数")
    (True, False)
    """
    words, _ = _heading(text)
    if is_person_heading(text):
        return True
    return _MAYBE.search(words) is not None and not words.endswith(("数", "数量"))


def guard(
    sheet: Sheet, credit_code_columns: Collection[str] = ()
) -> RefusedFile | None:
    """Find the first cell that holds a resident identity number.

    Looked for are numbers of 18 characters with a right area, birth date and check
    digit, anywhere in a cell, gaps or not; numbers of that kind that a spreadsheet cut
    to 15 digits; and, in a column whose heading is a person's, old numbers of 15 digits
    that fill a cell. Elsewhere those cannot be told from grid codes.

    Parameters
    ----------
    sheet
        Any sheet, hidden ones too, before anything else is made of it.
    credit_code_columns
        Columns of credit codes (`c3`). A valid credit code there is none of these,
        though its digits may pass.

    Returns
    -------
    RefusedFile or None
        Its file is to be refused whole. The first by row and column; None if there is
        none.
    """
    persons = _person_columns(sheet)
    hits = [
        (row, place)
        for place, column in enumerate(sheet.columns)
        if (
            row := _first_row(
                sheet.grid.select("row", pl.col(column).alias("x")),
                credit=column in credit_code_columns,
                person=column in persons,
            )
        )
    ]
    if not hits:
        return None
    row, place = min(hits)
    return RefusedFile(sheet.file, sheet.name, row, column_letter(place))


def _person_columns(sheet: Sheet) -> set[str]:
    above = sheet.grid.head(HEADING_ROWS).drop("row")
    return {
        c.name for c in above if any(map(is_person_heading, c.drop_nulls().unique()))
    }


def _first_row(cells: pl.DataFrame, *, credit: bool, person: bool) -> int | None:
    """Return the first row of a column with such a number."""
    some = cells.filter(pl.col("x").str.contains(MANY_DIGITS))
    if some.is_empty():
        return None
    folded = pl.col("x").str.normalize("NFKC").str.to_uppercase()
    frame = some.with_columns(folded=folded, bare=folded.str.replace_all(GAPS, ""))
    found = _holds_number(frame) | _is_cut_number(frame["bare"])
    found |= _is_dashed_number(frame["folded"])
    if person:
        found |= _is_old_number(frame["bare"])
    if credit:
        found &= ~frame.select(credit_code_ok(normalised_code(pl.col("x")))).to_series()
    return frame.filter(found)["row"].min()  # type: ignore[return-value]


def _is_dashed_number(texts: pl.Series) -> pl.Series:
    """Tell which texts hold a number as area, birth date and serial with dashes.

    Numbers of agreements have the same shape, but the date in them is a recent one.
    """
    parts = texts.to_frame("x").select(
        pl.col("x").str.replace_all(DASHES, "-").str.extract_groups(DASHED)
    )
    joined = parts.unnest("x").select(
        number=pl.concat_str("area", "born", "serial"),
        born=pl.col("born").cast(pl.Int64),
    )
    real = joined.select(resident_number_ok(pl.col("number"))).to_series()
    return (real & (joined["born"] < BORN_BEFORE)).fill_null(value=False)


def _holds_number(frame: pl.DataFrame) -> pl.Series:
    """Tell which texts hold a number of 18 characters that stands apart.

    A number written together with another, or with a mobile number, stands apart too.
    """
    runs = pl.concat_list(pl.col("folded", "bare").str.extract_all(RUN)).list.unique()
    length = pl.col("run").str.len_chars()
    pieces = (
        frame.select(runs.alias("run"), pl.int_range(pl.len()).alias("at"))
        .explode("run")
        .filter(length.is_in([18, 19, 29, 36]))
        .with_columns(last=pl.col("run").str.tail(18))
    )
    first = resident_number_ok(pl.col("run").str.head(18))
    last = resident_number_ok(pl.col("last"))
    whole = (length != 19) | pl.col("run").str.ends_with("X")  # noqa: PLR2004
    at = pieces.filter((first & whole) | (last & (length > 19)))["at"]  # noqa: PLR2004
    return pl.int_range(frame.height, eager=True).is_in(at.implode())


def _is_cut_number(bare: pl.Series) -> pl.Series:
    """Tell which texts are a number of 18 digits, cut to 15, with area and birth."""
    parts = bare.str.extract_groups(CUT_NUMBER).struct.unnest()
    digits = (parts.to_series(0) + parts.to_series(1)).str.pad_end(15, "0")
    born = digits.str.slice(6, 8).str.to_date("%Y%m%d", strict=False).dt.year()
    area = digits.str.contains(f"^{RESIDENT_PROVINCE}")
    return (area & born.is_between(*CUT_YEARS)).fill_null(value=False)


def _is_old_number(bare: pl.Series) -> pl.Series:
    """Tell which texts are a number of 15 digits with area and birth date."""
    born = ("19" + bare.str.slice(6, 6)).str.to_date("%Y%m%d", strict=False)
    shaped = bare.str.contains(f"^(?:{OLD_RESIDENT_SHAPE})$")
    return shaped & born.is_not_null()


def mask(series: pl.Series, *, names: bool = False) -> pl.Series:
    """Replace what tells of a person in values that are to be shown.

    Mobile and landline numbers, resident numbers old and new, whole or cut, and e-mail
    addresses become ``***``; resident numbers whose check digit is wrong too.

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
    folded = pl.col("x").str.normalize("NFKC").str.replace_all(DASHES, "-")
    masked = folded
    for pattern, shown in _MASKED * 2:  # what one match used up may begin the next
        masked = masked.str.replace_all(pattern, shown)
    told = pl.when(masked != folded).then(masked).otherwise("x")
    numeric = folded.str.contains(NUMERIC) | pl.lit(not names)
    seen = pl.when(numeric).then(told).otherwise(pl.lit(MASK))
    seen = pl.when(pl.col("x").is_not_null()).then(seen).alias(series.name)
    return series.cast(pl.String).alias("x").to_frame().select(seen).to_series()
