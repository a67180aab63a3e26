"""What may be one thing twice: a unit in two rosters, or under park and street."""

from datetime import date

import polars as pl

from orgnet.coverage.classes import Case
from orgnet.coverage.scope import prepared
from orgnet.index import NONE, Index, is_a
from orgnet.network import Network
from orgnet.query import Column, Row, Words, question
from orgnet.rules import RULES, Rules
from orgnet.schema.vocabulary import Setting, Vocabulary
from orgnet.words import named

TEXT = pl.String()
BLOCK = (
    Setting.STREET,
    Setting.COMMUNITY,
    Setting.COMPOUND,
    Setting.GRID,
    Setting.BUILDING,
)


class DuplicateClass(Vocabulary):
    """In what two may be one."""

    PARK_AND_STREET = "park_and_street", "园区与街道重复覆盖"
    SAME_CODE = "same_code", "统一社会信用代码相同"
    SAME_NAME = "same_name", "同一社区内名称相同"


COLUMNS = (
    Column("class", TEXT, "重复类别", "in what", vocabulary=DuplicateClass),
    Column("id", TEXT, "单位", "the smallest id of the group", holds_ids=True),
    Column("name", TEXT, "名称", "its name"),
    Column("area", TEXT, "所在社区", "as in coverage.gaps", holds_ids=True),
    Column(
        "evidence",
        pl.List(TEXT),
        "相关对象",
        "sorted ids: of the group, or of the organizations that cover the unit",
        holds_ids=True,
    ),
)
SHAPE = {c.name: c.dtype for c in COLUMNS}


def _explained(net: Network, row: Row) -> Words:
    """Say what may be one, and why."""
    class_, there = DuplicateClass(row["class"]), named(net, *row["evidence"])
    who = named(net, row["id"])
    return f"{who}: {class_.en}: {there}.", f"{who}：{class_.zh}：{there}。"


@question(
    title=("What may be one thing twice?", "哪些单位可能重复？"),
    columns=COLUMNS,
    order=("class", "area", "id"),
    explain=_explained,
    prepare=prepared,
)
def duplicates(
    net: Network,
    *,
    within: str | None = None,
    day: date | str | None = None,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """List the units that may stand in the network twice, or under two systems.

    Nothing is merged: two branches of one chain may share a name and a community.

    Parameters
    ----------
    net
        A network, or a database.
    within
        Id or code of the area whose units are listed; everything if none.
    day
        The day asked about; whatever the network holds, if none.
    rules
        `functional_for_units` counts here.

    Returns
    -------
    Result
        One row a group of units of the same code, or of the same name in the same
        community, and one a unit that both a park's and the street's side cover.

    Raises
    ------
    UnknownAreaError
        If `within` names no area of that day, or several.

    See Also
    --------
    quality : class Q4 is what two organizations cover, neither above the other.
    queries/coverage/duplicates.cypher : the same rows from Neo4j.

    References
    ----------
    Names are compared after NFKC, without spaces; docs/decisions.md, D43.

    Examples
    --------
    >>> import polars as pl
    >>> from orgnet import Network, coverage
    >>> firms = {"id": ["unit:a", "unit:b"], "name": ["甲公司", "甲 公司"],
    ...          "kind": ["other", "other"]}
    >>> here = {"from": ["unit:a", "unit:b"], "to": ["area:c", "area:c"]}
    >>> area = {"id": ["area:c"], "name": ["一社区"], "level": ["community"]}
    >>> net, _ = Network.from_frames(
    ...     {"Unit": pl.DataFrame(firms), "Area": pl.DataFrame(area)},
    ...     {"LOCATED_IN": pl.DataFrame(here)})
    >>> coverage.duplicates(net).frame.select("class", "evidence").rows()
    [('same_name', ['unit:a', 'unit:b'])]
    """
    case = Case(net.index(day), within, rules)
    groups = [_two_systems(case), *_same(case)]
    numbers = pl.concat([g.select("class", "node", "members") for g in groups])
    nodes = numbers["node"].to_numpy()
    ids = case.net.ids
    return numbers.with_columns(
        id=ids.gather(nodes),
        name=case.index.column("Unit", "name").gather(nodes),
        area=case.index.id_of(case.index.neighbourhood[nodes]),
        evidence=_ids(case.index, numbers["members"]),
    ).select(*SHAPE)


def _ids(index: Index, members: pl.Series) -> pl.Series:
    """Return lists of ids for lists of numbers, which are in the order of ids."""
    rows = pl.DataFrame({"members": members}).with_row_index("row").explode("members")
    named_rows = rows.with_columns(id=index.id_of(rows["members"].to_numpy()))
    return named_rows.group_by("row", maintain_order=True).agg("id")["id"]


def _two_systems(case: Case) -> pl.DataFrame:
    """Units that an organization of a park covers, and one of the street's side."""
    index = case.index
    ties = index.organization_covers().filter(is_a(case.net, "Unit", "head"))
    columns = ("setting", "membership_basis")
    of_tail = {c: index.column("PartyOrganization", c) for c in columns}
    ties = ties.select("head", "tail").with_columns(
        s.cast(TEXT).gather(ties["tail"]) for s in of_tail.values()
    )
    if not case.rules.functional_for_units:
        ties = ties.filter(pl.col("membership_basis").ne_missing("functional"))
    park = pl.col("setting") == Setting.PARK.value
    block = pl.col("setting").is_in([s.value for s in BLOCK])
    asked = pl.Series(case.scope[ties["head"].to_numpy()], dtype=pl.Boolean)
    return (
        ties.filter(asked, park | block)
        .filter(park.any().over("head"), block.any().over("head"))
        .group_by(pl.col("head").alias("node"))
        .agg(pl.col("tail").unique().sort().alias("members"))
        .with_columns(pl.lit(DuplicateClass.PARK_AND_STREET.value).alias("class"))
    )


def _same(case: Case) -> list[pl.DataFrame]:
    """Units that share a code, or a name in one community."""
    units = case.index.nodes("Unit").filter(pl.col("status").ne_missing("closed"))
    numbers = units["node"].to_numpy()
    home = case.index.home[numbers]
    rows = units.select(
        "node",
        "uscc",
        pl.col("name").str.normalize("NFKC").str.replace_all(" ", "", literal=True),
        pl.Series("home", home).replace(NONE, None),
    ).filter(pl.Series(case.scope[numbers], dtype=pl.Boolean))
    by_code = _groups(rows.drop_nulls("uscc"), DuplicateClass.SAME_CODE, "uscc")
    by_name = _groups(rows.drop_nulls("home"), DuplicateClass.SAME_NAME, "name", "home")
    told = set(map(tuple, by_code["members"].to_list()))
    fresh = [tuple(m) not in told for m in by_name["members"].to_list()]
    return [by_code, by_name.filter(pl.Series(fresh, dtype=pl.Boolean))]


def _groups(rows: pl.DataFrame, class_: DuplicateClass, *keys: str) -> pl.DataFrame:
    """Return the groups of more than one, each with its first member."""
    return (
        rows.group_by(keys)
        .agg(pl.col("node").sort().alias("members"))
        .filter(pl.col("members").list.len() > 1)
        .with_columns(
            pl.col("members").list.first().alias("node"),
            pl.lit(class_.value).alias("class"),
        )
    )
