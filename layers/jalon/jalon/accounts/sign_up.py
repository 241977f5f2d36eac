"""A person makes an account of their own."""

from dataclasses import dataclass
from datetime import date

from jalon.accounts.accounts import Accounts
from jalon.accounts.create_member_account import create_with_email
from jalon.accounts.identity import (
    DEFAULT_LOCALE,
    Identity,
    Preferences,
    Role,
    birth_date_violations,
    clean_email,
    clean_name,
    email_violations,
    name_violations,
    refuse,
)
from jalon.accounts.passwords import normalise_password, password_violations
from jalon.accounts.stores import Credentials
from jalon.kernel.ids import UserId


@dataclass(frozen=True, slots=True)
class SignUp:
    """``user_id`` comes from the request's idempotency key and ``request`` is its keyed digest: repeated, it is the same account."""

    user_id: UserId
    email: str
    password: str
    first_name: str
    last_name: str
    birth_date: date
    locale: str = DEFAULT_LOCALE
    request: str = ""


def sign_up(accounts: Accounts, command: SignUp) -> Identity:
    """Create a pupil's account that no school made.

    Raises :class:`InvalidInputError` naming every field, :class:`EmailTakenError`, and :class:`AccountExistsError` if
    another request used this user id.
    """
    now = accounts.clock.now()
    first_name, last_name, email = clean_name(command.first_name), clean_name(command.last_name), clean_email(command.email)
    password = normalise_password(command.password)
    refuse(
        (
            *name_violations("/first_name", first_name),
            *name_violations("/last_name", last_name),
            *email_violations("/email", email),
            *birth_date_violations("/birth_date", command.birth_date, now.date()),
            *password_violations("/password", password, email.partition("@")[0], first_name, last_name),
        )
    )
    identity = Identity(
        user_id=command.user_id,
        first_name=first_name,
        last_name=last_name,
        birth_date=command.birth_date,
        email=email,
        roles=frozenset({Role.PUPIL}),
        created_at=now,
        login_keys=frozenset({accounts.keyring.login_key(email)}),
        preferences=Preferences(locale=command.locale),
        request=command.request,
    )
    create_with_email(accounts, identity, Credentials(accounts.hasher.hash(password)))
    return identity
