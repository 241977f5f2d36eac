"""Accounts that a school makes for its pupils: a username, and an initial password to hand out on paper.

Calling again with the same ``user_id`` is safe: it gives the same username and, as long as the pupil has not chosen
another, the same initial password. A school can so print its slips anew, and a call that was cut off half-way is just
repeated. Nothing of the initial password is stored in the clear: the keyring makes it anew from a nonce.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from jalon.accounts.accounts import Accounts
from jalon.accounts.identity import AccountExistsError, Identity, Role, birth_date_violations, clean_name, name_violations, refuse
from jalon.accounts.logins import normalise_login, username_candidates
from jalon.accounts.national_number import account_on_list, accounts_of_number, is_certified
from jalon.accounts.passwords import initial_password
from jalon.accounts.stores import Credentials, LoginTakenError
from jalon.kernel.errors import ConflictError, InvalidInputError
from jalon.kernel.ids import Ine, UserId
from jalon.kernel.ine import has_ine_form

#: A class, with room to spare; more take longer than the gateway waits.
LARGEST_BATCH = 100


class NoUsernameLeftError(ConflictError):
    """Too many people share this name and birthday."""

    code = "no_username_left"


class NumberTakenError(ConflictError):
    """Another account of somebody born that day has got the pupil's national number meanwhile: that one is theirs."""

    code = "number_taken"


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


@dataclass(frozen=True, slots=True)
class NotMade:
    """A pupil for whom no account was made, and why; nothing of one is left.

    ``error`` is an :class:`InvalidInputError` for a name or birth date that no account may have, an :class:`AccountExistsError` if the
    user id belongs to someone without a username, a :class:`NoUsernameLeftError` or a :class:`NumberTakenError`.
    """

    user_id: UserId
    error: InvalidInputError | ConflictError


def create_pupil_accounts(accounts: Accounts, pupils: Sequence[NewPupil]) -> tuple[PupilAccount | NotMade, ...]:
    """Accounts for a class, in the order given; passwords are hashed a few at a time. One pupil who gets none stops no other."""
    today = accounts.clock.now().date()
    if len(pupils) > LARGEST_BATCH:
        raise ValueError(f"at most {LARGEST_BATCH} pupils in one call")
    cleaned = [replace(pupil, first_name=clean_name(pupil.first_name), last_name=clean_name(pupil.last_name)) for pupil in pupils]
    known = accounts.store.identities([pupil.user_id for pupil in cleaned])
    new = {pupil.user_id: pupil for pupil in cleaned if pupil.user_id not in known}
    outcomes: dict[UserId, PupilAccount | NotMade] = {refused.user_id: refused for refused in _refused(new.values(), today)}
    outcomes |= {each.user_id: each for each in _create(accounts, [pupil for pupil in new.values() if pupil.user_id not in outcomes])}
    return tuple(outcomes.get(pupil.user_id) or _existing(accounts, pupil.user_id) for pupil in cleaned)


def _refused(pupils: Iterable[NewPupil], today: date) -> Iterator[NotMade]:
    for pupil in pupils:
        try:
            refuse(
                (
                    *name_violations("/first_name", pupil.first_name),
                    *name_violations("/last_name", pupil.last_name),
                    *birth_date_violations("/birth_date", pupil.birth_date, today),
                )
            )
        except InvalidInputError as error:
            yield NotMade(pupil.user_id, error)


def _create(accounts: Accounts, pupils: Sequence[NewPupil]) -> Iterator[PupilAccount | NotMade]:
    nonces = [accounts.ids.new("n").encode() for _ in pupils]
    passwords = [initial_password_of(accounts, pupil.user_id, nonce) for pupil, nonce in zip(pupils, nonces, strict=True)]
    verifiers = accounts.hasher.hash_each(passwords)
    for pupil, nonce, password, verifier in zip(pupils, nonces, passwords, verifiers, strict=True):
        try:
            username = _register(accounts, pupil, Credentials(verifier, nonce))
        except AccountExistsError:
            yield _existing(accounts, pupil.user_id)  # the same call, sent twice at once
        except (NoUsernameLeftError, NumberTakenError) as error:
            yield NotMade(pupil.user_id, error)
        else:
            yield PupilAccount(pupil.user_id, username, password)


def _register(accounts: Accounts, pupil: NewPupil, credentials: Credentials) -> str:
    """Write the account under the first username that is free."""
    for username in free_usernames(accounts, pupil.first_name, pupil.last_name, pupil.birth_date):
        identity = Identity(
            user_id=pupil.user_id,
            first_name=pupil.first_name,
            last_name=pupil.last_name,
            birth_date=pupil.birth_date,
            roles=frozenset({Role.PUPIL}),
            created_at=accounts.clock.now(),
            username=username,
            login_keys=_free_number(accounts, pupil) | {accounts.keyring.login_key(normalise_login(username))},
        )
        try:
            accounts.store.create(identity, credentials)
        except LoginTakenError:
            continue
        return username
    raise NoUsernameLeftError("Too many pupils share this name and birthday; add a second first name.", user_id=pupil.user_id)


def free_usernames(accounts: Accounts, first_name: str, last_name: str, birth_date: date) -> Iterator[str]:
    """Usernames to try in turn, until one is nobody's when it is written."""

    def is_taken(username: str) -> bool:
        return accounts.store.user_of_login(accounts.keyring.login_key(normalise_login(username))) is not None

    return username_candidates(first_name, last_name, birth_date, is_taken)


def _free_number(accounts: Accounts, pupil: NewPupil) -> frozenset[str]:
    """The key of the pupil's number, to keep the account under; none where it is left to somebody else, by a slip, or is no number.

    Raises :class:`NumberTakenError` when the pupil has an account with it: another school made one in these very seconds.
    """
    if not has_ine_form(pupil.national_number):
        return frozenset()
    number = Ine(pupil.national_number)
    holder = account_on_list(accounts, number, pupil.first_name, (pupil.last_name,), pupil.birth_date)
    if holder and holder.user_id != pupil.user_id:
        raise NumberTakenError("An account with this national number was made meanwhile.", user_id=pupil.user_id)
    taken = any(is_certified(accounts, each, number) for each in accounts_of_number(accounts, number))
    return frozenset() if taken else frozenset({accounts.keyring.number_key(number)})


def _existing(accounts: Accounts, user_id: UserId) -> PupilAccount | NotMade:
    identity = accounts.store.identity(user_id)
    credentials = accounts.store.credentials(user_id)
    if identity is None or identity.username is None or credentials is None:
        return NotMade(user_id, AccountExistsError("This person has an account that no school made.", user_id=user_id))
    nonce = credentials.initial_nonce
    return PupilAccount(user_id, identity.username, None if nonce is None else initial_password_of(accounts, user_id, nonce))


def initial_password_of(accounts: Accounts, user_id: UserId, nonce: bytes) -> str:
    """The initial password that a nonce stands for."""
    return initial_password(accounts.keyring.derive("initial password", user_id, nonce))
