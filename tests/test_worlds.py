from collections import Counter

import pytest

from orgnet.schema import SCHEMA
from tests.worlds import (
    MOST_NODES,
    MOST_TIES,
    Row,
    _holds,
    built,
    network,
    swift,
    world,
)

SEEDS = range(0, 500, 17)


def test_a_seed_gives_one_world():
    assert world(3) == world(3)
    assert world(3) != world(4)


def test_worlds_are_small_and_have_something_in_them():
    made = [world(seed) for seed in range(500)]
    assert all(15 <= len(w.nodes) <= MOST_NODES for w in made)
    assert all(20 <= len(w.ties) <= MOST_TIES for w in made)


def test_most_worlds_have_no_row_that_is_rejected():
    clean = [not world(seed).spoilt for seed in range(500)]
    assert sum(clean) >= 250
    assert sum(clean) < 500


@pytest.mark.parametrize("seed", SEEDS)
def test_a_network_keeps_the_rows_of_its_world_and_rejects_the_spoilt(seed):
    made = world(seed)
    net, faults = built(made)
    expected = Counter(name for name, _ in [*made.nodes, *made.ties])
    assert {n: c for n, c in net.counts.items() if c} == expected
    assert net.equals(swift(made))
    effects = Counter(row["effect"] for row in faults)
    assert effects["row_rejected"] == len(made.spoilt)
    assert set(effects) <= {"row_rejected", "noted"}


@pytest.mark.parametrize("seed", SEEDS[:8])
def test_a_network_keeps_every_value(seed):
    made = world(seed)
    net = network(made)
    for name in {n for n, _ in made.nodes}:
        rows = sorted((r for n, r in made.nodes if n == name), key=lambda r: r["id"])
        assert _filled(rows, net.nodes(name).columns) == net.nodes(name).to_dicts()
    for name in {n for n, _ in made.ties}:
        rows = [r for n, r in made.ties if n == name]
        defaults = {a.name: a.default for a in SCHEMA.ties[name].attributes().values()}
        given = _filled(rows, net.ties(name).columns, defaults)
        found = net.ties(name).to_dicts()
        assert sorted(map(str, given)) == sorted(map(str, found))


def _filled(
    rows: list[Row], columns: list[str], defaults: Row | None = None
) -> list[Row]:
    return [{c: r.get(c, (defaults or {}).get(c)) for c in columns} for r in rows]


def test_the_order_of_ids_is_not_one_that_people_would_guess():
    naive = 0
    for seed in range(20):
        ids = sorted(row["id"] for _, row in world(seed).nodes)
        naive += ids != sorted(ids, key=str.casefold)
    assert naive == 20


def test_the_scope_is_an_area_that_is_there_on_the_day():
    for seed in range(200):
        made = world(seed)
        areas = [r for n, r in made.nodes if n == "Area" and _holds(r, made.day)]
        named = [r for r in areas if made.within in {r["id"], r.get("code", "")}]
        assert len(named) == (made.within is not None)
