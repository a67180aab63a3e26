"""What was asked, in words: the parameters of an answer and the rules it went by."""

from collections.abc import Callable
from typing import Any, Final

from orgnet.evaluation.counts import Direction
from orgnet.index import as_day
from orgnet.planning.close_gaps import Action
from orgnet.query import Result, Source, Words
from orgnet.report.markup import Markup, sentences, tag
from orgnet.report.rules import changed_rules
from orgnet.schema.vocabulary import AreaLevel, EvaluationKind, ResourceKind
from orgnet.words import Denominator, GapClass

NAMES: Final[dict[str, Words]] = {
    "day": ("day", "统计日"),
    "within": ("within", "范围"),
    "by": ("by", "分组"),
    "denominator": ("out of", "分母"),
    "classes": ("classes", "缺口类别"),
    "round": ("round", "考评周期"),
    "kind": ("kind", "考评类别"),
    "need": ("need", "需求"),
    "k": ("ways listed at most", "最多列出路径"),
    "days": ("days", "统计日"),
    "year": ("year", "年度"),
    "budget": ("budget", "预算"),
    "costs": ("costs", "各项措施成本"),
    "weigh": ("weighed by", "权重"),
    "exact": ("exact", "精确求解"),
    "kinds": ("kinds", "资源类别"),
    "direction": ("direction", "考评方向"),
    "keeping": ("chance keeps the numbers of", "随机时保持"),
    "draws": ("draws", "抽样次数"),
    "seed": ("seed", "随机种子"),
    "last": ("rounds without a visit, at least", "连续未督导轮数至少"),
    "cutoff": ("outlier beyond", "离群界限"),
    "without": ("without", "排除组织"),
    "unit": ("organization", "组织"),
    "n": ("listed at most", "最多列出"),
    "pivots": ("paths followed from", "抽样起点数"),
    "before": ("compared with", "对比网络"),
    "least": ("cut off at least", "失联至少"),
}
OWN: Final[dict[tuple[str, str], Words]] = {  # what one question means by a name
    ("planning.seats", "n"): ("seats at most", "席位上限"),
}
UNSAID: Final[dict[str, Words]] = {  # what is asked if nothing is given
    "day": ("any day", "统计日 不限"),
    "within": ("everywhere", "范围 全部"),
}
GROUPS: Final[dict[str, Words]] = {
    "kind": ("kind of unit", "单位性质"),
    "line": ("service line", "五线"),
    "demonstration": ("demonstration", "是否示范"),
    "organization": ("organization of street or community", "街道社区党组织"),
}
LINE: Final[Words] = ("line of supervision", "条线")  # not a service line
KEPT: Final[dict[str, Words]] = {
    "committees": ("committees", "党组织的份数"),
    "both": ("committees and units", "党组织和单位的份数"),
}
WEIGHED: Final[dict[str, Words]] = {
    "people": ("people", "人数或户数"),
    "count": ("number of gaps", "缺口数"),
}
CHANGED: Final[Words] = ("rules changed: ", "已改规则：")
DOT: Final = " · "


def asked_of(result: Result) -> Markup:
    """Say with what parameters an answer was got, and which rules were changed.

    Parameters
    ----------
    result
        The answer. The rules as they are written are shown when it is pointed at.
    """
    names = [n for n in (*UNSAID, *result.parameters) if n in result.parameters]
    said = [_parameter(result, n) for n in dict.fromkeys(names) if n != "rules"]
    rules = changed_rules(result.parameters.get("rules"))
    parts = [words for words in said if words is not None]
    parts += [_changed([words for _, words in rules])] if rules else []
    if not parts:
        return Markup()
    en, zh = (DOT.join(part[i] for part in parts) for i in (0, 1))
    written = "\n".join(given for given, _ in rules) or None
    return tag("div", sentences((en, zh)), class_="foot", title=written)


