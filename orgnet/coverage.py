"""Questions on coverage: what no organization reaches, and how much is reached."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from orgnet.errors import UnknownNameError, some
from orgnet.gap_classes import CLASSES, Case, Found, scope_of
from orgnet.index import as_day
from orgnet.kleene import Truth
from orgnet.network import Network
from orgnet.query import Column, Source, question
from orgnet.rules import Rules
from orgnet.units import GROUPINGS, Units, groups_of
from orgnet.words import (
    Denominator,
    GapClass,
    GapState,
    Measure,
    Remedy,
    explain_gap,
    explain_rate,
)

RULES = Rules()
DENOMINATORS = tuple(str(d) for d in Denominator)
GAP_COLUMNS = (
    Column(
        "class",
        pl.String(),
        "缺口类别",
        "class of the gap, G1 to G7",
        vocabulary=GapClass,
    ),
    Column("kind", pl.String(), "对象类别", "label of the subject"),
    Column("id", pl.String(), "对象", "id of the subject", holds_ids=True),
    Column("name", pl.String(), "名称", "name of the subject"),
    Column(
        "area",
        pl.String(),
        "所在社区",
        "id of its community, else of the area it stands in",
        holds_ids=True,
    ),
    Column("state", pl.String(), "判定", "gap or undetermined", vocabulary=GapState),
    Column("reason", pl.String(), "原因", "why it is a gap, or what is not known"),
    Column(
        "evidence",
        pl.List(pl.String()),
        "相关党组织",
        "ids of the organizations looked at, sorted; null if none",
        holds_ids=True,
    ),
    Column("remedy", pl.String(), "建议", "what to do about it", vocabulary=Remedy),
)


def _prepared(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Say the day as a date and the area by the id it has on that day."""
    day, within = as_day(given["day"]), given["within"]
    area = None if within is None else source.area_id(within, day)
    return {**given, "day": day, "within": area}


