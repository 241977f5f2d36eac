"""Whether a person sits a certification now: what would show its solutions, or ask its questions elsewhere, waits until it is over."""

from datetime import datetime, timedelta

from jalon.assessment.errors import CertificationUnderWayError
from jalon.assessment.move_deadline import MAX_EXTENSION_MIN
from jalon.assessment.next_question import NETWORK_GRACE
from jalon.assessment.state import AssessmentState
from jalon.assessment.store import AssessmentStore
from jalon.kernel.clock import Clock
from jalon.kernel.ids import UserId

#: After this long beyond its deadline no invigilator can open a test again, though nobody has ended it.
_OPEN_AGAIN_WITHIN = timedelta(minutes=MAX_EXTENSION_MIN) + NETWORK_GRACE


def refuse_during_certification(store: AssessmentStore, clock: Clock, user_id: UserId) -> None:
    """Nothing, or CertificationUnderWayError while a certification test of this user takes answers or may take some again.

    One query of the attempts, which are few, and one batch read of the certifications among them if there are any.
    """
    sat = [attempt.assessment_id for attempt in store.attempts_of(user_id) if attempt.slot.purpose.is_certification]
    if sat and any(is_under_way(test, clock.now()) for test in store.get_many(sat).values()):
        raise CertificationUnderWayError("You are sitting a certification: see solutions and reset competences when it is over.")


def is_under_way(test: AssessmentState, now: datetime) -> bool:
    """Whether answers are taken, or would be if the invigilator gave more time: a deadline that has passed may still be moved.

    A test that nobody ended does not bar its pupil for ever: no extension reaches further than
    :data:`~jalon.assessment.move_deadline.MAX_EXTENSION_MIN` beyond the deadline.
    """
    return test.is_live and (test.deadline_at is None or now <= test.deadline_at + _OPEN_AGAIN_WITHIN)
