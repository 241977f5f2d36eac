"""Software that asks for tokens: a school's programs in their own name, and the pupil's and teacher's screens."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from jalon.kernel.ids import ClientId


class Scope(StrEnum):
    """What a client may be allowed to do (docs/domain.md §8 for the two exports)."""

    ORGANISATIONS_WRITE = "organisations:write"
    STAFF_WRITE = "staff:write"
    CLIENTS_WRITE = "clients:write"
    LSU_READ = "lsu:read"
    PARCOURSUP_READ = "parcoursup:read"
    CERTIFICATES_VERIFY = "certificates:verify"


#: The operator's own client: its secret comes from the template (``SECRET_OPERATOR_CLIENT``), never from a table.
OPERATOR = ClientId("cli_operator")
OPERATOR_SCOPES = frozenset({Scope.ORGANISATIONS_WRITE, Scope.STAFF_WRITE, Scope.CLIENTS_WRITE})
#: What may be given to others. Making clients stays with the operator, so that no client makes its like.
GRANTABLE_SCOPES = frozenset(Scope) - {Scope.CLIENTS_WRITE}
#: What reads the data of one school's pupils: a client with one of these names its schools, or all of them in so many words.
SCHOOL_SCOPES = frozenset({Scope.LSU_READ, Scope.PARCOURSUP_READ})
#: A token names its schools, and a request's headers have an end.
MOST_SCHOOLS = 100
#: The public client that our own screens are; a request without client credentials speaks for it.
SCREENS = ClientId("jalon")


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """A confidential client. Its secret is derived from ``nonce`` by the keyring and kept nowhere.

    ``schools`` are the UAIs whose data its :data:`SCHOOL_SCOPES` open, or ``kernel.uai.EVERY_SCHOOL``; empty without such a scope.
    ``request`` is the digest of the request that made it, so that a repeated request can be told from another one
    under the same idempotency key. ``former`` are the nonces of the secrets that it had before; the last of them goes on opening it
    until ``former_until``. Ended, it gets no token any more.
    """

    client_id: ClientId
    name: str
    scopes: frozenset[Scope]
    nonce: bytes
    request: str
    created_by: str
    created_at: datetime
    schools: frozenset[str] = frozenset()
    former: tuple[bytes, ...] = ()
    former_until: datetime | None = None
    ended_at: datetime | None = None
