"""Requests and responses of the pupil's API."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from jalon.assessment import tickets
from jalon.assessment.offer import DEFAULT_LOCALE, LOCALE_PATTERN
from jalon.assessment.state import Purpose, Status
from jalon.edge.schemas import AnswerSchema, RequestSchema, one_of

#: How requests write a competence's code, and a tutorial's id.
COMPETENCE_PATTERN = r"^[1-9]\.[1-9]$"
TUTORIAL_PATTERN = r"^[A-Za-z0-9_.-]{1,100}$"
#: What an answer is worth (:class:`engine.grading.Result`).
ResultWord = Literal["ok", "ko", "skipped", "timedout", "focusedout"]
QuestionType = Literal["QCU", "QCM", "QROC", "QROCM-ind", "QROCM-dep"]
ShortText = Annotated[str, Field(max_length=64)]
LongText = Annotated[str, Field(max_length=1_000)]


class StartAssessmentRequest(RequestSchema):
    """Which test to start or resume: a competence by its code, or a discovery test by the id of its target profile."""

    purpose: Literal["competence", "discovery"]
    competence: Annotated[str | None, Field(pattern=COMPETENCE_PATTERN, examples=["1.1"])] = None
    discovery_test: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")] = None
    improve: Annotated[bool, Field(description="Begin another attempt at a finished competence, 4 days after its end at the earliest.")] = (
        False
    )
    locale: Annotated[
        str,
        Field(pattern=LOCALE_PATTERN, description="The language of a test that begins now: the pupil's preference (GET /v1/me)."),
    ] = DEFAULT_LOCALE


class AnswerForm(RequestSchema):
    """An answer: exactly one of its members, as the question's type asks."""

    choices: Annotated[list[ShortText] | None, Field(max_length=30, description="QCU and QCM: ids of the choices.")] = None
    text: Annotated[LongText | None, Field(description="QROC; 1 000 bytes at most, all told (413 `answer_too_large`).")] = None
    fields: Annotated[dict[ShortText, LongText] | None, Field(max_length=30, description="QROCM: a text for each field's id.")] = None
    skipped: Annotated[Literal[True] | None, Field(description="Je passe.")] = None


TicketText = Annotated[str, Field(min_length=1, max_length=tickets.MAX_LENGTH)]


class GiveAnswerRequest(RequestSchema):
    """One answer. The key is fresh for each answer and the same when the request is repeated."""

    ticket: TicketText
    idempotency_key: Annotated[str, Field(min_length=1, max_length=64)]
    answer: AnswerForm
    focus_lost: Annotated[bool, Field(description="Whether the page lost the focus while the question was shown.")] = False


class LoseFocusRequest(RequestSchema):
    """That the page lost the focus, with the ticket of the question it showed."""

    ticket: TicketText


class FocusLossView(AnswerSchema):
    """What became of it. ``counted``: the loss is kept, and takes a right answer to question ``sequence`` away."""

    sequence: int
    counted: bool


class ChoiceView(AnswerSchema):
    """One proposal."""

    id: str
    text: str


class FieldView(AnswerSchema):
    """One field to fill in; ``options`` are those of a ``select``."""

    id: str
    label: str
    kind: Literal["text", "number", "select"]
    options: list[str]


class FileView(AnswerSchema):
    """A file that goes with a question; the address serves for an hour."""

    name: str
    media_type: str
    size: int
    alt: str
    url: str


class _Shown(AnswerSchema):
    instruction: str
    choices: list[ChoiceView]
    fields: list[FieldView]
    attachments: list[FileView]
    images: list[FileView]
    simulator: str | None


class QuestionView(_Shown):
    """The question to answer now, with its ticket."""

    number: int
    ticket: str
    challenge_id: str
    competence: str
    type: QuestionType
    timer_s: int | None
    focused: bool


class ScoreView(AnswerSchema):
    """One competence."""

    code: str
    pix: int
    level: int


class ScoresView(AnswerSchema):
    """What the competences that the test asks about are worth.

    ``basis`` is ``test`` while the test runs: what was known when it began and its own answers count, other tests taken meanwhile do not,
    and ``pix``, the total over all competences, is null. It is ``profile`` once the test is over: ``pix`` and the competences are the
    profile's, with every answer that was acknowledged. Should the profile be out of reach then, ``basis`` stays ``test``.
    """

    basis: Literal["test", "profile"]
    pix: Annotated[int | None, Field(examples=[None])]
    competences: list[ScoreView]


class AssessmentView(AnswerSchema):
    """A test as it stands.

    ``sequence`` is the number of the question to answer next; ``question`` is null when there is none for this device.
    """

    id: str
    purpose: Literal["competence", "campaign", "discovery", "certification"]
    subject: str
    attempt: int
    status: Literal["started", "completed", "ended"]
    end_reason: str | None
    epoch: int
    sequence: int
    answered: int
    total: int | None
    checkpoints: int
    release: str
    locale: str
    started_at: datetime
    updated_at: datetime
    deadline_at: datetime | None
    extra_time_percent: int
    question: QuestionView | None
    scores: ScoresView | None


class AnswerView(AnswerSchema):
    """What became of an answer. ``result`` is null in a certification; ``checkpoint`` is the number of the one this answer completes.

    ``repeated``: an earlier delivery had stored it. ``moved``: another device has taken the test over since, so no question follows here.
    """

    sequence: int
    result: ResultWord | None
    repeated: bool
    moved: bool
    checkpoint: int | None
    assessment: AssessmentView


