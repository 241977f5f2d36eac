"""Who is to have an account known by an e-mail address: a pupil on their own, someone of a school, someone of the certifying body."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from jalon.accounts.accounts import Accounts
from jalon.accounts.email_addresses import clean_email, email_violations
from jalon.accounts.find_login import find_login
from jalon.accounts.identity import EMAIL_IN_USE, AccountExistsError, EmailTakenError, Identity, Role, clean_name, name_violations
from jalon.accounts.passwords import normalise_password, password_violations
from jalon.accounts.stores import Credentials, Displaced, LoginTakenError
from jalon.kernel.errors import Violation
from jalon.kernel.ids import UserId


@dataclass(frozen=True, slots=True)
class Registrant:
    """Names and address as they are kept (:meth:`cleaned`), whatever they are worth (:meth:`violations`)."""

    first_name: str
    last_name: str
    email: str

    @classmethod
    def cleaned(cls, first_name: str, last_name: str, email: str) -> Self:
        """What was typed, as it is kept."""
        return cls(clean_name(first_name), clean_name(last_name), clean_email(email))

    def violations(self) -> tuple[Violation, ...]:
        """Why this cannot be kept, each field under its own name; empty when it can."""
        return (
            *name_violations("/first_name", self.first_name),
            *name_violations("/last_name", self.last_name),
            *email_violations("/email", self.email),
        )

    def password_violations(self, password: str, born: date | None = None) -> tuple[Violation, ...]:
        """Why ``password`` cannot be this person's: that it has their name in it, or the day when they were ``born``, is one reason."""
        known = self.email.partition("@")[0], self.first_name, self.last_name
        return password_violations("/password", normalise_password(password), *known, born=born)

    def identity(self, accounts: Accounts, user_id: UserId, role: Role, request: str = "") -> Identity:
        """The account to write, made now; the address is its one way in."""
        return Identity(
            user_id=user_id,
            first_name=self.first_name,
            last_name=self.last_name,
            email=self.email,
            roles=frozenset({role}),
            created_at=accounts.clock.now(),
            login_keys=frozenset({find_login(accounts, self.email).key}),
            request=request,
        )


def register(accounts: Accounts, identity: Identity, password: str, displaced: Displaced | None = None) -> None:
    """Write an account known by its e-mail address, which ``displaced`` gives up; writing the same one again changes nothing.

    Raises :class:`EmailTakenError`, and :class:`AccountExistsError` if the id belongs to someone else.
    """
    credentials = Credentials(accounts.hasher.hash(normalise_password(password)))
    try:
        accounts.store.create(identity, credentials, displaced=displaced)
    except LoginTakenError as error:
        raise EmailTakenError("An account with this e-mail address exists; sign in with it instead.", EMAIL_IN_USE) from error
    except AccountExistsError:
        existing = accounts.store.identity(identity.user_id)
        if existing is None or (existing.email, existing.request) != (identity.email, identity.request):
            raise
