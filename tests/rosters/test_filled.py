"""Cells that take the value above them: merged ones, and those of a group."""

from pathlib import Path

import polars as pl
import pytest

from orgnet.network import Network
from orgnet.rosters import RosterFaults, read_rosters
from tests.rosters.workbooks import Table, names, read, told, write_xlsx

UNITS = ["街道", "社区", "单位名称", "单位性质", "党员数", "是否建立党组织"]
Range = tuple[int, int, int, int]


def merged(
    folder: Path, rows: Table, *ranges: Range, **more: Table
) -> tuple[Network, RosterFaults]:
    sheets = {"台账": rows, **more}
    write_xlsx(folder / "u.xlsx", sheets, {"台账": ranges})
    return read_rosters(folder)


def test_a_merged_range_of_any_column_holds_for_all_its_rows(tmp_path: Path):
    rows = [
        UNITS,
        ["甲街道", "乙社区", "A", "民企", "3", "是"],
        ["", "", "B", "", "4", ""],
        ["", "", "C", "国企", "5", ""],
    ]
    places = (1, 0, 3, 0), (1, 1, 3, 1)
    net, faults = merged(tmp_path, rows, *places, (1, 3, 2, 3), (1, 5, 3, 5))
    assert not faults
    said = net.nodes("Unit").sort("name").select("kind", "reported_party_org")
    assert said.rows() == [
        ("private_enterprise", True),
        ("private_enterprise", True),
        ("state_enterprise", True),
    ]
    assert faults.report["filled"].to_list() == [2 + 2 + 1 + 2]


def test_a_blank_that_is_not_merged_stays_blank(tmp_path: Path):
    rows = [
        UNITS,
        ["甲街道", "乙社区", "A", "民企", "", ""],
        ["甲街道", "乙社区", "B", "", "", ""],
        ["甲街道", "乙社区", "C", "", "", ""],
    ]
    net, faults = merged(tmp_path, rows, (1, 3, 2, 3))
    assert told(faults) == [("u.xlsx", 4, "单位性质", "missing_required")]
    assert net.nodes("Unit")["name"].sort().to_list() == ["A", "B"]


def test_an_amount_over_several_rows_is_not_counted_in_each(tmp_path: Path):
    rows = [
        UNITS,
        ["甲街道", "乙社区", "A", "民企", "30", ""],
        ["甲街道", "乙社区", "B", "民企", "", ""],
    ]
    net, faults = merged(tmp_path, rows, (1, 4, 2, 4))
    assert not faults
    assert net.nodes("Unit").sort("name")["members"].to_list() == [30, None]


def test_a_highest_score_over_several_rows_is_that_of_each(tmp_path: Path):
    units = [UNITS, *(["甲街道", "乙社区", n, "民企", "", ""] for n in "AB")]
    party = [["党组织名称", "组织类别", "设置领域"], ["乙社区党委", "党委", "社区"]]
    rows = [
        ["考评周期", "考评方", "被考评方", "总分", "满分"],
        ["2019", "乙社区党委", "A", "90", "100"],
        ["", "", "B", "80", ""],
    ]
    ranges = (1, 0, 2, 0), (1, 1, 2, 1), (1, 4, 2, 4)
    net, faults = merged(tmp_path, rows, *ranges, 单位=units, 党组织=party)
    assert not faults
    said = net.ties("EVALUATES").select("score", "scale_max").sort("score")
    assert said.rows() == [(80, 100), (90, 100)]


def test_a_bad_key_over_several_rows_is_told_once_and_rejects_all(tmp_path: Path):
    rows = [
        UNITS,
        ["甲街道", "乙社区", "A", "铺子", "", ""],
        ["甲街道", "乙社区", "B", "", "", ""],
        ["甲街道", "乙社区", "C", "", "", ""],
        ["甲街道", "乙社区", "D", "民企", "", ""],
    ]
    net, faults = merged(tmp_path, rows, (1, 3, 3, 3))
    assert told(faults) == [("u.xlsx", 2, "单位性质", "unknown_word")]
    assert faults.frame["message_zh"][0].endswith("另有2行引用它，待其更正")
    assert faults.report.select("accepted", "rejected", "waiting").rows() == [(1, 3, 2)]
    assert faults.balanced
    assert net.nodes("Unit")["name"].to_list() == ["D"]


def test_a_party_that_is_not_found_over_several_rows_is_told_once(tmp_path: Path):
    units = [UNITS, *(["甲街道", "乙社区", n, "民企", "", ""] for n in "AB")]
    party = [["党组织名称", "组织类别", "设置领域"], ["乙社区党委", "党委", "社区"]]
    rows = [
        ["考评周期", "考评方", "被考评方", "总分"],
        ["2019", "丙社区党委", "A", "90"],
        ["2019", "", "B", "80"],
    ]
    _, faults = merged(tmp_path, rows, (1, 1, 2, 1), 单位=units, 党组织=party)
    assert told(faults) == [("u.xlsx", 2, "考评方", "unresolved_reference")]
    assert faults.balanced
    line = faults.report.filter(pl.col("sheet") == "台账")
    assert line.select("accepted", "rejected").rows() == [(0, 2)]


PLAIN = ["街道", "社区", "单位名称", "单位性质"]


def places(net: Network) -> dict[str, str]:
    return dict(names(net, "LOCATED_IN"))


def test_street_and_community_are_filled_by_one_rule(tmp_path: Path):
    rows = [
        PLAIN,
        ["甲街道", "新村社区", "A", "民企"],
        ["丙街道", "新村社区", "B", "民企"],  # another community of that name
        ["", "", "C", "民企"],
    ]
    net, faults = read(tmp_path, {"u": rows})
    assert not faults
    ids = net.ties("LOCATED_IN").join(
        net.nodes("Unit").select("id", "name"), left_on="from", right_on="id"
    )
    where: dict[str, str] = dict(ids.select("name", "to").iter_rows())
    assert where["C"] == where["B"] != where["A"]


def test_small_groups_inside_a_group_are_filled_too(tmp_path: Path):
    rows = [PLAIN, ["甲街道", "一社区", "A", "民企"]]
    rows += [["", f"{n}社区", n, "民企"] for n in "二三四五六"]
    rows.append(["", "", "末", "民企"])
    net, faults = read(tmp_path, {"u": rows})
    assert not faults
    assert places(net)["末"] == "六社区"


@pytest.mark.parametrize("street", ["", "甲街道"])
def test_a_community_left_out_below_a_street_from_above_is_noted(
    street: str, tmp_path: Path
):
    rows = [PLAIN, ["甲街道", "一社区", "A", "民企"]]
    rows += [[street, "一社区", n, "民企"] for n in "BCD"]
    rows.append([street, "", "E", "民企"])
    net, faults = read(tmp_path, {"u": rows})
    noted = [("u.csv", 6, "社区", "blank_place")]
    assert told(faults) == ([] if street else noted)
    assert places(net)["E"] == "甲街道"
    assert faults.report["accepted"].to_list() == [5]
