from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from orgnet.errors import UnknownAreaError, UnknownNameError
from orgnet.evaluation import (
    asymmetry,
    ceiling,
    pairs,
    return_rates,
    rounds,
    silence,
    unexpected,
)
from orgnet.evaluation.pairs import COLUMNS, PairBasis, PairState
from orgnet.evaluation.rounds import ROUND_COLUMNS
from orgnet.network import Network
from orgnet.query import Source
from orgnet.rules import Round, Rules
from orgnet.schema.vocabulary import EvaluationStatus
from tests import handmade
from tests.handmade import Row, node, tie

OPENS, CLOSES = date(2019, 3, 1), date(2019, 11, 30)
ONE_DAY = timedelta(days=1)
CALENDAR = Rules(rounds=(Round(id="2019", opens_on=OPENS, closes_on=CLOSES),))
C, U, O = "party:c", "unit:u", "party:o"  # noqa: E741
BASE = (
    node(C, setting="community"),
    node(U),
    tie("PARTNERS_WITH", U, C),
)
HOSTED = (node(O), tie("HOSTED_BY", O, U))
X = (node("party:x"), tie("EVALUATES", "party:x", "party:x", score=1.0))  # a round


@pytest.fixture
def network(engine: Callable[[Network], Source]) -> Callable[..., Source]:
    """Give what makes a source of rows, in memory and then in Neo4j.

    It holds until the next is made.
    """
    return lambda *rows: engine(handmade.network(*rows))


def down(head: str = U, **attributes: Any) -> tuple[str, Row]:
    return tie("EVALUATES", C, head, **attributes)


def up(tail: str = U, **attributes: Any) -> tuple[str, Row]:
    return tie("EVALUATES", tail, C, **attributes)


def rows(net: Source, *columns: str, **parameters: Any) -> list[tuple[Any, ...]]:
    return pairs(net, **parameters).frame.select(columns).rows()


def sides(net: Source, **parameters: Any) -> list[tuple[Any, ...]]:
    return rows(net, "area_organization", "unit", **parameters)


def test_columns_of_an_empty_answer(network) -> None:
    frame = pairs(network(*BASE)).frame
    assert frame.is_empty()
    assert frame.schema == {c.name: c.dtype for c in COLUMNS}
    assert frame.columns == [
        *("round", "area_organization", "unit", "basis"),
        *("down_state", "up_state", "state"),
        *("down_score", "down_scale", "down_grade"),
        *("up_score", "up_scale", "up_grade", "down_via", "up_via"),
    ]


def test_rows_are_ordered_by_round_organization_unit(network) -> None:
    net = network(
        *(node(f"party:{i}", setting="street") for i in "ba"),
        *(node(f"unit:{i}") for i in "yx"),
        *(tie("PARTNERS_WITH", f"unit:{u}", f"party:{p}") for u in "yx" for p in "ba"),
        *(
            tie("EVALUATES", "party:a", "unit:x", round=r, score=1.0)
            for r in ("2", "10")
        ),
    )
    got = rows(net, "round", "area_organization", "unit")
    assert got == [
        (r, f"party:{p}", f"unit:{u}") for r in ("10", "2") for p in "ab" for u in "xy"
    ]


DIRECTIONS = [s.value for s in EvaluationStatus]


def together(said_down: str, said_up: str) -> str:
    if "exempt" in (said_down, said_up):
        return "exempt"
    if "pending" in (said_down, said_up):
        return "pending"
    returned = (said_down == "returned", said_up == "returned")
    return {
        (True, True): "both",
        (True, False): "down_only",
        (False, True): "up_only",
        (False, False): "neither",
    }[returned]


def test_states_of_a_pair(network) -> None:
    said = [(d, u) for d in DIRECTIONS for u in DIRECTIONS]
    units = {f"unit:{d}-{u}": (d, u) for d, u in said}
    net = network(
        node(C, setting="community"),
        *(node(unit) for unit in units),
        *(tie("PARTNERS_WITH", unit, C) for unit in units),
        *(down(unit, status=d) for unit, (d, _) in units.items()),
        *(up(unit, status=u) for unit, (_, u) in units.items()),
    )
    got = rows(net, "unit", "down_state", "up_state", "state")
    assert got == sorted((i, d, u, together(d, u)) for i, (d, u) in units.items())
    assert {state for *_, state in got} == {s.value for s in PairState}


