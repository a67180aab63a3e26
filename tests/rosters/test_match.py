"""What several rosters say of one thing is one node; what differs is told."""

from pathlib import Path

import polars as pl
import pytest

from orgnet.errors import OrgnetError
from orgnet.network import Network
from orgnet.rosters import RosterFaults, read_rosters, write_decisions
from orgnet.schema.identifiers import organization_code
from tests.rosters.test_read import AREAS, HEADER, PARTIES, UNITS, unit
from tests.rosters.workbooks import names, read, told, uscc

SOCIAL = ["社会组织名称", "统一社会信用代码", "登记管理机关", "街道", "社区", "党员数"]
HOME = ["督院街街道", "梨花街社区"]


def test_a_unit_in_two_rosters_is_one_unit(tmp_path: Path):
    social = [SOCIAL, ["甲协会", uscc(1, "51"), "市民政局", *HOME, "3"]]
    units = [UNITS, unit("甲协会", uscc(1, "51"), "社会组织")]
    net, faults = read(tmp_path, {"s": social, "u": units})
    assert not faults
    found = net.nodes("Unit").filter(pl.col("name") == "甲协会").row(0, named=True)
    assert (found["resident"], found["members"]) == (True, 3)
    assert names(net, "SUPERVISED_BY") == {("甲协会", "市民政局", "registration")}
    assert net.counts["Unit"] == 2  # the registrar is in no roster: its name makes it


def test_an_old_organization_code_is_found_inside_a_credit_code(tmp_path: Path):
    old = organization_code(uscc(1))
    rows = [[*UNITS, "从业人员数"], [*unit("甲厂", f"{old[:8]}-{old[8]}"), "12"]]
    more = [UNITS, ["督院街街道", "东大街社区", "甲有限公司", uscc(1), "民营企业"]]
    net, faults = read(tmp_path, {"u": rows, "v": more})
    codes = [code for *_, code in told(faults)]
    assert codes == ["old_organization_code", "conflicting_values"]
    assert "甲厂 (u.csv# 2)" in faults.of("conflicting_values").frame["message"][0]
    found = net.nodes("Unit").row(0, named=True)
    assert (found["id"], found["employees"]) == (f"unit:{uscc(1)}", 12)
    assert net.ties("LOCATED_IN").sort("source")["primary"].to_list() == [True, False]


def test_names_match_within_their_place_only(tmp_path: Path):
    here = [UNITS, unit("便民超市")]
    there = [UNITS, ["盐市口街道", "东大街社区", "便民超市", "", "民营企业"]]
    spelled = [[*UNITS, "党员数"], [*unit("便民 超市"), "2"]]
    net, faults = read(tmp_path, {"a": AREAS, "u": here, "v": there, "w": spelled})
    assert not faults
    assert net.nodes("Unit").sort("members")["members"].to_list() == [None, 2]


def test_a_row_without_a_code_that_fits_several_with_one_stays_apart(tmp_path: Path):
    rows = [UNITS, unit("甲公司", uscc(1)), unit("甲公司", uscc(2))]
    net, faults = read(tmp_path, {"u": rows, "v": [UNITS, unit("甲公司")]})
    assert told(faults) == [("v.csv", 2, "单位名称", "same_name")]
    assert net.counts["Unit"] == 3


def test_the_preferred_roster_wins(tmp_path: Path):
    rows = {
        "u": [[*UNITS, "从业人员数"], [*unit("甲公司", uscc(1)), "5"]],
        "v": [[*UNITS, "从业人员数"], [*unit("甲公司", uscc(1)), "9"]],
    }
    net, faults = read(tmp_path, rows)
    assert net.nodes("Unit")["employees"].to_list() == [5]
    assert told(faults) == [("v.csv", 2, "从业人员数", "conflicting_values")]
    net, faults = read(tmp_path, rows, prefer=["v.csv"])
    assert net.nodes("Unit")["employees"].to_list() == [9]
    assert told(faults) == [("u.csv", 2, "从业人员数", "conflicting_values")]
    assert "9 (v.csv# 2)" in faults.frame["message"][0]


