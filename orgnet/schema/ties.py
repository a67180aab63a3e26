"""The twenty-four relationship types: what may be tied to what, and by what rule.

To add one, declare a class like these and hand it to ``Schema.extended``; nothing else
needs to know.
"""

from datetime import date
from math import isfinite
from typing import Annotated

import polars as pl
from pydantic import Field

from orgnet.schema.declare import (
    LAST_BASIC_CHARACTER,
    Check,
    Ends,
    Heading,
    Tie,
    matches,
)
from orgnet.schema.nodes import (
    Area,
    Count,
    Document,
    Need,
    PartyOrganization,
    Project,
    Resource,
    Site,
    Unit,
)
from orgnet.schema.vocabulary import (
    CoverBasis,
    CoverMode,
    EvaluationKind,
    EvaluationStatus,
    MatchStatus,
    Mechanism,
    Power,
    SuccessionRelation,
    SupervisionRole,
    TieBasis,
)

LAST_CHARACTER = 0x10FFFF
CENT = 1e-9  # how far from a whole hundredth a float may lie and still be one

Hundredths = Annotated[
    float,
    Check(
        lambda v: (
            isfinite(v * 100)
            and abs(v * 100 - round(v * 100)) <= CENT * max(1.0, abs(v * 100))
        ),
        lambda c: (
            ((c * 100) - (c * 100).round(0)).abs()
            <= CENT * pl.max_horizontal(1.0, (c * 100).abs())
        ),
        "a number with at most two decimals",
        "至多两位小数",
    ),
]
Code = matches(  # part of an id: joined by a bar, ordered alike by both engines
    f"[^|{chr(LAST_BASIC_CHARACTER + 1)}-{chr(LAST_CHARACTER)}]+",
    "without a vertical bar or rare characters",
    "不含竖线和U+FFFF以上的字符",
)


class PartOf(Tie):
    """An area belongs to a larger one 属于. Its level strictly rises."""

    zh = "属于"
    ends = Ends(Area, Area)
    cardinality = "n:1"
    acyclic = True

    primary: Annotated[bool | None, Heading("是否主要")] = None


class LocatedIn(Tie):
    """Something stands in an area 位于. Standing side by side is not a tie."""

    zh = "位于"
    ends = Ends(Unit | Site | Resource | Need, Area)

    primary: Annotated[bool | None, Heading("是否主要")] = None


class SubordinateTo(Tie):
    """A party organization is subordinate to another 隶属."""

    zh = "隶属"
    ends = Ends(PartyOrganization, PartyOrganization)
    cardinality = "n:1"
    acyclic = True


class HostedBy(Tie):
    """Where a party organization sits 所在单位; none for a joint branch."""

    zh = "所在单位"
    ends = Ends(PartyOrganization, Unit | Area)
    cardinality = "n:1"


class SupervisedBy(Tie):
    """A unit is supervised by another 主管: registered, guided or owned by it."""

    zh = "主管"
    ends = Ends(Unit, Unit)
    key = ("role",)

    role: Annotated[SupervisionRole, Heading("主管关系")]


class Covers(Tie):
    """A party organization covers a unit or an area 覆盖.

    `basis` organization with `mode` single is written once a unit, from the topmost
    organization hosted by it.
    """

    zh = "覆盖"
    ends = Ends(PartyOrganization, Unit | Area)
    key = ("basis", "mode")

    basis: Annotated[CoverBasis, Heading("覆盖方式")]
    mode: Annotated[CoverMode, Heading("组建方式")]
    reported: Annotated[bool | None, Heading("台账填报")] = None


class HoldsSeatOn(Tie):
    """A part-time seat on a street or community committee 兼职委员.

    A seat never changes subordination.
    """

    zh = "兼职委员"
    ends = Ends(Unit | PartyOrganization, PartyOrganization)

    seats: Annotated[
        Annotated[int, Field(ge=1)], Heading("兼职委员数", unit="people")
    ] = 1
    basis: Annotated[TieBasis | None, Heading("依据")] = None


class PartnersWith(Tie):
    """Partners of regional party building 共建: registration, agreement, pairing."""

    zh = "共建"
    ends = Ends(Unit | PartyOrganization, PartyOrganization)
    key = ("mechanism",)

    mechanism: Annotated[Mechanism, Heading("共建机制")]
    agreement_no: Annotated[str | None, Heading("协议编号")] = None
    basis: Annotated[TieBasis | None, Heading("依据")] = None


class Evaluates(Tie):
    """One direction of an evaluation in one round 考评.

    A score may exceed its scale, and a grade is never turned into a score.
    """

    zh = "考评"
    ends = Ends(PartyOrganization | Unit, PartyOrganization | Unit)
    key = ("kind", "round")

    kind: Annotated[EvaluationKind, Heading("考评类别")]
    round: Annotated[str, Code, Heading("考评周期", "轮次")]
    score: Annotated[Hundredths | None, Heading("总分", "得分", unit="points")] = None
    scale_max: Annotated[Hundredths | None, Heading("满分", unit="points")] = None
    grade: Annotated[str | None, Heading("等次")] = None
    status: Annotated[EvaluationStatus | None, Heading("是否有效", "状态")] = None
    submitted_on: Annotated[date | None, Heading("提交日期")] = None


