"""A profile is the same in whatever order, and however often, the assessments it is projected from come."""

import itertools
import random
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.knowledge import Element, Knowledge
from jalon.assessment.placing import merge
from jalon.assessment.profiles import StoredProfile
from jalon.assessment.project_profile import changes_profile, project_profile
from jalon.assessment.raise_epoch import raise_epoch
from jalon.assessment.read_profile import read_profile
from jalon.assessment.rebuild_profile import rebuild_profile
from jalon.assessment.state import AssessmentState, Purpose, Status
from tests.assessment.content import CAMPAIGN_PROFILE, VERSION, release
from tests.assessment.desk import PUPIL, Desk
from tests.assessment.fakes import FakeProfiles, FakeReleases, no_entries, no_pause

elements = st.lists(st.builds(Element, st.integers(0, 5), st.booleans(), st.booleans(), st.integers(0, 3)), max_size=12)


@given(elements, elements, elements)
def test_merging_does_not_depend_on_order_grouping_or_repetition(one: list[Element], two: list[Element], three: list[Element]) -> None:
    nothing = Knowledge.of()
    whole = merge(nothing, one + two + three)
    assert merge(merge(merge(nothing, three), one), two) == whole
    assert merge(whole, two) == whole
    assert merge(merge(nothing, two), [*merge(merge(nothing, three), one)]) == whole


def images(desk: Desk) -> list[AssessmentState]:
    """Every image of two tests on one competence, of a third elsewhere, of a certification that goes on for longest and of a test that only
    changes device, as the stream has them.
    """
    tests = [
        desk.start("1.1"),
        desk.start("prt_1", Purpose.CAMPAIGN, target_profile_id=CAMPAIGN_PROFILE),
        desk.start("1.2"),
        desk.certify(),
    ]
    moved = desk.start("discovery", Purpose.DISCOVERY)
    seen = [*tests, moved]
    for _ in range(2):
        desk.clock.instant += timedelta(minutes=1)
        seen.append(raise_epoch(desk.store, desk.clock, moved))
    for turn in range(5):
        for number, test in enumerate(tests):
            before = len(desk.state(test.assessment_id).answers)
            desk.play(test, right=(turn + number) % 3 != 0, at_most=1)
            if len(desk.state(test.assessment_id).answers) > before:
                seen.append(desk.state(test.assessment_id))
    return seen


def comparable(profile: StoredProfile) -> StoredProfile:
    return replace(profile, version=0)


def test_images_in_any_order_and_repeated_give_the_same_profile(desk: Desk) -> None:
    seen = images(desk)
    results = []
    for order in itertools.islice(itertools.permutations(range(len(seen))), 0, 40_000, 2_003):
        profiles = FakeProfiles()
        for index in [*order, *order[:3]]:
            project_profile(profiles, desk.releases, seen[index])
        results.append(comparable(profiles.items[PUPIL]))
    for seed in range(30):
        profiles = FakeProfiles()
        for state in random.Random(seed).choices(seen, k=len(seen)) + random.Random(seed).sample(seen, k=len(seen)):
            project_profile(profiles, desk.releases, state)
        results.append(comparable(profiles.items[PUPIL]))
    assert all(result == results[0] for result in results)


def test_images_that_come_together_are_one_write_and_the_last_of_each_test_is_enough(desk: Desk) -> None:
    seen = images(desk)
    one_by_one, together = FakeProfiles(), FakeProfiles()
    for state in seen:
        project_profile(one_by_one, desk.releases, state)
    project_profile(together, desk.releases, *{state.assessment_id: state for state in seen}.values())
    assert together.items[PUPIL].version == 1 < one_by_one.items[PUPIL].version
    assert comparable(together.items[PUPIL]) == comparable(one_by_one.items[PUPIL])


def test_a_certification_under_way_changes_nothing_of_a_profile_from_its_first_answer_to_its_last(desk: Desk) -> None:
    """Its card says that it is under way and since when; it says how far it came once it is over."""
    test = desk.certify(questions=4)
    first = project_profile(desk.profiles, desk.releases, test)
    (card,) = first.cards.values()
    assert (card.status, card.answered, card.at, card.follows_answers) == (Status.STARTED, 0, test.started_at, False)
    for _ in range(3):
        under_way = desk.play(test, at_most=1)
        assert not changes_profile(under_way)
        assert project_profile(desk.profiles, desk.releases, under_way) == first
    moved = replace(under_way, epoch=2, updated_at=under_way.updated_at + timedelta(minutes=1))
    assert project_profile(desk.profiles, desk.releases, moved) == first
    over = desk.play(test)
    assert changes_profile(over)
    (card,) = project_profile(desk.profiles, desk.releases, over).cards.values()
    assert (card.status, card.answered, card.at, card.follows_answers) == (Status.COMPLETED, 4, over.updated_at, True)
    assert project_profile(desk.profiles, desk.releases, under_way).cards == {card.key: card}


