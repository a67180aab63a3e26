"""The codes of coverage and structure, and what each says in both languages.

Answers hold codes, ids and numbers only, the same from every engine. Whatever is read
by people is made from them here, once.
"""

import numpy as np

from orgnet.network import Network
from orgnet.query import Row, Words
from orgnet.rules import ANY, Rules
from orgnet.schema import Schema
from orgnet.schema.vocabulary import (
    AreaLevel,
    CoverBasis,
    CoverMode,
    ServiceLine,
    Setting,
    UnitKind,
    Vocabulary,
)

UNKNOWN = "unknown:"  # begins the reason of what an unknown leaves open
ASKED_OF = ("Unit", "PartyOrganization", "Area")  # whose attribute may be unknown
GROUPS = {"kind": UnitKind, "line": ServiceLine}  # what units are grouped by, by code


class GapClass(Vocabulary):
    """A class of coverage gap; classes do not exclude each other."""

    G1 = "G1", "应建未建"
    G2 = "G2", "应联未联"
    G3 = "G3", "工作未覆盖"
    G4 = "G4", "区域无党组织"
    G5 = "G5", "条块脱节"
    G6 = "G6", "隶属断链"
    G7 = "G7", "阵地空白"

    @property
    def en(self) -> str:
        """The English words shown to readers."""
        return {
            "G1": "mandatory organization missing",
            "G2": "attachment missing",
            "G3": "work coverage missing",
            "G4": "area without an organization",
            "G5": "line and block not tied",
            "G6": "broken chain of subordination",
            "G7": "area without a site",
        }[self.value]


class GapState(Vocabulary):
    """What is known of a gap; what is in state none is not listed."""

    GAP = "gap", "存在缺口"
    UNDETERMINED = "undetermined", "无法判定"


class FindingState(Vocabulary):
    """What is known of a finding; what is in order is not listed."""

    FINDING = "finding", "存在问题"
    UNDETERMINED = "undetermined", "无法判定"


class Presence(Vocabulary):
    """Whether an area has something."""

    ABSENT = "absent", "无"
    PRESENT = "present", "有"
    UNDETERMINED = "undetermined", "无法判定"


class Reason(Vocabulary):
    """Why something is a gap, or where a chain is broken."""

    MANDATORY = "mandatory", "达到单独组建条件而未建党组织"
    UNATTACHED = "unattached", "未纳入任何党组织覆盖"
    NO_WORK_COVERAGE = "no_work_coverage", "无党组织、无指导员、无工会和团组织"
    NO_ORGANIZATION = "no_organization", "无党组织"
    LOCATION_ONLY = "location_only", "仅位置相邻，无共建联系"
    CYCLE = "cycle", "隶属关系成环"
    NO_SUPERIOR = "no_superior", "无上级党组织"
    SEVERAL_SUPERIORS = "several_superiors", "同时有多个上级党组织"
    WRONG_LEVEL = "wrong_level", "上级党组织层级不符"
    NO_SITE = "no_site", "无党群服务阵地"
    SUPERIOR_ELSEWHERE = "superior_elsewhere", "上级不是上一级治理单元的党组织"
    REPORTED_ONLY = "reported_only", "仅见于台账填报，未见所称的组织或联系"
    REPORTED_NO = "reported_no", "台账填报为无，实际已有"
    TOO_MANY_UNITS = "too_many_units", "联合覆盖单位超过上限"
    TOO_SMALL = "too_small", "党员数低于该形式的下限"
    TOO_LARGE = "too_large", "党员数超过该形式的上限"
    OVERDUE = "overdue", "任期届满未换届"
    COVERED_TWICE = "covered_twice", "由互不隶属的党组织重复覆盖"
    TOO_MANY_HOUSEHOLDS = "too_many_households", "户数超过标准"
    OVERSPENT = "overspent", "支出大于收入"
    MONEY_WITHOUT_PROJECT = "money_without_project", "有资金无项目"
    PROJECT_WITHOUT_MONEY = "project_without_money", "有项目无资金"
    UNDETERMINED = "undetermined", "无法判定"


class Remedy(Vocabulary):
    """What to do about a gap."""

    FOUND_ORGANIZATION = "found_organization", "组建党组织"
    JOIN_JOINT_BRANCH = "join_joint_branch", "加入联合党支部"
    SEND_INSTRUCTOR = "send_instructor", "选派党建指导员"
    AGREE_PARTNERSHIP = "agree_partnership", "签订共建协议"
    ASSIGN_SUPERIOR = "assign_superior", "明确隶属关系"
    OPEN_SITE = "open_site", "设立阵地"
    ASK = "ask", "向单位核实"


class Measure(Vocabulary):
    """What a coverage rate counts."""

    ANY = "any", "党的组织或工作覆盖"
    ORGANIZATION = "organization", "党的组织覆盖"
    SINGLE = "single", "单独组建"
    WORK = "work", "党的工作覆盖"


