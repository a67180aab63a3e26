"""The rosters of offices: what stands under which heading, and what a row makes.

The words of a column are its headings, those of the template first; whatever stands
around them in a sheet (marks, numbers, units in brackets, gaps) is left out before they
are compared.

References
----------
The national collection form of party organizations (2017), registers of resident units
and of social organizations, grid registers, statistical area lists, resource, need and
project lists, evaluation sheets.
"""

from dataclasses import replace
from typing import Final

from orgnet.rosters.declare import (
    ALWAYS,
    BLANK,
    CODED,
    HANDED_DOWN,
    MERGED,
    UNLISTED,
    GridType,
    HostCase,
    Layout,
    Link,
    Thing,
    col,
    unkept,
)

# fmt: off
FURNITURE: Final = unkept(
    "序号 编号 顺序号 No No. 排序 行号 # number index",
    "备注 说明 附注 remarks remark note notes",
    "填报单位 填表单位 上报单位 报送单位 数据来源单位",
    "填报日期 填表日期 更新日期 更新时间 采集时间 填报时间 录入时间",
    "来源 source",
    "来源行号 sourcerow",
    "问题说明 why",
    "原文件",
    "原工作表",
    "原行号",
    # what a sheet that is handed down tells people: orgnet.report.handed_down
    "缺口类别",
    "缺口判定",
    "缺口原因",
    "建议措施",
    "由谁提出",
    "未满足原因",
    "相关资源",
    "相关资源单位",
)

CITY: Final = col("place.city",
    "市 城市 所属市 市州 地市 市（州） city", fill=BLANK, shown=False, en="city")
DISTRICT: Final = col("place.district",
    "区县 区（市）县 区 县 区县名称 县区 县（区） 县（市、区） 县市区 区市县 所属区县 "
    "所在区县 所属区 所在区 行政区 区域（区县） 属地区县 所属区（市）县 区、县 "
    "district county", fill=BLANK, en="district or county")
STREET: Final = col("place.street",
    "街道 街道（镇） 镇街 街镇 镇（街道） 乡镇 乡镇街道 街道乡镇 乡镇（街道） "
    "街道（乡镇） 镇（街） 街道办 街道办事处 街办 所属街道 所在街道 所属镇街 所在镇街 "
    "属地街道 街道名称 镇街名称 镇 乡 所属街道（镇） 所属镇（街道） 所属乡镇（街道） "
    "所属街道办 street town subdistrict", fill=BLANK, en="street or town")
COMMUNITY: Final = col("place.community",
    "社区 社区（村） 村（社区） 村社区 村居 居村 村 社区/村 村/社区 所属社区 所在社区 "
    "属地社区 社区名称 居委会 村居委会 居（村）委会 居民委员会 所属社区（村） "
    "所属村（社区） 所在村（社区） 所属村社区 驻地社区 社区居委会 community village",
    fill=BLANK, en="community or village")
COMPOUND: Final = col("place.compound",
    "小区 院落 小区院落 小区（院落） 居民小区 所在小区 所属小区 小区名称 小区/院落 "
    "院落名称 compound", en="residential compound")
GRID: Final = col("place.grid",
    "网格 所属网格 所在网格 网格名称 基础网格 一般网格 网格号 grid", en="grid")
SMALL: Final = col("place.small",
    "小区/网格 小区（网格） 小区或网格 网格/小区 网格（小区） 小区、网格 "
    "所在小区（网格） 网格或小区 小区网格", shown=False, en="compound or grid")
WHERE: Final = col("place.text",
    "所在区域 所属区域 区域 属地 所在地 所在地区 区划 所属区划 区域标识 区划代码 "
    "located_in area", en="area: id, code or name")
PLACE: Final = (CITY, DISTRICT, STREET, COMMUNITY)
NAMED: Final = ("place.district", "place.street", "place.community")

UNIT_NAME: Final = (
    "单位名称 单位全称 单位 驻区单位名称 驻区单位 驻区单位全称 企业名称 机构名称 名称 "
    "法人单位名称 单位（企业）名称 单位名称（全称） 部门名称 共建单位 共建单位名称 "
    "辖区单位 辖区单位名称 unit unit_name name"
)
USCC: Final = (
    "统一社会信用代码 社会信用代码 信用代码 统一信用代码 统一代码 信用代码证号 "
    "统一社会信用代码/组织机构代码 统一社会信用代码（或组织机构代码） 机构代码 "
    "统一社会信用代码证号 统一社会信用代码号 单位代码 USCC credit_code"
)
ORG_CODE: Final = (
    "组织机构代码 原组织机构代码 组织机构代码证号 机构代码证 organization_code"
)
UNIT_KIND: Final = (
    "单位性质类别 单位性质 单位类型 单位类别 性质 性质类别 单位属性 单位性质（类别） "
    "机构类型 法人类型 经济类型 类别 类型 kind"
)
PARTY_NAME: Final = (
    "党组织名称 党组织全称 党组织 组织名称 党支部名称 支部名称 党组织名 "
    "基层党组织名称 基层党组织 党组织名称（全称） 所建党组织 所建党组织名称 "
    "已建党组织名称 所属党组织 所属党组织名称 本单位党组织 单位党组织 单位党组织名称 "
    "party_organization party_organisation"
)
SUPERIOR: Final = (
    "上级党组织 上级党组织名称 隶属党组织 直接上级党组织 直属上级党组织 "
    "隶属上级党组织 上级组织 上级党组织全称 主管党组织 隶属党组织名称 党组织隶属 "
    "党组织隶属关系 隶属的上级党组织 所隶属党组织 党组织上级 隶属关系（上级党组织） "
    "上级党委 上级党（工）委 superior superior_party_organization"
)

