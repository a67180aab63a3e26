"""What a question on an evaluation looks at: its rounds, who was due, what was said."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from orgnet.index import NONE, Index, Mask, as_day, is_a
from orgnet.query import Column, Row
from orgnet.rules import Rules

if TYPE_CHECKING:
    from orgnet.network import Network

EPOCH = date(1970, 1, 1).toordinal()
EVER = 10**7  # days from 1970, beyond any date on either side
TEXT, COUNT = pl.String(), pl.Int64()
WAYS = ("down", "up")  # the area's organization rates, and is rated
WINS = ("returned", "void", "exempt", "pending", "missing")  # of several for one pair
ENDS = (
    ("tail", "head"),
    ("head", "tail"),
)  # where the area's side stands, and the other
FROM_TO = {"from": "tail", "to": "head"}
SEATS = ("PARTNERS_WITH", "HOLDS_SEAT_ON")
SIDES = (
    Column("area_organization", TEXT, "街道社区党组织", "side one", holds_ids=True),
    Column("unit", TEXT, "单位", "side two", holds_ids=True),
)
ANSWERED = {
    "area": pl.Int32(),
    "unit": pl.Int32(),
    "key": pl.Int64(),
    **{
        f"{way}_{what}": dtype
        for way in WAYS
        for what, dtype in {
            "state": TEXT,
            "score": pl.Float64(),
            "scale": pl.Float64(),
            "grade": TEXT,
            "via": pl.Int32(),
        }.items()
    },
    "round": TEXT,
}
ROUND = {
    "round": TEXT,
    "listed": pl.Boolean(),
    "opens_on": pl.Date(),
    "closes_on": pl.Date(),
}


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


def status() -> pl.Expr:
    """Return the status of an evaluation: returned without one, if it says anything."""
    given = pl.any_horizontal(pl.col("score", "grade").is_not_null())
    spoken = pl.when(given).then(pl.lit("returned"))
    return pl.coalesce(pl.col("status").cast(pl.String), spoken).alias("status")


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


def _hosted(net: "Network", sides: pl.Series) -> pl.DataFrame:
    """Return the organizations that stand for their host: `body`, `unit`, their days.

    One that is itself an area's side never does.
    """
    spans = _tie_spans(net, "HOSTED_BY").filter(is_a(net, "Unit", "head"))
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
    direct = seats.filter(is_a(net, "Unit", "tail")).rename({"tail": "unit"})
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
class Asked:
    """What every round of one question shares."""

    net: "Network"
    rules: Rules
    kind: str

    @cached_property
    def sides(self) -> pl.Series:
        """Which organizations are the area's side, by number."""
        return _area_sides(self.net, self.rules)

    @cached_property
    def hosted(self) -> pl.DataFrame:
        """Which organizations stand for which unit, and when."""
        return _hosted(self.net, self.sides)

    @cached_property
    def tied(self) -> pl.DataFrame:
        """Which pairs a seat or a partnership ties, and when."""
        return _tied(self.net, self.sides, self.hosted)

    @cached_property
    def said(self) -> pl.DataFrame:
        """The relationships that say something: a status, a score or a grade."""
        table = self.net.tie_tables["EVALUATES"].filter(pl.col("kind") == self.kind)
        return table.with_columns(status()).filter(pl.col("status").is_not_null())

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
        both = [self.direction(said, bodies, *ends) for ends in ENDS]
        down, up = (s.join(pairs, on="key", how="semi") for s in both)
        return self.winning(down), self.winning(up)

    def unexpected(self, window: Window) -> pl.DataFrame:
        """Return what came back in a round from pairs that were not expected."""
        came = pl.col("status") == "returned"
        said = self.said.filter(came, pl.col("round") == window.id)
        bodies = window.among(self.hosted).select("body", "unit").unique()
        pairs, found = self.expected(window), []
        for way, ends in zip(WAYS, ENDS, strict=True):
            sides = self.direction(said, bodies, *ends)
            sides = sides.filter(self.sides.gather(sides["area"]))
            rest = sides.join(pairs, on="key", how="anti")
            found.append(rest.with_columns(pl.lit(way).alias("direction")))
        rows = pl.concat(found)
        names = {n: self.net.ids.gather(rows[e]) for n, e in FROM_TO.items()}
        return rows.with_columns(**names).select(
            *(
                "round",
                "area",
                "unit",
                "direction",
                "score",
                "scale_max",
                "grade",
                "via",
            ),
            self.net.identity("EVALUATES").alias("evaluation"),
        )

    def direction(
        self, said: pl.DataFrame, bodies: pl.DataFrame, area: str, other: str
    ) -> pl.DataFrame:
        """Return what was said with the area's and the other side at these ends."""
        direct = said.filter(is_a(self.net, "Unit", other)).with_columns(
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
        ends = {n: ids.gather(rivals[e]) for n, e in FROM_TO.items()}
        rank = pl.col("status").replace_strict(WINS, range(len(WINS)))
        best = (
            rivals.with_columns(rank.alias("rank"), **ends)
            .with_columns(self.net.identity("EVALUATES").alias("id"))
            .sort("rank", "id")
            .unique("key", keep="first", maintain_order=True)
        )
        return pl.concat([said.filter(~several), best.select(said.columns)])


def rounds_of(asked: Asked) -> pl.DataFrame:
    """Return the rounds that are found in the data or listed in the calendar."""
    counted = asked.said.group_by("round").agg(
        (pl.col("status") == "returned").sum().cast(COUNT).alias("returned"),
        pl.len().cast(COUNT).alias("said"),
    )
    of_kind = {r.id: r for r in asked.rules.rounds if r.kind == asked.kind}
    listed = pl.DataFrame(
        [(r.id, True, r.opens_on, r.closes_on) for r in of_kind.values()],
        ROUND,
        orient="row",
    )
    both = counted.join(listed, on="round", how="full", coalesce=True)
    return both.with_columns(
        pl.col("listed").fill_null(value=False), pl.col("returned", "said").fill_null(0)
    )


def answered(
    asked: Asked,
    *,
    round: str | None = None,  # noqa: A002  the term
    within: str | None = None,
    day: date | str | None = None,
) -> pl.DataFrame:
    """Return the expected pairs of each round, by number, and what was said of each.

    Columns are `round`, `area` and `unit`, and for each direction its state, score,
    scale, grade and `via`.
    """
    index = asked.net.index()
    units = None if within is None else index.in_area(index.area(within))
    rows = [
        of_round(asked, Window.of(row, as_day(day)), units)
        for row in rounds_of(asked).iter_rows(named=True)
        if round is None or row["round"] == round
    ]
    return pl.concat(rows) if rows else pl.DataFrame(schema=ANSWERED)


def directed(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return two rows a pair, one a direction: `state`, `score`, `scale`."""
    ends = ["round", "area", "unit"]
    return pl.concat(
        pairs.select(
            *ends,
            pl.lit(way).alias("direction"),
            pl.col(f"{way}_state").alias("state"),
            pl.col(f"{way}_score").alias("score"),
            pl.col(f"{way}_scale").alias("scale"),
        )
        for way in WAYS
    )


def of_round(asked: Asked, window: Window, units: Mask | None) -> pl.DataFrame:
    """Return the expected pairs of a round and what was said in both directions."""
    pairs = asked.expected(window)
    if units is not None:
        pairs = pairs.filter(pl.Series(units[pairs["unit"].to_numpy()]))
    silent = "pending" if window.open else "missing"
    both = asked.directions(window, pairs)
    for name, counting in zip(WAYS, both, strict=True):
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
