"""How often somebody may be looked for on schools' lists: enough for slips, too few to find out where a child goes to school.

Every school's UAI is public, and a child's name and birth date are known to classmates and to whoever is kept away from the child. So
what nobody was found by is counted, before the list is read, in two ways:

- per account: :data:`FREE_LOOK_UPS` at once, then one an hour;
- per person looked for, whichever account asks: :data:`FREE_GUESSES` at once, then one an hour. With a national number and without one are
  counted apart, so that who is kept from the one by a stranger still has the other; and without one an account is not counted here of which
  more is known than what it says of itself.

What was found counts for nothing. Addresses are never counted: a school has one (docs/domain.md §10). An account that the school makes is
looked up by nobody, so that no class waits for any of this.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from jalon.accounts.accounts import Accounts
from jalon.accounts.counts import Count, Taken, take_one, wait_left
from jalon.accounts.identity import Identity
from jalon.kernel.errors import TooManyRequestsError, UnavailableError
from jalon.kernel.ids import UserId

FREE_LOOK_UPS = 10
FREE_GUESSES = 5
#: After the free ones.
ONE_MORE_AFTER = timedelta(hours=1)


class _Limit(Enum):
    ACCOUNT = "the account's"
    NAME = "the person's, without a number"
    NUMBER = "the person's, with one"


class TooManyLookUpsError(TooManyRequestsError):
    """Nobody was found too often, by this account or for this person: no list is read until `Retry-After` has passed."""

    code = "too_many_look_ups"


@dataclass(frozen=True, slots=True)
class LookedFor:
    """Whom somebody says to be; the names in one spelling, ``by_number`` when a national number is given too."""

    first_name: str
    last_name: str
    birth_date: date
    by_number: bool


def look_ups_of(user_id: UserId) -> str:
    """The counter of what an account was not found by."""
    return f"look-ups#{user_id}"


@contextmanager
def one_look_up(accounts: Accounts, user_id: UserId, account: Identity | None, wanted: LookedFor) -> Iterator[None]:
    """Count the look-up that is done within, unless it finds the person or the tables are busy.

    Raises :class:`TooManyLookUpsError`, before any list is read.
    """
    counted: list[Taken] = []
    try:
        counted.append(_counted(accounts, look_ups_of(user_id), FREE_LOOK_UPS, _Limit.ACCOUNT))
        if wanted.by_number or not _is_vouched_for(account):
            limit = _Limit.NUMBER if wanted.by_number else _Limit.NAME
            counted.append(_counted(accounts, _guesses_at(accounts, wanted), FREE_GUESSES, limit))
        yield
    except (TooManyLookUpsError, UnavailableError):
        _give_back(accounts, counted)
        raise
    _give_back(accounts, counted)


def _is_vouched_for(account: Identity | None) -> bool:
    """A school made it, a portal opens it, or its address was confirmed."""
    return account is not None and (account.username is not None or bool(account.providers) or account.email_verified)


def _guesses_at(accounts: Accounts, wanted: LookedFor) -> str:
    """Kept, and so under a keyed digest: the table names nobody."""
    way = "number" if wanted.by_number else "name"
    names = (wanted.first_name, wanted.last_name, wanted.birth_date.isoformat())
    return f"looked-for#{accounts.keyring.secret('looked for', way, *names)}"


def _counted(accounts: Accounts, counter: str, free: int, limit: _Limit) -> Taken:
    now = accounts.clock.now()

    def one_more(failed: Count) -> Count:
        wait_s = wait_left(failed, now, free, ONE_MORE_AFTER)
        if wait_s:
            raise _refusal(limit, wait_s)
        return failed.one_more(now)

    taken = take_one(accounts.store, counter, one_more)
    if taken is None:
        raise TooManyLookUpsError("Too many look-ups at once; send the same request again.", retry_after_s=1)
    return taken


def _refusal(limit: _Limit, wait_s: int) -> TooManyLookUpsError:
    if limit is _Limit.ACCOUNT:
        return TooManyLookUpsError(
            "You were not found too often: ask your school how it wrote your name, or for an account, or try again later.",
            retry_after_s=wait_s,
        )
    if limit is _Limit.NAME:
        return TooManyLookUpsError(
            "This person was looked for too often: give the national number (INE), or confirm your e-mail address, or try again later.",
            retry_after_s=wait_s,
        )
    return TooManyLookUpsError(
        "Too many wrong numbers were given for this person: leave the number out, or ask the school, or try again later.",
        retry_after_s=wait_s,
    )


def _give_back(accounts: Accounts, counted: list[Taken]) -> None:
    for taken in counted:
        taken.give_back(accounts.store)
