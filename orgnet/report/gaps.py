"""The part of the page on coverage gaps: by class, and by area."""

import numpy as np
import polars as pl

from orgnet.coverage.classes import CLASSES, COVERED_LEVELS, SITED_LEVELS
from orgnet.coverage.scope import scope_of
from orgnet.index import NONE, Index, Mask, Numbers
from orgnet.network import Network
from orgnet.query import Result, Words
from orgnet.report.asked import asked_of
from orgnet.report.markup import (
    UNKNOWN,
    Markup,
    bar,
    both,
    figure,
    joined,
    share,
    table,
    tag,
)
from orgnet.report.section import Section, Tile, foot, most
from orgnet.rules import Rules
from orgnet.schema.vocabulary import AreaLevel
from orgnet.units import Units
from orgnet.words import GapClass, GapState

BROAD = ("district", "street", "community")  # levels that gaps may be laid out by
Cell = tuple[int, int, int]  # gaps, undetermined, subjects
MOST_AREAS = 30  # rows of the table by area
DARKEST = 0.75  # of the tint of a cell in which everything is a gap
GAP: Words = ("gap", "存在缺口")
OPEN: Words = ("undetermined", "无法判定")
OPEN_SHORT = "未知"  # before how many cannot be told, where there is little room
TINT: Words = (
    "Gaps by area; the tint is the share with a gap, of the subjects of the class.",
    "各区域缺口数；底色深浅为缺口占该区域同类对象的比例。",
)
UNKNOWNS: Words = (
    f"{OPEN_SHORT} n: of n more it cannot be told. {UNKNOWN}: no gap is known.",
    f"{OPEN_SHORT}n：另有n项无法判定。{UNKNOWN}：没有已知缺口。未知不等于零。",
)
BASES: Words = (
    "The share is of their number; the undetermined may not be among them.",
    "占比以该类对象数为分母；无法判定的不一定在对象数之内。",
)


def gaps_section(net: Network, result: Result) -> Section:
    """Say how many gaps there are, of which class, and where.

    Parameters
    ----------
    net
        The network that was asked.
    result
        The answer to coverage.gaps.
    """
    counts = _by_class(result)
    gap, open_ = sum(g for g, _ in counts.values()), sum(o for _, o in counts.values())
    of = subjects(net, result)
    parts = [_class_table(counts, of), *_area_table(net, result, of)]
    parts.append(asked_of(result))
    return Section(
        title=("Coverage gaps", "覆盖缺口"),
        reading=_gap_sentence(counts, gap, open_),
        body=joined(parts),
        tile=Tile(
            f"{gap:,}",
            ("coverage gaps", "项覆盖缺口"),
            (
                f"in {len(counts)} classes; {open_:,} more undetermined",
                f"分属{len(counts)}类；另有{open_:,}项无法判定",
            ),
        ),
        table="coverage.gaps",
    )


def _by_class(result: Result) -> dict[GapClass, tuple[int, int]]:
    """Return the gaps and the undetermined of each class that was asked about."""
    counted = result.frame.group_by("class", "state").len()
    known = {(c, s): n for c, s, n in counted.iter_rows()}
    asked = result.parameters.get("classes") or list(GapClass)
    return {
        c: (known.get((c.value, "gap"), 0), known.get((c.value, "undetermined"), 0))
        for c in GapClass
        if c in asked
    }


def _gap_sentence(
    counts: dict[GapClass, tuple[int, int]], gap: int, open_: int
) -> Words:
    if not gap:
        return (
            f"No gap was found; {open_:,} cases cannot be determined.",
            f"没有发现缺口；{open_:,}项因资料不全无法判定。",
        )
    name, n = most([(c.value, g) for c, (g, _) in counts.items()])
    class_ = GapClass(name)
    en = (
        f"{gap:,} gaps were found, most of them {class_.value} {class_.en} "
        f"({n:,}, {share(n, gap)}); {open_:,} more cannot be determined from the data."
    )
    zh = (
        f"共有{gap:,}项缺口，最多的是{class_.value} {class_.zh}（{n:,}项，"
        f"占{share(n, gap)}）；另有{open_:,}项因资料不全无法判定。"
    )
    return en, zh


