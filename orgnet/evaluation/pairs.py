"""Which pairs were to evaluate each other, and who answered.

Missing is not false: only an expected pair without a return is a missing return, and
which pairs are expected is a rule.
"""

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from orgnet.evaluation.asked import SIDES, Asked, answered
from orgnet.evaluation.rounds import prepared
from orgnet.query import Column, Row, Words, question
from orgnet.rules import RULES, Rules
from orgnet.schema.vocabulary import EvaluationStatus, Vocabulary

if TYPE_CHECKING:
    from orgnet.network import Network

TEXT, NUMBER = pl.String(), pl.Float64()


class PairState(Vocabulary):
    """State of an expected pair in one round, both directions taken together."""

    BOTH = "both", "双向已评"
    DOWN_ONLY = "down_only", "仅党组织评单位"
    UP_ONLY = "up_only", "仅单位评党组织"
    NEITHER = "neither", "双方均未评"
    EXEMPT = "exempt", "免评"
    PENDING = "pending", "待提交"


class PairBasis(Vocabulary):
    """By which rule a pair was expected to evaluate each other."""

    TIES = "ties", "共建或兼职委员关系"
    LOCATED = "located", "驻区单位与所在社区党组织"
    LISTED = "listed", "指定名单"


REASONS = {
    PairBasis.TIES: "one holds a seat with, or is a partner of, the other",
    PairBasis.LOCATED: "the unit is resident in the organization's community",
    PairBasis.LISTED: "the list that was given names the pair",
}
COLUMNS = (
    Column("round", TEXT, "考评周期", "the round"),
    *SIDES,
    Column(
        "basis",
        TEXT,
        "应评依据",
        "rule by which the pair was expected",
        vocabulary=PairBasis,
    ),
    Column(
        "down_state",
        TEXT,
        "下评状态",
        "whether the organization rated the unit",
        vocabulary=EvaluationStatus,
    ),
    Column(
        "up_state",
        TEXT,
        "上评状态",
        "whether the unit rated the organization",
        vocabulary=EvaluationStatus,
    ),
    Column(
        "state",
        TEXT,
        "互评状态",
        "both directions taken together",
        vocabulary=PairState,
    ),
    Column("down_score", NUMBER, "下评得分", "score the unit was given, in points"),
    Column("down_scale", NUMBER, "下评满分", "points that were to be had"),
    Column("down_grade", TEXT, "下评等次", "grade the unit was given"),
    Column("up_score", NUMBER, "上评得分", "score the unit gave, in points"),
    Column("up_scale", NUMBER, "上评满分", "points that were to be had"),
    Column("up_grade", TEXT, "上评等次", "grade the unit gave"),
    Column("down_via", TEXT, "下评对象", "its organization if rated", holds_ids=True),
    Column("up_via", TEXT, "上评主体", "its organization if it filed", holds_ids=True),
)


