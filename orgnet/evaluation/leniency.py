"""Who rates more kindly than others would have rated the same."""

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from orgnet.errors import UnknownNameError
from orgnet.evaluation.fit import COMPONENT, COUNT, ENDS, NUMBER, TEXT, fitted, scored
from orgnet.evaluation.rounds import prepared
from orgnet.query import Column, Row, Source, Words, question
from orgnet.rules import RULES, Rules
from orgnet.words import named

if TYPE_CHECKING:
    from orgnet.network import Network

COLUMNS = (
    Column("round", TEXT, "考评周期", "the round"),
    Column("rater", TEXT, "评价方", "who rates", holds_ids=True),
    Column("name", TEXT, "名称", "its name"),
    Column("ratings", COUNT, "评分份数", "scores that it gave"),
    Column("mean_share", NUMBER, "平均得分率", "mean of score by scale"),
    COMPONENT,
    Column("effect", NUMBER, "宽严效应", "above what others would give the same"),
    Column("se", NUMBER, "标准误", "standard error of the effect"),
    Column("shrunk", NUMBER, "收缩后效应", "drawn to zero where there are few scores"),
)


def _explained(net: "Network", row: Row) -> Words:
    """Say how kindly somebody rates."""
    who, n = named(net, row["rater"]), row["ratings"]
    en = f"{who}, round {row['round']}: {n} scores, {row['mean_share']:.1%} on average"
    zh = f"{who}，{row['round']}考评周期：评分{n}份，平均得分率{row['mean_share']:.1%}"
    if row["effect"] is None:
        return (
            f"{en}; whether it is kind cannot be told apart from whom it rated.",
            f"{zh}；无法区分其宽严与被评方的差异。",
        )
    apart, error = f"{row['effect']:+.1%}", f"{row['se']:.1%}"
    return (
        f"{en}; {apart} from what others would give the same (standard error {error}).",
        f"{zh}；与他人对相同对象的评分相差{apart}（标准误{error}）。",
    )


def prepared_direction(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse a direction that there is not, and what pairs refuse."""
    direction = str(given["direction"])
    if direction not in ENDS:
        msg = f"no direction {direction!r}; there are: {', '.join(ENDS)}"
        raise UnknownNameError(msg, [direction])
    return prepared(source, {**given, "direction": direction})


def standing_in(net: "Network", rows: pl.DataFrame, within: str | None) -> pl.DataFrame:
    """Return the rows whose node has its place in an area; all if none is named."""
    if within is None:
        return rows
    index = net.index()
    inside = index.in_area(index.area(within))
    return rows.filter(pl.Series(inside[rows["node"].to_numpy()], dtype=pl.Boolean))


@question(
    title=("Who rates more kindly than others?", "谁评分偏宽，谁偏严？"),
    columns=COLUMNS,
    order=("round", "-effect", "rater"),
    explain=_explained,
    prepare=prepared_direction,
)
def leniency(
    net: "Network",
    *,
    direction: str = "down",
    round: str | None = None,  # noqa: A002  the term
    within: str | None = None,
    day: date | str | None = None,
    kind: str = "two_way",
    rules: Rules = RULES,
) -> pl.DataFrame:
    """Estimate how kindly each rater rates, whom it rated taken into account.

    A committee may score high because it is kind, or because its units are good; the
    two can be told apart only where several raters rated the same. Raters and rated
    that answers connect are compared, and nobody else.

    Parameters
    ----------
    direction
        "down": the committees rate; "up": the units do.
    round, day, kind, rules
        As in :func:`orgnet.evaluation.pairs`.
    within
        Id or code of the area in which the raters listed stand; the fit is of all.

    Returns
    -------
    Result
        One row a round and rater, the kindest first; effects are shares of the scale.
        Null where they cannot be told apart.

    Raises
    ------
    UnknownNameError
        If there is no such direction, round or kind.
    UnknownAreaError
        If `within` names no area, or several.

    See Also
    --------
    ranking : the rated, with kindness taken out.

    References
    ----------
    Two-way additive model by least squares; shrinkage as in empirical Bayes (Efron and
    Morris 1973), its variance by moments; docs/decisions.md, D44.

    Examples
    --------
    >>> import orgnet
    >>> rows = leniency(orgnet.chengdu(scale=0.02), round="2019").frame
    >>> known = rows.drop_nulls("effect")
    >>> (known["shrunk"].abs() <= known["effect"].abs()).all()
    True
    """
    shares = scored(net, direction, round=round, day=day, kind=kind, rules=rules)
    raters, _ = fitted(shares)
    effect, se = pl.col("estimate"), pl.col("se")
    spread = ((effect**2).mean() - (se**2).mean()).clip(0).over("round")
    kept = pl.when(spread > 0).then(effect * spread / (spread + se**2)).otherwise(0.0)
    raters = raters.with_columns(
        pl.when(effect.is_not_null()).then(kept).alias("shrunk")
    )
    rows = standing_in(net, raters, within)
    return rows.with_columns(
        net.ids.gather(rows["node"]).alias("rater"),
        net.ids.gather(rows["component"]).alias("component"),
        net.nodes()["name"].gather(rows["node"]).alias("name"),
        effect.alias("effect"),
    )
