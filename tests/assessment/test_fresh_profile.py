"""A person's own writes count at once wherever something is decided for good, however far the projection has come."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.knowledge import Knowledge
from engine.scoring import Profile
from jalon.assessment.end_assessment import end_assessment
from jalon.assessment.errors import NothingToResetError, TooEarlyToResetError
from jalon.assessment.fresh_profile import fresh_profile, profile_after
from jalon.assessment.profiles import StoredProfile
from jalon.assessment.project_profile import project_profile
from jalon.assessment.read_profile import read_profile
from jalon.assessment.reset_competence import reset_competence
from jalon.assessment.shown_scores import Basis, shown_scores
from jalon.assessment.state import AssessmentState, EndReason, Purpose
from jalon.assessment.tickets import TicketOffice
from jalon.kernel.ids import AssessmentId
from tests.assessment.content import CAMPAIGN_PROFILE, DISCOVERY_PROFILE, release
from tests.assessment.desk import OTHER_PUPIL, PUPIL, Desk
from tests.assessment.fakes import FakeAssessments, FakeProfiles, FakeReleases, no_pause
from tests.sources import FixedClock, SequenceIdSource


class WatchedAssessments(FakeAssessments):
    """Keeps which assessments were read together."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[AssessmentId] = []

    def get_many(self, assessment_ids: Iterable[AssessmentId]) -> dict[AssessmentId, AssessmentState]:
        asked = list(assessment_ids)
        self.read += asked
        return super().get_many(asked)


class OvertakenProfiles(FakeProfiles):
    """Does ``meanwhile`` once, just before the first write."""

    def __init__(self, profiles: FakeProfiles, meanwhile: AssessmentState, releases: FakeReleases) -> None:
        self.items, self.meanwhile, self.releases = profiles.items, [meanwhile], releases

    def put(self, profile: StoredProfile, *, expected_version: int) -> bool:
        while self.meanwhile:
            project_profile(self, self.releases, self.meanwhile.pop())
        return super().put(profile, expected_version=expected_version)


def a_desk() -> Desk:
    """A desk of its own for each run of Hypothesis, whose store tells what was read."""
    clock = FixedClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    return Desk(WatchedAssessments(), FakeProfiles(), FakeReleases(release()), TicketOffice(b"k" * 32), clock, SequenceIdSource())


def fresh(desk: Desk) -> Profile:
    return fresh_profile(desk.store, desk.profiles, desk.releases, PUPIL).scores


def project(desk: Desk, state: AssessmentState) -> StoredProfile:
    return project_profile(desk.profiles, desk.releases, state)


def reset(desk: Desk, code: str = "1.1") -> Profile:
    return reset_competence(
        store=desk.store, profiles=desk.profiles, releases=desk.releases, clock=desk.clock, user_id=PUPIL, code=code, pause=no_pause
    ).scores


def campaign(desk: Desk, subject: str = "prt_1") -> AssessmentState:
    return desk.start(subject, Purpose.CAMPAIGN, target_profile_id=CAMPAIGN_PROFILE)


turns = st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.booleans()), max_size=40)


@given(turns)
def test_the_profile_is_the_same_whatever_the_projection_has_seen_of_it(played: list[tuple[int, bool, bool]]) -> None:
    """Tests of two competences, a campaign on both and a discovery, interleaved; any of their images projected, in any measure."""
    desk = a_desk()
    tests = [desk.start("1.1"), campaign(desk), desk.start("1.2"), desk.start(DISCOVERY_PROFILE, Purpose.DISCOVERY)]
    for chosen, right, projected in played:
        state = desk.play(tests[chosen], right=right, at_most=1)
        if projected:
            project(desk, state)
    shown = fresh(desk)
    for test in tests:
        project(desk, desk.state(test.assessment_id))
    assert shown == fresh(desk) == read_profile(desk.profiles, desk.releases, PUPIL).scores


