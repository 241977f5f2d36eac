"""Routes of the pupil's tests and profile."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Header, Path

from engine.content import Release
from engine.errors import CorruptRecordError
from engine.packing import Question
from engine.scoring import Profile
from functions.answers.profile_schemas import TUTORIAL_PATTERN, ProfileView, SavedTutorialsView, SaveTutorialRequest
from functions.answers.rendering import profile_view, tutorials_view
from functions.answers.schemas import (
    COMPETENCE_PATTERN,
    AnswerView,
    AssessmentView,
    CheckpointView,
    FocusLossView,
    GiveAnswerRequest,
    LoseFocusRequest,
    StartAssessmentRequest,
)
from functions.answers.wiring import parts
from jalon.assessment.errors import DeviceChangeForbiddenError, ReleaseNotFoundError
from jalon.assessment.fresh_profile import profile_after
from jalon.assessment.give_answer import GiveAnswer, give_answer
from jalon.assessment.load_assessment import load_own_assessment
from jalon.assessment.next_question import ask
from jalon.assessment.presentation import lasting, present_assessment, present_checkpoint_row
from jalon.assessment.profiles import UserProfile
from jalon.assessment.raise_epoch import raise_epoch
from jalon.assessment.read_checkpoint import checkpoint_closed_by, read_checkpoint
from jalon.assessment.read_profile import read_profile
from jalon.assessment.reconcile import REPEATED, STORED
from jalon.assessment.record_focus_loss import RecordFocusLoss, record_focus_loss
from jalon.assessment.reset_competence import reset_competence
from jalon.assessment.save_tutorial import give_up_tutorial, save_tutorial
from jalon.assessment.settle import settle
from jalon.assessment.start_assessment import StartAssessment, start_assessment
from jalon.assessment.state import AssessmentState, Purpose
from jalon.assessment.tickets import serves
from jalon.edge.observability import logger, metric
from jalon.edge.polling import polled, polled_while
from jalon.edge.signed_in import pupil
from jalon.kernel.errors import InvalidInputError, UnavailableError, Violation
from jalon.kernel.ids import AssessmentId

SERVICE = "answers"
router = Router()

AssessmentPath = Annotated[str, Path(pattern=r"^asm_[0-9a-f]{32}$", description="The assessment's id.")]


@router.post("/v1/assessments")
def start(body: StartAssessmentRequest) -> AssessmentView:
    """Start a competence's test or a discovery test, or resume it where it stopped; repeating the request is harmless.

    No Idempotency-Key: a person has one test under way of each competence and of each discovery test, and the same request finds it.

    A test under way goes on in its own language, whatever `locale` says. A new one begins only in a language in which the whole of it can
    be asked (422 `locale_not_offered` lists these in `offered`), and only if it has a question (409 `nothing_to_ask`); nothing is begun
    otherwise.
    """
    shared = parts()
    command = StartAssessment(pupil(router), Purpose(body.purpose), _subject(body), body.locale, improve=body.improve)
    state = start_assessment(
        store=shared.store, profiles=shared.profiles, releases=shared.releases, clock=shared.clock, ids=shared.ids, command=command
    )
    metric("AssessmentOpened", purpose=body.purpose)
    return _settled(state)


@router.get("/v1/assessments/<assessment_id>", middlewares=[polled_while(lasting)])
def read(
    assessment_id: AssessmentPath,
    jalon_ticket: Annotated[
        str | None,
        Header(alias="jalon-ticket", description="In a certification: a ticket of this device, which proves that it holds the test."),
    ] = None,
) -> AssessmentView:
    """A test as it stands with the question to answer now: the same one whatever was refreshed, lost or restarted.

    In a certification the question comes only to the device that holds the test; another one needs the invigilator. To hear of a deadline
    that was moved, or of an end, poll it with its ETag: after a 304 go on with the ticket and the countdown at hand. An ETag names no
    ticket and no clock, and is another one each hour.
    """
    state = _own(assessment_id)
    return _settled(state, with_question=not state.purpose.is_certification or _holds(state, jalon_ticket))


@router.post("/v1/assessments/<assessment_id>/device")
def take_over(assessment_id: AssessmentPath) -> AssessmentView:
    """Go on here: every other device's ticket is void from now on. In a certification the invigilator does it."""
    state = _own(assessment_id)
    if state.purpose.is_certification:
        raise DeviceChangeForbiddenError("Ask the invigilator to let you resume this test.")
    return _settled(raise_epoch(parts().store, parts().clock, state))


