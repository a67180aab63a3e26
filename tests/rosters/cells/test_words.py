import polars as pl
import pytest

from orgnet.rosters.cells import text, vocabulary, yes_no
from orgnet.schema import SCHEMA
from orgnet.schema.vocabulary import AreaLevel, UnitKind, Vocabulary


def of(*cells: str | None) -> pl.Series:
    return pl.Series("词", cells, dtype=pl.String)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("  成都市　锦江区 ", "成都市 锦江区"),
        ("甲\n乙\r\n丙", "甲 乙 丙"),
        ("甲_x000D_乙", "甲 乙"),
        ("\ufeff甲\u200b乙", "甲乙"),
        ("（筹）ＡＢＣ，①", "（筹）ＡＢＣ，①"),  # the display text is not folded
        ("無", "無"),
        *(
            (blank, None)
            for blank in ("", " ", "\u200b", "—", "/", "不详", "暂无", None)
        ),
    ],
)
def test_text_is_kept_as_written_but_for_its_gaps(cell, shown):
    read = text(of(cell))
    assert (read.values[0], read.codes[0]) == (shown, None)


def test_the_error_of_a_formula_is_no_text():
    for error in ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?"):
        read = text(of(error))
        assert (read.values[0], read.codes[0]) == (None, "formula_error")
    assert text(of("#1号楼")).values[0] == "#1号楼"


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (
            "是 有 对 √ ✓ ✔ Y y YES yes T TRUE true 1 １ 已 已建 已成立 是的 已签订",
            True,
        ),
        (
            "否 无 错 × ✗ ✘ N n NO no F FALSE false 0 ０ 未 未建 没有 未成立 未签订",
            False,
        ),
        ("— / 不详 未知 待核实", None),
    ],
)
def test_yes_and_no(words, value):
    cells = of(*words.split(), *(f" {w}　" for w in words.split()))
    read = yes_no(cells)
    assert read.values.to_list() == [value] * len(cells)
    assert read.codes.null_count() == len(cells)


def test_empty_is_unknown_and_anything_else_a_fault():
    read = yes_no(of("", None, "部分", "2名", "拟建", "是否"))
    assert read.values.null_count() == 6
    assert read.codes.to_list() == [None, None, *["not_yes_or_no"] * 4]


def all_vocabularies() -> list[type[Vocabulary]]:
    classes = {**SCHEMA.kinds, **SCHEMA.ties}.values()
    used = {a.vocabulary for c in classes for a in c.attributes().values()}
    return sorted((v for v in used if v), key=lambda v: v.__name__)


@pytest.mark.parametrize("words", all_vocabularies())
def test_every_spelling_of_a_vocabulary_gives_its_code(words):
    spelled = [(s, m.value) for m in words for s in (m.value, m.en, *m.words)]
    cells = of(*(s for s, _ in spelled))
    read = vocabulary(cells, words)
    assert read.values.to_list() == [code for _, code in spelled]
    assert read.values.dtype == pl.Enum(sorted(m.value for m in words))
    assert read.codes.null_count() == len(cells)


def test_words_are_matched_whatever_their_width_case_and_brackets():
    cells = of(
        "區", "镇(街道)", "区（市）县", "COMMUNITY", "Functional Area", "ＧＲＩＤ"
    )
    assert vocabulary(cells, AreaLevel).values.to_list() == [
        *("district", "street", "district", "community", "functional_area", "grid")
    ]


def test_an_unknown_word_is_dropped_and_the_words_are_told():
    read = vocabulary(of("外星企业", None, "不详"), UnitKind)
    assert read.values.null_count() == 3
    assert read.codes.to_list() == ["unknown_word", None, None]
    assert "国有企业" in read.details[0]