INSTRUCTOR: Final = (
    "党建指导员 党建指导员（是/否） 是否有党建指导员 是否选派党建指导员 党建工作指导员 "
    "有无党建指导员 指导员 是否派驻党建指导员"
)

YES: Final = dict.fromkeys(
    ("已建", "已建立", "已签", "已签订", "已派", "已选派"), "是"
) | dict.fromkeys(("未建", "未建立", "未签", "未签订", "未派", "未选派"), "否")
FEE: Final = dict.fromkeys(("收费", "有偿"), "是") | dict.fromkeys(
    ("免费", "无偿", "公益", "公益免费", "不收费"), "否"
)
STATE: Final = (
    dict.fromkeys(("是", "Y", "√", "已返回", "已交", "已评"), "有效")
    | dict.fromkeys(("否", "N", "×"), "无效")
    | dict.fromkeys(("未交", "未评", "缺评"), "未提交")
    | {"免": "免评", "待交": "待提交"}
)

PARTY: Final = Layout(
    name="party_organization",
    zh="党组织名册",
    en="Party organizations",
    columns=(
        col("party.name", PARTY_NAME, key=True, fill=MERGED, en="name"),
        col("party.code",
            "党组织代码 组织代码 党组织编码 党组织编号 组织编码 party_code",
            reads="code", fill=MERGED, en="local code"),
        col("party.form",
            "组织类别 党组织类别 组织形式 党组织类型 组织类型 党组织形式 党组织性质 "
            "组织形态 form", fill=MERGED, en="form"),
        col("party.setting",
            "设置领域 所属领域 领域 党组织领域 领域类别 领域类型 设置层级 setting",
            fill=MERGED, en="where it is set up"),
        col("superior.name", SUPERIOR, fill=MERGED, en="superior"),
        col("superior.code",
            "上级党组织代码 上级组织代码 上级党组织编码 上级编码 上级代码",
            reads="code", fill=MERGED, en="superior's local code"),
        col("host.case",
            "党组织所在单位情况 所在单位情况 单位情况 所在单位类型",
            vocabulary=HostCase, en="same as the superior, one unit, or joint"),
        col("host.name",
            "单位名称 所在单位 所在单位名称 党组织所在单位 党组织所在单位名称 "
            "依托单位 覆盖单位 法人单位名称 单位全称 涵盖单位 覆盖单位名称 单位 host "
            "unit", en="its unit; of a joint branch all of them, with 、 between"),
        col("host.kind", UNIT_KIND, en="kind of the unit"),
        col("host.uscc", USCC, reads="credit_codes", en="the unit's credit code"),
        col("host.org_code", ORG_CODE, shown=False),
        col("cover.mode",
            "单位建立党组织情况 组建方式 建立方式 组建形式 组建类型 党组织组建方式 "
            "建立党组织情况 覆盖方式", en="how it was set up"),
        *PLACE,
        SMALL,
        COMPOUND,
        GRID,
        col("joint.name",
            "联合组建单位 联合单位 联建单位 联合党支部单位 联合支部单位 "
            "联合组建单位名称 联合党支部成员单位 联合单位名称 共同组建单位 成员单位",
            shown=False, en="units of a joint branch"),
        col("party.full_members",
            "正式党员数 正式党员 正式 党员数正式 正式党员人数 其中正式党员",
            en="full members"),
        col("party.probationary",
            "预备党员数 预备党员 预备 党员数预备 预备党员人数",
            reads="whole_number", en="probationary members"),
        col("party.members",
            "党员数 党员总数 党员人数 党员合计 党员 党员总人数 党员数合计 党员数总数",
            en="members, direct only"),
        col("party.founded_on",
            "成立日期 建立日期 成立时间 建立时间 组建时间 批准成立日期 成立年月 "
            "founded", en="founded on"),
        col("party.last_election",
            "换届日期 最近换届日期 换届时间 本届换届日期 上次换届时间 "
            "最近一次换届时间 本届选举日期 换届选举日期 上次换届日期",
            en="last election"),
        col("party.expires",
            "届满日期 届满时间 任期届满日期 应换届日期 应换届时间",
            reads="day", shown=False),
    ),
    things=(
        Thing("party", ("PartyOrganization",), ALWAYS),
        Thing("superior", ("PartyOrganization",)),
        Thing("host", ("Unit", "Area"), CODED, several=True),
        Thing("joint", ("Unit",), several=True),
    ),
    links=(Link("SUBORDINATE_TO", "party", "superior"),),
    needs=(
        ("party.name",),
        ("party.form", "superior.name", "party.setting", "host.case"),
    ),
    words=("党组织", "党支部", "基层党建"),
    complete=(
        ("SUBORDINATE_TO:PartyOrganization", ("superior.name",)),
        ("HOSTED_BY:PartyOrganization", ("host.name",)),
        ("COVERS{organization}:Unit", ("host.name",)),
    ),
)

