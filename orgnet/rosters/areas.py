"""The areas of area, grid and compound rosters: their ids and what they belong to."""

from typing import Final

import polars as pl

from orgnet.faults import MISSING_REQUIRED
from orgnet.rosters.claims import merged, subject_claims
from orgnet.rosters.declare import GridType
from orgnet.rosters.faults import (
    AMBIGUOUS_REFERENCE,
    DUPLICATE_ROW,
    UNRESOLVED_REFERENCE,
    WRONG_AREA_CODE,
)
from orgnet.rosters.keys import hashed, name_key
from orgnet.rosters.places import (
    COLUMNS,
    Atlas,
    Placer,
    area_keys,
    levels_of,
    parents_by_code,
)
from orgnet.rosters.work import Work, coalesced, column

CODED: Final = ("area", "kind_Area")
SMALL: Final = ("grid", "compound")
GRID_DIGITS: Final = 15
LARGER: Final = {
    "micro_grid": ("grid",),
    "grid": ("community", "street", "district", "city"),
    "compound": ("community", "street", "district", "city"),
    "community": ("street", "district", "city"),
    "street": ("district", "city"),
    "district": ("city",),
    "functional_area": ("district", "city"),
}


def place_all(work: Work, placer: Placer) -> None:
    """Find the areas that the rosters list, and the place of every row."""
    for name in CODED:
        if name in work.tables:
            _coded(work, name)
    work.tables = placer.paths(work.tables)
    for name in SMALL:
        if name in work.tables:
            _small(work, name)
    work.kill()
    work.tables = placer.leaves(work.tables)


def _coded(work: Work, name: str) -> None:
    """Add the areas of an area roster, larger ones by their codes or by name."""
    table = work.tables[name]
    rows = table.select(
        "at",
        "dead",
        column(table, "area.id").alias("given"),
        column(table, "area.code").alias("code"),
        "area.name",
        coalesced(table, "area.edition").fill_null(work.atlas.edition).alias("edition"),
        column(table, "area.level").cast(pl.String).alias("level"),
        coalesced(table, "parent.code", "parent.name", "place.text").alias("above"),
    )
    coded = levels_of(rows["code"]) if name == "area" else rows["level"]
    rows = rows.with_columns(pl.coalesce("level", coded).alias("level"))
    rows = _with_known_levels(work, rows)
    by_code = pl.concat_str(pl.lit("area:"), "code", pl.lit("@"), "edition")
    key = name_key(rows["area.name"])
    short = hashed("area", rows.select("level", "above").with_columns(key))
    rows = rows.with_columns(
        pl.coalesce("given", by_code, pl.when(key.is_not_null()).then(short)).alias(
            "id"
        )
    )
    _add(work, rows.with_columns(pl.lit(None, pl.String).alias("parent")), name)
    _set_parents(work, rows)
    work.tables[name] = table.with_columns(
        rows["id"].alias("root"), rows["level"].alias("level")
    )


def _with_known_levels(work: Work, rows: pl.DataFrame) -> pl.DataFrame:
    """Reject rows of which nothing tells the level, such as a province's."""
    levels = [*LARGER, "city"]
    rows = rows.with_columns(pl.when(pl.col("level").is_in(levels)).then("level"))
    for at in rows.filter(pl.col("level").is_null() & ~pl.col("dead"))["at"]:
        work.ledger.add(MISSING_REQUIRED, at, "area.level")
    return rows.with_columns(pl.col("dead") | pl.col("level").is_null())


def _add(work: Work, rows: pl.DataFrame, name: str) -> None:
    """Put listed areas into the atlas; those of rejected rows to be waited for."""
    listed = rows.with_columns(
        pl.col("area.name").alias("name"), pl.lit(value=True).alias("listed")
    ).filter(pl.col("id").is_not_null())
    alive = listed.filter(~pl.col("dead"))
    again = alive.with_columns(_page(work, alive["at"]).alias("page"))
    _reject_repeated(work, again, name)
    work.atlas.add(alive.select(COLUMNS.keys()))
    dead = listed.filter(pl.col("dead") & pl.col("level").is_not_null())
    known = pl.Series(work.atlas.areas["id"]).implode()
    dead = dead.filter(~pl.col("id").is_in(known))
    work.atlas.lose(dead.select("at", *COLUMNS.keys()))


def _page(work: Work, at: pl.Series) -> pl.Series:
    return pl.Series(work.ledger.starts).search_sorted(at, side="right")


def _reject_repeated(work: Work, rows: pl.DataFrame, name: str) -> None:
    first = pl.struct("page", "id").is_first_distinct()
    firsts = rows.filter(first).select("page", "id", pl.col("at").alias("first"))
    again = rows.filter(~first).join(firsts, on=["page", "id"], how="left")
    slot = work.layouts[name].things[0].slot
    for at, text, code, earlier in again.select(
        "at", "area.name", "code", "first"
    ).iter_rows():
        where = work.ledger.where(earlier)["row"]
        target = f"{slot}.name" if code is None else f"{slot}.code"
        words = (f"row {where}", f"第{where}行")
        work.ledger.add(DUPLICATE_ROW, at, target, code or text, words)


