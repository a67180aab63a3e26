"""Resources and needs, who has them, and which were matched."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from orgnet.city.names import departments
from orgnet.city.recipe import Draw, Numbers, split
from orgnet.city.subordination import City
from orgnet.city.tables import Frame, Part, ids, later, node, numbers, tie

ONLINE_SERVICES = 181  # as published; they are the whole city's at any scale
USES = 58_000_000
RESOURCE_KINDS = {
    "venue": 0.34,
    "service": 0.24,
    "staff": 0.19,
    "equipment": 0.13,
    "fund": 0.05,
    "post": 0.05,
}
NEED_KINDS = {
    "service": 0.32,
    "venue": 0.20,
    "staff": 0.20,
    "equipment": 0.12,
    "fund": 0.09,
    "post": 0.05,
    "online_service": 0.02,
}
OFFERED = {
    "venue": ("会议室开放", "篮球场开放", "活动室共享", "礼堂开放", "图书室开放"),
    "service": ("健康义诊", "法律咨询", "家电维修", "心理疏导", "居家养老", "儿童托管"),
    "staff": ("志愿服务队", "专业讲师", "应急抢险队", "文艺骨干"),
    "equipment": ("投影设备", "应急物资", "急救设备", "健身器材"),
    "fund": ("微项目资助", "助学金", "帮扶资金"),
    "post": ("就业岗位", "实习岗位", "公益性岗位"),
    "online_service": ("网上办事", "在线预约", "线上查询"),
}
UNITS_OF = {
    "venue": "场次",
    "service": "人次",
    "staff": "人",
    "equipment": "件",
    "fund": "元",
    "post": "个",
    "online_service": "人次",
}
CAPACITY: Mapping[str, tuple[int, int]] = {
    "venue": (5, 120),
    "service": (20, 900),
    "staff": (2, 60),
    "equipment": (1, 40),
    "fund": (5_000, 300_000),
    "post": (1, 30),
    "online_service": (100, 100_000),
}
OWNERS = {"resident": 0.70, "social": 0.20, "organization": 0.07, "office": 0.03}
RAISERS = {
    "community": 0.45,
    "organization": 0.17,
    "compound": 0.15,
    "resident": 0.10,
    "grid": 0.08,
    "social": 0.05,
}
GIVEN_AT_ONCE = 3  # a third of what there is; few resources are given out over it
NEED_STATUS = {"open": 0.40, "matched": 0.28, "met": 0.27, "withdrawn": 0.03, "": 0.02}


def resource_parts(city: City) -> list[Part]:
    """Return resources, needs, owners, raisers and matches of one copy of the city."""
    offered = pl.concat([_shared(city), _online(city)], how="diagonal")
    raised = _needs(city)
    columns = ("owner", "place", "cell")
    offers = tie("OFFERS", offered["owner"], offered["id"])
    there = offered["place"].is_not_null()
    located = tie(
        "LOCATED_IN", offered["id"].filter(there), offered["place"].filter(there)
    )
    return [
        node("Resource", offered.drop(columns)),
        node("Need", raised.drop("raiser", "place", "cell")),
        offers,
        located,
        tie("RAISES", raised["raiser"], raised["id"]),
        tie("LOCATED_IN", raised["id"], raised["place"]),
        *_matches(city, offered, raised),
    ]


def _numbered(city: City, letter: str, n: int) -> pl.Series:
    number = pl.Series(np.arange(1, n + 1)).cast(pl.String).str.zfill(5)
    return city.areas["city"]["code"][0] + letter + number


def _holders(city: City, n: int, shares: Mapping[str, float], topic: str) -> Frame:
    """Draw who owns or raises things: `who` (an id), `community` (a number) or none."""
    draw = city.recipe.draw(topic)
    group = draw.codes(n, shares)
    areas, units = city.areas, city.units
    community = np.arange(areas["community"].height)
    pools: dict[str, tuple[pl.Series, Numbers]] = {
        "resident": (units["resident"]["id"], numbers(units["resident"], "community")),
        "social": (units["social"]["id"], numbers(units["social"], "community")),
        "community": (areas["community"]["id"], community),
        "organization": (city.party["community"]["id"], community),
        "compound": (areas["compound"]["id"], numbers(areas["compound"], "community")),
        "grid": (areas["grid"]["id"], numbers(areas["grid"], "community")),
        "office": (units["office"]["id"], np.full(units["office"].height, -1)),
    }
    chance = draw.uniform(n)
    who = pl.Series([None], dtype=pl.String).new_from_index(0, n)
    where = np.full(n, -1)
    for name in shares:
        here = (group == name).to_numpy()
        held, of = pools[name]
        place = (chance * len(held)).astype(np.int64)
        who = held.gather(place).zip_with(pl.Series(here), who)
        where = np.where(here, of[place], where)
    return pl.DataFrame({"who": who, "community": where})


def _words(kind: pl.Series, draw: Draw) -> pl.Series:
    """Draw a word for each kind of thing."""
    n = len(kind)
    drawn = draw.whole(n, 0, 59)
    word = pl.Series([None], dtype=pl.String).new_from_index(0, n)
    for code, words in OFFERED.items():
        chosen = pl.Series(list(words)).gather(drawn % len(words))
        word = chosen.zip_with(kind == code, word)
    return word


def _amounts(kind: pl.Series, draw: Draw) -> Numbers:
    low = kind.replace_strict({k: v[0] for k, v in CAPACITY.items()}).to_numpy()
    high = kind.replace_strict({k: v[1] for k, v in CAPACITY.items()}).to_numpy()
    ratio = high / low
    return np.floor(low * ratio ** draw.uniform(len(kind))).astype(np.int64)


def _cell(city: City, kind: pl.Series, community: Numbers) -> Numbers:
    """Return a number for each kind and district; what is online is in the first."""
    district = numbers(city.areas["community"], "district")[np.maximum(community, 0)]
    codes = {k: i for i, k in enumerate(sorted(CAPACITY))}
    code = kind.replace_strict(codes, return_dtype=pl.Int64).to_numpy()
    online = (kind == "online_service").to_numpy()
    return code * 1_000 + np.where(online, 0, district)


def _shared(city: City) -> Frame:
    """Return what is offered on the spot; one in twenty does not say how much."""
    recipe = city.recipe
    n = recipe.count("resources") - ONLINE_SERVICES
    n = max(n, 120)  # of every kind some, however small the city
    draw = recipe.draw("resources")
    owner = _holders(city, n, OWNERS, "owners")
    kind = draw.codes(n, RESOURCE_KINDS)
    community = numbers(owner, "community")
    ended = draw.days(n, recipe.day(0, 3, 1), recipe.day(0, 12, 31))
    frame = pl.DataFrame(
        {
            "id": "resource:" + _numbered(city, "r", n),
            "name": _words(kind, draw),
            "kind": kind,
            "capacity": _amounts(kind, draw),
            "capacity_unit": kind.replace_strict(UNITS_OF),
            "owner": owner["who"],
            "cell": _cell(city, kind, community),
            "place": _place(city, community, draw.mask(n, 0.9)),
            "fee": draw.blank(draw.mask(n, 0.12), 0.1),
            "valid_from": draw.blank(
                draw.days(n, recipe.day(2, 1, 1), recipe.day(0, 2, 28)), 0.7
            ),
            "valid_to": draw.blank(ended, 0.92),
        }
    )
    return _parking(city, frame).with_columns(pl.lit("synthetic").alias("source"))


def _place(city: City, community: Numbers, known: np.ndarray) -> pl.Series:
    """Return the community where a thing is, null where that is not known."""
    place = city.areas["community"]["id"].gather(np.maximum(community, 0))
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(place))
    return place.zip_with(pl.Series(known & (community >= 0)), nothing)


def _parking(city: City, frame: Frame) -> Frame:
    """Turn a few venues into shared parking, and a few services into canteens."""
    recipe = city.recipe
    draw = recipe.draw("parking and canteens")
    venue = np.flatnonzero((frame["kind"] == "venue").to_numpy())
    service = np.flatnonzero((frame["kind"] == "service").to_numpy())
    parking = venue[draw.places(len(venue), recipe.count("parking_resources"))]
    canteen = service[draw.places(len(service), recipe.count("canteens"))]
    weight = 0.2 + draw.uniform(len(parking))
    name = frame["name"].scatter(parking, "共享停车位").scatter(canteen, "社区食堂")
    spaces = split(recipe.count("parking_spaces"), weight)
    unknown = np.setdiff1d(
        draw.places(frame.height, frame.height // 20),
        np.concatenate([parking, canteen]),
    )
    capacity = frame["capacity"].scatter(unknown, None).scatter(parking, spaces)
    measure = frame["capacity_unit"].scatter(parking, "个")
    return frame.with_columns(name, capacity, measure)


def _online(city: City) -> Frame:
    """Return the online services of departments; the copies have theirs too."""
    recipe, units = city.recipe, city.units
    draw = recipe.draw("online services")
    offices = units["office"][: len(departments())]
    owners = ids(
        units["department"],
        units["governance"][:1],
        units["organizers"][:1],
        offices[:15],
    )
    n = ONLINE_SERVICES
    who = owners.gather(np.arange(n) % len(owners))
    number = pl.Series(np.arange(1, n + 1)).cast(pl.String).str.zfill(3)
    kind = pl.Series(["online_service"]).new_from_index(0, n)
    uses = split(round(USES * recipe.share), 0.1 + draw.uniform(n))
    return pl.DataFrame(
        {
            "id": "resource:" + _numbered(city, "o", n),
            "name": _words(kind, draw) + number,
            "kind": kind,
            "uses": uses,
            "fee": [False] * n,
            "owner": who,
            "cell": _cell(city, kind, np.zeros(n, dtype=np.int64)),
        }
    ).with_columns(
        pl.lit("全市").alias("scope"),
        pl.lit("全天").alias("opening_hours"),
        pl.lit("synthetic").alias("source"),
    )


def _needs(city: City) -> Frame:
    recipe = city.recipe
    n = max(recipe.count("needs"), 140)
    draw = recipe.draw("needs")
    raiser = _holders(city, n, RAISERS, "raisers")
    kind = draw.codes(n, NEED_KINDS)
    community = numbers(raiser, "community")
    raised = draw.days(n, recipe.day(1, 7, 1), recipe.day(0, 9, 30))
    due = later(raised, draw.whole(n, 20, 150))
    wanted = np.maximum(_amounts(kind, draw) // 3, 1)
    return pl.DataFrame(
        {
            "id": "need:" + _numbered(city, "n", n),
            "name": "需要" + _words(kind, draw),
            "kind": kind,
            "quantity": draw.blank(wanted, 0.06),
            "quantity_unit": kind.replace_strict(UNITS_OF),
            "urgency": draw.blank(draw.whole(n, 1, 3), 0.1),
            "raised_on": draw.blank(raised, 0.04),
            "due_on": draw.blank(due, 0.2),
            "status": draw.codes(n, NEED_STATUS).replace({"": None}),
            "raiser": raiser["who"],
            "place": _place(city, community, np.ones(n, dtype=np.bool_)),
            "cell": _cell(city, kind, community),
        }
    ).with_columns(pl.lit("synthetic").alias("source"))


def _matches(city: City, offered: Frame, raised: Frame) -> list[Part]:
    """Match needs with resources of their kind and district; a few from elsewhere."""
    draw = city.recipe.draw("matches")
    status = raised["status"]
    wanted = status.is_in(["matched", "met"]).fill_null(value=False).to_numpy()
    need = np.flatnonzero(wanted | draw.mask(raised.height, 0.03))
    order = np.argsort(numbers(offered, "cell"), kind="stable")
    cells = numbers(offered, "cell")[order]
    cell = numbers(raised, "cell")[need]
    cell = np.where(draw.mask(len(need), 0.05), cell // 1_000 * 1_000, cell)
    first = np.searchsorted(cells, cell, side="left")
    held = np.searchsorted(cells, cell, side="right") - first
    one = draw.whole(len(need), 0, np.maximum(held, 1) - 1)
    second = (one + 1) % np.maximum(held, 1)
    two = draw.mask(len(need), 0.15) & (held > 1)
    chosen = np.concatenate([need[held > 0], need[two]])
    place = np.concatenate([(first + one)[held > 0], (first + second)[two]])
    return [_matched(city, raised[chosen], offered[order[place]])]


def _matched(city: City, need: Frame, resource: Frame) -> Part:
    """Match these needs with these resources, row by row, with what they agreed on."""
    draw, recipe = city.recipe.draw("matched"), city.recipe
    n = need.height
    running = draw.codes(n, {"running": 0.5, "agreed": 0.3, "proposed": 0.2})
    columns = pl.DataFrame(
        {
            "state": need["status"],
            "wanted": need["quantity"],
            "there": (resource["capacity"] // GIVEN_AT_ONCE).clip(1),
        }
    ).select(
        pl.when(pl.col("state") == "met")
        .then(pl.lit("done"))
        .when(pl.col("state") == "matched")
        .then(running)
        .otherwise(pl.lit("cancelled"))
        .alias("status"),
        pl.min_horizontal("wanted", "there").alias("quantity"),
    )
    projects = recipe.count("old_town_projects")
    project = _numbered(city, "p", projects).gather(np.arange(n) % projects)
    return tie(
        "MATCHED_TO",
        resource["id"],
        need["id"],
        quantity=columns["quantity"],
        status=columns["status"],
        project_id=draw.blank(project, 0.8),
        on=draw.days(n, recipe.day(0, 1, 1), recipe.day(0, 10, 31)),
    )
