"""The jury: its worklist, its decisions, its agreement (docs/domain.md §8)."""

from dataclasses import replace

import pytest

from engine.grading import Result
from jalon.certification import decisions
from jalon.certification.candidates import Candidate
from jalon.certification.decisions import AnyDecision, details_of, kind_of
from jalon.certification.errors import (
    CertificationNotFoundError,
    FinalisationSupersededError,
    InvalidDecisionError,
    NotInJuryError,
    OpenPointsError,
    ResultChangedError,
)
from jalon.certification.handover import Handover
from jalon.certification.identities import BirthPlace
from jalon.certification.reports import ReportCode
from jalon.certification.results import Outcome, ResultVersion, Settled
from jalon.certification.review_session import approve_publication, record_decision, review_session
from jalon.certification.score_candidate import ScoreCandidate, set_aside
from jalon.certification.sessions import Session, SessionStatus
from jalon.certification.workflow_tasks import mark_published, request_jury
from jalon.kernel.ids import CertificationId
from tests.assessment.fakes import FakeReleases
from tests.certification.centre import JUROR, NAMES, Centre, identity


def in_jury(centre: Centre, *, wrong: int = 0, report: ReportCode | None = ReportCode.C6) -> tuple[Session, Candidate, ResultVersion]:
    """A session with one scored candidate, before the jury: the first ``wrong`` answers are ko, the others right."""
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    centre.answer(begun.test, *[Result.KO] * wrong)
    centre.finish(begun.test)
    if report is not None:
        centre.report(begun.candidate, report, description="À voir.", hour="10:45" if report is ReportCode.C3 else "")
    centre.finalise(session)
    result = centre.score(begun.candidate)
    centre.to_jury(session)
    return session, begun.candidate, result


def decide(centre: Centre, candidate: Candidate, decision: AnyDecision, version: int | None = None) -> ResultVersion:
    return record_decision(centre.bench, JUROR, candidate.certification_id, decision, version)


def test_a_session_comes_to_the_jury_under_its_token(centre: Centre) -> None:
    session, _, _ = in_jury(centre)
    waiting = centre.worklist.items[session.number]
    assert (waiting.token, waiting.certifications, waiting.to_decide, waiting.global_comment, waiting.reminders) == (
        "token-1",
        1,
        1,
        False,
        0,
    )
    assert centre.sessions.get(session.number).status(centre.clock.now()) is SessionStatus.IN_JURY


def test_asking_again_replaces_the_token_and_keeps_since_when_it_waits(centre: Centre) -> None:
    session, _, _ = in_jury(centre)
    since = centre.worklist.items[session.number].waiting_since
    centre.wait(days=3)
    assert request_jury(centre.desk, session.number, 1, "token-2", 1)
    waiting = centre.worklist.items[session.number]
    assert (waiting.token, waiting.waiting_since, waiting.reminders) == ("token-2", since, 1)


def test_the_jury_sees_every_candidate_with_reports_and_history(centre: Centre) -> None:
    session, candidate, result = in_jury(centre)
    decide(centre, candidate, decisions.Comment(for_candidate="Bravo"))
    review = review_session(centre.bench, session.number)
    (reviewed,) = review.candidates
    assert [version.version for version in reviewed.history] == [1000, 1001]
    assert reviewed.history[0] == result
    assert review.open_points == 1


def test_a_session_that_is_not_finalised_is_not_reviewed(centre: Centre) -> None:
    with pytest.raises(NotInJuryError):
        review_session(centre.bench, centre.session().number)


def test_a_result_that_is_not_scored_yet_is_an_open_point(centre: Centre) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    centre.finish(begun.test)
    centre.finalise(session)
    review = review_session(centre.bench, session.number)
    assert (review.candidates[0].result, review.open_points) == (None, 1)


def test_each_decision_is_a_version_with_its_author_and_none_is_ever_changed(centre: Centre) -> None:
    _, candidate, result = in_jury(centre)
    first = decide(centre, candidate, decisions.SettleReport(result.settlements[0].report_id, upheld=False))
    centre.wait(minutes=5)
    second = decide(centre, candidate, decisions.Comment(for_organisation="Rien à signaler."))
    history = list(centre.results.history(candidate.certification_id))
    assert history == [result, first, second]
    assert [version.version for version in history] == [1000, 1001, 1002]
    assert first.decision is not None
    assert (first.author, first.decision.kind, first.decision.details) == (
        JUROR,
        "settle_report",
        {"report_id": result.settlements[0].report_id, "upheld": False},
    )
    assert first.settlements[0].outcome is Settled.DISMISSED
    assert second.at > first.at


def test_of_two_jurors_who_saw_the_same_version_one_is_refused(centre: Centre) -> None:
    _, candidate, _ = in_jury(centre)
    decide(centre, candidate, decisions.Comment(for_candidate="a"), version=1000)
    with pytest.raises(ResultChangedError) as refusal:
        decide(centre, candidate, decisions.Comment(for_candidate="b"), version=1000)
    assert refusal.value.facts == {"version": 1001}


