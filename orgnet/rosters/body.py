"""From a sheet to its data rows: titles and notes aside, merged cells filled."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from orgnet.faults import UNDECLARED_COLUMN
from orgnet.rosters.declare import BLANK, MERGED
from orgnet.rosters.faults import BLANK_PLACE, REPEATED_COLUMN
from orgnet.rosters.headings import NOTES, TITLES, Header
from orgnet.rosters.ledger import DATA, Ledger, Page

ANSWERS: Final = frozenset(
    f"EVALUATES.{name}" for name in ("score", "grade", "status", "submitted_on")
)  # what an evaluation says; the highest score is of the form
GAPS: Final = r"[\s:：、.．*]+"
SUBTOTAL: Final = r"^.{0,16}(?:小计|合计|总计|共计|累计|总数)(?:数|[(（].{0,6}[)）])?$"
FOOTER: Final = (
    r"^(?:注|备注|说明|填[表报]说明|附注|附|示例|样例|例|填[表报]人|制表人?|审[核批]人?|"
    r"(?:单位)?负责人|联系人|联系电话|填[表报]单位|填[表报]日期|制表日期|统计时间|数据来源|"
    r"资料来源|单位[(（]盖章[)）])(?:\s*[:：1-9(（]|$)"
)
COUNTED: Final = r"^[(（]?[0-9]{1,2}[)）]?$|^[甲乙丙丁戊己庚辛壬癸]$"
FEW_BLANKS: Final = 4  # fill a column if at least one cell in so many is blank


@dataclass(frozen=True)
class Body:
    """The data rows of a sheet, as text.

    Parameters
    ----------
    header
        What its headings mean.
    rows
        `at` (ledger number) and the columns of cells, filled from above where declared.
    damaged
        The columns of cells that hold numbers which lost digits, and where.
    """

    header: Header
    rows: pl.DataFrame
    damaged: Mapping[str, pl.Series]


def body_of(page: Page, ledger: Ledger) -> Body:
    """Tell the data rows of a sheet from titles and notes, and fill merged cells.

    Parameters
    ----------
    page
        The sheet, its headings found.
    ledger
        Where rows and faults are noted.
    """
    header = page.header
    assert header is not None  # noqa: S101  the caller found it
    page.parts = parts_of(page, header)
    numbered = page.sheet.grid.with_columns(
        pl.int_range(page.start, page.start + pl.len()).alias("at")
    )
    is_data = page.parts == DATA
    rows = _filled(page, header, numbered.filter(is_data), ledger)
    _note_columns(page, header, rows, ledger)
    lost = set(page.sheet.damaged["column"])
    damaged = {
        place: page.sheet.is_damaged(place).filter(is_data)
        for place in header.columns
        if int(place[1:]) in lost
    }
    return Body(header, rows, damaged)


def parts_of(page: Page, header: Header) -> pl.Series:
    """Say of each row of a sheet whether it is a title, a note or data.

    Titles and headings, also where they are repeated, are `titles`; subtotals, notes,
    signatures and rows that are only numbered are `notes`, and so are rows of a sheet
    that was handed down and not filled in; all else is `data`.
    """
    grid = page.sheet.grid
    body = pl.col("row") > header.last
    cells_ = [pl.col(c) for c in page.sheet.columns]
    first = pl.coalesce(cells_)
    count = pl.sum_horizontal(c.is_not_null() for c in cells_)
    frame = grid.select(
        "row", *page.sheet.columns, first.alias("_first"), count.alias("_count")
    )
    title = ~body | _repeats(header) | _counts(page, header)
    note = _subtotal(header) | _footer(header) | _lone(page, header) | _empty(header)
    note |= _unanswered(header)
    part = pl.when(title).then(pl.lit(TITLES)).when(note).then(pl.lit(NOTES))
    return frame.select(part.otherwise(pl.lit(DATA)).alias("part")).to_series()


def _repeats(header: Header) -> pl.Expr:
    """Find rows that repeat the headings, as printed pages do."""
    same = [
        (pl.col(place) == text).fill_null(value=False)
        for place, text in header.written.items()
    ]
    return pl.sum_horizontal(same) * 2 > len(same)


def _counts(page: Page, header: Header) -> pl.Expr:
    """Find the row under the headings that numbers the columns 1, 2, 3."""
    below = page.sheet.grid.filter(pl.col("row") > header.last).head(1)
    if not below.height:
        return pl.lit(value=False)
    texts = [t for t in below.row(0)[1:] if t]
    digits = [int(d) for t in texts for d in re.findall(r"[0-9]+", t)]
    counts = len(texts) > 2 and all(re.fullmatch(COUNTED, t) for t in texts)  # noqa: PLR2004
    in_order = digits == list(range(1, len(digits) + 1)) and len(digits) > 1
    return (pl.col("row") == below[0, "row"]) & pl.lit(counts and in_order)


def _subtotal(header: Header) -> pl.Expr:
    """Find subtotals: by the first cell, or the cell of the name or of a place."""
    named = [
        pl.col(place)
        for place, c in header.columns.items()
        if c.name == "name" or c.slot == "place"
    ]
    squeezed = [
        c.str.replace_all(GAPS, "").str.contains(SUBTOTAL).fill_null(value=False)
        for c in (pl.col("_first"), *named)
    ]
    return pl.any_horizontal(squeezed)


def _footer(header: Header) -> pl.Expr:
    """Find notes and signatures: few cells, and the first says so.

    A row with most of its cells filled is data, whatever its name begins with: 附一院.
    """
    says_so = pl.col("_first").str.contains(FOOTER).fill_null(value=False)
    return says_so & (2 * pl.col("_count") <= len(header.columns))


def _lone(page: Page, header: Header) -> pl.Expr:
    """Find lone texts that head a section or remark on the table."""
    read = {*header.columns}
    outside = [c for c in page.sheet.columns if c not in read]
    alone = pl.col("_count") == 1
    aside = pl.any_horizontal(
        [pl.col(c).is_not_null() for c in outside] or [pl.lit(value=False)]
    )
    wide = [
        row
        for row, left, _, right in page.sheet.merged
        if right - left >= 2 and row > header.last  # noqa: PLR2004  over three columns
    ]
    return alone & (aside | pl.col("row").is_in(wide))


def _empty(header: Header) -> pl.Expr:
    """Find rows in which nothing but a number or a place is filled in."""
    told = [
        pl.col(place).is_not_null()
        for place, c in header.columns.items()
        if c.slot != "place"
    ]
    people = [pl.col(p).is_not_null() for p in header.persons]
    other = [pl.col(p).is_not_null() for p in header.unknown]
    return ~pl.any_horizontal([*told, *people, *other] or [pl.lit(value=False)])


def _unanswered(header: Header) -> pl.Expr:
    """Find evaluations that were asked for and that nobody has filled in yet."""
    answers = [pl.col(p) for p, c in header.columns.items() if c.target in ANSWERS]
    if not (header.handed_down and answers):
        return pl.lit(value=False)
    return pl.all_horizontal(a.is_null() for a in answers)


def _filled(
    page: Page, header: Header, body: pl.DataFrame, ledger: Ledger
) -> pl.DataFrame:
    """Fill cells from above: where a row goes on, is merged, or is one of a group."""
    written = _continued(page, header, body, ledger)
    filled = written
    for place, column in header.columns.items():
        if not column.amount and _ranges(page, place):
            after = _fill_merged(page, place, filled)
            filled = _taken(page, header, filled, after, ledger)
    return _written_once(page, header, written, filled, ledger)


def _taken(
    page: Page, header: Header, body: pl.DataFrame, after: pl.Series, ledger: Ledger
) -> pl.DataFrame:
    """Put a filled column into the table, and remember which cells took what."""
    own = pl.col(after.name).is_not_null()
    above = body.select(pl.when(own).then("at").forward_fill()).to_series()
    new = body[after.name].is_null() & after.is_not_null()
    target = header.columns[after.name].target
    ledger.fill(target, body["at"].filter(new), above.filter(new))
    page.filled += int(new.sum())
    return body.with_columns(after)


def _continued(
    page: Page, header: Header, body: pl.DataFrame, ledger: Ledger
) -> pl.DataFrame:
    """Fill rows that only go on with the row above, as the units of a joint branch.

    All the columns that merged cells would span are blank in them.
    """
    spanned = [p for p, c in header.columns.items() if c.fill == MERGED]
    if len(spanned) < 2:  # noqa: PLR2004  one blank cell alone is only blank
        return body
    blank = pl.all_horizontal(pl.col(p).is_null() for p in spanned)
    first = (pl.col(p).first().over((~blank).cum_sum()) for p in spanned)
    filled = body.select(
        pl.when(blank).then(f).otherwise(p).alias(p)
        for p, f in zip(spanned, first, strict=True)
    )
    for after in filled:
        body = _taken(page, header, body, after, ledger)
    return body


def _written_once(
    page: Page,
    header: Header,
    written: pl.DataFrame,
    body: pl.DataFrame,
    ledger: Ledger,
) -> pl.DataFrame:
    """Fill the columns that are written once a group, larger areas first."""
    larger: list[str] = []
    below = pl.repeat(value=False, n=body.height, eager=True)  # a larger one was filled
    for place in _once_a_group(header):
        area = header.columns[place].slot == "place"
        within = larger if area else []
        before, runs = body[place], _runs(body, within)
        if _stands_once(written[place], runs, nested=area and below.any()):
            after = body.select(pl.col(place).forward_fill().over(runs)).to_series()
            body = _taken(page, header, body, after, ledger)
        elif area:
            for at in body["at"].filter(below & before.is_null()):
                ledger.add(BLANK_PLACE, at, header.columns[place].target)
        below = before.is_null() & body[place].is_not_null()
        larger = [*within, place]
    return body


def _once_a_group(header: Header) -> list[str]:
    """Return the columns that may be written once a group, larger areas first."""
    order = ("place.city", "place.district", "place.street", "place.community")
    places = (p for p, c in header.columns.items() if c.fill == BLANK)
    return sorted(places, key=lambda p: _position(header.columns[p].target, order))


def _position(target: str, order: tuple[str, ...]) -> int:
    return order.index(target) if target in order else len(order)


def _ranges(page: Page, place: str) -> list[tuple[int, int]]:
    """Return the first and last rows of the merged ranges in a column."""
    number = int(place[1:])
    return [
        (top, bottom)
        for top, left, bottom, right in page.sheet.merged
        if left <= number <= right and bottom > top
    ]


def _fill_merged(page: Page, place: str, body: pl.DataFrame) -> pl.Series:
    """Give every cell of a merged range the value of its first."""
    ranges = _ranges(page, place)
    tops = pl.DataFrame(ranges, schema=["top", "bottom"], orient="row").sort("top")
    joined = body.select("row", place).join_asof(
        tops, left_on="row", right_on="top", strategy="backward"
    )
    inside = joined["row"] <= joined["bottom"]
    starts = body.select("row", pl.col(place).alias("value"))
    values = joined.select("top").join(
        starts, left_on="top", right_on="row", how="left", maintain_order="left"
    )["value"]
    frame = pl.DataFrame({"own": body[place], "above": values, "inside": inside})
    return frame.select(
        pl.coalesce("own", pl.when("inside").then("above")).alias(place)
    ).to_series()


def _stands_once(column: pl.Series, runs: pl.Series, *, nested: bool) -> bool:
    """Tell whether a column is written once a group: blanks outnumber repetitions.

    A name of another larger area is no repetition. Groups that are `nested` in others
    written once may be small, so that few cells are blank.
    """
    blanks = column.null_count()
    repeated = ((column == column.shift()) & (runs == runs.shift())).sum() or 0
    many = nested or blanks * FEW_BLANKS >= column.len()
    return many and blanks > repeated


def _runs(body: pl.DataFrame, within: list[str]) -> pl.Series:
    """Return numbers of the runs of rows in which the larger areas stay the same."""
    if not within:
        return pl.repeat(0, body.height, eager=True)
    return body.select(pl.struct(within).rle_id()).to_series()


def _note_columns(
    page: Page, header: Header, body: pl.DataFrame, ledger: Ledger
) -> None:
    """Name the columns that no roster knows, and those that say a thing twice."""
    for place in header.unknown:
        held = body[place].len() - body[place].null_count()
        words = {"column": header.written[place], "value": held}
        ledger.add_sheet(UNDECLARED_COLUMN, page, detail=header.layout.zh, **words)
    for place, other in header.repeated.items():
        held = body[place].len() - body[place].null_count()
        words = {"column": header.written[place], "value": held}
        ledger.add_sheet(REPEATED_COLUMN, page, detail=header.written[other], **words)
