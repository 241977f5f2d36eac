"""Whatever a pupil did before: what the card of a competence says is what starting, improving and resetting it then do."""

import copy
import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jalon.assessment.competence_card import CompetenceCard, Progress, competence_card
from jalon.assessment.errors import (
    NothingToAskError,
    NothingToImproveError,
    NothingToResetError,
    TooEarlyToImproveError,
    TooEarlyToResetError,
)
from jalon.assessment.profiles import AttemptCard
from jalon.assessment.project_profile import project_profile
from jalon.assessment.read_profile import read_profile
from jalon.assessment.reset_competence import reset_competence
from jalon.assessment.settle import settle
from jalon.assessment.state import AssessmentState, Purpose, Status
from jalon.kernel.errors import JalonError
from tests.assessment.content import release
from tests.assessment.desk import PUPIL, Desk, new_desk
from tests.assessment.fakes import FakeProfiles
from tests.sources import FixedClock

COMPETENCES = ("1.1", "1.2")
TUBES = ("tube11a", "tube11b", "tube12a", "tube12b")
#: What may refuse a step of a history: nothing is done then.
REFUSALS = (NothingToAskError, NothingToImproveError, NothingToResetError, TooEarlyToImproveError, TooEarlyToResetError)


@dataclass(frozen=True)
class Test:
    """A competence's test, or (``ceilings``) a campaign's, in which the first so many answers are given, each right or not."""

    __test__ = False
    competence: str
    improve: bool
    ceilings: dict[str, int]
    at_most: int
    right: tuple[bool, ...]


@dataclass(frozen=True)
class Reset:
    competence: str


@dataclass(frozen=True)
class Wait:
    days: float
    seconds: int


Step = Test | Reset | Wait
competences = st.sampled_from(COMPETENCES)
ceilings = st.dictionaries(st.sampled_from(TUBES), st.integers(1, 3), max_size=4)
tests = st.builds(Test, competences, st.booleans(), ceilings, st.sampled_from([100, 100, 0, 2]), st.tuples(*[st.booleans()] * 4))
waits = st.builds(Wait, st.sampled_from([1, 3, 4, 5, 7.5]), st.sampled_from([-1, 0, 1]))
histories = st.lists(st.one_of(tests, tests, waits, st.builds(Reset, competences)), max_size=9)


def play(desk: Desk, number: int, step: Step) -> None:
    if isinstance(step, Wait):
        desk.wait(days=step.days, seconds=step.seconds)
        return
    if isinstance(step, Reset):
        reset(desk, step.competence)
        return
    if step.ceilings:
        state = desk.start(f"par_1_{number}", Purpose.CAMPAIGN, ceilings=step.ceilings)
    else:
        state = desk.start(step.competence, improve=step.improve)
    for given_before in range(step.at_most):
        state, due = settle(desk.store, desk.releases.current(), desk.state(state.assessment_id), desk.clock.now())
        if due is None:
            return
        right = step.right[given_before % len(step.right)]
        desk.give(state.assessment_id, desk.question(state.assessment_id), None if right else {"skipped": True})


def reset(desk: Desk, code: str) -> None:
    reset_competence(store=desk.store, profiles=desk.profiles, releases=desk.releases, clock=desk.clock, user_id=PUPIL, code=code)


def attempted(desk: Desk, act: Callable[[Desk], AssessmentState | None], *, days: float = 0) -> AssessmentState | JalonError | None:
    """What comes of it some days from now, on a copy of everything."""
    elsewhere = replace(
        desk,
        store=copy.deepcopy(desk.store),
        profiles=copy.deepcopy(desk.profiles),
        clock=FixedClock(desk.clock.now()),
        ids=copy.deepcopy(desk.ids),
    )
    elsewhere.wait(days=days)
    try:
        return act(elsewhere)
    except JalonError as error:
        return error


def is_live(outcome: object) -> bool:
    return isinstance(outcome, AssessmentState) and outcome.is_live


def waits_for(outcome: object, refusal: type[JalonError], days: int) -> bool:
    return isinstance(outcome, refusal) and outcome.facts == {"days_remaining": days}


