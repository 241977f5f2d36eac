"""Whole tests played through the code under test while everything around it fails, from a seed.

The faults, each drawn at every delivery: a throttle or a time-out before the write; a time-out after it committed; a write
that commits late, after its retry; a crash before or after the write; a delivery that comes twice; a response that is lost; an
old request that comes again; another device that takes over; time that runs out and is extended; an invigilator who ends the
test; a ticket that is forged. The pupil's page does what docs/protocol.md
asks of clients: it repeats the same request until it is told something.

At the end of each test what the page was told is compared with what is stored.
"""

import base64
import random
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.packing import Answered, Question
from jalon.assessment.create_certification_assessment import CreateCertificationAssessment, create_certification_assessment
from jalon.assessment.give_answer import AnswerTaken, GiveAnswer, give_answer
from jalon.assessment.next_question import AskedQuestion, next_question
from jalon.assessment.state import AssessmentState
from jalon.assessment.store import NotWritten, WriteOutcome
from jalon.assessment.tickets import TicketOffice
from jalon.kernel.clock import FixedClock
from jalon.kernel.errors import ConflictError, GoneError, InvalidInputError, JalonError, UnavailableError
from jalon.kernel.ids import AssessmentId, CertificationId, ReleaseVersion, SequenceIdSource, UserId
from tests.assessment.content import VERSION, release, right_answer, wrong_answer
from tests.assessment.fakes import FakeAssessments, FakeReleases

QUESTIONS = 48
#: A page that is told nothing more than this many times in a row gives up: the test counts as unfinished.
PATIENCE = 200
STORE_FAULTS = ("throttled before", "timed out before", "timed out after", "committed late", "crashed before", "crashed after")
NETWORK_FAULTS = ("delivered twice", "old request again", "replaced device answers", "forged ticket")
FORGERIES = ("changed", "another test", "another person", "yesterday")


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
    """The store, with a fault at the next answer when one is set, and writes that commit when nobody waits for them any more."""

    def __init__(self, without: str | None, tally: Tally) -> None:
        super().__init__(without)
        self.tally = tally
        self.fault: str | None = None
        self.late: list[Callable[[], WriteOutcome]] = []

    def append_answer(
        self, assessment_id: AssessmentId, *, epoch: int, sequence: int, answer: Answered, deadline_from: datetime
    ) -> WriteOutcome:
        def write() -> WriteOutcome:
            before = self.items.get(assessment_id)
            outcome = FakeAssessments.append_answer(
                self, assessment_id, epoch=epoch, sequence=sequence, answer=answer, deadline_from=deadline_from
            )
            if not isinstance(outcome, NotWritten) and before is not None:
                late = before.deadline_at is not None and before.deadline_at < deadline_from
                self.tally.stale_writes += before.epoch != epoch or not before.is_live or late
            return outcome

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
    """What one device of the pupil shows."""

    asked: AskedQuestion | None
    key: int = 0
    answer: dict[str, Any] = field(default_factory=dict)


