"""Every break of a chain, by hand; and cycles against networkx."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

import orgnet as on
from orgnet import structure
from orgnet.errors import UnknownAreaError
from orgnet.query import Source
from tests import small
from tests.small import EVERYTHING, Case, areas, parts

COLUMNS = [
    "area",
    "level",
    "district_organization",
    "street_organization",
    "community_organization",
    "own_organization",
    "broken_at",
    "reason",
]
COVER = {"basis": "organization", "mode": "single"}
TREE = {"d": "", "s": "d", "c": "s", "g": "c"}
SETTINGS = {"d": "district", "s": "street", "c": "community", "g": "grid"}
SETTINGS |= {"o": "compound", "p": "park", "x": "community", "t": "city"}
WHOLE = "gc cs sd dt"


@pytest.fixture
def network(engine: Callable[[on.Network], Source]) -> Callable[..., Source]:
    """Give what makes a source of nodes and ties, in memory and then in Neo4j.

    It holds until the next is made.
    """
    return lambda *given: engine(small.network(*given))


@pytest.fixture
def joined(engine: Callable[[on.Network], Source]) -> Callable[..., Source]:
    """Give what makes a source of several cases side by side."""
    return lambda *given: engine(small.joined(*given))


def world(
    under: str = WHOLE,
    *,
    covers: str = "gg cc ss dd",
    tree: dict[str, str] | None = None,
    more: tuple[tuple[Any, ...], ...] = (),
) -> Case:
    """Return areas and organizations by letter; `ab` puts a under b, or over area b."""
    tree = TREE if tree is None else tree
    nodes: dict[str, dict[str, Any]] = dict(areas(**tree))
    letters = {i[0] for i in covers.split()} | set(under) - {" "}
    nodes |= {f"party:{i}": {"setting": SETTINGS[i]} for i in sorted(letters)}
    ties: list[tuple[Any, ...]] = [*parts(**tree), *more]
    ties += [
        ("SUBORDINATE_TO", f"party:{p[0]}", f"party:{p[1]}") for p in under.split()
    ]
    ties += [("COVERS", f"party:{p[0]}", f"area:{p[1]}", COVER) for p in covers.split()]
    return nodes, ties


def breaks(net: Source, **asked: Any) -> list[tuple[str | None, str | None]]:
    """Return where and why each chain breaks, in the order of the areas."""
    return structure.chain(net, **asked).frame.select("broken_at", "reason").rows()


CASES = [
    (world(), (None, None)),
    # no organization at a level
    (world(covers="cc ss dd"), ("own", "no_organization")),
    (world(covers="gg ss dd"), ("community", "no_organization")),
    (world(covers="gg cc dd"), ("street", "no_organization")),
    (world(covers="gg cc ss"), ("district", "no_organization")),
    (world(covers=""), ("own", "no_organization")),
    # set up at another level, it is not the organization of the area
    (world(covers="pg gc cc ss dd"), ("own", "no_organization")),
    # its superior
    (world("cs sd dt", covers="gg cc ss dd"), ("own", "no_superior")),
    (world("gc sd dt"), ("community", "no_superior")),
    (world("gc cs dt"), ("street", "no_superior")),
    (world("gc cs sd"), (None, None)),  # the district's own is not looked at
    (world("gg cs sd dt"), ("own", "cycle")),
    (world("gc cs sc dt"), ("community", "cycle")),
    (world("gc cs sd dd"), (None, None)),
    (world("gc gx cs sd dt"), ("own", "several_superiors")),
    (world("gs cs sd dt"), ("own", "wrong_level")),
    (world("gc cd sd dt"), ("community", "wrong_level")),
    (world("gx cs sd dt"), ("own", "superior_elsewhere")),
    (world("gc cs sd dt", covers="gg xc ss dd"), ("own", "superior_elsewhere")),
    # the first on the way up
    (world("gx cs dt", covers="gg cc dd"), ("own", "superior_elsewhere")),
    (world("gc cs sd dt", covers="gg dd"), ("community", "no_organization")),
    # with several organizations of one area, the smallest id is meant
    (world("gc cs sd dt", covers="gg cc xc ss dd"), (None, None)),
    (world("gx xs sd dt", covers="gg cc xc ss dd"), ("own", "superior_elsewhere")),
]


def test_where_a_chain_breaks_first(joined):
    net = joined(case for case, _ in CASES)
    assert breaks(net) == [expected for _, expected in CASES]


def test_a_whole_chain_names_every_organization(network):
    frame = structure.chain(network(*world())).frame
    assert frame.columns == COLUMNS
    assert set(frame.dtypes) == {pl.String}
    row = ("area:g", "grid", "party:d", "party:s", "party:c", "party:g", None, None)
    assert frame.rows() == [row]


def test_a_compound_and_a_grid_straight_below_a_street(network):
    tree = {"d": "", "s": "d", "c": "s", "o": "c", "g": "s"}
    net = network(*world("oc cs sd", covers="oo cc ss dd", tree=tree))
    assert structure.chain(net).frame.select("area", *COLUMNS[2:]).rows() == [
        ("area:g", "party:d", "party:s", None, None, "own", "no_organization"),
        ("area:o", "party:d", "party:s", "party:c", "party:o", None, None),
    ]
    below = network(*world("gx cs sd", covers="gg cc ss dd", tree=TREE | {"g": "s"}))
    assert breaks(below) == [("community", "no_organization")]


@pytest.mark.parametrize(
    ("covers", "lacking", "expected"),
    [
        ("cc ss dd", "grid", ("own", "undetermined")),
        ("cc ss dd", "compound", ("own", "no_organization")),
        ("gg ss dd", "community", ("community", "undetermined")),
        ("gg cc dd", "street", ("street", "undetermined")),
        ("gg cc ss", "district", ("district", "undetermined")),
        ("gg cc ss dd", "grid", (None, None)),
    ],
)
def test_an_organization_that_may_only_be_unknown(network, covers, lacking, expected):
    net = network(*world(covers=covers), EVERYTHING - {f"COVERS:{lacking}"})
    assert breaks(net) == [expected]


def test_a_superior_that_may_only_be_unknown(joined):
    lacking = EVERYTHING - {"SUBORDINATE_TO:PartyOrganization"}
    net = joined([world("gc sd"), world("gc cs")], lacking)
    assert breaks(net) == [("community", "undetermined"), ("street", "undetermined")]


def test_the_rules_say_who_may_be_under_whom(network):
    rules = on.Rules(superiors={"grid": ("street",)})
    assert breaks(network(*world()), rules=rules) == [("own", "wrong_level")]


def test_the_day(network):
    moved = date(2019, 7, 1)
    ties = (
        ("SUBORDINATE_TO", "party:g", "party:x", {"valid_to": moved}),
        ("SUBORDINATE_TO", "party:g", "party:c", {"valid_from": moved}),
    )
    nodes, arcs = world("cs sd", covers="gg cc ss dd", more=ties)
    net = network(nodes | {"party:x": {"setting": "community"}}, arcs)
    assert breaks(net, day="2019-06-30") == [("own", "superior_elsewhere")]
    assert breaks(net, day="2019-07-01") == [(None, None)]
    assert breaks(net) == [(None, None)]  # the superior that began last
    closed = nodes | {"area:g": {"level": "grid", "valid_to": moved}}
    gone = network(closed | {"party:x": {"setting": "community"}}, arcs)
    assert breaks(gone, day="2019-07-01") == []


def test_the_superior_that_began_last_counts(network):
    years = [date(year, 1, 1) for year in (2017, 2018, 2019)]
    ties = [
        (
            "SUBORDINATE_TO",
            "party:g",
            f"party:{above}",
            {"valid_from": a, "valid_to": b},
        )
        for above, a, b in zip("xc", years, years[1:], strict=False)
    ]
    nodes, arcs = world("cs sd", covers="gg cc ss dd", more=tuple(ties))
    other = nodes | {"party:x": {"setting": "community"}}
    assert breaks(network(other, arcs)) == [(None, None)]
    turned = [
        (t, a, {"party:x": "party:c", "party:c": "party:x"}[b], d)
        for t, a, b, d in ties
    ]
    nodes, arcs = world("cs sd", covers="gg cc ss dd", more=tuple(turned))
    assert breaks(network(other, arcs)) == [("own", "superior_elsewhere")]


def test_an_area_counts_from_its_first_day_to_its_last(network):
    begins, ends = date(2019, 7, 1), date(2019, 8, 1)
    nodes, arcs = world()
    nodes["area:g"] |= {"valid_from": begins, "valid_to": ends}
    net = network(nodes, arcs)
    days = ("2019-06-30", "2019-07-01", "2019-07-31", "2019-08-01")
    assert [len(breaks(net, day=day)) for day in days] == [0, 1, 1, 0]


def test_of_two_communities_above_the_nearer_counts(network):
    tree = {"d": "", "s": "d", "c2": "s", "c": "c2", "g": "c"}
    net = network(*world("gc cs sd", covers="gg cc ss dd", tree=tree))
    row = structure.chain(net).row(0)
    assert (row["community_organization"], row["broken_at"]) == ("party:c", None)


def test_within_filters_rows_and_never_the_graph(network):
    tree = {"d": "", "s": "d", "c": "s", "g": "c", "c2": "s", "g2": "c2", "o2": "g2"}
    net = network(*world(covers="gg cc ss dd", tree=tree))
    rows = structure.chain(net, within="area:c")
    assert rows.frame.select("area", "reason").rows() == [("area:g", None)]
    assert structure.chain(net, within="area:g2").frame["area"].to_list() == [
        "area:g2",
        "area:o2",
    ]
    assert len(structure.chain(net, within="area:d")) == len(structure.chain(net)) == 3
    with pytest.raises(UnknownAreaError):
        structure.chain(net, within="area:zz")


def test_an_empty_network_has_no_chains(network):
    assert structure.chain(network({})).frame.columns == COLUMNS


def test_a_chain_is_put_into_words(network):
    whole = structure.chain(network(*world())).explain(0)
    assert "whole: g (party:g) > c (party:c) > s (party:s) > d (party:d)" in whole
    assert "链条完整" in whole
    net = network(*world(covers="gg ss dd"))
    broken = structure.chain(net).explain(0)
    assert (
        "g (area:g): the chain breaks at the step community: no organization" in broken
    )
    assert "链条断于社区：无党组织" in broken
    none = structure.chain(network(*world(covers=""))).explain(0)
    assert none.endswith("已有党组织：-")


def test_gaps_and_chains_agree_on_what_is_wrong_with_an_organization(joined):
    net = joined(case for case, _ in CASES)
    gaps = on.coverage.gaps(net, classes=["G6"]).frame.select("id", "reason")
    own = (
        structure.chain(net)
        .frame.filter(broken_at="own")
        .join(gaps, left_on="own_organization", right_on="id", how="inner")
    )
    assert own.height >= 4
    assert own["reason"].to_list() == own["reason_right"].to_list()


def test_what_is_complete_is_the_networks_own(network):
    net = network(*world(covers="cc ss dd"))
    assert breaks(net) == [("own", "no_organization")]
    unknown = network(*world(covers="cc ss dd"), frozenset())
    assert breaks(unknown) == [("own", "undetermined")]
