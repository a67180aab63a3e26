"""What questions about needs and resources are given, looked at before any search."""

from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral
from typing import Any

from orgnet.coverage.scope import prepared
from orgnet.errors import OrgnetError, UnknownNameError, some
from orgnet.grammar import automaton
from orgnet.query import Source
from orgnet.schema.vocabulary import ResourceKind

ORGANIZATIONS = ("PartyOrganization", "Unit")  # what can stand on a path


def of_ties(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse steps that there are not; say the day and the area as engines do."""
    automaton(given["rules"])  # refuses costs of what is no step
    return prepared(source, given)


def require_whole(given: Mapping[str, Any], **least: int) -> None:
    """Refuse what is no whole number, or less than it may be.

    Raises
    ------
    OrgnetError
        It names each, and from where it counts.
    """
    wrong = [
        f"{name} is {given[name]!r}, and counts from {low}"
        for name, low in least.items()
        if not isinstance(given[name], Integral) or given[name] < low
    ]
    if wrong:
        msg = f"whole numbers are wanted: {'; '.join(wrong)}"
        raise OrgnetError(msg, wrong)


def of_kinds(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse kinds and steps that there are not; say day and area as engines do.

    Parameters
    ----------
    source
        What the question is put to.
    given
        Its parameters; `within`, `day`, `kinds` and `rules` among them.
    """
    return {**of_ties(source, given), "kinds": kinds_asked(given["kinds"])}


def kinds_asked(kinds: Sequence[str] | None) -> list[str] | None:
    """Return kinds of resources in order, each once.

    Raises
    ------
    UnknownNameError
        If there is no such kind.
    """
    if kinds is None:
        return None
    kinds = _each(kinds)
    known = [k.value for k in ResourceKind]
    wrong = [k for k in kinds if k not in known]
    if wrong:
        msg = f"no kind of resource {some(wrong)}; there are: {', '.join(known)}"
        raise UnknownNameError(msg, wrong)
    return kinds


def require_organizations(source: Source, ids: Iterable[str]) -> list[str]:
    """Return ids of units and party organizations in order, each once.

    Raises
    ------
    UnknownNameError
        If one is the id of nothing, or of something else.
    """
    asked = _each(ids)
    prefixes = {source.schema.kinds[label].prefix: label for label in ORGANIZATIONS}
    of = {i: prefixes.get(i.partition(":")[0]) for i in asked}
    others = [i for i, label in of.items() if label is None]
    if others:
        msg = (
            f"{some(others)}: no unit or party organization; their ids begin with "
            f"{' or '.join(f'{p}:' for p in sorted(prefixes))}"
        )
        raise UnknownNameError(msg, others)
    for label in sorted(set(filter(None, of.values()))):
        source.require(label, [i for i in asked if of[i] == label])
    return asked


def _each(given: Iterable[str] | None) -> list[str]:
    """Return what was given in order, each once; a single one may be given alone."""
    several = [given] if isinstance(given, str) else given or ()
    return sorted({str(one) for one in several})
