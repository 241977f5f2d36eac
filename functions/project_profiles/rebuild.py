"""Rebuild profiles from the assessments they are projected from.

    python -m functions.project_profiles.rebuild --user usr_… [--user usr_…]    some users
    python -m functions.project_profiles.rebuild --all                          everybody

Needs the environment variables of the function ``project_profiles`` and the right to read ``assessments_by_user``. Ends
with one line of JSON.
"""

import argparse
import json
import sys
from collections.abc import Sequence

from functions.project_profiles.wiring import parts
from jalon.assessment.rebuild_profiles import rebuild_profiles
from jalon.kernel.ids import UserId


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0 when every profile was rebuilt."""
    parser = argparse.ArgumentParser(prog="rebuild", description="Rebuild profiles from the assessments.")
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--user", action="append", metavar="ID", help="a user's id; may be repeated")
    whom.add_argument("--all", action="store_true", help="every user who ever began a test")
    chosen = parser.parse_args(arguments)
    store = parts().store
    users = store.users() if chosen.all else map(UserId, chosen.user)
    count = rebuild_profiles(store, parts().profiles, parts().releases, users)
    sys.stdout.write(json.dumps({"profiles": count}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
