"""The words of the vocabularies: each means one code, and the open ones mean none."""

import inspect
from pathlib import Path

import polars as pl
import pytest

from orgnet.rosters.cells import match_key
from orgnet.schema import vocabulary
from orgnet.schema.vocabulary import UnitKind, Vocabulary
from tests.rosters.test_read import UNITS, unit
from tests.rosters.workbooks import read

EVERY = [
    member
    for _, member in inspect.getmembers(vocabulary, inspect.isclass)
    if issubclass(member, Vocabulary) and member is not Vocabulary
]


@pytest.mark.parametrize("words", EVERY)
def test_a_word_means_one_code(words: type[Vocabulary]) -> None:
    spelled = [(w, m.value) for m in words for w in (m.value, *m.words)]
    keys = match_key(pl.Series([w for w, _ in spelled]))
    codes = pl.DataFrame({"key": keys, "code": [code for _, code in spelled]})
    several = codes.unique().filter(pl.col("key").is_duplicated())
    assert several.rows() == []


def test_kinds_of_units_are_known_by_the_words_of_offices(tmp_path: Path) -> None:
    said = {
        "其它": "other",
        "民企": "private_enterprise",
        "国有控股企业": "state_enterprise",
        "民办非企业单位": "social_organization",
        "基金会": "social_organization",
    }
    units = [unit(f"甲{i}", kind=word) for i, word in enumerate(said)]
    net, faults = read(tmp_path, {"units": [UNITS, *units]})
    assert not faults
    assert net.nodes("Unit").sort("name")["kind"].to_list() == list(said.values())


def test_an_enterprise_may_be_of_any_owner_and_the_fault_says_of_which(
    tmp_path: Path,
) -> None:
    rows = [UNITS, unit("甲公司", kind="企业"), unit("乙公司")]
    net, faults = read(tmp_path, {"units": rows})
    assert net.nodes("Unit")["name"].to_list() == ["乙公司"]
    fault = faults.frame.row(0, named=True)
    told = [fault[n] for n in ("row", "column", "value", "code", "effect")]
    assert told == [2, "单位性质", "企业", "unknown_word", "row_rejected"]
    for kind in (UnitKind.STATE_ENTERPRISE, UnitKind.PRIVATE_ENTERPRISE):
        assert kind.zh in fault["message"]
        assert kind.zh in fault["message_zh"]
    assert len(faults) == 1
