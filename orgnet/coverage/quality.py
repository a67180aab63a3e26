"""What is no gap but not as it should be: size, form, term, coverage by two."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl

from orgnet.coverage.classes import Case
from orgnet.coverage.evidence import id_lists
from orgnet.coverage.scope import prepared
from orgnet.errors import UnknownNameError, some
from orgnet.index import NONE, Index, Numbers, is_a
from orgnet.network import Network
from orgnet.query import Column, Row, Source, Words, question
from orgnet.rules import RULES, Rules
from orgnet.schema.vocabulary import AreaLevel, Form, Setting, Vocabulary
from orgnet.units import ORGANIZATION_HELD, UNKNOWN_COVER
from orgnet.words import FindingState, Reason, named, reason_in_words, unknown

TEXT, COUNT = pl.String(), pl.Int64()
NO_TERM = (Form.WORKING_COMMITTEE, Form.TEMPORARY)


class QualityClass(Vocabulary):
    """What is looked at beside gaps; classes do not exclude each other."""

    Q1 = "Q1", "联合支部单位过多"
    Q2 = "Q2", "组织形式与规模不符"
    Q3 = "Q3", "届满未换"
    Q4 = "Q4", "重复覆盖"
    Q5 = "Q5", "网格户数超标"

    @property
    def en(self) -> str:
        """The English words shown to readers."""
        return {
            "Q1": "joint branch of too many units",
            "Q2": "form does not fit size",
            "Q3": "term overdue",
            "Q4": "covered twice",
            "Q5": "grid of too many households",
        }[self.value]


COLUMNS = (
    Column("class", TEXT, "质量类别", "Q1 to Q5", vocabulary=QualityClass),
    Column("kind", TEXT, "对象类型", "label of the subject"),
    Column("id", TEXT, "对象", "id of the subject", holds_ids=True),
    Column("name", TEXT, "名称", "name of the subject"),
    Column("area", TEXT, "所在社区", "as in coverage.gaps", holds_ids=True),
    Column("state", TEXT, "判定", "finding or not known", vocabulary=FindingState),
    Column("reason", TEXT, "原因", "what is wrong, or what is not known"),
    Column("value", COUNT, "实际值", "people, units, days or households"),
    Column("limit", COUNT, "标准值", "what it should be held against"),
    Column(
        "evidence", pl.List(TEXT), "相关对象", "sorted ids; or null", holds_ids=True
    ),
)
SHAPE = {c.name: c.dtype for c in COLUMNS}


def _explained(net: Network, row: Row) -> Words:
    """Say what is wrong, with the numbers behind it."""
    class_, who = QualityClass(row["class"]), named(net, row["id"])
    why = reason_in_words(row["reason"], net.schema)
    en, zh = f"{who}: {class_.en}; {why[0]}", f"{who}：{class_.zh}；{why[1]}"
    if row["value"] is not None:
        en, zh = f"{en}; {row['value']}", f"{zh}；实际{row['value']}"
        if row["limit"] is not None:
            en, zh = f"{en} against {row['limit']}", f"{zh}，标准{row['limit']}"
    if row["evidence"]:
        there = named(net, *row["evidence"])
        en, zh = f"{en}: {there}", f"{zh}：{there}"
    return f"{en}.", f"{zh}。"


def _prepared(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse a class that there is not; say day and area as engines take them."""
    known = [c.value for c in QualityClass]
    asked = known if given["classes"] is None else list(map(str, given["classes"]))
    wrong = [c for c in asked if c not in known]
    if wrong:
        msg = f"no quality class {some(wrong)}; there are: {', '.join(known)}"
        raise UnknownNameError(msg, wrong)
    return {**prepared(source, given), "classes": sorted(set(asked))}


