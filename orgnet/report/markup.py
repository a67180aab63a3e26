"""HTML by parts: text is escaped unless it was made here."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from orgnet.query import Words

UNKNOWN = "–"  # shown for what is not known
LONG = 40  # characters without a space, after which a cell is broken anywhere
SMALL = 0.0005  # a share below this is told from nothing


class Markup(str):
    """Text that is HTML already.

    Examples
    --------
    >>> tag("td", "A & B", tag("b", 1))
    '<td>A &amp; B<b>1</b></td>'
    """

    __slots__ = ()


def tag(name: str, *children: object, **attributes: object) -> Markup:
    """Return an element; `class_` stands for class, null attributes are left out."""
    given = "".join(
        f' {key.rstrip("_")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{given}>{joined(children)}</{name}>")


def joined(children: Iterable[object]) -> Markup:
    """Return these parts one after the other, texts escaped."""
    return Markup(
        "".join(
            c if isinstance(c, Markup) else escape(str(c), quote=False)
            for c in children
        )
    )


def both(words: Words, name: str = "span") -> Markup:
    """Return words in both languages, given in English and Chinese, Chinese first."""
    en, zh = words
    return joined([tag(name, zh), " ", tag("span", en, class_="en", lang="en")])


def sentences(words: Words) -> Markup:
    """Return a paragraph in Chinese and its English below."""
    en, zh = words
    return joined([tag("p", zh), tag("p", en, class_="en", lang="en")])


def share(part: float, whole: float) -> str:
    """Return a percentage with one decimal; a dash if there is no whole.

    Examples
    --------
    >>> share(1, 3), share(0, 0), share(1, 100_000)
    ('33.3%', '–', '<0.1%')
    """
    if not whole:
        return UNKNOWN
    ratio = part / whole
    return "<0.1%" if 0 < ratio < SMALL else f"{ratio:.1%}"


def known_share(part: float, open_: float, whole: float) -> str:
    """Return a percentage, or a dash if of the whole nothing can be told.

    Examples
    --------
    >>> known_share(0, 3, 3), known_share(0, 2, 3), known_share(1, 2, 3)
    ('–', '0.0%', '33.3%')
    """
    return share(part, whole) if part or open_ < whole else UNKNOWN


def bar(whole: float, *parts: tuple[float, str]) -> Markup:
    """Return a bar of parts of a whole, each with the class that colours it."""
    pieces = [
        tag("i", class_=kind, style=f"width:{100 * part / whole:.2f}%")
        for part, kind in parts
        if whole and part
    ]
    return tag("span", *pieces, class_="bar")


def figure(text: str) -> Markup:
    """Return a table cell of a figure that is written out, such as a percentage."""
    return tag("td", text, class_="number")


def cell(value: object) -> Markup:
    """Return a table cell: numbers with thousands and to the right, null as a dash."""
    if value is None:
        return tag("td", UNKNOWN, class_="none")
    if isinstance(value, bool):
        return tag("td", "是" if value else "否")
    if isinstance(value, int):
        return tag("td", f"{value:,}", class_="number")
    if isinstance(value, float):
        return tag("td", f"{value:,.2f}", class_="number")
    unbroken = isinstance(value, str) and len(value) > LONG and " " not in value
    return tag("td", value, class_="long" if unbroken else None)


def table(
    headings: Sequence[Words], rows: Iterable[Sequence[Any]], class_: str | None = None
) -> Markup:
    """Return a table; headings are in English and Chinese.

    Parameters
    ----------
    headings
        The words of each column.
    rows
        The cells; ready-made `td` elements are taken as they are.
    class_
        Class of the table.
    """
    cells = [[c if _is_cell(c) else cell(c) for c in given] for given in rows]
    kinds = [_kind(column) for column in zip(*cells, strict=True)]
    heads = zip(headings, kinds or [None] * len(headings), strict=True)
    head = tag("tr", *(tag("th", both(words), class_=kind) for words, kind in heads))
    body = [tag("tr", *row) for row in cells]
    return tag("table", tag("thead", head), tag("tbody", *body), class_=class_)


def _is_cell(value: object) -> bool:
    return isinstance(value, Markup) and value.startswith("<td")


def _kind(column: Sequence[Markup]) -> str | None:
    """Return the class of a heading, which stands as its numbers do."""
    return "number" if any('class="number"' in c[:24] for c in column) else None
