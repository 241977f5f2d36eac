"""What is kept while someone is away at an identity provider.

Starting gives the screen a ``secret`` beside the address to send the person to. The provider brings back the ``state``;
only the screen that started can show the secret, so that nobody is signed in to an account that someone else chose for
them. Secret, nonce and PKCE verifier are derived from the state by the keyring: the stored item opens nothing. A flow
ends when it is used, or by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from jalon.accounts.accounts import Accounts
from jalon.accounts.identity_providers import IdentityProvider, ProviderGateway, Providers, find_provider
from jalon.accounts.keyring import Keyring, same
from jalon.accounts.same_person import Doubt
from jalon.kernel.errors import GoneError
from jalon.kernel.ids import UserId

LIFETIME = timedelta(minutes=10)


class ProviderSignInOverError(GoneError):
    """The sign-in through a provider is unknown, completed or expired, or was begun in another browser."""

    code = "provider_sign_in_over"


@dataclass(frozen=True, slots=True)
class Flow:
    """Someone on the way to a provider and back; ``user_id`` is whose account is being linked, None to sign in."""

    state: str
    provider_id: str
    redirect_uri: str
    expires_at: datetime
    user_id: UserId | None = None


class FlowStore(Protocol):
    """Keeps flows until they are used."""

    def start(self, flow: Flow) -> None: ...

    def get(self, state: str) -> Flow | None: ...

    def use(self, state: str, by: str) -> bool:
        """End the flow; True for the one caller of several who ended it.

        ``by`` tells the callers apart: one whose answer was lost asks again, and is the one still.
        """
        ...


@dataclass(frozen=True, slots=True)
class Departure:
    """What the screen needs: where to send the person, and what to keep for their return."""

    authorization_url: str
    secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Return:
    """What the screen brings back. ``issuer`` is the parameter ``iss``, if the provider gave one (RFC 9207)."""

    state: str
    secret: str
    code: str
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class ProviderSignIns:
    """What signing in through providers works with.

    ``doubt`` is told of a certified number that is not believed: the provider's identifier, why, and whose account has the number, if
    an account has it.
    """

    providers: Providers
    gateway: ProviderGateway
    flows: FlowStore
    doubt: Callable[[str, Doubt, UserId | None], None]


def depart(sign_ins: ProviderSignIns, accounts: Accounts, provider_id: str, redirect_uri: str, user_id: UserId | None = None) -> Departure:
    """Begin: raises :class:`ProviderUnknownError`, :class:`InvalidInputError` for the address, :class:`ProviderUnavailableError`.

    Someone signed in here, who links the provider or proves who they are, is asked by it once more: on a shared computer it may still
    know the person before.
    """
    provider = find_provider(sign_ins.providers, provider_id)
    provider.check_redirect(redirect_uri)
    state = accounts.ids.new("psi")
    url = sign_ins.gateway.authorization_url(
        provider, redirect_uri, state, nonce_of(accounts.keyring, state), verifier_of(accounts.keyring, state), anew=user_id is not None
    )
    expires_at = (accounts.clock.now() + LIFETIME).replace(microsecond=0)
    sign_ins.flows.start(Flow(state, provider_id, redirect_uri, expires_at, user_id))
    return Departure(url, secret_of(accounts.keyring, state), expires_at)


def come_back(sign_ins: ProviderSignIns, accounts: Accounts, came: Return, user_id: UserId | None = None) -> tuple[IdentityProvider, Flow]:
    """The flow that ends with this return, once; raises :class:`ProviderSignInOverError`."""
    flow = sign_ins.flows.get(came.state) if same(came.secret, secret_of(accounts.keyring, came.state)) else None
    if flow is None or flow.user_id != user_id or flow.expires_at <= accounts.clock.now() or not _use(sign_ins, accounts, flow):
        raise ProviderSignInOverError("This sign-in was used, has expired or was begun elsewhere: begin again.")
    return find_provider(sign_ins.providers, flow.provider_id), flow


def _use(sign_ins: ProviderSignIns, accounts: Accounts, flow: Flow) -> bool:
    return sign_ins.flows.use(flow.state, accounts.ids.new("use"))


def secret_of(keyring: Keyring, state: str) -> str:
    """What the screen keeps."""
    return keyring.secret("provider sign-in", state)


def nonce_of(keyring: Keyring, state: str) -> str:
    """What the ID token must repeat (Core §3.1.2.1)."""
    return keyring.secret("provider nonce", state)


def verifier_of(keyring: Keyring, state: str) -> str:
    """The PKCE code verifier: 43 characters, as RFC 7636 §4.1 asks at least."""
    return keyring.secret("provider verifier", state)
