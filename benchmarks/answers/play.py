"""One certification test of 48 questions, played answer by answer through whatever carries a request."""

import itertools
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from engine.content import Release
from engine.packing import Question
from functions.answers.wiring import Parts
from jalon.assessment.create_certification_assessment import CreateCertificationAssessment, create_certification_assessment
from jalon.assessment.next_question import ask
from jalon.assessment.presentation import present_question
from jalon.assessment.settle import settle
from jalon.kernel.ids import CertificationId, ReleaseVersion, UserId
from local.journey.answer_key import AnswerKey
from local.paths import CONTENT_RELEASE
from tests.events import http_event

QUESTIONS = 48
LOCALE = "fr-FR"

#: Carries POST ``path`` with a body for a user; gives the answer's body.
Send = Callable[[str, dict[str, Any]], dict[str, Any]]


@cache
def answer_key() -> AnswerKey:
    return AnswerKey.read(CONTENT_RELEASE)


def questions_of(release: Release) -> tuple[Question, ...]:
    """48 questions of the real content, three or so of each competence, in a fixed order: as long to type as pupils' are."""
    by_competence: dict[str, list[int]] = {}
    for challenge in release.challenges:
        if challenge.index in release.playable_challenges(challenge.skill_index, LOCALE):
            by_competence.setdefault(release.skills[challenge.skill_index].competence, []).append(challenge.index)
    rounds = itertools.zip_longest(*(by_competence[code] for code in sorted(by_competence)))
    return tuple(itertools.islice((Question(index, 0) for row in rounds for index in row if index is not None), QUESTIONS))


@dataclass(slots=True)
class Test:
    """A test under way: its assessment, and the question to answer now (None when it is over)."""

    user_id: str
    assessment_id: str
    question: dict[str, Any] | None


def begin(parts: Parts, user_id: str) -> Test:
    """Draw a test for a user and show its first question, as the function of certifications does."""
    release = parts.releases.current()
    command = CreateCertificationAssessment(
        user_id=UserId(user_id),
        certification_id=CertificationId(f"crt_{uuid.uuid4().hex}"),
        release=ReleaseVersion(release.version),
        locale=LOCALE,
        questions=questions_of(release),
        frozen_profile={},
        deadline_at=parts.clock.now() + timedelta(minutes=105),
    )
    state = create_certification_assessment(parts.store, parts.clock, parts.ids, command)
    state, due = settle(parts.store, release, state, parts.clock.now())
    asked = None if due is None else ask(release, state, due, parts.tickets, parts.clock.now())
    return Test(user_id, state.assessment_id, None if asked is None else present_question(release, asked, parts.link))


def answers(test: Test, send: Send) -> Iterator[int]:
    """Answer to the end, yielding each answer's number once it is acknowledged.

    Raises RuntimeError when one is not acknowledged, or when the test is not 48 questions long.
    """
    number = 0
    while test.question is not None:
        number += 1
        body = {
            "ticket": test.question["ticket"],
            "idempotency_key": str(uuid.uuid4()),
            "answer": answer_key().find(test.question).right,
            "focus_lost": False,
        }
        reply = send(f"/v1/assessments/{test.assessment_id}/answers", body)
        if reply.get("sequence") != number:
            raise RuntimeError(f"answer {number} was not acknowledged: {reply}")
        test.question = reply["assessment"]["question"]
        yield number
    if number != QUESTIONS:
        raise RuntimeError(f"the test ended after {number} questions")


def answer_event(user_id: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The event that the gateway makes of one answer."""
    return http_event("POST", path, body, subject=user_id, roles="pupil")
