"""Open a published session for correction (docs/domain.md §8: a later correction is a new version, the old certificate is revoked).

The correction is the session's next finalisation. It goes through the same state machine: nothing is scored again, the jury is always
asked, and publication gives a new certificate, and takes the old one back, only where the jury made a new version.
"""

from dataclasses import dataclass

from jalon.certification.errors import InvalidDecisionError, NotPublishedError
from jalon.certification.finalisations import Executions, OpenFinalisationStore
from jalon.certification.run_finalisation import begin_if_reachable
from jalon.certification.sessions import Finalisation, Session, SessionStore
from jalon.kernel.clock import Clock
from jalon.kernel.errors import Violation
from jalon.kernel.ids import SessionNumber, UserId

_LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True)
class CorrectSession:
    """Who opens the session again, and why; the reason stays with the session."""

    number: SessionNumber
    by: UserId
    reason: str


def correct_session(
    sessions: SessionStore, open_finalisations: OpenFinalisationStore, executions: Executions, clock: Clock, command: CorrectSession
) -> Session:
    """The session, on its way to the jury again. Raises :class:`NotPublishedError`, :class:`InvalidDecisionError` without a reason."""
    reason = command.reason.strip()
    if not 1 <= len(reason) <= _LONGEST_REASON:
        detail = f"Between 1 and {_LONGEST_REASON} characters are expected."
        raise InvalidDecisionError("A correction needs its reason.", (Violation("/reason", detail, "length"),))
    session = sessions.get(command.number)
    if session.finalisation is None or not session.is_published:
        raise NotPublishedError("This session is not published.", session_number=command.number)
    sessions.reopen(session, Finalisation(session.finalisation.number + 1, clock.now(), command.by, reason))
    begin_if_reachable(open_finalisations, executions, clock, command.number)
    return sessions.get(command.number)