def _set_parents(work: Work, rows: pl.DataFrame) -> None:
    """Find the larger area of coded areas: by code, else by what the row says."""
    atlas = work.atlas
    there = dict.fromkeys(atlas.areas["id"], True)
    ups = parents_by_code(rows.select("id", "code", "edition"))
    known = [
        pl.when(pl.col(c).replace_strict(there, default=False, return_dtype=pl.Boolean)
                & (pl.col(c) != pl.col("id"))).then(c)
        for c in ups.columns[1:]
    ]  # fmt: skip
    by_code = ups.select("id", pl.coalesce(known).alias("parent"))
    atlas.set_parents(by_code)
    nearest = by_code.unique("id").rename({"parent": "up"})
    rows = rows.join(nearest, on="id", how="left", maintain_order="left")
    said = rows.filter(
        pl.col("above").is_not_null() & pl.col("id").is_not_null() & ~pl.col("dead")
    )
    if not said.height:
        return
    levels = pl.col("level").replace_strict(
        {k: list(v) for k, v in LARGER.items()},
        default=[],
        return_dtype=pl.List(pl.String),
    )
    as_given = pl.col("above").str.contains("^area:|^[0-9]+$")
    wanted = said.select(
        "at",
        "id",
        "above",
        pl.when(as_given).then("above").otherwise(name_key(said["above"])).alias("key"),
        pl.col("up").alias("up"),
        levels.alias("levels"),
    )
    found = _near_or_anywhere(atlas, wanted)
    _note(work, found, "parent.name")
    atlas.set_parents(found.select("id", pl.col("found").alias("parent")))


def _near_or_anywhere(atlas: Atlas, wanted: pl.DataFrame) -> pl.DataFrame:
    """Look larger areas up: the one that the code tells may be meant, else any."""
    near = atlas.find(wanted)
    lost = near.filter(pl.col("fits") != 1).select(wanted.columns)
    far = atlas.find(lost.with_columns(pl.lit(None, pl.String).alias("up")))
    return pl.concat([near.filter(pl.col("fits") == 1), far])


def _note(work: Work, found: pl.DataFrame, target: str) -> None:
    missed = found.filter(pl.col("found").is_null())
    for at, value, fits, names, gone in missed.select(
        "at", "above", "fits", "names", "gone"
    ).iter_rows():
        if gone is not None:
            work.ledger.wait(at, gone)
            continue
        header = work.ledger.page(at).header
        targets = header.targets if header else frozenset()
        named = [t for t in (target, "parent.code", "place.text") if t in targets]
        kind = AMBIGUOUS_REFERENCE if fits else UNRESOLVED_REFERENCE
        work.ledger.add(kind, at, (named or [target])[0], value, names or "")


def _small(work: Work, name: str) -> None:
    """Add the grids or compounds of a roster to the areas their rows stand in."""
    table = work.tables[name]
    table = (
        _with_grid_types(table)
        if name == "grid"
        else table.with_columns(pl.lit("compound").alias("level"))
    )
    rows = table.select(
        "at", "dead", "level", "area.name", "place",
        coalesced(table, "area.code", "area.number").alias("code"),
        column(table, "parent.name").alias("above"),
    )  # fmt: skip
    by_code = pl.concat_str(pl.lit("area:"), "code", pl.lit(f"@{work.atlas.edition}"))
    home = pl.when(pl.col("code").str.len_chars() == GRID_DIGITS).then(
        pl.concat_str(
            pl.lit("area:"),
            pl.col("code").str.head(12),
            pl.lit(f"@{work.atlas.edition}"),
        )
    )
    there = dict.fromkeys(work.atlas.areas["id"], True)
    real = home.replace_strict(there, default=False, return_dtype=pl.Boolean)
    rows = rows.with_columns(
        pl.coalesce("place", pl.when(real).then(home)).alias("parent")
    )
    keys = area_keys(rows["area.name"])["key"]
    if name == "grid":
        _note_wrong_codes(work, rows)
    short = hashed("area", rows.select("level", "parent").with_columns(keys))
    named = pl.when(pl.col("area.name").is_not_null()).then(short)
    rows = rows.with_columns(pl.coalesce(by_code, named).alias("id"))
    rows = _kept_ids(work, rows)
    _add(work, rows, name)
    if name == "grid":
        _set_micro_parents(work, rows)
    work.tables[name] = table.with_columns(rows["id"].alias("root"))


