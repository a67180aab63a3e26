"""Brokers, cut points and fragmentation: an oracle, networkx, published values."""

from itertools import permutations
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from orgnet.errors import OrgnetError, UnknownNameError
from orgnet.integration import brokers, cut_points, fragmentation
from orgnet.integration.roles import ROLES, roles
from orgnet.integration.tied import GROUPINGS
from orgnet.network import Network
from orgnet.rules import Rules
from orgnet.solve.betweenness import betweenness
from orgnet.solve.cuts import cuts, min_cut
from tests.handmade import network, node, tie
from tests.oracles import brokers as oracle
from tests.test_agreement import alike
from tests.worlds import World, swift, world

WORLDS, CHUNK, FIRST = 300, 25, 100
LEVELS = [g for g in GROUPINGS if g != "line"]


def asked(made: World) -> dict[str, Any]:
    rules = Rules(**made.rules)
    return {"within": made.within, "day": made.day, "rules": rules}


def questions(made: World) -> dict[str, dict[str, Any]]:
    """Return what a world asks of each question, beside what it asks of all."""
    return {
        "brokers": {"by": GROUPINGS[made.seed % len(GROUPINGS)]},
        "cut_points": {"least": 1 + made.seed % 2},
        "fragmentation": {"by": LEVELS[made.seed % len(LEVELS)]},
    }


CALLED = {
    "brokers": lambda net, **given: brokers(
        net, n=1000, pivots=None, draws=0, **given
    ).frame.select(
        *["id", "name", "group", "ties", "betweenness", "constraint"],
        *(role.value for role in ROLES),
    ),
    "cut_points": lambda net, **given: cut_points(net, **given).frame,
    "fragmentation": lambda net, **given: fragmentation(net, **given).frame,
}


@pytest.mark.parametrize("name", CALLED)
@pytest.mark.parametrize(
    "first",
    [
        pytest.param(n, marks=pytest.mark.slow if n >= FIRST else ())
        for n in range(0, WORLDS, CHUNK)
    ],
)
def test_memory_and_oracle_agree(name, first):
    rows = 0
    for seed in range(first, first + CHUNK):
        made = world(seed)
        given = questions(made)[name] | asked(made)
        found = CALLED[name](swift(made), **given).rows()
        wanted = getattr(oracle, name)(made, **given)
        assert alike(found, wanted), seed
        rows += len(found)
    assert rows > CHUNK / 5


def party(graph: Any) -> Network:
    """Make a network of party organizations that are partners as in a graph."""
    nodes = [node(f"party:{n}", name=str(n)) for n in graph]
    ties = [tie("PARTNERS_WITH", f"party:{a}", f"party:{b}") for a, b in graph.edges]
    return network(*nodes, *ties)


