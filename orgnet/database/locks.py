"""Locks between processes: held by an open file, and gone when its process is."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from orgnet.database.tools import UnavailableError


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait until no other process holds this lock, and hold it."""
    with _opened(path) as file:
        _lock(file, wait=True)
        yield


def taken(path: Path) -> IO[str] | None:
    """Take a lock and return its open file, or None if it is held already.

    A child that inherits the file holds the lock too, as long as it lives.
    """
    file = _opened(path)
    try:
        _lock(file, wait=False)
    except BlockingIOError:
        file.close()
        return None
    return file


def held(path: Path) -> bool:
    """Say whether some process holds this lock."""
    if not path.exists():
        return False
    file = taken(path)
    if file is not None:
        file.close()
    return file is None


def _opened(path: Path) -> IO[str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("a")


def _lock(file: IO[str], *, wait: bool) -> None:
    if sys.platform == "win32":
        msg = (
            "a Neo4j server of orgnet's own runs on Linux and macOS: on Windows use "
            "WSL, Docker or Neo4j Desktop, and set NEO4J_URI 请设置NEO4J_URI"
        )
        raise UnavailableError(msg)
    import fcntl

    fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
