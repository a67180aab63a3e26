"""Writes the sheets handed down, one workbook an area, and an overview."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final

import polars as pl

from orgnet.errors import OrgnetError, RefusedFileError, UnknownNameError, some
from orgnet.files import written_whole
from orgnet.index import as_day
from orgnet.query import Source
from orgnet.report.handed_down.books import area_book, overview_book
from orgnet.report.handed_down.forms import Form
from orgnet.report.handed_down.handing import AREA, Handing
from orgnet.report.handed_down.notes import notes_of
from orgnet.report.handed_down.overview import overview_of
from orgnet.report.handed_down.rows import rows_of
from orgnet.rules import RULES, Rules
from orgnet.schema.vocabulary import AreaLevel

OVERVIEW: Final = "汇总.xlsx"
MANIFEST: Final = ".handed_down.json"  # what was written, so that it may be replaced
FORMAT: Final = "orgnet handed down"
FURNITURE: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
REFUSED: Final = r'[<>:"/\\|?*#\x00-\x1f]'  # what file systems or links do not take
LONGEST: Final = 80  # characters of a name; the ending comes after them


def to_excel(
    source: Source,
    folder: Path | str,
    *,
    split: str = "street",
    within: str | None = None,
    day: date | str | None = None,
    rules: Rules = RULES,
) -> list[Path]:
    """Write what is open in each area as workbooks to fill in, and an overview.

    One workbook an area of a level that has anything open: units with a gap of
    coverage or perhaps one, directions of an evaluation in which nobody answered,
    needs that reach nothing. What is known stands on the left; columns to fill in are
    yellow, carry the headings of the rosters and hold what the network holds. The
    workbooks read back with ``read_rosters(folder, known=net)``; one that comes back
    as it went says nothing new.

    A subject belongs to the area that it stands in. One that stands in no area of the
    level is in no workbook, and is counted in the overview.

    Parameters
    ----------
    source
        A network, or a database, which is pulled.
    folder
        Where to write; made if it is not there. An earlier writing there is replaced,
        if nobody has changed it since.
    split
        The level of area that has a workbook each, such as "street" or "district".
    within
        Id or code of the area handed out; everything if none.
    day
        The day asked about; whatever the network holds, if none. Of evaluations only
        rounds that are closed by then are asked about.
    rules
        As the questions take them. Without `rounds` only the last round is asked
        about.

    Returns
    -------
    list
        The files written: the overview 汇总.xlsx, then the workbooks by area. The same
        network, day and rules give the same bytes.

    Raises
    ------
    RefusedFileError
        If the folder holds what was not written here, or was changed since: nothing is
        written then.
    UnknownNameError
        If there is no such level.
    UnknownAreaError
        If `within` names no area of that day, or several.
    OrgnetError
        If no area of the level lies in `within`.
    MissingExtraError
        If the part that writes workbooks is not installed.

    See Also
    --------
    orgnet.coverage.gaps, orgnet.evaluation.pairs, orgnet.integration.unreachable

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import orgnet
    >>> net = orgnet.chengdu(scale=0.02)
    >>> with TemporaryDirectory() as folder:
    ...     books = net.to_excel(f"{folder}/下发", within="510104020")
    ...     back, faults = orgnet.read_rosters(f"{folder}/下发", known=net)
    >>> [book.name for book in books]
    ['汇总.xlsx', '督院街街道 510104020.xlsx']
    >>> len(faults)
    0
    """
    target = Path(folder).resolve()
    _refuse_foreign(target)
    handing = _handing(source, split, within, day, rules)
    books = Books(handing)
    with written_whole(target) as place:
        place.mkdir()
        written = _put(place, books.files)
    return [target / name for name in written]


def _handing(
    source: Source,
    split: str,
    within: str | None,
    day: date | str | None,
    rules: Rules,
) -> Handing:
    """Say what is handed down, and refuse a level that nothing has."""
    levels = [level.value for level in AreaLevel]
    if split not in levels:
        msg = f"no area level {split!r}; there are: {', '.join(levels)}"
        raise UnknownNameError(msg, [split])
    handing = Handing(source.network(), split, within, as_day(day), rules)
    if not handing.areas.len():
        where = "the network" if within is None else repr(within)
        msg = (
            f"no area of level {split!r} lies in {where}, so there is nobody to hand "
            f"down to; give another split=, or a larger within="
        )
        raise OrgnetError(msg, [within])
    return handing


@dataclass(frozen=True)
class Books:
    """The workbooks to write.

    Parameters
    ----------
    handing
        What is handed down.
    """

    handing: Handing

    @cached_property
    def rows(self) -> dict[Form, dict[int | None, pl.DataFrame]]:
        """The rows of each form, by the number of their area."""
        return {form: _by_area(rows) for form, rows in rows_of(self.handing).items()}

    @cached_property
    def areas(self) -> pl.DataFrame:
        """The areas: `node`, `name`, `code`, and the `file` of those with any rows."""
        numbers = self.handing.areas.alias("node").to_frame()
        table = self.handing.index.nodes("Area").select("node", "id", "name", "code")
        areas = numbers.join(table, on="node", how="left", maintain_order="left")
        told = pl.Series([bool(self.of(n)) for n in areas["node"]])
        files = pl.Series(_file_names(areas))
        return areas.with_columns(pl.when(told).then(files).alias("file"))

    def of(self, area: int) -> dict[Form, pl.DataFrame]:
        """Return the rows of each form that has any in an area."""
        return {form: parts[area] for form, parts in self.rows.items() if area in parts}

    @property
    def files(self) -> Iterator[tuple[str, bytes]]:
        """The names and bytes of all workbooks, the overview first."""
        notes, net = notes_of(self.handing), self.handing.net
        rows, nowhere = overview_of(self.handing, self.areas)
        title = f"下发表汇总（按{AreaLevel(self.handing.split).zh}）"
        linked = rows.with_columns(self.areas["file"].alias("工作簿"))
        yield OVERVIEW, overview_book(title, linked, nowhere, notes, net)
        for number, name, file in self.areas.select("node", "name", "file").iter_rows():
            if file is not None:
                yield file, area_book(name, self.of(number), notes, net)


def _by_area(rows: pl.DataFrame) -> dict[int | None, pl.DataFrame]:
    parts = rows.partition_by(AREA, as_dict=True, maintain_order=True)
    return {key[0]: part for key, part in parts.items()}


def _file_names(areas: pl.DataFrame) -> list[str]:
    """Name a workbook after each area: its name and code, no two alike."""
    names: list[str] = []
    met: set[str] = set()
    for name, code in areas.select("name", "code").iter_rows():
        plain = re.sub(REFUSED, "", f"{name} {code or ''}")
        stem = " ".join(plain.split())[:LONGEST].strip(". ") or "area"
        again = 1
        while stem.lower() in met or f"{stem}.xlsx" == OVERVIEW:
            again += 1
            stem = f"{stem.removesuffix(f' ({again - 1})')} ({again})"
        met.add(stem.lower())
        names.append(f"{stem}.xlsx")
    return names


def _put(place: Path, files: Iterator[tuple[str, bytes]]) -> list[str]:
    """Write the workbooks, and what was written; return their names."""
    hashes = {}
    for name, data in files:
        (place / name).write_bytes(data)
        hashes[name] = sha256(data).hexdigest()
    manifest = {"format": FORMAT, "files": hashes}
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (place / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
    return list(hashes)


def _refuse_foreign(target: Path) -> None:
    """Raise if anything stands at a place that was not written here, or not so."""
    if not target.exists():
        return
    if not target.is_dir():
        msg = f"nothing was written: {str(target)!r} is a file; name a folder"
        raise RefusedFileError(msg, [str(target)])
    every = sorted(p.relative_to(target).as_posix() for p in target.rglob("*"))
    there = [name for name in every if name not in {MANIFEST, *FURNITURE}]
    ours = _hashes(target)
    foreign = [n for n in there if n not in ours or ours[n] != _hash(target / n)]
    if foreign:
        msg = (
            f"nothing was written: {len(foreign)} of {len(there)} files in "
            f"{str(target)!r} were not written here, or were changed since, perhaps "
            f"filled in, and would be lost: {some(foreign)}. Name another folder, or "
            f"move them away first"
        )
        raise RefusedFileError(msg, foreign)


def _hash(file: Path) -> str | None:
    return sha256(file.read_bytes()).hexdigest() if file.is_file() else None


def _hashes(folder: Path) -> dict[str, str]:
    """Return what the manifest of a folder says of its files; nothing without one."""
    try:
        given = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    is_ours = isinstance(given, dict) and given.get("format") == FORMAT
    files = given.get("files") if is_ours else None
    return files if isinstance(files, dict) else {}
