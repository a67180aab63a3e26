"""Questions, their catalogue and their answers.

A question is a function over a network with declared columns and order. Put to a
Network it runs its body; put to another source, that source's own `ask`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, wraps
from importlib import import_module
from inspect import signature
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, cast

import polars as pl

from orgnet import late
from orgnet.errors import OrgnetError, UnknownNameError, some
from orgnet.rules import Rules
from orgnet.schema import Schema
from orgnet.schema.vocabulary import Vocabulary

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import pandas as pd

    from orgnet.network import Network

P = ParamSpec("P")
MODULES = ("coverage", "evaluation", "integration", "planning", "structure")
Row = dict[str, Any]
Words = tuple[str, str]  # in English and in Chinese
Prepare = Callable[["Source", dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Column:
    """One column of an answer.

    Parameters
    ----------
    name
        Public name, the same in Python and in Cypher.
    dtype
        Its polars type.
    zh
        Its Chinese heading.
    meaning
        What stands in it, in English.
    holds_ids
        Whether it holds node ids, single or as a list.
    vocabulary
        What its codes say, if it holds codes.
    """

    name: str
    dtype: pl.DataType
    zh: str
    meaning: str
    holds_ids: bool = False
    vocabulary: type[Vocabulary] | None = None


class Source(Protocol):
    """What a question can be put to, and what its answer can be told with."""

    @property
    def schema(self) -> Schema:
        """What may exist."""

    @property
    def synthetic(self) -> bool:
        """Whether any of it was made up."""

    @property
    def about(self) -> str:
        """What it is and how much it holds, in a line."""

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Return what nodes are called, by id; who has no name is left out."""

    def area_id(self, place: str, day: "date | None" = None) -> str:
        """Return the id of the one area that has this id, code or name on a day."""

    def require(self, label: str, ids: Iterable[str]) -> None:
        """Refuse ids that no node of a kind has, and say which."""

    def network(self) -> "Network":
        """Return all of it as a network."""

    def ask(self, question: "Question", parameters: Mapping[str, Any]) -> pl.DataFrame:
        """Answer a question with a frame of its columns."""


@dataclass(frozen=True)
class Question:
    """A question of the catalogue.

    Parameters
    ----------
    name
        Module and function, such as "coverage.gaps".
    title
        The question in words, in English and Chinese.
    columns
        What the answer's columns are, in order.
    order
        The full sort key; it ends with ids, so no two rows share it. A column with a
        minus before it descends.
    body
        The function that answers it over a Network.
    explain
        Puts one row into words, given with the question's parameters beside its
        columns; null for the generic words.
    prepare
        Refuses parameters that no source could answer, and returns them as every
        engine takes them; null if they may stay as they are.
    answer
        What its answers are, if more than a plain Result.
    """

    name: str
    title: Words
    columns: tuple[Column, ...]
    order: tuple[str, ...]
    body: Callable[..., pl.DataFrame]
    explain: Callable[["Network", Row], Words] | None = None
    prepare: Prepare | None = None
    answer: "type[Result] | None" = None

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of its parameters, the network left out."""
        return tuple(signature(self.body).parameters)[1:]

    def tidy(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the declared columns in their types, rows in the declared order."""
        shaped = frame.lazy().select(pl.col(c.name).cast(c.dtype) for c in self.columns)
        keys = [key.removeprefix("-") for key in self.order]
        falling = [key.startswith("-") for key in self.order]
        return shaped.sort(
            keys, descending=falling, nulls_last=True, maintain_order=True
        ).collect()


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """The answer to a question: a table in a fixed order, and the reason for each row.

    Parameters
    ----------
    question
        The question that was put.
    parameters
        With what parameters.
    frame
        The rows.
    source
        What it was put to.
    synthetic
        Whether any of that was made up, when it was asked.
    """

    question: Question
    parameters: Mapping[str, Any]
    frame: pl.DataFrame
    source: Any = field(default=None)
    synthetic: bool = False

    def __len__(self) -> int:
        """Return how many rows there are."""
        return self.frame.height

    def __iter__(self) -> Iterator[Row]:
        """Go through the rows, each as a dict."""
        return self.frame.iter_rows(named=True)

    @property
    def notes(self) -> list[Words]:
        """What a reader of the answer must be told, in English and Chinese."""
        rules = self.parameters.get("rules")
        notes = rules.notes() if isinstance(rules, Rules) else []
        if self.synthetic:
            notes = [*notes, ("organizations are synthetic", "组织数据为合成数据")]
        return notes

    def to_pandas(self) -> "pd.DataFrame":
        """Return the rows as a pandas frame."""
        return late.call("Result.to_pandas", self.frame)

    def to_excel(self, path: "Path | str") -> None:
        """Write the rows as a formatted workbook with Chinese headings."""
        late.call("Result.to_excel", self, path)

    def row(self, number: int) -> Row:
        """Return one row as a dict, counted from 0.

        Raises
        ------
        OrgnetError
            If the answer has no such row.
        """
        if not -len(self) <= number < len(self):
            msg = f"no row {number} in an answer of {len(self):,} rows, counted from 0"
            raise OrgnetError(msg, [number])
        return self.frame.row(number, named=True)

    def ids(self) -> list[str]:
        """Return every node id that stands in the answer, in order, each once."""
        found: set[str] = set()
        for column in self.question.columns:
            if column.holds_ids:
                values = self.frame[column.name]
                flat = values.explode() if isinstance(column.dtype, pl.List) else values
                found |= set(flat.drop_nulls())
        return sorted(found)

    def subgraph(self) -> "Network":
        """Return the nodes that stand in the answer, and the ties among them."""
        return self.source.network().only(self.ids())

    def explain(self, row: int | Row) -> str:
        """Say in both languages why a row stands in the answer.

        Parameters
        ----------
        row
            A row's number from 0, or the row itself.
        """
        given = self.row(row) if isinstance(row, int) else row
        if self.question.explain is not None and self.source is not None:
            beside = {**self.parameters, **given}  # day and rules, for the words
            en, zh = self.question.explain(self.source.network(), beside)
            return f"{en}\n{zh}"
        parts = [f"{c.zh} {c.name}: {given[c.name]}" for c in self.question.columns]
        return "\n".join(parts)

    def __repr__(self) -> str:
        """Show the first rows, and what must be told with them."""
        notes = "".join(f"\n{en} {zh}" for en, zh in self.notes)
        en, zh = self.question.title
        return f"{zh} {en}: {len(self):,} rows{notes}\n{self.frame}"

    def _repr_html_(self) -> str:
        return late.call("Result.html", self)


