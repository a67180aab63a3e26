"""What bare headings mean is told by the values below them."""

from pathlib import Path

import polars as pl
import pytest

from orgnet.network import Network
from tests.rosters.test_read import AREAS, PARTIES, UNITS, unit
from tests.rosters.workbooks import Table, read

PLAIN = ["党组织名称", "党组织代码", "上级党组织", "街道", "社区"]
HOME = ["梨花街社区党委", "督院街街道", "梨花街社区"]
FORMS = ["党总支", "党支部", "联合党支部", "党支部"]
SETTINGS = ["网格", "小区", "企业", "社会组织"]
FIRMS = ["国有企业", "民营企业", "事业单位", "社会组织"]


def parties(
    kinds: list[str], *more: tuple[str, list[str]], bare: str = "类型"
) -> dict[str, Table]:
    columns = [(bare, kinds), *more]
    rows = [PLAIN + [heading for heading, _ in columns]]
    for i in range(len(kinds)):
        said = [values[i] for _, values in columns]
        rows.append([f"第{i}网格党组织", f"T{i}", *HOME, *said])
    return {"areas": AREAS, "parties": PARTIES, "more": rows}


def of(net: Network, column: str) -> list[str]:
    listed = net.nodes("PartyOrganization").filter(pl.col("code").str.starts_with("T"))
    return listed.sort("code")[column].cast(pl.String).to_list()


@pytest.mark.parametrize(
    "bare", ["类型", "类别", "性质", "*类 型", "（一）类别（单选）"]
)
def test_a_kind_of_party_organization_is_its_form_if_the_values_are_forms(
    bare: str, tmp_path: Path
) -> None:
    rest = ("设置领域", SETTINGS)
    net, faults = read(tmp_path, parties(FORMS, rest, bare=bare))
    assert faults.frame["code"].to_list() == []
    forms = ["general_branch", "branch", "joint_branch", "branch"]
    assert of(net, "form") == forms
    assert of(net, "setting") == [
        "grid",
        "compound",
        "enterprise",
        "social_organization",
    ]


def test_it_is_its_setting_if_the_values_are_settings(tmp_path: Path) -> None:
    net, faults = read(tmp_path, parties(SETTINGS, ("组织类别", FORMS)))
    assert faults.frame["code"].to_list() == []
    assert of(net, "setting") == [
        "grid",
        "compound",
        "enterprise",
        "social_organization",
    ]


def test_it_is_the_kind_of_the_unit_that_is_named_beside_it(tmp_path: Path) -> None:
    both = ("组织类别", FORMS), ("设置领域", ["企业", "企业", "事业单位", "社会组织"])
    units = ("单位名称", ["甲公司", "乙公司", "丙中心", "丁协会"])
    net, faults = read(tmp_path, parties(FIRMS, *both, units))
    assert faults.frame["code"].to_list() == []
    kinds = dict(net.nodes("Unit").select("name", "kind").iter_rows())
    assert kinds == {
        "甲公司": "state_enterprise",
        "乙公司": "private_enterprise",
        "丙中心": "institution",
        "丁协会": "social_organization",
    }


def test_words_of_two_lists_are_the_units_if_one_is_named(tmp_path: Path) -> None:
    kinds = ["事业单位", "社会组织", "机关", "事业单位"]
    units = ("单位名称", ["甲中心", "乙协会", "丙局", "丁中心"])
    net, faults = read(tmp_path / "1", parties(kinds, ("组织类别", FORMS)))
    assert faults.frame["code"].to_list() == []
    settings = ["institution", "social_organization", "agency", "institution"]
    assert of(net, "setting") == settings
    net, _ = read(tmp_path / "2", parties(kinds, ("组织类别", FORMS), units))
    kinds_of_units = {"institution", "social_organization", "government"}
    assert set(net.nodes("Unit")["kind"]) == kinds_of_units


def test_most_of_the_values_decide_and_the_others_are_faults(tmp_path: Path) -> None:
    rest = ("设置领域", SETTINGS)
    net, faults = read(tmp_path, parties([*FORMS[:3], "党小组"], rest))
    assert faults.frame.select("row", "column", "code", "effect").rows() == [
        (5, "类型", "unknown_word", "row_rejected")
    ]
    assert of(net, "form") == ["general_branch", "branch", "joint_branch"]


def test_a_second_column_of_forms_repeats_the_first(tmp_path: Path) -> None:
    rest = ("设置领域", SETTINGS), ("组织类别", FORMS)
    net, faults = read(tmp_path, parties(FORMS, *rest))
    told = faults.frame.select("column", "code").rows()
    assert told == [("类型", "repeated_column")]
    assert of(net, "form") == ["general_branch", "branch", "joint_branch", "branch"]


@pytest.mark.parametrize(
    ("group", "kinds", "column"),
    [("党组织", FORMS, "form"), ("单位", FIRMS, "kind")],
)
def test_a_group_heading_says_of_what_it_is_a_kind(
    group: str, kinds: list[str], column: str, tmp_path: Path
) -> None:
    other = "组织类别" if column == "kind" else "单位性质"
    given = FORMS if column == "kind" else FIRMS
    rows = [
        ["党组织", "", "", "领域", "单位", ""],
        ["名称", "代码", "上级党组织", "设置领域", "名称", other],
    ]
    at = 2 if group == "党组织" else 5
    for row, text in zip(rows, ("", "类型"), strict=True):
        row.insert(at, text)
    for i, setting in enumerate(["企业", "企业", "事业单位", "社会组织"]):
        row = [f"第{i}网格党组织", f"T{i}", HOME[0], setting, f"第{i}公司", given[i]]
        row.insert(at, kinds[i])
        rows.append(row)
    net, _ = read(tmp_path, {"areas": AREAS, "parties": PARTIES, "more": rows})
    assert of(net, "form") == ["general_branch", "branch", "joint_branch", "branch"]
    assert net.nodes("Unit")["kind"].len() == 4


def test_the_kind_of_a_unit_stays_what_it_was(tmp_path: Path) -> None:
    table = [[*UNITS[:-1], "类型"], unit("甲公司"), unit("乙中心", kind="事业单位")]
    net, faults = read(tmp_path, {"areas": AREAS, "units": table})
    assert not faults
    assert sorted(net.nodes("Unit")["kind"]) == ["institution", "private_enterprise"]


def test_a_state_under_the_heading_of_a_kind_is_the_state(tmp_path: Path) -> None:
    rows = [
        [*UNITS, "类型"],
        [*unit("甲公司"), "存续"],
        [*unit("乙公司"), "注销"],
        [*unit("丙公司"), ""],
    ]
    net, faults = read(tmp_path, {"areas": AREAS, "units": rows})
    assert not faults
    states = dict(net.nodes("Unit").select("name", "status").iter_rows())
    assert states == {"甲公司": "active", "乙公司": "closed", "丙公司": None}
