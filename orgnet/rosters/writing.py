"""Workbooks that are written: the same bytes for the same content."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orgnet.errors import missing_extra

if TYPE_CHECKING:
    from xlsxwriter import Workbook

CREATED: Final = datetime(2019, 8, 7)  # noqa: DTZ001  Excel knows no zones


def new_workbook(path: str | Path) -> "Workbook":
    """Return a workbook to write, which looks at no clock.

    Raises
    ------
    MissingExtraError
        If the library that writes workbooks is not installed.
    """
    try:
        from xlsxwriter import Workbook
    except ImportError as error:
        raise missing_extra("excel", "writing workbooks") from error
    book = Workbook(path)
    book.set_properties({"created": CREATED})
    return book
