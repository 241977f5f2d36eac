"""What goes over the wire about a person's own data. Requests refuse what they do not know."""

from typing import Literal

from pydantic import Field

from functions.accounts.proofs import ProofRequest
from jalon.edge.schemas import AnswerSchema, Instant


class ExportDownload(AnswerSchema):
    """Where the document is fetched, without a token, for some minutes; ask again for another address."""

    url: str
    expires_at: Instant


class DataExport(AnswerSchema):
    """An export of one's own data. The document's form is docs/personal-data.schema.json."""

    id: str
    status: Literal["preparing", "ready", "failed"]
    requested_at: Instant
    expires_at: Instant = Field(description="Gone from then on; another one may be asked for.")
    size_bytes: int | None = Field(description="Of the document, once it is ready.")
    sha256: str | None = Field(description="Of the document, in hexadecimal, once it is ready.")
    download: ExportDownload | None


class ErasureRequest(ProofRequest):
    """The wish, in so many letters, with a proof of who asks: the password or a return from an identity provider, always one of them."""

    confirmation: Literal["ERASE"] = Field(description="What the person was shown and typed: nothing brings the account back.")


class ErasedData(AnswerSchema):
    """A part of what goes."""

    part: str
    what: str


class KeptData(AnswerSchema):
    """A part of what stays, and why it may."""

    part: str
    what: str
    why: str
    legal_basis: str


class ErasureView(AnswerSchema):
    """How far an erasure is, what goes with it and what stays. Every sign-in is over; access tokens end within 20 minutes."""

    status: Literal["requested", "erased", "verified"] = Field(
        description="requested: under way; erased: gone; verified: looked through again once no access token was left."
    )
    requested_at: Instant
    verified_from: Instant = Field(description="When it is looked through the second time, at the earliest.")
    erased: list[ErasedData]
    kept: list[KeptData]
