"""A city in a database: all of it, or a part, comes out as memory has it."""

from collections.abc import Iterator
from typing import Annotated, Any

import polars as pl
import pytest
from neo4j import Driver

from orgnet.city import chengdu
from orgnet.database.database import Database
from orgnet.database.errors import DatabaseError
from orgnet.errors import UnknownAreaError, UnknownNameError
from orgnet.network import Network
from orgnet.schema import SCHEMA, Ends, Heading, Tie
from tests.servers import Given, clean


class Mentors(Tie):
    """One unit mentors another 帮带."""

    zh = "帮带"
    ends = Ends(SCHEMA.kinds["Unit"], SCHEMA.kinds["Unit"])
    key = ("subject",)

    subject: Annotated[str | None, Heading("科目")] = None


@pytest.fixture(scope="module")
def net() -> Network:
    return chengdu(scale=0.01)


@pytest.fixture(scope="module")
def pushed(driver: Driver, neo4j_server: Given, net: Network) -> Iterator[Database]:
    with clean(driver, neo4j_server.database):
        db = Database(driver, neo4j_server.database)
        db.push(net)
        yield db


def test_a_city_comes_out_as_it_went_in(pushed: Database, net: Network) -> None:
    found = pushed.pull()
    assert found.equals(net)
    assert (found.title, found.synthetic) == (net.title, True)
    assert pushed.salvage()[0].equals(net)


@pytest.mark.slow
def test_every_area_of_a_city_comes_out_as_memory_cuts_it(
    pushed: Database, net: Network
) -> None:
    areas = net.areas().group_by("level", maintain_order=True).first()
    sizes = set()
    for area, name in areas.select("id", "name").iter_rows():
        part = pushed.pull(within=area)
        assert part.equals(net.within(area)), name
        sizes.add(len(part))
    assert len(sizes) > 4
    street = net.areas(level="street")[0, "name"]
    assert pushed.pull(within=street, day="2019-08-07").equals(
        net.within(street, day="2019-08-07")
    )


def test_only_the_scope_is_asked_for(pushed: Database, net: Network) -> None:
    class Listening(Database):
        rows = 0

        def read(self, text: str, parameters: Any) -> list[list[Any]]:
            found = super().read(text, parameters)
            if "found[first..first" in text:
                self.rows += sum(len(part) for (part,) in found)
            return found

    community = net.areas(level="community")[0, "id"]
    listening = Listening(pushed.driver, pushed.name)
    part = listening.pull(within=community)
    rows = len(part) + part.ties().height
    assert rows <= listening.rows <= 2 * rows + 10  # its ids come once before
    assert listening.rows < len(net) / 5


def test_chosen_kinds_and_types(pushed: Database, net: Network) -> None:
    found = pushed.pull(kinds=["PartyOrganization", "Unit"], ties=["COVERS"])
    assert found.nodes("Unit").equals(net.nodes("Unit"))
    kinds = {"PartyOrganization", "Unit"}
    assert {n for n, c in found.counts.items() if c} == {*kinds, "COVERS"}
    covers = net.ties("COVERS").filter(pl.col("to").str.starts_with("unit:"))
    assert found.ties("COVERS").equals(covers)
    assert 0 < covers.height < net.counts["COVERS"]
    assert found.complete == set()  # COVERS of areas would seem to be none
    several = pushed.pull(ties=["COVERS", "PART_OF"])
    assert several.nodes().equals(net.nodes())
    assert several.complete == {
        c for c in net.complete if c.split(":")[0] in {"COVERS", "PART_OF"}
    }
    area = net.areas(level="street")[0, "id"]
    units = pushed.pull(within=area, kinds="Unit")
    assert units.nodes("Unit").equals(net.within(area).nodes("Unit"))
    assert set(units.ties()["type"]) <= {"SUPERVISED_BY", "COORDINATES"}


def test_a_network_is_kept_until_another_is_written(
    pushed: Database, net: Network
) -> None:
    kept = pushed.network()
    assert kept.equals(net)
    assert pushed.network() is kept
    less = net.minus([net.nodes("Need")["id"][0]])
    pushed.sync(less)
    assert pushed.network().equals(less)
    pushed.sync(net)
    assert pushed.network().equals(net)


def test_what_is_not_in_the_database_or_the_schema(pushed: Database) -> None:
    with pytest.raises(UnknownNameError, match="2 names are of no kind: 'Flat', 'Xx'"):
        pushed.pull(kinds=["Unit", "Xx", "Flat"])
    with pytest.raises(UnknownNameError, match="of no relationship type: 'LIKES'"):
        pushed.pull(ties="LIKES")
    with pytest.raises(UnknownAreaError, match="no area '成都府'"):
        pushed.pull(within="成都府")
    with pytest.raises(DatabaseError, match=r"another schema.*'MENTORS'"):
        pushed.pull(schema=SCHEMA.extended(Mentors))
