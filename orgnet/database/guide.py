"""What readers of `queries` are given besides the queries: tables, colours, a picture.

All of it follows from the declared classes and the catalogue, so nothing there can say
otherwise than the code: `python -m orgnet.database.guide queries` makes it anew.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from orgnet.database.colours import INK, KINDS, PAPER, ROLES, darker, of_type, text_on
from orgnet.database.mapping import META, OWN
from orgnet.database.picture import picture
from orgnet.database.setup import LOOKUPS, identities
from orgnet.database.setup import rest as others
from orgnet.database.twins import twin
from orgnet.errors import OrgnetError
from orgnet.query import catalogue
from orgnet.schema import SCHEMA
from orgnet.schema.declare import Node, Record

README, STYLE, PICTURE = "README.md", "orgnet.grass", "schema.svg"


def write(folder: Path | str) -> None:
    """Make the tables in README.md, the style sheet and the picture anew.

    Parameters
    ----------
    folder
        `queries`, with a README.md that has the marks between which the tables stand.

    Raises
    ------
    OrgnetError
        If a mark is missing.
    """
    place = Path(folder)
    text = (place / README).read_text(encoding="utf-8")
    for name, text_of in (
        (README, renewed(text)),
        (STYLE, style()),
        (PICTURE, picture()),
    ):
        (place / name).write_text(text_of, encoding="utf-8", newline="\n")


def renewed(text: str) -> str:
    """Return the text of README.md with its tables made anew.

    Parameters
    ----------
    text
        The text, with a pair of marks for each table.

    Raises
    ------
    OrgnetError
        If a mark is missing.
    """
    for name, table in tables().items():
        begin, end = f"<!-- made: {name} -->", "<!-- end -->"
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        if len(pattern.findall(text)) != 1:
            msg = (
                f"{README} must have one table of {name}: write {begin} where it "
                f"begins and {end} where it ends"
            )
            raise OrgnetError(msg, [name])
        made = f"{begin}\n\n{table}\n\n{end}"
        text = pattern.sub(lambda _, made=made: made, text)  # type: ignore[misc]
    return text


def tables() -> dict[str, str]:
    """Return the tables of README.md by name."""
    return {
        "questions": _table(("question 问题", "file", "columns 列"), _questions()),
        "kinds": _table(
            ("label", "中文", "what it is", "further labels", "main properties"),
            _kinds(),
        ),
        "relationships": _table(
            ("type", "中文", "what it says", "from → to", "key"), _relationships()
        ),
        "indexes": _table(("of", "unique", "indexed", "in full text"), _indexes()),
    }


def _table(heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _questions() -> Iterator[tuple[str, ...]]:
    for name, asked in catalogue().items():
        en, zh = asked.question.title
        path = f"{name.replace('.', '/')}.cypher"
        where = f"[{path}]({path})" if twin(name) else f"{name}: in Python only"
        columns = ", ".join(f"`{c.name}`" for c in asked.question.columns)
        yield f"{en[0].upper()}{en[1:]}<br>{zh}", where, columns


def _kinds() -> Iterator[tuple[str, ...]]:
    for label, kind in SCHEMA.kinds.items():
        roles = "<br>".join(f"`:{r.label}` {r.zh}" for r in kind.roles)
        said = _said(kind, kind.zh)
        yield f"`:{label}`", kind.zh, said, roles or "", _main_properties(label, kind)


def _main_properties(label: str, kind: type[Node]) -> str:
    """Return what every node has, and what is indexed besides."""
    known = kind.attributes()
    named = [n for n, a in known.items() if a.required]
    named += [n for n in (kind.caption, *LOOKUPS.get(label, ())) if n not in named]
    words = [f"`id` ({kind.prefix}:…)"]
    words += [f"`{n}` {known[n].heading.zh}" for n in dict.fromkeys(named)]
    return ", ".join(words)


def _relationships() -> Iterator[tuple[str, ...]]:
    for name, tie in SCHEMA.ties.items():
        if tie.ends.same_kind:
            ends = "two of one kind, whichever"
        else:
            ends = f"{', '.join(tie.ends.tail)} → {', '.join(tie.ends.head)}"
        known = tie.attributes()
        key = ", ".join(f"`{n}` {known[n].heading.zh}" for n in tie.key)
        yield f"`:{name}`", tie.zh, _said(tie, tie.zh), ends, key


def _said(declared: type[Record], zh: str) -> str:
    """Return the first sentences of a declaration, without the Chinese beside it."""
    first = (declared.__doc__ or "").splitlines()[0]
    return first.replace(f" {zh}", "")


def _indexes() -> Iterator[tuple[str, ...]]:
    """Go through labels: what is unique, and what is indexed."""
    rules = [*identities(SCHEMA), *others(SCHEMA)]
    for label in (*SCHEMA.kinds, META, OWN):
        found = {
            sort: [
                f"`{p}`"
                for r in rules
                if (r.of, r.sort) == (label, sort)
                for p in r.properties
            ]
            for sort in ("UNIQUENESS", "RANGE", "FULLTEXT")
        }
        yield f"`:{label}`", *(", ".join(names) for names in found.values())
    yield "each relationship type", "`id`", "", ""


def style() -> str:
    """Return the style sheet for Neo4j Browser.

    Its reader knows no comments, and takes what comes later for what counts.
    """
    rules = {
        "node": {
            "diameter": "50px",
            "color": "#C5CAD0",
            "border-color": darker("#C5CAD0"),
            "border-width": "2px",
            "text-color-internal": INK,
            "font-size": "10px",
        },
        "relationship": {
            "color": "#8A929B",
            "shaft-width": "1px",
            "font-size": "8px",
            "padding": "3px",
            "text-color-external": INK,
            "text-color-internal": PAPER,
            "caption": "'<type>'",
        },
    }
    rules |= {f"node.{label}": _node_style(label) for label in SCHEMA.kinds}
    rules |= {f"node.{role}": _role_style(change) for role, change in ROLES.items()}
    rules[f"node.{META}"] = {"caption": "'{title}'", "diameter": "30px"}
    for type_ in SCHEMA.ties:
        colour = of_type(type_)
        rules[f"relationship.{type_}"] = {
            "color": colour,
            "shaft-width": "2px",
            "text-color-external": colour,
            "text-color-internal": PAPER,
            "caption": "'<type>'",
        }
    return "\n".join(_rule(selector, values) for selector, values in rules.items())


def _node_style(label: str) -> dict[str, str]:
    colour, diameter = KINDS[label]
    return {
        "color": colour,
        "border-color": darker(colour),
        "text-color-internal": text_on(colour),
        "diameter": f"{diameter}px",
        "caption": f"'{{{SCHEMA.kinds[label].caption}}}'",
    }


def _role_style(change: Mapping[str, str]) -> dict[str, str]:
    if "color" not in change:
        return dict(change)
    return {
        **change,
        "border-color": darker(change["color"]),
        "text-color-internal": text_on(change["color"]),
    }


def _rule(selector: str, values: Mapping[str, str]) -> str:
    lines = "".join(f"  {name}: {value};\n" for name, value in values.items())
    return f"{selector} {{\n{lines}}}\n"


if __name__ == "__main__":
    write(sys.argv[1])
