"""Plans close what they say, cost what they may, and are as good as they claim."""

from datetime import date
from itertools import chain, combinations
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import orgnet as on
from orgnet.coverage import gaps
from orgnet.errors import OrgnetError, UnknownNameError
from orgnet.network import Network
from orgnet.planning import Plan, close_gaps
from orgnet.report.plans import plan_section
from orgnet.rules import Rules
from orgnet.solve.cover import Cover, exactly, greedy
from tests import small
from tests.worlds import swift, world

C, S = "party:c", "party:s"
COVERS = st.integers(1, 6).flatmap(
    lambda n: st.tuples(
        st.lists(
            st.tuples(
                st.lists(st.integers(0, 5), min_size=1, max_size=6, unique=True),
                st.integers(1, 4),
            ),
            min_size=n,
            max_size=n,
        ),
        st.lists(st.integers(1, 9), min_size=6, max_size=6),
        st.integers(0, 9),
    )
)


def best_of_all(cover: Cover, budget: int) -> int:
    """Try every choice that the budget allows."""
    places = range(len(cover.costs))
    able = (
        chosen
        for size in range(len(places) + 1)
        for chosen in combinations(places, size)
        if sum(cover.costs[p] for p in chosen) <= budget
    )
    covered = (set(chain(*(cover.covers[p] for p in chosen))) for chosen in able)
    return max(sum(cover.weights[e] for e in found) for found in covered)


@given(COVERS)
@settings(max_examples=80)
def test_the_exact_choice_is_the_best_of_all_and_the_greedy_keeps_its_bound(case):
    candidates, weights, budget = case
    covers, costs = zip(*candidates, strict=True)
    cover = Cover(covers, costs, weights)
    best, quick, exact = (
        best_of_all(cover, budget),
        greedy(cover, budget),
        exactly(cover, budget),
    )
    assert sum(exact.gains) == best
    assert exact.bound == pytest.approx(best)
    for choice in (quick, exact):
        assert sum(costs[p] for p in choice.taken) <= budget
        covered = set(chain(*(covers[p] for p in choice.taken)))
        assert sum(choice.gains) == sum(weights[e] for e in covered)
    assert quick.bound >= best - 1e-9
    assert sum(quick.gains) >= best * (1 - 1 / 2.718281828) / 2
    assert sum(quick.gains) <= sum(exact.gains)


@pytest.mark.parametrize(
    ("graph", "number"),  # how few nodes see all others: Petersen's 3, Zachary's 4
    [(nx.petersen_graph(), 3), (nx.karate_club_graph(), 4), (nx.cycle_graph(9), 3)],
)
def test_as_few_cover_a_graph_as_is_known(graph, number):
    seen = [[n, *graph[n]] for n in graph]
    ones = [1] * len(seen)
    assert sum(exactly(Cover(seen, ones, ones), number).gains) == len(seen)
    assert sum(exactly(Cover(seen, ones, ones), number - 1).gains) < len(seen)


def test_a_plan_leaves_what_ended_as_it_was():
    """What a plan adds begins on the day, so it is no older one under that name."""
    ended = {"mechanism": "agreement", "valid_to": date(2018, 1, 1)}
    unit = {"unit:u": {"resident": True, "operating": True}}
    stands = (("LOCATED_IN", "unit:u", "area:c"), ("PARTNERS_WITH", "unit:u", C, ended))
    net = small.network({**AREAS, **ORGANIZATIONS, **unit}, [*TIES, *stands])
    plan = close_gaps(net, budget=9, classes=["G5"], day="2019-01-01")
    after = net.plus(plan)
    assert after.ties("PARTNERS_WITH").height == 2
    for day, count in (("2017-06-01", 1), ("2018-06-01", 0), ("2019-01-01", 1)):
        assert after.at(date.fromisoformat(day)).ties("PARTNERS_WITH").height == count


AREAS: dict[str, dict[str, Any]] = {
    "area:s": {"level": "street"},
    "area:c": {"level": "community"},
    "area:d": {"level": "community"},
    "area:g": {"level": "grid", "households": 300},
}
ORGANIZATIONS = {
    C: {"setting": "community"},
    S: {"setting": "street"},
}
TIES = (
    ("PART_OF", "area:c", "area:s"),
    ("PART_OF", "area:d", "area:s"),
    ("PART_OF", "area:g", "area:c"),
    ("SUBORDINATE_TO", C, S),
    *(("HOSTED_BY", p, a) for p, a in ((C, "area:c"), (S, "area:s"))),
    *(
        ("COVERS", p, a, {"basis": "organization", "mode": "single"})
        for p, a in ((C, "area:c"), (S, "area:s"))
    ),
)


