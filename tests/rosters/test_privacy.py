import random
from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgnet.rosters.privacy import (
    PERSON_HEADINGS,
    RefusedFile,
    guard,
    is_person_heading,
    mask,
    may_hold_names,
)
from orgnet.rosters.sheets import Sheet
from orgnet.schema import SCHEMA
from orgnet.schema.identifiers import is_credit_code, make_credit_codes

# None of these numbers is anybody's: they are computed here, from made-up parts.
AREA = "510104"


def resident(born: str = "19800229", serial: int = 1, area: str = AREA) -> str:
    """Compute a number by ISO 7064, apart from the code under test."""
    body = f"{area}{born}{serial:03}"
    total = 0
    for digit in body:
        total = (total + int(digit)) * 2 % 11
    return body + "0123456789X"[(12 - total) % 11]


def ending_in_x() -> str:
    return next(n for n in (resident(serial=s) for s in range(99)) if n[-1] == "X")


def wrong_check(number: str) -> str:
    return number[:-1] + ("1" if number[-1] != "1" else "2")


def cut(born: str) -> str:
    """Write a number as a spreadsheet shows it that kept it as a number."""
    number = next(n for n in (resident(born, s) for s in range(9)) if n.isdigit())
    return f"{float(number):.15g}".upper()


def mobile() -> str:
    return f"138{0:08}"


def sheet(*rows: Sequence[str | None]) -> Sheet:
    columns = {
        f"c{i}": pl.Series(c, dtype=pl.String)
        for i, c in enumerate(zip(*rows, strict=True))
    }
    grid = pl.DataFrame({"row": pl.Series(range(1, len(rows) + 1)), **columns})
    none = pl.DataFrame(schema={"row": pl.Int64, "column": pl.Int64})
    return Sheet("街道/台账.xlsx", "台账", grid, none)


def refused(cell: str, heading: str = "备注") -> bool:
    return guard(sheet(["名称", heading], ["甲", "乙"], ["丙", cell])) is not None


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@pytest.mark.parametrize(
    "cell",
    [
        resident(),
        resident("19000101"),
        ending_in_x(),
        ending_in_x().lower(),
        wide(resident()),
        f"  {resident()}  ",
        f"{AREA} {resident()[6:14]} {resident()[14:]}",
        f"{resident()[:6]}\u200b{resident()[6:]}",
        f"法人代表（身份证{resident()}）",
        f"第1 {resident()}",
        f"{wrong_check(resident())}、{resident()}",
        f"{resident()}{mobile()}",
        f"{mobile()}{ending_in_x()}",
        f"{resident()}{resident(serial=2)}",
        f"ID:{ending_in_x()}XX",
        cut("19800110"),
        cut("20001231").lower(),
    ],
)
def test_a_resident_number_anywhere_refuses_the_file(cell):
    assert refused(cell)


@pytest.mark.parametrize(
    "cell",
    [
        wrong_check(resident()),
        resident("19800230"),  # no such day
        resident("19801301"),
        resident("17990101"),
        resident("21000101"),
        resident(area="660104"),  # no such province
        f"1{resident()}",  # a longer number
        resident()[:-1],
        "510104020001003",
        "51010402000100300012",
        "5.10104E+17",  # no birth date is left
        f"{float('915101040000000000'):.15g}",
        cut("19801301"),
        "2019-08-07至2020-08-07，共17次",
        mobile(),
    ],
)
def test_other_numbers_do_not(cell):
    assert not refused(cell)


def test_the_place_of_the_first_is_told_and_the_number_is_not():
    found = guard(
        sheet(
            ["名称", "备注", "地址"],
            ["甲", None, "一路"],
            ["乙", resident(serial=7), None],
            ["丙", None, resident(serial=8)],
        )
    )
    assert found == RefusedFile("街道/台账.xlsx", "台账", 3, "B")
    row = found.fault()
    assert row["effect"] == "file_refused"
    assert (row["row"], row["column"], row["value"]) == (3, "B", None)
    assert not any(resident(serial=7) in str(v) for v in row.values())


def test_an_empty_sheet_is_not_refused():
    assert guard(sheet()) is None
    assert guard(sheet([None])) is None


def passing_credit_code() -> str:
    """Find a credit code that passes as a resident number too."""
    days = np.arange(80_01_01_00, 80_01_29_00)  # read as 1980, January
    for code in make_credit_codes("51", "510119", days).tolist():
        serial = code[14:17]
        if serial.isdigit() and code == resident(code[6:14], int(serial), code[:6]):
            return str(code)
    raise AssertionError


def test_a_credit_code_that_passes_by_chance_is_let_through_in_its_own_column():
    code = passing_credit_code()
    assert is_credit_code(code)
    table = sheet(["名称", "统一社会信用代码"], ["甲", code])
    assert guard(table) is not None
    assert guard(table, {"c0"}) is not None
    assert guard(table, {"c1"}) is None


def test_a_credit_code_column_lets_nothing_else_through():
    table = sheet(["名称", "统一社会信用代码"], ["甲", resident()])
    assert guard(table, {"c1"}) == RefusedFile("街道/台账.xlsx", "台账", 2, "B")
    both = sheet(["名称", "代码"], ["甲", f"{passing_credit_code()} {resident()}"])
    assert guard(both, {"c1"}) is not None


def test_an_old_number_is_looked_for_in_columns_of_persons_only():
    old = f"{AREA}800228001"
    assert refused(old, heading="身份证号")
    assert refused(wide(old), heading="负责人")
    assert not refused(old, heading="网格编码")
    assert not refused(f"见{old}", heading="身份证号")  # not alone in its cell
    assert not refused(f"{AREA}801328001", heading="身份证号")
    assert not refused("510104020001003", heading="网格长人数")


