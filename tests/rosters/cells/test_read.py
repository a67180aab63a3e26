"""What every reader of cells has in common; the schema accepts what they give."""

import re
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orgnet.faults import Effect
from orgnet.rosters import cells
from orgnet.rosters.cells.read import DROPPED, NOTHING
from orgnet.schema.declare import Record
from orgnet.schema.identifiers import make_credit_codes
from orgnet.schema.nodes import Area, PartyOrganization, Project, Unit
from orgnet.schema.ties import EscalatesTo, Evaluates
from orgnet.schema.vocabulary import Form, UnitKind, Vocabulary

UNIT = {"id": "unit:1", "name": "甲", "kind": "other"}
AREA = {"id": "area:1", "name": "甲", "level": "grid"}
PARTY = {"id": "party:1", "name": "甲", "form": "branch", "setting": "grid"}
RATED = {"from": "party:1", "to": "unit:1", "kind": "two_way", "round": "2019"}
CALLED = {"from": "party:1", "to": "party:2", "period": "2019"}

READERS: dict[str, tuple[Any, type[Record], dict[str, str], str]] = {
    "text": (cells.text, Unit, UNIT, "name"),
    "whole_number": (cells.whole_number, Unit, UNIT, "employees"),
    "money": (cells.money, Project, {"id": "project:1", "name": "甲"}, "budget_cny"),
    "area_m2": (cells.area_m2, Area, AREA, "area_m2"),
    "share": (cells.share, Project, {"id": "project:1", "name": "甲"}, "progress"),
    "score": (cells.score, Evaluates, RATED, "score"),
    "median": (cells.score, EscalatesTo, CALLED, "median_days"),
    "yes_no": (cells.yes_no, Unit, UNIT, "operating"),
    "day": (cells.day, PartyOrganization, PARTY, "founded_on"),
    "until": (lambda s: cells.day(s, until=True), Unit, UNIT, "valid_to"),
    "credit_code": (cells.credit_code, Unit, UNIT, "uscc"),
    "organization_code": (cells.organization_code, Unit, UNIT, "org_code"),
    "area_code": (cells.area_code, Area, AREA, "code"),
    "grid_code": (cells.grid_code, Area, AREA, "code"),
    "kind": (lambda s: cells.vocabulary(s, UnitKind), Unit, UNIT, "kind"),
    "form": (lambda s: cells.vocabulary(s, Form), PartyOrganization, PARTY, "form"),
}
CODE = str(make_credit_codes("91", "510104", 1).item())
PIECES = st.sampled_from(
    [
        *(
            "0",
            "1",
            "2019",
            "5",
            "12",
            "99",
            "510104",
            "020001",
            "003",
            CODE,
            CODE[8:17],
        ),
        *(
            "-",
            ".",
            ",",
            "/",
            "年",
            "月",
            "日",
            "至",
            "%",
            "E+",
            "+",
            " ",
            "　",
            "\u200b",
        ),
        *(
            "人",
            "户",
            "万",
            "元",
            "亿",
            "亩",
            "㎡",
            "km2",
            "约",
            "余",
            "是",
            "否",
            "无",
            "×",
        ),
        *(
            "企业",
            "国有企业",
            "党支部",
            "联合",
            "（",
            "）",
            "#N/A",
            "①",
            "½",
            "二",
            "十",
            "X",
        ),
        *("\x1c", "\x00", "\ud7ff", "😀", "e", "nan", "inf", "１", "Ａ"),
    ]
)
ANYTHING = st.none() | st.lists(PIECES, max_size=6).map("".join) | st.text(max_size=8)
CREDIT_CODES = make_credit_codes("91", "510104", np.arange(50)).tolist()
DAY = (
    r"(1[789]|20|21)[0-9]{2}"
    r"([-./年](1[0-3]|0?[1-9])([-./月]([12][0-9]|3[012]|0?[1-9])日?)?)?|[3-5][0-9]{4}"
)
NUMBER = r"[+-]?[0-9]{1,9}(\.[0-9]{1,5})?"


def shaped(regex: str) -> st.SearchStrategy[str]:
    return st.from_regex(regex, fullmatch=True)


def spelled(words: type[Vocabulary]) -> st.SearchStrategy[str]:
    return st.sampled_from([s for m in words for s in (m.value, *m.words)])


