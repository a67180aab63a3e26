"""The eight kinds of node: five that carry the questions, three beside them.

A resident unit, a social organization and a grid branch are roles of these kinds, not
kinds of their own. People appear as counts only.
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from orgnet.schema.declare import Check, Heading, Node, Role, matches
from orgnet.schema.identifiers import (
    area_code_ok,
    credit_code_ok,
    grid_code_ok,
    is_area_code,
    is_credit_code,
    is_grid_code,
    is_organization_code,
    organization_code_ok,
)
from orgnet.schema.vocabulary import (
    Action,
    AffiliationLevel,
    AreaLevel,
    AwardLevel,
    DocumentTier,
    Form,
    MembershipBasis,
    NeedStatus,
    ReformStatus,
    ResourceKind,
    ServiceLine,
    Setting,
    SiteKind,
    SiteTier,
    UnitKind,
    UnitStatus,
    UrbanRural,
)

Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
CreditCode = Annotated[
    str,
    Check(
        is_credit_code,
        credit_code_ok,
        "a unified social credit code whose two check digits hold",
        "两个校验位均正确的统一社会信用代码",
    ),
]
OrganizationCode = Annotated[
    str,
    Check(
        is_organization_code,
        organization_code_ok,
        "a 9-character organization code whose check digit holds",
        "校验位正确的9位组织机构代码",
    ),
]
IndustryCode = Annotated[
    str,
    matches("[A-T][0-9]{0,4}", "a letter and up to four digits", "字母加至多四位数字"),
]
PlaceCode = Annotated[
    str,
    Check(
        lambda v: is_area_code(v) or is_grid_code(v),
        lambda c: area_code_ok(c) | grid_code_ok(c),
        "an area code of 6, 9 or 12 digits or a grid code of 15",
        "6、9、12位区划代码或15位网格编码",
    ),
]


class PartyOrganization(Node):
    """A party organization 党组织, of whatever form, with direct members only."""

    zh = "党组织"
    prefix = "party"
    roles = (Role("GridBranch", "setting", "grid", "网格党支部"),)

    name: Annotated[str, Heading("党组织名称", "党组织全称", "党组织")]
    code: Annotated[str | None, Heading("党组织代码")] = None
    form: Annotated[Form, Heading("组织类别", "党组织类别", "组织形式")]
    setting: Annotated[Setting, Heading("设置领域", "所属领域", "领域")]
    membership_basis: Annotated[
        MembershipBasis | None, Heading("组织关系性质", "党员隶属性质")
    ] = None
    full_members: Annotated[
        Count | None, Heading("正式党员数", "正式党员", unit="people")
    ] = None
    members: Annotated[Count | None, Heading("党员数", "党员总数", unit="people")] = (
        None
    )
    founded_on: Annotated[date | None, Heading("成立日期", "建立日期")] = None
    last_election: Annotated[date | None, Heading("换届日期", "最近换届日期")] = None
    term_years: Annotated[Count | None, Heading("任期", unit="years")] = None


class Unit(Node):
    """A legal or other unit 单位: firm, agency, school, association, committee."""

    zh = "单位"
    prefix = "unit"
    roles = (
        Role("ResidentUnit", "resident", value=True, zh="驻区单位"),
        Role("SocialOrganization", "kind", "social_organization", "社会组织"),
    )

    name: Annotated[str, Heading("单位名称", "名称", "单位全称", "机构名称")]
    kind: Annotated[UnitKind, Heading("单位性质类别", "单位性质", "单位类型", "性质")]
    uscc: Annotated[
        CreditCode | None, Heading("统一社会信用代码", "社会信用代码", "信用代码")
    ] = None
    org_code: Annotated[
        OrganizationCode | None, Heading("组织机构代码", "原组织机构代码")
    ] = None
    resident: Annotated[bool | None, Heading("驻区单位", "是否驻区单位")] = None
    operating: Annotated[bool | None, Heading("是否实体运营", "实体运营")] = None
    status: Annotated[UnitStatus | None, Heading("状态", "登记状态")] = None
    employees: Annotated[
        Count | None, Heading("从业人员数", "从业人数", "职工人数", unit="people")
    ] = None
    members: Annotated[
        Count | None, Heading("党员数", "党员人数", "党员总数", unit="people")
    ] = None
    full_members: Annotated[
        Count | None, Heading("正式党员数", "正式党员", unit="people")
    ] = None
    social_workers: Annotated[
        Count | None, Heading("专业社工数", "社工人数", unit="people")
    ] = None
    reported_party_org: Annotated[
        bool | None, Heading("是否建立党组织", "是否建党组织", "建立党组织情况")
    ] = None
    reported_instructor: Annotated[
        bool | None, Heading("是否有党建指导员", "党建指导员")
    ] = None
    reported_seat: Annotated[bool | None, Heading("是否兼职委员", "兼职委员")] = None
    reported_agreement: Annotated[
        bool | None, Heading("是否签订共建协议", "共建协议")
    ] = None
    has_union: Annotated[bool | None, Heading("是否建立工会", "工会")] = None
    has_youth_league: Annotated[
        bool | None, Heading("是否建立团组织", "共青团", "团组织")
    ] = None
    line: Annotated[ServiceLine | None, Heading("五线", "所属线")] = None
    industry: Annotated[IndustryCode | None, Heading("行业代码", "行业门类")] = None
    affiliation_level: Annotated[
        AffiliationLevel | None, Heading("隶属关系", "隶属层级")
    ] = None
    local_office_of_department: Annotated[
        bool | None, Heading("是否派出机构", "派出机构")
    ] = None
    address: Annotated[str | None, Heading("地址", "住所", "单位地址")] = None


class Area(Node):
    """A governed area 治理单元, from the city down to the micro-grid.

    One edition of the statistical code set is one population of areas: the same code
    names other places in other years.
    """

    zh = "治理单元"
    prefix = "area"

    name: Annotated[str, Heading("名称", "区划名称", "区域名称")]
    level: Annotated[AreaLevel, Heading("层级", "级别")]
    code: Annotated[
        PlaceCode | None, Heading("统计用区划代码", "区划代码", "网格编码")
    ] = None
    edition: Annotated[str | None, Heading("区划版本", "年度版本")] = None
    kind: Annotated[str | None, Heading("区划类别", "类别")] = None
    urban_rural: Annotated[UrbanRural | None, Heading("城乡分类代码", "城乡分类")] = (
        None
    )
    zone: Annotated[str | None, Heading("实际管理区域", "管理功能区")] = None
    households: Annotated[Count | None, Heading("户数", unit="households")] = None
    population: Annotated[Count | None, Heading("常住人口", "人口", unit="people")] = (
        None
    )
    area_m2: Annotated[Count | None, Heading("面积", unit="m2")] = None
    exclusive: Annotated[bool | None, Heading("专属网格", "是否专属")] = None
    demonstration: Annotated[bool | None, Heading("示范", "是否示范")] = None
    demonstration_batch: Annotated[str | None, Heading("示范批次")] = None
    demonstration_level: Annotated[AwardLevel | None, Heading("示范级别")] = None
    social_workers: Annotated[
        Count | None, Heading("专业社工数", "社工人数", unit="people")
    ] = None
    full_time_staff: Annotated[Count | None, Heading("专职网格员数", unit="people")] = (
        None
    )
    part_time_staff: Annotated[Count | None, Heading("兼职网格员数", unit="people")] = (
        None
    )
    members: Annotated[Count | None, Heading("党员数", unit="people")] = None
    proof_items: Annotated[Count | None, Heading("证明事项数", unit="items")] = None
    reform_status: Annotated[ReformStatus | None, Heading("职能转变状态")] = None
    reformed_on: Annotated[date | None, Heading("职能转变日期")] = None
    grid_group: Annotated[bool | None, Heading("党小组", "是否有党小组")] = None
    integrated_members: Annotated[bool | None, Heading("党员融合")] = None
    integrated_grids: Annotated[bool | None, Heading("网格融合")] = None
    integrated_duties: Annotated[bool | None, Heading("职责融合")] = None
    integrated_workflow: Annotated[bool | None, Heading("流程融合")] = None
    integrated_platform: Annotated[bool | None, Heading("平台融合")] = None
    step: Annotated[
        int | None, Field(ge=0), Field(le=5), Heading("五步工作法步骤", unit="steps")
    ] = None
    disputes_resolved: Annotated[
        Count | None, Heading("化解纠纷数", unit="disputes")
    ] = None
    disputes_period: Annotated[str | None, Heading("化解纠纷周期")] = None


class Resource(Node):
    """What an organization offers 资源: a row of a resource list."""

    zh = "资源"
    prefix = "resource"

    name: Annotated[str, Heading("资源名称", "资源内容")]
    kind: Annotated[ResourceKind, Heading("资源类别", "资源类型")]
    capacity: Annotated[Count | None, Heading("数量", "容量")] = None
    capacity_unit: Annotated[str | None, Heading("计量单位", "单位")] = None
    fee: Annotated[bool | None, Heading("是否收费")] = None
    uses: Annotated[Count | None, Heading("服务人次", unit="uses")] = None
    scope: Annotated[str | None, Heading("服务范围")] = None
    opening_hours: Annotated[str | None, Heading("开放时间")] = None


class Need(Node):
    """What an organization or an area lacks 需求: a row of a need list."""

    zh = "需求"
    prefix = "need"

    name: Annotated[str, Heading("需求内容", "需求名称")]
    kind: Annotated[ResourceKind, Heading("需求类别", "需求类型")]
    quantity: Annotated[Count | None, Heading("数量")] = None
    quantity_unit: Annotated[str | None, Heading("计量单位", "单位")] = None
    urgency: Annotated[
        int | None, Field(ge=1), Field(le=3), Heading("紧急程度", unit="1-3")
    ] = None
    raised_on: Annotated[date | None, Heading("提出日期")] = None
    due_on: Annotated[date | None, Heading("期望完成时限", "完成时限")] = None
    status: Annotated[NeedStatus | None, Heading("状态", "需求状态")] = None


class Project(Node):
    """A project 项目 that was agreed on, with its money and progress."""

    zh = "项目"
    prefix = "project"

    name: Annotated[str, Heading("项目名称", "名称")]
    code: Annotated[str | None, Heading("项目编号")] = None
    programme: Annotated[str | None, Heading("所属计划", "专项")] = None
    action: Annotated[Action | None, Heading("五大行动", "行动")] = None
    budget_cny: Annotated[Count | None, Heading("资金", "预算", unit="CNY")] = None
    starts_on: Annotated[date | None, Heading("开始时间", "开工日期")] = None
    ends_on: Annotated[date | None, Heading("结束时间", "完工日期")] = None
    progress: Annotated[Share | None, Heading("进度", "完成进度", unit="0-1")] = None
    quantity: Annotated[Count | None, Heading("数量")] = None
    quantity_unit: Annotated[str | None, Heading("计量单位", "单位")] = None


class Site(Node):
    """A place that serves people 阵地, such as a party-mass service centre."""

    zh = "阵地"
    prefix = "site"

    name: Annotated[str | None, Heading("阵地名称", "名称")] = None
    tier: Annotated[SiteTier, Heading("阵地层级", "层级")]
    kind: Annotated[SiteKind | None, Heading("阵地类别")] = None
    area_m2: Annotated[Count | None, Heading("面积", "建筑面积", unit="m2")] = None


class Document(Node):
    """A policy document 政策文件 on which mechanisms rest."""

    zh = "政策文件"
    prefix = "document"
    caption = "title"

    title: Annotated[str, Heading("文件标题", "标题", "文件名称")]
    doc_no: Annotated[str | None, Heading("文号", "发文字号")] = None
    tier: Annotated[DocumentTier | None, Heading("文件层级")] = None
    issuer: Annotated[str | None, Heading("发文机关", "印发单位")] = None
    issued_on: Annotated[date | None, Heading("印发日期", "发文日期")] = None
    repealed_on: Annotated[date | None, Heading("废止日期")] = None
