"""Gaps found in rosters are gaps of the city that they were written from."""

from datetime import date

import polars as pl
import pytest

import orgnet
from orgnet import coverage
from orgnet.messy import write_messy
from orgnet.network import Network
from orgnet.rules import Rules

RULES = Rules(presumed_operating=True)
YEAR_END = date(2019, 12, 31)
UNLISTED = {  # what would tell otherwise, and stands in none of these rosters
    "G3": ("COVERS", pl.col("mode").cast(pl.String).is_in(["regional", "industry"])),
    "G5": ("EVALUATES", pl.col("round") != "2019"),
}


@pytest.fixture(scope="module")
def city() -> Network:
    return orgnet.chengdu(scale=0.05).at(YEAR_END)


@pytest.fixture(scope="module")
def net(city: Network, tmp_path_factory: pytest.TempPathFactory) -> Network:
    folder = tmp_path_factory.mktemp("rosters")
    write_messy(city, folder, faults=False, seed=2019)
    return orgnet.read_rosters(folder)[0]


def matched_by_no_project(city: Network) -> set[str]:
    """Return who offers a resource matched to a need that no project serves."""
    served = city.ties("SERVES").select("to").unique()
    matched = city.ties("MATCHED_TO").join(served, on="to", how="anti")
    offers = city.ties("OFFERS").filter(pl.col("to").is_in(matched["from"].implode()))
    return set(offers["from"])


def in_two_places(city: Network) -> set[str]:
    """Return what stands in several places, of which no roster says the first."""
    located = city.ties("LOCATED_IN")
    return set(located.filter(located["from"].is_duplicated())["from"])


@pytest.mark.parametrize("class_", list(UNLISTED))
def test_a_gap_in_the_rosters_is_one_of_the_city(
    class_: str, city: Network, net: Network
) -> None:
    told = [coverage.gaps(n, classes=[class_], rules=RULES).frame for n in (net, city)]
    told[0] = told[0].filter(state="gap")
    assert told[0].height >= 20
    type_, unlisted = UNLISTED[class_]
    ties = city.ties(type_).filter(unlisted)
    excused = {*ties["from"], *ties["to"]}
    hosts = city.ties("HOSTED_BY").filter(pl.col("from").is_in(list(excused)))
    excused |= set(hosts["to"]) | matched_by_no_project(city) | in_two_places(city)
    false = set(told[0]["id"]) - set(told[1]["id"])
    assert false <= excused
    assert len(false) < told[0].height / 3


def test_blanks_are_left_open(net: Network) -> None:
    """What the rosters leave blank is neither a gap nor none."""
    units = net.nodes("Unit").filter("resident")
    assert units["reported_instructor"].null_count() >= 20
    gaps = coverage.gaps(net, classes=["G3"], rules=RULES).frame
    blank = units.filter(pl.col("reported_instructor").is_null())["id"]
    assert not set(blank) & set(gaps.filter(state="gap")["id"])