class Denominator(Vocabulary):
    """Of which units a coverage rate is taken."""

    ALL = "all", "全部单位"
    ELIGIBLE = "eligible", "实体运营且符合单独组建条件的单位"
    IN_OPERATION = "in_operation", "实体运营的单位"


class ChainStep(Vocabulary):
    """A step of the chain from an area up to its district."""

    OWN = "own", "本级"
    COMMUNITY = "community", "社区"
    STREET = "street", "街道"
    DISTRICT = "district", "区县"


def unknown(what: str) -> str:
    """Return the reason that an attribute, or `TYPE:subject`, is not known."""
    return f"{UNKNOWN}{what}"


def reason_in_words(reason: str, schema: Schema) -> Words:
    """Say what a reason code means, in English and Chinese.

    Parameters
    ----------
    reason
        A code of :class:`Reason`, or `unknown:` and an attribute or `TYPE:subject`.
    schema
        What may exist, with its Chinese names.

    Examples
    --------
    >>> from orgnet.schema import SCHEMA
    >>> reason_in_words("unknown:full_members", SCHEMA)
    ('full_members is not known', '正式党员数未知')
    >>> reason_in_words("unknown:COVERS:grid", SCHEMA)[1]
    '网络未完整掌握网格的覆盖关系'
    """
    if not reason.startswith(UNKNOWN):
        return Reason(reason).en, Reason(reason).zh
    type_, _, subject = reason.removeprefix(UNKNOWN).partition(":")
    if not subject:
        declared = [*(schema.kinds[label] for label in ASKED_OF), *schema.ties.values()]
        known = (d.attributes() for d in declared)
        heading = next(k[type_].heading.zh for k in known if type_ in k)
        return f"{type_} is not known", f"{heading}未知"
    kind = schema.kinds.get(subject)
    subject_zh = kind.zh if kind else AreaLevel(subject).zh
    return (
        f"none was found, but the network does not hold every {type_} of {subject}",
        f"网络未完整掌握{subject_zh}的{schema.ties[type_].zh}关系",
    )


def named(net: Network, *ids: str) -> str:
    """Name nodes by what they are called and their ids."""
    nodes = [net.node(i) for i in ids]
    names = [n.get(net.schema.kinds[n["label"]].caption, "") for n in nodes]
    return ", ".join(f"{n} ({i})".strip() for n, i in zip(names, ids, strict=True))


def explain_gap(net: Network, row: Row) -> Words:
    """Say why a row of coverage.gaps stands there, with the numbers behind it.

    Parameters
    ----------
    net
        The network that was asked.
    row
        The row, and beside its columns the `day` and `rules` of the question.
    """
    class_, state = GapClass(row["class"]), GapState(row["state"])
    reason = reason_in_words(row["reason"], net.schema)
    facts = [(f"{state.en}: {reason[0]}", f"{state.zh}：{reason[1]}")]
    facts += _FACTS[class_](net, row)
    facts += [(f"rule: {en}", f"依据：{zh}") for en, zh in _CITED.get(class_, ())]
    remedy = Remedy(row["remedy"])
    facts.append((f"next: {remedy.en}", f"建议：{remedy.zh}"))
    who = named(net, row["id"])
    en, zh = ([fact[i] for fact in facts] for i in (0, 1))
    return (
        f"{who}: {class_.value} {class_.en}. {'; '.join(en)}.",
        f"{who}：{class_.value} {class_.zh}。{'；'.join(zh)}。",
    )


_CITED: dict[GapClass, list[Words]] = {
    GapClass.G1: [("Party Constitution, article 30", "《中国共产党章程》第三十条")],
    GapClass.G2: [
        (
            "Regulations on branch work (2018), article 5",
            "《中国共产党支部工作条例（试行）》第五条",
        )
    ],
    GapClass.G3: [
        ("opinion on non-public enterprises (2012), no. 11", "中办发〔2012〕11号")
    ],
}
_YES_OR_NO = {True: ("yes", "是"), False: ("no", "否"), None: ("not known", "未知")}


def _unit_facts(net: Network, row: Row) -> list[Words]:
    return [*_member_facts(net, row), *_covered_by(net, row, "organization")]


def _member_facts(net: Network, row: Row) -> list[Words]:
    node, rules = net.node(row["id"]), row.get("rules", Rules())
    full, members = (node.get(n) for n in ("full_members", "members"))
    known = "not known" if full is None else full
    known_zh = "未知" if full is None else f"{full}名"
    counts = [
        (
            f"full members {known}, the line is drawn at {rules.min_full_members}",
            f"正式党员{known_zh}，标准为{rules.min_full_members}名",
        )
    ]
    if full is None and rules.members_as_full and members is not None:
        counts.append((f"members counted instead: {members}", f"按党员{members}名计"))
    return [*_answers(net, row, "operating", "reported_party_org"), *counts]


def _work_facts(net: Network, row: Row) -> list[Words]:
    return [
        *_answers(net, row, "operating", "reported_instructor"),
        *_answers(net, row, "has_union", "has_youth_league"),
        *_covered_by(net, row, "organization"),
        *_covered_by(net, row, "work"),
    ]


