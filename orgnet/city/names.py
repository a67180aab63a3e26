"""Chinese names made of parts. They name organizations only, and nobody's are real."""

import polars as pl

from orgnet.city.recipe import Numbers

FIRST = (
    "蓉锦岷沱芙蜀川府龙泉青城都望浣桂荷兰竹松柏梅银杏云霞星辰晨曦春晖秋实峨湖溪麓原野"
)
SECOND = (
    "源达盛泰和通远恒信诚安康宁顺兴旺隆昌瑞祥福禄丰裕华美佳艺智慧创新科维鼎立方圆正嘉"
)
TRADES = (
    "商贸科技餐饮建材物流食品服饰电子机械家居医药文化广告软件环保农业汽修印务装饰纺织"
    "化工仪器包装园林"
)
COMPOUND_WORDS = ("苑", "花园", "小区", "院", "家园", "府")
SCHOOL_WORDS = ("小学", "中学", "幼儿园", "卫生服务中心", "文化馆", "体育馆", "供水站")
AGENCY_WORDS = ("税务所", "派出所", "司法所", "市场监管所", "人民法庭", "国土所")
MASS_WORDS = ("职工服务站", "青年服务站", "妇女儿童之家", "科普站")
OTHER_WORDS = ("律师事务所", "会计师事务所", "公证处", "办事处")
ASSOCIATION_WORDS = ("商会", "行业协会", "志愿服务协会", "文体协会", "养老协会")
SERVICE_WORDS = (
    "社会工作服务中心",
    "养老服务中心",
    "社区发展中心",
    "文化艺术中心",
    "康复服务中心",
    "幼儿教育中心",
)
DEPARTMENTS = (
    "民政局 公安局 司法局 财政局 教育局 人社局 住建局 城管委 交通局 水务局 农业农村局 "
    "商务局 文广旅局 卫健委 应急局 审计局 市场监管局 体育局 统计局 医保局 生态环境局 "
    "规划自然资源局 经信局 退役军人局 信访局"
)
PAIRS = len(FIRST) * len(SECOND)
TRADE_NAMES = PAIRS * (len(TRADES) // 2)
NUMERALS = "一二三四五六七八九"

_SEAT = r"(社区|村)?(居民|村民|居|村)?委员?会+(（.*）)?$"  # as NBS writes them


def departments() -> list[str]:
    """Return the short names of the 25 departments."""
    return DEPARTMENTS.split(" ")


def picked(words: tuple[str, ...] | str, number: Numbers) -> pl.Series:
    """Return the word of each number, beginning again after the last."""
    return pl.Series(list(words)).gather(number % len(words))


def two_characters(number: Numbers) -> pl.Series:
    """Return two lucky characters for each number, each pair once in 1,600."""
    return picked(FIRST, number) + picked(SECOND, number // len(FIRST))


def trade_names(number: Numbers) -> pl.Series:
    """Return a trade name for each number below TRADE_NAMES, each name once.

    Examples
    --------
    >>> import numpy as np
    >>> trade_names(np.array([0, 41])).to_list()
    ['蓉源商贸', '锦达商贸']
    """
    trades = tuple(TRADES[i : i + 2] for i in range(0, len(TRADES), 2))
    trade = picked(trades, number // PAIRS)
    return two_characters(number) + trade


def community_label(name: pl.Expr, kind: pl.Expr) -> pl.Expr:
    """Return what people call a community: its name without 居委会 or 村委会.

    Examples
    --------
    >>> frame = pl.DataFrame(
    ...     {"n": ["青石桥社区居委会", "宝光村村委会"], "k": ["社区", "村"]}
    ... )
    >>> frame.select(community_label(pl.col("n"), pl.col("k")))["n"].to_list()
    ['青石桥社区', '宝光村']
    """
    stem = name.str.replace(_SEAT, "").str.strip_suffix("社区")
    word = pl.when(kind == "村").then(pl.lit("村")).otherwise(pl.lit("社区"))
    return pl.when(stem.str.ends_with("村")).then(stem).otherwise(stem + word)


def part_name(number: Numbers) -> pl.Series:
    """Return 第n for each number from 0, in Chinese numerals up to nine.

    Examples
    --------
    >>> import numpy as np
    >>> part_name(np.array([0, 11])).to_list()
    ['第一', '第12']
    """
    words = [f"第{n}" for n in NUMERALS]
    words += [f"第{n}" for n in range(len(words) + 1, int(number.max(initial=0)) + 2)]
    return pl.Series(words).gather(number)


def form_suffix(form: pl.Series) -> pl.Series:
    """Return how the name of an organization of each form ends."""
    suffixes = {
        "working_committee": "党工委",
        "committee": "党委",
        "general_branch": "党总支",
        "branch": "党支部",
        "joint_branch": "联合党支部",
        "temporary": "临时党支部",
    }
    return form.replace_strict(suffixes, return_dtype=pl.String)
