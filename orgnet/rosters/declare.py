"""How a roster is declared.

A layout says under which headings a roster gives what, and which nodes and
relationships one of its rows makes. A column's target is `slot.attribute`: a slot is a
part that something plays in a row, such as `unit`, `superior` or `place`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from orgnet.schema.declare import Attribute
from orgnet.schema.vocabulary import Vocabulary

# How a reference comes to be a node of its own, if no row of a roster is about it.
ALWAYS: Final = "always"  # it is what the row is about
CODED: Final = (
    "coded"  # if the row gives its code and kind, or no roster lists the kind
)
UNLISTED: Final = "unlisted"  # if no roster that was read lists its kind
NEVER: Final = "never"

MERGED: Final = "merged"  # filled from above where a row only goes on with it
BLANK: Final = "blank"  # or where a value stands only in the first row of a group

HANDED_DOWN: Final = "下发标识"  # heading of the ids in a sheet that was handed down


class GridType(Vocabulary):
    """Type of a grid 网格类型, which gives its level and whether it is exclusive."""

    GENERAL = "grid", "一般网格", "一般", "普通网格", "网格", "基础网格", "综合网格"
    EXCLUSIVE = "exclusive", "专属网格", "专属", "专属性网格", "单位网格"
    MICRO = "micro_grid", "微网格", "微", "微型网格"


class HostCase(Vocabulary):
    """What the unit of a party organization is 党组织所在单位情况."""

    SAME = (
        "same",
        "与上级党组织相同",
        "与上级相同",
        "同上级党组织",
        "同上级",
        "与上级党组织所在单位相同",
        "与上级单位相同",
    )
    LEGAL = "legal", "法人单位", "独立法人", "独立法人单位", "单位", "法人", "单独"
    JOINT = "joint", "联合党支部", "联合支部", "联合", "多个单位", "联合党组织"
    AREA = "area", "非单位", "区域", "社区", "村", "小区", "网格", "街道"


@dataclass(frozen=True)
class Column:
    """One column of a roster.

    Parameters
    ----------
    target
        What it gives: `slot.attribute`, or `TYPE.attribute` of a relationship.
    words
        Its headings, the one of the template first.
    reads
        How its cells are read; found from the schema if empty.
    says
        Words that stand for others in this column, before the cells are read.
    vocabulary
        The codes it may hold, where the schema does not tell.
    key
        Whether a row without it is rejected.
    told
        Whether a blank cell of a key is told by others, so that only a bad one rejects.
    fill
        Whether blank cells that are not merged take the value above: MERGED or BLANK;
        no if empty.
    amount
        Whether it holds amounts that add up: one over several merged rows is not each
        row's.
    stored
        Whether the model has a place for it. If not, the report names it.
    shown
        Whether the template has it.
    en
        What it gives, in English.
    prefix
        Of the ids that stand in it.
    """

    target: str
    words: tuple[str, ...]
    reads: str = ""
    says: Mapping[str, str] = field(default_factory=dict)
    vocabulary: type[Vocabulary] | None = None
    key: bool = False
    told: bool = False
    fill: str = ""
    amount: bool = False
    stored: bool = True
    shown: bool = True
    en: str = ""
    prefix: str = ""
    attribute: Attribute | None = None

    @property
    def slot(self) -> str:
        """The part of a row that it speaks of."""
        return self.target.partition(".")[0]

    @property
    def name(self) -> str:
        """What it says of that part."""
        return self.target.partition(".")[2]


@dataclass(frozen=True)
class Thing:
    """Something that a row speaks of.

    Parameters
    ----------
    slot
        Its part in the row.
    kinds
        The labels it may have.
    makes
        When it becomes a node: ALWAYS, CODED, UNLISTED or NEVER.
    fixed
        Attributes that every row gives it.
    several
        Whether one cell may name several.
    key
        Whether the row is rejected if it cannot be found.
    quiet
        Whether it may be missing without a fault; the report counts it then.
    """

    slot: str
    kinds: tuple[str, ...]
    makes: str = NEVER
    fixed: Mapping[str, object] = field(default_factory=dict)
    several: bool = False
    key: bool = False
    quiet: bool = False


@dataclass(frozen=True)
class Link:
    """A relationship that a row makes between two of its parts.

    Parameters
    ----------
    type
        Its type.
    tail, head
        The slots it joins.
    fixed
        Attributes it always has.
    when
        The yes/no column that must say yes; none if empty.
    """

    type: str
    tail: str
    head: str
    fixed: Mapping[str, object] = field(default_factory=dict)
    when: str = ""


@dataclass(frozen=True)
class Layout:
    """One roster.

    Parameters
    ----------
    name, zh, en
        What it is called.
    columns
        Its columns, in the order of the template.
    things
        What its rows speak of, the subject first.
    links
        What relationships a row makes.
    needs
        Groups of targets; the heading row has at least one of each group.
    words
        Words in the title or the name of the sheet that speak for it.
    complete
        What the network holds completely if the roster has all these columns.
    """

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    things: tuple[Thing, ...]
    links: tuple[Link, ...]
    needs: tuple[tuple[str, ...], ...]
    words: tuple[str, ...] = ()
    complete: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def subject(self) -> Thing | None:
        """What its rows are about; nothing if they are relationships."""
        first = self.things[0]
        return first if first.makes == ALWAYS else None

    def column(self, target: str) -> Column:
        """Return the column of a target."""
        return next(c for c in self.columns if c.target == target)


def col(target: str, words: str, **options: Any) -> Column:
    """Declare a column: its headings with gaps between, that of the template first."""
    return Column(target, tuple(words.split()), **options)


def unkept(*columns: str) -> tuple[Column, ...]:
    """Declare columns that offices keep and the model has no place for."""
    told = [tuple(words.split()) for words in columns]
    return tuple(
        Column(f"unkept.{words[0]}", words, reads="text", stored=False, shown=False)
        for words in told
    )
