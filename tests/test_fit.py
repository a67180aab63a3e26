"""Leniency, ranking and the chance of reciprocity, against brute force."""

import sys
from collections.abc import Iterable
from itertools import combinations, product
from math import comb

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import orgnet as on
from orgnet.errors import OrgnetError, UnknownNameError
from orgnet.evaluation import leniency, pairs, ranking, reciprocity, reciprocity_test
from orgnet.evaluation.fit import least_squares
from orgnet.evaluation.reciprocity_test import Dyads, overlap, trades
from orgnet.network import Network
from tests.handmade import network, node, tie

GRIDS = st.integers(2, 5).flatmap(
    lambda raters: st.integers(2, 5).flatmap(
        lambda rated: st.tuples(
            st.just(raters),
            st.just(rated),
            st.lists(
                st.booleans(), min_size=raters * rated, max_size=raters * rated
            ).filter(any),
            st.integers(0, 2**16),
        )
    )
)


def answers_of(grid):
    """Return a connected set of answers: a chain through all, and those drawn."""
    raters, rated, drawn, seed = grid
    cells = {
        (min(i, raters - 1), min(j, rated - 1)) for i in range(9) for j in (i, i + 1)
    }
    cells |= {
        c for c, d in zip(product(range(raters), range(rated)), drawn, strict=True) if d
    }
    places = np.array(sorted(cells))
    share = np.random.default_rng(seed).uniform(0.5, 1.1, len(places))
    return places[:, 0], places[:, 1], share


def design(rater, rated):
    """Return the model as a matrix: worths, then effects that sum to zero."""
    size = rated.max() + 1, rater.max() + 1
    worth, effect = np.eye(size[0])[rated], np.eye(size[1])[rater]
    return np.hstack([worth, effect[:, :-1] - effect[:, -1:]])


@given(GRIDS)
def test_the_fit_is_that_of_the_whole_matrix(grid):
    rater, rated, share = answers_of(grid)
    matrix, count = design(rater, rated), rated.max() + 1
    solved = np.linalg.lstsq(matrix, share, rcond=None)[0]
    found = least_squares(rater, rated, share)
    last = -solved[count:].sum()
    np.testing.assert_allclose(found.rated, solved[:count], atol=1e-8)
    np.testing.assert_allclose(found.rater, [*solved[count:], last], atol=1e-8)
    squares = ((share - matrix @ solved) ** 2).sum()
    assert found.squares == pytest.approx(squares, abs=1e-9)


@given(GRIDS)
def test_variances_are_those_of_the_whole_matrix(grid):
    rater, rated, share = answers_of(grid)
    matrix, count = design(rater, rated), rated.max() + 1
    covariance = np.linalg.pinv(matrix.T @ matrix)
    found = least_squares(rater, rated, share)
    whole = np.vstack([np.eye(rater.max()), -np.ones(rater.max())])
    effects = whole @ covariance[count:, count:] @ whole.T
    np.testing.assert_allclose(
        found.rated_variance, np.diag(covariance)[:count], atol=1e-8
    )
    np.testing.assert_allclose(found.rater_variance, np.diag(effects), atol=1e-8)


def rated_by(kindness: dict[str, float], worth: dict[str, float], noise=()) -> Network:
    """Return a network in which every committee rates every unit; noise by pair."""
    rows = [node(c, setting="community") for c in kindness]
    rows += [node(u) for u in worth]
    for number, (c, u) in enumerate(product(kindness, worth)):
        off = noise[number] if number < len(noise) else 0
        score = round(100 * (kindness[c] + worth[u]) + off, 2)
        rows += [
            tie("PARTNERS_WITH", u, c),
            tie("EVALUATES", c, u, score=score, scale_max=100.0),
        ]
    return network(*rows)


KIND = {"party:a": 0.05, "party:b": -0.02, "party:c": -0.03}
WORTH = {"unit:u": 0.9, "unit:v": 0.8, "unit:w": 0.8}


def test_effects_without_noise_are_found_as_they_were_put_in():
    frame = leniency(rated_by(KIND, WORTH)).frame
    assert frame["rater"].to_list() == list(KIND)
    assert frame["effect"].to_list() == pytest.approx(list(KIND.values()))
    assert frame["se"].to_list() == pytest.approx([0.0] * 3, abs=1e-9)
    assert frame["shrunk"].to_list() == pytest.approx(list(KIND.values()))
    ranks = ranking(rated_by(KIND, WORTH)).frame
    assert ranks["adjusted"].to_list() == pytest.approx(list(WORTH.values()))
    assert ranks["rank"].to_list() == [1, 2, 2]  # equals share a place


