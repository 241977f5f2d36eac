"""Someone comes back from an identity provider: to sign in, or to link it to the account they are signed in to.

One provider's subject is one way in to one account, whichever came first; a person has at most one subject of each
provider. The way in is kept as a login key, like every other (:mod:`jalon.accounts.keyring`).
"""

from dataclasses import replace

from jalon.accounts.accounts import Accounts
from jalon.accounts.identity import AccountNotFoundError, Identity, Role, birth_date_violations, clean_name, name_violations
from jalon.accounts.identity_providers import (
    CivilClaims,
    IdentityProvider,
    ProviderIncompleteError,
    ProviderPerson,
    ProviderRefusedError,
    read_civil_claims,
)
from jalon.accounts.provider_flow import ProviderSignIns, Return, come_back, nonce_of, verifier_of
from jalon.accounts.stores import Credentials, LoginTakenError
from jalon.kernel.errors import ConflictError
from jalon.kernel.ids import UserId

#: Core §2: a subject has at most 255 ASCII characters.
LONGEST_SUBJECT = 255


class ProviderAccountTakenError(ConflictError):
    """The provider's person signs in to another account here."""

    code = "provider_account_taken"


class EmailUnprovenError(ConflictError):
    """The account has an address that nobody has proven yet."""

    code = "email_unproven"


class ProviderLinkedError(ConflictError):
    """The account is linked to another person of this provider."""

    code = "provider_linked"


def sign_in_with_provider(sign_ins: ProviderSignIns, accounts: Accounts, came: Return) -> tuple[Identity, bool]:
    """Whose account the provider's person signs in to, and whether it was made just now.

    A first sign-in whose provider certifies the national student number joins the account that has it, made by a school or by
    another provider: one person has one account. Raises :class:`ProviderSignInOverError`, :class:`ProviderRefusedError`,
    :class:`ProviderUnavailableError`, and :class:`ProviderIncompleteError` for a first sign-in without a name.
    """
    provider, person = _redeem(sign_ins, accounts, came)
    login_key = _login_key(accounts, provider, person)
    known = _owner(accounts, login_key)
    if known:
        return known, False
    said = read_civil_claims(sign_ins.gateway.claims(provider, person), provider.number_claim)
    schools_account = _of_number(accounts, provider, said)
    if schools_account:
        return _join(accounts, provider, schools_account, login_key), False
    identity = _new_account(accounts, provider, said, login_key)
    try:
        accounts.store.create(identity, Credentials())
    except LoginTakenError:
        first = _owner(accounts, login_key)  # the same first sign-in on two screens: the other one was faster
        if first is None:
            raise
        return first, False
    return identity, True


def link_provider(sign_ins: ProviderSignIns, accounts: Accounts, user_id: UserId, came: Return) -> Identity:
    """Make the provider's person a way in to this account; linking the same again changes nothing.

    An account that only claims its address is not linked: its true owner may recover it by a message, and must find no way in
    that somebody else has left there. Raises as :func:`sign_in_with_provider`, and :class:`ProviderAccountTakenError`,
    :class:`ProviderLinkedError`, :class:`EmailUnprovenError`, :class:`AccountNotFoundError`.
    """
    identity = accounts.store.identity(user_id)
    if identity is None:
        raise AccountNotFoundError("There is no such account.", user_id=user_id)
    refuse_claimed_email(identity)
    provider, person = _redeem(sign_ins, accounts, came, user_id)
    login_key = _login_key(accounts, provider, person)
    present = identity.providers.get(provider.id)
    if present == login_key:
        return identity
    if present:
        raise ProviderLinkedError("This account is linked to another person of this provider.", provider=provider.id)
    linked = replace(identity, providers={**identity.providers, provider.id: login_key}, login_keys=identity.login_keys | {login_key})
    try:
        accounts.store.replace_logins(identity, linked)
    except LoginTakenError as error:
        raise ProviderAccountTakenError("This provider signs you in to another account here.", provider=provider.id) from error
    return linked


def refuse_claimed_email(identity: Identity) -> None:
    """Raise :class:`EmailUnprovenError` for an account to which no provider can be linked yet."""
    if identity.only_claims_email:
        raise EmailUnprovenError("Confirm your e-mail address before you link another way in.")


def returning_person(sign_ins: ProviderSignIns, accounts: Accounts, came: Return, user_id: UserId) -> tuple[IdentityProvider, str]:
    """Which provider someone signed in to comes back from, and the login key of the person it names. Raises as :func:`link_provider`."""
    provider, person = _redeem(sign_ins, accounts, came, user_id)
    return provider, _login_key(accounts, provider, person)


def _redeem(
    sign_ins: ProviderSignIns, accounts: Accounts, came: Return, user_id: UserId | None = None
) -> tuple[IdentityProvider, ProviderPerson]:
    provider, flow = come_back(sign_ins, accounts, came, user_id)
    nonce, verifier = nonce_of(accounts.keyring, flow.state), verifier_of(accounts.keyring, flow.state)
    person = sign_ins.gateway.redeem(provider, came.code, flow.redirect_uri, nonce, verifier, came.issuer)
    if not 0 < len(person.subject) <= LONGEST_SUBJECT:
        raise ProviderRefusedError("The provider did not say who this is.")
    return provider, person


def _login_key(accounts: Accounts, provider: IdentityProvider, person: ProviderPerson) -> str:
    return accounts.keyring.secret("provider login", provider.issuer, person.subject)


def _owner(accounts: Accounts, login_key: str) -> Identity | None:
    user_id = accounts.store.user_of_login(login_key)
    return accounts.store.identity(user_id) if user_id else None


def _of_number(accounts: Accounts, provider: IdentityProvider, said: CivilClaims) -> Identity | None:
    """The account of the number that the provider certifies."""
    if not _certified(provider, said):
        return None
    return _owner(accounts, accounts.keyring.number_key(said.national_number))


def _certified(provider: IdentityProvider, said: CivilClaims) -> bool:
    return bool(said.national_number) and provider.role is Role.PUPIL


def _join(accounts: Accounts, provider: IdentityProvider, identity: Identity, login_key: str) -> Identity:
    """The account with this way in; it takes the place of another subject of the same provider, which names its people anew."""
    former = identity.providers.get(provider.id)
    keys = (identity.login_keys - {former}) | {login_key} if former else identity.login_keys | {login_key}
    joined = replace(identity, providers={**identity.providers, provider.id: login_key}, login_keys=keys)
    try:
        accounts.store.replace_logins(identity, joined)
    except LoginTakenError:
        first = _owner(accounts, login_key)  # the same first sign-in on two screens: the other one was faster
        if first is None:
            raise
        return first
    return joined


def _new_account(accounts: Accounts, provider: IdentityProvider, said: CivilClaims, login_key: str) -> Identity:
    now = accounts.clock.now()
    first_name, last_name = clean_name(said.first_name), clean_name(said.last_name)
    if name_violations("/first_name", first_name) or name_violations("/last_name", last_name):
        raise ProviderIncompleteError("The provider gives no first and last name to make an account with.", provider=provider.id)
    born = said.birth_date
    return Identity(
        user_id=UserId(accounts.ids.new("usr")),
        first_name=first_name,
        last_name=last_name,
        birth_date=None if born is None or birth_date_violations("/birth_date", born, now.date()) else born,
        roles=frozenset({provider.role}),
        created_at=now,
        login_keys=frozenset({login_key} | ({accounts.keyring.number_key(said.national_number)} if _certified(provider, said) else set())),
        providers={provider.id: login_key},
    )
