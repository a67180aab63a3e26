"""Plans: what to do about what the questions find, best first."""

from orgnet.planning.close_gaps import close_gaps
from orgnet.planning.plan import Plan
from orgnet.planning.seats import seats

__all__ = ["Plan", "close_gaps", "seats"]
