"""What this context refuses, each with its stable code."""

from jalon.kernel.errors import ConflictError, ForbiddenError, GoneError, InvalidInputError, NotFoundError, TooLargeError


class AssessmentNotFoundError(NotFoundError):
    """No such assessment, or it is somebody else's."""

    code = "assessment_not_found"


class ReleaseNotFoundError(NotFoundError):
    """No learning content is published under this version (or none at all)."""

    code = "release_not_found"


class CompetenceNotFoundError(NotFoundError):
    """The release has no competence under this code."""

    code = "competence_not_found"


class TargetProfileNotFoundError(NotFoundError):
    """The release has no target profile (or discovery test) under this id."""

    code = "target_profile_not_found"


class NotADiscoveryTestError(InvalidInputError):
    """The target profile is a campaign's *parcours*, not a discovery test."""

    code = "not_a_discovery_test"


class LocaleNotOfferedError(InvalidInputError):
    """Some of the test's questions do not exist in this locale; ``offered`` lists the locales in which all do."""

    code = "locale_not_offered"


class NothingToAskError(ConflictError):
    """The test would not have a single question."""

    code = "nothing_to_ask"


class TutorialNotFoundError(NotFoundError):
    """The current learning content has no tutorial under this id."""

    code = "tutorial_not_found"


class TooManyTutorialsError(ConflictError):
    """As many tutorials are saved as a profile keeps; ``limit`` says how many."""

    code = "too_many_tutorials"


class TicketInvalidError(InvalidInputError):
    """A ticket that we did not make for this person and this assessment; asking for the question again shows whether it is answered."""

    code = "ticket_invalid"


class TicketExpiredError(ConflictError):
    """A ticket that was issued too long ago, of a question that is not answered; asking for the question again gives a fresh one."""

    code = "ticket_expired"


class AnswerFormError(InvalidInputError):
    """An answer that the question cannot take: empty, a choice or an option it does not offer, two where one is, a field it lacks."""

    code = "answer_form"


class AnswerTooLargeError(TooLargeError):
    """An answer larger than a record holds."""

    code = "answer_too_large"


class AnswerConflictError(ConflictError):
    """The question was already answered otherwise; ``sequence`` is the number of the question to answer now."""

    code = "answer_conflict"


class MovedToAnotherDeviceError(ConflictError):
    """Another device took the test over after this ticket was issued."""

    code = "moved_to_another_device"


class AssessmentEndedError(GoneError):
    """The test was ended before its last question; ``reason`` says why: ``invigilator``, ``finalisation`` or ``reset``."""

    code = "assessment_ended"


class AssessmentCompletedError(GoneError):
    """Every question of the test is answered."""

    code = "assessment_completed"


class DeadlinePassedError(GoneError):
    """The time of this candidate is up."""

    code = "deadline_passed"


class DeviceChangeForbiddenError(ForbiddenError):
    """A certification test changes device with the invigilator's authorisation only."""

    code = "device_change_forbidden"


class CheckpointForbiddenError(ForbiddenError):
    """A certification test shows no solution."""

    code = "checkpoint_forbidden"


class CertificationUnderWayError(ConflictError):
    """The person sits a certification: until it is over, no solution of any test is shown to them and no competence is reset."""

    code = "certification_under_way"


class CheckpointNotReachedError(NotFoundError):
    """The questions of a checkpoint are not all answered yet."""

    code = "checkpoint_not_reached"


class TooEarlyToImproveError(ConflictError):
    """A finished test may be tried again after some days; ``days_remaining`` says how many are left."""

    code = "too_early_to_improve"


class NothingToImproveError(ConflictError):
    """Every skill of the test is validated: another attempt would have no question to ask."""

    code = "nothing_to_improve"


class TooEarlyToResetError(ConflictError):
    """A competence may be reset some days after its last answer; ``days_remaining`` says how many are left."""

    code = "too_early_to_reset"


class NothingToResetError(ConflictError):
    """Nothing is known of the competence yet."""

    code = "nothing_to_reset"
