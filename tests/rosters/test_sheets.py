import datetime as dt
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl.utils import get_column_letter
from polars.testing import assert_frame_equal

from orgnet.errors import MissingExtraError, OrgnetError
from orgnet.rosters import sheets
from orgnet.rosters.sheets import Sheet, UnreadableFile, column_letter, read_sheets

ROWS: list[list[str | None]] = [
    ["驻区单位台账", None, None],
    ["单位名称", "党员数", "成立日期"],
    ["成都某公司", "12", "2019-08-07"],
    ["某社区（筹）", "3.5", None],
]
FIRST_ROWS = (1, 2, 4, 5)  # row 3 is blank


def workbook(path: Path, rows: Sequence[Sequence[object]] = (("甲", 1),)) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("一")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def one(path: Path) -> Sheet:
    found, problems = read_sheets(path)
    assert not problems
    (sheet,) = found
    return sheet


def problem(path: Path) -> UnreadableFile:
    found, problems = read_sheets(path)
    assert not found
    (unreadable,) = problems
    return unreadable


def cells(sheet: Sheet) -> list[tuple[object, ...]]:
    return sheet.grid.rows()


def save_xls(path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("台账")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for number, (name, count, founded) in zip(FIRST_ROWS, ROWS, strict=True):
        sheet.write(number - 1, 0, name)
        sheet.write(number - 1, 1, float(count) if count and number > 2 else count)
        if number > 2 and founded:
            sheet.write(number - 1, 2, dt.date.fromisoformat(founded), day)
        else:
            sheet.write(number - 1, 2, founded)
    book.save(path)


def save_xlsx(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("台账")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, (name, count, founded) in zip(FIRST_ROWS, ROWS, strict=True):
            sheet.write(number - 1, 0, name)
            numeric = number > 2
            sheet.write(number - 1, 1, float(count) if count and numeric else count)
            if number > 2 and founded:
                sheet.write(number - 1, 2, dt.date.fromisoformat(founded), day)
            else:
                sheet.write(number - 1, 2, founded)


def save_ods(path: Path) -> None:
    document, table = OpenDocumentSpreadsheet(), Table(name="台账")
    blank: list[str | None] = []
    for row in (*ROWS[:2], blank, *ROWS[2:]):
        line = TableRow()
        for value in row:
            cell = TableCell(valuetype="string") if value else TableCell()
            if value:
                cell.addElement(P(text=value))
            line.addElement(cell)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(path)


def as_text(separator: str) -> str:
    lines: list[list[str | None]] = [*ROWS[:2], [None] * 3, *ROWS[2:]]
    return "".join(separator.join(v or "" for v in line) + "\r\n" for line in lines)


WRITERS: dict[str, Callable[[Path], object]] = {
    "a.xlsx": save_xlsx,
    "a.XLSX": save_xlsx,
    "a.xlsm": save_xlsx,
    "wrongly-named.xls": save_xlsx,
    "a.xls": save_xls,
    "wrongly-named.xlsx": save_xls,
    "a.ods": save_ods,
    "utf-8.csv": lambda p: p.write_bytes(as_text(",").encode()),
    "marked.csv": lambda p: p.write_bytes(as_text(",").encode("utf-8-sig")),
    "gb18030.csv": lambda p: p.write_bytes(as_text(",").encode("gb18030")),
    "utf-16.csv": lambda p: p.write_bytes(as_text("\t").encode("utf-16")),
    "semicolons.csv": lambda p: p.write_bytes(as_text(";").encode()),
    "tabs.tsv": lambda p: p.write_bytes(as_text("\t").encode("gb18030")),
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_grid(tmp_path, name):
    WRITERS[name](tmp_path / name)
    sheet = one(tmp_path / name)
    assert sheet.file == name
    assert sheet.name == ("" if name.endswith(("csv", "tsv")) else "台账")
    assert cells(sheet) == [(r, *row) for r, row in zip(FIRST_ROWS, ROWS, strict=True)]
    assert sheet.grid.schema == {"row": pl.Int64} | dict.fromkeys(
        ("c0", "c1", "c2"), pl.String
    )
    assert sheet.columns == ["c0", "c1", "c2"]
    assert sheet.damaged.is_empty()


def test_a_parquet_table_has_its_names_in_row_one(tmp_path):
    frame = pl.DataFrame(
        {
            "单位名称": ["甲", " ", "丙"],
            "人数": [1.0, None, 2.5],
            "总数": [10**16, None, 3],
            "代码": [5.1e17, None, 1.0],
            "有": [True, None, False],
            "日": [dt.date(2019, 8, 7), None, None],
            "时": [
                dt.datetime.fromisoformat("2019-08-07"),
                None,
                dt.datetime.fromisoformat("2019-08-07T09:30"),
            ],
            "列": [["a", "b"], None, ["c"]],
        }
    )
    frame.write_parquet(tmp_path / "a.parquet")
    sheet = one(tmp_path / "a.parquet")
    assert cells(sheet) == [
        (1, "单位名称", "人数", "总数", "代码", "有", "日", "时", "列"),
        (
            *(2, "甲", "1", "10000000000000000", "5.1E+17", "TRUE", "2019-08-07"),
            *("2019-08-07", "a、b"),
        ),
        (4, "丙", "2.5", "3", "1", "FALSE", None, "2019-08-07 09:30:00", "c"),
    ]
    assert sheet.damaged.rows() == [(2, 3)]


def test_cells_are_written_as_a_person_sees_them(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("甲&乙")
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        clock = book.add_format({"num_format": "hh:mm"})
        hours = book.add_format({"num_format": "[h]:mm"})
        sheet.write(2, 1, "　全角 与空格\u00a0\u200b ")
        sheet.write_number(2, 2, 7.0)
        sheet.write_number(2, 3, -1200.25)
        sheet.write_boolean(2, 4, boolean=True)
        sheet.write_boolean(2, 5, boolean=False)
        sheet.write_datetime(
            2, 6, dt.datetime.fromisoformat("2019-08-07T09:30"), moment
        )
        sheet.write_datetime(2, 7, dt.datetime.fromisoformat("2019-08-07"), moment)
        sheet.write_number(2, 8, 0.25, clock)
        sheet.write_number(2, 9, 1.5, hours)
        sheet.write_formula(2, 10, "=0.1+0.2", None, 0.30000000000000004)
        sheet.write_number(2, 11, 1e-7)
        sheet.write_string(2, 12, "007")
        sheet.write_string(2, 13, "甲\n乙")
    assert cells(one(path)) == [
        (
            *(3, None, "全角 与空格", "7", "-1200.25", "TRUE", "FALSE"),
            *("2019-08-07 09:30:00", "2019-08-07", "06:00:00", "36:00:00"),
            *("0.3", "1E-07", "007", "甲\n乙"),
        )
    ]


def test_errors_of_formulas_are_seen(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        first, second = book.add_worksheet("一"), book.add_worksheet("a<&>'b")
        first.write_row(0, 0, ["甲", 1])
        first.write_formula("C3", "=NA()", None, "#N/A")
        second.write_formula("B2", "=1/0", None, "#DIV/0!")
    left, right = read_sheets(path)[0]
    assert cells(left) == [(1, "甲", "1", None), (3, None, None, "#N/A")]
    assert cells(right) == [(2, None, "#DIV/0!")]


def test_errors_written_by_another_library_are_seen(tmp_path):
    book = openpyxl.Workbook()
    book.active["B2"] = "#REF!"
    book.active["A1"] = "甲"
    book.save(tmp_path / "a.xlsx")
    assert cells(one(tmp_path / "a.xlsx")) == [(1, "甲", None), (2, None, "#REF!")]


@pytest.mark.parametrize(
    ("number", "text", "lost"),
    [
        (999_999_999_999_999, "999999999999999", False),
        (1_000_000_000_000_000, "1E+15", True),
        (-1_234_567_890_123_456, "-1.23456789012346E+15", True),
        (510_104_020_001, "510104020001", False),
    ],
)
def test_numbers_with_more_digits_than_a_cell_keeps_are_marked(
    tmp_path, number, text, lost
):
    path = workbook(tmp_path / "a.xlsx", [["甲"], [], ["乙", number]])
    sheet = one(path)
    assert cells(sheet)[1] == (3, "乙", text)
    assert sheet.damaged.rows() == ([(3, 1)] if lost else [])
    assert sheet.is_damaged("c1").to_list() == [False, lost]
    assert sheet.is_damaged("c0").to_list() == [False, False]


def test_blank_rows_are_left_out_and_the_others_keep_their_numbers(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [[], ["", "甲"], ["　"], [None], ["", "乙"]])
    assert cells(one(path)) == [(2, None, "甲"), (5, None, "乙")]


def test_merged_ranges_are_told_in_the_rows_of_the_grid(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A2:A4", "某街道")
        sheet.write("B4", "某社区")
    sheet = one(path)
    assert sheet.merged == ((2, 0, 4, 0),)
    assert cells(sheet) == [(2, "某街道", None), (4, None, "某社区")]


def test_hidden_sheets_are_read_and_told_and_others_passed_over(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("数据").write(0, 0, "甲")
        hidden = book.add_worksheet("选项")
        hidden.write(0, 0, "是")
        hidden.hide()
        book.add_worksheet("空")
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=数据!$A$1:$A$2"})
        book.add_chartsheet("图").set_chart(chart)
    found = [(s.name, s.hidden) for s in read_sheets(path)[0]]
    assert found == [("数据", False), ("选项", True)]


def test_quoted_line_breaks_do_not_shift_the_rows(tmp_path):
    (tmp_path / "a.csv").write_text('名称,备注\n甲,"一\n二"\n乙,"说""好"""\n', "utf-8")
    assert cells(one(tmp_path / "a.csv")) == [
        (1, "名称", "备注"),
        (2, "甲", "一\n二"),
        (3, "乙", '说"好"'),
    ]


def test_a_ragged_text_keeps_every_cell(tmp_path):
    (tmp_path / "a.csv").write_text("甲\n乙,1,2,\n\n丙,3", "utf-8")
    assert cells(one(tmp_path / "a.csv")) == [
        (1, "甲", None, None),
        (2, "乙", "1", "2"),
        (4, "丙", "3", None),
    ]


def test_commas_inside_cells_do_not_pass_for_separators(tmp_path):
    lines = ["名称\t地址"] + [f"单位{i}\t一路,二号,三楼" for i in range(9)]
    (tmp_path / "a.csv").write_text("\n".join(lines), "utf-8")
    assert cells(one(tmp_path / "a.csv"))[1] == (2, "单位0", "一路,二号,三楼")


def test_utf_8_goes_before_gb18030(tmp_path):
    data = "党委".encode()
    assert data.decode("gb18030") != "党委"  # other characters, and no error
    (tmp_path / "a.csv").write_bytes(data)
    assert cells(one(tmp_path / "a.csv")) == [(1, "党委")]


def test_typed_cells_of_an_open_document_are_read(tmp_path):
    document, table, line = OpenDocumentSpreadsheet(), Table(name="一"), TableRow()
    for cell in (
        TableCell(valuetype="float", value="12"),
        TableCell(valuetype="float", value="5.1e17"),
        TableCell(valuetype="date", datevalue="2019-08-07"),
        TableCell(valuetype="boolean", booleanvalue="true"),
        TableCell(valuetype="percentage", value="0.5"),
    ):
        line.addElement(cell)
    table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(tmp_path / "a.ods")
    sheet = one(tmp_path / "a.ods")
    assert cells(sheet) == [(1, "12", "5.1E+17", "2019-08-07", "TRUE", "0.5")]
    assert sheet.damaged.rows() == [(1, 1)]


def test_a_folder_is_read_in_order_with_the_folders_in_it(tmp_path):
    (tmp_path / "区" / "街道").mkdir(parents=True)
    (tmp_path / ".hidden").mkdir()
    for name in (
        "b.csv",
        "区/街道/a.csv",
        "a.csv",
        "~$a.csv",
        ".b.csv",
        ".hidden/c.csv",
    ):
        (tmp_path / name).write_text("甲", "utf-8")
    (tmp_path / "README.md").write_text("no table", "utf-8")
    found, problems = read_sheets(tmp_path)
    assert [s.file for s in found] == ["a.csv", "b.csv", "区/街道/a.csv"]
    assert not problems


def test_a_file_that_cannot_be_read_does_not_stop_the_others(tmp_path):
    (tmp_path / "a.csv").write_text("甲", "utf-8")
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04 and nothing else")
    (tmp_path / "c.docx").write_bytes(b"PK")
    workbook(tmp_path / "d.xlsx")
    found, problems = read_sheets(tmp_path)
    assert [s.file for s in found] == ["a.csv", "d.xlsx"]
    assert [p.file for p in problems] == ["b.xlsx", "c.docx"]
    row = problems[1].fault()
    assert row["code"] == "unreadable_file"
    assert row["effect"] == "file_refused"
    assert row["message"] == "the file cannot be read: .docx is not a format of tables"
    assert row["message_zh"] == "文件无法读取：.docx不是表格格式"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.xlsx", "<html><table>甲</table>".encode(), sheets.TEXT_INSIDE),
        ("a.xls", "名称\t地址".encode("gb18030"), sheets.TEXT_INSIDE),
        ("a.ods", b"\x00\x01\x02", sheets.CORRUPT),
        ("a.xlsx", b"", sheets.CORRUPT),
        ("a.csv", b"PK\x03\x04", sheets.BINARY_INSIDE),
        ("a.csv", "甲,乙".encode("utf-16-le"), sheets.BINARY_INSIDE),
        ("a.csv", b"\xff\xfe\x00", sheets.NO_ENCODING),
        ("a.csv", b"a,\xff\xff\xff", sheets.NO_ENCODING),
        ("a.csv", '甲,"乙\n丙,丁\n'.encode(), sheets.OPEN_QUOTE),
        ("a.csv", b'a,"' + b"b\n" * 100_000, sheets.OPEN_QUOTE),
        ("a.parquet", b"PAR1 and nothing else", sheets.CORRUPT),
        ("a.parquet", b"no", sheets.CORRUPT),
        (
            "a.xlsx",
            sheets.OLE_MAGIC + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"),
            sheets.PASSWORD,
        ),
    ],
)
def test_the_reason_why_a_file_cannot_be_read_is_told(tmp_path, name, data, reason):
    (tmp_path / name).write_bytes(data)
    assert problem(tmp_path / name) == UnreadableFile(name, *reason)


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.ods"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_file_cut_short_is_a_problem_and_no_crash(tmp_path, name, share, capfd):
    WRITERS[name](tmp_path / name)
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[: int(len(data) * share)])
    assert problem(tmp_path / name).reason == sheets.CORRUPT[0]


def test_a_workbook_with_broken_parts_is_a_problem(tmp_path):
    workbook(tmp_path / "whole.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "whole.xlsx") as whole,
        zipfile.ZipFile(tmp_path / "a.xlsx", "w") as broken,
    ):
        for name in whole.namelist():
            data = whole.read(name)
            broken.writestr(name, data[:200] if "sheet1" in name else data)
    assert problem(tmp_path / "a.xlsx").reason == sheets.CORRUPT[0]


def test_a_stray_cell_far_out_is_a_problem_and_not_a_lack_of_memory(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "甲")
        sheet.write(1_048_575, 16_383, "乙")
    assert "XFD1048576" in problem(path).reason


def test_a_far_cell_that_is_only_formatted_does_no_harm(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "甲")
        sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))
    assert cells(one(path)) == [(1, "甲")]


def test_a_wide_short_sheet_is_read(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write(1, 16_383, "乙")
    sheet = one(path)
    assert sheet.grid["c16383"].to_list() == ["乙"]


def test_nothing_at_the_path_is_an_error(tmp_path):
    with pytest.raises(OrgnetError, match="give a folder of rosters"):
        read_sheets(tmp_path / "missing")


def test_workbooks_need_the_extra_and_text_does_not(tmp_path, monkeypatch):
    workbook(tmp_path / "a.xlsx")
    (tmp_path / "b.csv").write_text("甲", "utf-8")
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    assert cells(one(tmp_path / "b.csv")) == [(1, "甲")]
    with pytest.raises(MissingExtraError, match=r"orgnet-graph\[excel\]"):
        read_sheets(tmp_path / "a.xlsx")


def test_column_letters_are_those_of_spreadsheets():
    numbers = [*range(800), 16_383]
    assert [column_letter(n) for n in numbers] == [
        get_column_letter(n + 1) for n in numbers
    ]
    assert column_letter("c26") == "AA"


def test_the_same_folder_is_read_the_same_twice(tmp_path):
    for name in ("b.xlsx", "a.xlsx"):
        workbook(tmp_path / name, [["甲", 10**17], ["乙", 2]])
    first, second = read_sheets(tmp_path)[0], read_sheets(tmp_path)[0]
    assert [s.file for s in first] == ["a.xlsx", "b.xlsx"]
    for left, right in zip(first, second, strict=True):
        assert_frame_equal(left.grid, right.grid)
        assert_frame_equal(left.damaged, right.damaged)


@pytest.mark.slow
def test_a_city_of_rows_is_read(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for row in range(60_000):
            sheet.write_row(row, 0, [row, f"某单位{row}", 0.5, *["文字"] * 17])
    sheet = one(path)
    assert sheet.grid.shape == (60_000, 21)
    assert sheet.grid.row(-1)[:4] == (60_000, "59999", "某单位59999", "0.5")
