"""Read a folder of rosters into one network, and say what became of every row."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from orgnet.errors import OrgnetError
from orgnet.faults import (
    CYCLE,
    LEVEL_ORDER,
    LEVEL_SKIP,
    SEVERAL,
    FaultCode,
    Faults,
    fault,
)
from orgnet.network import Network
from orgnet.rosters.areas import area_nodes, place_all
from orgnet.rosters.body import Body, body_of
from orgnet.rosters.decisions import proposed, read_decisions
from orgnet.rosters.derive import derived
from orgnet.rosters.faults import (
    MISSING_HEADING,
    UNRECOGNISED_SHEET,
    Reading,
    RosterFaults,
)
from orgnet.rosters.headings import NOTES, Header, Reader, Unrecognised, reader_of
from orgnet.rosters.layouts import layouts
from orgnet.rosters.ledger import DATA, Ledger, Page
from orgnet.rosters.links import (
    RELATION,
    drafted,
    find_committees,
    find_slots,
    gathered,
    make_links,
    one_each,
    place_slots,
    tie_areas,
    with_primary,
)
from orgnet.rosters.mentions import AREA_SETTINGS
from orgnet.rosters.parse import parse
from orgnet.rosters.parties import (
    covers_of_units,
    find_parties,
    host_by_others,
    host_parties,
    organizations_of_areas,
    same_as_superior,
    seat_in_areas,
)
from orgnet.rosters.places import UNSTATED, Atlas, Placer, skeleton
from orgnet.rosters.privacy import guard
from orgnet.rosters.recall import (
    as_located_before,
    recall_areas,
    with_recalled,
    with_recalled_organizations,
)
from orgnet.rosters.rejects import rejected_sheets
from orgnet.rosters.sheets import ENDINGS, column_letter, read_sheets, table_files
from orgnet.rosters.statements import evaluations, relations
from orgnet.rosters.units import find_nodes
from orgnet.rosters.work import Work
from orgnet.schema import SCHEMA, Schema

if TYPE_CHECKING:
    pass

KINDS: Final = (
    "Unit",
    "PartyOrganization",
)  # in the order in which they need each other
OF_NETWORK: Final = {k.code: k for k in (CYCLE, LEVEL_ORDER, LEVEL_SKIP, SEVERAL)}
HEADINGS_OF: Final = {
    "SUBORDINATE_TO": "superior.name",
    "HOSTED_BY": "host.name",
    "PART_OF": "parent.name",
    "OFFERS": "owner.name",
    "RAISES": "raiser.name",
}


def read_rosters(
    path: str | Path,
    *,
    known: Network | None = None,
    edition: str | None = None,
    prefer: Sequence[str] = (),
    areas: Network | pl.DataFrame | None = None,
    decisions: str | Path | pl.DataFrame | None = None,
    schema: Schema = SCHEMA,
    synthetic: bool = False,
) -> tuple[Network, RosterFaults]:
    r"""Read rosters into a network: what they say, and what is wrong with them.

    Each sheet is known by its headings, below titles or not; what rosters say of the
    same thing is matched by credit code, old code, and name within its area. Nothing
    is lost silently: every row is accepted, rejected with a fault, or recognised as a
    title, subtotal or note, and ``faults.report`` counts all three.

    Parameters
    ----------
    path
        A folder, or one file: xlsx, xls, ods, csv, tsv, parquet.
    known
        An earlier network, whose ids are kept for what is found again. What sheets name
        that it handed down (``net.to_excel``) is looked up in it too, and taken over.
    edition
        Edition of the area codes, such as "2019". If not given, that of `areas`.
    prefer
        Which roster wins where two differ, first first: file names, "file#sheet", or
        names of layouts such as "party_organization". After these come sheets that were
        handed down.
    areas
        The area list to resolve names in: a network, or a frame with `code`, `name`,
        `level`, `parent_code`. Without it areas come from the rosters.
    decisions
        The decisions workbook (``write_decisions``), in which near names were decided.
    schema
        What may exist.
    synthetic
        Whether the rosters were made up.

    Returns
    -------
    tuple
        The network; and the faults, with `.report`, one row a sheet.

    Raises
    ------
    OrgnetError
        If there is nothing at the path, or no file in the folder that may be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> table = "街道,社区,单位名称,单位性质\n甲街道,乙社区,丙公司,民营企业\n"
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "units.csv").write_text(table, encoding="utf-8")
    ...     net, faults = read_rosters(folder)
    >>> net.nodes("Unit")["name"].to_list(), len(faults)
    (['丙公司'], 0)
    """
    sheets, problems = read_sheets(Path(path))
    if not sheets and not table_files(Path(path)):
        msg = f"no roster in {str(path)!r}; files that are read: *{', *'.join(ENDINGS)}"
        raise OrgnetError(msg, [path])
    ledger = Ledger(sheets)
    ledger.faults += [p.fault() for p in problems]
    work = _begun(ledger, schema, edition or UNSTATED)
    work.ranks, work.known = _ranks(ledger, prefer), known
    if decisions is not None:
        work.decisions = read_decisions(decisions)
    _spread(work, areas, edition)
    return _network(work, areas, synthetic=synthetic)


def _begun(ledger: Ledger, schema: Schema, edition: str) -> Work:
    """Read the cells of every sheet that can be read."""
    _recognise(ledger, reader_of(schema))
    _refuse(ledger)
    work = Work(
        ledger=ledger,
        atlas=Atlas(edition),
        schema=schema,
        tables=_tables(ledger),
        layouts={layout.name: layout for layout in layouts(schema)},
    )
    work.kill()
    return work


def _recognise(ledger: Ledger, reader: Reader) -> None:
    """Find the headings of every sheet."""
    for page in ledger.pages:
        found = reader.recognise(page.sheet)
        page.parts = pl.Series([NOTES]).new_from_index(0, page.sheet.grid.height)
        if isinstance(found, Header):
            page.header = found
        elif isinstance(found, Unrecognised):
            page.parts = pl.Series([DATA]).new_from_index(0, page.sheet.grid.height)
            _note_unrecognised(ledger, page, found)


def _note_unrecognised(ledger: Ledger, page: Page, found: Unrecognised) -> None:
    height = page.sheet.grid.height
    if found.layout is None:
        ledger.add_sheet(UNRECOGNISED_SHEET, page, value=height)
        return
    lacking = "、".join(found.missing)
    words = {
        "detail": f"{found.layout.zh} ({found.layout.en}) and lacks: {lacking}",
        "detail_zh": f"“{found.layout.zh}”，但缺少：{lacking}",
    }
    ledger.add_sheet(MISSING_HEADING, page, value=height, **words)


def _refuse(ledger: Ledger) -> None:
    """Refuse every file that holds a resident's number: all its sheets are left out."""
    refused: dict[str, dict[str, object]] = {}
    for page in ledger.pages:
        header = page.header
        codes = [
            place
            for place, c in (header.columns if header else {}).items()
            if c.reads in {"credit_code", "credit_codes", "organization_code", "id"}
        ]
        found = guard(page.sheet, codes)
        if found is not None:
            heading = _heading_at(header, found.column)
            told = {"sheet": page.sheet.name or None, "column": heading}
            refused.setdefault(page.sheet.file, {**found.fault(), **told})
    if not refused:
        return
    ledger.faults = [f for f in ledger.faults if f["file"] not in refused]
    ledger.faults += refused.values()
    for page in ledger.pages:
        if page.sheet.file in refused:
            page.header, page.refused = None, True
            page.parts = pl.Series([DATA]).new_from_index(0, page.sheet.grid.height)