def test_images_that_need_no_reading_may_be_left_out(desk: Desk) -> None:
    seen = images(desk)
    all_of_them, needed = FakeProfiles(), FakeProfiles()
    for state in seen:
        project_profile(all_of_them, desk.releases, state)
    left_out = [state for state in seen if not changes_profile(state)]
    for state in seen:
        if state not in left_out:
            project_profile(needed, desk.releases, state)
    assert {state.purpose for state in left_out} == {Purpose.CERTIFICATION}
    assert comparable(needed.items[PUPIL]) == comparable(all_of_them.items[PUPIL])


def test_every_answer_of_a_positioning_test_reaches_the_profile(desk: Desk) -> None:
    """A pupil may stop after any of them, and their page has its pix and the days before a reset."""
    test, versions = desk.start("1.1"), []
    while desk.state(test.assessment_id).is_live:
        state = desk.play(test, at_most=1)
        assert changes_profile(state)
        versions.append(project_profile(desk.profiles, desk.releases, state).version)
    assert versions == list(range(1, len(versions) + 1))
    assert len(versions) > 2


def test_an_image_that_brings_nothing_new_writes_nothing(desk: Desk) -> None:
    done = desk.play(desk.start())
    first = project_profile(desk.profiles, desk.releases, done)
    assert project_profile(desk.profiles, desk.releases, done) == first
    assert first.version == 1


def test_rebuilding_gives_the_projected_profile_again(desk: Desk) -> None:
    for image in images(desk):
        project_profile(desk.profiles, desk.releases, image)
    projected = desk.profiles.get(PUPIL)
    assert projected is not None
    assert rebuild_profile(desk.store, desk.profiles, desk.releases, no_entries, PUPIL)
    rebuilt = desk.profiles.get(PUPIL)
    assert rebuilt is not None
    assert comparable(rebuilt) == comparable(projected)


def test_rebuilding_a_wrong_profile_mends_it(desk: Desk) -> None:
    done = desk.play(desk.start())
    good = project_profile(desk.profiles, desk.releases, done)
    desk.profiles.put(replace(good, version=2, knowledge=Knowledge.of([Element(17, True, True, 0)]).pack(), pix=900), expected_version=1)
    rebuild_profile(desk.store, desk.profiles, desk.releases, no_entries, PUPIL)
    mended = desk.profiles.get(PUPIL)
    assert mended is not None
    assert comparable(mended) == comparable(good)


def test_rebuilding_keeps_what_is_projected_meanwhile(desk: Desk) -> None:
    """The tests are read after the profile, each time it was changed: what they hold by then is all in it."""
    one = desk.play(desk.start("1.1"))

    class Overtaken(FakeProfiles):
        raced = False

        def put(self, profile: StoredProfile, *, expected_version: int) -> bool:
            if not self.raced:
                self.raced = True
                project_profile(self, desk.releases, desk.play(desk.start("1.2")))
            return super().put(profile, expected_version=expected_version)

    profiles = Overtaken()
    assert rebuild_profile(desk.store, profiles, desk.releases, no_entries, PUPIL, pause=no_pause)
    assert set(profiles.items[PUPIL].competences) == {"1.1", "1.2"}
    assert one.assessment_id in {card.assessment_id for card in profiles.items[PUPIL].cards.values()}


def test_a_lost_race_is_run_again_and_nothing_is_lost(desk: Desk) -> None:
    one, two = desk.play(desk.start("1.1")), desk.play(desk.start("1.2"))

    class Overtaken(FakeProfiles):
        raced = False

        def put(self, profile: StoredProfile, *, expected_version: int) -> bool:
            if not self.raced:
                self.raced = True
                project_profile(self, desk.releases, two)
            return super().put(profile, expected_version=expected_version)

    profiles = Overtaken()
    project_profile(profiles, desk.releases, one, pause=no_pause)
    assert set(profiles.items[PUPIL].competences) == {"1.1", "1.2"}


def test_a_new_release_keeps_what_is_known(desk: Desk) -> None:
    before = project_profile(desk.profiles, desk.releases, desk.play(desk.start()))
    newer = FakeReleases(release(), release("2026.2-ffffffffffff"))
    profile = read_profile(desk.profiles, newer, PUPIL)
    assert (profile.release, profile.scores.pix) == ("2026.2-ffffffffffff", before.pix)
    assert before.release == VERSION
