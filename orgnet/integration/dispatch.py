"""What a community can send into its grids itself, and what only others can."""

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from orgnet.coverage.scope import prepared
from orgnet.index import DEEPEST, NONE, Index
from orgnet.query import Column, Row, Words, question
from orgnet.rules import RULES, Rules
from orgnet.schema.vocabulary import AreaLevel, Vocabulary
from orgnet.words import named

if TYPE_CHECKING:
    from orgnet.network import Network

TEXT, COUNT = pl.String(), pl.Int64()


class Channel(Vocabulary):
    """Who sends staff and money into the areas of a community."""

    COMMUNITY = "community", "社区党组织直接调度"
    DEPARTMENT = "department", "部门下沉"
    STREET = "street", "其他党组织调度"

    @property
    def en(self) -> str:
        """The English words shown to readers."""
        return {
            "community": "the community's own organization",
            "department": "departments that deploy",
            "street": "other party organizations",
        }[self.value]


COLUMNS = (
    Column("area", TEXT, "社区", "id of the community", holds_ids=True),
    Column("name", TEXT, "名称", "name of the community"),
    Column("channel", TEXT, "渠道", "who sends", vocabulary=Channel),
    Column("ties", COUNT, "联系数", "relationships"),
    Column("areas", COUNT, "覆盖区域数", "areas that they reach"),
    Column("staff", COUNT, "人员数", "people, as far as known"),
    Column("staff_unknown", COUNT, "人员数未知", "relationships without"),
    Column("funds_cny", COUNT, "资金（元）", "as far as known"),
    Column("funds_unknown", COUNT, "资金未知", "relationships without"),
)


def _explained(net: "Network", row: Row) -> Words:
    """Say what comes into a community, and from whom."""
    who, channel = named(net, row["area"]), Channel(row["channel"])
    people, money = row["staff"], f"{row['funds_cny']:,}"
    ties, areas = row["ties"], row["areas"]
    lacking = row["staff_unknown"], row["funds_unknown"]
    en = (
        f"{who}, {channel.en}: {people} people and {money} yuan for {areas} areas by "
        f"{ties} relationships; the people of {lacking[0]} and the money of "
        f"{lacking[1]} are not known."
    )
    return en, (
        f"{who}，{channel.zh}：{ties}条联系，覆盖区域{areas}个，人员{people}人，"
        f"资金{money}元；其中{lacking[0]}条人员数未知，{lacking[1]}条资金未知。"
    )


@question(
    title=(
        "What can each community send itself, and what only others?",
        "哪些人员资金社区可直接调度，哪些只能靠街道或部门？",
    ),
    columns=COLUMNS,
    order=("area", "channel"),
    explain=_explained,
    prepare=prepared,
)
def dispatch(
    net: "Network",
    *,
    within: str | None = None,
    day: date | str | None = None,
    rules: Rules = RULES,  # noqa: ARG001  every question takes them
) -> pl.DataFrame:
    """Count the staff and money that reach the areas of each community, by who sends.

    Parameters
    ----------
    within
        Id or code of the area whose communities are listed; everything if none.
    day
        The day asked about; whatever the network holds, if none.
    rules
        None of them counts here.

    Returns
    -------
    Result
        Three rows a community, by it and channel; what is not known is counted beside.

    Raises
    ------
    UnknownAreaError
        If `within` names no area of that day, or several.

    See Also
    --------
    queries/integration/dispatch.cypher : the same rows from Neo4j.

    References
    ----------
    Communities may dispatch grid staff and funds 统筹网格人员、资金, departments send
    theirs down 下沉; docs/decisions.md, D47.

    Examples
    --------
    >>> import orgnet
    >>> rows = dispatch(orgnet.chengdu(scale=0.02)).frame
    >>> rows["channel"].unique().sort().to_list()
    ['community', 'department', 'street']
    """
    index = net.index(day)
    marked = index.level(AreaLevel.COMMUNITY)
    if within is not None:
        marked = marked & index.in_area(index.area(within))
    numbers = np.flatnonzero(marked).astype(np.int32)
    communities = pl.DataFrame(
        {
            "community": numbers,
            "area": index.id_of(numbers),
            "name": index.column("Area", "name").gather(numbers),
        }
    )
    channels = pl.DataFrame({"channel": [c.value for c in Channel]})
    counts = ("ties", "areas", "staff", "staff_unknown", "funds_cny", "funds_unknown")
    return (
        communities.join(channels, how="cross")
        .join(_sent(index), on=["community", "channel"], how="left")
        .with_columns(pl.col(counts).fill_null(0))
    )


def _sent(index: Index) -> pl.DataFrame:
    """Count what comes into each community and what lies in it, by channel."""
    columns = ("tail", "head", "staff", "funds_cny")
    ties = pl.concat(
        index.ties(type_).select(*columns, pl.lit(type_).alias("type"))
        for type_ in ("DISPATCHES", "DEPLOYS_TO")
    )
    inside = ties.join(_communities_over(index, ties["head"]), on="head")
    organizations, areas = index.area_organizations
    ends = pl.DataFrame({"tail": organizations, "community": areas})
    own = ends.with_columns(pl.lit(value=True).alias("own"))  # also where nobody is
    department = pl.col("type") == "DEPLOYS_TO"
    channel = (
        pl.when(department)
        .then(pl.lit(Channel.DEPARTMENT.value))
        .when(pl.col("own").is_not_null())
        .then(pl.lit(Channel.COMMUNITY.value))
        .otherwise(pl.lit(Channel.STREET.value))
    )
    rows = inside.join(own, on=["tail", "community"], how="left")
    return rows.group_by("community", channel.alias("channel")).agg(
        pl.len().cast(COUNT).alias("ties"),
        pl.col("head").n_unique().cast(COUNT).alias("areas"),
        pl.col("staff").sum(),
        pl.col("staff").is_null().sum().cast(COUNT).alias("staff_unknown"),
        pl.col("funds_cny").sum(),
        pl.col("funds_cny").is_null().sum().cast(COUNT).alias("funds_unknown"),
    )


def _communities_over(index: Index, heads: pl.Series) -> pl.DataFrame:
    """Return the communities that each of these areas is or lies in."""
    start = heads.unique().to_numpy()
    at, found = start, []
    community = index.level(AreaLevel.COMMUNITY)
    for _ in range(DEEPEST):
        start, at = start[at != NONE], at[at != NONE]
        hit = community[at]
        found.append(pl.DataFrame({"head": start[hit], "community": at[hit]}))
        at = index.larger[at]
    return pl.concat(found).unique()  # areas on a circle are met again and again
