"""What requests and answers have in common, as pydantic sees them.

``defer_build``: a model's validator is built when the first request needs it. A function knows dozens of models and a request needs a
few; Powertools, too, looks at a route when it is first asked for. So a cold start builds none.
"""

import re
from contextlib import suppress
from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from jalon.kernel.clock import iso

_FULL_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


_WALL_TIME: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"


def _date(value: Any) -> Any:
    """The date that is written: pydantic alone also takes seconds since 1970 and midnights."""
    if isinstance(value, str) and _FULL_DATE.fullmatch(value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise PydanticCustomError("date_format", "A date is written YYYY-MM-DD, such as 2011-05-06.")


def _time(value: Any) -> Any:
    """The hour that is written: pydantic alone also takes seconds, offsets and fractions."""
    if isinstance(value, str) and re.fullmatch(_WALL_TIME, value):
        return time.fromisoformat(value)
    if isinstance(value, time):
        return value
    raise PydanticCustomError("time_format", "An hour is written HH:MM, such as 09:30.")


#: A date in a request (RFC 3339 §5.6, ``full-date``).
CalendarDate = Annotated[date, BeforeValidator(_date)]
#: An hour on the wall of a room, which has no offset: ``format: time`` (RFC 3339 §5.6, ``full-time``) would ask for one.
WallTime = Annotated[time, BeforeValidator(_time), WithJsonSchema({"type": "string", "pattern": _WALL_TIME, "examples": ["09:30"]})]


#: An instant as it is answered: RFC 3339, UTC, whole seconds.
Instant = Annotated[
    datetime,
    PlainSerializer(iso, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-23T09:12:00Z"]}),
]
#: The same, written out already.
InstantText = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]


def one_of(words: type[StrEnum], *more: str) -> WithJsonSchema:
    """That an answer's text is one of a domain's words or ``more``, for the API's document; what is answered is checked by nobody.

    >>> one_of(StrEnum("Colour", ["RED", "BLUE"])).json_schema
    {'type': 'string', 'enum': ['red', 'blue']}
    """
    return WithJsonSchema({"type": "string", "enum": [*(word.value for word in words), *more]})


class RequestSchema(BaseModel):
    """What a caller sends; refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class AnswerSchema(BaseModel):
    """What a caller is told; made by the names of its fields, also where the API calls one otherwise (``class``)."""

    model_config = ConfigDict(populate_by_name=True, defer_build=True)
