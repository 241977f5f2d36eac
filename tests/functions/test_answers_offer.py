"""Which tests the answers function begins, in which languages, and what it refuses before anything is written (docs/decisions/0006)."""

from datetime import timedelta

import pytest

from functions.answers.wiring import parts
from jalon.assessment.certification_under_way import refuse_during_certification
from jalon.assessment.end_assessment import end_assessment
from jalon.assessment.state import EndReason
from jalon.kernel.ids import UserId
from tests.assessment.content import CAMPAIGN_PROFILE, DISCOVERY_PROFILE, PLANTED
from tests.cloud import Cloud
from tests.functions.answers_client import Pupil, Reply, code
from tests.functions.answers_cloud import certification, project, stored
from tests.sources import FixedClock

COMPETENCE = {"purpose": "competence", "competence": "1.1"}
DISCOVERY = {"purpose": "discovery", "discovery_test": DISCOVERY_PROFILE}


def pointers(refused: Reply) -> list[str]:
    return [error["pointer"] for error in refused.body["errors"]]


def made_of(cloud: Cloud, pupil: Pupil) -> int:
    """How many things there are in the tables of this pupil's tests."""
    return sum(item["user_id"]["S"] == pupil.user_id for table in ("assessments", "assessments_by_user") for item in cloud.items(table))


@pytest.mark.parametrize("locale", ["zz-ZZ", "en", "fr-CA"])
@pytest.mark.parametrize("body", [COMPETENCE, COMPETENCE | {"improve": True}, DISCOVERY])
def test_a_language_in_which_the_test_is_not_offered_is_refused_with_those_that_are(
    pupil: Pupil, answers: Cloud, body: dict[str, object], locale: str
) -> None:
    refused = pupil.start(**body, locale=locale)
    assert code(refused) == (422, "locale_not_offered")
    assert (refused.body["offered"], pointers(refused)) == (["fr", "fr-FR", "fr-simple"], ["/locale"])
    assert made_of(answers, pupil) == 0
    assert pupil.start(**body).body["status"] == "started"


@pytest.mark.parametrize("locale", ["", "FR", "fr_FR", "fr-", "f", "fr-FR\n", "fr-simple-simple-simple-simple", "é", 3, None])
def test_what_is_no_locale_is_refused_by_its_form(pupil: Pupil, answers: Cloud, locale: object) -> None:
    refused = pupil.start(**COMPETENCE, locale=locale)
    assert (*code(refused), pointers(refused)) == (422, "invalid_input", ["/locale"])
    assert made_of(answers, pupil) == 0


@pytest.mark.parametrize("locale", ["fr-FR", "fr", "fr-simple"])
def test_a_test_is_begun_in_every_language_in_which_it_is_offered(pupil: Pupil, locale: str) -> None:
    begun = pupil.start(**COMPETENCE, locale=locale)
    assert (begun.status, begun.body["locale"], begun.body["question"] is not None) == (200, locale, True)
    assert pupil.start(**COMPETENCE, locale="en").body["id"] == begun.body["id"]
    assert pupil.start(**COMPETENCE).body["locale"] == locale


def test_a_competence_written_in_english_throughout_is_taken_in_english(pupil: Pupil) -> None:
    done = pupil.play(pupil.start(purpose="competence", competence="1.2", locale="en").body)
    rows = pupil.checkpoint(done["id"], 1).body["items"]
    assert (done["locale"], done["status"]) == ("en", "completed")
    assert all(row["challenge_id"].endswith("_en") for row in rows)


def test_the_sample_discovery_test_is_in_simple_french_and_asks_all_its_questions(pupil: Pupil) -> None:
    begun = pupil.send("start_discovery_test")
    assert (begun.status, begun.body["locale"], begun.body["total"]) == (200, "fr-simple", 3)
    assert pupil.play(begun.body)["status"] == "completed"


@pytest.mark.parametrize(
    ("named", "culprits"),
    [
        ({"purpose": "competence"}, ["/competence"]),
        ({"purpose": "competence", "competence": "1.1", "discovery_test": DISCOVERY_PROFILE}, ["/discovery_test"]),
        ({"purpose": "discovery", "competence": "1.1"}, ["/discovery_test", "/competence"]),
    ],
)
def test_a_test_is_named_by_what_its_purpose_asks_for_and_by_nothing_else(pupil: Pupil, named: dict[str, str], culprits: list[str]) -> None:
    refused = pupil.start(**named)
    assert (*code(refused), pointers(refused)) == (422, "invalid_input", culprits)