def _prepared_gaps(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Name each class asked about once, and refuse what is no class."""
    classes = _named_classes(given["classes"])
    return _prepared(source, {**given, "classes": classes})


def _named_classes(classes: Sequence[str] | None) -> list[str]:
    """Return the classes of these names, each once; all if none are given."""
    known = [str(c) for c in GapClass]
    if classes is None:
        return known
    given = [classes] if isinstance(classes, str) else list(classes)
    wrong = [c for c in given if c not in known]
    if wrong:
        msg = f"no gap class {some(wrong)}; there are: {', '.join(known)}"
        raise UnknownNameError(msg, wrong)
    return sorted({str(c) for c in given})


@question(
    title=("What is not covered, and why?", "哪些单位、区域和党组织存在覆盖缺口？"),
    columns=GAP_COLUMNS,
    order=("class", "area", "id"),
    explain=explain_gap,
    prepare=_prepared_gaps,
)
def gaps(
    net: Network,
    *,
    within: str | None = None,
    day: date | str | None = None,
    classes: Sequence[str] | None = None,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """List the gaps of coverage: who is not covered, why, and what to do about it.

    A subject may have gaps of several classes. What has none is not listed; where too
    little is known, the state is undetermined and the reason says what is not known.

    Parameters
    ----------
    net
        A network, or a database.
    within
        Id or code of the area whose subjects are listed; everything if none. What
        covers them, or stands above them, may lie outside it.
    day
        The day asked about; whatever the network holds, if none.
    classes
        The classes asked about, such as ``["G1", "G4"]``; all seven if none.
    rules
        What counts as coverage, and where the line is drawn.

    Returns
    -------
    Result
        One row a subject and class, by class, area and id: see `GAP_COLUMNS`.

    Raises
    ------
    UnknownNameError
        If there is no such class.
    UnknownAreaError
        If `within` names no area of that day, or several.

    See Also
    --------
    rates : how many units are covered.
    queries/coverage/gaps.cypher : the same rows from Neo4j.

    References
    ----------
    Party Constitution, article 30 (three full members); Regulations on branch work
    (2018), article 5 (joint branches); 中办发〔2012〕11号 (the two coverages).

    Examples
    --------
    >>> import polars as pl
    >>> from orgnet import Network, coverage
    >>> firm = {"id": ["unit:a"], "name": ["甲公司"], "kind": ["private_enterprise"],
    ...         "operating": [True], "full_members": [5]}
    >>> net, _ = Network.from_frames({"Unit": pl.DataFrame(firm)}, {},
    ...                              complete=["COVERS:Unit"])
    >>> coverage.gaps(net, classes=["G1"]).frame["reason"].to_list()
    ['mandatory']
    """
    asked = list(GapClass) if classes is None else [GapClass(c) for c in classes]
    case = Case(net.index(day), within, rules)
    found = [part for name in asked for part in CLASSES[name][2](case)]
    rows = [_rows(case, part) for part in found]
    empty = pl.DataFrame(schema={c.name: c.dtype for c in GAP_COLUMNS})
    return pl.concat([empty, *rows])


def _rows(case: Case, found: Found) -> pl.DataFrame:
    """Return what is found as rows of the answer."""
    label, remedy, _ = CLASSES[found.class_]
    table = case.net.node_tables[label]
    row = found.numbers - case.net.offsets[label]
    open_ = pl.col("undetermined")
    none = pl.lit(None, pl.List(pl.String))
    return pl.DataFrame(
        {
            "id": table["id"].gather(row),
            "name": table[case.net.schema.kinds[label].caption].gather(row),
            "area": case.index.id_of(case.areas[found.numbers]),
            "undetermined": found.undetermined,
            "reason": found.reasons,
        }
    ).select(
        pl.lit(found.class_.value).alias("class"),
        pl.lit(label).alias("kind"),
        "id",
        "name",
        "area",
        _either(open_, GapState.UNDETERMINED, GapState.GAP).alias("state"),
        "reason",
        (none if found.evidence is None else pl.lit(found.evidence)).alias("evidence"),
        _either(open_, Remedy.ASK, remedy).alias("remedy"),
    )


def _either(condition: pl.Expr, then: str, otherwise: str) -> pl.Expr:
    return pl.when(condition).then(pl.lit(str(then))).otherwise(pl.lit(str(otherwise)))


RATE_COLUMNS = (
    Column("group", pl.String(), "分组", "area id or code; null for units without one"),
    Column("name", pl.String(), "名称", "name of the area; null for codes"),
    Column(
        "measure",
        pl.String(),
        "指标",
        "any, organization, single or work",
        vocabulary=Measure,
    ),
    Column("numerator", pl.Int64(), "分子", "units known to be covered"),
    Column("denominator", pl.Int64(), "分母", "units known to belong to it"),
    Column(
        "denominator_name",
        pl.String(),
        "分母口径",
        "which units belong to it",
        vocabulary=Denominator,
    ),
    Column(
        "undetermined",
        pl.Int64(),
        "无法判定数",
        "units of which the coverage, or the belonging, is not known",
    ),
)


def _prepared_rates(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse groupings and denominators that there are not."""
    offered = {
        "by": ("grouping", GROUPINGS),
        "denominator": ("denominator", DENOMINATORS),
    }
    for name, (what, known) in offered.items():
        if given[name] not in known:
            msg = f"no {what} {given[name]!r}; there are: {', '.join(known)}"
            raise UnknownNameError(msg, [given[name]])
    codes = {name: str(given[name]) for name in offered}
    return _prepared(source, {**given, **codes})


@question(
    title=("How many units are covered?", "单位的组织覆盖和工作覆盖各有多少？"),
    columns=RATE_COLUMNS,
    order=("group", "measure"),
    explain=explain_rate,
    prepare=_prepared_rates,
)
def rates(
    net: Network,
    *,
    by: str = "street",
    denominator: str = "in_operation",
    within: str | None = None,
    day: date | str | None = None,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """Count the units that are covered, and of how many, group by group.

    No quotient is made: it means nothing without its denominator and the number of
    units of which it cannot be told. A unit whose coverage is unknown is in both; one
    that may or may not belong to the denominator only in `undetermined`.

    Parameters
    ----------
    net
        A network, or a database.
    by
        What units are grouped by: an area level, "kind", "line" or "demonstration"
        (whether any area that a unit stands in is a demonstration area).
    denominator
        Of which units: "in_operation", "eligible" (in operation, with the members from
        which a unit must have an organization) or "all".
    within
        Id or code of the area whose units are counted; everything if none.
    day
        The day asked about; whatever the network holds, if none.
    rules
        What counts as coverage; `rate_modes` says in which modes.

    Returns
    -------
    Result
        One row a group and measure, by both: see `RATE_COLUMNS`. Empty groups stand in
        it; units without a group, if there are any, have the group null.

    Raises
    ------
    UnknownNameError
        If there is no such grouping or denominator.
    UnknownAreaError
        If `within` names no area of that day, or several.

    See Also
    --------
    gaps : which units are not covered.
    queries/coverage/rates.cypher : the same rows from Neo4j.

    References
    ----------
    中办发〔2012〕11号: organization coverage counts own and joint organizations, of the
    units in actual operation.

    Examples
    --------
    >>> import polars as pl
    >>> from orgnet import Network, coverage
    >>> firm = {"id": ["unit:a"], "name": ["甲公司"], "kind": ["private_enterprise"],
    ...         "operating": [True], "has_union": [True]}
    >>> net, _ = Network.from_frames({"Unit": pl.DataFrame(firm)}, {},
    ...                              complete=["COVERS:Unit"])
    >>> rates = coverage.rates(net, by="kind").frame
    >>> firms = rates.filter(group="private_enterprise")
    >>> firms.select("measure", "numerator", "denominator").rows()
    [('any', 1, 1), ('organization', 0, 1), ('single', 0, 1), ('work', 1, 1)]
    """
    index = net.index(day)
    units = Units(index, rules)
    counted = np.flatnonzero(scope_of(index, within)[units.numbers])
    groups = groups_of(index, units, by, within)
    belongs = _belongs(units, denominator).of_rows(counted)
    measures = {m: t.of_rows(counted) for m, t in _measures(units).items()}
    of_unit = groups.of_unit[counted]
    listed = groups.listed(of_unit)
    return pl.concat(
        listed.with_columns(
            pl.lit(str(measure)).alias("measure"),
            pl.lit(denominator).alias("denominator_name"),
            *_counts(of_unit, belongs, covered, listed.height),
        )
        for measure, covered in measures.items()
    )


def _counts(
    of_unit: np.ndarray, belongs: Truth, covered: Truth, size: int
) -> list[pl.Series]:
    """Count the units that are covered, that belong, and that cannot be told."""
    marks = {
        "numerator": belongs.yes & covered.yes,
        "denominator": belongs.yes,
        "undetermined": belongs.unknown | (belongs.yes & covered.unknown),
    }
    return [
        pl.Series(name, np.bincount(of_unit[mask], minlength=size))
        for name, mask in marks.items()
    ]


def _belongs(units: Units, denominator: str) -> Truth:
    """Tell which units belong to a denominator."""
    if denominator == Denominator.ALL:
        return Truth.known(np.ones(len(units.numbers), dtype=bool))
    if denominator == Denominator.ELIGIBLE:
        return units.in_operation & units.must_found
    return units.in_operation


def _measures(units: Units) -> dict[Measure, Truth]:
    """Tell which units are covered, measure by measure."""
    organization = units.has_organization(units.rules.rate_modes)
    groups = [Truth.of(units.table[n]) for n in ("has_union", "has_youth_league")]
    work = units.has_work | groups[0] | groups[1]
    return {
        Measure.ANY: organization | work,
        Measure.ORGANIZATION: organization,
        Measure.SINGLE: units.has_organization(["single"]),
        Measure.WORK: work,
    }
