"""The messy rosters: what was written is what the list of faults says."""

import csv
import hashlib
import re
from datetime import date, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest

import orgnet
from orgnet.faults import Effect
from orgnet.messy import write_messy
from orgnet.messy.dirt import DIRT, PAIRS
from orgnet.messy.files import resident_number
from orgnet.messy.layouts import LAYOUTS, ROSTERS
from orgnet.messy.styles import styled
from orgnet.network import Network
from orgnet.schema.identifiers import (
    is_credit_code,
    is_resident_number,
    normalise_code,
)
from tests.worlds import network, world

SOURCES = Path(orgnet.messy.__file__).parent
PERSONS = re.compile(
    "负责人|法定代表人|书记$|党组织联系人|联系人$|网格长|电话|联系方式"
)
WITHHELD = {None, "", "（略）"}
Cells = dict[tuple[str, str | None], list[list[object]]]


@pytest.fixture(scope="module")
def city() -> Network:
    return orgnet.chengdu(scale=0.02)


@pytest.fixture(scope="module")
def folder(city: Network, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("messy")


@pytest.fixture(scope="module")
def listed(city: Network, folder: Path) -> pl.DataFrame:
    return write_messy(city, folder)


@pytest.fixture(scope="module")
def cells(listed: pl.DataFrame, folder: Path) -> Cells:
    refused = listed.filter(pl.col("effect") == Effect.FILE_REFUSED.value)["file"]
    kept = [p for p in sorted(folder.iterdir()) if p.name not in set(refused)]
    found: Cells = {}
    for path in kept:
        if path.suffix == ".xlsx":
            book = openpyxl.load_workbook(path)
            for page in book.worksheets:
                rows = [list(row) for row in page.iter_rows(values_only=True)]
                found[path.name, page.title] = rows
        else:
            found[path.name, None] = _text(path)
    return found


def _text(path: Path) -> list[list[object]]:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    delimiter = "\t" if path.suffix == ".tsv" else ","
    rows = csv.reader(text.splitlines(), delimiter=delimiter)
    return [[cell or None for cell in row] for row in rows]


def _shown(cell: object) -> str | None:
    if isinstance(cell, datetime):
        return str(cell.date())
    return None if cell is None else str(cell)


def _same(written: str | None, read: str | None) -> bool:
    if written == read or written is None or read is None:
        return written == read
    try:
        return float(written) == pytest.approx(float(read), rel=1e-12)
    except ValueError:
        return False


def test_there_are_workbooks_enough_in_three_layouts_a_roster(
    folder: Path, listed: pl.DataFrame
) -> None:
    names = [p.name for p in folder.iterdir()]
    assert sum(n.endswith(".xlsx") for n in names) >= 20
    assert {Path(n).suffix for n in names} == {".xlsx", ".csv", ".tsv"}
    for roster in ROSTERS:
        layouts = [x for x in LAYOUTS if x.roster == roster]
        used = [x for x in layouts if any(_made_by(x.file, n) for n in names)]
        assert len(used) >= (1 if roster == "parks" else 3), roster


def _made_by(template: str, name: str) -> bool:
    return re.fullmatch(template.replace("{office}", ".+"), name) is not None


def test_every_kind_of_fault_stands_in_two_places_at_least(
    listed: pl.DataFrame,
) -> None:
    put_in = listed.filter(~pl.col("kind").str.starts_with("city_"))
    counts = put_in.group_by("kind").len()
    assert counts.height >= 40
    assert counts.filter(pl.col("len") < 2).is_empty()
    assert {d.kind for d in DIRT} | {p.kind for p in PAIRS} <= set(counts["kind"])
    places = put_in.select("file", "sheet", "row", "column")
    assert places.is_unique().all()


def test_a_kind_of_fault_stands_in_more_than_one_layout_where_there_are(
    listed: pl.DataFrame,
) -> None:
    for dirt in DIRT:
        able = {
            x.file for x in LAYOUTS if x.roster == dirt.roster and x.has(dirt.field)
        }
        if len(able) < 2 or dirt.where:
            continue
        files = listed.filter(pl.col("kind") == dirt.kind)["file"]
        used = {t for t in able for name in files if _made_by(t, name)}
        assert len(used) > 1, dirt.kind


def test_each_fault_stands_where_the_list_says(
    listed: pl.DataFrame, cells: Cells
) -> None:
    checked = 0
    files = ["resident_number", "undeclared_column"]
    rows = listed.drop_nulls("row").filter(~pl.col("kind").is_in(files))
    for fault in rows.iter_rows(named=True):
        page = cells[fault["file"], fault["sheet"]]
        top = next(r for r, row in enumerate(page) if fault["column"] in row)
        cell = page[fault["row"] - 1][page[top].index(fault["column"])]
        assert _same(fault["value"], _shown(cell)), fault
        checked += 1
    assert checked > 200


def test_an_undeclared_column_is_there(listed: pl.DataFrame, cells: Cells) -> None:
    undeclared = listed.filter(pl.col("kind") == "undeclared_column")
    assert undeclared.height >= 2
    for fault in undeclared.iter_rows(named=True):
        page = cells[fault["file"], fault["sheet"]]
        assert sum(fault["column"] in row for row in page) == 1


def test_nothing_refers_to_a_row_that_was_put_in(
    listed: pl.DataFrame, cells: Cells
) -> None:
    allowed = {"superior_self", "superior_cycle", "two_superiors", "one_code_two_names"}
    pairs = listed.filter(pl.col("kind").is_in(allowed))["value"].drop_nulls()
    named = re.compile(r"成都补录(\d{4})号(?:有限公司|服务中心)$")
    seen: dict[str, int] = {}
    for page in cells.values():
        for row in page:
            for name in {m[1] for c in row if (m := named.search(str(c or "")))}:
                seen[name] = seen.get(name, 0) + 1
    twice = {n for n, count in seen.items() if count > 2}
    assert len(seen) > 100
    assert not {n for n in twice if not any(n in v for v in pairs)}


def test_no_roster_holds_a_person(
    folder: Path, listed: pl.DataFrame, cells: Cells
) -> None:
    checked = 0
    for page in cells.values():
        for top, header in enumerate(page):
            for column, heading in enumerate(header):
                if not isinstance(heading, str) or not PERSONS.search(heading):
                    continue
                if heading == "联系方式":  # over two columns, each with its heading
                    below = {row[column] for row in page[top + 2 :]}
                else:
                    below = {
                        row[column] for row in page[top + 1 :] if len(row) > column
                    }
                assert below <= WITHHELD, heading
                checked += 1
    assert checked > 20
    for page in cells.values():
        texts = {str(c) for row in page for c in row if c}
        assert not [t for t in texts if is_resident_number(normalise_code(t))]


def test_the_resident_number_is_one_and_stands_in_no_source() -> None:
    assert is_resident_number(resident_number())
    for path in SOURCES.glob("*.py"):
        numbers = re.findall(r"\d{17}[0-9X]", path.read_text(encoding="utf-8"))
        assert not [n for n in numbers if is_resident_number(n)]


def test_the_faults_show_no_resident_number(listed: pl.DataFrame) -> None:
    values = listed["value"].drop_nulls()
    assert not values.str.contains(resident_number()).any()
    assert listed.filter(pl.col("kind") == "resident_number").height == 2


def test_without_faults_only_what_the_city_has_wrong_is_listed(
    city: Network, tmp_path: Path, folder: Path, listed: pl.DataFrame
) -> None:
    own = write_messy(city, tmp_path, faults=False)
    assert set(own["kind"]) == {
        "city_cycle",
        "city_level_skip",
        "city_two_superiors",
    }
    columns = ["file", "sheet", "column", "value"]
    both = listed.filter(pl.col("kind").str.starts_with("city_"))
    assert own.select(columns).sort(columns).equals(both.select(columns).sort(columns))
    names = {p.name for p in tmp_path.iterdir()}
    refused = listed.filter(pl.col("effect") == Effect.FILE_REFUSED.value)["file"]
    assert names == {p.name for p in folder.iterdir()} - set(refused)


def test_the_same_seed_gives_the_same_bytes(
    city: Network, tmp_path: Path, folder: Path, listed: pl.DataFrame
) -> None:
    again = write_messy(city, tmp_path)
    assert again.equals(listed)
    assert _hashes(tmp_path) == _hashes(folder)


def test_another_seed_puts_the_faults_elsewhere(
    city: Network, tmp_path: Path, listed: pl.DataFrame
) -> None:
    other = write_messy(city, tmp_path, seed=7)
    by_sheet = pl.col("kind") == "round_of_its_own"  # rare in large sheets only
    assert other.filter(~by_sheet).height == listed.filter(~by_sheet).height
    assert not other["row"].equals(listed["row"])


def _hashes(folder: Path) -> dict[str, str]:
    return {
        p.name: hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.iterdir())
    }


