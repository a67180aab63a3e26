"""The engines every question is put to: memory, and Neo4j on a real server."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from neo4j import Driver, Transaction

from orgnet.database.database import Database, Row
from orgnet.database.mapping import META, OWN, node_groups, quoted, tie_groups
from orgnet.network import Network
from orgnet.schema import SCHEMA

LOAD = f"""
CREATE (m:{META}) SET m = $meta
WITH m
CALL () {{
    UNWIND $nodes AS node
    CREATE (n:$(node[0])) SET n = node[1]
    RETURN collect(n) AS nodes
}}
CALL (nodes) {{
    UNWIND $ties AS tie
    WITH nodes[tie[1]] AS tail, nodes[tie[2]] AS head, tie
    CREATE (tail)-[r:$(tie[0])]->(head) SET r = tie[3]
    RETURN count(*) AS ties
}}
RETURN size(nodes), ties
"""


class InTransaction(Database):
    """What one open transaction sees; nothing of it is kept."""

    def __init__(
        self, driver: Driver, name: str, tx: Transaction, net: Network
    ) -> None:
        super().__init__(driver, name, schema=net.schema)
        self.tx, self.held = tx, net

    def read(self, text: str, parameters: Mapping[str, Any]) -> list[Row]:
        return self.tx.run(text, dict(parameters)).values()

    def network(self) -> Network:
        return self.held


@contextmanager
def rolled_back(driver: Driver, name: str, net: Network) -> Iterator[InTransaction]:
    """Put a network into a transaction, and take everything back in the end."""
    with driver.session(database=name) as session:
        tx = session.begin_transaction()
        try:
            load(tx, net)
            yield InTransaction(driver, name, tx, net)
        finally:
            tx.rollback()


def teach_names(driver: Driver, name: str) -> None:
    """Have a server know every label, type and property key, and hold nothing.

    A plan that was made before it knew a name is made again once it does.
    """
    nodes = [
        ":".join(map(quoted, (label, *(r.label for r in kind.roles), OWN)))
        + _keys(kind.attributes())
        for label, kind in SCHEMA.kinds.items()
    ]
    ties = [quoted(n) + _keys(tie.attributes()) for n, tie in SCHEMA.ties.items()]
    with driver.session(database=name) as session:
        tx = session.begin_transaction()
        for text in nodes:
            tx.run(f"CREATE (:{text})").consume()
        for text in ties:
            tx.run(f"CREATE ()-[:{text}]->()").consume()
        tx.rollback()


def _keys(names: Iterable[str]) -> str:
    return f" {{{', '.join(f'{quoted(n)}: 0' for n in ('id', *names))}}}"


def load(tx: Transaction, net: Network) -> None:
    """Create a small network in one statement, list positions for references."""
    nodes: list[list[Any]] = []
    place: dict[str, int] = {}
    for kind in node_groups(net):
        for row in kind.rows.to_dicts():
            place[row["id"]] = len(nodes)
            nodes.append([list(kind.labels), row])
    ties: list[list[Any]] = []
    for type_ in tie_groups(net):
        for row in type_.rows.to_dicts():
            tail, head = place[row.pop("from")], place[row.pop("to")]
            ties.append([type_.type, tail, head, row])
    meta = {"complete": sorted(net.complete), "synthetic": net.synthetic}
    meta |= {"title": net.title, "nodes": len(nodes), "relationships": len(ties)}
    tx.run(LOAD, {"nodes": nodes, "ties": ties, "meta": meta}).consume()
