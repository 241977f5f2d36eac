"""An exhaustive check of the answer protocol: every state that two devices, a network, an invigilator and a clock can reach.

What a refusal means is read by the code under test: :func:`jalon.assessment.give_answer.stored_before`,
:func:`jalon.assessment.record_focus_loss.recorded_before` and :func:`jalon.assessment.state.effective_answers`. Whether a write happens is
decided by the conditions of the store in memory, of which the contract suite holds that the table's are the same, each by itself. The rest
is the world: messages that wait, come twice, overtake each other or are lost, devices that take over, each under an epoch that its row
grants once, time that runs out and is extended.

In every state reached, and on every step between two, these must hold (docs/protocol.md gives them their names):

- **changed**: what is stored is never altered nor removed, only added to: no answer, no outcome of one, no loss of focus;
- **doubled**: no question has two answers stored;
- **stale**: nothing is written for a device that was replaced, after the end, or after the deadline;
- **one holder**: no two devices are shown a question under one epoch, and an epoch that was left does not come back;
- **lost**: what is acknowledged is what is stored, an answer with its outcome and a loss of focus as counted or not;
- **unfinished**: from every state of a test under way its completion can still be reached.
"""

from array import array
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import NamedTuple

from engine.grading import Result
from engine.packing import Answered, Question
from jalon.assessment.give_answer import stored_before
from jalon.assessment.record_focus_loss import recorded_before
from jalon.assessment.state import AssessmentState, Purpose, Status, effective_answers
from jalon.assessment.tickets import Ticket
from jalon.kernel.errors import JalonError
from jalon.kernel.ids import AssessmentId, ReleaseVersion, UserId
from tests.assessment.fakes import CONDITIONS, Expected, conditions_of

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DEVICES = (0, 1)
#: The question on which a loss of focus counts; there is one after it where there are three.
FOCUSED = 2


#: Which device each epoch was granted to, from the first on: the candidates' row, which only grows.
Granted = tuple[int, ...]
#: What each device shows: the number of a question and the epoch of its ticket, or nothing yet.
Shown = tuple[tuple[int, int] | None, ...]


class Request(NamedTuple):
    """An answer on its way: who sent it, to which question, under which epoch, and which of two different answers it is."""

    device: int
    sequence: int
    epoch: int
    value: int

    @property
    def digest(self) -> bytes:
        """As the code under test has it: the key (one per device, question and answer) and the payload, not the epoch."""
        return bytes((self.device, self.sequence, self.value))


class Loss(NamedTuple):
    """A loss of focus on the focused question on its way; which device lost it the server cannot tell but by the epoch."""

    epoch: int


class Change(NamedTuple):
    """A device's request to go on there on its way, under the epoch that was granted to it."""

    device: int
    epoch: int


class Server(NamedTuple):
    """The item: ``answers`` are the requests stored, in order."""

    status: Status
    epoch: int
    late: bool
    answers: tuple[Request, ...]
    focus_losses: frozenset[int]


