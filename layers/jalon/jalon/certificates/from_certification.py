"""A finished certification as this context publishes it: the one place that reads the certification context."""

from jalon.certificates.certificate import CertificationResult, Outcome
from jalon.certification.handover import CertificationOutcome
from jalon.certification.results import Outcome as DecidedOutcome
from jalon.kernel.errors import ConflictError

#: Scores end one pix below the sum of seven levels (``docs/domain.md`` §3).
_MAX_AT_SEVEN = 895


class ResultUndecidedError(ConflictError):
    """The jury has not settled this result: nothing of it may be published."""

    code = "result_undecided"


def max_score(max_level: int) -> int:
    """What could be reached when levels 1 to ``max_level`` were open.

    >>> [max_score(level) for level in (5, 6, 7, 8)]
    [640, 768, 895, 1024]
    """
    return _MAX_AT_SEVEN if max_level == 7 else 128 * max_level


def result_from(outcome: CertificationOutcome) -> CertificationResult:
    """The result to publish; raises :class:`ResultUndecidedError` while it could not be scored or settled."""
    if outcome.outcome is DecidedOutcome.ERROR:
        raise ResultUndecidedError("This result still waits for the jury.", certification_id=str(outcome.certification_id))
    identity = outcome.identity
    return CertificationResult(
        certification_id=outcome.certification_id,
        version=outcome.version,
        session_number=outcome.session_number,
        uai=outcome.uai,
        centre=outcome.centre,
        user_id=outcome.user_id,
        first_name=identity.first_name,
        last_name=identity.last_name,
        birth_date=identity.birth_date,
        birth_place=identity.birth_place.label,
        outcome=Outcome(outcome.outcome.value),
        score=outcome.pix,
        levels={code: competence.level for code, competence in outcome.competences.items() if competence.level > 0},
        max_score=max_score(outcome.max_level),
        max_level=outcome.max_level,
        taken_on=outcome.taken_on,
        ine=outcome.ine,
        external_id=outcome.external_id,
        comment_for_candidate=outcome.comment_for_candidate,
        comment_for_organisation=outcome.comment_for_organisation,
    )
