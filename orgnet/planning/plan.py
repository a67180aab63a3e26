"""A plan: an answer whose rows are steps, and what they would change."""

from functools import cached_property
from typing import Any

from orgnet.query import Result
from orgnet.schema.declare import Record
from orgnet.schema.nodes import PartyOrganization
from orgnet.schema.ties import Covers, HostedBy, PartnersWith, SubordinateTo
from orgnet.schema.vocabulary import Form, Setting

SOURCE = "plan"  # of what a plan adds, so that it can be told from what was read
SETTINGS = {  # of the branch of a unit, by its kind
    "party_department": Setting.AGENCY,
    "government": Setting.AGENCY,
    "mass_organization": Setting.AGENCY,
    "institution": Setting.INSTITUTION,
    "social_organization": Setting.SOCIAL_ORGANIZATION,
}
Row = dict[str, Any]


class Plan(Result):
    """Steps, each with its reason; ``net.plus(plan)`` is the network as it would be."""

    @cached_property
    def edits(self) -> list[Record]:
        """The nodes and relationships that the steps would add."""
        taken = (row for row in self if row["step"] is not None)
        return [edit for row in taken for edit in self._edits(row)]

    def _edits(self, row: Row) -> list[Record]:
        """Return what one step would add."""
        id_, above = row["id"], row["organization"]
        match row["action"]:
            case "send_instructor":
                return [_tie(Covers, above, id_, basis="work", mode="instructor")]
            case "agree_partnership":
                return [_tie(PartnersWith, id_, above, mechanism="agreement")]
            case "form_joint_branch":
                key = min(row["units"]).partition(":")[2]
                branch = self._organization(f"joint-{key}", row, Form.JOINT_BRANCH)
                covers = {"basis": "organization", "mode": "joint"}
                joined = [_tie(Covers, branch.id, u, **covers) for u in row["units"]]
                return [branch, _tie(SubordinateTo, branch.id, above), *joined]
        branch = self._organization(id_.partition(":")[2], row, Form.BRANCH)
        covers = {"basis": "organization", "mode": "single"}
        return [
            branch,
            _tie(SubordinateTo, branch.id, above),
            _tie(HostedBy, branch.id, id_),
            _tie(Covers, branch.id, id_, **covers),
        ]

    def _organization(self, key: str, row: Row, form: Form) -> PartyOrganization:
        """Return the party organization that a step would found."""
        node = self.source.network().node(row["id"])
        joint = form == Form.JOINT_BRANCH
        name = f"{node['name']}{'联合' if joint else ''}党支部"
        if joint:
            setting = Setting.ENTERPRISE
        elif node["label"] == "Area":
            setting = Setting(node["level"])
        else:
            setting = SETTINGS.get(node["kind"], Setting.ENTERPRISE)
        return PartyOrganization(
            id=f"party:plan-{key}", name=name, form=form, setting=setting, source=SOURCE
        )


def _tie(declared: type[Any], tail: str, head: str, **attributes: str) -> Record:
    """Make a relationship that says where it comes from."""
    ends = {"from": tail, "to": head}
    made: Record = declared(**ends, **attributes, source=SOURCE)
    return made
