"""The jars of a Neo4j Community server: fetched once, checked each time.

pom.xml names the one dependency, and VERSION.sha256 every jar that comes with it and
the hash it must have; `sha256sum --check` reads these files too. A version can be used
if it has such a file. ``python -m orgnet.database.jars VERSION`` writes one.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from hashlib import file_digest
from pathlib import Path

from orgnet.database.locks import locked
from orgnet.database.tools import UnavailableError, java, maven
from orgnet.errors import RefusedFileError, UnknownNameError, some

HERE = Path(__file__).parent
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
SAID = 5  # lines of a failed Maven's output that a message repeats


def releases() -> tuple[str, ...]:
    """List the versions that can be used, the oldest first.

    Examples
    --------
    >>> releases()
    ('5.26.31', '2026.09.0')
    """
    return tuple(sorted((p.stem for p in HERE.glob("*.sha256")), key=numbers))


def numbers(version: str) -> tuple[int, ...]:
    """Return a version as numbers, which can be compared.

    Examples
    --------
    >>> numbers("2026.09.0") > numbers("5.26.31")
    True
    """
    return tuple(int(part) for part in version.partition("-")[0].split("."))


def javas(version: str) -> tuple[int, ...]:
    """Return the versions of Java that a version of Neo4j runs on.

    Examples
    --------
    >>> javas("5.26.31"), javas("2025.09.0"), javas("2026.09.0")
    ((17, 21), (21,), (21, 25))
    """
    if numbers(version) < (2025,):
        return 17, 21
    return (21,) if numbers(version) < (2025, 10) else (21, 25)


def cache() -> Path:
    """Return the folder of everything fetched: `ORGNET_NEO4J_CACHE`, or the user's."""
    given = os.environ.get("ORGNET_NEO4J_CACHE")
    if given:
        return Path(given).absolute()
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches).absolute() / "orgnet" / "neo4j"


def here(version: str) -> bool:
    """Say whether the jars of a version have been fetched."""
    return (cache() / version).is_dir()


def jars(version: str) -> Path:
    """Return the folder of a version's jars, fetched if need be, and checked.

    Raises
    ------
    UnknownNameError
        If there is no lock for this version.
    UnavailableError
        If the jars must be fetched and Maven or its download fails.
    RefusedFileError
        If a jar is not what the lock says.
    """
    if version not in releases():
        msg = f"no jars of Neo4j {version!r} are known; there are: {some(releases())}"
        raise UnknownNameError(msg, [version])
    lock = _lock((HERE / f"{version}.sha256").read_text(encoding="ascii"))

    def fill(part: Path) -> None:
        fetch(version, part)
        check(part, lock)

    folder = once(cache() / version, fill)
    check(folder, lock)
    return folder


def once(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Return a folder, filled by whoever of several processes comes first.

    The others wait. A folder gets its name when it is whole, so what a killed process
    leaves behind is never taken for it.

    Parameters
    ----------
    folder
        The folder.
    fill
        Fills an empty folder, which is then renamed.
    """
    if folder.is_dir():
        return folder
    with locked(folder.with_name(f"{folder.name}.lock")):
        if not folder.is_dir():
            part = folder.with_name(f"{folder.name}.part")
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            fill(part)
            part.rename(folder)
    return folder


def fetch(version: str, folder: Path) -> None:
    """Let Maven put the jars of a version into a folder, with strict checksums.

    Raises
    ------
    UnavailableError
        If there is no Maven, no Java for it, or no way to the repository.
    """
    mvn = maven()
    home = java(javas(version), f"Neo4j {version}").home
    command = [mvn, "--batch-mode", "--strict-checksums", f"--file={HERE / 'pom.xml'}"]
    wanted = [f"{PLUGIN}:copy-dependencies", "-DincludeScope=runtime"]
    given = [f"-Dneo4j.version={version}", f"-DoutputDirectory={folder}"]
    run = subprocess.run(  # noqa: S603 - the user's own Maven
        [*command, *wanted, *given],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"JAVA_HOME": str(home)},
    )
    if run.returncode:
        said = [line for line in run.stdout.splitlines() if "ERROR" in line][:SAID]
        msg = f"Maven could not fetch Neo4j {version} 下载失败: {' '.join(said)}"
        raise UnavailableError(msg, said)


def check(folder: Path, lock: Mapping[str, str]) -> None:
    """Refuse a folder whose jars are not those of the lock.

    Raises
    ------
    RefusedFileError
        If one is missing, is another, or is not in the lock.
    """
    found = digests(folder)
    wrong = sorted(n for n in found.keys() | lock if found.get(n) != lock.get(n))
    if wrong:
        msg = (
            f"{len(wrong)} of {len(lock)} jars in {folder} are not what the lock says: "
            f"{some(wrong)}. Remove the folder, and they are fetched anew: "
            f"rm -r {folder} 请删除后重新下载"
        )
        raise RefusedFileError(msg, wrong)


def digests(folder: Path) -> dict[str, str]:
    """Return the hash of every file in a folder, by name."""
    found: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            found[path.name] = file_digest(file, "sha256").hexdigest()
    return found


def _lock(text: str) -> dict[str, str]:
    """Read a lock: a hash, two blanks and a name in each line."""
    pairs = (line.split("  ") for line in text.splitlines())
    return {name: digest for digest, name in pairs}