def test_the_writer_knows_nothing_of_the_reader() -> None:
    for path in SOURCES.glob("*.py"):
        assert "orgnet.rosters" not in path.read_text(encoding="utf-8")


def test_rows_of_the_city_are_all_written_once(city: Network, tmp_path: Path) -> None:
    write_messy(city, tmp_path, faults=False)
    codes = set(city.resident_units["uscc"]) | set(city.social_organizations["uscc"])
    found: set[str] = set()
    for path in tmp_path.iterdir():
        if path.suffix == ".xlsx":
            book = openpyxl.load_workbook(path, read_only=True)
            rows = [r for p in book.worksheets for r in p.iter_rows(values_only=True)]
            book.close()
        else:
            rows = [tuple(r) for r in _text(path)]
        texts = {normalise_code(c) for r in rows for c in r if isinstance(c, str)}
        found |= {t for t in texts if is_credit_code(t)}
    assert codes <= found


@pytest.mark.parametrize(
    ("style", "value", "written"),
    [
        ("dotted", date(2019, 8, 7), "2019.8.7"),
        ("年月日", date(2019, 8, 7), "2019年8月7日"),
        ("hanzi", date(2019, 12, 31), "二〇一九年十二月三十一日"),
        ("hanzi", date(2008, 10, 20), "二〇〇八年十月二十日"),
        ("serial", date(2019, 8, 7), 43684),
        ("thousands", 1_234_567, "1,234,567"),
        ("thousands", 12, "12"),
        ("万元", 123_456, 12.3456),
        ("亩", 20_000, 30.0),
        ("亩", 1_234, 1.851),
        ("percent", 0.71, "71%"),
        ("formal", "锦江区庆云社区党总支", "中共锦江区庆云社区总支部委员会"),
        ("formal", "督院街街道党工委", "中共督院街街道工作委员会"),
        ("short_area", "庆云社区居委会", "庆云社区"),
        ("short_area", "红旗村村民委员会", "红旗村"),
        ("wide", 12, "１２"),
        ("有无", True, "有"),
        ("勾叉", False, "×"),
    ],
)
def test_values_are_written_in_the_style_of_the_office(
    style: str, value: object, written: object
) -> None:
    assert styled(pl.Series([value, None]), style, None).to_list() == [written, None]


@pytest.mark.slow
def test_the_whole_city_is_written_in_good_time(tmp_path: Path) -> None:
    listed = write_messy(orgnet.chengdu(), tmp_path)  # 8 seconds of one core
    assert listed["kind"].n_unique() > 100
    assert len(list(tmp_path.iterdir())) > 80


@pytest.mark.parametrize("seed", range(5))
def test_any_network_can_be_written(seed: int, tmp_path: Path) -> None:
    listed = write_messy(network(world(seed)), tmp_path)
    assert {"resident_number", "not_a_roster"} <= set(listed["kind"])


def test_an_empty_network_leaves_only_the_files_at_fault(tmp_path: Path) -> None:
    net, _ = Network.from_frames({}, {})
    listed = write_messy(net, tmp_path)
    assert set(listed["file"]) == {p.name for p in tmp_path.iterdir()}
