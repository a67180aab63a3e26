"""A network as a networkx graph: plain, the caller's own, and back without loss."""

import gc
import math
import random
from datetime import date, datetime
from typing import Annotated, Any

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orgnet.convert.networkx import from_networkx, to_networkx
from orgnet.errors import OrgnetError, UnknownNameError
from orgnet.network import Network
from orgnet.schema import SCHEMA, Ends, Heading, Schema, Tie
from orgnet.schema.declare import Attribute, Record
from orgnet.schema.nodes import Area, Unit
from tests.worlds import network, world


class Mentors(Tie):
    """One unit mentors another 帮带. Its attributes are what convertors trip over."""

    zh = "帮带"
    ends = Ends(Unit | Area, Unit)
    key = ("topic",)

    topic: Annotated[str | None, Heading("主题")] = "党建"
    label: Annotated[str | None, Heading("标签")] = None
    name: Annotated[tuple[str, ...] | None, Heading("名称")] = None


Row = dict[str, Any]
UNKNOWN = 0.5
SPELLS = [
    (None, None),
    (date(2018, 1, 1), None),
    (None, date(2020, 1, 1)),
    (date(2018, 1, 1), date(2020, 1, 1)),
]
WIDER = SCHEMA.extended(Mentors)
SAMPLES: dict[type[pl.DataType], list[Any]] = {
    pl.Boolean: [True, False],
    pl.Int64: [0, 1, 2, 2019, 2**40],
    pl.Float64: [0.0, 0.25, 1.0, 103.75],
    pl.String: ["甲", "a:b", "510107", "A", "  甲 & <乙>", "0"],
    pl.Date: [date(1970, 1, 1), date(2019, 8, 7)],
    pl.List: [["甲"], ["乙", "甲", "甲"]],
}


def drawn(attribute: Attribute, rng: random.Random) -> Any:
    """Draw what an attribute may hold; often null where it may be."""
    if not attribute.required and rng.random() < UNKNOWN:
        return None
    if attribute.vocabulary:
        return rng.choice([word.value for word in attribute.vocabulary])
    samples = SAMPLES[type(attribute.dtype)]
    good = [v for v in samples if all(check.accepts(v) for check in attribute.checks)]
    return rng.choice(good) if good or attribute.required else None


def row(record: type[Record], ends: Row, rng: random.Random) -> Row:
    """Draw one row of a kind or type."""
    attributes = {n: drawn(a, rng) for n, a in record.attributes().items()}
    begun, ended = rng.choice(SPELLS)
    return {**ends, **attributes, "valid_from": begun, "valid_to": ended}


def random_network(seed: int, schema: Schema) -> Network:
    """Draw a small network of all kinds and types; what does not fit is left out."""
    rng = random.Random(seed)
    ids = {
        k.label(): [f"{k.prefix}:{n}" for n in "a中B"] for k in schema.kinds.values()
    }
    nodes = {
        label: [row(kind, {"id": i}, rng) for i in ids[label]]
        for label, kind in schema.kinds.items()
    }
    ties = {}
    for name, tie in schema.ties.items():
        tails = [i for label in tie.ends.tail for i in ids[label]]
        heads = [i for label in tie.ends.head for i in ids[label]]
        ends = [{"from": rng.choice(tails), "to": rng.choice(heads)} for _ in "123"]
        ties[name] = [row(tie, rng.choice(ends), rng) for _ in range(rng.randint(0, 4))]
    net, _faults = Network.from_frames(
        *({n: frame(schema[n], r) for n, r in t.items() if r} for t in (nodes, ties)),
        schema=schema,
        complete=rng.choice([(), ("COVERS:Unit", "COVERS:grid")]),
        synthetic=rng.random() < UNKNOWN,
        title=rng.choice(["", "成都"]),
    )
    return net


def frame(record: type[Record], given_rows: list[Row]) -> pl.DataFrame:
    types = {n: a.dtype for n, a in record.attributes().items()}
    ends = ["from", "to"] if issubclass(record, Tie) else ["id"]
    return pl.DataFrame(given_rows, {**dict.fromkeys(ends, pl.String()), **types})


@pytest.fixture(scope="module")
def nets() -> list[Network]:
    return [random_network(seed, WIDER) for seed in range(24)]


def test_there_and_back_loses_nothing(nets: list[Network]) -> None:
    for net in nets:
        holds_there_and_back(net)


@pytest.mark.slow
@given(st.integers(0))
@settings(max_examples=200)
def test_there_and_back_loses_nothing_at_length(seed: int) -> None:
    holds_there_and_back(random_network(seed, WIDER))


