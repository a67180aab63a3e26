"""Seats bring into reach what they say, and as much as any so many could."""

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from orgnet.errors import OrgnetError, UnknownNameError
from orgnet.integration import unreachable
from orgnet.network import Network
from orgnet.planning import Plan, seats
from orgnet.report.plans import seats_section
from orgnet.rules import Rules
from orgnet.schema.vocabulary import ResourceKind
from tests.handmade import network, node, tie
from tests.oracles import seats as oracle
from tests.worlds import World, swift, world

TIES = {"PARTNERS_WITH", "COORDINATES", "ESCALATES_TO", "HOLDS_POWER_OVER", "CONTACTS"}
CUT = {**dict.fromkeys({*TIES, "HOLDS_SEAT_ON", "SUPERVISED_BY"}, 0.85)}
KEPT = 1 - 1 / 2.718281828


def apart(seed: int) -> World:
    """Take most ties out of a world, and put needs and resources of new kinds in."""
    made, rng = world(seed), random.Random(seed)
    units = [row["id"] for label, row in made.nodes if label == "Unit"]
    areas = [
        row["id"]
        for label, row in made.nodes
        if label == "Area" and row["level"] in {"street", "community"}
    ]
    shares = CUT | {"SUBORDINATE_TO": 0.5 * (seed % 2)}
    ties = [
        (name, row)
        for name, row in made.ties
        if rng.random() >= shares.get(name, 0)
        and not (
            name in {"COVERS", "HOSTED_BY"}
            and row["to"] in units
            and rng.random() < 0.6
        )
    ]
    taken = {r["kind"] for label, r in made.nodes if label in {"Resource", "Need"}}
    kinds = [k.value for k in ResourceKind if k.value not in taken][:3]
    nodes: list[Any] = []
    for n in range(8):
        resource, need = f"resource:x{n}", f"need:x{n}"
        capacity, urgency = rng.choice((None, 3)), rng.choice((None, 1, 2, 3))
        status = rng.choice((None, None, "open", "met"))
        nodes += [
            node(resource, kind=rng.choice(kinds), capacity=capacity),
            node(need, kind=rng.choice(kinds), urgency=urgency, status=status),
        ]
        if areas:
            ties.append(tie("OFFERS", rng.choice(units), resource))
            ties.append(tie("RAISES", rng.choice(areas), need))
    return replace(made, nodes=[*made.nodes, *nodes], ties=ties)


def asked(made: World, n: int) -> dict[str, Any]:
    rules = Rules(**made.rules)
    return {"n": n, "within": made.within, "day": made.day, "rules": rules}


def planned(net: Network, **given: Any) -> Plan:
    plan = seats(net, **given)
    assert isinstance(plan, Plan)
    return plan


def weight_of(plan: Plan) -> int:
    return int(plan.frame["weight"].filter(plan.frame["step"].is_not_null()).sum())


@pytest.mark.parametrize("first", [0, 50])
def test_seats_are_those_of_the_oracle_and_keep_their_bound(first):
    seen: Counter[str] = Counter()
    for seed in range(first, first + 50):
        made, n = apart(seed), 1 + seed % 3
        given = asked(made, n)
        candidates, best = oracle.seats(made, kinds=None, **given)
        wished = oracle.wishes(
            made, kinds=None, **{k: given[k] for k in given if k != "n"}
        )
        net = swift(made)
        quick, exact = (planned(net, exact=e, **given) for e in (False, True))
        for plan in (quick, exact):
            assert plan.frame["step"].count() <= n
            check(plan, candidates, wished, seen)
        seen["candidates"] += len(candidates)
        if best is not None:
            seen["compared"] += bool(candidates)
            assert weight_of(exact) == best
            assert KEPT * best <= weight_of(quick) <= best
            assert quick.frame["bound"].is_empty() or quick.frame["bound"][0] >= best
            seen["more with more"] += len(exact.frame.drop_nulls("step")) > 1
        is_true(net, quick, given)
    assert min(seen[s] for s in ("step", "no_candidate", "over_budget")) > 5, seen
    assert min(seen["compared"], seen["more with more"]) > 2, seen


