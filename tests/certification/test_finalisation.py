"""Finalising, scoring, settling: what is refused, what is idempotent, what each ending is worth (docs/domain.md §5, §7, §8)."""

from dataclasses import replace

import pytest

from engine.grading import Result
from jalon.assessment.state import Status
from jalon.certification.candidates import AbortReason
from jalon.certification.errors import (
    CertificationNotFoundError,
    FinalisationSupersededError,
    InvalidFinalisationError,
    NobodyStartedError,
    ScoringError,
    SessionFinalisedError,
    SessionNotFoundError,
)
from jalon.certification.finalise_session import FinaliseSession, finalise_session
from jalon.certification.handover import Handover
from jalon.certification.reports import ReportCode
from jalon.certification.results import SYSTEM, Outcome, Settled
from jalon.certification.score_candidate import ScoreCandidate, score_candidate, set_aside
from jalon.certification.sessions import SessionStatus
from jalon.certification.supervise_session import end_test
from jalon.certification.workflow_tasks import load_session
from jalon.kernel.ids import CandidateId, SessionNumber
from tests.assessment.fakes import FakeReleases
from tests.certification.centre import HEAD, NAMES, Centre


def test_a_finished_session_is_finalised_and_its_execution_begun(centre: Centre) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    centre.finish(begun.test)
    finalised = centre.finalise(session, comment="  Une coupure de courant.  ")
    assert finalised.status(centre.clock.now()) is SessionStatus.FINALISED
    assert finalised.finalisation is not None
    assert (finalised.finalisation.number, finalised.finalisation.global_comment) == (1, "Une coupure de courant.")
    assert list(centre.executions.statuses) == [f"{session.number}-1"]
    assert centre.open_finalisations.items[session.number].attempt == 1


def test_a_session_is_finalised_once(centre: Centre) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    centre.finish(begun.test)
    centre.finalise(session)
    with pytest.raises(SessionFinalisedError):
        centre.finalise(session)
    assert len(centre.executions.statuses) == 1


