"""How much work each twin is for a server: measured, and as it was written down.

    python -m tests.database.db_hits

measures it again, for a part of the city and for all of it, on a server of its own, and
rewrites db_hits.json. Do so when a twin, the city or the long-term release has changed,
and look at what the difference says before it is committed.

The plan is made anew, over statistics that a push has just brought up to date, and what
is pushed is the same, so that on a fresh server the hits are the same to the last one.
Where other tests were before, the server hands out its places in another order, and
what stops at the first find stops elsewhere: 40 of 191,256 hits were seen to move. So
rows are compared exactly, and hits within one in a hundred.
"""

import json
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from orgnet.city import chengdu
from orgnet.database.database import Database
from orgnet.query import Question, catalogue
from tests.database.agreement import TWINS, as_in_browser, text_of
from tests.database.plans import Profile, profiled
from tests.servers import ROOM, own, started

TABLE = Path(__file__).with_name("db_hits.json")
AGAIN = "python -m tests.database.db_hits"
SCALES: Mapping[str, float] = {"part": 0.03, "city": 1}
Hits = dict[str, int]  # rows of an answer, and hits for it


def profile(db: Database, question: Question) -> Profile:
    """Ask what the `:param` line of a twin asks, and count."""
    return profiled(db, text_of(question), {"p": as_in_browser(db, question)})


def counted(found: Profile) -> Hits:
    return {"rows": len(found.rows), "hits": found.hits}


def release(db: Database) -> str:
    """Return the first two numbers of the server's version; plans differ by these."""
    ((version,),) = db.read(
        "CALL dbms.components() YIELD versions RETURN versions[0]", {}
    )
    return ".".join(version.split(".")[:2])


def written() -> dict[str, Any]:
    """Return the release that was measured, and the hits by scale and twin."""
    return dict(json.loads(TABLE.read_text(encoding="utf-8")))


def measured(scale: float) -> tuple[str, dict[str, Hits]]:
    """Push the city at a scale to a new server and put every question to it."""
    with TemporaryDirectory() as home, ExitStack() as stack:
        given = started(stack, Path(home), own(), **ROOM)
        db = stack.enter_context(Database(given.driver(), given.database))
        db.push(chengdu(scale=scale))
        asked = {n: catalogue()[n].question for n in TWINS}
        return release(db), {n: counted(profile(db, q)) for n, q in asked.items()}


def main() -> None:
    """Write the table."""
    table: dict[str, Any] = {}
    for name, scale in SCALES.items():
        table["release"], table[name] = measured(scale)
        sys.stdout.write(f"{name}, scale {scale}: {table[name]}\n")
    TABLE.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
