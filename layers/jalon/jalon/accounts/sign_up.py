"""A person makes an account of their own."""

from dataclasses import dataclass
from datetime import date

from jalon.accounts.accounts import Accounts
from jalon.accounts.create_member_account import create_with_email
from jalon.accounts.email_addresses import clean_email, email_violations
from jalon.accounts.find_login import find_login
from jalon.accounts.identity import (
    DEFAULT_LOCALE,
    Identity,
    Preferences,
    Role,
    birth_date_violations,
    clean_name,
    name_violations,
    refuse,
)
from jalon.accounts.passwords import normalise_password, password_violations
from jalon.accounts.prove_email import NOBODY_YET, claimant, require_code
from jalon.accounts.stores import Credentials
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
    if command.email_code is not None:
        require_code("/email_code", accounts, NOBODY_YET, email, command.email_code)
    login_key = find_login(accounts, email).key
    identity = Identity(
        user_id=command.user_id,
        first_name=first_name,
        last_name=last_name,
        birth_date=command.birth_date,
        email=email,
        email_verified=command.email_code is not None,
        roles=frozenset({Role.PUPIL}),
        created_at=now,
        login_keys=frozenset({login_key}),
        preferences=Preferences(locale=command.locale),
        request=command.request,
    )
    displaced = claimant(accounts, login_key) if identity.email_verified else None
    create_with_email(accounts, identity, Credentials(accounts.hasher.hash(password)), displaced)
    return identity
