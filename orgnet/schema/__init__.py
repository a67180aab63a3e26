"""What can exist in a network, declared once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType, ModuleType

import polars as pl

from orgnet.schema import nodes, ties
from orgnet.schema.declare import Check, Ends, Heading, Node, Record, Tie
from orgnet.schema.vocabulary import Vocabulary

__all__ = [
    "SCHEMA",
    "Check",
    "Ends",
    "Heading",
    "Node",
    "Record",
    "Schema",
    "Tie",
    "Vocabulary",
]


@dataclass(frozen=True, eq=False)
class Schema:
    """The kinds of node and the relationship types a network may hold.

    A schema is a value: each network holds its own. Kinds stand in the order of their
    id prefixes, so that the number of a node follows the order of all ids.

    Examples
    --------
    >>> SCHEMA
    Schema(8 kinds, 24 relationship types)
    """

    kinds: Mapping[str, type[Node]]
    ties: Mapping[str, type[Tie]]

    def __post_init__(self) -> None:
        """Close the mappings: a schema is extended, never changed."""
        object.__setattr__(self, "kinds", MappingProxyType(dict(self.kinds)))
        object.__setattr__(self, "ties", MappingProxyType(dict(self.ties)))

    def __reduce__(self) -> tuple[type["Schema"], tuple[object, ...]]:
        """Say how to make it again: closed mappings are not pickled."""
        return type(self), (dict(self.kinds), dict(self.ties))

    @classmethod
    def of(cls, *classes: type[Record]) -> "Schema":
        """Make a schema of declared classes; of two with one name, the later counts."""
        kinds = {c.label(): c for c in classes if issubclass(c, Node)}
        _apart(kinds)
        ordered = sorted(kinds.items(), key=lambda item: f"{item[1].prefix}:")
        types = {c.type(): c for c in classes if issubclass(c, Tie)}
        return cls(dict(ordered), types)

    def extended(self, *classes: type[Record]) -> "Schema":
        """Return a schema that has these classes too.

        Examples
        --------
        >>> class Mentors(Tie):
        ...     '''One unit mentors another 帮带.'''
        ...     zh = "帮带"
        ...     ends = Ends(nodes.Unit, nodes.Unit)
        >>> SCHEMA.extended(Mentors).ties["MENTORS"].zh
        '帮带'
        """
        return Schema.of(*self.kinds.values(), *self.ties.values(), *classes)

    @cached_property
    def label_of_prefix(self) -> dict[str, str]:
        """The label of each id prefix."""
        return {k.prefix: label for label, k in self.kinds.items()}

    def __getitem__(self, name: str) -> type[Record]:
        """Return the class of a label or of a relationship type."""
        return self.kinds[name] if name in self.kinds else self.ties[name]

    def __repr__(self) -> str:
        """Say how much it declares."""
        return f"Schema({len(self.kinds)} kinds, {len(self.ties)} relationship types)"

    def table(self) -> pl.DataFrame:
        """Return one row an attribute: what is declared, for readers and for the docs.

        Returns
        -------
        polars.DataFrame
            `of` (label or type), `of_zh`, `attribute`, `zh`, `dtype`, `unit`,
            `required`, `codes`; kinds first, attributes in declared order.
        """
        classes = {**self.kinds, **self.ties}
        rows = [
            (
                name,
                declared.zh,
                a.name,
                a.heading.zh,
                "code" if a.vocabulary else str(a.dtype),
                a.heading.unit,
                a.required,
                [m.value for m in a.vocabulary] if a.vocabulary else None,
            )
            for name, declared in classes.items()
            for a in declared.attributes().values()
        ]
        names = ("of", "of_zh", "attribute", "zh", "dtype", "unit", "required", "codes")
        return pl.DataFrame(rows, schema=names, orient="row")


def _apart(kinds: Mapping[str, type[Node]]) -> None:
    """Refuse two kinds whose ids begin alike."""
    labels: dict[str, list[str]] = {}
    for label, kind in kinds.items():
        labels.setdefault(kind.prefix, []).append(label)
    for prefix, alike in labels.items():
        if len(alike) > 1:
            msg = (
                f"{len(alike)} kinds have the prefix {prefix!r}: {', '.join(alike)}; "
                "give each its own"
            )
            raise TypeError(msg)


def declared_in(*modules: ModuleType) -> list[type[Record]]:
    """Return the classes declared in these modules, in the order of the text."""
    return [
        c
        for module in modules
        for c in vars(module).values()
        if isinstance(c, type)
        and issubclass(c, Record)
        and c.__module__ == module.__name__
    ]


SCHEMA = Schema.of(*declared_in(nodes, ties))
