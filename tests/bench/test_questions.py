"""The questions on the whole city, against the same over a networkx graph."""

import polars as pl
import pytest

from orgnet import coverage, evaluation, integration, structure
from tests.bench import peers

NEEDS = 100


def gaps_of(answer):
    return set(answer.frame.filter(pl.col("state") == "gap")["id"])


def test_mandatory_gaps(city, graph, race):
    race(
        "coverage.gaps, units that must found (G1)",
        lambda: coverage.gaps(city, classes=["G1"]),
        lambda: peers.mandatory(graph),
        ready=gaps_of,
    )


def test_areas_without_organization(city, graph, race):
    race(
        "coverage.gaps, areas without an organization (G4)",
        lambda: coverage.gaps(city, classes=["G4"]),
        lambda: peers.areas_without(graph),
        ready=gaps_of,
    )


def test_rates_by_street(city, graph, race):
    def ready(answer):
        rows = answer.frame.filter(measure="organization").drop_nulls("group")
        columns = rows.select("group", "numerator", "denominator")
        return {group: (num, den) for group, num, den in columns.iter_rows()}

    race(
        "coverage.rates by street",
        lambda: coverage.rates(city, by="street"),
        lambda: peers.rates_by_street(graph),
        ready=ready,
    )


def test_pairs(city, graph, race):
    def ready(answer):
        counts = answer.frame.group_by("round", "state").len()
        return {(r, s): n for r, s, n in counts.iter_rows()}

    race(
        "evaluation.pairs, two rounds",
        lambda: evaluation.pairs(city),
        lambda: peers.pair_states(graph),
        rounds=3,
        ready=ready,
    )


@pytest.fixture(scope="session")
def askable(city):
    return city.ties("RAISES")["to"].unique().sort().sample(NEEDS, seed=1).to_list()


def test_five_paths_for_a_hundred_needs(city, graph, race, askable):
    def ready(answers):
        return [
            [(r["cost"], tuple(r["nodes"]), r["resource"]) for r in answer]
            for answer in answers
        ]

    paths = peers.Paths(graph)
    race(
        f"integration.paths, five cheapest, {NEEDS} needs",
        lambda: [integration.paths(city, need=need, k=5) for need in askable],
        lambda: [paths.cheapest(need, 5) for need in askable],
        rounds=1,
        ready=ready,
    )


def test_whole_chains(city, graph, race):
    def ready(answer):
        return set(answer.frame.filter(pl.col("broken_at").is_null())["area"])

    race(
        "structure.chain",
        lambda: structure.chain(city),
        lambda: peers.whole_chains(graph),
        rounds=3,
        ready=ready,
    )