def subjects(net: Network, result: Result) -> dict[GapClass, tuple[Mask, Words]]:
    """Return of whom each class may be a gap, and what they are called.

    Parameters
    ----------
    net
        The network that was asked.
    result
        The answer, whose day, scope and rules count.
    """
    given = result.parameters
    rules = given.get("rules") or Rules()
    index = net.index(given.get("day"))
    scope = scope_of(index, given.get("within"))
    units = Units(index, rules)
    least = rules.min_full_members
    masks = {
        GapClass.G1: _of(
            index, units.numbers[(units.in_operation & units.must_found).yes]
        ),
        GapClass.G2: _of(
            index, units.numbers[(units.in_operation & units.may_join).yes]
        ),
        GapClass.G3: _of(index, units.numbers[units.in_operation.yes]),
        GapClass.G4: _levels(index, COVERED_LEVELS) & ~_excused(index, rules),
        GapClass.G5: _where(index, "Unit", pl.col("resident")),
        GapClass.G6: _where(index, "PartyOrganization", pl.col("setting") != "city"),
        GapClass.G7: _levels(index, SITED_LEVELS),
    }
    words = {
        GapClass.G1: (
            f"units in operation with {least} full members or more",
            f"实体运营且正式党员不少于{least}名的单位",
        ),
        GapClass.G2: (
            f"units in operation with 1 to {least - 1} full members",
            f"实体运营且正式党员1至{least - 1}名的单位",
        ),
        GapClass.G3: ("units in operation", "实体运营的单位"),
        GapClass.G4: (
            "streets, communities, compounds, grids",
            "街道、社区、小区和网格",
        ),
        GapClass.G5: ("resident units", "驻区单位"),
        GapClass.G6: ("organizations below the city", "市级以下党组织"),
        GapClass.G7: ("communities and compounds", "社区和小区"),
    }
    return {c: (mask & scope, words[c]) for c, mask in masks.items()}


def _of(index: Index, numbers: Numbers) -> Mask:
    mask = np.zeros(index.size, dtype=bool)
    mask[numbers] = True
    return mask


def _levels(index: Index, levels: tuple[AreaLevel, ...]) -> Mask:
    return np.logical_or.reduce([index.level(level) for level in levels])


def _excused(index: Index, rules: Rules) -> Mask:
    if rules.exclusive_grids:
        return np.zeros(index.size, dtype=bool)
    return index.level("grid") & _where(index, "Area", pl.col("exclusive"))


def _where(index: Index, label: str, condition: pl.Expr) -> Mask:
    return _of(index, index.nodes(label).filter(condition)["node"].to_numpy())


def _class_table(
    counts: dict[GapClass, tuple[int, int]],
    of: dict[GapClass, tuple[Mask, Words]],
) -> Markup:
    headings = [
        ("class", "缺口类别"),
        ("of whom", "对象"),
        ("their number", "对象数"),
        GAP,
        ("share with a gap", "缺口占比"),
        ("", ""),
        OPEN,
        ("what to do", "建议"),
    ]
    rows = []
    for class_, (gap, open_) in counts.items():
        mask, words = of[class_]
        whole = int(mask.sum())
        name = tag("td", both((class_.en, f"{class_.value} {class_.zh}")))
        picture = tag("td", bar(whole, (gap, "gap")), class_="wide")
        unknown = not gap and bool(open_)  # nothing is known, so no share is either
        rate = figure("—" if unknown else share(gap, whole))
        remedy = CLASSES[class_][1]
        todo = tag("td", both((remedy.en, remedy.zh)), class_="todo")
        rows.append([name, both(words), whole, gap, rate, picture, open_, todo])
    return joined([table(headings, rows), foot(BASES)])


def _area_table(
    net: Network, result: Result, of: dict[GapClass, tuple[Mask, Words]]
) -> list[Markup]:
    """Return the gaps by class and area, if they lie in several areas of one level."""
    index = net.index(result.parameters.get("day"))
    placed = result.frame.drop_nulls("area")
    places = net.ids.search_sorted(placed["area"]).to_numpy()
    is_gap = (placed["state"] == "gap").to_numpy()
    for level in BROAD:
        at = index.at_or_above(level, places)
        if len(np.unique(at[is_gap & (at != NONE)])) > 1:
            counted = _counted(placed, at, index.at_or_above(level, index.standing), of)
            gaps = result.frame.filter(pl.col("state") == "gap").height
            return [_heat(net, level, counted), *_placeless(gaps, counted)]
    return []


