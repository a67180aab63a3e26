"""What the command line writes: answers to standard output, the rest beside it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

out = Console()
err = Console(stderr=True)


def say(line: object) -> None:
    """Write one line of what was asked for."""
    sys.stdout.write(f"{line}\n")


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on a terminal what is being done, and for how long."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=err, disable=not err.is_terminal) as progress:
        task = progress.add_task(what, total=1)
        yield
        progress.update(task, completed=1)
