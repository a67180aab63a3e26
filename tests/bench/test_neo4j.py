"""The whole city into Neo4j, against a bare loop over the same batches.

Both send the same statements with the same rows, a batch a transaction, each over one
connection to a server of its own. Both make the constraints on ids before and the other
constraints and indexes after, by the same code: without the first neither would come to
an end, without the rest not to the same. What the loop has not is what makes a push
safe: the hash of the network, the lock and the count in each batch, the refusals, and
the check in the end.

They take turns batch by batch, and each is first every other time, so that what gets
warmer or busier meanwhile favours neither. Beside the seconds of the clock stand those
of the processors in both processes, which others on the machine disturb less.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, NamedTuple

import pytest

import orgnet as on
from orgnet.city import chengdu
from orgnet.database import push as pushing
from orgnet.database import setup
from orgnet.database.database import Database
from orgnet.database.server import Server
from tests.servers import ROOM, Given, wipe

WARM = 0.05  # of the city, which both load before they are timed
BATCHES, SETUP, REST = "the batches", "constraints and indexes", "what is left"
PULL, SYNC = "pull", "sync, nothing to change"
STANDS = (  # what there is by kind and type, and how many properties that has
    "MATCH (n:Orgnet) WITH labels(n) AS what, n",
    "MATCH (a:Orgnet)-[n]->(:Orgnet) WITH labels(a) + type(n) AS what, n",
)
COUNTED = "RETURN what, count(n), sum(size(keys(n))) ORDER BY what"


class Spent(NamedTuple):
    """Seconds of the clock, and of the processors in client and server."""

    clock: float
    processor: float


class Watch:
    """Adds up what each way spends on what; on what is inside of another, only there.

    Parameters
    ----------
    servers
        The server of each way.
    """

    def __init__(self, servers: dict[str, Server]) -> None:
        self.servers = servers
        self.laps: defaultdict[tuple[str, str], list[Spent]] = defaultdict(list)
        self._running: list[tuple[str, str]] = []
        self._last = self._now()

    @contextmanager
    def on(self, way: str, what: str) -> Iterator[None]:
        self._lap()
        self._running.append((way, what))
        yield
        self._lap()
        self._running.pop()

    def spent(self, way: str, *parts: str) -> Spent:
        laps = [lap for what in parts for lap in self.laps[way, what]]
        return Spent(*(sum(column) for column in zip(*laps, strict=True)))

    def _lap(self) -> None:
        now, before = self._now(), self._last
        if self._running:
            way, _ = self._running[-1]
            clock, client, server = (now[n] - before[n] for n in ("", "client", way))
            self.laps[self._running[-1]].append(Spent(clock, client + server))
        self._last = now

    def _now(self) -> dict[str, float]:
        servers = {way: processor(s.pid) for way, s in self.servers.items()}
        return {"": perf_counter(), "client": process_time(), **servers}


def processor(pid: int | None) -> float:
    """Return processor seconds of another process; 0 where /proc does not tell."""
    told = Path(f"/proc/{pid}/stat")
    if not told.exists():
        return 0
    ticks = told.read_text().rpartition(")")[2].split()[11:13]  # user, system
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


class Bare(Database):
    """A database that batches are put into as one would without a push."""

    def put(self, batch: pushing.Batch) -> None:
        with self.session() as session:
            rows = batch.rows.rows()
            session.execute_write(lambda tx: tx.run(batch.text, rows=rows).consume())


class Pushed(Database):
    """A database that is pushed to; each batch goes into a bare one as well."""

    bare: Bare
    watch: Watch

    def transact(self, work: Callable[..., Any], *given: Any, **options: Any) -> Any:
        if work is not pushing._write:
            return super().transact(work, *given, **options)
        _, number, batch = given
        written = False
        for way in ("bare", "push") if number % 2 else ("push", "bare"):
            with self.watch.on(way, BATCHES):
                if way == "bare":
                    self.bare.put(batch)
                else:
                    written = super().transact(work, *given, **options)
        return written


@pytest.fixture
def pushed(new_server: Callable[..., Server]) -> Iterator[Pushed]:
    """Give an empty database to push to, with a bare one, on two servers."""
    servers = {"push": new_server(**ROOM), "bare": new_server(**ROOM)}
    for server in servers.values():
        server.start()
    to, bare = (Given(s.uri, s.auth) for s in servers.values())
    with (
        Pushed(to.driver(), to.database) as db,
        Bare(bare.driver(), bare.database) as b,
    ):
        db.bare, db.watch = b, Watch(servers)
        yield db


@pytest.fixture(autouse=True)
def timed_setup(pushed: Pushed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time all constraints and indexes, whoever wants them."""
    put = setup.put

    def timed(database: Database, rules: Any) -> None:
        with pushed.watch.on("push" if database is pushed else "bare", SETUP):
            put(database, rules)

    monkeypatch.setattr(setup, "put", timed)


def load(db: Pushed, net: on.Network) -> None:
    """Put a network into both databases; the same stands there."""
    with db.watch.on("bare", REST):
        setup.put(db.bare, setup.identities(net.schema))
    with db.watch.on("push", REST):
        db.push(net, progress=False)
    with db.watch.on("bare", REST):
        setup.setup(db.bare, net.schema)
        db.bare.write("CALL db.prepareForReplanning()")
    there, bare = (
        [d.read(f"{t} {COUNTED}", {}) for t in STANDS] for d in (db, db.bare)
    )
    assert there == bare


def test_push_against_a_bare_loop(
    city: on.Network, pushed: Pushed, loaded: Any
) -> None:
    watch = pushed.watch
    load(pushed, chengdu(scale=WARM))
    for db in (pushed, pushed.bare):
        wipe(db.driver, db.name)
    watch.laps.clear()
    load(pushed, city)
    with watch.on("push", PULL):
        pulled = pushed.pull()
    with watch.on("push", SYNC):
        changed = pushed.sync(city)
    assert pulled.equals(city)
    assert not len(changed)
    for parts in ((BATCHES,), (SETUP,), (REST,), (BATCHES, SETUP, REST)):
        name = parts[0] if len(parts) == 1 else "all of it"
        loaded(name, watch.spent("push", *parts), watch.spent("bare", *parts))
    for what in (PULL, SYNC):
        loaded(what, watch.spent("push", what))
