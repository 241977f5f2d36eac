"""A test begins only in a language in which the whole of it can be asked, and only with a question (docs/decisions/0006)."""

from dataclasses import replace
from typing import Any

import pytest

from engine.content import Release
from engine.knowledge import Knowledge
from jalon.assessment.errors import (
    LocaleNotOfferedError,
    NotADiscoveryTestError,
    NothingToAskError,
    NothingToImproveError,
    TargetProfileNotFoundError,
    TooEarlyToImproveError,
)
from jalon.assessment.open_attempt import NewAssessment, open_attempt
from jalon.assessment.project_profile import project_profile
from jalon.assessment.settle import settle
from jalon.assessment.start_assessment import StartAssessment, require_offered
from jalon.assessment.state import AssessmentState, Purpose, Slot, Status
from jalon.kernel.errors import Violation
from jalon.kernel.ids import ReleaseVersion
from tests.assessment.content import CAMPAIGN_PROFILE, DISCOVERY_PROFILE, IN_SIMPLE_FRENCH, VERSION, release
from tests.assessment.desk import OTHER_PUPIL, PUPIL, Desk

IN_FRENCH = ("fr", "fr-FR", "fr-simple")


def languages(state: AssessmentState) -> set[str]:
    return {release().challenges[answered.challenge_index].locale for answered in state.answers}


def nothing_was_made(desk: Desk) -> bool:
    return not desk.store.attempts_of(PUPIL) and not list(desk.store.of_user(PUPIL))


def without_content(**changes: Any) -> Release:
    """The release with every challenge only proposed, so that nothing of it is ever asked."""
    content = release()
    proposed = tuple(replace(challenge, status="proposed") for challenge in content.challenges)
    return Release(**{name: getattr(content, name) for name in _PARTS} | {"challenges": proposed} | changes)


_PARTS = ("version", "max_level", "domains", "competences", "tubes", "skills", "tutorials", "target_profiles", "solutions")


def dead(desk: Desk, subject: str = "1.1", purpose: Purpose = Purpose.COMPETENCE, **begun_with: Any) -> AssessmentState:
    """A test as earlier versions made it in a language that the content does not have: closed without a question."""
    new = NewAssessment(
        release=ReleaseVersion(VERSION),
        locale="zz-ZZ",
        target=release().competence_skills("1.1"),
        knowledge_at_start=Knowledge.of().pack(),
        **begun_with,
    )
    state = open_attempt(desk.store, desk.clock, desk.ids, Slot(PUPIL, purpose, subject), 1, lambda: new)
    state, due = settle(desk.store, release(), state, desk.clock.now())
    assert (state.status, due, state.answers) == (Status.COMPLETED, None, ())
    return state


@pytest.mark.parametrize("locale", ["zz-ZZ", "en", "en-GB", "fr-CA", "FR-fr"])
@pytest.mark.parametrize(
    ("subject", "more"),
    [
        ("1.1", {}),
        ("1.1", {"improve": True}),
        (DISCOVERY_PROFILE, {"purpose": Purpose.DISCOVERY}),
        ("prt_1", {"purpose": Purpose.CAMPAIGN, "target_profile_id": CAMPAIGN_PROFILE}),
        ("prt_1", {"purpose": Purpose.CAMPAIGN, "ceilings": {"tube11a": 2}}),
    ],
)
def test_a_test_that_would_lack_something_in_a_language_is_not_begun_in_it(
    desk: Desk, locale: str, subject: str, more: dict[str, Any]
) -> None:
    with pytest.raises(LocaleNotOfferedError) as refused:
        desk.start(subject, locale=locale, **more)
    assert refused.value.facts == {"offered": IN_FRENCH}
    assert refused.value.violations == (Violation("/locale", "Choose among fr, fr-FR, fr-simple.", "not_offered"),)
    assert nothing_was_made(desk)


def test_a_test_that_is_written_throughout_in_a_language_is_taken_in_it(desk: Desk) -> None:
    done = desk.play(desk.start("1.2", locale="en"))
    assert (done.locale, done.status, languages(done)) == ("en", Status.COMPLETED, {"en"})
    made_to_measure = desk.start("prt_1", Purpose.CAMPAIGN, ceilings={"tube11a": 1, "tube12b": 3}, locale="en")
    assert languages(desk.play(made_to_measure)) <= {"en"}


def test_simple_french_is_asked_where_it_is_written_and_the_whole_test_is_asked(desk: Desk) -> None:
    usual, simple = desk.start("1.1"), desk.start("1.1", user_id=OTHER_PUPIL, locale="fr-simple")
    assert (usual.locale, simple.locale, simple.target) == ("fr-FR", "fr-simple", usual.target)
    asked = {}
    for _ in range(30):
        if not desk.state(simple.assessment_id).is_live:
            break
        question = desk.question(simple.assessment_id)
        asked[release().skills[question.challenge.skill_index].id] = question.challenge.locale
        desk.give(simple.assessment_id, question, {"skipped": True}, user_id=simple.user_id)
    assert desk.state(simple.assessment_id).status is Status.COMPLETED
    assert asked == {skill: "fr-simple" if skill in IN_SIMPLE_FRENCH else "fr" for skill in asked}


