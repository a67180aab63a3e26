"""Files to grids of cells: what stands where, as a person sees it in the file.

Nothing is interpreted here. Workbooks (xlsx, xlsm, xls, ods), text (csv, tsv) and
Parquet all become the same grid of text, with the row numbers and column letters of
the file, so that a fault can be found again.
"""

import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import unescape
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import polars as pl

from orgnet.errors import OrgnetError, missing_extra
from orgnet.faults import Effect, FaultCode, fault
from orgnet.rosters.masks import NUMBER_IN_NAME, masked, names_resident

UNREADABLE_FILE: Final = FaultCode(
    "unreadable_file",
    Effect.FILE_REFUSED,
    "the file cannot be read: {detail}",
    "文件无法读取：{detail}",
    "open it in Excel or WPS, save it as .xlsx without a password, and read it again",
    "请用Excel或WPS打开，取消密码并另存为.xlsx后重新读入",
)

EXACT_DIGITS: Final = 15  # what a number cell keeps; further digits are lost
MAX_CELLS: Final = 32_000_000  # 1,048,576 rows of 30; a stray far cell asks for more
SEPARATORS: Final = ",\t;"
SNIFFED: Final = 20_000  # characters that decide on the separator
END: Final = "\x00end"  # a last line that can only be missing inside open quotes
BLANK: Final = (  # white space, and characters that show nothing
    " \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\xa0\xad\u1680\u2000\u2001\u2002\u2003"
    "\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u200e\u200f"
    "\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)

WORKBOOKS: Final = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
TEXTS: Final = frozenset({".csv", ".tsv"})
PARQUET: Final = ".parquet"
ENDINGS: Final = tuple(sorted({*WORKBOOKS, *TEXTS, PARQUET}))  # of what is read
NOT_TABLES: Final = frozenset(
    {".7z", ".doc", ".docx", ".et", ".numbers", ".pdf", ".rar", ".wps", ".xlsb", ".zip"}
)
ZIP_MAGIC: Final = b"PK"
OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0"
PARQUET_MAGIC: Final = b"PAR1"
PASSWORD_MARK: Final = "EncryptedPackage".encode("utf-16-le")

PASSWORD: Final = ("it is protected by a password", "有密码保护")
CORRUPT: Final = ("it is damaged or not a workbook", "已损坏，或不是工作簿")
TEXT_INSIDE: Final = (
    "its name says workbook and its content is text",
    "扩展名是工作簿，内容却是文本",
)
BINARY_INSIDE: Final = (
    "its name says text and its content is binary",
    "扩展名是文本，内容却是二进制",
)
NO_ENCODING: Final = (
    "its text is neither UTF-8 nor GB18030 nor UTF-16",
    "文本编码不是UTF-8、GB18030或UTF-16",
)
OPEN_QUOTE: Final = ("a quotation mark is never closed", "有未闭合的引号")
FAR_CELL: Final = (
    "a stray cell stands far from all others, at {cell}",
    "在{cell}处有远离表格的单元格",
)
FILE_NAME: Final = ("the file", "文件名")
SHEET_NAME: Final = ("a sheet", "工作表名")
NO_TABLE: Final = ("{suffix} is not a format of tables", "{suffix}不是表格格式")

Cells = Sequence[Any]  # one column, as the library gave it
Corner = tuple[int, int]


@dataclass(frozen=True)
class Sheet:
    """One table of cells, as text.

    Parameters
    ----------
    file
        Path relative to the roster folder, with forward slashes; numbers of people in
        it are masked.
    name
        Name of the sheet, masked alike; empty for text and Parquet.
    grid
        `row`, as counted in the file from 1, and `c0`, `c1` ... from column A on:
        trimmed text, null where a cell is empty. Blank rows are left out.
    damaged
        `row` and `column` (the N of cN) of number cells that lost digits.
    merged
        Merged ranges: first row, first column, last row, last column; rows from 1,
        columns from 0.
    hidden
        Whether the sheet is hidden.
    """

    file: str
    name: str
    grid: pl.DataFrame
    damaged: pl.DataFrame
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: bool = False

    @property
    def columns(self) -> list[str]:
        """The names of the columns of cells, `c0` and on."""
        return self.grid.columns[1:]

    def is_damaged(self, column: str) -> pl.Series:
        """Tell for each row of the grid whether its cell in a column lost digits."""
        lost = self.damaged.filter(pl.col("column") == int(column[1:]))["row"]
        return self.grid["row"].is_in(lost.implode()).alias(column)


@dataclass(frozen=True)
class UnreadableFile:
    """A file that could not be read, or may not be, and why, in both languages."""

    file: str
    reason: str
    zh: str
    kind: FaultCode = UNREADABLE_FILE
    sheet: str | None = None

    def fault(self) -> dict[str, Any]:
        """Return the row that it has among the faults."""
        return fault(
            self.kind,
            file=self.file,
            sheet=self.sheet,
            detail=self.reason,
            detail_zh=self.zh,
        )


class _NumberInNameError(Exception):
    """Carries the name of a sheet, masked, to the list of problems."""


class _UnreadableError(Exception):
    """Carries the reason from the place that found it to the list of problems."""

    def __init__(self, words: tuple[str, str], **filled: str) -> None:
        super().__init__(*(w.format(**filled) for w in words))


def column_letter(column: str | int) -> str:
    """Return the letters under which a person finds a column.

    Examples
    --------
    >>> column_letter("c0"), column_letter("c27"), column_letter(702)
    ('A', 'AB', 'AAA')
    """
    number = (column if isinstance(column, int) else int(column[1:])) + 1
    letters = ""
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def read_sheets(path: Path) -> tuple[list[Sheet], list[UnreadableFile]]:
    """Read every table in a folder, or in one file.

    A folder is read with all folders in it, by path; lock files (``~$``) and hidden
    files are passed over, and so is what is no office document. A file that cannot be
    read does not stop the others; nor does one whose name, or that of a sheet, holds a
    resident number: it is not read.

    Parameters
    ----------
    path
        A folder, or a file of one of the formats.

    Returns
    -------
    tuple
        The sheets that hold something, in the order of files and of sheets in them;
        and the files that could or should not be read.

    Raises
    ------
    OrgnetError
        If there is nothing at the path.
    """
    if not path.exists():
        msg = f"nothing at {str(path)!r}; give a folder of rosters or one workbook"
        raise OrgnetError(msg, [path])
    sheets: list[Sheet] = []
    problems: list[UnreadableFile] = []
    files = table_files(path)
    for (told, file), name in zip(files, _shown([n for n, _ in files]), strict=True):
        if names_resident(told):
            problems.append(UnreadableFile(name, *FILE_NAME, NUMBER_IN_NAME))
            continue
        try:
            sheets += _read(file, name)
        except _UnreadableError as error:
            problems.append(UnreadableFile(name, *error.args))
        except _NumberInNameError as error:
            found = UnreadableFile(name, *SHEET_NAME, NUMBER_IN_NAME, *error.args)
            problems.append(found)
    return sheets, problems


def table_files(path: Path) -> list[tuple[str, Path]]:
    """List the files to read with the names they are given in faults."""
    if path.is_file():
        return [(path.name, path)]
    wanted = WORKBOOKS | TEXTS | NOT_TABLES | {PARQUET}
    found = [
        (file.relative_to(path), file)
        for file in path.rglob("*")
        if file.suffix.lower() in wanted and file.is_file()
    ]
    shown = [
        (inner.as_posix(), file)
        for inner, file in found
        if not any(part.startswith((".", "~$", "__MACOSX")) for part in inner.parts)
    ]
    return sorted(shown)


def _shown(names: Sequence[str]) -> list[str]:
    """Return names without anybody's number; those that become alike are numbered."""
    shown, met = [masked(name) for name in names], Counter[str]()
    for place, name in enumerate(shown):
        met[name] += 1
        if met[name] > 1:
            shown[place] = f"{name} ({met[name]})"
    return shown


def _read(file: Path, name: str) -> list[Sheet]:
    suffix = file.suffix.lower()
    if suffix in WORKBOOKS:
        return _read_workbook(_bytes(file), name)
    if suffix in TEXTS:
        return _read_text(_bytes(file), name, suffix)
    if suffix == PARQUET:
        return _read_parquet(_bytes(file), name)
    raise _UnreadableError(NO_TABLE, suffix=suffix or name)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise _UnreadableError((why, "操作系统不允许读取")) from error


def _grid(columns: Iterable[Iterable[str | None]], first_row: int = 1) -> pl.DataFrame:
    """Make the grid: numbered from the first row, trimmed, blank rows left out."""
    text = {f"c{i}": pl.Series(c, dtype=pl.String) for i, c in enumerate(columns)}
    trimmed = pl.col(pl.String).str.strip_chars(BLANK)
    table = pl.DataFrame(text).with_columns(
        pl.when(trimmed != "").then(trimmed).name.keep()
    )
    while table.width and table.to_series(-1).null_count() == table.height:
        table = table.drop(table.columns[-1])
    numbered = table.with_row_index("row", first_row).cast({"row": pl.Int64})
    return numbered.filter(pl.any_horizontal(pl.exclude("row").is_not_null()))


def _damaged(cells: Iterable[tuple[int, int]] = ()) -> pl.DataFrame:
    schema = {"row": pl.Int64, "column": pl.Int64}
    return pl.DataFrame(sorted(cells), schema=schema, orient="row")


def _read_workbook(data: bytes, name: str) -> list[Sheet]:
    """Read the worksheets of a workbook; its content decides on the format."""
    if not data.startswith((ZIP_MAGIC, OLE_MAGIC)):
        raise _UnreadableError(TEXT_INSIDE if data and _is_text(data) else CORRUPT)
    if data.startswith(OLE_MAGIC) and PASSWORD_MARK in data:
        raise _UnreadableError(PASSWORD)
    errors = _looked_into(data) if data.startswith(ZIP_MAGIC) else {}
    return [s for s in _worksheets(data, name, errors) if s.grid.height]


def _worksheets(
    data: bytes, file: str, errors: Mapping[str, dict[Corner, str]]
) -> Iterator[Sheet]:
    try:
        import python_calamine as calamine
    except ImportError as error:
        raise missing_extra("excel", "reading workbooks") from error
    broken = (calamine.CalamineError, OSError, ValueError)
    with _explained(CORRUPT, *broken), _explained(PASSWORD, calamine.PasswordError):
        workbook = calamine.load_workbook(io.BytesIO(data))
        names = [about.name for about in workbook.sheets_metadata]
        shown = _shown(names)
        for name, telling in zip(shown, map(names_resident, names), strict=True):
            if telling:
                raise _NumberInNameError(name)
        for about, name in zip(workbook.sheets_metadata, shown, strict=True):
            if about.typ == calamine.SheetTypeEnum.WorkSheet:
                sheet = workbook.get_sheet_by_name(about.name)
                hidden = about.visible != calamine.SheetVisibleEnum.Visible
                found = errors.get(about.name, {})
                read = _worksheet(sheet, file, found, hidden=hidden)
                yield replace(read, name=name)


@contextmanager
def _explained(words: tuple[str, str], *errors: type[Exception]) -> Iterator[None]:
    """Turn a library's errors into the reason why a file cannot be read."""
    try:
        yield
    except errors as error:
        raise _UnreadableError(words) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what Rust libraries call a crash
            raise
        raise _UnreadableError(CORRUPT) from error


def _worksheet(
    sheet: Any, file: str, errors: Mapping[Corner, str], *, hidden: bool
) -> Sheet:
    rows = sheet.to_python(skip_empty_area=False)
    for (row, column), words in errors.items():  # the library leaves these cells empty
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = words
    columns = list(zip(*rows, strict=True))
    merged = [(a + 1, b, c + 1, d) for (a, b), (c, d) in sheet.merged_cell_ranges or ()]
    return Sheet(
        file=file,
        name=sheet.name,
        grid=_grid(map(_rendered, columns)),
        damaged=_damaged(
            (row + 1, place)
            for place, column in enumerate(columns)
            for row, value in enumerate(column)
            if type(value) is float and abs(value) >= 10**EXACT_DIGITS
        ),
        merged=tuple(sorted(merged)),
        hidden=hidden,
    )


def _rendered(cells: Cells) -> list[str]:
    """Write the cells of a column as a person sees them."""
    return [v if type(v) is str else _WRITTEN.get(type(v), str)(v) for v in cells]


def _written_number(value: float) -> str:
    """Write a number with the digits that its cell really holds."""
    return f"{value:.{EXACT_DIGITS}g}".upper()  # 17 digits would show 0.1+0.2 as is


def _written_time(value: dt.datetime) -> str:
    return value.isoformat(" ", "seconds").removesuffix(" 00:00:00")


def _written_duration(value: dt.timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


_WRITTEN: Final[dict[type, Callable[[Any], str]]] = {
    float: _written_number,
    bool: lambda v: "TRUE" if v else "FALSE",
    dt.datetime: _written_time,
    dt.timedelta: _written_duration,
    type(None): lambda _: "",
}


def _looked_into(data: bytes) -> dict[str, dict[Corner, str]]:
    """Look into an xlsx for what the library cannot tell: errors and stray cells.

    Returns the cells with an error, such as #N/A, by sheet, row and column from 0.
    """
    broken = (zipfile.BadZipFile, zlib.error, KeyError, OSError, EOFError, ValueError)
    locked = (NotImplementedError, RuntimeError)  # how zipfile says: encrypted
    with (
        _explained(CORRUPT, *broken),
        _explained(PASSWORD, *locked),
        zipfile.ZipFile(io.BytesIO(data)) as archive,
    ):
        return {
            name: _error_cells(_near(archive.read(part)))
            for name, part in _parts(archive).items()
        }


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the file of each sheet inside an xlsx; nothing for other formats."""
    there = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= there:
        return {}
    links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    targets = {a["Id"]: a["Target"] for a in _elements(links, "Relationship")}
    parts = {}
    for sheet in _elements(book, "sheet"):
        target = targets.get(sheet.get("r:id", ""), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in there and "chartsheets/" not in part:
            parts[sheet["name"]] = part
    return parts


def _elements(xml: str, tag: str) -> list[dict[str, str]]:
    """Return the attributes of each element of a name."""
    found = re.findall(rf"<(?:\w+:)?{tag}\s([^>]*)>", xml)
    pairs = [re.findall(r"""([\w:]+)=(?:"([^"]*)"|'([^']*)')""", f) for f in found]
    return [{n: unescape(a or b) for n, a, b in p} for p in pairs]


