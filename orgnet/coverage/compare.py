"""How coverage differs between two networks."""

from collections import Counter
from datetime import date
from typing import Any

import polars as pl

from orgnet.coverage.rates import RATE_COLUMNS, known_codes, rates
from orgnet.coverage.scope import prepared
from orgnet.errors import OrgnetError
from orgnet.index import as_day
from orgnet.network import Network
from orgnet.query import Column, Row, Source, Words, question
from orgnet.rules import RULES, Rules
from orgnet.schema.vocabulary import AreaLevel
from orgnet.words import Measure, explain_rate, group_in_words

KEYS = ["group", "measure", "denominator_name"]
LEVELS = frozenset(str(level) for level in AreaLevel)
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
        (en, zh), measure = group_in_words(net, row), Measure(row["measure"])
        return (
            f"{en}: in one of the two networks only ({measure.en}).",
            f"{zh}：仅见于其中一个网络（{measure.zh}）。",
        )
    en, zh = explain_rate(net, row)
    was, of = row["numerator_before"], row["denominator_before"]
    return (
        f"{en}. Before: {was:,} of {of:,}, a change of {row['change']:+,}.",
        f"{zh}。此前：{of:,}个中{was:,}个，增减{row['change']:+,}。",
    )


def _prepared(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse what is no network; the earlier one is read as a whole."""
    before = given["before"]
    if not hasattr(before, "network"):
        msg = (
            f"before is a {type(before).__name__}: give the earlier Network or "
            'Database, as in before=orgnet.load("network-2018")'
        )
        raise OrgnetError(msg, [before])
    asked = prepared(source, {**given, **known_codes(given)})
    earlier = before.network()
    _same_area(earlier, asked["within"], asked["day"])  # refuses what it has not got
    return {**asked, "before": earlier}


def _same_area(net: Network, area: str | None, day: date | str | None) -> str | None:
    """Return the id of an area in another network, perhaps of another edition."""
    if area is None:
        return None
    known = area in net.node_tables["Area"]["id"]
    return net.area_id(area if known else _code(area), as_day(day))


def _code(area: str) -> str:
    """Return the code in an area's id, which editions share."""
    return area.partition(":")[2].partition("@")[0]


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
    it: ``compare(net.plus(plan), before=net)``. An area that only one of them has is
    taken for the one of the same code that only the other has, of another edition.

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
    earlier = before.network()
    asked: dict[str, Any] = {"by": by, "denominator": denominator}
    asked |= {"day": day, "rules": rules}
    places = within, _same_area(earlier, within, day)
    rows = [
        rates.question.body(source, within=place, **asked)
        for source, place in zip((net, earlier), places, strict=True)
    ]
    now, was = rows
    if by in LEVELS:
        was = _as_now(was, now["group"])
    both = now.join(
        was, on=KEYS, how="full", coalesce=True, suffix="_before", nulls_equal=True
    )
    return both.with_columns(
        pl.coalesce("name", "name_before").alias("name"),
        (pl.col("numerator") - pl.col("numerator_before")).alias("change"),
    )


def _as_now(was: pl.DataFrame, groups: pl.Series) -> pl.DataFrame:
    """Name areas of an earlier edition as the later one does."""
    before, now = (set(s.drop_nulls()) for s in (was["group"], groups))
    lost, new = _by_code(before - now), _by_code(now - before)
    later = {area: new[code] for code, area in lost.items() if code in new}
    return was.with_columns(pl.col("group").replace(later))


def _by_code(areas: set[str]) -> dict[str, str]:
    """Return areas by their codes, but for codes that several have."""
    counted = Counter(map(_code, areas))
    return {_code(a): a for a in areas if counted[_code(a)] == 1}
