"""How far apart two that rated each other are."""

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from orgnet.evaluation.asked import SIDES, WAYS, Asked, answered
from orgnet.evaluation.pairs import pair_state
from orgnet.evaluation.rounds import prepared
from orgnet.query import Column, Row, Words, question
from orgnet.rules import RULES, Rules

if TYPE_CHECKING:
    from orgnet.network import Network

TEXT, NUMBER = pl.String(), pl.Float64()
COLUMNS = (
    Column("round", TEXT, "考评周期", "the round"),
    *SIDES,
    Column("down_share", NUMBER, "下评得分率", "score by scale; null if unknown"),
    Column("up_share", NUMBER, "上评得分率", "score by scale; null if unknown"),
    Column("difference", NUMBER, "得分率之差", "down less up"),
    Column("size", NUMBER, "差值大小", "of the difference, without its sign"),
)


def _explained(net: "Network", row: Row) -> Words:
    """Say who thinks better of whom, and by how much."""
    area, unit = (net.node(row[n])["name"] for n in ("area_organization", "unit"))
    if row["difference"] is None:
        en = (
            f"{area} and {unit} rated each other in round {row['round']}; a score or a "
        )
        zh = f"{row['round']}考评周期，{area}与{unit}互评，缺得分或满分，无法比较。"
        return f"{en}scale is missing, so they cannot be compared.", zh
    down, up, apart = (row[n] for n in ("down_share", "up_share", "difference"))
    en = (
        f"In round {row['round']} {area} gave {unit} {down:.1%} of the scale and was "
        f"given {up:.1%}: {apart:+.1%}."
    )
    zh = (
        f"{row['round']}考评周期，{area}评{unit}得分率{down:.1%}，"
        f"{unit}评{area}得分率{up:.1%}，相差{apart:+.1%}。"
    )
    return en, zh


def _share(way: str) -> pl.Expr:
    scale = pl.col(f"{way}_scale")
    return pl.when(scale > 0).then(pl.col(f"{way}_score") / scale).alias(f"{way}_share")


@question(
    title=("Whose ratings of each other differ most?", "哪些互评双方分歧最大？"),
    columns=COLUMNS,
    order=("round", "-size", "area_organization", "unit"),
    explain=_explained,
    prepare=prepared,
)
def asymmetry(
    net: "Network",
    *,
    round: str | None = None,  # noqa: A002  the term
    within: str | None = None,
    day: date | str | None = None,
    kind: str = "two_way",
    rules: Rules = RULES,
) -> pl.DataFrame:
    """Compare what two that rated each other thought of each other.

    Scores are compared as shares of their own scale. Pairs of which a score or a scale
    is not known are listed last, with nulls: they are not alike, only not comparable.

    Parameters
    ----------
    round, within, day, kind, rules
        As in :func:`orgnet.evaluation.pairs`.

    Returns
    -------
    Result
        One row a round and pair that rated each other, by round and then the largest
        difference first. Shares may exceed 1, as scores may exceed their scale.

    Raises
    ------
    UnknownNameError
        If there is no such round or kind.
    UnknownAreaError
        If `within` names no area, or several.

    See Also
    --------
    queries/evaluation/asymmetry.cypher : the same rows from Neo4j.

    Examples
    --------
    >>> import orgnet
    >>> rows = asymmetry(orgnet.chengdu(scale=0.02), round="2019").frame
    >>> rows["size"].drop_nulls().is_sorted(descending=True)
    True
    """
    pairs = answered(Asked(net, rules, kind), round=round, within=within, day=day)
    both = pairs.with_columns(pair_state()).filter(pl.col("state") == "both")
    return (
        both.select(
            "round",
            net.ids.gather(both["area"]).alias("area_organization"),
            net.ids.gather(both["unit"]).alias("unit"),
            *map(_share, WAYS),
        )
        .with_columns(difference=pl.col("down_share") - pl.col("up_share"))
        .with_columns(size=pl.col("difference").abs())
    )
