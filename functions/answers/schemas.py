"""Requests and responses of a pupil's tests: starting, answering, checkpoints."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from functions.answers.question_schemas import (
    GivenView,
    QuestionType,
    QuestionView,
    ResultWord,
    Shown,
    SkillView,
    SolutionView,
    TutorialView,
)
from jalon.assessment import tickets
from jalon.assessment.offer import DEFAULT_LOCALE, LOCALE_PATTERN
from jalon.assessment.state import EndReason
from jalon.edge.schemas import AnswerSchema, RequestSchema, one_of

#: How requests write a competence's code.
COMPETENCE_PATTERN = r"^[1-9]\.[1-9]$"
ShortText = Annotated[str, Field(max_length=64)]
LongText = Annotated[str, Field(max_length=1_000)]


class StartAssessmentRequest(RequestSchema):
    """Which test to start or resume: a competence by its code, or a discovery test by the id of its target profile."""

    purpose: Literal["competence", "discovery"]
    competence: Annotated[str | None, Field(pattern=COMPETENCE_PATTERN, examples=["1.1"])] = None
    discovery_test: Annotated[
        str | None,
        Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$", description="A target profile whose `kind` is `discovery` (GET /v1/target-profiles)."),
    ] = None
    improve: Annotated[bool, Field(description="Begin another attempt at a finished test, 4 days after its end at the earliest.")] = False
    locale: Annotated[
        str,
        Field(
            pattern=LOCALE_PATTERN,
            description=(
                "The language of a test that begins now, which it keeps. Send the pupil's own (`preferences.locale` of GET /v1/me): "
                f"left out it is {DEFAULT_LOCALE}, whatever they prefer."
            ),
        ),
    ] = DEFAULT_LOCALE


class AnswerForm(RequestSchema):
    """An answer: exactly one of its members, as the question's type asks."""

    choices: Annotated[
        list[ShortText] | None, Field(max_length=30, description="QCU: the id of one choice; QCM: those of one at least.")
    ] = None
    text: Annotated[LongText | None, Field(description="QROC; not blank, and 1 000 bytes at most, all told (413 `answer_too_large`).")] = (
        None
    )
    fields: Annotated[
        dict[ShortText, LongText] | None,
        Field(max_length=30, description="QROCM: a text for each field's id; some may be left out or blank, not all of them."),
    ] = None
    skipped: Annotated[Literal[True] | None, Field(description="Je passe.")] = None


TicketText = Annotated[str, Field(min_length=1, max_length=tickets.MAX_LENGTH)]


class GiveAnswerRequest(RequestSchema):
    """One answer. The key is fresh for each answer and the same when the request is repeated."""

    ticket: TicketText
    idempotency_key: Annotated[
        str, Field(min_length=1, max_length=64, description="Fresh for each answer, the same when it is sent again.")
    ]
    answer: Annotated[AnswerForm, Field(description="What the pupil answers; 422 `answer_form` says what the question cannot take.")]
    focus_lost: Annotated[bool, Field(description="Whether the page lost the focus while the question was shown.")] = False


class LoseFocusRequest(RequestSchema):
    """That the page lost the focus, with the ticket of the question it showed."""

    ticket: TicketText


class FocusLossView(AnswerSchema):
    """What became of it."""

    sequence: int
    counted: Annotated[bool, Field(description="Whether the loss is kept, and takes a right answer to question `sequence` away.")]


class ScoreView(AnswerSchema):
    """One competence."""

    code: Annotated[str, Field(description="The competence's code, such as 1.3.")]
    pix: int
    level: int


class ScoresView(AnswerSchema):
    """What the competences that the test asks about are worth.

    ``basis`` is ``test`` while the test runs: what was known when it began and its own answers count, other tests taken meanwhile do not,
    and ``pix``, the total over all competences, is null. It is ``profile`` once the test is over: ``pix`` and the competences are the
    profile's, with every answer that was acknowledged. Should the profile be out of reach then, ``basis`` stays ``test``.
    """

    basis: Annotated[Literal["test", "profile"], Field(description="What is counted: see above.")]
    pix: Annotated[int | None, Field(examples=[None])]
    competences: Annotated[list[ScoreView], Field(description="Those that the test asks about.")]


