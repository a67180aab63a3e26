from datetime import date

import polars as pl
import pytest

import orgnet as on
from orgnet.errors import OrgnetError, UnknownAreaError, UnknownNameError
from orgnet.schema.nodes import Unit
from orgnet.schema.ties import Covers, HoldsSeatOn

D = date
AREAS = pl.DataFrame(
    {
        "id": ["area:510104@2019", "area:510104001@2019", "area:510104001001@2019"],
        "name": ["锦江区", "春熙路街道", "总府社区"],
        "level": ["district", "street", "community"],
        "code": ["510104", "510104001", "510104001001"],
        "edition": ["2019", "2019", "2019"],
    }
)
UNITS = pl.DataFrame(
    {
        "id": ["unit:b", "unit:a", "unit:c"],
        "name": ["乙", "甲", "丙"],
        "kind": ["other", "institution", "social_organization"],
        "resident": [True, False, None],
        "valid_to": [None, None, D(2019, 6, 1)],
    }
)
PARTIES = pl.DataFrame(
    {
        "id": ["party:1", "party:2", "party:3"],
        "name": ["社区党委", "街道党工委", "网格党支部"],
        "form": ["committee", "working_committee", "branch"],
        "setting": ["community", "street", "grid"],
    }
)
TIES = {
    "PART_OF": pl.DataFrame(
        {
            "from": ["area:510104001001@2019", "area:510104001@2019"],
            "to": ["area:510104001@2019", "area:510104@2019"],
        }
    ),
    "LOCATED_IN": pl.DataFrame(
        {"from": ["unit:a", "unit:c"], "to": ["area:510104001001@2019"] * 2}
    ),
    "SUBORDINATE_TO": pl.DataFrame(
        {"from": ["party:1", "party:3"], "to": ["party:2", "party:1"]}
    ),
    "HOSTED_BY": pl.DataFrame({"from": ["party:1"], "to": ["area:510104001001@2019"]}),
    "COVERS": pl.DataFrame(
        {
            "from": ["party:1", "party:1", "party:1"],
            "to": ["unit:c", "unit:a", "unit:a"],
            "basis": ["organization", "organization", "work"],
            "mode": ["single", "joint", "instructor"],
            "valid_from": [None, D(2019, 1, 1), D(2019, 8, 7)],
            "valid_to": [None, D(2019, 8, 7), None],
        }
    ),
}
NODES = {"Area": AREAS, "Unit": UNITS, "PartyOrganization": PARTIES}


@pytest.fixture
def net() -> on.Network:
    net, faults = on.Network.from_frames(NODES, TIES)
    assert not faults, faults.frame.rows()
    return net


def made(nodes=NODES, ties=TIES) -> tuple[on.Network, list[tuple[str, object]]]:
    net, faults = on.Network.from_frames(nodes, ties)
    return net, faults.frame.select("code", "value").rows()


def test_numbers_follow_the_order_of_ids(net):
    ids = net.ids.to_list()
    assert ids == sorted(ids)
    assert [net.position(i) for i in ids] == list(range(len(net)))
    assert net.labels.to_list() == [net.node(i)["label"] for i in ids]


def test_the_order_of_rows_given_does_not_matter(net):
    shuffled = {k: v.sample(fraction=1, shuffle=True, seed=1) for k, v in NODES.items()}
    ties = {k: v.sample(fraction=1, shuffle=True, seed=2) for k, v in TIES.items()}
    assert made(shuffled, ties)[0].equals(net)


def test_roles_are_views(net):
    assert net.resident_units["id"].to_list() == ["unit:b"]
    assert net.social_organizations["id"].to_list() == ["unit:c"]
    assert net.grid_branches["id"].to_list() == ["party:3"]
    assert net.areas(level="street")["name"].to_list() == ["春熙路街道"]
    with pytest.raises(UnknownNameError, match="no area level 'town'; there are: city"):
        net.areas(level="town")


def test_dangling_wrong_and_repeated_rows_are_rejected_all_at_once(net):
    bad = pl.DataFrame(
        {
            "from": ["party:9", "party:1", "unit:a", "party:3", "party:1"],
            "to": ["unit:9", "area:510104001001@2019", "unit:a", "unit:b", "unit:c"],
            "basis": ["organization"] * 5,
            "mode": ["single"] * 5,
        }
    )
    covers = pl.concat([TIES["COVERS"], bad], how="diagonal")
    again, faults = made(ties={**TIES, "COVERS": covers})
    assert faults == [
        ("dangling_end", "party:9"),
        ("wrong_end_kind", "unit:a -> unit:a"),
        ("duplicate_identity", "party:1 -> unit:c"),
    ]
    assert again.counts["COVERS"] == net.counts["COVERS"] + 2


