"""Lines and powers: supervision, coordination, deployment, dispatch, powers, calls."""

import numpy as np
import polars as pl

from orgnet.city.areas import street_of_park
from orgnet.city.documents import DOC_NO
from orgnet.city.names import departments
from orgnet.city.recipe import Draw, Numbers
from orgnet.city.subordination import City, line_superior
from orgnet.city.tables import Frame, Part, numbers, tie
from orgnet.schema.vocabulary import Power

COORDINATED = 0.91  # of a district's offices, those its governance committee leads
CONTACTED = 0.97  # of lower organizations
DISTRICT_CONTACTS = 30  # communities that each district's team contacts itself
DISPATCHED = 0.97  # of grids
DEPLOYED_STREETS = 60  # streets that each city department sends people to
DEPLOYED_COMMUNITIES = 9  # communities that each district office does
POWERS_HELD = 0.24  # of all powers of a street over all offices of its district
OFFICES_UNDER_NONE = 0.02
ASSESSED = 0.6  # of the powers to assess, those that were used
CALLED = 0.90  # of communities in a quarter
STREETS_CALLING = 0.97  # the others never call an office
CALLED_OFFICES = 3  # offices that each street calls in a quarter
UNRESOLVED = 0.012
CIVIL_AFFAIRS = 0  # place of the department that registers social organizations


def governance_parts(city: City) -> list[Part]:
    """Return the ties of administration of one copy of the city."""
    return [
        *_supervision(city),
        *_social_supervision(city),
        *_coordination(city),
        *_transfers(city),
        *_contacts(city),
        *_dispatches(city),
        *_deployments(city),
        *_powers(city),
        *_calls(city),
    ]


def _supervision(city: City) -> list[Part]:
    """Let departments supervise their offices, and lines the units on them."""
    units, recipe = city.units, city.recipe
    office, resident, line = units["office"], units["resident"], units["line"]
    parts = []

    def under(frame: Frame, head: pl.Series, role: str) -> None:
        parts.append(tie("SUPERVISED_BY", frame["id"], head, role=role))

    department = units["department"]["id"]
    under(office, department.gather(numbers(office, "department")), "business")
    for name in ("governance", "organizers"):
        group = units[name]
        top = group["id"][[0]].new_from_index(0, group.height - 1)
        under(group[1:], top, "parent")
    root = numbers(line, "root")
    below = np.flatnonzero(root != np.arange(line.height))
    under(line[below], line["id"].gather(root[below]), "parent")
    above = line_superior(recipe, resident)
    led = np.flatnonzero(above >= 0)
    under(resident[led], line["id"].gather(above[led]), "parent")
    draw = recipe.draw("supervision")
    which = draw.whole(resident.height, 0, len(departments()) - 1)
    level = resident["affiliation_level"]
    of_city = np.flatnonzero((level == "prefecture").to_numpy())
    under(resident[of_city], department.gather(which[of_city]), "business")
    of_district = np.flatnonzero((level == "county").to_numpy())
    place = _office(numbers(resident, "district"), which)[of_district]
    under(resident[of_district], office["id"].gather(place), "business")
    of_street = np.flatnonzero((level == "street").to_numpy())
    street = units["street_office"]["id"]
    above_street = street.gather(numbers(resident, "street")[of_street])
    under(resident[of_street], above_street, "parent")
    committee = units["committee"]
    of_community = numbers(city.areas["community"], "street")
    under(committee, street.gather(of_community), "business")
    return parts


def _office(district: Numbers, department: Numbers) -> Numbers:
    return district * len(departments()) + department


def _social_supervision(city: City) -> list[Part]:
    """Register social organizations with civil affairs; most have a guide as well."""
    social, units = city.units["social"], city.units
    draw = city.recipe.draw("social supervision")
    district = numbers(social, "district")
    civil = np.full(social.height, CIVIL_AFFAIRS)
    local = units["office"]["id"].gather(_office(district, civil))
    at_city = pl.Series(draw.mask(social.height, 0.15))
    top = units["department"]["id"].gather(civil)
    registrar = top.zip_with(at_city, local)
    guided = draw.places(social.height, round(social.height * 0.8))
    which = draw.whole(len(guided), 1, len(departments()) - 1)
    guide = units["office"]["id"].gather(_office(district[guided], which))
    return [
        tie("SUPERVISED_BY", social["id"], registrar, role="registration"),
        tie("SUPERVISED_BY", social["id"].gather(guided), guide, role="business"),
    ]


