"""Whole files at fault: unreadable ones, strange ones, and one with a person's number.

No person's number is written in this program: one that nobody can have is computed.
"""

import csv
from collections.abc import Callable
from pathlib import Path

from orgnet.faults import Effect
from orgnet.messy.carriers import credit_code
from orgnet.messy.sheets import Cell
from orgnet.messy.write import CREATED
from orgnet.schema.identifiers import RESIDENT_CHECKS, RESIDENT_WEIGHTS

Table = list[list[Cell]]

REFUSED, NOTED = Effect.FILE_REFUSED, Effect.NOTED
HEADINGS = ["单位名称", "统一社会信用代码", "单位性质", "从业人员数", "备注"]
NUMBER_ROW, NUMBER_COLUMN = 4, "备注"
FIRST = 90_000  # of the numbers of units that only these files name
UNDECODABLE = b"\xff\xfe\xfa\x81\x20"


def resident_number() -> str:
    """Return a number of the form of a resident's, of nobody: born in 1899, nowhere."""
    body = "519999" + "18990101" + "000"
    total = sum(int(d) * w for d, w in zip(body, RESIDENT_WEIGHTS, strict=False))
    return body + RESIDENT_CHECKS[total % 11]


def _units(first: int) -> Table:
    rows: Table = [list(HEADINGS)]
    for number in range(first, first + 4):
        name = f"补报{number}号商行有限公司"
        rows.append([name, credit_code("91", number), "民营企业", 8, None])
    return rows


def _with_resident_number(first: int) -> Table:
    rows = _units(first)
    rows[NUMBER_ROW - 1][HEADINGS.index(NUMBER_COLUMN)] = resident_number()
    return rows


def _without_names(first: int) -> Table:
    return [row[1:] for row in _units(first)]


def _strange(_: int) -> Table:
    return [
        ["会议室", "上午", "下午", "晚间"],
        ["一号", "空", "占用", "空"],
        ["二号", "占用", "空", "空"],
    ]


def _text(path: Path, rows: Table) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def _workbook(path: Path, rows: Table) -> None:
    from xlsxwriter import Workbook

    book = Workbook(path, {"in_memory": True})
    book.set_properties({"created": CREATED})
    page = book.add_worksheet("Sheet1")
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()


def _cut_short(path: Path, rows: Table) -> None:
    _workbook(path, rows)
    path.write_bytes(path.read_bytes()[:600])


def _renamed(path: Path, rows: Table) -> None:
    """Write text under the name of a workbook."""
    path.write_text(
        "\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8"
    )


def _undecodable(path: Path, rows: Table) -> None:
    _text(path, rows)
    path.write_bytes(path.read_bytes() + UNDECODABLE)


_Made = tuple[str, str, str, Callable[[int], Table], Callable[[Path, Table], None]]
FILES: tuple[_Made, ...] = (
    (
        "补报单位一.xlsx",
        "resident_number",
        "resident_number",
        _with_resident_number,
        _workbook,
    ),
    (
        "补报单位二.csv",
        "resident_number",
        "resident_number",
        _with_resident_number,
        _text,
    ),
    ("补报单位三.xlsx", "not_a_workbook", "unreadable_file", _units, _cut_short),
    ("补报单位四.xlsx", "not_a_workbook", "unreadable_file", _units, _renamed),
    ("补报单位五.csv", "undecodable", "unreadable_file", _units, _undecodable),
    ("补报单位六.tsv", "undecodable", "unreadable_file", _units, _undecodable),
    ("会议室安排.xlsx", "not_a_roster", "unknown_sheet", _strange, _workbook),
    ("会议室安排二.csv", "not_a_roster", "unknown_sheet", _strange, _text),
    ("补报单位七.xlsx", "no_name_column", "missing_heading", _without_names, _workbook),
    ("补报单位八.csv", "no_name_column", "missing_heading", _without_names, _text),
)


def write_files(folder: Path) -> list[dict[str, object]]:
    """Write the files at fault, and return where each fault stands."""
    found: list[dict[str, object]] = []
    for number, (name, kind, expect, rows, put) in enumerate(FILES):
        put(folder / name, rows(FIRST + 10 * number))
        person = kind == "resident_number"
        paged = name.endswith(".xlsx") and expect != "unreadable_file"
        found.append(
            {
                "file": name,
                "sheet": "Sheet1" if paged else None,
                "row": NUMBER_ROW if person else None,
                "column": NUMBER_COLUMN if person else None,
                "value": None,
                "kind": kind,
                "expect": expect,
                "effect": REFUSED.value,
                "note": "",
            }
        )
    return found
