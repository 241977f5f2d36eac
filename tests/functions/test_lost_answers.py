"""One answer of the tables is lost, and whoever asked is told what was done and not of a conflict with themselves."""

from collections.abc import Iterator

import pytest

from tests.dynamodb_answers import losing
from tests.functions.campaign_scene import Scene
from tests.functions.certification_cloud import Candidate, CertificationCloud, certification_cloud


@pytest.fixture(scope="module")
def world(emulator: str) -> Iterator[CertificationCloud]:
    with certification_cloud(emulator) as built:
        yield built


@pytest.fixture
def sitting(world: CertificationCloud) -> Candidate:
    """A candidate whose test has begun."""
    (candidate,) = world.seat(world.session(), ("Lefèvre", "Zoé"))
    assert candidate.start().status == 200
    return candidate


@pytest.mark.parametrize("kind", ["profile_collection", "assessment"])
def test_results_are_sent_once_and_the_pupil_is_told_so(scene: Scene, kind: str) -> None:
    campaign = scene.school.create_campaign(kind)
    participation = scene.participate(campaign)
    if kind == "assessment":
        scene.answer(participation)
    with losing("UpdateItem", "sendings") as lost:
        status, body = scene.share(participation)
    assert (lost, status, body["status"]) == (["UpdateItem"], 200, "SHARED")
    assert [line["status"] for line in scene.participants(campaign)] == ["SHARED"]


def test_the_invigilators_leave_is_spent_on_the_device_that_asked(world: CertificationCloud, sitting: Candidate) -> None:
    world.authorise(sitting)
    with losing("PutItem", "device-B") as lost:
        resumed = sitting.resume("device-B")
    assert (lost, resumed.status, resumed.body["test"]["epoch"]) == (["PutItem"], 200, 2)
    assert sitting.resume("device-C").status == 403


def test_what_the_invigilator_does_is_done_once_and_shown(world: CertificationCloud, sitting: Candidate) -> None:
    before = world.live({"number": sitting.number})[sitting.candidate_id]
    with losing("PutItem", "resume_authorised_at") as lost:
        assert world.authorise(sitting).status == 200
    with losing("PutItem", "extension_min") as lost_too:
        extended = world.room("extend_time", sitting.number, candidate_id=sitting.candidate_id, body={"total_min": 15})
    assert (lost, lost_too, extended.status) == (["PutItem"], ["PutItem"], 200)
    after = world.live({"number": sitting.number})[sitting.candidate_id]
    assert (after["progress"], after["extension_min"]) == ("resume_authorised", 15)
    assert after["minutes_left"] in {before["minutes_left"] + 14, before["minutes_left"] + 15}
    with losing("PutItem", "ended_at") as lost:
        ended = world.room("end_test", sitting.number, candidate_id=sitting.candidate_id)
    assert (lost, ended.status) == (["PutItem"], 200)
    assert world.live({"number": sitting.number})[sitting.candidate_id]["progress"] == "ended"


def test_a_candidate_is_taken_off_the_list_once(world: CertificationCloud) -> None:
    (candidate,) = world.enrol(world.session(), ("Rossi", "Éric"))
    with losing("DeleteItem", candidate.candidate_id) as lost:
        removed = world.centre("remove_candidate", number=candidate.number, candidate_id=candidate.candidate_id)
    assert (lost, removed.status) == (["DeleteItem"], 204)
