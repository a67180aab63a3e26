"""The page and the notebook output: every number is that of the answers."""

from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import orgnet as on
from orgnet import coverage, evaluation, integration, structure
from orgnet.convert.excel import write_tables
from orgnet.evaluation.pairs import PairState
from orgnet.faults import BAD_VALUE, CYCLE, MISSING_REQUIRED, Faults, fault
from orgnet.network import Network
from orgnet.query import Column, Question, Result, catalogue
from orgnet.report import network_html, result_html, write_report
from orgnet.report.asked import NAMES as PARAMETERS
from orgnet.report.gaps import subjects
from orgnet.report.markup import bar, share, tag
from orgnet.report.rates import MOST_GROUPS, compare_section
from orgnet.report.rules import NAMES as RULES
from orgnet.report.rules import OTHERWISE, changed_rules
from orgnet.report.ties import brokers_section, fragmentation_section
from orgnet.rules import COSTS, SUPERIORS, Rules
from orgnet.words import GapClass
from tests.worlds import World, network, world

VOID = {"meta"}
SEEDS = range(30)


class Read(HTMLParser):
    """Reads a page: its text, its tables as text, its tags and whether they close."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.links: list[str] = []
        self.text: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.cell: list[str] | None = None
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        if tag not in VOID:
            self.open.append(tag)
        self.links += [v or "" for k, v in attrs if k in {"href", "src"}]
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.cell = []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag in {"td", "th"} and self.cell is not None:
            self.tables[-1][-1].append(" ".join("".join(self.cell).split()))
            self.cell = None

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            return
        self.text.append(data)
        if self.cell is not None:
            self.cell.append(data)

    def table(self, heading: str) -> list[dict[str, str]]:
        """Return the rows of the table whose first heading begins so."""
        for head, *rows in self.tables:
            if head[0].startswith(heading):
                return [dict(zip(head, row, strict=True)) for row in rows]
        return []

    def says(self, words: str) -> bool:
        return words in "".join(self.text)


def number(text: str) -> int:
    return int(text.replace(",", ""))


def counts(cell: str) -> tuple[int | None, int]:
    """Return the gaps and the undetermined of a cell; null if no gap is known."""
    known, _, open_ = cell.partition("未知 ")
    return None if known.strip() == "–" else number(known), number(open_ or "0")


def asked(made: World, net: Network) -> dict[str, Result]:
    given: dict[str, Any] = {"day": made.day, "rules": Rules(**made.rules)}
    placed = {**given, "within": made.within}
    answers = {
        "coverage.gaps": coverage.gaps(net, classes=made.classes, **placed),
        "coverage.rates": coverage.rates(
            net, by=made.by, denominator=made.denominator, **placed
        ),
        "evaluation.pairs": evaluation.pairs(net, kind=made.kind, **placed),
        "evaluation.rounds": evaluation.rounds(
            net, kind=made.kind, rules=given["rules"]
        ),
        "structure.chain": structure.chain(net, **placed),
    }
    for name in ("return_rates", "ceiling"):
        ask = getattr(evaluation, name)
        answers[f"evaluation.{name}"] = ask(net, by="street", kind=made.kind, **placed)
    for need in made.needs[:1]:
        answers["integration.paths"] = integration.paths(
            net, need=need, k=made.k, **given
        )
    return answers


@pytest.fixture(scope="module")
def worlds(
    tmp_path_factory: pytest.TempPathFactory,
) -> list[tuple[Network, dict[str, Result], Read]]:
    folder = tmp_path_factory.mktemp("report")
    found = []
    for seed in SEEDS:
        made = world(seed)
        net = network(made)
        answers = asked(made, net)
        page = write_report(net, answers, folder).read_text(encoding="utf-8")
        found.append((net, answers, Read(page)))
    return found


Worlds = list[tuple[Network, dict[str, Result], Read]]


def test_a_page_asks_nothing_of_the_network(worlds: Worlds) -> None:
    for _, _, page in worlds:
        assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
        assert page.links == []
        assert page.tags["h2"] >= 5


def test_gaps_are_counted_as_in_the_answer(worlds: Worlds) -> None:
    seen = 0
    for _, answers, page in worlds:
        frame = answers["coverage.gaps"].frame
        for row in page.table("缺口类别"):
            class_ = row["缺口类别 class"][:2]
            of_class = frame.filter(pl.col("class") == class_)
            states = dict(of_class["state"].value_counts().iter_rows())
            assert number(row["存在缺口 gap"]) == states.get("gap", 0)
            open_ = states.get("undetermined", 0)
            assert number(row["无法判定 undetermined"]) == open_
            seen += of_class.height
        gaps = frame.filter(pl.col("state") == "gap").height
        assert page.says(f"共有{gaps:,}项缺口") or (
            not gaps and page.says("没有发现缺口")
        )
    assert seen == sum(len(a["coverage.gaps"]) for _, a, _ in worlds) > 100


def test_no_class_has_more_gaps_than_subjects(worlds: Worlds) -> None:
    for net, answers, _ in worlds:
        result = answers["coverage.gaps"]
        gaps = result.frame.filter(pl.col("state") == "gap")
        for class_, (mask, _words) in subjects(net, result).items():
            ids = set(gaps.filter(pl.col("class") == class_.value)["id"])
            assert ids <= set(net.ids.filter(pl.Series(mask)))


def test_subjects_are_those_of_the_contract(worlds: Worlds) -> None:
    # Counted once more by hand, where neither day nor place leaves anybody out.
    for net, _, _ in worlds:
        found = {
            c: set(net.ids.filter(pl.Series(mask)))
            for c, (mask, _) in subjects(net, coverage.gaps(net)).items()
        }
        units = net.nodes("Unit").to_dicts()
        open_ = [u for u in units if u["operating"] and u["status"] != "closed"]
        assert found[GapClass.G3] == {u["id"] for u in open_}
        members = [u for u in open_ if u["full_members"] is not None]
        assert found[GapClass.G1] == {
            u["id"] for u in members if u["full_members"] >= 3
        }
        few = {u["id"] for u in members if u["full_members"] in {1, 2}}
        assert found[GapClass.G2] == few
        assert found[GapClass.G5] == {u["id"] for u in units if u["resident"]}
        levels = {
            a["id"]: (a["level"], a["exclusive"]) for a in net.nodes("Area").to_dicts()
        }
        governed = {"street", "community", "compound", "grid"}
        assert found[GapClass.G4] == {
            i
            for i, (lv, own) in levels.items()
            if lv in governed and (lv, own) != ("grid", True)
        }
        sited = {i for i, (lv, _) in levels.items() if lv in {"community", "compound"}}
        assert found[GapClass.G7] == sited
        parties = net.nodes("PartyOrganization").to_dicts()
        below = {p["id"] for p in parties if p["setting"] != "city"}
        assert found[GapClass.G6] == below


def test_gaps_by_area_add_up(worlds: Worlds) -> None:
    tables = 0
    for _, answers, page in worlds:
        gaps = answers["coverage.gaps"].frame.filter(pl.col("state") == "gap")
        for zh in ("区县", "街道", "社区"):
            rows = [r for r in page.table(zh) if "合计 all" in r]
            tables += bool(rows)
            for row in rows:
                _name, *cells, total = row.values()
                of_class = [counts(c) for c in cells]
                assert sum(g or 0 for g, _ in of_class) == (counts(total)[0] or 0)
                assert sum(u for _, u in of_class) == counts(total)[1]
                assert (0, True) not in {(g, u > 0) for g, u in of_class}
            assert sum(counts(r["合计 all"])[0] or 0 for r in rows) <= gaps.height
    assert tables > 5


def test_gaps_stand_in_the_district_whose_code_they_bear(tmp_path: Path) -> None:
    city = on.chengdu(scale=0.02)
    gaps = coverage.gaps(city)
    page = Read(write_report(city, {"gaps": gaps}, tmp_path).read_text("utf-8"))
    districts = dict(city.areas("district").select("code", "name").iter_rows())
    code = (
        pl.col("area")
        .str.slice(len("area:"), 6)
        .replace_strict(districts, default=None)
    )
    rows = gaps.frame.select(code, "class", "state").drop_nulls("area")
    counted = Counter(rows.iter_rows())
    shown = Counter[tuple[str, str, str]]()
    for row in page.table("区县"):
        name, *cells, _total = row.values()
        classes = [class_.value for class_ in GapClass]
        for class_, cell in zip(classes, cells, strict=True):
            gap, open_ = counts(cell)
            shown[name, class_, "gap"] = gap or 0
            shown[name, class_, "undetermined"] = open_
    assert +shown == counted
    assert len(counted) > 10


def test_what_cannot_be_told_is_not_nought(tmp_path: Path) -> None:
    city = on.chengdu(scale=0.02)
    nodes = {n: city.nodes(n) for n in city.schema.kinds if n != "Site"}
    ties = {n: city.ties(n) for n in city.schema.ties}
    held = [c for c in city.complete if not c.startswith("LOCATED_IN:Site")]
    net, _ = Network.from_frames(nodes, ties, complete=held)
    gaps = coverage.gaps(net)
    page = Read(write_report(net, {"gaps": gaps}, tmp_path).read_text("utf-8"))
    districts = [r for r in page.table("区县") if "合计 all" in r]
    cells = [counts(r["G7 阵地空白 area without a site"]) for r in districts]
    assert len(cells) > 1
    assert {gap for gap, _ in cells} == {None}
    open_ = gaps.frame.filter(pl.col("class") == "G7")
    assert set(open_["state"]) == {"undetermined"}
    assert sum(n for _, n in cells) == open_.height
    assert page.says("未知不等于零")


def test_rates_are_counted_as_in_the_answer(worlds: Worlds) -> None:
    for _, answers, page in worlds:
        frame = answers["coverage.rates"].frame
        rows = page.table("分组")
        for measure, heading in (
            ("organization", "组织覆盖 organization"),
            ("any", "组织或工作覆盖 organization or work"),
        ):
            counted = frame.filter(pl.col("measure") == measure)
            assert len(rows) == counted.height
            numerators = sorted(number(r[heading]) for r in rows)
            assert numerators == counted["numerator"].sort().to_list()
        organized = frame.filter(pl.col("measure") == "organization")
        assert (
            sum(number(r["单位数 units"]) for r in rows)
            == organized["denominator"].sum()
        )
        open_ = sum(number(r["无法判定 undetermined"]) for r in rows)
        assert open_ == organized["undetermined"].sum()


def test_rates_that_are_left_out_are_counted(tmp_path: Path) -> None:
    city = on.chengdu(scale=0.02)
    nodes = {n: city.nodes(n) for n in city.schema.kinds}
    ties = {n: city.ties(n) for n in city.schema.ties}
    placeless = nodes["Unit"]["id"].head(3).implode()
    ties["LOCATED_IN"] = ties["LOCATED_IN"].filter(~pl.col("from").is_in(placeless))
    net, _ = Network.from_frames(nodes, ties)
    rates = coverage.rates(net, by="community", denominator="all")
    groups = rates.frame["group"].n_unique()
    page = Read(write_report(net, {"r": rates}, tmp_path).read_text("utf-8"))
    rows = page.table("分组")
    assert groups > len(rows) == MOST_GROUPS + 1
    assert page.says(f"另有{groups - len(rows):,}组未列")
    assert rows[-1]["分组 group"] == "未归入任何一组 not placed"
    assert page.says("列在下表末行")
    shown = [float(r["组织覆盖率 rate"].rstrip("%")) for r in rows[:-1]]
    assert shown == sorted(shown)


def test_a_share_of_what_cannot_be_told_is_none(tmp_path: Path) -> None:
    city = on.chengdu(scale=0.02)
    ties = {"PART_OF": city.ties("PART_OF")}
    net, _ = Network.from_frames({"Area": city.nodes("Area")}, ties)
    chains = structure.chain(net)
    assert set(chains.frame["reason"]) == {"undetermined"}
    page = Read(write_report(net, {"c": chains}, tmp_path).read_text("utf-8"))
    assert [r["完整率 whole, of all"] for r in page.table("层级")] == ["–", "–"]
    assert page.says("链条完整的0个（–）")


def test_pairs_are_counted_as_in_the_answer(worlds: Worlds) -> None:
    seen: Counter[str] = Counter()
    for _, answers, page in worlds:
        frame = answers["evaluation.pairs"].frame
        counts = Counter(frame.select("round", "state").iter_rows())
        shown = Counter[tuple[str, str]]()
        for row in page.table("考评周期"):
            for state in PairState:
                n = number(row[f"{state.zh} {state.en}"])
                shown[row["考评周期 round"], state.value] = n
                seen[state.value] += n
        assert +shown == +counts
    assert min(seen[s.value] for s in PairState) > 0


def test_rounds_are_counted_as_in_the_answer(worlds: Worlds) -> None:
    shown = outside = 0
    for _, answers, page in worlds:
        rows = answers["evaluation.rounds"].frame
        listed = rows.filter("listed") if rows["listed"].any() else rows
        found = {
            r["周期 round"]: (
                number(r["已提交 returned"]),
                number(r["已登记 filed in any state"]),
            )
            for r in page.table("周期")
        }
        names = listed["round"].to_list()
        counted = listed.select("returned", "said").rows()
        assert found == dict(zip(names, counted, strict=True))
        shown += len(found)
        others = rows.height - listed.height
        outside += others
        assert page.says(f"日程以外的{others}个周期") == bool(others)
    assert shown > len(SEEDS)
    assert outside > 0


def test_chains_are_counted_as_in_the_answer(worlds: Worlds) -> None:
    for _, answers, page in worlds:
        frame = answers["structure.chain"].frame
        rows = page.table("层级")
        assert sum(number(r["总数 chains"]) for r in rows) == frame.height
        whole = frame["broken_at"].null_count()
        assert sum(number(r["链条完整 whole"]) for r in rows) == whole
        for row in rows:
            cells = [
                number(v) for k, v in row.items() if "断于" in k or "无法判定" in k
            ]
            assert number(row["链条完整 whole"]) + sum(cells) == number(
                row["总数 chains"]
            )
        reasons = frame.drop_nulls("reason").select("broken_at", "reason")
        counted = Counter(reasons.iter_rows()).values()
        shown = [number(r["数量 chains"]) for r in page.table("断链层级")]
        assert sorted(shown) == sorted(counted)


def test_a_path_is_drawn_with_whom_to_ask_in_turn(worlds: Worlds) -> None:
    drawn = 0
    for net, answers, page in worlds:
        paths = answers.get("integration.paths")
        if paths is None:
            continue
        rows = page.table("序号")
        assert len(rows) == len(paths)
        for row, told in zip(rows, paths, strict=True):
            names = [net.node(n)["name"].strip() for n in told["nodes"]]
            turn = row["依次请谁，凭什么关系 who is asked in turn, by what"]
            assert turn.startswith(names[0])
            assert turn.endswith(names[-1])
            assert turn.count("→") == told["hops"]
            drawn += told["hops"] > 0
        assert len(paths) or page.says("没有可行的协调路径")
    assert drawn > 5


ROWS = [
    fault(BAD_VALUE, file="a.xlsx", sheet="名册", row=7, column="层级", detail="x"),
    fault(BAD_VALUE, file="a.xlsx", sheet="名册", row=9, column="层级", detail="x"),
    fault(MISSING_REQUIRED, file="b.csv", row=3, column="名称"),
    fault(CYCLE, value="party:1", detail="SUBORDINATE_TO"),
]
REPORT = pl.DataFrame(
    {
        "file": ["a.xlsx", "b.csv"],
        "sheet": ["名册", ""],
        "rows_in": [1_200, 30],
        "accepted": [1_190, 20],
        "rejected": [3, 5],
        "titles": [5, 4],
        "notes": [2, 1],
    }
)


def test_faults_stand_by_code_with_their_first_example(tmp_path: Path) -> None:
    net = network(world(1))
    page = Read(write_report(net, {}, tmp_path, Faults(ROWS)).read_text("utf-8"))
    rows = page.table("问题与后果")
    told = [tuple(r.values())[:2] for r in rows]
    assert told == [
        ("missing_required该行未读入 row rejected", "1"),
        ("bad_value该单元格按未知处理 cell dropped", "2"),
        ("cycle已读入，仅提示 noted", "1"),
    ]
    assert "a.xlsx · 名册 · 第7行 · 层级" in rows[1]["首例 first example"]
    assert "第9行" not in rows[1]["首例 first example"]
    assert "请更正单元格" in rows[1]["处理办法 what to do"]
    assert page.says("共发现4条问题，分3类")


def test_rows_in_are_rows_accounted_for(tmp_path: Path) -> None:
    net = network(world(1))
    page = Read(write_report(net, {}, tmp_path, reading=REPORT).read_text("utf-8"))
    assert page.says("2个可读文件、2张表共1,230行：读入1,210行，退回8行")
    assert page.says("逐行相符")
    rows = page.table("文件与表")
    assert [next(iter(r.values())) for r in rows] == ["b.csv", "a.xlsx 名册"]
    unbalanced = REPORT.with_columns(accepted=pl.lit(1))
    page = Read(write_report(net, {}, tmp_path, reading=unbalanced).read_text("utf-8"))
    assert page.says("行数不符")
    assert not page.says("逐行相符")


def test_the_row_count_of_a_reading_is_found_with_its_faults(tmp_path: Path) -> None:
    class Reading(Faults):
        report = REPORT

    net = network(world(1))
    page = Read(write_report(net, {}, tmp_path, Reading(ROWS)).read_text("utf-8"))
    assert page.table("文件与表")
    assert page.table("问题与后果")


def test_links_lead_to_files_that_are_there(tmp_path: Path) -> None:
    net = network(world(1))
    answers = {"my gaps": coverage.gaps(net), "chain": structure.chain(net)}
    write_tables({"my gaps": answers["my gaps"]}, tmp_path / "tables")
    (tmp_path / "rejects.xlsx").touch()
    page = Read(write_report(net, answers, tmp_path).read_text("utf-8"))
    wanted = ["tables/my gaps.xlsx", "tables/my gaps.csv", "rejects.xlsx"]
    assert page.links == wanted
    assert all((tmp_path / link).is_file() for link in wanted)


def test_names_are_text_whatever_they_hold(tmp_path: Path) -> None:
    evil = "<script>alert('1')</script>&amp;\"甲"
    frame = {"id": ["unit:a"], "name": [evil], "kind": ["other"]}
    more = {"operating": [True], "full_members": [3]}
    net, _ = Network.from_frames(
        {"Unit": pl.DataFrame({**frame, **more})},
        {},
        complete=["COVERS:Unit"],
        title=evil,
    )
    gaps = coverage.gaps(net)
    assert gaps.frame["class"].to_list() == ["G1", "G3"]
    for html in (
        write_report(net, {"g": gaps}, tmp_path).read_text("utf-8"),
        network_html(net),
        result_html(gaps),
    ):
        page = Read(html)
        assert "script" not in page.tags
        assert page.says(evil)


def test_the_same_network_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        made = world(7)
        net = network(made)
        write_report(net, asked(made, net), tmp_path / name, Faults(ROWS), REPORT)
    pages = [(tmp_path / n / "index.html").read_bytes() for n in ("a", "b")]
    assert pages[0] == pages[1]


def test_an_empty_network_has_a_page(tmp_path: Path) -> None:
    net, faults = Network.from_frames({}, {})
    answers = {
        "g": coverage.gaps(net),
        "r": coverage.rates(net),
        "p": evaluation.pairs(net),
        "c": structure.chain(net),
    }
    page = Read(write_report(net, answers, tmp_path, faults).read_text("utf-8"))
    for words in ("没有发现缺口", "没有可以计算覆盖率的单位", "没有应当互评的对子"):
        assert page.says(words)
    assert page.says("没有小区或网格")
    assert page.says("没有发现问题")


def test_what_is_made_up_is_said_first(tmp_path: Path) -> None:
    city = on.chengdu(scale=0.02)
    page = Read(write_report(city, {}, tmp_path).read_text("utf-8"))
    text = "".join(page.text)
    assert text.index("合成数据") < text.index("阅读说明")
    assert "synthetic data" in text
    plain = Read(write_report(network(world(1)), {}, tmp_path).read_text("utf-8"))
    assert not plain.says("合成")


def test_what_was_asked_is_told_in_both_languages(tmp_path: Path) -> None:
    city = on.chengdu(scale=0.02)
    district = city.areas("district").row(0, named=True)
    given: dict[str, Any] = {"day": "2019-08-07", "within": district["code"]}
    answers = {
        "g": coverage.gaps(city, classes=["G1", "G7"], **given),
        "r": coverage.rates(city, by="demonstration", denominator="eligible"),
        "p": evaluation.pairs(city, round="2019", kind="two_way"),
        "i": integration.paths(city, need=city.nodes("Need")["id"][0], k=3),
    }
    page = Read(write_report(city, answers, tmp_path).read_text("utf-8"))
    name, id_ = district["name"], district["id"]
    need = city.nodes("Need")["name"][0]
    for words in (
        f"统计日 2019-08-07 · 范围 {name}（{id_}） · 缺口类别 G1 应建未建、G7 阵地空白",
        f"day 2019-08-07 · within {name} {id_} · classes G1 mandatory organization",
        "分组 是否示范 · 分母 实体运营且符合单独组建条件的单位",
        "by demonstration · out of units (eligible)",
        "统计日 不限 · 范围 全部 · 考评周期 2019 · 考评类别 双向考评",
        "any day · everywhere · round 2019 · kind two way",
        f"需求 {need}（",
        "最多列出路径 3",
        "ways listed at most 3",
    ):
        assert page.says(words), words
    assert not page.says("denominator=")
    assert not page.says("已改规则")


def test_every_parameter_has_words_in_both_languages() -> None:
    names = {n for ask in catalogue().values() for n in ask.question.parameters}
    assert names - {"rules"} <= set(PARAMETERS)
    assert set(Rules.model_fields) == {*RULES, *OTHERWISE}
    yes_or_no = {n for n, f in Rules.model_fields.items() if f.annotation is bool}
    assert yes_or_no == set(OTHERWISE)


OTHER_RULES: dict[str, tuple[Any, str, str]] = {
    "min_full_members": (
        5,
        "full members from which an organization of its own is due 5",
        "应单独组建党组织的正式党员数 5",
    ),
    "joint_satisfies": (
        True,
        "a joint branch discharges the duty to found an organization",
        "联合党支部视为已履行组建要求",
    ),
    "functional_for_areas": (
        False,
        "functional organizations do not count for areas",
        "功能型党组织不计入区域覆盖",
    ),
    "superiors": (
        SUPERIORS | {"grid": ("community", "street"), "park": ()},
        "superiors permitted grid under community, street, park under –",
        "允许的上级 网格：社区、街道、园区：–",
    ),
    "rate_modes": (
        ("single",),
        "modes that count as covered single",
        "计入覆盖的组建方式 单独组建",
    ),
    "expected": (
        "located",
        "expected pairs the unit is resident in the organization's community",
        "应互评的对子 驻区单位与所在社区党组织",
    ),
    "listed": ((("party:1", "unit:1"),), "pairs listed 1", "指定的对子数 1"),
    "rounds": (
        ({"id": "一", "opens_on": "2019-01-01", "closes_on": "2019-02-01"},),
        "calendar 一: 2019-01-01 to 2019-02-01",
        "考评日程 一：2019-01-01至2019-02-01",
    ),
    "costs": (
        {n: c for n, c in COSTS.items() if n != "CONTACTS>"} | {"COVERS<": 4},
        "costs of steps CONTACTS up not allowed, COVERS down 4",
        "各步成本 联系（向上）不允许、覆盖（向下）4",
    ),
    "grammar": (
        (("house", 1), ("up", 2)),
        "phases of a path, and their most steps house 1, up 2",
        "路径各阶段及最多步数 本单位1、向上2",
    ),
}


@pytest.mark.parametrize("name", list(OTHER_RULES))
def test_a_changed_rule_is_told_in_both_languages(name: str) -> None:
    value, en, zh = OTHER_RULES[name]
    rules = Rules(**{name: value})
    given = rules.model_dump(mode="json")[name]
    assert changed_rules(rules) == [(f"{name}={given}", (en, zh))]


def test_changed_rules_are_told(tmp_path: Path) -> None:
    net = network(world(1))
    gaps = coverage.gaps(net, rules=Rules(min_full_members=5), day="2019-08-07")
    html = write_report(net, {"g": gaps}, tmp_path).read_text("utf-8")
    page = Read(html)
    assert page.says("已改规则：应单独组建党组织的正式党员数 5")
    assert 'title="min_full_members=5"' in html
    assert page.says("统计日 2019-08-07")
    assert page.says("正式党员不少于5名")
    assert not page.says("网格最多户数")
    assert changed_rules(Rules()) == changed_rules(None) == []


def question(rows: int) -> Result:
    columns = (Column("name", pl.String(), "名称", "a name"),)
    names = [f"第{i}行" for i in range(rows)]
    asked_ = Question("test.any", ("What?", "什么？"), columns, ("name",), pl.DataFrame)
    return Result(asked_, {}, pl.DataFrame({"name": names}))


def test_a_question_without_a_part_of_its_own_has_its_first_rows(
    tmp_path: Path,
) -> None:
    net = network(world(1))
    page = Read(write_report(net, {"any": question(25)}, tmp_path).read_text("utf-8"))
    assert page.says("共25行")
    assert len(page.table("名称")) == 20


def test_an_answer_in_a_notebook_has_its_number_and_first_rows() -> None:
    page = Read(result_html(question(1_234)))
    assert page.says("什么？ 1,234 行")
    assert page.says("What? 1,234 rows")
    rows = page.table("名称")
    assert [r["名称 name"] for r in rows] == [f"第{i}行" for i in range(20)]
    assert page.says("另有 1,214 行")
    assert not Read(result_html(question(20))).says("另有")


def test_an_answer_in_a_notebook_names_what_it_speaks_of() -> None:
    city = on.chengdu(scale=0.02)
    pairs = evaluation.pairs(city)
    page = Read(pairs._repr_html_())
    first, told = page.table("考评周期")[0], pairs.row(0)
    name = city.node(told["unit"])["name"]
    assert first["单位 unit"] == f"{name}{told['unit']}"
    assert first["互评状态 state"].endswith(told["state"])
    assert page.says("组织数据为合成数据")


def test_a_network_in_a_notebook_says_how_much_it_holds() -> None:
    city = on.chengdu(scale=0.02)
    page = Read(city._repr_html_())
    assert page.says(f"{len(city):,} nodes")
    assert page.says("合成数据：组织均为虚构")
    shown = {
        name: count
        for head, *rows in page.tables
        for name, count in rows
        if head[1] == "数量 count"
    }
    summary = city.summary()
    assert len(shown) == summary.height
    assert sum(number(c) for c in shown.values()) == summary["count"].sum()
    assert shown["单位 Unit"] == f"{city.counts['Unit']:,}"
    assert shown["网格 grid"] == f"{city.areas('grid').height:,}"


def test_notebook_output_has_no_ground_of_its_own() -> None:
    style = network_html(network(world(1))).partition("</style>")[0]
    assert "background: none" in style
    assert "background: #" not in style
    assert " color: #0" not in style


def test_shares_and_bars() -> None:
    assert [share(*x) for x in ((1, 2), (0, 5), (5, 0))] == ["50.0%", "0.0%", "–"]
    assert "width:25.00%" in bar(4, (1, "gap"))
    assert bar(0, (0, "gap")) == tag("span", class_="bar")


def test_what_stands_between_and_what_changed_is_said_in_a_sentence():
    city = on.chengdu(scale=0.02)
    plan = on.planning.close_gaps(city, budget=9, classes=["G1"])
    en, zh = compare_section(
        on.coverage.compare(city.plus(plan), before=city, by="city")
    ).reading
    assert en == "1 of 2 groups changed: organization +1, single +3 units."
    assert "+3" in zh
    brokers = on.integration.brokers(city, n=5, draws=2)
    section = brokers_section(brokers)
    assert str(brokers.frame[0, "name"]) in section.reading[0]
    assert "z_liaison" not in section.body
    found = on.integration.fragmentation(city, by="city")
    en, zh = fragmentation_section(found).reading
    assert f"{found.frame[0, 'location_only']:,} of" in en
    assert "最小割" in zh