PUBLISHED = {  # betweenness in pairs, as in the literature
    # Padgett's marriages of Florence: Wasserman and Faust 1994, table 5.1, times 91
    "florence": (
        nx.florentine_families_graph(),
        {"Medici": 47.5, "Guadagni": 23.166667, "Albizzi": 19.333333},
    ),
    # Krackhardt's kite, Administrative Science Quarterly 35, 1990: H, then F and G
    "kite": (
        nx.krackhardt_kite_graph(),
        {"7": 14.0, "5": 8.333333, "6": 8.333333, "8": 8.0, "3": 3.666667},
    ),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_betweenness_is_that_of_the_literature(name):
    graph, known = PUBLISHED[name]
    found = brokers(party(graph), pivots=None, draws=0)
    between = {row["name"]: row["betweenness"] for row in found}
    for who, value in known.items():
        assert between[who] == pytest.approx(value, abs=1e-6)
    assert list(between)[: len(known)] == list(known)


@pytest.mark.parametrize(
    "graph", [nx.karate_club_graph(), nx.les_miserables_graph(), PUBLISHED["kite"][0]]
)
def test_graphs_of_networkx_are_measured_as_networkx_does(graph):
    net = party(graph)
    found = {row["name"]: row for row in brokers(net, n=1000, pivots=None, draws=0)}
    between = nx.betweenness_centrality(graph, normalized=False)
    constraint = nx.constraint(nx.Graph(graph.edges))
    for who in graph:
        row = found[str(who)]
        assert row["ties"] == graph.degree[who]
        assert row["betweenness"] == pytest.approx(between[who], abs=1e-6)
        assert row["constraint"] == pytest.approx(constraint[who])
    cut = cut_points(net, least=1).frame
    points = cut.filter(cut["class"] == "organization")["name"].to_list()
    assert sorted(points) == sorted(map(str, nx.articulation_points(graph)))
    bridges = cut.filter(cut["class"] == "tie")
    found_ties = {frozenset(ends) for ends in bridges.select("id", "other").iter_rows()}
    assert found_ties == {
        frozenset(f"party:{n}" for n in ends) for ends in nx.bridges(graph)
    }


def test_the_karate_club_has_one_cut_point():
    """Without its instructor, member 11 is cut off and five others leave together."""
    ((_, who, _, _, _, parts, lost),) = cut_points(
        party(nx.karate_club_graph())
    ).frame.rows()
    assert (who, parts, lost) == ("party:0", 3, 6)


GRAPHS = st.integers(2, 12).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.sets(
            st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(
                lambda pair: pair[0] < pair[1]
            )
        ),
    )
)


def matrix(size: int, ends: set[tuple[int, int]]) -> Any:
    dense = np.zeros((size, size))
    for one, other in ends:
        dense[one, other] = dense[other, one] = 1
    return csr_array(dense)


@given(GRAPHS, st.integers(1, 11))
@settings(max_examples=100)
def test_graphs_are_measured_and_cut_as_networkx_does(drawn, other):
    size, ends = drawn
    graph: Any = nx.Graph(ends)
    graph.add_nodes_from(range(size))
    ties = matrix(size, ends)
    ties.sort_indices()
    exact = nx.betweenness_centrality(graph, normalized=False)
    between = betweenness(ties, np.arange(size))
    assert between.tolist() == pytest.approx([exact[n] for n in range(size)])
    found = cuts(ties.indptr.tolist(), ties.indices.tolist())
    assert set(found.nodes) == set(nx.articulation_points(graph))
    assert {frozenset(e) for e in found.ties} == {
        frozenset(e) for e in nx.bridges(graph)
    }
    for lost, sizes in found.nodes.items():
        whole = nx.node_connected_component(graph, lost)
        left = graph.subgraph(whole - {lost})
        assert sorted(sizes) == sorted(map(len, nx.connected_components(left)))
    target = 1 + other % (size - 1)
    assert min_cut(ties, 0, np.array([target])) == nx.edge_connectivity(
        graph, 0, target
    )


def test_sources_drawn_give_an_estimate_that_is_right_on_average():
    graph = nx.karate_club_graph()
    ties = matrix(34, set(graph.edges))
    exact = betweenness(ties, np.arange(34))
    each = [betweenness(ties, np.array([n])) for n in range(34)]
    assert np.mean(each, axis=0).tolist() == pytest.approx(exact.tolist())


def by_triples(arcs: Any, groups: Any, node: int) -> list[int]:
    """Count the roles of a node, triple by triple."""
    dense, own, counts = arcs.toarray(), groups[node], dict.fromkeys(ROLES, 0)
    for a, b in permutations(range(len(groups)), 2):
        if node in (a, b) or not dense[a, node] or not dense[node, b] or dense[a, b]:
            continue
        if -1 in (groups[a], groups[b], own):
            continue
        ends = (groups[a] == own, groups[b] == own, groups[a] == groups[b])
        role = {
            (True, True, True): "coordinator",
            (False, False, True): "itinerant",
            (False, True, False): "gatekeeper",
            (True, False, False): "representative",
            (False, False, False): "liaison",
        }[ends]
        counts[next(r for r in ROLES if r.value == role)] += 1
    return list(counts.values())


