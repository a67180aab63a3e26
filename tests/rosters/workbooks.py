"""Small rosters for tests: tables of text to files, and files to a reading."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from orgnet.network import Network
from orgnet.rosters import RosterFaults, read_rosters
from orgnet.schema.identifiers import make_credit_codes

Table = Sequence[Sequence[object]]
REGION = "510199"  # of no district


def uscc(number: int, prefix: str = "91") -> str:
    """Return a well-formed credit code."""
    return str(make_credit_codes(prefix, REGION, number).item())


def write_csv(path: Path, rows: Table) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            ["" if cell is None else cell for cell in row] for row in rows
        )
    return path


def write_xlsx(
    path: Path,
    sheets: Mapping[str, Table],
    merges: Mapping[str, Sequence[tuple[int, int, int, int]]] | None = None,
) -> Path:
    """Write sheets; a merge is first row and column, last row and column, from 0."""
    from xlsxwriter import Workbook

    with Workbook(path) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for i, row in enumerate(rows):
                page.write_row(i, 0, row)
            for r1, c1, r2, c2 in (merges or {}).get(name, ()):
                page.merge_range(r1, c1, r2, c2, rows[r1][c1])
    return path


def read(
    folder: Path, tables: Mapping[str, Table], **options: Any
) -> tuple[Network, RosterFaults]:
    """Write tables as delimited text, and read the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        write_csv(folder / f"{name}.csv", rows)
    return read_rosters(folder, **options)


def told(faults: RosterFaults) -> list[tuple[object, ...]]:
    """Return file, row, column and code of every fault."""
    return faults.frame.select("file", "row", "column", "code").rows()


def names(net: Network, type_: str) -> set[tuple[Any, ...]]:
    """Return the relationships of a type by the names of their ends."""
    name = {r["id"]: r["name"] for r in net.nodes().iter_rows(named=True)}
    ties = net.ties(type_).select("from", "to", *net.schema.ties[type_].key)
    return {(name[a], name[b], *key) for a, b, *key in ties.iter_rows()}
