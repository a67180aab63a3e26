"""The parts of the page on what to do: allocations, and plans."""

from dataclasses import replace

import polars as pl

from orgnet.convert.readable import head, words_of
from orgnet.query import Result, Words
from orgnet.report.asked import asked_of
from orgnet.report.markup import joined
from orgnet.report.notebook import ROWS, rows_table
from orgnet.report.section import Section


def counts_of(result: Result, column: str) -> Words:
    """Say how often each code stands in a column, the most frequent first.

    Parameters
    ----------
    result
        The answer.
    column
        A column of codes; rows without one are not counted.
    """
    said = words_of(result, column)
    counted = result.frame[column].drop_nulls().value_counts().sort("count", column)
    rows = counted.reverse().iter_rows()
    told = [(*said.get(code, (code, code)), f"{count:,}") for code, count in rows]
    return (
        ", ".join(f"{en} {count}" for en, _, count in told),
        "、".join(f"{zh}{count}" for _, zh, count in told),
    )


def _body(result: Result) -> Section:
    shown = joined([rows_table(head(result, ROWS)), asked_of(result)])
    return Section(result.question.title, ("", ""), shown)


def match_section(result: Result) -> Section:
    """Say how many needs are served, and why others are not.

    Parameters
    ----------
    result
        The answer to integration.match.
    """
    rows = result.frame
    rests = rows.filter(pl.col("reason").is_not_null())
    needs, served = rows["need"].n_unique(), rows.height - rests.height
    whole = needs - rests["need"].n_unique()
    en = f"{whole:,} of {needs:,} needs can be met whole, by {served:,} allocations"
    zh = f"{needs:,}项需求中{whole:,}项可全部满足，共需对接{served:,}次"
    if rests.height:
        why = counts_of(result, "reason")
        en = f"{en}; {rests.height:,} are left with a rest: {why[0]}"
        zh = f"{zh}；{rests.height:,}项尚有缺口：{why[1]}"
    part = _body(result)
    return Section(part.title, (f"{en}.", f"{zh}。"), part.body)


def plan_section(result: Result) -> Section:
    """Say what the steps close, of what could be closed, and what is left.

    Parameters
    ----------
    result
        The answer to planning.close_gaps.
    """
    steps = result.frame.drop_nulls("step")
    weight, spent = (steps[name].sum() for name in ("weight", "cost"))
    bound = float(result.frame["bound"][0]) if len(result) else 0.0
    left = len(result) - steps.height
    en = (
        f"{steps.height:,} steps at a cost of {spent:,} close gaps of weight "
        f"{weight:,}, where no plan for the budget could close more than {bound:,.0f}"
    )
    zh = (
        f"{steps.height:,}项措施、成本{spent:,}，消除缺口权重{weight:,}；"
        f"同一预算下任何方案不超过{bound:,.0f}"
    )
    if left:
        why = counts_of(result, "reason")
        en = f"{en}; {left:,} wishes are left: {why[0]}"
        zh = f"{zh}；另有{left:,}项未列入：{why[1]}"
    part = _body(result)
    return Section(part.title, (f"{en}.", f"{zh}。"), part.body)


def seats_section(result: Result) -> Section:
    """Say what the seats bring into reach, and what is left.

    Parameters
    ----------
    result
        The answer to planning.seats.
    """
    steps = result.frame.drop_nulls("step")
    needs, weight = int(steps["needs"].list.len().sum()), int(steps["weight"].sum())
    bound = float(result.frame["bound"][0]) if len(result) else 0.0
    left, most = len(result) - steps.height, result.parameters.get("n", 0)
    en = (
        f"Seats: {steps.height:,}; they bring {needs:,} needs into reach, of weight "
        f"{weight:,}, where no plan of at most {most} could bring more than "
        f"{bound:,.0f}"
    )
    zh = (
        f"增设{steps.height:,}个席位使{needs:,}项需求可及，权重{weight:,}；"
        f"不超过{most}个席位的任何方案权重不超过{bound:,.0f}"
    )
    if left:
        why = counts_of(result, "reason")
        en = f"{en}; {left:,} needs are left: {why[0]}"
        zh = f"{zh}；另有{left:,}项仍不可及：{why[1]}"
    part = _body(replace(result, frame=steps))
    return Section(part.title, (f"{en}.", f"{zh}。"), part.body)