def _heading_at(header: Header | None, letters: str) -> str:
    """Return the heading of a column given by its letters, or these."""
    written = header.written if header else {}
    return next((t for p, t in written.items() if column_letter(p) == letters), letters)


def _tables(ledger: Ledger) -> dict[str, pl.DataFrame]:
    """Read the rows of all sheets, one table a layout."""
    bodies: dict[str, list[Body]] = {}
    for page in ledger.pages:
        if page.header is not None:
            body = body_of(page, ledger)
            if body.rows.height:
                bodies.setdefault(page.header.layout.name, []).append(body)
    return {
        name: derived(name, parse(found[0].header.layout, found, ledger))
        for name, found in bodies.items()
    }


def _ranks(ledger: Ledger, prefer: Sequence[str]) -> pl.DataFrame:
    """Rank every row by the roster it stands in: those preferred first.

    What came back in a sheet that was handed down goes before other rosters: it was
    asked of them.
    """
    order = list(prefer)
    parts = []
    for page in ledger.pages:
        names = {page.sheet.file, page.source, page.sheet.name}
        if page.header:
            names.add(page.header.layout.name)
        rest = len(order) + (not (page.header and page.header.handed_down))
        rank = min((order.index(n) for n in names if n in order), default=rest)
        at = pl.int_range(page.start, page.start + page.sheet.grid.height, eager=True)
        parts.append(pl.DataFrame({"at": at}).with_columns(rank=pl.lit(rank)))
    schema = {"at": pl.Int64, "rank": pl.Int32}
    return pl.concat([pl.DataFrame(schema=schema), *parts])


