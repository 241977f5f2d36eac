"""Routes of certificates and published results."""

import base64
import hashlib
import io
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse

from functions.certificates import rendering
from functions.certificates.schemas import ArchiveView, MyCertifications, SessionResults, VerificationView
from functions.certificates.wiring import parts
from jalon.certificates import open_badge
from jalon.certificates.archives import ArchiveOrder, order_of, read_archive, request_archive
from jalon.certificates.framework import Language
from jalon.certificates.my_certifications import certificate_to_print, my_certificates, my_certifications
from jalon.certificates.results_table import as_csv
from jalon.certificates.session_results import session_results
from jalon.certificates.verification_code import parse_code
from jalon.certificates.verify_code import verify_code
from jalon.edge.auth import caller
from jalon.edge.caching import REVALIDATED
from jalon.edge.etags import still_holds
from jalon.edge.observability import logger, metric
from jalon.edge.paging import DEFAULT_LIMIT, MAX_LIMIT, decode_cursor
from jalon.edge.signed_in import person, user
from jalon.kernel.ids import CertificationId, SessionNumber
from jalon.kernel.uai import parse_uai
from jalon.organisations.memberships import require_admin

SERVICE = "certificates"
router = Router()


def _file(description: str, media_type: str) -> dict[int, OpenAPIResponse]:
    """How the API's document describes an answer that is a file."""
    return {200: {"description": description, "content": {media_type: {"schema": {"type": "string", "format": "binary"}}}}}


