"""Empty rosters: complete, harmless as they are, and read back as they are filled."""

from datetime import date
from pathlib import Path
from typing import Annotated

import openpyxl
import pytest

from orgnet.rosters import read_rosters, write_templates
from orgnet.rosters.headings import alias_table, heading_key
from orgnet.rosters.layouts import layouts
from orgnet.rosters.readers import READERS
from orgnet.rosters.template import shown_columns
from orgnet.schema import SCHEMA, Ends, Heading, Node, Tie
from orgnet.schema.nodes import Unit
from tests.rosters.workbooks import names, read, told, uscc

LAYOUTS = layouts()


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("templates")
    write_templates(folder)
    return folder


def test_every_roster_every_kind_and_every_type_has_a_place(templates: Path):
    kinds = {t.kinds[0] for ln in LAYOUTS for t in ln.things if ln.subject is t}
    assert kinds == set(SCHEMA.kinds)
    assert len(list(templates.glob("*.xlsx"))) == len(LAYOUTS)
    book = openpyxl.load_workbook(next(templates.glob("*关系表.xlsx")))
    rules = book.worksheets[0].data_validations.dataValidation
    listed = {str(v.sqref).split(":")[0]: v.formula1 for v in rules}["A2"]
    assert listed.strip('"').split(",") == [t.zh for t in SCHEMA.ties.values()]


def test_a_long_list_stands_on_a_hidden_sheet(tmp_path: Path):
    class Long(Tie):
        """One unit is tied to another, in more words than a rule holds."""

        zh = "名称很长的关系" * 30
        ends = Ends(Unit, Unit)

    write_templates(tmp_path, schema=SCHEMA.extended(Long))
    book = openpyxl.load_workbook(next(tmp_path.glob("*关系表.xlsx")))
    listed = [v for row in book["选项"].iter_rows(values_only=True) for v in row]
    assert {*(t.zh for t in SCHEMA.ties.values()), Long.zh} <= set(listed)
    assert book["选项"].sheet_state == "hidden"
    net, faults = read_rosters(tmp_path)
    assert (len(net), len(faults)) == (0, 0)


def test_empty_templates_have_no_fault(templates: Path):
    net, faults = read_rosters(templates)
    assert (len(net), len(faults), faults.balanced) == (0, 0, True)
    assert net.complete == frozenset()
    counted = faults.report.drop_nulls("layout")
    assert counted["layout"].n_unique() == len(LAYOUTS)
    assert counted["not_stored"].list.len().sum() == 0


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda ln: ln.name)
def test_every_heading_of_a_template_means_its_own_column(layout):
    table = alias_table(layout)
    for column in shown_columns(layout):
        assert table[heading_key(column.words[0])][0].target == column.target
        assert column.reads in READERS


def test_headings_have_drop_down_lists_and_english_comments(templates: Path):
    book = openpyxl.load_workbook(templates / "02_驻区单位台账.xlsx")
    page = book.worksheets[0]
    headings = {c.value: c for c in page[1]}
    assert headings["*单位名称"].comment.text.strip().endswith("name")
    kind = headings["*单位性质类别"].column_letter
    rules = {
        str(v.sqref).split(":")[0]: v.formula1
        for v in page.data_validations.dataValidation
    }
    assert "社会组织" in rules[f"{kind}2"]
    assert rules[f"{headings['兼职委员'].column_letter}2"] == '"是,否"'
    assert "说明" in book.sheetnames


def lists(templates: Path, name: str) -> dict[str, list[str]]:
    """Return the drop-down lists of a template by heading."""
    page = openpyxl.load_workbook(next(templates.glob(f"*_{name}.xlsx"))).worksheets[0]
    rules = page.data_validations.dataValidation
    at = {str(v.sqref).split(":")[0].rstrip("2"): v.formula1 for v in rules}
    return {
        str(c.value).lstrip("*"): at[c.column_letter].strip('"').split(",")
        for c in page[1]
        if c.column_letter in at
    }


