"""A network's folder: lossless, the same bytes, whole or not there, never by halves."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import polars as pl
import pytest

from orgnet import files
from orgnet.errors import NotANetworkError
from orgnet.files import MANIFEST, fingerprint, load, save
from orgnet.network import Network
from orgnet.schema import SCHEMA, Ends, Heading, Tie
from orgnet.schema.nodes import Unit
from tests.worlds import network, world

ROOT = Path(__file__).resolve().parents[1]


class Mentors(Tie):
    """One unit mentors another 帮带, under several topics."""

    zh = "帮带"
    ends = Ends(Unit, Unit)

    topics: Annotated[tuple[str, ...] | None, Heading("主题")] = None


def made(title: str = "甲") -> Network:
    units = {"id": ["unit:a", "unit:b"], "name": ["甲", "乙"], "kind": ["other"] * 2}
    ties = {"from": ["unit:a", "unit:b"], "to": ["unit:b", "unit:a"]}
    more = {"topics": [["党建", "志愿"], None], "valid_from": [None, date(2019, 1, 1)]}
    net, faults = Network.from_frames(
        {"Unit": pl.DataFrame(units)},
        {"MENTORS": pl.DataFrame({**ties, **more})},
        schema=SCHEMA.extended(Mentors),
        complete=["COVERS:Unit", "COVERS:grid"],
        synthetic=True,
        title=title,
    )
    assert not faults
    return net


def contents(folder: Path) -> dict[str, bytes]:
    found = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


@pytest.mark.parametrize("seed", range(8))
def test_a_network_comes_back_equal(tmp_path: Path, seed: int) -> None:
    net = network(world(seed))
    net.save(tmp_path / "net")
    back = load(tmp_path / "net")
    assert back.equals(net)
    assert back.counts == net.counts
    assert back.ids.equals(net.ids)
    for name, table in {**net.node_tables, **net.tie_tables}.items():
        again = {**back.node_tables, **back.tie_tables}[name]
        assert again.schema == table.schema  # columns in order, types and codes


def test_lists_dates_and_what_is_told_of_a_network_come_back(tmp_path: Path) -> None:
    net = made()
    net.save(tmp_path / "net")
    back = load(tmp_path / "net", schema=net.schema)
    assert back.equals(net)
    assert back.ties("MENTORS")["topics"].to_list() == [["党建", "志愿"], None]
    assert back.title == "甲"
    assert back.synthetic
    assert back.complete == {"COVERS:Unit", "COVERS:grid"}


def test_bytes_do_not_depend_on_how_the_tables_came_about(tmp_path: Path) -> None:
    net = network(world(5))
    net.save(tmp_path / "a")
    load(tmp_path / "a").save(tmp_path / "b")
    split = {
        n: pl.concat([t[:1], t[1:]], rechunk=False) for n, t in net.tie_tables.items()
    }
    tables = dict(reversed(list(net.node_tables.items())))
    Network(tables, split, SCHEMA, net.complete).save(tmp_path / "c")
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert contents(tmp_path / "a") == contents(tmp_path / "c")


def test_bytes_do_not_depend_on_threads_or_the_hash_seed(tmp_path: Path) -> None:
    program = (
        "import sys; from tests.worlds import network, world; "
        "network(world(3)).save(sys.argv[1])"
    )
    for seed, threads in (("1", "1"), ("2", "2")):
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / seed)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "POLARS_MAX_THREADS": threads},
            check=True,
        )
    assert contents(tmp_path / "1") == contents(tmp_path / "2")
    assert len(contents(tmp_path / "1")) > 5


def test_the_manifest_tells_what_the_folder_holds(tmp_path: Path) -> None:
    net = made()
    net.save(tmp_path / "net")
    told = json.loads((tmp_path / "net" / MANIFEST).read_text(encoding="utf-8"))
    assert told["title"] == "甲"
    assert told["synthetic"] is True
    assert told["complete"] == ["COVERS:Unit", "COVERS:grid"]
    assert (told["nodes"], told["relationships"]) == (2, 2)
    assert told["fingerprint"] == fingerprint(net.schema) != fingerprint(SCHEMA)
    assert told["declared"]["MENTORS"] == "Unit -> Unit"
    assert told["declared"]["MENTORS.topics"] == "List(String)"
    assert told["declared"]["COVERS.basis"].endswith("work, required")
    assert set(told["files"]) == {"nodes/Unit.parquet", "ties/MENTORS.parquet"}
    assert set(contents(tmp_path / "net")) == {MANIFEST, *told["files"]}


def test_a_network_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    network(world(1)).save(tmp_path / "net")
    net = made("new")
    net.save(tmp_path / "net")
    assert load(tmp_path / "net", schema=net.schema).equals(net)
    assert [p.name for p in tmp_path.iterdir()] == ["net"]


def test_parents_are_made_and_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    net = network(world(1))
    for place in ("empty", "new/deep"):
        net.save(tmp_path / place)
        assert load(tmp_path / place).equals(net)


@pytest.mark.parametrize(
    "stands", ["notes.txt", "nodes/notes.txt", "nodes/Unit.parquet", MANIFEST]
)
def test_a_folder_that_is_no_network_is_left_alone(tmp_path: Path, stands: str) -> None:
    file = tmp_path / "net" / stands
    file.parent.mkdir(parents=True)
    file.write_text('{"name": "another program\'s"}', encoding="utf-8")
    with pytest.raises(NotANetworkError, match=r"nothing was written.*holds"):
        made().save(tmp_path / "net")
    assert len(contents(tmp_path)) == 1


def test_a_stranger_among_the_files_of_a_network_is_left_alone(tmp_path: Path) -> None:
    made().save(tmp_path / "net")
    (tmp_path / "net" / "notes.txt").write_text("mine", encoding="utf-8")
    before = contents(tmp_path)
    with pytest.raises(NotANetworkError, match=r"'notes\.txt'"):
        made("other").save(tmp_path / "net")
    assert contents(tmp_path) == before


def test_a_file_in_the_way_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "net").write_text("mine", encoding="utf-8")
    with pytest.raises(NotANetworkError, match="is a file"):
        made().save(tmp_path / "net")
    assert (tmp_path / "net").read_text(encoding="utf-8") == "mine"


class DiskFullError(OSError):
    """Stands for whatever stops a save."""


def _stop_at(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    written = iter(range(100))
    put = files._put

    def failing(path: Path, data: bytes) -> None:
        if next(written) == number:
            put(path, data[: len(data) // 2])
            raise DiskFullError
        put(path, data)

    monkeypatch.setattr(files, "_put", failing)


@pytest.mark.parametrize("number", range(3))  # two tables and the manifest
@pytest.mark.parametrize("older", [True, False])
def test_a_save_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, *, older: bool
) -> None:
    if older:
        network(world(1)).save(tmp_path / "net")
    before = contents(tmp_path)
    _stop_at(monkeypatch, number)
    with pytest.raises(DiskFullError):
        made().save(tmp_path / "net")
    assert contents(tmp_path) == before
    assert len(list(tmp_path.iterdir())) == older


def test_the_old_network_returns_if_the_new_cannot_be_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network(world(1)).save(tmp_path / "net")
    before = contents(tmp_path)
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise DiskFullError
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(DiskFullError):
        made().save(tmp_path / "net")
    assert contents(tmp_path) == before


def _killed_when(tmp_path: Path, condition: str) -> None:
    """Save in another process that dies without a word when the condition holds."""
    program = f"""
