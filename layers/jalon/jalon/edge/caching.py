"""Who may keep an answer: nobody, unless its route says otherwise (RFC 9111 §5.2.2)."""

from typing import Any, Final

#: Kept by the caller alone, and asked about each time: goes with an ETag.
REVALIDATED: Final = "private, no-cache"
#: What an answer says where its route says nothing: passwords, codes, tickets and solutions are in what is answered, and what is not
#: secret is some person's own.
_KEPT_BY_NOBODY: Final = "no-store"


def unless_kept(answer: dict[str, Any]) -> dict[str, Any]:
    """A function's answer (payload 2.0), which no cache keeps unless it says of itself who may."""
    headers = answer.get("headers") or {}
    if any(name.lower() == "cache-control" for name in headers):
        return answer
    return answer | {"headers": {**headers, "Cache-Control": _KEPT_BY_NOBODY}}
