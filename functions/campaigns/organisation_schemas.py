"""Requests and responses about schools and their pupils."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from jalon.edge.schemas import AnswerSchema, CalendarDate, Instant, RequestSchema

Name = Annotated[str, Field(min_length=1, max_length=100)]
ClassName = Annotated[str, Field(alias="class", min_length=1, max_length=40)]


class CreateOrganisationRequest(RequestSchema):
    """A school to open a space for."""

    uai: Annotated[str, Field(min_length=8, max_length=8, examples=["0990001N"])]
    name: Name
    official_email: Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]


class CreatedOrganisationView(AnswerSchema):
    """The code that activates the space; it is shown this once."""

    uai: str
    activation_code: str
    expires_at: Instant


class ActivationRequest(RequestSchema):
    """The head's own account, and the code sent to the school."""

    activation_code: Annotated[str, Field(min_length=1, max_length=64)]
    first_name: Name
    last_name: Name
    email: Annotated[str, Field(max_length=254)]
    password: Annotated[str, Field(max_length=256)]


class MemberView(AnswerSchema):
    """A person's place in a school."""

    uai: str
    user_id: str
    role: Literal["admin", "member"]


class NamedMemberView(AnswerSchema):
    """A colleague; the names are null when the account was erased."""

    user_id: str
    role: Literal["admin", "member"]
    first_name: str | None
    last_name: str | None
    since: Instant


class MembersView(AnswerSchema):
    """Everyone who works in the school's space."""

    items: list[NamedMemberView]


class InviteMemberRequest(RequestSchema):
    """Whom to invite, as what."""

    email: Annotated[str, Field(max_length=254)]
    role: Literal["admin", "member"] = "member"


class InvitationView(AnswerSchema):
    """The code to pass on; it is shown this once."""

    email: str
    role: Literal["admin", "member"]
    invitation_code: str
    expires_at: Instant


class AcceptInvitationRequest(RequestSchema):
    """The account to make, under the address that was invited."""

    invitation_code: Annotated[str, Field(min_length=1, max_length=64)]
    first_name: Name
    last_name: Name
    email: Annotated[str, Field(max_length=254)]
    password: Annotated[str, Field(max_length=256)]


class JoinOrganisationRequest(RequestSchema):
    """The code that the school's administrator passed on."""

    invitation_code: Annotated[str, Field(min_length=1, max_length=64)]


class ClassView(AnswerSchema):
    """A class of the list in force."""

    name: str
    size: int


class ClassesView(AnswerSchema):
    """Every class of a school, by name."""

    items: list[ClassView]


class OrganisationView(AnswerSchema):
    """A school's space as its members see it."""

    uai: str
    name: str
    activated_at: Instant | None
    role: Literal["admin", "member"]
    pupils: int
    classes: list[ClassView]


class UploadView(AnswerSchema):
    """Where to send the file: one request with this method and these headers, within a quarter of an hour."""

    url: str
    method: Literal["PUT"]
    headers: dict[str, str]


class ImportRequestedView(AnswerSchema):
    """An import that waits for its file."""

    id: str
    status: Literal["AWAITING_UPLOAD"]
    upload: UploadView


class ImportPupilView(AnswerSchema):
    """Whom a problem is about, as the file has them."""

    last_name: str
    first_name: str
    ine: str


class ImportErrorView(AnswerSchema):
    """One thing wrong with the file."""

    code: str
    detail: str
    field: str | None
    pupil: ImportPupilView | None


class ImportCountsView(AnswerSchema):
    """What became of the pupils of the file."""

    imported: int
    left_school: int
    without_ine: int
    without_class: int
    removed: int


class ImportView(AnswerSchema):
    """An import's state; poll it with its ETag until it is IMPORTED, VALIDATION_ERROR or IMPORT_ERROR."""

    id: str
    status: Literal["AWAITING_UPLOAD", "UPLOADED", "VALIDATED", "VALIDATION_ERROR", "IMPORTED", "IMPORT_ERROR"]
    requested_at: Instant
    updated_at: Instant | None
    counts: ImportCountsView
    errors: list[ImportErrorView]


