"""Where what rosters say of a unit and what the network holds do not agree."""

from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl

from orgnet.coverage.classes import Case
from orgnet.coverage.evidence import id_lists
from orgnet.coverage.scope import prepared
from orgnet.index import Index, Mask, Numbers, is_a
from orgnet.network import Network
from orgnet.query import Column, Row, Words, question
from orgnet.rules import RULES, Rules
from orgnet.schema import SCHEMA
from orgnet.schema.vocabulary import Vocabulary
from orgnet.words import Reason, named, reason_in_words, unknown

TEXT = pl.String()


class ConflictState(Vocabulary):
    """What is known of a conflict; what agrees is not listed."""

    CONFLICT = "conflict", "不一致"
    UNDETERMINED = "undetermined", "无法判定"


COLUMNS = (
    Column("attribute", TEXT, "填报项", "what the roster was asked"),
    Column("id", TEXT, "单位", "id of the unit", holds_ids=True),
    Column("name", TEXT, "名称", "name of the unit"),
    Column("area", TEXT, "所在社区", "as in coverage.gaps", holds_ids=True),
    Column("reported", pl.Boolean(), "填报为", "what the roster says"),
    Column("state", TEXT, "判定", "conflict or undetermined", vocabulary=ConflictState),
    Column("reason", TEXT, "原因", "what speaks against it, or what is not known"),
    Column(
        "evidence",
        pl.List(TEXT),
        "相关党组织",
        "sorted ids of the organizations found; null if none",
        holds_ids=True,
    ),
)


class Found(NamedTuple):
    """Which organization was found at which unit, and whether all are held.

    Parameters
    ----------
    units, organizations
        Node numbers, one pair a finding.
    held
        Whether the network holds every such relationship.
    what
        What the reason names where it does not.
    """

    units: Numbers
    organizations: Numbers
    held: bool
    what: str


def _covering(case: Case, basis: str) -> Found:
    """Return who covers units on a basis, as far as no roster alone says so."""
    index, net = case.index, case.net
    ties = index.ties("COVERS").filter(
        pl.col("basis") == basis, pl.col("reported").fill_null(value=False).not_()
    )
    ties = ties.filter(is_a(net, "Unit", "head"))
    if not case.rules.functional_for_units:
        membership = index.column("PartyOrganization", "membership_basis")
        ties = ties.filter(membership.gather(ties["tail"]).ne_missing("functional"))
    units, organizations = ties["head"].to_numpy(), ties["tail"].to_numpy()
    return Found(
        units, organizations, case.holds(f"COVERS{{{basis}}}:Unit"), "COVERS:Unit"
    )


def _tied(case: Case, type_: str) -> Found:
    """Return whom units, or organizations that they host, are tied to."""
    index, net = case.index, case.net
    ties = index.ties(type_).filter(pl.col("basis").ne_missing("reported"))
    tail, head = ties["tail"].to_numpy(), ties["head"].to_numpy()
    row, host = index.csr("HOSTED_BY").follow(tail)
    units = np.concatenate([tail, host])
    organizations = np.concatenate([head, head[row]])
    first = net.offsets["Unit"]
    kept = (units >= first) & (units < first + net.counts["Unit"])
    what = f"{type_}:Unit"
    return Found(units[kept], organizations[kept], case.holds(what), what)


def _found(case: Case) -> dict[str, Found]:
    """Return what was found, by the attribute that it bears out."""
    return {
        "reported_agreement": _tied(case, "PARTNERS_WITH"),
        "reported_instructor": _covering(case, "work"),
        "reported_party_org": _covering(case, "organization"),
        "reported_seat": _tied(case, "HOLDS_SEAT_ON"),
    }


def _explained(net: Network, row: Row) -> Words:
    """Say what the roster says, and what speaks against it."""
    heading = SCHEMA.kinds["Unit"].attributes()[row["attribute"]].heading.zh
    says = ("yes", "是") if row["reported"] else ("no", "否")
    reason = reason_in_words(row["reason"], net.schema)
    there = named(net, *(row["evidence"] or ()))
    found = (f": {there}", f"：{there}") if there else ("", "")
    who = named(net, row["id"])
    return (
        f"{who}: {row['attribute']} is {says[0]} in the roster; {reason[0]}{found[0]}.",
        f"{who}：台账“{heading}”填{says[1]}；{reason[1]}{found[1]}。",
    )


