"""A start that meets its session's finalisation: nobody gets a test whose answers would not be published (docs/domain.md §7, §8)."""

from collections.abc import Callable
from typing import Any

import pytest

from engine.grading import Result
from jalon.assessment.state import EndReason, Status
from jalon.certification import start_certification
from jalon.certification.candidates import Candidate
from jalon.certification.decisions import ChangeResult, NeutraliseQuestion
from jalon.certification.errors import SessionFinalisedError
from jalon.certification.handover import Handover
from jalon.certification.results import CertifiedCompetence, Outcome
from jalon.certification.review_session import record_decision
from jalon.certification.sessions import Session
from jalon.certification.workflow_tasks import load_session, mark_published, request_jury
from tests.certification.centre import JUROR, NAMES, Centre


def score_all(centre: Centre, session: Session) -> list[Any]:
    """What the state machine does first: load the session, score whom it found."""
    loaded = load_session(centre.sessions, centre.candidates, session.number, 1)
    return [centre.score(candidate) for candidate in loaded.started]


def outcomes(centre: Centre, session: Session) -> list[tuple[str, Outcome]]:
    told = Handover(centre.sessions, centre.candidates, centre.results).outcomes(session.number)
    return [(outcome.identity.last_name, outcome.outcome) for outcome in told]


@pytest.fixture
def class_of_two(centre: Centre) -> tuple[Session, Candidate]:
    """A session in which one pupil has finished, and the other is about to start."""
    session = centre.session()
    (late,) = centre.seat(session, NAMES[1])
    (begun,) = centre.begin(session, NAMES[0])
    centre.finish(begun.test)
    return session, late


@pytest.mark.parametrize("loaded", [True, False])
def test_a_start_that_is_drawing_its_questions_when_the_session_is_finalised_is_refused_or_scored(
    centre: Centre, class_of_two: tuple[Session, Candidate], monkeypatch: pytest.MonkeyPatch, loaded: bool
) -> None:
    session, late = class_of_two
    draw: Callable[..., Any] = start_certification._make_test

    def overtaken(*args: Any) -> Any:
        centre.finalise(session)
        if loaded:
            assert len(score_all(centre, session)) == 1
        return draw(*args)

    monkeypatch.setattr(start_certification, "_make_test", overtaken)
    if loaded:
        with pytest.raises(SessionFinalisedError):
            centre.start(late)
        (unseen,) = [test for test in centre.assessments.items.values() if test.user_id == late.user_id]
        assert (unseen.status, unseen.end_reason, unseen.answers) == (Status.ENDED, EndReason.FINALISATION, ())
        with pytest.raises(SessionFinalisedError):
            centre.start(late)
        assert outcomes(centre, session) == [(NAMES[0][0], Outcome.VALIDATED)]
    else:
        begun = centre.start(late)
        centre.answer(begun.test, Result.OK)
        assert len(score_all(centre, session)) == 2
        assert dict(outcomes(centre, session))[NAMES[1][0]] is Outcome.ERROR


def test_a_start_between_the_question_who_started_and_the_finalisation_goes_to_the_jury_with_its_answers(
    centre: Centre, class_of_two: tuple[Session, Candidate], monkeypatch: pytest.MonkeyPatch
) -> None:
    session, late = class_of_two
    finalise = centre.sessions.finalise

    def after_a_start(*args: Any) -> None:
        centre.answer(centre.start(late).test, Result.OK, Result.KO)
        finalise(*args)

    monkeypatch.setattr(centre.sessions, "finalise", after_a_start)
    centre.finalise(session)
    assert len(score_all(centre, session)) == 2
    result = centre.results.latest(late.certification_id)
    assert (result.outcome, result.ending, result.open_points) == (Outcome.ERROR, "technical", ("scoring",))
    assert [mark.result for mark in result.marks[:3]] == ["ok", "ko", "unanswered"]
    assert request_jury(centre.desk, session.number, 1, "token", 0)
    assert centre.worklist.items[session.number].to_decide == 1
    by_hand = ChangeResult({"1.1": 1}, {"1.1": 8})
    record_decision(centre.bench, JUROR, late.certification_id, by_hand, result.version)
    mark_published(centre.sessions, centre.worklist, centre.open_finalisations, centre.clock, session.number, 1)
    assert dict(outcomes(centre, session)) == {NAMES[0][0]: Outcome.VALIDATED, NAMES[1][0]: Outcome.VALIDATED}
    assert centre.results.latest(late.certification_id).competences["1.1"] == CertifiedCompetence(1, 8)


def test_what_nobody_asked_about_is_not_held_against_the_candidate(
    centre: Centre, class_of_two: tuple[Session, Candidate], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The jury may let the rule decide after all: what was not answered is neutralised then, as after a technical stop."""
    session, late = class_of_two
    finalise = centre.sessions.finalise
    monkeypatch.setattr(
        centre.sessions, "finalise", lambda *args: (centre.answer(centre.start(late).test, *[Result.OK] * 14), finalise(*args))
    )
    centre.finalise(session)
    score_all(centre, session)
    request_jury(centre.desk, session.number, 1, "token", 0)
    decided = record_decision(centre.bench, JUROR, late.certification_id, NeutraliseQuestion(15), None)
    assert (decided.outcome, decided.rate) == (Outcome.VALIDATED, 100)


def test_a_row_that_is_loaded_is_closed_to_everybody_whether_it_started_or_not(
    centre: Centre, class_of_two: tuple[Session, Candidate]
) -> None:
    session, _ = class_of_two
    centre.finalise(session)
    assert len(load_session(centre.sessions, centre.candidates, session.number, 1).started) == 1
    rows = centre.candidates.of_session(session.number)
    assert [row.finalisation for row in rows] == [1, 1]
    load_session(centre.sessions, centre.candidates, session.number, 1)
    assert centre.candidates.of_session(session.number) == rows
