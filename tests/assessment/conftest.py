"""What the tests of this context share."""

from collections.abc import Iterator

import pytest

from jalon.assessment.tables import AssessmentItem, AttemptItem, ProfileItem
from jalon.edge import aws
from jalon.edge.erasures import ErasureMark
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from tests.assessment.desk import Desk, new_desk
from tests.cloud import Cloud, build


@pytest.fixture
def desk() -> Desk:
    return new_desk()


@pytest.fixture(scope="module")
def module_cloud(emulator: str) -> Iterator[Cloud]:
    """One account for a whole module, since making one costs a second or more."""
    built = build(emulator)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in built.environment.items():
            patch.setenv(name, value)
        aws.forget_clients()
        yield built
    aws.forget_clients()


@pytest.fixture
def empty_tables(module_cloud: Cloud) -> Cloud:
    """The context's tables, bound and with nothing in them."""
    bind(Settings.from_environment(), AssessmentItem, AttemptItem, ProfileItem, ErasureMark)
    for model in (AssessmentItem, AttemptItem, ProfileItem):
        with model.batch_write() as batch:
            for item in model.scan():
                batch.delete(item)
    return module_cloud
