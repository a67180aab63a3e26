"""Names of organizations: keys to match them by, and what their words say."""

from typing import Final

import polars as pl

from orgnet.rosters.cells.read import DASHES, GAPS
from orgnet.rosters.cells.variants import SIMPLIFIED
from orgnet.schema.vocabulary import Form, UnitStatus

_ONE_FORM: Final = (
    dict.fromkeys("【〔〖〈《「『[{", "(")
    | dict.fromkeys("】〕〗〉》」』]}", ")")
    | dict.fromkeys("•・‧∙⋅", "·")
    | SIMPLIFIED
)
_QUOTES: Final = r"[“”‘’〝〞\"'`]"

STATUS_WORDS: Final = {word: m.value for m in UnitStatus for word in m.words} | {
    "已吊销": "closed",
    "吊销未注销": "closed",
    "已关闭": "closed",
    "关闭": "closed",
    "已解散": "closed",
    "已停业": "suspended",
    "已歇业": "suspended",
    "暂停营业": "suspended",
    "筹备中": "preparing",
    "筹建": "preparing",
    "筹建中": "preparing",
    "拟建": "preparing",
}
_WORD: Final = "|".join(sorted(STATUS_WORDS, key=len, reverse=True))
_BEGUN: Final = "|".join(sorted(w for w in STATUS_WORDS if w.startswith("已")))
_STATUS_SHAPES: Final = (  # a name may end in 注销 only after a gap, in 已注销 always
    rf"[(（\[［【〔]\s*({_WORD})\s*[)）\]］】〕]\s*$",
    rf"^\s*[(（\[［【〔]\s*({_WORD})\s*[)）\]］】〕]",
    rf"(?:\s|[-－—–])+({_WORD})\s*$",
    rf"({_BEGUN})\s*$",
)

_SEPARATOR: Final = r"[、,，;；/／|｜\r\n①-⑳]"
_ENUMERATOR: Final = (  # 3.15 and 2、3号楼 are no numbers before names
    r"(?:^|[\s、,，;；])[(（]?[0-9０-９]{1,2}[.．、)）]\s*([^0-9０-９\s])"
)

_PARTY: Final = r"^(?:中国共产党|中共)"
_OTHER: Final = (  # of the League, of discipline, and what only sounds alike
    r"(?:^|[^集])团(?:支部|总支部?|委|工委|委员会)(?:委员会)?$"
    r"|纪律检查委员会$|纪委$|关工委$|关心下一代工作委员会$"
)
_OTHER_COMMITTEES: Final = (
    "(?:居民|村民|业主|管理|监督|议事|评审|仲裁|监察|专业|工会|妇女|体育|发展|物业"
    "|协会|组织|执行|理事|协调|改革|建设|健康|规划)委员会$"
)
_FORMS: Final = (  # the first suffix that fits; the more special first
    (r"联合(?:党支部|支部)(?:委员会)?$", Form.JOINT_BRANCH),
    (
        r"临时(?:党支部|支部|党总支部?|总支部?|党委|党组织|委员会)(?:委员会)?$",
        Form.TEMPORARY,
    ),
    (r"(?:党总支部?|总支部?)(?:委员会)?$", Form.GENERAL_BRANCH),
    (r"(?:党支部|支部)(?:委员会)?$|党支委$|支委会$", Form.BRANCH),
    (r"(?:党的|党)?工作委员会$|党?工委$", Form.WORKING_COMMITTEE),
    (r"(?:党委会|党委|党的委员会|基层委员会)$", Form.COMMITTEE),
)
_PLAIN_COMMITTEE: Final = r"委员会$"
_TERRITORY: Final = r"([省市州区县旗])委$"  # 成都市委, whose 市 is not part of the form


def match_key(series: pl.Series) -> pl.Series:
    """Write names so that two spellings of one name become equal.

    Compatibility forms are folded (NFKC), Latin letters made capital, brackets of all
    kinds, dashes and middle dots made one, quotation marks and all gaps dropped, and
    traditional and variant characters simplified. For matching only, never for display.

    Examples
    --------
    >>> match_key(pl.Series(["成都【高新】 ａＢc公司", "錦江區市政黨總支"])).to_list()
    ['成都(高新)ABC公司', '锦江区市政党总支']
    """
    folded = pl.col("x").str.normalize("NFKC").str.to_uppercase()
    plain = folded.str.replace_all(f"{GAPS}|{_QUOTES}", "").str.replace_all(DASHES, "-")
    key = plain.str.replace_many(_ONE_FORM)
    frame = series.cast(pl.String).alias("x").to_frame()
    return frame.select(pl.when(key != "").then(key).alias(series.name)).to_series()


