"""What goes over the wire. Requests refuse what they do not know."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from jalon.accounts.client_secret import LONGEST_OVERLAP
from jalon.accounts.oauth_client import GRANTABLE_SCOPES, MOST_SCHOOLS
from jalon.accounts.provider_flow import Return
from jalon.edge.schemas import AnswerSchema, CalendarDate, Instant, RequestSchema

Name = Annotated[str, Field(min_length=1, max_length=200)]
Email = Annotated[str, Field(min_length=3, max_length=254)]
Password = Annotated[SecretStr, Field(min_length=1, max_length=1024)]
Locale = Literal["fr-FR", "fr", "fr-simple", "en"]

# mypy wants an enumeration's members written out; here they are the rules' own set.
GrantableScope = StrEnum("GrantableScope", {scope.name: str(scope) for scope in sorted(GRANTABLE_SCOPES)})  # type: ignore[misc]


class _Request(RequestSchema):
    model_config = ConfigDict(strict=True)


class SignUpRequest(_Request):
    """A person's own account."""

    email: Email
    password: Password
    first_name: Name
    last_name: Name
    birth_date: CalendarDate
    locale: Locale = "fr-FR"
    email_code: Annotated[SecretStr, Field(min_length=1, max_length=40)] | None = Field(
        default=None, description="The code that POST /v1/email-codes had sent to the address; it proves that it is one's own."
    )


class AccountCreated(AnswerSchema):
    """The account's identifier."""

    id: str


class Preferences(AnswerSchema):
    """How the person wants to be served; the screen passes ``locale`` on when it starts a test (POST /v1/assessments)."""

    locale: str
    high_contrast: bool
    large_text: bool
    reduced_motion: bool
    screen_reader: bool


class AcceptedTerms(AnswerSchema):
    """The terms of use that were accepted."""

    version: str
    accepted_at: Instant


class Me(AnswerSchema):
    """The signed-in person."""

    id: str
    first_name: str
    last_name: str
    birth_date: date | None
    email: str | None
    email_verified: bool = Field(description="A code sent to the address came back (POST /v1/me/email and its confirmation).")
    username: str | None
    providers: list[str] = Field(description="The identity providers that sign in to this account.")
    roles: list[str]
    preferences: Preferences
    terms: AcceptedTerms | None
    terms_to_accept: str | None = Field(description="The version in force, if this person has not accepted it yet.")
    password_is_initial: bool = Field(description="The password is still the one the school handed out.")


class PreferencesRequest(_Request):
    """What to change; what is left out stays as it is."""

    locale: Locale | None = None
    high_contrast: bool | None = None
    large_text: bool | None = None
    reduced_motion: bool | None = None
    screen_reader: bool | None = None


class TermsRequest(_Request):
    """The version of the terms of use that the person was shown and accepts."""

    version: str = Field(min_length=1, max_length=50)


class PasswordChangeRequest(_Request):
    """One's own password, the present one and the next."""

    current_password: Password
    new_password: Password


class EmailRequest(_Request):
    """An address to which a message will be sent."""

    email: Email


class EmailConfirmationRequest(_Request):
    """The address again, with the code that was sent to it."""

    email: Email
    code: str = Field(min_length=1, max_length=40)


class StaffRequest(_Request):
    """Someone of the certifying body."""

    role: Literal["jury"]
    email: Email
    first_name: Name
    last_name: Name


class StaffCreated(AnswerSchema):
    """What the operator passes on to the person."""

    id: str
    setup_token: str = Field(description="Lets the person set a password once, at POST /v1/password-setups.")
    expires_at: Instant


class PasswordSetupRequest(_Request):
    """A password under a setup token."""

    token: SecretStr = Field(min_length=1, max_length=200)
    password: Password


class ClientRequest(_Request):
    """A school's software."""

    name: str = Field(min_length=1, max_length=100)
    scopes: list[GrantableScope] = Field(min_length=1, max_length=len(GRANTABLE_SCOPES))
    schools: list[Annotated[str, Field(min_length=1, max_length=8)]] = Field(
        default=[],
        max_length=MOST_SCHOOLS,
        description="The schools (UAI) whose data lsu:read and parcoursup:read open, and needed with them; or * alone for every school.",
    )


class ClientCreated(AnswerSchema):
    """The client's credentials."""

    client_id: str
    client_secret: str = Field(description="Shown here only; the same request under the same Idempotency-Key shows it again.")
    scopes: list[str]
    schools: list[str]


