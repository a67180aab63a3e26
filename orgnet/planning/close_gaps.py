"""Which steps close most of the gaps of coverage, for a budget."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from orgnet.coverage.gaps import gaps
from orgnet.coverage.scope import prepared
from orgnet.errors import OrgnetError, UnknownNameError, some
from orgnet.index import NONE, Index
from orgnet.planning.closing import ClosingPlan
from orgnet.query import Column, Row, Source, Words, question
from orgnet.rules import RULES, Rules
from orgnet.schema.vocabulary import AreaLevel, Vocabulary, levels_above
from orgnet.solve.cover import Cover, exactly, greedy
from orgnet.words import GapClass, named

if TYPE_CHECKING:
    from orgnet.network import Network

TEXT, COUNT = pl.String(), pl.Int64()
TWO = 2  # units of the smallest joint branch


class Action(Vocabulary):
    """What a step of a plan does."""

    AGREE_PARTNERSHIP = "agree_partnership", "签订共建协议"
    FORM_JOINT_BRANCH = "form_joint_branch", "组建联合党支部"
    FOUND_ORGANIZATION = "found_organization", "组建党组织"
    SEND_INSTRUCTOR = "send_instructor", "选派党建指导员"


class Left(Vocabulary):
    """Why something wished for is no step of a plan."""

    NO_ORGANIZATION_NEAR = "no_organization_near", "附近无可承接的党组织"
    NO_PARTNER_NEAR = "no_partner_near", "本社区无可联合的单位"
    OVER_BUDGET = "over_budget", "预算不足"


COSTS: Mapping[str, int] = {
    "agree_partnership": 1,
    "form_joint_branch": 2,
    "found_organization": 3,
    "send_instructor": 1,
}
CLASSES = ("G1", "G2", "G3", "G4", "G5")
WEIGHTS = ("people", "count")
COLUMNS = (
    Column("step", COUNT, "步骤", "from 1; null for what is not taken"),
    Column("action", TEXT, "措施", "what to do", vocabulary=Action),
    Column("id", TEXT, "对象", "unit or area; of joint branches", holds_ids=True),
    Column("units", pl.List(TEXT), "联合单位", "of a joint branch", holds_ids=True),
    Column("organization", TEXT, "承接党组织", "who acts", holds_ids=True),
    Column(
        "closes",
        pl.List(TEXT),
        "消除缺口",
        "classes that it closes",
        vocabulary=GapClass,
    ),
    Column("weight", COUNT, "权重", "people behind the gaps that it closes"),
    Column("cost", COUNT, "成本", "in the unit of the budget"),
    Column("spent", COUNT, "累计成本", "with all steps before it"),
    Column("bound", pl.Float64(), "上界", "weight that no plan could exceed"),
    Column("reason", TEXT, "未列入原因", "null for a step", vocabulary=Left),
)


@dataclass(frozen=True)
class Wish:
    """Something that would close gaps.

    Parameters
    ----------
    action
        What to do.
    id
        The unit or area; of a joint branch the community.
    gaps
        The rows of the gaps that it closes.
    organization
        Number of the organization that acts; -1 for nobody.
    units
        Of a joint branch.
    reason
        Why it cannot be done.
    """

    action: Action
    id: str
    gaps: list[int]
    organization: int
    units: list[str] | None = None
    reason: Left | None = None


def _explained(net: "Network", row: Row) -> Words:
    """Say what a step does, and what for."""
    action = Action(row["action"])
    who = named(net, *(row["units"] or [row["id"]]))
    closes = [GapClass(c) for c in row["closes"]]
    en = f"{action.en}: {who}; closes {', '.join(f'{c.value} {c.en}' for c in closes)}"
    zh = f"{action.zh}：{who}；消除{'、'.join(f'{c.value}{c.zh}' for c in closes)}"
    if row["reason"] is not None:
        why = Left(row["reason"])
        return f"not taken: {en} ({why.en}).", f"未列入：{zh}（{why.zh}）。"
    by, weight, cost = named(net, row["organization"]), row["weight"], row["cost"]
    return (
        f"{row['step']}. {en}; by {by}, weight {weight}, cost {cost}.",
        f"{row['step']}. {zh}；由{by}承接，权重{weight}，成本{cost}。",
    )


def _prepared(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Refuse what no plan could be made with; fill in costs that are not given."""
    known = {"classes": CLASSES, "costs": tuple(COSTS), "weigh": WEIGHTS}
    asked = {
        "classes": [str(c) for c in given["classes"]],
        "costs": [str(c) for c in given["costs"] or ()],
        "weigh": [str(given["weigh"])],
    }
    for name, values in asked.items():
        wrong = [v for v in values if v not in known[name]]
        if wrong:
            msg = f"no {some(wrong)} among {name}; there are: {', '.join(known[name])}"
            raise UnknownNameError(msg, wrong)
    costs = {**COSTS, **{str(k): v for k, v in (given["costs"] or {}).items()}}
    low = [k for k, v in costs.items() if v < 1 or int(v) != v]
    if low or given["budget"] < 0:
        msg = (
            f"costs and budget are whole numbers, costs from 1: {some(low)} "
            f"and a budget of {given['budget']} are not"
        )
        raise OrgnetError(msg, low or [given["budget"]])
    told = {"costs": costs, "classes": sorted(set(asked["classes"]))}
    return {**prepared(source, given), **told, "weigh": str(given["weigh"])}


