"""Organizations and ties whose loss would split what hangs together."""

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from orgnet.coverage.scope import scope_of
from orgnet.index import NONE
from orgnet.integration.asked import of_ties, require_whole
from orgnet.integration.demand import COUNT, TEXT
from orgnet.integration.tied import Tied, marked
from orgnet.query import Column, Row, Source, Words, question
from orgnet.rules import RULES, Rules
from orgnet.schema.vocabulary import Vocabulary
from orgnet.solve.cuts import cuts
from orgnet.words import named

if TYPE_CHECKING:
    from orgnet.network import Network


class CutClass(Vocabulary):
    """What is lost."""

    ORGANIZATION = "organization", "组织"
    TIE = "tie", "联系"


COLUMNS = (
    Column("class", TEXT, "类别", "organization or tie", vocabulary=CutClass),
    Column("id", TEXT, "组织", "what is lost, or an end of it", holds_ids=True),
    Column("other", TEXT, "另一端", "of a tie; else null", holds_ids=True),
    Column("name", TEXT, "名称", "of the organization"),
    Column("area", TEXT, "所在区域", "its community, or higher area", holds_ids=True),
    Column("parts", COUNT, "分成部分数", "pieces that are left"),
    Column("cut_off", COUNT, "失联组织数", "in all pieces but the largest"),
)


def _explained(net: "Network", row: Row) -> Words:
    """Say what would be cut off."""
    who, parts, lost = named(net, row["id"]), row["parts"], row["cut_off"]
    if row["other"] is not None:
        other = named(net, row["other"])
        return (
            f"without the tie of {who} and {other}, {lost} organizations are cut off.",
            f"若{who}与{other}之间的联系中断，{lost}个组织与其余部分失联。",
        )
    return (
        f"without {who}: {parts} parts are left, {lost} organizations are cut off.",
        f"若缺少{who}，所联系的网络分成{parts}部分，{lost}个组织失联。",
    )


def _prepared(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse what counts nothing; say the day as a date and the area by its id."""
    require_whole(given, least=0)
    return of_ties(source, given)


@question(
    title=(
        "Which organizations and ties hold an area together?",
        "哪些组织和联系一旦缺失，网络就会断开？",
    ),
    columns=COLUMNS,
    order=("-cut_off", "id", "other"),
    explain=_explained,
    prepare=_prepared,
)
def cut_points(
    net: "Network",
    *,
    within: str | None = None,
    day: date | str | None = None,
    least: int = 2,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """List the organizations and ties whose loss splits those who are tied.

    Two organizations are tied if one may ask the other: a step of a path leads from one
    to the other. With `within`, only those that stand there count, and ties among them.

    Parameters
    ----------
    within
        Id or code of the area; everything if none.
    day
        The day asked about; whatever the network holds, if none.
    least
        How many organizations must be cut off at least; most units hang on one tie.
    rules
        `costs` say which relationships tie.

    Returns
    -------
    Result
        By how many are cut off from the largest piece, most first, then id.

    Raises
    ------
    UnknownNameError
        If a cost names no step.
    UnknownAreaError
        If `within` names no area of that day, or several.

    See Also
    --------
    brokers : who stands between others, also where nothing would be cut off.

    References
    ----------
    Articulation points and bridges (Hopcroft and Tarjan 1973); docs/decisions.md, D50.

    Examples
    --------
    >>> import orgnet
    >>> found = cut_points(orgnet.chengdu(scale=0.02)).frame
    >>> bool((found["cut_off"] >= 2).all())
    True
    """
    index = net.index(day)
    tied = Tied(index, rules)
    numbers = tied.numbers
    there = scope_of(index, within)
    kept = marked(there, numbers)
    ties, numbers = tied.ties[kept][:, kept].tocsr(), numbers[kept]
    found = cuts(ties.indptr.tolist(), ties.indices.tolist())
    rows = [(node, NONE, pieces) for node, pieces in found.nodes.items()]
    rows += [(*ends, list(pieces)) for ends, pieces in found.ties.items()]
    rows = [r for r in rows if sum(r[2]) - max(r[2]) >= least]
    one = numbers[[r[0] for r in rows]]
    other = np.array([NONE if r[1] == NONE else numbers[r[1]] for r in rows], dtype=int)
    classes = [CutClass.ORGANIZATION if r[1] == NONE else CutClass.TIE for r in rows]
    return pl.DataFrame(
        {
            "class": pl.Series([c.value for c in classes], dtype=TEXT),
            "id": index.id_of(one),
            "other": index.id_of(other),
            "name": net.nodes()["name"].gather(one),
            "area": index.id_of(index.neighbourhood[one]),
            "parts": pl.Series([len(r[2]) for r in rows], dtype=COUNT),
            "cut_off": pl.Series([sum(r[2]) - max(r[2]) for r in rows], dtype=COUNT),
        }
    )
