"""The messy rosters, read: every fault reported once, nothing else, nothing lost."""

import re
import unicodedata
from datetime import date
from pathlib import Path
from typing import TypeAlias

import openpyxl
import polars as pl
import pytest
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

import orgnet
from orgnet.messy import write_messy
from orgnet.network import Network
from orgnet.rosters.faults import RosterFaults

AT = ["file", "sheet", "row", "heading"]
FAMILIES = {  # what the reader may call a fault of each family, if not just so
    "bad_date": {"bad_date", "not_a_date"},
    "bad_yes_no": {"not_yes_or_no"},
    "date_precision": {"month_precision", "year_precision"},
    "impossible_share": {"bad_share"},
    "out_of_range": {"bad_value"},
    "rounded": {"rounded_area", "rounded_score", "rounded_money"},
    "several_superiors": {"several"},
    "unknown_sheet": {"unrecognised_sheet"},
}
ATTRIBUTES = {
    "Unit": ["kind", "status", "operating", "employees", "members", "full_members",
             "line", "reported_party_org", "has_union", "has_youth_league", "industry",
             "affiliation_level", "resident"],
    "PartyOrganization": ["code", "form", "setting", "membership_basis", "members",
                          "full_members", "founded_on", "last_election", "term_years"],
    "Area": ["level", "code", "edition", "kind", "households", "population",
             "exclusive", "demonstration", "demonstration_batch", "proof_items",
             "demonstration_level", "members", "social_workers", "reform_status",
             "grid_group", "step", "full_time_staff", "part_time_staff",
             "disputes_resolved", "integrated_members", "integrated_platform"],
    "Resource": ["kind", "capacity", "capacity_unit", "fee", "uses", "scope"],
    "Need": ["kind", "quantity", "quantity_unit", "urgency", "raised_on", "due_on",
             "status"],
    "Project": ["code", "programme", "action", "budget_cny", "starts_on", "ends_on",
                "progress", "quantity", "quantity_unit"],
}  # fmt: skip
EQUAL = ("SUBORDINATE_TO", "OFFERS", "RAISES", "EVALUATES")  # what rosters hold wholly
WITHIN = (
    "PART_OF",
    "HOSTED_BY",
    "LOCATED_IN",
    "SUPERVISED_BY",
    "COVERS",
    "OVERLAPS",
    "PARTNERS_WITH",
    "HOLDS_SEAT_ON",
    "MATCHED_TO",
)  # and what in part
BY_UNIT = ("PARTNERS_WITH", "HOLDS_SEAT_ON")
ENDINGS = {"工作委员会": "党工委", "总支部委员会": "党总支", "支部委员会": "党支部",
           "委员会": "党委"}  # fmt: skip
YEAR_END = date(2019, 12, 31)
PLAIN = str.maketrans("黨區會總聯業務", "党区会总联业务")


Read: TypeAlias = tuple[pl.DataFrame, Network, RosterFaults, Path]


def read(folder: Path, city: Network, *, faults: bool, seed: int = 2019) -> Read:
    listed = write_messy(city, folder, faults=faults, seed=seed)
    net, found = orgnet.read_rosters(folder)
    return listed, net, found, folder


@pytest.fixture(scope="module")
def city() -> Network:
    return orgnet.chengdu(scale=0.02)


@pytest.fixture(scope="module")
def messy(city: Network, tmp_path_factory: pytest.TempPathFactory) -> Read:
    return read(tmp_path_factory.mktemp("messy"), city, faults=True)


@pytest.fixture(scope="module")
def clean(city: Network, tmp_path_factory: pytest.TempPathFactory) -> Read:
    return read(tmp_path_factory.mktemp("clean"), city, faults=False)


