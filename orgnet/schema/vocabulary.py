"""The closed vocabularies: every code an attribute may hold, with its Chinese words.

A code is lower-case English and is what tables, networks and Neo4j store. The first
Chinese word of a member is shown to readers; the others are spellings that rosters use
for the same thing.
"""

from enum import StrEnum
from typing import Self


class Vocabulary(StrEnum):
    """A closed list of codes; each member carries its Chinese words.

    Examples
    --------
    >>> AreaLevel.COMMUNITY.value, AreaLevel.COMMUNITY.zh
    ('community', '社区')
    """

    words: tuple[str, ...]

    def __new__(cls, code: str, *words: str) -> Self:
        """Make a member from its code and its Chinese words."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.words = words
        return member

    @property
    def zh(self) -> str:
        """The Chinese word shown to readers."""
        return self.words[0] if self.words else self.value

    @property
    def en(self) -> str:
        """The English words shown to readers."""
        return self.value.replace("_", " ")


class AreaLevel(Vocabulary):
    """Level of an area in the axis 区街社小区, with the grids beside it."""

    CITY = "city", "市", "地级市"
    DISTRICT = "district", "区县", "区", "县", "区（市）县"
    STREET = "street", "街道", "镇", "乡", "镇（街道）", "乡镇"
    COMMUNITY = "community", "社区", "村", "村（社区）"
    COMPOUND = "compound", "小区", "院落", "小区院落", "居民小区"
    GRID = "grid", "网格", "一般网格", "专属网格"
    MICRO_GRID = "micro_grid", "微网格"
    FUNCTIONAL_AREA = "functional_area", "产业功能区", "功能区", "园区"


class UrbanRural(Vocabulary):
    """Urban-rural class 城乡分类代码 of the statistical area codes."""

    MAIN_URBAN = "111", "主城区"
    URBAN_FRINGE = "112", "城乡结合区"
    TOWN_CENTRE = "121", "镇中心区"
    TOWN_FRINGE = "122", "镇乡结合区"
    SPECIAL = "123", "特殊区域"
    TOWNSHIP_CENTRE = "210", "乡中心区"
    VILLAGE = "220", "村庄"


class Form(Vocabulary):
    """Form of a party organization 组织类别."""

    WORKING_COMMITTEE = "working_committee", "工委", "党工委", "工作委员会"
    COMMITTEE = "committee", "党委", "基层党委", "委员会"
    GENERAL_BRANCH = "general_branch", "党总支", "总支", "总支部", "总支部委员会"
    BRANCH = "branch", "党支部", "支部", "支部委员会"
    JOINT_BRANCH = "joint_branch", "联合党支部", "联合支部"
    TEMPORARY = "temporary", "临时党组织", "临时党支部", "临时"


class Setting(Vocabulary):
    """Where a party organization is set up 设置领域."""

    CITY = "city", "市级", "市委"
    DISTRICT = "district", "区县级", "区县", "区"
    STREET = "street", "街道", "镇街", "街道（镇）"
    COMMUNITY = "community", "社区", "村", "社区（村）"
    COMPOUND = "compound", "小区", "院落", "居民小区"
    GRID = "grid", "网格"
    PARK = "park", "园区", "产业功能区"
    BUILDING = "building", "楼宇", "商圈楼宇"
    AGENCY = "agency", "机关", "党政机关"
    INSTITUTION = "institution", "事业单位"
    ENTERPRISE = "enterprise", "企业", "公司"
    SOCIAL_ORGANIZATION = "social_organization", "社会组织"


AXIS: dict[str, str] = {  # 区街社小区: the setting one step up from each
    "compound": "community",
    "grid": "community",
    "community": "street",
    "street": "district",
    "district": "city",
}


def levels_above(level: str) -> tuple[str, ...]:
    """Return the levels above one on the axis, the next one first.

    Examples
    --------
    >>> levels_above("grid")
    ('community', 'street', 'district', 'city')
    """
    above = AXIS.get(level)
    return () if above is None else (above, *levels_above(above))


class MembershipBasis(Vocabulary):
    """Whether members' formal relation lies with the organization 组织关系."""

    FORMAL = "formal", "正式组织关系", "实体型"
    FUNCTIONAL = "functional", "功能型", "兼合式"


