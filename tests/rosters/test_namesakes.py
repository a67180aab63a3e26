"""Organizations of one name: which of them a row of a unit means."""

from pathlib import Path

import pytest

from orgnet.network import Network
from tests.rosters.test_read import AREAS, PARTIES, UNITS, unit
from tests.rosters.test_read import HEADER as HEADINGS
from tests.rosters.workbooks import Table, names, read, told

SAME = "与上级党组织相同"
ABOVE = "梨花街社区党委"
NAMED = [*UNITS, "党组织名称", "党组织隶属"]
BRANCH = "第一党支部"


def organizations(*, case: str = "", host: bool = True) -> Table:
    rows = [
        [f"{n}公司党委", "党委", "企业", "法人单位", ABOVE, f"{n}公司"] for n in "甲乙"
    ]
    rows += [
        [BRANCH, "党支部", "企业", case, f"{n}公司党委", f"{n}公司" if host else ""]
        for n in "甲乙"
    ]
    return [HEADINGS, *rows]


def branches(net: Network) -> set[tuple[str, str]]:
    return {n for n in names(net, "HOSTED_BY") if n[0] == BRANCH}


def test_the_superior_that_a_row_names_tells_which(tmp_path: Path):
    rows = [NAMED, [*unit("丙公司"), BRANCH, "甲公司党委"]]
    listed = [unit("甲公司"), unit("乙公司")]
    tables = {"a": AREAS, "p": PARTIES, "q": organizations(host=False)}
    net, faults = read(tmp_path, {**tables, "u": rows, "v": [UNITS, *listed]})
    assert not faults
    below = {
        r["from"]: r["to"] for r in net.ties("SUBORDINATE_TO").iter_rows(named=True)
    }
    sits = {r["to"]: r["from"] for r in net.ties("HOSTED_BY").iter_rows(named=True)}
    ids = {r["name"]: r["id"] for r in net.nodes().iter_rows(named=True)}
    assert below[sits[ids["丙公司"]]] == ids["甲公司党委"]


@pytest.mark.parametrize("case", ["法人单位", SAME])
def test_the_unit_of_a_row_tells_which(tmp_path: Path, case: str):
    rows = [NAMED, *([*unit(f"{n}公司"), BRANCH, ""] for n in "甲乙")]
    listed = organizations(case=case, host=case != SAME)
    net, faults = read(tmp_path, {"a": AREAS, "p": PARTIES, "q": listed, "u": rows})
    assert not faults
    assert branches(net) == {(BRANCH, "甲公司"), (BRANCH, "乙公司")}


def test_where_nothing_tells_which_the_superior_of_each_is_shown(tmp_path: Path):
    rows = [NAMED, *([*unit(f"{n}公司"), "", ""] for n in "甲乙")]
    rows.append([*unit("丙公司"), BRANCH, ABOVE])
    net, faults = read(
        tmp_path, {"a": AREAS, "p": PARTIES, "q": organizations(), "u": rows}
    )
    assert told(faults) == [("u.csv", 4, "党组织名称", "ambiguous_reference")]
    for words in faults.frame.select("message", "message_zh").row(0):
        assert "第一党支部（乙公司党委）, 第一党支部（甲公司党委）" in words
    assert branches(net) == {(BRANCH, "甲公司"), (BRANCH, "乙公司")}


def test_a_unit_means_the_organization_that_its_own_row_makes(tmp_path: Path):
    rows = [NAMED, *([*unit(f"{n}公司"), BRANCH, f"{n}公司党委"] for n in "甲乙")]
    rows += [[*unit(f"{n}集团"), f"{n}公司党委", ABOVE] for n in "甲乙"]
    net, faults = read(tmp_path, {"a": AREAS, "u": rows})
    assert not faults
    assert branches(net) == {(BRANCH, "甲公司"), (BRANCH, "乙公司")}
