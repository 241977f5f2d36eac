"""The proof of an erasure: what was done, and what the tables hold of the person now. Reads only.

    make command NAME=erase_account.prove ARGS=usr_0123456789abcdef0123456789abcdef    # on AWS with STACK=jalon

Needs the right to read what ``erase_account`` reads. Prints one line of JSON. Ends with 1 when nobody asked, when it is not verified
yet, or when something of the person is there.
"""

import argparse
import json
import sys
from datetime import datetime
from typing import Any

from functions.erase_account.wiring import erasing
from jalon.accounts.erase_account import Erasing
from jalon.accounts.erasure import ErasureStatus, counted
from jalon.kernel.clock import iso
from jalon.kernel.ids import UserId


def proof(parts: Erasing, user_id: UserId) -> dict[str, Any]:
    """The record with what is present, as JSON values; empty when nobody asked for this person to be erased."""
    erasure = parts.erasures.get(user_id)
    if erasure is None:
        return {}
    return {
        "subject": erasure.subject,
        "status": erasure.status.value,
        "requested_at": iso(erasure.requested_at),
        "erased_at": _optional(erasure.erased_at),
        "verified_at": _optional(erasure.verified_at),
        "found": dict(erasure.found or {}),
        "found_again": dict(erasure.found_again),
        "kept": dict(erasure.kept),
        "present": dict(counted(parts.holdings, user_id)),
    }


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Print the proof of an erasure.")
    parser.add_argument("user_id", help="the account's number, usr_…")
    found = proof(erasing(), UserId(parser.parse_args(arguments).user_id))
    print(json.dumps(found))  # noqa: T201 - a command's answer
    return 0 if found and found["status"] == ErasureStatus.VERIFIED and not found["present"] else 1


def _optional(instant: datetime | None) -> str | None:
    return iso(instant) if instant else None


if __name__ == "__main__":
    sys.exit(main())
