"""Find the heading row of a sheet, and which roster and column each heading means.

A heading is known by its words, whatever stands around them: marks, numbers, units and
notes in brackets, line breaks. Titles may stand above it and it may take two rows.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from typing import Final, TypeAlias

import polars as pl

from orgnet.rosters.declare import HANDED_DOWN, Column, Layout
from orgnet.rosters.layouts import layouts
from orgnet.rosters.masks import masked
from orgnet.rosters.privacy import is_person_heading
from orgnet.rosters.readers import READERS, Cells
from orgnet.rosters.sheets import Sheet
from orgnet.schema import Schema

SEARCHED: Final = 20  # rows of a sheet among which the heading row is looked for
FEWEST: Final = 2  # known headings that make a row a heading row
MANY: Final = 4  # and that make a sheet called 说明 a roster all the same
SHARE: Final = 3  # one heading in so many must be known
NOTE: Final = r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|<[^<>]*>|〔[^〔〕]*〕"
MARKS: Final = r"[\s\x1c-\x1f\u200b-\u200f\u2060\ufeff_\-*★☆※•·:,.;、。\"'“”‘’]+"
NUMBERED: Final = r"^(?:\(?[0-9]{1,2}\)?[.、)]|[一二三四五六七八九十]{1,3}[.、])\s*"
BRACKETS: Final = r"[()\[\]【】<>〔〕]"
NOTES_SHEET: Final = (
    r"填[表报]?说明|使用说明|说明|填表须知|目录|字典|代码表|选项|下拉"
    r"|readme|notes?|options"
)
ITEM: Final = (
    r"^(?:考[评核])?(?:项目|指标|分项|评分项|内容)[0-9一二三四五六七八九十]+"
    r"(?:得分|分数|分值?)?$"
)
ITEMIZED: Final = frozenset({"evaluation", "evaluation_by_direction"})
UNKEPT_ITEM: Final = Column("unkept.item", ("项目得分",), stored=False)
BARE: Final = frozenset(("类型", "类别", "性质"))  # of what, they do not say
SAMPLE: Final = 1_000  # values that are looked at to find out
TITLES: Final = "titles"
NOTES: Final = "notes"


Words: TypeAlias = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Header:
    """Where the headings of a sheet stand and what they mean.

    Parameters
    ----------
    layout
        The roster that the sheet is.
    first, last
        Rows of the file that the headings take.
    columns
        The columns that are read, by grid column (`c0` and on).
    written
        Every heading as written, by grid column; numbers of people masked.
    unkept
        Grid columns that are known and not stored.
    repeated
        Grid columns that give the same as another, which is read instead.
    unknown
        Grid columns with a heading that no roster knows.
    persons
        Grid columns about persons, which are dropped.
    passed
        Targets of the columns that are known and not stored.
    """

    layout: Layout
    first: int
    last: int
    columns: Mapping[str, Column]
    written: Mapping[str, str]
    unkept: tuple[str, ...] = ()
    repeated: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    passed: frozenset[str] = frozenset()

    def place(self, target: str) -> str | None:
        """Return the grid column that a target is read from."""
        return next((p for p, c in self.columns.items() if c.target == target), None)

    def heading(self, target: str) -> str | None:
        """Return the heading as written of what a target was read from."""
        place = self.place(target)
        return None if place is None else self.written[place]

    @cached_property
    def handed_down(self) -> bool:
        """Tell whether the sheet was made from a network, and speaks of its nodes."""
        return any(heading_key(t) == HANDED_DOWN for t in self.written.values())

    @property
    def place_of_subject(self) -> int:
        """Return the grid column that names what the rows are about."""
        slot = self.layout.things[0].slot
        places = [int(p[1:]) for p, c in self.columns.items() if c.slot == slot]
        return min(places, default=0)

    @property
    def targets(self) -> frozenset[str]:
        """Return the targets that the sheet has columns for."""
        return frozenset(c.target for c in self.columns.values())


@dataclass(frozen=True)
class Unrecognised:
    """The roster that a sheet resembles most, and which headings it lacks."""

    layout: Layout | None
    missing: tuple[str, ...]


def heading_key(text: str) -> str:
    r"""Reduce a heading to the words that it is known by, brackets' contents kept.

    Examples
    --------
    >>> heading_key(" ＊1、街道\n（乡镇）：")
    '街道乡镇'
    """
    folded = unicodedata.normalize("NFKC", text).strip().lower()
    folded = re.sub(NUMBERED, "", re.sub(r"^[*★☆※]+\s*", "", folded))
    return re.sub(BRACKETS, "", re.sub(MARKS, "", folded)).replace("/", "")


def bare_key(text: str) -> str:
    """Reduce a heading further, without notes and units in brackets.

    Examples
    --------
    >>> bare_key("资金（万元）"), bare_key("区(市)县")
    ('资金', '区县')
    """
    folded = unicodedata.normalize("NFKC", text).lower()
    stripped = re.sub(NOTE, "", folded)
    return heading_key(stripped) or heading_key(text)


@lru_cache(maxsize=4096)
def _is_person(text: str) -> bool:
    return is_person_heading(text)


@lru_cache(maxsize=4096)
def _keys(text: str) -> tuple[str, ...]:
    """Return the keys to look a heading up by, the best first."""
    return tuple(dict.fromkeys((heading_key(text), bare_key(text))))


def alias_table(layout: Layout) -> dict[str, list[Column]]:
    """Return the columns that each heading key may mean in a roster, by precedence.

    Examples
    --------
    >>> from orgnet.rosters.offices import PARTY
    >>> [c.target for c in alias_table(PARTY)["上级党组织名称"]]
    ['superior.name']
    """
    table: dict[str, list[Column]] = {}
    for column in layout.columns:
        for key in dict.fromkeys(heading_key(word) for word in column.words):
            table.setdefault(key, []).append(column)
    return table


class Reader:
    """Knows the headings of all rosters.

    Parameters
    ----------
    layouts
        The rosters, by precedence.
    """

    def __init__(self, layouts: Sequence[Layout]) -> None:
        self.layouts = layouts
        self.tables = {layout.name: alias_table(layout) for layout in layouts}

    def recognise(self, sheet: Sheet) -> Header | Unrecognised | None:
        """Find the headings of a sheet.

        Returns
        -------
        Header, Unrecognised or None
            What its headings mean; or the roster it resembles; or None for a sheet of
            explanations.
        """
        best: tuple[tuple[int, ...], Header] | None = None
        near: tuple[int, Layout, frozenset[str]] | None = None
        for place, (rows, words) in enumerate(_candidates(sheet)):
            for order, layout in enumerate(self._likely(words)):
                header = self._header(layout, rows, words, sheet)
                known = len(header.columns)
                if near is None or known > near[0]:
                    near = known, layout, header.targets
                if not _is_header(header, len(words)):
                    continue
                spoken = _spoken(sheet, header)
                score = known - (len(header.unknown) + 1) // 2
                first = header.place_of_subject
                rank = (score, spoken, -len(rows), -place, -first, -order)
                if best is None or rank > best[0]:
                    best = rank, header
        if best is not None and not _is_notes(sheet, best[1]):
            return _shown(best[1])
        if _explains(sheet, near[0] if near else 0):
            return None
        return _nearest(near)

    def _likely(self, words: Mapping[str, tuple[str, ...]]) -> list[Layout]:
        """Return the rosters that know at least two of these words."""
        keys = {k for texts in words.values() for t in texts for k in _keys(t)}
        return [
            ln
            for ln in self.layouts
            if len(keys & self.tables[ln.name].keys()) >= FEWEST
        ]

    def _header(
        self,
        layout: Layout,
        rows: tuple[int, ...],
        words: Mapping[str, tuple[str, ...]],
        sheet: Sheet,
    ) -> Header:
        persons = [p for p, texts in words.items() if any(map(_is_person, texts[:2]))]
        meanings = {
            place: self._meanings(layout, texts)
            for place, texts in words.items()
            if place not in persons
        }
        guessed = _by_values(layout, meanings, _bare_values(sheet, rows[-1], words))
        meanings |= guessed
        columns: dict[str, Column] = {}
        repeated: dict[str, str] = {}
        found: dict[str, str] = {}
        order = sorted(meanings, key=lambda p: (p in guessed, len(meanings[p]) > 1))
        for place in order:  # words with one meaning come first
            kept = [c for c in meanings[place] if c.stored]
            free = [c for c in kept if c.target not in found]
            if free:
                columns[place], found[free[0].target] = free[0], place
            elif kept:
                repeated[place] = found[kept[0].target]
        unkept = [p for p, m in meanings.items() if m and not any(c.stored for c in m)]
        return Header(
            layout=layout,
            first=rows[0],
            last=rows[-1],
            columns=columns,
            written={p: t[0] for p, t in words.items()},
            unkept=tuple(unkept),
            repeated=repeated,
            unknown=tuple(p for p, m in meanings.items() if not m),
            persons=tuple(persons),
            passed=frozenset(c.target for m in meanings.values() for c in m[:1]),
        )

    def _meanings(self, layout: Layout, texts: Sequence[str]) -> list[Column]:
        table = self.tables[layout.name]
        if bare_key(texts[0]) in BARE:
            texts = *texts[1:], texts[0]  # its group may tell of what
        for text in texts:
            for key in _keys(text):
                if key in table:
                    return table[key]
        item = any(re.search(ITEM, heading_key(t)) for t in texts)
        return [UNKEPT_ITEM] if item and layout.name in ITEMIZED else []


@cache
def reader_of(schema: Schema) -> Reader:
    """Return the reader of headings under a schema."""
    return Reader(layouts(schema))


def _candidates(
    sheet: Sheet,
) -> Iterator[tuple[tuple[int, ...], Words]]:
    """Go through the rows, and pairs of rows, that may be headings."""
    head = sheet.grid.head(SEARCHED)
    rows = [(r[0], r[1:]) for r in head.iter_rows()]
    for i, (number, cells) in enumerate(rows):
        single: Words = {f"c{j}": (t,) for j, t in enumerate(cells) if t}
        if len(single) < FEWEST:
            continue
        yield (number,), single
        if i + 1 < len(rows):
            below, lower = rows[i + 1]
            spans = [(a, b) for r, a, _, b in sheet.merged if r == number and b > a]
            double = _double(cells, lower, spans)
            if double:
                yield (number, below), double


def _double(
    upper: Sequence[str | None],
    lower: Sequence[str | None],
    spans: Sequence[tuple[int, int]],
) -> Words | None:
    """Read two rows as one heading: what stands below, and over it.

    A group heading stands once, over its first column, so the cells right of it are
    blank, or it is repeated over each; else there are no groups. Merged cells tell how
    far a group goes; without any, it goes up to the next.
    """
    blank = any(s and not t for t, s in zip(upper, lower, strict=True))
    repeated = any(t and t == u for t, u in pairwise(upper))
    if not (blank or repeated):
        return None
    words: Words = {}
    groups = _groups(upper, lower, spans)
    for j, (top, sub) in enumerate(zip(groups, lower, strict=True)):
        if sub and top:
            words[f"c{j}"] = (sub, f"{top}{sub}", f"{sub}{top}")
        elif sub or top:
            words[f"c{j}"] = (sub or top or "",)
    return words


def _groups(
    upper: Sequence[str | None],
    lower: Sequence[str | None],
    spans: Sequence[tuple[int, int]],
) -> list[str | None]:
    if spans:
        over = {j: upper[left] for left, right in spans for j in range(left, right + 1)}
        return [top or over.get(j) for j, top in enumerate(upper)]
    groups: list[str | None] = []
    group = None
    for top, sub in zip(upper, lower, strict=True):
        group = top if top or not sub else group
        groups.append(group)
    return groups


def _bare_values(
    sheet: Sheet, last: int, words: Mapping[str, Sequence[str]]
) -> dict[str, pl.Series]:
    """Return the values below the headings that do not say of what they are a kind."""
    bare = [p for p, texts in words.items() if bare_key(texts[0]) in BARE]
    if not bare:
        return {}
    below = sheet.grid.filter(pl.col("row") > last).head(SAMPLE)
    return {place: below[place].drop_nulls() for place in bare}


def _by_values(
    layout: Layout,
    meanings: Mapping[str, list[Column]],
    values: Mapping[str, pl.Series],
) -> dict[str, list[Column]]:
    """Find what bare headings mean by their values, where it is not what they say.

    That is the column with a list of words to which most of the values belong. Of two
    lists that hold as many the heading's own wins, if its thing is named beside it.
    """
    named = {c.slot for m in meanings.values() for c in m[:1] if c.name == "name"}
    able = [c for c in layout.columns if c.stored and c.reads == "vocabulary"]
    found: dict[str, list[Column]] = {}
    for place, given in values.items():
        own = meanings.get(place, [])[:1]
        if not own or own[0] not in able:
            continue
        fits = {c.target: _fit(given, c) for c in able}
        rank = {
            t: (n, t == own[0].target and own[0].slot in named) for t, n in fits.items()
        }
        best = max(able, key=lambda c: rank[c.target])
        if best != own[0] and 2 * fits[best.target] > given.len():
            found[place] = [best]
    return found


def _fit(values: pl.Series, column: Column) -> int:
    """Count the values that are words of a column's list."""
    lost = pl.repeat(value=False, n=values.len(), eager=True)
    read = READERS[column.reads](Cells(values, column, "", lost))
    return read[column.target].values.count()


