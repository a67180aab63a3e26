"""The Cypher twin of a question: its text, and the one map it takes.

A twin stands in queries/<module>/<name>.cypher and takes its parameters as one map,
`$p`. Its header lists the keys: a parameter of the question, a field of `Rules`, a part
of the compiled path grammar, or `complete`. Only these are sent.
"""

import re
from collections.abc import Mapping
from datetime import date
from enum import Enum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from orgnet.grammar import automaton
from orgnet.index import as_day
from orgnet.rules import Rules

FOLDERS: tuple[Traversable, ...] = (
    files("orgnet") / "queries",  # in a wheel
    Path(__file__).resolve().parents[2] / "queries",  # in a checkout
)
PARAMETER_LINE = re.compile(r"^// :param p => \{(?P<pairs>.*)\}$", re.MULTILINE)
KEY = re.compile(r"^//   (?P<key>[a-z_]+)  +\S", re.MULTILINE)


@cache
def twin(name: str) -> str | None:
    """Return the text of a question's twin; null if it has none.

    Parameters
    ----------
    name
        The question, such as "coverage.gaps".
    """
    path = f"{name.replace('.', '/')}.cypher"
    for folder in FOLDERS:
        if (folder / path).is_file():
            return (folder / path).read_text(encoding="utf-8")
    return None


def keys(text: str) -> tuple[str, ...]:
    r"""Return the keys of `$p` that the header of a twin lists, in its order.

    Examples
    --------
    >>> keys("// Parameters:\n//   within  id of an area\n//   day     a date\n")
    ('within', 'day')
    """
    return tuple(m["key"] for m in KEY.finditer(text))


def parameters(
    text: str, given: Mapping[str, Any], complete: frozenset[str]
) -> dict[str, Any]:
    """Return the map that a twin takes.

    Parameters
    ----------
    text
        The twin.
    given
        The question's parameters, prepared.
    complete
        What the database holds completely.
    """
    rules = given.get("rules", Rules())
    known = {n: getattr(rules, n) for n in type(rules).model_fields}
    known |= automaton(rules).parameters()
    known |= {n: v for n, v in given.items() if n != "rules"}
    known |= {"complete": sorted(complete), "day": as_day(given.get("day"))}
    return {key: plain(known[key]) for key in keys(text)}


def plain(value: Any) -> Any:
    """Return a value as the driver takes it: codes as text, tuples as lists."""
    if isinstance(value, BaseModel):
        return {n: plain(getattr(value, n)) for n in type(value).model_fields}
    if isinstance(value, Mapping):
        return {str(plain(k)): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(v) for v in value]
    if isinstance(value, Enum):
        return str(value.value)
    if value is None or isinstance(value, (bool, int, float, str, date)):
        return value
    return str(value)
