"""Answers as workbooks and CSV: every row and value, in words that people read."""

import csv
import sys
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

import orgnet as on
from orgnet import coverage, evaluation, integration, structure
from orgnet.convert import excel
from orgnet.convert.excel import result_to_excel, write_tables
from orgnet.errors import MissingExtraError, OrgnetError
from orgnet.evaluation.pairs import PairState
from orgnet.query import Column, Question, Result
from orgnet.rules import Rules
from tests.worlds import network, world

COLUMNS = (
    Column("id", pl.String(), "对象", "its id", holds_ids=True),
    Column("day", pl.Date(), "日期", "a day"),
    Column("people", pl.Int64(), "人数", "people"),
    Column("score", pl.Float64(), "得分", "points"),
    Column("sure", pl.Boolean(), "确定", "whether it is sure"),
    Column("ids", pl.List(pl.String()), "相关", "others", holds_ids=True),
)
ROWS = [
    ("=1+1", date(2019, 8, 7), 12_345, 0.5, True, ["unit:a", "unit:b"]),
    ("http://甲", None, None, None, None, None),
]


def result(rows: list[Any] | None = None, **parameters: Any) -> Result:
    asked = Question("test.made", ("What?", "什么？"), COLUMNS, ("id",), pl.DataFrame)
    types = {c.name: c.dtype for c in COLUMNS}
    frame = pl.DataFrame(ROWS if rows is None else rows, types, orient="row")
    return Result(asked, parameters, frame)


def opened(path: Path) -> Any:
    return openpyxl.load_workbook(path)


def cells(sheet: Any) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(values_only=True))


def test_headings_values_and_the_unknown(tmp_path: Path) -> None:
    result_to_excel(result(), tmp_path / "made.xlsx")
    sheet = opened(tmp_path / "made.xlsx")["结果"]
    zh, names, first, second = cells(sheet)
    assert zh == ("对象", "日期", "人数", "得分", "确定", "相关")
    assert names == ("id", "day", "people", "score", "sure", "ids")
    assert first[0] == "=1+1"
    assert sheet["A3"].data_type == "s"  # a text, not a formula
    assert first[1].date() == date(2019, 8, 7)
    assert first[2:] == (12_345, 0.5, True, "unit:a、unit:b")
    assert second == ("http://甲", None, None, None, None, None)
    assert sheet["A4"].hyperlink is None


def test_headings_stay_in_view_and_can_be_filtered(tmp_path: Path) -> None:
    result_to_excel(result(), tmp_path / "made.xlsx")
    sheet = opened(tmp_path / "made.xlsx")["结果"]
    assert sheet.freeze_panes == "A3"
    assert sheet.auto_filter.ref == "A2:F4"


def test_columns_are_wide_enough_for_chinese(tmp_path: Path) -> None:
    long = "成都市青羊区某某社区居民委员会"
    rows = [(long, None, None, None, None, ["x" * 200])]
    result_to_excel(result(rows), tmp_path / "made.xlsx")
    widths = opened(tmp_path / "made.xlsx")["结果"].column_dimensions
    assert widths["A"].width == pytest.approx(2 * len(long) + excel.ARROW, abs=1)
    assert widths["B"].width < 2 * len(long)
    assert widths["F"].width == pytest.approx(excel.WIDEST, abs=1)


def test_an_answer_without_rows_keeps_its_headings(tmp_path: Path) -> None:
    result_to_excel(result([]), tmp_path / "made.xlsx")
    book = opened(tmp_path / "made.xlsx")
    assert len(cells(book["结果"])) == excel.HEADINGS
    assert ("行数 rows", "0") in cells(book["说明"])


def test_notes_say_what_was_asked_and_by_which_rules(tmp_path: Path) -> None:
    rules = Rules(min_full_members=5, members_as_full=True)
    answer = result(within="510107", day=None, classes=["G1", "G4"], rules=rules)
    result_to_excel(answer, tmp_path / "made.xlsx")
    notes = cells(opened(tmp_path / "made.xlsx")["说明"])
    assert notes[0] == ("问题 question", "什么？\nWhat?")
    assert ("参数 within", "510107") in notes
    assert ("参数 classes", "G1、G4") in notes
    assert "参数 day" not in dict(notes)
    assert ("规则 min_full_members", "5") in notes
    assert "正式党员数未知时按党员数计" in dict(notes)["注意 note"]
    assert ("人数", "people: people") in notes


def test_what_is_made_up_is_said_to_be(tmp_path: Path) -> None:
    city = on.chengdu(scale=0.02)
    structure.chain(city).to_excel(tmp_path / "chain.xlsx")
    notes = cells(opened(tmp_path / "chain.xlsx")["说明"])
    assert any("合成" in str(text) for label, text in notes if label == "注意 note")