def test_the_last_response_shows_what_the_projection_will_show(desk: Desk) -> None:
    """Two tests and a campaign, interleaved and nothing projected: each one's end shows the profile as it will be, no total before."""
    tests = [desk.start("1.1"), campaign(desk), desk.start("1.2")]
    ended = []
    while live := [test for test in tests if desk.state(test.assessment_id).is_live]:
        for number, test in enumerate(live):
            state = desk.play(test, right=(len(desk.state(test.assessment_id).answers) + number) % 3 != 0, at_most=1)
            profile = profile_after(desk.store, desk.profiles, desk.releases, state)
            shown = shown_scores(release(), state, profile)
            if state.is_live:
                assert (profile, shown.basis, shown.pix) == (None, Basis.TEST, None)
                continue
            elsewhere = FakeProfiles()
            for other in tests:
                projected = project_profile(elsewhere, desk.releases, desk.state(other.assessment_id))
            assert (shown.basis, shown.pix) == (Basis.PROFILE, projected.pix)
            assert {code: score for code, score in shown.competences.items() if score.pix} == {
                code: projected.competences[code] for code in shown.competences if code in projected.competences
            }
            ended.append(shown.pix or 0)
    assert len(ended) == 3
    assert ended[-1] > 0


def test_while_it_runs_a_test_shows_what_it_knows_and_no_total(desk: Desk) -> None:
    project(desk, desk.play(desk.start("1.2")))
    running = desk.start("1.1")
    desk.play(desk.start("2.1"))
    desk.play(running, at_most=1)
    state = desk.state(running.assessment_id)
    shown = shown_scores(release(), state, profile_after(desk.store, desk.profiles, desk.releases, state))
    assert (shown.basis, shown.pix, list(shown.competences)) == (Basis.TEST, None, ["1.1"])
    assert shown.competences["1.1"] == fresh(desk).competences["1.1"]


def test_a_test_of_a_part_of_a_competence_shows_all_that_was_known_of_it(desk: Desk) -> None:
    """Scores are the competence's, though the campaign asks about one of its topics."""
    project(desk, desk.play(desk.start("par_1_1", Purpose.CAMPAIGN, ceilings={"tube11b": 3})))
    before = fresh(desk).competences["1.1"].pix
    running = desk.start("par_2_1", Purpose.CAMPAIGN, ceilings={"tube11a": 3})
    shown = shown_scores(release(), running, None)
    assert {release().skills[index].tube for index in running.target} == {"tube11a"}
    assert shown.competences["1.1"].pix == before > 0


def test_a_test_that_does_not_count_shows_no_profile_and_reads_none() -> None:
    desk = a_desk()
    certification = desk.play(desk.certify(questions=2))
    discovery = desk.play(desk.start(DISCOVERY_PROFILE, Purpose.DISCOVERY))
    for state in (certification, discovery):
        assert profile_after(desk.store, desk.profiles, desk.releases, state) is None
    assert fresh(desk).pix == 0
    assert isinstance(desk.store, WatchedAssessments)
    assert desk.store.read == []


def test_only_what_the_profile_may_lack_is_read() -> None:
    desk = a_desk()
    assert isinstance(desk.store, WatchedAssessments)
    over, unseen, running = desk.play(desk.start("1.1")), desk.play(desk.start("1.2")), desk.start("2.1")
    project(desk, over)
    project(desk, running)
    desk.store.read.clear()
    everything = fresh(desk)
    assert set(desk.store.read) == {unseen.assessment_id, running.assessment_id}
    desk.store.read.clear()
    assert fresh_profile(desk.store, desk.profiles, desk.releases, PUPIL, at_hand=[unseen]).scores == everything
    assert desk.store.read == [running.assessment_id]


def test_another_attempt_is_read_though_the_one_before_is_projected() -> None:
    desk = a_desk()
    project(desk, desk.play(desk.start("1.1"), right=False))
    desk.wait(days=5)
    again = desk.play(desk.start("1.1", improve=True))
    assert fresh(desk).competences["1.1"].pix == project(desk, again).competences["1.1"].pix > 0


def test_nobody_elses_answers_count(desk: Desk) -> None:
    mine = desk.start("1.1")
    theirs = desk.start("1.1", user_id=OTHER_PUPIL)
    desk.give(theirs.assessment_id, desk.question(theirs.assessment_id), user_id=OTHER_PUPIL)
    assert mine.user_id == PUPIL
    assert fresh(desk).pix == 0


