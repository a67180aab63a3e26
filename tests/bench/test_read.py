"""Reading the whole city's workbooks, against a loop into networkx without checks."""

import csv

import networkx as nx
import openpyxl
import pytest

import orgnet as on
from orgnet.messy import write_messy
from orgnet.schema.identifiers import is_credit_code, normalise_code


@pytest.fixture(scope="module")
def rosters(city, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rosters")
    write_messy(city, folder, faults=False)
    return folder


def rows_of(path):
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path, read_only=True)
        for sheet in book.worksheets:
            yield from sheet.iter_rows(values_only=True)
        return
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030")
    delimiter = "\t" if path.suffix == ".tsv" else ","
    yield from csv.reader(text.splitlines(), delimiter=delimiter)


def plain_loop(folder):
    """Make a node of every credit code in the cells, with its row beside it."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for path in sorted(folder.iterdir()):
        for row in rows_of(path):
            for cell in row:
                code = normalise_code(str(cell)) if cell else ""
                if len(code) == 18 and is_credit_code(code):
                    graph.add_node(code, row=row)
    return set(graph.nodes)


def test_reading_the_workbooks(rosters, race):
    def ready(answer):
        return set(answer[0].nodes("Unit")["uscc"].drop_nulls())

    race(
        "read_rosters, the city's workbooks, against a loop that only finds the codes",
        lambda: on.read_rosters(rosters),
        lambda: plain_loop(rosters),
        rounds=1,
        ready=ready,
    )
