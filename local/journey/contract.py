"""Checks every request and every answer of the journey against the committed OpenAPI document."""

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from local.paths import ROOT

DOCUMENT = ROOT / "docs" / "openapi.json"


class ContractError(AssertionError):
    """The API does not do what its document says, or the journey asks for what the document does not have."""


class Contract:
    """The OpenAPI document, by route. Validators are made once each."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._validators: dict[str, Draft202012Validator] = {}

    def operation(self, method: str, path: str) -> dict[str, Any]:
        """The document's operation for a route as the document writes it (``/v1/sessions/{number}``)."""
        try:
            operation: dict[str, Any] = self._document["paths"][path][method.lower()]
        except KeyError:
            raise ContractError(f"the OpenAPI document has no {method} {path}") from None
        return operation

    def check_request(self, method: str, path: str, body: Any) -> None:
        """Raise :class:`ContractError` unless the document takes ``body`` (None: no body) here."""
        content = self.operation(method, path).get("requestBody", {}).get("content", {})
        if body is None:
            return
        schema = content.get("application/json", {}).get("schema")
        if schema is None:
            raise ContractError(f"{method} {path} takes no JSON body")
        self._check(f"request {method} {path}", schema, body)

    def check_answer(self, method: str, path: str, status: int, media_type: str, body: Any) -> None:
        """Raise :class:`ContractError` unless the document foresees this status, media type and body."""
        responses = self.operation(method, path)["responses"]
        response = responses.get(str(status)) or responses.get(f"{status // 100}XX") or responses.get("default")
        if response is None:
            raise ContractError(f"{method} {path} answered {status}, which the document does not foresee ({', '.join(responses)})")
        content = response.get("content")
        if not content or status == 204:
            return
        media = content.get(media_type)
        if media is None:
            raise ContractError(f"{method} {path} answered {media_type}; the document says {', '.join(content)}")
        if "json" in media_type and "schema" in media:
            self._check(f"{status} {method} {path}", media["schema"], body)

    def _check(self, where: str, schema: dict[str, Any], body: Any) -> None:
        validator = self._validators.get(where)
        if validator is None:
            validator = Draft202012Validator({**schema, "components": self._document["components"]})
            self._validators[where] = validator
        error = best_match(validator.iter_errors(body))
        if error is not None:
            place = "/".join(str(part) for part in error.absolute_path)
            raise ContractError(f"{where}: at /{place}: {error.message[:300]}")


@cache
def contract() -> Contract:
    """The committed document."""
    return Contract(json.loads(DOCUMENT.read_text()))
