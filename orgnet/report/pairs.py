"""The part of the page on two-way evaluation: who answered, round by round."""

from orgnet.evaluation.pairs import PairState
from orgnet.query import Result, Words
from orgnet.report.asked import asked_of
from orgnet.report.markup import Markup, bar, figure, joined, share, table, tag
from orgnet.report.section import Section, Tile, colours

COLOURS = {
    PairState.BOTH: "good",
    PairState.DOWN_ONLY: "half",
    PairState.UP_ONLY: "open",
    PairState.NEITHER: "gap",
    PairState.EXEMPT: "rest",
    PairState.PENDING: "rest",
}
CLOSED = tuple(s for s in COLOURS if COLOURS[s] != "rest")
Counts = dict[PairState, int]


def pairs_section(result: Result) -> Section:
    """Say how many pairs evaluated each other, one way, or not at all.

    Parameters
    ----------
    result
        The answer to evaluation.pairs.
    """
    rounds = _rounds(result)
    total = {s: sum(counts[s] for counts in rounds.values()) for s in PairState}
    closed = sum(total[s] for s in CLOSED)
    both_ways = total[PairState.BOTH]
    tile = Tile(
        share(both_ways, closed),
        ("of pairs answered both ways", "双向互评率"),
        (
            f"{both_ways:,} of {closed:,} pairs due, exempt and pending apart",
            f"应评{closed:,}对（不含免评、待提交），双向已评{both_ways:,}对",
        ),
    )
    return Section(
        title=("Two-way evaluation", "双向考评"),
        reading=_sentence(len(rounds), len(result), total, closed),
        body=joined([_table(rounds), _key(), asked_of(result)]),
        tile=tile,
        table="evaluation.pairs",
    )


def _rounds(result: Result) -> dict[str, Counts]:
    """Return how many pairs of each round are in each state."""
    counted = result.frame.group_by("round", "state").len().sort("round")
    rounds: dict[str, Counts] = {}
    for name, state, n in counted.iter_rows():
        rounds.setdefault(name, dict.fromkeys(PairState, 0))[PairState(state)] = n
    return rounds


def _sentence(rounds: int, pairs: int, total: Counts, closed: int) -> Words:
    if not pairs:
        return ("No pair was due to evaluate each other.", "没有应当互评的对子。")
    both_ways, neither = total[PairState.BOTH], total[PairState.NEITHER]
    rates = share(both_ways, closed), share(neither, closed)
    down, up = total[PairState.DOWN_ONLY], total[PairState.UP_ONLY]
    en = (
        f"In {rounds} {'round' if rounds == 1 else 'rounds'}, {closed:,} pairs "
        f"were due, exempt and pending ones apart: "
        f"{both_ways:,} evaluated each other ({rates[0]}), {down:,} only downward, "
        f"{up:,} only upward, and {neither:,} not at all ({rates[1]})."
    )
    zh = (
        f"{rounds}个考评周期中，除免评和待提交外应互评{closed:,}对："
        f"双向都评了的{both_ways:,}对（{rates[0]}），仅党组织评单位{down:,}对，"
        f"仅单位评党组织{up:,}对，双方都没有评的{neither:,}对（{rates[1]}）。"
    )
    return en, zh


def _table(rounds: dict[str, Counts]) -> Markup:
    headings = [
        ("round", "考评周期"),
        *((s.en, s.zh) for s in PairState),
        ("both, of those due", "双向互评率"),
        ("", ""),
    ]
    rows = []
    for name, counts in rounds.items():
        closed = sum(counts[s] for s in CLOSED)
        rate = figure(share(counts[PairState.BOTH], closed))
        parts = [(counts[s], COLOURS[s]) for s in PairState]
        picture = tag("td", bar(sum(counts.values()), *parts), class_="wide")
        rows.append([name, *counts.values(), rate, picture])
    return table(headings, rows)


def _key() -> Markup:
    states = [(COLOURS[s], (s.en, s.zh)) for s in CLOSED]
    return colours(*states, ("rest", ("exempt, pending", "免评、待提交")))
