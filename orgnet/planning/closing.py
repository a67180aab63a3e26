"""What a plan that closes gaps would add to the network."""

from functools import partial

from orgnet.index import as_day
from orgnet.planning.plan import SOURCE, Plan, added_tie
from orgnet.query import Row
from orgnet.schema.declare import Record
from orgnet.schema.nodes import PartyOrganization
from orgnet.schema.ties import Covers, HostedBy, PartnersWith, SubordinateTo
from orgnet.schema.vocabulary import Form, Setting

SETTINGS = {  # of the branch of a unit, by its kind
    "party_department": Setting.AGENCY,
    "government": Setting.AGENCY,
    "mass_organization": Setting.AGENCY,
    "institution": Setting.INSTITUTION,
    "social_organization": Setting.SOCIAL_ORGANIZATION,
}


class ClosingPlan(Plan):
    """Organizations to found, branches to form, and so on.

    What it adds begins on the day asked about, so none takes the place of what ended.
    """

    def added(self, row: Row) -> list[Record]:
        """Return what one step would add."""
        id_, above = row["id"], row["organization"]
        tie = partial(added_tie, valid_from=as_day(self.parameters["day"]))
        match row["action"]:
            case "send_instructor":
                return [tie(Covers, above, id_, basis="work", mode="instructor")]
            case "agree_partnership":
                return [tie(PartnersWith, id_, above, mechanism="agreement")]
            case "form_joint_branch":
                key = min(row["units"]).partition(":")[2]
                branch = self._organization(f"joint-{key}", row, Form.JOINT_BRANCH)
                covers = {"basis": "organization", "mode": "joint"}
                joined = [tie(Covers, branch.id, u, **covers) for u in row["units"]]
                return [branch, tie(SubordinateTo, branch.id, above), *joined]
        branch = self._organization(id_.partition(":")[2], row, Form.BRANCH)
        covers = {"basis": "organization", "mode": "single"}
        return [
            branch,
            tie(SubordinateTo, branch.id, above),
            tie(HostedBy, branch.id, id_),
            tie(Covers, branch.id, id_, **covers),
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
