"""A Neo4j Community that can be started on this machine."""

from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

from orgnet.database.jars import jars, javas, numbers, releases
from orgnet.database.tools import Java, UnavailableError, java

OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
ENTRIES = ("org.neo4j.server.CommunityEntryPoint", "org.neo4j.server.Neo4jCommunity")


class Installation(NamedTuple):
    """A Neo4j that can be started here.

    Parameters
    ----------
    version
        Such as "5.26.31".
    lib
        The folder of its jars.
    java
        A Java that it runs on.
    """

    version: str
    lib: Path
    java: Java

    def entry(self) -> str:
        """Return the class that is the server."""
        (jar,) = self.lib.glob(f"neo4j-{self.version}.jar")
        with ZipFile(jar) as file:
            held = set(file.namelist())
        return next(c for c in ENTRIES if f"{c.replace('.', '/')}.class" in held)

    def flags(self) -> list[str]:
        """Return what the Java must be told for this version."""
        opened = OPENED if numbers(self.version) >= (2025, 4) else OPENED[:3]
        flags = [f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in opened]
        flags.append("--enable-native-access=ALL-UNNAMED")
        if self.java.major >= 24:  # noqa: PLR2004 - earlier ones refuse it
            flags.append("--sun-misc-unsafe-memory-access=allow")
        return flags


def assembled(version: str | None = None) -> Installation:
    """Return a Neo4j Community whose jars Maven fetches, once for all.

    Parameters
    ----------
    version
        One of :func:`orgnet.database.jars.releases`; if not given, the oldest that a
        Java of this machine runs, which is the long-term release.

    Raises
    ------
    UnavailableError
        If no Java here fits, or the jars are to be fetched and cannot be.
    """
    missing: list[str] = []
    for one in [version] if version else releases():
        try:
            fitting = java(javas(one), f"Neo4j {one}")
        except UnavailableError as error:
            missing.append(str(error))
        else:
            return Installation(one, jars(one), fitting)
    raise UnavailableError("; ".join(missing), missing)