@router.post("/v1/assessments/<assessment_id>/answers")
def answer(assessment_id: AssessmentPath, body: GiveAnswerRequest) -> AnswerView:
    """Give one answer; acknowledged once it is stored, exactly once. The response carries the next question.

    A ticket older than 24 hours stores nothing: the same request is told its stored outcome, and a question that is not answered yet is 409
    `ticket_expired`. Read the assessment again then, and send the answer with the new ticket only if its question has the same `number`.
    """
    shared = parts()
    command = GiveAnswer(
        user_id=pupil(router),
        assessment_id=AssessmentId(assessment_id),
        ticket=body.ticket,
        idempotency_key=body.idempotency_key,
        answer=body.answer.model_dump(exclude_none=True),
        focus_lost=body.focus_lost,
    )
    taken = give_answer(store=shared.store, releases=shared.releases, tickets=shared.tickets, clock=shared.clock, command=command)
    state = taken.state
    logger(SERVICE).info(
        REPEATED if taken.repeated else STORED,
        assessment_id=assessment_id,
        user_id=state.user_id,
        sequence=taken.sequence,
        digest=taken.answered.digest.hex(),
    )
    metric("AnswerRepeated" if taken.repeated else "AnswerStored", purpose=state.purpose.value)
    return AnswerView(
        sequence=taken.sequence,
        result=None if state.purpose.is_certification else taken.answered.result.value,
        repeated=taken.repeated,
        moved=taken.moved,
        checkpoint=checkpoint_closed_by(state, taken.sequence),
        assessment=_view(shared.releases.pinned(state.release), state, taken.due),
    )


@router.post("/v1/assessments/<assessment_id>/focus-losses")
def lose_focus(assessment_id: AssessmentPath, body: LoseFocusRequest) -> FocusLossView:
    """Say at once that the page lost the focus while this question was shown: whatever becomes of the page, it is not forgotten.

    It counts on a focused question of a certification that is not answered yet; elsewhere nothing is recorded. Repeating the
    request is harmless.
    """
    shared = parts()
    command = RecordFocusLoss(pupil(router), AssessmentId(assessment_id), body.ticket)
    loss = record_focus_loss(store=shared.store, releases=shared.releases, tickets=shared.tickets, clock=shared.clock, command=command)
    if loss.counted:
        logger(SERVICE).info("FOCUS_LOSS_COUNTED", assessment_id=assessment_id, sequence=loss.sequence)
        metric("FocusLossCounted")
    return FocusLossView(sequence=loss.sequence, counted=loss.counted)


@router.get("/v1/assessments/<assessment_id>/checkpoints/<number>")
def checkpoint(assessment_id: AssessmentPath, number: Annotated[int, Path(ge=1, le=1_000)]) -> CheckpointView:
    """A *bilan intermédiaire*: five answered questions with what was right and what to learn from.

    Never in a certification; nor, while the pupil sits one, in any other test (409 `certification_under_way`).
    """
    state = _own(assessment_id)
    release = parts().releases.pinned(state.release)
    rows = read_checkpoint(parts().store, parts().clock, release, state, number)
    items = [present_checkpoint_row(release, row, parts().link) for row in rows]
    return CheckpointView.model_validate({"number": number, "items": items})


@router.get("/v1/me/profile", middlewares=[polled])
def my_profile() -> ProfileView:
    """All of the pupil's page in one read: pix, levels, cards, whether a certification is open and why not, *mes parcours*,
    *mes certifications*, saved tutorials. Some seconds behind what happens elsewhere; poll it with its ETag.
    """
    shared = parts()
    profile = read_profile(shared.profiles, shared.releases, pupil(router))
    return _profile_view(profile)


