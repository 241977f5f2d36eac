"""The one exception tree of the domain.

An error carries a stable ``code`` (lower snake case, part of the API), a sentence that says what is wrong and
how to mend it, and typed facts. It knows nothing of HTTP: ``jalon.edge.problems`` maps each *kind* (the classes
directly below :class:`JalonError`) to a status.

A context declares its own errors by subclassing a kind and naming a code::

    class CampaignArchivedError(ConflictError):
        code = "campaign_archived"

    raise CampaignArchivedError("This campaign was archived; ask the teacher for a new code.")
"""

from dataclasses import dataclass
from typing import ClassVar

#: What an error says beside its sentence, as the API shows it; a tuple is shown as a list.
Fact = str | float | bool | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Violation:
    """One field that cannot be accepted.

    ``pointer`` is a JSON pointer into the input (RFC 6901, ``/birth_date``); ``detail`` says in English what is
    wrong and how to mend it; ``code`` is part of the API and what a screen translates (``docs/decisions/0009-refusals-are-in-english.md``).
    """

    pointer: str
    detail: str
    code: str = "invalid"


class JalonError(Exception):
    """Root of all errors this system raises on purpose; ``violations`` name the fields it is about, where there are any."""

    code: ClassVar[str] = "error"

    def __init__(self, detail: str, violations: tuple[Violation, ...] = (), **facts: Fact) -> None:
        super().__init__(detail)
        self.detail = detail
        self.violations = violations
        self.facts = facts


class InvalidInputError(JalonError):
    """The input breaks a rule; every field that does is named at once."""

    code = "invalid_input"


class NotSignedInError(JalonError):
    """No proof of identity, or one that is expired or wrong."""

    code = "not_signed_in"


class ForbiddenError(JalonError):
    """The caller is known but may not do this."""

    code = "forbidden"


class NotFoundError(JalonError):
    """The thing does not exist, or the caller may not know that it does."""

    code = "not_found"


class ConflictError(JalonError):
    """The request does not fit the present state; the facts say what the state is."""

    code = "conflict"


class GoneError(JalonError):
    """The thing existed and has ended for good."""

    code = "gone"


class TooLargeError(JalonError):
    """The input is larger than the stated limit."""

    code = "too_large"


class TooManyRequestsError(JalonError):
    """The caller must slow down; ``retry_after_s`` says for how long."""

    code = "too_many_requests"

    def __init__(self, detail: str, retry_after_s: int, **facts: Fact) -> None:
        super().__init__(detail, (), **facts)
        self.retry_after_s = retry_after_s


class UnavailableError(JalonError):
    """A part we depend on is throttled or unreachable; the same request may succeed later."""

    code = "unavailable"
    retry_after_s = 1
