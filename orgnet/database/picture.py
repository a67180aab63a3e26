"""The schema as a picture: each kind a box, each relationship type an arrow.

Boxes stand at fixed places and arrows run straight from side to side, so that the
picture is the same every time. What joins two nodes of one kind is listed in its box.
"""

from collections.abc import Iterator
from html import escape
from typing import Final, NamedTuple

from orgnet.database.colours import GROUPS, INK, KINDS, PAPER, ROLES, of_type, text_on
from orgnet.errors import OrgnetError
from orgnet.schema import SCHEMA
from orgnet.schema.declare import Record

WIDTH, HEIGHT = 1400, 1160
FONTS: Final = (
    "'Noto Sans CJK SC','Noto Sans SC','Source Han Sans SC','PingFang SC',"
    "'Microsoft YaHei','Heiti SC','WenQuanYi Micro Hei',sans-serif"
)
QUIET: Final = "#5A6572"
BAND: Final = 34  # pixels of a box for its name


class Box(NamedTuple):
    """Where a kind stands, in pixels."""

    left: int
    top: int
    right: int
    bottom: int


class Lane(NamedTuple):
    """Where the arrows between two kinds run, side by side.

    Parameters
    ----------
    across
        Whether from left to right or back; else up or down.
    first, step
        Where the first runs, and how far the next is from it.
    words
        Where on their way the words stand.
    """

    across: bool
    first: int
    step: int
    words: int


BOXES: Final = {
    "PartyOrganization": Box(40, 96, 430, 764),
    "Unit": Box(1080, 96, 1360, 764),
    "Resource": Box(560, 400, 960, 474),
    "Need": Box(530, 540, 860, 614),
    "Project": Box(690, 680, 860, 754),
    "Site": Box(40, 816, 220, 890),
    "Area": Box(40, 940, 1360, 1016),
    "Document": Box(40, 1050, 430, 1126),
}
ACROSS, DOWN = True, False
LANES: Final = {
    ("PartyOrganization", "Unit"): Lane(ACROSS, 118, 27, 755),
    ("PartyOrganization", "Resource"): Lane(ACROSS, 437, 0, 492),
    ("PartyOrganization", "Need"): Lane(ACROSS, 577, 0, 477),
    ("PartyOrganization", "Project"): Lane(ACROSS, 717, 0, 489),
    ("Unit", "Resource"): Lane(ACROSS, 437, 0, 1020),
    ("Unit", "Need"): Lane(ACROSS, 577, 0, 985),
    ("Unit", "Project"): Lane(ACROSS, 717, 0, 985),
    ("Resource", "Need"): Lane(DOWN, 700, 0, 507),
    ("Project", "Need"): Lane(DOWN, 775, 0, 647),
    ("Project", "Area"): Lane(DOWN, 775, 0, 860),
    ("PartyOrganization", "Site"): Lane(DOWN, 115, 0, 788),
    ("Site", "Area"): Lane(DOWN, 115, 0, 915),
    ("PartyOrganization", "Area"): Lane(DOWN, 245, 84, 860),
    ("Unit", "Area"): Lane(DOWN, 1150, 110, 860),
    ("Resource", "Area"): Lane(DOWN, 905, 0, 860),
    ("Need", "Area"): Lane(DOWN, 548, 90, 860),
}
SIZE: Final = 12  # of the words of an arrow, in pixels
LATIN: Final = 0x2FF  # characters beyond are as wide as they are high
HEAD: Final = 9  # pixels of an arrow's head
NEAR: Final = 16  # pixels from one property to the next
LINE: Final = 21  # pixels from one line of a list to the next
GAP: Final = 25  # pixels from one type to the next in the list of a box
COLUMN: Final = 200  # pixels from one to the next where a list runs across


def picture() -> str:
    """Return the picture as SVG, with text as text.

    Raises
    ------
    OrgnetError
        If it has no place for a kind or for what joins two kinds.
    """
    parts = [*_title(), *_arrows()]
    for label in SCHEMA.kinds:
        parts += _box(label)
    body = "\n".join([*parts, *_key()])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img" font-family="{FONTS}" '
        f'font-size="13" fill="{INK}">\n'
        "<title>The schema of orgnet 图谱模式</title>\n"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>\n{body}\n</svg>\n'
    )


