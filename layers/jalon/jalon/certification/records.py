"""The values of this context as JSON, and back: what the tables keep in their nested attributes."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from jalon.certification.identities import BirthPlace, Identity
from jalon.certification.reports import Report, ReportCode
from jalon.certification.results import (
    CertifiedCompetence,
    Decision,
    Outcome,
    QuestionMark,
    ResultVersion,
    Settled,
    Settlement,
)
from jalon.certification.sessions import Finalisation
from jalon.kernel.clock import epoch_ms, from_epoch_ms
from jalon.kernel.ids import AssessmentId, CandidateId, CertificationId, ReleaseVersion, SessionNumber, Uai, UserId

Record = dict[str, Any]


def optional_instant(milliseconds: float | None) -> datetime | None:
    return None if milliseconds is None else from_epoch_ms(milliseconds)


def optional_ms(moment: datetime | None) -> int | None:
    return None if moment is None else epoch_ms(moment)


def identity_record(identity: Identity) -> Record:
    place = identity.birth_place
    return {
        "last_name": identity.last_name,
        "first_name": identity.first_name,
        "birth_date": identity.birth_date.isoformat(),
        "sex": identity.sex,
        "birth_place": {"country": place.country, "insee_code": place.insee_code, "postcode": place.postcode, "town": place.town},
    }


def identity_of(record: Mapping[str, Any]) -> Identity:
    return Identity(
        last_name=record["last_name"],
        first_name=record["first_name"],
        birth_date=date.fromisoformat(record["birth_date"]),
        sex=record["sex"],
        birth_place=BirthPlace(**record["birth_place"]),
    )


def report_record(report: Report) -> Record:
    return {
        "report_id": report.report_id,
        "code": report.code.value,
        "author": report.author,
        "at": epoch_ms(report.at),
        "question_number": report.question_number,
        "description": report.description,
        "hour": report.hour,
    }


def report_of(record: Mapping[str, Any]) -> Report:
    return Report(
        report_id=record["report_id"],
        code=ReportCode(record["code"]),
        author=UserId(record["author"]),
        at=from_epoch_ms(record["at"]),
        question_number=record["question_number"],
        description=record["description"],
        hour=record["hour"],
    )


def finalisation_record(finalisation: Finalisation) -> Record:
    return {
        "number": finalisation.number,
        "requested_at": epoch_ms(finalisation.requested_at),
        "requested_by": finalisation.requested_by,
        "global_comment": finalisation.global_comment,
        "in_jury_since": optional_ms(finalisation.in_jury_since),
        "approved_at": optional_ms(finalisation.approved_at),
        "approved_by": finalisation.approved_by,
    }


def finalisation_of(record: Mapping[str, Any]) -> Finalisation:
    return Finalisation(
        number=record["number"],
        requested_at=from_epoch_ms(record["requested_at"]),
        requested_by=UserId(record["requested_by"]),
        global_comment=record["global_comment"],
        in_jury_since=optional_instant(record["in_jury_since"]),
        approved_at=optional_instant(record["approved_at"]),
        approved_by=UserId(record["approved_by"]) if record["approved_by"] else None,
    )


def result_record(result: ResultVersion) -> Record:
    """The matter of a version; its key, session, author and instant have attributes of their own."""
    corrected = result.corrected_identity
    return {
        "assessment_id": result.assessment_id,
        "uai": result.uai,
        "user_id": result.user_id,
        "release": result.release,
        "max_level": result.max_level,
        "outcome": result.outcome.value,
        "reason": result.reason,
        "pix": result.pix,
        "rate": result.rate,
        "trusted": result.trusted,
        "competences": _competences_record(result.competences),
        "levels_at_start": _competences_record(result.levels_at_start),
        "ending": result.ending,
        "marks": [
            [mark.number, mark.competence, mark.challenge_id, mark.result, mark.neutralised, mark.counted_right] for mark in result.marks
        ],
        "settlements": [
            [settlement.report_id, settlement.code.value, settlement.outcome.value, settlement.question_number]
            for settlement in result.settlements
        ],
        "taken_at": epoch_ms(result.taken_at),
        "decision": _decision_record(result.decision),
        "corrected_identity": None if corrected is None else identity_record(corrected),
        "comment_for_candidate": result.comment_for_candidate,
        "comment_for_organisation": result.comment_for_organisation,
    }


def result_of(key: tuple[str, int], session: tuple[str, str], author: str, at_ms: float, record: Mapping[str, Any]) -> ResultVersion:
    """A version from its key (certification, version), its session (number, candidate), its author, its instant and its matter."""
    corrected = record["corrected_identity"]
    return ResultVersion(
        certification_id=CertificationId(key[0]),
        version=key[1],
        session_number=SessionNumber(session[0]),
        candidate_id=CandidateId(session[1]),
        assessment_id=AssessmentId(record["assessment_id"]),
        uai=Uai(record["uai"]),
        user_id=UserId(record["user_id"]),
        release=ReleaseVersion(record["release"]),
        max_level=record["max_level"],
        outcome=Outcome(record["outcome"]),
        reason=record["reason"],
        pix=record["pix"],
        rate=record["rate"],
        trusted=record["trusted"],
        competences=_competences_of(record["competences"]),
        levels_at_start=_competences_of(record["levels_at_start"]),
        ending=record["ending"],
        marks=tuple(QuestionMark(*mark) for mark in record["marks"]),
        settlements=tuple(
            Settlement(report_id, ReportCode(code), Settled(outcome), number) for report_id, code, outcome, number in record["settlements"]
        ),
        taken_at=from_epoch_ms(record["taken_at"]),
        author=UserId(author),
        at=from_epoch_ms(at_ms),
        decision=_decision_of(record["decision"]),
        corrected_identity=None if corrected is None else identity_of(corrected),
        comment_for_candidate=record["comment_for_candidate"],
        comment_for_organisation=record["comment_for_organisation"],
    )


def _competences_record(competences: Mapping[str, CertifiedCompetence]) -> Record:
    return {code: [competence.level, competence.pix] for code, competence in competences.items()}


def _competences_of(record: Mapping[str, Any]) -> dict[str, CertifiedCompetence]:
    return {code: CertifiedCompetence(level, pix) for code, (level, pix) in record.items()}


def _decision_record(decision: Decision | None) -> Record | None:
    if decision is None:
        return None
    return {"kind": decision.kind, "author": decision.author, "at": epoch_ms(decision.at), "details": dict(decision.details)}


def _decision_of(record: Mapping[str, Any] | None) -> Decision | None:
    if record is None:
        return None
    return Decision(record["kind"], UserId(record["author"]), from_epoch_ms(record["at"]), record["details"])
