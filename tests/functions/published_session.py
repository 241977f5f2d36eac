"""A finalised session of three candidates in the tables, as certification leaves it for publication."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from jalon.certification.candidate_store import DynamoCandidateStore
from jalon.certification.candidates import Candidate
from jalon.certification.identities import BirthPlace, Identity
from jalon.certification.result_store import DynamoResultStore
from jalon.certification.results import SYSTEM, CertifiedCompetence, Outcome, ResultVersion
from jalon.certification.session_store import DynamoSessionStore
from jalon.certification.sessions import Session
from jalon.certification.tables import CandidateItem, CentreSessionItem, OpenFinalisationItem, ResultItem, SessionItem
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from jalon.kernel.clock import epoch_ms
from jalon.kernel.ids import AssessmentId, CandidateId, CertificationId, Ine, ReleaseVersion, SessionNumber, Uai, UserId
from jalon.organisations.memberships import MemberRole
from jalon.organisations.tables import MemberItem

UAI = Uai("1234567W")
NUMBER = SessionNumber("12345678")
TAKEN = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TEACHER = UserId("usr_" + "9" * 32)
LEVELS = {"1.1": 4, "1.2": 0, "2.1": 5, "3.1": 3, "4.2": 6, "5.1": 1}


@dataclass(frozen=True, slots=True)
class Sat:
    """One candidate and what came of the test."""

    number: int
    outcome: Outcome

    @property
    def certification_id(self) -> CertificationId:
        return CertificationId(f"crt_{self.number:032x}")

    @property
    def candidate_id(self) -> CandidateId:
        return CandidateId(f"can_{self.number:032x}")

    @property
    def user_id(self) -> UserId:
        return UserId(f"usr_{self.number:032x}")

    @property
    def event(self) -> dict[str, object]:
        return {"session_number": NUMBER, "finalisation": 1, "candidate_id": self.candidate_id, "certification_id": self.certification_id}


#: The fourth is there to be revoked.
CLASS = (Sat(1, Outcome.VALIDATED), Sat(2, Outcome.VALIDATED), Sat(3, Outcome.REJECTED), Sat(4, Outcome.VALIDATED))


def fill_tables() -> None:
    """Write the session, its candidates, their results and one teacher of the school."""
    bind(Settings.from_environment(), SessionItem, CentreSessionItem, CandidateItem, ResultItem, OpenFinalisationItem, MemberItem)
    MemberItem(UAI, TEACHER, role=MemberRole.ADMIN.value, since=epoch_ms(TAKEN)).save()
    session = Session(
        number=NUMBER,
        uai=UAI,
        centre="Collège des Exemples",
        site="Site des Exemples",
        room="Salle 12",
        name="",
        date=date(2026, 11, 20),
        start_time=time(10, 0),
        time_zone="Europe/Paris",
        invigilators=("Camille Exemple",),
        observation="",
        access_code="BCDF23",
        invigilator_code="BCDFGHJK",
        created_by=TEACHER,
        created_at=TAKEN,
    )
    DynamoSessionStore().create(session)
    DynamoCandidateStore().add(_candidate(sat) for sat in CLASS)
    for sat in CLASS:
        DynamoResultStore().append(_result(sat))


def mark_published(at: datetime = datetime(2026, 11, 21, tzinfo=UTC)) -> None:
    """What the machine's last task writes."""
    SessionItem(NUMBER).update(actions=[SessionItem.published_at.set(epoch_ms(at))])


def _candidate(sat: Sat) -> Candidate:
    place = BirthPlace("FR", insee_code="29019", town="Exempleville")
    return Candidate(
        session_number=NUMBER,
        candidate_id=sat.candidate_id,
        certification_id=sat.certification_id,
        assessment_id=AssessmentId(f"asm_{sat.number:032x}"),
        identity=Identity(f"Numéro {sat.number}", "Élève-Test", date(2011, 5, 3), "F", place),
        ine=Ine(f"12345678{sat.number:03d}"),
        user_id=sat.user_id,
        started_at=TAKEN,
        finalisation=1,
    )


def _result(sat: Sat) -> ResultVersion:
    validated = sat.outcome is Outcome.VALIDATED
    competences = {code: CertifiedCompetence(level if validated else 0, 8 * level if validated else 0) for code, level in LEVELS.items()}
    return ResultVersion(
        certification_id=sat.certification_id,
        version=1000,
        session_number=NUMBER,
        candidate_id=sat.candidate_id,
        assessment_id=AssessmentId(f"asm_{sat.number:032x}"),
        uai=UAI,
        user_id=sat.user_id,
        release=ReleaseVersion("r1"),
        max_level=7,
        outcome=sat.outcome,
        reason="" if validated else "rate_below_50",
        pix=152 if validated else 0,
        rate=82 if validated else 31,
        trusted=True,
        ending="completed",
        competences=competences,
        levels_at_start=competences,
        marks=(),
        settlements=(),
        taken_at=TAKEN,
        author=SYSTEM,
        at=TAKEN,
        comment_for_candidate="" if validated else "Taux de réussite inférieur à 50 %.",
    )
