"""Coverage of two networks, side by side."""

from typing import Any

import pytest

import orgnet as on
from orgnet.coverage import compare
from orgnet.errors import OrgnetError, UnknownAreaError
from orgnet.report.asked import asked_of
from orgnet.rules import Rules
from orgnet.schema.vocabulary import AreaLevel
from tests import small
from tests.oracles import coverage
from tests.test_agreement import alike
from tests.worlds import swift, world

LEVELS = {level.value for level in AreaLevel}


def renamed(was: list[tuple[Any, ...]], now: set[str]) -> list[tuple[Any, ...]]:
    """Name areas of other editions as they are called now, where that is clear."""

    def alike(area: str | None, among: set[str]) -> list[str]:
        return [a for a in among if area and a.split("@")[0] == area.split("@")[0]]

    before = {r[0] for r in was if r[0]}
    lost, new = before - now, {n for n in now if n} - before
    called = {
        a: alike(a, new)[0]
        for a in lost
        if len(alike(a, lost)) == len(alike(a, new)) == 1
    }
    return [(called.get(r[0], r[0]), *r[1:]) for r in was]


@pytest.mark.parametrize("first", range(0, 100, 25))
def test_rows_are_those_of_both_rates(first):
    """Two worlds share few areas, so most groups are in one of them only."""
    shared = 0
    for seed in range(first, first + 25):
        later, earlier = world(seed), world(seed + 1)
        given: dict[str, Any] = {
            "by": later.by,
            "denominator": later.denominator,
            "within": None,
        }
        given |= {"day": later.day, "rules": Rules(**later.rules)}
        now, was = (coverage.rates(made, **given) for made in (later, earlier))
        found = compare(swift(later), before=swift(earlier), **given).frame.rows()
        if later.by in LEVELS:
            was = renamed(was, {r[0] for r in now})
        told = {(r[0], r[2]): r for r in now}, {(r[0], r[2]): r for r in was}
        wanted = []
        for key in sorted({*told[0], *told[1]}, key=lambda k: (k[0] is None, k)):
            new, old = (rows.get(key) for rows in told)
            shown = new or old or ()
            names = [r[1] for r in (new, old) if r and r[1] is not None]
            counts = [[r[3], r[4], r[6]] if r else [None] * 3 for r in (old, new)]
            change = new[3] - old[3] if new and old else None
            shared += change is not None
            columns = (
                key[0],
                *(names or [None])[:1],
                key[1],
                shown[5],
                *counts[0],
                *counts[1],
                change,
            )
            wanted.append(columns)
        assert alike(found, wanted), seed
    assert shared > 20


def test_the_words_tell_before_and_after():
    city = on.chengdu(scale=0.01)
    plan = on.planning.close_gaps(city, budget=3, classes=["G1"])
    found = compare(city.plus(plan), before=city, by="city")
    single = next(r for r in found if r["measure"] == "single")
    assert single["change"] == 1
    assert "a change of +1" in found.explain(single)
    assert "增减+1" in found.explain(single)
    assert "compared with" in asked_of(found)
    lone = {**single, "change": None}
    assert "in one of the two networks only" in found.explain(lone)


def test_areas_of_two_editions_are_the_same_by_their_code():
    def of(edition, covered):
        street = f"area:510104020@{edition}"
        cover = {"basis": "organization", "mode": "single"}
        nodes = {
            street: {"level": "street", "code": "510104020", "name": edition},
            "unit:a": {"operating": True},
            "party:a": {"setting": "enterprise"},
        }
        ties: list[Any] = [("LOCATED_IN", "unit:a", street)]
        ties += [("COVERS", "party:a", "unit:a", cover)] * covered
        return small.network(nodes, ties)

    later, earlier = of("2019", 1), of("2018", 0)
    for within in (None, "510104020", "area:510104020@2019"):
        found = compare(later, before=earlier, within=within).frame
        assert found["group"].unique().to_list() == ["area:510104020@2019"]
        assert found["name"].unique().to_list() == ["2019"]
        assert found.filter(measure="single")["change"].to_list() == [1]


def test_what_cannot_be_compared_is_refused():
    city, other = on.chengdu(scale=0.01), swift(world(0))
    folder: Any = "network-2018"
    with pytest.raises(OrgnetError, match="before is a str: give the earlier"):
        compare(city, before=folder)
    with pytest.raises(UnknownAreaError):
        compare(city, before=other, within="510104")
