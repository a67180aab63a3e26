"""Laws of the schema and of networks, whatever is in them."""

import copy
import pickle
import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import orgnet as on
from orgnet.errors import OrgnetError, UnknownAreaError, UnknownNameError
from orgnet.schema import SCHEMA, Ends, Heading, Node, Schema, Tie
from orgnet.schema.check import ROW, conform, empty
from orgnet.schema.declare import Attribute, Record
from orgnet.schema.nodes import Area, PartyOrganization, Unit
from orgnet.schema.ties import HoldsSeatOn
from tests.handmade import network, node, tie
from tests.worlds import DAY, swift, world

RECORDS = {**SCHEMA.kinds, **SCHEMA.ties}
FEW = 8
SEEDS = st.integers(0, 2000)
DAYS = st.integers(-400, 400).map(lambda n: DAY + timedelta(days=n))


def frames(net: on.Network) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
    nodes = {label: net.nodes(label) for label in net.schema.kinds}
    return nodes, {type_: net.ties(type_) for type_ in net.schema.ties}


def again(
    net: on.Network, nodes: dict[str, pl.DataFrame], ties: dict[str, pl.DataFrame]
) -> tuple[on.Network, on.Faults]:
    return on.Network.from_frames(nodes, ties, complete=net.complete)


def shuffled(table: pl.DataFrame, seed: int) -> pl.DataFrame:
    columns = random.Random(seed).sample(table.columns, table.width)
    return table.select(columns).sample(fraction=1, shuffle=True, seed=seed)


@settings(max_examples=FEW)
@given(SEEDS)
def test_neither_rows_nor_columns_nor_tables_need_an_order(seed):
    net = swift(world(seed))
    nodes, ties = (
        {n: shuffled(t, seed) for n, t in reversed(part.items())}
        for part in frames(net)
    )
    other, faults = again(net, nodes, ties)
    assert other.equals(net)
    assert set(faults.frame["effect"]) <= {"noted"}
    assert other.ids.to_list() == sorted(other.ids.to_list())


@settings(max_examples=FEW)
@given(SEEDS)
def test_every_tie_has_an_id_of_its_own_and_is_found_by_it(seed):
    net = swift(world(seed))
    ids = net.ties()["id"]
    assert ids.is_unique().all()
    assert not set(ids) & set(net.ids)
    gone = ids.sample(min(5, ids.len()), seed=seed).to_list()
    fewer = net.minus(gone)
    assert set(fewer.ties()["id"]) == set(ids) - set(gone)
    assert fewer.ids.equals(net.ids)
    assert set(net.diff(fewer)["id"]) == set(gone)


@settings(max_examples=FEW)
@given(SEEDS, DAYS)
def test_at_a_day_is_what_is_valid_then(seed, day):
    net = swift(world(seed))
    then = net.at(day)
    assert then.at(day).equals(then)
    for name, table in {**then.node_tables, **then.tie_tables}.items():
        begun, ended = table["valid_from"], table["valid_to"]
        assert (begun.is_null() | (begun <= day)).all(), name
        assert (ended.is_null() | (ended > day)).all(), name
    left = set(then.ids)
    for type_, table in then.tie_tables.items():
        whole = net.ties(type_)
        begun, ended = whole["valid_from"], whole["valid_to"]
        held = (begun.is_null() | (begun <= day)) & (ended.is_null() | (ended > day))
        both = whole["from"].is_in(left) & whole["to"].is_in(left)
        assert table.height == (held & both).sum()


@settings(max_examples=FEW)
@given(SEEDS, DAYS)
def test_an_area_within_an_area_is_a_network_within_a_network(seed, day):
    net = swift(world(seed)).at(day)
    above = dict(net.ties("PART_OF").select("from", "to").iter_rows())
    for small, large in [*above.items()][:3]:
        index = net.index()
        if index.larger[net.position(small)] != net.position(large):
            continue  # several larger ones, and another was chosen
        outer, inner = net.within(large), net.within(small)
        assert set(inner.ids) <= set(outer.ids)
        assert outer.within(large).equals(outer)
        ties = set(inner.ties()["id"])
        assert ties <= set(outer.ties()["id"]) <= set(net.ties()["id"])


