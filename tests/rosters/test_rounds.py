"""Rounds of evaluations that hardly any row is of."""

from pathlib import Path

import polars as pl
import pytest

from orgnet.rosters.statements import FEW, MANY
from tests.rosters.test_read import AREAS, PARTIES, unit
from tests.rosters.workbooks import Table, read

UNITS = ["街道", "社区", "单位名称", "统一社会信用代码", "单位性质"]
HEADINGS = ["考评周期", "考评方", "被考评方", "总分"]
COMMITTEE = "梨花街社区党委"


def sheet(rounds: dict[str, int], first: int = 0) -> Table:
    """Return a sheet with so many rows of each round, those of each round together."""
    every = [name for name, n in rounds.items() for _ in range(n)]
    rows = [[r, COMMITTEE, f"{i}号公司", "90"] for i, r in enumerate(every, first)]
    return [HEADINGS, *rows]


def rosters(sheets: dict[str, Table]) -> dict[str, Table]:
    units = [UNITS, *(unit(f"{i}号公司") for i in range(MANY * (FEW + 2)))]
    return {"areas": AREAS, "parties": PARTIES, "units": units} | sheets


def test_a_mistyped_year_is_noted_where_it_stands(tmp_path: Path) -> None:
    given = rosters({"a": sheet({"2019年度": MANY, "2109": 1})})
    net, faults = read(tmp_path, given)
    fault = faults.frame.row(0, named=True)
    place = ("file", "row", "column", "value", "code", "effect")
    told = [fault[n] for n in place]
    assert told == ["a.csv", MANY + 2, "考评周期", "2109", "rare_round", "noted"]
    assert len(faults) == 1
    assert fault["message"].endswith(f"in this sheet: 1; of 2019: {MANY}")
    assert fault["message_zh"].endswith(f"本表仅1行，而“2019”有{MANY}行")
    assert "mistyped" in fault["todo"]
    assert "笔误" in fault["todo_zh"]
    assert set(net.ties("EVALUATES")["round"]) == {"2019", "2109"}  # noted, and kept


@pytest.mark.parametrize(
    ("rounds", "noted"),
    [
        ({"2019": MANY - 1, "2109": 1}, 0),
        ({"2019": MANY * FEW, "2109": FEW}, FEW),
        ({"2019": MANY * FEW - 1, "2109": FEW}, 0),
        ({"2019": MANY * (FEW + 1), "2109": FEW + 1}, 0),
        ({"2019": MANY, "2109": 1, "2091": 1}, 2),
        ({"2109": 1}, 0),
    ],
)
def test_what_is_rare_is_a_matter_of_the_sheet(
    rounds: dict[str, int], noted: int, tmp_path: Path
) -> None:
    _, faults = read(tmp_path, rosters({"a": sheet(rounds)}))
    assert faults.frame["code"].to_list() == ["rare_round"] * noted


def test_a_round_that_is_at_home_in_another_sheet_is_not_rare(tmp_path: Path) -> None:
    here, there = {"2019": MANY, "2018": 1}, {"2018": 2}
    _, faults = read(tmp_path, rosters({"a": sheet(here), "b": sheet(there, MANY + 1)}))
    assert not faults


def test_kinds_of_evaluation_have_rounds_of_their_own(tmp_path: Path) -> None:
    table = [[*row, "双向考评"] for row in sheet({"2019": MANY, "2018": 1})]
    table[0][-1], table[-1][-1] = "考评类别", "督导"
    net, faults = read(tmp_path, rosters({"a": table}))
    kinds = net.ties("EVALUATES")["kind"].cast(pl.String)
    assert sorted(set(kinds)) == ["inspection", "two_way"]
    assert not faults


def test_the_relationship_sheet_has_rounds_too(tmp_path: Path) -> None:
    rows = [
        [r, "考评", a, b, "双向考评"] for r, a, b, _ in sheet({"2019": MANY, "2109": 1})
    ]
    rows[0] = ["考评周期", "类型", "起", "止", "考评类别"]
    _, faults = read(tmp_path, rosters({"a": rows}))
    assert faults.frame.select("row", "column", "code").rows() == [
        (MANY + 2, "考评周期", "rare_round")
    ]


def test_rejected_rows_make_no_round(tmp_path: Path) -> None:
    table = [*sheet({"2019": MANY}), ["2109", COMMITTEE, "无名公司", "90"]]
    _, faults = read(tmp_path, rosters({"a": table}))
    assert faults.frame["code"].to_list() == ["unresolved_reference"]