def _coordination(city: City) -> list[Part]:
    """Let governance committees coordinate departments, with a few links missing."""
    units = city.units
    governance, organizers, office = (
        units[n] for n in ("governance", "organizers", "office")
    )
    draw = city.recipe.draw("coordination")
    department = units["department"]["id"]
    top = governance["id"][[0]].new_from_index(0, len(department))
    linked = draw.places(office.height, round(office.height * COORDINATED))
    local = governance["id"].gather(1 + numbers(office, "district")[linked])
    mandate = {"mandate": "统筹城乡社区发展治理"}
    joint = {"mandate": "组织部门牵头", "joint_leadership": True}
    return [
        tie("COORDINATES", top, department, **mandate),
        tie("COORDINATES", local, office["id"].gather(linked), **mandate),
        tie("COORDINATES", organizers["id"], governance["id"], **joint),
    ]


def _transfers(city: City) -> list[Part]:
    """Move investment promotion from street offices to the bodies of parks."""
    streets = street_of_park(city.recipe, city.areas)
    park = np.repeat(np.arange(len(streets)), streets.shape[1])
    street, first = np.unique(streets.ravel(), return_index=True)
    tail = city.units["street_office"]["id"].gather(street)
    head = city.units["park_body"]["id"].gather(park[first])
    day = city.recipe.day(1, 10, 1)
    more = {"function": "招商引资", "on": day, "valid_from": day}
    return [tie("SUCCEEDED_BY", tail, head, doc_no=DOC_NO["transfer"], **more)]


