"""The parts of the page on what was read: rows in and out, and the faults."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from orgnet.faults import Effect, Faults
from orgnet.query import Words
from orgnet.report.markup import Markup, bar, both, joined, table, tag
from orgnet.report.section import Section, Tile, colours, foot

MOST_SHEETS = 12  # rows of the table of sheets
MOST_CODES = 40  # rows of the table of faults
COUNTS: dict[str, tuple[str, Words]] = {
    "accepted": ("good", ("accepted", "读入")),
    "rejected": ("gap", ("rejected", "退回")),
    "titles": ("half", ("titles and headings", "标题与表头")),
    "notes": ("rest", ("subtotals and notes", "小计与备注")),
}
NOT_SAID: Words = ("not said", "未注明")


def reading_section(report: pl.DataFrame) -> Section:
    """Say how many rows were read, and what became of them.

    Parameters
    ----------
    report
        One row a sheet: `file`, `sheet`, `rows_in` and the counts that it is made of.
    """
    total = {n: int(report[n].sum()) for n in ("rows_in", *COUNTS)}
    rows = total["rows_in"]
    parts = [tag("div", _bar(total), class_="tall"), _key(), _sheets(report)]
    accepted, rejected = total["accepted"], total["rejected"]
    return Section(
        title=("What was read", "读入情况"),
        reading=_sentence(report, total),
        body=joined(parts),
        tile=Tile(
            f"{rows:,}",
            ("rows read", "行台账"),
            (
                f"{accepted:,} accepted, {rejected:,} rejected",
                f"读入{accepted:,}行，退回{rejected:,}行",
            ),
        ),
    )


def _bar(counts: Mapping[str, Any]) -> Markup:
    parts = [(counts[name], kind) for name, (kind, _) in COUNTS.items()]
    return bar(counts["rows_in"], *parts)


def _key() -> Markup:
    return colours(*COUNTS.values())


def _sentence(report: pl.DataFrame, total: dict[str, int]) -> Words:
    files, sheets, rows = report["file"].n_unique(), report.height, total["rows_in"]
    parts = [f"{total[n]:,}" for n in COUNTS]
    balanced = rows == sum(total[n] for n in COUNTS)
    en = (
        f"{rows:,} rows of {sheets} sheets in {files} readable files: "
        f"{parts[0]} accepted, {parts[1]} rejected, "
        f"{parts[2]} titles, {parts[3]} subtotals and notes"
    )
    zh = (
        f"{files}个可读文件、{sheets}张表共{rows:,}行：读入{parts[0]}行，退回{parts[1]}行，"
        f"标题与表头{parts[2]}行，小计与备注{parts[3]}行"
    )
    if balanced:
        return f"{en}; the count balances.", f"{zh}，逐行相符。"
    return f"{en}; THE COUNT DOES NOT BALANCE.", f"{zh}，行数不符，请核对。"


def _sheets(report: pl.DataFrame) -> Markup:
    """Return the sheets, those with the most rejected rows first."""
    ordered = report.sort(
        ["rejected", "file", "sheet"], descending=[True, False, False]
    )
    headings = [("file and sheet", "文件与表"), ("rows", "行数")]
    headings += [words for _, words in COUNTS.values()]
    rows = [
        [_place(row["file"], row["sheet"]), row["rows_in"], *(row[n] for n in COUNTS)]
        for row in ordered.head(MOST_SHEETS).iter_rows(named=True)
    ]
    left = ordered.height - MOST_SHEETS
    more = (
        f"{left} more sheets, none with more rejected rows than the last one here",
        f"另有{left}张表未列，退回行数均不多于上表末行",
    )
    return joined([table(headings, rows), foot(more) if left > 0 else ""])


def _place(file: str | None, sheet: str | None) -> Markup:
    if not file:
        return tag("td", sheet) if sheet else tag("td", both(NOT_SAID))
    return tag("td", file, " ", tag("span", sheet or "", class_="quiet"))


def faults_section(faults: Faults) -> Section:
    """Say what was wrong, code by code, each with its first example.

    Parameters
    ----------
    faults
        What was found wrong.
    """
    counts = _counts(faults)
    of = {e: sum(n for _, effect, n in counts if effect is e) for e in Effect}
    parts = [_codes(faults, counts)] if counts else []
    codes = len({code for code, _, _ in counts})
    left = len(counts) - MOST_CODES
    more = (f"{left} more codes are left out", f"另有{left}类问题未列")
    if left > 0:
        parts.append(foot(more))
    rejected = of[Effect.ROW_REJECTED] + of[Effect.FILE_REFUSED]
    return Section(
        title=("Faults in what was read", "台账问题"),
        reading=_fault_sentence(len(faults), codes, of),
        body=joined(parts),
        tile=Tile(
            f"{len(faults):,}",
            ("faults found", "条台账问题"),
            (
                f"of {codes} codes; {rejected:,} cost a row or file",
                f"共{codes}类，其中{rejected:,}条致整行或整个文件未读入",
            ),
        ),
    )


def _counts(faults: Faults) -> list[tuple[str, Effect, int]]:
    """Return how many faults there are of each code, the gravest effect first."""
    found = [(c, Effect(e), n) for c, e, n in faults.counts().iter_rows()]
    order = list(Effect)
    return sorted(found, key=lambda f: (order.index(f[1]), -f[2], f[0]))


def _fault_sentence(total: int, codes: int, of: dict[Effect, int]) -> Words:
    if not total:
        return ("Nothing was found wrong.", "没有发现问题。")
    named = [(e, n) for e, n in of.items() if n]
    en = ", ".join(f"{e.en} {n:,}" for e, n in named)
    zh = "；".join(f"{e.zh} {n:,}条" for e, n in named)
    return (
        f"{total:,} faults of {codes} codes were found: {en}.",
        f"共发现{total:,}条问题，分{codes}类。{zh}。",
    )


def _codes(faults: Faults, counts: list[tuple[str, Effect, int]]) -> Markup:
    headings = [
        ("code and effect", "问题与后果"),
        ("faults", "条数"),
        ("first example", "首例"),
        ("what to do", "处理办法"),
    ]
    firsts = faults.frame.unique(["code", "effect"], keep="first", maintain_order=True)
    examples = {(r["code"], r["effect"]): r for r in firsts.iter_rows(named=True)}
    rows = [
        [
            tag("td", tag("code", code), tag("div", both((effect.en, effect.zh)))),
            number,
            _example(examples[code, effect.value]),
            tag("td", both((row["todo"], row["todo_zh"]))),
        ]
        for code, effect, number in counts[:MOST_CODES]
        for row in [examples[code, effect.value]]
    ]
    return table(headings, rows)


def _example(row: dict[str, Any]) -> Markup:
    """Return one fault: where it stands, and what is wrong."""
    line = "" if row["row"] is None else f"第{row['row']}行"
    places = [row["file"], row["sheet"], line, row["column"]]
    place = " · ".join(str(p) for p in places if p)
    words = both((row["message"], row["message_zh"]))
    where = tag("small", place) if place else ""
    return tag("td", words, tag("div", where, class_="sub"))
