"""The static site on this machine: hands each request to the stack's own distribution in the emulator.

The emulator serves a CloudFront distribution by its host name (headers policy, origin access, error pages and all); a browser
on this machine cannot resolve that name, so this stands in front of it on 127.0.0.1 and adds the name.
"""

import http.client
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.emulator import HOST

_DROPPED = frozenset({"connection", "transfer-encoding", "keep-alive", "content-length", "date", "server"})


class _Forwarder(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    emulator_port: int
    distribution: str

    def do_GET(self) -> None:
        self._forward()

    def do_HEAD(self) -> None:
        self._forward()

    def _forward(self) -> None:
        connection = http.client.HTTPConnection(HOST, self.emulator_port, timeout=10)
        try:
            headers = {"Host": self.distribution, "X-Forwarded-Proto": "https"}
            headers |= {
                name: value
                for name, value in self.headers.items()
                if name.lower() in {"if-none-match", "accept-encoding", "range", "origin"}
            }
            connection.request(self.command, self.path, headers=headers)
            response = connection.getresponse()
            body = response.read()
            self.send_response(response.status)
            for name, value in response.getheaders():
                if name.lower() not in _DROPPED:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
        except (OSError, http.client.HTTPException):
            self.send_error(502, "The embedded cloud does not answer")
        finally:
            connection.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing: the emulator's log has the requests."""


def serve(port: int, emulator_port: int, distribution: str) -> ThreadingHTTPServer:
    """A server on 127.0.0.1:``port`` in front of ``distribution``; the caller runs ``serve_forever`` and ``shutdown``."""
    forwarder = type("Forwarder", (_Forwarder,), {"emulator_port": emulator_port, "distribution": distribution})
    return ThreadingHTTPServer((HOST, port), forwarder)