def city_of(units: dict[str, tuple[str, dict[str, Any]]]) -> Network:
    """Return a street of two communities, and units by id: where, and attributes."""
    known = {"operating": True, "has_union": False, "has_youth_league": False}
    nodes = (
        AREAS | ORGANIZATIONS | {u: known | given for u, (_, given) in units.items()}
    )
    places = [("LOCATED_IN", unit, where) for unit, (where, _) in units.items()]
    return small.network(nodes, [*TIES, *places])


UNITS = {
    "unit:big": ("area:c", {"full_members": 9, "employees": 90}),
    "unit:x": ("area:c", {"full_members": 2, "employees": 5}),
    "unit:y": ("area:c", {"full_members": 1, "employees": 4}),
    "unit:z": ("area:d", {"full_members": 1, "employees": 3}),
    "unit:none": ("area:d", {"full_members": 0, "employees": 7, "resident": True}),
}


def test_every_action_and_what_it_closes():
    plan = planned(city_of(UNITS), budget=100)
    columns = ("action", "id", "units", "organization", "closes", "weight", "reason")
    found = {row[:2]: row[2:] for row in plan.frame.select(columns).rows()}
    assert found == {
        ("found_organization", "unit:big"): (None, C, ["G1", "G3"], 99, None),
        ("found_organization", "area:g"): (None, C, ["G4"], 300, None),
        ("found_organization", "area:d"): (None, S, ["G4"], 1, None),
        ("form_joint_branch", "area:c"): (
            *(["unit:x", "unit:y"], C, ["G2", "G3"], 12, None),
        ),
        ("form_joint_branch", "area:d"): (
            *(["unit:z"], S, ["G2"], 1, "no_partner_near"),  # G3 is closed below
        ),
        ("send_instructor", "unit:z"): (None, S, ["G3"], 3, None),
        ("send_instructor", "unit:none"): (None, S, ["G3"], 7, None),
        ("agree_partnership", "unit:none"): (None, S, ["G5"], 7, None),
    }


def test_a_joint_branch_joins_what_is_alike():
    """Seven too small ones of a community: five shops and a clinic, and one more."""
    shop = {"full_members": 1, "kind": "private_enterprise", "industry": "F52"}
    units: dict[str, Any] = {f"unit:{n}": ("area:c", shop) for n in range(5)}
    units["unit:5"] = ("area:c", {"full_members": 2, "kind": "institution"})
    units["unit:6"] = ("area:c", shop | {"industry": "C13", "full_members": 2})
    plan = planned(city_of(units), budget=100, classes=["G2"])
    joined = plan.frame.drop_nulls("units")["units"].to_list()
    assert sorted(joined) == [
        ["unit:0", "unit:1", "unit:2", "unit:5", "unit:6"],
        ["unit:3", "unit:4"],
    ]


def planned(net: Network, **asked: Any) -> Plan:
    """Make a plan."""
    plan = close_gaps(net, **asked)
    assert isinstance(plan, Plan)
    return plan


def closed(net: Network, after: Network, **asked: Any) -> set[tuple[str, str]]:
    """Return the gaps that are there no more, by class and id."""
    keys = [
        set(gaps(n, **asked).frame.filter(state="gap").select("class", "id").rows())
        for n in (net, after)
    ]
    assert keys[1] <= keys[0]  # and no new ones
    return keys[0] - keys[1]


def promised(plan: Plan) -> set[tuple[str, str]]:
    """Return the gaps that the steps of a plan say they close."""
    found = set()
    for row in plan:
        if row["step"] is not None:
            subjects = row["units"] or [row["id"]]
            found |= {(c, i) for c in row["closes"] for i in subjects}
    return found


def test_the_network_with_the_plan_has_these_gaps_no_more():
    net = city_of(UNITS)
    plan = planned(net, budget=100)
    after = net.plus(plan)
    assert closed(net, after) == promised(plan)
    assert len(close_gaps(after, budget=100).frame.drop_nulls("step")) == 0
    assert set(net.diff(after)["change"]) == {"added"}
    assert all(edit.source == "plan" for edit in plan.edits)


