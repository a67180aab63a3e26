"""How a kind of node or of relationship is declared.

A declaration is a frozen pydantic class. Everything else (table checks, headings,
labels, conversions) is read off it through :meth:`Record.attributes`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Self, Union, get_args, get_origin

import polars as pl
from annotated_types import Ge, Le
from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from orgnet.schema.vocabulary import Vocabulary

LAST_BASIC_CHARACTER = 0xFFFF  # Neo4j orders what lies above it in two ways


class Heading:
    """The words under which rosters and readers know an attribute.

    Parameters
    ----------
    zh
        The Chinese heading that templates and results show.
    aliases
        Other headings under which rosters give the same thing.
    unit
        What is counted or measured, in English; empty if nothing is.
    """

    def __init__(self, zh: str, *aliases: str, unit: str = "") -> None:
        self.zh = zh
        self.aliases = aliases
        self.unit = unit


@dataclass(frozen=True)
class Check:
    """A rule for one attribute in two forms that a property test holds equal.

    Parameters
    ----------
    accepts
        The rule for one value.
    expression
        The rule for a whole column: true where a value is accepted.
    message
        What an accepted value is, in English.
    zh
        The same in Chinese.
    """

    accepts: Callable[[Any], bool]
    expression: Callable[[pl.Expr], pl.Expr]
    message: str
    zh: str

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Run the rule after pydantic's own checks."""
        return core_schema.no_info_after_validator_function(
            self._passed, handler(source)
        )

    def _passed(self, value: object) -> object:
        if not self.accepts(value):
            raise PydanticCustomError("check", "{reason}", {"reason": self.message})
        return value


@dataclass(frozen=True)
class Role:
    """A role that nodes of a kind have by one of their attributes.

    Parameters
    ----------
    label
        Its name, and its label in Neo4j.
    attribute, value
        Which value of which attribute makes a node have it.
    zh
        Its Chinese name.
    """

    label: str
    attribute: str
    value: str | bool
    zh: str

    @property
    def condition(self) -> pl.Expr:
        """Whether a node of the kind has it; where nothing is known it has not."""
        said = pl.col(self.attribute).cast(
            pl.Boolean if isinstance(self.value, bool) else pl.String
        )
        return said.eq_missing(pl.lit(self.value))


@dataclass(frozen=True)
class Attribute:
    """What the declaration of one attribute says.

    Parameters
    ----------
    name
        Its name in tables, in networkx and in Neo4j.
    dtype
        Its polars type.
    heading
        Its Chinese words and unit.
    required
        Whether a row without it is rejected.
    default
        The value of a column that is not given; null for most.
    vocabulary
        The closed list of its codes, if it has one.
    checks
        The rules that a value must pass.
    """

    name: str
    dtype: pl.DataType
    heading: Heading
    required: bool
    default: Any
    vocabulary: type[Vocabulary] | None
    checks: tuple[Check, ...]


class Record(BaseModel):
    """What nodes and relationships have in common: validity and provenance."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    zh: ClassVar[str]

    valid_from: Annotated[date | None, Heading("有效起", "起始日期")] = None
    valid_to: Annotated[date | None, Heading("有效止", "终止日期")] = None
    source: Annotated[str | None, Heading("来源")] = None
    source_row: Annotated[int | None, Heading("来源行号")] = None

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_from >= self.valid_to:
            raise PydanticCustomError("validity", "valid_from is not before valid_to")
        return self

    @model_validator(mode="after")
    def _holds_what_every_value_must(self) -> Self:
        for name in type(self).attributes():
            value = getattr(self, name)
            check = _ALWAYS.get(type(value))
            if check and not check.accepts(value):
                reason = {"name": name, "reason": check.message}
                raise PydanticCustomError("check", "{name} is not {reason}", reason)
        return self

    @classmethod
    @cache
    def attributes(cls) -> dict[str, Attribute]:
        """Return the attributes in declared order, ids and end points left out.

        Examples
        --------
        >>> from orgnet.schema import SCHEMA
        >>> SCHEMA.ties["HOLDS_SEAT_ON"].attributes()["seats"].heading.zh
        '兼职委员数'
        """
        own = [n for n in cls.model_fields if n not in Record.model_fields]
        names = [n for n in (*own, *Record.model_fields) if n not in ENDPOINTS]
        return {n: _attribute(cls, n) for n in names}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Fail where a class is declared, and say what it lacks."""
        super().__pydantic_init_subclass__(**kwargs)
        if cls.__name__ in {"Node", "Tie"}:
            return
        if not getattr(cls, "zh", ""):
            msg = f"{cls.__name__} needs its Chinese name: write zh = '...' in it"
            raise TypeError(msg)
        cls.attributes()


