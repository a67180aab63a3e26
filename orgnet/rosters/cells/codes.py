"""Columns of public codes: credit, organization, area and grid codes.

A code that a spreadsheet kept as a number and cut is rejected: its last digits are
gone, and a guess would be another organization's code.
"""

from typing import Final

import polars as pl

from orgnet.rosters.cells.read import (
    BAD_AREA_CODE,
    BAD_CREDIT_CODE,
    BAD_GRID_CODE,
    BAD_ORGANIZATION_CODE,
    CREDIT_CODE_INSTEAD,
    DECIMAL_POINT,
    GAPS,
    OLD_ORGANIZATION_CODE,
    REGISTRATION_NUMBER,
    RUINED_CODE,
    Read,
    closed,
    opened,
)
from orgnet.schema.identifiers import (
    area_code_ok,
    credit_code_ok,
    grid_code_ok,
    normalised_code,
    organization_code_ok,
    suggest_credit_code,
)

SCIENTIFIC: Final = r"^[0-9](?:\.[0-9]+)?E\+?[0-9]{1,2}$"
TOO_LONG_A_NUMBER: Final = r"^[0-9]{16,}\.0*$"  # a number keeps 15 digits
SUGGESTED: Final = 1_000  # distinct wrong codes of a column that get a proposal
NO_CODE: Final = (
    *("无", "没有", "无代码", "暂无代码", "未办理", "未办", "办理中", "正在办理"),
    *("未登记", "未注册", "无证", "无证照"),
)


def _codes(series: pl.Series, damaged: pl.Series | None) -> pl.DataFrame:
    """Add `code`, the normalised code, and `ruined` to an opened column."""
    lost = (
        pl.repeat(value=False, n=series.len(), eager=True)
        if damaged is None
        else damaged
    )
    given = pl.col("x").str.to_uppercase().str.replace_all(f"{GAPS}|^['’]", "")
    opens = opened(series).with_columns(
        pl.when(~given.is_in(NO_CODE)).then(pl.col("x")).alias("x")
    )
    return opens.with_columns(
        code=normalised_code(given),
        point=given.str.contains(r"\.0*$"),
        ruined=given.str.contains(SCIENTIFIC)
        | given.str.contains(TOO_LONG_A_NUMBER)
        | lost.alias("lost"),
    )


def credit_code(series: pl.Series, damaged: pl.Series | None = None) -> Read:
    """Read a column of unified social credit codes 统一社会信用代码.

    Where one exchange of look-alike characters gives a valid code, the fault proposes
    it; it is never applied. Old organization codes of nine characters are noted and
    left to `organization_code`: read a column with both.

    Parameters
    ----------
    series
        Cells as written.
    damaged
        True where a cell is a number that lost digits (`Sheet.is_damaged`).

    Returns
    -------
    Read
        String of 18 characters whose check digits hold.

    Examples
    --------
    >>> cells = ["91110000-600037341l", "9.111E+17", "911100006O0037341L", "60003734-1"]
    >>> read = credit_code(pl.Series(cells))
    >>> read.values.to_list()
    ['91110000600037341L', None, None, None]
    >>> read.codes.to_list()[1:]
    ['ruined_code', 'bad_credit_code', 'old_organization_code']
    >>> read.details[2]
    ' → 91110000600037341L ?'
    """
    code = pl.col("code")
    frame = _codes(series, damaged)
    return closed(
        frame,
        series.name,
        pl.when(credit_code_ok(code)).then(code),
        (pl.col("ruined"), RUINED_CODE),
        (organization_code_ok(code), OLD_ORGANIZATION_CODE),
        (code.str.contains("^[0-9]{15}$"), REGISTRATION_NUMBER),
        (~credit_code_ok(code), BAD_CREDIT_CODE),
        detail=_suggested(frame, code),
    )


def _suggested(frame: pl.DataFrame, code: pl.Expr) -> pl.Expr:
    """Propose a code for the distinct ones that are wrong."""
    wrong = frame.filter(~credit_code_ok(code))["code"].unique().sort()
    found = {c: suggest_credit_code(c) for c in wrong.head(SUGGESTED)}
    proposals = {c: f" → {good} ?" for c, good in found.items() if good}
    return code.replace_strict(proposals, default="", return_dtype=pl.String)


def organization_code(series: pl.Series, damaged: pl.Series | None = None) -> Read:
    """Read a column of old organization codes 组织机构代码, without their dash.

    A credit code that stands here instead is noted and left to `credit_code`.

    Examples
    --------
    >>> organization_code(pl.Series(["60003734-1", "60003734-2"])).values.to_list()
    ['600037341', None]
    """
    code = pl.col("code")
    return closed(
        _codes(series, damaged),
        series.name,
        pl.when(organization_code_ok(code)).then(code),
        (pl.col("ruined"), RUINED_CODE),
        (credit_code_ok(code), CREDIT_CODE_INSTEAD),
        (~organization_code_ok(code), BAD_ORGANIZATION_CODE),
    )


def area_code(series: pl.Series, damaged: pl.Series | None = None) -> Read:
    """Read a column of area codes 区划代码 of 6, 9 or 12 digits.

    Groups of zeros at the end name nothing and are dropped, so that 510104 and
    510104000000 are one code. An ending .0 lost nothing: it is dropped and noted.

    Examples
    --------
    >>> cells = ["510104000000", "510104020000", "510104020001.0", "5.10104E+11"]
    >>> read = area_code(pl.Series(cells))
    >>> read.values.to_list()
    ['510104', '510104020', '510104020001', None]
    >>> read.codes.to_list()
    [None, None, 'code_with_decimal_point', 'ruined_code']
    """
    whole = pl.col("code").str.replace(r"\.0*$", "")
    code = whole.str.replace(r"^([0-9]{6})000(?:000)?$", "${1}").str.replace(
        r"^([0-9]{9})000$", "${1}"
    )
    return closed(
        _codes(series, damaged),
        series.name,
        code,
        (pl.col("ruined"), RUINED_CODE),
        (~area_code_ok(code), BAD_AREA_CODE),
        (pl.col("point"), DECIMAL_POINT),
    )


def grid_code(series: pl.Series, damaged: pl.Series | None = None) -> Read:
    """Read a column of grid codes 网格编码: a community's 12 digits and 3 more.

    Examples
    --------
    >>> grid_code(pl.Series(["510104020001003", "A-17"])).values.to_list()
    ['510104020001003', None]
    """
    code = pl.col("code").str.replace(r"\.0*$", "")
    return closed(
        _codes(series, damaged),
        series.name,
        code,
        (pl.col("ruined"), RUINED_CODE),
        (~grid_code_ok(code), BAD_GRID_CODE),
        (pl.col("point"), DECIMAL_POINT),
    )
