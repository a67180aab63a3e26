"""Reciprocity, dyads, inspections and outliers on networks whose answer is known."""

from collections.abc import Callable
from datetime import date
from math import comb, isclose, sqrt

import networkx as nx
import polars as pl
import pytest

import orgnet as on
from orgnet.errors import OrgnetError, UnknownNameError
from orgnet.evaluation import dyads, inspections, outliers, reciprocity
from orgnet.network import Network
from orgnet.query import Source
from orgnet.rules import Round, Rules
from tests import handmade
from tests.handmade import Row, node, tie

C, S = "party:c", "party:s"
UNITS = tuple(f"unit:{letter}" for letter in "abcdef")


@pytest.fixture
def network(engine: Callable[[Network], Source]) -> Callable[..., Source]:
    """Give what makes a source of rows, in memory and then in Neo4j."""
    return lambda *rows: engine(handmade.network(*rows))


def committee(name: str, down: str, up: str) -> list[tuple[str, Row]]:
    """Return a committee with six units: whom it rated, and who rated it."""
    rows = [node(name, setting="community")]
    for unit in UNITS:
        own = f"{unit}-{name[-1]}"
        rows += [node(own), tie("PARTNERS_WITH", own, name)]
        if unit[-1] in down:
            rows.append(tie("EVALUATES", name, own, grade="A"))
        if unit[-1] in up:
            rows.append(tie("EVALUATES", own, name, grade="A"))
    return rows


def test_three_rates_of_one_committee(network):
    answer = reciprocity(network(*committee(C, "abcd", "ab")), by="kind").row(0)
    assert (answer["pairs"], answer["both"], answer["one_way"]) == (6, 2, 2)
    assert (answer["neither"], answer["arcs"]) == (2, 6)
    assert answer["arc_reciprocity"] == pytest.approx(4 / 6)
    assert answer["dyad_reciprocity"] == pytest.approx(2 / 4)
    assert answer["pair_reciprocity"] == pytest.approx(2 / 6)
    assert answer["density"] == pytest.approx(6 / 12)
    assert answer["correlation"] == pytest.approx((4 / 6 - 0.5) / 0.5)


def test_chance_is_hypergeometric_and_committees_are_summed(network):
    net = network(*committee(C, "abcd", "ab"), *committee(S, "abc", "def"))
    answer = reciprocity(net, by="kind").row(0)

    def weights(down: int, up: int) -> dict[int, float]:
        ways = {k: comb(down, k) * comb(6 - down, up - k) for k in range(up + 1)}
        return {k: w / comb(6, up) for k, w in ways.items()}

    moments = []
    for down, up in ((4, 2), (3, 3)):
        mean = sum(k * p for k, p in weights(down, up).items())
        square = sum(k * k * p for k, p in weights(down, up).items())
        moments.append((mean, square - mean**2))
    means, variances = zip(*moments, strict=True)
    assert answer["expected_both"] == pytest.approx(sum(means))
    assert answer["sd_both"] == pytest.approx(sqrt(sum(variances)))
    assert answer["z"] == pytest.approx((2 - sum(means)) / sqrt(sum(variances)))


def test_where_chance_has_no_choice_there_is_no_z(network):
    answer = reciprocity(network(*committee(C, "abcdef", "ab")), by="kind").row(0)
    assert answer["expected_both"] == pytest.approx(2)
    assert (answer["sd_both"], answer["z"]) == (0.0, None)


def test_what_is_excused_or_open_is_no_dyad(network):
    excused = [
        node("unit:x"),
        tie("PARTNERS_WITH", "unit:x", C),
        tie("EVALUATES", C, "unit:x", status="exempt"),
    ]
    net = network(*committee(C, "a", "a"), *excused)
    answer = reciprocity(net, by="organization").row(0)
    assert (answer["group"], answer["pairs"], answer["exempt"]) == (C, 6, 1)
    listed = Round(id="2019", opens_on=date(2019, 1, 1), closes_on=date(2019, 12, 31))
    rules = Rules(rounds=(listed,))
    answer = reciprocity(net, by="kind", day="2019-06-30", rules=rules).row(0)
    assert (answer["pairs"], answer["pending"], answer["exempt"]) == (1, 5, 1)
    with pytest.raises(UnknownNameError, match="no grouping 'colour'"):
        reciprocity(net, by="colour")


def test_an_organization_of_a_unit_stands_for_it(network):
    net = network(
        node(C, setting="community"),
        node("unit:u"),
        node("party:o"),
        tie("HOSTED_BY", "party:o", "unit:u"),
        tie("EVALUATES", C, "unit:u", grade="A"),
        tie("EVALUATES", "party:o", C, grade="A"),
        tie("EVALUATES", "party:o", "unit:u", grade="A"),  # itself
        tie("EVALUATES", C, "party:o", kind="power", status="missing"),
    )
    census = {row["type"]: row for row in dyads(net)}
    row = census["EVALUATES"]
    assert (row["nodes"], row["arcs"], row["mutual"]) == (2, 2, 1)
    assert (row["asymmetric"], row["null_dyads"], row["arc_reciprocity"]) == (0, 0, 1.0)
    assert row["correlation"] is None  # the density is 1
    assert census["CONTACTS"]["nodes"] == 0
    assert census["CONTACTS"]["density"] is None


