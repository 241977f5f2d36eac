"""What the tests of this context share."""

from datetime import UTC, datetime

import pytest

from jalon.assessment.tickets import TicketOffice
from jalon.kernel.clock import FixedClock
from jalon.kernel.ids import SequenceIdSource
from tests.assessment.content import release
from tests.assessment.desk import Desk
from tests.assessment.fakes import FakeAssessments, FakeProfiles, FakeReleases


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