def test_the_random_networks_hold_every_kind_type_and_attribute(
    nets: list[Network],
) -> None:
    for name, record in {**WIDER.kinds, **WIDER.ties}.items():
        tables = [{**net.node_tables, **net.tie_tables}[name] for net in nets]
        for attribute in record.attributes():
            held = sum(t[attribute].len() - t[attribute].null_count() for t in tables)
            codes = {"uscc", "org_code"}  # no sample has their check digits
            assert held or attribute in codes, (name, attribute)
    parallel = [d for net in nets for _, _, d in net.to_networkx().edges(keys=True)]
    assert any(key.endswith(":1") for key in parallel)


def holds_there_and_back(net: Network) -> None:
    graph = net.to_networkx()
    back, _ = from_networkx(graph, schema=net.schema)
    assert back.equals(net)
    says_what_the_network_says(graph, net)
    is_sound_by_networkx_itself(graph)


def says_what_the_network_says(graph: Any, net: Network) -> None:
    assert type(graph) is nx.MultiDiGraph
    assert list(graph) == net.ids.to_list()
    for node, data in graph.nodes(data=True):
        assert {"id": node, **data} == net.node(node)
    told = [
        (name, row["from"], row["to"], known(row, "from", "to"))
        for name in net.schema.ties
        for row in net.ties(name).iter_rows(named=True)
    ]
    found = [
        (data["type"], tail, head, known(data, "type"))
        for tail, head, data in graph.edges(data=True)
    ]
    assert sorted(told, key=repr) == sorted(found, key=repr)


def known(row: dict[str, Any], *left_out: str) -> list[tuple[str, Any]]:
    held = [(k, v) for k, v in row.items() if v is not None and k not in left_out]
    return sorted(held, key=repr)


def is_sound_by_networkx_itself(graph: Any) -> None:
    by_hand: Any = nx.MultiDiGraph(**graph.graph)
    by_hand.add_nodes_from(graph.nodes(data=True))
    by_hand.add_edges_from(graph.edges(keys=True, data=True))
    assert nx.utils.graphs_equal(graph, by_hand)
    assert nx.utils.graphs_equal(graph.reverse().reverse(), graph)
    for tail, head, key in list(graph.edges(keys=True)):
        assert graph._pred[head][tail] is graph._succ[tail][head]
        graph.remove_edge(tail, head, key)
    assert graph.size() == 0


@pytest.mark.parametrize("seed", range(4))
def test_random_worlds_come_back(seed: int) -> None:
    net = network(world(seed))
    back, _ = from_networkx(net.to_networkx())
    assert back.equals(net)


def pair(**more: Any) -> Network:
    units = {"id": ["unit:a", "unit:b"], "name": ["甲", "乙"], "kind": ["other"] * 2}
    frames = {"Unit": pl.DataFrame(units), "Area": pl.DataFrame(AREA)}
    net, faults = Network.from_frames(frames, more, schema=WIDER, title="两个单位")
    assert not faults
    return net


AREA = {"id": ["area:x"], "name": ["社区"], "level": ["community"]}


def test_keys_count_what_runs_side_by_side() -> None:
    ends = {
        "from": ["unit:b", "unit:a", "unit:a"],
        "to": ["unit:a", "unit:b", "unit:b"],
    }
    net = pair(
        MENTORS=pl.DataFrame({**ends, "topic": ["b", "b", "a"]}),
        SUPERVISED_BY=pl.DataFrame({**ends, "role": ["parent", "business", "parent"]}),
    )
    graph = net.to_networkx()
    keys = ["MENTORS:0", "MENTORS:1", "SUPERVISED_BY:0", "SUPERVISED_BY:1"]
    assert sorted(graph["unit:a"]["unit:b"]) == keys
    assert sorted(graph["unit:b"]["unit:a"]) == ["MENTORS:0", "SUPERVISED_BY:0"]
    assert graph["unit:a"]["unit:b"]["MENTORS:0"] == {"type": "MENTORS", "topic": "a"}


def test_values_are_plain_python() -> None:
    ties = {"from": ["unit:a"], "to": ["unit:b"], "topic": ["党建"]}
    more = {
        "name": [["甲", "乙"]],
        "label": ["x"],
        "valid_from": ["2019-08-07"],
    }
    net = pair(MENTORS=pl.DataFrame({**ties, **more}))
    data = net.to_networkx().edges["unit:a", "unit:b", "MENTORS:0"]
    assert data == {
        "type": "MENTORS",
        "topic": "党建",
        "label": "x",
        "name": ["甲", "乙"],
        "valid_from": date(2019, 8, 7),
    }
    plain = {"topic": str, "name": list, "valid_from": date}
    assert {k: type(data[k]) for k in plain} == plain
    assert type(net.to_networkx().nodes["unit:a"]["kind"]) is str


