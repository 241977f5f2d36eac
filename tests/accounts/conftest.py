"""The world in memory, and the same stores on the emulated tables."""

from collections.abc import Iterator

import pytest

from jalon.accounts.accounts import Accounts
from jalon.accounts.accounts_wiring import open_accounts
from jalon.edge.settings import Settings
from tests.accounts.fakes import World
from tests.cloud import Cloud
from tests.functions.accounts_cloud import emptied, opened


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def module_cloud(emulator: str) -> Iterator[Cloud]:
    """One cloud for a whole module."""
    with opened(emulator) as cloud:
        yield cloud


@pytest.fixture
def cloud(module_cloud: Cloud) -> Cloud:
    """The module's cloud, with nobody in it."""
    return emptied(module_cloud)


@pytest.fixture
def accounts(cloud: Cloud) -> Accounts:
    """Accounts on the emulated tables."""
    return open_accounts(Settings.from_environment(cloud.environment))