def placed(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the heading without what a reader may leave out of it."""
    headings = [_bare(c) for c in frame["column"]]
    return frame.with_columns(pl.Series("heading", headings, pl.String))


def _bare(heading: str | None) -> str | None:
    if heading is None:
        return None
    return re.sub(r"[\s*]", "", unicodedata.normalize("NFKC", heading))


def differences(listed: pl.DataFrame, reported: pl.DataFrame) -> str:
    """Say what was not reported, and what was reported besides."""
    left, right = placed(listed), placed(reported)
    missed = left.join(right, on=AT, how="anti", nulls_equal=True)
    more = right.join(left, on=AT, how="anti", nulls_equal=True)
    columns = ["file", "sheet", "row", "column", "value"]
    lines = [f"- {row}" for row in missed.select(*columns, "kind", "note").iter_rows()]
    lines += [
        f"+ {row}" for row in more.select(*columns, "code", "message").iter_rows()
    ]
    return "\n".join(lines)


@pytest.mark.parametrize("which", ["messy", "clean"])
def test_every_fault_is_reported_once_and_nothing_else(
    which: str, request: pytest.FixtureRequest
) -> None:
    listed, _, found, _ = request.getfixturevalue(which)
    assert differences(listed, found.frame) == ""
    assert len(found) == listed.height


def test_every_fault_is_called_what_it_is(
    messy: Read,
) -> None:
    listed, _, found, _ = messy
    joined = placed(listed).join(placed(found.frame), on=AT, nulls_equal=True)
    assert joined.height == listed.height
    columns = ["kind", "expect", "code", "effect", "effect_right"]
    for kind, expect, code, effect, done in joined.select(columns).iter_rows():
        assert code in FAMILIES.get(expect, {expect}), kind
        assert effect == done, kind


def test_the_rows_balance(messy: Read) -> None:
    listed, _, found, folder = messy
    report = found.report
    assert found.balanced
    parts = report.select(pl.sum_horizontal("accepted", "rejected", "titles", "notes"))
    assert parts.to_series().equals(report["rows_in"], check_names=False)
    place = ["file", "sheet"]
    named = listed.with_columns(pl.col("sheet").fill_null(""))
    lost = named.filter(pl.col("effect") == "row_rejected").group_by(place).len()
    both = report.join(lost, on=place, how="left", nulls_equal=True)
    read_in = both.filter(pl.col("accepted") > 0)
    otherwise = read_in.filter(pl.col("rejected") != pl.col("len").fill_null(0))
    assert otherwise.select(*place, "rejected", "len").rows() == []
    counted = 0
    for file, sheet, rows in report.select(*place, "rows_in").iter_rows():
        if file.endswith(".xlsx") and sheet and "Sheet" not in sheet:
            assert rows == _filled_rows(folder / file, sheet), (file, sheet)
            counted += 1
    assert counted > 40


def _filled_rows(path: Path, sheet: str) -> int:
    book = openpyxl.load_workbook(path, read_only=True)
    rows = [row for row in book[sheet].iter_rows(values_only=True) if any(row)]
    book.close()
    return len(rows)


def test_the_reader_finds_the_nodes_of_the_city(city: Network, clean: Read) -> None:
    old, new = city.at(YEAR_END), clean[1]
    of_rosters = pl.col("resident") | (pl.col("kind") == "social_organization")
    units = old.nodes("Unit").filter(of_rosters.fill_null(value=False))
    assert set(units["id"]) <= set(new.nodes("Unit")["id"])
    for label in ("PartyOrganization", "Need", "Project"):
        assert new.nodes(label)["id"].equals(old.nodes(label)["id"]), label
    levels = ["city", "district", "street", "community", "grid"]
    listed = pl.col("level").cast(pl.String).is_in(levels)
    areas = old.nodes("Area").filter(listed)["id"]
    assert areas.equals(new.nodes("Area").filter(listed)["id"])
    assert new.areas("compound").height == old.areas("compound").height


@pytest.mark.parametrize("label", list(ATTRIBUTES))
def test_what_the_reader_knows_is_what_the_city_says(
    label: str, city: Network, clean: Read
) -> None:
    old, new = city.at(YEAR_END), clean[1]
    ids = _compounds(old, new)
    read = new.nodes(label).with_columns(pl.col("id").replace(ids))
    both = read.join(old.nodes(label), on="id", suffix="_city")
    assert both.height == read.height
    for name in ATTRIBUTES[label]:
        known = both.filter(pl.col(name).is_not_null())
        same = known[name].cast(pl.String) == known[f"{name}_city"].cast(pl.String)
        wrong = known.filter(~same.fill_null(value=False))
        assert known.height, name
        assert wrong.select("id", name, f"{name}_city").rows() == []
    names = both.select("name", "name_city").rows()
    assert [n for n in names if _key(n[0]) != _key(n[1])] == []


def _key(name: str) -> str:
    """Return a name without what offices write differently."""
    plain = unicodedata.normalize("NFKC", name).translate(PLAIN).strip()
    plain = plain.removeprefix("中共")
    for long, short in ENDINGS.items():
        if plain.endswith(long) and not plain.endswith("居民委员会"):
            plain = plain.removesuffix(long) + short
    return re.sub(r"\s", "", plain)


def _compounds(old: Network, new: Network) -> dict[str, str]:
    """Return the city's id of each compound and park the reader gave one of its own."""
    parts = [_named_in(net) for net in (new, old)]
    both = parts[0].join(parts[1], on=["name", "above"], suffix="_city")
    assert both.height == parts[0].height
    return dict(both.select("id", "id_city").iter_rows())


def _named_in(net: Network) -> pl.DataFrame:
    primary = pl.col("primary").fill_null(value=True)
    above = net.ties("PART_OF").filter(primary).select(id="from", above="to")
    levels = pl.col("level").cast(pl.String).is_in(["compound", "functional_area"])
    areas = net.nodes("Area").filter(levels).join(above, on="id")
    return areas.select("id", pl.col("name").str.strip_chars(), "above")


@pytest.mark.parametrize("type_", [*EQUAL, *WITHIN])
def test_the_reader_finds_the_ties_of_the_city(
    type_: str, city: Network, clean: Read
) -> None:
    old, new = city.at(YEAR_END), clean[1]
    read = _pairs(new, type_, new, _compounds(old, new))
    there = _pairs(old, type_, new, {})
    if type_ == "EVALUATES":
        there = {pair for pair in there if pair[-2:] == ("two_way", "2019")}
    assert read
    assert read - there == set()
    if type_ in EQUAL:
        assert there - read == set()


def _pairs(
    net: Network, type_: str, known: Network, ids: dict[str, str]
) -> set[tuple[str, ...]]:
    """Return what a type ties, a unit for the organization that it hosts.

    Ties of resources that no roster lists, and coverage modes, which no roster tells,
    are left out.
    """
    ties = net.ties(type_).with_columns(pl.col("from", "to").replace(ids))
    if type_ in BY_UNIT:
        hosts = net.ties("HOSTED_BY").filter(pl.col("to").str.starts_with("unit:"))
        host = dict(hosts.select("from", "to").iter_rows())
        ties = ties.with_columns(pl.col("from").replace(host))
    if type_ == "OFFERS":
        ties = ties.join(known.nodes("Resource").select(to="id"), on="to", how="semi")
    if type_ == "LOCATED_IN":
        ties = _in_communities(net, ties)
    keys = [k for k in net.schema.ties[type_].key if k != "mode"]
    return set(ties.select(pl.col("from", "to", *keys).cast(pl.String)).iter_rows())


def _in_communities(net: Network, ties: pl.DataFrame) -> pl.DataFrame:
    """Take the community for an area inside it, which not every roster names."""
    index = net.index()
    community = index.ancestor("community")
    place = [net.position(i) if i in set(net.ids) else -1 for i in ties["to"]]
    found = [int(community[p]) if p >= 0 else -1 for p in place]
    names = [
        net.ids[c] if c >= 0 else t for c, t in zip(found, ties["to"], strict=True)
    ]
    return ties.with_columns(pl.Series("to", names))


@pytest.mark.parametrize("label", list(ATTRIBUTES))
def test_no_fault_takes_a_node_or_what_is_known_of_it(
    label: str, clean: Read, messy: Read
) -> None:
    caption = orgnet.SCHEMA.kinds[label].caption
    whole, read = (net.nodes(label).drop("source_row") for net in (clean[1], messy[1]))
    assert whole.height
    both = whole.join(read, on="id", how="left", suffix="_read", coalesce=False)
    assert both.filter(pl.col("id_read").is_null())["id"].to_list() == []
    kept = [name for name in whole.columns if name not in {"id", caption}]
    assert _changed(both, kept) == []
    names = both.select(caption, f"{caption}_read").rows()
    assert [n for n in names if _key(n[0]) != _key(n[1])] == []  # spelt row by row


@pytest.mark.parametrize("type_", [*EQUAL, *WITHIN, "SERVES"])
def test_no_fault_takes_a_tie_or_what_is_known_of_it(
    type_: str, clean: Read, messy: Read
) -> None:
    tie = orgnet.SCHEMA.ties[type_]
    whole, read = (net.ties(type_).drop("source_row") for net in (clean[1], messy[1]))
    assert whole.height
    by = ["from", "to", *tie.key, "valid_from"]
    marked = read.with_columns(pl.lit(value=True).alias("there"))
    both = whole.join(marked, on=by, how="left", suffix="_read", nulls_equal=True)
    assert both.filter(pl.col("there").is_null()).select(by).rows() == []
    assert _changed(both, [name for name in whole.columns if name not in by]) == []


def _changed(both: pl.DataFrame, columns: list[str]) -> list[tuple[object, ...]]:
    """Return every value that is not the same in both readings: what, was, is."""
    rows: list[tuple[object, ...]] = []
    for name in columns:
        pair = both.select(pl.lit(name).alias("what"), name, f"{name}_read")
        other = pl.col(name).ne_missing(pl.col(f"{name}_read"))
        rows += pair.filter(other).rows()
    return rows


def test_what_the_faults_add_is_their_own(clean: Read, messy: Read) -> None:
    whole, read = clean[1], messy[1]
    assert read.complete == whole.complete
    assert {k for k, n in whole.counts.items() if n} == {
        *ATTRIBUTES,
        *EQUAL,
        *WITHIN,
        "SERVES",
    }
    more = read.nodes().join(whole.nodes(), on="id", how="anti")
    assert more.height > 100
    assert more.filter(~pl.col("name").str.contains("补录"))["name"].to_list() == []
    theirs = pl.col("from", "to").is_in(more["id"].implode())
    for type_, tie in read.schema.ties.items():
        by = ["from", "to", *tie.key, "valid_from"]
        added = read.ties(type_).join(
            whole.ties(type_), on=by, how="anti", nulls_equal=True
        )
        others = added.filter(~pl.any_horizontal(theirs))
        if type_ == "EVALUATES":  # a carrier's round is its own, its parties are not
            others = others.filter(pl.col("round") == "2019")
        assert others.select(by).rows() == [], type_


@pytest.mark.parametrize("suffix", [".xls", ".ods"])
def test_other_workbooks_say_the_same(suffix: str, clean: Read, tmp_path: Path) -> None:
    folder = clean[3]
    path = next(p for p in sorted(folder.iterdir()) if "驻区单位台账" in p.name)
    (tmp_path / "xlsx").mkdir()
    (tmp_path / "other").mkdir()
    copy = tmp_path / "xlsx" / path.name
    copy.write_bytes(path.read_bytes())
    other = tmp_path / "other" / path.with_suffix(suffix).name
    rows = _rows(path)
    (_write_xls if suffix == ".xls" else _write_ods)(other, rows)
    one, first = orgnet.read_rosters(copy)
    two, second = orgnet.read_rosters(other)
    assert one.counts == two.counts
    assert one.counts["Unit"] > 10
    left, right = [net.nodes("Unit").drop("source") for net in (one, two)]
    assert left.equals(right)
    where = ["row", "column", "code"]
    assert first.frame.select(where).equals(second.frame.select(where))


def _rows(path: Path) -> list[tuple[object, ...]]:
    page = openpyxl.load_workbook(path).worksheets[0]
    return list(page.iter_rows(values_only=True))


def _write_xls(path: Path, rows: list[tuple[object, ...]]) -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("驻区单位")
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell is not None:
                page.write(r, c, cell)
    book.save(str(path))


def _write_ods(path: Path, rows: list[tuple[object, ...]]) -> None:
    book = OpenDocumentSpreadsheet()
    page = Table(name="驻区单位")
    for row in rows:
        line = TableRow()
        for cell in row:
            if isinstance(cell, int | float):
                item = TableCell(valuetype="float", value=cell)
            else:
                item = TableCell(valuetype="string")
            if cell is not None:
                item.addElement(P(text=str(cell)))
            line.addElement(item)
        page.addElement(line)
    book.spreadsheet.addElement(page)
    book.save(str(path))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_other_cities_and_seeds_too(seed: int, tmp_path: Path) -> None:
    city = orgnet.chengdu(scale=0.05, seed=seed)
    listed, _, found, _ = read(tmp_path, city, faults=True, seed=seed)
    assert differences(listed, found.frame) == ""
    assert len(found) == listed.height


@pytest.mark.slow
def test_the_whole_city(tmp_path: Path) -> None:
    listed, net, found, _ = read(tmp_path, orgnet.chengdu(), faults=True)
    assert differences(listed, found.frame) == ""
    assert len(found) == listed.height
    assert net.resident_units.height > 32_000
