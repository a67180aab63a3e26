"""What the names in other columns refer to: a superior, an owner, a unit, an area."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from orgnet.rosters import cells
from orgnet.rosters.claims import decided, spot
from orgnet.rosters.declare import Layout, Thing
from orgnet.rosters.faults import (
    AMBIGUOUS_REFERENCE,
    UNRESOLVED_REFERENCE,
    rejecting,
)
from orgnet.rosters.keys import name_key
from orgnet.rosters.match import placed
from orgnet.rosters.work import SLOT, Work, column
from orgnet.schema.vocabulary import AreaLevel

ANY_LEVEL: Final = tuple(level.value for level in AreaLevel)
AREA_SETTINGS: Final = ("city", "district", "street", "community", "compound", "grid")
MENTION: Final = {
    "m": pl.UInt32,
    "at": pl.Int64,
    "text": pl.String,
    "code": pl.String,
    "area": pl.String,
    "file": pl.String,
}
FOUND: Final = {
    "m": pl.UInt32,
    "id": pl.String,
    "kind": pl.String,
    "dead": pl.Int64,
    "fits": pl.UInt32,
    "names": pl.String,
}


def mentions(work: Work, thing: Thing, table: pl.DataFrame) -> pl.DataFrame:
    """List what the live rows of a table say in a slot: one row a name."""
    slot = thing.slot
    codes = ("id", "uscc", "code", "org_code", "org_in_uscc", "number")
    frame = table.filter(~pl.col("dead")).select(
        "at",
        column(table, f"{slot}.name").cast(pl.String).alias("text"),
        *(column(table, f"{slot}.{c}").alias(f"_{c}") for c in codes),
        spot("", table).alias("area"),
    )
    if thing.several:
        frame = _each(frame)
    else:
        frame = frame.with_columns(_text(frame, c) for c in codes)
    frame = frame.with_columns(pl.coalesce(f"_{c}" for c in codes).alias("code"))
    frame = frame.filter(pl.col("text").is_not_null() | pl.col("code").is_not_null())
    return _with_files(work, frame.with_row_index("m")).select(MENTION.keys())


def _text(frame: pl.DataFrame, code: str) -> pl.Expr:
    """Return the one code of a cell that may hold several."""
    name = f"_{code}"
    if frame.schema[name] == pl.List(pl.String):
        return pl.col(name).list.drop_nulls().list.first().alias(name)
    return pl.col(name).cast(pl.String)


def _each(frame: pl.DataFrame) -> pl.DataFrame:
    """Give each of several names in a cell a row, and its code if there are as many."""
    names = cells.split_names(frame["text"])
    count = names.list.len()
    codes = [c for c in frame.columns if frame.schema[c] == pl.List(pl.String)]
    frame = frame.with_columns(names.alias("text"))
    fitted = [
        pl.when(pl.col(c).list.len() == count).then(c).otherwise(
            pl.lit(None, pl.String).repeat_by(count)
        ).alias(c)
        for c in codes
    ]  # fmt: skip
    plain = [
        pl.when(count.fill_null(1) <= 1).then(c).alias(c)
        for c in frame.columns
        if c.startswith("_") and c not in codes
    ]
    frame = frame.with_columns(*fitted, *plain)
    named = frame.filter(count.is_not_null()).explode("text", *codes)
    bare = frame.filter(count.is_null()).with_columns(
        pl.lit(None, pl.String).alias("text"), *(_text(frame, c[1:]) for c in codes)
    )
    return pl.concat([named, bare])


def _with_files(work: Work, frame: pl.DataFrame) -> pl.DataFrame:
    pages = pl.Series(work.ledger.starts).search_sorted(frame["at"], side="right")
    files = pl.Series([p.sheet.file for p in work.ledger.pages], dtype=pl.String)
    return frame.with_columns(files.gather((pages - 1).cast(pl.Int64)).alias("file"))


def looked_up(work: Work, kinds: Sequence[str], said: pl.DataFrame) -> pl.DataFrame:
    """Find what mentions refer to.

    Codes come before names. A name that ends like a party organization's is looked for
    among these first; an area may stand for what is looked for if the kinds say so.

    Returns
    -------
    polars.DataFrame
        One row a mention, in the order given: the columns of `FOUND`.
    """
    said = placed(said, work.atlas)
    tried = [_by_code(work, kinds, said)]
    alone = len(kinds) == 1  # else a form tells an organization from its area
    tried += [_by_name(work, k, said, loosely=alone) for k in kinds if k != "Area"]
    if "Area" in kinds:
        tried.append(_areas(work, said))
    form = cells.name_form(said["text"])[1]
    partisan = said.select("m").with_columns(form.is_not_null().alias("partisan"))
    found = pl.concat([t.with_columns(order=pl.lit(i)) for i, t in enumerate(tried)])
    found = found.join(partisan, on="m").with_columns(
        first=pl.when(pl.col("partisan") & (pl.col("kind") == "PartyOrganization"))
        .then(0)
        .otherwise(1)
    )
    code_first = pl.when(pl.col("order") == 0).then(-1).otherwise(pl.col("first"))
    ranked = found.sort(
        "m", code_first, pl.col("id").is_null(), "order", maintain_order=True
    )
    best = ranked.unique("m", keep="first", maintain_order=True).select(FOUND.keys())
    return said.select("m").join(best, on="m", how="left", maintain_order="left")


def _by_code(work: Work, kinds: Sequence[str], said: pl.DataFrame) -> pl.DataFrame:
    coded = said.filter(pl.col("code").is_not_null())
    word = _as_id(coded["code"], name_key(coded["code"]))
    parts = [
        _found(work, kind, coded.with_columns(word.alias("word")))
        for kind in kinds
        if kind != "Area"
    ]
    return pl.concat([pl.DataFrame(schema=FOUND), *parts]).filter(
        pl.col("id").is_not_null() | pl.col("dead").is_not_null()
    )


def _by_name(
    work: Work, kind: str, said: pl.DataFrame, *, loosely: bool
) -> pl.DataFrame:
    parts = [
        _found(work, kind, said.with_columns(w.alias("word")), loosely=loosely)
        for w in _words(work, kind, said)
    ]
    return pl.concat(parts).unique("m", keep="first", maintain_order=True)


def _words(work: Work, kind: str, said: pl.DataFrame) -> list[pl.Series]:
    """Return the words by which names are looked up, the surest first."""
    key = decided(work, kind, said["text"], said["area"])
    plain = _as_id(said["text"], key)
    if kind != "PartyOrganization":
        return [plain]
    stem, form = cells.name_form(key)
    both = pl.DataFrame({"s": stem, "f": form.cast(pl.String).fill_null("")}).select(
        pl.concat_str("s", "f", separator="|")
    )
    return [both.to_series(), plain]


def rivals(work: Work, kind: str, said: pl.DataFrame) -> pl.DataFrame:
    """List what names that fit several of a kind may mean: `m`, `at`, `id`."""
    asked = _recalling(work, placed(said.select(MENTION.keys()), work.atlas))
    directory = work.directories[kind]
    parts = [
        directory.fitting(asked.with_columns(w.alias("word"))).with_columns(
            order=pl.lit(i)
        )
        for i, w in enumerate(_words(work, kind, asked))
    ]
    hits = pl.concat(parts).filter(pl.col("order") == pl.col("order").min().over("m"))
    named = hits.join(work.ids[kind], on="root")
    return named.join(asked.select("m", "at"), on="m").select("m", "at", "id")


def _as_id(text: pl.Series, key: pl.Series) -> pl.Series:
    """Take ids as they are written: their letters are not those of a match key."""
    frame = pl.DataFrame({"text": text, "key": key})
    is_id = pl.col("text").str.contains("^[a-z_]+:")
    return frame.select(pl.when(is_id).then("text").otherwise("key")).to_series()


def _recalling(work: Work, said: pl.DataFrame) -> pl.DataFrame:
    """Mark the mentions that may mean what only an earlier network knows."""
    if not work.recalls:
        return said.with_columns(recalls=pl.lit(value=False))
    return said.with_columns(work.handed_down(said["at"]).alias("recalls"))


def _found(
    work: Work, kind: str, said: pl.DataFrame, *, loosely: bool = True
) -> pl.DataFrame:
    directory = work.directories.get(kind)
    if directory is None or not said.height:
        return pl.DataFrame(schema=FOUND)
    hits = directory.find(_recalling(work, said), loosely=loosely)
    ids = work.ids[kind]
    return (
        hits.join(ids, on="root", how="left", maintain_order="left")
        .with_columns(pl.lit(kind).alias("kind"))
        .with_columns(pl.when(pl.col("dead").is_null()).then("id").alias("id"))
        .select(pl.col(n).cast(t) for n, t in FOUND.items())
    )


def _areas(work: Work, said: pl.DataFrame) -> pl.DataFrame:
    key = name_key(said["text"])
    wanted = said.select(
        "m",
        _as_id(said["text"], key).alias("key"),
        pl.col("area").alias("up"),
        pl.lit(list(ANY_LEVEL)).alias("levels"),
    )
    found = work.atlas.find(wanted)
    wider = found.filter(pl.col("fits") == 0).select("m", "key", "up", "levels")
    again = work.atlas.find(wider.with_columns(pl.lit(None, pl.String).alias("up")))
    both = pl.concat(
        [found.filter(pl.col("fits") > 0), again.filter(pl.col("fits") > 0)]
    )
    return both.select(
        "m",
        pl.col("found").alias("id"),
        pl.lit("Area").alias("kind"),
        pl.col("gone").alias("dead"),
        pl.col("fits").cast(pl.UInt32),
        "names",
    )


def resolve(work: Work, layout: Layout, thing: Thing, table: pl.DataFrame) -> None:
    """Find what a slot refers to in every row, and note what cannot be found."""
    said = mentions(work, thing, table)
    found = said.join(
        looked_up(work, thing.kinds, said), on="m", how="left", maintain_order="left"
    )
    settle(work, layout, thing, found)


def settle(work: Work, layout: Layout, thing: Thing, found: pl.DataFrame) -> None:
    """Keep what was found in a slot, and note the rest."""
    good = found.filter(pl.col("id").is_not_null())
    work.slots[layout.name, thing.slot] = good.select(SLOT.keys()).unique(
        maintain_order=True
    )
    missed = found.filter(pl.col("id").is_null())
    if thing.quiet:
        return
    _note(work, thing, missed)


def _note(work: Work, thing: Thing, missed: pl.DataFrame) -> None:
    target = f"{thing.slot}.name"
    unknown = missed.filter(pl.col("dead").is_null() & pl.col("fits").is_null())
    work.missed.append(
        unknown.select("at", "text", "area", pl.lit(list(thing.kinds)).alias("kinds"))
    )
    for at, text, code, dead, fits, names in missed.select(
        "at", "text", "code", "dead", "fits", "names"
    ).iter_rows():
        if dead is not None:
            work.ledger.wait(at, dead)
            if thing.key:
                work.ledger.reject(at)
            continue
        kind = AMBIGUOUS_REFERENCE if fits else UNRESOLVED_REFERENCE
        kind = rejecting(kind) if thing.key else kind
        work.ledger.add(kind, at, target, text or code, names or "")
