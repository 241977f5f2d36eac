"""How many messages one address, or one person, can cause in a day: enough for slips, too few to be a nuisance."""

from jalon.accounts.accounts import Accounts
from jalon.accounts.lockout import FORGOTTEN_AFTER, NONE_YET, Attempts
from jalon.kernel.errors import TooManyRequestsError

MOST_A_DAY = 5
_RACES_LOST = 4


class TooManyMessagesError(TooManyRequestsError):
    """Enough messages were sent to this address, or for this person, today."""

    code = "too_many_messages"


def count_message(accounts: Accounts, counter: str) -> None:
    """Count a message about to be sent; raises :class:`TooManyMessagesError`.

    ``counter`` names whose messages they are; it is kept, so it must not be an address in the clear.
    """
    before = NONE_YET
    for _ in range(_RACES_LOST):
        stored = accounts.store.record_attempt(f"mail#{counter}", before, _one_more(accounts, before))
        if stored is None:
            return
        before = stored
    raise TooManyMessagesError("Too many messages are being asked for at once; try again.", retry_after_s=1)


def _one_more(accounts: Accounts, before: Attempts) -> Attempts:
    now = accounts.clock.now()
    if before.latest_at is None or now - before.latest_at >= FORGOTTEN_AFTER:
        return Attempts(1, now)
    if before.failures >= MOST_A_DAY:
        wait = before.latest_at + FORGOTTEN_AFTER - now
        raise TooManyMessagesError(
            "No more messages are sent today: look for those that were.", retry_after_s=int(wait.total_seconds()) + 1
        )
    return Attempts(before.failures + 1, now)
