"""Resident units and social organizations: kind, staff, members, coverage."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from orgnet.city.areas import street_of_park, weights
from orgnet.city.names import (
    AGENCY_WORDS,
    ASSOCIATION_WORDS,
    MASS_WORDS,
    OTHER_WORDS,
    PAIRS,
    SCHOOL_WORDS,
    SERVICE_WORDS,
    picked,
    trade_names,
    two_characters,
)
from orgnet.city.recipe import Draw, Flags, Numbers, Recipe, numbered_within
from orgnet.city.tables import Frame, Groups, numbers

KINDS = {
    "private_enterprise": 0.60,
    "institution": 0.14,
    "state_enterprise": 0.09,
    "government": 0.06,
    "cooperative": 0.04,
    "other": 0.03,
    "collective": 0.025,
    "mass_organization": 0.015,
}
AUTHORITIES = {
    "private_enterprise": "91",
    "institution": "12",
    "state_enterprise": "91",
    "government": "11",
    "cooperative": "93",
    "other": "31",
    "collective": "N2",
    "mass_organization": "13",
}
# How far up a unit's line goes; what is left over has no line.
AFFILIATION: Mapping[str, Mapping[str, float]] = {
    "private_enterprise": {"other": 1.0},
    "institution": {
        "central": 0.04, "province": 0.10, "prefecture": 0.20, "county": 0.60,
        "street": 0.06,
    },
    "state_enterprise": {
        "central": 0.22, "province": 0.22, "prefecture": 0.26, "county": 0.30,
    },
    "government": {
        "central": 0.08, "province": 0.12, "prefecture": 0.25, "county": 0.55,
    },
    "cooperative": {"committee": 0.6, "other": 0.4},
    "other": {"prefecture": 0.2, "county": 0.3, "other": 0.5},
    "collective": {"street": 0.4, "committee": 0.6},
    "mass_organization": {"prefecture": 0.2, "county": 0.8},
}  # fmt: skip
INDUSTRIES: Mapping[str, tuple[str, ...]] = {
    "private_enterprise": (
        "F51", "F52", "G54", "I65", "L72", "M73", "C39", "E47", "H61", "K70", "R88",
    ),
    "institution": ("P83", "Q84", "R87", "N78"),
    "state_enterprise": ("D44", "G53", "J66", "E48", "C37"),
    "government": ("S92", "S94"),
    "cooperative": ("A01", "A05"),
    "other": ("L72",),
    "collective": ("A01", "S96"),
    "mass_organization": ("S95",),
}  # fmt: skip
STATUS = {
    "active": 0.93,
    "suspended": 0.02,
    "closed": 0.02,
    "preparing": 0.01,
    "": 0.02,  # unknown
}
# Full members and one: two in five units have none, 45 % have three or more.
MEMBERS = (
    (0, 0.01), (0.38, 0.99), (0.3801, 1.01), (0.55, 3), (0.5501, 3.01), (0.75, 11),
    (0.89, 50), (0.945, 100), (0.99, 500), (1, 3000),
)  # fmt: skip
SOCIAL_MEMBERS = (
    (0, 0.01), (0.5, 0.99), (0.5001, 1.01), (0.85, 3), (0.8501, 3.01), (1, 60),
)  # fmt: skip
EMPLOYEES = ((0, 1), (0.3, 6), (0.7, 30), (0.95, 300), (1, 8000))
SOCIAL_EMPLOYEES = ((0, 1), (0.5, 5), (0.9, 20), (1, 200))
LARGE = 100  # staff
OBLIGED = 3  # full members from which a unit needs an organization of its own
# How units are covered, by full members: three or more, one or two, none.
COVERED: tuple[Mapping[str, float], ...] = (
    {"own": 0.87, "joint": 0.04, "regional": 0.02, "none": 0.07},
    {"joint": 0.66, "regional": 0.08, "industry": 0.04, "none": 0.22},
    {"regional": 0.05, "none": 0.95},
)
SOCIAL_COVERED: tuple[Mapping[str, float], ...] = (
    {"own": 0.80, "joint": 0.08, "none": 0.12},
    {"joint": 0.55, "regional": 0.10, "industry": 0.05, "none": 0.30},
    {"regional": 0.06, "none": 0.94},
)


def residents(recipe: Recipe, areas: Groups) -> Frame:
    """Return the resident units, community by community, with helping columns.

    `full` is how many full members there truly are, `covered` by what organization, and
    `park` the functional area whose committee leads the unit, -1 for none.
    """
    draw = recipe.draw("residents")
    frame = _placed(recipe, areas, recipe.count("resident_units"), "residents")
    kind = draw.codes(frame.height, KINDS)
    frame = frame.with_columns(
        kind.alias("kind"),
        kind.replace_strict(AUTHORITIES).alias("authority"),
        _by_kind(draw, kind, AFFILIATION).alias("affiliation_level"),
        pl.lit(value=True).alias("resident"),
    )
    frame = _staffed(draw, frame, MEMBERS, EMPLOYEES)
    return frame.with_columns(
        _names(draw, frame).alias("name"),
        _covered(draw, frame, COVERED).alias("covered"),
        pl.Series("park", _parks(recipe, areas, frame)),
        draw.blank(_industries(draw, kind), 0.05).alias("industry"),
    ).pipe(_reported, draw)


def social_organizations(recipe: Recipe, areas: Groups) -> Frame:
    """Return the social organizations, community by community."""
    draw = recipe.draw("social organizations")
    count = recipe.count("social_organizations")
    frame = _placed(recipe, areas, count, "social organizations")
    sort = draw.codes(frame.height, {"52": 0.53, "51": 0.46, "53": 0.01})
    volunteer = pl.Series(draw.mask(frame.height, 0.18))
    frame = frame.with_columns(
        sort.alias("authority"),
        pl.lit("social_organization").alias("kind"),
        pl.when(volunteer)
        .then(pl.lit("volunteer"))
        .when(sort == "51")
        .then(pl.lit("association"))
        .otherwise(pl.lit("service"))
        .alias("line"),
        pl.lit("S95").alias("industry"),
        pl.lit("other").alias("affiliation_level"),
    )
    frame = _staffed(draw, frame, SOCIAL_MEMBERS, SOCIAL_EMPLOYEES)
    number = draw.order(frame.height)
    word = (
        pl.when(pl.col("authority") == "51")
        .then(picked(ASSOCIATION_WORDS, number // PAIRS))
        .when(pl.col("authority") == "53")
        .then(pl.lit("公益基金会"))
        .otherwise(picked(SERVICE_WORDS, number // PAIRS))
    )
    return frame.with_columns(
        (pl.col("home") + two_characters(number) + word).alias("name"),
        _covered(draw, frame, SOCIAL_COVERED).alias("covered"),
    ).pipe(_reported, draw)


def _placed(recipe: Recipe, areas: Groups, count: int, topic: str) -> Frame:
    """Lay so many units into the communities, and give them a registrar."""
    draw = recipe.draw(f"places of {topic}")
    held = draw.spread(count, weights(recipe, areas))
    community = np.repeat(np.arange(len(held)), held)
    above = areas["community"]
    street, district = numbers(above, "street"), numbers(above, "district")
    home = areas["district"]["code"].gather(district[community])
    city = areas["city"]["code"][0]
    registrar = draw.codes(
        count, {"": 0.70, city: 0.20, "510000": 0.06, "100000": 0.04}
    )
    where = areas["street"]["name"].gather(street[community])
    return pl.DataFrame(
        {
            "community": community,
            "street": street[community],
            "district": district[community],
            "home": areas["district"]["name"].gather(district[community]),
            "region": home.zip_with(registrar == "", registrar),
            "label": above["label"].gather(community),
        }
    ).with_columns((pl.col("home") + where + pl.col("label")).alias("address"))


def _by_kind(
    draw: Draw, kind: pl.Series, tables: Mapping[str, Mapping[str, float]]
) -> pl.Series:
    """Draw a code for each unit by the shares of its kind."""
    drawn = np.empty(len(kind), dtype="U16")
    for code, shares in tables.items():
        here = np.flatnonzero((kind == code).to_numpy())
        drawn[here] = draw.codes(len(here), shares).to_numpy()
    return pl.Series(drawn)


def _industries(draw: Draw, kind: pl.Series) -> pl.Series:
    shares = {k: dict.fromkeys(i, 1 / len(i)) for k, i in INDUSTRIES.items()}
    return _by_kind(draw, kind, shares)


def _staffed(
    draw: Draw,
    frame: Frame,
    members: tuple[tuple[float, float], ...],
    employees: tuple[tuple[float, float], ...],
) -> Frame:
    """Give members, staff and state to units, with what a roster does not know."""
    n = frame.height
    full = draw.quantiles(n, members) - 1
    staff = np.maximum(draw.quantiles(n, employees), full * 2 + 1)
    large = staff >= LARGE
    status = draw.codes(n, STATUS)
    closed = (status == "closed").to_numpy()
    idle = closed | ((status == "suspended").to_numpy() & draw.mask(n, 0.6))
    union = draw.uniform(n) < np.where(large, 0.75, 0.18)
    youth = draw.uniform(n) < np.where(large, 0.40, 0.06)
    return frame.with_columns(
        pl.Series("full", full),
        draw.blank(full, 0.08).alias("full_members"),
        draw.blank(full + draw.whole(n, 0, 1), 0.05).alias("members"),
        draw.blank(staff, 0.06).alias("employees"),
        draw.blank(~idle, 0.04).alias("operating"),
        status.replace({"": None}).alias("status"),
        draw.blank(union, 0.10).alias("has_union"),
        draw.blank(youth, 0.12).alias("has_youth_league"),
    )


def _covered(
    draw: Draw, frame: Frame, shares: tuple[Mapping[str, float], ...]
) -> pl.Series:
    """Draw how each unit is covered, by its full members."""
    full = numbers(frame, "full")
    few = (full > 0) & (full < OBLIGED)
    bands = (full >= OBLIGED, few, full == 0)
    covered = np.empty(frame.height, dtype="U8")
    for band, of in zip(bands, shares, strict=True):
        here = np.flatnonzero(band)
        covered[here] = draw.codes(len(here), of).to_numpy()
    return pl.Series(covered)


def _reported(frame: Frame, draw: Draw) -> Frame:
    """Add what rosters say of the organization, which is not always what is so."""
    truly = frame["covered"].is_in(["own", "joint"]).to_numpy()
    said = truly ^ draw.mask(frame.height, 0.02)
    return frame.with_columns(draw.blank(said, 0.15).alias("reported_party_org"))


def _parks(recipe: Recipe, areas: Groups, frame: Frame) -> Numbers:
    """Return the park of units in its streets whose line goes to it, -1 for others."""
    draw = recipe.draw("units in parks")
    park_of_street = np.full(areas["street"].height, -1)
    streets = street_of_park(recipe, areas)
    for place in range(streets.shape[1]):
        park_of_street[streets[:, place]] = np.arange(len(streets))
    park = park_of_street[numbers(frame, "street")]
    firm = frame["kind"].is_in(["private_enterprise", "state_enterprise"]).to_numpy()
    joined: Flags = firm & draw.mask(frame.height, 0.30)
    return np.where(joined, park, -1)


def _names(draw: Draw, frame: Frame) -> pl.Series:
    """Return a name for each unit after its kind, none twice among firms."""
    n = frame.height
    drawn: npt.NDArray[np.int64] = draw.order(n)
    trade = trade_names(drawn)
    by_district = numbers(frame, "district") * len(KINDS)
    kind = frame["kind"].rank("dense").to_numpy().astype(np.int64) - 1
    number = _ordinal(by_district + kind)
    within = _ordinal(numbers(frame, "community") * len(KINDS) + kind)
    home, label = frame["home"], frame["label"]
    firm = "成都" + trade + "有限公司"
    return (
        frame.select(
            pl.when(pl.col("kind") == "private_enterprise")
            .then(firm)
            .when(pl.col("kind") == "state_enterprise")
            .then("成都市" + trade + "集团有限公司")
            .when(pl.col("kind") == "institution")
            .then(home + number + picked(SCHOOL_WORDS, drawn))
            .when(pl.col("kind") == "government")
            .then(home + number + picked(AGENCY_WORDS, drawn))
            .when(pl.col("kind") == "mass_organization")
            .then(home + number + picked(MASS_WORDS, drawn))
            .when(pl.col("kind") == "collective")
            .then(home + label + within + "股份经济合作社")
            .when(pl.col("kind") == "cooperative")
            .then(home + label + within + "农民专业合作社")
            .otherwise(home + number + picked(OTHER_WORDS, drawn))
        )
        .to_series()
        .rename("name")
    )


def _ordinal(group: Numbers) -> pl.Series:
    return "第" + pl.Series(numbered_within(group) + 1).cast(pl.String)
