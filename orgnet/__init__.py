"""orgnet: a city's organizations as one graph.

Who is not covered, who did not answer, who can help whom and through whom: ask
``orgnet.coverage``, ``orgnet.evaluation``, ``orgnet.integration`` and
``orgnet.structure``; ``orgnet.planning`` says what to do about it. Every public name is
loaded when it is first used.
"""

from typing import TYPE_CHECKING, Any

from orgnet import late

if TYPE_CHECKING:
    from orgnet import coverage, evaluation, integration, planning, structure
    from orgnet.city import chengdu, reconcile
    from orgnet.convert.networkx import from_networkx
    from orgnet.database.connect import connect
    from orgnet.errors import OrgnetError
    from orgnet.faults import Faults
    from orgnet.files import load
    from orgnet.network import Network
    from orgnet.query import Result, catalogue
    from orgnet.rosters import read_rosters, write_templates
    from orgnet.rules import Rules
    from orgnet.schema import SCHEMA, Schema

__version__ = "0.1.0"
__all__ = [
    "SCHEMA",
    "Faults",
    "Network",
    "OrgnetError",
    "Result",
    "Rules",
    "Schema",
    "catalogue",
    "chengdu",
    "connect",
    "coverage",
    "evaluation",
    "from_networkx",
    "integration",
    "load",
    "planning",
    "read_rosters",
    "reconcile",
    "structure",
    "write_templates",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name in late.PUBLIC:
        globals()[name] = late.load(late.PUBLIC[name])
        return globals()[name]
    msg = f"module 'orgnet' has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *late.PUBLIC})
