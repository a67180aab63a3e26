"""Which rounds of an evaluation there are, and how much of each came back."""

from typing import TYPE_CHECKING, Any

import polars as pl

from orgnet.errors import UnknownNameError, some
from orgnet.evaluation.asked import Asked, rounds_of
from orgnet.index import as_day
from orgnet.query import Column, Row, Source, Words, question
from orgnet.rules import RULES, Rules
from orgnet.schema.vocabulary import EvaluationKind

if TYPE_CHECKING:
    from orgnet.network import Network

TEXT, COUNT, DAY = pl.String(), pl.Int64(), pl.Date()
ROUND_COLUMNS = (
    Column("round", TEXT, "考评周期", "the round"),
    Column("listed", pl.Boolean(), "列入日程", "whether the calendar lists it"),
    Column("opens_on", DAY, "开始日期", "its first day, if listed"),
    Column("closes_on", DAY, "截止日期", "its last day, if listed"),
    Column("returned", COUNT, "有效条数", "evaluations that were returned"),
    Column("said", COUNT, "记录条数", "evaluations that say anything at all"),
)


def known_kind(kind: str) -> None:
    """Refuse what is no kind of evaluation."""
    kinds = [k.value for k in EvaluationKind]
    if kind not in kinds:
        msg = f"no kind of evaluation {kind!r}; there are: {', '.join(kinds)}"
        raise UnknownNameError(msg, [kind])


def _known_round(source: Source, named: str, kind: str, rules: Rules) -> None:
    """Refuse a round that neither the data nor the calendar have."""
    if any(r.id == named and r.kind == kind for r in rules.rounds):
        return  # so the data need not be looked through
    known = rounds(source, kind=kind, rules=rules).frame["round"].to_list()
    if named not in known:
        msg = (
            f"no round {named!r} of kind {kind!r} among {len(known)}: {some(known)}. "
            "Name a round that nobody has answered yet in Rules(rounds=...)."
        )
        raise UnknownNameError(msg, [named])


def _prepared_rounds(_source: Source, given: dict[str, Any]) -> dict[str, Any]:
    known_kind(given["kind"])
    return given


def prepared(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse what is not there; say the day as a date and the area by its id.

    What is not among the parameters of a question is not looked at.
    """
    rules, within, named = given["rules"], given["within"], given.get("round")
    known_kind(given["kind"])
    if named is not None:
        _known_round(source, named, given["kind"], rules)
    if rules.expected == "listed":  # else the list decides nothing
        for side, label in enumerate(("PartyOrganization", "Unit")):
            source.require(label, [pair[side] for pair in rules.listed])
    area = None if within is None else source.area_id(within)  # whenever it was valid
    day = {"day": as_day(given["day"])} if "day" in given else {}
    return {**given, **day, "within": area}


def _explained_round(_net: "Network", row: Row) -> Words:
    """Say when a round is and how much of it came back."""
    opens, closes = row["opens_on"], row["closes_on"]
    days = (f"from {opens} to {closes}", f"{opens}至{closes}")
    when = days if row["listed"] else ("not in the calendar", "未列入日程")
    en = (
        f"round {row['round']}, {when[0]}: "
        f"{row['returned']:,} returned of {row['said']:,} evaluations that say anything"
    )
    zh = (
        f"{row['round']}考评周期（{when[1]}）："
        f"共{row['said']}条考评记录，其中有效{row['returned']}条"
    )
    return en, zh


@question(
    title=(
        "which rounds of an evaluation there are, and how much of each came back",
        "有哪些考评周期，各收回多少",
    ),
    columns=ROUND_COLUMNS,
    order=("round",),
    explain=_explained_round,
    prepare=_prepared_rounds,
)
def rounds(
    net: "Network",
    *,
    kind: str = "two_way",
    rules: Rules = RULES,
) -> pl.DataFrame:
    """List the rounds of a kind of evaluation, and how much of each came back.

    A round is one that is found in the data or that the calendar lists. An evaluation
    without status, score and grade says nothing: it is treated as absent and makes no
    round.

    Parameters
    ----------
    kind
        The kind of evaluation.
    rules
        `rounds` is the calendar.

    Returns
    -------
    Result
        One row a round, by its name. `returned` and `said` count evaluations, each one
        direction of one pair, and not the pairs that were expected.

    Raises
    ------
    UnknownNameError
        If there is no such kind.

    See Also
    --------
    pairs : who was to answer in a round, and who did.
    queries/evaluation/rounds.cypher : the same rows from Neo4j.

    Examples
    --------
    >>> import orgnet
    >>> rounds(orgnet.chengdu(scale=0.02)).frame["round"].to_list()
    ['2018', '2019']
    """
    return rounds_of(Asked(net, rules, kind))
