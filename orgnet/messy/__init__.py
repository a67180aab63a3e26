"""Deliberately messy Chinese rosters made from a network, with every fault known.

Offices write headings, dates, yes and no, and units of money each in their own way;
nothing here knows how a reader of rosters expects them.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from orgnet.faults import Effect
from orgnet.messy.dirt import Fault
from orgnet.messy.files import write_files
from orgnet.messy.inject import Injected, Injector
from orgnet.messy.layouts import Layout, layouts_of
from orgnet.messy.offices import JOINER, Offices
from orgnet.messy.sheets import Block, laid_out
from orgnet.messy.write import write
from orgnet.network import Network

__all__ = ["write_messy"]

COLUMNS = {
    "file": pl.String(),
    "sheet": pl.String(),
    "row": pl.Int64(),
    "column": pl.String(),
    "value": pl.String(),
    "kind": pl.String(),
    "expect": pl.String(),
    "effect": pl.String(),
    "note": pl.String(),
}

FORBIDDEN = r"[\[\]:*?/\\']"  # in the name of a sheet or a file
LONGEST = 25  # characters of an office in the name of a sheet, which holds 31
SEVERAL = Fault(
    "city_two_superiors", "parties", "superior", "several_superiors", Effect.NOTED
)
CYCLE = Fault("city_cycle", "parties", "superior", "cycle", Effect.NOTED)
SKIP = Fault("city_level_skip", "parties", "superior", "level_skip", Effect.NOTED)


def write_messy(
    net: Network, folder: Path | str, *, seed: int = 2019, faults: bool = True
) -> pl.DataFrame:
    """Write a network as the rosters its offices might keep, and list the faults.

    Ten rosters in at least three layouts each, as workbooks and as delimited text, by
    district (by street in a small part of a city). Most of what is untidy in them is no
    fault: title rows, merged cells, subtotals, notes, spellings, forms of dates. What
    the network itself has wrong (several superiors, cycles of superiors, superiors that
    are not one step up the axis) is listed too.

    Parameters
    ----------
    net
        The network; what is over by the end of its areas' year is left out.
    folder
        Where the files go; it is made if it is not there.
    seed
        Seed of the places of the faults.
    faults
        Whether faults are put in. Without, the rosters say what the network says.

    Returns
    -------
    polars.DataFrame
        One row a fault: `file`, `sheet` (null in delimited text), `row` (from 1, as a
        spreadsheet shows it; null if the whole file or column is meant), `column` (the
        heading as written), `value`, `kind` (our name), `expect` (the family of what a
        reader should call it), `effect`, `note`. By file, sheet, row and column.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import orgnet
    >>> with TemporaryDirectory() as folder:
    ...     list_of_faults = write_messy(orgnet.chengdu(scale=0.02), folder)
    >>> list_of_faults["kind"].n_unique() > 40
    True
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    offices = Offices(net)
    blocks = _blocks(offices)
    injected = [*_own_faults(offices, blocks)]
    if faults:
        injected += Injector(blocks, seed).all()
    found = _write(folder, blocks, injected)
    if faults:
        found += write_files(folder)
    order = ["file", "sheet", "row", "column", "kind"]
    return pl.DataFrame(found, schema=COLUMNS).sort(order, nulls_last=True)


def _write(
    folder: Path, blocks: list[Block], injected: list[Injected]
) -> list[dict[str, object]]:
    """Write every file, and return where each fault stands."""
    found: list[dict[str, object]] = []
    for file in sorted({b.file for b in blocks}):
        sheets = [laid_out(b) for b in blocks if b.file == file]
        write(folder / file, sheets)
        for sheet in sheets:
            found += [i.reported(sheet) for i in injected if i.block is sheet.block]
    return found


def _blocks(offices: Offices) -> list[Block]:
    """Deal the rows of every roster out to offices and their layouts."""
    found = []
    for roster, table in offices.tables().items():
        sheets: dict[tuple[str, str], tuple[Layout, list[str]]] = {}
        labels = _labels(sorted(table["office"].unique()))
        for number, (office, label) in enumerate(labels.items()):
            named = office == offices.city or offices.repeats_streets(office)
            layout = _layout(roster, number, with_district=named)
            place = (
                layout.file.format(office=label),
                layout.sheet.format(office=label),
            )
            sheets.setdefault(place, (layout, []))[1].append(office)
        for (file, name), (layout, of) in sheets.items():
            rows = table.filter(pl.col("office").is_in(of))
            if layout.one_a_row:
                several = pl.col(layout.one_a_row).str.split(JOINER)
                rows = rows.with_columns(several).explode(layout.one_a_row)
            found.append(Block(layout, file, name, of[0], rows))
    return found


def _labels(offices: list[str]) -> dict[str, str]:
    """Return names for files and sheets, which may not differ by case alone."""
    labels: dict[str, str] = {}
    taken: set[str] = set()
    for office in offices:
        name = re.sub(FORBIDDEN, "_", office).strip()[:LONGEST]
        label = name if name.casefold() not in taken else f"{name}{len(taken)}"
        taken.add(label.casefold())
        labels[office] = label
    return labels


def _layout(roster: str, number: int, *, with_district: bool) -> Layout:
    """Return the layout of an office: each in turn, delimited text twice as often.

    An office whose streets are not all told by their names needs a column of districts.
    """
    layouts = layouts_of(roster)
    texts = [layout for layout in layouts if not layout.workbook]
    first = number % (len(layouts) + len(texts))
    turns = [*layouts, *texts, *layouts, *texts][first:]
    fitting = [layout for layout in turns if layout.has("district")]
    return fitting[0] if with_district and fitting else turns[0]


def _own_faults(offices: Offices, blocks: list[Block]) -> Iterator[Injected]:
    """Find what the network itself has wrong: superiors several, circling or off."""
    first = pl.struct("id", "superior_id").is_first_distinct()
    repeated = first & ~pl.col("id").is_first_distinct()
    for block in blocks:
        if block.layout.roster != "parties":
            continue
        rows = block.rows.with_row_index("place")
        several = rows.filter(repeated)["place"]
        on_one = pl.col("id").is_in(offices.circling.implode())
        cycles = rows.filter(on_one & pl.col("id").is_first_distinct())["place"]
        yield from (Injected(block, SEVERAL, place=place) for place in several)
        yield from (Injected(block, CYCLE, place=place) for place in cycles)
        off = pl.col("id").is_in(offices.skipping.implode())
        skips = rows.filter(off & pl.col("id").is_first_distinct())["place"]
        yield from (Injected(block, SKIP, place=place) for place in skips)
