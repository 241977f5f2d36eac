"""What another context notes joins the profile, keeps everything else, and survives the projection and lost races."""

from jalon.assessment.note_in_profile import note_in_profile
from jalon.assessment.profile_entries import ProfileEntry
from jalon.assessment.profiles import StoredProfile
from jalon.assessment.project_profile import project_profile
from jalon.assessment.read_profile import read_profile
from jalon.assessment.rebuild_profile import rebuild_profile
from jalon.assessment.reset_competence import reset_competence
from jalon.assessment.save_tutorial import save_tutorial
from jalon.kernel.ids import UserId
from tests.assessment.desk import PUPIL, Desk
from tests.assessment.entries import certification, parcours
from tests.assessment.fakes import FakeProfiles, no_entries, no_pause


def stored(desk: Desk) -> StoredProfile:
    profile = desk.profiles.get(PUPIL)
    assert profile is not None
    return profile


def test_one_who_has_answered_nothing_gets_a_profile_for_it(desk: Desk) -> None:
    assert note_in_profile(desk.profiles, desk.releases, PUPIL, parcours())
    profile = stored(desk)
    assert (profile.version, profile.pix, profile.cards) == (1, 0, {})
    assert profile.parcours == {parcours().key: parcours()}
    assert read_profile(desk.profiles, desk.releases, PUPIL).parcours == profile.parcours


def test_noting_the_same_or_something_older_writes_nothing(desk: Desk) -> None:
    later = parcours(revision=3, progress_percent=60)
    assert note_in_profile(desk.profiles, desk.releases, PUPIL, later)
    for entry in (later, parcours(revision=2, progress_percent=40)):
        assert not note_in_profile(desk.profiles, desk.releases, PUPIL, entry)
    assert (stored(desk).version, stored(desk).parcours) == (1, {later.key: later})


def test_whatever_changes_the_profile_keeps_what_is_noted(desk: Desk) -> None:
    project_profile(desk.profiles, desk.releases, desk.play(desk.start(), right=False))
    known = stored(desk).knowledge
    note_in_profile(desk.profiles, desk.releases, PUPIL, parcours(), certification())
    assert stored(desk).knowledge == known
    project_profile(desk.profiles, desk.releases, desk.play(desk.start("1.2")))
    save_tutorial(profiles=desk.profiles, releases=desk.releases, clock=desk.clock, user_id=PUPIL, tutorial_id="tuto_skill")
    desk.wait(days=8)
    reset_competence(store=desk.store, profiles=desk.profiles, releases=desk.releases, clock=desk.clock, user_id=PUPIL, code="1.1")
    assert (list(stored(desk).parcours), list(stored(desk).certifications)) == ([parcours().key], [certification().key])


def test_a_lost_race_is_run_again_and_nothing_is_lost(desk: Desk) -> None:
    class Overtaken(FakeProfiles):
        raced = False

        def put(self, profile: StoredProfile, *, expected_version: int) -> bool:
            if not self.raced:
                self.raced = True
                note_in_profile(self, desk.releases, PUPIL, parcours(2))
            return super().put(profile, expected_version=expected_version)

    profiles = Overtaken()
    assert note_in_profile(profiles, desk.releases, PUPIL, parcours(1), pause=no_pause)
    assert set(profiles.items[PUPIL].parcours) == {parcours(1).key, parcours(2).key}


def test_rebuilding_takes_the_entries_from_where_they_come_and_drops_what_is_not_there(desk: Desk) -> None:
    note_in_profile(desk.profiles, desk.releases, PUPIL, parcours(1, revision=9), parcours(2), certification(1))
    truth = (parcours(1, revision=3, progress_percent=50), certification(1, version=1000))
    assert rebuild_profile(desk.store, desk.profiles, desk.releases, lambda *_: truth, PUPIL)
    profile = stored(desk)
    assert [*profile.parcours.values(), *profile.certifications.values()] == list(truth)
    assert rebuild_profile(desk.store, desk.profiles, desk.releases, lambda *_: truth, PUPIL)
    assert stored(desk) == profile


def test_what_is_noted_while_a_profile_is_rebuilt_is_not_lost(desk: Desk) -> None:
    note_in_profile(desk.profiles, desk.releases, PUPIL, parcours(1))
    tables = {1: parcours(1, revision=2)}
    reads: list[list[ProfileEntry]] = []

    def entries(_user_id: UserId, _profile: StoredProfile | None) -> list[ProfileEntry]:
        found: list[ProfileEntry] = [*tables.values()]
        if not reads:
            tables[2] = parcours(2)
            note_in_profile(desk.profiles, desk.releases, PUPIL, parcours(2))
        reads.append(found)
        return found

    assert rebuild_profile(desk.store, desk.profiles, desk.releases, entries, PUPIL, pause=no_pause)
    assert (len(reads), set(stored(desk).parcours)) == (2, {parcours(1).key, parcours(2).key})


def test_rebuilding_someone_of_whom_there_is_nothing_writes_nothing(desk: Desk) -> None:
    assert not rebuild_profile(desk.store, desk.profiles, desk.releases, no_entries, PUPIL)
    assert desk.profiles.get(PUPIL) is None
    note_in_profile(desk.profiles, desk.releases, PUPIL, parcours())
    assert rebuild_profile(desk.store, desk.profiles, desk.releases, no_entries, PUPIL)
    assert stored(desk).parcours == {}
