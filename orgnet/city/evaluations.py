"""Who rated whom: both directions of two rounds, inspections, assessments."""

from datetime import date

import numpy as np
import polars as pl

from orgnet.city.documents import DOC_NO
from orgnet.city.partnership import own_or_unit, sides
from orgnet.city.recipe import Draw, Numbers
from orgnet.city.subordination import City
from orgnet.city.tables import Frame, Part, numbers, tie

# State of each expected direction in a closed round; "" leaves no relationship.
DOWN = {"returned": 0.82, "missing": 0.05, "void": 0.015, "exempt": 0.02, "": 0.095}
UP = {"returned": 0.70, "missing": 0.08, "void": 0.02, "exempt": 0.02, "": 0.18}
STILL_PENDING = 0.03  # of the last round
THROUGH_OWN = {"down": 0.10, "up": 0.25}  # rated or filed by the unit's organization
SILENT_STREETS = 0.04
INSPECTED = 0.94
FIELD_LEVELS = 2  # districts and streets are reviewed in the field
SCORES = ((0, 60.0), (0.1, 82.0), (0.4, 91.0), (0.97, 100.0), (1, 108.0))
FILED = {"kind": "two_way", "status": "returned", "score": 95.0, "scale_max": 100.0}
GRADES = ((0, "不合格"), (80, "一般"), (90, "较好"), (95, "优秀"))


def evaluation_parts(city: City, pairs: Frame) -> list[Part]:
    """Return every EVALUATES of one copy of the city.

    Parameters
    ----------
    city
        The copy.
    pairs
        The pairs of an area's organization and a unit that are expected to rate each
        other, as :func:`orgnet.city.partnership.partner_parts` returns them.
    """
    years = (city.recipe.year - 1, city.recipe.year)
    twice = _filed_twice(city, pairs)
    parts = [*_unexpected(city, pairs), *_twice(city, pairs.filter(twice))]
    for year in years:
        expected = pl.col("since") <= year
        parts.append(_direction(city, pairs.filter(expected), year, "down"))
        once = expected & ~(twice if year == years[0] else pl.lit(value=False))
        parts.append(_direction(city, pairs.filter(once), year, "up"))
    for year in years:
        parts += _hierarchical(city, year)
    return [*parts, *_inspections(city)]


def _direction(city: City, expected: Frame, year: int, direction: str) -> Part:
    """Return one direction of one round of the two-way evaluation."""
    draw = city.recipe.draw(f"two-way {year} {direction}")
    n = expected.height
    status = draw.codes(n, DOWN if direction == "down" else UP)
    if year == city.recipe.year:
        pending = pl.Series(["pending"]).new_from_index(0, n)
        status = pending.zip_with(pl.Series(draw.mask(n, STILL_PENDING)), status)
    if direction == "up":
        status = _silenced(city, expected, status)
    there = (status != "").to_numpy()
    unit = numbers(expected, "unit")[there]
    through = draw.mask(len(unit), THROUGH_OWN[direction])
    side = sides(city).gather(numbers(expected, "side")[there])
    party = own_or_unit(city, unit, through)
    tail, head = (side, party) if direction == "down" else (party, side)
    marks = _marks(draw, status.filter(pl.Series(there)), year)
    doc = DOC_NO["two_way"]
    return tie(
        "EVALUATES", tail, head, kind="two_way", round=str(year), doc_no=doc, **marks
    )


def _silenced(city: City, expected: Frame, status: pl.Series) -> pl.Series:
    """Leave nothing from the units of a few streets, which never answer."""
    draw = city.recipe.draw("silent streets")
    streets = city.areas["street"].height
    silent = draw.mask(streets, SILENT_STREETS)
    of_community = numbers(city.areas["community"], "street")
    of = np.concatenate([of_community, np.arange(streets)])[numbers(expected, "side")]
    nothing = pl.Series([""]).new_from_index(0, len(status))
    return nothing.zip_with(pl.Series(silent[of]), status)


