"""The units: departments and offices, committees, residents, social organizations."""

import numpy as np
import numpy.typing as npt
import polars as pl

from orgnet.city.names import departments
from orgnet.city.recipe import Numbers, Recipe
from orgnet.city.residents import residents, social_organizations
from orgnet.city.tables import Frame, Groups, Part, node, numbers, tie
from orgnet.schema.identifiers import make_credit_codes

CENTRAL, PROVINCIAL = 30, 30  # line superiors outside the city, roots included
# Each copy has 100,000 serial numbers, and each group of units its part of them.
BLOCKS = {
    "resident": 0,
    "social": 40_000,
    "committee": 60_000,
    "office": 70_000,
    "street_office": 80_000,
    "department": 90_000,
    "governance": 91_000,
    "organizers": 92_000,
    "park_body": 93_000,
    "line": 95_000,
}
SERIALS_A_COPY = 100_000
SCRAMBLE = 7_919  # prime to the number of serials, so that each is met once
SERIALS = 100_000_000
MULTI_SITE = 0.025  # of the resident units, those with a second place


def units(recipe: Recipe, areas: Groups) -> Groups:
    """Return every unit of one copy by group, with helping columns."""
    groups = {
        "department": _departments(areas),
        "office": _offices(areas),
        "governance": _party_departments(areas, "社会治理委", "城乡社区发展治理委员会"),
        "organizers": _party_departments(areas, "组织部", "党委组织部"),
        "street_office": _street_offices(areas),
        "park_body": _park_bodies(areas),
        "committee": _committees(recipe, areas),
        "line": _line_superiors(areas),
        "resident": residents(recipe, areas),
        "social": social_organizations(recipe, areas),
    }
    return {name: _coded(recipe, name, frame) for name, frame in groups.items()}


def _coded(recipe: Recipe, name: str, frame: Frame) -> Frame:
    """Return units with their credit codes and with ids made of them."""
    serial = recipe.copy * SERIALS_A_COPY + BLOCKS[name] + np.arange(frame.height)
    uscc = pl.Series(
        "uscc",
        make_credit_codes(
            frame["authority"].to_numpy().astype("U2"),
            frame["region"].to_numpy().astype("U6"),
            serial * SCRAMBLE % SERIALS,
        ),
    )
    return frame.with_columns(
        uscc, ("unit:" + uscc).alias("id"), pl.lit("synthetic").alias("source")
    )