@settings(max_examples=FEW)
@given(SEEDS, DAYS)
def test_within_on_a_day_is_within_of_that_day(seed, day):
    net = swift(world(seed))
    then = net.at(day)
    for area in then.nodes("Area")["id"].head(2):
        assert net.within(area, day=day).equals(then.within(area))


@settings(max_examples=FEW)
@given(SEEDS)
def test_what_is_added_can_be_taken_away(seed):
    net = swift(world(seed))
    party = PartyOrganization(id="party:~", name="新", form="branch", setting="grid")
    units = net.nodes("Unit")["id"].head(3).to_list()
    more = net.plus([party, *(HoldsSeatOn(from_=u, to="party:~") for u in units)])
    assert set(net.diff(more)["change"]) == {"added"}
    assert more.minus(["party:~"]).equals(net)
    seats = [f"HOLDS_SEAT_ON|{u}|party:~|" for u in units]
    assert more.minus(seats).minus("party:~").equals(net)
    assert net.plus([]).equals(net)
    assert net.plus(party).equals(more.minus(seats))


@settings(max_examples=FEW)
@given(SEEDS, SEEDS)
def test_networks_differ_where_they_are_not_equal(seed, other):
    one = on.Network(*swift(world(seed % 5)).__reduce__()[1][:2])
    two = on.Network(*swift(world(other % 5)).__reduce__()[1][:2])
    there, back = one.diff(two), two.diff(one)
    assert one.equals(two) == there.is_empty() == back.is_empty()
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    assert there.with_columns(pl.col("change").replace(turned)).equals(back)


def test_a_difference_sees_what_only_one_schema_declares():
    class Mentors(Tie):
        """One unit mentors another."""

        zh = "帮带"
        ends = Ends(Unit, Unit)

    plain = network(node("unit:a"), node("unit:b"))
    wide = SCHEMA.extended(Mentors)
    frame = pl.DataFrame({"from": ["unit:a"], "to": ["unit:b"]})
    more, _ = on.Network.from_frames(frames(plain)[0], {"MENTORS": frame}, schema=wide)
    assert plain.diff(more).select("change", "id").rows() == [
        ("added", "MENTORS|unit:a|unit:b|")
    ]
    assert more.diff(plain)["change"].to_list() == ["removed"]
    with pytest.raises(UnknownNameError, match=r"'Mentors'; make .*SCHEMA.extended"):
        plain.plus(Mentors(from_="unit:a", to="unit:b"))


def may_be_null(record: type[Record]) -> list[str]:
    return [n for n, a in record.attributes().items() if not a.required]


@settings(max_examples=FEW)
@given(SEEDS)
def test_nulls_where_they_may_be_are_no_fault_and_no_error(seed):
    made = world(seed)
    drawn = random.Random(seed)
    net = swift(made)

    def holed(name: str, table: pl.DataFrame) -> pl.DataFrame:
        kept = set(getattr(RECORDS[name], "key", ())) | {"valid_from"}
        names = [n for n in may_be_null(RECORDS[name]) if n not in kept]
        blank = [[drawn.random() < 0.5 for _ in range(table.height)] for _ in names]
        return table.with_columns(
            pl.when(~pl.Series(b, dtype=pl.Boolean)).then(pl.col(n)).alias(n)
            for n, b in zip(names, blank, strict=True)
        )

    nodes, ties = ({n: holed(n, t) for n, t in p.items()} for p in frames(net))
    sparse, faults = again(net, nodes, ties)
    assert set(faults.frame["effect"]) <= {"noted"}
    assert sparse.counts == net.counts
    options: dict[str, Any] = {"day": made.day, "rules": on.Rules(**made.rules)}
    for question in (on.coverage.gaps, on.coverage.rates, on.structure.chain):
        question(sparse, **options)
    pairs = on.evaluation.pairs(sparse, **options)
    needs = sparse.at(made.day or DAY).nodes("Need")["id"].head(2)
    answers = [on.integration.paths(sparse, need=n, **options) for n in needs]
    for answer in (pairs, *answers):
        for i in range(min(2, len(answer))):
            assert answer.explain(i)


