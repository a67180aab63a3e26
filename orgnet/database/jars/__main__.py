"""Write the lock of a version: ``python -m orgnet.database.jars VERSION``.

The jars are fetched into an empty folder, so what the cache holds plays no part. Look
at what changed before it is committed.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from orgnet.database.jars import HERE, digests, fetch


def write(version: str) -> Path:
    """Fetch the jars of a version and write their names and hashes."""
    with TemporaryDirectory() as folder:
        fetch(version, Path(folder))
        lines = [
            f"{digest}  {name}\n" for name, digest in digests(Path(folder)).items()
        ]
    path = HERE / f"{version}.sha256"
    path.write_text("".join(lines), encoding="ascii")
    return path


if __name__ == "__main__":
    for version in sys.argv[1:]:
        sys.stdout.write(f"{write(version)}\n")
