"""What can be reached from where, and at what least cost: hop by hop, all at once.

A walk that comes by a node twice can leave the round out, since each phase of the
grammar may be shorter; so the cheapest walk is a simple path, and walks are enough.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from orgnet.grammar import REFUSED, START, Automaton
from orgnet.index import Numbers
from orgnet.integration.graph import Big, Codes, Graph

States = npt.NDArray[np.int16]

FAR = 1 << 60  # the label of where no path leads


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
    codes, least = _reached(graph, grammar, starts, max_hops)
    return _merged(codes % _size(graph), least)


def going_on(
    graph: Graph, grammar: Automaton, starts: Big, max_hops: int, step: str
) -> Big:
    """Return the nodes in reach from which one more step of a kind may be taken.

    Parameters
    ----------
    graph, grammar, starts, max_hops
        As in :func:`reached`.
    step
        The step; none can be taken that has no cost.
    """
    if step not in grammar.steps:
        return np.zeros(0, dtype=np.int64)
    codes, _ = _reached(graph, grammar, starts, max_hops)
    state, node = np.divmod(codes, _size(graph))
    onward = np.array(grammar.table)[:, grammar.steps.index(step)]
    return np.unique(node[onward[state] != REFUSED])


def _reached(
    graph: Graph, grammar: Automaton, starts: Big, max_hops: int
) -> tuple[Big, Big]:
    """Return what is in reach as state and node in one number, and its least cost."""
    codes = START * _size(graph) + np.unique(starts)
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
    return known, least


def _size(graph: Graph) -> int:
    return len(graph.starts) - 1


def _onward(graph: Graph, grammar: Automaton, codes: Big, cost: Big) -> tuple[Big, Big]:
    """Go one hop on, and return what is arrived at, each once and at its least cost."""
    size, table = _size(graph), np.array(grammar.table, dtype=np.int64)
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


class Arcs(NamedTuple):
    """The steps that a state of the grammar allows, by tail."""

    tails: Big  # each once
    first: Big  # where the steps from each begin
    heads: Numbers
    steps: Codes
    onward: States  # the next state of each


def arcs_by_state(graph: Graph, grammar: Automaton) -> list[Arcs]:
    """Return the steps that each state of the grammar allows."""
    table = np.array(grammar.table, dtype=np.int64)
    tails = np.repeat(np.arange(_size(graph)), np.diff(graph.starts))
    found = []
    for row in table:
        onward = row[graph.steps]
        kept = np.flatnonzero(onward != REFUSED)
        own, first = np.unique(tails[kept], return_index=True)
        ends = graph.heads[kept], graph.steps[kept]
        found.append(Arcs(own, first, *ends, onward[kept].astype(np.int16)))
    return found


def least(
    arcs: list[Arcs], grammar: Automaton, own: Big, max_hops: int, scale: int = 1
) -> Big:
    """Return for each node the least label that a path from it leads to.

    All nodes are looked at at once, from the ends of paths backward.

    Parameters
    ----------
    arcs
        The steps between organizations, as :func:`arcs_by_state` returns them.
    grammar
        Which steps may follow which, at what cost.
    own
        The label of each node where a path may end, else `FAR`.
    max_hops
        The longest path.
    scale
        What one of cost adds to a label; labels below it then decide between paths of
        one cost.
    """
    costs = np.array([*grammar.costs, 0], dtype=np.int64) * scale
    states = [{START}]  # that a path can be in, hop by hop
    for _ in range(max_hops):
        following = (q for s in states[-1] for q in grammar.table[s] if q != REFUSED)
        states.append(set(following))
    labels = np.tile(own, (len(grammar.table), 1))
    for before in reversed(states[:-1]):
        further = np.tile(own, (len(grammar.table), 1))
        for state in before:
            tails, first, heads, steps, onward = arcs[state]
            if len(tails):
                found = labels[onward, heads] + costs[steps]
                lows = np.minimum.reduceat(found, first)
                further[state, tails] = np.minimum(own[tails], lows)
        labels = further
    return np.minimum(labels[START], FAR)