def _text(x: float, y: float, words: str, **style: object) -> str:
    """Return a text; `style` has underscores where SVG has hyphens."""
    given = "".join(f' {n.replace("_", "-")}="{v}"' for n, v in style.items())
    return f'<text x="{x:g}" y="{y:g}"{given}>{escape(words)}</text>'


def _title() -> Iterator[str]:
    yield _text(40, 44, "What a network holds 图谱模式", font_size=24, font_weight=700)
    said = (
        f"{len(SCHEMA.kinds)} kinds of node, {len(SCHEMA.ties)} relationship types. "
        "Each arrow is one type from one kind to another; what "
        "joins two nodes of one kind is listed in its box."
    )
    yield _text(40, 70, said, fill=QUIET)


def _pairs() -> dict[tuple[str, str], list[tuple[str, bool]]]:
    """Return, for each lane, the types in it and whether they run along its name."""
    found: dict[tuple[str, str], list[tuple[str, bool]]] = {lane: [] for lane in LANES}
    for along in (True, False):
        for type_, tie in SCHEMA.ties.items():
            for ends in ((t, h) for t in tie.ends.tail for h in tie.ends.head):
                lane = ends if along else ends[::-1]
                if not tie.ends.allows(*ends) or ends[0] == ends[1]:
                    continue
                if lane in found:
                    found[lane].append((type_, along))
                elif lane[::-1] not in found:
                    msg = f"the picture has no lane for {type_} of {ends}: add to LANES"
                    raise OrgnetError(msg, [type_])
    return found


def _arrows() -> Iterator[str]:
    """Draw those across first, so that the gaps are in these where they cross."""
    lanes = sorted(_pairs().items(), key=lambda item: not LANES[item[0]].across)
    for (one, other), types in lanes:
        lane = LANES[one, other]
        for number, (type_, along) in enumerate(types):
            at = lane.first + number * lane.step
            ends = _sides(BOXES[one], BOXES[other], across=lane.across)
            start, end = ends if along else ends[::-1]
            draw = _across if lane.across else _down
            yield from draw(type_, at, start, end, lane.words)


def _sides(one: Box, other: Box, *, across: bool) -> tuple[int, int]:
    """Return the sides of two boxes that face each other."""
    if across:
        ahead = one.left < other.left
        return (one.right, other.left) if ahead else (one.left, other.right)
    ahead = one.top < other.top
    return (one.bottom, other.top) if ahead else (one.top, other.bottom)


def _across(type_: str, y: int, start: int, end: int, words: int) -> Iterator[str]:
    colour = of_type(type_)
    back = HEAD if start < end else -HEAD
    head = f"{end},{y} {end - back},{y - 4} {end - back},{y + 4}"
    yield from _line(f"M{start},{y}H{end - back}", head, colour)
    both = f"{type_} {SCHEMA.ties[type_].zh}"
    yield _label(words, y + 4, both, colour, middle=True)


def _down(type_: str, x: int, start: int, end: int, words: int) -> Iterator[str]:
    colour = of_type(type_)
    back = HEAD if start < end else -HEAD
    head = f"{x},{end} {x - 4},{end - back} {x + 4},{end - back}"
    yield from _line(f"M{x},{start}V{end - back}", head, colour)
    yield _label(x + 7, words - 3, type_, colour)
    yield _label(x + 7, words + 13, SCHEMA.ties[type_].zh, colour)


def _line(path: str, head: str, colour: str) -> Iterator[str]:
    yield f'<path d="{path}" fill="none" stroke="{PAPER}" stroke-width="7"/>'
    yield f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.6"/>'
    yield f'<polygon points="{head}" fill="{colour}"/>'


def _label(x: int, y: int, words: str, colour: str, *, middle: bool = False) -> str:
    """Return a text with the line that it lies on taken away beneath."""
    width = sum(SIZE if ord(c) > LATIN else 0.64 * SIZE for c in words) + 8
    left = x - width / 2 if middle else x - 3
    anchor = {"text_anchor": "middle"} if middle else {}
    return (
        f'<rect x="{left:g}" y="{y - 11}" width="{width:g}" height="15" '
        f'fill="{PAPER}"/>' + _text(x, y, words, fill=colour, font_size=SIZE, **anchor)
    )


