"""How many scores stand at the ceiling: inflation, by who rates."""

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from orgnet.evaluation.asked import Asked, answered, directed
from orgnet.evaluation.counts import (
    ORDER,
    Direction,
    Due,
    columns,
    counted,
    group_words,
    prepared_counts,
)
from orgnet.query import Row, Words, question
from orgnet.rules import RULES, Rules

if TYPE_CHECKING:
    from orgnet.network import Network

COLUMNS = columns(
    "scores at the ceiling", "顶格分数", "returned without score or scale", "无分可比"
)


def _explained(net: "Network", row: Row) -> Words:
    """Say how many scores of a group stand at the ceiling."""
    where, way = group_words(net, row), Direction(row["direction"])
    line = row.get("rules", RULES).ceiling_percent
    en = (
        f"{where[0]}, round {row['round']}, {way.en}: {row['numerator']} of "
        f"{row['denominator']} scores stand at {line} per cent of their scale or more; "
        f"{row['undetermined']} answers have no score or no scale."
    )
    zh = (
        f"{where[1]}，{row['round']}考评周期，{way.zh}：有分数的{row['denominator']}份，"
        f"其中达到满分{line}%的{row['numerator']}份；"
        f"另有{row['undetermined']}份没有得分或满分。"
    )
    return en, zh


def _hundredths(column: str) -> pl.Expr:
    return (pl.col(column) * 100).round(0).cast(pl.Int64)


@question(
    title=("How many scores stand at the ceiling?", "多少分数接近满分？"),
    columns=COLUMNS,
    order=ORDER,
    explain=_explained,
    prepare=prepared_counts,
)
def ceiling(
    net: "Network",
    *,
    by: str = "street",
    round: str | None = None,  # noqa: A002  the term
    within: str | None = None,
    day: date | str | None = None,
    kind: str = "two_way",
    rules: Rules = RULES,
) -> pl.DataFrame:
    """Count the scores at or near the top of their scale, by group and direction.

    Where nearly all stand there, scores tell nobody from another. A grade is never
    turned into a score.

    Parameters
    ----------
    by
        As in :func:`orgnet.evaluation.return_rates`; "organization" shows which
        committees give, and are given, top scores only.
    round, within, day, kind
        As in :func:`orgnet.evaluation.pairs`.
    rules
        `ceiling_percent` draws the line; else as in pairs.

    Returns
    -------
    Result
        One row a round, group and direction, by these. Returned answers without a score
        or a scale above zero are counted as undetermined.

    Raises
    ------
    UnknownNameError
        If there is no such grouping, round or kind.
    UnknownAreaError
        If `within` names no area, or several.

    See Also
    --------
    queries/evaluation/ceiling.cypher : the same rows from Neo4j.

    References
    ----------
    docs/decisions.md, D40: compared in hundredths, so that both engines draw one line.

    Examples
    --------
    >>> import orgnet
    >>> rows = ceiling(orgnet.chengdu(scale=0.02), by="city", round="2019").frame
    >>> (rows["numerator"] <= rows["denominator"]).all()
    True
    """
    asked = Asked(net, rules, kind)
    answers = directed(answered(asked, round=round, within=within, day=day))
    came = pl.col("state") == "returned"
    scored = pl.col("score").is_not_null() & (pl.col("scale") > 0).fill_null(
        value=False
    )
    line = rules.ceiling_percent * _hundredths("scale")
    counts = {
        "numerator": came & scored & (_hundredths("score") * 100 >= line),
        "denominator": came & scored,
        "undetermined": came & ~scored,
    }
    return counted(net, answers, by, counts).with_columns(
        pl.lit(Due.SCORED.value).alias("denominator_name")
    )