def test_neutralising_scores_again_and_can_be_taken_back(centre: Centre) -> None:
    _, candidate, result = in_jury(centre, wrong=3)
    neutralised = decide(centre, candidate, decisions.NeutraliseQuestion(1))
    assert neutralised.marks[0].neutralised
    assert (result.rate, neutralised.rate) == (83, 88)
    back = decide(centre, candidate, decisions.NeutraliseQuestion(1, neutralised=False))
    assert (back.rate, back.competences, back.outcome) == (result.rate, result.competences, result.outcome)


def test_a_question_the_test_does_not_have_is_refused(centre: Centre) -> None:
    _, candidate, _ = in_jury(centre)
    with pytest.raises(InvalidDecisionError):
        decide(centre, candidate, decisions.NeutraliseQuestion(40))
    with pytest.raises(InvalidDecisionError):
        decide(centre, candidate, decisions.SettleReport("rpt_other", upheld=True))


def test_a_report_settled_by_rule_is_not_the_jurys(centre: Centre) -> None:
    _, candidate, result = in_jury(centre, report=ReportCode.C7)
    with pytest.raises(InvalidDecisionError):
        decide(centre, candidate, decisions.SettleReport(result.settlements[0].report_id, upheld=True))


@pytest.mark.parametrize(
    ("decision", "outcome", "reason"),
    [(decisions.Reject(), Outcome.REJECTED, "fraud"), (decisions.Cancel(), Outcome.CANCELLED, "cancelled_by_jury")],
)
def test_a_sanction_certifies_nothing_lasts_and_can_be_lifted(centre: Centre, decision: AnyDecision, outcome: Outcome, reason: str) -> None:
    _, candidate, result = in_jury(centre)
    sanctioned = decide(centre, candidate, decision)
    assert (sanctioned.outcome, sanctioned.reason, sanctioned.pix) == (outcome, reason, 0)
    assert {item.level for item in sanctioned.competences.values()} == {0}
    scored_again = decide(centre, candidate, decisions.NeutraliseQuestion(1))
    assert (scored_again.outcome, scored_again.reason, scored_again.pix) == (outcome, reason, 0)
    decide(centre, candidate, decisions.NeutraliseQuestion(1, neutralised=False))
    lifted = decide(centre, candidate, decisions.Reinstate())
    assert (lifted.outcome, lifted.pix, lifted.competences) == (result.outcome, result.pix, result.competences)
    with pytest.raises(InvalidDecisionError):
        decide(centre, candidate, decisions.Reinstate())


def test_a_result_changed_by_hand_says_so(centre: Centre) -> None:
    _, candidate, result = in_jury(centre)
    changed = decide(centre, candidate, decisions.ChangeResult({"1.1": 2, "1.2": 0}, {"1.1": 20, "1.2": 0}))
    assert changed.competences["1.1"].level == 2
    assert changed.pix == result.pix - 4 - 24
    nothing = decide(centre, candidate, decisions.ChangeResult(dict.fromkeys(result.competences, 0), dict.fromkeys(result.competences, 0)))
    assert (nothing.outcome, nothing.reason, nothing.pix) == (Outcome.REJECTED, "zero_pix", 0)


@pytest.mark.parametrize(("level", "pix"), [(8, 64), (-1, 0), (2, 8), (2, 24)])
def test_a_level_and_its_pix_go_together(centre: Centre, level: int, pix: int) -> None:
    _, candidate, _ = in_jury(centre)
    with pytest.raises(InvalidDecisionError):
        decide(centre, candidate, decisions.ChangeResult({"1.1": level}, {"1.1": pix}))
    with pytest.raises(InvalidDecisionError):
        decide(centre, candidate, decisions.ChangeResult({"1.1": 1}, {}))


def test_a_corrected_identity_goes_to_the_certificate_and_obeys_the_rules(centre: Centre) -> None:
    session, candidate, _ = in_jury(centre)
    corrected = identity("  Lefebvre ", "Zoé")
    decide(centre, candidate, decisions.CorrectIdentity(corrected))
    outcome = Handover(centre.sessions, centre.candidates, centre.results).outcome(session.number, candidate.candidate_id)
    assert outcome.identity == replace(corrected, last_name="Lefebvre")
    with pytest.raises(InvalidDecisionError):
        decide(centre, candidate, decisions.CorrectIdentity(identity(birth_place=BirthPlace("FR"))))


def test_comments_are_replaced_one_by_one_and_have_their_length(centre: Centre) -> None:
    _, candidate, _ = in_jury(centre)
    decide(centre, candidate, decisions.Comment("a", "b"))
    result = decide(centre, candidate, decisions.Comment(for_candidate="c"))
    assert (result.comment_for_candidate, result.comment_for_organisation) == ("c", "b")
    with pytest.raises(InvalidDecisionError):
        decide(centre, candidate, decisions.Comment(for_organisation="x" * 2001))


