"""What reading a column gives, and everything that can be wrong with a cell.

A cell that is empty, or that says in words that nothing is known, is null and no
fault. A cell that cannot be read is null and has a code. A cell that was read with
some loss keeps its value and has the code of a note.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from orgnet.faults import Effect, FaultCode

# Rust's \s leaves out the four ASCII separators; the others show nothing.
GAPS: Final = r"[\s\x1c-\x1f\u00ad\u200b-\u200f\u2060\ufeff]"
DASHES: Final = r"[\u2010-\u2015\u2212]"
ERROR_SHAPE: Final = (
    r"^#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)$"
)
NOTHING: Final = (  # words that offices write where they know nothing
    *("", "-", "--", "---", "/", "//", "\\", ".", "?", "N/A", "NA", "NULL", "NONE"),
    *("NAN", "空", "空白", "不详", "不清", "不清楚", "不明", "未知", "待定", "待补"),
    *("待补充", "待核实", "待查", "待填", "暂无", "暂缺", "缺", "未填", "未填报"),
)

FORMULA_ERROR: Final = FaultCode(
    "formula_error",
    Effect.CELL_DROPPED,
    "{column} holds the error of a formula",
    "“{column}”是公式错误值",
    "correct the formula, or write its value",
    "请更正公式，或改填数值",
)
NUMBER_WITH_WORDS: Final = FaultCode(
    "number_with_words",
    Effect.CELL_DROPPED,
    "{column} is not one plain number; neither bound of it was taken",
    "“{column}”不是单一的确切数字，未取其任何一端",
    "write one number in digits",
    "请填一个确切的阿拉伯数字",
)
NEGATIVE_NUMBER: Final = FaultCode(
    "negative_number",
    Effect.CELL_DROPPED,
    "{column} is below zero",
    "“{column}”小于零",
    "correct the cell",
    "请更正单元格",
)
NOT_WHOLE: Final = FaultCode(
    "not_whole",
    Effect.CELL_DROPPED,
    "{column} counts something and is not a whole number",
    "“{column}”是计数，却不是整数",
    "write a whole number, or correct the unit in the heading",
    "请填整数，或更正表头中的单位",
)
NUMBER_TOO_LARGE: Final = FaultCode(
    "number_too_large",
    Effect.CELL_DROPPED,
    "{column} has more digits than a number of its kind can have",
    "“{column}”的位数过多",
    "correct the cell; a code belongs in a column of codes",
    "请更正；编码请填入编码列",
)
WRONG_UNIT: Final = FaultCode(
    "wrong_unit",
    Effect.CELL_DROPPED,
    "{column} is given in a unit that it is not kept in{detail}",
    "“{column}”的计量单位不符{detail}",
    "write the number in the unit of the heading",
    "请按表头的计量单位填写",
)
ROUNDED_MONEY: Final = FaultCode(
    "rounded_money",
    Effect.NOTED,
    "{column} was rounded to whole yuan",
    "“{column}”已四舍六入五成双到元",
    "nothing, unless the fraction was meant otherwise",
    "如无误，无需处理",
)
ROUNDED_AREA: Final = FaultCode(
    "rounded_area",
    Effect.NOTED,
    "{column} was rounded to whole square metres",
    "“{column}”已四舍六入五成双到平方米",
    "nothing, unless the fraction was meant otherwise",
    "如无误，无需处理",
)
ROUNDED_SCORE: Final = FaultCode(
    "rounded_score",
    Effect.NOTED,
    "{column} was rounded to two decimals",
    "“{column}”已四舍六入五成双到两位小数",
    "nothing, or write the score with two decimals",
    "如无误，无需处理；或按两位小数填写",
)
BAD_SHARE: Final = FaultCode(
    "bad_share",
    Effect.CELL_DROPPED,
    "{column} is not a share from 0 to 100 %",
    "“{column}”不在0至100%之间",
    "write a percentage, such as 50%",
    "请填百分数，如50%",
)
AMBIGUOUS_SHARE: Final = FaultCode(
    "ambiguous_share",
    Effect.CELL_DROPPED,
    "{column} may mean 1 % or 100 %",
    "“{column}”可能是1%，也可能是100%",
    "write it with a percent sign",
    "请加上百分号",
)
NOT_YES_OR_NO: Final = FaultCode(
    "not_yes_or_no",
    Effect.CELL_DROPPED,
    "{column} says neither yes nor no",
    "“{column}”既不是“是”也不是“否”",
    "write 是 or 否, or leave the cell empty if it is not known",
    "请填“是”或“否”；不清楚请留空",
)
UNKNOWN_WORD: Final = FaultCode(
    "unknown_word",
    Effect.CELL_DROPPED,
    "{column} is none of the words of its list: {detail}",
    "“{column}”不在规定的选项内：{detail}",
    "choose one of them",
    "请从中选填",
)
BAD_DATE: Final = FaultCode(
    "bad_date",
    Effect.CELL_DROPPED,
    "{column} is a day that no calendar has, or lies outside 1800 to 2100",
    "“{column}”是不存在的日期，或不在1800年至2100年之间",
    "correct the date",
    "请更正日期",
)
NOT_A_DATE: Final = FaultCode(
    "not_a_date",
    Effect.CELL_DROPPED,
    "{column} cannot be read as a date",
    "“{column}”无法识别为日期",
    "write the date as 2019-08-07",
    "请按2019-08-07的格式填写",
)
AMBIGUOUS_DATE: Final = FaultCode(
    "ambiguous_date",
    Effect.CELL_DROPPED,
    "{column} can be read as more than one date",
    "“{column}”可以读成不止一个日期",
    "write the date as 2019-08-07",
    "请按2019-08-07的格式填写",
)
MONTH_PRECISION: Final = FaultCode(
    "month_precision",
    Effect.NOTED,
    "{column} names a month; its first day is kept, or for an end its last",
    "“{column}”只到月，按当月首日（终止按当月末日）存储",
    "nothing, or write the day",
    "如无误，无需处理；或补填到日",
)
YEAR_PRECISION: Final = FaultCode(
    "year_precision",
    Effect.NOTED,
    "{column} names a year; its first day is kept, or for an end its last",
    "“{column}”只到年，按当年首日（终止按当年末日）存储",
    "nothing, or write the day",
    "如无误，无需处理；或补填到日",
)
NOT_A_PERIOD: Final = FaultCode(
    "not_a_period",
    Effect.CELL_DROPPED,
    "{column} cannot be read as a first and a last day",
    "“{column}”无法识别为起止日期",
    "write the period as 2019-01-01至2019-12-31",
    "请按2019-01-01至2019-12-31的格式填写",
)
RUINED_CODE: Final = FaultCode(
    "ruined_code",
    Effect.CELL_DROPPED,
    "{column} was kept as a number and lost digits; it cannot be repaired",
    "“{column}”被存成数字，尾部数位已丢失，无法恢复",
    "format the column as text and enter the code again from its certificate",
    "请将该列设为文本格式，并按证书重新录入",
)
BAD_CREDIT_CODE: Final = FaultCode(
    "bad_credit_code",
    Effect.CELL_DROPPED,
    "{column} is not a credit code: a character or a check digit is wrong{detail}",
    "“{column}”不是有效的统一社会信用代码：字符或校验位有误{detail}",
    "compare it with the certificate; O, I, S, V and Z never stand in one",
    "请对照证书更正；代码中没有O、I、S、V、Z",
)
REGISTRATION_NUMBER: Final = FaultCode(
    "registration_number",
    Effect.CELL_DROPPED,
    "{column} is an old business registration number of 15 digits",
    "“{column}”是15位旧工商注册号",
    "enter the credit code of 18 characters that replaced it",
    "请填换发后的18位统一社会信用代码",
)
OLD_ORGANIZATION_CODE: Final = FaultCode(
    "old_organization_code",
    Effect.NOTED,
    "{column} is an old organization code; it was read as one",
    "“{column}”是9位旧组织机构代码，已按旧码读取",
    "enter the credit code of 18 characters if there is one",
    "如有18位统一社会信用代码，请补填",
)
BAD_ORGANIZATION_CODE: Final = FaultCode(
    "bad_organization_code",
    Effect.CELL_DROPPED,
    "{column} is not an organization code whose check digit holds",
    "“{column}”不是校验位正确的9位组织机构代码",
    "compare it with the certificate",
    "请对照证书更正",
)
CREDIT_CODE_INSTEAD: Final = FaultCode(
    "credit_code_instead",
    Effect.NOTED,
    "{column} holds a credit code of 18 characters; it was read as one",
    "“{column}”填的是18位统一社会信用代码，已按信用代码读取",
    "move it to the column 统一社会信用代码",
    "请移到“统一社会信用代码”列",
)
BAD_AREA_CODE: Final = FaultCode(
    "bad_area_code",
    Effect.CELL_DROPPED,
    "{column} is not an area code of 6, 9 or 12 digits",
    "“{column}”不是6位、9位或12位区划代码",
    "look the code up in the statistical area codes",
    "请对照统计用区划代码更正",
)
BAD_GRID_CODE: Final = FaultCode(
    "bad_grid_code",
    Effect.CELL_DROPPED,
    "{column} is not a grid code: the 12 digits of a community and 3 more",
    "“{column}”不是网格编码（社区12位代码加3位顺序码）",
    "correct it, or leave it empty if the grid has only a local code",
    "请更正；如只有本地编码，请留空",
)
DECIMAL_POINT: Final = FaultCode(
    "code_with_decimal_point",
    Effect.NOTED,
    "{column} was kept as a number; its .0 was left out, no digit was lost",
    "“{column}”被存成数字，已去掉末尾的“.0”，数位完整",
    "format the column as text",
    "请将该列设为文本格式",
)

FAULT_CODES: Final = {
    value.code: value for value in list(globals().values()) if type(value) is FaultCode
}
DROPPED: Final = sorted(
    code for code, kind in FAULT_CODES.items() if kind.effect is Effect.CELL_DROPPED
)


@dataclass(frozen=True)
class Read:
    """A column as it was read: three columns of the same length.

    Parameters
    ----------
    values
        The typed values; null where a cell was empty or could not be read.
    codes
        The code of what was found, a key of `FAULT_CODES`; null where nothing was.
    details
        What fills `{detail}` in its words; null where there is nothing to fill in.
    """

    values: pl.Series
    codes: pl.Series
    details: pl.Series


Case = tuple[pl.Expr, FaultCode]


def opened(series: pl.Series) -> pl.DataFrame:
    """Set up a column for reading.

    Returns `x`, the text with compatibility forms folded (NFKC), dashes made one and
    gaps at its ends dropped; null where the cell is empty or says that nothing is
    known. `error` tells whether it is the error of a formula.
    """
    folded = pl.col("x").str.normalize("NFKC").str.replace_all(DASHES, "-")
    bare = folded.str.replace_all(f"^{GAPS}+|{GAPS}+$", "")
    known = ~bare.str.to_uppercase().is_in(NOTHING)
    return (
        series.alias("x")
        .cast(pl.String)
        .to_frame()
        .select(pl.when(known).then(bare).alias("x"))
        .with_columns(error=pl.col("x").str.to_uppercase().str.contains(ERROR_SHAPE))
    )


def closed(
    frame: pl.DataFrame,
    name: str,
    value: pl.Expr,
    *cases: Case,
    detail: pl.Expr | None = None,
) -> Read:
    """Finish reading: the first case that is true of a cell gives its code.

    The value is kept where there is no code, or only that of a note. Cells that
    `opened` made null have none.
    """
    code = pl.lit(None, pl.String)
    for condition, kind in reversed(((pl.col("error"), FORMULA_ERROR), *cases)):
        code = pl.when(condition).then(pl.lit(kind.code)).otherwise(code)
    code = pl.when(pl.col("x").is_not_null()).then(code)
    dropped = pl.col("_code").is_in(DROPPED).fill_null(value=False)
    done = frame.with_columns(_code=code).select(
        pl.when(pl.col("x").is_not_null() & ~dropped).then(value).alias("values"),
        pl.col("_code").alias("codes"),
        pl.when(pl.col("_code").is_not_null())
        .then(pl.lit(None, pl.String) if detail is None else detail)
        .alias("details"),
    )
    return Read(*(column.alias(name) for column in done))
