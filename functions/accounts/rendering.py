"""From the domain's values to the wire."""

from dataclasses import asdict

from functions.accounts.schemas import AcceptedTerms, Me, Preferences
from jalon.accounts.accept_terms import terms_to_accept
from jalon.accounts.identity import Identity
from jalon.accounts.stores import Credentials


def me_of(identity: Identity, credentials: Credentials | None, terms_in_force: str) -> Me:
    """The signed-in person as they see themselves."""
    terms = identity.terms
    return Me(
        id=identity.user_id,
        first_name=identity.first_name,
        last_name=identity.last_name,
        birth_date=identity.birth_date,
        email=identity.email,
        email_verified=identity.email_verified,
        username=identity.username,
        providers=sorted(identity.providers),
        roles=sorted(map(str, identity.roles)),
        preferences=Preferences(**asdict(identity.preferences)),
        terms=AcceptedTerms(version=terms.version, accepted_at=terms.accepted_at) if terms else None,
        terms_to_accept=terms_to_accept(identity, terms_in_force),
        password_is_initial=credentials is not None and credentials.initial_nonce is not None,
    )
