"""Small networks written by hand: short rows, and what they must have filled in."""

from collections.abc import Iterable
from typing import Any

import polars as pl

import orgnet as on

Rows = list[dict[str, Any]]
NEEDED: dict[str, dict[str, Any]] = {
    "Area": {},
    "Need": {"kind": "venue"},
    "PartyOrganization": {"form": "branch"},
    "Project": {},
    "Resource": {"kind": "venue"},
    "Site": {"tier": "community"},
    "Unit": {"kind": "other"},
}
LEVELS = ("city", "district", "street", "community", "compound", "grid")
EVERYTHING = frozenset(
    {f"COVERS:{level}" for level in LEVELS}
    | {
        f"{type_}:Unit"
        for type_ in (
            "COVERS",
            "EVALUATES",
            "HOLDS_SEAT_ON",
            "LOCATED_IN",
            "OFFERS",
            "PARTNERS_WITH",
        )
    }
    | {
        "LOCATED_IN:Need",
        "LOCATED_IN:Resource",
        "LOCATED_IN:Site",
        "MATCHED_TO:Resource",
        "RAISES:Need",
        "SUBORDINATE_TO:PartyOrganization",
    }
)


def network(
    nodes: dict[str, dict[str, Any]],
    ties: Iterable[tuple[Any, ...]] = (),
    complete: Iterable[str] = EVERYTHING,
) -> on.Network:
    """Make a network of nodes by id and of ties (type, from, to, attributes)."""
    kinds: dict[str, Rows] = {}
    for id_, given in nodes.items():
        label = on.SCHEMA.label_of_prefix[id_.partition(":")[0]]
        row = {"id": id_, "name": id_.partition(":")[2], **NEEDED[label], **given}
        kinds.setdefault(label, []).append(row)
    types: dict[str, Rows] = {}
    for type_, tail, head, *more in ties:
        ends = {"from": tail, "to": head}
        types.setdefault(type_, []).append(ends | (more[0] if more else {}))
    net, faults = on.Network.from_frames(
        {n: pl.DataFrame(r, infer_schema_length=None) for n, r in kinds.items()},
        {n: pl.DataFrame(r, infer_schema_length=None) for n, r in types.items()},
        complete=complete,
    )
    assert set(faults.frame["effect"]) <= {"noted"}, faults.frame["message"].to_list()
    return net


def areas(**parents: str) -> dict[str, dict[str, Any]]:
    """Return areas of which the first letter of the name gives the level."""
    first = {"t": "city", "d": "district", "s": "street", "c": "community"}
    first |= {"o": "compound", "g": "grid"}
    return {f"area:{name}": {"level": first[name[0]]} for name in parents}


def parts(**parents: str) -> list[tuple[str, str, str]]:
    """Return what each of these areas belongs to; nothing if it is empty."""
    return [("PART_OF", f"area:{a}", f"area:{b}") for a, b in parents.items() if b]


Case = tuple[dict[str, dict[str, Any]], Iterable[tuple[Any, ...]]]


def joined(cases: Iterable[Case], complete: Iterable[str] = EVERYTHING) -> on.Network:
    """Make one network of many small ones side by side, which is much quicker.

    The nodes of the first are called "unit:00.u" for "unit:u", and so on.
    """
    nodes: dict[str, dict[str, Any]] = {}
    ties: list[tuple[Any, ...]] = []
    for i, (given, arcs) in enumerate(cases):
        nodes |= {apart(id_, i): row for id_, row in given.items()}
        ties += [(t, apart(a, i), apart(b, i), *rest) for t, a, b, *rest in arcs]
    return network(nodes, ties, complete)


def apart(id_: str, case: int) -> str:
    """Return the id that a node of a case has in the joined network."""
    prefix, _, key = id_.partition(":")
    return f"{prefix}:{case:02d}.{key}"
