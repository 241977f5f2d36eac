"""Who comes back from an identity provider, and whether the national number that it certifies is believed.

A number that two people have is a slip in a school's list or in a provider's directory. Nobody is let into another's account by it: where
both birth dates are known and differ, the number counts for nothing, as for a school (docs/sign-in.md, "One account for life").
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
from jalon.kernel.ids import UserId

#: Core §2: a subject has at most 255 ASCII characters.
LONGEST_SUBJECT = 255


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a provider has just named: the login key of their subject, and when it last asked who they are, if it says."""

    provider: IdentityProvider
    person: ProviderPerson
    login_key: str
    authenticated_at: datetime | None


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
    return Named(provider, person, login_key, min(asked_at, accounts.clock.now()) if asked_at else None)


def introduce(sign_ins: ProviderSignIns, accounts: Accounts, named: Named) -> Introduction:
    """All that the provider says of the person; raises as :func:`name_person`."""
    provider = named.provider
    said = read_civil_claims(sign_ins.gateway.claims(provider, named.person), provider.number_claim)
    certified = said.national_number if provider.role is Role.PUPIL else ""
    number_key = accounts.keyring.number_key(certified) if certified else ""
    return Introduction(provider, named.login_key, number_key, said, named.authenticated_at)


def believe_number(sign_ins: ProviderSignIns, accounts: Accounts, introduction: Introduction) -> tuple[Introduction, Identity | None]:
    """The account that has the number which the provider certifies, if one does; where it is not believed, the introduction without it."""
    holder = account_of_login(accounts.store, introduction.number_key) if introduction.number_key else None
    if holder is None or not born_another_day(introduction, holder):
        return introduction, holder
    sign_ins.doubt(introduction.provider.id, holder.user_id)
    return replace(introduction, number_key=""), None


def numbers_with(identity: Identity, introduction: Introduction) -> Mapping[str, str]:
    """The account's ``certified_numbers`` with what this provider certifies; a number that a school gave stays the school's."""
    number, known = introduction.number_key, identity.certified_numbers
    schools = number in identity.login_keys and number not in known.values()
    return {**known, introduction.provider.id: number} if number and not schools else known


def born_another_day(introduction: Introduction, identity: Identity) -> bool:
    """Whether both birth dates are known, and differ."""
    said = introduction.said.birth_date
    return said is not None and identity.birth_date is not None and said != identity.birth_date
