"""Requests to identity providers, against real servers of this machine that take their time, lie about themselves or break off."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from jalon.accounts import call_provider as module
from jalon.accounts.call_provider import LARGEST_ANSWER, LONGEST_WAIT_S, Reply, call_provider
from jalon.accounts.identity_providers import ProviderUnavailableError
from tests.cloud import template

WAIT_S = 0.6
#: How late a busy machine may notice; what is awaited would go on for ever.
LEFT_WITHIN_S = 10
#: Between two bytes: far below any time-out of a socket.
PAUSE_S = 0.05
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: Application/JSON; charset=utf-8\r\nContent-Length: %d\r\n\r\n"

Speak = Callable[[socket.socket], None]


@dataclass
class Server:
    """``asked`` are the requests' first lines; ``left`` is set when the caller's side of the latest connection is closed."""

    port: int
    asked: list[str] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)

    def url(self, scheme: str = "http", host: str = "127.0.0.1") -> str:
        return f"{scheme}://{host}:{self.port}/token?a=1"


@contextmanager
def serving(speak: Speak, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """One connection after the other: read the request, let ``speak`` answer, then wait for the caller to leave."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Server(listening.getsockname()[1])
        threading.Thread(target=_serve, args=(listening, server, speak, context), daemon=True).start()
        yield server


def _serve(listening: socket.socket, server: Server, speak: Speak, context: ssl.SSLContext | None) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with suppress(OSError), context.wrap_socket(connection, server_side=True) if context else connection as talking:
            server.asked.append(talking.recv(65536).decode().partition("\r\n")[0])
            with suppress(OSError):
                speak(talking)
                while talking.recv(65536):
                    pass
        server.left.set()


def at_once(body: bytes) -> Speak:
    return lambda talking: talking.sendall(HEAD % len(body) + body)


def dripping(prompt: bytes, drop: bytes) -> Speak:
    """``prompt`` at once, then a drop every now and then, for ever."""

    def speak(talking: socket.socket) -> None:
        talking.sendall(prompt)
        while True:
            time.sleep(PAUSE_S)
            talking.sendall(drop)

    return speak


@pytest.mark.parametrize(
    "speak",
    [
        dripping(HEAD % 100_000, b"x"),
        dripping(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"x"),
        dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\n", b"x"),
        dripping(b"", b"x"),
        lambda _: None,
    ],
    ids=["body", "body without an end", "chunks", "headers", "status line", "nothing"],
)
def test_a_provider_that_drips_is_given_up_in_time_and_left(speak: Speak) -> None:
    with serving(speak) as server:
        began = time.monotonic()
        with pytest.raises(ProviderUnavailableError):
            call_provider("GET", server.url(), {}, longest_wait_s=WAIT_S)
        assert WAIT_S - 0.1 < time.monotonic() - began < WAIT_S + LEFT_WITHIN_S
        assert server.left.wait(LEFT_WITHIN_S)


