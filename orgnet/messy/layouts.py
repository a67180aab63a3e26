"""How offices lay their rosters out: one header a layout, three layouts a roster.

A header is written one column a line: what stands in the column, the heading as the
office writes it, and how it writes the values. In a heading `␣` is a space, `⏎` a line
break and `上>下` a heading in two rows.
"""

from dataclasses import dataclass

from orgnet.schema import SCHEMA
from orgnet.schema.vocabulary import Vocabulary

GAPS = str.maketrans({"␣": " ", "⏎": "\n"})
ABOVE = ">"


@dataclass(frozen=True)
class Column:
    """A column of an office's roster.

    Parameters
    ----------
    field
        What stands in it: a column of the plain roster, or a filler.
    heading
        The heading as written.
    style
        How values are written: see :mod:`orgnet.messy.styles`.
    over
        The group heading above it; empty if the header has one row.
    """

    field: str
    heading: str
    style: str = ""
    over: str = ""


@dataclass(frozen=True)
class Layout:
    """How one sort of office lays out one roster.

    Parameters
    ----------
    roster
        The roster.
    file, sheet
        Names of the file and the sheet; `{office}` stands for whose they are. Offices
        whose file has the same name share it, and the sheet too if that is the same.
    header
        One column a line: field, heading, style.
    title
        Rows above the header.
    notes
        Rows below the table.
    fill
        Fields written only where they change, as when cells are merged.
    subtotal
        The field in which 小计 and 合计 stand; none if there are no such rows.
    blank_rows
        Whether an empty row follows each street.
    one_a_row
        A field whose several names are written in a row each.
    encoding
        The encoding of delimited text.
    """

    roster: str
    file: str
    sheet: str
    header: str
    title: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    fill: tuple[str, ...] = ()
    subtotal: str = ""
    blank_rows: bool = False
    one_a_row: str = ""
    encoding: str = "utf-8"

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the header."""
        return tuple(_column(line.split()) for line in self.header.strip().splitlines())

    def has(self, field: str) -> bool:
        """Say whether a field has a column."""
        return any(column.field == field for column in self.columns)

    @property
    def workbook(self) -> bool:
        """Whether it is written as a workbook, and not as delimited text."""
        return self.file.endswith(".xlsx")


def _column(parts: list[str]) -> Column:
    field, heading, *style = parts
    over, _, below = heading.translate(GAPS).rpartition(ABOVE)
    return Column(field, below, style[0] if style else "", over)


KINDS = {  # what the rows of each roster tell of
    "areas": "Area",
    "parks": "Area",
    "parties": "PartyOrganization",
    "units": "Unit",
    "social": "Unit",
    "grids": "Area",
    "compounds": "Area",
    "resources": "Resource",
    "needs": "Need",
    "projects": "Project",
    "evaluations": "EVALUATES",
}
ROSTERS = tuple(KINDS)
CODED = "code"  # the style that writes a vocabulary's code itself


def words_of(roster: str, column: Column) -> type[Vocabulary] | None:
    """Return the vocabulary whose words stand in a column, if they do."""
    attribute = SCHEMA[KINDS[roster]].attributes().get(column.field)
    if column.field == "unit_kind":
        attribute = SCHEMA["Unit"].attributes()["kind"]
    if attribute is None or column.style == CODED:
        return None
    return attribute.vocabulary


AREAS = (
    Layout(
        "areas",
        "{office}统计用区划代码.xlsx",
        "区划代码",
        """
        code 统计用区划代码 padded
        name 名称
        urban_rural 城乡分类代码 code
        parent 上级
        households 户数
        population 人口
        area_m2 面积（平方公里） km2
        demonstration_batch 示范批次
        edition 年度版本
        """,
        title=("{office}统计用区划代码和城乡划分代码",),
        notes=("注：户数、人口按年末数填报。",),
    ),
    Layout(
        "areas",
        "区划情况汇总.xlsx",
        "{office}",
        """
        serial 序号
        code 区划代码 whole
        name *区划名称 wide_now_and_then
        level 级␣别
        kind 区划类别
        parent 上级
        households 户数（户） text
        population 常住人口（人） thousands
        demonstration 是否示范 勾叉
        demonstration_batch 示范批次
        demonstration_level 示范级别 1
        edition 区划版本
        """,
        title=("附件1", "各街道（镇）、社区（村）区划情况表"),
        notes=("填表说明：示范批次填写授牌年份。",),
        subtotal="name",
    ),
    Layout(
        "areas",
        "全市区划台账.csv",
        "",
        """
        code 区划代码
        name 区域名称
        level 层级 1
        parent 上级
        households 户数
        population 人口
        social_workers 专业社工数
        proof_items 证明事项数
        reform_status 职能转变状态
        demonstration 示范 是否
        edition 区划版本
        remark 备注
        """,
    ),
)
PARKS = (
    Layout(
        "parks",
        "产业功能区名录.xlsx",
        "产业功能区",
        """
        serial 序号
        name 名称
        level 级别 1
        parent 上级
        edition 年度版本
        """,
        title=("产业功能区名录",),
    ),
)
PARTIES = (
    Layout(
        "parties",
        "{office}党组织基本情况表.xlsx",
        "党组织",
        """
        serial 序号
        name 党组织名称 formal
        code 党组织代码
        person 党组织书记
        person 党组织联系人
        phone 联系电话
        form 组织类别
        setting 所属领域
        host_state 党组织所在⏎单位情况
        unit 单位名称
        unit_kind 单位性质类别
        unit_code 统一社会信用代码
        superior 上级党组织 formal
        founded_on 成立日期 dotted
        last_election 换届日期 dotted
        full_members 正式党员数
        district 区（市）县
        street 街道（镇）
        community 社区（村）
        small_area 小区/网格
        joint_units 联合组建单位
        """,
        title=("党组织基本情况采集表", "填报单位：{office}        填报人：（略）"),
        notes=("注：联合党支部的各单位以顿号分隔。", "填表说明：名称与印章一致。"),
    ),
    Layout(
        "parties",
        "党组织信息汇总.xlsx",
        "{office}",
        """
        district 所在区域>区县
        street 所在区域>街道
        community 所在区域>社区 short_area
        small_area 所在区域>小区（网格）
        name 基本信息>*党组织全称 trailing
        code 基本信息>党组织代码
        form 基本信息>党组织类别 1
        setting 基本信息>设置领域 1
        membership_basis 基本信息>组织关系性质
        superior 基本信息>上级党组织 old
        host_state 所在单位>党组织所在单位情况
        unit 所在单位>单位全称 half_brackets
        unit_code 所在单位>统一社会⏎信用代码 wide_now_and_then
        unit_kind 所在单位>单位性质 1
        joint_units 所在单位>联合单位 semicolons
        full_members 党员（人）>正式党员
        members 党员（人）>党员总数
        founded_on 时间>成立时间 excel
        last_election 时间>最近换届日期 excel
        """,
        title=("基层党组织信息汇总表",),
        subtotal="name",
    ),
    Layout(
        "parties",
        "{office}党组织台账.csv",
        "",
        """
        name 党组织名称
        code 党组织代码
        form 组织类别 2
        setting 领域
        superior 上级党组织
        district 区县
        street 街道
        community 社区
        small_area 小区或网格
        unit 单位名称
        unit_code 社会信用代码
        unit_kind 单位性质
        host_state 党组织所在单位情况
        joint_units 联合组建单位
        founded_on 建立日期 年月日
        last_election 换届日期 年月日
        term_years 任期
        full_members 正式党员数
        members 党员数
        person 书记
        """,
        one_a_row="joint_units",
    ),
)
UNITS = (
    Layout(
        "units",
        "{office}驻区单位台账.xlsx",
        "驻区单位",
        """
        serial 序号
        street 街道
        community 社区
        name 单位名称 trailing
        uscc 统一社会信用代码
        kind 单位性质
        industry 行业
        affiliation_level 隶属关系
        parent 上级主管单位
        address 地址
        employees 从业人员数
        members 党员数
        reported_party_org 是否建立党组织
        instructor 党建指导员
        agreement 是否签订共建协议
        seat 兼职委员
        person 负责人
        phone 联系方式
        remark 备注
        """,
        title=("附件2", "{office}驻区单位台账", "填报单位（盖章）：        填报日期："),
        notes=("注：1.党员数含预备党员；2.无上级主管单位的不填。",),
        fill=("street", "community"),
        subtotal="name",
    ),
    Layout(
        "units",
        "驻区单位党建情况汇总.xlsx",
        "{office}",
        """
        district 位置>区县
        street 位置>所属街道
        community 位置>所属社区 short_area
        grid 位置>网格
        name 基本情况>*单位全称 half_brackets
        uscc 基本情况>*统一社会⏎信用代码 wide_now_and_then
        kind 基本情况>单位性质类别 1
        status 基本情况>状态
        operating 基本情况>是否实体运营 有无
        employees 基本情况>从业人数（人） text
        full_members 党群工作>正式党员数（人） wide
        members 党群工作>党员总数（人）
        reported_party_org 党群工作>是否建党组织 勾叉
        has_union 党群工作>是否建立工会 勾叉
        has_youth_league 党群工作>是否建立团组织 勾叉
        instructor 党群工作>党建指导员 勾叉
        agreement 党群工作>是否签订共建协议 勾叉
        seat 党群工作>兼职委员 勾叉
        person 联系方式>负责人
        phone 联系方式>电话
        """,
        title=("驻区单位党建工作情况汇总表",),
        notes=("填报说明：有的打√，没有的打×，不清楚的不填。",),
        fill=("district", "street"),
        blank_rows=True,
    ),
    Layout(
        "units",
        "{office}驻区单位.csv",
        "",
        """
        district 区县
        street 街道
        community 社区
        name 单位名称 status_word
        uscc 社会信用代码
        kind 单位类型
        affiliation_level 隶属层级 1
        employees 职工人数
        full_members 正式党员
        members 党员人数
        reported_party_org 是否建立党组织 YN
        operating 实体运营 YN
        has_union 工会 10
        has_youth_league 团组织 10
        instructor 党建指导员 YN
        agreement 签订共建协议 YN
        seat 兼职委员 10
        industry 行业代码
        address 单位地址
        """,
        encoding="gb18030",
    ),
    Layout(
        "units",
        "{office}辖区单位清册.tsv",
        "",
        """
        serial 编号
        name 单位名称 leading
        uscc 统一社会信用代码
        kind 性质
        district 区（市）县
        street 街道（镇）
        community 社区（村）
        status 登记状态 1
        members 党员数
        reported_party_org 建立党组织情况 有无
        instructor 党建指导员 有无
        agreement 共建协议 有无
        seat 兼职委员 有无
        """,
        title=("{office}辖区单位清册",),
        notes=("注：状态以登记机关为准。",),
        encoding="utf-8-sig",
    ),
)
SOCIAL = (
    Layout(
        "social",
        "{office}社会组织名录.xlsx",
        "社会组织",
        """
        serial 序号
        name 社会组织名称
        uscc 统一社会信用代码
        type 社会组织类型
        registration 登记管理机关
        business 业务主管单位
        status 状态
        address 住所
        street 街道
        community 社区
        employees 从业人员数
        members 党员数
        reported_party_org 是否建立党组织
        person 法定代表人
        remark 备注
        """,
        title=("{office}社会组织登记名录",),
        notes=("注：业务主管单位为直接登记的不填。",),
        fill=("street", "community"),
    ),
    Layout(
        "social",
        "社会组织党建摸底表.xlsx",
        "{office}",
        """
        district 区县
        street 街道（镇）
        community 社区（村）
        name ␣社会组织␣名称␣ old
        uscc 统一社会⏎信用代码
        type 类型
        line 五线
        operating 是否实体运营
        employees 从业人数
        full_members 正式党员数
        reported_party_org 是否建立⏎党组织 有无
        has_union 是否建立工会 有无
        has_youth_league 是否建立团组织 有无
        person 负责人
        phone 联系电话
        """,
        title=("附件3：", "社会组织党建工作摸底表"),
        subtotal="name",
    ),
    Layout(
        "social",
        "全市社会组织.csv",
        "",
        """
        name 社会组织名称
        uscc 社会信用代码
        type 社会组织类型
        registration 登记管理机关
        district 区县
        street 街道
        community 社区
        status 登记状态 2
        employees 从业人员数
        members 党员人数
        reported_party_org 是否建党组织 10
        has_union 工会 10
        """,
        encoding="gb18030",
    ),
)
GRIDS = (
    Layout(
        "grids",
        "{office}网格台账.xlsx",
        "网格",
        """
        serial 序号
        street 街道
        community 社区
        name 网格名称
        code 网格编码
        type 网格类型
        households 户数
        population 常住人口
        compounds 小区/楼栋
        party 网格党组织名称
        members 党员数
        full_time_staff 专职网格员数
        part_time_staff 兼职网格员数
        person 网格长
        phone 电话
        """,
        title=("{office}网格基本情况台账",),
        fill=("street", "community"),
        subtotal="street",
    ),
    Layout(
        "grids",
        "网格信息汇总.xlsx",
        "{office}",
        """
        district 所在区域>区县
        street 所在区域>街道（镇）
        community 所在区域>社区（村） short_area
        name 网格>*网格名称 wide_now_and_then
        code 网格>*网格编码 whole
        type 网格>网格类型
        households 人口>户数（户） text
        population 人口>常住人口（人） thousands
        party 党建>网格党组织名称 formal
        grid_group 党建>是否有党小组 有无
        full_time_staff 力量>专职网格员数（人）
        part_time_staff 力量>兼职网格员数（人）
        """,
        title=("网格信息汇总表", "填报单位：{office}"),
        notes=("填报说明：", "1.专属网格为单位、学校、医院、市场等。"),
    ),
    Layout(
        "grids",
        "全市网格.csv",
        "",
        """
        code 网格编码 dot_zero
        name 网格名称
        district 区县
        street 街道
        community 社区
        type 网格类型
        households 户数
        population 人口
        integrated_members 党员融合 是否
        integrated_grids 网格融合 是否
        integrated_duties 职责融合 是否
        integrated_workflow 流程融合 是否
        integrated_platform 平台融合 是否
        party 网格党组织名称
        members 党员数
        """,
        encoding="utf-8-sig",
    ),
)
COMPOUNDS = (
    Layout(
        "compounds",
        "{office}小区院落台账.xlsx",
        "小区院落",
        """
        serial 序号
        street 街道
        community 社区
        name 小区名称
        households 户数
        population 常住人口
        area_m2 面积（亩） 亩
        party 党组织名称
        members 党员数
        demonstration 是否示范
        demonstration_batch 示范批次
        person 负责人
        phone 联系电话
        """,
        title=("{office}小区院落基本情况台账",),
        fill=("street", "community"),
        subtotal="community",
    ),
    Layout(
        "compounds",
        "小区党建情况汇总.xlsx",
        "{office}",
        """
        district 区县
        street 街道（镇）
        community 社区（村） short_area
        name 小区（院落）名称 trailing
        households 户数（户）
        population 人口（人） wide
        area_m2 面积（㎡）
        party 小区党组织名称 formal
        step 五步工作法⏎步骤
        disputes_resolved 化解纠纷数
        demonstration 示范 勾叉
        """,
        title=("附件4", "小区党建工作情况汇总表"),
        notes=("注：步骤填0至5。",),
        blank_rows=True,
    ),
    Layout(
        "compounds",
        "{office}居民小区.csv",
        "",
        """
        district 区县
        street 街道
        community 社区
        name 小区名称
        households 户数
        population 常住人口
        party 党组织名称
        demonstration 是否示范 10
        """,
        encoding="gb18030",
    ),
)
RESOURCES = (
    Layout(
        "resources",
        "{office}资源清单.xlsx",
        "资源清单",
        """
        serial 序号
        number 资源编号
        owner 提供单位
        kind 资源类别
        name 资源名称
        capacity 数量
        capacity_unit 计量单位
        opening_hours 开放时间
        scope 服务范围
        fee 是否收费
        last_day 有效期至 dotted
        street 街道
        community 社区
        person 联系人
        """,
        title=("{office}党建资源清单",),
        notes=("注：资源类别填场地、人才、资金、设备、服务、岗位。",),
        subtotal="owner",
    ),
    Layout(
        "resources",
        "资源清单汇总.xlsx",
        "{office}",
        """
        number 清单编号
        district 区县
        street 街道（镇）
        community 社区（村） short_area
        kind 资源类型 1
        name 资源内容
        capacity 数量 text
        capacity_unit 单位
        owner 资源提供单位 half_brackets
        fee 是否收费 有无
        valid_from 有效期起 excel
        last_day 有效期止 excel
        phone 联系电话
        """,
        title=("三张清单之一", "驻区单位资源清单汇总表"),
    ),
    Layout(
        "resources",
        "全市资源清单.csv",
        "",
        """
        number 资源编号
        owner 提供单位
        kind 资源类别 2
        name 资源名称
        capacity 数量
        capacity_unit 计量单位
        district 区县
        street 街道
        community 社区
        fee 是否收费 YN
        uses 服务人次
        opening_hours 开放时间
        scope 服务范围
        """,
    ),
)
NEEDS = (
    Layout(
        "needs",
        "{office}需求清单.xlsx",
        "需求清单",
        """
        serial 序号
        number 需求编号
        raiser 提出单位/社区/小区
        kind 需求类别
        name 需求内容
        quantity 数量
        quantity_unit 计量单位
        urgency 紧急程度
        raised_on 提出日期 dotted
        due_on 期望完成时限 dotted
        status 状态
        street 街道
        community 社区
        """,
        title=("{office}群众需求清单",),
        subtotal="raiser",
    ),
    Layout(
        "needs",
        "需求清单汇总.xlsx",
        "{office}",
        """
        number 清单编号
        district 区县
        street 街道（镇）
        community 社区（村）
        raiser 提出单位
        kind 需求类型 1
        name 需求名称
        quantity 数量 wide
        quantity_unit 单位
        urgency 紧急程度 text
        raised_on 提出日期 excel
        due_on 完成时限 excel
        status 需求状态 1
        person 联系人
        """,
        title=("三张清单之二", "需求清单汇总表"),
        fill=("district", "street"),
    ),
    Layout(
        "needs",
        "全市需求清单.csv",
        "",
        """
        number 需求编号
        district 区县
        street 街道
        community 社区
        raiser 提出单位
        kind 需求类别
        name 需求内容
        quantity 数量
        quantity_unit 计量单位
        urgency 紧急程度
        raised_on 提出日期 iso
        due_on 期望完成时限 slashed
        status 状态 2
        """,
    ),
)
PROJECTS = (
    Layout(
        "projects",
        "{office}项目清单.xlsx",
        "项目清单",
        """
        code 项目编号
        name 项目名称
        lead 牵头单位
        action 五大行动
        need 对应需求
        resources 使用资源
        budget_cny 资金（万元） 万元
        starts_on 开始时间 dotted
        ends_on 结束时间 dotted
        progress 进度 percent
        street 街道
        community 社区
        remark 备注
        """,
        title=("{office}党建项目清单",),
        notes=("注：资金保留到分。",),
        subtotal="name",
    ),
    Layout(
        "projects",
        "项目清单汇总.xlsx",
        "{office}",
        """
        serial 序号
        code 项目编号
        name 名称
        programme 所属计划
        lead 牵头单位 half_brackets
        need 对应需求
        resources 使用资源
        budget_cny 资金（元）
        starts_on 开工日期 serial
        ends_on 完工日期 excel
        progress 完成进度
        district 区县
        street 街道（镇）
        community 社区（村）
        """,
        title=("三张清单之三", "项目清单汇总表"),
    ),
    Layout(
        "projects",
        "全市项目清单.csv",
        "",
        """
        code 项目编号
        name 项目名称
        programme 专项
        action 行动
        lead 牵头单位
        need 对应需求
        resources 使用资源
        budget_cny 预算（元）
        starts_on 开始时间 hanzi
        ends_on 结束时间 年月日
        progress 进度 percent
        quantity 数量
        quantity_unit 计量单位
        district 区县
        street 街道
        community 社区
        """,
    ),
)
EVALUATIONS = (
    Layout(
        "evaluations",
        "{office}双向考评表.xlsx",
        "双向考评",
        """
        serial 序号
        round 考评周期
        evaluator 考评方
        evaluatee 被考评方
        direction 考评方向 方向一
        item 项目1得分
        item 项目2得分
        item 加分
        item 扣分
        score 总分
        scale_max 满分
        grade 等次
        submitted_on 提交日期 dotted
        status 是否有效
        remark 备注
        """,
        title=("{office}双向考评得分表",),
        notes=("注：基础分100分，加分另计。",),
    ),
    Layout(
        "evaluations",
        "双向考评汇总.xlsx",
        "{office}",
        """
        round 考评>周期 whole
        direction 考评>考评方向 方向二
        evaluator 考评>考评方 formal
        evaluatee 考评>被考评方 old
        score 结果>总分 text
        scale_max 结果>满分
        grade 结果>等次
        status 结果>状态
        submitted_on 结果>提交日期 excel
        """,
        title=("双向考评结果汇总表",),
    ),
    Layout(
        "evaluations",
        "{office}双向考评.csv",
        "",
        """
        round 考评周期 年度
        evaluator 考评方
        evaluatee 被考评方
        direction 考评方向 方向三
        score 得分
        scale_max 满分
        grade 等次
        submitted_on 提交日期 iso
        status 考评状态 1
        """,
        encoding="gb18030",
    ),
)
LAYOUTS = (
    *AREAS,
    *PARKS,
    *PARTIES,
    *UNITS,
    *SOCIAL,
    *GRIDS,
    *COMPOUNDS,
    *RESOURCES,
    *NEEDS,
    *PROJECTS,
    *EVALUATIONS,
)


def layouts_of(roster: str) -> tuple[Layout, ...]:
    """Return the layouts of a roster."""
    return tuple(layout for layout in LAYOUTS if layout.roster == roster)
