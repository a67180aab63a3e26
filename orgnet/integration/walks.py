"""What can be reached from where, and at what least cost: hop by hop, from all ends.

A walk that comes by a node twice can leave the round out, since each phase of the
grammar may be shorter; so the cheapest walk is a simple path, and walks are enough.
"""

import numpy as np

from orgnet.grammar import START, Automaton
from orgnet.integration.graph import Big, Graph


def reached(
    graph: Graph, grammar: Automaton, starts: Big, max_hops: int
) -> tuple[Big, Big]:
    """Return the nodes in reach of any of the starts, and the least cost to each.

    Parameters
    ----------
    graph
        The steps between organizations.
    grammar
        Which steps may follow which, at what cost.
    starts
        Node numbers.
    max_hops
        The longest path.
    """
    size = len(graph.starts) - 1
    codes = START * size + np.unique(starts)  # state, then node
    cost = np.zeros(len(codes), dtype=np.int64)
    known, least = codes, cost
    for _ in range(max_hops):
        codes, cost = _onward(graph, grammar, codes, cost)
        codes, cost = _better(codes, cost, known, least)
        if not len(codes):
            break
        known, least = _merged(
            np.concatenate([known, codes]), np.concatenate([least, cost])
        )
    return _merged(known % size, least)


def _onward(graph: Graph, grammar: Automaton, codes: Big, cost: Big) -> tuple[Big, Big]:
    """Go one hop on, and return what is arrived at, each once and at its least cost."""
    size, table = len(graph.starts) - 1, np.array(grammar.table, dtype=np.int64)
    costs = np.array([*grammar.costs, 0], dtype=np.int64)
    state, node = np.divmod(codes, size)
    first = graph.starts[node]
    counts = graph.starts[node + 1] - first
    source = np.repeat(np.arange(len(node)), counts)
    arc = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(len(source))
    steps = graph.steps[arc]
    onward = table[state[source], steps]
    kept = onward >= 0
    source, arc, steps = source[kept], arc[kept], steps[kept]
    target = onward[kept] * size + graph.heads[arc]
    return _merged(target, cost[source] + costs[steps])


def _merged(codes: Big, cost: Big) -> tuple[Big, Big]:
    """Return each code once, with its least cost."""
    order = np.lexsort((cost, codes))
    codes, cost = codes[order], cost[order]
    first = np.ones(len(codes), dtype=bool)
    first[1:] = codes[1:] != codes[:-1]
    return codes[first], cost[first]


def _better(codes: Big, cost: Big, known: Big, least: Big) -> tuple[Big, Big]:
    """Return what was not reached yet, or not so cheaply."""
    place = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    better = (known[place] != codes) | (cost < least[place])
    return codes[better], cost[better]
