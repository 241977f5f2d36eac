"""The portal, and a cloud that lists it."""

from collections.abc import Iterator

import pytest

from tests.accounts.openid_provider import LEA, Mischief, OpenIdProvider, running
from tests.cloud import Cloud
from tests.functions.accounts_cloud import emptied, opened
from tests.functions.providers.portal import list_portal


@pytest.fixture(scope="module")
def module_provider() -> Iterator[OpenIdProvider]:
    with running() as provider:
        yield provider


@pytest.fixture(scope="module")
def module_cloud(emulator: str) -> Iterator[Cloud]:
    with opened(emulator) as cloud:
        yield cloud


@pytest.fixture(autouse=True)
def cloud(module_cloud: Cloud, provider: OpenIdProvider) -> Cloud:
    list_portal(module_cloud, provider)
    return emptied(module_cloud)


@pytest.fixture
def provider(module_provider: OpenIdProvider) -> OpenIdProvider:
    module_provider.person, module_provider.mischief = LEA, Mischief()
    module_provider.seen.clear()
    return module_provider
