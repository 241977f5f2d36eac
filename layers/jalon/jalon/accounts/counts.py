"""How often something that has a limit was done of late.

Sign-ins begun are counted so (:mod:`jalon.accounts.lockout`), messages sent (:mod:`jalon.accounts.mail_allowance`), and look-ups in lists
(:mod:`jalon.accounts.look_ups`). A counter has a name. What is done at the same time is counted one by one, each on what it found.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

#: Since the latest time. Stores keep a count as long.
FORGOTTEN_AFTER = timedelta(hours=24)
_RACES_LOST = 4


@dataclass(frozen=True, slots=True)
class Count:
    """How many times, and when the latest was; None if there was none."""

    times: int = 0
    latest_at: datetime | None = None

    def one_more(self, now: datetime) -> "Count":
        """The count after another time; the first, if a day passed since the latest."""
        forgotten = self.latest_at is None or now - self.latest_at >= FORGOTTEN_AFTER
        return Count(1 if forgotten else self.times + 1, now)


NONE_YET = Count()


class CountStore(Protocol):
    """Keeps counts by the counter's name."""

    def count(self, counter: str, before: Count, after: Count) -> Count | None:
        """Keep ``after`` where ``before`` is kept.

        None if it was; otherwise what is kept instead of ``before`` (:data:`NONE_YET` if nothing is), so that the usual first time costs
        one write and no read.
        """
        ...

    def forget_count(self, counter: str) -> None:
        """The next time is the first."""
        ...


def count_once(store: CountStore, counter: str, one_more: Callable[[Count], Count]) -> bool:
    """Count one time; ``one_more`` says what a count becomes, and raises what refuses it. False if too many others counted meanwhile."""
    before = NONE_YET
    for _ in range(_RACES_LOST):
        kept = store.count(counter, before, one_more(before))
        if kept is None:
            return True
        before = kept
    return False


@dataclass(frozen=True, slots=True)
class Taken:
    """One time that was counted, with what its counter held before and after."""

    counter: str
    before: Count
    after: Count

    def give_back(self, store: CountStore) -> None:
        """Count it for nothing after all, unless another was counted since."""
        if self.before == NONE_YET:
            store.forget_count(self.counter)
        else:
            store.count(self.counter, self.after, self.before)


def take_one(store: CountStore, counter: str, one_more: Callable[[Count], Count]) -> Taken | None:
    """Count one time as :func:`count_once` does, so that it can be given back; None if too many others counted meanwhile."""
    seen: list[Taken] = []

    def noted(before: Count) -> Count:
        seen.append(Taken(counter, before, one_more(before)))
        return seen[-1].after

    return seen[-1] if count_once(store, counter, noted) else None


def wait_left(count: Count, now: datetime, free: int, then_each: timedelta) -> int:
    """Seconds until one more is allowed where ``free`` are at once and then one each ``then_each`` after the latest; 0 if it is now."""
    if count.latest_at is None or count.times < free:
        return 0
    return max(0, -(-(count.latest_at + then_each - now) // timedelta(seconds=1)))