@pytest.mark.parametrize("name", RECORDS)
def test_a_table_of_nulls_is_an_error_in_no_column(name):
    record = RECORDS[name]
    ends = ["id"] if issubclass(record, Node) else ["from", "to"]
    table = pl.DataFrame({n: [None, None] for n in (*ends, *record.attributes())})
    net, faults = again(network(), *({name: table} if p else {} for p in _side(name)))
    assert net.counts[name] == 0
    assert set(faults.frame["code"]) == {"missing_required"}


def _side(name: str) -> tuple[bool, bool]:
    return name in SCHEMA.kinds, name in SCHEMA.ties


STRANGE = (
    pl.Series([["a"]]),
    pl.Series([{"a": 1}]),
    pl.Series([[{"a": 1}]]),
    pl.Series([b"\xff"]),
    pl.Series([object()], dtype=pl.Object),
    pl.Series([1], dtype=pl.Time),
    pl.Series([1], dtype=pl.Duration("us")),
    pl.Series([datetime(2019, 8, 7, 9)]),  # noqa: DTZ001  as spreadsheets give it
    pl.Series([2**70], dtype=pl.Int128),
    pl.Series([2**64 - 1], dtype=pl.UInt64),
    pl.Series([float("nan")]),
    pl.Series([float("-inf")]),
    pl.Series([Decimal("10.50")]),
    pl.Series(["\x00 ０x1F"]),
    pl.Series(["active"], dtype=pl.Categorical),
    pl.Series([True]),
    pl.Series([-1]),
)


@pytest.mark.parametrize("name", ["Area", "Unit", "Project", "EVALUATES", "FUNDS"])
def test_no_type_of_column_is_an_error(name):
    record = RECORDS[name]
    ends = {"id": "x:a"} if issubclass(record, Node) else {"from": "x:a", "to": "x:b"}
    for given_ in STRANGE:
        columns = [given_.alias(n) for n in record.attributes()]
        kept, findings = conform(record, pl.DataFrame(ends).hstack(columns))
        assert kept.drop(ROW).schema == empty(record).schema
        for finding in findings:
            assert finding.detail or finding.reason in {"missing", "validity"}
    for given_ in STRANGE[:5]:
        table = pl.DataFrame([given_.alias(n) for n in ends])
        net, faults = again(
            network(), *({name: table} if p else {} for p in _side(name))
        )
        assert net.counts[name] == 0
        assert faults


def values(attribute: Attribute) -> st.SearchStrategy[Any]:
    """Draw values of the right type, whether accepted or not."""
    if attribute.vocabulary:
        return st.sampled_from([m.value for m in attribute.vocabulary])
    plain: dict[type, st.SearchStrategy[Any]] = {
        pl.Boolean: st.booleans(),
        pl.Int64: st.integers(-3, 9) | st.integers(-(2**63), 2**63 - 1),
        pl.Float64: st.sampled_from([0.29, 1.005, -1.0, 0.5, 1e9]) | st.floats(),
        pl.Date: st.dates(date(2019, 8, 1), date(2019, 8, 9)),
        pl.String: st.sampled_from(
            ["", " ", "\u3000", "\x1c", "a|b", "𠀀", "510107", "J66", "甲\n", "J66\n"]
        ),
    }
    return plain[type(attribute.dtype)]


