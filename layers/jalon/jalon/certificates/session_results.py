"""A session's published results, for the school that held it."""

from collections.abc import Sequence

from jalon.certificates.certificate import PublishedResult
from jalon.certificates.stores import ResultStore
from jalon.certification.errors import SessionNotFoundError
from jalon.certification.sessions import Session, SessionStore
from jalon.kernel.errors import NotFoundError
from jalon.kernel.ids import SessionNumber, Uai, UserId
from jalon.organisations.memberships import MemberStore, require_member


class ResultsNotPublishedError(NotFoundError):
    """The session exists, and its results are not out yet."""

    code = "results_not_published"


def session_results(
    members: MemberStore, sessions: SessionStore, results: ResultStore, uai: Uai, number: SessionNumber, user_id: UserId
) -> tuple[Session, Sequence[PublishedResult]]:
    """The session and its lines, all of them or none.

    Raises :class:`~jalon.organisations.memberships.NotAMemberError`, :class:`SessionNotFoundError` (also for another school's
    session) and :class:`ResultsNotPublishedError`.
    """
    require_member(members, uai, user_id)
    session = sessions.get(number)
    if session.uai != uai:
        raise SessionNotFoundError("Your school has no such session.", session_number=str(number))
    if session.published_at is None:
        raise ResultsNotPublishedError("The results of this session are not published yet.", session_number=str(number))
    return session, results.of_session(number)
