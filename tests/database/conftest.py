"""What the tests of servers share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from orgnet.database.server import Server


@pytest.fixture
def lib(new_server: Callable[[], Server]) -> Path:
    """Give the folder of jars that is in use."""
    return new_server().installation.lib
