"""The workbook of rejected rows: what a person sees who opens it."""

import time
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from orgnet.rosters import RosterFaults, write_rejects
from tests.rosters.test_read import AREAS, UNITS, unit
from tests.rosters.workbooks import read, uscc

NAME = "成都市锦江区督院街街道梨花街社区第一股份合作经济联合社"


@pytest.fixture
def faults(tmp_path: Path) -> RosterFaults:
    units = [
        UNITS,
        unit("甲公司", uscc(1)),
        unit("", uscc(2)),
        unit(NAME, "=1+1", "企业"),
        unit("http://甲.cn", "", "街面铺子"),
    ]
    return read(tmp_path / "rosters", {"areas": AREAS, "units": units})[1]


def opened(faults: RosterFaults, path: Path) -> Worksheet:
    assert write_rejects(faults, path) == 3
    (page,) = openpyxl.load_workbook(path).worksheets
    return page


def test_headings_stand_out_and_stay_in_sight(
    faults: RosterFaults, tmp_path: Path
) -> None:
    page = opened(faults, tmp_path / "a.xlsx")
    headings = [cell.value for cell in page[1]]
    assert headings == [*UNITS, "问题说明", "原文件", "原工作表", "原行号"]
    assert all(cell.font.bold for cell in page[1])
    assert not any(cell.font.bold for cell in page[2])
    assert page.freeze_panes == "A2"


def test_the_reasons_are_coloured_and_can_be_read_whole(
    faults: RosterFaults, tmp_path: Path
) -> None:
    page = opened(faults, tmp_path / "a.xlsx")
    at = len(UNITS)
    for row in page.iter_rows(min_row=2):
        fills = [cell.fill.fill_type for cell in row]
        assert fills[at] == "solid"
        assert set(fills[:at]) == {None}
        assert row[at].alignment.wrap_text
        assert row[at].value
    assert page.column_dimensions["F"].width > 60


def test_columns_are_as_wide_as_what_they_hold(
    faults: RosterFaults, tmp_path: Path
) -> None:
    page = opened(faults, tmp_path / "a.xlsx")
    wide = {
        c[0].value: page.column_dimensions[c[0].column_letter].width
        for c in page.columns
    }
    assert wide["单位名称"] > wide["街道"] >= len("督院街街道") * 2
    assert wide["统一社会信用代码"] >= len(uscc(1))
    assert wide["单位名称"] < 2 * len(NAME)  # and no wider than a screen takes


def test_cells_are_text_as_written(faults: RosterFaults, tmp_path: Path) -> None:
    page = opened(faults, tmp_path / "a.xlsx")
    rows = [[cell.value for cell in row[:5]] for row in page.iter_rows(min_row=2)]
    assert rows == [
        ["督院街街道", "梨花街社区", None, uscc(2), "民营企业"],
        ["督院街街道", "梨花街社区", NAME, "=1+1", "企业"],
        ["督院街街道", "梨花街社区", "http://甲.cn", None, "街面铺子"],
    ]
    kinds = {
        c.data_type for row in page.iter_rows() for c in row if c.value is not None
    }
    assert kinds == {"s"}
    assert not any(c.hyperlink for row in page.iter_rows() for c in row)
    assert page["D2"].number_format == "@"


def test_the_same_faults_give_the_same_bytes(
    faults: RosterFaults, tmp_path: Path
) -> None:
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    write_rejects(faults, first)
    time.sleep(2.1)  # a zip counts time in steps of two seconds
    write_rejects(faults, second)
    assert first.read_bytes() == second.read_bytes()