def _placeless(gaps: int, counted: dict[int, dict[GapClass, Cell]]) -> list[Markup]:
    """Say how many gaps stand in none of the areas of the table."""
    inside = sum(gap for row in counted.values() for gap, _, _ in row.values())
    left = gaps - inside
    said = (
        f"{left:,} gaps of organizations or units without a known place are not here.",
        f"另有{left:,}项缺口的对象没有已知位置，未列入上表。",
    )
    return [foot(said)] if left else []


def _counted(
    placed: pl.DataFrame,
    at: Numbers,
    all_at: Numbers,
    of: dict[GapClass, tuple[Mask, Words]],
) -> dict[int, dict[GapClass, Cell]]:
    """Count the gaps, the undetermined and the subjects of each class in each area."""
    size = len(all_at)
    tables = {}
    for class_, (mask, _) in of.items():
        parts = [
            at[_rows(placed, class_, state) & (at != NONE)]
            for state in (GapState.GAP, GapState.UNDETERMINED)
        ]
        parts.append(all_at[mask & (all_at != NONE)])
        tables[class_] = [np.bincount(part, minlength=size) for part in parts]
    areas = np.unique(all_at[all_at != NONE]).tolist()
    return {
        a: {c: (int(g[a]), int(u[a]), int(t[a])) for c, (g, u, t) in tables.items()}
        for a in areas
    }


def _rows(placed: pl.DataFrame, class_: GapClass, state: GapState) -> Mask:
    """Mark the rows of a class in a state."""
    same = (pl.col("class") == class_.value) & (pl.col("state") == state.value)
    return placed.select(same).to_series().to_numpy()


def _heat(net: Network, level: str, counted: dict[int, dict[GapClass, Cell]]) -> Markup:
    """Return the table by area, most gaps first, cells tinted by share."""
    totals = {
        a: (sum(g for g, _, _ in row.values()), sum(u for _, u, _ in row.values()))
        for a, row in counted.items()
    }
    order = sorted(counted, key=lambda a: (-totals[a][0], a))
    names = net.node_tables["Area"]["name"]
    start = net.offsets["Area"]
    rows = [
        [
            names[a - start],
            *(_tinted(*cells) for cells in counted[a].values()),
            _count(*totals[a]),
        ]
        for a in order[:MOST_AREAS]
    ]
    word = AreaLevel(level)
    headings = [(word.en, word.zh), *((c.en, f"{c.value}\n{c.zh}") for c in GapClass)]
    headings.append(("all", "合计"))
    left = len(order) - MOST_AREAS
    more = (
        f"{left:,} areas with fewer are left out.",
        f"另有{left:,}个区域缺口较少，未列。",
    )
    title = tag(
        "h3", both((f"gaps by {word.en} and class", f"分{word.zh}、分类别的缺口"))
    )
    notes = [foot(words) for words in (TINT, UNKNOWNS, *([more] if left > 0 else []))]
    return joined([title, table(headings, rows, "heat"), *notes])


def _tinted(gap: int, open_: int, whole: int) -> Markup:
    """Return the cell of a class in an area, tinted by the share with a gap."""
    tint = DARKEST * gap / whole if whole else 0
    style = f"background:rgba(181,72,47,{tint:.2f})" if gap else None
    said = f"{gap:,} / {whole:,}" if whole else None
    return _count(gap, open_, nobody=not whole, style=style, title=said)


def _count(
    gap: int, open_: int, *, nobody: bool = False, **attributes: object
) -> Markup:
    """Return a cell of gaps, with those that cannot be told; none known is not zero."""
    number = f"{gap:,}" if gap or not (open_ or nobody) else UNKNOWN
    small = tag("small", f"{OPEN_SHORT} {open_:,}") if open_ else ""
    return tag("td", number, small, **attributes)
