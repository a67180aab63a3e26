"""The ledger of a reading: every row of every sheet, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl

from orgnet.faults import Effect, FaultCode, fault
from orgnet.rosters.faults import DUPLICATE_ROW, REPORT_COLUMNS
from orgnet.rosters.headings import NOTES, TITLES, Header
from orgnet.rosters.masks import MASK, masked
from orgnet.rosters.privacy import may_hold_names
from orgnet.rosters.sheets import Sheet
from orgnet.rosters.wording import Words

DATA: Final = "data"
COUNTING: Final = frozenset(
    (
        *("whole_number", "decimal", "money", "area_m2", "share", "score"),
        *("step", "urgency", "year"),
    )
)
OF_ROWS: Final = frozenset({DUPLICATE_ROW.code})  # said of a row, whatever was filled
HIDDEN: Final = MASK  # shown for a value that may be about a person


@dataclass
class Page:
    """One sheet in the ledger.

    Parameters
    ----------
    sheet
        The sheet.
    start
        Ledger number of its first row.
    header
        What its headings mean; None if they mean nothing.
    parts
        What each row is: titles, notes or data, in the order of the grid.
    filled
        How many cells were filled from above.
    refused
        Whether it is read at all.
    """

    sheet: Sheet
    start: int
    header: Header | None = None
    parts: pl.Series = field(default_factory=lambda: pl.Series("part", [], pl.String))
    filled: int = 0
    refused: bool = False

    @property
    def source(self) -> str:
        """Return the provenance of its rows."""
        return f"{self.sheet.file}#{self.sheet.name}"


class Ledger:
    """Numbers every row that was read, keeps the faults and counts the rows.

    Parameters
    ----------
    sheets
        The sheets, in order.
    """

    def __init__(self, sheets: list[Sheet]) -> None:
        heights = [s.grid.height for s in sheets]
        starts = np.cumsum([0, *heights]).tolist()
        self.pages = [Page(s, start) for s, start in zip(sheets, starts, strict=False)]
        self.starts = np.array(starts[:-1], dtype=np.int64)
        self.total = int(starts[-1])
        self.faults: list[dict[str, object]] = []
        self.rejected: dict[
            int, list[int]
        ] = {}  # row: its faults, by place in the list
        self.waiting: dict[int, set[int]] = {}  # rejected row: rows that name it
        self.filled: dict[tuple[int, str], int] = {}  # cell: row it was taken from
        self.kept = np.zeros(self.total, dtype=bool)  # rows that are in the network

    @property
    def handed_down(self) -> list[bool]:
        """Tell of each sheet whether it was handed down."""
        return [p.header is not None and p.header.handed_down for p in self.pages]

    def page(self, at: int) -> Page:
        """Return the sheet that a row stands in."""
        return self.pages[int(np.searchsorted(self.starts, at, side="right")) - 1]

    def where(self, at: int) -> dict[str, object]:
        """Return the file, sheet and row of a row."""
        page = self.page(at)
        row = page.sheet.grid["row"][at - page.start]
        return {"file": page.sheet.file, "sheet": page.sheet.name or None, "row": row}

    def origin(self, at: int) -> str:
        """Say in one word where a row stands, for messages."""
        place = self.where(at)
        return f"{place['file']}#{place['sheet'] or ''} {place['row']}"

    def heading(self, at: int, target: str) -> str:
        """Return the heading, as written, of the column that a target was read from."""
        header = self.page(at).header
        if header is None:
            return target
        written = header.heading(target)
        if written is not None:
            return written
        words = [c.words[0] for c in header.layout.columns if c.target == target]
        return words[0] if words else target

    def add(
        self,
        kind: FaultCode,
        at: int,
        target: str | None = None,
        value: object = None,
        detail: str | Words = "",
    ) -> None:
        """Note a fault of one row; a cell that was filled from above has none.

        `value` and `detail` may differ in the two languages: English, Chinese.
        """
        if self._told_above(kind, at, target):
            return
        column = None if target is None else self.heading(at, target)
        values = value if isinstance(value, tuple) else (value, value)
        value_en, shown = (self.shown(v, at, target) for v in values)
        en, zh = (detail, detail) if isinstance(detail, str) else detail
        words = {"column": column, "value": shown, "value_en": value_en}
        told = {**self.where(at), **words, "detail": en, "detail_zh": zh}
        row = fault(kind, **told)  # type: ignore[arg-type]
        if kind.effect is Effect.ROW_REJECTED:
            self.rejected.setdefault(at, []).append(len(self.faults))
        self.faults.append(row)

    def _told_above(self, kind: FaultCode, at: int, target: str | None) -> bool:
        """Tell whether a fault was noted where a cell was taken from.

        If that rejects the row above, this one waits for it to be mended.
        """
        above = None if target is None else self.filled.get((at, target))
        if above is None or kind.code in OF_ROWS:
            return False
        if kind.effect is Effect.ROW_REJECTED:
            self.reject(at)
            self.wait(at, above)
        return True

    def shown(self, value: object, at: int, target: str | None) -> str | None:
        """Return a value of a cell as a fault may show it."""
        if value is None:
            return None
        column = None if target is None else self.heading(at, target)
        return shown_value(str(value), column, names=self._counts(at, target))

    def cell(self, at: int, target: str) -> str | None:
        """Return what a cell says, as a fault may show it; None if it is blank."""
        at = self.filled.get((at, target), at)
        page = self.page(at)
        place = None if page.header is None else page.header.place(target)
        written = None if place is None else page.sheet.grid[place][at - page.start]
        return self.shown(written, at, target)

    def fill(self, target: str, rows: pl.Series, above: pl.Series) -> None:
        """Remember cells that were filled, and the rows that they were taken from."""
        for at, source in zip(rows, above, strict=True):
            self.filled[at, target] = self.filled.get((source, target), source)

    def _counts(self, at: int, target: str | None) -> bool:
        """Tell whether a column holds numbers, beside which people may be named."""
        header = self.page(at).header
        columns = header.columns.values() if header else ()
        return any(c.target == target and c.reads in COUNTING for c in columns)

    def add_sheet(self, kind: FaultCode, page: Page, **words: object) -> None:
        """Note a fault of a whole sheet or column; it stands in no row."""
        where = {"file": page.sheet.file, "sheet": page.sheet.name or None}
        self.faults.append(fault(kind, **{**where, **words}))  # type: ignore[arg-type]

    def reject(self, at: int) -> None:
        """Leave a row out that has no fault of its own."""
        self.rejected.setdefault(at, [])

    def wait(self, row: int, target: int) -> None:
        """Remember that a row names something whose own row was rejected."""
        self.waiting.setdefault(target, set()).add(row)

    def accept(self, rows: pl.Series) -> None:
        """Remember rows that gave the network something."""
        self.kept[rows.drop_nulls().to_numpy()] = True

    def tell_who_waits(self) -> None:
        """Add to the faults of rejected rows how many rows wait for them."""
        for target, rows in sorted(self.waiting.items()):
            for place in self.rejected.get(target, ())[:1]:
                row, n = self.faults[place], len(rows)
                row["message"] = f"{row['message']}; {n} rows that name it wait for it"
                row["message_zh"] = f"{row['message_zh']}；另有{n}行引用它，待其更正"

    def live(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Leave out what was said in rejected rows."""
        if not self.rejected:
            return frame
        gone = pl.Series(sorted(self.rejected), dtype=pl.Int64)
        said_there = pl.col("at").is_in(gone.implode())
        return frame.filter(~said_there.fill_null(value=False))  # null: of no row

    def provenance(self) -> pl.DataFrame:
        """Return `at`, `source` and `source_row` of every row."""
        if not self.pages:
            schema = {"at": pl.Int64, "source": pl.String, "source_row": pl.Int64}
            return pl.DataFrame(schema=schema)
        return pl.concat(
            pl.DataFrame(
                {
                    "at": pl.int_range(
                        p.start, p.start + p.sheet.grid.height, eager=True
                    ),
                    "source_row": p.sheet.grid["row"],
                }
            ).select("at", pl.lit(p.source).alias("source"), "source_row")
            for p in self.pages
        )

    def report(self) -> pl.DataFrame:
        """Return the three-way row count, one row a sheet."""
        rejected = np.zeros(self.total, dtype=bool)
        rejected[sorted(self.rejected)] = True
        waits = np.zeros(self.total, dtype=bool)
        waits[[at for at, faults in self.rejected.items() if not faults]] = True
        rows = [self._line(page, rejected, waits) for page in self.pages]
        return pl.DataFrame(rows, schema=REPORT_COLUMNS, orient="row")

    def _line(
        self, page: Page, rejected: np.ndarray, waits: np.ndarray
    ) -> Mapping[str, object]:
        height = page.sheet.grid.height
        span = slice(page.start, page.start + height)
        counts = dict(page.parts.value_counts().iter_rows())
        titles, notes = counts.get(TITLES, 0), counts.get(NOTES, 0)
        header = page.header
        lost = int(rejected[span].sum()) if header else height - titles - notes
        accepted = int((self.kept[span] & ~rejected[span]).sum())
        return {
            "file": page.sheet.file,
            "sheet": page.sheet.name,
            "layout": header.layout.name if header else None,
            "rows_in": height,
            "accepted": accepted,
            "rejected": lost,
            "titles": titles,
            "notes": notes,
            "balanced": height == accepted + lost + titles + notes,
            "waiting": int(waits[span].sum()),
            "filled": page.filled,
            "persons": len(header.persons) if header else 0,
            "not_stored": [header.written[p] for p in header.unkept] if header else [],
        }


def shown_value(value: str, heading: str | None, *, names: bool = False) -> str:
    """Return a value as a fault may show it: nobody's data.

    Parameters
    ----------
    value
        As written.
    heading
        The heading of its column.
    names
        Whether words beside a number may be names.
    """
    if heading is not None and may_hold_names(heading):
        return HIDDEN
    return masked(value, names=names)
