"""Whatever stands in a workbook, it is read, and every row is accounted for."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgnet.rosters import read_rosters, write_rejects
from orgnet.rosters.declare import Column
from orgnet.rosters.layouts import layouts
from orgnet.rosters.template import shown_columns
from tests.rosters.workbooks import uscc, write_csv, write_xlsx

LAYOUTS = {ln.name: ln for ln in layouts()}
FEW = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
MANY = settings(FEW, max_examples=150)

PLACES = ["督院街街道", "梨花街社区", "锦江区", "无名社区", "东大街社区居委会", ""]
PLAIN = [
    "甲公司",
    "乙协会",
    "丙局",
    "丁党支部",
    "中共丁支部委员会",
    "第1网格",
    "锦绣花园",
    "",
]
DIRT = [
    *(
        "约50人",
        "9.151E+17",
        "2019-02-30",
        "（已注销）",
        "小计",
        "合 计",
        "注：",
        "填表人：",
    ),
    *(
        "与上级党组织相同",
        "甲公司、乙协会",
        "1",
        "是",
        "×",
        "待定",
        "#N/A",
        "3.5",
        "2019/8",
    ),
    *("二〇一九年八月", "party:x", "unit:", "area:510104@2019", "|", "\U0001f600"),
    *("A\u200bB", "-5", "=1", "'", "1.5万元", "１２３"),
]
CELLS = st.sampled_from(
    [*PLACES, *PLAIN, *DIRT, uscc(1), uscc(2, "52"), "510104020001"]
)
WORDS = st.one_of(CELLS, st.text(max_size=8))


FITTING: dict[str, list[str]] = {
    "yes_no": ["是", "否"],
    "day": ["2019-08-07", "2018.3"],
    "whole_number": ["3", "12"],
    "money": ["5000"],
    "round": ["2019", "2019年上半年"],
    "credit_code": [uscc(1), uscc(2), uscc(3)],
    "area_code": ["510104", "510104020", "510104020001", "510104021001"],
    "grid_code": ["510104020001001", "510104021001002"],
    "direction": ["上评下", "下评上"],
}


def cells(column: Column) -> st.SearchStrategy[str]:
    """Draw what fits a column, most of the time."""
    if column.target == "relation.type":
        return st.sampled_from(["COVERS", "SUBORDINATE_TO", "PART_OF", "兼职委员", "x"])
    words = [m.zh for m in column.vocabulary or ()] or FITTING.get(column.reads, PLAIN)
    fitting = st.sampled_from([*words, *words, *words, ""])
    return st.one_of(fitting, fitting, fitting, st.sampled_from(PLACES), WORDS)


@st.composite
def sheets(draw: st.DrawFn) -> tuple[str, list[list[str]]]:
    """Draw a sheet of some roster: titles, headings, and rows of what may stand."""
    layout = LAYOUTS[draw(st.sampled_from(sorted(LAYOUTS)))]
    columns = [c for c in shown_columns(layout) if draw(st.integers(0, 5))]
    headings = [draw(st.sampled_from(c.words[:4])) for c in columns]
    more = draw(
        st.lists(st.sampled_from(["备注", "联系电话", "序号", "停车位"]), max_size=2)
    )
    row = st.tuples(*(cells(c) for c in columns), *(WORDS for _ in more))
    rows = [list(r) for r in draw(st.lists(row, max_size=6))]
    order = draw(st.permutations(range(len(headings) + len(more))))
    table = [[r[i] for i in order] for r in ([*headings, *more], *rows)]
    return layout.name, [[t] for t in draw(st.lists(WORDS, max_size=2))] + table


def accounted(folder: Path, **options: object) -> None:
    """Read a folder and check every row of every sheet, and what may be shown."""
    net, faults = read_rosters(folder, **options)  # type: ignore[arg-type]
    report = faults.report
    sums = pl.sum_horizontal("accepted", "rejected", "titles", "notes")
    assert report.filter(sums != pl.col("rows_in")).height == 0
    assert faults.balanced
    rejected = faults.frame.filter(pl.col("effect") == "row_rejected")
    rows = rejected.drop_nulls("row").select("file", "sheet", "row").unique().height
    sheets_ = faults.frame.filter(pl.col("effect") == "file_refused").height
    totals = report.sum().row(0, named=True)
    lost = totals["rejected"] - totals["waiting"]
    assert rows <= lost or sheets_
    places = faults.frame.select("file", "sheet", "row", "column", "value", "code")
    assert places.is_duplicated().sum() == 0
    assert set(net.ids) == {i for t in net.node_tables.values() for i in t["id"]}
    write_rejects(faults, folder / "rejects.xlsx")
    again, faults = read_rosters(folder / "rejects.xlsx")
    assert faults.balanced
    assert len(again) <= len(net) + totals["rows_in"]


def check(drawn: list[tuple[str, list[list[str]]]]) -> None:
    with TemporaryDirectory() as folder:
        for i, (_, table) in enumerate(drawn):
            write_csv(Path(folder, f"{i}.csv"), table)
        accounted(Path(folder))


@FEW
@given(st.lists(sheets(), min_size=1, max_size=3))
def test_every_row_of_made_up_sheets_is_accounted_for(drawn):
    check(drawn)


@pytest.mark.slow
@MANY
@given(st.lists(sheets(), min_size=1, max_size=4))
def test_every_row_of_many_made_up_sheets_is_accounted_for(drawn):
    check(drawn)


@FEW
@given(st.lists(st.lists(WORDS, min_size=1, max_size=6), min_size=1, max_size=8))
def test_a_sheet_of_anything_is_read(table):
    check([("", table)])


def clean(number: int) -> dict[str, str]:
    """Return a row of a resident-unit roster without any flaw."""
    return {
        "街道": "督院街街道" if number % 3 else "盐市口街道",
        "社区": f"第{number % 4}社区",
        "单位名称": f"单位{number}",
        "统一社会信用代码": uscc(number),
        "单位性质": "民营企业" if number % 2 else "事业单位",
        "从业人员数": str(number),
        "党员数": "" if number % 5 else str(number // 2),
        "兼职委员": "否",
    }


SPOIL: dict[str, tuple[str, str]] = {
    "单位名称": ("", "missing_required"),
    "统一社会信用代码": ("9.15102E+17", "ruined_code"),
    "单位性质": ("铺子", "unknown_word"),
    "从业人员数": ("约50人", "number_with_words"),
    "党员数": ("-3", "negative_number"),
    "兼职委员": ("说不清", "not_yes_or_no"),
}
TITLES = [["附件1"], ["驻区单位台账", "", "", "填报单位：某街道"]]


def spoiled(
    numbers: list[int], dirt: dict[int, str]
) -> tuple[list[list[str]], list[tuple[int, str, str]]]:
    rows, told = [list(clean(1))], []
    for i, number in enumerate(numbers):
        row = clean(number)
        if i in dirt:
            row[dirt[i]], code = SPOIL[dirt[i]]
            told.append((i + 2, dirt[i], code))
        rows.append(list(row.values()))
    return rows, told


DIRTY = st.dictionaries(st.integers(0, 7), st.sampled_from(sorted(SPOIL)), max_size=5)
NUMBERS = st.lists(st.integers(1, 99), min_size=8, max_size=8, unique=True)


@FEW
@given(NUMBERS, DIRTY)
def test_each_flaw_is_told_once_and_nothing_else(numbers, dirt):
    rows, expected = spoiled(numbers, dirt)
    with TemporaryDirectory() as folder:
        write_csv(Path(folder, "u.csv"), rows)
        net, faults = read_rosters(folder)
    told = faults.frame.select("row", "column", "code").rows()
    assert sorted(told) == sorted(expected)
    fatal = sum(code in {"missing_required", "unknown_word"} for *_, code in expected)
    assert net.counts["Unit"] == len(numbers) - fatal
    line = faults.report.row(0, named=True)
    assert (line["accepted"], line["rejected"]) == (net.counts["Unit"], fatal)


Turn = Callable[[list[list[str]]], list[list[str]]]
TURNS: dict[str, Turn] = {
    "titles": lambda rows: [*TITLES, *rows],
    "columns": lambda rows: [row[::-1] for row in rows],
    "remarks": lambda rows: [
        [*r, "备注" if not i else "无"] for i, r in enumerate(rows)
    ],
    "notes": lambda rows: [
        *rows,
        ["注：以上均为年末数"],
        ["合计", "", "", "", "", "99"],
    ],
    "spaces": lambda rows: [[f" {c}　" for c in row] for row in rows],
}


@FEW
@given(NUMBERS, DIRTY, st.sets(st.sampled_from(sorted(TURNS)), min_size=1))
def test_the_form_of_a_sheet_does_not_change_the_network(numbers, dirt, turns):
    rows, _ = spoiled(numbers, dirt)
    turned = rows
    for name in sorted(turns):
        turned = TURNS[name](turned)
    with TemporaryDirectory() as folder:
        one, other = Path(folder, "one"), Path(folder, "other")
        one.mkdir()
        other.mkdir()
        write_csv(one / "u.csv", rows)
        write_csv(other / "u.csv", turned)
        (first, faults), (second, others) = read_rosters(one), read_rosters(other)
    assert faults.counts().equals(others.counts())
    for label in ("Unit", "Area"):
        frames = [n.nodes(label).drop("source_row") for n in (first, second)]
        assert frames[0].equals(frames[1])
    ties = [n.ties("LOCATED_IN").drop("source_row") for n in (first, second)]
    assert ties[0].equals(ties[1])
    assert first.complete == second.complete


def test_the_same_rows_as_a_workbook_with_merged_cells(tmp_path: Path):
    rows, _ = spoiled(list(range(1, 9)), {})
    rows = [rows[0], *sorted(rows[1:])]
    starts = [i for i in range(1, 9) if rows[i][0] != rows[i - 1][0]]
    ends = [*(s - 1 for s in starts[1:]), 8]
    write_xlsx(
        tmp_path / "u.xlsx",
        {"一": rows},
        {"一": [(a, 0, b, 0) for a, b in zip(starts, ends, strict=True) if b > a]},
    )
    (tmp_path / "plain").mkdir()
    write_csv(tmp_path / "plain" / "u.csv", rows)
    merged, faults = read_rosters(tmp_path / "u.xlsx")
    plain, _ = read_rosters(tmp_path / "plain")
    assert not faults
    drop = ["source", "source_row"]
    assert merged.nodes("Unit").drop(drop).equals(plain.nodes("Unit").drop(drop))
    assert (
        merged.ties("LOCATED_IN").drop(drop).equals(plain.ties("LOCATED_IN").drop(drop))
    )
