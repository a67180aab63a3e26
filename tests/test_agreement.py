"""Memory and oracle, row by row, over 500 random networks."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, lru_cache, partial
from math import isclose
from typing import Any

import pytest

import orgnet as on
from orgnet.coverage.duplicates import DuplicateClass
from orgnet.coverage.nearest import Nearness
from orgnet.coverage.sites import LEVELS
from orgnet.evaluation.asked import WAYS
from orgnet.evaluation.counts import GROUPINGS
from orgnet.integration.demand import Lack
from orgnet.integration.dispatch import Channel
from orgnet.integration.funds import FundsClass
from orgnet.integration.reach import Side
from orgnet.network import Network
from orgnet.rules import COSTS, Rules
from orgnet.schema.vocabulary import EvaluationStatus
from orgnet.words import FindingState, Presence
from tests.oracles import (
    census,
    counts,
    coverage,
    evaluation,
    integration,
    money,
    reach,
    rosters,
    standing,
    structure,
)
from tests.oracles.common import View
from tests.worlds import BEFORE, DAY, World, swift, world

WORLDS = 500
CHUNK = 25
KINDS = ["fund", "service", "venue"]
ENOUGH = 100  # of questions that count what others, which are tried on all, answer
LEAST = 20  # how often everything that can occur must have occurred
Rows = list[tuple[Any, ...]]

COLUMNS = {
    "coverage.conflicts": "attribute id name area reported state reason evidence",
    "coverage.duplicates": "class id name area evidence",
    "coverage.nearest": "class id name rank organization reason units",
    "coverage.quality": "class kind id name area state reason value limit evidence",
    "coverage.sites": "area name level sites x_sites state reason nearest steps",
    "coverage.trend": "day group name measure numerator denominator denominator_name "
    "undetermined",
    "coverage.gaps": "class kind id name area state reason evidence remedy",
    "coverage.lines": "area name line organizations linked state reason",
    "coverage.rates": "group name measure numerator denominator denominator_name "
    "undetermined",
    "evaluation.asymmetry": "round area_organization unit down_share up_share "
    "difference size",
    "evaluation.ceiling": "round group name direction numerator denominator "
    "denominator_name undetermined",
    "evaluation.dyads": "type nodes arcs mutual asymmetric null_dyads "
    "arc_reciprocity dyad_reciprocity pair_reciprocity density correlation",
    "evaluation.inspections": "id name area run last_inspected rounds",
    "evaluation.outliers": "round id name hierarchical two_way hierarchical_share "
    "two_way_share difference score outlier size",
    "evaluation.pairs": "round area_organization unit basis down_state up_state state "
    "down_score down_scale down_grade up_score up_scale up_grade down_via up_via",
    "evaluation.reciprocity": "round group name pairs both one_way neither pending "
    "exempt arcs arc_reciprocity dyad_reciprocity pair_reciprocity density correlation "
    "expected_both sd_both z",
    "evaluation.return_rates": "round group name direction numerator denominator "
    "denominator_name undetermined void exempt",
    "evaluation.rounds": "round listed opens_on closes_on returned said",
    "evaluation.silence": "area_organization unit direction run since last_returned "
    "due",
    "evaluation.unexpected": "round area_organization unit direction score scale grade "
    "via evaluation",
    "integration.dispatch": "area name channel ties areas staff staff_unknown "
    "funds_cny funds_unknown",
    "integration.funds": "class kind id name area year received given unknown state "
    "reason",
    "integration.nearest": "need name kind area resource owner cost capacity_left",
    "integration.paths": "rank resource owner cost hops nodes steps line_hops "
    "block_hops bridge_hops community_changes capacity_left",
    "integration.reach": "side id name kind organization cost quantity quantity_unit",
    "integration.unreachable": "need name kind area reason resource owner cost",
    "structure.chain": "area level district_organization street_organization "
    "community_organization own_organization broken_at reason",
}


ORACLES: dict[str, Callable[..., Rows]] = {
    "coverage.conflicts": rosters.conflicts,
    "coverage.duplicates": standing.duplicates,
    "coverage.gaps": coverage.gaps,
    "coverage.lines": rosters.lines,
    "coverage.nearest": standing.nearest,
    "coverage.quality": standing.quality,
    "coverage.rates": coverage.rates,
    "coverage.sites": standing.sites,
    "coverage.trend": standing.trend,
    "evaluation.asymmetry": counts.asymmetry,
    "evaluation.ceiling": counts.ceiling,
    "evaluation.dyads": census.dyads,
    "evaluation.inspections": census.inspections,
    "evaluation.outliers": census.outliers,
    "evaluation.pairs": evaluation.pairs,
    "evaluation.reciprocity": census.reciprocity,
    "evaluation.return_rates": counts.return_rates,
    "evaluation.rounds": evaluation.rounds,
    "evaluation.silence": counts.silence,
    "evaluation.unexpected": counts.unexpected,
    "integration.dispatch": money.dispatch,
    "integration.funds": money.funds,
    "integration.nearest": reach.nearest,
    "integration.paths": integration.paths,
    "integration.reach": reach.reach,
    "integration.unreachable": reach.unreachable,
    "structure.chain": structure.chain,
}


LEFT_OUT = {  # what a question does not take
    "coverage.trend": {"day"},
    "evaluation.outliers": {"day"},
    "evaluation.rounds": {"within", "day"},
    "evaluation.unexpected": {"day"},
    "integration.paths": {"within"},
    "integration.reach": {"within"},
}


BY_CONTRACT = {  # the questions whose every row a contract fixes
    "coverage.gaps",
    "coverage.rates",
    "evaluation.pairs",
    "evaluation.rounds",
    "integration.paths",
    "structure.chain",
}


def options(query: str, made: World) -> dict[str, Any]:
    """Return what a world asks of a query, except of which need."""
    answers = {"round": made.round, "kind": made.kind}
    grouped = {"by": GROUPINGS[made.seed % len(GROUPINGS)]}
    kinds = {"kinds": {1: KINDS[:1], 2: KINDS[:2], 3: KINDS}.get(made.seed % 9)}
    own: dict[str, dict[str, Any]] = {
        "coverage.conflicts": {},
        "coverage.duplicates": {},
        "coverage.nearest": {"classes": ["G1", "G2", "G3", "G4"], "k": 1 + made.k},
        "coverage.quality": {"classes": None},
        "coverage.sites": {},
        "coverage.trend": {
            "by": made.by,
            "denominator": made.denominator,
            "days": [DAY, BEFORE, DAY],
        },
        "coverage.gaps": {"classes": made.classes},
        "coverage.lines": {},
        "coverage.rates": {"by": made.by, "denominator": made.denominator},
        "evaluation.asymmetry": answers,
        "evaluation.ceiling": answers | grouped,
        "evaluation.dyads": {},
        "evaluation.inspections": {"kind": made.kind, "last": 1 + made.seed % 2},
        "evaluation.outliers": {"round": made.round, "cutoff": 3.5},
        "evaluation.pairs": answers,
        "evaluation.reciprocity": answers | grouped,
        "evaluation.return_rates": answers | grouped,
        "evaluation.rounds": {"kind": made.kind},
        "evaluation.silence": {"kind": made.kind},
        "evaluation.unexpected": answers,
        "integration.dispatch": {},
        "integration.funds": {"year": (None, None, 2019)[made.seed % 3]},
        "integration.nearest": kinds,
        "integration.paths": {"k": made.k, "without": refusing(made)},
        "integration.reach": kinds,
        "integration.unreachable": kinds,
        "structure.chain": {},
    }
    asked = {**own[query], "rules": Rules(**made.rules)}
    everything = {"within": made.within, "day": made.day}
    left_out = LEFT_OUT.get(query, set())
    return asked | {n: v for n, v in everything.items() if n not in left_out}


def refusing(made: World) -> list[str]:
    """Name organizations that refuse, in every third world."""
    some = made.organizations
    return [] if made.seed % 6 else sorted({some[made.seed % len(some)], some[-1]})


def answer(query: str, made: World, ask: Callable[..., Rows]) -> Rows:
    """Ask a query of a world, one by one what it is asked of each in turn."""
    if query not in EACH:
        return ask(**options(query, made))
    name, chosen = EACH[query]
    return [
        (each, *row)
        for each in chosen(made)
        for row in ask(**{name: each}, **options(query, made))
    ]


def engine(query: str, net: Network) -> Callable[..., Rows]:
    """Return the question put to a network, its columns looked at."""
    module, _, name = query.partition(".")
    question = getattr(getattr(on, module), name)

    def ask(**parameters: Any) -> Rows:
        frame = question(net, **parameters).frame
        assert frame.columns == COLUMNS[query].split()
        found: Rows = frame.rows()
        return found

    return ask


def oracle(query: str, made: World) -> Rows:
    return answer(query, made, partial(ORACLES[query], made))


def asked_for(made: World) -> list[str]:
    """Return the needs that are there on the day."""
    return [n for n in made.needs if n in View(made, made.day).nodes]


def asking(made: World) -> list[str]:
    """Return some organizations, whether they are there on the day or not."""
    return made.organizations[made.seed % 3 :: 5]


EACH: dict[str, tuple[str, Callable[[World], list[str]]]] = {
    "integration.paths": ("need", asked_for),
    "integration.reach": ("unit", asking),
}


@cache
def world_of(seed: int) -> World:
    return world(seed)


@lru_cache(maxsize=CHUNK)
def network_of(seed: int) -> Network:
    return swift(world_of(seed))


def alike(one: Any, other: Any) -> bool:
    """Tell whether answers agree, floats within what contract section 2 allows."""
    if isinstance(one, float) and isinstance(other, float):
        return isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[k], other[k]) for k in one)
    return type(one) is type(other) and bool(one == other)


def difference(query: str, seed: int) -> str | None:
    """Say where engine and oracle first differ; nothing if they agree."""
    made = world_of(seed)
    found = answer(query, made, engine(query, network_of(seed)))
    expected = oracle(query, made)
    if alike(found, expected):
        return None
    longest = max(len(found), len(expected))
    pad = [None] * longest
    both = list(zip([*found, *pad], [*expected, *pad], strict=False))[:longest]
    number, (got, wanted) = next((i, b) for i, b in enumerate(both) if not alike(*b))
    return (
        f"{query}, seed {seed}, row {number} of {len(found)} and {len(expected)}:\n"
        f"  engine {got}\n  oracle {wanted}"
    )


def chunks() -> Iterator[Any]:
    """Go through the worlds of each question; of some, most in the slow tier."""
    for first in range(0, WORLDS, CHUNK):
        for query in ORACLES:
            late = query not in BY_CONTRACT and first >= ENOUGH
            yield pytest.param(first, query, marks=pytest.mark.slow if late else ())


@pytest.mark.parametrize(("first", "query"), list(chunks()))
def test_memory_and_oracle_agree_row_by_row(first, query):
    told = [difference(query, seed) for seed in range(first, first + CHUNK)]
    differing = [d for d in told if d]
    assert not differing, f"{len(differing)} of {CHUNK} worlds differ\n" + differing[0]


TALLIED: dict[str, Callable[[tuple[Any, ...]], list[str]]] = {
    "coverage.duplicates": lambda row: [f"twice {row[0]}"],
    "coverage.nearest": lambda row: [f"near {row[5]}"],
    "coverage.quality": lambda row: [f"{row[0]} {row[6]}"],
    "coverage.sites": lambda row: [f"site {row[2]} {row[5]}"],
    "evaluation.asymmetry": lambda row: [
        "pair not compared" if row[5] is None else "pair compared"
    ],
    "evaluation.ceiling": lambda row: [
        *["scores at the ceiling"] * row[4],
        *["scores below it"] * (row[5] - row[4]),
        *["returned without a scale"] * row[7],
    ],
    "evaluation.inspections": lambda row: [
        "visited once" if row[4] else "never visited"
    ],
    "evaluation.outliers": lambda row: [f"outlier {row[9]}"],
    "evaluation.pairs": lambda row: [
        *(f"down {row[4]}", f"up {row[5]}", f"pair {row[6]}"),
        *(f"{way} via" for way, via in zip(WAYS, row[-2:], strict=True) if via),
    ],
    "evaluation.reciprocity": lambda row: (
        ["reciprocity with z"] * (row[-1] is not None)
    ),
    "evaluation.silence": lambda row: [
        *["silent for several rounds"] * (row[3] > 1),
        *["silent after a return"] * (row[5] is not None),
    ],
    "evaluation.unexpected": lambda row: [
        f"unexpected {row[3]}",
        *["unexpected via"] * (row[7] is not None),
    ],
    "integration.dispatch": lambda row: [f"sent by {row[2]}"] * (row[3] > 0),
    "integration.funds": lambda row: [f"money {row[0]} {row[9]}"],
    "integration.nearest": lambda row: [
        f"nearest of {'unknown' if row[7] is None else 'known'} capacity"
    ],
    "integration.paths": lambda row: [f"hop {step}" for step in row[7] or ["none"]],
    "integration.reach": lambda row: [f"reached {row[1]}"],
    "integration.unreachable": lambda row: [f"unreachable {row[4]}"],
    "structure.chain": lambda row: [f"broken at {row[6]}", f"chain {row[7]}"],
}


def tallies() -> Counter[str]:
    """Count what occurred in the worlds, by the oracle's answers."""
    seen: Counter[str] = Counter()
    for seed in range(WORLDS):
        made = world_of(seed)
        for row in coverage.states(made, **options("coverage.gaps", made)):
            seen[f"{row[0]} {row[5]}"] += 1
            seen[f"{row[0]} {row[6]}"] += row[5] != "none"
        for query, names in TALLIED.items():
            for row in oracle(query, made):
                seen.update(names(row))
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
    "G5": "location_only reported_only unknown:LOCATED_IN:Unit "
    "unknown:HOLDS_SEAT_ON:Unit "
    "unknown:PARTNERS_WITH:Unit unknown:EVALUATES:Unit unknown:OFFERS:Unit "
    "unknown:LOCATED_IN:Resource unknown:MATCHED_TO:Resource unknown:RAISES:Need "
    "unknown:LOCATED_IN:Need",
    "G6": "cycle no_superior several_superiors wrong_level "
    "unknown:SUBORDINATE_TO:PartyOrganization",
    "G7": "no_site unknown:LOCATED_IN:Site",
}
FINDINGS = {
    "Q1": "too_many_units unknown:COVERS:Unit",
    "Q2": "too_small too_large unknown:members",
    "Q3": "overdue unknown:last_election",
    "Q4": "covered_twice",
    "Q5": "too_many_households unknown:households",
}
PAIRS = ("both", "down_only", "up_only", "neither", "exempt", "pending")
CHAIN = "None no_organization cycle no_superior several_superiors wrong_level"
MUST_OCCUR = [
    *(f"{c} {s}" for c in REASONS for s in ("gap", "none", "undetermined")),
    *(f"{c} {reason}" for c, found in REASONS.items() for reason in found.split()),
    *(f"{way} {s.value}" for way in ("down", "up") for s in EvaluationStatus),
    *(f"pair {s}" for s in PAIRS),
    "down via",
    "up via",
    "pair compared",
    "pair not compared",
    "scores at the ceiling",
    "scores below it",
    "returned without a scale",
    "silent for several rounds",
    "silent after a return",
    "unexpected down",
    "unexpected up",
    "unexpected via",
    "reciprocity with z",
    *(f"outlier {told}" for told in (True, False, None)),
    "visited once",
    "never visited",
    *(f"{class_} {why}" for class_, found in FINDINGS.items() for why in found.split()),
    *(f"twice {class_.value}" for class_ in DuplicateClass),
    *(f"site {level} {s.value}" for level in LEVELS for s in Presence),
    *(f"near {why}" for why in [*(n.value for n in Nearness), None]),
    *(f"sent by {channel.value}" for channel in Channel),
    *(f"money {c.value} {s.value}" for c in FundsClass for s in FindingState),
    "nearest of known capacity",
    "nearest of unknown capacity",
    *(f"hop {step}" for step in [*COSTS, "none"]),
    *(f"reached {side.value}" for side in Side),
    *(f"unreachable {why.value}" for why in Lack),
    *(f"chain {r}" for r in [*CHAIN.split(), "superior_elsewhere", "undetermined"]),
    *(
        f"broken at {level}"
        for level in ("own", "community", "street", "district", None)
    ),
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