def test_every_state_has_its_words() -> None:
    assert [s.value for s in PairState] == [
        *("both", "down_only", "up_only", "neither", "exempt", "pending")
    ]
    assert [b.value for b in PairBasis] == ["ties", "located", "listed"]
    assert all(m.zh != m.value for v in (PairState, PairBasis) for m in v)


@pytest.mark.parametrize(
    ("said", "state", "scale"),
    [
        ({"score": 0.0}, "returned", None),
        ({"grade": "优秀"}, "returned", None),
        ({"scale_max": 100.0}, "missing", None),  # says nothing: treated as absent
        ({"status": "void", "score": 120.0, "scale_max": 100.0}, "void", 100.0),
        ({"status": "missing", "score": 88.0}, "missing", None),
    ],
)
def test_what_was_said_without_a_status(network, said, state, scale) -> None:
    net = network(*BASE, down(**said), up(status="exempt"))
    assert rows(net, "down_state", "down_scale") == [(state, scale)]


def test_what_says_nothing_makes_no_round(network) -> None:
    net = network(*BASE, down(scale_max=100.0), up(round="2020", status="missing"))
    assert rows(net, "round") == [("2020",)]


def test_scores_and_grades_are_kept_apart(network) -> None:
    said = down(score=103.75, scale_max=100.0), up(grade="合格", status="returned")
    (row,) = pairs(network(*BASE, *said)).frame.rows(named=True)
    assert row == {
        "round": "2019",
        "area_organization": C,
        "unit": U,
        "basis": "ties",
        "down_state": "returned",
        "up_state": "returned",
        "state": "both",
        "down_score": 103.75,
        "down_scale": 100.0,
        "down_grade": None,
        "up_score": None,
        "up_scale": None,
        "up_grade": "合格",
        "down_via": None,
        "up_via": None,
    }


def test_organization_stands_for_its_host(network) -> None:
    net = network(*BASE, *HOSTED, down(O, score=80.0), up(O, status="void"))
    columns = ("unit", "down_state", "down_via", "down_score", "up_state", "up_via")
    assert rows(net, *columns) == [(U, "returned", O, 80.0, "void", O)]


@pytest.mark.parametrize("better", range(4))
def test_of_several_the_best_status_wins(network, better) -> None:
    order = ("returned", "void", "exempt", "pending", "missing")
    net = network(
        *BASE, *HOSTED, down(status=order[better + 1]), down(O, status=order[better])
    )
    assert rows(net, "down_state", "down_via") == [(order[better], O)]


def test_of_equals_the_smaller_id_wins(network) -> None:
    # ids are joined by a bar, which comes after letters: "ab" before "a"
    net = network(
        *BASE,
        *(row for i in ("a", "ab") for row in (node(f"party:{i}"),)),
        *(tie("HOSTED_BY", f"party:{i}", U) for i in ("a", "ab")),
        up("party:a", score=1.0),
        up("party:ab", score=2.0),
        up(score=3.0),
    )
    assert rows(net, "up_score", "up_via") == [(2.0, "party:ab")]


def test_of_two_filed_at_two_times_the_smaller_id_wins(network) -> None:
    later: Row = {"valid_from": date(2019, 5, 1), "score": 2.0}
    net = network(*BASE, down(**later), down(score=1.0))
    assert rows(net, "down_score") == [(1.0,)]  # an empty date comes first


def test_area_organization_never_stands_for_a_host(network) -> None:
    net = network(
        *BASE,
        node("party:street", setting="street"),
        node("unit:committee", kind="residents_committee"),
        tie("HOSTED_BY", C, "unit:committee"),
        tie("PARTNERS_WITH", C, "party:street"),
        tie("EVALUATES", "party:street", C, score=1.0),
        up(score=1.0),
    )
    assert sides(net) == [(C, U)]
    settings = Rules(area_settings=("street",))
    assert rows(net, "unit", "down_via", rules=settings) == [("unit:committee", C)]


