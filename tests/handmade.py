"""Networks of a few nodes, written by hand: what is not said has a plain default."""

from collections import defaultdict
from typing import Any

import polars as pl

from orgnet.faults import Effect
from orgnet.network import Network
from orgnet.schema import SCHEMA

Row = dict[str, Any]
NODES: dict[str, Row] = {
    "area": {"level": "community"},
    "need": {"kind": "venue"},
    "party": {"form": "branch", "setting": "enterprise"},
    "resource": {"kind": "venue"},
    "site": {"tier": "community"},
    "unit": {"kind": "other"},
}
TIES: dict[str, Row] = {
    "COVERS": {"basis": "organization", "mode": "single"},
    "ESCALATES_TO": {"period": "2019"},
    "EVALUATES": {"kind": "two_way", "round": "2019"},
    "FUNDS": {"year": 2019},
    "HOLDS_POWER_OVER": {"power": "dispatch"},
    "PARTNERS_WITH": {"mechanism": "agreement"},
    "SUPERVISED_BY": {"role": "business"},
}


def node(id_: str, **attributes: Any) -> tuple[str, Row]:
    """Write a node of the kind that its id says, named by its key."""
    prefix, _, key = id_.partition(":")
    label = SCHEMA.label_of_prefix[prefix]
    return label, {"id": id_, "name": key, **NODES.get(prefix, {}), **attributes}


def tie(type_: str, tail: str, head: str, **attributes: Any) -> tuple[str, Row]:
    """Write a relationship."""
    return type_, {"from": tail, "to": head, **TIES.get(type_, {}), **attributes}


def network(*rows: tuple[str, Row]) -> Network:
    """Make a network of nodes and relationships; nothing may be wrong with them."""
    tables: dict[str, list[Row]] = defaultdict(list)
    for name, row in rows:
        tables[name].append(row)
    frames = {n: pl.DataFrame(r, infer_schema_length=None) for n, r in tables.items()}
    nodes = {n: f for n, f in frames.items() if n in SCHEMA.kinds}
    ties = {n: f for n, f in frames.items() if n in SCHEMA.ties}
    net, faults = Network.from_frames(nodes, ties)
    rejected = faults.frame.filter(pl.col("effect") != Effect.NOTED.value)
    assert rejected.is_empty(), rejected
    return net
