"""Keys that things are known by: of names, and short hashes where there is no code."""

from hashlib import blake2b

import polars as pl

from orgnet.rosters.cells import match_key

BYTES = 8  # a city has far fewer than 2**32 nodes of a kind
SEPARATOR = "\x1f"


def hashed(prefix: str, parts: pl.DataFrame) -> pl.Series:
    """Return an id for each row, made of what identifies it: always the same.

    Parameters
    ----------
    prefix
        The id prefix of the kind.
    parts
        Text columns; null counts as empty.

    Examples
    --------
    >>> hashed("unit", pl.DataFrame({"a": ["甲"], "b": [None]})).to_list()
    ['unit:717b3fe08d2a3711']
    """
    texts = parts.select(
        pl.concat_str(pl.all().cast(pl.String).fill_null(""), separator=SEPARATOR)
    ).to_series()
    digests = [
        f"{prefix}:{blake2b(t.encode(), digest_size=BYTES).hexdigest()}" for t in texts
    ]
    return pl.Series("id", digests, pl.String)


def name_key(names: pl.Series) -> pl.Series:
    """Return what names are matched by; a name that is only marks is its own key.

    Examples
    --------
    >>> name_key(pl.Series(["甲 公司（一）", "”", None])).to_list()
    ['甲公司(一)', '”', None]
    """
    keys = pl.DataFrame({"key": match_key(names), "name": names.cast(pl.String)})
    return keys.select(pl.coalesce("key", "name").alias(names.name)).to_series()