class PupilView(AnswerSchema):
    """A pupil of the list in force."""

    ine: str
    last_name: str
    used_name: str | None
    first_name: str
    sex: Literal["M", "F"]
    birth_date: date
    class_name: Annotated[str, Field(alias="class")]
    reconciled: bool


class PupilsView(AnswerSchema):
    """A page of the list, by class then name."""

    items: list[PupilView]
    next_cursor: str | None


class CredentialsRequest(RequestSchema):
    """A class to make accounts for."""

    class_name: ClassName


class CredentialsView(AnswerSchema):
    """A pupil's slip. No username: the pupil has an account of their own, or none could be made. No password: they chose one already.

    ``not_made`` is why none could be made: the code of a problem (docs/problems.md); the slips of the others are there all the same.
    """

    ine: str
    last_name: str
    first_name: str
    username: str | None
    initial_password: str | None
    not_made: Annotated[str | None, Field(examples=["no_username_left"])] = None


class ClassCredentialsView(AnswerSchema):
    """The slips of a class, by name."""

    items: list[CredentialsView]


class AccessRecoveryRequest(RequestSchema):
    """A pupil who lost the way in, as the list in force has them."""

    first_name: Name
    last_name: Name
    birth_date: CalendarDate
    ine: Annotated[str, Field(min_length=1, max_length=20)]
    close_ways_in: Annotated[
        bool,
        Field(
            description="Close what ways_in would name, too: for an administrator, of an account that this school made and no other school "
            "has. The address is told."
        ),
    ] = False


class WaysInView(AnswerSchema):
    """What opens the account beside its username: attached by the pupil, or by whoever had the pupil's password before."""

    email: Annotated[bool, Field(description="An e-mail address, which the pupil sees in GET /v1/me.")]
    identity_providers: Annotated[list[str], Field(description="By their id.", examples=[["ent-exemple"]])]


class RecoveredAccessView(AnswerSchema):
    """The pupil's new slip. No password: the same request gave one already, and the pupil chose another or a later request gave one."""

    ine: str
    last_name: str
    first_name: str
    username: str
    initial_password: str | None
    ways_in: WaysInView


class SignInWindowRequest(RequestSchema):
    """A class that somebody keeps waiting at sign-in."""

    class_name: ClassName


class SignInCodeView(AnswerSchema):
    """What a teacher gives one pupil, and nobody else; null for a pupil who has no account here yet."""

    ine: str
    last_name: str
    first_name: str
    sign_in_code: str | None


class SignInWindowView(AnswerSchema):
    """The codes of a class, by name, and until when they are good."""

    class_name: Annotated[str, Field(alias="class")]
    opens_until: Instant
    pupils: list[SignInCodeView]


class CertifiablePupilView(AnswerSchema):
    """Whether a pupil could be certified today; ``certifiable_competences`` counts those at level 1 or more."""

    ine: str
    last_name: str
    first_name: str
    class_name: Annotated[str, Field(alias="class")]
    reconciled: bool
    certifiable: bool
    certifiable_competences: int


class CertifiableView(AnswerSchema):
    """The pupils of a class, by name, and how many of them are certifiable."""

    certifiable: int
    items: list[CertifiablePupilView]


class ReconciliationRequest(RequestSchema):
    """Who the caller is on the school's list; ``ine`` only where two pupils share a name and a birth date."""

    uai: Annotated[str, Field(min_length=8, max_length=8)]
    first_name: Name
    last_name: Name
    birth_date: CalendarDate
    ine: Annotated[str | None, Field(max_length=20)] = None


class ReconciliationView(AnswerSchema):
    """The pupil that the caller's account now is: as the list has the name, with the class, if the link is proven; as typed otherwise."""

    uai: str
    last_name: str
    first_name: str
    class_name: Annotated[
        str | None,
        Field(
            alias="class",
            description="Told when the national number was given, or the school or a provider vouches for it; null otherwise.",
        ),
    ]
