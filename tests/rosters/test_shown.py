"""What faults show: the words of the rosters, in the language of the message."""

from pathlib import Path

import polars as pl
import pytest

from orgnet.rosters.masks import mask
from orgnet.rosters.wording import in_words
from orgnet.schema import SCHEMA
from tests.rosters.workbooks import read, told, uscc

PARTIES = ["党组织名称", "组织类别", "设置领域", "上级党组织"]


def test_a_cycle_shows_the_cell_and_the_name(tmp_path: Path):
    rows = [
        PARTIES,
        ["甲党委", "党委", "企业", "乙党总支"],
        ["乙党总支", "党总支", "企业", "甲党委"],
    ]
    _, faults = read(tmp_path, {"p": rows})
    assert faults.frame["value"].to_list() == ["乙党总支", "甲党委"]
    assert faults.frame["message"].to_list() == [
        "甲党委 stands on a cycle of SUBORDINATE_TO",
        "乙党总支 stands on a cycle of SUBORDINATE_TO",
    ]
    assert faults.frame["message_zh"][0] == "甲党委 处在 隶属 的环上"


def test_a_level_skip_shows_the_cell_and_the_name(tmp_path: Path):
    rows = [
        PARTIES,
        ["锦江区委", "党委", "区县", ""],
        ["梨花街社区党委", "党委", "社区", "锦江区委"],
    ]
    _, faults = read(tmp_path, {"p": rows})
    (row,) = faults
    assert (row["code"], row["value"]) == ("level_skip", "锦江区委")
    assert row["message_zh"] == "梨花街社区党委 的上级不是动力主轴的上一级"


def test_several_superiors_show_the_cell_and_the_name(tmp_path: Path):
    rows = [
        ["党组织代码", *PARTIES],
        ["A", "甲党委", "党委", "企业", ""],
        ["B", "乙党委", "党委", "企业", ""],
        ["C", "丙党支部", "党支部", "企业", "甲党委"],
        ["C", "丙党支部", "党支部", "企业", "乙党委"],
    ]
    _, faults = read(tmp_path, {"p": rows})
    (row,) = faults
    assert (row["code"], row["row"], row["value"]) == ("several", 5, "乙党委")
    assert row["message_zh"] == "丙党支部 同时有多个 隶属"


def test_a_superior_that_several_rows_share_is_shown_in_each(tmp_path: Path):
    rows = [
        PARTIES,
        ["锦江区委", "党委", "区县", ""],
        ["一社区党委", "党委", "社区", "锦江区委"],
    ]
    relations = [["类型", "起", "止"], ["隶属", "二社区党委", "锦江区委"]]
    rows.append(["二社区党委", "党委", "社区", ""])
    _, faults = read(tmp_path, {"p": rows, "r": relations})
    assert told(faults) == [
        ("p.csv", 3, "上级党组织", "level_skip"),
        ("r.csv", 2, "止", "level_skip"),
    ]
    assert faults.frame["value"].to_list() == ["锦江区委"] * 2


def test_two_values_are_shown_in_words_of_each_language(tmp_path: Path):
    head = ["街道", "社区", "单位名称", "统一社会信用代码", "单位性质", "是否实体运营"]
    row = ["甲街道", "乙社区", "A", uscc(1)]
    one, other = [head, [*row, "国企", "是"]], [head, [*row, "民企", "否"]]
    _, faults = read(tmp_path, {"u": one, "v": other})
    shown = faults.frame.select("column", "value", "message", "message_zh")
    kept = "; the latter is kept"
    assert shown.rows() == [
        (
            "单位性质",
            "非公有制企业",
            f"private enterprise here, but state enterprise (u.csv# 2){kept}",
            "此处为“非公有制企业”，而u.csv# 2为“国有企业”；以后者为准",
        ),
        (
            "是否实体运营",
            "否",
            f"no here, but yes (u.csv# 2){kept}",
            "此处为“否”，而u.csv# 2为“是”；以后者为准",
        ),
    ]


def test_two_superiors_in_two_sheets_are_shown_by_name(tmp_path: Path):
    top = [["甲党委", "党委", "企业", ""], ["乙党委", "党委", "企业", ""]]
    coded = ["党组织代码", *PARTIES]
    one = [
        coded,
        *(["", *t] for t in top),
        ["C", "丙党支部", "党支部", "企业", "甲党委"],
    ]
    other = [coded, ["C", "丙党支部", "党支部", "企业", "乙党委"]]
    _, faults = read(tmp_path, {"p": one, "q": other})
    (row,) = faults
    assert (row["code"], row["value"]) == ("conflicting_values", "乙党委")
    assert row["message_zh"] == "此处为“乙党委”，而p.csv# 4为“甲党委”；以后者为准"


def test_every_code_has_words_in_both_languages():
    for declared in (*SCHEMA.kinds.values(), *SCHEMA.ties.values()):
        for attribute in declared.attributes().values():
            for member in attribute.vocabulary or ():
                assert in_words(attribute, member.value) == (member.en, member.zh)


@pytest.mark.parametrize(
    "value",
    [
        *("已完成", "未完成", "完成", "进行中", "已满", "满员", "已完成80%", "正常"),
        *("2019年", "２０１９年度", "二〇一九年", "2019年底50人", "截至2019年12月31日"),
        *("3月", "50平方米", "120㎡", "3项", "2人次", "约50人", "党员3名"),
        *("正式党员3名、预备党员2名", "2019年3月至5月", "近三年", "5个工作日"),
    ],
)
def test_words_in_which_no_name_can_hide_are_shown_beside_numbers(value: str):
    assert mask(pl.Series([value]), names=True).to_list() == [value]


@pytest.mark.parametrize(
    "value",
    [
        *(
            "王某",
            "余完成",
            "万满",
            "万年初",
            "余三月",
            "万一年",
            "左正常",
            "季月",
            "宗起",
        ),
        *(
            "3（某甲）",
            "3月王某",
            "2019年王某某",
            "王某3",
            "党员王某",
            "已完成（王某）",
        ),
        *("王某2019年底50人", "万其中", "成年", "完成王某"),
    ],
)
def test_words_in_which_a_name_may_hide_are_not(value: str):
    assert mask(pl.Series([value]), names=True).to_list() == ["***"]


def test_what_a_number_column_says_instead_is_told(tmp_path: Path):
    head = ["街道", "社区", "单位名称", "单位性质", "从业人员数", "党员数"]
    rows = [["甲街道", "乙社区", "A", "民企", "2019年底50人", "已满"]]
    rows.append(["甲街道", "乙社区", "B", "民企", "某甲", "3（某乙）"])
    _, faults = read(tmp_path, {"u": [head, *rows]})
    assert set(faults.frame["code"]) == {"number_with_words"}
    assert faults.frame["value"].to_list() == ["2019年底50人", "已满", "***", "***"]


def test_cells_and_names_are_shown_without_telephones(tmp_path: Path):
    phone = f"138{0:08}"
    rows = [
        PARTIES,
        [f"甲党委{phone}", "党委", "企业", f"乙党总支（{phone}）"],
        [f"乙党总支（{phone}）", "党总支", "企业", f"甲党委{phone}"],
    ]
    relations = [["类型", "起", "止"], *[["隶属", f"甲党委{phone}", "丙"]] * 2]
    _, faults = read(tmp_path, {"p": rows, "r": relations})
    assert {"cycle", "masked_contact"} <= set(faults.frame["code"])
    assert phone not in str(faults.frame.rows())