def test_the_roles_in_the_karate_club_are_those_of_its_triples():
    """Its two factions, as networkx ships them, told by every triple."""
    graph = nx.karate_club_graph()
    arcs = matrix(34, set(graph.edges))
    clubs = [graph.nodes[n]["club"] == "Officer" for n in range(34)]
    groups = np.array(clubs, dtype=np.int32)
    every = np.arange(34)
    counts, _ = roles(arcs, groups, every, 0, np.random.default_rng(0))
    assert counts.tolist() == [by_triples(arcs, groups, n) for n in range(34)]
    assert counts[:, 4].sum() == 0  # no liaison between three groups of two
    assert counts[:, 0].sum() > counts[:, 2].sum() > 0


def test_roles_and_z_are_those_of_triples_and_of_chance():
    random = np.random.default_rng(7)
    dense = np.triu(random.random((12, 12)) < 0.3, 1).astype(float)
    more = (random.random((12, 12)) < 0.2) * (1 - np.eye(12))
    arcs = csr_array(((dense + more) > 0).astype(float))
    groups = random.integers(-1, 3, 12).astype(np.int32)
    every = np.arange(12)
    counts, z = roles(arcs, groups, every, 2000, np.random.default_rng(1))
    assert counts.tolist() == [by_triples(arcs, groups, n) for n in range(12)]
    dealt, seen = groups.copy(), []
    grouped = np.flatnonzero(groups >= 0)
    chance = np.random.default_rng(2)
    for _ in range(1000):
        dealt[grouped] = chance.permutation(groups[grouped])
        seen.append([by_triples(arcs, dealt, n) for n in (3, 6)])
    spread, middle = np.std(seen, axis=0, ddof=1), np.mean(seen, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        wanted = (counts[[3, 6]] - middle) / spread
    kept = np.isfinite(wanted)
    assert kept.any()
    assert np.abs(z[[3, 6]][kept] - wanted[kept]).max() < 0.3
    _, none = roles(arcs, groups, every, 1, chance)
    assert np.isnan(none).all()


def test_chance_deals_the_groups_by_their_sizes():
    """The mean of z's draws is the exact one, so z sums to about nothing over them."""
    made = world(3)
    net = swift(made)
    given: dict[str, Any] = {"by": "community", "day": None, "rules": Rules()}
    exact = oracle.expected_roles(made, **given)
    found = brokers(net, n=1000, pivots=1, draws=2000, seed=5, **given)
    compared = 0
    for row in found:
        for place, role in enumerate(ROLES):
            z = row[f"z_{role.value}"]
            above = row[role.value] - float(exact[row["id"]][place])
            if z is not None and abs(above) > 0.5:
                compared += 1
                assert (z > 0) == (above > 0), (row["id"], role)
    assert compared > 5


HAND = (
    node("area:d", level="district"),
    *(node(f"area:s{n}", level="street") for n in "12"),
    *(tie("PART_OF", f"area:s{n}", "area:d") for n in "12"),
    node("party:s1", setting="street"),
    tie("HOSTED_BY", "party:s1", "area:s1"),
    tie("COVERS", "party:s1", "area:s1"),
    node("unit:bureau", kind="government"),
    *(node(f"unit:{n}", resident=True) for n in ("a", "b", "c")),
    tie("LOCATED_IN", "unit:bureau", "area:s2"),
    *(tie("LOCATED_IN", f"unit:{n}", "area:s1") for n in ("a", "b", "c")),
    tie("SUPERVISED_BY", "unit:a", "unit:bureau"),
    tie("SUPERVISED_BY", "unit:b", "unit:bureau", role="registration"),
    tie("SUPERVISED_BY", "unit:b", "unit:c", role="parent"),
    tie("PARTNERS_WITH", "unit:a", "party:s1"),
    tie("PARTNERS_WITH", "unit:c", "party:s1"),
    node("party:of-c", setting="enterprise"),
    tie("HOSTED_BY", "party:of-c", "unit:c"),
)


def test_a_street_is_told_how_line_and_block_are_tied():
    first, second = fragmentation(network(*HAND))
    assert first == {
        "group": "area:s1",
        "name": "s1",
        "organizations": 5,  # three units, the street's and the one that c hosts
        "line_ties": 3,  # a and b to the bureau, b to c
        "block_ties": 0,
        "cross_ties": 2,  # a and c are partners of the street's
        "internal": 3,
        "external": 2,
        "ei_index": pytest.approx(-0.2),
        "units": 3,
        "location_only": 0,  # the network does not hold all seats and offers
        "undetermined": 1,
        "lined_units": 3,  # b and c have the line of c
        "min_cut": 2,  # the two partnerships
    }
    assert (second["line_ties"], second["internal"], second["external"]) == (2, 0, 2)
    assert second["min_cut"] is None  # a street without an organization
    told = fragmentation(network(*HAND)).explain(0)
    assert "3 ties within lines, 0 within blocks, 2 between" in told
    assert "断开2条联系" in told


def test_a_broker_between_blocks_and_lines_is_told_its_roles():
    found = {row["id"]: row for row in brokers(network(*HAND), pivots=None, draws=0)}
    assert found["unit:a"]["group"] == "area:s1"
    # a is asked by the street's for the bureau, and the other way
    assert (found["unit:a"]["representative"], found["unit:a"]["gatekeeper"]) == (1, 1)
    by_line = brokers(network(*HAND), by="line", pivots=None, draws=0)
    lines = {row["id"]: row["group"] for row in by_line}
    assert lines["unit:a"] == lines["unit:bureau"] == "unit:bureau"
    assert lines["unit:b"] == lines["unit:c"] == lines["party:of-c"] == "unit:c"
    assert lines["party:s1"] is None
    assert "居中" in repr(by_line)
    assert "ties" in by_line.explain(0)


def test_a_tie_that_holds_others_is_named():
    found = cut_points(
        network(
            *HAND,
            node("unit:far"),
            tie("SUPERVISED_BY", "unit:far", "unit:lone"),
            node("unit:lone"),
            tie("SUPERVISED_BY", "unit:lone", "unit:bureau"),
        )
    )
    ties = [r for r in found if r["class"] == "tie"]
    assert [(r["id"], r["other"], r["cut_off"]) for r in ties] == [
        ("unit:bureau", "unit:lone", 2)
    ]
    assert "2 organizations are cut off" in found.explain(0)
    assert [r["id"] for r in found if r["class"] == "organization"] == ["unit:bureau"]


@pytest.mark.parametrize(
    ("ask", "given", "error", "said"),
    [
        (brokers, {"by": "house"}, UnknownNameError, "no grouping 'house'"),
        (brokers, {"n": 0}, OrgnetError, "n is 0, and counts from 1"),
        (brokers, {"pivots": 1.5}, OrgnetError, "pivots is 1.5"),
        (brokers, {"seed": -1}, OrgnetError, "seed is -1"),
        (cut_points, {"least": 2.5}, OrgnetError, "least is 2.5"),
        (fragmentation, {"by": "line"}, UnknownNameError, "no level 'line'"),
        (cut_points, {"rules": Rules(costs={"X": 1})}, UnknownNameError, "no steps"),
    ],
)
def test_what_cannot_be_asked_is_refused(ask, given, error, said):
    with pytest.raises(error, match=said):
        ask(network(*HAND), **given)


def test_the_same_seed_draws_the_same():
    net = swift(world(5))
    one, two = (brokers(net, pivots=5, draws=20, seed=s).frame for s in (1, 1))
    assert one.equals(two)
    assert not one.equals(brokers(net, pivots=5, draws=20, seed=2).frame)