def test_of_two_finalisations_at_once_one_is_refused(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    centre.finish(begun.test)
    unseen = centre.sessions.get(session.number)
    centre.finalise(session)
    monkeypatch.setattr(centre.sessions, "get", lambda _number: unseen)
    with pytest.raises(SessionFinalisedError):
        centre.finalise(session)
    assert len(centre.executions.statuses) == 1


def test_a_session_in_which_nobody_started_is_not_finalised(centre: Centre) -> None:
    session = centre.session()
    centre.seat(session, NAMES[0])
    with pytest.raises(NobodyStartedError):
        centre.finalise(session)
    with pytest.raises(SessionNotFoundError):
        finalise_session(centre.room, centre.open_finalisations, centre.executions, FinaliseSession(SessionNumber("1"), HEAD, {}))
    assert centre.sessions.get(session.number).finalisation is None


def test_every_missing_and_every_superfluous_reason_is_named(centre: Centre) -> None:
    session = centre.session()
    absent = centre.seat(session, NAMES[3])[0]
    finished, running, ended = centre.begin(session, *NAMES[:3])
    centre.finish(finished.test)
    end_test(centre.room, session.number, ended.candidate.candidate_id)
    wrong = {
        finished.candidate.candidate_id: AbortReason.CANDIDATE,
        absent.candidate_id: AbortReason.TECHNICAL,
        CandidateId("can_9"): AbortReason.CANDIDATE,
        ended.candidate.candidate_id: AbortReason.CANDIDATE,
    }
    with pytest.raises(InvalidFinalisationError) as refusal:
        centre.finalise(session, wrong, "x" * 2001)
    found = {(violation.pointer.removeprefix("/abort_reasons/"), violation.code) for violation in refusal.value.violations}
    assert found == {
        (running.candidate.candidate_id, "abort_reason_missing"),
        (finished.candidate.candidate_id, "abort_reason_superfluous"),
        (absent.candidate_id, "abort_reason_superfluous"),
        ("can_9", "abort_reason_superfluous"),
        ("/global_comment", "length"),
    }
    assert centre.sessions.get(session.number).finalisation is None
    assert centre.executions.statuses == {}


def test_a_test_whose_last_answer_was_stored_but_not_closed_is_finished(centre: Centre) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    centre.finish(begun.test)
    centre.assessments.items[begun.test.assessment_id] = replace(centre.assessments.items[begun.test.assessment_id], status=Status.STARTED)
    centre.finalise(session)
    result = centre.score(begun.candidate)
    assert (result.ending, result.outcome, result.pix) == ("completed", Outcome.VALIDATED, 144)


def test_reasons_of_a_finalisation_that_died_are_replaced_by_the_next(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    with monkeypatch.context() as patch:
        patch.setattr(centre.sessions, "finalise", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            centre.finalise(session, {begun.candidate.candidate_id: AbortReason.CANDIDATE})
    centre.finish(begun.test)
    centre.finalise(session)
    assert centre.candidates.get(session.number, begun.candidate.candidate_id).abort_reason is None


def test_a_workflow_that_cannot_be_reached_does_not_undo_the_finalisation(centre: Centre) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    centre.finish(begun.test)
    centre.executions.broken = True
    assert centre.finalise(session).finalisation is not None
    assert centre.open_finalisations.items[session.number].attempt == 1


def test_a_perfect_test_certifies_the_frozen_levels(centre: Centre) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    centre.finish(begun.test)
    centre.finalise(session)
    result = centre.score(begun.candidate)
    assert (result.outcome, result.reason, result.rate, result.trusted) == (Outcome.VALIDATED, "", 100, True)
    assert {code: item.level for code, item in result.competences.items()} == dict.fromkeys(result.levels_at_start, 3)
    assert (result.version, result.author, result.decision) == (1000, SYSTEM, None)
    assert result.open_points == ()


def test_scoring_again_changes_nothing(centre: Centre) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    centre.finish(begun.test)
    centre.finalise(session)
    first = centre.score(begun.candidate)
    centre.wait(hours=3)
    assert centre.score(begun.candidate) == first
    assert len(centre.results.items) == 1


def test_scoring_ends_a_running_test_first(centre: Centre) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    centre.answer(begun.test, Result.OK)
    centre.finalise(session, {begun.candidate.candidate_id: AbortReason.TECHNICAL})
    centre.score(begun.candidate)
    centre.answer(begun.test, Result.OK)
    stored = centre.assessments.items[begun.test.assessment_id]
    assert (stored.status, stored.end_reason, len(stored.answers)) == (Status.ENDED, "finalisation", 1)


@pytest.mark.parametrize(
    ("reason", "outcome", "why", "rate"),
    [(AbortReason.TECHNICAL, Outcome.VALIDATED, "", 100), (AbortReason.CANDIDATE, Outcome.VALIDATED, "", 83)],
)
def test_unanswered_questions_are_neutralised_or_wrong_by_the_reason(
    centre: Centre, reason: AbortReason, outcome: Outcome, why: str, rate: int
) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    centre.answer(begun.test, *[Result.OK] * 15)
    centre.finalise(session, {begun.candidate.candidate_id: reason})
    result = centre.score(begun.candidate)
    assert (result.outcome, result.reason, result.rate) == (outcome, why, rate)
    assert [mark.result for mark in result.marks[15:]] == ["unanswered"] * 3


def test_a_technical_stop_too_early_is_cancelled_and_giving_up_is_rejected(centre: Centre) -> None:
    session = centre.session()
    first, second = centre.begin(session, NAMES[0], NAMES[1])
    for begun in (first, second):
        centre.answer(begun.test, *[Result.OK] * 6)
    centre.finalise(session, {first.candidate.candidate_id: AbortReason.TECHNICAL, second.candidate.candidate_id: AbortReason.CANDIDATE})
    assert (centre.score(first.candidate).outcome, centre.score(second.candidate).outcome) == (Outcome.CANCELLED, Outcome.REJECTED)


def test_reports_are_settled_with_the_score(centre: Centre) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    centre.answer(begun.test, Result.KO, Result.FOCUSEDOUT, Result.OK, Result.KO)
    centre.finish(begun.test)
    reports = [
        centre.report(begun.candidate, ReportCode.E4, question_number=1),
        centre.report(begun.candidate, ReportCode.E10, question_number=2),
        centre.report(begun.candidate, ReportCode.C4),
    ]
    centre.finalise(session)
    result = centre.score(begun.candidate)
    assert {item.report_id: item.outcome for item in result.settlements} == {
        reports[0].report_id: Settled.NEUTRALISED,
        reports[1].report_id: Settled.COUNTED_RIGHT,
        reports[2].report_id: Settled.NO_EFFECT,
    }
    assert [(mark.neutralised, mark.counted_right) for mark in result.marks[:3]] == [(True, False), (False, True), (False, False)]
    assert result.rate == 94  # 16 of the 17 that count
    assert result.open_points == ()


def test_what_cannot_be_settled_waits_for_the_jury(centre: Centre) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    centre.finish(begun.test)
    waiting = centre.report(begun.candidate, ReportCode.C6, description="Une antisèche.")
    centre.finalise(session)
    assert centre.score(begun.candidate).open_points == (waiting.report_id,)


def test_a_test_whose_content_is_gone_is_set_aside_for_the_jury(centre: Centre) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    centre.finish(begun.test)
    report = centre.report(begun.candidate, ReportCode.E4, question_number=1)
    centre.finalise(session)
    centre.marking = replace(centre.marking, releases=FakeReleases())
    with pytest.raises(ScoringError):
        centre.score(begun.candidate)
    command = ScoreCandidate(session.number, 1, begun.candidate.candidate_id)
    result = set_aside(centre.marking, command)
    assert (result.outcome, result.version, result.open_points) == (Outcome.ERROR, 1000, (report.report_id, "scoring"))
    assert set_aside(centre.marking, command) == result


def test_a_candidate_who_did_not_start_has_nothing_to_score(centre: Centre) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    centre.finish(begun.test)
    absent = replace(begun.candidate, candidate_id=CandidateId("can_absent"), started_at=None)
    centre.candidates.add([absent])
    centre.finalise(session)
    with pytest.raises(CertificationNotFoundError):
        score_candidate(centre.marking, ScoreCandidate(session.number, 1, absent.candidate_id))


def test_another_finalisation_is_told_so(centre: Centre) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    centre.finish(begun.test)
    with pytest.raises(FinalisationSupersededError):
        load_session(centre.sessions, centre.candidates, session.number, 1)
    centre.finalise(session)
    with pytest.raises(FinalisationSupersededError):
        load_session(centre.sessions, centre.candidates, session.number, 2)
    assert len(load_session(centre.sessions, centre.candidates, session.number, 1).started) == 1
    centre.score(begun.candidate)
    with pytest.raises(FinalisationSupersededError):
        score_candidate(centre.marking, ScoreCandidate(session.number, 2, begun.candidate.candidate_id))


def test_the_hand_over_says_all_that_publication_needs(centre: Centre) -> None:
    session = centre.session()
    centre.enrol(session.number, ("Absent", "Ali"))
    second, first = centre.begin(session, NAMES[1], NAMES[0])
    for begun in (first, second):
        centre.finish(begun.test)
    centre.finalise(session)
    for begun in (first, second):
        centre.score(begun.candidate)
    handover = Handover(centre.sessions, centre.candidates, centre.results)
    outcomes = handover.outcomes(session.number)
    assert [outcome.identity.last_name for outcome in outcomes] == ["Lefèvre", "Martin"]
    assert outcomes[0] == handover.outcome(session.number, first.candidate.candidate_id)
    assert (outcomes[0].centre, outcomes[0].finalisation, outcomes[0].taken_on) == ("Collège des Exemples", 1, session.date)
    absent = next(row for row in centre.candidates.of_session(session.number) if row.user_id is None)
    with pytest.raises(CertificationNotFoundError):
        handover.outcome(session.number, absent.candidate_id)
