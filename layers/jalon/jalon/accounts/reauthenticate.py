"""A proof of the moment that whoever holds a token is the account's owner.

Asked for before another way in is opened or one is closed, and before what cannot be undone: an unlocked screen is no proof. A sign-in of
the last minutes is one (``auth_time``, OpenID Connect Core §2) as long as it lasts: a sign-out everywhere, another password and a school's
reset end it, though its access token lives on for some minutes. So is the password, an initial one too, or a return from a linked
provider that has just asked its person anew. The latter two come with the request.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from jalon.accounts.accounts import Accounts
from jalon.accounts.identity import Identity
from jalon.accounts.provider_flow import ProviderSignIns, Return
from jalon.accounts.provider_return import name_person
from jalon.accounts.sign_in import WrongCredentialsError, prove
from jalon.kernel.errors import ForbiddenError, InvalidInputError, Violation
from jalon.kernel.ids import UserId

#: How long having proven who one is counts.
FRESH_FOR = timedelta(minutes=5)
_SEND_ALONG = "Prove once more who you are: send along what proven_by names. Signing in again is not enough for this."
_CHOOSE_FIRST = "Choose a password first: have a token sent to your address (POST /v1/password-recoveries), and send the password along."


class ProofRequiredError(ForbiddenError):
    """The person must prove once more who they are; ``proven_by`` says with what this account can."""

    code = "proof_required"


@dataclass(frozen=True, slots=True)
class Proof:
    """``password`` or ``came_back`` from a provider, sent with the request, or a sign-in.

    Of the sign-in, ``authenticated_at`` is when they last proved who they are, and ``sign_in_epoch`` the account's when it began; None
    where the token does not say.
    """

    password: str | None = None
    came_back: Return | None = None
    authenticated_at: datetime | None = None
    sign_in_epoch: int | None = None


def reauthenticate(sign_ins: Callable[[], ProviderSignIns], accounts: Accounts, identity: Identity, proof: Proof) -> None:
    """Raise unless the proof is one for this account; what comes with the request counts before the sign-in.

    Raises :class:`ProofRequiredError`, :class:`InvalidInputError` for a wrong one, :class:`AccountWaitsError` after too many wrong
    passwords, which keep nobody from signing in, and for a return that cannot be redeemed as
    :func:`~jalon.accounts.provider_return.name_person` does.
    """
    ways = _ways(accounts, identity)
    is_sent = proof.password is not None or proof.came_back is not None
    if not _proves(sign_ins, accounts, identity, proof, ways) and (is_sent or not _is_signed_in_afresh(accounts, identity, proof)):
        raise ProofRequiredError("Prove once more who you are: sign in again, or send along what proven_by names.", proven_by=ways)


def reauthenticate_with_request(sign_ins: Callable[[], ProviderSignIns], accounts: Accounts, identity: Identity, proof: Proof) -> None:
    """The same for what nothing undoes: what comes with the request counts alone, and a sign-in of some minutes ago does not."""
    ways = _ways(accounts, identity)
    if not _proves(sign_ins, accounts, identity, proof, ways):
        raise ProofRequiredError(_SEND_ALONG if ways else _CHOOSE_FIRST, proven_by=ways)


def _ways(accounts: Accounts, identity: Identity) -> tuple[str, ...]:
    """What the account can be proven with in a request; nothing for one that is opened by recovering it at its address alone."""
    credentials = accounts.store.credentials(identity.user_id)
    has_password = credentials is not None and credentials.verifier is not None
    return (*(["password"] if has_password else []), *(["provider"] if identity.providers else []))


def _proves(sign_ins: Callable[[], ProviderSignIns], accounts: Accounts, identity: Identity, proof: Proof, ways: tuple[str, ...]) -> bool:
    """Whether what came with the request is of a way that the account has; raises where it is and is wrong."""
    if proof.password is not None and "password" in ways:
        _prove_with_password(accounts, identity.user_id, proof.password)
    elif proof.came_back is not None and "provider" in ways:
        _prove_with_provider(sign_ins(), accounts, identity, proof.came_back)
    else:
        return False
    return True


def _prove_with_password(accounts: Accounts, user_id: UserId, password: str) -> None:
    try:
        prove(accounts, user_id, password)
    except WrongCredentialsError as error:
        wrong = Violation("/password", "This is not the present password.", "wrong_password")
        raise InvalidInputError("The password is wrong.", (wrong,)) from error


def _prove_with_provider(sign_ins: ProviderSignIns, accounts: Accounts, identity: Identity, came: Return) -> None:
    named = name_person(sign_ins, accounts, came, identity.user_id)
    if named.login_key not in identity.providers.values():  # by issuer and subject: an entry of the issuer may have another id by now
        other = Violation("/provider_return", "This provider signs you in to no account, or to another one.", "wrong_person")
        raise InvalidInputError("The provider does not know you as this account's owner.", (other,))
    if not _is_fresh(accounts, named.authenticated_at):
        stale = Violation("/provider_return", "The provider let you through without asking who you are: begin again.", "not_fresh")
        raise InvalidInputError("The provider has not asked just now who you are.", (stale,))


def _is_signed_in_afresh(accounts: Accounts, identity: Identity, proof: Proof) -> bool:
    return proof.sign_in_epoch == identity.sign_in_epoch and _is_fresh(accounts, proof.authenticated_at)


def _is_fresh(accounts: Accounts, authenticated_at: datetime | None) -> bool:
    return authenticated_at is not None and accounts.clock.now() - authenticated_at <= FRESH_FOR
