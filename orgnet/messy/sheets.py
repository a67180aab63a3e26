"""Sheets as they are written: title rows, header, cells, subtotals, notes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

import polars as pl

from orgnet.messy.layouts import Column, Layout, words_of
from orgnet.messy.styles import styled

Cell: TypeAlias = str | int | float | date | None
Row: TypeAlias = dict[str, Any]

FILLERS = {
    "person": "（略）",
    "phone": "（略）",
    "extra": "无",
}  # nobody's name or number
SERIAL = "serial"
SUMMED = frozenset(
    {
        "employees", "members", "full_members", "households", "population",
        "capacity", "quantity", "budget_cny", "full_time_staff", "part_time_staff",
    }
)  # fmt: skip
STATUS_WORD = "status_word"  # the style that writes the status of a unit in its name
IN_NAMES = {"closed": "（已注销）", "preparing": "（筹）"}
SUBTOTAL, TOTAL = "小计", "合　计"
MARK, GROUP, PART = "mark", "group", "part"  # helping columns
DATA, BLANK, SUM = 0, 1, 2  # parts of a group, in this order


@dataclass(frozen=True)
class Added:
    """A row put in beside those of the network.

    Parameters
    ----------
    after
        The number of the row it follows.
    row
        What it says, field by field.
    written
        What is written instead in some of its cells.
    """

    after: int
    row: Row
    written: dict[str, Cell]


@dataclass
class Block:
    """The rows of one sheet, before they are laid out.

    Parameters
    ----------
    layout
        How they are laid out.
    file, name
        The file and the sheet; the name is empty in delimited text.
    office
        Whose they are.
    rows
        The plain rows, in order.
    added
        Rows put in, each with its mark: its place in this list.
    extra
        Headings of further columns that no roster has.
    """

    layout: Layout
    file: str
    name: str
    office: str
    rows: pl.DataFrame
    added: list[Added] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Its columns, further ones last."""
        return (*self.layout.columns, *(Column("extra", h) for h in self.extra))

    @property
    def filled(self) -> tuple[str, ...]:
        """The fields that are written only where they change; none that has a gap."""
        return tuple(f for f in self.layout.fill if not self.rows[f].null_count())

    def heading(self, field_: str) -> str | None:
        """Return the heading of a field as written; null if it has no column."""
        found = [c.heading for c in self.columns if c.field == field_]
        return found[0] if found else None

    def add(self, after: int, row: Row, written: dict[str, Cell] | None = None) -> int:
        """Put a row in after a row of the roster, and return its mark."""
        self.added.append(Added(after, row, written or {}))
        return len(self.added) - 1


@dataclass(frozen=True)
class Sheet:
    """A sheet, cell by cell.

    Parameters
    ----------
    block
        The rows it was made of.
    above
        The rows above the header.
    header
        The rows of the header, each as long as there are columns.
    columns
        The cells below it, column by column.
    merged
        Runs of rows that are one cell: column, first and last row, from 0.
    places
        The row in which each row of the block stands, from 1 as a reader sees it.
    rows
        The row in which each added row stands, by mark.
    """

    block: Block
    above: tuple[str, ...]
    header: tuple[tuple[str, ...], ...]
    columns: list[list[Cell]]
    merged: tuple[tuple[int, int, int], ...]
    places: list[int]
    rows: dict[int, int]

    def shown(self, field_: str, row: int) -> str | None:
        """Return what is written for a field in a row."""
        for column, cells in zip(self.block.columns, self.columns, strict=True):
            if column.field == field_:
                cell = cells[row - len(self.above) - len(self.header) - 1]
                return None if cell is None else str(cell)
        return None


def laid_out(block: Block) -> Sheet:
    """Lay out the rows of a sheet."""
    above = tuple(t.format(office=block.office) for t in block.layout.title)
    header = _header(block.columns)
    top = len(above) + len(header)
    table = _table(block)
    marks = {m: i for i, m in enumerate(table[MARK]) if m is not None}
    own = table.select(
        pl.arg_where((pl.col(PART) == DATA) & pl.col(MARK).is_null()) + top + 1
    )
    columns = [table[str(i)].to_list() for i in range(len(block.columns))]
    for mark, place in marks.items():
        for name, cell in block.added[mark].written.items():
            for i, column in enumerate(block.columns):
                if column.field == name:
                    columns[i][place] = cell
    return Sheet(
        block,
        above,
        header,
        columns,
        tuple(_runs(block, table, top)),
        own.to_series().to_list(),
        {mark: top + place + 1 for mark, place in marks.items()},
    )


def _header(columns: tuple[Column, ...]) -> tuple[tuple[str, ...], ...]:
    below = tuple(c.heading for c in columns)
    over = tuple(c.over for c in columns)
    return (over, below) if any(over) else (below,)


