"""Columns of text to typed columns, with a code for every cell that was not plain."""

from orgnet.rosters.cells.codes import (
    area_code,
    credit_code,
    grid_code,
    organization_code,
)
from orgnet.rosters.cells.dates import day, period, year
from orgnet.rosters.cells.names import match_key, name_form, name_status, split_names
from orgnet.rosters.cells.numbers import (
    area_factor,
    area_m2,
    decimal,
    money,
    money_factor,
    score,
    share,
    whole_number,
)
from orgnet.rosters.cells.read import FAULT_CODES, Read
from orgnet.rosters.cells.words import text, vocabulary, yes_no

__all__ = [
    "FAULT_CODES",
    "Read",
    "area_code",
    "area_factor",
    "area_m2",
    "credit_code",
    "day",
    "decimal",
    "grid_code",
    "match_key",
    "money",
    "money_factor",
    "name_form",
    "name_status",
    "organization_code",
    "period",
    "score",
    "share",
    "split_names",
    "text",
    "vocabulary",
    "whole_number",
    "year",
    "yes_no",
]
