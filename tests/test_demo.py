from contextlib import nullcontext

import polars as pl
import pytest

import orgnet as on
from orgnet.demo import run


def demo(folder, scale):
    lines = list(run(folder, scale=scale, seed=2019, working=lambda _: nullcontext()))
    assert lines[-1].startswith("open ")
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "合成" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page
    net = on.load(folder / "network")
    assert net.synthetic
    tables = {p.name for p in (folder / "tables").iterdir()}
    for name in on.catalogue():
        assert {f"{name}.csv", f"{name}.xlsx"} <= tables
    return net, lines


def test_the_demo_at_a_small_scale(tmp_path):
    net, _ = demo(tmp_path / "demo", 0.02)
    gaps = pl.read_csv(tmp_path / "demo" / "tables" / "coverage.gaps.csv", skip_rows=0)
    assert gaps.height == len(on.coverage.gaps(net, day="2019-12-31"))


@pytest.mark.slow
def test_the_demo_on_the_whole_city(tmp_path):
    net, _ = demo(tmp_path / "demo", 1)
    assert net.resident_units.height == 32_000
