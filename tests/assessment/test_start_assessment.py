"""A user has one live test per purpose and subject, whatever is repeated, crashes or comes at once. Source: docs/domain.md §3."""

from dataclasses import replace
from typing import Any

import pytest

from engine.knowledge import Element, Knowledge
from jalon.assessment.end_assessment import end_assessment
from jalon.assessment.errors import (
    CompetenceNotFoundError,
    NothingToImproveError,
    NothingToResetError,
    TargetProfileNotFoundError,
    TooEarlyToImproveError,
    TooEarlyToResetError,
)
from jalon.assessment.profiles import StoredProfile
from jalon.assessment.project_profile import project_profile
from jalon.assessment.read_profile import read_profile
from jalon.assessment.reset_competence import reset_competence
from jalon.assessment.state import AssessmentState, EndReason, Purpose, Slot, Status
from jalon.assessment.store import Attempt
from jalon.kernel.ids import AssessmentId, UserId
from tests.assessment.content import CAMPAIGN_PROFILE, DISCOVERY_PROFILE, release
from tests.assessment.desk import OTHER_PUPIL, PUPIL, Desk


def project(desk: Desk, state: AssessmentState) -> None:
    project_profile(desk.profiles, desk.releases, state)


def reset(desk: Desk, code: str = "1.1") -> None:
    reset_competence(store=desk.store, profiles=desk.profiles, releases=desk.releases, clock=desk.clock, user_id=PUPIL, code=code)


def test_starting_again_resumes_where_the_test_stopped(desk: Desk) -> None:
    first = desk.start()
    desk.give(first.assessment_id, desk.question(first.assessment_id))
    assert desk.start() == desk.state(first.assessment_id)


def test_each_competence_and_each_pupil_has_a_test_of_its_own(desk: Desk) -> None:
    tests = {desk.start("1.1").assessment_id, desk.start("1.2").assessment_id, desk.start("1.1", user_id=OTHER_PUPIL).assessment_id}
    assert len(tests) == 3


def test_a_claim_left_by_a_crash_is_fulfilled_under_its_own_id(desk: Desk) -> None:
    claimed = AssessmentId("asm_" + "c" * 32)
    desk.store.claim_attempt(Attempt(Slot(PUPIL, Purpose.COMPETENCE, "1.1"), 1, claimed))
    assert desk.start().assessment_id == claimed
    assert desk.start().assessment_id == claimed


def test_a_certification_that_was_claimed_before_a_crash_is_made_once_under_its_own_id(desk: Desk) -> None:
    claimed = AssessmentId("asm_" + "c" * 32)
    desk.store.claim_attempt(Attempt(Slot(PUPIL, Purpose.CERTIFICATION, "crt_" + "a" * 32), 1, claimed))
    made = desk.certify(questions=6)
    assert made.assessment_id == claimed
    assert desk.certify(questions=3) == made


def test_of_two_starts_at_once_both_get_the_one_that_claimed_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    winner: list[AssessmentState] = []
    attempts_of = desk.store.attempts_of

    def overtaken(user_id: UserId) -> list[Attempt]:
        found = attempts_of(user_id)
        monkeypatch.setattr(desk.store, "attempts_of", attempts_of)
        winner.append(desk.start())
        return found

    monkeypatch.setattr(desk.store, "attempts_of", overtaken)
    assert desk.start() == winner[0]
    assert len(desk.store.items) == 1


def test_an_unknown_competence_or_target_profile_is_not_found(desk: Desk) -> None:
    with pytest.raises(CompetenceNotFoundError):
        desk.start("9.9")
    with pytest.raises(TargetProfileNotFoundError):
        desk.start("prt_1", Purpose.CAMPAIGN, target_profile_id="tp_nothing")
    with pytest.raises(TargetProfileNotFoundError):
        desk.start("tp_nothing", Purpose.DISCOVERY)


def test_a_refused_start_leaves_nothing_behind(desk: Desk) -> None:
    with pytest.raises(CompetenceNotFoundError):
        desk.start("9.9")
    assert desk.store.latest_attempt(Slot(PUPIL, Purpose.COMPETENCE, "9.9")) is None


def test_a_campaign_asks_about_its_target_profile_only(desk: Desk) -> None:
    test = desk.start("prt_1", Purpose.CAMPAIGN, target_profile_id=CAMPAIGN_PROFILE)
    assert {release().skills[index].tube for index in test.target} == {"tube11a", "tube12a"}
    played = desk.play(test)
    assert played.status is Status.COMPLETED
    assert {release().challenge_skill(answered.challenge_index).index for answered in played.answers} <= set(test.target)