def _table(block: Block) -> pl.DataFrame:
    """Return the cells by column number, with helping columns, in written order."""
    rows = _with_added(block)
    street = rows["street"].fill_null("") if "street" in rows.columns else rows["id"]
    cells = [
        _cells(block, column, rows).rename(str(i))
        for i, column in enumerate(block.columns)
    ]
    helping = [rows[MARK], street.rle_id().rename(GROUP)]
    table = pl.DataFrame([*cells, *helping]).with_columns(pl.lit(DATA).alias(PART))
    parts = [table, *_subtotals(block, table), *_blank_rows(block, table)]
    joined = pl.concat(parts, how="diagonal_relaxed")
    return joined.sort(GROUP, PART, maintain_order=True)


def _with_added(block: Block) -> pl.DataFrame:
    """Return the rows with those put in, each after the row it follows."""
    rows = block.rows.with_columns(
        pl.int_range(pl.len()).alias("order"), pl.lit(None, pl.Int64).alias(MARK)
    )
    if not block.added:
        return rows
    fitting = dict(block.rows.schema.items())
    added = pl.DataFrame(
        [{n: a.row.get(n) for n in fitting} for a in block.added], schema=fitting
    ).with_columns(
        pl.Series("order", [a.after for a in block.added]),
        pl.Series(MARK, range(len(block.added)), pl.Int64),
    )
    return pl.concat([rows, added]).sort("order", maintain_order=True)


def _cells(block: Block, column: Column, rows: pl.DataFrame) -> pl.Series:
    """Return the cells of one column, without subtotals."""
    if column.field == SERIAL:
        return pl.Series(range(1, rows.height + 1), dtype=pl.Int64)
    if column.field not in rows.columns:
        filler = FILLERS.get(column.field)
        return pl.Series([filler], dtype=pl.String).new_from_index(0, rows.height)
    if column.style == STATUS_WORD:
        return _with_status(rows, column.field)
    values = rows[column.field]
    cells = styled(values, column.style, words_of(block.layout.roster, column))
    if column.field not in block.filled:
        return cells
    changed = _changes(rows, block.filled[: block.filled.index(column.field) + 1])
    return pl.select(pl.when(changed).then(cells)).to_series()


def _with_status(rows: pl.DataFrame, name: str) -> pl.Series:
    """Return names that say themselves that a unit is no more, or not yet."""
    word = rows["status"].cast(pl.String).replace_strict(IN_NAMES, default="")
    return rows[name] + word.fill_null("")


def _changes(rows: pl.DataFrame, fields: tuple[str, ...]) -> pl.Series:
    """Mark the rows in which one of the fields is not what it was in the row above.

    Each street begins anew, since what parts it from the last one ends a merged cell.
    """
    keys = pl.struct(*dict.fromkeys(("street", *fields)))
    changed = keys.ne_missing(keys.shift())
    first = pl.int_range(pl.len()) == 0
    return rows.select(changed | first).to_series()


def _subtotals(block: Block, table: pl.DataFrame) -> list[pl.DataFrame]:
    """Return a subtotal for each street, and the total."""
    layout = block.layout
    if not layout.subtotal:
        return []
    sums = [
        pl.col(str(i)).sum()
        for i, c in enumerate(block.columns)
        if c.field in SUMMED and table[str(i)].dtype.is_integer()
    ]
    label = next(
        str(i) for i, c in enumerate(block.columns) if c.field == layout.subtotal
    )
    words = pl.lit(SUBTOTAL).alias(label)
    each = table.group_by(GROUP, maintain_order=True).agg(sums)
    each = each.with_columns(words, pl.lit(SUM).alias(PART))
    total = table.select(*sums, pl.col(GROUP).max() + 1)
    return [
        each,
        total.with_columns(pl.lit(TOTAL).alias(label), pl.lit(SUM).alias(PART)),
    ]


def _blank_rows(block: Block, table: pl.DataFrame) -> list[pl.DataFrame]:
    if not block.layout.blank_rows:
        return []
    return [
        table.select(
            pl.col(GROUP).unique(maintain_order=True), pl.lit(BLANK).alias(PART)
        )
    ]


def _runs(
    block: Block, table: pl.DataFrame, top: int
) -> Iterator[tuple[int, int, int]]:
    """Find the runs of rows that share one cell in a column that is filled down."""
    data = (table[PART] == DATA).to_list()
    for i, column in enumerate(block.columns):
        if column.field not in block.filled:
            continue
        start = None
        for row, value in enumerate([*table[str(i)].to_list(), ""]):
            ends = row == len(data) or not data[row] or value is not None
            if ends and start is not None and row - start > 1:
                yield i, top + start, top + row - 1
            if ends:
                start = row if row < len(data) and data[row] else None