def _named(asked: Asked, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with their pair states, and ids for numbers."""
    basis = pl.lit(asked.rules.expected).alias("basis")
    frame = rows.with_columns(pair_state(), basis)
    names = {"area": "area_organization", "unit": "unit"}
    names |= {via: via for via in ("down_via", "up_via")}
    ids = [asked.net.ids.gather(frame[old]).rename(new) for old, new in names.items()]
    return frame.drop(names).hstack(ids)


def pair_state() -> pl.Expr:
    """Return the expression of both directions taken together."""
    down, up = pl.col("down_state"), pl.col("up_state")
    first = pl.when((down == "exempt") | (up == "exempt")).then(pl.lit("exempt"))
    return (
        first.when((down == "pending") | (up == "pending"))
        .then(pl.lit("pending"))
        .when((down == "returned") & (up == "returned"))
        .then(pl.lit("both"))
        .when(down == "returned")
        .then(pl.lit("down_only"))
        .when(up == "returned")
        .then(pl.lit("up_only"))
        .otherwise(pl.lit("neither"))
        .alias("state")
    )


def _said_of(net: "Network", row: Row, way: str) -> Words:
    """Put one direction of a pair into words."""
    state = EvaluationStatus(row[f"{way}_state"])
    en, zh = [state.en], [state.zh]
    if row[f"{way}_score"] is not None:
        scale = row[f"{way}_scale"]
        of = ("", "") if scale is None else (f" of {scale:g}", f"（满分{scale:g}）")
        en.append(f"{row[f'{way}_score']:g}{of[0]} points")
        zh.append(f"{row[f'{way}_score']:g}分{of[1]}")
    if row[f"{way}_grade"] is not None:
        en.append(f"grade {row[f'{way}_grade']}")
        zh.append(f"等次{row[f'{way}_grade']}")
    if row[f"{way}_via"] is not None:
        name = net.node(row[f"{way}_via"])["name"]
        en.append(f"through its organization {name}")
        zh.append(f"经其党组织{name}")
    return ", ".join(en), "，".join(zh)


def _explained(net: "Network", row: Row) -> Words:
    """Say who answered, who did not, and by which rule they were to."""
    area, unit = (net.node(row[n])["name"] for n in ("area_organization", "unit"))
    basis, state = PairBasis(row["basis"]), PairState(row["state"])
    down, up = (_said_of(net, row, way) for way in ("down", "up"))
    en = (
        f"{area} and {unit} were to evaluate each other in round {row['round']}: "
        f"{REASONS[basis]}. It rated the unit: {down[0]}. "
        f"The unit rated it: {up[0]}. Together: {state.en}."
    )
    zh = (
        f"{row['round']}考评周期，{area}与{unit}应当互评（依据：{basis.zh}）。"
        f"党组织评单位：{down[1]}；单位评党组织：{up[1]}。合计：{state.zh}。"
    )
    return en, zh


@question(
    title=(
        "which pairs were to evaluate each other, and who answered",
        "应当互评的街道社区党组织与单位，谁评了谁没评",
    ),
    columns=COLUMNS,
    order=("round", "area_organization", "unit"),
    explain=_explained,
    prepare=prepared,
)
def pairs(
    net: "Network",
    *,
    round: str | None = None,  # noqa: A002  the term
    within: str | None = None,
    day: date | str | None = None,
    kind: str = "two_way",
    rules: Rules = RULES,
) -> pl.DataFrame:
    """List the pairs that were to evaluate each other in a round, and who answered.

    One side is an organization of a street or community, the other a unit; a party
    organization that the unit hosts stands for it. A relationship's status counts if
    there is one; without any, a direction is pending while the round is open and
    missing afterwards. A return outside the expected pairs is not listed.

    Parameters
    ----------
    round
        The round; every round found in the data or in the calendar if not given.
    within
        Id or code of the area in which the units stand; all if not given.
    day
        The day on which an open round makes a silent direction pending; without one,
        every round is closed. It decides nothing else.
    kind
        The kind of evaluation.
    rules
        `expected`, `listed`, `rounds` and `area_settings` count here.

    Returns
    -------
    Result
        One row a round and expected pair, by round, organization and unit. Scores are
        in points and may exceed their scale; grades are kept apart.

    Raises
    ------
    UnknownNameError
        If there is no such round or kind, or a listed id is not in the network.
    UnknownAreaError
        If there is no such area, or more than one.

    See Also
    --------
    rounds : the rounds there are.
    queries/evaluation/pairs.cypher : the same rows from Neo4j.

    References
    ----------
    Which pairs are expected is nowhere written down: registration, agreement, seat or
    plain location, see ``Rules.expected``. Units and committees rate each other at
    least once a year where units register with their community 双报到.

    Examples
    --------
    >>> import orgnet
    >>> result = pairs(orgnet.chengdu(scale=0.02))
    >>> result.frame["basis"].unique().to_list()
    ['ties']
    """
    asked = Asked(net, rules, kind)
    return _named(asked, answered(asked, round=round, within=within, day=day))