def test_a_test_starts_from_what_the_pupil_knows(desk: Desk) -> None:
    project(desk, desk.play(desk.start("prt_1", Purpose.CAMPAIGN, target_profile_id=CAMPAIGN_PROFILE)))
    test = desk.start("1.1")
    known = Knowledge.unpack(test.knowledge_at_start)
    assert {release().skills[element.skill_index].tube for element in known} == {"tube11a"}
    asked = {release().challenge_skill(answered.challenge_index).tube for answered in desk.play(test).answers}
    assert asked == {"tube11b"}


def test_a_finished_competence_is_given_back_until_improving_is_asked_for(desk: Desk) -> None:
    done = desk.play(desk.start())
    assert done.status is Status.COMPLETED
    assert desk.start() == done


def test_improving_waits_four_days_and_says_how_many_are_left(desk: Desk) -> None:
    desk.play(desk.start(), right=False)
    desk.wait(days=1, seconds=-60)
    with pytest.raises(TooEarlyToImproveError) as refused:
        desk.start(improve=True)
    assert refused.value.facts == {"days_remaining": 4}
    desk.wait(days=2, hours=23, seconds=120)
    with pytest.raises(TooEarlyToImproveError) as refused:
        desk.start(improve=True)
    assert refused.value.facts == {"days_remaining": 1}


def test_what_is_all_validated_is_not_improved_however_lately_it_was_finished(desk: Desk) -> None:
    desk.play(desk.start())
    with pytest.raises(NothingToImproveError):
        desk.start(improve=True)


def test_a_discovery_test_is_taken_again_after_four_days(desk: Desk) -> None:
    desk.play(desk.start(DISCOVERY_PROFILE, Purpose.DISCOVERY))
    with pytest.raises(TooEarlyToImproveError):
        desk.start(DISCOVERY_PROFILE, Purpose.DISCOVERY, improve=True)
    desk.wait(days=4)
    assert desk.start(DISCOVERY_PROFILE, Purpose.DISCOVERY, improve=True).attempt == 2


class CrashedError(Exception):
    """The request ends between the claim and the creation."""


def crash_before_creating(desk: Desk, monkeypatch: pytest.MonkeyPatch, **more: Any) -> None:
    def crash(_state: AssessmentState) -> bool:
        raise CrashedError

    with monkeypatch.context() as broken:
        broken.setattr(desk.store, "create", crash)
        with pytest.raises(CrashedError):
            desk.start(**more)


def test_an_improvement_that_was_claimed_before_a_crash_is_one_for_whoever_creates_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    project(desk, desk.play(desk.start("1.1", locale="fr-FR"), right=False))
    desk.wait(days=5)
    crash_before_creating(desk, monkeypatch, improve=True)
    again = desk.start()
    assert (again.attempt, again.status, Knowledge.unpack(again.knowledge_at_start).elements) == (2, Status.STARTED, {})
    assert desk.start(improve=True) == again