@pytest.mark.parametrize("exact", [False, True])
def test_plans_of_a_city_keep_their_word(exact):
    net = on.chengdu(scale=0.03)
    plan = planned(net, budget=60, day="2019-12-31", exact=exact)
    steps = plan.frame.drop_nulls("step")
    assert steps["cost"].sum() == steps["spent"].to_list()[-1] <= 60
    assert steps["weight"].sum() <= plan.frame["bound"][0] + 1e-6
    after = net.plus(plan)
    assert closed(net, after, day="2019-12-31") >= promised(plan)
    ratios = (steps["weight"] / steps["cost"]).to_list()
    assert ratios == sorted(ratios, reverse=True)


@given(st.integers(0, 400), st.integers(0, 12))
@settings(max_examples=25, deadline=None)
def test_plans_of_random_networks_keep_their_word(seed, budget):
    made = world(seed)
    net, rules = swift(made), Rules(**made.rules)
    asked: dict[str, Any] = {"within": made.within, "day": made.day, "rules": rules}
    quick = planned(net, budget=budget, **asked)
    exact = planned(net, budget=budget, exact=True, **asked)
    worth = [sum(r["weight"] for r in p if r["step"]) for p in (quick, exact)]
    bound = quick.row(0)["bound"] if len(quick) else 0.0
    assert worth[0] <= worth[1] <= bound + 1e-6
    listed = gaps(net, **asked).frame.filter(state="gap")
    wished = {c for row in quick for c in row["closes"]}
    assert wished <= set(listed["class"])


def test_a_budget_that_does_not_last_leaves_wishes_with_their_reason():
    net = city_of(UNITS)
    plan = planned(net, budget=3)
    assert plan.row(0)["id"] == "area:g"  # 300 households for 3
    assert plan.frame.drop_nulls("step").height == 1
    assert set(plan.frame["reason"].drop_nulls()) == {"over_budget", "no_partner_near"}
    assert len(close_gaps(net, budget=0).frame.drop_nulls("step")) == 0
    cheap = close_gaps(net, budget=3, costs={"found_organization": 1})
    assert cheap.frame.drop_nulls("step").height == 3
    by_count = close_gaps(net, budget=2, weigh="count")
    assert by_count.frame.drop_nulls("step")["weight"].sum() == 4  # a joint branch


def test_where_nobody_is_near_the_wish_is_named():
    alone = small.network(
        {"unit:u": {"operating": True, "full_members": 5}, "area:k": {"level": "grid"}}
    )
    plan = planned(alone, budget=9)
    assert plan.frame["step"].null_count() == len(plan) > 0
    assert plan.frame["reason"].unique().to_list() == ["no_organization_near"]
    assert plan.edits == []


def test_what_no_plan_could_be_made_with_is_refused():
    net = city_of(UNITS)
    with pytest.raises(UnknownNameError, match="'G6' among classes"):
        close_gaps(net, budget=1, classes=["G6"])
    with pytest.raises(UnknownNameError, match="'hire' among costs"):
        close_gaps(net, budget=1, costs={"hire": 2})
    with pytest.raises(OrgnetError, match="whole numbers"):
        close_gaps(net, budget=1, costs={"send_instructor": 0})
    with pytest.raises(UnknownNameError, match="'money' among weigh"):
        close_gaps(net, budget=1, weigh="money")


def test_steps_and_wishes_say_in_words_what_they_are():
    plan = planned(city_of(UNITS), budget=5)
    for number in range(len(plan)):
        en, zh = plan.explain(number).split("\n")
        assert en.endswith(".")
        assert zh.endswith("。")
        assert "None" not in en + zh


def test_the_page_says_what_a_plan_closes_and_what_is_left():
    plan = planned(city_of(UNITS), budget=5)
    steps = [row for row in plan if row["step"]]
    en, zh = plan_section(plan).reading
    assert f"{len(steps)} steps at a cost of {sum(r['cost'] for r in steps)}" in en
    assert (
        f"no plan for the budget could close more than {steps[0]['bound']:,.0f}" in en
    )
    assert "over budget" in en
    assert "预算不足" in zh
    alone = planned(small.network({"unit:u": {}}), budget=5)
    assert plan_section(alone).reading[0].startswith("0 steps at a cost of 0")
