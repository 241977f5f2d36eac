"""What a pupil knows outlives a change of content and its taking back, whoever believes in which release meanwhile."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from engine.scoring import CompetenceScore
from jalon.assessment.fresh_profile import fresh_profile
from jalon.assessment.placing import Unplaced
from jalon.assessment.profile_entry_records import pack_unplaced, unpack_unplaced
from jalon.assessment.project_profile import project_profile
from jalon.assessment.read_profile import read_profile
from jalon.assessment.rebuild_profile import rebuild_profile
from jalon.assessment.reset_competence import reset_competence
from jalon.assessment.state import AssessmentState
from tests.assessment.content import release
from tests.assessment.desk import PUPIL, Desk, new_desk
from tests.assessment.fakes import FakeProfiles, FakeReleases, no_entries

OLD, NEW = release("2026.0-000000000000", without="tube11b"), release()
#: Environments that have heard of the publication, and those that believe the pointer to the release before it.
AHEAD, BEHIND = FakeReleases(OLD, NEW), FakeReleases(NEW, OLD)


def two_tests() -> tuple[Desk, list[AssessmentState]]:
    """Each image of a test of 1.1 pinned to the new release and of one of 1.2 that an environment which is behind began."""
    desk = new_desk()
    desk.releases = AHEAD
    first = desk.start("1.1")
    desk.releases = BEHIND
    second = desk.start("1.2")
    desk.releases = AHEAD
    images = [first, second]
    for test in (first, second):
        while desk.state(test.assessment_id).is_live:
            images.append(desk.play(test, at_most=1))
    return desk, images


DESK, IMAGES = two_tests()
turns = st.lists(st.tuples(st.sampled_from(IMAGES), st.sampled_from([AHEAD, BEHIND])), max_size=20)


def scores(desk: Desk, releases: FakeReleases = AHEAD) -> dict[str, CompetenceScore]:
    return dict(fresh_profile(desk.store, desk.profiles, releases, PUPIL).scores.competences)


@given(turns)
def test_whichever_release_is_believed_when_a_record_comes_nothing_is_lost(turns: list[tuple[AssessmentState, FakeReleases]]) -> None:
    profiles = FakeProfiles()
    for image, releases in [*turns, *((image, BEHIND) for image in IMAGES)]:
        project_profile(profiles, releases, image)
    believed = FakeProfiles()
    for image in IMAGES:
        project_profile(believed, AHEAD, image)
    moved, expected = read_profile(profiles, AHEAD, PUPIL), read_profile(believed, AHEAD, PUPIL)
    assert moved.knowledge == expected.knowledge
    assert moved.scores == expected.scores
    assert not moved.unplaced
    behind = read_profile(profiles, BEHIND, PUPIL)
    assert {name.rpartition("_")[0] for name in behind.unplaced} == {"tube11b"}
    assert behind.scores.competences["1.1"].pix < moved.scores.competences["1.1"].pix


def test_one_record_handled_behind_a_publication_takes_nothing_away() -> None:
    desk = new_desk()
    desk.releases = AHEAD
    project_profile(desk.profiles, AHEAD, desk.play(desk.start("1.1")))
    before = scores(desk)["1.1"]
    second = desk.play(desk.start("1.2"), at_most=1)
    project_profile(desk.profiles, BEHIND, second)
    assert scores(desk, BEHIND)["1.1"].pix < before.pix
    project_profile(desk.profiles, AHEAD, desk.play(second))
    assert scores(desk)["1.1"] == before


def test_what_was_reset_meanwhile_is_not_placed_again() -> None:
    desk = new_desk()
    desk.releases = AHEAD
    done = desk.play(desk.start("1.1"))
    project_profile(desk.profiles, AHEAD, done)
    desk.wait(days=8)
    reset_competence(store=desk.store, profiles=desk.profiles, releases=BEHIND, clock=desk.clock, user_id=PUPIL, code="1.1")
    assert not read_profile(desk.profiles, BEHIND, PUPIL).unplaced
    assert scores(desk)["1.1"] == CompetenceScore(0, 0)
    project_profile(desk.profiles, BEHIND, done)
    assert scores(desk)["1.1"] == CompetenceScore(0, 0)


def test_a_reset_keeps_what_has_no_place_in_other_competences() -> None:
    desk = new_desk()
    desk.releases = AHEAD
    for code in ("1.1", "1.2"):
        project_profile(desk.profiles, AHEAD, desk.play(desk.start(code)))
    before = scores(desk)["1.1"]
    desk.wait(days=8)
    reset_competence(store=desk.store, profiles=desk.profiles, releases=BEHIND, clock=desk.clock, user_id=PUPIL, code="1.2")
    assert (scores(desk)["1.1"], scores(desk)["1.2"]) == (before, CompetenceScore(0, 0))


def test_rebuilding_keeps_what_has_no_place_now() -> None:
    desk = new_desk()
    desk.releases = AHEAD
    project_profile(desk.profiles, AHEAD, desk.play(desk.start("1.1")))
    known = read_profile(desk.profiles, AHEAD, PUPIL).knowledge
    assert rebuild_profile(desk.store, desk.profiles, BEHIND, no_entries, PUPIL)
    assert read_profile(desk.profiles, BEHIND, PUPIL).unplaced
    assert read_profile(desk.profiles, AHEAD, PUPIL).knowledge == known


def test_rebuilding_forgets_what_no_test_has_told() -> None:
    desk = new_desk()
    stored = project_profile(desk.profiles, desk.releases, desk.play(desk.start()))
    made_up = {"tube99z_1": Unplaced("tube99z_1", "9.9", validated=True, direct=True, at=0)}
    assert desk.profiles.put(replace(stored, unplaced=made_up, version=2), expected_version=1)
    assert rebuild_profile(desk.store, desk.profiles, desk.releases, no_entries, PUPIL)
    assert not read_profile(desk.profiles, desk.releases, PUPIL).unplaced


def test_an_element_without_a_place_is_packed_and_read_back() -> None:
    kept = {name: Unplaced(name, "1.1", validated=name != "b", direct=name == "a", at=number) for number, name in enumerate("cba")}
    assert unpack_unplaced(pack_unplaced(kept)) == kept
    assert pack_unplaced(kept) == pack_unplaced(dict(reversed(kept.items())))
    assert (pack_unplaced({}), unpack_unplaced(None)) == (None, {})
