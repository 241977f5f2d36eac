"""A competence's test of the real content, played through the routes: its last answer shows the profile, and so reads."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from benchmarks.answers.designs import Meter, metered
from benchmarks.answers.play import answer_event, answer_key
from functions.answers.app import handler

COMPETENCE = "1.1"
#: Tests that the same pupil has under way meanwhile: what the last answer reads besides the profile.
OTHERS_UNDER_WAY = ("1.2", "1.3")


@dataclass(slots=True)
class Played:
    """The operations on DynamoDB of each answer of one test, and the units of its last."""

    operations: list[list[str]] = field(default_factory=list)
    last_read_units: int = 0
    last_write_units: int = 0

    @property
    def answer_operations(self) -> float:
        """Operations per answer, the last apart."""
        return sum(map(len, self.operations[:-1])) / len(self.operations[:-1])

    def figures(self) -> dict[str, Any]:
        """As they are reported."""
        return {
            "answers": len(self.operations),
            "operations": round(self.answer_operations, 2),
            "last_answer": self.operations[-1],
            "last_answer_read_units": self.last_read_units,
            "last_answer_write_units": self.last_write_units,
        }


def play_positioning() -> Played:
    """One test answered rightly to its end, by a pupil with others under way; raises RuntimeError where it does not end as it should."""
    user_id = f"usr_{uuid.uuid4().hex}"
    for code in OTHERS_UNDER_WAY:
        _begin(user_id, code)
    test = _begin(user_id, COMPETENCE)
    played = Played()
    while test["question"] is not None:
        with metered() as meter:
            test = _answer(user_id, test)
        _note(played, meter)
    if test["scores"]["basis"] != "profile":
        raise RuntimeError(f"the last answer shows no profile: {test['scores']}")
    return played


def play_competence(user_id: str, code: str) -> Iterator[str]:
    """A competence's test, answered rightly to its end: yields its id after each answer."""
    test = _begin(user_id, code)
    while test["question"] is not None:
        test = _answer(user_id, test)
        yield test["id"]


def _begin(user_id: str, code: str) -> dict[str, Any]:
    return send(answer_event(user_id, "/v1/assessments", {"purpose": "competence", "competence": code}))


def _answer(user_id: str, test: dict[str, Any]) -> dict[str, Any]:
    question = test["question"]
    body = {"ticket": question["ticket"], "idempotency_key": str(uuid.uuid4()), "answer": answer_key().find(question).right}
    assessment: dict[str, Any] = send(answer_event(user_id, f"/v1/assessments/{test['id']}/answers", body))["assessment"]
    return assessment


def _note(played: Played, meter: Meter) -> None:
    played.operations.append(meter.operations)
    played.last_read_units, played.last_write_units = meter.reads, meter.writes


def send(event: dict[str, Any]) -> dict[str, Any]:
    """What the routes answer to an event; raises RuntimeError for anything but 200."""
    reply = handler(event, None)
    document: dict[str, Any] = json.loads(reply["body"])
    if reply["statusCode"] != 200:
        raise RuntimeError(f"{event['rawPath']}: {document}")
    return document
