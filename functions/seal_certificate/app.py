"""Puts the certifying body's electronic seal on a printed page. Called by the functions that print."""

import base64
from typing import Any

from functions.seal_certificate.wiring import seal

SERVICE = "seal_certificate"


def handler(event: dict[str, Any], _context: Any) -> dict[str, str]:
    """``{"pdf": base64}`` → the same with the seal; a seal that would be wrong is an error, which the caller tells."""
    return {"pdf": base64.b64encode(seal().seal(base64.b64decode(event["pdf"]))).decode("ascii")}
