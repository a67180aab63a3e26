"""What came back from, or about, those of whom nobody expected it."""

from typing import TYPE_CHECKING

import polars as pl

from orgnet.evaluation.asked import SIDES, Asked, Window, rounds_of
from orgnet.evaluation.counts import DIRECTION, Direction
from orgnet.evaluation.rounds import prepared
from orgnet.query import Column, Row, Words, question
from orgnet.rules import RULES, Rules

if TYPE_CHECKING:
    from orgnet.network import Network

TEXT, NUMBER = pl.String(), pl.Float64()
COLUMNS = (
    Column("round", TEXT, "考评周期", "the round"),
    *SIDES,
    DIRECTION,
    Column("score", NUMBER, "得分", "in points"),
    Column("scale", NUMBER, "满分", "points that were to be had"),
    Column("grade", TEXT, "等次", "as it was given"),
    Column("via", TEXT, "经由", "organization that stood for it", holds_ids=True),
    Column("evaluation", TEXT, "考评记录", "id of the relationship"),
)


def _explained(net: "Network", row: Row) -> Words:
    """Say who rated whom without being expected to."""
    area, unit = (net.node(row[n])["name"] for n in ("area_organization", "unit"))
    down = row["direction"] == Direction.DOWN
    rater, rated = (area, unit) if down else (unit, area)
    en = (
        f"{rater} rated {rated} in round {row['round']}, though by the rule in force "
        "the two were not to evaluate each other."
    )
    zh = f"{row['round']}考评周期，{rater}评了{rated}，但按现行规则二者并不应互评。"
    return en, zh


@question(
    title=("Which answers came back that nobody expected?", "哪些考评不在应评名单内？"),
    columns=COLUMNS,
    order=("round", "area_organization", "unit", "direction", "via", "evaluation"),
    explain=_explained,
    prepare=prepared,
)
def unexpected(
    net: "Network",
    *,
    round: str | None = None,  # noqa: A002  the term
    within: str | None = None,
    kind: str = "two_way",
    rules: Rules = RULES,
) -> pl.DataFrame:
    """List the returned evaluations of pairs that were not expected.

    They are in no row of :func:`orgnet.evaluation.pairs` and in no rate: either a tie
    is missing from the rosters, or the sheet names the wrong side.

    Parameters
    ----------
    round, within, kind, rules
        As in :func:`orgnet.evaluation.pairs`.

    Returns
    -------
    Result
        One row an evaluation and pair, by round, organization, unit, direction, `via`
        and the evaluation's id. Those between other sides are of no pair and not here.

    Raises
    ------
    UnknownNameError
        If there is no such round or kind, or a listed id is not in the network.
    UnknownAreaError
        If `within` names no area, or several.

    See Also
    --------
    queries/evaluation/unexpected.cypher : the same rows from Neo4j.

    Examples
    --------
    >>> import orgnet
    >>> city = orgnet.chengdu(scale=0.02)
    >>> nobody = orgnet.Rules(expected="listed")
    >>> len(unexpected(city, rules=nobody)) > len(unexpected(city))
    True
    """
    asked = Asked(net, rules, kind)
    index = net.index()
    units = None if within is None else index.in_area(index.area(within))
    windows = [
        Window.of(row, None)
        for row in rounds_of(asked).iter_rows(named=True)
        if round is None or row["round"] == round
    ]
    found = [asked.unexpected(window) for window in windows]
    if not found:
        return pl.DataFrame(schema={c.name: c.dtype for c in COLUMNS})
    rows = pl.concat(found)
    if units is not None:
        rows = rows.filter(pl.Series(units[rows["unit"].to_numpy()]))
    ends = {"area": "area_organization", "unit": "unit", "via": "via"}
    ids = [net.ids.gather(rows[old]).rename(new) for old, new in ends.items()]
    return rows.drop(*ends).hstack(ids).rename({"scale_max": "scale"})
