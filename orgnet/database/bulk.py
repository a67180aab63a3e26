"""Files for `neo4j-admin database import full`, which loads a nation in minutes.

Nodes with the same labels, and relationships of one type, have a folder with a header
and their rows. Every text stands in quotes and nothing else does, so that an empty
field is what is unknown.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl

from orgnet.database.mapping import META, node_groups
from orgnet.database.meta import content, meta_of
from orgnet.database.setup import statements
from orgnet.errors import OrgnetError
from orgnet.files import written_whole
from orgnet.network import Network

IDS: Final = "orgnet"  # one space of ids for all kinds: each id begins with its kind
BETWEEN: Final = "\x1f"  # between the items of a list; no text of a roster has it
HEADER, ROWS = "header.csv", "rows.csv"
SCRIPT, RULES = "import.sh", "schema.cypher"
OPTIONS: Final = ("--trim-strings=false", "--array-delimiter=U+001F")
TYPES: Final = {
    "String": "string",
    "Int64": "long",
    "Float64": "double",
    "Boolean": "boolean",
    "Date": "date",
}
COMMAND: Final = f"""\
#!/bin/sh
# Loads this network into a Neo4j database. The server must not be running.
#   sh {SCRIPT} neo4j --overwrite-destination=true
# NEO4J_ADMIN names the command if it is not on the path. When the server runs again,
# give it the constraints and indexes in {RULES}.
set -e
here=$(cd "$(dirname "$0")" && pwd)
exec "${{NEO4J_ADMIN:-neo4j-admin}}" database import full "$@" \\
"""


def export(net: Network, path: Path | str) -> None:
    """Write a network as files that `neo4j-admin database import full` takes.

    Beside the files stand a script with the command, and the constraints and indexes to
    be made after it. The same network gives the same bytes.

    Parameters
    ----------
    net
        The network.
    path
        The folder to write, whole or not at all; there may be nothing in it.

    Raises
    ------
    OrgnetError
        If something stands there already.
    """
    target = Path(path).resolve()
    if target.exists() and (target.is_file() or any(target.iterdir())):
        msg = f"nothing was written: {target.name!r} is not empty; name a new folder"
        raise OrgnetError(msg, [str(target)])
    with written_whole(target) as folder:
        for part, header, rows in _parts(net):
            (folder / part).mkdir(parents=True)
            (folder / part / HEADER).write_text(f"{header}\n", encoding="utf-8")
            rows.select(_quoted(rows)).write_csv(
                folder / part / ROWS, include_header=False, quote_style="never"
            )
        arguments = import_arguments(folder, root="$here")
        lines = " \\\n".join(f'  "{argument}"' for argument in arguments)
        (folder / SCRIPT).write_text(f"{COMMAND}{lines}\n", encoding="utf-8")
        rules = "".join(f"{text};\n" for text in statements(net.schema))
        (folder / RULES).write_text(rules, encoding="utf-8")


def import_arguments(folder: Path, *, root: str | None = None) -> list[str]:
    """Return what the import command must be told of an exported folder.

    Parameters
    ----------
    folder
        The folder.
    root
        How the arguments name the folder; by its absolute path if not given.
    """
    place = root or folder.resolve().as_posix()
    parts = sorted(p.parent.relative_to(folder) for p in folder.glob(f"*/*/{HEADER}"))
    files = [
        f"--{sort}={name.replace('.', ':')}={place}/{sort}/{name}/{HEADER}"
        f",{place}/{sort}/{name}/{ROWS}"
        for sort, name in (part.parts for part in parts)
    ]
    several = any(_has_lines_in_texts(folder / part / ROWS) for part in parts)
    return [*OPTIONS, f"--multiline-fields={str(several).lower()}", *files]


def _has_lines_in_texts(path: Path) -> bool:
    """Tell whether a row ends within a text: it then has an odd number of quotes."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        return any(line.count('"') % 2 for line in lines)


def _parts(net: Network) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """Return the folder, the header and the rows of each part."""
    for group in node_groups(net):
        header = {"id": f"id:ID({IDS})", **_typed(group.rows.drop("id"))}
        yield f"nodes/{'.'.join(group.labels)}", ",".join(header.values()), group.rows
    meta = meta_of(net, content=content(net)).row()
    meta.pop("when")  # the same network gives the same bytes
    rows = pl.DataFrame({name: [value] for name, value in meta.items()})
    header = {"id": f"id:ID({IDS})", **_typed(rows.drop("id"))}
    yield f"nodes/{META}", ",".join(header.values()), rows.select(header.keys())
    for type_ in net.schema.ties:
        rows = net.ties(type_).with_columns(net.identity(type_).alias("id"))
        rows = rows.select(s for s in rows if s.null_count() < rows.height)
        if rows.height:
            ends = {"from": f":START_ID({IDS})", "to": f":END_ID({IDS})"}
            header = {**ends, **_typed(rows.drop("from", "to"))}
            yield f"relationships/{type_}", ",".join(header.values()), rows


def _typed(rows: pl.DataFrame) -> dict[str, str]:
    """Return each column as a header writes it, with its type."""
    typed = {}
    for name, dtype in rows.schema.items():
        inner = dtype.inner if isinstance(dtype, pl.List) else dtype
        word = TYPES.get(str(inner), "string")  # codes are text
        typed[name] = f"{name}:{word}{'[]' if isinstance(dtype, pl.List) else ''}"
    return typed


def _quoted(rows: pl.DataFrame) -> Iterator[pl.Expr]:
    """Return the columns as text; of texts each in quotes, quotes in them doubled."""
    for name, dtype in rows.schema.items():
        column = pl.col(name)
        if isinstance(dtype, pl.List):
            column = column.cast(pl.List(pl.String)).list.join(BETWEEN)
        elif str(dtype) in TYPES and dtype != pl.String:
            yield column.cast(pl.String)
            continue
        doubled = column.cast(pl.String).str.replace_all('"', '""', literal=True)
        yield pl.concat_str(pl.lit('"'), doubled, pl.lit('"')).alias(name)
