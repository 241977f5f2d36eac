"""A lesson begins and somebody keeps the class waiting: a teacher opens a sign-in window (docs/sign-in.md).

Every pupil of the class who has an account gets a code, good for an hour at most, with which they sign in whatever strangers type
under their usernames (:mod:`jalon.accounts.sign_in_code`). Passwords, sign-ins and what was counted stay as they are, and strangers
go on waiting: the window opens nothing to them. Nothing is written, so it may be opened as often as one likes.
"""

from dataclasses import dataclass
from datetime import datetime

from jalon.accounts.keyring import Keyring
from jalon.accounts.sign_in_code import sign_in_codes_end, write_sign_in_code
from jalon.kernel.clock import Clock
from jalon.kernel.ids import Uai
from jalon.organisations.issue_pupil_credentials import ClassNotFoundError
from jalon.organisations.pupils import Pupil, PupilStore
from jalon.organisations.reconciliations import ReconciliationStore


@dataclass(frozen=True, slots=True)
class SignInWindow:
    """The pupils of a class by name, each with a code, or None for whoever has no account here yet."""

    class_name: str
    opens_until: datetime
    pupils: tuple[tuple[Pupil, str | None], ...]


def open_sign_in_window(
    pupils: PupilStore, reconciliations: ReconciliationStore, keyring: Keyring, clock: Clock, uai: Uai, class_name: str
) -> SignInWindow:
    """A code for every account of the class, whoever made it; asked again within five minutes, the same ones.

    Raises :class:`~jalon.organisations.issue_pupil_credentials.ClassNotFoundError`.
    """
    listed = pupils.of_class(uai, class_name)
    if not listed:
        raise ClassNotFoundError("There is no such class on the school's list.", class_name=class_name)
    now = clock.now()
    links = reconciliations.of_pupils(uai, [pupil.ine for pupil in listed])
    codes = {ine: write_sign_in_code(keyring, link.user_id, now) for ine, link in links.items()}
    return SignInWindow(class_name, sign_in_codes_end(now), tuple((pupil, codes.get(pupil.ine)) for pupil in listed))
