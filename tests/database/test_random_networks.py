"""Every question that has a twin, from Neo4j and from memory, over random networks."""

import pytest
from neo4j import Driver

from tests.database.agreement import TWINS, rows_that_agree

WORLDS = 200
CHUNK = 25


@pytest.mark.parametrize("first", range(0, WORLDS, CHUNK))
def test_twins_and_memory_agree(driver: Driver, first: int) -> None:
    rows = rows_that_agree(driver, range(first, first + CHUNK))
    assert min(rows.values()) > CHUNK  # they do not agree on nothing


def test_no_twin_is_left_out() -> None:
    assert TWINS == (
        "coverage.gaps",
        "coverage.rates",
        "evaluation.pairs",
        "evaluation.rounds",
        "integration.paths",
        "structure.chain",
    )