def test_the_graph_is_the_callers_own() -> None:
    ties = {"from": ["unit:a"], "to": ["unit:b"], "name": [["甲"]]}
    net = pair(MENTORS=pl.DataFrame(ties))
    graph = net.to_networkx()
    graph.edges["unit:a", "unit:b", "MENTORS:0"]["name"].append("乙")
    graph.nodes["unit:a"]["name"] = "丙"
    graph.remove_node("unit:b")
    assert net.ties("MENTORS")["name"].to_list() == [["甲"]]
    fresh = net.to_networkx()
    assert fresh.nodes["unit:a"]["name"] == "甲"
    assert fresh.edges["unit:a", "unit:b", "MENTORS:0"]["name"] == ["甲"]


def test_kinds_types_and_attributes_can_be_chosen() -> None:
    ends = {"from": ["unit:a", "area:x"], "to": ["unit:b", "unit:b"]}
    lain = pl.DataFrame({"from": ["unit:a"], "to": ["area:x"], "primary": [True]})
    net = pair(MENTORS=pl.DataFrame(ends), LOCATED_IN=lain)
    units = net.to_networkx(nodes=["Unit"])
    assert list(units) == ["unit:a", "unit:b"]
    assert list(units.edges(keys=True)) == [("unit:a", "unit:b", "MENTORS:0")]
    lying = net.to_networkx(ties=["LOCATED_IN"], attributes=False)
    assert list(lying.edges(data=True)) == [
        ("unit:a", "area:x", {"type": "LOCATED_IN"})
    ]
    assert lying.nodes["area:x"] == {"label": "Area"}
    named = net.to_networkx(attributes=["name", "primary"])
    assert named.nodes["area:x"] == {"label": "Area", "name": "社区"}
    edge = named.edges["unit:a", "area:x", "LOCATED_IN:0"]
    assert edge == {"type": "LOCATED_IN", "primary": True}
    assert list(net.to_networkx(nodes=[], ties=[])) == []


@pytest.mark.parametrize(
    "options", [{"ties": ["COVER"]}, {"nodes": ["Units"]}, {"attributes": ["title "]}]
)
def test_an_unknown_name_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(UnknownNameError, match="there are: "):
        pair().to_networkx(**options)


@pytest.mark.parametrize("running", [True, False])
def test_the_garbage_collector_is_left_as_it_was(*, running: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if running else gc.disable)()
        graph = pair().to_networkx()
        from_networkx(graph, schema=WIDER)
        assert gc.isenabled() is running
        broken: Any = nx.MultiDiGraph()
        broken.add_edge("unit:a", "unit:b", type=float("nan"))
        broken.graph["complete"] = None
        with pytest.raises(TypeError):
            from_networkx(broken)
        assert gc.isenabled() is running
    finally:
        (gc.enable if before else gc.disable)()


def edited() -> Any:
    return pair().to_networkx()


def test_nodes_without_a_label_are_known_by_their_id() -> None:
    graph = edited()
    graph.add_node("unit:c", name="丙", kind="other")
    graph.add_edge("unit:c", "unit:a", "SUPERVISED_BY:0", role="parent")
    net, faults = from_networkx(graph, schema=WIDER)
    assert len(faults) == 0
    assert net.node("unit:c") == {
        "label": "Unit",
        "id": "unit:c",
        "name": "丙",
        "kind": "other",
    }
    assert net.ties("SUPERVISED_BY")["from"].to_list() == ["unit:c"]


def test_what_has_no_kind_or_type_is_a_fault_each() -> None:
    graph = edited()
    graph.add_node(7)
    graph.add_node("person:1", label="Person")
    graph.add_node("unit:d", label=["Unit"], name="丁", kind="other")
    graph.add_edge("unit:a", "unit:b")
    graph.add_edge("unit:a", "unit:b", type="LIKES")
    net, faults = from_networkx(graph, schema=WIDER)
    assert faults.of("no_label").frame["value"].to_list() == ["7", "person:1", "unit:d"]
    assert faults.of("no_type").frame["value"].to_list() == ["unit:a -> unit:b"] * 2
    assert "'LIKES'" in faults.of("no_type").frame["message"][1]
    assert len(faults) == 5
    assert net.equals(pair())


def test_an_edge_to_nowhere_is_a_fault() -> None:
    graph = edited()
    graph.add_edge("unit:a", "unit:zz", type="SUPERVISED_BY", role="parent")
    net, faults = from_networkx(graph, schema=WIDER)
    assert faults.frame["code"].unique().sort().to_list() == [
        "dangling_end",
        "missing_required",
    ]
    assert net.equals(pair())


