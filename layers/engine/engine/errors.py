"""What the engine refuses, each with a stable ``code`` and a sentence that says how to mend it.

The engine knows nothing of HTTP nor of the contexts that use it; they translate these into their own errors.
"""


class EngineError(Exception):
    """Root of every error the engine raises on purpose."""

    code = "engine_error"


class InvalidAnswerError(EngineError):
    """An answer whose shape does not fit the challenge.

    ``pointer`` is a JSON pointer into the answer (RFC 6901).
    """

    code = "invalid_answer"

    def __init__(self, detail: str, pointer: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.pointer = pointer


class InvalidContentError(EngineError):
    """A release that breaks its own rules; the message names the challenge or the field."""

    code = "invalid_content"


class SolutionUnavailableError(EngineError):
    """The solutions were not loaded with this release, or hold nothing for this challenge and variant."""

    code = "solution_unavailable"


class UnknownReferenceError(EngineError):
    """A competence, tube, target profile or index that the release does not hold."""

    code = "unknown_reference"


class CorruptRecordError(EngineError):
    """Bytes that were not written by :mod:`engine.packing` or :mod:`engine.knowledge`, or were cut."""

    code = "corrupt_record"


class NotCertifiableError(EngineError):
    """The profile does not reach level 1 in at least five competences (docs/domain.md §3)."""

    code = "not_certifiable"