def _box(label: str) -> Iterator[str]:
    """Draw a kind: its name, its further labels, and what joins two of it."""
    if label not in BOXES:
        msg = f"the picture has no place for {label}: add to BOXES"
        raise OrgnetError(msg, [label])
    box, kind, (colour, _) = BOXES[label], SCHEMA.kinds[label], KINDS[label]
    size = f'width="{box.right - box.left}" x="{box.left}" y="{box.top}" rx="5"'
    height = box.bottom - box.top
    yield f'<rect {size} height="{height}" fill="{colour}"/>'
    inner = f'x="{box.left + 2}" y="{box.top + BAND}" rx="3"'
    yield (
        f'<rect {inner} width="{box.right - box.left - 4}" '
        f'height="{height - BAND - 2}" fill="{PAPER}"/>'
    )
    ink = text_on(colour)
    name = f"{label} {kind.zh}"
    yield _text(
        box.left + 14, box.top + 23, name, fill=ink, font_size=15, font_weight=700
    )
    y = box.top + BAND + 25
    for role in kind.roles:
        yield from _role(box.left + 14, y, label, role.label, f"{role.label} {role.zh}")
        y += LINE + 5
    if kind.roles:
        y += 12
        yield _text(
            box.left + 14, y, "between two of them 同类之间", fill=QUIET, font_size=12
        )
        y += LINE + 3
    yield from _loops(label, box, y)
    if kind.roles:
        below = y + GAP * sum(t.ends.allows(label, label) for t in SCHEMA.ties.values())
        yield from _properties(label, box.left + 14, below + LINE)


def _role(x: int, y: int, label: str, role: str, words: str) -> Iterator[str]:
    """Draw a further label as a dot in its colours."""
    change = ROLES[role]
    rim = change.get("border-color", QUIET)
    fill = change.get("color", KINDS[label][0])
    yield (
        f'<circle cx="{x + 7}" cy="{y - 5}" r="7" fill="{fill}" stroke="{rim}" '
        f'stroke-width="{3 if "border-color" in change else 1}"/>'
    )
    yield _text(x + 23, y, words)


def _loops(label: str, box: Box, y: int) -> Iterator[str]:
    """List what joins two nodes of a kind, across where there is no room down."""
    types = [n for n, t in SCHEMA.ties.items() if t.ends.allows(label, label)]
    across = not SCHEMA.kinds[label].roles
    for number, type_ in enumerate(types):
        x = box.left + 14 + (number * COLUMN if across else 0)
        at = y if across else y + number * GAP
        colour = of_type(type_)
        yield (
            f'<path d="M{x + 10},{at - 9}a5.5,5.5 0 1 0 2,5" fill="none" '
            f'stroke="{colour}" stroke-width="1.6"/>'
        )
        tip = f"{x + 12},{at - 8} {x + 5},{at - 10} {x + 11},{at - 14}"
        yield f'<polygon points="{tip}" fill="{colour}"/>'
        words = f"{type_} {SCHEMA.ties[type_].zh}"
        yield _text(x + 19, at, words, fill=colour, font_size=SIZE)


def _properties(label: str, x: int, y: int) -> Iterator[str]:
    """List the properties of a kind."""
    known = SCHEMA.kinds[label].attributes()
    own = [a for n, a in known.items() if n not in Record.model_fields]
    yield _text(x, y, "properties 属性", fill=QUIET, font_size=SIZE)
    for number, attribute in enumerate(own):
        words = f"{attribute.name} {attribute.heading.zh}"
        yield _text(x, y + LINE + number * NEAR, words, font_size=SIZE - 1)


def _key() -> Iterator[str]:
    """Draw what the colours of the arrows mean."""
    x, y = 470, 1074
    yield _text(x, y, "Colours of the types 类型颜色", fill=QUIET, font_size=SIZE)
    for number, group in enumerate(GROUPS):
        left = x + number * 184
        line = f"M{left},{y + 24}h26"
        yield f'<path d="{line}" stroke="{group.colour}" stroke-width="3"/>'
        yield _text(left + 34, y + 22, group.en, fill=group.colour, font_size=SIZE)
        yield _text(left + 34, y + 39, group.zh, fill=group.colour, font_size=SIZE)
