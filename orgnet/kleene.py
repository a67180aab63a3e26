"""Truth in three values, for many things at once: true, false and unknown.

Frames hold the unknown as null. Here a column of truths is two masks, so that it can
be combined with plain boolean arrays and never turns unknown into false on the way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from orgnet.index import NONE, Mask


@dataclass(frozen=True, eq=False)
class Truth:
    """Whether something is so of each of many things; `&`, `|`, `~` are Kleene's.

    Parameters
    ----------
    yes
        Where it is known to be so.
    no
        Where it is known not to be so.

    Examples
    --------
    >>> a = Truth.of(pl.Series([True, None, None]))
    >>> b = Truth.of(pl.Series([True, True, False]))
    >>> (a & b).values.to_list(), (a | b).values.to_list()
    ([True, None, False], [True, True, None])
    """

    yes: Mask
    no: Mask

    @classmethod
    def of(cls, values: pl.Series) -> "Truth":
        """Read a boolean column whose nulls are unknown."""
        yes = values.fill_null(value=False).to_numpy()
        return cls(yes, ~values.fill_null(value=True).to_numpy())

    @classmethod
    def known(cls, mask: Mask) -> "Truth":
        """Take a mask in which nothing is unknown."""
        return cls(mask, ~mask)

    @classmethod
    def found(cls, mask: Mask, *, complete: bool) -> "Truth":
        """Tell what was found from what is only not known of.

        Not to be found is to be absent where everything is held, and unknown otherwise.
        """
        return cls(mask, ~mask if complete else np.zeros_like(mask))

    @classmethod
    def unless_unknown(cls, mask: Mask) -> "Truth":
        """Take as true all that a mask does not leave unknown."""
        return cls(~mask, np.zeros_like(mask))

    @property
    def unknown(self) -> Mask:
        """Where it is neither known to be so nor known not to be."""
        return ~(self.yes | self.no)

    @property
    def values(self) -> pl.Series:
        """The same as a boolean column whose nulls are unknown."""
        return pl.Series(self.yes).set(pl.Series(self.unknown), None)

    def of_rows(self, rows: npt.NDArray[Any]) -> "Truth":
        """Return the truths of some of the things, by their places."""
        return Truth(self.yes[rows], self.no[rows])

    def __and__(self, other: "Truth") -> "Truth":
        """Tell where both are so; one that is not settles it."""
        return Truth(self.yes & other.yes, self.no | other.no)

    def __or__(self, other: "Truth") -> "Truth":
        """Tell where either is so; one that is settles it."""
        return Truth(self.yes | other.yes, self.no & other.no)

    def __invert__(self) -> "Truth":
        """Tell where it is not so; the unknown stays unknown."""
        return Truth(self.no, self.yes)


Condition = tuple[Truth, str]  # what must be so, and the reason where it is unknown


def first_unknown(conditions: Sequence[Truth]) -> npt.NDArray[np.int8]:
    """Return the place of the first unknown of these conditions for each thing; or -1.

    Examples
    --------
    >>> known = Truth.of(pl.Series([True, True]))
    >>> first_unknown([known, Truth.of(pl.Series([None, False]))]).tolist()
    [1, -1]
    """
    first = np.full(len(conditions[0].yes), NONE, dtype=np.int8)
    for place in reversed(range(len(conditions))):
        first[conditions[place].unknown] = place
    return first
