"""What happens to campaigns when the school itself changes; and what the logs keep of it all."""

import pytest

from local.siecle_sample import siecle_sample
from tests.cloud import Cloud
from tests.functions.campaign_scene import Scene
from tests.functions.school import UAI, School


@pytest.fixture
def scene(cloud: Cloud) -> Scene:
    """A school of its own for each test, because its list changes."""
    return Scene(School(cloud).with_content())


def test_who_left_the_list_takes_no_further_part(scene: Scene) -> None:
    campaign = scene.school.create_campaign()
    left = scene.school.pupil_of(scene.zoe)
    following_year = siecle_sample(UAI, seed=2).xml.replace(left.ine.encode(), b"0000000000Z")
    assert scene.school.import_list(following_year)["status"] == "IMPORTED"
    status, refused = scene.school.as_pupil(scene.zoe, "POST", "/v1/participations", {"code": campaign["code"]})
    assert (status, refused["code"]) == (403, "no_longer_listed")


def test_logs_name_nobody(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    campaign = scene.school.create_campaign()
    participation = scene.participate(campaign)
    scene.answer(participation)
    scene.share(participation)
    scene.school.as_admin("POST", "/pupil-credentials", {"class": "4A"})
    printed = capsys.readouterr()
    pupil = scene.school.pupil_of(scene.zoe)
    for secret in (pupil.last_name, pupil.first_name, pupil.ine, campaign["code"]):
        assert secret not in printed.out + printed.err
