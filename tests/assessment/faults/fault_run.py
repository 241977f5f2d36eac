"""Whole tests played through the code under test while everything around it fails, from a seed.

The faults, each drawn at every delivery: a throttle or a time-out before the write; a time-out after it committed; a write
that commits late, after its retry; a write that the tables' client sends again by itself; a crash before or after the write; a
delivery that comes twice; a response that is lost; an old request that comes again; another device that takes over, alone or in the
middle of a device change that is under way; time that runs out and is extended; an invigilator who ends the test; a laptop that is
shut for more than a day; a ticket that is forged. They meet every write of the protocol: the answer, the loss of focus, and the device
change, of a certification over both its rows (the candidate's and the test's).

The pupil's page does what docs/protocol.md asks of clients: it repeats the same request until it is told something. On focused
questions it may lose the focus and tells the server at once; as often as not it is refreshed then: it does not repeat what nobody
answered, and its answer does not say so.

At the end of each test what the page was told is compared with what is stored.
"""

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from engine.grading import Answer, Result
from engine.packing import Answered
from jalon.assessment.errors import MovedToAnotherDeviceError, TicketExpiredError
from jalon.assessment.give_answer import AnswerTaken, GiveAnswer, give_answer, request_digest
from jalon.assessment.next_question import AskedQuestion
from jalon.assessment.record_focus_loss import FocusLoss, RecordFocusLoss, record_focus_loss
from jalon.assessment.settle import settle
from jalon.assessment.state import AssessmentState
from jalon.assessment.tickets import TicketOffice
from jalon.certification.errors import NotAuthorisedError
from jalon.kernel.errors import ConflictError, ForbiddenError, GoneError, JalonError, UnavailableError
from jalon.kernel.ids import CertificationId, UserId
from tests.assessment.asking import asked_now
from tests.assessment.content import release, right_answer, wrong_answer
from tests.assessment.fakes import FakeReleases
from tests.assessment.faults.faulty_stores import STORE_FAULTS, CrashError, Faults, FaultyAssessments, FaultyCandidates, Tally
from tests.assessment.faults.forgeries import CHANGES, FAULTS_OF_OURS, FORGERIES, TIMES, refused_as_forged, refused_as_old
from tests.assessment.faults.page import Command, Page, TakeOver, Told
from tests.assessment.faults.sittings import FIRST_DEVICE, LONG, QUESTIONS, Certification, DiscoveryTest, Sitting, certification
from tests.sources import FixedClock, SequenceIdSource

#: A page that is told nothing more than this many times in a row gives up: the test counts as unfinished.
PATIENCE = 200
NETWORK_FAULTS = ("delivered twice", "old request again", "replaced device answers", "forged ticket")
#: How often a page that shows a focused question loses the focus.
FOCUS_LOST = 0.7