def test_two_rosters_with_two_superiors_are_told_and_one_wins(tmp_path: Path):
    rows = {
        "p": PARTIES,
        "q": [HEADER, ["梨花街社区党委", "党委", "社区", "", "锦江区委", ""]],
    }
    rows["q"] = [[*r, "P3" if i else "党组织代码"] for i, r in enumerate(rows["q"])]
    net, faults = read(tmp_path, {"a": AREAS, **rows})
    assert told(faults) == [("q.csv", 2, "上级党组织", "conflicting_values")]
    assert ("梨花街社区党委", "督院街街道党工委") in names(net, "SUBORDINATE_TO")
    assert net.ties("SUBORDINATE_TO").height == 3
    net, _ = read_rosters(tmp_path, prefer=["q.csv"])
    assert ("梨花街社区党委", "锦江区委") in names(net, "SUBORDINATE_TO")


def test_the_ids_of_an_earlier_network_are_kept(tmp_path: Path):
    before = {"a": AREAS, "u": [UNITS, unit("甲公司"), unit("乙公司")], "p": PARTIES}
    branch = [
        HEADER,
        ["甲公司党支部", "党支部", "企业", "法人单位", "梨花街社区党委", "甲公司"],
    ]
    first, _ = read(tmp_path / "1", {**before, "q": branch})
    old = dict(first.nodes("Unit").select("name", "id").rows())
    assert not any(i.endswith(uscc(1)) for i in old.values())
    after = {**before, "u": [UNITS, unit("甲公司", uscc(1)), unit("乙公司")]}
    coded = [[*r, "B1" if i else "党组织代码"] for i, r in enumerate(branch)]
    plain, _ = read(tmp_path / "2", {**after, "q": coded})
    assert f"unit:{uscc(1)}" in plain.nodes("Unit")["id"]
    kept, faults = read_rosters(tmp_path / "2", known=first)
    assert not faults
    assert dict(kept.nodes("Unit").select("name", "id").rows()) == old
    assert kept.nodes("Unit")["uscc"].drop_nulls().to_list() == [uscc(1)]
    again, _ = read_rosters(tmp_path / "1", known=first)
    assert again.equals(first)


def test_near_names_are_proposed_and_decided_on(tmp_path: Path):
    folder = tmp_path / "rosters"
    branch = [
        "甲公司党支部",
        "党支部",
        "企业",
        "法人单位",
        "梨花街社区党委",
        "成都锦江甲乙商贸公司",
    ]
    units = [UNITS, unit("成都锦江甲乙商贸有限公司"), unit("丙公司")]
    net, faults = read(
        folder, {"a": AREAS, "p": PARTIES, "q": [HEADER, branch], "u": units}
    )
    assert told(faults) == [("q.csv", 2, "单位名称", "unresolved_reference")]
    proposals = faults.proposals
    assert proposals["candidate"].to_list() == ["成都锦江甲乙商贸有限公司"]
    assert not [n for n in names(net, "HOSTED_BY") if n[0] == "甲公司党支部"]
    path = tmp_path / "decisions.xlsx"
    assert write_decisions(faults, path) == 1
    undecided, faults = read_rosters(folder, decisions=path)
    assert len(faults) == 1
    assert undecided.equals(net)

    import openpyxl

    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    page.cell(2, page.max_column).value = "是"
    book.save(path)
    decided, faults = read_rosters(folder, decisions=path)
    assert not faults
    assert ("甲公司党支部", "成都锦江甲乙商贸有限公司") in names(decided, "HOSTED_BY")


def test_a_row_decided_to_be_another_unit_is_merged_into_it(tmp_path: Path):
    rows = {
        "u": [UNITS, unit("甲乙商贸有限公司", uscc(1))],
        "v": [[*UNITS, "党员数"], [*unit("甲乙商贸公司"), "4"]],
    }
    net, _ = read(tmp_path, rows)
    assert net.counts["Unit"] == 2
    decided = pl.DataFrame(
        {
            "kind": ["Unit"],
            "written": ["甲乙商贸公司"],
            "area": [None],
            "candidate": ["甲乙商贸有限公司"],
            "candidate_id": [f"unit:{uscc(1)}"],
            "same": ["是"],
        }
    )
    net, faults = read_rosters(tmp_path, decisions=decided)
    assert net.nodes("Unit").select("id", "members").row(0) == (f"unit:{uscc(1)}", 4)
    assert told(faults) == [("v.csv", 2, "单位名称", "conflicting_values")]
    with pytest.raises(OrgnetError, match="write_decisions"):
        read_rosters(tmp_path, decisions=decided.drop("candidate_id"))


