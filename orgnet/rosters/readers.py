"""The ways to read a column: which function of the cells, and what it gives.

A reader takes the cells of one column and returns what they say of one target or of
several: a column of names also tells words of status, one of credit codes may hold old
organization codes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from orgnet.faults import BAD_ID, BAD_VALUE
from orgnet.rosters import cells
from orgnet.rosters.cells import Read
from orgnet.rosters.cells.dates import NUMERALS
from orgnet.rosters.cells.read import NOT_A_PERIOD
from orgnet.rosters.declare import Column
from orgnet.rosters.faults import DIRECTION_UNCLEAR
from orgnet.schema.vocabulary import Vocabulary


@dataclass(frozen=True)
class Cells:
    """The cells of one column.

    Parameters
    ----------
    cells
        As written.
    column
        What the column is.
    heading
        Its heading as written.
    lost
        Where a cell is a number that lost digits.
    """

    cells: pl.Series
    column: Column
    heading: str
    lost: pl.Series

    @property
    def said(self) -> pl.Series:
        """The cells, with words that stand for others replaced."""
        return self.spoken(self.cells)

    def spoken(self, given: pl.Series) -> pl.Series:
        """Replace the words that stand for others in this column."""
        if not self.column.says:
            return given
        words = cells.match_key(pl.Series(list(self.column.says)))
        meant = dict(zip(words, self.column.says.values(), strict=True))
        key = cells.match_key(given)
        return key.replace_strict(meant, default=given, return_dtype=pl.String)


Reads = Mapping[str, Read]


def _one(read: Callable[[pl.Series], Read]) -> Callable[[Cells], Reads]:
    """Make a reader of a function of the cells alone."""

    def reading(of: Cells) -> Reads:
        return {of.column.target: read(of.said)}

    return reading


def _whole(of: Cells) -> Reads:
    unit = of.column.attribute.heading.unit if of.column.attribute else ""
    return {of.column.target: cells.whole_number(of.said, unit)}


def _money(of: Cells) -> Reads:
    return {of.column.target: cells.money(of.cells, of.heading)}


def _surface(of: Cells) -> Reads:
    return {of.column.target: cells.area_m2(of.cells, of.heading)}


def _share(of: Cells) -> Reads:
    return {of.column.target: cells.share(of.cells, of.heading)}


def _decimal(of: Cells) -> Reads:
    unit = of.column.attribute.heading.unit if of.column.attribute else ""
    return {of.column.target: cells.decimal(of.said, unit)}


def _vocabulary(of: Cells) -> Reads:
    words = of.column.vocabulary or Vocabulary
    return {of.column.target: cells.vocabulary(of.said, words)}


def _name(of: Cells) -> Reads:
    """Read names, words of status taken off them."""
    read = cells.text(of.cells)
    names, status = cells.name_status(read.values)
    none = pl.Series("codes", [None], pl.String).new_from_index(0, of.cells.len())
    return {
        of.column.target: Read(names, read.codes, read.details),
        f"{of.column.slot}.name_status": Read(status, none, none),
    }


def _credit(of: Cells) -> Reads:
    """Read a column of credit codes, old organization codes among them."""
    none = pl.Series("codes", [None], pl.String).new_from_index(0, of.cells.len())
    old = cells.organization_code(of.cells, of.lost)
    return {
        of.column.target: cells.credit_code(of.cells, of.lost),
        f"{of.column.slot}.org_in_uscc": Read(old.values, none, none),
    }


def _organization(of: Cells) -> Reads:
    none = _nothing(of.cells.len())
    new = cells.credit_code(of.cells, of.lost)
    return {
        of.column.target: cells.organization_code(of.cells, of.lost),
        f"{of.column.slot}.uscc_in_org": Read(new.values, none, none),
    }


def _area_code(of: Cells) -> Reads:
    return {of.column.target: cells.area_code(of.cells, of.lost)}


def _grid_code(of: Cells) -> Reads:
    return {of.column.target: cells.grid_code(of.cells, of.lost)}


def _period(of: Cells) -> Reads:
    """Read a first and a last day from one cell; a day alone is the last."""
    begin, end = cells.period(of.cells)
    alone = cells.day(of.cells, until=True)
    no_period = (begin.codes == NOT_A_PERIOD.code).fill_null(value=False)
    last = no_period & alone.values.is_not_null()
    none = _nothing(of.cells.len())
    frame = pl.DataFrame(
        {
            "e": end.values,
            "c": begin.codes,
            "ae": alone.values,
            "ac": alone.codes,
            "last": last,
        }
    ).select(
        e=pl.when("last").then("ae").otherwise("e"),
        c=pl.when("last").then("ac").otherwise("c"),
    )
    return {
        f"{of.column.slot}.begins": Read(begin.values, none, none),
        of.column.target: Read(frame["e"], frame["c"], none),
    }


def _code(of: Cells) -> Reads:
    """Read local codes: as written, without gaps; short numbers only count rows."""
    text = cells.text(of.cells).values.str.normalize("NFKC").str.replace_all(r"\s", "")
    code = text.str.replace(r"^([0-9]+)\.0*$", "${1}")
    ruined = of.lost | code.str.contains(r"^[0-9](?:\.[0-9]+)?E\+?[0-9]{1,2}$")
    ruined = ruined.fill_null(value=False)
    odd = code.str.contains(r"[|\x{10000}-\x{10ffff}]|\*{3}")  # *** was masked
    odd = odd.fill_null(value=False)
    serial = code.str.contains(r"^[0-9]{1,4}$").fill_null(value=False)
    frame = pl.DataFrame({"v": code, "ruined": ruined, "odd": odd, "serial": serial})
    bad = pl.col("ruined") | pl.col("odd")
    done = frame.select(
        v=pl.when(~bad & ~pl.col("serial")).then("v"),
        c=pl.when("ruined")
        .then(pl.lit("ruined_code"))
        .when("odd")
        .then(pl.lit(BAD_ID.code)),
        d=pl.lit(None, pl.String),
    )
    return {of.column.target: Read(done["v"], done["c"], done["d"])}


def _id(of: Cells) -> Reads:
    """Read ids of nodes of the column's kind, such as unit:91..."""
    text = cells.text(of.cells).values
    good = text.str.contains(rf"^{of.column.prefix}:[^|\x{{10000}}-\x{{10ffff}}]+$")
    done = pl.DataFrame({"v": text, "good": good}).select(
        v=pl.when("good").then("v"),
        c=pl.when(~pl.col("good")).then(pl.lit(BAD_ID.code)),
        d=pl.lit(f"{of.column.prefix}:"),
    )
    return {of.column.target: Read(done["v"], done["c"], done["d"])}


