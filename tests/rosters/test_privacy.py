import random
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from orgnet.network import Network
from orgnet.rosters import RosterFaults, read_rosters, write_rejects
from orgnet.rosters.masks import mask, masked
from orgnet.rosters.privacy import (
    PERSON_HEADINGS,
    RefusedFile,
    guard,
    is_person_heading,
    may_hold_names,
)
from orgnet.rosters.sheets import Sheet, read_sheets
from orgnet.schema import SCHEMA
from orgnet.schema.identifiers import is_credit_code, make_credit_codes
from tests.rosters.workbooks import read, told, write_csv, write_xlsx

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


def cut_at(number: str, places: Sequence[int], sign: str) -> str:
    ends = [0, *places, len(number)]
    return sign.join(number[a:b] for a, b in pairwise(ends))


def in_parts(number: str, sign: str) -> str:
    return cut_at(number, (6, 14), sign)


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


SIGNS = [
    *(".", "/", "_", "·", "、", "-", "–", "－", "．", "／", "•", "・", ",", "，"),
    *("~", "|", "\\", ":", " . ", " - ", "\n", "\u3000", " \u200b ", "。"),
]


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize(
    "places", [(6, 14), (6, 10, 12, 14), (6,), (6, 10), (6, 14, 17)]
)
def test_a_number_in_its_parts_is_found_whatever_stands_between(sign, places):
    written = cut_at(resident(), places, sign)
    assert refused(written)
    assert refused(f"（见{written}，2019年）")
    assert refused(f"3 {written} 2")
    assert not refused(cut_at(wrong_check(resident()), places, sign))
    assert not refused(cut_at(resident("19801301"), places, sign))
    assert not refused(cut_at(resident(area="660104"), places, sign))


