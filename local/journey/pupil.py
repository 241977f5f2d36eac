"""A simulated pupil of known ability, at a computer (or at two)."""

import math
import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.journey.answer_key import Answer, AnswerKey, wrong
from local.journey.api import Api, JourneyError, Reply

#: A pupil who knows still slips, and one who does not know sometimes guesses.
SLIP, GUESS = 0.05, 0.05
#: No test is longer; the journey fails rather than go round for ever.
MOST_QUESTIONS = 80


@dataclass(slots=True)
class Pupil:
    """Who sits there. ``ability`` is the level at which every second question is answered right."""

    first_name: str
    last_name: str
    birth_date: str
    ability: float
    seed: str
    api: Api
    double_clicks: bool = False
    stops_half_way: bool = False
    user_id: str = ""
    login: dict[str, str] = field(default_factory=dict)
    participations: dict[str, str] = field(default_factory=dict)
    certification_id: str = ""
    rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    @property
    def identity(self) -> dict[str, str]:
        """What the pupil types to be found on a list."""
        return {"first_name": self.first_name, "last_name": self.last_name, "birth_date": self.birth_date}

    def answer_to(self, question: Mapping[str, Any], key: AnswerKey) -> Answer:
        """Right, wrong or skipped, by ability and chance."""
        known = key.find(question)
        chance = GUESS + (1 - GUESS - SLIP) / (1 + math.exp(-2.2 * (self.ability + 0.5 - known.level)))
        if self.rng.random() < chance:
            return known.right
        return {"skipped": True} if self.rng.random() < 0.2 else wrong(question, known.right)

    def give(self, assessment: Mapping[str, Any], answer: Answer) -> Reply:
        """Send one answer; whoever double-clicks sends it twice, and must be told the same thing twice."""
        request = {
            "ticket": assessment["question"]["ticket"],
            "idempotency_key": str(uuid.UUID(int=self.rng.getrandbits(128))),
            "answer": answer,
        }
        reply = self.api.post("/v1/assessments/{assessment_id}/answers", request, assessment_id=assessment["id"])
        self.api.meter.count_answer()
        if self.double_clicks:
            again = self.api.post("/v1/assessments/{assessment_id}/answers", request, assessment_id=assessment["id"])
            if (again["sequence"], again["result"], again["assessment"]["answered"]) != (
                reply["sequence"],
                reply["result"],
                reply["assessment"]["answered"],
            ):
                raise JourneyError("a repeated answer was told another outcome than the first time")
            if not again["repeated"]:
                raise JourneyError("a repeated answer was taken for a new one")
        return reply

    def finish(self, assessment: Mapping[str, Any], key: AnswerKey, *, at_most: int = MOST_QUESTIONS) -> Mapping[str, Any]:
        """Answer until the test has no more questions (or ``at_most`` are answered), reading each checkpoint on the way."""
        for _ in range(at_most):
            if assessment["question"] is None:
                break
            number = assessment["sequence"]
            reply = self.give(assessment, self.answer_to(assessment["question"], key))
            if reply["sequence"] != number:
                raise JourneyError(f"question {number} was answered, but number {reply['sequence']} was acknowledged")
            if reply["checkpoint"] is not None:
                self._read_checkpoint(assessment["id"], reply["checkpoint"])
            assessment = reply["assessment"]
        if at_most == MOST_QUESTIONS and assessment["question"] is not None:
            raise JourneyError(f"the test {assessment['id']} does not end")
        return assessment

    def _read_checkpoint(self, assessment_id: str, number: int) -> None:
        checkpoint = self.api.get("/v1/assessments/{assessment_id}/checkpoints/{number}", assessment_id=assessment_id, number=str(number))
        if not checkpoint["items"] or any(not row["solution"] for row in checkpoint["items"]):
            raise JourneyError(f"checkpoint {number} shows no solutions")

    def move_to_another_device(self, assessment: Mapping[str, Any]) -> Mapping[str, Any]:
        """Go on elsewhere: the same question is there, and the first device's ticket is refused."""
        before = assessment["question"]
        moved = self.api.post("/v1/assessments/{assessment_id}/device", assessment_id=assessment["id"])
        after = moved["question"]
        same = all(before[name] == after[name] for name in ("number", "challenge_id", "instruction"))
        if not same or moved["answered"] != assessment["answered"]:
            raise JourneyError("another device shows another question, or has lost answers")
        late = {"ticket": before["ticket"], "idempotency_key": str(uuid.uuid4()), "answer": {"skipped": True}}
        refused = self.api.post("/v1/assessments/{assessment_id}/answers", late, assessment_id=assessment["id"], expect=409)
        if refused["code"] != "moved_to_another_device":
            raise JourneyError(f"the first device was refused with {refused['code']}")
        view: Mapping[str, Any] = moved.body
        return view