_CELL: Final = rb'<(?:\w+:)?c [^>]*?\br="([A-Z]+)([0-9]+)"[^>]*[^/>]>'
_ERROR_CELL: Final = (
    rb'<(?:\w+:)?c (?=[^>]*\bt="e")[^>]*?\br="([A-Z]+)([0-9]+)"[^>]*[^/>]>'
    rb"(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<"
)


def _near(xml: bytes) -> bytes:
    """Refuse a sheet whose cells span more than memory holds, and return it if not."""
    last = max(xml.rfind(b"<row "), xml.rfind(b":row "), 0)
    number = re.search(rb'\br="([0-9]+)"', xml[last : last + 200])
    rows = int(number[1]) if number else xml.count(b"row>")
    letters = next((n for n in (3, 2) if re.search(rb'r="[A-Z]{%d}[0-9]' % n, xml)), 1)
    if rows * 26**letters <= MAX_CELLS:
        return xml
    corners = [_corner(m[1], m[2]) for m in re.finditer(_CELL, xml)]
    row = max((r for r, _ in corners), default=0)
    column = max((c for _, c in corners), default=0)
    if (row + 1) * (column + 1) > MAX_CELLS:
        raise _UnreadableError(FAR_CELL, cell=f"{column_letter(column)}{row + 1}")
    return xml


