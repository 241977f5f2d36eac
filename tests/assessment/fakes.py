"""The stores in memory, with the conditions of the real ones; contract tests run on both."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from engine.content import Release
from engine.outline import Outline
from engine.packing import Answered
from jalon.assessment.errors import ReleaseNotFoundError
from jalon.assessment.profile_entries import ProfileEntry
from jalon.assessment.profiles import StoredProfile
from jalon.assessment.state import AssessmentState, Slot, Status, effective_answers
from jalon.assessment.store import Attempt, NotWritten, WriteOutcome, Written
from jalon.kernel.ids import AssessmentId, ReleaseVersion, UserId

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a write of the protocol expects of the item, as it is given it."""

    epoch: int
    sequence: int = 0
    deadline_from: datetime = _LONG_AGO


Condition = Callable[[AssessmentState, Expected], bool]
_QUESTION_OPEN: dict[str, Condition] = {
    "status": lambda state, _: state.is_live,
    "epoch": lambda state, expected: state.epoch == expected.epoch,
    "sequence": lambda state, expected: state.sequence == expected.sequence,
    "deadline": lambda state, expected: state.deadline_at is None or state.deadline_at >= expected.deadline_from,
}
_NEW_DEVICE: dict[str, Condition] = {
    "status": lambda state, _: state.is_live,
    "epoch": lambda state, expected: state.epoch < expected.epoch,
}
#: The conditions of the protocol's three writes, by the names they have in ``jalon.assessment.assessment_store``.
CONDITIONS: dict[str, dict[str, Condition]] = {"answer": _QUESTION_OPEN, "focus loss": _QUESTION_OPEN, "device change": _NEW_DEVICE}
#: Each of them as a test names the one to leave out.
EACH_CONDITION = tuple(f"{write} without {name}" for write, conditions in CONDITIONS.items() for name in conditions)


def conditions_of(write: str, mutant: str | None = None) -> list[Condition]:
    """The conditions of one write, without the one that the mutant (one of :data:`EACH_CONDITION`) leaves out."""
    return [condition for name, condition in CONDITIONS[write].items() if f"{write} without {name}" != mutant]


class FakeAssessments:
    """An AssessmentStore; ``items`` is open to the tests, and ``mutant`` leaves a condition of the protocol's writes out."""

    def __init__(self, mutant: str | None = None) -> None:
        self.conditions = {write: conditions_of(write, mutant) for write in CONDITIONS}
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
        self, assessment_id: AssessmentId, *, epoch: int, sequence: int, answer: Answered, at: datetime, deadline_from: datetime
    ) -> WriteOutcome:
        expected = Expected(epoch, sequence, deadline_from)
        return self._update(
            assessment_id,
            lambda state: all(condition(state, expected) for condition in self.conditions["answer"]),
            lambda state: replace(
                state,
                answers=effective_answers((*state.answers, answer), state.focus_losses),
                updated_at=at,
            ),
        )

    def record_focus_loss(self, assessment_id: AssessmentId, *, epoch: int, sequence: int, deadline_from: datetime) -> WriteOutcome:
        expected = Expected(epoch, sequence, deadline_from)
        return self._update(
            assessment_id,
            lambda state: all(condition(state, expected) for condition in self.conditions["focus loss"]),
            lambda state: _with_losses(state, state.focus_losses | {sequence}),
        )

    def complete(self, assessment_id: AssessmentId, *, sequence: int, at: datetime) -> WriteOutcome:
        return self._update(
            assessment_id,
            lambda state: state.is_live and state.sequence == sequence,
            lambda state: replace(state, status=Status.COMPLETED, updated_at=at),
        )

    def end(self, assessment_id: AssessmentId, *, reason: str, at: datetime) -> WriteOutcome:
        return self._update(assessment_id, _live, lambda state: replace(state, status=Status.ENDED, end_reason=reason, updated_at=at))

    def raise_epoch(self, assessment_id: AssessmentId, *, epoch: int, at: datetime) -> WriteOutcome:
        return self._update(
            assessment_id,
            lambda state: all(condition(state, Expected(epoch)) for condition in self.conditions["device change"]),
            lambda state: replace(state, epoch=epoch, epoch_at=at, updated_at=at),
        )

    def move_deadline(self, assessment_id: AssessmentId, *, deadline_at: datetime, at: datetime) -> WriteOutcome:
        return self._update(assessment_id, _live, lambda state: replace(state, deadline_at=deadline_at, updated_at=at))

    def attempts_of(self, user_id: UserId) -> list[Attempt]:
        return [attempt for attempt in self.attempts.values() if attempt.slot.user_id == user_id]

    def of_user(self, user_id: UserId) -> Iterator[AssessmentState]:
        return iter(sorted((state for state in self.items.values() if state.user_id == user_id), key=lambda state: state.release))

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


def _with_losses(state: AssessmentState, focus_losses: frozenset[int]) -> AssessmentState:
    """As the tables' item would be decoded: losses count wherever they stand."""
    return replace(state, focus_losses=focus_losses, answers=effective_answers(state.answers, focus_losses))


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


def no_pause(_lost: int) -> None:
    """After a race lost, in a test: on at once."""


def no_entries(_user_id: UserId, _profile: StoredProfile | None) -> Iterable[ProfileEntry]:
    """What the other contexts have of a user who takes part in nothing."""
    return ()


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

    def outline(self, version: ReleaseVersion) -> Outline:
        return Outline.of(self.pinned(version))
