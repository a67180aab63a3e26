"""Projects and the money behind them, and the sites that serve people."""

from datetime import date

import numpy as np
import polars as pl

from orgnet.city.documents import DOC_NO
from orgnet.city.recipe import Draw, Numbers, split
from orgnet.city.subordination import City
from orgnet.city.tables import Frame, Part, later, node, numbers, tie

FUND = "社区保障激励资金"
PASSED_ON = 0.92  # of what a street receives, what its communities get
SPENT = 0.85  # of what a community receives, what its project gets
FUNDED = 0.96  # of communities
WITH_PROJECT = 0.45  # of communities, in a year
UNFUNDED_PROJECTS = 0.05
UNFUNDED_BUDGET = 30_000  # yuan
FIRST_YEAR = 0.43  # of the fund
COMMUNITY_CENTRES = 0.93
COMPLEXES = 0.91
SERVICE_CENTRES = 0.97
RUN = 0.98  # of sites, those that an organization is known to run
# How the id of a site ends, by what its name says.
MARKS = {
    "综合体": "k",
    "便民服务中心": "b",
    "党群服务中心": "z",
    "党群服务站": "s",
    "商圈楼宇党群驿站": "x",
    "园区党群服务站": "y",
}
# Name, action, unit and the counts of quantity and of projects, "" for one each.
PROGRAMMES = (
    ("棚户区改造", "old_town", "户", "old_town", "old_town_projects"),
    ("背街小巷整治", "back_lanes", "条", "back_lanes", "back_lanes_projects"),
    ("特色街区创建", "feature_streets", "条", "feature_streets", "feature_streets"),
    ("社区服务提升", "service_upgrade", "处", "", "service_upgrade_projects"),
    ("平安社区创建", "safe_community", "个", "", "safe_community_projects"),
    ("天府绿道", None, "千米", "greenway_km", "greenway_projects"),
)


def project_parts(city: City) -> list[Part]:
    """Return projects, the flow of funds to them, and what they serve."""
    parts = _actions(city)
    number = sum(f.height for label, f in parts if label == "Project")
    parts += _fund(city, number)
    return parts


def _ids(city: City, first: int, n: int) -> pl.Series:
    number = pl.Series(np.arange(first + 1, first + n + 1)).cast(pl.String).str.zfill(5)
    return city.areas["city"]["code"][0] + "p" + number


def _projects(draw: Draw, code: pl.Series, name: pl.Series, year: int) -> Frame:
    """Return projects that begin in the first half of a year, and how far they are."""
    n = len(code)
    starts = draw.days(n, date(year, 1, 1), date(year, 6, 30))
    ends = later(starts, draw.whole(n, 60, 400))
    progress = draw.whole(n, 20, 130).clip(max=100) / 100
    return pl.DataFrame(
        {"id": "project:" + code, "code": code, "name": name, "starts_on": starts}
    ).with_columns(
        draw.blank(progress, 0.05).alias("progress"),
        ends.alias("ends_on"),
        pl.lit("synthetic").alias("source"),
    )


def _actions(city: City) -> list[Part]:
    """Return the projects of the five actions and of the greenway."""
    recipe, community = city.recipe, city.areas["community"]
    parts: list[Part] = []
    first = 0
    for name, action, measure, total, count in PROGRAMMES:
        draw = recipe.draw(f"projects {name}")
        n = recipe.count(count)
        code = _ids(city, first, n)
        first += n
        place = draw.whole(n, 0, community.height - 1)
        title = community["label"].gather(place) + name + "项目"
        quantity = _portions(draw, recipe.count(total), n) if total else np.ones(n)
        frame = _projects(draw, code, title, recipe.year).with_columns(
            pl.Series("quantity", quantity).cast(pl.Int64),
            pl.lit(measure).alias("quantity_unit"),
            pl.lit(action, pl.String).alias("action"),
            pl.lit("五大行动" if action else name).alias("programme"),
            pl.Series("budget_cny", draw.whole(n, 20, 900) * 10_000),
        )
        parts.append(node("Project", frame))
        parts.append(tie("SERVES", frame["id"], community["id"].gather(place)))
        parts.append(_departments_pay(city, draw, frame))
    return parts


def _portions(draw: Draw, total: int, n: int) -> Numbers:
    """Split a total into n portions of at least one."""
    spare = max(total - n, 0)
    return 1 + split(spare, 0.2 + draw.uniform(n))


def _departments_pay(city: City, draw: Draw, frame: Frame) -> Part:
    department = city.units["department"]["id"]
    payer = department.gather(draw.whole(frame.height, 0, len(department) - 1))
    amount = frame["budget_cny"] // 2
    year = city.recipe.year
    return tie(
        "FUNDS", payer, frame["id"], year=year, amount_cny=amount, purpose="五大行动"
    )


def _fund(city: City, first: int) -> list[Part]:
    """Pass the incentive fund down from the city to streets, communities, projects.

    Nobody passes on more than was received in the year.
    """
    recipe = city.recipe
    total = recipe.count("fund_cny")
    early = int(total * FIRST_YEAR)
    parts: list[Part] = []
    for year, amount in ((recipe.year - 1, early), (recipe.year, total - early)):
        found, n = _fund_of_year(city, year, amount, first)
        parts += found
        first += n
    return parts