def test_only_a_discovery_test_is_taken_as_one(pupil: Pupil, answers: Cloud) -> None:
    refused = pupil.start(purpose="discovery", discovery_test=CAMPAIGN_PROFILE)
    assert (*code(refused), pointers(refused)) == (422, "not_a_discovery_test", ["/discovery_test"])
    assert code(pupil.start(purpose="discovery", discovery_test="nothing")) == (404, "target_profile_not_found")
    assert made_of(answers, pupil) == 0


def test_a_competence_of_which_all_is_known_is_refused_and_nothing_is_made(pupil: Pupil, answers: Cloud) -> None:
    pupil.play(pupil.start().body, right=True)
    project(answers)
    _forget_the_attempts(answers, pupil)
    refused = pupil.start()
    assert (*code(refused), refused.body["days_remaining"]) == (409, "nothing_to_ask", None)
    assert made_of(answers, pupil) == 1


def test_a_test_that_was_closed_without_a_question_lets_its_pupil_begin_at_once(pupil: Pupil, answers: Cloud) -> None:
    """As earlier versions left it: begun in a language that the content does not have, and completed."""
    lost = pupil.start().body
    _close_in(answers, lost["id"], "zz-ZZ")
    project(answers)
    cards = {card["code"]: card for card in pupil.profile().body["competences"]}
    assert (cards["1.1"]["state"], cards["1.1"]["assessment_id"]) == ("to_start", None)
    again = pupil.start().body
    assert (again["attempt"], again["status"], again["question"] is not None) == (2, "started", True)
    project(answers)
    assert {card["code"]: card["state"] for card in pupil.profile().body["competences"]}["1.1"] == "in_progress"


def test_a_pupil_who_sits_a_certification_sees_no_solution_of_any_test(pupil: Pupil, answers: Cloud) -> None:
    """Skipping a question elsewhere, then reading the checkpoint, would tell what the certification asks."""
    done = pupil.play(pupil.start().body, right=False)
    assert PLANTED in pupil.checkpoint(done["id"], 1).text
    sat = certification(pupil)
    skipped = pupil.start(**DISCOVERY).body
    while skipped["question"]:
        skipped = pupil.answer(skipped["id"], skipped["question"], {"skipped": True}).body["assessment"]
    pupil.seen.clear()
    for test in (done, skipped):
        assert code(pupil.checkpoint(test["id"], 1)) == (409, "certification_under_way")
    assert code(pupil.checkpoint(sat.assessment_id, 1)) == (403, "checkpoint_forbidden")
    assert not [text for text in pupil.seen if PLANTED in text]
    end_assessment(parts().store, parts().clock, sat.assessment_id, EndReason.INVIGILATOR)
    assert PLANTED in pupil.checkpoint(skipped["id"], 1).text


def test_looking_for_a_certification_costs_one_query_and_a_read_only_where_there_is_one(pupil: Pupil, asked: list[str]) -> None:
    shared = parts()
    done = pupil.play(pupil.start().body)
    asked.clear()
    refuse_during_certification(shared.store, shared.clock, UserId(pupil.user_id))
    assert asked == ["Query"]
    sat = certification(pupil)
    assert sat.deadline_at is not None
    asked.clear()
    assert pupil.checkpoint(done["id"], 1).status == 409
    assert asked == ["GetItem", "Query", "BatchGetItem"]
    later = FixedClock(sat.deadline_at + timedelta(days=366))
    refuse_during_certification(shared.store, later, UserId(pupil.user_id))


def _close_in(cloud: Cloud, assessment_id: str, locale: str) -> None:
    cloud.client("dynamodb").update_item(
        TableName=cloud.environment["TABLE_ASSESSMENTS"],
        Key={"assessment_id": {"S": assessment_id}},
        UpdateExpression="SET #s = :completed, #l = :locale",
        ExpressionAttributeNames={"#s": "status", "#l": "locale"},
        ExpressionAttributeValues={":completed": {"S": "completed"}, ":locale": {"S": locale}},
    )
    assert stored(cloud, assessment_id)["answers"] == {"L": []}


def _forget_the_attempts(cloud: Cloud, pupil: Pupil) -> None:
    """Leave what the pupil knows, and none of the attempts it comes from: as if a campaign had brought it."""
    table, dynamodb = cloud.environment["TABLE_ASSESSMENTS_BY_USER"], cloud.client("dynamodb")
    for item in cloud.items("assessments_by_user"):
        if item["user_id"]["S"] == pupil.user_id:
            dynamodb.delete_item(TableName=table, Key={name: item[name] for name in ("user_id", "attempt_key")})
