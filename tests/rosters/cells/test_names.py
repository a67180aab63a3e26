import polars as pl
import pytest

from orgnet.rosters.cells import match_key, name_form, name_status, split_names


def of(*cells: str | None) -> pl.Series:
    return pl.Series("名", cells, dtype=pl.String)


@pytest.mark.parametrize(
    "spellings",
    [
        ("成都(高新)公司", "成都（高新）公司", "成都【高新】公司", "成都〔高新〕公司"),
        ("ABC公司", "ａｂｃ公司", "Abc 公司", "A\u200bBC　公司"),
        ("锦江区市政总支", "錦江區市政總支"),
        ("邛崃", "邛崍", "䢺崍"),
        ("春晖中心", "“春晖”中心", "春暉中心", '"春晖"中心', "‘春晖’中心"),
        ("甲-乙", "甲—乙", "甲－乙", "甲–乙"),
        ("甲·乙", "甲•乙", "甲・乙"),
    ],
)
def test_spellings_of_one_name_have_one_key(spellings):
    keys = match_key(of(*spellings))
    assert keys.n_unique() == 1
    assert keys.name == "名"


def test_different_names_keep_different_keys():
    names = of("第一支部", "第二支部", "甲（乙）", "甲乙", "A1", "A2")
    assert match_key(names).n_unique() == 6


def test_nothing_has_no_key():
    assert match_key(of("", " ", None, "“”")).null_count() == 4


@pytest.mark.parametrize(
    ("written", "name", "status"),
    [
        *(
            (w, "甲公司", "closed")
            for w in ("甲公司（已注销）", "甲公司 (注销)", "【撤销】甲公司")
        ),
        *(
            (w, "甲公司", "closed")
            for w in ("甲公司[已撤销] ", "甲公司-注销", "甲公司 已撤销")
        ),
        *(
            (w, "甲公司", "closed")
            for w in ("甲公司已注销", "甲公司（吊销）", "(已撤销)甲公司")
        ),
        *((w, "甲公司", "preparing") for w in ("甲公司（筹）", "[筹备中]甲公司")),
        *((w, "甲公司", "suspended") for w in ("甲公司（停业）", "甲公司（歇业）")),
        ("甲公司（存续）", "甲公司", "active"),
        ("（成都）甲公司", "（成都）甲公司", None),
        ("甲注销清算事务所", "甲注销清算事务所", None),
        ("统筹", "统筹", None),
        ("已注销", None, "closed"),
        (None, None, None),
    ],
)
def test_words_of_status_are_taken_off(written, name, status):
    names, found = name_status(of(written))
    assert (names[0], found[0]) == (name, status)


@pytest.mark.parametrize(
    ("stem", "form", "names"),
    [
        ("甲公司", "branch", ("甲公司党支部", "中共甲公司支部委员会", "甲公司支部")),
        ("甲公司", "branch", ("中国共产党甲公司支部委员会", "甲公司党支部委员会")),
        (
            "甲公司",
            "general_branch",
            ("甲公司党总支", "中共甲公司总支部委员会", "甲公司总支"),
        ),
        ("甲公司", "general_branch", ("甲公司党总支部", "甲公司党总支委员会")),
        ("甲公司", "committee", ("甲公司党委", "中共甲公司委员会", "甲公司黨委")),
        ("甲公司", "joint_branch", ("甲公司联合党支部", "中共甲公司联合支部委员会")),
        (
            "甲公司",
            "temporary",
            ("甲公司临时党支部", "甲公司临时党委", "甲公司临时支部"),
        ),
        ("甲街道", "working_committee", ("甲街道党工委", "中共甲街道工作委员会")),
        ("甲街道", "working_committee", ("甲街道工委", "甲街道党的工作委员会")),
        ("成都市锦江区", "committee", ("中共成都市锦江区委", "成都市锦江区委")),
        ("成都市锦江区", "committee", ("中国共产党成都市锦江区委员会",)),
        ("甲社区", "committee", ("甲社区党委", "中共甲社区委员会", "甲社区委员会")),
        ("甲集团", "branch", ("甲集团党支部", "甲集团支部")),
        ("第一", "branch", ("第一党支部",)),
        ("党支部", "branch", ("党支部",)),
        ("甲(筹)", "branch", ("甲（筹）党支部", "甲【筹】支部")),
    ],
)
def test_one_organization_has_one_stem_and_form(stem, form, names):
    stems, forms = name_form(of(*names))
    assert stems.to_list() == [stem] * len(names)
    assert forms.to_list() == [form] * len(names)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "甲社区居民委员会",
            "乙村村民委员会",
            "甲小区业主委员会",
            "甲高新区管理委员会",
        ),
        *("甲公司团支部", "甲集团团委", "甲公司党组", "甲学会", "关工委"),
        *("中共甲区纪律检查委员会", "甲区纪委", "甲公司工会委员会", "某党小组"),
    ],
)
def test_other_bodies_have_no_form_and_keep_their_name(name):
    stems, forms = name_form(of(name))
    assert (stems[0], forms[0]) == (name, None)


def test_a_committee_and_a_branch_of_one_unit_never_merge():
    stems, forms = name_form(of("甲公司党委", "甲公司党支部", "甲公司党总支"))
    assert stems.n_unique() == 1
    assert forms.n_unique() == 3


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("A公司、B公司", ["A公司", "B公司"]),
        (
            "A公司，B公司；C公司,D公司;E公司",
            ["A公司", "B公司", "C公司", "D公司", "E公司"],
        ),
        ("甲\n乙\r\n丙/丁", ["甲", "乙", "丙", "丁"]),
        ("甲及乙和丙", ["甲及乙和丙"]),
        ("1.甲公司 2.乙公司", ["甲公司", "乙公司"]),
        ("1、甲公司\n2、乙公司", ["甲公司", "乙公司"]),
        ("（1）甲；（2）乙", ["甲", "乙"]),
        ("①甲②乙", ["甲", "乙"]),
        ("3.15中心、2号楼、3号楼", ["3.15中心", "2号楼", "3号楼"]),
        ("甲、、甲、 乙 、", ["甲", "乙"]),
        ("、；", None),
        (" ", None),
        (None, None),
    ],
)
def test_several_names_in_one_cell(cell, names):
    assert split_names(of(cell)).to_list() == [names]


def test_splitting_gives_lists_even_where_all_is_empty():
    assert split_names(of(None, "")).dtype == pl.List(pl.String)