def check(plan, candidates, wished, seen) -> None:
    """Hold every row to the candidates: what it reaches is new, and what it weighs."""
    able = {need for _, _, needs in candidates for need in needs}
    known = {(unit, organization): needs for unit, organization, needs in candidates}
    rows, total = list(plan), 0
    reached: set[str] = set()
    steps = [r for r in rows if r["step"] is not None]
    assert [r["step"] for r in steps] == list(range(1, len(steps) + 1))
    for row in rows:
        assert row["weight"] == sum(wished[need] for need in row["needs"])
        if row["step"] is None:
            (need,) = row["needs"]
            assert row["reason"] == ("over_budget" if need in able else "no_candidate")
            seen[row["reason"]] += 1
            continue
        seen["step"] += 1
        fresh = known[row["unit"], row["organization"]] - reached
        assert set(row["needs"]) == fresh
        reached |= fresh
        total += row["weight"]
        assert row["reached"] == total
    left = {need for row in rows if row["step"] is None for need in row["needs"]}
    assert reached | left == set(wished)
    assert not reached & left


def is_true(net: Network, plan: Plan, given: dict[str, Any]) -> None:
    """Look whether the needs are in reach once the seats are there."""
    after = net.plus(plan)
    rest = {name: given[name] for name in ("within", "day", "rules")}
    found = [set(unreachable(n, **rest).frame["need"]) for n in (net, after)]
    promised = plan.frame.drop_nulls("step")["needs"].explode().drop_nulls()
    assert set(promised) <= found[0] - found[1]


HAND = (
    node("area:s", level="street"),
    node("area:c", level="community"),
    tie("PART_OF", "area:c", "area:s"),
    node("party:s", setting="street"),
    node("party:c", setting="community"),
    *(tie("HOSTED_BY", f"party:{a}", f"area:{a}") for a in "sc"),
    *(tie("COVERS", f"party:{a}", f"area:{a}") for a in "sc"),
    node("unit:a"),
    node("unit:b"),
    *(tie("LOCATED_IN", f"unit:{u}", "area:c") for u in "ab"),
    node("resource:hall"),
    node("resource:van", kind="equipment"),
    tie("OFFERS", "unit:a", "resource:hall"),
    tie("OFFERS", "unit:b", "resource:van"),
    *(node(f"need:{n}", urgency=n) for n in (1, 2)),
    node("need:van", kind="equipment", urgency=1),
    node("need:post", kind="post"),
    *(tie("RAISES", "area:c", f"need:{n}") for n in (1, 2, "van", "post")),
)


def test_the_most_pressing_needs_come_first_and_others_are_told():
    net = network(*HAND)
    plan = planned(net, n=1)
    first, left = plan
    assert (first["unit"], first["organization"]) == ("unit:a", "party:c")
    assert (first["needs"], first["weight"]) == (["need:1", "need:2"], 3)
    assert (left["needs"], left["reason"]) == (["need:van"], "over_budget")
    edit: Any
    (edit,) = plan.edits
    assert (edit.source, edit.valid_from) == ("plan", None)
    dated: Any = planned(net, n=1, day="2019-06-30").edits[0]
    assert str(dated.valid_from) == "2019-06-30"
    after = net.plus(plan)
    assert unreachable(after).frame["need"].to_list() == ["need:post", "need:van"]
    assert [r["unit"] for r in seats(after)] == ["unit:b"]
    assert "takes a seat on" in plan.explain(0)
    assert "席位数不足" in plan.explain(1)
    en, zh = seats_section(plan).reading
    assert "Seats: 1; they bring 2 needs into reach, of weight 3" in en
    assert "另有1项" in zh


def test_a_need_that_no_seat_helps_is_told():
    far = node("need:far", kind="staff")
    lone = (node("unit:lone"), node("resource:staff", kind="staff"))
    net = network(
        *HAND,
        far,
        *lone,
        tie("OFFERS", "unit:lone", "resource:staff"),
        tie("RAISES", "area:c", "need:far"),
    )
    (row,) = (r for r in seats(net) if r["step"] is None)
    assert (row["needs"], row["reason"]) == (["need:far"], "no_candidate")


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"n": 0}, OrgnetError, "n is 0, and counts from 1"),
        ({"n": 1.5}, OrgnetError, "n is 1.5"),
        ({"kinds": ["hall"]}, UnknownNameError, "no kind of resource 'hall'"),
    ],
)
def test_what_cannot_be_planned_is_refused(given, error, said):
    with pytest.raises(error, match=said):
        seats(network(*HAND), **given)