@pytest.mark.parametrize("name", RECORDS)
@settings(max_examples=20)
@given(st.data())
def test_the_checks_of_tables_and_of_records_are_the_same(name, data):
    record = RECORDS[name]
    ends = {"id": "x:a"} if issubclass(record, Node) else {"from": "x:a", "to": "x:b"}
    row = {
        n: data.draw(values(a) if a.required else st.none() | values(a), n)
        for n, a in record.attributes().items()
    }
    types = {n: a.dtype for n, a in record.attributes().items()}
    table = pl.DataFrame(
        [{**ends, **row}], schema={**dict.fromkeys(ends, pl.String), **types}
    )
    kept, findings = conform(record, table)
    assert _errors(record, {**ends, **row}) == {f.column for f in findings}
    good = {**ends, **row, **{f.column: None for f in findings if f.column}}
    assert kept.drop(ROW).rows(named=True) == (
        [] if any(f.fatal for f in findings) else [good]
    )


def _errors(record: type[Record], row: dict[str, Any]) -> set[str | None]:
    """Return what pydantic refuses, asked of each attribute apart."""
    refused: set[str | None] = set()
    for name, value in row.items():
        spoilt = {n: _harmless(record, n, v) for n, v in row.items()}
        if name in {"valid_from", "valid_to"}:
            continue
        try:
            record.model_validate({**spoilt, name: value})
        except ValidationError:
            refused.add(name)
    begun, ended = row["valid_from"], row["valid_to"]
    return refused | ({None} if begun and ended and begun >= ended else set())


def _harmless(record: type[Record], name: str, value: object) -> object:
    attribute = record.attributes().get(name)
    if attribute is None:
        return value
    if not attribute.required:
        return None
    if attribute.vocabulary:
        return next(iter(attribute.vocabulary)).value
    return {pl.Int64: 1, pl.String: "x"}[type(attribute.dtype)]


def test_blank_where_there_is_a_default_is_the_default():
    seats = pl.DataFrame({"from": ["unit:a"], "to": ["party:a"], "seats": [None]})
    net = network(node("unit:a"), node("party:a"))
    seated, faults = again(net, frames(net)[0], {"HOLDS_SEAT_ON": seats})
    assert not faults
    assert seated.ties("HOLDS_SEAT_ON")["seats"].to_list() == [1]
    spoilt = seats.with_columns(seats=pl.lit("two"))
    unseated, faults = again(net, frames(net)[0], {"HOLDS_SEAT_ON": spoilt})
    assert faults.frame["code"].to_list() == ["bad_required"]
    assert unseated.counts["HOLDS_SEAT_ON"] == 0


@pytest.mark.parametrize("number", [float, Decimal, str])
def test_money_is_whole_yuan_and_a_fraction_is_noted(number):
    given_ = [number(text) for text in ("2.5", "3.5", "7", "0.49")]
    table = pl.DataFrame(
        {"id": [f"project:{i}" for i in range(4)], "name": "x", "budget_cny": given_}
    )
    net, faults = on.Network.from_frames({"Project": table}, {})
    found = net.nodes("Project")["budget_cny"].to_list()
    noted = faults.frame.select("row", "code").rows()
    if number is str:  # a text is no number that could be rounded
        assert found == [None, None, 7, None]
        assert noted == [(1, "bad_type"), (2, "bad_type"), (4, "bad_type")]
    else:
        assert found == [2, 4, 7, 0]
        assert noted == [(n, "rounded_money") for n in (1, 2, 4)]


def test_a_count_with_a_fraction_is_no_count():
    table = pl.DataFrame(
        {"id": ["unit:a"], "name": "x", "kind": "other", "employees": [Decimal("9.5")]}
    )
    net, faults = on.Network.from_frames({"Unit": table}, {})
    assert net.nodes("Unit")["employees"].to_list() == [None]
    message = "employees cannot be read: Input should be a valid integer, "
    message += "got a number with a fractional part"
    assert faults.frame["message"].to_list() == [message]


