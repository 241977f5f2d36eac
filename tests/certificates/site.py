"""The verification page on a local server, with whatever a test publishes beside it, and a real Chromium to look at it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tools.bundle import served

WEB = Path(__file__).parents[2] / "web"
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: The security headers of ``SiteHeaders`` in template.yaml that change what a page may do.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; "
    "manifest-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


def page_files() -> dict[str, tuple[bytes, str]]:
    """The static site as ``tools.publish`` would put it: key → bytes and media type."""
    manifest = json.loads((WEB / "site.json").read_text())
    return {key: (served(WEB / entry["file"]), entry["content_type"]) for key, entry in manifest.items()}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that closes while it is served."""


class StaticSite:
    """Serves ``files`` (path → bytes and media type) and remembers what was asked for."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[bytes, str]] = page_files()
        self.asked: list[str] = []
        self.broken: set[str] = set()
        self.referrers: set[str | None] = set()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path = self.path.lstrip("/").partition("?")[0]
                site.asked.append(self.path)
                site.referrers.add(self.headers.get("Referer"))
                body, media_type = site.files.get(path, (b"missing", "text/plain"))
                status = 503 if path in site.broken else 200 if path in site.files else 404
                self.send_response(status)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                self.send_header("Referrer-Policy", "no-referrer")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def publish(self, files: dict[str, tuple[bytes, str, str]]) -> None:
        """Add what :class:`tests.certificates.fakes.MemorySite` holds."""
        self.files |= {path: (body, media_type) for path, (body, media_type, _) in files.items()}

    @contextmanager
    def running(self) -> Iterator["StaticSite"]:
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()
