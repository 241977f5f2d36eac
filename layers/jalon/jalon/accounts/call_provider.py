"""One HTTP request to an identity provider, over within a time that holds for the whole of it.

A socket's time-out begins anew with each byte, and a name that nobody resolves has none: whoever drips headers or a body would hold a
function for as long as it may run. So the request runs beside its caller, who goes on when the time is over and cuts the connection,
which ends whatever still waits for it. Each request has a connection of its own: one that was kept while the environment was
frozen may be dead. Redirections are not followed.
"""

import socket
import ssl
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from jalon.accounts.identity_providers import ProviderUnavailableError

#: Seconds, from the look-up of the name to the last byte: four calls in a row still fit into the function's time (template.yaml).
LONGEST_WAIT_S = 2.0
#: Bytes of an answer's body.
LARGEST_ANSWER = 256 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What a provider answered, whatever its status; ``media_type`` in lower case and without parameters."""

    status: int
    media_type: str
    body: bytes


def call_provider(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, longest_wait_s: float = LONGEST_WAIT_S
) -> Reply:
    """The answer to one request; raises :class:`ProviderUnavailableError` when there is none in time, or one that is too large."""
    beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="provider")
    try:
        call = _Call(url, longest_wait_s)
        try:
            reply = beside.submit(call.answer, method, headers, body).result(longest_wait_s)
        finally:
            call.cut()
    except (OSError, HTTPException, ValueError) as error:  # a time that is over is an OSError, what cannot be sent a ValueError
        raise ProviderUnavailableError("The identity provider does not answer; begin again.") from error
    finally:
        beside.shutdown(wait=False)
    if len(reply.body) > LARGEST_ANSWER:
        raise ProviderUnavailableError("The identity provider answers too much.")
    return reply


class _Call:
    """A request under way; its caller cuts it from another thread."""

    def __init__(self, url: str, longest_wait_s: float) -> None:
        parts = urlsplit(url)
        host, secure = parts.hostname or "", parts.scheme == "https"
        self._connection = (
            HTTPSConnection(host, parts.port, timeout=longest_wait_s, context=_trusted())
            if secure
            else HTTPConnection(host, parts.port, timeout=longest_wait_s)
        )
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._socket: socket.socket | None = None
        self._is_cut = False

    def answer(self, method: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
        with closing(self._connection) as connection:
            connection.connect()
            self._socket = connection.sock
            if self._is_cut:
                raise TimeoutError
            connection.request(method, self._target, body, {"Accept": "application/json", **headers})
            with connection.getresponse() as answer:
                media_type = (answer.getheader("content-type") or "").partition(";")[0].strip().lower()
                return Reply(answer.status, media_type, answer.read(LARGEST_ANSWER + 1))

    def cut(self) -> None:
        """End the request wherever it is; one that is over stays as it is."""
        self._is_cut = True
        if self._socket is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # the plain one: TLS's would take its state from under the reader


@cache
def _trusted() -> ssl.SSLContext:
    """Reads the system's certificate authorities, once."""
    return ssl.create_default_context()
