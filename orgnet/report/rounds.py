"""The part of the page on the rounds of an evaluation: which there are, what came."""

from typing import Any

from orgnet.query import Result, Words
from orgnet.report.asked import asked_of
from orgnet.report.markup import Markup, figure, joined, share, table
from orgnet.report.section import Section

Row = dict[str, Any]
HEADINGS: list[Words] = [
    ("round", "周期"),
    ("opens on", "开始"),
    ("closes on", "截止"),
    ("returned", "已提交"),
    ("filed in any state", "已登记"),
    ("returned, of those filed", "提交率"),
]
NAMED = 12  # rounds outside the calendar that are named


def rounds_section(result: Result) -> Section:
    """Say which rounds there are, and which of them no calendar knows.

    Parameters
    ----------
    result
        The answer to evaluation.rounds.
    """
    rows = list(result)
    known = [row for row in rows if row["listed"]]
    others = [row for row in rows if not row["listed"]]
    if not known:
        known, others = others, []  # no calendar was given, so nothing is outside it
    return Section(
        title=("Rounds of two-way evaluation", "考评周期"),
        reading=_sentence(known, others),
        body=joined([_table(known), asked_of(result)]),
        table="evaluation.rounds",
    )


def _sentence(known: list[Row], others: list[Row]) -> Words:
    """Say how much came back, and what is likely a slip of the pen."""
    if not known:
        return "No evaluation was filed.", "没有任何考评记录。"
    came, filed = _total(known, "returned"), _total(known, "said")
    en = (
        f"{len(known)} rounds, {came:,} of {filed:,} evaluations filed were returned "
        f"({share(came, filed)})."
    )
    zh = (
        f"考评周期{len(known)}个，登记考评{filed:,}条，"
        f"已提交{came:,}条（{share(came, filed)}）。"
    )
    if not others:
        return en, zh
    names = [str(row["round"]) for row in others[:NAMED]]
    more = "" if len(others) <= NAMED else ", …"
    said = _total(others, "said")
    en = (
        f"{en} {said:,} more stand under {len(others)} rounds that are in no calendar, "
        f"mistyped years perhaps: {', '.join(names)}{more}."
    )
    zh = (
        f"{zh}另有{said:,}条登记在日程以外的{len(others)}个周期下，可能是年度填错："
        f"{'、'.join(names)}{more}。"
    )
    return en, zh


def _total(rows: list[Row], name: str) -> int:
    return sum(row[name] for row in rows)


def _table(rows: list[Row]) -> Markup:
    shown = [
        [
            row["round"],
            row["opens_on"],
            row["closes_on"],
            row["returned"],
            row["said"],
            figure(share(row["returned"], row["said"])),
        ]
        for row in rows
    ]
    return table(HEADINGS, shown) if shown else Markup()
