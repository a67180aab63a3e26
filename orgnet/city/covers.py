"""Which organization covers which area and unit, and by what: COVERS."""

import numpy as np
import polars as pl

from orgnet.city.documents import DOC_NO
from orgnet.city.organizations import joint_members
from orgnet.city.recipe import Draw, Numbers
from orgnet.city.subordination import City
from orgnet.city.tables import Frame, Part, ids, numbers, tie

WORK = {"instructor": 0.45, "liaison": 0.10, "": 0.45}  # of units without organization
SOCIAL_WORK = {"instructor": 0.50, "liaison": 0.05, "": 0.45}
REGIONAL = {"community": 0.65, "street": 0.35}
ENDED = 0.02  # of joint and work coverage, what has ended
ACTIVITY = 0.03


def cover_parts(city: City) -> list[Part]:
    """Return every coverage of one copy of the city."""
    parts = [*_of_areas(city), *_of_bodies(city)]
    for group, organizations, joint, setting in (
        ("resident", "own", "joint", "enterprise"),
        ("social", "social", "joint_social", "social_organization"),
    ):
        parts += _single(city, group, organizations)
        parts += _joint(city, group, joint, setting)
        parts += _attached(city, group)
        parts += _work(city, group)
    return [*parts, *_activity(city), *_twice(city), *_functional(city)]


def _organization(
    tail: pl.Series, head: pl.Series, mode: object, **more: object
) -> Part:
    return tie("COVERS", tail, head, basis="organization", mode=mode, **more)


def _of_areas(city: City) -> list[Part]:
    """Cover every area that has an organization; some grid branches cover two."""
    party, areas = city.party, city.areas
    parts = [
        _organization(party[level]["id"], areas[level]["id"], "single")
        for level in ("city", "district", "street", "community")
    ]
    park = areas["functional_area"]["id"]
    parts.append(_organization(party["park"]["id"], park, "single"))
    for level in ("compound", "grid"):
        place = numbers(party[level], "place")
        functional = party[level]["membership_basis"] == "functional"
        mode = pl.Series(["single", "functional"]).gather(functional.cast(pl.UInt32))
        covered = areas[level]["id"].gather(place)
        founded = party[level]["founded_on"]
        since = {"valid_from": founded} if level == "compound" else {}
        parts.append(_organization(party[level]["id"], covered, mode, **since))
    return [*parts, _second_grids(city)]


def _second_grids(city: City) -> Part:
    """Let a few grid branches cover the next grid too, which has a branch as well."""
    grid = city.party["grid"]
    community = numbers(grid, "community")
    same = np.flatnonzero(community[1:] == community[:-1])
    count = city.recipe.count("grid_branches_over_two")
    first = same[city.recipe.draw("second grids").places(len(same), count)]
    place = numbers(grid, "place")[first + 1]
    covered = city.areas["grid"]["id"].gather(place)
    return _organization(grid["id"].gather(first), covered, "regional")


def _of_bodies(city: City) -> list[Part]:
    """Cover public bodies by the topmost organization that each of them hosts."""
    party, units = city.party, city.units
    hosted = {"street": "street_office", "community": "committee", "park": "park_body"}
    parts = [
        _organization(party[o]["id"], units[u]["id"], "single")
        for o, u in hosted.items()
    ]
    body = party["body"].filter(~pl.col("group").is_in(["street_office", "park_body"]))
    groups = ("department", "office", "governance", "organizers")
    parts.append(_organization(body["id"], ids(*[units[g] for g in groups]), "single"))
    parts.append(_organization(party["line"]["id"], units["line"]["id"], "single"))
    return parts


def _single(city: City, group: str, organizations: str) -> list[Part]:
    """Cover units by their own organizations; a third with the day they began."""
    own = city.party[organizations]
    draw = city.recipe.draw(f"single {group}")
    unit = city.units[group]["id"].gather(numbers(own, "unit"))
    since = draw.blank(own["founded_on"], 0.67)
    doc = DOC_NO["party_building"]
    return [_organization(own["id"], unit, "single", valid_from=since, doc_no=doc)]


