"""Every roster that can be read under a schema.

The rosters of offices (:mod:`orgnet.rosters.offices`), one plain sheet a kind and the
relationship sheet, both derived from the schema; to each the columns for the other
attributes of what it is about.
"""

from dataclasses import replace
from functools import cache
from typing import Final

import polars as pl

from orgnet.rosters.declare import (
    ALWAYS,
    HANDED_DOWN,
    Column,
    Layout,
    Link,
    Thing,
    col,
)
from orgnet.rosters.keys import name_key
from orgnet.rosters.offices import FURNITURE, RELATIONS, ROSTERS, WHERE
from orgnet.schema import SCHEMA, Schema
from orgnet.schema.declare import Attribute, Record

SLOTS: Final = {
    "party": "PartyOrganization",
    "unit": "Unit",
    "host": "Unit",
    "area": "Area",
    "resource": "Resource",
    "need": "Need",
    "project": "Project",
    "site": "Site",
    "document": "Document",
}
PLACED: Final = ("Unit", "Site", "Resource", "Need")


@cache
def layouts(schema: Schema = SCHEMA) -> tuple[Layout, ...]:
    """Return every roster that can be read under a schema.

    The rosters of offices come first, then one sheet a kind, then the sheet of
    relationships.

    Examples
    --------
    >>> [layout.name for layout in layouts()][:3]
    ['party_organization', 'resident_unit', 'social_organization']
    """
    kinds = (_generic(label, schema) for label in schema.kinds)
    named = [r for r in ROSTERS if all(_known(t, schema) for t in r.things)]
    plain = (*named, *kinds, _relations(schema))
    return tuple(_completed(layout, schema) for layout in plain)


def _known(thing: Thing, schema: Schema) -> bool:
    return all(kind in schema.kinds for kind in thing.kinds)


def _generic(label: str, schema: Schema) -> Layout:
    """Derive the plain sheet of a kind: an id and its attributes."""
    kind = schema.kinds[label]
    slot = _slot_of(label)
    links = (Link("LOCATED_IN", slot, "place"),) if label in PLACED else ()
    areas = (WHERE,) if label in PLACED else ()
    if label == "Area":
        links, areas = (), (replace(WHERE, words=("上级区域", "上级", "所属区域")),)
    identity = col(
        f"{slot}.id",
        f"标识 id 节点标识 {HANDED_DOWN}",
        key=True,
        reads="id",
        en="id",
        prefix=kind.prefix,
    )
    captions = (f"{slot}.{kind.caption}",)
    needs = ((f"{slot}.id",), captions, _telling(label, slot, schema))
    return Layout(
        name=f"kind_{label}",
        zh=f"{kind.zh}表",
        en=f"{label} table",
        columns=(identity, *areas),
        things=(Thing(slot, (label,), ALWAYS),),
        links=links,
        needs=tuple(group for group in needs if group),
        words=(kind.zh, label),
    )


def _telling(label: str, slot: str, schema: Schema) -> tuple[str, ...]:
    """Return the attributes of a kind that its sheet is known by, if it has more."""
    own = schema.kinds[label].attributes()
    common = set(Record.model_fields) | {schema.kinds[label].caption}
    return tuple(f"{slot}.{n}" for n in own if n not in common)


def _slot_of(label: str) -> str:
    found = [slot for slot, kind in SLOTS.items() if kind == label]
    return found[0] if found else label.lower()


def _relations(schema: Schema) -> Layout:
    """Add a column for every attribute heading of any relationship type."""
    seen: dict[str, Column] = {}
    for tie in schema.ties.values():
        for attribute in tie.attributes().values():
            zh = attribute.heading.zh
            if attribute.name in {"source", "source_row"} or zh in seen:
                continue
            words = (zh, *attribute.heading.aliases, attribute.name)
            amount = reader(attribute) in ADDED_UP
            seen[zh] = Column(
                f"tie.{zh}", words, reads="text", amount=amount, en=attribute.name
            )
    return replace(RELATIONS, columns=(*RELATIONS.columns, *seen.values()))


@cache
def types_by_word(schema: Schema) -> dict[str, str]:
    """Return the relationship types by the match keys of what stands for them.

    That is the type, the name of its class and its Chinese name; of two types with one
    Chinese name the first has it.

    Examples
    --------
    >>> types_by_word(SCHEMA)["兼职委员"]
    'HOLDS_SEAT_ON'
    """
    codes = [(w, t) for t, tie in schema.ties.items() for w in (t, tie.__name__)]
    named = [(tie.zh, t) for t, tie in schema.ties.items()]
    every = [*codes, *named]
    keys = name_key(pl.Series([word for word, _ in every], dtype=pl.String))
    pairs = zip(keys, (type_ for _, type_ in every), strict=True)
    return dict(reversed(list(pairs)))


