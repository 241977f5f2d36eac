"""What the contract's tests put into the stores."""

from dataclasses import replace
from datetime import date, time, timedelta

from jalon.certification.candidates import AbortReason, Candidate
from jalon.certification.reports import Report, ReportCode
from jalon.certification.results import CertifiedCompetence, Outcome, QuestionMark, ResultVersion, Settled, Settlement
from jalon.certification.sessions import Finalisation, Session
from jalon.certification.worklist import WaitingSession
from jalon.kernel.ids import AssessmentId, CandidateId, CertificationId, Ine, ReleaseVersion, SessionNumber, UserId
from tests.certification.centre import HEAD, NOW, SCHOOL, account, identity

NUMBER = SessionNumber("12345678")


def a_session(number: str = NUMBER, day: date = date(2027, 3, 12), **changes: object) -> Session:
    session = Session(
        number=SessionNumber(number),
        uai=SCHOOL,
        centre="Collège des Exemples",
        site="Site",
        room="Salle 12",
        name="",
        date=day,
        start_time=time(9, 30),
        time_zone="Europe/Paris",
        invigilators=("Camille Exemple", "Dominique Modèle"),
        observation="",
        access_code="BCDF23",
        invigilator_code="BCDFGH23",
        created_by=HEAD,
        created_at=NOW,
    )
    return replace(session, **changes)


def a_candidate(rank: int = 1, last_name: str = "Lefèvre", **changes: object) -> Candidate:
    candidate = Candidate(
        session_number=NUMBER,
        candidate_id=CandidateId(f"can_{rank:032x}"),
        certification_id=CertificationId(f"crt_{rank:032x}"),
        identity=identity(last_name),
    )
    return replace(candidate, **changes)


def full_candidate() -> Candidate:
    """Every attribute filled."""
    report = Report("rpt_1", ReportCode.E7, HEAD, NOW, 3, "Décrit", "")
    return a_candidate(
        ine=Ine("001"),
        class_name="3A",
        external_id="ext",
        extra_time_percent=33,
        user_id=account(1),
        joined_at=NOW,
        authorised_at=NOW,
        assessment_id=AssessmentId("asm_1"),
        started_at=NOW + timedelta(milliseconds=123),
        epoch=2,
        resume_authorised_at=NOW,
        device_key="key",
        extension_min=15,
        ended_at=NOW,
        abort_reason=AbortReason.TECHNICAL,
        reports=(report, replace(report, report_id="rpt_2", code=ReportCode.C3, question_number=None, hour="10:45")),
    )


def a_result(version: int = 1000, **changes: object) -> ResultVersion:
    result = ResultVersion(
        certification_id=CertificationId("crt_1"),
        version=version,
        session_number=NUMBER,
        candidate_id=CandidateId("can_1"),
        assessment_id=AssessmentId("asm_1"),
        uai=SCHOOL,
        user_id=account(1),
        release=ReleaseVersion("2026.1-0123456789ab"),
        max_level=7,
        outcome=Outcome.VALIDATED,
        reason="",
        pix=24,
        rate=100,
        trusted=True,
        competences={"1.1": CertifiedCompetence(3, 24)},
        levels_at_start={"1.1": CertifiedCompetence(3, 24)},
        ending="completed",
        marks=(QuestionMark(1, "1.1", "ch_1", "ok"), QuestionMark(2, "1.1", "ch_2", "ko", neutralised=True)),
        settlements=(Settlement("rpt_1", ReportCode.E4, Settled.NEUTRALISED, 2),),
        taken_at=NOW,
        author=UserId("system"),
        at=NOW,
    )
    return replace(result, **changes)


def waiting(number: str = NUMBER, **changes: object) -> WaitingSession:
    row = WaitingSession(SessionNumber(number), 1, "token", SCHOOL, "Collège des Exemples", 24, 2, True, NOW)
    return replace(row, **changes)


def finalisation(**changes: object) -> Finalisation:
    return replace(Finalisation(1, NOW, HEAD, "Une coupure."), **changes)
