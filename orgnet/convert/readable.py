"""An answer as people read it: names beside the ids, words beside the codes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from orgnet import late
from orgnet.query import Column, Result, Words
from orgnet.schema import SCHEMA, Schema
from orgnet.schema.vocabulary import ServiceLine, UnitKind, Vocabulary

Say = Callable[[str], Words]

GROUPS: dict[Any, type[Vocabulary]] = {"kind": UnitKind, "line": ServiceLine}
ANSWERS = {"true": ("demonstration", "示范"), "false": ("other", "非示范")}
WAYS = {">": ("up", "向上"), "<": ("down", "向下")}
COMMA = "、"  # between the items of a list


@dataclass(frozen=True)
class Shown:
    """One column as people read it.

    Parameters
    ----------
    name
        Its public name; with `_name` or `_zh` if it was made from that column.
    of
        The column it is, or was made from.
    zh
        Its Chinese heading.
    meaning
        What stands in it, in English.
    values
        The values: text, whole numbers, numbers, dates or truth values.
    """

    name: str
    of: str
    zh: str
    meaning: str
    values: pl.Series


def readable(result: Result) -> list[Shown]:
    """Return the columns of an answer for people: what it names, then its codes.

    Parameters
    ----------
    result
        The answer. Names are known if it was put to a source.

    Returns
    -------
    list
        Every column of the answer, lists as text; before an id its name, before a code
        its Chinese word.
    """
    shown, names = [], names_of(result)
    for column in result.question.columns:
        made = _made_from(result, column, names)
        suffix = ("编号" if column.holds_ids else "代码") if made else ""
        values = _as_text(result.frame[column.name])
        name, zh = column.name, f"{column.zh}{suffix}"
        shown += [*made, Shown(name, name, zh, column.meaning, values)]
    return shown


def _made_from(result: Result, column: Column, names: Mapping[str, str]) -> list[Shown]:
    """Return the names or words of a column of ids or codes; nothing of any other."""
    values, name = result.frame[column.name], column.name
    if _wants_names(result, column):
        words, suffix, meaning = names, "name", "by name"
    elif not column.holds_ids and _sayer(result, name) is not None:
        words = {code: zh for code, (_, zh) in words_of(result, name).items()}
        suffix, meaning = "zh", "in Chinese"
    else:
        return []
    said = _as_text(_replaced(values, words))
    return [Shown(f"{name}_{suffix}", name, column.zh, f"{name} {meaning}", said)]


def _wants_names(result: Result, column: Column) -> bool:
    """Tell whether names are put before a column: its ids have none in the answer."""
    named = column.name == subject(result)
    return column.holds_ids and result.source is not None and not named


def subject(result: Result) -> str | None:
    """Return which column of ids the column `name` names; null if there is none.

    It is `id`, or what stands before the names.
    """
    columns = [c.name for c in result.question.columns]
    if "name" not in columns:
        return None
    before = result.question.columns[columns.index("name") - 1]
    return "id" if "id" in columns else before.name if before.holds_ids else None


def _replaced(values: pl.Series, words: Mapping[str, str]) -> pl.Series:
    if not words:
        return values
    if isinstance(values.dtype, pl.List):
        element = pl.element().replace_strict(words, default=pl.element())
        said = values.to_frame().select(pl.col(values.name).list.eval(element))
        return said.to_series()
    return values.replace_strict(words, default=values, return_dtype=pl.String)


def _as_text(values: pl.Series) -> pl.Series:
    """Return lists as text, and everything else as it is."""
    if isinstance(values.dtype, pl.List):
        return values.cast(pl.List(pl.String)).list.join(COMMA)
    return values.cast(pl.String) if isinstance(values.dtype, pl.Enum) else values


def names_of(result: Result) -> dict[str, str]:
    """Return the names of the ids in an answer that have none there.

    Parameters
    ----------
    result
        The answer. Its source is asked once, for all columns.
    """
    columns = [c for c in result.question.columns if _wants_names(result, c)]
    ids = {i for c in columns for i in _distinct(result.frame[c.name])}
    return result.source.names(ids) if ids else {}


def _distinct(values: pl.Series) -> pl.Series:
    flat = values.explode() if isinstance(values.dtype, pl.List) else values
    return flat.drop_nulls().unique().sort().cast(pl.String)


def words_of(result: Result, column: str) -> dict[str, Words]:
    """Return what the codes in a column say, in English and Chinese.

    Parameters
    ----------
    result
        The answer.
    column
        The column's name.

    Returns
    -------
    dict
        One entry a code that stands there; empty if the column holds no codes. A code
        that no vocabulary has stands for itself.
    """
    say = _sayer(result, column)
    if say is None:
        return {}
    return {code: say(code) for code in _distinct(result.frame[column])}


def _sayer(result: Result, column: str) -> Say | None:
    """Return what says the codes of a column; null if it holds none."""
    schema = SCHEMA if result.source is None else result.source.schema
    declared = next(c for c in result.question.columns if c.name == column)
    if declared.vocabulary is not None:
        return _vocabulary_sayer(declared.vocabulary)
    if column == "group":
        return _group_sayer(result)
    say = SAID_OF.get((result.question.name, column)) or SAID.get(column)
    return None if say is None else lambda code: say(schema, code)


def _vocabulary_sayer(vocabulary: type[Vocabulary]) -> Say:
    said = {m.value: (m.en, m.zh) for m in vocabulary}
    return lambda code: said.get(code, (code, code))


def _label_words(schema: Schema, label: str) -> Words:
    return label, schema.kinds[label].zh if label in schema.kinds else label


def _type_words(schema: Schema, type_: str) -> Words:
    return type_, schema.ties[type_].zh if type_ in schema.ties else type_


def _reason_words(schema: Schema, reason: str) -> Words:
    words: Words = late.load("orgnet.words:reason_in_words")(reason, schema)
    return words


def _attribute_words(schema: Schema, attribute: str) -> Words:
    return attribute, schema.kinds["Unit"].attributes()[attribute].heading.zh


def _group_sayer(result: Result) -> Say | None:
    """Return what says the groups; null if they are areas, which have names."""
    by = result.parameters.get("by")
    if by == "demonstration":
        return lambda code: ANSWERS.get(code, (code, code))
    return _vocabulary_sayer(GROUPS[by]) if by in GROUPS else None


def step_words(schema: Schema, step: str) -> Words:
    """Say a step of a path, such as SUBORDINATE_TO> for asking the superior.

    Parameters
    ----------
    schema
        What may exist.
    step
        The type, and its direction where it has one.

    Examples
    --------
    >>> step_words(SCHEMA, "SUBORDINATE_TO>")
    ('SUBORDINATE_TO up', '隶属（向上）')
    """
    name = step.rstrip("<>")
    zh = schema.ties[name].zh if name in schema.ties else name
    en_way, zh_way = WAYS.get(step[-1:], ("", ""))
    return f"{name} {en_way}".strip(), f"{zh}（{zh_way}）" if zh_way else zh


SAID: dict[str, Callable[[Schema, str], Words]] = {"reason": _reason_words}
SAID_OF: dict[tuple[str, str], Callable[[Schema, str], Words]] = {
    ("coverage.conflicts", "attribute"): _attribute_words,
    ("coverage.gaps", "kind"): _label_words,
    ("coverage.quality", "kind"): _label_words,
    ("evaluation.dyads", "type"): _type_words,
    ("integration.funds", "kind"): _label_words,
    ("integration.paths", "steps"): step_words,
}


def head(result: Result, rows: int) -> Result:
    """Return the answer with its first rows only."""
    return replace(result, frame=result.frame.head(rows))


def of_columns(result: Result, columns: Sequence[str]) -> Result:
    """Return the answer with some of its columns only."""
    kept = tuple(c for c in result.question.columns if c.name in columns)
    narrow = replace(result.question, columns=kept)
    return replace(result, question=narrow, frame=result.frame.select(columns))


def asked_with(result: Result) -> list[tuple[str, Any]]:
    """Return the parameters that were given, rules apart, as short text."""
    given = [(n, v) for n, v in result.parameters.items() if n != "rules"]
    return [(name, _short(value)) for name, value in given if value is not None]


def _short(value: Any) -> str:
    return (
        COMMA.join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    )