def test_pairs_expected_by_ties(network) -> None:
    net = network(
        *(node(f"party:{s}", setting=s) for s in ("community", "street", "district")),
        *(node(f"unit:{i}") for i in "abcd"),
        node(O),
        tie("HOSTED_BY", O, "unit:c"),
        tie("PARTNERS_WITH", "unit:a", "party:community"),
        tie("PARTNERS_WITH", "unit:a", "party:community", mechanism="pairing"),
        tie("HOLDS_SEAT_ON", "unit:a", "party:community"),
        tie("HOLDS_SEAT_ON", "unit:b", "party:street"),
        tie("HOLDS_SEAT_ON", "unit:b", "party:district"),
        tie("PARTNERS_WITH", O, "party:street"),
        tie("COVERS", "party:community", "unit:d"),
        *X,
    )
    assert sides(net) == [
        ("party:community", "unit:a"),
        ("party:street", "unit:b"),
        ("party:street", "unit:c"),
    ]
    rules = Rules(area_settings=("district",))
    assert sides(net, rules=rules) == [("party:district", "unit:b")]


def test_return_outside_the_expected_pairs_is_no_row(network) -> None:
    net = network(*BASE, node("unit:v"), down("unit:v", score=1.0))
    assert sides(net) == [(C, U)]
    assert rows(net, "state") == [("neither",)]


@pytest.mark.parametrize(
    ("valid", "expected"),
    [
        ({"valid_from": CLOSES}, True),
        ({"valid_from": CLOSES + ONE_DAY}, False),
        ({"valid_to": OPENS + ONE_DAY}, True),
        ({"valid_to": OPENS}, False),
        ({"valid_from": date(2018, 1, 1), "valid_to": date(2030, 1, 1)}, True),
    ],
)
@pytest.mark.parametrize("what", ["tie", "organization", "unit"])
def test_ties_count_on_some_day_of_a_dated_round(
    network, what, valid, expected
) -> None:
    on = {w: valid if w == what else {} for w in ("tie", "organization", "unit")}
    net = network(
        node(C, setting="street", **on["organization"]),
        node(U, **on["unit"]),
        tie("HOLDS_SEAT_ON", U, C, **on["tie"]),
        *X,
    )
    assert sides(net, rules=CALENDAR) == ([(C, U)] if expected else [])
    assert sides(net) == [(C, U)]  # a round without dates: any tie counts


@pytest.mark.parametrize(("tied", "host"), [("valid_from", "v"), ("valid_to", "u")])
def test_tie_and_host_must_hold_on_one_day(network, tied, host) -> None:
    june = date(2019, 6, 1)
    net = network(
        node(C, setting="community"),
        node(U),
        node("unit:v"),
        node(O),
        tie("HOSTED_BY", O, U, valid_to=june),
        tie("HOSTED_BY", O, "unit:v", valid_from=june),
        tie("PARTNERS_WITH", O, C, **{tied: june}),
        down(O, score=1.0),
    )
    assert rows(net, "unit", "down_via", rules=CALENDAR) == [(f"unit:{host}", O)]
    assert rows(net, "unit", "down_via") == [(U, O), ("unit:v", O)]


@pytest.mark.parametrize("gone", ["organization", "hosting", "unit"])
def test_a_tie_through_an_organization_needs_it_in_the_round(network, gone) -> None:
    over = {"valid_to": OPENS}
    net = network(
        node(C, setting="community"),
        node(U, **(over if gone == "unit" else {})),
        node(O, **(over if gone == "organization" else {})),
        tie("HOSTED_BY", O, U, **(over if gone == "hosting" else {})),
        tie("PARTNERS_WITH", O, C),
        *X,
    )
    assert sides(net, rules=CALENDAR) == []
    assert sides(net) == [(C, U)]


