"""Compare what the function acknowledged, by its logs, with what the table holds.

    python -m functions.answers.reconcile < answers.log

The input is the function's log, one JSON line each. Needs the function's environment variables. Ends with one line of JSON;
exit status 1 when an acknowledged answer is lost or changed.
"""

import json
import sys

from functions.answers.wiring import parts
from jalon.assessment.reconcile import Acknowledged, acknowledged_in, reconcile


def main() -> int:
    """The command; 0 when every acknowledged answer is stored as it was acknowledged."""
    found = reconcile(parts().store, acknowledged_in(sys.stdin))
    for name, items in (("lost", found.lost), ("changed", found.changed)):
        for item in items:
            sys.stdout.write(f"{name}: {_place(item)}\n")
    figures = {
        "acknowledged": found.acknowledged,
        "assessments": found.assessments,
        "lost": len(found.lost),
        "changed": len(found.changed),
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    return 1 if found.lost or found.changed else 0


def _place(item: Acknowledged) -> str:
    return f"{item.assessment_id} answer {item.sequence}"


if __name__ == "__main__":
    sys.exit(main())