import os, signal, sys
from pathlib import Path
from tests.worlds import network, world

def dying(event, args):
    if {condition}:
        os.kill(os.getpid(), signal.SIGKILL)

net = network(world(2))
sys.addaudithook(dying)
net.save(sys.argv[1])
"""
    run = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "net")], cwd=ROOT, check=False
    )
    assert run.returncode == -9


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_a_save_that_is_killed_while_writing_leaves_the_old(tmp_path: Path) -> None:
    net = network(world(1))
    net.save(tmp_path / "net")
    _killed_when(tmp_path, "event == 'open' and 'new/manifest.json' in str(args[0])")
    assert load(tmp_path / "net").equals(net)
    assert len(list(tmp_path.glob(".net.*.saving"))) == 1
    net.save(tmp_path / "net")  # what the dead left is in nobody's way
    assert load(tmp_path / "net").equals(net)


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_after_a_kill_between_the_moves_both_networks_are_found(tmp_path: Path) -> None:
    net = network(world(1))
    net.save(tmp_path / "net")
    _killed_when(tmp_path, "event == 'os.rename' and str(args[0]).endswith('new')")
    with pytest.raises(NotANetworkError, match="move 'new' or 'old' from there"):
        load(tmp_path / "net")
    (holder,) = tmp_path.glob(".net.*.saving")
    assert load(holder / "old").equals(net)
    assert load(holder / "new").equals(network(world(2)))


def _spoilt(folder: Path, file: str, data: bytes | None) -> None:
    if data is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(data)


@pytest.mark.parametrize(
    ("file", "data", "said"),
    [
        (
            "nodes/Unit.parquet",
            None,
            r"1 of 2 files .* 'nodes/Unit.parquet \(missing\)",
        ),
        ("ties/MENTORS.parquet", b"PAR1", r"MENTORS.parquet \(changed\)"),
        (MANIFEST, None, "is not a network, for it has no manifest"),
        (MANIFEST, b"{", "is no manifest of a network"),
        (MANIFEST, b"[]", "is no manifest of a network"),
        (MANIFEST, b"{}", "is no manifest of a network; wrong in it: 'format'"),
    ],
)
def test_a_damaged_folder_is_refused(
    tmp_path: Path, file: str, data: bytes | None, said: str
) -> None:
    net = made()
    net.save(tmp_path / "net")
    _spoilt(tmp_path / "net", file, data)
    with pytest.raises(NotANetworkError, match=said):
        load(tmp_path / "net", schema=net.schema)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format_version": 2, "orgnet": "9.0"}, "written by orgnet 9.0 in format 2"),
        ({"format": "another"}, "no manifest of a network; wrong in it: 'format'"),
        ({"nodes": 3}, "says 3 nodes and 2 relationships and holds 2 and 2"),
        ({"files": {}}, "holds 0 and 0"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(
    tmp_path: Path, change: dict[str, object], said: str
) -> None:
    net = made()
    net.save(tmp_path / "net")
    file = tmp_path / "net" / MANIFEST
    told = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**told, **change}), encoding="utf-8")
    with pytest.raises(NotANetworkError, match=said):
        load(tmp_path / "net", schema=net.schema)


def test_rows_that_are_not_as_many_as_written_are_refused(tmp_path: Path) -> None:
    net = made()
    net.save(tmp_path / "net")
    file = tmp_path / "net" / MANIFEST
    text = file.read_text(encoding="utf-8").replace('"rows": 2', '"rows": 1')
    file.write_text(text, encoding="utf-8")
    with pytest.raises(NotANetworkError, match=r"Unit\.parquet \(miscounted\)"):
        load(tmp_path / "net", schema=net.schema)


def test_another_schema_is_refused_and_its_differences_are_named(
    tmp_path: Path,
) -> None:
    made().save(tmp_path / "net")
    with pytest.raises(NotANetworkError, match=r"7 declarations: 'MENTORS'") as error:
        load(tmp_path / "net")
    assert "MENTORS.topics" in error.value.items


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotANetworkError, match="no folder"):
        load(tmp_path / "net")


def test_a_folder_of_rosters_is_refused_with_the_way_to_read_it(tmp_path: Path) -> None:
    (tmp_path / "台账.csv").write_text("名称\n甲\n", encoding="utf-8")
    with pytest.raises(NotANetworkError, match=r"orgnet\.read_rosters"):
        load(tmp_path)


@pytest.mark.slow
def test_saving_twice_at_once_leaves_one_whole_network(tmp_path: Path) -> None:
    program = (
        "import sys; from tests.worlds import network, world; "
        "net = network(world(int(sys.argv[2])));\n"
        "for _ in range(8):\n"
        "    try: net.save(sys.argv[1])\n"
        "    except (OSError, ValueError): pass  # the other was quicker"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "net"), str(seed)], cwd=ROOT
        )
        for seed in (1, 2)
    ]
    assert [p.wait() for p in running] == [0, 0]
    net = load(tmp_path / "net")
    assert any(net.equals(network(world(seed))) for seed in (1, 2))


def test_save_and_load_are_what_the_network_and_the_package_offer(
    tmp_path: Path,
) -> None:
    import orgnet

    net = made()
    save(net, str(tmp_path / "net"))
    assert orgnet.load(str(tmp_path / "net"), schema=net.schema).equals(net)