def test_host_counts_on_some_day_of_the_round_only(network) -> None:
    gone = tie("HOSTED_BY", O, U, valid_to=OPENS)
    net = network(*BASE, node(O), gone, down(O, score=1.0), up(O, status="exempt"))
    states = ("down_state", "up_state")
    assert rows(net, *states, rules=CALENDAR) == [("missing", "missing")]
    assert rows(net, *states) == [("returned", "exempt")]


@pytest.mark.parametrize("gone", ["organization", "hosting", "unit"])
def test_host_and_hosted_must_be_there_in_the_round(network, gone) -> None:
    over = {w: {"valid_to": OPENS} if w == gone else {} for w in ("unit", "hosting")}
    net = network(
        node(C, setting="community"),
        node(U, **over["unit"]),
        node(O, **({"valid_to": OPENS} if gone == "organization" else {})),
        tie("HOSTED_BY", O, U, **over["hosting"]),
        down(O, score=1.0),
        up(score=2.0),
    )
    listed = Rules(expected="listed", listed=((C, U),), rounds=CALENDAR.rounds)
    said = rows(net, "down_score", "up_score", rules=listed)
    assert said == [(None, 2.0)]  # the unit's own counts whenever it was valid


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (None, "missing"),
        (OPENS - ONE_DAY, "missing"),
        (OPENS, "pending"),
        ("2019-08-07", "pending"),
        (CLOSES, "pending"),
        (CLOSES + ONE_DAY, "missing"),
    ],
)
def test_silence_is_pending_while_the_round_is_open(network, day, state) -> None:
    net = network(*BASE, down(status="void"))
    assert rows(net, "up_state", day=day, rules=CALENDAR) == [(state,)]
    assert rows(net, "down_state", day=day, rules=CALENDAR) == [("void",)]
    assert rows(net, "up_state", day=day) == [("missing",)]  # not in the calendar


def test_a_day_decides_nothing_else(network) -> None:
    net = network(
        node(C, setting="community"),
        node(U, valid_to=date(2019, 1, 1)),
        node("area:1"),
        tie("LOCATED_IN", U, "area:1", valid_to=date(2018, 1, 1)),
        tie("PARTNERS_WITH", U, C, valid_to=date(2018, 1, 1)),
        down(score=1.0),
    )
    assert sides(net, day="2019-08-07", within="area:1") == [(C, U)]


def test_rounds_come_from_data_and_calendar_of_the_kind(network) -> None:
    listed = (
        Round(id="2020", opens_on=date(2020, 1, 1), closes_on=date(2020, 12, 31)),
        Round(id="P", kind="power", opens_on=OPENS, closes_on=CLOSES),
    )
    net = network(
        *BASE, down(score=1.0), down(kind="inspection", round="I", status="missing")
    )
    rules = Rules(rounds=listed)
    assert rows(net, "round", rules=rules) == [("2019",), ("2020",)]
    assert rows(net, "round", rules=rules, round="2020") == [("2020",)]
    assert rows(net, "round", rules=rules, kind="power") == [("P",)]
    assert rows(net, "round", "down_state", rules=rules, kind="inspection") == [
        ("I", "missing")
    ]


def test_rounds_count_what_was_said_and_what_was_returned(network) -> None:
    listed = (
        Round(id="2019", opens_on=OPENS, closes_on=CLOSES),
        Round(id="2020", opens_on=CLOSES, closes_on=CLOSES),
        Round(id="P", kind="power", opens_on=OPENS, closes_on=CLOSES),
    )
    net = network(
        *BASE,
        *HOSTED,
        down(score=1.0),
        up(grade="优秀", status="void"),
        up(O, status="returned"),
        down(O, scale_max=100.0),  # says nothing
        down(round="2017", scale_max=100.0),  # nor does this, so it makes no round
        down(round="2018", status="missing"),
        down(round="I", kind="inspection", score=1.0),
    )
    assert rounds(net, rules=Rules(rounds=listed)).frame.rows() == [
        ("2018", False, None, None, 0, 1),
        ("2019", True, OPENS, CLOSES, 2, 3),
        ("2020", True, CLOSES, CLOSES, 0, 0),
    ]
    assert [r["round"] for r in rounds(net)] == ["2018", "2019"]
    assert [r["round"] for r in rounds(net, kind="inspection")] == ["I"]
    power = rounds(net, kind="power", rules=Rules(rounds=listed))
    assert power.frame.rows() == [("P", True, OPENS, CLOSES, 0, 0)]


