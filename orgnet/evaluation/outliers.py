"""Whom superiors and peers see differently."""

from typing import TYPE_CHECKING, Any

import polars as pl

from orgnet.errors import OrgnetError
from orgnet.evaluation.asked import status
from orgnet.evaluation.dyads import stands_for
from orgnet.evaluation.mutual import quotient
from orgnet.query import Column, Row, Source, Words, question
from orgnet.rules import RULES, Rules
from orgnet.words import named

if TYPE_CHECKING:
    from orgnet.network import Network

TEXT, COUNT, NUMBER = pl.String(), pl.Int64(), pl.Float64()
KINDS = ("hierarchical", "two_way")
NORMAL = (
    0.6745  # the upper quartile of the normal distribution: MAD by standard deviation
)
CUTOFF = 3.5
DECIMALS = 9  # so that engines see the same differences as equal
COLUMNS = (
    Column("round", TEXT, "考评周期", "the round"),
    Column("id", TEXT, "被评方", "who was rated", holds_ids=True),
    Column("name", TEXT, "名称", "its name"),
    Column("hierarchical", COUNT, "上级考核份数", "scores that superiors gave"),
    Column("two_way", COUNT, "双向考评份数", "scores that peers gave"),
    Column("hierarchical_share", NUMBER, "上级得分率", "mean of score by scale"),
    Column("two_way_share", NUMBER, "互评得分率", "mean of score by scale"),
    Column("difference", NUMBER, "得分率之差", "superiors' less peers'"),
    Column("score", NUMBER, "稳健z值", "modified z-score of the difference"),
    Column("outlier", pl.Boolean(), "是否离群", "whether it lies beyond the cutoff"),
    Column("size", NUMBER, "差值大小", "of the difference, without its sign"),
)


def _explained(net: "Network", row: Row) -> Words:
    """Say who thinks better of whom, and whether that is unusual."""
    who, up, peers = named(net, row["id"]), "hierarchical_share", "two_way_share"
    en = (
        f"{who}, round {row['round']}: {row[up]:.1%} from superiors "
        f"({row['hierarchical']}) and {row[peers]:.1%} from peers ({row['two_way']}), "
        f"{row['difference']:+.1%} apart"
    )
    zh = (
        f"{who}，{row['round']}考评周期：上级考核得分率{row[up]:.1%}"
        f"（{row['hierarchical']}份），互评得分率{row[peers]:.1%}"
        f"（{row['two_way']}份），相差{row['difference']:+.1%}"
    )
    if row["outlier"] is None:
        return f"{en}; differences do not vary.", f"{zh}；差值无变化，无从比较。"
    told = ("an outlier", "离群") if row["outlier"] else ("no outlier", "未离群")
    return f"{en}: {told[0]}.", f"{zh}：{told[1]}。"


def _prepared(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Say the area by its id; refuse a cutoff that nothing or everything passes."""
    if not given["cutoff"] > 0:
        msg = f"cutoff is {given['cutoff']}: give a number above 0, such as {CUTOFF}"
        raise OrgnetError(msg, [given["cutoff"]])
    within = given["within"]
    area = None if within is None else source.area_id(within)  # whenever it was valid
    return {**given, "cutoff": float(given["cutoff"]), "within": area}


@question(
    title=(
        "Whom do superiors and peers see differently?",
        "上级考核与互评谁相差大？",
    ),
    columns=COLUMNS,
    order=("round", "-size", "id"),
    explain=_explained,
    prepare=_prepared,
)
def outliers(
    net: "Network",
    *,
    round: str | None = None,  # noqa: A002  the term
    within: str | None = None,
    cutoff: float = CUTOFF,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """Compare what superiors and what peers thought of the same party.

    Only returned scores with a scale count; a grade is never turned into one. What is
    usual in a round is the median difference of all parties, so that superiors who are
    stricter throughout make nobody an outlier.

    Parameters
    ----------
    round
        The round; every round in which both kinds occur if not given.
    within
        Id or code of the area in which the parties stand; all if none.
    cutoff
        From which modified z-score on a difference is an outlier.
    rules
        Organizations of `area_settings` stand for themselves, others for their host.

    Returns
    -------
    Result
        One row a round and party that both kinds rated, the largest difference first.
        Score and outlier are null where half of the differences or more are equal.

    Raises
    ------
    UnknownAreaError
        If `within` names no area, or several.

    See Also
    --------
    asymmetry : what two that rated each other thought of each other.
    queries/evaluation/outliers.cypher : the same rows from Neo4j.

    References
    ----------
    Iglewicz and Hoaglin (1993), How to detect and handle outliers, for the modified
    z-score and the cutoff of 3.5; docs/decisions.md, D42.

    Examples
    --------
    >>> import orgnet
    >>> rows = outliers(orgnet.chengdu(scale=0.02), round="2019").frame
    >>> rows["outlier"].null_count()
    0
    """
    found = _apart(net, rules, round).with_columns(
        _modified_score(pl.col("difference")).over("round").alias("score")
    )
    nodes = net.nodes()[found["party"].to_list()]
    found = found.with_columns(
        nodes["id"],
        nodes["name"],
        pl.col("difference").abs().alias("size"),
        (pl.col("score").abs() > cutoff).alias("outlier"),
    )
    if within is None:
        return found
    index = net.index()
    inside = index.in_area(index.area(within))
    return found.filter(pl.Series(inside[found["party"].to_numpy()]))


def _apart(net: "Network", rules: Rules, named_round: str | None) -> pl.DataFrame:
    """Return the mean shares of both kinds of each round and party that has both."""
    share = pl.col("score") / pl.col("scale_max")
    party = pl.Series(stands_for(net.index(), rules))
    said = net.tie_tables["EVALUATES"].filter(
        status() == "returned", pl.col("scale_max") > 0, share.is_not_null()
    )
    if named_round is not None:
        said = said.filter(pl.col("round") == named_round)
    said = said.with_columns(party.gather(said["head"]).alias("party"), share=share)
    means = [
        said.filter(pl.col("kind") == kind)
        .group_by("round", "party")
        .agg(
            pl.len().cast(COUNT).alias(kind),
            pl.col("share").mean().alias(f"{kind}_share"),
        )
        for kind in KINDS
    ]
    both = means[0].join(means[1], on=["round", "party"])
    up, peers = (pl.col(f"{kind}_share") for kind in KINDS)
    return both.with_columns((up - peers).round(DECIMALS).alias("difference"))


def _modified_score(values: pl.Expr) -> pl.Expr:
    """Return how far values lie from their median, by their median distance from it."""
    apart = values - values.median()
    return quotient(NORMAL * apart, apart.abs().median())
