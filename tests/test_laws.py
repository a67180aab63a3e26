"""What must hold between two answers, whatever the networks are."""

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

import orgnet as on
from orgnet.query import Result
from orgnet.rules import Rules
from tests.worlds import World, network, swift, world

FEW = 6  # worlds a law in the first tier
SEEDS = [
    *range(FEW),
    *(pytest.param(s, marks=pytest.mark.slow) for s in range(FEW, 60)),
]
EACH_UNIT = ["G1", "G2", "G3"]
COVERED = [*EACH_UNIT, "G4"]
SIDEWAYS = {"HOLDS_SEAT_ON", "PARTNERS_WITH", "EVALUATES", "OFFERS"}
Rows = list[dict[str, Any]]

every_world = pytest.mark.parametrize("seed", SEEDS)


def asked(made: World) -> dict[str, Any]:
    return {"day": made.day, "rules": Rules(**made.rules)}


def table(answer: Result, *columns: str) -> Rows:
    return answer.frame.select(columns or answer.frame.columns).to_dicts()


def paths_of(net: on.Network, made: World, need: str, k: int = 1, **rules: Any) -> Rows:
    options: dict[str, Any] = {"day": made.day}
    options["rules"] = Rules(**{**made.rules, **rules})
    return table(on.integration.paths(net, need=need, k=k, **options))


def needs(made: World) -> list[str]:
    """Return the needs that hold whatever the day."""
    rows = [row for label, row in made.nodes if label == "Need"]
    undated = [
        r["id"] for r in rows if not r.get("valid_from") and not r.get("valid_to")
    ]
    return sorted(undated)


def renamed(made: World, new: dict[str, str]) -> World:
    """Return a world with other ids."""
    nodes = [(n, {**r, "id": new[r["id"]]}) for n, r in made.nodes]
    ties = [
        (n, {**r, "from": new[r["from"]], "to": new[r["to"]]}) for n, r in made.ties
    ]
    listed = tuple((new[o], new[u]) for o, u in made.rules["listed"])
    rules = {**made.rules, "listed": listed}
    return replace(made, nodes=nodes, ties=ties, rules=rules, spoilt=[], within=None)


def translated(value: Any, new: dict[str, str]) -> Any:
    """Return an answer with other ids in it."""
    if isinstance(value, dict):
        return {k: translated(v, new) for k, v in value.items()}
    if isinstance(value, list):
        return [translated(v, new) for v in value]
    return new.get(value, value) if isinstance(value, str) else value


@every_world
def test_a_covering_organization_adds_no_gap_for_its_subject(seed):
    made = world(seed)
    before = table(on.coverage.gaps(swift(made), classes=COVERED, **asked(made)))
    lacking = sorted({row["id"] for row in before})
    subjects = sorted(r["id"] for n, r in made.nodes if n in {"Unit", "Area"})
    drawn = random.Random(seed)
    chosen = {*drawn.sample(lacking, min(3, len(lacking))), *drawn.sample(subjects, 3)}
    attributes = {"name": "新", "form": "branch", "setting": "enterprise"}
    party = ("PartyOrganization", {"id": "party:new", **attributes})
    how = {"basis": "organization", "mode": "single"}
    covers = [("COVERS", {"from": "party:new", "to": s, **how}) for s in sorted(chosen)]
    more = replace(made, nodes=[*made.nodes, party], ties=[*made.ties, *covers])
    after = table(on.coverage.gaps(swift(more), classes=COVERED, **asked(made)))
    assert {r["class"] for r in after if r["id"] in chosen} == set()
    assert after == [r for r in before if r["id"] not in chosen]


@every_world
def test_ids_of_the_same_order_give_the_same_answers(seed):
    made = replace(world(seed), within=None, spoilt=[])
    ids = sorted(row["id"] for _, row in made.nodes)
    new = {old: f"{old.partition(':')[0]}:{n:05}" for n, old in enumerate(ids)}
    other = renamed(made, new)
    nets = swift(made), swift(other)
    options = asked(made), asked(other)
    questions = (on.coverage.gaps, on.coverage.rates, on.structure.chain)
    for question in questions:
        first, second = (
            table(question(n, **o)) for n, o in zip(nets, options, strict=True)
        )
        assert translated(first, new) == second
    # of two equal returns the smaller id decides, and an id is joined text: states only
    columns = ("round", "area_organization", "unit", "down_state", "up_state", "state")
    first, second = (
        table(on.evaluation.pairs(n, **o), *columns)
        for n, o in zip(nets, options, strict=True)
    )
    assert translated(first, new) == second
    for need in needs(made):
        told = (
            paths_of(nets[0], made, need, k=9),
            paths_of(nets[1], other, new[need], k=9),
        )
        assert translated(told[0], new) == told[1]


