import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgnet.errors import UnknownNameError
from orgnet.grammar import PHASE, START, automaton
from orgnet.rules import COSTS, Rules

LETTER = {"house": "h", "tie": "t", "up": "u", "down": "d"}
phases = st.sampled_from(sorted(LETTER))
grammars = st.lists(st.tuples(phases, st.integers(1, 4)), max_size=5).map(tuple)
step_lists = st.lists(st.sampled_from(sorted(PHASE)), max_size=6).map(tuple)


def simulated(grammar, steps) -> bool:
    """Follow every place of the grammar at once, one step at a time."""
    places = [phase for phase, most in grammar for _ in range(most)]
    here = {0}
    for step in steps:
        here = {
            after
            for after in range(1, len(places) + 1)
            if places[after - 1] == PHASE[step] and any(h < after for h in here)
        }
    return bool(here)


def matched(grammar, steps) -> bool:
    """The same by a regular expression over the phases."""
    pattern = "".join(f"{LETTER[phase]}{{0,{most}}}" for phase, most in grammar)
    return bool(re.fullmatch(pattern, "".join(LETTER[PHASE[s]] for s in steps)))


@given(grammars, step_lists)
def test_table_accepts_what_the_grammar_accepts(grammar, steps) -> None:
    rules = Rules(grammar=grammar, costs=dict.fromkeys(PHASE, 1))
    accepted = automaton(rules).accepts(steps)
    assert accepted == simulated(grammar, steps)
    assert accepted == matched(grammar, steps)


@pytest.mark.parametrize(
    ("steps", "accepted"),
    [
        ((), True),
        (("HOSTED_BY<", "HOLDS_SEAT_ON", "HOLDS_SEAT_ON", "COVERS>"), True),
        (("HOSTED_BY<", "COVERS>"), True),  # the first house, then the last
        (("HOSTED_BY<", "COVERS>", "COVERS<"), False),
        (("CONTACTS>", "CONTACTS<", "ESCALATES_TO>"), True),  # one tie, then two
        (("CONTACTS>", "CONTACTS<", "ESCALATES_TO>", "COORDINATES<"), False),
        (("SUBORDINATE_TO>",) * 2 + ("SUPERVISED_BY<",) * 2, True),
        (("SUBORDINATE_TO>",) * 3, False),
        (("SUBORDINATE_TO<", "SUPERVISED_BY>"), False),
        (("PARTNERS_WITH", "HOSTED_BY>", "PARTNERS_WITH"), False),
    ],
)
def test_default_grammar(steps, accepted) -> None:
    assert automaton(Rules()).accepts(steps) is accepted


def test_steps_without_a_cost_are_refused() -> None:
    assert not automaton(Rules()).accepts(("ESCALATES_TO<",))
    named = Rules(costs={**COSTS, "ESCALATES_TO<": 4})
    assert automaton(named).accepts(("ESCALATES_TO<",))


def test_steps_and_costs_are_in_order() -> None:
    compiled = automaton(Rules(costs={"SUPERVISED_BY>": 3, "COVERS<": 1}))
    assert compiled.steps == ("COVERS<", "SUPERVISED_BY>")
    assert compiled.costs == (1, 3)
    assert START == 0
    assert all(len(row) == 2 for row in compiled.table)


def test_parameters_are_plain_and_say_the_same() -> None:
    compiled = automaton(Rules())
    plain = compiled.parameters()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["cost"] == COSTS
    for state, row in enumerate(compiled.table):
        for step, onward in zip(compiled.steps, row, strict=True):
            assert plain["delta"][state].get(step, -1) == onward


def test_a_phase_without_end_is_no_longer_than_the_longest_path() -> None:
    endless = automaton(Rules(grammar=(("tie", 10**9),)))
    assert endless.accepts(("PARTNERS_WITH",) * 6)
    assert len(endless.table) == 7


def test_no_steps_at_all() -> None:
    assert automaton(Rules(costs={})).table == ((),)
    assert automaton(Rules(grammar=())).table == ((-1,) * len(COSTS),)


def test_unknown_step_is_named() -> None:
    with pytest.raises(UnknownNameError, match="'FUNDS>', 'PART_OF>'") as caught:
        automaton(Rules(costs={"PART_OF>": 1, "COVERS>": 1, "FUNDS>": 1}))
    assert caught.value.items == ("FUNDS>", "PART_OF>")
