"""Sign-ins: from a proven identity to tokens, their renewal, and their end."""

from dataclasses import dataclass
from datetime import datetime

from jalon.accounts.access_token import LIFETIME, AccessTokens
from jalon.accounts.identity import Identity
from jalon.accounts.keyring import Keyring
from jalon.accounts.refresh_token import (
    IDLE_LIFETIME,
    Family,
    Standing,
    read_token,
    standing,
    start_family,
    write_token,
)
from jalon.accounts.stores import AccountStore, FamilyStore
from jalon.kernel.clock import Clock
from jalon.kernel.errors import NotSignedInError
from jalon.kernel.ids import ClientId, IdSource

_RACES_LOST = 3


class RefreshRefusedError(NotSignedInError):
    """The refresh token is not (or no longer) good: sign in again."""

    code = "refresh_refused"


class RefreshTokenReusedError(RefreshRefusedError):
    """A replaced token came back: someone else holds the family, which is now over."""

    code = "refresh_token_reused"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a signed-in person's program gets."""

    access_token: str
    expires_in_s: int
    refresh_token: str


@dataclass(frozen=True, slots=True)
class SignIns:
    """Opens, refreshes and ends sign-ins."""

    families: FamilyStore
    accounts: AccountStore
    access_tokens: AccessTokens
    keyring: Keyring
    ids: IdSource
    clock: Clock

    def open(self, identity: Identity, client_id: ClientId, authenticated_at: datetime | None = None) -> Tokens:
        """Tokens for someone who proved who they are at ``authenticated_at``, None if that is not known."""
        now = self.clock.now()
        family = start_family(self.ids.new("fam"), identity.user_id, client_id, identity.sign_in_epoch, now, authenticated_at)
        tokens = self._tokens(identity, family, 0)
        self.families.start(family)
        return tokens

    def refresh(self, token: str, client_id: ClientId) -> Tokens:
        """Tokens for a refresh token, which they replace; roles are read anew.

        They are signed before the token is replaced: when no signature can be had, the same request is good later.

        Raises :class:`RefreshRefusedError`, and :class:`RefreshTokenReusedError` after ending the family.
        """
        presented = read_token(self.keyring, token)
        for _ in range(_RACES_LOST):
            family = self.families.get(presented.family_id) if presented else None
            if presented is None or family is None or family.client_id != client_id:
                raise RefreshRefusedError("This refresh token is not known here: sign in again.")
            identity = self._still_signed_in(family)
            match standing(family, presented.generation, self.clock.now()):
                case Standing.LATEST:
                    tokens, now = self._tokens(identity, family, family.generation + 1), self.clock.now()
                    if self.families.rotate(family, now, min(now + IDLE_LIFETIME, family.ends_at)):
                        return tokens
                case Standing.JUST_REPLACED:
                    return self._tokens(identity, family, family.generation)
                case Standing.REUSED:
                    self.families.revoke(family.family_id)
                    raise RefreshTokenReusedError("This refresh token was used before: sign in again.", family_id=family.family_id)
                case Standing.OVER:
                    raise RefreshRefusedError("This sign-in is over: sign in again.")
        raise RefreshRefusedError("This refresh token is being used several times at once: sign in again.")

    def end(self, token: str, client_id: ClientId) -> bool:
        """End the sign-in that a refresh token (even an old one) belongs to; False if it is none of this client's."""
        presented = read_token(self.keyring, token)
        family = self.families.get(presented.family_id) if presented else None
        if family is None or family.client_id != client_id:
            return False
        self.families.revoke(family.family_id)
        return True

    def _still_signed_in(self, family: Family) -> Identity:
        """The family's owner, unless the account is gone or was signed out everywhere since."""
        identity = self.accounts.identity(family.user_id)
        if identity is None or identity.sign_in_epoch != family.sign_in_epoch:
            self.families.revoke(family.family_id)
            raise RefreshRefusedError("This sign-in was ended: sign in again.")
        return identity

    def _tokens(self, identity: Identity, family: Family, generation: int) -> Tokens:
        access_token = self.access_tokens.issue(
            identity.user_id,
            family.client_id,
            self.clock.now(),
            roles=identity.roles,
            authenticated_at=family.authenticated_at,
            sign_in_epoch=family.sign_in_epoch,
        )
        return Tokens(access_token, int(LIFETIME.total_seconds()), write_token(self.keyring, family.family_id, generation))