def _joint(city: City, group: str, organizations: str, setting: str) -> list[Part]:
    frame = city.units[group]
    draw = city.recipe.draw(f"joint {group}")
    branch, place = joint_members(city.recipe, frame, setting)
    since, until = _dates(city, draw, len(place))
    tail = city.party[organizations]["id"].gather(branch)
    head = frame["id"].gather(place)
    dates = {"valid_from": since, "valid_to": until}
    return [_organization(tail, head, "joint", **dates)]


def _dates(city: City, draw: Draw, n: int) -> tuple[pl.Series, pl.Series]:
    """Return when coverage began, often unknown, and ended, for a few."""
    recipe = city.recipe
    since = draw.blank(draw.days(n, recipe.day(3, 1, 1), recipe.day(1, 6, 30)), 0.7)
    until = draw.days(n, recipe.day(1, 9, 1), recipe.day(0, 6, 30))
    return since, draw.blank(until, 1 - ENDED)


def _chosen(frame: Frame, covered: str) -> Numbers:
    return np.flatnonzero((frame["covered"] == covered).to_numpy())


def _attached(city: City, group: str) -> list[Part]:
    """Attach units to regional organizations and to those of their industry."""
    frame = city.units[group]
    draw = city.recipe.draw(f"attached {group}")
    region = frame[_chosen(frame, "regional")]
    level = draw.codes(region.height, REGIONAL)
    tail = city.of("community", numbers(region, "community"))
    street = city.of("street", numbers(region, "street"))
    tail = street.zip_with(level == "street", tail)
    trade = frame[_chosen(frame, "industry")]
    leading = city.leading("n", numbers(trade, "district"))
    return [
        _organization(tail, region["id"], "regional"),
        _organization(leading, trade["id"], "industry"),
    ]


def _work(city: City, group: str) -> list[Part]:
    """Send instructors and liaisons to units without an organization."""
    frame = city.units[group]
    draw = city.recipe.draw(f"work {group}")
    bare = frame[_chosen(frame, "none")]
    mode = draw.codes(bare.height, WORK if group == "resident" else SOCIAL_WORK)
    sent = mode != ""
    unit, mode = bare.filter(sent), mode.filter(sent)
    level = draw.codes(unit.height, {"community": 0.8, "street": 0.2})
    street = city.of("street", numbers(unit, "street"))
    tail = city.of("community", numbers(unit, "community"))
    since, until = _dates(city, draw, unit.height)
    return [
        tie(
            "COVERS",
            street.zip_with(level == "street", tail),
            unit["id"],
            basis="work",
            mode=mode,
            valid_from=since,
            valid_to=until,
            doc_no=DOC_NO["party_building"],
        )
    ]


def _activity(city: City) -> list[Part]:
    frame = city.units["resident"]
    draw = city.recipe.draw("activity")
    unit = frame[draw.places(frame.height, round(frame.height * ACTIVITY))]
    tail = city.of("community", numbers(unit, "community"))
    return [tie("COVERS", tail, unit["id"], basis="activity", mode="regional")]


def _twice(city: City) -> list[Part]:
    """Cover a few units again, by a joint branch that is not above their own."""
    own, joint = city.party["own"], city.party["joint"]
    draw = city.recipe.draw("twice")
    chosen = draw.places(own.height, city.recipe.count("covered_twice"))
    unit = city.units["resident"]["id"].gather(numbers(own, "unit")[chosen])
    branch = draw.whole(len(chosen), 0, joint.height - 1)
    return [_organization(joint["id"].gather(branch), unit, "joint")]


def _functional(city: City) -> list[Part]:
    """Let functional compound branches cover a unit of their community."""
    compound, unit = city.party["compound"], city.units["resident"]
    draw = city.recipe.draw("functional coverage")
    branch = np.flatnonzero((compound["membership_basis"] == "functional").to_numpy())
    count = city.recipe.count("functional_coverages")
    branch = branch[draw.places(len(branch), count)]
    community = numbers(compound, "community")[branch]
    of = numbers(unit, "community")
    last = np.searchsorted(of, community, side="right") - 1
    there = (last >= 0) & (of[last] == community)
    tail = compound["id"].gather(branch[there])
    return [_organization(tail, unit["id"].gather(last[there]), "functional")]
