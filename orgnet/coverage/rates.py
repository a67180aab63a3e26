"""How many units are covered, and of how many."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl

from orgnet.coverage.scope import prepared, scope_of
from orgnet.errors import UnknownNameError
from orgnet.kleene import Truth
from orgnet.network import Network
from orgnet.query import Column, Source, question
from orgnet.rules import RULES, Rules
from orgnet.units import GROUPINGS, Units, groups_of
from orgnet.words import Denominator, Measure, explain_rate

DENOMINATORS = tuple(str(d) for d in Denominator)
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


def known_codes(given: dict[str, Any]) -> dict[str, Any]:
    """Refuse groupings and denominators that there are not, and return them as text."""
    offered = {
        "by": ("grouping", GROUPINGS),
        "denominator": ("denominator", DENOMINATORS),
    }
    for name, (what, known) in offered.items():
        if given[name] not in known:
            msg = f"no {what} {given[name]!r}; there are: {', '.join(known)}"
            raise UnknownNameError(msg, [given[name]])
    return {name: str(given[name]) for name in offered}


def _prepared_rates(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    return prepared(source, {**given, **known_codes(given)})


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
        Of which units: "in_operation" (the opinion of 2012), "eligible" (in operation,
        with the members from which a unit must have an organization; the official
        figures for 2011) or "all" (those for 2017).
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
