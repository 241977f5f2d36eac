"""What the pupil's page says of tests that are not a competence's."""

from jalon.assessment.present_profile import present_profile
from jalon.assessment.project_profile import project_profile
from jalon.assessment.read_profile import read_profile
from jalon.assessment.state import Purpose
from tests.assessment.content import CAMPAIGN_PROFILE, DISCOVERY_PROFILE, release
from tests.assessment.desk import PUPIL, Desk


def shown(desk: Desk) -> dict[str, tuple[str, int | None]]:
    profile = read_profile(desk.profiles, desk.releases, PUPIL)
    tests = present_profile(release(), profile, desk.clock.now())["tests"]
    return {test["purpose"]: (test["link"], test["days_before_retrying"]) for test in tests}


def test_a_campaigns_finished_test_counts_the_days_until_it_is_taken_again(desk: Desk) -> None:
    started = desk.start("par_1_1", Purpose.CAMPAIGN, target_profile_id=CAMPAIGN_PROFILE)
    project_profile(desk.profiles, desk.releases, started)
    assert shown(desk) == {"campaign": ("/v1/participations/par_1_1", None)}
    project_profile(desk.profiles, desk.releases, desk.play(started))
    assert shown(desk) == {"campaign": ("/v1/participations/par_1_1", 4)}
    desk.wait(days=5)
    assert shown(desk) == {"campaign": ("/v1/participations/par_1_1", 0)}


def test_a_discovery_test_is_gone_on_with_where_it_is_and_not_taken_again(desk: Desk) -> None:
    state = desk.play(desk.start(DISCOVERY_PROFILE, Purpose.DISCOVERY))
    project_profile(desk.profiles, desk.releases, state)
    assert shown(desk) == {"discovery": (f"/v1/assessments/{state.assessment_id}", None)}
