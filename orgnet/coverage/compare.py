"""How coverage differs between two networks."""

from datetime import date
from typing import Any

import polars as pl

from orgnet.coverage.rates import RATE_COLUMNS, known_codes, rates
from orgnet.coverage.scope import prepared
from orgnet.errors import OrgnetError
from orgnet.network import Network
from orgnet.query import Column, Row, Source, Words, question
from orgnet.rules import RULES, Rules
from orgnet.words import Measure, explain_rate

KEYS = ("group", "measure", "denominator_name")
COUNTS = ("numerator", "denominator", "undetermined")
OF_RATES = {column.name: column for column in RATE_COLUMNS}
COLUMNS = (
    *(OF_RATES[name] for name in ("group", "name", "measure", "denominator_name")),
    *(
        Column(
            f"{name}_before",
            OF_RATES[name].dtype,
            f"此前{OF_RATES[name].zh}",
            f"{OF_RATES[name].meaning}, in the earlier network",
        )
        for name in COUNTS
    ),
    *(OF_RATES[name] for name in COUNTS),
    Column("change", pl.Int64(), "增减", "covered now less covered before"),
)


def _explained(net: Network, row: Row) -> Words:
    """Say how many units of a group are covered now, and how many were."""
    if row["change"] is None:
        en, zh = "in one of the two networks only", "仅见于其中一个网络"
        measure = Measure(row["measure"])
        return (
            f"{row['name']}: {measure.en}, {en}.",
            f"{row['name']}：{measure.zh}，{zh}。",
        )
    en, zh = explain_rate(net, row)
    was, of = row["numerator_before"], row["denominator_before"]
    return (
        f"{en} Before: {was:,} of {of:,}, a change of {row['change']:+,}.",
        f"{zh}此前：{of:,}个中{was:,}个，增减{row['change']:+,}。",
    )


def _prepared(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse what is no network; the earlier one is read as a whole."""
    before = given["before"]
    if not hasattr(before, "network"):
        msg = (
            f"before is {before!r}: give the earlier Network or Database, as in "
            'before=orgnet.load("network-2018")'
        )
        raise OrgnetError(msg, [before])
    asked = prepared(source, {**given, **known_codes(given)})
    if asked["within"] is not None:
        before.area_id(asked["within"], asked["day"])  # refuses what it has not got
    return {**asked, "before": before.network()}


@question(
    title=("How does coverage differ from before?", "覆盖情况与此前相比有何变化？"),
    columns=COLUMNS,
    order=("group", "measure"),
    explain=_explained,
    prepare=_prepared,
)
def compare(
    net: Network,
    *,
    before: Source,
    by: str = "street",
    denominator: str = "in_operation",
    within: str | None = None,
    day: date | str | None = None,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """Count the units that are covered in two networks, side by side.

    The two may be the rosters of two years, or a network and what a plan would make of
    it: ``compare(net.plus(plan), before=net)``.

    Parameters
    ----------
    net
        The later network, or a database.
    before
        The earlier one.
    by, denominator, within, rules
        As in :func:`rates`, for both.
    day
        The day asked about, of both; whatever each holds, if none.

    Returns
    -------
    Result
        One row a group and measure of either. What one of them has not got is null
        there, and so is `change`.

    Raises
    ------
    OrgnetError
        If `before` is no network.
    UnknownNameError
        If there is no such grouping or denominator.
    UnknownAreaError
        If `within` names no area of one of them, or several.

    See Also
    --------
    trend : days within one network.

    References
    ----------
    docs/decisions.md, D53.

    Examples
    --------
    >>> import orgnet
    >>> city = orgnet.chengdu(scale=0.02)
    >>> plan = orgnet.planning.close_gaps(city, budget=9, classes=["G1"])
    >>> rows = compare(city.plus(plan), before=city, by="city").frame
    >>> rows.filter(measure="single")["change"].sum()
    3
    """
    asked: dict[str, Any] = {"by": by, "denominator": denominator, "within": within}
    asked |= {"day": day, "rules": rules}
    now, was = (rates.question.body(n, **asked) for n in (net, before.network()))
    both = now.join(
        was,
        on=list(KEYS),
        how="full",
        coalesce=True,
        suffix="_before",
        nulls_equal=True,
    )
    return both.with_columns(
        pl.coalesce("name", "name_before").alias("name"),
        (pl.col("numerator") - pl.col("numerator_before")).alias("change"),
    )