@pytest.mark.parametrize(
    ("name", "heading", "words"),
    [
        ("双向考评表", "考评方向", ["上评下", "下评上"]),
        ("双向考评表（按方向）", "考评方向", ["上评下", "下评上"]),
        ("需求清单", "紧急程度", ["一般", "较急", "紧急"]),
        ("需求表", "紧急程度", ["一般", "较急", "紧急"]),
        (
            "小区台账",
            "五步工作法步骤",
            ["未启动", "找党员", "建组织", "优机制", "抓服务", "植文化"],
        ),
    ],
)
def test_columns_that_hold_one_of_a_few_words_list_them(
    name: str, heading: str, words: list[str], templates: Path
):
    assert lists(templates, name)[heading] == words


@pytest.mark.parametrize("name", ["需求清单", "需求表"])
def test_each_word_of_urgency_is_read_back(name: str, tmp_path: Path):
    write_templates(tmp_path)
    words = ["一般", "较急", "紧急"]
    needs: list[dict[str, object]] = [
        {"标识": f"need:{i}", "需求编号": f"N000{i}", "需求类别": "场地",
         "需求内容": f"第{i}间", "紧急程度": word, "社区": "乙社区"}
        for i, word in enumerate([*words, "3"], 1)
    ]  # fmt: skip
    head = set(lists(tmp_path, name)) | {"标识", "需求编号", "需求内容", "社区"}
    known = {"需求清单": head - {"标识"}, "需求表": head - {"需求编号", "社区"}}[name]
    rows = [{h: v for h, v in need.items() if h in known} for need in needs]
    filled(tmp_path, f"_{name}", *rows)
    net, faults = read_rosters(tmp_path)
    assert not faults
    assert net.nodes("Need").sort("name")["urgency"].to_list() == [1, 2, 3, 3]


@pytest.mark.parametrize("word", ["隶属", "SUBORDINATE_TO", "SubordinateTo"])
def test_a_type_is_read_by_its_chinese_name_and_its_code(word: str, tmp_path: Path):
    write_templates(tmp_path)
    party: dict[str, object] = {"组织类别": "党委", "设置领域": "企业"}
    parties = [{"党组织名称": n, **party} for n in ("甲党委", "乙党委")]
    filled(tmp_path, "党组织名册", *parties)
    filled(tmp_path, "关系表", {"类型": word, "起": "甲党委", "止": "乙党委"})
    net, faults = read_rosters(tmp_path)
    assert not faults
    assert names(net, "SUBORDINATE_TO") == {("甲党委", "乙党委")}


def test_a_type_whose_chinese_name_another_has_is_listed_by_its_code(tmp_path: Path):
    class Mentors(Tie):
        """One unit helps another, under a name that is taken."""

        zh = "共建"
        ends = Ends(Unit, Unit)

    write_templates(tmp_path, schema=SCHEMA.extended(Mentors))
    types = lists(tmp_path, "关系表")["类型"]
    assert types.count("共建") == 1
    assert types[-1] == "MENTORS"


class Vehicle(Node):
    """A vehicle, of which nothing but the name is kept 车辆."""

    zh = "车辆"
    prefix = "vehicle"
    name: Annotated[str, Heading("车辆名称")]


def test_a_kind_of_which_only_the_name_is_kept_is_read_back(tmp_path: Path):
    schema = SCHEMA.extended(Vehicle)
    write_templates(tmp_path, schema=schema)
    net, faults = read_rosters(tmp_path, schema=schema)
    assert (len(net), len(faults)) == (0, 0)
    filled(tmp_path, "车辆表", {"标识": "vehicle:1", "车辆名称": "大巴"})
    net, faults = read_rosters(tmp_path, schema=schema)
    assert not faults
    assert net.nodes("Vehicle").select("id", "name").rows() == [("vehicle:1", "大巴")]


