"""The reference city, whole and small, made once."""

import pytest

from orgnet.city import chengdu
from orgnet.network import Network


@pytest.fixture(scope="session")
def city() -> Network:
    return chengdu()


@pytest.fixture(scope="session")
def small() -> Network:
    return chengdu(scale=0.02)