def test_intervals_that_overlap_leave_the_order_open():
    noise = (5, -5, 0, -5, 5, 0, 0, 0, 0)
    frame = ranking(rated_by(KIND, WORTH, noise)).frame
    assert frame["rank"].to_list()[0] == 1
    assert (frame["best"] <= frame["rank"]).all()
    assert frame["worst"].to_list() == [3, 3, 3]
    assert ((frame["high"] - frame["low"]) / frame["se"]).to_list() == pytest.approx(
        [2 * 1.959964] * 3
    )
    raters = leniency(rated_by(KIND, WORTH, noise)).frame
    assert (raters["shrunk"].abs() <= raters["effect"].abs()).all()


def test_around_one_committee_nothing_can_be_told_apart():
    net = rated_by({"party:a": 0.05}, WORTH)
    assert leniency(net).row(0)["effect"] is None
    assert ranking(net).frame["adjusted"].null_count() == 3
    up = leniency(net, direction="up")
    assert len(up) == 0  # nobody answered upward
    with pytest.raises(UnknownNameError, match="no direction 'sideways'"):
        leniency(net, direction="sideways")


def test_a_place_is_of_those_that_answers_connect():
    apart = rated_by({"party:x": 0.1, "party:y": 0.0}, {"unit:x": 0.2, "unit:y": 0.1})
    both = network(
        *[
            (label, row)
            for n in (rated_by(KIND, WORTH), apart)
            for label, row in rows_of(n)
        ]
    )
    frame = ranking(both).frame
    assert frame["component"].to_list() == ["party:a"] * 3 + ["party:x"] * 2
    assert frame["rank"].to_list() == [1, 2, 2, 1, 2]


def rows_of(net: Network):
    for label in ("PartyOrganization", "Unit"):
        for row in net.nodes(label).to_dicts():
            yield label, {k: v for k, v in row.items() if v is not None}
    for type_ in ("PARTNERS_WITH", "EVALUATES"):
        for row in net.ties(type_).to_dicts():
            yield type_, {k: v for k, v in row.items() if v is not None}


def test_scope_and_fit_are_two_things():
    city = on.chengdu(scale=0.05)
    street = city.areas("street")[0, "id"]
    everywhere = leniency(city, round="2019").frame
    there = leniency(city, round="2019", within=street).frame
    assert 0 < there.height < everywhere.height
    assert there.equals(
        everywhere.filter(pl.col("rater").is_in(there["rater"].implode()))
    )


def dyads(committees: str, units: str, down: str, up: str) -> Dyads:
    marks = (np.array([c == "1" for c in m]) for m in (down, up))
    ends = (np.array([ord(c) for c in e]) for e in (committees, units))
    return Dyads(*ends, *marks)


def test_the_overlap_is_a_sum_of_hypergeometric_numbers():
    case = dyads("aaaabbb", "uvwxuvw", "1100110", "1010011")
    found = overlap(case)
    by_hand = np.zeros(4)
    for k, j in product(range(3), range(3)):
        first = comb(2, k) * comb(2, 2 - k) / comb(4, 2)
        second = comb(2, j) * comb(1, 2 - j) / comb(3, 2) if 2 - j <= 1 else 0
        if k + j < 4:
            by_hand[k + j] += first * second
    np.testing.assert_allclose(found[:4], by_hand)
    assert found.sum() == pytest.approx(1)


def test_exact_moments_are_those_of_reciprocity():
    city = on.chengdu(scale=0.05)
    exact = reciprocity_test(city, by="district", round="2019").frame
    counted = reciprocity(city, by="district", round="2019").frame
    for one, other in (("expected", "expected_both"), ("sd", "sd_both"), ("z", "z")):
        apart = (exact[one] - counted[other]).drop_nulls().abs()
        assert (apart < 1e-6).all()
    assert (exact["p_more"] + exact["p_fewer"] >= 1).all()


