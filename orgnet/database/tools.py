"""What a server needs of this machine: a Java that fits, and Maven."""

import os
import re
import shutil
import subprocess
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from orgnet.errors import OrgnetError

VERSION = re.compile(r'version "(\d+)')
PLACES: tuple[str, ...] = (  # where systems put several of them side by side
    "/usr/lib/jvm/*",
    "/Library/Java/JavaVirtualMachines/*/Contents/Home",
    "/opt/homebrew/opt/openjdk*",
    "/usr/local/opt/openjdk*",
)
PATIENCE = 20  # seconds a Java may take to say its version


class UnavailableError(OrgnetError):
    """A program or a download that a server needs is not to be had here."""


class Java(NamedTuple):
    """A Java of this machine.

    Parameters
    ----------
    program
        The program to run.
    major
        Its version, such as 17.
    """

    program: Path
    major: int

    @property
    def home(self) -> Path:
        """The folder that `JAVA_HOME` would name."""
        return self.program.resolve().parents[1]


def java(
    majors: Collection[int],
    purpose: str,
    *,
    environ: Mapping[str, str] | None = None,
    places: Iterable[str] = PLACES,
) -> Java:
    """Return the first Java in one of these versions.

    `JAVA_HOME` is asked first, then `PATH`, then the usual folders.

    Parameters
    ----------
    majors
        Versions that fit, such as 17 and 21.
    purpose
        What it is for, as the message says it.
    environ
        The environment; this process's own if not given.
    places
        Patterns of folders that a Java may stand in.

    Raises
    ------
    UnavailableError
        If there is none; it lists those that were found.
    """
    found: list[Java] = []
    for program in _programs(os.environ if environ is None else environ, places):
        one = _asked(program)
        if one is not None and one.major in majors:
            return one
        found += [one] if one else []
    listed = ", ".join(f"{j.major} ({j.program})" for j in found) or "no Java at all"
    msg = (
        f"{purpose} needs Java {' or '.join(map(str, majors))}; found: {listed}. "
        "Install one (apt install openjdk-21-jre-headless, brew install openjdk@21) "
        "or say where one is: export JAVA_HOME=/path/to/jdk-21 需要合适版本的Java"
    )
    raise UnavailableError(msg, found)


def maven() -> str:
    """Return the program of Maven.

    Raises
    ------
    UnavailableError
        If there is none.
    """
    program = shutil.which("mvn")
    if program is None:
        msg = (
            "Maven fetches the jars of a Neo4j server, and no mvn is on PATH: "
            "apt install maven, brew install maven 需要Maven"
        )
        raise UnavailableError(msg)
    return program


def _programs(environ: Mapping[str, str], places: Iterable[str]) -> Iterator[Path]:
    """Go through the programs called java, each once."""
    homes = [Path(environ["JAVA_HOME"])] if environ.get("JAVA_HOME") else []
    on_path = shutil.which("java", path=environ.get("PATH", ""))
    usual = [f for p in places for f in sorted(Path("/").glob(p.removeprefix("/")))]
    programs = [h / "bin" / "java" for h in homes]
    programs += [Path(on_path)] if on_path else []
    programs += [h / "bin" / "java" for h in usual]
    seen: set[Path] = set()
    for program in programs:
        if program.is_file() and program.resolve() not in seen:
            seen.add(program.resolve())
            yield program


def _asked(program: Path) -> Java | None:
    """Ask a Java for its version; None if it does not run."""
    try:
        said = subprocess.run(  # noqa: S603 - that it is called java is what we know
            [program, "-version"],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = VERSION.search(said.stderr + said.stdout)
    return Java(program, int(version[1])) if version else None
