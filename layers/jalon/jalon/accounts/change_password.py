"""A signed-in person changes their password."""

from jalon.accounts.accounts import Accounts
from jalon.accounts.set_up_password import chosen_password
from jalon.accounts.sign_in import WrongCredentialsError, prove
from jalon.kernel.errors import InvalidInputError, Violation
from jalon.kernel.ids import UserId


def change_password(accounts: Accounts, user_id: UserId, current: str, new: str) -> None:
    """Replace the password; every sign-in begun before is over, this one included.

    Raises :class:`InvalidInputError` if the current password is wrong or the new one cannot be chosen,
    :class:`AccountWaitsError` as a sign-in would, and :class:`StaleWriteError` if the password was replaced meanwhile.
    """
    try:
        proven = prove(accounts, user_id, current)
    except WrongCredentialsError as error:
        wrong = Violation("/current_password", "This is not the present password.", "wrong_password")
        raise InvalidInputError("The present password is wrong.", (wrong,)) from error
    chosen = accounts.hasher.hash(chosen_password(proven.identity, "/new_password", new))
    accounts.store.set_password(user_id, chosen, None, proven=proven.verifier)
