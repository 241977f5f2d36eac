"""An exhaustive check of the answer protocol: every state that two devices, a network, an invigilator and a clock can reach.

What a delivery does is decided by the code under test: the conditions of the one write (as the contract suite holds both
stores to them) and :func:`jalon.assessment.give_answer.stored_before`, which reads a refusal. The rest is the world: messages
that wait, come twice, overtake each other or are lost, devices that take over, time that runs out and is extended.

In every state reached, and on every step between two, these must hold (docs/protocol.md gives them their names):

- **changed**: what is stored is never altered nor removed, only added to;
- **doubled**: no question has two answers stored;
- **stale**: nothing is written for a device that was replaced, after the end, or after the deadline;
- **lost**: what is acknowledged is what is stored;
- **unfinished**: from every state of a test under way its completion can still be reached.
"""

from array import array
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import NamedTuple

from engine.grading import Result
from engine.packing import Answered, Question
from jalon.assessment.give_answer import stored_before
from jalon.assessment.state import AssessmentState, Purpose, Status
from jalon.assessment.tickets import Ticket
from jalon.kernel.errors import JalonError
from jalon.kernel.ids import AssessmentId, ReleaseVersion, UserId
from tests.assessment.fakes import ANSWER_CONDITIONS, AnswerWrite

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DEVICES = (0, 1)
LOST = "lost"


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


class Server(NamedTuple):
    """The item: ``answers`` are the requests stored, in order."""

    status: Status
    epoch: int
    late: bool
    answers: tuple[Request, ...]


class World(NamedTuple):
    """The item, what each device shows (question and epoch, or nothing yet) and the messages on their way."""

    server: Server
    shown: tuple[tuple[int, int] | None, ...]
    in_flight: frozenset[Request]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large a world is explored."""

    questions: int = 3
    in_flight: int = 3
    epochs: int = 3


@dataclass(slots=True)
class Report:
    """What was found; every count but ``states`` and ``steps`` must be 0."""

    states: int = 0
    steps: int = 0
    lost: int = 0
    doubled: int = 0
    changed: int = 0
    stale_writes: int = 0
    unfinished: int = 0

    @property
    def violations(self) -> int:
        return self.lost + self.doubled + self.changed + self.stale_writes + self.unfinished


@dataclass
class ModelCheck:
    """One exploration; ``without`` names a condition of the write to leave out."""

    bounds: Bounds = field(default_factory=Bounds)
    without: str | None = None
    stop_at_first: bool = False

    def run(self) -> Report:
        report = Report()
        self._conditions = [condition for name, condition in ANSWER_CONDITIONS.items() if name != self.without]
        self._deliver = lru_cache(maxsize=None)(self._deliver_uncached)
        first = World(Server(Status.STARTED, 1, late=False, answers=()), ((1, 1), None), frozenset())
        numbers = {first: 0}
        edges = array("L")  # pairs of numbers: from, to
        waiting = deque([first])
        while waiting and not (self.stop_at_first and report.violations):
            world = waiting.popleft()
            for following in self._steps(world, report):
                report.steps += 1
                self._compare(world.server, following.server, report)
                if following not in numbers:
                    numbers[following] = len(numbers)
                    waiting.append(following)
                edges.extend((numbers[world], numbers[following]))
        report.states = len(numbers)
        if not waiting:
            report.unfinished = _unfinished(list(numbers), edges)
        return report

    # --- what can happen

    def _steps(self, world: World, report: Report) -> Iterator[World]:
        server, shown, in_flight = world
        yield from self._devices_act(world)
        for request in in_flight:
            yield world._replace(in_flight=in_flight - {request})  # the network loses it
            after, acknowledged = self._deliver(server, request)
            if acknowledged is not None and acknowledged != after.answers[request.sequence - 1 : request.sequence]:
                report.lost += 1
            for remaining in (in_flight, in_flight - {request}):  # it may come again, or not
                yield World(after, shown, remaining)  # the response is lost
                if acknowledged is not None:
                    learnt = self._told(after, request.epoch, shown[request.device])
                    yield World(after, _put(shown, request.device, learnt), remaining)
        if server.status is Status.STARTED:
            yield world._replace(server=server._replace(late=not server.late))
            yield world._replace(server=server._replace(status=Status.ENDED))
            if len(server.answers) == self.bounds.questions:
                yield world._replace(server=server._replace(status=Status.COMPLETED))

    def _devices_act(self, world: World) -> Iterator[World]:
        server, shown, in_flight = world
        for device in DEVICES:
            question = shown[device]
            if question is not None and len(in_flight) < self.bounds.in_flight:
                for value in (0, 1):
                    yield world._replace(in_flight=in_flight | {Request(device, *question, value)})
            if server.status is Status.STARTED:
                yield world._replace(shown=_put(shown, device, self._told(server, server.epoch, question)))  # a refresh
                if server.epoch < self.bounds.epochs:
                    raised = server._replace(epoch=server.epoch + 1)
                    yield World(raised, _put(shown, device, self._told(raised, raised.epoch, question)), in_flight)

    def _told(self, server: Server, epoch: int, before: tuple[int, int] | None) -> tuple[int, int] | None:
        """What a response shows: the next question, to the device that holds the test while it lasts."""
        if server.status is not Status.STARTED or epoch != server.epoch or len(server.answers) >= self.bounds.questions:
            return before
        return len(server.answers) + 1, server.epoch

    # --- the code under test

    def _deliver_uncached(self, server: Server, request: Request) -> tuple[Server, tuple[Request, ...] | None]:
        """The server after one delivery, and the stored answer it acknowledges (None: it refused)."""
        state = _state(server)
        write = AnswerWrite(request.epoch, request.sequence, NOW)
        if all(condition(state, write) for condition in self._conditions):
            return server._replace(answers=(*server.answers, request)), (request,)
        ticket = Ticket(state.assessment_id, state.release, request.sequence, 0, 0, request.epoch, NOW, certification=True)
        try:
            _, stored = stored_before(state, ticket, request.digest)
        except JalonError:
            return server, None
        return server, tuple(answer for answer in server.answers if answer.digest == stored.digest)[:1]

    # --- what must hold

    def _compare(self, before: Server, after: Server, report: Report) -> None:
        if after.answers == before.answers:
            return
        report.changed += after.answers[: len(before.answers)] != before.answers
        written = after.answers[-1]
        report.doubled += written.sequence != len(after.answers)
        report.stale_writes += written.epoch != before.epoch or before.status is not Status.STARTED or before.late


def _unfinished(worlds: list[World], edges: "array[int]") -> int:
    """How many states of a test under way cannot reach its completion any more."""
    parents: list[list[int]] = [[] for _ in worlds]
    for place in range(0, len(edges), 2):
        parents[edges[place + 1]].append(edges[place])
    waiting = [number for number, world in enumerate(worlds) if world.server.status is Status.COMPLETED]
    finishing = set(waiting)
    while waiting:
        fresh = [parent for parent in parents[waiting.pop()] if parent not in finishing]
        finishing.update(fresh)
        waiting.extend(fresh)
    return sum(number not in finishing for number, world in enumerate(worlds) if world.server.status is Status.STARTED)


def _put(shown: tuple[tuple[int, int] | None, ...], device: int, question: tuple[int, int] | None) -> tuple[tuple[int, int] | None, ...]:
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
        answers=tuple(Answered(0, 0, Result.OK, 0, 0, digest=request.digest) for request in server.answers),
        started_at=NOW,
        updated_at=NOW,
        deadline_at=NOW - timedelta(seconds=1) if server.late else NOW,
    )
