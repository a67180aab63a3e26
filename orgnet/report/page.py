"""The page for a meeting: what was read, what was found, and where to read on."""

from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl

from orgnet.convert.readable import head
from orgnet.faults import Faults
from orgnet.network import Network
from orgnet.query import Result, Source, Words
from orgnet.report.asked import asked_of
from orgnet.report.chains import chain_section
from orgnet.report.gaps import gaps_section
from orgnet.report.markup import Markup, both, joined, sentences, tag
from orgnet.report.notebook import ROWS, SYNTHETIC, rows_table
from orgnet.report.pairs import pairs_section
from orgnet.report.paths import paths_section
from orgnet.report.plans import (
    counts_of,
    match_section,
    plan_section,
    seats_section,
)
from orgnet.report.rates import compare_section, rates_section
from orgnet.report.reading import faults_section, reading_section
from orgnet.report.returns import returns_section, silence_section
from orgnet.report.rounds import rounds_section
from orgnet.report.section import Section
from orgnet.report.style import PAGE
from orgnet.report.ties import brokers_section, fragmentation_section

NAME = "index.html"
TABLES = "tables"  # folder of the full tables, beside the page
Maker = Callable[[Network, Result], Section]
MAKERS: dict[str, Maker] = {
    "coverage.gaps": gaps_section,
    "coverage.compare": lambda _net, result: compare_section(result),
    "coverage.rates": lambda _net, result: rates_section(result),
    "evaluation.pairs": lambda _net, result: pairs_section(result),
    "evaluation.rounds": lambda _net, result: rounds_section(result),
    "evaluation.return_rates": lambda _net, result: returns_section(result),
    "evaluation.silence": lambda _net, result: silence_section(result),
    "integration.brokers": lambda _net, result: brokers_section(result),
    "integration.fragmentation": lambda _net, result: fragmentation_section(result),
    "integration.match": lambda _net, result: match_section(result),
    "integration.paths": paths_section,
    "planning.close_gaps": lambda _net, result: plan_section(result),
    "planning.seats": lambda _net, result: seats_section(result),
    "structure.chain": lambda _net, result: chain_section(result),
}
COUNTED = (
    "class",
    "state",
    "attribute",
    "direction",
    "side",
    "reason",
)  # whose codes a reading counts
GUIDE: tuple[Words, ...] = (
    (
        "Unknown is not zero: what the data leave open counts as undetermined.",
        "未知不等于零，缺失不等于否：资料不足之处一律计为无法判定。",
    ),
    ("Every rate names its denominator.", "所有比率均注明分母。"),
    ("People appear as counts only.", "本页不含任何个人信息，人员只计数。"),
)
UNTITLED: Words = ("Organization network", "组织网络")


def write_report(
    source: Source,
    results: Mapping[str, Result],
    folder: Path | str,
    faults: Faults | None = None,
    reading: pl.DataFrame | None = None,
) -> Path:
    """Write a page that says what was read and what was found.

    One file without scripts that asks nothing of the network and prints on A4, in
    Chinese and English. It links to the tables in the folder `tables` beside it, if
    they are there: see ``orgnet.convert.excel.write_tables``.

    Parameters
    ----------
    source
        What was asked. A Database is read as a whole: the page counts what it holds.
    results
        Answers by the name of their tables; any of the catalogue, none is needed.
    folder
        Where to write; made if it is not there.
    faults
        What was found wrong with the rosters.
    reading
        How many rows each sheet had and what became of them: `file`, `sheet`,
        `rows_in`, `accepted`, `rejected`, `titles`, `notes`. If not given, the
        `report` of the faults, where they have one.

    Returns
    -------
    pathlib.Path
        The page.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> net, faults = Network.from_frames({}, {}, title="nothing yet")
    >>> with TemporaryDirectory() as folder:
    ...     write_report(net, {}, folder, faults=faults).name
    'index.html'
    """
    net, place = source.network(), Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    report = getattr(faults, "report", None) if reading is None else reading
    sections = []
    if report is not None and report.height:
        sections.append(reading_section(report))
    sections += [_of_result(net, name, results[name]) for name in _ordered(results)]
    if faults is not None:
        sections.append(faults_section(faults))
    page = place / NAME
    page.write_text(_page(net, sections, place), encoding="utf-8")
    return page


