"""Bodies that no function reads, with the refusal each gets: one list for all of them."""

import base64
from dataclasses import dataclass
from typing import Any

from tests.events import http_event

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What is sent, and the status and code of the refusal."""

    name: str
    body: str
    status: int = 400
    code: str = "malformed_body"
    encoded: bool = False
    media_type: str | None = None
    json_only: bool = True

    def event(self, method: str, path: str, media_type: str, **claims: Any) -> dict[str, Any]:
        """The request to a route that takes ``media_type``."""
        made = http_event(method, path, self.body, headers={"content-type": self.media_type or media_type}, **claims)
        return made | {"isBase64Encoded": self.encoded}


def _encoded(body: bytes) -> str:
    return base64.b64encode(body).decode()


UNREADABLE = (
    Unreadable("arrays 3 000 deep", "[" * 3_000),
    Unreadable("arrays 33 deep", "[" * 33 + "]" * 33),
    Unreadable("objects 40 deep", '{"a":' * 40 + "1" + "}" * 40),
    Unreadable("an integer of 5 000 digits", '{"a":' + "1" * 5_000 + "}"),
    Unreadable("a number past a double", '{"a": 1e400}'),
    Unreadable("not a number", '{"a": NaN}'),
    Unreadable("infinity", '{"a": -Infinity}'),
    Unreadable("a member twice", '{"a": 1, "a": 1}'),
    Unreadable("a member twice, within", '{"a": [{"b": null, "b": 2}]}'),
    Unreadable("half an object", '{"a":'),
    Unreadable("a word", "null and void"),
    Unreadable("blanks", "  "),
    Unreadable("a byte order mark", "\ufeff{}"),
    Unreadable("half a character", "\ud800", json_only=False),
    Unreadable("bytes that are not UTF-8", _encoded(b"\xff\xfe"), encoded=True),
    Unreadable("UTF-16", _encoded('{"a": 1}'.encode("utf-16")), encoded=True),
    Unreadable("base64 that is none", "{}", encoded=True, json_only=False),
    Unreadable("base64 of another alphabet", "_-8=", encoded=True, json_only=False),
    Unreadable("6 MB", '{"a": "' + "x" * 6_000_000 + '"}', 413, "too_large", json_only=False),
    Unreadable("270 KB in base64", _encoded(b" " * 270_000), 413, "too_large", encoded=True, json_only=False),
    *(
        Unreadable(said, "{}", 415, "unsupported_media_type", media_type=said, json_only=False)
        for said in ("text/plain", "application/xml", "multipart/form-data; boundary=x", "application/json-patch+json", "nonsense")
    ),
)

#: Values that are JSON and strange: what a field of any route may be sent.
STRANGE: tuple[Any, ...] = (
    *("\x00", "a\x00b", "\ud800", "é" * 300, "", "2012-02-30", "9999-12-31", "=1", "' OR 1", "\u202e", "😀" * 50, "²"),
    *(None, 1, -1, 0.1, 10**4_000, -(2**63) - 1, True, [], {}, [[[[[[[[[[{}]]]]]]]]]]),
)
