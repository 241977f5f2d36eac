"""In which language a campaign's test is taken: offered whole or refused, with nothing written (docs/decisions/0006)."""

from typing import Any

import pytest

from jalon.assessment.assessment_store import DynamoAssessments
from jalon.assessment.state import AssessmentState
from jalon.kernel.ids import AssessmentId
from tests.functions.campaign_scene import Scene, aged

TABLES = ("participations", "assessments", "assessments_by_user")
IN_ENGLISH = [{"id": "tube12a", "max_level": 3}, {"id": "tube12b", "max_level": 3}]


def participate(scene: Scene, campaign: Any, **body: Any) -> tuple[int, Any]:
    return scene.school.as_pupil(scene.zoe, "POST", "/v1/participations", {"code": campaign["code"], **body})


def taken(participation: Any) -> AssessmentState:
    state = DynamoAssessments().get(AssessmentId(participation["assessment_id"]))
    assert state is not None
    return state


def made_of(scene: Scene) -> int:
    return sum(item["user_id"]["S"] == scene.zoe for table in TABLES for item in scene.school.cloud.items(table))


def in_english(scene: Scene) -> Any:
    """A campaign on topics that are written in English throughout."""
    status, made = scene.school.as_admin("POST", "/target-profiles", {"name": "Club anglais", "topics": IN_ENGLISH})
    assert status == 201, made
    return scene.school.create_campaign(target_profile_id=made["id"])


@pytest.mark.parametrize("locale", ["en", "zz-ZZ", "fr-CA"])
def test_a_language_in_which_the_campaign_is_not_offered_is_refused_and_nothing_is_written(scene: Scene, locale: str) -> None:
    campaign = scene.school.create_campaign()
    status, refused = participate(scene, campaign, locale=locale)
    assert (status, refused["code"], refused["offered"]) == (422, "locale_not_offered", ["fr", "fr-FR", "fr-simple"])
    assert [error["pointer"] for error in refused["errors"]] == ["/locale"]
    assert made_of(scene) == 0
    assert taken(scene.participate(campaign)).locale == "fr-FR"


@pytest.mark.parametrize("locale", ["", "FR", 3, None])
def test_what_is_no_locale_is_refused_by_its_form(scene: Scene, locale: object) -> None:
    status, refused = participate(scene, scene.school.create_campaign(), locale=locale)
    assert (status, [error["pointer"] for error in refused["errors"]]) == (422, ["/locale"])
    assert made_of(scene) == 0


def test_a_campaign_is_taken_in_the_language_that_is_asked_for_and_goes_on_in_it(scene: Scene) -> None:
    campaign = scene.school.create_campaign()
    status, own = participate(scene, campaign, locale="fr-simple")
    assert (status, taken(own).locale) == (200, "fr-simple")
    for locale in ("fr-FR", "en", "zz-ZZ"):
        assert participate(scene, campaign, locale=locale) == (200, own)
    assert participate(scene, in_english(scene), locale="en")[0] == 200


def test_a_campaign_taken_again_is_taken_in_the_same_language(scene: Scene) -> None:
    _, own = participate(scene, scene.school.create_campaign(), locale="fr-simple")
    scene.answer(own, wrong=True)
    aged(own["assessment_id"], days=5)
    status, again = scene.retry(own)
    assert (status, again["assessment_id"] != own["assessment_id"]) == (200, True), again
    assert taken(again).locale == "fr-simple"


def test_a_start_cut_off_before_its_test_may_ask_for_another_language(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    from jalon.edge.tables import StoreUnavailableError

    campaign = scene.school.create_campaign()

    def cut_off(*_: object) -> None:
        raise StoreUnavailableError("The service is busy; send the same request again.")

    with monkeypatch.context() as broken:
        broken.setattr(DynamoAssessments, "claim_attempt", cut_off)
        assert participate(scene, campaign)[0] == 503
    status, refused = participate(scene, campaign, locale="en")
    assert (status, refused["code"]) == (422, "locale_not_offered")
    assert taken(participate(scene, campaign, locale="fr-simple")[1]).locale == "fr-simple"


def test_a_collection_has_no_test_and_asks_no_language(scene: Scene) -> None:
    status, own = participate(scene, scene.school.create_campaign("profile_collection"), locale="en")
    assert (status, own["status"], own["assessment_id"]) == (200, "TO_SHARE", None)


def test_whoever_knows_all_that_a_campaign_asks_sends_it_without_a_question(scene: Scene) -> None:
    """Nothing is left to ask, but the teacher waits for results: the one test that is made without a question."""
    scene.answer(scene.participate(scene.school.create_campaign()))
    again = scene.participate(scene.school.create_campaign())
    assert (scene.answer(again), taken(again).answers) == (0, ())
    status, sent = scene.share(again)
    assert (status, sent["status"], sent["results"]["overall"]["mastery_percent"]) == (200, "SHARED", 100)


def test_a_target_profile_says_in_which_languages_it_is_offered(scene: Scene) -> None:
    campaign = in_english(scene)
    status, made = scene.school.as_admin("GET", f"/target-profiles/{campaign['target_profile_id']}")
    assert (status, made["kind"], made["locales"]) == (200, "parcours", ["en", "fr", "fr-FR", "fr-simple"])
