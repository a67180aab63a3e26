"""Workbooks and delimited text, the same bytes for the same sheets."""

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orgnet.messy.sheets import Sheet

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

CREATED = datetime(2019, 8, 7, tzinfo=UTC).replace(tzinfo=None)  # Excel knows no zones
TAB = ".tsv"


def write(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write the sheets of one file, in the form that its name asks for."""
    if path.suffix == ".xlsx":
        _workbook(path, sheets)
    else:
        for sheet in sheets:  # there is one
            _text(path, sheet)


def _text(path: Path, sheet: Sheet) -> None:
    delimiter = "\t" if path.suffix == TAB else ","
    encoding = sheet.block.layout.encoding
    with path.open("w", encoding=encoding, newline="") as file:
        rows = csv.writer(file, delimiter=delimiter)
        rows.writerows([text] for text in sheet.above)
        rows.writerows(sheet.header)
        rows.writerows(zip(*sheet.columns, strict=True))
        rows.writerows([text] for text in sheet.block.layout.notes)


def _workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    from xlsxwriter import Workbook

    book = Workbook(path, {"in_memory": True})
    book.set_properties({"created": CREATED})
    formats = {
        "day": book.add_format({"num_format": "yyyy/m/d"}),
        "title": book.add_format({"bold": True, "align": "center", "font_size": 16}),
        "head": book.add_format({"bold": True, "align": "center", "text_wrap": True}),
        "merged": book.add_format({"align": "center", "valign": "vcenter"}),
    }
    for sheet in sheets:
        _sheet(book.add_worksheet(sheet.block.name), sheet, formats)
    if len(sheets) == 1:
        book.add_worksheet("Sheet2")  # offices leave one empty
    book.close()


def _sheet(page: "Worksheet", sheet: Sheet, formats: dict[str, Any]) -> None:
    last = len(sheet.columns) - 1
    for row, text in enumerate(sheet.above):
        page.merge_range(row, 0, row, last, text, formats["title"])
    _write_header(page, sheet, formats["head"])
    top = len(sheet.above) + len(sheet.header)
    put = {
        str: page.write_string,
        int: page.write_number,
        float: page.write_number,
    }
    for column, cells in enumerate(sheet.columns):
        for row, cell in enumerate(cells, top):
            if cell is None:
                continue
            if type(cell) in put:
                put[type(cell)](row, column, cell)
            else:
                page.write_datetime(row, column, cell, formats["day"])
    for column, first, end in sheet.merged:
        shown = sheet.columns[column][first - top]
        page.merge_range(first, column, end, column, shown, formats["merged"])
    below = top + len(sheet.columns[0])
    for row, text in enumerate(sheet.block.layout.notes, below):
        page.write_string(row, 0, text)


def _write_header(page: "Worksheet", sheet: Sheet, style: Any) -> None:
    """Write one or two rows of headings, a group's name over all its columns."""
    top = len(sheet.above)
    *over, below = sheet.header
    for column, text in enumerate(below):
        page.write_string(top + len(over), column, text, style)
    for groups in over:
        for first, last in _groups(groups):
            if last > first:
                page.merge_range(top, first, top, last, groups[first], style)
            else:
                page.write_string(top, first, groups[first], style)


def _groups(groups: tuple[str, ...]) -> Iterable[tuple[int, int]]:
    first = 0
    for column in range(1, len(groups) + 1):
        if column == len(groups) or groups[column] != groups[first]:
            yield first, column - 1
            first = column