def test_the_guard_finds_one_cell_among_many():
    rng = random.Random(1)
    height, place, row = 3_000, 7, 2_222
    columns = {f"c{i}": [f"某单位{rng.random()}"] * height for i in range(12)}
    columns[f"c{place}"][row] = f"附：{ending_in_x()}"
    table = sheet(*zip(*columns.values(), strict=True))
    assert guard(table) == RefusedFile("街道/台账.xlsx", "台账", row + 1, "H")


@given(
    st.dates(),
    st.integers(0, 999),
    st.sampled_from(["", "甲", " ", "（", "号码："]),
    st.sampled_from(["", "乙", " ", "）", "。"]),
)
def test_every_number_of_our_time_is_found_inside_text(born, serial, before, after):
    number = resident(f"{1900 + born.year % 130}{born:%m%d}", serial)
    if born.strftime("%m%d") != "0229":
        assert refused(before + number + after)


@pytest.mark.parametrize(
    "heading",
    [
        *sorted(PERSON_HEADINGS),
        *("党组织书记姓名", "党组织\n书记", "社区党组织书记", "支部书记（姓名）"),
        *(
            "联系人及电话",
            "联系人、联系方式",
            "网格长/网格员姓名",
            "负责人 *",
            "★负责人：",
        ),
        *("单位联系电话", "法定代表人(签字)", "法人姓名", "身份证件号码", "党员名单"),
        *("单位名称及负责人", "楼栋长", "党小组长", "驻区领导", "电 话", "ＱＱ"),
        *("Contact Person", "contact_name", "Phone No.", "E-mail", "Mobile Phone"),
        *("unit secretary", "Legal Representative", "ID Card Number"),
    ],
)
def test_headings_of_persons(heading):
    assert is_person_heading(heading)
    assert may_hold_names(heading)


@pytest.mark.parametrize(
    "heading",
    [
        *("党组织名称", "党组织代码", "单位名称", "统一社会信用代码", "上级党组织"),
        *("专职网格员数", "网格员人数", "网格员（人）", "联系人数", "专职网格员"),
        *("党员数", "单位会员数", "专职工作人员数", "志愿者人数", "是否配备专职书记"),
        *("法人单位名称", "法人类型", "法人代码", "联系地址", "联系点", "责任单位"),
        *("党建指导员（是/否）", "兼职委员", "微信公众号", "资源清单", "业务主管单位"),
        *("书记任职时间", "考评方", "户数", "牵头单位", "organization name", "name"),
        *("number of grid workers", "grid worker count", ""),
    ],
)
def test_headings_of_other_things(heading):
    assert not is_person_heading(heading)


def test_no_heading_of_the_schema_is_a_persons():
    classes = {**SCHEMA.kinds, **SCHEMA.ties}
    headings = {
        heading
        for declared in classes.values()
        for name, a in declared.attributes().items()
        for heading in (a.heading.zh, *a.heading.aliases, name.replace("_", " "))
    }
    assert len(headings) > 200
    assert not {h for h in headings if is_person_heading(h)}


def test_columns_where_names_turn_up_are_never_shown():
    assert may_hold_names("党建指导员")
    assert may_hold_names("兼职委员（是/否）")
    assert may_hold_names("专职网格员")
    assert not may_hold_names("专职网格员数")
    assert not may_hold_names("是否签订共建协议")


@pytest.mark.parametrize(
    "value",
    [
        mobile(),
        wide(mobile()),
        f"+86 {mobile()}",
        f"+86-{mobile()}",
        f"{mobile()[:3]} {mobile()[3:7]} {mobile()[7:]}",
        f"{mobile()[:3]}-{mobile()[3:7]}-{mobile()[7:]}",
        f"028-8600{0:04}",
        f"（028）8600{0:04}",
        f"028 8600{0:04}转8001",
        resident(),
        wrong_check(resident()),
        ending_in_x(),
        ending_in_x().lower(),
        f"{AREA} {resident()[6:14]} {resident()[14:]}",
        f"{AREA}800228001",
        f"{resident()}{mobile()}",
        cut("19800110"),
        "someone@example.com",
    ],
)
def test_what_tells_of_a_person_is_masked_alone_and_in_text(value):
    texts = [value, f"联系{value}", f"{value}、{value}、{value}"]
    shown = mask(pl.Series("值", texts))
    assert shown.name == "值"
    assert shown.to_list()[:2] == ["***", "联系***"]
    assert shown[2].count("***") == 3
    assert not set(shown[2]) & set("0123456789@")


@pytest.mark.parametrize(
    "value",
    [
        *("约50人", "2019-08-07", "20190807", "２０１９年", "510104", "510104020001"),
        *("510104020001003", "91510104MA6", "5.10104E+17", "1,200", "一路138号"),
        *("130102001001", "12010200100", "9.15101047000000E+17", "某单位（筹）"),
    ],
)
def test_other_values_are_shown_as_they_were_written(value):
    assert mask(pl.Series([value, None])).to_list() == [value, None]


def test_where_a_number_is_due_words_are_masked_too():
    values = ["约50人", "３０余", "5-10", "3（某甲、某乙）", "某丙", None, mobile()]
    shown = mask(pl.Series(values), names=True).to_list()
    assert shown == ["约50人", "３０余", "5-10", "***", "***", None, "***"]


@pytest.mark.slow
def test_a_city_of_cells_is_guarded():
    codes = make_credit_codes("91", AREA, np.arange(60_000)).tolist()
    names = [f"成都某某有限公司{i}" for i in range(60_000)]
    table = sheet(*zip(codes, *([names] * 19), strict=True))
    assert guard(table, {"c0"}) is None
