"""Where money and projects do not meet."""

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from orgnet.coverage.scope import prepared
from orgnet.errors import OrgnetError
from orgnet.index import DEEPEST, NONE, Index, is_a
from orgnet.query import Column, Row, Source, Words, question
from orgnet.rules import RULES, Rules
from orgnet.schema.vocabulary import Vocabulary
from orgnet.words import FindingState, named, unknown

if TYPE_CHECKING:
    from orgnet.network import Network

TEXT, COUNT = pl.String(), pl.Int64()
UNKNOWN_AMOUNT = unknown("amount_cny")
ZERO = pl.lit(0, COUNT)
FUNDERS = ("FUNDS:Unit", "FUNDS:PartyOrganization")


class FundsClass(Vocabulary):
    """In what money and projects do not meet."""

    MONEY_WITHOUT_PROJECT = "money_without_project", "有资金无项目"
    OVERSPENT = "overspent", "支出大于收入"
    PROJECT_WITHOUT_MONEY = "project_without_money", "有项目无资金"


COLUMNS = (
    Column("class", TEXT, "类别", "what does not meet", vocabulary=FundsClass),
    Column("kind", TEXT, "对象类型", "label of the subject"),
    Column("id", TEXT, "对象", "organization or project", holds_ids=True),
    Column("name", TEXT, "名称", "its name"),
    Column("area", TEXT, "所在社区", "community, else the area", holds_ids=True),
    Column("year", COUNT, "年度", "null for projects"),
    Column("received", COUNT, "收入（元）", "as far as known"),
    Column("given", COUNT, "支出（元）", "as far as known"),
    Column("unknown", COUNT, "金额未知数", "amounts that are not known"),
    Column("state", TEXT, "判定", "finding or not known", vocabulary=FindingState),
    Column("reason", TEXT, "原因", "the class, or what is not known"),
)
SHAPE = {c.name: c.dtype for c in COLUMNS}


def _explained(net: "Network", row: Row) -> Words:
    """Say what does not meet, with the sums."""
    who, class_ = named(net, row["id"]), FundsClass(row["class"])
    state = FindingState(row["state"])
    en, zh = f"{who}: {class_.en}", f"{who}：{class_.zh}"
    if row["year"] is not None:
        en = (
            f"{en} in {row['year']}; received {row['received']:,} and gave "
            f"{row['given']:,} yuan, {row['unknown']} amounts are not known"
        )
        zh = (
            f"{zh}（{row['year']}年）；收入{row['received']:,}元，"
            f"支出{row['given']:,}元，{row['unknown']}笔金额未知"
        )
    return f"{en} ({state.en}).", f"{zh}（{state.zh}）。"


