"""How many answers came back, of how many that were due."""

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from orgnet.evaluation.asked import Asked, answered, directed
from orgnet.evaluation.counts import (
    COUNT,
    ORDER,
    Direction,
    Due,
    columns,
    counted,
    group_words,
    prepared_counts,
)
from orgnet.query import Column, Row, Words, question
from orgnet.rules import RULES, Rules

if TYPE_CHECKING:
    from orgnet.network import Network

COLUMNS = (
    *columns("answers that came back", "已交", "answers not due yet", "待提交"),
    Column("void", COUNT, "无效", "of those due: came back and cannot be used"),
    Column("exempt", COUNT, "免评", "excused, and in neither number"),
)
STATES = {
    "numerator": ("returned",),
    "denominator": ("returned", "void", "missing"),
    "undetermined": ("pending",),
    "void": ("void",),
    "exempt": ("exempt",),
}


def _explained(net: "Network", row: Row) -> Words:
    """Say how many answers of a group came back."""
    where, way = group_words(net, row), Direction(row["direction"])
    en = (
        f"{where[0]}, round {row['round']}, {way.en}: {row['numerator']} of "
        f"{row['denominator']} answers due came back, {row['void']} were void; "
        f"{row['undetermined']} are pending and {row['exempt']} exempt."
    )
    zh = (
        f"{where[1]}，{row['round']}考评周期，{way.zh}：应交{row['denominator']}份，"
        f"已交{row['numerator']}份，其中无效的另有{row['void']}份；"
        f"待提交{row['undetermined']}份，免评{row['exempt']}份。"
    )
    return en, zh


@question(
    title=("How many answers came back, and where?", "各处应交多少，收回多少？"),
    columns=COLUMNS,
    order=ORDER,
    explain=_explained,
    prepare=prepared_counts,
)
def return_rates(
    net: "Network",
    *,
    by: str = "street",
    round: str | None = None,  # noqa: A002  the term
    within: str | None = None,
    day: date | str | None = None,
    kind: str = "two_way",
    rules: Rules = RULES,
) -> pl.DataFrame:
    """Count the answers that came back, of those that were due, by group and direction.

    An answer is due if the pair was expected and the direction is neither excused nor
    still open; one that came back and cannot be used is due and did not come back.

    Parameters
    ----------
    by
        An area level in which the units stand, "kind" of the unit, or "organization",
        the area's side.
    round, within, day, kind, rules
        As in :func:`orgnet.evaluation.pairs`.

    Returns
    -------
    Result
        One row a round, group and direction, by these; groups in which nobody was
        expected are left out. Units without a group have the group null.

    Raises
    ------
    UnknownNameError
        If there is no such grouping, round or kind.
    UnknownAreaError
        If `within` names no area, or several.

    See Also
    --------
    pairs : the pairs that are counted.
    silence : who has not answered for how long.
    queries/evaluation/return_rates.cypher : the same rows from Neo4j.

    References
    ----------
    Which states are due: docs/decisions.md, D40.

    Examples
    --------
    >>> import orgnet
    >>> rates = return_rates(orgnet.chengdu(scale=0.02), by="city", round="2019")
    >>> rates.frame.select("direction", "denominator_name").rows()
    [('down', 'due'), ('up', 'due')]
    """
    asked = Asked(net, rules, kind)
    answers = directed(answered(asked, round=round, within=within, day=day))
    counts = {name: pl.col("state").is_in(s) for name, s in STATES.items()}
    return counted(net, answers, by, counts).with_columns(
        pl.lit(Due.DUE.value).alias("denominator_name")
    )
