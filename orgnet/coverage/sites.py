"""The 3+X sites 党群服务体系: which areas have one, and where the nearest is."""

from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl

from orgnet.coverage.classes import Case
from orgnet.coverage.scope import prepared
from orgnet.index import DEEPEST, NONE, Numbers
from orgnet.network import Network
from orgnet.query import Column, Row, Words, question
from orgnet.rules import RULES, Rules
from orgnet.schema.vocabulary import AreaLevel, SiteTier
from orgnet.words import Presence, Reason, named, reason_in_words, unknown

TEXT, COUNT = pl.String(), pl.Int64()
LEVELS = (AreaLevel.STREET, AreaLevel.COMMUNITY, AreaLevel.COMPOUND)  # as tiers are


COLUMNS = (
    Column("area", TEXT, "区域", "id of the area", holds_ids=True),
    Column("name", TEXT, "名称", "name of the area"),
    Column("level", TEXT, "层级", "level of the area", vocabulary=AreaLevel),
    Column("sites", COUNT, "本级阵地数", "sites of the tier of its level"),
    Column("x_sites", COUNT, "X类阵地数", "sites of tier x"),
    Column("state", TEXT, "判定", "whether it has one", vocabulary=Presence),
    Column("reason", TEXT, "原因", "null where it has one"),
    Column("nearest", TEXT, "最近阵地", "where it has none", holds_ids=True),
    Column("steps", COUNT, "上溯级数", "levels up at which that is found"),
)


class Standing(NamedTuple):
    """What stands in each area and below it, by number."""

    sites: dict[str, np.ndarray]  # how many, by tier
    first: Numbers  # the smallest of any tier; or -1


def _explained(net: Network, row: Row) -> Words:
    """Say what an area has, and where the nearest is if it has none."""
    who = named(net, row["area"])
    en = f"{who}: {row['sites']} sites of its own tier, {row['x_sites']} of tier x"
    zh = f"{who}：本级阵地{row['sites']}个，X类阵地{row['x_sites']}个"
    if row["reason"] is not None:
        why = reason_in_words(row["reason"], net.schema)
        en, zh = f"{en}; {why[0]}", f"{zh}；{why[1]}"
    if row["nearest"] is not None:
        near = named(net, row["nearest"])
        en = f"{en}; the nearest is {near}, {row['steps']} levels up"
        zh = f"{zh}；最近的是{near}，上溯{row['steps']}级"
    return f"{en}.", f"{zh}。"


@question(
    title=("Which areas have no site of their own?", "哪些区域没有本级党群服务阵地？"),
    columns=COLUMNS,
    order=("state", "area"),
    explain=_explained,
    prepare=prepared,
)
def sites(
    net: Network,
    *,
    within: str | None = None,
    day: date | str | None = None,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """Say of each street, community and compound whether it has a site of its own tier.

    Parameters
    ----------
    net
        A network, or a database.
    within
        Id or code of the area whose areas are listed; everything if none.
    day
        The day asked about; whatever the network holds, if none.
    rules
        None of them counts here.

    Returns
    -------
    Result
        One row an area: first those without, then those with, then those of which it
        cannot be told. Where there is none, `nearest` is a site of any tier along the
        tree of areas.

    Raises
    ------
    UnknownAreaError
        If `within` names no area of that day, or several.

    See Also
    --------
    gaps : class G7 is the communities and compounds without any site.
    queries/coverage/sites.cypher : the same rows from Neo4j.

    References
    ----------
    3+X: a complex in the street, a centre in the community, a station in the compound,
    and X in business districts, parks and markets; docs/decisions.md, D43.

    Examples
    --------
    >>> import orgnet
    >>> rows = sites(orgnet.chengdu(scale=0.02)).frame
    >>> rows.filter(state="present")["nearest"].null_count() == (
    ...     rows.filter(state="present").height)
    True
    """
    case = Case(net.index(day), within, rules)
    index, standing = case.index, _standing(case)
    rows = []
    for level in LEVELS:
        areas = np.flatnonzero(index.level(level) & case.scope).astype(np.int32)
        own = standing.sites[level.value][areas]
        near, steps = _nearest(case, standing, np.where(own > 0, NONE, areas))
        rows.append(
            pl.DataFrame(
                {
                    "area": index.id_of(areas),
                    "name": index.column("Area", "name").gather(areas),
                    "sites": own,
                    "x_sites": standing.sites[SiteTier.X][areas],
                    "nearest": index.id_of(near),
                    "steps": pl.Series(steps).replace(NONE, None),
                }
            ).with_columns(pl.lit(level.value).alias("level"))
        )
    return pl.concat(rows).with_columns(*_state(held=case.holds("LOCATED_IN:Site")))


def _state(*, held: bool) -> tuple[pl.Expr, pl.Expr]:
    """Return whether there is one, and why not."""
    absent = Presence.ABSENT if held else Presence.UNDETERMINED
    why = Reason.NO_SITE.value if held else unknown("LOCATED_IN:Site")
    has = pl.when(pl.col("sites") > 0)
    state = has.then(pl.lit(Presence.PRESENT.value)).otherwise(pl.lit(absent.value))
    return state.alias("state"), has.then(None).otherwise(pl.lit(why)).alias("reason")


def _standing(case: Case) -> Standing:
    """Count the sites of each area and of what lies below it."""
    index, numbers = case.index, case.numbers("Site")
    tiers = case.net.node_tables["Site"]["tier"].cast(TEXT)
    at, found = index.location[numbers], []
    for _ in range(DEEPEST):
        at, numbers = at[at != NONE], numbers[at != NONE]
        found.append(pl.DataFrame({"area": at, "site": numbers}))
        at = index.larger[at]
    pairs = pl.concat(found).unique()  # areas on a circle are met again and again
    pairs = pairs.with_columns(
        tier=tiers.gather(pairs["site"] - case.net.offsets["Site"])
    )
    of_tier = {tier.value: pairs.filter(tier=tier.value)["area"] for tier in SiteTier}
    counts = {t: np.bincount(at, minlength=index.size) for t, at in of_tier.items()}
    first = np.full(index.size, NONE, dtype=np.int32)
    nearest = pairs.group_by("area").agg(pl.col("site").min())
    first[nearest["area"].to_numpy()] = nearest["site"].to_numpy()
    return Standing(counts, first)


def _nearest(case: Case, standing: Standing, areas: Numbers) -> tuple[Numbers, Numbers]:
    """Return the nearest site of each area and how many levels up it is found."""
    near, steps = (np.full(len(areas), NONE, dtype=np.int32) for _ in range(2))
    at = areas
    for step in range(DEEPEST):
        found = np.where(at == NONE, NONE, standing.first[at])
        fresh = (near == NONE) & (found != NONE)
        near[fresh], steps[fresh] = found[fresh], step
        at = np.where((at == NONE) | (near != NONE), NONE, case.index.larger[at])
    return near, steps
