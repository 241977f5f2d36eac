"""What a pupil is shown of a question, before the answer and after: its parts, what was right, what to learn from."""

from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema

from engine.challenge import Accessibility
from jalon.edge.schemas import AnswerSchema, one_of

#: What an answer is worth (:class:`engine.grading.Result`).
ResultWord = Annotated[
    Literal["ok", "ko", "skipped", "timedout", "focusedout"],
    Field(
        description=(
            "`ok` right, `ko` wrong, `skipped` passed, `timedout` right but later than its timer. `focusedout`, right but the page of a "
            "focused question was left, is known in certifications alone, which show no result."
        )
    ),
]
QuestionType = Annotated[
    Literal["QCU", "QCM", "QROC", "QROCM-ind", "QROCM-dep"],
    Field(
        description=(
            "How it is answered: `QCU` by one choice, `QCM` by one or more, `QROC` by a text (its one field), `QROCM-ind` by several "
            "fields, `QROCM-dep` by several fields whose answers may stand in any order."
        )
    ),
]
#: How the content's texts are written (tools/content/markdown.py shows them so).
_MARKDOWN = (
    "CommonMark with tables, a line break kept as one; no HTML and no link: a tag or an address in it is to be shown as it is written."
)
_INLINE = "In a line of the same Markdown as instructions: code, bold and italic."


class ChoiceView(AnswerSchema):
    """One proposal."""

    id: Annotated[str, Field(description="What an answer names it by.")]
    text: Annotated[str, Field(description=_INLINE)]


class FieldView(AnswerSchema):
    """One field to fill in; ``options`` are those of a ``select``."""

    id: Annotated[str, Field(description="What an answer names it by.")]
    label: Annotated[str, Field(description=_INLINE)]
    kind: Annotated[
        Literal["text", "number", "select"],
        Field(description="A text, a number with a comma or a point, or one of `options`, sent as it is written."),
    ]
    options: Annotated[list[str], Field(description="Plain text, to be shown as it is; empty unless the field is a `select`.")]


class FileView(AnswerSchema):
    """A file that goes with a question."""

    name: Annotated[str, Field(description="The file's name, with its ending.")]
    media_type: Annotated[str, Field(description="Such as `image/svg+xml`.")]
    size: Annotated[int, Field(description="In bytes.")]
    alt: Annotated[str, Field(description="What an image shows, for those who cannot see it; plain text. Empty of another file.")]
    url: Annotated[
        str,
        Field(
            description=(
                "Where it is fetched, without a token. The same for up to an hour, so that a browser keeps the file, and good for two "
                "hours at least; after that, read the test again."
            )
        ),
    ]


class Shown(AnswerSchema):
    """What is shown of a question."""

    instruction: Annotated[str, Field(description=f"What is asked. {_MARKDOWN}")]
    choices: Annotated[list[ChoiceView], Field(description="The proposals of a `QCU` or a `QCM`, in the order to show them in.")]
    fields: Annotated[list[FieldView], Field(description="The fields to fill in, of the other types.")]
    attachments: Annotated[list[FileView], Field(description="Files to open while answering.")]
    images: Annotated[list[FileView], Field(description="Images to show under the instruction.")]
    simulator: Annotated[str | None, Field(description="The address of a page to embed, which the question is about; null without one.")]


class QuestionView(Shown):
    """The question to answer now, with its ticket."""

    number: Annotated[int, Field(description="Which question of the test, from 1.")]
    ticket: str
    challenge_id: str
    competence: str
    type: QuestionType
    timer_s: Annotated[
        int | None,
        Field(description="Seconds to answer in, the candidate's extra time included (nothing is to be added); null without a limit."),
    ]
    remaining_ms: Annotated[
        int | None,
        Field(
            description=(
                "What is left of `timer_s`, in milliseconds, when this was sent: count down from it. In a certification the clock runs on "
                "while a page is loaded again or a device is away; elsewhere it starts when the question is read. Null without a limit."
            )
        ),
    ]
    focused: Annotated[
        bool,
        Field(
            description="Whether the question is to be answered without leaving the page. `focus_counts` says if leaving costs anything."
        ),
    ]
    focus_counts: Annotated[
        bool, Field(description="Whether leaving the page takes a right answer away: of a focused question, in a certification only.")
    ]
    accessibility: Annotated[
        list[Annotated[str, one_of(Accessibility)]],
        Field(
            description=(
                "What the question can be answered with: a screen reader, without telling colours apart, by the keyboard alone. One that "
                "is missing and that the pupil needs (`preferences` of GET /v1/me) is worth a word before they begin; they may pass."
            )
        ),
    ]


class SkillView(AnswerSchema):
    """The skill a question tested."""

    id: Annotated[str, Field(description="The skill, as the content names it.")]
    name: Annotated[str, Field(description="What the pupil can do who has it; plain text.")]
    level: Annotated[int, Field(description="From 1.")]


class TutorialView(AnswerSchema):
    """Something to learn from: an address to follow or a text to read."""

    id: Annotated[str, Field(description="What it is saved by (POST /v1/me/tutorials).")]
    title: Annotated[str, Field(description="Plain text.")]
    source: Annotated[str, Field(description="Who made it.")]
    format: Annotated[
        str,
        WithJsonSchema({"type": "string", "enum": ["page", "vidéo", "jeu", "texte", "fiche", "outil"]}),
        Field(description="What kind it is: a page, a video, a game, a text (`text`), a sheet, a tool."),
    ]
    duration_s: Annotated[int, Field(description="How long it takes, in seconds.")]
    url: Annotated[str | None, Field(description="Where to go; null where there is a text.")]
    text: Annotated[str | None, Field(description=f"What to read; null where there is an address. {_MARKDOWN}")]


class GivenView(AnswerSchema):
    """The answer that was given, in the form it was sent: exactly one of its members."""

    choices: Annotated[list[str] | None, Field(description="`QCU` and `QCM`: the choices' ids.")] = None
    text: Annotated[str | None, Field(description="`QROC`: what was typed or picked.")] = None
    fields: Annotated[dict[str, str] | None, Field(description="`QROCM`: the same by the field's id; a field may be missing.")] = None
    skipped: Annotated[bool | None, Field(description="True when it was passed.")] = None


class SolutionView(AnswerSchema):
    """What was right, as the question's type asks: the choices; or the accepted texts; or those of each field; or groups of them."""

    choices: Annotated[list[str] | None, Field(description="`QCU` and `QCM`: the ids of the right choices.")] = None
    texts: Annotated[
        list[str] | None,
        Field(description="`QROC`: every text that is right as it is, the one to show first; others near it were taken too."),
    ] = None
    fields: Annotated[dict[str, list[str]] | None, Field(description="`QROCM-ind`: such texts by the field's id.")] = None
    in_any_order: Annotated[
        list[list[str]] | None,
        Field(description="`QROCM-dep`: groups of such texts, each of which some field has to match, whichever; none counts twice."),
    ] = None
    field_ids: Annotated[list[str] | None, Field(description="`QROCM-dep`: the fields that the groups are for.")] = None