def several(*spells: tuple[str, Any, Any]) -> list[str]:
    ids = sorted({"party:a", *(head for head, _, _ in spells)})
    made = network(*(node(i) for i in ids))
    rows = [("party:a", *spell) for spell in spells]
    schema = {"from": pl.String, "to": pl.String, "valid_from": pl.Date}
    table = pl.DataFrame(rows, {**schema, "valid_to": pl.Date}, orient="row")
    _, faults = again(made, frames(made)[0], {"SUBORDINATE_TO": table})
    return faults.of("several").frame["value"].to_list()


def test_one_superior_written_twice_is_not_several():
    early, middle, late = date(2018, 1, 1), date(2019, 1, 1), date(2020, 1, 1)
    assert several(("party:b", early, late), ("party:b", middle, None)) == []
    assert several(("party:b", None, middle), ("party:c", middle, None)) == []
    assert several(("party:b", None, late), ("party:c", middle, None)) == ["party:a"]
    hidden = (
        ("party:b", None, early),
        ("party:b", middle, late),
        ("party:c", early, middle),
    )
    assert several(*hidden) == []
    assert several(*hidden, ("party:d", early, late)) == ["party:a"]


SPELLS = st.tuples(
    st.sampled_from(["party:b", "party:c", "party:d"]),
    st.none() | st.integers(0, 6),
    st.none() | st.integers(1, 7),
).filter(lambda s: s[1] is None or s[2] is None or s[1] < s[2])


@settings(max_examples=60)
@given(st.lists(SPELLS, min_size=1, max_size=6, unique_by=lambda s: s[:2]))
def test_several_are_two_on_one_day(spells):
    days = range(-1, 9)
    held = [
        {h for h, a, b in spells if (a is None or a <= d) and (b is None or d < b)}
        for d in days
    ]
    at = [
        (h, *(None if n is None else DAY + timedelta(n) for n in span))
        for h, *span in spells
    ]
    assert several(*at) == ["party:a"] * any(len(h) > 1 for h in held)


def test_grids_and_compounds_stand_beside_each_other():
    made = network(node("area:g", level="grid"), node("area:o", level="compound"))
    for tail, head in (("area:g", "area:o"), ("area:o", "area:g")):
        below = {"PART_OF": pl.DataFrame({"from": [tail], "to": [head]})}
        _, faults = again(made, frames(made)[0], below)
        assert faults.frame.select("code", "value").rows() == [("level_order", tail)]


def test_nothing_that_is_handed_out_changes_the_network():
    net = network(node("unit:a"), node("party:a"), tie("COVERS", "party:a", "unit:a"))
    before = copy.deepcopy(net)
    net.nodes("Unit")[0, "name"] = "x"
    net.areas().insert_column(0, pl.Series("x", [], pl.Int8))
    net.ties("COVERS").drop_in_place("to")
    with pytest.raises(TypeError, match="does not support item assignment"):
        net.node_tables["Unit"] = pl.DataFrame()  # type: ignore[index]
    with pytest.raises(TypeError, match="does not support item assignment"):
        SCHEMA.kinds["Person"] = Unit  # type: ignore[index]
    with pytest.raises(ValueError, match="read-only"):
        net.index().host[0] = 0
    assert net.equals(before)


def test_a_network_can_be_pickled_and_copied():
    net = swift(world(3))
    net.index()
    for other in (pickle.loads(pickle.dumps(net)), copy.copy(net), copy.deepcopy(net)):  # noqa: S301
        assert other.equals(net)
        assert other.schema.kinds == net.schema.kinds
        assert other.at(DAY).equals(net.at(DAY))


def test_tables_of_other_libraries_are_refused_with_what_to_type():
    table = pl.DataFrame({"id": ["unit:a"], "name": ["甲"], "kind": ["other"]})
    others: list[tuple[Any, str]] = [
        (table.lazy(), r"a LazyFrame: write table\.collect\(\)"),
        (table.to_pandas(), r"a DataFrame: write pl\.from_pandas\(table\)"),
        (table.to_dict(), r"a dict: write pl\.DataFrame\(table\)"),
    ]
    for other, todo in others:
        message = rf"1 tables are not polars frames: nodes\['Unit'\] is {todo}"
        with pytest.raises(OrgnetError, match=message):
            on.Network.from_frames({"Unit": other}, {})
    with pytest.raises(UnknownNameError, match="2 tables stand on the wrong side"):
        on.Network.from_frames({"COVERS": table}, {"Unit": table})


