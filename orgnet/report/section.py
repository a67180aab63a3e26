"""What every part of the page is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from orgnet.convert.readable import asked_with
from orgnet.query import Result, Words
from orgnet.report.markup import Markup, both, joined, tag
from orgnet.rules import Rules

Colour = tuple[str, Words]  # class, and what it stands for


@dataclass(frozen=True)
class Tile:
    """A headline number.

    Parameters
    ----------
    number
        As it is shown.
    label
        What is counted.
    of
        Of what: the denominator by name.
    """

    number: str
    label: Words
    of: Words


@dataclass(frozen=True)
class Section:
    """One part of the page.

    Parameters
    ----------
    title
        Its heading.
    reading
        One sentence that says what was found.
    body
        What shows it.
    tile
        Its headline number, if it has one.
    table
        The name of the files with all rows, without their endings.
    """

    title: Words
    reading: Words
    body: Markup = field(default_factory=Markup)
    tile: Tile | None = None
    table: str | None = None


def colours(*given: Colour) -> Markup:
    """Return what the colours of the bars stand for."""
    parts = [joined([tag("i", class_=kind), both(words)]) for kind, words in given]
    return tag("p", *parts, class_="key")


def foot(words: Words) -> Markup:
    """Return a remark in small print."""
    return tag("p", both(words), class_="foot")


def asked_of(result: Result) -> Markup:
    """Say with what parameters an answer was got, and which rules were changed."""
    given = dict(asked_with(result))
    day, within = given.pop("day", None), given.pop("within", None)
    parts = [both(("day" if day else "any day", f"统计日 {day or '不限'}"))]
    if "within" in result.parameters:
        en = "within" if within else "everything"
        parts.append(both((en, f"范围 {within or '全部'}")))
    parts += [tag("code", f"{name}={value}") for name, value in given.items()]
    changed = changed_rules(result.parameters.get("rules"))
    if changed:
        parts.append(both(("rules changed:", "已改规则：")))
        parts += [tag("code", rule) for rule in changed]
    spaced = [joined([" · " if i else "", part]) for i, part in enumerate(parts)]
    return tag("p", *spaced, class_="foot")


def changed_rules(rules: object) -> list[str]:
    """Return the rules that are not as they are by default."""
    if not isinstance(rules, Rules):
        return []
    default = Rules().model_dump(mode="json")
    given = rules.model_dump(mode="json")
    return [f"{name}={given[name]}" for name in given if given[name] != default[name]]


def most(counts: Sequence[tuple[str, int]]) -> tuple[str, int]:
    """Return the name with the highest count; of several the first."""
    return max(counts, key=lambda item: item[1], default=("", 0))
