"""Who was rated best, with the kindness of the raters taken out."""

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from orgnet.evaluation.fit import COMPONENT, COUNT, NUMBER, TEXT, fitted, scored
from orgnet.evaluation.leniency import prepared_direction, standing_in
from orgnet.query import Column, Row, Words, question
from orgnet.rules import RULES, Rules
from orgnet.words import named

if TYPE_CHECKING:
    from orgnet.network import Network

WIDE = 1.959964  # standard errors on either side of a 95 per cent interval
COLUMNS = (
    Column("round", TEXT, "考评周期", "the round"),
    Column("rated", TEXT, "被评方", "who was rated", holds_ids=True),
    Column("name", TEXT, "名称", "its name"),
    Column("ratings", COUNT, "得分份数", "scores that it was given"),
    Column("mean_share", NUMBER, "平均得分率", "mean of score by scale"),
    COMPONENT,
    Column("adjusted", NUMBER, "调整后得分率", "what a rater of mean kindness gives"),
    Column("se", NUMBER, "标准误", "standard error of that"),
    Column("low", NUMBER, "区间下限", "of the 95 per cent interval"),
    Column("high", NUMBER, "区间上限", "of the 95 per cent interval"),
    Column("rank", COUNT, "名次", "from 1 within the component; equals share it"),
    Column("best", COUNT, "最前名次", "as far as can be told"),
    Column("worst", COUNT, "最后名次", "as far as can be told"),
)


def _explained(net: "Network", row: Row) -> Words:
    """Say how somebody was rated, and which places it may hold."""
    who, n = named(net, row["rated"]), row["ratings"]
    en = f"{who}, round {row['round']}: {row['mean_share']:.1%} in {n} scores"
    zh = f"{who}，{row['round']}考评周期：得分{n}份，平均得分率{row['mean_share']:.1%}"
    if row["adjusted"] is None:
        return (
            f"{en}; its worth cannot be told apart from who rated it.",
            f"{zh}；无法与评价方的宽严区分。",
        )
    worth, low, high = (f"{row[n]:.1%}" for n in ("adjusted", "low", "high"))
    place, best, worst = (row[n] for n in ("rank", "best", "worst"))
    en = f"{en}, {worth} with kindness taken out ({low} to {high})"
    zh = f"{zh}，剔除宽严后{worth}（{low}至{high}）"
    return (
        f"{en}; place {place}, which may be {best} to {worst}.",
        f"{zh}；名次{place}，可能在{best}至{worst}之间。",
    )


@question(
    title=("Who was rated best, kindness taken out?", "剔除宽严后谁评得最好？"),
    columns=COLUMNS,
    order=("round", "component", "rank", "rated"),
    explain=_explained,
    prepare=prepared_direction,
)
def ranking(
    net: "Network",
    *,
    direction: str = "down",
    round: str | None = None,  # noqa: A002  the term
    within: str | None = None,
    day: date | str | None = None,
    kind: str = "two_way",
    rules: Rules = RULES,
) -> pl.DataFrame:
    """Rank the rated by what a rater of mean kindness would have given them.

    Places are of those that answers connect: a rank across components would compare
    what nobody compared. Intervals that overlap say that an order is not known.

    Parameters
    ----------
    direction
        "down": the units are ranked; "up": the committees are.
    round, day, kind, rules
        As in :func:`orgnet.evaluation.pairs`.
    within
        Id or code of the area in which the rated listed stand; places are of all.

    Returns
    -------
    Result
        One row a round and rated, by component and rank. `best` and `worst` bound the
        place as far as the intervals tell; null where nothing can be told apart.

    Raises
    ------
    UnknownNameError
        If there is no such direction, round or kind.
    UnknownAreaError
        If `within` names no area, or several.

    See Also
    --------
    leniency : how kind each rater is.

    References
    ----------
    Goldstein and Spiegelhalter (1996) on league tables and their intervals;
    docs/decisions.md, D44.

    Examples
    --------
    >>> import orgnet
    >>> rows = ranking(orgnet.chengdu(scale=0.02), direction="up", round="2019").frame
    >>> known = rows.drop_nulls("rank")
    >>> ((known["best"] <= known["rank"]) & (known["rank"] <= known["worst"])).all()
    True
    """
    shares = scored(net, direction, round=round, day=day, kind=kind, rules=rules)
    _, rated = fitted(shares)
    reach = WIDE * pl.col("se")
    rated = rated.with_columns(
        (pl.col("estimate") - reach).alias("low"),
        (pl.col("estimate") + reach).alias("high"),
    )
    group = ["round", "component"]
    rated = rated.with_columns(
        pl.col("estimate").rank("min", descending=True).over(group).alias("rank")
    )
    rows = rated.with_columns(*_bounds(rated))
    rows = standing_in(net, rows, within)
    return rows.with_columns(
        net.ids.gather(rows["node"]).alias("rated"),
        net.ids.gather(rows["component"]).alias("component"),
        net.nodes()["name"].gather(rows["node"]).alias("name"),
        pl.col("estimate").alias("adjusted"),
    )


def _bounds(rated: pl.DataFrame) -> list[pl.Series]:
    """Bound each place by the intervals of its component."""
    best, worst = (np.zeros(rated.height, dtype=np.int64) for _ in range(2))
    places = rated.with_row_index("row").drop_nulls("estimate")
    for _, part in places.group_by("round", "component", maintain_order=True):
        low, high, row = (part[c].to_numpy() for c in ("low", "high", "row"))
        above = len(row) - np.searchsorted(np.sort(low), high, side="right")
        below = np.searchsorted(np.sort(high), low, side="left")
        best[row], worst[row] = above + 1, len(row) - below
    bounds = {"best": best, "worst": worst}
    return [pl.Series(n, v, COUNT).replace(0, None) for n, v in bounds.items()]
