"""Allocations are feasible, best, and say why there is a rest."""

import sys
from collections import Counter, defaultdict
from datetime import date
from typing import Any

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import orgnet as on
from orgnet.errors import UnknownNameError
from orgnet.grammar import automaton
from orgnet.integration import match, paths
from orgnet.integration.demand import Demand
from orgnet.integration.graph import graph_of
from orgnet.integration.stock import starts_of
from orgnet.integration.walks import reached
from orgnet.network import Network
from orgnet.report.plans import counts_of, match_section
from orgnet.rules import Rules
from orgnet.solve.transport import Arcs, transport
from tests.handmade import Row, network, node, tie
from tests.oracles import integration
from tests.oracles.common import View
from tests.worlds import World, swift, world

MANY = 10_000


def simplex(arcs, wanted, left, penalty) -> int:
    """Return the least cost of a transport problem, by networkx."""
    graph: Any = nx.DiGraph()
    total = int(sum(wanted))
    graph.add_node("from", demand=-total)
    graph.add_node("to", demand=total)
    for at, (quantity, price) in enumerate(zip(wanted, penalty, strict=True)):
        graph.add_edge(("need", at), "to", capacity=int(quantity), weight=0)
        graph.add_edge("from", ("need", at), weight=int(price))
    for at, most in enumerate(left):
        limit = {} if np.isinf(most) else {"capacity": int(most)}
        graph.add_edge("from", ("offer", at), weight=0, **limit)
    for need, offer, cost in arcs:
        graph.add_edge(("offer", offer), ("need", need), weight=int(cost))
    return int(nx.min_cost_flow_cost(graph))


PROBLEMS = st.integers(1, 5).flatmap(
    lambda n: st.integers(1, 5).flatmap(
        lambda m: st.tuples(
            st.lists(st.integers(1, 9), min_size=n, max_size=n),
            st.lists(
                st.one_of(st.integers(1, 9), st.just(float("inf"))),
                min_size=m,
                max_size=m,
            ),
            st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, m - 1))),
            st.integers(0, 2**16),
        )
    )
)


@given(PROBLEMS)
@settings(max_examples=60)
def test_transport_is_network_simplex_with_prices(problem):
    wanted, left, ends, seed = problem
    ends = sorted(ends)
    random = np.random.default_rng(seed)
    cost = random.integers(1, 9, len(ends))
    penalty = random.integers(20, 60, len(wanted))
    need, offer = (np.array([e[i] for e in ends], dtype=np.int64) for i in (0, 1))
    found = transport(
        Arcs(need, offer, cost.astype(float)),
        np.array(wanted, dtype=float),
        np.array(left, dtype=float),
        penalty.astype(float),
    )
    # it can be done
    assert (found.quantity >= 0).all()
    assert (found.quantity == found.quantity.round()).all()
    given_to = np.bincount(need, found.quantity, minlength=len(wanted))
    taken_from = np.bincount(offer, found.quantity, minlength=len(left))
    assert (given_to + found.unmet == wanted).all()
    assert (taken_from <= np.array(left)).all()
    # nothing is better
    least = simplex(zip(need, offer, cost, strict=True), wanted, left, penalty)
    assert found.quantity @ cost + found.unmet @ penalty == pytest.approx(least)
    # and the prices say so
    gain = found.demand_price[need] - found.supply_price[offer] - cost
    assert (gain < 1e-6).all()
    assert (np.abs(gain[found.quantity > 0]) < 1e-6).all()
    assert (found.demand_price <= penalty + 1e-6).all()
    assert (np.abs((found.demand_price - penalty)[found.unmet > 0]) < 1e-6).all()
    spare = taken_from < np.array(left)
    assert (np.abs(found.supply_price[spare]) < 1e-6).all()


def asked(made: World) -> tuple[Network, Rules]:
    return swift(made), Rules(**made.rules)


@pytest.mark.parametrize("seed", range(40))
def test_the_least_cost_to_what_is_in_reach_is_that_of_paths(seed):
    net, rules = asked(world(seed))
    index, grammar = net.index(), automaton(rules)
    graph = graph_of(index, grammar.steps)
    for need in net.nodes("Need")["id"]:
        found = paths(net, need=need, k=MANY, rules=rules).frame
        least = dict(found.group_by("owner").agg(pl.col("cost").min()).iter_rows())
        starts = starts_of(index, net.position(need))
        if not starts:
            assert least == {}
            continue
        nodes, cost = reached(graph, grammar, np.array(starts), rules.max_hops)
        told = dict(zip(net.ids.gather(nodes), cost.tolist(), strict=True))
        assert {owner: told[owner] for owner in least} == least
        offering = set(net.ties("OFFERS")["from"]) & set(told)
        there = integration.offers(view_of(seed), net.node(need)["kind"])
        left = {owner for owner, found in there.items() if found}
        assert offering & left == set(least)


def view_of(seed: int) -> View:
    return View(world(seed), None)


