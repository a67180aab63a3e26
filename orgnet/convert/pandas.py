"""Tables as pandas frames, in which the unknown stays unknown."""

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from orgnet.errors import MissingExtraError

if TYPE_CHECKING:
    import pandas as pd

MASKED: dict[type[pl.DataType], str] = {
    pl.Boolean: "boolean",
    pl.Int64: "Int64",
    pl.Int32: "Int32",
    pl.Float64: "Float64",
    pl.String: "string",
    pl.Date: "datetime64[s]",
}


def to_pandas(frame: pl.DataFrame) -> "pd.DataFrame":
    """Return a table as a pandas frame; pyarrow is not needed.

    Parameters
    ----------
    frame
        The table.

    Returns
    -------
    pandas.DataFrame
        The same rows and columns. Numbers, truth values and texts have the types that
        can be missing (`Int64`, `boolean`, `string`), so that unknown is neither 0 nor
        false; dates are `datetime64`, codes categories, lists Python lists.

    Raises
    ------
    MissingExtraError
        If pandas is not installed.

    Examples
    --------
    >>> to_pandas(pl.DataFrame({"seats": [1, None]})).dtypes["seats"]
    Int64Dtype()
    """
    try:
        import pandas as pd
    except ImportError as error:
        msg = "a pandas frame needs pandas, which orgnet does not: pip install pandas"
        raise MissingExtraError(msg, ["pandas"]) from error
    columns = {column.name: _values(pd, column) for column in frame}
    return pd.DataFrame(columns, index=pd.RangeIndex(frame.height))


def _values(pd: Any, column: pl.Series) -> Any:
    """Return the values of a column as an array that pandas takes."""
    if isinstance(column.dtype, pl.Enum):
        places = column.to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
        return pd.Categorical.from_codes(places, column.dtype.categories.to_list())
    name = MASKED.get(type(column.dtype))
    if name is None:
        values = np.empty(
            column.len(), dtype=object
        )  # or numpy stacks lists of one size
        values[:] = column.to_list()
        return values
    dtype = pd.StringDtype("python") if name == "string" else name
    return pd.array(column.to_list(), dtype=dtype)
