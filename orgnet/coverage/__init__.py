"""Questions on coverage: what no organization reaches, and how much is reached."""

from orgnet.coverage.conflicts import conflicts
from orgnet.coverage.gaps import gaps
from orgnet.coverage.lines import lines
from orgnet.coverage.rates import rates

__all__ = ["conflicts", "gaps", "lines", "rates"]
