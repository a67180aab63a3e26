"""Two-way evaluation 双向考评: who was to answer whom, and who did."""

from orgnet.evaluation.pairs import pairs
from orgnet.evaluation.rounds import rounds

__all__ = ["pairs", "rounds"]
