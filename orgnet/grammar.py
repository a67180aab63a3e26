"""The path grammar, compiled once into a table of states and steps.

A step is a relationship type with its direction: ``SUBORDINATE_TO>`` goes to the
superior, ``SUBORDINATE_TO<`` to a subordinate, and ``PARTNERS_WITH`` either way. Rules
name the steps with their costs, and the phases that a path goes through in order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from orgnet.errors import UnknownNameError, some
from orgnet.rules import Phase, Rules

LONGEST = 6  # hops; no rule admits a longer path
START = 0
REFUSED = -1
PHASE: dict[str, Phase] = {
    "HOSTED_BY>": "house",
    "HOSTED_BY<": "house",
    "COVERS>": "house",
    "COVERS<": "house",
    "HOLDS_SEAT_ON": "tie",
    "PARTNERS_WITH": "tie",
    "COORDINATES>": "tie",
    "COORDINATES<": "tie",
    "ESCALATES_TO>": "tie",
    "ESCALATES_TO<": "tie",  # no default cost: allowed only to who names it in Rules
    "HOLDS_POWER_OVER>": "tie",
    "HOLDS_POWER_OVER<": "tie",  # as above
    "CONTACTS>": "tie",
    "CONTACTS<": "tie",
    "SUBORDINATE_TO>": "up",
    "SUPERVISED_BY>": "up",
    "SUBORDINATE_TO<": "down",
    "SUPERVISED_BY<": "down",
}


@dataclass(frozen=True)
class Automaton:
    """Which steps may follow which, and what each costs.

    State 0 is the start, and a path may end in every state.

    Parameters
    ----------
    steps
        The steps that have a cost, in code-point order.
    costs
        What each of them costs.
    table
        One row a state, one number a step: the next state, or -1 where the step is
        refused.
    """

    steps: tuple[str, ...]
    costs: tuple[int, ...]
    table: tuple[tuple[int, ...], ...]

    def accepts(self, steps: tuple[str, ...]) -> bool:
        """Tell whether a path may take these steps in this order.

        Examples
        --------
        >>> grammar = automaton(Rules())
        >>> grammar.accepts(("HOSTED_BY<", "HOLDS_SEAT_ON", "HOSTED_BY>"))
        True
        >>> grammar.accepts(("SUBORDINATE_TO<", "SUBORDINATE_TO>"))
        False
        """
        state = START
        for step in steps:
            if step not in self.steps:
                return False
            state = self.table[state][self.steps.index(step)]
            if state == REFUSED:
                return False
        return True

    def parameters(self) -> dict[str, Any]:
        """Return the automaton as maps, lists and numbers, for a Cypher parameter.

        Returns
        -------
        dict
            `delta`, one map a state from step to next state, a refused step left out;
            and `cost`, a map from step to cost.

        Examples
        --------
        >>> plain = automaton(Rules()).parameters()
        >>> plain["cost"]["SUPERVISED_BY>"]
        3
        >>> sorted(plain) == ["cost", "delta"] and len(plain["delta"])
        10
        """
        delta = [
            {s: q for s, q in zip(self.steps, row, strict=True) if q != REFUSED}
            for row in self.table
        ]
        return {"delta": delta, "cost": dict(zip(self.steps, self.costs, strict=True))}


def automaton(rules: Rules) -> Automaton:
    """Compile the grammar and the costs of these rules.

    Raises
    ------
    UnknownNameError
        If a cost names what is no step.

    Examples
    --------
    >>> tiny = Rules(costs={"PARTNERS_WITH": 2}, grammar=(("tie", 1),))
    >>> automaton(tiny).table
    ((1,), (-1,))
    """
    return _compiled(rules.grammar, tuple(sorted(rules.costs.items())))


@lru_cache(maxsize=64)
def _compiled(
    grammar: tuple[tuple[Phase, int], ...], priced: tuple[tuple[str, int], ...]
) -> Automaton:
    unknown = [step for step, _ in priced if step not in PHASE]
    if unknown:
        msg = (
            f"{len(unknown)} names in Rules.costs are no steps of a path: "
            f"{some(unknown)}; there are: {', '.join(PHASE)}"
        )
        raise UnknownNameError(msg, unknown)
    steps = tuple(step for step, _ in priced)
    table = _determined(_places(grammar), [PHASE[step] for step in steps])
    return Automaton(steps, tuple(cost for _, cost in priced), table)


def _places(grammar: tuple[tuple[Phase, int], ...]) -> list[Phase]:
    """Return one phase for each step that a path may take, in order."""
    return [phase for phase, most in grammar for _ in range(min(most, LONGEST))]


def _determined(
    places: list[Phase], phases: list[Phase]
) -> tuple[tuple[int, ...], ...]:
    """Return where each step leads from each set of places a path can have come to."""
    begin = frozenset({0})  # a place is how many of the phases lie behind
    number: dict[frozenset[int], int] = {begin: START}
    rows: list[tuple[int, ...]] = []
    waiting = [begin]
    for here in waiting:  # grows while it is gone through
        onward = {phase: _after(here, phase, places) for phase in dict.fromkeys(phases)}
        for there in onward.values():
            if there and there not in number:
                number[there] = len(number)
                waiting.append(there)
        rows.append(_row(number, onward, phases))
    return tuple(rows)


def _after(here: frozenset[int], phase: Phase, places: list[Phase]) -> frozenset[int]:
    """Return the places a step of a phase can lead to; any phase may be left out."""
    return frozenset(
        end
        for begin in here
        for end in range(begin + 1, len(places) + 1)
        if places[end - 1] == phase
    )


def _row(
    number: Mapping[frozenset[int], int],
    onward: Mapping[Phase, frozenset[int]],
    phases: list[Phase],
) -> tuple[int, ...]:
    return tuple(number.get(onward[phase], REFUSED) for phase in phases)
