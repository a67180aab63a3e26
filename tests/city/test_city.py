"""The reference city: its counts, its mechanisms, its faults, its bytes."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import orgnet
from orgnet.city import _copies, _copy, chengdu, succession
from orgnet.city.areas import part_of_city, real_areas
from orgnet.city.recipe import Recipe
from orgnet.city.tables import joined
from orgnet.errors import OrgnetError
from orgnet.faults import Faults
from orgnet.network import Network
from orgnet.schema import SCHEMA
from orgnet.schema.identifiers import credit_code_ok
from orgnet.schema.vocabulary import AreaLevel, ResourceKind

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(
    r"^\| ([A-Za-z_]+)(?: (\w+)=(\w+))? \| ([\d,]+) \| (yes|) \|$", re.MULTILINE
)
DIGEST = """
import sys
from orgnet.city import chengdu
from tests.city.test_city import digest
print(digest(chengdu(seed=5, scale=float(sys.argv[1]))))
"""


def digest(net: Network) -> str:
    """Hash every table of a network, ids, attributes and order."""
    sha = hashlib.sha256()
    tables = {**net.node_tables, **net.tie_tables}
    for name, table in tables.items():
        sha.update(name.encode())
        sha.update(table.write_csv().encode())
    return sha.hexdigest()


def counted(net: Network, what: str, column: str, value: str) -> int:
    if what in {"nodes", "relationships"}:
        kinds = SCHEMA.kinds if what == "nodes" else SCHEMA.ties
        return sum(net.counts[name] for name in kinds)
    if not column:
        return net.counts[what]
    return net.nodes(what).filter(pl.col(column).cast(pl.String) == value).height


def rows() -> list[tuple[str, str, str, int, bool]]:
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    return [
        (what, column, value, int(count.replace(",", "")), seed == "yes")
        for what, column, value, count, seed in ROW.findall(text)
    ]


def built(parts: list[tuple[str, pl.DataFrame]]) -> tuple[Network, Faults]:
    tables = joined(parts)
    nodes = {n: t for n, t in tables.items() if n in SCHEMA.kinds}
    return Network.from_frames(
        nodes, {n: t for n, t in tables.items() if n not in nodes}
    )


def test_the_readme_counts_what_the_city_holds(city: Network) -> None:
    table = rows()
    assert len(table) == 60
    found = [(*row[:3], counted(city, *row[:3]), row[4]) for row in table]
    assert found == table


def test_the_counts_of_the_contract_do_not_depend_on_the_seed() -> None:
    other = chengdu(seed=7)
    held = [row for row in rows() if row[4]]
    assert len(held) >= 40
    assert [counted(other, *row[:3]) for row in held] == [row[3] for row in held]


def test_the_city_has_the_size_of_the_contract(city: Network) -> None:
    assert 150_000 <= len(city) <= 180_000
    assert 450_000 <= sum(city.counts[t] for t in SCHEMA.ties) <= 570_000


@pytest.mark.parametrize("name", ["city", "small"])
def test_every_kind_and_type_is_there(
    name: str, request: pytest.FixtureRequest
) -> None:
    net: Network = request.getfixturevalue(name)
    assert [n for n, count in net.counts.items() if not count] == []
    for label in ("Resource", "Need"):
        assert net.nodes(label)["kind"].n_unique() == len(ResourceKind)
    uses = net.ties("SUCCEEDED_BY")["from"].str.extract("^([a-z]+):").unique()
    assert set(uses) == {"area", "unit"}


def test_the_city_of_2020_stands_on_its_own_skeleton() -> None:
    net = chengdu(year=2020)
    assert net.areas("street").height == 261
    assert net.areas("community").height == 3_041
    assert net.resident_units.height == 32_000
    assert net.areas("grid").height == 9_311
    assert set(net.areas()["edition"]) == {"2020"}
    assert set(net.areas("street")["source"]) == {"nbs-2020"}
    assert [n for n, count in net.counts.items() if not count] == []
    rounds = net.ties("EVALUATES").filter(kind="two_way")["round"].unique().sort()
    assert rounds.to_list() == ["2019", "2020"]


def test_the_only_faults_are_those_put_in() -> None:
    (parts,) = list(_copies(2019, 1, 2019))
    _, faults = built(parts)
    found = {(r["code"], r["effect"]): r["faults"] for r in faults.counts().to_dicts()}
    assert found == {
        ("cycle", "noted"): 7,
        ("level_skip", "noted"): 48,
        ("several", "noted"): 60,
    }


def test_copies_have_codes_of_their_own() -> None:
    real = part_of_city(real_areas(2019), 0.02)
    copies = [_copy(Recipe(2019, copy, 2019, 0.02), real) for copy in (0, 1, 100)]
    net, faults = built([part for copy in copies for part in copy])
    assert set(faults.frame["effect"]) == {"noted"}
    one, _ = built(copies[0])
    for label in ("Area", "Unit", "Resource", "Site"):
        assert net.counts[label] == 3 * one.counts[label]
    codes = net.areas("city")["code"].sort().to_list()
    assert codes == ["510100", "720100", "730100"]
    made_up = net.areas().filter(~pl.col("code").str.starts_with("5101"))
    assert set(made_up["source"]) == {"synthetic"}


@pytest.mark.slow
def test_a_province_is_ten_cities(city: Network) -> None:
    net = chengdu(scale=10)
    assert net.resident_units.height == 320_000
    assert net.counts["Area"] == 10 * city.counts["Area"]
    assert net.counts["Document"] == city.counts["Document"]


def test_the_same_arguments_give_the_same_bytes() -> None:
    here = digest(chengdu(seed=5, scale=0.03))
    assert here == digest(chengdu(seed=5, scale=0.03))
    assert here != digest(chengdu(seed=6, scale=0.03))
    assert {elsewhere("0.03", hashes) for hashes in ("1", "2")} == {here}


@pytest.mark.slow
def test_the_whole_city_has_the_same_bytes_everywhere() -> None:
    assert elsewhere("1", "1") == elsewhere("1", "2") == digest(chengdu(seed=5))


def elsewhere(scale: str, hashes: str) -> str:
    """Return the digest that another process finds, with other hashes of texts."""
    run = subprocess.run(
        [sys.executable, "-c", DIGEST, scale],
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={"PYTHONHASHSEED": hashes, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    return run.stdout.strip()


def test_importing_the_package_does_not_hide_the_function() -> None:
    code = (
        "from orgnet.city import succession\n"
        "import orgnet\n"
        "print(orgnet.chengdu(scale=0.02).synthetic, succession().height)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    )
    assert run.stdout.split() == ["True", "367"]


def test_the_network_says_what_it_is(city: Network) -> None:
    assert city.synthetic
    assert "合成" in city.title
    assert "synthetic" in city.title
    subjects = [*SCHEMA.kinds, *(level.value for level in AreaLevel)]
    assert city.complete == {f"{t}:{s}" for t in SCHEMA.ties for s in subjects}
    levels = ["city", "district", "street", "community"]
    real = pl.col("level").cast(pl.String).is_in(levels)
    assert set(city.areas().filter(real)["source"]) == {"nbs-2019"}
    assert set(city.areas().filter(~real)["source"]) == {"synthetic"}
    for name in [*SCHEMA.kinds, *SCHEMA.ties]:
        frame = city.nodes(name) if name in SCHEMA.kinds else city.ties(name)
        assert frame["source"].null_count() == 0


def test_real_areas_are_the_statistical_ones(city: Network) -> None:
    real = real_areas(2019)
    for level, frame in real.items():
        mine = city.areas(level).select("code", "name", "kind")
        assert mine.equals(frame.select("code", "name", "kind").sort("code"))
    zoned = city.areas("street").filter(pl.col("zone") == "高新区")
    assert zoned.height == 6
    part_of = city.ties("PART_OF").filter(source="nbs-2019")
    assert part_of.height == 20 + 375 + 4_366


def test_credit_codes_are_valid_and_name_the_registrar(city: Network) -> None:
    units = city.nodes("Unit")
    assert units.select(credit_code_ok(pl.col("uscc")).all()).item()
    assert units["uscc"].n_unique() == units.height
    assert units["id"].equals(("unit:" + units["uscc"]).rename("id"))
    resident = city.resident_units.join(
        city.ties("LOCATED_IN").filter("primary"), left_on="id", right_on="from"
    )
    elsewhere = (
        resident["uscc"].str.slice(2, 6) != resident["to"].str.slice(5, 6)
    ).mean()
    assert elsewhere == pytest.approx(0.30, abs=0.02)


def test_residents_and_social_organizations_are_disjoint(city: Network) -> None:
    social = city.social_organizations
    assert city.resident_units.join(social, on="id", how="semi").is_empty()


def test_each_place_is_one_and_some_units_have_more(city: Network) -> None:
    places = city.ties("LOCATED_IN").filter(pl.col("from").str.starts_with("unit:"))
    per_unit = places.group_by("from").agg(
        places=pl.len(), primary=pl.col("primary").sum()
    )
    assert set(per_unit["primary"]) == {1}
    assert (per_unit["places"] > 1).sum() > 500
    nowhere = city.nodes("Unit").join(
        per_unit, left_on="id", right_on="from", how="anti"
    )
    assert nowhere.height == 60  # line superiors outside the city


def test_all_but_joint_branches_sit_somewhere(city: Network) -> None:
    party = city.nodes("PartyOrganization")
    hosted = city.ties("HOSTED_BY")
    assert hosted["from"].n_unique() == hosted.height
    without = party.join(hosted, left_on="id", right_on="from", how="anti")
    joint = party.filter(pl.col("form") == "joint_branch")
    assert without["id"].equals(joint["id"])


def test_a_unit_is_covered_alone_once_by_its_topmost_organization(
    city: Network,
) -> None:
    single = city.ties("COVERS").filter(
        (pl.col("basis") == "organization")
        & (pl.col("mode") == "single")
        & pl.col("to").str.starts_with("unit:")
    )
    assert single["to"].n_unique() == single.height
    hosted = city.ties("HOSTED_BY").select("from", "to")
    covering = single.select("from", "to")
    assert covering.join(hosted, on=["from", "to"], how="anti").is_empty()
    # its superior, where it has one and is on no cycle, sits elsewhere
    above = city.ties("SUBORDINATE_TO").select("from", superior="to")
    same = (
        covering.join(above, on="from")
        .join(
            hosted.rename({"from": "superior", "to": "host"}), on="superior", how="left"
        )
        .filter(pl.col("host") == pl.col("to"))
    )
    assert same.height == 2  # the two cycles of a committee and its own branch
    units = hosted.filter(pl.col("to").str.starts_with("unit:"))["to"].n_unique()
    assert units == single.height


def test_forms_are_mixed_like_the_nations(city: Network) -> None:
    primary = city.nodes("PartyOrganization").filter(
        ~pl.col("setting").is_in(["city", "district"])
        & ~pl.col("form").is_in(["working_committee", "temporary"])
    )
    form = primary["form"].cast(pl.String).replace({"joint_branch": "branch"})
    share = {f: 100 * (form == f).mean() for f in form.unique()}
    assert share["committee"] == pytest.approx(5.8, abs=0.1)
    assert share["general_branch"] == pytest.approx(6.3, abs=0.1)
    assert share["branch"] == pytest.approx(88.0, abs=0.2)


def test_joint_branches_cover_mostly_up_to_five_units(city: Network) -> None:
    joint = city.ties("COVERS").filter(pl.col("mode") == "joint")
    size = joint.group_by("from").len()["len"].to_numpy()
    assert 0 < (size > 5).mean() < 0.05
    assert np.median(size) == 4


def test_nobody_passes_on_more_than_was_received(city: Network) -> None:
    funds = city.ties("FUNDS")
    received = funds.group_by("to", "year").agg(got=pl.col("amount_cny").sum())
    passed = (
        funds.filter(pl.col("from").str.starts_with("party:"))
        .group_by(party="from", year="year")
        .agg(gave=pl.col("amount_cny").sum())
        .join(received, left_on=["party", "year"], right_on=["to", "year"], how="left")
    )
    assert passed.height > 4_000
    assert (passed["gave"] <= passed["got"].fill_null(0)).all()
    assert (funds["amount_cny"] > 0).all()


def test_evaluations_show_every_state(city: Network) -> None:
    ties = city.ties("EVALUATES")
    two_way = ties.filter(pl.col("kind") == "two_way")
    rounds = two_way["round"].value_counts().sort("round")
    assert rounds["round"].to_list() == ["2018", "2019"]
    assert (rounds["count"] > 25_000).all()
    status = two_way["status"].cast(pl.String).value_counts()
    assert set(status["status"]) == {
        "returned",
        "missing",
        "void",
        "exempt",
        "pending",
        None,
    }
    above = two_way.filter(
        (pl.col("score") > pl.col("scale_max")) & (pl.col("status") == "returned")
    )
    assert above.height > 100
    settings = city.nodes("PartyOrganization").select(
        pl.col("id").alias("from"), "setting"
    )
    up = two_way.join(settings, on="from")
    assert set(up["setting"].cast(pl.String)) > {"enterprise", "institution"}
    inspected = ties.filter(pl.col("kind") == "inspection")["round"].unique().sort()
    assert inspected.to_list() == [
        "2019H1",
        "2019H2",
        *(f"2019Q{q}" for q in range(1, 5)),
    ]
    assert ties.filter(pl.col("kind") == "hierarchical").height == 2 * (
        20 + 375 + 4_366
    )


def test_every_power_that_was_used_is_held(city: Network) -> None:
    held = city.ties("HOLDS_POWER_OVER").filter(pl.col("power") == "assess")
    used = city.ties("EVALUATES").filter(pl.col("kind") == "power")
    assert used.height > 1_000
    assert used.join(held, on=["from", "to"], how="anti").is_empty()
    assert held.join(used, on=["from", "to"], how="anti").height > 500


def test_a_few_streets_never_call(city: Network) -> None:
    streets = city.nodes("PartyOrganization").filter(pl.col("setting") == "street")
    calls = city.ties("ESCALATES_TO")
    silent = streets.join(calls, left_on="id", right_on="from", how="anti")
    assert silent.height == 11
    assert (calls["resolved"] <= calls["cases"]).all()
    assert (calls["satisfied"] <= calls["resolved"]).all()
    assert (calls["responded"] <= calls["cases"]).all()


def test_lines_reach_outside_the_city(city: Network) -> None:
    located = city.ties("LOCATED_IN").select("from")
    lines = city.nodes("Unit").join(located, left_on="id", right_on="from", how="anti")
    parents = city.ties("SUPERVISED_BY").filter(pl.col("role") == "parent")
    led = parents.join(lines.select(to="id"), on="to").join(
        city.resident_units.select(pl.col("id").alias("from")), on="from"
    )
    assert led.height > 2_000
    hosts = city.ties("HOSTED_BY").select("from", host="to")
    above = city.ties("SUBORDINATE_TO").join(hosts, left_on="to", right_on="from")
    outside = above.join(lines.select(host="id"), on="host")
    assert outside.height > 800


def test_documents_stand_behind_mechanisms(city: Network) -> None:
    numbers = set(city.nodes("Document")["doc_no"])
    named = {t: set(city.ties(t)["doc_no"].drop_nulls().unique()) for t in SCHEMA.ties}
    assert all(used <= numbers for used in named.values())
    assert {"FUNDS", "DEPLOYS_TO", "EVALUATES", "COVERS"} <= {
        t for t, used in named.items() if used
    }
    assert "OFFERS" not in {t for t, used in named.items() if used}
    tiers = city.nodes("Document")["tier"].cast(pl.String).value_counts()
    assert dict(tiers.iter_rows()) == {"1": 1, "6": 6, "N": 22, None: 3}


def test_matches_join_things_of_a_kind(city: Network) -> None:
    kind = [
        city.nodes(label).select(pl.col("id").alias(end), pl.col("kind").alias(name))
        for label, end, name in (("Resource", "from", "r"), ("Need", "to", "n"))
    ]
    pairs = city.ties("MATCHED_TO").join(kind[0], on="from").join(kind[1], on="to")
    assert pairs.height > 5_000
    assert (pairs["r"] == pairs["n"]).all()
    projects = set(city.nodes("Project")["code"])
    assert set(pairs["project_id"].drop_nulls()) <= projects


def test_every_gap_and_every_break_occurs(city: Network) -> None:
    gaps = orgnet.coverage.gaps(city).frame
    found = gaps.group_by("class", "state").len()
    states = {(c, s): n for c, s, n in found.iter_rows()}
    assert {c for c, s in states if s == "gap"} == {f"G{n}" for n in range(1, 8)}
    assert {c for c, s in states if s == "undetermined"} == {"G1", "G2", "G3", "G5"}
    chain = set(gaps.filter(pl.col("class") == "G6")["reason"])
    assert chain == {"cycle", "no_superior", "several_superiors", "wrong_level"}
    broken = set(orgnet.structure.chain(city).frame["reason"].drop_nulls())
    assert broken >= {"no_organization", "superior_elsewhere", "no_superior"}


def test_most_units_with_a_tie_are_rated_both_ways(city: Network) -> None:
    pairs = orgnet.evaluation.pairs(city).frame
    states = pairs["state"].cast(pl.String).unique().sort().to_list()
    assert states == ["both", "down_only", "exempt", "neither", "pending", "up_only"]
    assert pairs.filter(state="both").height > 0.4 * pairs.height


def test_a_part_of_the_city_holds_whole_streets(small: Network) -> None:
    communities = small.areas("community")
    streets = communities["code"].str.slice(0, 9).unique()
    whole = real_areas(2019)["community"]
    expected = whole.filter(pl.col("parent_code").is_in(streets.implode()))
    assert communities["code"].equals(expected["code"])
    assert small.areas("district").height >= 2
    assert len(small) < 5_000


@pytest.mark.parametrize("scale", [0.1, 0.4])
def test_parts_are_in_proportion(scale: float, city: Network) -> None:
    part = chengdu(scale=scale)
    share = part.areas("community").height / city.areas("community").height
    assert share == pytest.approx(scale, rel=0.35)
    residents = part.resident_units.height
    assert residents == pytest.approx(share * 32_000, abs=1)
    rated = part.counts["EVALUATES"]
    assert rated == pytest.approx(share * city.counts["EVALUATES"], rel=0.1)


def test_succession_joins_the_streets_of_two_editions() -> None:
    frame = succession()
    for column, year in (("from", 2019), ("to", 2020)):
        known = "area:" + real_areas(year)["street"]["code"] + f"@{year}"
        assert frame[column].is_in(known.implode()).all()
    assert frame["from"].n_unique() == frame.height == 367
    assert frame["inferred"].sum() == 119
    ends = {
        year: pl.DataFrame({"id": pl.concat([frame[end]]).unique()}).with_columns(
            name=pl.lit("街道"), level=pl.lit("street")
        )
        for end, year in (("from", 2019), ("to", 2020))
    }
    areas = pl.concat(ends.values())
    net, faults = Network.from_frames({"Area": areas}, {"SUCCEEDED_BY": frame})
    assert net.counts["SUCCEEDED_BY"] == 367
    assert len(faults) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"seed": -1}, "seed is -1"),
        ({"scale": 1.5}, "scale is 1.5"),
        ({"scale": 0}, "scale is 0"),
        ({"scale": 10_000}, "whole copies from 1 to 793"),
        ({"year": 2021}, "no edition of 2021"),
    ],
)
def test_arguments_out_of_range_are_refused(
    arguments: dict[str, float], words: str
) -> None:
    with pytest.raises(OrgnetError, match=re.escape(words)):
        chengdu(**arguments)  # type: ignore[arg-type]


def test_ids_hold_no_rare_characters(city: Network) -> None:
    longest = city.ids.str.len_chars().max()
    assert isinstance(longest, int)
    assert longest < 40
    assert np.all(city.ids.str.contains(r"^[a-z]+:[^|]+$").to_numpy())
