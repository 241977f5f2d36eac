"""A session under any sequence of acts, each repeated at will: what always holds (docs/domain.md §5, §7, §8)."""

import contextlib
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from engine.grading import Result
from jalon.assessment.state import Status
from jalon.certification import decisions, start_certification
from jalon.certification.candidates import AbortReason, Candidate, CandidateStatus
from jalon.certification.enrol_candidates import remove_candidate
from jalon.certification.reports import ReportCode
from jalon.certification.review_session import approve_publication, record_decision
from jalon.certification.start_certification import resume_certification
from jalon.certification.supervise_session import authorise_candidate, end_test, extend_time
from jalon.certification.workflow_tasks import load_session, mark_published
from jalon.kernel.errors import JalonError
from tests.certification.centre import JUROR, NAMES, Centre, account, everything_known, profile

#: Of four candidates two have started, one is on the list and one may start.
CANDIDATES, NOT_JOINED, MAY_START = st.integers(0, 3), 2, 3
DEVICES = st.sampled_from(["device-1", "device-2", "device-3"])
refused = contextlib.suppress(JalonError)


class SessionModel(RuleBasedStateMachine):
    """One session, four candidates, three devices, everybody doing anything at any time; every refusal is one of ours."""

    def __init__(self) -> None:
        super().__init__()
        self.centre = Centre()
        self.session = self.centre.session()
        self.leaves: dict[str, int] = {}
        self.takings: dict[str, int] = {}
        self.versions: dict[tuple[str, int], object] = {}
        self.frozen: dict[str, object] = {}
        self.scored = False

        self.listed = self.centre.enrol(self.session.number, *NAMES[:4])
        for rank in range(len(self.listed)):
            self.centre.profiles.items[account(rank)] = profile(account(rank), everything_known())
            if rank != NOT_JOINED:
                self.join(rank, rank)
                self.authorise(rank)
            if rank < NOT_JOINED:
                self.start(rank, "device-1")

    def row(self, rank: int) -> Candidate:
        listed = self.listed[rank]
        return self.centre.candidates.items.get((self.session.number, listed.candidate_id), listed)

    @precondition(lambda self: not self._finalised())
    @rule(name=st.sampled_from(NAMES))
    def enrol(self, name: tuple[str, str]) -> None:
        with refused:
            self.centre.enrol(self.session.number, name)

    @rule(candidate=CANDIDATES)
    def remove(self, candidate: int) -> None:
        with refused:
            remove_candidate(self.centre.sessions, self.centre.candidates, self.session.number, self.row(candidate).candidate_id)

    @rule(candidate=CANDIDATES, rank=st.integers(0, 2))
    def join(self, candidate: int, rank: int) -> None:
        with refused:
            self.centre.join(self.session, self.row(candidate), account(rank))

    @rule(candidate=CANDIDATES)
    def authorise(self, candidate: int) -> None:
        before = self.row(candidate)
        with refused:
            after = authorise_candidate(self.centre.room, self.session.number, before.candidate_id)
            if after != before:
                self.leaves[after.candidate_id] = self.leaves.get(after.candidate_id, 0) + 1

    @rule(candidate=CANDIDATES, device=DEVICES)
    def start(self, candidate: int, device: str) -> None:
        row = self.row(candidate)
        if row.user_id is not None:
            with refused:
                self._taken(row, self.centre.start(row, device).candidate)

    @precondition(lambda self: self.row(MAY_START).status is CandidateStatus.AUTHORISED)
    @rule(device=DEVICES, reason=st.sampled_from(AbortReason), scored=st.booleans())
    def start_overtaken(self, device: str, reason: AbortReason, scored: bool) -> None:
        """While the questions are drawn, the session is finalised, and perhaps scored."""
        draw = start_certification._make_test

        def slowly(*args: Any) -> Any:
            self.finalise("", reason, careless=False)
            if scored and self._finalised():
                self.score()
            return draw(*args)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(start_certification, "_make_test", slowly)
            self.start(MAY_START, device)

    @precondition(lambda self: self.row(MAY_START).status is CandidateStatus.AUTHORISED)
    @rule(device=DEVICES, reason=st.sampled_from(AbortReason))
    def finalise_overtaken(self, device: str, reason: AbortReason) -> None:
        """Between the question who started and the finalisation, somebody starts."""
        close = self.centre.sessions.finalise

        def slowly(*args: Any) -> None:
            self.start(MAY_START, device)
            close(*args)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.centre.sessions, "finalise", slowly)
            self.finalise("", reason, careless=False)

    @rule(candidate=CANDIDATES, device=DEVICES)
    def resume(self, candidate: int, device: str) -> None:
        row = self.row(candidate)
        if row.user_id is not None:
            with refused:
                self._taken(row, resume_certification(self.centre.entry, row.user_id, row.certification_id, device).candidate)

    @rule(candidate=CANDIDATES, device=DEVICES)
    def change_device(self, candidate: int, device: str) -> None:
        self.authorise(candidate)
        self.resume(candidate, device)

    def _taken(self, before: Candidate, after: Candidate) -> None:
        self.takings[after.candidate_id] = self.takings.get(after.candidate_id, 0) + (after.epoch > before.epoch)

    @rule(candidate=CANDIDATES, result=st.sampled_from(Result), times=st.sampled_from([1, 18]))
    def answer(self, candidate: int, result: Result, times: int) -> None:
        row = self.row(candidate)
        if row.assessment_id is None:
            return
        test = self.centre.assessments.items[row.assessment_id]
        left = len(test.questions or ()) - len(test.answers)
        self.centre.answer(test, *[result] * min(times, left))

    @rule(candidate=CANDIDATES)
    def end(self, candidate: int) -> None:
        with refused:
            end_test(self.centre.room, self.session.number, self.row(candidate).candidate_id)

    @rule(candidate=CANDIDATES, total=st.integers(-1, 250))
    def extend(self, candidate: int, total: int) -> None:
        with refused:
            extend_time(self.centre.room, self.session.number, self.row(candidate).candidate_id, total)

    @rule(candidate=CANDIDATES, code=st.sampled_from([ReportCode.C4, ReportCode.C6, ReportCode.E4, ReportCode.E10]))
    def report(self, candidate: int, code: ReportCode) -> None:
        number = 1 if code.on_a_question else None
        with refused:
            self.centre.report(self.row(candidate), code, question_number=number, description="x")

    @rule(minutes=st.sampled_from([1, 30, 120]))
    def wait(self, minutes: int) -> None:
        self.centre.wait(minutes=minutes)

    @precondition(lambda self: self.centre.assessments.items)
    @rule(
        comment=st.sampled_from(["", "Une coupure."]), reason=st.sampled_from(AbortReason), careless=st.sampled_from([False, False, True])
    )
    def finalise(self, comment: str, reason: AbortReason, careless: bool) -> None:
        rows = self.centre.candidates.of_session(self.session.number)
        unfinished = [
            row for row in rows if row.assessment_id and self.centre.assessments.items[row.assessment_id].status is not Status.COMPLETED
        ]
        with refused:
            self.centre.finalise(self.session, {} if careless else {row.candidate_id: reason for row in unfinished}, comment)

    @precondition(lambda self: self._finalised())
    @rule()
    def score(self) -> None:
        for row in load_session(self.centre.sessions, self.centre.candidates, self.session.number, 1).started:
            with refused:
                result = self.centre.score(row)
                self.frozen.setdefault(row.candidate_id, self.centre.candidates.get(row.session_number, row.candidate_id).reports)
                assert self.centre.assessments.items[result.assessment_id].status is not Status.STARTED
        self.scored = True

    @precondition(lambda self: self._finalised())
    @rule(token=st.sampled_from(["token-1", "token-2"]))
    def ask_the_jury(self, token: str) -> None:
        with refused:
            self.centre.to_jury(self.session, token)

    @precondition(lambda self: self._finalised())
    @rule(
        candidate=CANDIDATES,
        decision=st.sampled_from([decisions.Reject(), decisions.Cancel(), decisions.Reinstate(), decisions.Comment("x")]),
    )
    def decide(self, candidate: int, decision: decisions.AnyDecision) -> None:
        with refused:
            record_decision(self.centre.bench, JUROR, self.row(candidate).certification_id, decision, None)

    @precondition(lambda self: self._finalised())
    @rule(upheld=st.booleans())
    def settle_everything(self, upheld: bool) -> None:
        for row in self.centre.candidates.of_session(self.session.number):
            for report in row.reports:
                with refused:
                    decision = decisions.SettleReport(report.report_id, upheld)
                    record_decision(self.centre.bench, JUROR, row.certification_id, decision, None)

    @precondition(lambda self: self._finalised())
    @rule()
    def hasten(self) -> None:
        """Goes as far as the jury without a pause."""
        self.score()
        self.ask_the_jury("token-1")

    @precondition(lambda self: self._finalised())
    @rule()
    def approve(self) -> None:
        with refused:
            approve_publication(self.centre.bench, JUROR, self.session.number)

    @precondition(lambda self: self._finalised() and self.centre.sessions.get(self.session.number).finalisation.approved_at)
    @rule()
    def publish(self) -> None:
        centre = self.centre
        mark_published(centre.sessions, centre.worklist, centre.open_finalisations, centre.clock, self.session.number, 1)

    def _finalised(self) -> bool:
        return self.centre.sessions.get(self.session.number).finalisation is not None

    @invariant()
    def nobody_takes_a_test_without_a_leave_of_its_own(self) -> None:
        for candidate_id, takings in self.takings.items():
            assert takings <= self.leaves.get(candidate_id, 0)

    @invariant()
    def an_account_has_one_test_at_most_and_a_candidate_one_account(self) -> None:
        rows = self.centre.candidates.of_session(self.session.number)
        accounts = [row.user_id for row in rows if row.user_id]
        assert len(accounts) == len(set(accounts))
        tests = self.centre.assessments.items.values()
        assert len({test.subject for test in tests}) == len(tests)

    @invariant()
    def the_device_epoch_is_the_one_the_row_granted(self) -> None:
        for row in self.centre.candidates.of_session(self.session.number):
            if row.assessment_id and row.started_at:
                assert self.centre.assessments.items[row.assessment_id].epoch <= max(row.epoch, 1)

    @invariant()
    def what_started_keeps_the_session_open_or_finalised(self) -> None:
        started = [row for row in self.centre.candidates.of_session(self.session.number) if row.started_at]
        assert not started or self.centre.sessions.get(self.session.number).opened_at is not None

    @invariant()
    def a_version_once_written_never_changes(self) -> None:
        for key, result in self.centre.results.items.items():
            assert self.versions.setdefault(key, result) == result

    @invariant()
    def whoever_got_a_test_has_a_result_once_the_session_is_scored(self) -> None:
        if self.scored:
            for row in self.centre.candidates.of_session(self.session.number):
                assert row.started_at is None or self.centre.results.history(row.certification_id)
            assert not any(test.is_live for test in self.centre.assessments.items.values())

    @invariant()
    def what_was_scored_keeps_its_reports(self) -> None:
        for row in self.centre.candidates.of_session(self.session.number):
            if row.candidate_id in self.frozen:
                assert row.reports == self.frozen[row.candidate_id]

    @invariant()
    def nothing_is_published_with_an_open_point(self) -> None:
        session = self.centre.sessions.get(self.session.number)
        if session.published_at is None:
            return
        for row in self.centre.candidates.of_session(self.session.number):
            if row.started_at:
                assert self.centre.results.latest(row.certification_id).open_points == ()
                assert row.status is not CandidateStatus.WAITING


SessionModel.TestCase.settings = settings(max_examples=60, stateful_step_count=60)
TestSessionModel = SessionModel.TestCase
