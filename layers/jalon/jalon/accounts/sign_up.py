"""A person makes an account of their own."""

from dataclasses import dataclass, replace
from datetime import date

from jalon.accounts.accounts import Accounts
from jalon.accounts.identity import DEFAULT_LOCALE, Identity, Preferences, Role, birth_date_violations, refuse
from jalon.accounts.prove_email import NOBODY_YET, claimant, require_code
from jalon.accounts.registrant import Registrant, register
from jalon.kernel.ids import UserId


@dataclass(frozen=True, slots=True)
class SignUp:
    """``user_id`` comes from the request's idempotency key and ``request`` is its keyed digest: repeated, it is the same account.

    ``email_code`` proves the address, if the person asked for one first (:func:`jalon.accounts.prove_email.ask_to_sign_up`).
    """

    user_id: UserId
    email: str
    password: str
    first_name: str
    last_name: str
    birth_date: date
    locale: str = DEFAULT_LOCALE
    request: str = ""
    email_code: str | None = None


def sign_up(accounts: Accounts, command: SignUp) -> Identity:
    """Create a pupil's account that no school made; with a code its address is proven, and no mere claim to it stands in the way.

    Raises :class:`InvalidInputError` naming every field, :class:`EmailTakenError`, and :class:`AccountExistsError` if
    another request used this user id.
    """
    who = Registrant.cleaned(command.first_name, command.last_name, command.email)
    today = accounts.clock.now().date()
    refuse(
        (
            *who.violations(),
            *birth_date_violations("/birth_date", command.birth_date, today),
            *who.password_violations(command.password, command.birth_date),
        )
    )
    if command.email_code is not None:
        require_code("/email_code", accounts, NOBODY_YET, who.email, command.email_code)
    identity = replace(
        who.identity(accounts, command.user_id, Role.PUPIL, command.request),
        birth_date=command.birth_date,
        email_verified=command.email_code is not None,
        preferences=Preferences(locale=command.locale),
    )
    (login_key,) = identity.login_keys
    register(accounts, identity, command.password, claimant(accounts, login_key) if identity.email_verified else None)
    return identity
