"""The overview of what is handed down: one row an area, and the counts."""

from typing import Final

import polars as pl

from orgnet.report.handed_down.forms import LEVELS
from orgnet.report.handed_down.handing import AREA, CLASSES, WAYS, Handing
from orgnet.schema.vocabulary import AreaLevel
from orgnet.words import GapState

COUNTED: Final = (
    "缺口单位",
    *(c.zh for c in CLASSES),
    "待核实单位",
    "未交考评对数",
    "未交方向",
    "未满足需求",
)
OF_AREA: Final = "下发范围"  # heading of areas of other levels than those of rosters


def counts_of(handing: Handing) -> pl.DataFrame:
    """Count what is open in each area.

    Parameters
    ----------
    handing
        What is handed down.

    Returns
    -------
    polars.DataFrame
        `_area` (its number; null for what stands in none) and the columns of
        `COUNTED`: units with a gap, gaps by class, units that only may have one,
        pairs and directions that did not answer, needs that reach nothing.
    """
    parts = [_gaps(handing), _units(handing), _pairs(handing), _needs(handing)]
    areas = pl.concat([p.select(AREA) for p in parts]).unique()
    for part in parts:
        areas = areas.join(part, on=AREA, how="left", nulls_equal=True)
    return areas.select(AREA, pl.col(COUNTED).fill_null(0).cast(pl.Int64))


def _in_areas(handing: Handing, rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """Add the area in which the subjects of rows stand, whose ids a column holds."""
    area = handing.larger(handing.split, handing.places(rows[column]))
    return rows.with_columns(area.alias(AREA))


def _gaps(handing: Handing) -> pl.DataFrame:
    gaps = _in_areas(handing, handing.gaps, "id")
    found = pl.col("state") == GapState.GAP.value
    return gaps.group_by(AREA).agg(
        (found & (pl.col("class") == c.value)).sum().alias(c.zh) for c in CLASSES
    )


def _units(handing: Handing) -> pl.DataFrame:
    gaps = _in_areas(handing, handing.gaps, "id")
    found = (pl.col("state") == GapState.GAP.value).any().alias("found")
    units = gaps.group_by(AREA, "id").agg(found)
    return units.group_by(AREA).agg(
        pl.col("found").sum().alias("缺口单位"),
        (~pl.col("found")).sum().alias("待核实单位"),
    )


def _pairs(handing: Handing) -> pl.DataFrame:
    missing = [pl.col(f"{way}_state") == "missing" for way in WAYS]
    return (
        _in_areas(handing, handing.pairs, "unit")
        .group_by(AREA)
        .agg(
            pl.len().alias("未交考评对数"),
            pl.sum_horizontal(m.sum() for m in missing).alias("未交方向"),
        )
    )


def _needs(handing: Handing) -> pl.DataFrame:
    needs = _in_areas(handing, handing.needs, "area")
    return needs.group_by(AREA).agg(pl.len().alias("未满足需求"))


def overview_of(
    handing: Handing, areas: pl.DataFrame
) -> tuple[pl.DataFrame, list[int]]:
    """Return the rows of the overview, and the counts of what stands in no area.

    Parameters
    ----------
    handing
        What is handed down.
    areas
        `node`, `name` and `code`: one row an area.
    """
    counts = counts_of(handing)
    larger = handing.located(areas["node"])[: len(LEVELS)]
    above = zip(LEVELS, larger, strict=True)
    named = [
        *(words for level, words in above if _is_above(level, handing.split)),
        areas["name"].alias(LEVELS.get(handing.split, OF_AREA)),
        areas["code"].alias("区划代码"),
        areas["node"].alias(AREA),
    ]
    rows = pl.DataFrame(named).join(counts, on=AREA, how="left", maintain_order="left")
    rows = rows.with_columns(pl.col(COUNTED).fill_null(0)).drop(AREA)
    nowhere = counts.filter(pl.col(AREA).is_null()).select(COUNTED)
    return rows, list(nowhere.row(0)) if nowhere.height else [0] * len(COUNTED)


def _is_above(level: str, split: str) -> bool:
    """Tell whether areas of a level may hold those of another."""
    order = [m.value for m in AreaLevel]
    return order.index(level) < order.index(split) and split != "functional_area"
