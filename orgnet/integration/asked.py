"""What questions about needs and resources are given, looked at before any search."""

from collections.abc import Iterable, Sequence
from typing import Any

from orgnet.coverage.scope import prepared
from orgnet.errors import UnknownNameError, some
from orgnet.grammar import automaton
from orgnet.query import Source
from orgnet.schema.vocabulary import ResourceKind

ORGANIZATIONS = ("PartyOrganization", "Unit")  # what can stand on a path


def of_kinds(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse kinds and steps that there are not; say day and area as engines do.

    Parameters
    ----------
    source
        What the question is put to.
    given
        Its parameters; `within`, `day`, `kinds` and `rules` among them.
    """
    automaton(given["rules"])  # refuses costs of what is no step
    return {**prepared(source, given), "kinds": kinds_asked(given["kinds"])}


def kinds_asked(kinds: Sequence[str] | None) -> list[str] | None:
    """Return kinds of resources in order, each once.

    Raises
    ------
    UnknownNameError
        If there is no such kind.
    """
    if kinds is None:
        return None
    known = [k.value for k in ResourceKind]
    wrong = [str(k) for k in kinds if str(k) not in known]
    if wrong:
        msg = f"no kind of resource {some(wrong)}; there are: {', '.join(known)}"
        raise UnknownNameError(msg, wrong)
    return sorted({str(k) for k in kinds})


def require_organizations(source: Source, ids: Iterable[str]) -> list[str]:
    """Return ids of units and party organizations in order, each once.

    Raises
    ------
    UnknownNameError
        If one is the id of nothing, or of something else.
    """
    asked = sorted({str(i) for i in ids})
    prefixes = {source.schema.kinds[label].prefix: label for label in ORGANIZATIONS}
    of = {i: prefixes.get(i.partition(":")[0]) for i in asked}
    others = [i for i, label in of.items() if label is None]
    if others:
        msg = (
            f"{some(others)}: no unit or party organization; their ids begin with "
            f"{' or '.join(f'{p}:' for p in sorted(prefixes))}"
        )
        raise UnknownNameError(msg, others)
    for label in ORGANIZATIONS:
        source.require(label, [i for i in asked if of[i] == label])
    return asked