def check_improving(desk: Desk, code: str, card: CompetenceCard) -> None:
    def improve(elsewhere: Desk) -> AssessmentState:
        return elsewhere.start(code, improve=True)

    days = card.days_before_improving
    if card.progress is Progress.TO_START:
        assert is_live(attempted(desk, lambda elsewhere: elsewhere.start(code)))
    elif card.progress is Progress.IN_PROGRESS:
        going_on = attempted(desk, lambda elsewhere: elsewhere.start(code))
        assert isinstance(going_on, AssessmentState)
        assert (going_on.is_live, going_on.assessment_id) == (True, card.assessment_id)
    elif days is None:
        assert card.progress is Progress.DONE
        assert isinstance(attempted(desk, improve), NothingToImproveError)
    else:
        assert (days == 0) == (card.progress is Progress.TO_IMPROVE)
        assert days == 0 or waits_for(attempted(desk, improve), TooEarlyToImproveError, days)
        assert days == 0 or waits_for(attempted(desk, improve, days=days - 1), TooEarlyToImproveError, 1)
        assert is_live(attempted(desk, improve, days=days))


def check_reset(desk: Desk, code: str, card: CompetenceCard) -> None:
    outcome = attempted(desk, lambda elsewhere: reset(elsewhere, code))
    if card.days_before_reset is None:
        assert isinstance(outcome, NothingToResetError)
    elif card.days_before_reset:
        assert waits_for(outcome, TooEarlyToResetError, card.days_before_reset)
    else:
        assert outcome is None


def cards_in_every_order(desk: Desk, *images: AssessmentState) -> list[AttemptCard]:
    """The card of a test, for each order in which the stream may bring its images."""
    cards = []
    for order in itertools.permutations(images):
        profiles = FakeProfiles()
        for image in order:
            project_profile(profiles, desk.releases, image)
        cards.extend(profiles.items[PUPIL].cards.values())
    return cards


@pytest.mark.parametrize("behind", [{"milliseconds": -700}, {"seconds": -2}])
def test_an_answer_is_on_the_card_though_the_clock_that_dated_it_was_behind_the_starts(desk: Desk, behind: dict[str, float]) -> None:
    """The start at .700 s and an answer dated with its second alone, as earlier versions did; two environments whose clocks differ."""
    desk.wait(milliseconds=700)
    started = desk.start()
    desk.wait(**behind)
    desk.give(started.assessment_id, desk.question(started.assessment_id), seconds=0)
    answered = desk.state(started.assessment_id)
    assert answered.updated_at < started.updated_at
    assert {card.answered for card in cards_in_every_order(desk, started, answered)} == {1}


@pytest.mark.parametrize("over", [Status.ENDED, Status.COMPLETED])
def test_a_test_that_is_over_is_over_on_the_card_though_the_clock_that_ended_it_was_behind(desk: Desk, over: Status) -> None:
    started = desk.start()
    asked = desk.question(started.assessment_id)
    desk.give(started.assessment_id, asked)
    answered, earlier = desk.state(started.assessment_id), desk.clock.now() - timedelta(seconds=1)
    if over is Status.ENDED:
        desk.store.end(started.assessment_id, reason="reset", at=earlier)
    else:
        desk.store.complete(started.assessment_id, sequence=2, at=earlier)
    assert {card.status for card in cards_in_every_order(desk, started, answered, desk.state(started.assessment_id))} == {over}


@settings(max_examples=60)
@given(histories)
@example([Test("1.1", False, {"tube11a": 3, "tube11b": 3}, 100, (False,))])
def test_a_card_tells_what_can_be_done(history: list[Step]) -> None:
    desk = new_desk()
    for number, step in enumerate(history):
        try:
            play(desk, number, step)
        except REFUSALS:
            continue
    for state in list(desk.store.of_user(PUPIL)):
        project_profile(desk.profiles, desk.releases, state)
    for code in COMPETENCES:
        card = competence_card(release(), read_profile(desk.profiles, desk.releases, PUPIL), code, desk.clock.now())
        check_improving(desk, code, card)
        check_reset(desk, code, card)
