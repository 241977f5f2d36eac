"""What several of the functions' tests ask for."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.client import BaseClient

from tests.cloud import Cloud
from tests.documented import refusals_are_documented
from tests.functions.accounts_cloud import opened
from tests.functions.answers_client import Pupil
from tests.functions.answers_cloud import answers_cloud
from tests.functions.campaign_scene import Scene
from tests.functions.school import School, own_account

__all__ = ["refusals_are_documented"]

_people = itertools.count(1)


@pytest.fixture(scope="module")
def accounts_cloud(emulator: str) -> Iterator[Cloud]:
    """One cloud for the module, with the accounts function bound to it: its tests empty it of people."""
    with opened(emulator) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def answers(emulator: str) -> Iterator[Cloud]:
    """One cloud for the module, with the answers function wired to it: its tests tell each other apart by their pupils."""
    with answers_cloud(emulator) as ready:
        yield ready


@pytest.fixture
def pupil(answers: Cloud) -> Pupil:
    """A pupil who has not answered anything yet."""
    return Pupil(f"usr_{next(_people):032x}")


@pytest.fixture
def asked(answers: Cloud, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The operations that the cloud's clients are asked for, in order."""
    operations: list[str] = []
    call = BaseClient._make_api_call

    def counted(self: Any, operation: str, arguments: Any) -> Any:
        operations.append(operation)
        return call(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", counted)
    return operations


@pytest.fixture(scope="module")
def shared_school(emulator: str) -> Iterator[School]:
    """One school for the module: its tests create their own campaigns and take pupils who are new to them."""
    with own_account(emulator) as cloud:
        yield School(cloud).with_content()


@pytest.fixture
def scene(shared_school: School) -> Scene:
    return Scene(shared_school)


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Everything that was logged or printed so far, every attribute of every line included."""

    def read() -> str:
        out, err = capfd.readouterr()
        return "\n".join([out, err, *(str(vars(record)) for record in caplog.records)])

    return read