def _note_wrong_codes(work: Work, rows: pl.DataFrame) -> None:
    """Note grids whose code begins with the code of another community than theirs."""
    codes = work.atlas.areas.filter(pl.col("level") == "community").select(
        pl.col("id").alias("place"), pl.col("code").alias("of_place")
    )
    coded = rows.filter(
        ~pl.col("dead") & (pl.col("code").str.len_chars() == GRID_DIGITS)
    )
    joined = coded.join(codes.drop_nulls(), on="place", maintain_order="left")
    wrong = joined.filter(~pl.col("code").str.starts_with(pl.col("of_place")))
    for at, code, of_place in wrong.select("at", "code", "of_place").iter_rows():
        work.ledger.add(WRONG_AREA_CODE, at, "area.code", code, of_place)


def _with_grid_types(table: pl.DataFrame) -> pl.DataFrame:
    """Read level and exclusiveness from the type of a grid."""
    dtype = pl.Enum(sorted(m.value for m in GridType))
    type_ = column(table, "area.type", dtype).cast(pl.String)
    exclusive = pl.when(type_.is_not_null()).then(type_ == "exclusive")
    return table.with_columns(
        pl.when(type_ == "micro_grid")
        .then(pl.lit("micro_grid"))
        .otherwise(pl.lit("grid"))
        .alias("level"),
        pl.coalesce(column(table, "area.exclusive", pl.Boolean), exclusive).alias(
            "area.exclusive"
        ),
    )


def _kept_ids(work: Work, rows: pl.DataFrame) -> pl.DataFrame:
    """Keep the ids that an earlier network gave to grids and compounds."""
    if work.known is None:
        return rows
    old = work.known.nodes("Area").select(
        pl.col("id").alias("old"), "name", pl.col("level").cast(pl.String)
    )
    index = work.known.index()
    start = work.known.offsets["Area"]
    above = index.id_of(index.larger[start : start + old.height])
    old = old.with_columns(above.alias("parent"), name_key(old["name"]).alias("key"))
    once = old.unique(["level", "parent", "key"], keep="none").drop("name")
    keyed = rows.with_columns(name_key(rows["area.name"]).alias("key"))
    there = pl.col("id").is_in(old["old"].implode())
    joined = keyed.join(
        once, on=["level", "parent", "key"], how="left", maintain_order="left"
    )
    chosen = pl.when(there).then("id").otherwise(pl.coalesce("old", "id"))
    return joined.with_columns(chosen.alias("id")).drop("old", "key")


def _set_micro_parents(work: Work, rows: pl.DataFrame) -> None:
    """Put micro-grids into the grids they name."""
    said = rows.filter(
        pl.col("above").is_not_null()
        & (pl.col("level") == "micro_grid")
        & ~pl.col("dead")
    )
    if not said.height:
        return
    wanted = said.select(
        "at", "id", "above", name_key(said["above"]).alias("key"),
        pl.col("parent").alias("up"), pl.lit(["grid"]).alias("levels"),
    )  # fmt: skip
    found = work.atlas.find(wanted)
    _note(work, found, "parent.name")
    work.atlas.move(found.select("id", pl.col("found").alias("parent")))


def area_nodes(work: Work) -> pl.DataFrame:
    """Return one row an area: `root` (its id), `at` and the attributes."""
    claims = subject_claims(work, "Area")
    by_root = [
        t.select("at", pl.col("root"), pl.col("level").alias("_level"))
        for t in work.tables.values()
        if "root" in t.columns
    ]
    schema = {"at": pl.Int64, "root": pl.String, "_level": pl.String}
    known = pl.concat([pl.DataFrame(schema=schema), *by_root])
    claims = claims.join(known, on="at", how="left", maintain_order="left")
    kind = work.schema.kinds["Area"].attributes()
    said = {
        "level": pl.coalesce(pl.col("level").cast(pl.String), "_level"),
        "demonstration": pl.coalesce(
            pl.col("demonstration"),
            pl.when(pl.col("demonstration_batch").is_not_null()).then(
                pl.lit(value=True)
            ),
        ),
        "edition": pl.coalesce(
            "edition",
            pl.when(pl.col("code").is_not_null()).then(pl.lit(work.atlas.edition)),
        ),
    }
    claims = claims.with_columns(
        v.cast(kind[n].dtype).alias(n) for n, v in said.items()
    )
    return _with_skeleton(work, claims)


def _with_skeleton(work: Work, claims: pl.DataFrame) -> pl.DataFrame:
    """Merge what rosters say into the areas of the skeleton and those made by name."""
    declared = work.schema.kinds["Area"].attributes()
    dtypes = {n: a.dtype for n, a in declared.items()}
    made = work.atlas.areas.select(pl.col("id").alias("root"), "name", "code", "level")
    made = made.with_columns(pl.col("level").cast(dtypes["level"]))
    base = [f for f in (work.skeleton, made) if f is not None]
    more = pl.concat(base, how="diagonal_relaxed")
    return merged(work, "Area", claims.filter(pl.col("root").is_not_null()), more)
