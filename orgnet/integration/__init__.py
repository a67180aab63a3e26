"""Resource integration 资源统筹: who can help with a need, and whom to ask for it."""

from orgnet.integration.dispatch import dispatch
from orgnet.integration.funds import funds
from orgnet.integration.match import match
from orgnet.integration.paths import paths

__all__ = ["dispatch", "funds", "match", "paths"]