def test_rounds_of_nothing_have_their_columns(network) -> None:
    frame = rounds(network(*BASE)).frame
    assert frame.is_empty()
    assert frame.schema == {c.name: c.dtype for c in ROUND_COLUMNS}


def test_of_a_round_that_is_listed_twice_the_last_counts(network) -> None:
    twice = [Round(id="2019", opens_on=OPENS, closes_on=d) for d in (OPENS, CLOSES)]
    net, rules = network(*BASE), Rules(rounds=tuple(twice))
    assert rounds(net, rules=rules).frame["closes_on"].to_list() == [CLOSES]
    assert rows(net, "up_state", day=CLOSES, rules=rules) == [("pending",)]


def test_a_round_in_words(network) -> None:
    net = network(*BASE, down(score=1.0), up(status="void"))
    assert rounds(net).explain(0) == (
        "round 2019, not in the calendar: 1 returned of 2 evaluations that say "
        "anything\n2019考评周期（未列入日程）：共2条考评记录，其中有效1条"
    )
    said = rounds(net, rules=CALENDAR).explain(0)
    assert "from 2019-03-01 to 2019-11-30" in said
    assert "2019-03-01至2019-11-30" in said


def test_unknown_round_and_kind_are_named(network) -> None:
    net = network(*BASE, down(score=1.0))
    with pytest.raises(UnknownNameError, match=r"no round '2109' .*'2019'"):
        pairs(net, round="2109")
    for ask in (pairs, rounds):
        with pytest.raises(UnknownNameError, match="no kind of evaluation 'mutual'"):
            ask(net, kind="mutual")


RESIDENT = (
    node("area:street", level="street", code="510104001"),
    node("area:1"),
    node("area:grid", level="grid"),
    tie("PART_OF", "area:1", "area:street"),
    tie("PART_OF", "area:grid", "area:1"),
    node("area:2"),
    node(C, setting="community"),
    tie("COVERS", C, "area:1", mode="regional"),
    node("unit:a", resident=True),
    node("unit:b", resident=True),
    node("unit:c", resident=True),
    node("unit:d", resident=True),
    node("unit:e"),
    node("unit:f", resident=False),
    tie("LOCATED_IN", "unit:a", "area:1"),
    tie("LOCATED_IN", "unit:b", "area:grid"),
    tie("LOCATED_IN", "unit:c", "area:street"),  # in no community
    tie("LOCATED_IN", "unit:d", "area:2"),  # its community has no organization
    tie("LOCATED_IN", "unit:e", "area:1"),
    tie("LOCATED_IN", "unit:f", "area:1"),
    *X,
)
LOCATED = Rules(expected="located")


def test_pairs_expected_by_location(network) -> None:
    net = network(*RESIDENT)
    assert sides(net, rules=LOCATED) == [(C, "unit:a"), (C, "unit:b")]
    assert rows(net, "basis", rules=LOCATED) == [("located",)] * 2
    streets = Rules(expected="located", area_settings=("street",))
    assert sides(net, rules=streets) == []


def test_the_first_community_going_up_is_a_units_own(network) -> None:
    net = network(
        *RESIDENT,
        node("party:2", setting="community"),
        tie("COVERS", "party:2", "area:2"),
        tie("PART_OF", "area:street", "area:2"),  # turned upside down
    )
    owns = {(o, u) for o, u in sides(net, rules=LOCATED) if u in ("unit:a", "unit:c")}
    assert owns == {(C, "unit:a"), ("party:2", "unit:c")}


