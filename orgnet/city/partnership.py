"""Regional party building: seats on committees, registrations, agreements, pairings."""

import numpy as np
import polars as pl

from orgnet.city.documents import DOC_NO
from orgnet.city.recipe import Draw, Numbers, ranked_within
from orgnet.city.subordination import City
from orgnet.city.tables import Frame, Part, numbers, tie

REGISTERED = 0.80  # of the units with an organization of their own
AT_STREET = 0.03  # of those, at the street's organization
STREETS_WITHOUT_SEATS = 0.06
COMMUNITIES_WITH_SEATS = 0.40
TERM = 5  # years of a seat


def partner_parts(city: City) -> tuple[list[Part], Frame]:
    """Return HOLDS_SEAT_ON and PARTNERS_WITH, and the pairs that they make.

    The pairs have `side` (the area's organization: communities by number, then
    streets), `unit` (the resident unit's number) and `since` (the year it began).
    """
    pieces = [
        *_registrations(city),
        *_agreements(city),
        *_meetings(city),
        *_seats(city),
    ]
    parts = [part for part, _ in pieces] + _alliances(city)
    pairs = pl.concat([pair for _, pair in pieces])
    return parts, pairs.sort("side", "unit", "since").unique(
        ("side", "unit"), keep="first", maintain_order=True
    )


def sides(city: City) -> pl.Series:
    """Return the organizations that pairs number: of communities, then of streets."""
    return pl.concat([city.party["community"]["id"], city.party["street"]["id"]])


def own_or_unit(city: City, unit: Numbers, chosen: np.ndarray) -> pl.Series:
    """Return ids of units, or of their own organization where chosen and known."""
    own = city.party["own"]
    place = np.full(city.units["resident"].height, -1)
    place[numbers(own, "unit")] = np.arange(own.height)
    through = chosen & (place[unit] >= 0)
    party = own["id"].gather(np.maximum(place[unit], 0))
    return party.zip_with(pl.Series(through), city.units["resident"]["id"].gather(unit))


def _pair(side: Numbers, unit: Numbers, since: pl.Series) -> Frame:
    years = since.dt.year().cast(pl.Int64)
    return pl.DataFrame({"side": side, "unit": unit, "since": years})


def _began(city: City, draw: Draw, n: int) -> pl.Series:
    """Return days on which partnerships began, one in ten in the city's own year."""
    recipe = city.recipe
    early = draw.days(n, recipe.day(3, 1, 1), recipe.day(1, 12, 31))
    late = draw.days(n, recipe.day(0, 1, 1), recipe.day(0, 6, 30))
    return late.zip_with(pl.Series(draw.mask(n, 0.1)), early)


def _registrations(city: City) -> list[tuple[Part, Frame]]:
    """Register units' own organizations where they stand (双报到)."""
    draw = city.recipe.draw("registrations")
    own = city.party["own"]
    chosen = draw.places(own.height, round(own.height * REGISTERED))
    unit = numbers(own, "unit")[chosen]
    side = _side(city, unit, draw.mask(len(unit), AT_STREET))
    since = _began(city, draw, len(unit))
    part = tie(
        "PARTNERS_WITH",
        own["id"].gather(chosen),
        sides(city).gather(side),
        mechanism="registration",
        basis=draw.codes(len(unit), {"documented": 0.9, "reported": 0.1}),
        valid_from=since,
        doc_no=DOC_NO["partners"],
    )
    return [(part, _pair(side, unit, since))]


def _side(city: City, unit: Numbers, at_street: np.ndarray) -> Numbers:
    resident = city.units["resident"]
    communities = city.areas["community"].height
    street = communities + numbers(resident, "street")[unit]
    return np.where(at_street, street, numbers(resident, "community")[unit])