class Session:
    """One test of one pupil on two devices, played to its end."""

    def __init__(self, seed: int, without: str | None = None, rate: float = 0.35) -> None:
        self.chance = random.Random(seed)
        self.rate = rate
        self.tally = Tally(sessions=1)
        self.store = FaultyAssessments(without, self.tally)
        self.releases = FakeReleases(release())
        self.tickets = TicketOffice(b"k" * 32)
        self.clock = FixedClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
        self.ids = SequenceIdSource()
        self.pupil = UserId(f"usr_{seed:032x}")
        self.test = self._begin("crt")
        self.other_test = self._begin("oth")
        self.pages = [Page(None), Page(None)]
        self.sent: list[GiveAnswer] = []
        self.told: dict[int, Answered] = {}
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
            told = self._send(self.holder)
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
        asked = next_question(release(), state, self.tickets, self.clock.now())
        self.keys += 1
        page = self.pages[device] = Page(asked, self.keys)
        if asked is not None:
            right = self.chance.random() < 0.6
            kind = asked.challenge.type
            page.answer = right_answer(asked.challenge.id, asked.variant.instruction, kind) if right else wrong_answer(kind)

    def _send(self, device: int) -> bool:
        """Send what the page shows, through whatever happens on the way; whether the page was told something."""
        command = self._command(self.pages[device])
        if command is None:
            self._show(device)
            return False
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
        if told:
            self._show(device)
        return told

    def _command(self, page: Page) -> GiveAnswer | None:
        if page.asked is None:
            return None
        return GiveAnswer(self.pupil, self.test.assessment_id, page.asked.ticket, f"key-{page.key}", page.answer)

    def _deliver(self, command: GiveAnswer, *, lost: bool = False) -> bool:
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

    def _give(self, command: GiveAnswer) -> AnswerTaken:
        return give_answer(store=self.store, releases=self.releases, tickets=self.tickets, clock=self.clock, command=command)

    def _note(self, taken: AnswerTaken) -> None:
        """The page remembers what it was told, and that it was never told otherwise."""
        before = self.told.setdefault(taken.sequence, taken.answered)
        self.tally.changed += before != taken.answered

    # --- the faults

    def _drawn(self) -> bool:
        return self.chance.random() < self.rate

    def _fault(self) -> None:
        self.tally.faults += 1

    def _network_fault(self, command: GiveAnswer) -> None:
        self._fault()
        kind = self.chance.choice(NETWORK_FAULTS)
        if kind == "delivered twice":
            self._deliver(command, lost=True)
        elif kind == "old request again":
            self._deliver(self.chance.choice(self.sent[-4:]), lost=True)
        elif kind == "replaced device answers":
            self._deliver(self._command(self.pages[1 - self.holder]) or command, lost=True)
        else:
            self._forge(command)

    def _forge(self, command: GiveAnswer) -> None:
        """A ticket that is not this question's to this person; refused as such, and nothing is written."""
        kind = self.chance.choice(FORGERIES)
        ticket, assessment_id, user_id, before = command.ticket, command.assessment_id, command.user_id, self.clock.instant
        if kind == "changed":
            raw = bytearray(base64.urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4)))
            raw[18] ^= 1  # the sequence's lower byte
            ticket = base64.urlsafe_b64encode(raw).decode().rstrip("=")
        elif kind == "another test":
            assessment_id = self.other_test.assessment_id
        elif kind == "another person":
            user_id = UserId("usr_" + "f" * 32)
        else:
            self.clock.instant += timedelta(hours=25)
        stored, self.store.fault = self._state(), None
        try:
            self._give(GiveAnswer(user_id, assessment_id, ticket, "key-forged", command.answer))
            self.tally.forged += 1
        except InvalidInputError as refused:
            self.tally.forged += refused.code != "ticket_invalid" or kind == "yesterday"
        except JalonError as refused:
            self.tally.forged += refused.code != "ticket_expired" or kind != "yesterday"
        self.tally.forged += self._state() != stored
        self.clock.instant = before

    # --- the reckoning

    def _state(self) -> AssessmentState:
        return self.store.items[self.test.assessment_id]

    def _compare(self) -> None:
        answers = self._state().answers
        self.tally.unfinished += self._state().is_live
        self.tally.doubled += max(0, len(answers) - QUESTIONS) + len(answers) - len({answered.digest for answered in answers})
        for sequence, told in self.told.items():
            if sequence > len(answers):
                self.tally.lost += 1
            elif answers[sequence - 1] != told:
                self.tally.changed += 1


def run(
    faults: int,
    seed: int = 1,
    without: str | None = None,
    *,
    until_broken: bool = False,
    tell: Callable[[Tally], None] = lambda _tally: None,
) -> Tally:
    """Play tests until this many faults were injected, or until one breaks something; ``without`` leaves a condition out.

    ``tell`` hears after each test what was injected and what broke so far.
    """
    tally = Tally()
    while tally.faults < faults and not (until_broken and tally.violations):
        seed += 1
        tally.add(Session(seed, without).play())
        tell(tally)
    return tally
