"""The wheel's build hook: what lies beside the package and ships inside it."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("queries", "data")  # for readers at the top of the tree, for pip in orgnet/


class FoldersInWheel(BuildHookInterface[Any]):
    """Puts queries/ and data/ into a wheel as orgnet/queries/ and orgnet/data/."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the folders that exist; an editable install finds them where they are."""
        if version != "standard":
            return
        for folder in FOLDERS:
            if (Path(self.root) / folder).is_dir():
                build_data["force_include"][folder] = f"orgnet/{folder}"
