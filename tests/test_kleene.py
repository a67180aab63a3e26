"""Truth in three values, against Python's own None."""

from itertools import product

import numpy as np
import polars as pl

from orgnet.kleene import Truth, first_unknown

VALUES = (True, False, None)
PAIRS = list(product(VALUES, VALUES))


def columns() -> tuple[Truth, Truth]:
    left, right = zip(*PAIRS, strict=True)
    return tuple(Truth.of(pl.Series(c, dtype=pl.Boolean)) for c in (left, right))  # type: ignore[return-value]


def test_and_or_not_agree_with_polars():
    left, right = columns()
    frame = pl.DataFrame(PAIRS, schema=["a", "b"], orient="row")
    both, either, not_ = frame.select(
        pl.col("a") & pl.col("b"), either=pl.col("a") | pl.col("b"), n=~pl.col("a")
    )
    assert (left & right).values.to_list() == both.to_list()
    assert (left | right).values.to_list() == either.to_list()
    assert (~left).values.to_list() == not_.to_list()


def test_a_truth_is_never_both():
    left, right = columns()
    for truth in (left & right, left | right, ~left):
        assert not (truth.yes & truth.no).any()
        assert (truth.unknown == (~truth.yes & ~truth.no)).all()


def test_not_found_is_unknown_unless_everything_is_held():
    mask = np.array([True, False])
    assert Truth.found(mask, complete=True).values.to_list() == [True, False]
    assert Truth.found(mask, complete=False).values.to_list() == [True, None]
    assert Truth.known(mask).values.to_list() == [True, False]
    assert Truth.unless_unknown(mask).values.to_list() == [None, True]


def test_the_first_unknown_counts():
    left, right = columns()
    first = first_unknown([left, right]).tolist()
    assert first == [0 if a is None else 1 if b is None else -1 for a, b in PAIRS]
    assert left.of_rows(np.array([6])).values.to_list() == [None]
