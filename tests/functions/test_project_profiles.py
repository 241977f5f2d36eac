"""The stream's worker: each image is merged, a bad one goes back without being skipped, and everything can be rebuilt."""

import json
from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from functions.project_profiles import app, wiring
from jalon.assessment.tables import ProfileItem
from jalon.kernel.ids import UserId
from tests.cloud import Cloud
from tests.functions.answers_client import Pupil
from tests.functions.answers_cloud import certification, change_of, first_ticket, reopen, stored

SAMPLE = json.loads((Path(__file__).parents[2] / "events" / "project_profiles" / "assessment_changed.json").read_text())
SAMPLE_USER = UserId("usr_" + "1" * 32)


@pytest.fixture
def event(answers: Cloud) -> dict[str, Any]:
    """The sample event, for a user who has no profile yet."""
    wiring.parts()
    ProfileItem(SAMPLE_USER).delete()
    return deepcopy(SAMPLE)


def test_an_image_becomes_a_profile_once_however_often_it_comes(event: dict[str, Any]) -> None:
    assert app.handler(event, None) == {"batchItemFailures": []}
    profile = wiring.parts().profiles.get(SAMPLE_USER)
    assert profile is not None
    assert (profile.version, profile.cards["competence#1.1"].answered) == (1, 2)
    assert profile.pix == sum(score.pix for score in profile.competences.values()) > 0
    assert app.handler(event, None) == {"batchItemFailures": []}
    assert wiring.parts().profiles.get(SAMPLE_USER) == profile


def test_a_removed_assessment_changes_no_profile(event: dict[str, Any]) -> None:
    record = event["Records"][0]
    record["eventName"] = "REMOVE"
    del record["dynamodb"]["NewImage"]
    assert app.handler(event, None) == {"batchItemFailures": []}
    assert wiring.parts().profiles.get(SAMPLE_USER) is None


def test_from_the_first_record_that_fails_the_batch_comes_again(event: dict[str, Any]) -> None:
    good, bad, next_one = event["Records"][0], deepcopy(event["Records"][0]), deepcopy(event["Records"][0])
    bad["dynamodb"]["SequenceNumber"] = "100000000002"
    bad["dynamodb"]["NewImage"] |= {"release": {"S": "no-such-release"}, "assessment_id": {"S": "asm_" + "9" * 32}}
    next_one["dynamodb"]["SequenceNumber"] = "100000000003"
    event["Records"] = [good, bad, next_one]
    assert app.handler(event, None) == {"batchItemFailures": [{"itemIdentifier": "100000000002"}]}


@pytest.fixture
def asked(answers: Cloud, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the table of profiles was asked for what."""
    counted: Counter[str] = Counter()
    send = BaseClient._make_api_call

    def watched(self: Any, operation: str, arguments: Any) -> Any:
        counted[operation] += arguments.get("TableName") == answers.environment["TABLE_PROFILES"]
        return send(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", watched)
    return counted


def test_a_certification_reads_and_writes_its_pupils_profile_at_its_beginning_and_at_its_end_only(
    answers: Cloud, asked: Counter[str]
) -> None:
    pupil = Pupil(f"usr_{71:032x}")
    test = certification(pupil, questions=6)
    changes = [change_of(answers, test.assessment_id)]
    document: dict[str, Any] = {"id": test.assessment_id, "question": first_ticket(test)}
    while document["question"]:
        document = pupil.play(document, at_most=1)
        changes.append(change_of(answers, test.assessment_id))
    asked.clear()
    shown = []
    for change in changes:
        assert app.handler({"Records": [change]}, None) == {"batchItemFailures": []}
        shown.append(pupil.profile().body["tests"][0])
    asked["GetItem"] -= len(shown)
    assert [(test["status"], test["answered"]) for test in shown] == [("started", None)] * 6 + [("completed", 6)]
    assert {operation: count for operation, count in asked.items() if count} == {"GetItem": 2, "PutItem": 2}
    profile = wiring.parts().profiles.get(UserId(pupil.user_id))
    assert profile is not None
    assert [(card.status, card.answered) for card in profile.cards.values()] == [("completed", 6)]


def test_the_last_image_of_a_certification_closes_it_though_its_response_was_lost(answers: Cloud) -> None:
    pupil = Pupil(f"usr_{72:032x}")
    test = certification(pupil, questions=1)
    pupil.play({"id": test.assessment_id, "question": first_ticket(test)})
    change = change_of(answers, test.assessment_id)
    change["dynamodb"]["NewImage"]["status"] = {"S": "started"}
    reopen(answers, test.assessment_id)
    assert app.handler({"Records": [change]}, None) == {"batchItemFailures": []}
    assert stored(answers, test.assessment_id)["status"]["S"] == "completed"


def test_the_records_of_one_user_in_a_batch_are_one_read_and_one_write(answers: Cloud, asked: Counter[str]) -> None:
    pupils = [Pupil(f"usr_{number:032x}") for number in (73, 74)]
    changes = []
    for pupil in pupils:
        for competence in ("1.1", "1.2"):
            test = pupil.start(purpose="competence", competence=competence).body
            changes.append(change_of(answers, test["id"]))
            pupil.play(test, at_most=1)
            changes.append(change_of(answers, test["id"]))
    asked.clear()
    assert app.handler({"Records": changes[::2] + changes[1::2]}, None) == {"batchItemFailures": []}
    assert {operation: count for operation, count in asked.items() if count} == {"GetItem": 2, "PutItem": 2}
    for pupil in pupils:
        profile = wiring.parts().profiles.get(UserId(pupil.user_id))
        assert profile is not None
        assert (profile.version, {key: card.answered for key, card in profile.cards.items()}) == (
            1,
            {"competence#1.1": 1, "competence#1.2": 1},
        )


def test_an_image_that_a_later_one_in_the_batch_holds_is_not_merged_for_itself(event: dict[str, Any], asked: Counter[str]) -> None:
    event["Records"] = [deepcopy(event["Records"][0]) for _ in range(3)]
    for number, record in enumerate(event["Records"]):
        record["dynamodb"]["NewImage"]["answers"]["L"] = record["dynamodb"]["NewImage"]["answers"]["L"][:number]
    asked.clear()
    assert app.handler(event, None) == {"batchItemFailures": []}
    profile = wiring.parts().profiles.get(SAMPLE_USER)
    assert profile is not None
    assert (profile.cards["competence#1.1"].answered, asked["PutItem"]) == (2, 1)


def test_of_one_users_records_only_those_from_the_bad_one_on_come_again(answers: Cloud) -> None:
    pupil = Pupil(f"usr_{75:032x}")
    test = pupil.start(purpose="competence", competence="1.1").body
    pupil.play(test, at_most=1)
    good = change_of(answers, test["id"])
    bad = deepcopy(good)
    bad["dynamodb"] |= {"SequenceNumber": "9"}
    bad["dynamodb"]["NewImage"] |= {"release": {"S": "no-such-release"}, "assessment_id": {"S": "asm_" + "9" * 32}}
    assert app.handler({"Records": [good, bad, good]}, None) == {"batchItemFailures": [{"itemIdentifier": "9"}]}
    profile = wiring.parts().profiles.get(UserId(pupil.user_id))
    assert profile is not None
    assert profile.cards["competence#1.1"].answered == 1
