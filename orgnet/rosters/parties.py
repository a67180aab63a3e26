"""Party organizations: their superiors, the units and areas they sit in and cover."""

import polars as pl

from orgnet.rosters import cells
from orgnet.rosters.claims import (
    complete_nodes,
    directory,
    identified,
    merged,
    no_claims,
    seeds,
    subject_claims,
    superior_key,
)
from orgnet.rosters.declare import UNLISTED, HostCase
from orgnet.rosters.faults import NO_HOST_ABOVE, SELF_SUPERIOR
from orgnet.rosters.keys import SEPARATOR, hashed
from orgnet.rosters.mentions import AREA_SETTINGS, mentions, resolve
from orgnet.rosters.settings import (
    DEEPEST,
    KIND,
    ROSTER,
    with_levels,
    with_own_areas,
    with_settings,
)
from orgnet.rosters.work import DataType, Work, coalesced, column


def find_parties(work: Work) -> None:
    """Make the party organizations, and find their superiors, hosts and own areas."""
    if ROSTER in work.tables:
        for thing in work.layouts[ROSTER].things:
            if thing.slot in {"host", "joint"}:
                resolve(work, work.layouts[ROSTER], thing, work.tables[ROSTER])
    claims = subject_claims(work, KIND)
    listed = claims.height > 0
    if not listed:
        claims = _stand_ins(work)
    claims = with_levels(work, _with_places(work, claims))
    claims = with_own_areas(work, claims)
    known = identified(work, KIND, claims)
    work.kill()
    every = known.select("root").unique(maintain_order=True)
    work.ids[KIND] = every.with_columns(pl.col("root").alias("id"))
    work.directories[KIND] = directory(work, KIND, known, work.ids[KIND])
    _resolve_superiors(work)
    _drop_own_superiors(work, known)
    known = with_settings(work, known)
    nodes = merged(work, KIND, known)
    nodes = complete_nodes(work, KIND, nodes, known)
    known = _without_lacking(known, nodes)
    work.kill()
    work.ids[KIND] = _minted(work, known)
    _rename(work)
    work.directories[KIND] = directory(work, KIND, known, work.ids[KIND])
    work.claims[KIND] = known
    work.nodes[KIND] = nodes.join(
        work.ids[KIND], on="root", how="inner", maintain_order="left"
    )


