"""Client and server killed while a network is pushed: it goes on, exactly once.

Moments are drawn from a seed: before the first batch, when the database is given its
constraints; after some batch; or after the last, when it is given the others and the
indexes, and is counted. A push is asked for again each time, and in the end every node
and relationship is read.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from neo4j import Driver
from neo4j.exceptions import DriverError, Neo4jError

from orgnet.city import chengdu
from orgnet.database.connect import connect
from orgnet.database.database import Database
from orgnet.database.errors import DatabaseError
from orgnet.database.mapping import META
from orgnet.database.meta import THE_ONE, read_meta
from orgnet.database.push import LOCK, Pushed, batched, groups
from orgnet.database.setup import identities, rest
from orgnet.network import Network
from orgnet.schema import SCHEMA
from tests.database.standing import assert_holds
from tests.servers import Given, clean, wipe

BATCH = 100
PUSH = """
import sys
from orgnet.city import chengdu
from orgnet.database.connect import connect
from orgnet.files import load

uri, folder, batch = sys.argv[1:]
with connect(uri) as db:
    net = load(folder)
    print("begins", flush=True)
    db.push(net, batch=int(batch))
"""
COUNT = """
CALL () { MATCH (n:Orgnet) RETURN count(n) AS nodes }
CALL () { MATCH (:Orgnet)-[r]->(:Orgnet) RETURN count(r) AS ties }
RETURN nodes + ties
"""
FIRST_TIER = (2, 9)  # a server is killed between batches, see below
SERVER = 1  # the first of those with which servers are killed
PATIENCE = 300  # seconds until a push must have come to a batch


class Moment(NamedTuple):
    """When to kill: after this batch, -1 for before any, and so many seconds later."""

    batch: int
    pause: float


def moments(seed: int, batches: int, count: int) -> list[Moment]:
    draw = random.Random(seed)
    return [moment(draw, batches) for _ in range(count)]


def moment(draw: random.Random, batches: int) -> Moment:
    match draw.choice(["before", "between", "between", "after"]):
        case "before":
            return Moment(-1, draw.uniform(0, 0.6))
        case "after":
            return Moment(batches, draw.uniform(0, 0.5))
        case _:
            return Moment(draw.randrange(batches - 5), draw.uniform(0, 0.05))


def test_moments_of_every_sort_are_among_the_few_of_the_first_tier() -> None:
    drawn = {moments(seed, 100, 1)[0].batch for seed in (SERVER, *FIRST_TIER)}
    assert {-1, 100} < drawn


class Part(NamedTuple):
    """A part of the city, where it is saved, and how many rows each batch of it has."""

    net: Network
    folder: Path
    rows: list[int]


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Part:
    net, folder = chengdu(scale=0.01), tmp_path_factory.mktemp("saved") / "net"
    net.save(folder)
    return Part(net, folder, [b.rows.height for b in batched(groups(net), BATCH)])


@pytest.fixture(scope="module")
def db(driver: Driver, neo4j_server: Given) -> Iterator[Database]:
    with clean(driver, neo4j_server.database):
        yield Database(driver, neo4j_server.database)


def emptied(db: Database) -> None:
    """Have it without rows; its constraints and indexes stay."""
    db.write("MATCH ()-[r]->() DELETE r")
    db.write("MATCH (n) DELETE n")


def waited_for(db: Database, moment: Moment, running: Any) -> None:
    """Return at the moment, of a push that has begun and still runs, or just ended."""
    patience = time.monotonic() + PATIENCE
    text = f"MATCH (m:{META}) RETURN m.batch"
    while (db.read(text, {}) or [[-1]])[0][0] < moment.batch:
        assert running(), "the push ended before the moment came"
        assert time.monotonic() < patience, f"the push did not come to {moment}"
        time.sleep(0.01)
    time.sleep(moment.pause)


def whole_batches(db: Database, rows: list[int]) -> int:
    """Hold what a killed push left against the batches it counted; return how many."""
    with suppress(DatabaseError):  # after what may still be being committed
        db.write(LOCK, {"id": THE_ONE})
    meta = read_meta(db)
    done = meta.batch if meta else 0
    assert meta is None or meta.batches == len(rows)
    assert meta is None or meta.state == "pushing" or done == len(rows)
    assert db.read(COUNT, {}) == [[sum(rows[:done])]]
    return done


def resumed(db: Database, part: Part, found: int) -> None:
    """Push again, and hold everything that is there then against the network."""
    report = db.push(part.net, batch=BATCH)
    assert (report.found, report.written) == (found, len(part.rows) - found)
    assert_holds(db, part.net)
    rules = [rule[0] for rule in db.read("SHOW INDEXES YIELD name, state", {})]
    assert {r.name for r in (*identities(SCHEMA), *rest(SCHEMA))} <= {*rules}
    assert db.push(part.net).written == 0


def client_killed(db: Database, given: Given, part: Part, moment: Moment) -> int:
    """Let another process push, and kill it at the moment."""
    user, password = given.auth or ("", "")
    environ = {k: v for k, v in os.environ.items() if not k.startswith("NEO4J_")}
    environ |= {"NEO4J_USERNAME": user, "NEO4J_PASSWORD": password}
    client = subprocess.Popen(
        [sys.executable, "-c", PUSH, given.uri, str(part.folder), str(BATCH)],
        env=environ,
        stdout=subprocess.PIPE,
    )
    with client:
        try:
            assert client.stdout is not None
            assert client.stdout.readline() == b"begins\n"
            waited_for(db, moment, lambda: client.poll() is None)
        finally:
            client.kill()
    at_the_end = moment.batch == len(part.rows)  # it may have been done by then
    assert client.returncode in {-signal.SIGKILL, *([0] if at_the_end else [])}
    return whole_batches(db, part.rows)


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(n, marks=[] if n in FIRST_TIER else pytest.mark.slow)
        for n in range(1, 28)
    ],
)
def test_a_client_that_was_killed_is_gone_on_from(
    db: Database, neo4j_server: Given, part: Part, seed: int
) -> None:
    wipe(db.driver, db.name)  # of its constraints and indexes too
    (moment,) = moments(seed, len(part.rows), 1)
    done = client_killed(db, neo4j_server, part, moment)
    assert moment.batch <= done
    resumed(db, part, done)


@pytest.mark.slow
def test_a_client_that_is_killed_again_and_again_gets_there(
    db: Database, neo4j_server: Given, part: Part
) -> None:
    wipe(db.driver, db.name)
    done = -1
    for moment in sorted(moments(99, len(part.rows), 3)):
        if moment.batch >= done:
            done = client_killed(db, neo4j_server, part, moment)
    resumed(db, part, done)


def half_made(server: Any) -> None:
    """Kill a server while it makes constraints: it leaves indexes that nobody owns."""
    names = ["orgnet_tie_covers_id", "orgnet_unit_id"]
    half = [r for r in (*identities(SCHEMA), *rest(SCHEMA)) if r.name in names]
    with connect(server.uri) as db:
        session = db.session()
        making = session.begin_transaction()
        for rule in half:
            making.run(rule.text).consume()
        server.kill()
        with suppress(DriverError, Neo4jError):
            session.close()
    server.start(server.port)
    with connect(server.uri) as db:
        listed = "SHOW INDEXES YIELD name, owningConstraint AS of RETURN name, of"
        left = dict(db.read(listed, {}))
        assert [left[name] for name in names] == [None, None]
        db.setup()
        made = dict(db.read(listed, {}))
        assert [made[name] for name in names] == names


@pytest.mark.parametrize(
    ("seed", "count"),
    [(SERVER, 1), *(pytest.param(n, 5, marks=pytest.mark.slow) for n in range(2, 7))],
)
def test_a_server_that_was_killed_has_whole_batches_only(
    new_server: Any, part: Part, seed: int, count: int
) -> None:
    server = new_server()
    server.start()
    if count > 1:  # it takes another start, so not at first
        half_made(server)
    for number, moment in enumerate(moments(seed, len(part.rows), count)):
        waits = 240 if number % 2 else 0  # seconds for which the client tries again
        ends: list[Pushed | DatabaseError] = []

        def push(waits: int = waits, ends: list[Any] = ends) -> None:
            with connect(server.uri, max_transaction_retry_time=waits) as client:
                try:
                    ends.append(client.push(part.net, batch=BATCH))
                except DatabaseError as error:
                    ends.append(error)

        client = Thread(target=push)
        with connect(server.uri) as db:
            wipe(db.driver, db.name)
            client.start()
            waited_for(db, moment, client.is_alive)
        server.kill()
        if not waits:
            client.join()
        server.start(server.port)
        client.join()
        (end,) = ends
        with connect(server.uri) as db:
            if isinstance(end, DatabaseError):
                assert str(server.port) not in str(end)
                found = whole_batches(db, part.rows)
            else:  # it was done, or went on when the server was there again
                assert waits or moment.batch == len(part.rows)
                found = len(part.rows)
            assert found >= moment.batch
            resumed(db, part, found)


class Cut(Thread):
    """A wire to a server that breaks at a commit.

    It breaks before the server hears of the commit, or after it has done it and before
    the client hears of that: the client cannot tell one from the other.
    """

    COMMIT = b"\x00\x02\xb0\x12\x00\x00"  # the message, as it goes over the wire

    def __init__(self, uri: str, commits: int, *, heard: bool) -> None:
        super().__init__(daemon=True)
        self.there, self.left, self.heard = urlsplit(uri), commits, heard
        self.answered = Event()
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.uri = f"bolt://127.0.0.1:{self.listening.getsockname()[1]}"
        self.start()

    def run(self) -> None:
        while self.left:
            client, _ = self.listening.accept()
            place = (self.there.hostname or "", self.there.port or 7687)
            with client, socket.create_connection(place) as server:
                back = Thread(target=self.copied, args=(server, client), daemon=True)
                back.start()
                self.listened(client, server)
                for end in (client, server):
                    with suppress(OSError):
                        end.shutdown(socket.SHUT_RDWR)
                back.join()
        self.listening.close()

    def listened(self, client: socket.socket, server: socket.socket) -> None:
        """Pass on what the client says, until the commit that is to be cut."""
        while said := client.recv(1 << 16):
            self.left -= self.COMMIT in said
            if self.left or self.heard:
                server.sendall(said)
            if not self.left:
                if self.heard:
                    self.answered.wait(PATIENCE)
                return

    def copied(self, server: socket.socket, client: socket.socket) -> None:
        """Pass on what the server answers, but not to that commit."""
        with suppress(OSError):
            while said := server.recv(1 << 16):
                if not self.left:
                    self.answered.set()
                    return
                client.sendall(said)


@pytest.mark.slow
@pytest.mark.parametrize("commits", [20, 45])
def test_a_commit_of_which_nobody_can_say_whether_it_was_done(
    db: Database, neo4j_server: Given, part: Part, commits: int
) -> None:
    db.setup()
    done = []
    for heard in (False, True):
        emptied(db)
        cut = Cut(neo4j_server.uri, commits, heard=heard)
        with (
            connect(cut.uri, neo4j_server.auth, max_transaction_retry_time=0) as client,
            pytest.raises(DatabaseError, match="nobody can say whether it did"),
        ):
            client.push(part.net, batch=BATCH)
        cut.join(PATIENCE)
        done.append(whole_batches(db, part.rows))
        resumed(db, part, done[-1])
    assert 0 < done[0] == done[1] - 1
