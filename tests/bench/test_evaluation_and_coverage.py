"""Evaluation, coverage and matching on the whole city, against a networkx graph."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest

from orgnet import coverage, evaluation, integration, planning
from orgnet.solve.transport import Arcs, transport
from tests.bench import counting, sums

Ready = Callable[[Any], dict[Any, Any]]
CLOSE = 1e-9  # floats that are added up in another order
KIND, DISTRICT = "venue", "510104"  # 锦江区
BUDGET = 50


def by(*keys: str, without: Sequence[str] = ("name",)) -> Ready:
    """Return what turns an answer into rows by key."""

    def ready(answer):
        frame = answer.frame.drop(without)
        names = [n for n in frame.columns if n not in keys]
        ends = frame.select(keys).rows()
        ends = ends if len(keys) > 1 else [end for (end,) in ends]
        return dict(zip(ends, frame.select(names).rows(), strict=True))

    return ready


def close(value: Any) -> Any:
    """Return what floats within CLOSE of a float are equal to; all else as it is."""
    if not isinstance(value, float):
        return value
    return pytest.approx(value, rel=CLOSE, abs=CLOSE)


def nearly(*keys: str, without: Sequence[str] = ("name",)) -> Ready:
    """Return the same, for rows with floats."""
    plain = by(*keys, without=without)

    def ready(answer):
        return {k: tuple(map(close, row)) for k, row in plain(answer).items()}

    return ready


def test_reciprocity(city, graph, race):
    race(
        "evaluation.reciprocity by street",
        lambda: evaluation.reciprocity(city, by="street"),
        lambda: counting.reciprocity(graph),
        ready=nearly("round", "group"),
    )


def test_silence(city, graph, race):
    race(
        "evaluation.silence",
        lambda: evaluation.silence(city),
        lambda: counting.silence(graph),
        ready=lambda answer: set(answer.frame.rows()),
    )


def test_dyads_of_evaluations(city, graph, race):
    rows = nearly("type", without=())
    race(
        "evaluation.dyads, all nine types, against the row of EVALUATES alone",
        lambda: evaluation.dyads(city),
        lambda: counting.dyads(graph, ["EVALUATES"]),
        ready=lambda answer: {"EVALUATES": rows(answer)["EVALUATES"]},
    )


def test_dyads(city, graph, race):
    race(
        "evaluation.dyads, all nine types against all nine",
        lambda: evaluation.dyads(city),
        lambda: counting.dyads(graph, counting.DYADIC),
        ready=nearly("type", without=()),
    )


def test_outliers(city, graph, race):
    race(
        "evaluation.outliers",
        lambda: evaluation.outliers(city),
        lambda: counting.outliers(graph),
        ready=nearly("round", "id"),
    )


def test_rounds(city, graph, race):
    race(
        "evaluation.rounds",
        lambda: evaluation.rounds(city),
        lambda: sums.rounds(graph),
        ready=by("round", without=()),
    )


def test_asymmetry(city, graph, race):
    race(
        "evaluation.asymmetry",
        lambda: evaluation.asymmetry(city),
        lambda: sums.asymmetry(graph),
        rounds=3,
        ready=by("round", "area_organization", "unit", without=()),
    )


def test_ceiling(city, graph, race):
    race(
        "evaluation.ceiling by street",
        lambda: evaluation.ceiling(city),
        lambda: sums.ceiling(graph),
        rounds=3,
        ready=by("round", "group", "direction", without=("name", "denominator_name")),
    )


def test_unexpected(city, graph, race):
    race(
        "evaluation.unexpected",
        lambda: evaluation.unexpected(city),
        lambda: sums.unexpected(graph),
        ready=by("unit", "evaluation", without=()),
    )


def test_reciprocity_test(city, graph, race):
    race(
        "evaluation.reciprocity_test by district, committees kept",
        lambda: evaluation.reciprocity_test(city, by="district"),
        lambda: sums.reciprocity_test(graph),
        rounds=3,
        ready=nearly("round", "group", without=("name", "keeping")),
    )


def test_ranking(city, graph, race):
    race(
        "evaluation.ranking, against dense least squares by component",
        lambda: evaluation.ranking(city),
        lambda: sums.ranking(graph),
        rounds=2,
        ready=nearly("round", "rated"),
    )


def test_compare(city, graph, race):
    later = city.plus(planning.close_gaps(city, budget=BUDGET))
    after = later.to_networkx()
    race(
        f"coverage.compare by street, before and after a plan for {BUDGET}",
        lambda: coverage.compare(later, before=city),
        lambda: sums.compare(graph, after),
        rounds=2,
        ready=by("group", "measure", without=("name", "denominator_name")),
    )


def test_sites(city, graph, race):
    race(
        "coverage.sites",
        lambda: coverage.sites(city),
        lambda: counting.sites(graph),
        ready=by("area"),
    )


def test_quality(city, graph, race):
    race(
        "coverage.quality, Q1, Q4 and Q5",
        lambda: coverage.quality(city, classes=["Q1", "Q4", "Q5"]),
        lambda: counting.quality(graph),
        ready=by("class", "id", without=("name", "kind")),
    )


def test_lines(city, graph, race):
    race(
        "coverage.lines",
        lambda: coverage.lines(city),
        lambda: counting.lines(graph),
        ready=by("area", "line"),
    )


def test_conflicts(city, graph, race):
    race(
        "coverage.conflicts",
        lambda: coverage.conflicts(city),
        lambda: counting.conflicts(graph),
        ready=by("attribute", "id"),
    )


def test_nearest(city, graph, race):
    race(
        "coverage.nearest, areas without an organization (G4)",
        lambda: coverage.nearest(city, classes=["G4"]),
        lambda: counting.nearest(graph),
        ready=by("id", "rank", without=("class", "name")),
    )


@pytest.fixture(scope="session")
def district(city):
    return city.areas("district").filter(code=DISTRICT)[0, "id"]


@pytest.fixture(scope="session")
def asked(graph, district):
    return counting.problem(graph, KIND, district)


def test_match(city, graph, race, district, asked):
    def ready(answer):
        rows = answer.frame
        served = (rows["quantity"] * rows["cost"]).sum()
        rests = rows.filter(pl.col("unmet").is_not_null())
        lost = (
            unmet * asked.penalty(n)
            for n, unmet in rests.select("need", "unmet").rows()
        )
        return set(rows["need"]), served + sum(lost)

    race(
        f"integration.match, {KIND} in one district: ways, then network simplex",
        lambda: integration.match(city, within=district, kinds=[KIND]),
        lambda: counting.match(graph, KIND, district),
        ready=ready,
    )


def test_transport(race, asked):
    needs, offers = sorted(asked.wanted), sorted(asked.left)
    row, column = ({n: i for i, n in enumerate(of)} for of in (needs, offers))
    ends = [(row[n], column[r]) for n, r in asked.arcs]
    demand, supply = np.array(ends).T
    cost = np.array([*asked.arcs.values()], dtype=float)
    wanted = np.array([asked.wanted[n] for n in needs], dtype=float)
    left = np.array([asked.left[r] for r in offers], dtype=float)  # None is nan
    left[np.isnan(left)] = np.inf
    penalty = np.array([asked.penalty(n) for n in needs], dtype=float)
    race(
        f"the same, only the allocation over {len(ends):,} arcs given",
        lambda: transport(Arcs(demand, supply, cost), wanted, left, penalty),
        lambda: counting.least_cost(asked),
        ready=lambda best: round(best.quantity @ cost + best.unmet @ penalty),
    )
