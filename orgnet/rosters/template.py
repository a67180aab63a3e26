"""Empty rosters to fill in, with drop-down lists and a page of explanations."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from orgnet.rosters.declare import Column, Layout
from orgnet.rosters.layouts import layouts, type_in_words
from orgnet.rosters.writing import new_workbook
from orgnet.schema import SCHEMA, Schema

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

ROWS: Final = 5_000  # rows that have drop-down lists
WIDTH: Final = 16
LONGEST_LIST: Final = 255  # characters of a list inside a rule, by Excel's
CHOICES: Final = "选项"
EXPLAINED: Final = "说明"
YES_NO: Final = ("是", "否")
CLOSED: Final = {  # the words of columns that hold one of a few, by how they are read
    "yes_no": YES_NO,
    "fee": YES_NO,
    "direction": ("上评下", "下评上"),
    "urgency": ("一般", "较急", "紧急"),
    "step": ("未启动", "找党员", "建组织", "优机制", "抓服务", "植文化"),
}
WORDS: Final = {
    "credit_code": "18位，设为文本格式 / 18 characters, as text",
    "credit_codes": "18位，设为文本格式 / 18 characters, as text",
    "organization_code": "9位 / 9 characters",
    "area_code": "6、9或12位数字，设为文本格式 / 6, 9 or 12 digits, as text",
    "grid_code": "15位数字，设为文本格式 / 15 digits, as text",
    "day": "如 2019-08-07",
    "until": "最后一天，如 2019-12-31 / the last day",
    "period": "如 2019-01-01至2019-12-31",
    "money": "元，整数 / yuan",
    "area_m2": "平方米 / square metres",
    "share": "如 50% / a percentage",
    "whole_number": "整数 / a whole number",
    "direction": "上评下为党组织评单位 / 上评下: the organization rates the unit",
    "urgency": "或1至3，3最紧急 / or 1 to 3, 3 is the most urgent",
    "step": "或0至5 / or 0 to 5",
    "year": "如 2019",
    "round": "如 2019、2019H1、2019Q3",
    "yes_no": "是或否，不清楚请留空 / yes or no; blank if unknown",
    "fee": "是或否，不清楚请留空 / yes or no; blank if unknown",
    "industry": "GB/T 4754 门类字母及代码，如 C26 / letter and digits",
    "id": "如 unit:91… / kind and key",
}
INTRODUCTION: Final = (
    "说明 Explanations",
    "在另一工作表中逐行填写，一行一条；表头请勿改动，列的次序可以调整。",
    "Fill in the other sheet, one row each; keep the headings, in any order.",
    "带 * 的列必填；不清楚的请留空，空白表示未知，不表示“否”或 0。",
    "Columns with * are required; leave blank what is not known: it is not no or 0.",
    "请勿填写任何个人信息（姓名、电话、身份证号）；含身份证号的文件将被整体拒绝。",
    "Enter nobody's name, telephone or identity number; such a file is refused whole.",
)


def write_templates(folder: str | Path, *, schema: Schema = SCHEMA) -> list[Path]:
    """Write every roster as an empty workbook to fill in, with drop-down lists.

    The rosters of offices first, then one sheet a kind of node, and the relationship
    sheet. What is filled in reads back with ``read_rosters``.

    Parameters
    ----------
    folder
        Where the workbooks go; it is made if it is not there.
    schema
        What may exist.

    Returns
    -------
    list
        The workbooks written, in order.

    Raises
    ------
    MissingExtraError
        If the library that writes workbooks is not installed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     print(write_templates(folder)[0].name)
    01_党组织名册.xlsx
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for number, layout in enumerate(layouts(schema), start=1):
        path = target / f"{number:02}_{layout.zh}.xlsx"
        with new_workbook(path) as book:
            _write(book, layout, schema)
        written.append(path)
    return written


def shown_columns(layout: Layout) -> list[Column]:
    """Return the columns of a template, in order."""
    return [c for c in layout.columns if c.shown]


def _write(book: "Workbook", layout: Layout, schema: Schema) -> None:
    page = book.add_worksheet(layout.zh)
    notes = book.add_worksheet(EXPLAINED)
    formats = {
        "head": book.add_format(
            {"bold": True, "bg_color": "#DDEBF7", "text_wrap": True}
        ),
        "text": book.add_format({"num_format": "@"}),
        "bold": book.add_format({"bold": True}),
    }
    columns = shown_columns(layout)
    lists: dict[int, list[str]] = {}
    for i, column in enumerate(columns):
        page.set_column(i, i, WIDTH, formats["text"])
        page.write_string(0, i, _heading(column), formats["head"])
        page.write_comment(0, i, column.en or column.name)
        words = choices(column, schema)
        if words:
            lists[i] = words
    page.freeze_panes(1, 0)
    _add_lists(book, page, lists)
    _explain(notes, layout, columns, formats, schema)


def _heading(column: Column) -> str:
    needed = column.key and not column.told
    unit = {"money": "（元）", "area_m2": "（㎡）"}.get(column.reads, "")
    return f"{'*' if needed else ''}{column.words[0]}{unit}"


def choices(column: Column, schema: Schema) -> list[str]:
    """Return the words of the drop-down list of a column; none if it has none."""
    if column.target == "relation.type":
        return [type_in_words(t, schema) for t in schema.ties]
    if column.vocabulary:
        return [m.zh for m in column.vocabulary]
    return list(CLOSED.get(column.reads, ()))


def _add_lists(
    book: "Workbook", page: "Worksheet", lists: dict[int, list[str]]
) -> None:
    """Add the drop-down lists; long ones stand on a hidden sheet of their own."""
    long = {
        i: words for i, words in lists.items() if len(",".join(words)) > LONGEST_LIST
    }
    if long:
        hidden = book.add_worksheet(CHOICES)
        hidden.hide()
    for place, words in enumerate(long.values()):
        hidden.write_column(0, place, words)
    for i, words in lists.items():
        source: Any = words
        if i in long:
            place = list(long).index(i)
            letter = chr(ord("A") + place)
            source = f"={CHOICES}!${letter}$1:${letter}${len(words)}"
        rule = {"validate": "list", "source": source, "error_type": "warning"}
        page.data_validation(1, i, ROWS, i, rule)


def _explain(
    page: "Worksheet",
    layout: Layout,
    columns: list[Column],
    formats: dict[str, Any],
    schema: Schema,
) -> None:
    for row, text in enumerate(INTRODUCTION):
        page.write_string(row, 0, text)
    top = len(INTRODUCTION) + 1
    head = ("列 column", "含义 meaning", "填法 how")
    page.write_row(top, 0, head, formats["bold"])
    page.set_column(0, 2, 32)
    for row, column in enumerate(columns, start=top + 1):
        how = _how(column, schema)
        page.write_row(row, 0, (_heading(column), column.en or column.name, how))
    page.write_string(top + len(columns) + 2, 0, f"{layout.zh} / {layout.en}")


def _how(column: Column, schema: Schema) -> str:
    """Say how a column is filled in: the words of its list, and what else is read."""
    if column.target == "relation.type":
        named = (f"{type_in_words(t, schema)} {t}" for t in schema.ties)
        return "、".join(dict.fromkeys(named))
    words = WORDS.get(column.reads, "")
    asks = choices(column, schema)
    if not asks or column.reads in {"yes_no", "fee"}:
        return words
    return "；".join(filter(None, ("、".join(asks), words)))