@every_world
def test_other_ids_permute_what_no_tie_break_decides(seed):
    made = replace(world(seed), within=None, spoilt=[])
    ids = sorted(row["id"] for _, row in made.nodes)
    numbers = random.Random(seed).sample(range(len(ids)), len(ids))
    new = {i: f"{i.partition(':')[0]}:{n}" for i, n in zip(ids, numbers, strict=True)}
    other = renamed(made, new)
    nets = swift(made), swift(other)

    def states(net: on.Network, given: World) -> Rows:
        rows = on.coverage.gaps(net, classes=[*COVERED, "G6"], **asked(given))
        return table(rows, "class", "id", "state", "reason")

    assert _bag(translated(states(nets[0], made), new)) == _bag(states(nets[1], other))
    by_kind = [
        table(on.coverage.rates(n, by="kind", **asked(w)))
        for n, w in zip(nets, (made, other), strict=True)
    ]
    assert by_kind[0] == by_kind[1]
    for need in needs(made):
        told = [
            [(r["resource"], r["nodes"], r["steps"], r["cost"]) for r in rows]
            for rows in (
                paths_of(nets[0], made, need, k=500),
                paths_of(nets[1], other, new[need], k=500),
            )
        ]
        back = {v: k for k, v in new.items()}
        assert _bag(told[0]) == _bag(
            [tuple(translated(list(r), back)) for r in told[1]]
        )


def _bag(rows: Any) -> Counter[str]:
    return Counter(map(str, rows))


@every_world
def test_a_network_beside_it_changes_nothing(seed):
    made = replace(world(seed), within=None, spoilt=[])
    beside = world(seed + 1000)
    ids = [row["id"] for _, row in beside.nodes]
    other = renamed(beside, {i: i.replace(":", ":other-") for i in ids})
    nodes = [(n, {k: v for k, v in r.items() if k != "code"}) for n, r in other.nodes]
    both = replace(made, nodes=made.nodes + nodes, ties=made.ties + other.ties)
    nets = swift(made), swift(both)
    own = {row["id"] for _, row in made.nodes}
    for question, subject in (
        (on.coverage.gaps, "id"),
        (on.structure.chain, "area"),
        (on.evaluation.pairs, "unit"),
    ):
        alone, joined = (table(question(n, **asked(made))) for n in nets)
        rounds = {
            r.get("round") for r in alone
        }  # the other network may hold more rounds
        mine = [r for r in joined if r[subject] in own and r.get("round") in rounds]
        assert mine == alone
    streets = [table(on.coverage.rates(n, by="street", **asked(made))) for n in nets]
    assert [r for r in streets[1] if r["group"] in own] == [
        r for r in streets[0] if r["group"]
    ]
    for need in needs(made):
        alone, joined = (paths_of(n, made, need, k=5) for n in nets)
        assert alone == joined


@every_world
def test_a_lost_tie_removes_no_tie_gap(seed):
    made = world(seed)
    drawn = random.Random(seed)
    left = [t for t in made.ties if t[0] not in SIDEWAYS or drawn.random() < 0.5]
    before = table(on.coverage.gaps(swift(made), classes=["G5"], **asked(made)))
    fewer = swift(replace(made, ties=left))
    after = table(on.coverage.gaps(fewer, classes=["G5"], **asked(made)))
    assert [r for r in before if r["state"] == "gap"] == [
        r for r in after if r["id"] in {b["id"] for b in before if b["state"] == "gap"}
    ]
    assert {r["id"] for r in before} <= {r["id"] for r in after}