def _agreements(city: City) -> list[tuple[Part, Frame]]:
    """Sign agreements and pair units with communities; some agreements have ended."""
    recipe, resident = city.recipe, city.units["resident"]
    found = []
    for mechanism, count in (("agreement", "agreements"), ("pairing", "pairings")):
        draw = recipe.draw(count)
        unit = draw.places(resident.height, recipe.count(count))
        n = len(unit)
        side = _side(city, unit, np.zeros(n, dtype=np.bool_))
        since = _began(city, draw, n)
        number = pl.Series(np.arange(1, n + 1)).cast(pl.String).str.zfill(5)
        ended = draw.days(n, recipe.day(0, 7, 1), recipe.day(0, 9, 30))
        numbered = {"agreement_no": f"合成共建{recipe.prefix}-" + number}
        part = tie(
            "PARTNERS_WITH",
            own_or_unit(city, unit, draw.mask(n, 0.25)),
            sides(city).gather(side),
            mechanism=mechanism,
            valid_from=since,
            valid_to=draw.blank(ended, 0.9),
            doc_no=DOC_NO["partners"],
            **(numbered if mechanism == "agreement" else {}),
        )
        found.append((part, _pair(side, unit, since)))
    return found


def _meetings(city: City) -> list[tuple[Part, Frame]]:
    """Let units sit in the streets' joint meetings."""
    recipe, resident = city.recipe, city.units["resident"]
    draw = recipe.draw("joint meetings")
    unit = draw.places(resident.height, recipe.count("joint_meetings"))
    side = _side(city, unit, np.ones(len(unit), dtype=np.bool_))
    since = _began(city, draw, len(unit))
    part = tie(
        "PARTNERS_WITH",
        resident["id"].gather(unit),
        sides(city).gather(side),
        mechanism="joint_meeting",
        valid_from=since,
    )
    return [(part, _pair(side, unit, since))]


def _alliances(city: City) -> list[Part]:
    """Ally units with the committee of a park of their district, where it has one."""
    draw = city.recipe.draw("alliances")
    resident, park = city.units["resident"], city.party["park"]
    unit = draw.places(resident.height, city.recipe.count("alliances"))
    district = numbers(resident, "district")[unit]
    of = numbers(park, "district")
    first = np.searchsorted(of, district, side="left")
    held = np.searchsorted(of, district, side="right") - first
    there = held > 0
    chosen = draw.whole(len(unit), first, first + np.maximum(held, 1) - 1)[there]
    tail = resident["id"].gather(unit[there])
    head = park["id"].gather(chosen)
    return [tie("PARTNERS_WITH", tail, head, mechanism="alliance")]


def _seats(city: City) -> list[tuple[Part, Frame]]:
    """Give the units with most members seats: three to five a street, fewer below."""
    draw = city.recipe.draw("seats")
    communities = city.areas["community"].height
    streets = city.areas["street"].height
    street_seats = draw.whole(streets, 3, 5)
    street_seats[draw.mask(streets, STREETS_WITHOUT_SEATS)] = 0
    community_seats = draw.whole(communities, 1, 2)
    community_seats[~draw.mask(communities, COMMUNITIES_WITH_SEATS)] = 0
    found = []
    for level, held in (("street", street_seats), ("community", community_seats)):
        shift = communities if level == "street" else 0
        found.append(_seated(city, draw, level, held, shift))
    return found


def _seated(
    city: City, draw: Draw, level: str, held: Numbers, shift: int
) -> tuple[Part, Frame]:
    recipe, resident = city.recipe, city.units["resident"]
    place = numbers(resident, level)
    rank = ranked_within(place, numbers(resident, "full"))
    unit = np.flatnonzero(rank < held[place])
    side = shift + place[unit]
    n = len(unit)
    since = draw.days(n, recipe.day(4, 1, 1), recipe.day(0, 3, 31))
    part = tie(
        "HOLDS_SEAT_ON",
        own_or_unit(city, unit, draw.mask(n, 0.8)),
        sides(city).gather(side),
        seats=np.where(draw.mask(n, 0.1), 2, 1),
        basis=draw.codes(n, {"documented": 0.92, "reported": 0.08}),
        valid_from=since,
        valid_to=since.dt.offset_by(f"{TERM}y"),
        doc_no=DOC_NO["seats"],
    )
    return part, _pair(side, unit, since)
