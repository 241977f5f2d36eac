"""Who calls: the claims that the gateway's JWT authorizer has already checked, and deny by default."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jalon.kernel.errors import ForbiddenError, NotSignedInError
from jalon.kernel.ids import UserId
from jalon.kernel.uai import EVERY_SCHOOL


class PeopleOnlyError(ForbiddenError):
    """A client's token was sent where a person's is asked for."""

    code = "people_only"


class RoleRequiredError(ForbiddenError):
    """The caller's role does not open this route."""

    code = "role_required"


class ScopeRequiredError(ForbiddenError):
    """The client's token lacks the scope this route asks for."""

    code = "scope_required"


class SchoolNotCoveredError(ForbiddenError):
    """The client is registered for other schools than this one."""

    code = "school_not_covered"


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in person (``subject`` is a UserId) or a client (``subject`` is its ClientId), bound to ``schools`` by their UAIs.

    ``authenticated_at`` is when the person last proved who they are for this sign-in (claim ``auth_time``), None where it is not known;
    ``sign_in_epoch`` is the person's when it began, None in tokens of before it was said.
    """

    subject: str
    roles: frozenset[str]
    scopes: frozenset[str]
    schools: frozenset[str] = frozenset()
    authenticated_at: datetime | None = None
    sign_in_epoch: int | None = None

    def require_person(self) -> UserId:
        """The user id of the person who calls; raises :class:`PeopleOnlyError` for software."""
        if not self.subject.startswith("usr_"):
            raise PeopleOnlyError("This is for people; a client's token does not open it.")
        return UserId(self.subject)

    def require_role(self, *roles: str) -> None:
        """Raise :class:`RoleRequiredError` unless the caller has one of ``roles``."""
        if not self.roles.intersection(roles):
            raise RoleRequiredError(f"This needs an account with the role {' or '.join(roles)}.", required=" ".join(roles))

    def require_scope(self, scope: str) -> None:
        """Raise :class:`ScopeRequiredError` unless the token carries ``scope``."""
        if scope not in self.scopes:
            raise ScopeRequiredError(f"This needs a token with the scope {scope}.", required=scope)

    def require_school(self, uai: str) -> None:
        """Raise :class:`SchoolNotCoveredError` unless the client may read this school's data.

        Beside :meth:`require_scope`, wherever a client reads what belongs to a school: a scope says what, not whose.
        """
        if uai not in self.schools and EVERY_SCHOOL not in self.schools:
            raise SchoolNotCoveredError(f"This client is not registered for the school {uai}; ask the operator.", uai=uai)


def caller(event: Mapping[str, Any]) -> Caller:
    """The caller of an API Gateway v2 event; raises :class:`NotSignedInError` when the gateway passed no claims."""
    claims = event.get("requestContext", {}).get("authorizer", {}).get("jwt", {}).get("claims") or {}
    subject = str(claims.get("sub", ""))
    if not subject:
        raise NotSignedInError("Sign in and send the access token as a Bearer token.")
    return Caller(
        subject,
        frozenset(_words(claims.get("roles"))),
        frozenset(_words(claims.get("scope"))),
        frozenset(_words(claims.get("schools"))),
        _instant(claims.get("auth_time")),
        _count(claims.get("sign_in_epoch")),
    )


def _instant(claim: object) -> datetime | None:
    """Seconds since 1970, which the gateway hands over as text, a large number perhaps as ``1.795424400E9``."""
    return datetime.fromtimestamp(float(str(claim)), UTC) if claim else None


def _count(claim: object) -> int | None:
    """A whole number, which the gateway hands over as text; nought is one."""
    return None if claim is None else int(float(str(claim)))


def _words(claim: object) -> list[str]:
    """API Gateway hands array claims over as ``[a b]``; ours are strings of words either way."""
    return str(claim or "").strip("[]").replace(",", " ").split()
