"""Of whom a question on coverage is asked: those who stand in an area on a day."""

from typing import Any

from orgnet.index import NONE, Index, Mask, as_day
from orgnet.query import Source


def prepared(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Say the day as a date and the area by the id it has on that day."""
    day, within = as_day(given["day"]), given["within"]
    area = None if within is None else source.area_id(within, day)
    return {**given, "day": day, "within": area}


def scope_of(index: Index, within: str | None) -> Mask:
    """Mark the valid nodes that stand in an area; all of them if none is named."""
    if within is None:
        return index.valid
    inside = index.subtree(index.area(within))
    return index.valid & (index.standing != NONE) & inside[index.standing]