def type_in_words(type_: str, schema: Schema) -> str:
    """Return the Chinese name of a relationship type, or the type if another has it.

    Examples
    --------
    >>> type_in_words("HOLDS_SEAT_ON", SCHEMA)
    '兼职委员'
    """
    zh = schema.ties[type_].zh
    key = name_key(pl.Series([zh]))[0]
    return zh if types_by_word(schema)[key] == type_ else type_


def _completed(layout: Layout, schema: Schema) -> Layout:
    """Add columns from the schema and the ones every roster may have."""
    given = {c.target for c in layout.columns}
    more = [
        Column(
            f"{thing.slot}.{a.name}", _words(a), shown=layout.name.startswith("kind_")
        )
        for thing in layout.things[:1]
        if thing.makes == ALWAYS
        for a in schema.kinds[thing.kinds[0]].attributes().values()
        if f"{thing.slot}.{a.name}" not in given
        and a.name not in {"source", "source_row", *thing.fixed}
    ]
    columns = [*layout.columns, *_handed_down(layout, schema), *more, *FURNITURE]
    return replace(layout, columns=tuple(_typed(c, layout, schema) for c in columns))


def _handed_down(layout: Layout, schema: Schema) -> list[Column]:
    """Return the column of the ids of what rows are about, in a sheet handed down."""
    subject = layout.subject
    if subject is None or subject.kinds[0] == "Area":
        return []
    target = f"{subject.slot}.id"
    if any(c.target == target for c in layout.columns):
        return []
    prefix = schema.kinds[subject.kinds[0]].prefix
    return [col(target, HANDED_DOWN, reads="id", prefix=prefix, shown=False, en="id")]


def _words(attribute: Attribute) -> tuple[str, ...]:
    return attribute.heading.zh, *attribute.heading.aliases, attribute.name


def _typed(column: Column, layout: Layout, schema: Schema) -> Column:
    """Give a column its reader and what the schema says of its attribute."""
    typed = _declared_so(column, layout, schema)
    return replace(typed, amount=typed.amount or typed.reads in ADDED_UP)


def _declared_so(column: Column, layout: Layout, schema: Schema) -> Column:
    declared = _declared(column, layout, schema)
    attribute = declared.attributes().get(column.name) if declared else None
    if attribute is None:
        reads = column.reads or ("vocabulary" if column.vocabulary else "text")
        if column.target == "cover.mode":
            mode = schema.ties["COVERS"].attributes()["mode"].vocabulary
            return replace(column, reads="vocabulary", vocabulary=mode)
        return replace(column, reads=reads)
    subject = layout.subject
    needed = attribute.required and subject is not None and column.slot == subject.slot
    return replace(
        column,
        reads=column.reads or reader(attribute),
        vocabulary=column.vocabulary or attribute.vocabulary,
        attribute=attribute,
        en=column.en or column.name.replace("_", " "),
        key=column.key or needed,
    )


def _declared(column: Column, layout: Layout, schema: Schema) -> type[Record] | None:
    if column.slot in schema.ties:
        return schema.ties[column.slot]
    for thing in layout.things:
        if thing.slot == column.slot and thing.kinds:
            return schema.kinds[thing.kinds[0]]
    return None


PLAIN: Final = {
    "String": "text",
    "Int64": "whole_number",
    "Float64": "decimal",
    "Boolean": "yes_no",
    "Date": "day",
}
SPECIAL: Final = {
    "edition": "edition",
    "uscc": "credit_code",
    "org_code": "organization_code",
    "valid_to": "until",
}
NUMBERED: Final = frozenset({"step", "urgency", "year"})  # also written in words
ADDED_UP: Final = frozenset({"whole_number", "money", "area_m2"})


def reader(attribute: Attribute) -> str:
    """Name the way in which the cells of an attribute are read."""
    if attribute.vocabulary:
        return "vocabulary"
    if attribute.name in SPECIAL:
        return SPECIAL[attribute.name]
    if attribute.name in NUMBERED and attribute.dtype == pl.Int64:
        return attribute.name
    unit = attribute.heading.unit
    if unit in {"CNY", "m2", "points", "0-1"}:
        return {"CNY": "money", "m2": "area_m2", "points": "score", "0-1": "share"}[
            unit
        ]
    return PLAIN.get(str(attribute.dtype), "names")
