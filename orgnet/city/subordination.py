"""Who is subordinate to whom, with the few faults that every real city has."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from orgnet.city.recipe import Numbers, Recipe
from orgnet.city.tables import Frame, Groups, Part, ids, numbers, tie
from orgnet.city.units import CENTRAL, PROVINCIAL

UNLED = {"community": 0.66, "street": 0.20, "district": 0.14}  # firms without a line
SOCIAL_LED = {"district": 0.50, "community": 0.35, "street": 0.15}
JOINT_LED = {"community": 0.70, "street": 0.30}
CITY_AGENCIES, CITY_STATE, DISTRICT_AGENCIES = 0, 2, 3  # places among the leading


@dataclass(frozen=True)
class City:
    """One copy of the city as its builders see it: groups of areas, units, parties."""

    recipe: Recipe
    areas: Groups
    units: Groups
    party: Groups

    def leading(self, key: str, district: Numbers) -> pl.Series:
        """Return the district's committee of agencies (a) or of private firms (n)."""
        shift = self.areas["district"].height if key == "n" else 0
        return self.party["leading"]["id"].gather(DISTRICT_AGENCIES + shift + district)

    def of(self, level: str, place: Numbers) -> pl.Series:
        """Return the organizations of areas of one of the upper levels, by number."""
        return self.party[level]["id"].gather(place)


def line_superior(recipe: Recipe, unit: Frame) -> Numbers:
    """Return the line superior of central and provincial units, -1 for others."""
    draw = recipe.draw("line superiors")
    level = unit["affiliation_level"]
    central = draw.whole(unit.height, 1, CENTRAL - 1)
    provincial = draw.whole(unit.height, CENTRAL + 1, CENTRAL + PROVINCIAL - 1)
    found = np.where((level == "central").to_numpy(), central, -1)
    return np.where((level == "province").to_numpy(), provincial, found)


def subordination_parts(city: City) -> list[Part]:
    """Return SUBORDINATE_TO, of which a known few are wrong, and HOSTED_BY."""
    superiors = {**_axis(city), **_public(city), **_units(city)}
    parts = _spoil(city, superiors)
    for group, superior in superiors.items():
        tails = city.party[group]["id"]
        there = superior.is_not_null()
        since = city.party[group].get_column("since", default=None)
        dates = {} if since is None else {"valid_from": since.filter(there)}
        parts.append(
            tie("SUBORDINATE_TO", tails.filter(there), superior.filter(there), **dates)
        )
    return [*parts, *_hosts(city)]


def _axis(city: City) -> dict[str, pl.Series]:
    """Return the superiors on the axis of city, district, street and community."""
    party, areas = city.party, city.areas
    districts = areas["district"].height
    return {
        "district": party["city"]["id"].new_from_index(0, districts),
        "street": city.of("district", numbers(areas["street"], "district")),
        "community": city.of("street", numbers(areas["community"], "street")),
        "compound": city.of("community", numbers(party["compound"], "community")),
        "grid": city.of("community", numbers(party["grid"], "community")),
        "park": city.of("district", numbers(party["park"], "district")),
    }


def _public(city: City) -> dict[str, pl.Series]:
    """Return the superiors of leading committees, public bodies and lines."""
    party, units = city.party, city.units
    leading, line = party["leading"], party["line"]
    top = party["city"]["id"].new_from_index(0, leading.height)
    below = city.of("district", numbers(leading, "place"))
    districts = np.arange(city.areas["district"].height)
    agencies = city.leading("a", districts)
    city_agencies = leading["id"][[CITY_AGENCIES]]
    root = line["id"].gather(numbers(line, "root"))
    own = line["id"] != root
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, line.height)
    return {
        "leading": below.zip_with(leading["level"] == "district", top),
        "line": root.zip_with(own, nothing),
        "body": pl.concat(
            [
                city_agencies.new_from_index(0, units["department"].height),
                city.leading("a", numbers(units["office"], "district")),
                *([city_agencies, agencies] * 2),
                city.of("street", numbers(units["street_office"], "street")),
                party["park"]["id"],
            ]
        ),
    }


def _units(city: City) -> dict[str, pl.Series]:
    """Return the superiors of the units' own organizations and of joint branches."""
    party, draw = city.party, city.recipe.draw("superiors")
    social = city.units["social"][numbers(party["social"], "unit")]
    found = {
        "own": _own_superiors(city),
        "branch": city.of("own", numbers(party["branch"], "own")),
        "social": _led(city, social, draw.codes(social.height, SOCIAL_LED)),
    }
    for group in ("joint", "joint_social"):
        joint = party[group]
        found[group] = _led(city, joint, draw.codes(joint.height, JOINT_LED))
    return found


def _led(city: City, frame: Frame, level: pl.Series) -> pl.Series:
    """Return the organization of each one's community or street, or the district's."""
    found = city.of("community", numbers(frame, "community"))
    found = city.of("street", numbers(frame, "street")).zip_with(
        level == "street", found
    )
    if "district" not in frame.columns:
        return found
    district = city.leading("n", numbers(frame, "district"))
    return district.zip_with(level == "district", found)


