"""The portal, and a cloud that lists it."""

from collections.abc import Iterator

import pytest

from tests.accounts.openid_provider import LEA, Mischief, OpenIdProvider, running
from tests.cloud import Cloud
from tests.functions.accounts_cloud import emptied
from tests.functions.providers.portal import list_portal


@pytest.fixture(scope="module")
def module_provider() -> Iterator[OpenIdProvider]:
    with running() as provider:
        yield provider


@pytest.fixture(autouse=True)
def cloud(accounts_cloud: Cloud, provider: OpenIdProvider) -> Cloud:
    list_portal(accounts_cloud, provider)
    return emptied(accounts_cloud)


@pytest.fixture
def provider(module_provider: OpenIdProvider) -> OpenIdProvider:
    module_provider.person, module_provider.mischief = LEA, Mischief()
    module_provider.session = None
    module_provider.seen.clear()
    return module_provider
