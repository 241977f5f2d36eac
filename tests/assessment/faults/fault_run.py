"""Whole tests played through the code under test while everything around it fails, from a seed.

The faults, each drawn at every delivery: a throttle or a time-out before the write; a time-out after it committed; a write
that commits late, after its retry; a crash before or after the write; a delivery that comes twice; a response that is lost; an
old request that comes again; another device that takes over; time that runs out and is extended; an invigilator who ends the
test; a ticket that is forged. The pupil's page does what docs/protocol.md
asks of clients: it repeats the same request until it is told something. On focused questions it may lose the focus and tells the
server at once; as often as not it is refreshed then: it does not repeat what nobody answered, and its answer does not say so.

At the end of each test what the page was told is compared with what is stored.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.grading import Result
from engine.packing import Answered, Question
from jalon.assessment.create_certification_assessment import CreateCertificationAssessment, create_certification_assessment
from jalon.assessment.give_answer import AnswerTaken, GiveAnswer, give_answer
from jalon.assessment.next_question import AskedQuestion
from jalon.assessment.record_focus_loss import FocusLoss, RecordFocusLoss, record_focus_loss
from jalon.assessment.state import AssessmentState
from jalon.assessment.store import NotWritten, WriteOutcome
from jalon.assessment.tickets import TicketOffice
from jalon.kernel.errors import ConflictError, GoneError, InvalidInputError, JalonError, UnavailableError
from jalon.kernel.ids import AssessmentId, CertificationId, ReleaseVersion, UserId
from tests.assessment.asking import asked_now
from tests.assessment.content import VERSION, release, right_answer, wrong_answer
from tests.assessment.fakes import FakeAssessments, FakeReleases
from tests.assessment.faults.forgeries import CHANGES, FAULTS_OF_OURS, FORGERIES, TIMES
from tests.sources import FixedClock, SequenceIdSource

QUESTIONS = 48
#: A page that is told nothing more than this many times in a row gives up: the test counts as unfinished.
PATIENCE = 200
STORE_FAULTS = ("throttled before", "timed out before", "timed out after", "committed late", "crashed before", "crashed after")
NETWORK_FAULTS = ("delivered twice", "old request again", "replaced device answers", "forged ticket")
#: How often a page that shows a focused question loses the focus.
FOCUS_LOST = 0.7


Command = GiveAnswer | RecordFocusLoss


class CrashError(Exception):
    """The process died; nobody is told anything."""


@dataclass(slots=True)
class Tally:
    """Faults injected, and what they broke: all but the first two must be 0."""

    sessions: int = 0
    faults: int = 0
    lost: int = 0
    doubled: int = 0
    changed: int = 0
    stale_writes: int = 0
    forged: int = 0
    unfinished: int = 0

    @property
    def violations(self) -> int:
        return sum(getattr(self, item.name) for item in fields(self)) - self.sessions - self.faults

    def add(self, other: "Tally") -> None:
        for item in fields(self):
            setattr(self, item.name, getattr(self, item.name) + getattr(other, item.name))


class FaultyAssessments(FakeAssessments):
    """The store, with a fault at the next write when one is set, and writes that commit when nobody waits for them any more."""

    def __init__(self, mutant: str | None, tally: Tally) -> None:
        super().__init__(mutant)
        self.tally = tally
        self.fault: str | None = None
        self.late: list[Callable[[], WriteOutcome]] = []

    def append_answer(
        self, assessment_id: AssessmentId, *, epoch: int, sequence: int, answer: Answered, deadline_from: datetime
    ) -> WriteOutcome:
        def write() -> WriteOutcome:
            return FakeAssessments.append_answer(
                self, assessment_id, epoch=epoch, sequence=sequence, answer=answer, deadline_from=deadline_from
            )

        return self._through_faults(lambda: self._watched(assessment_id, epoch, deadline_from, write))

    def record_focus_loss(self, assessment_id: AssessmentId, *, epoch: int, sequence: int, deadline_from: datetime) -> WriteOutcome:
        def write() -> WriteOutcome:
            return FakeAssessments.record_focus_loss(self, assessment_id, epoch=epoch, sequence=sequence, deadline_from=deadline_from)

        return self._through_faults(lambda: self._watched(assessment_id, epoch, deadline_from, write))

    def _watched(self, assessment_id: AssessmentId, epoch: int, deadline_from: datetime, write: Callable[[], WriteOutcome]) -> WriteOutcome:
        """Notice a write for a replaced device, after the end or after the deadline."""
        before = self.items.get(assessment_id)
        outcome = write()
        if not isinstance(outcome, NotWritten) and before is not None:
            late = before.deadline_at is not None and before.deadline_at < deadline_from
            self.tally.stale_writes += before.epoch != epoch or not before.is_live or late
        return outcome

    def _through_faults(self, write: Callable[[], WriteOutcome]) -> WriteOutcome:
        fault, self.fault = self.fault, None
        if fault in {"throttled before", "timed out before"}:
            raise UnavailableError(fault)
        if fault == "crashed before":
            raise CrashError
        if fault == "committed late":
            self.late.append(write)
            raise UnavailableError(fault)
        outcome = write()
        if fault == "timed out after":
            raise UnavailableError(fault)
        if fault == "crashed after":
            raise CrashError
        return outcome

    def commit_late(self) -> None:
        """Let every write that is still under way commit, in the order it was sent."""
        while self.late:
            self.late.pop(0)()


@dataclass
class Page:
    """What one device of the pupil shows: ``untold`` is a loss of focus to tell the server of, ``remembers`` whether the page goes on
    telling of it until it is answered, and again with the answer.
    """

    asked: AskedQuestion | None
    key: int = 0
    answer: dict[str, Any] = field(default_factory=dict)
    untold: bool = False
    remembers: bool = False


class Session:
    """One test of one pupil on two devices, played to its end."""

    def __init__(self, seed: int, mutant: str | None = None, rate: float = 0.35) -> None:
        self.chance = random.Random(seed)
        self.rate = rate
        self.tally = Tally(sessions=1)
        self.store = FaultyAssessments(mutant, self.tally)
        self.releases = FakeReleases(release())
        self.tickets = TicketOffice(b"k" * 32)
        self.clock = FixedClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
        self.ids = SequenceIdSource()
        self.pupil = UserId(f"usr_{seed:032x}")
        self.test = self._begin("crt")
        self.other_test = self._begin("oth")
        self.pages = [Page(None), Page(None)]
        self.sent: list[Command] = []
        self.told: dict[int, Answered] = {}
        self.told_losses: dict[int, bool] = {}
        self.keys = 0
        self.holder = 0
        self.is_late = False
        #: One test in four is ended by the invigilator after some answers.
        self.ends_after = self.chance.randrange(QUESTIONS) if self.chance.random() < 0.25 else None

    def _begin(self, kind: str) -> AssessmentState:
        count = len(release().challenges)
        command = CreateCertificationAssessment(
            user_id=self.pupil,
            certification_id=CertificationId(f"{kind}_1"),
            release=ReleaseVersion(VERSION),
            locale="fr-FR",
            questions=tuple(Question(number % count, number % 2) for number in range(QUESTIONS)),
            frozen_profile={},
            deadline_at=self.clock.now() + timedelta(days=30),
        )
        return create_certification_assessment(self.store, self.clock, self.ids, command)

    def play(self) -> Tally:
        """Play to the end; what was injected and what broke."""
        told_nothing = 0
        self._show(self.holder)
        while self._state().is_live and told_nothing < PATIENCE:
            self._interfere()
            told = self._act(self.holder)
            told_nothing = 0 if told else told_nothing + 1
        for command in self.sent[-5:]:
            self._deliver(command, lost=True)
        self.store.commit_late()
        self._compare()
        return self.tally

    def _interfere(self) -> None:
        """What people and clocks do: another device takes over, time runs out and is extended, the invigilator ends the test."""
        now, drawn = self.clock.now(), self.chance.random()
        if self.is_late:
            if drawn < 0.5:
                self.is_late = False
                self.store.move_deadline(self.test.assessment_id, deadline_at=now + timedelta(days=30), at=now)
        elif drawn < self.rate / 10:
            self._fault()
            self.holder = 1 - self.holder
            self.store.raise_epoch(self.test.assessment_id, at=now)
            self._show(self.holder)
        elif drawn < self.rate / 8:
            self._fault()
            self.is_late = True
            self.store.move_deadline(self.test.assessment_id, deadline_at=now - timedelta(seconds=10), at=now)
        elif len(self._state().answers) == self.ends_after:
            self._fault()
            self.store.end(self.test.assessment_id, reason="invigilator", at=now)

    # --- the page

    def _show(self, device: int) -> None:
        """The page asks for the question due and lets the pupil answer it under a fresh key."""
        state = self._state()
        asked = asked_now(release(), state, self.tickets, self.clock.now())
        self.keys += 1
        page = self.pages[device] = Page(asked, self.keys)
        if asked is not None:
            right = self.chance.random() < 0.6
            kind = asked.challenge.type
            page.answer = right_answer(asked.challenge.id, asked.variant.instruction, kind) if right else wrong_answer(kind)
            page.untold = asked.challenge.focused and self.chance.random() < FOCUS_LOST
            page.remembers = page.untold and self.chance.random() < 0.5

    def _act(self, device: int) -> bool:
        """Tell of a loss of focus, else answer, and go on once told something; whether the page was."""
        page = self.pages[device]
        if page.asked is None:
            self._show(device)
            return False
        if page.untold:
            told = self._send(self._loss(page.asked))
            page.untold = page.remembers and not told
            return told
        told = self._send(self._answer(page, page.asked))
        if told:
            self._show(device)
        return told

    def _send(self, command: Command) -> bool:
        """Send it, through whatever happens on the way; whether the page was told something."""
        self.sent.append(command)
        if self._drawn():
            self._network_fault(command)
        if self._drawn():
            self._fault()
            self.store.fault = self.chance.choice(STORE_FAULTS)
        lost = self._drawn()
        told = self._deliver(command, lost=lost)
        if lost:
            self._fault()
        return told

    def _answer(self, page: Page, asked: AskedQuestion) -> GiveAnswer:
        return GiveAnswer(self.pupil, self.test.assessment_id, asked.ticket, f"key-{page.key}", page.answer, page.remembers)

    def _loss(self, asked: AskedQuestion) -> RecordFocusLoss:
        return RecordFocusLoss(self.pupil, self.test.assessment_id, asked.ticket)

    def _deliver(self, command: Command, *, lost: bool = False) -> bool:
        self.clock.instant += timedelta(seconds=1)
        try:
            taken = self._give(command)
        except (UnavailableError, CrashError):
            return False
        except (ConflictError, GoneError):
            return not lost
        finally:
            if self.store.late and self.chance.random() < 0.5:
                self.store.commit_late()
        if lost:
            return False
        self._note(taken)
        return True

    def _give(self, command: Command) -> AnswerTaken | FocusLoss:
        if isinstance(command, RecordFocusLoss):
            return record_focus_loss(store=self.store, releases=self.releases, tickets=self.tickets, clock=self.clock, command=command)
        return give_answer(store=self.store, releases=self.releases, tickets=self.tickets, clock=self.clock, command=command)

    def _note(self, taken: AnswerTaken | FocusLoss) -> None:
        """The page remembers what it was told, and that it was never told otherwise."""
        if isinstance(taken, FocusLoss):
            self.tally.changed += self.told_losses.setdefault(taken.sequence, taken.counted) != taken.counted
        else:
            self.tally.changed += self.told.setdefault(taken.sequence, taken.answered) != taken.answered

    # --- the faults

    def _drawn(self) -> bool:
        return self.chance.random() < self.rate

    def _fault(self) -> None:
        self.tally.faults += 1

    def _network_fault(self, command: Command) -> None:
        self._fault()
        kind = self.chance.choice(NETWORK_FAULTS)
        if kind == "delivered twice":
            self._deliver(command, lost=True)
        elif kind == "old request again":
            self._deliver(self.chance.choice(self.sent[-4:]), lost=True)
        elif kind == "replaced device answers":
            self._deliver(self._of_replaced_device() or command, lost=True)
        else:
            self._forge(command)

    def _of_replaced_device(self) -> Command | None:
        page = self.pages[1 - self.holder]
        if page.asked is None:
            return None
        return self._loss(page.asked) if page.untold else self._answer(page, page.asked)

    def _forge(self, command: Command) -> None:
        """A ticket that is not this question's to this person; refused as such, and nothing is written."""
        kind = self.chance.choice(FORGERIES)
        ticket, assessment_id, user_id, before = command.ticket, command.assessment_id, command.user_id, self.clock.instant
        if kind in CHANGES:
            ticket = CHANGES[kind](self.tickets, ticket, user_id)
        elif kind == "another test":
            assessment_id = self.other_test.assessment_id
        elif kind == "another person":
            user_id = UserId("usr_" + "f" * 32)
        else:
            self.clock.instant += TIMES[kind]
        stored, self.store.fault = self._state(), None
        try:
            self._give(self._forged(command, user_id, assessment_id, ticket))
            self.tally.forged += 1
        except InvalidInputError as refused:
            self.tally.forged += refused.code != "ticket_invalid" or kind in TIMES
        except JalonError as refused:
            self.tally.forged += refused.code != "ticket_expired" or kind not in TIMES
        except FAULTS_OF_OURS:
            self.tally.forged += 1
        self.tally.forged += self._state() != stored
        self.clock.instant = before

    @staticmethod
    def _forged(command: Command, user_id: UserId, assessment_id: AssessmentId, ticket: str) -> Command:
        if isinstance(command, RecordFocusLoss):
            return RecordFocusLoss(user_id, assessment_id, ticket)
        return GiveAnswer(user_id, assessment_id, ticket, "key-forged", command.answer)

    # --- the reckoning

    def _state(self) -> AssessmentState:
        return self.store.items[self.test.assessment_id]

    def _compare(self) -> None:
        answers, focus_losses = self._state().answers, self._state().focus_losses
        self.tally.unfinished += self._state().is_live
        self.tally.doubled += max(0, len(answers) - QUESTIONS) + len(answers) - len({answered.digest for answered in answers})
        for sequence, told in self.told.items():
            if sequence > len(answers):
                self.tally.lost += 1
            elif answers[sequence - 1] != told:
                self.tally.changed += 1
        for sequence, counted in self.told_losses.items():
            self.tally.lost += counted and sequence not in focus_losses
            self.tally.changed += not counted and sequence in focus_losses
        for sequence, answered in enumerate(answers, start=1):
            if sequence in focus_losses:
                self.tally.changed += answered.result is Result.OK or not answered.focus_lost


def run(
    faults: int,
    seed: int = 1,
    mutant: str | None = None,
    *,
    until_broken: bool = False,
    tell: Callable[[Tally], None] = lambda _tally: None,
) -> Tally:
    """Play tests until this many faults were injected, or until one breaks something; ``mutant`` leaves a condition of a write out.

    ``tell`` hears after each test what was injected and what broke so far.
    """
    tally = Tally()
    while tally.faults < faults and not (until_broken and tally.violations):
        seed += 1
        tally.add(Session(seed, mutant).play())
        tell(tally)
    return tally
