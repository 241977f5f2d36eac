"""A person's own data show every answer as it was sent, to whatever the published content asks and however it asks it."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from engine.challenge import Challenge
from engine.packing import Question
from jalon.assessment.create_certification_assessment import CreateCertificationAssessment, create_certification_assessment
from jalon.assessment.export_assessments import assessments_document
from jalon.assessment.state import AssessmentState
from jalon.kernel.ids import CertificationId, ReleaseVersion
from tests.assessment.content import release
from tests.assessment.desk import PUPIL, Desk
from tests.assessment.fakes import FakeReleases
from tests.assessment.published import WAYS, asked_by, plausible_answer, published_release

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "personal-data.schema.json").read_text())
CERTIFICATION = CertificationId("crt_" + "a" * 32)


def sit(desk: Desk, challenges: list[Challenge]) -> AssessmentState:
    """A test of the last variant of each of these challenges of the published content."""
    command = CreateCertificationAssessment(
        user_id=PUPIL,
        certification_id=CERTIFICATION,
        release=ReleaseVersion(published_release().version),
        locale="fr-FR",
        questions=tuple(Question(challenge.index, len(challenge.variants) - 1) for challenge in challenges),
        frozen_profile={},
        deadline_at=desk.clock.now(),
    )
    return create_certification_assessment(desk.store, desk.clock, desk.ids, command)


def exported(desk: Desk, state: AssessmentState) -> list[dict[str, Any]]:
    """The answers in the document, which follows its schema."""
    [test] = assessments_document([desk.state(state.assessment_id)], desk.releases, {CERTIFICATION})
    jsonschema.validate([test], SCHEMA["properties"]["assessments"] | {"$defs": SCHEMA["$defs"]})
    answers: list[dict[str, Any]] = test["answers"]
    return answers


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The published content is pinned by tests that began with it, and another release has taken its place."""
    desk.releases = FakeReleases(published_release(), release())
    return desk


@pytest.mark.parametrize("way", WAYS)
def test_each_answer_is_told_as_it_was_sent_with_the_question_it_answers(desk: Desk, way: str) -> None:
    challenges = asked_by(way)
    assert challenges
    state, sent = sit(desk, challenges), []
    for challenge in challenges:
        asked = desk.question(state.assessment_id)
        assert asked.challenge.id == challenge.id
        sent.append((challenge.id, asked.variant_index, plausible_answer(challenge, asked.variant)))
        desk.give(state.assessment_id, asked, sent[-1][2], seconds=0)
    assert [(answer["challenge"], answer["variant"], answer["given"]) for answer in exported(desk, state)] == sent


def test_a_question_that_was_passed_and_a_field_that_was_left_out_are_told_as_they_were(desk: Desk) -> None:
    challenges = asked_by("QROCM-dep")[:2]
    state = sit(desk, challenges)
    sent = [{"skipped": True}, {"fields": {challenges[1].variants[-1].fields[0].id: "Été"}}]
    for answer in sent:
        desk.give(state.assessment_id, desk.question(state.assessment_id), answer, seconds=0)
    assert [answer["given"] for answer in exported(desk, state)] == sent
