"""Races: the same answer by two ways in one run, equality first, then the ratio."""

from collections.abc import Callable, Sequence
from itertools import zip_longest
from statistics import median
from time import perf_counter
from typing import Any

import pytest

import orgnet as on
from orgnet.city import chengdu

Race = Callable[..., None]
HEAD = 2  # lines of a table before its rows
RACES = "races: median ms, equal answers checked first"
LOADS = "Neo4j: seconds, equal contents checked first; a rate of 1 is that of bare"
_tables: dict[str, list[str]] = {
    RACES: ["| question | orgnet | networkx | times faster |", "|---|---|---|---|"],
    LOADS: [
        "| the city | orgnet | bare | rate | orgnet, CPU | bare, CPU | rate |",
        "|---|---|---|---|---|---|---|",
    ],
}


@pytest.fixture(scope="session")
def city() -> on.Network:
    return chengdu()


@pytest.fixture(scope="session")
def graph(city: on.Network) -> Any:
    return city.to_networkx()


@pytest.fixture
def race() -> Race:
    """Time two ways in turn after checking that their answers are equal."""

    def run(
        name: str,
        ours: Callable[[], Any],
        peer: Callable[[], Any],
        *,
        rounds: int = 5,
        ready: Callable[[Any], Any] = lambda answer: answer,
    ) -> None:
        assert ready(ours()) == peer(), f"{name}: the answers differ"
        times: list[list[float]] = [[], []]
        for _ in range(rounds):
            for spent, way in zip(times, (ours, peer), strict=True):
                start = perf_counter()
                way()
                spent.append(1000 * (perf_counter() - start))
        mine, theirs = (median(t) for t in times)
        _tables[RACES].append(
            f"| {name} | {mine:,.1f} | {theirs:,.1f} | {theirs / mine:,.1f} |"
        )

    return run


@pytest.fixture
def loaded() -> Callable[..., None]:
    """Note seconds, of the clock and of the processors, of orgnet and of a bare loop.

    There need be no bare loop.
    """

    def note(name: str, ours: Sequence[float], bare: Sequence[float] = ()) -> None:
        cells = [name]
        for mine, theirs in zip_longest(ours, bare):
            there = (f"{theirs:,.1f}", f"{theirs / mine:.2f}") if theirs else ("", "")
            cells += [f"{mine:,.1f}", *there]
        _tables[LOADS].append(f"| {' | '.join(cells)} |")

    return note


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the tables, ready for the README."""
    for title, lines in _tables.items():
        if len(lines) > HEAD:
            terminalreporter.section(title)
            for line in lines:
                terminalreporter.line(line)
