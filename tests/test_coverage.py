"""Every class, state and reason of the coverage gaps, and the rates, by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

import orgnet as on
from orgnet import coverage
from orgnet.errors import OrgnetError, UnknownAreaError, UnknownNameError
from orgnet.query import Source
from tests import small
from tests.small import EVERYTHING, Case, areas, parts

Make = Callable[..., Source]

GAPS = ["class", "kind", "id", "name", "area", "state", "reason", "evidence", "remedy"]
RATES = [
    "group",
    "name",
    "measure",
    "numerator",
    "denominator",
    "denominator_name",
    "undetermined",
]
FIRM: dict[str, Any] = {
    "operating": True,
    "full_members": 3,
    "has_union": False,
    "has_youth_league": False,
}
COVER = {"basis": "organization", "mode": "single"}
NO_COVERS = EVERYTHING - {"COVERS:Unit"}


@pytest.fixture
def network(engine: Callable[[on.Network], Source]) -> Make:
    """Give what makes a source of nodes and ties, in memory and then in Neo4j.

    It holds until the next is made.
    """
    return lambda *given: engine(small.network(*given))


@pytest.fixture
def joined(engine: Callable[[on.Network], Source]) -> Make:
    """Give what makes a source of several cases side by side."""
    return lambda *given: engine(small.joined(*given))


def found(net: Source, **asked: Any) -> dict[tuple[str, str], tuple[str, str]]:
    """Return state and reason by class and id."""
    frame = coverage.gaps(net, **asked).frame
    return {(r["class"], r["id"]): (r["state"], r["reason"]) for r in _rows(frame)}


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return frame.rows(named=True)


def by_case(
    frame: pl.DataFrame, names: tuple[str, ...] = ("class", "reason")
) -> dict[int, list[tuple[Any, ...]]]:
    """Return these columns of the rows of each case of a joined network."""
    cases: dict[int, list[tuple[Any, ...]]] = {}
    for row in _rows(frame):
        case = int(row["id"].partition(":")[2][:2])
        cases.setdefault(case, []).append(tuple(row[n] for n in names))
    return cases


def covered(unit: dict[str, Any], covers: list[dict[str, Any]]) -> Case:
    """Return a unit that organizations cover like this; `by` says what they are."""
    nodes: dict[str, dict[str, Any]] = {**areas(c=""), "unit:u": FIRM | unit}
    ties: list[tuple[Any, ...]] = [("LOCATED_IN", "unit:u", "area:c")]
    for i, cover in enumerate(covers):
        nodes[f"party:{i}"] = {"setting": "enterprise", **cover.get("by", {})}
        how = COVER | {n: v for n, v in cover.items() if n != "by"}
        ties.append(("COVERS", f"party:{i}", "unit:u", how))
    return nodes, ties


def unit_gaps(
    joined: Make, cases: list[tuple[Any, ...]], complete: frozenset[str] = EVERYTHING
) -> list[tuple[Any, ...]]:
    """Return these cases with the reasons by class that were found."""
    net = joined([covered(*case[:2]) for case in cases], complete)
    rows = by_case(coverage.gaps(net, classes=["G1", "G2", "G3"]).frame)
    return [(*case[:2], dict(rows.get(i, []))) for i, case in enumerate(cases)]


WORK = {"basis": "work", "mode": "instructor"}
JOINT = {"mode": "joint"}
FUNCTIONAL = {"by": {"membership_basis": "functional"}}
G1_G3 = {"G1": "mandatory", "G3": "no_work_coverage"}
G2_G3 = {"G2": "unattached", "G3": "no_work_coverage"}


def test_units(joined):
    cases: list[tuple[Any, ...]] = [
        ({}, [], G1_G3),
        ({"full_members": 2}, [], G2_G3),
        ({"full_members": 1}, [], G2_G3),
        ({"full_members": 0}, [], {"G3": "no_work_coverage"}),
        ({}, [{}], {}),
        ({}, [JOINT], {"G1": "mandatory"}),
        ({}, [{"mode": "regional"}], {"G1": "mandatory"}),
        ({"full_members": 2}, [{"mode": "industry"}], {}),
        ({"full_members": 2}, [WORK], {"G2": "unattached"}),
        ({}, [WORK], {"G1": "mandatory"}),
        ({}, [WORK | {"basis": "activity"}], G1_G3),
        ({"has_union": True}, [], {"G1": "mandatory"}),
        ({"has_youth_league": True}, [], {"G1": "mandatory"}),
        # functional organizations do not count for units, whatever the basis
        ({}, [FUNCTIONAL], G1_G3),
        ({}, [FUNCTIONAL | WORK], G1_G3),
        ({}, [{"by": {"membership_basis": "formal"}}], {}),
        # in operation
        ({"operating": False}, [], {}),
        ({"status": "closed"}, [], {}),
        ({"status": "closed", "operating": None}, [], {}),
        ({"status": "suspended"}, [], G1_G3),
        (
            {"operating": None},
            [],
            {"G1": "unknown:operating", "G3": "unknown:operating"},
        ),
        ({"operating": None, "full_members": 0, "has_union": True}, [], {}),
        # members
        (
            {"full_members": None},
            [],
            {
                "G1": "unknown:full_members",
                "G2": "unknown:full_members",
                "G3": "no_work_coverage",
            },
        ),
        ({"full_members": None}, [{}], {}),
        ({"full_members": None, "operating": False}, [], {}),
        (
            {"full_members": None, "operating": None},
            [JOINT],
            {"G1": "unknown:operating"},
        ),
        # union and league
        (
            {"has_union": None},
            [],
            {"G1": "mandatory", "G3": "unknown:has_union"},
        ),
        (
            {"has_union": None, "has_youth_league": None},
            [],
            {"G1": "mandatory", "G3": "unknown:has_union"},
        ),
        (
            {"has_youth_league": None},
            [],
            {"G1": "mandatory", "G3": "unknown:has_youth_league"},
        ),
        ({"has_union": None, "has_youth_league": True}, [], {"G1": "mandatory"}),
        # what the roster says
        (
            {"reported_party_org": True},
            [],
            {"G1": "reported_only", "G3": "reported_only"},
        ),
        ({"reported_party_org": True, "has_union": True}, [], {"G1": "reported_only"}),
        ({"reported_party_org": True}, [JOINT], {"G1": "mandatory"}),
        (
            {"reported_party_org": True},
            [FUNCTIONAL],
            {"G1": "reported_only", "G3": "reported_only"},
        ),
        ({"reported_party_org": True, "full_members": 0, "has_union": True}, [], {}),
        (
            {"reported_party_org": True, "operating": None},
            [],
            {"G1": "unknown:operating", "G3": "unknown:operating"},
        ),
        (
            {"reported_party_org": True, "full_members": None, "has_union": True},
            [],
            {"G1": "unknown:full_members", "G2": "unknown:full_members"},
        ),
        ({"reported_party_org": False}, [], G1_G3),
        ({"reported_party_org": False}, [{}], {}),
        (
            {"reported_instructor": True},
            [],
            {"G1": "mandatory", "G3": "reported_only"},
        ),
        ({"reported_instructor": True}, [WORK], {"G1": "mandatory"}),
        ({"reported_instructor": False}, [], G1_G3),
        ({"reported_instructor": False}, [WORK], {"G1": "mandatory"}),
    ]
    assert unit_gaps(joined, cases) == cases


def test_a_narrower_claim_settles_organizations_and_leaves_work_open(joined):
    held = EVERYTHING - {"COVERS:Unit"} | {"COVERS{organization}:Unit"}
    cases: list[tuple[Any, ...]] = [
        ({}, [], {"G1": "mandatory", "G3": "unknown:COVERS:Unit"}),
        ({"reported_instructor": False}, [], G1_G3),
        (
            {"reported_instructor": True},
            [],
            {"G1": "mandatory", "G3": "reported_only"},
        ),
        ({}, [WORK], {"G1": "mandatory"}),
    ]
    assert unit_gaps(joined, cases, held) == cases


def test_units_where_coverage_is_not_held_completely(joined):
    cases: list[tuple[Any, ...]] = [
        ({}, [], {"G1": "unknown:COVERS:Unit", "G3": "unknown:COVERS:Unit"}),
        ({}, [{}], {}),
        ({}, [JOINT], {"G1": "unknown:COVERS:Unit"}),
        ({"has_union": True}, [], {"G1": "unknown:COVERS:Unit"}),
        ({"operating": False}, [], {}),
        (
            {"reported_party_org": True},
            [],
            {"G1": "reported_only", "G3": "reported_only"},
        ),
        (
            {"reported_party_org": False, "full_members": 2},
            [],
            {"G2": "unknown:COVERS:Unit", "G3": "unknown:COVERS:Unit"},
        ),
        ({"full_members": 0}, [WORK], {}),
    ]
    assert unit_gaps(joined, cases, NO_COVERS) == cases


def test_units_by_other_rules(joined):
    unknown = {"G1": "unknown:full_members", "G2": "unknown:full_members"}
    cases: list[tuple[Any, ...]] = [
        ({"joint_satisfies": True}, {}, [JOINT], {}),
        ({"joint_satisfies": True}, {}, [{"mode": "regional"}], {"G1": "mandatory"}),
        ({"min_full_members": 5}, {"full_members": 4}, [], G2_G3),
        ({"min_full_members": 2}, {"full_members": 2}, [], G1_G3),
        ({"functional_for_units": True}, {}, [FUNCTIONAL], {}),
        ({"members_as_full": True}, {"full_members": None, "members": 3}, [], G1_G3),
        ({"members_as_full": True}, {"full_members": 2, "members": 3}, [], G2_G3),
        ({"presumed_operating": True}, {"operating": None}, [], G1_G3),
        ({"presumed_operating": True}, {"operating": False}, [], {}),
        (
            {"presumed_operating": True},
            {"operating": None, "status": "closed"},
            [],
            {},
        ),
        (
            {"members_as_full": True},
            {"full_members": None, "has_union": True},
            [],
            unknown,
        ),
    ]
    net = joined([covered(unit, covers) for _, unit, covers, _ in cases])
    for i, (rules, _, _, expected) in enumerate(cases):
        answer = coverage.gaps(net, classes=["G1", "G2", "G3"], rules=on.Rules(**rules))
        rows = by_case(answer.frame)
        assert dict(rows.get(i, [])) == expected, rules


def test_members_instead_of_full_members_are_told_with_the_answer(network):
    net = network({"unit:u": FIRM})
    assert coverage.gaps(net).notes == []
    (note,) = coverage.gaps(net, rules=on.Rules(members_as_full=True)).notes
    assert "members" in note[0]


PLACES = {"t": "", "d": "t", "s": "d", "c": "s", "o": "c", "g": "c"}


def test_areas_without_an_organization(network):
    nodes = {
        **areas(**PLACES, o2="", g2="", g3="", g4=""),
        "area:g2": {"level": "grid", "exclusive": True},
        "area:g3": {"level": "grid", "exclusive": False},
        "area:m": {"level": "micro_grid"},
        "party:f": {"setting": "grid", "membership_basis": "functional"},
        "party:p": {"setting": "enterprise"},
    }
    covers = [
        ("COVERS", "party:p", "area:o", COVER | JOINT),
        ("COVERS", "party:p", "area:o2", WORK),
        ("COVERS", "party:f", "area:g4", COVER),
    ]
    net = network(nodes, parts(**PLACES) + covers)
    gap = ("gap", "no_organization")
    expected = {("G4", f"area:{a}"): gap for a in ("s", "c", "g", "g3", "o2")}
    assert found(net, classes=["G4"]) == expected
    exclusive = found(net, classes=["G4"], rules=on.Rules(exclusive_grids=True))
    assert set(exclusive) - set(expected) == {("G4", "area:g2")}
    formal = found(net, classes=["G4"], rules=on.Rules(functional_for_areas=False))
    assert set(formal) - set(expected) == {("G4", "area:g4")}


def test_areas_where_coverage_is_not_held_for_one_level(network):
    net = network(areas(**PLACES), parts(**PLACES), EVERYTHING - {"COVERS:grid"})
    given = found(net, classes=["G4"])
    assert given["G4", "area:g"] == ("undetermined", "unknown:COVERS:grid")
    assert given["G4", "area:o"] == ("gap", "no_organization")
    frame = coverage.gaps(net, classes=["G4"]).frame
    assert dict(frame.select("id", "remedy").iter_rows())["area:g"] == "ask"


def test_sites_anywhere_below_count(network):
    tree = {"s": "", "c1": "s", "c2": "s", "c3": "s", "o": "c1", "g": "o"}
    nodes = {**areas(**tree), "site:1": {}, "site:2": {}, "site:3": {}}
    ties = [
        ("LOCATED_IN", "site:1", "area:g"),
        ("LOCATED_IN", "site:2", "area:c2", {"primary": True}),
        ("LOCATED_IN", "site:2", "area:c3"),  # not where it primarily is
    ]
    net = network(nodes, parts(**tree) + ties)
    assert found(net, classes=["G7"]) == {("G7", "area:c3"): ("gap", "no_site")}
    open_ = network(nodes, parts(**tree) + ties, EVERYTHING - {"LOCATED_IN:Site"})
    assert found(open_, classes=["G7"]) == {
        ("G7", "area:c3"): ("undetermined", "unknown:LOCATED_IN:Site")
    }


HOME = {"t": "", "d": "t", "s": "d", "s2": "d", "c": "s", "c2": "s2", "g": "c"}
HOME_NODES = {
    **areas(**HOME),
    "party:s": {"setting": "street"},
    "party:c": {"setting": "community"},
    "party:c2": {"setting": "community"},
    "party:own": {"setting": "enterprise"},
    "unit:u": {"resident": True},
    "unit:v": {},
    "resource:r": {},
    "need:n": {},
}
HOME_TIES = [
    *parts(**HOME),
    ("COVERS", "party:s", "area:s", COVER),
    ("COVERS", "party:c", "area:c", COVER),
    ("COVERS", "party:c2", "area:c2", COVER),
    ("HOSTED_BY", "party:own", "unit:u"),
]
RETURNED = {"kind": "two_way", "round": "2018", "status": "returned"}
OFFER = ("OFFERS", "unit:u", "resource:r")
MATCH = ("MATCHED_TO", "resource:r", "need:n")
LOCATION_ONLY = ("gap", "location_only")


def homely(
    *ties: tuple[Any, ...], place: str = "area:g", **nodes: dict[str, Any]
) -> Case:
    """Return a resident unit with these ties; nodes by keyword, unit_u for unit:u."""
    located = [("LOCATED_IN", "unit:u", place)] if place else []
    more = {n.replace("_", ":"): given for n, given in nodes.items()}
    return HOME_NODES | more, [*HOME_TIES, *located, *ties]


def tie_gaps(net: Source, cases: int) -> list[tuple[str, str] | None]:
    """Return state and reason of class G5 for each case; null if there is no gap."""
    frame = coverage.gaps(net, classes=["G5"]).frame
    rows = by_case(frame, ("state", "reason"))
    return [rows.get(i, [None])[0] for i in range(cases)]


TIES: list[tuple[Any, ...]] = [
    ("HOLDS_SEAT_ON", "unit:u", "party:c"),
    ("HOLDS_SEAT_ON", "unit:u", "party:s"),
    ("HOLDS_SEAT_ON", "party:own", "party:c"),
    ("PARTNERS_WITH", "unit:u", "party:c", {"mechanism": "agreement"}),
    ("PARTNERS_WITH", "party:own", "party:s", {"mechanism": "registration"}),
    ("EVALUATES", "unit:u", "party:c", RETURNED),
    ("EVALUATES", "party:s", "unit:u", RETURNED),
    ("EVALUATES", "party:c", "party:own", RETURNED),
    ("EVALUATES", "party:own", "party:c", RETURNED),
    ("EVALUATES", "unit:u", "party:c", RETURNED | {"status": None, "score": 90.0}),
    ("EVALUATES", "unit:u", "party:c", RETURNED | {"status": None, "grade": "A"}),
]
NO_TIES: list[tuple[Any, ...]] = [
    ("HOLDS_SEAT_ON", "unit:u", "party:c2"),  # of another community
    ("HOLDS_SEAT_ON", "unit:v", "party:c"),  # another unit's
    ("HOLDS_SEAT_ON", "party:s", "party:c"),
    ("EVALUATES", "unit:u", "party:c", RETURNED | {"kind": "hierarchical"}),
    ("EVALUATES", "unit:u", "party:c", RETURNED | {"status": "void"}),
    ("EVALUATES", "unit:u", "party:c", RETURNED | {"status": None}),
    ("EVALUATES", "unit:u", "party:c", RETURNED | {"status": "void", "grade": "A"}),
    ("COVERS", "party:c", "unit:u", WORK),
]


def test_what_is_a_tie_to_the_organization_of_ones_home(joined):
    cases = [homely(tie) for tie in TIES + NO_TIES]
    expected = [None] * len(TIES) + [LOCATION_ONLY] * len(NO_TIES)
    assert tie_gaps(joined(cases), len(cases)) == expected


def test_what_a_unit_offers_to_its_street(joined):
    other = ("OFFERS", "unit:v", "resource:r")
    at: list[Any] = [("LOCATED_IN", "resource:r", f"area:{a}") for a in HOME]
    cases: list[tuple[list[tuple[Any, ...]], bool]] = [
        ([OFFER], False),
        *(([OFFER, place], place[2][-1] in "scg") for place in at),
        ([OFFER, MATCH], False),
        ([OFFER, MATCH, ("LOCATED_IN", "need:n", "area:c")], True),
        ([OFFER, MATCH, ("LOCATED_IN", "need:n", "area:s2")], False),
        ([OFFER, MATCH, ("RAISES", "area:g", "need:n")], True),
        ([OFFER, MATCH, ("RAISES", "area:c2", "need:n")], False),
        ([OFFER, MATCH, ("RAISES", "party:c", "need:n")], False),
        ([other, ("LOCATED_IN", "resource:r", "area:c")], False),
    ]
    net = joined([homely(*ties) for ties, _ in cases])
    expected = [None if tied else LOCATION_ONLY for _, tied in cases]
    assert tie_gaps(net, len(cases)) == expected


def test_the_home_of_a_unit(joined):
    seat = ("HOLDS_SEAT_ON", "unit:u", "party:c")
    second = ("LOCATED_IN", "unit:u", "area:c2", {"primary": True})
    nowhere = ("undetermined", "unknown:LOCATED_IN:Unit")
    cases = [
        (homely(place="area:s"), LOCATION_ONLY),
        (homely(seat, place="area:s"), LOCATION_ONLY),  # it is in no community
        (homely(place="area:d"), nowhere),
        (homely(seat, place=""), nowhere),
        (homely(unit_u={"resident": False}), None),
        (homely(unit_u={"resident": None}), None),
        (homely(seat, second), LOCATION_ONLY),
    ]
    given = tie_gaps(joined([case for case, _ in cases]), len(cases))
    assert given == [expected for _, expected in cases]


def test_any_organization_of_the_home_will_do(joined):
    cover = ("COVERS", "party:d", "area:c", COVER)
    seat = ("HOLDS_SEAT_ON", "unit:u", "party:d")
    cases = [
        homely(cover, seat, party_d={"setting": "community"}),
        homely(cover, seat, party_d={"setting": "park"}),
    ]
    assert tie_gaps(joined(cases), 2) == [None, LOCATION_ONLY]


def test_ties_that_are_not_held_completely(joined):
    cases: list[tuple[list[tuple[Any, ...]], list[str], str | None]] = [
        ([], ["HOLDS_SEAT_ON:Unit", "EVALUATES:Unit"], "HOLDS_SEAT_ON:Unit"),
        ([], ["PARTNERS_WITH:Unit", "OFFERS:Unit"], "PARTNERS_WITH:Unit"),
        ([], ["EVALUATES:Unit"], "EVALUATES:Unit"),
        ([], ["OFFERS:Unit"], "OFFERS:Unit"),
        ([], ["LOCATED_IN:Resource", "MATCHED_TO:Resource"], None),
        ([OFFER], ["LOCATED_IN:Resource"], "LOCATED_IN:Resource"),
        ([OFFER], ["MATCHED_TO:Resource"], "MATCHED_TO:Resource"),
        ([OFFER], ["LOCATED_IN:Need", "RAISES:Need"], None),
        ([OFFER, MATCH], ["RAISES:Need", "LOCATED_IN:Need"], "RAISES:Need"),
        ([OFFER, MATCH], ["LOCATED_IN:Need"], "LOCATED_IN:Need"),
        ([OFFER, MATCH, ("RAISES", "unit:v", "need:n")], ["RAISES:Need"], None),
        (
            [OFFER, MATCH, ("LOCATED_IN", "need:n", "area:c2")],
            ["LOCATED_IN:Need"],
            None,
        ),
    ]
    seat = ("HOLDS_SEAT_ON", "unit:u", "party:c")
    loose = [homely(*ties) for ties, _, _ in cases]
    both = loose + [homely(*ties, seat) for ties, _, _ in cases]
    for i, (_, lacking, reason) in enumerate(cases):
        less = joined(both, EVERYTHING - set(lacking))
        given = tie_gaps(less, 2 * len(cases))
        expected = ("undetermined", f"unknown:{reason}") if reason else LOCATION_ONLY
        assert given[i] == expected, lacking
        assert given[i + len(cases)] is None  # what is found is true either way


def test_the_evidence_of_a_missing_tie_is_whom_to_ask(network):
    (row,) = coverage.gaps(network(*homely()), classes=["G5"])
    assert row["evidence"] == ["party:c", "party:s"]
    assert (row["area"], row["remedy"]) == ("area:c", "agree_partnership")
    located = ("LOCATED_IN", "unit:u", "area:g")
    nodes = {**areas(**HOME), "unit:u": {"resident": True}}
    bare = network(nodes, [*parts(**HOME), located])
    assert coverage.gaps(bare, classes=["G5"]).row(0)["evidence"] is None


CHAIN_NODES = {
    **areas(**PLACES),
    "party:0": {"setting": "city"},
    "party:1": {"setting": "district"},
    "party:2": {"setting": "street"},
    "party:3": {"setting": "community"},
    "party:4": {"setting": "enterprise"},
    "party:5": {"setting": "grid"},
}


WHOLE = ["10", "21", "32", "43", "53"]
ONE_CYCLE = ("gap", "cycle", ["4", "5"])
AND_3 = {i: ("gap", "cycle", ["3", i]) for i in "45"}
SELF_CYCLE = ("gap", "cycle", ["3"])
BOTH_CYCLES = ("gap", "cycle", ["3", "4", "5"])
CHAINS: list[tuple[list[str], dict[str, Any]]] = [
    (WHOLE, {}),
    (["10", "21", "32", "53"], {"4": ("gap", "no_superior", None)}),
    ([*WHOLE, "42"], {"4": ("gap", "several_superiors", ["2", "3"])}),
    (["10", "21", "32", "43", "52"], {"5": ("gap", "wrong_level", ["2"])}),
    (["10", "21", "31", "43", "53"], {"3": ("gap", "wrong_level", ["1"])}),
    (["10", "21", "32", "41", "53"], {}),  # an enterprise may be under any
    (["10", "21", "32", "44", "53"], {"4": ("gap", "cycle", ["4"])}),
    (["10", "21", "32", "45", "54"], {"4": ONE_CYCLE, "5": ONE_CYCLE}),
    ([*WHOLE, "54"], {"5": ("gap", "several_superiors", ["3", "4"])}),
    # members of a cycle are named, and not a superior beside it
    (["10", "21", "32", "45", "54", "43"], {"4": ONE_CYCLE, "5": ONE_CYCLE}),
    # of the cycles through each, the shortest; of several, all
    (
        ["10", "21", "34", "43", "35", "53"],
        {"3": BOTH_CYCLES, "4": AND_3["4"], "5": AND_3["5"]},
    ),
    (["10", "21", "34", "43", "33", "53"], {"3": SELF_CYCLE, "4": AND_3["4"]}),
    # the city is no subject, but may be named
    (["01", "10", "21", "32", "43", "53"], {"1": ("gap", "cycle", ["0", "1"])}),
    # below a cycle is not on it
    (["10", "21", "32", "33", "43", "53"], {"3": ("gap", "cycle", ["3"])}),
]


def chained(arcs: list[str]) -> Case:
    """Return organizations by number, the first under the second in each arc."""
    return CHAIN_NODES, [
        ("SUBORDINATE_TO", f"party:{arc[0]}", f"party:{arc[1]}") for arc in arcs
    ]


def chain_gaps(net: Source, cases: int, **asked: Any) -> list[dict[str, Any]]:
    """Return state, reason and evidence of class G6 by organization, for each case."""
    given: list[dict[str, Any]] = [{} for _ in range(cases)]
    for row in coverage.gaps(net, classes=["G6"], **asked):
        named = row["evidence"] and [i[-1] for i in row["evidence"]]
        case = int(row["id"].partition(":")[2][:2])
        given[case][row["id"][-1]] = (row["state"], row["reason"], named)
    return given


def test_organizations_out_of_the_chain(joined):
    net = joined([chained(arcs) for arcs, _ in CHAINS])
    assert chain_gaps(net, len(CHAINS)) == [expected for _, expected in CHAINS]


def test_no_superior_is_undetermined_where_not_all_are_held(joined):
    held = "SUBORDINATE_TO:PartyOrganization"
    net = joined([chained(["10", "21", "32", "52"])], EVERYTHING - {held})
    assert chain_gaps(net, 1)[0] == {
        "4": ("undetermined", f"unknown:{held}", None),
        "5": ("gap", "wrong_level", ["2"]),
    }


def test_who_may_be_under_whom_is_a_rule(joined):
    rules = on.Rules(superiors={"grid": ("street",)})
    given = chain_gaps(joined([chained(WHOLE)]), 1, rules=rules)
    assert given == [{"5": ("gap", "wrong_level", ["3"])}]


def test_superiors_one_after_another_are_not_several(joined):
    change = date(2019, 7, 1)
    old, new = {"valid_to": change}, {"valid_from": change}
    both = {"valid_from": date(2019, 1, 1)}

    pairs = [(old, new), (old, both), ({}, {})]
    net = joined(
        (
            CHAIN_NODES,
            [
                ("SUBORDINATE_TO", "party:4", "party:2", first),
                ("SUBORDINATE_TO", "party:4", "party:3", second),
            ],
        )
        for first, second in pairs
    )

    def several(day: str | None) -> list[bool]:
        reasons = found(net, classes=["G6"], day=day)
        keys = [("G6", f"party:{i:02d}.4") for i in range(len(pairs))]
        return [reasons.get(k) == ("gap", "several_superiors") for k in keys]

    assert several(None) == [False, True, True]
    assert several("2018-12-31") == [False, False, True]
    assert several("2019-03-01") == [False, True, True]
    assert several("2019-06-30") == [False, True, True]
    assert several("2019-07-01") == [False, False, True]


def test_one_superior_twice_is_one(network):
    ties = [
        ("SUBORDINATE_TO", "party:4", "party:3"),
        ("SUBORDINATE_TO", "party:4", "party:3", {"valid_from": date(2019, 1, 1)}),
    ]
    net = network(CHAIN_NODES, ties)
    assert ("G6", "party:4") not in found(net, classes=["G6"])


def test_the_day_cuts_nodes_and_relationships(network):
    born, gone = date(2019, 1, 1), date(2020, 1, 1)
    nodes = {
        "unit:u": FIRM | {"valid_from": born, "valid_to": gone},
        "party:p": {"setting": "enterprise", "valid_to": date(2019, 7, 1)},
    }
    cover = ("COVERS", "party:p", "unit:u", COVER | {"valid_from": date(2019, 2, 1)})
    net = network(nodes, [cover])
    key = ("G1", "unit:u")
    gap_on = {
        day: key in found(net, day=day)
        for day in (
            "2018-12-31",
            "2019-01-01",
            "2019-02-01",
            "2019-06-30",
            "2019-07-01",
            "2019-12-31",
            "2020-01-01",
        )
    }
    assert list(gap_on.values()) == [False, True, False, False, True, True, False]
    assert key not in found(net)


WITHIN = {"t": "", "d": "t", "s": "d", "s2": "d", "c": "s", "c2": "s2", "g": "c"}


def within_rows() -> Case:
    nodes = {
        **areas(**WITHIN),
        "area:s": {"level": "street", "code": "510104001"},
        "unit:1": FIRM | {"full_members": 5},
        "unit:2": FIRM,
        "unit:3": FIRM,
        "party:0": {"setting": "city"},
        "party:1": {"setting": "enterprise"},
        "party:2": {"setting": "enterprise"},
        "party:3": {"setting": "enterprise"},
        "party:4": {"setting": "building"},
        "party:5": {"setting": "enterprise"},
    }
    ties = [
        *parts(**WITHIN),
        ("LOCATED_IN", "unit:1", "area:g"),
        ("LOCATED_IN", "unit:2", "area:s2", {"primary": True}),
        ("LOCATED_IN", "unit:2", "area:c", {"primary": False}),
        ("HOSTED_BY", "party:1", "unit:1"),
        ("HOSTED_BY", "party:3", "area:c2"),
        ("HOSTED_BY", "party:5", "unit:3"),
        ("COVERS", "party:3", "unit:3", COVER),
        ("SUBORDINATE_TO", "party:2", "party:4"),  # no place: where its superior is
        ("SUBORDINATE_TO", "party:4", "party:1"),
    ]
    return nodes, ties


@pytest.fixture
def within_net(network: Make) -> Source:
    return network(*within_rows())


def test_the_area_of_a_subject(within_net):
    frame = coverage.gaps(within_net).frame.filter(
        pl.col("class").is_in(["G1", "G6"]) | (pl.col("kind") == "Area")
    )
    area = dict(frame.select("id", "area").iter_rows())
    assert area == {
        "area:c": "area:c",
        "area:c2": "area:c2",
        "area:g": "area:c",
        "area:s": "area:s",
        "area:s2": "area:s2",
        "unit:1": "area:c",
        "unit:2": "area:s2",
        "party:1": "area:c",
        "party:3": "area:c2",
        "party:4": "area:c",
        "party:5": None,
    }


def test_within_filters_rows_and_never_the_graph(within_net):
    net = within_net
    inside = coverage.gaps(net, within="area:s", classes=["G1", "G4", "G6"])
    assert inside.frame.select("class", "id").rows() == [
        ("G1", "unit:1"),
        ("G4", "area:c"),
        ("G4", "area:g"),
        ("G4", "area:s"),
        ("G6", "party:1"),
        ("G6", "party:4"),
    ]
    by_code = coverage.gaps(net, within="510104001", classes=["G1", "G4", "G6"])
    assert by_code.frame.equals(inside.frame)
    everything = coverage.gaps(net).frame
    assert coverage.gaps(net, within="area:t").frame.equals(
        everything.filter(pl.col("area").is_not_null())
    )


def test_a_superior_without_a_place_is_looked_beyond(network):
    nodes = {
        **areas(c=""),
        "party:1": {"setting": "park"},
        "party:2": {"setting": "community"},
        "party:3": {"setting": "community"},
        "party:a": {"setting": "park"},
        "party:b": {"setting": "park"},
    }
    ties = [
        ("SUBORDINATE_TO", "party:1", "party:2"),
        ("SUBORDINATE_TO", "party:1", "party:a", {"valid_to": date(2000, 1, 1)}),
        ("SUBORDINATE_TO", "party:2", "party:3"),
        ("HOSTED_BY", "party:3", "area:c"),
        ("SUBORDINATE_TO", "party:a", "party:b"),
        ("SUBORDINATE_TO", "party:b", "party:a"),
    ]
    rows = coverage.gaps(network(nodes, ties), classes=["G6"])
    assert {r["id"]: r["area"] for r in rows} == {
        "party:1": "area:c",
        "party:2": "area:c",
        "party:3": "area:c",
        "party:a": None,
        "party:b": None,
    }


def test_the_columns_and_the_order_of_gaps(within_net):
    result = coverage.gaps(within_net)
    assert result.frame.columns == GAPS
    assert set(result.frame.drop("evidence").dtypes) == {pl.String}
    assert result.frame.schema["evidence"] == pl.List(pl.String)
    keys = result.frame.select("class", "area", "id").rows()
    assert keys == sorted(keys, key=lambda k: (k[0], k[1] is None, k[1] or "", k[2]))
    assert len(set(keys)) == len(keys)
    assert None in {k[1] for k in keys}
    assert len({k[0] for k in keys}) > 3


def test_an_empty_network_has_no_gaps(network):
    frame = coverage.gaps(network({})).frame
    assert frame.columns == GAPS
    assert frame.height == 0


def test_classes_are_named(within_net):
    net = within_net
    assert coverage.gaps(net, classes="G1").frame["class"].unique().to_list() == ["G1"]
    twice = coverage.gaps(net, classes=["G4", "G1", "G4"]).frame
    assert twice.equals(coverage.gaps(net, classes=["G1", "G4"]).frame)
    assert coverage.gaps(net, classes=[]).frame.height == 0
    with pytest.raises(UnknownNameError, match=r"'G8'; there are: G1, G2"):
        coverage.gaps(net, classes=["G8"])
    with pytest.raises(UnknownAreaError, match="area:nowhere"):
        coverage.gaps(net, within="area:nowhere")
    with pytest.raises(OrgnetError, match="2019-08-07"):
        coverage.gaps(net, day="August")


@pytest.mark.parametrize(
    ("class_", "words"),
    [
        ("G1", ["unit:1", "full members 5", "drawn at 3", "article 30", "第三十条"]),
        ("G3", ["has_union no", "工会：否", "work coverage: none"]),
        ("G4", ["area without an organization", "区域无党组织", "组建党组织"]),
        ("G6", ["party:1", "no superior", "无上级党组织", "明确隶属关系"]),
        ("G7", ["areas looked through: 2", "阵地空白"]),
    ],
)
def test_a_gap_is_put_into_words(within_net, class_, words):
    result = coverage.gaps(within_net, within="area:c", classes=[class_])
    said = result.explain(0)
    assert [w for w in words if w not in said] == []
    assert said.count("\n") == 1


def test_the_words_name_whom_one_looked_at(network):
    ties = [
        ("COVERS", "party:c", "unit:u", COVER | JOINT),
        ("LOCATED_IN", "unit:u", "area:g"),
        ("COVERS", "party:own", "unit:u", COVER),
    ]
    own = {"setting": "enterprise", "membership_basis": "functional"}
    nodes = HOME_NODES | {"party:own": own, "unit:u": FIRM | {"resident": True}}
    net = network(nodes, [*HOME_TIES, *ties])
    said = coverage.gaps(net, classes=["G1"]).explain(0)
    assert "c (party:c) [joint], own (party:own) [single, functional]" in said
    assert "c (party:c)〔联合组建〕" in said
    said = coverage.gaps(net, classes=["G5"]).explain(0)
    assert "its own organizations: own (party:own)" in said
    assert "所在社区、街道党组织：c (party:c), s (party:s)" in said


def test_the_words_go_by_the_rules_of_the_question(network):
    net = network({"unit:u": FIRM | {"full_members": None, "members": 9}})
    rules = on.Rules(min_full_members=7, members_as_full=True)
    said = coverage.gaps(net, classes=["G1"], rules=rules).explain(0)
    assert "drawn at 7; members counted instead: 9" in said
    assert "标准为7名；按党员9名计" in said


@pytest.mark.parametrize(
    ("unit", "complete", "words"),
    [
        (
            {"operating": None},
            EVERYTHING,
            ["operating is not known", "是否实体运营未知"],
        ),
        ({"reported_party_org": True}, EVERYTHING, ["reported only", "仅见于台账"]),
        ({}, NO_COVERS, ["does not hold every COVERS of Unit", "掌握单位的覆盖关系"]),
    ],
)
def test_what_is_undetermined_is_put_into_words(network, unit, complete, words):
    net = network({"unit:u": FIRM | unit}, (), complete)
    said = coverage.gaps(net, classes=["G1"]).explain(0)
    wanted = ["undetermined", "无法判定", "next: ask", *words]
    assert [w for w in wanted if w not in said] == []


def test_every_reason_has_words_in_both_languages(network):
    lacking = network(
        {
            **HOME_NODES,
            "unit:u": {"resident": True, "kind": "other"},
            "unit:w": FIRM | {"has_union": None},
            "unit:x": FIRM | {"has_youth_league": None},
        },
        [*HOME_TIES, ("LOCATED_IN", "unit:u", "area:g"), OFFER, MATCH],
        ["COVERS:Unit"],
    )
    answer = coverage.gaps(lacking)
    said = [answer.explain(i) for i in range(len(answer))]
    assert len(set(answer.frame["class"])) >= 6
    assert all(len(s.split("\n")) == 2 for s in said)


def test_the_subgraph_of_an_answer_holds_subjects_and_evidence(network):
    result = coverage.gaps(
        network(HOME_NODES, [*HOME_TIES, ("LOCATED_IN", "unit:u", "area:g")]),
        classes=["G5"],
    )
    assert result.ids() == ["area:c", "party:c", "party:s", "unit:u"]
    assert result.subgraph().counts["COVERS"] == 1


def rate(net: Source, **asked: Any) -> dict[tuple[str | None, str], tuple[int, ...]]:
    """Return numerator, denominator and undetermined by group and measure."""
    columns = ("numerator", "denominator", "undetermined")
    return {
        (r["group"], r["measure"]): tuple(r[c] for c in columns)
        for r in coverage.rates(net, **asked)
    }


def unit_rates(
    joined: Make,
    cases: list[tuple[Any, ...]],
    denominator: str = "in_operation",
    complete: frozenset[str] = EVERYTHING,
    **rules: Any,
) -> list[tuple[tuple[int, ...], ...]]:
    """Return the counts by measure for each case, each a unit in its own community."""
    net = joined([covered(*case[:2]) for case in cases], complete)
    asked = {"by": "community", "denominator": denominator, "rules": on.Rules(**rules)}
    given = rate(net, **asked)
    groups = [f"area:{i:02d}.c" for i in range(len(cases))]
    return [tuple(given[group, m] for m in MEASURES) for group in groups]


MEASURES = ("any", "organization", "single", "work")
YES, NO, OPEN, OUT, BELONGS = (1, 1, 0), (0, 1, 0), (0, 1, 1), (0, 0, 0), (0, 0, 1)


def test_rates_of_one_unit(joined):
    cases: list[tuple[Any, ...]] = [
        ({}, [], (NO, NO, NO, NO)),
        ({}, [{}], (YES, YES, YES, NO)),
        ({}, [JOINT], (YES, YES, NO, NO)),
        ({}, [{"mode": "regional"}], (NO, NO, NO, NO)),
        ({}, [FUNCTIONAL], (NO, NO, NO, NO)),
        ({}, [WORK], (YES, NO, NO, YES)),
        ({"has_union": True}, [], (YES, NO, NO, YES)),
        ({"has_youth_league": True, "has_union": None}, [], (YES, NO, NO, YES)),
        ({"has_union": None}, [], (OPEN, NO, NO, OPEN)),
        ({"has_union": None}, [WORK], (YES, NO, NO, YES)),
        ({"has_union": None}, [{}], (YES, YES, YES, OPEN)),
        ({"reported_party_org": True}, [], (OPEN, OPEN, OPEN, NO)),
        ({"reported_party_org": True}, [WORK], (YES, OPEN, OPEN, YES)),
        ({"reported_party_org": True}, [JOINT], (YES, YES, NO, NO)),
        ({"reported_party_org": True}, [{"mode": "regional"}], (NO, NO, NO, NO)),
        ({"operating": None}, [], (BELONGS,) * 4),
        ({"operating": None}, [{}], (BELONGS,) * 4),
        ({"operating": False}, [{}], (OUT,) * 4),
        ({"status": "closed", "operating": None}, [{}], (OUT,) * 4),
    ]
    assert unit_rates(joined, cases) == [expected for _, _, expected in cases]


def test_rates_where_coverage_is_not_held_completely(joined):
    given = unit_rates(joined, [({}, []), ({}, [JOINT])], complete=NO_COVERS)
    assert given == [(OPEN,) * 4, (YES, YES, OPEN, OPEN)]


def test_which_modes_count_in_a_rate_is_a_rule(joined):
    given = unit_rates(
        joined, [({}, [{"mode": "regional"}])], rate_modes=("single", "regional")
    )
    assert given == [(YES, YES, NO, NO)]


@pytest.mark.parametrize(
    ("denominator", "cases"),
    [
        ("all", [({"operating": False}, NO), ({"operating": None}, NO)]),
        (
            "eligible",
            [
                ({}, NO),
                ({"full_members": 2}, OUT),
                ({"full_members": None}, BELONGS),
                ({"full_members": None, "operating": False}, OUT),
                ({"full_members": 2, "operating": None}, OUT),
                ({"full_members": 3, "operating": None}, BELONGS),
            ],
        ),
    ],
)
def test_denominators(joined, denominator, cases):
    given = unit_rates(joined, [(unit, []) for unit, _ in cases], denominator)
    assert [counts[2] for counts in given] == [expected for _, expected in cases]


def test_members_may_make_a_unit_eligible(joined):
    cases: list[tuple[Any, ...]] = [({"full_members": None, "members": 3}, [])]
    assert unit_rates(joined, cases, "eligible", members_as_full=True) == [(NO,) * 4]


def test_rates_list_empty_groups_and_units_without_one(network):
    nodes = {**areas(s1="", s2="", c="s1"), **dict.fromkeys(("unit:1", "unit:2"), FIRM)}
    net = network(nodes, [*parts(c="s1"), ("LOCATED_IN", "unit:1", "area:c")])
    frame = coverage.rates(net).frame
    assert frame.columns == RATES
    counts = frame.filter(measure="any").select(
        "group", "name", "denominator", "denominator_name"
    )
    assert counts.rows() == [
        ("area:s1", "s1", 1, "in_operation"),
        ("area:s2", "s2", 0, "in_operation"),
        (None, None, 1, "in_operation"),
    ]
    assert frame["measure"].to_list() == [*MEASURES] * 3
    everyone = network(nodes, [("LOCATED_IN", f"unit:{i}", "area:s1") for i in (1, 2)])
    assert coverage.rates(everyone).frame["group"].null_count() == 0


def test_rates_by_code_list_every_code(network):
    net = network({"unit:1": FIRM | {"line": "service"}, "unit:2": FIRM})
    by_line = coverage.rates(net, by="line").frame.filter(measure="single")
    codes = ["association", "party", "self_governance", "service", "volunteer", None]
    assert by_line["group"].to_list() == codes
    assert by_line["denominator"].to_list() == [0, 0, 0, 1, 0, 1]
    assert by_line["name"].null_count() == 6
    by_kind = coverage.rates(net, by="kind").frame
    assert by_kind["group"].n_unique() == 11
    assert by_kind["group"].null_count() == 0


def test_rates_by_demonstration_look_at_every_area_a_unit_is_in(network):
    nodes = {
        **areas(s="", c="s", s2=""),
        "area:s": {"level": "street", "demonstration": True},
        "area:s2": {"level": "street", "demonstration": False},
        **dict.fromkeys(("unit:1", "unit:2", "unit:3"), FIRM),
    }
    located = [("LOCATED_IN", "unit:1", "area:c"), ("LOCATED_IN", "unit:2", "area:s2")]
    given = rate(network(nodes, [*parts(c="s"), *located]), by="demonstration")
    counts = {g: n for (g, m), (_, n, _) in given.items() if m == "any"}
    assert counts == {"false": 1, "true": 1, None: 1}


def test_rates_within_an_area(network):
    tree = {"t": "", "d": "t", "s1": "d", "s2": "d", "c1": "s1", "c2": "s1", "c3": "s2"}
    nodes = {**areas(**tree), **dict.fromkeys(("unit:1", "unit:2", "unit:3"), FIRM)}
    located = [
        ("LOCATED_IN", "unit:1", "area:c1"),
        ("LOCATED_IN", "unit:2", "area:c2"),
        ("LOCATED_IN", "unit:3", "area:s1"),
    ]
    net = network(nodes, [*parts(**tree), *located])

    def counts(by: str, within: str) -> dict[str | None, int]:
        given = rate(net, by=by, within=within)
        return {g: n for (g, m), (_, n, _) in given.items() if m == "any"}

    assert counts("street", "area:c1") == {"area:s1": 1}  # the street that holds it
    assert counts("community", "area:s1") == {"area:c1": 1, "area:c2": 1, None: 1}
    assert counts("community", "area:s2") == {"area:c3": 0}
    assert counts("city", "area:s1") == {"area:t": 3}
    assert counts("street", "area:t") == {"area:s1": 3, "area:s2": 0}
    assert set(counts("line", "area:s2")) == {
        "association",
        "party",
        "self_governance",
        "service",
        "volunteer",
    }


def test_rates_on_a_day(network):
    nodes = {"unit:u": FIRM | {"valid_from": date(2019, 1, 1)}}
    net = network(nodes)
    assert rate(net, by="kind", day="2018-12-31")["other", "any"] == OUT
    assert rate(net, by="kind", day="2019-01-01")["other", "any"] == NO


def test_rates_say_what_they_do_not_know(network):
    net = network({"unit:u": FIRM})
    with pytest.raises(UnknownNameError, match="no grouping 'city_block'; there are"):
        coverage.rates(net, by="city_block")
    with pytest.raises(UnknownNameError, match="no denominator 'some'; there are: all"):
        coverage.rates(net, denominator="some")


def test_a_rate_is_put_into_words(network):
    net = network({**areas(s=""), "unit:u": FIRM}, [("LOCATED_IN", "unit:u", "area:s")])
    said = coverage.rates(net).explain(1)
    assert "s (area:s): 0 of 1 units (in operation) are covered (organization)" in said
    assert "实体运营的单位1个，其中党的组织覆盖0个；无法判定0个" in said
    by_line = coverage.rates(net, by="line")
    assert by_line.explain(4).startswith("party: 0 of 0")
    assert "\n党员线：" in by_line.explain(4)
    assert "未分组单位" in by_line.explain(len(by_line) - 1)
    shown = coverage.rates(net, by="demonstration")
    names = [shown.explain(i).split("\n")[1].partition("：")[0] for i in (0, 4)]
    assert names == ["非示范单元", "示范单元"]


def test_rows_may_come_in_any_order():
    net = small.network(*within_rows())
    nodes = {
        k: net.nodes(k).sample(fraction=1, shuffle=True, seed=1)
        for k in net.schema.kinds
    }
    ties = {
        t: net.ties(t).sample(fraction=1, shuffle=True, seed=2) for t in net.schema.ties
    }
    again, _ = on.Network.from_frames(nodes, ties, complete=net.complete)
    assert coverage.gaps(again).frame.equals(coverage.gaps(net).frame)
    assert coverage.rates(again).frame.equals(coverage.rates(net).frame)
