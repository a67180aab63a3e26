"""Rejected rows, written so that they can be mended and read again."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from orgnet.rosters.faults import RejectedSheet, RosterFaults
from orgnet.rosters.ledger import COUNTING, HIDDEN, Ledger, Page
from orgnet.rosters.masks import mask
from orgnet.rosters.privacy import may_hold_names
from orgnet.rosters.writing import new_workbook, width
from orgnet.schema.identifiers import credit_code_ok, normalised_code

if TYPE_CHECKING:
    from xlsxwriter import Workbook

ADDED: Final = ("问题说明", "原文件", "原工作表", "原行号")
LONGEST_NAME: Final = 31  # of a worksheet, by Excel's rule
OF_UNITS: Final = frozenset({"credit_code", "organization_code"})
WHY_WIDTH: Final = 64  # of the column of reasons, whose lines are wrapped
STYLES: Final[dict[str, dict[str, Any]]] = {
    "text": {"num_format": "@", "valign": "top"},  # so that codes keep their digits
    "head": {"bold": True, "bg_color": "#DDEBF7", "bottom": 1},
    "why": {"text_wrap": True, "valign": "top", "bg_color": "#FFF2CC"},
    "why_head": {"bold": True, "bg_color": "#FFD966", "bottom": 1},
    "place": {"font_color": "#6B7280", "valign": "top"},
}
FORBIDDEN: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def rejected_sheets(ledger: Ledger) -> tuple[RejectedSheet, ...]:
    """Collect the rejected rows of every sheet with its headings."""
    found = (_of_page(ledger, page) for page in ledger.pages if page.header)
    return tuple(sheet for sheet in found if sheet is not None)


def _of_page(ledger: Ledger, page: Page) -> RejectedSheet | None:
    header = page.header
    height = page.sheet.grid.height
    lost = [
        at for at in sorted(ledger.rejected) if page.start <= at < page.start + height
    ]
    if header is None or not lost:
        return None
    places = [p for p in header.written if p in header.columns]
    rows = page.sheet.grid[[at - page.start for at in lost]]
    why = [_why(ledger, at) for at in lost]
    filled = _with_filled(ledger, page, rows.select("row", *places), lost)
    shown = filled.with_columns(
        _shown(filled[p], header.written[p], header.columns[p].reads).alias(p)
        for p in places
    )
    return RejectedSheet(
        page.sheet.file,
        page.sheet.name,
        header.layout.name,
        tuple(header.written[p] for p in places),
        shown.with_columns(pl.Series("why", why, pl.String)).select(
            "row", "why", *places
        ),
    )


def _with_filled(
    ledger: Ledger, page: Page, text: pl.DataFrame, lost: list[int]
) -> pl.DataFrame:
    """Write the values that cells took from above, so that a row stands alone."""
    header = page.header
    assert header is not None  # noqa: S101  the caller looked
    grid = page.sheet.grid
    for place, column in header.columns.items():
        spots = [i for i, at in enumerate(lost) if (at, column.target) in ledger.filled]
        if spots:
            above = grid[place].forward_fill()
            values = [above[lost[i] - page.start] for i in spots]
            text = text.with_columns(text[place].scatter(spots, values).alias(place))
    return text


def _shown(column: pl.Series, heading: str, reads: str) -> pl.Series:
    """Return cells as they may be shown: nobody's name or number."""
    if may_hold_names(heading):
        short = column.str.len_chars() <= 1  # 是, 否, √, 1: an answer and no name
        kept = pl.DataFrame({"c": column, "s": short})
        plain = pl.col("s") | pl.col("c").is_null()
        shown = pl.when(plain).then("c").otherwise(pl.lit(HIDDEN))
        return kept.select(shown).to_series()
    masked = mask(column, names=reads in COUNTING)
    if reads not in OF_UNITS:
        return masked
    code = credit_code_ok(normalised_code(pl.col("c")))
    both = pl.DataFrame({"c": column, "m": masked})
    return both.select(pl.when(code).then("c").otherwise("m")).to_series()


def _why(ledger: Ledger, at: int) -> str:
    faults = [ledger.faults[i] for i in ledger.rejected[at]]
    words = [
        f"{f['column'] or ''} {f['message_zh']} / {f['message']}".strip()
        for f in faults
    ]
    return (
        "；".join(words)
        or "所引用的行未读入，更正该行后本行即可读入 / waits for a rejected row"
    )


def write_rejects(faults: RosterFaults, path: str | Path) -> int:
    """Write the rejected rows of a reading as a workbook that can be mended and read.

    One sheet for each sheet with rejected rows, under its own headings, with the reason
    and the place of every row; columns that are not read are left out. Mend the cells,
    and read the workbook like any roster.

    Parameters
    ----------
    faults
        The faults of the reading.
    path
        The workbook to write.

    Returns
    -------
    int
        How many rows were written.
    """
    sheets = faults.reading.rejects
    with new_workbook(path) as book:
        used: set[str] = set()
        for sheet in sheets:
            _write(book, sheet, used)
        if not sheets:
            book.add_worksheet("说明").write(
                0, 0, "说明：没有未读入的行。No rejected rows."
            )
    return sum(s.rows.height for s in sheets)


def _write(book: "Workbook", rejected: RejectedSheet, used: set[str]) -> None:
    page = book.add_worksheet(_name(rejected, used))
    styles = {name: book.add_format(style) for name, style in STYLES.items()}
    columns = _columns(rejected)
    for place, (heading, style, cells) in enumerate(columns):
        wide = WHY_WIDTH if style == "why" else width([heading, *cells])
        page.set_column(place, place, wide, styles["text"])
        top = styles["why_head" if style == "why" else "head"]
        page.write_string(0, place, heading, top)
        for row, cell in enumerate(cells, start=1):
            if cell is not None:
                page.write_string(row, place, cell, styles[style])
    page.freeze_panes(1, 0)


def _columns(rejected: RejectedSheet) -> list[tuple[str, str, list[str | None]]]:
    """Return the columns to write: heading, style and cells."""
    rows = rejected.rows
    own = [c for c in rows.columns if c not in {"row", "why"}]
    n = rows.height
    added = (
        rows["why"].to_list(),
        [rejected.file] * n,
        [rejected.sheet] * n,
        rows["row"].cast(pl.String).to_list(),
    )
    styles = ["text"] * len(own) + ["why"] + ["place"] * (len(ADDED) - 1)
    cells = [*(rows[c].to_list() for c in own), *added]
    headings = [*rejected.headings, *ADDED]
    return list(zip(headings, styles, cells, strict=True))


def _name(rejected: RejectedSheet, used: set[str]) -> str:
    stem = f"{Path(rejected.file).stem} {rejected.sheet}".translate(FORBIDDEN).strip()
    name, n = stem[:LONGEST_NAME].strip() or "rejects", 1
    while name.lower() in used:
        n += 1
        name = f"{stem[: LONGEST_NAME - 5].strip()} {n}"
    used.add(name.lower())
    return name
