"""After a restored backup: erases anew whoever had been erased since it was made. Run by an operator, once, with a role that may scan.

    make command NAME=erase_account.repeat    # on AWS with STACK=jalon

Looks through the restored ``identities`` and, for each person that the table of erasures knows, removes everything again and counts
what is left. The one scan of this part: it belongs to a restoration, never to a person's request. Prints one line of JSON.
"""

import json
import sys
from collections.abc import Iterable

from functions.erase_account.wiring import erasing
from jalon.accounts.erase_account import Erasing
from jalon.accounts.erasure import counted, remove_all
from jalon.accounts.personal_data_store import everybody
from jalon.kernel.ids import UserId


def repeat(parts: Erasing, people: Iterable[UserId]) -> dict[str, int]:
    """How many of these people were erased before and are again, and how many items are left of them (0)."""
    again = [user_id for user_id in people if parts.erasures.get(user_id) is not None]
    for user_id in again:
        remove_all(parts.holdings, user_id)
    return {"erased_again": len(again), "left": sum(sum(counted(parts.holdings, user_id).values()) for user_id in again)}


def main() -> int:
    """The command."""
    done = repeat(erasing(), everybody())
    print(json.dumps(done))  # noqa: T201 - a command's answer
    return 1 if done["left"] else 0


if __name__ == "__main__":
    sys.exit(main())
