"""Put candidates on a session's list, by class or one by one, and take them off, until it starts (docs/domain.md §7)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from jalon.certification.candidates import Candidate, CandidateStore
from jalon.certification.errors import (
    CandidateAlreadyEnrolledError,
    InvalidCandidatesError,
    SessionAlreadyStartedError,
    SessionFinalisedError,
)
from jalon.certification.identities import ABROAD_INSEE, FRANCE, BirthPlace, Identity, IdentityClaim, check_identity, tidied
from jalon.certification.sessions import Session, SessionStore
from jalon.kernel.clock import Clock
from jalon.kernel.errors import Violation
from jalon.kernel.ids import CandidateId, CertificationId, IdSource, Ine, SessionNumber
from jalon.organisations.names import tidy
from jalon.organisations.pupils import Birthplace, Pupil, PupilStore

MAX_CANDIDATES = 400
MAX_EXTRA_TIME_PERCENT = 200
_FRENCH_COUNTRY_CODE = "100"


@dataclass(frozen=True, slots=True)
class NewCandidate:
    """One candidate as typed; ``extra_time_percent`` is the *temps majoré* (33 for a third more)."""

    identity: Identity
    extra_time_percent: int = 0
    external_id: str = ""
    ine: Ine | None = None
    class_name: str = ""


def enrol_class(
    sessions: SessionStore,
    candidates: CandidateStore,
    pupils: PupilStore,
    ids: IdSource,
    number: SessionNumber,
    class_name: str,
) -> Sequence[Candidate]:
    """Enrols the pupils of a class of the school's list who are not on the session's list yet; returns those added.

    Raises :class:`InvalidCandidatesError` for a class that does not exist.
    """
    session = editable(sessions, number)
    listed = pupils.of_class(session.uai, tidy(class_name))
    if not listed:
        raise InvalidCandidatesError(
            "The school's list has no such class.", (Violation("/class", "Give the name of a class as the list has it.", "class_unknown"),)
        )
    enrolled = candidates.of_session(number)
    known = {candidate.ine for candidate in enrolled if candidate.ine}
    new = [_from_list(pupil) for pupil in listed if pupil.ine not in known and not _is_enrolled(_identity_of(pupil), enrolled)]
    return _keep(candidates, ids, number, new, len(enrolled))


def enrol_candidates(
    sessions: SessionStore,
    candidates: CandidateStore,
    clock: Clock,
    ids: IdSource,
    number: SessionNumber,
    wanted: Sequence[NewCandidate],
) -> Sequence[Candidate]:
    """Enrols candidates one by one: all of them, or none and every wrong field named.

    Raises :class:`InvalidCandidatesError`, :class:`CandidateAlreadyEnrolledError`.
    """
    session = editable(sessions, number)
    new = [_tidied(candidate) for candidate in wanted]
    today = clock.now().date()
    violations = [violation for index, candidate in enumerate(new) for violation in _check(candidate, today, f"/candidates/{index}")]
    if violations:
        raise InvalidCandidatesError("Some candidates cannot be enrolled as they are.", tuple(violations))
    enrolled = candidates.of_session(session.number)
    identities = [candidate.identity for candidate in enrolled]
    for index, candidate in enumerate(new):
        if _is_among(candidate.identity, [*identities, *(other.identity for other in new[:index])]):
            raise CandidateAlreadyEnrolledError("A candidate with these names and birth date is on the list already.", index=index)
    return _keep(candidates, ids, number, new, len(enrolled))


def remove_candidate(sessions: SessionStore, candidates: CandidateStore, number: SessionNumber, candidate_id: CandidateId) -> None:
    """Takes a candidate who has not joined off the list; removing one who is not on it raises :class:`CandidateNotFoundError`."""
    editable(sessions, number)
    candidates.remove(candidates.get(number, candidate_id))


def editable(sessions: SessionStore, number: SessionNumber) -> Session:
    """The session, if its list may still change.

    Read, not locked: a candidate who is enrolled in the instant of the first start is on the list and does no harm.
    """
    session = sessions.get(number)
    if session.finalisation is not None:
        raise SessionFinalisedError("This session is finalised.", session_number=number)
    if session.opened_at is not None:
        raise SessionAlreadyStartedError("A candidate has started: the list cannot be changed any more.", session_number=number)
    return session


def _keep(
    candidates: CandidateStore, ids: IdSource, number: SessionNumber, new: Iterable[NewCandidate], enrolled: int
) -> Sequence[Candidate]:
    rows = [
        Candidate(
            session_number=number,
            candidate_id=CandidateId(ids.new("can")),
            certification_id=CertificationId(ids.new("crt")),
            identity=candidate.identity,
            ine=candidate.ine,
            class_name=candidate.class_name,
            external_id=candidate.external_id,
            extra_time_percent=candidate.extra_time_percent,
        )
        for candidate in new
    ]
    if enrolled + len(rows) > MAX_CANDIDATES:
        raise InvalidCandidatesError(
            f"A session has at most {MAX_CANDIDATES} candidates.",
            (Violation("/candidates", "Create another session for the others.", "too_many_candidates"),),
        )
    candidates.add(rows)
    return rows


def _is_enrolled(identity: Identity, enrolled: Iterable[Candidate]) -> bool:
    return _is_among(identity, [candidate.identity for candidate in enrolled])


def _is_among(identity: Identity, others: Iterable[Identity]) -> bool:
    claim = IdentityClaim(identity.last_name, identity.first_name, identity.birth_date)
    return any(claim.matches(other) for other in others)


def _tidied(candidate: NewCandidate) -> NewCandidate:
    return NewCandidate(
        identity=tidied(candidate.identity),
        extra_time_percent=candidate.extra_time_percent,
        external_id=tidy(candidate.external_id),
        ine=candidate.ine,
        class_name=tidy(candidate.class_name),
    )


def _check(candidate: NewCandidate, today: date, pointer: str) -> tuple[Violation, ...]:
    violations = check_identity(candidate.identity, today, pointer)
    if not 0 <= candidate.extra_time_percent <= MAX_EXTRA_TIME_PERCENT:
        detail = f"Extra time lies between 0 and {MAX_EXTRA_TIME_PERCENT} per cent."
        return (*violations, Violation(f"{pointer}/extra_time_percent", detail, "extra_time"))
    return violations


def _from_list(pupil: Pupil) -> NewCandidate:
    return NewCandidate(identity=_identity_of(pupil), ine=pupil.ine, class_name=pupil.class_name)


def _identity_of(pupil: Pupil) -> Identity:
    return Identity(
        last_name=pupil.last_name,
        first_name=pupil.first_name,
        birth_date=pupil.birth_date,
        sex=pupil.sex.value,
        birth_place=_birth_place(pupil.birthplace),
    )


def _birth_place(place: Birthplace) -> BirthPlace:
    """The school's list gives INSEE codes: a country's (100 is France) and, in France, the commune's."""
    if place.country_code == _FRENCH_COUNTRY_CODE:
        return BirthPlace(FRANCE, insee_code=place.city_code or "", town=place.city or "")
    code = f"{ABROAD_INSEE}{place.country_code}"
    return BirthPlace(country=code, insee_code=code, town=place.city or "")
