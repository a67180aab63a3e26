"""The part of the page on coverage rates, group by group."""

from dataclasses import replace
from typing import Any, NamedTuple

import polars as pl

from orgnet.convert.readable import head, of_columns, words_of
from orgnet.query import Result, Words
from orgnet.report.asked import asked_of
from orgnet.report.markup import Markup, bar, both, figure, joined, share, table, tag
from orgnet.report.notebook import ROWS, rows_table
from orgnet.report.section import Section, Tile, colours, foot
from orgnet.words import Denominator, Measure

MOST_GROUPS = 40  # rows of the table
ORGANIZATION, ANY = Measure.ORGANIZATION.value, Measure.ANY.value
NOWHERE: Words = ("not placed", "未归入任何一组")
COMPARED = (  # the columns of a comparison that are shown
    *("group", "name", "measure", "numerator_before", "denominator_before"),
    *("numerator", "denominator", "change"),
)
FEWEST = 10  # units from which a rate is called the lowest


class Rate(NamedTuple):
    """The units of a group: those with an organization, those covered at all, and all.

    `open` are those of which it cannot be told whether an organization covers them.
    """

    name: Words
    organization: int
    any: int
    units: int
    open: int


def rates_section(result: Result) -> Section:
    """Say how many units are covered, and in which group the fewest are.

    Parameters
    ----------
    result
        The answer to coverage.rates.
    """
    rates = _rates(result)
    covered, units = sum(r.organization for r in rates), sum(r.units for r in rates)
    en, zh = _denominator(result)
    tile = Tile(
        share(covered, units),
        ("of units have an organization", "党的组织覆盖率"),
        (f"{covered:,} of {units:,} {en}", f"{zh}{units:,}个，已覆盖{covered:,}个"),
    )
    return Section(
        title=("Coverage rates", "覆盖率"),
        reading=_sentence(rates, (en, zh)),
        body=joined([_table(rates), _key((en, zh)), asked_of(result)]),
        tile=tile,
        table="coverage.rates",
    )


def _rates(result: Result) -> list[Rate]:
    """Return one rate a group, the lowest first, and last what is in none."""
    groups: dict[Any, dict[str, dict[str, Any]]] = {}
    for row in result:
        groups.setdefault(row["group"], {})[row["measure"]] = row
    words = words_of(result, "group")
    rates = []
    for group, of_measure in groups.items():
        row, any_ = of_measure[ORGANIZATION], of_measure[ANY]
        name = NOWHERE if group is None else words.get(group, (group, row["name"]))
        counts = (row["numerator"], any_["numerator"], row["denominator"])
        rates.append(Rate(name, *counts, row["undetermined"]))
    return sorted(rates, key=_rank)


def _rank(rate: Rate) -> tuple[bool, float, Words]:
    quotient = rate.organization / rate.units if rate.units else 2
    return rate.name is NOWHERE, quotient, rate.name


def _denominator(result: Result) -> Words:
    name = result.parameters.get("denominator", Denominator.IN_OPERATION.value)
    return (f"units ({Denominator(name).en})", Denominator(name).zh)


def _sentence(rates: list[Rate], of: Words) -> Words:
    units, open_ = sum(r.units for r in rates), sum(r.open for r in rates)
    if not units:
        return ("There is no unit to take a rate of.", "没有可以计算覆盖率的单位。")
    covered = sum(r.organization for r in rates)
    rate = share(covered, units)
    en = f"{covered:,} of {units:,} {of[0]} are known to have an organization ({rate})"
    zh = f"{of[1]}共{units:,}个，已知有党的组织覆盖的{covered:,}个（{rate}）"
    if open_:
        en += f"; of {open_:,} it cannot be told"
        zh += f"，{open_:,}个无法判定"
    nowhere = sum(r.units for r in rates if r.name is NOWHERE)
    if nowhere:
        en += f"; {nowhere:,} stand in no area and are the last row below"
        zh += f"；其中{nowhere:,}个未落到任何区域，列在下表末行"
    large = [r for r in rates if r.units >= FEWEST and r.name is not NOWHERE]
    if len(large) > 1:
        lowest = large[0]
        rate = share(lowest.organization, lowest.units)
        en += f". The rate is lowest in {lowest.name[1]} ({rate})"
        zh += f"。覆盖率最低的是{lowest.name[1]}（{rate}）"
    return f"{en}.", f"{zh}。"


def _table(rates: list[Rate]) -> Markup:
    headings = [
        ("group", "分组"),
        ("units", "单位数"),
        ("organization", "组织覆盖"),
        ("organization or work", "组织或工作覆盖"),
        ("undetermined", "无法判定"),
        ("rate", "组织覆盖率"),
        ("", ""),
    ]
    rows = [
        [_name(r), r.units, r.organization, r.any, r.open, _rate(r), _picture(r)]
        for r in _shown(rates)
    ]
    left = len(rates) - len(rows)
    more = (
        f"{left:,} more groups, whose rates are no lower, are in the full table.",
        f"另有{left:,}组未列，覆盖率均不低于表中各组，见全部数据。",
    )
    return joined([table(headings, rows), foot(more) if left else ""])


def _shown(rates: list[Rate]) -> list[Rate]:
    """Return the lowest rates, and what is in no group."""
    placed = [r for r in rates if r.name is not NOWHERE]
    return placed[:MOST_GROUPS] + [r for r in rates if r.name is NOWHERE]


def _name(rate: Rate) -> Markup:
    en, zh = rate.name
    return tag("td", zh) if en.startswith("area:") else tag("td", both(rate.name))


def _rate(rate: Rate) -> Markup:
    return figure(share(rate.organization, rate.units))


def _picture(rate: Rate) -> Markup:
    more = max(0, rate.any - rate.organization)
    picture = bar(rate.units, (rate.organization, "good"), (more, "half"))
    return tag("td", picture, class_="wide")


def _key(of: Words) -> Markup:
    return colours(
        ("good", ("organization", "组织覆盖")),
        ("half", ("only work is known", "仅知有工作覆盖")),
        ("pale", (f"all {of[0]}", f"整条为全部{of[1]}")),
    )


def compare_section(result: Result) -> Section:
    """Say where coverage changed from one network to the other, and by how much.

    Parameters
    ----------
    result
        The answer to coverage.compare.
    """
    rows = result.frame
    moved = rows.filter(pl.col("change") != 0)
    groups = rows["group"].n_unique(), moved["group"].n_unique()
    lone = int(rows["change"].is_null().sum())
    totals = moved.group_by("measure").agg(pl.col("change").sum()).sort("measure")
    changes = [(Measure(m), f"{change:+,}") for m, change in totals.iter_rows()]
    en = f"{groups[1]:,} of {groups[0]:,} groups changed"
    zh = f"{groups[0]:,}个分组中{groups[1]:,}个有变化"
    if changes:
        en = f"{en}: {', '.join(f'{m.en} {change}' for m, change in changes)} units"
        zh = f"{zh}：{'、'.join(f'{m.zh}{change}个单位' for m, change in changes)}"
    if lone:
        en = f"{en}; {lone:,} rows are in one of the two networks only"
        zh = f"{zh}；{lone:,}行仅见于其中一个网络"
    order = moved.sort(pl.col("change").abs(), descending=True, maintain_order=True)
    first = head(replace(result, frame=order), ROWS)
    shown = rows_table(of_columns(first, COMPARED))
    body = joined([shown, asked_of(result)]) if len(first) else asked_of(result)
    return Section(result.question.title, (f"{en}.", f"{zh}。"), body)