def test_organization_of_a_community_is_set_up_there(network) -> None:
    covers = [
        tie("COVERS", "party:1", "area:2"),  # an enterprise's
        tie("COVERS", "party:2", "area:2", basis="work"),
        tie("COVERS", "party:4", "area:2"),
        tie("COVERS", "party:3", "area:2"),
    ]
    places = {"party:1": "enterprise"}
    parties = [
        node(f"party:{i}", setting=places.get(f"party:{i}", "community"))
        for i in range(1, 5)
    ]
    net = network(*RESIDENT, *parties, *covers)
    assert ("party:3", "unit:d") in sides(net, rules=LOCATED)
    assert len(sides(net, rules=LOCATED)) == 3


def test_location_counts_on_some_day_of_a_dated_round(network) -> None:
    rules = Rules(expected="located", rounds=CALENDAR.rounds)
    net = network(
        *(node(f"area:{i}") for i in "12"),
        *(node(f"party:{i}", setting="community") for i in "12"),
        tie("COVERS", "party:1", "area:1", valid_to=CLOSES),
        tie("COVERS", "party:2", "area:2", valid_from=CLOSES + ONE_DAY),
        *(node(f"unit:{i}", resident=True) for i in "abc"),
        tie("LOCATED_IN", "unit:a", "area:1", valid_from=OPENS),
        tie("LOCATED_IN", "unit:b", "area:1", valid_to=OPENS),
        tie("LOCATED_IN", "unit:c", "area:2"),
        *X,
    )
    assert sides(net, rules=rules) == [("party:1", "unit:a")]
    every = [("party:1", "unit:a"), ("party:1", "unit:b"), ("party:2", "unit:c")]
    assert sides(net, rules=LOCATED) == every


LINKS = ("unit", "location", "grid", "part", "community", "covers", "organization")


@pytest.mark.parametrize("gone", [None, *LINKS])
@pytest.mark.parametrize(
    "days", [{"valid_to": OPENS}, {"valid_from": CLOSES + ONE_DAY}]
)
def test_of_a_location_every_link_must_hold_in_the_round(network, gone, days) -> None:
    on = {link: days if link == gone else {} for link in LINKS}
    net = network(
        node("unit:a", resident=True, **on["unit"]),
        tie("LOCATED_IN", "unit:a", "area:grid", **on["location"]),
        node("area:grid", level="grid", **on["grid"]),
        tie("PART_OF", "area:grid", "area:1", **on["part"]),
        node("area:1", **on["community"]),
        tie("COVERS", C, "area:1", **on["covers"]),
        node(C, setting="community", **on["organization"]),
    )
    rules = Rules(expected="located", rounds=CALENDAR.rounds)
    assert sides(net, rules=rules) == ([] if gone else [(C, "unit:a")])


def test_listed_pairs_are_taken_as_they_are(network) -> None:
    net = network(*BASE, node("party:z"), node("unit:v"), up(score=1.0))
    listed = (("party:z", "unit:v"), (C, U), (C, U))
    rules = Rules(expected="listed", listed=listed)
    assert rows(net, "area_organization", "unit", "basis", "state", rules=rules) == [
        (C, U, "listed", "up_only"),
        ("party:z", "unit:v", "listed", "neither"),
    ]
    assert sides(net, rules=Rules(expected="listed")) == []


def test_listed_ids_must_be_there(network) -> None:
    net = network(*BASE, *X)
    for pair, wrong in (((C, "unit:w"), "unit:w"), ((U, C), U)):
        with pytest.raises(UnknownNameError, match=wrong) as caught:
            pairs(net, rules=Rules(expected="listed", listed=(pair,)))
        assert caught.value.items == (wrong,)


def test_within_keeps_pairs_of_units_that_stand_there(network) -> None:
    net = network(
        *RESIDENT,
        tie("LOCATED_IN", "unit:d", "area:1", primary=True),
        tie("LOCATED_IN", "unit:e", "area:2", primary=True),
        *(tie("PARTNERS_WITH", f"unit:{i}", C) for i in "abcde"),
    )
    assert sides(net) == [(C, f"unit:{i}") for i in "abcde"]
    # the primary place counts, whichever id is smaller
    assert sides(net, within="area:2") == [(C, "unit:e")]
    assert sides(net, within="area:1") == [(C, f"unit:{i}") for i in "abd"]
    assert sides(net, within="area:grid") == [(C, "unit:b")]
    assert sides(net, within="510104001") == [(C, f"unit:{i}") for i in "abcd"]
    with pytest.raises(UnknownAreaError, match="no area '51'"):
        pairs(net, within="51")


