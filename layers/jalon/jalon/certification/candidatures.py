"""The candidatures of one account: for its export, and for what of them an erasure may touch (docs/decisions/0004)."""

from collections.abc import Sequence
from typing import Protocol

from jalon.accounts.erasure import CertificationRunningError
from jalon.certification.candidates import Candidate
from jalon.certification.sessions import SessionStore
from jalon.kernel.clock import iso
from jalon.kernel.ids import UserId


class Candidatures(Protocol):
    """The rows of candidates that an account has joined."""

    def of_user(self, user_id: UserId) -> Sequence[Candidate]: ...


def running_certification(candidatures: Candidatures, sessions: SessionStore, user_id: UserId) -> Candidate | None:
    """A test that the person began and whose results are not published, or are being corrected."""
    for candidate in candidatures.of_user(user_id):
        if candidate.started_at is not None and not sessions.get(candidate.session_number).is_published:
            return candidate
    return None


def require_none_running(candidatures: Candidatures, sessions: SessionStore, user_id: UserId) -> None:
    """Raise :class:`~jalon.accounts.erasure.CertificationRunningError` while there is one (docs/domain.md §8: results within 15 days)."""
    running = running_certification(candidatures, sessions, user_id)
    if running is not None and running.started_at is not None:
        raise CertificationRunningError(
            "You began a certification whose results are not published yet: ask again once they are, within fifteen days of the session.",
            session_number=running.session_number,
            certification_id=running.certification_id,
            started_at=iso(running.started_at),
        )
