"""Compare what the answers function acknowledged, by its log, with what the table holds. Reads only.

    make logs NAME=answers ALL=1 > answers.log
    make command NAME=answers.reconcile < answers.log

The input is the function's log as log readers print it: one JSON object a line, perhaps with the instant and the log's name before it
(docs/local.md, docs/deploy.md). Needs the right to read items of the tables of assessments and of erasures. Ends with one line of JSON;
exit status 1 when an acknowledged answer is lost or changed, 2 when the input tells of no acknowledgement at all: nothing was compared
then. Answers of a test that an erasure took away are counted as gone; in lines of earlier versions, which do not say whose it was, as lost.
"""

import json
import sys

from jalon.assessment.assessment_store import DynamoAssessments
from jalon.assessment.reconcile import Acknowledged, acknowledged_in, reconcile
from jalon.assessment.tables import AssessmentItem
from jalon.edge.erasures import ErasureMark, is_erased
from jalon.edge.settings import Settings
from jalon.edge.tables import bind


def main() -> int:
    """The command; 0 when every acknowledged answer is stored as it was acknowledged, or was erased since."""
    bind(Settings.from_environment(), AssessmentItem, ErasureMark)
    found = reconcile(DynamoAssessments(), acknowledged_in(sys.stdin), is_erased)
    for name, items in (("lost", found.lost), ("changed", found.changed)):
        for item in items:
            sys.stdout.write(f"{name}: {_place(item)}\n")
    figures = {
        "acknowledged": found.acknowledged,
        "assessments": found.assessments,
        "lost": len(found.lost),
        "changed": len(found.changed),
        "gone": found.gone,
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    if not found.acknowledged:
        sys.stderr.write("Nothing was compared: the input tells of no acknowledged answer. It must be the log of the answers function.\n")
        return 2
    return 1 if found.lost or found.changed else 0


def _place(item: Acknowledged) -> str:
    return f"{item.assessment_id} answer {item.sequence}"


if __name__ == "__main__":
    sys.exit(main())
