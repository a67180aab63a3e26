from contextlib import nullcontext

import polars as pl
import pytest

import orgnet as on
from orgnet.demo import DAY, RULES, run


def demo(folder, scale):
    lines = list(run(folder, scale=scale, seed=2019, working=lambda _: nullcontext()))
    assert lines[-1].startswith("open ")
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "合成" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page
    net = on.load(folder / "network")
    assert net.synthetic
    injected = pl.read_csv(folder / "injected.csv")
    assert any(f"{injected.height} faults reported" in line for line in lines)
    tables = {p.name for p in (folder / "tables").iterdir()}
    for name in on.catalogue():
        assert {f"{name}.csv", f"{name}.xlsx"} <= tables
    return net


def test_the_demo_at_a_small_scale(tmp_path):
    net = demo(tmp_path / "demo", 0.02)
    gaps = pl.read_csv(tmp_path / "demo" / "tables" / "coverage.gaps.csv")
    assert gaps.height == len(on.coverage.gaps(net, day=DAY, rules=RULES))


@pytest.mark.slow
def test_the_demo_on_the_whole_city(tmp_path):
    demo(tmp_path / "demo", 1)
    city = on.load(tmp_path / "demo" / "city")
    assert city.resident_units.height == 32_000
