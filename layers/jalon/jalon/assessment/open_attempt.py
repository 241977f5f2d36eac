"""Claim, then create: how a slot gets its one live assessment whatever crashes between the two writes.

The claim names the assessment before it exists; whoever finds a claim without its assessment creates it under the
claimed id. Both writes are conditional, so any number of requests at once agree on one assessment.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.packing import Question
from engine.scoring import CompetenceScore
from jalon.assessment.state import AssessmentState, Slot, Status
from jalon.assessment.store import AssessmentStore, Attempt
from jalon.kernel.clock import Clock
from jalon.kernel.ids import AssessmentId, IdSource, ReleaseVersion

_SEED_BYTES = 8


@dataclass(frozen=True, slots=True)
class NewAssessment:
    """What an assessment begins with, beside its slot."""

    release: ReleaseVersion
    locale: str
    target: tuple[int, ...] = ()
    knowledge_at_start: bytes = b""
    profile_at_start: Mapping[str, CompetenceScore] = field(default_factory=dict)
    questions: tuple[Question, ...] | None = None
    deadline_at: datetime | None = None
    extra_time_percent: int = 0


def open_latest_attempt(
    store: AssessmentStore,
    clock: Clock,
    ids: IdSource,
    slot: Slot,
    latest: Attempt | None,
    make: Callable[[Attempt | None], NewAssessment],
) -> AssessmentState:
    """The latest attempt of the slot, as the caller has just read it, whatever its status; the first one where there is none.

    What is not there yet is made: the first from ``make(None)``, the latest, which a request claimed and did not live to create,
    from ``make`` of it.
    """
    if latest is None:
        return open_attempt(store, clock, ids, slot, 1, lambda: make(None))
    return store.get(latest.assessment_id) or _create(store, clock, ids, latest, make(latest))


def open_attempt(
    store: AssessmentStore, clock: Clock, ids: IdSource, slot: Slot, number: int, make: Callable[[], NewAssessment]
) -> AssessmentState:
    """The attempt of this number: made now, or by the request that won the race for it.

    ``make`` comes first: what it refuses leaves no claim behind.
    """
    new = make()
    attempt = Attempt(slot, number, AssessmentId(ids.new("asm")))
    if not store.claim_attempt(attempt):
        attempt = store.latest_attempt(slot) or attempt
    return _create(store, clock, ids, attempt, new)


def _create(store: AssessmentStore, clock: Clock, ids: IdSource, attempt: Attempt, new: NewAssessment) -> AssessmentState:
    state = _begin(attempt, new, clock.now(), ids)
    return state if store.create(state) else (store.get(attempt.assessment_id) or state)


def _begin(attempt: Attempt, new: NewAssessment, now: datetime, ids: IdSource) -> AssessmentState:
    return AssessmentState(
        assessment_id=attempt.assessment_id,
        user_id=attempt.slot.user_id,
        purpose=attempt.slot.purpose,
        subject=attempt.slot.subject,
        attempt=attempt.number,
        status=Status.STARTED,
        epoch=1,
        epoch_at=now,
        release=new.release,
        locale=new.locale,
        target=new.target,
        knowledge_at_start=new.knowledge_at_start,
        profile_at_start=new.profile_at_start,
        questions=new.questions,
        seed=bytes.fromhex(ids.new("seed").removeprefix("seed_"))[-_SEED_BYTES:],
        answers=(),
        started_at=now,
        updated_at=now,
        deadline_at=new.deadline_at,
        extra_time_percent=new.extra_time_percent,
    )
