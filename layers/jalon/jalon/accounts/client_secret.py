"""The secret of a school's software: what it is, which one counts, how it is renewed and how the client is ended."""

from dataclasses import replace
from datetime import datetime, timedelta

from jalon.accounts.keyring import Keyring, same
from jalon.accounts.oauth_client import OAuthClient
from jalon.accounts.stores import ClientStore
from jalon.kernel.clock import Clock
from jalon.kernel.errors import ConflictError, NotFoundError
from jalon.kernel.ids import ClientId

#: For how long the secret before may go on opening a client, so that a school changes it without a pause.
LONGEST_OVERLAP = timedelta(days=7)


class ClientNotFoundError(NotFoundError):
    """No client has this id."""

    code = "client_not_found"


class ClientEndedError(ConflictError):
    """The client was ended, and gets no secret any more."""

    code = "client_ended"


class SecretSupersededError(ConflictError):
    """The secret that this request once made has been replaced since."""

    code = "secret_superseded"


def client_secret(keyring: Keyring, client: OAuthClient) -> str:
    """The client's secret; only the keyring and the stored nonce together give it."""
    return _secret(keyring, client, client.nonce)


def is_client_secret(keyring: Keyring, client: OAuthClient, presented: str, now: datetime) -> bool:
    """Whether the secret opens this client now: it is not ended, and the secret is its own, or the one before while they overlap."""
    if client.ended_at is not None:
        return False
    overlaps = client.former_until is not None and now < client.former_until
    accepted = (client.nonce, *(client.former[-1:] if overlaps else ()))
    return any(same(presented, _secret(keyring, client, nonce)) for nonce in accepted)


def renew_client_secret(
    clients: ClientStore, keyring: Keyring, clock: Clock, client_id: ClientId, key: str, overlap: timedelta
) -> tuple[OAuthClient, str]:
    """Give the client a new secret; the one before opens it for ``overlap`` more, none before that.

    The secret follows from the request's idempotency ``key``: repeated, the request gives the same one and changes nothing, and is
    refused once another request has replaced it. Raises :class:`ClientNotFoundError`, :class:`ClientEndedError`,
    :class:`SecretSupersededError`, and :class:`~jalon.accounts.stores.StaleWriteError` when two renew at once.
    """
    client = _existing(clients, client_id)
    _require_lasting(client)
    nonce = keyring.derive("client nonce", client_id, key)
    if nonce in client.former:
        raise _superseded(client)
    if nonce != client.nonce:
        former, until = (*client.former, client.nonce), clock.now() + overlap
        clients.renew(client_id, nonce, former, until)
        client = replace(client, nonce=nonce, former=former, former_until=until)
    return client, client_secret(keyring, client)


def end_client(clients: ClientStore, clock: Clock, client_id: ClientId) -> None:
    """Take the client's way in for good; its tokens live 20 minutes at most. Raises :class:`ClientNotFoundError`."""
    if _existing(clients, client_id).ended_at is None:
        clients.end(client_id, clock.now())


def require_first_secret(client: OAuthClient) -> None:
    """Raise :class:`ClientEndedError` or :class:`SecretSupersededError` unless the secret is still the one that the client began with."""
    _require_lasting(client)
    if client.former:
        raise _superseded(client)


def _require_lasting(client: OAuthClient) -> None:
    if client.ended_at is not None:
        raise ClientEndedError("This client was ended; register the software anew.", client_id=client.client_id)


def _superseded(client: OAuthClient) -> SecretSupersededError:
    detail = "The secret that this request made was replaced since; ask for a new one under a fresh Idempotency-Key."
    return SecretSupersededError(detail, client_id=client.client_id)


def _existing(clients: ClientStore, client_id: ClientId) -> OAuthClient:
    client = clients.get(client_id)
    if client is None:
        raise ClientNotFoundError("No software is registered under this id.", client_id=client_id)
    return client


def _secret(keyring: Keyring, client: OAuthClient, nonce: bytes) -> str:
    return keyring.secret("client secret", client.client_id, nonce)