def test_a_repeated_node_keeps_the_first(net):
    again = pl.DataFrame({"id": ["unit:a"], "name": ["又甲"], "kind": ["other"]})
    units = pl.concat([UNITS, again], how="diagonal")
    after, faults = made({**NODES, "Unit": units})
    assert faults == [("duplicate_identity", "unit:a")]
    assert after.equals(net)


@pytest.mark.parametrize("node_id", ["甲", "party:a", "unit:", "unit:a|b", "unit:𠀀"])
def test_ids_that_cannot_be_kept_are_rejected(node_id):
    units = pl.DataFrame({"id": [node_id], "name": ["甲"], "kind": ["other"]})
    net, faults = made({"Unit": units}, {})
    assert faults == [("bad_id", node_id)]
    assert len(net) == 0


def test_cycles_and_several_superiors_stay_and_are_named():
    ring = pl.DataFrame(
        {
            "from": ["party:1", "party:2", "party:3", "party:3"],
            "to": ["party:2", "party:1", "party:1", "party:2"],
        }
    )
    net, faults = made(ties={"SUBORDINATE_TO": ring})
    assert faults == [
        ("cycle", "party:1"),
        ("cycle", "party:2"),
        ("level_skip", "party:2"),
        ("level_skip", "party:3"),
        ("several", "party:3"),
    ]
    assert net.counts["SUBORDINATE_TO"] == 4


def test_superiors_one_after_another_are_no_fault():
    another = {**PARTIES.row(1, named=True), "id": "party:4"}
    nodes = {**NODES, "PartyOrganization": PARTIES.vstack(pl.DataFrame([another]))}
    dated = pl.DataFrame(
        {
            "from": ["party:1", "party:1"],
            "to": ["party:2", "party:4"],
            "valid_from": [None, D(2019, 1, 1)],
            "valid_to": [D(2019, 1, 1), None],
        }
    )
    assert made(nodes, {"SUBORDINATE_TO": dated})[1] == []


def test_an_area_below_its_own_part_is_named():
    upside_down = TIES["PART_OF"].rename({"from": "to", "to": "from"})
    _, faults = made(ties={"PART_OF": upside_down})
    assert faults == [
        ("level_order", "area:510104001@2019"),
        ("level_order", "area:510104@2019"),
    ]


def test_at_a_day_the_end_is_excluded(net):
    covers = net.at("2019-08-06").ties("COVERS")
    assert covers.select("to", "mode").rows() == [("unit:a", "joint")]  # unit:c is gone
    covers = net.at(D(2019, 8, 7)).ties("COVERS")
    assert covers.select("to", "mode").rows() == [("unit:a", "instructor")]
    assert net.at("2019-05-31").counts["COVERS"] == 2
    with pytest.raises(OrgnetError, match="write it as 2019-08-07"):
        net.at("7.8.2019")


def test_within_cuts_the_network_to_what_stands_there(net):
    part = net.within("510104001001")
    assert part.ids.to_list() == [
        "area:510104001001@2019",
        "party:1",
        "unit:a",
        "unit:c",
    ]
    assert part.counts["SUBORDINATE_TO"] == 0
    assert part.equals(net.within("area:510104001001@2019"))


def test_an_unknown_place_is_answered_with_the_nearest(net):
    with pytest.raises(
        UnknownAreaError, match=r"no area '510104009'.*'area:510104"
    ) as e:
        net.within("510104009")
    assert e.value.items == ("510104009",)


def test_a_code_that_names_two_areas_is_refused():
    later = AREAS.with_columns(id=pl.col("id").str.replace("2019", "2020"))
    net, _ = made({"Area": pl.concat([AREAS, later])}, {})
    with pytest.raises(
        UnknownAreaError, match="names 2 areas: 'area:510104@2019', 'area"
    ):
        net.within("510104")


def test_plus_adds_and_replaces_and_changes_nothing_else(net):
    seat = HoldsSeatOn(from_="unit:a", to="party:1", seats=2)
    renamed = Unit(id="unit:a", name="甲甲", kind="institution")
    after = net.plus([seat, renamed])
    assert net.node("unit:a")["name"] == "甲"
    assert net.diff(after).rows() == [
        ("added", "HOLDS_SEAT_ON", "HOLDS_SEAT_ON|unit:a|party:1|", None),
        ("changed", "Unit", "unit:a", ["name", "resident"]),
    ]
    assert (
        after.minus(["HOLDS_SEAT_ON|unit:a|party:1|"])
        .plus([Unit(id="unit:a", name="甲", kind="institution", resident=False)])
        .equals(net)
    )


