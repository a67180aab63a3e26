"""From data rows to typed rows: every column is read at once, every fault is noted.

A cell that cannot be read is emptied, or rejects its row if the row needs it. Numbers
of people are masked in every text that is to be stored.
"""

import re
from collections.abc import Sequence
from typing import Final

import polars as pl

from orgnet.faults import (
    BAD_ID,
    BAD_REQUIRED,
    BAD_VALIDITY,
    BAD_VALUE,
    MISSING_REQUIRED,
)
from orgnet.rosters.body import Body
from orgnet.rosters.cells import Read
from orgnet.rosters.cells.read import FAULT_CODES
from orgnet.rosters.declare import Column, Layout
from orgnet.rosters.faults import CODES, INDIVIDUAL_BUSINESS, rejecting
from orgnet.rosters.ledger import Ledger
from orgnet.rosters.masks import MASKED_CONTACT, TELLING, mask
from orgnet.rosters.readers import READERS, Cells
from orgnet.schema.identifiers import credit_code_ok, normalised_code

OPEN: Final = ("party.setting", "party.form")  # told by the name if there is no column
BY_HEADING: Final = frozenset({"money", "area_m2", "share", "fee"})
MECHANICAL: Final = frozenset({"code_with_decimal_point"})  # nothing was lost
TEXTS: Final = frozenset({"", "text", "name", "industry", "round"})
OF_CODES: Final = r"(?:^|_)(?:code|id|no|number)$"  # attributes that are no texts
ID: Final = (
    r"^(?:[a-z_]+:\S+|[1-8][0-9]{14})$"  # or a grid code, where things are named
)
INDIVIDUAL: Final = "92"  # how credit codes of individual businesses begin
KNOWN_CODES: Final = {
    **FAULT_CODES,
    **CODES,
    BAD_ID.code: BAD_ID,
    BAD_VALUE.code: BAD_VALUE,
}


def parse(layout: Layout, bodies: Sequence[Body], ledger: Ledger) -> pl.DataFrame:
    """Read the rows of all sheets of one layout, and note every fault of a cell.

    A column is read once for all sheets; once a heading, if that may tell a unit.

    Returns
    -------
    polars.DataFrame
        `at` (ledger number), one column a target, and `<target>_open` for each target
        in `OPEN`: true where the sheet has no column for it.
    """
    table = pl.concat([b.rows.select("at") for b in bodies])
    for column in layout.columns:
        parts = _cells_of(column, bodies)
        if parts is None:
            continue
        for part in by_heading(column, parts):
            table = _with_column(table, column, part, ledger)
    for target in OPEN:
        rows = [b.rows["at"] for b in bodies if target in b.header.targets]
        told = pl.concat(rows) if rows else pl.Series([], dtype=pl.Int64)
        table = table.with_columns(
            (~pl.col("at").is_in(told.implode())).alias(f"{target}_open")
        )
    _check_validity(layout, table, ledger)
    _leave_out_individuals(layout, table, ledger)
    return table


def _cells_of(column: Column, bodies: Sequence[Body]) -> pl.DataFrame | None:
    """Collect the cells of one column: `at`, `cell`, `lost`, `heading`."""
    parts = []
    for body in bodies:
        for place, known in body.header.columns.items():
            if known.target == column.target:
                lost = body.damaged.get(place)
                part = body.rows.select("at", pl.col(place).alias("cell")).with_columns(
                    pl.lit(value=False).alias("lost")
                    if lost is None
                    else lost.alias("lost"),
                    pl.lit(body.header.written[place]).alias("heading"),
                )
                parts.append(part)
    return pl.concat(parts) if parts else None


def by_heading(column: Column, cells: pl.DataFrame) -> list[pl.DataFrame]:
    """Cut the cells of a column into those that are read together.

    These are all; or those under one heading as written, if that may tell a unit.
    """
    if column.reads not in BY_HEADING:
        return [cells]
    return cells.partition_by("heading", maintain_order=True)


def read_cells(
    column: Column, cells: pl.DataFrame, ledger: Ledger
) -> dict[str, pl.Series]:
    """Read cells that are read together, and note their faults.

    Parameters
    ----------
    column
        What the column is.
    cells
        `at`, `cell` (as written), `lost` (whether digits were) and `heading`.
    ledger
        Where faults are noted.

    Returns
    -------
    dict
        The values by target; a column may give several things.
    """
    heading = cells["heading"][0] if cells.height else ""
    given = Cells(cells["cell"], column, heading, cells["lost"])
    return {
        target: _obeying(
            column, target, read, cells["at"], cells["cell"], ledger=ledger
        )
        for target, read in READERS[column.reads](given).items()
    }


