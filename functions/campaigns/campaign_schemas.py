"""Requests and responses about campaigns and participations."""

from typing import Annotated, Literal

from pydantic import Field

from jalon.assessment.offer import DEFAULT_LOCALE, LOCALE_PATTERN
from jalon.edge.schemas import AnswerSchema, Instant, RequestSchema
from jalon.kernel.titles import TITLE_MAX_LENGTH

CampaignKind = Literal["assessment", "profile_collection"]
ParticipationState = Literal["STARTED", "TO_SHARE", "SHARED"]


class CreateCampaignRequest(RequestSchema):
    """A campaign to create. An assessment names its target profile; a collection may be limited to one sending."""

    type: CampaignKind
    name: Annotated[str, Field(min_length=1, max_length=TITLE_MAX_LENGTH)]
    target_profile_id: Annotated[str | None, Field(max_length=64)] = None
    multiple_sendings: bool | None = None


class CampaignView(AnswerSchema):
    """A campaign and the code that pupils type."""

    id: str
    code: str
    type: CampaignKind
    name: str
    target_profile_id: str | None
    multiple_sendings: bool
    created_at: Instant
    archived_at: Instant | None


class CampaignsView(AnswerSchema):
    """A page of a school's campaigns, latest first."""

    items: list[CampaignView]
    next_cursor: str | None


class SkillCountView(AnswerSchema):
    """Of a set of skills: how many, how many assessed, how many of these validated, and validated over assessed."""

    total: int
    assessed: int
    validated: int
    mastery_percent: int


class AssessmentResultsView(AnswerSchema):
    """What an assessment's participant sent."""

    type: Literal["assessment"] = "assessment"
    overall: SkillCountView
    competences: dict[str, SkillCountView]


class CompetenceLevelView(AnswerSchema):
    """Pix and level of one competence."""

    pix: int
    level: int


class ProfileResultsView(AnswerSchema):
    """What a collection's participant sent: the latest profile."""

    type: Literal["profile_collection"] = "profile_collection"
    pix: int
    certifiable: bool
    certifiable_competences: int
    competences: dict[str, CompetenceLevelView]


Results = Annotated[AssessmentResultsView | ProfileResultsView, Field(discriminator="type")]


class ParticipantView(AnswerSchema):
    """A participant as the teacher sees them: results only once they are sent."""

    participation_id: str
    last_name: str
    first_name: str
    class_name: Annotated[str, Field(alias="class")]
    status: ParticipationState
    progress_percent: int
    started_at: Instant
    shared_at: Instant | None
    results: Results | None


class ParticipantsView(AnswerSchema):
    """A page of a campaign's participants, by class then name."""

    items: list[ParticipantView]
    next_cursor: str | None


class ParticipantCountsView(AnswerSchema):
    """How many take part, by status."""

    started: int
    to_share: int
    shared: int
    total: int


class CompetenceMeansView(AnswerSchema):
    """Means over the results sent. Of an assessment: mastery in per cent; of a collection: pix and level."""

    results: int
    mastery_percent: float | None
    pix: float | None
    level: float | None


class CampaignResultsView(AnswerSchema):
    """Collective results, some seconds behind the participants; poll with the ETag."""

    participants: ParticipantCountsView
    overall: CompetenceMeansView
    certifiable: int | None
    competences: dict[str, CompetenceMeansView]


class ParticipateRequest(RequestSchema):
    """The code the teacher gave, and the language of the test if it begins now: the pupil's preference (GET /v1/me)."""

    code: Annotated[
        str,
        Field(
            min_length=1,
            max_length=1_000,
            examples=["BCDFGH234"],
            description="As it was typed or pasted: case, width, spaces, dashes and quotes say nothing, a look-alike is read by its place.",
        ),
    ]
    locale: Annotated[str, Field(pattern=LOCALE_PATTERN, examples=["fr-simple"])] = DEFAULT_LOCALE


class ParticipationView(AnswerSchema):
    """A pupil's own participation, with what its screen shows; ``assessment_id`` is the test to take, for an assessment.

    ``progress_percent`` follows the test at each checkpoint and at the end, some seconds later; the test's own says it at each answer.
    """

    id: str
    campaign_id: str
    type: CampaignKind
    name: Annotated[str, Field(description="The campaign's.", examples=["Rentrée des 3A"])]
    code: Annotated[str, Field(examples=["BCDFGH234"])]
    uai: str
    school: Annotated[str, Field(description="The name of the school whose campaign it is.")]
    archived: Annotated[bool, Field(description="Whether the campaign is over: nothing more is sent.")]
    status: ParticipationState
    progress_percent: int
    assessment_id: str | None
    sendings: int
    started_at: Instant
    shared_at: Instant | None
    can_send: Annotated[bool, Field(description="Whether results are to be sent, or may be sent again.")]
    days_before_retrying: Annotated[
        int | None,
        Field(
            description=(
                "Until the test may be taken again (4 days); null where it may not, as once results are sent. Some seconds behind its end."
            )
        ),
    ]
    results: Results | None


class ParticipationsView(AnswerSchema):
    """A page of a pupil's own participations, latest first."""

    items: list[ParticipationView]
    next_cursor: str | None


class CodeView(AnswerSchema):
    """What a code opens. ``reconciliation_required``: the school must find the pupil on its list first."""

    code: str
    type: CampaignKind
    name: str
    uai: str
    school: Annotated[str, Field(description="The name of the school whose campaign it is.")]
    reconciliation_required: bool
    participation: ParticipationView | None