class SkillView(AnswerSchema):
    """The skill a question tested."""

    id: str
    name: str
    level: int


class TutorialView(AnswerSchema):
    """Something to learn from: an address to follow or a text to read."""

    id: str
    title: str
    source: str
    format: str
    duration_s: int
    url: str | None
    text: str | None


class SavedTutorialView(TutorialView):
    """A tutorial that the pupil keeps."""

    saved_at: datetime


class SavedTutorialsView(AnswerSchema):
    """*Mes tutos*, the latest saved first; all of them, so that ``next_cursor`` is null."""

    items: list[SavedTutorialView]
    next_cursor: None = None


class SaveTutorialRequest(RequestSchema):
    """Which tutorial to keep, by its id in a checkpoint."""

    tutorial_id: Annotated[str, Field(pattern=TUTORIAL_PATTERN)]


class GivenView(AnswerSchema):
    """The answer that was given, in the form it was sent."""

    choices: list[str] | None = None
    text: str | None = None
    fields: dict[str, str] | None = None
    skipped: bool | None = None


class SolutionView(AnswerSchema):
    """What was right: the choices; the accepted texts; those of each field; or groups for fields in any order."""

    choices: list[str] | None = None
    texts: list[str] | None = None
    fields: dict[str, list[str]] | None = None
    in_any_order: list[list[str]] | None = None
    field_ids: list[str] | None = None


class CheckpointRowView(_Shown):
    """One answered question of a checkpoint."""

    number: int
    challenge_id: str
    type: QuestionType
    competence: str
    skill: SkillView
    result: ResultWord
    answer: GivenView | None
    solution: SolutionView
    tutorials: list[TutorialView]


class CheckpointView(AnswerSchema):
    """A *bilan intermédiaire*: up to five answered questions."""

    number: int
    items: list[CheckpointRowView]


class CompetenceCard(AnswerSchema):
    """A competence on the pupil's page. Days are null where there is nothing to improve or to reset; ``done`` without days is complete."""

    code: str
    name: str
    domain: str
    pix: int
    level: int
    state: Literal["to_start", "in_progress", "done", "to_improve"]
    assessment_id: str | None
    days_before_improving: int | None
    days_before_reset: int | None


class TestCardView(AnswerSchema):
    """A test that is not a competence's: campaign, discovery or certification."""

    assessment_id: str
    purpose: Annotated[str, one_of(Purpose)]
    subject: str
    attempt: int
    status: Annotated[str, one_of(Status)]
    answered: int
    updated_at: datetime
    days_before_retrying: Annotated[
        int | None, Field(description="A campaign's finished test is taken again after 4 days, before its results are sent.")
    ]
    link: Annotated[str, Field(description="Where it is gone on with: the participation, the certification, or the test itself.")]


class ParcoursView(AnswerSchema):
    """One of *Mes parcours*.

    ``mastery_percent`` is validated over assessed skills, once the test is over; ``pix`` is that of the profile that was sent.
    """

    id: str
    campaign_id: str
    type: Literal["assessment", "profile_collection"]
    name: str
    code: Annotated[str, Field(examples=["BCDFGH234"])]
    uai: str
    school: Annotated[str | None, Field(examples=["Collège des Exemples"])]
    status: Literal["STARTED", "TO_SHARE", "SHARED"]
    archived: bool
    progress_percent: int
    mastery_percent: int | None
    pix: int | None
    started_at: datetime
    shared_at: datetime | None
    assessment_id: str | None
    can_send: Annotated[bool, Field(description="Whether results are to be sent, or may be sent again.")]
    days_before_retrying: Annotated[
        int | None, Field(description="Until the test may be taken again (4 days); null where it may not, as once results are sent.")
    ]
    link: Annotated[str, Field(examples=["/v1/participations/par_1a2b3c4d5e6f708192a3b4c5d6e7f809_0123456789abcdef0123456789abcdef"])]


class CertificationLineView(AnswerSchema):
    """One of *Mes certifications*: ``awaiting_results`` until they are published; a certificate's figures only while it counts."""

    id: str
    session_number: str
    taken_on: date
    centre: str
    status: Literal["awaiting_results", "validated", "rejected", "cancelled", "revoked"]
    published_at: datetime | None
    pix: int | None
    max_pix: int | None
    code: Annotated[str | None, Field(examples=["P-4H7K9M2PQRTW"])]
    verification: Annotated[
        str | None, Field(description="Where anyone checks the code with the birth date.", examples=["https://jalon.example/v"])
    ]
    certificate: str | None


class ProfileLinks(AnswerSchema):
    """All of *Mes parcours*, *Mes certifications* and *Mes tutos*, page by page and in full."""

    participations: str
    certifications: str
    tutorials: str


class CertifiabilityView(AnswerSchema):
    """Whether a certification is open, and why not."""

    competences_reached: int
    competences_needed: int
    reason: Literal["too_few_competences"] | None


class ProfileView(AnswerSchema):
    """The caller's whole profile."""

    pix: int
    max_pix: int
    max_level: int
    release: str
    certifiable: bool
    certification: CertifiabilityView
    competences: list[CompetenceCard]
    tests: list[TestCardView]
    parcours: Annotated[list[ParcoursView], Field(description="The latest begun first, 200 at most; all of them under links.")]
    certifications: Annotated[list[CertificationLineView], Field(description="The latest taken first.")]
    tutorials: list[SavedTutorialView]
    links: ProfileLinks
    updated_at: datetime | None
