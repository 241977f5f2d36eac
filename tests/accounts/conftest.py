"""The world in memory, and the same stores on the emulated tables."""

import pytest

from tests.accounts.fakes import World


@pytest.fixture
def world() -> World:
    return World()
