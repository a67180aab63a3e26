"""What a reader of forms must know: how to fill them in, and what they are about."""

from typing import Final

from orgnet.report.handed_down.handing import Handing
from orgnet.words import GapClass

Notes = list[tuple[str, str]]
FILLING: Final[Notes] = [
    (
        "怎样填写",
        "只填黄色各列，有下拉列表的请从中选择；不清楚的请留空，空白表示未知。",
    ),
    ("勿改动", "表头、工作表名和右侧灰色的标识列请勿改动；各行可以排序、筛选。"),
    (
        "个人信息",
        "请勿填写任何个人信息（姓名、电话、身份证号）；含身份证号的文件将被整体拒绝。",
    ),
    ("备注", "供填表人说明情况，不会被读取。"),
    ("待核实", "资料不足、无法判定的，填齐后再行判定。"),
]
UNASKED: Final = "不限日期，凡已掌握的均计入"


def notes_of(handing: Handing) -> Notes:
    """Return what stands in the sheet of explanations: labels and texts.

    Parameters
    ----------
    handing
        What is handed down.
    """
    return [
        *FILLING,
        *_meanings(handing),
        ("未交考评", f"已截止的考评周期：{'、'.join(handing.rounds) or '无'}"),
        ("未满足需求", "尚未解决，且没有协调路径通向尚有余量的同类资源的需求。"),
        *(("注意", f"{zh}。") for _, zh in handing.asked.notes),
        ("数据", handing.net.title or "未命名"),
        ("截至日期", str(handing.day) if handing.day else UNASKED),
    ]


def _meanings(handing: Handing) -> Notes:
    """Say what each class of gap is."""
    least = handing.rules.min_full_members
    words = {
        GapClass.G1: f"实体运营、正式党员{least}名及以上，未单独建立党组织。",
        GapClass.G2: f"实体运营、有正式党员但不足{least}名，未纳入任何党组织。",
        GapClass.G3: "实体运营，无党组织、无党建指导员，也无工会和团组织。",
        GapClass.G5: "驻区单位，与所在社区、街道党组织无兼职、共建、互评、资源等联系。",
    }
    return [(class_.zh, meaning) for class_, meaning in words.items()]
