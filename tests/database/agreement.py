"""Whether a twin gives what memory gives: values, order, nulls and types."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from inspect import signature
from typing import Any

from neo4j import Driver
from neo4j.time import Date

from orgnet.convert.readable import readable
from orgnet.database.database import Database
from orgnet.database.twins import PARAMETER_LINE, parameters, twin
from orgnet.network import Network
from orgnet.query import Ask, Question, Result, catalogue
from tests.engines import InTransaction, rolled_back
from tests.test_agreement import EACH, alike, options
from tests.worlds import DAY, World, swift, world

Row = tuple[Any, ...]
TWINS = tuple(name for name in catalogue() if twin(name))


def rows_that_agree(
    driver: Driver,
    seeds: Iterable[int],
    asked_in: Callable[[InTransaction], Database] = lambda db: db,
    *,
    as_filed: bool = False,
) -> Counter[str]:
    """Ask everything of random networks, hold twins against memory, and count rows.

    What people read is compared for one network in four, and as filed the texts are put
    as they stand to these as well.
    """
    rows = Counter(dict.fromkeys(TWINS, 0))
    for made in map(world, seeds):
        net = swift(made)
        with rolled_back(driver, "neo4j", net) as held:
            db = asked_in(held)
            for name in TWINS:
                ask: Ask[...] = catalogue()[name]
                for asked in asked_of(name, made):
                    fourth = not made.seed % 4
                    told = difference(
                        db, ask, asked, rows, read=fourth, filed=fourth and as_filed
                    )
                    assert told is None, f"{made.seed}: {told}"
    return rows


def asked_of(name: str, made: World) -> Iterator[dict[str, Any]]:
    """Go through what a world asks of a question, of some of each need or unit."""
    asked = options(name, made)
    if name not in EACH:
        yield asked
        return
    parameter, chosen = EACH[name]
    yield from ({**asked, parameter: each} for each in chosen(made))


def difference(
    db: Database,
    ask: Ask[...],
    asked: Mapping[str, Any],
    counted: Counter[str] | None = None,
    *,
    read: bool = True,
    filed: bool = True,
) -> str | None:
    """Say where a twin and memory first differ; nothing if they agree.

    The twin is put through the question, as a user does. Where wanted, what people read
    of the two answers is compared; the text is put as filed too, as Neo4j Browser does,
    so that its own order and types are seen; and rows are counted.
    """
    answers = ask(db, **asked), ask(db.network(), **asked)
    found, wanted = (answer.frame for answer in answers)
    if counted is not None:
        counted[ask.question.name] += wanted.height
    if not (alike(found.rows(), wanted.rows()) and found.schema == wanted.schema):
        return f"{ask.question.name} {asked}:\n  twin   {found}\n  memory {wanted}"
    if read:
        seen, told = map(as_people_read_it, answers)
        if not alike(seen, told):
            return f"{ask.question.name} {asked}:\n  twin   {seen}\n  memory {told}"
    if filed:
        rows, meant = as_it_stands(db, ask.question, asked), wanted.rows()
        if not alike(rows, meant):
            return f"{ask.question.name} {asked}:\n  file   {rows}\n  memory {meant}"
    return None


def as_people_read_it(answer: Result) -> list[Any]:
    """Return the notes of an answer, and its columns with names and words."""
    columns = [(vars(c) | {"values": c.values.to_list()}) for c in readable(answer)]
    return [answer.notes, *columns]


def as_it_stands(
    db: Database, question: Question, asked: Mapping[str, Any]
) -> list[Row]:
    """Return what the file of a twin gives, dates as Python's."""
    text, given = text_of(question), {**defaults(question), **asked}
    if question.prepare is not None:
        given = question.prepare(db, given)
    rows = db.read(text, {"p": parameters(text, given, db.complete)})
    return [tuple(native(v) for v in row) for row in rows]


def text_of(question: Question) -> str:
    """Return the text of a question's twin."""
    text = twin(question.name)
    assert text is not None, f"{question.name} has no twin"
    return text


def defaults(question: Question) -> dict[str, Any]:
    """Return what a question is asked if nothing is said."""
    given = list(signature(question.body).parameters.values())[1:]
    return {p.name: p.default for p in given if p.default is not p.empty}


def required(name: str, net: Network) -> dict[str, Any]:
    """Return what a question cannot be asked without."""
    takes = catalogue()[name].question.parameters
    known = {
        "need": net.nodes("Need")["id"][0],
        "days": [DAY],
        "unit": net.nodes("Unit")["id"][0],
    }
    return {name: value for name, value in known.items() if name in takes}


def as_in_browser(db: Database, question: Question) -> dict[str, Any]:
    """Return the map that the `:param` line of a twin makes, read by the server."""
    (pairs,) = PARAMETER_LINE.findall(text_of(question))
    ((written,),) = db.read(f"RETURN {{{pairs}}}", {})
    return dict(written)


def native(value: Any) -> Any:
    return value.to_native() if isinstance(value, Date) else value


def typed(row: Row) -> list[tuple[type, Any]]:
    """Return values with their types, since True is 1 and 1 is 1.0."""
    return [(type(v), v) for v in row]


def union(seeds: Iterable[int]) -> World:
    """Return many worlds as one: nothing ties them, but they share their rounds.

    What it is asked, and what it holds completely, is that of the first.
    """
    worlds = [world(seed) for seed in seeds]
    nodes, ties = [], []
    for made in worlds:
        for label, row in made.nodes:
            nodes.append((label, row | {"id": _apart(row["id"], made.seed)}))
        for name, row in made.ties:
            ends = {end: _apart(row[end], made.seed) for end in ("from", "to")}
            ties.append((name, row | ends))
    return replace(worlds[0], nodes=nodes, ties=ties, spoilt=[])


def _apart(node: str, seed: int) -> str:
    kind, _, key = node.partition(":")
    return f"{kind}:{seed:03}-{key}"
