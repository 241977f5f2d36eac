"""A person asks to be erased (RGPD art. 17): refused while something forbids it, and from then on nothing is written for them."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from jalon.accounts.accounts import Accounts
from jalon.accounts.erasure import FIRST_PASS_AFTER, Erasure, ErasureStore, Remind
from jalon.accounts.identity import AccountNotFoundError
from jalon.accounts.sign_out_everywhere import sign_out_everywhere
from jalon.kernel.errors import ConflictError
from jalon.kernel.ids import UserId

#: Raises what forbids an erasure now.
Check = Callable[[UserId], None]


@dataclass(frozen=True, slots=True)
class Asking:
    """``check`` looks for what forbids the erasure; ``leave`` gives up what the person alone must not keep (a school's administration)."""

    accounts: Accounts
    erasures: ErasureStore
    remind: Remind
    check: Check
    leave: Check


def request_erasure(asking: Asking, user_id: UserId) -> Erasure:
    """The record of the erasure, made now; every sign-in is over.

    The order makes a crash harmless: the message is on its way before there is a record for it, and a message without one is dropped.
    What forbids the erasure is looked at once more behind the mark, since no test can be started from there on. Raises what ``check``
    and ``leave`` raise.
    """
    asking.check(user_id)
    asking.leave(user_id)
    asking.remind(user_id, FIRST_PASS_AFTER)
    erasure = asking.erasures.request(user_id, asking.accounts.clock.now())
    try:
        asking.check(user_id)
    except ConflictError:
        asking.erasures.withdraw(user_id)
        raise
    sign_out_everywhere(asking.accounts, user_id)
    return erasure


def repeat_erasure(asking: Asking, erasure: Erasure) -> Erasure:
    """The same answer to the same request; what the first may have left undone in a crash, its message and the sign-out, is done again."""
    if erasure.user_id is not None:
        asking.remind(erasure.user_id, FIRST_PASS_AFTER)
        with contextlib.suppress(AccountNotFoundError):  # the first pass is over
            sign_out_everywhere(asking.accounts, erasure.user_id)
    return erasure
