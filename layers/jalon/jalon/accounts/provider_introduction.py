"""Whom a provider has just named, on the way to an account.

Someone whom nobody here knows yet decides what the provider shall sign in to: the account they have, or a new one. Until then
nothing about them is stored. Their screen holds the introduction, encrypted for us alone (JWE, RFC 7516; ``dir`` with
``A256GCM``), and shows it with the decision.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from jalon.accounts.accounts import Accounts
from jalon.accounts.identity_providers import CivilClaims, IdentityProvider, Providers, find_provider
from jalon.accounts.keyring import Keyring
from jalon.accounts.provider_flow import LIFETIME, ProviderSignInOverError

if TYPE_CHECKING:
    from joserfc.jwk import OctKey

_HEADER = {"alg": "dir", "enc": "A256GCM"}


@dataclass(frozen=True, slots=True)
class Introduction:
    """A provider's person: the login key of their subject, those under which the national number that it certifies may be certified
    and listed here (empty where it certifies none), and the names and birth date it gives; ``authenticated_at`` is when it last asked
    who they are, if it says.
    """

    provider: IdentityProvider
    login_key: str
    number_key: str
    said: CivilClaims
    authenticated_at: datetime | None = None
    listed_key: str = ""

    @property
    def keys(self) -> frozenset[str]:
        """What an account made or linked with it is found by."""
        return frozenset(filter(None, (self.login_key, self.number_key)))

    def without_number(self) -> "Introduction":
        """The same, where the number is not believed."""
        return replace(self, number_key="", listed_key="")


def seal(accounts: Accounts, introduction: Introduction) -> tuple[str, datetime]:
    """The introduction for the person's screen to keep, and when it ends: ten minutes from now."""
    from joserfc import jwe

    ends = (accounts.clock.now() + LIFETIME).replace(microsecond=0)
    said = introduction.said
    content = {
        "provider": introduction.provider.id,
        "issuer": introduction.provider.issuer,
        "login_key": introduction.login_key,
        "number_key": introduction.number_key,
        "listed_key": introduction.listed_key,
        "first_name": said.first_name,
        "last_name": said.last_name,
        "birth_date": said.birth_date.isoformat() if said.birth_date else None,
        "authenticated_at": int(introduction.authenticated_at.timestamp()) if introduction.authenticated_at else None,
        "ends": int(ends.timestamp()),
    }
    return jwe.encrypt_compact(dict(_HEADER), json.dumps(content, ensure_ascii=False).encode(), _key(accounts.keyring)), ends


def unseal(accounts: Accounts, providers: Providers, sealed: str) -> Introduction:
    """The introduction that a screen shows.

    Raises :class:`ProviderSignInOverError` for one that has ended or that we did not make, :class:`ProviderUnknownError` when the
    provider is not listed any more.
    """
    from joserfc import jwe
    from joserfc.errors import JoseError

    over = ProviderSignInOverError("This sign-in has expired or was not begun here: begin again.")
    try:
        opened = jwe.decrypt_compact(sealed, _key(accounts.keyring), algorithms=list(_HEADER.values()))
        content = json.loads(opened.plaintext or b"")
    except (JoseError, ValueError) as error:
        raise over from error
    if datetime.fromtimestamp(content["ends"], UTC) <= accounts.clock.now():
        raise over
    provider = find_provider(providers, content["provider"])
    if provider.issuer != content["issuer"]:
        raise over
    born = content["birth_date"]
    said = CivilClaims(content["first_name"], content["last_name"], date.fromisoformat(born) if born else None)
    asked_at = content.get("authenticated_at")
    asked = datetime.fromtimestamp(asked_at, UTC) if asked_at else None
    return Introduction(provider, content["login_key"], content["number_key"], said, asked, content.get("listed_key", ""))


def _key(keyring: Keyring) -> "OctKey":
    from joserfc.jwk import OctKey

    return OctKey.import_key(keyring.derive("provider introduction"))
