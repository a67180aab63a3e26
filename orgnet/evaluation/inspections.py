"""Who was not visited: inspections 督导, and how long ago the last one was."""

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from orgnet.errors import OrgnetError
from orgnet.evaluation.asked import Asked, rounds_of
from orgnet.evaluation.rounds import known_kind
from orgnet.index import NONE, as_day
from orgnet.query import Column, Row, Source, Words, question
from orgnet.rules import RULES, Rules
from orgnet.words import named

if TYPE_CHECKING:
    from orgnet.network import Network

TEXT, COUNT = pl.String(), pl.Int64()
COLUMNS = (
    Column("id", TEXT, "党组织", "id of the organization", holds_ids=True),
    Column("name", TEXT, "名称", "name of the organization"),
    Column("area", TEXT, "所在社区", "as in coverage.gaps", holds_ids=True),
    Column("run", COUNT, "连续未督导轮数", "rounds at the end without a visit"),
    Column("last_inspected", TEXT, "最近一次督导", "null if there never was one"),
    Column("rounds", COUNT, "督导轮数", "how many rounds were looked at"),
)


def _explained(net: "Network", row: Row) -> Words:
    """Say how long an organization was not visited."""
    who, last = named(net, row["id"]), row["last_inspected"]
    en = f"{who} was not visited in the last {row['run']} of {row['rounds']} rounds; "
    zh = f"{who}最近{row['run']}轮（共{row['rounds']}轮）未接受督导，"
    if last is None:
        return f"{en}no visit is on record.", f"{zh}无督导记录。"
    return f"{en}the last visit was in {last}.", f"{zh}最近一次为{last}。"


def _prepared(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse a kind that there is not; say the day as a date and the area by its id."""
    known_kind(given["kind"])
    if given["last"] < 1:
        msg = f"last is {given['last']}: rounds without a visit are counted from 1"
        raise OrgnetError(msg, [given["last"]])
    day, within = as_day(given["day"]), given["within"]
    area = None if within is None else source.area_id(within, day)
    return {**given, "day": day, "within": area}


@question(
    title=("Who was not inspected, and for how long?", "哪些党组织未督导到，多久了？"),
    columns=COLUMNS,
    order=("-run", "area", "id"),
    explain=_explained,
    prepare=_prepared,
)
def inspections(
    net: "Network",
    *,
    within: str | None = None,
    day: date | str | None = None,
    kind: str = "inspection",
    last: int = 1,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """List the organizations of areas that were not visited in the last rounds.

    Rounds of different rhythm, by quarter and by half-year, are rounds of one kind;
    with a calendar only those that it lists are looked at, so `Rules(rounds=...)` asks
    of the quarters alone.

    Parameters
    ----------
    within
        Id or code of the area in which the organizations stand; all if none.
    day
        The day asked about: rounds of the calendar that are still open on it do not
        count yet.
    kind
        The kind of evaluation; "hierarchical" shows who was not assessed.
    last
        In how many rounds at the end there was no visit, at least.
    rules
        `rounds` is the calendar; `area_settings` says which organizations are asked
        about.

    Returns
    -------
    Result
        One row an organization, the longest without a visit first, then by area and id.

    Raises
    ------
    UnknownNameError
        If there is no such kind.
    UnknownAreaError
        If `within` names no area of that day, or several.

    See Also
    --------
    rounds : the rounds there are.
    queries/evaluation/inspections.cypher : the same rows from Neo4j.

    References
    ----------
    One inspection a quarter and one field review a half-year 一季一督导、半年一拉练;
    docs/decisions.md, D42.

    Examples
    --------
    >>> import orgnet
    >>> rows = inspections(orgnet.chengdu(scale=0.02)).frame
    >>> rows["run"].min()
    1
    """
    index, asked = net.index(day), Asked(net, rules, kind)
    places = _order(asked, as_day(day))
    came = asked.said.filter(pl.col("status") == "returned").join(places, on="round")
    last_place = np.full(index.size, NONE, dtype=np.int64)
    np.maximum.at(last_place, came["head"].to_numpy(), came["place"].to_numpy())
    table = net.node_tables["PartyOrganization"]
    first = net.offsets["PartyOrganization"]
    settings = [s.value for s in rules.area_settings]
    of_area = table["setting"].cast(TEXT).is_in(settings).to_numpy()
    numbers = np.arange(first, first + table.height, dtype=np.int32)
    scope = index.valid if within is None else index.in_area(index.area(within))
    run = places.height - 1 - last_place[numbers]
    wanted = of_area & scope[numbers] & (run >= min(last, max(places.height, 1)))
    numbers, run = numbers[wanted], run[wanted]
    area = index.community[numbers]
    seen = pl.Series(last_place[numbers]).replace(NONE, None)
    return pl.DataFrame(
        {
            "id": net.ids.gather(numbers),
            "name": table["name"].gather(numbers - first),
            "area": index.id_of(area),
            "run": run,
            "last_inspected": places["round"].gather(
                pl.Series(seen).replace(NONE, None)
            ),
            "rounds": np.full(len(run), places.height),
        }
    )


def _order(asked: Asked, day: date | None) -> pl.DataFrame:
    """Return the rounds that have closed, in order of time: `round`, `place`."""
    rounds = rounds_of(asked)
    if rounds["listed"].any():
        rounds = rounds.filter("listed")
        if day is not None:
            rounds = rounds.filter(pl.col("closes_on") < day)
    else:
        rounds = rounds.filter(pl.col("returned") > 0)
    ordered = rounds.sort("closes_on", "round").select("round")
    return ordered.with_columns(pl.int_range(pl.len()).alias("place"))
