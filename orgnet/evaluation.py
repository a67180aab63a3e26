"""Two-way evaluation 双向考评: who was to answer whom, and who did.

Missing is not false: only an expected pair without a return is a missing return, and
which pairs are expected is a rule.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from orgnet.errors import UnknownNameError, some
from orgnet.index import NONE, Index, Mask, as_day
from orgnet.query import Column, Row, Source, Words, question
from orgnet.rules import Rules
from orgnet.schema.vocabulary import EvaluationKind, EvaluationStatus, Vocabulary

if TYPE_CHECKING:
    from orgnet.network import Network

EPOCH = date(1970, 1, 1).toordinal()
EVER = 10**7  # days from 1970, beyond any date on either side
TEXT, NUMBER, COUNT, DAY = pl.String(), pl.Float64(), pl.Int64(), pl.Date()
WINS = ("returned", "void", "exempt", "pending", "missing")  # of several for one pair
SEATS = ("PARTNERS_WITH", "HOLDS_SEAT_ON")


class PairState(Vocabulary):
    """State of an expected pair in one round, both directions taken together."""

    BOTH = "both", "双向已评"
    DOWN_ONLY = "down_only", "仅党组织评单位"
    UP_ONLY = "up_only", "仅单位评党组织"
    NEITHER = "neither", "双方均未评"
    EXEMPT = "exempt", "免评"
    PENDING = "pending", "待提交"


class PairBasis(Vocabulary):
    """By which rule a pair was expected to evaluate each other."""

    TIES = "ties", "共建或兼职委员关系"
    LOCATED = "located", "驻区单位与所在社区党组织"
    LISTED = "listed", "指定名单"


REASONS = {
    PairBasis.TIES: "one holds a seat with, or is a partner of, the other",
    PairBasis.LOCATED: "the unit is resident in the organization's community",
    PairBasis.LISTED: "the list that was given names the pair",
}
COLUMNS = (
    Column("round", TEXT, "考评周期", "the round"),
    Column("area_organization", TEXT, "街道社区党组织", "side one", holds_ids=True),
    Column("unit", TEXT, "单位", "side two", holds_ids=True),
    Column(
        "basis",
        TEXT,
        "应评依据",
        "rule by which the pair was expected",
        vocabulary=PairBasis,
    ),
    Column(
        "down_state",
        TEXT,
        "下评状态",
        "whether the organization rated the unit",
        vocabulary=EvaluationStatus,
    ),
    Column(
        "up_state",
        TEXT,
        "上评状态",
        "whether the unit rated the organization",
        vocabulary=EvaluationStatus,
    ),
    Column(
        "state",
        TEXT,
        "互评状态",
        "both directions taken together",
        vocabulary=PairState,
    ),
    Column("down_score", NUMBER, "下评得分", "score the unit was given, in points"),
    Column("down_scale", NUMBER, "下评满分", "points that were to be had"),
    Column("down_grade", TEXT, "下评等次", "grade the unit was given"),
    Column("up_score", NUMBER, "上评得分", "score the unit gave, in points"),
    Column("up_scale", NUMBER, "上评满分", "points that were to be had"),
    Column("up_grade", TEXT, "上评等次", "grade the unit gave"),
    Column("down_via", TEXT, "下评对象", "its organization if rated", holds_ids=True),
    Column("up_via", TEXT, "上评主体", "its organization if it filed", holds_ids=True),
)


ROUND_COLUMNS = (
    Column("round", TEXT, "考评周期", "the round"),
    Column("listed", pl.Boolean(), "列入日程", "whether the calendar lists it"),
    Column("opens_on", DAY, "开始日期", "its first day, if listed"),
    Column("closes_on", DAY, "截止日期", "its last day, if listed"),
    Column("returned", COUNT, "有效条数", "evaluations that were returned"),
    Column("said", COUNT, "记录条数", "evaluations that say anything at all"),
)


@dataclass(frozen=True)
class Window:
    """The days of a round as day numbers; a round without dates lasts for ever.

    Parameters
    ----------
    id
        The round.
    dated
        Whether the calendar lists it; if not, any tie counts.
    begins, ends
        Its first day, and the day after its last.
    open
        Whether it is open on the day asked about.
    """

    id: str
    dated: bool = False
    begins: int = -EVER
    ends: int = EVER
    open: bool = False

    @classmethod
    def of(cls, row: Row, day: date | None) -> "Window":
        """Return the days of a row of :func:`rounds`."""
        if not row["listed"]:
            return cls(row["round"])
        opens, closes = row["opens_on"], row["closes_on"]
        begins, ends = opens.toordinal() - EPOCH, closes.toordinal() - EPOCH + 1
        open_ = day is not None and opens <= day <= closes
        return cls(row["round"], dated=True, begins=begins, ends=ends, open=open_)

    def among(self, spans: pl.DataFrame) -> pl.DataFrame:
        """Return the rows that hold on some day of the round."""
        if not self.dated:
            return spans
        first = pl.max_horizontal("begins", pl.lit(self.begins, pl.Int32))
        return spans.filter(
            first < pl.min_horizontal("ends", pl.lit(self.ends, pl.Int32))
        )


class RoundIndex(Index):
    """The integer view of what was valid on some day of a round."""

    def __init__(self, net: "Network", window: Window) -> None:
        super().__init__(net, date.max)  # any day: both masks are made anew below
        self.window = window

    @cached_property
    def valid(self) -> Mask:
        """Which nodes are valid on some day of the round."""
        return self._marked(_node_spans(self.net))

    def tie_mask(self, type_: str) -> Mask:
        """Mark the relationships valid, with both ends, on one day of the round."""
        return self._marked(_tie_spans(self.net, type_))

    def _marked(self, spans: pl.DataFrame) -> Mask:
        numbered = spans.with_row_index("row")
        mask = np.zeros(spans.height, dtype=bool)
        mask[self.window.among(numbered)["row"].to_numpy()] = True
        return mask


def _own_span() -> tuple[pl.Expr, pl.Expr]:
    begins = pl.col("valid_from").to_physical().fill_null(-EVER).alias("begins")
    return begins, pl.col("valid_to").to_physical().fill_null(EVER).alias("ends")


def _node_spans(net: "Network") -> pl.DataFrame:
    """Return the first day of each node and the day after its last, by number."""
    tables = (net.node_tables[k] for k in net.schema.kinds)
    return net.index().once(
        "evaluation.spans", lambda: pl.concat([t.select(_own_span()) for t in tables])
    )


def _tie_spans(net: "Network", type_: str) -> pl.DataFrame:
    """Return the days on which each relationship of a type and both its ends hold."""
    table, nodes = net.tie_tables[type_], _node_spans(net)
    spans = [table.select("tail", "head", *_own_span())]
    for end in ("tail", "head"):
        at_end = nodes.select(pl.all().gather(table[end]).name.prefix(f"{end}_"))
        spans.append(at_end)
    return pl.concat(spans, how="horizontal").select(
        "tail",
        "head",
        pl.max_horizontal("begins", "tail_begins", "head_begins").alias("begins"),
        pl.min_horizontal("ends", "tail_ends", "head_ends").alias("ends"),
    )


def _area_sides(net: "Network", rules: Rules) -> pl.Series:
    """Mark the organizations that are the area's side of an evaluation, by number."""
    settings = pl.Series([s.value for s in rules.area_settings], dtype=pl.String)
    column = net.node_tables["PartyOrganization"]["setting"].cast(pl.String)
    marked, first = np.zeros(len(net), dtype=bool), net.offsets["PartyOrganization"]
    marked[first : first + len(column)] = column.is_in(settings.implode()).to_numpy()
    return pl.Series(marked)


