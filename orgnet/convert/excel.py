"""Answers as workbooks and as text tables that Excel opens."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from orgnet.convert.readable import Shown, asked_with, readable
from orgnet.errors import OrgnetError, missing_extra
from orgnet.query import Result
from orgnet.rules import Rules

MADE = datetime(2019, 1, 1, tzinfo=UTC)  # not the clock: same answer, same bytes
HEADINGS = 2  # rows of headings: Chinese, then the public names
MOST_TEXT = 32_767  # characters that a cell of Excel holds
CUT = "……（过长，全文见CSV too long, see the CSV）"
MOST_ROWS = 1_048_576 - HEADINGS  # what a sheet of Excel holds
NARROWEST, WIDEST = 8, 48  # column widths, in digits
ARROW = 3  # width of the filter's arrow
SAMPLE = 2_000  # rows that a column's width is measured by
INK, QUIET, FILL, LINE = "#1F2A37", "#6B7280", "#E8EEF4", "#C3CEDA"
FORMATS: dict[type[pl.DataType], str] = {
    pl.Int64: "#,##0",
    pl.Float64: "0.00",
    pl.Date: "yyyy-mm-dd",
}
BOM = "\ufeff"  # without it Excel takes UTF-8 for the local encoding
LABEL_WIDTH, TEXT_WIDTH = 26, 90  # of the sheet of notes


def result_to_excel(result: Result, path: Path | str) -> None:
    """Write an answer as a formatted workbook.

    The first sheet holds the rows: Chinese headings, the public names below them,
    names before ids and words before codes. The second says what was asked, by which
    rules, and what must be known to read the answer. The same answer gives the same
    bytes.

    Parameters
    ----------
    result
        The answer.
    path
        The file to write.

    Raises
    ------
    MissingExtraError
        If the part that writes workbooks is not installed.
    OrgnetError
        If the answer has more rows than a sheet holds.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from orgnet import Network, structure
    >>> net, _ = Network.from_frames({}, {})
    >>> with TemporaryDirectory() as folder:
    ...     structure.chain(net).to_excel(f"{folder}/chain.xlsx")
    """
    if len(result) > MOST_ROWS:
        msg = (
            f"{len(result):,} rows do not fit a sheet, which holds {MOST_ROWS:,}: "
            f"ask for a part with within=, or write result.frame.write_parquet(...)"
        )
        raise OrgnetError(msg, [str(path)])
    try:
        import xlsxwriter
    except ImportError as error:
        raise missing_extra("excel", "writing a workbook") from error
    book = xlsxwriter.Workbook(
        str(path),
        {
            "strings_to_formulas": False,  # a name may begin with an equals sign
            "strings_to_urls": False,
            "default_format_properties": {"font_size": 10},
        },
    )
    book.set_properties({"title": result.question.title[1], "created": MADE})
    _write_rows(book, result)
    _write_notes(book, result)
    book.close()


def _write_rows(book: Any, result: Result) -> None:
    """Write the sheet of rows."""
    columns = readable(result)
    sheet = book.add_worksheet("结果")
    zh = book.add_format({"bold": True, "font_color": INK, "bg_color": FILL})
    en = book.add_format(
        {"font_color": QUIET, "bg_color": FILL, "bottom": 1, "bottom_color": LINE}
    )
    for place, column in enumerate(columns):
        number = FORMATS.get(type(column.values.dtype))
        cells = book.add_format({"num_format": number} if number else {})
        sheet.set_column(place, place, _width(column), cells)
        sheet.write_string(0, place, column.zh, zh)
        sheet.write_string(1, place, column.name, en)
        _write_column(sheet, place, column.values)
    sheet.freeze_panes(HEADINGS, 0)
    last = HEADINGS - 1 + len(result)
    sheet.autofilter(HEADINGS - 1, 0, last, max(0, len(columns) - 1))


def _write_column(sheet: Any, place: int, values: pl.Series) -> None:
    """Write one column, leaving the unknown empty."""
    write = {
        pl.String: sheet.write_string,
        pl.Date: sheet.write_datetime,
        pl.Boolean: sheet.write_boolean,
    }.get(type(values.dtype), sheet.write_number)
    if values.dtype == pl.String:
        values = _cut(values)
    known = values.is_not_null()
    rows = (known.arg_true() + HEADINGS).to_list()
    for row, value in zip(rows, values.filter(known).to_list(), strict=True):
        write(row, place, value)


def _cut(texts: pl.Series) -> pl.Series:
    """Return texts that a cell holds; one that was cut off says so."""
    if (texts.str.len_chars() <= MOST_TEXT).all():
        return texts
    short = texts.str.slice(0, MOST_TEXT - len(CUT)) + CUT
    return short.zip_with(texts.str.len_chars() > MOST_TEXT, texts)


def _width(column: Shown) -> float:
    """Return a width in digits that fits; a Chinese character is two digits wide."""
    shown = column.values.head(SAMPLE).cast(pl.String)
    texts = pl.concat([shown, pl.Series([column.zh, column.name])])
    # 3 bytes of UTF-8 a Chinese character, 1 a letter: the mean with 1 is the width
    widths = (texts.str.len_bytes() + texts.str.len_chars()) / 2
    widest = float(str(widths.max() or 0))
    return min(max(widest + ARROW, NARROWEST), WIDEST)


def _write_notes(book: Any, result: Result) -> None:
    """Write the sheet of notes: question, parameters, rules, columns."""
    sheet = book.add_worksheet("说明")
    bold = book.add_format({"bold": True, "font_color": INK, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, LABEL_WIDTH)
    sheet.set_column(1, 1, TEXT_WIDTH, wrapped)
    for row, (label, text) in enumerate(_notes(result)):
        sheet.write_string(row, 0, label, bold)
        sheet.write_string(row, 1, text, wrapped)


def _notes(result: Result) -> list[tuple[str, str]]:
    """Return what a reader must know, label by label."""
    en, zh = result.question.title
    lines = [("问题 question", f"{zh}\n{en}"), ("名称 name", result.question.name)]
    lines.append(("行数 rows", f"{len(result):,}"))
    if result.source is not None:
        lines.append(("网络 network", result.source.about))
    lines += [("注意 note", f"{zh}\n{en}") for en, zh in result.notes]
    lines += [(f"参数 {name}", value) for name, value in asked_with(result)]
    rules = result.parameters.get("rules")
    if isinstance(rules, Rules):
        lines += [
            (f"规则 {n}", str(v)) for n, v in rules.model_dump(mode="json").items()
        ]
    lines.append(("", ""))
    lines += [(c.zh, f"{c.name}: {c.meaning}") for c in readable(result)]
    return lines


def write_tables(results: Mapping[str, Result], folder: Path | str) -> list[Path]:
    """Write answers as workbooks and as CSV that Excel opens.

    Parameters
    ----------
    results
        The answers, each by the name its files get.
    folder
        Where to write; made if it is not there.

    Returns
    -------
    list
        The files written, `NAME.csv` and `NAME.xlsx` by name. The CSV has the public
        names as headings, and the same columns as the workbook.

    Raises
    ------
    MissingExtraError
        If the part that writes workbooks is not installed.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    written = []
    for name, result in sorted(results.items()):
        table, book = place / f"{name}.csv", place / f"{name}.xlsx"
        columns = [c.values.alias(c.name) for c in readable(result)]
        table.write_text(BOM + pl.DataFrame(columns).write_csv(), encoding="utf-8")
        result_to_excel(result, book)
        written += [table, book]
    return written
