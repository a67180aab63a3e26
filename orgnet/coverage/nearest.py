"""Who could take in what is not covered: the nearest organizations, in order."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from orgnet.coverage.classes import Case
from orgnet.coverage.gaps import gaps
from orgnet.coverage.scope import prepared
from orgnet.errors import OrgnetError, UnknownNameError, some
from orgnet.index import NONE, is_a
from orgnet.network import Network
from orgnet.query import Column, Row, Source, Words, question
from orgnet.rules import RULES, Rules
from orgnet.schema.vocabulary import AreaLevel, Vocabulary, levels_above
from orgnet.words import GapClass, named

TEXT, COUNT = pl.String(), pl.Int64()
TAKEN_IN = (GapClass.G1, GapClass.G2, GapClass.G3, GapClass.G4)
LEVELS = (AreaLevel.COMMUNITY, AreaLevel.STREET, AreaLevel.DISTRICT)


class Nearness(Vocabulary):
    """Why an organization could take something in, the nearest first."""

    JOINT_BRANCH_IN_COMMUNITY = "joint_branch_in_community", "本社区联合支部，尚有余量"
    JOINT_BRANCH_IN_STREET = "joint_branch_in_street", "本街道联合支部，尚有余量"
    COMMUNITY_ORGANIZATION = "community_organization", "社区党组织"
    STREET_ORGANIZATION = "street_organization", "街道党组织"
    DISTRICT_ORGANIZATION = "district_organization", "区县党组织"


ORDER = list(Nearness)
COLUMNS = (
    Column("class", TEXT, "缺口类别", "G1 to G4", vocabulary=GapClass),
    Column("id", TEXT, "对象", "what is not covered", holds_ids=True),
    Column("name", TEXT, "名称", "its name"),
    Column("rank", COUNT, "次序", "from 1; null if there is nobody"),
    Column("organization", TEXT, "可承接党组织", "who could take it", holds_ids=True),
    Column("reason", TEXT, "理由", "why it is near", vocabulary=Nearness),
    Column("units", COUNT, "已覆盖单位数", "units that it covers already"),
)


def _explained(net: Network, row: Row) -> Words:
    """Say who could take something in, and why."""
    class_, who = GapClass(row["class"]), named(net, row["id"])
    if row["organization"] is None:
        return (
            f"{who}: {class_.en}; nobody near could take it in.",
            f"{who}：{class_.zh}；附近没有可承接的党组织。",
        )
    reason, taker = Nearness(row["reason"]), named(net, row["organization"])
    en = (
        f"{who}: {class_.en}; {taker} could take it in ({reason.en}; it covers "
        f"{row['units']} units)."
    )
    return en, (
        f"{who}：{class_.zh}；可由{taker}承接（{reason.zh}，"
        f"已覆盖单位{row['units']}个）。"
    )


def _prepared(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse classes that nobody can take in; say the day as a date, the area by id."""
    known = [c.value for c in TAKEN_IN]
    wrong = [str(c) for c in given["classes"] if str(c) not in known]
    if wrong:
        msg = (
            f"nobody can take in gaps of class {some(wrong)}; those that can be: "
            f"{', '.join(known)}"
        )
        raise UnknownNameError(msg, wrong)
    if given["k"] < 1:
        msg = f"k is {given['k']}: candidates are counted from 1"
        raise OrgnetError(msg, [given["k"]])
    classes = sorted({str(c) for c in given["classes"]})
    return {**prepared(source, given), "classes": classes}


