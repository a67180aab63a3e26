"""How the tables of a network stand in Neo4j: labels, types and properties.

A node carries the label of its kind, one for each role it has, and `Orgnet`, which says
that it is ours. Its properties are its attributes; what is unknown has no property. A
relationship's `id` is its identity, since Neo4j needs one property to keep it unique.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

if TYPE_CHECKING:
    from orgnet.network import Network

OWN: str = "Orgnet"
META: str = "OrgnetMeta"


class NodeGroup(NamedTuple):
    """Nodes of one kind and the same roles.

    Parameters
    ----------
    labels
        The kind, then the roles, then `Orgnet`.
    rows
        `id` and the attributes, by id; columns without any value are left out.
    """

    labels: tuple[str, ...]
    rows: pl.DataFrame


class TieGroup(NamedTuple):
    """Relationships of one type between nodes of the same two kinds.

    Parameters
    ----------
    type
        The relationship type.
    tail, head
        The kinds at its ends.
    rows
        `from`, `to`, `id` and the attributes, by `from`, `to` and `id`; columns without
        any value are left out.
    """

    type: str
    tail: str
    head: str
    rows: pl.DataFrame


def quoted(name: str) -> str:
    """Return a label, type or property name as it may stand in a Cypher text.

    Examples
    --------
    >>> print(quoted("Unit"), quoted("a`b"))
    `Unit` `a``b`
    """
    return "`" + name.replace("`", "``") + "`"


def node_groups(net: "Network") -> Iterator[NodeGroup]:
    """Go through the nodes of a network, kind by kind and role by role."""
    for kind in net.schema.kinds:
        table = net.nodes(kind)
        roles = net.schema.kinds[kind].roles
        marked = table.select(r.condition.alias(r.label) for r in roles)
        if not roles:
            groups = [((), table)] if table.height else []
        else:
            flagged = table.with_columns(pl.struct(marked.get_columns()).alias(OWN))
            groups = [
                (tuple(n for n, has in key[0].items() if has), rows.drop(OWN))
                for key, rows in flagged.group_by(OWN, maintain_order=True)
            ]
        for names, rows in sorted(groups, key=lambda g: g[0]):
            yield NodeGroup((kind, *names, OWN), _filled(rows))


def tie_groups(net: "Network") -> Iterator[TieGroup]:
    """Go through the relationships of a network by type and kinds of their ends."""
    for type_ in net.schema.ties:
        ties = net.ties(type_)
        table = net.tie_tables[type_]
        kinds = [net.labels.gather(table[end]) for end in ("tail", "head")]
        marked = ties.with_columns(
            net.identity(type_).alias("id"),
            kinds[0].alias("·tail"),
            kinds[1].alias("·head"),
        )
        for (tail, head), rows in marked.group_by(
            ["·tail", "·head"], maintain_order=True
        ):
            plain = rows.drop("·tail", "·head").sort("from", "to", "id")
            yield TieGroup(type_, str(tail), str(head), _filled(plain))


def _filled(rows: pl.DataFrame) -> pl.DataFrame:
    """Leave out columns in which nothing stands; write codes as text."""
    kept = [s.name for s in rows if s.null_count() < rows.height]
    enums = [n for n in kept if isinstance(rows.schema[n], (pl.Enum, pl.Categorical))]
    return rows.select(kept).with_columns(pl.col(enums).cast(pl.String))