def _with_column(
    table: pl.DataFrame, column: Column, part: pl.DataFrame, ledger: Ledger
) -> pl.DataFrame:
    """Read cells, and put what they give into the table."""
    found = read_cells(column, part, ledger)
    new = pl.DataFrame([part["at"], *(v.alias(t) for t, v in found.items())])
    both = [t for t in found if t in table.columns]
    joined = table.join(new, on="at", how="left", maintain_order="left", suffix="_more")
    return joined.with_columns(pl.coalesce(t, f"{t}_more").alias(t) for t in both).drop(
        f"{t}_more" for t in both
    )


def _obeying(
    column: Column,
    target: str,
    read: Read,
    rows: pl.Series,
    written: pl.Series,
    *,
    ledger: Ledger,
) -> pl.Series:
    """Note the faults of a column, and empty the cells that break a rule."""
    needed = column.key and target == column.target
    told = read.codes.is_not_null() & ~read.codes.is_in(list(MECHANICAL))
    for i in told.fill_null(value=False).arg_true():
        kind = KNOWN_CODES[read.codes[i]]
        kind = rejecting(kind) if needed and read.values[i] is None else kind
        ledger.add(kind, rows[i], target, written[i], read.details[i] or "")
    if needed and not column.told:
        for at in rows.filter(read.values.is_null() & read.codes.is_null()):
            ledger.add(MISSING_REQUIRED, at, target)
    if target != column.target or not _is_text(column, read.values):
        return _ruled(column, target, read.values, rows, written, ledger=ledger)
    values, masked = _without_numbers(
        read.values, names_things=column.attribute is None
    )
    kept = _ruled(column, target, values, rows, written, ledger=ledger)
    for i in masked.filter(kept.gather(masked).is_not_null()):
        ledger.add(MASKED_CONTACT, rows[i], target, written[i])
    return kept


def _is_text(column: Column, values: pl.Series) -> bool:
    """Tell whether a column holds words to be stored: no codes, and no other values.

    An attribute of a relationship is none until the type of its row is known.
    """
    of = column.attribute
    untyped = of is None and column.slot == "tie"
    is_code = re.search(OF_CODES, column.name if of is None else of.name) is not None
    text = values.dtype == pl.String and column.reads in TEXTS
    return text and not is_code and not untyped


def _without_numbers(
    values: pl.Series, *, names_things: bool
) -> tuple[pl.Series, pl.Series]:
    """Mask telephones, addresses and numbers of people, and tell in which places.

    What names other things may be their id or code, which is no text.
    """
    places = values.str.contains(TELLING).fill_null(value=False).arg_true()
    plain = values.gather(places)
    shown = mask(plain)
    other = shown != plain
    if names_things:
        code = plain.to_frame("x").select(credit_code_ok(normalised_code(pl.col("x"))))
        other &= ~plain.str.contains(ID) & ~code.to_series()
    places, shown = places.filter(other), shown.filter(other)
    return values.scatter(places, shown) if places.len() else values, places


def _ruled(
    column: Column,
    target: str,
    values: pl.Series,
    rows: pl.Series,
    written: pl.Series,
    *,
    ledger: Ledger,
) -> pl.Series:
    """Empty the values that break a rule of the schema."""
    attribute = column.attribute
    if attribute is None or target != column.target or values.dtype != attribute.dtype:
        return values
    kind = BAD_REQUIRED if column.key else BAD_VALUE
    for check in attribute.checks:
        frame = values.alias("v").to_frame()
        good = frame.select(check.expression(pl.col("v"))).to_series()
        bad = (~good.fill_null(value=True)).arg_true()
        for i in bad:
            words = (check.message, check.zh)
            ledger.add(kind, rows[i], target, written[i], words)
        if bad.len():
            values = values.scatter(bad, None)
    return values


def _leave_out_individuals(layout: Layout, rows: pl.DataFrame, ledger: Ledger) -> None:
    """Reject units that are one person's business: their names are often people's."""
    subject = layout.subject
    code = f"{subject.slot}.uscc" if subject and subject.kinds[:1] == ("Unit",) else ""
    if code in rows.columns:
        ones = pl.col(code).str.starts_with(INDIVIDUAL)
        for at in rows.filter(ones)["at"]:
            ledger.add(INDIVIDUAL_BUSINESS, at, code, f"{INDIVIDUAL}…")


def _check_validity(layout: Layout, rows: pl.DataFrame, ledger: Ledger) -> None:
    """Reject rows that end before they begin."""
    for slot in {c.slot for c in layout.columns}:
        begin, end = f"{slot}.valid_from", f"{slot}.valid_to"
        if {begin, end} <= set(rows.columns):
            wrong = rows.filter(pl.col(begin) >= pl.col(end))
            for at, a, b in wrong.select("at", begin, end).iter_rows():
                ledger.add(BAD_VALIDITY, at, end, f"{a} / {b}")
