"""Dispatch and funds where the answer is known by hand."""

from collections.abc import Callable

import pytest

from orgnet.errors import UnknownAreaError
from orgnet.integration import dispatch, funds
from orgnet.network import Network
from orgnet.query import Source
from tests import small

AREAS = {
    "area:s": {"level": "street"},
    "area:c": {"level": "community"},
    "area:g": {"level": "grid"},
    "area:h": {"level": "grid"},
}
PARTS = [
    ("PART_OF", "area:c", "area:s"),
    ("PART_OF", "area:g", "area:c"),
    ("PART_OF", "area:h", "area:c"),
]
OWN = {"basis": "organization", "mode": "single"}
LED = {
    **AREAS,
    "party:s": {"setting": "street"},
    "party:c": {"setting": "community"},
    "unit:bureau": {"kind": "government"},
}
LEADS = [
    *PARTS,
    *(("COVERS", f"party:{a}", f"area:{a}", OWN) for a in "sc"),
    *(("HOSTED_BY", f"party:{a}", f"area:{a}") for a in "sc"),
]
HELD = frozenset({"SERVES:Project", "FUNDS:Unit", "FUNDS:PartyOrganization"})


@pytest.fixture
def network(engine: Callable[[Network], Source]) -> Callable[..., Source]:
    """Give what makes a source of nodes and ties, in memory and then in Neo4j."""
    return lambda *given, **more: engine(small.network(*given, **more))


def test_what_a_community_sends_itself_and_what_only_others_can(network):
    sent = [
        ("DISPATCHES", "party:c", "area:g", {"staff": 3, "funds_cny": 100}),
        ("DISPATCHES", "party:c", "area:h", {"staff": None, "funds_cny": 50}),
        ("DISPATCHES", "party:s", "area:g", {"staff": 1}),
        ("DEPLOYS_TO", "unit:bureau", "area:c", {"staff": 2, "funds_cny": 0}),
        ("DEPLOYS_TO", "unit:bureau", "area:s", {"staff": 9}),  # no community's
    ]
    net = network(LED, [*LEADS, *sent])
    found = dispatch(net)
    assert found.frame.rows() == [
        ("area:c", "c", "community", 2, 2, 3, 1, 150, 0),
        ("area:c", "c", "department", 1, 1, 2, 0, 0, 0),
        ("area:c", "c", "street", 1, 1, 1, 0, 0, 1),
    ]
    assert "3 people and 150 yuan" in found.explain(0)
    assert dispatch(net, within="area:g").frame.is_empty()
    with pytest.raises(UnknownAreaError):
        dispatch(net, within="area:x")


def test_a_community_without_anybody_has_zeros(network):
    found = dispatch(network(AREAS, PARTS))
    assert found.frame["channel"].to_list() == ["community", "department", "street"]
    assert found.frame.select("ties", "areas", "staff").unique().rows() == [(0, 0, 0)]


def paid(giver: str, getter: str, amount: int | None, year: int = 2019):
    return ("FUNDS", giver, getter, {"amount_cny": amount, "year": year})


def test_who_gave_more_than_it_got(network):
    net = network(
        LED | {"project:p": {}, "party:x": {"setting": "enterprise"}},
        [
            *LEADS,
            paid("unit:bureau", "party:c", 100),
            paid("party:c", "project:p", 130),
            paid("unit:bureau", "party:s", None),
            paid("party:s", "project:p", 5),
            ("SERVES", "project:p", "area:c"),
        ],
        complete=HELD,
    )
    columns = ("class", "id", "year", "received", "given", "unknown", "state", "reason")
    assert funds(net).frame.select(columns).rows() == [
        ("overspent", "party:c", 2019, 100, 130, 0, "finding", "overspent"),
        ("overspent", "party:s", 2019, 0, 5, 1, "undetermined", "unknown:amount_cny"),
    ]
    assert len(funds(net, year=2018)) == 0
    assert "130" in funds(net).explain(0)


@pytest.mark.parametrize(
    ("held", "states"),
    [
        (HELD, ["finding", "finding"]),
        (frozenset(), ["undetermined", "undetermined"]),
    ],
)
def test_money_without_project_and_project_without_money(network, held, states):
    net = network(
        LED | {"project:p": {}},
        [*LEADS, paid("unit:bureau", "party:c", 10), ("SERVES", "project:p", "area:s")],
        complete=held,
    )
    found = funds(net).frame
    assert found["class"].to_list() == [
        "money_without_project",
        "project_without_money",
    ]
    assert found["id"].to_list() == ["party:c", "project:p"]
    assert found["area"].to_list() == ["area:c", "area:s"]
    assert found["state"].to_list() == states


def test_a_project_in_a_grid_is_the_communitys(network):
    net = network(
        LED | {"project:p": {}},
        [
            *LEADS,
            paid("unit:bureau", "party:c", 10),
            paid("unit:bureau", "project:p", 10),
            ("SERVES", "project:p", "area:g"),
        ],
        complete=HELD,
    )
    assert funds(net).frame.is_empty()