@pytest.mark.parametrize("every", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("sign", [" ", ".", "、", ","])
def test_a_number_in_even_pieces_is_found(every, sign):
    assert refused(cut_at(resident(), range(every, 18, every), sign))


@pytest.mark.parametrize(
    "cell",
    [
        f"3 {in_parts(resident(), ' ')}",
        f"{in_parts(resident(), ' ')} 5",
        f"12 {in_parts(resident(), ' ')} {mobile()}",
        f"{resident()[:7]} {resident()[7:]}",
        f"①{resident()}②{wrong_check(resident())}",
        f"{ending_in_x()[:-1]}×",
        f"{ending_in_x()[:-1]} ×",
        f"{ending_in_x()[:-1]}✕（身份证）",
        f"{ending_in_x()[:-1]}\u0425",  # the Cyrillic letter
        in_parts(f"{ending_in_x()[:-1]}×", "."),
        in_parts(resident("20150101"), " "),  # a child's
        cut_at(resident("20150101"), (3, 9, 12), "\u200b"),  # which shows nothing
    ],
)
def test_a_number_beside_others_or_with_a_cross_is_found(cell):
    assert refused(cell)


@pytest.mark.parametrize(
    "cell",
    [
        in_parts(resident("20190807"), "/"),  # of an agreement
        in_parts(resident("20190807"), "."),
        cut_at(resident("20100220", area="510181"), (12,), " "),  # an area and a month
        cut_at(resident("20100220", area="510181"), (12,), "/"),
        cut_at(resident("20101002", area="510181"), (15,), " "),  # a grid and a number
        cut_at(resident(), (9, 11), "、"),  # a list of numbers
        f"1{in_parts(resident(), '.')}",  # pieces of a longer number
        f"{in_parts(resident(), '.')}0",
        f"{resident()[:7]} {resident()[7:]} 5",  # a list of numbers
    ],
)
def test_other_numbers_in_pieces_do_not(cell):
    assert not refused(cell)


@given(
    st.sampled_from([(6, 14), (6, 10, 12, 14), (4, 8, 12, 16), (3, 6, 9, 12, 15)]),
    st.sampled_from(SIGNS),
    st.dates(min_value=date(1900, 1, 1), max_value=date(2007, 12, 31)),
    st.integers(0, 999),
    st.sampled_from(["{}", "甲{}乙", "12 {} 7", "（{}）", "①{}。"]),
)
def test_every_number_in_pieces_is_found(places, sign, born, serial, text):
    written = cut_at(resident(f"{born:%Y%m%d}", serial), places, sign)
    assert refused(text.format(written))


def test_codes_of_areas_dates_and_money_refuse_nothing():
    rng = random.Random(7)

    def area(places: int) -> str:
        digits = (
            f"{rng.choice(['510104', '510181', '519999'])}{rng.randrange(10**9):09}"
        )
        return digits[:places]

    def day(sign: str) -> str:
        return sign.join(
            (str(rng.randrange(2008, 2021)), f"{rng.randrange(1, 13):02}", "01")
        )

    makers = (
        lambda: f"{area(12)} {day('')[:6]}",
        lambda: f"{area(12)}/{day('')[:6]}",
        lambda: f"{area(12)} {day('')}",
        lambda: f"{area(15)} {rng.randrange(1000):03}",
        lambda: f"{area(9)} {area(9)}",
        lambda: "、".join(area(12) for _ in range(3)),
        lambda: "、".join(day("-") for _ in range(4)),
        lambda: f"{area(6)}-{day('')}-{rng.randrange(10**4):04}",
        lambda: "、".join(f"{rng.randrange(10**9):,}.00" for _ in range(3)),
    )
    rows = [[make() for make in makers] for _ in range(2_000)]
    assert guard(sheet(*rows)) is None


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


def shaped_credit_code() -> str:
    """Find a credit code that has the shape of a resident number, but not its check."""
    for code in make_credit_codes("51", "510119", np.arange(80_01_01_00, 80_01_29_00)):
        if masked(str(code)) == "***" and code != passing_credit_code():
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
        f"0086{mobile()}",
        f"{mobile()[:3]}.{mobile()[3:7]}.{mobile()[7:]}",
        f"{mobile()[:3]} - {mobile()[3:7]} - {mobile()[7:]}",
        f"{mobile()[:3]}\u200b{mobile()[3:]}",
        f"{mobile()}{mobile()}",
        *(
            in_parts(wrong_check(resident()), sign)
            for sign in ("-", ".", "/", "_", "·")
        ),
        in_parts(f"{resident()[:-1]}×", "."),
        cut_at(wrong_check(resident()), (6, 10, 12, 14), " "),
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
        *("510181201002 201908", "510181201002、510181201003", "010-20190807"),
        *("510104-20190807-0012", "2019-510104-78-01-123456", "2.1.13楼、15楼"),
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


@pytest.mark.parametrize("every", [1, 2, 3, 4, 5])
def test_a_text_with_a_number_in_odd_pieces_is_masked_whole(every):
    assert masked(f"见{cut_at(resident(), range(every, 18, every), ',')}") == "***"


def test_a_circled_number_before_a_telephone_is_none_of_its_digits():
    assert masked(f"①{mobile()}②028-8600{0:04}") == "、***、***"


HEAD = ["街道", "社区", "单位名称", "单位性质", "地址", "行业"]
ROW = ["甲街道", "乙社区", "丙公司", "民营企业", "一路1号", ""]


def everything(net: Network, faults: RosterFaults) -> str:
    """Write all that a reading leaves as one text."""
    tables = (*net.node_tables.values(), *net.tie_tables.values())
    frames = [*tables, faults.frame, faults.report, faults.proposals]
    rejects = [(s.file, s.sheet, s.headings, s.rows) for s in faults.reading.rejects]
    return str([f.to_dict(as_series=False) for f in frames] + rejects)


def kept(net: Network, faults: RosterFaults, *secrets: str) -> list[str]:
    """Return those of these texts that a reading leaves somewhere."""
    text = everything(net, faults)
    return [s for s in secrets if s in text]


@pytest.mark.parametrize(
    "number",
    [
        mobile(),
        wide(mobile()),
        f"+86 {mobile()}",
        f"028-8600{0:04}",
        wrong_check(resident()),
        "someone@example.com",
    ],
)
def test_texts_are_stored_without_anybodys_number(number, tmp_path: Path):
    cells = [
        f"{cell}{number}" if cell in {"丙公司", "一路1号"} else cell for cell in ROW
    ]
    cells[1] = f"乙社区（{number}）"
    net, faults = read(tmp_path, {"u": [HEAD, cells, [*ROW[:2], "丁公司", *ROW[3:]]]})
    assert kept(net, faults, number, "860000", "80000") == []
    units = net.nodes("Unit").sort("name").select("name", "address").rows()
    assert units == [("丁公司", "一路1号"), ("丙公司***", "一路1号***")]
    assert set(net.nodes("Area")["name"]) == {"甲街道", "乙社区(***)", "乙社区"}
    assert told(faults) == [
        ("u.csv", 2, "单位名称", "masked_contact"),
        ("u.csv", 2, "地址", "masked_contact"),
        ("u.csv", 2, "社区", "masked_contact"),
    ]
    assert set(faults.frame["effect"]) == {"noted"}
    assert faults.frame["value"].to_list() == ["丙公司***", "一路1号***", "乙社区(***)"]
    assert faults.report["accepted"].to_list() == [2]


def test_a_value_above_blank_cells_is_noted_once(tmp_path: Path):
    rows = [["", "", f"{n}公司", "民营企业", "", ""] for n in range(9)]
    rows[0][:2] = ["甲街道", f"乙社区{mobile()}"]
    net, faults = read(tmp_path, {"u": [HEAD, *rows]})
    assert told(faults) == [("u.csv", 2, "社区", "masked_contact")]
    assert kept(net, faults, mobile()) == []
    assert net.nodes("Unit").height == 9


def test_a_text_that_breaks_a_rule_has_one_fault(tmp_path: Path):
    net, faults = read(tmp_path, {"u": [HEAD, [*ROW[:5], f"问{mobile()}"]]})
    assert told(faults) == [("u.csv", 2, "行业", "bad_value")]
    assert kept(net, faults, mobile()) == []


def test_the_texts_of_other_rosters_are_masked_too(tmp_path: Path):
    rows = {
        "n": [
            ["街道", "社区", "需求编号", "需求类别", "需求内容", "计量单位"],
            ["甲街道", "乙社区", "N00001", "场地", f"房，{mobile()}", f"间{mobile()}"],
        ],
        "r": [
            ["街道", "社区", "资源编号", "资源类别", "资源名称", "开放时间"],
            ["甲街道", "乙社区", "R00001", "场地", "会议室", f"预约{mobile()}"],
        ],
        "u": [
            ["标识", "单位名称", "单位性质类别", "统一社会信用代码"],
            ["unit:x1", "甲公司", "民营企业", ""],
            ["unit:x2", "乙公司", "民营企业", ""],
        ],
        "t": [
            ["类型", "起", "止", "用途", "金额", "年度", "依据文号"],
            ["FUNDS", "unit:x1", "project:13800000001", f"问{mobile()}", "13800000002",
             "2019", "13800000003"],
        ],
        "p": [
            ["标识", "项目名称", "项目编号", "资金"],
            ["project:13800000001", "修路", "13800000001", "1"],
        ],
    }  # fmt: skip
    net, faults = read(tmp_path, rows)
    assert kept(net, faults, mobile()) == []
    assert sorted(told(faults)) == [
        ("n.csv", 2, "计量单位", "masked_contact"),
        ("n.csv", 2, "需求内容", "masked_contact"),
        ("r.csv", 2, "开放时间", "masked_contact"),
        ("t.csv", 2, "用途", "masked_contact"),
    ]
    assert net.nodes("Need")["name"].to_list() == ["房,***"]
    assert net.nodes("Resource")["opening_hours"].to_list() == ["预约***"]
    funds = net.ties("FUNDS").select("to", "purpose", "amount_cny", "doc_no").row(0)
    assert funds == ("project:13800000001", "问***", 13_800_000_002, "13800000003")


def test_codes_are_never_masked(tmp_path: Path):
    grid = "510181201002003"  # a town's: reads like a number of 15 digits
    rows = {
        "a": [
            ["统计用区划代码", "名称", "层级"],
            ["510181201000", "甲乡", "街道"],
            ["510181201002", "乙村", "社区"],
        ],
        "g": [
            ["街道", "社区", "网格名称", "网格编码", "网格类型"],
            ["甲乡", "乙村", "一网格", grid, "一般网格"],
        ],
        "o": [
            ["党组织名称", "党组织代码", "组织类别", "设置领域", "上级党组织代码"],
            ["甲党委", "15101040001", "党委", "社区", ""],
            ["乙支部", "13800000001", "党支部", "企业", "15101040001"],
        ],
        "u": [
            ["街道", "社区", "网格", "单位名称", "统一社会信用代码", "单位性质"],
            ["甲乡", "乙村", grid, "丙协会", passing_credit_code(), "社会组织"],
            ["甲乡", "乙村", grid, "丁协会", shaped_credit_code(), "社会组织"],
        ],
        "d": [["文件标题", "文号", "发文机关"], ["某办法", "13800000004", "某局"]],
        "t": [["类型", "起", "止"], ["HOSTED_BY", "乙支部", shaped_credit_code()]],
    }
    net, faults = read(tmp_path, rows, edition="2019")
    assert told(faults) == []
    assert net.nodes("PartyOrganization")["code"].to_list() == [
        *("13800000001", "15101040001"),
    ]
    codes = {passing_credit_code(), shaped_credit_code()}
    assert set(net.nodes("Unit")["uscc"]) == codes
    assert net.nodes("Document")["doc_no"].to_list() == ["13800000004"]
    assert f"area:{grid}@2019" in net.ties("LOCATED_IN")["to"].to_list()
    assert net.ties("SUBORDINATE_TO").height == 1
    assert f"unit:{shaped_credit_code()}" in net.ties("HOSTED_BY")["to"].to_list()


@pytest.mark.parametrize(
    "written", [resident(), cut_at(resident(), range(4, 18, 4), " ")]
)
def test_a_number_in_a_heading_refuses_the_file_and_is_not_told(
    written, tmp_path: Path
):
    rows = [[*HEAD, f"备注{written}"], [*ROW, "x"]]
    pl.DataFrame(rows[1:], schema=rows[0], orient="row").write_parquet(
        tmp_path / "p.parquet"
    )
    net, faults = read(tmp_path, {"u": rows, "v": [HEAD, ROW]})
    assert [(f["file"], f["row"], f["code"]) for f in faults] == [
        ("p.parquet", 1, "resident_number"),
        ("u.csv", 1, "resident_number"),
    ]
    assert all("***" in f["column"] for f in faults)
    assert kept(net, faults, written) == []
    assert net.nodes("Unit").height == 1


def test_a_telephone_in_a_heading_is_not_told(tmp_path: Path):
    head = [*HEAD[:4], f"地址（问{mobile()}）", HEAD[5], f"备查{mobile()}"]
    row = [*ROW[:4], f"一路{mobile()}", *ROW[5:], "x"]
    net, faults = read(tmp_path, {"u": [head, row]})
    assert [(f["column"], f["code"]) for f in faults] == [
        ("地址(问***)", "masked_contact"),
        ("备查***", "undeclared_column"),
    ]
    assert kept(net, faults, mobile()) == []


@pytest.mark.parametrize(
    "written", [resident(), cut_at(resident(), range(4, 18, 4), "_")]
)
def test_a_number_in_the_name_of_a_sheet_refuses_the_file(written, tmp_path: Path):
    sheets = {"名册": [HEAD, ROW], f"甲{written}": [HEAD, ROW]}
    write_xlsx(tmp_path / "bad.xlsx", sheets)
    write_csv(tmp_path / "good.csv", [HEAD, [*ROW[:2], "丁公司", *ROW[3:]]])
    net, faults = read_rosters(tmp_path)
    (row,) = faults
    assert (row["file"], row["code"]) == ("bad.xlsx", "resident_number")
    assert (row["effect"], row["row"], row["column"]) == ("file_refused", None, None)
    assert "***" in row["sheet"]
    assert "sheet" in row["message"]
    assert "工作表" in row["message_zh"]
    assert kept(net, faults, written) == []
    assert net.nodes("Unit")["name"].to_list() == ["丁公司"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (f"甲{resident()}.csv", "甲***.csv"),
        (f"{resident()}/台账.csv", "***/台账.csv"),
        (f"甲{in_parts(resident(), '_')}.csv", "甲***.csv"),
        (f"甲 {cut_at(resident(), range(4, 18, 4), ' ')}.csv", "***"),
    ],
)
def test_a_number_in_the_name_of_a_file_refuses_it(name, shown, tmp_path: Path):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    write_csv(tmp_path / name, [HEAD, ROW])
    net, faults = read_rosters(tmp_path)
    assert told(faults) == [(shown, None, None, "resident_number")]
    assert faults.frame["effect"].to_list() == ["file_refused"]
    assert kept(net, faults, name, resident()) == []
    assert len(net) == 0