@router.get("/v1/me/certifications")
def list_mine(
    limit: Annotated[int, Query(description="How many items at most.", ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(description="next_cursor of the page before.", max_length=1_000)] = None,
) -> MyCertifications:
    """The caller's published certifications, newest first.

    One that awaits its results is not here: it stands among `certifications` of `GET /v1/me/profile`, as `awaiting_results`.
    """
    return rendering.mine(my_certifications(parts().results, person(router), limit, decode_cursor(cursor) or {}))


@router.get("/v1/me/certifications/<certification_id>/certificate.pdf", responses=_file("The certificate.", "application/pdf"))
def print_mine(
    certification_id: Annotated[str, Path(pattern=r"^crt_[0-9a-f]{32}$")], lang: Annotated[Language, Query()] = "fr"
) -> Response[str]:
    """The caller's certificate as an A4 page. The same certificate gives the same page, hence the ETag; a seal is dated anew each time."""
    certificate = certificate_to_print(parts().certificates, person(router), CertificationId(certification_id))
    etag = _etag(certificate.token, lang)
    headers: dict[str, str | list[str]] = {"ETag": etag, "Cache-Control": REVALIDATED}
    if still_holds(router.current_event.headers.get("if-none-match"), etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, body="", headers=headers)
    from functions.certificates.printing.document import print_certificate

    pdf = print_certificate(certificate, parts().site_url, lang, parts().seal)
    metric("CertificatePrinted", language=lang)
    headers["Content-Disposition"] = f'inline; filename="certificat-{certificate.facts.code}.pdf"'
    return _binary("application/pdf", pdf, headers)


@router.get("/v1/me/certificates.zip", responses=_file("The certificates, one file each.", "application/zip"))
def archive_mine(lang: Annotated[Language, Query()] = "fr") -> Response[str]:
    """Every certificate of the caller that counts, in one file: a handful, so it is printed while the caller waits."""
    from functions.certificates.archive import write_archive

    target = io.BytesIO()
    write_archive(target, my_certificates(parts().certificates, parts().results, person(router)), lang, parts().site_url, parts().seal)
    headers: dict[str, str | list[str]] = {"Content-Disposition": 'attachment; filename="certificats.zip"'}
    return _binary("application/zip", target.getvalue(), headers)


@router.get("/v1/me/certifications/<certification_id>/open-badge.jwt", responses=_file("The signed credential.", open_badge.MEDIA_TYPE))
def badge_mine(certification_id: Annotated[str, Path(pattern=r"^crt_[0-9a-f]{32}$")]) -> Response[str]:
    """The caller's certificate as a signed Open Badges 3.0 credential, for a wallet."""
    certificate = certificate_to_print(parts().certificates, person(router), CertificationId(certification_id))
    return Response(status_code=HTTPStatus.OK, content_type=open_badge.MEDIA_TYPE, body=open_badge.compact(certificate.credential))


@router.get("/v1/verifications/<code>")
def verify(code: Annotated[str, Path(max_length=24)]) -> VerificationView:
    """How the certificate of a code stands, for a registered client with the scope ``certificates:verify``. People use the page."""
    client = caller(router.current_event.raw_event)
    client.require_scope("certificates:verify")
    found = verify_code(parts().certificates, parts().clock, parse_code(code))
    # Every look-up is attributed: a code is a secret of its holder.
    logger(SERVICE).info("CODE_VERIFIED", client_id=client.subject, standing=found.standing.value)
    metric("CodeVerified", standing=found.standing.value)
    return rendering.verification(found)


@router.get("/v1/organisations/<uai>/sessions/<number>/results")
def results(uai: str, number: str) -> SessionResults:
    """A published session's results, for a member of the school."""
    school, member = parse_uai(uai), user(router)
    session, lines = session_results(parts().members, parts().sessions, parts().results, school, SessionNumber(number), member)
    return rendering.table(session, lines)


@router.get("/v1/organisations/<uai>/sessions/<number>/results.csv", responses=_file("The table, UTF-8, semicolons.", "text/csv"))
def results_csv(uai: str, number: str) -> Response[str]:
    """The same as a file for spreadsheets."""
    school, member = parse_uai(uai), user(router)
    _, lines = session_results(parts().members, parts().sessions, parts().results, school, SessionNumber(number), member)
    headers = {"Content-Disposition": f'attachment; filename="resultats-session-{number}.csv"'}
    return Response(status_code=HTTPStatus.OK, content_type="text/csv; charset=utf-8; header=present", body=as_csv(lines), headers=headers)


@router.post("/v1/organisations/<uai>/sessions/<number>/certificates-archive")
def order_archive(uai: str, number: str, lang: Annotated[Language, Query()] = "fr") -> Response[ArchiveView]:
    """Have a published session's certificates printed into one file. Asking again is harmless."""
    status = request_archive(parts().shelf, parts().order, _order(uai, number, lang))
    return Response(status_code=HTTPStatus.ACCEPTED, content_type="application/json", body=ArchiveView(status=status.value, url=None))


@router.get("/v1/organisations/<uai>/sessions/<number>/certificates-archive")
def archive(uai: str, number: str, lang: Annotated[Language, Query()] = "fr") -> ArchiveView:
    """How far the archive is, and where to fetch it."""
    status, url = read_archive(parts().shelf, _order(uai, number, lang))
    return ArchiveView(status=status.value, url=url)


def _order(uai: str, number: str, language: Language) -> ArchiveOrder:
    """What an archive of the session holds now, for an administrator of the school."""
    school, member = parse_uai(uai), user(router)
    require_admin(parts().members, school, member)
    _, lines = session_results(parts().members, parts().sessions, parts().results, school, SessionNumber(number), member)
    return order_of(SessionNumber(number), lines, language, _edition())


def _binary(media_type: str, body: bytes, headers: dict[str, str | list[str]]) -> Response[str]:
    """A response of bytes. They are encoded here, because the resolver's own validation takes every body for text."""
    response = Response(status_code=HTTPStatus.OK, content_type=media_type, body=base64.b64encode(body).decode("ascii"), headers=headers)
    response.base64_encoded = True
    return response


def _etag(token: bytes, language: Language) -> str:
    digest = hashlib.sha256(f"{_edition()} {language} ".encode() + token).hexdigest()[:32]
    return f'W/"{digest}"' if parts().seal else f'"{digest}"'


def _edition() -> str:
    from functions.certificates.printing import edition

    return edition(sealed=parts().seal is not None)
