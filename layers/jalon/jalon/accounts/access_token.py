"""Access tokens: what they say. Who signs is an adapter (:mod:`jalon.accounts.kms_signer`).

The claims follow RFC 9068 §2.2; ``roles`` is a string of words, because the gateway hands claims on as strings.
They carry no name and no birth date: a token ends up in logs of proxies that are not ours.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from jalon.kernel.ids import IdSource

LIFETIME = timedelta(minutes=20)
AUDIENCE = "jalon"

Claims = Mapping[str, str | int]


class TokenSigner(Protocol):
    """Signs claims as a compact JWS."""

    def sign(self, claims: Claims) -> str: ...


@dataclass(frozen=True, slots=True)
class AccessTokens:
    """Makes access tokens for one issuer (the site's URL, where its keys are published)."""

    issuer: str
    signer: TokenSigner
    ids: IdSource

    def issue(
        self,
        subject: str,
        client_id: str,
        now: datetime,
        *,
        roles: Iterable[str] = (),
        scopes: Iterable[str] = (),
        schools: Iterable[str] = (),
        authenticated_at: datetime | None = None,
        sign_in_epoch: int | None = None,
    ) -> str:
        """A signed token for ``subject``: a person with roles, or a client with scopes and the schools they open.

        ``authenticated_at`` is when the person last proved who they are: ``auth_time``, the same in every token of one sign-in
        (RFC 9068 §2.2.1), and left out where it is not known. ``sign_in_epoch`` is the person's when the sign-in began: once theirs is
        another, the sign-in is over, and with it what it proved.
        """
        issued_at = int(now.timestamp())
        bound = " ".join(sorted(schools))
        return self.signer.sign(
            {
                "iss": self.issuer,
                "aud": AUDIENCE,
                "sub": subject,
                "client_id": client_id,
                "scope": " ".join(sorted(scopes)),
                "roles": " ".join(sorted(roles)),
                "iat": issued_at,
                "exp": issued_at + int(LIFETIME.total_seconds()),
                "jti": self.ids.new("tok"),
                **({"schools": bound} if bound else {}),
                **({"auth_time": int(authenticated_at.timestamp())} if authenticated_at else {}),
                **({} if sign_in_epoch is None else {"sign_in_epoch": sign_in_epoch}),
            }
        )
