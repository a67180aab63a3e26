"""What rosters say of nodes: claims, which of them are about one node, and its id."""

from typing import Final

import polars as pl

from orgnet.faults import MISSING_REQUIRED
from orgnet.rosters import cells
from orgnet.rosters.declare import ALWAYS, Layout, Thing
from orgnet.rosters.faults import (
    CONFLICTING_VALUES,
    DUPLICATE_ROW,
    MISSING_COLUMN,
    SAME_NAME,
)
from orgnet.rosters.keys import SEPARATOR, hashed, name_key
from orgnet.rosters.match import (
    PLACES,
    Directory,
    conflicts,
    first_values,
    placed,
    roots,
)
from orgnet.rosters.wording import in_words, kept_instead
from orgnet.rosters.work import DataType, Work, coalesced, column, values
from orgnet.schema.declare import Node
from orgnet.schema.identifiers import credit_code_kind

OWNERS: Final = {"Resource": "owner.name", "Need": "raiser.name"}
LISTS: Final = ("Resource", "Need", "Project", "Site", "Document")
IDENTITY: Final = {
    "id": pl.String,
    "code": pl.String,
    "old": pl.String,
    "key": pl.String,
    "area": pl.String,
}
ODD: Final = r"[|\x{10000}-\x{10ffff}]"  # what no id may hold
HOST_COLUMNS: Final = (
    "host.name",
    "joint.name",
    "place.small",
    "place.grid",
    "place.compound",
)

NO_NAME: Final = r"^(?:无|没有|否|未建.{0,4}|尚未.{0,6})$"  # in a column of names


def subject_claims(work: Work, kind: str) -> pl.DataFrame:
    """Collect what the rows about a kind say: identity, place and attributes."""
    parts = [
        _claims(work, layout, thing, table)
        for layout, thing, table in work.things()
        if thing.makes == ALWAYS and thing.kinds == (kind,) and table.height
    ]
    return pl.concat([no_claims(work, kind), *parts], how="diagonal_relaxed")


def no_claims(work: Work, kind: str) -> pl.DataFrame:
    """Return the table of claims of a kind, without rows."""
    attributes = work.schema.kinds[kind].attributes()
    dtypes: dict[str, DataType] = {
        "at": pl.Int64,
        "dead": pl.Boolean,
        "layout": pl.String,
        "aside": pl.Boolean,
        **IDENTITY,
        **{n: a.dtype for n, a in attributes.items()},
    }
    if kind == "PartyOrganization":
        more = ("stem", "name_form", "said", "above", "beside")
        dtypes |= dict.fromkeys(more, pl.String)
    return pl.DataFrame(schema=dtypes)


def _reported(said: pl.Expr) -> pl.Expr:
    """Take a unit that names an organization of its own to say that it has one."""
    name = pl.col("party.name").cast(pl.String)
    named = name.is_not_null() & ~name.str.contains(NO_NAME)
    return pl.coalesce(said, pl.when(named).then(pl.lit(value=True)))


def _claims(
    work: Work, layout: Layout, thing: Thing, table: pl.DataFrame
) -> pl.DataFrame:
    kind = thing.kinds[0]
    declared = work.schema.kinds[kind]
    slot = thing.slot
    named = {
        name: coalesced(table, f"{slot}.{name}", f"{slot}.name_{name}").cast(a.dtype)
        if name == "status"
        else column(table, f"{slot}.{name}", a.dtype).cast(a.dtype)
        for name, a in declared.attributes().items()
    }
    if kind == "Unit" and "party.name" in table.columns:
        named["reported_party_org"] = _reported(named["reported_party_org"])
    for name, value in thing.fixed.items():
        named[name] = pl.coalesce(
            named[name], pl.lit(value).cast(named_type(declared, name))
        )
    identity = identity_of(kind, slot, table)
    if kind == "Unit":
        stated = coalesced(table, f"{slot}.org_code", f"{slot}.org_in_uscc")
        named |= {"uscc": identity["code"], "org_code": stated}
    frame = table.select(
        "at",
        "dead",
        pl.lit(layout.name).alias("layout"),
        pl.lit(thing.makes != ALWAYS).alias("aside"),
        *(value.alias(name) for name, value in {**identity, **named}.items()),
    )
    shown = frame[declared.caption]
    key = decided(work, kind, shown, frame["area"]).alias("key")
    meant = pl.when(pl.col("key").str.starts_with(f"{declared.prefix}:")).then("key")
    frame = frame.with_columns(key).with_columns(pl.coalesce("id", meant).alias("id"))
    return with_kind_keys(kind, table, frame)


