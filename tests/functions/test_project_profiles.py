"""The stream's worker: each image is merged, a bad one goes back without being skipped, and everything can be rebuilt."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from functions.project_profiles import app, rebuild, wiring
from jalon.assessment.tables import ProfileItem
from jalon.kernel.ids import UserId
from tests.cloud import Cloud
from tests.functions.answers_client import Pupil
from tests.functions.answers_cloud import project

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
    bad["dynamodb"]["NewImage"]["release"] = {"S": "no-such-release"}
    next_one["dynamodb"]["SequenceNumber"] = "100000000003"
    event["Records"] = [good, bad, next_one]
    assert app.handler(event, None) == {"batchItemFailures": [{"itemIdentifier": "100000000002"}]}


def test_the_command_rebuilds_one_users_profile_or_everybodys(answers: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    pupils = [Pupil(f"usr_{number:032x}") for number in range(1, 4)]
    for pupil in pupils:
        pupil.play(pupil.start().body)
        pupil.play(pupil.start(purpose="competence", competence="1.2").body)
    assert wiring.parts().profiles.get(UserId(pupils[0].user_id)) is None
    capsys.readouterr()
    assert rebuild.main(["--user", pupils[0].user_id]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"profiles": 1, "unknown": []}
    rebuilt = wiring.parts().profiles.get(UserId(pupils[0].user_id))
    assert rebuilt is not None
    assert rebuild.main(["--all"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"profiles": 3, "unknown": []}
    profiles = wiring.parts().profiles.get_many([UserId(pupil.user_id) for pupil in pupils])
    assert {profile.pix for profile in profiles.values()} == {rebuilt.pix}
    project(answers)
    after = wiring.parts().profiles.get(UserId(pupils[0].user_id))
    assert after is not None
    assert (after.knowledge, after.pix, after.cards) == (rebuilt.knowledge, rebuilt.pix, rebuilt.cards)


def test_the_command_wants_to_know_whose_profile(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        rebuild.main([])
