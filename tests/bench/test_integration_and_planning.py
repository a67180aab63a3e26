"""Integration, planning and what is counted, on the whole city, against networkx.

What a network keeps from one answer to the next the other way is given beforehand: the
steps between organizations, and what was valid on a day.
"""

from datetime import date
from typing import Any

import pytest

import orgnet as on
from orgnet import coverage, evaluation, integration, planning
from orgnet.city import chengdu
from tests.bench import plans, sums, ties
from tests.bench.steps import Steps, nearest, reach, unreachable
from tests.bench.test_evaluation_and_coverage import by, close, nearly

KIND, RARE = "venue", ("fund", "online_service", "post")
CITY, DISTRICT, SMALL = "510100", "510104", "510131"  # 成都市, 锦江区, 蒲江县
DAYS = (date(2016, 12, 31), date(2017, 12, 31), date(2019, 8, 7))
TOWN = 0.1  # of the city, for what would take minutes of plain loops on all of it
MOST, PIVOTS, DRAWS, SEED = 50, 64, 20, 7
FEW = 8  # pivots in the whole city
BUDGET, SEATS = 100, 10


@pytest.fixture(scope="session")
def steps(graph):
    return Steps(graph)


@pytest.fixture(scope="session")
def areas(city):
    """Return the ids of areas by their codes."""
    return dict(city.areas().select("code", "id").rows())


def test_nearest(city, steps, race):
    race(
        f"integration.nearest, every {KIND}",
        lambda: integration.nearest(city, kinds=[KIND]),
        lambda: nearest(steps, [KIND]),
        rounds=2,
        ready=by("need", without=()),
    )


def test_unreachable(city, steps, race):
    race(
        f"integration.unreachable, {', '.join(RARE)}",
        lambda: integration.unreachable(city, kinds=RARE),
        lambda: unreachable(steps, RARE),
        rounds=1,
        ready=by("need", without=()),
    )


def test_reach(city, steps, race):
    unit = city.ties("OFFERS")["from"][0]
    race(
        "integration.reach of one unit",
        lambda: integration.reach(city, unit=unit),
        lambda: reach(steps, unit),
        ready=by("side", "id", without=()),
    )


def test_brokers(race):
    town = chengdu(scale=TOWN)
    steps = Steps(town.to_networkx())
    asked: Any = {"n": MOST, "draws": DRAWS, "seed": SEED}
    race(
        f"integration.brokers by street, {PIVOTS} pivots, a tenth of the city",
        lambda: integration.brokers(town, by="street", pivots=PIVOTS, **asked),
        lambda: ties.brokers(steps, "street", sources=PIVOTS, **asked),
        rounds=1,
        ready=nearly("id"),
    )


def test_betweenness(city, steps, race):
    def ready(answer):
        rows = answer.frame.select("id", "betweenness").rows()
        return {node: close(betweenness) for node, betweenness in rows}

    race(
        f"integration.brokers, {FEW} pivots, against betweenness alone",
        lambda: integration.brokers(city, n=MOST, pivots=FEW, draws=0, seed=SEED),
        lambda: ties.betweenness(steps, MOST, FEW, SEED),
        rounds=1,
        ready=ready,
    )


def test_cut_points(city, steps, race):
    race(
        "integration.cut_points",
        lambda: integration.cut_points(city),
        lambda: ties.cut_points(steps, 2),
        rounds=1,
        ready=by("class", "id", "other"),
    )


def test_cut_points_one_by_one(city, steps, areas, race):
    within = areas[SMALL]
    race(
        "integration.cut_points in a district, against taking each away in turn",
        lambda: integration.cut_points(city, within=within),
        lambda: ties.cut_points_one_by_one(steps, within, 2),
        rounds=1,
        ready=by("class", "id", "other"),
    )


@pytest.mark.parametrize("asked", [("street", DISTRICT), ("district", CITY)])
def test_fragmentation(city, steps, areas, race, asked):
    level, within = asked[0], areas[asked[1]]
    race(
        f"integration.fragmentation by {level} in {asked[1]}",
        lambda: integration.fragmentation(city, by=level, within=within),
        lambda: ties.fragmentation(steps, level, within),
        rounds=1,
        ready=nearly("group"),
    )


def test_dispatch(city, graph, race):
    race(
        "integration.dispatch",
        lambda: integration.dispatch(city),
        lambda: sums.dispatch(graph),
        ready=by("area", "channel"),
    )


def test_funds(city, graph, race):
    race(
        "integration.funds",
        lambda: integration.funds(city),
        lambda: sums.funds(graph),
        ready=by("class", "id", "year", without=("kind", "name")),
    )


def test_trend(city, graph, race):
    graphs = {day: sums.on(graph, day) for day in DAYS}
    race(
        f"coverage.trend by street, {len(DAYS)} days",
        lambda: coverage.trend(city, days=DAYS),
        lambda: sums.trend(graphs),
        rounds=1,
        ready=by("day", "group", "measure", without=("name", "denominator_name")),
    )


def test_duplicates(graph, race):
    twice = sums.with_twins(graph)
    net, _ = on.from_networkx(twice)
    race(
        "coverage.duplicates, every twentieth unit there twice",
        lambda: coverage.duplicates(net),
        lambda: sums.duplicates(twice),
        rounds=3,
        ready=by("class", "id"),
    )


def test_return_rates(city, graph, race):
    race(
        "evaluation.return_rates by street",
        lambda: evaluation.return_rates(city),
        lambda: sums.return_rates(graph),
        rounds=3,
        ready=by("round", "group", "direction", without=("name", "denominator_name")),
    )


def test_inspections(city, graph, race):
    race(
        "evaluation.inspections",
        lambda: evaluation.inspections(city),
        lambda: sums.inspections(graph),
        ready=by("id"),
    )


def test_leniency(city, graph, race):
    race(
        "evaluation.leniency, against dense least squares by component",
        lambda: evaluation.leniency(city),
        lambda: sums.leniency(graph),
        rounds=2,
        ready=nearly("round", "rater"),
    )


def test_close_gaps(city, graph, race):
    def ready(answer):
        rows = answer.frame.drop("action", "id", "units", "closes").rows()
        whom = answer.frame.select("action", "id", "units", "closes").rows()
        return {
            (action, id_, units and tuple(units)): (*row[:2], tuple(closes), *row[2:])
            for (action, id_, units, closes), row in zip(whom, rows, strict=True)
        }

    race(
        f"planning.close_gaps for a budget of {BUDGET}, against a plain greedy",
        lambda: planning.close_gaps(city, budget=BUDGET),
        lambda: plans.close_gaps(graph, BUDGET),
        rounds=1,
        ready=ready,
    )


def test_seats(city, steps, race):
    def ready(answer):
        rows = answer.frame.drop("step", "name", "needs").rows()
        whom = answer.frame.select("step", "needs").rows()
        keys = ((step, tuple(needs)) for step, needs in whom)
        return dict(zip(keys, rows, strict=True))

    race(
        f"planning.seats, {SEATS} for {', '.join(RARE)}, against a plain greedy",
        lambda: planning.seats(city, n=SEATS, kinds=RARE),
        lambda: plans.seats(steps, RARE, SEATS),
        rounds=1,
        ready=ready,
    )
