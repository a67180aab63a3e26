"""Workbooks of forms: what to fill in stands out, prints on A4 and reads back."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from orgnet.network import Network
from orgnet.report.handed_down.forms import Field, Form
from orgnet.report.notebook import SYNTHETIC
from orgnet.rosters.template import EXPLAINED, LONGEST_LIST
from orgnet.rosters.writing import CREATED, new_workbook, width
from orgnet.schema import Schema

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

TOP: Final = 3  # rows above the data: title, how to fill it in, headings
NUMBERED: Final = "序号"
CONTENTS: Final = "目录"  # readers take it for no roster
LINK: Final = "工作簿"
COUNTS: Final = (
    "缺口单位：至少有一类缺口，各类缺口可以兼有；待核实单位：资料不足，无法判定；"
    "未交方向：尚未提交的单方向评价数。"
)
GIST: Final = "黄色各列请填写，不清楚的请留空；其余各列请勿改动。"
MADE_UP: Final = f"{SYNTHETIC[1]}。"
FONT: Final = "宋体"
INK, QUIET, LINE = "#1F2A37", "#8A94A3", "#BFC8D2"
HINT, KNOWN_HEAD, FILL_HEAD, FILL = "#7F6000", "#DCE6F1", "#FFD966", "#FFF7DC"
GRID: Final = {"border": 1, "border_color": LINE, "valign": "vcenter"}
STYLES: Final[dict[str, dict[str, Any]]] = {
    "title": {"bold": True, "font_size": 15, "align": "center", "valign": "vcenter"},
    "hint": {"font_color": HINT, "text_wrap": True, "valign": "vcenter"},
    "head": {**GRID, "bg_color": KNOWN_HEAD},
    "fill_head": {**GRID, "bg_color": FILL_HEAD},
    "aside_head": {"font_color": QUIET, "font_size": 8, "valign": "vcenter"},
    "known": {**GRID, "text_wrap": True},
    "number": {**GRID, "align": "center"},
    "fill": {**GRID, "bg_color": FILL, "align": "center"},
    "aside": {"font_color": QUIET, "font_size": 8, "valign": "vcenter"},
    "total": {**GRID, "bold": True, "bg_color": KNOWN_HEAD},
    "link": {**GRID, "font_color": "#1F5FBF", "underline": 1},
    "bold": {"bold": True, "valign": "top"},
    "text": {"text_wrap": True, "valign": "top"},
}
HEADS: Final = {"bold": True, "font_color": INK, "align": "center", "text_wrap": True}
FORMATS: Final[dict[type[pl.DataType], str]] = {pl.Date: "yyyy-mm-dd"}
NARROW, TALL, LINES = 5, 44, 15  # digits of a column; points of headings and lines
FIXED: Final = {NUMBERED: NARROW, "备注": 14}
WIDE: Final = {  # digits at which what is longer is wrapped
    "社区": 14, "单位名称": 22, "单位性质类别": 8, "缺口类别": 12, "缺口判定": 9,
    "缺口原因": 26, "建议措施": 11, "街道社区党组织": 22, "需求内容": 20,
    "所在区域": 22, "由谁提出": 18, "未满足原因": 16, "相关资源": 16,
    "相关资源单位": 20,
}  # fmt: skip
ANSWER, HEADED = 8, 9  # digits of a column to fill in, and that a heading needs
COUNTING: Final = {"whole_number": "integer", "score": "decimal", "decimal": "decimal"}


class Book:
    """A workbook in memory, with the formats of forms.

    Parameters
    ----------
    title
        What it is, for who looks at its properties.
    """

    def __init__(self, title: str) -> None:
        self.bytes = BytesIO()
        self.book: Workbook = new_workbook(self.bytes, in_memory=True)
        self.book.set_properties({"title": title, "created": CREATED})
        self._formats: dict[tuple[str, str], Any] = {}

    def style(self, name: str, number: str = "") -> Any:
        """Return a format by its name, for numbers of a kind."""
        if (name, number) not in self._formats:
            style = {"font_name": FONT, "font_size": 10, **STYLES[name]}
            if name.endswith("head"):
                style = {**HEADS, **style}
            number_format = {"num_format": number} if number else {}
            self._formats[name, number] = self.book.add_format(
                {**style, **number_format}
            )
        return self._formats[name, number]

    def page(self, name: str) -> "Worksheet":
        """Add a sheet that prints on A4, on its side, as wide as the paper."""
        page = self.book.add_worksheet(name)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.set_footer("&C&9&A　第&P页 共&N页")
        page.hide_gridlines(2)
        return page

    def head(self, page: "Worksheet", title: str, hint: str, columns: int) -> None:
        """Write the title and how to fill the table in, over so many columns."""
        rows = ((0, title, "title", 28), (1, hint, "hint", 2 * LINES))
        for row, text, style, height in rows:
            page.set_row(row, height)
            page.merge_range(row, 0, row, columns - 1, text, self.style(style))

    def table(self, page: "Worksheet", frozen: int, rows: int, columns: int) -> None:
        """Keep headings in sight and on every page, let rows be filtered."""
        last = TOP - 1 + rows
        page.set_row(TOP - 1, TALL)
        page.freeze_panes(TOP, frozen)
        page.autofilter(TOP - 1, 0, last, columns - 1)
        page.repeat_rows(TOP - 1)
        page.print_area(0, 0, last, columns - 1)

    def explain(self, notes: Sequence[tuple[str, str]]) -> None:
        """Add the sheet of explanations: a label and a text each row."""
        page = self.page(EXPLAINED)
        page.set_column(0, 0, 22)
        page.set_column(1, 1, 96)
        for row, (label, text) in enumerate(notes):
            page.write_string(row, 0, label, self.style("bold"))
            page.write_string(row, 1, text, self.style("text"))

    def closed(self) -> bytes:
        """Return the bytes of the workbook."""
        self.book.close()
        return self.bytes.getvalue()


def area_book(
    name: str,
    forms: Mapping[Form, pl.DataFrame],
    notes: Sequence[tuple[str, str]],
    net: Network,
) -> bytes:
    """Return the workbook of one area.

    Parameters
    ----------
    name
        What the area is called.
    forms
        The rows of each form, a column a heading; every form has some.
    notes
        The sheet of explanations: labels and texts.
    net
        The network that it is made from.
    """
    book = Book(f"{name} 下发表")
    for form, rows in forms.items():
        _write_form(book, name, form, rows, net)
    book.explain(notes)
    return book.closed()


def _write_form(
    book: Book, name: str, form: Form, rows: pl.DataFrame, net: Network
) -> None:
    """Write the sheet of one form."""
    page = book.page(form.sheet)
    shown = [f for f in form.fields if not f.aside]
    hint = f"{GIST}{form.hint}{MADE_UP if net.synthetic else ''}"
    book.head(page, f"{name}　{form.title}", hint, len(shown))
    for place, field in enumerate(form.fields):
        values = _values(field, rows)
        page.set_column(place, place, _width(field, values))
        style = _style(field)
        page.write_string(TOP - 1, place, field.heading, book.style(_head(style)))
        _write_column(book, page, place, values, style)
        _let_choose(page, form, field, (place, rows.height), net.schema)
    names = [f.heading for f in form.fields]
    frozen = names.index(form.caption) + 1
    book.table(page, frozen, rows.height, len(shown))
    page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})


def _style(field: Field) -> str:
    if field.heading == NUMBERED:
        return "number"
    return "fill" if field.fills else "aside" if field.aside else "known"


def _head(style: str) -> str:
    return f"{style}_head" if style in {"fill", "aside"} else "head"


def _values(field: Field, rows: pl.DataFrame) -> pl.Series:
    """Return the cells of a column; who numbers rows and remarks has none given."""
    if field.heading in rows.columns:
        return rows[field.heading]
    if field.heading == NUMBERED:
        return pl.int_range(1, rows.height + 1, eager=True)
    return pl.Series([None], dtype=pl.String).new_from_index(0, rows.height)


def _write_column(
    book: Book, page: "Worksheet", place: int, values: pl.Series, style: str
) -> None:
    """Write the cells of a column; what is not known stays blank, under its colour."""
    number = FORMATS.get(type(values.dtype), "")
    cells = book.style(style, number)
    write = {pl.String: page.write_string, pl.Date: page.write_datetime}.get(
        type(values.dtype), page.write_number
    )
    for row, value in enumerate(values.to_list(), start=TOP):
        if value is None:
            page.write_blank(row, place, None, cells)
        else:
            write(row, place, value, cells)


def _width(field: Field, values: pl.Series) -> int:
    """Return the width of a column in digits: what it holds, or what it wraps at."""
    heading = field.heading
    if field.fills or field.aside:
        return ANSWER if field.fills else 2 * ANSWER
    if heading in FIXED:
        return FIXED[heading]
    needed = min(2 * len(heading) + 1, HEADED)
    widest = max(width(values.cast(pl.String).to_list()) - 1, needed)
    return min(widest, WIDE.get(heading, widest))


def _let_choose(
    page: "Worksheet",
    form: Form,
    field: Field,
    at: tuple[int, int],
    schema: Schema,
) -> None:
    """Let the cells of a column to fill in be chosen, or hold numbers only."""
    if not field.fills or not at[1]:
        return
    words = form.choices(field, schema)
    kind = COUNTING.get(form.column(field, schema).reads)
    rule: dict[str, Any] = {"error_type": "warning"}
    if words and len(",".join(words)) <= LONGEST_LIST:
        rule |= {"validate": "list", "source": words}
    elif kind:
        rule |= {"validate": kind, "criteria": ">=", "value": 0}
        rule |= {"error_title": "请核对", "error_message": "请填不小于0的数字。"}
    else:
        return
    page.data_validation(TOP, at[0], TOP - 1 + at[1], at[0], rule)


def overview_book(
    title: str,
    rows: pl.DataFrame,
    nowhere: Sequence[int],
    notes: Sequence[tuple[str, str]],
    net: Network,
) -> bytes:
    """Return the workbook of the overview.

    Parameters
    ----------
    title
        What stands above it.
    rows
        One row an area: who it is, the counts, and in `工作簿` the file, if it has one.
    nowhere
        The counts of what stands in none of the areas.
    notes
        The sheet of explanations: labels and texts.
    net
        The network that it is made from.
    """
    book = Book(title)
    page = book.page(CONTENTS)
    head = [NUMBERED, *rows.columns]
    hint = f"{COUNTS}{MADE_UP if net.synthetic else ''}"
    book.head(page, title, hint, len(head))
    for place, heading in enumerate(head):
        page.write_string(TOP - 1, place, heading, book.style("head"))
    numbers = pl.int_range(1, rows.height + 1, eager=True)
    for place, values in enumerate([numbers, *rows.drop(LINK)]):
        page.set_column(place, place, _wide(values, head[place]))
        _write_column(book, page, place, values, "known" if place else "number")
    _write_links(book, page, len(head) - 1, rows[LINK])
    _write_sums(book, page, rows, nowhere)
    book.table(page, len(head) - 1 - len(nowhere), rows.height, len(head))
    page.print_area(0, 0, TOP + 1 + rows.height, len(head) - 1)
    book.explain(notes)
    return book.closed()


def _wide(values: pl.Series, heading: str) -> int:
    """Return the width of a column of the overview."""
    if heading == NUMBERED:
        return NARROW
    return max(width(values.cast(pl.String).to_list()), HEADED)


def _write_links(book: Book, page: "Worksheet", place: int, files: pl.Series) -> None:
    """Write the column of workbooks, each a link to the file beside this one."""
    page.set_column(place, place, width(files.to_list()))
    for row, file in enumerate(files.to_list(), start=TOP):
        if file is None:
            page.write_string(row, place, "无需填报", book.style("known"))
        else:
            link = f"external:{file}"
            page.write_url(row, place, link, book.style("link"), string=file)


def _write_sums(
    book: Book, page: "Worksheet", rows: pl.DataFrame, nowhere: Sequence[int]
) -> None:
    """Write what stands in none of the areas, and the sum of all, below the rows."""
    counts = rows.drop(LINK).columns[-len(nowhere) :]
    sums = [int(rows[c].sum()) + n for c, n in zip(counts, nowhere, strict=True)]
    first = rows.width - len(nowhere)
    labels = (("known", "不在上列任一范围", nowhere), ("total", "合计", sums))
    for row, (style, label, numbers) in enumerate(labels, start=TOP + rows.height):
        cells = book.style(style)
        page.merge_range(row, 0, row, first - 1, label, cells)
        page.write_blank(row, rows.width, None, cells)
        for place, number in enumerate(numbers, start=first):
            page.write_number(row, place, number, cells)
