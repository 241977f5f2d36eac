"""Whoever changes a profile waits a random while after each race lost, keeps what others wrote meanwhile, and gives up in the end."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from jalon.assessment.change_profile import FIRST_PAUSE_S, LONGEST_PAUSE_S, MAX_TRIES, FullJitter, Pause, ProfileBusyError, change_profile
from jalon.assessment.note_in_profile import note_in_profile
from jalon.assessment.profiles import StoredProfile
from jalon.assessment.project_profile import project_profile
from jalon.assessment.read_profile import nothing_known
from jalon.assessment.rebuild_profile import rebuild_profile
from jalon.assessment.reset_competence import reset_competence
from jalon.assessment.save_tutorial import give_up_tutorial, save_tutorial
from tests.assessment.desk import PUPIL, Desk
from tests.assessment.entries import parcours
from tests.assessment.fakes import FakeProfiles, no_entries

_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
Change = Callable[[Desk, Pause], object]
CHANGES: dict[str, Change] = {
    "project an assessment": lambda desk, pause: project_profile(desk.profiles, desk.releases, desk.play(desk.start("1.2")), pause=pause),
    "note an entry": lambda desk, pause: note_in_profile(desk.profiles, desk.releases, PUPIL, parcours(), pause=pause),
    "rebuild": lambda desk, pause: rebuild_profile(desk.store, desk.profiles, desk.releases, no_entries, PUPIL, pause=pause),
    "reset a competence": lambda desk, pause: reset_competence(
        store=desk.store, profiles=desk.profiles, releases=desk.releases, clock=desk.clock, user_id=PUPIL, code="1.1", pause=pause
    ),
    "save a tutorial": lambda desk, pause: save_tutorial(
        profiles=desk.profiles, releases=desk.releases, clock=desk.clock, user_id=PUPIL, tutorial_id="tuto_skill", pause=pause
    ),
    "give a tutorial up": lambda desk, pause: give_up_tutorial(
        profiles=desk.profiles, releases=desk.releases, user_id=PUPIL, tutorial_id="tuto_tube", pause=pause
    ),
}


class Contended(FakeProfiles):
    """Another writer comes before each of the first ``races`` writes, and saves a tutorial."""

    def __init__(self, before: FakeProfiles, races: int) -> None:
        super().__init__()
        self.items, self.races = before.items, races

    def put(self, profile: StoredProfile, *, expected_version: int) -> bool:
        if self.races:
            self.races -= 1
            stored = self.items[profile.user_id]
            self.items[profile.user_id] = replace(stored, version=stored.version + 1, tutorials={**stored.tutorials, f"{self.races}": _AT})
        return super().put(profile, expected_version=expected_version)


@pytest.fixture
def known(desk: Desk) -> Desk:
    """A pupil of whom something is known that may be reset, with a tutorial; the tables have more than the profile says."""
    project_profile(desk.profiles, desk.releases, desk.play(desk.start("1.1")))
    save_tutorial(profiles=desk.profiles, releases=desk.releases, clock=desk.clock, user_id=PUPIL, tutorial_id="tuto_tube")
    desk.play(desk.start("2.1"))
    desk.wait(days=8)
    return desk


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_race_lost_is_run_again_after_a_pause_and_nothing_is_lost(known: Desk, change: Change) -> None:
    pauses: list[int] = []
    known.profiles = Contended(known.profiles, races=3)
    change(known, pauses.append)
    assert pauses == [1, 2, 3]
    stored = known.profiles.get(PUPIL)
    assert stored is not None
    assert {"0", "1", "2"} <= stored.tutorials.keys()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_races_lost_in_a_row_end(known: Desk, change: Change) -> None:
    pauses: list[int] = []
    known.profiles = Contended(known.profiles, races=MAX_TRIES)
    with pytest.raises(ProfileBusyError):
        change(known, pauses.append)
    assert pauses == list(range(1, MAX_TRIES))


def test_what_changes_nothing_is_not_written_and_none_leaves_the_profile_as_it_is(desk: Desk) -> None:
    profiles = FakeProfiles()
    assert change_profile(profiles, PUPIL, lambda _: None, pause=_never) == (None, False)
    assert profiles.items == {}
    first, written = change_profile(profiles, PUPIL, lambda _: nothing_known(desk.releases, PUPIL), pause=_never)
    assert (first.version, written) == (1, True)
    assert change_profile(profiles, PUPIL, lambda before: before, pause=_never) == (first, False)
    assert profiles.items == {PUPIL: first}


def test_a_pause_is_drawn_below_a_bound_that_doubles_up_to_the_longest() -> None:
    slept: list[float] = []
    bounds: list[tuple[float, float]] = []

    def draw(least: float, most: float) -> float:
        bounds.append((least, most))
        return most / 2

    pause = FullJitter(slept.append, draw)
    for lost in range(1, MAX_TRIES):
        pause(lost)
    assert [most for _, most in bounds[:4]] == [FIRST_PAUSE_S * factor for factor in (1, 2, 4, 8)]
    assert {least for least, _ in bounds} == {0}
    assert bounds[-1] == (0, LONGEST_PAUSE_S)
    assert slept == [most / 2 for _, most in bounds]
    assert sum(most for _, most in bounds) < 3  # of the 10 seconds that a function of the API has


def _never(lost: int) -> None:
    raise AssertionError(lost)
