"""Draws: exact shares, streams of their own, the same numbers everywhere."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from orgnet.city.names import FIRST, SECOND, TRADE_NAMES, departments, trade_names
from orgnet.city.recipe import COPIES, Draw, Recipe, numbered_within, split
from orgnet.schema.identifiers import area_level, is_area_code


def test_a_stream_is_what_it_always_was() -> None:
    drawn = Draw(2019, 0, "x").uniform(2)
    assert drawn.tolist() == [0.6986147255465929, 0.01967862998808334]


def test_topics_copies_and_seeds_have_streams_of_their_own() -> None:
    keys = [(2019, 0, "a"), (2019, 0, "b"), (2019, 1, "a"), (2020, 0, "a")]
    first = [Draw(*key).uniform(1).item() for key in keys]
    assert len(set(first)) == len(keys)


@pytest.mark.parametrize("n", [0, 1, 7, 1000])
def test_shares_are_met_exactly(n: int) -> None:
    draw = Draw(1, 0, "shares")
    assert draw.mask(n, 0.3).sum() == round(n * 0.3)
    codes = draw.codes(n, {"a": 0.5, "b": 0.3, "c": 0.2})
    assert len(codes) == n
    assert (codes == "a").sum() == round(n * 0.5)
    assert draw.blank(np.arange(n), 0.25).null_count() == round(n * 0.25)
    places = draw.places(n, 3)
    assert len(set(places.tolist())) == min(n, 3)
    assert (np.diff(places) > 0).all()
    assert draw.spread(n, np.array([1.0, 0.0, 2.0])).tolist()[1] == 0


def test_quantiles_go_through_their_knots() -> None:
    drawn = Draw(1, 0, "q").quantiles(10_000, ((0, 1), (0.5, 100), (1, 10_000)))
    assert (drawn > 100).sum() == 5_000
    assert drawn.min() >= 1
    assert drawn.max() <= 10_000


def test_days_stay_within_their_bounds() -> None:
    days = Draw(1, 0, "d").days(500, date(2019, 2, 27), date(2019, 3, 1))
    assert days.n_unique() == 3
    assert days.min() == date(2019, 2, 27)
    assert days.max() == date(2019, 3, 1)


@pytest.mark.parametrize("total", [0, 1, 10, 1_590_000_000])
def test_a_split_adds_up(total: int) -> None:
    parts = split(total, np.array([0.1, 3.0, 0.7, 1e-6]))
    assert parts.sum() == total
    assert (parts >= 0).all()


def test_numbering_within_groups_keeps_the_order() -> None:
    assert numbered_within(np.array([2, 1, 2, 2, 1])).tolist() == [0, 0, 1, 2, 1]


def test_every_copy_has_a_code_that_no_city_has() -> None:
    prefixes = [Recipe(1, copy, 2019).prefix for copy in range(COPIES)]
    assert len(set(prefixes)) == COPIES
    assert prefixes[0] == "5101"
    for prefix in prefixes:
        assert is_area_code(f"{prefix}00")
        assert area_level(f"{prefix}00") == "city"
    assert all(72 <= int(prefix[:2]) <= 79 for prefix in prefixes[1:])


def test_trade_names_are_each_used_once() -> None:
    names = trade_names(np.arange(TRADE_NAMES))
    assert names.n_unique() == TRADE_NAMES
    assert len(set(FIRST)) == len(FIRST)
    assert len(set(SECOND)) == len(SECOND)
    assert len(set(departments())) == 25


def test_blanks_keep_the_other_values() -> None:
    column = pl.Series([1, 2, 3, 4])
    blanked = Draw(1, 0, "b").blank(column, 0.5)
    kept = blanked.is_not_null()
    assert blanked.filter(kept).to_list() == column.filter(kept).to_list()
