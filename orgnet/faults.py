"""What was found wrong with rows, all of it at once, in both languages."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import polars as pl

from orgnet.schema.vocabulary import Vocabulary

FAULT_COLUMNS: dict[str, pl.DataType] = {
    "file": pl.String(),
    "sheet": pl.String(),
    "row": pl.Int64(),
    "column": pl.String(),
    "value": pl.String(),
    "code": pl.String(),
    "effect": pl.String(),
    "message": pl.String(),
    "message_zh": pl.String(),
    "todo": pl.String(),
    "todo_zh": pl.String(),
}
ORDER = ("file", "sheet", "row", "column", "code", "value")


class Effect(Vocabulary):
    """What a fault did to the row it was found in."""

    FILE_REFUSED = "file_refused", "整个文件被拒绝"
    ROW_REJECTED = "row_rejected", "该行未读入"
    CELL_DROPPED = "cell_dropped", "该单元格按未知处理"
    NOTED = "noted", "已读入，仅提示"


@dataclass(frozen=True)
class FaultCode:
    """One kind of fault: its effect and its words.

    Parameters
    ----------
    code
        Public name, lower-case English.
    effect
        What it does to the row.
    message, zh
        Why, in both languages; `{column}`, `{value}` and `{detail}` are filled in.
    todo, todo_zh
        What to do about it.
    """

    code: str
    effect: Effect
    message: str
    zh: str
    todo: str
    todo_zh: str


def fault(
    kind: FaultCode,
    *,
    file: str | None = None,
    sheet: str | None = None,
    row: int | None = None,
    column: str | None = None,
    value: object = None,
    value_en: str | None = None,
    detail: str = "",
    detail_zh: str | None = None,
) -> dict[str, Any]:
    """Return one row for :class:`Faults`, its words filled in.

    `value_en` and `detail_zh` are given where the two languages say it differently.
    """
    shown = None if value is None else str(value)
    english = shown if value_en is None else value_en
    words = {"column": column, "value": english, "detail": detail}
    chinese = detail if detail_zh is None else detail_zh
    zh_words = {"column": column, "value": shown, "detail": chinese}
    return {
        "file": file,
        "sheet": sheet,
        "row": row,
        "column": column,
        "value": shown,
        "code": kind.code,
        "effect": kind.effect.value,
        "message": kind.message.format(**words),
        "message_zh": kind.zh.format(**zh_words),
        "todo": kind.todo.format(**words),
        "todo_zh": kind.todo_zh.format(**zh_words),
    }


class Faults:
    """Every fault found, in the order of file, sheet, row and column.

    Truth value, length and iteration are those of the list of faults; `.frame` is the
    table, one row a fault.
    """

    def __init__(self, rows: Iterable[dict[str, Any]] | pl.DataFrame = ()) -> None:
        frame = (
            rows
            if isinstance(rows, pl.DataFrame)
            else pl.DataFrame(list(rows), schema=FAULT_COLUMNS, orient="row")
        )
        self.frame = frame.select(
            pl.col(n).cast(t) for n, t in FAULT_COLUMNS.items()
        ).sort(ORDER, nulls_last=True)

    @classmethod
    def joined(cls, parts: Sequence["Faults"]) -> "Faults":
        """Return the faults of several sources as one list."""
        return cls(pl.concat([p.frame for p in parts]) if parts else ())

    def of(self, *codes: str) -> "Faults":
        """Return only the faults with one of these codes."""
        return Faults(self.frame.filter(pl.col("code").is_in(codes)))

    def counts(self) -> pl.DataFrame:
        """Return how many faults there are of each code: `code`, `effect`, `faults`."""
        return (
            self.frame.group_by("code", "effect")
            .agg(faults=pl.len().cast(pl.Int64))
            .sort("code")
        )

    def __len__(self) -> int:
        """Return how many faults there are."""
        return self.frame.height

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Go through the faults, each as a dict."""
        return self.frame.iter_rows(named=True)

    def __repr__(self) -> str:
        """Say how many of each code, in a terminal."""
        if not len(self):
            return "no faults 没有问题"
        kinds = [f"  {c}: {n} ({e})" for c, e, n in self.counts().iter_rows()]
        return "\n".join([f"{len(self)} faults 条问题", *kinds])

    def _repr_html_(self) -> str:
        shown = self.frame.head(20)
        names = ("file", "sheet", "row", "column", "value", "message_zh", "todo_zh")
        head = "".join(f"<th>{n}</th>" for n in names)
        cells = [
            "".join(
                f"<td>{escape(str(r[n] if r[n] is not None else ''))}</td>"
                for n in names
            )
            for r in shown.iter_rows(named=True)
        ]
        body = "".join(f"<tr>{c}</tr>" for c in cells)
        title = f"<p><b>{len(self)} faults 条问题</b></p>"
        return (
            f"{title}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


UNDECLARED_COLUMN = FaultCode(
    "undeclared_column",
    Effect.NOTED,
    "{column} is not an attribute of {detail}; its {value} values are not stored",
    "{detail}没有“{column}”这一属性，其{value}个值未存储",
    "rename the column, or extend the schema with a class that declares it",
    "请改列名，或在schema中声明该属性",
)
BAD_TYPE = FaultCode(
    "bad_type",
    Effect.CELL_DROPPED,
    "{column} cannot be read: {detail}",
    "“{column}”不是{detail}",
    "correct the cell",
    "请更正单元格",
)
BAD_VALUE = FaultCode(
    "bad_value",
    Effect.CELL_DROPPED,
    "{column} is not accepted: {detail}",
    "“{column}”的值不符合要求：{detail}",
    "correct the cell",
    "请更正单元格",
)
BAD_REQUIRED = FaultCode(
    "bad_required",
    Effect.ROW_REJECTED,
    "{column}, which every row needs, is not accepted: {detail}",
    "必填的“{column}”不符合要求：{detail}",
    "correct the cell and read the row again",
    "请更正后重新读入",
)
MISSING_REQUIRED = FaultCode(
    "missing_required",
    Effect.ROW_REJECTED,
    "{column} is empty, and every row needs it",
    "必填的“{column}”为空",
    "fill the cell and read the row again",
    "请补填后重新读入",
)
BAD_VALIDITY = FaultCode(
    "bad_validity",
    Effect.ROW_REJECTED,
    "valid_from is not before valid_to ({value})",
    "有效起不早于有效止（{value}）",
    "correct the dates",
    "请更正起止日期",
)
BAD_ID = FaultCode(
    "bad_id",
    Effect.ROW_REJECTED,
    "the id must begin with {detail} and hold neither | nor rare characters",
    "标识须以 {detail} 开头，且不含竖线和U+FFFF以上的字符",
    "write ids as {detail}KEY",
    "请按 {detail}KEY 书写标识",
)
DUPLICATE = FaultCode(
    "duplicate_identity",
    Effect.ROW_REJECTED,
    "the same identity stands in an earlier row",
    "同一标识已在前面出现",
    "keep one of the two rows, or give them different keys",
    "请保留其中一行，或区分其关键属性",
)
DANGLING = FaultCode(
    "dangling_end",
    Effect.ROW_REJECTED,
    "no node {value} in the network ({column})",
    "网络中没有节点 {value}（{column}）",
    "add the node, or correct the id",
    "请补充节点或更正标识",
)
WRONG_ENDS = FaultCode(
    "wrong_end_kind",
    Effect.ROW_REJECTED,
    "a {detail} may not join these kinds: {value}",
    "{detail} 不能连接这两类节点：{value}",
    "see SCHEMA.ties for what it may join",
    "请对照 SCHEMA.ties 中的端点",
)
ROUNDED = FaultCode(
    "rounded_money",
    Effect.NOTED,
    "{column} was rounded to whole yuan",
    "“{column}”已四舍五入到元",
    "nothing, unless the unit is wrong",
    "如单位有误请更正",
)
CYCLE = FaultCode(
    "cycle",
    Effect.NOTED,
    "{value} stands on a cycle of {detail}",
    "{value} 处在 {detail} 的环上",
    "correct one of the superiors on the cycle",
    "请更正环上的上级",
)
SEVERAL = FaultCode(
    "several",
    Effect.NOTED,
    "{value} has several {detail} at one time",
    "{value} 同时有多个 {detail}",
    "date them, or keep the one that holds",
    "请注明起止日期或只保留一个",
)
LEVEL_SKIP = FaultCode(
    "level_skip",
    Effect.NOTED,
    "{value} has a superior that is not one step up the axis",
    "{value} 的上级不是动力主轴的上一级",
    "correct the superior, or leave it: the chain question lists it too",
    "请更正上级；如确属越级隶属可保留，断链查询也会列出",
)
LEVEL_ORDER = FaultCode(
    "level_order",
    Effect.NOTED,
    "{value} does not belong to an area of a higher level",
    "{value} 的上级层级不高于自身",
    "correct the level or the superior area",
    "请更正层级或上级区域",
)
