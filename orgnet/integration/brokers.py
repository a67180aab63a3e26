"""Who stands between others: across blocks, or across lines."""

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from orgnet.coverage.scope import scope_of
from orgnet.errors import UnknownNameError
from orgnet.integration.asked import of_ties, require_whole
from orgnet.integration.demand import COUNT, TEXT
from orgnet.integration.roles import ROLES, roles
from orgnet.integration.tied import GROUPINGS, Tied, marked
from orgnet.query import Column, Row, Source, Words, question
from orgnet.rules import RULES, Rules
from orgnet.solve.betweenness import betweenness
from orgnet.words import named

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from orgnet.network import Network

SHARE = pl.Float64()
COLUMNS = (
    Column("id", TEXT, "组织", "who stands between", holds_ids=True),
    Column("name", TEXT, "名称", "its name"),
    Column("group", TEXT, "所属块或条", "its block or line", holds_ids=True),
    Column("ties", COUNT, "联系数", "organizations that it is tied to"),
    Column(
        "betweenness", SHARE, "中介中心度", "shortest paths of pairs that run by it"
    ),
    Column("constraint", SHARE, "约束度", "Burt's; 1 and more is closed in"),
    *(Column(r.value, COUNT, r.zh, f"pairs that it ties as {r.en}") for r in ROLES),
    *(
        Column(f"z_{r.value}", SHARE, f"{r.zh}z值", "against groups dealt by chance")
        for r in ROLES
    ),
)


def _explained(net: "Network", row: Row) -> Words:
    """Say between whom an organization stands."""
    who, ties, paths = named(net, row["id"]), row["ties"], f"{row['betweenness']:,.0f}"
    told = [(role, row[role.value]) for role in ROLES if row[role.value]]
    en = ", ".join(f"{role.en} {count:,}" for role, count in told) or "no pair"
    zh = "、".join(f"{role.zh}{count:,}" for role, count in told) or "无"
    return (
        f"{who}: {ties:,} ties, on the shortest paths of {paths} pairs; roles: {en}.",
        f"{who}：联系{ties:,}个，位于{paths}对组织的最短路径上；中介角色：{zh}。",
    )


def _prepared(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse groupings that there are not and numbers that count nothing."""
    by = str(given["by"])
    if by not in GROUPINGS:
        msg = f"no grouping {by!r}; there are: {', '.join(GROUPINGS)}"
        raise UnknownNameError(msg, [by])
    pivots = {} if given["pivots"] is None else {"pivots": 1}
    require_whole(given, n=1, draws=0, seed=0, **pivots)
    return {**of_ties(source, given), "by": by}


@question(
    title=(
        "Who stands between others, across blocks or lines?",
        "哪些组织在条块之间居中联系？",
    ),
    columns=COLUMNS,
    order=("-betweenness", "id"),
    explain=_explained,
    prepare=_prepared,
)
def brokers(
    net: "Network",
    *,
    by: str = "street",
    n: int = 50,
    pivots: int | None = 64,
    draws: int = 100,
    seed: int = 0,
    within: str | None = None,
    day: date | str | None = None,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """List the organizations that most shortest paths of others run by.

    Two organizations are tied if a step of a path leads from one to the other. Besides
    betweenness, each is told how closed in it is (constraint), and between whom it
    stands: five roles by the groups of who asks, of itself and of who is asked.

    Parameters
    ----------
    by
        What organizations are grouped by: an area level (blocks 块), or "line" 条.
    n
        How many are listed at most.
    pivots
        From how many organizations shortest paths are followed, drawn by chance; all if
        null, which takes minutes for a city.
    draws
        How often the groups are dealt anew for z; 0 for no z.
    seed
        Of all that is drawn.
    within
        Id or code of the area whose organizations are listed; everything if none. The
        paths are those of the whole network.
    day
        The day asked about; whatever the network holds, if none.
    rules
        `costs` say which relationships tie.

    Returns
    -------
    Result
        One row an organization, the largest betweenness first. z is how many standard
        deviations a count lies above what groups dealt by chance would give.

    Raises
    ------
    UnknownNameError
        If there is no such grouping, or a cost names no step.
    UnknownAreaError
        If `within` names no area of that day, or several.

    See Also
    --------
    cut_points : whose loss would cut others off.

    References
    ----------
    L. C. Freeman, Sociometry 40(1), 1977; R. S. Burt, Structural Holes, 1992;
    R. V. Gould and R. M. Fernandez, Sociological Methodology 19, 1989;
    docs/decisions.md, D50.

    Examples
    --------
    >>> import orgnet
    >>> found = brokers(orgnet.chengdu(scale=0.02), n=5, draws=0).frame
    >>> found["betweenness"].is_sorted(descending=True)
    True
    """
    index = net.index(day)
    tied, random = Tied(index, rules), np.random.default_rng(seed)
    count = len(tied.numbers)
    drawn = count if pivots is None else min(pivots, count)
    sources = np.sort(random.choice(count, drawn, replace=False))
    between = betweenness(tied.ties, sources).round(9)  # so that equals are equal
    there = scope_of(index, within)
    listed = marked(there, tied.numbers)
    listed = listed[np.lexsort((listed, -between[listed]))][:n]
    groups = tied.groups(by)
    counts, z = roles(tied.arcs, groups[tied.numbers], listed, draws, random)
    numbers = tied.numbers[listed]
    return pl.DataFrame(
        {
            "id": index.id_of(numbers),
            "name": net.nodes()["name"].gather(numbers),
            "group": index.id_of(groups[numbers]),
            "ties": np.diff(tied.ties.indptr)[listed],
            "betweenness": between[listed],
            "constraint": [_constraint(tied.ties, v) for v in listed.tolist()],
            **{role.value: counts[:, at] for at, role in enumerate(ROLES)},
            **{f"z_{role.value}": z[:, at] for at, role in enumerate(ROLES)},
        }
    ).with_columns(pl.col(SHARE).fill_nan(None))


def _constraint(ties: "csr_array", node: int) -> float | None:
    """Return how much a node depends on neighbours who are tied among themselves."""
    near = ties.indices[ties.indptr[node] : ties.indptr[node + 1]]
    if not len(near):
        return None
    degrees = np.diff(ties.indptr)[near]
    among = ties[near][:, near]
    by_way = among.T @ (1 / degrees)
    return float((((1 + by_way) / len(near)) ** 2).sum())
