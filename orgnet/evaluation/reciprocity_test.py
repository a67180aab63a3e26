"""How likely so many mutual pairs are, by chance alone."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from orgnet.errors import OrgnetError, UnknownNameError
from orgnet.evaluation.asked import WAYS, Asked, answered
from orgnet.evaluation.counts import (
    COUNT,
    TEXT,
    group_words,
    grouped,
    prepared_counts,
    titled,
)
from orgnet.evaluation.mutual import NUMBER
from orgnet.evaluation.pairs import pair_state
from orgnet.evaluation.reciprocity import DUE, GROUP
from orgnet.query import Column, Row, Source, Words, question
from orgnet.rules import RULES, Rules

if TYPE_CHECKING:
    from orgnet.network import Network

FEW = 12  # pairs of which every state is gone through
BEFORE, BETWEEN = 50, 2  # rounds of trades before the first draw, and between draws
KEEPING = ("committees", "both")
Marks = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
Chances = npt.NDArray[np.float64]
COLUMNS = (
    Column("round", TEXT, "考评周期", "the round"),
    Column("group", TEXT, "分组", "area, organization or code; null for none"),
    Column("name", TEXT, "名称", "name of the area or organization"),
    Column("keeping", TEXT, "保持", "whose numbers of answers are kept"),
    Column("pairs", COUNT, "应互评对数", "pairs of which both answers were due"),
    Column("both", COUNT, "双向已评对数", "of these: both answered"),
    Column("expected", NUMBER, "随机期望", "mutual pairs that chance would bring"),
    Column("sd", NUMBER, "随机标准差", "their standard deviation"),
    Column("z", NUMBER, "z值", "null where chance has no choice"),
    Column("p_more", NUMBER, "偏多的概率", "chance of so many or more"),
    Column("p_fewer", NUMBER, "偏少的概率", "chance of so many or fewer"),
    Column("draws", COUNT, "抽样次数", "0 where it is exact"),
)


class Chance(NamedTuple):
    """How many mutual pairs chance brings: each number with its weight, and the draws.

    Of draws the weights are 1; of an exact distribution they sum to 1.
    """

    counts: Places
    weights: Chances
    draws: int

    def columns(self, both: int) -> dict[str, float | int | None]:
        """Return what a row says of them."""
        share = self.weights / self.weights.sum()
        mean = float((share * self.counts).sum())
        sd = float(np.sqrt(max(0.0, (share * (self.counts - mean) ** 2).sum())))
        sd = 0.0 if sd < 1e-9 * max(1.0, mean) else sd  # of one state only
        return {
            "expected": mean,
            "sd": sd,
            "z": (both - mean) / sd if sd else None,
            "p_more": self._p(self.counts >= both),
            "p_fewer": self._p(self.counts <= both),
            "draws": self.draws,
        }

    def _p(self, such: Marks) -> float:
        if self.draws:
            return float((1 + such.sum()) / (1 + self.draws))
        return float(min(1.0, self.weights[such].sum()))


class Dyads(NamedTuple):
    """The pairs of a group that were due: their ends by number, and who answered."""

    committee: Places
    unit: Places
    down: Marks
    up: Marks


def _explained(net: "Network", row: Row) -> Words:
    """Say how likely so many mutual pairs are."""
    where = group_words(net, row)
    en = (
        f"{where[0]}, round {row['round']}: {row['both']} of {row['pairs']} pairs are "
        f"mutual where chance brings {row['expected']:.1f}; so many or more come with "
        f"probability {row['p_more']:.3g}, so many or fewer with {row['p_fewer']:.3g}"
    )
    zh = (
        f"{where[1]}，{row['round']}考评周期：{row['pairs']}对中双向{row['both']}对，"
        f"随机约{row['expected']:.1f}对；不少于此数的概率{row['p_more']:.3g}，"
        f"不多于此数的概率{row['p_fewer']:.3g}"
    )
    if row["draws"]:
        return f"{en} ({row['draws']} draws).", f"{zh}（抽样{row['draws']}次）。"
    return f"{en} (exact).", f"{zh}（精确）。"


def _prepared(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse a null model that there is not, no draws, and what counts refuse."""
    keeping = str(given["keeping"])
    if keeping not in KEEPING:
        msg = f"no null model keeping {keeping!r}; there are: {', '.join(KEEPING)}"
        raise UnknownNameError(msg, [keeping])
    if given["draws"] < 1:
        msg = f"draws is {given['draws']}: at least one is needed, better 1000"
        raise OrgnetError(msg, [given["draws"]])
    return prepared_counts(source, {**given, "keeping": keeping})


