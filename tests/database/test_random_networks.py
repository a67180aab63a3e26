"""Every question that has a twin, from Neo4j and from memory, over random networks."""

from typing import Any

import pytest
from neo4j import Driver

from orgnet.query import catalogue
from tests.database.agreement import TWINS, difference, rows_that_agree, union
from tests.engines import rolled_back
from tests.test_agreement import BY_CONTRACT, asking
from tests.worlds import DAY, swift

WORLDS = 200
CHUNK = 25
ALONE = 25  # the others are put in together, and alone and as filed in the slow tier
TOGETHER = 50
NEEDS = 20  # of many networks at once, for which paths are asked


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(n, marks=[] if n < ALONE else pytest.mark.slow)
        for n in range(0, WORLDS, CHUNK)
    ],
)
def test_twins_and_memory_agree(driver: Driver, first: int) -> None:
    seeds = range(first, first + CHUNK)
    rows = rows_that_agree(driver, seeds, as_filed=first >= ALONE)
    assert min(rows.values()) > 0  # they do not agree on nothing
    assert min(rows[name] for name in BY_CONTRACT) > CHUNK


@pytest.mark.parametrize("first", range(ALONE, WORLDS, TOGETHER))
def test_twins_and_memory_agree_on_many_networks_at_once(
    driver: Driver, first: int
) -> None:
    seeds = range(first, first + TOGETHER)
    together = union(seeds)
    net = swift(together)
    with rolled_back(driver, "neo4j", net) as db:
        for name in TWINS:
            ask = catalogue()[name]
            takes = ask.question.parameters
            each = {
                "need": [{"need": need} for need in together.needs[:NEEDS]],
                "unit": [{"unit": id_} for id_ in asking(together)[:: len(seeds)]],
            }
            for day in (None, DAY) if "day" in takes else (None,):
                on: dict[str, Any] = {"day": day} if "day" in takes else {}
                on |= {"days": [DAY]} if "days" in takes else {}
                ways: list[dict[str, Any]] = next(
                    (w for name, w in each.items() if name in takes), [{}]
                )
                for asked in ways:
                    assert difference(db, ask, asked | on, filed=False) is None


def test_no_twin_is_left_out() -> None:
    assert TWINS == (
        "coverage.conflicts",
        "coverage.duplicates",
        "coverage.gaps",
        "coverage.lines",
        "coverage.nearest",
        "coverage.quality",
        "coverage.rates",
        "coverage.sites",
        "coverage.trend",
        "evaluation.asymmetry",
        "evaluation.ceiling",
        "evaluation.dyads",
        "evaluation.inspections",
        "evaluation.outliers",
        "evaluation.pairs",
        "evaluation.reciprocity",
        "evaluation.return_rates",
        "evaluation.rounds",
        "evaluation.silence",
        "evaluation.unexpected",
        "integration.dispatch",
        "integration.funds",
        "integration.nearest",
        "integration.paths",
        "integration.reach",
        "integration.unreachable",
        "structure.chain",
    )