SEAT: Final = Link(
    "HOLDS_SEAT_ON", "unit", "committee", {"basis": "reported"},
    when="unit.reported_seat",
)
INSTRUCTED: Final = Link(
    "COVERS", "committee", "unit",
    {"basis": "work", "mode": "instructor", "reported": True},
    when="unit.reported_instructor",
)
RESIDENT: Final = Layout(
    name="resident_unit",
    zh="驻区单位台账",
    en="Resident units",
    columns=(
        *PLACE,
        GRID,
        col("unit.name", UNIT_NAME, key=True, reads="name", en="name"),
        col("unit.uscc", USCC, reads="credit_code", en="unified social credit code"),
        col("unit.org_code", ORG_CODE, shown=False),
        col("unit.kind", UNIT_KIND, key=True, en="kind"),
        col("unit.industry",
            "行业 行业代码 行业门类 所属行业 行业类别",
            reads="industry", en="industry, GB/T 4754"),
        col("unit.affiliation_level",
            "隶属关系 隶属层级 隶属级别 隶属 affiliation",
            en="affiliation, GB/T 12404"),
        col("supervisor.name",
            "上级主管单位 主管单位 上级单位 主管部门 上级主管部门 "
            "隶属关系/上级主管单位 行政主管单位 隶属单位 隶属关系（上级主管单位） "
            "母公司 上级公司", en="supervising unit"),
        col("unit.address",
            "地址 住所 单位地址 详细地址 办公地址 注册地址 经营地址 经营场所",
            en="address"),
        col("unit.employees",
            "从业人员数 从业人数 职工人数 职工数 员工数 员工人数 在职人数 从业人员 "
            "人员数 在岗职工数", en="employees"),
        col("unit.members", "党员数 党员人数 党员总数 在册党员数 党员", en="members"),
        col("unit.full_members",
            "正式党员数 正式党员 正式 正式党员人数 党员数正式 其中正式党员",
            en="full members"),
        col("unit.operating",
            "是否实体运营 实体运营 是否正常运营 是否在营", says=YES, en="in operation"),
        col("unit.status", "状态 登记状态 存续状态 经营状态", en="status"),
        col("unit.reported_party_org",
            "是否建立党组织 是否建党组织 建立党组织情况 党组织建立情况 是否成立党组织 "
            "有无党组织 是否有党组织 是否已建党组织 是否单独建立党组织 党建情况",
            says=YES, en="is there a party organization"),
        col("party.name", PARTY_NAME, en="its party organization"),
        col("superior.name", SUPERIOR, en="that organization's superior"),
        col("unit.reported_instructor", INSTRUCTOR, reads="yes_no", says=YES,
            en="has an instructor"),
        col("unit.reported_agreement",
            "是否签订共建协议 签订共建协议 共建协议 签订协议 是否签订协议 "
            "有无共建协议 共建协议签订情况 是否签约 是否共建单位",
            reads="yes_no", says=YES, en="has signed an agreement"),
        col("unit.reported_seat",
            "兼职委员 是否兼职委员 是否兼职委员单位 兼职委员单位 是否担任兼职委员 "
            "有无兼职委员 是否有兼职委员 兼职委员（是/否） 大党委兼职委员",
            reads="yes_no", says=YES, en="holds a part-time seat"),
        col("yes.registration",
            "是否双报到 双报到 是否报到 是否已报到 双报到单位 是否双报到单位",
            reads="yes_no", says=YES, en="has registered"),
        col("yes.joint_meeting",
            "是否联席会议成员单位 联席会议成员单位 联席会议 是否联席会议成员",
            reads="yes_no", says=YES, shown=False),
        col("yes.alliance",
            "是否党建联盟成员 党建联盟 党建联盟成员单位",
            reads="yes_no", says=YES, shown=False),
        col("yes.pairing",
            "是否结对 结对共建 是否结对共建", reads="yes_no", says=YES, shown=False),
    ),
    things=(
        Thing("unit", ("Unit",), ALWAYS, {"resident": True}),
        Thing("party", ("PartyOrganization",), UNLISTED),
        Thing("superior", ("PartyOrganization",), UNLISTED),
        Thing("supervisor", ("Unit",)),
    ),
    links=(
        Link("LOCATED_IN", "unit", "place"),
        Link("LOCATED_IN", "unit", "grid"),
        Link("SUPERVISED_BY", "unit", "supervisor", {"role": "parent"}),
        Link("SUBORDINATE_TO", "party", "superior"),
        SEAT,
        Link("PARTNERS_WITH", "unit", "committee",
             {"mechanism": "agreement", "basis": "reported"},
             when="unit.reported_agreement"),
        Link("PARTNERS_WITH", "unit", "committee",
             {"mechanism": "registration", "basis": "reported"},
             when="yes.registration"),
        Link("PARTNERS_WITH", "unit", "committee",
             {"mechanism": "joint_meeting", "basis": "reported"},
             when="yes.joint_meeting"),
        Link("PARTNERS_WITH", "unit", "committee",
             {"mechanism": "alliance", "basis": "reported"}, when="yes.alliance"),
        Link("PARTNERS_WITH", "unit", "committee",
             {"mechanism": "pairing", "basis": "reported"}, when="yes.pairing"),
        INSTRUCTED,
    ),
    needs=(("unit.name",), (*NAMED, "place.text")),
    words=("驻区单位", "驻区", "辖区单位", "区域化党建", "两新"),
    complete=(
        ("LOCATED_IN:Unit", ("place.community",)),
        ("COVERS{organization}:Unit", ("party.name",)),
        ("SUPERVISED_BY:Unit", ("supervisor.name",)),
    ),
)