@question(
    title=("Who could take in what is not covered?", "缺口可由哪些党组织承接？"),
    columns=COLUMNS,
    order=("class", "id", "rank"),
    explain=_explained,
    prepare=_prepared,
)
def nearest(
    net: Network,
    *,
    classes: Sequence[str] = tuple(c.value for c in TAKEN_IN),
    k: int = 3,
    within: str | None = None,
    day: date | str | None = None,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """List for each gap the organizations that could take it in, the nearest first.

    A unit with too few members may join a joint branch near by that has room; else, and
    for every other gap, the organizations of its community, street and district are
    asked, in this order.

    Parameters
    ----------
    net
        A network, or a database.
    classes
        Of which gaps: G1 to G4.
    k
        The most organizations of one gap.
    within
        Id or code of the area whose gaps are looked at; everything if none.
    day
        The day asked about; whatever the network holds, if none.
    rules
        As in gaps; `joint_branch_max_units` says when a joint branch is full.

    Returns
    -------
    Result
        One row a gap and organization, by class, id and rank; a gap that nobody near
        could take in has one row without an organization.

    Raises
    ------
    UnknownNameError
        If nobody can take in gaps of a class.
    UnknownAreaError
        If `within` names no area of that day, or several.

    See Also
    --------
    gaps : what is not covered.
    queries/coverage/nearest.cypher : the same rows from Neo4j.

    References
    ----------
    Joint branches are formed by near place and similar trade, of five units generally:
    Regulations on branch work (2018), article 5; docs/decisions.md, D43.

    Examples
    --------
    >>> import orgnet
    >>> rows = nearest(orgnet.chengdu(scale=0.02), classes=["G2"], k=2).frame
    >>> rows["rank"].max()
    2
    """
    case = Case(net.index(day), within, rules)
    found = gaps.question.body(
        net, within=within, day=day, classes=list(classes), rules=rules
    )
    listed = found.filter(pl.col("state") == "gap").select("class", "id", "name")
    numbered = pl.DataFrame({"id": net.ids}).with_row_index("node")
    listed = listed.with_row_index("row").join(numbered, on="id", how="left")
    listed = listed.with_columns(*_homes(case, listed["node"].to_numpy()))
    near = pl.concat([_branches(case, listed), _of_areas(case, listed)])
    near = (
        near.sort("stage", "load", "organization")
        .unique(["row", "organization"], keep="first", maintain_order=True)
        .with_columns(rank=pl.int_range(1, pl.len() + 1).over("row"))
        .filter(pl.col("rank") <= k)
        .join(_loads(case), on="organization", how="left")
    )
    reasons = pl.Series([r.value for r in ORDER], dtype=TEXT)
    near = near.select(
        "row",
        "rank",
        net.ids.gather(near["organization"]).alias("organization"),
        reasons.gather(near["stage"]).alias("reason"),
        pl.col("units").fill_null(0),
    )
    return listed.join(near, on="row", how="left")


def _homes(case: Case, nodes: np.ndarray) -> list[pl.Series]:
    """Return the area of each level on the walk up from where these nodes are."""
    index = case.index
    place = index.place[nodes]
    return [
        pl.Series(level.value, index.at_or_above(level, place)).replace(NONE, None)
        for level in LEVELS
    ]


def _covered_units(case: Case) -> pl.DataFrame:
    """Return which organizations cover which units: `tail`, `head`, `mode`."""
    ties = case.index.organization_covers()
    return ties.filter(is_a(case.net, "Unit", "head")).select("tail", "head", "mode")


def _loads(case: Case) -> pl.DataFrame:
    """Count the units that each organization covers."""
    return (
        _covered_units(case)
        .group_by(pl.col("tail").alias("organization"))
        .agg(pl.col("head").n_unique().cast(COUNT).alias("units"))
    )


def _branches(case: Case, listed: pl.DataFrame) -> pl.DataFrame:
    """Return the joint branches near what may join one, that have room."""
    forms = case.index.column("PartyOrganization", "form").cast(TEXT)
    pairs = _covered_units(case).filter(pl.col("mode") == "joint")
    pairs = pairs.filter(forms.gather(pairs["tail"]) == "joint_branch")
    pairs = (
        pairs.select(pl.col("tail").alias("organization"), "head")
        .unique()
        .with_columns(load=pl.len().over("organization").cast(COUNT))
        .filter(pl.col("load") < case.rules.joint_branch_max_units)
    )
    pairs = pairs.with_columns(*_homes(case, pairs["head"].to_numpy()))
    joining = listed.filter(pl.col("class") == GapClass.G2.value)
    near = []
    for stage, level in enumerate(LEVELS[:2]):
        there = pairs.drop_nulls(level.value)
        there = there.select(level.value, "organization", "load").unique()
        found = joining.drop_nulls(level.value).join(there, on=level.value)
        near.append(found.select("row", _stage(stage), "load", "organization"))
    return pl.concat(near)


def _of_areas(case: Case, listed: pl.DataFrame) -> pl.DataFrame:
    """Return the organizations of the community, street and district of each gap."""
    own = case.index.area_organization
    levels = case.index.column("Area", "level").cast(TEXT).gather(listed["node"])
    near = []
    for place, level in enumerate(LEVELS):
        area = listed[level.value]
        there = np.where(area.is_null(), NONE, own[area.fill_null(0).to_numpy()])
        found = listed.select("row", _stage(place + 2), pl.lit(0, COUNT).alias("load"))
        found = found.with_columns(pl.Series("organization", there))
        # of an area only those above it; a unit has no level
        above = [at is None or level.value in levels_above(at) for at in levels]
        kept = pl.Series(above, dtype=pl.Boolean)
        near.append(found.filter(kept, pl.col("organization") != NONE))
    return pl.concat(near)


def _stage(number: int) -> pl.Expr:
    return pl.lit(number).alias("stage")
