"""The wheel holds the package, its queries and its data, and nothing else."""

import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

import hatch_build

ROOT = Path(__file__).resolve().parents[1]


def hook(root: Path) -> hatch_build.FoldersInWheel:
    """Make the hook as a build of a wheel in a folder would."""
    unused: Any = None
    return hatch_build.FoldersInWheel(str(root), {}, unused, unused, "", "wheel")


def test_hook_adds_the_folders_that_exist(tmp_path: Path) -> None:
    (tmp_path / "queries").mkdir()
    added: dict[str, Any] = {"force_include": {}}
    hook(tmp_path).initialize("standard", added)
    assert added == {"force_include": {"queries": "orgnet/queries"}}


def test_hook_leaves_an_editable_install_alone() -> None:
    added: dict[str, Any] = {"force_include": {}}
    hook(ROOT).initialize("editable", added)
    assert added == {"force_include": {}}


def expected() -> set[str]:
    """List every file of the tree by the name it has in the wheel."""
    places = {"orgnet": "orgnet"} | {f: f"orgnet/{f}" for f in hatch_build.FOLDERS}
    return {
        f"{place}/{file.relative_to(ROOT / folder).as_posix()}"
        for folder, place in places.items()
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


@pytest.mark.slow
def test_wheel_holds_what_the_tree_holds(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    subprocess.run([*build, "--outdir", str(tmp_path), str(ROOT)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = ZipFile(wheel).namelist()
    info = {name for name in names if ".dist-info/" in name}
    assert set(names) - info == expected()
    assert "orgnet/schema/identifiers.py" in names
    assert any(name.endswith("licenses/LICENSE") for name in info)
    assert len(names) == len(set(names))
