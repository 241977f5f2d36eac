"""The operator registers a school's software."""

from collections.abc import Iterable
from dataclasses import dataclass

from jalon.accounts.client_secret import client_secret, require_first_secret
from jalon.accounts.identity import refuse
from jalon.accounts.keyring import Keyring
from jalon.accounts.oauth_client import GRANTABLE_SCOPES, MOST_SCHOOLS, SCHOOL_SCOPES, OAuthClient, Scope
from jalon.accounts.stores import ClientStore
from jalon.kernel.clock import Clock
from jalon.kernel.errors import ConflictError, InvalidInputError, Violation
from jalon.kernel.ids import ClientId
from jalon.kernel.uai import EVERY_SCHOOL, parse_uai

_NAME_MAX_LENGTH = 100


class ClientExistsError(ConflictError):
    """Another request made a client under this id."""

    code = "client_exists"


@dataclass(frozen=True, slots=True)
class NewClient:
    """``client_id`` comes from the request's idempotency key and ``request`` is its keyed digest; ``nonce`` is random."""

    client_id: ClientId
    name: str
    scopes: frozenset[str]
    request: str
    created_by: str
    nonce: bytes
    schools: tuple[str, ...] = ()


def create_client(clients: ClientStore, keyring: Keyring, clock: Clock, command: NewClient) -> tuple[OAuthClient, str]:
    """The client and its secret; a repeated request gives both again, as long as the secret is the client's first.

    Raises :class:`InvalidInputError` naming every field, :class:`ClientExistsError`, and what ``require_first_secret`` does.
    """
    name = " ".join(command.name.split())
    schools, unclear = _schools(command)
    refuse((*_name_violations(name), *_scope_violations(command.scopes), *unclear))
    wanted = OAuthClient(
        client_id=command.client_id,
        name=name,
        scopes=frozenset(map(Scope, command.scopes)),
        nonce=command.nonce,
        request=command.request,
        created_by=command.created_by,
        created_at=clock.now(),
        schools=schools,
    )
    client = clients.create(wanted)
    if client.request != command.request:
        raise ClientExistsError("Another request made a client under this identifier.", client_id=command.client_id)
    require_first_secret(client)
    return client, client_secret(keyring, client)


def _schools(command: NewClient) -> tuple[frozenset[str], list[Violation]]:
    """The schools a client is bound to, and what is wrong with them."""
    if not command.scopes & SCHOOL_SCOPES:
        needless = Violation("/schools", "None of these scopes reads a school's data; leave the schools out.", "needless")
        return frozenset(), [needless] if command.schools else []
    if set(command.schools) == {EVERY_SCHOOL}:
        return frozenset({EVERY_SCHOOL}), []
    if not 0 < len(command.schools) <= MOST_SCHOOLS:
        asked = f"Name the 1 to {MOST_SCHOOLS} schools (UAI) whose data this client may read, or {EVERY_SCHOOL!r} alone for every school."
        return frozenset(), [Violation("/schools", asked, "required")]
    found: set[str] = set()
    violations: list[Violation] = []
    for index, text in enumerate(command.schools):
        try:
            found.add(parse_uai(text, f"/schools/{index}"))
        except InvalidInputError as error:
            violations += error.violations
    return frozenset(found), violations


def _name_violations(name: str) -> Iterable[Violation]:
    if not 0 < len(name) <= _NAME_MAX_LENGTH or not name.isprintable():
        yield Violation("/name", f"A name of 1 to {_NAME_MAX_LENGTH} printable characters is needed.", "client_name")


def _scope_violations(scopes: frozenset[str]) -> Iterable[Violation]:
    known = sorted(GRANTABLE_SCOPES)
    if not scopes:
        yield Violation("/scopes", f"At least one of: {', '.join(known)}.", "required")
    for scope in sorted(scopes - GRANTABLE_SCOPES):
        yield Violation("/scopes", f"{scope[:40]!r} cannot be granted; one of: {', '.join(known)}.", "scope")
