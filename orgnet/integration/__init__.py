"""Resource integration 资源统筹: who can help with a need, and whom to ask for it."""

from orgnet.integration.match import match
from orgnet.integration.paths import paths

__all__ = ["match", "paths"]