def test_a_new_release_keeps_what_was_answered_but_not_projected(desk: Desk) -> None:
    played = desk.play(desk.start("1.1"))
    desk.releases.releases.append(release("2026.2-ffffffffffff"))
    profile = fresh_profile(desk.store, desk.profiles, desk.releases, PUPIL)
    assert profile.release == "2026.2-ffffffffffff"
    assert profile.scores.pix == project(desk, played).pix > 0


def test_a_new_test_starts_from_answers_that_are_not_projected_yet(desk: Desk) -> None:
    desk.play(campaign(desk))
    test = desk.start("1.1")
    known = Knowledge.unpack(test.knowledge_at_start)
    assert {release().skills[element.skill_index].tube for element in known} == {"tube11a"}
    asked = {release().challenge_skill(answered.challenge_index).tube for answered in desk.play(test).answers}
    assert asked == {"tube11b"}


def test_improving_starts_from_the_attempt_before_though_it_was_never_projected(desk: Desk) -> None:
    """It keeps what was validated; what was not is asked again, since it is older than 4 days."""
    desk.play(desk.start("1.1"), at_most=1)
    desk.play(desk.start("1.1"), right=False)
    known = fresh_profile(desk.store, desk.profiles, desk.releases, PUPIL).knowledge
    desk.wait(days=5)
    kept = Knowledge.unpack(desk.start("1.1", improve=True).knowledge_at_start)
    assert known.validated()
    assert kept.elements.keys() == known.validated() < known.elements.keys()


def test_a_reset_waits_seven_days_from_an_answer_that_is_not_projected_yet(desk: Desk) -> None:
    project(desk, desk.play(desk.start("1.1"), at_most=1))
    desk.wait(days=8)
    desk.play(desk.start("1.1"))
    with pytest.raises(TooEarlyToResetError) as refused:
        reset(desk)
    assert refused.value.facts == {"days_remaining": 7}


def test_what_was_answered_and_not_projected_can_be_reset(desk: Desk) -> None:
    with pytest.raises(NothingToResetError):
        reset(desk)
    one, two = desk.play(desk.start("1.1")), desk.play(desk.start("1.2"))
    desk.wait(days=7)
    after = reset(desk)
    assert (after.competences["1.1"].pix, after.competences["1.2"].pix > 0) == (0, True)
    for late in (one, two):
        project(desk, late)
    assert fresh(desk) == after == read_profile(desk.profiles, desk.releases, PUPIL).scores


def test_a_reset_that_loses_a_race_still_forgets_and_keeps_what_came_meanwhile(desk: Desk) -> None:
    one, two = desk.play(desk.start("1.1")), desk.play(desk.start("1.2"))
    project(desk, one)
    desk.wait(days=7)
    assert isinstance(desk.profiles, FakeProfiles)
    desk.profiles = OvertakenProfiles(desk.profiles, two, desk.releases)
    after = reset(desk)
    assert after == read_profile(desk.profiles, desk.releases, PUPIL).scores
    assert (after.competences["1.1"].pix, after.competences["1.2"].pix > 0) == (0, True)


def test_a_reset_is_not_undone_by_the_test_it_ended(desk: Desk) -> None:
    running = desk.play(desk.start("1.1"), at_most=2)
    desk.wait(days=7)
    reset(desk)
    assert fresh(desk).pix == 0
    stale = replace(running, status=desk.state(running.assessment_id).status)
    assert fresh_profile(desk.store, desk.profiles, desk.releases, PUPIL, at_hand=[stale]).scores.pix == 0


def test_an_ended_test_counts_what_was_answered(desk: Desk) -> None:
    running = desk.play(campaign(desk), at_most=2)
    ended = end_assessment(desk.store, desk.clock, running.assessment_id, EndReason.INVIGILATOR)
    profile = profile_after(desk.store, desk.profiles, desk.releases, ended)
    assert profile is not None
    assert profile.pix == project(desk, ended).pix > 0
