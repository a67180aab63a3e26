"""Where rosters and the network disagree, and which lines are empty, by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

import orgnet as on
from orgnet import coverage
from orgnet.query import Source
from orgnet.rules import Rules
from tests import small
from tests.small import EVERYTHING, areas, parts

Make = Callable[..., Source]
U, O, C = "unit:u", "party:o", "party:c"  # noqa: E741
DAY = date(2019, 8, 7)
COVER = {"basis": "organization", "mode": "single"}
WORK = {"basis": "work", "mode": "instructor"}
ORGANIZATIONS = {O: {"setting": "enterprise"}, C: {"setting": "community"}}
SEAT, PARTNER = ("HOLDS_SEAT_ON", U, C), ("PARTNERS_WITH", U, C)
AGREED = {"mechanism": "agreement"}


@pytest.fixture
def network(engine: Callable[[on.Network], Source]) -> Make:
    """Give what makes a source of nodes and ties, in memory and then in Neo4j."""
    return lambda *given: engine(small.network(*given))


def found(source: Source, **asked: Any) -> list[tuple[Any, ...]]:
    frame = coverage.conflicts(source, **asked).frame
    columns = ("attribute", "reported", "state", "reason", "evidence")
    rows: list[tuple[Any, ...]] = frame.select(columns).rows()
    return rows


NO, YES = "reported_no", "reported_only"


@pytest.mark.parametrize(
    ("said", "ties", "rows"),
    [
        ({"reported_party_org": True}, [("COVERS", O, U, COVER)], []),
        (
            {"reported_party_org": False},
            [("COVERS", O, U, COVER)],
            [("reported_party_org", False, "conflict", NO, [O])],
        ),
        (
            {"reported_party_org": True},
            [("COVERS", O, U, WORK)],  # is another coverage
            [("reported_party_org", True, "conflict", YES, None)],
        ),
        (
            {"reported_party_org": True},
            [("COVERS", O, U, COVER | {"reported": True})],  # the roster's own word
            [("reported_party_org", True, "conflict", YES, None)],
        ),
        ({"reported_party_org": False}, [], []),
        (
            {"reported_instructor": False},
            [("COVERS", O, U, WORK)],
            [("reported_instructor", False, "conflict", NO, [O])],
        ),
        (
            {"reported_seat": False, "reported_agreement": True},
            [SEAT],
            [
                ("reported_agreement", True, "conflict", YES, None),
                ("reported_seat", False, "conflict", NO, [C]),
            ],
        ),
        (
            {"reported_seat": False},
            [("HOSTED_BY", O, U), ("HOLDS_SEAT_ON", O, C)],  # through its organization
            [("reported_seat", False, "conflict", NO, [C])],
        ),
        (
            {"reported_agreement": False},
            [(*PARTNER, AGREED), ("PARTNERS_WITH", U, O, AGREED)],
            [("reported_agreement", False, "conflict", NO, [C, O])],
        ),
        (
            {"reported_agreement": False},
            [(*PARTNER, AGREED | {"basis": "reported"})],
            [],
        ),
    ],
)
def test_what_is_said_is_held_against_what_is_there(network, said, ties, rows):
    assert found(network({U: said, **ORGANIZATIONS}, ties)) == rows


@pytest.mark.parametrize(
    ("attribute", "what"),
    [
        ("reported_party_org", "COVERS:Unit"),
        ("reported_instructor", "COVERS:Unit"),
        ("reported_seat", "HOLDS_SEAT_ON:Unit"),
        ("reported_agreement", "PARTNERS_WITH:Unit"),
    ],
)
def test_a_yes_is_undetermined_where_not_everything_is_held(network, attribute, what):
    net = network({U: {attribute: True}}, (), EVERYTHING - {what})
    row = (attribute, True, "undetermined", f"unknown:{what}", None)
    assert found(net) == [row]


def test_functional_organizations_count_by_a_rule(network):
    functional = {O: {"setting": "enterprise", "membership_basis": "functional"}}
    net = network(
        {U: {"reported_party_org": False}, **functional}, [("COVERS", O, U, COVER)]
    )
    assert found(net) == []
    assert len(found(net, rules=Rules(functional_for_units=True))) == 1


def test_conflicts_have_a_day_a_place_and_words(network):
    nodes = {**areas(s="", c="s"), U: {"reported_party_org": False}, **ORGANIZATIONS}
    until = ("COVERS", O, U, COVER | {"valid_to": DAY})
    ties = [*parts(c="s"), ("LOCATED_IN", U, "area:c"), until]
    net = network(nodes, ties)
    assert found(net, day=DAY) == []
    answer = coverage.conflicts(net, day="2019-08-06", within="area:s")
    assert answer.frame["area"].to_list() == ["area:c"]
    en, zh = answer.explain(0).split("\n")
    assert "u (unit:u): reported_party_org is no in the roster" in en
    assert "台账“是否建立党组织”填否；台账填报为无，实际已有：o (party:o)。" in zh
    assert len(coverage.conflicts(net, within="area:s")) == 1


SOCIAL = {"kind": "social_organization"}


def lines_of(source: Source, **asked: Any) -> dict[str, tuple[Any, ...]]:
    frame = coverage.lines(source, **asked).frame
    columns = ("line", "organizations", "linked", "state", "reason")
    return {row[0]: row[1:] for row in frame.select(columns).iter_rows()}


HELD = EVERYTHING | {"HOSTED_BY:PartyOrganization"}
ABSENT = (0, 0, "absent", None)


def test_a_line_is_there_if_a_unit_of_it_is_at_home(network):
    nodes = {
        **areas(s="", c="s", g="c"),
        U: SOCIAL | {"line": "volunteer"},
        "unit:v": SOCIAL | {"line": "service"},
        "unit:w": SOCIAL | {"line": "association", "status": "closed"},
        "unit:x": {"line": "self_governance"},  # in the street, in no community
        C: {"setting": "community"},
    }
    ties = [
        *parts(c="s", g="c"),
        *(("LOCATED_IN", f"unit:{n}", "area:g") for n in "uvw"),
        ("LOCATED_IN", "unit:x", "area:s"),
        ("COVERS", C, "area:c", COVER),
        ("COVERS", C, U, WORK),
        ("HOSTED_BY", C, "area:c"),
    ]
    net = network(nodes, ties, HELD)
    assert lines_of(net) == {
        "association": ABSENT,
        "party": (1, 0, "present", None),
        "self_governance": ABSENT,
        "service": (1, 0, "present", None),
        "volunteer": (1, 1, "present", None),
    }
    en, zh = coverage.lines(net).explain(4).split("\n")
    assert en == (
        "c (area:c), volunteer line: 1 organizations, 1 units linked to the community; "
        "present."
    )
    assert zh == "c (area:c)，志愿线：组织1个，社区党组织已联系单位1个；有。"


def test_what_is_not_known_leaves_a_line_open(network):
    nodes = {**areas(c=""), U: SOCIAL, "unit:v": SOCIAL | {"line": "service"}}
    ties = [("LOCATED_IN", f"unit:{n}", "area:c") for n in "uv"]
    net = network(nodes, ties, HELD)
    open_ = (0, 0, "undetermined", "unknown:line")
    expected: dict[str, tuple[Any, ...]]
    expected = dict.fromkeys(("association", "party", "self_governance"), open_)
    expected |= {"service": (1, 0, "present", None), "volunteer": open_}
    assert lines_of(net) == expected
    assert lines_of(net, rules=Rules(line_kinds=()))["volunteer"] == ABSENT
    none = network(nodes, ties, HELD - {"LOCATED_IN:Unit"})
    assert lines_of(none)["party"] == (
        *(0, 0, "undetermined", "unknown:LOCATED_IN:Unit"),
    )
    assert "无法判定（网络未完整掌握单位的位于关系）" in coverage.lines(none).explain(0)
    hosts = network({**areas(c="")}, (), HELD - {"HOSTED_BY:PartyOrganization"})
    assert lines_of(hosts)["party"][3] == "unknown:HOSTED_BY:PartyOrganization"
    assert lines_of(hosts)["service"] == ABSENT