def problem_of(made: World) -> dict[str, dict[str, Any]]:
    """Return by brute force what a world has to allocate, kind by kind."""
    view, rules = View(made, made.day), Rules(**made.rules)
    found: dict[str, dict[str, Any]] = defaultdict(
        lambda: {"needs": {}, "left": {}, "arcs": {}}
    )
    for need in view.of("Need"):
        row = view.nodes[need]
        matched = sum(
            r["quantity"] or 0
            for r in view.ties.get("MATCHED_TO", [])
            if r["to"] == need and r["status"] in {"agreed", "running", "done"}
        )
        quantity = row.get("quantity")
        wanted = (1 if quantity is None else quantity) - matched
        if row.get("status") in {"met", "withdrawn"} or wanted <= 0:
            continue
        case = found[row["kind"]]
        due = row.get("due_on")
        late = due and made.day and (due - made.day).days <= 30
        case["needs"][need] = wanted, (row.get("urgency") or 1) + bool(late)
        for path in integration.paths(
            made, need=need, k=MANY, day=made.day, rules=rules
        ):
            resource, left, cost = path[1], path[-1], path[3]
            units = row.get("quantity_unit"), view.nodes[resource].get("capacity_unit")
            if None in units or units[0] == units[1]:
                case["left"][resource] = float("inf") if left is None else left
                best = case["arcs"].get((need, resource), cost)
                case["arcs"][need, resource] = min(best, cost)
    return found


def test_what_is_counted_otherwise_is_not_near():
    net = places(
        *offer("resource:near", "unit:u", capacity_unit="场次"),
        node("unit:far"),
        *offer("resource:far", "unit:far", capacity_unit="人"),
        *need("need:n", C, quantity=3, quantity_unit="人"),
    )
    assert match(net).frame["reason"].to_list() == ["no_tie"]


def test_the_transport_problem_of_the_textbooks_costs_2850():
    """Three factories and four markets, as they stand in many an introduction."""
    prices = [[3, 1, 7, 4], [2, 6, 5, 9], [8, 3, 3, 2]]
    wanted, left = [250, 350, 400, 200], [300, 400, 500]
    demand, supply = (np.repeat(np.arange(4), 3), np.tile(np.arange(3), 4))
    cost = np.array([prices[s][d] for d, s in zip(demand, supply, strict=True)])
    found = transport(
        Arcs(demand, supply, cost.astype(float)),
        np.array(wanted, dtype=float),
        np.array(left, dtype=float),
        np.full(4, 1000.0),
    )
    assert (found.quantity * cost).sum() == pytest.approx(2850)
    assert found.unmet.sum() == 0


def test_what_is_due_soon_goes_before_what_is_not():
    net = places(
        *offer("resource:r", "unit:u", capacity=5),
        *need("need:a", C, quantity=5, due_on=date(2020, 1, 1)),
        *need("need:b", C, quantity=5, due_on=date(2019, 9, 6)),
    )
    day = "2019-08-07"
    for asked, served in (({}, "need:b"), ({"due_soon_days": 29}, "need:a")):
        found = match(net, day=day, rules=Rules(**asked)).frame
        assert found.drop_nulls("resource")["need"].to_list() == [served]


@pytest.mark.parametrize("first", range(0, 120, 30))
def test_allocations_of_random_networks_are_best(first):
    counted: Counter[str] = Counter()
    for seed in range(first, first + 30):
        made = world(seed)
        net, rules = asked(made)
        frame = match(net, day=made.day, rules=rules).frame
        problems = problem_of(made)
        kinds = {n: k for k, p in problems.items() for n in p["needs"]}
        assert set(frame["need"]) == set(kinds)
        for kind, case in problems.items():
            rows = frame.filter(pl.col("need").replace_strict(kinds) == kind)
            check_best(rows, case, rules)
            counted.update(rows["reason"].fill_null("served"))
    assert counted["served"] > 5
    assert len(counted) > 1  # and there are rests


def check_best(rows: pl.DataFrame, case: dict[str, Any], rules: Rules) -> None:
    """Hold the answer of one kind against network simplex."""
    needs, offers = sorted(case["needs"]), sorted(case["left"])
    dearest = max(rules.costs.values(), default=0) * rules.max_hops + 1
    penalty = [case["needs"][n][1] * dearest * (len(needs) + 1) for n in needs]
    value = 0
    given_out: Counter[str] = Counter()
    got: Counter[str] = Counter()
    for row in rows.iter_rows(named=True):
        if row["resource"] is None:
            value += row["unmet"] * penalty[needs.index(row["need"])]
            got[row["need"]] += row["unmet"]
            continue
        assert row["cost"] == case["arcs"][row["need"], row["resource"]]
        value += row["quantity"] * row["cost"]
        given_out[row["resource"]] += row["quantity"]
        got[row["need"]] += row["quantity"]
    assert got == {n: wanted for n, (wanted, _) in case["needs"].items()}
    assert all(q <= case["left"][r] for r, q in given_out.items())
    arcs = [(needs.index(n), offers.index(r), c) for (n, r), c in case["arcs"].items()]
    wanted = [case["needs"][n][0] for n in needs]
    left = [case["left"][r] for r in offers]
    assert value == simplex(arcs, wanted, left, penalty)


C, S, D = "party:c", "party:s", "party:d"


