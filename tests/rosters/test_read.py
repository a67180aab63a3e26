"""What rosters say becomes a network, and what is wrong with them is told once."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from orgnet import coverage
from orgnet.errors import OrgnetError
from orgnet.network import Network
from orgnet.rosters import RosterFaults, read_rosters, write_rejects
from orgnet.rules import Rules
from orgnet.schema import SCHEMA, Ends, Tie
from orgnet.schema.identifiers import RESIDENT_CHECKS, RESIDENT_WEIGHTS
from orgnet.schema.nodes import Unit
from tests.rosters.workbooks import names, read, told, uscc, write_csv, write_xlsx

AREAS = [
    ["统计用区划代码", "名称", "上级"],
    ["510100000000", "成都市", ""],
    ["510104000000", "锦江区", "成都市"],
    ["510104020000", "督院街街道", "锦江区"],
    ["510104020001", "梨花街社区居委会", "督院街街道"],
    ["510104020002", "东大街社区居委会", "督院街街道"],
    ["510104021000", "盐市口街道", "锦江区"],
    ["510104021001", "东大街社区居委会", "盐市口街道"],
]
PARTIES = [
    [
        *("党组织名称", "党组织代码", "组织类别", "设置领域", "上级党组织"),
        "区县",
        "街道",
        "社区",
    ],
    ["成都市委", "P0", "党委", "市级", "", "", "", ""],
    ["锦江区委", "P1", "党委", "区县", "成都市委", "锦江区", "", ""],
    ["督院街街道党工委", "P2", "工委", "街道", "锦江区委", "锦江区", "督院街街道", ""],
    [
        *("梨花街社区党委", "P3", "党委", "社区", "督院街街道党工委"),
        *("锦江区", "督院街街道", "梨花街社区"),
    ],
]
UNITS = ["街道", "社区", "单位名称", "统一社会信用代码", "单位性质"]
HOME = ["督院街街道", "梨花街社区"]


def unit(name: str, code: str = "", kind: str = "民营企业") -> list[str]:
    return [*HOME, name, code, kind]


def test_titles_subtotals_and_notes_are_recognised_and_counted(tmp_path: Path):
    rows = [
        ["附件2", "", "", "", ""],
        ["锦江区驻区单位台账", "", "", "", ""],
        UNITS,
        ["1", "2", "3", "4", "5"],
        unit("甲公司"),
        ["小计", "", "1", "", ""],
        unit("乙公司"),
        UNITS,
        ["合 计", "", "2", "", ""],
        ["注：以上数据截至年底", "", "", "", ""],
        ["填表人：", "", "审核人：", "", ""],
    ]
    net, faults = read(tmp_path, {"units": rows})
    assert net.nodes("Unit")["name"].sort().to_list() == ["乙公司", "甲公司"]
    assert not faults
    line = faults.report.row(0, named=True)
    counted = ("rows_in", "accepted", "rejected", "titles", "notes", "balanced")
    assert [line[n] for n in counted] == [11, 2, 0, 5, 4, True]


def test_merged_places_are_filled_down_and_deliberate_blanks_are_not(tmp_path: Path):
    merged = [
        UNITS,
        unit("甲公司"),
        ["", "", "乙公司", "", "民营企业"],
        ["", "东大街社区", "丙公司", "", "民营企业"],
        ["盐市口街道", "", "丁公司", "", "民营企业"],
    ]
    each = [
        UNITS,
        unit("戊公司"),
        unit("己公司"),
        unit("庚公司"),
        unit("辛公司"),
        unit("壬公司"),
        ["督院街街道", "", "癸公司", "", "民营企业"],
    ]
    net, faults = read(tmp_path, {"areas": AREAS, "merged": merged, "each": each})
    assert not faults
    where: dict[str, str] = dict(names(net, "LOCATED_IN"))
    assert where["乙公司"] == "梨花街社区居委会"
    assert where["丙公司"] == "东大街社区居委会"
    assert where["丁公司"] == "盐市口街道"
    assert where["癸公司"] == "督院街街道"
    filled = faults.report.filter(pl.col("file") == "merged.csv")["filled"]
    assert filled.to_list() == [3]


def test_two_heading_rows_and_marks_around_headings_are_read(tmp_path: Path):
    rows = [
        ["位置", "", "基本情况", "", "", "党员（人）", ""],
        [
            *("所属街道", "所属社区", "*单位\n全称", "＊统一社会信用代码（18位）"),
            *("单位性质：", "正式党员", "党员总数"),
        ],
        [*HOME, "甲公司", uscc(1), "民营企业", "3", "5人"],
    ]
    net, faults = read(tmp_path, {"units": rows})
    assert not faults
    found = net.nodes("Unit").row(0, named=True)
    assert (found["uscc"], found["full_members"], found["members"]) == (uscc(1), 3, 5)


def test_the_order_of_columns_and_further_title_rows_change_nothing(tmp_path: Path):
    rows = [UNITS, unit("甲公司", uscc(1)), unit("乙公司（已注销）", uscc(2))]
    turned = [["驻区单位台账"], *[[*row[::-1], "备注"] for row in rows]]
    one, _ = read(tmp_path / "one", {"u": rows})
    other, faults = read(tmp_path / "other", {"u": turned})
    assert not faults
    drop = ["source_row"]
    for label in ("Unit", "Area"):
        assert one.nodes(label).drop(drop).equals(other.nodes(label).drop(drop))
    assert names(one, "LOCATED_IN") == names(other, "LOCATED_IN")


def test_a_bad_optional_cell_is_dropped_and_a_bad_key_rejects(tmp_path: Path):
    rows = [
        [*UNITS, "从业人员数"],
        [*unit("甲公司"), "约50人"],
        [*unit("乙公司", kind="铺子"), "8"],
        [*unit(""), "8"],
        [*unit("丙公司", "9.15102E+17"), "8"],
        [*unit("丁公司", uscc(4)[:-1] + "I"), "8"],
    ]
    net, faults = read(tmp_path, {"u": rows})
    assert told(faults) == [
        ("u.csv", 2, "从业人员数", "number_with_words"),
        ("u.csv", 3, "单位性质", "unknown_word"),
        ("u.csv", 4, "单位名称", "missing_required"),
        ("u.csv", 5, "统一社会信用代码", "ruined_code"),
        ("u.csv", 6, "统一社会信用代码", "bad_credit_code"),
    ]
    effects = faults.frame["effect"].to_list()
    assert (
        effects
        == ["cell_dropped", "row_rejected", "row_rejected"] + ["cell_dropped"] * 2
    )
    assert sorted(net.nodes("Unit")["name"]) == ["丁公司", "丙公司", "甲公司"]
    assert net.nodes("Unit")["uscc"].null_count() == 3


def test_a_name_of_marks_only_is_a_name_all_the_same(tmp_path: Path):
    net, faults = read(tmp_path, {"u": [UNITS, unit("”"), unit("“")]})
    assert not faults
    assert net.counts["Unit"] == 2


def test_values_that_break_a_rule_of_the_schema_are_told_at_their_cell(tmp_path: Path):
    rows = [
        ["提出单位", "社区", "需求类别", "需求内容", "紧急程度", "数量"],
        ["", "梨花街社区", "场地", "会议室", "5", "-2"],
        ["", "梨花街社区", "场地", "球场", "紧急", "2"],
    ]
    net, faults = read(tmp_path, {"n": rows})
    assert told(faults) == [
        ("n.csv", 2, "数量", "negative_number"),
        ("n.csv", 2, "紧急程度", "bad_value"),
    ]
    assert net.nodes("Need").sort("name")["urgency"].to_list() == [None, 3]
    assert names(net, "RAISES") == {("梨花街社区", "会议室"), ("梨花街社区", "球场")}


def test_columns_that_no_roster_knows_are_named_and_counted(tmp_path: Path):
    rows = [[*UNITS, "停车位", "序号"], [*unit("甲公司"), "有", "1"]]
    _, faults = read(tmp_path, {"u": rows})
    assert told(faults) == [("u.csv", None, "停车位", "undeclared_column")]
    assert faults.frame["value"].to_list() == ["1"]


def test_two_columns_for_one_thing_are_told(tmp_path: Path):
    rows = [[*UNITS, "党员数", "党员总数"], [*unit("甲公司"), "3", "4"]]
    net, faults = read(tmp_path, {"u": rows})
    assert told(faults) == [("u.csv", None, "党员总数", "repeated_column")]
    assert net.nodes("Unit")["members"].to_list() == [3]


def test_a_strange_sheet_and_one_without_its_key_are_told_apart(tmp_path: Path):
    strange = [["会议室", "上午", "下午"], ["一号", "空", "满"]]
    keyless = [
        ["统一社会信用代码", "单位性质", "从业人员数"],
        [uscc(1), "民营企业", "3"],
    ]
    net, faults = read(tmp_path, {"a": strange, "b": keyless, "c": [UNITS, unit("甲")]})
    assert told(faults) == [
        ("a.csv", None, None, "unrecognised_sheet"),
        ("b.csv", None, None, "missing_heading"),
    ]
    assert "单位名称" in faults.frame["message_zh"][1]
    assert net.nodes("Unit")["name"].to_list() == ["甲"]
    assert faults.balanced


def test_a_sheet_without_a_column_that_its_rows_need_is_told_once(tmp_path: Path):
    rows = [["街道", "社区", "单位名称", "信用代码"]]
    rows += [[*HOME, "甲公司", uscc(1)], [*HOME, "乙公司", uscc(2)]]
    rows += [[*HOME, "丙协会", uscc(3, "51")]]
    net, faults = read(tmp_path, {"u": rows})
    assert told(faults) == [("u.csv", None, "单位性质类别", "missing_column")]
    assert faults.frame["value"].to_list() == ["2"]
    found = net.nodes("Unit")  # its code proves what the last one is
    assert found.select("name", "kind").rows() == [("丙协会", "social_organization")]
    assert faults.balanced


def test_person_columns_are_dropped_before_anything_is_kept(tmp_path: Path):
    rows = [
        [*UNITS, "负责人", "联系方式", "党建指导员", "党员数", "行业"],
        [*unit("甲公司"), "王某某", "13800000000", "李某某", "2（钱某某）", ""],
        [*unit(""), "赵某某", "13900000000", "是", "孙某某", "问13700000000"],
    ]
    net, faults = read(tmp_path, {"u": rows})
    shown = " ".join(str(v) for row in faults.frame.rows() for v in row)
    assert faults.frame.height == 5
    people = ("王某某", "李某某", "钱某某", "赵某某", "孙某某")
    for value in (*people, "13800000000", "13900000000", "13700000000"):
        assert value not in shown
        assert all(value not in str(t.to_dict()) for t in net.node_tables.values())
    assert faults.report["persons"].to_list() == [2]
    rejects = tmp_path / "rejects.xlsx"
    assert write_rejects(faults, rejects) == 1
    from orgnet.rosters.sheets import read_sheets

    cells = str(read_sheets(rejects)[0][0].grid.to_dict(as_series=False))
    for value in ("赵某某", "孙某某", "13900000000", "13700000000"):
        assert value not in cells


def resident_number() -> str:
    body = "519999" + "18990101" + "000"  # of nobody: no such district
    total = sum(int(d) * w for d, w in zip(body, RESIDENT_WEIGHTS, strict=False))
    return body + RESIDENT_CHECKS[total % 11]


def test_a_resident_number_refuses_its_file_whole_and_no_other(tmp_path: Path):
    bad = [
        [*UNITS, "备注"],
        [*unit("甲公司"), ""],
        [*unit("乙公司"), resident_number()],
    ]
    write_xlsx(tmp_path / "bad.xlsx", {"一": bad, "二": [UNITS, unit("丙公司")]})
    write_csv(tmp_path / "good.csv", [UNITS, unit("丁公司")])
    net, faults = read_rosters(tmp_path)
    assert told(faults) == [("bad.xlsx", 3, "备注", "resident_number")]
    assert resident_number() not in str(faults.frame.rows())
    assert net.nodes("Unit")["name"].to_list() == ["丁公司"]
    assert faults.balanced


def test_yes_makes_the_tie_to_the_organization_of_the_community(tmp_path: Path):
    rows = [
        [*UNITS, "兼职委员", "是否签订共建协议", "党建指导员"],
        [*unit("甲公司"), "是", "√", "有"],
        [*unit("乙公司"), "否", "", "无"],
    ]
    net, faults = read(tmp_path, {"a": AREAS, "p": PARTIES, "u": rows})
    assert not faults
    seat = net.ties("HOLDS_SEAT_ON").row(0, named=True)
    assert names(net, "HOLDS_SEAT_ON") == {("甲公司", "梨花街社区党委")}
    assert (seat["basis"], seat["seats"]) == ("reported", 1)
    assert names(net, "PARTNERS_WITH") == {("甲公司", "梨花街社区党委", "agreement")}
    work = net.ties("COVERS").filter(pl.col("basis") == "work").row(0, named=True)
    assert (work["from"], work["mode"], work["reported"]) == (
        "party:P3",
        "instructor",
        True,
    )


def test_a_blank_answer_is_unknown_and_a_no_is_a_no(tmp_path: Path):
    rows = [
        [*UNITS, "兼职委员", "是否签订共建协议", "党建指导员"],
        [*unit("甲公司"), "", "", ""],
        [*unit("乙公司"), "否", "否", "否"],
    ]
    net, faults = read(tmp_path, {"a": AREAS, "p": PARTIES, "u": rows})
    assert not faults
    said = (
        net.nodes("Unit").sort("name", descending=True).select(pl.col("^reported_.*$"))
    )
    assert said.rows() == [(None, None, None, None), (None, False, False, False)]
    claims = {"HOLDS_SEAT_ON:Unit", "PARTNERS_WITH:Unit", "COVERS:Unit"}
    assert not claims & net.complete
    rules = Rules(presumed_operating=True)
    gaps = coverage.gaps(net, classes=["G3", "G5"], rules=rules).frame
    told_of = dict(
        gaps.select(pl.col("name") + " " + pl.col("class"), "reason").iter_rows()
    )
    assert told_of["甲公司 G5"] == "unknown:HOLDS_SEAT_ON:Unit"
    assert told_of["乙公司 G5"] == "unknown:EVALUATES:Unit"


def test_a_yes_that_ties_to_nobody_is_reported_only(tmp_path: Path):
    rows = [[*UNITS, "兼职委员"], [*unit("甲公司"), "是"]]
    net, _ = read(tmp_path, {"u": rows})
    gaps = coverage.gaps(net, classes=["G5"]).frame
    assert gaps["reason"].to_list() == ["reported_only"]
    assert net.nodes("Unit")["reported_seat"].to_list() == [True]


def test_yes_without_anybody_to_be_tied_to_is_noted(tmp_path: Path):
    rows = [[*UNITS, "兼职委员"], [*unit("甲公司"), "是"], [*unit("乙公司"), "否"]]
    net, faults = read(tmp_path, {"u": rows})
    assert told(faults) == [("u.csv", 2, "兼职委员", "no_area_organization")]
    assert net.ties("HOLDS_SEAT_ON").height == 0


def test_members_of_a_unit_are_not_taken_for_full_members(tmp_path: Path):
    rows = [[*UNITS, "党员数"], [*unit("甲公司"), "7"]]
    net, _ = read(tmp_path, {"u": rows})
    assert net.nodes("Unit").select("members", "full_members").row(0) == (7, None)


def test_a_resident_roster_makes_residents_and_a_list_of_units_does_not(tmp_path: Path):
    listed = [
        ["单位名称", "统一社会信用代码", "单位性质"],
        ["市住建局", uscc(9, "11"), "政府机关"],
    ]
    net, faults = read(tmp_path, {"u": [UNITS, unit("甲公司")], "d": listed})
    assert not faults
    assert net.resident_units["name"].to_list() == ["甲公司"]
    assert net.nodes("Unit").height == 2


def test_the_organization_of_an_area_covers_it_and_sits_in_it(tmp_path: Path):
    net, faults = read(tmp_path, {"a": AREAS, "p": PARTIES})
    assert not faults
    expected = {
        ("成都市委", "成都市"),
        ("锦江区委", "锦江区"),
        ("督院街街道党工委", "督院街街道"),
        ("梨花街社区党委", "梨花街社区居委会"),
    }
    assert names(net, "HOSTED_BY") == expected
    assert {n[:2] for n in names(net, "COVERS")} == expected
    assert names(net, "SUBORDINATE_TO") == {
        ("锦江区委", "成都市委"),
        ("督院街街道党工委", "锦江区委"),
        ("梨花街社区党委", "督院街街道党工委"),
    }


def test_organizations_of_areas_are_known_by_name_without_place_columns(tmp_path: Path):
    rows = [
        ["党组织名称", "组织类别", "上级党组织", "单位名称"],
        ["中共成都市委员会", "党委", "", ""],
        ["中共成都市锦江区委员会", "党委", "成都市委", ""],
        ["中共督院街街道工作委员会", "工委", "锦江区委", ""],
        ["盐市口街道党工委", "工委", "中共成都市锦江区委员会", ""],
        ["东大街社区党总支", "党总支", "督院街街道党工委", ""],
        ["中共盐市口街道东大街社区支部委员会", "党支部", "盐市口街道党工委", ""],
    ]
    net, faults = read(tmp_path, {"a": AREAS, "p": rows})
    codes = told(faults)
    assert codes == [("p.csv", 4, "上级党组织", "unresolved_reference")]
    settings = dict(net.nodes("PartyOrganization").select("name", "setting").rows())
    assert settings["东大街社区党总支"] == "community"
    assert settings["盐市口街道党工委"] == "street"
    areas = {n[0]: n[1] for n in names(net, "COVERS")}
    assert areas["中共成都市锦江区委员会"] == "锦江区"
    community = {r["from"]: r["to"] for r in net.ties("COVERS").iter_rows(named=True)}
    ids = dict(net.nodes("PartyOrganization").select("name", "id").rows())
    assert community[ids["东大街社区党总支"]] == "area:510104020002@unstated"
    assert (
        community[ids["中共盐市口街道东大街社区支部委员会"]]
        == "area:510104021001@unstated"
    )


HEADER = [
    "党组织名称",
    "组织类别",
    "设置领域",
    "党组织所在单位情况",
    "上级党组织",
    "单位名称",
]


def parties_of_units(tmp_path: Path, *rows: list[str]) -> tuple[Network, RosterFaults]:
    units = [UNITS, *(unit(f"{n}公司") for n in "甲乙丙")]
    tables = {"a": AREAS, "p": PARTIES, "q": [HEADER, *rows], "u": units}
    return read(tmp_path, tables)


def test_a_unit_is_covered_once_by_the_topmost_organization_it_hosts(tmp_path: Path):
    net, faults = parties_of_units(
        tmp_path,
        ["甲公司党委", "党委", "企业", "法人单位", "梨花街社区党委", "甲公司"],
        ["甲公司第一党支部", "党支部", "企业", "与上级党组织相同", "甲公司党委", ""],
        ["甲公司第二党支部", "党支部", "企业", "", "甲公司党委", "与上级党组织相同"],
    )
    assert not faults
    hosted = {n for n in names(net, "HOSTED_BY") if n[1] == "甲公司"}
    assert {n[0] for n in hosted} == {
        "甲公司党委",
        "甲公司第一党支部",
        "甲公司第二党支部",
    }
    covered = {n for n in names(net, "COVERS") if n[1] == "甲公司"}
    assert covered == {("甲公司党委", "甲公司", "organization", "single")}


def test_an_organization_whose_superior_is_misspelt_is_not_taken_for_topmost(
    tmp_path: Path,
):
    net, faults = parties_of_units(
        tmp_path,
        ["甲公司党委", "党委", "企业", "法人单位", "梨花街社区党委", "甲公司"],
        ["甲公司第一党支部", "党支部", "企业", "法人单位", "甲公私党委", "甲公司"],
    )
    assert told(faults) == [("q.csv", 3, "上级党组织", "unresolved_reference")]
    covered = {n[0] for n in names(net, "COVERS") if n[1] == "甲公司"}
    assert covered == {"甲公司党委"}


def test_as_the_superior_without_a_unit_above_is_told(tmp_path: Path):
    net, faults = read(
        tmp_path,
        {"q": [HEADER, ["甲党支部", "党支部", "企业", "与上级党组织相同", "", ""]]},
    )
    assert told(faults) == [("q.csv", 2, "党组织所在单位情况", "no_host_above")]
    assert net.ties("HOSTED_BY").height == 0


@pytest.mark.parametrize("several_rows", [False, True])
def test_a_joint_branch_covers_each_of_its_units(tmp_path: Path, *, several_rows):
    branch = ["梨花街联合党支部", "联合党支部", "企业", "联合党支部", "梨花街社区党委"]
    one = [[*branch, "甲公司、乙公司；丙公司"]]
    several = [
        [*branch, "甲公司"],
        ["", "", "", "", "", "乙公司"],
        [*branch, "丙公司"],
    ]
    net, faults = parties_of_units(tmp_path, *(several if several_rows else one))
    assert not faults
    assert {n for n in names(net, "COVERS") if n[3] == "joint"} == {
        ("梨花街联合党支部", f"{n}公司", "organization", "joint") for n in "甲乙丙"
    }
    assert not [n for n in names(net, "HOSTED_BY") if n[0] == "梨花街联合党支部"]
    assert net.nodes("PartyOrganization").height == 5


def test_each_unit_of_a_joint_branch_that_is_missing_is_told(tmp_path: Path):
    _, faults = parties_of_units(
        tmp_path,
        [
            "联合党支部",
            "联合党支部",
            "企业",
            "联合党支部",
            "梨花街社区党委",
            "甲公司、丁公司、戊公司",
        ],
    )
    assert faults.frame.select("column", "value", "code").rows() == [
        ("单位名称", "丁公司", "unresolved_reference"),
        ("单位名称", "戊公司", "unresolved_reference"),
    ]


def test_one_name_under_several_superiors_is_several_organizations(tmp_path: Path):
    net, faults = parties_of_units(
        tmp_path,
        ["甲公司党委", "党委", "企业", "法人单位", "梨花街社区党委", "甲公司"],
        ["乙公司党委", "党委", "企业", "法人单位", "梨花街社区党委", "乙公司"],
        ["第一党支部", "党支部", "企业", "与上级党组织相同", "甲公司党委", ""],
        ["第一党支部", "党支部", "企业", "与上级党组织相同", "乙公司党委", ""],
        ["第一党支部", "党支部", "企业", "与上级党组织相同", "乙公司党委", ""],
    )
    assert told(faults) == [("q.csv", 6, "党组织名称", "duplicate_identity")]
    branches = {n for n in names(net, "HOSTED_BY") if n[0] == "第一党支部"}
    assert branches == {("第一党支部", "甲公司"), ("第一党支部", "乙公司")}


def test_several_superiors_stay_and_the_second_row_is_told(tmp_path: Path):
    head = ["党组织名称", "党组织代码", "组织类别", "设置领域", "上级党组织"]
    rows = [
        head,
        ["甲党委", "A", "党委", "企业", ""],
        ["乙党委", "B", "党委", "企业", ""],
        ["丙党支部", "C", "党支部", "企业", "甲党委"],
        ["丙党支部", "C", "党支部", "企业", "乙党委"],
        ["丁党支部", "D", "党支部", "企业", "丁党支部"],
        ["戊党支部", "C", "党支部", "企业", "甲党委"],
    ]
    net, faults = read(tmp_path, {"p": rows})
    assert told(faults) == [
        ("p.csv", 5, "上级党组织", "several"),
        ("p.csv", 6, "上级党组织", "self_superior"),
        ("p.csv", 7, "党组织代码", "duplicate_identity"),
    ]
    assert net.ties("SUBORDINATE_TO").height == 2


def test_cycles_are_told_at_the_rows_of_their_members(tmp_path: Path):
    rows = [
        ["党组织名称", "组织类别", "设置领域", "上级党组织"],
        ["甲党委", "党委", "企业", "乙党总支"],
        ["乙党总支", "党总支", "企业", "甲党委"],
    ]
    net, faults = read(tmp_path, {"p": rows})
    assert told(faults) == [
        ("p.csv", 2, "上级党组织", "cycle"),
        ("p.csv", 3, "上级党组织", "cycle"),
    ]
    assert net.ties("SUBORDINATE_TO").height == 2


def test_two_communities_of_one_name_are_told_apart_by_their_street(tmp_path: Path):
    rows = [
        UNITS,
        ["督院街街道", "东大街社区", "甲公司", "", "民营企业"],
        ["盐市口街道办事处", "东大街社区居民委员会", "甲公司", "", "民营企业"],
    ]
    unplaced = [["社区", "单位名称", "单位性质"], ["东大街", "乙公司", "民营企业"]]
    net, faults = read(tmp_path, {"a": AREAS, "u": rows, "v": unplaced})
    assert told(faults) == [("v.csv", 2, "社区", "ambiguous_reference")]
    located = net.ties("LOCATED_IN")["to"].sort().to_list()
    assert located == ["area:510104020002@unstated", "area:510104021001@unstated"]


def test_a_place_that_the_area_list_does_not_have_is_told_once(tmp_path: Path):
    rows = [
        UNITS,
        ["督院街街道", "无名社区", "甲公司", "", "民营企业"],
        ["", "", "乙公司", "", "民营企业"],
        ["无名街道", "无名社区", "丙公司", "", "民营企业"],
    ]
    merges = [(1, 0, 2, 0), (1, 1, 2, 1)]
    write_csv(tmp_path / "a.csv", AREAS)
    write_xlsx(tmp_path / "u.xlsx", {"台账": rows}, {"台账": merges})
    net, faults = read_rosters(tmp_path)
    assert told(faults) == [
        ("u.xlsx", 2, "社区", "unresolved_reference"),
        ("u.xlsx", 4, "街道", "unresolved_reference"),
    ]
    assert dict(names(net, "LOCATED_IN")) == {
        "甲公司": "督院街街道",
        "乙公司": "督院街街道",
    }


def test_a_skeleton_that_is_given_resolves_places(tmp_path: Path):
    frame = pl.DataFrame(
        {
            "code": ["510104", "510104020", "510104020001"],
            "name": ["锦江区", "督院街街道", "梨花街社区居委会"],
            "level": ["district", "street", "community"],
            "parent_code": [None, "510104", "510104020"],
        }
    )
    rows = {"u": [UNITS, unit("甲公司")]}
    net, faults = read(tmp_path, rows, areas=frame, edition="2019")
    assert not faults
    assert net.ties("LOCATED_IN")["to"].to_list() == ["area:510104020001@2019"]
    again, faults = read(tmp_path, rows, areas=net)
    assert not faults
    assert again.equals(net)
    with pytest.raises(OrgnetError, match="parent_code"):
        read(tmp_path, rows, areas=frame.drop("parent_code"))


def test_grids_compounds_and_their_organizations(tmp_path: Path):
    grids = [
        [
            "街道",
            "社区",
            "网格名称",
            "网格编码",
            "网格类型",
            "上级网格",
            "户数",
            "网格党组织名称",
        ],
        [*HOME, "第1网格", "510104020001001", "一般", "", "320", "梨花街第1网格党支部"],
        [*HOME, "第2网格", "510104020009002", "专属网格", "", "350户", ""],
        [*HOME, "第1微网格", "", "微网格", "第1网格", "60", ""],
    ]
    compounds = [
        ["街道", "社区", "小区名称", "户数", "五步工作法步骤", "小区党组织名称"],
        [*HOME, "锦绣花园", "500", "第三步", "锦绣花园党支部"],
    ]
    branches = [
        ["党组织名称", "组织类别", "设置领域", "上级党组织", "街道", "社区"],
        ["梨花街第1网格党支部", "党支部", "网格", "梨花街社区党委", *HOME],
        ["锦绣花园党支部", "党支部", "小区", "梨花街社区党委", *HOME],
    ]
    tables = {"a": AREAS, "p": PARTIES, "g": grids, "c": compounds, "b": branches}
    net, faults = read(tmp_path, tables)
    assert told(faults) == [("g.csv", 3, "网格编码", "wrong_area_code")]
    areas = {r["name"]: r for r in net.nodes("Area").iter_rows(named=True)}
    assert areas["第2网格"]["exclusive"] is True
    assert areas["第1微网格"]["level"] == "micro_grid"
    assert areas["锦绣花园"]["step"] == 3
    parts = names(net, "PART_OF")
    assert ("第1微网格", "第1网格") in parts
    assert ("锦绣花园", "梨花街社区居委会") in parts
    covers = names(net, "COVERS")
    assert ("梨花街第1网格党支部", "第1网格", "organization", "single") in covers
    assert ("锦绣花园党支部", "锦绣花园", "organization", "single") in covers
    assert ("锦绣花园党支部", "锦绣花园") in names(net, "HOSTED_BY")
    assert {"COVERS:grid", "COVERS:compound"} <= net.complete


EVALUATION = [
    "考评周期",
    "考评方",
    "被考评方",
    "考评方向",
    "总分",
    "满分",
    "等次",
    "是否有效",
]


def test_evaluations_are_read_as_written_and_found_within_their_area(tmp_path: Path):
    rows = [
        EVALUATION,
        [
            "2019年度",
            "梨花街社区党委",
            "甲公司",
            "社区评单位",
            "98.5",
            "100",
            "优秀",
            "有效",
        ],
        ["2019年", "甲公司", "梨花街社区", "单位评社区", "", "", "较好", ""],
        ["2019", "甲公司党支部", "督院街街道党工委", "下评上", "104", "100", "", "否"],
        ["2019年上半年", "梨花街社区党委", "乙公司", "互评", "", "", "", "未提交"],
        ["2019", "梨花街社区党委", "甲公司", "上评下", "97", "100", "", ""],
        ["2019", "无名社区党委", "甲公司", "上评下", "97", "100", "", ""],
    ]
    branch = [
        HEADER,
        ["甲公司党支部", "党支部", "企业", "法人单位", "梨花街社区党委", "甲公司"],
    ]
    units = [UNITS, unit("甲公司"), unit("乙公司")]
    net, faults = read(
        tmp_path, {"a": AREAS, "p": PARTIES, "q": branch, "u": units, "e": rows}
    )
    assert told(faults) == [
        ("e.csv", 5, "考评方向", "direction_unclear"),
        ("e.csv", 6, "被考评方", "duplicate_identity"),
        ("e.csv", 7, "考评方", "unresolved_reference"),
    ]
    assert names(net, "EVALUATES") == {
        ("梨花街社区党委", "甲公司", "two_way", "2019"),
        ("甲公司", "梨花街社区党委", "two_way", "2019"),
        ("甲公司党支部", "督院街街道党工委", "two_way", "2019"),
        ("梨花街社区党委", "乙公司", "two_way", "2019H1"),
    }
    status = dict(net.ties("EVALUATES").select("score", "status").rows())
    assert status[104.0] == "void"
    assert faults.balanced


def test_evaluations_by_direction(tmp_path: Path):
    rows = [
        ["考评年度", "社区党组织", "单位名称", "考评方向", "得分"],
        ["2019", "梨花街社区党委", "甲公司", "社区评单位", "90"],
        ["2019", "梨花街社区党委", "甲公司", "单位评社区", "95"],
        ["2019", "梨花街社区党委", "甲公司", "互评", "95"],
    ]
    units = [UNITS, unit("甲公司")]
    net, faults = read(tmp_path, {"a": AREAS, "p": PARTIES, "u": units, "e": rows})
    assert told(faults) == [("e.csv", 4, "考评方向", "direction_unclear")]
    assert names(net, "EVALUATES") == {
        ("梨花街社区党委", "甲公司", "two_way", "2019"),
        ("甲公司", "梨花街社区党委", "two_way", "2019"),
    }


def test_lists_of_resources_needs_and_projects(tmp_path: Path):
    resources = [
        [
            "资源编号",
            "提供单位",
            "社区",
            "资源类别",
            "资源名称",
            "数量",
            "单位",
            "是否收费",
            "有效期",
        ],
        [
            "ZY-0001",
            "甲公司",
            "梨花街社区",
            "场地",
            "会议室",
            "2",
            "间",
            "免费",
            "2019.1.1至2019.12.31",
        ],
        [
            "ZY-0002",
            "无名公司",
            "梨花街社区",
            "人才",
            "律师",
            "若干",
            "人",
            "",
            "2019-12-31",
        ],
    ]
    needs = [
        ["需求编号", "提出单位", "社区", "需求类别", "需求内容", "提出日期", "状态"],
        ["XQ-0001", "乙公司", "梨花街社区", "场地", "开会地方", "2019/8", "待对接"],
    ]
    projects = [
        [
            *(
                "项目编号",
                "项目名称",
                "牵头单位",
                "对应需求",
                "使用资源",
                "资金（万元）",
            ),
            *("起止时间", "进度", "完成情况", "出资单位", "社区"),
        ],
        [
            *("XM-0001", "共享会议室", "丙", "XQ-0001", "ZY-0001、ZY-0009", "1.5"),
            *("2019-03-01至2019-05-31", "80%", "实施中", "甲公司", "梨花街社区"),
        ],
    ]
    units = [UNITS, unit("甲公司"), unit("乙公司")]
    tables = {"u": units, "r": resources, "n": needs, "p": projects}
    net, faults = read(tmp_path, tables)
    assert told(faults) == [
        ("n.csv", 2, "提出日期", "month_precision"),
        ("p.csv", 2, "使用资源", "unresolved_reference"),
        ("r.csv", 3, "提供单位", "unresolved_reference"),
        ("r.csv", 3, "数量", "number_with_words"),
    ]
    resource = net.nodes("Resource").row(0, named=True)
    assert (resource["id"], resource["fee"]) == ("resource:ZY-0001", False)
    assert (resource["valid_from"], resource["valid_to"]) == (
        date(2019, 1, 1),
        date(2020, 1, 1),
    )
    assert net.nodes("Resource")["valid_to"][1] == date(2020, 1, 1)
    assert names(net, "OFFERS") == {("甲公司", "会议室")}
    assert names(net, "RAISES") == {("乙公司", "开会地方")}
    project = net.nodes("Project").row(0, named=True)
    assert (project["budget_cny"], project["progress"]) == (15_000, 0.8)
    assert (project["starts_on"], project["ends_on"]) == (
        date(2019, 3, 1),
        date(2019, 5, 31),
    )
    match = net.ties("MATCHED_TO").row(0, named=True)
    assert (match["project_id"], match["status"]) == ("XM-0001", "running")
    assert names(net, "FUNDS") == {("甲公司", "共享会议室", 2019, None)}
    assert net.ties("FUNDS")["amount_cny"].to_list() == [15_000]
    assert names(net, "SERVES") == {
        ("共享会议室", "开会地方"),
        ("共享会议室", "梨花街社区"),
    }


def test_the_relationship_sheet(tmp_path: Path):
    rows = [
        ["类型", "起", "止", "权力", "总分", "有效起"],
        ["五权", "督院街街道党工委", "甲公司", "调度权", "", "2019-01-01"],
        ["HOLDS_POWER_OVER", "party:P2", uscc(1), "考核权", "", ""],
        ["兼职委员", "甲公司", "梨花街社区党委", "", "90", ""],
        ["五权", "甲公司", "甲公司", "调度权", "", ""],
        ["五权", "督院街街道党工委", "乙公司", "调度权", "", ""],
        ["不存在", "甲公司", "甲公司", "", "", ""],
        ["五权", "督院街街道党工委", "甲公司", "", "", ""],
        ["五权", "督院街街道党工委", "甲公司", "考核权", "", ""],
    ]
    units = [UNITS, unit("甲公司", uscc(1))]
    tables = {"a": AREAS, "p": PARTIES, "u": units, "r": rows}
    net, faults = read(tmp_path, tables)
    assert told(faults) == [
        ("r.csv", 4, "总分", "not_of_type"),
        ("r.csv", 5, "起", "wrong_end"),
        ("r.csv", 6, "止", "unresolved_reference"),
        ("r.csv", 7, "类型", "unknown_type"),
        ("r.csv", 8, "权力", "missing_required"),
        ("r.csv", 9, "止", "duplicate_identity"),
    ]
    powers = {n[2] for n in names(net, "HOLDS_POWER_OVER")}
    assert powers == {"dispatch", "assess"}
    assert names(net, "HOLDS_SEAT_ON") == {("甲公司", "梨花街社区党委")}
    assert faults.balanced


def test_a_relationship_type_declared_by_a_user_can_be_read(tmp_path: Path):
    class Guides(Tie):
        """One unit guides another 指导."""

        zh = "带动"
        ends = Ends(Unit, Unit)

    schema = SCHEMA.extended(Guides)
    rows = [["类型", "起", "止"], ["带动", "甲公司", "乙公司"]]
    units = [UNITS, unit("甲公司"), unit("乙公司")]
    net, faults = read(tmp_path, {"u": units, "r": rows}, schema=schema)
    assert not faults
    assert names(net, "GUIDES") == {("甲公司", "乙公司")}


def test_what_names_a_rejected_row_waits_and_is_no_fault_of_its_own(tmp_path: Path):
    spoilt = ["甲公司党支部", "P9", "党支部", "虚拟空间", "梨花街社区党委", "", "", ""]
    parties = [*PARTIES, spoilt]
    units = [UNITS, unit("甲公司", kind="铺子"), unit("乙公司")]
    evaluations = [
        EVALUATION,
        ["2019", "梨花街社区党委", "甲公司", "上评下", "97", "100", "", ""],
        ["2019", "梨花街社区党委", "乙公司", "上评下", "97", "100", "", ""],
    ]
    branches = [HEADER, ["第二党支部", "党支部", "企业", "", "甲公司党支部", "甲公司"]]
    tables = {"a": AREAS, "p": parties, "u": units, "e": evaluations, "q": branches}
    net, faults = read(tmp_path, tables)
    assert told(faults) == [
        ("p.csv", 6, "设置领域", "unknown_word"),
        ("u.csv", 2, "单位性质", "unknown_word"),
    ]
    assert "1 rows that name it wait" in faults.frame["message"][0]
    assert "2 rows that name it wait" in faults.frame["message"][1]
    waiting = dict(faults.report.select("file", "waiting").rows())
    assert waiting["e.csv"] == 1
    assert faults.balanced
    assert "第二党支部" in net.nodes("PartyOrganization")["name"]
    assert {n[1] for n in names(net, "EVALUATES")} == {"乙公司"}


def test_provenance_and_completeness(tmp_path: Path):
    units = [UNITS, unit("甲公司")]
    branch = [HEADER, ["甲党支部", "党支部", "企业", "", "梨花街社区党委", "甲公司"]]
    net, _ = read(tmp_path, {"a": AREAS, "p": PARTIES, "u": units})
    found = net.nodes("Unit").row(0, named=True)
    assert (found["source"], found["source_row"]) == ("u.csv#", 2)
    tie = net.ties("SUBORDINATE_TO").sort("from").row(0, named=True)
    assert (tie["source"], tie["source_row"]) == ("p.csv#", 3)
    assert {
        "LOCATED_IN:Unit",
        "COVERS:community",
        "SUBORDINATE_TO:PartyOrganization",
    } <= net.complete
    assert not {"HOLDS_SEAT_ON:Unit", "COVERS:Unit", "COVERS:grid"} & net.complete
    hosted, _ = read(tmp_path / "q", {"q": branch, "u": units})
    assert "COVERS{organization}:Unit" in hosted.complete
    lone, _ = read(tmp_path / "u", {"u": [UNITS, unit("甲公司")]})
    assert lone.complete == {"LOCATED_IN:Unit"}


def test_rejected_rows_can_be_mended_and_read(tmp_path: Path):
    rows = [
        [*UNITS, "从业人员数"],
        [*unit("甲公司", uscc(1)), "5"],
        ["", "", "乙公司", uscc(2), "铺子", "6"],
        ["", "", "丙公司", uscc(3), "民营企业", "7"],
    ]
    write_xlsx(
        tmp_path / "u.xlsx", {"台账": rows}, {"台账": [(1, 0, 3, 0), (1, 1, 3, 1)]}
    )
    _, faults = read_rosters(tmp_path)
    assert told(faults) == [("u.xlsx", 3, "单位性质", "unknown_word")]
    path = tmp_path / "mended" / "rejects.xlsx"
    path.parent.mkdir()
    assert write_rejects(faults, path) == 1
    import openpyxl

    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    headings = [c.value for c in page[1]]
    page.cell(2, headings.index("单位性质") + 1).value = "民营企业"
    book.save(path)
    net, faults = read_rosters(path)
    assert not faults
    assert net.nodes("Unit").select("name", "uscc", "employees").rows() == [
        ("乙公司", uscc(2), 6)
    ]
    assert names(net, "LOCATED_IN") == {("乙公司", "梨花街社区")}


def test_nothing_rejected_writes_a_workbook_that_reads_as_nothing(tmp_path: Path):
    _, faults = read(tmp_path, {"u": [UNITS, unit("甲公司")]})
    path = tmp_path / "none.xlsx"
    assert write_rejects(faults, path) == 0
    net, faults = read_rosters(path)
    assert (len(net), len(faults), faults.balanced) == (0, 0, True)


def test_a_folder_without_rosters_is_an_error_that_says_what_is_read(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("甲", encoding="utf-8")
    (tmp_path / "~$units.xlsx").write_bytes(b"")
    with pytest.raises(OrgnetError, match=r"no roster in .*\*\.csv.*\*\.xlsx") as error:
        read_rosters(tmp_path)
    assert error.value.items == (tmp_path,)
    with pytest.raises(OrgnetError, match="nothing at"):
        read_rosters(tmp_path / "nowhere")


def test_a_roster_without_a_cell_is_an_empty_network(tmp_path: Path):
    net, faults = read(tmp_path, {"u": []})
    assert (len(net), len(faults), faults.report.height) == (0, 0, 0)


def test_the_same_rosters_make_the_same_network(tmp_path: Path):
    tables = {"a": AREAS, "p": PARTIES, "u": [UNITS, unit("甲公司"), unit("乙公司")]}
    one, first = read(tmp_path, tables)
    other, second = read_rosters(tmp_path)
    assert one.equals(other)
    assert first.frame.equals(second.frame)


def test_individual_businesses_are_left_out_unnamed(tmp_path: Path):
    own = unit("张三小卖部", uscc(1, prefix="92"))
    net, faults = read(
        tmp_path, {"u": [UNITS, own, unit("乙铺", kind="个体工商户"), unit("丙公司")]}
    )
    assert net.nodes("Unit")["name"].to_list() == ["丙公司"]
    found = [(row, code) for _, row, _, code in told(faults)]
    assert sorted(found) == [(2, "individual_business"), (3, "unknown_word")]
    assert "张三" not in str(faults.frame.rows())
    assert faults.balanced
