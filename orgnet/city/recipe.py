"""What one copy of the city is made of: how many of each, drawn by which seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias
from zlib import crc32

import numpy as np
import numpy.typing as npt
import polars as pl

from orgnet.errors import OrgnetError

Numbers: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

# Counts at scale 1. Those of areas, units and organizations are exact for any seed.
COUNTS: Mapping[str, int] = {
    "compounds": 20_000,
    "grids": 9_311,
    "functional_areas": 66,
    "department_grids": 600,
    "department_grids_merged": 500,
    "exclusive_grids": 300,
    "grids_under_a_street": 5,
    "compounds_in_two_communities": 6,
    "resident_units": 32_000,
    "social_organizations": 9_000,
    "compound_organizations": 4_328,
    "grid_branches": 8_162,
    "demonstration_streets": 13,
    "demonstration_communities": 337,
    "demonstration_compounds": 220,
    "disputes_resolved": 23_000,
    "social_workers": 2_800,
    "fund_cny": 1_590_000_000,
    "old_town": 37_000,
    "back_lanes": 1_943,
    "feature_streets": 110,
    "greenway_km": 1_096,
    "old_town_projects": 120,
    "back_lanes_projects": 260,
    "service_upgrade_projects": 150,
    "safe_community_projects": 150,
    "greenway_projects": 90,
    "resources": 12_500,
    "parking_spaces": 14_000,
    "parking_resources": 280,
    "canteens": 200,
    "needs": 9_500,
    "compound_sites": 5_200,
    "x_sites": 240,
    "agreements": 5_500,
    "joint_meetings": 2_600,
    "pairings": 1_500,
    "alliances": 900,
    "unexpected_returns": 150,
    "returned_twice": 40,
    "covered_twice": 60,
    "functional_coverages": 300,
    "grid_branches_over_two": 40,
    "orphans": 12,  # of each of four groups
    "wrong_level": 24,
    "superior_elsewhere": 60,
    "several_superiors": 20,
    "moved": 150,
    "two_cycles": 2,
    "three_cycles": 1,
}
FIRST_PROVINCE, PROVINCES, CITIES = 72, 8, 99  # no province has a code from 72 to 79
COPIES = 1 + PROVINCES * CITIES  # the real city, and one for each code left over


class Draw:
    """Random draws of one topic, the same for the same key wherever they are made.

    Only uniform doubles are taken from the generator: numpy promises these bit for bit
    and may improve its other distributions. Shares are met exactly, not on average, so
    that counts do not depend on the seed.

    Parameters
    ----------
    key
        Seed, copy and topic: each topic has a stream of its own, and one more draw in
        one of them leaves the others as they were.
    """

    def __init__(self, *key: int | str) -> None:
        words = [crc32(k.encode()) if isinstance(k, str) else k for k in key]
        self._generator = np.random.default_rng(words)

    def uniform(self, n: int) -> npt.NDArray[np.float64]:
        """Draw n numbers from [0, 1)."""
        return self._generator.random(n)

    def whole(
        self, n: int, low: int | Numbers, high: int | Numbers
    ) -> npt.NDArray[np.int64]:
        """Draw n whole numbers from low to high, both included."""
        span = np.asarray(high) - np.asarray(low) + 1
        return (np.asarray(low) + self.uniform(n) * span).astype(np.int64)

    def order(self, n: int) -> Numbers:
        """Draw an order of n things."""
        return np.argsort(self.uniform(n), kind="stable")

    def places(self, n: int, count: int) -> Numbers:
        """Draw as many different places out of n, in ascending order; at most n."""
        return np.flatnonzero(self.some(n, count))

    def some(self, n: int, count: int) -> Flags:
        """Mark so many of n things; at most n."""
        chance = self.uniform(n)
        if count >= n:
            return np.ones(n, dtype=np.bool_)
        marked = np.zeros(n, dtype=np.bool_)
        marked[np.argpartition(chance, count)[:count]] = True
        return marked

    def mask(self, n: int, share: float) -> Flags:
        """Mark a share of n things."""
        return self.some(n, round(n * share))

    def codes(self, n: int, shares: Mapping[str, float]) -> pl.Series:
        """Draw n codes by shares; what they leave out of one goes to the last."""
        ends = np.round(np.cumsum(list(shares.values())) * n).astype(np.int64)[:-1]
        numbers = np.searchsorted(ends, self.order(n), side="right")
        return pl.Series(list(shares), dtype=pl.String).gather(numbers)

    def spread(self, total: int, weights: npt.NDArray[np.float64]) -> Numbers:
        """Spread a total over places at random, by weight."""
        ends = np.cumsum(weights / weights.sum())
        drawn = np.searchsorted(ends[:-1], self.uniform(total), side="right")
        return np.bincount(drawn, minlength=len(weights)).astype(np.int64)

    def quantiles(self, n: int, knots: Sequence[tuple[float, float]]) -> Numbers:
        """Draw n whole numbers whose quantile function goes through these knots.

        Between knots it is a straight line in the logarithm; values are rounded up.
        """
        shares, values = zip(*knots, strict=True)
        ranks = (self.order(n) + 0.5) / max(n, 1)
        return np.ceil(np.exp(np.interp(ranks, shares, np.log(values)))).astype(
            np.int64
        )

    def days(self, n: int, first: date, last: date) -> pl.Series:
        """Draw n days from first to last, both included."""
        offsets = self.whole(n, first.toordinal(), last.toordinal()) - _EPOCH
        return pl.Series(offsets.astype(np.int32)).cast(pl.Date)

    def blank(
        self, values: pl.Series | npt.NDArray[np.generic], share: float
    ) -> pl.Series:
        """Return the values with a share of them unknown."""
        column = values if isinstance(values, pl.Series) else pl.Series(values)
        nothing = pl.Series([None], dtype=column.dtype).new_from_index(0, len(column))
        return nothing.zip_with(pl.Series(self.mask(len(column), share)), column)


_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Recipe:
    """One copy of the city: its seed, its number, its year and its size.

    Parameters
    ----------
    seed
        Seed of every draw.
    copy
        0 for the city on its real skeleton; others have codes of their own.
    year
        Edition of the areas, 2019 or 2020; the last round of evaluation.
    share
        Part of the communities of the edition that are taken, from 0 to 1.
    """

    seed: int
    copy: int
    year: int
    share: float = 1.0

    def draw(self, topic: str) -> Draw:
        """Return the stream of draws of a topic."""
        return Draw(self.seed, self.copy, topic)

    def count(self, name: str) -> int:
        """Return how many there are of something: its share of the whole city's."""
        return max(1, round(COUNTS[name] * self.share))

    def day(self, back: int, month: int, day: int) -> date:
        """Return a day in the year that lies so many years before the edition's."""
        return date(self.year - back, month, day)

    @property
    def prefix(self) -> str:
        """The four digits that begin every area code of this copy."""
        if self.copy == 0:
            return "5101"
        province, city = divmod(self.copy - 1, CITIES)
        return f"{FIRST_PROVINCE + province}{city + 1:02}"

    @property
    def skeleton_source(self) -> str:
        """Where codes and names of the statistical areas come from."""
        return "synthetic" if self.copy else f"nbs-{self.year}"


