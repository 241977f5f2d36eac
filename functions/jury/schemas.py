"""Requests and responses of the jury."""

from typing import Annotated, Any, Literal

from pydantic import Field

from engine.grading import Result
from jalon.certification.candidates import AbortReason
from jalon.certification.reports import ReportCode
from jalon.certification.results import Outcome, Settled
from jalon.certification.scoring import UNANSWERED
from jalon.certification.sessions import SessionStatus
from jalon.edge.schemas import AnswerSchema, CalendarDate, InstantText, RequestSchema, one_of

CompetenceCode = Annotated[str, Field(pattern=r"^[1-5]\.[1-4]$")]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Remark = Annotated[str, Field(max_length=2000)]


class _Decision(RequestSchema):
    """``version`` is the version of the result the author had before their eyes; a newer one refuses the decision."""

    version: Annotated[int, Field(ge=1)]


class SettleReportRequest(_Decision):
    """Settle a report that waits."""

    kind: Literal["settle_report"]
    report_id: Annotated[str, Field(pattern=r"^rpt_[0-9a-f]{32}$")]
    upheld: bool


class NeutraliseQuestionRequest(_Decision):
    """Neutralise a question, or count it again; the result is scored anew."""

    kind: Literal["neutralise_question"]
    question_number: Annotated[int, Field(ge=1, le=48)]
    neutralised: bool = True


class ReviewedBirthPlace(RequestSchema):
    """As for enrolment."""

    country: Annotated[str, Field(min_length=1, max_length=100)] = "FR"
    insee_code: Annotated[str, Field(max_length=5)] = ""
    postcode: Annotated[str, Field(max_length=5)] = ""
    town: Annotated[str, Field(max_length=100)] = ""


class ReviewedIdentity(RequestSchema):
    """A candidate's civil identity."""

    last_name: Name
    first_name: Name
    birth_date: CalendarDate
    sex: Literal["M", "F"]
    birth_place: ReviewedBirthPlace


class CorrectIdentityRequest(_Decision):
    """Correct names, birth date or birth place."""

    kind: Literal["correct_identity"]
    identity: ReviewedIdentity


class LevelAndPix(RequestSchema):
    """A certified competence; level 0 certifies nothing."""

    level: Annotated[int, Field(ge=0, le=8)]
    pix: Annotated[int, Field(ge=0, le=64)]


class ChangeResultRequest(_Decision):
    """Set certified levels by hand."""

    kind: Literal["change_result"]
    competences: Annotated[dict[CompetenceCode, LevelAndPix], Field(min_length=1, max_length=16)]


class SanctionRequest(_Decision):
    """Reject for fraud, cancel, or take either back."""

    kind: Literal["reject", "cancel", "reinstate"]


class CommentRequest(_Decision):
    """Replace the comments; null leaves one as it is."""

    kind: Literal["comment"]
    for_candidate: Remark | None = None
    for_organisation: Remark | None = None


DecisionRequest = Annotated[
    SettleReportRequest | NeutraliseQuestionRequest | CorrectIdentityRequest | ChangeResultRequest | SanctionRequest | CommentRequest,
    Field(discriminator="kind"),
]


class CorrectionRequest(RequestSchema):
    """Why a published session is opened again."""

    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class CertificateRevocationRequest(RequestSchema):
    """Why the certificate is taken back; the reason stays with the jury."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class WaitingSessionView(AnswerSchema):
    """A session that waits for the jury."""

    number: str
    uai: str
    centre: str
    certifications: int
    to_decide: int
    global_comment: bool
    waiting_since: InstantText
    reminders: int


class WaitingSessionList(AnswerSchema):
    """The jury's worklist."""

    items: list[WaitingSessionView]
    next_cursor: str | None


class SettledReportView(AnswerSchema):
    """A report with what became of it."""

    id: str
    code: ReportCode
    question_number: int | None
    description: str
    hour: str
    at: InstantText
    outcome: Annotated[str, one_of(Settled)] | None


class MarkView(AnswerSchema):
    """One question of the test as it counts."""

    number: int
    competence: str
    challenge_id: str
    result: Annotated[str, one_of(Result, UNANSWERED)]
    neutralised: bool
    counted_right: bool


class CompetenceView(AnswerSchema):
    """One competence: the level of the frozen profile, and what is certified of it."""

    code: str
    level_at_start: int | None
    level: int
    pix: int


class DecisionView(AnswerSchema):
    """One entry of the history: who decided what, and the version it made."""

    version: int
    author: str
    at: InstantText
    kind: str
    details: dict[str, Any]


class ResultView(AnswerSchema):
    """The latest version of a result."""

    version: int
    outcome: Annotated[str, one_of(Outcome)]
    reason: str
    pix: int
    rate: int
    trusted: bool
    ending: str
    competences: list[CompetenceView]
    marks: list[MarkView]
    open_points: list[str]
    comment_for_candidate: str
    comment_for_organisation: str


class ReviewedCertificationView(AnswerSchema):
    """A candidate who started, the result so far and how it came to be; ``result`` is null while it is being scored."""

    certification_id: str
    candidate_id: str
    identity: ReviewedIdentity
    corrected: bool
    extra_time_percent: int
    abort_reason: Annotated[str, one_of(AbortReason)] | None
    reports: list[SettledReportView]
    result: ResultView | None
    history: list[DecisionView]


class ReviewView(AnswerSchema):
    """A session in full."""

    number: str
    uai: str
    centre: str
    status: Annotated[str, one_of(SessionStatus)]
    finalisation: int
    global_comment: str
    in_jury_since: InstantText | None
    approved_at: InstantText | None
    approved_by: str | None
    open_points: int
    certifications: list[ReviewedCertificationView]


class ApprovalView(AnswerSchema):
    """The session is on its way to publication."""

    number: str
    status: Annotated[str, one_of(SessionStatus)]
    approved_at: InstantText


class RevocationView(AnswerSchema):
    """The certificate is taken back; the verification page knows within minutes."""

    certification_id: str
    revoked_at: InstantText | None
