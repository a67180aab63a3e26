"""Races: the same answer by two ways in one run, equality first, then the ratio."""

from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter
from typing import Any

import pytest

import orgnet as on
from orgnet.city import chengdu

Race = Callable[..., None]
_lines: list[str] = []


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
        _lines.append(
            f"| {name} | {mine:,.1f} | {theirs:,.1f} | {theirs / mine:,.1f} |"
        )

    return run


def pytest_terminal_summary(terminalreporter: Any) -> Iterator[None] | None:
    """Print the table of the races, ready for the README."""
    if _lines:
        terminalreporter.section("races: median ms, equal answers checked first")
        terminalreporter.line("| question | orgnet | networkx | times faster |")
        terminalreporter.line("|---|---|---|---|")
        for line in _lines:
            terminalreporter.line(line)
    return None