def test_a_skill_in_simple_french_is_asked_in_it(desk: Desk) -> None:
    test = desk.start("prt_1", Purpose.CAMPAIGN, ceilings={"tube11a": 2}, locale="fr-simple")
    assert desk.question(test.assessment_id).challenge.locale == "fr-simple"


def test_a_test_under_way_keeps_its_language_whatever_is_asked_for(desk: Desk) -> None:
    begun = desk.start(locale="fr-simple")
    for locale in ("fr-FR", "en", "zz-ZZ"):
        assert desk.start(locale=locale) == begun


def test_a_finished_test_is_given_back_in_its_language(desk: Desk) -> None:
    done = desk.play(desk.start("1.2", locale="en"))
    assert desk.start("1.2", locale="zz-ZZ") == done


def test_another_attempt_is_taken_in_the_language_of_the_one_before_unless_another_is_wanted(desk: Desk) -> None:
    campaign: dict[str, Any] = {"purpose": Purpose.CAMPAIGN, "ceilings": {"tube12a": 3}}
    assert desk.play(desk.start("prt_1", locale="en", **campaign), right=False).locale == "en"
    desk.wait(days=4, seconds=1)
    assert desk.play(desk.start("prt_1", improve=True, **campaign), right=False).locale == "en"
    desk.wait(days=4, seconds=1)
    assert desk.start("prt_1", improve=True, locale="fr-simple", **campaign).locale == "fr-simple"


def test_a_language_that_is_offered_no_more_is_followed_by_the_usual_one(desk: Desk) -> None:
    campaign: dict[str, Any] = {"purpose": Purpose.CAMPAIGN, "ceilings": {"tube12a": 3}}
    desk.play(desk.start("prt_1", locale="en", **campaign), right=False)
    desk.wait(days=4, seconds=1)
    french = tuple(challenge for challenge in release().challenges if challenge.locale == "fr")
    content = {name: getattr(release(), name) for name in _PARTS} | {"version": "r2", "challenges": french}
    desk.releases.releases.append(Release(**content))
    assert desk.start("prt_1", improve=True, **campaign).locale == "fr-FR"


def test_a_language_is_judged_by_the_skills_that_can_be_asked_at_all(desk: Desk) -> None:
    """A skill whose challenges are all only proposed keeps nobody from the test of its competence."""
    skill = release().skill_index("tube12a_3")
    challenges = tuple(
        replace(challenge, status="proposed") if challenge.skill_index == skill else challenge for challenge in release().challenges
    )
    content = {name: getattr(release(), name) for name in _PARTS} | {"challenges": challenges}
    desk.releases.releases[:] = [Release(**content)]
    assert desk.start("1.2", locale="en").locale == "en"


@pytest.mark.parametrize("improve", [False, True])
@pytest.mark.parametrize(
    ("subject", "more"),
    [
        ("1.1", {}),
        (DISCOVERY_PROFILE, {"purpose": Purpose.DISCOVERY}),
        ("prt_1", {"purpose": Purpose.CAMPAIGN, "target_profile_id": CAMPAIGN_PROFILE}),
    ],
)
def test_no_test_is_made_that_has_nothing_to_ask(desk: Desk, subject: str, more: dict[str, Any], improve: bool) -> None:
    desk.releases.releases[:] = [without_content()]
    with pytest.raises(NothingToAskError):
        desk.start(subject, improve=improve, **more)
    with pytest.raises(NothingToAskError):
        desk.start(subject, improve=improve, locale="fr-FR", **more)
    assert nothing_was_made(desk)


def test_a_discovery_test_without_skills_is_not_made(desk: Desk) -> None:
    (profile,) = [each for each in release().target_profiles if each.id == DISCOVERY_PROFILE]
    desk.releases.releases[:] = [without_content(challenges=release().challenges, target_profiles=(replace(profile, skills=()),))]
    with pytest.raises(NothingToAskError):
        desk.start(DISCOVERY_PROFILE, Purpose.DISCOVERY)
    assert nothing_was_made(desk)


def test_a_competence_of_which_all_is_known_is_not_begun_and_says_when_it_may_be_improved(desk: Desk) -> None:
    everything: dict[str, Any] = {"purpose": Purpose.CAMPAIGN, "ceilings": {"tube11a": 3, "tube11b": 3}}
    project_profile(desk.profiles, desk.releases, desk.play(desk.start("prt_1", **everything), right=False))
    desk.wait(days=1)
    with pytest.raises(NothingToAskError) as refused:
        desk.start("1.1")
    assert refused.value.facts == {"days_remaining": 3}
    assert len(desk.store.attempts_of(PUPIL)) == 1
    desk.wait(days=3, seconds=1)
    assert desk.start("1.1", improve=True).is_live


