"""What stands in a database, read as plainly as can be, beside what a network means.

It shares nothing with the code that pushes or pulls: neither the mapping nor the
packing of rows.
"""

from collections import Counter
from functools import cache
from typing import Any

import polars as pl
from neo4j import Driver
from neo4j.time import Date

from orgnet.database.database import Database
from orgnet.network import Network

Row = tuple[Any, ...]
NODES = "MATCH (n:Orgnet) RETURN labels(n), properties(n)"
TIES = """
MATCH (tail:Orgnet)-[r]->(head:Orgnet)
RETURN type(r), tail.id, head.id, properties(r)
"""


def standing(driver: Driver, name: str = "neo4j") -> Counter[Row]:
    """Count every node and relationship that is ours, each with all that is on it."""
    with driver.session(database=name) as session:
        nodes = [(*sorted(labels), held(p)) for labels, p in session.run(NODES)]
        ties = [(*ends, held(p)) for *ends, p in session.run(TIES)]
    return Counter([*nodes, *ties])


def held(properties: dict[str, Any]) -> tuple[Any, ...]:
    """Return properties so that they can be counted, each value with its type."""
    plain = {
        key: value.to_native() if isinstance(value, Date) else value
        for key, value in properties.items()
    }
    return tuple((k, type(v).__name__, str(v)) for k, v in sorted(plain.items()))


@cache
def meant(net: Network) -> Counter[Row]:
    """Count every node and relationship of a network as it should stand."""
    roles = {
        "ResidentUnit": set(net.resident_units["id"]),
        "SocialOrganization": set(net.social_organizations["id"]),
        "GridBranch": set(net.grid_branches["id"]),
    }
    rows: list[Row] = []
    for kind in net.schema.kinds:
        for row in known(net.nodes(kind)):
            extra = [role for role, ids in roles.items() if row["id"] in ids]
            rows.append((*sorted([kind, "Orgnet", *extra]), held(row)))
    for type_ in net.schema.ties:
        table = net.ties(type_)
        identities = table.select(net.identity(type_)).to_series()
        for row, identity in zip(known(table), identities, strict=True):
            ends = row.pop("from"), row.pop("to")
            rows.append((type_, *ends, held(row | {"id": identity})))
    return Counter(rows)


def known(table: pl.DataFrame) -> list[dict[str, Any]]:
    """Return rows without what is unknown."""
    rows = table.to_dicts()
    return [{k: v for k, v in row.items() if v is not None} for row in rows]


def assert_holds(db: Database, net: Network) -> None:
    """Hold a database against a network: nothing missing, double, half or changed."""
    found, wanted = standing(db.driver, db.name), meant(net)
    assert max(found.values()) == 1
    assert not (wanted - found), "missing"
    assert not (found - wanted), "too much"