def test_an_edit_that_does_not_fit_changes_nothing(net):
    with pytest.raises(OrgnetError, match="1 of 1 edits do not fit: 'no node party:9"):
        net.plus([Covers(from_="party:9", to="unit:a", basis="work", mode="liaison")])


def test_minus_takes_a_node_with_its_ties(net):
    after = net.minus(["unit:a"])
    removed = net.diff(after)
    assert set(removed["change"]) == {"removed"}
    assert removed["of"].to_list() == ["COVERS", "COVERS", "LOCATED_IN", "Unit"]
    with pytest.raises(
        UnknownNameError, match="1 ids are not in the network: 'unit:z'"
    ):
        net.minus(["unit:a", "unit:z"])


def test_equals_looks_at_everything(net):
    same, _ = on.Network.from_frames(NODES, TIES)
    assert net.equals(same)
    titled, _ = on.Network.from_frames(NODES, TIES, title="另一个")
    assert not net.equals(titled)
    assert not net.equals(net.plus([HoldsSeatOn(from_="unit:a", to="party:1")]))


def test_the_summary_counts_kinds_levels_and_types(net):
    rows = {(a, b): n for a, b, _, n in net.summary().rows()}
    assert rows["kind", "Unit"] == 3
    assert rows["area level", "street"] == 1
    assert rows["relationship", "COVERS"] == 3
    assert ("relationship", "FUNDS") not in rows
    assert repr(net) == "<Network: 9 nodes, 10 relationships>"


def test_unknown_names_say_what_there_is(net):
    with pytest.raises(UnknownNameError, match="no kind 'Person'; there are: Area"):
        net.nodes("Person")
    with pytest.raises(UnknownNameError, match="no relationship type 'LIKES'"):
        net.ties("LIKES")
    with pytest.raises(UnknownNameError, match="no node 'unit:aa' among 9; next to it"):
        net.node("unit:aa")
    with pytest.raises(
        UnknownNameError, match="1 names are not in the schema: 'Person'"
    ):
        on.Network.from_frames({"Person": UNITS}, {})
    with pytest.raises(UnknownNameError, match="frame of Unit has no column 'id'"):
        on.Network.from_frames({"Unit": UNITS.drop("id")}, {})


def test_an_empty_network_answers():
    net, faults = on.Network.from_frames({}, {})
    assert not faults
    assert len(net) == 0
    assert net.ties().is_empty()
    assert net.summary().is_empty()
    assert net.at("2019-01-01").equals(net)


def test_undeclared_columns_are_counted_and_named_not_stored():
    units = UNITS.with_columns(colour=pl.Series(["red", None, "blue"]))
    net, faults = on.Network.from_frames({"Unit": units}, {})
    fault = next(iter(faults))
    assert (fault["code"], fault["column"], fault["value"]) == (
        "undeclared_column",
        "colour",
        "2",
    )
    assert "colour" not in net.nodes("Unit").columns


def test_a_claim_of_completeness_must_be_one(net):
    claims = ["COVERS:Unit", "COVERS{work}:Unit", "COVERS:Grid", "COVERS{x}:Unit"]
    with pytest.raises(UnknownNameError, match=r"2 of 4 claims .*'COVERS:Grid'"):
        on.Network.from_frames(NODES, TIES, complete=claims)


def test_a_superior_off_the_axis_is_named_and_stays():
    parties = pl.DataFrame(
        {
            "id": [f"party:{s}" for s in ("community", "district", "grid", "park")],
            "name": ["p"] * 4,
            "form": ["committee"] * 4,
            "setting": ["community", "district", "grid", "park"],
        }
    )
    up = [("grid", "community"), ("community", "district"), ("park", "district")]
    ties = pl.DataFrame(
        [(f"party:{a}", f"party:{b}") for a, b in up], ["from", "to"], orient="row"
    )
    net, faults = made({"PartyOrganization": parties}, {"SUBORDINATE_TO": ties})
    assert faults == [("level_skip", "party:community")]  # it lacks the street between
    assert net.counts["SUBORDINATE_TO"] == 3


def test_ids_that_no_node_has_are_refused_by_name(net):
    net.require("Unit", net.nodes("Unit")["id"])
    with pytest.raises(UnknownNameError, match=r"2 ids are of no Unit among .*unit:zz"):
        net.require("Unit", ["unit:zz", "unit:zy", net.nodes("Unit")["id"][0]])
    with pytest.raises(UnknownNameError, match="1 ids are of no Need"):
        net.require("Need", "need:none")


def test_an_area_is_found_by_id_code_and_name(net):
    area = net.nodes("Area").filter(pl.col("code").is_not_null()).row(0, named=True)
    assert net.area_id(area["id"]) == net.area_id(area["code"]) == area["id"]
