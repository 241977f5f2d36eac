"""What can be refused in a certification, each refusal with its stable code (docs/domain.md §5, §7, §8)."""

from jalon.kernel.errors import ConflictError, ForbiddenError, GoneError, InvalidInputError, JalonError, NotFoundError


class SessionNotFoundError(NotFoundError):
    """The number is of no session, or of one that the caller may not know of."""

    code = "session_not_found"


class CandidateNotFoundError(NotFoundError):
    """The session's list has no candidate under this identifier: it was mistyped, or the candidate was removed."""

    code = "candidate_not_found"


class CertificationNotFoundError(NotFoundError):
    """The identifier is of no certification, or of one that belongs to somebody else."""

    code = "certification_not_found"


class SessionAlreadyStartedError(ConflictError):
    """The session, its list and its codes are editable only until a candidate starts."""

    code = "session_already_started"


class SessionChangedError(ConflictError):
    """Someone else changed the session since it was read."""

    code = "session_changed"


class SessionFinalisedError(ConflictError):
    """Once a session is finalised, only the jury changes anything in it."""

    code = "session_already_finalised"


class SessionNotFinalisedError(NotFoundError):
    """A finalisation is asked about before the centre has finalised the session."""

    code = "session_not_finalised"


class NobodyStartedError(ConflictError):
    """The centre finalises a session in which no candidate began a test."""

    code = "session_nobody_started"


class CandidateAlreadyEnrolledError(ConflictError):
    """A session has each person once; ``index`` says which of those sent is enrolled already, from 0."""

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
    """An unknown session and a wrong code are one answer: neither can be probed."""

    code = "wrong_invigilator_code"


class RoomClosedError(GoneError):
    """Once a session is finalised its room is closed: nobody joins or watches it any more, and its list is the centre's and the jury's."""

    code = "session_finalised"


class CandidateOfSessionError(ConflictError):
    """Who is a candidate of a session does not invigilate it."""

    code = "candidate_of_session"


class InvigilatorOfSessionError(ConflictError):
    """Who invigilates a session is no candidate of it."""

    code = "invigilator_of_session"


class NotAnInvigilatorError(ForbiddenError):
    """The caller has not joined the session that they want to supervise."""

    code = "not_an_invigilator"


class NotAuthorisedError(ForbiddenError):
    """The invigilator has not (or not again) authorised this candidate."""

    code = "not_authorised"


class NotCertifiableError(ConflictError):
    """Fewer than five competences at level 1 (docs/domain.md §3)."""

    code = "not_certifiable"


class TestNotStartedError(ConflictError):
    """What is asked needs a test that is under way: this candidate is enrolled, and has begun none."""

    code = "test_not_started"

    __test__ = False  # a domain word, not a pytest class


class TestStartedError(ConflictError):
    """The candidate's test has started: the place is the account's that sits it."""

    code = "test_started"

    __test__ = False


class SeatFreedError(GoneError):
    """The invigilator gave the place back that this account had taken: the certification that it waited for is over."""

    code = "seat_freed"


class TestOverError(GoneError):
    """The invigilator ended this candidate's test; it cannot be resumed."""

    code = "test_over"

    __test__ = False


class InvalidSessionError(InvalidInputError):
    """A field of the session's plan (place, date, time zone, invigilators) breaks a rule; ``errors`` names each."""

    code = "invalid_session"


class InvalidCandidatesError(InvalidInputError):
    """The candidates cannot be enrolled: an identity, the class or their number breaks a rule. None of them is enrolled."""

    code = "invalid_candidates"


class InvalidReportError(InvalidInputError):
    """A report lacks a field that its code asks for, has one too many, or is one more than a candidate may have."""

    code = "invalid_report"


class InvalidExtensionError(InvalidInputError):
    """The extra time is less than what was given already, or more than may be given."""

    code = "invalid_extension"


class InvalidFinalisationError(InvalidInputError):
    """An unfinished test has no reason, a finished one has one, or the global comment is too long."""

    code = "invalid_finalisation"


class InvalidDecisionError(InvalidInputError):
    """What the jury decides contradicts the certification's result, or is not complete; ``errors`` says which field."""

    code = "invalid_decision"


class NotPublishedError(ConflictError):
    """Only a published session is corrected; one before the jury takes decisions as it is."""

    code = "session_not_published"


class OpenPointsError(ConflictError):
    """The jury cannot publish while something still waits for its decision."""

    code = "open_points"


class NotInJuryError(ConflictError):
    """The jury sees a session from its finalisation on, and decides until it approves the publication."""

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
