"""Someone comes back from an identity provider: to sign in, or to link it to the account they are signed in to.

A provider's person whom nobody here knows is asked whether they have an account, with an introduction that goes with the answer
(:mod:`jalon.accounts.provider_introduction`): signing in makes no account by itself, since a school may have made one.
One provider's subject is one way in to one account, whichever came first; a person has at most one subject of each
provider. The way in is kept as a login key, like every other (:mod:`jalon.accounts.keyring`).
"""

from dataclasses import replace

from jalon.accounts.accounts import Accounts
from jalon.accounts.find_account import account_of_login, find_account
from jalon.accounts.identity import Identity, Role, birth_date_violations, clean_name, name_violations
from jalon.accounts.identity_providers import (
    IdentityProvider,
    ProviderIncompleteError,
    ProviderPerson,
    ProviderRefusedError,
    read_civil_claims,
)
from jalon.accounts.provider_flow import ProviderSignIns, Return, come_back, nonce_of, verifier_of
from jalon.accounts.provider_introduction import Introduction, displayed, seal, unseal
from jalon.accounts.stores import Credentials, LoginTakenError
from jalon.kernel.clock import iso
from jalon.kernel.errors import ConflictError
from jalon.kernel.ids import UserId

#: Core §2: a subject has at most 255 ASCII characters.
LONGEST_SUBJECT = 255


class ProviderAccountTakenError(ConflictError):
    """The person whom the provider names signs in to another account here."""

    code = "provider_account_taken"


class ProviderAccountUnknownError(ConflictError):
    """The person whom the provider names has no account linked with it yet; ``introduction`` is sent along with what they decide."""

    code = "provider_account_unknown"


class EmailUnprovenError(ConflictError):
    """The account has an address that nobody has proven yet."""

    code = "email_unproven"


class ProviderLinkedError(ConflictError):
    """The account is linked to another person of this provider."""

    code = "provider_linked"


def sign_in_with_provider(sign_ins: ProviderSignIns, accounts: Accounts, came: Return) -> Identity:
    """Whose account the provider's person signs in to.

    A first sign-in whose provider certifies the national student number joins the account that has it, made by a school or by
    another provider. Anyone else who is new says first whether they have an account: one person has one account. Raises
    :class:`ProviderAccountUnknownError` with the introduction to show then, :class:`ProviderSignInOverError`,
    :class:`ProviderRefusedError` and :class:`ProviderUnavailableError`.
    """
    provider, person = _redeem(sign_ins, accounts, came)
    login_key = _login_key(accounts, provider, person)
    known = account_of_login(accounts.store, login_key)
    if known:
        return known
    introduction = _introduce(sign_ins, accounts, provider, person)
    schools_account = _of_number(accounts, introduction)
    if schools_account:
        return _join(accounts, introduction, schools_account)
    raise _nobody_yet(accounts, introduction)


def begin_account(sign_ins: ProviderSignIns, accounts: Accounts, sealed: str) -> tuple[Identity, bool]:
    """The account of someone introduced by a provider, and whether it was made just now; done again, it gives the same.

    Raises :class:`ProviderSignInOverError` for an introduction that has ended, :class:`ProviderUnknownError`, and
    :class:`ProviderIncompleteError` when the provider gives no name.
    """
    introduction = unseal(accounts, sign_ins.providers, sealed)
    known = account_of_login(accounts.store, introduction.login_key)
    if known:
        return known, False
    schools_account = _of_number(accounts, introduction)
    if schools_account:
        return _join(accounts, introduction, schools_account), False
    identity = _new_account(accounts, introduction)
    try:
        accounts.store.create(identity, Credentials())
    except LoginTakenError:
        first = account_of_login(accounts.store, introduction.login_key)  # the same decision on two screens: the other one was faster
        if first is None:
            raise
        return first, False
    return identity, True