def _edition(of: Cells) -> Reads:
    """Read editions of area codes: a year, or a short word."""
    text = cells.text(of.cells).values.str.normalize("NFKC")
    word = text.str.replace(r"(?:\.0)?年?(?:版|度)?$", "")
    good = word.str.contains(r"^\w{1,12}$")
    done = pl.DataFrame({"v": word, "good": good}).select(
        v=pl.when("good").then("v"),
        c=pl.when(~pl.col("good")).then(pl.lit(BAD_VALUE.code)),
        d=pl.lit("2019"),
    )
    return {of.column.target: Read(done["v"], done["c"], done["d"])}


def _credits(of: Cells) -> Reads:
    """Read cells that may hold the codes of several units."""
    frame = pl.DataFrame(
        {"i": pl.int_range(of.cells.len(), eager=True), "x": of.cells, "lost": of.lost}
    )
    split = frame.with_columns(cells.split_names(frame["x"]).alias("x")).explode("x")
    split = split.filter(pl.col("x").is_not_null())
    read = cells.credit_code(split["x"], split["lost"])
    old = cells.organization_code(split["x"], split["lost"])
    single = split.select(
        "i", v=read.values, o=old.values, c=read.codes, d=read.details
    )
    grouped = single.group_by("i", maintain_order=True).agg(
        pl.col("v"),
        pl.col("o"),
        pl.col("c").drop_nulls().first(),
        pl.col("d").drop_nulls().first(),
    )
    whole = frame.select("i").join(grouped, on="i", how="left", maintain_order="left")
    none = _nothing(of.cells.len())
    return {
        of.column.target: Read(whole["v"], whole["c"], whole["d"]),
        f"{of.column.slot}.org_in_uscc": Read(whole["o"], none, none),
    }


