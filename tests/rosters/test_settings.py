"""Where organizations are set up, in sheets without a column for it."""

from pathlib import Path

import pytest

import orgnet
from orgnet.network import Network
from orgnet.rosters import RosterFaults
from tests.rosters.test_read import AREAS, UNITS, unit
from tests.rosters.workbooks import Table, names, read, told, uscc

HEADER = [
    *("党组织名称", "组织类别", "上级党组织", "党组织所在单位情况", "单位名称"),
    *("单位性质类别", "统一社会信用代码", "街道", "社区"),
]
HOME = ("督院街街道", "梨花街社区")
ABOVE = "梨花街社区党委"
CHAIN = [
    ["锦江区委", "党委", "", "", "", "", "", "", ""],
    ["督院街街道党工委", "工委", "锦江区委", "", "", "", "", HOME[0], ""],
    [ABOVE, "党委", "督院街街道党工委", "", "", "", "", *HOME],
]
LIKE_AREAS = {
    "中共红旗超市支部委员会": "红旗超市",
    "中共丁大学江安校区支部委员会": "丁大学",
    "中共建设银行天府街区支部委员会": "建设银行",
    "中共蜀都古镇支部委员会": "蜀都古镇公司",
    "中共青城度假村委员会": "青城度假村",
    "中共高新开发区兴业公司支部委员会": "兴业公司",
    "中共锦绣大厦物业公司支部委员会": "锦绣大厦物业公司",
    "中共锦绣大厦支部委员会": "锦绣物业公司",
    "中共小区之家公司总支部委员会": "小区之家公司",
    "中共网格科技公司支部委员会": "网格科技公司",
    "中共医院天府院区委员会": "丁医院",
}


def party(
    name: str,
    host: str = "",
    kind: str = "",
    *,
    code: str = "",
    above: str = ABOVE,
    case: str = "",
    home: tuple[str, str] = HOME,
) -> list[str]:
    branch = "联合党支部" if "联合" in name else "党支部"
    form = branch if "支部" in name else "党委"
    return [name, form, above, case, host, kind, code, *home]


def read_all(
    tmp_path: Path, *rows: list[str], units: Table = (), **more: Table
) -> tuple[Network, RosterFaults]:
    tables = {"a": AREAS, "p": [HEADER, *CHAIN, *rows], **more}
    if units:
        tables["u"] = [UNITS, *units]
    return read(tmp_path, tables)


def settings(net: Network) -> dict[str, str]:
    return dict(net.nodes("PartyOrganization").select("name", "setting").iter_rows())


@pytest.mark.parametrize("listed", [False, True])
def test_a_company_whose_name_ends_like_an_area_stays_a_company(
    tmp_path: Path, *, listed: bool
):
    kind = "" if listed else "民营企业"
    rows = [party(name, host, kind) for name, host in LIKE_AREAS.items()]
    units = [unit(host) for host in LIKE_AREAS.values()]
    net, faults = read_all(tmp_path, *rows, units=units)
    assert not faults
    told_of = settings(net)
    assert {told_of[name] for name in LIKE_AREAS} == {"enterprise"}
    covered = {n[:2] for n in names(net, "COVERS")}
    areas = {("锦江区委", "锦江区"), ("督院街街道党工委", "督院街街道")}
    areas |= {(ABOVE, "梨花街社区居委会")}
    assert covered == areas | set(LIKE_AREAS.items())
    wrong = orgnet.coverage.gaps(net, classes=["G6"]).frame
    assert wrong["name"].to_list() == ["锦江区委"]


def test_a_name_alone_is_not_taken_for_an_areas_if_companies_bear_such_names(
    tmp_path: Path,
):
    rows = [party(name) for name in LIKE_AREAS if "锦绣大厦支部" not in name]
    rows += [party(f"中共{n}委员会") for n in ("红旗超市", "蜀都古镇", "天府街区")]
    net, faults = read_all(tmp_path, *rows)
    assert [(code, column) for *_, column, code in told(faults)] == [
        ("missing_column", "设置领域")
    ]
    assert faults.frame["value"].to_list() == [str(len(rows))]
    assert net.counts["PartyOrganization"] == len(CHAIN)


def test_what_only_a_name_tells_is_noted_once_a_sheet(tmp_path: Path):
    guessed = {
        "中共第3网格支部委员会": "grid",
        "中共云花小区支部委员会": "compound",
        "中共东城产业园区委员会": "park",
        "中共天府大厦联合支部委员会": "building",
        "中共梨花街社区第一企业联合支部委员会": "enterprise",
        "中共锦江区两新工作委员会": "agency",
        "中共和平社区总支部委员会": "community",
        "中共金花镇委员会": "street",
    }
    net, faults = read_all(tmp_path, *(party(name) for name in guessed))
    assert settings(net).items() >= guessed.items()
    noted = faults.of("guessed_setting").frame
    assert noted.select("file", "row", "column", "value", "effect").rows() == [
        ("p.csv", None, "党组织名称", "8", "noted")
    ]
    assert "中共第3网格支部委员会: grid" in noted["message"][0]
    assert "中共第3网格支部委员会（网格）" in noted["message_zh"][0]
    assert {code for *_, code in told(faults)} == {"guessed_setting", "level_skip"}


def test_an_organization_whose_setting_is_a_guess_has_no_area_of_another_name(
    tmp_path: Path,
):
    net, _ = read_all(tmp_path, party("中共和平社区委员会"), party("中共金花镇委员会"))
    assert {a for a, *_ in names(net, "COVERS")} == {row[0] for row in CHAIN}
    assert settings(net)["中共和平社区委员会"] == "community"


