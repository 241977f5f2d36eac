"""Accounts that a school makes for its pupils: a username, and an initial password to hand out on paper.

Calling again with the same ``user_id`` is safe: it gives the same username and, as long as the pupil has not chosen
another, the same initial password. A school can so print its slips anew, and a call that was cut off half-way is just
repeated. Nothing of the initial password is stored in the clear: the keyring makes it anew from a nonce.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from jalon.accounts.accounts import Accounts
from jalon.accounts.identity import AccountExistsError, Identity, Role, birth_date_violations, clean_name, name_violations, refuse
from jalon.accounts.logins import normalise_login, username_candidates
from jalon.accounts.passwords import initial_password
from jalon.accounts.stores import Credentials, LoginTakenError
from jalon.kernel.errors import ConflictError
from jalon.kernel.ids import UserId

#: A class, with room to spare; more take longer than the gateway waits.
LARGEST_BATCH = 100


class NoUsernameLeftError(ConflictError):
    """Too many people share this name and birthday."""

    code = "no_username_left"


@dataclass(frozen=True, slots=True)
class NewPupil:
    """A pupil as the school's list has them. ``user_id`` is the caller's to choose (``ids.new("usr")``) and to keep.

    By ``national_number`` (INE) the account is found again by the pupil's next school and by a provider that certifies it.
    """

    user_id: UserId
    first_name: str
    last_name: str
    birth_date: date
    national_number: str = ""


@dataclass(frozen=True, slots=True)
class PupilAccount:
    """What the school hands out. ``initial_password`` is None once the pupil has chosen their own."""

    user_id: UserId
    username: str
    initial_password: str | None


def create_pupil_accounts(accounts: Accounts, pupils: Sequence[NewPupil]) -> tuple[PupilAccount, ...]:
    """Accounts for a class, in the order given; passwords are hashed a few at a time.

    Raises :class:`InvalidInputError` naming every field of every pupil (``/3/birth_date``) before anything is written,
    :class:`AccountExistsError` if a user id belongs to someone without a username, :class:`NoUsernameLeftError`.
    """
    today = accounts.clock.now().date()
    if len(pupils) > LARGEST_BATCH:
        raise ValueError(f"at most {LARGEST_BATCH} pupils in one call")
    cleaned = [replace(pupil, first_name=clean_name(pupil.first_name), last_name=clean_name(pupil.last_name)) for pupil in pupils]
    refuse(
        violation
        for index, pupil in enumerate(cleaned)
        for violation in (
            *name_violations(f"/{index}/first_name", pupil.first_name),
            *name_violations(f"/{index}/last_name", pupil.last_name),
            *birth_date_violations(f"/{index}/birth_date", pupil.birth_date, today),
        )
    )
    known = accounts.store.identities([pupil.user_id for pupil in cleaned])
    new = {pupil.user_id: pupil for pupil in cleaned if pupil.user_id not in known}
    made = {account.user_id: account for account in _create(accounts, tuple(new.values()))}
    return tuple(made.get(pupil.user_id) or _existing(accounts, pupil.user_id) for pupil in cleaned)


def _create(accounts: Accounts, pupils: Sequence[NewPupil]) -> Iterator[PupilAccount]:
    nonces = [accounts.ids.new("n").encode() for _ in pupils]
    passwords = [initial_password_of(accounts, pupil.user_id, nonce) for pupil, nonce in zip(pupils, nonces, strict=True)]
    verifiers = accounts.hasher.hash_each(passwords)
    for pupil, nonce, password, verifier in zip(pupils, nonces, passwords, verifiers, strict=True):
        try:
            username = _register(accounts, pupil, Credentials(verifier, nonce))
        except AccountExistsError:
            yield _existing(accounts, pupil.user_id)  # the same call, sent twice at once
        else:
            yield PupilAccount(pupil.user_id, username, password)


def _register(accounts: Accounts, pupil: NewPupil, credentials: Credentials) -> str:
    """Write the account under the first username that is free.

    A number that somebody's account has already is left to it: they were made in the same instant.
    """
    numbers = _free_number(accounts, pupil)
    for username in username_candidates(pupil.first_name, pupil.last_name, pupil.birth_date):
        identity = Identity(
            user_id=pupil.user_id,
            first_name=pupil.first_name,
            last_name=pupil.last_name,
            birth_date=pupil.birth_date,
            roles=frozenset({Role.PUPIL}),
            created_at=accounts.clock.now(),
            username=username,
            login_keys=numbers | {accounts.keyring.login_key(normalise_login(username))},
        )
        try:
            accounts.store.create(identity, credentials)
        except LoginTakenError:
            numbers = _free_number(accounts, pupil)
            continue
        return username
    raise NoUsernameLeftError("Too many pupils share this name and birthday; add a second first name.", user_id=pupil.user_id)


def _free_number(accounts: Accounts, pupil: NewPupil) -> frozenset[str]:
    if not pupil.national_number:
        return frozenset()
    key = accounts.keyring.number_key(pupil.national_number)
    return frozenset() if accounts.store.user_of_login(key) else frozenset({key})


def _existing(accounts: Accounts, user_id: UserId) -> PupilAccount:
    identity = accounts.store.identity(user_id)
    credentials = accounts.store.credentials(user_id)
    if identity is None or identity.username is None or credentials is None:
        raise AccountExistsError("This person has an account that no school made.", user_id=user_id)
    nonce = credentials.initial_nonce
    return PupilAccount(user_id, identity.username, None if nonce is None else initial_password_of(accounts, user_id, nonce))


def initial_password_of(accounts: Accounts, user_id: UserId, nonce: bytes) -> str:
    """The initial password that a nonce stands for."""
    return initial_password(accounts.keyring.derive("initial password", user_id, nonce))