def _own_superiors(city: City) -> pl.Series:
    """Return the superior of each unit's own organization, along its line if any."""
    place = numbers(city.party["own"], "unit")
    unit = city.units["resident"][place]
    level, park = unit["affiliation_level"], numbers(unit, "park")
    draw = city.recipe.draw("unled")
    found = _led(city, unit, draw.codes(unit.height, UNLED))
    parks = city.of("park", np.maximum(park, 0))
    found = parks.zip_with(pl.Series(park >= 0) & (level == "other"), found)
    found = city.of("street", numbers(unit, "street")).zip_with(
        level == "street", found
    )
    committee = city.of("community", numbers(unit, "community"))
    found = committee.zip_with(level == "committee", found)
    county = city.leading("a", numbers(unit, "district"))
    found = county.zip_with(level == "county", found)
    state = (unit["kind"] == "state_enterprise").to_numpy()
    of_city = np.where(state, CITY_STATE, CITY_AGENCIES)
    led = city.party["leading"]["id"].gather(of_city)
    found = led.zip_with(level == "prefecture", found)
    line = line_superior(city.recipe, city.units["resident"])[place]
    above = city.of("line", np.maximum(line, 0))
    return above.zip_with(pl.Series(line >= 0), found)


def _spoil(city: City, superiors: dict[str, pl.Series]) -> list[Part]:
    """Put the faults in: orphans, wrong levels, neighbours, several, moves, cycles."""
    parts: list[Part] = []
    for group in ("compound", "grid"):
        parts += _spoil_small(city, group, superiors)
    orphans = city.recipe.draw("orphan communities").places(
        len(superiors["community"]), city.recipe.count("orphans")
    )
    superiors["community"] = superiors["community"].scatter(orphans, None)
    return [*parts, *_spoil_own(city, superiors)]


def _spoil_small(city: City, group: str, superiors: dict[str, pl.Series]) -> list[Part]:
    """Spoil the superiors of a few compounds or grids, none of them twice."""
    recipe, frame = city.recipe, city.party[group]
    order = recipe.draw(f"spoilt {group}").order(frame.height)
    names = ("orphans", "wrong_level", "superior_elsewhere", "several_superiors")
    ends = np.cumsum([recipe.count(n) for n in names])
    orphan, wrong, elsewhere, several = np.split(order[: ends[-1]], ends[:-1])
    street, community = numbers(frame, "street"), numbers(frame, "community")
    beside = (community + 1) % city.areas["community"].height
    found = superiors[group].scatter(orphan, None)
    found = found.scatter(wrong, city.of("street", street[wrong]))
    found = found.scatter(elsewhere, city.of("community", beside[elsewhere]))
    superiors[group] = found
    more = city.of("community", beside[several])
    return [tie("SUBORDINATE_TO", frame["id"].gather(several), more)]


def _spoil_own(city: City, superiors: dict[str, pl.Series]) -> list[Part]:
    """Spoil the superiors of a few organizations of units, and date a few moves."""
    recipe, own, branch = city.recipe, city.party["own"], city.party["branch"]
    draw = recipe.draw("spoilt own")
    small = (own["form"] == "branch").to_numpy()
    simple = np.flatnonzero(small)[draw.order(int(small.sum()))]
    names = ("orphans", "several_superiors", "moved", "three_cycles")
    ends = np.cumsum([recipe.count(n) for n in names[:3]])
    orphan, several, moved, rest = np.split(simple, ends)
    three = rest[: 3 * recipe.count("three_cycles")].reshape(-1, 3)
    large = np.flatnonzero(~small)
    two = large[draw.places(len(large), recipe.count("two_cycles"))]
    first = np.searchsorted(numbers(branch, "own"), two, side="left")
    found = superiors["own"].scatter(orphan, None)
    found = found.scatter(two, branch["id"].gather(first))
    ring = own["id"].gather(np.roll(three, -1, axis=1).ravel())
    superiors["own"] = found.scatter(three.ravel(), ring)
    unit = city.units["resident"][numbers(own, "unit")]
    beside = (numbers(unit, "community") + 1) % city.areas["community"].height
    day = recipe.day(1, 3, 1)
    since = pl.Series("since", [None], dtype=pl.Date).new_from_index(0, own.height)
    city.party["own"] = own.with_columns(since.scatter(moved, day))
    extra = city.of("community", beside[several])
    before = city.of("community", beside[moved])
    return [
        tie("SUBORDINATE_TO", own["id"].gather(several), extra),
        tie("SUBORDINATE_TO", own["id"].gather(moved), before, valid_to=day),
    ]


def _hosts(city: City) -> list[Part]:
    """Return where each organization sits; a joint branch sits nowhere."""
    areas, units, party = city.areas, city.units, city.party
    leading = party["leading"]
    seat = areas["district"]["id"].gather(numbers(leading, "place"))
    top = areas["city"]["id"].new_from_index(0, leading.height)
    own = city.units["resident"]["id"]
    bodies = ("department", "office", "governance", "organizers")
    hosts = {
        "city": areas["city"]["id"],
        "district": areas["district"]["id"],
        "street": units["street_office"]["id"],
        "community": units["committee"]["id"],
        "compound": areas["compound"]["id"].gather(numbers(party["compound"], "place")),
        "grid": areas["grid"]["id"].gather(numbers(party["grid"], "place")),
        "park": units["park_body"]["id"],
        "leading": seat.zip_with(leading["level"] == "district", top),
        "body": ids(
            *[units[b] for b in bodies], units["street_office"], units["park_body"]
        ),
        "line": units["line"]["id"],
        "own": own.gather(numbers(party["own"], "unit")),
        "branch": own.gather(numbers(party["branch"], "unit")),
        "social": units["social"]["id"].gather(numbers(party["social"], "unit")),
    }
    return [tie("HOSTED_BY", party[g]["id"], host) for g, host in hosts.items()]
