"""The stores in memory, with the conditions of the real ones; contract tests run on both."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from jalon.certification.candidates import Candidate, Sitting
from jalon.certification.errors import (
    AnotherCertificationLiveError,
    CandidateChangedError,
    CandidateNotFoundError,
    CandidateOfSessionError,
    CertificationNotFoundError,
    FinalisationSupersededError,
    InvigilatorOfSessionError,
    NotInJuryError,
    NotPublishedError,
    ResultChangedError,
    SessionAlreadyStartedError,
    SessionChangedError,
    SessionFinalisedError,
    SessionNotFoundError,
)
from jalon.certification.executions import WorkflowUnavailableError
from jalon.certification.finalisations import ExecutionStatus, OpenFinalisation, shard_of
from jalon.certification.results import ResultVersion
from jalon.certification.sessions import Finalisation, Session, SessionPage
from jalon.certification.worklist import WaitingSession
from jalon.edge.tables import ConditionFailedError
from jalon.kernel.ids import CandidateId, CertificationId, SessionNumber, Uai, UserId
from jalon.organisations.names import name_key


class FakeOpenFinalisations:
    """An OpenFinalisationStore."""

    def __init__(self) -> None:
        self.items: dict[SessionNumber, OpenFinalisation] = {}

    def get(self, number: SessionNumber) -> OpenFinalisation | None:
        return self.items.get(number)

    def all(self) -> Iterator[OpenFinalisation]:
        return iter(sorted(self.items.values(), key=lambda entry: (shard_of(entry.session_number), entry.session_number)))

    def claim_attempt(self, entry: OpenFinalisation, at: datetime) -> OpenFinalisation | None:
        stored = self.items.get(entry.session_number)
        if stored is None or (stored.finalisation, stored.attempt) != (entry.finalisation, entry.attempt):
            return None
        self.items[entry.session_number] = replace(stored, attempt=stored.attempt + 1, attempted_at=at)
        return self.items[entry.session_number]

    def close(self, number: SessionNumber, finalisation: int) -> None:
        if number in self.items and self.items[number].finalisation == finalisation:
            del self.items[number]


class FakeSessions:
    """A SessionStore; it writes the open finalisations, as the real one does."""

    def __init__(self, open_finalisations: FakeOpenFinalisations | None = None) -> None:
        self.items: dict[SessionNumber, Session] = {}
        self.open_finalisations = open_finalisations or FakeOpenFinalisations()
        self.opened = 0

    def create(self, session: Session) -> bool:
        if session.number in self.items:
            return False
        self.items[session.number] = session
        return True

    def get(self, number: SessionNumber) -> Session:
        if number not in self.items:
            raise SessionNotFoundError("no such session")
        return self.items[number]

    def change(self, session: Session, previous: Session) -> Session:
        stored = self.get(previous.number)
        if stored.finalisation is not None:
            raise SessionFinalisedError("finalised")
        if stored.opened_at is not None:
            raise SessionAlreadyStartedError("started")
        if stored.revision != previous.revision:
            raise SessionChangedError("changed")
        self.items[session.number] = replace(session, revision=previous.revision + 1)
        return self.items[session.number]

    def open(self, number: SessionNumber, at: datetime) -> None:
        stored = self.get(number)
        if stored.finalisation is not None:
            raise SessionFinalisedError("finalised")
        if stored.opened_at is None:
            self.opened += 1
            self.items[number] = replace(stored, opened_at=at)

    def finalise(self, number: SessionNumber, finalisation: Finalisation) -> None:
        stored = self.items.get(number)
        if stored is None or stored.finalisation is not None or number in self.open_finalisations.items:
            raise SessionFinalisedError("finalised")
        self.items[number] = replace(stored, finalisation=finalisation)
        self.open_finalisations.items[number] = OpenFinalisation(number, finalisation.number, finalisation.requested_at)

    def enter_jury(self, number: SessionNumber, finalisation: int, at: datetime) -> Session:
        present = self._finalisation(number, finalisation)
        if self.items[number].is_published:
            raise FinalisationSupersededError("published")
        return self._keep(number, replace(present, in_jury_since=present.in_jury_since or at))

    def approve(self, number: SessionNumber, finalisation: int, by: UserId, at: datetime) -> Session:
        stored = self.get(number)
        present = stored.finalisation
        if present is None or present.number != finalisation or present.in_jury_since is None:
            raise NotInJuryError("not in jury")
        if present.approved_at is not None:
            return stored
        return self._keep(number, replace(present, approved_at=at, approved_by=by))

    def mark_published(self, number: SessionNumber, finalisation: int, at: datetime) -> Session:
        self._finalisation(number, finalisation)
        first = self.items[number].published_at or at
        self.items[number] = replace(self.items[number], published_at=first, published_finalisation=finalisation)
        return self.items[number]

    def reopen(self, session: Session, finalisation: Finalisation) -> None:
        stored = self.items[session.number]
        before = stored.finalisation
        taken = session.number in self.open_finalisations.items
        if before is None or taken or not stored.is_published or finalisation.number != before.number + 1:
            raise NotPublishedError("not published")
        self.items[session.number] = replace(
            stored, finalisation=finalisation, earlier_finalisations=(*session.earlier_finalisations, before)
        )
        self.open_finalisations.items[session.number] = OpenFinalisation(session.number, finalisation.number, finalisation.requested_at)

    def of_centre(self, uai: Uai, year: int, limit: int, after: str | None) -> SessionPage:
        keys = {f"{s.date.isoformat()}#{s.number}": s for s in self.items.values() if s.uai == uai and s.school_year == year}
        following = [key for key in sorted(keys, reverse=True) if after is None or key < after]
        page = following[:limit]
        return SessionPage(tuple(keys[key] for key in page), page[-1] if len(page) == limit else None)

    def _finalisation(self, number: SessionNumber, finalisation: int) -> Finalisation:
        present = self.get(number).finalisation
        if present is None or present.number != finalisation:
            raise FinalisationSupersededError("another finalisation")
        return present

    def _keep(self, number: SessionNumber, finalisation: Finalisation) -> Session:
        self.items[number] = replace(self.items[number], finalisation=finalisation)
        return self.items[number]


class FakeInvigilators:
    """An InvigilatorStore; a candidate of the session is refused, as by the real one."""

    def __init__(self, candidates: "FakeCandidates | None" = None) -> None:
        self.candidates = candidates
        if candidates is not None:
            candidates.invigilators = self
        self.items: dict[tuple[SessionNumber, UserId], datetime] = {}

    def add(self, number: SessionNumber, user: UserId, at: datetime) -> None:
        sitting = self.candidates.sittings.get(user) if self.candidates else None
        if sitting and sitting.session_number == number and sitting.freed_at is None and (number, user) not in self.items:
            raise CandidateOfSessionError("sits it")
        self.items.setdefault((number, user), at)

    def has(self, number: SessionNumber, user: UserId) -> bool:
        return (number, user) in self.items


class FakeCandidates:
    """A CandidateStore."""

    def __init__(self) -> None:
        self.items: dict[tuple[SessionNumber, CandidateId], Candidate] = {}
        self.sittings: dict[UserId, Sitting] = {}
        self.invigilators: FakeInvigilators | None = None

    def add(self, candidates: Iterable[Candidate]) -> None:
        for candidate in candidates:
            self.items[candidate.session_number, candidate.candidate_id] = candidate

    def get(self, number: SessionNumber, candidate_id: CandidateId) -> Candidate:
        if (number, candidate_id) not in self.items:
            raise CandidateNotFoundError("no such candidate")
        return self.items[number, candidate_id]

    def of_session(self, number: SessionNumber) -> Sequence[Candidate]:
        rows = [candidate for (session, _), candidate in self.items.items() if session == number]
        return sorted(rows, key=lambda row: (name_key(row.identity.last_name), name_key(row.identity.first_name), row.candidate_id))

    def replace(self, candidate: Candidate, previous: Candidate) -> Candidate:
        self._require_unchanged(previous)
        return self._keep(candidate, previous)

    def join(self, candidate: Candidate, previous: Candidate, live: Sitting | None) -> Candidate:
        assert candidate.user_id is not None
        if self.invigilators and self.invigilators.has(candidate.session_number, candidate.user_id):
            raise InvigilatorOfSessionError("invigilates it")
        if self.sittings.get(candidate.user_id) != live:
            raise AnotherCertificationLiveError("another")
        self._require_unchanged(previous)
        self.sittings[candidate.user_id] = Sitting(
            candidate.user_id, candidate.certification_id, candidate.session_number, candidate.candidate_id
        )
        return self._keep(candidate, previous)

    def free(self, candidate: Candidate, previous: Candidate, at: datetime) -> Candidate:
        self._require_unchanged(previous)
        sitting = self.sittings.get(previous.user_id) if previous.user_id else None
        if sitting and sitting.certification_id == previous.certification_id:
            self.sittings[sitting.user_id] = replace(sitting, freed_at=at)
        return self._keep(candidate, previous)

    def freeze(self, number: SessionNumber, candidate_id: CandidateId, finalisation: int) -> Candidate:
        stored = self.get(number, candidate_id)
        if stored.finalisation is not None and stored.finalisation > finalisation:
            raise FinalisationSupersededError("another finalisation")
        return stored if stored.finalisation == finalisation else self._keep(replace(stored, finalisation=finalisation), stored)

    def remove(self, candidate: Candidate) -> None:
        self._require_unchanged(candidate)
        if self.get(candidate.session_number, candidate.candidate_id).user_id is not None:
            raise CandidateChangedError("joined")
        del self.items[candidate.session_number, candidate.candidate_id]

    def sitting_of(self, user: UserId) -> Sitting | None:
        return self.sittings.get(user)

    def _require_unchanged(self, previous: Candidate) -> None:
        stored = self.get(previous.session_number, previous.candidate_id)
        if stored.finalisation is not None:
            raise SessionFinalisedError("finalised")
        if stored.revision != previous.revision:
            raise CandidateChangedError("changed")

    def _keep(self, candidate: Candidate, previous: Candidate) -> Candidate:
        kept = replace(candidate, revision=previous.revision + 1)
        self.items[kept.session_number, kept.candidate_id] = kept
        return kept


class FakeResults:
    """A ResultStore; it looks at the sessions, as the real one does in its transaction."""

    def __init__(self, sessions: FakeSessions) -> None:
        self.items: dict[tuple[CertificationId, int], ResultVersion] = {}
        self._sessions = sessions

    def append(self, result: ResultVersion) -> ResultVersion:
        return self.items.setdefault((result.certification_id, result.version), result)

    def append_decision(self, result: ResultVersion) -> None:
        if (result.certification_id, result.version) in self.items:
            raise ResultChangedError("changed")
        finalisation = self._sessions.get(result.session_number).finalisation
        number = finalisation.number if finalisation else None
        if finalisation is None or number != result.finalisation or not finalisation.in_jury_since or finalisation.approved_at:
            raise NotInJuryError("not in jury")
        self.items[result.certification_id, result.version] = result

    def latest(self, certification_id: CertificationId) -> ResultVersion:
        history = self.history(certification_id)
        if not history:
            raise CertificationNotFoundError("no result")
        return history[-1]

    def history(self, certification_id: CertificationId) -> Sequence[ResultVersion]:
        return [self.items[key] for key in sorted(self.items) if key[0] == certification_id]


class FakeWorklist:
    """A WorklistStore."""

    def __init__(self) -> None:
        self.items: dict[SessionNumber, WaitingSession] = {}

    def put(self, waiting: WaitingSession) -> None:
        stored = self.items.get(waiting.session_number)
        if stored is not None and stored.finalisation > waiting.finalisation:
            raise ConditionFailedError("a later finalisation waits")
        since = stored.waiting_since if stored else waiting.waiting_since
        self.items[waiting.session_number] = replace(waiting, waiting_since=since)

    def get(self, number: SessionNumber) -> WaitingSession | None:
        return self.items.get(number)

    def all(self) -> Iterator[WaitingSession]:
        return iter(sorted(self.items.values(), key=lambda waiting: (shard_of(waiting.session_number), waiting.session_number)))

    def page(self, limit: int, after: SessionNumber | None) -> tuple[WaitingSession, ...]:
        rows = [
            waiting
            for waiting in self.all()
            if after is None or (shard_of(waiting.session_number), waiting.session_number) > (shard_of(after), after)
        ]
        return tuple(rows[:limit])

    def remove(self, number: SessionNumber, finalisation: int) -> None:
        if number in self.items and self.items[number].finalisation == finalisation:
            del self.items[number]


class FakeExecutions:
    """A workflow engine that only notes what it was asked; ``broken`` makes it unreachable, ``unreachable`` one execution."""

    def __init__(self) -> None:
        self.statuses: dict[str, ExecutionStatus] = {}
        self.waiting: set[str] = set()
        self.succeeded: list[tuple[str, dict[str, str]]] = []
        self.heartbeats: list[str] = []
        self.broken = False
        self.unreachable = ""

    def start(self, entry: OpenFinalisation) -> None:
        self._require_reachable()
        self.statuses.setdefault(entry.execution_name, ExecutionStatus.RUNNING)

    def status(self, entry: OpenFinalisation) -> ExecutionStatus | None:
        self._require_reachable(entry.execution_name)
        return self.statuses.get(entry.execution_name)

    def succeed(self, token: str, output: dict[str, str]) -> bool:
        self._require_reachable()
        self.succeeded.append((token, output))
        return token in self.waiting

    def heartbeat(self, token: str) -> bool:
        self._require_reachable()
        self.heartbeats.append(token)
        return token in self.waiting

    def _require_reachable(self, name: str = "") -> None:
        if self.broken or (name and name == self.unreachable):
            raise WorkflowUnavailableError("unreachable")
