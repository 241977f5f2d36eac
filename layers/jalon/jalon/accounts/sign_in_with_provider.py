"""Someone comes back from an identity provider to sign in.

A provider's person whom nobody here knows is asked whether they have an account, with an introduction that goes with the answer
(:mod:`jalon.accounts.provider_introduction`): signing in makes no account by itself, since a school may have made one.
One provider's subject is one way in to one account, whichever came first; a person has at most one subject of each
provider. The way in is kept as a login key, like every other (:mod:`jalon.accounts.keyring`).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jalon.accounts.accounts import Accounts
from jalon.accounts.find_account import account_of_login
from jalon.accounts.identity import Identity, birth_date_violations, clean_name, name_violations
from jalon.accounts.identity_providers import ProviderIncompleteError
from jalon.accounts.provider_flow import ProviderSignInOverError, ProviderSignIns, Return
from jalon.accounts.provider_introduction import Introduction, displayed, seal, unseal
from jalon.accounts.provider_return import believe_number, introduce, name_person, numbers_with
from jalon.accounts.stores import Credentials, LoginTakenError, StaleWriteError
from jalon.kernel.clock import iso
from jalon.kernel.errors import ConflictError
from jalon.kernel.ids import UserId

#: How long the decision to begin an account answers a repeated request: an answer may be lost on the way.
REPEATED_WITHIN = timedelta(seconds=30)


class ProviderAccountUnknownError(ConflictError):
    """The person whom the provider names has no account linked with it yet; ``introduction`` is sent along with what they decide."""

    code = "provider_account_unknown"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Whose account the provider's person signs in to, and whether it was made just now.

    ``authenticated_at`` is when the provider last asked who they are, None where it does not say.
    """

    identity: Identity
    authenticated_at: datetime | None
    new: bool = False


def sign_in_with_provider(sign_ins: ProviderSignIns, accounts: Accounts, came: Return) -> Arrival:
    """Whose account the provider's person signs in to.

    A first sign-in whose provider certifies the national student number joins the account that has it, made by a school or by
    another provider. Anyone else who is new says first whether they have an account: one person has one account. Raises
    :class:`ProviderAccountUnknownError` with the introduction to show then, :class:`ProviderSignInOverError`,
    :class:`ProviderRefusedError` and :class:`ProviderUnavailableError`.
    """
    named = name_person(sign_ins, accounts, came)
    known = account_of_login(accounts.store, named.login_key)
    if known:
        return Arrival(known, named.authenticated_at)
    introduction, holder = believe_number(sign_ins, accounts, introduce(sign_ins, accounts, named))
    if holder:
        return Arrival(_join(accounts, introduction, holder), named.authenticated_at)
    raise _nobody_yet(accounts, introduction)


def begin_account(sign_ins: ProviderSignIns, accounts: Accounts, sealed: str) -> Arrival:
    """The account of someone introduced by a provider. Done again within half a minute, it gives the same.

    The first decision ends an introduction: whoever keeps one, on a shared computer perhaps, does not sign in with it. Raises
    :class:`ProviderSignInOverError` for one that has ended, :class:`ProviderUnknownError`, and :class:`ProviderIncompleteError` when the
    provider gives no name.
    """
    told = unseal(accounts, sign_ins.providers, sealed)
    known = account_of_login(accounts.store, told.login_key)
    if known:
        return Arrival(_just_made(accounts, known), told.authenticated_at)
    introduction, holder = believe_number(sign_ins, accounts, told)
    if holder:
        return Arrival(_join(accounts, introduction, holder), told.authenticated_at)
    identity = _new_account(accounts, introduction)
    try:
        accounts.store.create(identity, Credentials())
    except LoginTakenError:
        first = account_of_login(accounts.store, told.login_key)  # the same decision on two screens: the other one was faster
        if first is None:
            raise
        return Arrival(_just_made(accounts, first), told.authenticated_at)
    return Arrival(identity, told.authenticated_at, new=True)


def _just_made(accounts: Accounts, known: Identity) -> Identity:
    """The account if it is as new as a repeated request may find it, and nobody has signed out everywhere since."""
    if known.sign_in_epoch or accounts.clock.now() - known.created_at > REPEATED_WITHIN:
        raise ProviderSignInOverError("This has been decided already: sign in through the provider.")
    return known


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


def _join(accounts: Accounts, introduction: Introduction, identity: Identity) -> Identity:
    """The account with this way in; it takes the place of another subject of the same provider, which names its people anew."""
    provider, login_key = introduction.provider, introduction.login_key
    former = identity.providers.get(provider.id)
    keys = (identity.login_keys - {former}) | {login_key} if former else identity.login_keys | {login_key}
    providers, numbers = {**identity.providers, provider.id: login_key}, numbers_with(identity, introduction)
    joined = replace(identity, providers=providers, login_keys=keys, certified_numbers=numbers)
    try:
        accounts.store.replace_logins(identity, joined)
    except (LoginTakenError, StaleWriteError):
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
        login_keys=introduction.keys,
        providers={provider.id: introduction.login_key},
        certified_numbers={provider.id: introduction.number_key} if introduction.number_key else {},
    )
