"""What the use cases ask of the tables. The adapters are ``*_store.py``; the tests' fakes follow the same contract."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from jalon.accounts.counts import CountStore
from jalon.accounts.identity import Identity, Preferences, TermsAcceptance
from jalon.accounts.oauth_client import OAuthClient
from jalon.accounts.refresh_token import Family
from jalon.kernel.errors import ConflictError
from jalon.kernel.ids import ClientId, UserId


class LoginTakenError(ConflictError):
    """Another account signs in with this username or e-mail address."""

    code = "login_taken"


class StaleWriteError(ConflictError):
    """What was read changed before it was written."""

    code = "stale_write"


@dataclass(frozen=True, slots=True)
class Credentials:
    """How one account proves itself.

    ``verifier`` is the argon2id string, None while no password was set. ``initial_nonce`` is there while the password
    is still the one that the school handed out: with the keyring it gives that password again. ``given`` are the nonces of all
    that were ever set in another password's place: each is set once.
    """

    verifier: str | None = None
    initial_nonce: bytes | None = None
    given: frozenset[bytes] = frozenset()


class TicketPurpose(StrEnum):
    """Why somebody may set a password: whoever asks for a recovery does not touch an invitation."""

    INVITATION = "setup"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class SetupTicket:
    """The right to set an account's password once, without knowing the old one; an account has at most one for each purpose."""

    user_id: UserId
    nonce: bytes
    expires_at: datetime
    purpose: TicketPurpose = TicketPurpose.INVITATION


@dataclass(frozen=True, slots=True)
class Displaced:
    """An account that only claims an address (:attr:`Identity.only_claims_email`), as it was read, and the login it loses."""

    holder: Identity
    login_key: str


@dataclass(frozen=True, slots=True)
class ClosedWays:
    """An account as it was read, and with fewer ways in."""

    before: Identity
    after: Identity


class AccountStore(CountStore, Protocol):
    """Identities, credentials, and the counts that setting a password forgets: they change together or not at all.

    Nobody who asked to be erased gets an account, a password or a way in (docs/decisions/0004); a sign-out is for them too.
    """

    def create(
        self, identity: Identity, credentials: Credentials, ticket: SetupTicket | None = None, *, displaced: Displaced | None = None
    ) -> None:
        """Write an account and its ``identity.login_keys``, all or nothing; ``displaced`` gives its address up to it.

        Raises :class:`AccountExistsError` if the user id is in use, else :class:`LoginTakenError` if a login is, or if ``displaced``
        changed its ways in or proved the address meanwhile.
        """
        ...

    def identity(self, user_id: UserId) -> Identity | None: ...

    def identities(self, user_ids: Iterable[UserId]) -> Mapping[UserId, Identity]:
        """Those that exist, in as few reads as the store allows."""
        ...

    def user_of_login(self, login_key: str) -> UserId | None: ...

    def credentials(self, user_id: UserId) -> Credentials | None: ...

    def set_password(
        self,
        user_id: UserId,
        verifier: str,
        initial_nonce: bytes | None,
        ticket: SetupTicket | None = None,
        *,
        proven: str | None = None,
        closing: ClosedWays | None = None,
    ) -> None:
        """Replace the password, forget the attempts and raise the sign-in epoch; with it ``ticket`` is used up, and every other one ends.

        With it ``closing`` closes ways in, too, so that nobody comes through one to open it again.
        ``proven`` is the verifier of the present password, for a change that rests on it; ``initial_nonce`` is kept among those given.
        Raises :class:`AccountNotFoundError`, and :class:`StaleWriteError` if the ticket is used already, ``proven`` is not the verifier
        any more, the nonce was given before, or the account has not the ways in of ``closing`` any more.
        """
        ...

    def refuse_erased(self, user_id: UserId) -> None:
        """Raise ``account_erased`` for whoever asked to be erased, before something is sent to them; what writes asks by itself."""
        ...

    def renew_verifier(self, user_id: UserId, old: str, new: str) -> None:
        """The same password under new parameters; does nothing if the password changed meanwhile."""
        ...

    def put_ticket(self, ticket: SetupTicket) -> None:
        """The person's one ticket for its purpose from now on."""
        ...

    def offer_ticket(self, ticket: SetupTicket, now: datetime) -> SetupTicket:
        """The ticket that stands: the one of this purpose that was still good, now good until ``ticket`` would be, else ``ticket``."""
        ...

    def ticket(self, user_id: UserId, purpose: TicketPurpose) -> SetupTicket | None: ...

    def replace_logins(self, before: Identity, after: Identity, *, displaced: Displaced | None = None) -> None:
        """Write ``after``'s address, username, providers with their numbers, and ways in, all or nothing: new logins appear, those given
        up go.

        ``displaced`` gives its address up to ``after``. Raises :class:`LoginTakenError` (also if ``displaced`` changed its ways in or
        proved the address meanwhile), and :class:`StaleWriteError` if the person is not as ``before`` says any more.
        """
        ...

    def change_preferences(self, user_id: UserId, change: Mapping[str, str | bool]) -> Preferences:
        """Set these fields of :class:`Preferences` and no other: the preferences after it. Raises :class:`AccountNotFoundError`."""
        ...

    def accept_terms(self, user_id: UserId, terms: TermsAcceptance) -> None:
        """Raises :class:`AccountNotFoundError`."""
        ...

    def raise_sign_in_epoch(self, user_id: UserId) -> None:
        """Raises :class:`AccountNotFoundError`."""
        ...


class FamilyStore(Protocol):
    """Sign-ins that can be refreshed, one item each."""

    def start(self, family: Family) -> None: ...

    def get(self, family_id: str) -> Family | None: ...

    def rotate(self, family: Family, now: datetime, idle_until: datetime) -> bool:
        """Raise the generation by one if it still is ``family.generation``; False if someone else was faster."""
        ...

    def revoke(self, family_id: str) -> None:
        """End the family; one that is not there is no error."""
        ...


class ClientStore(Protocol):
    """The software that may ask for tokens in its own name."""

    def create(self, client: OAuthClient) -> OAuthClient:
        """Keep the client, or return the one that has its id already."""
        ...

    def get(self, client_id: ClientId) -> OAuthClient | None: ...

    def renew(self, client_id: ClientId, nonce: bytes, former: Sequence[bytes], former_until: datetime) -> None:
        """Keep the nonce, and those before it.

        Raises :class:`StaleWriteError` unless the nonce is still the last of ``former`` and the client is not ended.
        """
        ...

    def end(self, client_id: ClientId, at: datetime) -> None:
        """Keep when it ended; the first time counts."""
        ...
