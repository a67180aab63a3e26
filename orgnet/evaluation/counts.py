"""What is counted of the answers to an evaluation: by round, group and direction."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from orgnet.errors import UnknownNameError
from orgnet.evaluation.rounds import prepared
from orgnet.index import NONE
from orgnet.query import Column, Row, Source, Words
from orgnet.schema.vocabulary import AreaLevel, UnitKind, Vocabulary
from orgnet.words import named

if TYPE_CHECKING:
    from orgnet.network import Network

TEXT, COUNT = pl.String(), pl.Int64()
GROUPINGS = (*(str(level) for level in AreaLevel), "kind", "organization")
ORDER = ("round", "group", "direction")
LABELS = {"organization": "PartyOrganization"}  # of what a group is, if not an area


class Direction(Vocabulary):
    """Who rates whom in a two-way evaluation."""

    DOWN = "down", "党组织评单位"
    UP = "up", "单位评党组织"


class Due(Vocabulary):
    """Of which answers a rate of an evaluation is taken."""

    DUE = "due", "应交"
    SCORED = "scored", "有得分和满分"


DIRECTION = Column("direction", TEXT, "考评方向", "down or up", vocabulary=Direction)


def columns(
    numerator: str, zh: str, undetermined: str, open_zh: str
) -> tuple[Column, ...]:
    """Return the columns of a rate by round, group and direction.

    Parameters
    ----------
    numerator, zh
        What is counted, in English and Chinese.
    undetermined, open_zh
        Of what it cannot be told, likewise.
    """
    return (
        Column("round", TEXT, "考评周期", "the round"),
        Column("group", TEXT, "分组", "area, organization or code; null for none"),
        Column("name", TEXT, "名称", "name of the area or organization"),
        DIRECTION,
        Column("numerator", COUNT, f"分子（{zh}）", numerator),
        Column("denominator", COUNT, "分母", "of how many"),
        Column("denominator_name", TEXT, "分母口径", "of which", vocabulary=Due),
        Column("undetermined", COUNT, f"无法判定数（{open_zh}）", undetermined),
    )


def prepared_counts(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse a grouping that there is not, and what pairs refuse."""
    by = str(given["by"])
    if by not in GROUPINGS:
        msg = f"no grouping {by!r}; there are: {', '.join(GROUPINGS)}"
        raise UnknownNameError(msg, [by])
    return prepared(source, {**given, "by": by})


def counted(
    net: "Network", answers: pl.DataFrame, by: str, counts: Mapping[str, pl.Expr]
) -> pl.DataFrame:
    """Count the answers of each round, group and direction.

    Parameters
    ----------
    net
        The network.
    answers
        One row a pair and direction: `round`, `area`, `unit`, `direction` and what is
        counted.
    by
        One of `GROUPINGS`.
    counts
        The conditions of what is counted, by the names of the columns.
    """
    each = [
        condition.sum().cast(COUNT).alias(name) for name, condition in counts.items()
    ]
    rows = grouped(net, answers, by)
    return titled(net, rows.group_by("round", "group", "direction").agg(each), by)


def grouped(net: "Network", rows: pl.DataFrame, by: str) -> pl.DataFrame:
    """Add the `group` of each row's `unit` or `area`: a code, or a node's number."""
    group = _kinds(net, rows) if by == "kind" else _places(net, rows, by)
    return rows.with_columns(group.alias("group"))


def titled(net: "Network", found: pl.DataFrame, by: str) -> pl.DataFrame:
    """Give ids for the numbers of groups, and their names beside them."""
    if by == "kind":
        return found.with_columns(pl.lit(None, TEXT).alias("name"))
    label = LABELS.get(by, "Area")
    table = net.node_tables[label].select("id", "name")
    ids = net.ids.gather(found["group"].replace(NONE, None))
    return found.with_columns(ids.alias("group")).join(
        table, left_on="group", right_on="id", how="left"
    )


def _kinds(net: "Network", answers: pl.DataFrame) -> pl.Series:
    kinds = net.node_tables["Unit"]["kind"].cast(TEXT)
    return kinds.gather(answers["unit"] - net.offsets["Unit"])


def _places(net: "Network", answers: pl.DataFrame, by: str) -> pl.Series:
    """Return the number of the organization, or of the area of a level; -1 for none."""
    if by == "organization":
        return answers["area"].cast(COUNT)
    index = net.index()
    places = index.place[answers["unit"].to_numpy()]
    return pl.Series(index.at_or_above(by, places)).cast(COUNT)


def group_words(net: "Network", row: Row) -> Words:
    """Name the group of a row; the question's `by` stands beside its columns."""
    group = row["group"]
    if group is None:
        return "units without a group", "未分组单位"
    if row.get("by") == "kind":
        kind = UnitKind(group)
        return kind.en, kind.zh
    return named(net, group), named(net, group)