def test_the_census_is_that_of_networkx():
    net = on.chengdu(scale=0.02)
    for type_ in ("COORDINATES", "SUPERVISED_BY", "CONTACTS"):  # hosts change nothing
        graph = nx.DiGraph(net.to_networkx(ties=[type_]).edges())
        graph.remove_edges_from(nx.selfloop_edges(graph))
        row = dyads(net).frame.row(by_predicate=pl.col("type") == type_, named=True)
        assert row["arcs"] == graph.number_of_edges()
        if row["arcs"]:
            assert row["nodes"] == graph.number_of_nodes()
            assert isclose(row["arc_reciprocity"], nx.overall_reciprocity(graph))
            assert isclose(row["density"], nx.density(graph))


def inspected(name: str, *rounds: str) -> list[tuple[str, Row]]:
    marks = {"kind": "inspection", "status": "returned"}
    return [tie("EVALUATES", S, name, round=r, **marks) for r in rounds]


def test_the_longest_without_a_visit_come_first(network):
    net = network(
        *(node(i, setting="community") for i in (C, "party:d", "party:e")),
        node(S, setting="street"),
        node("party:f", setting="enterprise"),
        *inspected(C, "2019Q1", "2019Q2", "2019Q3"),
        *inspected("party:d", "2019Q1"),
        *inspected("party:f", "2019Q4"),
        tie(
            "EVALUATES", S, "party:e", kind="inspection", round="2019Q3", status="void"
        ),
    )
    columns = ("id", "run", "last_inspected", "rounds")
    assert inspections(net).frame.select(columns).rows() == [
        ("party:e", 4, None, 4),
        (S, 4, None, 4),
        ("party:d", 3, "2019Q1", 4),
        (C, 1, "2019Q3", 4),
    ]
    assert inspections(net, last=9).frame["id"].to_list() == ["party:e", S]
    assert len(inspections(net, kind="power")) == 0
    with pytest.raises(OrgnetError, match="last is 0"):
        inspections(net, last=0)


def test_a_calendar_says_which_rounds_there_were_and_which_are_over(network):
    net = network(node(C, setting="community"), *inspected_by_itself("2019H1"))
    days = (("2019Q1", 3), ("2019Q2", 6), ("2019Q3", 9))
    rounds = tuple(
        Round(
            id=name,
            kind="inspection",
            opens_on=date(2019, month - 2, 1),
            closes_on=date(2019, month, 28),
        )
        for name, month in days
    )
    rules = Rules(rounds=rounds)
    frame = inspections(net, day="2019-08-07", rules=rules).frame
    assert frame.select("run", "last_inspected", "rounds").rows() == [(2, None, 2)]
    assert inspections(net, rules=rules).row(0)["rounds"] == 3
    assert len(inspections(net, day="2019-03-28", rules=rules)) == 0


def inspected_by_itself(round_: str) -> list[tuple[str, Row]]:
    marks = {"kind": "inspection", "status": "returned", "round": round_}
    return [tie("EVALUATES", C, C, **marks)]


def test_who_is_seen_differently_is_an_outlier(network):
    rows = [node(C, setting="community"), node(S, setting="street")]
    given = {"a": 90, "b": 91, "c": 92, "d": 93, "e": 30}
    for letter, score in given.items():
        unit = f"unit:{letter}"
        marks = {"scale_max": 100.0}
        rows += [
            node(unit),
            tie("EVALUATES", S, unit, kind="hierarchical", score=90.0, **marks),
            tie("EVALUATES", C, unit, score=float(score), **marks),
        ]
    net = network(*rows)
    frame = outliers(net).frame
    assert frame["id"].to_list()[0] == "unit:e"
    assert frame.filter("outlier")["id"].to_list() == ["unit:e"]
    # differences .60 .00 -.01 -.02 -.03: the median is -.01, the distances' .01
    assert frame["score"][0] == pytest.approx(0.6745 * 0.61 / 0.01)
    assert outliers(net, cutoff=100).frame["outlier"].any() is False
    with pytest.raises(OrgnetError, match="cutoff is 0"):
        outliers(net, cutoff=0)


def test_where_differences_do_not_vary_nobody_is_an_outlier(network):
    marks = {"score": 80.0, "scale_max": 100.0}
    net = network(
        node(C, setting="community"),
        node("unit:u"),
        tie("EVALUATES", C, "unit:u", **marks),
        tie("EVALUATES", C, "unit:u", kind="hierarchical", **marks),
        tie("EVALUATES", C, "unit:u", kind="hierarchical", round="2018", **marks),
    )
    (row,) = outliers(net)
    assert (row["round"], row["difference"], row["score"]) == ("2019", 0.0, None)
    assert row["outlier"] is None


def test_each_says_in_words_what_it_is(network):
    marks = {"score": 80.0, "scale_max": 100.0}
    net = network(
        *committee(C, "abcd", "ab"),
        tie("EVALUATES", C, "unit:a-c", kind="hierarchical", **marks),
        tie("EVALUATES", C, "unit:a-c", kind="inspection", status="returned"),
        tie("EVALUATES", S, "unit:a-c", **marks),
        node(S, setting="street"),
    )
    asked = [
        reciprocity(net, by="kind"),
        reciprocity(net, by="organization"),
        dyads(net),
        inspections(net),
        outliers(net),
    ]
    for answer in asked:
        assert len(answer)
        for number in range(len(answer)):
            en, zh = answer.explain(number).split("\n")
            assert en.endswith(".")
            assert zh.endswith("。")
            assert "None" not in en + zh