@question(
    title=("Is reciprocity more than chance?", "互惠是否超出随机？"),
    columns=COLUMNS,
    order=GROUP,
    explain=_explained,
    prepare=_prepared,
)
def reciprocity_test(
    net: "Network",
    *,
    by: str = "street",
    keeping: str = "committees",
    draws: int = 1000,
    seed: int = 0,
    round: str | None = None,  # noqa: A002  the term
    within: str | None = None,
    day: date | str | None = None,
    kind: str = "two_way",
    rules: Rules = RULES,
) -> pl.DataFrame:
    """Say how likely so many mutual pairs are, given how much was answered.

    Parameters
    ----------
    by
        As in :func:`orgnet.evaluation.return_rates`.
    keeping
        "committees" keeps how many answers each committee gave and got, and is exact;
        "both" keeps those of each unit besides, and is exact for up to 12 pairs, else
        drawn.
    draws
        How many states are drawn where they are.
    seed
        Of the draws; the same seed gives the same rows.
    round, within, day, kind, rules
        As in :func:`orgnet.evaluation.pairs`.

    Returns
    -------
    Result
        One row a round and group, by both.

    Raises
    ------
    UnknownNameError
        If there is no such grouping, null model, round or kind.
    UnknownAreaError
        If `within` names no area, or several.

    See Also
    --------
    reciprocity : the rates, and the moments of the first null model.

    References
    ----------
    The trades are those of the curveball algorithm (Strona et al. 2014) within the
    pairs that were due; docs/decisions.md, D44.

    Examples
    --------
    >>> import orgnet
    >>> city = orgnet.chengdu(scale=0.02)
    >>> rows = reciprocity_test(city, by="city", round="2019").frame
    >>> rows["draws"].to_list()
    [0]
    """
    pairs = answered(Asked(net, rules, kind), round=round, within=within, day=day)
    rows = grouped(net, pairs.with_columns(pair_state()), by)
    due = rows.filter(pl.col("state").is_in(DUE)).sort(*GROUP, "area", "unit")
    found = []
    for (name, group), part in due.group_by(GROUP, maintain_order=True):
        dyads = Dyads(
            part["area"].cast(COUNT).to_numpy(),
            part["unit"].cast(COUNT).to_numpy(),
            part["state"].is_in(("both", "down_only")).to_numpy(),
            part["state"].is_in(("both", "up_only")).to_numpy(),
        )
        both = int((dyads.down & dyads.up).sum())
        chance = _chance(dyads, keeping, draws, seed)
        known = {"round": name, "group": group, "pairs": part.height, "both": both}
        found.append(known | chance.columns(both))
    shape = {c.name: c.dtype for c in COLUMNS if c.name not in {"name", "keeping"}}
    frame = pl.DataFrame(found, shape | {"group": rows.schema["group"]})
    return titled(net, frame, by).with_columns(pl.lit(keeping).alias("keeping"))


def _chance(dyads: Dyads, keeping: str, draws: int, seed: int) -> Chance:
    """Return how many mutual pairs a null model brings."""
    if keeping == "committees":
        weights = overlap(dyads)
        return Chance(np.arange(len(weights)), weights, 0)
    if len(dyads.down) <= FEW:
        return _every_state(dyads)
    ways = [trades(dyads, way, draws, seed + at) for at, way in enumerate(WAYS)]
    drawn = zip(*ways, strict=True)
    counts = np.array([(down & up).sum() for down, up in drawn], dtype=np.int64)
    return Chance(counts, np.ones(draws), draws)