def named_type(declared: type[Node], name: str) -> pl.DataType:
    """Return the type of an attribute."""
    return declared.attributes()[name].dtype


def identity_of(kind: str, slot: str, table: pl.DataFrame) -> dict[str, pl.Expr]:
    """Return the id, the codes and the place that a row gives of a thing."""
    codes = {
        "Unit": (f"{slot}.uscc", f"{slot}.uscc_in_org"),
        "PartyOrganization": (f"{slot}.code",),
        "Project": (f"{slot}.code",),
        "Document": (f"{slot}.doc_no",),
    }
    code = coalesced(table, *codes.get(kind, (f"{slot}.number",)))
    stated = coalesced(table, f"{slot}.org_code", f"{slot}.org_in_uscc")
    inside = code.str.slice(8, 9)  # of a credit code, its organization code
    return {
        "id": column(table, f"{slot}.id"),
        "code": code,
        "old": pl.coalesce(stated, inside)
        if kind == "Unit"
        else pl.lit(None, pl.String),
        "area": spot(kind, table),
    }


def spot(kind: str, table: pl.DataFrame) -> pl.Expr:
    """Return where the subject of a row stands; a unit stands in its community."""
    small = () if kind == "Unit" else ("compound", "grid")
    return coalesced(table, "text", *small, "place")


def decided(work: Work, kind: str, names: pl.Series, areas: pl.Series) -> pl.Series:
    """Return match keys of names; of those that were decided on, the id they mean."""
    key = name_key(names)
    made = work.decisions.filter(pl.col("kind") == kind)
    if not made.height:
        return key
    frame = pl.DataFrame({"key": key, "area": areas})
    here = made.select("key", "area", pl.col("name").alias("here"))
    anywhere = made.filter(pl.col("area").is_null()).select(
        "key", pl.col("name").alias("any")
    )
    joined = frame.join(
        here.unique(["key", "area"]),
        on=["key", "area"],
        how="left",
        maintain_order="left",
    ).join(anywhere.unique("key"), on="key", how="left", maintain_order="left")
    return joined.select(pl.coalesce("here", "any", "key").alias("key")).to_series()


