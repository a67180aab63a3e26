"""Rater effects and worth of the rated, by least squares, component by component."""

from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from orgnet.evaluation.asked import Asked, answered, directed
from orgnet.index import as_day
from orgnet.network import Network
from orgnet.query import Column
from orgnet.rules import Rules

TEXT, COUNT, NUMBER = pl.String(), pl.Int64(), pl.Float64()
DECIMALS = 9
ENDS = {"down": ("area", "unit"), "up": ("unit", "area")}  # who rates, who is rated
Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Places = npt.NDArray[np.signedinteger[Any]]
FITTED = {
    "round": TEXT,
    "node": pl.Int32(),
    "ratings": COUNT,
    "mean_share": NUMBER,
    "component": pl.Int32(),
    "estimate": NUMBER,
    "se": NUMBER,
}
COMPONENT = Column("component", TEXT, "连通分量", "smallest rater id of those compared")


class Effects(NamedTuple):
    """What least squares gives of one component; variances are of unit noise.

    Parameters
    ----------
    rater, rated
        The effect of each rater, of mean zero, and the worth of each rated.
    rater_variance, rated_variance
        Of these, to be multiplied by the residual variance.
    squares
        The sum of the squared residuals.
    """

    rater: Vector
    rated: Vector
    rater_variance: Vector
    rated_variance: Vector
    squares: float


def scored(
    net: Network,
    direction: str,
    *,
    round: str | None,  # noqa: A002  the term
    day: date | str | None,
    kind: str,
    rules: Rules,
) -> pl.DataFrame:
    """Return the shares that came back: `round`, `rater`, `rated`, `share`."""
    asked = Asked(net, rules, kind)
    answers = directed(answered(asked, round=round, day=as_day(day)))
    rater, rated = ENDS[direction]
    return (
        answers.filter(
            pl.col("direction") == direction,
            pl.col("state") == "returned",
            pl.col("scale") > 0,
            pl.col("score").is_not_null(),
        )
        .select(
            "round",
            pl.col(rater).alias("rater"),
            pl.col(rated).alias("rated"),
            (pl.col("score") / pl.col("scale")).alias("share"),
        )
        .sort("round", "rater", "rated")
    )


