"""A Neo4j Community server of one's own, on a free port of this machine alone."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol, Self

from neo4j import GraphDatabase
from neo4j.exceptions import AuthError, DriverError, Neo4jError

from orgnet.database.installation import Installation
from orgnet.database.jars import numbers
from orgnet.database.keeper import Kept
from orgnet.errors import OrgnetError

HOST = "127.0.0.1"  # reached from this machine alone
USER = "neo4j"  # the one user that a new server has
DATABASE = "neo4j"  # the one database of Community, beside its own
STARTING = 300  # seconds that a start may take; 10 to 15 on an idle machine
STOPPING = 60  # seconds that a stop may take
ADMIN = "org.neo4j.server.startup.Neo4jAdminCommand"
LISTENS = "Bolt enabled on"  # in the log as soon as the port is its own
CLASH = "PortBindException"  # in the log when the port is another's
SAID = 5  # lines of a log that a message repeats
CAUSES = ("ERROR", "Exception in", "Caused by")  # marks of those that say why
WIDEST = 300  # characters of each


class ServerError(OrgnetError):
    """A Neo4j server did not start, or a command of its did not succeed."""


class PortTakenError(ServerError):
    """Another program listens on the port."""


class Process(Protocol):
    """What a server needs to know of the process it runs in."""

    pid: int

    def poll(self) -> int | None:
        """Return the exit code, or None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended."""

    def terminate(self) -> None:
        """Ask it to end in good order."""

    def kill(self) -> None:
        """End it at once."""


Launch = Callable[[list[str], Path, Mapping[str, str]], Process]


class Server:
    """A server with a folder of its own for data, settings and logs.

    In a ``with`` block it is started, and killed in the end: for a throw-away server.
    It never outlives this process unless `launch` sees to that.

    Parameters
    ----------
    home
        The folder. Whatever a server left there is there again.
    installation
        What to run.
    password
        Of the user neo4j; without one, whoever reaches the port may do everything.
    heap
        Most memory for queries, such as "2g".
    pages
        Memory for the store's pages.
    quick
        For short work on few cores: start sooner, and keep every plan.
    launch
        How the process is started: from a command, a log and an environment.
    """

    def __init__(
        self,
        home: Path,
        installation: Installation,
        *,
        password: str | None = None,
        heap: str = "1500m",
        pages: str = "128m",
        quick: bool = False,
        launch: Launch = Kept,
    ) -> None:
        self.home, self.installation = home.absolute(), installation
        self.password, self.port = password, 0
        self._heap, self._pages, self._quick = heap, pages, quick
        self._launch = launch
        self._process: Process | None = None
        self._write_settings()

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Kill it."""
        self.kill()

    @property
    def uri(self) -> str:
        """The address for a driver."""
        return f"bolt://{HOST}:{self.port}"

    @property
    def auth(self) -> tuple[str, str] | None:
        """User and password for a driver, or None if none is asked."""
        return (USER, self.password) if self.password else None

    @property
    def pid(self) -> int | None:
        """The number of the process, or None if none was started."""
        return self._process.pid if self._process else None

    @property
    def log(self) -> Path:
        """The file of all the server said since it was started."""
        return self.home / "logs" / "console.log"

    def start(
        self, port: int | None = None, *, free: Callable[[], int] | None = None
    ) -> None:
        """Start it if it does not run, and return as soon as it answers.

        Parameters
        ----------
        port
            The port to listen on; if not given, the one it had before if that is free,
            or a free one. If another program takes it meanwhile, one more is tried.
        free
            Finds a free port.

        Raises
        ------
        PortTakenError
            If another program listens on the port.
        ServerError
            If it does not start; the message repeats the end of its log.
        """
        if self._process is not None and self._process.poll() is None:
            return
        free = free or (lambda: free_port(self.port))
        try:
            self._start(free() if port is None else port)
        except PortTakenError:
            if port is not None:
                raise
            self._start(free())

    def stop(self) -> None:
        """End it in good order, and wait for that; kill it if it does not end."""
        if self._process is not None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOPPING)
        self.kill()

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def admin(self, *arguments: str | Path, heap: str = "1g") -> str:
        """Run a command of neo4j-admin, and return what it said.

        Most need the server stopped: ``admin("database", "check", "neo4j")``.

        Parameters
        ----------
        arguments
            The command. A relative path is made absolute if it is a ``Path``.
        heap
            Most memory for it.

        Raises
        ------
        ServerError
            If it does not succeed; the message repeats the end of what it said.
        """
        words = [str(a.absolute()) if isinstance(a, Path) else a for a in arguments]
        places = {"NEO4J_HOME": str(self.home), "NEO4J_CONF": str(self.home / "conf")}
        run = subprocess.run(  # noqa: S603 - a Java of this machine
            [*self._java("128m"), f"-Dbasedir={self.home}", ADMIN, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
            cwd=self.home,
            env=_environ() | places | {"HEAP_SIZE": heap},
        )
        if run.returncode:
            command = " ".join(words[:3])
            msg = f"neo4j-admin {command} failed 命令失败: {_end_of(run.stdout)}"
            raise ServerError(msg, run.stdout.splitlines())
        return run.stdout

    def _start(self, port: int) -> None:
        if not _is_free(port):
            raise self._taken(port)
        self.port = port
        self._write_settings()
        self.log.unlink(missing_ok=True)
        # G1 keeps threads of its own busy, which two cores feel.
        memory = ["-Xms256m", f"-XX:+Use{'Serial' if self._quick else 'G1'}GC"]
        folders = [f"--home-dir={self.home}", f"--config-dir={self.home / 'conf'}"]
        entry = [self.installation.entry(), *folders, "--console-mode"]
        self._process = self._launch(
            [*self._java(self._heap, *memory), *entry], self.log, _environ()
        )
        try:
            self._wait(self._process)
        except BaseException:
            self.kill()
            raise

    def _wait(self, process: Process) -> None:
        """Wait until it answers; nobody else can be on the port once it has it."""
        patience = time.monotonic() + STARTING
        while process.poll() is None and time.monotonic() < patience:
            if LISTENS in self._said() and answers(self.uri, self.auth):
                return
            time.sleep(0.1)
        if CLASH in self._said():
            raise self._taken(self.port)
        ended = "ended" if process.poll() is not None else f"took over {STARTING} s"
        msg = (
            f"Neo4j {self.installation.version} {ended} before it answered 启动失败: "
            f"{_end_of(self._said())}; all of it: {self.log}"
        )
        raise ServerError(msg)

    def _said(self) -> str:
        try:
            return self.log.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""

    def _taken(self, port: int) -> PortTakenError:
        msg = (
            f"port {port} is taken by another program 端口已被占用: "
            "give another port, or none, and a free one is found"
        )
        return PortTakenError(msg, [port])

    def _java(self, heap: str, *flags: str) -> list[str]:
        """Return the command up to the class to run."""
        here = self.installation
        program = [str(here.java.program), f"-Xmx{heap}", *flags, *here.flags()]
        return [*program, "-Dfile.encoding=UTF-8", "-cp", f"{here.lib}/*"]

    def _write_settings(self) -> None:
        for name in ("conf", "logs"):
            (self.home / name).mkdir(parents=True, exist_ok=True)
        lines = [f"{key}={value}\n" for key, value in self._settings()]
        (self.home / "conf" / "neo4j.conf").write_text("".join(lines), "utf-8")

    def _settings(self) -> list[tuple[str, object]]:
        """Return the lines of neo4j.conf: this machine alone, nothing sent home."""
        here, address = self.installation, f"{HOST}:{self.port}"
        settings: list[tuple[str, object]] = [
            ("server.default_listen_address", HOST),
            ("server.bolt.listen_address", address),
            ("server.bolt.advertised_address", address),  # what neo4j:// is told
            ("server.http.enabled", "false"),
            ("server.https.enabled", "false"),
            ("dbms.routing.enabled", "false"),  # a port that only clusters need
            ("dbms.security.auth_enabled", "true" if self.password else "false"),
            ("dbms.usage_report.enabled", "false"),
            ("client.allow_telemetry", "false"),
            ("server.directories.lib", here.lib),  # for the commands of neo4j-admin
            ("server.memory.pagecache.size", self._pages),
            ("db.tx_log.preallocate", "false"),
            ("db.tx_log.rotation.size", "16m"),
            ("db.transaction.timeout", "300s"),
            # A stop takes 11 s otherwise, and nothing is being answered by then.
            ("internal.server.bolt.thread_pool_shutdown_wait_time", "1s"),
        ]
        if self._quick:  # plans are kept, though what is there grows
            settings.append(("dbms.cypher.min_replan_interval", "1h"))
        if numbers(here.version) >= (2025, 11):
            settings.append(("dbms.fleet_manager.enabled", "false"))
        if numbers(here.version) >= (2026, 5):
            settings.append(("server.fleet_discovery.enabled", "false"))
        flags = [("server.jvm.additional", flag) for flag in here.flags()]
        return [*settings, *flags]


def answers(uri: str, auth: tuple[str, str] | None) -> bool:
    """Say whether a server answers at an address.

    Raises
    ------
    ServerError
        If it does, but does not let this user in.
    """
    try:
        with GraphDatabase.driver(
            uri,
            auth=auth,
            connection_timeout=5,
            max_transaction_retry_time=0,  # a retry would only take longer
        ) as driver:
            driver.execute_query("RETURN 1", database_=DATABASE)
    except AuthError:
        msg = (
            "a server answers, but to another password: someone changed it in the "
            "database 密码不符"
        )
        raise ServerError(msg) from None
    except (DriverError, Neo4jError):
        return False
    return True


def free_port(first: int = 0) -> int:
    """Return a port that nobody listens on: the first choice, or any."""
    if first and _is_free(first):
        return first
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the server does: a port that was closed a moment ago can be had again.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _environ() -> dict[str, str]:
    """Return the environment, but for what would change the flags or garble paths."""
    # Java reads and writes the names of files in the locale's characters.
    kept = {k: v for k, v in os.environ.items() if k not in {"JAVA_OPTS", "LC_ALL"}}
    return kept | {"LC_ALL": "C.UTF-8"}


def _end_of(text: str) -> str:
    """Return the few lines that say what was wrong."""
    lines = [line.strip()[:WIDEST] for line in text.splitlines() if line.strip()]
    causes = [line for line in lines if any(mark in line for mark in CAUSES)]
    return " | ".join(causes[-SAID:] or lines[:1] + lines[1:][1 - SAID :])
