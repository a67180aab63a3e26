"""Two-way evaluation 双向考评: who was to answer whom, and who did."""

from orgnet.evaluation.asymmetry import asymmetry
from orgnet.evaluation.ceiling import ceiling
from orgnet.evaluation.dyads import dyads
from orgnet.evaluation.inspections import inspections
from orgnet.evaluation.leniency import leniency
from orgnet.evaluation.outliers import outliers
from orgnet.evaluation.pairs import pairs
from orgnet.evaluation.ranking import ranking
from orgnet.evaluation.reciprocity import reciprocity
from orgnet.evaluation.reciprocity_test import reciprocity_test
from orgnet.evaluation.return_rates import return_rates
from orgnet.evaluation.rounds import rounds
from orgnet.evaluation.silence import silence
from orgnet.evaluation.unexpected import unexpected

__all__ = [
    "asymmetry",
    "ceiling",
    "dyads",
    "inspections",
    "leniency",
    "outliers",
    "pairs",
    "ranking",
    "reciprocity",
    "reciprocity_test",
    "return_rates",
    "rounds",
    "silence",
    "unexpected",
]