class AssessmentView(AnswerSchema):
    """A test as it stands."""

    id: Annotated[str, Field(description="`asm_` and 32 hexadecimal digits.")]
    purpose: Literal["competence", "campaign", "discovery", "certification"]
    subject: Annotated[
        str, Field(description="What it is about: a competence's code, a discovery test's id, a participation, or a certification.")
    ]
    attempt: int
    status: Annotated[
        Literal["started", "completed", "ended"],
        Field(description="`completed` once every question is answered, `ended` when it was stopped before."),
    ]
    end_reason: Annotated[
        Annotated[str, one_of(EndReason)] | None,
        Field(
            description=(
                "Why it is `ended`: by the `invigilator`, by the session's `finalisation`, or by the `reset` of its competence; "
                "null otherwise."
            )
        ),
    ]
    epoch: int
    sequence: Annotated[int, Field(description="The number of the question to answer next, from 1.")]
    answered: Annotated[int, Field(description="How many questions are answered.")]
    total: Annotated[
        int | None,
        Field(
            description=(
                "How many questions there are, of a discovery test or a certification; null of a competence and a campaign, where each "
                "question follows from the answers before."
            )
        ),
    ]
    progress_percent: Annotated[
        int | None,
        Field(
            examples=[None],
            description=(
                "How much of what a campaign's test asks about is known, after each answer; 100 once it is over. Null of other tests. The "
                "participation and the pupil's page follow at each checkpoint and at the end, some seconds later."
            ),
        ),
    ]
    checkpoints: Annotated[int, Field(description="How many checkpoints can be read; none of a certification.")]
    release: Annotated[str, Field(description="The version of the content that the test keeps: `r` and 16 hexadecimal digits.")]
    locale: Annotated[str, Field(description="The test's language, as `fr-FR`.")]
    started_at: Annotated[datetime, Field(description="When this attempt began.")]
    updated_at: Annotated[datetime, Field(description="When the test changed last: an answer, another deadline, its end.")]
    deadline_at: Annotated[
        datetime | None,
        Field(description="When a certification ends by itself, extra time included; the invigilator may move it. Null of other tests."),
    ]
    now: Annotated[
        datetime,
        Field(
            description=(
                "The server's clock as it answered: `deadline_at` less `now` is the time left, whatever clock the page has. "
                "With a 304 it is in the header `Date`."
            )
        ),
    ]
    extra_time_percent: Annotated[
        int, Field(description="*Temps majoré*, in per cent; included in `deadline_at` and in each question's `timer_s`.")
    ]
    question: Annotated[
        QuestionView | None, Field(description="The question to answer now; null when there is none, or none for this device.")
    ]
    scores: Annotated[ScoresView | None, Field(description="Of a competence and a campaign; null of a discovery test and a certification.")]


class AnswerView(AnswerSchema):
    """What became of an answer."""

    sequence: Annotated[int, Field(description="The number of the question that is answered, from 1.")]
    result: Annotated[ResultWord | None, Field(description="What it is worth; null in a certification.")]
    repeated: Annotated[bool, Field(description="Whether an earlier delivery of the same request had stored it.")]
    moved: Annotated[bool, Field(description="Whether another device has taken the test over since: no question follows here.")]
    checkpoint: Annotated[int | None, Field(description="The number of the checkpoint that this answer completes; null when it does not.")]
    assessment: Annotated[AssessmentView, Field(description="The test as it stands now, with the next question.")]


class CheckpointRowView(Shown):
    """One answered question of a checkpoint."""

    number: Annotated[int, Field(description="Which question of the test, from 1.")]
    challenge_id: str
    type: QuestionType
    competence: str
    skill: Annotated[SkillView, Field(description="What it tested.")]
    result: ResultWord
    answer: Annotated[GivenView | None, Field(description="What was answered; null where it was not kept.")]
    solution: Annotated[SolutionView, Field(description="What was right.")]
    tutorials: Annotated[list[TutorialView], Field(description="What to learn from: the skill's, then its topic's.")]


class CheckpointView(AnswerSchema):
    """A *bilan intermédiaire*: up to five answered questions."""

    number: Annotated[int, Field(description="Which checkpoint of the test, from 1.")]
    items: Annotated[list[CheckpointRowView], Field(description="The questions in the order they were answered.")]