def answered_twice(states: str) -> Network:
    """Return six units that two committees were due to, and what was said of each."""
    rows = [node(c, setting="community") for c in ("party:a", "party:b")]
    for number, (down, up) in enumerate(zip(states[::2], states[1::2], strict=True)):
        unit = f"unit:{number // 2}"
        committee = ("party:a", "party:b")[number % 2]
        rows += [node(unit)] if not number % 2 else []
        rows.append(tie("PARTNERS_WITH", unit, committee))
        rows += [tie("EVALUATES", committee, unit, grade="A")] * (down == "1")
        rows += [tie("EVALUATES", unit, committee, grade="A")] * (up == "1")
    return network(*rows)


MIXED = "100101101101001011000111"


def test_keeping_both_every_state_of_a_few_pairs_is_gone_through():
    net = answered_twice(MIXED)
    (row,) = reciprocity_test(net, by="kind", keeping="both")
    frame = pairs(net).frame
    found = []
    ends = [frame[c].to_list() for c in ("area_organization", "unit")]

    def counts(chosen: Iterable[int]) -> list[list[str]]:
        return [sorted(e[i] for i in chosen) for e in ends]

    for way in ("down_state", "up_state"):
        told = (frame[way] == "returned").arg_true().to_list()
        states = combinations(range(12), len(told))
        found.append([set(s) for s in states if counts(s) == counts(told)])
    overlaps = [len(a & b) for a, b in product(*found)]
    assert row["draws"] == 0
    assert row["expected"] == pytest.approx(np.mean(overlaps))
    assert row["sd"] == pytest.approx(np.std(overlaps))
    assert row["p_more"] == pytest.approx(np.mean([o >= row["both"] for o in overlaps]))


def test_draws_come_near_to_what_all_states_say(monkeypatch):
    net = answered_twice(MIXED)
    (exact,) = reciprocity_test(net, by="kind", keeping="both")
    module = sys.modules["orgnet.evaluation.reciprocity_test"]
    monkeypatch.setattr(module, "FEW", 0)
    (drawn,) = reciprocity_test(net, by="kind", keeping="both", draws=4000, seed=1)
    assert drawn["draws"] == 4000
    error = 5 * exact["sd"] / np.sqrt(4000)
    assert abs(drawn["expected"] - exact["expected"]) < error
    assert abs(drawn["p_more"] - exact["p_more"]) < 0.05
    (again,) = reciprocity_test(net, by="kind", keeping="both", draws=4000, seed=1)
    assert drawn == again


@given(st.integers(0, 2**16))
def test_trades_keep_what_every_committee_and_unit_gave(seed):
    random = np.random.default_rng(seed)
    due = random.random((4, 9)) < 0.7
    committee, unit = np.nonzero(due)
    marks = random.random((2, len(unit))) < 0.5
    case = Dyads(committee, unit, *marks)
    for state in trades(case, "down", draws=5, seed=seed):
        for ends in (committee, unit):
            assert (np.bincount(ends, state) == np.bincount(ends, marks[0])).all()


def test_where_units_answer_to_one_committee_only_nothing_can_be_traded():
    (row,) = reciprocity_test(
        rated_by({"party:a": 0.0}, WORTH), by="kind", keeping="both"
    )
    assert (row["sd"], row["z"], row["p_more"], row["p_fewer"]) == (0.0, None, 1.0, 1.0)
    with pytest.raises(UnknownNameError, match="no null model keeping 'units'"):
        reciprocity_test(rated_by(KIND, WORTH), keeping="units")
    with pytest.raises(OrgnetError, match="draws is 0"):
        reciprocity_test(rated_by(KIND, WORTH), draws=0)


def test_each_says_in_words_what_it_is():
    noise = (5, -5, 0, -5, 5, 0, 0, 0, 0)
    net = rated_by(KIND, WORTH, noise)
    asked = [
        leniency(net),
        leniency(rated_by({"party:a": 0.05}, WORTH)),
        ranking(net),
        ranking(rated_by({"party:a": 0.05}, WORTH)),
        reciprocity_test(net, by="kind"),
        reciprocity_test(answered_twice(MIXED * 2), by="kind", keeping="both", draws=9),
    ]
    for answer in asked:
        en, zh = answer.explain(0).split("\n")
        assert en.endswith(".")
        assert zh.endswith("。")
        assert "None" not in en + zh
