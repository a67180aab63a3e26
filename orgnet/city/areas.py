"""The areas: the real skeleton, and the compounds, grids and parks laid into it."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from orgnet.city.names import (
    COMPOUND_WORDS,
    FIRST,
    community_label,
    picked,
    two_characters,
)
from orgnet.city.recipe import Draw, Numbers, Recipe, numbered_within
from orgnet.city.tables import Frame, Groups, Part, node, numbers, tie
from orgnet.errors import OrgnetError

FOLDERS = (
    files("orgnet") / "data" / "chengdu",  # in a wheel
    Path(__file__).resolve().parents[2] / "data" / "chengdu",  # in a checkout
)
LEVELS = ("city", "district", "street", "community")
BLOCK = 4  # neighbouring streets that are taken together into a part of the city
GRID_HOUSEHOLDS = ((0, 90), (0.1, 280), (0.3277, 500), (0.8, 900), (1, 2600))
COMPOUND_HOUSEHOLDS = ((0, 20), (0.3, 90), (0.7, 320), (0.98, 1900), (1, 5200))
PEOPLE = 2.6  # a household
UNRECORDED = 0.8  # of compounds without an organization, those without a record
SMALL_GRID = 280  # households, well below the limit of 500
DEPARTMENT_GRIDS = ("综治", "公安警务", "城市管理", "民政")
INTEGRATED = {
    "integrated_members": 0.88,
    "integrated_grids": 0.95,
    "integrated_duties": 0.74,
    "integrated_workflow": 0.62,
    "integrated_platform": 0.55,
}


def data_file(name: str) -> Traversable:
    """Return a file of the skeleton, from the wheel or from a checkout.

    Raises
    ------
    OrgnetError
        If the installation has no data.
    """
    for folder in FOLDERS:
        if (folder / name).is_file():
            return folder / name
    msg = f"the file chengdu/{name} is not installed; install orgnet-graph again"
    raise OrgnetError(msg, [name])


@cache
def read(name: str) -> Frame:
    """Read a table of the skeleton, everything as text."""
    return pl.read_csv(data_file(name).read_bytes(), infer_schema=False)


def real_areas(year: int) -> Groups:
    """Return the areas of an edition by level, each with the number of its superior."""
    edition = read(f"areas_{year}.csv")
    zones = read("zones_2019.csv").select(code="street_code", zone="zone")
    groups: Groups = {}
    for upper, level in zip((None, *LEVELS), LEVELS, strict=False):
        frame = edition.filter(pl.col("level") == level).sort("code")
        if upper:
            above = groups[upper].select(
                pl.col("code").alias("parent_code"),
                pl.int_range(pl.len()).alias(upper),
            )
            frame = frame.join(
                above, on="parent_code", how="left", maintain_order="left"
            )
        groups[level] = frame
    groups["street"] = groups["street"].join(
        zones, on="code", how="left", maintain_order="left"
    )
    return groups


def part_of_city(groups: Groups, scale: float) -> Groups:
    """Return whole real streets, so many that they hold about this share of them."""
    streets = groups["street"].height
    blocks = max(2, round(streets * scale / BLOCK))
    starts = np.linspace(0, streets - BLOCK, blocks).astype(np.int64)
    chosen = np.unique(starts[:, None] + np.arange(BLOCK))
    street = groups["street"][chosen]
    districts = np.unique(numbers(street, "district"))
    community = groups["community"].filter(
        pl.Series(_among(groups["community"], chosen))
    )
    return {
        "city": groups["city"],
        "district": groups["district"][districts],
        "street": street.with_columns(_renumbered(street, "district", districts)),
        "community": community.with_columns(_renumbered(community, "street", chosen)),
    }


def _among(communities: Frame, streets: Numbers) -> npt.NDArray[np.bool_]:
    return np.isin(numbers(communities, "street"), streets)


def _renumbered(frame: Frame, column: str, kept: Numbers) -> pl.Series:
    return pl.Series(column, np.searchsorted(kept, numbers(frame, column)))


def areas(recipe: Recipe, real: Groups) -> Groups:
    """Return every area of one copy by level, with helping columns.

    The number of the community, street and district an area lies in stands in columns
    of those names, counted in the order of these groups.
    """
    groups = {level: _coded(recipe, frame) for level, frame in real.items()}
    street = numbers(groups["community"], "street")
    district = numbers(groups["street"], "district")[street]
    groups["community"] = groups["community"].with_columns(
        pl.Series("district", district),
        community_label(pl.col("name"), pl.col("kind")).alias("label"),
    )
    weight = weights(recipe, groups)
    groups["compound"] = _compounds(recipe, groups, weight)
    groups["grid"] = _grids(recipe, groups, weight)
    groups["functional_area"] = _functional_areas(recipe, groups)
    groups["department_grid"] = _department_grids(recipe, groups["grid"])
    return _described(recipe, groups)


def _coded(recipe: Recipe, frame: Frame) -> Frame:
    """Return real areas with ids, and with codes of their own in a copy."""
    code = pl.col("code").str.replace("^5101", recipe.prefix)
    named = frame.with_columns(code).with_columns(
        pl.format(f"area:{{}}@{recipe.year}", "code").alias("id"),
        pl.lit(str(recipe.year)).alias("edition"),
        pl.lit(recipe.skeleton_source).alias("source"),
    )
    if recipe.copy and frame["level"][0] == "city":
        return named.with_columns(pl.col("name") + f"（合成{recipe.copy}）")
    return named


def weights(recipe: Recipe, groups: Groups) -> npt.NDArray[np.float64]:
    """Return how much of the city's life each community holds."""
    community = groups["community"]
    urban = (groups["district"]["kind"] == "区").to_numpy()[
        numbers(community, "district")
    ]
    village = (community["kind"] == "村").to_numpy()
    chance = 0.4 + recipe.draw("weights").uniform(community.height)
    return np.where(village, 0.35, 3.0) * np.where(urban, 1.6, 1.0) * chance


