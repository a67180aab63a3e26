"""The part of the page on resources: one need, and whom to ask for it in turn."""

from typing import Any

from orgnet.convert.readable import step_words
from orgnet.errors import UnknownNameError
from orgnet.network import Network
from orgnet.query import Result, Words
from orgnet.report.asked import asked_of
from orgnet.report.markup import Markup, both, joined, sentences, table, tag
from orgnet.report.section import Section, Tile
from orgnet.schema.vocabulary import ResourceKind, Vocabulary

ARROW = "→"
KNOWN = ("quantity", "urgency", "raised_on", "due_on")  # what is told of a need


def paths_section(net: Network, result: Result) -> Section:
    """Show the cheapest way from a need to a resource, and the others.

    Parameters
    ----------
    net
        The network that was asked.
    result
        The answer to integration.paths.
    """
    need = _node(net, str(result.parameters.get("need")))
    if not len(result):
        return Section(
            title=("Resources for a need", "资源统筹"),
            reading=_nothing(need),
            body=joined([_need(net, need), asked_of(result)]),
        )
    first = result.row(0)
    said = tag("div", sentences(_explained(result)), class_="foot")
    parts = [_need(net, need), _picture(net, first), said, _table(net, result)]
    hops, cost = first["hops"], first["cost"]
    return Section(
        title=("Resources for a need", "资源统筹：谁请谁、经由谁"),
        reading=_sentence(net, need, result),
        body=joined([*parts, asked_of(result)]),
        tile=Tile(
            f"{hops} 步",
            ("steps to a resource", "可到达所需资源"),
            (f"for one need, cost {cost}", f"以一项需求为例，成本{cost}"),
        ),
        table="integration.paths",
    )


def _node(net: Network, node_id: str) -> dict[str, Any]:
    """Return a node, or what is left of one that the network does not hold."""
    try:
        return net.node(node_id)
    except UnknownNameError:
        return {"id": node_id, "name": node_id}


def _nothing(need: dict[str, Any]) -> Words:
    name = need["name"]
    en = (
        f"For the need {name} no way to a resource was found; nobody who may be asked "
        f"has any of that kind left."
    )
    return en, f"需求“{name}”没有可行的协调路径：可以请求的组织都没有剩余的同类资源。"


def _sentence(net: Network, need: dict[str, Any], result: Result) -> Words:
    first, owners = result.row(0), result.frame["owner"].n_unique()
    owner, resource = (_node(net, first[n])["name"] for n in ("owner", "resource"))
    name, hops, cost = need["name"], first["hops"], first["cost"]
    en = (
        f"For the need {name}, {owner} offers {resource}, to be asked for in {hops} "
        f"steps at a cost of {cost}. {len(result)} ways to {owners} owners are listed."
    )
    zh = (
        f"需求“{name}”可向{owner}请求同类资源“{resource}”，经{hops}步协调，成本{cost}。"
        f"共列出{len(result)}条路径、{owners}个提供单位。"
    )
    return en, zh


def _explained(result: Result) -> Words:
    """Return the reasons for the first row, in English and Chinese."""
    lines = result.explain(0).split("\n")
    return lines[0], lines[-1]


def _need(net: Network, need: dict[str, Any]) -> Markup:
    """Say what is needed."""
    kind = need.get("kind")
    parts: list[Markup] = [tag("b", need["name"])]
    if kind is not None:
        parts.append(both((ResourceKind(kind).en, ResourceKind(kind).zh)))
    attributes = net.schema.kinds["Need"].attributes()
    told = [n for n in KNOWN if n in need]
    parts += [
        both((f"{_plain(n)} {need[n]}", f"{attributes[n].heading.zh} {need[n]}"))
        for n in told
    ]
    parts.append(tag("code", need["id"]))
    spaced = [joined([" · " if i else "", part]) for i, part in enumerate(parts)]
    return tag("p", both(("need: ", "需求：")), *spaced)


def _picture(net: Network, row: dict[str, Any]) -> Markup:
    """Draw a path as boxes, from whoever has the need to whoever has the resource."""
    nodes, steps = row["nodes"], row["steps"] or []
    boxes = [_box(net, nodes[0], ("has the need", "需求方"), "first")]
    for step, node in zip(steps, nodes[1:], strict=True):
        boxes.append(_arrow(step_words(net.schema, step)))
        boxes.append(_box(net, node, _kind_words(net, node), None))
    boxes.append(_arrow(("OFFERS", net.schema.ties["OFFERS"].zh)))
    left = row["capacity_left"]
    said = (
        ("left: unknown", "余量未知")
        if left is None
        else (f"left: {left}", f"余量{left}")
    )
    boxes.append(_box(net, row["resource"], said, "last"))
    return tag("div", *boxes, class_="path")


def _arrow(words: Words) -> Markup:
    en, zh = words
    plain = tag("span", _plain(en), class_="en")
    return tag("div", tag("b", ARROW), zh, " ", plain, class_="step")


def _plain(name: str) -> str:
    """Return the words of a name in code."""
    return name.replace("_", " ").lower()


def _box(net: Network, node_id: str, words: Words, class_: str | None) -> Markup:
    name = _node(net, node_id).get("name", node_id)
    kind = f"node {class_ or ''}".strip()
    return tag(
        "div", tag("b", name), tag("small", both(words)), class_=kind, title=node_id
    )


def _kind_words(net: Network, node_id: str) -> Words:
    """Return what kind of organization a node is."""
    node = _node(net, node_id)
    attribute = "setting" if node.get("label") == "PartyOrganization" else "kind"
    label = net.schema.kinds.get(node.get("label", ""))
    vocabulary = label.attributes()[attribute].vocabulary if label else None
    if vocabulary is None or attribute not in node:
        return ("", "")
    word: Vocabulary = vocabulary(node[attribute])
    return (word.en, word.zh)


def _table(net: Network, result: Result) -> Markup:
    headings = [
        ("rank", "序号"),
        ("resource", "资源"),
        ("who is asked in turn, by what", "依次请谁，凭什么关系"),
        ("cost", "成本"),
        ("steps", "步数"),
        ("line to block", "条块跨越"),
        ("capacity left", "余量"),
    ]
    rows = [
        [
            row["rank"],
            tag("td", _node(net, row["resource"])["name"], class_="name"),
            _in_turn(net, row),
            row["cost"],
            row["hops"],
            row["bridge_hops"],
            row["capacity_left"],
        ]
        for row in result
    ]
    title = tag("h3", both(("all ways found", "全部路径")))
    return joined([title, table(headings, rows)])


def _in_turn(net: Network, row: dict[str, Any]) -> Markup:
    """Return a path in one line: names, and between them the steps."""
    first, *others = (_node(net, n)["name"] for n in row["nodes"])
    parts: list[object] = [first]
    for step, name in zip(row["steps"] or [], others, strict=True):
        _, zh = step_words(net.schema, step)
        parts += [" ", tag("i", f"{zh}{ARROW}"), " ", name]
    return tag("td", *parts)
