"""A network on disk: a folder of Parquet and a manifest, whole or not there at all."""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError

from orgnet.errors import NotANetworkError, some
from orgnet.network import Network
from orgnet.schema import SCHEMA, Schema
from orgnet.schema.declare import Attribute, Node, Record, Tie

FORMAT: Literal["orgnet network"] = "orgnet network"
FORMAT_VERSION: Literal[1] = 1  # rises when an older orgnet could misread the folder
MANIFEST = "manifest.json"
FOLDERS = ("nodes", "ties")
ROW_GROUP = 1 << 16  # rows decoded at a time; fixed, so that bytes do not vary
READERS = 4  # files read at a time: while one is hashed, another is decoded
SAVING = ".saving"
Tables = dict[str, pl.DataFrame]


class Entry(BaseModel):
    """What the manifest says of one file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int
    sha256: str


class Manifest(BaseModel):
    """What a network folder holds.

    Parameters
    ----------
    format, format_version
        That it is a network, and in which layout.
    orgnet
        The version that wrote it.
    title, synthetic, complete
        As in Network.
    nodes, relationships
        How many there are.
    fingerprint
        The hash of `declared`.
    declared
        What every kind, type and attribute was declared to be.
    files
        Every other file of the folder; tables without rows have none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["orgnet network"]
    format_version: Literal[1]
    orgnet: str
    title: str
    synthetic: bool
    complete: tuple[str, ...]
    nodes: int
    relationships: int
    fingerprint: str
    declared: dict[str, str]
    files: dict[str, Entry]


def declared(schema: Schema) -> dict[str, str]:
    """Say what each kind, type and attribute is declared to be.

    Parameters
    ----------
    schema
        What may exist.

    Returns
    -------
    dict
        From "Unit", "Unit.kind", "COVERS", "COVERS.mode" and so on to words.

    Examples
    --------
    >>> declared(SCHEMA)["PART_OF"], declared(SCHEMA)["Unit.resident"]
    ('Area -> Area', 'Boolean')
    """
    words = {}
    for name, record in {**schema.kinds, **schema.ties}.items():
        words[name] = _record_words(record)
        for attribute in record.attributes().values():
            words[f"{name}.{attribute.name}"] = _attribute_words(attribute)
    return words


def _record_words(record: type[Record]) -> str:
    if issubclass(record, Tie):
        ends = " -> ".join(" | ".join(e) for e in (record.ends.tail, record.ends.head))
        return f"{ends}, key {', '.join(record.key)}" if record.key else ends
    return f"{record.prefix}:" if issubclass(record, Node) else ""


def _attribute_words(attribute: Attribute) -> str:
    kind = str(attribute.dtype)
    if attribute.vocabulary:
        kind = f"one of {', '.join(sorted(attribute.vocabulary))}"
    return f"{kind}, required" if attribute.required else kind


def fingerprint(schema: Schema) -> str:
    """Return the hash of what a schema declares: kinds, types, attributes and codes.

    Two schemas with one fingerprint read each other's folders.

    Parameters
    ----------
    schema
        What may exist.

    Examples
    --------
    >>> fingerprint(SCHEMA) == fingerprint(SCHEMA.extended())
    True
    """
    return _digest(json.dumps(declared(schema), ensure_ascii=False).encode())


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def _version() -> str:
    import orgnet  # not at the top: orgnet loads this module

    return orgnet.__version__


def _files(schema: Schema) -> dict[str, str]:
    """Return the file of each kind and type, by its name in the schema."""
    names = (list(schema.kinds), list(schema.ties))
    return {
        name: f"{folder}/{name}.parquet"
        for folder, of_folder in zip(FOLDERS, names, strict=True)
        for name in of_folder
    }


def save(net: Network, path: Path | str) -> None:
    """Write a network as a folder, whole or not at all.

    The folder is written beside its place and moved there when it is complete; a
    network that stood there is taken away only then. The same network gives the same
    bytes. A process that was killed may leave a hidden folder `.NAME.*.saving` behind,
    which may be deleted.

    Parameters
    ----------
    net
        The network.
    path
        The folder to write; its parents are made. A network there is replaced.

    Raises
    ------
    NotANetworkError
        If something else stands there; it is left alone.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> net, _ = Network.from_frames({}, {}, title="nothing yet")
    >>> with TemporaryDirectory() as folder:
    ...     net.save(f"{folder}/empty")
    ...     load(f"{folder}/empty")
    <Network nothing yet: 0 nodes, 0 relationships>
    """
    target = Path(path).resolve()
    _refuse_foreign(target)
    with written_whole(target) as folder:
        _write(net, folder)


