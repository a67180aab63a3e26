"""Sites, quality, duplicates, nearest and trend where the answer is known by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from orgnet.coverage import duplicates, gaps, nearest, quality, sites, trend
from orgnet.errors import OrgnetError, UnknownAreaError, UnknownNameError
from orgnet.network import Network
from orgnet.query import Source
from orgnet.rules import Rules
from tests import small

C, S, J = "party:c", "party:s", "party:j"
AREAS: dict[str, dict[str, Any]] = {
    "area:s": {"level": "street"},
    "area:c": {"level": "community"},
    "area:k": {"level": "compound"},
}
PARTS = [("PART_OF", "area:c", "area:s"), ("PART_OF", "area:k", "area:c")]
OWN = {"basis": "organization", "mode": "single"}
JOINT = {"basis": "organization", "mode": "joint"}


@pytest.fixture
def network(engine: Callable[[Network], Source]) -> Callable[..., Source]:
    """Give what makes a source of nodes and ties, in memory and then in Neo4j."""
    return lambda *given, **more: engine(small.network(*given, **more))


def test_a_site_of_ones_own_tier_and_the_nearest_along_the_tree(network):
    nodes = AREAS | {
        "site:a": {"tier": "community"},
        "site:x": {"tier": "x"},
    }
    places = [("LOCATED_IN", "site:a", "area:c"), ("LOCATED_IN", "site:x", "area:s")]
    columns = ("area", "sites", "x_sites", "state", "nearest", "steps")
    net = network(nodes, [*PARTS, *places])
    assert sites(net).frame.select(columns).rows() == [
        ("area:k", 0, 0, "absent", "site:a", 1),
        ("area:s", 0, 1, "absent", "site:a", 0),
        ("area:c", 1, 0, "present", None, None),
    ]
    assert sites(network(AREAS, PARTS, ()), within="area:k").row(0) == {
        "area": "area:k",
        "name": "k",
        "level": "compound",
        "sites": 0,
        "x_sites": 0,
        "state": "undetermined",
        "reason": "unknown:LOCATED_IN:Site",
        "nearest": None,
        "steps": None,
    }


@pytest.mark.parametrize(
    ("day", "elected", "own", "late"),
    [
        ("2019-08-07", date(2016, 8, 7), None, None),  # the term ends on the day
        ("2019-08-08", date(2016, 8, 7), None, 1),
        (
            "2019-03-01",
            date(2016, 2, 29),
            None,
            1,
        ),  # 28 February where there is no 29th
        ("2019-08-07", date(2016, 8, 6), 4, None),  # its own term goes before
        (None, date(1990, 1, 1), None, None),  # without a day nothing is overdue
    ],
)
def test_a_term_ends_on_its_day(network, day, elected, own, late):
    branch = {"last_election": elected, "setting": "enterprise", "term_years": own}
    net = network({"party:b": branch}, [])
    frame = quality(net, classes=["Q3"], day=day).frame
    assert frame["value"].to_list() == ([] if late is None else [late])


def test_terms_by_form_and_setting(network):
    elected = {"last_election": date(2015, 1, 1)}
    net = network(
        {
            "party:a": {"form": "committee", "setting": "enterprise", **elected},
            "party:b": {"setting": "community", **elected},
            "party:c": {"setting": "enterprise", **elected},
            "party:d": {"form": "temporary", "setting": "enterprise", **elected},
            "party:e": {"setting": "enterprise"},
        },
        [],
    )
    columns = ("id", "state", "limit")
    frame = quality(net, classes=["Q3"], day="2019-08-07").frame
    assert frame.select(columns).rows() == [
        ("party:c", "finding", 3),
        ("party:e", "undetermined", 3),
    ]


@pytest.mark.parametrize(
    ("form", "members", "found"),
    [
        ("branch", 50, None),
        ("branch", 51, ("too_large", 50)),
        ("general_branch", 49, ("too_small", 50)),
        ("general_branch", 50, None),
        ("general_branch", 101, ("too_large", 100)),
        ("committee", 99, ("too_small", 100)),
        ("committee", 100, None),
        ("committee", None, ("unknown:members", None)),
        ("joint_branch", 500, None),
    ],
)
def test_at_the_bounds_both_forms_are_fine(network, form, members, found):
    branch = {"form": form, "setting": "enterprise", "members": members}
    frame = quality(network({"party:b": branch}, []), classes=["Q2"]).frame
    assert frame.select("reason", "limit").rows() == ([found] if found else [])


def test_who_is_above_covers_nothing_twice(network):
    nodes = {i: {"setting": "enterprise"} for i in ("party:a", "party:b", "party:d")}
    covers = [("COVERS", p, "unit:u", OWN) for p in ("party:a", "party:b")]
    chain = [
        ("SUBORDINATE_TO", "party:b", "party:d"),
        ("SUBORDINATE_TO", "party:d", "party:a"),
    ]
    nodes |= {"unit:u": {}}
    assert len(quality(network(nodes, [*covers, *chain]), classes=["Q4"])) == 0
    (row,) = quality(network(nodes, covers), classes=["Q4"])
    assert (row["id"], row["value"], row["evidence"]) == (
        *("unit:u", 2, ["party:a", "party:b"]),
    )
    with pytest.raises(UnknownNameError, match="no quality class 'Q9'"):
        quality(network(nodes, covers), classes=["Q9"])


def test_units_of_one_code_and_of_one_name(network):
    code = "91510100000158385A"
    units = {
        "unit:a": {"name": "甲公司", "uscc": code},
        "unit:b": {"name": "甲　公司", "uscc": code},
        "unit:c": {"name": "Ａ 公司"},
        "unit:d": {"name": "A公司"},
        "unit:e": {"name": "A公司", "status": "closed"},
        "unit:f": {"name": "A公司"},
    }
    here = [("LOCATED_IN", u, "area:c") for u in units if u != "unit:f"]
    net = network(AREAS | units, [*PARTS, *here])
    assert duplicates(net).frame.select("class", "evidence").rows() == [
        ("same_code", ["unit:a", "unit:b"]),
        ("same_name", ["unit:c", "unit:d"]),
    ]


def town(limit: int = 5) -> tuple[dict[str, Any], list[Any], Rules]:
    """Return a unit that may join a joint branch, one near by, and who is above."""
    nodes = AREAS | {
        C: {"setting": "community"},
        S: {"setting": "street"},
        J: {"form": "joint_branch", "setting": "enterprise"},
        "unit:in": {"full_members": 1, "operating": True},
        "unit:out": {"full_members": 2, "operating": True},
    }
    ties = [
        *PARTS,
        *(("COVERS", p, a, OWN) for p, a in ((C, "area:c"), (S, "area:s"))),
        *(("LOCATED_IN", u, "area:c") for u in ("unit:in", "unit:out")),
        ("COVERS", J, "unit:in", JOINT),
    ]
    return nodes, ties, Rules(joint_branch_max_units=limit)


def test_a_joint_branch_with_room_comes_before_the_community(network):
    nodes, ties, rules = town()
    columns = ("rank", "organization", "reason", "units")
    frame = nearest(network(nodes, ties), classes=["G2"], rules=rules).frame
    assert frame.select(columns).rows() == [
        (1, J, "joint_branch_in_community", 1),
        (2, C, "community_organization", 0),
        (3, S, "street_organization", 0),
    ]
    nodes, ties, rules = town(limit=1)  # it is full
    frame = nearest(network(nodes, ties), classes=["G2"], k=1, rules=rules).frame
    assert frame.select(columns).rows() == [(1, C, "community_organization", 0)]


def test_an_area_is_taken_in_from_above_only(network):
    nodes = AREAS | {C: {"setting": "community"}}
    upside_down = [("PART_OF", "area:s", "area:c"), ("COVERS", C, "area:c", OWN)]
    frame = nearest(network(nodes, upside_down), classes=["G4"], within="area:s").frame
    assert frame.select("id", "organization").rows() == [("area:s", None)]
    with pytest.raises(UnknownNameError, match="nobody can take in gaps of class 'G7'"):
        nearest(network(nodes, upside_down), classes=["G7"])
    with pytest.raises(OrgnetError, match="k is 0"):
        nearest(network(nodes, upside_down), k=0)


def test_a_trend_is_the_rates_of_its_days(network):
    nodes = AREAS | {
        "unit:u": {"operating": True, "has_union": False, "has_youth_league": False},
        J: {"setting": "enterprise"},
    }
    begun = {**OWN, "valid_from": date(2019, 1, 1)}
    ties = [*PARTS, ("LOCATED_IN", "unit:u", "area:c"), ("COVERS", J, "unit:u", begun)]
    net = network(nodes, ties)
    days = ["2019-06-30", "2018-06-30", "2019-06-30"]
    frame = trend(net, days=days, by="community").frame
    assert frame.filter(measure="single").select("day", "numerator").rows() == [
        (date(2018, 6, 30), 0),
        (date(2019, 6, 30), 1),
    ]
    with pytest.raises(OrgnetError, match="no days to compare"):
        trend(net, days=[])
    with pytest.raises(UnknownAreaError, match="no area 'area:z'"):
        trend(net, days=days, within="area:z")


def test_each_says_in_words_what_it_is(network):
    nodes, ties, rules = town()
    nodes |= {"unit:in2": {"full_members": 2, "name": "in"}}
    ties += [("LOCATED_IN", "unit:in2", "area:c"), ("COVERS", S, "unit:in", OWN)]
    net = network(nodes, ties)
    asked = [
        sites(net),
        quality(net, day="2019-08-07"),
        duplicates(net),
        nearest(net, rules=rules),
        trend(net, days=["2019-01-01"]),
    ]
    assert len(gaps(net))
    for answer in asked:
        assert len(answer)
        for number in range(len(answer)):
            en, zh = answer.explain(number).split("\n")
            assert en
            assert zh
            assert "None" not in en + zh
