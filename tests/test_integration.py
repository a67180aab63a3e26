from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orgnet.errors import OrgnetError, UnknownNameError
from orgnet.grammar import automaton
from orgnet.integration import paths
from orgnet.integration.graph import HopClass, graph_of
from orgnet.integration.paths import COLUMNS
from orgnet.integration.search import Search
from orgnet.integration.stock import offers_of, starts_of
from orgnet.network import Network
from orgnet.query import Source
from orgnet.rules import COSTS, Rules
from tests import handmade
from tests.handmade import Row, node, tie

NEED, RESOURCE = "need:n", "resource:r"
Rows = list[tuple[str, Row]]
Make = Callable[..., Source]


@pytest.fixture
def network(engine: Callable[[Network], Source]) -> Make:
    """Give what makes a source of rows, in memory and then in Neo4j.

    It holds until the next is made.
    """
    return lambda *rows: engine(handmade.network(*rows))


def between(asker: str, owner: str, **of: Any) -> Rows:
    """A need that one raises, and a resource that another offers."""
    return [
        *(node(i, **of.get(i.partition(":")[0], {})) for i in {asker, owner}),
        node(NEED, **of.get("need", {})),
        node(RESOURCE, **of.get("resource", {})),
        tie("RAISES", asker, NEED, **of.get("raises", {})),
        tie("OFFERS", owner, RESOURCE, **of.get("offers", {})),
    ]


def answer(net: Source, *columns: str, **parameters: Any) -> list[tuple[Any, ...]]:
    parameters = {"need": NEED, **parameters}
    return paths(net, **parameters).frame.select(columns).rows()


def ways(net: Source, **parameters: Any) -> list[tuple[Any, ...]]:
    """Return cost, nodes and steps, the kinds left off the ids."""
    got = answer(net, "cost", "nodes", "steps", **parameters)
    return [(c, [i.partition(":")[2] for i in n], s) for c, n, s in got]


def test_columns(network) -> None:
    frame = paths(network(*between("unit:a", "unit:b")), need=NEED).frame
    assert frame.is_empty()
    assert frame.schema == {c.name: c.dtype for c in COLUMNS}
    assert frame.columns == [
        *("rank", "resource", "owner", "cost", "hops", "nodes", "steps"),
        *("line_hops", "block_hops", "bridge_hops", "community_changes"),
        "capacity_left",
    ]


def test_one_row_whole(network) -> None:
    net = network(
        *between("unit:a", "unit:b", resource={"capacity": 3}),
        *(node(f"area:{i}") for i in "12"),
        tie("LOCATED_IN", "unit:a", "area:1"),
        tie("LOCATED_IN", "unit:b", "area:2"),
        node("party:c", setting="community"),
        tie("HOSTED_BY", "party:c", "area:1"),
        tie("PARTNERS_WITH", "unit:a", "party:c"),
        tie("COVERS", "party:c", "unit:b", mode="instructor", basis="work"),
    )
    (row,) = paths(net, need=NEED).frame.rows(named=True)
    assert row == {
        "rank": 1,
        "resource": RESOURCE,
        "owner": "unit:b",
        "cost": 2,
        "hops": 2,
        "nodes": ["unit:a", "party:c", "unit:b"],
        "steps": ["PARTNERS_WITH", "COVERS>"],
        "line_hops": 0,
        "block_hops": 0,
        "bridge_hops": 2,
        "community_changes": 1,
        "capacity_left": 3,
    }


P, Q, A, B = "party:p", "party:q", "unit:a", "unit:b"
HOPS = [  # relationship, forward step and cost, backward step and cost, class
    ("SUBORDINATE_TO", P, Q, "SUBORDINATE_TO>", 2, "SUBORDINATE_TO<", 1, "line"),
    ("HOSTED_BY", P, A, "HOSTED_BY>", 1, "HOSTED_BY<", 1, None),
    ("COVERS", P, A, "COVERS>", 1, "COVERS<", 1, None),
    ("HOLDS_SEAT_ON", A, P, "HOLDS_SEAT_ON", 1, "HOLDS_SEAT_ON", 1, "bridge"),
    ("HOLDS_SEAT_ON", P, Q, "HOLDS_SEAT_ON", 1, "HOLDS_SEAT_ON", 1, "bridge"),
    ("PARTNERS_WITH", A, P, "PARTNERS_WITH", 1, "PARTNERS_WITH", 1, "bridge"),
    ("COORDINATES", A, B, "COORDINATES>", 1, "COORDINATES<", 2, "line"),
    ("SUPERVISED_BY", A, B, "SUPERVISED_BY>", 3, "SUPERVISED_BY<", 2, "line"),
    ("ESCALATES_TO", P, A, "ESCALATES_TO>", 2, None, None, "bridge"),
    ("HOLDS_POWER_OVER", P, A, "HOLDS_POWER_OVER>", 2, None, None, "bridge"),
    ("CONTACTS", P, Q, "CONTACTS>", 2, "CONTACTS<", 2, "block"),
]


