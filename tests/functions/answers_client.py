"""A pupil's client of the answers function: the sample events of ``events/answers``, with what a test changes in them."""

import itertools
import json
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from functions.answers.app import handler
from tests.assessment.content import right_answer, wrong_answer

EVENTS = Path(__file__).parents[2] / "events" / "answers"
_keys = itertools.count()


@cache
def _sample(name: str) -> dict[str, Any]:
    return json.loads((EVENTS / f"{name}.json").read_text())


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: Any
    text: str


@dataclass
class Pupil:
    """One signed-in person on one device; ``seen`` keeps every response's text."""

    user_id: str = "usr_" + "1" * 32
    roles: str = "pupil"
    seen: list[str] = field(default_factory=list)

    def send(self, name: str, path: str | None = None, body: Any = None, headers: dict[str, str] | None = None) -> Reply:
        """Send the sample event ``name`` with another path, body (JSON) or headers."""
        event = deepcopy(_sample(name))
        if path is not None:
            event["rawPath"] = event["requestContext"]["http"]["path"] = path
            event["pathParameters"] = {}
        if body is not None:
            event["body"] = body if isinstance(body, str) else json.dumps(body)
        event["headers"] |= headers or {}
        event["requestContext"]["authorizer"]["jwt"]["claims"] |= {"sub": self.user_id, "roles": self.roles}
        answer = handler(event, None)
        text = answer.get("body") or ""
        self.seen.append(text)
        lowered = {key.lower(): value for key, value in answer["headers"].items()}
        return Reply(answer["statusCode"], lowered, json.loads(text) if text else None, text)

    def start(self, **body: Any) -> Reply:
        return self.send("start_assessment", body=body or {"purpose": "competence", "competence": "1.1"})

    def read(self, assessment_id: str, ticket: str | None = None) -> Reply:
        return self.send("read_assessment", f"/v1/assessments/{assessment_id}", headers={"jalon-ticket": ticket} if ticket else None)

    def take_over(self, assessment_id: str) -> Reply:
        return self.send("take_over_device", f"/v1/assessments/{assessment_id}/device")

    def answer(
        self, assessment_id: str, question: dict[str, Any], answer: dict[str, Any] | None = None, *, key: str | None = None, **more: Any
    ) -> Reply:
        """Answer a question, rightly unless told otherwise."""
        given = right_to(question) if answer is None else answer
        body = {"ticket": question["ticket"], "idempotency_key": key or f"key-{next(_keys)}", "answer": given, **more}
        return self.send("give_answer", f"/v1/assessments/{assessment_id}/answers", body)

    def lose_focus(self, assessment_id: str, question: dict[str, Any]) -> Reply:
        return self.send("lose_focus", f"/v1/assessments/{assessment_id}/focus-losses", {"ticket": question["ticket"]})

    def checkpoint(self, assessment_id: str, number: int | str) -> Reply:
        return self.send("read_checkpoint", f"/v1/assessments/{assessment_id}/checkpoints/{number}")

    def profile(self, etag: str | None = None) -> Reply:
        return self.send("read_profile", headers={"if-none-match": etag} if etag else None)

    def reset(self, code: str) -> Reply:
        return self.send("reset_competence", f"/v1/me/profile/competences/{code}/reset")

    def tutorials(self) -> Reply:
        return self.send("list_tutorials")

    def save_tutorial(self, tutorial_id: str) -> Reply:
        return self.send("save_tutorial", body={"tutorial_id": tutorial_id})

    def give_up_tutorial(self, tutorial_id: str) -> Reply:
        return self.send("give_up_tutorial", f"/v1/me/tutorials/{tutorial_id}")

    def play(self, assessment: dict[str, Any], *, right: bool = True, at_most: int = 100) -> dict[str, Any]:
        """Answer to the end, each next question coming with the response before it; the assessment as last shown."""
        for _ in range(at_most):
            question = assessment["question"]
            if question is None:
                break
            reply = self.answer(assessment["id"], question, None if right else wrong_answer(question["type"]))
            assert reply.status == 200, reply.text
            assessment = reply.body["assessment"]
        return assessment


def right_to(question: dict[str, Any]) -> dict[str, Any]:
    return right_answer(question["challenge_id"], question["instruction"], question["type"])


def code(reply: Reply) -> tuple[int, str]:
    """Status and stable code of a refusal, which is a problem document."""
    assert reply.headers["content-type"] == "application/problem+json"
    return reply.status, reply.body["code"]