def with_kind_keys(kind: str, table: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """Make the name key of a claim into what tells things of its kind apart."""
    if kind == "PartyOrganization":
        stem, form = cells.name_form(frame["key"])
        said = pl.coalesce(form.cast(pl.String), frame["form"].cast(pl.String))
        above = superior_key(table)
        return frame.with_columns(
            pl.coalesce(stem.alias("stem"), "key").alias("stem"),
            form.cast(pl.String).alias("name_form"),
            frame.select(said.fill_null("").alias("said"))["said"],
            above.alias("above"),
            values(table, "superior.name", "host.name").alias("beside"),
        ).with_columns(
            pl.concat_str("above", "stem", "said", separator=SEPARATOR).alias("key")
        )
    if kind in OWNERS:
        owner = name_key(values(table, OWNERS[kind]))
        return frame.with_columns(
            pl.concat_str(
                owner.fill_null(""),
                frame["kind"].cast(pl.String),
                "key",
                separator=SEPARATOR,
            ).alias("key")
        )
    if kind == "Site":
        return frame.with_columns(
            pl.coalesce("key", pl.col("tier").cast(pl.String)).alias("key")
        )
    return frame


def superior_key(table: pl.DataFrame) -> pl.Series:
    """Return what tells the superiors that rows name apart, by their words."""
    text = values(table, "superior.code", "superior.name")
    stem, form = cells.name_form(text)
    frame = pl.DataFrame({"stem": stem, "form": form.cast(pl.String)})
    return frame.select(
        pl.concat_str(
            pl.col("stem").fill_null(""), pl.col("form").fill_null(""), separator="|"
        )
    ).to_series()


def seeds(work: Work, kind: str) -> pl.DataFrame:
    """Return what an earlier network knew, to keep its ids."""
    empty = pl.DataFrame(schema={"at": pl.Int64, **IDENTITY})
    if work.known is None or kind not in work.known.schema.kinds:
        return empty
    nodes = work.known.nodes(kind)
    declared = work.schema.kinds[kind]
    code = {"Unit": "uscc", "PartyOrganization": "code", "Project": "code"}.get(kind)
    index = work.known.index()
    place = index.id_of(index.place)
    start = work.known.offsets[kind]
    frame = nodes.select(
        pl.lit(None, pl.Int64).alias("at"),
        "id",
        (pl.col(code) if code else pl.lit(None, pl.String)).alias("code"),
        (pl.col("org_code") if kind == "Unit" else pl.lit(None, pl.String)).alias(
            "old"
        ),
        pl.lit(value=False).alias("dead"),
        place.slice(start, nodes.height).alias("area"),
        pl.col(declared.caption).alias("_name"),
        *([pl.col("form")] if kind == "PartyOrganization" else []),
    )
    frame = frame.with_columns(name_key(frame["_name"]).alias("key"))
    if kind in LISTS:
        return frame.with_columns(pl.lit(None, pl.String).alias("key")).drop("_name")
    if kind != "PartyOrganization":
        return frame.drop("_name")
    above = index.superior[start : start + nodes.height]
    names = index.column(kind, declared.caption).gather(
        pl.Series(above).replace(-1, None)
    )
    table = pl.DataFrame({"at": frame["at"], "superior.name": names})
    return with_kind_keys(kind, table, frame).drop("_name")


def identified(work: Work, kind: str, claims: pl.DataFrame) -> pl.DataFrame:
    """Add `root`, equal for claims about one node, and reject repeated rows."""
    if kind in LISTS:
        claims = _numbered(work, kind, claims)
    together = pl.concat([seeds(work, kind), claims], how="diagonal_relaxed")
    found = roots(together.select(IDENTITY.keys()), work.atlas)
    known = together.with_columns(found["root"], found["several"])
    known = _with_given_ids(work.schema.kinds[kind].prefix, known)
    _reject_repeated(work, kind, known)
    _note_same_names(work, known)
    return known


def _with_given_ids(prefix: str, claims: pl.DataFrame) -> pl.DataFrame:
    """Join claims that give an id to the claims that the id is made of."""
    if not claims["id"].is_not_null().any():
        return claims
    ids = minted(prefix, claims.with_columns(pl.lit(None, pl.String).alias("id")))
    of_id = ids.unique("id", keep="none").rename({"root": "meant"})
    joined = claims.join(of_id, on="id", how="left", maintain_order="left")
    moved = joined.group_by("root").agg(pl.col("meant").drop_nulls().first())
    again = joined.drop("meant").join(
        moved, on="root", how="left", maintain_order="left"
    )
    return again.with_columns(pl.coalesce("meant", "root").alias("root")).drop("meant")


def _page_numbers(work: Work, at: pl.Series) -> pl.Series:
    starts = pl.Series(work.ledger.starts)
    return starts.search_sorted(at, side="right")


def _numbered(work: Work, kind: str, claims: pl.DataFrame) -> pl.DataFrame:
    """Tell apart rows of one list that are alike in name and differ otherwise."""
    if not claims.height:
        return claims
    said = [n for n in work.schema.kinds[kind].attributes() if n in claims.columns]
    frame = claims.with_columns(_page_numbers(work, claims["at"]).alias("page"))
    group = ["page", "key", "area"]
    content = pl.struct(group + said)
    first = content.is_first_distinct()
    number = first.cast(pl.Int64).cum_sum().over(group)
    numbered = pl.concat_str("key", number.cast(pl.String), separator=SEPARATOR)
    same = pl.when(first & (number > 1)).then(numbered).otherwise("key")
    return frame.with_columns(same.alias("key")).drop("page")


def _reject_repeated(work: Work, kind: str, claims: pl.DataFrame) -> None:
    """Reject rows that repeat an earlier row of their sheet.

    A unit may stand again with another place, or with values that disagree; an
    organization with another superior or unit.
    """
    rows = claims.filter(pl.col("at").is_not_null() & ~pl.col("dead")).sort("at")
    if "aside" in rows.columns:
        rows = rows.filter(~pl.col("aside"))
    rows = rows.with_columns(_page_numbers(work, rows["at"]).alias("page"))
    group, more = ["page", "root"], []
    if kind == "Unit":
        group = [*group, "area"]
        more = [_disagreeing(work, rows, group)]
    elif kind == "PartyOrganization":
        rows = rows.join(
            _hosts_as_written(work), on="at", how="left", maintain_order="left"
        )
        same_name = pl.col("stem").eq_missing(pl.col("stem").first().over(group))
        again = pl.struct([*group, "above", "hosts"]).is_first_distinct()
        more = [same_name & again]
    keep = pl.struct(group).is_first_distinct()
    for exception in more:
        keep = keep | exception
    first = rows.select(*group, pl.col("at").alias("first")).unique(
        group, keep="first", maintain_order=True
    )
    repeated = rows.filter(~keep).join(first, on=group, how="left", nulls_equal=True)
    _note_repeated(work, kind, repeated)


def _disagreeing(work: Work, rows: pl.DataFrame, group: list[str]) -> pl.Expr:
    """Mark rows that say something else than the first of their group: conflicts."""
    names = [n for n in work.schema.kinds["Unit"].attributes() if n in rows.columns]
    other = [
        (pl.col(n) != pl.col(n).drop_nulls().first().over(group)).fill_null(value=False)
        for n in names
    ]
    return pl.any_horizontal(other)


def _note_repeated(work: Work, kind: str, repeated: pl.DataFrame) -> None:
    caption = work.schema.kinds[kind].caption
    names = {
        "Unit": "uscc",
        "PartyOrganization": "code",
        "Project": "code",
        "Document": "doc_no",
    }
    for at, name, code, earlier in (
        repeated.select("at", caption, "code", "first").sort("at").iter_rows()
    ):
        where = work.ledger.where(earlier)["row"]
        slot = work.layouts[_layout_at(work, at)].things[0].slot
        of_code = f"{slot}.{names.get(kind, 'number')}"
        target = f"{slot}.{caption}" if code is None else of_code
        words = (f"row {where}", f"第{where}行")
        work.ledger.add(DUPLICATE_ROW, at, target, code or name, words)


def _layout_at(work: Work, at: int) -> str:
    header = work.ledger.page(at).header
    return header.layout.name if header else ""


def _told(table: pl.DataFrame) -> list[pl.Expr]:
    return [column(table, n).fill_null("") for n in HOST_COLUMNS]


def _hosts_as_written(work: Work) -> pl.DataFrame:
    parts = [
        table.select(
            "at", pl.concat_str(_told(table), separator=SEPARATOR).alias("hosts")
        )
        for name, table in work.tables.items()
        if work.layouts[name].things[0].kinds == ("PartyOrganization",)
    ]
    schema = {"at": pl.Int64, "hosts": pl.String}
    return pl.concat([pl.DataFrame(schema=schema), *parts])


def _note_same_names(work: Work, claims: pl.DataFrame) -> None:
    several = claims.filter(
        pl.col("several").is_not_null() & pl.col("at").is_not_null() & ~pl.col("dead")
    )
    for at, key, n in several.select("at", "key", "several").iter_rows():
        slot = work.layouts[_layout_at(work, at)].things[0].slot
        value = key.split(SEPARATOR)[-1]
        work.ledger.add(SAME_NAME, at, f"{slot}.name", value, str(n))


def merged(
    work: Work, kind: str, claims: pl.DataFrame, more: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Make one row a node: `root`, `at` and the attributes, and note what disagrees.

    `more` counts where no roster says anything: `root` and attributes.
    """
    attributes = work.schema.kinds[kind].attributes()
    live = claims.filter(pl.col("at").is_not_null())
    live = live.filter(~pl.col("at").is_in(_rejected(work)))
    live = live.join(work.ranks, on="at", how="left", maintain_order="left").sort(
        "rank", "aside", "at", maintain_order=True
    )
    live = live if more is None else pl.concat([live, more], how="diagonal_relaxed")
    if not live["root"].is_duplicated().any():
        return live.select("root", "at", *attributes)
    for name, declared in attributes.items():
        for at, value, won, won_at in conflicts(
            _spelled(live, name), "root", name
        ).iter_rows():
            lost = in_words(declared, value)
            kept = kept_instead(in_words(declared, won), work.ledger.origin(won_at))
            slot = _slot_of_claim(work, at, kind)
            work.ledger.add(CONFLICTING_VALUES, at, f"{slot}.{name}", lost, kept)
    return first_values(live, "root", ["at", *attributes])


def _spelled(claims: pl.DataFrame, name: str) -> pl.DataFrame:
    """Leave out differences of spelling: width, brackets and gaps of texts."""
    if claims.schema[name] != pl.String:
        return claims.select("at", "root", name)
    key = name_key(claims[name])
    frame = claims.select("at", "root", name).with_columns(key.alias("_key"))
    first = pl.col(name).drop_nulls().first().over("root")
    leading = pl.col("_key").drop_nulls().first().over("root")
    return frame.with_columns(
        pl.when(pl.col("_key") == leading).then(first).otherwise(name).alias(name)
    )


def _slot_of_claim(work: Work, at: int, kind: str) -> str:
    layout = work.layouts[_layout_at(work, at)]
    slots = [t.slot for t in layout.things if kind in t.kinds]
    return slots[0] if slots else layout.things[0].slot


def _rejected(work: Work) -> pl.Expr:
    return pl.lit(pl.Series(sorted(work.ledger.rejected), dtype=pl.Int64).implode())


def complete_nodes(
    work: Work, kind: str, nodes: pl.DataFrame, claims: pl.DataFrame
) -> pl.DataFrame:
    """Leave out nodes that lack what every one of their kind needs, and say which.

    Rows that only name them have no fault.
    """
    declared = work.schema.kinds[kind]
    if kind == "Unit":
        nodes = _with_proven_kinds(nodes)
    for name, attribute in declared.attributes().items():
        if not attribute.required:
            continue
        lacking = nodes.filter(pl.col(name).is_null())["root"]
        if not lacking.len():
            continue
        rows = claims.filter(
            pl.col("root").is_in(lacking.implode())
            & pl.col("at").is_not_null()
            & ~pl.col("aside")
        )
        _reject_lacking(
            work, kind, name, rows.filter(~pl.col("at").is_in(_rejected(work)))
        )
        nodes = nodes.filter(pl.col(name).is_not_null())
    return nodes


def _with_proven_kinds(units: pl.DataFrame) -> pl.DataFrame:
    """Take the kind from the credit code, where no roster gives it and it is proved."""
    bare = units.filter(pl.col("kind").is_null())["uscc"].drop_nulls()
    proven = {code: kind for code in bare if (kind := credit_code_kind(code))}
    if not proven:
        return units
    dtype = units.schema["kind"]
    found = pl.col("uscc").replace_strict(proven, default=None, return_dtype=dtype)
    return units.with_columns(pl.coalesce("kind", found).alias("kind"))


def _reject_lacking(work: Work, kind: str, name: str, rows: pl.DataFrame) -> None:
    """Reject rows of nodes that lack an attribute; one fault a sheet without it."""
    told = set()
    for at in rows["at"].unique().sort():
        page = work.ledger.page(at)
        slot = _slot_of_claim(work, at, kind)
        target = f"{slot}.{name}"
        if page.header and target in page.header.targets:
            work.ledger.add(MISSING_REQUIRED, at, target)
            continue
        work.ledger.reject(at)
        if page.start not in told:
            told.add(page.start)
            heading = work.ledger.heading(at, target)
            count = rows.filter(
                pl.col("at").is_between(
                    page.start, page.start + page.sheet.grid.height - 1
                )
            )["at"].n_unique()
            work.ledger.add_sheet(MISSING_COLUMN, page, column=heading, value=count)


def minted(prefix: str, claims: pl.DataFrame) -> pl.DataFrame:
    """Give every root its id: `root`, `id`. An id that is known is kept."""
    seed = pl.col("at").is_null()
    ids = claims.sort(seed, descending=True, maintain_order=True)
    known = ids.group_by("root", maintain_order=True).agg(
        pl.col("id").drop_nulls().first(),
        pl.col("code").drop_nulls().first(),
        pl.col("key").drop_nulls().first(),
        pl.col("area").drop_nulls().first(),
    )
    plain = ~pl.col("code").str.contains(ODD)
    coded = pl.when(plain).then(pl.concat_str(pl.lit(f"{prefix}:"), "code"))
    short = hashed(prefix, known.select("area", "key"))
    return known.select("root", pl.coalesce("id", coded, short).alias("id"))


def directory(
    work: Work, kind: str, claims: pl.DataFrame, ids: pl.DataFrame
) -> Directory:
    """Make the directory by which names and codes of a kind are looked up.

    It holds what rows are about, and what an earlier network knows if sheets of it were
    handed down.
    """
    declared = work.schema.kinds[kind]
    every = placed(claims, work.atlas)
    named = _of_rows(work, every)
    if work.recalls:
        recalled = _recalled(work, kind, every)
        named = pl.concat([named, recalled.select(named.columns)])
    named = named.join(
        ids.rename({"id": "node"}), on="root", how="left", maintain_order="left"
    )
    words = _words(kind, declared.caption, named)
    shared = [
        pl.col("root"),
        _shown(kind, declared.caption).alias("name"),
        pl.col("file"),
        pl.col("lost").alias("dead"),
        pl.col("at").is_not_null().alias("listed"),
        *(pl.col(p) for p in PLACES),
    ]
    parts = [
        named.select(word.alias("word"), pl.lit(loose).alias("looseness"), *shared)
        for word, loose in words
    ]
    return Directory(
        pl.concat(parts)
        .filter(pl.col("word").is_not_null())
        .unique(["word", "root", "area", "file"], keep="first", maintain_order=True)
    )


def _of_rows(work: Work, claims: pl.DataFrame) -> pl.DataFrame:
    """Return what rows claim, with their file, and the rejected row of what is lost."""
    named = claims.filter(pl.col("at").is_not_null())
    gone = pl.col("at").is_in(_rejected(work))
    alive = (~gone).any().over("root")
    pages = _page_numbers(work, named["at"])
    files = pl.Series([p.sheet.file for p in work.ledger.pages], dtype=pl.String)
    return named.with_columns(
        pl.when(~alive).then("at").alias("lost"),
        files.gather((pages - 1).cast(pl.Int64)).alias("file"),
    )


def _recalled(work: Work, kind: str, claims: pl.DataFrame) -> pl.DataFrame:
    """Return what an earlier network knows, by its names; it stands in no file."""
    seeded = claims.filter(pl.col("at").is_null()).with_columns(
        lost=pl.lit(None, pl.Int64), file=pl.lit(None, pl.String)
    )
    if work.known is None or not seeded.height:
        return seeded
    caption = work.schema.kinds[kind].caption
    names = work.known.nodes(kind).select("id", caption)
    return seeded.drop(caption).join(names, on="id", how="left", maintain_order="left")


def _shown(kind: str, caption: str) -> pl.Expr:
    """Return names as faults show them: with the superior, or else the unit."""
    if kind != "PartyOrganization":
        return pl.col(caption)
    both = pl.concat_str(caption, pl.lit("（"), "beside", pl.lit("）"))
    return pl.coalesce(both, caption)


def _words(
    kind: str, caption: str, named: pl.DataFrame
) -> list[tuple[pl.Expr | pl.Series, int]]:
    """List the words that a thing is known by: ids, codes and names."""
    plain = name_key(named[caption])
    words: list[tuple[pl.Expr | pl.Series, int]] = [
        (pl.col("node"), 0),
        (name_key(named["code"]), 0),
        (name_key(named["old"]), 0),
    ]
    if kind == "PartyOrganization":
        both = pl.concat_str("stem", "said", separator="|")
        bare = pl.concat_str("stem", pl.lit("|"))
        whole = pl.when(pl.col("name_form").is_null()).then(bare)
        return [*words, (both, 0), (whole, 0), (bare, 1)]
    return [*words, (plain, 0)]