def classes(net: Source) -> dict[str, int]:
    (row,) = paths(net, need=NEED).frame.rows(named=True)
    return {c.value: row[f"{c}_hops"] for c in HopClass if c != "house"}


@pytest.mark.parametrize("hop", HOPS, ids=lambda hop: f"{hop[0]}-{hop[1]}")
def test_hops(network, hop) -> None:
    type_, tail, head, forward, cost, backward, back_cost, kind = hop
    step = tie(type_, tail, head)
    ahead = network(*between(tail, head), step)
    ends = [i.partition(":")[2] for i in (tail, head)]
    assert ways(ahead) == [(cost, ends, [forward])]
    expected = dict.fromkeys(("line", "block", "bridge"), 0)
    assert classes(ahead) == {**expected, **({kind: 1} if kind else {})}
    back = network(*between(head, tail), step)
    wanted = [(back_cost, ends[::-1], [backward])] if backward else []
    assert ways(back) == wanted


def test_every_step_with_a_cost_was_tried() -> None:
    assert {s for hop in HOPS for s in (hop[3], hop[5]) if s} == set(COSTS)


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("street", "community", "block"),
        ("park", "district", "block"),
        ("compound", "grid", "block"),
        ("city", "agency", "line"),
        ("building", "street", "line"),
        ("enterprise", "institution", "line"),
    ],
)
def test_subordination_is_a_block_between_territorial_settings(
    network, one, other, kind
) -> None:
    rows = [(n, r) for n, r in between(P, Q) if n != "PartyOrganization"]
    parties = (node(P, setting=one), node(Q, setting=other))
    net = network(*rows, *parties, tie("SUBORDINATE_TO", P, Q))
    assert classes(net)[kind] == 1


@pytest.mark.parametrize(
    ("type_", "tail", "head", "more"),
    [
        ("HOLDS_POWER_OVER", P, A, {"power": "assess"}),
        ("FUNDS", A, P, {}),
        ("EVALUATES", P, A, {}),
        ("SUCCEEDED_BY", A, B, {}),
    ],
)
def test_other_relationships_are_no_hops(network, type_, tail, head, more) -> None:
    net = network(*between(tail, head), tie(type_, tail, head, **more))
    assert ways(net) == []


def test_areas_are_no_hops(network) -> None:
    rows = between(A, B)
    area = node("area:1")
    near = [tie("LOCATED_IN", i, "area:1") for i in (A, B)]
    through = [node(P), tie("COVERS", P, "area:1"), tie("DISPATCHES", P, "area:1")]
    deploys = [tie("DEPLOYS_TO", i, "area:1") for i in (A, B)]
    matched = tie("MATCHED_TO", RESOURCE, NEED, status="proposed")
    assert ways(network(*rows, area, *near, *through, *deploys, matched)) == []


@pytest.mark.parametrize(
    ("mode", "bridges"), [("single", 0), ("joint", 1), ("liaison", 1)]
)
def test_covering_alone_is_the_house(network, mode, bridges) -> None:
    net = network(*between(P, A), tie("COVERS", P, A, mode=mode))
    assert answer(net, "bridge_hops") == [(bridges,)]


def test_parallel_relationships_count_once_and_the_house_first(network) -> None:
    covers = [tie("COVERS", P, A, mode=m) for m in ("joint", "single", "liaison")]
    net = network(*between(P, A), *covers)
    assert answer(net, "steps", "bridge_hops") == [(["COVERS>"], 0)]
    seats = [tie("HOLDS_SEAT_ON", *ends) for ends in ((P, Q), (Q, P))]
    agreed = [tie("PARTNERS_WITH", P, Q, mechanism=m) for m in ("agreement", "pairing")]
    net = network(*between(P, Q), *seats, *agreed)
    assert ways(net) == [
        (1, ["p", "q"], ["HOLDS_SEAT_ON"]),
        (1, ["p", "q"], ["PARTNERS_WITH"]),
    ]


