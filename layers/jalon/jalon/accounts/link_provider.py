"""Someone signed in makes an identity provider one more way in to their account, or closes that way.

Whether they have just proven who they are is looked at before (:mod:`jalon.accounts.reauthenticate`); the account's address is told.
"""

from dataclasses import replace
from functools import partial

from jalon.accounts.accounts import Accounts
from jalon.accounts.find_account import find_account
from jalon.accounts.identity import Identity
from jalon.accounts.identity_providers import Providers
from jalon.accounts.messages import Mailer, portal_linked, portal_unlinked
from jalon.accounts.provider_flow import ProviderSignIns, Return
from jalon.accounts.provider_introduction import Introduction, unseal
from jalon.accounts.provider_return import believe_number, introduce, likeness_to, name_person, numbers_with
from jalon.accounts.same_person import BornOnAnotherDayError
from jalon.accounts.stores import LoginTakenError
from jalon.accounts.tell_owner import tell_owner
from jalon.accounts.ways_in import require_way_in
from jalon.kernel.errors import ConflictError, NotFoundError
from jalon.kernel.ids import UserId


class ProviderAccountTakenError(ConflictError):
    """The person whom the provider names signs in to another account here."""

    code = "provider_account_taken"


class EmailUnprovenError(ConflictError):
    """The account has an address that nobody has proven yet."""

    code = "email_unproven"


class ProviderLinkedError(ConflictError):
    """The account is linked to another person of this provider."""

    code = "provider_linked"


class ProviderNotLinkedError(NotFoundError):
    """The account is not linked to this provider."""

    code = "provider_not_linked"


def link_provider(sign_ins: ProviderSignIns, accounts: Accounts, mailer: Mailer, user_id: UserId, came: Return) -> Identity:
    """Make the provider's person a way in to this account; linking the same again changes nothing.

    An account that only claims its address is not linked: its true owner may recover it by a message, and must find no way in
    that somebody else has left there. Nor is one of somebody born on another day: on a shared computer a portal may still know the person
    before. A certified national number that is believed of the owner comes along, so that no school makes its pupil a second account.
    Raises as :func:`~jalon.accounts.provider_return.name_person`, and :class:`ProviderAccountTakenError`,
    :class:`ProviderLinkedError`, :class:`BornOnAnotherDayError`, :class:`EmailUnprovenError`, :class:`AccountNotFoundError`, and
    :class:`UnavailableError` while the owner cannot be told.
    """
    identity = _linkable(accounts, user_id)
    named = name_person(sign_ins, accounts, came, user_id)
    return _link(sign_ins, accounts, mailer, identity, introduce(sign_ins, accounts, named))


def link_introduced(sign_ins: ProviderSignIns, accounts: Accounts, mailer: Mailer, user_id: UserId, sealed: str) -> Identity:
    """As :func:`link_provider`, for someone who was introduced before they signed in to their account."""
    identity = _linkable(accounts, user_id)
    return _link(sign_ins, accounts, mailer, identity, unseal(accounts, sign_ins.providers, sealed))


def refuse_claimed_email(identity: Identity) -> None:
    """Raise :class:`EmailUnprovenError` for an account to which no provider can be linked yet."""
    if identity.only_claims_email:
        raise EmailUnprovenError("Confirm your e-mail address before you link another way in.")


def unlink_provider(providers: Providers, accounts: Accounts, mailer: Mailer, user_id: UserId, provider_id: str) -> Identity:
    """Close the way in through this provider, and forget the national number that came with it.

    Sign-ins begun through it go on until they end or their owner signs out everywhere. Raises :class:`ProviderNotLinkedError`,
    :class:`~jalon.accounts.ways_in.OnlyWayInError`, :class:`StaleWriteError`, :class:`AccountNotFoundError`, and
    :class:`UnavailableError` while the owner cannot be told.
    """
    identity = find_account(accounts.store, user_id)
    login_key = identity.providers.get(provider_id)
    if login_key is None:
        raise ProviderNotLinkedError("This provider does not sign in to this account.")
    left = {id_: key for id_, key in identity.providers.items() if id_ != provider_id}
    numbers = {id_: key for id_, key in identity.certified_numbers.items() if id_ != provider_id}
    gone = {login_key, identity.certified_numbers.get(provider_id)} - set(numbers.values())
    unlinked = replace(identity, providers=left, login_keys=identity.login_keys - gone, certified_numbers=numbers)
    name = providers[provider_id].name if provider_id in providers else provider_id
    require_way_in(unlinked, accounts.store.credentials(user_id))
    tell_owner(mailer, identity, partial(portal_unlinked, portal=name))
    accounts.store.replace_logins(identity, unlinked)
    return unlinked


def _linkable(accounts: Accounts, user_id: UserId) -> Identity:
    identity = find_account(accounts.store, user_id)
    refuse_claimed_email(identity)
    return identity


def _link(sign_ins: ProviderSignIns, accounts: Accounts, mailer: Mailer, identity: Identity, told: Introduction) -> Identity:
    provider = told.provider
    if told.login_key in identity.providers.values():  # perhaps through another entry of the same issuer
        return identity
    if provider.id in identity.providers:
        raise ProviderLinkedError("This account is linked to another person of this provider.", provider=provider.id)
    if likeness_to(identity, told).birth_date is False:
        raise BornOnAnotherDayError(
            "This account is of somebody born on another day than the person whom the portal names. If that is not you, sign out of the "
            "portal and begin again; if it is, begin a new account through the portal, or ask your school.",
        )
    taken = ProviderAccountTakenError("This provider signs you in to another account here.", provider=provider.id)
    believed = believe_number(sign_ins, accounts, told)
    if accounts.store.user_of_login(told.login_key) or (believed.holder and believed.holder.user_id != identity.user_id):
        raise taken
    linked = _with_provider(identity, believed.introduction)
    tell_owner(mailer, identity, partial(portal_linked, portal=provider.name))
    try:
        accounts.store.replace_logins(identity, linked)
    except LoginTakenError as error:
        raise taken from error
    return linked


def _with_provider(identity: Identity, introduction: Introduction) -> Identity:
    """The account with one more way in; a number that is not believed of its owner stays away."""
    if likeness_to(identity, introduction).doubt:
        introduction = introduction.without_number()
    return replace(
        identity,
        providers={**identity.providers, introduction.provider.id: introduction.login_key},
        login_keys=identity.login_keys | introduction.keys,
        certified_numbers=numbers_with(identity, introduction),
    )
