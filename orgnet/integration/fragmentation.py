"""How far line and block have grown together 条块融合 in each area."""

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from orgnet.coverage.gaps import gaps
from orgnet.errors import UnknownNameError
from orgnet.index import NONE, Index, Mask, Numbers
from orgnet.integration.asked import of_ties
from orgnet.integration.demand import COUNT, TEXT
from orgnet.integration.graph import BLOCK, BRIDGE, HOUSE, LINE, Big
from orgnet.integration.tied import Tied
from orgnet.query import Column, Row, Source, Words, question
from orgnet.rules import RULES, Rules
from orgnet.schema.vocabulary import AreaLevel
from orgnet.solve.cuts import min_cut
from orgnet.units import areas_that_bear
from orgnet.words import named

if TYPE_CHECKING:
    from orgnet.network import Network

LEVELS = tuple(str(level) for level in AreaLevel)
CLASSES = {"line_ties": LINE, "block_ties": BLOCK, "cross_ties": BRIDGE}
COLUMNS = (
    Column("group", TEXT, "区域", "id of the area", holds_ids=True),
    Column("name", TEXT, "名称", "name of the area"),
    Column("organizations", COUNT, "组织数", "that stand there"),
    Column("line_ties", COUNT, "条内联系", "of pairs tied by lines alone"),
    Column("block_ties", COUNT, "块内联系", "of pairs tied by blocks alone"),
    Column("cross_ties", COUNT, "条块联系", "of pairs tied between line and block"),
    Column("internal", COUNT, "区内联系", "pairs with both ends there"),
    Column("external", COUNT, "对外联系", "pairs with one end there"),
    Column("ei_index", pl.Float64(), "E-I指数", "from -1, all within, to 1"),
    Column("units", COUNT, "驻区单位", "resident units there"),
    Column("location_only", COUNT, "仅驻地", "tied by location only"),
    Column("undetermined", COUNT, "无法判定", "not known whether they are"),
    Column("lined_units", COUNT, "有条线单位", "units there with a line"),
    Column(
        "min_cut", COUNT, "最小割", "ties between the area's organization and lines"
    ),
)


def _explained(net: "Network", row: Row) -> Words:
    """Say how far line and block have grown together in an area."""
    who, units, alone = named(net, row["group"]), row["units"], row["location_only"]
    line, block, cross = (row[n] for n in CLASSES)
    cut = row["min_cut"]
    en = (
        f"{who}: {line} ties within lines, {block} within blocks, {cross} between; "
        f"{alone} of {units} resident units are tied by location only"
    )
    zh = (
        f"{who}：条内联系{line}，块内联系{block}，条块联系{cross}；"
        f"驻区单位{units}个，其中{alone}个仅因驻地相关"
    )
    if cut is not None:
        en = f"{en}; {cut} ties hold its organization to the lines"
        zh = f"{zh}；断开{cut}条联系，区域党组织即与条线脱开（最小割）"
    return f"{en}.", f"{zh}。"


