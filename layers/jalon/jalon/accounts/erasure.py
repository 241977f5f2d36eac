"""A person's erasure: what is asked, what each context answers for, and the record that proves it (docs/decisions/0004).

Each context gives one :class:`Holding`: it knows its own tables, says what of a person is in them, and removes it. The order of
removal is part of that knowledge: whatever the rest is found by goes last, so that an erasure cut off anywhere finds what is left.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from jalon.accounts.access_token import LIFETIME
from jalon.kernel.errors import ConflictError, JalonError
from jalon.kernel.ids import UserId

#: No function runs longer: the longest time-out of template.yaml, which a test holds it to.
LONGEST_RUN = timedelta(minutes=5)
#: From here on no access token speaks for the person, and every run is over that looked whether they are erased before they asked to be:
#: it has written what it will. A run that begins later, of a request or of a stream worker, finds the mark.
SECOND_PASS_AFTER = LIFETIME + LONGEST_RUN
#: The first pass begins when the request that asks for it is surely over, so that a message never finds its record missing.
FIRST_PASS_AFTER = timedelta(seconds=15)
#: An erasure may wait for a certification to be published (15 days, docs/domain.md §8); after three weeks an operator must know.
OVERDUE_AFTER = timedelta(days=21)
#: The longest delay that a message of SQS takes (Amazon SQS Developer Guide, "Delay queues").
LONGEST_DELAY = timedelta(minutes=15)


class ErasureStatus(StrEnum):
    """``requested`` → ``erased`` (the first pass is done) → ``verified`` (the second found nothing left)."""

    REQUESTED = "requested"
    ERASED = "erased"
    VERIFIED = "verified"


class LastAdministratorError(ConflictError):
    """The school would be left without an administrator."""

    code = "last_administrator"


class CertificationRunningError(ConflictError):
    """A certification was begun whose results are not published."""

    code = "certification_running"


class LeftoversError(JalonError):
    """The second pass still found something; the message comes again."""

    code = "erasure_leftovers"


@dataclass(frozen=True, slots=True)
class Trace:
    """One item held about a person. ``remove`` may be called again and then changes nothing; it never touches what has become another's."""

    table: str
    remove: Callable[[], None]


class Holding(Protocol):
    """One context's part of what is held about a person."""

    def traces(self, user_id: UserId) -> Iterable[Trace]:
        """What goes, in the order in which it must go."""
        ...

    def kept(self, user_id: UserId) -> Mapping[str, int]:
        """How many items of which table are kept, because the law or the school needs them (docs/your-data.md)."""
        ...


@dataclass(frozen=True, slots=True)
class Erasure:
    """The record. ``user_id`` is there until the second pass is done, and then nothing in it leads to the person.

    ``found`` counts the items by table before anything was removed, ``found_again`` those that the second pass removed, ``kept``
    what stays. An erasure that waits for a certification to be published has not ``found`` anything yet.
    """

    subject: str
    requested_at: datetime
    status: ErasureStatus = ErasureStatus.REQUESTED
    user_id: UserId | None = None
    found: Mapping[str, int] | None = None
    found_again: Mapping[str, int] = field(default_factory=dict)
    kept: Mapping[str, int] = field(default_factory=dict)
    erased_at: datetime | None = None
    verified_at: datetime | None = None

    @property
    def second_pass_at(self) -> datetime:
        """When the second pass may begin."""
        return self.requested_at + SECOND_PASS_AFTER


class ErasureStore(Protocol):
    """The ``erasures`` table."""

    def get(self, user_id: UserId) -> Erasure | None: ...

    def request(self, user_id: UserId, at: datetime) -> Erasure:
        """Mark the person, or return the record that is there."""
        ...

    def withdraw(self, user_id: UserId) -> None:
        """Take a mark back that was made a moment ago, before anything was removed."""
        ...

    def note_found(self, user_id: UserId, found: Mapping[str, int]) -> None:
        """What there is before anything goes; said once, later calls change nothing."""
        ...

    def note_erased(self, user_id: UserId, at: datetime) -> None: ...

    def note_verified(self, user_id: UserId, at: datetime, found_again: Mapping[str, int], kept: Mapping[str, int]) -> None:
        """Close the record and forget the user id."""
        ...


#: Has the worker look at an erasure once this long has passed.
Remind = Callable[[UserId, timedelta], None]


def is_overdue(erasure: Erasure, now: datetime) -> bool:
    """Whether a person has waited so long that somebody must look: the law gives a month (RGPD art. 12(3))."""
    return erasure.status is not ErasureStatus.VERIFIED and now - erasure.requested_at > OVERDUE_AFTER


def counted(holdings: Iterable[Holding], user_id: UserId) -> Mapping[str, int]:
    """How many items each table holds about a person; empty when there is nothing."""
    return Counter(trace.table for holding in holdings for trace in holding.traces(user_id))


def kept_of(holdings: Iterable[Holding], user_id: UserId) -> Mapping[str, int]:
    """How many items of each table stay."""
    total: Counter[str] = Counter()
    for holding in holdings:
        total.update(holding.kept(user_id))
    return {table: count for table, count in total.items() if count}


def remove_all(holdings: Iterable[Holding], user_id: UserId) -> None:
    """Remove everything once, in order."""
    for holding in holdings:
        for trace in holding.traces(user_id):
            trace.remove()