def _error_cells(xml: bytes) -> dict[Corner, str]:
    if b't="e"' not in xml:
        return {}
    found = re.finditer(_ERROR_CELL, xml, re.DOTALL)
    return {_corner(m[1], m[2]): m[3].decode() for m in found}


def _corner(letters: bytes, row: bytes) -> Corner:
    column = 0
    for letter in letters:
        column = column * 26 + letter - ord("A") + 1
    return int(row) - 1, column - 1


def _is_text(data: bytes) -> bool:
    try:
        _decoded(data)
    except _UnreadableError:
        return False
    return True


def _decoded(data: bytes) -> str:
    """Read bytes as text: marked UTF-16, strict UTF-8, then strict GB18030."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not marked and b"\x00" in data:
        raise _UnreadableError(BINARY_INSIDE)
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _UnreadableError(NO_ENCODING)


def _read_text(data: bytes, name: str, suffix: str) -> list[Sheet]:
    if data.startswith((ZIP_MAGIC, OLE_MAGIC, PARQUET_MAGIC)):
        raise _UnreadableError(BINARY_INSIDE)
    text = _decoded(data)
    records = _records(text, _separator(text, "\t" if suffix == ".tsv" else ","))
    grid = _grid(zip_longest(*records))
    return [Sheet(name, "", grid, _damaged())] if grid.height else []


def _records(text: str, separator: str) -> list[list[str]]:
    """Split text into records; a quoted line break is part of its cell."""
    ended = f"{text}\n{END}" if text[-1:] not in {"\n", "\r"} else text + END
    try:
        records = list(csv.reader(io.StringIO(ended, newline=""), delimiter=separator))
    except csv.Error as error:  # a cell grew beyond every measure
        raise _UnreadableError(OPEN_QUOTE) from error
    if records.pop() != [END]:
        raise _UnreadableError(OPEN_QUOTE)
    return records


def _separator(text: str, usual: str) -> str:
    """Choose the separator that cuts the most of the first lines into several cells."""
    lines = [line for line in text[:SNIFFED].splitlines() if line.strip()]
    candidates = sorted(SEPARATORS, key=lambda s: s != usual)  # first of equals wins
    return max(candidates, key=lambda s: _regularity(lines, s))


def _regularity(lines: Sequence[str], separator: str) -> tuple[int, int]:
    """Return how many lines share the commonest number of cells, and that number."""
    cells = [len(r) for r in csv.reader(lines, delimiter=separator)]
    several = [n for n in cells if n > 1]
    if not several:
        return 0, 0
    commonest = max(set(several), key=lambda n: (several.count(n), n))
    return several.count(commonest), commonest


def _read_parquet(data: bytes, name: str) -> list[Sheet]:
    """Read a Parquet table; its column names stand in row 1, as a heading would."""
    if not data.startswith(PARQUET_MAGIC):
        raise _UnreadableError(CORRUPT)
    with _explained(CORRUPT, pl.exceptions.PolarsError, OSError):
        table = pl.read_parquet(io.BytesIO(data))
        columns = [_parquet_column(c) for c in table]
    grid = _grid([c.name, *c] for c in columns)
    lost = (
        (int(row) + 2, place)
        for place, column in enumerate(table)
        if column.dtype.is_float()
        for row in (column.abs() >= 10**EXACT_DIGITS).fill_null(value=False).arg_true()
    )
    return [Sheet(name, "", grid, _damaged(lost))] if grid.height else []


def _parquet_column(column: pl.Series) -> pl.Series:
    """Write a typed column as a workbook would show it."""
    if column.dtype == pl.Boolean:
        words = {True: "TRUE", False: "FALSE"}
        return column.replace_strict(words, return_dtype=pl.String)
    if column.dtype.is_float():
        written = [None if v is None else _written_number(v) for v in column]
        return pl.Series(column.name, written, dtype=pl.String)
    if isinstance(column.dtype, pl.Datetime):
        return column.dt.to_string("%Y-%m-%d %H:%M:%S").str.strip_suffix(" 00:00:00")
    if isinstance(column.dtype, pl.List):
        return column.cast(pl.List(pl.String)).list.join("、")
    return column.cast(pl.String)
