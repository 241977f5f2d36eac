"""A candidate starts the test, or resumes it after a cut, each time with the invigilator's leave (docs/domain.md §5, §7)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.certification_profile import draw
from engine.content import Release
from engine.errors import NotCertifiableError as EngineNotCertifiableError
from engine.grading import Result
from jalon.assessment.create_certification_assessment import CreateCertificationAssessment, create_certification_assessment
from jalon.assessment.end_assessment import end_assessment
from jalon.assessment.load_assessment import load_assessment
from jalon.assessment.profiles import ProfileStore
from jalon.assessment.project_profile import with_assessments
from jalon.assessment.raise_epoch import grant_epoch
from jalon.assessment.read_profile import read_profile
from jalon.assessment.releases import Releases
from jalon.assessment.state import AssessmentState, EndReason
from jalon.certification.candidates import Candidate, own_deadline
from jalon.certification.errors import (
    CandidateChangedError,
    NotAuthorisedError,
    NotCertifiableError,
    SeatFreedError,
    SessionFinalisedError,
    TestNotStartedError,
    TestOverError,
)
from jalon.certification.join_certification import Entry, own_candidate
from jalon.kernel.ids import CertificationId, IdSource, ReleaseVersion, UserId

LOCALE = "fr-FR"
_ANOTHER_DEVICE = "This test has started: to go on here, call the invigilator and resume it."


@dataclass(frozen=True, slots=True)
class Starting:
    """What a start needs beside the stores of an entry."""

    entry: Entry
    profiles: ProfileStore
    releases: Releases
    ids: IdSource


@dataclass(frozen=True, slots=True)
class Begun:
    """A test that runs, and whose it is."""

    candidate: Candidate
    test: AssessmentState


def start_certification(starting: Starting, user_id: UserId, certification_id: CertificationId, request_key: str) -> Begun:
    """Freezes the profile, draws this candidate's own questions and begins the test on this device.

    The order makes a crash harmless: the test is made once per certification, whatever is repeated, and the row then takes its
    start from the test. The same request repeated (by ``request_key``) returns the running test; any other finds that it has
    started and needs an authorisation to resume.

    Raises :class:`NotAuthorisedError`, :class:`NotCertifiableError`, :class:`SeatFreedError`, :class:`SessionFinalisedError`,
    :class:`TestOverError`.
    """
    entry = starting.entry
    candidate = own_candidate(entry.candidates, user_id, certification_id)
    if candidate.started_at is not None:
        return _same_request(entry, candidate, request_key)
    if candidate.authorised_at is None:
        raise NotAuthorisedError("Wait until the invigilator authorises you to start.")
    session = entry.sessions.get(candidate.session_number)
    if session.opened_at is None or session.finalisation is not None:
        entry.sessions.open(session.number, entry.clock.now())
    test = _make_test(starting, candidate, user_id)
    try:
        started = _mark_started(entry, candidate, test, request_key)
    except SessionFinalisedError:  # while the questions were drawn: the test is nobody's, or over like its session
        end_assessment(entry.assessments, entry.clock, test.assessment_id, EndReason.FINALISATION)
        raise
    except SeatFreedError:  # likewise: the test is of a certification that is nobody's any more
        end_assessment(entry.assessments, entry.clock, test.assessment_id, EndReason.INVIGILATOR)
        raise
    return _same_request(entry, started, request_key)


def resume_certification(entry: Entry, user_id: UserId, certification_id: CertificationId, request_key: str) -> Begun:
    """Goes on with the test on this device, once per authorisation; tickets of the device before answer nothing any more.

    The authorisation is spent first, under ``request_key``: of two devices one is refused, and the same request repeated after
    a crash goes on. Raises :class:`NotAuthorisedError`, :class:`TestNotStartedError`, :class:`TestOverError`.
    """
    candidate = own_candidate(entry.candidates, user_id, certification_id)
    if candidate.started_at is None or candidate.assessment_id is None:
        raise TestNotStartedError("This test has not started.")
    if candidate.ended_at is not None:
        raise TestOverError("This test was ended by the invigilator.")
    if candidate.resume_authorised_at is not None:
        candidate = _spend_leave(entry, candidate, load_assessment(entry.assessments, candidate.assessment_id), request_key)
    return _same_request(entry, candidate, request_key)


def _spend_leave(entry: Entry, candidate: Candidate, test: AssessmentState, request_key: str) -> Candidate:
    """The row with its authorisation spent on this device, which gets an epoch that the test has never had; or as it stands, spent.

    Where earlier versions counted the test's epoch ahead of its row, the next one is above both.
    """
    spent = replace(candidate, resume_authorised_at=None, device_key=request_key, epoch=max(candidate.epoch, test.epoch) + 1)
    try:
        return entry.candidates.replace(spent, candidate)
    except CandidateChangedError:
        stored = entry.candidates.get(candidate.session_number, candidate.candidate_id)
    if stored.resume_authorised_at is None or stored.device_key == request_key:
        return stored  # spent by another device or by this very request, whose response was lost: the key tells
    return _spend_leave(entry, stored, test, request_key)  # the invigilator wrote a report meanwhile


def _same_request(entry: Entry, candidate: Candidate, request_key: str) -> Begun:
    """The running test for the device whose request took it last; every other device needs the invigilator.

    The row says who holds the test, and under which epoch.
    """
    if candidate.assessment_id is None:
        raise TestNotStartedError("This test has not started.")
    _refuse_another_device(candidate, request_key)
    test = load_assessment(entry.assessments, candidate.assessment_id)
    test = grant_epoch(entry.assessments, entry.clock, test, candidate.epoch)
    _refuse_another_grant(candidate, test)
    return Begun(candidate, test)


def _refuse_another_device(candidate: Candidate, request_key: str) -> None:
    if not request_key or candidate.device_key != request_key:
        raise NotAuthorisedError(_ANOTHER_DEVICE)


def _refuse_another_grant(candidate: Candidate, test: AssessmentState) -> None:
    """Another device may have taken the test since the row was read: then it is under that device's epoch."""
    if test.epoch != candidate.epoch:
        raise NotAuthorisedError(_ANOTHER_DEVICE)