SOCIAL: Final = Layout(
    name="social_organization",
    zh="社会组织名册",
    en="Social organizations",
    columns=(
        col("unit.name",
            "社会组织名称 社会组织全称 社会组织 组织名称 单位名称 机构名称 名称 "
            "社团名称 social_organization", key=True, reads="name", en="name"),
        col("unit.uscc", USCC, reads="credit_code", en="unified social credit code"),
        col("unit.org_code", ORG_CODE, shown=False),
        col("unit.type",
            "社会组织类型 组织类型 社会组织类别 社团类型 类型 类别 登记类型",
            stored=False, reads="text", shown=False),
        *PLACE,
        col("place.text",
            "活动区域 活动地域 所在区域 所属区域 服务区域 业务活动区域", shown=False),
        col("registrar.name",
            "登记管理机关 登记机关 登记管理部门 登记部门 登记单位",
            en="registered with"),
        col("business.name",
            "业务主管单位 业务主管部门 主管单位 业务主管 业务指导单位 "
            "业务主管（指导）单位", en="guided by"),
        col("unit.valid_from",
            "成立登记日期 成立日期 登记日期 成立时间 登记时间 注册日期 成立登记时间 "
            "发证日期", en="registered on"),
        col("unit.employees",
            "专职工作人员数 专职人员数 专职工作人员 从业人员数 专职人员 工作人员数 "
            "从业人数 专职工作人员人数", en="full-time staff"),
        col("unit.members", "党员数 党员人数 党员总数 党员", en="members"),
        col("unit.full_members",
            "正式党员数 正式党员 正式党员人数 其中正式党员", en="full members"),
        col("unit.operating",
            "是否实体运营 实体运营 是否正常运营", says=YES, en="in operation"),
        col("unit.status", "状态 登记状态 社会组织状态 组织状态 存续状态", en="status"),
        col("unit.address", "住所 地址 住址 办公地址 注册地址 办公场所", en="address"),
        col("unit.reported_party_org",
            "是否建立党组织 是否建党组织 党组织建立情况 建立党组织情况 是否成立党组织 "
            "有无党组织 是否有党组织", says=YES, en="is there a party organization"),
        col("party.name", PARTY_NAME, shown=False),
        col("unit.reported_instructor", INSTRUCTOR, reads="yes_no", says=YES,
            shown=False),
        *unkept(
            "证书有效期 有效期 证书有效期至 登记证书有效期 证书有效期限",
            "注册资金 注册资金（万元） 开办资金 原始基金 注册资本 开办资金（万元）",
            "业务范围 服务领域 业务领域 行业分类",
            "兼职工作人员数 兼职人员数 兼职工作人员 兼职人员",
            "单位会员数 会员数 个人会员数 会员单位数",
            "评估等级 评估等次 等级",
            "是否慈善组织 慈善组织 公益慈善",
            "登记证号 证书编号 登记证书编号",
        ),
    ),
    things=(
        Thing("unit", ("Unit",), ALWAYS, {"kind": "social_organization"}),
        Thing("registrar", ("Unit",), UNLISTED, {"kind": "government"}),
        Thing("business", ("Unit",), UNLISTED, {"kind": "other"}),
        Thing("party", ("PartyOrganization",), UNLISTED),
    ),
    links=(
        Link("LOCATED_IN", "unit", "place"),
        Link("SUPERVISED_BY", "unit", "registrar", {"role": "registration"}),
        Link("SUPERVISED_BY", "unit", "business", {"role": "business"}),
        INSTRUCTED,
    ),
    needs=(("unit.name",), ("registrar.name", "business.name", "unit.type")),
    words=("社会组织", "社团", "民办非企业", "社会服务机构"),
    complete=(
        ("LOCATED_IN:Unit", ("place.community",)),
        ("SUPERVISED_BY:Unit", ("registrar.name", "business.name")),
    ),
)

UNIT: Final = Layout(
    name="unit",
    zh="单位名录",
    en="Units",
    columns=(
        col("unit.name", UNIT_NAME, key=True, reads="name", en="name"),
        col("unit.uscc", USCC, reads="credit_code", en="unified social credit code"),
        col("unit.org_code", ORG_CODE, shown=False),
        col("unit.kind", UNIT_KIND, key=True, en="kind"),
        *PLACE,
        WHERE,
        col("supervisor.name",
            "上级主管单位 主管单位 上级单位 主管部门 上级主管部门 隶属单位 母公司",
            en="supervising unit"),
        col("unit.reported_instructor", INSTRUCTOR, reads="yes_no", says=YES,
            shown=False),
    ),
    things=(Thing("unit", ("Unit",), ALWAYS), Thing("supervisor", ("Unit",))),
    links=(
        Link("LOCATED_IN", "unit", "place"),
        Link("SUPERVISED_BY", "unit", "supervisor", {"role": "parent"}),
        INSTRUCTED,
    ),
    needs=(("unit.name",), ("unit.kind", "unit.uscc")),
    words=("部门", "机关", "名录", "自治组织", "居委会", "居（村）委会", "村（居）委会",
           "职能部门", "派出机构"),
    complete=(("LOCATED_IN:Unit", ("place.community",)),),
)

