"""What this machine has: a Java that fits, and Maven."""

import os
from pathlib import Path

import pytest

from orgnet.database.jars import jars
from orgnet.database.tools import PLACES, UnavailableError, java


def test_without_any_java_the_message_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"no Java at all.*apt install"):
        java((17, 21), "Neo4j", environ={"PATH": ""}, places=[str(tmp_path / "*")])


def test_a_java_that_does_not_fit_is_named(lib: Path) -> None:
    with pytest.raises(UnavailableError, match="needs Java 9 or 10; found: ") as raised:
        java((9, 10), "Neo4j")
    assert {j.major for j in raised.value.items} & {17, 21, 25}  # type: ignore[attr-defined]
    assert len({j.program.resolve() for j in raised.value.items}) == len(  # type: ignore[attr-defined]
        raised.value.items
    )


def test_java_home_comes_first_and_a_broken_java_is_passed_over(
    lib: Path, tmp_path: Path
) -> None:
    found = java(range(11, 99), "Neo4j")
    (tmp_path / "good").symlink_to(found.home)
    (tmp_path / "bad" / "bin").mkdir(parents=True)
    broken = tmp_path / "bad" / "bin" / "java"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    for home, program in (("good", tmp_path / "good/bin/java"), ("bad", found.program)):
        environ = os.environ | {"JAVA_HOME": str(tmp_path / home)}
        first = java(range(11, 99), "Neo4j", environ=environ, places=PLACES)
        assert first.program.resolve() == program.resolve()
        assert first.major == found.major
        assert home == "bad" or first.program == program


def test_without_maven_the_message_says_what_to_install(
    lib: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("ORGNET_NEO4J_CACHE", str(tmp_path))
    with pytest.raises(UnavailableError, match="no mvn is on PATH: apt install maven"):
        jars(lib.name)
    assert not (tmp_path / lib.name).exists()