def test_organizations_that_only_unit_rosters_name_are_made_and_counted(tmp_path: Path):
    rows = [
        [*UNITS, "党组织名称", "党组织隶属"],
        [*unit("甲公司"), "甲公司党支部", "梨花街社区党委"],
        [*unit("乙公司"), "丙乙联合党支部", "梨花街社区党委"],
        [*unit("丁公司"), "", ""],
    ]
    net, faults = read(tmp_path, {"a": AREAS, "u": rows})
    assert not faults
    found = net.nodes("PartyOrganization").sort("name")
    assert found.select("name", "form", "setting").rows() == [
        ("丙乙联合党支部", "joint_branch", "enterprise"),
        ("梨花街社区党委", "committee", "community"),
        ("甲公司党支部", "branch", "enterprise"),
    ]
    assert ("甲公司党支部", "甲公司", "organization", "single") in names(net, "COVERS")
    assert ("丙乙联合党支部", "乙公司", "organization", "joint") in names(net, "COVERS")
    listed, faults = read(tmp_path / "2", {"a": AREAS, "u": rows, "p": PARTIES})
    assert {(row, code) for _, row, _, code in told(faults)} == {
        (2, "unresolved_reference"),
        (3, "unresolved_reference"),
    }
    assert listed.counts["PartyOrganization"] == 4


HOSTS = [*HEADER, "单位性质类别", "统一社会信用代码"]


def hosted(
    tmp_path: Path, *units: list[str], prefer: str = "", **cells: str
) -> tuple[Network, RosterFaults]:
    """Read a branch that says of its unit `name`, `kind`, `code` and `case`."""
    case = cells.get("case", "法人单位")
    form = "联合党支部" if case == "联合党支部" else "党支部"
    said = [cells.get("name", "甲公司"), cells.get("kind", ""), cells.get("code", "")]
    branch = [f"红旗{form}", form, "企业", case, "梨花街社区党委", *said]
    tables = {"a": AREAS, "p": PARTIES, "q": [HOSTS, branch], "u": [UNITS, *units]}
    return read(tmp_path, tables, prefer=[prefer] if prefer else [])


@pytest.mark.parametrize("code", ["", uscc(1)])
def test_the_kind_that_an_organizations_row_gives_of_its_unit_is_a_claim(
    tmp_path: Path, code: str
):
    net, faults = hosted(tmp_path, unit("甲公司", code), kind="国有企业", code=code)
    assert told(faults) == [("q.csv", 2, "单位性质类别", "conflicting_values")]
    assert "国有企业" in faults.frame["message_zh"][0]
    assert "u.csv# 2" in faults.frame["message"][0]
    assert net.nodes("Unit")["kind"].to_list() == ["private_enterprise"]


def test_it_wins_if_its_roster_is_preferred(tmp_path: Path):
    net, faults = hosted(
        tmp_path, unit("甲公司"), kind="国有企业", prefer="party_organization"
    )
    assert told(faults) == [("u.csv", 2, "单位性质", "conflicting_values")]
    assert net.nodes("Unit")["kind"].to_list() == ["state_enterprise"]


def test_of_several_units_it_is_no_claim(tmp_path: Path):
    units = [unit("甲公司"), unit("乙公司")]
    several = {"name": "甲公司、乙公司", "case": "联合党支部"}
    _, faults = hosted(tmp_path, *units, kind="国有企业", **several)
    assert not faults
    coded = [unit("甲公司", uscc(1)), unit("乙公司", uscc(2))]
    codes = f"{uscc(1)}、{uscc(2)}"
    _, faults = hosted(tmp_path / "3", *coded, kind="国有企业", code=codes, **several)
    assert not faults
    one = {"name": "甲公司", "case": "联合党支部"}
    _, faults = hosted(tmp_path / "2", *units, kind="国有企业", **one)
    assert not faults


def test_another_name_of_the_unit_under_its_code_is_told(tmp_path: Path):
    net, faults = hosted(tmp_path, unit("甲公司", uscc(1)), name="甲老厂", code=uscc(1))
    assert told(faults) == [("q.csv", 2, "单位名称", "conflicting_values")]
    assert net.nodes("Unit")["name"].to_list() == ["甲公司"]
    _, faults = hosted(
        tmp_path / "2", unit("甲公司", uscc(1)), name="甲 公司", code=uscc(1)
    )
    assert not faults
