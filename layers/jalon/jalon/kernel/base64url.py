"""Base64url without padding (RFC 4648 §5, as RFC 7515 §2 has it): bytes as text that addresses and tokens may carry."""

import base64


def base64url(data: bytes) -> str:
    """Bytes as text.

    >>> base64url(bytes([251, 255]))
    '-_8'
    """
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def from_base64url(text: str) -> bytes:
    """The bytes that :func:`base64url` wrote as ``text``; raises ``ValueError`` for a text that it writes for none (RFC 4648 §3.5, §12).

    >>> from_base64url("amFsb24")
    b'jalon'
    """
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if base64url(data) != text:
        raise ValueError("this is another spelling of the same bytes")
    return data