def _shown(header: Header) -> Header:
    """Return the headings as faults may show them: without anybody's number."""
    return replace(header, written={p: masked(t) for p, t in header.written.items()})


def _is_header(header: Header, words: int) -> bool:
    """Tell whether a row can be the heading row of a roster."""
    known = len(header.columns)
    met = known + len(header.unkept) + len(header.persons)
    fits = _fits(header.layout, header.targets | header.passed)
    return known >= FEWEST and met * SHARE >= words and fits


def _fits(layout: Layout, targets: frozenset[str]) -> bool:
    return all(targets & set(group) for group in layout.needs)


def _spoken(sheet: Sheet, header: Header) -> int:
    """Count how well the titles and the sheet's name speak for a roster."""
    above = sheet.grid.filter(pl.col("row") < header.first).select(sheet.columns)
    titles = " ".join(t for row in above.iter_rows() for t in row if t) + sheet.name
    return sum(len(word) for word in header.layout.words if word in titles)


def _is_notes(sheet: Sheet, header: Header) -> bool:
    """Tell whether a sheet of explanations only mentions a few headings."""
    named = re.fullmatch(NOTES_SHEET, sheet.name.strip().lower()) is not None
    return named and len(header.columns) < MANY


def _explains(sheet: Sheet, known: int) -> bool:
    """Tell whether a sheet only explains: by its name, or by its first words."""
    if re.fullmatch(NOTES_SHEET, sheet.name.strip().lower()):
        return True
    first = next((t for t in sheet.grid.row(0)[1:] if t), "")
    return (
        known < FEWEST and re.match(rf".{{0,12}}(?:{NOTES_SHEET})", first) is not None
    )


def _nearest(near: tuple[int, Layout, frozenset[str]] | None) -> Unrecognised:
    if near is None or near[0] == 0:
        return Unrecognised(None, ())
    _, layout, targets = near
    missing = [g for g in layout.needs if not targets & set(g)]
    return Unrecognised(layout, tuple(_first_word(layout, g) for g in missing))


def _first_word(layout: Layout, group: Sequence[str]) -> str:
    words = {c.target: c.words[0] for c in layout.columns}
    return next(words[t] for t in group if t in words)