class ClientSecretRequest(_Request):
    """How the secret before comes to its end."""

    keep_former_hours: int = Field(
        default=24,
        ge=0,
        le=LONGEST_OVERLAP // timedelta(hours=1),
        description="The secret before opens the client so long; 0 after a leak.",
    )


class ClientSecretRenewed(AnswerSchema):
    """The client's new credentials."""

    client_id: str
    client_secret: str = Field(description="Shown here only; the same request under the same Idempotency-Key shows it again.")
    former_secret_until: Instant | None = Field(description="Until then the secret before opens the client too.")


class Provider(AnswerSchema):
    """An identity provider."""

    id: str
    name: str


class Providers(AnswerSchema):
    """Those that people may sign in through."""

    items: list[Provider]


class ProviderDepartureRequest(_Request):
    """Through whom, and where to be sent back to."""

    provider: str = Field(min_length=1, max_length=100)
    redirect_uri: str = Field(min_length=1, max_length=2000, description="An address that the operator registered, letter by letter.")


class ProviderDeparture(AnswerSchema):
    """Where to send the person, and what to keep until they are back."""

    authorization_url: str
    secret: str = Field(description="Keep it in this screen (sessionStorage); only who has it can complete.")
    expires_at: Instant


class ProviderReturnRequest(_Request):
    """What the provider added to the address it sent the person back to, and the secret that was kept."""

    state: str = Field(min_length=1, max_length=100)
    code: SecretStr = Field(min_length=1, max_length=4000)
    secret: SecretStr = Field(min_length=1, max_length=100)
    iss: str | None = Field(default=None, max_length=2000, description="RFC 9207; send it when the provider did.")

    def as_return(self) -> Return:
        """The same as the rules take it."""
        return Return(self.state, self.secret.get_secret_value(), self.code.get_secret_value(), self.iss)


class ProviderAccountRequest(_Request):
    """The introduction that the problem ``provider_account_unknown`` gave, within ten minutes."""

    introduction: SecretStr = Field(min_length=1, max_length=4000)
    anyway: bool = Field(default=False, description="The account that one was told of (sign_in_with) is not one's own.")


class TokenResponse(AnswerSchema):
    """RFC 6749 §5.1."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str | None = Field(default=None, description="For people; a client asks for another access token instead.")
    scope: str | None = Field(default=None, description="For clients.")
    device_token: str | None = Field(
        default=None, description="After a person's sign-in: keep it on this device and send it with the next one (POST /v1/oauth/token)."
    )


class ProviderTokenResponse(TokenResponse):
    """After a sign-in through an identity provider."""

    end_session_url: str | None = Field(
        default=None,
        description="Where the person's browser goes after they sign out here, to end their session at the provider too; null where it "
        "says nothing of that. It holds what the provider says of them: keep it in this screen (sessionStorage).",
    )


class TokenError(AnswerSchema):
    """RFC 6749 §5.2."""

    error: Literal[
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
        "unsupported_token_type",
        "temporarily_unavailable",
        "server_error",
    ]
    error_description: str | None = None


_CLIENT_ID = "`jalon`, or nothing, for people; a client's own where its secret is in the form too, not in the Authorization header."


class TokenRequest(BaseModel, defer_build=True):
    """RFC 6749 §4.3.2, §4.4.2 and §6; without client credentials the request speaks for our own screens."""

    grant_type: Literal["password", "refresh_token", "client_credentials"]
    username: str | None = Field(default=None, description="An e-mail address or a school's username.")
    password: str | None = Field(default=None, json_schema_extra={"format": "password"})
    refresh_token: str | None = None
    device_token: str | None = Field(default=None, description="What the last sign-in on this device gave, for this username.")
    sign_in_code: str | None = Field(
        default=None, description="What a teacher gave to a pupil whose account waits; good for an hour at most."
    )
    scope: str | None = None
    client_id: str | None = Field(default=None, description=_CLIENT_ID)
    client_secret: str | None = Field(default=None, json_schema_extra={"format": "password"})


class RevocationRequest(BaseModel, defer_build=True):
    """RFC 7009 §2.1."""

    token: str
    token_type_hint: str | None = None
    client_id: str | None = Field(default=None, description=_CLIENT_ID)
    client_secret: str | None = None
