"""A plan: an answer whose rows are steps, and what they would change."""

from abc import abstractmethod
from functools import cached_property
from typing import Any

from orgnet.query import Result, Row
from orgnet.schema.declare import Record

SOURCE = "plan"  # of what a plan adds, so that it can be told from what was read


class Plan(Result):
    """Steps, each with its reason; ``net.plus(plan)`` is the network as it would be."""

    @cached_property
    def edits(self) -> list[Record]:
        """The nodes and relationships that the steps would add."""
        taken = (row for row in self if row["step"] is not None)
        return [edit for row in taken for edit in self.added(row)]

    @abstractmethod
    def added(self, row: Row) -> list[Record]:
        """Return what one step would add."""


def added_tie(declared: type[Any], tail: str, head: str, **attributes: Any) -> Record:
    """Make a relationship that says where it comes from."""
    ends = {"from": tail, "to": head}
    made: Record = declared(**ends, **attributes, source=SOURCE)
    return made