@pytest.mark.parametrize(("asker", "owner", "way"), [(P, A, ">"), (A, P, "<")])
@pytest.mark.parametrize("mode", ["single", "joint"])
def test_of_two_house_steps_being_hosted_counts(
    network, asker, owner, way, mode
) -> None:
    both = tie("HOSTED_BY", P, A, valid_to=date(2019, 1, 1)), tie("COVERS", P, A)
    both[1][1]["mode"] = mode
    net = network(*between(asker, owner), *both)
    assert answer(net, "steps") == [([f"HOSTED_BY{way}"],)]
    assert answer(net, "steps", day="2019-08-07") == [([f"COVERS{way}"],)]
    costs = {s: c for s, c in COSTS.items() if s != f"HOSTED_BY{way}"}
    rules = Rules(costs=costs)
    assert answer(net, "steps", rules=rules) == [([f"COVERS{way}"],)]


def test_paths_are_ordered_by_cost_hops_nodes_steps_and_resource(network) -> None:
    net = network(
        *between(A, B),
        *(node(i) for i in ("unit:c", "unit:d", P)),
        *(node(f"resource:{i}") for i in ("a", "s", "t")),
        tie("OFFERS", B, "resource:s"),
        tie("OFFERS", "unit:c", "resource:a"),
        tie("OFFERS", "unit:d", "resource:t"),
        tie("SUPERVISED_BY", A, B),  # cost 3, one hop
        tie("SUPERVISED_BY", A, "unit:c"),
        tie("ESCALATES_TO", A, "unit:d"),  # cost 2, one hop
        tie("COORDINATES", "unit:d", A),
        tie("PARTNERS_WITH", A, P),  # then d by cost 2 and two hops
        tie("COVERS", P, "unit:d"),
    )
    got = answer(net, "rank", "cost", "hops", "nodes", "steps", "resource", k=7)
    assert got == [
        (1, 2, 1, [A, "unit:d"], ["COORDINATES<"], "resource:t"),
        (2, 2, 1, [A, "unit:d"], ["ESCALATES_TO>"], "resource:t"),
        (3, 2, 2, [A, P, "unit:d"], ["PARTNERS_WITH", "COVERS>"], "resource:t"),
        (4, 3, 1, [A, B], ["SUPERVISED_BY>"], RESOURCE),
        (5, 3, 1, [A, B], ["SUPERVISED_BY>"], "resource:s"),
        (6, 3, 1, [A, "unit:c"], ["SUPERVISED_BY>"], "resource:a"),
    ]
    for k in range(1, 6):
        assert answer(net, "rank", "resource", k=k) == [(r[0], r[5]) for r in got[:k]]


def test_of_equal_weights_the_one_found_later_may_come_first(network) -> None:
    net = network(
        *between(A, "unit:y"),
        *(node(f"unit:{i}") for i in "bcz"),
        node("resource:c"),
        tie("OFFERS", "unit:c", "resource:c"),
        tie("COORDINATES", A, "unit:z"),  # 1 and then 3: known early
        tie("SUPERVISED_BY", "unit:z", "unit:y"),
        tie("SUPERVISED_BY", A, "unit:b"),  # 3 and then 1
        tie("COORDINATES", "unit:b", "unit:c"),
    )
    both = [(4, ["a", "b", "c"]), (4, ["a", "z", "y"])]
    assert [(c, n) for c, n, _ in ways(net)] == both
    assert [(c, n) for c, n, _ in ways(net, k=1)] == both[:1]


def test_steps_of_equal_nodes_are_ordered_as_text(network) -> None:
    # "<" comes before ">", and both before letters
    both = [tie("CONTACTS", P, Q), tie("CONTACTS", Q, P), tie("ESCALATES_TO", P, Q)]
    net = network(*between(P, Q), *both, tie("SUBORDINATE_TO", P, Q))
    steps = [s for (s,) in answer(net, "steps")]
    assert steps == [
        ["CONTACTS<"],
        ["CONTACTS>"],
        ["ESCALATES_TO>"],
        ["SUBORDINATE_TO>"],
    ]


def test_raiser_that_owns_the_resource_needs_no_hop(network) -> None:
    net = network(*between(A, A))
    (row,) = paths(net, need=NEED).frame.rows(named=True)
    assert (row["cost"], row["hops"], row["nodes"], row["steps"]) == (0, 0, [A], None)
    assert (row["owner"], row["resource"], row["rank"]) == (A, RESOURCE, 1)


