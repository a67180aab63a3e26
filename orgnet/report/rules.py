"""The rules that were changed, in words."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from orgnet.convert.readable import step_words
from orgnet.evaluation.pairs import REASONS, PairBasis
from orgnet.query import Words
from orgnet.rules import COSTS, SUPERIORS, Round, Rules
from orgnet.schema import SCHEMA
from orgnet.schema.vocabulary import (
    CoverMode,
    EvaluationKind,
    Form,
    Setting,
    Vocabulary,
)

# What counts if a rule of yes or no is not as it is by default.
OTHERWISE: Final[dict[str, Words]] = {
    "joint_satisfies": (
        "a joint branch discharges the duty to found an organization",
        "联合党支部视为已履行组建要求",
    ),
    "members_as_full": Rules(members_as_full=True).notes()[0],
    "presumed_operating": Rules(presumed_operating=True).notes()[0],
    "functional_for_areas": (
        "functional organizations do not count for areas",
        "功能型党组织不计入区域覆盖",
    ),
    "functional_for_units": (
        "functional organizations count for units",
        "功能型党组织计入单位覆盖",
    ),
    "exclusive_grids": (
        "exclusive grids need an organization of their own",
        "专属网格也应建立党组织",
    ),
}
NAMES: Final[dict[str, Words]] = {
    "min_full_members": (
        "full members from which an organization of its own is due",
        "应单独组建党组织的正式党员数",
    ),
    "superiors": ("superiors permitted", "允许的上级"),
    "rate_modes": ("modes that count as covered", "计入覆盖的组建方式"),
    "joint_branch_max_units": ("most units of a joint branch", "联合党支部最多单位数"),
    "form_members": ("members of a form", "各类党组织党员数"),
    "term_years": ("years of a term", "任期年数"),
    "grid_households": ("most households of a grid", "网格最多户数"),
    "due_soon_days": (
        "days before a deadline from which a need is more pressing",
        "距完成时限多少天起视为更紧迫",
    ),
    "line_kinds": ("units that belong to a line", "应归入五线的单位"),
    "area_settings": ("organizations that are a side", "参加互评的党组织"),
    "expected": ("expected pairs", "应互评的对子"),
    "listed": ("pairs listed", "指定的对子数"),
    "rounds": ("calendar", "考评日程"),
    "ceiling_percent": (
        "per cent of a scale that count as the ceiling",
        "计为顶格的得分率（%）",
    ),
    "costs": ("costs of steps", "各步成本"),
    "grammar": ("phases of a path, and their most steps", "路径各阶段及最多步数"),
    "max_hops": ("most steps of a path", "路径最多步数"),
}
PHASES: Final[dict[str, Words]] = {
    "house": ("house", "本单位"),
    "tie": ("tie", "联系"),
    "up": ("up", "向上"),
    "down": ("down", "向下"),
}
TERMS: Final[dict[str, Words]] = {
    "committee": (Form.COMMITTEE.en, Form.COMMITTEE.zh),
    "community": (Setting.COMMUNITY.en, Setting.COMMUNITY.zh),
    "other": ("other", "其他"),
}
FORBIDDEN: Final[Words] = ("not allowed", "不允许")


def changed_rules(rules: object) -> list[tuple[str, Words]]:
    """Return the rules that are not as they are by default: as given, and in words.

    Parameters
    ----------
    rules
        The rules; anything else has none.

    Examples
    --------
    >>> changed_rules(Rules(max_hops=3))
    [('max_hops=3', ('most steps of a path 3', '路径最多步数 3'))]
    """
    if not isinstance(rules, Rules):
        return []
    default, given = (r.model_dump(mode="json") for r in (Rules(), rules))
    changed = [name for name in given if given[name] != default[name]]
    return [(f"{name}={given[name]}", _in_words(rules, name)) for name in changed]


def _in_words(rules: Rules, name: str) -> Words:
    """Say a rule that is not as it is by default."""
    if name in OTHERWISE:
        return OTHERWISE[name]
    value = getattr(rules, name)
    said = SAID[name](value) if name in SAID else (str(value), str(value))
    (en, zh), label = said, NAMES.get(name, (name, name))
    return f"{label[0]} {en}", f"{label[1]} {zh}"


def _listed(words: Iterable[Words]) -> Words:
    """Return these words one after the other; a dash if there are none."""
    both = list(words)
    return ", ".join(en for en, _ in both) or "–", "、".join(
        zh for _, zh in both
    ) or "–"


def _codes(vocabulary: type[Vocabulary]) -> Callable[[Iterable[str]], Words]:
    def said(codes: Iterable[str]) -> Words:
        return _listed((vocabulary(c).en, vocabulary(c).zh) for c in codes)

    return said


def _rounds(rounds: Iterable[Round]) -> Words:
    return _listed(_round(r) for r in rounds)


def _round(r: Round) -> Words:
    kind = r.kind
    en = f"{r.id}: {r.opens_on} to {r.closes_on}"
    zh = f"{r.id}：{r.opens_on}至{r.closes_on}"
    usual = kind is EvaluationKind.TWO_WAY
    return (en, zh) if usual else (f"{kind.en} {en}", f"{kind.zh}{zh}")


def _superiors(given: dict[Setting, tuple[Setting, ...]]) -> Words:
    """Say whose superiors are others than by default, and which they are."""
    every = sorted({*given, *map(Setting, SUPERIORS)})
    said = _codes(Setting)
    return _listed(
        (f"{s.en} under {said(now)[0]}", f"{s.zh}：{said(now)[1]}")
        for s in every
        if (now := given.get(s, ())) != SUPERIORS.get(s, ())
    )


def _costs(given: dict[str, int]) -> Words:
    """Say which steps cost something else than by default."""
    found = []
    for step in sorted({*given, *COSTS}):
        if given.get(step) != COSTS.get(step):
            cost = given.get(step)
            no = FORBIDDEN if cost is None else (str(cost), str(cost))
            en, zh = step_words(SCHEMA, step)
            found.append((f"{en} {no[0]}", f"{zh}{no[1]}"))
    return _listed(found)


def _phases(given: Iterable[tuple[str, int]]) -> Words:
    return _listed((f"{PHASES[p][0]} {n}", f"{PHASES[p][1]}{n}") for p, n in given)


def _expected(basis: str) -> Words:
    which = PairBasis(basis)
    return REASONS[which], which.zh


def _bands(given: Mapping[Form, tuple[int | None, int | None]]) -> Words:
    """Say how many members each form should have."""
    bands = [
        (form, f"{'' if low is None else low}–{'' if high is None else high}")
        for form, (low, high) in given.items()
    ]
    return _listed((f"{f.en} {band}", f"{f.zh}{band}") for f, band in bands)


def _terms(given: Mapping[str, int]) -> Words:
    return _listed(
        (f"{TERMS[k][0]} {n}", f"{TERMS[k][1]}{n}") for k, n in given.items()
    )


def _count(items: Iterable[Any]) -> Words:
    n = len(list(items))
    return str(n), str(n)


SAID: Final[dict[str, Callable[[Any], Words]]] = {
    "superiors": _superiors,
    "form_members": _bands,
    "term_years": _terms,
    "rate_modes": _codes(CoverMode),
    "area_settings": _codes(Setting),
    "expected": _expected,
    "listed": _count,
    "rounds": _rounds,
    "costs": _costs,
    "grammar": _phases,
}
