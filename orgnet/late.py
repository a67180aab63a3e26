"""Names that reach to a higher floor, loaded when they are first used.

This table is the one place where a lower module may lead to a higher one; it keeps
``import orgnet`` light and the arrows between modules one way.
"""

from importlib import import_module
from typing import Any

LATE = {
    "Network.save": "orgnet.files:save",
    "Network.to_excel": "orgnet.report.handed_down:to_excel",
    "Network.to_networkx": "orgnet.convert.networkx:to_networkx",
    "Network.html": "orgnet.report:network_html",
    "Result.html": "orgnet.report:result_html",
    "Result.to_excel": "orgnet.convert.excel:result_to_excel",
    "Result.to_pandas": "orgnet.convert.pandas:to_pandas",
}
PUBLIC = {
    "SCHEMA": "orgnet.schema:SCHEMA",
    "Faults": "orgnet.faults:Faults",
    "Network": "orgnet.network:Network",
    "OrgnetError": "orgnet.errors:OrgnetError",
    "Result": "orgnet.query:Result",
    "Rules": "orgnet.rules:Rules",
    "Schema": "orgnet.schema:Schema",
    "catalogue": "orgnet.query:catalogue",
    "chengdu": "orgnet.city:chengdu",
    "reconcile": "orgnet.city:reconcile",
    "connect": "orgnet.database.connect:connect",
    "coverage": "orgnet.coverage",
    "evaluation": "orgnet.evaluation",
    "integration": "orgnet.integration",
    "planning": "orgnet.planning",
    "structure": "orgnet.structure",
    "from_networkx": "orgnet.convert.networkx:from_networkx",
    "load": "orgnet.files:load",
    "read_rosters": "orgnet.rosters:read_rosters",
    "write_templates": "orgnet.rosters:write_templates",
}


def load(target: str) -> Any:
    """Return the module, or the `module:name`, that a target names."""
    module, _, name = target.partition(":")
    loaded = import_module(module)
    return getattr(loaded, name) if name else loaded


def call(name: str, *args: Any, **options: Any) -> Any:
    """Call what a late name stands for."""
    return load(LATE[name])(*args, **options)
