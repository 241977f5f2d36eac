"""What every answer says of itself, whichever function and framework it comes from."""

from typing import Any

from jalon.edge.caching import unless_kept


def with_common_headers(answer: dict[str, Any]) -> dict[str, Any]:
    """A function's answer (payload 2.0): nobody guesses another media type than it says (WHATWG Fetch, ``X-Content-Type-Options``).

    And no cache keeps it unless it says who may (:func:`~jalon.edge.caching.unless_kept`).
    """
    said = unless_kept(answer)
    return said | {"headers": {**said["headers"], "X-Content-Type-Options": "nosniff"}}