@question(
    title=("Where do rosters and the network disagree?", "台账填报与实际哪里不一致？"),
    columns=COLUMNS,
    order=("attribute", "area", "id"),
    explain=_explained,
    prepare=prepared,
)
def conflicts(
    net: Network,
    *,
    within: str | None = None,
    day: date | str | None = None,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """List the units of which a roster says what the network does not bear out.

    Four words of the resident-unit roster are held against relationships: whether there
    is an organization, an instructor, a seat, an agreement. A relationship that was
    made from the roster's own word proves nothing and is not looked at.

    Parameters
    ----------
    net
        A network, or a database.
    within
        Id or code of the area whose units are listed; everything if none.
    day
        The day asked about; whatever the network holds, if none.
    rules
        `functional_for_units` counts here.

    Returns
    -------
    Result
        One row a unit and attribute, by attribute, area and id. A yes for which nothing
        is found is undetermined where the network does not hold all of it.

    Raises
    ------
    UnknownAreaError
        If `within` names no area of that day, or several.

    See Also
    --------
    gaps : in which a yes without an organization is undetermined.
    queries/coverage/conflicts.cypher : the same rows from Neo4j.

    References
    ----------
    docs/decisions.md, D41.

    Examples
    --------
    >>> import polars as pl
    >>> from orgnet import Network, coverage
    >>> firm = {"id": ["unit:a"], "name": ["甲公司"], "kind": ["private_enterprise"],
    ...         "reported_party_org": [True]}
    >>> net, _ = Network.from_frames({"Unit": pl.DataFrame(firm)}, {},
    ...                              complete=["COVERS:Unit"])
    >>> coverage.conflicts(net).frame.select("attribute", "reason").rows()
    [('reported_party_org', 'reported_only')]
    """
    case = Case(net.index(day), within, rules)
    rows = [_rows(case, name, found) for name, found in _found(case).items()]
    return pl.concat(rows)


def _rows(case: Case, attribute: str, found: Found) -> pl.DataFrame:
    """Return the units whose word on one attribute is not borne out."""
    index, table = case.index, case.net.node_tables["Unit"]
    there = _marked(index, found.units)[case.units.numbers]
    says = table[attribute]
    yes = says.fill_null(value=False).to_numpy() & ~there
    no = ~says.fill_null(value=True).to_numpy() & there
    rows = np.flatnonzero((yes | no) & case.scope[case.units.numbers])
    numbers = case.units.numbers[rows]
    place = np.full(index.size, -1)
    place[numbers] = np.arange(len(numbers))
    at = place[found.units]
    evidence = id_lists(index, at[at >= 0], found.organizations[at >= 0], len(rows))
    open_ = pl.col("reported") & pl.lit(not found.held)
    only = pl.when("reported").then(pl.lit(Reason.REPORTED_ONLY.value))
    return pl.DataFrame(
        {
            "id": table["id"].gather(rows),
            "name": table["name"].gather(rows),
            "area": index.id_of(case.index.neighbourhood[numbers]),
            "reported": says.gather(rows),
            "evidence": evidence,
        }
    ).select(
        pl.lit(attribute).alias("attribute"),
        "id",
        "name",
        "area",
        "reported",
        pl.when(open_)
        .then(pl.lit(ConflictState.UNDETERMINED.value))
        .otherwise(pl.lit(ConflictState.CONFLICT.value))
        .alias("state"),
        pl.when(open_)
        .then(pl.lit(unknown(found.what)))
        .otherwise(only.otherwise(pl.lit(Reason.REPORTED_NO.value)))
        .alias("reason"),
        "evidence",
    )


def _marked(index: Index, numbers: Numbers) -> Mask:
    mask = np.zeros(index.size, dtype=bool)
    mask[numbers] = True
    return mask