def _public(frame: Frame, people: int) -> Frame:
    """Return government bodies with staff and members that grow with their rank."""
    staff = people + np.arange(frame.height) * 7 % people
    return frame.with_columns(
        pl.lit("11").alias("authority"),
        pl.lit(value=True).alias("operating"),
        pl.lit("active").alias("status"),
        pl.Series("employees", staff),
        pl.Series("members", staff // 2),
        pl.Series("full_members", staff // 2),
        pl.lit("S92").alias("industry"),
        pl.lit(value=True).alias("has_union"),
    )


def _departments(areas: Groups) -> Frame:
    names = pl.Series("name", departments())
    frame = pl.DataFrame({"name": "成都市" + names}).with_columns(
        pl.lit("government").alias("kind"),
        pl.lit("prefecture").alias("affiliation_level"),
        pl.lit(areas["city"]["code"][0]).alias("region"),
    )
    return _public(frame, 120)


def _offices(areas: Groups) -> Frame:
    """Return an office of every department in every district."""
    district, names = areas["district"], pl.Series("name", departments())
    where = np.repeat(np.arange(district.height), len(names))
    which = np.tile(np.arange(len(names)), district.height)
    frame = pl.DataFrame(
        {
            "name": district["name"].gather(where) + names.gather(which),
            "region": district["code"].gather(where),
            "district": where,
            "department": which,
        }
    ).with_columns(
        pl.lit("government").alias("kind"),
        pl.lit("county").alias("affiliation_level"),
        pl.lit(value=True).alias("local_office_of_department"),
    )
    return _public(frame, 60)


def _party_departments(areas: Groups, short: str, long: str) -> Frame:
    """Return one department of the city's committee and one of each district's."""
    city, district = areas["city"], areas["district"]
    frame = pl.DataFrame(
        {
            "name": pl.concat(
                ["成都市委" + pl.Series([long]), district["name"] + short]
            ),
            "region": pl.concat([city["code"], district["code"]]),
        }
    ).with_columns(
        pl.lit("party_department").alias("kind"),
        pl.Series("affiliation_level", ["prefecture"] + ["county"] * district.height),
    )
    return _public(frame, 24)


def _street_offices(areas: Groups) -> Frame:
    street = areas["street"]
    district = numbers(street, "district")
    office = pl.when(pl.col("kind") == "街道").then(pl.lit("办事处"))
    suffix = street.select(office.otherwise(pl.lit("人民政府"))).to_series()
    home = areas["district"]["name"].gather(district)
    frame = pl.DataFrame(
        {
            "name": home + street["name"] + suffix,
            "region": areas["district"]["code"].gather(district),
            "district": district,
            "street": np.arange(street.height),
        }
    ).with_columns(
        pl.lit("government").alias("kind"), pl.lit("street").alias("affiliation_level")
    )
    return _public(frame, 40)


def _park_bodies(areas: Groups) -> Frame:
    park = areas["functional_area"]
    district = numbers(park, "district")
    frame = pl.DataFrame(
        {
            "name": park["name"] + "管理委员会",
            "region": areas["district"]["code"].gather(district),
            "district": district,
            "functional_area": np.arange(park.height),
        }
    ).with_columns(
        pl.lit("government").alias("kind"), pl.lit("county").alias("affiliation_level")
    )
    return _public(frame, 30)


def _committees(recipe: Recipe, areas: Groups) -> Frame:
    """Return the residents' or villagers' committee of every community."""
    community = areas["community"]
    draw = recipe.draw("committees")
    n = community.height
    district = numbers(community, "district")
    home = areas["district"]
    village = (community["kind"] == "村").to_numpy()
    staff = draw.whole(n, 5, 14)
    full = np.minimum(draw.whole(n, 3, 9), staff)
    return pl.DataFrame(
        {
            "name": home["name"].gather(district) + community["name"],
            "region": home["code"].gather(district),
            "authority": np.where(village, "54", "55"),
            "community": np.arange(n),
            "employees": draw.blank(staff, 0.02),
            "members": draw.blank(full, 0.03),
            "full_members": draw.blank(full, 0.06),
        }
    ).with_columns(
        pl.lit("residents_committee").alias("kind"),
        pl.lit("self_governance").alias("line"),
        pl.lit("committee").alias("affiliation_level"),
        pl.lit("S96").alias("industry"),
        pl.lit(value=True).alias("operating"),
        pl.lit("active").alias("status"),
    )


def _line_superiors(areas: Groups) -> Frame:
    """Return the superiors of central and provincial units; none stands in the city.

    The first of each half is the root of its line.
    """
    city = areas["city"]["code"][0]
    n = np.arange(CENTRAL + PROVINCIAL)
    central, in_half = n < CENTRAL, n % CENTRAL
    of = pl.Series(np.where(central, "中央", "省属"))
    what = pl.Series(
        np.where(
            in_half == 0, "单位总部", np.where(in_half % 2, "企业集团", "主管部门")
        )
    )
    firm = (in_half > 0) & (in_half % 2 == 1)
    frame = pl.DataFrame(
        {
            "name": of
            + what
            + pl.Series(in_half).cast(pl.String).str.zfill(2)
            + f"（合成{city}）",
            "kind": np.where(firm, "state_enterprise", "government"),
            "affiliation_level": np.where(central, "central", "province"),
            "region": np.where(central, "100000", "510000"),
            "root": np.where(central, 0, CENTRAL),
        }
    )
    authority = pl.when(pl.col("kind") == "government").then(pl.lit("11"))
    return _public(frame, 300).with_columns(
        authority.otherwise(pl.lit("91")).alias("authority")
    )


def unit_parts(recipe: Recipe, areas: Groups, units: Groups) -> list[Part]:
    """Return the nodes of every unit and where each of them stands."""
    parts = [node("Unit", frame) for frame in units.values()]
    places = {
        "office": ("district", "district"),
        "street_office": ("street", "street"),
        "park_body": ("functional_area", "functional_area"),
        "committee": ("community", "community"),
    }
    for name, (level, column) in places.items():
        place = areas[level]["id"].gather(numbers(units[name], column))
        parts.append(tie("LOCATED_IN", units[name]["id"], place, primary=True))
    city = areas["city"]["id"].new_from_index(0, units["department"].height)
    parts.append(tie("LOCATED_IN", units["department"]["id"], city, primary=True))
    for name in ("governance", "organizers"):
        seat = pl.concat([areas["city"]["id"], areas["district"]["id"]])
        parts.append(tie("LOCATED_IN", units[name]["id"], seat, primary=True))
    located = [_located(recipe, areas, units[n], n) for n in ("resident", "social")]
    return [*parts, *located, *_second_places(recipe, areas, units["resident"])]


def _located(recipe: Recipe, areas: Groups, frame: Frame, name: str) -> Part:
    """Return the primary places: communities, and now and then another level."""
    shares = {"community": 0.84, "grid": 0.08, "compound": 0.05, "street": 0.02}
    level = recipe.draw(f"places of {name}").codes(
        frame.height, {**shares, "district": 0.01}
    )
    community, street = numbers(frame, "community"), numbers(frame, "street")
    place = areas["community"]["id"].gather(community)
    columns = {
        "grid": _below(areas["grid"], areas, community),
        "compound": _below(areas["compound"], areas, community),
        "street": areas["street"]["id"].gather(street),
        "district": areas["district"]["id"].gather(numbers(frame, "district")),
    }
    chosen = place
    for code, column in columns.items():
        there = (level == code) & column.is_not_null()
        chosen = column.zip_with(there, chosen)
    return tie("LOCATED_IN", frame["id"], chosen, primary=True)


def _below(lower: Frame, areas: Groups, community: Numbers) -> pl.Series:
    """Return one lower area in each community, null where it has none."""
    of = numbers(lower, "community")
    first = np.searchsorted(of, np.arange(areas["community"].height), side="left")
    place = first[community]
    inside = place < len(of)
    there: npt.NDArray[np.bool_] = inside.copy()
    there[inside] = of[place[inside]] == community[inside]
    found = lower["id"].gather(np.where(there, place, 0))
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(found))
    return found.zip_with(pl.Series(there), nothing)


def _second_places(recipe: Recipe, areas: Groups, resident: Frame) -> list[Part]:
    """Return second sites in other communities, and units that stand in a park too."""
    draw = recipe.draw("second places")
    count = round(resident.height * MULTI_SITE)
    several = resident[draw.places(resident.height, count)]
    community = areas["community"]
    other = (
        numbers(several, "community") + draw.whole(count, 1, 40)
    ) % community.height
    away = community["id"].gather(other)
    parts = [tie("LOCATED_IN", several["id"], away, primary=False)]
    inside = resident.filter(pl.col("park") >= 0)
    park = areas["functional_area"]["id"].gather(numbers(inside, "park"))
    parts.append(tie("LOCATED_IN", inside["id"], park, primary=False))
    return parts