def test_area_asks_through_its_organizations(network) -> None:
    area = "area:1"
    net = network(
        node(area),
        node(NEED),
        tie("RAISES", area, NEED),
        *(node(f"party:{i}") for i in "abcd"),
        *(node(f"resource:{i}") for i in "abcd"),
        *(tie("OFFERS", f"party:{i}", f"resource:{i}") for i in "abcd"),
        tie("COVERS", "party:a", area, mode="regional"),
        tie("COVERS", "party:b", area, basis="work"),
        tie("HOSTED_BY", "party:c", area),
        tie("COVERS", "party:c", area),
        tie("DISPATCHES", "party:d", area),
    )
    assert answer(net, "rank", "nodes") == [(1, ["party:a"]), (2, ["party:c"])]


def test_each_raiser_is_a_start(network) -> None:
    net = network(*between(A, B), tie("RAISES", B, NEED), tie("COORDINATES", A, B))
    assert ways(net) == [(0, ["b"], None), (1, ["a", "b"], ["COORDINATES>"])]


@pytest.mark.parametrize(
    ("capacity", "matches", "left"),
    [
        (5, [], 5),
        (0, [], "none"),
        (None, [], None),
        (5, [("agreed", 2), ("running", 1), ("done", 1)], 1),
        (5, [("proposed", 9), ("cancelled", 9)], 5),
        (5, [("agreed", 5)], "none"),
        (5, [("agreed", 6)], "none"),
        (5, [("agreed", None)], None),
        (5, [("agreed", 9), ("done", None)], None),
        (5, [("cancelled", None)], 5),
        (None, [("agreed", 2)], None),
        (5, [(None, 2)], None),  # it may count, or not
    ],
)
def test_capacity_left(network, capacity, matches, left) -> None:
    net = network(
        *between(A, A, resource={"capacity": capacity}),
        *(node(f"need:{i}") for i in range(len(matches))),
        *(
            tie("MATCHED_TO", RESOURCE, f"need:{i}", status=status, quantity=quantity)
            for i, (status, quantity) in enumerate(matches)
        ),
    )
    wanted = [] if left == "none" else [(left,)]
    assert answer(net, "capacity_left") == wanted


def test_matches_count_on_the_day(network) -> None:
    net = network(
        *between(A, A, resource={"capacity": 5}),
        tie(
            *("MATCHED_TO", RESOURCE, NEED),
            status="done",
            quantity=5,
            valid_to=date(2019, 8, 7),
        ),
    )
    assert answer(net, "capacity_left", day="2019-08-07") == [(5,)]
    assert answer(net, "capacity_left", day="2019-08-06") == []
    assert answer(net, "capacity_left") == []


def test_only_resources_of_the_kind(network) -> None:
    net = network(*between(A, A, resource={"kind": "fund"}))
    assert ways(net) == []
    net = network(*between(A, A, resource={"kind": "fund"}, need={"kind": "fund"}))
    assert ways(net) == [(0, ["a"], None)]


@pytest.mark.parametrize("what", ["need", "resource", "unit", "raises", "offers"])
def test_everything_is_valid_on_the_day(network, what) -> None:
    until = {"valid_to": date(2019, 8, 7)}
    net = network(*between(A, A, **{what: until}))
    assert ways(net, day="2019-08-06") == ways(net) == [(0, ["a"], None)]
    assert ways(net, day="2019-08-07") == []


def test_hops_are_valid_on_the_day(network) -> None:
    step = tie("COORDINATES", A, B, valid_from=date(2019, 8, 7))
    net = network(*between(A, B), step)
    assert ways(net, day=date(2019, 8, 7)) == ways(net) != []
    assert ways(net, day=date(2019, 8, 6)) == []


def chain(length: int) -> Rows:
    """Units that escalate to the next, the last of which has what the first needs."""
    units = [f"unit:{i}" for i in range(length + 1)]
    return [
        *between(units[0], units[-1]),
        *(node(i) for i in units[1:-1]),
        *(tie("SUPERVISED_BY", a, b) for a, b in pairwise(units)),
    ]


def test_paths_end_after_max_hops(network) -> None:
    net = network(*chain(5))
    free = (("up", 6),)
    for max_hops in range(1, 7):
        rules = Rules(grammar=free, max_hops=max_hops)
        assert len(ways(net, rules=rules)) == (max_hops >= 5)


