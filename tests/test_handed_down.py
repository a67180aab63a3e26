"""Sheets handed down: each its own, safe to write, formatted, read as they return."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import polars as pl
import pytest

import orgnet as on
from orgnet import coverage, evaluation, integration
from orgnet.errors import OrgnetError, RefusedFileError, UnknownNameError
from orgnet.report.handed_down.forms import FORMS, NEEDS, OTHERS, PAIRS, RESIDENTS, Form
from orgnet.report.handed_down.handing import CLASSES, Handing
from orgnet.report.handed_down.overview import COUNTED
from orgnet.report.handed_down.rows import rows_of
from orgnet.report.handed_down.write import MANIFEST, OVERVIEW, Books
from orgnet.rosters import read_rosters
from orgnet.rosters.writing import CREATED
from orgnet.rules import Round, Rules
from orgnet.schema.declare import Record
from tests import small
from tests.rosters.test_read import AREAS, PARTIES, UNITS, unit
from tests.rosters.workbooks import names, read, told, write_csv
from tests.small import areas, parts

STREET = "510104020"
BOOK = f"督院街街道 {STREET}.xlsx"
OWN = ("id", "from", "to", "source", "source_row")  # no attributes, or of the sheet
HEADINGS = 3  # the row they stand in
Cell = Any


@pytest.fixture(scope="module")
def city() -> on.Network:
    return on.chengdu(scale=0.02)


@pytest.fixture(scope="module")
def whole(city: on.Network, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder that nobody has touched since it was written."""
    folder = tmp_path_factory.mktemp("handed") / "下发表"
    city.to_excel(folder)
    return folder


@pytest.fixture
def folder(city: on.Network, tmp_path: Path) -> Path:
    """Give a folder of one street, to be filled in."""
    city.to_excel(tmp_path / "down", within=STREET)
    return tmp_path / "down"


