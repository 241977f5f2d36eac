"""What can be refused in a certification, each refusal with its stable code (docs/domain.md §5, §7, §8)."""

from jalon.kernel.errors import ConflictError, ForbiddenError, GoneError, InvalidInputError, JalonError, NotFoundError


class SessionNotFoundError(NotFoundError):
    code = "session_not_found"


class CandidateNotFoundError(NotFoundError):
    code = "candidate_not_found"


class CertificationNotFoundError(NotFoundError):
    code = "certification_not_found"


class SessionAlreadyStartedError(ConflictError):
    """The session, its list and its codes are editable only until a candidate starts."""

    code = "session_already_started"


class SessionChangedError(ConflictError):
    """Someone else changed the session since it was read."""

    code = "session_changed"


class SessionFinalisedError(ConflictError):
    """Nothing of a finalised session changes any more, but by the jury."""

    code = "session_already_finalised"


class SessionNotFinalisedError(NotFoundError):
    code = "session_not_finalised"


class NobodyStartedError(ConflictError):
    code = "session_nobody_started"


class CandidateAlreadyEnrolledError(ConflictError):
    code = "candidate_already_enrolled"


class CandidateChangedError(ConflictError):
    """Two people wrote to the same candidate at once: read again and repeat."""

    code = "candidate_changed"


class CandidateNotMatchedError(NotFoundError):
    """No candidate of the list bears these names and this birth date."""

    code = "candidate_not_matched"


class CandidateTakenError(ConflictError):
    """The candidate is already linked with another account."""

    code = "candidate_taken"


class AnotherCertificationLiveError(ConflictError):
    """An account sits one certification at a time."""

    code = "another_certification_live"


class WrongAccessCodeError(ForbiddenError):
    """Unknown session and wrong code are one answer: neither can be probed."""

    code = "wrong_access_code"


class WrongInvigilatorCodeError(ForbiddenError):
    code = "wrong_invigilator_code"


class NotAnInvigilatorError(ForbiddenError):
    code = "not_an_invigilator"


class NotAuthorisedError(ForbiddenError):
    """The invigilator has not (or not again) authorised this candidate."""

    code = "not_authorised"


class NotJoinedError(ConflictError):
    code = "candidate_not_joined"


class NotCertifiableError(ConflictError):
    """Fewer than five competences at level 1 (docs/domain.md §3)."""

    code = "not_certifiable"


class TestNotStartedError(ConflictError):
    code = "test_not_started"

    __test__ = False  # a domain word, not a pytest class


class TestOverError(GoneError):
    code = "test_over"

    __test__ = False


class InvalidSessionError(InvalidInputError):
    code = "invalid_session"


class InvalidCandidatesError(InvalidInputError):
    code = "invalid_candidates"


class InvalidReportError(InvalidInputError):
    code = "invalid_report"


class InvalidExtensionError(InvalidInputError):
    code = "invalid_extension"


class InvalidFinalisationError(InvalidInputError):
    code = "invalid_finalisation"


class InvalidDecisionError(InvalidInputError):
    code = "invalid_decision"


class NotPublishedError(ConflictError):
    """Only a published session is corrected; one before the jury takes decisions as it is."""

    code = "session_not_published"


class OpenPointsError(ConflictError):
    """The jury cannot publish while something still waits for its decision."""

    code = "open_points"


class NotInJuryError(ConflictError):
    code = "session_not_in_jury"


class ResultChangedError(ConflictError):
    """Another member of the jury decided on this certification meanwhile."""

    code = "result_changed"


class FinalisationSupersededError(JalonError):
    """A task of the state machine names a finalisation the session does not know; its class name is caught by the machine."""

    code = "finalisation_superseded"


class ScoringError(JalonError):
    """The test cannot be scored by rule (its release or its answers cannot be read); its class name is caught by the machine."""

    code = "scoring_failed"
