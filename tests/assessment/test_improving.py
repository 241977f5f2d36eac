"""When a campaign's test may be taken again: as its campaign allows, four days after its end."""

from typing import Any

import pytest

from engine.content import Release
from jalon.assessment.errors import TooEarlyToImproveError
from jalon.assessment.improving import days_before_another, days_before_retrying, within_reach
from jalon.assessment.note_in_profile import note_in_profile
from jalon.assessment.profile_entries import ParcoursEntry
from jalon.assessment.project_profile import project_profile
from jalon.assessment.read_profile import read_profile
from jalon.assessment.state import AssessmentState, Purpose
from tests.assessment.content import CAMPAIGN_PROFILE, bundles
from tests.assessment.desk import PUPIL, Desk
from tests.assessment.entries import parcours


def begun(desk: Desk) -> AssessmentState:
    state = desk.start(parcours().key, Purpose.CAMPAIGN, target_profile_id=CAMPAIGN_PROFILE)
    project_profile(desk.profiles, desk.releases, state)
    return state


def finished(desk: Desk) -> None:
    """A campaign's test to its end, with something left to improve."""
    project_profile(desk.profiles, desk.releases, desk.play(begun(desk), right=False))


def days(desk: Desk, *entries: ParcoursEntry) -> int | None:
    """The days as they are once these entries are noted."""
    note_in_profile(desk.profiles, desk.releases, PUPIL, *entries)
    return days_before_retrying(read_profile(desk.profiles, desk.releases, PUPIL), parcours().key, desk.clock.now())


def test_the_highest_level_that_pupils_can_reach_is_within_reach_and_the_next_one_is_not() -> None:
    content = Release.from_bundles(*bundles(max_level=2))
    levels = {content.skills[index].level for index in within_reach(content, range(len(content.skills)))}
    assert (levels, max(skill.level for skill in content.skills)) == ({1, 2}, 3)


def test_a_campaigns_finished_test_counts_the_days_until_it_is_taken_again(desk: Desk) -> None:
    started = begun(desk)
    allowing = parcours(revision=2, status="TO_SHARE", may_retry=True)
    assert days(desk, allowing) is None
    project_profile(desk.profiles, desk.releases, desk.play(started, right=False))
    assert days(desk) == 4
    desk.wait(days=5)
    assert days(desk) == 0


@pytest.mark.parametrize(
    "changes",
    [{"status": "SHARED", "may_retry": False}, {"status": "TO_SHARE", "may_retry": True, "archived": True}],
    ids=["sent", "archived"],
)
def test_what_the_campaign_does_not_allow_is_not_promised(desk: Desk, changes: dict[str, Any]) -> None:
    finished(desk)
    assert days(desk, parcours(revision=3, may_send=True, **changes)) is None
    desk.wait(days=5)
    assert days(desk) is None


def test_a_retry_is_not_promised_before_the_participation_is_noted(desk: Desk) -> None:
    finished(desk)
    assert days(desk) is None


def taken_again(desk: Desk) -> int | None:
    """The days on the card of the discovery test, as it is projected."""
    return days_before_another(read_profile(desk.profiles, desk.releases, PUPIL).cards["discovery#discovery"], desk.clock.now())


def test_a_discovery_test_is_taken_again_four_days_after_its_end_when_its_card_says_so(desk: Desk) -> None:
    test = desk.start("discovery", Purpose.DISCOVERY)
    project_profile(desk.profiles, desk.releases, test)
    assert taken_again(desk) is None
    project_profile(desk.profiles, desk.releases, desk.play(test))
    for left in (4, 3, 2, 1):
        with pytest.raises(TooEarlyToImproveError) as refused:
            desk.start("discovery", Purpose.DISCOVERY, improve=True)
        assert (taken_again(desk), refused.value.facts) == (left, {"days_remaining": left})
        desk.wait(days=1)
    assert taken_again(desk) == 0
    assert desk.start("discovery", Purpose.DISCOVERY, improve=True).attempt == 2


def test_a_discovery_test_that_asked_nothing_may_be_begun_at_once(desk: Desk) -> None:
    test = desk.start("discovery", Purpose.DISCOVERY)
    desk.store.complete(test.assessment_id, sequence=1, at=desk.clock.now())
    project_profile(desk.profiles, desk.releases, desk.state(test.assessment_id))
    assert taken_again(desk) == 0
    assert desk.start("discovery", Purpose.DISCOVERY).attempt == 2
