"""The command line as a person types it, on a small part of the city."""

import csv
import io
import json
import subprocess
import sys

import openpyxl
import polars as pl
import pytest

import orgnet as on
from orgnet.city import chengdu
from orgnet.cli import _parameters, main
from orgnet.query import catalogue


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli") / "network"
    chengdu(scale=0.02).save(folder)
    return folder


def test_a_question_answers_as_csv(saved, capsys):
    asked = ["query", "coverage.gaps", str(saved), "--classes", "G1,G4"]
    assert main([*asked, "--day", "2019-12-31", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    expected = on.coverage.gaps(
        on.load(saved), classes=("G1", "G4"), day="2019-12-31"
    ).frame
    assert [(r["class"], r["id"]) for r in rows] == expected.select(
        "class", "id"
    ).rows()
    assert {r["class"] for r in rows} == {"G1", "G4"}


def test_csv_has_the_columns_of_the_workbook(saved, tmp_path, capsys):
    asked = ["query", "coverage.gaps", str(saved), "--classes", "G4,G6"]
    table, book = tmp_path / "gaps.csv", tmp_path / "gaps.xlsx"
    assert main([*asked, "--format", "csv", "--out", str(table)]) == 0
    assert main([*asked, "--format", "xlsx", "--out", str(book)]) == 0
    assert table.read_bytes().startswith(b"\xef\xbb\xbf")  # or Excel reads nonsense
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8-sig"))))
    page = openpyxl.load_workbook(book).worksheets[0]
    _zh, names, *cells = page.iter_rows(values_only=True)
    assert tuple(rows[0]) == names
    told = [tuple("" if c is None else str(c) for c in row) for row in cells]
    assert [tuple(r.values()) for r in rows] == told
    assert {r["class_zh"] for r in rows} == {"区域无党组织", "隶属断链"}
    assert {r["class"] for r in rows} == {"G4", "G6"}
    areas = dict(on.load(saved).nodes("Area").select("id", "name").iter_rows())
    assert all(r["area_name"] == areas.get(r["area"], "") for r in rows)
    capsys.readouterr()


def test_csv_of_codes_has_the_columns_of_the_answer(saved, capsys):
    asked = ["query", "structure.chain", str(saved), "--format", "csv", "--codes"]
    assert main(asked) == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    chain = on.structure.chain(on.load(saved)).frame
    assert rows[0] == chain.columns
    assert [[v or "" for v in row] for row in chain.rows()] == rows[1:]


def test_a_rule_can_be_changed(saved, capsys):
    asked = [
        "query",
        "coverage.gaps",
        str(saved),
        "--classes",
        "G1",
        "--format",
        "json",
    ]
    assert main(asked) == 0
    usual = json.loads(capsys.readouterr().out)
    assert main([*asked, "--rule", "min_full_members=30"]) == 0
    stricter = json.loads(capsys.readouterr().out)
    assert 0 < len(stricter) < len(usual)


def test_an_answer_goes_to_a_workbook(saved, tmp_path):
    file = tmp_path / "chain.xlsx"
    asked = ["query", "structure.chain", str(saved)]
    assert main([*asked, "--format", "xlsx", "--out", str(file)]) == 0
    book = openpyxl.load_workbook(file, read_only=True)
    chain = on.structure.chain(on.load(saved))
    assert book.worksheets[0].max_row >= len(chain)


def test_a_table_on_screen_is_cut_and_says_so(saved, capsys):
    assert main(["query", "structure.chain", str(saved)]) == 0
    assert "more rows" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["query", "coverage.gap", "x"], "no question 'coverage.gap'; there are: cov"),
        (["query", "coverage.gaps", "x", "--dai", "1"], "it has no 'dai'; it takes"),
        (["query", "coverage.gaps", "x", "--day"], "write each parameter as --name"),
        (
            ["query", "integration.paths", "x", "--need", "y", "--k", "many"],
            "--k takes a whole number, such as 5, not 'many'",
        ),
        (["cypher", "RETURN 1", "--day"], "write each parameter as --name value"),
        (["query", "structure.chain", "nowhere"], "nowhere"),
        (["query", "integration.paths", "chengdu"], "integration.paths needs 'need'"),
        (
            ["query", "structure.chain", "x", "--rule", "min=3"],
            "rules are not accepted",
        ),
        (["query"], "Missing argument"),
    ],
)
def test_what_is_wrong_is_said_and_the_code_is_two(words, message, capsys):
    assert main(words) == 2
    said = capsys.readouterr().err
    assert message in " ".join(said.split())
    assert "Traceback" not in said


