"""The commands of Neo4j as a person types them, on a real server."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import orgnet as on
from orgnet.cli import main
from tests.handmade import network, node, tie
from tests.servers import Given, contents

TOWN = (
    node("area:d", level="district"),
    node("area:s", level="street"),
    node("area:c"),
    node("area:g", level="grid"),
    node("party:c", setting="community"),
    tie("PART_OF", "area:c", "area:s"),
    tie("PART_OF", "area:s", "area:d"),
    tie("PART_OF", "area:g", "area:c"),
    tie("COVERS", "party:c", "area:c"),
)
FIRM = (node("unit:f", name="甲公司"), tie("LOCATED_IN", "unit:f", "area:c"))
SHOP = (node("unit:s", name="乙商店"), tie("LOCATED_IN", "unit:s", "area:s"))
NOBODY = "bolt://127.0.0.1:9"  # where nothing answers
SECRET = "never-to-be-shown"  # noqa: S105  no password of anything


@pytest.fixture
def server(clean_database: Given, monkeypatch: pytest.MonkeyPatch) -> Given:
    """Have the environment say where the empty database is, as a person's does."""
    user, password = clean_database.auth or ("", "")
    for name, value in {
        "URI": clean_database.uri,
        "DATABASE": clean_database.database,
        "USERNAME": user,
        "PASSWORD": password,
    }.items():
        monkeypatch.setenv(f"NEO4J_{name}", value)
    return clean_database


def typed(*words: object) -> None:
    """Type a command, which must succeed."""
    assert main(list(map(str, words))) == 0, words


def test_a_network_goes_in_is_changed_comes_out_equal_and_is_taken_out(
    server: Given, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = network(*TOWN, *FIRM), network(*TOWN, *SHOP)
    old.save(tmp_path / "old")
    new.save(tmp_path / "new")
    typed("push", tmp_path / "old")
    assert "6 nodes and 5 relationships are in the database" in capsys.readouterr().out
    typed("push", tmp_path / "old")
    assert "0 batches written" in capsys.readouterr().out
    typed("sync", tmp_path / "new", "--dry-run", "--deletes", 2)
    assert "<sync: 4 changes, to do" in capsys.readouterr().out
    typed("sync", tmp_path / "new", "--deletes", 2)
    assert "<sync: 4 changes, done" in capsys.readouterr().out  # so none was done yet
    typed("pull", "--out", tmp_path / "after")
    assert on.load(tmp_path / "after").equals(new)
    typed("clear", "--yes")
    assert "6 nodes, 5 relationships and" in capsys.readouterr().out
    with server.driver() as driver:
        assert not contents(driver, server.database)


def test_neo4j_writes_the_bytes_that_memory_writes(
    server: Given, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "town"
    replace(network(*TOWN, *FIRM), synthetic=True, title="小镇").save(folder)
    typed("push", folder)
    capsys.readouterr()
    for name in ("coverage.gaps", "structure.chain"):
        typed("query", name, folder, "--format", "csv")
        meant = capsys.readouterr().out
        typed("query", name, "--engine", "neo4j", "--format", "csv")
        assert capsys.readouterr().out == meant, name
        assert "_name," in meant
        assert meant.count("\n") > 1, name
    file = "queries/structure/chain.cypher"
    typed("cypher", file, "--within", "area:c", "--format", "json")
    rows = json.loads(capsys.readouterr().out)
    wanted = on.structure.chain(on.load(folder), within="area:c").frame
    assert rows == wanted.to_dicts()
    text = "MATCH (n) WHERE n.name IN $names RETURN n.id AS id"
    typed("cypher", text, "--names", '["甲公司"]', "--format", "csv")
    assert capsys.readouterr().out == "id\nunit:f\n"
    chain, written = ("query", "structure.chain"), ("--format", "xlsx", "--out")
    books = [tmp_path / "neo4j.xlsx", tmp_path / "memory.xlsx"]
    typed(*chain, "--engine", "neo4j", *written, books[0])
    typed(*chain, folder, *written, books[1])
    assert books[0].read_bytes() == books[1].read_bytes()
    typed(*chain, "--engine", "neo4j")
    assert "organizations are synthetic 组织数据为合成数据" in capsys.readouterr().err


def test_files_for_the_import_say_what_to_type_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network(*TOWN).save(tmp_path / "town")
    folder = tmp_path / "to import"
    typed("export", "neo4j-admin", tmp_path / "town", "--out", folder)
    script = folder / "import.sh"
    assert f"sh '{script}' neo4j" in " ".join(capsys.readouterr().out.split())
    assert script.is_file()
    assert len(list((folder / "nodes").glob("**/*.csv"))) > 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["query", "structure.chain", "chengdu", "--engine", "neo4j"],
            "leave that out, orgnet query structure.chain --engine neo4j;",
        ),
        (
            ["query", "structure.chain", "--day", "2019-12-31"],
            "no network is named: orgnet query structure.chain FOLDER, or chengdu;",
        ),
        (
            ["pull", "--out", "x", "--uri", f"bolt://neo4j:{SECRET}@127.0.0.1"],
            "an address has only host and port",
        ),
        (["clear", "--yes", "--uri", NOBODY], "orgnet neo4j start"),
        (["cypher", "RETURN 1", "--uri", NOBODY], "orgnet neo4j start"),
    ],
)
def test_what_is_wrong_is_said_and_the_code_is_two(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    said = capsys.readouterr().err
    assert message in " ".join(said.split())
    assert SECRET not in said


def test_where_no_server_answers_neither_address_nor_password_is_shown(
    tmp_path: Path,
) -> None:
    network(*TOWN).save(tmp_path / "town")
    words = ["push", str(tmp_path / "town"), "--uri", NOBODY]
    done = subprocess.run(
        [sys.executable, "-m", "orgnet.cli", *words],
        env=os.environ | {"NEO4J_USERNAME": "neo4j", "NEO4J_PASSWORD": SECRET},
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 2
    assert not done.stdout
    assert "no Neo4j answers at the address that was given" in done.stderr
    shown = ("Traceback", "127.0.0.1", NOBODY.rpartition(":")[2], SECRET)
    assert not [word for word in shown if word in done.stderr]