def overlap(dyads: Dyads) -> Chances:
    """Return the distribution of mutual pairs if each committee keeps its numbers.

    Examples
    --------
    >>> import numpy as np
    >>> two = Dyads(np.zeros(2), np.arange(2), np.array([1, 0]), np.array([0, 1]))
    >>> overlap(two).tolist()
    [0.5, 0.5]
    """
    from scipy.stats import hypergeom

    _, at = np.unique(dyads.committee, return_inverse=True)
    n, down, up = (
        np.bincount(at, weights=w).astype(np.int64)
        for w in (np.ones(len(at)), dyads.down, dyads.up)
    )
    cases, times = np.unique(np.stack([n, down, up]), axis=1, return_counts=True)
    parts = []
    for (size, gave, got), count in zip(cases.T, times, strict=True):
        one = hypergeom.pmf(np.arange(min(gave, got) + 1), size, gave, got)
        parts += [one] * int(count)
    while len(parts) > 1:  # by twos, so that few are long
        odd = parts[2 * (len(parts) // 2) :]
        pairs = zip(parts[::2], parts[1::2], strict=False)
        parts = [*(np.convolve(a, b) for a, b in pairs), *odd]
    return parts[0]


def _every_state(dyads: Dyads) -> Chance:
    """Go through every state that keeps the numbers of committees and units."""
    size = len(dyads.down)
    states = (np.arange(1 << size)[:, None] >> np.arange(size)) & 1
    ends = []
    for nodes in (dyads.committee, dyads.unit):
        _, at = np.unique(nodes, return_inverse=True)
        ends.append(np.eye(at.max() + 1, dtype=np.int64)[at])
    kept = states @ np.hstack(ends)
    ways = []
    for mark in (dyads.down, dyads.up):
        same = (kept == mark.astype(np.int64) @ np.hstack(ends)).all(axis=1)
        ways.append(states[same])
    counts = np.bincount((ways[0] @ ways[1].T).ravel(), minlength=size + 1)
    return Chance(np.arange(size + 1), counts / counts.sum(), 0)


def trades(dyads: Dyads, way: str, draws: int, seed: int) -> Iterator[Marks]:
    """Draw states of one direction that keep the numbers of committees and units.

    Parameters
    ----------
    dyads
        The pairs, in the order of their committees and units.
    way
        "down" or "up": whose state is drawn.
    draws
        How many.
    seed
        Of the draws.
    """
    random = np.random.default_rng(seed)
    state: Marks = getattr(dyads, way).copy()
    order = np.argsort(dyads.unit, kind="stable")
    _, first, count = np.unique(
        dyads.unit[order], return_index=True, return_counts=True
    )
    several = count > 1  # the others have nothing to trade
    first, count = first[several], count[several]
    _, committee = np.unique(dyads.committee, return_inverse=True)
    for draw in range(draws):
        for _ in range(BETWEEN if draw else BEFORE):
            one = random.integers(count)
            other = (one + random.integers(1, count)) % count if len(count) else one
            low, high = np.minimum(one, other), np.maximum(one, other)
            _trade(state, committee, order[first + low], order[first + high], random)
        yield state


def _trade(
    state: Marks, committee: Places, one: Places, other: Places, random: Any
) -> None:
    """Have units with the same two committees exchange which of them has the answer."""
    mixed = state[one] != state[other]
    one, other = one[mixed], other[mixed]
    key = committee[one] * (committee.max(initial=0) + 1) + committee[other]
    by_key = np.argsort(key, kind="stable")
    at_random = np.lexsort((random.random(len(key)), key))
    given = state[one][at_random]
    state[one[by_key]], state[other[by_key]] = given, ~given