def _marks(draw: Draw, status: pl.Series, year: int) -> dict[str, pl.Series]:
    """Return scores, grades, states and days of directions in these states.

    A score has two decimals at most and may exceed the scale; some returns have a grade
    alone, and some have no state beside their score.
    """
    n = len(status)
    returned = status == "returned"
    void = status == "void"
    halves = draw.quantiles(n, [(share, value * 2) for share, value in SCORES])
    score = pl.Series(halves / 2 + 0.25 * draw.mask(n, 0.1))
    graded_only = pl.Series(draw.mask(n, 0.1))
    scored = (returned & ~graded_only) | (void & pl.Series(draw.mask(n, 0.5)))
    score = (score + void.cast(pl.Float64) * 100).round(
        2
    )  # a void one is off the scale
    ends = pl.Series([low for low, _ in GRADES[1:]], dtype=pl.Float64)
    names = pl.Series([name for _, name in GRADES])
    grade = names.gather(ends.search_sorted(score, side="right"))
    graded = returned & (graded_only | pl.Series(draw.mask(n, 0.5)))
    filed = draw.days(n, date(year, 12, 1), date(year, 12, 31))
    frame = pl.DataFrame(
        {"status": status, "score": score, "grade": grade, "scored": scored}
    ).with_columns(
        pl.Series("graded", graded),
        pl.Series("silent", draw.mask(n, 0.05)) & returned,
        filed.alias("on"),
    )
    columns = frame.select(
        pl.when("scored").then("score").alias("score"),
        pl.when("scored").then(pl.lit(100.0)).alias("scale_max"),
        pl.when("graded").then("grade").alias("grade"),
        pl.when(~pl.col("silent")).then("status").alias("status"),
        pl.when(returned | void).then("on").alias("submitted_on"),
    )
    return {c.name: c for c in columns}


def _unexpected(city: City, pairs: Frame) -> list[Part]:
    """Return what nobody expected: returns of units without a tie."""
    recipe, resident = city.recipe, city.units["resident"]
    draw = recipe.draw("unexpected returns")
    tied = np.zeros(resident.height, dtype=np.bool_)
    tied[numbers(pairs, "unit")] = True
    free = np.flatnonzero(~tied)
    unit = free[draw.places(len(free), recipe.count("unexpected_returns"))]
    head = city.of("community", numbers(resident, "community")[unit])
    tail = resident["id"].gather(unit)
    return [tie("EVALUATES", tail, head, round=str(recipe.year), **FILED)]


def _filed_twice(city: City, pairs: Frame) -> pl.Series:
    """Mark a few pairs whose unit and its organization both filed at first."""
    recipe = city.recipe
    with_own = np.isin(numbers(pairs, "unit"), numbers(city.party["own"], "unit"))
    old = (pairs["since"] < recipe.year).to_numpy()
    able = np.flatnonzero(with_own & old)
    twice = np.zeros(pairs.height, dtype=np.bool_)
    count = recipe.count("returned_twice")
    twice[able[recipe.draw("filed twice").places(len(able), count)]] = True
    return pl.Series(twice)


def _twice(city: City, pairs: Frame) -> list[Part]:
    unit, head = numbers(pairs, "unit"), sides(city).gather(numbers(pairs, "side"))
    first = str(city.recipe.year - 1)
    tails = [own_or_unit(city, unit, np.full(len(unit), t)) for t in (False, True)]
    return [tie("EVALUATES", tail, head, round=first, **FILED) for tail in tails]


def _hierarchical(city: City, year: int) -> list[Part]:
    """Let each superior on the axis assess the organizations below it once a year."""
    draw = city.recipe.draw(f"hierarchical {year}")
    marks = {"kind": "hierarchical", "round": str(year), "scale_max": 100.0}
    parts = []
    for tail, head in _levels(city):
        score = draw.quantiles(len(head), [(s, v * 2) for s, v in SCORES[:-1]]) / 2
        doc = DOC_NO["hierarchical"]
        parts.append(tie("EVALUATES", tail, head, score=score, doc_no=doc, **marks))
    return parts


def _levels(city: City) -> list[tuple[pl.Series, pl.Series]]:
    """Return superiors and subordinates on the axis, level by level."""
    party, areas = city.party, city.areas
    top = party["city"]["id"].new_from_index(0, areas["district"].height)
    district = city.of("district", numbers(areas["street"], "district"))
    street = city.of("street", numbers(areas["community"], "street"))
    return [
        (top, party["district"]["id"]),
        (district, party["street"]["id"]),
        (street, party["community"]["id"]),
    ]


def _inspections(city: City) -> list[Part]:
    """Inspect every quarter, in the field every half-year (一季一督导、半年一拉练)."""
    draw = city.recipe.draw("inspections")
    year = city.recipe.year
    parts = []
    for level, (tail, head) in enumerate(_levels(city)):
        rounds = [f"{year}Q{q}" for q in range(1, 5)]
        rounds += [f"{year}H{h}" for h in (1, 2)] if level < FIELD_LEVELS else []
        for name in rounds:
            seen = pl.Series(draw.mask(len(head), INSPECTED))
            marks = {"kind": "inspection", "round": name, "status": "returned"}
            score: Numbers = draw.whole(int(seen.sum()), 75, 100)
            parts.append(
                tie(
                    "EVALUATES",
                    tail.filter(seen),
                    head.filter(seen),
                    score=score.astype(np.float64),
                    scale_max=100.0,
                    doc_no=DOC_NO["inspection"],
                    **marks,
                )
            )
    return parts
