"""Questions on coverage: what no organization reaches, and how much is reached."""

from orgnet.coverage.gaps import gaps
from orgnet.coverage.rates import rates

__all__ = ["gaps", "rates"]
