"""Empty rosters: complete, harmless as they are, and read back as they are filled."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from orgnet.rosters import read_rosters, write_templates
from orgnet.rosters.headings import alias_table, heading_key
from orgnet.rosters.layouts import layouts
from orgnet.rosters.readers import READERS
from orgnet.rosters.template import shown_columns
from orgnet.schema import SCHEMA, Ends, Tie
from orgnet.schema.nodes import Unit
from tests.rosters.workbooks import names, uscc

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
    assert listed.strip('"').split(",") == list(SCHEMA.ties)


def test_a_long_list_stands_on_a_hidden_sheet(tmp_path: Path):
    class ARelationshipTypeWithANameSoLongThatNoRuleOfASpreadsheetHoldsTheList(Tie):
        """One unit is tied to another 测试."""

        zh = "测试"
        ends = Ends(Unit, Unit)

    long = ARelationshipTypeWithANameSoLongThatNoRuleOfASpreadsheetHoldsTheList
    write_templates(tmp_path, schema=SCHEMA.extended(long))
    book = openpyxl.load_workbook(next(tmp_path.glob("*关系表.xlsx")))
    listed = [v for row in book["选项"].iter_rows(values_only=True) for v in row]
    assert {*SCHEMA.ties, long.type()} <= set(listed)
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