class UnitKind(Vocabulary):
    """Kind of a unit 单位性质类别.

    A business of one person, 个体工商户, is none of them: its name is often a person's,
    and its row is rejected. 企业 alone is none of the words: it may be the state's,
    private or collective, which not even its credit code tells.
    """

    PARTY_DEPARTMENT = "party_department", "党委部门", "党群部门"
    GOVERNMENT = "government", "政府机关", "机关", "行政机关", "党政机关"
    INSTITUTION = "institution", "事业单位", "事业"
    MASS_ORGANIZATION = "mass_organization", "群团组织", "群团", "人民团体"
    STATE_ENTERPRISE = (
        "state_enterprise",
        *("国有企业", "国企", "公有制企业", "国有独资企业", "国有控股企业", "央企"),
    )
    PRIVATE_ENTERPRISE = (
        "private_enterprise",
        *("非公有制企业", "非公企业", "民营企业", "私营企业", "民企", "私企"),
    )
    SOCIAL_ORGANIZATION = (
        "social_organization",
        *("社会组织", "社会团体", "民办非企业", "民办非企业单位", "社会服务机构"),
        "基金会",
    )
    RESIDENTS_COMMITTEE = (
        "residents_committee",
        "居民委员会",
        "村民委员会",
        "居委会",
        "村委会",
    )
    COLLECTIVE = "collective", "集体经济组织", "集体企业"
    COOPERATIVE = "cooperative", "农民专业合作社", "合作社"
    OTHER = "other", "其他", "其它"


class UnitStatus(Vocabulary):
    """Registration state of a unit 状态."""

    ACTIVE = "active", "正常", "存续", "在业", "开业"
    PREPARING = "preparing", "筹备", "筹"
    SUSPENDED = "suspended", "停业", "歇业"
    CLOSED = "closed", "已注销", "注销", "已撤销", "撤销", "吊销"


class AffiliationLevel(Vocabulary):
    """Level that a unit is subordinate to 隶属关系 (GB/T 12404-1997)."""

    CENTRAL = "central", "中央", "10"
    PROVINCE = "province", "省", "省属", "20"
    PREFECTURE = "prefecture", "市", "市属", "40"
    COUNTY = "county", "区县", "区属", "县属", "50"
    STREET = "street", "街道", "镇", "乡", "60", "61", "62", "63"
    COMMITTEE = "committee", "居村委会", "70", "71", "72"
    OTHER = "other", "其他", "90"


class ServiceLine(Vocabulary):
    """One of the five lines of the five-line method 五线工作法."""

    PARTY = "party", "党员线"
    SELF_GOVERNANCE = "self_governance", "自治线"
    ASSOCIATION = "association", "社团线"
    VOLUNTEER = "volunteer", "志愿线"
    SERVICE = "service", "服务线"


class ResourceKind(Vocabulary):
    """What is offered or needed 资源类别 / 需求类别."""

    VENUE = "venue", "场地"
    STAFF = "staff", "人才", "人员", "人力"
    FUND = "fund", "资金"
    EQUIPMENT = "equipment", "设备", "设施"
    SERVICE = "service", "服务"
    POST = "post", "岗位"
    ONLINE_SERVICE = "online_service", "线上服务", "网上服务"


class NeedStatus(Vocabulary):
    """State of a need 需求状态."""

    OPEN = "open", "待对接", "未对接", "待解决"
    MATCHED = "matched", "已对接", "对接中"
    MET = "met", "已解决", "已完成", "已满足"
    WITHDRAWN = "withdrawn", "已撤回", "撤销"


class MatchStatus(Vocabulary):
    """State of a match between a resource and a need 对接状态."""

    PROPOSED = "proposed", "拟对接"
    AGREED = "agreed", "已约定", "已签约"
    RUNNING = "running", "实施中", "进行中"
    DONE = "done", "已完成", "完成"
    CANCELLED = "cancelled", "已取消", "取消"


class SiteKind(Vocabulary):
    """Kind of a site 阵地类别."""

    PARTY_SERVICE = "party_service", "党群服务中心", "党群服务阵地"
    SERVICE_CENTRE = "service_centre", "便民服务中心"


