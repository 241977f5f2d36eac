"""Someone forgot the password of an account that has an e-mail address."""

from jalon.accounts.accounts import Accounts
from jalon.accounts.email_addresses import clean_email, email_violations
from jalon.accounts.find_login import Login, find_login
from jalon.accounts.identity import DEFAULT_LOCALE, refuse
from jalon.accounts.mail_allowance import MessageKind, one_message
from jalon.accounts.messages import Mailer, Message, no_account_here, recover_account
from jalon.accounts.setup_token import new_ticket, write_setup_token
from jalon.accounts.stores import TicketPurpose


def recover_password(accounts: Accounts, mailer: Mailer, email: str) -> None:
    """Send one message to the address: a setup token if it has an account, a word that it has none otherwise.

    The same work is done either way, and whoever asks learns nothing; the owner of the address does. The token sets a
    password as an invitation does (:mod:`jalon.accounts.set_up_password`), which ends every sign-in begun before. Asked again
    while it is good, the same token is sent again and is good for another hour: a message on its way is not spoilt by the next.
    An invitation stays as it is.

    Raises :class:`InvalidInputError`, :class:`TooManyMessagesError`.
    """
    address = clean_email(email)
    refuse(email_violations("/email", address))
    login = find_login(accounts, address)
    with one_message(accounts, MessageKind.RECOVERY, login.key):
        mailer.send(address, _message(accounts, login))


def _message(accounts: Accounts, login: Login) -> Message:
    user_id = login.user_id or accounts.keyring.decoy_user(login.key)
    identity = accounts.store.identity(user_id)
    ticket = accounts.store.offer_ticket(new_ticket(accounts, user_id, TicketPurpose.RECOVERY), accounts.clock.now())
    if identity is None:
        return no_account_here(DEFAULT_LOCALE)
    return recover_account(identity.preferences.locale, write_setup_token(accounts.keyring, ticket, identity))
