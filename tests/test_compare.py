"""Coverage of two networks, side by side."""

from typing import Any

import pytest

import orgnet as on
from orgnet.coverage import compare
from orgnet.errors import OrgnetError, UnknownAreaError
from orgnet.report.asked import asked_of
from orgnet.rules import Rules
from tests.oracles import coverage
from tests.test_agreement import alike
from tests.worlds import swift, world

COUNTS = ("numerator", "denominator", "undetermined")


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


def test_what_cannot_be_compared_is_refused():
    city, other = on.chengdu(scale=0.01), swift(world(0))
    folder: Any = "network-2018"
    with pytest.raises(OrgnetError, match="give the earlier Network or Database"):
        compare(city, before=folder)
    with pytest.raises(UnknownAreaError):
        compare(city, before=other, within="510104")
