"""The worker's part of an erasure: one step per message, each safe to repeat from any point (docs/decisions/0004).

A message names a person. What is to be done is read from the record: count and remove, wait until no access token speaks for them
any more, look again, prove it. Each step that leaves something for later orders the next message before it ends.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from jalon.accounts.erasure import (
    LONGEST_DELAY,
    Erasure,
    ErasureStatus,
    ErasureStore,
    Holding,
    LeftoversError,
    Remind,
    counted,
    kept_of,
    remove_all,
)
from jalon.kernel.clock import Clock
from jalon.kernel.ids import UserId


@dataclass(frozen=True, slots=True)
class Erasing:
    """``holdings`` are in the order of removal; the identity's is the last. ``runs`` says whether a certification is under way."""

    erasures: ErasureStore
    holdings: Sequence[Holding]
    runs: Callable[[UserId], bool]
    remind: Remind
    clock: Clock


def erase_account(erasing: Erasing, user_id: UserId) -> Erasure | None:
    """Take the next step; the record after it, or None when there is none to take: nobody asked, or all is done.

    A test that was started in the very moment of the request is let finish: the erasure waits until its results are published.
    Raises :class:`LeftoversError` when the second pass still finds something.
    """
    erasure = erasing.erasures.get(user_id)
    if erasure is None or erasure.status is ErasureStatus.VERIFIED:
        return None
    if erasing.runs(user_id):
        erasing.remind(user_id, LONGEST_DELAY)
        return erasure
    if erasure.status is ErasureStatus.REQUESTED:
        _first_pass(erasing, user_id, erasure)
    elif erasing.clock.now() < erasure.second_pass_at:
        _come_back(erasing, user_id, erasure)
    else:
        _second_pass(erasing, user_id)
    return erasing.erasures.get(user_id)


def _first_pass(erasing: Erasing, user_id: UserId, erasure: Erasure) -> None:
    """The count is kept before the first item goes, so that a crash in between cannot falsify it."""
    if erasure.found is None:
        erasing.erasures.note_found(user_id, counted(erasing.holdings, user_id))
    remove_all(erasing.holdings, user_id)
    _come_back(erasing, user_id, erasure)
    erasing.erasures.note_erased(user_id, erasing.clock.now())


def _come_back(erasing: Erasing, user_id: UserId, erasure: Erasure) -> None:
    remaining = max(erasure.second_pass_at - erasing.clock.now(), LONGEST_DELAY * 0)
    erasing.remind(user_id, min(remaining, LONGEST_DELAY))


def _second_pass(erasing: Erasing, user_id: UserId) -> None:
    found_again = counted(erasing.holdings, user_id)
    remove_all(erasing.holdings, user_id)
    left = counted(erasing.holdings, user_id)
    if left:
        raise LeftoversError("Something is still there after the second pass.", tables=" ".join(sorted(left)))
    erasing.erasures.note_verified(user_id, erasing.clock.now(), found_again, kept_of(erasing.holdings, user_id))