@router.post("/v1/me/profile/competences/<code>/reset")
def reset(code: Annotated[str, Path(pattern=COMPETENCE_PATTERN)]) -> ProfileView:
    """Forget what is known of a competence, 7 days after its last answer at the earliest.

    Not while the caller sits a certification (409 `certification_under_way`).
    """
    shared = parts()
    profile = reset_competence(
        store=shared.store, profiles=shared.profiles, releases=shared.releases, clock=shared.clock, user_id=pupil(router), code=code
    )
    metric("CompetenceReset")
    return _profile_view(profile)


@router.get("/v1/me/tutorials", middlewares=[polled])
def my_tutorials() -> SavedTutorialsView:
    """The tutorials the caller saved, the latest first; the profile carries them too."""
    shared = parts()
    return _tutorials_view(read_profile(shared.profiles, shared.releases, pupil(router)))


@router.post("/v1/me/tutorials")
def save(body: SaveTutorialRequest) -> SavedTutorialsView:
    """Keep a tutorial; repeating the request is harmless."""
    shared = parts()
    profile = save_tutorial(
        profiles=shared.profiles, releases=shared.releases, clock=shared.clock, user_id=pupil(router), tutorial_id=body.tutorial_id
    )
    metric("TutorialSaved")
    return _tutorials_view(profile)


@router.delete("/v1/me/tutorials/<tutorial_id>", status_code=HTTPStatus.NO_CONTENT)
def give_up(tutorial_id: Annotated[str, Path(pattern=TUTORIAL_PATTERN, description="The tutorial's id.")]) -> None:
    """Keep a tutorial no longer; repeating the request is harmless."""
    shared = parts()
    give_up_tutorial(profiles=shared.profiles, releases=shared.releases, user_id=pupil(router), tutorial_id=tutorial_id)


def _own(assessment_id: str) -> AssessmentState:
    return load_own_assessment(parts().store, AssessmentId(assessment_id), pupil(router))


def _subject(body: StartAssessmentRequest) -> str:
    subject, other = (body.competence, body.discovery_test) if body.purpose == "competence" else (body.discovery_test, body.competence)
    named, unnamed = ("competence", "discovery_test") if body.purpose == "competence" else ("discovery_test", "competence")
    violations = [Violation(f"/{named}", "Needed for this purpose.", "required")] if subject is None else []
    if other is not None:
        violations.append(Violation(f"/{unnamed}", "Not for this purpose; leave it out.", "superfluous"))
    if subject is None or violations:
        raise InvalidInputError(f"Name the {named}, and nothing else.", tuple(violations))
    return subject


def _holds(state: AssessmentState, ticket: str | None) -> bool:
    if ticket is None:
        return False
    shown = parts().tickets.open(ticket, state.user_id)
    return serves(shown, parts().clock.now()) and shown.assessment_id == state.assessment_id and shown.epoch == state.epoch


def _settled(state: AssessmentState, *, with_question: bool = True) -> AssessmentView:
    release = parts().releases.pinned(state.release)
    state, due = settle(parts().store, release, state, parts().clock.now())
    return _view(release, state, due if with_question else None)


def _view(release: Release, state: AssessmentState, due: Question | None) -> AssessmentView:
    shared = parts()
    now = shared.clock.now()
    asked = None if due is None else ask(release, state, due, shared.tickets, now)
    return AssessmentView.model_validate(present_assessment(release, state, asked, shared.link, now, _profile_after(state)))


def _profile_after(state: AssessmentState) -> Profile | None:
    """The profile to show with a test that is over; None where it is out of reach, which is no failure of the stored answers."""
    shared = parts()
    try:
        return profile_after(shared.store, shared.profiles, shared.releases, state)
    except (UnavailableError, ReleaseNotFoundError, CorruptRecordError) as error:
        logger(SERVICE).warning("PROFILE_NOT_SHOWN", assessment_id=state.assessment_id, reason=type(error).__name__)
        metric("ProfileNotShown")
        return None


def _profile_view(profile: UserProfile) -> ProfileView:
    shared = parts()
    return profile_view(shared.releases.pinned(profile.release), profile, shared.clock.now(), shared.site_url)


def _tutorials_view(profile: UserProfile) -> SavedTutorialsView:
    return tutorials_view(parts().releases.pinned(profile.release), profile)
