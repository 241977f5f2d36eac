"""The answer protocol over the real handler and the real table: two devices, duplicates, reordering, lost responses, ended tests.

A model says for every delivery what the answer must be; after every step the stored item is compared with the model. Then each
condition of the two writes (an answer, a loss of focus), and each check of the ticket, is taken away in turn: the machine must
notice every time. It hunts for a missing condition over the store in memory, whose conditions are those of the table
(``tests/assessment/test_store_contract.py``), since that takes hundreds of rounds.
Source: docs/protocol.md.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from engine.packing import Question
from functions.answers import routes, wiring
from jalon.assessment import tickets
from jalon.assessment.create_certification_assessment import CreateCertificationAssessment, create_certification_assessment
from jalon.assessment.state import AssessmentState
from jalon.kernel.ids import CertificationId, ReleaseVersion, UserId
from tests.assessment.asking import asked_now
from tests.assessment.content import VERSION, wrong_answer
from tests.assessment.fakes import EACH_CONDITION, FakeAssessments
from tests.cloud import Cloud
from tests.functions.answers_client import Pupil, Reply, right_to
from tests.functions.answers_cloud import stored
from tests.sources import FixedClock

#: The first, the second and the fourth are focused: losing the focus there takes a right answer away.
CHALLENGES = (4, 10, 0, 16, 1)
FOCUSED = {1, 2, 4}
QUESTIONS = len(CHALLENGES)
DEVICES = st.integers(0, 1)
LEFT = st.sampled_from(("not", "before", "after"))
_people = itertools.count(1)
_cloud: list[Cloud] = []


@dataclass(frozen=True, slots=True)
class Request:
    """One answer that a device sent; it may be delivered never, once or many times, at any moment."""

    question: dict[str, Any]
    epoch: int
    key: str
    answer: dict[str, Any]
    focus_lost: bool

    @property
    def payload(self) -> tuple[str, str, bool]:
        return self.key, repr(self.answer), self.focus_lost


class AnswerProtocol(RuleBasedStateMachine):
    """Two devices of one candidate, the network between them and the server, and the invigilator."""

    #: The condition that the store in memory leaves out; empty to write to the real table.
    without = ""

    @initialize()
    def begin(self) -> None:
        self.clock = FixedClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
        shared = replace(wiring.parts(), clock=self.clock)
        if self.without:
            shared = replace(shared, store=FakeAssessments(self.without))
        routes.parts = lambda: shared
        self.shared = shared
        self.pupil = Pupil(f"usr_{next(_people):032x}")
        self.test = self._certification("crt")
        self.other_test = self._certification("oth")
        self.answers: list[tuple[tuple[str, str, bool], str]] = []  # what must be stored: the request's payload and its result
        self.epoch, self.status, self.late = 1, "started", False
        self.held: list[tuple[dict[str, Any], int] | None] = [self._first_question(self.test), None]
        self.sent: list[Request] = []
        self.focus_losses: set[int] = set()

    def _certification(self, kind: str) -> AssessmentState:
        command = CreateCertificationAssessment(
            user_id=UserId(self.pupil.user_id),
            certification_id=CertificationId(self.pupil.user_id.replace("usr", kind)),
            release=ReleaseVersion(VERSION),
            locale="fr-FR",
            questions=tuple(Question(index, 0) for index in CHALLENGES),
            frozen_profile={},
            deadline_at=self.clock.now() + timedelta(hours=20),
        )
        return create_certification_assessment(self.shared.store, self.clock, self.shared.ids, command)

    def _first_question(self, test: AssessmentState) -> tuple[dict[str, Any], int] | None:
        """What the invigilator's authorisation hands to a device: the question due and the epoch of its ticket."""
        from jalon.assessment.presentation import present_question

        release = self.shared.releases.pinned(test.release)
        state = self.shared.store.get(test.assessment_id)
        assert state is not None
        asked = asked_now(release, state, self.shared.tickets, self.clock.now())
        return None if asked is None else (present_question(release, asked, self.shared.link), state.epoch)

    # --- the devices

    @precondition(lambda self: any(self.held))
    @rule(device=DEVICES, right=st.booleans(), focus_lost=st.booleans(), fresh_key=st.booleans())
    def answer_on(self, device: int, right: bool, focus_lost: bool, fresh_key: bool) -> None:
        held = self.held[device]
        if held is None:
            return
        question, epoch = held
        answer = right_to(question) if right else wrong_answer(question["type"])
        key = f"key-{len(self.sent)}" if fresh_key else "key-reused"
        self.sent.append(Request(question, epoch, key, answer, focus_lost))

    @precondition(lambda self: any(self.held))
    @rule(device=DEVICES, right=st.booleans(), focus_lost=st.booleans(), response_lost=st.booleans(), left=LEFT)
    def answer_and_deliver(self, device: int, right: bool, focus_lost: bool, response_lost: bool, left: str) -> None:
        """The common way: an answer goes straight to the server, and its response comes back or is lost.

        The page may be left meanwhile: the event comes before the answer, or is overtaken by it.
        """
        if self.held[device] is None:
            return
        if left == "before":
            self._leave(device)
        self.answer_on(device, right, focus_lost, True)
        request = self.sent[-1]
        self._deliver(request, device, response_lost)
        if left == "after":
            self._tell_loss((request.question, request.epoch))

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), device=DEVICES, response_lost=st.booleans())
    def deliver(self, data: st.DataObject, device: int, response_lost: bool) -> None:
        """Any answer sent so far reaches the server, for the first time or again."""
        self._deliver(data.draw(st.sampled_from(self.sent)), device, response_lost)

    def _deliver(self, request: Request, device: int, response_lost: bool) -> None:
        reply = self._post(self.pupil, request)
        self._compare(request, reply)
        if reply.status == 200 and not response_lost:
            assessment = reply.body["assessment"]
            self.held[device] = (assessment["question"], assessment["epoch"]) if assessment["question"] else self.held[device]

    @rule(device=DEVICES)
    def refresh(self, device: int) -> None:
        """A reading changes nothing; the device that holds the test gets the question due, the other one none."""
        held = self.held[device]
        reply = self.pupil.read(self.test.assessment_id, held[0]["ticket"] if held else None)
        assert reply.status == 200
        shown = reply.body["question"]
        may_ask = held is not None and held[1] == self.epoch and self.status == "started" and not self.late
        assert (shown is not None) == may_ask
        if shown:
            assert shown["number"] == len(self.answers) + 1
            self.held[device] = (shown, self.epoch)

    # --- the page loses the focus

    @precondition(lambda self: any(self.held))
    @rule(data=st.data())
    def lose_focus(self, data: st.DataObject) -> None:
        """Any page that shows a question, or showed one that it answered: the event may come at any moment, and again."""
        answered = [(request.question, request.epoch) for request in self.sent]
        self._tell_loss(data.draw(st.sampled_from([*filter(None, self.held), *answered])))

    def _leave(self, device: int) -> None:
        """The page of a device is left, and says so at once."""
        self._tell_loss(self.held[device])

    def _tell_loss(self, shown: tuple[dict[str, Any], int] | None) -> None:
        if shown is None:
            return
        question, epoch = shown
        number = question["number"]
        assert question["focused"] == (number in FOCUSED)
        self.clock.instant += timedelta(seconds=1)
        reply = self.pupil.lose_focus(self.test.assessment_id, question)
        open_here = self.status == "started" and epoch == self.epoch and number == len(self.answers) + 1 and not self.late
        if number in FOCUSED and open_here:
            self.focus_losses.add(number)
        if number not in FOCUSED or number in self.focus_losses or number <= len(self.answers):
            assert (reply.status, reply.body) == (200, {"sequence": number, "counted": number in self.focus_losses})
        elif self.status != "started":
            assert (reply.status, reply.body["code"]) == (410, f"assessment_{self.status}")
        elif epoch != self.epoch:
            assert (reply.status, reply.body["code"]) == (409, "moved_to_another_device")
        else:
            assert (reply.status, reply.body["code"]) == (410, "deadline_passed")

    # --- the invigilator and the clock

    @precondition(lambda self: self.status == "started")
    @rule(device=DEVICES)
    def resume_on(self, device: int) -> None:
        self.epoch += 1
        self._raise_epoch(self.epoch)
        self.held[device] = self._first_question(self.test)
        self._leave(1 - device)  # the page that is left behind

    @rule(back=st.integers(0, 2))
    def raise_again(self, back: int) -> None:
        """A write that handed the test over comes again, or late: it hands it to nobody."""
        self._raise_epoch(max(1, self.epoch - back))

    @precondition(lambda self: self.status != "started")
    @rule()
    def raise_after_the_end(self) -> None:
        self._raise_epoch(self.epoch + 1)

    def _raise_epoch(self, epoch: int) -> None:
        self.shared.store.raise_epoch(self.test.assessment_id, epoch=epoch, at=self.clock.now())

    @precondition(lambda self: self.status == "started" and self.answers)
    @rule(leaving=DEVICES)
    def end(self, leaving: int) -> None:
        """Whoever is told that the test is over leaves the page."""
        self.shared.store.end(self.test.assessment_id, reason="invigilator", at=self.clock.now())
        self.status = "ended"
        self._leave(leaving)

    @precondition(lambda self: self.status == "started")
    @rule(late=st.booleans(), leaving=DEVICES)
    def move_deadline(self, late: bool, leaving: int) -> None:
        """Time runs out, and the candidate leaves the page; or it is extended."""
        deadline = self.clock.now() + (timedelta(seconds=-10) if late else timedelta(hours=20))
        self.shared.store.move_deadline(self.test.assessment_id, deadline_at=deadline, at=self.clock.now())
        self.late = late
        if late:
            self._leave(leaving)

    # --- wrong tickets

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), wrong=st.sampled_from(["changed", "another test", "another person", "yesterday's"]))
    def forge(self, data: st.DataObject, wrong: str) -> None:
        request = data.draw(st.sampled_from(self.sent))
        fresh = replace(request, key=f"forged-{wrong}")
        if wrong == "changed":
            ticket = request.question["ticket"]
            fresh = replace(
                fresh, question={**request.question, "ticket": ("B" if ticket[60] == "A" else "A").join((ticket[:60], ticket[61:]))}
            )
            self._refused(self.pupil, fresh, self.test, "ticket_invalid")
        elif wrong == "another test":
            self._refused(self.pupil, fresh, self.other_test, "ticket_invalid")
        elif wrong == "another person":
            self._refused(Pupil("usr_" + "f" * 32), fresh, self.test, "ticket_invalid")
        else:
            self._sent_a_day_later(fresh)

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def reopen_the_laptop(self, data: st.DataObject) -> None:
        """A page that was told nothing sends the same request again a day later: its ticket is too old to store anything."""
        self._sent_a_day_later(data.draw(st.sampled_from(self.sent)))

    def _sent_a_day_later(self, request: Request) -> None:
        number, before = request.question["number"], self.clock.instant
        self.clock.instant += timedelta(hours=25)
        reply, loss = self._post(self.pupil, request), self.pupil.lose_focus(self.test.assessment_id, request.question)
        self.clock.instant = before
        if number <= len(self.answers) and self.answers[number - 1][0] == request.payload:
            assert (reply.status, reply.body.get("repeated"), reply.body.get("sequence")) == (200, True, number)
        else:
            assert (reply.status, reply.body["code"]) == self._refusal(request, number)
        awaits = (self.status, self.epoch, len(self.answers) + 1) == ("started", request.epoch, number)
        if number not in FOCUSED or (not awaits and (number in self.focus_losses or number <= len(self.answers))):
            assert (loss.status, loss.body) == (200, {"sequence": number, "counted": number in self.focus_losses})
        else:
            assert (loss.status, loss.body["code"]) == self._refusal(request, number)

    def _refusal(self, request: Request, number: int) -> tuple[int, str]:
        """What is told of a question with a ticket that is too old: only one that awaits its answer needs another ticket."""
        if self.status != "started":
            return 410, f"assessment_{self.status}"
        if request.epoch != self.epoch:
            return 409, "moved_to_another_device"
        return (409, "ticket_expired") if number == len(self.answers) + 1 else (409, "answer_conflict")

    def _refused(self, pupil: Pupil, request: Request, test: AssessmentState, code: str) -> None:
        """Both what is answered and what is told of the focus with this ticket."""
        assert self._post(pupil, request, test).body["code"] == code
        assert pupil.lose_focus(test.assessment_id, request.question).body["code"] == code

    # --- what must hold

    def _post(self, pupil: Pupil, request: Request, test: AssessmentState | None = None) -> Reply:
        self.clock.instant += timedelta(seconds=1)
        assessment_id = (test or self.test).assessment_id
        return pupil.answer(assessment_id, request.question, request.answer, key=request.key, focus_lost=request.focus_lost)

    def _compare(self, request: Request, reply: Reply) -> None:
        number = request.question["number"]
        if number <= len(self.answers) and self.answers[number - 1][0] == request.payload:
            assert (reply.status, reply.body.get("repeated"), reply.body.get("sequence")) == (200, True, number)
            self._compare_next_question(request, reply)
        elif self.status != "started":
            assert (reply.status, reply.body["code"]) == (410, f"assessment_{self.status}")
        elif request.epoch != self.epoch:
            assert (reply.status, reply.body["code"]) == (409, "moved_to_another_device")
        elif number != len(self.answers) + 1:
            assert (reply.status, reply.body["code"], reply.body.get("sequence")) == (409, "answer_conflict", len(self.answers) + 1)
        elif self.late:
            assert (reply.status, reply.body["code"]) == (410, "deadline_passed")
        else:
            assert (reply.status, reply.body.get("repeated"), reply.body.get("sequence")) == (200, False, number)
            assert reply.body["result"] is None
            self._stored(request)
            self._compare_next_question(request, reply)

    def _compare_next_question(self, request: Request, reply: Reply) -> None:
        """It comes to the device that holds the test, and to no other: with its ticket another one could go on unauthorised."""
        moved = request.epoch != self.epoch
        assert reply.body["moved"] == moved
        shown = reply.body["assessment"]["question"]
        assert (shown is not None) == (self.status == "started" and not moved and not self.late)
        assert shown is None or shown["number"] == len(self.answers) + 1

    def _stored(self, request: Request) -> None:
        right = request.answer == right_to(request.question)
        lost = request.focus_lost or request.question["number"] in self.focus_losses
        focus_counts = lost and request.question["focused"]
        self.answers.append((request.payload, ("focusedout" if focus_counts else "ok") if right else "ko"))
        if len(self.answers) == QUESTIONS:
            self.status = "completed"

    @invariant()
    def the_item_is_what_was_acknowledged(self) -> None:
        if not hasattr(self, "test"):
            return
        state = self.shared.store.get(self.test.assessment_id)
        assert state is not None
        assert [answered.result.value for answered in state.answers] == [result for _, result in self.answers]
        assert state.focus_losses == self.focus_losses
        assert (state.status.value, state.epoch, self._stored_sequence()) == (self.status, self.epoch, len(self.answers) + 1)

    def _stored_sequence(self) -> int:
        """The sequence as the item has it, beside the answers that it counts."""
        if self.without:
            return len(self.answers) + 1
        return int(stored(_cloud[-1], self.test.assessment_id)["sequence"]["N"])

    def teardown(self) -> None:
        if hasattr(self, "test"):
            other = self.shared.store.get(self.other_test.assessment_id)
            assert other is not None
            assert other.answers == ()