GRIDS: Final = Layout(
    name="grid",
    zh="网格台账",
    en="Grids",
    columns=(
        *PLACE,
        col("area.name",
            "网格名称 网格 网格全称 网格名 grid grid_name", key=True, en="name"),
        col("area.code",
            "网格编码 网格代码 网格编号 网格码 网格统一编码 grid_code",
            reads="grid_code", en="code of 15 digits"),
        col("area.type",
            "网格类型 网格类别 网格性质 类型",
            vocabulary=GridType, en="general, exclusive or micro"),
        col("parent.name",
            "上级网格 所属上级网格 上级网格名称 所属一般网格 parent_grid",
            en="grid that a micro-grid belongs to"),
        col("area.households", "户数 居民户数 总户数 住户数 家庭户数", en="households"),
        col("area.population",
            "常住人口 人口 人口数 常住人口数 总人口 人数 常住人数", en="population"),
        col("overlap.name",
            "小区/楼栋 小区楼栋 小区（楼栋） 小区院落 包含小区 涉及小区 小区 楼栋 "
            "小区、楼栋 小区名称", shown=False),
        col("party.name",
            "网格党组织名称 网格党组织 网格党支部 网格党支部名称 " + PARTY_NAME,
            en="party organization of the grid"),
        col("area.members", "党员数 党员人数 网格党员数 党员", en="members"),
        col("area.full_time_staff",
            "专职网格员数 专职网格员 专职人员数 专职网格员人数 专职 网格员数专职 "
            "网格员专职", en="full-time staff"),
        col("area.part_time_staff",
            "兼职网格员数 兼职网格员 兼职人员数 兼职网格员人数 兼职 网格员数兼职 "
            "网格员兼职", en="part-time staff"),
        col("area.grid_group",
            "党小组 是否有党小组 是否建立党小组 有无党小组 是否成立党小组",
            says=YES, en="is there a party group"),
        *unkept(
            "四至范围 范围 四至 网格范围 网格四至",
        ),
    ),
    things=(
        Thing("area", ("Area",), ALWAYS),
        Thing("party", ("PartyOrganization",), UNLISTED, {"setting": "grid"},
              several=True),
        Thing("overlap", ("Area",), several=True, quiet=True),
    ),
    links=(Link("OVERLAPS", "overlap", "area"),),
    needs=(("area.name",), ("area.code", "area.type", *NAMED)),
    words=("网格",),
    complete=(("COVERS:grid", ("party.name",)),),
)

COMPOUNDS: Final = Layout(
    name="compound",
    zh="小区台账",
    en="Residential compounds",
    columns=(
        *PLACE,
        col("area.name",
            "小区名称 小区 小区院落名称 院落名称 小区（院落）名称 居民小区 "
            "居民小区名称 小区院落 小区（院落） compound", key=True, en="name"),
        col("area.number",
            "小区编码 小区编号 小区代码 院落编号", reads="code", shown=False),
        col("area.households", "户数 居民户数 总户数 住户数 入住户数", en="households"),
        col("area.population",
            "常住人口 人口 人口数 常住人口数 总人口 居住人口", en="population"),
        col("area.step",
            "五步工作法步骤 五步工作法 工作步骤 步骤 所处步骤 五步工作法进度 推进步骤",
            reads="step", en="step of the five-step method"),
        col("party.name",
            "小区党组织名称 小区党组织 小区党支部 小区党支部名称 院落党组织 "
            "小区党组织全称 " + PARTY_NAME,
            en="its party organization"),
        col("area.members", "党员数 党员人数 在册党员数 党员", en="members"),
        col("area.disputes_resolved",
            "化解纠纷数 化解矛盾纠纷数 调解纠纷数 化解纠纷件数 化解矛盾数 纠纷化解数",
            en="disputes settled"),
        col("area.demonstration",
            "是否示范小区 示范小区 是否示范 示范",
            says=YES, en="is it a demonstration compound"),
        *unkept(
            "物业公司 物业服务企业 物业单位 物业",
            "业委会 是否成立业委会 业主委员会 是否有业委会",
            "楼栋数 栋数 单元数 建成年份 建成时间 小区类型 小区性质",
        ),
    ),
    things=(
        Thing("area", ("Area",), ALWAYS, {"level": "compound"}),
        Thing("party", ("PartyOrganization",), UNLISTED, {"setting": "compound"},
              several=True),
    ),
    links=(),
    needs=(("area.name",), (*NAMED, "area.number"),
           ("area.households", "area.step", "party.name", "area.population",
            "area.disputes_resolved", "area.number", "area.members")),
    words=("小区", "院落"),
    complete=(("COVERS:compound", ("party.name",)),),
)

AREAS: Final = Layout(
    name="area",
    zh="区划表",
    en="Areas",
    columns=(
        col("area.code",
            "统计用区划代码 区划代码 行政区划代码 区划编码 代码 统计代码 "
            "统计用区划代码（12位） 地区代码 行政区划编码 area_code",
            reads="area_code", key=True, en="code of 6, 9 or 12 digits"),
        col("area.name",
            "名称 区划名称 区域名称 单位名称 行政区划名称 地区名称 地名 "
            "村（社区）名称 name", key=True, en="name"),
        col("area.level",
            "层级 级别 区划级别 行政级别 区划层级 level",
            key=True, told=True, en="level"),
        col("area.kind", "区划类别 类别 类型 区划类型 kind", en="kind"),
        col("parent.name",
            "上级 上级区划 上级名称 上级区划名称 上级区域 所属上级 上级行政区划 "
            "parent", en="larger area: name or code"),
        col("parent.code",
            "上级代码 上级区划代码 上级编码 上级行政区划代码 parent_code",
            reads="area_code", shown=False),
        *PLACE,
        col("area.urban_rural",
            "城乡分类代码 城乡分类 城乡代码 城乡属性 城乡划分代码",
            en="urban-rural class"),
        col("area.households",
            "户数 总户数 家庭户数 居民户数 常住户数", en="households"),
        col("area.population",
            "人口 常住人口 人口数 总人口 常住人口数 户籍人口", en="population"),
        col("area.area_m2",
            "面积 面积（km2） 面积（平方公里） 区域面积 幅员面积 辖区面积",
            en="surface, unit in the heading"),
        col("area.demonstration",
            "是否示范 示范 是否示范单位 示范社区", says=YES, en="demonstration area"),
        col("area.demonstration_batch",
            "示范批次 批次 示范社区批次 示范年度", en="demonstration batch"),
        col("area.demonstration_level", "示范级别 示范等级 命名级别", en="awarded by"),
    ),
    things=(Thing("area", ("Area",), ALWAYS),),
    links=(),
    needs=(("area.name",), ("area.code", "area.level")),
    words=("区划",),
)

