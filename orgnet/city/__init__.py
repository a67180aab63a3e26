"""The reference city: Chengdu's real areas, with organizations made up on them."""

from collections.abc import Iterator

import polars as pl

from orgnet.city.areas import area_parts, areas, part_of_city, read, real_areas
from orgnet.city.covers import cover_parts
from orgnet.city.documents import document_parts
from orgnet.city.evaluations import evaluation_parts
from orgnet.city.facts import published, reconcile
from orgnet.city.governance import governance_parts
from orgnet.city.organizations import organization_parts, organizations
from orgnet.city.partnership import partner_parts
from orgnet.city.projects import project_parts, site_parts
from orgnet.city.recipe import Recipe, checked
from orgnet.city.resources import resource_parts
from orgnet.city.subordination import City, subordination_parts
from orgnet.city.tables import Part, joined
from orgnet.city.units import unit_parts, units
from orgnet.network import Network
from orgnet.schema import SCHEMA
from orgnet.schema.vocabulary import AreaLevel

__all__ = ["chengdu", "published", "reconcile", "succession"]


def chengdu(*, seed: int = 2019, scale: float = 1, year: int = 2019) -> Network:
    """Make the reference city: real areas, synthetic organizations, every mechanism.

    Codes, names and superiors of the city, its districts, streets and communities are
    the National Bureau of Statistics' of the year. Everything else is made up, and the
    network says that it is synthetic. The same arguments give the same bytes.

    Parameters
    ----------
    seed
        Seed of every draw, from 0. It moves organizations about; the counts of areas,
        units and organizations that data/README.md lists as exact stay.
    scale
        1 for the city; a whole number for as many copies of it, each with codes of its
        own (10 is about a province, 100 a nation); a number below 1 for whole streets
        that hold about this share of it, with everything else in proportion.
    year
        Edition of the areas: 2019 (cut-off 31 October) or 2020 (30 June). A network
        holds one edition; :func:`succession` links the streets of both.

    Returns
    -------
    Network
        Complete: what is not in it is not so, except where an attribute is unknown.

    Raises
    ------
    OrgnetError
        If an argument is out of range.

    See Also
    --------
    reconcile : hold the city against the published figures.

    Examples
    --------
    >>> small = chengdu(scale=0.02)
    >>> small.synthetic, small.counts["HOLDS_SEAT_ON"] > 0
    (True, True)
    """
    checked(seed, scale, year)
    tables = joined([p for copy in _copies(seed, scale, year) for p in copy])
    net, _ = Network.from_frames(
        {n: tables[n] for n in SCHEMA.kinds if n in tables},
        {n: tables[n] for n in SCHEMA.ties if n in tables},
        complete=_complete(),
        synthetic=True,
        title=_title(seed, scale, year),
    )
    return net


def _copies(seed: int, scale: float, year: int) -> Iterator[list[Part]]:
    """Make the copies one by one: the first on the real skeleton's codes."""
    real = real_areas(year)
    if scale < 1:
        whole = real["community"].height
        real = part_of_city(real, scale)
        yield _copy(Recipe(seed, 0, year, real["community"].height / whole), real)
        return
    for copy in range(int(scale)):
        yield _copy(Recipe(seed, copy, year), real)


def _copy(recipe: Recipe, real: dict[str, pl.DataFrame]) -> list[Part]:
    places = areas(recipe, real)
    bodies = units(recipe, places)
    city = City(recipe, places, bodies, organizations(recipe, places, bodies))
    partners, pairs = partner_parts(city)
    return [
        *area_parts(recipe, places),
        *unit_parts(recipe, places, bodies),
        *organization_parts(city.party),
        *subordination_parts(city),
        *cover_parts(city),
        *partners,
        *evaluation_parts(city, pairs),
        *governance_parts(city),
        *resource_parts(city),
        *project_parts(city),
        *site_parts(city),
        *document_parts(recipe),
    ]


def _complete() -> frozenset[str]:
    """Name every relationship type of every kind and of every level of areas."""
    subjects = [*SCHEMA.kinds, *(level.value for level in AreaLevel)]
    return frozenset(f"{t}:{subject}" for t in SCHEMA.ties for subject in subjects)


def _title(seed: int, scale: float, year: int) -> str:
    return (
        f"成都参考城市 {year}：真实区划骨架，组织均为合成 "
        f"(reference city, synthetic organizations; seed {seed}, scale {scale:g})"
    )


def succession() -> pl.DataFrame:
    """Say which street of 2020 each street of 2019 became part of.

    Rows fit a frame of SUCCEEDED_BY. Only cut-off dates are known, so every row holds
    from the later one; communities cannot be carried across. Eight of the 375 streets
    and towns have no known successor and no row.

    Returns
    -------
    polars.DataFrame
        `from`, `to` (area ids of both editions), `relation` (kept, kind_changed,
        merged), `inferred` (true where the successor follows from where the communities
        went, not from the name), `valid_from`, `source`; by `from`.

    Examples
    --------
    >>> succession().height
    367
    """
    table = read("street_succession_2019_2020.csv")
    return (
        table.filter(pl.col("code_2020").is_not_null())
        .select(
            pl.format("area:{}@2019", "code_2019").alias("from"),
            pl.format("area:{}@2020", "code_2020").alias("to"),
            "relation",
            (pl.col("relation") == "merged").alias("inferred"),
            pl.date(2020, 6, 30).alias("valid_from"),
            pl.lit("nbs-2020").alias("source"),
        )
        .sort("from")
    )
