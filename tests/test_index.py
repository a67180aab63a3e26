"""The integer view, against walks of a few lines over plain dicts."""

from datetime import date

import numpy as np
import polars as pl
import pytest

import orgnet as on
from orgnet.index import NONE, as_day

AREAS = {
    "area:c@1": ("community", "area:s@1"),
    "area:d@1": ("district", None),
    "area:g@1": ("grid", "area:c@1"),
    "area:o@1": ("compound", "area:s@1"),  # straight below a street
    "area:s@1": ("street", "area:d@1"),
}


@pytest.fixture
def net() -> on.Network:
    ids = list(AREAS)
    nodes = {
        "Area": pl.DataFrame(
            {"id": ids, "name": ids, "level": [level for level, _ in AREAS.values()]}
        ),
        "Unit": pl.DataFrame(
            {
                "id": ["unit:1", "unit:2", "unit:3"],
                "name": ["u"] * 3,
                "kind": ["other"] * 3,
            }
        ),
        "PartyOrganization": pl.DataFrame(
            {
                "id": [f"party:{i}" for i in range(1, 6)],
                "name": ["p"] * 5,
                "form": ["branch"] * 5,
                "setting": ["community", "community", "enterprise", "grid", "street"],
            }
        ),
    }
    ties = {
        "PART_OF": pl.DataFrame(
            [(a, p) for a, (_, p) in AREAS.items() if p],
            schema=["from", "to"],
            orient="row",
        ),
        "LOCATED_IN": pl.DataFrame(
            {
                "from": ["unit:1", "unit:1", "unit:2", "unit:2"],
                "to": ["area:c@1", "area:s@1", "area:o@1", "area:g@1"],
                "primary": [None, True, None, None],
            }
        ),
        "HOSTED_BY": pl.DataFrame(
            {
                "from": ["party:1", "party:3", "party:5"],
                "to": ["area:c@1", "unit:2", "unit:3"],
            }
        ),
        "COVERS": pl.DataFrame(
            {
                "from": ["party:2", "party:1", "party:4", "party:5", "party:5"],
                "to": ["area:c@1", "area:c@1", "area:c@1", "area:s@1", "area:d@1"],
                "basis": ["organization"] * 4 + ["work"],
                "mode": ["single"] * 5,
            }
        ),
        "SUBORDINATE_TO": pl.DataFrame(
            {
                "from": ["party:1", "party:1", "party:1", "party:2", "party:2"],
                "to": ["party:2", "party:3", "party:4", "party:5", "party:4"],
                "valid_from": [None, date(2019, 1, 1), date(2019, 1, 1), None, None],
            }
        ),
    }
    net, faults = on.Network.from_frames(nodes, ties)
    assert set(faults.frame["effect"]) == {"noted"}
    return net


def named(net: on.Network, numbers: np.ndarray) -> dict[str, str]:
    """Return the arrays as ids, the missing left out."""
    ids = net.ids.to_list()
    return {ids[i]: ids[n] for i, n in enumerate(numbers.tolist()) if n != NONE}


def test_primary_comes_first_then_the_smallest_id(net):
    location = named(net, net.index().location)
    assert location == {"unit:1": "area:s@1", "unit:2": "area:g@1"}


def test_places_and_communities(net):
    index = net.index()
    place = named(net, index.place)
    assert {k: v for k, v in place.items() if not k.startswith("area:")} == {
        "party:1": "area:c@1",
        "party:3": "area:g@1",
        "unit:1": "area:s@1",
        "unit:2": "area:g@1",
    }
    community = named(net, index.community)
    assert community["unit:2"] == community["party:3"] == "area:c@1"
    assert community["unit:1"] == "area:s@1"  # no community above: the place itself
    assert community["area:o@1"] == "area:o@1"


def test_the_superior_is_the_latest_begun_then_the_smallest(net):
    superior = named(net, net.index().superior)
    assert superior == {"party:1": "party:3", "party:2": "party:4"}
    earlier = named(net, net.index("2018-01-01").superior)
    assert earlier["party:1"] == "party:2"


def test_the_organization_of_an_area_has_its_level_and_is_the_smallest(net):
    organization = named(net, net.index().area_organization)
    assert organization == {"area:c@1": "party:1", "area:s@1": "party:5"}


def test_ancestors_by_level_and_subtrees(net):
    index = net.index()
    assert named(net, index.ancestor("street")) == dict.fromkeys(
        ("area:c@1", "area:g@1", "area:o@1", "area:s@1"), "area:s@1"
    )
    below = index.subtree(net.position("area:c@1"))
    assert net.ids.filter(pl.Series(below)).to_list() == ["area:c@1", "area:g@1"]
    inside = index.in_area(net.position("area:c@1"))
    assert net.ids.filter(pl.Series(inside)).to_list() == [
        "area:c@1",
        "area:g@1",
        "party:1",
        "party:3",
        "unit:2",
    ]


def test_neighbours_in_compressed_rows(net):
    starts, heads, rows = net.index().csr("COVERS", backward=True)
    community = net.position("area:c@1")
    found = heads[starts[community] : starts[community + 1]]
    assert net.ids.gather(found).to_list() == ["party:1", "party:2", "party:4"]
    table = net.index().ties("COVERS")
    assert table["tail"].gather(
        rows[starts[community] : starts[community + 1]]
    ).to_list() == (found.tolist())


def test_an_index_is_kept_a_day_and_forgotten_in_time(net):
    assert net.index("2019-01-01") is net.index(date(2019, 1, 1))
    for year in range(1990, 2010):
        net.index(f"{year}-01-01")
    assert len(net._indexes) <= 8
    assert as_day(None) is None


def test_a_walk_up_a_cycle_of_areas_ends():
    ring = pl.DataFrame(
        {"from": ["area:a@1", "area:b@1"], "to": ["area:b@1", "area:a@1"]}
    )
    areas = pl.DataFrame(
        {"id": ["area:a@1", "area:b@1"], "name": ["a", "b"], "level": ["grid"] * 2}
    )
    net, _ = on.Network.from_frames({"Area": areas}, {"PART_OF": ring})
    assert named(net, net.index().ancestor("street")) == {}
    assert named(net, net.index().ancestor("grid"))["area:a@1"] == "area:a@1"