def _contacts(city: City) -> list[Part]:
    """Let leadership teams contact lower organizations (四级班子联系下级党组织)."""
    party, areas = city.party, city.areas
    draw = city.recipe.draw("contacts")
    more = {
        "scheme": "四级班子联系下级党组织",
        "doc_no": DOC_NO["contacts"],
        "valid_from": city.recipe.day(1, 4, 1),
    }
    street = city.of("street", numbers(areas["community"], "street"))
    levels = [
        (city.of("district", numbers(areas["street"], "district")), party["street"]),
        (street, party["community"]),
        (
            city.of("community", numbers(party["compound"], "community")),
            party["compound"],
        ),
    ]
    top = party["city"]["id"].new_from_index(0, party["district"].height)
    parts = [tie("CONTACTS", top, party["district"]["id"], **more)]
    for tail, lower in levels:
        chosen = pl.Series(draw.mask(lower.height, CONTACTED))
        parts.append(
            tie("CONTACTS", tail.filter(chosen), lower["id"].filter(chosen), **more)
        )
    district = numbers(areas["community"], "district")
    count = min(DISTRICT_CONTACTS * party["district"].height, len(district) // 5)
    direct = draw.places(len(district), count)
    head = party["community"]["id"].gather(direct)
    team = city.of("district", district[direct])
    return [*parts, tie("CONTACTS", team, head, **more)]


def _dispatches(city: City) -> list[Part]:
    """Let community organizations dispatch the staff and funds of their grids."""
    grid = city.areas["grid"]
    draw = city.recipe.draw("dispatches")
    chosen = draw.places(grid.height, round(grid.height * DISPATCHED))
    n = len(chosen)
    tail = city.of("community", numbers(grid, "community")[chosen])
    return [
        tie(
            "DISPATCHES",
            tail,
            grid["id"].gather(chosen),
            staff=draw.blank(draw.whole(n, 1, 6), 0.04),
            funds_cny=draw.blank(draw.whole(n, 0, 40) * 1000, 0.15),
            authority="社区党组织统筹调度网格人员和资金",
            doc_no=DOC_NO["dispatches"],
        )
    ]


def _deployments(city: City) -> list[Part]:
    """Send the departments' staff and funds down to streets and communities."""
    areas, units = city.areas, city.units
    draw = city.recipe.draw("deployments")
    streets, n = areas["street"].height, units["department"].height
    each = min(DEPLOYED_STREETS, streets)
    chosen = draw.places(streets * n, each * n)
    # one street for each department whatever was drawn, so that all of them deploy
    chosen = np.unique(np.concatenate([chosen, np.arange(n) * streets]))
    tail = units["department"]["id"].gather(chosen // streets)
    parts = [
        _deployed(city, draw, tail, areas["street"]["id"].gather(chosen % streets))
    ]
    office, community = units["office"], areas["community"]
    district = numbers(community, "district")
    first = np.searchsorted(district, np.arange(areas["district"].height), side="left")
    held = np.bincount(district, minlength=len(first))
    of = np.repeat(np.arange(office.height), DEPLOYED_COMMUNITIES)
    home = numbers(office, "district")[of]
    place = first[home] + draw.whole(len(of), 0, held[home] - 1)
    pairs = np.unique(np.stack([of, place], axis=1), axis=0)
    head = community["id"].gather(pairs[:, 1])
    return [*parts, _deployed(city, draw, office["id"].gather(pairs[:, 0]), head)]


def _deployed(city: City, draw: Draw, tail: pl.Series, head: pl.Series) -> Part:
    n, recipe = len(tail), city.recipe
    return tie(
        "DEPLOYS_TO",
        tail,
        head,
        staff=draw.blank(draw.whole(n, 1, 9), 0.05),
        funds_cny=draw.blank(draw.whole(n, 0, 60) * 5000, 0.2),
        valid_from=draw.days(n, recipe.day(1, 1, 1), recipe.day(0, 6, 30)),
        valid_to=draw.blank(
            draw.days(n, recipe.day(0, 7, 1), recipe.day(0, 12, 31)), 0.9
        ),
        doc_no=DOC_NO["deploys"],
    )


def _powers(city: City) -> list[Part]:
    """Give streets the five powers over offices, and let them use the last of these."""
    draw = city.recipe.draw("powers")
    street, office = city.party["street"], city.units["office"]
    kinds, powers = len(departments()), sorted(p.value for p in Power)
    streets = street.height
    held = draw.uniform(streets * kinds * len(powers)) < POWERS_HELD
    held = held.reshape(streets, kinds, len(powers))
    # every power is held by some street, whatever was drawn
    held[np.arange(len(powers)) % streets, 0, np.arange(len(powers))] = True
    free = draw.mask(office.height, OFFICES_UNDER_NONE)
    district = numbers(city.areas["street"], "district")
    place = _office(district[:, None], np.arange(kinds)[None, :])
    held &= ~free[place][:, :, None]
    which, kind, power = np.nonzero(held)
    head = office["id"].gather(place[which, kind])
    name = pl.Series(powers).gather(power)
    doc = {"doc_no": DOC_NO["powers"]}
    parts = [
        tie("HOLDS_POWER_OVER", street["id"].gather(which), head, power=name, **doc)
    ]
    able = np.flatnonzero((name == "assess").to_numpy())
    used = able[draw.places(len(able), round(len(able) * ASSESSED))]
    marks = {"kind": "power", "round": str(city.recipe.year), "scale_max": 100.0}
    score = draw.whole(len(used), 70, 100).astype(np.float64)
    tail = street["id"].gather(which[used])
    return [
        *parts,
        tie("EVALUATES", tail, head.gather(used), score=score, **marks, **doc),
    ]


def _calls(city: City) -> list[Part]:
    """Call cases up from community to street, and from street to office, by quarter."""
    draw, year = city.recipe.draw("calls"), city.recipe.year
    community, party = city.areas["community"], city.party
    street = city.of("street", numbers(community, "street"))
    district = numbers(city.areas["street"], "district")
    kinds = len(departments())
    parts = []
    for quarter in (2, 3):
        chosen = draw.places(community.height, round(community.height * CALLED))
        tail = party["community"]["id"].gather(chosen)
        parts.append(
            _called(draw, tail, street.gather(chosen), f"{year}Q{quarter}", 40)
        )
    calling = np.flatnonzero(draw.mask(len(district), STREETS_CALLING))
    of = np.repeat(calling, CALLED_OFFICES)
    for quarter in (1, 2, 3, 4):
        start = np.repeat(draw.whole(len(calling), 0, kinds - 1), CALLED_OFFICES)
        kind = (start + np.tile(np.arange(CALLED_OFFICES) * 7, len(calling))) % kinds
        head = city.units["office"]["id"].gather(_office(district[of], kind))
        tail = party["street"]["id"].gather(of)
        parts.append(_called(draw, tail, head, f"{year}Q{quarter}", 120))
    return parts


def _called(
    draw: Draw, tail: pl.Series, head: pl.Series, period: str, most: int
) -> Part:
    """Return calls of a quarter; about one case in eighty is not resolved."""
    n = len(tail)
    cases = draw.whole(n, 2, most)
    open_cases = np.floor(cases * UNRESOLVED + draw.uniform(n)).astype(np.int64)
    resolved = np.maximum(cases - open_cases, 0)
    return tie(
        "ESCALATES_TO",
        tail,
        head,
        period=period,
        cases=cases,
        responded=np.minimum(resolved + draw.whole(n, 0, 1), cases),
        resolved=resolved,
        satisfied=np.maximum(resolved - draw.whole(n, 0, 2), 0),
        median_days=draw.blank(draw.whole(n, 4, 40) / 4, 0.05),
        doc_no=DOC_NO["escalates"],
    )