def places(*more: tuple[str, Row]) -> Network:
    return network(
        node("area:c"),
        node("area:d"),
        node(C, setting="community"),
        node(S, setting="street"),
        tie("SUBORDINATE_TO", C, S),
        tie("HOSTED_BY", C, "area:c"),
        tie("COVERS", C, "area:c"),
        node("unit:u"),
        tie("LOCATED_IN", "unit:u", "area:c"),
        tie("PARTNERS_WITH", "unit:u", C),
        *more,
    )


def offer(id_: str, owner: str, **attributes: Any) -> tuple[tuple[str, Row], ...]:
    return node(id_, **attributes), tie("OFFERS", owner, id_)


def need(id_: str, raiser: str, **attributes: Any) -> tuple[tuple[str, Row], ...]:
    return node(id_, **attributes), tie("RAISES", raiser, id_)


def test_what_is_pressing_comes_first_and_a_rest_says_why():
    net = places(
        *offer("resource:r", "unit:u", capacity=5),
        *need("need:a", "area:c", quantity=4, urgency=1),
        *need("need:b", C, quantity=3, urgency=3),
    )
    columns = ("need", "resource", "quantity", "cost", "unmet", "reason", "binds")
    assert match(net).frame.select(columns).rows() == [
        ("need:a", "resource:r", 2, 1, None, None, True),
        ("need:a", None, None, None, 2, "capacity_used", None),
        ("need:b", "resource:r", 3, 1, None, None, True),
    ]


def test_every_reason_for_a_rest():
    net = places(
        *offer("resource:r", "unit:v", kind="staff"),
        node("unit:v"),
        tie("LOCATED_IN", "unit:v", "area:c"),
        *offer("resource:f", "unit:w", kind="fund", capacity_unit="元"),
        node("unit:w"),
        *need("need:near", C, kind="staff"),
        *need("need:none", C, kind="post"),
        *need("need:unit", C, kind="fund", quantity_unit="万元"),
        *need("need:far", C, kind="fund", quantity_unit="元"),
        *need("need:nobody", "area:d", kind="staff"),
    )
    frame = match(net).frame
    assert dict(frame.select("need", "reason").iter_rows()) == {
        "need:far": "no_tie",
        "need:near": "near_but_untied",
        "need:nobody": "no_raiser",
        "need:none": "no_offer",
        "need:unit": "no_offer",
    }
    assert match(net, kinds=["post"]).frame["need"].to_list() == ["need:none"]
    with pytest.raises(UnknownNameError, match="no kind of resource 'gold'"):
        match(net, kinds=["gold"])


def test_what_is_matched_or_settled_is_not_wanted():
    net = places(
        *offer("resource:r", "unit:u", capacity=9),
        *need("need:a", C, quantity=4),
        *need("need:b", C, quantity=2, status="met"),
        tie("MATCHED_TO", "resource:r", "need:a", quantity=3, status="agreed"),
    )
    (row,) = match(net)
    assert (row["need"], row["wanted"], row["quantity"]) == ("need:a", 1, 1)


def test_a_scope_is_of_needs_and_not_of_resources():
    city = on.chengdu(scale=0.05)
    district = city.areas("district")[0, "id"]
    there = match(city, within=district).frame
    everywhere = match(city).frame
    assert set(there["need"]) < set(everywhere["need"])
    owners = there["owner"].drop_nulls().unique().to_list()
    index = city.index()
    inside = index.in_area(index.area(district))
    assert not all(inside[city.position(o)] for o in owners)


def test_more_ways_are_looked_at_where_the_nearest_are_used_up(monkeypatch):
    monkeypatch.setattr(sys.modules["orgnet.integration.match"], "EACH", 1)
    offers = [
        part
        for at in range(6)
        for part in (
            node(f"unit:{at}"),
            tie("PARTNERS_WITH", f"unit:{at}", C),
            *offer(f"resource:{at}", f"unit:{at}", capacity=1),
        )
    ]
    net = places(*offers, *need("need:a", C, quantity=6))
    frame = match(net).frame
    assert frame["quantity"].to_list() == [1] * 6
    assert frame["unmet"].null_count() == 6


def test_each_says_in_words_what_it_is():
    net = places(
        *offer("resource:r", "unit:u", capacity=5), *need("need:a", C, quantity=7)
    )
    answer = match(net)
    for number in range(len(answer)):
        en, zh = answer.explain(number).split("\n")
        assert en.endswith(".")
        assert zh.endswith("。")
        assert "None" not in en + zh
    assert Demand(net.index(), Rules()).starts(net.position("need:a")) == (
        net.position(C),
    )


def test_the_page_says_how_many_are_served_and_why_others_are_not():
    net = places(
        *offer("resource:r", "unit:u", capacity=5),
        *need("need:a", C, quantity=7),
        *need("need:b", C, kind="post"),
    )
    en, zh = match_section(match(net)).reading
    assert en.startswith("0 of 2 needs can be met whole, by 1 allocations; 2 are left")
    assert "what is in reach is used up 1" in en
    assert "nothing of its kind is to be had 1" in en
    assert "无同类可用资源1" in zh
    assert counts_of(match(net), "reason")[0].count(",") == 1
