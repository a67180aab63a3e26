import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from orgnet.cycles import PEELED, TOGETHER, on_cycle, shortest_cycles

arcs = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=14)


@given(arcs)
def test_cycles_are_those_that_networkx_finds(pairs):
    graph: nx.DiGraph[int] = nx.DiGraph(pairs)
    around = [frozenset(c) for c in nx.simple_cycles(graph)]
    tail, head = np.array(pairs, dtype=np.int32).reshape(-1, 2).T
    marked = np.flatnonzero(on_cycle(tail, head, 8))
    assert set(marked.tolist()) == set().union(*around)
    if not len(marked):
        return
    place, member = shortest_cycles(tail, head, marked.astype(np.int32), 8)
    for i, node in enumerate(marked.tolist()):
        through = [c for c in around if node in c]
        shortest = min(map(len, through))
        expected = set().union(*(c for c in through if len(c) == shortest))
        assert set(member[place == i].tolist()) == expected


def test_many_cycles_are_looked_through_in_portions():
    tail = np.arange(2 * TOGETHER + 2, dtype=np.int32)
    head = tail ^ 1  # pairs that lead to each other
    place, member = shortest_cycles(tail, head, tail, len(tail))
    assert member.reshape(-1, 2).tolist() == [[n & ~1, n | 1] for n in tail.tolist()]
    assert place.tolist() == np.repeat(tail, 2).tolist()


def test_a_chain_longer_than_the_peeling_is_no_cycle():
    tail = np.arange(4 * PEELED, dtype=np.int32)
    assert not on_cycle(tail, tail + 1, len(tail) + 1).any()