def test_a_test_without_a_score_is_settled_by_hand(centre: Centre) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    centre.finish(begun.test)
    centre.finalise(session)
    centre.marking = replace(centre.marking, releases=FakeReleases())
    set_aside(centre.marking, ScoreCandidate(session.number, 1, begun.candidate.candidate_id))
    centre.to_jury(session)
    with pytest.raises(OpenPointsError):
        approve_publication(centre.bench, JUROR, session.number)
    cancelled = decide(centre, begun.candidate, decisions.Cancel())
    assert cancelled.open_points == ()
    assert decide(centre, begun.candidate, decisions.Reinstate()).open_points == ("scoring",)
    changed = decide(centre, begun.candidate, decisions.ChangeResult({"1.1": 3}, {"1.1": 24}))
    assert (changed.outcome, changed.pix, changed.max_level, changed.open_points) == (Outcome.VALIDATED, 24, 7, ())
    approve_publication(centre.bench, JUROR, session.number)


def test_nothing_is_published_while_a_point_is_open(centre: Centre) -> None:
    session, candidate, result = in_jury(centre)
    with pytest.raises(OpenPointsError) as refusal:
        approve_publication(centre.bench, JUROR, session.number)
    assert refusal.value.facts == {"open_points": 1}
    decide(centre, candidate, decisions.SettleReport(result.settlements[0].report_id, upheld=True))
    approved = approve_publication(centre.bench, JUROR, session.number)
    assert approved.finalisation is not None
    assert (approved.finalisation.approved_by, centre.executions.succeeded) == (JUROR, [("token-1", {"decision": "publish"})])


def test_agreeing_again_changes_nothing_and_no_decision_follows(centre: Centre) -> None:
    session, candidate, _ = in_jury(centre, report=None)
    first = approve_publication(centre.bench, JUROR, session.number)
    centre.wait(minutes=1)
    assert approve_publication(centre.bench, JUROR, session.number).finalisation == first.finalisation
    with pytest.raises(NotInJuryError):
        decide(centre, candidate, decisions.Cancel())


def test_before_the_jury_is_asked_it_neither_decides_nor_agrees(centre: Centre) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    centre.finish(begun.test)
    centre.finalise(session)
    with pytest.raises(CertificationNotFoundError):
        decide(centre, begun.candidate, decisions.Cancel())
    centre.score(begun.candidate)
    with pytest.raises(NotInJuryError):
        decide(centre, begun.candidate, decisions.Cancel())
    with pytest.raises(NotInJuryError):
        approve_publication(centre.bench, JUROR, session.number)


def test_an_agreement_outlives_the_execution_that_asked_for_it(centre: Centre) -> None:
    session, _, _ = in_jury(centre, report=None)
    centre.executions.waiting.clear()  # the execution died: nothing waits under its token
    approve_publication(centre.bench, JUROR, session.number)
    centre.executions.waiting.add("token-2")
    assert not request_jury(centre.desk, session.number, 1, "token-2", 0)
    assert centre.executions.succeeded[-1] == ("token-2", {"decision": "publish"})


def test_a_published_session_is_off_the_lists_and_locked(centre: Centre) -> None:
    session, candidate, _ = in_jury(centre, report=None)
    approve_publication(centre.bench, JUROR, session.number)
    for _ in range(2):
        published = mark_published(centre.sessions, centre.worklist, centre.open_finalisations, centre.clock, session.number, 1)
        centre.wait(minutes=1)
    assert published.status(centre.clock.now()) is SessionStatus.PUBLISHED
    assert (centre.worklist.items, centre.open_finalisations.items) == ({}, {})
    with pytest.raises(NotInJuryError):
        decide(centre, candidate, decisions.Cancel())
    with pytest.raises(FinalisationSupersededError):
        request_jury(centre.desk, session.number, 1, "token-3", 0)
    with pytest.raises(FinalisationSupersededError):
        mark_published(centre.sessions, centre.worklist, centre.open_finalisations, centre.clock, session.number, 2)


def test_an_unknown_certification_is_not_found(centre: Centre) -> None:
    with pytest.raises(CertificationNotFoundError):
        record_decision(centre.bench, JUROR, CertificationId("crt_0"), decisions.Cancel(), None)


@pytest.mark.parametrize(
    ("decision", "kind", "details"),
    [
        (decisions.Reject(), "reject", {}),
        (decisions.NeutraliseQuestion(4), "neutralise_question", {"question_number": 4, "neutralised": True}),
        (decisions.Comment("a"), "comment", {"for_candidate": "a", "for_organisation": None}),
        (decisions.ChangeResult({"1.1": 1}, {"1.1": 9}), "change_result", {"levels": {"1.1": 1}, "pix": {"1.1": 9}}),
    ],
)
def test_the_history_keeps_what_was_decided(decision: AnyDecision, kind: str, details: dict[str, object]) -> None:
    assert (kind_of(decision), details_of(decision)) == (kind, details)
    assert details_of(decisions.CorrectIdentity(identity()))["birth_date"] == "2012-05-17"
