"""Who else may say who someone is: a school's ENT or GAR, EduConnect, ProConnect (OpenID Connect Core 1.0).

An operator lists the providers in the secret ``IDENTITY_PROVIDERS``. Whoever they name is known here by issuer and
subject alone (Core §5.7): an e-mail address that a provider gives never opens an account that someone else made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlsplit

from jalon.accounts.identity import Role, plain_name
from jalon.kernel.errors import ConflictError, InvalidInputError, NotFoundError, NotSignedInError, UnavailableError, Violation

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
#: Whom a provider may vouch for; the jury is appointed by the operator alone.
_ROLES = frozenset({Role.PUPIL, Role.TEACHER})

#: The year 9999 ends then; a later second is no time.
_LATEST_AUTH_TIME = 253_402_300_800


class ProviderUnknownError(NotFoundError):
    """No provider has this identifier here."""

    code = "provider_unknown"


class ProviderRefusedError(NotSignedInError):
    """The provider did not confirm who this is, or what it said cannot be believed."""

    code = "provider_refused"


class ProviderUnavailableError(UnavailableError):
    """The provider does not answer, or not as OpenID Connect says."""

    code = "provider_unavailable"


class ProviderIncompleteError(ConflictError):
    """The provider knows the person, but gives no name that an account could be made with."""

    code = "provider_incomplete"


class Asking(StrEnum):
    """A parameter by which a provider is asked to have its person prove anew who they are, or to say when they last did."""

    #: ``max_age=0`` (Core §3.1.2.1): both.
    MAX_AGE = "max_age"
    #: ``prompt=login`` (Core §3.1.2.1): to have them prove it.
    PROMPT = "prompt"
    #: ``claims`` with an essential ``auth_time`` (Core §5.5.1.1): to say when.
    AUTH_TIME = "auth_time"


class Prompt(StrEnum):
    """What a provider may be asked to show at every sign-in (Core §3.1.2.1)."""

    LOGIN = "login"
    SELECT_ACCOUNT = "select_account"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """In which claims a provider says who someone is, where it has names of its own; empty for those of Core §5.1 and, for the last
    name, ProConnect's ``usual_name`` before it.
    """

    first_name: str = ""
    last_name: str = ""
    birth_date: str = ""

    def __post_init__(self) -> None:
        if not all(isinstance(name, str) for name in (self.first_name, self.last_name, self.birth_date)):
            raise TypeError("a claim's name is text")


STANDARD_CLAIMS = ClaimNames()


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """One provider, as the operator registered us with it.

    ``redirect_uris`` are the pages of our screens to which it may send people back; ``role`` is what an account made
    by a first sign-in becomes. ``number_claim`` names the claim in which it certifies a pupil's national student number
    (INE), if it does: a first sign-in then finds the account that the school made. ``fresh_sign_in`` is how it is asked to ask its person
    anew, ``prompt`` what it shows at every sign-in, for some refuse parameters that they do not know. ``post_logout_redirect_uri`` is the
    page of our screens to which it sends people back whom it has signed out, if they are to come back.
    """

    id: str
    name: str
    issuer: str
    client_id: str
    client_secret: str
    redirect_uris: tuple[str, ...]
    role: Role = Role.PUPIL
    scopes: tuple[str, ...] = ("openid", "profile")
    number_claim: str = ""
    claim_names: ClaimNames = STANDARD_CLAIMS
    fresh_sign_in: tuple[Asking, ...] = (Asking.MAX_AGE, Asking.PROMPT)
    prompt: Prompt | None = None
    post_logout_redirect_uri: str = ""

    def __post_init__(self) -> None:
        if not self.id or not self.name or not self.client_id or not self.client_secret:
            raise ValueError("a provider has an id, a name, a client_id and a client_secret")
        if not all(map(is_safe_url, (self.issuer, *self.redirect_uris))) or not self.redirect_uris:
            raise ValueError(f"provider {self.id}: the issuer and at least one redirect_uri are https addresses")
        if "openid" not in self.scopes or self.role not in _ROLES:
            raise ValueError(f"provider {self.id}: scopes have openid, and the role is one of {sorted(_ROLES)}")
        if self.post_logout_redirect_uri and not is_safe_url(self.post_logout_redirect_uri):
            raise ValueError(f"provider {self.id}: post_logout_redirect_uri is an https address")
        if not self.fresh_sign_in:
            raise ValueError(f"provider {self.id}: fresh_sign_in is one or more of {[str(asking) for asking in Asking]}")

    def allows_endpoint(self, url: str) -> bool:
        """Whether an address from the provider's own description may be called.

        Only a provider that runs on this very machine names addresses of it: one elsewhere could make us talk to what
        listens beside the function.
        """
        return is_safe_url(url) and (urlsplit(url).scheme == "https" or urlsplit(self.issuer).scheme == "http")

    def check_redirect(self, redirect_uri: str) -> None:
        """Raise unless this very address is registered (RFC 9700 §2.1: compared as a string, nothing else)."""
        if redirect_uri not in self.redirect_uris:
            wrong = Violation("/redirect_uri", "Use one of the addresses registered for this provider, letter by letter.", "redirect_uri")
            raise InvalidInputError("People are sent back to registered addresses only.", (wrong,))


Providers = Mapping[str, IdentityProvider]


@dataclass(frozen=True, slots=True)
class ProviderPerson:
    """Someone whom a provider has just named. ``access_token`` opens the provider's userinfo, for a minute or so; ``id_token`` is what it
    signed, and knows the session again by.
    """

    subject: str
    claims: Mapping[str, Any]
    access_token: str
    id_token: str

    @property
    def authenticated_at(self) -> datetime | None:
        """When the provider last asked who this is (``auth_time``, Core §2); None where it does not say, or says it wrongly."""
        said = self.claims.get("auth_time")
        if not isinstance(said, int | float) or not 0 < said < _LATEST_AUTH_TIME:
            return None
        return datetime.fromtimestamp(int(said), UTC)


@dataclass(frozen=True, slots=True)
class CivilClaims:
    """What an account is made from."""

    first_name: str
    last_name: str
    birth_date: date | None
    national_number: str = ""


class ProviderGateway(Protocol):
    """Speaks to providers. Raises :class:`ProviderUnavailableError`, and :class:`ProviderRefusedError` where it is said."""

    def authorization_url(
        self, provider: IdentityProvider, redirect_uri: str, state: str, nonce: str, verifier: str, *, anew: bool = False
    ) -> str:
        """Where to send the person: authorization code with PKCE (RFC 7636, S256), ``state`` and ``nonce``.

        ``anew`` asks the provider to have them prove who they are once more, and to say when they did, as it is asked for that
        (:class:`Asking`).
        """
        ...

    def redeem(
        self, provider: IdentityProvider, code: str, redirect_uri: str, nonce: str, verifier: str, said_issuer: str | None
    ) -> ProviderPerson:
        """Whom a code stands for, once the ID token is checked; raises :class:`ProviderRefusedError`."""
        ...

    def claims(self, provider: IdentityProvider, person: ProviderPerson) -> Mapping[str, Any]:
        """All that the provider says about the person, its userinfo included; raises :class:`ProviderRefusedError`."""
        ...

    def end_session_url(self, provider: IdentityProvider, person: ProviderPerson) -> str | None:
        """Where the person's browser goes to end their session there (RP-Initiated Logout 1.0 §2); None where the provider does not say."""
        ...


