"""One assessment as its item holds it: everything the next question, the score and the protocol depend on."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from engine.grading import Result
from engine.packing import Answered, Question
from engine.scoring import CompetenceScore
from jalon.kernel.ids import AssessmentId, CertificationId, ReleaseVersion, UserId


class Purpose(StrEnum):
    """What a test is taken for; a user has one live assessment per purpose and subject."""

    COMPETENCE = "competence"
    CAMPAIGN = "campaign"
    DISCOVERY = "discovery"
    CERTIFICATION = "certification"

    @property
    def enriches_profile(self) -> bool:
        """Whether answers become knowledge elements: in positioning they do, in a certification or a discovery they do not."""
        return self in {Purpose.COMPETENCE, Purpose.CAMPAIGN}

    @property
    def is_certification(self) -> bool:
        return self is Purpose.CERTIFICATION


class Status(StrEnum):
    """``started`` takes answers; ``completed`` has them all; ``ended`` was stopped before."""

    STARTED = "started"
    COMPLETED = "completed"
    ENDED = "ended"


class EndReason(StrEnum):
    """Why a test was ended before its last question."""

    INVIGILATOR = "invigilator"  # by the invigilator, in the room
    FINALISATION = "finalisation"  # unfinished when its session was finalised
    RESET = "reset"  # its competence was reset


@dataclass(frozen=True, slots=True)
class AssessmentState:
    """The stored item, decoded.

    - ``subject`` is what the test is about within its purpose: a competence code, a participation, a discovery test, a certification.
    - ``sequence`` is the number, from 1, of the question to answer next: always ``len(answers) + 1``.
    - ``epoch`` counts the devices that held the test; ``epoch_at`` is when the present one took it.
    - ``target`` holds the skill indices of the pinned release that a positioning test may ask about.
    - ``knowledge_at_start`` is the packed knowledge of the competences the target touches.
    - ``profile_at_start`` is the score of each competence when the test began; in a certification this is the frozen profile.
    - ``answers`` are those given so far, in order, each with its result, losses of focus counted; none is ever changed.
    - ``focus_losses`` are the numbers of the questions on which losing the focus counts and was recorded, before their answer.
    - ``questions`` is the fixed list of a certification or discovery test; None when each question follows from the answers.
    """

    assessment_id: AssessmentId
    user_id: UserId
    purpose: Purpose
    subject: str
    attempt: int
    status: Status
    epoch: int
    epoch_at: datetime
    release: ReleaseVersion
    locale: str
    target: tuple[int, ...]
    knowledge_at_start: bytes
    profile_at_start: Mapping[str, CompetenceScore]
    questions: tuple[Question, ...] | None
    seed: bytes
    answers: tuple[Answered, ...]
    started_at: datetime
    updated_at: datetime
    deadline_at: datetime | None = None
    extra_time_percent: int = 0
    end_reason: str | None = None
    focus_losses: frozenset[int] = frozenset()

    @property
    def sequence(self) -> int:
        return len(self.answers) + 1

    @property
    def is_live(self) -> bool:
        return self.status is Status.STARTED

    @property
    def asked_nothing(self) -> bool:
        """Whether it was completed without an answer, because nothing could be asked."""
        return self.status is Status.COMPLETED and not self.answers

    @property
    def certification_id(self) -> CertificationId | None:
        return CertificationId(self.subject) if self.purpose.is_certification else None

    @property
    def participation_id(self) -> str | None:
        return self.subject if self.purpose is Purpose.CAMPAIGN else None

    @property
    def last_change_at(self) -> datetime:
        """When the present question came up: after the last answer, or when the present device took the test."""
        return max(self.epoch_at, self._answered_at() if self.answers else self.started_at)

    def _answered_at(self) -> datetime:
        """When the last answer was taken, never earlier: its record keeps the second, the item's last change the millisecond.

        Where something else changed the item since, the second after the record's stands for it.
        """
        second = datetime.fromtimestamp(self.answers[-1].at, UTC)
        following = second + timedelta(seconds=1)
        return self.updated_at if second <= self.updated_at < following else following


def effective_answers(records: Iterable[Answered], focus_losses: Collection[int]) -> tuple[Answered, ...]:
    """The answers as they count: those records, in order, whose question number (from 1) is among ``focus_losses`` have lost the focus.

    A right one is then ``focusedout``; one that was wrong, skipped or late stays what it is. Applying it twice is applying it once.
    Source: docs/domain.md §2.
    """
    return tuple(_out_of_focus(record) if number in focus_losses else record for number, record in enumerate(records, start=1))


def _out_of_focus(record: Answered) -> Answered:
    return replace(record, result=Result.FOCUSEDOUT if record.result is Result.OK else record.result, focus_lost=True)


@dataclass(frozen=True, slots=True)
class Slot:
    """The place that one user has for one purpose and subject: it holds at most one live assessment."""

    user_id: UserId
    purpose: Purpose
    subject: str

    @property
    def key(self) -> str:
        return slot_key(self.purpose, self.subject)


def slot_key(purpose: Purpose, subject: str) -> str:
    """The key of a slot among its user's, in the tables and in the profile."""
    return f"{purpose.value}#{subject}"
