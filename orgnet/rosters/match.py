"""Which rows of which rosters speak of the same thing, and what a name refers to.

Things are matched by id, by code (an old organization code stands for the credit code
that contains it), then by name within the same place. Names that are only alike never
match: they are proposed (:mod:`orgnet.rosters.decisions`).
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from orgnet.rosters.places import ABOVE, Atlas

PLACES: Final = ("area", *ABOVE)
SEPARATOR: Final = "\x1f"
NAMED: Final = 5  # candidates that a fault names
CODED: Final = 2  # how sure a claim is: it has a code; 1, an id; 0, neither


def placed(frame: pl.DataFrame, atlas: Atlas) -> pl.DataFrame:
    """Add the areas of each level that the column `area` lies in."""
    chain = atlas.chain.select(pl.col("id").alias("area"), *ABOVE)
    return frame.drop(*ABOVE, strict=False).join(
        chain, on="area", how="left", maintain_order="left"
    )


def roots(claims: pl.DataFrame, atlas: Atlas) -> pl.DataFrame:
    """Find out which claims are about the same thing.

    Parameters
    ----------
    claims
        `id`, `code`, `old` (an organization code), `key` (a name key) and `area`; null
        where unknown.
    atlas
        The areas.

    Returns
    -------
    polars.DataFrame
        `root`, equal for claims about one thing; and `several`: the number of coded
        things that a claim without a code fits, where it fits more than one.
    """
    frame = placed(claims.with_row_index("i"), atlas).with_columns(_strong(claims))
    named = pl.concat_str(
        pl.lit("N"), pl.col("key"), pl.col("area").fill_null(""), separator=SEPARATOR
    )
    coded = pl.col("code").is_not_null() | pl.col("old").is_not_null()
    frame = frame.with_columns(
        pl.coalesce("root", named).alias("root"),
        pl.when(coded)
        .then(CODED)
        .when(pl.col("id").is_not_null())
        .then(1)
        .otherwise(0)
        .alias("sure"),
        pl.lit(None, pl.UInt32).alias("several"),
    )
    strength = pl.col("sure").max().over("root")
    return (
        _merged(frame.with_columns(sure=strength)).sort("i").select("root", "several")
    )


def _strong(claims: pl.DataFrame) -> pl.Series:
    """Return what each claim is by its id or codes, null without any."""
    tokens = claims.select(
        pl.concat_str(pl.lit("I"), "id").alias("i"),
        pl.concat_str(pl.lit("C"), "code").alias("c"),
        pl.concat_str(pl.lit("O"), "old").alias("o"),
    )
    best = pl.coalesce("i", "c", "o")
    for weak, strong in (("o", "c"), ("c", "i"), ("o", "i")):
        both = tokens.filter(pl.col(weak).is_not_null() & pl.col(strong).is_not_null())
        one = both.group_by(weak).agg(
            pl.col(strong).first().alias("s"), pl.col(strong).n_unique().alias("n")
        )
        known = one.filter(pl.col("n") == 1).select(weak, "s")
        tokens = (
            tokens.join(known, on=weak, how="left", maintain_order="left")
            .with_columns(pl.coalesce(strong, "s").alias(strong))
            .drop("s")
        )
    return tokens.select(best.alias("root")).to_series()


def _merged(frame: pl.DataFrame) -> pl.DataFrame:
    """Join claims without a code to the one thing of their name at their place.

    A place and a larger one that holds it agree; an unknown place agrees with all. A
    thing with a code leads one that has an id only, and that one without either.
    """
    loose = frame.filter((pl.col("sure") < CODED) & pl.col("key").is_not_null())
    if not loose.height:
        return frame
    groups = loose.select("root", "key", "sure", *PLACES).unique(maintain_order=True)
    things = frame.filter(pl.col("key").is_not_null()).select(
        pl.col("root").alias("other"),
        "key",
        pl.col("sure").alias("o_sure"),
        *(pl.col(p).alias(f"o_{p}") for p in PLACES),
    )
    pairs = groups.join(things.unique(maintain_order=True), on="key", how="inner")
    surer = pl.col("o_sure") > pl.col("sure")
    finer = (pl.col("sure") == 0) & (pl.col("o_sure") == 0) & _finer()
    to = (
        pairs.filter((pl.col("root") != pl.col("other")) & _agree() & (surer | finer))
        .filter(pl.col("o_sure") == pl.col("o_sure").max().over("root"))
        .group_by("root", "sure", maintain_order=True)
        .agg(
            pl.col("other").first().alias("into"),
            pl.col("other").n_unique().alias("n"),
            pl.col("o_sure").first(),
        )
    )
    one = to.filter(pl.col("n") == 1)
    rivals = pl.len().over("into", "sure") > 1
    one = one.filter(~(rivals & (pl.col("sure") == 1))).select("root", "into")
    many = to.filter((pl.col("n") > 1) & (pl.col("o_sure") > 0))
    done = frame.join(
        _followed(one), on="root", how="left", maintain_order="left"
    ).join(many.select("root", "n"), on="root", how="left", maintain_order="left")
    return done.with_columns(
        pl.coalesce("into", "root").alias("root"), pl.col("n").alias("several")
    )


def _followed(one: pl.DataFrame) -> pl.DataFrame:
    """Follow a thing that was joined to another that was joined to a third."""
    again = one.rename({"root": "into", "into": "further"})
    joined = one.join(again, on="into", how="left", maintain_order="left")
    return joined.select("root", pl.coalesce("further", "into").alias("into"))


def _agree() -> pl.Expr:
    """Tell whether the places of two claims may be one."""
    inside = [pl.col(f"o_{p}") == pl.col("area") for p in PLACES]
    around = [pl.col(p) == pl.col("o_area") for p in PLACES]
    unknown = pl.col("area").is_null() | pl.col("o_area").is_null()
    either = pl.any_horizontal(*inside, *around).fill_null(value=False)
    return unknown | either


def _finer() -> pl.Expr:
    """Tell whether the other place is known more closely, so that it leads."""
    inside = [pl.col(f"o_{p}") == pl.col("area") for p in PLACES[1:]]
    unknown = pl.col("area").is_null() & pl.col("o_area").is_not_null()
    deeper = pl.any_horizontal(inside).fill_null(value=False)
    return unknown | (deeper & (pl.col("o_area") != pl.col("area")))


@dataclass(frozen=True)
class Directory:
    """Everything of one kind that can be referred to.

    Parameters
    ----------
    words
        `word` (a match key or a code), `looseness`, `root`, `name` (as faults show
        it), `file`, `dead` (the rejected row, if all its rows were), `listed` (whether
        a row is about it, or only an earlier network knows it), and the places of
        `PLACES`.
    """

    words: pl.DataFrame

    def find(self, mentions: pl.DataFrame, *, loosely: bool = True) -> pl.DataFrame:
        """Look names up: the nearest of that name, then one of the same file.

        Parameters
        ----------
        mentions
            `m` (a number), `word`, `file`, `recalls` (whether it may mean what only an
            earlier network knows) and the places of `PLACES`.
        loosely
            Whether words that say less than the name count too.

        Returns
        -------
        polars.DataFrame
            One row for each mention that something fits: `m`, `root` (null if several
            fit), `dead`, `fits`, `names`.
        """
        one = self.fitting(mentions, loosely=loosely)
        return one.group_by("m", maintain_order=True).agg(
            pl.when(pl.len() == 1).then(pl.col("root").first()).alias("root"),
            pl.col("dead").first(),
            pl.len().alias("fits"),
            pl.col("name").sort().head(NAMED).str.join(", ").alias("names"),
        )

    def fitting(self, mentions: pl.DataFrame, *, loosely: bool = True) -> pl.DataFrame:
        """List what fits each mention best: `m`, `root`, `name`, `dead`.

        Parameters as in `find`.
        """
        there = pl.col("area").is_not_null()
        words = self.words if loosely else self.words.filter(pl.col("looseness") == 0)
        hits = mentions.join(words, on="word", how="inner", suffix="_of")
        hits = hits.filter(pl.col("listed") | pl.col("recalls"))
        near = pl.sum_horizontal(
            (pl.col(p) == pl.col(f"{p}_of")).fill_null(value=False).cast(pl.Int32)
            for p in ("area", "city", "district", "street", "community", "grid")
        )
        home = (pl.col("file") == pl.col("file_of")).fill_null(value=False)
        hits = hits.with_columns(
            near=pl.when(there).then(near).otherwise(0), home=home.cast(pl.Int32)
        )
        best: tuple[tuple[str, bool], ...] = (
            ("looseness", False), ("near", True), ("alive", True), ("listed", True),
            ("home", True),
        )  # fmt: skip
        hits = hits.with_columns(alive=pl.col("dead").is_null())
        for column, high in best:
            edge = pl.col(column).max() if high else pl.col(column).min()
            hits = hits.filter(pl.col(column) == edge.over("m"))
        one = hits.unique(["m", "root"], keep="first", maintain_order=True)
        return one.select("m", "root", "name", "dead")


def first_values(claims: pl.DataFrame, by: str, columns: list[str]) -> pl.DataFrame:
    """Return the first value that is known of each column, one row a group.

    Rows count in the order they come in.
    """
    return claims.group_by(by, maintain_order=True).agg(
        pl.col(c).drop_nulls().first() for c in columns
    )


def conflicts(claims: pl.DataFrame, by: str, column: str) -> pl.DataFrame:
    """Find values that differ from the one that is kept.

    Returns
    -------
    polars.DataFrame
        `at`, `value` (the one that loses), `won`, `won_at`; each losing value once.
    """
    known = claims.filter(pl.col(column).is_not_null()).select("at", by, column)
    if known.dtypes[-1] == pl.List(pl.String):
        known = known.with_columns(pl.col(column).list.join("、"))
    first = known.unique(by, keep="first", maintain_order=True).select(
        by, pl.col(column).alias("won"), pl.col("at").alias("won_at")
    )
    joined = known.join(first, on=by, how="left", maintain_order="left")
    return (
        joined.filter((pl.col(column) != pl.col("won")) & pl.col("at").is_not_null())
        .unique([by, column], keep="first", maintain_order=True)
        .select("at", pl.col(column).alias("value"), "won", "won_at")
    )
