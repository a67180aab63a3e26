"""Jars: what the lock says and nothing else, fetched once."""

import os
from pathlib import Path

import pytest

from orgnet.database.jars import digests, jars, javas, numbers, once
from orgnet.errors import RefusedFileError, UnknownNameError
from tests.processes import python
from tests.servers import CALENDAR, LONG_TERM

FILL = """
import sys, time
from pathlib import Path
from orgnet.database.jars import once

def fill(part):
    with open(sys.argv[2], "a") as log:
        log.write("filled\\n")
    time.sleep(0.5)  # the others come meanwhile
    (part / "a.jar").write_text("whole")

print((once(Path(sys.argv[1]), fill) / "a.jar").read_text())
"""


def test_locks_are_of_a_long_term_and_a_calendar_release() -> None:
    assert numbers(LONG_TERM)[:2] == (5, 26)
    assert numbers(CALENDAR) >= (2026,)
    assert set(javas(LONG_TERM)) & set(javas(CALENDAR)) == {21}  # one Java for both


@pytest.fixture
def linked(lib: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a cache of the same jars, in which one can be changed."""
    folder = tmp_path / lib.name
    folder.mkdir()
    for jar in lib.iterdir():
        (folder / jar.name).symlink_to(jar)
    monkeypatch.setenv("ORGNET_NEO4J_CACHE", str(tmp_path))
    return folder


def test_jars_that_are_those_of_the_lock_are_taken(linked: Path) -> None:
    assert jars(linked.name) == linked
    assert len(digests(linked)) > 200


def test_a_jar_with_one_other_byte_is_refused(linked: Path) -> None:
    jar = linked / f"neo4j-kernel-{linked.name}.jar"
    held = bytearray(jar.read_bytes())
    held[len(held) // 2] ^= 1
    jar.unlink()
    jar.write_bytes(held)
    with pytest.raises(RefusedFileError, match=f"1 of 2.*{jar.name}.*rm -r") as raised:
        jars(linked.name)
    assert raised.value.items == (jar.name,)


def test_a_jar_too_many_and_one_too_few_are_refused(linked: Path) -> None:
    lost = f"neo4j-bolt-{linked.name}.jar"
    (linked / lost).rename(linked / "another.jar")
    with pytest.raises(RefusedFileError) as raised:
        jars(linked.name)
    assert raised.value.items == ("another.jar", lost)


def test_processes_at_once_fill_a_folder_once(tmp_path: Path) -> None:
    folder, log = tmp_path / "cache" / "1.0", tmp_path / "log"
    at_once = [python(FILL, folder, log) for _ in range(4)]
    assert [run.communicate()[0] for run in at_once] == ["whole\n"] * 4
    assert log.read_text() == "filled\n"


def test_a_fetch_that_was_broken_off_is_done_again(tmp_path: Path) -> None:
    def broken(part: Path) -> None:
        (part / "half.jar").write_text("ha")
        raise KeyboardInterrupt

    folder = tmp_path / "1.0"
    with pytest.raises(KeyboardInterrupt):
        once(folder, broken)
    assert not folder.exists()
    once(folder, lambda part: (part / "a.jar").touch())
    assert [p.name for p in folder.iterdir()] == ["a.jar"]


def test_processes_at_once_find_the_jars_and_need_no_maven(lib: Path) -> None:
    program = f"from orgnet.database.jars import jars; print(jars({lib.name!r}))"
    at_once = [python(program, env=os.environ | {"PATH": ""}) for _ in range(2)]
    assert [run.communicate()[0] for run in at_once] == [f"{lib}\n"] * 2


@pytest.mark.slow
def test_maven_fetches_what_the_lock_says(
    lib: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORGNET_NEO4J_CACHE", str(tmp_path))
    assert digests(jars(lib.name)) == digests(lib)


def test_a_version_without_a_lock_is_not_known() -> None:
    with pytest.raises(UnknownNameError, match=f"'5.0.0'.*'{LONG_TERM}'"):
        jars("5.0.0")