def test_relationships_are_not_turned_into_others(network) -> None:
    # a hierarchical rating is no answer in the two-way round of the same name
    net = network(*BASE, *X, down(kind="hierarchical", score=1.0))
    assert rows(net, "down_state") == [("missing",)]


def test_one_row_in_words(network) -> None:
    net = network(
        *BASE, *HOSTED, down(score=95.5, scale_max=100.0), up(O, grade="优秀")
    )
    result = pairs(net)
    en, zh = result.explain(0).split("\n")
    assert en == (
        "c and u were to evaluate each other in round 2019: one holds a seat with, or "
        "is a partner of, the other. It rated the unit: returned, 95.5 of 100 points. "
        "The unit rated it: returned, grade 优秀, through its organization o. "
        "Together: both."
    )
    assert zh == (
        "2019考评周期，c与u应当互评（依据：共建或兼职委员关系）。"
        "党组织评单位：有效，95.5分（满分100）；"
        "单位评党组织：有效，等次优秀，经其党组织o。合计：双向已评。"
    )
    assert result.ids() == [C, O, U]


def test_answer_does_not_depend_on_the_order_of_rows(network) -> None:
    said = [
        down(score=1.0),
        down(O, score=2.0),
        up(O, status="void"),
        up(status="void"),
    ]
    one, other = (
        pairs(network(*BASE, *HOSTED, *order)).frame for order in (said, said[::-1])
    )
    assert one.equals(other)
    assert one.select(pl.len()).item() == 1


def rated(score: float, of: float | None = 100.0) -> dict[str, Any]:
    return {"score": score, "scale_max": of}


V = "unit:v"
PAIR_OF_V = (node(V, kind="institution"), tie("PARTNERS_WITH", V, C))


def test_rates_take_what_was_due_and_name_it(network):
    net = network(
        *BASE,
        *PAIR_OF_V,
        down(**rated(90)),
        up(status="void"),
        tie("EVALUATES", C, V, status="exempt"),
    )
    frame = return_rates(net, by="organization").frame
    assert frame.rows() == [
        ("2019", C, "c", "down", 1, 1, "due", 0, 0, 1),
        ("2019", C, "c", "up", 0, 2, "due", 0, 1, 0),
    ]
    by_kind = return_rates(net, by="kind").frame
    assert by_kind.select("group", "direction", "denominator").rows() == [
        ("institution", "down", 0),
        ("institution", "up", 1),
        ("other", "down", 1),
        ("other", "up", 1),
    ]
    nowhere = return_rates(net).frame  # no unit stands in a street
    assert nowhere["group"].to_list() == [None, None]
    with pytest.raises(UnknownNameError, match="no grouping 'colour'"):
        return_rates(net, by="colour")


def test_an_open_round_is_undetermined(network):
    net = network(*BASE, down(**rated(90)))
    frame = return_rates(net, by="kind", day=CLOSES, rules=CALENDAR).frame
    columns = ("direction", "numerator", "denominator", "undetermined")
    assert frame.select(columns).rows() == [("down", 1, 1, 0), ("up", 0, 0, 1)]


@pytest.mark.parametrize(
    ("score", "scale", "counts"),
    [
        (95.0, 100.0, (1, 1, 0)),
        (94.99, 100.0, (0, 1, 0)),
        (103.75, 100.0, (1, 1, 0)),  # above its scale
        (9.5, 10.0, (1, 1, 0)),
        (95.0, None, (0, 0, 1)),
        (95.0, 0.0, (0, 0, 1)),
    ],
)
def test_the_ceiling_is_a_share_of_the_scale(network, score, scale, counts):
    net = network(*BASE, down(**rated(score, scale)))
    frame = ceiling(net, by="kind").frame.filter(direction="down")
    assert frame.select("numerator", "denominator", "undetermined").rows() == [counts]


