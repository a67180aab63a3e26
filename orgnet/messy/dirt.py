"""The faults that are put in, each in a row of its own: what stands where, and why."""

import dataclasses
from collections.abc import Callable, Mapping
from types import EllipsisType
from typing import Any, TypeAlias

from orgnet.faults import Effect
from orgnet.messy.sheets import Cell, Row

Made: TypeAlias = Callable[[Row], Cell]
EFFECTS = {
    "row": Effect.ROW_REJECTED,
    "cell": Effect.CELL_DROPPED,
    "noted": Effect.NOTED,
}
TIMES = 2  # each kind, in different layouts as far as there are


def _other_check(row: Row) -> str:
    code = str(row["uscc"])
    return code[:-1] + ("1" if code[-1] != "1" else "2")


def _typed(digit: str, letter: str) -> Made:
    """Return how a credit code looks with one digit typed as a letter."""

    def typed(row: Row) -> str:
        code = str(row["uscc"])
        place = code.index(digit, 8)
        return code[:place] + letter + code[place + 1 :]

    return typed


def _as_number(row: Row) -> float:
    """Return a credit code as Excel keeps it once it has taken it for a number."""
    return float("".join(c for c in str(row["uscc"]) if c.isdigit()).ljust(18, "0"))


MADE: Mapping[str, Made] = {
    "other_check": _other_check,
    "letter_o": _typed("0", "O"),
    "letter_i": _typed("1", "I"),
    "one_short": lambda row: str(row["uscc"])[:-1],
    "as_number": _as_number,
    "elsewhere": lambda row: f"{row['code'][:9]}999{row['code'][12:]}",
    "letter_in_area": lambda row: str(row["code"]).replace("0", "O", 1),
    "area_one_short": lambda row: str(row["code"])[:-1],
}
# Kind, field, value, what a good reader should call it and do, and where it may stand.
# A value is text; `-` nothing; `#` a number; `=` what the row says, or is made of it.
# Only a workbook holds a number as such; `apart` are blocks that leave no cell blank
# because it is the same as above.
TABLES = {
    "units": """
        credit_check_digit    uscc     =other_check     bad_credit_code   cell
        credit_letter_o       uscc     =letter_o        bad_credit_code   cell
        credit_letter_i       uscc     =letter_i        bad_credit_code   cell
        credit_too_short      uscc     =one_short       bad_credit_code   cell
        credit_scientific     uscc     9.15102E+17      ruined_code       cell
        credit_as_number      uscc     =as_number       ruined_code       cell workbook
        registration_number   uscc     510199000034567  registration_number cell
        old_code_check_digit  uscc     12345678-0       bad_credit_code   cell
        unit_name_missing     name     -                missing_required  row
        unit_kind_missing     kind     -                missing_required  row
        unit_kind_unknown     kind     街面铺子         unknown_word      row
        reported_not_yes_no   reported_party_org 部分   bad_yes_no        cell
        staff_about           employees 约50人          number_with_words cell
        staff_more_than       employees 30余            number_with_words cell
        staff_range           employees 5-10            number_with_words cell
        staff_negative        employees -3              negative_number   cell
        staff_fraction        employees #12.5           not_whole         cell
        members_some          members  若干             number_with_words cell
        industry_malformed    industry 51F              bad_value         cell
        affiliation_unknown   affiliation_level 挂靠    unknown_word      cell
        unit_status_unknown   status   异地经营         unknown_word      cell
        street_unknown        street   =        unresolved_reference      cell apart
        community_unknown     community =       unresolved_reference      cell apart
        """,
    "social": """
        social_check_digit    uscc     =other_check     bad_credit_code   cell
        social_name_missing   name     -                missing_required  row
        social_staff_words    employees 十几人          number_with_words cell
        union_not_yes_no      has_union 筹建中          bad_yes_no        cell
        social_status_unknown status   待年检           unknown_word      cell
        social_line_unknown   line     文艺线           unknown_word      cell
        registrar_unknown     registration 无名审批局   unresolved_reference cell
        social_community_unknown community =    unresolved_reference      cell apart
        """,
    "parties": """
        party_name_missing    name     -                missing_required  row
        form_missing          form     -                missing_required  row
        form_unknown          form     党小组           unknown_word      row
        setting_unknown       setting  虚拟空间         unknown_word      row
        founded_no_such_day   founded_on 2019-02-30     bad_date          cell
        founded_in_words      founded_on 建社区时       bad_date          cell
        founded_month         founded_on 2018/8         date_precision    noted
        founded_year          founded_on 二〇一八年     date_precision    noted
        election_serial       last_election #9999999    bad_date          cell workbook
        full_members_words    full_members 十余人       number_with_words cell
        full_members_negative full_members #-2          negative_number   cell
        superior_unknown      superior 无名街道党工委   unresolved_reference cell
        superior_self         superior =                self_superior     cell
        joint_unit_unknown    joint_units 无名商贸行    unresolved_reference cell
        """,
    "grids": """
        grid_name_missing     name     -                missing_required  row
        grid_code_scientific  code     5.10104E+14      ruined_code       cell
        grid_code_rounded     code     #51010402000150112.0 ruined_code   cell workbook
        grid_code_elsewhere   code     =elsewhere       wrong_area_code   noted
        grid_type_unknown     type     机动网格         unknown_word      cell
        grid_households_about households 约300户        number_with_words cell
        grid_staff_negative   full_time_staff #-1       negative_number   cell
        grid_party_unknown    party    无名网格党支部   unresolved_reference cell
        """,
    "compounds": """
        compound_name_missing name     -                missing_required  row
        compound_households_words households 三百多户   number_with_words cell
        compound_area_words   area_m2  三亩半           number_with_words cell
        compound_step         step     #7               out_of_range      cell
        compound_party_unknown party   无名小区党支部   unresolved_reference cell
        demonstration_not_yes_no demonstration 申报中   bad_yes_no        cell
        """,
    "areas": """
        area_name_missing     name     -                missing_required  row
        area_code_letter      code     =letter_in_area  bad_area_code     row
        area_code_too_short   code     =area_one_short  bad_area_code     row
        area_code_scientific  code     5.10104E+11      ruined_code       row
        area_parent_unknown   parent   无名镇           unresolved_reference cell
        area_level_unknown    level    片区             unknown_word      row
        urban_rural_unknown   urban_rural 999           unknown_word      cell
        area_rounded          area_m2  #1.23456789      rounded           noted
        area_households_words households 近千户         number_with_words cell
        """,
    "resources": """
        owner_unknown         owner    无名文化公司     unresolved_reference cell
        resource_kind_missing kind     -                missing_required  row
        resource_kind_unknown kind     杂项             unknown_word      row
        resource_name_missing name     -                missing_required  row
        capacity_words        capacity 若干             number_with_words cell
        capacity_fraction     capacity #2.5             not_whole         cell
        fee_not_yes_no        fee      面议             bad_yes_no        cell
        offer_no_such_day     last_day 2020-06-31       bad_date          cell
        """,
    "needs": """
        raiser_unknown        raiser   无名院落         unresolved_reference cell
        need_kind_unknown     kind     杂项             unknown_word      row
        need_name_missing     name     -                missing_required  row
        urgency_out_of_range  urgency  #5               out_of_range      cell
        quantity_about        quantity 约20             number_with_words cell
        need_status_unknown   status   搁置             unknown_word      cell
        due_no_such_month     due_on   2019-13-01       bad_date          cell
        """,
    "projects": """
        money_words           budget_cny 约五万         number_with_words cell
        progress_over_whole   progress 150%             impossible_share  cell
        progress_words        progress 过半             number_with_words cell
        project_name_missing  name     -                missing_required  row
        project_need_unknown  need     XQ-99999         unresolved_reference cell
        project_resource_unknown resources ZY-99999     unresolved_reference cell
        action_unknown        action   其他行动         unknown_word      cell
        start_in_words        starts_on 年初            bad_date          cell
        """,
    "evaluations": """
        round_missing         round    -                missing_required  row
        evaluator_missing     evaluator -               missing_required  row
        evaluator_unknown     evaluator 无名街道党工委  unresolved_reference row
        evaluatee_unknown     evaluatee 无名商贸行      unresolved_reference row
        direction_unclear     direction 互评            direction_unclear noted
        score_words           score    九十多分         number_with_words cell
        score_decimals        score    #95.333          rounded           noted
        evaluation_status_unknown status 看情况         unknown_word      cell
        submitted_no_such_day submitted_on 2018-11-31   bad_date          cell
        """,
}
GIVEN: Mapping[str, Mapping[str, Any]] = {
    "street_unknown": {"street": "无名街道", "community": None},
    "community_unknown": {"community": "无名社区"},
    "social_community_unknown": {"community": "无名社区"},
    "superior_self": {"superior": lambda row: row["name"]},
    "joint_unit_unknown": {
        "form": "joint_branch",
        "host_state": "联合党支部",
        **dict.fromkeys(("unit", "unit_code", "unit_kind")),
    },
}


