"""Who may enter: the centre's administrators, the session's invigilators, the pupil."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Header, Path

from functions.sessions.wiring import parts
from jalon.certification.errors import SessionNotFoundError
from jalon.certification.sessions import Session
from jalon.certification.supervise_session import require_invigilator
from jalon.edge.idempotency_keys import MAX_KEY_LENGTH
from jalon.edge.signed_in import user
from jalon.kernel.ids import SessionNumber, Uai, UserId
from jalon.organisations.memberships import NotAMemberError, require_admin

NumberPath = Annotated[str, Path(pattern=r"^[0-9]{1,12}$", description="The session's number.")]
CandidatePath = Annotated[str, Path(pattern=r"^can_[0-9a-f]{32}$")]
CertificationPath = Annotated[str, Path(pattern=r"^crt_[0-9a-f]{32}$")]
RequestKey = Annotated[
    str,
    Header(
        alias="idempotency-key",
        min_length=1,
        max_length=MAX_KEY_LENGTH,
        description="Fresh for each try on a device, the same when that request is repeated: it proves that this is the same device.",
    ),
]


def administered_centre(router: Router, uai: Uai) -> UserId:
    """The caller, who administers this centre's space."""
    person = user(router)
    require_admin(parts().members, uai, person)
    return person


def centre_session(router: Router, number: str) -> tuple[Session, UserId]:
    """A session of a centre the caller administers; for a stranger it does not exist."""
    session = parts().room.sessions.get(SessionNumber(number))
    try:
        return session, administered_centre(router, session.uai)
    except NotAMemberError:
        raise SessionNotFoundError("There is no session under this number.") from None


def room_session(router: Router, number: str) -> tuple[Session, UserId]:
    """A session the caller invigilates."""
    person = user(router)
    return require_invigilator(parts().room, SessionNumber(number), person), person