def test_the_ceiling_is_a_rule(network):
    net = network(*BASE, down(**rated(90)))
    rules = Rules(ceiling_percent=90)
    assert ceiling(net, by="kind", rules=rules).frame["numerator"].sum() == 1


def test_silence_counts_rounds_at_the_end(network):
    rows = [down(round=r, **rated(90)) for r in ("2016", "2017", "2018", "2019")]
    returns = [up(round="2016", grade="A"), up(round="2018", status="exempt")]
    frame = silence(network(*BASE, *rows, *returns)).frame
    # 2018 is left out, since it was excused: 2017 and 2019 are on end.
    assert frame.rows() == [(C, U, "up", 2, "2017", "2016", 3)]


def test_silence_goes_by_the_days_of_rounds_and_by_the_calendar(network):
    rounds = tuple(
        Round(id=name, opens_on=date(year, 1, 1), closes_on=date(year, 12, 31))
        for name, year in (("A", 2019), ("B", 2018))
    )
    rows = [up(round="A", grade="A"), down(round="A", grade="A")]
    net = network(*BASE, *rows, down(round="B", grade="A"), down(round="Z", grade="A"))
    assert silence(net).frame.rows() == [(C, U, "up", 2, "B", "A", 3)]
    # A is the last, and was answered; Z is in no calendar.
    assert silence(net, rules=Rules(rounds=rounds)).frame.rows() == []
    late = network(*BASE, up(round="B", grade="A"), down(round="A", grade="A"))
    frame = silence(late, rules=Rules(rounds=rounds)).frame
    assert frame.filter(direction="up").rows() == [(C, U, "up", 1, "A", "B", 2)]


def test_asymmetry_lists_what_cannot_be_compared_last(network):
    net = network(
        *BASE,
        *PAIR_OF_V,
        down(**rated(90)),
        up(**rated(4, 5.0)),
        tie("EVALUATES", C, V, grade="A"),
        tie("EVALUATES", V, C, **rated(80)),
    )
    frame = asymmetry(net).frame
    assert frame["unit"].to_list() == [U, V]
    assert frame.row(0)[3:] == (0.9, 0.8, 0.9 - 0.8, 0.9 - 0.8)
    assert frame.row(1)[3:] == (None, 0.8, None, None)


def test_what_nobody_expected_is_listed_with_who_stood_for_whom(network):
    net = network(
        *BASE,
        node(V),
        node(O, setting="enterprise"),
        tie("HOSTED_BY", O, V),
        tie("EVALUATES", O, C, **rated(88)),
        tie("EVALUATES", C, V, grade="A"),
        down(**rated(90)),
    )
    frame = unexpected(net).frame
    columns = ("unit", "direction", "score", "grade", "via")
    assert frame.select(columns).rows() == [
        (V, "down", None, "A", None),
        (V, "up", 88.0, None, O),
    ]
    assert frame["evaluation"][1] == f"EVALUATES|{O}|{C}|two_way|2019|"


def test_every_count_says_in_words_what_it_is(network):
    net = network(
        *BASE, *PAIR_OF_V, down(**rated(90)), up(**rated(70)), tie("EVALUATES", V, C)
    )
    asked = [
        return_rates(net, by="organization"),
        return_rates(net),
        return_rates(net, by="kind"),
        ceiling(net, by="kind"),
        silence(net),
        asymmetry(net),
        unexpected(net, rules=Rules(expected="listed")),
    ]
    for answer in asked:
        for number in range(len(answer)):
            en, zh = answer.explain(number).split("\n")
            assert en.endswith((".", "。"))
            assert zh.endswith("。")
            assert "None" not in en + zh
    assert "1 of 2 answers due came back" in asked[0].explain(0)
    assert "应交2份，已交1份" in asked[0].explain(0)
    assert "+20.0%" in asymmetry(net).explain(0)