class Offers(Tie):
    """Who offers a resource 提供. A resource has one owner."""

    zh = "提供"
    ends = Ends(Unit | PartyOrganization, Resource)
    cardinality = "1:n"


class Raises(Tie):
    """Who raises a need 提出."""

    zh = "提出"
    ends = Ends(Area | Unit | PartyOrganization, Need)
    cardinality = "1:n"


class MatchedTo(Tie):
    """A resource was matched to a need 对接."""

    zh = "对接"
    ends = Ends(Resource, Need)

    quantity: Annotated[Count | None, Heading("数量")] = None
    project_id: Annotated[str | None, Heading("项目编号")] = None
    status: Annotated[MatchStatus | None, Heading("对接状态", "状态")] = None
    on: Annotated[date | None, Heading("对接日期")] = None


class Dispatches(Tie):
    """A party organization may dispatch a grid's staff and funds 统筹调度."""

    zh = "统筹调度"
    ends = Ends(PartyOrganization, Area)

    staff: Annotated[Count | None, Heading("人员数", unit="people")] = None
    funds_cny: Annotated[Count | None, Heading("资金", unit="CNY")] = None
    authority: Annotated[str | None, Heading("授权依据")] = None


class DeploysTo(Tie):
    """A department sends staff and funds down to an area 下沉."""

    zh = "下沉"
    ends = Ends(Unit, Area)

    staff: Annotated[Count | None, Heading("人员数", unit="people")] = None
    funds_cny: Annotated[Count | None, Heading("资金", unit="CNY")] = None


class Contacts(Tie):
    """A leadership team contacts a lower party organization 联系."""

    zh = "联系"
    ends = Ends(PartyOrganization, PartyOrganization)

    scheme: Annotated[str | None, Heading("联系制度")] = None


class HoldsPowerOver(Tie):
    """A street holds one of the five powers over a unit 五权."""

    zh = "五权"
    ends = Ends(PartyOrganization, Unit)
    key = ("power",)

    power: Annotated[Power, Heading("权力")]


class EscalatesTo(Tie):
    """Cases called upward in a period 呼叫, and what became of them."""

    zh = "呼叫"
    ends = Ends(PartyOrganization | Unit, PartyOrganization | Unit)
    key = ("period",)

    period: Annotated[str, Code, Heading("周期")]
    cases: Annotated[Count | None, Heading("件数", unit="cases")] = None
    responded: Annotated[Count | None, Heading("响应数", unit="cases")] = None
    resolved: Annotated[Count | None, Heading("解决数", unit="cases")] = None
    satisfied: Annotated[Count | None, Heading("满意数", unit="cases")] = None
    median_days: Annotated[Hundredths | None, Heading("办结中位天数", unit="days")] = (
        None
    )


class Funds(Tie):
    """Money given in a year for a purpose 资金."""

    zh = "资金"
    ends = Ends(Unit | PartyOrganization, PartyOrganization | Project)
    key = ("year", "purpose")

    year: Annotated[int, Heading("年度")]
    amount_cny: Annotated[Count | None, Heading("金额", unit="CNY")] = None
    purpose: Annotated[Annotated[str, Code] | None, Heading("用途")] = None


class Coordinates(Tie):
    """A unit coordinates another under a mandate 统筹."""

    zh = "统筹"
    ends = Ends(Unit, Unit)

    mandate: Annotated[str | None, Heading("统筹职责")] = None
    joint_leadership: Annotated[bool | None, Heading("是否领导兼任")] = None


class Operates(Tie):
    """A party organization runs a site 运营."""

    zh = "运营"
    ends = Ends(PartyOrganization, Site)


class Serves(Tie):
    """A project serves an area or a need 服务."""

    zh = "服务"
    ends = Ends(Project, Area | Need)


class Overlaps(Tie):
    """Two areas cut across each other 交叠."""

    zh = "交叠"
    ends = Ends(Area, Area)


class SucceededBy(Tie):
    """What took the place of something 沿革: areas merged, functions moved."""

    zh = "沿革"
    ends = Ends(
        PartyOrganization | Unit | Area | Resource | Need | Project | Site | Document,
        PartyOrganization | Unit | Area | Resource | Need | Project | Site | Document,
        same_kind=True,
    )
    acyclic = True

    function: Annotated[str | None, Heading("职能")] = None
    relation: Annotated[SuccessionRelation | None, Heading("沿革方式")] = None
    inferred: Annotated[bool | None, Heading("是否推断")] = None
    on: Annotated[date | None, Heading("变更日期")] = None


class Implements(Tie):
    """A document implements another 配套."""

    zh = "配套"
    ends = Ends(Document, Document)
    acyclic = True
