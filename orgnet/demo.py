"""The demo: the reference city, its messy workbooks, the five questions, one page."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import polars as pl

from orgnet import coverage, evaluation, integration, structure
from orgnet.chengdu import chengdu
from orgnet.convert.excel import write_tables
from orgnet.messy import write_messy
from orgnet.network import Network
from orgnet.query import Result
from orgnet.report import write_report
from orgnet.rosters import read_rosters, write_rejects

Working = Callable[[str], AbstractContextManager[None]]
TRIED = 200  # needs that are looked at for one worth showing
DAY = "2019-12-31"


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
        city.save(out / "network")
    yield repr(city)
    with working("writing messy workbooks 生成杂乱台账"):
        injected = write_messy(city, out / "rosters", seed=seed)
        injected.write_csv(out / "injected.csv")
    yield f"{injected.height} faults injected into the workbooks of {out / 'rosters'}"
    with working("reading them 读取台账"):
        net, faults = read_rosters(out / "rosters")
        write_rejects(faults, out / "rejects.xlsx")
    yield f"{net!r} read from them, {len(faults)} faults reported"
    with working("asking five questions 提出五个问题"):
        answers = five(city)
    yield from (f"{name}: {len(answer):,} rows" for name, answer in answers.items())
    with working("writing tables and page 写出表格与页面"):
        write_tables(answers, out / "tables")
        page = write_report(city, answers, out, faults=faults)
    yield f"open {page}"


def five(net: Network) -> dict[str, Result]:
    """Put the five questions to a network."""
    return {
        "coverage.gaps": coverage.gaps(net, day=DAY),
        "coverage.rates": coverage.rates(net, by="district", day=DAY),
        "evaluation.pairs": evaluation.pairs(net, day=DAY),
        "integration.paths": integration.paths(net, need=worth_showing(net), day=DAY),
        "structure.chain": structure.chain(net, day=DAY),
    }


def worth_showing(net: Network) -> str:
    """Return the first urgent need whose cheapest path has at least two hops."""
    needs = net.nodes("Need").filter(
        pl.col("status").is_null() | (pl.col("status") == "open")
    )
    for need in needs.sort("urgency", "id", descending=[True, False])["id"].head(TRIED):
        answer = integration.paths(net, need=need, k=1, day=DAY)
        if len(answer) and answer.row(0)["hops"] > 1:
            return str(need)
    return str(net.nodes("Need")[0, "id"])
