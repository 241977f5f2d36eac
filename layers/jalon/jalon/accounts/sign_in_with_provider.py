"""Someone comes back from an identity provider to sign in.

A provider's person whom nobody here knows is asked whether they have an account, with an introduction that goes with the answer
(:mod:`jalon.accounts.provider_introduction`): signing in makes no account by itself, since a school may have made one.
One provider's subject is one way in to one account, whichever came first; a person has at most one subject of each
provider. The way in is kept as a login key, like every other (:mod:`jalon.accounts.keyring`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from jalon.accounts.accounts import Accounts
from jalon.accounts.find_account import account_of_login
from jalon.accounts.identity import Identity, birth_date_violations, name_violations
from jalon.accounts.identity_providers import ProviderIncompleteError
from jalon.accounts.messages import Mailer, portal_linked
from jalon.accounts.provider_flow import ProviderSignInOverError, ProviderSignIns, Return
from jalon.accounts.provider_introduction import Introduction, seal, unseal
from jalon.accounts.provider_return import believe_number, introduce, name_person, numbers_with
from jalon.accounts.sign_in_hint import way_in
from jalon.accounts.stores import Credentials, LoginTakenError, StaleWriteError
from jalon.accounts.tell_owner import tell_owner
from jalon.kernel.clock import iso
from jalon.kernel.errors import ConflictError
from jalon.kernel.ids import UserId

#: How long the decision to begin an account answers a repeated request: an answer may be lost on the way.
REPEATED_WITHIN = timedelta(seconds=30)


class ProviderAccountUnknownError(ConflictError):
    """The person whom the provider names has no account linked with it yet; ``introduction`` is sent along with what they decide.

    ``end_session_url`` is where their session at the provider is ended, None where it says nothing of that. ``sign_in_with`` says how one
    signs in to an account that may be theirs, None where nothing points to one.
    """

    code = "provider_account_unknown"


class AccountMayExistError(ConflictError):
    """An account has the national number that the provider certifies, and may be this person's: they say that it is not (``anyway``)."""

    code = "account_may_exist"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Whose account the provider's person signs in to, whether it was made just now, and the provider (its identifier) that a number let
    in to it just now.

    ``authenticated_at`` is when the provider last asked who they are, and ``end_session_url`` where their session there is ended; None
    where it does not say.
    """

    identity: Identity
    authenticated_at: datetime | None
    new: bool = False
    joined: str = ""
    end_session_url: str | None = None


def sign_in_with_provider(sign_ins: ProviderSignIns, accounts: Accounts, mailer: Mailer, came: Return) -> Arrival:
    """Whose account the provider's person signs in to.

    A first sign-in whose provider certifies the national student number joins the account that has it, made by a school or by
    another provider, if the number is believed (:mod:`jalon.accounts.same_person`). Anyone else who is new says first whether they
    have an account: one person has one account. Raises :class:`ProviderAccountUnknownError` with the introduction to show then,
    :class:`ProviderSignInOverError`, :class:`ProviderRefusedError`, and :class:`UnavailableError` while the provider does not answer
    or the account's owner cannot be told.
    """
    named = name_person(sign_ins, accounts, came)
    known = account_of_login(accounts.store, named.login_key)
    if known:
        return Arrival(known, named.authenticated_at, end_session_url=named.end_session_url)
    told = introduce(sign_ins, accounts, named)
    arrival = _again_if_changed(lambda: _recognise(sign_ins, accounts, mailer, told, named.end_session_url))
    return replace(arrival, end_session_url=named.end_session_url)


def begin_account(sign_ins: ProviderSignIns, accounts: Accounts, mailer: Mailer, sealed: str, *, anyway: bool = False) -> Arrival:
    """The account of someone introduced by a provider. Done again within half a minute, it gives the same.

    The first decision ends an introduction: whoever keeps one, on a shared computer perhaps, does not sign in with it. ``anyway`` says
    that an account which has the certified number is not theirs. Raises :class:`ProviderSignInOverError` for one that has ended,
    :class:`ProviderUnknownError`, :class:`AccountMayExistError`, :class:`ProviderIncompleteError` when the provider gives no name, and
    :class:`UnavailableError` while the owner of an account that is joined cannot be told.
    """
    told = unseal(accounts, sign_ins.providers, sealed)
    return _again_if_changed(lambda: _begin(sign_ins, accounts, mailer, told, anyway=anyway))


def _again_if_changed(decide: Callable[[], Arrival]) -> Arrival:
    """What was decided, once more from what is there now where something was written meanwhile: on another screen, by another portal."""
    try:
        return decide()
    except (LoginTakenError, StaleWriteError):
        return decide()


def _recognise(sign_ins: ProviderSignIns, accounts: Accounts, mailer: Mailer, told: Introduction, end_session_url: str | None) -> Arrival:
    known = account_of_login(accounts.store, told.login_key)
    if known:
        return Arrival(known, told.authenticated_at)
    believed = believe_number(sign_ins, accounts, told)
    if believed.holder:
        return _join(accounts, mailer, told, believed.holder)
    raise _nobody_yet(accounts, told, believed.perhaps, end_session_url)


def _begin(sign_ins: ProviderSignIns, accounts: Accounts, mailer: Mailer, told: Introduction, *, anyway: bool) -> Arrival:
    known = account_of_login(accounts.store, told.login_key)
    if known:
        return Arrival(_just_made(accounts, known), told.authenticated_at)
    believed = believe_number(sign_ins, accounts, told)
    if believed.holder:
        return _join(accounts, mailer, told, believed.holder)
    if believed.perhaps and not anyway:
        raise _may_exist(told, believed.perhaps)
    identity = _new_account(accounts, believed.introduction)
    accounts.store.create(identity, Credentials())
    return Arrival(identity, told.authenticated_at, new=True)


def _just_made(accounts: Accounts, known: Identity) -> Identity:
    """The account if it is as new as a repeated request may find it, and nobody has signed out everywhere since."""
    if known.sign_in_epoch or accounts.clock.now() - known.created_at > REPEATED_WITHIN:
        raise ProviderSignInOverError("This has been decided already: sign in through the provider.")
    return known


def _nobody_yet(
    accounts: Accounts, told: Introduction, perhaps: Identity | None, end_session_url: str | None
) -> ProviderAccountUnknownError:
    sealed, ends = seal(accounts, told)
    return ProviderAccountUnknownError(
        "Nobody signs in here as this person yet. If you have an account, sign in to it and link the provider; else begin a new account.",
        provider=told.provider.id,
        first_name=told.said.first_name,
        last_name=told.said.last_name,
        introduction=sealed,
        expires_at=iso(ends),
        sign_in_with=str(way_in(perhaps)) if perhaps else None,
        end_session_url=end_session_url,
    )


def _may_exist(told: Introduction, perhaps: Identity) -> AccountMayExistError:
    way = way_in(perhaps)
    return AccountMayExistError(
        f"You may have an account here: sign in to it with {way.in_words} and link the portal, or ask your school. "
        "If it is not yours, send anyway along, and a new account begins.",
        provider=told.provider.id,
        sign_in_with=str(way),
    )


def _join(accounts: Accounts, mailer: Mailer, told: Introduction, holder: Identity) -> Arrival:
    """The account with this way in, which its owner hears of first; it takes the place of another subject of the same provider, which
    names its people anew. Raises :class:`LoginTakenError` and :class:`StaleWriteError` where something changed meanwhile.
    """
    provider, login_key = told.provider, told.login_key
    former = holder.providers.get(provider.id)
    keys = (holder.login_keys - {former}) | {login_key} if former else holder.login_keys | {login_key}
    providers, numbers = {**holder.providers, provider.id: login_key}, numbers_with(holder, told)
    joined = replace(holder, providers=providers, login_keys=keys, certified_numbers=numbers)
    tell_owner(mailer, holder, partial(portal_linked, portal=provider.name))
    try:
        accounts.store.replace_logins(holder, joined)
    except (LoginTakenError, StaleWriteError):
        first = account_of_login(accounts.store, login_key)  # the same first sign-in on two screens: the other one was faster
        if first is None:
            raise
        return Arrival(first, told.authenticated_at)
    return Arrival(joined, told.authenticated_at, joined=provider.id)


def _new_account(accounts: Accounts, introduction: Introduction) -> Identity:
    now = accounts.clock.now()
    provider, said = introduction.provider, introduction.said
    if name_violations("/first_name", said.first_name) or name_violations("/last_name", said.last_name):
        raise ProviderIncompleteError("The provider gives no first and last name to make an account with.", provider=provider.id)
    born = said.birth_date
    return Identity(
        user_id=UserId(accounts.ids.new("usr")),
        first_name=said.first_name,
        last_name=said.last_name,
        birth_date=None if born is None or birth_date_violations("/birth_date", born, now.date()) else born,
        roles=frozenset({provider.role}),
        created_at=now,
        login_keys=introduction.keys,
        providers={provider.id: introduction.login_key},
        certified_numbers={provider.id: introduction.number_key} if introduction.number_key else {},
    )
