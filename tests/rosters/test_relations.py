"""The relationship sheet: units in headings, years, and what its faults show."""

from pathlib import Path
from typing import Annotated

import pytest

from orgnet.schema import SCHEMA, Ends, Heading, Tie
from orgnet.schema.nodes import Area, Unit
from tests.rosters.workbooks import Table, read, told

UNITS = [
    ["街道", "社区", "单位名称", "单位性质"],
    ["甲街道", "乙社区", "A局", "机关"],
    ["甲街道", "乙社区", "B公司", "国企"],
]
PARTIES = [["党组织名称", "组织类别", "设置领域"], ["乙社区党委", "党委", "社区"]]


def funds(heading: str, *cells: str, year: str = "2019") -> Table:
    rows = [
        ["FUNDS", "A局", "乙社区党委", year, f"{n}", c] for n, c in enumerate(cells)
    ]
    return [["类型", "起", "止", "年度", "用途", heading], *rows]


@pytest.mark.parametrize(
    ("heading", "amount"),
    [
        ("金额", 12),
        ("金额（元）", 12),
        ("金额（万元）", 120_000),
        ("金额(亿元)", 1_200_000_000),
    ],
)
def test_the_heading_tells_the_unit_of_money(
    heading: str, amount: int, tmp_path: Path
) -> None:
    cells = funds(heading, "12", "3亿元")
    net, faults = read(tmp_path, {"u": UNITS, "p": PARTIES, "r": cells})
    assert not faults
    given = net.ties("FUNDS").sort("purpose")["amount_cny"].to_list()
    assert given == [amount, 300_000_000]  # a unit in the cell goes first


def test_each_sheet_has_the_unit_of_its_own_heading(tmp_path: Path) -> None:
    sheets = {
        "r1": funds("金额（万元）", "3.5", year="2018"),
        "r2": funds("金额（元）", "3.5"),
        "r3": funds("金额（亿元）", "3.5", year="2020"),
    }
    net, faults = read(tmp_path, {"u": UNITS, "p": PARTIES, **sheets})
    assert told(faults) == [("r2.csv", 2, "金额（元）", "rounded_money")]
    given = net.ties("FUNDS").sort("year")["amount_cny"].to_list()
    assert given == [35_000, 4, 350_000_000]


@pytest.mark.parametrize(
    ("heading", "area"), [("面积（亩）", 2_000), ("面积（㎡）", 3), ("面积", 3)]
)
def test_the_heading_tells_the_unit_of_land(
    heading: str, area: int, tmp_path: Path
) -> None:
    class Rents(Tie):
        """A unit rents land in an area 租用."""

        zh = "租用"
        ends = Ends(Unit, Area)
        area_m2: Annotated[int | None, Heading("面积", unit="m2")] = None

    rows = [["类型", "起", "止", heading], ["租用", "A局", "乙社区", "3"]]
    tables = {"u": UNITS, "r": rows}
    net, faults = read(tmp_path, tables, schema=SCHEMA.extended(Rents))
    assert not faults
    assert net.ties("RENTS")["area_m2"].to_list() == [area]


@pytest.mark.parametrize(
    "year", ["2019", "2019年", "2019年度", "２０１９", "二〇一九年", "2019.0"]
)
def test_a_year_is_read_as_offices_write_it(year: str, tmp_path: Path) -> None:
    projects = [
        ["项目名称", "项目编号", "出资单位", "年度", "资金（万元）"],
        ["修路", "X1", "A局", year, "1"],
    ]
    tables = {"u": UNITS, "p": PARTIES, "r": funds("金额", "1", year=year)}
    net, faults = read(tmp_path, {**tables, "x": projects})
    assert not faults
    assert net.ties("FUNDS")["year"].to_list() == [2019, 2019]


def test_what_is_no_year_rejects_the_row_that_needs_it(tmp_path: Path) -> None:
    sheets = {
        "a": funds("金额", "1", year="近三年"),
        "b": funds("金额", "1", year="219"),
    }
    tables = {"u": UNITS, "p": PARTIES, **sheets}
    _, faults = read(tmp_path, tables)
    assert faults.frame.select("file", "column", "value", "code", "effect").rows() == [
        ("a.csv", "年度", "近三年", "number_with_words", "row_rejected"),
        ("b.csv", "年度", "219", "number_with_words", "row_rejected"),
    ]


def test_a_repeated_row_is_shown_by_its_words(tmp_path: Path) -> None:
    rows = funds("金额", "1", "2")
    rows = [rows[0], rows[1], [*rows[2][:4], "0", "2"]]
    _, faults = read(tmp_path, {"u": UNITS, "p": PARTIES, "r": rows})
    (row,) = faults
    assert (row["code"], row["value"]) == ("duplicate_identity", "A局 / 乙社区党委")
    assert row["message_zh"] == "A局 / 乙社区党委 与本表前面的行重复：第2行"
