"""Loading, handing over to networkx and importing, against the plain ways to do so."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import networkx as nx
import polars as pl
import pytest

import orgnet as on

Frames = Mapping[str, pl.DataFrame]
Tell = Callable[[str], None]
FRESH = 7  # processes an import is timed in
ALLOWED = 1.5  # times importing polars and pydantic
OURS = "import orgnet"
PEERS = {
    "polars and pydantic": "import polars, pydantic",
    "the same in use": "import numpy, polars; from pydantic import BaseModel",
}


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Print a figure past pytest's capture."""

    def told(line: str) -> None:
        with capsys.disabled():
            print(f"\n{line}", end=" ")  # noqa: T201  the figure is what is asked for

    return told


def known(row: dict[str, Any]) -> dict[str, Any]:
    """Return what is known of a row, as one would hand it to networkx."""
    return {name: value for name, value in row.items() if value is not None}


def built(nodes: Frames, ties: Frames) -> Any:
    """Build the graph by networkx's own methods, from frames of nodes and of edges."""
    graph: Any = nx.MultiDiGraph()
    for label, frame in nodes.items():
        rows = frame.iter_rows(named=True)
        graph.add_nodes_from((r.pop("id"), {"label": label, **known(r)}) for r in rows)
    for type_, frame in ties.items():
        numbers: Counter[tuple[str, str]] = Counter()
        for row in frame.iter_rows(named=True):
            ends = (row.pop("from"), row.pop("to"))
            key = f"{type_}:{numbers[ends]}"
            numbers[ends] += 1
            graph.add_edge(*ends, key, type=type_, **known(row))
    return graph


def held(graph: Any) -> tuple[dict[str, int], int]:
    """Count the nodes of each kind, the edges of each type, and all full members."""
    kinds = Counter(label for _, label in graph.nodes(data="label"))
    types = Counter(type_ for _, _, type_ in graph.edges(data="type"))
    members = sum(n or 0 for _, n in graph.nodes(data="full_members"))
    return {**kinds, **types}, members


def test_load(
    city: on.Network, race: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("load") / "city"
    city.save(folder)

    def peer() -> tuple[dict[str, int], int]:
        nodes = {p.stem: pl.read_parquet(p) for p in folder.glob("nodes/*.parquet")}
        ids = pl.concat([frame["id"] for frame in nodes.values()]).sort()
        ties = {}
        for file in folder.glob("ties/*.parquet"):
            frame = pl.read_parquet(file)
            ends = {"from": ids.gather(frame["tail"]), "to": ids.gather(frame["head"])}
            ties[file.stem] = frame.drop("tail", "head").with_columns(**ends)
        return held(built(nodes, ties))

    def ready(net: on.Network) -> tuple[dict[str, int], int]:
        counts = {name: n for name, n in net.counts.items() if n}
        tables = [net.nodes(label) for label in ("PartyOrganization", "Unit")]
        return counts, sum(int(t["full_members"].sum()) for t in tables)

    name = "load, from a folder of Parquet"
    race(name, lambda: on.load(folder), peer, rounds=2, ready=ready)


def test_loaded_is_what_was_saved(city: on.Network, tmp_path: Path) -> None:
    city.save(tmp_path / "city")
    assert on.load(tmp_path / "city").equals(city)


def test_to_networkx(city: on.Network, race: Any) -> None:
    nodes = {label: city.nodes(label) for label in city.schema.kinds}
    ties = {type_: city.ties(type_) for type_ in city.schema.ties}

    def ready(graph: Any) -> tuple[Any, Any, Any]:
        return graph._node, graph._adj, graph._pred

    def peer() -> tuple[Any, Any, Any]:
        return ready(built(nodes, ties))

    name = "to_networkx, the whole city"
    race(name, city.to_networkx, peer, rounds=2, ready=ready)


def test_there_and_back(city: on.Network, graph: Any, tell: Tell) -> None:
    start = perf_counter()
    back, _ = on.from_networkx(graph)
    tell(f"from_networkx: {perf_counter() - start:.2f} s")
    assert back.equals(city)


def import_times(*programs: str) -> list[float]:
    """Time imports in fresh processes, in turn; medians in seconds."""
    found: dict[str, list[float]] = {program: [] for program in programs}
    for program in programs * FRESH:
        command = (
            f"from time import perf_counter as t; a = t(); {program}; print(t() - a)"
        )
        run = subprocess.run(
            [sys.executable, "-c", command], check=True, capture_output=True, text=True
        )
        found[program].append(float(run.stdout))
    return [median(spent) for spent in found.values()]


def test_import(tell: Tell) -> None:
    ours, *peers = import_times(OURS, *PEERS.values())
    tell(f"import orgnet: {ours:.3f} s")
    for name, peer in zip(PEERS, peers, strict=True):
        tell(f"{name}: {peer:.3f} s, ratio {ours / peer:.2f}")
    assert ours / peers[0] <= ALLOWED
