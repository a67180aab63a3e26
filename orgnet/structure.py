"""Questions on how party organizations hang together: subordination and its chains."""

from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from orgnet.cycles import on_cycle
from orgnet.index import NONE, Index, Mask, Numbers, as_day
from orgnet.network import Network
from orgnet.query import Column, Row, Source, Words, question
from orgnet.rules import ANY, RULES, Rules
from orgnet.schema.vocabulary import AreaLevel, Setting
from orgnet.words import ChainStep, Reason, named

Codes = npt.NDArray[np.int8]
FAULTS = (  # of several, the first applies
    Reason.CYCLE,
    Reason.NO_SUPERIOR,
    Reason.SEVERAL_SUPERIORS,
    Reason.WRONG_LEVEL,
)
SUPERIORS_HELD = "SUBORDINATE_TO:PartyOrganization"


class Subordination(NamedTuple):
    """What is wrong with the superiors of each node; of what is no organization, none.

    Parameters
    ----------
    fault
        The place in `FAULTS` of the first that applies, or -1.
    unknown
        Whether no superior is known of, where the network does not hold them all.
    """

    fault: Codes
    unknown: Mask


def subordination(index: Index, rules: Rules = RULES) -> Subordination:
    """Find what is wrong with the superiors of each party organization.

    Parameters
    ----------
    index
        The network on a day.
    rules
        `superiors` says under which settings each setting may stand.
    """
    start = index.net.offsets["PartyOrganization"]
    tail, head = index.arcs("SUBORDINATE_TO")
    alone = np.zeros(index.size, dtype=bool)
    alone[start : start + index.net.counts["PartyOrganization"]] = True
    alone[tail] = False
    held = SUPERIORS_HELD in index.net.complete
    fault = np.full(index.size, NONE, dtype=np.int8)
    fault[_under_wrong_level(index, rules)] = FAULTS.index(Reason.WRONG_LEVEL)
    fault[_under_several(index)] = FAULTS.index(Reason.SEVERAL_SUPERIORS)
    if held:
        fault[alone] = FAULTS.index(Reason.NO_SUPERIOR)
    fault[on_cycle(tail, head, index.size)] = FAULTS.index(Reason.CYCLE)
    return Subordination(fault, alone & (not held))


def _under_wrong_level(index: Index, rules: Rules) -> Numbers:
    """Return the organizations with a superior whose setting is not permitted."""
    settings = index.net.node_tables["PartyOrganization"]["setting"]
    known = sorted(Setting)  # the order of their codes in tables
    permitted = np.array(
        [[above in rules.superiors.get(s, ANY) for above in known] for s in known]
    )
    code = settings.to_physical().to_numpy()
    start = index.net.offsets["PartyOrganization"]
    tail, head = index.arcs("SUBORDINATE_TO")
    return tail[~permitted[code[tail - start], code[head - start]]]


def _under_several(index: Index) -> Numbers:
    """Return the organizations with several superiors at one time."""
    ties = index.ties("SUBORDINATE_TO")  # sorted by both ends
    tail, head = ties["tail"].to_numpy(), ties["head"].to_numpy()
    found = np.unique(tail[1:][(tail[1:] == tail[:-1]) & (head[1:] != head[:-1])])
    if index.day is not None or not len(found):
        return found
    suspects = ties.filter(pl.col("tail").is_in(pl.Series(found).implode()))
    pairs = suspects.join(suspects, on="tail").filter(
        pl.col("head") < pl.col("head_right"),
        _begins_before_end("valid_from", "valid_to_right"),
        _begins_before_end("valid_from_right", "valid_to"),
    )
    return pairs["tail"].unique().to_numpy()


def _begins_before_end(begin: str, end: str) -> pl.Expr:
    return (pl.col(begin) < pl.col(end)).fill_null(value=True)  # null: always, still


CHAIN_REASONS = (
    *FAULTS,
    Reason.NO_ORGANIZATION,
    Reason.SUPERIOR_ELSEWHERE,
    Reason.UNDETERMINED,
)
STEPS = tuple(ChainStep)
CHAIN_COLUMNS = (
    Column(
        "area", pl.String(), "治理单元", "id of the area asked about", holds_ids=True
    ),
    Column("level", pl.String(), "层级", "compound or grid", vocabulary=AreaLevel),
    *(
        Column(f"{step}_organization", pl.String(), zh, meaning, holds_ids=True)
        for step, zh, meaning in (
            ("district", "区县党组织", "organization of its district"),
            ("street", "街道党组织", "organization of its street"),
            ("community", "社区党组织", "organization of its community"),
            ("own", "本级党组织", "its own organization"),
        )
    ),
    Column(
        "broken_at",
        pl.String(),
        "断链层级",
        "own, community, street or district; null if the chain is whole",
        vocabulary=ChainStep,
    ),
    Column(
        "reason",
        pl.String(),
        "原因",
        "why it is broken there; null if it is whole",
        vocabulary=Reason,
    ),
)


def _explain_chain(net: Network, row: Row) -> Words:
    who = named(net, row["area"])
    chain = [row[f"{step}_organization"] for step in STEPS]
    present = " > ".join(named(net, o) for o in chain if o is not None)
    if row["broken_at"] is None:
        return f"{who}: the chain is whole: {present}", f"{who}：链条完整：{present}"
    step, reason = ChainStep(row["broken_at"]), Reason(row["reason"])
    en = f"{who}: the chain breaks at the step {step.en}: {reason.en}"
    zh = f"{who}：链条断于{step.zh}：{reason.zh}"
    found = present or "-"
    return f"{en}; found going up: {found}", f"{zh}；自下而上已有党组织：{found}"


