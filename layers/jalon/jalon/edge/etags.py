"""Entity tags of what is asked for again and again, and whether the one a caller knows still holds (RFC 9110 §8.8.3, §13.1.2)."""

import hashlib
import json
import re
from typing import Any

# entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE; a comma may stand within the quotes, so that a list is not merely split
_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_LIST = re.compile(rf"[ \t,]*{_TAG.pattern}(?:[ \t]*,[ \t,]*{_TAG.pattern})*[ \t,]*")


def etag_of(document: Any) -> str:
    """The tag of what is answered: the same for equal documents."""
    digest = hashlib.sha256(json.dumps(document, sort_keys=True, default=str).encode()).hexdigest()
    return f'"{digest[:32]}"'


def still_holds(if_none_match: str | None, etag: str) -> bool:
    """Whether a 304 answers a request with this ``If-None-Match``: ``*`` or a list with ``etag`` in it, compared weakly.

    A value that is neither is as good as none.

    >>> still_holds('"y", W/"x"', '"x"'), still_holds("*", '"x"'), still_holds('"y"', '"x"'), still_holds(None, '"x"')
    (True, True, False, False)
    """
    known = (if_none_match or "").strip(" \t")
    if known == "*":
        return True
    return _LIST.fullmatch(known) is not None and etag.removeprefix("W/") in _TAG.findall(known)
