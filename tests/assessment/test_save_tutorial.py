"""Saved tutorials stay with the profile, whatever else changes it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jalon.assessment import save_tutorial as module
from jalon.assessment.errors import TooManyTutorialsError, TutorialNotFoundError
from jalon.assessment.profiles import UserProfile
from jalon.assessment.project_profile import project_profile
from jalon.assessment.read_profile import read_profile
from jalon.assessment.rebuild_profile import rebuild_profile
from jalon.assessment.save_tutorial import give_up_tutorial, save_tutorial
from tests.assessment.desk import PUPIL, Desk
from tests.assessment.fakes import no_entries


def save(desk: Desk, tutorial_id: str = "tuto_skill") -> UserProfile:
    return save_tutorial(profiles=desk.profiles, releases=desk.releases, clock=desk.clock, user_id=PUPIL, tutorial_id=tutorial_id)


def test_a_tutorial_is_saved_once_with_its_first_instant(desk: Desk) -> None:
    saved_at = desk.clock.now()
    save(desk)
    desk.wait(hours=1)
    assert save(desk).tutorials == {"tuto_skill": saved_at}
    assert save(desk, "tuto_tube").tutorials == {"tuto_skill": saved_at, "tuto_tube": saved_at + timedelta(hours=1)}
    assert read_profile(desk.profiles, desk.releases, PUPIL).tutorials.keys() == {"tuto_skill", "tuto_tube"}


def test_a_tutorial_is_given_up_whether_it_was_saved_or_not(desk: Desk) -> None:
    save(desk)
    for _ in range(2):
        left = give_up_tutorial(profiles=desk.profiles, releases=desk.releases, user_id=PUPIL, tutorial_id="tuto_skill")
        assert left.tutorials == {}


def test_answers_projected_and_profiles_rebuilt_keep_what_is_saved(desk: Desk) -> None:
    save(desk)
    state = desk.play(desk.start())
    project_profile(desk.profiles, desk.releases, state)
    rebuild_profile(desk.store, desk.profiles, desk.releases, no_entries, PUPIL)
    after = read_profile(desk.profiles, desk.releases, PUPIL)
    assert (after.tutorials.keys(), after.scores.pix > 0) == ({"tuto_skill"}, True)


def test_saving_changes_nothing_of_what_is_known(desk: Desk) -> None:
    project_profile(desk.profiles, desk.releases, desk.play(desk.start()))
    before = desk.profiles.get(PUPIL)
    assert before is not None
    saved = save(desk)
    assert desk.profiles.get(PUPIL) == replace(before, version=before.version + 1, tutorials=saved.tutorials)


def test_an_unknown_tutorial_is_refused(desk: Desk) -> None:
    with pytest.raises(TutorialNotFoundError):
        save(desk, "nothing")


def test_a_profile_keeps_so_many(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TUTORIALS", 1)
    save(desk)
    save(desk)
    with pytest.raises(TooManyTutorialsError):
        save(desk, "tuto_tube")
