"""Routes of a person's own data: parse, act, render."""

from dataclasses import asdict
from datetime import timedelta
from http import HTTPStatus

from starlette.responses import Response

from functions.accounts.exchange import Exchange, json_response, no_content
from functions.accounts.own_data_schemas import DataExport, ErasedData, ErasureRequest, ErasureView, ExportDownload, KeptData
from functions.accounts.own_data_wiring import own_data, provider_sign_ins
from functions.accounts.people import require_person
from functions.accounts.proofs import proof_of
from functions.accounts.services import OWN_DATA
from jalon.accounts.erasure import Erasure
from jalon.accounts.erasure_notice import ERASED, KEPT
from jalon.accounts.export_store import ADDRESS_LIFE_S
from jalon.accounts.exports import Export, ExportId, ExportStatus, delete_export, read_export, request_export
from jalon.accounts.find_account import find_account
from jalon.accounts.identity import Identity
from jalon.accounts.reauthenticate import reauthenticate_with_request
from jalon.accounts.request_erasure import repeat_erasure, request_erasure
from jalon.edge.erasures import refuse_erased
from jalon.edge.observability import logger, metric
from jalon.kernel.errors import NotFoundError


class ErasureNotRequestedError(NotFoundError):
    """Nobody asked for this person to be erased."""

    code = "erasure_not_requested"


def request_own_export(exchange: Exchange) -> Response:
    """Ask for a copy of everything that is held about oneself, written in the background; once a day."""
    user_id, key = require_person(exchange), exchange.idempotency_key()
    export_id = ExportId(own_data().accounts.keyring.identifier("exp", user_id, key))
    refuse_erased(user_id)
    person = _person(exchange)
    export = request_export(own_data().exporting, person.user_id, export_id)
    logger(OWN_DATA).info("EXPORT_REQUESTED", user_id=person.user_id, export_id=export.export_id)
    metric("ExportRequested", service=OWN_DATA)
    return json_response(HTTPStatus.ACCEPTED, _export_view(export, None), {"Location": f"/v1/me/exports/{export.export_id}"})


def read_own_export(exchange: Exchange) -> Response:
    """How far an export is and, once it is ready, where to fetch it for the next minutes."""
    export, address = read_export(own_data().exporting, require_person(exchange), _export_id(exchange))
    return json_response(HTTPStatus.OK, _export_view(export, address))


def delete_own_export(exchange: Exchange) -> Response:
    """Remove an export before its day is over."""
    delete_export(own_data().exporting, require_person(exchange), _export_id(exchange))
    return no_content()


def request_own_erasure(exchange: Exchange) -> Response:
    """Erase one's own account: everything but what the law and the school need.

    Asked again, it answers the same. Refused with 409 while a certification is under way (certification_running) and for the only
    administrator of a school (last_administrator).
    """
    user_id, body = require_person(exchange), exchange.read(ErasureRequest)
    under_way = own_data().asking.erasures.get(user_id)
    if under_way is not None:
        return _erasure_response(HTTPStatus.ACCEPTED, repeat_erasure(own_data().asking, under_way))
    reauthenticate_with_request(provider_sign_ins, own_data().accounts, _person(exchange), proof_of(exchange, body))
    erasure = request_erasure(own_data().asking, user_id)
    logger(OWN_DATA).info("ERASURE_REQUESTED", subject=erasure.subject)
    metric("ErasureRequested", service=OWN_DATA)
    return _erasure_response(HTTPStatus.ACCEPTED, erasure)


def read_own_erasure(exchange: Exchange) -> Response:
    """How far one's own erasure is, as long as an access token is left."""
    erasure = own_data().asking.erasures.get(require_person(exchange))
    if erasure is None:
        raise ErasureNotRequestedError("You did not ask for your account to be erased.")
    return _erasure_response(HTTPStatus.OK, erasure)


def _person(exchange: Exchange) -> Identity:
    return find_account(own_data().accounts.store, require_person(exchange))


def _export_id(exchange: Exchange) -> ExportId:
    return ExportId(exchange.path.rpartition("/")[2])


def _export_view(export: Export, address: str | None) -> DataExport:
    ready = export.status is ExportStatus.READY
    now = own_data().accounts.clock.now()
    return DataExport(
        id=export.export_id,
        status="failed" if export.status is ExportStatus.DELETED else export.status.value,
        requested_at=export.requested_at,
        expires_at=export.expires_at,
        size_bytes=export.size_bytes if ready else None,
        sha256=export.sha256 if ready else None,
        download=ExportDownload(url=address, expires_at=now + timedelta(seconds=ADDRESS_LIFE_S)) if address else None,
    )


def _erasure_response(status: HTTPStatus, erasure: Erasure) -> Response:
    view = ErasureView(
        status=erasure.status.value,
        requested_at=erasure.requested_at,
        verified_from=erasure.second_pass_at,
        erased=[ErasedData(**asdict(part)) for part in ERASED],
        kept=[KeptData(**asdict(part)) for part in KEPT],
    )
    return json_response(status, view)