def test_the_same_answer_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        result_to_excel(coverage.gaps(network(world(1))), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_ids_have_names_and_codes_have_words_before_them(tmp_path: Path) -> None:
    net = on.chengdu(scale=0.02)
    answer = evaluation.pairs(net)
    answer.to_excel(tmp_path / "pairs.xlsx")
    zh, names, *rows = cells(opened(tmp_path / "pairs.xlsx")["结果"])
    assert zh[:3] == ("考评周期", "街道社区党组织", "街道社区党组织编号")
    assert len(rows) == len(answer)
    words = {m.value: m.zh for m in PairState}
    for row, told in zip(rows, answer, strict=True):
        read = dict(zip(names, row, strict=True))
        assert read["unit"] == told["unit"]
        assert read["unit_name"] == net.node(told["unit"])["name"]
        assert read["state"] == told["state"]
        assert read["state_zh"] == words[told["state"]]
        assert read["down_score"] == told["down_score"]


def asked(net: on.Network) -> list[Result]:
    needs = net.nodes("Need")["id"].to_list()[:3]
    groupings = ("district", "kind", "line", "demonstration")
    return [
        coverage.gaps(net),
        *(coverage.rates(net, by=by) for by in groupings),
        evaluation.pairs(net),
        *(integration.paths(net, need=need) for need in needs),
        structure.chain(net),
    ]


def test_every_code_has_words() -> None:
    # Columns of codes are those of text that hold neither ids nor anyone's wording.
    free = {"name", "round", "down_grade", "up_grade"}
    told: dict[tuple[str, str], set[str]] = {}
    for seed in range(12):
        for answer in asked(network(world(seed))):
            by_area = answer.parameters.get("by") == "district"
            for column in answer.question.columns:
                text = column.dtype in (pl.String(), pl.List(pl.String()))
                own = column.name in free or (by_area and column.name == "group")
                if not text or column.holds_ids or own:
                    continue
                place = (answer.question.name, column.name)
                for code, words in excel_words(answer, column.name).items():
                    assert all(words), (place, code)
                    assert words != (code, code), (place, code)
                    told.setdefault(place, set()).add(code)
    alone = {place[1] for place, codes in told.items() if len(codes) == 1}
    assert alone == {"basis", "denominator_name"}  # one rule, one denominator asked for
    assert len(told) == 16


def excel_words(answer: Result, column: str) -> dict[str, tuple[str, str]]:
    from orgnet.convert.readable import words_of

    words = words_of(answer, column)
    values = answer.frame[column]
    flat = values.explode() if isinstance(values.dtype, pl.List) else values
    assert set(words) == set(flat.drop_nulls())
    return words


def test_tables_are_written_side_by_side(tmp_path: Path) -> None:
    net = network(world(3))
    answers = {"coverage.gaps": coverage.gaps(net), "chain": structure.chain(net)}
    written = write_tables(answers, tmp_path / "new" / "tables")
    names = ["chain.csv", "chain.xlsx", "coverage.gaps.csv", "coverage.gaps.xlsx"]
    assert [p.name for p in written] == names
    for name, answer in answers.items():
        text = (tmp_path / "new/tables" / f"{name}.csv").read_bytes()
        assert text.startswith(b"\xef\xbb\xbf")
        rows = list(csv.DictReader(text.decode("utf-8-sig").splitlines()))
        assert len(rows) == len(answer) > 0
        for row, told in zip(rows, answer, strict=True):
            for column, value in told.items():
                wanted = "、".join(value) if isinstance(value, list) else value
                assert row[column] == ("" if wanted is None else str(wanted))


def test_a_text_that_no_cell_holds_is_cut_off_and_says_so(tmp_path: Path) -> None:
    long = "甲" * 40_000
    rows = [(long, *ROWS[0][1:]), ("b", *ROWS[0][1:]), (None, *ROWS[0][1:])]
    result_to_excel(result(rows), tmp_path / "made.xlsx")
    _, _, *told = cells(opened(tmp_path / "made.xlsx")["结果"])
    assert told[0][0].endswith(excel.CUT)
    assert len(told[0][0]) == excel.MOST_TEXT
    assert [r[0] for r in told[1:]] == ["b", None]


def test_more_rows_than_a_sheet_holds_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "MOST_ROWS", 1)
    with pytest.raises(OrgnetError, match="2 rows do not fit a sheet"):
        result_to_excel(result(), tmp_path / "made.xlsx")
    assert not list(tmp_path.iterdir())


def test_the_writer_that_is_not_there_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(MissingExtraError, match=r"orgnet-graph\[excel\]"):
        result().to_excel(tmp_path / "made.xlsx")