@question(
    title=("Which steps close most gaps?", "哪些措施能消除最多缺口？"),
    columns=COLUMNS,
    order=("step", "action", "id", "units"),
    explain=_explained,
    prepare=_prepared,
    answer=ClosingPlan,
)
def close_gaps(
    net: "Network",
    *,
    budget: int,
    within: str | None = None,
    day: date | str | None = None,
    classes: Sequence[str] = CLASSES,
    costs: Mapping[str, int] | None = None,
    weigh: str = "people",
    exact: bool = False,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """Plan which organizations to found, joint branches to form, and so on.

    Every step closes gaps that :func:`orgnet.coverage.gaps` lists for certain; what may
    be a gap is asked about first and not planned for.

    Parameters
    ----------
    budget
        What all steps together may cost.
    within
        Id or code of the area whose gaps are looked at; everything if none.
    day
        The day asked about; whatever the network holds, if none.
    classes
        Which gaps: G1 to G5.
    costs
        The cost of each action; what is not named costs as in `COSTS`.
    weigh
        "people": members, employees or households behind a gap; "count": each gap 1.
    exact
        Whether the best plan is worked out, rather than a good one at once.
    rules
        As in gaps; `joint_branch_max_units` bounds a joint branch.

    Returns
    -------
    Plan
        One row a step, the most weight for its cost first, and then one a wish that is
        no step, with the reason. `bound` is what no plan for the budget could exceed.

    Raises
    ------
    UnknownNameError
        If there is no such class, action or weight.
    UnknownAreaError
        If `within` names no area of that day, or several.

    See Also
    --------
    orgnet.coverage.gaps : what there is to close.
    orgnet.Network.plus : the network as the plan would make it.

    References
    ----------
    Lazy greedy (Minoux 1978), its bound for costs that differ (Leskovec and others
    2007); HiGHS for the exact plan; docs/decisions.md, D46.

    Examples
    --------
    >>> import orgnet
    >>> city = orgnet.chengdu(scale=0.02)
    >>> plan = close_gaps(city, budget=30, classes=["G1"])
    >>> after = city.plus(plan)
    >>> before, then = (len(gaps(n, classes=["G1"])) for n in (city, after))
    >>> before - then == plan.frame["step"].count()
    True
    """
    listed = gaps.question.body(
        net, within=within, day=day, classes=list(classes), rules=rules
    ).filter(pl.col("state") == "gap")
    wishes = _wishes(net.index(day), listed, rules)
    prices, weights = {**COSTS, **(costs or {})}, _weights(net, listed, weigh)
    able = [w for w in wishes if w.reason is None]
    cover = Cover([w.gaps for w in able], [prices[w.action] for w in able], weights)
    chosen = (exactly if exact else greedy)(cover, budget)
    rows = []
    for wish, fresh in _sorted_out(wishes, able, chosen.taken):
        gain = sum(weights[g] for g in fresh)
        rows.append(_row(net, listed, wish, fresh, gain, prices[wish.action]))
    shape = {c.name: c.dtype for c in COLUMNS}
    frame = pl.DataFrame(rows, schema={n: shape[n] for n in ROW}, orient="row")
    step = pl.int_range(1, pl.len() + 1)
    is_step = pl.col("reason").is_null()
    return frame.with_columns(
        pl.when(is_step).then(step).alias("step"),
        pl.when(is_step).then(pl.col("cost").cum_sum()).alias("spent"),
        pl.lit(chosen.bound).alias("bound"),
    )


def _sorted_out(
    wishes: list[Wish], able: list[Wish], taken: Sequence[int]
) -> Iterator[tuple[Wish, list[int]]]:
    """Go through the steps and then the other wishes, each with what it would close.

    Of a step these are the ones that no step before it closes, of another wish those
    that no step does; one that all steps make needless is left out.
    """
    closed: set[int] = set()
    for place in taken:
        fresh = sorted(set(able[place].gaps) - closed)
        closed.update(fresh)
        yield able[place], fresh
    chosen = set(taken)
    for place, wish in enumerate(able):
        fresh = sorted(set(wish.gaps) - closed)
        if place not in chosen and fresh:
            yield replace(wish, reason=Left.OVER_BUDGET), fresh
    for wish in wishes:
        if wish.reason is not None:
            yield wish, sorted(set(wish.gaps) - closed)


ROW = (
    *("action", "id", "units", "organization", "closes"),
    *("weight", "cost", "reason"),
)


def _row(
    net: "Network",
    listed: pl.DataFrame,
    wish: Wish,
    fresh: Sequence[int],
    *worth: int,
) -> tuple[Any, ...]:
    """Return a wish as a row of the answer, without what depends on those before it."""
    acting = None if wish.organization == NONE else net.ids[wish.organization]
    closes = sorted({listed["class"][g] for g in fresh})
    reason = None if wish.reason is None else wish.reason.value
    what = wish.action.value, wish.id, wish.units, acting, closes
    return (*what, *worth, reason)


def _weights(net: "Network", listed: pl.DataFrame, weigh: str) -> list[int]:
    """Return what each gap weighs."""
    if weigh == "count":
        return [1] * listed.height
    units = net.node_tables["Unit"].select("id", "full_members", "employees")
    areas = net.node_tables["Area"].select("id", "households")
    rows = listed.join(units, on="id", how="left", maintain_order="left")
    rows = rows.join(areas, on="id", how="left", maintain_order="left")
    by_members = pl.col("class").is_in(("G1", "G2"))
    people = (
        pl.when(by_members)
        .then("full_members")
        .when(pl.col("kind") == "Area")
        .then("households")
        .otherwise("employees")
    )
    weights = rows.select(people.fill_null(1).clip(1).alias("w"))["w"]
    return weights.cast(COUNT).to_list()


def _wishes(index: Index, listed: pl.DataFrame, rules: Rules) -> list[Wish]:
    """Return what would close these gaps, also what nobody could do."""
    numbered = pl.DataFrame({"id": index.net.ids}).with_row_index("node")
    rows = listed.with_row_index("row").join(
        numbered, on="id", how="left", maintain_order="left"
    )
    nodes = rows["node"].to_numpy()
    gaps_of = _gaps_of(rows)
    acting = _acting(index, nodes)
    wishes = []
    for row, class_, id_ in rows.select("row", "class", "id").iter_rows():
        if class_ == "G2":
            continue
        action = ACTIONS[class_]
        far = class_ == "G5"  # only its own community and street
        above = int((acting.near if far else acting.any)[row])
        closed = [row]
        if class_ == "G1":
            closed += gaps_of.get(("G3", id_), [])
        reason = Left.NO_ORGANIZATION_NEAR if above == NONE else None
        wishes.append(Wish(action, id_, closed, above, reason=reason))
    return [*wishes, *_joint(index, rows, gaps_of, acting.any, rules)]


ACTIONS = {
    "G1": Action.FOUND_ORGANIZATION,
    "G3": Action.SEND_INSTRUCTOR,
    "G4": Action.FOUND_ORGANIZATION,
    "G5": Action.AGREE_PARTNERSHIP,
}


def _gaps_of(rows: pl.DataFrame) -> dict[tuple[str, str], list[int]]:
    """Return the row of each gap, by class and subject."""
    return {
        (class_, id_): [row]
        for row, class_, id_ in rows.select("row", "class", "id").iter_rows()
    }


@dataclass(frozen=True)
class Acting:
    """Which organization acts for each gap: of its community or street, or of any."""

    near: np.ndarray
    any: np.ndarray


def _acting(index: Index, nodes: np.ndarray) -> Acting:
    """Return the organization of the community, else street, else district.

    Of an area, only those of levels above its own.
    """
    own, place = index.area_organization, index.place[nodes]
    levels = index.column("Area", "level").cast(TEXT).gather(nodes).to_list()
    found = np.full((2, len(nodes)), NONE)
    for level in (AreaLevel.DISTRICT, AreaLevel.STREET, AreaLevel.COMMUNITY):
        area = index.at_or_above(level, place)
        organization = np.where(area == NONE, NONE, own[area])
        above = np.array(
            [lv is None or level.value in levels_above(lv) for lv in levels], dtype=bool
        )
        there = above & (organization != NONE)
        found[1, there] = organization[there]
        if level != AreaLevel.DISTRICT:
            found[0, there] = organization[there]
    return Acting(found[0], found[1])


def _joint(
    index: Index,
    rows: pl.DataFrame,
    gaps_of: Mapping[tuple[str, str], list[int]],
    acting: np.ndarray,
    rules: Rules,
) -> list[Wish]:
    """Return joint branches of units of one community that may join one.

    Those of one kind and trade are put together, since a branch should join what is
    near and alike.
    """
    joining = rows.filter(pl.col("class") == "G2")
    if joining.is_empty():
        return []
    said = {
        name: index.column("Unit", name).gather(joining["node"])
        for name in ("kind", "industry", "full_members")
    }
    home = pl.Series(index.home[joining["node"].to_numpy()])
    joining = joining.with_columns(
        home.alias("home"),
        said["kind"].cast(TEXT).alias("unit_kind"),
        said["industry"].cast(TEXT).str.slice(0, 1).alias("trade"),
        said["full_members"].fill_null(1).alias("members"),
    ).sort(
        ["home", "unit_kind", "trade", "members", "id"],
        descending=[False, False, False, True, False],
        nulls_last=True,
    )
    most, wishes = rules.joint_branch_max_units, []
    for (where,), part in joining.group_by("home", maintain_order=True):
        for first in range(0, part.height, most):
            some_units = part.slice(first, most)
            units = sorted(some_units["id"])
            closed = some_units["row"].to_list()
            closed += [g for u in units for g in gaps_of.get(("G3", u), [])]
            above = int(acting[some_units["row"][0]])
            alone = len(units) < TWO or where == NONE
            reason = Left.NO_PARTNER_NEAR if alone else None
            if not alone and above == NONE:
                reason = Left.NO_ORGANIZATION_NEAR
            id_ = units[0] if where == NONE else index.net.ids[where]
            wish = Wish(Action.FORM_JOINT_BRANCH, id_, closed, above, units, reason)
            wishes.append(wish)
    return wishes