@contextmanager
def written_whole(target: Path) -> Iterator[Path]:
    """Give a folder to write in, which takes its place when all of it is written.

    Parameters
    ----------
    target
        The place; its parents are made. What stands there is taken away at the end, or
        stays if anything fails.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    place = f".{target.name}."
    holder = Path(mkdtemp(prefix=place, suffix=SAVING, dir=target.parent))
    try:
        yield holder / "new"
        _swap(holder, target)
    finally:
        if target.exists() or not (holder / "old").exists():
            rmtree(holder, ignore_errors=True)


def _refuse_foreign(target: Path) -> None:
    """Raise if what stands at a place is anything but a network."""
    if not target.exists():
        return
    there = _foreign(target) if target.is_dir() else None
    if there == []:
        return
    what = f"holds {some(there)}" if there else "is a file"
    msg = (
        f"nothing was written: {str(target)!r} exists and {what}, which no network "
        f"does. Save to another folder, or move that away first"
    )
    raise NotANetworkError(msg, [str(target), *(there or ())])


def _foreign(folder: Path) -> list[str]:
    """Name what stands in a folder and is no part of a network."""
    there = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*"))
    if there and _given(folder).get("format") != FORMAT:
        return there
    files = [f"{f}/" for f in FOLDERS]
    return [
        name
        for name in there
        if name not in {MANIFEST, *FOLDERS}
        and not (name.startswith(tuple(files)) and name.endswith(".parquet"))
    ]


def _given(folder: Path) -> dict[str, Any]:
    """Return the manifest of a folder as it was written; empty if it is none."""
    try:
        given = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    return given if isinstance(given, dict) else {}


def _write(net: Network, folder: Path) -> None:
    """Write every file of a network, the manifest last."""
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
    tables = {**net.node_tables, **net.tie_tables}
    entries = {}
    for name, file in _files(net.schema).items():
        if tables[name].height:
            data = _packed(tables[name])
            entries[file] = Entry(rows=tables[name].height, sha256=_digest(data))
            _put(folder / file, data)
    manifest = _manifest(net, entries).model_dump_json(indent=2)
    _put(folder / MANIFEST, f"{manifest}\n".encode())
    for name in (*FOLDERS, "."):
        _settle(folder / name)


def _packed(table: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    table.rechunk().write_parquet(buffer, compression="zstd", row_group_size=ROW_GROUP)
    return buffer.getvalue()


def _manifest(net: Network, entries: dict[str, Entry]) -> Manifest:
    return Manifest(
        format=FORMAT,
        format_version=FORMAT_VERSION,
        orgnet=_version(),
        title=net.title,
        synthetic=net.synthetic,
        complete=tuple(sorted(net.complete)),
        nodes=len(net),
        relationships=sum(t.height for t in net.tie_tables.values()),
        fingerprint=fingerprint(net.schema),
        declared=declared(net.schema),
        files=entries,
    )


def _put(path: Path, data: bytes) -> None:
    """Write a file, and return when the disk has it."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Return when the disk knows what the folder holds, where a system can say so."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _swap(holder: Path, target: Path) -> None:
    """Put the new folder in its place; if that fails, the old one back."""
    old = holder / "old"
    if target.exists():
        target.rename(old)
    try:
        (holder / "new").rename(target)
    except BaseException:
        if old.exists():
            old.rename(target)
        raise
    _settle(target.parent)


def load(path: Path | str, *, schema: Schema = SCHEMA) -> Network:
    """Read a network that was saved, if every file is the one that was written.

    Parameters
    ----------
    path
        The folder.
    schema
        What may exist; the one that the network was saved with.

    Returns
    -------
    Network
        Equal to the one that was saved.

    Raises
    ------
    NotANetworkError
        If the folder is no network, was written by a newer orgnet or with another
        schema, or is not as it was written. Nothing is read by halves.

    Examples
    --------
    >>> load("no-such-folder")
    Traceback (most recent call last):
    orgnet.errors.NotANetworkError: no folder 'no-such-folder': name the folder ...
    """
    folder = Path(path)
    manifest = _read_manifest(folder)
    _check_schema(folder, manifest, schema)
    files = _files(schema)
    held = {n: f for n, f in files.items() if f in manifest.files}
    contents = _read_files(folder, manifest, list(held.values()))
    tables = {
        name: contents[file] if name in held else _empty(schema[name])
        for name, file in files.items()
    }
    net = Network(
        {n: tables[n] for n in schema.kinds},
        {n: tables[n] for n in schema.ties},
        schema,
        frozenset(manifest.complete),
        manifest.synthetic,
        manifest.title,
    )
    _check_counts(folder, manifest, net)
    return net