def _answers(net: Network, row: Row, *names: str) -> list[Words]:
    """Say what a node has in its yes-or-no attributes."""
    node = net.node(row["id"])
    attributes = net.schema.kinds[row["kind"]].attributes()
    words = [_YES_OR_NO[node.get(n)] for n in names]
    return [
        (f"{name} {en}", f"{attributes[name].heading.zh}：{zh}")
        for name, (en, zh) in zip(names, words, strict=True)
    ]


def _covered_by(net: Network, row: Row, basis: str) -> list[Words]:
    """Say which organizations cover a node on a basis, and in which mode."""
    index, number = net.index(row.get("day")), net.position(row["id"])
    ties = index.ties("COVERS").filter(head=number, basis=basis)
    ids = index.id_of(ties["tail"].to_numpy())
    zh = CoverBasis(basis).zh
    if not ties.height:
        return [(f"{basis} coverage: none", f"{zh}：无")]
    modes = [CoverMode(m) for m in ties["mode"]]
    functional = [
        net.node(i).get("membership_basis") == "functional" for i in ids.to_list()
    ]
    marks = [("", ""), (", functional", "，功能型")]
    listed = [
        (
            f"{named(net, i)} [{m.en}{marks[f][0]}]",
            f"{named(net, i)}〔{m.zh}{marks[f][1]}〕",
        )
        for i, m, f in zip(ids, modes, functional, strict=True)
    ]
    ens, zhs = (", ".join(pair[n] for pair in listed) for n in (0, 1))
    return [(f"{basis} coverage: {ens}", f"{zh}：{zhs}")]


def _area_facts(net: Network, row: Row) -> list[Words]:
    return _covered_by(net, row, "organization")


def _site_facts(net: Network, row: Row) -> list[Words]:
    index = net.index(row.get("day"))
    count = int(index.subtree(net.position(row["id"])).sum())
    return [(f"areas looked through: {count}", f"已查治理单元：{count}个")]


def _tie_facts(net: Network, row: Row) -> list[Words]:
    index, number = net.index(row.get("day")), net.position(row["id"])
    place = index.id_of(index.place[[number]])[0]
    where = "-" if place is None else named(net, place)
    _, hosted = index.csr("HOSTED_BY", backward=True).follow(np.array([number]))
    own = named(net, *index.id_of(hosted)) or "-"
    there = named(net, *(row["evidence"] or ())) or "-"
    return [
        (f"stands in {where}", f"位于{where}"),
        (f"its own organizations: {own}", f"本单位党组织：{own}"),
        (f"organizations there: {there}", f"所在社区、街道党组织：{there}"),
    ]


def _chain_facts(net: Network, row: Row) -> list[Words]:
    setting = Setting(net.node(row["id"])["setting"])
    rules = row.get("rules", Rules())
    may = [Setting(s) for s in rules.superiors.get(setting, ANY)]
    en, zh = ", ".join(s.en for s in may), "、".join(s.zh for s in may)
    on_cycle = row["reason"] == Reason.CYCLE
    what = ("on its cycle", "成环党组织") if on_cycle else ("superiors", "上级")
    listed = named(net, *(row["evidence"] or ())) or "-"
    return [
        (f"{what[0]}: {listed}", f"{what[1]}：{listed}"),
        (
            f"set up at {setting.en}, may be under {en}",
            f"设置领域{setting.zh}，上级应为{zh}",
        ),
    ]


_FACTS = {
    GapClass.G1: _unit_facts,
    GapClass.G2: _unit_facts,
    GapClass.G3: _work_facts,
    GapClass.G4: _area_facts,
    GapClass.G5: _tie_facts,
    GapClass.G6: _chain_facts,
    GapClass.G7: _site_facts,
}


def explain_rate(net: Network, row: Row) -> Words:
    """Say what a row of coverage.rates counts."""
    measure, of = Measure(row["measure"]), Denominator(row["denominator_name"])
    where, where_zh = group_in_words(net, row)
    covered, units, open_ = (
        row[n] for n in ("numerator", "denominator", "undetermined")
    )
    en = f"{covered} of {units} units ({of.en}) are covered ({measure.en})"
    zh = f"{of.zh}{units}个，其中{measure.zh}{covered}个"
    return (
        f"{where}: {en}; not known of {open_}",
        f"{where_zh}：{zh}；无法判定{open_}个",
    )


def group_in_words(net: Network, row: Row) -> Words:
    """Name a group of units; the question's `by` stands beside the row's columns."""
    group, by = row["group"], row.get("by")
    if group is None:
        return "units without a group", "未分组单位"
    if by in GROUPS:
        word = GROUPS[by](group)
        return word.en, word.zh
    if by == "demonstration":
        shown = {"true": ("demonstration areas", "示范单元")}
        return shown.get(group, ("other areas", "非示范单元"))
    return named(net, group), named(net, group)
