"""Routes of signing in through an identity provider: parse, act, render."""

from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from starlette.responses import Response

from functions.accounts.exchange import Exchange, json_response, no_content
from functions.accounts.oauth_grants import person_response
from functions.accounts.proofs import IntroductionLinkRequest, ProofRequest, ProviderLinkRequest, proof_of
from functions.accounts.routes import show, writer_of
from functions.accounts.schemas import (
    Provider,
    ProviderAccountRequest,
    ProviderDeparture,
    ProviderDepartureRequest,
    ProviderReturnRequest,
    Providers,
    ProviderTokenResponse,
    TokenResponse,
)
from functions.accounts.services import ACCOUNTS
from functions.accounts.wiring import desk, provider_sign_ins
from jalon.accounts.identity import Identity
from jalon.accounts.known_device import write_device_token
from jalon.accounts.link_provider import link_introduced, link_provider, refuse_claimed_email, unlink_provider
from jalon.accounts.oauth_client import SCREENS
from jalon.accounts.provider_flow import depart
from jalon.accounts.reauthenticate import reauthenticate
from jalon.accounts.sign_in_with_provider import Arrival, begin_account, sign_in_with_provider
from jalon.edge.observability import logger, metric
from jalon.kernel.ids import UserId


def list_providers(_: Exchange) -> Response:
    """The identity providers that people may sign in through."""
    items = [Provider(id=provider.id, name=provider.name) for provider in provider_sign_ins().providers.values()]
    return json_response(HTTPStatus.OK, Providers(items=items))


def begin_provider_sign_in(exchange: Exchange) -> Response:
    """Begin to sign in through an identity provider: send the person to the answer's address.

    No Idempotency-Key: each request begins anew, and what is not gone on with is over after some minutes, without a trace.
    """
    return _depart(exchange, None)


def complete_provider_sign_in(exchange: Exchange) -> Response:
    """Sign in with what the provider sent back.

    409 provider_account_unknown when nobody signs in as this person yet, with their names and an introduction: whoever has an
    account signs in to it and sends the introduction to POST /v1/me/provider-links/introduction, anyone else to POST
    /v1/provider-sign-ins/account. Where an account may be theirs, sign_in_with says what one signs in to it with. Either answer says
    where the session at the provider is ended (end_session_url).
    """
    came = exchange.read(ProviderReturnRequest).as_return()
    arrival = sign_in_with_provider(provider_sign_ins(), desk().accounts, desk().mailer, came)
    return json_response(HTTPStatus.OK, ProviderTokenResponse(**_opened(arrival), end_session_url=arrival.end_session_url))


def begin_provider_account(exchange: Exchange) -> Response:
    """Make a new account for someone whom a provider introduced, and sign in.

    The first decision ends the introduction; repeated within half a minute, since an answer may be lost, this one gives the same account.
    Refused with 409 (account_may_exist) where an account may be theirs already, unless they say that it is not (anyway).
    """
    body = exchange.read(ProviderAccountRequest)
    sealed = body.introduction.get_secret_value()
    arrival = begin_account(provider_sign_ins(), desk().accounts, desk().mailer, sealed, anyway=body.anyway)
    if arrival.new:
        logger(ACCOUNTS).info("SIGNED_UP", user_id=arrival.identity.user_id, provider=next(iter(arrival.identity.providers)))
        metric("SignedUp", service=ACCOUNTS)
    return json_response(HTTPStatus.OK, TokenResponse(**_opened(arrival)))


def begin_provider_link(exchange: Exchange) -> Response:
    """Begin to link an identity provider to one's own account.

    No Idempotency-Key: each request begins anew, and what is not gone on with is over after some minutes, without a trace.
    """
    person = writer_of(exchange)
    refuse_claimed_email(person)
    return _depart(exchange, person.user_id)


def complete_provider_link(exchange: Exchange) -> Response:
    """Link the provider that was begun with: from now on it signs in to the same account."""
    person, body = writer_of(exchange), exchange.read(ProviderLinkRequest)
    reauthenticate(provider_sign_ins, desk().accounts, person, proof_of(exchange, body))
    return _linked(link_provider(provider_sign_ins(), desk().accounts, desk().mailer, person.user_id, body.as_return()))


def link_introduced_provider(exchange: Exchange) -> Response:
    """Link the provider that introduced someone before they signed in to their account; repeating the request changes nothing."""
    person, body = writer_of(exchange), exchange.read(IntroductionLinkRequest)
    reauthenticate(provider_sign_ins, desk().accounts, person, proof_of(exchange, body))
    sealed = body.introduction.get_secret_value()
    return _linked(link_introduced(provider_sign_ins(), desk().accounts, desk().mailer, person.user_id, sealed))


def remove_provider_link(exchange: Exchange) -> Response:
    """Close the way in through an identity provider.

    Sign-ins that were begun through it go on: POST /v1/me/sign-out ends them. Refused with 409 (only_way_in) where nobody could sign in
    any more.
    """
    person, body = writer_of(exchange), exchange.read(ProofRequest) if exchange.body else ProofRequest()
    reauthenticate(provider_sign_ins, desk().accounts, person, proof_of(exchange, body))
    provider_id = unquote(exchange.path.rpartition("/")[2])
    unlink_provider(provider_sign_ins().providers, desk().accounts, desk().mailer, person.user_id, provider_id)
    logger(ACCOUNTS).info("PROVIDER_UNLINKED", user_id=person.user_id, provider=provider_id)
    metric("ProviderUnlinked", service=ACCOUNTS)
    return no_content()


def _opened(arrival: Arrival) -> dict[str, Any]:
    """A sign-in for whoever arrived, as :class:`TokenResponse` has it."""
    identity = arrival.identity
    if arrival.joined:
        logger(ACCOUNTS).info("PROVIDER_LINKED", user_id=identity.user_id, provider=arrival.joined, by="number")
        metric("ProviderLinked", service=ACCOUNTS)
    tokens = desk().tokens.sign_ins.open(identity, SCREENS, arrival.authenticated_at)
    logger(ACCOUNTS).info("SIGNED_IN", user_id=identity.user_id)
    metric("SignedIn", service=ACCOUNTS)
    return person_response(tokens, write_device_token(desk().accounts, identity))


def _linked(identity: Identity) -> Response:
    logger(ACCOUNTS).info("PROVIDER_LINKED", user_id=identity.user_id)
    metric("ProviderLinked", service=ACCOUNTS)
    return show(identity)


def _depart(exchange: Exchange, user_id: UserId | None) -> Response:
    body = exchange.read(ProviderDepartureRequest)
    departure = depart(provider_sign_ins(), desk().accounts, body.provider, body.redirect_uri, user_id)
    return json_response(
        HTTPStatus.OK,
        ProviderDeparture(authorization_url=departure.authorization_url, secret=departure.secret, expires_at=departure.expires_at),
    )
