"""Which relationships go both ways: the dyad census of each type."""

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from orgnet.coverage.scope import prepared
from orgnet.evaluation.asked import status
from orgnet.evaluation.mutual import QUOTIENTS, measured
from orgnet.index import Index, Mask, Numbers, is_a
from orgnet.query import Column, Row, Words, question
from orgnet.rules import RULES, Rules
from orgnet.schema import SCHEMA

if TYPE_CHECKING:
    from orgnet.network import Network

TEXT, COUNT = pl.String(), pl.Int64()
PARTIES = {"PartyOrganization", "Unit"}
TYPES = sorted(  # whose ends admit a common kind; of what went before no dyad is asked
    name
    for name, declared in SCHEMA.ties.items()
    if PARTIES & {*declared.ends.tail} & {*declared.ends.head}
    and not declared.ends.same_kind
)
COLUMNS = (
    Column("type", TEXT, "关系类型", "type of relationship"),
    Column("nodes", COUNT, "节点数", "units and organizations that have one"),
    Column("arcs", COUNT, "有向联系数", "ordered pairs, each once"),
    Column("mutual", COUNT, "双向对数", "dyads with both arcs"),
    Column("asymmetric", COUNT, "单向对数", "dyads with one arc"),
    Column("null_dyads", COUNT, "无联系对数", "dyads of these nodes without any"),
    *QUOTIENTS,
)


def _explained(net: "Network", row: Row) -> Words:
    """Say how many dyads of a type are mutual."""
    zh = net.schema.ties[row["type"]].zh
    en = (
        f"{row['type']}: {row['arcs']:,} arcs among {row['nodes']:,} units and "
        f"organizations; {row['mutual']:,} dyads are mutual, {row['asymmetric']:,} go "
        "one way."
    )
    return en, (
        f"{zh}：{row['nodes']:,}个单位和组织之间有向联系{row['arcs']:,}条，"
        f"其中双向{row['mutual']:,}对，单向{row['asymmetric']:,}对。"
    )


def stands_for(index: Index, rules: Rules) -> Numbers:
    """Return whom each node stands for: an organization for the unit that hosts it.

    The organization of a street or community stands for itself.
    """
    hosts = index.ties("HOSTED_BY").filter(is_a(index.net, "Unit", "head"))
    setting = index.column("PartyOrganization", "setting").cast(TEXT)
    of_area = setting.gather(hosts["tail"]).is_in(
        [s.value for s in rules.area_settings]
    )
    hosts = hosts.filter(~of_area).sort("tail", "head").unique("tail", keep="first")
    number = np.arange(index.size, dtype=np.int32)
    number[hosts["tail"].to_numpy()] = hosts["head"].to_numpy()
    return number


@question(
    title=("Which relationships go both ways?", "哪些联系是双向的？"),
    columns=COLUMNS,
    order=("type",),
    explain=_explained,
    prepare=prepared,
)
def dyads(
    net: "Network",
    *,
    within: str | None = None,
    day: date | str | None = None,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """Count the dyads of each type of relationship that can go both ways.

    The party organization of a unit stands for its host, or a unit and its organization
    would be taken for two that never answer each other.

    Parameters
    ----------
    within
        Id or code of the area in which both ends stand; everywhere if none.
    day
        The day asked about; whatever the network holds, if none.
    rules
        Organizations of `area_settings` stand for themselves.

    Returns
    -------
    Result
        One row a type, by type, also if there is none of it.

    Raises
    ------
    UnknownAreaError
        If `within` names no area of that day, or several.

    See Also
    --------
    reciprocity : of the evaluation, among the pairs that were due.
    queries/evaluation/dyads.cypher : the same rows from Neo4j.

    References
    ----------
    Wasserman and Faust (1994), chapter 13, for the census; Garlaschelli and Loffredo
    (2004) for the correlation; docs/decisions.md, D42.

    Examples
    --------
    >>> import orgnet
    >>> census = dyads(orgnet.chengdu(scale=0.02)).frame
    >>> census.filter(type="SUBORDINATE_TO")["mutual"].item()
    0
    """
    index = net.index(day)
    inside = None if within is None else index.in_area(index.area(within))
    number, asked = stands_for(index, rules), _may_be_asked(index)
    frames = [_census(index, t, number, asked, inside) for t in TYPES]
    n = pl.col("nodes")
    all_dyads = n * (n - 1) / 2
    return pl.concat(frames).with_columns(
        (all_dyads.cast(COUNT) - pl.col("mutual") - pl.col("asymmetric")).alias(
            "null_dyads"
        ),
        *measured("mutual", "asymmetric", all_dyads),
    )


def _may_be_asked(index: Index) -> Mask:
    """Mark units and party organizations."""
    mask = np.zeros(index.size, dtype=bool)
    for label in PARTIES:
        first = index.net.offsets[label]
        mask[first : first + index.net.counts[label]] = True
    return mask


def _census(
    index: Index, type_: str, number: Numbers, asked: Mask, inside: Mask | None
) -> pl.DataFrame:
    """Count the dyads of a type."""
    ties = index.ties(type_)
    if type_ == "EVALUATES":
        ties = ties.filter(status() == "returned")
    ends = ties["tail"].to_numpy(), ties["head"].to_numpy()
    tail, head = (number[e] for e in ends)
    kept = asked[tail] & asked[head] & (tail != head)
    if inside is not None:
        kept &= inside[tail] & inside[head]
    wide = np.int64(index.size)
    arcs = np.unique(tail[kept] * wide + head[kept])
    back = (arcs % wide) * wide + arcs // wide
    mutual = int(np.isin(back, arcs, assume_unique=True).sum()) // 2
    nodes = len(np.unique(np.concatenate([arcs // wide, arcs % wide])))
    counts = {
        "nodes": nodes,
        "arcs": len(arcs),
        "mutual": mutual,
        "asymmetric": len(arcs) - 2 * mutual,
    }
    return pl.DataFrame({"type": type_, **counts})
