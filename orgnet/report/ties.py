"""The parts of the page on ties: who stands between others, and line and block."""

from orgnet.convert.readable import head, of_columns
from orgnet.query import Result
from orgnet.report.asked import asked_of
from orgnet.report.markup import joined
from orgnet.report.notebook import ROWS, rows_table
from orgnet.report.section import Section

LEFT_OUT = ("group",)  # with the z values, for want of width


def brokers_section(result: Result) -> Section:
    """Say who stands between most others, and how closed in it is.

    Parameters
    ----------
    result
        The answer to integration.brokers.
    """
    columns = [
        c.name
        for c in result.question.columns
        if c.name not in LEFT_OUT and not c.name.startswith("z_")
    ]
    en, zh = "Nobody is listed", "无"
    if len(result):
        first = result.row(0)
        name, ties = first["name"], f"{first['ties']:,}"
        pairs = f"{first['betweenness']:,.0f}"
        en = (
            f"{name} stands between most: on the shortest paths of about {pairs} pairs,"
            f" with {ties} ties. How roles compare with chance (z) is in the full table"
        )
        zh = (
            f"{name}居中最多：约{pairs}对组织的最短路径经过它，联系{ties}个。"
            "各角色与随机分组相比的z值见全部数据"
        )
    shown = rows_table(of_columns(head(result, ROWS), columns))
    body = joined([shown, asked_of(result)])
    return Section(result.question.title, (f"{en}.", f"{zh}。"), body)


def fragmentation_section(result: Result) -> Section:
    """Say how many units are tied by location only, and where least holds them.

    Parameters
    ----------
    result
        The answer to integration.fragmentation.
    """
    rows = result.frame
    names = ("units", "location_only", "line_ties", "block_ties", "cross_ties")
    units, alone, line, block, cross = (f"{rows[n].sum():,}" for n in names)
    en = (
        f"{alone} of {units} resident units are tied by location only; of the ties, "
        f"{line} are within lines, {block} within blocks and {cross} between (one of "
        "two areas counts in both)"
    )
    zh = (
        f"{units}个驻区单位中{alone}个仅因驻地相关；联系中条内{line}、块内{block}、"
        f"条块之间{cross}（跨区联系两边各计一次）"
    )
    held = rows.drop_nulls("min_cut").sort("min_cut", "group")
    if held.height:
        name, cut = held[0, "name"], held[0, "min_cut"]
        en = f"{en}. Least holds lines and block together in {name}: {cut} ties"
        zh = f"{zh}。条块联系最薄弱的是{name}，最小割{cut}"
    body = joined([rows_table(head(result, ROWS)), asked_of(result)])
    return Section(result.question.title, (f"{en}.", f"{zh}。"), body)
