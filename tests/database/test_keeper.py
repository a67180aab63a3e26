"""Processes that end with their parent, and locks that end with their process."""

import os
import subprocess
from pathlib import Path

import pytest

from orgnet.database.keeper import Kept
from orgnet.database.locks import held, taken
from tests.processes import PATIENCE, gone, python, until

KEEP = """
import os, sys, time
from pathlib import Path
from orgnet.database.keeper import Kept
print(Kept(["sleep", "600"], Path(sys.argv[1]), os.environ).pid, flush=True)
time.sleep(600)
"""


def test_a_child_does_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent = python(KEEP, tmp_path / "log")
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert not gone(child)
    parent.kill()
    parent.communicate()
    assert until(lambda: gone(child))


def test_a_child_ends_as_it_is_told(tmp_path: Path) -> None:
    for end, code in ((Kept.terminate, 128 + 15), (Kept.kill, 128 + 9)):
        kept = Kept(["sleep", "600"], tmp_path / "log", os.environ)
        assert kept.poll() is None
        end(kept)
        assert kept.wait(PATIENCE) == code
        assert gone(kept.pid)
        kept.kill()  # closes what is open


def test_a_child_that_ends_alone_gives_its_code_and_its_words(tmp_path: Path) -> None:
    kept = Kept(["sh", "-c", "echo said; exit 7"], tmp_path / "log", os.environ)
    assert kept.wait(PATIENCE) == 7
    kept.terminate()
    kept.kill()
    assert (tmp_path / "log").read_text() == "said\n"


def test_a_command_that_is_none_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere/java does not run"):
        Kept(["nowhere/java"], tmp_path / "log", os.environ)


def test_a_lock_is_held_by_who_inherits_it(tmp_path: Path) -> None:
    lock = taken(tmp_path / "lock")
    assert lock is not None
    with lock:
        child = subprocess.Popen(["/bin/sleep", "600"], pass_fds=[lock.fileno()])
    assert held(tmp_path / "lock")
    assert taken(tmp_path / "lock") is None
    child.kill()
    child.wait()
    assert not held(tmp_path / "lock")
