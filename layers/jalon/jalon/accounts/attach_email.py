"""A person attaches an e-mail address to their account, and keeps the account for life (docs/domain.md §3).

Nothing is stored while the address is not proven: the code is derived from the person, the address and the hour, and the
person sends the address again with it. An attached address becomes a second way in to the same account, with the same
password; attaching another one later replaces it. An account that only claimed the address loses it (:mod:`jalon.accounts.prove_email`).
"""

from dataclasses import replace

from jalon.accounts.accounts import Accounts
from jalon.accounts.email_addresses import clean_email, email_violations
from jalon.accounts.find_account import find_account
from jalon.accounts.find_login import find_login, login_keys
from jalon.accounts.identity import EMAIL_IN_USE, EmailTakenError, Identity, refuse
from jalon.accounts.mail_allowance import MessageKind, one_message
from jalon.accounts.messages import Mailer, address_in_use, address_replaced, confirm_address
from jalon.accounts.prove_email import claimant, is_proven_by_another, require_code, write_code
from jalon.accounts.stores import LoginTakenError
from jalon.accounts.tell_owner import tell_owner
from jalon.kernel.ids import UserId


def ask_for_email(accounts: Accounts, mailer: Mailer, user_id: UserId, email: str) -> None:
    """Send a code to the address, or a word that it is in use; whoever asks cannot tell which.

    Raises :class:`InvalidInputError`, :class:`TooManyMessagesError`, :class:`AccountNotFoundError`.
    """
    identity = find_account(accounts.store, user_id)
    address = clean_email(email)
    refuse(email_violations("/email", address))
    login_key = find_login(accounts, address).key
    locale = identity.preferences.locale
    with one_message(accounts, MessageKind.ADDRESS, login_key, asker=user_id):
        if is_proven_by_another(accounts, login_key, user_id):
            message = address_in_use(locale)
        else:
            message = confirm_address(locale, write_code(accounts.keyring, identity, address, accounts.clock.now()))
        mailer.send(address, message)


def confirm_email(accounts: Accounts, mailer: Mailer, user_id: UserId, email: str, code: str) -> Identity:
    """Attach the address that the code proves, or verify the one that the person signed up with. Confirming it again changes nothing.

    The address that it replaces is told, and first: it opens nothing any more, and if its owner did not ask for that, nobody else
    will say so. Raises :class:`InvalidInputError` for a code that does not fit, :class:`EmailTakenError` if another account proved the
    address meanwhile, :class:`AccountNotFoundError`, and :class:`UnavailableError` while no message can be sent.
    """
    identity = find_account(accounts.store, user_id)
    address = clean_email(email)
    if identity.email == address and identity.email_verified:
        return identity
    require_code("/code", accounts, identity, address, code)
    former = frozenset(login_keys(accounts.keyring, identity.email)) if identity.email else frozenset()
    login_key = find_login(accounts, address).key
    attached = replace(identity, email=address, email_verified=True, login_keys=identity.login_keys - former | {login_key})
    displaced = claimant(accounts, login_key) if login_key not in identity.login_keys else None
    if identity.email != address:
        tell_owner(mailer, identity, address_replaced)
    try:
        accounts.store.replace_logins(identity, attached, displaced=displaced)
    except LoginTakenError as error:
        raise EmailTakenError("Another account signs in with this e-mail address.", EMAIL_IN_USE) from error
    return attached
