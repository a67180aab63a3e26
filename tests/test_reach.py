"""Nearest, unreachable, reach and who refuses, where the answer is known by hand."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from orgnet.errors import OrgnetError, UnknownAreaError, UnknownNameError
from orgnet.integration import nearest, paths, reach, unreachable
from orgnet.network import Network
from orgnet.query import Source
from orgnet.rules import Rules
from tests.handmade import network, node, tie
from tests.worlds import swift, world

PLACES = (
    node("area:s", level="street"),
    *(node(f"area:{c}", level="community") for c in "cd"),
    *(tie("PART_OF", f"area:{c}", "area:s") for c in "cd"),
    node("party:s", setting="street"),
    *(node(f"party:{c}", setting="community") for c in "cd"),
    *(tie("SUBORDINATE_TO", f"party:{c}", "party:s") for c in "cd"),
    *(tie("HOSTED_BY", f"party:{a}", f"area:{a}") for a in "scd"),
    *(node(f"unit:{u}") for u in "abz"),
    *(tie("LOCATED_IN", f"unit:{u}", "area:c") for u in "az"),
    tie("LOCATED_IN", "unit:b", "area:d"),
    tie("PARTNERS_WITH", "unit:a", "party:c"),
    tie("PARTNERS_WITH", "unit:b", "party:d"),
)


def offer(owner: str, name: str, **attributes: Any) -> tuple[Any, ...]:
    id_ = f"resource:{name}"
    return node(id_, **attributes), tie("OFFERS", f"unit:{owner}", id_)


def need(
    name: str, raiser: str | None = "area:c", **attributes: Any
) -> tuple[Any, ...]:
    id_ = f"need:{name}"
    raised = () if raiser is None else (tie("RAISES", raiser, id_),)
    return node(id_, **attributes), tie("LOCATED_IN", id_, "area:c"), *raised


@pytest.fixture
def places(engine: Callable[[Network], Source]) -> Callable[..., Source]:
    """Give what makes a source of the places and of more, in memory and in Neo4j."""
    return lambda *more: engine(network(*PLACES, *more))


def test_the_cheapest_is_nearest_and_then_the_smallest_id(places):
    net = places(
        *offer("b", "1-far", capacity=9),
        *offer("a", "3-near"),
        *offer("a", "2-near", capacity=4),
        *need("n"),
        *need("done", status="met"),
    )
    (row,) = nearest(net)
    assert row == {
        "need": "need:n",
        "name": "n",
        "kind": "venue",
        "area": "area:c",
        "resource": "resource:2-near",
        "owner": "unit:a",
        "cost": 1,
        "capacity_left": 4,
    }
    assert "capacity left 4" in nearest(net).explain(0)
    assert len(nearest(net, within="area:d")) == 0
    assert len(nearest(net, kinds=["post"])) == len(nearest(net, kinds=[])) == 0


def test_why_nothing_is_in_reach(places):
    near = node("resource:lone", kind="post"), tie("OFFERS", "unit:z", "resource:lone")
    net = places(
        *need("a-none", kind="fund"),
        *need("b-nobody", None, kind="post"),
        *need("c-used", kind="staff"),
        *need("d-near", kind="post"),
        *need("e-far", "unit:z", kind="service"),
        *need("f-fine"),
        *offer("a", "hall"),
        *offer("b", "crew", kind="staff", capacity=2),
        tie("MATCHED_TO", "resource:crew", "need:c-used", quantity=2, status="done"),
        *near,
        node("resource:served", kind="service"),
        tie("OFFERS", "unit:b", "resource:served"),
    )
    found = unreachable(net)
    columns = ("need", "reason", "resource", "owner", "cost")
    assert found.frame.select(columns).rows() == [
        ("need:a-none", "no_offer", None, None, None),
        ("need:b-nobody", "no_raiser", None, None, None),
        ("need:c-used", "capacity_used", "resource:crew", "unit:b", 4),
        ("need:d-near", "near_but_untied", "resource:lone", "unit:z", None),
        ("need:e-far", "no_tie", None, None, None),
    ]
    assert nearest(net).frame["need"].to_list() == ["need:f-fine"]
    assert "nobody raises it" in found.explain(1)
    assert "lone" in found.explain(3)
    assert "同社区有资源但无协调路径" in found.explain(3)


def test_what_an_organization_reaches_and_who_reaches_it(places):
    net = places(
        *offer("a", "hall", capacity=3, capacity_unit="场次"),
        *offer("b", "crew", kind="staff"),
        *need("hall", quantity=5, quantity_unit="场次"),
        *need("hall-of-d", "party:d"),
        *need("crew", kind="staff"),
        *need("withdrawn", status="withdrawn"),
    )
    columns = ("side", "id", "organization", "cost", "quantity", "quantity_unit")
    found = reach(net, unit="unit:a")
    assert found.frame.select(columns).rows() == [
        ("need", "need:hall", "party:c", 1, 5, "场次"),
        ("need", "need:hall-of-d", "party:d", 4, None, None),
        ("resource", "resource:hall", "unit:a", 0, 3, "场次"),
        ("resource", "resource:crew", "unit:b", 5, None, None),
    ]
    assert "can ask here" in found.explain(0)
    assert "is in reach" in found.explain(3)
    short = reach(net, unit="unit:a", kinds=["venue"], rules=Rules(max_hops=1))
    assert short.frame["id"].to_list() == ["need:hall", "resource:hall"]
    assert len(reach(net, unit="party:s", kinds=["post"])) == 0


def test_who_refuses_is_gone_round(places):
    round_about = tie("PARTNERS_WITH", "unit:b", "party:s")
    net = places(*offer("b", "hall"), *need("n"), round_about)
    ways = paths(net, need="need:n").frame["nodes"].to_list()
    assert ways == [
        ["party:c", "party:s", "unit:b"],
        ["party:c", "party:s", "party:d", "unit:b"],
    ]
    without = paths(net, need="need:n", without="party:d")
    assert without.frame["nodes"].to_list() == ways[:1]
    for refusing in ("party:c", "party:s", "unit:b"):
        assert len(paths(net, need="need:n", without=[refusing])) == 0


@pytest.mark.parametrize(
    ("ask", "error", "said"),
    [
        (lambda n: reach(n, unit="area:c"), UnknownNameError, "'area:c': no unit or"),
        (lambda n: reach(n, unit="unit:x"), UnknownNameError, "'unit:x'"),
        (
            lambda n: paths(n, need="need:n", without=["unit:y", "site:q"]),
            UnknownNameError,
            "site:q",
        ),
        (lambda n: nearest(n, kinds=["hall"]), UnknownNameError, "no kind of resource"),
        (lambda n: unreachable(n, within="nowhere"), UnknownAreaError, "nowhere"),
        (lambda n: paths(n, need="need:n", k=0), OrgnetError, "k is 0"),
    ],
)
def test_what_cannot_be_asked_is_refused(places, ask, error, said):
    net = places(*need("n"))
    with pytest.raises(error, match=said):
        ask(net)


def stated(seed: int) -> dict[str, Any]:
    """Return what a world is asked, in memory."""
    made = world(seed)
    rules = Rules(**made.rules)
    return {"within": made.within, "day": made.day, "rules": rules}


@pytest.mark.parametrize("first", [0, 30])
def test_every_open_need_reaches_something_or_is_told_why_not(first):
    seen = 0
    for seed in range(first, first + 30):
        net, given = swift(world(seed)), stated(seed)
        found, lost = (
            ask(net, **given).frame["need"].to_list() for ask in (nearest, unreachable)
        )
        needs = net if given["day"] is None else net.at(given["day"])
        settled = {"met", "withdrawn"}
        open_ = {
            row["id"]
            for row in needs.nodes("Need").iter_rows(named=True)
            if row["status"] not in settled
        }
        assert set(found).isdisjoint(lost)
        assert {*found, *lost} <= open_
        if given["within"] is None:
            assert {*found, *lost} == open_
        seen += len(open_)
    assert seen > 30


@pytest.mark.parametrize("first", [0, 30])
def test_paths_without_one_are_those_that_do_not_run_by_it(first):
    """And the cheapest of all paths costs what nearest says."""
    refused = 0
    for seed in range(first, first + 30):
        made, given = world(seed), stated(seed)
        net, asked = swift(made), {n: given[n] for n in ("day", "rules")}
        costs = dict(nearest(net, **asked).frame.select("need", "cost").iter_rows())
        there = net if given["day"] is None else net.at(given["day"])
        for need in there.nodes("Need")["id"]:
            every = paths(net, need=need, k=10_000, **asked).frame
            assert costs.get(need, every["cost"].min()) == every["cost"].min()
            for one in every["nodes"].explode().unique().drop_nulls().to_list()[:3]:
                left = every.filter(~pl.col("nodes").list.contains(one)).drop("rank")
                found = paths(net, need=need, k=10_000, without=[one], **asked).frame
                assert found.drop("rank").equals(left)
                refused += len(every) - len(left)
    assert refused > 30
