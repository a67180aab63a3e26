"""Rosters, the tables of offices: read them, write empty ones, mend rejected rows."""

from orgnet.rosters.decisions import write_decisions
from orgnet.rosters.faults import RosterFaults
from orgnet.rosters.read import read_rosters
from orgnet.rosters.rejects import write_rejects
from orgnet.rosters.template import write_templates

__all__ = [
    "RosterFaults",
    "read_rosters",
    "write_decisions",
    "write_rejects",
    "write_templates",
]
