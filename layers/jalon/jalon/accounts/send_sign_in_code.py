"""Somebody keeps an account with an e-mail address waiting: its owner has a sign-in code sent to it.

A teacher gives pupils theirs (:mod:`jalon.organisations.open_sign_in_window`), and must be able to sign in first: who knows a school's
addresses could else keep a teacher out, and with them the class.
"""

from jalon.accounts.accounts import Accounts
from jalon.accounts.email_addresses import clean_email, email_violations
from jalon.accounts.find_login import find_login
from jalon.accounts.identity import DEFAULT_LOCALE, refuse
from jalon.accounts.mail_allowance import MessageKind, one_message
from jalon.accounts.messages import Mailer, no_account_to_sign_in_to, sign_in_with_code
from jalon.accounts.sign_in_code import write_sign_in_code


def send_sign_in_code(accounts: Accounts, mailer: Mailer, email: str) -> None:
    """Send one message to the address: a sign-in code, or a word that it has no account; whoever asks cannot tell which.

    Nothing is written but the count of messages. Raises :class:`InvalidInputError`, :class:`TooManyMessagesError`.
    """
    address = clean_email(email)
    refuse(email_violations("/email", address))
    login = find_login(accounts, address)
    identity = accounts.store.identity(login.user_id or accounts.keyring.decoy_user(login.key))
    if identity is None:
        message = no_account_to_sign_in_to(DEFAULT_LOCALE)
    else:
        code = write_sign_in_code(accounts.keyring, identity.user_id, accounts.clock.now())
        message = sign_in_with_code(identity.preferences.locale, code)
    with one_message(accounts, MessageKind.SIGN_IN, login.key):
        mailer.send(address, message)
