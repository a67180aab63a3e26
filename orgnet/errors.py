"""The errors orgnet raises: how many, which (up to five), why, what to type next."""

from collections.abc import Iterable, Sequence

NAMED = 5  # how many culprits a message names; the attribute holds all of them


class OrgnetError(ValueError):
    """Root of every error of orgnet.

    Parameters
    ----------
    message
        What is wrong, why, and what to type next.
    items
        Everything the error is about, not only what the message names.
    """

    def __init__(self, message: str, items: Iterable[object] = ()) -> None:
        super().__init__(message)
        self.items = tuple(items)


class UnknownAreaError(OrgnetError):
    """A place was named that the network does not hold, or that it holds twice."""


class UnknownNameError(OrgnetError):
    """A kind, type, query, column or parameter was named that does not exist."""


class NotANetworkError(OrgnetError):
    """A folder or file is not a network, or not the one that was written."""


class RefusedFileError(OrgnetError):
    """A file was refused whole, such as one that holds resident numbers."""


class MissingExtraError(OrgnetError, ImportError):
    """An optional part is not installed."""


def some(items: Sequence[object]) -> str:
    """Name up to five of these, and say how many more there are.

    Examples
    --------
    >>> some(["a", "b"])
    "'a', 'b'"
    >>> some(list(range(7)))
    '0, 1, 2, 3, 4 and 2 more'
    """
    named = ", ".join(repr(i) for i in items[:NAMED])
    more = len(items) - NAMED
    return f"{named} and {more} more" if more > 0 else named


def unknown_ids(
    label: str, unknown: Sequence[str], count: int, near: Sequence[str]
) -> UnknownNameError:
    """Return the error to raise where ids are given that no node of a kind has.

    Parameters
    ----------
    label
        The kind.
    unknown
        The ids.
    count
        How many nodes of the kind there are.
    near
        Ids that stand next to the first unknown one.
    """
    beside = f"; next to it: {some(near)}" if near else ""
    msg = (
        f"{len(unknown)} ids are of no {label} among {count:,}: {some(unknown)}{beside}"
    )
    return UnknownNameError(msg, unknown)


def missing_extra(extra: str, what: str) -> MissingExtraError:
    """Return the error to raise where an optional part is wanted and absent."""
    msg = f"{what} needs an optional part: pip install 'orgnet-graph[{extra}]'"
    return MissingExtraError(msg, [extra])