def test_grammar_decides(network) -> None:
    net = network(*chain(3))
    assert ways(net) == []  # two up at most
    rules = Rules(grammar=(("up", 3),))
    assert ways(net, rules=rules) == [(9, ["0", "1", "2", "3"], ["SUPERVISED_BY>"] * 3)]
    net = network(
        *between(A, B),
        node("unit:boss"),
        tie("SUPERVISED_BY", A, "unit:boss"),
        tie("SUPERVISED_BY", B, "unit:boss"),
    )
    assert ways(net) == [(5, ["a", "boss", "b"], ["SUPERVISED_BY>", "SUPERVISED_BY<"])]
    assert ways(net, rules=Rules(grammar=(("down", 2), ("up", 2)))) == []


def test_costs_decide(network) -> None:
    net = network(*between(A, B), tie("COORDINATES", A, B))
    assert answer(net, "cost", rules=Rules(costs={"COORDINATES>": 7})) == [(7,)]
    assert answer(net, "cost", rules=Rules(costs={"COORDINATES<": 7})) == []
    assert answer(net, "cost", rules=Rules(costs={})) == []
    with pytest.raises(UnknownNameError, match="FUNDS>"):
        paths(net, need=NEED, rules=Rules(costs={"FUNDS>": 1}))


def test_no_organization_is_asked_twice(network) -> None:
    ring = [tie("COORDINATES", A, "unit:c"), tie("COORDINATES", "unit:c", A)]
    loop = tie("COORDINATES", A, A)
    net = network(*between(A, B), node("unit:c"), *ring, loop, tie("COORDINATES", A, B))
    assert [n for _, n, _ in ways(net)] == [["a", "b"]]


def test_community_changes_need_two_known_communities(network) -> None:
    # a - p - q - r - b: community 1, unknown, 1, 2 by way of a grid, a street
    chain_ = ["unit:a", "party:p", "party:q", "party:r", "unit:b"]
    net = network(
        *between("unit:a", "unit:b"),
        *(node(i) for i in ("party:p", "party:q", "party:r", "area:1", "area:2")),
        node("area:street", level="street"),
        node("area:grid", level="grid"),
        tie("PART_OF", "area:grid", "area:2"),
        tie("PART_OF", "area:1", "area:street"),
        tie("LOCATED_IN", "unit:a", "area:1"),
        tie("LOCATED_IN", "unit:b", "area:street"),
        tie("HOSTED_BY", "party:q", "area:1"),
        tie("HOSTED_BY", "party:r", "area:grid"),
        *(tie("PARTNERS_WITH", a, b) for a, b in pairwise(chain_[:4])),
        tie("COVERS", "party:r", "unit:b", mode="joint"),
    )
    rules = Rules(grammar=(("tie", 3), ("house", 1)))
    assert answer(net, "nodes", "community_changes", rules=rules) == [(chain_, 1)]


def test_unknown_need_is_named_with_its_neighbours(network) -> None:
    net = network(*(node(f"need:{i}") for i in (1, 2, 4, 5)), node(A))
    with pytest.raises(UnknownNameError, match="among 4: 'need:3'") as caught:
        paths(net, need="need:3")
    assert caught.value.items == ("need:3",)
    assert "'need:1', 'need:2', 'need:4', 'need:5'" in str(caught.value)
    with pytest.raises(UnknownNameError, match="are of no Need among 4: 'unit:a'"):
        paths(net, need=A)
    with pytest.raises(UnknownNameError, match=r"among 0: 'need:3'$"):
        paths(network(node(A)), need="need:3")


@pytest.mark.parametrize("k", [0, -1, 2.5, "5", None])
def test_k_is_a_whole_number_of_at_least_one(network, k) -> None:
    with pytest.raises(OrgnetError, match=f"k is {k!r}"):
        paths(network(*between(A, A)), need=NEED, k=k)


def test_k_may_be_of_another_whole_type(network) -> None:
    assert ways(network(*between(A, A)), k=np.int32(1)) == [(0, ["a"], None)]


def searched(net: Network, rules: Rules, k: int, patience: int) -> Any:
    index, grammar = net.index(), automaton(rules)
    graph, offers = graph_of(index, grammar.steps), offers_of(index, "venue")
    search = Search(graph, grammar, offers, k, rules.max_hops)
    return search.run(starts_of(index, net.position(NEED)), patience)