def name_status(series: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Take words of status, such as (已注销), off names.

    Returns
    -------
    tuple
        The names without them, null where nothing is left; and the codes of
        `UnitStatus`, null where a name has no such word.

    Examples
    --------
    >>> cells = pl.Series(["甲公司（已注销）", "[筹]乙学校", "丙局"])
    >>> names, status = name_status(cells)
    >>> names.to_list(), status.to_list()
    (['甲公司', '乙学校', '丙局'], ['closed', 'preparing', None])
    """
    frame = series.cast(pl.String).alias("name").to_frame()
    found = [pl.col("name").str.extract(shape) for shape in _STATUS_SHAPES]
    dtype = pl.Enum(sorted(m.value for m in UnitStatus))
    status = pl.coalesce(found).replace_strict(
        STATUS_WORDS, default=None, return_dtype=dtype
    )
    bare = pl.col("name")
    for shape in _STATUS_SHAPES:
        bare = bare.str.replace(shape, "")
    names = bare.str.strip_chars()
    done = frame.select(pl.when(names != "").then(names).alias("n"), status.alias("s"))
    return done["n"].alias(series.name), done["s"].alias(series.name)


def name_form(series: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Cut names of party organizations into stem and form.

    中共甲公司支部委员会 and 甲公司党支部 have one stem and form, 甲公司党委 has another
    form: a committee and a branch of one unit never merge. Other committees
    (居民委员会, 团委) and 党组 have no form; their stem is the whole name.

    Returns
    -------
    tuple
        The stems, which are match keys; and the codes of `Form`, null where the name
        does not say it.

    Examples
    --------
    >>> names = ["中共甲公司支部委员会", "甲公司党支部", "中共成都市委", "业委会"]
    >>> stems, forms = name_form(pl.Series(names))
    >>> stems.to_list(), forms.to_list()
    (['甲公司', '甲公司', '成都市', '业委会'], ['branch', 'branch', 'committee', None])
    """
    key, bare = pl.col("key"), pl.col("key").str.replace(_PARTY, "")
    ours = ~key.str.contains(_OTHER)
    committee = key.str.contains(_PARTY) | ~key.str.contains(_OTHER_COMMITTEES)
    cases = [
        (ours & bare.str.contains(s), bare.str.replace(s, ""), f) for s, f in _FORMS
    ]
    cases += [
        (
            ours & committee & bare.str.contains(_PLAIN_COMMITTEE),
            bare.str.replace(_PLAIN_COMMITTEE, ""),
            Form.COMMITTEE,
        ),
        (
            ours & bare.str.contains(_TERRITORY),
            bare.str.replace(_TERRITORY, "${1}"),
            Form.COMMITTEE,
        ),
    ]
    stem, form = key, pl.lit(None, pl.String)
    for fits, rest, code in reversed(cases):
        stem = pl.when(fits & (rest != "")).then(rest).otherwise(stem)
        form = pl.when(fits).then(pl.lit(code.value)).otherwise(form)
    dtype = pl.Enum(sorted(m.value for m in Form))
    frame = match_key(series).alias("key").to_frame()
    done = frame.select(stem.alias("stem"), form.cast(dtype).alias("form"))
    return done["stem"].alias(series.name), done["form"].alias(series.name)


def split_names(series: pl.Series) -> pl.Series:
    """Split cells that name several organizations.

    Separators are 、 , ; / | in all widths and line breaks; 及 and 和 stand inside many
    names and do not separate. Numbers before the names (1. ① （2）) are dropped.

    Returns
    -------
    polars.Series
        List of String in the order of the cell, each name once; null where it is empty.

    Examples
    --------
    >>> split_names(pl.Series(["1.甲公司、2.乙公司和丙厂；甲公司", " "])).to_list()
    [['甲公司', '乙公司和丙厂'], None]
    """
    numbered = pl.col("x").str.replace_all(_ENUMERATOR, "\n${1}")
    names = (
        numbered.str.replace_all(_SEPARATOR, "\n")
        .str.split("\n")
        .list.eval(pl.element().str.strip_chars().replace("", None))
        .list.drop_nulls()
        .list.unique(maintain_order=True)
    )
    frame = series.cast(pl.String).alias("x").to_frame()
    return frame.select(
        pl.when(names.list.len() > 0).then(names).alias(series.name)
    ).to_series()
