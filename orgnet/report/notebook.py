"""How networks and answers look in a notebook, on light and dark ground."""

from dataclasses import replace

from orgnet.convert.readable import Shown, head, readable, subject
from orgnet.errors import OrgnetError
from orgnet.network import Network
from orgnet.query import Result, Words
from orgnet.report.markup import Markup, both, cell, joined, table, tag
from orgnet.report.style import NOTEBOOK

ROWS = 20  # of an answer that are shown
SYNTHETIC: Words = (
    "synthetic data: the organizations are made up",
    "合成数据：组织均为虚构",
)
GROUPS: dict[str, Words] = {
    "kind": ("kind of node", "节点类别"),
    "area level": ("area level", "区域层级"),
    "relationship": ("relationship", "关系类型"),
}
COUNT: Words = ("count", "数量")
LONGEST = 12  # rows of a table of counts; what is longer stands in two


def network_html(net: Network) -> str:
    """Return what a network is and how much it holds, for a notebook.

    Parameters
    ----------
    net
        The network.

    Examples
    --------
    >>> net, _ = Network.from_frames({}, {}, title="A & B")
    >>> "A &amp; B" in network_html(net)
    True
    """
    summary = net.summary()
    ties = sum(t.height for t in net.tie_tables.values())
    size = (
        f"{len(net):,} nodes, {ties:,} relationships",
        f"{len(net):,} 个节点，{ties:,} 条关系",
    )
    tables = []
    for group, words in GROUPS.items():
        rows = summary.filter(of=group).select("zh", "name", "count").iter_rows()
        cells = [(both((en.replace("_", " "), zh)), count) for zh, en, count in rows]
        columns = [cells[i : i + LONGEST] for i in range(0, len(cells), LONGEST)]
        tables += [table((words, COUNT), column) for column in columns]
    parts = [
        tag("div", net.title or "Network 组织网络", class_="title"),
        tag("div", both(SYNTHETIC), class_="notice") if net.synthetic else "",
        tag("p", both(size)),
        tag("div", *tables, class_="side"),
    ]
    return _framed(*parts)


def result_html(result: Result) -> str:
    """Return the first rows of an answer, with what must be told, for a notebook.

    Parameters
    ----------
    result
        The answer. If it came from a Database that is closed or away by now, its rows
        are shown without names.
    """
    en, zh = result.question.title
    count = len(result)
    title = (f"{en} {count:,} rows", f"{zh} {count:,} 行")
    notes = [tag("div", both(words), class_="notice") for words in result.notes]
    more = count - ROWS
    rest = (
        f"and {more:,} more rows; all of them in .frame, or .to_excel(path)",
        f"另有 {more:,} 行，全部见 .frame 或 .to_excel(path)",
    )
    return _framed(
        tag("div", both(title), class_="title"),
        *notes,
        tag("div", _first_rows(result), class_="rows"),
        tag("p", both(rest)) if more > 0 else "",
    )


def _first_rows(result: Result) -> Markup:
    first = head(result, ROWS)
    try:
        return rows_table(first)
    except OrgnetError:  # names are read when they are shown
        return rows_table(replace(first, source=None))


def rows_table(result: Result) -> Markup:
    """Return the rows of an answer as a table, ids and codes small below words."""
    columns: dict[str, list[Shown]] = {}
    for shown in readable(result):
        columns.setdefault(shown.of, []).append(shown)
    named = subject(result)
    if named is not None:  # the name above the id, in one column
        above, below = columns.pop("name")[0], columns[named][-1]
        columns[named] = [replace(above, zh=below.zh), below]
    headings = [(name, shown[0].zh) for name, shown in columns.items()]
    values = [[s.values.to_list() for s in shown] for shown in columns.values()]
    rows = [
        [_stacked([v[i] for v in column]) for column in values]
        for i in range(len(result))
    ]
    return table(headings, rows)


def _stacked(values: list[object]) -> Markup:
    """Return a cell of a value, or of a name or word with its id or code below."""
    if len(values) == 1 or values[0] is None:
        return cell(values[-1])
    return tag("td", values[0], tag("small", values[1]))


def _framed(*parts: object) -> str:
    return tag("div", tag("style", Markup(NOTEBOOK)), joined(parts), class_="orgnet")
