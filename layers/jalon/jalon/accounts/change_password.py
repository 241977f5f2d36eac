"""A signed-in person changes their password; its owner hears of it where they can be written to (NIST SP 800-63B-4 §4.6)."""

from jalon.accounts.accounts import Accounts
from jalon.accounts.messages import Mailer, password_replaced
from jalon.accounts.set_up_password import chosen_password
from jalon.accounts.sign_in import WrongCredentialsError, prove
from jalon.accounts.tell_owner import tell_owner
from jalon.kernel.errors import InvalidInputError, Violation
from jalon.kernel.ids import UserId


def change_password(accounts: Accounts, mailer: Mailer, user_id: UserId, current: str, new: str) -> None:
    """Replace the password; every sign-in begun before is over, this one included.

    Raises :class:`InvalidInputError` if the current password is wrong or the new one cannot be chosen,
    :class:`AccountWaitsError` as a sign-in would, :class:`UnavailableError` while the owner cannot be told, and :class:`StaleWriteError` if
    the password was replaced meanwhile.
    """
    try:
        proven = prove(accounts, user_id, current)
    except WrongCredentialsError as error:
        wrong = Violation("/current_password", "This is not the present password.", "wrong_password")
        raise InvalidInputError("The present password is wrong.", (wrong,)) from error
    chosen = accounts.hasher.hash(chosen_password(proven.identity, "/new_password", new))
    accounts.store.refuse_erased(user_id)
    tell_owner(mailer, proven.identity, password_replaced)
    accounts.store.set_password(user_id, chosen, None, proven=proven.verifier)