class World(NamedTuple):
    """The item, what each device shows, the messages on their way and what was granted."""

    server: Server
    shown: Shown
    in_flight: frozenset[Request | Loss | Change]
    granted: Granted


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large a world is explored; outside certifications (``open_to_all``) any device that reads is shown the question."""

    questions: int = 3
    in_flight: int = 3
    epochs: int = 3
    open_to_all: bool = False


@dataclass(slots=True)
class Report:
    """What was found; every count but ``states`` and ``steps`` must be 0."""

    states: int = 0
    steps: int = 0
    lost: int = 0
    doubled: int = 0
    changed: int = 0
    stale_writes: int = 0
    two_holders: int = 0
    unfinished: int = 0

    @property
    def violations(self) -> int:
        return self.lost + self.doubled + self.changed + self.stale_writes + self.two_holders + self.unfinished

    def add(self, other: "Report") -> None:
        for item in fields(self):
            setattr(self, item.name, getattr(self, item.name) + getattr(other, item.name))


@dataclass
class ModelCheck:
    """One exploration; ``mutant`` leaves a condition of a write out."""

    bounds: Bounds = field(default_factory=Bounds)
    mutant: str | None = None
    stop_at_first: bool = False

    def run(self) -> Report:
        report = Report()
        self._conditions = {write: conditions_of(write, self.mutant) for write in CONDITIONS}
        self._answer = lru_cache(maxsize=None)(self._answer_uncached)
        self._lose_focus = lru_cache(maxsize=None)(self._lose_focus_uncached)
        first = World(Server(Status.STARTED, 1, late=False, answers=(), focus_losses=frozenset()), ((1, 1), None), frozenset(), (0,))
        numbers = {first: 0}
        edges = array("I")  # pairs of numbers: from, to
        waiting = deque([first])
        while waiting and not (self.stop_at_first and report.violations):
            world = waiting.popleft()
            for following in self._steps(world, report):
                report.steps += 1
                self._compare(world, following, report)
                if following not in numbers:
                    numbers[following] = len(numbers)
                    waiting.append(following)
                edges.extend((numbers[world], numbers[following]))
        report.states = len(numbers)
        if not waiting:
            report.unfinished = _unfinished(numbers, edges)
        return report

    # --- what can happen

    def _steps(self, world: World, report: Report) -> Iterator[World]:
        server, shown, in_flight, granted = world
        yield from self._devices_act(world)
        for message in in_flight:
            yield world._replace(in_flight=in_flight - {message})  # the network loses it
            after, shown_after = self._deliver(server, shown, message, report)
            for remaining in (in_flight, in_flight - {message}):  # it may come again, or not
                yield World(after, shown, remaining, granted)  # the response is lost
                if shown_after is not None:
                    yield World(after, shown_after, remaining, granted)
        if server.status is Status.STARTED:
            yield world._replace(server=server._replace(late=not server.late))
            yield world._replace(server=server._replace(status=Status.ENDED))
            if len(server.answers) == self.bounds.questions:
                yield world._replace(server=server._replace(status=Status.COMPLETED))

    def _devices_act(self, world: World) -> Iterator[World]:
        server, shown, in_flight, _ = world
        for device in DEVICES:
            question = shown[device]
            if question is not None and len(in_flight) < self.bounds.in_flight:
                for value in (0, 1):
                    yield world._replace(in_flight=in_flight | {Request(device, *question, value)})
                if question[0] == FOCUSED:
                    yield world._replace(in_flight=in_flight | {Loss(question[1])})
            if server.status is Status.STARTED:
                yield world._replace(shown=_put(shown, device, self._read(server, question)))  # a refresh
                yield from self._take_over(world, device)

    def _read(self, server: Server, question: tuple[int, int] | None) -> tuple[int, int] | None:
        """What a reading shows: in a certification nothing new, unless the device holds a ticket of the present epoch."""
        if self.bounds.open_to_all:
            return self._told(server, server.epoch, question)
        return None if question is None else self._told(server, question[1], question)

    def _take_over(self, world: World, device: int) -> Iterator[World]:
        """A device is granted the next epoch and asks for the test under it, or asks again under the last one, which is its own."""
        _, _, in_flight, granted = world
        if len(in_flight) >= self.bounds.in_flight:
            return
        if len(granted) < self.bounds.epochs:
            change = Change(device, len(granted) + 1)
            yield world._replace(in_flight=in_flight | {change}, granted=(*granted, device))
        if granted[-1] == device and len(granted) > 1:
            yield world._replace(in_flight=in_flight | {Change(device, len(granted))})

    def _told(self, server: Server, epoch: int, before: tuple[int, int] | None) -> tuple[int, int] | None:
        """What a response shows: the next question, to the device that holds the test while it lasts."""
        if server.status is not Status.STARTED or epoch != server.epoch or len(server.answers) >= self.bounds.questions:
            return before
        return len(server.answers) + 1, server.epoch

    def _deliver(self, server: Server, shown: Shown, message: Request | Loss | Change, report: Report) -> tuple[Server, Shown | None]:
        """The server after one delivery, and what the devices show once its response is read (None: nothing new)."""
        if isinstance(message, Change):
            after = self._change_device(server, message)
            return after, _put(shown, message.device, self._told(after, message.epoch, shown[message.device]))
        if isinstance(message, Loss):
            after, counted = self._lose_focus(server, message)
            report.lost += counted is not None and counted != (FOCUSED in after.focus_losses)
            report.stale_writes += after != server and _stale(server, message.epoch)
            return after, None
        after, acknowledged = self._answer(server, message)
        if acknowledged is None:
            return after, None
        stored = _state(after).answers[message.sequence - 1 : message.sequence]
        report.lost += acknowledged.digest != message.digest or stored != (acknowledged,)
        return after, _put(shown, message.device, self._told(after, message.epoch, shown[message.device]))

    # --- the code under test

    def _answer_uncached(self, server: Server, request: Request) -> tuple[Server, Answered | None]:
        """The server after an answer came, and the stored answer it acknowledges (None: it refused)."""
        state = _state(server)
        if self._written("answer", state, request.epoch, request.sequence):
            after = server._replace(answers=(*server.answers, request))
            return after, _state(after).answers[request.sequence - 1]
        try:
            _, stored = stored_before(state, _ticket(state, request.sequence, request.epoch), request.digest)
        except JalonError:
            return server, None
        return server, stored

    def _lose_focus_uncached(self, server: Server, loss: Loss) -> tuple[Server, bool | None]:
        """The server after a loss of focus was told, and whether it answers that it counts (None: it refused)."""
        state = _state(server)
        if self._written("focus loss", state, loss.epoch, FOCUSED):
            return server._replace(focus_losses=server.focus_losses | {FOCUSED}), True
        try:
            return server, recorded_before(state, _ticket(state, FOCUSED, loss.epoch))
        except JalonError:
            return server, None

    def _change_device(self, server: Server, change: Change) -> Server:
        return server._replace(epoch=change.epoch) if self._written("device change", _state(server), change.epoch) else server

    def _written(self, write: str, state: AssessmentState, epoch: int, sequence: int = 0) -> bool:
        expected = Expected(epoch, sequence, NOW)
        return all(condition(state, expected) for condition in self._conditions[write])

    # --- what must hold

    def _compare(self, before_it: World, after_it: World, report: Report) -> None:
        before, after = before_it.server, after_it.server
        if after.epoch != before.epoch:
            report.stale_writes += before.status is not Status.STARTED
            report.two_holders += after.epoch < before.epoch
        if not self.bounds.open_to_all:
            epochs = [question[1] for question in after_it.shown if question is not None]
            report.two_holders += len(set(epochs)) != len(epochs)
        if (after.answers, after.focus_losses) == (before.answers, before.focus_losses):
            return
        outcomes = _state(before).answers
        report.changed += _state(after).answers[: len(outcomes)] != outcomes or not before.focus_losses <= after.focus_losses
        if after.answers != before.answers:
            written = after.answers[-1]
            report.doubled += written.sequence != len(after.answers)
            report.stale_writes += _stale(before, written.epoch)


def _unfinished(worlds: Collection[World], edges: "array[int]") -> int:
    """How many states of a test under way cannot reach its completion any more."""
    parents = [array("I") for _ in worlds]  # millions of steps: numbers in lists would take four times the memory
    for place in range(0, len(edges), 2):
        parents[edges[place + 1]].append(edges[place])
    waiting = [number for number, world in enumerate(worlds) if world.server.status is Status.COMPLETED]
    finishing = set(waiting)
    while waiting:
        fresh = [parent for parent in parents[waiting.pop()] if parent not in finishing]
        finishing.update(fresh)
        waiting.extend(fresh)
    return sum(number not in finishing for number, world in enumerate(worlds) if world.server.status is Status.STARTED)


def _stale(server: Server, epoch: int) -> bool:
    """Whether nothing may be written for a device of this epoch."""
    return epoch != server.epoch or server.status is not Status.STARTED or server.late


def _ticket(state: AssessmentState, sequence: int, epoch: int) -> Ticket:
    return Ticket(state.assessment_id, state.release, sequence, 0, 0, epoch, NOW, certification=True)


def _put(shown: Shown, device: int, question: tuple[int, int] | None) -> Shown:
    return tuple(question if number == device else other for number, other in enumerate(shown))


@cache
def _state(server: Server) -> AssessmentState:
    return AssessmentState(
        assessment_id=AssessmentId("asm_" + "0" * 32),
        user_id=UserId("usr_1"),
        purpose=Purpose.CERTIFICATION,
        subject="crt_1",
        attempt=1,
        status=server.status,
        epoch=server.epoch,
        epoch_at=NOW,
        release=ReleaseVersion("1"),
        locale="fr",
        target=(),
        knowledge_at_start=b"",
        profile_at_start={},
        questions=(Question(0, 0),) * 9,
        seed=b"",
        answers=effective_answers(
            (Answered(0, 0, Result.OK if request.value else Result.KO, 0, 0, digest=request.digest) for request in server.answers),
            server.focus_losses,
        ),
        started_at=NOW,
        updated_at=NOW,
        deadline_at=NOW - timedelta(seconds=1) if server.late else NOW,
        focus_losses=server.focus_losses,
    )