def _prepared(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse groupings that there are not; say day and area as engines do."""
    by = str(given["by"])
    if by not in LEVELS:
        msg = f"no level {by!r}; there are: {', '.join(LEVELS)}"
        raise UnknownNameError(msg, [by])
    return {**of_ties(source, given), "by": by}


@question(
    title=("How far are line and block tied?", "条与块融合到什么程度？"),
    columns=COLUMNS,
    order=("group",),
    explain=_explained,
    prepare=_prepared,
)
def fragmentation(
    net: "Network",
    *,
    by: str = "street",
    within: str | None = None,
    day: date | str | None = None,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """Count the ties of each area by line, block and between, and what holds them.

    Where a unit and the organization that it hosts are tied, they count as one house
    and not as a tie of these kinds.

    Parameters
    ----------
    by
        The level of the areas.
    within
        Id or code of an area: only areas that lie in it or hold it are listed, each
        counted whole.
    day
        The day asked about; whatever the network holds, if none.
    rules
        `costs` say which relationships tie; gaps of class G5 go by the others.

    Returns
    -------
    Result
        One row an area. `ei_index` is (external - internal) / (external + internal);
        `min_cut` the fewest ties whose loss leaves the organization of the area no way,
        inside it, to a unit that has a line.

    Raises
    ------
    UnknownNameError
        If there is no such level, or a cost names no step.
    UnknownAreaError
        If `within` names no area of that day, or several.

    See Also
    --------
    orgnet.coverage.gaps : class G5 lists the units that are tied by location only.

    References
    ----------
    D. Krackhardt and R. N. Stern, Social Psychology Quarterly 51(2), 1988;
    docs/decisions.md, D50.

    Examples
    --------
    >>> import orgnet
    >>> found = fragmentation(orgnet.chengdu(scale=0.02), by="district").frame
    >>> bool((found["location_only"] <= found["units"]).all())
    True
    """
    index = net.index(day)
    tied, areas = Tied(index, rules), areas_that_bear(index, by, within)
    place = np.full(index.size + 1, NONE)  # of each area in the rows; of -1 it is none
    place[areas] = np.arange(len(areas))
    there = Counted(place[tied.groups(by)], len(areas))
    asked = {"within": None, "day": day, "classes": ["G5"], "rules": rules}
    frame = pl.DataFrame(
        {
            "group": index.id_of(areas),
            "name": index.column("Area", "name").gather(areas),
            "organizations": there.nodes(tied.numbers),
            **there.pairs(tied.pairs),
            **_residents(index, there, gaps.question.body(net, **asked)),
            "lined_units": there.nodes(_lined(tied)),
            "min_cut": _cuts(tied, there, areas),
        }
    )
    both = pl.col("external") + pl.col("internal")
    index_of = (pl.col("external") - pl.col("internal")) / both
    return frame.with_columns(ei_index=pl.when(both > 0).then(index_of))


class Counted(NamedTuple):
    """In which of the listed areas each node of the network is, and how many there are.

    Parameters
    ----------
    of
        The row of each node; -1 for none.
    size
        How many rows there are.
    """

    of: Big
    size: int

    def nodes(self, numbers: Numbers) -> Big:
        """Count nodes by row."""
        rows = self.of[numbers]
        return np.bincount(rows[rows != NONE], minlength=self.size)

    def pairs(self, pairs: pl.DataFrame) -> dict[str, Big]:
        """Count tied pairs by row: of each class, and with one end or both there."""
        pairs = pairs.filter(pl.col("class") != HOUSE)
        ends = [self.of[pairs[end].to_numpy()] for end in ("one", "other")]
        classes, same = pairs["class"].to_numpy(), ends[0] == ends[1]
        counts = {name: self._ends(ends, classes == c) for name, c in CLASSES.items()}
        internal = self._ends(ends, same)
        return {**counts, "internal": internal, "external": self._ends(ends, ~same)}

    def _ends(self, ends: list[Big], kept: Mask) -> Big:
        """Count pairs by the rows of their ends; both ends in one row count once."""
        one, other = (end[kept] for end in ends)
        rows = np.concatenate([one, other[one != other]])
        return np.bincount(rows[rows != NONE], minlength=self.size)


def _residents(index: Index, there: Counted, found: pl.DataFrame) -> dict[str, Big]:
    """Count resident units, and those of them that stand in G5, by its state."""
    residents = index.nodes("Unit").filter(pl.col("resident"))
    listed = residents.join(found, on="id")
    by_state = {
        name: there.nodes(listed.filter(pl.col("state") == state)["node"].to_numpy())
        for name, state in (("location_only", "gap"), ("undetermined", "undetermined"))
    }
    return {"units": there.nodes(residents["node"].to_numpy()), **by_state}


def _lined(tied: Tied) -> Numbers:
    """Return the units that have a line."""
    units = tied.index.nodes("Unit")["node"].to_numpy()
    return units[tied.line[units] != NONE]


def _cuts(tied: Tied, there: Counted, areas: Numbers) -> list[int | None]:
    """Return for each area the fewest ties between its organization and any line."""
    organizations = tied.index.area_organization[areas]
    rows = there.of[tied.numbers]
    order = np.argsort(rows, kind="stable")
    first = np.searchsorted(rows[order], np.arange(there.size + 1))
    lined = np.isin(tied.numbers, _lined(tied))
    found: list[int | None] = []
    for row, organization in enumerate(organizations.tolist()):
        members = order[first[row] : first[row + 1]]
        if organization == NONE or not lined[members].any():
            found.append(None)
            continue
        own = int(np.searchsorted(tied.numbers, organization))
        members = np.union1d(members, own)
        ties = tied.ties[members][:, members]
        at = int(np.searchsorted(members, own))
        found.append(min_cut(ties, at, np.flatnonzero(lined[members])))
    return found
