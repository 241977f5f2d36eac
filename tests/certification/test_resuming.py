"""A test goes on on another device: once for each leave of the invigilator, whatever comes twice, late or at the same instant."""

from dataclasses import replace

import pytest

from jalon.assessment.errors import AssessmentCompletedError
from jalon.certification.candidates import Candidate
from jalon.certification.errors import NotAuthorisedError, TestNotStartedError, TestOverError
from jalon.certification.start_certification import Begun, resume_certification
from jalon.certification.supervise_session import authorise_candidate, end_test
from jalon.kernel.ids import AssessmentId
from tests.certification.centre import NAMES, Centre


def test_resuming_needs_a_new_leave_each_time_and_shuts_the_other_device_out(centre: Centre) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    user_id, certification_id = begun.test.user_id, begun.candidate.certification_id
    with pytest.raises(NotAuthorisedError):
        resume_certification(centre.entry, user_id, certification_id, "device-2")
    authorise_candidate(centre.room, session.number, begun.candidate.candidate_id)
    resumed = resume_certification(centre.entry, user_id, certification_id, "device-2")
    assert resumed.test.epoch == begun.test.epoch + 1
    assert resume_certification(centre.entry, user_id, certification_id, "device-2") == resumed
    with pytest.raises(NotAuthorisedError):
        resume_certification(centre.entry, user_id, certification_id, "device-3")
    with pytest.raises(NotAuthorisedError):
        centre.start(begun.candidate, "device-1")


def test_of_two_devices_that_resume_at_once_one_is_refused(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    authorise_candidate(centre.room, session.number, begun.candidate.candidate_id)
    user_id, certification_id = begun.test.user_id, begun.candidate.certification_id
    keep = centre.candidates.replace

    def raced(candidate: object, previous: object) -> object:
        monkeypatch.setattr(centre.candidates, "replace", keep)
        resume_certification(centre.entry, user_id, certification_id, "device-2")
        return keep(candidate, previous)

    monkeypatch.setattr(centre.candidates, "replace", raced)
    with pytest.raises(NotAuthorisedError):
        resume_certification(centre.entry, user_id, certification_id, "device-3")
    assert centre.assessments.items[begun.test.assessment_id].epoch == 2


def test_a_resume_that_died_after_spending_its_leave_goes_on_when_repeated(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    session = centre.session()
    (begun,) = centre.begin(session, NAMES[0])
    authorise_candidate(centre.room, session.number, begun.candidate.candidate_id)
    user_id, certification_id = begun.test.user_id, begun.candidate.certification_id
    with monkeypatch.context() as patch:
        patch.setattr(centre.assessments, "raise_epoch", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            resume_certification(centre.entry, user_id, certification_id, "device-2")
    assert resume_certification(centre.entry, user_id, certification_id, "device-2").test.epoch == 2


def resume(centre: Centre, begun: Begun, device: str) -> Begun:
    return resume_certification(centre.entry, begun.test.user_id, begun.candidate.certification_id, device)


def leave(centre: Centre, begun: Begun) -> None:
    authorise_candidate(centre.room, begun.candidate.session_number, begun.candidate.candidate_id)


def test_a_resume_delivered_twice_at_once_hands_the_test_over_once(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    (begun,) = centre.begin(centre.session(), NAMES[0])
    leave(centre, begun)
    write, other = centre.assessments.raise_epoch, []

    def overtaken(*asked: object, **more: object) -> object:
        monkeypatch.setattr(centre.assessments, "raise_epoch", write)
        other.append(resume(centre, begun, "device-2"))
        return write(*asked, **more)

    monkeypatch.setattr(centre.assessments, "raise_epoch", overtaken)
    assert [resume(centre, begun, "device-2").test.epoch, *(each.test.epoch for each in other)] == [2, 2]


def test_a_resume_that_another_device_overtakes_is_not_shown_that_devices_test(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its row was read before the other one took the test: the epoch that the test has since is not this device's."""
    (begun,) = centre.begin(centre.session(), NAMES[0])
    leave(centre, begun)
    get = centre.assessments.get
    reads = iter([False, True])

    def overtaken(assessment_id: AssessmentId) -> object:
        if next(reads, False):
            monkeypatch.setattr(centre.assessments, "get", get)
            leave(centre, begun)
            assert resume(centre, begun, "device-3").test.epoch == 3
        return get(assessment_id)

    monkeypatch.setattr(centre.assessments, "get", overtaken)
    with pytest.raises(NotAuthorisedError):
        resume(centre, begun, "device-2")
    assert resume(centre, begun, "device-3").test.epoch == 3


def test_a_resume_knows_its_own_write_again_when_the_response_to_it_was_lost(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client of the table sends a write again on a time-out: the second try finds the first."""
    (begun,) = centre.begin(centre.session(), NAMES[0])
    leave(centre, begun)
    keep = centre.candidates.replace

    def second_try(candidate: Candidate, previous: Candidate) -> Candidate:
        keep(candidate, previous)
        return keep(candidate, previous)

    monkeypatch.setattr(centre.candidates, "replace", second_try)
    assert resume(centre, begun, "device-2").test.epoch == 2


def test_a_report_written_in_the_instant_of_a_resume_does_not_refuse_it(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    (begun,) = centre.begin(centre.session(), NAMES[0])
    leave(centre, begun)
    keep = centre.candidates.replace

    def overtaken(candidate: Candidate, previous: Candidate) -> Candidate:
        monkeypatch.setattr(centre.candidates, "replace", keep)
        keep(replace(previous, external_id="x"), previous)
        return keep(candidate, previous)

    monkeypatch.setattr(centre.candidates, "replace", overtaken)
    resumed = resume(centre, begun, "device-2")
    assert (resumed.test.epoch, resumed.candidate.external_id) == (2, "x")


def test_a_test_whose_epoch_an_earlier_version_counted_ahead_of_its_row_has_one_holder_again(centre: Centre) -> None:
    (begun,) = centre.begin(centre.session(), NAMES[0])
    leave(centre, begun)
    before = resume(centre, begun, "device-2")
    centre.assessments.items[begun.test.assessment_id] = replace(before.test, epoch=3)  # as a second try of ADD 1 left it
    with pytest.raises(NotAuthorisedError):
        resume(centre, begun, "device-2")
    leave(centre, begun)
    assert resume(centre, begun, "device-3").test.epoch == 4


def test_a_test_that_is_over_is_not_resumed(centre: Centre) -> None:
    session = centre.session()
    (seated,) = centre.seat(session, NAMES[0])
    assert seated.user_id is not None
    with pytest.raises(TestNotStartedError):
        resume_certification(centre.entry, seated.user_id, seated.certification_id, "k")
    begun = centre.start(seated)
    authorise_candidate(centre.room, session.number, seated.candidate_id)
    centre.finish(begun.test)
    with pytest.raises(AssessmentCompletedError):
        resume_certification(centre.entry, seated.user_id, seated.certification_id, "k")
    end_test(centre.room, session.number, seated.candidate_id)
    with pytest.raises(TestOverError):
        resume_certification(centre.entry, seated.user_id, seated.certification_id, "k")
