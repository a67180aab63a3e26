"""The part of the page on chains: from compounds and grids up to the district."""

from orgnet.query import Result, Words
from orgnet.report.asked import asked_of
from orgnet.report.markup import (
    Markup,
    bar,
    both,
    figure,
    joined,
    known_share,
    share,
    table,
    tag,
)
from orgnet.report.section import Section, Tile, colours, most
from orgnet.schema.vocabulary import AreaLevel
from orgnet.words import ChainStep, Reason

WHOLE: Words = ("whole", "链条完整")
BROKEN: Words = ("broken", "断链")
OPEN: Words = ("undetermined", "无法判定")
Counts = dict[tuple[str, str | None, str | None], int]  # level, broken at, reason


def chain_section(result: Result) -> Section:
    """Say how many chains are whole, and where and why the others break.

    Parameters
    ----------
    result
        The answer to structure.chain.
    """
    counted = result.frame.group_by("level", "broken_at", "reason").len()
    counts: Counts = {(lv, at, why): n for lv, at, why, n in counted.iter_rows()}
    whole = _sum(counts, broken_at=None)
    total = len(result)
    open_ = _sum(counts, reason=Reason.UNDETERMINED.value)
    tile = Tile(
        known_share(whole, open_, total),
        ("of chains are whole", "党组织链条完整率"),
        (
            f"{whole:,} of {total:,} compounds and grids",
            f"小区和网格{total:,}个，链条完整{whole:,}个",
        ),
    )
    return Section(
        title=("Chains from the grid to the district", "区街社小区组织链条"),
        reading=_sentence(counts, whole, total),
        body=joined([_levels(counts), _reasons(counts), asked_of(result)]),
        tile=tile,
        table="structure.chain",
    )


ANYTHING = "*"


def _sum(
    counts: Counts,
    level: str = ANYTHING,
    broken_at: str | None = ANYTHING,
    reason: str | None = ANYTHING,
) -> int:
    """Count the chains of a level that break at a step for a reason."""
    wanted = (level, broken_at, reason)
    return sum(
        n
        for key, n in counts.items()
        if all(w in (ANYTHING, k) for w, k in zip(wanted, key, strict=True))
    )


def _sentence(counts: Counts, whole: int, total: int) -> Words:
    if not total:
        return ("There is no compound and no grid.", "没有小区或网格。")
    open_ = _sum(counts, reason=Reason.UNDETERMINED.value)
    broken = total - whole - open_
    rate = known_share(whole, open_, total)
    en = f"{whole:,} of {total:,} chains are whole ({rate})"
    zh = f"{total:,}个小区和网格中，链条完整的{whole:,}个（{rate}）"
    if broken:
        at = [(s.value, _broken(counts, step=s.value)) for s in ChainStep]
        step = ChainStep(most(at)[0])
        why = [(r.value, _broken(counts, reason=r.value)) for r in Reason]
        reason, n = most(why)
        en += f"; {broken:,} are broken, most often at its {step.en} step"
        en += f" and because of {Reason(reason).en} ({n:,})"
        zh += f"；断链{broken:,}个，多断在{step.zh}，"
        zh += f"最常见的原因是{Reason(reason).zh}（{n:,}个）"
    if open_:
        en, zh = f"{en}; {open_:,} cannot be determined", f"{zh}；{open_:,}个无法判定"
    return f"{en}.", f"{zh}。"


def _broken(counts: Counts, step: str = ANYTHING, reason: str = ANYTHING) -> int:
    """Count the chains that are known to break at a step, for a reason."""
    found = _sum(counts, broken_at=step, reason=reason)
    if reason == Reason.UNDETERMINED.value:
        return 0
    open_ = Reason.UNDETERMINED.value
    if reason != ANYTHING:
        return found
    return found - _sum(counts, broken_at=step, reason=open_)


def _levels(counts: Counts) -> Markup:
    """Return where the chains of each level break."""
    steps = list(ChainStep)
    headings = [("level", "层级"), ("chains", "总数"), WHOLE]
    headings += [(f"broken at {s.en}", f"断于{s.zh}") for s in steps]
    headings += [OPEN, ("whole, of all", "完整率"), ("", "")]
    rows = []
    for level in sorted({key[0] for key in counts}):
        of = {k: n for k, n in counts.items() if k[0] == level}
        total, whole = sum(of.values()), _sum(of, broken_at=None)
        broken = [_broken(of, step=s.value) for s in steps]
        open_ = total - whole - sum(broken)
        parts = [(whole, "good"), (sum(broken), "gap"), (open_, "open")]
        picture = tag("td", bar(total, *parts), class_="wide")
        word = AreaLevel(level)
        name = both((word.en, word.zh))
        rate = figure(known_share(whole, open_, total))
        rows.append([name, total, whole, *broken, open_, rate, picture])
    key = colours(("good", WHOLE), ("gap", BROKEN), ("open", OPEN))
    return joined([table(headings, rows), key]) if rows else Markup()


def _reasons(counts: Counts) -> Markup:
    """Return why chains break, at each step."""
    found = [
        (n, at, why)
        for at in ChainStep
        for why in Reason
        if (n := _sum(counts, broken_at=at.value, reason=why.value))
    ]
    if not found:
        return Markup()
    total = sum(n for n, _, _ in found)
    rows = [
        [
            both((at.en, at.zh)),
            both((why.en, why.zh)),
            n,
            figure(share(n, total)),
            tag("td", bar(total, (n, "gap")), class_="wide"),
        ]
        for n, at, why in sorted(found, key=lambda f: -f[0])
    ]
    headings = [
        ("breaks at", "断链层级"),
        ("reason", "原因"),
        ("chains", "数量"),
        ("share", "占比"),
        ("", ""),
    ]
    title = tag("h3", both(("where and why chains break", "断在哪一级，为什么")))
    return joined([title, table(headings, rows)])