def _make_test(starting: Starting, candidate: Candidate, user_id: UserId) -> AssessmentState:
    """The one test of a candidate: its profile frozen, its questions drawn, its deadline its own.

    What is frozen counts every answer acknowledged so far: the stored profile may lack the last seconds', the tests, which the draw reads
    anyway, do not.
    """
    entry = starting.entry
    tests = tuple(entry.assessments.of_user(user_id))
    profile = with_assessments(read_profile(starting.profiles, starting.releases, user_id), starting.releases, tests)
    release = starting.releases.pinned(profile.release)
    succeeded = succeeded_challenges(tests, starting.releases, release)
    try:
        questions = draw(release, profile.knowledge, succeeded, starting.ids.new("seed").encode(), LOCALE)
    except EngineNotCertifiableError:
        certifiable = len(profile.scores.certifiable_competences)
        raise NotCertifiableError("Level 1 in at least five competences is needed to be certified.", competences=certifiable) from None
    command = CreateCertificationAssessment(
        user_id=user_id,
        certification_id=candidate.certification_id,
        release=ReleaseVersion(release.version),
        locale=LOCALE,
        questions=questions,
        frozen_profile=profile.scores.competences,
        deadline_at=own_deadline(entry.clock.now(), candidate.extra_time_percent, candidate.extension_min),
        extra_time_percent=candidate.extra_time_percent,
    )
    return create_certification_assessment(entry.assessments, entry.clock, starting.ids, command)


def succeeded_challenges(tests: Iterable[AssessmentState], releases: Releases, release: Release) -> frozenset[int]:
    """The challenges, as positions in ``release``, that a pupil has answered right in any test, whatever its release.

    One that is no longer in the content is left out: it cannot be drawn either.
    """
    named = frozenset(name for test in tests for name in _answered_right(test, releases))
    return frozenset(challenge.index for challenge in release.challenges if challenge.id in named)


def _answered_right(test: AssessmentState, releases: Releases) -> frozenset[str]:
    """The challenges of a test's right answers, by id: the outline of its release names them."""
    right = {answer.challenge_index for answer in test.answers if answer.result is Result.OK}
    if not right:
        return frozenset()
    challenges = releases.outline(test.release).challenges
    return frozenset(challenges[index].id for index in right)


def _mark_started(entry: Entry, candidate: Candidate, test: AssessmentState, request_key: str) -> Candidate:
    def started(row: Candidate) -> Candidate:
        return replace(row, assessment_id=test.assessment_id, started_at=test.started_at, epoch=1, device_key=request_key)

    try:
        return entry.candidates.replace(started(candidate), candidate)
    except CandidateChangedError:
        stored = entry.candidates.get(candidate.session_number, candidate.candidate_id)
        if stored.certification_id != candidate.certification_id:
            raise SeatFreedError("The invigilator gave this place back: call the invigilator.") from None
        # Either the same start came twice at once, and the first to write holds the test, or the invigilator wrote a report meanwhile.
        return stored if stored.started_at is not None else entry.candidates.replace(started(stored), stored)
