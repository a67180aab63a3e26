"""The areas that rosters name: which area each row stands in.

Areas come from a skeleton that is given, from area, grid and compound rosters, and from
the columns 区县, 街道, 社区 of all others. A name is looked up within the larger area
that its row names. Where the rosters list the areas of a larger one, a name that is not
among them is a fault; where they do not, the name makes the area.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import polars as pl

from orgnet.errors import OrgnetError
from orgnet.rosters.faults import AMBIGUOUS_REFERENCE, UNRESOLVED_REFERENCE
from orgnet.rosters.keys import hashed, name_key
from orgnet.rosters.ledger import Ledger
from orgnet.schema.identifiers import area_level

if TYPE_CHECKING:
    from orgnet.network import Network

UNSTATED: Final = "unstated"  # the edition of codes whose year nobody told
GONE: Final = 10  # how much looser the areas of rejected rows fit than all others
PATH: Final = ("city", "district", "street", "community")
ABOVE: Final = ("city", "district", "street", "community", "grid")
LONGEST: Final = 6  # steps up from a micro-grid to the city, and one more
COLUMNS: Final = {
    "id": pl.String,
    "level": pl.String,
    "name": pl.String,
    "code": pl.String,
    "parent": pl.String,
    "listed": pl.Boolean,
}
ENDINGS: Final = (  # one way to write what offices write in several
    (r"\(筹\)|筹备组$", ""),
    (r"(?:社区)?(?:居民委员会|居委会+)$|社区委会$", "社区"),
    (r"村?(?:村民委员会|村委会)$|村社区$", "村"),
    (r"街道(?:办事处|办)$|街办$", "街道"),
    (r"([镇乡])(?:人民政府|政府)$", "${1}"),
)
LAST_WORDS: Final = r"(?:社区|街道|小区|院落|网格|[区县市镇乡村])$"


def area_keys(names: pl.Series) -> pl.DataFrame:
    """Return three keys to match area names by, each looser than the one before.

    Examples
    --------
    >>> area_keys(pl.Series(["和平社区居委会", "天回镇街道办"])).rows()
    [('和平社区居委会', '和平社区', '和平'), ('天回镇街道办', '天回镇街道', '天回镇')]
    """
    key = name_key(names)
    plain = pl.col("key")
    for shape, words in ENDINGS:
        plain = plain.str.replace(shape, words)
    stem = plain.str.replace(LAST_WORDS, "")
    return pl.DataFrame({"key": key}).select(
        "key",
        plain.alias("plain"),
        pl.when(stem.str.len_chars() > 1).then(stem).otherwise(plain).alias("stem"),
    )


class Atlas:
    """All areas, and how they are found by name.

    Parameters
    ----------
    edition
        Edition of the area codes.
    """

    def __init__(self, edition: str) -> None:
        self.edition = edition
        self.areas = pl.DataFrame(schema=COLUMNS)
        self.lost = pl.DataFrame(schema={"at": pl.Int64, **COLUMNS})
        self.recalled = pl.Series("id", [], pl.String)
        self._chain: pl.DataFrame | None = None
        self._words: pl.DataFrame | None = None

    def add(self, areas: pl.DataFrame) -> None:
        """Add areas that are not there yet; of two with one id the first counts."""
        new = areas.select(pl.col(n).cast(t) for n, t in COLUMNS.items())
        own = ~pl.col("id").is_in(self.recalled.implode())
        known = self.areas.filter(own)["id"].implode()
        fresh = new.filter(pl.col("id").is_not_null() & ~pl.col("id").is_in(known))
        if fresh.height:
            once = fresh.unique("id", keep="first", maintain_order=True)
            again = pl.col("id").is_in(once["id"].implode())
            self.areas = pl.concat([self.areas.filter(~again), once])
            self.recalled = self.recalled.filter(
                ~self.recalled.is_in(once["id"].implode())
            )
            self._chain = self._words = None

    def recall(self, areas: pl.DataFrame) -> None:
        """Add areas of an earlier network, to find names in: no roster lists them.

        One that a roster names by its id takes its place.
        """
        before = self.areas["id"]
        self.add(areas.with_columns(listed=pl.lit(value=False)))
        new = self.areas["id"]
        self.recalled = new.filter(~new.is_in(before.implode()))

    def lose(self, areas: pl.DataFrame) -> None:
        """Remember areas whose rows were rejected: `at` and the columns of areas."""
        new = areas.select(pl.col(n).cast(t) for n, t in self.lost.schema.items())
        new = new.filter(~pl.col("id").is_in(self.lost["id"].implode()))
        new = new.unique("id", keep="first", maintain_order=True)
        if new.height:
            self.lost = pl.concat([self.lost, new])
            self._chain = self._words = None

    def move(self, parents: pl.DataFrame) -> None:
        """Give areas other larger areas: `id`, `parent`."""
        moved = parents.drop_nulls().unique("id", keep="first", maintain_order=True)
        joined = self.areas.join(
            moved, on="id", how="left", suffix="_new", maintain_order="left"
        )
        self.areas = joined.with_columns(
            pl.coalesce("parent_new", "parent").alias("parent")
        )
        self.areas = self.areas.drop("parent_new")
        self._chain = self._words = None

    def set_parents(self, parents: pl.DataFrame) -> None:
        """Fill in the larger areas of some: `id`, `parent`."""
        known = parents.drop_nulls().unique("id", keep="first", maintain_order=True)
        joined = self.areas.join(
            known, on="id", how="left", suffix="_new", maintain_order="left"
        )
        merged = pl.coalesce("parent", "parent_new").alias("parent")
        self.areas = joined.with_columns(merged).drop("parent_new")
        self._chain = self._words = None

    @property
    def chain(self) -> pl.DataFrame:
        """The areas with the id of the area of each level that they lie in."""
        if self._chain is None:
            self._chain = _with_ancestors(self.areas)
        return self._chain

    @property
    def words(self) -> pl.DataFrame:
        """All ways to write each area: `word`, `looseness`, `id` and its ancestors."""
        if self._words is None:
            lost = _with_ancestors(pl.concat([self.areas, self.lost.drop("at")]))
            gone = _spellings(
                lost.filter(pl.col("id").is_in(self.lost["id"].implode()))
            )
            gone = gone.with_columns(pl.col("looseness") + GONE)
            self._words = pl.concat([_spellings(self.chain), gone])
        return self._words

    def level_of(self, ids: pl.Series) -> pl.Series:
        """Return the levels of these areas."""
        levels = dict(self.areas.select("id", "level").iter_rows())
        return ids.replace_strict(levels, default=None, return_dtype=pl.String)

    def within(self, ids: pl.Series, level: str) -> pl.Series:
        """Return the area of a level that each of these lies in, itself included."""
        frame = (
            ids.alias("id")
            .to_frame()
            .join(
                self.chain.select("id", level),
                on="id",
                how="left",
                maintain_order="left",
            )
        )
        return frame[level]

    def find(self, wanted: pl.DataFrame) -> pl.DataFrame:
        """Look areas up.

        Parameters
        ----------
        wanted
            `key` (a match key, a code or an id), `up` (the area it must lie in; null
            for anywhere) and `levels` (list of what it may be).

        Returns
        -------
        polars.DataFrame
            The rows as given, with `found` (an id if exactly one fits) and `fits` (how
            many do), `names` of these, and `gone`: the rejected row of the area, if
            only such a one fits; it is not found then.
        """
        rows = wanted.with_row_index("i")
        hits = (
            _asked(rows)
            .join(self.words, on="word", how="inner")
            .filter(
                pl.col("level").is_in(pl.col("levels"))
                & (
                    pl.col("up").is_null()
                    | pl.any_horizontal(pl.col("up") == pl.col(a) for a in ABOVE)
                    | (pl.col("up") == pl.col("id"))
                )
            )
        )
        loose = pl.col("looseness") + pl.col("given_loosely")
        closest = hits.filter(loose == loose.min().over("i")).unique(["i", "id"])
        told = (
            closest.sort("i", "id")
            .group_by("i", maintain_order=True)
            .agg(
                pl.col("id").first().alias("found"),
                pl.len().alias("fits"),
                pl.concat_str("name", pl.lit(" "), "id")
                .head(5)
                .str.join(", ")
                .alias("names"),
            )
        )
        done = rows.join(told, on="i", how="left", maintain_order="left").drop("i")
        lost = self.lost.select(pl.col("id").alias("found"), pl.col("at").alias("gone"))
        done = done.join(
            lost.unique("found"), on="found", how="left", maintain_order="left"
        )
        one = (pl.col("fits") == 1) & pl.col("gone").is_null()
        return done.with_columns(
            pl.when(one).then("found").alias("found"), pl.col("fits").fill_null(0)
        )

    def lists(self, ups: pl.DataFrame) -> pl.Series:
        """Tell whether areas of a level are listed within an area: `up`, `level`."""
        listed = self.chain.filter("listed")
        inside = pl.concat(
            [listed.select("level", pl.col(a).alias("up"), "id") for a in ABOVE]
        ).filter(pl.col("up") != pl.col("id"))
        anywhere = listed.select("level", pl.lit(None, pl.String).alias("up"))
        known = pl.concat([inside.select("level", "up"), anywhere]).unique()
        known = known.with_columns(there=pl.lit(value=True))
        joined = ups.join(
            known,
            on=["up", "level"],
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        return joined["there"].fill_null(value=False)


def _asked(rows: pl.DataFrame) -> pl.DataFrame:
    """Return each name as it is, and as offices might else write it."""
    plain = area_keys(rows["key"])["plain"]
    asked = rows.select("i", "up", "levels", pl.col("key").alias("word"))
    exact = asked.with_columns(pl.lit(0).alias("given_loosely"))
    other = asked.with_columns(plain.alias("word"), pl.lit(1).alias("given_loosely"))
    is_code = pl.col("word").str.contains("^area:|^[0-9]+$")
    return pl.concat([exact, other.filter(~is_code)])


def _with_ancestors(areas: pl.DataFrame) -> pl.DataFrame:
    up = areas.select(
        pl.col("id").alias("at"), "parent", pl.col("level").alias("at_level")
    )
    walk = areas.select("id", pl.col("id").alias("at"))
    found = {level: pl.lit(None, pl.String) for level in ABOVE}
    frame = areas
    for step in range(LONGEST):
        here = walk.join(up, on="at", how="left", maintain_order="left")
        frame = frame.with_columns(
            here["at"].alias(f"_at{step}"), here["at_level"].alias(f"_level{step}")
        )
        walk = here.select("id", pl.col("parent").alias("at"))
    for level in ABOVE:
        steps = [
            pl.when(pl.col(f"_level{s}") == level).then(f"_at{s}")
            for s in range(LONGEST)
        ]
        found[level] = pl.coalesce(steps).alias(level)
    return frame.select(*areas.columns, *found.values())


def _spellings(chain: pl.DataFrame) -> pl.DataFrame:
    """List every way to write an area: alone, after larger ones, by code, by id."""
    keys = area_keys(chain["name"])
    named = chain.with_columns(keys)
    above = chain.select("id", pl.Series("upper", keys["key"]))
    for level in PATH:
        named = named.join(
            above.rename({"id": level, "upper": f"{level}_key"}),
            on=level,
            how="left",
            maintain_order="left",
        )
    shown = ("id", "level", "name", *ABOVE)
    ways = [
        named.select(
            _after(before, form).alias("word"),
            pl.lit(loose).alias("looseness"),
            *_kept(shown),
        )
        for loose, form in enumerate(("key", "plain", "stem"))
        for before in (PREFIXES if form != "stem" else PREFIXES[:1])
    ]
    codes = [
        named.select(
            pl.col(c).alias("word"), pl.lit(0).alias("looseness"), *_kept(shown)
        )
        for c in ("code", "id")
    ]
    every = pl.concat([*ways, *codes]).filter(pl.col("word").is_not_null())
    return every.sort("looseness", maintain_order=True).unique(
        ["word", "id"], keep="first", maintain_order=True
    )


PREFIXES: Final[tuple[tuple[str, ...], ...]] = (
    (),
    ("community",),
    ("street",),
    ("street", "community"),
    ("district",),
    ("district", "community"),
    ("district", "street"),
    ("district", "street", "community"),
    ("city", "district"),
    ("city", "district", "street"),
    ("city", "district", "street", "community"),
    ("city",),
    ("city", "street"),
    ("city", "street", "community"),
    ("city", "district", "community"),
    ("city", "community"),
)


def _after(before: Sequence[str], form: str) -> pl.Expr:
    """Write an area after some of those it lies in; null where it lacks one of them."""
    other = [pl.col(b) != pl.col("id") for b in before]
    text = pl.concat_str([pl.col(f"{b}_key") for b in before] + [pl.col(form)])
    return pl.when(pl.all_horizontal(other)).then(text) if other else pl.col(form)


def _kept(names: Iterable[str]) -> list[pl.Expr]:
    return [pl.col(n) for n in names]


def skeleton(
    areas: "Network | pl.DataFrame", edition: str | None
) -> tuple[pl.DataFrame, str]:
    """Read a skeleton of areas, and the edition of its codes.

    Parameters
    ----------
    areas
        A network, or a frame with `code`, `name`, `level` and `parent_code`.
    edition
        The edition to take; the latest of the network if not given.

    Raises
    ------
    OrgnetError
        If the frame lacks a column.
    """
    if isinstance(areas, pl.DataFrame):
        return _of_frame(areas, edition or UNSTATED), edition or UNSTATED
    nodes = areas.nodes("Area")
    latest = nodes["edition"].drop_nulls().max()
    chosen = edition or (str(latest) if latest is not None else UNSTATED)
    kept = nodes.filter(pl.col("edition").is_null() | (pl.col("edition") == chosen))
    order = pl.col("primary").fill_null(value=False)
    parents = (
        areas.ties("PART_OF")
        .sort(["from", order, "to"], descending=[False, True, False])
        .unique("from", keep="first", maintain_order=True)
        .select(pl.col("from").alias("id"), pl.col("to").alias("parent"))
    )
    joined = kept.join(parents, on="id", how="left", maintain_order="left")
    return joined.with_columns(listed=pl.lit(value=True)).select(COLUMNS.keys()), chosen


def _of_frame(areas: pl.DataFrame, edition: str) -> pl.DataFrame:
    needed = ["code", "name", "level", "parent_code"]
    absent = sorted(set(needed) - set(areas.columns))
    if absent:
        msg = f"the frame of areas lacks {absent}; it needs {needed}, or give a Network"
        raise OrgnetError(msg, absent)
    text = areas.with_columns(pl.col(needed).cast(pl.String).replace("", None))
    return text.select(
        _area_id(pl.col("code"), edition).alias("id"),
        "level",
        "name",
        "code",
        _area_id(pl.col("parent_code"), edition).alias("parent"),
        pl.lit(value=True).alias("listed"),
    )


def _area_id(code: pl.Expr, edition: str | pl.Expr) -> pl.Expr:
    end = pl.lit(edition) if isinstance(edition, str) else edition
    return pl.concat_str(pl.lit("area:"), code, pl.lit("@"), end)


def levels_of(codes: pl.Series) -> pl.Series:
    """Return the levels that area codes stand for."""
    known = {c: area_level(c) for c in codes.drop_nulls().unique()}
    return codes.replace_strict(known, default=None, return_dtype=pl.String)


def parents_by_code(rows: pl.DataFrame) -> pl.DataFrame:
    """Find the larger area of coded areas by the beginning of their codes.

    Takes `id`, `code`, `edition`; returns `id` and the candidates `up0` (nearest) to
    `up2`, which need not exist.
    """
    length = pl.col("code").str.len_chars()
    city = pl.concat_str(pl.col("code").str.head(4), pl.lit("00"))
    cuts = [
        pl.when(length > n).then(pl.col("code").str.head(n)) for n in (12, 9, 6)
    ] + [pl.when(length >= 6).then(city)]  # noqa: PLR2004  digits of a district
    return rows.select(
        "id",
        *(_area_id(c, pl.col("edition")).alias(f"up{i}") for i, c in enumerate(cuts)),
    )


class Placer:
    """Finds the place of every row of every roster.

    Parameters
    ----------
    atlas
        The areas.
    ledger
        Where faults are noted.
    """

    def __init__(self, atlas: Atlas, ledger: Ledger) -> None:
        self.atlas = atlas
        self.ledger = ledger
        self.made = 0

    def paths(self, tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
        """Add the column `place` to all tables: the deepest of city to community."""
        columns = [f"place.{level}" for level in PATH]
        parts = [_with(t, columns).select("at", *columns) for t in tables.values()]
        rows = pl.concat(parts) if parts else pl.DataFrame()
        if not rows.height:
            return tables
        rows = rows.with_columns(_null("place"), pl.lit(value=False).alias("lost"))
        for level in PATH:
            rows = self._step(rows, f"place.{level}", (level,), "place")
        places = rows.select("at", "place", pl.col("lost").alias("adrift"))
        return {n: _joined(t, places) for n, t in tables.items()}

    def leaves(self, tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
        """Add the columns `grid`, `compound` and `text`: areas named besides."""
        wanted = {
            "grid": ("grid", "micro_grid"),
            "compound": ("compound",),
            "small": ("compound", "grid", "micro_grid"),
        }
        done = {}
        for name, table in tables.items():
            rows = _with(table, [*(f"place.{w}" for w in wanted), "place.text"])
            for column, levels in wanted.items():
                rows = rows.with_columns(
                    pl.col("place").alias(column), pl.col("adrift").alias("lost")
                )
                rows = self._step(rows, f"place.{column}", levels, column)
                same = pl.col(column) == pl.col("place")
                rows = rows.with_columns(
                    pl.when(~same.fill_null(value=False)).then(column).alias(column)
                )
            rows = _by_level(rows, self.atlas)
            done[name] = self._texts(rows).drop("lost", "small")
        return done

    def _step(
        self, rows: pl.DataFrame, column: str, levels: tuple[str, ...], into: str
    ) -> pl.DataFrame:
        """Resolve one column within the area found so far, and go on from there."""
        named = rows.filter(pl.col(column).is_not_null())
        if not named.height:
            return rows
        key = name_key(named[column]).alias("key")
        is_id = pl.col(column).str.starts_with("area:")
        keys = named.with_columns(
            pl.when(is_id).then(column).otherwise(key).alias("key")
        )
        wanted = keys.select("key", pl.col(into).alias("up"), "lost").unique(
            maintain_order=True
        )
        asked = wanted.with_columns(
            pl.lit(list(levels)).alias("levels"), pl.lit(levels[0]).alias("level")
        )
        found = self.atlas.find(asked)
        found = found.with_columns(self.atlas.lists(found).alias("listed"))
        makes = (pl.col("fits") == 0) & ~pl.col("listed") & ~pl.col("lost")
        made = self._make(found.filter(makes), keys, column, into, levels[0])
        found = found.join(
            made, on=["key", "up"], how="left", nulls_equal=True, maintain_order="left"
        )
        found = found.with_columns(pl.coalesce("found", "made").alias("found"))
        result = keys.select(
            "at", "key", pl.col(into).alias("up"), "lost", column
        ).join(
            found.select("key", "up", "lost", "found", "fits", "names", "gone"),
            on=["key", "up", "lost"],
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        self._note(result, column)
        news = result.select("at", "found", pl.col("found").is_null().alias("missed"))
        joined = rows.join(news, on="at", how="left", maintain_order="left")
        return joined.with_columns(
            pl.coalesce("found", into).alias(into),
            (pl.col("lost") | pl.col("missed").fill_null(value=False)).alias("lost"),
        ).drop("found", "missed")

    def _make(
        self,
        wanted: pl.DataFrame,
        rows: pl.DataFrame,
        column: str,
        into: str,
        level: str,
    ) -> pl.DataFrame:
        """Make areas that no roster lists: one a larger area and name."""
        written = rows.group_by(
            "key", pl.col(into).alias("up"), maintain_order=True
        ).agg(pl.col(column).first().alias("name"))
        new = wanted.join(
            written,
            on=["key", "up"],
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        plain = area_keys(new["name"])["plain"]
        parts = new.select(pl.lit(level).alias("level"), "up").with_columns(plain)
        new = new.with_columns(hashed("area", parts).alias("made"))
        before = self.atlas.areas.height
        self.atlas.add(
            new.select(
                pl.col("made").alias("id"),
                pl.lit(level).alias("level"),
                "name",
                pl.lit(None, pl.String).alias("code"),
                pl.col("up").alias("parent"),
                pl.lit(value=False).alias("listed"),
            )
        )
        self.made += self.atlas.areas.height - before
        return new.select("key", "up", "made")

    def _note(self, result: pl.DataFrame, column: str) -> None:
        """Note what was not found, unless it lies in an area that was not found."""
        missed = result.filter(pl.col("found").is_null())
        for at, value, lost, fits, names, gone in missed.select(
            "at", column, "lost", "fits", "names", "gone"
        ).iter_rows():
            if gone is not None:
                self.ledger.wait(at, gone)
            elif fits:
                self.ledger.add(AMBIGUOUS_REFERENCE, at, column, value, names)
            elif not lost:
                self.ledger.add(UNRESOLVED_REFERENCE, at, column, value)

    def _texts(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Resolve areas given as one text: an id, a code, or a name however long."""
        named = rows.filter(pl.col("place.text").is_not_null())
        if not named.height:
            return rows.with_columns(_null("text"))
        anything = [
            "city",
            "district",
            "street",
            "community",
            "compound",
            "grid",
            "micro_grid",
            "functional_area",
        ]
        asked = named.select(
            "at", "place.text", pl.col("place").alias("up")
        ).with_columns(
            name_key(named["place.text"]).alias("key"),
            pl.lit(anything).alias("levels"),
        )
        as_id = pl.col("place.text").str.starts_with("area:")
        asked = asked.with_columns(
            pl.when(as_id).then("place.text").otherwise("key").alias("key")
        )
        found = self.atlas.find(asked).with_columns(pl.lit(value=False).alias("lost"))
        self._note(found, "place.text")
        return _joined(rows, found.select("at", pl.col("found").alias("text")))


def _by_level(rows: pl.DataFrame, atlas: Atlas) -> pl.DataFrame:
    """Put what a column for either gives where it belongs: compounds, or grids."""
    compound = (atlas.level_of(rows["small"]) == "compound").alias("_compound")
    return rows.with_columns(
        pl.coalesce("compound", pl.when(compound).then("small")).alias("compound"),
        pl.coalesce("grid", pl.when(~compound).then("small")).alias("grid"),
    )


def _joined(table: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
    return table.join(more, on="at", how="left", maintain_order="left")


def _with(table: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Return the table with these text columns, empty where it lacks them."""
    lacking = [c for c in columns if c not in table.columns]
    return table.with_columns(_null(c) for c in lacking)


def _null(name: str) -> pl.Expr:
    return pl.lit(None, pl.String).alias(name)