def _fee(of: Cells) -> Reads:
    """Read whether there is a fee; a heading may ask whether there is none."""
    asked_free = "免" in of.heading
    key = cells.match_key(of.cells)
    inverted = {"是": "否", "否": "是", "√": "×", "×": "√"}
    given = key.replace(inverted) if asked_free else of.cells
    return {of.column.target: cells.yes_no(of.spoken(given))}


def _industry(of: Cells) -> Reads:
    """Read industry codes, or the names of the twenty sections."""
    read = cells.text(of.cells)
    key = cells.match_key(read.values)
    code = key.str.extract(r"^([A-T][0-9]{0,4})(?:[^A-Z0-9].*)?$")
    named = key.replace_strict(SECTIONS, default=None, return_dtype=pl.String)
    frame = pl.DataFrame({"code": code, "named": named, "text": read.values})
    value = frame.select(pl.coalesce("code", "named", "text")).to_series()
    return {of.column.target: Read(value, read.codes, read.details)}


def _urgency(of: Cells) -> Reads:
    """Read how urgent a need is, by number or in words; 3 is the most urgent."""
    key = cells.match_key(of.cells)
    given = key.replace_strict(URGENCY, default=key, return_dtype=pl.String)
    return {of.column.target: cells.whole_number(given)}


def _step(of: Cells) -> Reads:
    """Read steps of the five-step method, by number or by name."""
    key = cells.match_key(of.cells).str.replace_all(r"^第|步$|^已完成|阶段$", "")
    given = key.replace_strict(STEPS, default=key, return_dtype=pl.String)
    return {of.column.target: cells.whole_number(given, "steps")}


def _round(of: Cells) -> Reads:
    """Read rounds: 2019, 2019H1, 2019Q3, 2019-08; other words as they are."""
    read = cells.text(of.cells)
    given = cells.match_key(read.values)
    key = given.str.head(4).str.replace_many(NUMERALS) + given.str.slice(4)  # 二〇一九
    year = key.str.extract(r"^([0-9]{4})(?:\.0)?年?")
    rest = key.str.replace(r"^[0-9]{4}(?:\.0)?年?", "")
    month = rest.str.extract(r"^[-/.]?([0-9]{1,2})月?份?$").str.zfill(2)
    frame = pl.DataFrame(
        {"key": read.values, "year": year, "rest": rest, "month": month}
    )
    part = pl.col("rest").replace_strict(ROUNDS, default=None, return_dtype=pl.String)
    value = (
        pl.when(pl.col("year").is_null())
        .then(pl.col("key"))
        .when(part.is_not_null())
        .then(pl.concat_str("year", part))
        .when(pl.col("month").is_not_null())
        .then(pl.concat_str("year", pl.lit("-"), "month"))
        .otherwise(pl.col("key"))
    )
    return {
        of.column.target: Read(
            frame.select(value.alias("v"))["v"], read.codes, read.details
        )
    }


def _nothing(length: int) -> pl.Series:
    return pl.Series("codes", [None], pl.String).new_from_index(0, length)


