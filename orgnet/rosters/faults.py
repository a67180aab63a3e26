"""The faults of whole rows, sheets and rosters, and what a reading reports.

Faults of single cells are in :mod:`orgnet.rosters.cells`, those of files in
:mod:`orgnet.rosters.sheets`, :mod:`orgnet.rosters.privacy` and
:mod:`orgnet.rosters.masks`, those of any table in :mod:`orgnet.faults`. Codes are
public and stay what they are.

======================  =============  ===============================================
code                    effect         when
======================  =============  ===============================================
unrecognised_sheet      file_refused   no row of a sheet has the headings of a roster
missing_heading         file_refused   a sheet lacks a heading that its roster needs
repeated_column         noted          two columns of a sheet give the same attribute
undeclared_column       noted          a column is known to no roster; it is not stored
missing_column          row_rejected   a sheet lacks a column that its rows need
missing_required        row_rejected   a cell that every row needs is empty
bad_required            row_rejected   such a cell breaks a rule of the schema
bad_value               cell_dropped   an optional cell breaks a rule of the schema
bad_validity            row_rejected   a row ends before it begins
bad_id                  row_rejected   an id or number cannot be an id
blank_place             noted          an area is blank below one taken from above
duplicate_identity      row_rejected   a row repeats an earlier row of its sheet
unknown_type            row_rejected   a relationship sheet names no relationship type
not_of_type             cell_dropped   a value for a type that has no such attribute
unresolved_reference    cell_dropped   what is named is in no roster and no area list
ambiguous_reference     cell_dropped   a name fits several
wrong_end               row_rejected   a relationship names a kind that it cannot join
self_superior           cell_dropped   an organization is named as its own superior
no_host_above           cell_dropped   "as the superior", and no superior has a unit
wrong_area_code         noted          a grid's code begins with another community's
direction_unclear       noted          an evaluation's direction is not told
rare_round              noted          hardly any row of a sheet is of this round
individual_business     row_rejected   a unit is the business of one person
no_area_organization    noted          yes to a seat, and nobody to give it
guessed_setting         noted          where organizations are set up is a guess
same_name               noted          a row without a code fits several with one
conflicting_values      noted          two rows give two values for one attribute
======================  =============  ===============================================

A key cell that refers to something (the parties of an evaluation, the ends of a
relationship) rejects its row when it is unresolved. A row that names something whose
own row was rejected waits for it: it has no fault of its own, and the fault of the
rejected row says how many rows wait.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from orgnet.faults import Effect, FaultCode, Faults

if TYPE_CHECKING:
    from orgnet.rosters.decisions import Proposer

UNRECOGNISED_SHEET: Final = FaultCode(
    "unrecognised_sheet",
    Effect.FILE_REFUSED,
    "none of the {value} rows of the sheet has the headings of a roster",
    "该表共{value}行，没有一行是可识别的表头",
    "name the columns as in the template (orgnet template), or take the sheet out",
    "请按模板（orgnet template）填写表头，或移走该表",
)
MISSING_HEADING: Final = FaultCode(
    "missing_heading",
    Effect.FILE_REFUSED,
    "the sheet of {value} rows resembles {detail}",
    "该表共{value}行，最接近{detail}",
    "add the missing columns under these headings",
    "请补充所缺各列并按此命名",
)
REPEATED_COLUMN: Final = FaultCode(
    "repeated_column",
    Effect.NOTED,
    "{column} gives the same as {detail}, which is read; {value} values are not stored",
    "“{column}”与“{detail}”含义相同，只读后者，其{value}个值未存储",
    "keep one of the two columns",
    "请只保留其中一列",
)
MISSING_COLUMN: Final = FaultCode(
    "missing_column",
    Effect.ROW_REJECTED,
    "the sheet has no column {column}, which its {value} rows need",
    "该表没有“{column}”列，其{value}行因此未读入",
    "add the column, or read another roster that tells it",
    "请补充该列，或同时读入含有该信息的名册",
)
BLANK_PLACE: Final = FaultCode(
    "blank_place",
    Effect.NOTED,
    "{column} is blank where the larger area is that of a row above; it is unknown",
    "“{column}”为空，而所属的上级区域取自上方各行；按未知处理",
    "fill it in, or merge its cell with those above if it is the same",
    "请补填；如与上方相同，请合并单元格或逐行填写",
)
DUPLICATE_ROW: Final = FaultCode(
    "duplicate_identity",
    Effect.ROW_REJECTED,
    "{value} stands in an earlier row of this sheet: {detail}",
    "{value} 与本表前面的行重复：{detail}",
    "keep one of the rows, or tell them apart by a code or a place",
    "请只保留一行，或以代码、所在地加以区分",
)
UNKNOWN_TYPE: Final = FaultCode(
    "unknown_type",
    Effect.ROW_REJECTED,
    "{value} is no relationship type",
    "“{value}”不是规定的关系类型",
    "choose a type from the drop-down list of the template",
    "请从模板的下拉列表中选择类型",
)
NOT_OF_TYPE: Final = FaultCode(
    "not_of_type",
    Effect.CELL_DROPPED,
    "a {detail} has no attribute {column}; {value} is not stored",
    "“{detail}”没有“{column}”这一属性，“{value}”未存储",
    "empty the cell, or correct the type",
    "请清空该单元格或更正类型",
)
UNRESOLVED_REFERENCE: Final = FaultCode(
    "unresolved_reference",
    Effect.CELL_DROPPED,
    "{value} ({column}) is in no roster and no area list that was read",
    "已读入的各表和区划中没有“{value}”（{column}）",
    "correct the name, add its row to a roster, or decide in the decisions workbook",
    "请更正名称、在相应表中补行，或在裁决表中确认",
)
AMBIGUOUS_REFERENCE: Final = FaultCode(
    "ambiguous_reference",
    Effect.CELL_DROPPED,
    "{value} ({column}) fits several: {detail}",
    "“{value}”（{column}）对应多个对象：{detail}",
    "give the code, or fill in the columns of its place",
    "请填写代码，或补填所在区划",
)
WRONG_END: Final = FaultCode(
    "wrong_end",
    Effect.ROW_REJECTED,
    "{value} ({column}) cannot take part here: {detail}",
    "“{value}”（{column}）不能作为此处的一方：{detail}",
    "name one of the kinds that may stand here",
    "请填写允许的对象",
)
SELF_SUPERIOR: Final = FaultCode(
    "self_superior",
    Effect.CELL_DROPPED,
    "{value} is named as its own superior",
    "“{value}”的上级填成了自身",
    "name the organization above it",
    "请填写其上级党组织",
)
WRONG_AREA_CODE: Final = FaultCode(
    "wrong_area_code",
    Effect.NOTED,
    "the code begins with that of another community than the row's ({detail})",
    "编码前12位与所在社区的代码（{detail}）不一致",
    "correct the code or the community; both were kept",
    "请更正编码或所在社区；二者均已保留",
)
DIRECTION_UNCLEAR: Final = FaultCode(
    "direction_unclear",
    Effect.NOTED,
    "{value} is no direction; the two parties were read as they stand",
    "“{value}”不是明确的考评方向，已按所列双方读取",
    "write 上评下 or 下评上",
    "请填“上评下”或“下评上”",
)
RARE_ROUND: Final = FaultCode(
    "rare_round",
    Effect.NOTED,
    "{value} makes a round of its own: {detail}",
    "“{value}”单独成为一轮：{detail}",
    "correct the round if it was mistyped; if there was such a round, leave it",
    "若系笔误请更正考评周期；若确有该轮，无须处理",
)
INDIVIDUAL_BUSINESS: Final = FaultCode(
    "individual_business",
    Effect.ROW_REJECTED,
    "the credit code is of an individual business, whose name may be a person's",
    "统一社会信用代码属个体工商户，其名称可能含个人信息，不予收录",
    "leave individual businesses out, or correct the code if it is not one",
    "请勿收录个体工商户；若代码有误请更正",
)
NO_HOST_ABOVE: Final = FaultCode(
    "no_host_above",
    Effect.CELL_DROPPED,
    "the unit is said to be the superior's, and no superior has one",
    "所在单位与上级党组织相同，但各级上级均无所在单位",
    "fill in the superior's unit, or this row's own",
    "请补填上级党组织的所在单位，或填写本行的所在单位",
)
NO_AREA_ORGANIZATION: Final = FaultCode(
    "no_area_organization",
    Effect.NOTED,
    "{column} says {value}, but the row's area has no party organization to tie to",
    "“{column}”为“{value}”，但该行所在区域没有可关联的党组织",
    "read the roster that lists the organization of the community or street",
    "请同时读入含该社区或街道党组织的名册",
)
GUESSED_SETTING: Final = FaultCode(
    "guessed_setting",
    Effect.NOTED,
    "where {value} organizations are set up was guessed, mostly by name: {detail}",
    "有{value}个党组织的设置领域系推测（多据名称）：{detail}",
    "add a column 设置领域, or fill in their units and the kinds of these",
    "请补充“设置领域”列，或填写所在单位及其性质",
)
SAME_NAME: Final = FaultCode(
    "same_name",
    Effect.NOTED,
    "{value} has no code and fits several that have one: {detail}; it is kept apart",
    "{value} 未填代码，与多个有代码者同名：{detail}；已单独保留",
    "fill in the code",
    "请补填代码",
)
CONFLICTING_VALUES: Final = FaultCode(
    "conflicting_values",
    Effect.NOTED,
    "{value} here, but {detail}; the latter is kept",
    "此处为“{value}”，而{detail}；以后者为准",
    "correct one of the two, or say which roster wins: read_rosters(prefer=[...])",
    "请更正其一，或用 read_rosters(prefer=[...]) 指定以哪张表为准",
)

CODES: Final = {
    k.code: k
    for k in (
        UNRECOGNISED_SHEET,
        MISSING_HEADING,
        REPEATED_COLUMN,
        MISSING_COLUMN,
        BLANK_PLACE,
        DUPLICATE_ROW,
        UNKNOWN_TYPE,
        NOT_OF_TYPE,
        UNRESOLVED_REFERENCE,
        AMBIGUOUS_REFERENCE,
        WRONG_END,
        SELF_SUPERIOR,
        WRONG_AREA_CODE,
        DIRECTION_UNCLEAR,
        RARE_ROUND,
        INDIVIDUAL_BUSINESS,
        NO_HOST_ABOVE,
        NO_AREA_ORGANIZATION,
        GUESSED_SETTING,
        SAME_NAME,
        CONFLICTING_VALUES,
    )
}

REPORT_COLUMNS: Final[dict[str, pl.DataType]] = {
    "file": pl.String(),
    "sheet": pl.String(),
    "layout": pl.String(),
    "rows_in": pl.Int64(),
    "accepted": pl.Int64(),
    "rejected": pl.Int64(),
    "titles": pl.Int64(),
    "notes": pl.Int64(),
    "balanced": pl.Boolean(),
    "waiting": pl.Int64(),
    "filled": pl.Int64(),
    "persons": pl.Int64(),
    "not_stored": pl.List(pl.String()),
}


@dataclass(frozen=True)
class RejectedSheet:
    """The rejected rows of one sheet, as they can be mended.

    Parameters
    ----------
    file, sheet, layout
        Where they stood, and as what they were read.
    headings
        The headings as written of the columns that are read.
    rows
        `row`, `why` (both languages) and one text column a heading, `c0` and on.
    """

    file: str
    sheet: str
    layout: str
    headings: tuple[str, ...]
    rows: pl.DataFrame


@dataclass(frozen=True)
class Reading:
    """What a reading leaves beside the network and the faults."""

    report: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema=REPORT_COLUMNS)
    )
    rejects: tuple[RejectedSheet, ...] = ()
    proposer: "Proposer | None" = None


class RosterFaults(Faults):
    """The faults of a reading, with its report.

    `.report` is the three-way row count, one row a sheet: `rows_in` is `accepted` plus
    `rejected` plus `titles` (titles and headings) plus `notes` (subtotals, notes and
    rows that are only numbered). `waiting` counts the rejected rows whose only flaw is
    that they name a rejected row; `filled` the cells filled from above; `persons` the
    person columns that were dropped; `not_stored` the columns that were not kept.
    """

    def __init__(
        self,
        rows: Iterable[dict[str, Any]] | pl.DataFrame = (),
        reading: Reading | None = None,
    ) -> None:
        super().__init__(rows)
        self.reading = reading or Reading()

    @property
    def report(self) -> pl.DataFrame:
        """The three-way row count, one row a sheet."""
        return self.reading.report

    @property
    def proposals(self) -> pl.DataFrame:
        """Near names for those that were not found; made when first asked for."""
        proposer = self.reading.proposer
        return pl.DataFrame() if proposer is None else proposer.frame

    @property
    def balanced(self) -> bool:
        """Whether every row of every sheet is accounted for."""
        return bool(self.report["balanced"].all())

    def __repr__(self) -> str:
        """Say how many rows were read, and how many faults of each code there are."""
        total = self.report.select("rows_in", "accepted", "rejected").sum()
        words = ("rows in", "accepted", "rejected")
        rows = [f"{n:,} {word}" for n, word in zip(total.row(0), words, strict=True)]
        return f"{', '.join(rows)}\n{super().__repr__()}"


def rejecting(kind: FaultCode) -> FaultCode:
    """Return the same fault where it stands in a cell that the row needs."""
    return replace(kind, effect=Effect.ROW_REJECTED)
