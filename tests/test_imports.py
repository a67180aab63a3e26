"""``import orgnet`` stays light: heavy libraries load when they are first used."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {
    "fastexcel",
    "matplotlib",
    "neo4j",
    "networkx",
    "ortools",
    "pandas",
    "pyarrow",
    "rustworkx",
    "scipy",
}
PROGRAM = "import sys, orgnet; print(*sys.modules)"


def test_import_leaves_heavy_libraries_alone() -> None:
    # A fresh interpreter: the test runner has loaded most of them already.
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    loaded = set(run.stdout.split())
    assert "orgnet" in loaded
    assert not HEAVY & loaded
