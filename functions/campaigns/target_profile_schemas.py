"""Requests and responses about the framework and target profiles."""

from typing import Annotated, Literal

from pydantic import Field

from jalon.campaigns.made_to_measure import MAX_TOPICS
from jalon.edge.schemas import AnswerSchema, Instant, RequestSchema
from jalon.kernel.titles import TITLE_MAX_LENGTH

TUBE_ID_MAX_LENGTH = 64


class TopicView(AnswerSchema):
    """A topic (*sujet*) and the levels at which the current content has skills in it."""

    id: str
    name: str
    levels: list[int]


class CompetenceTopicsView(AnswerSchema):
    """A competence of the framework (CRCN) and its topics."""

    code: str
    name: str
    topics: list[TopicView]


class DomainView(AnswerSchema):
    """A domain of the framework and its competences."""

    code: str
    name: str
    competences: list[CompetenceTopicsView]


class FrameworkView(AnswerSchema):
    """The framework as the current content holds it; no pupil is asked about a level above ``max_level``."""

    release: str
    max_level: int
    domains: list[DomainView]


class TopicCeilingView(AnswerSchema):
    """A topic of a target profile and the highest level asked of it."""

    id: str
    name: str
    competence: str
    max_level: int


class TargetProfileView(AnswerSchema):
    """A target profile of the current content: how many skills it looks at, in which competences, and in which languages it is taken.

    ``kind`` is ``discovery`` for a test that a pupil takes alone (POST /v1/assessments), else ``parcours``.
    """

    id: str
    name: str
    kind: Literal["parcours", "discovery"]
    locales: Annotated[
        list[str], Field(description="Those in which the whole of it can be asked.", examples=[["fr", "fr-FR", "fr-simple"]])
    ]
    skills: int
    competences: list[str]


class TargetProfilesView(AnswerSchema):
    """All of them, in the content's order."""

    items: list[TargetProfileView]


class TargetProfileTopicsView(TargetProfileView):
    """A *parcours* of the current content with its topics, from which one made to measure may start."""

    topics: list[TopicCeilingView]


class SchoolTargetProfileView(TargetProfileTopicsView):
    """A *parcours* that the school made to measure; topics which the content no longer holds are left out."""

    created_at: Instant
    withdrawn_at: Instant | None


class SchoolTargetProfilesView(AnswerSchema):
    """A page of a school's own target profiles, latest first."""

    items: list[SchoolTargetProfileView]
    next_cursor: str | None


class TopicCeilingRequest(RequestSchema):
    """A topic by its id (see GET /v1/framework) and the highest level to ask of it."""

    id: Annotated[str, Field(min_length=1, max_length=TUBE_ID_MAX_LENGTH)]
    max_level: Annotated[int, Field(ge=1, le=8)]


class MakeTargetProfileRequest(RequestSchema):
    """A target profile to make: its name, and its topics with a level ceiling each."""

    name: Annotated[str, Field(min_length=1, max_length=TITLE_MAX_LENGTH)]
    topics: Annotated[list[TopicCeilingRequest], Field(min_length=1, max_length=MAX_TOPICS)]