def _prepared(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse what is no year; say the day as a date and the area by its id."""
    year = given["year"]
    if year is not None and (isinstance(year, bool) or int(year) != float(year)):
        msg = f"year is {year!r}: give a whole number such as 2019, or none"
        raise OrgnetError(msg, [year])
    told = None if year is None else int(year)
    return {**prepared(source, given), "year": told}


@question(
    title=(
        "Where do money and projects not meet?",
        "哪些资金与项目对不上？",
    ),
    columns=COLUMNS,
    order=("class", "area", "id", "year"),
    explain=_explained,
    prepare=_prepared,
)
def funds(
    net: "Network",
    *,
    year: int | None = None,
    within: str | None = None,
    day: date | str | None = None,
    rules: Rules = RULES,  # noqa: ARG001  every question takes them
) -> pl.DataFrame:
    """List who gave more than it received, money without projects, and the reverse.

    Parameters
    ----------
    year
        The year; every one if not given. Projects without money have none.
    within
        Id or code of the area whose organizations and projects are listed.
    day
        The day on which relationships must be valid; no matter when if not given.
    rules
        None of them counts here.

    Returns
    -------
    Result
        One row a finding, or what may be one: by class, area, id and year. Sums are of
        the amounts that are known.

    Raises
    ------
    UnknownAreaError
        If `within` names no area of that day, or several.

    See Also
    --------
    queries/integration/funds.cypher : the same rows from Neo4j.

    References
    ----------
    The support fund 社区保障激励专项资金 goes through the organizations of streets and
    communities into projects, and what goes out may not exceed what came in;
    docs/decisions.md, D47.

    Examples
    --------
    >>> import orgnet
    >>> rows = funds(orgnet.chengdu(scale=0.02)).frame
    >>> (rows["received"] >= 0).all()
    True
    """
    index = net.index(day)
    books = _books(index)
    found = pl.concat([_overspent(index, books), _idle(index, books), _unfunded(index)])
    if year is not None:
        found = found.filter(pl.col("year").is_null() | (pl.col("year") == year))
    place = found["place"].to_numpy()
    if within is not None:
        inside = index.in_area(index.area(within))
        kept = (place != NONE) & inside[place]
        found, place = found.filter(pl.Series(kept, dtype=pl.Boolean)), place[kept]
    community = index.at_or_above("community", place)
    numbers = found["node"].to_numpy()
    names = net.nodes()["name"]
    return found.with_columns(
        id=net.ids.gather(numbers),
        kind=net.labels.gather(numbers).cast(TEXT),
        name=names.gather(numbers),
        area=index.id_of(np.where(community == NONE, place, community)),
    )


def _books(index: Index) -> pl.DataFrame:
    """Return what each party organization received and gave in each year."""
    ties = index.ties("FUNDS").with_columns(pl.col("year", "amount_cny").cast(COUNT))
    amount = pl.col("amount_cny")
    sides = [
        ties.select(
            pl.col(end).alias("node"),
            "year",
            (amount if end == "head" else ZERO).fill_null(0).alias("received"),
            (amount if end == "tail" else ZERO).fill_null(0).alias("given"),
            amount.is_null().alias(f"unknown_{end}"),
            (pl.lit(end) == "head").alias("in"),
        )
        for end in ("tail", "head")
    ]
    both = pl.concat(sides, how="diagonal").with_columns(
        pl.col("unknown_tail", "unknown_head").fill_null(value=False)
    )
    return (
        both.filter(is_a(index.net, "PartyOrganization", "node"))
        .group_by("node", "year")
        .agg(
            pl.col("received", "given").sum().cast(COUNT),
            pl.col("unknown_tail", "unknown_head").sum().cast(COUNT),
            pl.col("in").sum().cast(COUNT).alias("receipts"),
            (~pl.col("in")).sum().cast(COUNT).alias("gifts"),
        )
        .with_columns(unknown=pl.col("unknown_tail") + pl.col("unknown_head"))
    )


def _rows(
    class_: FundsClass, rows: pl.DataFrame, undetermined: pl.Expr, why: str
) -> pl.DataFrame:
    """Return rows of one class, whose `node`, `place` and sums are known."""
    state = pl.when(undetermined).then(pl.lit(FindingState.UNDETERMINED.value))
    reason = pl.when(undetermined).then(pl.lit(why))
    return rows.select(
        pl.lit(class_.value).alias("class"),
        "node",
        "place",
        pl.col("year").cast(COUNT),
        pl.col("received", "given", "unknown").cast(COUNT),
        state.otherwise(pl.lit(FindingState.FINDING.value)).alias("state"),
        reason.otherwise(pl.lit(class_.value)).alias("reason"),
    )


def _overspent(index: Index, books: pl.DataFrame) -> pl.DataFrame:
    """Organizations that gave more in a year than they received, or may have."""
    more = pl.col("given") > pl.col("received")
    open_ = pl.when(more).then(pl.col("unknown_head")).otherwise("unknown_tail") > 0
    rows = books.filter(pl.col("gifts") > 0, more | open_)
    rows = rows.with_columns(place=pl.Series(index.place[rows["node"].to_numpy()]))
    return _rows(FundsClass.OVERSPENT, rows, open_, UNKNOWN_AMOUNT)


def _idle(index: Index, books: pl.DataFrame) -> pl.DataFrame:
    """Organizations of areas that received money in a year and have no project."""
    organizations, areas = index.area_organizations
    served = _served(index)
    own = pl.DataFrame({"node": organizations, "served": served[areas]})
    served_any = own.group_by("node").agg(pl.col("served").any())
    projects = index.ties("FUNDS").filter(is_a(index.net, "Project", "head"))
    paid = projects.select(pl.col("tail").alias("node"), pl.col("year").cast(COUNT))
    rows = (
        books.filter(pl.col("receipts") > 0)
        .join(served_any.filter(~pl.col("served")), on="node")
        .join(paid.unique(), on=["node", "year"], how="anti")
    )
    rows = rows.with_columns(place=pl.Series(index.place[rows["node"].to_numpy()]))
    held = index.net.holds("SERVES:Project")
    open_ = pl.lit(not held)
    why = unknown("SERVES:Project")
    return _rows(FundsClass.MONEY_WITHOUT_PROJECT, rows, open_, why)


def _served(index: Index) -> np.ndarray:
    """Mark the areas that a project serves, and those in which such a one lies."""
    served = np.zeros(index.size, dtype=bool)
    at = index.ties("SERVES").filter(is_a(index.net, "Area", "head"))["head"].to_numpy()
    for _ in range(DEEPEST):
        at = np.unique(at[at != NONE])
        served[at] = True
        at = index.larger[at]
    return served


def _unfunded(index: Index) -> pl.DataFrame:
    """Projects to which no money leads."""
    projects = index.nodes("Project").select("node")
    paid = index.ties("FUNDS").select(pl.col("head").alias("node")).unique()
    rows = projects.join(paid, on="node", how="anti")
    areas = index.ties("SERVES").filter(is_a(index.net, "Area", "head"))
    places = areas.group_by(pl.col("tail").alias("node")).agg(
        pl.col("head").min().alias("place")
    )
    rows = rows.join(places, on="node", how="left").with_columns(
        pl.col("place").fill_null(NONE),
        year=pl.lit(None, COUNT),
        **{name: pl.lit(0, COUNT) for name in ("received", "given", "unknown")},
    )
    missing = next((what for what in FUNDERS if not index.net.holds(what)), None)
    why = "" if missing is None else unknown(missing)
    open_ = pl.lit(missing is not None)
    return _rows(FundsClass.PROJECT_WITHOUT_MONEY, rows, open_, why)
