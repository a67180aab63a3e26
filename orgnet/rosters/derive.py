"""What rows say without a column of its own: dates of a period, sums, usual kinds."""

from collections.abc import Callable
from typing import Final

import polars as pl

from orgnet.rosters import cells
from orgnet.rosters.declare import HostCase
from orgnet.rosters.work import column, values
from orgnet.schema.vocabulary import Form

SAME: Final = HostCase.SAME.words


def derived(layout: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of a layout with what follows from their cells and headings."""
    rule = RULES.get(layout)
    return rule(rows) if rule else rows


def _party(rows: pl.DataFrame) -> pl.DataFrame:
    case = column(rows, "host.case").cast(pl.String)
    name = cells.match_key(values(rows, "host.name"))
    same = name.is_in(cells.match_key(pl.Series(SAME)).implode()).fill_null(value=False)
    rows = rows.with_columns(
        pl.when(same)
        .then(pl.lit(HostCase.SAME.value))
        .otherwise(case)
        .alias("host.case"),
        pl.when(~same).then(column(rows, "host.name")).alias("host.name"),
    )
    form = cells.name_form(rows["party.name"])[1].cast(pl.String)
    joint = pl.col("host.case") == HostCase.JOINT.value
    told = pl.when(joint).then(pl.lit(Form.JOINT_BRANCH.value)).otherwise(form)
    told = pl.when("party.form_open").then(told)
    rows = rows.with_columns(
        pl.coalesce(column(rows, "party.form").cast(pl.String), told).alias(
            "party.form"
        )
    )
    return _with_members(_with_term(rows))


def _with_members(rows: pl.DataFrame) -> pl.DataFrame:
    """Members are full and probationary ones, where only these are given."""
    both = column(rows, "party.full_members", pl.Int64) + column(
        rows, "party.probationary", pl.Int64
    )
    said = column(rows, "party.members", pl.Int64)
    return rows.with_columns(pl.coalesce(said, both).alias("party.members"))


def _with_term(rows: pl.DataFrame) -> pl.DataFrame:
    """Count the years of a term, from the last election to the day it expires."""
    if not {"party.expires", "party.last_election"} <= set(rows.columns):
        return rows
    years = pl.col("party.expires").dt.year() - pl.col("party.last_election").dt.year()
    term = pl.when(years >= 0).then(years.cast(pl.Int64))
    said = column(rows, "party.term_years", pl.Int64)
    return rows.with_columns(pl.coalesce(said, term).alias("party.term_years"))


def _project(rows: pl.DataFrame) -> pl.DataFrame:
    last = column(rows, "project.period", pl.Date).dt.offset_by("-1d")
    begins, ends = "project.starts_on", "project.ends_on"
    rows = rows.with_columns(
        pl.coalesce(
            column(rows, begins, pl.Date), column(rows, "project.begins", pl.Date)
        ).alias(begins),
        pl.coalesce(column(rows, ends, pl.Date), last).alias(ends),
    )
    year = column(rows, "FUNDS.year", pl.Int64)
    money = column(rows, "FUNDS.amount_cny", pl.Int64)
    alone = ~column(rows, "funder.name").str.contains("[、,，;；]").fill_null(
        value=False
    )
    budget = pl.when(alone).then(column(rows, "project.budget_cny", pl.Int64))
    return rows.with_columns(
        pl.coalesce(year, pl.col(begins).dt.year().cast(pl.Int64)).alias("FUNDS.year"),
        pl.coalesce(money, budget).alias("FUNDS.amount_cny"),
        column(rows, "project.code").alias("MATCHED_TO.project_id"),
    )


def _resource(rows: pl.DataFrame) -> pl.DataFrame:
    begin, end = "resource.valid_from", "resource.valid_to"
    return rows.with_columns(
        pl.coalesce(
            column(rows, begin, pl.Date), column(rows, "resource.begins", pl.Date)
        ).alias(begin),
        pl.coalesce(
            column(rows, end, pl.Date), column(rows, "resource.period", pl.Date)
        ).alias(end),
    )


def _evaluation(rows: pl.DataFrame) -> pl.DataFrame:
    kind = column(rows, "EVALUATES.kind").cast(pl.String).fill_null("two_way")
    return rows.with_columns(kind.alias("EVALUATES.kind"))


RULES: Final[dict[str, Callable[[pl.DataFrame], pl.DataFrame]]] = {
    "party_organization": _party,
    "project": _project,
    "resource": _resource,
    "evaluation": _evaluation,
    "evaluation_by_direction": _evaluation,
}
