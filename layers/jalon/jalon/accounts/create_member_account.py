"""An account for someone who works at a school (its administrator, a teacher): e-mail address and password."""

from dataclasses import dataclass

from jalon.accounts.accounts import Accounts
from jalon.accounts.email_addresses import clean_email, email_violations
from jalon.accounts.find_login import find_login
from jalon.accounts.identity import (
    AccountExistsError,
    EmailTakenError,
    Identity,
    Role,
    clean_name,
    name_violations,
    refuse,
)
from jalon.accounts.passwords import normalise_password, password_violations
from jalon.accounts.stores import Credentials, Displaced, LoginTakenError
from jalon.kernel.ids import UserId


@dataclass(frozen=True, slots=True)
class NewMember:
    """``user_id`` is the caller's to choose: the same one again, with the same e-mail, is the same account."""

    user_id: UserId
    first_name: str
    last_name: str
    email: str
    password: str


def create_member_account(accounts: Accounts, member: NewMember) -> UserId:
    """Create the account with the role ``teacher`` and return its id; organisations keep who belongs to which school.

    Raises :class:`InvalidInputError` naming every field, :class:`EmailTakenError` if another account has this address:
    its owner signs in and is invited, the password given here being no proof of who they are.
    """
    first_name, last_name, email = clean_name(member.first_name), clean_name(member.last_name), clean_email(member.email)
    password = normalise_password(member.password)
    refuse(
        (
            *name_violations("/first_name", first_name),
            *name_violations("/last_name", last_name),
            *email_violations("/email", email),
            *password_violations("/password", password, email.partition("@")[0], first_name, last_name),
        )
    )
    identity = Identity(
        user_id=member.user_id,
        first_name=first_name,
        last_name=last_name,
        email=email,
        roles=frozenset({Role.TEACHER}),
        created_at=accounts.clock.now(),
        login_keys=frozenset({find_login(accounts, email).key}),
    )
    create_with_email(accounts, identity, Credentials(accounts.hasher.hash(password)))
    return member.user_id


def create_with_email(accounts: Accounts, identity: Identity, credentials: Credentials, displaced: Displaced | None = None) -> None:
    """Write an account known by its e-mail address, which ``displaced`` gives up; writing the same one again changes nothing.

    Raises :class:`EmailTakenError`, and :class:`AccountExistsError` if the id belongs to someone else.
    """
    try:
        accounts.store.create(identity, credentials, displaced=displaced)
    except LoginTakenError as error:
        raise EmailTakenError("An account with this e-mail address exists; sign in with it instead.") from error
    except AccountExistsError:
        existing = accounts.store.identity(identity.user_id)
        if existing is None or (existing.email, existing.request) != (identity.email, identity.request):
            raise