def _prepared_chain(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Say the day as a date and the area by the id it has on that day."""
    day, within = as_day(given["day"]), given["within"]
    area = None if within is None else source.area_id(within, day)
    return {**given, "day": day, "within": area}


@question(
    title=(
        "Is the chain from each compound and grid to its district whole?",
        "小区、网格到区县的党组织链条是否完整？",
    ),
    columns=CHAIN_COLUMNS,
    order=("area",),
    explain=_explain_chain,
    prepare=_prepared_chain,
)
def chain(
    net: Network,
    *,
    within: str | None = None,
    day: date | str | None = None,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """Find where the chain from each compound and grid up to its district breaks.

    Each of the four levels should have an organization, whose superior is the
    organization of the next. The superior of the district's own is not looked at.

    Parameters
    ----------
    net
        A network, or a database.
    within
        Id or code of the area whose compounds and grids are asked about; all if none.
        Organizations outside it count all the same.
    day
        The day asked about; whatever the network holds, if none.
    rules
        `superiors` says under which settings each setting may stand.

    Returns
    -------
    Result
        One row a compound or grid, by area: the organizations going down, the lowest
        level where the chain is broken and why; both null where it is whole.

    Raises
    ------
    UnknownAreaError
        If `within` names no area of that day, or several.

    See Also
    --------
    orgnet.coverage.gaps : class G6, the same faults of every organization.
    queries/structure/chain.cypher : the same rows from Neo4j.

    Examples
    --------
    >>> import polars as pl
    >>> from orgnet import Network, structure
    >>> grid = {"id": ["area:g"], "name": ["一网格"], "level": ["grid"]}
    >>> net, _ = Network.from_frames({"Area": pl.DataFrame(grid)}, {},
    ...                              complete=["COVERS:grid"])
    >>> structure.chain(net).row(0)["reason"]
    'no_organization'
    """
    index = net.index(day)
    asked = index.level("compound") | index.level("grid")
    if within is not None:
        asked &= index.in_area(index.area(within))
    areas = np.flatnonzero(asked).astype(np.int32)
    organizations = _organizations_above(index, areas)
    broken, reason = _first_break(index, areas, organizations, rules)
    frame = {
        "area": index.id_of(areas),
        "level": index.column("Area", "level").gather(areas).cast(pl.String),
        "broken_at": _words(STEPS, broken),
        "reason": _words(CHAIN_REASONS, reason),
    }
    found = {f"{s}_organization": index.id_of(o) for s, o in organizations.items()}
    return pl.DataFrame({**frame, **found})


def _words(codes: tuple[str, ...], places: Codes) -> pl.Series:
    """Return the codes at these places; null for -1."""
    known = pl.Series([*(str(c) for c in codes), None], dtype=pl.String)
    return known.gather(np.where(places == NONE, len(codes), places))


def _organizations_above(index: Index, areas: Numbers) -> dict[str, Numbers]:
    """Return the organizations of these areas and of the areas above them, by step."""
    found = {str(ChainStep.OWN): index.area_organization[areas]}
    for step in STEPS[1:]:
        above = index.ancestor(step)[areas]
        found[str(step)] = np.where(above == NONE, NONE, index.area_organization[above])
    return found


def _first_break(
    index: Index, areas: Numbers, organizations: dict[str, Numbers], rules: Rules
) -> tuple[Codes, Codes]:
    """Return the step where each chain breaks first, and why; -1 where it does not."""
    state = subordination(index, rules)
    broken = np.full(len(areas), NONE, dtype=np.int8)
    reason = np.full(len(areas), NONE, dtype=np.int8)

    def breaks(place: int, where: Mask, why: Codes | int) -> None:
        first = where & (broken == NONE)
        broken[first] = place
        reason[first] = np.broadcast_to(why, len(areas))[first]

    undetermined = CHAIN_REASONS.index(Reason.UNDETERMINED)
    for place, step in enumerate(STEPS):
        here = organizations[step]
        there = here != NONE
        breaks(place, ~there, _why_absent(index, step, areas))
        if step is ChainStep.DISTRICT:
            break
        fault = np.where(there, state.fault[here], NONE).astype(np.int8)
        breaks(place, fault != NONE, fault)
        breaks(place, there & state.unknown[here], undetermined)
        above = organizations[STEPS[place + 1]]
        elsewhere = there & (above != NONE) & (index.superior[here] != above)
        breaks(place, elsewhere, CHAIN_REASONS.index(Reason.SUPERIOR_ELSEWHERE))
    return broken, reason


def _why_absent(index: Index, step: ChainStep, areas: Numbers) -> Codes:
    """Say why there is no organization: it is so, or it cannot be told."""

    def why(level: str) -> int:
        held = index.net.holds(f"COVERS{{organization}}:{level}")
        reason = Reason.NO_ORGANIZATION if held else Reason.UNDETERMINED
        return CHAIN_REASONS.index(reason)

    if step is not ChainStep.OWN:
        return np.full(len(areas), why(step), dtype=np.int8)
    grids = index.level(AreaLevel.GRID)[areas]
    reasons = np.where(grids, why(AreaLevel.GRID), why(AreaLevel.COMPOUND))
    return reasons.astype(np.int8)