def test_unknown_places_are_answered_with_the_nearest(saved, capsys):
    assert main(["query", "coverage.gaps", str(saved), "--within", "510199"]) == 2
    assert "no area '510199'" in capsys.readouterr().err


def test_templates_are_written_and_read_without_a_fault(tmp_path, capsys):
    assert main(["template", "--out", str(tmp_path)]) == 0
    written = capsys.readouterr().out.split()
    assert len(written) >= 10
    assert main(["check", str(tmp_path)]) == 0


def test_check_and_build_say_what_was_rejected(tmp_path, capsys):
    rosters = tmp_path / "rosters"
    rosters.mkdir()
    (rosters / "单位.csv").write_text(
        "单位名称,统一社会信用代码,单位性质,是否驻区单位\n"
        "甲单位,91110000600037341L,其他,是\n,,其他,是\n",
        encoding="utf-8",
    )
    assert main(["check", str(rosters), "--format", "csv"]) == 1
    faults = pl.read_csv(io.BytesIO(capsys.readouterr().out.encode()))
    assert faults.filter(effect="row_rejected")["row"].to_list() == [3]
    network, rejects = tmp_path / "net", tmp_path / "mend.xlsx"
    words = ["build", str(rosters), "--out", str(network), "--rejects", str(rejects)]
    assert main(words) == 1
    assert on.load(network).nodes("Unit")["uscc"].to_list() == ["91110000600037341L"]
    assert rejects.is_file()


def test_questions_lists_the_catalogue(capsys):
    assert main(["questions"]) == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in on.catalogue())


def test_output_is_quiet_when_it_is_no_terminal(saved):
    words = ["query", "coverage.rates", str(saved), "--by", "kind", "--format", "csv"]
    done = subprocess.run(
        [sys.executable, "-m", "orgnet.cli", *words],
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
    )
    assert done.stderr == ""
    heads = "group_zh,group,name,measure_zh,measure,numerator,denominator,"
    assert done.stdout.startswith(heads)


def test_areas_can_be_listed_and_named(saved, capsys):
    assert main(["areas", str(saved), "--level", "district"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {r["level"] for r in rows} == {"district"}
    asked = ["query", "coverage.gaps", str(saved), "--format", "csv", "--within"]
    assert main([*asked, rows[0]["name"]]) == 0
    by_name = capsys.readouterr().out
    assert main([*asked, rows[0]["id"]]) == 0
    assert capsys.readouterr().out == by_name


def test_a_folder_that_is_not_there_is_said(saved, tmp_path, capsys):
    words = ["query", "structure.chain", str(saved), "--format", "csv"]
    assert main([*words, "--out", str(tmp_path / "no" / "x.csv")]) == 2
    assert "No such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "word", "meant"),
    [
        ("integration.paths --without", "unit:5", ("unit:5",)),
        ("integration.paths --without", "unit:5,unit:6", ("unit:5", "unit:6")),
        ("planning.close_gaps --classes", "G1,G2", ("G1", "G2")),
        ("coverage.nearest --classes", "G1", ("G1",)),
        ("coverage.gaps --classes", "G1,G2", ("G1", "G2")),
        (
            "coverage.trend --days",
            "2018-06-30,2019-06-30",
            ("2018-06-30", "2019-06-30"),
        ),
        ("planning.seats --exact", "false", False),
        ("planning.seats --exact", "true", True),
        ("planning.seats --n", "5", 5),
        ("integration.brokers --pivots", "8", 8),
        ("coverage.gaps --within", "510107", "510107"),
    ],
)
def test_parameters_are_read_in_the_types_of_the_question(name, word, meant):
    question, parameter = name.split(" --")
    given = _parameters(catalogue()[question].question, [f"--{parameter}", word])
    assert given == {parameter: meant}


def test_a_network_to_compare_with_is_named_as_the_network_is():
    given = _parameters(
        catalogue()["coverage.compare"].question, ["--before", "chengdu"]
    )
    assert given["before"].about == on.chengdu().about
