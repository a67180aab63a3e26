"""Faults of subordination and the chain of the four levels, walked step by step."""

from datetime import date
from itertools import combinations
from typing import Any

from orgnet.rules import Rules
from tests.oracles.common import View, overlap
from tests.worlds import World

LEVELS = ("community", "street", "district")  # above a compound or grid


def cycle_members(view: View, organization: str) -> list[str]:
    """Return who stands on a shortest cycle through an organization, itself included.

    Reading: of several shortest cycles through it, the members of all of them.
    """
    found: list[list[str]] = []
    walks = [[organization]]
    while walks and not found:
        longer = [[*w, n] for w in walks for n in view.heads("SUBORDINATE_TO", w[-1])]
        found = [w for w in longer if w[-1] == organization]
        walks = [w for w in longer if len(set(w)) == len(w)]
    return sorted({n for w in found for n in w})


def several(view: View, organization: str) -> bool:
    """Tell whether two different superiors were so at one time."""
    ties = view.out("SUBORDINATE_TO", organization)
    return any(a["to"] != b["to"] and overlap(a, b) for a, b in combinations(ties, 2))


def chain_fault(view: View, organization: str, rules: Rules) -> str | None:
    """Return the first that is wrong with an organization's subordination.

    Reading: any of its superiors, not only the latest, may be of the wrong level.
    """
    superiors = view.heads("SUBORDINATE_TO", organization)
    if cycle_members(view, organization):
        return "cycle"
    if not superiors:
        whole = "SUBORDINATE_TO:PartyOrganization" in view.complete
        return "no_superior" if whole else "unknown"
    if several(view, organization):
        return "several_superiors"
    allowed = rules.superiors[view.get(organization, "setting")]
    settings = [view.get(s, "setting") for s in superiors]
    return "wrong_level" if any(s not in allowed for s in settings) else None


def chain(
    world: World, *, within: str | None, day: date | None, rules: Rules
) -> list[tuple[Any, ...]]:
    """Answer structure.chain."""
    view = View(world, day)
    scope = view.scope(within)
    rows = []
    for area in view.of("Area"):
        level = view.get(area, "level")
        inside = scope is None or view.lies_in(area, scope)
        if level in {"compound", "grid"} and inside:
            own = view.organization(area)
            above = [view.organization(view.at_level(area, name)) for name in LEVELS]
            steps = list(zip(("own", *LEVELS), (own, *above), strict=True))
            broken_at, reason = _broken(view, steps, level, rules)
            rows.append((area, level, *reversed(above), own, broken_at, reason))
    return rows


def _broken(
    view: View, steps: list[tuple[str, str | None]], own: str, rules: Rules
) -> tuple[str | None, str | None]:
    """Return where a chain breaks first, and why.

    Reading: an absent organization is missed at its own level, not at the one below.
    Reading: a superior that is unknown gives reason undetermined, as an organization
    that is unknown does.
    """
    for number, (level, organization) in enumerate(steps):
        if organization is None:
            subject = own if level == "own" else level
            claims = {f"COVERS:{subject}", f"COVERS{{organization}}:{subject}"}
            whole = claims & view.complete
            return level, "no_organization" if whole else "undetermined"
        if level == "district":
            break
        fault = chain_fault(view, organization, rules)
        if fault is not None:
            return level, "undetermined" if fault == "unknown" else fault
        following = steps[number + 1][1]
        if following is not None and view.superior(organization) != following:
            return level, "superior_elsewhere"
    return None, None
