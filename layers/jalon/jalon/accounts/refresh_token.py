"""Refresh tokens that rotate, and what their reuse betrays (OAuth 2.0 Security BCP, RFC 9700 §4.14.2).

A sign-in is a *family* of tokens: generation 0, 1, 2 … Only the latest is good. The family is one stored item that
holds the number of the latest; a token is ``rt.<family>.<generation>.<mac>``, the mac derived by the keyring, so that
nothing stored can be presented as a token and a token that we never made costs no read.

An older token presented again means that two parties hold the family: all of it ends. One exception keeps honest
pupils on bad networks signed in: the token just replaced answers, for :data:`GRACE`, with the *same* successor as
before. A thief gains nothing by it, since both then hold one token and the second to use it later ends the family.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from jalon.accounts.keyring import Keyring, same
from jalon.kernel.ids import ClientId, UserId

GRACE = timedelta(seconds=30)
#: A school day: computers are shared by a class.
IDLE_LIFETIME = timedelta(hours=12)
LONGEST_LIFETIME = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Family:
    """One sign-in. ``sign_in_epoch`` is the person's at its start; ``idle_until`` moves on with each refresh.

    ``authenticated_at`` is when the person last proved who they are for it, with their password or at an identity provider (``auth_time``
    of OpenID Connect Core §2); None where the provider does not say, and for sign-ins begun before it was kept.
    """

    family_id: str
    user_id: UserId
    client_id: ClientId
    sign_in_epoch: int
    generation: int
    rotated_at: datetime
    idle_until: datetime
    ends_at: datetime
    authenticated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PresentedToken:
    """A refresh token of ours, taken apart; whether it is still good is the family's to say."""

    family_id: str
    generation: int


class Standing(Enum):
    """What a presented token is to its family."""

    LATEST = auto()
    JUST_REPLACED = auto()
    REUSED = auto()
    OVER = auto()


def start_family(
    family_id: str, user_id: UserId, client_id: ClientId, sign_in_epoch: int, now: datetime, authenticated_at: datetime | None = None
) -> Family:
    """The family of a sign-in that happens now."""
    return Family(family_id, user_id, client_id, sign_in_epoch, 0, now, now + IDLE_LIFETIME, now + LONGEST_LIFETIME, authenticated_at)


def standing(family: Family, generation: int, now: datetime) -> Standing:
    """Judge a token of generation ``generation`` against its family."""
    if now >= min(family.idle_until, family.ends_at):
        return Standing.OVER
    if generation == family.generation:
        return Standing.LATEST
    if generation == family.generation - 1 and now - family.rotated_at <= GRACE:
        return Standing.JUST_REPLACED
    return Standing.REUSED


def write_token(keyring: Keyring, family_id: str, generation: int) -> str:
    """The token of one generation."""
    return f"rt.{family_id}.{generation}.{keyring.secret('refresh', family_id, str(generation))}"


def read_token(keyring: Keyring, text: str) -> PresentedToken | None:
    """Take a token apart, or None if we never made it."""
    parts = text.split(".")
    if len(parts) != 4 or parts[0] != "rt" or not (parts[2].isascii() and parts[2].isdigit()) or len(parts[2]) > 9:
        return None
    token = PresentedToken(parts[1], int(parts[2]))
    return token if same(text, write_token(keyring, token.family_id, token.generation)) else None
