"""How coverage moved from day to day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from orgnet.coverage.rates import RATE_COLUMNS, known_codes, rates
from orgnet.errors import OrgnetError, UnknownAreaError, some
from orgnet.index import as_day
from orgnet.network import Network
from orgnet.query import Column, Row, Source, Words, question
from orgnet.rules import RULES, Rules
from orgnet.words import explain_rate

COLUMNS = (Column("day", pl.Date(), "统计日", "the day"), *RATE_COLUMNS)


def _explained(net: Network, row: Row) -> Words:
    """Say how many units of a group were covered on a day."""
    en, zh = explain_rate(net, row)
    return f"On {row['day']}: {en}", f"{row['day']}：{zh}"


def _prepared(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Say days as dates in order, and the area by its id, the same on every day."""
    days = sorted({d for d in map(as_day, given["days"]) if d is not None})
    if not days:
        msg = 'no days to compare; give them, as in days=["2018-06-30", "2019-06-30"]'
        raise OrgnetError(msg, [])
    within = given["within"]
    asked = {**given, **known_codes(given), "days": days}
    if within is None:
        return asked
    found = sorted({source.area_id(within, day) for day in days})
    if len(found) > 1:
        msg = (
            f"{within!r} names {len(found)} areas on these days: {some(found)}; give "
            "one of these ids"
        )
        raise UnknownAreaError(msg, found)
    return {**asked, "within": found[0]}


@question(
    title=("How did coverage move?", "覆盖率随时间如何变化？"),
    columns=COLUMNS,
    order=("day", "group", "measure"),
    explain=_explained,
    prepare=_prepared,
)
def trend(
    net: Network,
    *,
    days: Sequence[date | str],
    by: str = "street",
    denominator: str = "in_operation",
    within: str | None = None,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """Count the units that are covered, day by day.

    Parameters
    ----------
    net
        A network, or a database.
    days
        The days; one that is given twice counts once.
    by, denominator, within, rules
        As in :func:`orgnet.coverage.rates`.

    Returns
    -------
    Result
        The rows of rates on each day, by day, group and measure. Attributes have no
        past: who was in operation, or how many members there were, is as it is now.

    Raises
    ------
    UnknownNameError
        If there is no such grouping or denominator.
    UnknownAreaError
        If `within` names no area of one of the days, or several.

    See Also
    --------
    rates : of one day.
    queries/coverage/trend.cypher : the same rows from Neo4j.

    References
    ----------
    docs/decisions.md, D43.

    Examples
    --------
    >>> import orgnet
    >>> city = orgnet.chengdu(scale=0.02)
    >>> rows = trend(city, days=["2018-06-30", "2019-08-07"], by="city").frame
    >>> rows["day"].dt.year().unique().sort().to_list()
    [2018, 2019]
    """
    asked = {"by": by, "denominator": denominator, "within": within, "rules": rules}
    counted = [
        rates.question.body(net, day=d, **asked).with_columns(pl.lit(d).alias("day"))
        for d in days
    ]
    return pl.concat(counted)