def test_areas_that_are_known_tell_it_first(tmp_path: Path):
    rows = [
        party(
            "中共盐市口街道工作委员会", "盐市口街道办事处", "政府机关", above="锦江区委"
        ),
        party("中共盐市口街道办事处支部委员会", "盐市口街道办事处", "政府机关"),
        party("东大街社区党总支部", "东大街社区居委会", "居委会", home=(HOME[0], "")),
    ]
    net, _ = read_all(tmp_path, *rows)
    expected = ["street", "agency", "community"]
    assert [settings(net)[r[0]] for r in rows] == expected
    covered = {n[:2] for n in names(net, "COVERS")}
    assert ("中共盐市口街道工作委员会", "盐市口街道") in covered
    assert ("中共盐市口街道办事处支部委员会", "盐市口街道") not in covered


def test_an_organization_in_a_body_of_an_area_is_told_by_its_name(tmp_path: Path):
    rows = [
        party("中共第3网格支部委员会", "梨花街社区居委会", "居委会"),
        party("中共金花镇委员会", "金花镇人民政府", "政府机关"),
        party("中共税务所支部委员会", "税务所", "政府机关"),
    ]
    net, faults = read_all(tmp_path, *rows)
    expected = ["grid", "street", "agency"]
    assert [settings(net)[r[0]] for r in rows] == expected
    assert faults.of("guessed_setting").frame["value"].to_list() == ["2"]


def test_a_row_that_states_it_counts_before_everything(tmp_path: Path):
    stated = [
        ["党组织名称", "组织类别", "设置领域", "上级党组织", "街道", "社区"],
        ["中共甲公司委员会", "党委", "园区", ABOVE, *HOME],
    ]
    rows = [party("中共甲公司委员会", "甲公司", "民营企业")]
    net, faults = read_all(tmp_path, *rows, q=stated)
    assert settings(net)["中共甲公司委员会"] == "park"
    assert not faults


@pytest.mark.parametrize("column", [False, True], ids=["without", "blank"])
@pytest.mark.parametrize("code", ["", uscc(1)], ids=["by name", "by code"])
def test_the_unit_roster_tells_the_kind_of_the_unit(
    tmp_path: Path, code: str, *, column: bool
):
    rows = [
        HEADER,
        *CHAIN,
        party("中共甲公司委员会", "甲公司", code=code),
        party("中共第一支部委员会", above="中共甲公司委员会", case="与上级党组织相同"),
        party("中共云花小区支部委员会", above="中共第一支部委员会"),
    ]
    if not column:
        rows = [
            [c for i, c in enumerate(r) if HEADER[i] != "单位性质类别"] for r in rows
        ]
    units = [UNITS, unit("甲公司", code, "国有企业")]
    net, faults = read(tmp_path, {"a": AREAS, "p": rows, "u": units})
    assert not faults
    below = {r[0] for r in rows[4:]}
    assert {s for n, s in settings(net).items() if n in below} == {"enterprise"}
    assert ("中共第一支部委员会", "甲公司") in names(net, "HOSTED_BY")


def test_a_credit_code_that_proves_the_kind_tells_it_too(tmp_path: Path):
    row = party("中共丁大学江安校区支部委员会", "丁大学", code=uscc(1, "12"))
    net, faults = read_all(tmp_path, row, units=[unit("甲公司")])
    assert not faults
    assert settings(net)[row[0]] == "institution"
    assert net.nodes("Unit").filter(name="丁大学")["kind"].to_list() == ["institution"]


def test_a_row_of_a_unit_that_names_the_organization_tells_the_kind(tmp_path: Path):
    units = [[*UNITS, "党组织名称"], [*unit("甲公司"), "中共甲公司委员会"]]
    net, faults = read_all(tmp_path, party("中共甲公司委员会"), u=units)
    assert not faults
    assert settings(net)["中共甲公司委员会"] == "enterprise"


@pytest.mark.parametrize("several_rows", [False, True])
def test_units_of_a_joint_branch_that_agree_tell_it(
    tmp_path: Path, *, several_rows: bool
):
    name, case = "中共锦江景区联合支部委员会", "联合党支部"
    hosts = ["甲公司", "乙公司"]
    rows = [party(name, h, case=case) for h in hosts]
    if not several_rows:
        rows = [party(name, "、".join(hosts), case=case)]
    units = [unit("甲公司"), unit("乙公司", kind="国有企业")]
    net, faults = read_all(tmp_path, *rows, units=units)
    assert not faults
    assert settings(net)[name] == "enterprise"


def test_where_they_differ_its_name_tells_it_or_else_the_first(tmp_path: Path):
    hosts = "甲协会、乙公司"
    rows = [
        party("中共天府楼宇联合支部委员会", hosts, case="联合党支部"),
        party("中共锦江联合支部委员会", hosts, case="联合党支部"),
    ]
    units = [unit("甲协会", kind="社会组织"), unit("乙公司")]
    net, faults = read_all(tmp_path, *rows, units=units)
    expected = ["building", "social_organization"]
    assert [settings(net)[r[0]] for r in rows] == expected
    assert [code for *_, code in told(faults)] == ["guessed_setting"]
    assert faults.frame["value"].to_list() == ["2"]


def test_a_unit_stays_whose_organizations_superior_nobody_can_place(tmp_path: Path):
    units = [
        [*UNITS, "党组织名称", "党组织隶属"],
        [*unit("甲公司"), "中共甲公司支部委员会", "中共蜀都古镇总支部委员会"],
    ]
    net, faults = read(tmp_path, {"a": AREAS, "u": units})
    assert told(faults) == [("u.csv", 2, "党组织隶属", "unresolved_reference")]
    assert settings(net) == {"中共甲公司支部委员会": "enterprise"}
    assert net.nodes("Unit")["name"].to_list() == ["甲公司"]
    assert faults.report.filter(file="u.csv")["accepted"].to_list() == [1]