def _changed(rules: list[Words]) -> Words:
    """Say which rules were changed."""
    en, zh = CHANGED
    return en + "; ".join(e for e, _ in rules), zh + "；".join(z for _, z in rules)


def _parameter(result: Result, name: str) -> Words | None:
    """Say what was given for a parameter; null if nothing was, and nothing is said."""
    value = result.parameters[name]
    if value is None:
        return UNSAID.get(name)
    say = SAID.get(name)
    en, zh = say(result, value) if say else _plainly(value)
    label = NAMES.get(name, (name.replace("_", " "), name))
    label = OWN.get((result.question.name, name), label)
    return f"{label[0]} {en}", f"{label[1]} {zh}"


def _plainly(value: Any) -> Words:
    items = list(map(str, value)) if isinstance(value, list | tuple) else [str(value)]
    return ", ".join(items), "、".join(items)


def _area(result: Result, area: str) -> Words:
    source, day = result.source, as_day(result.parameters.get("day"))
    return (
        _plainly(area) if source is None else _node(result, source.area_id(area, day))
    )


def _node(result: Result, id_: str) -> Words:
    return _plainly(id_) if result.source is None else _named(result.source, id_)


def _without(result: Result, ids: Any) -> Words:
    words = [_node(result, i) for i in ids] or [("nobody", "无")]
    return ", ".join(en for en, _ in words), "、".join(zh for _, zh in words)


def _named(source: Source, id_: str) -> Words:
    """Return a node's name and its id, which is all that is left of an unknown one."""
    name = source.names([id_]).get(id_)
    return (id_, id_) if name is None else (f"{name} {id_}", f"{name}（{id_}）")


def _by(result: Result, by: str) -> Words:
    if by == "line" and result.question.name.startswith("integration."):
        return LINE
    if by in GROUPS:
        return GROUPS[by]
    return AreaLevel(by).en, AreaLevel(by).zh


def _costs(_: Result, costs: Any) -> Words:
    words = [(Action(action), cost) for action, cost in costs.items()]
    en, zh = ([f"{getattr(a, way)} {c}" for a, c in words] for way in ("en", "zh"))
    return ", ".join(en), "、".join(zh)


def _weigh(_: Result, weigh: str) -> Words:
    return WEIGHED[weigh]


def _yes_or_no(_: Result, value: object) -> Words:
    return ("yes", "是") if value else ("no", "否")


def _kinds(_: Result, kinds: Any) -> Words:
    words = [ResourceKind(k) for k in kinds]
    return ", ".join(k.en for k in words), "、".join(k.zh for k in words)


def _direction(_: Result, direction: str) -> Words:
    return Direction(direction).en, Direction(direction).zh


def _keeping(_: Result, keeping: str) -> Words:
    return KEPT[keeping]


def _denominator(_: Result, of: str) -> Words:
    return f"units ({Denominator(of).en})", Denominator(of).zh


def _kind(_: Result, kind: str) -> Words:
    return EvaluationKind(kind).en, EvaluationKind(kind).zh


def _classes(result: Result, classes: Any) -> Words:
    """Say classes in the words of the answer's own column."""
    columns = (c.vocabulary for c in result.question.columns if c.name == "class")
    vocabulary = next(columns, None) or GapClass
    found = [vocabulary(c) for c in classes]
    ens = ", ".join(f"{c.value} {c.en}" for c in found)
    return ens, "、".join(f"{c.value} {c.zh}" for c in found)


SAID: Final[dict[str, Callable[[Result, Any], Words]]] = {
    "within": _area,
    "need": _node,
    "unit": _node,
    "without": _without,
    "before": lambda _, before: (before.about, before.about),
    "by": _by,
    "denominator": _denominator,
    "direction": _direction,
    "kinds": _kinds,
    "costs": _costs,
    "weigh": _weigh,
    "exact": _yes_or_no,
    "keeping": _keeping,
    "kind": _kind,
    "classes": _classes,
}