RESOURCES: Final = Layout(
    name="resource",
    zh="资源清单",
    en="Resources offered",
    columns=(
        col("resource.number",
            "资源编号 资源编码 资源代码 清单编号", reads="code", en="list number"),
        col("owner.name",
            "提供单位 资源提供单位 单位名称 提供方 供给单位 提供单位名称 资源所属单位 "
            "责任单位 所属单位 提供主体 单位 owner provider",
            fill=MERGED, en="who offers it"),
        *PLACE,
        col("resource.kind",
            "资源类别 资源类型 类别 类型 资源种类 kind", key=True, en="kind"),
        col("resource.name",
            "资源名称 资源内容 名称 资源 具体资源 资源项目 可提供资源 资源描述 name",
            key=True, en="what is offered"),
        col("resource.capacity",
            "数量 容量 资源数量 可提供数量 规模 capacity", en="how much"),
        col("resource.capacity_unit",
            "计量单位 单位（量词） 数量单位 量词 单位 capacity_unit", en="counted in"),
        col("resource.opening_hours",
            "开放时间 可用时间 开放时段 可提供时间 服务时间 可使用时间",
            en="opening hours"),
        col("resource.scope",
            "服务范围 服务对象 面向对象 适用范围 受益范围", en="for whom"),
        col("resource.fee",
            "是否收费 收费情况 是否有偿 收费 是否免费",
            says=FEE, reads="fee", en="is there a fee"),
        col("resource.period",
            "有效期 有效期限 有效期至 资源有效期 期限 有效时间 可用期限",
            reads="period", en="until, or from and until"),
        col("resource.valid_from",
            "有效期起 有效起 起始日期 有效期自 生效日期 有效期开始 可用起始日期",
            shown=False),
        col("resource.valid_to",
            "有效期止 有效止 终止日期 失效日期 有效期结束 可用截止日期", shown=False),
    ),
    things=(
        Thing("resource", ("Resource",), ALWAYS),
        Thing("owner", ("Unit", "PartyOrganization")),
    ),
    links=(
        Link("OFFERS", "owner", "resource"),
        Link("LOCATED_IN", "resource", "place"),
    ),
    needs=(("resource.name",), ("resource.kind",), ("owner.name", *NAMED)),
    words=("资源",),
    complete=(
        ("OFFERS:Unit", ("owner.name",)),
        ("OFFERS:PartyOrganization", ("owner.name",)),
        ("OFFERS:Resource", ("owner.name",)),
        ("LOCATED_IN:Resource", ("place.community",)),
    ),
)

NEEDS: Final = Layout(
    name="need",
    zh="需求清单",
    en="Needs raised",
    columns=(
        col("need.number",
            "需求编号 需求编码 需求代码 清单编号", reads="code", en="list number"),
        col("raiser.name",
            "提出单位 需求单位 提出方 提出单位/社区/小区 提出主体 需求方 需求提出单位 "
            "提出单位（社区、小区） 申请单位 提出单位名称 提出者 需求主体 单位名称 "
            "提出单位（社区） 提出单位/社区 raised_by",
            fill=MERGED, en="who raises it; blank if it is the area itself"),
        *PLACE,
        COMPOUND,
        GRID,
        col("need.kind",
            "需求类别 需求类型 类别 类型 需求种类 kind", key=True, en="kind"),
        col("need.name",
            "需求内容 需求名称 需求 需求事项 具体需求 需求描述 需求项目 名称 name",
            key=True, en="what is needed"),
        col("need.quantity", "数量 需求数量 规模 quantity", en="how much"),
        col("need.quantity_unit", "计量单位 数量单位 量词 单位", en="counted in"),
        col("need.urgency",
            "紧急程度 紧急度 紧迫程度 优先级 轻重缓急",
            en="1 to 3, 3 is most urgent"),
        col("need.raised_on",
            "提出日期 提出时间 登记日期 申报日期 上报日期 收集时间 征集时间",
            en="raised on"),
        col("need.due_on",
            "期望完成时限 完成时限 期望完成时间 期望时限 办理时限 期望完成日期 "
            "截止日期 要求完成时间", en="wanted by"),
        col("need.status",
            "状态 需求状态 对接状态 办理状态 办理情况 落实情况", en="status"),
    ),
    things=(
        Thing("need", ("Need",), ALWAYS),
        Thing("raiser", ("Unit", "PartyOrganization", "Area")),
    ),
    links=(Link("RAISES", "raiser", "need"), Link("LOCATED_IN", "need", "place")),
    needs=(("need.name",), ("need.kind",), ("raiser.name", *NAMED)),
    words=("需求",),
    complete=(
        ("RAISES:Need", ("raiser.name",)),
        ("RAISES:Unit", ("raiser.name",)),
        ("RAISES:PartyOrganization", ("raiser.name",)),
        ("LOCATED_IN:Need", ("place.community",)),
    ),
)

