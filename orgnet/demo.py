"""The demo: the reference city, its messy workbooks, the questions, one page."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from orgnet import coverage, evaluation, integration, planning, structure
from orgnet.city import chengdu
from orgnet.convert.excel import write_tables
from orgnet.messy import write_messy
from orgnet.network import Network
from orgnet.query import Result
from orgnet.report import write_report
from orgnet.rosters import read_rosters, write_rejects
from orgnet.rules import Round, Rules

Working = Callable[[str], AbstractContextManager[None]]
TRIED = 500  # needs that are looked at for one worth showing
DAY = "2019-12-31"
BEFORE = "2018-12-31"  # a year earlier
BUDGET = 100  # of the plan that is shown
DISTRICT = "锦江区"  # in which long lists are shown
CLOSED = "2020-01-31"  # when the round of 2019 is over
TITLE = "成都参考城市，读自杂乱台账 (the reference city, read from messy workbooks)"
RULES = Rules(
    members_as_full=True,  # the workbooks give members, not full members,
    presumed_operating=True,  # and say of few units whether they operate
    rounds=(
        Round(id="2019", opens_on=date(2019, 12, 1), closes_on=date(2019, 12, 31)),
    ),
)


def run(out: Path, *, scale: float, seed: int, working: Working) -> Iterator[str]:
    """Run the demo, and say after each step what came of it.

    Parameters
    ----------
    out
        Folder for everything that is written; made if it is not there.
    scale, seed
        Of the reference city.
    working
        Shows what is being done while it is done.

    Yields
    ------
    str
        One line a step.
    """
    with working("building the city 生成参考城市"):
        city = chengdu(seed=seed, scale=scale)
        city.save(out / "city")
    yield f"the city 参考城市: {city!r}"
    with working("writing it as messy workbooks 写成杂乱台账"):
        injected = write_messy(city, out / "rosters", seed=seed)
        injected.write_csv(out / "injected.csv")
    yield f"its workbooks 台账: {out / 'rosters'}, {injected.height} faults put in"
    with working("reading them 读取台账"):
        read, faults = read_rosters(out / "rosters", synthetic=True)
        net = replace(read, title=TITLE)
        net.save(out / "network")
        write_rejects(faults, out / "rejects.xlsx")
    yield f"read from them 读入: {net!r}, {len(faults)} faults reported 条问题"
    with working("asking the questions 提出问题"):
        answers = asked(net)
    yield from (f"{name}: {len(answer):,} rows" for name, answer in answers.items())
    with working("writing tables and page 写出表格与页面"):
        write_tables(answers, out / "tables")
        page = write_report(net, answers, out, faults=faults)
    yield f"open 请打开 {page}"


def asked(net: Network) -> dict[str, Result]:
    """Put every question of the catalogue to a network."""
    need = worth_showing(net)
    ways = integration.paths(net, need=need, day=DAY, rules=RULES)
    owner = ways.row(0)["owner"] if len(ways) else net.nodes("Unit")[0, "id"]
    answers: dict[str, Any] = {"day": CLOSED, "rules": RULES}  # the round is over
    there: dict[str, Any] = {"within": DISTRICT, "day": DAY, "rules": RULES}
    plan = planning.close_gaps(net, budget=BUDGET, **there)
    of_2019 = {"round": "2019", **answers}
    return {
        "coverage.gaps": coverage.gaps(net, day=DAY, rules=RULES),
        "coverage.quality": coverage.quality(net, **there),
        "coverage.duplicates": coverage.duplicates(net, day=DAY, rules=RULES),
        "coverage.sites": coverage.sites(net, **there),
        "coverage.nearest": coverage.nearest(net, **there),
        "coverage.trend": coverage.trend(
            net, days=[BEFORE, DAY], by="district", rules=RULES
        ),
        "coverage.conflicts": coverage.conflicts(net, day=DAY, rules=RULES),
        "coverage.lines": coverage.lines(net, day=DAY, rules=RULES),
        "coverage.rates": coverage.rates(net, by="district", day=DAY, rules=RULES),
        "evaluation.rounds": evaluation.rounds(net, rules=RULES),
        "evaluation.pairs": evaluation.pairs(net, **of_2019),
        "evaluation.return_rates": evaluation.return_rates(
            net, by="district", **of_2019
        ),
        "evaluation.ceiling": evaluation.ceiling(net, by="district", **of_2019),
        "evaluation.silence": evaluation.silence(net, **answers),
        "evaluation.reciprocity": evaluation.reciprocity(net, by="district", **of_2019),
        "evaluation.reciprocity_test": evaluation.reciprocity_test(
            net, by="district", **of_2019
        ),
        "evaluation.leniency": evaluation.leniency(net, **of_2019),
        "evaluation.ranking": evaluation.ranking(net, direction="up", **of_2019),
        "evaluation.dyads": evaluation.dyads(net, day=DAY, rules=RULES),
        "evaluation.inspections": evaluation.inspections(net, last=2, rules=RULES),
        "evaluation.outliers": evaluation.outliers(net, round="2019", rules=RULES),
        "evaluation.asymmetry": evaluation.asymmetry(net, **of_2019),
        "evaluation.unexpected": evaluation.unexpected(net, rules=RULES),
        "integration.paths": ways,
        "integration.dispatch": integration.dispatch(net, **there),
        "integration.funds": integration.funds(net, day=DAY, rules=RULES),
        "integration.match": integration.match(net, **there),
        "integration.nearest": integration.nearest(net, **there),
        "integration.unreachable": integration.unreachable(net, **there),
        "integration.reach": integration.reach(net, unit=owner, day=DAY, rules=RULES),
        "integration.brokers": integration.brokers(net, day=DAY, rules=RULES),
        "integration.cut_points": integration.cut_points(net, **there),
        "integration.fragmentation": integration.fragmentation(
            net, by="district", day=DAY, rules=RULES
        ),
        "planning.close_gaps": plan,
        "coverage.compare": coverage.compare(
            net.plus(plan), before=net, by="district", day=DAY, rules=RULES
        ),
        "planning.seats": planning.seats(net, day=DAY, rules=RULES),
        "structure.chain": structure.chain(net, day=DAY, rules=RULES),
    }


def worth_showing(net: Network) -> str:
    """Return the first open need of a venue whose cheapest path has two hops or more.

    Where there is none, the first need will do.
    """
    is_open = pl.col("status").is_null() | (pl.col("status") == "open")
    venues = net.nodes("Need").filter(is_open & (pl.col("kind") == "venue"))
    for need in venues["id"].head(TRIED):
        answer = integration.paths(net, need=need, k=1, day=DAY)
        if len(answer) and answer.row(0)["hops"] > 1:
            return str(need)
    return str(net.nodes("Need")[0, "id"])
