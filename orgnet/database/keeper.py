"""A child process that never outlives its parent, however that one ends.

Between the two stands this file, run as a program. It holds the other end of a pipe of
the parent's, and the system closes that pipe even for a parent that was killed.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

STOP = b"s"  # through the pipe: end in good order


class Kept:
    """A process that is killed when this one ends or is done with it.

    Parameters
    ----------
    command
        The program and its arguments.
    log
        File for all it writes.
    environ
        The environment it runs in.
    """

    def __init__(
        self, command: list[str], log: Path, environ: Mapping[str, str]
    ) -> None:
        # In a session of its own: Ctrl-C on a terminal is the parent's affair.
        self._keeper = subprocess.Popen(  # noqa: S603 - Python, and what it is given
            [sys.executable, "-I", __file__, str(log), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
            env=environ,
        )
        assert self._keeper.stdout is not None  # noqa: S101 - a pipe was asked for
        said = self._keeper.stdout.readline()
        if not said:
            self.kill()
            msg = f"{command[0]} does not run"
            raise OSError(msg)
        self.pid = int(said)

    def poll(self) -> int | None:
        """Return the exit code, or None while it runs."""
        return self._keeper.poll()

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended and return its exit code."""
        return self._keeper.wait(timeout)

    def terminate(self) -> None:
        """Ask it to end in good order."""
        self._say(STOP)

    def kill(self) -> None:
        """End it at once, and wait until it is gone."""
        self._say(b"")
        self._keeper.wait()
        for pipe in (self._keeper.stdin, self._keeper.stdout):
            assert pipe is not None  # noqa: S101 - both were asked for
            pipe.close()

    def _say(self, word: bytes) -> None:
        pipe = self._keeper.stdin
        assert pipe is not None  # noqa: S101 - a pipe was asked for
        if pipe.closed:
            return
        try:
            pipe.write(word)
        except BrokenPipeError:
            return  # it has ended already
        if not word:
            pipe.close()


def keep(log: Path, command: list[str]) -> int:
    """Run a child until it ends, or until the pipe from the parent is closed."""
    with log.open("wb") as file:
        child = subprocess.Popen(  # noqa: S603 - what the parent wants run
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT
        )

    def told(*_: object) -> None:
        child.kill()

    def listen() -> None:
        while os.read(0, 1) == STOP:
            child.terminate()
        child.kill()

    for told_to_end in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(told_to_end, told)
    sys.stdout.write(f"{child.pid}\n")
    sys.stdout.flush()
    threading.Thread(target=listen, daemon=True).start()
    code = child.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    os._exit(keep(Path(sys.argv[1]), sys.argv[2:]))  # the thread still reads