@every_world
def test_a_return_more_never_lowers_both(seed):
    made = world(seed)
    before = table(on.evaluation.pairs(swift(made), **asked(made)))
    drawn = random.Random(seed)
    how = {
        "kind": "two_way",
        "status": "returned",
        "valid_from": None,
        "valid_to": None,
    }
    returns = []
    for row in drawn.sample(before, min(4, len(before))):
        ends = [row["area_organization"], row["unit"]]
        drawn.shuffle(ends)
        tail, head = ends
        returns.append(
            ("EVALUATES", {"from": tail, "to": head, "round": row["round"], **how})
        )
    keys = {(r["from"], r["to"], r["round"]) for _, r in returns}
    kept = [
        (n, r)
        for n, r in made.ties
        if n != "EVALUATES" or (r["from"], r["to"], r["round"]) not in keys
    ]
    more = swift(replace(made, ties=kept + returns, spoilt=[]))
    after = table(on.evaluation.pairs(more, **asked(made)))
    assert _both(before) <= _both(after)
    assert len(after) == len(before)


def _both(rows: Rows) -> int:
    return sum(r["state"] == "both" for r in rows)


@every_world
def test_more_hops_or_one_tie_more_never_make_the_best_path_dearer(seed):
    made = world(seed)
    organizations = sorted(r["id"] for n, r in made.nodes if n == "PartyOrganization")
    units = sorted(r["id"] for n, r in made.nodes if n == "Unit")
    drawn = random.Random(seed)
    ends = {"from": drawn.choice(units), "to": drawn.choice(organizations)}
    tie = ("PARTNERS_WITH", {**ends, "mechanism": "pairing"})
    net, tied = swift(made), swift(replace(made, ties=[*made.ties, tie]))
    for need in needs(made):
        cheapest = [_cheapest(paths_of(net, made, need, max_hops=n)) for n in (1, 2, 4)]
        assert cheapest == sorted(cheapest, reverse=True)
        assert _cheapest(paths_of(tied, made, need, max_hops=4)) <= cheapest[-1]


def _cheapest(rows: Rows) -> float:
    return rows[0]["cost"] if rows else float("inf")


@every_world
def test_the_groups_of_every_grouping_add_up_to_the_same(seed):
    made = world(seed)
    net = swift(made)
    totals = []
    for by in ("kind", "line", "demonstration", "street", "community"):
        total: Counter[str] = Counter()
        for row in table(on.coverage.rates(net, by=by, **asked(made))):
            for count in ("numerator", "denominator", "undetermined"):
                total[f"{row['measure']} {count}"] += row[count]
        totals.append(total)
    assert all(total == totals[0] for total in totals)
    units = [r for n, r in made.nodes if n == "Unit"]
    whole = on.coverage.rates(net, by="kind", denominator="all", rules=Rules())
    single = whole.frame.filter(measure="single")
    assert single["denominator"].sum() == len(units)


@every_world
def test_the_first_k_paths_are_the_first_of_more(seed):
    made = world(seed)
    net = swift(made)
    for need in needs(made):
        longest = paths_of(net, made, need, k=9)
        for k in (1, 2, 5):
            assert paths_of(net, made, need, k=k) == longest[:k]


@every_world
def test_the_order_of_the_rows_given_is_nothing_to_the_answers(seed):
    made = replace(world(seed), spoilt=[])
    turned = replace(made, nodes=made.nodes[::-1], ties=made.ties[::-1])
    nets = network(made), network(turned)
    for question in (on.coverage.gaps, on.coverage.rates, on.evaluation.pairs):
        answers = [question(n, within=made.within, **asked(made)).frame for n in nets]
        assert answers[0].equals(answers[1])
    chains = [
        on.structure.chain(n, within=made.within, **asked(made)).frame for n in nets
    ]
    assert chains[0].equals(chains[1])


@every_world
def test_a_scope_only_filters_rows(seed):
    made = world(seed)
    net = swift(made)
    areas = {row["id"]: row for n, row in made.nodes if n == "Area"}
    here = [
        a
        for a in sorted(areas)
        if not areas[a].get("valid_from") and not areas[a].get("valid_to")
    ]
    for question in (on.coverage.gaps, on.evaluation.pairs, on.structure.chain):
        whole = table(question(net, **asked(made)))
        for area in here[:4]:
            part = table(question(net, within=area, **asked(made)))
            assert part == [row for row in whole if row in part]