PROJECTS: Final = Layout(
    name="project",
    zh="项目清单",
    en="Projects",
    columns=(
        col("project.code",
            "项目编号 项目编码 项目代码 编号 project_code",
            reads="code", en="project number"),
        col("project.name", "项目名称 名称 项目 项目内容 name", key=True, en="name"),
        col("project.programme",
            "所属计划 专项 所属专项 项目类别 项目类型 所属行动计划", en="programme"),
        col("project.action", "五大行动 行动 所属行动 行动类别", en="one of the five"),
        *PLACE,
        COMPOUND,
        col("need.name",
            "对应需求 对接需求 需求 需求编号 对应需求编号 需求名称 对应需求清单 "
            "需求内容", en="needs it serves: numbers or names"),
        col("resource.name",
            "使用资源 对接资源 资源 资源编号 使用资源编号 资源名称 对应资源 匹配资源",
            en="resources it uses"),
        col("funder.name",
            "出资单位 资金来源 出资方 资金来源单位 拨款单位 资金提供单位",
            en="who pays"),
        col("project.budget_cny",
            "资金 资金（万元） 预算 项目资金 项目预算 总投资 投资金额 项目金额 经费 "
            "资金额 预算资金 资金总额 投资额", en="money, unit in the heading"),
        col("FUNDS.amount_cny", "出资金额 拨款金额 到位资金 出资额", shown=False),
        col("FUNDS.year", "年度 年份 资金年度 预算年度", en="year of the money"),
        col("FUNDS.purpose", "用途 资金用途", shown=False),
        col("project.starts_on",
            "开始时间 开工日期 开始日期 启动时间 起始时间 启动日期", en="starts on"),
        col("project.ends_on",
            "结束时间 完工日期 结束日期 完成时间 竣工日期 计划完成时间 计划完成日期",
            en="ends on"),
        col("project.period",
            "起止时间 起止日期 实施时间 项目周期 实施期限 起止年月 建设周期 实施周期",
            reads="period", shown=False),
        col("project.progress",
            "进度 完成进度 项目进度 完成率 进展 完成比例", en="0-100%"),
        col("MATCHED_TO.status",
            "完成情况 对接状态 项目状态 状态 实施情况 完成状态",
            en="state of the match"),
        col("MATCHED_TO.quantity", "对接数量 使用数量", shown=False),
        *unkept(
            "牵头单位 牵头部门 责任单位 实施单位 承办单位 主办单位 负责单位",
            "参与单位 配合单位 协办单位 参与部门 共建单位 参建单位",
            "项目简介 项目说明 建设内容 主要内容",
        ),
    ),
    things=(
        Thing("project", ("Project",), ALWAYS),
        Thing("need", ("Need",), several=True),
        Thing("resource", ("Resource",), several=True),
        Thing("funder", ("Unit", "PartyOrganization"), several=True),
    ),
    links=(
        Link("SERVES", "project", "need"),
        Link("SERVES", "project", "place"),
        Link("FUNDS", "funder", "project"),
        Link("MATCHED_TO", "resource", "need"),
    ),
    needs=(("project.name",),
           ("project.code", "project.budget_cny", "need.name", "resource.name",
            "project.starts_on", "project.period", "project.progress",
            "project.programme", "project.action")),
    words=("项目",),
    complete=(
        ("SERVES:Project", ("need.name",)),
        ("MATCHED_TO:Need", ("need.name", "resource.name")),
        ("MATCHED_TO:Resource", ("need.name", "resource.name")),
    ),
)

SCORES: Final = (
    col("EVALUATES.kind",
        "考评类别 考核类别 考评类型 考核类型 考评种类",
        key=True, told=True, en="kind of evaluation; two-way if blank"),
    col("EVALUATES.score",
        "总分 得分 总得分 最终得分 考评得分 考核得分 合计得分 分数 综合得分 合计 "
        "score", en="score"),
    col("EVALUATES.scale_max",
        "满分 总分值 满分值 分值 满分分值 scale", en="highest score without bonus"),
    col("EVALUATES.grade",
        "等次 考评等次 评定等次 考核等次 评价等次 等级 档次 考评结果 grade",
        en="grade"),
    col("EVALUATES.submitted_on",
        "提交日期 提交时间 考评日期 评价日期 上报日期 考核日期 报送日期",
        en="submitted on"),
    col("EVALUATES.status",
        "是否有效 状态 有效 有效性 提交状态 考评状态 返回状态 提交情况 "
        "是否有效（是/否）", says=STATE, en="returned, void, ..."),
)
ITEMS: Final = unkept(
    "项目得分 分项得分 指标得分 基础分 基础得分",
    "加分 加分项 附加分 加分项得分 奖励分",
    "扣分 扣分项 减分 扣分项得分 减分项",
    "评语 意见 考评意见 评价意见 意见建议",
)
ROUND: Final = col("EVALUATES.round",
    "考评周期 轮次 考评年度 考核年度 考评轮次 年度 周期 考核周期 考评时间 考评期 "
    "评价周期 round", reads="round", key=True, fill=BLANK, en="round")
SIDES: Final = ("Unit", "PartyOrganization")
EVALUATION: Final = Layout(
    name="evaluation",
    zh="双向考评表",
    en="Two-way evaluation",
    columns=(
        ROUND,
        *PLACE,
        col("evaluator.name",
            "考评方 考评主体 评价方 评价主体 考核方 考核主体 评议方 考评单位 打分单位 "
            "评价单位 考评人（单位） 评分方 evaluator",
            key=True, fill=MERGED, en="who evaluates"),
        col("evaluatee.name",
            "被考评方 考评对象 被评价方 评价对象 被考核方 考核对象 被评议方 "
            "被考评单位 被考评对象 被评价单位 被考核单位 被评方 evaluatee",
            key=True, en="who is evaluated"),
        col("pair.direction",
            "考评方向 方向 评价方向 考核方向",
            reads="direction", en="down or up; the two parties tell"),
        *SCORES,
        *ITEMS,
    ),
    things=(
        Thing("evaluator", SIDES, key=True),
        Thing("evaluatee", SIDES, key=True),
    ),
    links=(Link("EVALUATES", "evaluator", "evaluatee"),),
    needs=(("evaluator.name",), ("evaluatee.name",)),
    words=("考评", "考核", "评价"),
    complete=(
        ("EVALUATES:Unit", ("evaluator.name", "evaluatee.name")),
        ("EVALUATES:PartyOrganization", ("evaluator.name", "evaluatee.name")),
    ),
)

