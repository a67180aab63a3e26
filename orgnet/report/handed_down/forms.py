"""The forms that are handed down: which sheet asks what, and the rows of each.

A form is a roster that the readers know. What the network holds stands in it already,
so that a form that comes back as it went says nothing new.
"""

from dataclasses import dataclass
from typing import Final

from orgnet.rosters.declare import HANDED_DOWN, Column
from orgnet.rosters.layouts import layouts
from orgnet.rosters.template import choices
from orgnet.schema import Schema

LEVELS: Final = {"district": "区县", "street": "街道", "community": "社区"}


@dataclass(frozen=True)
class Field:
    """One column of a form.

    Parameters
    ----------
    heading
        Its heading, as the rosters have it.
    target
        What it gives, as the roster declares it; empty if only people read it.
    fills
        Whether it is to be filled in.
    aside
        Whether it stands beside the table, for the reader alone.
    """

    heading: str
    target: str = ""
    fills: bool = False
    aside: bool = False


@dataclass(frozen=True)
class Form:
    """One sheet of what is handed down.

    Parameters
    ----------
    sheet, title
        What it is called, in a tab and above the table.
    layout
        The roster that it is.
    caption
        The heading that rows are known by.
    hint
        How it is filled in.
    fields
        Its columns: what is known, what is to be filled in, a remark, ids.
    """

    sheet: str
    title: str
    layout: str
    caption: str
    hint: str
    fields: tuple[Field, ...]

    def column(self, field: Field, schema: Schema) -> Column:
        """Return the column of the roster that a field is."""
        layout = next(ln for ln in layouts(schema) if ln.name == self.layout)
        return layout.column(field.target)

    def choices(self, field: Field, schema: Schema) -> list[str]:
        """Return the words of the drop-down list of a field; none if it has none."""
        return choices(self.column(field, schema), schema) if field.fills else []


NUMBER, REMARK = Field("序号"), Field("备注")
PLACE: Final = tuple(Field(zh, f"place.{level}") for level, zh in LEVELS.items())
UNIT: Final = (
    NUMBER,
    *PLACE,
    Field("单位名称", "unit.name"),
    Field("统一社会信用代码", "unit.uscc"),
    Field("单位性质类别", "unit.kind"),
    Field("党员数", "unit.members"),
    Field("缺口类别"),
    Field("缺口判定"),
    Field("缺口原因"),
    Field("建议措施"),
    Field("正式党员数", "unit.full_members", fills=True),
    Field("是否实体运营", "unit.operating", fills=True),
    Field("是否建立党组织", "unit.reported_party_org", fills=True),
    Field("是否建立工会", "unit.has_union", fills=True),
    Field("是否建立团组织", "unit.has_youth_league", fills=True),
    Field("是否选派党建指导员", "unit.reported_instructor", fills=True),
)
AGREED: Final = Field("是否签订共建协议", "unit.reported_agreement", fills=True)
ID: Final = Field(HANDED_DOWN, "unit.id", aside=True)
COUNTED: Final = "正式党员数不含预备党员。"
RESIDENTS: Final = Form(
    "覆盖缺口（驻区单位）",
    "党建覆盖核实表（驻区单位）",
    "resident_unit",
    "单位名称",
    COUNTED,
    (*UNIT, AGREED, REMARK, ID),
)
OTHERS: Final = Form(
    "覆盖缺口（其他单位）",
    "党建覆盖核实表（其他单位名录）",
    "unit",
    "单位名称",
    COUNTED,
    (*UNIT, REMARK, Field("区划代码", "place.text", aside=True), ID),
)
PAIRS: Final = Form(
    "未交考评",
    "双向考评补交表",
    "evaluation_by_direction",
    "单位名称",
    "上评下为党组织评单位，下评上为单位评党组织；一行为一个方向。",
    (
        NUMBER,
        Field("考评周期", "EVALUATES.round"),
        *PLACE,
        Field("街道社区党组织", "committee.name"),
        Field("单位名称", "unit.name"),
        Field("考评方向", "pair.direction"),
        Field("得分", "EVALUATES.score", fills=True),
        Field("满分", "EVALUATES.scale_max", fills=True),
        Field("等次", "EVALUATES.grade", fills=True),
        REMARK,
        ID,
        Field(f"{HANDED_DOWN}（党组织）", "committee.id", aside=True),
    ),
)
NEEDS: Final = Form(
    "未满足需求",
    "未满足需求核实表",
    "kind_Need",
    "需求内容",
    "数量按计量单位填写。",
    (
        NUMBER,
        Field("需求内容", "need.name"),
        Field("需求类别", "need.kind"),
        Field("所在区域", "place.text"),
        Field("由谁提出"),
        Field("提出日期", "need.raised_on"),
        Field("期望完成时限", "need.due_on"),
        Field("未满足原因"),
        Field("相关资源"),
        Field("相关资源单位"),
        Field("计量单位", "need.quantity_unit"),
        Field("数量", "need.quantity", fills=True),
        Field("状态", "need.status", fills=True),
        REMARK,
        Field(HANDED_DOWN, "need.id", aside=True),
    ),
)
FORMS: Final = (RESIDENTS, OTHERS, PAIRS, NEEDS)