def _read_manifest(folder: Path) -> Manifest:
    if not (folder / MANIFEST).is_file():
        raise NotANetworkError(_why_absent(folder), [str(folder)])
    given = _given(folder)
    number = given.get("format_version", 0)
    if isinstance(number, int) and number > FORMAT_VERSION:
        msg = (
            f"{str(folder)!r} was written by orgnet {given.get('orgnet')} in format "
            f"{number}; this is {_version()} and reads format {FORMAT_VERSION}: "
            f"pip install --upgrade orgnet-graph"
        )
        raise NotANetworkError(msg, [str(folder)])
    try:
        return Manifest.model_validate(given)
    except ValidationError as error:
        wrong = [".".join(map(str, e["loc"])) for e in error.errors()]
        msg = (
            f"{str(folder / MANIFEST)!r} is no manifest of a network; wrong in it: "
            f"{some(wrong)}. Save the network again"
        )
        raise NotANetworkError(msg, [str(folder), *wrong]) from None


def _why_absent(folder: Path) -> str:
    """Say why there is no manifest, and where the network may be."""
    shown = repr(str(folder))
    place = folder.resolve()
    cut_off = sorted(place.parent.glob(f".{place.name}.*{SAVING}/old/{MANIFEST}"))
    if cut_off and not folder.exists():
        holder = str(cut_off[0].parents[1])
        return (
            f"{shown} was being replaced when the computer stopped. Both networks are "
            f"whole in {holder!r}: move 'new' or 'old' from there to {shown}"
        )
    if not folder.exists():
        return f"no folder {shown}: name the folder that Network.save wrote"
    return (
        f"{shown} is not a network, for it has no {MANIFEST}. Name the folder that "
        f"Network.save wrote; rosters are read by orgnet.read_rosters({shown})"
    )


def _check_schema(folder: Path, manifest: Manifest, schema: Schema) -> None:
    if manifest.fingerprint == fingerprint(schema):
        return
    here = declared(schema)
    then = manifest.declared
    differing = sorted(n for n in {*here, *then} if here.get(n) != then.get(n))
    msg = (
        f"{str(folder)!r} was written with another schema, which differs in "
        f"{len(differing)} declarations: {some(differing)}. Give that schema, "
        f"load({str(folder)!r}, schema=...), or build the network anew"
    )
    raise NotANetworkError(msg, differing)


def _read_files(folder: Path, manifest: Manifest, files: list[str]) -> Tables:
    """Return the tables of these files, if all of them are as they were written."""
    known = manifest.files

    def read(file: str) -> pl.DataFrame | str:
        try:
            data = (folder / file).read_bytes()
        except OSError:
            return "missing"
        if _digest(data) != known[file].sha256:
            return "changed"
        table = pl.read_parquet(data)
        return table if table.height == known[file].rows else "miscounted"

    with ThreadPoolExecutor(READERS) as pool:
        contents = dict(zip(files, pool.map(read, files), strict=True))
    unknown = {f: "undeclared" for f in known if f not in contents}
    wrong = {f: t for f, t in contents.items() if isinstance(t, str)} | unknown
    if wrong:
        named = [f"{f} ({why})" for f, why in wrong.items()]
        msg = (
            f"{len(wrong)} of {len(known)} files in {str(folder)!r} are not as they "
            f"were written: {some(named)}. Copy the folder again from where it came, "
            f"or save the network again"
        )
        raise NotANetworkError(msg, list(wrong))
    return {f: t for f, t in contents.items() if isinstance(t, pl.DataFrame)}


def _empty(record: type[Record]) -> pl.DataFrame:
    """Return the table without rows of a kind or type."""
    return pl.DataFrame(schema=dict(_columns(record)))


def _columns(record: type[Record]) -> Iterator[tuple[str, pl.DataType]]:
    if issubclass(record, Node):
        yield "id", pl.String()
    else:
        yield from (("tail", pl.Int32()), ("head", pl.Int32()))
    yield from ((a.name, a.dtype) for a in record.attributes().values())


def _check_counts(folder: Path, manifest: Manifest, net: Network) -> None:
    """Raise unless the tables are those that the manifest and the schema speak of."""
    tables = {**net.node_tables, **net.tie_tables}
    wrong = [
        n for n, t in tables.items() if dict(t.schema) != dict(_columns(net.schema[n]))
    ]
    counted = len(net), sum(t.height for t in net.tie_tables.values())
    if wrong or counted != (manifest.nodes, manifest.relationships):
        msg = (
            f"{str(folder)!r} says {manifest.nodes} nodes and {manifest.relationships} "
            f"relationships and holds {counted[0]} and {counted[1]}; tables not as "
            f"declared: {some(wrong) or 'none'}. Save the network again"
        )
        raise NotANetworkError(msg, wrong)
