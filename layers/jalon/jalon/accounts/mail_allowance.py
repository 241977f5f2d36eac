"""How many messages one address, or one person, can cause: enough for slips, too few to be a nuisance.

What strangers ask for uses nothing up of what the owner of an address needs. Each kind of message is counted apart. After the first few
of a day an address gets one more of a kind each hour, and a token or code to sign in with is good for about as long: whoever asks for the
messages of others only makes sure that their owners have one. A message that could not be sent counts for nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum

from jalon.accounts.accounts import Accounts
from jalon.accounts.counts import FORGOTTEN_AFTER, Count, Taken, take_one, wait_left
from jalon.kernel.errors import TooManyRequestsError
from jalon.kernel.ids import UserId

MOST_A_DAY = 5
#: An address gets one more message of a kind this long after the latest, however many there were.
ONE_MORE_AFTER = timedelta(hours=1)


class MessageKind(StrEnum):
    """What a message is about."""

    SIGN_UP = "sign-up"
    ADDRESS = "address"
    RECOVERY = "recovery"
    SIGN_IN = "sign-in"


class TooManyMessagesError(TooManyRequestsError):
    """Enough messages were sent to this address, or for this person, of late."""

    code = "too_many_messages"


def messages_to(login_key: str, kind: MessageKind) -> str:
    """The counter of the messages of a kind that were sent to an address; kept, and so under its keyed digest."""
    return f"messages#{kind}#{login_key}"


def messages_for(user_id: UserId) -> str:
    """The counter of the messages that a person had sent to addresses of their choice."""
    return f"messages#{user_id}"


@contextmanager
def one_message(accounts: Accounts, kind: MessageKind, login_key: str, asker: UserId | None = None) -> Iterator[None]:
    """Count the message that is sent within: to the address of this login and, where somebody is signed in, for them.

    Raises :class:`TooManyMessagesError`, before anything is sent.
    """
    counted: list[Taken] = []
    try:
        if asker is not None:
            counted.append(_counted(accounts, messages_for(asker), FORGOTTEN_AFTER))
        counted.append(_counted(accounts, messages_to(login_key, kind), ONE_MORE_AFTER))
        yield
    except BaseException:  # also what the mail service refuses for good, which rings for the operator: nothing was sent
        for taken in counted:
            taken.give_back(accounts.store)
        raise


def _counted(accounts: Accounts, counter: str, one_more_after: timedelta) -> Taken:
    taken = take_one(accounts.store, counter, lambda sent: _one_more(sent, accounts.clock.now(), one_more_after))
    if taken is None:
        raise TooManyMessagesError("Too many messages are being asked for at once; try again.", retry_after_s=1)
    return taken


def _one_more(sent: Count, now: datetime, one_more_after: timedelta) -> Count:
    wait_s = wait_left(sent, now, MOST_A_DAY, one_more_after)
    if wait_s:
        raise TooManyMessagesError("No more messages are sent for now: look for those that were.", retry_after_s=wait_s)
    return sent.one_more(now)