def _spread(
    work: Work, areas: Network | pl.DataFrame | None, edition: str | None
) -> None:
    """Find all areas, nodes and relationships."""
    if areas is not None:
        base, work.atlas.edition = skeleton(areas, edition)
        work.atlas.add(base)
        if isinstance(areas, Network):
            work.skeleton = areas.nodes("Area").rename({"id": "root"})
    elif edition is None:
        work.atlas.edition = _stated_edition(work) or UNSTATED
    if areas is None and work.recalls:
        recall_areas(work, edition or _stated_edition(work))
    place_all(work, Placer(work.atlas, work.ledger))
    for kind in KINDS:
        if kind in work.schema.kinds:
            find_parties(work) if kind == "PartyOrganization" else find_nodes(
                work, kind
            )
    for kind in work.schema.kinds:
        if kind not in {*KINDS, "Area"}:
            find_nodes(work, kind)
    work.nodes["Area"] = area_nodes(work).with_columns(pl.col("root").alias("id"))
    find_slots(work)
    place_slots(work)


def _stated_edition(work: Work) -> str | None:
    """Return the one edition that an area roster states."""
    said = {
        value
        for table in work.tables.values()
        if "area.edition" in table.columns
        for value in table["area.edition"].drop_nulls()
    }
    return said.pop() if len(said) == 1 else None


def _network(
    work: Work, areas: Network | pl.DataFrame | None, *, synthetic: bool
) -> tuple[Network, RosterFaults]:
    _tie(work, areas)
    nodes = {kind: _with_source(work, kind) for kind in work.schema.kinds}
    ties = {type_: _tie_frame(work, type_) for type_ in work.schema.ties}
    work.ledger.tell_who_waits()
    nodes, ties = with_recalled(work, nodes, ties)
    kept = _only_joined(nodes, ties)
    made_up = synthetic or bool(work.known and work.recalls and work.known.synthetic)
    net, faults = Network.from_frames(
        nodes, kept, schema=work.schema, complete=_complete(work), synthetic=made_up
    )
    rows = [*work.ledger.faults, *_structural(work, faults)]
    _count_accepted(work)
    reading = Reading(
        work.ledger.report(), rejected_sheets(work.ledger), proposed(work)
    )
    return net, RosterFaults(_made(rows), reading)


def _tie(work: Work, areas: Network | pl.DataFrame | None) -> None:
    """Find all relationships, those first that others are read with."""
    relations(work)
    tie_areas(work, areas)
    host_parties(work)
    make_links(work, later=False)
    host_by_others(work)
    superiors = one_each(work, "SUBORDINATE_TO", "superior.name")
    hosts = one_each(work, "HOSTED_BY", "host.name")
    same = same_as_superior(work, hosts, superiors)
    work.tie("HOSTED_BY", same)
    seat_in_areas(work)
    own = organizations_of_areas(work)
    work.area_organizations = with_recalled_organizations(work, own)
    find_committees(work, work.area_organizations)
    make_links(work, later=True)
    evaluations(work)
    hosts, superiors, stated = (
        drafted(work, t) for t in ("HOSTED_BY", "SUBORDINATE_TO", "COVERS")
    )
    work.tie("COVERS", covers_of_units(work, hosts, superiors, stated))


def _with_source(work: Work, kind: str) -> pl.DataFrame:
    """Return the nodes of a kind as the network takes them, with their provenance."""
    attributes = list(work.schema.kinds[kind].attributes())
    nodes = work.nodes.get(kind)
    if nodes is None or not nodes.height:
        return pl.DataFrame(schema={"id": pl.String})
    return _sourced(work, nodes).select("id", *attributes)


def _sourced(work: Work, frame: pl.DataFrame) -> pl.DataFrame:
    """Add file, sheet and row to what came from a row."""
    told = work.ledger.provenance().rename({"source": "_s", "source_row": "_r"})
    joined = frame.join(told, on="at", how="left", maintain_order="left")
    return joined.with_columns(
        pl.coalesce("_s", "source").alias("source"),
        pl.coalesce("_r", "source_row").alias("source_row"),
    )


