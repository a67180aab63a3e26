"""Which part-time seats 兼职委员 would bring most needs into reach."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from orgnet.index import NONE, as_day, is_a
from orgnet.integration.asked import of_kinds, require_whole
from orgnet.integration.demand import COUNT, TEXT, Demand, Lack
from orgnet.integration.unreachable import rows_of
from orgnet.integration.walks import going_on
from orgnet.planning.plan import Plan, added_tie
from orgnet.query import Column, Row, Source, Words, question
from orgnet.rules import RULES, Rules
from orgnet.schema.declare import Record
from orgnet.schema.ties import HoldsSeatOn
from orgnet.schema.vocabulary import AreaLevel, Vocabulary
from orgnet.solve.cover import Cover, exactly, greedy
from orgnet.words import named

if TYPE_CHECKING:
    from orgnet.network import Network

SEAT = "HOLDS_SEAT_ON"
WISHED = (Lack.NEAR_BUT_UNTIED.value, Lack.NO_TIE.value)
LEVELS = (AreaLevel.COMMUNITY, AreaLevel.STREET)


class Unseated(Vocabulary):
    """Why no seat of a plan brings a need into reach."""

    NO_CANDIDATE = "no_candidate", "增设席位也无法触及"
    OVER_BUDGET = "over_budget", "席位数不足"

    @property
    def en(self) -> str:
        """The English words shown to readers."""
        return {
            "no_candidate": "no seat would bring it into reach",
            "over_budget": "a seat would, but not among so few",
        }[self.value]


COLUMNS = (
    Column("step", COUNT, "步骤", "from 1; null for a need that is left"),
    Column("unit", TEXT, "单位", "who should take a seat", holds_ids=True),
    Column("name", TEXT, "名称", "name of the unit"),
    Column("organization", TEXT, "党组织", "on which organization", holds_ids=True),
    Column("needs", pl.List(TEXT), "新可及需求", "in reach with it", holds_ids=True),
    Column("weight", COUNT, "权重", "urgency of these needs"),
    Column("reached", COUNT, "累计权重", "with all steps before it"),
    Column("bound", pl.Float64(), "上界", "weight that no such plan could exceed"),
    Column("reason", TEXT, "未列入原因", "null for a step", vocabulary=Unseated),
)


class SeatPlan(Plan):
    """Seats to offer."""

    def added(self, row: Row) -> list[Record]:
        """Return the seat of a step, from the day on that was asked about."""
        day = as_day(self.parameters["day"])
        return [
            added_tie(HoldsSeatOn, row["unit"], row["organization"], valid_from=day)
        ]


def _explained(net: "Network", row: Row) -> Words:
    """Say who should take a seat where, and what for."""
    needs, weight = named(net, *row["needs"]), row["weight"]
    if row["step"] is None:
        why = Unseated(row["reason"])
        return f"not reached: {needs} ({why.en}).", f"未触及：{needs}（{why.zh}）。"
    who, where = named(net, row["unit"]), named(net, row["organization"])
    en = f"{row['step']}. {who} takes a seat on {where}; in reach: {needs}"
    zh = f"{row['step']}. 由{who}派员担任{where}兼职委员；新可及：{needs}"
    return f"{en} (weight {weight}).", f"{zh}（权重{weight}）。"


def _prepared(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse what no plan could be made with."""
    require_whole(given, n=1)
    return {**of_kinds(source, given), "n": int(given["n"])}