@dataclasses.dataclass(frozen=True)
class Fault:
    """One kind of fault.

    Parameters
    ----------
    kind
        Our name for it.
    roster, field
        Where it stands.
    expect, effect
        What a good reader calls it, in the words of a family of faults, and does.
    """

    kind: str
    roster: str
    field: str
    expect: str
    effect: Effect


@dataclasses.dataclass(frozen=True)
class Dirt(Fault):
    """A fault in one cell.

    Parameters
    ----------
    value
        What is written, or how it is made of the row; `...` if the row says it itself.
    given
        What the row says otherwise than others, or how that is made.
    where
        `workbook` if text cannot hold it; `apart` if a blank must not mean the above.
    """

    value: Cell | EllipsisType | Made = ...
    given: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    where: str = ""

    def row(self, carrier: Row) -> Row:
        """Return what the row says."""
        return carrier | _made(self.given, carrier)

    def written(self, row: Row) -> dict[str, Cell]:
        """Return what is written otherwise than the row says."""
        if isinstance(self.value, EllipsisType):
            return {}
        return {self.field: self.value(row) if callable(self.value) else self.value}


@dataclasses.dataclass(frozen=True)
class Pair(Fault):
    """A fault that takes two rows, the second at fault.

    Parameters
    ----------
    second
        What the second row says otherwise than the first one, or how that is made of
        another carrier.
    first
        What the first row says otherwise than its own carrier.
    both
        Whether the first row is at fault too.
    """

    second: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    first: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    both: bool = False

    def rows(self, carrier: Row, other: Row) -> tuple[Row, Row]:
        """Return both rows, given two carriers."""
        first = carrier | _made(self.first, other)
        return first, first | _made(self.second, other)


