"""A relationship type is one class: declared here, it is checked, tabled, converted."""

from datetime import date
from typing import Annotated

import polars as pl
import pytest
from pydantic import Field, ValidationError

import orgnet as on
from orgnet.schema import SCHEMA, Ends, Heading, Node, Schema, Tie, Vocabulary
from orgnet.schema.nodes import Area, PartyOrganization, Unit


class Subject(Vocabulary):
    """What is taught."""

    LAW = "law", "法律"
    FINANCE = "finance", "财务"


class Mentors(Tie):
    """One unit mentors another 帮带."""

    zh = "帮带"
    ends = Ends(Unit, Unit)
    key = ("subject",)

    subject: Annotated[Subject, Heading("科目")]
    hours: Annotated[Annotated[int, Field(ge=1)] | None, Heading("课时")] = None
    topics: Annotated[tuple[str, ...] | None, Heading("专题")] = None


UNITS = pl.DataFrame(
    {"id": ["unit:a", "unit:b"], "name": ["甲", "乙"], "kind": ["other", "other"]}
)
LESSONS = pl.DataFrame(
    {
        "from": ["unit:a", "unit:a", "unit:a", "unit:b"],
        "to": ["unit:b", "unit:b", "unit:b", "unit:a"],
        "subject": ["law", "finance", "cooking", "law"],
        "hours": [2, 0, 3, None],
        "topics": [["合同"], None, None, ["民法", "刑法"]],
        "valid_from": [date(2019, 1, 1), None, None, None],
    }
)


def extended() -> tuple[on.Network, on.Faults]:
    schema = SCHEMA.extended(Mentors)
    return on.Network.from_frames({"Unit": UNITS}, {"MENTORS": LESSONS}, schema=schema)


def test_a_new_type_is_checked():
    net, faults = extended()
    assert net.counts["MENTORS"] == 3
    found = faults.frame.select("sheet", "row", "column", "code", "effect").rows()
    assert found == [
        ("MENTORS", 2, "hours", "bad_value", "cell_dropped"),
        ("MENTORS", 3, "subject", "bad_required", "row_rejected"),
    ]


def test_a_new_type_is_tabled():
    net, _ = extended()
    table = net.ties("MENTORS").select("from", "to", "subject", "hours", "topics")
    assert table.rows() == [
        ("unit:a", "unit:b", "finance", None, None),
        ("unit:a", "unit:b", "law", 2, ["合同"]),
        ("unit:b", "unit:a", "law", None, ["民法", "刑法"]),
    ]
    assert net.ties()["id"][1] == "MENTORS|unit:a|unit:b|law|2019-01-01"
    words = net.schema.table().filter(of="MENTORS", attribute="subject")
    assert words.select("zh", "codes").row(0) == ("科目", ["law", "finance"])


def test_a_new_type_is_converted_and_saved(tmp_path):
    net, _ = extended()
    back, faults = on.from_networkx(net.to_networkx(), schema=net.schema)
    assert not faults
    assert back.equals(net)
    net.save(tmp_path / "net")
    assert on.load(tmp_path / "net", schema=net.schema).equals(net)


def test_a_new_type_is_edited_and_compared():
    net, _ = extended()
    lesson = Mentors(from_="unit:b", to="unit:a", subject=Subject.FINANCE)
    after = net.plus([lesson])
    change = net.diff(after).select("change", "of", "id").row(0)
    assert change == ("added", "MENTORS", "MENTORS|unit:b|unit:a|finance|")


def test_a_bad_class_fails_where_it_is_declared():
    with pytest.raises(TypeError, match="has no heading"):

        class Silent(Tie):
            zh = "无"
            ends = Ends(Unit, Unit)
            hours: int | None = None

    with pytest.raises(TypeError, match="needs its Chinese name"):

        class Nameless(Node):
            prefix = "x"

    with pytest.raises(TypeError, match="joins nothing"):

        class Loose(Tie):
            zh = "无"

    with pytest.raises(TypeError, match=r"key names what it does not declare: \['x'\]"):

        class Keyless(Tie):
            zh = "无"
            ends = Ends(Unit, Unit)
            key = ("x",)


def test_eight_kinds_and_twenty_four_types():
    assert len(SCHEMA.kinds) == 8
    assert len(SCHEMA.ties) == 24
    prefixes = [f"{k.prefix}:" for k in SCHEMA.kinds.values()]
    assert prefixes == sorted(prefixes)  # so that numbers follow the order of ids


def test_of_two_classes_with_one_name_the_later_counts():
    class Mentors(Tie):
        """Another reading of the same type."""

        zh = "帮扶"
        ends = Ends(Unit, Area)

    schema = SCHEMA.extended(globals()["Mentors"], Mentors)
    assert schema.ties["MENTORS"].zh == "帮扶"
    assert len(schema.ties) == 25


def test_ends_say_what_may_be_joined():
    succeeded = SCHEMA.ties["SUCCEEDED_BY"].ends
    assert succeeded.allows("Area", "Area")
    assert not succeeded.allows("Area", "Unit")
    assert SCHEMA.ties["COVERS"].ends.allows("PartyOrganization", "Area")
    assert not SCHEMA.ties["COVERS"].ends.allows("Area", "PartyOrganization")


def test_codes_sort_as_text():
    for declared in (*SCHEMA.kinds.values(), *SCHEMA.ties.values()):
        for attribute in declared.attributes().values():
            if isinstance(attribute.dtype, pl.Enum):
                codes = attribute.dtype.categories.to_list()
                assert codes == sorted(codes)


def test_every_attribute_has_chinese_words():
    table = SCHEMA.table()
    assert table.filter(pl.col("zh") == "").is_empty()
    assert isinstance(SCHEMA["Unit"], type(Unit))
    assert Schema.of(Unit, PartyOrganization).kinds.keys() == {
        "PartyOrganization",
        "Unit",
    }


def test_a_record_is_frozen_and_closed():
    unit = Unit(id="unit:a", name="甲", kind="other")
    with pytest.raises(ValidationError, match="frozen"):
        unit.name = "乙"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="Extra inputs"):
        Unit(id="unit:a", name="甲", kind="other", colour="red")  # type: ignore[call-arg]
    with pytest.raises(ValidationError, match="valid_from is not before valid_to"):
        Unit(
            id="unit:a",
            name="甲",
            kind="other",
            valid_from=date(2019, 1, 1),
            valid_to=date(2019, 1, 1),
        )