PAIRS: Final = Layout(
    name="evaluation_by_direction",
    zh="双向考评表（按方向）",
    en="Two-way evaluation by direction",
    columns=(
        ROUND,
        *PLACE,
        col("committee.name",
            "社区党组织 街道党组织 街道（社区）党组织 属地党组织 社区（街道）党组织 "
            "街道社区党组织 区域党组织 党组织 党组织名称",
            key=True, fill=MERGED, en="the area's party organization"),
        col("unit.name", UNIT_NAME, key=True, en="the unit"),
        col("unit.id", HANDED_DOWN, reads="id", prefix="unit", shown=False),
        col("committee.id", f"{HANDED_DOWN}（党组织）", reads="id", prefix="party",
            shown=False),
        col("pair.direction",
            "考评方向 方向 评价方向 考核方向",
            key=True, reads="direction", en="down or up"),
        *SCORES,
        *ITEMS,
    ),
    things=(
        Thing("committee", SIDES, key=True),
        Thing("unit", SIDES, key=True),
    ),
    links=(Link("EVALUATES", "committee", "unit"),),
    needs=(("committee.name",), ("unit.name",), ("pair.direction",)),
    words=("考评", "考核"),
    complete=(
        ("EVALUATES:Unit", ("pair.direction",)),
        ("EVALUATES:PartyOrganization", ("pair.direction",)),
    ),
)

SITES: Final = Layout(
    name="site",
    zh="阵地台账",
    en="Sites",
    columns=(
        *PLACE,
        COMPOUND,
        col("site.number", "阵地编号 阵地编码 阵地代码", reads="code", shown=False),
        col("site.name",
            "阵地名称 党群服务中心名称 党群服务中心 中心名称 站点名称 场所名称 名称 "
            "党群服务阵地 阵地 党群服务阵地名称 name", en="name"),
        col("site.tier", "阵地层级 层级 阵地级别 级别 tier", key=True, en="tier"),
        col("site.kind", "阵地类别 阵地类型 类别 类型", en="kind"),
        col("site.area_m2",
            "面积 建筑面积 面积（㎡） 使用面积 面积（平方米） 建筑面积（㎡）",
            en="surface, unit in the heading"),
        col("operator.name",
            "运营党组织 管理党组织 所属党组织 运营主体 主管党组织 管理单位（党组织） "
            "运营方 党组织名称", en="party organization that runs it"),
    ),
    things=(
        Thing("site", ("Site",), ALWAYS),
        Thing("operator", ("PartyOrganization",)),
    ),
    links=(Link("LOCATED_IN", "site", "place"), Link("OPERATES", "operator", "site")),
    needs=(("site.name", "site.kind"), ("site.tier",), (*NAMED, "place.compound")),
    words=("阵地", "党群服务"),
    complete=(
        ("LOCATED_IN:Site", ()),
        ("OPERATES:Site", ("operator.name",)),
    ),
)

DOCUMENTS: Final = Layout(
    name="document",
    zh="政策文件目录",
    en="Documents",
    columns=(
        col("document.title",
            "文件标题 标题 文件名称 文件名 政策名称", key=True, en="title"),
        col("document.doc_no", "文号 发文字号 文件编号 发文号", en="number"),
        col("basis.name",
            "依据文件 配套于 上位文件 所配套文件 上位文件文号",
            en="document that it implements: number or title"),
    ),
    things=(
        Thing("document", ("Document",), ALWAYS),
        Thing("basis", ("Document",), several=True),
    ),
    links=(Link("IMPLEMENTS", "document", "basis"),),
    needs=(
        ("document.title",),
        ("document.doc_no", "document.issuer", "document.tier"),
    ),
    words=("文件", "政策"),
    complete=(("IMPLEMENTS:Document", ("basis.name",)),),
)

RELATIONS: Final = Layout(
    name="relation",
    zh="关系表",
    en="Relationships",
    columns=(
        col("relation.type",
            "类型 关系类型 关系 type",
            reads="text", key=True, en="type of relationship"),
        col("from.name",
            "起 起点 起点名称 主体 起点标识 from tail source_id",
            key=True, en="from: id, code or name"),
        col("to.name",
            "止 终点 终点名称 对象 终点标识 to head target_id",
            key=True, en="to: id, code or name"),
        col("place.text", "所在区域 区域", en="area that both names are looked up in"),
        *(replace(c, shown=False) for c in PLACE),
    ),
    things=(Thing("from", (), key=True), Thing("to", (), key=True)),
    links=(),
    needs=(("relation.type",), ("from.name",), ("to.name",)),
    words=("关系",),
)

ROSTERS: Final = (
    PARTY, RESIDENT, SOCIAL, GRIDS, AREAS, RESOURCES, NEEDS, PROJECTS, EVALUATION,
    COMPOUNDS, PAIRS, UNIT, SITES, DOCUMENTS,
)
# fmt: on