def link_provider(sign_ins: ProviderSignIns, accounts: Accounts, user_id: UserId, came: Return) -> Identity:
    """Make the provider's person a way in to this account; linking the same again changes nothing.

    An account that only claims its address is not linked: its true owner may recover it by a message, and must find no way in
    that somebody else has left there. A certified national number comes along, so that no school makes its pupil a second
    account. Raises as :func:`sign_in_with_provider`, and :class:`ProviderAccountTakenError`, :class:`ProviderLinkedError`,
    :class:`EmailUnprovenError`, :class:`AccountNotFoundError`.
    """
    identity = _linkable(accounts, user_id)
    provider, person = _redeem(sign_ins, accounts, came, user_id)
    return _link(accounts, identity, _introduce(sign_ins, accounts, provider, person))


def link_introduced(sign_ins: ProviderSignIns, accounts: Accounts, user_id: UserId, sealed: str) -> Identity:
    """As :func:`link_provider`, for someone who was introduced before they signed in to their account."""
    identity = _linkable(accounts, user_id)
    return _link(accounts, identity, unseal(accounts, sign_ins.providers, sealed))


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


def _introduce(sign_ins: ProviderSignIns, accounts: Accounts, provider: IdentityProvider, person: ProviderPerson) -> Introduction:
    said = read_civil_claims(sign_ins.gateway.claims(provider, person), provider.number_claim)
    certified = said.national_number if provider.role is Role.PUPIL else ""
    number_key = accounts.keyring.number_key(certified) if certified else ""
    return Introduction(provider, _login_key(accounts, provider, person), number_key, said)


def _nobody_yet(accounts: Accounts, introduction: Introduction) -> ProviderAccountUnknownError:
    sealed, ends = seal(accounts, introduction)
    return ProviderAccountUnknownError(
        "Nobody signs in here as this person yet. If you have an account, sign in to it and link the provider; else begin a new account.",
        provider=introduction.provider.id,
        first_name=displayed(introduction.said.first_name),
        last_name=displayed(introduction.said.last_name),
        introduction=sealed,
        expires_at=iso(ends),
    )


def _linkable(accounts: Accounts, user_id: UserId) -> Identity:
    identity = find_account(accounts.store, user_id)
    refuse_claimed_email(identity)
    return identity


def _link(accounts: Accounts, identity: Identity, introduction: Introduction) -> Identity:
    provider = introduction.provider
    present = identity.providers.get(provider.id)
    if present == introduction.login_key:
        return identity
    if present:
        raise ProviderLinkedError("This account is linked to another person of this provider.", provider=provider.id)
    taken = ProviderAccountTakenError("This provider signs you in to another account here.", provider=provider.id)
    numbered = _of_number(accounts, introduction)
    if numbered and numbered.user_id != identity.user_id:
        raise taken
    linked = replace(
        identity,
        providers={**identity.providers, provider.id: introduction.login_key},
        login_keys=identity.login_keys | _keys(introduction),
    )
    try:
        accounts.store.replace_logins(identity, linked)
    except LoginTakenError as error:
        raise taken from error
    return linked


def _keys(introduction: Introduction) -> frozenset[str]:
    return frozenset(filter(None, (introduction.login_key, introduction.number_key)))


def _of_number(accounts: Accounts, introduction: Introduction) -> Identity | None:
    """The account of the number that the provider certifies."""
    return account_of_login(accounts.store, introduction.number_key) if introduction.number_key else None


def _join(accounts: Accounts, introduction: Introduction, identity: Identity) -> Identity:
    """The account with this way in; it takes the place of another subject of the same provider, which names its people anew."""
    provider, login_key = introduction.provider, introduction.login_key
    former = identity.providers.get(provider.id)
    keys = (identity.login_keys - {former}) | {login_key} if former else identity.login_keys | {login_key}
    joined = replace(identity, providers={**identity.providers, provider.id: login_key}, login_keys=keys)
    try:
        accounts.store.replace_logins(identity, joined)
    except LoginTakenError:
        first = account_of_login(accounts.store, login_key)  # the same first sign-in on two screens: the other one was faster
        if first is None:
            raise
        return first
    return joined


def _new_account(accounts: Accounts, introduction: Introduction) -> Identity:
    now = accounts.clock.now()
    provider, said = introduction.provider, introduction.said
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
        login_keys=_keys(introduction),
        providers={provider.id: introduction.login_key},
    )
