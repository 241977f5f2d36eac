"""What the pupil's page says of each competence: what can be begun, gone on with, improved, reset, and when."""

import pytest

from jalon.assessment.competence_card import CompetenceCard, Progress, competence_card
from jalon.assessment.errors import NothingToAskError, NothingToImproveError, TooEarlyToImproveError
from jalon.assessment.project_profile import project_profile
from jalon.assessment.read_profile import read_profile
from jalon.assessment.reset_competence import reset_competence
from jalon.assessment.state import Purpose, Slot
from tests.assessment.content import release
from tests.assessment.desk import PUPIL, Desk


def whole_card(desk: Desk, code: str = "1.1") -> CompetenceCard:
    return competence_card(release(), read_profile(desk.profiles, desk.releases, PUPIL), code, desk.clock.now())


def card(desk: Desk, code: str = "1.1") -> tuple[str, int | None]:
    found = whole_card(desk, code)
    return found.progress, found.days_before_improving


def test_a_competence_goes_from_start_to_done_and_is_reset_after_seven_days(desk: Desk) -> None:
    assert whole_card(desk) == CompetenceCard(Progress.TO_START, None, None, None)
    started = desk.start()
    project_profile(desk.profiles, desk.releases, started)
    assert whole_card(desk) == CompetenceCard(Progress.IN_PROGRESS, started.assessment_id, None, None)
    project_profile(desk.profiles, desk.releases, desk.play(started, right=False))
    assert whole_card(desk) == CompetenceCard(Progress.DONE, started.assessment_id, 4, 7)
    desk.wait(days=4, hours=1)
    assert whole_card(desk) == CompetenceCard(Progress.TO_IMPROVE, started.assessment_id, 0, 3)


def test_a_competence_whose_every_skill_is_validated_is_done_and_is_not_improved(desk: Desk) -> None:
    project_profile(desk.profiles, desk.releases, desk.play(desk.start()))
    assert card(desk) == ("done", None)
    desk.wait(days=5)
    with pytest.raises(NothingToImproveError):
        desk.start(improve=True)
    latest = desk.store.latest_attempt(Slot(PUPIL, Purpose.COMPETENCE, "1.1"))
    assert (latest and latest.number, len(list(desk.store.of_user(PUPIL)))) == (1, 1)
    assert card(desk) == ("done", None)


def test_a_competence_with_something_left_is_improved_after_four_days(desk: Desk) -> None:
    project_profile(desk.profiles, desk.releases, desk.play(desk.start(), right=False))
    assert card(desk) == ("done", 4)
    desk.wait(days=5)
    assert card(desk) == ("to_improve", 0)
    again = desk.start(improve=True)
    project_profile(desk.profiles, desk.releases, again)
    assert (again.attempt, card(desk)) == (2, ("in_progress", None))


def test_a_test_finished_today_is_not_improved_today_though_what_is_left_was_failed_long_ago(desk: Desk) -> None:
    project_profile(desk.profiles, desk.releases, desk.play(desk.start("par_1_1", Purpose.CAMPAIGN, ceilings={"tube11b": 3}), right=False))
    desk.wait(days=5)
    project_profile(desk.profiles, desk.releases, desk.play(desk.start()))
    assert card(desk) == ("done", 4)
    with pytest.raises(TooEarlyToImproveError):
        desk.start(improve=True)


def test_what_another_test_failed_yesterday_is_not_asked_again_today(desk: Desk) -> None:
    """Nothing else is left of the competence: improving it now would ask nothing."""
    competence = desk.start()
    desk.play(competence, right=False)
    project_profile(desk.profiles, desk.releases, desk.state(competence.assessment_id))
    desk.wait(days=5)
    again = desk.play(desk.start(improve=True), right=False)
    project_profile(desk.profiles, desk.releases, again)
    desk.wait(days=3)
    assert card(desk) == ("done", 1)
    with pytest.raises(TooEarlyToImproveError):
        desk.start(improve=True)


def test_a_competence_that_campaigns_alone_have_validated_is_done(desk: Desk) -> None:
    state = desk.start("par_1_1", Purpose.CAMPAIGN, ceilings={"tube11a": 7, "tube11b": 7})
    project_profile(desk.profiles, desk.releases, desk.play(state))
    assert (card(desk), card(desk, "1.2")) == (("done", None), ("to_start", None))


def test_a_competence_that_campaigns_alone_have_failed_waits_and_is_improved(desk: Desk) -> None:
    """All of it is known, so that nothing is left to start with."""
    state = desk.start("par_1_1", Purpose.CAMPAIGN, ceilings={"tube11a": 7, "tube11b": 7})
    project_profile(desk.profiles, desk.releases, desk.play(state, right=False))
    assert card(desk) == ("done", 4)
    with pytest.raises(NothingToAskError) as refused:
        desk.start()
    assert refused.value.facts == {"days_remaining": 4}
    desk.wait(days=4)
    assert card(desk) == ("to_improve", 0)
    assert desk.start(improve=True).is_live


def test_a_competence_that_was_reset_is_to_start_again(desk: Desk) -> None:
    project_profile(desk.profiles, desk.releases, desk.play(desk.start()))
    desk.wait(days=8)
    reset_competence(store=desk.store, profiles=desk.profiles, releases=desk.releases, clock=desk.clock, user_id=PUPIL, code="1.1")
    assert card(desk) == ("to_start", None)