LIKELY = {
    "text": st.text(min_size=1, max_size=8),
    "whole_number": shaped("[0-9]{1,16}(人|户)?"),
    "money": shaped(NUMBER + "(元|万|万元|亿)?"),
    "area_m2": shaped(NUMBER + "(亩|㎡|公顷|km2)?"),
    "share": shaped(r"[0-9]{1,3}(\.[0-9]{1,3})?%?"),
    "score": shaped(NUMBER + "分?"),
    "median": shaped(NUMBER),
    "yes_no": st.sampled_from("是否有无√×YN10"),
    "day": shaped(DAY),
    "until": shaped(DAY),
    "credit_code": st.sampled_from(CREDIT_CODES),
    "organization_code": st.sampled_from([c[8:17] for c in CREDIT_CODES]),
    "area_code": shaped(r"[15][0-9]{5}([0-9]{3}([0-9]{3})?)?(\.0)?"),
    "grid_code": shaped(r"[15][0-9]{14}(\.0)?"),
    "kind": spelled(UnitKind),
    "form": spelled(Form),
}


@pytest.mark.parametrize("name", READERS)
def test_what_a_reader_gives_the_schema_accepts(name):
    reader, declared, base, attribute = READERS[name]
    accepted = 0

    @settings(max_examples=30)
    @given(st.lists(ANYTHING | LIKELY[name], min_size=10, max_size=30))
    def holds(written: list[str | None]) -> None:
        nonlocal accepted
        read = reader(pl.Series("列", written, dtype=pl.String))
        assert len(read.values) == len(read.details) == len(written)
        for cell, value, code in zip(written, read.values, read.codes, strict=True):
            assert code is None or code in cells.FAULT_CODES
            if value is None:
                # Nothing goes without a word, but what is empty or says so itself.
                assert code is not None or _says_nothing(cell, name)
            else:
                assert code not in DROPPED
                declared.model_validate({**base, attribute: value})
                accepted += 1

    holds()
    assert accepted > 50, accepted


def _says_nothing(cell: str | None, name: str) -> bool:
    empty = pl.Series([cell], dtype=pl.String)
    if cells.text(empty).values[0] is None:
        return True
    if name.endswith("code"):
        return re.search("无|未|办", str(cell)) is not None
    return name == "until" and re.search("今|长期|永久|限|9999", str(cell)) is not None


@pytest.mark.parametrize("name", READERS)
def test_a_reader_takes_an_empty_column_and_one_of_nothing(name):
    reader = READERS[name][0]
    empty = reader(pl.Series("列", [], dtype=pl.String))
    assert len(empty.values) == 0
    nothing = reader(pl.Series("列", [*NOTHING, None], dtype=pl.String))
    assert nothing.values.null_count() == len(NOTHING) + 1
    assert nothing.codes.null_count() == len(NOTHING) + 1


@pytest.mark.parametrize("name", sorted(READERS.keys() - {"share"}))
def test_a_cell_is_read_the_same_wherever_it_stands(name):
    # In a column of shares the whole column decides on the unit.
    reader = READERS[name][0]
    written = ["1", "2019年", CODE, "是", "约5", "国企", None, "510104", "支部", "1亩"]
    together = reader(pl.Series(written)).values.to_list()
    alone = [reader(pl.Series([w], dtype=pl.String)).values[0] for w in written]
    assert together == alone


def test_every_code_has_words_in_both_languages():
    for name, kind in cells.FAULT_CODES.items():
        assert name == kind.code
        assert kind.effect in {Effect.CELL_DROPPED, Effect.NOTED}
        shown = {"column": "c", "value": "v", "detail": "d"}
        english = [kind.message, kind.todo]
        chinese = [kind.zh, kind.todo_zh]
        assert all(re.search("[a-z]{3}", w.format(**shown)) for w in english)
        assert all(re.search("[\u4e00-\u9fff]", w.format(**shown)) for w in chinese)


def test_every_code_is_one_that_a_cell_can_have():
    old, registration = f"{CODE[8:16]}-{CODE[16]}", "510104123456789"
    reads = [
        cells.text(pl.Series(["#N/A"])),
        cells.whole_number(pl.Series(["约5", "-5", "5.5", "9" * 16, "5亩"]), "people"),
        cells.money(pl.Series(["0.5"])),
        cells.area_m2(pl.Series(["1亩"])),
        cells.score(pl.Series(["0.555"])),
        cells.share(pl.Series(["50", "1", "500"])),
        cells.yes_no(pl.Series(["甲"])),
        cells.vocabulary(pl.Series(["甲"]), Form),
        cells.day(pl.Series(["甲", "2019.1", "2019-02-30", "2019-05", "2019"])),
        cells.period(pl.Series(["甲"]))[0],
        cells.credit_code(pl.Series(["1E+17", CODE[1:], registration, old])),
        cells.organization_code(pl.Series([CODE, CODE[8:16] + "A"])),
        cells.area_code(pl.Series(["1", "510104.0"])),
        cells.grid_code(pl.Series(["1"])),
    ]
    seen = {code for read in reads for code in read.codes if code}
    assert seen == set(cells.FAULT_CODES)
