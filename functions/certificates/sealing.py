"""The certifying body's electronic seal, where a deployment has one: ``seal_certificate`` puts it on, and it alone may use the key.

A function of its own, because a deployment without a seal shall neither ship nor load what a seal needs.
"""

import base64
import json
from collections.abc import Callable

from jalon.edge.aws import client
from jalon.edge.settings import Settings
from jalon.edge.tables import translated
from jalon.kernel.errors import UnavailableError

#: The field of the page that holds the seal.
FIELD = "seal"

#: Seals a finished page; raises :class:`SealUnavailableError`.
Seal = Callable[[bytes], bytes]


class SealUnavailableError(UnavailableError):
    """The page could not be sealed, and shall not be given out unsealed."""

    code = "seal_unavailable"


def seal_from(settings: Settings) -> Seal | None:
    """The seal the template's parameters ask for, or None."""
    function = settings.optional("SEAL_FUNCTION")
    return (lambda pdf: _sealed_by(function, pdf)) if function else None


def _sealed_by(function: str, pdf: bytes) -> bytes:
    request = json.dumps({"pdf": base64.b64encode(pdf).decode("ascii")}).encode()
    with translated():
        answer = client("lambda").invoke(FunctionName=function, Payload=request)
    said = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise SealUnavailableError("The certificate cannot be sealed at present; the operator has been told.", reason=said.get("errorType"))
    return base64.b64decode(said["pdf"])
