"""What all tests of one's own data are held to, and the tables that those of its routes alone stand on."""

from collections.abc import Iterator

import pytest

from functions.accounts.own_data_wiring import forget_own_data
from tests.cloud import Cloud
from tests.documented import refusals_are_documented
from tests.functions.accounts_client import send
from tests.functions.accounts_cloud import opened

__all__ = ["refusals_are_documented"]


@pytest.fixture(scope="module")
def own_data_cloud(emulator: str) -> Iterator[Cloud]:
    """The tables of accounts, with the routes of one's own data wired to them."""
    with opened(emulator) as built:
        forget_own_data()
        yield built
    forget_own_data()


@pytest.fixture(scope="module")
def person(own_data_cloud: Cloud) -> str:
    """Somebody with an account of their own."""
    return str(send("create_account").body["id"])
