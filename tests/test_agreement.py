"""Memory and oracle, row by row, over 500 random networks."""

from collections import Counter
from collections.abc import Callable
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

import pytest

from orgnet.network import Network
from orgnet.query import Result
from orgnet.rules import COSTS, Rules
from orgnet.schema.vocabulary import EvaluationStatus
from tests.oracles import coverage, evaluation, integration, structure
from tests.worlds import World, network, world

WORLDS = 500
CHUNK = 25
LEAST = 20  # how often everything that can occur must have occurred
Rows = list[tuple[Any, ...]]

COLUMNS = {
    "gaps": "class kind id name area state reason evidence remedy",
    "rates": "group name measure numerator denominator denominator_name undetermined",
    "pairs": "round area_organization unit basis down_state up_state state down_score "
    "down_scale down_grade up_score up_scale up_grade down_via up_via",
    "paths": "rank resource owner cost hops nodes steps line_hops block_hops bridge_hops "
    "community_changes capacity_left",
    "chain": "area level district_organization street_organization "
    "community_organization own_organization broken_at reason",
}


def rules(made: World) -> Rules:
    return Rules(**made.rules)


def ask(name: str, source: Any, **parameters: Any) -> Result:
    module, _, function = name.partition(".")
    asked = getattr(import_module(f"orgnet.{module}"), function)
    answer: Result = asked(source, **parameters)
    return answer


def rows(answer: Result, query: str) -> Rows:
    """Return the rows of an answer, after a look at its columns."""
    assert answer.frame.columns == COLUMNS[query].split()
    return answer.frame.rows()


def scope(made: World) -> dict[str, Any]:
    return {"within": made.within, "day": made.day, "rules": rules(made)}


def memory_gaps(net: Network, made: World) -> Rows:
    answer = ask("coverage.gaps", net, classes=made.classes, **scope(made))
    return rows(answer, "gaps")


def memory_rates(net: Network, made: World) -> Rows:
    options = {"by": made.by, "denominator": made.denominator}
    return rows(ask("coverage.rates", net, **options, **scope(made)), "rates")


def memory_pairs(net: Network, made: World) -> Rows:
    options = {"round": made.round, "kind": made.kind}
    return rows(ask("evaluation.pairs", net, **options, **scope(made)), "pairs")


def memory_paths(net: Network, made: World) -> Rows:
    options = {"k": made.k, "day": made.day, "rules": rules(made)}
    return [
        (need, *row)
        for need in asked_for(made)
        for row in rows(ask("integration.paths", net, need=need, **options), "paths")
    ]


def memory_chain(net: Network, made: World) -> Rows:
    return rows(ask("structure.chain", net, **scope(made)), "chain")


def oracle_gaps(made: World) -> Rows:
    return [row for row in oracle_states(made) if row[5] != "none"]


def oracle_states(made: World) -> Rows:
    return coverage.states(made, made.within, made.day, made.classes, rules(made))


def oracle_rates(made: World) -> Rows:
    asked = made.by, made.denominator, made.within, made.day
    return coverage.rates(made, *asked, rules(made))


def oracle_pairs(made: World) -> Rows:
    asked = made.round, made.within, made.day, made.kind
    return evaluation.pairs(made, *asked, rules(made))


def oracle_paths(made: World) -> Rows:
    return [
        (need, *row)
        for need in asked_for(made)
        for row in integration.paths(made, need, made.k, made.day, rules(made))
    ]


def oracle_chain(made: World) -> Rows:
    return structure.chain(made, made.within, made.day, rules(made))


QUERIES: dict[str, tuple[Callable[[Network, World], Rows], Callable[[World], Rows]]] = {
    "gaps": (memory_gaps, oracle_gaps),
    "rates": (memory_rates, oracle_rates),
    "pairs": (memory_pairs, oracle_pairs),
    "paths": (memory_paths, oracle_paths),
    "chain": (memory_chain, oracle_chain),
}


def asked_for(made: World) -> list[str]:
    """Return the needs that are there on the day."""
    return [n for n in made.needs if n in integration.View(made, made.day).nodes]


@cache
def world_of(seed: int) -> World:
    return world(seed)


@lru_cache(maxsize=CHUNK)
def network_of(seed: int) -> Network:
    return network(world_of(seed))


