"""A correction after publication: a new finalisation, new versions only where the jury changed something (docs/domain.md §8)."""

from dataclasses import replace

import pytest

from jalon.certification import decisions
from jalon.certification.correct_session import CorrectSession, correct_session
from jalon.certification.errors import FinalisationSupersededError, InvalidDecisionError, NotInJuryError, NotPublishedError
from jalon.certification.handover import Handover
from jalon.certification.results import ResultVersion
from jalon.certification.review_session import approve_publication, record_decision
from jalon.certification.run_finalisation import Sweep, resume_finalisations
from jalon.certification.score_candidate import ScoreCandidate, score_candidate
from jalon.certification.sessions import Session, SessionStatus
from jalon.certification.start_certification import Begun
from jalon.certification.workflow_tasks import load_session, mark_published, request_jury
from jalon.kernel.ids import CandidateId, CertificationId
from tests.certification.centre import JUROR, NAMES, Centre


def published(centre: Centre) -> tuple[Session, Begun, Begun]:
    session = centre.session()
    first, second = centre.begin(session, NAMES[0], NAMES[1])
    for begun in (first, second):
        centre.finish(begun.test)
    centre.finalise(session)
    for begun in (first, second):
        centre.score(begun.candidate)
    centre.to_jury(session)
    record_decision(centre.bench, JUROR, first.candidate.certification_id, decisions.Comment("Bravo"), None)
    approve_publication(centre.bench, JUROR, session.number)
    mark(centre, session, 1)
    return centre.sessions.get(session.number), first, second


def mark(centre: Centre, session: Session, finalisation: int) -> Session:
    return mark_published(centre.sessions, centre.worklist, centre.open_finalisations, centre.clock, session.number, finalisation)


def correct(centre: Centre, session: Session, reason: str = "Nom mal écrit.") -> Session:
    command = CorrectSession(session.number, JUROR, reason)
    return correct_session(centre.sessions, centre.open_finalisations, centre.executions, centre.clock, command)


def score(centre: Centre, begun: Begun, finalisation: int = 2) -> ResultVersion:
    row = begun.candidate
    return score_candidate(centre.marking, ScoreCandidate(row.session_number, finalisation, row.candidate_id))


def test_a_published_session_is_opened_again_as_its_next_finalisation(centre: Centre) -> None:
    session, _, _ = published(centre)
    first = session.published_at
    reopened = correct(centre, session)
    assert reopened.finalisation is not None
    assert (reopened.finalisation.number, reopened.finalisation.global_comment) == (2, "Nom mal écrit.")
    assert reopened.earlier_finalisations[0].approved_by == JUROR
    assert (reopened.status(centre.clock.now()), reopened.published_at) == (SessionStatus.FINALISED, first)
    assert f"{session.number}-2" in centre.executions.statuses


def test_nothing_is_scored_again_and_the_jurys_decisions_stay(centre: Centre) -> None:
    session, first, second = published(centre)
    correct(centre, session)
    loaded = load_session(centre.sessions, centre.candidates, session.number, 2)
    assert (loaded.published, loaded.global_comment) == (False, True)
    assert (score(centre, first).version, score(centre, second).version) == (1001, 1000)
    assert score(centre, first).comment_for_candidate == "Bravo"


def test_only_what_the_jury_changes_gets_a_new_version(centre: Centre) -> None:
    session, first, second = published(centre)
    correct(centre, session)
    for begun in (first, second):
        score(centre, begun)
    with pytest.raises(NotInJuryError):
        record_decision(centre.bench, JUROR, first.candidate.certification_id, decisions.Cancel(), None)
    assert request_jury(centre.desk, session.number, 2, "token-2", 0)
    centre.executions.waiting.add("token-2")
    changed = record_decision(centre.bench, JUROR, second.candidate.certification_id, decisions.Cancel(), 1000)
    assert (changed.version, changed.finalisation) == (2000, 2)
    handover = Handover(centre.sessions, centre.candidates, centre.results)
    assert sorted(outcome.version for outcome in handover.outcomes(session.number)) == [1000, 1001]  # not agreed yet
    approve_publication(centre.bench, JUROR, session.number)
    assert centre.executions.succeeded[-1][0] == "token-2"
    assert score(centre, second).version == 1000  # a second execution begins from the same version again
    assert sorted(outcome.version for outcome in handover.outcomes(session.number)) == [1001, 2000]
    locked = mark(centre, session, 2)
    assert (locked.status(centre.clock.now()), locked.published_at) == (SessionStatus.PUBLISHED, session.published_at)
    assert correct(centre, session).finalisation is not None


def test_a_test_that_an_earlier_version_began_after_the_scoring_gets_its_result_in_a_correction(centre: Centre) -> None:
    session, first, _ = published(centre)
    row = centre.candidates.get(session.number, first.candidate.candidate_id)
    late = replace(
        row, candidate_id=CandidateId("can_late"), certification_id=CertificationId("crt_late"), abort_reason=None, finalisation=None
    )
    centre.candidates.add([late])
    correct(centre, session)
    loaded = load_session(centre.sessions, centre.candidates, session.number, 2)
    assert late.candidate_id in {candidate.candidate_id for candidate in loaded.started}
    result = score_candidate(centre.marking, ScoreCandidate(session.number, 2, late.candidate_id))
    assert (result.version, result.certification_id) == (2000, late.certification_id)
    assert request_jury(centre.desk, session.number, 2, "token-2", 0)


def test_only_a_published_session_is_opened_again_and_with_a_reason(centre: Centre) -> None:
    session = centre.session()
    with pytest.raises(NotPublishedError):
        correct(centre, session)
    done, _, _ = published(centre)
    with pytest.raises(InvalidDecisionError):
        correct(centre, done, "  ")
    correct(centre, done)
    with pytest.raises(NotPublishedError):
        correct(centre, done)


def test_a_late_execution_of_the_finalisation_before_changes_nothing(centre: Centre) -> None:
    session, first, _ = published(centre)
    correct(centre, session)
    for late in (
        lambda: load_session(centre.sessions, centre.candidates, session.number, 1),
        lambda: score(centre, first, finalisation=1),
        lambda: request_jury(centre.desk, session.number, 1, "token-9", 0),
        lambda: mark(centre, session, 1),
    ):
        with pytest.raises(FinalisationSupersededError):
            late()


def test_the_sweep_knows_which_finalisation_is_published(centre: Centre) -> None:
    session, _, _ = published(centre)
    correct(centre, session)
    assert resume_finalisations(centre.sessions, centre.open_finalisations, centre.executions, centre.clock) == Sweep(open=1)
    mark(centre, session, 2)
    assert centre.open_finalisations.items == {}
