"""Who has not answered, and for how many rounds."""

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from orgnet.evaluation.asked import SIDES, Asked, answered, directed, rounds_of
from orgnet.evaluation.counts import COUNT, DIRECTION, TEXT, Direction
from orgnet.evaluation.rounds import prepared
from orgnet.query import Column, Row, Words, question
from orgnet.rules import RULES, Rules

if TYPE_CHECKING:
    from orgnet.network import Network

COLUMNS = (
    *SIDES,
    DIRECTION,
    Column("run", COUNT, "连续未交轮数", "rounds at the end that came to nothing"),
    Column("since", TEXT, "起始轮次", "the first of these rounds"),
    Column("last_returned", TEXT, "最近一次已交", "null if there never was one"),
    Column("due", COUNT, "应交轮数", "rounds in which an answer was due"),
)
PAIR = ("area", "unit", "direction")
DUE = ("returned", "void", "missing")


def _explained(net: "Network", row: Row) -> Words:
    """Say who has been silent, towards whom and since when."""
    area, unit = (net.node(row[n])["name"] for n in ("area_organization", "unit"))
    down = row["direction"] == Direction.DOWN
    rater, rated = (area, unit) if down else (unit, area)
    last = row["last_returned"]
    en = (
        f"{rater} has not rated {rated} in {row['run']} of the {row['due']} rounds "
        f"in which it was due, since {row['since']}; "
        + (f"the last that came back was {last}." if last else "none ever came back.")
    )
    zh = (
        f"{rater}自{row['since']}起连续{row['run']}轮未评{rated}"
        f"（应交{row['due']}轮），"
        + (f"最近一次已交为{last}。" if last else "从未交过。")
    )
    return en, zh


def _order(asked: Asked) -> pl.DataFrame:
    """Return the place of each round in time; of those in the calendar, if any are."""
    rounds = rounds_of(asked)
    if rounds["listed"].any():
        rounds = rounds.filter("listed")
    return rounds.sort("closes_on", "round").select("round").with_row_index("place")


@question(
    title=("Who has not answered, and for how long?", "谁没有交考评，已经多少轮？"),
    columns=COLUMNS,
    order=("-run", "area_organization", "unit", "direction"),
    explain=_explained,
    prepare=prepared,
)
def silence(
    net: "Network",
    *,
    within: str | None = None,
    day: date | str | None = None,
    kind: str = "two_way",
    rules: Rules = RULES,
) -> pl.DataFrame:
    """List who owes an answer to whom, and for how many rounds on end.

    Only rounds in which the pair was expected and the direction neither excused nor
    still open are looked at; where the calendar lists rounds, only those, since a
    mistyped year is no round. An answer that came back and cannot be used is none.

    Parameters
    ----------
    within, day, kind, rules
        As in :func:`orgnet.evaluation.pairs`.

    Returns
    -------
    Result
        One row a pair and direction whose last round came to nothing, the longest run
        first, then by organization, unit and direction.

    Raises
    ------
    UnknownNameError
        If there is no such kind.
    UnknownAreaError
        If `within` names no area, or several.

    See Also
    --------
    pairs : what was said in each round.
    queries/evaluation/silence.cypher : the same rows from Neo4j.

    References
    ----------
    Rounds stand in the order of their last days, see docs/decisions.md, D40.

    Examples
    --------
    >>> import orgnet
    >>> rows = silence(orgnet.chengdu(scale=0.02)).frame
    >>> rows["run"].is_sorted(descending=True), rows["run"].min()
    (True, 1)
    """
    asked = Asked(net, rules, kind)
    places = _order(asked)
    answers = directed(answered(asked, within=within, day=day))
    due = answers.filter(pl.col("state").is_in(DUE)).join(places, on="round")
    came = pl.col("state") == "returned"
    last = pl.col("place").filter(came).max()
    late = came.not_() & (pl.col("place") > last).fill_null(value=True)
    runs = due.group_by(PAIR).agg(
        late.sum().cast(COUNT).alias("run"),
        pl.col("place").filter(late).min().alias("since"),
        last.alias("last_returned"),
        pl.len().cast(COUNT).alias("due"),
    )
    late_ones = runs.filter(pl.col("run") > 0)
    ids = {"area_organization": "area", "unit": "unit"}
    return late_ones.with_columns(
        **{new: net.ids.gather(late_ones[old]) for new, old in ids.items()},
        **{n: places["round"].gather(late_ones[n]) for n in ("since", "last_returned")},
    )