def _within(recipe: Recipe, community: Numbers, groups: Groups, mark: str) -> Frame:
    """Return the common columns of areas below the communities."""
    above = groups["community"]
    number = pl.Series(numbered_within(community) + 1).cast(pl.String).str.zfill(3)
    code = above["code"].gather(community) + mark + number
    return pl.DataFrame(
        {
            "id": "area:" + code + f"@{recipe.year}",
            "local": code,
            "number": number,
            "label": above["label"].gather(community),
            "community": community,
            "street": numbers(above, "street")[community],
            "district": numbers(above, "district")[community],
        }
    ).with_columns(edition=pl.lit(str(recipe.year)), source=pl.lit("synthetic"))


def _compounds(
    recipe: Recipe, groups: Groups, weight: npt.NDArray[np.float64]
) -> Frame:
    draw = recipe.draw("compounds")
    village = (groups["community"]["kind"] == "村").to_numpy()
    held = draw.spread(recipe.count("compounds"), np.where(village, 0.2, 1) * weight)
    community = np.repeat(np.arange(len(held)), held)
    frame = _within(recipe, community, groups, "c")
    n = frame.height
    number = numbered_within(community) + draw.whole(len(held), 0, 99)[community]
    word = picked(COMPOUND_WORDS, number // len(FIRST))
    organized = draw.some(n, recipe.count("compound_organizations"))
    households = draw.quantiles(n, COMPOUND_HOUSEHOLDS)
    members = draw.quantiles(n, ((0, 0.01), (0.1, 1), (0.5, 12), (1, 180)))
    members = np.where(organized, np.maximum(members, 3), members)
    return frame.with_columns(
        (
            frame["label"].str.replace("(社区|村)$", "") + picked(FIRST, number) + word
        ).alias("name"),
        pl.lit("compound").alias("level"),
        draw.blank(households, 0.03).alias("households"),
        draw.blank(np.floor(households * PEOPLE).astype(np.int64), 0.08).alias(
            "population"
        ),
        draw.blank(members, 0.1).alias("members"),
        pl.Series("organized", organized),
        _steps(draw, organized).alias("step"),
        _disputes(recipe, organized).alias("disputes_resolved"),
    )


def _steps(draw: Draw, organized: npt.NDArray[np.bool_]) -> pl.Series:
    """Return the step of the five-step method that each compound has reached."""
    n = len(organized)
    later = draw.whole(n, 2, 5)  # the second step founds the organization
    return draw.blank(np.where(organized, later, draw.whole(n, 0, 1)), 0.04)


def _disputes(recipe: Recipe, organized: npt.NDArray[np.bool_]) -> pl.Series:
    """Return the disputes settled; not recorded for most that have no organization."""
    draw = recipe.draw("disputes")
    chance = draw.uniform(len(organized))
    weight = np.where(organized, 1.0, 0.05) * (0.2 + chance)
    weight[~organized & (chance < UNRECORDED)] = 0
    settled = draw.spread(recipe.count("disputes_resolved"), weight)
    return (
        pl.DataFrame({"n": settled, "known": weight > 0})
        .select(pl.when("known").then("n"))
        .to_series()
    )


def _grids(recipe: Recipe, groups: Groups, weight: npt.NDArray[np.float64]) -> Frame:
    draw = recipe.draw("grids")
    communities = len(weight)
    more = max(recipe.count("grids") - communities, 0)
    community = np.repeat(np.arange(communities), 1 + draw.spread(more, weight))
    frame = _within(recipe, community, groups, "")
    n = frame.height
    organized = draw.some(n, recipe.count("grid_branches"))
    exclusive = draw.some(n, recipe.count("exclusive_grids"))
    households = draw.quantiles(n, GRID_HOUSEHOLDS)
    people = np.floor(households * PEOPLE).astype(np.int64)
    direct = draw.some(n, recipe.count("grids_under_a_street"))
    return frame.with_columns(
        pl.col("local").alias("code"),
        (
            frame["label"] + "第" + frame["number"].str.strip_chars_start("0") + "网格"
        ).alias("name"),
        pl.lit("grid").alias("level"),
        pl.Series(["一般网格", "专属网格"])
        .gather(exclusive.astype(np.int64))
        .alias("kind"),
        pl.Series("households", households),
        draw.blank(people, 0.05).alias("population"),
        pl.Series("exclusive", exclusive),
        pl.Series("organized", organized),
        pl.Series("under_a_street", direct),
        draw.blank(~organized & draw.mask(n, 0.4), 0.03).alias("grid_group"),
        draw.blank(draw.quantiles(n, ((0, 0.5), (0.5, 12), (1, 90))), 0.07).alias(
            "members"
        ),
        pl.Series("full_time_staff", draw.whole(n, 0, 3)),
        draw.blank(draw.whole(n, 0, 6), 0.05).alias("part_time_staff"),
        *[
            draw.blank(draw.mask(n, share), 0.02).alias(name)
            for name, share in INTEGRATED.items()
        ],
    )


def _functional_areas(recipe: Recipe, groups: Groups) -> Frame:
    """Return the industrial functional areas, each run by one district."""
    draw = recipe.draw("functional areas")
    districts = groups["district"].height
    held = draw.spread(recipe.count("functional_areas"), np.ones(districts))
    district = np.repeat(np.arange(districts), held)
    number = numbered_within(district)
    code = groups["district"]["code"].gather(district)
    code = code + "f" + pl.Series(number + 1).cast(pl.String).str.zfill(2)
    pair = two_characters(draw.order(len(district)))
    name = groups["district"]["name"].gather(district) + pair + "产业功能区"
    return pl.DataFrame(
        {"id": "area:" + code + f"@{recipe.year}", "local": code, "name": name}
    ).with_columns(
        pl.Series("district", district),
        pl.lit("functional_area").alias("level"),
        pl.lit(str(recipe.year)).alias("edition"),
        pl.lit("synthetic").alias("source"),
    )


def _department_grids(recipe: Recipe, grid: Frame) -> Frame:
    """Return the departments' own grids, of which most were merged into base grids."""
    draw = recipe.draw("department grids")
    base = draw.places(grid.height, recipe.count("department_grids"))
    n = len(base)
    kind = picked(DEPARTMENT_GRIDS, draw.whole(n, 0, 3))
    merged = draw.some(n, recipe.count("department_grids_merged"))
    ended = pl.Series([recipe.day(1, 12, 31)]).new_from_index(0, n)
    return pl.DataFrame(
        {
            "id": "area:" + grid["local"].gather(base) + f"d@{recipe.year}",
            "name": grid["name"].gather(base) + "（" + kind + "）",
            "base": base,
            "community": numbers(grid, "community")[base],
            "merged": merged,
        }
    ).with_columns(
        pl.lit("micro_grid").alias("level"),
        pl.lit("部门网格").alias("kind"),
        pl.lit(str(recipe.year)).alias("edition"),
        pl.lit("synthetic").alias("source"),
        pl.when("merged").then(ended).alias("valid_to"),
    )


def _described(recipe: Recipe, groups: Groups) -> Groups:
    """Add up the households, and give out demonstration status and the like."""
    draw = recipe.draw("described")
    grid, community, street = groups["grid"], groups["community"], groups["street"]
    held = np.bincount(
        numbers(grid, "community"),
        weights=numbers(grid, "households"),
        minlength=community.height,
    ).astype(np.int64)
    groups["community"] = _with_households(community, held).with_columns(
        pl.Series(
            "social_workers",
            draw.spread(recipe.count("social_workers"), 0.2 + held / held.max()),
        ),
        draw.blank(np.full(community.height, 15), 0.03).alias("proof_items"),
    )
    in_street = np.bincount(numbers(community, "street"), held, street.height)
    groups["street"] = _with_households(street, in_street).with_columns(
        pl.when(pl.col("kind") == "街道")
        .then(pl.lit("done"))
        .otherwise(draw.codes(street.height, {"underway": 0.6, "pending": 0.4}))
        .alias("reform_status")
    )
    districts = groups["district"].height
    in_district = np.bincount(numbers(street, "district"), in_street, districts)
    groups["district"] = _with_households(groups["district"], in_district)
    groups["city"] = _with_households(groups["city"], np.array([held.sum()]))
    groups["grid"] = _spotty(draw, grid)
    plural = {"street": "streets", "community": "communities", "compound": "compounds"}
    for level, word in plural.items():
        count = recipe.count(f"demonstration_{word}")
        groups[level] = _demonstrating(recipe, groups[level], level, count)
    return groups


def _spotty(draw: Draw, grid: Frame) -> Frame:
    """Forget the households of a few small grids."""
    small = np.flatnonzero(numbers(grid, "households") < SMALL_GRID)
    lost = small[draw.places(len(small), len(small) // 12)]
    return grid.with_columns(grid["households"].scatter(lost, None))


def _with_households(frame: Frame, held: npt.NDArray[np.generic]) -> Frame:
    households = pl.Series("households", held).cast(pl.Int64)
    population = (households * PEOPLE).floor().cast(pl.Int64)
    return frame.with_columns(households, population.alias("population"))


def _demonstrating(recipe: Recipe, frame: Frame, level: str, count: int) -> Frame:
    """Award demonstration status to so many, in two batches."""
    draw = recipe.draw(f"demonstration {level}")
    awarded = draw.some(frame.height, count)
    years = {str(recipe.year - 1): 0.5, str(recipe.year): 0.5}
    return frame.with_columns(pl.Series("demonstration", awarded)).with_columns(
        pl.when("demonstration")
        .then(draw.codes(frame.height, years))
        .alias("demonstration_batch"),
        pl.when("demonstration").then(pl.lit("city")).alias("demonstration_level"),
    )


def area_parts(recipe: Recipe, groups: Groups) -> list[Part]:
    """Return the nodes of every area and the relationships among areas."""
    parts = [node("Area", frame) for frame in groups.values()]
    parts += _part_of(recipe, groups)
    parts += _overlaps(recipe, groups)
    old, base = groups["department_grid"], groups["grid"]
    merged = old.filter("merged")
    parts.append(
        tie(
            "SUCCEEDED_BY",
            merged["id"],
            base["id"].gather(numbers(merged, "base")),
            function="多网合一",
            relation="merged",
            on=recipe.day(1, 12, 31),
        )
    )
    return parts


def _part_of(recipe: Recipe, groups: Groups) -> list[Part]:
    above: Mapping[str, str] = {
        "district": "city",
        "street": "district",
        "community": "street",
        "compound": "community",
        "functional_area": "district",
        "department_grid": "community",
    }
    parts = [
        tie(
            "PART_OF",
            groups[level]["id"],
            groups[upper]["id"].gather(numbers(groups[level], upper)),
            source=groups[level]["source"],
            **({"primary": True} if level == "compound" else {}),
        )
        for level, upper in above.items()
    ]
    grid, direct = groups["grid"], pl.col("under_a_street")
    regular, stray = grid.filter(~direct), grid.filter(direct)
    for frame, upper in ((regular, "community"), (stray, "street")):
        superior = groups[upper]["id"].gather(numbers(frame, upper))
        parts.append(tie("PART_OF", frame["id"], superior))
    compound = groups["compound"]
    count = recipe.count("compounds_in_two_communities")
    two = compound[recipe.draw("two communities").places(compound.height, count)]
    other = _neighbour(groups["community"], numbers(two, "community"))
    beside = groups["community"]["id"].gather(other)
    parts.append(tie("PART_OF", two["id"], beside, primary=False))
    return parts


def _neighbour(communities: Frame, community: Numbers) -> Numbers:
    """Return another community for each, the next in the list."""
    return (community + 1) % communities.height


def _overlaps(recipe: Recipe, groups: Groups) -> list[Part]:
    """Return what cuts across what: parks and streets, compounds and grids."""
    draw = recipe.draw("overlaps")
    park, street = groups["functional_area"], groups["street"]
    streets = street_of_park(recipe, groups)
    width = streets.shape[1]
    pairs = np.stack([np.repeat(np.arange(park.height), width), streets.ravel()], 1)
    pairs = np.unique(pairs, axis=0)
    parts = [
        tie(
            "OVERLAPS", park["id"].gather(pairs[:, 0]), street["id"].gather(pairs[:, 1])
        )
    ]
    compound, grid = groups["compound"], groups["grid"]
    community = numbers(grid, "community")
    held = np.bincount(community, minlength=groups["community"].height)
    first = np.cumsum(held) - held
    place = numbers(compound, "community")
    one = numbered_within(place) % held[place]
    second = (one + 1) % held[place]
    two = (second != one) & draw.mask(compound.height, 0.2)
    for chosen, number in ((np.ones(len(two), dtype=np.bool_), one), (two, second)):
        grids = grid["id"].gather((first[place] + number)[chosen])
        parts.append(tie("OVERLAPS", compound["id"].filter(pl.Series(chosen)), grids))
    left = groups["department_grid"].filter(~pl.col("merged"))
    parts.append(tie("OVERLAPS", left["id"], grid["id"].gather(numbers(left, "base"))))
    return parts


def street_of_park(recipe: Recipe, groups: Groups) -> Numbers:
    """Return three streets for each park, by number; the same one may come twice.

    The third may lie in a neighbouring district, as some parks do.
    """
    draw = recipe.draw("streets of parks")
    park, street = groups["functional_area"], groups["street"]
    district = numbers(street, "district")
    own = numbers(park, "district")
    first = np.searchsorted(district, own, side="left")
    held = np.searchsorted(district, own, side="right") - first
    start = draw.whole(park.height, 0, held - 1)
    inside = first[:, None] + np.minimum(
        start[:, None] + np.arange(2), held[:, None] - 1
    )
    beside = np.minimum(inside[:, -1:] + 1, street.height - 1)
    return np.hstack([inside, beside])
