"""Keep people out: which columns are a person's, and which file is refused whole.

Nothing here returns, stores or repeats what it finds.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from orgnet.faults import fault
from orgnet.rosters.cells.read import GAPS
from orgnet.rosters.masks import MANY_DIGITS, RESIDENT_NUMBER, holds_resident_number
from orgnet.rosters.sheets import Sheet, column_letter
from orgnet.schema.identifiers import (
    OLD_RESIDENT_SHAPE,
    credit_code_ok,
    normalised_code,
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

PREFIX: Final = "^[a-z_]+:"  # of an id made of a code
HEADING_ROWS: Final = 20  # headings stand no lower


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

    Looked for are the numbers of `holds_resident_number`, headings included; and, in a
    column whose heading is a person's, old numbers of 15 digits that fill a cell.
    Elsewhere those cannot be told from grid codes.

    Parameters
    ----------
    sheet
        Any sheet, hidden ones too, before anything else is made of it.
    credit_code_columns
        Columns of credit codes (`c3`), or of ids made of them. A valid credit code
        there is none of these, though its digits may pass.

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
    found = holds_resident_number(some["x"])
    if person:
        found |= _is_old_number(some["x"])
    if credit:
        code = normalised_code(pl.col("x").str.replace(PREFIX, ""))
        found &= ~some.select(credit_code_ok(code)).to_series()
    return some.filter(found)["row"].min()  # type: ignore[return-value]


def _is_old_number(texts: pl.Series) -> pl.Series:
    """Tell which texts are a number of 15 digits with area and birth date."""
    bare = texts.str.normalize("NFKC").str.replace_all(GAPS, "")
    born = ("19" + bare.str.slice(6, 6)).str.to_date("%Y%m%d", strict=False)
    shaped = bare.str.contains(f"^(?:{OLD_RESIDENT_SHAPE})$")
    return shaped & born.is_not_null()