def test_a_file_read_alone_is_refused_by_its_own_name_only(tmp_path: Path):
    path = tmp_path / resident() / f"{resident()}.csv"
    path.parent.mkdir()
    write_csv(path, [HEAD, ROW])
    net, faults = read_rosters(path)
    assert told(faults) == [("***.csv", None, None, "resident_number")]
    plain = write_csv(path.with_name("台账.csv"), [HEAD, ROW])
    net, faults = read_rosters(plain)
    assert not faults
    assert net.nodes("Unit").height == 1
    assert kept(net, faults, resident()) == []


def test_files_and_sheets_are_told_without_telephones_and_apart(tmp_path: Path):
    for number in (1, 2):
        rows = [HEAD, [*ROW[:2], f"{number}公司", *ROW[3:]]]
        write_csv(tmp_path / f"台账1380000000{number}.csv", rows)
    units = ["三公司", "四公司"]
    tables = [[HEAD, [*ROW[:2], name, *ROW[3:]]] for name in units]
    names = ("甲13800000003", "甲13800000004")
    write_xlsx(tmp_path / "a.xlsx", dict(zip(names, tables, strict=True)))
    net, faults = read_rosters(tmp_path)
    assert not faults
    assert faults.report.select("file", "sheet").rows() == [
        ("a.xlsx", "甲***"),
        ("a.xlsx", "甲*** (2)"),
        ("台账***.csv", ""),
        ("台账***.csv (2)", ""),
    ]
    assert kept(net, faults, "1380000000") == []
    assert net.nodes("Unit").height == 4
    assert net.nodes("Unit")["source"].n_unique() == 4


