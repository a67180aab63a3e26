"""What stands beside the queries says what the code says, and can be used as it is."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from orgnet.database.colours import GROUPS, KINDS, PAPER, ROLES, contrast
from orgnet.database.database import Database
from orgnet.database.guide import PICTURE, README, STYLE, renewed, style, write
from orgnet.database.picture import picture
from orgnet.errors import OrgnetError
from orgnet.query import catalogue
from orgnet.schema import SCHEMA
from tests.servers import Given
from tests.worlds import network, world

FOLDER = Path(__file__).resolve().parents[2] / "queries"
TEXT = (FOLDER / README).read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```cypher\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
SVG = "{http://www.w3.org/2000/svg}"
READABLE = 4.5  # what WCAG asks of small text
ROLE_LABELS = {r.label for kind in SCHEMA.kinds.values() for r in kind.roles}


@pytest.fixture(scope="module")
def rules():
    """Read the style sheet as Neo4j Browser does, which knows no comments."""
    found = re.findall(r"([^{}\s]+)\s*\{((?:[^{}']|'[^']*')*)\}", style())
    return {
        selector: dict(
            re.findall(r"([a-z-]+):\s*('[^']*'|[^;]*);", body),
        )
        for selector, body in found
    }


@pytest.fixture(scope="module")
def drawing():
    return ET.fromstring(picture())  # noqa: S314 - of our own making


@pytest.mark.parametrize("name", [README, STYLE, PICTURE])
def test_the_files_in_the_repository_are_what_the_code_makes(tmp_path, name):
    (tmp_path / README).write_text(TEXT, encoding="utf-8")
    write(tmp_path)
    assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()


def test_what_stood_in_a_table_goes_and_what_stands_around_it_stays():
    spoilt = TEXT.replace("<!-- made: kinds -->\n", "<!-- made: kinds -->\nold\n")
    assert spoilt != TEXT
    assert renewed(spoilt) == TEXT


@pytest.mark.parametrize("table", ["questions", "kinds", "relationships", "indexes"])
def test_a_missing_mark_is_named(table):
    mark = f"<!-- made: {table} -->"
    with pytest.raises(OrgnetError, match=f"one table of {table}"):
        renewed(TEXT.replace(mark, ""))


def test_every_question_is_listed_with_a_file_that_is_there():
    links = re.findall(r"\]\(([a-z_/]+\.cypher)\)", TEXT)
    files = {f"{name.replace('.', '/')}.cypher": name for name in catalogue()}
    assert links == [file for file in files if (FOLDER / file).is_file()]
    assert len(links) == len([*FOLDER.glob("*/*.cypher")])  # and no file is unlisted
    for file in files.keys() - set(links):
        assert f"{files[file]}: in Python only" in TEXT


def test_every_kind_role_and_type_has_a_colour_and_no_other_has():
    assert set(KINDS) == set(SCHEMA.kinds)
    assert set(ROLES) == ROLE_LABELS
    grouped = [t for group in GROUPS for t in group.types]
    assert sorted(grouped) == sorted(SCHEMA.ties)


def test_the_style_sheet_speaks_of_every_label_and_type(rules):
    labels = {s.removeprefix("node.") for s in rules if s.startswith("node.")}
    assert labels == {*SCHEMA.kinds, *ROLE_LABELS, "OrgnetMeta"}
    types = {s.partition(".")[2] for s in rules if s.startswith("relationship.")}
    assert types == set(SCHEMA.ties)
    for label, kind in SCHEMA.kinds.items():
        assert rules[f"node.{label}"]["caption"] == f"'{{{kind.caption}}}'"


def test_what_is_said_of_a_role_comes_after_its_kind_since_the_last_counts(rules):
    order = list(rules)
    for label, kind in SCHEMA.kinds.items():
        for role in kind.roles:
            assert order.index(f"node.{role.label}") > order.index(f"node.{label}")


def test_words_can_be_read_on_their_colours(rules):
    on_nodes = [
        contrast(rule["color"], rule["text-color-internal"])
        for rule in rules.values()
        if "text-color-internal" in rule and "diameter" in rule
    ]
    assert len(on_nodes) > len(SCHEMA.kinds)
    assert min(on_nodes) > READABLE
    assert min(contrast(group.colour, PAPER) for group in GROUPS) > READABLE


def test_the_picture_names_every_kind_and_every_type_as_often_as_it_joins(drawing):
    said = " ".join(t.text for t in drawing.iter(f"{SVG}text")).split()
    for label, kind in SCHEMA.kinds.items():
        assert label in said
        assert kind.zh in said
    for name, tie in SCHEMA.ties.items():
        pairs = [(t, h) for t in tie.ends.tail for h in tie.ends.head]
        joined = sum(tie.ends.allows(*pair) for pair in pairs)
        assert said.count(name) == joined, name
        assert said.count(tie.zh) >= joined, name


def test_no_words_of_the_picture_lie_on_others_or_on_a_box(drawing):
    rects = [
        [float(r.get(n) or 0) for n in ("x", "y", "width", "height")]
        for r in drawing.iter(f"{SVG}rect")
        if r.get("x")
    ]
    boxes = [r for r in rects if r[3] > 15]
    words = [r for r in rects if r[3] == 15]
    assert len(boxes) == 2 * len(SCHEMA.kinds)
    for number, one in enumerate(words):
        for other in words[number + 1 :] + boxes:
            assert not _overlap(one, other), (one, other)


def _overlap(one, other):
    apart = (
        one[axis] + one[axis + 2] <= other[axis]
        or other[axis] + other[axis + 2] <= one[axis]
        for axis in (0, 1)
    )
    return not any(apart)


def test_every_arrow_begins_and_ends_at_a_box(drawing):
    boxes = [r for r in drawing.iter(f"{SVG}rect") if r.get("fill") in _fills()]
    edges_x, edges_y = set(), set()
    for box in boxes:
        x, y, w, h = (int(box.get(n)) for n in ("x", "y", "width", "height"))
        edges_x |= {(x, y, y + h), (x + w, y, y + h)}
        edges_y |= {(y, x, x + w), (y + h, x, x + w)}
    arrows = [
        re.fullmatch(r"M(\d+),(\d+)([HV])\d+", p.get("d"))
        for p in drawing.iter(f"{SVG}path")
        if p.get("stroke") != PAPER
    ]
    starts = [(int(m[1]), int(m[2]), m[3]) for m in arrows if m]
    assert len(starts) == sum(
        t != h and tie.ends.allows(t, h)
        for tie in SCHEMA.ties.values()
        for t in tie.ends.tail
        for h in tie.ends.head
    )
    for x, y, way in starts:
        edges, at, along = (edges_x, x, y) if way == "H" else (edges_y, y, x)
        assert any(e == at and low <= along <= high for e, low, high in edges), (x, y)


def _fills():
    return {colour for colour, _ in KINDS.values()}


def test_the_examples_name_only_what_the_schema_has():
    names = set(re.findall(r":([A-Za-z_]+)", "\n".join(EXAMPLES)))
    assert {"COVERS", "ResidentUnit", "OrgnetMeta"} <= names
    known = {*SCHEMA.kinds, *SCHEMA.ties, *ROLE_LABELS, "OrgnetMeta"}
    assert names <= known


def test_the_examples_can_be_run_as_they_stand(driver, clean_database: Given):
    db = Database(driver, clean_database.database)
    db.push(network(world(3)), progress=False)
    frames = [db.run(example) for example in EXAMPLES]
    assert len(frames) > 5
    assert frames[0]["state"].to_list() == ["whole"]
    assert frames[1]["organizations"].sum() > 0