@question(
    title=("What is covered, but not as it should be?", "哪些覆盖质量不达标？"),
    columns=COLUMNS,
    order=("class", "area", "id"),
    explain=_explained,
    prepare=_prepared,
)
def quality(
    net: Network,
    *,
    classes: Sequence[str] | None = None,
    within: str | None = None,
    day: date | str | None = None,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """List what is no gap but not as the rules would have it.

    Advice, not a duty: sizes and forms may differ with the superior's approval.

    Parameters
    ----------
    net
        A network, or a database.
    classes
        The classes asked about, such as ``["Q3"]``; all five if none.
    within
        Id or code of the area whose subjects are listed; everything if none.
    day
        The day asked about; without one, nothing is overdue.
    rules
        `joint_branch_max_units`, `form_members`, `term_years`, `grid_households`,
        `exclusive_grids` and `functional_for_units` count here.

    Returns
    -------
    Result
        One row a subject and class, by class, area and id. `value` and `limit` are in
        units for Q1, members for Q2, days late and years of the term for Q3,
        organizations for Q4 and households for Q5.

    Raises
    ------
    UnknownNameError
        If there is no such class.
    UnknownAreaError
        If `within` names no area of that day, or several.

    See Also
    --------
    gaps : what is not covered at all.
    queries/coverage/quality.cypher : the same rows from Neo4j.

    References
    ----------
    Regulations on branch work (2018), articles 4 and 5; docs/decisions.md, D43.

    Examples
    --------
    >>> import polars as pl
    >>> from orgnet import Network, coverage
    >>> grid = {"id": ["area:g"], "name": ["一网格"], "level": ["grid"],
    ...         "households": [640]}
    >>> net, _ = Network.from_frames({"Area": pl.DataFrame(grid)}, {})
    >>> coverage.quality(net).frame.select("class", "value", "limit").rows()
    [('Q5', 640, 500)]
    """
    asked = [c.value for c in QualityClass] if classes is None else classes
    case = Case(net.index(day), within, rules)
    rows = [
        look(case).with_columns(pl.lit(name).alias("class"))
        for name, look in LOOKS.items()
        if name in asked
    ]
    return pl.concat([pl.DataFrame(schema=SHAPE), *(r.select(*SHAPE) for r in rows)])


def _found(case: Case, label: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Return findings as rows of the answer.

    `rows` holds the subject's `node`, whether it is `undetermined`, `reason`, `value`
    and `limit`; what is neither a finding nor undetermined has a null reason.
    """
    rows = rows.filter(pl.col("reason").is_not_null())
    rows = rows.filter(pl.Series(case.scope[rows["node"].to_numpy()], dtype=pl.Boolean))
    numbers = rows["node"].to_numpy()
    open_ = pl.when("undetermined").then(pl.lit(FindingState.UNDETERMINED.value))
    shown = {
        "id": case.net.ids.gather(numbers),
        "name": case.index.column(label, "name").gather(numbers),
        "area": case.index.id_of(case.index.neighbourhood[numbers]),
    }
    if "evidence" not in rows.columns:
        rows = rows.with_columns(pl.lit(None, pl.List(TEXT)).alias("evidence"))
    return rows.with_columns(
        pl.lit(label).alias("kind"),
        open_.otherwise(pl.lit(FindingState.FINDING.value)).alias("state"),
        pl.col("value", "limit").cast(COUNT),
        **shown,
    )


def _first_of(undetermined: pl.Expr, what: str, finding: pl.Expr, why: str) -> pl.Expr:
    """Return the reason of what is open, else of what is found, else null."""
    return (
        pl.when(undetermined)
        .then(pl.lit(what))
        .when(finding)
        .then(pl.lit(why))
        .alias("reason")
    )


def _crowded(case: Case) -> pl.DataFrame:
    """Joint branches of more units than five."""
    index, limit = case.index, case.rules.joint_branch_max_units
    of_unit = is_a(case.net, "Unit", "head")
    jointly = index.organization_covers().filter(pl.col("mode") == "joint", of_unit)
    pairs = jointly.select("tail", "head").unique().sort("tail", "head")
    branches = index.nodes("PartyOrganization").filter(pl.col("form") == "joint_branch")
    held = case.holds(ORGANIZATION_HELD)
    counts = pairs.group_by("tail").len("value")
    rows = branches.select("node").join(
        counts, left_on="node", right_on="tail", how="left", maintain_order="left"
    )
    rows = rows.with_columns(pl.col("value").cast(COUNT).fill_null(0))
    many = pl.col("value") > limit
    open_ = ~many & pl.lit(not held)
    place = np.full(index.size, NONE)
    place[rows["node"].to_numpy()] = np.arange(rows.height)
    at = place[pairs["tail"].to_numpy()]
    units = pairs["head"].to_numpy()[at != NONE]
    return _found(
        case,
        "PartyOrganization",
        rows.with_columns(
            open_.alias("undetermined"),
            _first_of(open_, UNKNOWN_COVER, many, Reason.TOO_MANY_UNITS),
            pl.lit(limit).alias("limit"),
            id_lists(index, at[at != NONE], units, rows.height).alias("evidence"),
        ),
    )


def _ill_formed(case: Case) -> pl.DataFrame:
    """Organizations whose form does not fit how many members they have."""
    bands = [(f.value, *band) for f, band in case.rules.form_members.items()]
    table = pl.DataFrame(
        bands, {"form": TEXT, "low": COUNT, "high": COUNT}, orient="row"
    )
    members = pl.col("members")
    few = (members < pl.col("low")).fill_null(value=False)
    many = (members > pl.col("high")).fill_null(value=False)
    open_ = members.is_null()
    rows = case.index.nodes("PartyOrganization").with_columns(pl.col("form").cast(TEXT))
    return _found(
        case,
        "PartyOrganization",
        rows.join(table, on="form").select(
            "node",
            open_.alias("undetermined"),
            pl.when(open_)
            .then(pl.lit(unknown("members")))
            .when(few)
            .then(pl.lit(Reason.TOO_SMALL.value))
            .when(many)
            .then(pl.lit(Reason.TOO_LARGE.value))
            .alias("reason"),
            members.alias("value"),
            pl.when(few).then("low").when(many).then("high").alias("limit"),
        ),
    )


def _overdue(case: Case) -> pl.DataFrame:
    """Organizations that should have elected anew by the day."""
    terms = case.rules.term_years
    rows = case.index.nodes("PartyOrganization").filter(
        ~pl.col("form").cast(TEXT).is_in([f.value for f in NO_TERM])
    )
    usual = (
        pl.when(pl.col("form") == Form.COMMITTEE.value)
        .then(terms["committee"])
        .when(pl.col("setting") == Setting.COMMUNITY.value)
        .then(terms["community"])
        .otherwise(terms["other"])
    )
    rows = rows.with_columns(
        pl.coalesce("term_years", usual).cast(COUNT).alias("limit"),
        pl.coalesce("last_election", "founded_on").alias("since"),
    )
    ends = pl.col("since").dt.offset_by(pl.format("{}y", "limit"))
    days = (pl.lit(case.index.day, pl.Date) - ends).dt.total_days()
    open_ = pl.col("since").is_null() & pl.lit(case.index.day is not None)
    late = (days > 0).fill_null(value=False)
    return _found(
        case,
        "PartyOrganization",
        rows.select(
            "node",
            open_.alias("undetermined"),
            _first_of(open_, unknown("last_election"), late, Reason.OVERDUE),
            days.alias("value"),
            "limit",
        ),
    )


def _covered_twice(case: Case) -> pl.DataFrame:
    """Units that two organizations cover of which neither is above the other."""
    index = case.index
    membership = "membership_basis"
    pairs = index.organization_covers().filter(is_a(case.net, "Unit", "head"))
    if not case.rules.functional_for_units:
        basis = index.column("PartyOrganization", membership).gather(pairs["tail"])
        pairs = pairs.filter(basis.ne_missing("functional"))
    several = (
        pairs.select("head", "tail")
        .unique()
        .filter(pl.len().over("head") > 1)
        .sort("head", "tail")
        .group_by("head", maintain_order=True)
        .agg("tail")
    )
    above = _ancestors(index)
    apart = [
        any(b not in above(a) and a not in above(b) for a, b in combinations(found, 2))
        for found in several["tail"].to_list()
    ]
    twice = several.filter(pl.Series(apart, dtype=pl.Boolean)).with_row_index("row")
    flat = twice.explode("tail")
    evidence = id_lists(
        index, flat["row"].to_numpy(), flat["tail"].to_numpy(), twice.height
    )
    return _found(
        case,
        "Unit",
        twice.select(
            pl.col("head").alias("node"),
            pl.lit(value=False).alias("undetermined"),
            pl.lit(Reason.COVERED_TWICE.value).alias("reason"),
            pl.col("tail").list.len().alias("value"),
            pl.lit(1).alias("limit"),
            evidence.alias("evidence"),
        ),
    )


def _ancestors(index: Index) -> Callable[[int], frozenset[int]]:
    """Return what gives all that stand above an organization on its chain."""
    superior: Numbers = index.superior

    @cache
    def above(organization: int) -> frozenset[int]:
        found: set[int] = set()
        at = int(superior[organization])
        while at != NONE and at not in found:
            found.add(at)
            at = int(superior[at])
        return frozenset(found)

    return above


def _oversized(case: Case) -> pl.DataFrame:
    """Grids of more households than the standard."""
    limit = case.rules.grid_households
    grids = case.index.nodes("Area").filter(pl.col("level") == AreaLevel.GRID.value)
    if not case.rules.exclusive_grids:
        grids = grids.filter(~pl.col("exclusive").fill_null(value=False))
    households = pl.col("households")
    many = (households > limit).fill_null(value=False)
    return _found(
        case,
        "Area",
        grids.select(
            "node",
            households.is_null().alias("undetermined"),
            _first_of(
                households.is_null(),
                unknown("households"),
                many,
                Reason.TOO_MANY_HOUSEHOLDS,
            ),
            households.alias("value"),
            pl.lit(limit).alias("limit"),
        ),
    )


LOOKS: dict[str, Callable[[Case], pl.DataFrame]] = {
    QualityClass.Q1.value: _crowded,
    QualityClass.Q2.value: _ill_formed,
    QualityClass.Q3.value: _overdue,
    QualityClass.Q4.value: _covered_twice,
    QualityClass.Q5.value: _oversized,
}
