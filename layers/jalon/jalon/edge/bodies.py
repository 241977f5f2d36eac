"""A request's body, before anything else looks at it: its size, its encoding and its JSON, each refused with what to mend.

The one place for it, for every function, whatever framework serves it. Sources: RFC 8259 §4 (names within an object should be unique), §6
(no NaN, no Infinity), §8.1 (UTF-8); RFC 7493 (I-JSON) §2.2 and §2.3, which make the first two rules; RFC 9110 §15.5.14 and §15.5.16.
"""

import base64
import json
import math
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from jalon.kernel.errors import JalonError, TooLargeError

#: Bytes. What a body may measure where a function does not say otherwise; files go to object storage by an address of their own.
LARGEST_BODY: Final = 16 * 1024
#: No request of ours goes deeper than 6; a parser and a validator that recurse never meet one that is deeper than this.
DEEPEST: Final = 32
JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"


class MalformedBodyError(JalonError):
    """The body cannot be read: it is not base64, not UTF-8 or not JSON, or it names a member twice; the detail says what to mend."""

    code = "malformed_body"


class UnsupportedMediaTypeError(JalonError):
    """The body is of another media type than the route takes."""

    code = "unsupported_media_type"


def media_type(headers: Mapping[str, str]) -> str:
    """What a request says its body is, in lower case and without parameters; the gateway writes headers' names in lower case."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def require_media_type(headers: Mapping[str, str], wanted: str) -> None:
    """Raise :class:`UnsupportedMediaTypeError` when a body says that it is something else; one that says nothing is taken at its word."""
    said = media_type(headers)
    if said and said != wanted:
        raise UnsupportedMediaTypeError(f"Send the body as {wanted}.", wanted=wanted)


def body_of(event: Mapping[str, Any], largest: int = LARGEST_BODY) -> bytes:
    """The bytes of a gateway event's body, ``largest`` at most; empty when there is none.

    Raises :class:`~jalon.kernel.errors.TooLargeError`, and :class:`MalformedBodyError` for what is announced as base64 and is not, or
    has no UTF-8 form.
    """
    body = str(event.get("body") or "")
    encoded = bool(event.get("isBase64Encoded"))
    if len(body) > (largest * 4 // 3 + 4 if encoded else largest):
        raise _too_large(largest)
    try:
        read = base64.b64decode(body, validate=True) if encoded else body.encode()
    except ValueError:
        raise MalformedBodyError("The body cannot be decoded: send it as UTF-8 text, or as valid base64 where it is encoded.") from None
    if len(read) > largest:
        raise _too_large(largest)
    return read


def read_json(body: bytes) -> Any:
    """The value of a JSON text.

    Raises :class:`MalformedBodyError` for what is not UTF-8 or not JSON, an object that names a member twice, NaN, Infinity or a number too
    large for a double, and arrays and objects more than :data:`DEEPEST` deep.

    >>> read_json(b'{"name": "B12"}')
    {'name': 'B12'}
    """
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise MalformedBodyError("The body is not UTF-8: send it in that encoding.") from None
    if text.count("[") + text.count("{") > DEEPEST and _depth(text) > DEEPEST:
        raise MalformedBodyError(f"Arrays and objects are more than {DEEPEST} deep: send what the route's schema shows.")
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise MalformedBodyError(f"The body is not JSON: {error.msg}, line {error.lineno}, column {error.colno}.") from None
    except ValueError:  # Python reads no integer of more than 4 300 digits
        raise MalformedBodyError("A number of the body has too many digits.") from None


def _too_large(largest: int) -> TooLargeError:
    return TooLargeError(f"At most {largest} bytes are read here: send less at once.", limit_bytes=largest)


def _depth(text: str) -> int:
    """How deep the brackets outside of strings go; of a text that is no JSON, whatever a reader from left to right would enter."""
    depth = deepest = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            in_string = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(members)
    if len(made) != len(members):
        raise MalformedBodyError("An object of the body names the same member twice: name each once.")
    return made


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise MalformedBodyError("A number of the body is too large.")
    return number


def _no_number(name: str) -> NoReturn:
    raise MalformedBodyError(f"{name} is not JSON: send a number, or null.")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_number, parse_constant=_no_number)
