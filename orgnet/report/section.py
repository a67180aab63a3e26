"""What every part of the page is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from orgnet.query import Words
from orgnet.report.markup import Markup, both, joined, tag

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


def most(counts: Sequence[tuple[str, int]]) -> tuple[str, int]:
    """Return the name with the highest count; of several the first."""
    return max(counts, key=lambda item: item[1], default=("", 0))
