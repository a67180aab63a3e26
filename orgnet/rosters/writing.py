"""Workbooks that are written: the same bytes for the same content."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from unicodedata import east_asian_width

from orgnet.errors import missing_extra

if TYPE_CHECKING:
    from io import BytesIO

    from xlsxwriter import Workbook

CREATED: Final = datetime(2019, 8, 7)  # noqa: DTZ001  Excel knows no zones
NARROWEST, WIDEST = 8, 40  # columns, in digits


def new_workbook(path: "str | Path | BytesIO", **options: Any) -> "Workbook":
    """Return a workbook to write, which looks at no clock.

    Parameters
    ----------
    path
        Where it is written.
    **options
        As XlsxWriter takes them.

    Raises
    ------
    MissingExtraError
        If the library that writes workbooks is not installed.
    """
    try:
        from xlsxwriter import Workbook
    except ImportError as error:
        raise missing_extra("excel", "writing workbooks") from error
    book = Workbook(path, options)
    book.set_properties({"created": CREATED})
    return book


def width(texts: Iterable[str | None]) -> int:
    """Return the width in digits of a column that shows these texts.

    A Chinese character is two digits wide. What is longer than the widest column is
    cut off on screen only.

    Examples
    --------
    >>> width(["单位名称", None, "甲"]), width(["a" * 20]), width(["长" * 100])
    (10, 22, 40)
    """
    longest = max((_digits(t) for t in texts if t), default=0)
    return min(max(longest + 2, NARROWEST), WIDEST)


def _digits(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
