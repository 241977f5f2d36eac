"""Slowing guesses down, per account, so that no classroom can be locked out by it.

All pupils of a school share one IP address (docs/domain.md §10), so addresses are never counted. A few slips cost
nothing; then each failure makes the account wait, longer each time, up to a ceiling. What is tried during a wait is refused
unread and does not prolong it. Whoever is signed in already stays so.

Usernames are easy to guess, so a program could try all of a class's the moment each wait ends, and keep everybody waiting who is
not told from it. It cannot keep out:

- whoever still has the password that the school handed out: it is random enough to need no brake (:mod:`jalon.accounts.passwords`);
- whoever signs in on a device they used before: its slips are counted apart (:mod:`jalon.accounts.known_device`);
- whoever types the code that a teacher gave them for this lesson, or that was sent to their own address: that is counted apart too
  (:mod:`jalon.accounts.sign_in_code`);
- whoever is signed in and types their password once more: so is that.

Logins that do not exist wait, or do not, like those that do.
"""

from datetime import datetime, timedelta

from jalon.accounts.counts import Count
from jalon.kernel.errors import TooManyRequestsError
from jalon.kernel.ids import UserId

FREE_FAILURES = 5
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=5)


class AccountWaitsError(TooManyRequestsError):
    """Wrong passwords were given too often for this login: no password is looked at until ``Retry-After`` has passed."""

    code = "account_waits"


def wait_after(failures: int) -> timedelta:
    """How long an account waits after that many failures in a row.

    >>> [int(wait_after(n).total_seconds()) for n in (4, 5, 6, 7, 8, 9, 10, 50)]
    [0, 15, 30, 60, 120, 240, 300, 300]
    """
    if failures < FREE_FAILURES:
        return timedelta(0)
    doublings = min(failures - FREE_FAILURES, 10)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def attempts_of(whose: str) -> str:
    """The counter of the sign-ins begun since the last success: a user id's, also one that nobody has, a known device's or a code's."""
    return f"attempts#{whose}"


def attempts_signed_in(user_id: UserId) -> str:
    """The counter of the passwords typed once more by someone who is signed in."""
    return attempts_of(f"signed-in#{user_id}")


def begin_attempt(attempts: Count, now: datetime) -> Count:
    """The attempts with one more, counted before the password is looked at, so that parallel guesses count too.

    Raises :class:`AccountWaitsError` while the account waits.
    """
    wait = wait_after(attempts.times)
    if wait and attempts.latest_at is not None:
        left = attempts.latest_at + wait - now
        if left > timedelta(0):
            seconds = -(-left // timedelta(seconds=1))
            raise AccountWaitsError(f"Too many wrong passwords: try again in {seconds} s.", retry_after_s=int(seconds))
    return attempts.one_more(now)