def test_numbers_in_columns_of_choices_and_days_are_masked_where_they_fail(
    tmp_path: Path,
):
    head = [*HEAD[:4], "状态", "是否实体运营", "统一社会信用代码", "党员数"]
    bad = f"某甲{mobile()}"
    old = wrong_check(resident())
    rows = [
        [*ROW[:3], bad, bad, bad, bad, bad],
        [*ROW[:2], "丁公司", *[f"某甲{in_parts(old, '.')}"] * 5],
    ]
    net, faults = read(tmp_path, {"u": [head, *rows]})
    codes = {"unknown_word", "not_yes_or_no", "bad_credit_code", "number_with_words"}
    assert set(faults.frame["code"]) == codes
    assert faults.frame.height == 10
    assert set(faults.frame["value"]) == {"某甲***", "***"}
    (sheet_,) = faults.reading.rejects
    assert sheet_.rows.height == 2
    assert kept(net, faults, mobile(), old, in_parts(old, ".")) == []
    workbook = tmp_path / "rejects.xlsx"
    assert write_rejects(faults, workbook) == 2
    cells = str([s.grid.rows() for s in read_sheets(workbook)[0]])
    assert "某甲***" in cells
    assert mobile() not in cells
    assert in_parts(old, ".") not in cells


def test_cells_that_rejected_rows_take_from_above_are_masked(tmp_path: Path):
    path = tmp_path / "u.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("一")
        page.write_row(0, 0, HEAD)
        page.write_row(
            1, 0, ["", f"乙社区{mobile()}", "丙公司", "民营企业", "一路", ""]
        )
        page.write_row(2, 0, ["", "", "丁公司", "", "一路", ""])
        page.merge_range(1, 0, 2, 0, "甲街道")
        page.merge_range(1, 1, 2, 1, f"乙社区{mobile()}")
    net, faults = read_rosters(path)
    (sheet_,) = faults.reading.rejects
    assert sheet_.rows.height == 1
    assert "乙社区***" in sheet_.rows.row(0)
    assert kept(net, faults, mobile()) == []


def test_a_credit_code_that_passes_by_chance_stays_in_the_rejects(tmp_path: Path):
    head = ["街道", "社区", "单位名称", "统一社会信用代码", "单位性质"]
    row = ["甲街道", "乙社区", "丙协会", passing_credit_code(), "不知"]
    _, faults = read(tmp_path, {"u": [head, row]})
    (sheet_,) = faults.reading.rejects
    assert passing_credit_code() in sheet_.rows.row(0)


def test_a_masked_code_is_no_code(tmp_path: Path):
    head = ["党组织名称", "党组织代码", "组织类别"]
    net, faults = read(tmp_path, {"p": [head, ["甲党委", "***", "党委"]]})
    assert told(faults) == [("p.csv", 2, "党组织代码", "bad_id")]
    assert len(net) == 0
