"""The servers of the tests themselves: which is taken, and what is never wiped."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from neo4j import Driver

from orgnet.coverage import gaps
from orgnet.database.installation import Installation
from orgnet.database.jars import javas
from orgnet.database.tools import UnavailableError
from tests.processes import ROOT
from tests.servers import (
    OURS,
    Given,
    NotOursError,
    contents,
    from_environment,
    installed,
    refuse_what_is_not_ours,
    wipe,
)
from tests.worlds import swift, world


def test_the_environment_names_a_server() -> None:
    uri = {"NEO4J_URI": "bolt://there:1"}
    password = {"NEO4J_PASSWORD": "known"}
    assert from_environment({}) is None
    assert from_environment(uri) == Given("bolt://there:1", None, "neo4j")
    assert from_environment(uri | password) == Given(
        "bolt://there:1", ("neo4j", "known")
    )
    named = uri | password | {"NEO4J_USERNAME": "me", "NEO4J_DATABASE": "mine"}
    assert from_environment(named) == Given("bolt://there:1", ("me", "known"), "mine")


def test_an_installed_neo4j_is_found_by_its_jars(lib: Path, tmp_path: Path) -> None:
    (tmp_path / "lib").symlink_to(lib)
    found = installed({"NEO4J_HOME": str(tmp_path), "PATH": ""})
    assert found == Installation(lib.name, tmp_path / "lib", found.java)
    assert found.java.major in javas(lib.name)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "neo4j").touch(mode=0o755)
    assert installed({"PATH": str(tmp_path / "bin")}) == found
    with pytest.raises(UnavailableError):
        installed({"NEO4J_HOME": str(tmp_path / "nowhere"), "PATH": ""})


def test_an_enterprise_or_an_old_neo4j_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    for jar in ("neo4j-5.20.0.jar", "neo4j-5.26.9.jar", "neo4j-enterprise-5.26.9.jar"):
        (tmp_path / "lib" / jar).touch()
        with pytest.raises(UnavailableError, match=r"Community 5\.26"):
            installed({"NEO4J_HOME": str(tmp_path), "PATH": ""})
        if jar.startswith("neo4j-5.20"):
            (tmp_path / "lib" / jar).unlink()
            (tmp_path / "lib" / "neo4j-enterprise-5.26.9.jar").touch()


def test_a_database_that_holds_something_is_not_wiped(
    clean_database: Given, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ORGNET_NEO4J_DISPOSABLE", raising=False)
    wipe(driver, clean_database.database)  # of the rules that stay for all tests too
    refuse_what_is_not_ours(clean_database)
    name = clean_database.database
    driver.execute_query("CREATE (:A {id: 1})-[:R]->(:B)", database_=name)
    unique = "CREATE CONSTRAINT one FOR (a:A) REQUIRE a.id IS UNIQUE"
    driver.execute_query(unique, database_=name)
    driver.execute_query("CREATE INDEX two FOR (b:B) ON (b.id)", database_=name)
    assert contents(driver, name) == "2 nodes, 1 constraints, 2 indexes"
    with pytest.raises(NotOursError, match=r"holds 2 nodes.*DISPOSABLE=1"):
        refuse_what_is_not_ours(clean_database)
    monkeypatch.setenv("ORGNET_NEO4J_DISPOSABLE", "1")
    refuse_what_is_not_ours(clean_database)


def test_nothing_is_left_in_the_database(neo4j_server: Given, driver: Driver) -> None:
    assert not contents(driver, neo4j_server.database, but=OURS)


def test_what_the_server_warns_of_is_an_error(driver: Driver) -> None:
    with pytest.raises(Warning, match="deprecated"):
        driver.execute_query("MATCH (n:Unknown) RETURN id(n)", database_="neo4j")


def test_one_test_asks_every_engine(engine: Any) -> None:
    for seed in (1, 2):  # the second takes the place of the first
        net = swift(world(seed))
        assert gaps(engine(net)).frame.equals(gaps(net).frame)


def pytest_run(*, cache: Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run one test where no server can be had."""
    test = "tests/database/test_servers.py::test_nothing_is_left_in_the_database"
    nothing = {"PATH": "", "DOCKER_HOST": f"unix://{cache}/none"}
    nothing |= {"ORGNET_NEO4J_CACHE": str(cache)} | environ
    removed = {"NEO4J_URI", "NEO4J_HOME", "ORGNET_REQUIRE_NEO4J"}
    kept = {
        k: v
        for k, v in os.environ.items()
        if k not in removed and not k.startswith("PYTEST")
    }
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test],
        cwd=ROOT,
        env=kept | nothing,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_missing_server_is_a_skip_that_is_counted(tmp_path: Path) -> None:
    run = pytest_run(cache=tmp_path)
    assert run.returncode == 0, run.stdout
    assert "1 tests skipped: " in run.stdout
    for reason in ("NEO4J_URI is not set", "no Docker engine", "NEO4J_HOME or on PATH"):
        assert reason in run.stdout


def test_a_missing_server_fails_where_one_is_required(tmp_path: Path) -> None:
    run = pytest_run(cache=tmp_path, ORGNET_REQUIRE_NEO4J="1")
    assert run.returncode == 1, run.stdout
    assert "no Neo4j server, and ORGNET_REQUIRE_NEO4J=1" in run.stdout
