"""The party organizations: the axis of four levels, the units' own, joint branches."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from orgnet.city.names import form_suffix, part_name
from orgnet.city.recipe import (
    Draw,
    Numbers,
    Recipe,
    numbered_within,
)
from orgnet.city.tables import Frame, Groups, Part, node, numbers

COMMUNITY_FORMS = {"committee": 0.20, "general_branch": 0.237, "branch": 0.563}
FUNCTIONAL = {"compound": 0.45, "grid": 0.55}  # members' formal relation is elsewhere
MISFIT = 0.03  # of the units' organizations, those whose form is not that of their size
FORMS = ("branch", "general_branch", "committee")  # by size, with these bands
BANDS = (50, 100)  # full members
LARGEST = len(BANDS)
JOINT_SIZE = 4  # units a joint branch, as far as they divide
JOINT_OVERSIZE = 7
OVERSIZE_STREETS = 0.03
BY_KIND = {
    "private_enterprise": "enterprise",
    "state_enterprise": "enterprise",
    "institution": "institution",
    "government": "agency",
    "cooperative": "enterprise",
    "other": "enterprise",
    "collective": "enterprise",
    "mass_organization": "agency",
}
# Committees that lead what belongs to no street, as (key, name): of city, of district.
LEADING: Mapping[str, tuple[tuple[str, str], ...]] = {
    "city": (("a", "机关工委"), ("n", "两新工委"), ("s", "国资系统工委")),
    "district": (("a", "机关工委"), ("n", "两新工委")),
}


def organizations(recipe: Recipe, areas: Groups, units: Groups) -> Groups:
    """Return every party organization of one copy by group, with helping columns."""
    groups = {
        "city": _of_areas(areas["city"], "city", "成都市委"),
        "district": _of_areas(areas["district"], "district"),
        "street": _of_streets(areas["street"]),
        "community": _of_communities(recipe, areas),
        "compound": _of_small_areas(recipe, areas["compound"], "compound"),
        "grid": _of_small_areas(recipe, areas["grid"], "grid"),
        "park": _of_parks(areas["functional_area"]),
        "leading": _leading(areas),
        "body": _of_bodies(units),
        "line": _of_lines(units["line"]),
        "own": _own(recipe, units["resident"], "own organizations"),
        "social": _own(recipe, units["social"], "own social organizations"),
        "joint": _joint(recipe, areas, units["resident"], "enterprise"),
        "joint_social": _joint(recipe, areas, units["social"], "social_organization"),
    }
    groups["branch"] = _branches(groups["own"])
    return {name: _finished(recipe, name, frame) for name, frame in groups.items()}


def _finished(recipe: Recipe, name: str, frame: Frame) -> Frame:
    """Add ids, dates and the members that a roster knows."""
    draw = recipe.draw(f"organizations {name}")
    n = frame.height
    young = name in {"compound", "grid"}
    first = recipe.day(2 if young else 30, 1, 1)
    last = recipe.day(0, 6, 30) if young else recipe.day(3, 12, 31)
    five = name in {"community", "compound", "grid", "city", "district", "street"}
    founded = draw.days(n, first, last).alias("founded_on")
    # a few terms of three years and fewer of five have run out by the year's end
    elected = draw.days(n, recipe.day(5 if five else 3, 7, 1), recipe.day(0, 6, 30))
    return frame.with_columns(
        ("party:" + pl.col("code")).alias("id"),
        draw.blank(founded, 0.08).alias("founded_on"),
        draw.blank(
            pl.select(pl.max_horizontal(elected, founded)).to_series(), 0.06
        ).alias("last_election"),
        pl.lit(5 if five else 3).alias("term_years"),
        draw.blank(frame["full"], 0.05).alias("full_members"),
        draw.blank(frame["full"] + pl.Series(draw.whole(n, 0, 2)), 0.05).alias(
            "members"
        ),
        pl.lit("synthetic").alias("source"),
    )


def _of_areas(area: Frame, setting: str, name: str | None = None) -> Frame:
    column = pl.lit(name) if name else pl.col("name") + "委"
    return area.select(
        "code",
        column.alias("name"),
        pl.lit("committee").alias("form"),
        pl.lit(setting).alias("setting"),
        pl.lit(0).alias("full"),
    )


def _of_streets(street: Frame) -> Frame:
    """Return working committees of streets, and committees of towns and townships."""
    form = pl.when(pl.col("kind") == "街道").then(pl.lit("working_committee"))
    frame = street.select(
        "code", "name", form.otherwise(pl.lit("committee")).alias("form")
    )
    return frame.with_columns(
        pl.col("name") + form_suffix(frame["form"]),
        pl.lit("street").alias("setting"),
        pl.lit(0).alias("full"),
    )


def _of_communities(recipe: Recipe, areas: Groups) -> Frame:
    community = areas["community"]
    draw = recipe.draw("community organizations")
    form = draw.codes(community.height, COMMUNITY_FORMS)
    low = form.replace_strict({"committee": 100, "general_branch": 50, "branch": 9})
    home = areas["district"]["name"].gather(numbers(community, "district"))
    size = low.cast(pl.Int64) + pl.Series(draw.whole(community.height, 0, 40))
    return pl.DataFrame(
        {
            "code": community["code"],
            "name": home + community["label"] + form_suffix(form),
            "form": form,
            "full": size,
            "community": np.arange(community.height),
            "street": community["street"],
        }
    ).with_columns(pl.lit("community").alias("setting"))


def _of_small_areas(recipe: Recipe, area: Frame, setting: str) -> Frame:
    """Return the branches of compounds or grids that have one."""
    draw = recipe.draw(f"{setting} organizations")
    place = np.flatnonzero(area["organized"].to_numpy())
    frame = area[place]
    n = frame.height
    functional = pl.Series(draw.mask(n, FUNCTIONAL[setting]))
    temporary = pl.Series(draw.mask(n, 0.02))
    form = pl.when(temporary).then(pl.lit("temporary")).otherwise(pl.lit("branch"))
    mark = "" if setting == "compound" else "g"
    frame = frame.select(
        pl.concat_str("local", pl.lit(mark)).alias("code"),
        "name",
        form.alias("form"),
        pl.when(functional)
        .then(pl.lit("functional"))
        .otherwise(pl.lit("formal"))
        .alias("membership_basis"),
        "community",
        "street",
        "district",
    )
    return frame.with_columns(
        pl.col("name") + form_suffix(frame["form"]),
        pl.lit(setting).alias("setting"),
        pl.Series("full", draw.whole(n, 3, 32)),
        pl.Series("place", place),
    )


def _of_parks(park: Frame) -> Frame:
    return park.select(
        pl.col("local").alias("code"),
        (pl.col("name") + "党工委").alias("name"),
        pl.lit("working_committee").alias("form"),
        pl.lit("park").alias("setting"),
        pl.lit(0).alias("full"),
        "district",
    )


def _leading(areas: Groups) -> Frame:
    """Return the working committees of agencies, of state and of private firms."""
    parts = []
    for level, kinds in LEADING.items():
        area = areas[level]
        for key, name in kinds:
            of = pl.lit("成都市") if level == "city" else pl.col("name")
            part = area.select(
                (pl.col("code") + "-" + key).alias("code"), (of + name).alias("name")
            )
            place = np.arange(area.height)
            parts.append(
                part.with_columns(
                    pl.lit(level).alias("level"),
                    pl.Series("place", place),
                    pl.lit(key).alias("key"),
                )
            )
    return pl.concat(parts).with_columns(
        pl.lit("working_committee").alias("form"),
        pl.lit("agency").alias("setting"),
        pl.lit(0).alias("full"),
    )


def _of_bodies(units: Groups) -> Frame:
    """Return the organizations of departments, offices and other public bodies.

    `group` and `place` say which unit it is.
    """
    forms = {
        "department": "general_branch",
        "office": "branch",
        "governance": "branch",
        "organizers": "branch",
        "street_office": "branch",
        "park_body": "branch",
    }
    parts = [
        units[group].select(
            (
                pl.col("uscc")
                if group not in {"street_office", "park_body"}
                else pl.col("uscc") + "-01"
            ).alias("code"),
            "name",
            pl.lit(form).alias("form"),
            pl.lit("agency").alias("setting"),
            pl.col("full_members").alias("full"),
            pl.lit(group).alias("group"),
            pl.int_range(pl.len()).alias("place"),
        )
        for group, form in forms.items()
    ]
    frame = pl.concat(parts)
    part = pl.when(pl.col("group").is_in(["street_office", "park_body"]))
    suffix = part.then(pl.lit("机关党支部")).otherwise(form_suffix(frame["form"]))
    return frame.with_columns(pl.col("name") + suffix)


def _of_lines(line: Frame) -> Frame:
    return line.select(
        pl.col("uscc").alias("code"),
        (pl.col("name") + "党委").alias("name"),
        pl.lit("committee").alias("form"),
        pl.when(pl.col("kind") == "government")
        .then(pl.lit("agency"))
        .otherwise(pl.lit("enterprise"))
        .alias("setting"),
        pl.lit(0).alias("full"),
        "root",
    )


def _own(recipe: Recipe, unit: Frame, topic: str) -> Frame:
    """Return the topmost organization of every unit that has its own.

    `unit` is the unit's number; `total` its full members, `full` those that belong to
    the organization directly.
    """
    draw = recipe.draw(topic)
    place = np.flatnonzero((unit["covered"] == "own").to_numpy())
    frame = unit[place]
    n = frame.height
    total = numbers(frame, "full")
    band = np.searchsorted(BANDS, total, side="right")
    band = np.clip(
        band + draw.mask(n, MISFIT) * np.where(band < LARGEST, 1, -1), 0, LARGEST
    )
    form = pl.Series(FORMS).gather(band)
    setting = frame["kind"].replace_strict(BY_KIND, default="social_organization")
    return pl.DataFrame(
        {
            "code": frame["uscc"],
            "name": frame["name"] + form_suffix(form),
            "form": form,
            "setting": setting,
            "full": np.where(band > 0, 0, total),
            "total": total,
            "unit": place,
        }
    )


def _branches(own: Frame) -> Frame:
    """Return the branches below committees and general branches of units.

    `own` is the number of the organization above; members are shared out evenly.
    """
    total = numbers(own, "total")
    committee = (own["form"] == "committee").to_numpy()
    branch = (own["form"] == "branch").to_numpy()
    count = np.where(committee, np.clip(total // 45, 2, 12), np.clip(total // 25, 2, 4))
    count[branch] = 0
    above = np.repeat(np.arange(own.height), count)
    number = numbered_within(above)
    name = own["name"].gather(above).str.replace("党(委|总支)$", "")
    each = total[above] // count[above] + (number < total[above] % count[above])
    place = pl.Series(number + 1).cast(pl.String).str.zfill(2)
    return pl.DataFrame(
        {
            "code": own["code"].gather(above) + "-" + place,
            "name": name + part_name(number) + "党支部",
            "setting": own["setting"].gather(above),
            "full": each,
            "own": above,
            "unit": numbers(own, "unit")[above],
        }
    ).with_columns(pl.lit("branch").alias("form"))


def _joint(recipe: Recipe, areas: Groups, unit: Frame, setting: str) -> Frame:
    """Return joint branches of units that stand in one street.

    `joint_of` numbers them; the units they join are told by :func:`joint_members`.
    """
    draw = recipe.draw(f"joint branches {setting}")
    group, place = joint_members(recipe, unit, setting)
    count = int(group.max(initial=-1)) + 1
    full = np.bincount(group, weights=numbers(unit, "full")[place], minlength=count)
    first = place[np.searchsorted(group, np.arange(count))]
    community = numbers(unit, "community")[first]
    number = numbered_within(community)
    code = areas["community"]["code"].gather(community)
    mark = "j" if setting == "enterprise" else "s"
    building = pl.Series(draw.mask(count, 0.12 if setting == "enterprise" else 0))
    label = areas["community"]["label"].gather(community)
    word = "企业" if setting == "enterprise" else "社会组织"
    frame = pl.DataFrame(
        {
            "code": code + mark + pl.Series(number + 1).cast(pl.String).str.zfill(3),
            "what": label + part_name(number),
            "community": community,
            "street": numbers(unit, "street")[first],
            "full": full.astype(np.int64),
        }
    )
    return frame.with_columns(
        (
            pl.col("what")
            + pl.when(building).then(pl.lit("楼宇")).otherwise(pl.lit(word))
            + "联合党支部"
        ).alias("name"),
        pl.lit("joint_branch").alias("form"),
        pl.when(building)
        .then(pl.lit("building"))
        .otherwise(pl.lit(setting))
        .alias("setting"),
    ).drop("what")


def joint_members(recipe: Recipe, unit: Frame, setting: str) -> tuple[Numbers, Numbers]:
    """Return the number of the joint branch of each unit in one, and the unit's number.

    Units are joined within a street, about four at a time; in a few streets about
    seven, which is more than a joint branch generally covers.
    """
    draw = recipe.draw(f"joint branches {setting} members")
    place = np.flatnonzero((unit["covered"] == "joint").to_numpy())
    street = numbers(unit, "street")[place]
    streets = int(street.max(initial=0)) + 1
    held = np.bincount(street, minlength=streets)
    size = np.where(_oversize(draw, streets), JOINT_OVERSIZE, JOINT_SIZE)
    branches = np.ceil(held / size).astype(np.int64)
    within = numbered_within(street) * branches[street] // held[street]
    first = np.cumsum(branches) - branches
    return first[street] + within, place


def _oversize(draw: Draw, streets: int) -> np.ndarray:
    marked = draw.mask(streets, OVERSIZE_STREETS)
    marked[draw.places(streets, 1)] = True  # one at least, however small the city
    return marked


def organization_parts(groups: Groups) -> list[Part]:
    """Return the nodes of every party organization."""
    return [node("PartyOrganization", frame) for frame in groups.values()]
