"""``Idempotency-Key`` as every function reads it, whatever framework serves it: present, of a length, one request's own.

Source: the IETF draft *The Idempotency-Key HTTP Header Field* (draft-ietf-httpapi-idempotency-key-header), §2.
"""

from collections.abc import Mapping
from typing import Final

from jalon.kernel.errors import InvalidInputError, Violation

#: Characters.
MAX_KEY_LENGTH: Final = 255
_POINTER = "/header/idempotency-key"


class IdempotencyKeyRequiredError(InvalidInputError):
    """A POST that creates came without its key."""

    code = "idempotency_key_required"


class IdempotencyKeyReusedError(InvalidInputError):
    """The key was used for another request."""

    code = "idempotency_key_reused"


def idempotency_key(headers: Mapping[str, str]) -> str:
    """The caller's key for a thing to create, from headers whose names are in lower case; raises :class:`IdempotencyKeyRequiredError`."""
    key = headers.get("idempotency-key", "").strip()
    if not 0 < len(key) <= MAX_KEY_LENGTH:
        raise IdempotencyKeyRequiredError(
            f"Send a header Idempotency-Key of 1 to {MAX_KEY_LENGTH} characters: fresh for each thing to create, "
            "the same when you repeat the request.",
            (Violation(_POINTER, "A fresh UUID serves well.", "required"),),
        )
    return key


def key_reused() -> IdempotencyKeyReusedError:
    """The refusal of a key that the same caller sent with something else."""
    return IdempotencyKeyReusedError(
        "This Idempotency-Key was used for another request; choose a fresh one.",
        (Violation(_POINTER, "Already used for another method, path or body.", "reused"),),
    )