SECTIONS: Final = {
    name: letter
    for letter, names in zip(
        "ABCDEFGHIJKLMNOPQRST",
        (
            ("农、林、牧、渔业", "农林牧渔业", "农业"),
            ("采矿业",),
            ("制造业",),
            ("电力、热力、燃气及水生产和供应业", "电力热力燃气及水生产和供应业"),
            ("建筑业",),
            ("批发和零售业", "批发零售业"),
            ("交通运输、仓储和邮政业", "交通运输仓储和邮政业"),
            ("住宿和餐饮业", "住宿餐饮业"),
            ("信息传输、软件和信息技术服务业", "信息传输软件和信息技术服务业"),
            ("金融业",),
            ("房地产业",),
            ("租赁和商务服务业", "租赁商务服务业"),
            ("科学研究和技术服务业",),
            ("水利、环境和公共设施管理业", "水利环境和公共设施管理业"),
            ("居民服务、修理和其他服务业", "居民服务修理和其他服务业"),
            ("教育", "教育业"),
            ("卫生和社会工作", "卫生"),
            ("文化、体育和娱乐业", "文化体育和娱乐业"),
            ("公共管理、社会保障和社会组织", "公共管理社会保障和社会组织"),
            ("国际组织",),
        ),
        strict=True,
    )
    for name in names
}  # GB/T 4754-2017
STEPS: Final = {
    word: str(number)
    for number, words in enumerate(
        (("未启动", "未开始"), ("找党员", "一"), ("建组织", "二"), ("优机制", "三"),
         ("抓服务", "四"), ("植文化", "五"))
    )
    for word in words
}  # fmt: skip
URGENCY: Final = {
    word: str(number)
    for number, words in enumerate(
        (("一般", "普通", "低", "不急", "一级"), ("较急", "中", "较紧急", "急", "二级"),
         ("紧急", "特急", "高", "非常紧急", "三级")),
        start=1,
    )
    for word in words
}  # fmt: skip
ROUNDS: Final = (
    dict.fromkeys(("", "度", "年度", "全年", "年"), "")
    | dict.fromkeys(("上半年", "上", "H1"), "H1")
    | dict.fromkeys(("下半年", "下", "H2"), "H2")
    | {
        spelled.format(number=number, zh=zh): f"Q{number}"
        for number, zh in enumerate("一二三四", 1)
        for spelled in (
            *("第{zh}季度", "第{number}季度", "{zh}季度", "{number}季度"),
            *("Q{number}", "-Q{number}", "第{zh}季"),
        )
    }
)
DIRECTIONS: Final = (  # who stands before and after 评
    (
        r"^(?:上评下|自上而下|下行|向下|正向|DOWN|下评)$|评.*单位|(?:对|向|给).*单位",
        "down",
    ),
    (
        r"^(?:下评上|自下而上|上行|向上|反向|UP|上评)$|单位.*评|评.*(?:社区|街道|镇|乡|组织)",
        "up",
    ),
)


def _direction(of: Cells) -> Reads:
    """Read which side evaluates the other, from who stands before 评 and after it."""
    key = cells.match_key(cells.text(of.cells).values)
    frame = pl.DataFrame({"key": key})
    way = pl.lit(None, pl.String)
    for shape, word in reversed(DIRECTIONS):
        way = (
            pl.when(pl.col("key").str.contains(shape)).then(pl.lit(word)).otherwise(way)
        )
    unclear = way.is_null() & pl.col("key").is_not_null()
    done = frame.select(
        v=way,
        c=pl.when(unclear).then(pl.lit(DIRECTION_UNCLEAR.code)),
        d=pl.lit(None, pl.String),
    )
    return {of.column.target: Read(done["v"], done["c"], done["d"])}


READERS: Final[dict[str, Callable[[Cells], Reads]]] = {
    "text": _one(cells.text),
    "name": _name,
    "names": _one(
        lambda s: Read(cells.split_names(s), _nothing(s.len()), _nothing(s.len()))
    ),
    "whole_number": _whole,
    "money": _money,
    "area_m2": _surface,
    "share": _share,
    "decimal": _decimal,
    "score": _one(cells.score),
    "yes_no": _one(cells.yes_no),
    "fee": _fee,
    "day": _one(cells.day),
    "until": _one(lambda s: cells.day(s, until=True)),
    "period": _period,
    "credit_code": _credit,
    "credit_codes": _credits,
    "organization_code": _organization,
    "area_code": _area_code,
    "grid_code": _grid_code,
    "code": _code,
    "id": _id,
    "edition": _edition,
    "vocabulary": _vocabulary,
    "industry": _industry,
    "step": _step,
    "urgency": _urgency,
    "year": _one(cells.year),
    "round": _round,
    "direction": _direction,
}
