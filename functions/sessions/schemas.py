"""Requests and responses of certification sessions."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from jalon.certification.candidates import CandidateStatus
from jalon.certification.reports import ReportCode
from jalon.certification.sessions import SessionStatus
from jalon.certification.watch_session import Progress
from jalon.edge.schemas import AnswerSchema, CalendarDate, InstantText, RequestSchema, WallTime, one_of

Label = Annotated[str, Field(max_length=200)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
CandidateKey = Annotated[str, Field(pattern=r"^can_[0-9a-f]{32}$")]


class SessionRequest(RequestSchema):
    """A session to create. ``start_time`` is on the wall of the room; ``time_zone`` defaults to the school's."""

    site: Label
    room: Label
    date: CalendarDate
    start_time: WallTime
    invigilators: Annotated[list[Label], Field(max_length=10)]
    name: Label = ""
    observation: Annotated[str, Field(max_length=2000)] = ""
    time_zone: Annotated[str, Field(max_length=40)] = ""


class SessionChangeRequest(RequestSchema):
    """What to change of a session; what is left out stays."""

    site: Label | None = None
    room: Label | None = None
    date: CalendarDate | None = None
    start_time: WallTime | None = None
    invigilators: Annotated[list[Label] | None, Field(max_length=10)] = None
    name: Label | None = None
    observation: Annotated[str | None, Field(max_length=2000)] = None
    time_zone: Annotated[str | None, Field(max_length=40)] = None


class BirthPlaceModel(RequestSchema):
    """In France (``FR``) an INSEE code, or a postcode with the town; abroad the INSEE code 99 with the town."""

    country: Annotated[str, Field(min_length=1, max_length=100)] = "FR"
    insee_code: Annotated[str, Field(max_length=5)] = ""
    postcode: Annotated[str, Field(max_length=5)] = ""
    town: Annotated[str, Field(max_length=100)] = ""


class IdentityModel(RequestSchema):
    """A candidate's civil identity."""

    last_name: Name
    first_name: Name
    birth_date: CalendarDate
    sex: Literal["M", "F"]
    birth_place: BirthPlaceModel


class CandidateRequest(IdentityModel):
    """One candidate to enrol; ``extra_time_percent`` is the *temps majoré*."""

    extra_time_percent: Annotated[int, Field(ge=0, le=200)] = 0
    external_id: Annotated[str, Field(max_length=100)] = ""


class EnrolmentRequest(RequestSchema):
    """Either a class of the school's list, or candidates one by one."""

    class_name: Annotated[str | None, Field(alias="class", min_length=1, max_length=100)] = None
    candidates: Annotated[list[CandidateRequest] | None, Field(min_length=1, max_length=400)] = None

    @model_validator(mode="after")
    def one_of_both(self) -> "EnrolmentRequest":
        """Exactly one of the two is given."""
        if (self.class_name is None) == (self.candidates is None):
            raise PydanticCustomError("form", "Give either class or candidates.")
        return self


class InvigilatorRequest(RequestSchema):
    """The invigilator's code, as printed on the session's papers."""

    invigilator_code: Annotated[str, Field(min_length=1, max_length=20)]


class ExtensionRequest(RequestSchema):
    """The minutes in all, beyond the candidate's own time; a repetition gives none twice."""

    total_min: Annotated[int, Field(ge=0, le=240)]


class ReportRequest(RequestSchema):
    """A report. E-codes carry the question's number; ``hour`` is for C3."""

    candidate_id: CandidateKey
    code: ReportCode
    question_number: Annotated[int | None, Field(ge=1, le=48)] = None
    description: Annotated[str, Field(max_length=1000)] = ""
    hour: Annotated[str, Field(max_length=5, examples=["10:45"])] = ""


class FinalisationRequest(RequestSchema):
    """Why each unfinished test was not finished, by candidate, and a comment on the whole session."""

    abort_reasons: Annotated[dict[CandidateKey, Literal["candidate", "technical"]], Field(max_length=400)] = Field(default_factory=dict)
    global_comment: Annotated[str, Field(max_length=2000)] = ""


class JoinRequest(RequestSchema):
    """What the pupil types to enter a session."""

    session_number: Annotated[str, Field(pattern=r"^[0-9]{1,12}$")]
    access_code: Annotated[str, Field(min_length=1, max_length=20)]
    last_name: Name
    first_name: Name
    birth_date: CalendarDate


