"""A network written as plain sheets, one a kind and one a type, reads back the same."""

from pathlib import Path

import polars as pl
import pytest

import orgnet
from orgnet.network import Network
from orgnet.rosters import read_rosters


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Network, Network]:
    folder = tmp_path_factory.mktemp("sheets")
    city = orgnet.chengdu(scale=0.02)
    write_sheets(city, folder)
    net, faults = read_rosters(folder)
    assert set(faults.frame["effect"]) == {"noted"}
    assert faults.report["rejected"].sum() == 0
    assert faults.balanced
    return city, net


def write_sheets(city: Network, folder: Path) -> None:
    for label in city.schema.kinds:
        city.nodes(label).write_parquet(folder / f"{label}.parquet")
    last = pl.col("有效止") - pl.duration(days=1)  # a sheet's last day is included
    for type_, tie in city.schema.ties.items():
        words = {n: a.heading.zh for n, a in tie.attributes().items()}
        ties = city.ties(type_).rename(words | {"from": "起", "to": "止"})
        ties = ties.with_columns(last, pl.lit(type_).alias("类型"))
        ties.drop("来源", "来源行号").write_parquet(folder / f"{type_}.parquet")


def test_every_node_comes_back(both: tuple[Network, Network]):
    city, net = both
    provenance = ["source", "source_row"]
    for label in city.schema.kinds:
        last = pl.col("valid_to") + pl.duration(
            days=1
        )  # kind sheets hold last days too
        wanted = city.nodes(label).with_columns(last).drop(provenance)
        assert net.nodes(label).drop(provenance).equals(wanted), label


@pytest.mark.parametrize("type_", sorted(orgnet.SCHEMA.ties))
def test_every_relationship_comes_back(both: tuple[Network, Network], type_: str):
    city, net = both
    provenance = ["source", "source_row"]
    wanted = city.ties(type_).drop(provenance)
    found = net.ties(type_).drop(provenance)
    assert found.equals(wanted)