def test_a_competence_that_is_validated_throughout_is_neither_begun_nor_improved(desk: Desk) -> None:
    everything: dict[str, Any] = {"purpose": Purpose.CAMPAIGN, "ceilings": {"tube11a": 3, "tube11b": 3}}
    project_profile(desk.profiles, desk.releases, desk.play(desk.start("prt_1", **everything)))
    desk.wait(days=9)
    with pytest.raises(NothingToAskError) as refused:
        desk.start("1.1")
    assert refused.value.facts == {"days_remaining": None}
    with pytest.raises(NothingToImproveError):
        desk.start("1.1", improve=True)


def test_whoever_knows_all_that_a_campaign_asks_has_a_finished_test_to_send(desk: Desk) -> None:
    campaign: dict[str, Any] = {"purpose": Purpose.CAMPAIGN, "ceilings": {"tube11a": 3}}
    project_profile(desk.profiles, desk.releases, desk.play(desk.start("prt_1", **campaign)))
    begun = desk.start("prt_2", **campaign)
    state, due = settle(desk.store, release(), begun, desk.clock.now())
    assert (state.status, due, state.answers) == (Status.COMPLETED, None, ())
    assert len(Knowledge.unpack(state.knowledge_at_start)) == 3
    assert desk.start("prt_2", **campaign) == state
    with pytest.raises(NothingToImproveError):
        desk.start("prt_2", improve=True, **campaign)
    assert desk.start("prt_2", **campaign) == state


def test_a_certification_without_a_question_is_not_made(desk: Desk) -> None:
    with pytest.raises(NothingToAskError):
        desk.certify(questions=0)
    assert nothing_was_made(desk)


@pytest.mark.parametrize(
    ("subject", "purpose", "begun_with"),
    [("1.1", Purpose.COMPETENCE, {}), (DISCOVERY_PROFILE, Purpose.DISCOVERY, {"questions": ()})],
)
def test_a_test_that_was_finished_without_a_question_holds_neither_its_place_nor_the_delay(
    desk: Desk, subject: str, purpose: Purpose, begun_with: dict[str, Any]
) -> None:
    lost = dead(desk, subject, purpose, **begun_with)
    project_profile(desk.profiles, desk.releases, lost)
    desk.wait(seconds=1)
    again = desk.start(subject, purpose)
    assert (again.attempt, again.locale, again.status) == (2, "fr-FR", Status.STARTED)
    assert desk.start(subject, purpose) == again
    done = desk.play(again)
    assert (done.status, len(done.answers) > 0) == (Status.COMPLETED, True)
    with pytest.raises((TooEarlyToImproveError, NothingToImproveError)):
        desk.start(subject, purpose, improve=True)


def test_a_test_that_was_finished_without_a_question_can_be_improved_at_once(desk: Desk) -> None:
    dead(desk)
    assert desk.start(improve=True, locale="fr-simple").attempt == 2


def test_a_test_that_was_finished_without_a_question_is_not_begun_anew_in_a_language_that_is_not_offered(desk: Desk) -> None:
    dead(desk)
    with pytest.raises(LocaleNotOfferedError):
        desk.start(locale="zz-ZZ")
    assert len(desk.store.attempts_of(PUPIL)) == 1


@pytest.mark.parametrize("locale", ["fr-FR", "zz-ZZ"])
def test_only_a_discovery_test_is_taken_as_one(desk: Desk, locale: str) -> None:
    with pytest.raises(NotADiscoveryTestError) as refused:
        desk.start(CAMPAIGN_PROFILE, Purpose.DISCOVERY, locale=locale)
    assert [violation.pointer for violation in refused.value.violations] == ["/discovery_test"]
    with pytest.raises(TargetProfileNotFoundError):
        desk.start("nothing", Purpose.DISCOVERY, locale=locale)
    assert nothing_was_made(desk)


def test_what_would_refuse_a_test_is_known_before_anything_is_written(desk: Desk) -> None:
    command = StartAssessment(PUPIL, Purpose.CAMPAIGN, "prt_1", target_profile_id=CAMPAIGN_PROFILE)
    require_offered(desk.releases, command)
    for changes, error in (
        ({"locale": "en"}, LocaleNotOfferedError),
        ({"target_profile_id": "nothing"}, TargetProfileNotFoundError),
        ({"ceilings": {"nothing": 3}}, TargetProfileNotFoundError),
    ):
        with pytest.raises(error):
            require_offered(desk.releases, replace(command, **changes))
    desk.releases.releases[:] = [without_content()]
    with pytest.raises(NothingToAskError):
        require_offered(desk.releases, command)
    assert nothing_was_made(desk)