class Ask(Protocol[P]):
    """A question that can be put to a source by calling it."""

    question: Question

    def __call__(self, source: Source, *args: P.args, **kwargs: P.kwargs) -> Result:
        """Put the question, and return the answer."""


def question(
    *,
    title: Words,
    columns: tuple[Column, ...],
    order: tuple[str, ...],
    explain: Callable[["Network", Row], Words] | None = None,
    prepare: Prepare | None = None,
    answer: type[Result] = Result,
) -> Callable[[Callable[Concatenate["Network", P], pl.DataFrame]], Ask[P]]:
    """Make a function over a network into a question of the catalogue.

    The function takes the network first and everything else by keyword, and returns a
    frame with the declared columns in any order of rows. What is called then returns a
    :class:`Result`, whatever source it is put to.

    Parameters
    ----------
    title, columns, order, explain, prepare, answer
        As in :class:`Question`.
    """

    def register(body: Callable[Concatenate["Network", P], pl.DataFrame]) -> Ask[P]:
        _, _, within = body.__module__.rpartition("orgnet.")
        name = f"{within.partition('.')[0]}.{body.__name__}"
        asked = Question(name, title, columns, order, body, explain, prepare, answer)
        given = list(signature(body).parameters.values())[1:]
        defaults = {p.name: p.default for p in given if p.default is not p.empty}

        @wraps(body)
        def ask(source: Source, **parameters: Any) -> Result:
            filled = {**defaults, **parameters}
            _check_call(asked, source, filled)
            given = asked.prepare(source, filled) if asked.prepare else filled
            frame = asked.tidy(source.ask(asked, given))
            return answer(asked, filled, frame, source, source.synthetic)

        ask.question = asked  # type: ignore[attr-defined]
        return cast("Ask[P]", ask)

    return register


def _check_call(asked: Question, source: Source, parameters: Mapping[str, Any]) -> None:
    takes = ", ".join(asked.parameters)
    if not hasattr(source, "ask"):
        msg = (
            f"{asked.name} is put to a Network, not to {source!r}; read one with "
            "orgnet.load(folder) or orgnet.read_rosters(folder)"
        )
        raise OrgnetError(msg, [source])
    missing = [n for n in asked.parameters if n not in parameters]
    if missing:
        msg = f"{asked.name} needs {some(missing)}; it takes {takes}"
        raise UnknownNameError(msg, missing)
    unknown = sorted(set(parameters) - set(asked.parameters))
    if unknown:
        msg = f"{asked.name} has no parameter {some(unknown)}; it takes {takes}"
        raise UnknownNameError(msg, unknown)


def catalogue() -> dict[str, Ask[...]]:
    """Return every question by its name, such as "coverage.gaps".

    Examples
    --------
    >>> "coverage.gaps" in catalogue()
    True
    """
    found: dict[str, Ask[...]] = {}
    for module in MODULES:
        for function in vars(import_module(f"orgnet.{module}")).values():
            if isinstance(getattr(function, "question", None), Question):
                found[function.question.name] = function
    return dict(sorted(found.items()))
