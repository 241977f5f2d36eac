"""What assessment holds about a person: tests with every answer, the attempts by which they are found, the profile."""

from collections.abc import Iterable, Mapping
from functools import partial

from jalon.accounts.erasure import Trace
from jalon.assessment.tables import AssessmentItem, AttemptItem, ProfileItem
from jalon.edge.batches import batch_read
from jalon.edge.tables import translated
from jalon.kernel.ids import UserId

MODELS = (AssessmentItem, AttemptItem, ProfileItem)


class AssessmentHolding:
    """A :class:`~jalon.accounts.erasure.Holding`. Every test has its attempt, written before it: attempts go last."""

    def traces(self, user_id: UserId) -> Iterable[Trace]:
        with translated():
            attempts = [(item.attempt_key, item.assessment_id) for item in AttemptItem.query(user_id, consistent_read=True)]
        tests = [item["assessment_id"]["S"] for item in batch_read(AssessmentItem, [test for _, test in attempts])]
        yield from (Trace("assessments", partial(_remove_test, test)) for test in tests)
        yield from (Trace("assessments_by_user", partial(_remove_attempt, user_id, key)) for key, _ in attempts)
        for _ in batch_read(ProfileItem, [user_id]):
            yield Trace("profiles", partial(_remove_profile, user_id))

    def kept(self, user_id: UserId) -> Mapping[str, int]:  # noqa: ARG002 - a certification's marks are kept with its result
        return {}


def _remove_test(assessment_id: str) -> None:
    with translated():
        AssessmentItem(assessment_id).delete()


def _remove_attempt(user_id: UserId, attempt_key: str) -> None:
    with translated():
        AttemptItem(user_id, attempt_key).delete()


def _remove_profile(user_id: UserId) -> None:
    with translated():
        ProfileItem(user_id).delete()