class Filling:
    """Fills in a workbook as a person does, by headings."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = openpyxl.load_workbook(path)

    def rows(self, form: Form) -> list[dict[str, Cell]]:
        sheet = self.book[form.sheet]
        head = [c.value for c in sheet[HEADINGS]]
        rows = sheet.iter_rows(min_row=HEADINGS + 1)
        return [dict(zip(head, row, strict=True)) for row in rows]

    def turn(self, form: Form) -> None:
        """Put the rows of a sheet in the opposite order."""
        cells = [list(row.values()) for row in self.rows(form)]
        values = [[c.value for c in row] for row in cells]
        for row, turned in zip(cells, reversed(values), strict=True):
            for cell, value in zip(row, turned, strict=True):
                cell.value = value

    def save(self) -> None:
        self.book.save(self.path)


def books(folder: Path) -> Iterator[Filling]:
    for path in sorted(folder.glob("*.xlsx")):
        if path.name != OVERVIEW:
            yield Filling(path)


def tables(net: on.Network) -> dict[str, tuple[pl.DataFrame, list[str]]]:
    """Return all nodes and relationships by name, and what identifies them."""
    ties = {
        t: (net.ties(t), ["from", "to", *tie.key, "valid_from"])
        for t, tie in net.schema.ties.items()
    }
    return {k: (net.nodes(k), ["id"]) for k in net.schema.kinds} | ties


def said_anew(net: on.Network, back: on.Network) -> list[tuple[Any, ...]]:
    """List what a reading says that the network does not hold: name, ids, attribute."""
    new: list[tuple[Any, ...]] = []
    known = tables(net)
    for name, (frame, key) in tables(back).items():
        table, _ = known[name]
        both = frame.join(table, on=key, how="left", suffix="_", nulls_equal=True)
        there = frame.join(table, on=key, how="semi", nulls_equal=True)
        gone = frame.join(table, on=key, how="anti", nulls_equal=True)
        new += [(name, *row) for row in gone.select(key).rows()]
        assert there.height + gone.height == frame.height
        for column in (c for c in frame.columns if c not in {*OWN, *key}):
            said = pl.col(column).is_not_null()
            other = pl.col(column).ne_missing(pl.col(f"{column}_"))
            in_both = both.join(gone, on=key, how="anti", nulls_equal=True)
            rows = in_both.filter(said & other)
            new += [(name, *row, column) for row in rows.select(key).rows()]
    return new


def test_what_comes_back_as_it_went_says_nothing_new(
    city: on.Network, whole: Path
) -> None:
    back, faults = read_rosters(whole, known=city)
    assert not len(faults)
    assert faults.balanced
    assert said_anew(city, back) == []
    assert back.synthetic
    assert not back.complete  # the sheets ask of some only
    asked = coverage.gaps(city, classes=[str(c) for c in CLASSES]).frame["id"]
    placed = {f["下发标识"].value for b in books(whole) for f in units(b)}
    assert set(back.nodes("Unit")["id"]) == placed
    assert placed < set(asked)
    assert len(placed) > 200


def units(book: Filling) -> list[dict[str, Cell]]:
    return [
        row
        for form in (RESIDENTS, OTHERS)
        if form.sheet in book.book.sheetnames
        for row in book.rows(form)
    ]


def test_what_is_filled_in_arrives(city: on.Network, folder: Path) -> None:
    book = Filling(folder / BOOK)
    unit = next(r for r in book.rows(RESIDENTS) if r["社区"].value != "—")
    other = book.rows(OTHERS)[0]
    for row in (unit, other):
        row["正式党员数"].value = 5
        row["是否实体运营"].value = "否"
        row["是否建立党组织"].value = "是"
        row["是否建立工会"].value = "是"
        row["是否建立团组织"].value = "否"
        row["是否选派党建指导员"].value = "是"
        row["备注"].value = "已电话核实"
    unit["是否签订共建协议"].value = "是"
    pair, grade, added = book.rows(PAIRS)[:3]
    pair["得分"].value, pair["满分"].value = 92.5, 100
    grade["等次"].value, added["得分"].value = "良好", 80
    need = book.rows(NEEDS)[0]
    need["状态"].value, need["数量"].value = "已解决", 12
    filled = [said(row) for row in (unit, other, pair, grade, added, need)]
    added["下发标识"].value = added["下发标识（党组织）"].value = None  # added by hand
    for form in FORMS:
        book.turn(form)
    book.save()
    back, faults = read_rosters(folder, known=city)
    assert not len(faults)
    assert faults.balanced
    unit, other, pair, grade, added, need = filled
    of_units(city, back, [unit, other])
    agreed = back.ties("PARTNERS_WITH").select("from", "to", "mechanism")
    (committee,) = organizations(city, [unit["社区"]])
    assert agreed.rows() == [(unit["下发标识"], committee, "agreement")]
    columns = ("from", "to", "round", "kind", "score", "scale_max", "grade")
    assert set(back.ties("EVALUATES").select(columns).rows()) == {
        (*ends(pair), "2019", "two_way", 92.5, 100.0, None),
        (*ends(grade), "2019", "two_way", None, None, "良好"),
        (*ends(added), "2019", "two_way", 80.0, None, None),
    }
    told = back.node(need["下发标识"])
    assert (told["status"], told["quantity"]) == ("met", 12)
    assert returned(city, back, pair) == ("returned", 92.5)
    named = {row["下发标识"] for row in (unit, other, need)}
    for new in said_anew(city, back):
        assert new[0] == "EVALUATES" or not named.isdisjoint(new)


def said(row: Mapping[str, Cell]) -> dict[str, Any]:
    return {heading: cell.value for heading, cell in row.items()}


def of_units(city: on.Network, back: on.Network, rows: list[dict[str, Any]]) -> None:
    """Check what was filled in for a resident unit and for another."""
    wanted = {"full_members": 5, "operating": False, "reported_party_org": True}
    wanted |= {"has_union": True, "has_youth_league": False}
    for row in rows:
        told = back.node(row["下发标识"])
        assert told | wanted | {"reported_instructor": True} == told
    assert back.node(rows[0]["下发标识"])["resident"]
    assert "resident" not in back.node(rows[1]["下发标识"])
    committees = organizations(city, [row["社区"] for row in rows])
    work = back.ties("COVERS").select("from", "to", "basis", "mode", "reported")
    assert set(work.rows()) == {
        (committee, row["下发标识"], "work", "instructor", True)
        for committee, row in zip(committees, rows, strict=True)
    }


def organizations(net: on.Network, communities: list[str]) -> list[str]:
    """Return the organizations of communities by their names."""
    index = net.index()
    places = [index.area(net.area_id(name)) for name in communities]
    return list(index.id_of(index.area_organization[places]))


def ends(row: Mapping[str, Any]) -> tuple[str, str]:
    unit, party = row["下发标识"], row["下发标识（党组织）"]
    return (unit, party) if row["考评方向"] == "下评上" else (party, unit)


def returned(
    city: on.Network, back: on.Network, row: Mapping[str, Any]
) -> tuple[str, float]:
    """Return state and score of a direction in the city with what came back."""
    tail, head = ends(row)
    record = on.SCHEMA["EVALUATES"]
    tie = back.ties("EVALUATES").filter(pl.col("from") == tail, pl.col("to") == head)
    values = {k: v for k, v in tie.row(0, named=True).items() if v is not None}
    after = city.plus([made(record, values)])
    way = "up" if row["考评方向"] == "下评上" else "down"
    pairs = evaluation.pairs(after, round="2019").frame
    found = pairs.filter(
        pl.col("unit") == row["下发标识"],
        pl.col("area_organization") == row["下发标识（党组织）"],
    )
    return found.select(f"{way}_state", f"{way}_score").row(0)


def made(declared: type[Record], values: Mapping[str, Any]) -> Record:
    return declared.model_validate(dict(values))


def test_each_workbook_holds_its_own_and_nothing_else(
    city: on.Network, whole: Path
) -> None:
    index = city.index()
    streets = dict(city.areas("street").select("code", "id").iter_rows())
    met: dict[str, int] = {}
    for book in books(whole):
        street = streets[book.path.stem.split()[-1]]
        for form in FORMS:
            if form.sheet not in book.book.sheetnames:
                continue
            for row in book.rows(form):
                node = city.position(row["下发标识"].value)
                area = index.ancestor("street")[index.place[node]]
                assert city.ids[int(area)] == street
                met[form.sheet] = met.get(form.sheet, 0) + 1
    assert set(met) == {f.sheet for f in FORMS}


def test_the_overview_counts_what_the_questions_answer(
    city: on.Network, whole: Path
) -> None:
    sheet = openpyxl.load_workbook(whole / OVERVIEW)["目录"]
    head, *rows = sheet.iter_rows(min_row=HEADINGS, values_only=True)
    lines = [dict(zip(head, row, strict=True)) for row in rows]
    assert len(lines) == city.areas("street").height + 2
    *streets, nowhere, total = lines
    for line in streets:
        counted = {n: line[n] for n in COUNTED}
        assert counted == answered(city, within=line["区划代码"])
        assert (whole / line["工作簿"]).exists()
    assert {n: total[n] for n in COUNTED} == answered(city)
    assert nowhere["待核实单位"] > 0
    for name in COUNTED:
        assert total[name] == sum(int(line[name]) for line in [nowhere, *streets])
    sheets = {f.sheet: 0 for f in FORMS}
    for book in books(whole):
        for form in FORMS:
            if form.sheet in book.book.sheetnames:
                sheets[form.sheet] += len(book.rows(form))
    placed = {n: total[n] - nowhere[n] for n in COUNTED}
    assert placed["缺口单位"] + placed["待核实单位"] == (
        sheets[RESIDENTS.sheet] + sheets[OTHERS.sheet]
    )
    assert placed["未交方向"] == sheets[PAIRS.sheet]
    assert placed["未满足需求"] == sheets[NEEDS.sheet]


def answered(net: on.Network, within: str | None = None) -> dict[str, int]:
    """Count the rows of the overview by the questions themselves."""
    gaps = coverage.gaps(net, within=within, classes=[str(c) for c in CLASSES]).frame
    found = gaps.filter(pl.col("state") == "gap")
    pairs = evaluation.pairs(net, round="2019", within=within).frame
    missing = [pairs[f"{way}_state"] == "missing" for way in ("down", "up")]
    needs = integration.unreachable(net, within=within).frame
    return {
        "缺口单位": found["id"].n_unique(),
        **{c.zh: found.filter(pl.col("class") == c.value).height for c in CLASSES},
        "待核实单位": len(set(gaps["id"]) - set(found["id"])),
        "未交考评对数": (missing[0] | missing[1]).to_list().count(True),
        "未交方向": sum(m.to_list().count(True) for m in missing),
        "未满足需求": needs.height,
    }


def test_sheets_are_laid_out_to_be_filled_in_and_printed(folder: Path) -> None:
    book = Filling(folder / BOOK)
    assert book.book.sheetnames == [*(f.sheet for f in FORMS), "说明"]
    for form in FORMS:
        sheet = book.book[form.sheet]
        head = [c.value for c in sheet[HEADINGS]]
        assert head == [f.heading for f in form.fields]
        shown = sum(not f.aside for f in form.fields)
        last = sheet.cell(HEADINGS, shown).column_letter
        assert sheet["A1"].value == f"督院街街道　{form.title}"
        assert sheet["A2"].value.startswith("黄色各列请填写")
        assert sheet.freeze_panes.endswith(str(HEADINGS + 1))
        assert sheet.auto_filter.ref == f"A{HEADINGS}:{last}{sheet.max_row}"
        page = sheet.page_setup
        assert (page.orientation, page.paperSize, page.fitToHeight) == (
            *("landscape", 9, 0),
        )
        assert sheet.print_title_rows == f"${HEADINGS}:${HEADINGS}"
        fills = {f.heading for f in form.fields if f.fills}
        for place, heading in enumerate(head, start=1):
            filled = sheet.cell(HEADINGS + 1, place).fill.fill_type == "solid"
            assert filled == (heading in fills)
        rules = sheet.data_validations.dataValidation
        assert len(rules) == len(fills) - (form is PAIRS)  # grades are free text
        asked = sum(f"{r.sqref}".count(str(HEADINGS + 1)) > 0 for r in rules)
        assert asked == len(rules)


def test_the_same_gives_the_same_bytes_and_takes_the_place_of_what_was_there(
    city: on.Network, folder: Path
) -> None:
    def bytes_() -> dict[str, bytes]:
        return {p.name: p.read_bytes() for p in folder.iterdir()}

    first = bytes_()
    assert set(first) == {OVERVIEW, BOOK, MANIFEST}
    written = city.to_excel(folder, within=STREET)
    assert [p.name for p in written] == [OVERVIEW, BOOK]
    assert bytes_() == first
    for name in (OVERVIEW, BOOK):  # two writings in one second would agree as well
        assert openpyxl.load_workbook(folder / name).properties.created == CREATED
    city.to_excel(folder, within="510104021")  # what is there no more goes
    assert BOOK not in bytes_()


def test_what_was_not_written_here_is_left_alone(
    city: on.Network, folder: Path
) -> None:
    (folder / "名册.xlsx").write_bytes(b"another's")
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    with pytest.raises(RefusedFileError, match=r"1 of 3 files.*名册\.xlsx") as caught:
        city.to_excel(folder, within=STREET)
    assert caught.value.items == ("名册.xlsx",)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    with pytest.raises(RefusedFileError, match="is a file"):
        city.to_excel(folder / "名册.xlsx")


def test_what_was_filled_in_is_not_written_over(city: on.Network, folder: Path) -> None:
    book = Filling(folder / BOOK)
    book.rows(PAIRS)[0]["得分"].value = 90
    book.save()
    filled = (folder / BOOK).read_bytes()
    with pytest.raises(RefusedFileError, match="perhaps filled in"):
        city.to_excel(folder, within=STREET)
    assert (folder / BOOK).read_bytes() == filled
    (folder / MANIFEST).unlink()
    with pytest.raises(RefusedFileError, match="2 of 2 files"):
        city.to_excel(folder, within=STREET)


def test_a_level_or_place_that_is_not_there(city: on.Network, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="no area level 'town'"):
        city.to_excel(tmp_path / "x", split="town")
    with pytest.raises(OrgnetError, match="no area of level 'district' lies in"):
        city.to_excel(tmp_path / "x", split="district", within=STREET)
    assert not (tmp_path / "x").exists()


def test_only_sheets_handed_down_speak_of_what_no_roster_lists(
    city: on.Network, folder: Path, tmp_path: Path
) -> None:
    row = said(Filling(folder / BOOK).rows(PAIRS)[0])
    told = ("考评周期", "街道社区党组织", "单位名称", "考评方向")
    table = [[*told, "得分"], [*(row[h] for h in told), 80]]
    (tmp_path / "back").mkdir()
    write_csv(tmp_path / "back" / "考评.csv", table)
    marked = [[*table[0], "下发标识"], [*table[1], ""]]
    write_csv(tmp_path / "back" / "下发.csv", marked)
    back, faults = read_rosters(tmp_path / "back", known=city)
    found = faults.frame.select("file", "code").unique().rows()
    assert found == [("考评.csv", "unresolved_reference")]
    assert back.ties("EVALUATES").select("from", "to").rows() == [ends(row)]


def test_beside_the_rosters_an_answer_goes_before_what_they_say(tmp_path: Path) -> None:
    party = [*UNITS, "党组织名称", "正式党员数", "是否实体运营"]
    firms = [[*unit("甲公司"), "", "5", "是"], [*unit("乙公司"), "", "", "是"]]
    score = ["考评周期", "社区党组织", "单位名称", "考评方向", "得分", "是否有效"]
    rated = ["2019", "梨花街社区党委", "甲公司", "下评上", "", "未交"]
    tables = {
        "a": AREAS,
        "p": PARTIES,
        "u": [party, *firms],
        "e": [score, rated, [*rated[:3], "上评下", "90", "是"]],
    }
    net, faults = read(tmp_path, tables)
    assert not len(faults)
    pairs = evaluation.pairs(net, rules=Rules(expected="located")).frame
    assert pairs["up_state"].to_list() == ["missing", "missing"]
    net.to_excel(tmp_path / "下发", rules=Rules(expected="located"))
    book = Filling(tmp_path / "下发" / BOOK)
    for row in book.rows(PAIRS):
        row["得分"].value = 88 if row["单位名称"].value == "甲公司" else None
    first = next(r for r in book.rows(RESIDENTS) if r["单位名称"].value == "乙公司")
    first["正式党员数"].value, first["是否选派党建指导员"].value = 4, "是"
    book.save()
    both, faults = read_rosters(tmp_path)
    assert [code for *_, code in told(faults)] == ["conflicting_values"]
    assert "returned" in faults.frame["message"][0]
    assert both.complete == net.complete
    answers = both.ties("EVALUATES").sort("score")
    assert answers.select("score", "status").rows() == [
        (88.0, "returned"),
        (90.0, "returned"),
    ]
    second = both.nodes("Unit").filter(pl.col("name") == "乙公司")
    assert second["full_members"].to_list() == [4]
    assert ("梨花街社区党委", "乙公司", "work", "instructor") in names(both, "COVERS")


def handed(net: on.Network, **more: Any) -> Handing:
    given = {"split": "street", "within": None, "day": None, "rules": Rules(), **more}
    return Handing(net, **given)


UNDER = {"d": "", "s": "d", "c": "s"}
NODES = areas(**UNDER) | {
    "party:c": {"setting": "community"},
    "unit:u": {"resident": True, "operating": True, "full_members": 1},
}
HOME = [
    *parts(**UNDER),
    ("LOCATED_IN", "unit:u", "area:c"),
    ("COVERS", "party:c", "area:c", {"basis": "organization", "mode": "single"}),
]
SENT = {"basis": "work", "mode": "instructor", "reported": True}


@pytest.mark.parametrize(
    ("said", "ties", "shown"),
    [
        (None, [], None),
        (False, [], "否"),
        (True, [], None),  # a yes that comes back would make what is not there
        (True, [("COVERS", "party:c", "unit:u", SENT)], "是"),
        (True, [("COVERS", "party:c", "unit:u", SENT | {"reported": False})], None),
        (None, [("COVERS", "party:c", "unit:u", SENT)], None),
    ],
)
def test_a_yes_stands_only_where_what_it_makes_is_there(
    said: Any, ties: list[Any], shown: str | None
) -> None:
    unit = {**NODES["unit:u"], "reported_instructor": said}
    net = small.network({**NODES, "unit:u": unit}, [*HOME, *ties])
    rows = rows_of(handed(net))[RESIDENTS]
    assert rows["是否选派党建指导员"].to_list() == [shown]


def test_who_stands_in_no_street_is_counted_and_twins_are_told_apart(
    tmp_path: Path,
) -> None:
    twins = {f"area:c{n}": {"level": "community", "name": "和平社区"} for n in "12"}
    unit = {**NODES["unit:u"], "name": "甲"}
    units = {f"unit:{n}": unit for n in "12"} | {"unit:v": NODES["unit:u"]}
    at = [("LOCATED_IN", f"unit:{n}", f"area:c{n}") for n in "12"]
    net = small.network(NODES | twins | units, [*HOME, *parts(c1="s", c2="s"), *at])
    rows = rows_of(handed(net))[RESIDENTS].select("单位名称", "社区", "_area").rows()
    street = net.position("area:s")
    assert rows[0] == ("v", "—", None)
    assert rows[1:] == [
        ("u", "c", street),
        ("甲", "area:c1", street),
        ("甲", "area:c2", street),
    ]
    written = net.to_excel(tmp_path / "down")
    assert [p.name for p in written] == [OVERVIEW, "s.xlsx"]
    back, faults = read_rosters(tmp_path / "down", known=net)
    assert not len(faults)
    assert said_anew(net, back) == []
    assert back.nodes("Unit")["id"].to_list() == ["unit:1", "unit:2", "unit:u"]


def test_names_of_files_are_plain_and_no_two_are_alike() -> None:
    named = {
        "area:1": {"name": "甲/乙 ", "code": "510104020"},
        "area:2": {"name": "丙"},
        "area:3": {"name": "丙"},
        "area:4": {"name": "汇总"},
    }
    net = small.network({i: {"level": "street", **n} for i, n in named.items()})
    book = Books(handed(net))
    assert not any(book.areas["file"].to_list())  # nothing is open in them
    lost = {"resident": True, "operating": True, "full_members": 1}
    units_ = {f"unit:{i[5:]}": lost for i in named}
    at = [("LOCATED_IN", f"unit:{i[5:]}", i) for i in named]
    streets = {i: {"level": "street", **n} for i, n in named.items()}
    files = Books(handed(small.network(streets | units_, at))).areas["file"].to_list()
    assert files == ["甲乙 510104020.xlsx", "丙.xlsx", "丙 (2).xlsx", "汇总 (2).xlsx"]


@pytest.mark.parametrize(
    ("day", "rounds", "asked"),
    [
        (None, (), ["2019"]),
        (date(2019, 8, 7), (), ["2019"]),
        (date(2019, 8, 7), (2018, 2019), ["2018"]),  # 2019 is open until December
        (date(2020, 1, 1), (2018, 2019), ["2018", "2019"]),
        (None, (2018, 2019, 2030), ["2018", "2019", "2030"]),
        (date(2020, 1, 1), (2018, 2019, 2030), ["2018", "2019"]),
    ],
)
def test_only_rounds_that_are_closed_are_asked_about(
    city: on.Network, day: date | None, rounds: tuple[int, ...], asked: list[str]
) -> None:
    calendar = [
        Round(id=str(year), opens_on=date(year, 1, 1), closes_on=date(year, 12, 31))
        for year in rounds
    ]
    handing = handed(city, day=day, rules=Rules(rounds=calendar))
    assert handing.rounds == asked
    assert set(handing.pairs["round"]) <= set(asked)


def test_a_database_hands_down_what_it_pulls(city: on.Network, tmp_path: Path) -> None:
    module = pytest.importorskip("orgnet.database.database")
    pulled: Any = SimpleNamespace(network=lambda: city)
    written = module.Database.to_excel(pulled, tmp_path / "down", within=STREET)
    assert [p.name for p in written] == [OVERVIEW, BOOK]