def difference(query: str, seed: int) -> str | None:
    """Say where engine and oracle first differ; nothing if they agree."""
    engine, oracle = QUERIES[query]
    made = world_of(seed)
    found, expected = engine(network_of(seed), made), oracle(made)
    if found == expected:
        return None
    longest = max(len(found), len(expected))
    pad = [None] * longest
    both = list(zip([*found, *pad], [*expected, *pad], strict=False))[:longest]
    number, (got, wanted) = next((i, b) for i, b in enumerate(both) if b[0] != b[1])
    return (
        f"{query}, seed {seed}, row {number} of {len(found)} and {len(expected)}:\n"
        f"  engine {got}\n  oracle {wanted}"
    )


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("first", range(0, WORLDS, CHUNK))
def test_memory_and_oracle_agree_row_by_row(first, query):
    told = [difference(query, seed) for seed in range(first, first + CHUNK)]
    differing = [d for d in told if d]
    assert not differing, f"{len(differing)} of {CHUNK} worlds differ\n" + differing[0]


def tallies() -> Counter[str]:
    """Count what occurred in the worlds, by the oracle's answers."""
    seen: Counter[str] = Counter()
    for seed in range(WORLDS):
        made = world_of(seed)
        for row in oracle_states(made):
            seen[f"{row[0]} {row[5]}"] += 1
            seen[f"{row[0]} {row[6]}"] += row[5] != "none"
        for row in oracle_pairs(made):
            seen.update([f"down {row[4]}", f"up {row[5]}", f"pair {row[6]}"])
            seen.update(f"{way} via" for way, via in zip(("down", "up"), row[-2:], strict=True) if via)
        for row in oracle_paths(made):
            seen.update(f"hop {step}" for step in row[7] or ["none"])
        for row in oracle_chain(made):
            seen.update([f"broken at {row[6]}", f"chain {row[7]}"])
    return seen


REASONS = {
    "G1": "mandatory reported_only unknown:operating unknown:full_members "
    "unknown:COVERS:Unit",
    "G2": "unattached reported_only unknown:operating unknown:full_members "
    "unknown:COVERS:Unit",
    "G3": "no_work_coverage reported_only unknown:operating unknown:COVERS:Unit "
    "unknown:has_union unknown:has_youth_league",
    "G4": "no_organization unknown:COVERS:street unknown:COVERS:community "
    "unknown:COVERS:compound unknown:COVERS:grid",
    "G5": "location_only unknown:LOCATED_IN:Unit unknown:HOLDS_SEAT_ON:Unit "
    "unknown:PARTNERS_WITH:Unit unknown:EVALUATES:Unit unknown:OFFERS:Unit",
    "G6": "cycle no_superior several_superiors wrong_level "
    "unknown:SUBORDINATE_TO:PartyOrganization",
    "G7": "no_site unknown:LOCATED_IN:Site",
}
CHAIN = "None no_organization cycle no_superior several_superiors wrong_level"
MUST_OCCUR = [
    *(f"{c} {s}" for c in REASONS for s in ("gap", "none", "undetermined")),
    *(f"{c} {reason}" for c, found in REASONS.items() for reason in found.split()),
    *(f"{way} {s.value}" for way in ("down", "up") for s in EvaluationStatus),
    *(f"pair {s}" for s in "both down_only up_only neither exempt pending".split()),
    "down via",
    "up via",
    *(f"hop {step}" for step in [*COSTS, "none"]),
    *(f"chain {r}" for r in [*CHAIN.split(), "superior_elsewhere", "undetermined"]),
    *(f"broken at {level}" for level in ("own", "community", "street", "district", None)),
]


def test_everything_that_can_occur_occurred_at_least_twenty_times(capsys):
    seen = tallies()
    with capsys.disabled():
        print(f"\nin {WORLDS} random networks there occurred:")  # noqa: T201
        for name in MUST_OCCUR:
            print(f"{seen[name]:7} {name}")  # noqa: T201
    assert {name: seen[name] for name in MUST_OCCUR if seen[name] < LEAST} == {}
    unlisted = {n for n in seen if n.split()[0] in {"hop", "pair", "chain", *REASONS}}
    assert unlisted <= set(MUST_OCCUR) | {n for n in seen if not seen[n]}