@question(
    title=(
        "Which seats would bring most needs into reach?",
        "增设哪些兼职席位能使最多需求可及？",
    ),
    columns=COLUMNS,
    order=("step", "needs"),
    explain=_explained,
    prepare=_prepared,
    answer=SeatPlan,
)
def seats(
    net: "Network",
    *,
    n: int = 10,
    within: str | None = None,
    day: date | str | None = None,
    kinds: Sequence[str] | None = None,
    exact: bool = False,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """Plan which units should take a seat on the organization of their area.

    A seat lets the organization ask the unit for what it offers. Units that own what is
    needed are looked at, each with the organizations of its community and its street.

    Parameters
    ----------
    n
        How many seats at most.
    within
        Id or code of the area in which the needs, or who raises them, stand; everything
        if none.
    day
        The day asked about; whatever the network holds, if none. The seats begin on it.
    kinds
        Of which kinds, such as ``["venue"]``; all if none.
    exact
        Whether the best plan is worked out, rather than a good one at once.
    rules
        `costs`, `grammar` and `max_hops` count here.

    Returns
    -------
    Plan
        One row a seat, the most urgent needs first, and then one a need that no seat of
        the plan brings into reach. `bound` is what no such plan could exceed. A need
        weighs its urgency; deadlines do not count.

    Raises
    ------
    UnknownNameError
        If there is no such kind, or a cost names no step.
    UnknownAreaError
        If `within` names no area of that day, or several.

    See Also
    --------
    orgnet.integration.unreachable : the needs that nothing is in reach of.
    orgnet.Network.plus : the network as the plan would make it.

    References
    ----------
    Lazy greedy (Minoux 1978) keeps at least 1 - 1/e of what n seats can reach
    (Nemhauser, Wolsey and Fisher 1978); HiGHS for the exact plan; docs/decisions.md,
    D51.

    Examples
    --------
    >>> import orgnet
    >>> city = orgnet.chengdu(scale=0.05)
    >>> plan = seats(city, n=3)
    >>> lost = [len(orgnet.integration.unreachable(c)) for c in (city, city.plus(plan))]
    >>> lost[0] - lost[1] >= sum(map(len, plan.frame.drop_nulls("step")["needs"]))
    True
    """
    demand = Demand(net.index(day), rules)
    missing = rows_of(demand, within, kinds).filter(pl.col("reason").is_in(WISHED))
    wished = missing["node"].to_list()
    urgency = demand.index.column("Need", "urgency").gather(wished).fill_null(1)
    weights = urgency.cast(COUNT).to_list()
    found = _candidates(demand, missing)
    cover = Cover([c.needs for c in found], [1] * len(found), weights)
    chosen = (exactly if exact else greedy)(cover, n)
    rows: list[tuple[Any, ...]] = []
    reached: set[int] = set()
    for place in chosen.taken:
        unit, organization, needs = found[place]
        fresh = sorted(set(needs) - reached)
        reached.update(fresh)
        weight, total = (sum(weights[w] for w in ws) for ws in (fresh, reached))
        ids = [net.ids[wished[w]] for w in fresh]
        step = len(rows) + 1
        rows.append((step, unit, organization, ids, weight, total, None))
    able = {w for c in found for w in c.needs}
    for place, need in enumerate(wished):
        if place not in reached:
            why = Unseated.OVER_BUDGET if place in able else Unseated.NO_CANDIDATE
            ids, weight = [net.ids[need]], weights[place]
            rows.append((None, NONE, NONE, ids, weight, None, why.value))
    return _told(net, rows, chosen.bound)


class Candidate(NamedTuple):
    """A seat that could be taken, and the places of the wishes it brings into reach."""

    unit: int
    organization: int
    needs: list[int]


def _candidates(demand: Demand, missing: pl.DataFrame) -> list[Candidate]:
    """Return the seats that would bring a need into reach, by unit and organization."""
    asked: dict[tuple[int, str], list[int]] = defaultdict(list)
    wishes = missing.select("node", "kind").iter_rows()
    for place, (need, kind) in enumerate(wishes):
        starts, hops = np.array(demand.starts(need)), demand.rules.max_hops - 1
        for node in going_on(demand.graph, demand.grammar, starts, hops, SEAT).tolist():
            asked[node, kind].append(place)
    kinds = sorted({kind for _, kind in asked})
    free = pl.concat([pl.DataFrame(schema=SHAPE), *(_free(demand, k) for k in kinds)])
    found: dict[tuple[int, int], set[int]] = defaultdict(set)
    for unit, organization, kind in free.iter_rows():
        found[unit, organization].update(asked.get((organization, kind), ()))
    return [Candidate(*ends, sorted(n)) for ends, n in sorted(found.items()) if n]


SHAPE = {"unit": pl.Int32(), "organization": pl.Int32(), "kind": TEXT}


def _free(demand: Demand, kind: str) -> pl.DataFrame:
    """Return the seats of units that own something of a kind, and have not got them."""
    index, own = demand.index, demand.index.area_organization
    owners = pl.DataFrame({"unit": np.unique(demand.offers(kind).owners)})
    units = owners.filter(is_a(index.net, "Unit", "unit"))["unit"].to_numpy()
    held = index.ties(SEAT).select(
        pl.col("tail").alias("unit"), pl.col("head").alias("organization")
    )
    parts = []
    for level in LEVELS:
        areas = index.at_or_above(level, index.place[units])
        organization = np.where(areas == NONE, NONE, own[areas]).astype(np.int32)
        parts.append(pl.DataFrame({"unit": units, "organization": organization}))
    known = pl.concat(parts).filter(pl.col("organization") != NONE)
    free = known.join(held, on=["unit", "organization"], how="anti")
    return free.with_columns(pl.lit(kind).alias("kind"))


def _told(net: "Network", rows: list[tuple[Any, ...]], bound: float) -> pl.DataFrame:
    """Return the rows of the answer, units and organizations by id."""
    shape = {c.name: c.dtype for c in COLUMNS if c.name not in {"name", "bound"}}
    number = {"unit": pl.Int64(), "organization": pl.Int64()}
    frame = pl.DataFrame(rows, schema={**shape, **number}, orient="row")
    ends = {n: pl.col(n).replace(NONE, None) for n in number}
    frame = frame.with_columns(**ends)
    return frame.with_columns(
        pl.lit(bound).alias("bound"),
        net.nodes()["name"].gather(frame["unit"]).alias("name"),
        *(net.ids.gather(frame[n]).alias(n) for n in number),
    )