def _made(given: Mapping[str, Any], of: Row) -> Row:
    return {n: v(of) if callable(v) else v for n, v in given.items()}


def _dirt(roster: str, line: str) -> Dirt:
    kind, field, value, expect, effect, *where = line.split()
    given = GIVEN.get(kind, {})
    return Dirt(
        kind,
        roster,
        field,
        expect,
        EFFECTS[effect],
        _value(value),
        given,
        "".join(where),
    )


def _value(text: str) -> Cell | EllipsisType | Made:
    if text.startswith("="):
        return MADE[text[1:]] if text[1:] else ...
    if text.startswith("#"):
        number = float(text[1:])
        return number if "." in text else int(number)
    return None if text == "-" else text


def _others(*names: str) -> dict[str, Made]:
    """Take these from the other carrier."""
    return {name: _other(name) for name in names}


def _other(name: str) -> Made:
    return lambda row: row[name]


def _twice(kind: str, roster: str, field: str, *differing: str) -> Pair:
    """Return a second row under the key of the first one."""
    effect = Effect.ROW_REJECTED
    return Pair(kind, roster, field, "duplicate_identity", effect, _others(*differing))


OWN_ROUND = Fault(
    "round_of_its_own", "evaluations", "round", "rare_round", Effect.NOTED
)
AT_HOME = 20  # rows of a sheet that are of the network's round, for another to be rare
DIRT = tuple(
    _dirt(roster, line)
    for roster, table in TABLES.items()
    for line in table.strip().splitlines()
)
_TWO_VALUES = ("conflicting_values", Effect.NOTED)
PAIRS = (
    _twice("unit_twice", "units", "uscc"),
    Pair("one_code_two_names", "units", "name", *_TWO_VALUES, _others("name")),
    Pair("one_code_two_sizes", "social", "employees", *_TWO_VALUES, {"employees": 9}),
    _twice("party_code_twice", "parties", "code", "name", "unit", "unit_code"),
    Pair(
        "two_superiors",
        "parties",
        "superior",
        "several_superiors",
        Effect.NOTED,
        {"superior": _other("other_superior")},
    ),
    Pair(
        "superior_cycle",
        "parties",
        "superior",
        "cycle",
        Effect.NOTED,
        _others("name", "code", "unit", "unit_code")
        | {"superior": _other("first_name")},
        {"superior": _other("name")},
        both=True,
    ),
    _twice("grid_code_twice", "grids", "code", "name"),
    _twice("area_code_twice", "areas", "code", "name"),
    _twice("resource_number_twice", "resources", "number", "name"),
    _twice("need_number_twice", "needs", "number", "name"),
    _twice("project_code_twice", "projects", "code", "name"),
    Pair(
        "evaluation_twice",
        "evaluations",
        "evaluatee",
        "duplicate_identity",
        Effect.ROW_REJECTED,
        {"score": 88.0},
    ),
)
