"""What a database says of the network it holds: one node, `(:OrgnetMeta)`.

It is written in the same transaction as what it speaks of, so it is never ahead of the
graph or behind it.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError

import orgnet
from orgnet.database.errors import DatabaseError
from orgnet.database.mapping import META
from orgnet.errors import some
from orgnet.files import declared, fingerprint

if TYPE_CHECKING:
    from neo4j import ManagedTransaction

    from orgnet.database.database import Database
    from orgnet.network import Network

FORMAT: Final = 1  # rises when an older orgnet could misread a database
THE_ONE: Final = "network"  # its id, under a uniqueness constraint
READ = f"MATCH (m:{META}) RETURN properties(m)"
WRITE = f"MERGE (m:{META} {{id: $row.id}}) SET m = $row"
State = Literal["pushing", "syncing", "clearing", "whole"]


class Meta(BaseModel):
    """What stands on the one node.

    Parameters
    ----------
    format
        In which layout the network stands in the database.
    orgnet
        The version that wrote it.
    fingerprint, declared
        What every kind, type and attribute was declared to be, and its hash.
    title, synthetic, complete
        As in Network; `complete` is null if nothing is held completely.
    content
        The hash of everything the network holds; see :func:`content`.
    state
        "whole", or what was begun and not finished: "pushing", "syncing" or "clearing".
    batch
        The last batch that is committed, from 1; 0 if none is.
    batches
        How many there are.
    size
        How many rows a batch has at most.
    nodes, relationships
        How many the network has.
    when
        When the state last changed, in universal time without a zone; null if the
        network came in by files.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: int
    orgnet: str
    fingerprint: str
    declared: dict[str, str]
    title: str
    synthetic: bool
    complete: tuple[str, ...] | None = None
    content: str
    state: State
    batch: int = 0
    batches: int = 0
    size: int = 0
    nodes: int
    relationships: int
    when: datetime | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing that was begun is unfinished."""
        return self.state == "whole"

    def row(self) -> dict[str, Any]:
        """Return the properties of the node: no map, no empty list, nothing unknown."""
        row = self.model_dump(exclude_none=True) | {"id": THE_ONE}
        return row | {"declared": json.dumps(self.declared, ensure_ascii=False)}


def meta_of(
    net: "Network",
    state: State = "whole",
    *,
    content: str,
    batches: int = 0,
    size: int = 0,
) -> Meta:
    """Return what a database that holds a network says of it.

    Parameters
    ----------
    net
        The network.
    state
        What is being done.
    content
        Its :func:`content`, which takes a second for a city.
    batches, size
        In how many batches of how many rows it is written.
    """
    return Meta(
        format=FORMAT,
        orgnet=orgnet.__version__,
        fingerprint=fingerprint(net.schema),
        declared=declared(net.schema),
        title=net.title,
        synthetic=net.synthetic,
        complete=tuple(sorted(net.complete)) or None,
        content=content,
        state=state,
        batches=batches,
        size=size,
        nodes=len(net),
        relationships=sum(t.height for t in net.tie_tables.values()),
        when=now(),
    )


def now() -> datetime:
    """Return the time in the only form that is sent: universal, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def read_meta(database: "Database") -> Meta | None:
    """Return what a database says of the network it holds; null if it holds none.

    Raises
    ------
    DatabaseError
        If a newer orgnet wrote it, or if it is not as orgnet wrote it.
    """
    return meta_in([row[0] for row in database.read(READ, {})])


def meta_in(found: list[dict[str, Any]]) -> Meta | None:
    """Return what the properties of the nodes `OrgnetMeta` say; null if there is none.

    Raises
    ------
    DatabaseError
        As :func:`read_meta`.
    """
    if not found:
        return None
    given = found[0]
    number = given.get("format", 0)
    if isinstance(number, int) and number > FORMAT:
        msg = (
            f"the database was written by orgnet {given.get('orgnet')} in format "
            f"{number}; this is {orgnet.__version__} and reads format {FORMAT}: "
            "pip install --upgrade orgnet-graph"
        )
        raise DatabaseError(msg, [number])
    try:
        if len(found) > 1:
            raise _not_as_written([f"{len(found)} of them"])
        return Meta.model_validate(given | _native(given))
    except ValidationError as error:
        wrong = [".".join(map(str, e["loc"])) for e in error.errors()]
        raise _not_as_written(wrong) from None


def _native(given: dict[str, Any]) -> dict[str, Any]:
    """Return the properties that the server keeps in another form."""
    when, words = given.get("when"), given.get("declared")
    schema = words
    if isinstance(words, str):
        with suppress(json.JSONDecodeError):  # else it is no map, and is refused
            schema = json.loads(words)
    return {"when": getattr(when, "to_native", lambda: when)(), "declared": schema}


def _not_as_written(wrong: list[str]) -> DatabaseError:
    msg = (
        f"the node {META} of the database is not as orgnet wrote it; wrong: "
        f"{some(wrong)}. Empty the database with db.clear(), then db.push(net)"
    )
    return DatabaseError(msg, wrong)


def write_meta(tx: "ManagedTransaction", meta: Meta) -> None:
    """Put what is said of the network onto the one node, made if need be."""
    tx.run(WRITE, {"row": meta.row()}).consume()


def content(net: "Network") -> str:
    """Return the hash of everything a network holds, equal on every machine.

    Two networks have the same hash if and only if they are equal and their schemas
    declare the same. What is hashed: the schema's fingerprint, `title`, `synthetic` and
    `complete`; then each table that has rows, in the schema's order and with its rows
    in theirs, column by column: which values are known, one bit each; then those that
    are known, numbers and days as 8 bytes with the lowest first, codes as text, texts
    as their lengths and their UTF-8, lists as their lengths and their items.

    Parameters
    ----------
    net
        The network.

    Examples
    --------
    >>> from orgnet.network import Network
    >>> a, b = (Network.from_frames({}, {}, title=t)[0] for t in "甲乙")
    >>> content(a) == content(a), content(a) == content(b)
    (True, False)
    """
    digest = sha256()
    head = [fingerprint(net.schema), net.title, net.synthetic, sorted(net.complete)]
    digest.update(_framed(json.dumps(head).encode()))
    tables = {**net.node_tables, **net.tie_tables}
    for name in (*net.schema.kinds, *net.schema.ties):
        table = tables[name]
        if table.height:
            digest.update(_framed(f"{name} {table.height}".encode()))
            for column in table.select(sorted(table.columns)):
                digest.update(_framed(column.name.encode()))
                for part in _parts(column):
                    digest.update(part)
    return digest.hexdigest()


def _framed(data: bytes) -> bytes:
    """Put its length before it, so that no two sequences of texts run into one."""
    return len(data).to_bytes(8, "little") + data


def _parts(column: pl.Series) -> Iterator[bytes]:
    """Return what is hashed of a column."""
    yield np.packbits(column.is_not_null().to_numpy()).tobytes()
    known = column.drop_nulls()
    if isinstance(known.dtype, pl.List):
        yield _numbers(known.list.len())
        yield from _parts(known.explode())
    elif known.dtype in (pl.String, pl.Enum, pl.Categorical):
        texts = known.cast(pl.String)
        yield _numbers(texts.str.len_bytes())
        yield "".join(texts.to_list()).encode()
    elif known.dtype == pl.Float64:
        yield (known.to_numpy() + 0.0).astype("<f8").tobytes()  # one zero, not two
    else:
        yield _numbers(known.to_physical())


def _numbers(column: pl.Series) -> bytes:
    return column.cast(pl.Int64).to_numpy().astype("<i8").tobytes()
