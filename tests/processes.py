"""Processes of the tests' own, and waiting for what they do."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60  # seconds within which what must happen happens, or the test fails


def until(true: Callable[[], bool]) -> bool:
    """Wait for what must happen soon."""
    patience = time.monotonic() + PATIENCE
    while not true() and time.monotonic() < patience:
        time.sleep(0.05)
    return true()


def gone(pid: int | None) -> bool:
    """Say whether a process that there was has ended."""
    assert pid is not None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def python(program: str, *arguments: object, **options: Any) -> "subprocess.Popen[str]":
    """Start a program and read what it says."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, **options
    )