def test_one_where_several_may_be_given_is_one():
    net = network(node("unit:a"), node("unit:b"))
    assert net.minus("unit:a").ids.to_list() == ["unit:b"]
    assert net.only("unit:a").ids.to_list() == ["unit:a"]
    assert len(net.plus(Unit(id="unit:c", name="丙", kind="other"))) == 3
    claimed, _ = on.Network.from_frames({}, {}, complete="COVERS:Unit")
    assert claimed.complete == {"COVERS:Unit"}
    with pytest.raises(OrgnetError, match="1 of 1 edits are no records: 'unit:c'"):
        net.plus(["unit:c"])


def test_days_and_places_as_people_write_them():
    made = network(node("area:510104@2019", code="510104"), node("unit:a"))
    noon = datetime(2019, 8, 7, 12)  # noqa: DTZ001  as pandas gives a day
    assert made.index(noon) is made.index("2019-08-07")
    assert made.within(510104).ids.to_list() == ["area:510104@2019"]  # type: ignore[arg-type]
    with pytest.raises(OrgnetError, match="no day 2019: write it as 2019-08-07"):
        made.at(2019)  # type: ignore[arg-type]


def test_a_code_of_two_editions_is_one_area_on_a_day():
    made = network(
        node("area:510104@2019", code="510104", valid_to=date(2020, 7, 1)),
        node("area:510104@2020", code="510104", valid_from=date(2020, 7, 1)),
    )
    assert made.within("510104", day="2020-06-30").ids.to_list() == ["area:510104@2019"]
    assert made.within("510104", day="2020-07-01").ids.to_list() == ["area:510104@2020"]
    with pytest.raises(UnknownAreaError, match="names 2 areas"):
        made.within("510104")


def test_the_printed_summary_has_a_line_for_each_count():
    made = network(node("area:a", level="grid"), node("unit:a"), node("unit:b"))
    lines = [" ".join(line.split()) for line in str(made).splitlines()]
    assert lines == [
        "<Network: 3 nodes, 0 relationships>",
        "of name zh count",
        "kind Area 治理单元 1",
        "kind Unit 单位 2",
        "area level grid 网格 1",
    ]


def test_a_class_that_cannot_be_tabled_fails_where_it_is_declared():
    with pytest.raises(TypeError, match=r"ids have no beginning: write prefix"):

        class Nowhere(Node):
            zh = "无"

    with pytest.raises(TypeError, match=r"shown by 'name', which it does not declare"):

        class Nameless(Node):
            zh = "无"
            prefix = "nameless"

    with pytest.raises(TypeError, match=r"'n:n'; write one of n:m, n:1, 1:n"):

        class Countless(Tie):
            zh = "无"
            ends = Ends(Unit, Unit)
            cardinality = "n:n"

    with pytest.raises(TypeError, match=r"declares \['head'\], which tables use"):

        class Headed(Tie):
            zh = "无"
            ends = Ends(Unit, Unit)
            head: Annotated[str | None, Heading("头")] = None

    class Plot(Area):
        zh = "地块"

    with pytest.raises(TypeError, match="2 kinds have the prefix 'area': Area, Plot"):
        Schema.of(Area, Plot)


