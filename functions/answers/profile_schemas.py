"""The pupil's page: the profile, *mes parcours*, *mes certifications*, saved tutorials."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from functions.answers.question_schemas import TutorialView
from jalon.assessment.state import Purpose, Status
from jalon.edge.schemas import AnswerSchema, RequestSchema, one_of

#: How requests write a tutorial's id.
TUTORIAL_PATTERN = r"^[A-Za-z0-9_.-]{1,100}$"


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
    answered: Annotated[
        int | None, Field(description="Null while a discovery or certification test is under way: ask the test itself how far it is.")
    ]
    updated_at: Annotated[datetime, Field(description="Its latest change; where `answered` is null, its beginning.")]
    days_before_retrying: Annotated[
        int | None,
        Field(
            description=(
                "Until it may be taken again, 4 days after its end: a campaign's before its results are sent, a discovery test with "
                "`improve` (POST /v1/assessments). Null while it is under way and where it is not taken again."
            )
        ),
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
    progress_percent: Annotated[
        int,
        Field(description="Follows the test at each checkpoint and at the end, some seconds later; the test's own says it at each answer."),
    ]
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
    tests: Annotated[list[TestCardView], Field(description="The 200 that changed last, the latest last; a competence's stands with it.")]
    parcours: Annotated[list[ParcoursView], Field(description="The latest begun first, 200 at most; all of them under links.")]
    certifications: Annotated[list[CertificationLineView], Field(description="The latest taken first.")]
    tutorials: list[SavedTutorialView]
    links: ProfileLinks
    updated_at: datetime | None
