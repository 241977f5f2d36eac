"""The use cases of the context with their dependencies already given: what a test reads like."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.packing import Question
from engine.scoring import CompetenceScore
from jalon.assessment.create_certification_assessment import CreateCertificationAssessment, create_certification_assessment
from jalon.assessment.give_answer import AnswerTaken, GiveAnswer, give_answer
from jalon.assessment.next_question import AskedQuestion
from jalon.assessment.profiles import ProfileStore
from jalon.assessment.record_focus_loss import FocusLoss, RecordFocusLoss, record_focus_loss
from jalon.assessment.start_assessment import StartAssessment, start_assessment
from jalon.assessment.state import AssessmentState, Purpose
from jalon.assessment.store import AssessmentStore
from jalon.assessment.tickets import TicketOffice
from jalon.kernel.ids import AssessmentId, CertificationId, ReleaseVersion, UserId
from tests.assessment.asking import asked_now
from tests.assessment.content import VERSION, release, right_answer, wrong_answer
from tests.assessment.fakes import FakeAssessments, FakeProfiles, FakeReleases
from tests.sources import FixedClock, SequenceIdSource

PUPIL = UserId("usr_" + "1" * 32)
OTHER_PUPIL = UserId("usr_" + "2" * 32)


@dataclass
class Desk:
    store: AssessmentStore
    profiles: ProfileStore
    releases: FakeReleases
    tickets: TicketOffice
    clock: FixedClock
    ids: SequenceIdSource
    _keys: Any = field(default_factory=itertools.count)

    def wait(self, **duration: float) -> None:
        self.clock.instant += timedelta(**duration)

    def start(self, subject: str = "1.1", purpose: Purpose = Purpose.COMPETENCE, user_id: UserId = PUPIL, **more: Any) -> AssessmentState:
        return start_assessment(
            store=self.store,
            profiles=self.profiles,
            releases=self.releases,
            clock=self.clock,
            ids=self.ids,
            command=StartAssessment(user_id, purpose, subject, **more),
        )

    def certify(self, questions: int = 6, minutes: int = 105, letter: str = "a", **more: Any) -> AssessmentState:
        command = CreateCertificationAssessment(
            user_id=PUPIL,
            certification_id=CertificationId("crt_" + letter * 32),
            release=ReleaseVersion(VERSION),
            locale="fr-FR",
            questions=tuple(Question(index, 0) for index in range(questions)),
            frozen_profile={"1.1": CompetenceScore(27, 3)},
            deadline_at=self.clock.now() + timedelta(minutes=minutes),
            **more,
        )
        return create_certification_assessment(self.store, self.clock, self.ids, command)

    def state(self, assessment_id: AssessmentId) -> AssessmentState:
        state = self.store.get(assessment_id)
        assert state is not None
        return state

    def question(self, assessment_id: AssessmentId) -> AskedQuestion:
        state = self.state(assessment_id)
        asked = asked_now(self.releases.pinned(state.release), state, self.tickets, self.clock.now())
        assert asked is not None
        return asked

    def give(
        self,
        assessment_id: AssessmentId,
        asked: AskedQuestion,
        answer: dict[str, Any] | None = None,
        *,
        key: str | None = None,
        user_id: UserId = PUPIL,
        focus_lost: bool = False,
        seconds: float = 10,
    ) -> AnswerTaken:
        """Answer ``asked`` (rightly unless told otherwise) after ``seconds``."""
        self.wait(seconds=seconds)
        given = right_to(asked) if answer is None else answer
        command = GiveAnswer(user_id, assessment_id, asked.ticket, key or f"key-{next(self._keys)}", given, focus_lost)
        return give_answer(store=self.store, releases=self.releases, tickets=self.tickets, clock=self.clock, command=command)

    def lose_focus(self, assessment_id: AssessmentId, asked: AskedQuestion, *, user_id: UserId = PUPIL, seconds: float = 1) -> FocusLoss:
        """The page that shows ``asked`` loses the focus after ``seconds``."""
        self.wait(seconds=seconds)
        command = RecordFocusLoss(user_id, assessment_id, asked.ticket)
        return record_focus_loss(store=self.store, releases=self.releases, tickets=self.tickets, clock=self.clock, command=command)

    def play(self, state: AssessmentState, *, right: bool = True, at_most: int = 100) -> AssessmentState:
        """Answer everything to the end (or ``at_most`` questions), all right or all wrong."""
        for _ in range(at_most):
            state = self.state(state.assessment_id)
            if not state.is_live:
                break
            asked = self.question(state.assessment_id)
            self.give(state.assessment_id, asked, None if right else wrong_answer(asked.challenge.type))
        return self.state(state.assessment_id)


def new_desk() -> Desk:
    """The use cases on in-memory stores, with a clock and identifiers that the test governs."""
    return Desk(
        store=FakeAssessments(),
        profiles=FakeProfiles(),
        releases=FakeReleases(release()),
        tickets=TicketOffice(b"k" * 32),
        clock=FixedClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC)),
        ids=SequenceIdSource(),
    )


def right_to(asked: AskedQuestion) -> dict[str, Any]:
    return right_answer(asked.challenge.id, asked.variant.instruction, asked.challenge.type)
