"""What several of the functions' tests ask for."""

import itertools
from collections.abc import Callable, Iterator

import pytest

from tests.cloud import Cloud
from tests.functions.answers_client import Pupil
from tests.functions.answers_cloud import answers_cloud

_people = itertools.count(1)


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
def logged(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Everything that was logged or printed so far, every attribute of every line included."""

    def read() -> str:
        out, err = capfd.readouterr()
        return "\n".join([out, err, *(str(vars(record)) for record in caplog.records)])

    return read