@pytest.fixture(scope="module")
def answers(answers: Cloud) -> Iterator[Cloud]:
    """The module's cloud, where the machine finds it."""
    _cloud.append(answers)
    yield answers
    _cloud.pop()


@pytest.fixture(autouse=True)
def restored_wiring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "parts", routes.parts)


COMMON = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None, "report_multiple_bugs": False}


def test_every_answer_is_stored_exactly_once_whatever_the_network_and_the_devices_do(answers: Cloud) -> None:
    run_state_machine_as_test(AnswerProtocol, settings=settings(max_examples=30, stateful_step_count=40, **COMMON))


#: Checks of the ticket, taken away.
MUTANTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "ticket without its signature": lambda patch: patch.setattr(tickets.hmac, "compare_digest", lambda one, other: True),
    "ticket without its person": lambda patch: patch.setattr(
        tickets, "_mac", lambda key, body, user_id: tickets.hmac.digest(key, body, "sha256")
    ),
    "ticket without its age": lambda patch: patch.setattr(tickets, "LIFE", timedelta(days=1_000)),
    "ticket without its test": lambda patch: patch.setattr(tickets, "refuse_another_tests_ticket", lambda ticket, assessment_id: None),
}


def test_over_the_store_in_memory_the_machine_finds_as_little(answers: Cloud) -> None:
    whole = type("InMemory", (AnswerProtocol,), {"without": "nothing"})
    run_state_machine_as_test(whole, settings=settings(max_examples=100, stateful_step_count=40, **COMMON))


def notices(machine: type[AnswerProtocol]) -> None:
    hunting = settings(max_examples=400, stateful_step_count=40, phases=[Phase.generate], derandomize=True, **COMMON)
    with pytest.raises((AssertionError, KeyError)):
        run_state_machine_as_test(machine, settings=hunting)


@pytest.mark.parametrize("mutant", EACH_CONDITION)
def test_without_any_one_condition_the_machine_notices(answers: Cloud, mutant: str) -> None:
    notices(type("Mutant", (AnswerProtocol,), {"without": mutant}))


@pytest.mark.parametrize("mutant", MUTANTS)
def test_without_any_one_check_of_the_ticket_the_machine_notices(answers: Cloud, monkeypatch: pytest.MonkeyPatch, mutant: str) -> None:
    MUTANTS[mutant](monkeypatch)
    notices(AnswerProtocol)
