"""The cheapest paths from a need to resources: every walk written down, then sorted."""

from collections.abc import Collection, Iterator
from datetime import date
from itertools import pairwise, product
from typing import Any

from orgnet.rules import Rules
from tests.oracles.common import View
from tests.worlds import World

TERRITORIAL = {"city", "district", "street", "community", "compound", "grid", "park"}
UNDIRECTED = {"HOLDS_SEAT_ON", "PARTNERS_WITH"}
PHASES = {
    "HOSTED_BY>": "house",
    "HOSTED_BY<": "house",
    "COVERS>": "house",
    "COVERS<": "house",
    "HOLDS_SEAT_ON": "tie",
    "PARTNERS_WITH": "tie",
    "COORDINATES>": "tie",
    "COORDINATES<": "tie",
    "ESCALATES_TO>": "tie",
    "HOLDS_POWER_OVER>": "tie",
    "CONTACTS>": "tie",
    "CONTACTS<": "tie",
    "SUBORDINATE_TO>": "up",
    "SUPERVISED_BY>": "up",
    "SUBORDINATE_TO<": "down",
    "SUPERVISED_BY<": "down",
}
CLASSES = {
    "HOSTED_BY": "house",
    "HOLDS_SEAT_ON": "bridge",
    "PARTNERS_WITH": "bridge",
    "COORDINATES": "line",
    "SUPERVISED_BY": "line",
    "ESCALATES_TO": "bridge",
    "HOLDS_POWER_OVER": "bridge",
    "CONTACTS": "block",
}
Arc = tuple[str, str, str]  # where to, by what step, of what class
Walk = tuple[list[str], list[str], list[str]]  # nodes, steps, classes


def paths(
    world: World,
    *,
    need: str,
    k: int,
    day: date | None,
    rules: Rules,
    without: Collection[str] = (),
) -> list[tuple[Any, ...]]:
    """Answer integration.paths."""
    view = View(world, day)
    if need not in view.nodes:
        return []
    ends = offers(view, view.get(need, "kind"))
    arcs = hops(view, rules)
    found: dict[str, tuple[Any, ...]] = {}
    for start in starts(view, need):
        for nodes, steps, classes in walks([start], [], [], arcs, words(rules)):
            if set(nodes) & set(without):
                continue
            cost = sum(rules.costs[s] for s in steps)
            for resource, left in ends.get(nodes[-1], []):
                key = (cost, len(steps), nodes, steps, resource)
                told = (resource, nodes[-1], cost, len(steps), nodes, steps or None)
                tally = [classes.count(c) for c in ("line", "block", "bridge")]
                row = (*told, *tally, changes(view, nodes), left)
                found[str(key)] = (key, row)
    ordered = sorted(found.values(), key=lambda entry: entry[0])
    return [(rank, *row) for rank, (_, row) in enumerate(ordered[:k], 1)]


def starts(view: View, need: str) -> list[str]:
    """Return who raises a need, for an area the organizations covering it or in it."""
    found = set()
    for raiser in view.tails("RAISES", need):
        if view.label(raiser) == "Area":
            covering = view.into("COVERS", raiser, basis="organization")
            found |= {r["from"] for r in covering} | set(view.hosted(raiser))
        else:
            found.add(raiser)
    return sorted(found)


def offers(view: View, kind: str) -> dict[str, list[tuple[str, int | None]]]:
    """Return by owner the resources of a kind that are not used up."""
    found: dict[str, list[tuple[str, int | None]]] = {}
    for resource in view.of("Resource"):
        left = capacity_left(view, resource)
        if view.get(resource, "kind") == kind and (left is None or left > 0):
            for owner in view.tails("OFFERS", resource):
                found.setdefault(owner, []).append((resource, left))
    return found


def capacity_left(view: View, resource: str) -> int | None:
    """Return the capacity less what is matched.

    Reading: a match of unknown status may count or not, so what is left is unknown.
    """
    left: int | None = view.get(resource, "capacity")
    for row in view.out("MATCHED_TO", resource):
        state, quantity = row.get("status"), row.get("quantity")
        if state in {"agreed", "running", "done"} or state is None:
            unknown = left is None or quantity is None or state is None
            left = None if unknown else left - quantity  # type: ignore[operator]
    return left


def hops(view: View, rules: Rules) -> dict[str, list[Arc]]:
    """Return the arcs that lead on from each organization and unit.

    Reading: steps that have no cost are left out before HOSTED_BY displaces COVERS. A
    house step is HOSTED_BY or COVERS of any mode, as in the phases.
    """
    between: dict[tuple[str, str], dict[str, str]] = {}
    for name, row in joining(view):
        one, other, kind = row["from"], row["to"], class_of(view, name, row)
        for tail, head, mark in ((one, other, ">"), (other, one, "<")):
            step = name if name in UNDIRECTED else name + mark
            if step in rules.costs:
                steps = between.setdefault((tail, head), {})
                steps[step] = "house" if "house" in {kind, steps.get(step)} else kind
    arcs: dict[str, list[Arc]] = {}
    for (tail, head), steps in between.items():
        hosted = {"HOSTED_BY>", "HOSTED_BY<"} & set(steps)
        for step, kind in steps.items():
            if not (hosted and step.startswith("COVERS")):
                arcs.setdefault(tail, []).append((head, step, kind))
    return arcs


def joining(view: View) -> Iterator[tuple[str, dict[str, Any]]]:
    """Go through the relationships between organizations and units that may be hops."""
    for name in (*CLASSES, "COVERS", "SUBORDINATE_TO"):
        for row in view.ties.get(name, []):
            dispatch = row.get("power") in {None, "dispatch"}
            if dispatch and "Area" not in {
                view.label(row["from"]),
                view.label(row["to"]),
            }:
                yield name, row


def class_of(view: View, name: str, row: dict[str, Any]) -> str:
    if name == "COVERS":
        return "house" if row["mode"] == "single" else "bridge"
    if name == "SUBORDINATE_TO":
        settings = {view.get(row["from"], "setting"), view.get(row["to"], "setting")}
        return "block" if settings <= TERRITORIAL else "line"
    return CLASSES[name]


def words(rules: Rules) -> set[tuple[str, ...]]:
    """Return every sequence of phases that the grammar allows, up to max_hops long."""
    phases = [[(name,) * n for n in range(most + 1)] for name, most in rules.grammar]
    joined = (sum(parts, ()) for parts in product(*phases))
    return {word for word in joined if len(word) <= rules.max_hops}


def walks(
    nodes: list[str],
    steps: list[str],
    classes: list[str],
    arcs: dict[str, list[Arc]],
    allowed: set[tuple[str, ...]],
) -> Iterator[Walk]:
    """Go through every walk that meets no node twice and keeps to the grammar.

    Every phase may be left out, so what begins an allowed word is allowed too.
    """
    yield nodes, steps, classes
    for head, step, kind in arcs.get(nodes[-1], []):
        word = tuple(PHASES[s] for s in (*steps, step))
        if head not in nodes and word in allowed:
            yield from walks(
                [*nodes, head], [*steps, step], [*classes, kind], arcs, allowed
            )


def changes(view: View, nodes: list[str]) -> int:
    """Return how many hops lead from one known community to another.

    Reading: an organization without a host stands in no known community.
    """
    known = [view.community(n) for n in nodes]
    return sum(a is not None and b is not None and a != b for a, b in pairwise(known))
