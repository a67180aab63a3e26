"""Keys that things are known by: short hashes for what has no code of its own."""

from hashlib import blake2b

import polars as pl

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