class SiteTier(Vocabulary):
    """Tier of a site in the 3+X party-mass service system 党群服务体系."""

    STREET = "street", "街道综合体", "综合体", "街道"
    COMMUNITY = "community", "社区中心", "中心", "社区"
    COMPOUND = "compound", "小区站点", "站点", "小区"
    X = "x", "X", "商圈楼宇园区"


class DocumentTier(Vocabulary):
    """Tier of a document in the 1+6+N policy system."""

    ONE = "1", "1（总文件）", "总文件"
    SIX = "6", "6（配套文件）", "配套文件"
    N = "N", "N（操作文件）", "操作文件"


class Action(Vocabulary):
    """One of the five actions 五大行动."""

    OLD_TOWN = "old_town", "老旧城区改造"
    BACK_LANES = "back_lanes", "背街小巷整治"
    FEATURE_STREETS = "feature_streets", "特色街区创建"
    SERVICE_UPGRADE = "service_upgrade", "社区服务提升"
    SAFE_COMMUNITY = "safe_community", "平安社区创建"


class AwardLevel(Vocabulary):
    """Who awarded a demonstration status 示范级别."""

    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    DISTRICT = "district", "区县级", "区级", "县级"


class ReformStatus(Vocabulary):
    """State of the street reform 街道职能转变."""

    PENDING = "pending", "未启动"
    UNDERWAY = "underway", "进行中"
    DONE = "done", "已完成"


class SupervisionRole(Vocabulary):
    """In what a unit supervises another 主管关系."""

    REGISTRATION = "registration", "登记管理", "登记管理机关"
    BUSINESS = "business", "业务主管", "业务主管单位"
    PARENT = "parent", "上级单位", "上级主管单位", "母公司"


class CoverBasis(Vocabulary):
    """What a coverage consists in 覆盖方式 (two coverages 两个覆盖, and activity)."""

    ORGANIZATION = "organization", "组织覆盖"
    WORK = "work", "工作覆盖"
    ACTIVITY = "activity", "活动覆盖"


class CoverMode(Vocabulary):
    """How a party organization covers a unit or an area 组建方式."""

    SINGLE = "single", "单独组建", "单建"
    JOINT = "joint", "联合组建", "联建"
    REGIONAL = "regional", "区域组建", "区域性党组织"
    INDUSTRY = "industry", "行业组建", "行业性党组织"
    FUNCTIONAL = "functional", "功能型"
    INSTRUCTOR = "instructor", "党建指导员", "党建工作指导员"
    LIAISON = "liaison", "党建联络员", "联络员"


class TieBasis(Vocabulary):
    """What a seat or partnership is known from 依据."""

    DOCUMENTED = "documented", "有文件"
    REPORTED = "reported", "台账填报"


class Mechanism(Vocabulary):
    """How a unit and a party organization are partners 共建机制."""

    REGISTRATION = "registration", "双报到", "报到"
    AGREEMENT = "agreement", "共建协议", "共建"
    PAIRING = "pairing", "结对", "结对共建"
    JOINT_MEETING = "joint_meeting", "联席会议", "党建联席会议"
    ALLIANCE = "alliance", "党建联盟", "联盟"


class EvaluationKind(Vocabulary):
    """Kind of an evaluation 考评类别."""

    TWO_WAY = "two_way", "双向考评"
    HIERARCHICAL = "hierarchical", "上级考核", "党建责任考核"
    POWER = "power", "考核权", "街道考核部门"
    INSPECTION = "inspection", "督导", "督导拉练"


class EvaluationStatus(Vocabulary):
    """State of one direction of an evaluation 考评状态."""

    RETURNED = "returned", "有效", "已提交"
    MISSING = "missing", "未提交", "缺失"
    VOID = "void", "无效", "作废"
    EXEMPT = "exempt", "免评", "免考"
    PENDING = "pending", "待提交", "未到期"


class Power(Vocabulary):
    """One of the five powers of streets 五权."""

    SUGGEST = "suggest", "建议权", "建议"
    PARTICIPATE = "participate", "参与权", "参与"
    DISPATCH = "dispatch", "调度权", "调度"
    MANAGE = "manage", "管理权", "管理"
    ASSESS = "assess", "考核权", "考核"


class SuccessionRelation(Vocabulary):
    """What became of an area 沿革方式."""

    KEPT = "kept", "保留"
    KIND_CHANGED = "kind_changed", "改设"
    MERGED = "merged", "合并"
