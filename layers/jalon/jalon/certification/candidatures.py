"""The candidatures of one account: for its export, and for what of them an erasure may touch (docs/decisions/0004)."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Protocol

from jalon.accounts.erasure import CertificationRunningError
from jalon.certification.candidates import Candidate
from jalon.certification.sessions import SessionStore
from jalon.kernel.clock import Clock, iso
from jalon.kernel.ids import UserId

#: A school has its results within this of the session (docs/domain.md §8), and so does who asks to be erased.
RESULTS_WITHIN = timedelta(days=15)


class Candidatures(Protocol):
    """The rows of candidates that an account has joined."""

    def of_user(self, user_id: UserId) -> Sequence[Candidate]: ...


def unpublished_certifications(candidatures: Candidatures, sessions: SessionStore, user_id: UserId) -> Iterator[Candidate]:
    """The tests that the person began and whose results are not published, or are being corrected."""
    for candidate in candidatures.of_user(user_id):
        if candidate.started_at is not None and not sessions.get(candidate.session_number).is_published:
            yield candidate


def require_none_running(candidatures: Candidatures, sessions: SessionStore, clock: Clock, user_id: UserId) -> None:
    """Refuse an erasure while a certification is under way or its results are not due yet.

    Later than that somebody else is late: the wish is taken, waits for the results, and an operator hears of it in time
    (docs/your-data.md). Raises :class:`~jalon.accounts.erasure.CertificationRunningError`.
    """
    for candidate in unpublished_certifications(candidatures, sessions, user_id):
        if candidate.started_at is not None and clock.now() - candidate.started_at <= RESULTS_WITHIN:
            raise CertificationRunningError(
                "You began a certification whose results are not published yet: ask again once they are, or in fifteen days.",
                session_number=candidate.session_number,
                certification_id=candidate.certification_id,
                started_at=iso(candidate.started_at),
            )
