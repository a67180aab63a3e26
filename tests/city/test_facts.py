"""The published figures against the city's own counts."""

import polars as pl
import pytest

from orgnet.city import published, reconcile
from orgnet.city.facts import COUNTS
from orgnet.errors import UnknownNameError
from orgnet.network import Network

CANNOT_AGREE = {
    "lower_organizations_contacted",
    "reformed_streets",
    "resident_party_organizations",
}
NOT_COMPARED = {
    "grassroots_organizations",
    "main_document_articles",
    "proof_items_before",
    "registered_users",
    "survey_first_question",
    "survey_respondents",
    "survey_second_question",
}


def test_every_figure_that_can_agree_does(city: Network) -> None:
    table = reconcile(city)
    agrees = dict(table.select("figure", "agrees").iter_rows())
    assert {f for f, a in agrees.items() if a is False} == CANNOT_AGREE
    assert {f for f, a in agrees.items() if a is None} == NOT_COMPARED
    assert sum(a is True for a in agrees.values()) == len(agrees) - 10
    assert table.select("row", "figure").equals(published().select("row", "figure"))
    assert table["why"].null_count() == 0


def test_only_one_reading_of_the_32_000_agrees(city: Network) -> None:
    readings = reconcile(city).filter(pl.col("row") == 13)
    assert readings["published"].to_list() == [32_000, 32_000]
    assert readings["agrees"].to_list() == [True, False]
    assert "two readings" in readings["why"][1]


def test_the_118th_street_is_not_made_up(city: Network) -> None:
    row = reconcile(city).row(by_predicate=pl.col("row") == 20, named=True)
    assert (row["published"], row["in_network"], row["agrees"]) == (118, 117, False)
    assert "117" in row["why"]


def test_a_part_of_the_city_does_not_reach_the_totals(small: Network) -> None:
    table = reconcile(small)
    agrees = dict(table.select("figure", "agrees").iter_rows())
    assert agrees["resident_units"] is False
    assert agrees["departments_sending_down"] is True


def test_an_empty_network_counts_nothing() -> None:
    net, _ = Network.from_frames({}, {})
    table = reconcile(net)
    assert table["agrees"].null_count() == len(NOT_COMPARED)
    assert not table["agrees"].any()


def test_facts_of_ones_own_are_compared(small: Network) -> None:
    columns = {"row": [1, 2], "figure": ["districts", "noise"], "value": [66.0, 1.0]}
    names = {"comparable_to": ["functional_areas", None]}
    table = reconcile(small, pl.DataFrame({**columns, **names}))
    count = small.areas("functional_area").height
    assert table["in_network"].to_list() == [count, None]
    assert table["agrees"].to_list() == [False, None]
    assert table["why"].to_list() == ["functional_areas: differs", "not compared"]


def test_a_comparison_with_nothing_says_what_there_is(small: Network) -> None:
    columns = {"row": [1], "figure": ["x"], "value": [1.0], "comparable_to": ["dogs"]}
    with pytest.raises(UnknownNameError, match=r"'dogs'.*functional_areas") as raised:
        reconcile(small, pl.DataFrame(columns))
    assert raised.value.items == ("dogs",)


def test_the_facts_are_whole() -> None:
    facts = published()
    assert facts["figure"].n_unique() == facts.height == 48
    assert set(range(1, 31)) - set(facts["row"]) == {10, 11, 12, 17, 30}
    assert facts["row"].is_sorted()
    compared = facts["comparable_to"]
    assert set(compared.drop_nulls()) == set(COUNTS)
    unexplained = facts.filter(
        pl.col("comparable_to").is_null() & pl.col("reason").is_null()
    )
    assert unexplained.is_empty()
    required = facts.select("row", "figure", "value", "unit", "as_of")
    assert required.null_count().sum_horizontal().item() == 0
