"""What the tests of this context share."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from jalon.assessment.tables import AssessmentItem, AttemptItem, ProfileItem
from jalon.assessment.tickets import TicketOffice
from jalon.edge import aws
from jalon.edge.erasures import ErasureMark
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from tests.assessment.content import release
from tests.assessment.desk import Desk
from tests.assessment.fakes import FakeAssessments, FakeProfiles, FakeReleases
from tests.cloud import Cloud, build
from tests.sources import FixedClock, SequenceIdSource


@pytest.fixture
def desk() -> Desk:
    """The use cases on in-memory stores, with a clock and identifiers that the test governs."""
    return Desk(
        store=FakeAssessments(),
        profiles=FakeProfiles(),
        releases=FakeReleases(release()),
        tickets=TicketOffice(b"k" * 32),
        clock=FixedClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC)),
        ids=SequenceIdSource(),
    )


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
