"""What a network looks like in Neo4j, before any server is asked."""

from datetime import date

import polars as pl
import pytest

from orgnet.database.mapping import OWN, node_groups, quoted, tie_groups
from orgnet.network import Network
from orgnet.schema import SCHEMA, Ends, Tie
from orgnet.schema.nodes import Unit
from tests.worlds import network, world


@pytest.fixture(scope="module", params=range(5))
def net(request: pytest.FixtureRequest) -> Network:
    return network(world(request.param))


def test_every_node_stands_in_one_group_with_its_kind_and_roles(net: Network) -> None:
    rows = [(g.labels, id_) for g in node_groups(net) for id_ in g.rows["id"]]
    assert sorted(id_ for _, id_ in rows) == net.ids.to_list()
    labels = {id_: of for of, id_ in rows}
    assert {of[0] for of in labels.values()} == set(net.labels)
    assert all(of[-1] == OWN for of in labels.values())
    roles = {
        "ResidentUnit": net.resident_units,
        "SocialOrganization": net.social_organizations,
        "GridBranch": net.grid_branches,
    }
    for role, found in roles.items():
        assert {i for i, of in labels.items() if role in of} == set(found["id"])


def test_a_group_leaves_out_what_nobody_has_and_keeps_every_value(net: Network) -> None:
    for group in node_groups(net):
        assert all(s.null_count() < group.rows.height for s in group.rows)
        table = net.nodes(group.labels[0])
        kept = table.filter(pl.col("id").is_in(group.rows["id"].implode()))
        lost = [n for n in table.columns if n not in group.rows.columns]
        assert kept.select(lost).null_count().row(0) == (kept.height,) * len(lost)
        for name in group.rows.columns:
            same = kept[name].cast(group.rows.schema[name]).to_list()
            assert group.rows[name].to_list() == same


def test_every_relationship_stands_in_one_group_with_its_ends(net: Network) -> None:
    kinds = dict(zip(net.ids, net.labels, strict=True))
    found: list[str] = []
    for group in tie_groups(net):
        assert {kinds[i] for i in group.rows["from"]} == {group.tail}
        assert {kinds[i] for i in group.rows["to"]} == {group.head}
        assert group.rows["id"].is_sorted() or group.rows["from"].is_sorted()
        found.extend(group.rows["id"])
    assert sorted(found) == sorted(net.ties()["id"])


def test_names_are_quoted_whatever_stands_in_them() -> None:
    assert quoted("Unit") == "`Unit`"
    assert quoted("a`) DETACH DELETE (b") == "`a``) DETACH DELETE (b`"


def test_a_declared_type_of_ones_own_is_mapped_like_the_others() -> None:
    class Mentors(Tie):
        """One unit mentors another 帮带."""

        zh = "帮带"
        ends = Ends(Unit, Unit)

    units = {"id": ["unit:a", "unit:b"], "name": ["甲", "乙"], "kind": ["other"] * 2}
    ties = {"from": ["unit:a"], "to": ["unit:b"], "valid_from": [date(2019, 8, 7)]}
    net, faults = Network.from_frames(
        {"Unit": pl.DataFrame(units)},
        {"MENTORS": pl.DataFrame(ties)},
        schema=SCHEMA.extended(Mentors),
    )
    assert not faults
    (group,) = tie_groups(net)
    assert (group.type, group.rows["id"][0]) == (
        "MENTORS",
        "MENTORS|unit:a|unit:b|2019-08-07",
    )
