"""The parts of the page on who answered: return rates, and who has been silent."""

import polars as pl

from orgnet.convert.readable import head
from orgnet.evaluation.counts import Direction
from orgnet.query import Result, Words
from orgnet.report.asked import asked_of
from orgnet.report.markup import Markup, bar, both, figure, joined, share, table, tag
from orgnet.report.notebook import ROWS, rows_table
from orgnet.report.section import Section, Tile, colours, foot

MOST = 30  # groups shown, those that returned least first
CAME: Words = ("returned", "已交")
VOID: Words = ("void", "无效")
MISSING: Words = ("missing", "未交")
FEW: Words = (
    "groups in which more came back are left out.",
    "个回收率较高的分组未列。",
)


def returns_section(result: Result) -> Section:
    """Say how many answers came back, and where fewest did.

    Parameters
    ----------
    result
        The answer to evaluation.return_rates.
    """
    totals = {way: _total(result, way) for way in Direction}
    came, due, _ = map(sum, zip(*totals.values(), strict=True))
    return Section(
        title=("Return rates", "考评收回率"),
        reading=_sentence(totals),
        body=joined([_table(result), asked_of(result)]),
        tile=Tile(
            share(came, due),
            ("of answers due came back", "应交考评收回率"),
            (f"{came:,} of {due:,} answers due", f"应交{due:,}份，已交{came:,}份"),
        ),
        table="evaluation.return_rates",
    )


def _total(result: Result, way: Direction) -> tuple[int, int, int]:
    rows = result.frame.filter(pl.col("direction") == way.value)
    names = ("numerator", "denominator", "void")
    came, due, void = (int(rows[n].sum()) for n in names)
    return came, due, void


def _sentence(totals: dict[Direction, tuple[int, int, int]]) -> Words:
    if not any(due for _, due, _ in totals.values()):
        return ("No answer was due.", "没有应交的考评。")
    down, up = (totals[way] for way in (Direction.DOWN, Direction.UP))
    rates = share(*down[:2]), share(*up[:2])
    en = (
        f"Of {down[1]:,} ratings that organizations owed units {down[0]:,} came back "
        f"({rates[0]}), of {up[1]:,} that units owed them {up[0]:,} ({rates[1]}); "
        f"{down[2] + up[2]:,} of those due came back void."
    )
    zh = (
        f"党组织应评单位{down[1]:,}份，已交{down[0]:,}份（{rates[0]}）；"
        f"单位应评党组织{up[1]:,}份，已交{up[0]:,}份（{rates[1]}）；"
        f"另有{down[2] + up[2]:,}份交来而无效。"
    )
    return en, zh


def _table(result: Result) -> Markup:
    """Return the groups in which the smallest share came back."""
    due = result.frame.filter(pl.col("denominator") > 0)
    rate = pl.col("numerator") / pl.col("denominator")
    worst = due.sort(rate, *result.question.order, nulls_last=True)
    rows = []
    for row in worst.head(MOST).iter_rows(named=True):
        came, whole, void = (row[n] for n in ("numerator", "denominator", "void"))
        way, group = Direction(row["direction"]), row["name"] or row["group"]
        parts = [(came, "good"), (void, "half"), (whole - came - void, "gap")]
        picture = tag("td", bar(whole, *parts), class_="wide")
        direction = tag("td", both((way.en, way.zh)))
        rate_cell = figure(share(came, whole))
        found = (whole, came, void, rate_cell, picture)
        rows.append([row["round"], group, direction, *found])
    if not rows:
        return Markup()
    headings: list[Words] = [
        ("round", "考评周期"),
        ("group", "分组"),
        ("direction", "方向"),
        ("due", "应交"),
        CAME,
        VOID,
        ("returned, of those due", "收回率"),
        ("", ""),
    ]
    left = worst.height - len(rows)
    more = [foot((f"{left:,} {FEW[0]}", f"另有{left:,}{FEW[1]}"))] if left else []
    key = colours(("good", CAME), ("half", VOID), ("gap", MISSING))
    return joined([table(headings, rows), key, *more])


def silence_section(result: Result) -> Section:
    """Say who owes answers, and for how long.

    Parameters
    ----------
    result
        The answer to evaluation.silence.
    """
    rows = result.frame
    return Section(
        title=("Who has not answered", "谁没有交考评"),
        reading=_silent(rows),
        body=joined([rows_table(head(result, ROWS)), asked_of(result)]),
        table="evaluation.silence",
    )


def _silent(rows: pl.DataFrame) -> Words:
    if not rows.height:
        return ("Nobody owes an answer.", "没有欠交考评的。")
    longest = int(rows["run"].to_list()[0])
    never = rows["last_returned"].null_count()
    units = rows.filter(pl.col("direction") == Direction.UP.value)["unit"].n_unique()
    down = rows.filter(pl.col("direction") == Direction.DOWN.value)
    committees = down["area_organization"].n_unique()
    en = (
        f"{rows.height:,} ratings are owed: by {units:,} units, and by {committees:,} "
        f"organizations of streets and communities. The longest silence is {longest} "
        f"rounds; {never:,} have never come back."
    )
    zh = (
        f"欠交考评{rows.height:,}份，涉及{units:,}个单位、{committees:,}个街道社区党组织。"
        f"最长连续{longest}轮未交；其中{never:,}份从未交过。"
    )
    return en, zh