UNITS = [f"unit:{i}" for i in range(5)]
PARTIES = [f"party:{i}" for i in range(4)]
ends = st.sampled_from(UNITS), st.sampled_from(PARTIES)
hops = st.one_of(
    st.tuples(st.sampled_from(["HOSTED_BY", "HOLDS_POWER_OVER"]), ends[1], ends[0]),
    st.tuples(st.sampled_from(["HOLDS_SEAT_ON", "PARTNERS_WITH"]), ends[0], ends[1]),
    st.tuples(st.sampled_from(["SUBORDINATE_TO", "CONTACTS"]), ends[1], ends[1]),
    st.tuples(st.sampled_from(["SUPERVISED_BY", "COORDINATES"]), ends[0], ends[0]),
)


@settings(max_examples=40)
@given(
    st.sets(hops, min_size=4, max_size=20),
    st.lists(st.sampled_from(UNITS + PARTIES), min_size=1, max_size=4),
    st.integers(1, 8),
    st.integers(1, 6),
)
def test_both_ways_of_searching_find_the_same(steps, owners, k, max_hops) -> None:
    net = handmade.network(
        *(node(i) for i in UNITS + PARTIES),
        node(NEED),
        tie("RAISES", UNITS[0], NEED),
        *(node(f"resource:{i}") for i in range(len(owners))),
        *(tie("OFFERS", owner, f"resource:{i}") for i, owner in enumerate(owners)),
        *(tie(*step) for step in sorted(steps)),
    )
    rules = Rules(max_hops=max_hops)
    patient, ahead = (searched(net, rules, k, patience) for patience in (10**9, 0))
    assert patient == ahead
    assert patient == searched(net, rules, 10**6, 10**9)[:k]
    assert patient == sorted(patient)


def test_a_street_with_many_seats() -> None:
    # 400 members, and what is needed lies behind the last of them
    members = [f"unit:m{i:03}" for i in range(400)]
    net = handmade.network(
        *between(A, B),
        node("party:street", setting="street"),
        *(node(i) for i in members),
        tie("HOLDS_SEAT_ON", A, "party:street"),
        *(tie("HOLDS_SEAT_ON", i, "party:street") for i in members),
        *(tie("COORDINATES", members[0], i) for i in members[1:]),
        node(P),
        tie("PARTNERS_WITH", members[-1], P),
        tie("HOSTED_BY", P, B),
    )
    expected = ["street", "m399", "p", "b"]
    rules = Rules(grammar=(("tie", 3), ("house", 1)))
    assert [n[1:] for _, n, _ in ways(net, rules=rules)] == [expected]
    patient, ahead = (searched(net, rules, 5, patience) for patience in (10**9, 0))
    assert patient == ahead


def test_one_row_in_words(network) -> None:
    net = network(
        *between(A, B, resource={"capacity": 2}),
        *(node(i) for i in (P, Q)),
        tie("HOSTED_BY", P, A, doc_no="甲〔2018〕1号"),
        tie("PARTNERS_WITH", Q, P, mechanism="pairing", doc_no="乙〔2019〕2号"),
        tie("PARTNERS_WITH", Q, P, doc_no="乙〔2019〕1号"),
        tie("HOLDS_POWER_OVER", Q, B, power="assess", doc_no="丙〔2019〕3号"),
        tie("HOLDS_POWER_OVER", Q, B),
    )
    result = paths(net, need=NEED)
    en, zh = result.explain(0).split("\n")
    assert en == (
        "a asks p (p HOSTED_BY a, by 甲〔2018〕1号); "
        "p asks q (q PARTNERS_WITH p, by 乙〔2019〕1号, 乙〔2019〕2号); "
        "q asks b (q HOLDS_POWER_OVER b); b offers r, capacity left 2. "
        "Cost 4, 3 hops, 2 between line and block."
    )
    assert zh == (
        "a请p协助（p—所在单位→a，依据甲〔2018〕1号）；"
        "p请q协助（q—共建→p，依据乙〔2019〕1号、乙〔2019〕2号）；"
        "q请b协助（q—五权→b）；b提供r，余量2。成本4，3步，条块跨越2次。"
    )
    assert result.ids() == [P, Q, RESOURCE, A, B]


def test_a_row_without_a_hop_in_words(network) -> None:
    words = paths(network(*between(A, A)), need=NEED).explain(0)
    assert words.startswith(
        "a raises the need itself; a offers r, capacity left unknown."
    )
    assert "a自身提出需求；a提供r，余量未知。" in words


def test_every_hop_class_has_its_words() -> None:
    assert [c.value for c in HopClass] == ["house", "line", "block", "bridge"]
    assert all(c.zh != c.value for c in HopClass)
