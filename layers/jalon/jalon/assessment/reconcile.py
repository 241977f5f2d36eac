"""Compare the answers that were acknowledged with those that are stored. Source: docs/protocol.md."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from jalon.assessment.store import AssessmentStore
from jalon.kernel.ids import AssessmentId, UserId

#: The log codes of an acknowledgement, with ``assessment_id``, ``user_id``, ``sequence`` and ``digest`` (hexadecimal) as keys.
STORED, REPEATED = "ANSWER_STORED", "ANSWER_REPEATED"


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One answer that a pupil's page was told is stored."""

    assessment_id: AssessmentId
    sequence: int
    digest: bytes
    user_id: UserId | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What was compared; ``lost`` are not stored at all, ``changed`` are stored as another answer. Both must be empty.

    ``gone`` counts those of tests that are no more, whose person asked to be erased: nothing is kept to compare them with.
    """

    acknowledged: int
    assessments: int
    lost: tuple[Acknowledged, ...]
    changed: tuple[Acknowledged, ...]
    gone: int = 0


def reconcile(store: AssessmentStore, acknowledged: Iterable[Acknowledged], is_erased: Callable[[UserId], bool]) -> Reconciliation:
    """Look each acknowledged answer up in its assessment, each assessment read once, and the erasures for one that is no more."""
    by_assessment: defaultdict[AssessmentId, set[Acknowledged]] = defaultdict(set)
    owners: dict[AssessmentId, UserId] = {}
    for item in acknowledged:
        by_assessment[item.assessment_id].add(item)
        if item.user_id is not None:
            owners[item.assessment_id] = item.user_id
    lost: list[Acknowledged] = []
    changed: list[Acknowledged] = []
    gone = 0
    for assessment_id, items in by_assessment.items():
        state = store.get(assessment_id)
        if state is None and assessment_id in owners and is_erased(owners[assessment_id]):
            gone += len(items)
            continue
        answers = state.answers if state else ()
        for item in sorted(items, key=lambda item: (item.sequence, item.digest)):
            if item.sequence > len(answers):
                lost.append(item)
            elif answers[item.sequence - 1].digest != item.digest:
                changed.append(item)
    count = sum(len(items) for items in by_assessment.values())
    return Reconciliation(count, len(by_assessment), tuple(lost), tuple(changed), gone)


def acknowledged_in(lines: Iterable[str]) -> Iterator[Acknowledged]:
    """The acknowledgements among log lines; other lines are passed over.

    A line is one JSON object. What stands before it, as log readers put the instant and the log's name there, is passed over too.
    """
    for line in lines:
        _, brace, rest = line.partition("{")
        try:
            entry = json.loads(brace + rest)
        except ValueError:
            continue
        if entry.get("message") in {STORED, REPEATED}:
            owner = entry.get("user_id")  # lines of earlier versions have none
            yield Acknowledged(
                AssessmentId(entry["assessment_id"]),
                int(entry["sequence"]),
                bytes.fromhex(entry["digest"]),
                UserId(owner) if owner else None,
            )