ENDPOINTS = frozenset({"id", "from_", "to"})
RESERVED = frozenset({"id", "tail", "head", "type"})  # columns beside the attributes
CARDINALITIES = ("n:m", "n:1", "1:n")


class Node(Record):
    """Base of every kind of node. The class name is its label.

    `prefix` begins the ids of its nodes; `caption` names the attribute that is shown;
    `roles` names what a node may be besides, an extra label in Neo4j.
    """

    prefix: ClassVar[str]
    caption: ClassVar[str] = "name"
    roles: ClassVar[tuple[Role, ...]] = ()

    id: str

    @classmethod
    def label(cls) -> str:
        """Return the label of the kind, the same in tables and in Neo4j."""
        return cls.__name__

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Fail where a class is declared, and say what it lacks."""
        super().__pydantic_init_subclass__(**kwargs)
        if not getattr(cls, "prefix", ""):
            msg = f"{cls.__name__}'s ids have no beginning: write prefix = '...' in it"
            raise TypeError(msg)
        if cls.caption not in cls.attributes():
            msg = (
                f"{cls.__name__} is shown by {cls.caption!r}, which it does not "
                "declare: write caption = '...' in it, the name of an attribute"
            )
            raise TypeError(msg)


class Tie(Record):
    """Base of every relationship type. The class name in capitals is its type.

    `ends` says what it may join, `key` which attributes belong to its identity,
    `cardinality` ("n:m", "n:1", "1:n") how many are usual on one day, and `acyclic`
    whether a cycle is worth a warning.
    """

    ends: ClassVar["Ends"]
    key: ClassVar[tuple[str, ...]] = ()
    cardinality: ClassVar[str] = "n:m"
    acyclic: ClassVar[bool] = False

    from_: str = Field(alias="from")
    to: str
    doc_no: Annotated[str | None, Heading("依据文号", "文号")] = None

    @classmethod
    def type(cls) -> str:
        """Return the relationship type, e.g. HOLDS_SEAT_ON for HoldsSeatOn."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).upper()

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Fail where a class is declared, and say what it lacks."""
        super().__pydantic_init_subclass__(**kwargs)
        if not hasattr(cls, "ends"):
            msg = f"{cls.__name__} joins nothing: write ends = Ends(Unit, Area) in it"
            raise TypeError(msg)
        if cls.cardinality not in CARDINALITIES:
            msg = (
                f"{cls.__name__}.cardinality is {cls.cardinality!r}; "
                f"write one of {', '.join(CARDINALITIES)}"
            )
            raise TypeError(msg)
        taken = sorted(RESERVED & set(cls.model_fields))
        if taken:
            msg = f"{cls.__name__} declares {taken}, which tables use: rename it"
            raise TypeError(msg)
        unknown = sorted(set(cls.key) - set(cls.attributes()))
        if unknown:
            msg = f"{cls.__name__}.key names what it does not declare: {unknown}"
            raise TypeError(msg)


class Ends:
    """What a relationship may join.

    Parameters
    ----------
    tail
        The kind, or union of kinds, that it leaves from.
    head
        The kind, or union of kinds, that it arrives at.
    same_kind
        Whether both ends must be of one kind.
    """

    def __init__(
        self,
        tail: type[Node] | UnionType,
        head: type[Node] | UnionType,
        *,
        same_kind: bool = False,
    ) -> None:
        self.tail = _labels(tail)
        self.head = _labels(head)
        self.same_kind = same_kind

    def allows(self, tail: str, head: str) -> bool:
        """Tell whether a relationship may join nodes of these two labels."""
        if tail not in self.tail or head not in self.head:
            return False
        return tail == head or not self.same_kind


def _labels(ends: type[Node] | UnionType) -> tuple[str, ...]:
    kinds = get_args(ends) if isinstance(ends, UnionType) else (ends,)
    return tuple(k.label() for k in kinds)


def at_least(low: int) -> Check:
    """Accept numbers that are not below `low`."""
    return Check(
        lambda v: bool(v >= low), lambda c: c >= low, f"at least {low}", f"不小于{low}"
    )


def at_most(high: int) -> Check:
    """Accept numbers that are not above `high`."""
    return Check(
        lambda v: bool(v <= high),
        lambda c: c <= high,
        f"at most {high}",
        f"不大于{high}",
    )


def matches(pattern: str, message: str, zh: str) -> Check:
    """Accept texts that match a pattern from their first to their last character."""
    whole = rf"\A(?:{pattern})\z"  # \z is spelled so in Rust, not in Python 3.11
    compiled = re.compile(pattern)
    return Check(
        lambda v: compiled.fullmatch(v) is not None,
        lambda c: c.str.contains(whole),
        message,
        zh,
    )


FINITE = Check(
    lambda v: v - v == 0,  # false for infinities and for NaN
    lambda c: c.is_finite(),
    "a finite number",
    "有限数值",
)
_VISIBLE = r"[^\s\x1c-\x1f]"  # Rust's white space lacks those four, Python's has them
NOT_BLANK = Check(
    lambda v: re.search(_VISIBLE, v) is not None,
    lambda c: c.str.contains(_VISIBLE),
    "not blank",
    "不能为空白",
)
FILLED = Check(
    lambda v: len(v) > 0 and all(v),
    lambda c: (
        (c.list.len() > 0)
        & ~c.list.eval(pl.element().is_null() | (pl.element() == "")).list.any()
    ),
    "a list without blanks, not empty",
    "非空列表，且无空项",
)
_PLAIN: dict[type, pl.DataType] = {
    bool: pl.Boolean(),
    int: pl.Int64(),
    float: pl.Float64(),
    str: pl.String(),
    date: pl.Date(),
}
_ALWAYS: dict[object, Check] = {float: FINITE, str: NOT_BLANK, tuple: FILLED}


def _unwrap(annotation: object) -> tuple[object, list[object], bool]:
    """Return the plain type, the metadata and whether null is allowed."""
    if get_origin(annotation) is Annotated:
        inner, *given = get_args(annotation)
        plain, more, optional = _unwrap(inner)
        fields = [m.metadata if isinstance(m, FieldInfo) else [m] for m in given]
        return plain, [*more, *chain.from_iterable(fields)], optional
    if get_origin(annotation) in {Union, UnionType}:
        arms = [a for a in get_args(annotation) if a is not NoneType]
        plain, metadata, _ = _unwrap(arms[0])
        return plain, metadata, True
    return annotation, [], False


def _attribute(cls: type[Record], name: str) -> Attribute:
    field = cls.model_fields[name]
    plain, metadata, optional = _unwrap(field.annotation)
    metadata = [*metadata, *field.metadata]
    heading = next((m for m in metadata if isinstance(m, Heading)), None)
    if heading is None:
        msg = (
            f"{cls.__name__}.{name} has no heading: "
            f"write {name}: Annotated[..., Heading('中文')]"
        )
        raise TypeError(msg)
    vocabulary = (
        plain if isinstance(plain, type) and issubclass(plain, Vocabulary) else None
    )
    return Attribute(
        name=name,
        dtype=_dtype(cls, name, plain),
        heading=heading,
        required=not optional,
        default=None if field.is_required() else field.default,
        vocabulary=vocabulary,
        checks=_checks(plain, metadata),
    )


def _dtype(cls: type[Record], name: str, plain: object) -> pl.DataType:
    if isinstance(plain, type) and issubclass(plain, Vocabulary):
        return pl.Enum(sorted(m.value for m in plain))  # so that codes sort as text
    if get_origin(plain) is tuple:
        return pl.List(pl.String())
    if isinstance(plain, type) and plain in _PLAIN:
        return _PLAIN[plain]
    msg = f"{cls.__name__}.{name}: no table type for {plain!r}; use one of {_PLAIN}"
    raise TypeError(msg)


def _checks(plain: object, metadata: list[object]) -> tuple[Check, ...]:
    always = _ALWAYS.get(get_origin(plain) or plain)
    checks = [] if always is None else [always]
    checks += [m for m in metadata if isinstance(m, Check)]
    checks += [at_least(m.ge) for m in metadata if isinstance(m, Ge)]  # type: ignore[arg-type]
    checks += [at_most(m.le) for m in metadata if isinstance(m, Le)]  # type: ignore[arg-type]
    return tuple(checks)