def _without_lacking(known: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Leave out organizations that rows only name, if too little is known of them.

    The rows stay, and what names them is an unresolved reference.
    """
    there = pl.col("root").is_in(nodes["root"].implode())
    aside = pl.col("aside").fill_null(value=False)
    return known.filter(there | ~aside)


def _superior_layouts(work: Work) -> list[str]:
    return [ROSTER] if ROSTER in work.tables else []


def _resolve_superiors(work: Work) -> None:
    for name in _superior_layouts(work):
        layout = work.layouts[name]
        thing = next(t for t in layout.things if t.slot == "superior")
        resolve(work, layout, thing, work.tables[name])


def _drop_own_superiors(work: Work, known: pl.DataFrame) -> None:
    """Note organizations that are named as their own superior."""
    own = known.select("at", "root", "name").drop_nulls("at")
    for name in _superior_layouts(work):
        found = work.slot(name, "superior").join(
            own, on="at", how="left", maintain_order="left"
        )
        selves = found.filter(pl.col("id") == pl.col("root"))
        for at, text in selves.select("at", "name").iter_rows():
            work.ledger.add(SELF_SUPERIOR, at, "superior.name", text)
        work.slots[name, "superior"] = found.filter(
            pl.col("id").ne_missing(pl.col("root"))
        ).select("at", "id")


def _rename(work: Work) -> None:
    """Put ids where roots stood for organizations."""
    names = dict(work.ids[KIND].iter_rows())
    for name in _superior_layouts(work):
        frame = work.slot(name, "superior")
        ids = frame["id"].replace_strict(names, default=None, return_dtype=pl.String)
        work.slots[name, "superior"] = frame.with_columns(ids.alias("id")).drop_nulls()


def _stand_ins(work: Work) -> pl.DataFrame:
    """Make claims of organizations that other rosters name, where none lists them."""
    parts = []
    for layout, thing, table in work.things():
        if thing.makes != UNLISTED or thing.kinds != (KIND,):
            continue
        said = mentions(work, thing, table).filter(pl.col("text").is_not_null())
        stem, form = cells.name_form(said["text"])
        more = table.select(
            "at",
            column(table, "unit.kind").cast(pl.String).alias("unit_kind"),
            superior_key(table).alias("above"),
            coalesced(table, "superior.name", "unit.name").alias("beside"),
        )
        frame = said.with_columns(
            stem.alias("stem"), form.cast(pl.String).alias("said")
        )
        frame = frame.join(more, on="at", how="left", maintain_order="left")
        setting = thing.fixed.get("setting")
        above = pl.lit("|") if thing.slot == "superior" else pl.col("above")
        parts.append(
            frame.filter(pl.col("said").is_not_null()).select(
                "at",
                pl.lit(value=False).alias("dead"),
                pl.lit(layout.name).alias("layout"),
                pl.lit(value=True).alias("aside"),
                pl.col("text").alias("name"),
                pl.col("said").alias("form"),
                pl.lit(setting, pl.String).alias("setting"),
                "stem",
                "said",
                pl.col("said").alias("name_form"),
                above.alias("above"),
                pl.when(pl.lit(thing.slot != "superior"))
                .then("beside")
                .alias("beside"),
                pl.concat_str(above, "stem", "said", separator=SEPARATOR).alias("key"),
                pl.when(pl.lit(thing.slot != "superior")).then("area").alias("area"),
                pl.when(pl.lit(thing.slot == "party"))
                .then("unit_kind")
                .alias("host_kind"),
                pl.lit(value=True).alias("open"),
            )
        )
    return _typed(
        work, pl.concat([subject_claims(work, KIND), *parts], how="diagonal_relaxed")
    )


def _typed(work: Work, claims: pl.DataFrame) -> pl.DataFrame:
    """Give claims every column that the steps below look at, in its type."""
    dtypes: dict[str, DataType] = {
        **no_claims(work, KIND).schema,
        "host_kind": pl.String,
        "open": pl.Boolean,
    }
    return claims.with_columns(
        column(claims, n, t).cast(t).alias(n) for n, t in dtypes.items()
    )


def _with_places(work: Work, claims: pl.DataFrame) -> pl.DataFrame:
    """Take the place of the host where a row has none of its own."""
    claims = _typed(work, claims)
    hosts = work.slot(ROSTER, "host").unique("at", keep="first", maintain_order=True)
    areas = hosts.with_columns(work.place_of(hosts["id"]).alias("host_area"))
    table = work.tables.get(ROSTER)
    joined = claims.join(
        areas.select("at", "host_area"), on="at", how="left", maintain_order="left"
    )
    joined = joined.with_columns(pl.coalesce("area", "host_area").alias("area"))
    if table is None:
        return joined
    more = table.select(
        "at",
        pl.col("party.setting_open").alias("open_row"),
        column(table, "host.kind").cast(pl.String).alias("kind_row"),
    )
    joined = joined.join(more, on="at", how="left", maintain_order="left")
    return joined.with_columns(
        pl.coalesce("open", "open_row").fill_null(value=False).alias("open"),
        pl.coalesce("host_kind", "kind_row").alias("host_kind"),
    )


def _minted(work: Work, known: pl.DataFrame) -> pl.DataFrame:
    """Give ids from the top of the tree down: by code, or below the superior's id."""
    seed = pl.col("at").is_null()
    facts = known.sort(seed, descending=True, maintain_order=True).group_by(
        "root", maintain_order=True
    ).agg(
        pl.col("id").drop_nulls().first(),
        pl.col("code").drop_nulls().first(),
        pl.col("stem").drop_nulls().first(),
        pl.col("said").drop_nulls().first(),
        pl.col("above").drop_nulls().first(),
        pl.col("area").drop_nulls().first(),
        pl.col("up_root").drop_nulls().first(),
    )  # fmt: skip
    coded = pl.concat_str(pl.lit("party:"), "code")
    facts = facts.with_columns(pl.coalesce("id", coded).alias("id"))
    facts = facts.with_columns(pl.col("id").is_not_null().alias("given"))
    kept = _known_children(work)
    for _ in range(DEEPEST):
        ids = facts.select(pl.col("root").alias("up_root"), pl.col("id").alias("up_id"))
        ready = facts.drop("up_id", strict=False).join(
            ids, on="up_root", how="left", maintain_order="left"
        )
        open_ = pl.col("id").is_null()
        due = open_ & (pl.col("up_root").is_null() | pl.col("up_id").is_not_null())
        if not ready.select(due.any()).item():
            facts = ready
            break
        home = pl.when(pl.col("up_root").is_null()).then("area")
        short = hashed("party", ready.select("up_id", "stem", "said", home))
        ready = ready.join(
            kept, on=["up_id", "stem", "said"], how="left", maintain_order="left"
        )
        chosen = pl.coalesce("kept", short)
        facts = ready.with_columns(
            pl.when(due).then(chosen).otherwise("id").alias("id")
        ).drop("kept")
    rest = hashed("party", facts.select("above", "stem", "said", "area"))  # on a cycle
    alone = pl.when(pl.col("given") | ~_elsewhere()).then("id")
    return facts.select("root", pl.coalesce(alone, rest).alias("id")).unique(
        "id", keep="first", maintain_order=True
    )


def _elsewhere() -> pl.Expr:
    """Mark organizations of one id below several superiors that only words tell."""
    named = pl.when(pl.col("above") != "|").then("above").drop_nulls()
    return pl.col("up_root").is_null() & (named.n_unique().over("id") > 1)


def _known_children(work: Work) -> pl.DataFrame:
    """Return the ids an earlier network gave below each superior: by stem and form."""
    schema = {
        "up_id": pl.String,
        "stem": pl.String,
        "said": pl.String,
        "kept": pl.String,
    }
    old = seeds(work, KIND)
    if work.known is None or not old.height:
        return pl.DataFrame(schema=schema)
    index = work.known.index()
    start = work.known.offsets[KIND]
    above = index.id_of(index.superior[start : start + old.height])
    frame = old.with_columns(above.alias("up_id"), pl.col("id").alias("kept"))
    return (
        frame.drop_nulls("up_id")
        .select(schema.keys())
        .unique(["up_id", "stem", "said"], keep="none")
    )


def host_parties(work: Work) -> None:
    """Say where each organization sits, and which areas are its own."""
    known = work.claims[KIND].join(
        work.ids[KIND].rename({"id": "from"}),
        on="root",
        how="left",
        maintain_order="left",
    )
    live = known.filter(pl.col("at").is_not_null() & pl.col("from").is_not_null())
    live = live.filter(
        ~pl.col("at").is_in(
            pl.Series(sorted(work.ledger.rejected), dtype=pl.Int64).implode()
        )
    )
    functional = pl.col("membership_basis").cast(pl.String) == "functional"
    mode = pl.when(functional).then(pl.lit("functional")).otherwise(pl.lit("single"))
    own = live.filter(pl.col("own").is_not_null())
    covers = _organization_covers(work).filter(pl.col("to").str.starts_with("area:"))
    own = _topmost_of_area(own).join(covers.select("from"), on="from", how="anti")
    work.tie(
        "COVERS",
        own.select(
            "at",
            "from",
            pl.col("own").alias("to"),
            pl.lit("organization").alias("basis"),
            mode.alias("mode"),
        ),
    )
    named = live.select("at", "from", "form")
    stated = work.slot(ROSTER, "host").join(named, on="at")
    is_joint = _joint(work, stated)
    single = stated.filter(~is_joint).unique("at", keep="first", maintain_order=True)
    work.tie("HOSTED_BY", single.select("at", "from", pl.col("id").alias("to")))
    units = stated.filter(is_joint & stated["id"].str.starts_with("unit:"))
    members = work.slot(ROSTER, "joint").join(named, on="at")
    joint = pl.concat([units, members]).select("at", "from", pl.col("id").alias("to"))
    work.tie(
        "COVERS", joint.with_columns(basis=pl.lit("organization"), mode=pl.lit("joint"))
    )


def _joint(work: Work, rows: pl.DataFrame) -> pl.Series:
    """Mark joint branches: by their form, or by what is said of their units."""
    table = work.tables.get(ROSTER)
    form = rows["form"].cast(pl.String) == "joint_branch"
    if table is None:
        return form
    case = table.select("at", pl.col("host.case").alias("case"))
    joined = rows.select("at").join(case, on="at", how="left", maintain_order="left")[
        "case"
    ]
    return form | (joined == HostCase.JOINT.value).fill_null(value=False)


def _topmost_of_area(own: pl.DataFrame) -> pl.DataFrame:
    """Leave out organizations below another of the same area."""
    areas = own.select(
        pl.col("root").alias("up_root"), pl.col("own").alias("own")
    ).unique()
    return own.join(areas, on=["up_root", "own"], how="anti", nulls_equal=False)


def same_as_superior(
    work: Work, hosts: pl.DataFrame, superiors: pl.DataFrame
) -> pl.DataFrame:
    """Find the units of organizations that are said to sit where their superior sits.

    Takes `from`, `to` of HOSTED_BY and SUBORDINATE_TO; returns `at`, `from`, `to`.
    """
    table = work.tables.get(ROSTER)
    empty = pl.DataFrame(schema={"at": pl.Int64, "from": pl.String, "to": pl.String})
    if table is None:
        return empty
    rows = table.filter((pl.col("host.case") == HostCase.SAME.value) & ~pl.col("dead"))
    known = work.claims[KIND].select("at", "root").join(work.ids[KIND], on="root")
    asked = rows.select("at").join(
        known.select("at", pl.col("id").alias("from")), on="at"
    )
    walk = _walked(asked, hosts, superiors)
    _note_hostless(work, walk)
    return walk.filter(pl.col("to").is_not_null()).select("at", "from", "to")


def _walked(
    asked: pl.DataFrame, hosts: pl.DataFrame, superiors: pl.DataFrame
) -> pl.DataFrame:
    """Walk up to the first superior that sits anywhere: `to`; `up` is where it ends."""
    above = superiors.unique("from", keep="first", maintain_order=True).select(
        pl.col("from").alias("up"), pl.col("to").alias("next")
    )
    first_host = hosts.unique("from", keep="first", maintain_order=True).select(
        pl.col("from").alias("up"), pl.col("to").alias("host")
    )
    walk = asked.with_columns(
        pl.col("from").alias("up"), pl.lit(None, pl.String).alias("to")
    )
    for _ in range(DEEPEST):
        walk = walk.join(above, on="up", how="left", maintain_order="left")
        walk = walk.with_columns(pl.col("next").alias("up")).drop("next")
        walk = walk.join(first_host, on="up", how="left", maintain_order="left")
        walk = walk.with_columns(pl.coalesce("to", "host").alias("to")).drop("host")
        if not walk.select(
            (pl.col("to").is_null() & pl.col("up").is_not_null()).any()
        ).item():
            break
    return walk


def seats_as_listed(work: Work) -> pl.DataFrame:
    """Return the units that the roster of organizations seats each in: `id`, `unit`."""
    known = work.claims[KIND].select("at", "root")
    ids = known.join(work.ids[KIND], on="root").select("at", pl.col("id").alias("from"))
    stated = [work.slot(ROSTER, slot) for slot in ("host", "joint")]
    hosts = ids.join(pl.concat(stated).rename({"id": "to"}), on="at")
    superiors = ids.join(work.slot(ROSTER, "superior").rename({"id": "to"}), on="at")
    bare = ids.join(hosts.select("from"), on="from", how="anti")
    if ROSTER in work.tables:
        same = work.tables[ROSTER].filter(pl.col("host.case") == HostCase.SAME.value)
        above = _walked(bare.join(same.select("at"), on="at"), hosts, superiors)
        hosts = pl.concat([hosts, above.select("at", "from", "to")], how="vertical")
    return hosts.select(pl.col("from").alias("id"), pl.col("to").alias("unit")).unique()


def _note_hostless(work: Work, walk: pl.DataFrame) -> None:
    """Note rows without a unit above, unless their superior itself is not known."""
    table = work.tables[ROSTER]
    named = table.filter(
        coalesced(table, "superior.name", "superior.code").is_not_null()
    )
    unknown = set(named["at"]) - set(work.slot(ROSTER, "superior")["at"])
    ended = walk.filter(pl.col("to").is_null() & pl.col("up").is_null())  # on no cycle
    for at in ended["at"]:
        if at not in unknown:
            header = work.ledger.page(at).header
            case = header is not None and "host.case" in header.targets
            target = "host.case" if case else "host.name"
            work.ledger.add(NO_HOST_ABOVE, at, target, HostCase.SAME.zh)


def covers_of_units(
    work: Work, hosts: pl.DataFrame, superiors: pl.DataFrame, stated: pl.DataFrame
) -> pl.DataFrame:
    """Say which organization covers each unit as its own: the topmost it hosts.

    Parameters
    ----------
    work
        What was read.
    hosts, superiors
        HOSTED_BY and SUBORDINATE_TO: `at`, `from`, `to`.
    stated
        COVERS as stated: `to`, `basis`, `mode`.

    Returns
    -------
    polars.DataFrame
        COVERS: `at`, `from`, `to`, `basis`, `mode`.
    """
    joint = work.nodes[KIND].filter(pl.col("form").cast(pl.String) == "joint_branch")
    units = hosts.filter(pl.col("to").str.starts_with("unit:")).join(
        joint.select(pl.col("id").alias("from")), on="from", how="anti"
    )
    single = (pl.col("basis") == "organization") & (pl.col("mode") == "single")
    units = units.join(stated.filter(single).select("to"), on="to", how="anti")
    top = units.filter(~_below_another(units, superiors))
    circling = units.sort("to", "from").join(top.select("to"), on="to", how="anti")
    first = circling.unique("to", keep="first", maintain_order=True)  # all on one cycle
    chosen = pl.concat([_without_lost(work, top), first])
    basis, mode = pl.lit("organization"), pl.lit("single")
    return chosen.select("at", "from", "to", basis=basis, mode=mode)


def _below_another(units: pl.DataFrame, superiors: pl.DataFrame) -> pl.Series:
    """Mark organizations that have another above them which sits in the same unit."""
    above = superiors.unique("from", keep="first", maintain_order=True).select(
        pl.col("from").alias("up"), pl.col("to").alias("next")
    )
    home = units.select(pl.col("from").alias("up"), pl.col("to").alias("home"))
    home = home.unique("up", keep="first", maintain_order=True)
    walk = units.select("from", "to", pl.col("from").alias("up"))
    below = pl.repeat(value=False, n=walk.height, eager=True)
    for _ in range(DEEPEST):
        walk = walk.join(above, on="up", how="left", maintain_order="left")
        walk = walk.with_columns(pl.col("next").alias("up")).drop("next")
        if walk["up"].null_count() == walk.height:
            break
        here = walk.join(home, on="up", how="left", maintain_order="left")
        same = (here["home"] == here["to"]) & (here["up"] != here["from"])
        below |= same.fill_null(value=False)
    return below


def _without_lost(work: Work, top: pl.DataFrame) -> pl.DataFrame:
    """Leave out organizations whose superior is not known, if the unit has another.

    They only seem to be topmost.
    """
    table = work.tables.get(ROSTER)
    if table is None:
        return top
    named = table.filter(
        coalesced(table, "superior.name", "superior.code").is_not_null()
    )
    found = work.slot(ROSTER, "superior").select("at")
    rows = named.select("at").join(found, on="at", how="anti")
    ids = work.claims[KIND].select("at", "root").join(work.ids[KIND], on="root")
    lost = rows.join(ids, on="at").select(pl.col("id").alias("from")).unique()
    marked = top.join(lost.with_columns(lost=True), on="from", how="left")
    sure = pl.col("lost").is_null()
    return marked.filter(sure | ~sure.any().over("to")).drop("lost")


def host_by_others(work: Work) -> None:
    """Take the organizations that rosters of units, grids and compounds name."""
    nodes = work.nodes[KIND].select(
        pl.col("id").alias("from"),
        pl.col("form").cast(pl.String),
        pl.col("setting").cast(pl.String),
        pl.col("membership_basis").cast(pl.String),
    )
    for layout, thing, _ in work.things():
        subject = layout.subject
        if (
            thing.kinds != (KIND,)
            or thing.slot != "party"
            or subject is None
            or subject is thing
        ):
            continue
        pairs = (
            work.slot(layout.name, "party")
            .rename({"id": "from"})
            .join(work.slot(layout.name, subject.slot).rename({"id": "to"}), on="at")
            .join(nodes, on="from")
        )
        if subject.kinds == ("Unit",):
            _of_units(work, pairs)
        else:
            _of_areas(work, pairs)


def _of_units(work: Work, pairs: pl.DataFrame) -> None:
    """Seat organizations in the units that name them, unless joint or an area's."""
    joint = pl.col("form") == "joint_branch"
    regional = pl.col("setting").is_in(AREA_SETTINGS)
    ends = ("at", "from", "to")
    work.tie("HOSTED_BY", pairs.filter(~joint & ~regional).select(ends))
    mode = pl.when(joint).then(pl.lit("joint")).otherwise(pl.lit("regional"))
    cover = pairs.filter(joint | regional).select(
        *ends, basis=pl.lit("organization"), mode=mode
    )
    work.tie("COVERS", cover)


def _of_areas(work: Work, pairs: pl.DataFrame) -> None:
    """Cover small areas by the organizations that their rows name."""
    covers = _organization_covers(work)
    own = covers.select("from", pl.lit(value=True).alias("elsewhere")).unique()
    new = pairs.join(covers.select("from", "to"), on=["from", "to"], how="anti")
    new = new.join(own, on="from", how="left", maintain_order="left")
    functional = pl.col("membership_basis") == "functional"
    mode = (
        pl.when(pl.col("elsewhere").fill_null(value=False))
        .then(pl.lit("regional"))
        .when(functional.fill_null(value=False))
        .then(pl.lit("functional"))
        .otherwise(pl.lit("single"))
    )
    work.tie(
        "COVERS",
        new.select("at", "from", "to", basis=pl.lit("organization"), mode=mode),
    )


def _organization_covers(work: Work) -> pl.DataFrame:
    frames = [
        f.select("at", "from", "to", "basis") for f in work.ties.get("COVERS", ())
    ]
    schema = {"at": pl.Int64, "from": pl.String, "to": pl.String, "basis": pl.String}
    typed = [f.with_columns(pl.col("basis").cast(pl.String)) for f in frames]
    every = pl.concat([pl.DataFrame(schema=schema), *typed])
    return work.ledger.live(every.filter(pl.col("basis") == "organization"))


def organizations_of_areas(work: Work) -> pl.DataFrame:
    """Return the organization of each area: `to` (the area) and `from`."""
    settings = work.nodes[KIND].select(
        pl.col("id").alias("from"), pl.col("setting").cast(pl.String)
    )
    covers = _organization_covers(work).filter(pl.col("to").str.starts_with("area:"))
    joined = covers.join(settings, on="from")
    same = joined.filter(pl.col("setting") == work.atlas.level_of(joined["to"]))
    return (
        same.sort("to", "from")
        .unique("to", keep="first", maintain_order=True)
        .select("to", "from")
    )


def seat_in_areas(work: Work) -> None:
    """Let organizations without a unit sit in their own area, else where their row is.

    A joint branch sits nowhere.
    """
    hosted = [f.select("from") for f in work.ties.get("HOSTED_BY", ())]
    seated = pl.concat([pl.DataFrame(schema={"from": pl.String}), *hosted]).unique()
    nodes = work.nodes[KIND].select(
        pl.col("id").alias("from"),
        pl.col("form").cast(pl.String),
        pl.col("setting").cast(pl.String),
    )
    bare = nodes.filter(pl.col("form") != "joint_branch").join(
        seated, on="from", how="anti"
    )
    covers = _organization_covers(work).filter(pl.col("to").str.starts_with("area:"))
    own = (
        covers.join(bare, on="from")
        .sort("from", "to")
        .unique("from", keep="first", maintain_order=True)
    )
    work.tie("HOSTED_BY", own.select("at", "from", "to"))
    rest = bare.join(own.select("from"), on="from", how="anti")
    said = _said_the_same(work)
    claims = work.claims[KIND].join(work.ids[KIND].rename({"id": "from"}), on="root")
    placed = claims.filter(pl.col("at").is_not_null() & pl.col("area").is_not_null())
    placed = (
        work.ledger.live(placed)
        .join(rest, on="from", how="semi")
        .join(said, on="at", how="anti")
    )
    first = placed.sort("at").unique("from", keep="first", maintain_order=True)
    work.tie("HOSTED_BY", first.select("at", "from", pl.col("area").alias("to")))


def _said_the_same(work: Work) -> pl.DataFrame:
    table = work.tables.get(ROSTER)
    if table is None:
        return pl.DataFrame(schema={"at": pl.Int64})
    return table.filter(pl.col("host.case") == HostCase.SAME.value).select("at")
