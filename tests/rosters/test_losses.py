"""What must not be lost, and what must not get in, however a sheet is written."""

from typing import Any

import numpy as np
import pytest

import orgnet as on
from orgnet.schema.identifiers import is_resident_number

HEAD = "街道,社区,单位名称,单位性质,地址,从业人员数"


def read(tmp_path, *rows: str, head=HEAD, **options: Any):
    file = tmp_path / "台账.csv"
    file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return on.read_rosters(tmp_path, **options)


def test_a_rejected_row_takes_nothing_with_it(tmp_path):
    good = "甲街道,乙社区,丙公司,非公企业,某路1号,5"
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    clean, _ = read(tmp_path / "a", good)
    mixed, faults = read(tmp_path / "b", good, "甲街道,乙社区,,非公企业,某路2号,6")
    assert "row_rejected" in faults.frame["effect"].to_list()
    assert clean.counts["PART_OF"] == 1
    assert mixed.counts == clean.counts


def test_areas_given_keep_their_parts_beside_a_rejected_row(tmp_path):
    city = on.chengdu(scale=0.02)
    row = "不存在的街道,乙社区,,非公企业,某路1号,5"
    net, _ = read(tmp_path, row, areas=city)
    assert net.counts["PART_OF"] >= city.counts["PART_OF"]


@pytest.mark.parametrize(
    "name", ["附一院", "附（一）医院", "注1公司", "说明（甲）公司"]
)
def test_a_name_that_begins_like_a_note_is_data(name, tmp_path):
    head = "单位名称,街道,社区,单位性质,从业人员数"
    net, faults = read(tmp_path, f"{name},甲街道,乙社区,其他,5", head=head)
    assert faults.report["accepted"].sum() == 1
    assert net.nodes("Unit").height == 1


def number(born: str) -> str:
    """Compute a number that passes the check, of a made-up serial."""
    weights = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
    body = f"510104{born}999"
    total = int((np.array([int(d) for d in body]) * weights).sum())
    return body + "10X98765432"[total % 11]


@pytest.mark.parametrize("dash", ["-", "–", "−"])
def test_a_resident_number_with_dashes_refuses_the_file(dash, tmp_path):
    whole = number("19010101")
    assert is_resident_number(whole)
    written = dash.join([whole[:6], whole[6:14], whole[14:]])
    net, faults = read(tmp_path, f"甲街道,乙社区,丙公司,其他,见{written}号,5")
    assert faults.frame["effect"].to_list() == ["file_refused"]
    assert len(net) == 0
    assert written not in faults.frame.write_csv()


def test_the_number_of_an_agreement_is_no_resident_number(tmp_path):
    whole = number("20190807")
    written = f"{whole[:6]}-{whole[6:14]}-{whole[14:]}"
    net, faults = read(tmp_path, f"甲街道,乙社区,丙公司,其他,协议{written},5")
    assert not faults.of("resident_number")
    assert net.nodes("Unit").height == 1


def test_a_unit_that_names_its_organization_says_that_it_has_one(tmp_path):
    head = "街道,社区,单位名称,单位性质,正式党员数,党组织名称"
    rows = [
        "甲街道,乙社区,丙公司,非公企业,4,丙公司党支部",
        "甲街道,乙社区,丁公司,非公企业,4,无",
    ]
    net, _ = read(tmp_path, *rows, head=head)
    units = net.nodes("Unit").select("name", "reported_party_org").sort("name")
    assert dict(units.iter_rows()) == {"丙公司": True, "丁公司": None}
