"""One route, as the tables of routes list it."""

from dataclasses import dataclass
from http import HTTPStatus

from pydantic import BaseModel

from functions.accounts.exchange import Answer


@dataclass(frozen=True, slots=True)
class Operation:
    """One route.

    ``form`` bodies are form-encoded and answer errors as OAuth does; ``creates`` asks for an idempotency key; ``polled`` answers have an
    ETag.
    """

    method: str
    path: str
    answer: Answer
    status: HTTPStatus
    request: type[BaseModel] | None = None
    response: type[BaseModel] | None = None
    form: bool = False
    creates: bool = False
    polled: bool = False