def test_undeclared_attributes_are_noted_and_left_out() -> None:
    graph = edited()
    nx.set_node_attributes(graph, {"unit:a": 0.5, "unit:b": None}, "pagerank")
    graph.add_node("unit:c", label="Unit", name="丙", kind="other", id="c", type=3)
    net, faults = from_networkx(graph, schema=WIDER)
    told = (
        faults.of("undeclared_column").frame.select("sheet", "column", "value").rows()
    )
    assert told == [
        ("Unit", "id", "1"),
        ("Unit", "pagerank", "1"),
        ("Unit", "type", "1"),
    ]
    assert net.nodes("Unit").height == 3


@pytest.mark.parametrize(
    ("attribute", "value", "kept"),
    [
        ("employees", np.int64(3), 3),
        ("employees", 3.0, 3),
        ("employees", "3", 3),
        ("employees", math.nan, None),
        ("resident", np.bool_(True), True),  # noqa: FBT003
        ("resident", "true", True),
        ("address", np.str_("路1号"), "路1号"),
        ("address", 7, "7"),
        ("valid_from", datetime(2019, 8, 7), date(2019, 8, 7)),  # noqa: DTZ001
        ("valid_from", "2019-08-07", date(2019, 8, 7)),
        ("valid_from", np.datetime64("2019-08-07"), date(2019, 8, 7)),
    ],
)
def test_values_of_other_libraries_are_read(
    attribute: str, value: object, kept: object
) -> None:
    graph = edited()
    graph.nodes["unit:a"][attribute] = value
    net, faults = from_networkx(graph, schema=WIDER)
    assert len(faults) == 0
    assert net.nodes("Unit")[attribute].to_list() == [kept, None]


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("employees", 3.5),
        ("employees", "many"),
        ("employees", 10**30),
        ("employees", -1),
        ("employees", [3]),
        ("resident", 1),
        ("valid_from", 5),
        ("valid_from", datetime(2019, 8, 7, 12)),  # noqa: DTZ001
        ("status", "gone"),
        ("status", 1),
    ],
)
def test_values_that_cannot_be_are_faults(attribute: str, value: object) -> None:
    graph = edited()
    graph.nodes["unit:a"][attribute] = value
    graph.nodes["unit:b"][attribute] = None
    net, faults = from_networkx(graph, schema=WIDER)
    assert len(faults) == 1
    assert faults.frame["effect"].to_list() == ["cell_dropped"]
    assert net.equals(pair())


def test_a_text_is_no_list() -> None:
    graph = edited()
    graph.add_edge("unit:a", "unit:b", type="MENTORS", name="甲")
    net, faults = from_networkx(graph, schema=WIDER)
    assert faults.frame["code"].to_list() == ["bad_type"]
    assert net.ties("MENTORS")["name"].to_list() == [None]


def test_a_default_fills_what_every_row_needs_and_nothing_else() -> None:
    graph = edited()
    graph.add_node(
        "party:p",
        label="PartyOrganization",
        name="党委",
        form="committee",
        setting="community",
    )
    graph.add_edge("unit:a", "party:p", type="HOLDS_SEAT_ON", seats=2)
    graph.add_edge("unit:b", "party:p", type="HOLDS_SEAT_ON")
    graph.add_edge("unit:a", "unit:b", type="MENTORS")
    net, faults = from_networkx(graph, schema=WIDER)
    assert len(faults) == 0
    assert net.ties("HOLDS_SEAT_ON")["seats"].to_list() == [2, 1]
    assert net.ties("MENTORS")["topic"].to_list() == [None]


def test_a_simple_directed_graph_is_taken_and_an_undirected_one_is_not() -> None:
    graph: Any = nx.DiGraph()
    graph.add_node("unit:a", name="甲", kind="other")
    graph.add_node("unit:b", name="乙", kind="other")
    graph.add_edge("unit:a", "unit:b", type="SUPERVISED_BY", role="parent")
    net, faults = from_networkx(graph)
    assert len(faults) == 0
    assert net.counts["SUPERVISED_BY"] == 1
    with pytest.raises(OrgnetError, match="undirected"):
        from_networkx(graph.to_undirected())


def test_an_empty_graph_is_an_empty_network() -> None:
    net, faults = from_networkx(nx.MultiDiGraph())
    assert (len(net), len(faults)) == (0, 0)
    assert to_networkx(net).graph["complete"] == []


def test_node_link_data_keeps_provenance_as_the_docstring_says() -> None:
    ties = {"from": ["unit:a"], "to": ["unit:b"], "source": ["台账.xlsx#1"]}
    net = pair(MENTORS=pl.DataFrame(ties))
    data = nx.node_link_data(net.to_networkx(), source="from", target="to")
    (edge,) = data["edges"]
    assert (edge["from"], edge["to"], edge["source"]) == (
        "unit:a",
        "unit:b",
        "台账.xlsx#1",
    )
    back = nx.node_link_graph(data, source="from", target="to")
    again, faults = from_networkx(back, schema=WIDER)
    assert len(faults) == 0
    assert again.equals(net)