def split(total: int, weights: npt.NDArray[np.float64]) -> Numbers:
    """Split a whole total by weight into whole parts that add up to it.

    Examples
    --------
    >>> split(10, np.array([1.0, 1.0, 1.0])).tolist()
    [3, 3, 4]
    """
    ends = np.floor(np.cumsum(weights) / weights.sum() * total).astype(np.int64)
    ends[-1] = total
    return np.diff(ends, prepend=0)


def numbered_within(group: Numbers) -> Numbers:
    """Return the place of each member in its group, from 0, as they stand.

    Examples
    --------
    >>> numbered_within(np.array([7, 7, 3, 7])).tolist()
    [0, 1, 0, 2]
    """
    order = np.argsort(group, kind="stable")
    sorted_group = group[order]
    first = np.searchsorted(sorted_group, sorted_group, side="left")
    numbers = np.empty(len(group), dtype=np.int64)
    numbers[order] = np.arange(len(group)) - first
    return numbers


def ranked_within(group: Numbers, size: Numbers) -> Numbers:
    """Rank the members of each group by size, the largest 0, ties as they stand.

    Examples
    --------
    >>> ranked_within(np.array([1, 1, 2]), np.array([5, 9, 1])).tolist()
    [1, 0, 0]
    """
    order = np.lexsort((-size, group))
    ranks = np.empty(len(group), dtype=np.int64)
    ranks[order] = numbered_within(group[order])
    return ranks


def checked(seed: int, scale: float, year: int) -> None:
    """Raise if the city cannot be made with these arguments.

    Raises
    ------
    OrgnetError
        If the seed is negative, the scale neither whole nor below one, or there is no
        edition of the areas of the year.
    """
    if seed < 0:
        msg = f"seed is {seed}; give a whole number from 0, such as seed=2019"
        raise OrgnetError(msg, [seed])
    if year not in {2019, 2020}:
        msg = f"no edition of {year}; the skeletons are those of 2019 and 2020"
        raise OrgnetError(msg, [year])
    if not 0 < scale <= COPIES or (scale > 1 and scale != int(scale)):
        msg = (
            f"scale is {scale}; give whole copies from 1 to {COPIES}, such as scale=10 "
            "for a province, or a part of the city, such as scale=0.02"
        )
        raise OrgnetError(msg, [scale])
