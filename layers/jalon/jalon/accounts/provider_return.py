"""Who comes back from an identity provider, and whether the national number that it certifies is believed.

Nobody is let into another's account by a number (:mod:`jalon.accounts.same_person`): where it is not believed, the person is asked like
anyone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from jalon.accounts.accounts import Accounts
from jalon.accounts.find_account import account_of_login
from jalon.accounts.identity import Identity, Role
from jalon.accounts.identity_providers import IdentityProvider, ProviderPerson, ProviderRefusedError, read_civil_claims
from jalon.accounts.provider_flow import ProviderSignIns, Return, come_back, nonce_of, verifier_of
from jalon.accounts.provider_introduction import Introduction
from jalon.accounts.same_person import Doubt, Likeness, likeness
from jalon.kernel.ids import UserId
from jalon.kernel.ine import has_ine_form

#: Core §2: a subject has at most 255 ASCII characters.
LONGEST_SUBJECT = 255


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a provider has just named: the login key of their subject, when it last asked who they are, if it says, and where their session
    there is ended, if it says that.
    """

    provider: IdentityProvider
    person: ProviderPerson
    login_key: str
    authenticated_at: datetime | None
    end_session_url: str | None


def name_person(sign_ins: ProviderSignIns, accounts: Accounts, came: Return, user_id: UserId | None = None) -> Named:
    """Whom a return names, which uses it up; ``user_id`` is who was signed in here when it was begun.

    Raises :class:`ProviderSignInOverError`, :class:`ProviderRefusedError` and :class:`ProviderUnavailableError`.
    """
    provider, flow = come_back(sign_ins, accounts, came, user_id)
    nonce, verifier = nonce_of(accounts.keyring, flow.state), verifier_of(accounts.keyring, flow.state)
    person = sign_ins.gateway.redeem(provider, came.code, flow.redirect_uri, nonce, verifier, came.issuer)
    if not 0 < len(person.subject) <= LONGEST_SUBJECT:
        raise ProviderRefusedError("The provider did not say who this is.")
    asked_at = person.authenticated_at
    login_key = accounts.keyring.secret("provider login", provider.issuer, person.subject)
    end_session_url = sign_ins.gateway.end_session_url(provider, person)
    return Named(provider, person, login_key, min(asked_at, accounts.clock.now()) if asked_at else None, end_session_url)


@dataclass(frozen=True, slots=True)
class Believed:
    """What a certified number says: ``holder`` is whose account it opens, if it opens one. Otherwise ``perhaps`` is an account that has the
    number and may be the same person's, who is told that there is one. ``introduction`` is without a number that is not believed.
    """

    introduction: Introduction
    holder: Identity | None = None
    perhaps: Identity | None = None


def introduce(sign_ins: ProviderSignIns, accounts: Accounts, named: Named) -> Introduction:
    """All that the provider says of the person; raises as :func:`name_person`. What has not the form of a number counts for none."""
    provider = named.provider
    said = read_civil_claims(sign_ins.gateway.claims(provider, named.person), provider.number_claim, provider.claim_names)
    number = said.national_number.strip() if provider.role is Role.PUPIL else ""
    introduction = Introduction(provider, named.login_key, "", said, named.authenticated_at)
    if not number:
        return introduction
    if not has_ine_form(number):
        sign_ins.doubt(provider.id, Doubt.FORM, None)
        return introduction
    keyring = accounts.keyring
    return replace(introduction, number_key=keyring.number_key(number), listed_key=keyring.listed_number_key(number))


def believe_number(sign_ins: ProviderSignIns, accounts: Accounts, told: Introduction) -> Believed:
    """Whose account the number that the provider certifies opens. An account that only a list named by it is opened by nothing of this."""
    holder, listed = (account_of_login(accounts.store, key) if key else None for key in (told.number_key, told.listed_key))
    perhaps = next((account for account in (holder, listed) if account and likeness_to(account, told).possible), None)
    if holder is None:
        return Believed(told, perhaps=perhaps)
    like = likeness_to(holder, told)
    another = holder.providers.get(told.provider.id) not in {None, told.login_key}
    doubt = like.doubt or (Doubt.ANOTHER_SUBJECT if another and not like.whole else None)
    if doubt is None:
        return Believed(told, holder)
    sign_ins.doubt(told.provider.id, doubt, holder.user_id)
    return Believed(told.without_number(), perhaps=perhaps)


def likeness_to(account: Identity, told: Introduction) -> Likeness:
    """How the provider's person is like an account's."""
    return likeness(account, told.said.first_name, (told.said.last_name,), told.said.birth_date)


def numbers_with(identity: Identity, introduction: Introduction) -> Mapping[str, str]:
    """The account's ``certified_numbers`` with what this provider certifies; a number that a school gave stays the school's."""
    number, known = introduction.number_key, identity.certified_numbers
    schools = number in identity.login_keys and number not in known.values()
    return {**known, introduction.provider.id: number} if number and not schools else known
