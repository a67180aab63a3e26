from inspect import signature

import polars as pl
import pytest

import orgnet as on
from orgnet.errors import UnknownNameError
from orgnet.query import Column, question
from orgnet.rules import Rules

NAMES = pl.DataFrame(
    {"id": ["unit:b", "unit:a"], "name": ["乙", "甲"], "kind": ["other", "other"]}
)


def say(net: on.Network, row: dict[str, object]) -> tuple[str, str]:
    return f"{row['id']} is called {row['name']}", f"{row['id']}名为{row['name']}"


@question(
    title=("what are units called?", "单位叫什么？"),
    columns=(
        Column("name", pl.String(), "名称", "its name"),
        Column("id", pl.String(), "标识", "the unit", holds_ids=True),
        Column("size", pl.Int64(), "大小", "nothing yet"),
    ),
    order=("size", "name", "id"),
    explain=say,
)
def names(
    net: on.Network, *, day: object = None, rules: Rules = Rules()
) -> pl.DataFrame:
    """Tell what units are called."""
    units = net.nodes("Unit")
    size = pl.Series("size", [None, 2][: units.height], pl.Int32)
    return units.select("id", "name").with_columns(size)


@pytest.fixture
def net() -> on.Network:
    return on.Network.from_frames({"Unit": NAMES}, {}, synthetic=True)[0]


def test_an_answer_has_the_declared_columns_types_and_order(net):
    answer = names(net)
    assert answer.frame.schema == {"name": pl.String, "id": pl.String, "size": pl.Int64}
    assert answer.frame["id"].to_list() == ["unit:b", "unit:a"]  # nulls come last
    assert [r["id"] for r in answer] == ["unit:b", "unit:a"]
    assert len(answer) == 2


def test_an_answer_explains_its_rows_in_both_languages(net):
    assert names(net).explain(0) == "unit:b is called 乙\nunit:b名为乙"


def test_an_answer_has_its_subgraph(net):
    assert names(net).subgraph().ids.to_list() == ["unit:a", "unit:b"]
    assert names(net).ids() == ["unit:a", "unit:b"]


def test_an_answer_says_what_a_reader_must_be_told(net):
    zh = [zh for _, zh in names(net, rules=Rules(members_as_full=True)).notes]
    assert zh == ["正式党员数未知时按党员数计", "组织数据为合成数据"]
    assert "合成数据" in repr(names(net))


def test_a_parameter_that_is_not_there_is_named(net):
    with pytest.raises(
        UnknownNameError, match="no parameter 'dy'; it takes day, rules"
    ):
        names(net, dy=1)  # type: ignore[call-arg]
    assert names.question.parameters == ("day", "rules")


def test_another_source_answers_the_same_question(net):
    class Elsewhere(on.Network):
        def ask(self, _asked, parameters):
            assert parameters["day"] == "2019-01-01"
            return pl.DataFrame({"size": [1], "id": ["unit:x"], "name": ["丁"]})

    answer = names(Elsewhere({}, {}), day="2019-01-01")
    assert answer.frame.row(0) == ("丁", "unit:x", 1)


UNDATED = {  # rounds have their own days
    *(f"evaluation.{name}" for name in ("outliers", "rounds", "unexpected")),
    "coverage.trend",
}


def test_every_question_of_the_catalogue_keeps_the_contract():
    known = on.catalogue()
    assert {
        "coverage.gaps",
        "coverage.rates",
        "evaluation.pairs",
        "integration.paths",
        "structure.chain",
    } <= set(known)
    for name, ask in known.items():
        asked = ask.question
        assert asked.name == name
        keys = {key.removeprefix("-") for key in asked.order}
        assert keys <= {c.name for c in asked.columns}
        kinds = [p.kind.name for p in signature(asked.body).parameters.values()]
        assert kinds[0] == "POSITIONAL_OR_KEYWORD"
        assert set(kinds[1:]) == {"KEYWORD_ONLY"}
        dated = name not in UNDATED
        assert ("day" in asked.parameters) == dated
        assert "rules" in asked.parameters
        assert asked.explain is not None
        assert all(c.zh and c.meaning for c in asked.columns)
        assert asked.body.__doc__


def test_rules_refuse_what_they_do_not_know():
    with pytest.raises(ValueError, match="Extra inputs"):
        Rules(min_members=3)  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        Rules(costs={"COVERS>": 0})
    with pytest.raises(ValueError, match="less than or equal to 6"):
        Rules(max_hops=7)