def fitted(shares: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Fit each round, and return a table of raters and one of the rated.

    Both have `round`, `node`, `ratings`, `mean_share`, `component` (the smallest
    rater), `estimate` and `se`; the last two are null where nothing can be told apart.
    """
    tables: tuple[list[pl.DataFrame], list[pl.DataFrame]] = [], []
    for (name,), answers in shares.group_by("round", maintain_order=True):
        fit = Fit(answers)
        for side, found in zip(tables, fit.tables(), strict=True):
            side.append(found.with_columns(pl.lit(name).alias("round")))
    empty = pl.DataFrame(schema=FITTED)
    raters, rated = (
        pl.concat([empty, *(t.select(*FITTED) for t in s)]) for s in tables
    )
    return raters, rated


class Fit:
    """The fit of the answers of one round, component by component.

    Parameters
    ----------
    answers
        As :func:`scored` returns them, of one round.
    """

    def __init__(self, answers: pl.DataFrame) -> None:
        self.share = answers["share"].to_numpy()
        self.nodes, self.places = zip(
            *(_places(answers[side]) for side in ("rater", "rated")), strict=True
        )
        self.component = self._components()
        sizes = [len(nodes) for nodes in self.nodes]
        self.estimates = [np.full(n, np.nan) for n in sizes]
        self.variances = [np.full(n, np.nan) for n in sizes]
        self.noise = self._fit()

    def _components(self) -> tuple[Places, Places]:
        """Return the component of each rater and of each rated, from 0."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        first, size = len(self.nodes[0]), sum(map(len, self.nodes))
        rows, columns = self.places[0], self.places[1] + first
        ties = coo_array((np.ones(len(rows)), (rows, columns)), (size, size))
        _, label = connected_components(ties, directed=False)
        return label[:first], label[first:]

    def _fit(self) -> float:
        """Fit what can be told apart; return the standard deviation of the noise."""
        of_answer = self.component[0][self.places[0]]
        answers = np.bincount(of_answer)
        raters, rated = (np.bincount(c, minlength=len(answers)) for c in self.component)
        free = answers - raters - rated + 1
        told = (free >= 1) & (raters > 1)
        order, ends = np.argsort(of_answer, kind="stable"), np.cumsum(answers)
        squares = 0.0
        for at in np.flatnonzero(told):
            rows = order[ends[at] - answers[at] : ends[at]]
            (a, ra), (b, rb) = (
                np.unique(places[rows], return_inverse=True) for places in self.places
            )
            found = least_squares(ra, rb, self.share[rows])
            self.estimates[0][a], self.estimates[1][b] = found.rater, found.rated
            self.variances[0][a] = found.rater_variance
            self.variances[1][b] = found.rated_variance
            squares += found.squares
        return float(np.sqrt(squares / free[told].sum())) if told.any() else 0.0

    def tables(self) -> list[pl.DataFrame]:
        """Return the raters and the rated, without their round."""
        smallest = np.full(self.component[0].max() + 1, self.nodes[0].max())
        np.minimum.at(smallest, self.component[0], self.nodes[0])
        return [self._table(side, smallest) for side in (0, 1)]

    def _table(self, side: int, smallest: Places) -> pl.DataFrame:
        count = np.bincount(self.places[side])
        total = np.bincount(self.places[side], weights=self.share)
        known = {
            "node": pl.Series(self.nodes[side], dtype=pl.Int32),
            "ratings": pl.Series(count, dtype=COUNT),
            "mean_share": total / count,
            "component": pl.Series(smallest[self.component[side]], dtype=pl.Int32),
            "estimate": self.estimates[side].round(DECIMALS),
            "se": np.sqrt(self.variances[side].clip(0)) * self.noise,
        }
        return pl.DataFrame(known).with_columns(pl.col("estimate", "se").fill_nan(None))


def _places(nodes: pl.Series) -> tuple[Places, Places]:
    """Return the nodes, each once in order, and the place among them of each row."""
    once, place = np.unique(nodes.to_numpy(), return_inverse=True)
    return once, place


def least_squares(rater: Places, rated: Places, share: Vector) -> Effects:
    """Fit rater effects and worths to shares of one connected component.

    The larger side is eliminated, so that what is inverted has the size of the smaller.

    Parameters
    ----------
    rater, rated
        The place of each answer's ends, counted from 0 on either side.
    share
        What was given.

    Examples
    --------
    >>> import numpy as np
    >>> answers = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    >>> found = least_squares(*answers, np.array([0.9, 0.7, 0.7, 0.5]))
    >>> found.rater.round(6).tolist(), found.rated.round(6).tolist()
    ([0.1, -0.1], [0.8, 0.6])
    """
    from scipy.sparse import csr_array

    swapped = rater.max() > rated.max()
    few, many = (rated, rater) if swapped else (rater, rated)
    m, n = int(few.max()) + 1, int(many.max()) + 1
    count_few, count = np.bincount(few), np.bincount(many)
    ones = np.ones(len(share))
    mean = csr_array((ones / count[many], (many, few)), (n, m))  # rows sum to 1
    ties = csr_array((ones, (few, many)), (m, n))
    level = np.bincount(many, weights=share) / count
    flat = np.full((m, m), 1 / m)
    inverse = np.linalg.inv(np.diag(count_few) - (ties @ mean).toarray() + flat) - flat
    small = inverse @ (np.bincount(few, weights=share) - ties @ level)
    large = level - mean @ small
    spread = mean @ inverse
    own = 1 / count + np.asarray((mean.multiply(spread)).sum(axis=1)).ravel()
    squares = float(((share - small[few] - large[many]) ** 2).sum())
    if not swapped:
        return Effects(small, large, np.diag(inverse).copy(), own, squares)
    # The mean of the raters, here the larger side, is zero: it goes to the rated.
    centre = np.asarray(mean.sum(axis=0)).ravel() / n
    pull = inverse @ centre
    shared = (1 / count).sum() / n**2 + centre @ pull
    rater_variance = own - 2 * (1 / count / n + mean @ pull) + shared
    rated_variance = np.diag(inverse) - 2 * pull + shared
    shift = large.mean()
    return Effects(
        large - shift, small + shift, rater_variance, rated_variance, squares
    )
