"""Questions on coverage: what no organization reaches, and how much is reached."""

from orgnet.coverage.compare import compare
from orgnet.coverage.conflicts import conflicts
from orgnet.coverage.duplicates import duplicates
from orgnet.coverage.gaps import gaps
from orgnet.coverage.lines import lines
from orgnet.coverage.nearest import nearest
from orgnet.coverage.quality import quality
from orgnet.coverage.rates import rates
from orgnet.coverage.sites import sites
from orgnet.coverage.trend import trend

__all__ = [
    "compare",
    "conflicts",
    "duplicates",
    "gaps",
    "lines",
    "nearest",
    "quality",
    "rates",
    "sites",
    "trend",
]
