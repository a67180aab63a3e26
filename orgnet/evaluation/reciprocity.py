"""Whether those who are rated rate back, more than chance would have it."""

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from orgnet.evaluation.asked import Asked, answered
from orgnet.evaluation.counts import COUNT, TEXT, group_words, grouped, titled
from orgnet.evaluation.counts import prepared_counts as prepared
from orgnet.evaluation.mutual import NUMBER, QUOTIENTS, measured, quotient
from orgnet.evaluation.pairs import pair_state
from orgnet.query import Column, Row, Words, question
from orgnet.rules import RULES, Rules

if TYPE_CHECKING:
    from orgnet.network import Network

COLUMNS = (
    Column("round", TEXT, "考评周期", "the round"),
    Column("group", TEXT, "分组", "area, organization or code; null for none"),
    Column("name", TEXT, "名称", "name of the area or organization"),
    Column("pairs", COUNT, "应互评对数", "pairs of which both answers were due"),
    Column("both", COUNT, "双向已评对数", "of these: both answered"),
    Column("one_way", COUNT, "单向对数", "of these: one answered"),
    Column("neither", COUNT, "均未评对数", "of these: nobody answered"),
    Column("pending", COUNT, "待提交对数", "not due yet, and not counted"),
    Column("exempt", COUNT, "免评对数", "excused, and not counted"),
    Column("arcs", COUNT, "已交份数", "answers that came back of the pairs due"),
    *QUOTIENTS,
    Column("expected_both", NUMBER, "随机期望", "mutual pairs that chance would bring"),
    Column("sd_both", NUMBER, "随机标准差", "their standard deviation"),
    Column("z", NUMBER, "z值", "null where chance has no choice"),
)
GROUP = ("round", "group")
STATES = ("both", "neither", "pending", "exempt")
ONE_WAY = ("down_only", "up_only")
DUE = ("both", *ONE_WAY, "neither")


def _explained(net: "Network", row: Row) -> Words:
    """Say how many pairs are mutual, and how many chance would bring."""
    where = group_words(net, row)
    en = (
        f"{where[0]}, round {row['round']}: of {row['pairs']} pairs that were due "
        f"{row['both']} rated each other, {row['one_way']} one way and "
        f"{row['neither']} not at all; chance would bring {row['expected_both']:.1f} "
        f"mutual pairs, give or take {row['sd_both']:.1f}"
    )
    zh = (
        f"{where[1]}，{row['round']}考评周期：应互评{row['pairs']}对，"
        f"双向已评{row['both']}对，单向{row['one_way']}对，均未评{row['neither']}对；"
        f"随机情形下双向约{row['expected_both']:.1f}对，标准差{row['sd_both']:.1f}"
    )
    if row["z"] is None:
        return f"{en}; there is nothing to compare.", f"{zh}；无从比较。"
    return f"{en} (z {row['z']:+.1f}).", f"{zh}（z值{row['z']:+.1f}）。"


def _counts() -> dict[str, pl.Expr]:
    """Return what is counted of the pairs of a committee, by name of the column."""
    state = pl.col("state")
    conditions = {name: state == name for name in STATES}
    conditions |= {
        "pairs": state.is_in(DUE),
        "one_way": state.is_in(ONE_WAY),
        "down": state.is_in(("both", "down_only")),
        "up": state.is_in(("both", "up_only")),
    }
    return {name: c.sum().cast(COUNT).alias(name) for name, c in conditions.items()}


def chance() -> tuple[pl.Expr, pl.Expr]:
    """Return mean and variance of the mutual pairs of a committee under chance.

    Of its `pairs` it rated `down` and was rated by `up`; which, is drawn without regard
    to each other, so the overlap is hypergeometric.
    """
    n, down, up = (pl.col(c).cast(NUMBER) for c in ("pairs", "down", "up"))
    mean = quotient(down * up, n).fill_null(0.0)
    spread = down * up * (n - down) * (n - up)
    variance = quotient(spread, n * n * (n - 1)).fill_null(0.0)
    return mean.alias("expected_both"), variance.alias("variance")


@question(
    title=("Do those who are rated rate back?", "被评的一方是否回评？"),
    columns=COLUMNS,
    order=GROUP,
    explain=_explained,
    prepare=prepared,
)
def reciprocity(
    net: "Network",
    *,
    by: str = "street",
    round: str | None = None,  # noqa: A002  the term
    within: str | None = None,
    day: date | str | None = None,
    kind: str = "two_way",
    rules: Rules = RULES,
) -> pl.DataFrame:
    """Count the pairs that rated each other, and hold them against chance.

    Only pairs of which both answers were due are dyads here: a pair that nobody
    expected is not a missing one. Three rates are in use, and each is named: of the
    answers, of the pairs with an answer, and of all pairs.

    Parameters
    ----------
    by
        As in :func:`orgnet.evaluation.return_rates`.
    round, within, day, kind, rules
        As in :func:`orgnet.evaluation.pairs`.

    Returns
    -------
    Result
        One row a round and group, by both. `expected_both` and `sd_both` are of the
        mutual pairs if every committee gave and got as many answers as it did within
        the group, to and from units without regard to each other; `z` is how many
        standard deviations more there are, null if that leaves no choice.

    Raises
    ------
    UnknownNameError
        If there is no such grouping, round or kind.
    UnknownAreaError
        If `within` names no area, or several.

    See Also
    --------
    dyads : the same measures of other relationships.
    reciprocity_test : how likely so many are, also with each unit's answers kept.
    queries/evaluation/reciprocity.cypher : the same rows from Neo4j.

    References
    ----------
    Garlaschelli and Loffredo (2004) for the correlation; docs/decisions.md, D42.

    Examples
    --------
    >>> import orgnet
    >>> rows = reciprocity(orgnet.chengdu(scale=0.02), by="city", round="2019").frame
    >>> (rows["both"] + rows["one_way"] + rows["neither"] == rows["pairs"]).all()
    True
    """
    pairs = answered(Asked(net, rules, kind), round=round, within=within, day=day)
    rows = grouped(net, pairs.with_columns(pair_state()), by)
    committees = rows.group_by(*GROUP, "area").agg(**_counts()).with_columns(*chance())
    sums = (*STATES, "pairs", "one_way", "expected_both", "variance")
    found = committees.sort("area").group_by(GROUP).agg(pl.col(sums).sum())
    apart = pl.col("both") - pl.col("expected_both")
    sd = pl.col("variance").sqrt()
    return titled(net, found, by).with_columns(
        (2 * pl.col("both") + pl.col("one_way")).alias("arcs"),
        *measured("both", "one_way", pl.col("pairs")),
        sd.alias("sd_both"),
        quotient(apart, sd).alias("z"),
    )