def _fund_of_year(
    city: City, year: int, amount: int, first: int
) -> tuple[list[Part], int]:
    draw = city.recipe.draw(f"fund {year}")
    areas, party = city.areas, city.party
    streets, communities = areas["street"].height, areas["community"].height
    payer = city.units["governance"]["id"][[0]].new_from_index(0, streets)
    street = numbers(areas["community"], "street")
    held = np.bincount(street, minlength=streets)
    received = split(amount, held * (0.5 + draw.uniform(streets)))
    share = (0.5 + draw.uniform(communities)) * draw.mask(communities, FUNDED)
    whole = np.bincount(street, weights=share, minlength=streets)
    part = share / np.maximum(whole, 1e-9)[street]
    given = np.floor(received[street] * PASSED_ON * part).astype(np.int64)
    got = np.flatnonzero(given > 0)
    same = {"year": year, "purpose": FUND, "doc_no": DOC_NO["funds"]}
    parts = [
        tie("FUNDS", payer, party["street"]["id"], amount_cny=received, **same),
        tie(
            "FUNDS",
            city.of("street", street[got]),
            party["community"]["id"].gather(got),
            amount_cny=given[got],
            **same,
        ),
    ]
    chosen = draw.places(communities, round(communities * WITH_PROJECT))
    paid = np.floor(given[chosen] * SPENT).astype(np.int64)
    paid[draw.mask(len(chosen), UNFUNDED_PROJECTS)] = 0
    spent = pl.DataFrame({"community": chosen, "paid": paid})
    return [*parts, *_spent(city, spent, year, first, same)], len(chosen)


def _spent(
    city: City, spent: Frame, year: int, first: int, same: dict[str, object]
) -> list[Part]:
    """Return the projects of communities, one each, and what each was paid."""
    draw = city.recipe.draw(f"fund projects {year}")
    community = numbers(spent, "community")
    area = city.areas["community"][community]
    code = _ids(city, first, spent.height)
    name = area["label"] + f"{year}年社区微项目"
    funded = spent["paid"] > 0
    planned = pl.Series([UNFUNDED_BUDGET]).new_from_index(0, spent.height)
    frame = _projects(draw, code, name, year).with_columns(
        pl.lit(FUND).alias("programme"),
        spent["paid"].zip_with(funded, planned).alias("budget_cny"),
    )
    payer = city.of("community", community).filter(funded)
    paid = {"amount_cny": spent["paid"].filter(funded), **same}
    return [
        node("Project", frame),
        tie("SERVES", frame["id"], area["id"]),
        tie("FUNDS", payer, frame["id"].filter(funded), **paid),
    ]


def site_parts(city: City) -> list[Part]:
    """Return the sites of the 3+X system, where they stand and who runs them."""
    recipe, areas = city.recipe, city.areas
    draw = recipe.draw("sites")
    street, community = areas["street"], areas["community"]
    compound, park = areas["compound"], areas["functional_area"]
    complexes = draw.places(street.height, round(street.height * COMPLEXES))
    centres = draw.places(street.height, round(street.height * SERVICE_CENTRES))
    halls = draw.places(community.height, round(community.height * COMMUNITY_CENTRES))
    stations = draw.places(compound.height, recipe.count("compound_sites"))
    x = draw.places(community.height, recipe.count("x_sites"))
    above = numbers(compound, "community")[stations]
    in_streets = [
        (_at(street, place, city.of("street", place)), "street", word)
        for place, word in ((complexes, "综合体"), (centres, "便民服务中心"))
    ]
    in_communities = [
        (_at(community, place, city.of("community", place), "label"), tier, word)
        for place, tier, word in (
            (halls, "community", "党群服务中心"),
            (x, "x", "商圈楼宇党群驿站"),
        )
    ]
    run_by_community = _at(compound, stations, city.of("community", above))
    run_by_park = _at(park, np.arange(park.height), city.party["park"]["id"])
    found = [
        *in_streets,
        *in_communities,
        (run_by_community, "compound", "党群服务站"),
        (run_by_park, "x", "园区党群服务站"),
    ]
    return [p for where, tier, word in found for p in _sites(city, where, tier, word)]


def _at(area: Frame, place: Numbers, operator: pl.Series, name: str = "name") -> Frame:
    """Return the places of sites: id and name of the area, and who runs each."""
    where = area[place].select("id", pl.col(name).alias("name"))
    return where.with_columns(operator.alias("operator"))


def _sites(city: City, where: Frame, tier: str, word: str) -> list[Part]:
    """Return sites of one sort with LOCATED_IN and OPERATES."""
    draw = city.recipe.draw(f"sites {word}")
    n = where.height
    code = where["id"].str.strip_prefix("area:").str.replace("@.*$", "")
    kind = "service_centre" if word == "便民服务中心" else "party_service"
    frame = pl.DataFrame(
        {
            "id": "site:" + code + MARKS[word],
            "name": where["name"] + word,
            "area_m2": draw.blank(draw.whole(n, 2, 60) * 50, 0.08),
        }
    ).with_columns(
        pl.lit(tier).alias("tier"),
        pl.lit(kind).alias("kind"),
        pl.lit("synthetic").alias("source"),
    )
    run = pl.Series(draw.mask(n, RUN))
    return [
        node("Site", frame),
        tie("LOCATED_IN", frame["id"], where["id"]),
        tie("OPERATES", where["operator"].filter(run), frame["id"].filter(run)),
    ]