UNCOUNTED = {
    "Resource.capacity",  # the unit stands beside it, in capacity_unit
    "Need.quantity",
    "Project.quantity",
    "MATCHED_TO.quantity",  # in the unit of the resource
    "FUNDS.year",
}
SUBJECTS = {  # what each row of the account of mechanisms needs to be told
    1: "Unit.kind SUPERVISED_BY.role COORDINATES.mandate COORDINATES.joint_leadership",
    2: "Area.demonstration Area.demonstration_batch Area.demonstration_level",
    3: "FUNDS.amount_cny FUNDS.year FUNDS.purpose",
    4: "Area.social_workers Unit.social_workers Area.households",
    5: "PartyOrganization.setting Area.level",
    6: "CONTACTS.scheme CONTACTS.valid_from CONTACTS.valid_to",
    7: "EVALUATES.kind Document.title",
    8: "Document.tier Document.doc_no Document.issuer Document.issued_on COVERS.doc_no",
    9: "EVALUATES.round",
    10: "COVERS.basis COVERS.mode Unit.full_members Unit.employees Unit.industry",
    11: "HOLDS_SEAT_ON.seats HOLDS_SEAT_ON.valid_from HOLDS_SEAT_ON.valid_to",
    12: "EVALUATES.score EVALUATES.scale_max EVALUATES.grade EVALUATES.status "
    "EVALUATES.submitted_on",
    13: "Unit.resident LOCATED_IN.primary PARTNERS_WITH.mechanism",
    14: "PartyOrganization.form Area.exclusive Area.grid_group",
    15: "Area.integrated_members Area.integrated_grids Area.integrated_duties "
    "Area.integrated_workflow Area.integrated_platform",
    16: "DEPLOYS_TO.staff DEPLOYS_TO.funds_cny DEPLOYS_TO.valid_from",
    17: "DISPATCHES.staff DISPATCHES.funds_cny DISPATCHES.authority",
    18: "HOLDS_POWER_OVER.power Unit.local_office_of_department",
    19: "SUCCEEDED_BY.function SUCCEEDED_BY.on",
    20: "Area.reform_status Area.reformed_on Site.kind",
    21: "Area.proof_items",
    22: "Unit.line",
    23: "PartyOrganization.founded_on Area.step Area.disputes_resolved "
    "Area.disputes_period Area.members",
    24: "Project.programme Project.action Project.quantity Project.quantity_unit",
    25: "Site.tier Site.area_m2",
    26: "Resource.uses Resource.kind",
    27: "ESCALATES_TO.period ESCALATES_TO.cases ESCALATES_TO.responded "
    "ESCALATES_TO.resolved ESCALATES_TO.satisfied ESCALATES_TO.median_days",
    28: "Resource.capacity Resource.capacity_unit Resource.fee Need.quantity "
    "Need.urgency Need.raised_on Need.due_on Need.status MATCHED_TO.quantity "
    "MATCHED_TO.project_id MATCHED_TO.status MATCHED_TO.on",
    30: "Document.repealed_on",
}


@pytest.mark.parametrize("row", SUBJECTS)
def test_every_mechanism_has_its_attributes(row):
    for name in SUBJECTS[row].split():
        of, attribute = name.split(".")
        assert attribute in RECORDS[of].attributes(), name


def test_every_number_says_what_it_counts():
    numbers = {
        f"{of}.{n}": a.heading.unit
        for of, record in RECORDS.items()
        for n, a in record.attributes().items()
        if isinstance(a.dtype, pl.Int64 | pl.Float64) and n != "source_row"
    }
    assert {name for name, unit in numbers.items() if not unit} == UNCOUNTED
    assert all(numbers[n] == "CNY" for n in numbers if n.endswith("_cny"))


def test_every_attribute_may_be_null_but_what_a_row_cannot_be_without():
    required = {
        f"{of}.{n}"
        for of, record in RECORDS.items()
        for n, a in record.attributes().items()
        if a.required and n not in getattr(record, "key", ())
    }
    assert required == {
        "Area.level",
        "Area.name",
        "Document.title",
        "HOLDS_SEAT_ON.seats",
        "Need.kind",
        "Need.name",
        "PartyOrganization.form",
        "PartyOrganization.name",
        "PartyOrganization.setting",
        "Project.name",
        "Resource.kind",
        "Resource.name",
        "Site.tier",
        "Unit.kind",
        "Unit.name",
    }