def _ordered(results: Mapping[str, Result]) -> list[str]:
    """Return the names of the answers, those with a part of their own first."""
    known = list(MAKERS)

    def rank(name: str) -> tuple[int, str]:
        asked = results[name].question.name
        return (known.index(asked) if asked in known else len(known), name)

    return sorted(results, key=rank)


def _of_result(net: Network, name: str, result: Result) -> Section:
    make = MAKERS.get(result.question.name)
    section = _any_section(result) if make is None else make(net, result)
    return Section(section.title, section.reading, section.body, section.tile, name)


def _any_section(result: Result) -> Section:
    """Return the part on a question that has no part of its own."""
    en, zh = result.question.title
    count = len(result)
    reading = f"{count:,} rows", f"共{count:,}行"
    coded = [c.name for c in result.question.columns if c.name in COUNTED]
    if count and coded:
        told = counts_of(result, coded[0])
        reading = f"{reading[0]}: {told[0]}", f"{reading[1]}：{told[1]}"
    body = joined([rows_table(head(result, ROWS)), asked_of(result)])
    return Section((en, zh), (f"{reading[0]}.", f"{reading[1]}。"), body)


def _page(net: Network, sections: list[Section], folder: Path) -> str:
    tiles = [_tile(s) for s in sections if s.tile]
    title = net.title or f"{UNTITLED[1]} {UNTITLED[0]}"
    zh, _, en = title.partition(" (")
    small = tag("span", f"({en}", class_="en") if en else ""
    body = tag(
        "body",
        tag("h1", zh, " ", small),
        tag("p", both(_size(net)), class_="sub"),
        _notice(net),
        tag("div", *tiles, class_="tiles") if tiles else "",
        *(_section(s, folder) for s in sections),
        _last(folder),
    )
    top = tag(
        "head",
        Markup('<meta charset="utf-8">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        tag("title", title),
        tag("style", Markup(PAGE)),
    )
    return f"<!DOCTYPE html>\n{tag('html', top, body, lang='zh-CN')}\n"


def _size(net: Network) -> Words:
    ties = sum(t.height for t in net.tie_tables.values())
    return (
        f"Organization network report: {len(net):,} nodes, {ties:,} relationships",
        f"组织网络报告：{len(net):,}个节点，{ties:,}条关系",
    )


def _notice(net: Network) -> Markup:
    return tag("div", both(SYNTHETIC), class_="notice") if net.synthetic else Markup()


def _tile(section: Section) -> Markup:
    tile = section.tile
    if tile is None:
        return Markup()
    of = tag("p", both(tile.of), class_="of")
    return tag(
        "div", tag("b", tile.number), tag("p", both(tile.label)), of, class_="tile"
    )


def _section(section: Section, folder: Path) -> Markup:
    return joined(
        [
            tag("h2", both(section.title)),
            tag("div", sentences(section.reading), class_="reading"),
            section.body,
            _links(section, folder),
        ]
    )


def _links(section: Section, folder: Path) -> Markup:
    """Return links to the full tables, if they were written."""
    files = [f"{TABLES}/{section.table}.{ending}" for ending in ("xlsx", "csv")]
    found = [f for f in files if section.table and (folder / f).is_file()]
    if not found:
        return Markup()
    named = [joined([" " if i else "", _link(f)]) for i, f in enumerate(found)]
    return tag("p", both(("All rows: ", "全部数据：")), *named, class_="foot")


def _link(file: str) -> Markup:
    return tag("a", Path(file).name, href=file)


def _last(folder: Path) -> Markup:
    """Return how to read the page, and where the rejected rows are."""
    rejects = folder / "rejects.xlsx"
    link = tag(
        "p", both(("Rejected rows: ", "退回行：")), _link(rejects.name), class_="foot"
    )
    return joined(
        [
            tag("h2", both(("How to read this page", "阅读说明"))),
            tag("ul", *(tag("li", both(words)) for words in GUIDE)),
            link if rejects.is_file() else "",
        ]
    )
