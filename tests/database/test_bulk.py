"""Files for the import tool: taken unedited, and the same graph as a push."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import orgnet
from orgnet.database.bulk import export, import_arguments
from orgnet.database.server import Server
from orgnet.errors import OrgnetError
from orgnet.network import Network


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


def test_the_import_tool_takes_the_files_and_the_network_is_there(
    city: Network, tmp_path: Path, new_server: Callable[[], Server]
) -> None:
    folder, server = tmp_path / "文件", new_server()
    export(city, folder)
    server.admin(
        *("database", "import", "full", "neo4j", "--overwrite-destination=true"),
        *("--max-off-heap-memory=1G", *import_arguments(folder)),
    )
    server.admin("database", "check", "neo4j")
    server.start()
    with orgnet.connect(server.uri) as db:
        for text in (folder / "schema.cypher").read_text(encoding="utf-8").split(";\n"):
            if text:
                db.write(text)
        assert db.pull().equals(city)
        assert db.push(city).written == 0  # a push finds it as its own
