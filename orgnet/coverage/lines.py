"""Which of the five lines 五线 each community has an organization on."""

from datetime import date

import numpy as np
import polars as pl

from orgnet.coverage.classes import Case
from orgnet.coverage.scope import prepared
from orgnet.index import NONE, Mask, Numbers
from orgnet.network import Network
from orgnet.query import Column, Row, Words, question
from orgnet.rules import RULES, Rules
from orgnet.schema.vocabulary import AreaLevel, ServiceLine
from orgnet.words import Presence, named, reason_in_words, unknown

TEXT, COUNT = pl.String(), pl.Int64()
LINES = sorted(ServiceLine)  # the order of their codes in tables


COLUMNS = (
    Column("area", TEXT, "社区", "id of the community", holds_ids=True),
    Column("name", TEXT, "名称", "name of the community"),
    Column("line", TEXT, "五线", "one of the five lines", vocabulary=ServiceLine),
    Column("organizations", COUNT, "组织数", "units on the line; party: and branches"),
    Column("linked", COUNT, "已联系单位数", "of the units: covered from the community"),
    Column("state", TEXT, "判定", "whether there is one", vocabulary=Presence),
    Column("reason", TEXT, "原因", "what is not known; null if nothing is open"),
)


def _explained(net: Network, row: Row) -> Words:
    """Say how many organizations a community has on a line."""
    line, state = ServiceLine(row["line"]), Presence(row["state"])
    who = named(net, row["area"])
    why = reason_in_words(row["reason"], net.schema) if row["reason"] else None
    en = (
        f"{who}, {line.en} line: {row['organizations']} organizations, "
        f"{row['linked']} units linked to the community; {state.en}"
    )
    zh = (
        f"{who}，{line.zh}：组织{row['organizations']}个，"
        f"社区党组织已联系单位{row['linked']}个；{state.zh}"
    )
    if why is not None:
        en, zh = f"{en} ({why[0]})", f"{zh}（{why[1]}）"
    return f"{en}.", f"{zh}。"


@question(
    title=("Which lines does each community lack?", "各社区五线上缺哪一线？"),
    columns=COLUMNS,
    order=("area", "line"),
    explain=_explained,
    prepare=prepared,
)
def lines(
    net: Network,
    *,
    within: str | None = None,
    day: date | str | None = None,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """Say of each community and line of the five-line method what stands there.

    Parameters
    ----------
    net
        A network, or a database.
    within
        Id or code of the area whose communities are listed; everything if none.
    day
        The day asked about; whatever the network holds, if none.
    rules
        `line_kinds` says which units belong to a line, so that one without a line
        leaves it open whether a line is empty.

    Returns
    -------
    Result
        One row a community and line, by both. Units count where they are at home, and
        for the line `party` so do party organizations.

    Raises
    ------
    UnknownAreaError
        If `within` names no area of that day, or several.

    See Also
    --------
    queries/coverage/lines.cypher : the same rows from Neo4j.

    References
    ----------
    The five-line method 五线工作法 links grassroots organizations by members,
    self-governance, associations, volunteers and services; docs/decisions.md, D41.

    Examples
    --------
    >>> import orgnet
    >>> rows = lines(orgnet.chengdu(scale=0.02)).frame
    >>> rows.filter(line="self_governance")["state"].unique().to_list()
    ['present']
    """
    case = Case(net.index(day), within, rules)
    index, table = case.index, net.node_tables["Unit"]
    marked = index.level(AreaLevel.COMMUNITY) & case.scope
    communities = np.flatnonzero(marked).astype(np.int32)
    place = np.full(index.size, NONE)
    place[communities] = np.arange(len(communities))
    home = index.home[case.units.numbers]
    closed = (table["status"] == "closed").fill_null(value=False).to_numpy()
    here = index.valid[case.units.numbers] & ~closed & (home != NONE)
    code = table["line"].to_physical().cast(COUNT).fill_null(NONE).to_numpy()
    owners = np.isin(table["kind"].cast(TEXT).to_numpy(), list(rules.line_kinds))
    linked, size = _linked(case), len(communities)
    listed = {
        "area": index.id_of(communities),
        "name": index.column("Area", "name").gather(communities),
    }
    unplaced = np.full(size, not case.holds("LOCATED_IN:Unit"))
    unhosted = np.full(size, not case.holds("HOSTED_BY:PartyOrganization"))
    blank = _counts(place[home[here & owners & (code == NONE)]], size) > 0
    frames = []
    for number, line in enumerate(LINES):
        on = here & (code == number)
        count = _counts(place[home[on]], size)
        reasons = [("LOCATED_IN:Unit", unplaced)]
        if line == ServiceLine.PARTY:
            count = count + _counts(place[_party_homes(case)], size)
            reasons.append(("HOSTED_BY:PartyOrganization", unhosted))
        reasons.append(("line", blank))
        frames.append(
            pl.DataFrame(
                {
                    **listed,
                    "organizations": count,
                    "linked": _counts(place[home[on & linked]], size),
                    "reason": _first(reasons, count == 0),
                }
            ).with_columns(pl.lit(line.value).alias("line"), _state())
        )
    return pl.concat(frames)


def _counts(places: Numbers, size: int) -> np.ndarray:
    return np.bincount(places[places != NONE], minlength=size)


def _party_homes(case: Case) -> Numbers:
    numbers = case.numbers("PartyOrganization")
    homes = case.index.home[numbers[case.index.valid[numbers]]]
    return homes[homes != NONE]


def _linked(case: Case) -> Mask:
    """Mark the units that an organization of their own community covers."""
    index, size = case.index, np.int64(case.index.size)
    organizations, areas = index.area_organizations
    tail, head = index.arcs("COVERS")
    home = index.home[head]
    known = home != NONE
    own = np.isin(
        tail[known] * size + home[known], organizations.astype(np.int64) * size + areas
    )
    mask = np.zeros(index.size, dtype=bool)
    mask[head[known][own]] = True
    return mask[case.units.numbers]


def _first(reasons: list[tuple[str, Mask]], empty: Mask) -> pl.Series:
    """Return the first reason that applies where nothing was found; null if none."""
    found = np.full(len(empty), None, dtype=object)
    for what, applies in reversed(reasons):
        found[empty & applies] = unknown(what)
    return pl.Series("reason", found.tolist(), dtype=TEXT)


def _state() -> pl.Expr:
    present = pl.when(pl.col("organizations") > 0).then(pl.lit(Presence.PRESENT.value))
    open_ = present.when(pl.col("reason").is_not_null())
    undetermined = open_.then(pl.lit(Presence.UNDETERMINED.value))
    return undetermined.otherwise(pl.lit(Presence.ABSENT.value)).alias("state")
