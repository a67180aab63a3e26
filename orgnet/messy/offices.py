"""What the offices of a city know: ten rosters, one plain table each.

The tables hold names where an office would write a name, and nothing that no roster
has. `office` says whose roster a row stands in; `id` is the node or relationship that
the row tells of, and is never written.
"""

from datetime import date, timedelta
from functools import cached_property

import numpy as np
import polars as pl

from orgnet.cycles import on_cycle
from orgnet.network import Network
from orgnet.schema.vocabulary import AXIS

LEVELS = ("district", "street", "community")
PLACE = (*LEVELS, *(f"{level}_id" for level in LEVELS))
JOINER = "、"
FEWEST_DISTRICTS = 6  # in a smaller part of a city each street is an office
YEAR = 2019  # of a network whose areas do not say their edition
SOCIAL_TYPES = {"51": "社会团体", "52": "民办非企业单位", "53": "基金会"}


class Offices:
    """The ten rosters of a network, as plain tables.

    Parameters
    ----------
    net
        The network; what is over by the end of its areas' year is left out.
    """

    def __init__(self, net: Network) -> None:
        editions = net.nodes("Area")["edition"].drop_nulls()
        year = int(str(editions.max())) if editions.len() else YEAR
        self.net = net.at(date(year, 12, 31))
        self.index = self.net.index()

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return every roster by its name, the parks apart, rows by place."""
        tables = {
            "areas": self.areas(),
            "parties": self.parties(),
            "units": self.units(),
            "social": self.social_organizations(),
            "grids": self.grids(),
            "compounds": self.compounds(),
            "resources": self.resources(),
            "needs": self.needs(),
            "projects": self.projects(),
            "evaluations": self.evaluations(),
        }
        park = pl.col("level") == "functional_area"
        tables["parks"] = tables["areas"].filter(park)
        tables["areas"] = tables["areas"].filter(~park)
        return {name: self._assigned(table) for name, table in tables.items()}

    def repeats_streets(self, office: str) -> bool:
        """Say whether a street of the office has a namesake in another district."""
        return office in self._repeating

    @cached_property
    def _repeating(self) -> frozenset[str]:
        streets = self.net.areas("street").filter(pl.col("name").is_duplicated())
        where = self.where.join(streets.select("id"), on="id", how="semi")
        return frozenset(where[self.office_level].drop_nulls())

    def _assigned(self, table: pl.DataFrame) -> pl.DataFrame:
        """Say whose roster each row stands in: a district's or street's, or the city's.

        What stands in no community goes to the city, so that a blank community never
        stands below a filled one.
        """
        local = (
            pl.col("community").is_not_null() & pl.col(self.office_level).is_not_null()
        )
        whose = pl.when(local).then(self.office_level).otherwise(pl.lit(self.city))
        order = [f"{level}_id" for level in LEVELS]
        return table.with_columns(office=whose).sort(
            *order, "id", maintain_order=True, nulls_last=False
        )

    @cached_property
    def city(self) -> str:
        """The name of the whole."""
        cities = self.net.areas("city")["name"]
        return str(cities[0]) if cities.len() else "全市"

    @cached_property
    def office_level(self) -> str:
        """The level whose areas keep rosters of their own."""
        many = self.net.areas("district").height >= FEWEST_DISTRICTS
        return "district" if many else "street"

    @cached_property
    def where(self) -> pl.DataFrame:
        """The district, street and community of every node, by name and by id."""
        index, place = self.index, self._place
        names = index.column("Area", "name")
        columns = {"id": self.net.ids}
        for level in LEVELS:
            own = np.where(place >= 0, index.ancestor(level)[place], -1)
            number = pl.Series(own).replace(-1, None)
            columns[level] = names.gather(number)
            columns[f"{level}_id"] = self.net.ids.gather(number)
        return pl.DataFrame(columns)

    @cached_property
    def _place(self) -> np.ndarray:
        """Where each node is; an organization without a place is with its superior."""
        place, superior = self.index.place.copy(), self.index.superior
        for _ in range(len(LEVELS) + 1):
            lost = (place < 0) & (superior >= 0)
            place[lost] = place[superior[lost]]
        return place

    @cached_property
    def names(self) -> pl.DataFrame:
        """The name of every node, and whether no other node of its kind has it."""
        key = pl.col("name").str.replace_all(r"\s", "")
        alone = pl.struct("kind", key).is_unique() & key.is_not_null()
        return self.net.nodes().with_columns(alone=alone)

    def _nodes(self, label: str) -> pl.DataFrame:
        """Return the nodes of a kind with their places."""
        nodes = self.net.nodes(label)
        return nodes.join(self.where, on="id", how="left", maintain_order="left")

    def _joined(self, table: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
        return table.join(more, on="id", how="left", maintain_order="left")

    def _named(
        self, table: pl.DataFrame, column: str, alias: str, *, alone: bool = False
    ) -> pl.DataFrame:
        """Add the name of the node in a column; if asked, only where it is unique."""
        names = self.names.filter("alone") if alone else self.names
        renamed = names.select(pl.col("id").alias(column), pl.col("name").alias(alias))
        return table.join(renamed, on=column, how="left", maintain_order="left")

    def _listed(
        self, ties: pl.DataFrame, by: str, of: str, alias: str, *, alone: bool = False
    ) -> pl.DataFrame:
        """Return one row a node with the names of its neighbours, joined."""
        named = self._named(ties.sort(by, of), of, alias, alone=alone)
        return (
            named.drop_nulls(alias)
            .group_by(pl.col(by).alias("id"), maintain_order=True)
            .agg(pl.col(alias).unique(maintain_order=True).str.join(JOINER))
        )

    def areas(self) -> pl.DataFrame:
        """Return the areas with statistical codes and the parks, larger ones first."""
        part_of = self.net.ties("PART_OF").filter(
            pl.col("primary").eq_missing(other=False).not_()
        )
        named = self._listed(part_of, "from", "to", "parent", alone=True)
        codes = self.net.nodes("Area").select(to="id", code="code")
        coded = part_of.join(codes, on="to").select(id="from", parent_code="code")
        above = coded.join(named, on="id", how="left").select(
            "id", pl.coalesce("parent", "parent_code").alias("parent")
        )
        kept = ["city", *LEVELS, "functional_area"]
        areas = self._nodes("Area").filter(pl.col("level").cast(pl.String).is_in(kept))
        return self._joined(areas, above)

    def units(self) -> pl.DataFrame:
        """Return the resident units, each once for every community it stands in."""
        units = self._nodes("Unit").filter(pl.col("resident").fill_null(value=False))
        units = self._joined(units, self._supervisors("parent"))
        units = self._joined(units, self._places_below("grid"))
        tied = self._with_reported_ties(units)
        return pl.concat([tied, self._second_places(units)], how="diagonal")

    def social_organizations(self) -> pl.DataFrame:
        """Return the social organizations."""
        units = self._nodes("Unit").filter(pl.col("kind") == "social_organization")
        units = self._joined(units, self._supervisors("registration"))
        units = self._joined(units, self._supervisors("business"))
        return units.with_columns(
            pl.col("uscc")
            .str.head(2)
            .replace_strict(SOCIAL_TYPES, default=None, return_dtype=pl.String)
            .alias("type")
        )

    def grids(self) -> pl.DataFrame:
        """Return the grids, each with its organization and the compounds it cuts."""
        overlaps = self.net.ties("OVERLAPS")
        of_compound = overlaps.join(
            self.net.areas("compound").select(pl.col("id").alias("from")),
            on="from",
            how="semi",
        )
        compounds = self._listed(of_compound, "to", "from", "compounds")
        grids = self._nodes("Area").filter(pl.col("level") == "grid")
        grids = self._joined(grids, self._organizations())
        exclusive = pl.col("exclusive").fill_null(value=False)
        kind = pl.when(exclusive).then(pl.lit("专属网格")).otherwise(pl.lit("一般网格"))
        return self._joined(grids, compounds).with_columns(type=kind)

    def compounds(self) -> pl.DataFrame:
        """Return the compounds, each with its organization."""
        compounds = self._nodes("Area").filter(pl.col("level") == "compound")
        return self._joined(compounds, self._organizations())

    def _organizations(self) -> pl.DataFrame:
        """Return the organizations that cover each node, by name."""
        covers = self.index.organization_covers()
        ids = self.net.ids
        ties = pl.DataFrame(
            {"from": ids.gather(covers["tail"]), "to": ids.gather(covers["head"])}
        )
        return self._listed(ties, "to", "from", "party", alone=True)

    def parties(self) -> pl.DataFrame:
        """Return the party organizations, one row for each superior that one has."""
        parties = self._joined(self._nodes("PartyOrganization"), self._hosts())
        above = self._named(self.net.ties("SUBORDINATE_TO"), "to", "superior")
        parties = parties.join(
            above.select(pl.col("from").alias("id"), "superior", superior_id="to"),
            on="id",
            how="left",
            maintain_order="left",
        )
        parties = self._with_telling_superiors(parties)
        joint = self.net.ties("COVERS").filter(pl.col("mode") == "joint")
        members = self._listed(joint, "from", "to", "joint_units", alone=True)
        return self._with_host_state(self._joined(parties, members))

    def _with_telling_superiors(self, parties: pl.DataFrame) -> pl.DataFrame:
        """Write a superior's code if others of its name are not told by the place."""
        known = self.names.filter("alone")["id"]
        alone = pl.col("superior_id").is_in(known.implode())
        levels = {f"their_{level}": f"{level}_id" for level in ("street", "community")}
        where = self.where.select(superior_id="id", **levels)
        placed = parties.join(
            where, on="superior_id", how="left", maintain_order="left"
        )
        theirs = pl.coalesce("their_community", "their_street")
        of_street = pl.col("their_community").is_null()
        ours = pl.when(of_street).then("street_id").otherwise("community_id")
        same = (ours == theirs).fill_null(value=False)
        code = pl.col("superior_id").str.strip_prefix("party:")
        return placed.with_columns(
            pl.when(alone | same).then("superior").otherwise(code).alias("superior"),
            alone.alias("superior_alone"),
        )

    def _hosts(self) -> pl.DataFrame:
        """Return the unit, or the compound or grid, that each organization sits in."""
        hosts = self.net.ties("HOSTED_BY").select(id="from", host="to")
        units = self.net.nodes("Unit").select(
            host="id", unit="name", unit_code="uscc", unit_kind="kind"
        )
        small = self.net.nodes("Area").filter(
            pl.col("level").cast(pl.String).is_in(["compound", "grid"])
        )
        areas = small.select(host="id", small_area="name")
        with_units = hosts.join(units, on="host", how="left", maintain_order="left")
        return with_units.join(areas, on="host", how="left", maintain_order="left")

    def _with_host_state(self, parties: pl.DataFrame) -> pl.DataFrame:
        """Say how an organization sits in its unit, and leave out a superior's unit."""
        hosts = self.net.ties("HOSTED_BY").select(superior_id="from", above="to")
        alone = hosts.unique("superior_id", keep="none")
        parties = parties.join(
            alone, on="superior_id", how="left", maintain_order="left"
        )
        several = pl.col("id").is_duplicated()
        circling = pl.col("id").is_in(self.circling.implode())
        same = (pl.col("above") == pl.col("host")) & pl.col("unit").is_not_null()
        same &= ~several & ~circling
        same = same.fill_null(value=False)
        state = (
            pl.when(same)
            .then(pl.lit("与上级党组织相同"))
            .when(pl.col("form") == "joint_branch")
            .then(pl.lit("联合党支部"))
            .when(pl.col("unit").is_not_null())
            .then(pl.lit("法人单位"))
        )
        hidden = [
            pl.when(~same).then(c).alias(c) for c in ("unit", "unit_code", "unit_kind")
        ]
        return parties.with_columns(state.alias("host_state"), *hidden)

    @cached_property
    def circling(self) -> pl.Series:
        """The organizations that stand above themselves."""
        ties = self.net.tie_tables["SUBORDINATE_TO"]
        tail, head = ties["tail"].to_numpy(), ties["head"].to_numpy()
        return self.net.ids.filter(pl.Series(on_cycle(tail, head, len(self.net))))

    @cached_property
    def skipping(self) -> pl.Series:
        """The organizations with a superior on the axis that is not one step up."""
        parties = self.net.nodes("PartyOrganization").select(
            "id", pl.col("setting").cast(pl.String)
        )
        ties = self.net.ties("SUBORDINATE_TO").select("from", "to")
        both = ties.join(parties, left_on="from", right_on="id").join(
            parties, left_on="to", right_on="id", suffix="_above"
        )
        up = pl.col("setting").replace_strict(AXIS, default=None)
        above = pl.col("setting_above")
        skips = (above != up) & above.is_in([*AXIS, *AXIS.values()])
        return both.filter(skips)["from"].unique().sort()

    @cached_property
    def _listed_units(self) -> pl.DataFrame:
        """The units that some roster lists, as a row or as an organization's host."""
        hosts = self.net.ties("HOSTED_BY").select(id="to")
        units = self.net.nodes("Unit")
        rows = units.filter(
            pl.col("resident").fill_null(value=False)
            | (pl.col("kind") == "social_organization")
        )
        listed = pl.concat([rows.select("id"), hosts]).unique().sort("id")
        return listed.join(self.names.filter("alone"), on="id", how="semi")

    def _supervisors(self, role: str) -> pl.DataFrame:
        """Return the supervisors of each unit in a role, if a roster lists them."""
        ties = self.net.ties("SUPERVISED_BY").filter(pl.col("role") == role)
        listed = self._listed_units.rename({"id": "to"})
        known = ties.join(listed, on="to", how="semi").sort("from", "to")
        return self._listed(known.unique("from", keep="first"), "from", "to", role)

    def _places_below(self, level: str) -> pl.DataFrame:
        """Return the area of a level that each thing stands in."""
        areas = self.net.areas(level).select(to="id")
        ties = self.net.ties("LOCATED_IN").join(areas, on="to", how="semi")
        first = ties.sort("from", "to").unique("from", keep="first")
        return self._listed(first, "from", "to", level)

    def _second_places(self, units: pl.DataFrame) -> pl.DataFrame:
        """Return units again where they have a second place in another community."""
        located = self.net.ties("LOCATED_IN")
        others = located.filter(pl.col("primary").eq_missing(other=False))
        community = self.net.areas("community").select(to="id")
        places = others.join(community, on="to", how="semi")
        again = places.select(id="from", place="to").join(
            units.drop(*PLACE, "grid"), on="id"
        )
        where = self.where.rename({"id": "place"})
        return again.join(where, on="place", how="left").drop("place")

    def _with_reported_ties(self, units: pl.DataFrame) -> pl.DataFrame:
        """Add ties to the community's organization, as yes or no.

        A tie to another organization, or of another sort than the column's words, is
        neither: the cell stays blank.
        """
        seats, partners = self.net.ties("HOLDS_SEAT_ON"), self.net.ties("PARTNERS_WITH")
        work = self.net.ties("COVERS").filter(pl.col("basis") == "work")
        agreed = (pl.col("mechanism") == "agreement").alias("meant")
        sent = (pl.col("mode") == "instructor").alias("meant")
        ties = {
            "seat": seats.select("from", "to", pl.lit(value=True).alias("meant")),
            "agreement": partners.select("from", "to", agreed),
            "instructor": work.select(
                pl.col("to").alias("from"), pl.col("from").alias("to"), sent
            ),
        }
        for name, frame in ties.items():
            units = self._joined(units, self._with_community(frame, name))
        none = pl.lit(value=False)
        return units.with_columns(
            pl.when(pl.col(name).is_null())
            .then(none)
            .when(name)
            .then(~none)
            .alias(name)
            for name in ties
        )

    def _with_community(self, ties: pl.DataFrame, name: str) -> pl.DataFrame:
        """Say whether a tie of each unit leads to its community's organization.

        What an organization hosted by a unit does, the unit does.
        """
        index, ids = self.index, self.net.ids
        there = index.community >= 0
        led = np.where(there, index.area_organization[index.community], -1)
        own = pl.DataFrame(
            {"unit": ids, "own": ids.gather(pl.Series(led).replace(-1, None))}
        )
        hosts = self.net.ties("HOSTED_BY").select("from", unit="to")
        resolved = ties.join(hosts, on="from", how="left")
        return (
            resolved.with_columns(pl.col("unit").fill_null(pl.col("from")))
            .join(own, on="unit", how="left")
            .group_by(pl.col("unit").alias("id"))
            .agg(((pl.col("to") == pl.col("own")) & pl.col("meant")).any().alias(name))
        )

    def resources(self) -> pl.DataFrame:
        """Return the resource list."""
        owners = self._listed(
            self.net.ties("OFFERS"), "to", "from", "owner", alone=True
        )
        listed = self._joined(self._nodes("Resource"), owners)
        last = pl.col("valid_to") - timedelta(days=1)  # a roster's last day is included
        return listed.filter(pl.col("owner").is_not_null()).with_columns(
            _number("resource"), last.alias("last_day")
        )

    def needs(self) -> pl.DataFrame:
        """Return the need list."""
        raisers = self._listed(self.net.ties("RAISES"), "to", "from", "raiser")
        listed = self._joined(self._nodes("Need"), raisers)
        return listed.filter(pl.col("raiser").is_not_null()).with_columns(
            _number("need")
        )

    def projects(self) -> pl.DataFrame:
        """Return the project list: who pays, what is served, needs and resources."""
        payers = self.net.ties("FUNDS").filter(pl.col("to").str.starts_with("project:"))
        lead = self._listed(payers, "to", "from", "lead", alone=True)
        served = self.net.ties("SERVES").sort("from", "to").unique("from", keep="first")
        where = self.where.rename({"id": "to"})
        placed = served.join(where, on="to", how="left").select(
            pl.col("from").alias("id"), *PLACE
        )
        projects = self._joined(self.net.nodes("Project"), placed)
        projects = self._joined(projects, lead)
        matched = self._matches().rename({"project_id": "code"})
        return projects.join(matched, on="code", how="left", maintain_order="left")

    def _matches(self) -> pl.DataFrame:
        """Return the first need of each project and the resources found for it."""
        ties = self.net.ties("MATCHED_TO").drop_nulls("project_id")
        first = ties.group_by("project_id").agg(to=pl.col("to").min())
        kept = ties.join(first, on=["project_id", "to"], how="semi").sort("from")
        numbers = pl.col("from").str.strip_prefix("resource:")
        return kept.group_by("project_id", maintain_order=True).agg(
            need=pl.col("to").first().str.strip_prefix("need:"),
            resources=numbers.unique(maintain_order=True).str.join(JOINER),
        )

    def evaluations(self) -> pl.DataFrame:
        """Return the sheets of the last round of the two-way evaluation."""
        two_way = self.net.ties("EVALUATES").filter(pl.col("kind") == "two_way")
        ties = two_way.filter(pl.col("round") == pl.col("round").max())
        ties = self._named(ties, "from", "evaluator", alone=True)
        ties = self._named(ties, "to", "evaluatee", alone=True)
        ties = ties.drop_nulls(["evaluator", "evaluatee"])
        sides = self.net.nodes("PartyOrganization").filter(
            pl.col("setting").cast(pl.String).is_in(["street", "community"])
        )
        down = pl.col("from").is_in(sides["id"].implode())
        side = pl.when(down).then("from").otherwise("to")
        direction = pl.when(down).then(pl.lit("down")).otherwise(pl.lit("up"))
        ties = ties.with_columns(side=side, direction=direction)
        where = self.where.rename({"id": "side"})
        placed = ties.join(where, on="side", how="left", maintain_order="left")
        return placed.with_columns(
            pl.concat_str("from", "to", separator="|").alias("id")
        )


def _number(prefix: str) -> pl.Expr:
    return pl.col("id").str.strip_prefix(f"{prefix}:").alias("number")
