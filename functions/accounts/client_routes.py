"""Routes of a school's software: registering it, renewing its secret, ending it. The operator's alone."""

from datetime import timedelta
from http import HTTPStatus

from starlette.responses import Response

from functions.accounts.exchange import Exchange, json_response, no_content
from functions.accounts.routes import request_digest
from functions.accounts.schemas import ClientCreated, ClientRequest, ClientSecretRenewed, ClientSecretRequest
from functions.accounts.services import ACCOUNTS
from functions.accounts.wiring import desk
from jalon.accounts.client_secret import end_client, renew_client_secret
from jalon.accounts.create_client import ClientExistsError, NewClient, create_client
from jalon.accounts.oauth_client import Scope
from jalon.edge.auth import Caller
from jalon.edge.idempotency_keys import key_reused
from jalon.edge.observability import logger, metric
from jalon.kernel.ids import ClientId


def create_oauth_client(exchange: Exchange) -> Response:
    """Register a school's software with its scopes and the schools they open; the same request again shows its secret again."""
    caller = _operator(exchange)
    key, body = exchange.idempotency_key(), exchange.read(ClientRequest)
    accounts = desk().accounts
    command = NewClient(
        client_id=ClientId(accounts.keyring.identifier("cli", caller.subject, key)),
        name=body.name,
        scopes=frozenset(map(str, body.scopes)),
        request=request_digest(exchange),
        created_by=caller.subject,
        nonce=accounts.ids.new("n").encode(),
        schools=tuple(body.schools),
    )
    try:
        client, secret = create_client(desk().clients, accounts.keyring, accounts.clock, command)
    except ClientExistsError as error:
        raise key_reused() from error
    logger(ACCOUNTS).info("CLIENT_REGISTERED", client_id=client.client_id, created_by=caller.subject)
    metric("ClientRegistered", service=ACCOUNTS)
    created = ClientCreated(
        client_id=client.client_id, client_secret=secret, scopes=sorted(map(str, client.scopes)), schools=sorted(client.schools)
    )
    return json_response(HTTPStatus.CREATED, created, {"Location": f"/v1/clients/{client.client_id}"})


def renew_oauth_client_secret(exchange: Exchange) -> Response:
    """Give a school's software a new secret; the one before opens it for as long as is asked, so that the change needs no pause.

    After a leak ask for no overlap. The same request under the same Idempotency-Key shows the same secret again.
    """
    caller = _operator(exchange)
    key, body = exchange.idempotency_key(), exchange.read(ClientSecretRequest)
    accounts, overlap = desk().accounts, timedelta(hours=body.keep_former_hours)
    client, secret = renew_client_secret(desk().clients, accounts.keyring, accounts.clock, _client_id(exchange), key, overlap)
    logger(ACCOUNTS).info("CLIENT_SECRET_RENEWED", client_id=client.client_id, renewed_by=caller.subject)
    metric("ClientSecretRenewed", service=ACCOUNTS)
    renewed = ClientSecretRenewed(client_id=client.client_id, client_secret=secret, former_secret_until=client.former_until)
    return json_response(HTTPStatus.CREATED, renewed)


def end_oauth_client(exchange: Exchange) -> Response:
    """End a school's software for good: it gets no token any more, and those it has end within 20 minutes."""
    caller = _operator(exchange)
    client_id = _client_id(exchange)
    end_client(desk().clients, desk().accounts.clock, client_id)
    logger(ACCOUNTS).info("CLIENT_ENDED", client_id=client_id, ended_by=caller.subject)
    metric("ClientEnded", service=ACCOUNTS)
    return no_content()


def _operator(exchange: Exchange) -> Caller:
    caller = exchange.caller()
    caller.require_scope(Scope.CLIENTS_WRITE)
    return caller


def _client_id(exchange: Exchange) -> ClientId:
    return ClientId(exchange.path.split("/")[3])