class Session:
    """One test of one pupil on two devices, played to its end: two in three are certifications, the others discovery tests."""

    def __init__(self, seed: int, mutant: str | None = None, rate: float = 0.35) -> None:
        self.chance = random.Random(seed)
        self.rate = rate
        self.tally = Tally(sessions=1)
        self.faults = Faults()
        self.store = FaultyAssessments(mutant, self.tally, self.faults)
        self.releases = FakeReleases(release())
        self.tickets = TicketOffice(b"k" * 32)
        self.clock = FixedClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
        self.sitting = self._begin(seed)
        self.pupil, self.test = self.sitting.user_id, self.sitting.test
        self.pages = [Page(epoch=1), Page()]
        self.sent: list[Command] = []
        self.given: defaultdict[int, set[bytes]] = defaultdict(set)
        self.told: dict[int, Answered] = {}
        self.told_losses: dict[int, bool] = {}
        self.holders: dict[int, str] = {1: FIRST_DEVICE}
        self.keys = 0
        self.holder = 0
        self.is_late = False
        #: One test in four is ended by the invigilator after some answers.
        self.ends_after = self.chance.randrange(QUESTIONS) if self.chance.random() < 0.25 else None

    def _begin(self, seed: int) -> Sitting:
        ids = SequenceIdSource()
        if seed % 3 == 0:
            sitting: Sitting = DiscoveryTest(self.store, self.clock, ids, UserId(f"usr_{seed:032x}"))
        else:
            sitting = Certification(self.store, FaultyCandidates(self.faults), self.clock, ids)
        self.other_test = certification(self.store, self.clock, ids, sitting.user_id, CertificationId("crt_other"))
        return sitting

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
        self.faults.commit_late()
        self._compare()
        return self.tally

    def _interfere(self) -> None:
        """What people and clocks do: another device takes over, time runs out and is extended, the invigilator ends the test."""
        now, drawn = self.clock.now(), self.chance.random()
        if self.is_late:
            if drawn < 0.5:
                self.is_late = False
                self.store.move_deadline(self.test.assessment_id, deadline_at=now + LONG, at=now)
        elif drawn < self.rate / 10:
            self._fault()
            self.holder = 1 - self.holder
            self._move_to(self.pages[self.holder])
        elif drawn < self.rate / 8:
            self._fault()
            if self.test.deadline_at is None:
                self.clock.instant += timedelta(hours=25)  # the laptop is shut: every ticket at hand is too old
            else:
                self.is_late = True
                self.store.move_deadline(self.test.assessment_id, deadline_at=now - timedelta(seconds=10), at=now)
        elif len(self._state().answers) == self.ends_after:
            self._fault()
            self.store.end(self.test.assessment_id, reason="invigilator", at=now)

    # --- the page

    def _move_to(self, page: Page) -> None:
        """The page wants to go on with the test: who must allow it does, and it asks under a fresh key."""
        self.sitting.allow()
        self.keys += 1
        page.taking, page.asked = f"device-{self.keys}", None

    def _show(self, device: int) -> None:
        """The page asks for the question due and lets the pupil answer it under a fresh key; it gets none unless it holds the test."""
        page = self.pages[device]
        self.keys += 1
        page.asked, page.key = self._due(page), self.keys
        if page.asked is not None:
            asked, right = page.asked, self.chance.random() < 0.6
            kind = asked.challenge.type
            page.answer = right_answer(asked.challenge.id, asked.variant.instruction, kind) if right else wrong_answer(kind)
            page.untold = asked.challenge.focused and self.chance.random() < FOCUS_LOST
            page.remembers = page.untold and self.chance.random() < 0.5

    def _due(self, page: Page) -> AskedQuestion | None:
        """What a reading shows the page; it closes a test whose last answer was stored and told to nobody."""
        state, _ = settle(self.store, release(), self._state(), self.clock.now())
        return asked_now(release(), state, self.tickets, self.clock.now()) if state.epoch == page.epoch else None

    def _act(self, device: int) -> bool:
        """Take the test over, tell of a loss of focus, else answer, and go on once told something; whether the page was."""
        page = self.pages[device]
        if page.taking is not None:
            return self._take_over(device, TakeOver(page.taking))
        if page.asked is None:
            self._show(device)
            return False
        if page.untold:
            told = self._send(self._loss(page.asked))
            page.untold = page.remembers and told is None
        else:
            told = self._send(self._answer(page, page.asked))
        self._go_on(device, told, page.asked, answered=isinstance(told, AnswerTaken))
        return told is not None

    def _go_on(self, device: int, told: Told | None, asked: AskedQuestion, *, answered: bool) -> None:
        """What the page does with what it was told (docs/protocol.md, *What a client does*)."""
        page = self.pages[device]
        if isinstance(told, TicketExpiredError):
            self._read_again(device, asked)
        elif isinstance(told, MovedToAnotherDeviceError):
            self._move_to(page)
        elif answered or isinstance(told, JalonError):
            self._show(device)

    def _read_again(self, device: int, asked: AskedQuestion) -> None:
        """The same question gets the answer at hand, under its key, with the new ticket; any other one its own."""
        page = self.pages[device]
        self.tally.lost += self._state().sequence > asked.number  # it was told as not answered
        due = self._due(page)
        if due is not None and due.number == asked.number:
            page.asked = due
        else:
            self._show(device)

    def _take_over(self, device: int, command: TakeOver) -> bool:
        page = self.pages[device]
        told = self._send(command)
        if isinstance(told, AssessmentState):
            page.taking, page.epoch = None, told.epoch
            self._show(device)
        elif isinstance(told, NotAuthorisedError):
            self._move_to(page)
        return told is not None

    def _send(self, command: Command) -> Told | None:
        """Send it, through whatever happens on the way; what the page was told."""
        self.sent.append(command)
        if self._drawn():
            self._network_fault(command)
        if self._drawn():
            self._fault()
            self.faults.kind, self.faults.writes_before = self.chance.choice(STORE_FAULTS), self._place(command, 2)
        if isinstance(command, TakeOver) and self._drawn():
            self._fault()
            self.faults.overtaking, self.faults.operations_before = self._overtaking(command), self._place(command, 6)
        lost = self._drawn()
        told = self._deliver(command, lost=lost)
        if lost:
            self._fault()
        return told

    def _place(self, command: Command, operations: int) -> int:
        """At which of its operations a request is met; an answer and a loss of focus have one."""
        return self.chance.randrange(operations) if isinstance(command, TakeOver) else 0

    def _answer(self, page: Page, asked: AskedQuestion) -> GiveAnswer:
        command = GiveAnswer(self.pupil, self.test.assessment_id, asked.ticket, f"key-{page.key}", page.answer, page.remembers)
        ticket = self.tickets.open(asked.ticket, self.pupil)
        self.given[asked.number].add(request_digest(ticket, command, Answer.parse(command.answer)))
        return command

    def _loss(self, asked: AskedQuestion) -> RecordFocusLoss:
        return RecordFocusLoss(self.pupil, self.test.assessment_id, asked.ticket)

    def _deliver(self, command: Command, *, lost: bool = False) -> Told | None:
        self.clock.instant += timedelta(seconds=1)
        try:
            told: Told = self._give(command)
        except (UnavailableError, CrashError):
            return None
        except (ConflictError, GoneError, ForbiddenError) as refused:
            told = refused
        finally:
            self.faults.clear()
            if self.faults.late and self.chance.random() < 0.5:
                self.faults.commit_late()
        if lost:
            return None
        self._note(told)
        return told

    def _give(self, command: Command) -> AnswerTaken | FocusLoss | AssessmentState:
        if isinstance(command, TakeOver):
            return self._taken(command)
        if isinstance(command, RecordFocusLoss):
            return record_focus_loss(store=self.store, releases=self.releases, tickets=self.tickets, clock=self.clock, command=command)
        return give_answer(store=self.store, releases=self.releases, tickets=self.tickets, clock=self.clock, command=command)

    def _taken(self, command: TakeOver) -> AssessmentState:
        """The test on the device that took it, which no other device was given under the same epoch.

        Outside certifications each delivery takes the test anew, so that each is a device of its own.
        """
        state = self.sitting.take(command.key)
        self.keys += 1
        holder = command.key if state.purpose.is_certification else f"device-{self.keys}"
        self.tally.two_holders += self.holders.setdefault(state.epoch, holder) != holder
        return state

    def _note(self, told: Told) -> None:
        """The page remembers what it was told, and that it was never told otherwise."""
        if isinstance(told, FocusLoss):
            self.tally.changed += self.told_losses.setdefault(told.sequence, told.counted) != told.counted
        elif isinstance(told, AnswerTaken):
            self.tally.changed += self.told.setdefault(told.sequence, told.answered) != told.answered

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
        elif not isinstance(command, TakeOver):
            self._forge(command)

    def _overtaking(self, command: TakeOver) -> Callable[[], None]:
        """What comes in the middle of a device change: the same request again, an older one, or another device that is allowed too."""
        kind = self.chance.randrange(3)
        if kind == 0:
            return lambda: self._overtake(command)
        if kind == 1:
            return lambda: self._overtake(self.chance.choice([each for each in self.sent if isinstance(each, TakeOver)]))

        def another_device() -> None:
            self.holder = 1 - self.holder
            page = self.pages[self.holder]
            self._move_to(page)
            self._overtake(TakeOver(page.taking or ""))

        return another_device

    def _overtake(self, command: TakeOver) -> None:
        self._deliver(command, lost=True)

    def _of_replaced_device(self) -> Command | None:
        page = self.pages[1 - self.holder]
        if page.asked is None:
            return None
        return self._loss(page.asked) if page.untold else self._answer(page, page.asked)

    def _forge(self, command: GiveAnswer | RecordFocusLoss) -> None:
        """A ticket that is not this question's to this person, or not of this time; refused as such, and nothing is written."""
        kind = self.chance.choice(FORGERIES)
        ticket, assessment_id, user_id, before = command.ticket, command.assessment_id, command.user_id, self.clock.instant
        issued = self.tickets.open(ticket, user_id)
        if kind in CHANGES:
            ticket = CHANGES[kind](self.tickets, ticket, user_id)
        elif kind == "another test":
            assessment_id = self.other_test.assessment_id
        elif kind == "another person":
            user_id = UserId("usr_" + "f" * 32)
        else:
            self.clock.instant = issued.issued_at + TIMES[kind]
        stored = self._state()
        self.faults.clear()
        try:
            if isinstance(command, RecordFocusLoss):
                told: object = self._give(RecordFocusLoss(user_id, assessment_id, ticket))
            else:
                told = self._give(GiveAnswer(user_id, assessment_id, ticket, "key-forged", command.answer))
        except (JalonError, *FAULTS_OF_OURS) as refused:
            told = refused
        self.tally.forged += not (refused_as_old(told, stored, issued) if kind in TIMES else refused_as_forged(told))
        self.tally.forged += self._state() != stored
        self.clock.instant = before

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
            self.tally.doubled += answered.digest not in self.given[sequence]  # what was given to another question
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
