"""The rules a question goes by, each with its default and where that comes from.

Local practice differs, and most rules were read in excerpts: so every one is a
parameter. ``Rules(min_full_members=5)`` changes one and keeps the rest.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from orgnet.schema.vocabulary import (
    AXIS,
    CoverMode,
    EvaluationKind,
    Form,
    Setting,
    UnitKind,
)

Positive = Annotated[int, Field(ge=1)]
ANY = tuple(s.value for s in Setting)


class Round(BaseModel):
    """A round of an evaluation 考评周期; it closes at the end of `closes_on`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    kind: EvaluationKind = EvaluationKind.TWO_WAY
    opens_on: date
    closes_on: date


SUPERIORS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(ANY, ANY),
    **{below: (above,) for below, above in AXIS.items()},
    "building": ("community", "street", "district"),
    "park": ("community", "street", "district"),
}
COSTS: dict[str, int] = {
    "SUBORDINATE_TO>": 2,  # asking a superior costs more than telling a subordinate
    "SUBORDINATE_TO<": 1,
    "HOSTED_BY>": 1,
    "HOSTED_BY<": 1,
    "COVERS>": 1,
    "COVERS<": 1,
    "HOLDS_SEAT_ON": 1,
    "PARTNERS_WITH": 1,
    "COORDINATES>": 1,
    "COORDINATES<": 2,
    "SUPERVISED_BY>": 3,  # leaves the block for the line
    "SUPERVISED_BY<": 2,
    "ESCALATES_TO>": 2,
    "HOLDS_POWER_OVER>": 2,  # the power to dispatch only
    "CONTACTS>": 2,
    "CONTACTS<": 2,
}
FORM_MEMBERS: dict[str, tuple[int | None, int | None]] = {
    "branch": (None, 50),
    "general_branch": (50, 100),
    "committee": (100, None),
}
TermOf = Literal["committee", "community", "other"]
TERM_YEARS: dict[TermOf, int] = {"committee": 5, "community": 5, "other": 3}
Phase = Literal["house", "tie", "up", "down"]
GRAMMAR: tuple[tuple[Phase, int], ...] = (
    ("house", 1),
    ("tie", 1),
    ("up", 2),
    ("down", 2),
    ("tie", 2),
    ("house", 1),
)


class Rules(BaseModel):
    """What counts, and where the line is drawn.

    Parameters
    ----------
    min_full_members
        Full members from which a unit must have an organization of its own; Party
        Constitution, article 30.
    joint_satisfies
        Whether a joint branch discharges that duty; the texts do not settle it.
    members_as_full
        Whether members count as full members where full members are unknown; for
        rosters that have nothing better. Every Result then says so.
    presumed_operating
        Whether a unit counts as in operation where nothing is known of it; for rosters
        without such a column. Every Result then says so.
    functional_for_areas, functional_for_units
        Whether organizations whose members' formal relation lies elsewhere 功能型
        count as coverage.
    exclusive_grids
        Whether an exclusive grid 专属网格 needs a branch of its own.
    superiors
        For each setting, the settings its superior may have.
    rate_modes
        Coverage modes in the numerator of the organization rate; own and joint, by
        the 2012 opinion on party building in non-public firms (中办发〔2012〕11号).
    joint_branch_max_units
        Units a joint branch should not exceed; Regulations on branches (2018), art. 5.
    form_members
        For each form, the fewest and the most members it should have, either null for
        no bound; 50 and 100 stand in both bands, by the same Regulations and the notes
        on general branches and committees.
    term_years
        Years between elections, of the form `committee`, else of the setting
        `community`, else of any `other`; Regulations on branches, and the opinion on
        terms of primary organizations (2018). An organization's own term goes before.
    grid_households
        Households a grid should not exceed; Chengdu's own standard is 300 to 500.
    due_soon_days
        Days before its deadline from which a need is more pressing; design, not
        sourced.
    line_kinds
        Kinds of unit that belong to one of the five lines 五线; one of them without a
        line leaves open whether a line is empty.
    area_settings
        Settings of the organizations that evaluate and are evaluated.
    expected
        Which pairs should evaluate each other: `ties`, `located` or `listed`.
    listed
        For `listed`: pairs of area organization id and unit id.
    rounds
        The calendar of the rounds; a round not listed is closed and without dates.
    ceiling_percent
        Per cent of its scale from which a score stands at the ceiling. Rosters of
        scores crowd there; nothing official draws the line.
    costs
        The cost of each step of a path; a step not named is not allowed.
    grammar
        The phases of a path in order, each with the most steps it may take.
    max_hops
        The longest path, in hops.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_full_members: Positive = 3
    joint_satisfies: bool = False
    members_as_full: bool = False
    presumed_operating: bool = False
    functional_for_areas: bool = True
    functional_for_units: bool = False
    exclusive_grids: bool = False
    superiors: dict[Setting, tuple[Setting, ...]] = Field(
        default=SUPERIORS, validate_default=True
    )
    rate_modes: tuple[CoverMode, ...] = (CoverMode.SINGLE, CoverMode.JOINT)
    joint_branch_max_units: Positive = 5
    form_members: dict[Form, tuple[int | None, int | None]] = Field(
        default=FORM_MEMBERS, validate_default=True
    )
    term_years: dict[TermOf, Positive] = Field(default=TERM_YEARS)
    grid_households: Positive = 500
    due_soon_days: Annotated[int, Field(ge=0)] = 30
    line_kinds: tuple[UnitKind, ...] = (
        UnitKind.SOCIAL_ORGANIZATION,
        UnitKind.RESIDENTS_COMMITTEE,
    )
    area_settings: tuple[Setting, ...] = (Setting.STREET, Setting.COMMUNITY)
    expected: Literal["ties", "located", "listed"] = "ties"
    listed: tuple[tuple[str, str], ...] = ()
    rounds: tuple[Round, ...] = ()
    ceiling_percent: Annotated[int, Field(ge=1, le=100)] = 95
    costs: dict[str, Positive] = Field(default=COSTS)
    grammar: tuple[tuple[Phase, Positive], ...] = GRAMMAR
    max_hops: Annotated[int, Field(ge=1, le=6)] = 4

    def notes(self) -> list[tuple[str, str]]:
        """Return what a reader of any answer must be told, in English and Chinese."""
        notes = {
            "members_as_full": (
                "members were counted where full members are unknown",
                "正式党员数未知时按党员数计",
            ),
            "presumed_operating": (
                "units were taken to be in operation where that is unknown",
                "是否实体运营未知的单位按实体运营计",
            ),
        }
        return [words for name, words in notes.items() if getattr(self, name)]


RULES = Rules()  # what counts unless a question says otherwise
