"""Files for the import tool: taken unedited, and the same graph as a push."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from shlex import join, quote

import polars as pl
import pytest

import orgnet
from orgnet.database.bulk import export, import_arguments
from orgnet.database.server import ADMIN, Server
from orgnet.errors import OrgnetError
from orgnet.network import Network
from orgnet.schema import SCHEMA
from tests.database.standing import assert_holds
from tests.servers import CALENDAR, LONG_TERM


@pytest.fixture(scope="module")
def city() -> Network:
    return orgnet.chengdu(scale=0.02)


def test_the_same_network_gives_the_same_bytes(city: Network, tmp_path: Path) -> None:
    for name in ("a", "b"):
        export(city, tmp_path / name)
    files = [
        {p.relative_to(root): p.read_bytes() for p in root.rglob("*") if p.is_file()}
        for root in (tmp_path / "a", tmp_path / "b")
    ]
    assert files[0] == files[1]
    assert len(files[0]) > 60
    assert str(tmp_path) not in (tmp_path / "a" / "import.sh").read_text()


def test_what_is_there_is_not_written_over(city: Network, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    with pytest.raises(OrgnetError, match="nothing was written: 'mine' is not empty"):
        export(city, tmp_path / "mine")
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_texts_are_quoted_and_lists_kept_apart(tmp_path: Path) -> None:
    names = ['甲"乙', "a,b", " 空 ", "两\n行", "N/A"]
    units = {
        "id": [f"unit:{i}" for i in range(5)],
        "name": names,
        "kind": ["other"] * 5,
    }
    net, faults = Network.from_frames({"Unit": pl.DataFrame(units)}, {})
    assert not faults
    export(net, tmp_path / "x")
    rows = (tmp_path / "x/nodes/Unit.Orgnet/rows.csv").read_text(encoding="utf-8")
    assert rows.startswith('"unit:0","甲""乙","other"\n"unit:1","a,b","other"\n')
    assert "--multiline-fields=true" in import_arguments(tmp_path / "x")


AWKWARD = (
    '甲"乙""丙"',
    "a,b;c'd`e",
    " 两边 有空 ",
    "两\n行\r\n三\r",
    "表\t格",
    '"',
    "\\n \\",
    "𠮷𡈽",
    "=1+1",
    "null",
)


def awkward(city: Network) -> Network:
    """Give some of a city's nodes and relationships texts that files stumble over."""
    units = city.nodes("Unit").head(len(AWKWARD)).rows(named=True)
    covers = city.ties("COVERS").head(len(AWKWARD)).rows(named=True)
    return city.plus(
        [
            record
            for text, unit, cover in zip(AWKWARD, units, covers, strict=True)
            for record in (
                SCHEMA["Unit"].model_validate(unit | {"name": text, "address": text}),
                SCHEMA["COVERS"].model_validate(cover | {"doc_no": text}),
            )
        ]
    )


def imported(server: Server, folder: Path) -> None:
    """Run the script as it was written, with the command that its comment asks for."""
    command = [*server._java("1g"), f"-Dbasedir={server.home}", ADMIN]
    places = {"NEO4J_HOME": server.home, "NEO4J_CONF": server.home / "conf"}
    exports = [f"export {name}={quote(str(p))}" for name, p in places.items()]
    admin = server.home / "neo4j admin"
    lines = ["#!/bin/sh", *exports, f'exec {join(command)} "$@"', ""]
    admin.write_text("\n".join(lines), encoding="utf-8")
    admin.chmod(0o700)
    run = subprocess.run(
        [
            *("sh", folder / "import.sh", "neo4j", "--overwrite-destination=true"),
            "--max-off-heap-memory=1G",
        ],
        env=os.environ | {"NEO4J_ADMIN": str(admin), "LC_ALL": "C.UTF-8"},
        cwd="/",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.slow
@pytest.mark.parametrize("version", [LONG_TERM, CALENDAR])
def test_the_import_tool_takes_the_files_and_the_network_is_there(
    city: Network, tmp_path: Path, new_server: Callable[..., Server], version: str
) -> None:
    net, folder = awkward(city), tmp_path / "文件 甲"
    server = new_server(version)
    export(net, folder)
    imported(server, folder)
    server.admin("database", "check", "neo4j")
    server.start()
    with orgnet.connect(server.uri) as db:
        for text in (folder / "schema.cypher").read_text(encoding="utf-8").split(";\n"):
            if text:
                db.write(text)
        assert_holds(db, net)
        assert db.pull().equals(net)
        assert db.push(net).written == 0  # a push finds it as its own