class SessionView(AnswerSchema):
    """A session as its centre and its invigilators see it."""

    number: str
    uai: str
    centre: str
    site: str
    room: str
    name: str
    date: dt.date
    start_time: str
    time_zone: str
    starts_at: InstantText
    invigilators: list[str]
    observation: str
    status: Annotated[str, one_of(SessionStatus)]
    access_code: str
    invigilator_code: str
    opened: bool
    published_at: InstantText | None


class SessionList(AnswerSchema):
    """Sessions of a school year, latest date first."""

    items: list[SessionView]
    next_cursor: str | None


class ReportView(AnswerSchema):
    """A report as it was written."""

    id: str
    code: ReportCode
    question_number: int | None
    description: str
    hour: str
    at: InstantText


class CandidateView(AnswerSchema):
    """A candidate on the list."""

    id: str
    certification_id: str
    last_name: str
    first_name: str
    birth_date: dt.date
    sex: str
    birth_place: BirthPlaceModel
    class_name: str = Field(serialization_alias="class")
    external_id: str
    extra_time_percent: int
    status: Annotated[str, one_of(CandidateStatus)]
    reports: list[ReportView]


class CandidateList(AnswerSchema):
    """The candidates by name."""

    items: list[CandidateView]


class LiveCandidateView(AnswerSchema):
    """A candidate in the room. ``connected`` is null where no test runs."""

    id: str
    last_name: str
    first_name: str
    birth_date: dt.date
    extra_time_percent: int
    extension_min: int
    progress: Annotated[str, one_of(Progress)]
    question_number: int | None
    question_count: int | None
    minutes_left: int | None
    deadline_at: InstantText | None
    last_seen_at: InstantText | None
    connected: bool | None
    reports: list[ReportView]


class InvigilationView(AnswerSchema):
    """The room, live; poll it with its ETag."""

    session_number: str
    status: Annotated[str, one_of(SessionStatus)]
    candidates: list[LiveCandidateView]


class FinalisationView(AnswerSchema):
    """How far the session's finalisation is."""

    session_number: str
    number: int
    status: Annotated[str, one_of(SessionStatus)]
    requested_at: InstantText
    in_jury_since: InstantText | None
    published_at: InstantText | None


class CertificationView(AnswerSchema):
    """A pupil's certification, from the waiting room to the end."""

    id: Annotated[str, Field(description="`crt_` and 32 hexadecimal digits.")]
    status: Annotated[
        str,
        one_of(Progress),
        Field(
            description=(
                "What there is to do: `waiting` for the invigilator's leave, `authorised` to start, `started` (go on, or call the "
                "invigilator to resume elsewhere), `resume_authorised` to go on here; `completed`, `time_over`, `ended` by the invigilator."
            )
        ),
    ]
    session_number: str
    centre: str
    site: Annotated[str, Field(description="Where in the school the session is held.")]
    room: Annotated[str, Field(description="Its room; it may still change until somebody starts.")]
    date: Annotated[dt.date, Field(description="The session's day.")]
    start_time: Annotated[str, Field(description="When it is to begin, on the wall of the room, HH:MM.")]
    time_zone: str
    last_name: Annotated[str, Field(description="As on the centre's list, and so on the certificate; tell the invigilator if it is wrong.")]
    first_name: Annotated[str, Field(description="As on the centre's list, and so on the certificate.")]
    duration_min: Annotated[
        int,
        Field(
            description=(
                "How long the candidate has from the start on, in minutes, rounded up; extra time and what the invigilator gave are "
                "included. The end to the second is the test's `deadline_at`."
            )
        ),
    ]
    extra_time_percent: Annotated[int, Field(description="*Temps majoré*, in per cent; included in `duration_min`.")]
    question_count: Annotated[
        int | None,
        Field(description="How many questions the test has; null until it is started, when they are drawn; 48 at most."),
    ]
    assessment_id: Annotated[str | None, Field(description="The test: `GET /v1/assessments/{assessment_id}`; null until it is started.")]
    test: Annotated[
        dict[str, Any] | None,
        Field(
            json_schema_extra={"x-schema": "AssessmentView"},
            description=(
                "The running test as `GET /v1/assessments/{assessment_id}` shows it, with its question and ticket, for the device that has "
                "just started or resumed it; null otherwise."
            ),
        ),
    ] = None
