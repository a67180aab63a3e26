"""The Neo4j server that `orgnet neo4j` starts and stops: one a person, data kept.

It listens on this machine alone and asks for a password, since a web page in a browser
here, or another user of the machine, can reach its port too. The password is made once
and stands in a file that only its owner can read.
"""

import json
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, NamedTuple

from orgnet.database.installation import Installation, assembled
from orgnet.database.jars import numbers, releases
from orgnet.database.locks import held, taken
from orgnet.database.server import (
    HOST,
    STARTING,
    STOPPING,
    USER,
    Server,
    ServerError,
    answers,
)
from orgnet.errors import some

PORT = 7687  # the usual one, if it is free the first time
CALENDAR = (
    2025,
)  # from here on versions are years, with a line of stores of their own


class State(NamedTuple):
    """What is known of the server.

    Parameters
    ----------
    home
        The folder of its data.
    version
        Of Neo4j.
    port
        The port it listens on, or did.
    pid
        Its process, or None while it is being started.
    """

    home: Path
    version: str
    port: int
    pid: int | None

    @property
    def uri(self) -> str:
        """The address for a driver."""
        return f"bolt://{HOST}:{self.port}"

    @property
    def user(self) -> str:
        """The user's name."""
        return USER

    @property
    def password_file(self) -> Path:
        """The file with the password."""
        return self.home / "password"

    @property
    def auth(self) -> tuple[str, str]:
        """User and password for a driver."""
        return USER, self.password_file.read_text(encoding="ascii")


def default_home() -> Path:
    """Return the folder of the server's data: `orgnet/neo4j` in the user's data."""
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data).absolute() / "orgnet" / "neo4j"


def start(
    home: Path | None = None, *, version: str | None = None, port: int | None = None
) -> State:
    """Start the server, or find that it runs, and return when it answers.

    Parameters
    ----------
    home
        The folder of its data; the user's if not given.
    version
        Of Neo4j; if not given that of the data, or the long-term release.
    port
        If not given the one it had before, or the usual one, or any free one.

    Raises
    ------
    ServerError
        If it does not start, or the data are of a version that this one cannot read.
    UnavailableError
        If Java, Maven or the download is missing.
    """
    home = (home or default_home()).absolute()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = taken(home / "lock")
    if lock is None:
        return _same(_answering(home), version, port)
    with lock:  # the server inherits it, and holds it from now on
        return _started(home, lock, version, port)


def stop(home: Path | None = None) -> bool:
    """Stop the server in good order, and say whether one ran.

    Raises
    ------
    ServerError
        If it is being started just now.
    """
    home = (home or default_home()).absolute()
    if not held(home / "lock"):
        return False
    state = _read(home)
    if state is None or state.pid is None:
        msg = f"the server in {home} is being started: try again 正在启动，请稍后"
        raise ServerError(msg)
    # Who holds the lock is the process that wrote its number.
    for way in (signal.SIGTERM, signal.SIGKILL):
        os.kill(state.pid, way)
        if _released(home):
            return True
    msg = f"process {state.pid} does not end 无法停止"
    raise ServerError(msg, [state.pid])


def running(home: Path | None = None) -> State | None:
    """Return what runs, or None."""
    home = (home or default_home()).absolute()
    return _read(home) if held(home / "lock") else None


def _started(home: Path, lock: IO[str], version: str | None, port: int | None) -> State:
    before = _read(home)
    installation = assembled(_fitting(home, before, version))

    def launch(
        command: list[str], log: Path, environ: Mapping[str, str]
    ) -> "subprocess.Popen[bytes]":
        _write(State(home, installation.version, server.port, None))
        with log.open("wb") as file:
            process = subprocess.Popen(  # noqa: S603 - a Java of this machine
                command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # closing the terminal does not end it
                pass_fds=[lock.fileno()],
                env=environ,
            )
        _write(State(home, installation.version, server.port, process.pid))
        return process

    server = Server(
        home,
        installation,
        password=_password(home, installation),
        heap="2g",
        pages="512m",
        launch=launch,
    )
    server.port = before.port if before else PORT
    server.start(port)
    return State(home, installation.version, server.port, server.pid)


def _fitting(home: Path, before: State | None, version: str | None) -> str | None:
    """Return the version to run on the data that are there."""
    if before is None or not (home / "data").is_dir():
        return version
    old = numbers(before.version)
    able = [
        v
        for v in releases()
        if numbers(v) >= old and (numbers(v) >= CALENDAR) == (old >= CALENDAR)
    ]
    if version in able or (version is None and able):
        return version or able[0]
    msg = (
        f"{home} holds data of Neo4j {before.version}, which {version or 'no other'} "
        f"does not read; these do: {some(able)}. Give a folder of its own: "
        "orgnet neo4j start --home FOLDER 数据版本不符"
    )
    raise ServerError(msg, [before.version])


def _password(home: Path, installation: Installation) -> str:
    """Return the password, made and given to the server the first time."""
    file = home / "password"
    if not file.exists():
        made = secrets.token_hex(12)
        part = home / "password.part"
        part.unlink(missing_ok=True)
        part.touch(mode=0o600, exist_ok=False)
        part.write_text(made, encoding="ascii")
        # From a file: other users can read the arguments of a command.
        new = Server(home, installation, password=made)
        new.admin("dbms", "set-initial-password", f"@{part}", heap="128m")
        part.rename(file)
    return file.read_text(encoding="ascii")


def _answering(home: Path) -> State:
    """Wait until the server that another process starts, or has started, answers."""
    patience = time.monotonic() + STARTING
    while held(home / "lock") and time.monotonic() < patience:
        state = _read(home)
        if state and state.pid and answers(state.uri, state.auth):
            return state
        time.sleep(0.2)
    msg = f"the server in {home} was started elsewhere and does not answer 无应答"
    raise ServerError(msg)


def _same(state: State, version: str | None, port: int | None) -> State:
    """Refuse what runs if it is not what is wanted."""
    if version in {None, state.version} and port in {None, state.port}:
        return state
    msg = (
        f"Neo4j {state.version} runs already, at port {state.port} 已在运行: "
        "stop it first, orgnet neo4j stop"
    )
    raise ServerError(msg)


def _released(home: Path) -> bool:
    patience = time.monotonic() + STOPPING
    while held(home / "lock") and time.monotonic() < patience:
        time.sleep(0.1)
    return not held(home / "lock")


def _read(home: Path) -> State | None:
    try:
        text = (home / "server.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return State(home, **json.loads(text))


def _write(state: State) -> None:
    """Write what is known, whole: a reader sees the old or the new."""
    known = {n: v for n, v in state._asdict().items() if n != "home"}
    part = state.home / "server.json.part"
    part.write_text(json.dumps(known), encoding="utf-8")
    part.replace(state.home / "server.json")
