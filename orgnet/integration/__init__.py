"""Resource integration 资源统筹: who can help with a need, and whom to ask for it."""

from orgnet.integration.brokers import brokers
from orgnet.integration.cut_points import cut_points
from orgnet.integration.dispatch import dispatch
from orgnet.integration.fragmentation import fragmentation
from orgnet.integration.funds import funds
from orgnet.integration.match import match
from orgnet.integration.nearest import nearest
from orgnet.integration.paths import paths
from orgnet.integration.reach import reach
from orgnet.integration.unreachable import unreachable

__all__ = [
    "brokers",
    "cut_points",
    "dispatch",
    "fragmentation",
    "funds",
    "match",
    "nearest",
    "paths",
    "reach",
    "unreachable",
]