def read_providers(document: Mapping[str, Any]) -> Providers:
    """The providers of an operator's document (docs/sign-in.md shows one).

    Raises ``ValueError``, ``KeyError`` or ``TypeError`` for one that nobody could sign in with: a fault of the deployment.
    """
    found: dict[str, IdentityProvider] = {}
    for entry in document["providers"]:
        values = dict(entry)
        values["redirect_uris"] = tuple(values["redirect_uris"])
        values["role"] = Role(values.get("role", Role.PUPIL))
        values["scopes"] = tuple(values.get("scopes", ("openid", "profile")))
        values["claim_names"] = ClaimNames(**values.get("claim_names", {}))
        values["fresh_sign_in"] = tuple(map(Asking, values.get("fresh_sign_in", (Asking.MAX_AGE, Asking.PROMPT))))
        values["prompt"] = Prompt(values["prompt"]) if "prompt" in values else None
        provider = IdentityProvider(**values)
        if provider.id in found:
            raise ValueError(f"provider {provider.id} is listed twice")
        found[provider.id] = provider
    return found


def find_provider(providers: Providers, provider_id: str) -> IdentityProvider:
    """Raises :class:`ProviderUnknownError`."""
    if provider_id not in providers:
        raise ProviderUnknownError("There is no such identity provider here.")
    return providers[provider_id]


def read_civil_claims(claims: Mapping[str, Any], number_claim: str = "", names: ClaimNames = STANDARD_CLAIMS) -> CivilClaims:
    """Names, birth date and certified national number among a provider's claims (Core §5.1; ``usual_name`` is ProConnect's family name).

    Names are as an account goes by them; a birth date that is not a whole day is left out (Core allows a bare year).

    >>> read_civil_claims({"given_name": "Léa, Anne", "family_name": "Martin", "birthdate": "2010"})
    CivilClaims(first_name='Léa Anne', last_name='Martin', birth_date=None, national_number='')
    """
    return CivilClaims(
        first_name=plain_name(_text(claims, names.first_name or "given_name")),
        last_name=plain_name(_text(claims, names.last_name) if names.last_name else _usual_name(claims)),
        birth_date=_day(_text(claims, names.birth_date or "birthdate")),
        national_number=_text(claims, number_claim) if number_claim else "",
    )


def is_safe_url(url: str) -> bool:
    """Whether an address is https, or http on this very machine, and names nobody and no fragment.

    >>> is_safe_url("https://ent.example/oidc"), is_safe_url("http://127.0.0.1:9/"), is_safe_url("http://ent.example")
    (True, True, False)
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    return safe and bool(host) and "@" not in parts.netloc and not parts.fragment


def _usual_name(claims: Mapping[str, Any]) -> str:
    return _text(claims, "usual_name") or _text(claims, "family_name")


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == len("2010-03-12") else None
    except ValueError:
        return None