def _is_unit(net: "Network", column: str) -> pl.Expr:
    first = net.offsets["Unit"]
    return pl.col(column).is_between(first, first + net.counts["Unit"] - 1)


def _hosted(net: "Network", sides: pl.Series) -> pl.DataFrame:
    """Return the organizations that stand for their host: `body`, `unit`, their days.

    One that is itself an area's side never does.
    """
    spans = _tie_spans(net, "HOSTED_BY").filter(_is_unit(net, "head"))
    spans = spans.filter(~sides.gather(spans["tail"]))
    return spans.rename({"tail": "body", "head": "unit"})


def _tied(net: "Network", sides: pl.Series, hosted: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs that a seat or a partnership ties, and on which days."""
    seats = pl.concat([_tie_spans(net, type_) for type_ in SEATS])
    seats = seats.filter(sides.gather(seats["head"]))
    through = seats.join(hosted, left_on="tail", right_on="body").with_columns(
        pl.max_horizontal("begins", "begins_right").alias("begins"),
        pl.min_horizontal("ends", "ends_right").alias("ends"),
    )
    direct = seats.filter(_is_unit(net, "tail")).rename({"tail": "unit"})
    columns = [pl.col("head").alias("area"), "unit", "begins", "ends"]
    return pl.concat([direct.select(columns), through.select(columns)])


def _located(net: "Network", sides: pl.Series, window: Window) -> pl.DataFrame:
    """Return each resident unit with the organization of its community."""
    index = RoundIndex(net, window) if window.dated else net.index()
    residents = index.nodes("Unit").filter("resident")["node"].to_numpy()
    residents = residents[index.home[residents] != NONE]
    organizations = index.area_organization[index.home[residents]]
    known = organizations != NONE
    pairs = pl.DataFrame({"area": organizations[known], "unit": residents[known]})
    return pairs.filter(sides.gather(pairs["area"]))


def _listed(net: "Network", rules: Rules) -> pl.DataFrame:
    """Return the pairs that the rules list."""
    given = pl.DataFrame(rules.listed, {"area": TEXT, "unit": TEXT}, orient="row")
    numbers = []
    for name, label in (("area", "PartyOrganization"), ("unit", "Unit")):
        place = net.node_tables[label]["id"].search_sorted(given[name])
        numbers.append((place + net.offsets[label]).cast(pl.Int32).rename(name))
    return pl.DataFrame(numbers)


@dataclass(frozen=True)
class _Asked:
    """What every round of one question shares."""

    net: "Network"
    rules: Rules
    kind: str

    @cached_property
    def sides(self) -> pl.Series:
        return _area_sides(self.net, self.rules)

    @cached_property
    def hosted(self) -> pl.DataFrame:
        return _hosted(self.net, self.sides)

    @cached_property
    def tied(self) -> pl.DataFrame:
        return _tied(self.net, self.sides, self.hosted)

    @cached_property
    def said(self) -> pl.DataFrame:
        """The relationships that say something: a status, a score or a grade."""
        table = self.net.tie_tables["EVALUATES"].filter(pl.col("kind") == self.kind)
        given = pl.any_horizontal(pl.col("score", "grade").is_not_null())
        spoken = pl.when(given).then(pl.lit("returned"))
        status = pl.coalesce(pl.col("status").cast(pl.String), spoken)
        return table.with_columns(status).filter(pl.col("status").is_not_null())

    def expected(self, window: Window) -> pl.DataFrame:
        """Return the expected pairs of a round, each once, with their key."""
        match self.rules.expected:
            case "ties":
                pairs = window.among(self.tied).select("area", "unit")
            case "located":
                pairs = _located(self.net, self.sides, window)
            case "listed":
                pairs = _listed(self.net, self.rules)
        return pairs.with_columns(self.key).unique("key")

    @property
    def key(self) -> pl.Expr:
        """One number a pair, since joins on one are quicker than on two."""
        wide = pl.col("area").cast(pl.Int64) * len(self.net)
        return (wide + pl.col("unit")).alias("key")

    def directions(
        self, window: Window, pairs: pl.DataFrame
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return what counts of what was said of each pair, down and up."""
        said = self.said.filter(pl.col("round") == window.id)
        bodies = window.among(self.hosted).select("body", "unit").unique()
        ways = (("tail", "head"), ("head", "tail"))
        both = [self.direction(said, bodies, *ends) for ends in ways]
        down, up = (s.join(pairs, on="key", how="semi") for s in both)
        return self.winning(down), self.winning(up)

    def direction(
        self, said: pl.DataFrame, bodies: pl.DataFrame, area: str, other: str
    ) -> pl.DataFrame:
        """Return what was said with the area's and the other side at these ends."""
        direct = said.filter(_is_unit(self.net, other)).with_columns(
            pl.col(other).alias("unit"), pl.lit(None, pl.Int32).alias("via")
        )
        through = said.join(bodies, left_on=other, right_on="body").with_columns(
            pl.col(other).alias("via")
        )
        sides = pl.concat([direct, through.select(direct.columns)])
        return sides.with_columns(pl.col(area).alias("area")).with_columns(self.key)

    def winning(self, said: pl.DataFrame) -> pl.DataFrame:
        """Return one relationship a pair: by its status, then by its id."""
        several = said["key"].is_duplicated()
        rivals, ids = said.filter(several), self.net.ids
        ends = {"from": ids.gather(rivals["tail"]), "to": ids.gather(rivals["head"])}
        rank = pl.col("status").replace_strict(WINS, range(len(WINS)))
        best = (
            rivals.with_columns(rank.alias("rank"), **ends)
            .with_columns(self.net.identity("EVALUATES").alias("id"))
            .sort("rank", "id")
            .unique("key", keep="first", maintain_order=True)
        )
        return pl.concat([said.filter(~several), best.select(said.columns)])


def _rounds(asked: _Asked) -> pl.DataFrame:
    """Return the rounds that are found in the data or listed in the calendar."""
    counted = asked.said.group_by("round").agg(
        (pl.col("status") == "returned").sum().cast(COUNT).alias("returned"),
        pl.len().cast(COUNT).alias("said"),
    )
    of_kind = {r.id: r for r in asked.rules.rounds if r.kind == asked.kind}
    listed = pl.DataFrame(
        [(r.id, True, r.opens_on, r.closes_on) for r in of_kind.values()],
        {c.name: c.dtype for c in ROUND_COLUMNS[:4]},
        orient="row",
    )
    both = counted.join(listed, on="round", how="full", coalesce=True)
    return both.with_columns(
        pl.col("listed").fill_null(value=False), pl.col("returned", "said").fill_null(0)
    )


def _of_round(asked: _Asked, window: Window, units: Mask | None) -> pl.DataFrame:
    """Return the expected pairs of a round and what was said in both directions."""
    pairs = asked.expected(window)
    if units is not None:
        pairs = pairs.filter(pl.Series(units[pairs["unit"].to_numpy()]))
    silent = "pending" if window.open else "missing"
    both = asked.directions(window, pairs)
    for name, counting in zip(("down", "up"), both, strict=True):
        said = counting.select(
            "key",
            pl.col("status").alias(f"{name}_state"),
            pl.col("score").alias(f"{name}_score"),
            pl.col("scale_max").alias(f"{name}_scale"),
            pl.col("grade").alias(f"{name}_grade"),
            pl.col("via").alias(f"{name}_via"),
        )
        pairs = pairs.join(said, on="key", how="left").with_columns(
            pl.col(f"{name}_state").fill_null(silent)
        )
    return pairs.with_columns(pl.lit(window.id).alias("round"))


def _named(asked: _Asked, rows: list[pl.DataFrame]) -> pl.DataFrame:
    """Return the rows of all rounds with their pair states, and ids for numbers."""
    if not rows:
        return pl.DataFrame(schema={c.name: c.dtype for c in COLUMNS})
    basis = pl.lit(asked.rules.expected).alias("basis")
    frame = pl.concat(rows).with_columns(_pair_state(), basis)
    names = {"area": "area_organization", "unit": "unit"}
    names |= {via: via for via in ("down_via", "up_via")}
    ids = [asked.net.ids.gather(frame[old]).rename(new) for old, new in names.items()]
    return frame.drop(names).hstack(ids)


def _pair_state() -> pl.Expr:
    down, up = pl.col("down_state"), pl.col("up_state")
    first = pl.when((down == "exempt") | (up == "exempt")).then(pl.lit("exempt"))
    return (
        first.when((down == "pending") | (up == "pending"))
        .then(pl.lit("pending"))
        .when((down == "returned") & (up == "returned"))
        .then(pl.lit("both"))
        .when(down == "returned")
        .then(pl.lit("down_only"))
        .when(up == "returned")
        .then(pl.lit("up_only"))
        .otherwise(pl.lit("neither"))
        .alias("state")
    )


def _known_kind(kind: str) -> None:
    kinds = [k.value for k in EvaluationKind]
    if kind not in kinds:
        msg = f"no kind of evaluation {kind!r}; there are: {', '.join(kinds)}"
        raise UnknownNameError(msg, [kind])


def _known_round(source: Source, named: str, kind: str, rules: Rules) -> None:
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
    _known_kind(given["kind"])
    return given


def _prepared_pairs(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse what is not there; say the day as a date and the area by its id."""
    rules, within = given["rules"], given["within"]
    _known_kind(given["kind"])
    if given["round"] is not None:
        _known_round(source, given["round"], given["kind"], rules)
    if rules.expected == "listed":  # else the list decides nothing
        for side, label in enumerate(("PartyOrganization", "Unit")):
            source.require(label, [pair[side] for pair in rules.listed])
    area = None if within is None else source.area_id(within)  # whenever it was valid
    return {**given, "day": as_day(given["day"]), "within": area}


def _said_of(net: "Network", row: Row, way: str) -> Words:
    """Put one direction of a pair into words."""
    state = EvaluationStatus(row[f"{way}_state"])
    en, zh = [state.en], [state.zh]
    if row[f"{way}_score"] is not None:
        scale = row[f"{way}_scale"]
        of = ("", "") if scale is None else (f" of {scale:g}", f"（满分{scale:g}）")
        en.append(f"{row[f'{way}_score']:g}{of[0]} points")
        zh.append(f"{row[f'{way}_score']:g}分{of[1]}")
    if row[f"{way}_grade"] is not None:
        en.append(f"grade {row[f'{way}_grade']}")
        zh.append(f"等次{row[f'{way}_grade']}")
    if row[f"{way}_via"] is not None:
        name = net.node(row[f"{way}_via"])["name"]
        en.append(f"through its organization {name}")
        zh.append(f"经其党组织{name}")
    return ", ".join(en), "，".join(zh)


def _explained(net: "Network", row: Row) -> Words:
    """Say who answered, who did not, and by which rule they were to."""
    area, unit = (net.node(row[n])["name"] for n in ("area_organization", "unit"))
    basis, state = PairBasis(row["basis"]), PairState(row["state"])
    down, up = (_said_of(net, row, way) for way in ("down", "up"))
    en = (
        f"{area} and {unit} were to evaluate each other in round {row['round']}: "
        f"{REASONS[basis]}. It rated the unit: {down[0]}. "
        f"The unit rated it: {up[0]}. Together: {state.en}."
    )
    zh = (
        f"{row['round']}考评周期，{area}与{unit}应当互评（依据：{basis.zh}）。"
        f"党组织评单位：{down[1]}；单位评党组织：{up[1]}。合计：{state.zh}。"
    )
    return en, zh


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
    rules: Rules = Rules(),
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
    return _rounds(_Asked(net, rules, kind))


@question(
    title=(
        "which pairs were to evaluate each other, and who answered",
        "应当互评的街道社区党组织与单位，谁评了谁没评",
    ),
    columns=COLUMNS,
    order=("round", "area_organization", "unit"),
    explain=_explained,
    prepare=_prepared_pairs,
)
def pairs(
    net: "Network",
    *,
    round: str | None = None,  # noqa: A002  the term
    within: str | None = None,
    day: date | str | None = None,
    kind: str = "two_way",
    rules: Rules = Rules(),
) -> pl.DataFrame:
    """List the pairs that were to evaluate each other in a round, and who answered.

    One side is an organization of a street or community, the other a unit; a party
    organization that the unit hosts stands for it. A relationship's status counts if
    there is one; without any, a direction is pending while the round is open and
    missing afterwards. A return outside the expected pairs is not listed.

    Parameters
    ----------
    round
        The round; every round found in the data or in the calendar if not given.
    within
        Id or code of the area in which the units stand; all if not given.
    day
        The day on which an open round makes a silent direction pending; without one,
        every round is closed. It decides nothing else.
    kind
        The kind of evaluation.
    rules
        `expected`, `listed`, `rounds` and `area_settings` count here.

    Returns
    -------
    Result
        One row a round and expected pair, by round, organization and unit. Scores are
        in points and may exceed their scale; grades are kept apart.

    Raises
    ------
    UnknownNameError
        If there is no such round or kind, or a listed id is not in the network.
    UnknownAreaError
        If there is no such area, or more than one.

    See Also
    --------
    rounds : the rounds there are.
    queries/evaluation/pairs.cypher : the same rows from Neo4j.

    References
    ----------
    Which pairs are expected is nowhere written down: registration, agreement, seat or
    plain location, see ``Rules.expected``. Units and committees rate each other at
    least once a year where units register with their community 双报到.

    Examples
    --------
    >>> import orgnet
    >>> result = pairs(orgnet.chengdu(scale=0.02))
    >>> result.frame["basis"].unique().to_list()
    ['ties']
    """
    asked, index = _Asked(net, rules, kind), net.index()
    units = None if within is None else index.in_area(index.area(within))
    windows = [
        Window.of(row, as_day(day))
        for row in _rounds(asked).iter_rows(named=True)
        if round is None or row["round"] == round
    ]
    return _named(asked, [_of_round(asked, window, units) for window in windows])