def _tie_frame(work: Work, type_: str) -> pl.DataFrame:
    attributes = list(work.schema.ties[type_].attributes())
    frame = gathered(work, type_)
    if type_ == "LOCATED_IN":
        frame = with_primary(as_located_before(work, frame))
    return _sourced(work, frame).select("from", "to", *attributes)


def _only_joined(
    nodes: dict[str, pl.DataFrame], ties: dict[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """Leave out relationships of nodes that were left out."""
    ids = pl.concat([n.select("id") for n in nodes.values()])
    return {
        name: t.join(ids, left_on="from", right_on="id", how="semi").join(
            ids, left_on="to", right_on="id", how="semi"
        )
        for name, t in ties.items()
    }


def _count_accepted(work: Work) -> None:
    """Count the rows whose subject is in the network, beside the statements."""
    for name in work.tables:
        subject = work.layouts[name].subject
        if subject is not None:
            work.ledger.accept(work.slot(name, subject.slot)["at"])


def _complete(work: Work) -> set[str]:
    """Say what the network holds completely: what its rosters are rosters of.

    A sheet that was handed down is none: it asks of some only.
    """
    told: set[str] = set()
    for name, table in work.tables.items():
        headers = [
            p.header
            for p in work.ledger.pages
            if p.header and p.header.layout.name == name and not p.header.handed_down
        ]
        if not table.height or not headers:
            continue
        shared = frozenset.intersection(*(h.targets for h in headers))
        told |= {
            token
            for token, needs in work.layouts[name].complete
            if shared >= set(needs)
        }
    if "party_organization" in work.tables and "PartyOrganization" in work.nodes:
        settings = work.nodes["PartyOrganization"]["setting"].cast(pl.String).unique()
        told |= {f"COVERS:{s}" for s in settings if s in AREA_SETTINGS}
    listed = work.atlas.areas.filter(pl.col("listed"))["level"].unique()
    return told | {f"PART_OF:{level}" for level in listed}


def _structural(work: Work, faults: Faults) -> list[dict[str, object]]:
    """Say of what the whole network shows in which row of which roster it stands."""
    return [
        _located(work, OF_NETWORK[row["code"]], row["sheet"], row["value"])
        if row["code"] in OF_NETWORK and row["sheet"] in work.schema.ties
        else row
        for row in faults
    ]


def _located(work: Work, kind: FaultCode, type_: str, node: str) -> dict[str, object]:
    """Return a fault of a node by its name, with the row and cell it comes from."""
    name = work.called(node)
    zh = work.schema.ties[type_].zh
    at = _row_of(work, type_, node, kind.code)
    if at is None:  # no cell tells which of that name it is
        named = f"{name} ({node})"
        return fault(kind, sheet=type_, value=named, detail=type_, detail_zh=zh)
    target = _target_of(work, at, type_)
    heading = work.ledger.heading(at, target) if target else None
    told = fault(kind, column=heading, value=name, detail=type_, detail_zh=zh)
    written = work.ledger.cell(at, target) if target else None
    return {**told, **work.ledger.where(at), "value": written or name}


def _target_of(work: Work, at: int, type_: str) -> str | None:
    """Return what the column of a row gives that a relationship is made of."""
    header = work.ledger.page(at).header
    if header is not None and header.layout.name == RELATION:
        return "to.name"
    return HEADINGS_OF.get(type_)


def _row_of(work: Work, type_: str, node: str, code: str) -> int | None:
    """Return the row that makes a relationship of a node; of several, the last."""
    if type_ not in work.schema.ties:
        return None
    frames = [f.select("at", "from", "to") for f in work.ties.get(type_, ())]
    if not frames:
        return None
    every = work.ledger.live(pl.concat(frames).drop_nulls("at"))
    end = "to" if work.schema.ties[type_].cardinality == "1:n" else "from"
    found = every.filter(pl.col(end) == node)["at"].unique().sort()
    if not found.len():
        return None
    return int(found[-1] if code == SEVERAL.code else found[0])


def _made(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Leave out what was said of one cell twice in the same words."""
    seen: dict[tuple[object, ...], dict[str, object]] = {}
    for row in rows:
        key = tuple(row[n] for n in ("file", "sheet", "row", "column", "value", "code"))
        seen.setdefault(key, row)
    return list(seen.values())
