"""How many messages one address, or one person, can cause in a day: enough for slips, too few to be a nuisance."""

from datetime import datetime, timedelta

from jalon.accounts.accounts import Accounts
from jalon.accounts.counts import FORGOTTEN_AFTER, Count, count_once
from jalon.kernel.errors import TooManyRequestsError

MOST_A_DAY = 5


class TooManyMessagesError(TooManyRequestsError):
    """Enough messages were sent to this address, or for this person, today."""

    code = "too_many_messages"


def messages_to(whom: str) -> str:
    """The counter of the messages sent to an address, or for a person: it is kept, so ``whom`` must not be an address in the clear."""
    return f"messages#{whom}"


def count_message(accounts: Accounts, whom: str) -> None:
    """Count a message about to be sent; raises :class:`TooManyMessagesError`. ``whom`` as for :func:`messages_to`."""
    if not count_once(accounts.store, messages_to(whom), lambda sent: _one_more(sent, accounts.clock.now())):
        raise TooManyMessagesError("Too many messages are being asked for at once; try again.", retry_after_s=1)


def _one_more(sent: Count, now: datetime) -> Count:
    if sent.latest_at is not None and sent.times >= MOST_A_DAY:
        wait = sent.latest_at + FORGOTTEN_AFTER - now
        if wait > timedelta(0):
            raise TooManyMessagesError(
                "No more messages are sent today: look for those that were.", retry_after_s=int(wait.total_seconds()) + 1
            )
    return sent.one_more(now)
