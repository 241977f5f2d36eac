"""The stores in memory, with the conditions of the real ones; contract tests run on both."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from engine.content import Release
from engine.packing import Answered
from jalon.assessment.errors import ReleaseNotFoundError
from jalon.assessment.profiles import StoredProfile
from jalon.assessment.state import AssessmentState, Slot, Status
from jalon.assessment.store import Attempt, NotWritten, WriteOutcome, Written
from jalon.kernel.ids import AssessmentId, ReleaseVersion, UserId


@dataclass(frozen=True, slots=True)
class AnswerWrite:
    """What the one write of the protocol is given."""

    epoch: int
    sequence: int
    deadline_from: datetime


#: The conditions of the one write, by the names they have in ``jalon.assessment.assessment_store.answer_conditions``.
ANSWER_CONDITIONS: dict[str, Callable[[AssessmentState, AnswerWrite], bool]] = {
    "status": lambda state, _: state.is_live,
    "epoch": lambda state, write: state.epoch == write.epoch,
    "sequence": lambda state, write: state.sequence == write.sequence,
    "deadline": lambda state, write: state.deadline_at is None or state.deadline_at >= write.deadline_from,
}


class FakeAssessments:
    """An AssessmentStore; ``items`` is open to the tests, and ``without`` names a condition of the one write to leave out."""

    def __init__(self, without: str | None = None) -> None:
        self.conditions = [condition for name, condition in ANSWER_CONDITIONS.items() if name != without]
        self.items: dict[AssessmentId, AssessmentState] = {}
        self.attempts: dict[tuple[UserId, str, int], Attempt] = {}

    def get(self, assessment_id: AssessmentId) -> AssessmentState | None:
        return self.items.get(assessment_id)

    def get_many(self, assessment_ids: Iterable[AssessmentId]) -> dict[AssessmentId, AssessmentState]:
        return {assessment_id: self.items[assessment_id] for assessment_id in assessment_ids if assessment_id in self.items}

    def latest_attempt(self, slot: Slot) -> Attempt | None:
        numbers = [number for user_id, key, number in self.attempts if (user_id, key) == (slot.user_id, slot.key)]
        return self.attempts[(slot.user_id, slot.key, max(numbers))] if numbers else None

    def claim_attempt(self, attempt: Attempt) -> bool:
        key = (attempt.slot.user_id, attempt.slot.key, attempt.number)
        if key in self.attempts:
            return False
        self.attempts[key] = attempt
        return True

    def create(self, state: AssessmentState) -> bool:
        if state.assessment_id in self.items:
            return False
        self.items[state.assessment_id] = state
        return True

    def append_answer(
        self, assessment_id: AssessmentId, *, epoch: int, sequence: int, answer: Answered, deadline_from: datetime
    ) -> WriteOutcome:
        write = AnswerWrite(epoch, sequence, deadline_from)
        return self._update(
            assessment_id,
            lambda state: all(condition(state, write) for condition in self.conditions),
            lambda state: replace(
                state, answers=(*state.answers, answer), updated_at=datetime.fromtimestamp(answer.at, tz=state.updated_at.tzinfo)
            ),
        )

    def complete(self, assessment_id: AssessmentId, *, sequence: int, at: datetime) -> WriteOutcome:
        return self._update(
            assessment_id,
            lambda state: state.is_live and state.sequence == sequence,
            lambda state: replace(state, status=Status.COMPLETED, updated_at=at),
        )

    def end(self, assessment_id: AssessmentId, *, reason: str, at: datetime) -> WriteOutcome:
        return self._update(assessment_id, _live, lambda state: replace(state, status=Status.ENDED, end_reason=reason, updated_at=at))

    def raise_epoch(self, assessment_id: AssessmentId, *, at: datetime) -> WriteOutcome:
        return self._update(assessment_id, _live, lambda state: replace(state, epoch=state.epoch + 1, epoch_at=at, updated_at=at))

    def move_deadline(self, assessment_id: AssessmentId, *, deadline_at: datetime, at: datetime) -> WriteOutcome:
        return self._update(assessment_id, _live, lambda state: replace(state, deadline_at=deadline_at, updated_at=at))

    def of_user(self, user_id: UserId) -> Iterator[AssessmentState]:
        return (state for state in list(self.items.values()) if state.user_id == user_id)

    def _update(
        self,
        assessment_id: AssessmentId,
        allowed: Callable[[AssessmentState], bool],
        change: Callable[[AssessmentState], AssessmentState],
    ) -> WriteOutcome:
        state = self.items.get(assessment_id)
        if state is None or not allowed(state):
            return NotWritten(state)
        self.items[assessment_id] = change(state)
        return Written(self.items[assessment_id])


def _live(state: AssessmentState) -> bool:
    return state.is_live


class FakeProfiles:
    """A ProfileStore."""

    def __init__(self) -> None:
        self.items: dict[UserId, StoredProfile] = {}

    def get(self, user_id: UserId) -> StoredProfile | None:
        return self.items.get(user_id)

    def get_many(self, user_ids: list[UserId]) -> dict[UserId, StoredProfile]:
        return {user_id: self.items[user_id] for user_id in user_ids if user_id in self.items}

    def put(self, profile: StoredProfile, *, expected_version: int) -> bool:
        stored = self.items.get(profile.user_id)
        if (stored.version if stored else 0) != expected_version:
            return False
        self.items[profile.user_id] = profile
        return True


class FakeReleases:
    """Releases given by hand; the last one is current."""

    def __init__(self, *releases: Release) -> None:
        self.releases = list(releases)

    def current(self) -> Release:
        if not self.releases:
            raise ReleaseNotFoundError("nothing published")
        return self.releases[-1]

    def pinned(self, version: ReleaseVersion) -> Release:
        for release in self.releases:
            if release.version == version:
                return release
        raise ReleaseNotFoundError(f"no release {version}")