def test_a_sheet_near_a_kind_with_only_a_name_is_told_what_it_lacks(tmp_path: Path):
    rows = [["车辆名称", "有效起"], ["大巴", "2019-01-01"]]
    _, faults = read(tmp_path, {"v": rows}, schema=SCHEMA.extended(Vehicle))
    assert told(faults) == [("v.csv", None, None, "missing_heading")]
    assert faults.frame["message_zh"][0].endswith("最接近“车辆表”，但缺少：标识")


def filled(folder: Path, name: str, *rows: dict[str, object]) -> None:
    """Fill rows into a template, by heading without its marks."""
    path = next(folder.glob(f"*{name}.xlsx"))
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    headings = {str(c.value).lstrip("*"): c.column for c in page[1]}
    for i, row in enumerate(rows, start=2):
        for heading, value in row.items():
            page.cell(i, headings[heading]).value = value
    book.save(path)


def test_what_is_filled_in_reads_back_exactly(tmp_path: Path):
    write_templates(tmp_path)
    place = {"区县": "锦江区", "街道": "督院街街道", "社区": "梨花街社区"}
    filled(
        tmp_path,
        "区划表",
        {"统计用区划代码": "510104", "名称": "锦江区", "是否示范": "否"},
        {"统计用区划代码": "510104020", "名称": "督院街街道", "上级": "锦江区"},
        {
            "统计用区划代码": "510104020001",
            "名称": "梨花街社区",
            "面积（㎡）": "250000",
        },
    )
    filled(
        tmp_path,
        "党组织名册",
        {"党组织名称": "梨花街社区党委", "党组织代码": "PP-1", "组织类别": "党委",
         "设置领域": "社区", "正式党员数": 12, "成立日期": date(2001, 7, 1), **place},
    )  # fmt: skip
    filled(
        tmp_path,
        "驻区单位台账",
        {**place, "单位名称": "甲公司", "统一社会信用代码": uscc(1),
         "单位性质类别": "非公有制企业", "兼职委员": "是", "从业人员数": 30},
    )  # fmt: skip
    filled(
        tmp_path,
        "单位表",
        {"标识": "unit:office", "单位名称": "街道办", "单位性质类别": "政府机关",
         "所在区域": "510104020"},
    )  # fmt: skip
    filled(
        tmp_path,
        "关系表",
        {
            "类型": "SUPERVISED_BY",
            "起": "甲公司",
            "止": "unit:office",
            "主管关系": "业务主管",
            "有效起": "2019-01-01",
            "有效止": "2019-12-31",
            "依据文号": "合成发1号",
        },
    )
    net, faults = read_rosters(tmp_path, edition="2019")
    assert not faults
    assert faults.balanced
    assert net.nodes("Area")["area_m2"].drop_nulls().to_list() == [250_000]
    unit = net.node(f"unit:{uscc(1)}")
    assert unit == {
        "label": "Unit",
        "id": f"unit:{uscc(1)}",
        "name": "甲公司",
        "kind": "private_enterprise",
        "uscc": uscc(1),
        "resident": True,
        "employees": 30,
        "reported_seat": True,
        "source": "02_驻区单位台账.xlsx#驻区单位台账",
        "source_row": 2,
    }
    party = net.node("party:PP-1")
    assert (party["full_members"], party["founded_on"]) == (12, date(2001, 7, 1))
    assert names(net, "HOLDS_SEAT_ON") == {("甲公司", "梨花街社区党委")}
    assert ("街道办", "督院街街道") in names(net, "LOCATED_IN")
    tie = net.ties("SUPERVISED_BY").row(0, named=True)
    assert (tie["role"], tie["valid_to"], tie["doc_no"]) == (
        "business",
        date(2020, 1, 1),
        "合成发1号",
    )


def test_templates_are_the_same_bytes_each_time(templates: Path, tmp_path: Path):
    again = write_templates(tmp_path)
    assert [p.read_bytes() for p in again] == [
        (templates / p.name).read_bytes() for p in again
    ]
