"""What a pupil sends counts every answer they gave, though no stream has run: it may be sent for good."""

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from functions.campaigns.wiring import parts
from jalon.assessment.assessment_store import DynamoAssessments
from jalon.assessment.profile_store import DynamoProfiles
from jalon.assessment.project_profile import project_profile
from jalon.assessment.start_assessment import StartAssessment, start_assessment
from jalon.assessment.state import AssessmentState, Purpose
from jalon.kernel.ids import AssessmentId, UserId
from tests.assessment import content
from tests.assessment.fakes import FakeReleases
from tests.functions.campaign_scene import Scene


def play(scene: Scene, competence: str) -> AssessmentState:
    """Zoé's test of a competence, answered rightly to its end and not projected."""
    shared = parts().taking_part
    command = StartAssessment(UserId(scene.zoe), Purpose.COMPETENCE, competence)
    state = start_assessment(
        store=shared.assessments, profiles=shared.profiles, releases=shared.releases, clock=shared.clock, ids=shared.ids, command=command
    )
    scene.answer({"assessment_id": state.assessment_id})
    ended = DynamoAssessments().get(state.assessment_id)
    assert ended is not None
    return ended


def test_a_profile_sent_for_good_right_after_the_last_answer_counts_it(scene: Scene) -> None:
    campaign = scene.school.create_campaign("profile_collection", multiple_sendings=False)
    participation = scene.participate(campaign)
    tests = [play(scene, code) for code in ("1.1", "1.2", "2.1", "3.1", "4.1")]
    assert DynamoProfiles().get(UserId(scene.zoe)) is None
    status, shared = scene.share(participation)
    assert status == 200
    for test in tests:
        projected = project_profile(DynamoProfiles(), FakeReleases(content.release()), test)
    levels = {code: {"pix": score.pix, "level": score.level} for code, score in projected.competences.items()}
    results = shared["results"]
    assert results["pix"] == projected.pix > 0
    assert {code: score for code, score in results["competences"].items() if score["pix"]} == levels
    assert (results["certifiable"], results["certifiable_competences"]) == (True, 5)
    assert scene.participants(campaign)[0]["results"] == results
    assert scene.share(participation)[1]["code"] == "results_already_sent"


def test_answers_of_a_test_under_way_are_sent_with_the_profile(scene: Scene) -> None:
    campaign = scene.school.create_campaign()
    scene.answer(scene.participate(campaign))
    status, sent = scene.share(scene.participate(scene.school.create_campaign("profile_collection")))
    assert status == 200
    assert {code for code, score in sent["results"]["competences"].items() if score["pix"]} == {"1.1", "1.2"}


def test_a_campaigns_test_starts_from_what_was_answered_just_before_and_is_sent_with_it(scene: Scene) -> None:
    play(scene, "1.1")
    participation = scene.participate(scene.school.create_campaign())
    scene.answer(participation, wrong=True)
    asked = DynamoAssessments().get(AssessmentId(participation["assessment_id"]))
    assert asked is not None
    assert {content.release().challenge_skill(answered.challenge_index).competence for answered in asked.answers} == {"1.2"}
    status, shared = scene.share(participation)
    assert status == 200
    assert shared["results"]["competences"]["1.1"] == {"total": 3, "assessed": 3, "validated": 3, "mastery_percent": 100}
    assert shared["results"]["competences"]["1.2"]["validated"] == 0


@pytest.mark.parametrize("operation", ["Query", "BatchGetItem"])
def test_nothing_is_sent_when_what_was_answered_is_out_of_reach(scene: Scene, operation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never a profile that lacks answers: 503, and the same request sends the whole one."""
    participation = scene.participate(scene.school.create_campaign("profile_collection", multiple_sendings=False))
    play(scene, "1.1")
    send, assessments = BaseClient._make_api_call, ("assessments", "assessments_by_user")
    tables = {scene.school.cloud.environment[f"TABLE_{name.upper()}"] for name in assessments}

    def refused(self: BaseClient, name: str, arguments: dict[str, object]) -> object:
        asked = {arguments.get("TableName"), *(arguments.get("RequestItems") or ())}
        if name == operation and asked & tables:
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "busy"}}, name)
        return send(self, name, arguments)

    with monkeypatch.context() as broken:
        broken.setattr(BaseClient, "_make_api_call", refused)
        status, refusal = scene.share(participation, key="send")
        assert (status, refusal["code"]) == (503, "store_unavailable")
    status, shared = scene.share(participation, key="send")
    assert (status, shared["sendings"]) == (200, 1)
    assert shared["results"]["pix"] > 0