def test_a_name_that_takes_its_time_to_resolve_is_given_up_too(monkeypatch: pytest.MonkeyPatch) -> None:
    resolved = threading.Event()
    look_up = socket.getaddrinfo

    def slowly(*arguments: object, **options: object) -> object:
        time.sleep(3 * WAIT_S)
        resolved.set()
        return look_up(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    with serving(at_once(b"{}")) as server:
        began = time.monotonic()
        with pytest.raises(ProviderUnavailableError):
            call_provider("GET", server.url(), {}, longest_wait_s=WAIT_S)
        assert time.monotonic() - began < 2 * WAIT_S
        assert resolved.wait(5 * WAIT_S)
        assert server.left.wait(LEFT_WITHIN_S)  # connected at last, and left without a word
        assert server.asked == [""]


@pytest.mark.parametrize("function", ["AccountsFunction", "OwnDataFunction"])
def test_the_four_calls_of_a_sign_in_leave_the_function_time_to_answer(function: str) -> None:
    described = template()
    time_out = described["Resources"][function]["Properties"].get("Timeout", described["Globals"]["Function"]["Timeout"])
    assert time_out > 4 * LONGEST_WAIT_S + 1


def test_an_answer_in_time_is_read_whole_and_its_connection_left() -> None:
    with serving(at_once(b'{"a": 1}')) as server:
        assert call_provider("POST", server.url(), {"X-Of": "us"}, b"code=1") == Reply(200, "application/json", b'{"a": 1}')
        assert server.asked == ["POST /token?a=1 HTTP/1.1"]
        assert server.left.wait(LEFT_WITHIN_S)


@pytest.mark.parametrize(
    "speak",
    [
        at_once(b"x" * (LARGEST_ANSWER + 1)),
        lambda talking: talking.sendall(b"no HTTP\r\n\r\n"),
        lambda talking: talking.shutdown(socket.SHUT_RDWR),
    ],
    ids=["too large", "no HTTP", "broken off"],
)
def test_what_cannot_be_read_is_no_answer_and_its_connection_is_left(speak: Speak) -> None:
    with serving(speak) as server:
        with pytest.raises(ProviderUnavailableError):
            call_provider("GET", server.url(), {})
        assert server.left.wait(LEFT_WITHIN_S)


def test_the_largest_answer_is_read() -> None:
    with serving(at_once(b"x" * LARGEST_ANSWER)) as server:
        assert len(call_provider("GET", server.url(), {}).body) == LARGEST_ANSWER


@pytest.mark.parametrize("url", ["https://127.0.0.1:99999/", "http://127.0.0.1:9/", "http://127.0.0.1:9/a b", "http://.example/"])
def test_an_address_where_nobody_can_be_is_no_answer(url: str) -> None:
    with pytest.raises(ProviderUnavailableError):
        call_provider("GET", url, {})


def test_a_token_that_no_header_can_hold_is_no_answer() -> None:
    with serving(at_once(b"{}")) as server, pytest.raises(ProviderUnavailableError):
        call_provider("GET", server.url(), {"Authorization": "Bearer a\r\nX-Forged: b"})


@pytest.fixture
def certified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ssl.SSLContext]:
    """What a server says of itself as ``localhost``, by an authority that the system trusts."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    module._trusted.cache_clear()
    yield context
    module._trusted.cache_clear()


def test_a_provider_whose_certificate_holds_is_spoken_to(certified: ssl.SSLContext) -> None:
    with serving(at_once(b"{}"), certified) as server:
        assert call_provider("GET", server.url("https", "localhost"), {}).body == b"{}"


def test_a_provider_of_another_name_is_told_nothing(certified: ssl.SSLContext) -> None:
    with serving(at_once(b"{}"), certified) as server:
        with pytest.raises(ProviderUnavailableError):
            call_provider("POST", server.url("https"), {}, b"code=secret")
        assert server.left.wait(LEFT_WITHIN_S)
        assert server.asked == []


def test_a_provider_that_nobody_vouches_for_is_told_nothing(certified: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    module._trusted.cache_clear()
    with serving(at_once(b"{}"), certified) as server:
        with pytest.raises(ProviderUnavailableError):
            call_provider("POST", server.url("https", "localhost"), {}, b"code=secret")
        assert server.left.wait(LEFT_WITHIN_S)
        assert server.asked == []


def test_a_provider_that_drips_under_tls_is_given_up_in_time_and_left(certified: ssl.SSLContext) -> None:
    with serving(dripping(HEAD % 100_000, b"x"), certified) as server:
        began = time.monotonic()
        with pytest.raises(ProviderUnavailableError):
            call_provider("GET", server.url("https", "localhost"), {}, longest_wait_s=WAIT_S)
        assert time.monotonic() - began < WAIT_S + LEFT_WITHIN_S
        assert server.left.wait(LEFT_WITHIN_S)
