import polars as pl

from orgnet.faults import BAD_VALUE, CYCLE, DANGLING, FAULT_COLUMNS, Faults, fault


def some() -> Faults:
    rows = [
        fault(CYCLE, sheet="SUBORDINATE_TO", value="party:1", detail="SUBORDINATE_TO"),
        fault(
            BAD_VALUE,
            file="b.xlsx",
            sheet="台账",
            row=4,
            column="从业人员数",
            value=-1,
            detail="at least 0",
            detail_zh="不小于0",
        ),
        fault(DANGLING, file="a.xlsx", row=9, column="from", value="unit:x"),
    ]
    return Faults(rows)


def test_faults_are_in_order_whatever_order_they_came_in():
    files = some().frame["file"].to_list()
    assert files == ["a.xlsx", "b.xlsx", None]
    again = Faults(some().frame.reverse())
    assert again.frame.equals(some().frame)


def test_words_are_filled_in_in_both_languages():
    row = some().frame.row(1, named=True)
    assert row["message"] == "从业人员数 is not accepted: at least 0"
    assert row["message_zh"] == "“从业人员数”的值不符合要求：不小于0"
    assert row["todo_zh"] == "请更正单元格"
    assert row["effect"] == "cell_dropped"


def test_counting_and_choosing():
    faults = some()
    assert len(faults) == 3
    assert faults.counts().select("code", "faults").rows() == [
        ("bad_value", 1),
        ("cycle", 1),
        ("dangling_end", 1),
    ]
    assert len(faults.of("cycle", "bad_value")) == 2
    assert not Faults()
    assert repr(Faults()) == "no faults 没有问题"
    assert "3 faults" in repr(faults)


def test_joining_keeps_all():
    both = Faults.joined([some(), some(), Faults()])
    assert len(both) == 6
    assert Faults.joined([]).frame.schema == pl.Schema(FAULT_COLUMNS)


def test_html_escapes_what_came_from_files():
    rows = [fault(DANGLING, file="a.xlsx", value="<script>", column="from")]
    assert "<script>" not in Faults(rows)._repr_html_()