def test_a_test_begun_afresh_that_was_claimed_before_a_crash_improves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another test failed since the reset is not asked again: it is no improvement, for which those days would be waited."""
    project(desk, desk.play(desk.start()))
    desk.wait(days=7)
    reset(desk)
    desk.play(desk.start("par_1_1", Purpose.CAMPAIGN, ceilings={"tube11a": 3}), right=False)
    desk.wait(days=5)
    crash_before_creating(desk, monkeypatch)
    again = desk.start()
    known = {release().skills[element.skill_index].tube for element in Knowledge.unpack(again.knowledge_at_start)}
    assert (again.attempt, again.status, known) == (2, Status.STARTED, {"tube11a"})


def test_improving_keeps_what_is_known_and_asks_the_rest_again(desk: Desk) -> None:
    done = desk.play(desk.start(), right=False)
    project(desk, done)
    desk.wait(days=4, seconds=1)
    again = desk.start(improve=True)
    assert (again.attempt, again.status, again.answers) == (2, Status.STARTED, ())
    assert Knowledge.unpack(again.knowledge_at_start).elements == {}
    assert desk.start(improve=True) == again
    project(desk, desk.play(again))
    assert read_profile(desk.profiles, desk.releases, PUPIL).scores.competences["1.1"].level > 0


def test_improving_keeps_the_known_and_the_unknown_strictly_younger_than_four_days(desk: Desk) -> None:
    """The four kinds of elements of docs/domain.md §3, at the second: what is kept is not asked again."""
    project(desk, desk.play(desk.start()))
    desk.wait(days=9)
    now = int(desk.clock.now().timestamp())
    old, young = now - 4 * 86_400, now - 4 * 86_400 + 1
    first, second, third, fourth, *_ = release().competence_skills("1.1")
    elements = [Element(first, True, True, 0), Element(second, False, True, old), Element(third, False, False, young)]
    profile = desk.profiles.get(PUPIL)
    assert profile is not None
    knowledge = Knowledge.of([*elements, Element(fourth, False, True, 0)])
    assert desk.profiles.put(replace(profile, knowledge=knowledge.pack(), version=profile.version + 1), expected_version=profile.version)
    again = desk.start(improve=True)
    assert set(Knowledge.unpack(again.knowledge_at_start)) == {elements[0], elements[2]}
    asked = {release().challenges[answered.challenge_index].skill_index for answered in desk.play(again).answers}
    assert asked.isdisjoint({first, third})


def test_an_ended_test_is_given_back_as_it_is(desk: Desk) -> None:
    test = desk.start("prt_1", Purpose.CAMPAIGN, target_profile_id=CAMPAIGN_PROFILE)
    ended = end_assessment(desk.store, desk.clock, test.assessment_id, EndReason.INVIGILATOR)
    assert desk.start("prt_1", Purpose.CAMPAIGN, target_profile_id=CAMPAIGN_PROFILE) == ended


def test_a_discovery_test_asks_one_question_per_skill_and_leaves_the_profile_alone(desk: Desk) -> None:
    done = desk.play(desk.start(DISCOVERY_PROFILE, Purpose.DISCOVERY))
    skills = [release().challenge_skill(answered.challenge_index).id for answered in done.answers]
    assert (skills, done.status) == (["tube11a_1", "tube12a_2", "tube21b_3"], Status.COMPLETED)
    project(desk, done)
    assert read_profile(desk.profiles, desk.releases, PUPIL).scores.pix == 0


def test_a_certification_has_one_test_with_one_list_of_questions(desk: Desk) -> None:
    first = desk.certify(questions=6)
    desk.wait(minutes=1)
    assert desk.certify(questions=3) == first


def test_resetting_waits_seven_days_then_forgets_the_competence_and_begins_afresh(desk: Desk) -> None:
    done = desk.play(desk.start())
    project(desk, done)
    project(desk, desk.play(desk.start("1.2")))
    with pytest.raises(TooEarlyToResetError) as refused:
        reset(desk)
    assert refused.value.facts == {"days_remaining": 7}
    desk.wait(days=7)
    reset(desk)
    profile = read_profile(desk.profiles, desk.releases, PUPIL)
    assert profile.scores.competences["1.1"].pix == 0
    assert profile.scores.competences["1.2"].pix > 0
    again = desk.start()
    assert (again.attempt, Knowledge.unpack(again.knowledge_at_start).elements) == (2, {})


def test_nothing_brings_back_what_a_reset_has_forgotten(desk: Desk) -> None:
    done = desk.play(desk.start())
    project(desk, done)
    desk.wait(days=7)
    reset(desk)
    project(desk, done)
    assert read_profile(desk.profiles, desk.releases, PUPIL).scores.pix == 0


def test_a_reset_ends_the_test_under_way(desk: Desk) -> None:
    test = desk.start()
    desk.give(test.assessment_id, desk.question(test.assessment_id))
    project(desk, desk.state(test.assessment_id))
    desk.wait(days=7)
    reset(desk)
    assert (desk.state(test.assessment_id).status, desk.state(test.assessment_id).end_reason) == (Status.ENDED, "reset")
    assert desk.start().attempt == 2


def test_a_test_that_a_reset_ended_before_it_crashed_is_begun_anew(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reset ends the test, then writes the profile: cut off between the two it is asked for again, or the test is started."""
    ended = desk.play(desk.start(), at_most=1)
    project(desk, ended)
    desk.wait(days=7)

    def crash(_profile: StoredProfile, *, expected_version: int) -> bool:
        raise CrashedError(expected_version)

    with monkeypatch.context() as broken:
        broken.setattr(desk.profiles, "put", crash)
        with pytest.raises(CrashedError):
            reset(desk)
    assert desk.state(ended.assessment_id).status is Status.ENDED
    again = desk.start()
    assert (again.attempt, again.is_live) == (2, True)


def test_there_is_nothing_to_reset_before_the_first_answer_nor_in_an_unknown_competence(desk: Desk) -> None:
    with pytest.raises(NothingToResetError):
        reset(desk)
    with pytest.raises(CompetenceNotFoundError):
        reset(desk, "9.9")
