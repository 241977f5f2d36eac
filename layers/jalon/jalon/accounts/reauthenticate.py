"""A fresh proof that whoever holds a token is the account's owner, before what cannot be undone."""

from jalon.accounts.accounts import Accounts
from jalon.accounts.identity import Identity
from jalon.accounts.provider_flow import ProviderSignIns, Return
from jalon.accounts.sign_in import WrongCredentialsError, prove
from jalon.accounts.sign_in_with_provider import returning_person
from jalon.kernel.errors import InvalidInputError, Violation
from jalon.kernel.ids import UserId


def prove_with_password(accounts: Accounts, user_id: UserId, password: str) -> None:
    """Raise :class:`InvalidInputError` if the password is wrong, :class:`AccountWaitsError` after too many that were."""
    try:
        prove(accounts, user_id, password)
    except WrongCredentialsError as error:
        wrong = Violation("/password", "This is not the present password.", "wrong_password")
        raise InvalidInputError("The password is wrong.", (wrong,)) from error


def prove_with_provider(sign_ins: ProviderSignIns, accounts: Accounts, identity: Identity, came: Return) -> None:
    """Raise :class:`InvalidInputError` if the provider names somebody who does not sign in to this account.

    The flow was begun by this account, so its return is some minutes old at most. Raises as
    :func:`~jalon.accounts.sign_in_with_provider.link_provider` for a return that cannot be redeemed.
    """
    provider, login_key = returning_person(sign_ins, accounts, came, identity.user_id)
    if identity.providers.get(provider.id) != login_key:
        other = Violation("/provider_return", "This provider signs you in to no account, or to another one.", "wrong_person")
        raise InvalidInputError("The provider does not know you as this account's owner.", (other,))
