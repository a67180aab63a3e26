"""What Neo4j does for a statement, as its plan or its profile tells."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from neo4j import READ_ACCESS, Session, Transaction

from orgnet.database.database import Database, Row

Operator = dict[str, Any]
EVERYTHING = ("AllNodesScan", "AllRelationshipsScan")  # they look at all that is there


class Profile(NamedTuple):
    """What a query gave, and what each operator of its plan did for that.

    Database hits are the server's own unit of work in its store: the same plan over the
    same store takes as many every time, however busy the machine is.
    """

    rows: list[Row]
    plan: Operator

    @property
    def hits(self) -> int:
        return sum(o.get("dbHits", 0) for o in operators(self.plan))


def profiled(db: Database, text: str, parameters: Mapping[str, Any]) -> Profile:
    """Run a query with a plan made for what is there now, and count."""
    with db.session(READ_ACCESS) as session:
        found = session.run(f"CYPHER replan=force PROFILE {text}", dict(parameters))
        rows = found.values()
        plan = found.consume().profile
    assert plan is not None
    return Profile(rows, plan)


def explained(runner: Session | Transaction, text: str) -> Operator:
    """Return the plan of a statement that takes `$rows`, without running it."""
    plan = runner.run(f"EXPLAIN {text}", {"rows": []}).consume().plan
    assert plan is not None
    return plan


def operators(plan: Operator) -> Iterator[Operator]:
    """Go through the operators of a plan, each before what it takes rows from."""
    yield plan
    for child in plan.get("children", ()):
        yield from operators(child)


def names(plan: Operator) -> list[str]:
    """Return the operators' names, without that of the database."""
    return [o["operatorType"].partition("@")[0] for o in operators(plan)]


def looks_at_everything(plan: Operator) -> list[str]:
    """Return the operators that start from all nodes or all relationships."""
    return [n for n in names(plan) if n.endswith(EVERYTHING)]


def multiplies(profile: Operator) -> list[str]:
    """Return the products that put many rows beside many.

    A product of rows that a unique index gives, one by one, is harmless, so the rows
    decide. Under an Apply they are those of all its runs together, so this is strict.
    """
    products = [
        o for o in operators(profile) if "CartesianProduct" in o["operatorType"]
    ]
    given = [[c["rows"] for c in o["children"]] for o in products]
    return [f"CartesianProduct of {rows}" for rows in given if min(rows) > 1]


def leaves(plan: Operator) -> list[str]:
    """Return how a plan finds what it begins with, beside the rows it is given."""
    ends = [o for o in operators(plan) if not o.get("children")]
    found = [o["operatorType"].partition("@")[0] for o in ends]
    return [n for n in found if n not in {"Argument", "Unwind"}]
